"""The papers of the plans room: a plan to be signed, its reviews, and a goal's progress."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Protocol

from app.features.plans.model.records import Outcome, PlanGoal, Review
from app.features.plans.service import PlanSheet, PlansService
from app.features.plans.service.progress import GoalChart, ProgressService
from app.kernel.clock import Clock, Moment
from app.kernel.errors import Refused
from app.kernel.ids import StudentId
from app.kernel.keys import Anchor
from app.kernel.measures import THOUSAND, MeasureKind
from app.kernel.mentions import NameWatch
from app.kernel.words import _
from app.overviews.plan_words import (
    CONSENTS,
    DECISIONS,
    KINDS,
    LEVELS,
    OUTCOMES,
    PARTS,
    WAYS,
    spoken_aim,
    spoken_reading,
    spoken_side,
    spoken_trend,
    spoken_value,
    trend_ends,
)
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
from app.overviews.reports.wording import spoken_anchor, spoken_day, spoken_moment, spoken_tier
from app.paper import blocks
from app.paper.page import Paper, Size

PLAN = "care-plan"
REVIEW = "plan-review"
PROGRESS = "progress-chart"


class Whose(Protocol):
    """Tells whom a plan or a goal is about that whoever is at the desk sees."""

    def plan(self, plan_id: str) -> StudentId:
        """Return whom a plan is about."""
        ...

    def goal(self, goal_key: str) -> StudentId:
        """Return whom a goal is about."""
        ...


class PlanPapers:
    """Makes the papers of the room; each leaves with a disclosure."""

    def __init__(
        self,
        plans: PlansService,
        progress: ProgressService,
        anchor: Callable[[], Anchor],
        clock: Clock,
        me: Callable[[], str],
        book: DisclosureBook,
        door: Door,
        whose: Whose,
        watch: NameWatch,
    ) -> None:
        """`plans` and `progress` read through `door`; `whose` knows also what it hides."""
        self._watch = watch
        self._door = door
        self._whose = whose
        self._plans = plans
        self._progress = progress
        self._anchor = anchor
        self._clock = clock
        self._me = me
        self._book = book

    def plan(
        self, plan_id: str, size: Size = "letter", notice: str | None = None
    ) -> tuple[PlanSheet, bytes]:
        """Return a plan and its paper: the newest version, lines to sign, and the reviews.

        Other students named in its texts are masked, as on every paper of the room.
        """
        return self._plan(plan_id, size, notice, self._texts())

    def _plan(
        self, plan_id: str, size: Size, notice: str | None, texts: MedicationTexts
    ) -> tuple[PlanSheet, bytes]:
        sheet = self._plans.plan(plan_id)
        student = sheet.plan.student_id
        charts = {goal.key: self._progress.chart(goal.key) for goal in sheet.versions[0].goals}
        body = masked_body(plan_blocks(sheet, charts, said_of(texts, student)), texts)
        title = texts.said(sheet.plan.title, student, counted=False)
        names = (_("Plan of care"), sheet.student, title)
        return sheet, self._printed(*names, body, notice, size)

    def review(
        self, plan_id: str, size: Size = "letter", notice: str | None = None
    ) -> tuple[PlanSheet, bytes]:
        """Return a plan and the paper of its newest review, with where each goal stood.

        Refuses a plan that was not reviewed yet.
        """
        return self._review(plan_id, size, notice, self._texts())

    def _review(
        self, plan_id: str, size: Size, notice: str | None, texts: MedicationTexts
    ) -> tuple[PlanSheet, bytes]:
        sheet = self._plans.plan(plan_id)
        if not sheet.reviews:
            raise Refused("plan-not-reviewed")
        charts = [self._progress.chart(key) for key, *_said in sheet.reviews[-1].outcomes]
        said = said_of(texts, sheet.plan.student_id)
        title = said(sheet.plan.title)
        body = masked_body(_reviewed(sheet, sheet.reviews[-1], charts, said), texts)
        names = (_("Review of a plan"), sheet.student, title)
        return sheet, self._printed(*names, body, notice, size)

    def progress(
        self, goal_key: str, size: Size = "letter", notice: str | None = None
    ) -> tuple[GoalChart, bytes]:
        """Return a goal and its paper: the picture, the numbers, and what was decided."""
        return self._chart(goal_key, size, notice, self._texts())

    def _chart(
        self, goal_key: str, size: Size, notice: str | None, texts: MedicationTexts
    ) -> tuple[GoalChart, bytes]:
        chart = self._progress.chart(goal_key)
        student = chart.goal.student_id
        body = masked_body(_progress_blocks(chart, said_of(texts, student)), texts)
        measure = texts.said(chart.goal.measure, student, counted=False)
        return chart, self._printed(_("Progress"), chart.student, measure, body, notice, size)

    def _texts(self) -> MedicationTexts:
        return texts_of_papers(self._watch, self._door)

    def save_plan(
        self,
        plan_id: str,
        target: Path,
        release: Release,
        size: Size = "letter",
        *,
        replace: bool = False,
    ) -> str:
        """Write down that a plan leaves, then write it at `target`; return the disclosure's id."""

        def made(notice: str | None, texts: MedicationTexts) -> tuple[dict[str, object], bytes]:
            sheet, pdf = self._plan(plan_id, size, notice, texts)
            return {"plan": plan_id, "version": sheet.plan.version}, pdf

        leaves = self._leaving(PLAN, self._whose.plan(plan_id), release, made)
        return leaving.save(leaves, self._book, target, replace=replace)

    def save_review(
        self,
        plan_id: str,
        target: Path,
        release: Release,
        size: Size = "letter",
        *,
        replace: bool = False,
    ) -> str:
        """Write down that the newest review leaves, then write it at `target`."""

        def made(notice: str | None, texts: MedicationTexts) -> tuple[dict[str, object], bytes]:
            sheet, pdf = self._review(plan_id, size, notice, texts)
            return {"plan": plan_id, "review": sheet.reviews[-1].id}, pdf

        leaves = self._leaving(REVIEW, self._whose.plan(plan_id), release, made)
        return leaving.save(leaves, self._book, target, replace=replace)

    def save_progress(
        self,
        goal_key: str,
        target: Path,
        release: Release,
        size: Size = "letter",
        *,
        replace: bool = False,
    ) -> str:
        """Write down that a goal's progress leaves, then write it at `target`."""

        def made(notice: str | None, texts: MedicationTexts) -> tuple[dict[str, object], bytes]:
            chart, pdf = self._chart(goal_key, size, notice, texts)
            return {"goal": goal_key, "points": len(chart.points)}, pdf

        leaves = self._leaving(PROGRESS, self._whose.goal(goal_key), release, made)
        return leaving.save(leaves, self._book, target, replace=replace)

    def _leaving(
        self,
        paper: str,
        student: StudentId,
        release: Release,
        make: Callable[[str | None, MedicationTexts], tuple[dict[str, object], bytes]],
    ) -> Leaving:
        """Return a paper as it leaves; `make` reads with the door as open as the recipient's right."""
        accepted, texts = release.accepted(), self._texts()
        with self._door.opened(student, paper, {}, accepted) as notice:
            facts, pdf = make(notice, texts)
        return Leaving(student, paper, marked(facts | kept(texts.places), notice), pdf, accepted)

    def _printed(
        self,
        title: str,
        names: str,
        scope: str,
        body: Iterable[blocks.Block],
        notice: str | None,
        size: Size,
    ) -> bytes:
        paper = Paper(
            title=title,
            made=self._clock.now(),
            names=names,
            scope=scope,
            made_by=self._me(),
            anchor=spoken_anchor(self._anchor()),
            blocks=(*noticed(notice), *body),
        )
        return blocks.render(paper, size)


def plan_blocks(
    sheet: PlanSheet, charts: dict[str, GoalChart], said: Said = as_written
) -> Iterator[blocks.Block]:
    """Yield a plan as it stands on paper: the newest version, its goals, tasks and reviews.

    What somebody typed goes through `said`.
    """
    newest = sheet.versions[0]
    version = newest.version
    consent = _(CONSENTS[version.consent])
    if version.consent_by:
        consent = _("{consent}, {who}, {day}").format(
            consent=consent,
            who=said(version.consent_by, guardians=False),
            day=spoken_day(version.consent_on),
        )
    yield blocks.KeyValues(
        tuple(
            (name, words)
            for name, words in (
                (_("Plan"), said(version.title)),
                (_("Kind"), _(KINDS[version.kind])),
                (_("Version"), str(version.number)),
                (_("From"), spoken_day(version.begins_on)),
                (_("Review on"), spoken_day(version.review_on)),
                (_("Tier"), spoken_tier(version.tier) if version.tier else ""),
                (_("Consent"), consent),
                (
                    _("Agreed"),
                    _("{when}, {by}").format(
                        when=spoken_moment(Moment(version.recorded_at, version.zone)), by=newest.by
                    ),
                ),
                (
                    _("Closed"),
                    _("{day}: {why}").format(
                        day=spoken_day(sheet.plan.closed_on), why=said(sheet.plan.closed_why)
                    )
                    if sheet.plan.closed_on
                    else "",
                ),
            )
            if words
        )
    )
    for key, text in version.sections:
        yield blocks.Heading(_(PARTS[key]), 2)
        yield blocks.Text(said(text))
    yield blocks.Heading(_("Goals"), 2)
    for number, goal in enumerate(newest.goals, 1):
        yield from _goal_blocks(number, goal, charts[goal.key], said)
    if version.interventions:
        numbers = {goal.key: str(number) for number, goal in enumerate(newest.goals, 1)}
        yield blocks.Heading(_("Interventions"), 2)
        yield blocks.TableBlock(
            (
                blocks.Column(_("What"), 3.4),
                blocks.Column(_("Who"), 1.8),
                blocks.Column(_("How often"), 1.8),
                blocks.Column(_("Goal"), 0.7),
            ),
            [
                (said(what), said(who, guardians=False), said(often), numbers.get(goal, "–"))
                for what, who, often, goal in version.interventions
            ],
            boxed=True,
        )
    if sheet.tasks:
        yield blocks.Heading(_("Tasks"), 2)
        yield blocks.TableBlock(
            (
                blocks.Column(_("What"), 3.4),
                blocks.Column(_("Who"), 1.8),
                blocks.Column(_("Until"), 1.4),
                blocks.Column(_("Done"), 1.0),
            ),
            [
                (
                    said(task.text),
                    said(task.doer, guardians=False),
                    spoken_day(task.due_on),
                    _("Yes") if task.done_at else "",
                )
                for task in sheet.tasks
            ],
            boxed=True,
        )
    if version.team:
        yield blocks.Heading(_("Team"), 2)
        yield blocks.KeyValues(
            tuple((said(name, guardians=False), said(part) or "–") for name, part in version.team)
        )
    if version.family:
        yield blocks.Heading(_("The family’s part"), 2)
        yield blocks.Text(said(version.family))
    for review in reversed(sheet.reviews):
        yield from _review_blocks(sheet, review, said)
    yield from _signature_blocks(sheet, said)


def _goal_blocks(
    number: int, goal: PlanGoal, chart: GoalChart, said: Said
) -> Iterator[blocks.Block]:
    yield blocks.Text(
        _("{number}. {goal}").format(number=number, goal=said(goal.statement)), bold=True
    )
    newest = chart.points[-1] if chart.points else None
    yield blocks.KeyValues(
        tuple(
            (name, words)
            for name, words in (
                (_("What is measured"), said(goal.measure)),
                (_("Goal"), spoken_aim(goal)),
                (_("For which need"), said(goal.need)),
                (
                    _("Newest"),
                    _("{value} on {day}").format(
                        value=spoken_value(goal.kind, newest.value), day=spoken_day(newest.day)
                    )
                    if newest
                    else "",
                ),
                *(
                    (_(level), said(words))
                    for level, words in zip(LEVELS, goal.levels, strict=False)
                ),
            )
            if words
        )
    )


def _review_blocks(sheet: PlanSheet, review: Review, said: Said) -> Iterator[blocks.Block]:
    goals = {
        goal.key: goal.statement
        for one in sheet.versions
        if one.version.id == review.version_id
        for goal in one.goals
    }
    yield blocks.Heading(
        _("Review on {day}: {decision}").format(
            day=spoken_day(review.held_on), decision=_(DECISIONS[review.decision])
        ),
        2,
    )
    yield blocks.Text(said(review.reason))
    yield blocks.TableBlock(
        (
            blocks.Column(_("Goal"), 3.0),
            blocks.Column(_("How it stands"), 1.2),
            blocks.Column(_("What is said of it"), 2.4),
        ),
        [
            (said(goals.get(key, "")), _(OUTCOMES[Outcome(outcome)]), said(comment))
            for key, outcome, comment in review.outcomes
        ],
        boxed=True,
    )
    if review.present:
        yield blocks.Text(_("There: {who}").format(who=said(review.present, guardians=False)))


def _reviewed(
    sheet: PlanSheet, review: Review, charts: list[GoalChart], said: Said
) -> Iterator[blocks.Block]:
    yield from _review_blocks(sheet, review, said)
    for chart in charts:
        if chart.points:
            yield blocks.Heading(said(chart.goal.statement), 2)
            yield blocks.Text(
                _("{aim}. {trend}").format(
                    aim=spoken_aim(chart.goal), trend=spoken_reading(chart.reading)
                )
            )
            yield _course(chart, said)
    yield blocks.Signatures((_("Student"), _("Parent or guardian"), _("For the school")))


def _signature_blocks(sheet: PlanSheet, said: Said) -> Iterator[blocks.Block]:
    signed = sheet.versions[0].signatures
    yield blocks.Heading(_("Signatures"), 2)
    if signed:
        yield blocks.TableBlock(
            (
                blocks.Column(_("Name"), 1.8),
                blocks.Column(_("To the student"), 1.4),
                blocks.Column(_("How"), 1.2),
                blocks.Column(_("On"), 1.2),
                blocks.Column(_("Comment"), 2.0),
            ),
            [
                (
                    said(one.name, guardians=False),
                    said(one.part),
                    _(WAYS[one.way]),
                    spoken_day(one.signed_on),
                    said(one.comment),
                )
                for one in signed
            ],
            boxed=True,
        )
    yield blocks.Signatures(
        (
            _("Student"),
            _("Parent or guardian"),
            _("For the school"),
            _("Another member of the team"),
        )
    )


def _progress_blocks(chart: GoalChart, said: Said) -> Iterator[blocks.Block]:
    goal = chart.goal
    yield blocks.Text(said(goal.statement), bold=True)
    yield blocks.KeyValues(
        tuple(
            (name, words)
            for name, words in (
                (_("What is measured"), said(goal.measure)),
                (_("Goal"), spoken_aim(goal)),
                (_("Trend"), spoken_trend(goal.kind, chart.trend)),
                (_("What the points say"), spoken_reading(chart.reading)),
            )
            if words
        )
    )
    yield _course(chart, said)
    asked = {(point.day.isoformat(), point.value): side for point, side in chart.asks}
    yield blocks.TableBlock(
        (
            blocks.Column(_("On"), 1.4),
            blocks.Column(_("Value"), 1.0),
            blocks.Column(_("Comment"), 3.4),
        ),
        [
            (
                spoken_day(one.day),
                spoken_value(goal.kind, one.value),
                " · ".join(
                    words
                    for words in (
                        said(one.comment),
                        spoken_side(asked[one.day, one.value])
                        if one.value is not None and (one.day, one.value) in asked
                        else "",
                    )
                    if words
                ),
            )
            for one in chart.points
        ],
        empty=_("No point yet"),
    )
    if chart.phases:
        yield blocks.Heading(_("Phases"), 2)
        yield blocks.KeyValues(
            tuple((spoken_day(one.begins_on), said(one.label)) for one in chart.phases)
        )
    if chart.decisions:
        yield blocks.Heading(_("Decisions"), 2)
        yield blocks.TableBlock(
            (
                blocks.Column(_("On"), 1.4),
                blocks.Column(_("Decision"), 1.2),
                blocks.Column(_("Why"), 3.4),
            ),
            [
                (spoken_day(one.decided_on), _(DECISIONS[one.decision]), said(one.reason))
                for one in chart.decisions
            ],
            boxed=True,
        )


def _course(chart: GoalChart, said: Said) -> blocks.Course:
    line = chart.line
    points = tuple(
        (float(date.fromisoformat(one.day).toordinal()), one.value / THOUSAND)
        for one in chart.points
        if one.value is not None
    )
    days = {line.begins.toordinal(): spoken_day(line.begins)}
    days |= {date.fromisoformat(one.day).toordinal(): spoken_day(one.day) for one in chart.points}
    days[line.ends.toordinal()] = spoken_day(line.ends)
    return blocks.Course(
        points=points,
        goal=(
            (float(line.begins.toordinal()), line.baseline / THOUSAND),
            (float(line.ends.toordinal()), line.target / THOUSAND),
        ),
        key=_(
            "Dot: point. Square: baseline. Dashed: goal line. Dotted: trend. Triangle: four in a row"
            " ask for a decision. Upright: a new phase."
        ),
        trend=tuple(
            (float(day.toordinal()), float(value) / THOUSAND) for day, value in trend_ends(chart)
        ),
        asks=tuple(
            (float(point.day.toordinal()), point.value / THOUSAND) for point, _side in chart.asks
        ),
        phases=tuple(
            (float(date.fromisoformat(one.begins_on).toordinal()), said(one.label))
            for one in chart.phases
        ),
        days=tuple((float(day), said) for day, said in sorted(days.items())),
        unit="%" if chart.goal.kind is MeasureKind.PERCENT else "",
    )
