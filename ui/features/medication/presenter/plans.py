"""Health plans and emergency action plans: each version stays, reviews come up on Today."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from PySide6.QtWidgets import QStackedWidget, QVBoxLayout

from app.features.medication.commands import EndPlan, WritePlan
from app.features.medication.model.nursing import HealthPlan, PlanKind
from app.features.medication.repo.orders import Pupil
from app.features.medication.service.nursing import PlanLine, PlanSheet
from app.kernel.changes import Changed, Kind
from app.kernel.clock import Moment
from app.kernel.ids import StudentId, new_id
from app.kernel.words import _, ngettext
from app.overviews.medication_words import PLANS, options
from app.overviews.reports.wording import spoken_day, spoken_moment
from ui.features.medication.presenter.pupil import pick_pupil, second_identifiers
from ui.features.medication.view.nursing import PlanEntry, section_field
from ui.features.medication.view.orders import Fact, RecordShown, RecordView
from ui.features.medication.view.records import RecordsView
from ui.features.medication.view.sheets import ReasonSheet
from ui.kit.asking import Asker, Entries, about
from ui.kit.look import Kind as Mark
from ui.kit.room import Context, PageWidget
from ui.kit.widgets.buttons import Button
from ui.kit.widgets.empty import EmptyState
from ui.kit.widgets.lists import Entry

_SECTIONS = 6


def usual_headings() -> dict[object, tuple[str, ...]]:
    """Return the headings a plan of each kind begins with; they can be typed over."""
    return {
        PlanKind.HEALTH: (
            _("Condition and history"),
            _("Goals"),
            _("Care at school"),
            _("Medicine and equipment"),
            _("Who does what"),
            _("Changes to tell the nurse of"),
        ),
        PlanKind.EMERGENCY: (
            _("Signs to look for"),
            _("What to do at once"),
            _("When to call 911"),
            _("Medicine, and where it is"),
            _("Whom to call"),
            _("Afterwards"),
        ),
    }


class HealthPlansPage(PageWidget):
    """Every plan; with a plan's id, that plan and its versions."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._asker = Asker(context, self)
        self._id = ""
        self._part = "open"
        self._sheet: PlanSheet | None = None
        start = Button(_("Write a plan"), "add", "primary")
        self.list = RecordsView(
            _("Health plans"),
            (_("Write a plan"), "add"),
            [
                ("open", _("All that stand")),
                ("review", _("Review due")),
                (PlanKind.EMERGENCY, _("Emergency action plans")),
                ("all", _("Ended too")),
            ],
            EmptyState(
                "plan",
                _("No plan here"),
                _("A plan says what a student needs at school, and what to do in an emergency."),
                start,
            ),
            start,
        )
        self.view = RecordView(
            (
                ("change", _("Change"), "edit"),
                ("end", _("End the plan"), "close"),
                ("student", _("Open the student"), "student"),
            ),
            _("Versions"),
            _("Health plan"),
        )
        self._stack = QStackedWidget()
        self._stack.addWidget(self.list)
        self._stack.addWidget(self.view)
        page = QVBoxLayout(self)
        page.setContentsMargins(0, 0, 0, 0)
        page.addWidget(self._stack)
        self.list.turned.connect(self._turn)
        self.list.asked.connect(self._add)
        self.list.started.connect(self._add)
        self.list.list.opened.connect(lambda entry: context.go("health-plans", entry.id))
        self.view.acted.connect(self._act)
        self.view.history.opened.connect(self._open_version)

    def show_subject(self, subject: str) -> None:
        """Show the plan with this id, or all; `new:ID` begins one for a student."""
        self._id = "" if subject.startswith("new:") else subject
        self._stack.setCurrentWidget(self.view if self._id else self.list)
        self._reload()
        if subject.startswith("new:"):
            self._context.tasks.read(
                partial(
                    self._context.desk.medication.orders.pupil,
                    StudentId(subject.removeprefix("new:")),
                ),
                self._ask_new,
                self._context.say,
                owner=self,
            )

    def arrive(self) -> None:
        """Stand in the list, or on the first action of the plan."""
        if self._id:
            self.view.focus_first()
        else:
            self.list.list.setFocus()

    def heed(self, changed: Changed) -> None:
        """Look again when a plan changed."""
        if self.isVisible() and changed.meets({Kind.PLAN, Kind.STUDENT}):
            self._reload()

    def flush(self) -> None:
        """Keep what stands on an open sheet."""
        self._asker.flush()

    def state(self) -> dict[str, str]:
        """Return which plans are shown."""
        return {"part": str(self._part)}

    def restore(self, state: Mapping[str, str]) -> None:
        """Show them again."""
        self._part = state.get("part", "open")
        self.list.parts.set_value(
            PlanKind.EMERGENCY if self._part == PlanKind.EMERGENCY.value else self._part
        )
        self._reload()

    # -- reading ---------------------------------------------------------------------

    def _turn(self, part: object) -> None:
        self._part = str(part or "open")
        self._reload()

    def _reload(self) -> None:
        nursing, tasks = self._context.desk.medication.nursing, self._context.tasks
        if self._id:
            tasks.read(
                partial(nursing.plan_sheet, self._id),
                self._show_plan,
                self._context.say,
                key="plan",
                owner=self,
            )
        else:
            tasks.read(nursing.plans, self._show, self._context.say, key="plans", owner=self)

    def _show(self, lines: list[PlanLine]) -> None:
        part = self._part
        shown = [
            line
            for line in lines
            if part == "all"
            or (
                not line.ended
                and (
                    part == "open"
                    or (part == "review" and line.review_due)
                    or line.plan.kind.value == part
                )
            )
        ]
        count = ngettext("{count} plan", "{count} plans", len(shown)).format(count=len(shown))
        self.list.show_entries([_line(line) for line in shown], count if shown else "")

    def _show_plan(self, sheet: PlanSheet) -> None:
        if sheet.plan.id != self._id:
            return
        self._sheet = sheet
        today = self._context.today().isoformat()
        self.view.show_record(_shown(sheet, today))
        self.view.history.set_entries(_history(sheet))
        stands = sheet.plan.id == sheet.versions[0].id and not sheet.entries
        self.view.offer("student", *(("change", "end") if stands else ()))
        self.view.focus_first()

    def _open_version(self, entry: Entry) -> None:
        if entry.subject != "end":
            self._context.go("health-plans", entry.id)

    # -- writing ---------------------------------------------------------------------

    def _add(self) -> None:
        pick_pupil(self._context, self, _("Whose plan is it?"), self._ask_new)

    def _ask_new(self, pupil: Pupil) -> None:
        blank = [(heading, "") for heading in usual_headings()[PlanKind.HEALTH]]
        entries = {"kind": PlanKind.HEALTH, "sections": blank}
        plan_id = new_id()

        def command(typed: Entries, sections: tuple[tuple[str, str], ...]) -> WritePlan:
            return WritePlan(
                pupil.id, PlanKind(typed["kind"]), typed["title"], sections,
                typed["starts_on"], typed["review_on"], plan_id=plan_id,
            )  # fmt: skip

        allergies = ", ".join(pupil.allergies)
        text = pupil.name
        if allergies:
            text = _("{name}. Allergies: {allergies}.").format(name=text, allergies=allergies)
        self._ask(
            (_("Write a plan"), _("Keep the plan"), text),
            entries,
            command,
            _("The plan is written. It comes up on Today when its review is due."),
            about("plan", pupil.id),
        )

    def _ask_change(self, plan: HealthPlan, name: str) -> None:
        sections = [*plan.sections, *[("", "")] * max(1, _SECTIONS - len(plan.sections))]
        entries = {
            "kind": plan.kind,
            "title": plan.title,
            "starts_on": self._context.today().isoformat(),
            "sections": sections,
        }
        plan_id = new_id()

        def command(typed: Entries, sections: tuple[tuple[str, str], ...]) -> WritePlan:
            return WritePlan(
                plan.student_id, plan.kind, typed["title"], sections, typed["starts_on"],
                typed["review_on"], plan.id, typed["reason"], plan_id,
            )  # fmt: skip

        self._ask(
            (_("Change the plan"), _("Keep the new version"), name),
            entries,
            command,
            _("The plan is changed. What it was stays readable."),
            about("plan", plan.id),
            changing=True,
        )

    def _ask(
        self,
        words: tuple[str, str, str],
        entries: dict[str, Any],
        command: Callable[[Entries, tuple[tuple[str, str], ...]], WritePlan],
        said: str,
        kept: str,
        *,
        changing: bool = False,
    ) -> None:
        context, count = self._context, len(entries["sections"])

        def act(typed: Entries) -> Callable[[], Changed]:
            sections = tuple(
                (typed[f"heading_{place}"], typed[section_field(place)])
                for place in range(count)
                if typed[section_field(place)].strip()
            )
            return partial(context.desk.medication.nursing.write_plan, command(typed, sections))

        def done(changed: Changed, _typed: Entries) -> None:
            context.notices.say(said)
            context.go("health-plans", changed.made, instead=changing)

        self._asker.ask(
            PlanEntry(
                words,
                options(PLANS),
                usual_headings(),
                entries,
                context.today,
                changing=changing,
                parent=self,
            ),
            act,
            done,
            kept=kept,
        )

    def _act(self, name: str) -> None:
        sheet, context = self._sheet, self._context
        if sheet is None:
            return
        if name == "student":
            context.go("student", sheet.pupil.id)
        elif name == "change":
            self._ask_change(sheet.plan, sheet.pupil.name)
        else:

            def act(entries: Entries) -> Callable[[], Changed]:
                command = EndPlan(sheet.plan.id, entries["reason"])
                return partial(context.desk.medication.nursing.end_plan, command)

            self._asker.ask(
                ReasonSheet(
                    _("End the plan"),
                    _("End the plan"),
                    _("{title}. Its versions stay readable.").format(title=sheet.plan.title),
                    parent=self,
                ),
                act,
                lambda _changed, _entries: context.notices.say(_("The plan has ended.")),
                kept=about("plan-end", sheet.plan.series_id),
            )


def _line(line: PlanLine) -> Entry:
    plan = line.plan
    chips: list[tuple[str, str]] = []
    if line.review_due:
        chips.append((_("Review due"), Mark.WARN))
    if line.ended:
        chips.append((_("Ended"), Mark.PLAIN))
    chips.append(
        (_(PLANS[plan.kind]), Mark.BAD if plan.kind is PlanKind.EMERGENCY else Mark.ACCENT)
    )
    return Entry(
        plan.id,
        line.pupil.listed,
        _("{title} · version {number}").format(title=plan.title, number=plan.version),
        _("Review {day}").format(day=spoken_day(plan.review_on)),
        "alert" if plan.kind is PlanKind.EMERGENCY else "plan",
        tuple(chips),
    )


def _shown(sheet: PlanSheet, today: str) -> RecordShown:
    plan = sheet.plan
    chips = [(_(PLANS[plan.kind]), Mark.BAD if plan.kind is PlanKind.EMERGENCY else Mark.ACCENT)]
    if sheet.entries:
        chips.append((_("Ended"), Mark.WARN))
    elif plan.id != sheet.versions[0].id:
        chips.append((_("Replaced"), Mark.WARN))
    elif plan.review_on <= today:
        chips.append((_("Review due"), Mark.WARN))
    facts = [Fact(heading or _("Text"), text) for heading, text in plan.sections if text]
    facts += [
        Fact(_("From"), spoken_day(plan.starts_on)),
        Fact(_("Review on"), spoken_day(plan.review_on)),
        Fact(_("Version"), str(plan.version)),
        Fact(_("Written by"), sheet.names.get(plan.person_id, "")),
        Fact(_("Allergies"), ", ".join(sheet.pupil.allergies)),
    ]
    return RecordShown(
        title=plan.title,
        line=_("{name} · {more}").format(
            name=sheet.pupil.name, more=second_identifiers(sheet.pupil)
        ),
        person=sheet.pupil.name,
        chips=tuple(chips),
        facts=tuple(fact for fact in facts if fact.text),
    )


def _history(sheet: PlanSheet) -> list[Entry]:
    found = [
        Entry(
            entry.id,
            _("Ended"),
            _("{by}: {text}").format(by=sheet.names.get(entry.person_id, ""), text=entry.text),
            spoken_moment(entry.when),
            "close",
            subject="end",
        )
        for entry in reversed(sheet.entries)
    ]
    for version in sheet.versions:
        by = sheet.names.get(version.person_id, "")
        text = _("{by}: {text}").format(by=by, text=version.reason) if version.reason else by
        found.append(
            Entry(
                version.id,
                _("Version {number}").format(number=version.version),
                text,
                spoken_moment(Moment(version.recorded_at, version.zone)),
                "draft",
                ((_("Shown"), Mark.ACCENT),) if version.id == sheet.plan.id else (),
            )
        )
    return found
