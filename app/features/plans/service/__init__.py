"""The plans room's commands and reads."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from app.features.plans.commands import (
    AddTask,
    AgreePlan,
    DiscardPlanDraft,
    FinishTask,
    KeepTemplate,
    LoadTemplates,
    PostponeTask,
    ReopenTask,
    RetireTemplate,
    ReviewPlan,
    SavePlanDraft,
    SignPlan,
    StartPlan,
)
from app.features.plans.model.forms import (
    Agreed,
    Consent,
    GoalForm,
    InterventionForm,
    MemberForm,
    PlanForm,
    PlanKind,
    TaskForm,
    agreed,
    day_of,
    kept,
)
from app.features.plans.model.records import (
    CarePlan,
    Decision,
    Outcome,
    PlanGoal,
    PlanTemplate,
    PlanVersion,
    Review,
    Signature,
    Task,
    TierEvidence,
    Way,
)
from app.features.plans.repo import (
    PAGE,
    DraftLine,
    Narrowing,
    PlanLine,
    PlansBook,
    PlansKeeper,
    TaskLine,
)
from app.kernel.changes import NOTHING, Changed, Kind
from app.kernel.clock import Clock
from app.kernel.errors import Refused
from app.kernel.ids import StudentId, new_id
from app.kernel.measures import shown
from app.kernel.ports import Begin, Read, Seat, Transaction

REVIEW_AFTER = timedelta(weeks=8)
"""When a new plan is reviewed where nothing else is chosen."""
REVIEW_SOON = timedelta(days=14)
"""Before a review, when it comes on Today."""
MOST_TEMPLATES = 500


@dataclass(frozen=True, slots=True)
class VersionSheet:
    """A version with all that belongs to it."""

    version: PlanVersion
    goals: tuple[PlanGoal, ...]
    signatures: tuple[Signature, ...]
    by: str


@dataclass(frozen=True, slots=True)
class PlanSheet:
    """Everything the page of a plan shows."""

    plan: CarePlan
    student: str
    versions: tuple[VersionSheet, ...]
    """The newest first."""
    reviews: tuple[Review, ...]
    tasks: tuple[Task, ...]
    next_draft: DraftLine | None
    """Of the next version, if one is being written."""


@dataclass(frozen=True, slots=True)
class OpenDraft:
    """A draft as its page needs it."""

    id: str
    form: PlanForm
    student: str
    plan: CarePlan | None
    templates: tuple[PlanTemplate, ...]


class PlansService:
    """Plans from the first word to the review that ends them."""

    def __init__(
        self, begin: Begin, working: Begin, read: Read, *, seat: Callable[[], Seat], clock: Clock
    ) -> None:
        self._begin = begin
        self._working = working
        self._read = read
        self._seat = seat
        self._clock = clock

    def _today(self) -> date:
        return self._clock.now().day()

    # -- writing ---------------------------------------------------------------------

    def start(self, command: StartPlan) -> OpenDraft:
        """Return a plan as it begins; the vault keeps it from the first save on."""
        with self._read() as reader:
            book = PlansBook(reader)
            templates = tuple(one for one in book.templates() if not one.retired)
            form = PlanForm()
            for template in templates:
                if template.id == command.template_id:
                    form = PlanForm.of_text(template.content)
            today = self._today()
            form = replace(
                form,
                student_id=command.student_id,
                kind=command.kind or form.kind,
                begins_on=today.isoformat(),
                review_on=(today + REVIEW_AFTER).isoformat(),
                goals=tuple(replace(goal, key=new_id()) for goal in form.goals)
                or (GoalForm(key=new_id()),),
            )
            name = book.name(command.student_id) if command.student_id else ""
            return OpenDraft(new_id(), form, name, None, templates)

    def open_draft(self, draft_id: str) -> OpenDraft:
        """Return a draft of one's own; refuse one that is gone."""
        with self._read() as reader:
            book = PlansBook(reader)
            line = book.draft(self._seat().person, draft_id)
            if line is None:
                agreed_already = book.version_of_draft(draft_id) is not None
                raise Refused("plan-agreed-already" if agreed_already else "draft-gone")
            plan = book.get(CarePlan, line.form.plan_id) if line.form.plan_id else None
            templates = tuple(one for one in book.templates() if not one.retired)
            return OpenDraft(draft_id, line.form, line.student, plan, templates)

    def save_draft(self, command: SavePlanDraft) -> Changed:
        """Keep a form as it stands; refuse one that was agreed meanwhile."""
        with self._working() as tx:
            if not PlansKeeper(tx).save_draft(command.draft_id, command.form):
                raise Refused("plan-agreed-already")
        return NOTHING

    def discard_draft(self, command: DiscardPlanDraft) -> Changed:
        """Throw a draft away."""
        with self._working() as tx:
            PlansKeeper(tx).drop_draft(command.draft_id)
        return Changed.only(Kind.DRAFT)

    def drafts(self) -> list[DraftLine]:
        """Return one's drafts, the newest first."""
        with self._read() as reader:
            return PlansBook(reader).drafts(self._seat().person)

    def agree(self, command: AgreePlan) -> Changed:
        """Freeze a form as the plan's next version, with its goals and tasks, in one transaction.

        The version has the draft's id, so that agreeing twice agrees once.
        """
        found = agreed(command.form, self._today())
        with self._begin() as tx:
            keeper = PlansKeeper(tx)
            if keeper.version_of_draft(command.draft_id) is not None:
                raise Refused("plan-agreed-already")
            plan = self._plan_for(keeper, found)
            _hold_to_one_measure(keeper, found)
            version = _version(command.draft_id, plan, found, tx)
            keeper.add(version)
            for position, goal in enumerate(found.goals):
                keeper.add(
                    PlanGoal(
                        new_id(), version.id, plan.id, plan.student_id, goal.form.key or new_id(),
                        position, goal.form.need, goal.form.statement, goal.form.measure, goal.kind,
                        goal.baseline, goal.target, goal.baseline_on.isoformat(),
                        goal.by_when.isoformat(), goal.form.levels, tx.who, tx.now.at, tx.now.zone,
                    )
                )  # fmt: skip
            for task in found.form.tasks:
                keeper.add(_task(plan, task, tx))
            keeper.drop_draft(command.draft_id)
            keeper.journal(
                "AgreePlan", PlanVersion, version.id,
                {"plan": plan.id, "student": plan.student_id, "number": plan.version},
            )  # fmt: skip
        return Changed.only(Kind.CARE_PLAN, Kind.DRAFT, made=plan.id)

    @staticmethod
    def _plan_for(keeper: PlansKeeper, found: Agreed) -> CarePlan:
        form = found.form
        title, begins, review = form.title, found.begins.isoformat(), found.review.isoformat()
        if form.plan_id:
            before = keeper.get(CarePlan, form.plan_id)
            if before is None or before.student_id != form.student_id:
                raise Refused("care-plan-gone")
            if before.closed_on:
                raise Refused("plan-closed")
            after = replace(
                before,
                version=before.version + 1,
                title=title,
                begins_on=begins,
                review_on=review,
            )
            keeper.change(after)
            return after
        made = CarePlan(
            new_id(), form.student_id or StudentId(""), found.kind, title, 1, begins, review,
            keeper.tx.who, keeper.tx.now.at, keeper.tx.now.zone,
        )  # fmt: skip
        keeper.add(made)
        return made

    # -- what comes after ------------------------------------------------------------

    def sign(self, command: SignPlan) -> Changed:
        """Write down somebody's word to a version."""
        name = kept(command.name, "name")
        if not name:
            raise Refused("signature-needs-name", "name")
        part = kept(command.part, "part")
        if not part:
            raise Refused("signature-needs-part", "part")
        comment = kept(command.comment, "comment")
        if command.way is Way.DECLINED and not comment:
            raise Refused("signature-declined-why", "comment")
        on = day_of(command.signed_on or self._today().isoformat(), "signed_on")
        if on > self._today():
            raise Refused("day-ahead", "signed_on")
        with self._begin() as tx:
            keeper = PlansKeeper(tx)
            version = keeper.get(PlanVersion, command.version_id)
            if version is None:
                raise Refused("care-plan-gone")
            row = Signature(
                new_id(), version.id, version.student_id, name, part, command.way, on.isoformat(),
                comment, tx.who, tx.now.at, tx.now.zone,
            )  # fmt: skip
            keeper.add(row)
            keeper.journal("SignPlan", Signature, row.id, {"version": version.id, "way": row.way})
        return Changed.only(Kind.CARE_PLAN, made=row.id)

    def review(self, command: ReviewPlan) -> Changed:
        """Hold a review, dated and with its reason.

        A decision to close ends the plan and its open tasks stay to be finished or not; any
        other begins the draft of the next version, whose id is returned.
        """
        held = day_of(command.held_on, "held_on")
        if held > self._today():
            raise Refused("day-ahead", "held_on")
        reason = kept(command.reason, "reason")
        if not reason:
            raise Refused("review-needs-reason", "reason")
        with self._begin() as tx:
            keeper = PlansKeeper(tx)
            plan = keeper.get(CarePlan, command.plan_id)
            if plan is None:
                raise Refused("care-plan-gone")
            if plan.closed_on:
                raise Refused("plan-closed")
            version = keeper.versions(plan.id)[0]
            goals = keeper.goals(version.id)
            said = {key: (outcome, comment) for key, outcome, comment in command.outcomes}
            for position, goal in enumerate(goals):
                if goal.key not in said:
                    raise Refused("review-needs-outcome", f"outcomes.{position}")
            row = Review(
                new_id(), plan.id, version.id, plan.student_id, held.isoformat(),
                kept(command.present, "present"),
                tuple(
                    (goal.key, said[goal.key][0].value, kept(said[goal.key][1], "outcomes"))
                    for goal in goals
                ),
                command.decision, reason, tx.who, tx.now.at, tx.now.zone,
            )  # fmt: skip
            keeper.add(row)
            made = plan.id
            if command.decision is Decision.CLOSE:
                keeper.change(replace(plan, closed_on=held.isoformat(), closed_why=reason))
            else:
                made = new_id()
                form = next_form(version, goals, said, self._today())
                under_way = keeper.draft_of_plan(tx.who, plan.id)
                if under_way is not None:
                    made = under_way.id
                else:
                    keeper.save_draft(made, form)
            keeper.journal(
                "ReviewPlan", Review, row.id, {"plan": plan.id, "decision": command.decision}
            )
        return Changed.only(Kind.CARE_PLAN, Kind.DRAFT, made=made)

    def next_version(self, plan_id: str) -> OpenDraft:
        """Begin the draft of a plan's next version, or return the one that is being written."""
        with self._working() as tx:
            keeper = PlansKeeper(tx)
            plan = keeper.get(CarePlan, plan_id)
            if plan is None:
                raise Refused("care-plan-gone")
            if plan.closed_on:
                raise Refused("plan-closed")
            draft = keeper.draft_of_plan(tx.who, plan.id)
            if draft is not None:
                return OpenDraft(draft.id, draft.form, draft.student, plan, ())
            version = keeper.versions(plan.id)[0]
            form = next_form(version, keeper.goals(version.id), {}, self._today())
            made = new_id()
            keeper.save_draft(made, form)
            return OpenDraft(made, form, keeper.name(plan.student_id), plan, ())

    def add_task(self, command: AddTask) -> Changed:
        """Put something on the plan's list."""
        text, doer = kept(command.text, "text"), kept(command.doer, "doer")
        if not text:
            raise Refused("task-needs-text", "text")
        if not doer:
            raise Refused("task-needs-doer", "doer")
        due = day_of(command.due_on, "due_on").isoformat()
        with self._begin() as tx:
            keeper = PlansKeeper(tx)
            plan = keeper.get(CarePlan, command.plan_id)
            if plan is None:
                raise Refused("care-plan-gone")
            task = _task(plan, TaskForm(text, doer, due), tx)
            keeper.add(task)
            keeper.journal("AddTask", Task, task.id, {"plan": plan.id, "due_on": due})
        return Changed.only(Kind.CARE_PLAN, made=task.id)

    def finish_task(self, command: FinishTask) -> Changed:
        """Say that something was done."""
        return self._task_changed("FinishTask", command.task_id, done=True)

    def reopen_task(self, command: ReopenTask) -> Changed:
        """Take back that it was done."""
        return self._task_changed("ReopenTask", command.task_id, done=False)

    def postpone_task(self, command: PostponeTask) -> Changed:
        """Give it another day."""
        due = day_of(command.due_on, "due_on").isoformat()
        return self._task_changed("PostponeTask", command.task_id, due_on=due)

    def _task_changed(
        self, what: str, task_id: str, *, done: bool | None = None, due_on: str = ""
    ) -> Changed:
        with self._begin() as tx:
            keeper = PlansKeeper(tx)
            before = keeper.get(Task, task_id)
            if before is None:
                raise Refused("task-gone")
            after = replace(before, due_on=due_on or before.due_on)
            if done is not None:
                after = replace(
                    after, done_at=tx.now.at if done else "", done_by=tx.who if done else ""
                )
            keeper.change(after)
            keeper.journal(
                what, Task, task_id,
                {"due_on": after.due_on, "done_at": after.done_at},
                {"due_on": before.due_on, "done_at": before.done_at},
            )  # fmt: skip
        return Changed.only(Kind.CARE_PLAN, made=task_id)

    # -- templates -------------------------------------------------------------------

    def keep_template(self, command: KeepTemplate) -> Changed:
        """Make a template of a form: without the student, their days and what was agreed."""
        title = kept(command.title, "title")
        if not title:
            raise Refused("care-plan-needs-title", "title")
        form = _emptied(command.form)
        with self._begin() as tx:
            keeper = PlansKeeper(tx)
            if command.template_id:
                before = keeper.get(PlanTemplate, command.template_id)
                if before is None:
                    raise Refused("template-gone")
                made = replace(before, title=title, kind=PlanKind(form.kind), content=form.text())
                keeper.change(made)
            else:
                made = PlanTemplate(
                    new_id(), title, PlanKind(form.kind), form.text(), "own", tx.who, tx.now.at,
                    tx.now.zone,
                )  # fmt: skip
                keeper.add(made)
            keeper.journal("KeepPlanTemplate", PlanTemplate, made.id, {"title": title})
        return Changed.only(Kind.TEMPLATE, made=made.id)

    def retire_template(self, command: RetireTemplate) -> Changed:
        """Offer a template no longer, or again."""
        with self._begin() as tx:
            keeper = PlansKeeper(tx)
            before = keeper.get(PlanTemplate, command.template_id)
            if before is None:
                raise Refused("template-gone")
            keeper.change(replace(before, retired=command.retired))
            keeper.journal(
                "RetirePlanTemplate", PlanTemplate, before.id,
                {"retired": command.retired}, {"retired": before.retired},
            )  # fmt: skip
        return Changed.only(Kind.TEMPLATE, made=before.id)

    def load_templates(self, command: LoadTemplates) -> Changed:
        """Take in a district's templates, whole or not at all; of one title, the newest counts."""
        found = read_templates(command.data)
        with self._begin() as tx:
            keeper = PlansKeeper(tx)
            there = {(one.source, one.title): one for one in keeper.templates()}
            for title, form in found:
                before = there.get(("district", title))
                if before is not None:
                    keeper.change(
                        replace(
                            before, kind=PlanKind(form.kind), content=form.text(), retired=False
                        )
                    )
                    continue
                keeper.add(
                    PlanTemplate(
                        new_id(),
                        title,
                        PlanKind(form.kind),
                        form.text(),
                        "district",
                        tx.who,
                        tx.now.at,
                        tx.now.zone,
                    )
                )
            keeper.journal("LoadPlanTemplates", PlanTemplate, tx.who, {"count": len(found)})
        return Changed.only(Kind.TEMPLATE)

    def templates(self) -> list[PlanTemplate]:
        """Return the templates by their title, retired ones last."""
        with self._read() as reader:
            return PlansBook(reader).templates()

    # -- tiers -----------------------------------------------------------------------

    @staticmethod
    def keep_evidence(
        tx: Transaction,
        student_id: StudentId,
        decision_id: str,
        facts: tuple[tuple[str, str, str, int], ...],
        look_again_on: str,
    ) -> None:
        """Keep what was known when a tier was decided, in the transaction that decides."""
        keeper = PlansKeeper(tx)
        row = TierEvidence(
            new_id(), decision_id, student_id, facts, look_again_on, tx.who, tx.now.at, tx.now.zone
        )
        keeper.add(row)
        keeper.journal("KeepEvidence", TierEvidence, row.id, {"decision": decision_id})

    def evidence(self, decision_id: str) -> TierEvidence | None:
        """Return what was known when a tier was decided, or None."""
        with self._read() as reader:
            found = PlansBook(reader).where(TierEvidence, "t.decision_id = ?", (decision_id,))
        return found[0] if found else None

    # -- reads -----------------------------------------------------------------------

    def plans(
        self, by: Narrowing | None = None, offset: int = 0, limit: int = PAGE
    ) -> list[PlanLine]:
        """Return one page of plans, those to be reviewed soonest first."""
        with self._read() as reader:
            return PlansBook(reader).plans(by or Narrowing(), offset, limit)

    def count(self, by: Narrowing | None = None) -> int:
        """Return how many plans there are."""
        with self._read() as reader:
            return PlansBook(reader).count(by or Narrowing())

    def plan(self, plan_id: str) -> PlanSheet:
        """Return a plan with all its versions; refuse one that is not there."""
        with self._read() as reader:
            book = PlansBook(reader)
            plan = book.get(CarePlan, plan_id)
            if plan is None:
                raise Refused("care-plan-gone")
            versions = book.versions(plan_id)
            names = book.names(version.person_id for version in versions)
            return PlanSheet(
                plan,
                book.name(plan.student_id),
                tuple(
                    VersionSheet(
                        version,
                        tuple(book.goals(version.id)),
                        tuple(book.signatures(version.id)),
                        names.get(version.person_id, ""),
                    )
                    for version in versions
                ),
                tuple(book.reviews(plan_id)),
                tuple(book.tasks(plan_id)),
                book.draft_of_plan(self._seat().person, plan_id),
            )

    def goals_of(self, student_id: str) -> list[PlanGoal]:
        """Return the goals a student works on: of the newest versions of open plans."""
        with self._read() as reader:
            return PlansBook(reader).goals_of_student(student_id)

    def due_tasks(self, until: str) -> list[TaskLine]:
        """Return one's open tasks that are due up to a day."""
        with self._read() as reader:
            return PlansBook(reader).due_tasks(self._seat().person, until)

    def reviews_due(self) -> list[PlanLine]:
        """Return the plans whose review is near or past."""
        until = (self._today() + REVIEW_SOON).isoformat()
        with self._read() as reader:
            return PlansBook(reader).reviews_due(until)


def _version(version_id: str, plan: CarePlan, found: Agreed, tx: Transaction) -> PlanVersion:
    form = found.form
    return PlanVersion(
        id=version_id,
        plan_id=plan.id,
        student_id=plan.student_id,
        number=plan.version,
        kind=found.kind,
        title=form.title,
        begins_on=plan.begins_on,
        review_on=plan.review_on,
        tier=form.tier,
        sections=form.sections,
        interventions=tuple((one.what, one.who, one.often, one.goal) for one in form.interventions),
        team=tuple((one.name, one.part) for one in form.team),
        family=form.family,
        consent=Consent(form.consent),
        consent_by=form.consent_by,
        consent_on=form.consent_on,
        person_id=tx.who,
        recorded_at=tx.now.at,
        zone=tx.now.zone,
    )


def _task(plan: CarePlan, task: TaskForm, tx: Transaction) -> Task:
    return Task(
        new_id(), plan.id, plan.student_id, task.doer, task.text, task.due_on, tx.who, tx.now.at,
        tx.now.zone,
    )  # fmt: skip


def _hold_to_one_measure(keeper: PlansKeeper, found: Agreed) -> None:
    """Refuse a goal whose points would stand on one picture in two units, or be another's."""
    for position, goal in enumerate(found.goals):
        before = keeper.goal(goal.form.key) if goal.form.key else None
        if before is None:
            continue
        if before.plan_id != found.form.plan_id:
            raise Refused("goal-of-another", f"goals.{position}.statement")
        measured = any(point.value is not None for point in keeper.points(before.key))
        if measured and before.kind is not goal.kind:
            raise Refused("goal-measured-otherwise", f"goals.{position}.kind")


def next_form(
    version: PlanVersion,
    goals: Sequence[PlanGoal],
    said: Mapping[str, tuple[Outcome, str]],
    today: date,
) -> PlanForm:
    """Return the next version as it begins: what was agreed, less the goals that are over."""
    over = {Outcome.MET, Outcome.DROPPED}
    left = [goal for goal in goals if goal.key not in said or said[goal.key][0] not in over]
    return PlanForm(
        student_id=version.student_id,
        plan_id=version.plan_id,
        kind=version.kind,
        title=version.title,
        begins_on=today.isoformat(),
        review_on=(today + REVIEW_AFTER).isoformat(),
        tier=version.tier,
        sections=version.sections,
        goals=tuple(
            GoalForm(
                goal.key,
                goal.need,
                goal.statement,
                goal.measure,
                goal.kind,
                shown(goal.baseline),
                shown(goal.target),
                goal.baseline_on,
                goal.by_when,
                goal.levels or GoalForm().levels,
            )
            for goal in left
        ),
        interventions=tuple(
            InterventionForm(*one)
            for one in version.interventions
            if not one[3] or any(goal.key == one[3] for goal in left)
        ),
        team=tuple(MemberForm(*one) for one in version.team),
        family=version.family,
    )


def _emptied(form: PlanForm) -> PlanForm:
    """Return a form without whose it is and when."""
    return PlanForm(
        kind=PlanKind(form.kind),
        title=form.title,
        tier=form.tier,
        sections=form.sections,
        goals=tuple(
            replace(goal, key="", baseline="", baseline_on="", by_when="") for goal in form.goals
        ),
        interventions=tuple(replace(one, goal="", who="") for one in form.interventions),
        tasks=tuple(TaskForm(task.text) for task in form.tasks),
    )


def read_templates(data: bytes) -> list[tuple[str, PlanForm]]:
    """Return the templates of a district's file; refuse one that is malformed, whole.

    The file: `{"casewell_plan_templates": 1, "templates": [{"title", "kind", "sections",
    "goals", "interventions", "tasks"}]}`, each part as a draft keeps it.
    """
    try:
        value = json.loads(data.decode("utf-8-sig"))
        if value["casewell_plan_templates"] != 1:
            raise Refused("templates-malformed", "file", where="casewell_plan_templates")
        rows = value["templates"]
        if not isinstance(rows, list) or not 0 < len(rows) <= MOST_TEMPLATES:
            raise Refused("templates-malformed", "file", where="templates")
    except (UnicodeDecodeError, ValueError, KeyError, TypeError, RecursionError):
        raise Refused("templates-malformed", "file", where="") from None
    found = []
    for place, row in enumerate(rows):
        where = f"templates[{place}]"
        try:
            title = kept(str(row["title"]), "file")
            form = PlanForm.of_text(json.dumps({**row, "kind": PlanKind(row["kind"]).value}))
            form = _emptied(form)
            form.text()
        except (ValueError, KeyError, TypeError, AttributeError):
            raise Refused("templates-malformed", "file", where=where) from None
        if not title:
            raise Refused("templates-malformed", "file", where=f"{where}.title")
        found.append((title, form))
    return found
