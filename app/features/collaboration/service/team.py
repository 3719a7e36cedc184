"""The care team of a student."""

import json
from dataclasses import asdict
from typing import Any

from app.features.collaboration.commands import AddToTeam, ChangeMember, EndMember, RestoreMember
from app.features.collaboration.model.team import Member
from app.features.collaboration.model.texts import day_that_came, kept, kept_name, named_person
from app.features.collaboration.repo import RoomKeeper
from app.features.collaboration.service.room import Room
from app.kernel.changes import Changed, Kind
from app.kernel.errors import Refused
from app.kernel.ids import StudentId, new_id


class TeamService:
    """Who is around a student, and what they may be told."""

    def __init__(self, room: Room) -> None:
        self._room = room

    def add(self, command: AddToTeam) -> Changed:
        """Put someone on the team; refuse who is on it already."""
        with self._room.writing() as keeper:
            if keeper.pupil(command.student_id) is None:
                raise Refused("student-gone", "student")
            name = named_person(command.name, "name", "name-missing")
            now = keeper.tx.now
            there = keeper.where(
                Member,
                "t.student_id = ? AND t.until_on = '' AND t.name = ?",
                (command.student_id, name),
            )
            if there:
                raise Refused("member-there", "name")
            member = Member(
                id=new_id(),
                student_id=command.student_id,
                kind=command.kind,
                ref_id=command.ref_id,
                name=name,
                role=kept_name(command.role, "role"),
                phone=kept_name(command.phone, "phone"),
                since_on=day_that_came(
                    command.since_on, now.day(), "since_on", "concern-needs-day"
                ),
                until_on="",
                may_know=tuple(one.value for one in command.may_know),
                note=kept(command.note, "note", 1000),
                person_id=keeper.tx.who,
                made_at=now.at,
                zone=now.zone,
            )
            keeper.add(member)
            keeper.journal("AddToTeam", Member, member.id, _facts(member))
        return Changed.only(Kind.CONTACT, made=member.id)

    def change(self, command: ChangeMember) -> Changed:
        """Say anew what a member is and may be told."""
        with self._room.writing() as keeper:
            member = self._member(keeper, command.member_id)
            role = kept_name(command.role, "role")
            phone = kept_name(command.phone, "phone")
            note = kept(command.note, "note", 1000)
            know = [one.value for one in command.may_know]
            keeper.change_member(
                member.id, role, phone, json.dumps(know, separators=(",", ":")), note
            )
            after = {"role": role, "phone": phone, "may_know": know, "note": note}
            before = {name: _facts(member)[name] for name in after}
            keeper.journal("ChangeMember", Member, member.id, after, before)
        return Changed.only(Kind.CONTACT, made=member.id)

    def end(self, command: EndMember) -> Changed:
        """Say until when someone was on the team."""
        with self._room.writing() as keeper:
            member = self._member(keeper, command.member_id)
            until = day_that_came(
                command.until_on, keeper.tx.now.day(), "until_on", "concern-needs-day"
            )
            if until < member.since_on:
                raise Refused("member-ends-before", "until_on")
            return self._set_until(keeper, "EndMember", member, until)

    def restore(self, command: RestoreMember) -> Changed:
        """Take back that someone left the team."""
        with self._room.writing() as keeper:
            member = self._member(keeper, command.member_id)
            return self._set_until(keeper, "RestoreMember", member, "")

    @staticmethod
    def _set_until(keeper: RoomKeeper, what: str, member: Member, until: str) -> Changed:
        keeper.end_member(member.id, until)
        keeper.journal(what, Member, member.id, {"until": until}, {"until": member.until_on})
        return Changed.only(Kind.CONTACT, made=member.id)

    def _member(self, keeper: RoomKeeper, member_id: str) -> Member:
        found = keeper.seen_member(self._room.seat, member_id)
        if found is None:
            raise Refused("member-gone")
        return found

    def of_student(self, student_id: StudentId) -> list[Member]:
        """Return the team: those on it first, then who was."""
        with self._room.reading() as book:
            return book.where(
                Member,
                "t.student_id = ? ORDER BY t.until_on <> '', t.since_on, t.id LIMIT 200",
                (student_id,),
            )


def _facts(member: Member) -> dict[str, Any]:
    return {
        name: list(value) if isinstance(value, tuple) else value
        for name, value in asdict(member).items()
        if name not in {"id", "made_at", "zone", "person_id"}
    }
