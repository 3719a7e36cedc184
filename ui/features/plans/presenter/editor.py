"""The page on which a plan is written: saved as one types, frozen when it is agreed."""

from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from functools import partial
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QVBoxLayout

from app.features.plans.commands import (
    AgreePlan,
    DiscardPlanDraft,
    KeepTemplate,
    SavePlanDraft,
    StartPlan,
)
from app.features.plans.model.forms import (
    SECTIONS,
    GoalForm,
    InterventionForm,
    MemberForm,
    PlanForm,
    PlanKind,
    TaskForm,
    agreed,
)
from app.features.plans.service import OpenDraft
from app.kernel.changes import Changed
from app.kernel.errors import Refused
from app.kernel.ids import StudentId, is_id, new_id
from app.kernel.measures import MeasureKind
from app.kernel.nouns import Tier
from app.kernel.words import _, ngettext
from app.overviews.plan_words import CONSENTS, KINDS, LEVELS, MEASURES, PARTS
from app.overviews.reports.wording import spoken_tier
from app.phrases import sentence
from ui.features.plans.presenter.naming import named_in
from ui.features.plans.view.editor import PlanEditor
from ui.features.plans.view.sheets import TemplateSheet
from ui.kit.asking import Asker
from ui.kit.autosave import Autosave
from ui.kit.room import Context, PageWidget
from ui.kit.students import pick_student
from ui.kit.widgets.dialogs import ask

_ROWS: Mapping[str, type[Any]] = {
    "goals": GoalForm,
    "interventions": InterventionForm,
    "tasks": TaskForm,
    "team": MemberForm,
}


def begin_plan(student: str = "", template: str = "") -> str:
    """Return the subject of a new draft's page; coming back to it finds what was typed."""
    return f"new:{new_id()}:{student}:{template}"


class PlanDraftPage(PageWidget):
    """One plan at a time."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._id = ""
        self._form = PlanForm()
        self._showing = False
        self._over = True
        self._asker = Asker(context, self)
        self.view = PlanEditor(
            {
                "kinds": [(kind.value, _(words)) for kind, words in KINDS.items()],
                "tiers": [(0, _("No tier")), *((tier.value, spoken_tier(tier)) for tier in Tier)],
                "measures": [(kind.value, _(words)) for kind, words in MEASURES.items()],
                "consents": [(said.value, _(words)) for said, words in CONSENTS.items()],
            },
            [_(words) for words in LEVELS],
            MeasureKind.GAS.value,
            new_id,
            context.today,
        )
        page = QVBoxLayout(self)
        page.setContentsMargins(0, 0, 0, 0)
        page.addWidget(self.view)
        self._autosave = Autosave(self._save, self)
        view = self.view
        view.edited.connect(self._edited)
        view.kind.chosen.connect(self._turn)
        view.student_asked.connect(self._ask_student)
        view.template_chosen.connect(self._take_template)
        view.row_dropped.connect(self._row_dropped)
        view.keep_template.connect(self._ask_template)
        view.agree.connect(self.agree)
        view.discard.connect(self._discard)
        for keys in ("Ctrl+Return", "Ctrl+Enter"):
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(self.agree)
        view.setEnabled(False)

    # -- coming and going ------------------------------------------------------------

    def show_subject(self, subject: str) -> None:
        """Show a draft by its id, or begin one: see `begin_plan`; `student:ID` begins one too."""
        self.flush()
        self._over = True
        self.view.setEnabled(False)
        what, _colon, rest = subject.partition(":")
        draft, _colon, rest = rest.partition(":") if what == "new" else ("", "", rest)
        student, _colon, template = rest.partition(":")
        service = self._context.desk.plans

        def look_up() -> OpenDraft:
            known = subject if is_id(subject) else draft
            if known:
                try:
                    return service.open_draft(known)
                except Refused as refused:
                    if refused.code != "draft-gone" or not draft:
                        raise
            begun = service.start(
                StartPlan(StudentId(student) if student else None, template_id=template)
            )
            return replace(begun, id=draft or begun.id)

        # Asked in the order of the writes: a draft that was just left is saved before it is read.
        self._context.tasks.write(look_up, self._show, self._failed, owner=self)

    def _failed(self, error: Exception) -> None:
        self._context.say(error)
        self._context.back()

    def arrive(self) -> None:
        """Go where writing begins, once the draft is here."""
        if self.view.isEnabled():
            self._focus()

    def _focus(self) -> None:
        self.view.focus_first("title" if self._form.student_id else "student")

    def flush(self) -> None:
        """Save what was typed, now."""
        self._autosave.flush()
        self._asker.flush()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Leave with Esc; the draft stays."""
        if event.key() == Qt.Key.Key_Escape:
            self._context.back()
        else:
            super().keyPressEvent(event)

    # -- the form --------------------------------------------------------------------

    def _show(self, opened: OpenDraft) -> None:
        self._id, self._over = opened.id, False
        view = self.view
        view.title.setText(
            _("Version {number} of the plan").format(number=opened.plan.version + 1)
            if opened.plan
            else _("New plan of care")
        )
        view.student.setText(opened.student or _("Choose the student"))
        view.student.setEnabled(opened.plan is None)
        view.about.setText(
            _("What was agreed before stays as it was; this is the version that follows.")
            if opened.plan
            else ""
        )
        view.about.setVisible(opened.plan is not None)
        view.kind.setEnabled(opened.plan is None)
        view.show_templates(
            [("", _("None")), *((one.id, one.title) for one in opened.templates)]
            if opened.plan is None
            else []
        )
        self._templates = {one.id: PlanForm.of_text(one.content) for one in opened.templates}
        self._lay(opened.form)
        view.setEnabled(True)
        self._focus()

    def _lay(self, form: PlanForm) -> None:
        self._form = form
        self._showing = True
        self.view.clear()
        self.view.show_plan(_shown(form))
        self._turn(form.kind)
        self._showing = False

    def _turn(self, kind: object) -> None:
        parts = SECTIONS[PlanKind(str(kind))]
        self.view.show_sections([(key, _(PARTS[key]), key == "needs") for key in parts])
        self._edited()

    def _edited(self) -> None:
        if self._showing or self._over:
            return
        self._form = _read(self._form, self.view.values())
        self._autosave.touch()

    def _ask_student(self) -> None:
        pick_student(self._context, self, _("Whose plan is it?"), self._take_student)

    def _take_student(self, student: StudentId, name: str) -> None:
        self._form = replace(self._form, student_id=student)
        self.view.student.setText(name)
        self._autosave.touch()
        self._focus()

    def _take_template(self, template: object) -> None:
        before = self._form
        found = self._templates[str(template)]
        self._lay(
            replace(
                found,
                student_id=before.student_id,
                plan_id=before.plan_id,
                begins_on=before.begins_on,
                review_on=before.review_on,
                team=before.team,
                family=before.family,
                goals=tuple(replace(goal, key=new_id()) for goal in found.goals),
            )
        )
        self._autosave.touch()
        self._context.notices.say(
            _("The template stands in the plan."), undo=partial(self._put_back, self._id, before)
        )

    def _row_dropped(self, rows: str, place: int, values: Mapping[str, Any]) -> None:
        before = self._id

        def back() -> None:
            if self._id == before and not self._over:
                view = self.view.rows(rows)
                view.add(values, min(place, len(view.rows)), focus=True)

        if any(str(value).strip() for name, value in values.items() if name not in {"key", "kind"}):
            self._context.notices.say(_("The row is taken out."), undo=back)

    def _put_back(self, draft: str, form: PlanForm) -> None:
        if self._id == draft and not self._over:
            self._lay(form)
            self._autosave.touch()

    # -- keeping ---------------------------------------------------------------------

    def _save(self) -> None:
        if self._over:
            return

        def failed(error: Exception) -> None:
            self._autosave.again()
            self._context.say(error)

        self._context.tasks.write(
            partial(self._context.desk.plans.save_draft, SavePlanDraft(self._id, self._form)),
            failed=failed,
        )

    def agree(self) -> None:
        """Say what agreeing freezes, and do it when the person says so."""
        if not self.view.isEnabled() or self._over:
            return
        self.view.clear()
        self._edited()
        form = self._form
        try:
            found = agreed(form, self._context.today())
        except Refused as refused:
            self.view.refuse(refused.field, sentence(refused))
            return
        goals = len(found.goals)
        words = ngettext(
            "It is kept as it stands, with {count} goal, and cannot be changed any more. What"
            " changes later goes into the next version. Its tasks come on Today.",
            "It is kept as it stands, with {count} goals, and cannot be changed any more. What"
            " changes later goes into the next version. Its tasks come on Today.",
            goals,
        ).format(count=goals)
        if not ask(
            self, _("Agree on the plan?"), words, _("&Agree"), _("Go on writing"), danger=False
        ):
            return
        self._autosave.flush()
        self._over = True
        made = self._id

        def done(changed: Changed) -> None:
            self._context.go("plan", changed.made, instead=True)
            self._context.notices.say(_("The plan is agreed."))

        def failed(error: Exception) -> None:
            self._over = False
            if isinstance(error, Refused):
                self.view.refuse(error.field, sentence(error))
            else:
                self._context.say(error)

        self._context.tasks.write(
            partial(self._context.desk.plans.agree, AgreePlan(made, form)), done, failed, owner=self
        )

    def _ask_template(self) -> None:
        self._edited()
        form, plans = self._form, self._context.desk.plans

        def ask_title(named: list[str]) -> None:
            self._asker.ask(
                TemplateSheet(form.title, named, self),
                lambda entries: partial(
                    plans.keep_template, KeepTemplate(str(entries["title"]), form)
                ),
                lambda _changed, _entries: self._context.notices.say(
                    _("The template is kept, without the student.")
                ),
            )

        self._context.tasks.read(
            partial(named_in, self._context, form), ask_title, self._context.say, owner=self
        )

    def _discard(self) -> None:
        self._autosave.stop()
        self._over = True
        draft, form = self._id, self._form
        plans = self._context.desk.plans

        def gone(_changed: Changed) -> None:
            undone: Callable[[], Changed] = partial(plans.save_draft, SavePlanDraft(draft, form))
            self._context.notices.say(
                _("The draft is thrown away."),
                undo=lambda: self._context.tasks.write(undone, failed=self._context.say),
            )
            self._context.back()

        self._context.tasks.write(
            partial(plans.discard_draft, DiscardPlanDraft(draft)),
            gone,
            self._context.say,
            owner=self,
        )


def _shown(form: PlanForm) -> dict[str, Any]:
    """Return a form as the page shows it."""
    found: dict[str, Any] = {
        one.name: getattr(form, one.name) for one in fields(form) if one.name not in _ROWS
    }
    found["sections"] = dict(form.sections)
    for name in _ROWS:
        rows = []
        for record in getattr(form, name):
            row = {one.name: getattr(record, one.name) for one in fields(record)}
            levels = row.pop("levels", ())
            rows.append(row | {f"levels.{step}": words for step, words in enumerate(levels)})
        found[name] = rows
    return found


def _read(before: PlanForm, values: Mapping[str, Any]) -> PlanForm:
    """Return the form that stands on the page."""
    found: dict[str, Any] = {name: value for name, value in values.items() if name not in _ROWS}
    found["sections"] = tuple(values["sections"].items())
    for name, kind in _ROWS.items():
        found[name] = tuple(_record(kind, row) for row in values[name])
    return replace(before, **found)


def _record(kind: type[Any], row: Mapping[str, Any]) -> Any:
    known = {one.name for one in fields(kind)}
    plain = {name: str(value or "") for name, value in row.items() if name in known}
    levels = tuple(str(row[name]) for name in sorted(row) if name.startswith("levels."))
    return kind(**plain, levels=levels) if "levels" in known else kind(**plain)
