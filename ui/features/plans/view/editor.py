"""The page on which a plan is written: what one types, and nothing of the rules."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from app.kernel.words import _
from ui.features.plans.view.rows import (
    GoalRow,
    InterventionRow,
    MemberRow,
    Options,
    Row,
    Rows,
    TaskRow,
    listen,
)
from ui.kit.look import look
from ui.kit.tab_order import tab_through
from ui.kit.widgets.buttons import Button
from ui.kit.widgets.entry_sheet import entered, put
from ui.kit.widgets.fields import Choice, DateEdit, Field, Form, LineEdit, NoteText
from ui.kit.widgets.headings import Card, Divider, KeyHint, Muted, PageTitle, SectionTitle, Words
from ui.kit.widgets.scroll import ScrollColumn

_PLAIN = (
    "kind", "title", "begins_on", "review_on", "tier", "family", "consent", "consent_by",
    "consent_on",
)  # fmt: skip
_SHORTEST = 60
"""Letters of a goal's statement where it is one of a choice."""


class PlanEditor(QWidget):
    """A plan being written."""

    edited = Signal()
    agree = Signal()
    discard = Signal()
    keep_template = Signal()
    student_asked = Signal()
    template_chosen = Signal(object)
    row_dropped = Signal(str, int, object)
    """A row was taken out: of which rows, where, and what stood in it."""

    def __init__(
        self,
        options: Mapping[str, Options],
        levels: Sequence[str],
        levelled: object,
        new_key: Callable[[], str],
        today: Callable[[], date],
    ) -> None:
        super().__init__()
        self._quiet = False
        self._new_key = new_key
        self._parts: dict[str, str] = {}
        """The texts of all sections, shown or not: a kind that is tried loses nothing."""
        self.title = PageTitle(_("Plan of care"))
        self.about = Muted("")
        self.status = Muted(_("Kept in the vault as you type"))
        self.student = Button(_("Choose the student"), "student")
        self.template = Choice(name=_("Start from a template"))
        self.head = Form()
        self.head.add("student", Field(_("Student"), self.student, required=True))
        self.head.add("template", Field(_("Start from a template"), self.template))
        self.kind = Choice(options["kinds"])
        self.head.add_row(
            title=Field(_("Title"), LineEdit(), required=True),
            kind=Field(_("Kind"), self.kind),
        )
        self.head.add_row(
            begins_on=Field(_("From"), DateEdit(None, today=today), required=True),
            review_on=Field(_("Review on"), DateEdit(None, today=today), required=True),
            tier=Field(_("Tier"), Choice(options["tiers"])),
        )
        self.sections = QWidget()
        self._section_column = QVBoxLayout(self.sections)
        self._section_column.setContentsMargins(0, 0, 0, 0)
        self._section_form = Form()
        self._section_column.addWidget(self._section_form)
        self.goals = Rows(
            _("Goals"),
            _("Add a goal"),
            lambda _place: self._goal(options["measures"], levels, levelled, today),
        )
        self.interventions = Rows(
            _("Interventions"),
            _("Add an intervention"),
            lambda _place: InterventionRow(self._goal_options()),
        )
        self.tasks = Rows(_("Tasks"), _("Add a task"), lambda _place: TaskRow(today))
        self.team = Rows(_("Team"), _("Add a member"), lambda _place: MemberRow())
        self.last = Form()
        self.last.add(
            "family", Field(_("The family’s part, in their words"), NoteText(lines=2, most=8))
        )
        self.last.add_row(
            consent=Field(_("Consent"), Choice(options["consents"])),
            consent_by=Field(_("Said by"), LineEdit()),
            consent_on=Field(_("On"), DateEdit(None, today=today)),
        )
        self.trouble = Words("", ink="bad")
        self.trouble.hide()
        self.agree_button = Button(_("Agree"), "signed", "primary")
        self.template_button = Button(_("Keep as a template"), "template")
        self.discard_button = Button(_("Discard"), "delete")
        self._lay()
        self._wire()

    def _goal(
        self, measures: Options, levels: Sequence[str], levelled: object, today: Callable[[], date]
    ) -> Row:
        row = GoalRow(measures, levels, levelled, today)
        row.hidden["key"] = self._new_key()
        return row

    def _lay(self) -> None:
        self._sheet = ScrollColumn(_("Plan of care"), width=940)
        column = self._sheet.body
        head = QVBoxLayout()
        head.setSpacing(look().gap(4))
        head.addWidget(self.title)
        head.addWidget(self.about)
        column.addLayout(head)
        first, second, last = Card(), Card(), Card()
        first.body.addWidget(self.head)
        second.body.addWidget(self.sections)
        last.body.addWidget(SectionTitle(_("Family and consent")))
        last.body.addWidget(self.last)
        for widget in (
            first, second, self.goals, self.interventions, self.tasks, self.team, last,
        ):  # fmt: skip
            column.addWidget(widget)
        column.addStretch(1)
        page = QVBoxLayout(self)
        page.setContentsMargins(0, 0, 0, 0)
        page.setSpacing(0)
        page.addWidget(self._sheet, 1)
        page.addWidget(Divider())
        page.addWidget(self._make_foot())

    def _make_foot(self) -> QWidget:
        foot = QWidget()
        foot.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        self._foot = QBoxLayout(QBoxLayout.Direction.LeftToRight, foot)
        gap = look().gap(24)
        self._foot.setContentsMargins(gap, look().gap(8), gap, look().gap(8))
        self._foot.setSpacing(look().gap(8))
        words = QVBoxLayout()
        words.addWidget(self.status)
        words.addWidget(self.trouble)
        self._hint = KeyHint("Ctrl+Return")
        buttons = QHBoxLayout()
        buttons.setSpacing(look().gap(8))
        for widget in (
            self.discard_button, self.template_button, self._hint, self.agree_button,
        ):  # fmt: skip
            buttons.addWidget(widget)
        self._foot.addLayout(words, 1)
        self._foot.addLayout(buttons)
        return foot

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put what is said over the buttons where the page is narrow."""
        super().resizeEvent(event)
        wide = self.width() >= look().px(820)
        way = QBoxLayout.Direction
        self._foot.setDirection(way.LeftToRight if wide else way.TopToBottom)
        self._hint.setVisible(wide)

    def _wire(self) -> None:
        self.student.clicked.connect(lambda _on=False: self.student_asked.emit())
        self.template.chosen.connect(self._choose_template)
        for form in (self.head, self.last):
            for name in form.names():
                if name != "template":
                    listen(form.field(name).editor, self._typed)
        for name, rows in self._rows().items():
            rows.edited.connect(self._typed)
            rows.ordered.connect(self.order_tabs)
            rows.dropped.connect(
                lambda place, values, name=name: self.row_dropped.emit(name, place, values)
            )
        self.goals.edited.connect(self._name_goals)
        self.agree_button.clicked.connect(lambda _on=False: self.agree.emit())
        self.template_button.clicked.connect(lambda _on=False: self.keep_template.emit())
        self.discard_button.clicked.connect(lambda _on=False: self.discard.emit())

    def _rows(self) -> dict[str, Rows]:
        return {
            "goals": self.goals, "interventions": self.interventions, "tasks": self.tasks,
            "team": self.team,
        }  # fmt: skip

    def rows(self, name: str) -> Rows:
        """Return the rows of this name."""
        return self._rows()[name]

    def _choose_template(self, value: object) -> None:
        if not self._quiet and value:
            self.template_chosen.emit(value)

    def _typed(self) -> None:
        if not self._quiet:
            self.edited.emit()

    # -- goals that interventions name -----------------------------------------------

    def _goal_options(self) -> list[tuple[object, str]]:
        found: list[tuple[object, str]] = [("", _("The plan as a whole"))]
        for place, row in enumerate(self.goals.rows, 1):
            values = row.values()
            words = " ".join(str(values["statement"]).split())
            if len(words) > _SHORTEST:
                words = f"{words[:_SHORTEST].rstrip()}…"
            named = _("{number}. {goal}").format(number=place, goal=words)
            found.append(
                (values["key"], named if words else _("Goal {number}").format(number=place))
            )
        return found

    def _name_goals(self) -> None:
        options = self._goal_options()
        for row in self.interventions.rows:
            if isinstance(row, InterventionRow):
                row.goal.set_options(options)

    # -- what the presenter shows ----------------------------------------------------

    def show_plan(self, values: Mapping[str, Any]) -> None:
        """Show what stands in the draft."""
        self._quiet = True
        try:
            self._parts = dict(values["sections"])
            for form in (self.head, self.last):
                for name in form.names():
                    if name in values and name in _PLAIN:
                        put(form.field(name).editor, values[name])
            for name, rows in self._rows().items():
                rows.show_rows(values[name])
            self._name_goals()
            for row, shown in zip(self.interventions.rows, values["interventions"], strict=True):
                row.show_values(shown)
        finally:
            self._quiet = False

    def show_sections(self, sections: Sequence[tuple[str, str, bool]]) -> None:
        """Offer the parts of the plan's kind: key, label, and whether one must be filled."""
        self._keep_parts()
        old = self._section_form
        self._section_column.removeWidget(old)
        old.hide()
        old.deleteLater()
        self._section_form = Form()
        self._section_column.addWidget(self._section_form)
        for key, label, required in sections:
            text = NoteText(self._parts.get(key, ""), lines=2, most=8)
            self._section_form.add(key, Field(label, text, required=required))
            listen(text, self._typed)
        self.order_tabs()

    def _keep_parts(self) -> None:
        for key in self._section_form.names():
            self._parts[key] = entered(self._section_form.field(key).editor)

    def values(self) -> dict[str, Any]:
        """Return what stands on the page."""
        self._keep_parts()
        found: dict[str, Any] = {}
        for form in (self.head, self.last):
            found |= {
                name: entered(form.field(name).editor) for name in form.names() if name in _PLAIN
            }
        found["sections"] = dict(self._parts)
        for name, rows in self._rows().items():
            found[name] = rows.values()
        return found

    def show_templates(self, options: Options) -> None:
        """Offer templates; none: the field is not there."""
        self._quiet = True
        self.template.set_options(options)
        self._quiet = False
        self.head.field("template").setVisible(len(options) > 1)

    def order_tabs(self) -> None:
        """Let Tab go down the page, whatever came and went."""
        stops: list[QWidget] = []
        for form in (self.head, self._section_form):
            stops += [form.field(name).editor for name in form.names()]
        for rows in self._rows().values():
            stops += rows.stops()
        stops += [self.last.field(name).editor for name in self.last.names()]
        stops += [self.discard_button, self.template_button, self.agree_button]
        tab_through(*stops)

    def clear(self) -> None:
        """Take all refusals back."""
        self.trouble.hide()
        for form in (self.head, self._section_form, self.last):
            form.clear()
        for rows in self._rows().values():
            rows.clear()

    def refuse(self, field: str, sentence: str) -> None:
        """Say at the field what would be accepted: `review_on`, `sections.needs`, `goals.0.target`.

        Where no field is meant, it is said over the buttons.
        """
        self.clear()
        first, _dot, rest = field.partition(".")
        if first in self._rows():
            place = self.rows(first).refuse(rest, sentence)
            if place is not None:
                self._sheet.ensureWidgetVisible(place)
            return
        for form, name in (
            (self._section_form, rest if first == "sections" else ""),
            (self.head, field),
            (self.last, field),
        ):
            if name in form.names() and form.refuse(name, sentence):
                self._sheet.ensureWidgetVisible(form.field(name))
                return
        self.trouble.setText(sentence)
        self.trouble.show()

    def say(self, status: str) -> None:
        """Say how the draft stands."""
        self.status.setText(status)

    def focus_first(self, name: str) -> None:
        """Go where writing begins."""
        self.head.field(name).setFocus(Qt.FocusReason.OtherFocusReason)
