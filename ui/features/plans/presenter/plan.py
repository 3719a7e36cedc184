"""A plan: what was agreed, where its goals stand, and what is done about it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from pathlib import Path

from PySide6.QtCore import QStandardPaths
from PySide6.QtWidgets import QFileDialog, QWidget

from app.features.plans.commands import (
    AddTask,
    FinishTask,
    KeepTemplate,
    PostponeTask,
    ReopenTask,
    ReviewPlan,
    SignPlan,
)
from app.features.plans.model.records import Decision, Outcome, PlanGoal, Review, Task, Way
from app.features.plans.service import OpenDraft, PlanSheet, VersionSheet, next_form
from app.features.plans.service.progress import GoalChart
from app.features.privacy.labels import Labelled
from app.features.privacy.model import Record
from app.kernel.changes import Changed, Kind
from app.kernel.clock import Moment
from app.kernel.errors import Refused
from app.kernel.ids import StudentId
from app.kernel.measures import Proposal, Reading
from app.kernel.words import _, ngettext
from app.overviews.plan_words import (
    CONSENTS,
    DECISIONS,
    KINDS,
    OUTCOMES,
    PARTS,
    WAYS,
    short_reading,
    spoken_aim,
    spoken_value,
)
from app.overviews.reports.leaving import Release
from app.overviews.reports.wording import spoken_day, spoken_moment, spoken_tier
from ui.features.plans.presenter.naming import named_in
from ui.features.plans.view.plan import PlanView
from ui.features.plans.view.sheets import (
    PaperSheet,
    ReviewSheet,
    SignSheet,
    TaskSheet,
    TemplateSheet,
)
from ui.kit.asking import Asker, Entries, about
from ui.kit.grounds import offer_releases
from ui.kit.look import Kind as Mark
from ui.kit.looks import record_look
from ui.kit.one_record import RecordPage
from ui.kit.room import Context
from ui.kit.widgets.ground import party_of, terms_of
from ui.kit.widgets.lists import Entry
from ui.kit.widgets.records import Fact, RecordShown

_MARKS: Mapping[Proposal, str] = {
    Proposal.COLLECT: Mark.PLAIN,
    Proposal.CONTINUE: Mark.GOOD,
    Proposal.FADE: Mark.GOOD,
    Proposal.CHANGE: Mark.WARN,
    Proposal.INTENSIFY: Mark.WARN,
}
_LATER = timedelta(weeks=1)


@dataclass(frozen=True, slots=True)
class _Seen:
    """What the page reads at once."""

    sheet: PlanSheet
    charts: Mapping[str, GoalChart]


def reading_chips(reading: Reading, *, waits: bool) -> tuple[tuple[str, str], ...]:
    """Return what the points speak for, as chips."""
    found = [(short_reading(reading), _MARKS[reading.proposal])]
    if waits:
        found.append((_("Waits for a decision"), Mark.BAD))
    return tuple(found)


class PlanPage(RecordPage[_Seen]):
    """One plan, its newest version first."""

    heeded = frozenset({Kind.CARE_PLAN, Kind.PROGRESS, Kind.DRAFT})
    otherwise = ("plans",)
    view: PlanView

    def __init__(self, context: Context) -> None:
        super().__init__(
            context,
            PlanView(
                (
                    ("draft", _("Go on writing the next version"), "draft"),
                    ("review", _("Review"), "audit"),
                    ("task", _("Add a task"), "add"),
                    ("sign", _("A signature"), "sign"),
                    ("next", _("Write the next version"), "edit"),
                    ("paper", _("Save as PDF"), "pdf"),
                    ("reviewed", _("Save the review as PDF"), "pdf"),
                    ("template", _("Keep as a template"), "template"),
                    ("student", _("Open the student"), "student"),
                )
            ),
        )
        self.view.goals.opened.connect(lambda entry: context.go("goal", entry.id))
        self.view.tasks.toggled.connect(self._toggle)
        self.view.tasks.put_off.connect(self._put_off)

    def _source(self) -> Callable[[], _Seen]:
        desk, plan = self.context.desk, self.subject

        def look_up() -> _Seen:
            sheet = desk.plans.plan(plan)
            goals = sheet.versions[0].goals
            return _Seen(sheet, {goal.key: desk.progress.chart(goal.key) for goal in goals})

        return look_up

    def _show(self, seen: _Seen) -> None:
        sheet, charts = seen.sheet, seen.charts
        plan, newest = sheet.plan, sheet.versions[0]
        version = newest.version
        record_look(self.context, plan.person_id, Record.PLAN, plan.id, plan.student_id)
        chips = [(_(KINDS[plan.kind]), Mark.PLAIN)]
        if version.tier:
            chips.append((spoken_tier(version.tier), Mark.PLAIN))
        if plan.closed_on:
            chips.append((_("Closed"), Mark.GOOD))
        elif plan.review_on < self.context.today().isoformat():
            chips.append((_("Review past"), Mark.BAD))
        self.view.show_record(
            RecordShown(
                title=_("{title}: {name}").format(title=plan.title, name=sheet.student),
                line=_("Version {number}, {begins} to the review on {review}").format(
                    number=version.number,
                    begins=spoken_day(version.begins_on),
                    review=spoken_day(version.review_on),
                ),
                chips=tuple(chips),
                facts=tuple(fact for fact in _facts(sheet) if fact.text),
            )
        )
        self.view.show_goals([goal_entry(goal, charts[goal.key]) for goal in newest.goals])
        self.view.show_tasks([_task(task, self.context.today()) for task in sheet.tasks])
        statements = {goal.key: goal.statement for goal in newest.goals}
        self.view.show_interventions(
            [
                (what, who, often, statements.get(goal, _("The plan as a whole")))
                for what, who, often, goal in version.interventions
            ]
        )
        self.view.show_history(_history(sheet))
        if plan.closed_on:
            keys = ["sign", "paper", "template", "student"]
        else:
            keys = ["review", "task", "sign", "next", "paper", "template", "student"]
        if sheet.reviews:
            keys.insert(keys.index("paper") + 1, "reviewed")
        if sheet.next_draft is not None and not plan.closed_on:
            keys.remove("next")
            keys.insert(0, "draft")
        self.view.offer(*keys)
        self.view.label.show_record(self.context, Labelled.PLAN, plan.id)

    # -- what can be done ------------------------------------------------------------

    def _act(self, name: str, seen: _Seen) -> None:
        sheet = seen.sheet
        if name == "draft" and sheet.next_draft is not None:
            self.context.go("plan-draft", sheet.next_draft.id)
        elif name == "student":
            self.context.go("student", sheet.plan.student_id)
        else:
            does: Mapping[str, Callable[[_Seen], None]] = {
                "review": self._review, "task": self._task, "sign": self._sign,
                "next": self._next, "paper": self._save, "reviewed": self._save_review, "template": self._template,
            }  # fmt: skip
            does[name](seen)

    def _review(self, seen: _Seen) -> None:
        context, plan = self.context, seen.sheet.plan
        goals = seen.sheet.versions[0].goals
        asked = ReviewSheet(
            [
                (goal.statement, _standing(seen.charts[goal.key]), _likely(seen.charts[goal.key]))
                for goal in goals
            ],
            [(one.value, _(words)) for one, words in OUTCOMES.items()],
            [(one.value, _(words)) for one, words in DECISIONS.items()],
            context.today,
            self,
        )

        def act(entries: Entries) -> Callable[[], Changed]:
            outcomes = tuple(
                (goal.key, Outcome(str(entries[f"outcomes.{at}"])), str(entries[f"said.{at}"]))
                for at, goal in enumerate(goals)
                if entries[f"outcomes.{at}"]
            )
            command = ReviewPlan(
                plan.id,
                str(entries["held_on"]),
                str(entries["present"]),
                outcomes,
                Decision(str(entries["decision"])),
                str(entries["reason"]),
            )
            return partial(context.desk.plans.review, command)

        def done(changed: Changed, entries: Entries) -> None:
            if entries["decision"] == Decision.CLOSE:
                context.notices.say(_("The review is held, and the plan closed."))
            else:
                context.notices.say(_("The review is held. This is the next version."))
                context.go("plan-draft", changed.made)

        self.asker.ask(asked, act, done, kept=about("plan-review", plan.id))

    def _task(self, seen: _Seen) -> None:
        context, plan = self.context, seen.sheet.plan
        self.asker.ask(
            TaskSheet("", context.today, context.today() + _LATER, self),
            lambda entries: partial(
                context.desk.plans.add_task,
                AddTask(
                    plan.id, str(entries["text"]), str(entries["doer"]), str(entries["due_on"])
                ),
            ),
            lambda _changed, _entries: context.notices.say(_("The task is on the plan.")),
            kept=about("plan-task", plan.id),
        )

    def _sign(self, seen: _Seen) -> None:
        context, version = self.context, seen.sheet.versions[0].version
        self.asker.ask(
            SignSheet([(one.value, _(words)) for one, words in WAYS.items()], context.today, self),
            lambda entries: partial(
                context.desk.plans.sign,
                SignPlan(
                    version.id,
                    str(entries["name"]),
                    str(entries["part"]),
                    Way(str(entries["way"])),
                    str(entries["signed_on"]),
                    str(entries["comment"]),
                ),
            ),
            lambda _changed, _entries: context.notices.say(_("It is written down.")),
            kept=about("plan-sign", version.id),
        )

    def _next(self, seen: _Seen) -> None:
        context, plan = self.context, seen.sheet.plan
        context.tasks.write(
            partial(context.desk.plans.next_version, plan.id),
            self._opened,
            context.say,
            owner=self,
        )

    def _opened(self, opened: OpenDraft) -> None:
        self.context.go("plan-draft", opened.id)

    def _template(self, seen: _Seen) -> None:
        context, newest = self.context, seen.sheet.versions[0]
        form = next_form(newest.version, newest.goals, {}, context.today())

        def ask(named: list[str]) -> None:
            self.asker.ask(
                TemplateSheet(newest.version.title, named, self),
                lambda entries: partial(
                    context.desk.plans.keep_template, KeepTemplate(str(entries["title"]), form)
                ),
                lambda _changed, _entries: context.notices.say(
                    _("The template is kept, without the student.")
                ),
            )

        context.tasks.read(partial(named_in, context, form), ask, context.say, owner=self)

    def _save(self, seen: _Seen) -> None:
        plan = seen.sheet.plan
        ask_paper(
            self.context,
            self.asker,
            PaperSheet(_("Save the plan as PDF"), self),
            plan.student_id,
            _("plan-of-care"),
            partial(self.context.desk.plan_papers.save_plan, plan.id),
            kept=about("plan-paper", plan.id),
        )

    def _save_review(self, seen: _Seen) -> None:
        plan = seen.sheet.plan
        ask_paper(
            self.context,
            self.asker,
            PaperSheet(_("Save the review as PDF"), self),
            plan.student_id,
            _("plan-review"),
            partial(self.context.desk.plan_papers.save_review, plan.id),
            kept=about("plan-review-paper", plan.id),
        )

    # -- tasks -----------------------------------------------------------------------

    def _toggle(self, entry: Entry) -> None:
        context, task = self.context, entry.subject
        plans = context.desk.plans
        finish = partial(plans.finish_task, FinishTask(task.id))
        reopen = partial(plans.reopen_task, ReopenTask(task.id))
        do, back = (reopen, finish) if task.done_at else (finish, reopen)
        said = _("The task is open again.") if task.done_at else _("The task is done.")
        self._write(do, said, back)

    def _write(self, do: Callable[[], Changed], said: str, back: Callable[[], Changed]) -> None:
        context = self.context

        def done(_changed: Changed) -> None:
            context.notices.say(said, undo=lambda: context.tasks.write(back, failed=context.say))

        context.tasks.write(do, done, context.say, owner=self)

    def _put_off(self, entry: Entry) -> None:
        context, task = self.context, entry.subject
        plans = context.desk.plans
        if task.done_at:
            return
        later = max(date.fromisoformat(task.due_on), context.today()) + _LATER
        put_off = partial(plans.postpone_task, PostponeTask(task.id, later.isoformat()))
        back = partial(plans.postpone_task, PostponeTask(task.id, task.due_on))
        said = _("The task is due on {day} now.").format(day=spoken_day(later))
        self._write(put_off, said, back)


def ask_target(page: QWidget | None, name: str) -> Path:
    """Ask where a paper goes; its name names nobody. Refused where no place was chosen."""
    documents = QStandardPaths.StandardLocation.DocumentsLocation
    folder = Path(QStandardPaths.writableLocation(documents) or Path.home())
    chosen, _kind = QFileDialog.getSaveFileName(
        page, _("Save as PDF"), str(folder / f"{name}.pdf"), _("PDF files (*.pdf)")
    )
    if not chosen:
        raise Refused("target-needed")
    target = Path(chosen)
    return target if target.suffix else target.with_suffix(".pdf")


def ask_paper(
    context: Context,
    asker: Asker,
    sheet: PaperSheet,
    student: StudentId,
    name: str,
    save: Callable[..., str],
    *,
    kept: str,
) -> None:
    """Ask to whom a paper goes and why, and where; then save it, with its disclosure."""

    def act(entries: Entries) -> Callable[[], str]:
        release = Release(party_of(entries), str(entries["purpose"]), terms_of(entries)).accepted()
        return partial(save, ask_target(sheet.parentWidget(), name), release, replace=True)

    def saved(_disclosure: str, _entries: Entries) -> None:
        """Let the list of disclosures look again."""
        context.tasks.changed.emit(Changed.only(Kind.DISCLOSURE))
        context.notices.say(_("The paper is saved, and its disclosure written down."))

    offer_releases(context, sheet.ground, student, sheet)
    asker.ask(sheet, act, saved, kept=kept)


def goal_entry(goal: PlanGoal, chart: GoalChart) -> Entry:
    """Return a goal as lists show it."""
    return Entry(
        goal.key,
        goal.statement,
        spoken_aim(goal),
        _standing(chart),
        "goal",
        reading_chips(chart.reading, waits=chart.waits),
    )


def _standing(chart: GoalChart) -> str:
    if not chart.points:
        return _("No point yet")
    newest = chart.points[-1]
    return _("{value} on {day}").format(
        value=spoken_value(chart.goal.kind, newest.value), day=spoken_day(newest.day)
    )


def _likely(chart: GoalChart) -> object:
    """Return the outcome that the points show, where they show one; the person chooses."""
    return Outcome.MET.value if chart.reading.reached else None


def _task(task: Task, today: date) -> Entry:
    late = not task.done_at and task.due_on < today.isoformat()
    return Entry(
        task.id,
        task.text,
        task.doer,
        _("Done") if task.done_at else spoken_day(task.due_on),
        "done" if task.done_at else "follow_up",
        ((_("Late"), Mark.BAD),) if late else (),
        subject=task,
        struck=bool(task.done_at),
    )


def _facts(sheet: PlanSheet) -> list[Fact]:
    newest = sheet.versions[0]
    version = newest.version
    said = _(CONSENTS[version.consent])
    if version.consent_by:
        said = _("{consent}, {who}, {day}").format(
            consent=said, who=version.consent_by, day=spoken_day(version.consent_on)
        )
    return [
        *(Fact(_(PARTS[key]), text) for key, text in version.sections),
        Fact(_("The family’s part"), version.family),
        Fact(
            _("Team"),
            "\n".join(
                _("{name}: {part}").format(name=name, part=part) if part else name
                for name, part in version.team
            ),
        ),
        Fact(_("Consent"), said),
        Fact(
            _("Signatures"),
            "\n".join(
                _("{name}, {part}: {way}, {day}").format(
                    name=one.name, part=one.part, way=_(WAYS[one.way]),
                    day=spoken_day(one.signed_on),
                )
                for one in newest.signatures
            ),
        ),
        Fact(
            _("Agreed"),
            _("{when}, {by}").format(
                when=spoken_moment(Moment(version.recorded_at, version.zone)), by=newest.by
            ),
        ),
        Fact(_("Closed because"), sheet.plan.closed_why),
    ]  # fmt: skip


def _history(sheet: PlanSheet) -> list[Entry]:
    found = [_review(sheet, review) for review in reversed(sheet.reviews)]
    return [*found, *(_version(one) for one in sheet.versions[1:])]


def _review(sheet: PlanSheet, review: Review) -> Entry:
    statements = {
        goal.key: goal.statement
        for one in sheet.versions
        if one.version.id == review.version_id
        for goal in one.goals
    }
    lines = [
        " ".join(
            part
            for part in (
                _("{goal}: {outcome}.").format(
                    goal=statements.get(key, ""), outcome=_(OUTCOMES[Outcome(outcome)])
                ),
                comment,
            )
            if part
        )
        for key, outcome, comment in review.outcomes
    ]
    if review.present:
        lines.append(_("There: {who}").format(who=review.present))
    return Entry(
        review.id,
        _("Review: {decision}").format(decision=_(DECISIONS[review.decision])),
        review.reason,
        spoken_day(review.held_on),
        "audit",
        detail="\n".join(lines),
    )


def _version(one: VersionSheet) -> Entry:
    version = one.version
    lines = [
        _("{part}: {text}").format(part=_(PARTS[key]), text=text) for key, text in version.sections
    ]
    lines += [
        _("{goal}, {aim}").format(goal=goal.statement, aim=spoken_aim(goal)) for goal in one.goals
    ]
    return Entry(
        version.id,
        _("Version {number}: {title}").format(number=version.number, title=version.title),
        ngettext("{count} goal", "{count} goals", len(one.goals)).format(count=len(one.goals)),
        _("{begins} to {review}").format(
            begins=spoken_day(version.begins_on), review=spoken_day(version.review_on)
        ),
        "history",
        detail="\n".join(lines),
    )
