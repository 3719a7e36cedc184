"""The privacy room's commands."""

from collections.abc import Callable, Sequence
from datetime import date

from app.features.privacy.commands import (
    LabelPart2,
    RecordDisclosure,
    RecordNothingLeft,
    RecordReport,
    ReportNotLeft,
    SetPart2Notice,
    UnlabelPart2,
    ViewNote,
    ViewRecord,
    ViewReport,
    ViewStudent,
)
from app.features.privacy.gate import AtGate, Passed, covers_part2, passed
from app.features.privacy.labels import Label, Labelled, accepted_notice
from app.features.privacy.model import (
    PAGE,
    Disclosure,
    DisclosureLine,
    Means,
    ViewLine,
    accepted_hash,
    accepted_purpose,
    accepted_recipient,
)
from app.features.privacy.papers import Scope, held
from app.features.privacy.repo import DisclosureRepo, Disclosures, Gate, GateRepo, Views, grounds
from app.kernel.changes import NOTHING, Changed, Kind
from app.kernel.errors import Refused
from app.kernel.ids import StudentId, new_id
from app.kernel.ports import Begin, Read, Reader, Seat, Transaction
from app.kernel.releases import RELEASES, Covering, Ground, OnFile, Terms

View = ViewStudent | ViewNote | ViewRecord | ViewReport
"""Every look that is written down."""


Supplied = Callable[[Reader], str]
"""Gives a text that the district has handed out; empty where it has not."""


def nothing_supplied(_reader: Reader) -> str:
    """Return nothing: no district has handed out a text."""
    return ""


class PrivacyService:
    """What left the desk, and who looked: written down, never changed afterwards."""

    def __init__(
        self,
        begin: Begin,
        read: Read,
        seat: Callable[[], Seat],
        consents: Covering,
        today: Callable[[], date],
        supplied: Supplied = nothing_supplied,
    ) -> None:
        self._begin = begin
        self._read = read
        self._seat = seat
        self._consents = consents
        self._today = today
        self._supplied = supplied
        self._noted: set[View] = set()

    def record_disclosure(self, command: RecordDisclosure) -> Changed:
        """Write down what is about to leave; refuse what the gate does not let pass."""
        with self._begin() as tx:
            made = self.record_in(tx, command)
        return Changed.only(Kind.DISCLOSURE, made=made)

    def record_disclosures(self, commands: Sequence[RecordDisclosure]) -> Changed:
        """Write down a paper about several students: a disclosure for each, all or none."""
        with self._begin() as tx:
            for command in commands:
                self.record_in(tx, command)
        return Changed.only(Kind.DISCLOSURE)

    def record_in(self, tx: Transaction, command: RecordDisclosure) -> str:
        """Write down what is about to leave, within another's transaction; return its id.

        The gate is asked here, in the transaction that writes it down: what it refuses is not
        written, and what is not written does not leave.
        """
        maker = Gate(tx).name(tx.who)
        recipient, purpose = _accepted(command.terms, command.recipient, command.purpose, maker)
        sha256 = accepted_hash(command.sha256)
        through = passed(
            AtGate(
                command.paper,
                command.scope,
                command.means,
                recipient,
                maker,
                command.terms,
                about=True,
                on_file=self._on_file(tx, command),
                notice=bool(command.scope.get("part2") and self._notice(tx)),
            )
        )
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
            through.terms,
            command.version or through.version,
        )
        DisclosureRepo(tx).add(disclosure)
        kept = grounds(disclosure.terms, disclosure.version)
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
                **{name: fact for name, fact in kept.items() if fact},
            },
        )
        return disclosure.id

    def _on_file(self, tx: Transaction, command: RecordDisclosure) -> tuple[OnFile, ...]:
        if command.terms.ground is not Ground.RELEASE and not command.scope.get("part2"):
            return ()
        return self._consents.covering(tx, command.student_id, tx.now.day().isoformat())

    def may_still_leave(self, tx: Transaction, disclosures: Sequence[str]) -> bool:
        """Tell whether what passed the gate, and waits since, would pass it today.

        Only what another person can take back is asked anew: the release that it leaves under,
        and the consent to substance use records in it.
        """
        repo = Disclosures(tx)
        for line in filter(None, map(repo.found, disclosures)):
            kept = line.disclosure
            part2 = bool(kept.scope.get("part2"))
            if kept.terms.ground is not Ground.RELEASE and not part2:
                continue
            on_file = self._consents.covering(tx, kept.student_id, tx.now.day().isoformat())
            try:
                passed(
                    AtGate(
                        kept.paper,
                        kept.scope,
                        Means(kept.means),
                        kept.recipient,
                        line.by,
                        kept.terms,
                        about=True,
                        on_file=on_file,
                        notice=part2,
                    )
                )
            except Refused:
                return False
        return True

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
        """Write down that a report is about to leave; return its id and its disclosures'."""
        with self._begin() as tx:
            return self.record_report_in(tx, command)

    def record_report_in(
        self, tx: Transaction, command: RecordReport
    ) -> tuple[str, tuple[str, ...]]:
        """Write down that a report is about to leave, within another's transaction.

        The journal has one entry of the report, also of one that tells about nobody, and each
        student it tells about has a disclosure; all of it or nothing. The gate is asked for the
        report as a whole where it tells about nobody, else for each student.
        """
        report, maker = new_id(), Gate(tx).name(tx.who)
        recipient, purpose = _accepted(command.terms, command.recipient, command.purpose, maker)
        through = Passed(command.terms, command.version)
        if not command.students:
            through = passed(
                AtGate(
                    command.paper,
                    command.scope,
                    command.means,
                    recipient,
                    maker,
                    command.terms,
                    about=False,
                )
            )
        kept = grounds(through.terms, command.version or through.version)
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
                **{name: fact for name, fact in kept.items() if fact},
            },
        )
        return report, tuple(
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
                    terms=command.terms,
                    version=command.version,
                ),
            )
            for student in command.students
        )

    def report_not_left(self, command: ReportNotLeft) -> Changed:
        """Write down that a recorded report did not leave, of itself and of each disclosure."""
        with self._begin() as tx:
            self.report_not_left_in(tx, command)
        return Changed.only(Kind.DISCLOSURE, made=command.report_id)

    @classmethod
    def report_not_left_in(cls, tx: Transaction, command: ReportNotLeft) -> None:
        """Write the same down within another's transaction."""
        tx.journal("ReportNotLeft", "report", command.report_id, after={"reason": command.reason})
        for disclosure in command.disclosures:
            cls._stop(tx, RecordNothingLeft(disclosure, command.reason))

    # -- substance use records -----------------------------------------------------------

    def label(self, command: LabelPart2 | UnlabelPart2) -> Changed:
        """Label a record as one about substance use, or take the label off.

        Refuses a record that whoever is at the desk does not see, and one about no student.
        What is so already stays so.
        """
        with self._begin() as tx:
            label = self._label(tx, command)
        return Changed.only(Kind.DISCLOSURE, made=label)

    def label_goes_along(self, tx: Transaction, kind: Labelled, old: str, new: str) -> None:
        """Label the record that corrects a labelled one, in the transaction that corrects it."""
        if GateRepo(tx).is_labelled(kind, old):
            self._label(tx, LabelPart2(kind, new))

    def _label(self, tx: Transaction, command: LabelPart2 | UnlabelPart2) -> str:
        labelled = isinstance(command, LabelPart2)
        repo = GateRepo(tx)
        student = repo.record_of(command.kind, command.record, self._seat())
        if student is None:
            raise Refused("part2-record-gone")
        if repo.is_labelled(command.kind, command.record) == labelled:
            raise Refused("part2-labelled-already" if labelled else "part2-not-labelled")
        kept = self._write_label(tx, command, command.record, student)
        if labelled:
            # With the record that took its place held back, an earlier one would seem to stand.
            for earlier in repo.corrected_by(command.kind, command.record):
                if not repo.is_labelled(command.kind, earlier):
                    self._write_label(tx, command, earlier, student)
        return kept

    @staticmethod
    def _write_label(
        tx: Transaction, command: LabelPart2 | UnlabelPart2, record: str, student: StudentId
    ) -> str:
        labelled = isinstance(command, LabelPart2)
        label = Label(new_id(), command.kind, record, student, labelled, tx.who, tx.now)
        GateRepo(tx).add_label(label)
        tx.journal(
            type(command).__name__,
            "part2_label",
            label.id,
            after={
                "kind": label.kind.value,
                "record": label.record,
                "student_id": student,
                "labelled": int(labelled),
            },
        )
        return label.id

    def is_labelled(self, kind: Labelled, record: str) -> bool:
        """Tell whether a record is labelled now."""
        with self._read() as reader:
            return Gate(reader).is_labelled(kind, record)

    def labelled_of(self, student_id: StudentId) -> list[tuple[Labelled, str]]:
        """Return which of a student's records are labelled, of those that are seen here."""
        with self._read() as reader:
            return Gate(reader).labelled_of(student_id)

    def set_part2_notice(self, command: SetPart2Notice) -> Changed:
        """Keep the notice that goes along with labelled records; an empty one is withdrawn."""
        text = accepted_notice(command.text)
        with self._begin() as tx:
            repo = GateRepo(tx)
            before = repo.setting("part2_notice")
            repo.set("part2_notice", text)
            tx.journal("SetPart2Notice", "vault", "part2_notice", {"text": before}, {"text": text})
        return Changed.only(Kind.SETTING)

    def part2_notice(self) -> str:
        """Return the notice that goes along: the district's, else the one that was typed here."""
        with self._read() as reader:
            return self._notice(reader)

    def _notice(self, reader: Reader) -> str:
        return self._supplied(reader) or Gate(reader).setting("part2_notice")

    def for_leaving(self, student_id: StudentId) -> tuple[tuple[OnFile, ...], int]:
        """Return a student's releases that are in force, and how many records are labelled."""
        with self._read() as reader:
            on_file = self._consents.covering(reader, student_id, self._today().isoformat())
            labelled = len(Gate(reader).labelled_of(student_id))
        return tuple(one for one in on_file if one.kind in RELEASES), labelled

    def part2_opened(
        self,
        students: Sequence[StudentId],
        paper: str,
        scope: Scope,
        recipient: str,
        terms: Terms,
    ) -> frozenset[StudentId]:
        """Return of whom labelled records may go to this recipient, of those who have any.

        A consent under part 2 lets them, or a medical emergency (42 CFR 2.51). Refuses where
        they may, and the notice that has to go along is not there.
        """
        opened = set()
        _paper, matters = held(paper, scope)
        with self._read() as reader:
            gate, day = Gate(reader), self._today().isoformat()
            for student in students:
                if not gate.labelled_of(student):
                    continue
                if terms.ground is Ground.EMERGENCY or covers_part2(
                    self._consents.covering(reader, student, day), recipient, matters
                ):
                    opened.add(student)
            if opened and terms.ground is not Ground.EMERGENCY and not self._notice(reader):
                raise Refused("gate-part2-notice-missing", "ground")
        return frozenset(opened)

    # -- looks ---------------------------------------------------------------------------

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


def _accepted(terms: Terms, recipient: str, purpose: str, maker: str) -> tuple[str, str]:
    """Return to whom and why as it is kept; what one makes for oneself goes to oneself."""
    if terms.ground is Ground.OWN_USE and not recipient.strip():
        recipient = maker
    return accepted_recipient(recipient), accepted_purpose(purpose)
