"""The papers of the collaboration room: a blank form for teachers, and feedback to a raiser."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from app.features.collaboration.commands import GiveFeedback
from app.features.collaboration.model.concerns import Sign, Unit
from app.features.collaboration.service import CollaborationService
from app.features.collaboration.service.concerns import PAPER
from app.features.privacy.model import Means
from app.kernel.changes import Changed
from app.kernel.clock import Clock
from app.kernel.words import _
from app.overviews.collaboration_words import RAISERS, URGENCIES
from app.overviews.reports import leaving
from app.overviews.reports.leaving import DisclosureBook, Leaving, Release
from app.paper import blocks
from app.paper.page import Paper, Size

_BOX = "☐"
_LINES = 4


class CollaborationPapers:
    """Makes the room's papers; what tells about a student leaves only with a disclosure."""

    def __init__(self, room: CollaborationService, clock: Clock, book: DisclosureBook) -> None:
        self._room = room
        self._clock = clock
        self._book = book

    def form(self, size: Size = "letter") -> bytes:
        """Return the blank form, with the signs of the list in use; it names nobody."""
        signs = self._room.concerns.signs()
        paper = Paper(
            title=_("Concern about a student"),
            made=self._clock.now(),
            blocks=tuple(form_blocks(signs.signs)),
        )
        return blocks.render(paper, size)

    def save_form(self, target: Path, size: Size = "letter", *, replace_it: bool = False) -> None:
        """Write the blank form at `target`; refuse a place that is taken."""
        leaving.require_place(target, replace=replace_it)
        leaving.write_whole(target, self.form(size), replace=replace_it)

    def save_feedback(
        self, command: GiveFeedback, target: Path, *, replace_it: bool = False
    ) -> Changed:
        """Check what is said, write down that it leaves, write the file, note it at the concern.

        Raises what `ConcernsService.give_feedback` does, before anything is recorded.
        """
        student, text, terms = self._room.concerns.require_sayable(command)
        purpose = _("Answer to a concern that they raised")
        release = Release(command.recipient, purpose, terms).accepted()
        paper = Paper(
            title=_("Answer to your concern"),
            made=self._clock.now(),
            blocks=(
                blocks.KeyValues(((_("For"), release.recipient),)),
                blocks.Spacer(),
                blocks.Text(text),
            ),
        )
        scope: dict[str, object] = {"template": command.template.value}
        left = Leaving(student, PAPER, scope, blocks.render(paper), release)
        disclosure = leaving.save(left, self._book, target, replace=replace_it)
        return self._room.concerns.give_feedback(
            replace(command, means=Means.FILE.value, disclosure_id=disclosure)
        )


def form_blocks(signs: Sequence[Sign]) -> Iterator[blocks.Block]:
    """Yield the blank form: what one fills in by hand, on one or two pages in black and white."""
    yield blocks.Text(
        _(
            "Write what you saw and heard, not what you think it means. Give this to the counselor"
            " by hand; do not leave it in a mailbox. Where someone may be in danger today, do not"
            " write: go and tell someone now."
        )
    )
    blank = blocks.Column("", 2.4)
    yield blocks.TableBlock(
        (blocks.Column(_("About"), 1.0), blank, blocks.Column("", 1.0), blank),
        [
            (_("Student"), "", _("Grade, class"), ""),
            (_("Your name"), "", _("Day"), ""),
            (_("How to reach you"), "", _("Best time"), ""),
        ],
        boxed=True,
    )
    yield blocks.KeyValues(
        (
            (_("I am"), _boxes([_(words) for words in RAISERS.values()])),
            (_("How soon"), _boxes([_(words) for words in URGENCIES.values()])),
        )
    )
    yield _ruled(_("What did you notice?"))
    yield blocks.Spacer()
    yield blocks.TableBlock(
        (
            blocks.Column(_("What can be counted"), 4.0),
            blocks.Column(_("How many"), 1.0),
            blocks.Column(_("In how many weeks"), 1.4),
        ),
        [(f"{_BOX}  {one.label}", "", "") for one in signs if one.unit is not Unit.NONE],
        empty=_("The list in use has no sign that is counted."),
        boxed=True,
    )
    yield blocks.Heading(_("What was there"), 2)
    calm = [one.label for one in signs if one.unit is Unit.NONE and not one.danger]
    if calm:
        yield blocks.Text(_boxes(calm))
    yield blocks.Notice(
        _boxes([one.label for one in signs if one.danger]),
        _("If one of these is true, tell someone in person now"),
    )
    yield blocks.Spacer()
    yield _ruled(_("What have you tried, and what did it do?"))
    yield blocks.Signatures((_("Received by"),))


def _boxes(labels: Sequence[str]) -> str:
    return "     ".join(f"{_BOX} {label}" for label in labels)


def _ruled(title: str) -> blocks.TableBlock:
    return blocks.TableBlock((blocks.Column(title),), [("",)] * _LINES, boxed=True)
