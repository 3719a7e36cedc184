"""The contact log: attempts are counted, reached closes, corrections stand beside."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.features.collaboration.commands import AddToTeam, EndMember, LogContact, RestoreMember
from app.features.collaboration.model.contacts import (
    CLOSING,
    LETTER_AFTER,
    By,
    ContactRow,
    Result,
    WithKind,
    matter_of,
    standing_rows,
)
from app.features.collaboration.model.team import MayKnow, MemberKind
from app.features.collaboration.repo.lists import Lists
from app.kernel.errors import Refused
from app.kernel.ids import PersonId, StudentId
from app.kernel.ports import Reader, Rows
from collaboration_desk import CollaborationDesk
from nurse_desk import at, refusal


def a_row(place: int, result: Result, way: By = By.PHONE, replaces: str = "") -> ContactRow:
    moment = f"2026-11-{place + 1:02d}T15:00:00.000Z"
    return ContactRow(
        f"r{place}", "r0", StudentId("s"), WithKind.GUARDIAN, "g", "Rosa", way, result, moment,
        "Attendance", "", "2026-12-01", "", "", replaces, "", PersonId("p"), moment, "UTC",
    )  # fmt: skip


@st.composite
def histories(draw: st.DrawFn) -> list[ContactRow]:
    """Attempts, some of them corrected by later rows, each at most once."""
    rows: list[ContactRow] = []
    for place in range(draw(st.integers(1, 10))):
        free = [r.id for r in standing_rows(rows)]
        replaces = draw(st.sampled_from(["", *free])) if free else ""
        rows.append(
            a_row(place, draw(st.sampled_from(Result)), draw(st.sampled_from(By)), replaces)
        )
    return rows


@given(histories())
def test_attempts_are_what_stands_and_reached_closes(rows: list[ContactRow]) -> None:
    matter = matter_of(rows)
    gone = {row.replaces for row in rows}
    standing = [row for row in rows if row.id not in gone]
    assert matter.attempts == sum(row.result is not Result.GIVEN_UP for row in standing)
    assert matter.reached == any(row.result is Result.REACHED for row in standing)
    assert matter.open == all(row.result not in CLOSING for row in standing)
    assert matter.open or not matter.next_on
    assert not (matter.letter_offered and not matter.open)
    assert matter.letter_offered == (
        matter.open
        and matter.attempts >= LETTER_AFTER
        and all(row.way is not By.LETTER for row in standing)
    )
    assert len(standing) + len(gone - {""}) == len(rows)


@given(histories(), st.randoms(use_true_random=False))
def test_a_matter_is_the_same_in_whatever_order_its_rows_are_read(
    rows: list[ContactRow], dice: object
) -> None:
    mixed = list(rows)
    dice.shuffle(mixed)  # type: ignore[attr-defined]
    assert matter_of(mixed) == matter_of(rows)


def test_attempts_count_per_matter_and_a_letter_is_offered_after_three(
    desk: CollaborationDesk,
) -> None:
    first = desk.contact(at=at("2026-11-04T15:00"))
    desk.contact(Result.LEFT_MESSAGE, matter_id=first, about="")
    other = desk.contact(about="Field trip")
    desk.contact(matter_id=first)
    matters = {one.about: one for one in desk.rooms.contacts.matters(desk.pupil)}
    attendance = matters["Attendance"]
    assert (attendance.attempts, attendance.since.day().isoformat()) == (3, "2026-11-04")
    assert attendance.letter_offered
    assert (matters["Field trip"].id, matters["Field trip"].attempts) == (other, 1)
    desk.contact(Result.REACHED, matter_id=first)
    waiting = [line.row.matter_id for line in desk.rooms.contacts.waiting()]
    assert waiting == [other]
    with pytest.raises(Refused, match="matter-closed"):
        desk.contact(matter_id=first)


def test_the_next_attempt_comes_back_on_its_day_until_someone_is_reached(
    desk: CollaborationDesk,
) -> None:
    first = desk.contact(next_on="2026-11-23")
    assert desk.rooms.today().contacts == []
    desk.set("2026-11-23T08:00")
    lines = desk.rooms.today().contacts
    assert [(line.row.id, line.attempts) for line in lines] == [(first, 1)]
    desk.contact(matter_id=first, next_on="2026-11-24")
    assert desk.rooms.today().contacts == []
    desk.set("2026-11-24T08:00")
    assert [line.attempts for line in desk.rooms.today().contacts] == [2]
    desk.contact(Result.REACHED, matter_id=first)
    assert desk.rooms.today().contacts == []


def test_a_guardian_who_is_not_to_be_contacted_is_asked_about(desk: CollaborationDesk) -> None:
    call = {"with_name": "Hector Ocampo", "with_id": desk.father}
    with pytest.raises(Refused) as error:
        desk.contact(**call)
    assert refusal(error.value) == ("contact-not-wanted", "despite")
    assert error.value.facts["reason"] == "A court order of 2025."
    with pytest.raises(Refused, match="contact-not-wanted"):
        desk.contact(with_name="Hector Ocampo", with_id="")
    made = desk.contact(**call, despite="He called here first.")
    assert desk.rooms.contacts.row(made).despite == "He called here first."


def test_a_correction_takes_the_place_of_a_row_and_both_are_read(desk: CollaborationDesk) -> None:
    first = desk.contact(Result.REACHED)
    with pytest.raises(Refused, match="correction-needs-why"):
        desk.contact(replaces=first)
    second = desk.contact(Result.NO_ANSWER, replaces=first, why="It was the voicemail.")
    with pytest.raises(Refused, match="contact-corrected"):
        desk.contact(replaces=first, why="Again")
    lines = {line.row.id: line for line in desk.rooms.contacts.page(desk.pupil)}
    assert (lines[first].corrected, lines[second].corrected) == (True, False)
    (matter,) = desk.rooms.contacts.matters(desk.pupil)
    assert (matter.open, matter.attempts, lines[second].attempts) == (True, 1, 1)
    assert desk.rooms.contacts.count() == 2


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"with_name": " "}, ("contact-needs-whom", "with_name")),
        ({"about": ""}, ("contact-needs-about", "about")),
        ({"at": at("2026-11-20T08:01")}, ("day-ahead", "at")),
        ({"next_on": "2026-11-19"}, ("day-past", "next_on")),
        ({"result": Result.GIVEN_UP}, ("contact-needs-reason", "said")),
        ({"matter_id": "nothing"}, ("matter-gone", "matter")),
        ({"replaces": "nothing"}, ("contact-gone", "")),
    ],
)
def test_a_contact_is_refused_at_its_field(
    desk: CollaborationDesk, changes: dict[str, object], expected: tuple[str, str]
) -> None:
    with pytest.raises(Refused) as error:
        desk.contact(**changes)
    assert refusal(error.value) == expected


def test_the_sheet_offers_language_interpreter_and_the_open_matters(
    desk: CollaborationDesk,
) -> None:
    desk.contact()
    found = desk.rooms.contacts.choices(desk.pupil)
    assert [(one.name, one.language, one.interpreter) for one in found.guardians] == [
        ("Rosa Ocampo", "es", True),
        ("Hector Ocampo", "es", True),
    ]
    assert found.guardians[1].do_not_contact == "A court order of 2025."
    assert [one.about for one in found.matters] == ["Attendance"]


def test_a_contact_logged_twice_under_one_id_counts_once(desk: CollaborationDesk) -> None:
    command = LogContact(
        desk.pupil, WithKind.OTHER, "Aunt", By.PHONE, Result.SENT, "Form", contact_id="one"
    )
    desk.rooms.contacts.log(command)
    desk.rooms.contacts.log(replace(command, said="again"))
    assert desk.rooms.contacts.count() == 1


def test_the_care_team_says_who_until_when_and_what_they_may_be_told(
    desk: CollaborationDesk,
) -> None:
    team = desk.rooms.team
    made = team.add(
        AddToTeam(
            desk.pupil,
            MemberKind.PROVIDER,
            "Dr. Ito",
            "Therapist",
            since_on="2026-09-01",
            may_know=(MayKnow.GOALS,),
        )
    ).made
    with pytest.raises(Refused, match="member-there"):
        team.add(AddToTeam(desk.pupil, MemberKind.STAFF, "Dr. Ito"))
    with pytest.raises(Refused, match="member-ends-before"):
        team.end(EndMember(made, "2026-08-01"))
    team.end(EndMember(made, "2026-11-01"))
    (member,) = team.of_student(desk.pupil)
    assert (member.until_on, member.may_know) == ("2026-11-01", ("goals",))
    team.restore(RestoreMember(made))
    assert team.of_student(desk.pupil)[0].until_on == ""


class Listening:
    """A reader that keeps what it is asked."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self.asked: list[tuple[str, Any]] = []

    def execute(self, sql: str, values: Any = ()) -> Rows:
        self.asked.append((sql, values))
        return self._reader.execute(sql, values)


def test_corrections_are_looked_up_and_never_walked_through(desk: CollaborationDesk) -> None:
    desk.contact()
    with desk.desk.records.read() as reader:
        listening = Listening(reader)
        book = Lists(listening)
        book.contacts_waiting(desk.desk.seat, "2026-11-20")
        book.contacts_waiting(desk.desk.seat)
        book.contacts(desk.desk.seat, "", 0, 200)
        plans = [
            " ".join(str(row[3]) for row in reader.execute(f"EXPLAIN QUERY PLAN {sql}", values))
            for sql, values in listening.asked
        ]
    assert len(plans) == 3
    for plan in plans:
        assert "contact_replaced" in plan
        assert "SCAN z" not in plan
