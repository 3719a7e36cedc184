"""A paper leaves the desk: written down first, then handed over, then it is true.

The order is the promise. The bytes are built in memory; the disclosure is recorded with
their hash; only then are they written where the user said. A crash in between leaves a
disclosure of something that never left, never a paper that nobody wrote down. What could
not be handed over is said in a second entry.
"""

import contextlib
import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from app.features.privacy.commands import RecordDisclosure, RecordNothingLeft
from app.features.privacy.gate import accepted_terms
from app.features.privacy.model import Means, accepted_purpose, accepted_recipient
from app.kernel.changes import Changed
from app.kernel.errors import CasewellError, Refused, Trouble
from app.kernel.ids import StudentId, new_id
from app.kernel.releases import NO_GROUND, Ground, Terms


class DisclosureBook(Protocol):
    """Where disclosures are written down."""

    def record_disclosure(self, command: RecordDisclosure) -> Changed:
        """Write down what is about to leave."""
        ...

    def record_disclosures(self, commands: Sequence[RecordDisclosure]) -> Changed:
        """Write down a paper about several students, all or none."""
        ...

    def record_nothing_left(self, command: RecordNothingLeft) -> Changed:
        """Write down that it did not leave after all."""
        ...


@dataclass(frozen=True, slots=True)
class Release:
    """To whom a paper goes, why, and on what ground."""

    recipient: str
    purpose: str
    terms: Terms = NO_GROUND

    def accepted(self) -> "Release":
        """Return it as it is kept; refuse an empty entry at its field.

        What one makes for oneself needs no recipient: it stays with whoever makes it.
        """
        own = self.terms.ground is Ground.OWN_USE and not self.recipient.strip()
        return Release(
            "" if own else accepted_recipient(self.recipient),
            accepted_purpose(self.purpose),
            accepted_terms(self.terms),
        )


@dataclass(frozen=True, slots=True)
class Leaving:
    """One paper about one student, as it leaves."""

    student: StudentId
    paper: str
    scope: dict[str, object]
    pdf: bytes
    release: Release

    def recorded(self, book: DisclosureBook, means: Means) -> str:
        """Write down that it leaves; return the disclosure's id."""
        return book.record_disclosure(
            RecordDisclosure(
                self.student,
                self.paper,
                self.release.recipient,
                self.release.purpose,
                means,
                hashlib.sha256(self.pdf).hexdigest(),
                len(self.pdf),
                self.scope,
                terms=self.release.terms,
            )
        ).made


@dataclass(frozen=True, slots=True)
class LeavingTogether:
    """One paper about several students, as it leaves: a disclosure for each of them."""

    students: tuple[StudentId, ...]
    paper: str
    scope: dict[str, object]
    pdf: bytes
    release: Release

    def recorded(self, book: DisclosureBook, means: Means) -> tuple[str, ...]:
        """Write down that it leaves, for every student or none; return the disclosures' ids."""
        sha256 = hashlib.sha256(self.pdf).hexdigest()
        commands = [
            RecordDisclosure(
                student,
                self.paper,
                self.release.recipient,
                self.release.purpose,
                means,
                sha256,
                len(self.pdf),
                self.scope,
                new_id(),
                self.release.terms,
            )
            for student in self.students
        ]
        if commands:
            book.record_disclosures(commands)
        return tuple(command.disclosure_id for command in commands)


def save_together(
    leaving: LeavingTogether, book: DisclosureBook, target: Path, *, replace: bool
) -> tuple[str, ...]:
    """Record a disclosure for each student, then write the file; as `save` does for one."""
    require_place(target, replace=replace)
    disclosures = leaving.recorded(book, Means.FILE)
    _hand_over(leaving.pdf, disclosures, book, target, replace=replace)
    return disclosures


def save(
    leaving: Leaving,
    book: DisclosureBook,
    target: Path,
    *,
    replace: bool,
    means: Means = Means.FILE,
) -> str:
    """Record a disclosure, then write its file at `target`; return the disclosure's id.

    Raises Trouble `paper-not-left` when the file could not be written; the record then
    says so, and nothing of the paper is left beside the target.
    """
    require_place(target, replace=replace)
    disclosure = leaving.recorded(book, means)
    _hand_over(leaving.pdf, (disclosure,), book, target, replace=replace)
    return disclosure


def _hand_over(
    pdf: bytes, disclosures: Sequence[str], book: DisclosureBook, target: Path, *, replace: bool
) -> None:
    """Write a recorded paper's file; where it cannot be, let its disclosures say so."""
    try:
        write_whole(target, pdf, replace=replace)
    except OSError as error:
        trouble: CasewellError
        if isinstance(error, FileExistsError):
            trouble = Refused("file-exists", "out", path=str(target))
        else:
            trouble = Trouble(
                "paper-not-left", path=str(target), reason=error.strerror or type(error).__name__
            )
        for disclosure in disclosures:
            book.record_nothing_left(RecordNothingLeft(disclosure, trouble.code))
        raise trouble from error


def require_place(target: Path, *, replace: bool = False) -> None:
    """Refuse a folder that is not there, and a name that is taken unless it may be replaced."""
    if not target.parent.is_dir():
        raise Refused("paper-place-missing", "out", path=str(target.parent))
    if target.is_dir() or (target.exists() and not replace):
        raise Refused("file-exists", "out", path=str(target))


def write_whole(target: Path, data: bytes, *, replace: bool = False) -> None:
    """Write `data` beside the target, readable by its owner alone, and rename it into place."""
    part = target.with_name(target.name + ".part")
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    flags |= getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    descriptor = os.open(part, flags, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if replace:
            part.replace(target)
        else:
            _place_new(part, target)
    except BaseException:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
        raise


def _place_new(part: Path, target: Path) -> None:
    """Give `part` its name, never one that was taken meanwhile."""
    try:
        target.hardlink_to(part)
    except FileExistsError:
        raise
    except OSError:
        # A medium without hard links (FAT on a USB stick): look once more, then rename.
        if target.exists():
            raise FileExistsError(str(target)) from None
        part.replace(target)
        return
    # The paper has left: a second name that cannot be taken away does not undo that.
    with contextlib.suppress(OSError):
        part.unlink()
