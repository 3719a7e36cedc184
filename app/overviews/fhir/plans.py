"""Plans of care and what became of referrals, as resources."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from app.features.plans.model.records import CarePlan, Outcome, PlanGoal, Task
from app.features.plans.service import PlanSheet, VersionSheet
from app.features.plans.service.progress import GoalChart
from app.features.services.model.engagement import EpisodeState
from app.features.services.repo.engagement import EpisodeLine
from app.kernel.clock import Moment
from app.kernel.measures import THOUSAND, MeasureKind
from app.kernel.words import _
from app.overviews.fhir.codes import ACHIEVEMENT, OBSERVATION_CATEGORY
from app.overviews.fhir.document import (
    Document,
    Reference,
    Resource,
    instant,
    number,
    period,
    quantity,
)
from app.overviews.fhir.narrative import narrative
from app.overviews.fhir.people import People
from app.overviews.plan_words import KINDS
from app.overviews.reports.medication_named import Said
from app.overviews.reports.plan_papers import plan_blocks
from app.overviews.reports.wording import spoken_day
from app.overviews.services_words import ASKED_BY, STATES
from app.paper import blocks

PLAN_OF_CARE, GOALS, REFERRAL = "18776-5", "61146-7", "57133-1"

UNITS: Mapping[MeasureKind, tuple[str, str]] = {
    MeasureKind.COUNT: ("count", "{count}"),
    MeasureKind.RATING: ("points", "{score}"),
    MeasureKind.PERCENT: ("%", "%"),
    MeasureKind.DURATION: ("min", "min"),
    MeasureKind.GAS: ("points", "{score}"),
}
"""The unit of each kind of measure, in words and in UCUM."""

ACHIEVED: Mapping[Outcome, tuple[str, str]] = {
    Outcome.MET: ("achieved", "Achieved"),
    Outcome.CLOSER: ("improving", "Improving"),
    Outcome.SAME: ("no-change", "No Change"),
    Outcome.FURTHER: ("worsening", "Worsening"),
    Outcome.DROPPED: ("not-attainable", "Not Attainable"),
}
"""How a review found a goal, as its achievement."""
LIFE: Mapping[Outcome, str] = {Outcome.MET: "completed", Outcome.DROPPED: "cancelled"}
"""A goal is over where it was met or dropped; otherwise it lives as long as its plan."""
REQUESTS: Mapping[EpisodeState, str] = {
    EpisodeState.WAITING: "active",
    EpisodeState.COMING: "active",
    EpisodeState.STOPPED: "active",
    EpisodeState.COMPLETED: "completed",
    EpisodeState.ENDED: "revoked",
    EpisodeState.NOT_STARTED: "revoked",
    EpisodeState.OVER: "unknown",
}
"""A referral's status; of one that was over by itself nobody said how it ended."""


@dataclass(frozen=True, slots=True)
class Told:
    """What the resources about a student have in common."""

    subject: Reference
    people: People
    said: Callable[[str, str], str]
    """Returns a text of a record, given the record's key, as it may leave."""

    def of(self, record: str) -> Said:
        """Return what says the texts of one record for the blocks of its paper."""

        def said(text: str, /, *, guardians: bool = True) -> str:
            return self.said(text, record)

        return said


def put_plan(
    document: Document, sheet: PlanSheet, charts: Mapping[str, GoalChart], told: Told
) -> None:
    """Put in a plan as it stands: its newest version, its goals with their points, its tasks."""
    plan, newest = sheet.plan, sheet.versions[0]
    goals = [
        document.add(
            "Goal",
            goal.key,
            _goal(document, goal, charts[goal.key], sheet, told),
            record=plan.id,
        )
        for goal in newest.goals
    ]
    tasks = [
        document.add("Task", task.id, _task(task, told), record=plan.id) for task in sheet.tasks
    ]
    team = _team(document, newest, told)
    title = told.said(plan.title, f"plan:{plan.id}")
    made = document.add("CarePlan", plan.id, _plan(plan, newest, goals, team, told), display=title)
    body = plan_blocks(sheet, dict(charts), told.of(f"plan:{plan.id}"))
    document.section(
        _("Plan: {title}").format(title=title),
        narrative(body),
        [made, *goals, *tasks, *team],
        PLAN_OF_CARE,
    )


def _plan(
    plan: CarePlan,
    newest: VersionSheet,
    goals: Sequence[Reference],
    team: Sequence[Reference],
    told: Told,
) -> Resource:
    version = newest.version
    key = f"plan:{plan.id}"
    keys = {goal.key: one for goal, one in zip(newest.goals, goals, strict=True)}
    return {
        "status": "completed" if plan.closed_on else "active",
        "intent": "plan",
        "category": [{"text": _(KINDS[plan.kind])}],
        "title": told.said(plan.title, key),
        "subject": told.subject,
        "period": period(plan.begins_on, plan.closed_on),
        "created": instant(Moment(version.recorded_at, version.zone)),
        "author": told.people.person(version.person_id),
        "careTeam": list(team),
        "goal": list(goals),
        "activity": [
            {
                "detail": {
                    "status": "stopped" if plan.closed_on else "in-progress",
                    "description": told.said(what, key),
                    "scheduledString": told.said(often, key),
                    "performer": [{"display": told.said(who, key)}] if who.strip() else [],
                    "goal": [keys[goal]] if goal in keys else [],
                }
            }
            for what, who, often, goal in version.interventions
        ],
    }


def _team(document: Document, newest: VersionSheet, told: Told) -> list[Reference]:
    """Return the plan's team as a CareTeam, if it names anyone."""
    version = newest.version
    key = f"plan:{version.plan_id}"
    people = [
        {
            "role": [{"text": told.said(part, key)}] if part.strip() else [],
            "member": {"display": told.said(name, key)},
        }
        for name, part in version.team
        if name.strip()
    ]
    if not people:
        return []
    body = {
        "status": "active",
        "name": told.said(version.title, key),
        "subject": told.subject,
        "participant": people,
    }
    return [document.add("CareTeam", version.plan_id, body)]


def _goal(
    document: Document, goal: PlanGoal, chart: GoalChart, sheet: PlanSheet, told: Told
) -> Resource:
    key = f"goal:{goal.key}"
    outcome = _newest_outcome(sheet, goal.key)
    unit, code = UNITS[goal.kind]
    life = "active" if not sheet.plan.closed_on else "completed"
    points = [
        document.add(
            "Observation",
            point.id,
            _point(goal, point.day, point.value, told),
            record=goal.plan_id,
        )
        for point in chart.points
        if point.value is not None
    ]
    return {
        "lifecycleStatus": LIFE.get(outcome, life) if outcome else life,
        "achievementStatus": {"coding": [_achieved(outcome)]} if outcome else {},
        "description": {"text": told.said(goal.statement, key)},
        "subject": told.subject,
        "startDate": goal.baseline_on,
        "target": [
            {
                "measure": {"text": told.said(goal.measure or goal.statement, key)},
                "detailQuantity": quantity(goal.target / THOUSAND, unit, code),
                "dueDate": goal.by_when,
            }
        ],
        "outcomeReference": points,
    }


def _newest_outcome(sheet: PlanSheet, key: str) -> Outcome | None:
    found = None
    for review in sheet.reviews:
        for one, outcome, _comment in review.outcomes:
            if one == key:
                found = Outcome(outcome)
    return found


def _achieved(outcome: Outcome) -> Resource:
    code, display = ACHIEVED[outcome]
    return {"system": ACHIEVEMENT, "code": code, "display": display}


def _point(goal: PlanGoal, day: str, value: int, told: Told) -> Resource:
    unit, code = UNITS[goal.kind]
    return {
        "status": "final",
        "category": [
            {"coding": [{"system": OBSERVATION_CATEGORY, "code": "survey", "display": "Survey"}]}
        ],
        "code": {"text": told.said(goal.measure or goal.statement, f"goal:{goal.key}")},
        "subject": told.subject,
        "effectiveDateTime": day,
        "valueQuantity": quantity(number(value / THOUSAND), unit, code),
    }


def _task(task: Task, told: Told) -> Resource:
    done = instant(Moment(task.done_at, task.zone)) if task.done_at else ""
    return {
        "status": "completed" if done else "requested",
        "intent": "plan",
        "description": told.said(task.text, f"task:{task.id}"),
        "for": told.subject,
        "authoredOn": instant(Moment(task.made_at, task.zone)),
        "lastModified": done,
        "owner": {"display": told.said(task.doer, f"task:{task.id}:doer")}
        if task.doer.strip()
        else {},
        "restriction": {"period": {"end": task.due_on}},
    }


# -- referrals ---------------------------------------------------------------------------


def put_referrals(document: Document, lines: Sequence[EpisodeLine], told: Told) -> None:
    """Put in the referrals to services of the school, and what became of each."""
    entries = [
        document.add(
            "ServiceRequest",
            line.episode.id,
            _request(line, told),
            record=line.episode.concern_id,
        )
        for line in lines
    ]
    table = blocks.TableBlock(
        (
            blocks.Column(_("Asked on")),
            blocks.Column(_("Service")),
            blocks.Column(_("Asked by")),
            blocks.Column(_("Began")),
            blocks.Column(_("How it stands")),
        ),
        [
            (
                spoken_day(line.episode.asked_on),
                line.service,
                _(ASKED_BY[line.episode.asked_by]) if line.episode.asked_by else "",
                spoken_day(line.episode.started_on) if line.episode.started_on else "",
                _(STATES[line.state]),
            )
            for line in lines
        ],
        empty=_("No referrals in this period."),
    )
    document.section(_("Referrals"), narrative([table]), entries, REFERRAL)


def _request(line: EpisodeLine, told: Told) -> Resource:
    episode = line.episode
    words = told.said(episode.words, f"episode:{episode.id}")
    asked = _(ASKED_BY[episode.asked_by]) if episode.asked_by else ""
    return {
        "status": REQUESTS[line.state],
        "intent": "order",
        "code": {"text": line.service},
        "subject": told.subject,
        "occurrencePeriod": period(episode.started_on, episode.closed_on)
        if episode.started_on
        else {},
        "authoredOn": episode.asked_on,
        "requester": {"display": asked} if asked else {},
        "performer": [told.people.person(episode.person_id)],
        "reasonCode": [{"text": words}] if words.strip() else [],
    }
