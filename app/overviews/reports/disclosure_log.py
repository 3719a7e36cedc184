"""The record of disclosures as a parent may see it (34 CFR 99.32(c)): requests, and what left.

It names the parties and their interests, on what ground it was, and exactly what left, with the
hash of the file and the version of the paper. What the law does not ask to be recorded is kept
here as well; it is marked, or left out where that is wished.
"""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from app.features.privacy.commands import RecordNothingLeft
from app.features.privacy.inspection import RequestSheet, Step
from app.features.privacy.model import DisclosureLine, Means
from app.features.privacy.repo import Disclosures
from app.features.privacy.requests_repo import Requests
from app.kernel.changes import Changed, Kind
from app.kernel.clock import Clock
from app.kernel.ids import StudentId
from app.kernel.keys import Anchor
from app.kernel.names import shown_name
from app.kernel.ports import Reader
from app.kernel.words import _, ngettext
from app.overviews.privacy_words import (
    EXEMPT,
    PARTIES,
    WANTED,
    spoken_ground,
    spoken_standing,
    spoken_what,
)
from app.overviews.reports import leaving
from app.overviews.reports.leaving import DisclosureBook, Leaving, Release
from app.overviews.reports.wording import (
    spoken_anchor,
    spoken_day,
    spoken_means,
    spoken_moment,
    spoken_paper,
)
from app.paper import blocks
from app.paper.page import Paper, Size

PAPER = "disclosure-log"
_ALL = 1_000_000


@dataclass(frozen=True, slots=True)
class MadeLog:
    """A finished record of disclosures, in memory: it has not left."""

    student: StudentId
    pdf: bytes
    pages: int
    disclosures: int
    requests: int
    scope: dict[str, object]


@dataclass(frozen=True, slots=True)
class LogLeft:
    """A record of disclosures that left the desk."""

    disclosure: str
    sha256: str
    bytes: int
    pages: int
    changed: Changed = Changed.only(Kind.DISCLOSURE)  # noqa: RUF009 - frozen


class DisclosureLogs:
    """Makes the record of disclosures of a student, and lets it leave with one of its own."""

    def __init__(
        self,
        read_for_export: Callable[[], AbstractContextManager[Reader]],
        anchor: Callable[[], Anchor],
        clock: Clock,
        author: Callable[[], str],
        book: DisclosureBook,
    ) -> None:
        self._read = read_for_export
        self._anchor = anchor
        self._clock = clock
        self._author = author
        self._book = book

    def make(self, student: StudentId, *, exempt: bool = True, size: Size = "letter") -> MadeLog:
        """Return the record in memory; without `exempt`, what need not be recorded is left out."""
        anchor = self._anchor()
        with self._read() as reader:
            (row,) = reader.execute(
                "SELECT given_name, family_name, preferred_name FROM student WHERE id = ?",
                (student,),
            ).fetchall()
            left = Disclosures(reader).page(student, 0, _ALL)
            requests = Requests(reader).page(student, 0, _ALL, open_only=False)
        if not exempt:
            left = [line for line in left if line.disclosure.terms.ground not in EXEMPT]
        paper = Paper(
            title=_("Record of disclosures"),
            made=self._clock.now(),
            names=shown_name(*row),
            made_by=self._author(),
            anchor=spoken_anchor(anchor),
            blocks=tuple(_blocks(left, requests, exempt=exempt)),
        )
        printed = blocks.print_out(paper, size)
        scope: dict[str, object] = {
            "exempt": exempt, "disclosures": len(left), "requests": len(requests), "size": size,
        }  # fmt: skip
        return MadeLog(student, printed.pdf, printed.pages, len(left), len(requests), scope)

    def save(
        self,
        student: StudentId,
        release: Release,
        target: Path,
        *,
        exempt: bool = True,
        size: Size = "letter",
        replace: bool = False,
    ) -> LogLeft:
        """Make the record, write down that it leaves, and write it at `target`."""
        release = release.accepted()
        leaving.require_place(target, replace=replace)
        made = self.make(student, exempt=exempt, size=size)
        kept = leaving.save(_leaving(made, release), self._book, target, replace=replace)
        return _left(made, kept)

    def record_print(self, made: MadeLog, release: Release) -> LogLeft:
        """Write down that the record leaves through a printer; called before the first page."""
        return _left(made, _leaving(made, release.accepted()).recorded(self._book, Means.PRINT))

    def print_failed(self, left: LogLeft) -> Changed:
        """Write down that the printer did not take the record."""
        return self._book.record_nothing_left(RecordNothingLeft(left.disclosure, "print-not-left"))


def _leaving(made: MadeLog, release: Release) -> Leaving:
    return Leaving(made.student, PAPER, made.scope, made.pdf, release)


def _left(made: MadeLog, disclosure: str) -> LogLeft:
    sha256 = hashlib.sha256(made.pdf).hexdigest()
    return LogLeft(disclosure, sha256, len(made.pdf), made.pages)


def _blocks(
    left: list[DisclosureLine], requests: list[RequestSheet], *, exempt: bool
) -> Iterator[blocks.Block]:
    yield blocks.Text(
        _(
            "Each request for this record and each disclosure from it, kept as long as the record"
            " is (34 CFR 99.32)."
        ),
        soft=True,
    )
    if not exempt:
        yield blocks.Text(
            _(
                "Left out, as the law does not ask for them (34 CFR 99.32(d)): what went to the"
                " parent or the student, to school officials, to whom a signed release names, and"
                " copies for one’s own use."
            ),
            soft=True,
        )
    yield blocks.Heading(
        ngettext("{count} disclosure", "{count} disclosures", len(left)).format(count=len(left))
    )
    if not left:
        yield blocks.Text(_("Nothing was disclosed."))
    for line in left:
        yield from _disclosed(line)
    yield blocks.Heading(
        ngettext("{count} request", "{count} requests", len(requests)).format(count=len(requests))
    )
    if not requests:
        yield blocks.Text(_("Nobody asked."))
    for sheet in requests:
        yield from _requested(sheet)


def _disclosed(line: DisclosureLine) -> Iterator[blocks.Block]:
    one, terms = line.disclosure, line.disclosure.terms
    yield blocks.Heading(
        _("{day}: {paper} for {recipient}").format(
            day=spoken_day(one.made.day()), paper=spoken_paper(one.paper), recipient=one.recipient
        ),
        2,
    )
    if terms.emergency is not None:
        yield blocks.Notice(
            _("{threat} Who had to know: {who}").format(
                threat=terms.emergency.threat, who=terms.emergency.who_needs
            ),
            _("Emergency: the threat"),
        )
    marked = _("{ground}; the law does not ask to record it").format(
        ground=spoken_ground(terms.ground)
    )
    pairs = (
        (_("Why"), one.purpose),
        (_("Ground"), marked if terms.ground in EXEMPT else spoken_ground(terms.ground)),
        (_("Interest"), terms.interest),
        (_("Why more than usual"), terms.because),
        (_("What"), spoken_what(one)),
        (_("How"), _("Not handed over") if line.stopped else spoken_means(one.means)),
        (
            _("By"),
            _("{person}, {moment}").format(person=line.by, moment=spoken_moment(one.made)),
        ),
        (
            _("File"),
            _("{bytes} bytes, SHA-256 {sha256}").format(bytes=f"{one.bytes:,}", sha256=one.sha256),
        ),
        (_("Version of the paper"), one.version),
    )
    yield blocks.KeyValues(tuple(pair for pair in pairs if pair[1]))


def _requested(sheet: RequestSheet) -> Iterator[blocks.Block]:
    one = sheet.request
    yield blocks.Heading(
        _("{day}: {who}").format(day=spoken_day(one.received_on), who=one.asked_by), 2
    )
    pairs = [
        (_("Who"), _(PARTIES[one.party])),
        (_("What for"), _(WANTED[one.kind])),
        (_("Which records"), one.what),
        (_("Interest"), one.interest),
    ]
    for entry in sheet.entries:
        if entry.kind is Step.ANSWERED:
            pairs.append((spoken_day(entry.on_day), entry.text))
        elif entry.kind is Step.EXTENDED:
            pairs.append(
                (
                    spoken_day(entry.on_day),
                    _("Put off until {day}: {reason}").format(
                        day=spoken_day(entry.due_on), reason=entry.text
                    ),
                )
            )
    over = sheet.closed
    standing = spoken_standing(sheet)
    if over is not None and over.text:
        standing = _("{standing}: {text}").format(standing=standing, text=over.text)
    pairs.append((_("How it stands"), standing))
    yield blocks.KeyValues(tuple(pair for pair in pairs if pair[1]))
