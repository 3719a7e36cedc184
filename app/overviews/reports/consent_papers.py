"""The papers of the consents room: a form to be signed, and a copy of what was signed."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from app.features.consents.model.records import ScanType
from app.features.consents.repo import Pupil
from app.features.consents.service import ConsentsService
from app.features.privacy.commands import RecordNothingLeft
from app.features.privacy.model import Means
from app.kernel.changes import Changed
from app.kernel.clock import Clock
from app.kernel.errors import Refused
from app.kernel.ids import StudentId
from app.kernel.releases import RELEASES, ConsentKind, Ground, Matter, Terms
from app.kernel.words import _
from app.overviews.consent_words import MATTERS, spoken_kind
from app.overviews.reports import leaving
from app.overviews.reports.leaving import DisclosureBook, Leaving, Release
from app.overviews.reports.wording import spoken_day
from app.paper import blocks
from app.paper.page import Paper, Size

FORM_PAPER = "consent-form"
COPY_PAPER = "consent-copy"
_LINE = "_" * 60
_SUFFIXES = {ScanType.PDF: ".pdf", ScanType.PNG: ".png", ScanType.JPEG: ".jpg"}


@dataclass(frozen=True, slots=True)
class BlankForm:
    """What stands on a form before it is signed; what is empty stays a line to write on."""

    student_id: StudentId
    kind: ConsentKind = ConsentKind.RELEASE
    recipient: str = ""
    matters: tuple[str, ...] = ()
    description: str = ""
    purpose: str = ""
    discloser: str = ""
    until_on: str = ""

    def accepted(self) -> "BlankForm":
        """Return it; refuse a kind that is no release, and a matter that is none."""
        if self.kind not in RELEASES:
            raise Refused("consent-kind-unknown", "kind")
        known = {matter.value for matter in Matter}
        if not set(self.matters) <= known:
            raise Refused("consent-needs-matters", "matters")
        return self


def to_family(recipient: str, purpose: str) -> Release:
    """Return that a paper goes to the parent or student whose right it is (99.10, 99.30(c))."""
    return Release(recipient, purpose, Terms(Ground.SUBJECT)).accepted()


class ConsentPapers:
    """Makes the papers of the room; each leaves with a disclosure."""

    def __init__(
        self,
        room: ConsentsService,
        clock: Clock,
        me: Callable[[], str],
        school: Callable[[], str],
        book: DisclosureBook,
    ) -> None:
        self._room = room
        self._clock = clock
        self._me = me
        self._school = school
        self._book = book

    def form(self, blank: BlankForm, size: Size = "letter") -> bytes:
        """Return a release to be signed, with what is known on it."""
        blank = blank.accepted()
        pupil = self._room.choices(blank.student_id).pupil
        paper = Paper(
            title=_("Release of substance use records")
            if blank.kind is ConsentKind.PART2
            else _("Release of information"),
            made=self._clock.now(),
            names=pupil.full,
            scope=spoken_kind(blank.kind),
            made_by=self._me(),
            blocks=tuple(self._blocks(blank, pupil)),
        )
        return blocks.render(paper, size)

    def save_form(
        self,
        blank: BlankForm,
        target: Path,
        release: Release,
        size: Size = "letter",
        *,
        replace: bool = False,
    ) -> str:
        """Write down that a form leaves, then write it; return the disclosure's id."""
        left = self._form_leaving(blank, release, size)
        return leaving.save(left, self._book, target, replace=replace)

    def record_print(
        self, blank: BlankForm, release: Release, size: Size = "letter"
    ) -> tuple[str, bytes]:
        """Write down that a form is printed; return the disclosure's id and what to print."""
        left = self._form_leaving(blank, release, size)
        return left.recorded(self._book, Means.PRINT), left.pdf

    def print_failed(self, disclosure: str) -> Changed:
        """Write down that the printer did not take it."""
        return self._book.record_nothing_left(RecordNothingLeft(disclosure, "print-not-left"))

    def _form_leaving(self, blank: BlankForm, release: Release, size: Size) -> Leaving:
        accepted = release.accepted()
        scope: dict[str, object] = {"kind": blank.kind.value}
        return Leaving(blank.student_id, FORM_PAPER, scope, self.form(blank, size), accepted)

    def save_scan(
        self, scan_id: str, target: Path, release: Release, *, replace: bool = False
    ) -> str:
        """Write down that a copy of a signed consent leaves, then write the scan as it is.

        A parent is given a copy of what left under a release when they ask (34 CFR 99.30(c)).
        """
        accepted = release.accepted()
        scan, content = self._room.scan(scan_id)
        scope: dict[str, object] = {"consent": scan.consent_id, "type": scan.type.value}
        left = Leaving(scan.student_id, COPY_PAPER, scope, content, accepted)
        return leaving.save(left, self._book, target, replace=replace)

    @staticmethod
    def suffix(kind: ScanType) -> str:
        """Return how the name of a scan's file ends."""
        return _SUFFIXES[kind]

    def _blocks(self, blank: BlankForm, pupil: Pupil) -> Iterator[blocks.Block]:
        part2 = blank.kind is ConsentKind.PART2
        yield blocks.KeyValues(
            (
                (_("Student"), pupil.full),
                (_("Date of birth"), spoken_day(pupil.birth_date) if pupil.birth_date else _LINE),
                (
                    _("Who may disclose"),
                    blank.discloser or (_LINE if part2 else self._school() or _LINE),
                ),
                (_("To whom"), blank.recipient or _LINE),
                (_("What for"), blank.purpose or _LINE),
            )
        )
        yield blocks.Heading(_("What may be disclosed"), 2)
        if blank.matters:
            chosen = [matter for matter in Matter if matter.value in blank.matters]
            yield blocks.Text("\n".join(_(MATTERS[matter]) for matter in chosen))
        else:
            offered = [matter for matter in Matter if matter is not Matter.DISCLOSURES]
            yield blocks.Text("\n".join(f"[  ]  {_(MATTERS[matter])}" for matter in offered))
        yield blocks.KeyValues(((_("Exactly"), blank.description or _LINE),))
        yield blocks.Heading(_("For how long"), 2)
        until = spoken_day(blank.until_on) if blank.until_on else _LINE
        yield blocks.KeyValues(
            ((_("Last day"), until), (_("Or until this happens"), _LINE)),
        )
        yield blocks.Heading(_("Your rights"), 2)
        yield blocks.Text(_rights(part2=part2))
        if part2:
            yield blocks.KeyValues(((_("How to revoke it"), _LINE),))
            yield blocks.Notice(
                _(
                    "Only for treatment, payment and health care operations: what is disclosed may"
                    " be disclosed again by whoever receives it, and may then no longer be"
                    " protected. What it means to refuse to sign: {line}"
                ).format(line=_LINE)
            )
        yield blocks.Signatures(
            (
                _("Parent, guardian, or student who signs for themselves"),
                _("Name in print, and in which capacity"),
                *((_("Student, where both must sign"),) if part2 else ()),
            )
        )


def _rights(*, part2: bool) -> str:
    said = [
        _("You need not sign this. You may have a copy of it, and of what is disclosed under it."),
        _("You may revoke it at any time. What was disclosed before that cannot be called back."),
        _("Once a student is 18, these rights are the student’s own."),
    ]
    if part2:
        said.append(
            _(
                "Federal law protects records of treatment for substance use (42 CFR part 2):"
                " without your written consent they are disclosed only where that law allows it."
            )
        )
    return "\n".join(said)
