"""The contact log: who was tried, how often, and who was reached."""

from contextlib import suppress
from dataclasses import dataclass

from app.features.collaboration.commands import LogContact
from app.features.collaboration.model.contacts import (
    CLOSING,
    ContactRow,
    Matter,
    Result,
    WithKind,
    matter_of,
)
from app.features.collaboration.model.team import Member
from app.features.collaboration.model.texts import (
    day_to_come,
    kept,
    kept_name,
    named_person,
    needed_words,
    not_ahead,
)
from app.features.collaboration.repo.lists import PAGE, ContactLine, Guardian, Known, Pupil
from app.features.collaboration.service.room import DoneBefore, Room
from app.kernel.changes import Changed, Kind
from app.kernel.errors import Refused
from app.kernel.ids import StudentId, new_id


@dataclass(frozen=True, slots=True)
class ContactChoices:
    """What the sheet of a contact offers for a student."""

    pupil: Pupil
    guardians: tuple[Guardian, ...]
    team: tuple[Member, ...]
    staff: tuple[Known, ...]
    matters: tuple[Matter, ...]
    """Those that are open, the latest first."""


class ContactsService:
    """Contacts with guardians and the team."""

    def __init__(self, room: Room) -> None:
        self._room = room

    def log(self, command: LogContact) -> Changed:
        """Write down an attempt; a correction takes an earlier row's place and says why.

        Contact with a guardian who is not to be contacted is refused until a reason is
        given; a matter that is closed takes no further attempts.
        """
        contact_id = command.contact_id or new_id()
        with suppress(DoneBefore), self._room.writing() as keeper:
            if command.contact_id and keeper.get(ContactRow, contact_id) is not None:
                raise DoneBefore
            if keeper.pupil(command.student_id) is None:
                raise Refused("student-gone", "student")
            now = keeper.tx.now
            earlier = self._replaced(
                keeper.matter_rows(self._room.seat, command.student_id), command
            )
            matter_id = earlier.matter_id if earlier else command.matter_id
            rows = [
                row
                for row in keeper.matter_rows(self._room.seat, command.student_id)
                if matter_id and row.matter_id == matter_id
            ]
            if matter_id and not rows:
                raise Refused("matter-gone", "matter")
            matter = matter_of(rows) if rows else None
            if matter is not None and not matter.open and earlier is None:
                raise Refused("matter-closed", "matter")
            name = named_person(command.with_name, "with_name", "contact-needs-whom")
            despite = kept(command.despite, "despite", 500)
            if command.with_kind is WithKind.GUARDIAN:
                self._require_allowed(
                    keeper.guardians(command.student_id), command.with_id, name, despite
                )
            about = kept(command.about, "about", 500) or (matter.about if matter else "")
            if not about:
                raise Refused("contact-needs-about", "about")
            said = kept(command.said, "said")
            if command.result is Result.GIVEN_UP and not said:
                raise Refused("contact-needs-reason", "said")
            row = ContactRow(
                id=contact_id,
                matter_id=matter_id or contact_id,
                student_id=command.student_id,
                with_kind=command.with_kind,
                with_id=command.with_id,
                with_name=name,
                way=command.way,
                result=command.result,
                at=not_ahead(command.at or now, now, "at").at,
                about=about,
                said=said,
                next_on=(
                    ""
                    if command.result in CLOSING
                    else day_to_come(command.next_on, now.day(), "next_on", "contact-needs-next")
                ),
                despite=despite,
                interpreter=kept_name(command.interpreter, "interpreter"),
                replaces=command.replaces,
                why=needed_words(command.why, "why", "correction-needs-why")
                if command.replaces
                else "",
                person_id=keeper.tx.who,
                recorded_at=now.at,
                zone=now.zone,
            )
            keeper.add(row)
            keeper.journal(
                "LogContact",
                ContactRow,
                contact_id,
                {
                    "student": row.student_id,
                    "matter": row.matter_id,
                    "result": row.result.value,
                    **({"replaces": row.replaces} if row.replaces else {}),
                },
            )
            if row.replaces:
                self._room.neighbours.contact_corrected(keeper.tx, row.replaces, row.id)
        return Changed.only(Kind.CONTACT, made=contact_id)

    @staticmethod
    def _replaced(rows: list[ContactRow], command: LogContact) -> ContactRow | None:
        if not command.replaces:
            return None
        if any(row.replaces == command.replaces for row in rows):
            raise Refused("contact-corrected")
        found = next((row for row in rows if row.id == command.replaces), None)
        if found is None:
            raise Refused("contact-gone")
        return found

    @staticmethod
    def _require_allowed(
        guardians: list[Guardian], guardian_id: str, name: str, despite: str
    ) -> None:
        meant = [one for one in guardians if one.id == guardian_id or one.name == name]
        for one in meant:
            if one.do_not_contact and not despite:
                raise Refused("contact-not-wanted", "despite", reason=one.do_not_contact)

    # -- reads -----------------------------------------------------------------------

    def choices(self, student_id: StudentId) -> ContactChoices:
        """Return what the sheet of a contact offers; refuse a student who is not there."""
        with self._room.reading() as book:
            pupil = book.pupil(student_id)
            if pupil is None:
                raise Refused("student-gone", "student")
            rows = book.matter_rows(self._room.seat, student_id)
            team = book.where(
                Member, "t.student_id = ? AND t.until_on = '' ORDER BY t.since_on", (student_id,)
            )
            return ContactChoices(
                pupil,
                tuple(book.guardians(student_id)),
                tuple(team),
                tuple(book.staff(student_id)[:200]),
                tuple(one for one in matters_of(rows) if one.open),
            )

    def matters(self, student_id: StudentId) -> list[Matter]:
        """Return a student's matters, the one that was tried last first."""
        with self._room.reading() as book:
            return matters_of(book.matter_rows(self._room.seat, student_id))

    def page(
        self, student_id: StudentId | None = None, offset: int = 0, limit: int = PAGE
    ) -> list[ContactLine]:
        """Return a page of contacts, the newest first."""
        with self._room.reading() as book:
            return book.contacts(self._room.seat, student_id or "", offset, limit)

    def count(self, student_id: StudentId | None = None) -> int:
        """Return how many rows there are, of one student or of all."""
        with self._room.reading() as book:
            return book.contact_count(self._room.seat, student_id or "")

    def waiting(self) -> list[ContactLine]:
        """Return the last attempt of each matter that nobody was reached about."""
        with self._room.reading() as book:
            return book.contacts_waiting(self._room.seat)

    def row(self, contact_id: str) -> ContactRow:
        """Return one row; refuse one that is not seen."""
        with self._room.reading() as book:
            found = book.get(ContactRow, contact_id)
        if found is None:
            raise Refused("contact-gone")
        return found


def matters_of(rows: list[ContactRow]) -> list[Matter]:
    """Return the matters of rows, the one that was tried last first."""
    grouped: dict[str, list[ContactRow]] = {}
    for row in rows:
        grouped.setdefault(row.matter_id, []).append(row)
    return sorted(
        (matter_of(group) for group in grouped.values()),
        key=lambda one: (one.last.at, one.id),
        reverse=True,
    )
