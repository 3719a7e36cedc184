"""The privacy room's commands."""

from collections.abc import Callable, Sequence

from app.features.privacy.commands import (
    RecordDisclosure,
    RecordNothingLeft,
    RecordReport,
    ReportNotLeft,
    ViewNote,
    ViewRecord,
    ViewReport,
    ViewStudent,
)
from app.features.privacy.model import (
    PAGE,
    Disclosure,
    DisclosureLine,
    ViewLine,
    accepted_hash,
    accepted_purpose,
    accepted_recipient,
)
from app.features.privacy.repo import DisclosureRepo, Disclosures, Views
from app.kernel.changes import NOTHING, Changed, Kind
from app.kernel.ids import StudentId, new_id
from app.kernel.ports import Begin, Read, Seat, Transaction

View = ViewStudent | ViewNote | ViewRecord | ViewReport
"""Every look that is written down."""


class PrivacyService:
    """What left the desk, and who looked: written down, never changed afterwards."""

    def __init__(self, begin: Begin, read: Read, seat: Callable[[], Seat]) -> None:
        self._begin = begin
        self._read = read
        self._seat = seat
        self._noted: set[View] = set()

    def record_disclosure(self, command: RecordDisclosure) -> Changed:
        """Write down what is about to leave; refuse without a recipient or a purpose."""
        with self._begin() as tx:
            made = self.record_in(tx, command)
        return Changed.only(Kind.DISCLOSURE, made=made)

    def record_disclosures(self, commands: Sequence[RecordDisclosure]) -> Changed:
        """Write down a paper about several students: a disclosure for each, all or none."""
        with self._begin() as tx:
            for command in commands:
                self.record_in(tx, command)
        return Changed.only(Kind.DISCLOSURE)

    @staticmethod
    def record_in(tx: Transaction, command: RecordDisclosure) -> str:
        """Write down what is about to leave, within another room's transaction; return its id."""
        recipient = accepted_recipient(command.recipient)
        purpose = accepted_purpose(command.purpose)
        sha256 = accepted_hash(command.sha256)
        disclosure = Disclosure(
            command.disclosure_id or new_id(),
            command.student_id,
            command.paper,
            command.scope,
            recipient,
            purpose,
            command.means,
            sha256,
            command.bytes,
            tx.who,
            tx.now,
        )
        DisclosureRepo(tx).add(disclosure)
        tx.journal(
            "RecordDisclosure",
            "disclosure",
            disclosure.id,
            after={
                "student": disclosure.student_id,
                "paper": disclosure.paper,
                "scope": dict(disclosure.scope),
                "recipient": recipient,
                "purpose": purpose,
                "means": disclosure.means,
                "sha256": sha256,
                "bytes": disclosure.bytes,
            },
        )
        return disclosure.id

    def record_nothing_left(self, command: RecordNothingLeft) -> Changed:
        """Write down that a recorded disclosure did not leave; the row itself stands."""
        with self._begin() as tx:
            self._stop(tx, command)
        return Changed.only(Kind.DISCLOSURE, made=command.disclosure_id)

    @staticmethod
    def _stop(tx: Transaction, command: RecordNothingLeft) -> None:
        DisclosureRepo(tx).stop(command.disclosure_id, command.reason)
        tx.journal(
            "RecordNothingLeft",
            "disclosure",
            command.disclosure_id,
            after={"reason": command.reason},
        )

    def record_report(self, command: RecordReport) -> tuple[str, tuple[str, ...]]:
        """Write down that a report is about to leave; return its id and its disclosures'.

        The journal has one entry of the report, also of one that tells about nobody, and each
        student it tells about has a disclosure; all of it or nothing.
        """
        recipient = accepted_recipient(command.recipient)
        purpose = accepted_purpose(command.purpose)
        report = new_id()
        with self._begin() as tx:
            tx.journal(
                "RecordReport",
                "report",
                report,
                after={
                    "paper": command.paper,
                    "scope": dict(command.scope),
                    "recipient": recipient,
                    "purpose": purpose,
                    "means": command.means,
                    "sha256": accepted_hash(command.sha256),
                    "bytes": command.bytes,
                    "students": len(command.students),
                },
            )
            disclosures = tuple(
                self.record_in(
                    tx,
                    RecordDisclosure(
                        student,
                        command.paper,
                        recipient,
                        purpose,
                        command.means,
                        command.sha256,
                        command.bytes,
                        command.scope,
                    ),
                )
                for student in command.students
            )
        return report, disclosures

    def report_not_left(self, command: ReportNotLeft) -> Changed:
        """Write down that a recorded report did not leave, of itself and of each disclosure."""
        with self._begin() as tx:
            tx.journal(
                "ReportNotLeft", "report", command.report_id, after={"reason": command.reason}
            )
            for disclosure in command.disclosures:
                self._stop(tx, RecordNothingLeft(disclosure, command.reason))
        return Changed.only(Kind.DISCLOSURE, made=command.report_id)

    def is_noted(self, view: View) -> bool:
        """Tell whether this look was written down since the vault was unlocked."""
        return view in self._noted

    def view_student(self, command: ViewStudent) -> Changed:
        """Write down that a student's record was opened; once while the vault is unlocked."""
        return self._view(command, None)

    def view_note(self, command: ViewNote) -> Changed:
        """Write down that another's note, or a paper's preview, was opened; once, too."""
        facts = {"note": command.note_id, "paper": command.paper}
        return self._view(command, {name: fact for name, fact in facts.items() if fact})

    def view_records(self, *commands: ViewRecord) -> Changed:
        """Write down that records of another were opened; each once, too, all or none."""
        new = [command for command in commands if command not in self._noted]
        if new:
            with self._begin() as tx:
                for command in new:
                    facts = {"record": command.record.value, "id": command.record_id}
                    tx.journal("ViewRecord", "student", command.student_id, after=facts)
            self._noted.update(new)
        return NOTHING

    def view_report(self, command: ViewReport) -> Changed:
        """Write down that a report about several was looked at; once, too.

        It is one entry for all of them: each gets one of their own when the report leaves.
        """
        if command not in self._noted:
            with self._begin() as tx:
                after = {"paper": command.paper, "students": command.students}
                tx.journal("ViewReport", "report", new_id(), after=after)
            self._noted.add(command)
        return NOTHING

    def _view(self, command: ViewStudent | ViewNote, facts: dict[str, str] | None) -> Changed:
        if command not in self._noted:
            with self._begin() as tx:
                tx.journal(type(command).__name__, "student", command.student_id, after=facts)
            self._noted.add(command)
        return NOTHING

    def views(self, student_id: StudentId, offset: int = 0, limit: int = PAGE) -> list[ViewLine]:
        """Return a page of who has looked at a student's record, the latest first."""
        with self._read() as reader:
            return Views(reader, self._seat()).page(student_id, offset, limit)

    def view_count(self, student_id: StudentId) -> int:
        """Return how many times someone has looked."""
        with self._read() as reader:
            return Views(reader, self._seat()).count(student_id)

    def disclosures(
        self, student_id: StudentId | None = None, offset: int = 0, limit: int = PAGE
    ) -> list[DisclosureLine]:
        """Return a page of the disclosures of a student, or of all, newest first."""
        with self._read() as reader:
            return Disclosures(reader).page(student_id, offset, limit)

    def count(self, student_id: StudentId | None = None) -> int:
        """Return how many disclosures there are of a student, or of all."""
        with self._read() as reader:
            return Disclosures(reader).count(student_id)

    def disclosure(self, disclosure_id: str) -> DisclosureLine:
        """Return one disclosure; KeyError if there is none."""
        with self._read() as reader:
            return Disclosures(reader).get(disclosure_id)
