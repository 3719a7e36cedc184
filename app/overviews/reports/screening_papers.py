"""The papers of the screening room: one result."""

from collections.abc import Callable, Iterator
from pathlib import Path

from app.features.screening.model.records import Screening
from app.features.screening.service import ScreeningService, ScreeningSheet
from app.kernel.clock import Clock, Moment
from app.kernel.errors import Refused
from app.kernel.ids import StudentId
from app.kernel.keys import Anchor
from app.kernel.mentions import NameWatch
from app.kernel.words import _
from app.overviews.reports import leaving
from app.overviews.reports.door import Door, marked, noticed
from app.overviews.reports.leaving import DisclosureBook, Leaving, Release
from app.overviews.reports.medication_named import (
    MedicationTexts,
    Said,
    as_written,
    kept,
    masked_body,
    said_of,
    texts_of_papers,
)
from app.overviews.reports.wording import spoken_anchor, spoken_day, spoken_grade, spoken_moment
from app.overviews.screening_words import (
    INFORMANTS,
    SOURCES,
    spoken_level,
    spoken_outcome,
    spoken_scores,
    spoken_total,
    spoken_unconfirmed,
)
from app.paper import blocks
from app.paper.page import Paper, Size

PAPER = "screening-result"


class ScreeningPapers:
    """Makes the papers of the room; each leaves with a disclosure."""

    def __init__(
        self,
        room: ScreeningService,
        anchor: Callable[[], Anchor],
        clock: Clock,
        me: Callable[[], str],
        book: DisclosureBook,
        door: Door,
        whose: Callable[[str], StudentId],
        watch: NameWatch,
    ) -> None:
        """`room` reads through `door`; `whose` knows also whom a result is about that it hides."""
        self._door = door
        self._whose = whose
        self._watch = watch
        self._room = room
        self._anchor = anchor
        self._clock = clock
        self._me = me
        self._book = book

    def result(
        self,
        screening_id: str,
        size: Size = "letter",
        *,
        answers: bool = False,
        notice: str | None = None,
    ) -> tuple[Screening, bytes]:
        """Return a screening and its paper; the answers stand on it only where asked for.

        One that was recorded in error is refused: what was answered is not this student's.
        Other students named in its texts are masked.
        """
        return self._result(screening_id, size, self._texts(), answers=answers, notice=notice)

    def _texts(self) -> MedicationTexts:
        return texts_of_papers(self._watch, self._door)

    def _result(
        self,
        screening_id: str,
        size: Size,
        texts: MedicationTexts,
        *,
        answers: bool,
        notice: str | None,
    ) -> tuple[Screening, bytes]:
        sheet, anchor = self._room.sheet(screening_id), self._anchor()
        if sheet.mistake is not None:
            raise Refused("screening-in-error")
        said = said_of(texts, sheet.screening.student_id)
        body = masked_body(result_blocks(sheet, said, answers=answers), texts)
        paper = Paper(
            title=_("Screening result"),
            made=self._clock.now(),
            names=sheet.student,
            scope=sheet.screening.title,
            made_by=self._me(),
            anchor=spoken_anchor(anchor),
            blocks=(*noticed(notice), *body),
        )
        return sheet.screening, blocks.render(paper, size)

    def save_result(
        self,
        screening_id: str,
        target: Path,
        release: Release,
        size: Size = "letter",
        *,
        answers: bool = False,
        replace: bool = False,
    ) -> str:
        """Write down that a result leaves, then write it at `target`; return the disclosure's id."""
        accepted, texts = release.accepted(), self._texts()
        asked = {"answers": answers}
        with self._door.opened(self._whose(screening_id), PAPER, asked, accepted) as notice:
            screening, pdf = self._result(screening_id, size, texts, answers=answers, notice=notice)
        facts = {"instrument": screening.instrument, "taken_on": screening.taken_on, **asked}
        scope = marked(facts | kept(texts.places), notice)
        left = Leaving(screening.student_id, PAPER, scope, pdf, accepted)
        return leaving.save(left, self._book, target, replace=replace)


def result_blocks(
    sheet: ScreeningSheet, said: Said = as_written, *, answers: bool
) -> Iterator[blocks.Block]:
    """Yield a screening as it stands on paper; its answers only where they are asked for.

    What somebody typed goes through `said`.
    """
    one, instrument = sheet.screening, sheet.instrument
    yield blocks.KeyValues(
        tuple(
            (name, words)
            for name, words in (
                (_("Instrument"), one.title),
                (_("On"), spoken_day(one.taken_on)),
                (_("Who answered"), _(INFORMANTS[one.informant])),
                (_("Name"), said(one.informant_name, guardians=False)),
                (_("Grade"), spoken_grade(one.grade) if one.grade else ""),
                (_("How"), _(SOURCES[one.source])),
                (
                    _("Recorded"),
                    _("{when}, {by}").format(
                        when=spoken_moment(Moment(one.recorded_at, one.zone)), by=sheet.by
                    ),
                ),
            )
            if words
        )
    )
    if sheet.replaced_by is not None:
        yield blocks.Notice(
            said(sheet.replaced_by.correction), _("Another screening stands in its place")
        )
    yield blocks.Heading(_("What it comes to"), 2)
    rows = [(name, words) for name, words in spoken_scores(one, instrument)]
    outcome = spoken_outcome(one, instrument)
    if outcome:
        rows.insert(0, (_("Outcome"), outcome))
    yield blocks.TableBlock(
        (blocks.Column(_("Scale"), 2.0), blocks.Column(_("Result"), 4.0)), rows, boxed=True
    )
    yield blocks.Text(
        _(
            "A screening shows who deserves a closer look. It is no diagnosis, and no decision rests"
            " on it alone."
        )
    )
    if len(sheet.history) > 1:
        yield blocks.Heading(_("Over time"), 2)
        yield blocks.TableBlock(
            (
                blocks.Column(_("On"), 1.4),
                blocks.Column(_("Result"), 3.4),
                blocks.Column(_("Level"), 1.2),
            ),
            [
                (
                    spoken_day(each.taken_on),
                    spoken_total(each, instrument),
                    spoken_level(each.level),
                )
                for each in sheet.history
            ],
            boxed=True,
        )
    if answers and instrument is not None:
        kept = dict(one.answers)
        yield blocks.Heading(_("Answers"), 2)
        yield blocks.TableBlock(
            (blocks.Column(_("Item"), 4.0), blocks.Column(_("Answer"), 2.0)),
            [
                (
                    _("{number}. {words}").format(number=item.id, words=item.label),
                    next(
                        (
                            _("{value} {words}").format(value=answer.value, words=answer.label)
                            for answer in item.answers
                            if answer.value == kept.get(item.id)
                        ),
                        str(kept[item.id]) if item.id in kept else "–",
                    ),
                )
                for item in instrument.items
            ],
            boxed=True,
        )
    notes = spoken_unconfirmed(instrument) if instrument is not None else []
    if notes:
        yield blocks.Notice("\n".join(notes), _("What is not confirmed"))
    if instrument is not None:
        yield blocks.Text(_("Scored by: {source}").format(source=instrument.source))
