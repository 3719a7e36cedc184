"""The privacy room's commands."""

from app.features.privacy.commands import RecordDisclosure, RecordNothingLeft
from app.features.privacy.model import (
    PAGE,
    Disclosure,
    DisclosureLine,
    accepted_hash,
    accepted_purpose,
    accepted_recipient,
)
from app.features.privacy.repo import DisclosureRepo, Disclosures
from app.kernel.changes import Changed, Kind
from app.kernel.ids import StudentId, new_id
from app.kernel.ports import Begin, Read


class PrivacyService:
    """What left the desk: written down before it leaves, never changed afterwards."""

    def __init__(self, begin: Begin, read: Read) -> None:
        self._begin = begin
        self._read = read

    def record_disclosure(self, command: RecordDisclosure) -> Changed:
        """Write down what is about to leave; refuse without a recipient or a purpose."""
        recipient = accepted_recipient(command.recipient)
        purpose = accepted_purpose(command.purpose)
        sha256 = accepted_hash(command.sha256)
        with self._begin() as tx:
            disclosure = Disclosure(
                new_id(),
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
        return Changed.only(Kind.DISCLOSURE, made=disclosure.id)

    def record_nothing_left(self, command: RecordNothingLeft) -> Changed:
        """Write down that a recorded disclosure did not leave; the row itself stands."""
        with self._begin() as tx:
            DisclosureRepo(tx).stop(command.disclosure_id, command.reason)
            tx.journal(
                "RecordNothingLeft",
                "disclosure",
                command.disclosure_id,
                after={"reason": command.reason},
            )
        return Changed.only(Kind.DISCLOSURE, made=command.disclosure_id)

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
