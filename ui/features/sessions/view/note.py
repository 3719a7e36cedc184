"""The form of a note: what one types, and nothing of the rules."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from typing import Any

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from app.kernel.words import _
from ui.features.sessions.view.sole_button import SoleButton
from ui.features.sessions.view.student_picker import StudentPicker
from ui.kit.look import Kind, look
from ui.kit.tab_order import tab_through
from ui.kit.widgets.buttons import Button
from ui.kit.widgets.editors import Chips, Choice, DateEdit, LineEdit, NoteText, TimeEdit
from ui.kit.widgets.fields import Field
from ui.kit.widgets.goals import GoalOffered, GoalsTicked
from ui.kit.widgets.headings import (
    Card,
    Chip,
    Divider,
    KeyHint,
    Muted,
    PageTitle,
    SectionTitle,
    Words,
)
from ui.kit.widgets.mentions import MentionsPanel

Option = tuple[object, str]
_BESIDE, _BELOW = QBoxLayout.Direction.LeftToRight, QBoxLayout.Direction.TopToBottom


@dataclass(frozen=True, slots=True)
class Part:
    """One section as the form shows it."""

    key: str
    title: str
    hint: str = ""
    text: str = ""


class NoteView(QWidget):
    """The page of a note: the writing on the leading side, the facts beside it."""

    edited = Signal(str)
    """Emitted with the name of the entry a person changed."""
    template_chosen = Signal(str)
    sign = Signal()
    keep = Signal()
    discard = Signal()
    make_sole = Signal()

    def __init__(self, today: Callable[[], date], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._today = today
        self._quiet = False
        self._parts: list[tuple[Part, Field, SectionText]] = []
        self._fields: dict[str, Field] = {}
        self._build_editors()
        self._build_fields()
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setAccessibleName(_("Note"))
        self._scroll.setWidget(self._build_sheet())
        page = QVBoxLayout(self)
        page.setContentsMargins(0, 0, 0, 0)
        page.setSpacing(0)
        page.addWidget(self._build_head())
        page.addWidget(self._scroll, 1)
        self.names = MentionsPanel(self)
        page.addWidget(self.names)
        page.addWidget(Divider())
        page.addWidget(self._build_foot())
        self._order()

    # -- building --------------------------------------------------------------------

    def _build_editors(self) -> None:
        self.student = StudentPicker()
        self.minutes = LineEdit()
        self.minutes.setInputMethodHints(Qt.InputMethodHint.ImhDigitsOnly)
        self.service = Choice(find=True)
        self.on = DateEdit(today=self._today)
        self.at = TimeEdit()
        self.attendance = Chips(exclusive=True)
        self.attendance_reason = LineEdit()
        self.template = Choice()
        self.late_reason = LineEdit()
        self.reason = LineEdit()
        self.place = Choice()
        self.school = Choice(find=True)
        self.present = LineEdit("", _("Teacher, parent, interpreter"))
        self.interventions = Chips()
        self.category = Choice()
        self.mandate = Choice()
        self.goals = GoalsTicked()
        self.goals.edited.connect(lambda: self._changed("goals"))
        self.goals.offered.connect(self._order)
        self.next_step = LineEdit("", _("Call home, see again, refer"))
        self.next_on = DateEdit(today=self._today)
        self.next_on.setPlaceholderText(_("No day yet"))
        for name, line in (
            ("minutes", self.minutes),
            ("attendance_reason", self.attendance_reason),
            ("late_reason", self.late_reason),
            ("reason", self.reason),
            ("present", self.present),
            ("next_step", self.next_step),
            ("on", self.on),
            ("at", self.at),
            ("next_on", self.next_on),
        ):
            line.textChanged.connect(lambda _text, name=name: self._changed(name))
        for name, choice in (
            ("service", self.service),
            ("place", self.place),
            ("school", self.school),
            ("category", self.category),
            ("mandate_id", self.mandate),
        ):
            choice.chosen.connect(lambda _value, name=name: self._changed(name))
        self.attendance.chosen.connect(lambda _value: self._changed("attendance"))
        self.interventions.chosen.connect(lambda _values: self._changed("interventions"))
        self.template.chosen.connect(self._template_changed)
        self.student.picked.connect(lambda _student: self._changed("student"))

    def _build_fields(self) -> None:
        for name, label, editor, hint in (
            ("student", _("Student"), self.student, ""),
            ("minutes", _("Minutes"), self.minutes, ""),
            ("service", _("Kind of service"), self.service, ""),
            ("on", _("Day"), self.on, ""),
            ("at", _("Began at"), self.at, ""),
            ("attendance", _("Attendance"), self.attendance, ""),
            ("attendance_reason", _("Why it did not take place"), self.attendance_reason, ""),
            ("template", _("Format"), self.template, ""),
            ("late_reason", _("Late entry: why it is written now"), self.late_reason, ""),
            (
                "reason",
                _("What is corrected, and why"),
                self.reason,
                _("Stays beside the correction for whoever reads the note."),
            ),
            ("place", _("Place"), self.place, ""),
            ("school", _("Building"), self.school, ""),
            ("present", _("Who else was present"), self.present, ""),
            ("interventions", _("Interventions"), self.interventions, ""),
            ("category", _("Use of time"), self.category, ""),
            ("mandate_id", _("Counts toward"), self.mandate, ""),
            ("next_step", _("Next step"), self.next_step, ""),
            ("next_on", _("Comes back on Today"), self.next_on, ""),
        ):
            self._fields[name] = Field(label, editor, hint)

    def _build_head(self) -> QWidget:
        self.title = PageTitle("")
        self.title.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.state_chip = Chip("", Kind.ACCENT)
        self.late_chip = Chip(_("Late entry"), Kind.WARN, "late")
        self.sole_chip = Chip(_("From a sole-possession note"), Kind.SOLE, "sole")
        head = QWidget()
        row = QHBoxLayout(head)
        gap = look().gap(24)
        row.setContentsMargins(gap, look().gap(16), gap, look().gap(8))
        row.setSpacing(look().gap(8))
        row.addWidget(self.title, 1)
        for chip in (self.sole_chip, self.late_chip, self.state_chip):
            chip.hide()
            row.addWidget(chip, 0, Qt.AlignmentFlag.AlignVCenter)
        self.sole_button = SoleButton(_("Make it sole possession"))
        self.sole_button.setAccessibleDescription(
            _(
                "For your own memory only: the note leaves the record and is in no export,"
                " report or hand-over."
            )
        )
        self.sole_button.setToolTip(self.sole_button.accessibleDescription())
        self.sole_button.clicked.connect(self.make_sole)
        row.addWidget(self.sole_button)
        return head

    def _build_sheet(self) -> QWidget:
        sheet = QWidget()
        self._columns = QBoxLayout(QBoxLayout.Direction.LeftToRight, sheet)
        gap = look().gap(24)
        self._columns.setContentsMargins(gap, look().gap(8), gap, gap)
        self._columns.setSpacing(gap)
        self._columns.addWidget(self._build_writing(), 5)
        self._columns.addWidget(self._build_facts(), 3, Qt.AlignmentFlag.AlignTop)
        return sheet

    def _build_writing(self) -> QWidget:
        writing = QWidget()
        column = QVBoxLayout(writing)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(look().gap(12))
        self.original = Card()
        self.original_title = SectionTitle("")
        self.original_detail = Muted("")
        self.original_text = Words("")
        self.original_text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.original_text.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.original_text.setAccessibleDescription(_("The note as it reads today"))
        self.original.body.addWidget(self.original_title)
        self.original.body.addWidget(self.original_detail)
        self.original.body.addWidget(self.original_text)
        self.original.hide()
        column.addWidget(self.original)
        column.addWidget(self._fields["student"])
        self._when = QWidget()
        self._when_rows = QBoxLayout(QBoxLayout.Direction.LeftToRight, self._when)
        self._when_rows.setContentsMargins(0, 0, 0, 0)
        self._when_rows.setSpacing(look().gap(12))
        for share, names in ((7, (("minutes", 2), ("service", 5))), (6, (("on", 1), ("at", 1)))):
            row = QHBoxLayout()
            row.setSpacing(look().gap(12))
            for name, part in names:
                row.addWidget(self._fields[name], part, Qt.AlignmentFlag.AlignTop)
            self._when_rows.addLayout(row, share)
        column.addWidget(self._when)
        column.addWidget(self._fields["late_reason"])
        column.addWidget(self._fields["reason"])
        self._sections = QVBoxLayout()
        self._sections.setSpacing(look().gap(12))
        column.addLayout(self._sections)
        self._next = QWidget()
        row = QHBoxLayout(self._next)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(look().gap(12))
        row.addWidget(self._fields["next_step"], 5, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self._fields["next_on"], 3, Qt.AlignmentFlag.AlignTop)
        column.addWidget(self._next)
        column.addStretch(1)
        self._fields["late_reason"].hide()
        self._fields["reason"].hide()
        return writing

    def _build_facts(self) -> QWidget:
        self._facts = QWidget()
        column = QVBoxLayout(self._facts)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(look().gap(12))
        for name in (
            "template", "attendance", "attendance_reason", "place", "school", "present",
            "interventions", "category", "mandate_id",
        ):  # fmt: skip
            column.addWidget(self._fields[name])
        column.addWidget(self.goals)
        self.goals.hide()
        self._fields["attendance_reason"].hide()
        self._fields["category"].hide()
        self._fields["mandate_id"].hide()
        return self._facts

    def _build_foot(self) -> QWidget:
        self.status = Muted("")
        self.status.setAccessibleDescription(_("Saved"))
        self.discard_button = Button(_("Discard"), "delete", "quiet")
        self.keep_button = Button(_("Keep for signing"), "save")
        self.sign_button = Button(_("Sign"), "sign", "primary")
        self.discard_button.clicked.connect(self.discard)
        self.keep_button.clicked.connect(self.keep)
        self.sign_button.clicked.connect(self.sign)
        self._hints = (KeyHint("Ctrl+S"), KeyHint("Ctrl+Enter"))
        buttons = QHBoxLayout()
        buttons.setSpacing(look().gap(8))
        for button in (
            self.discard_button, self.keep_button, self._hints[0], self.sign_button,
            self._hints[1],
        ):  # fmt: skip
            buttons.addWidget(button)
        foot = QWidget()
        foot.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        self._foot = QBoxLayout(QBoxLayout.Direction.LeftToRight, foot)
        gap = look().gap(24)
        self._foot.setContentsMargins(gap, look().gap(8), gap, look().gap(8))
        self._foot.setSpacing(look().gap(8))
        self._foot.addWidget(self.status, 1)
        self._foot.addLayout(buttons)
        return foot

    # -- showing ---------------------------------------------------------------------

    def offer(
        self,
        *,
        services: Sequence[Option],
        interventions: Sequence[Option],
        templates: Sequence[Option],
        schools: Sequence[Option],
        places: Sequence[Option],
        attendance: Sequence[Option],
    ) -> None:
        """Offer these choices."""
        self._quiet = True
        self.service.set_options(services)
        self.interventions.set_options(interventions)
        self.template.set_options(templates)
        self.school.set_options(schools)
        self.place.set_options(places)
        self.attendance.set_options(attendance)
        self._fields["school"].setVisible(len(schools) > 1)
        self._quiet = False
        self._arrange()

    def offer_category(self, options: Sequence[Option], value: str) -> None:
        """Offer the categories of time, the usual one first; none where no time is kept."""
        self._offer_quietly(self.category, options, value)
        self._fields["category"].setVisible(bool(options))

    def offer_mandates(self, options: Sequence[Option], value: str) -> None:
        """Offer what the session can count toward; where there is nothing, nothing is asked."""
        self._offer_quietly(self.mandate, options, value)
        self._fields["mandate_id"].setVisible(bool(options))

    def offer_goals(self, goals: Sequence[GoalOffered]) -> None:
        """Offer the goals of the student's open plans; none: nothing is asked."""
        quiet, self._quiet = self._quiet, True
        self.goals.offer(goals)
        self._quiet = quiet

    def _offer_quietly(self, choice: Choice, options: Sequence[Option], value: str) -> None:
        quiet, self._quiet = self._quiet, True
        choice.set_options(options)
        choice.set_value(value)
        self._quiet = quiet

    def show_values(self, values: Mapping[str, Any]) -> None:
        """Show the form as it stands; nothing counts as typed."""
        self._quiet = True
        for name in (
            "minutes",
            "attendance_reason",
            "late_reason",
            "reason",
            "present",
            "next_step",
        ):
            getattr(self, name).setText(values[name])
        self.service.set_value(values["service_id"])
        self.place.set_value(values["place"])
        self.school.set_value(values["school_id"])
        self._show_beginnings()
        self.attendance.set_value(values["attendance"])
        self.interventions.set_values(list(values["interventions"]))
        self.template.set_value(values["template_id"])
        self.on.set_value(_day(values["on"]))
        self.at.set_value(_time(values["at"]))
        self.next_on.set_value(_day(values["next_on"]))
        self.goals.show_kept(values["goals"])
        self._quiet = False
        self.clear_refusals()

    def _show_beginnings(self) -> None:
        """Show the first letters of what is chosen where there is no room for all."""
        for choice in (self.service, self.school):
            line = choice.lineEdit()
            if line is not None:
                line.setCursorPosition(0)

    def show_start(self, on: str, at: str) -> None:
        """Show when the session began; nothing counts as typed."""
        self._quiet = True
        self.on.set_value(_day(on))
        self.at.set_value(_time(at))
        self._quiet = False

    def show_next_on(self, day: str) -> None:
        """Show when the next step comes back; nothing counts as typed."""
        self._quiet = True
        self.next_on.set_value(_day(day))
        self._quiet = False

    def show_sections(self, parts: Sequence[Part]) -> None:
        """Show these sections; a text editor stays where its section stays."""
        kept = {part.key: (field, editor) for part, field, editor in self._parts}
        focused = next((p.key for p, _f, editor in self._parts if editor.hasFocus()), "")
        self._parts = []
        for place, part in enumerate(parts):
            found = kept.pop(part.key, None)
            if found is None or found[0].label.text() != part.title:
                if found is not None:
                    self._drop(found[0])
                found = self._new_section(part)
            field, editor = found
            editor.setPlaceholderText(part.hint)
            with QSignalBlocker(editor):
                editor.set_text(part.text)
            self._sections.insertWidget(place, field)
            self._parts.append((part, field, editor))
        for field, _editor in kept.values():
            self._drop(field)
        self._watch_names()
        for _part, _field, editor in self._parts:
            editor.set_limits(*((12, 18) if len(parts) == 1 else (3, 8)))
        self._order()
        for part, _field, editor in self._parts:
            if part.key == focused:
                editor.setFocus()

    def _new_section(self, part: Part) -> tuple[Field, "SectionText"]:
        editor = SectionText(part.text, part.hint)
        editor.textChanged.connect(lambda: self._changed("sections"))
        return Field(part.title or _("Text"), editor), editor

    def _watch_names(self) -> None:
        """Mark names of others in every text that goes into the record."""
        entries: list[tuple[str, str, QPlainTextEdit | QLineEdit]] = [
            (f"section:{part.key}", part.title or _("Text"), editor)
            for part, _field, editor in self._parts
        ]
        entries += [
            (name, self._fields[name].label.text(), editor)
            for name, editor in (
                ("attendance_reason", self.attendance_reason),
                ("present", self.present),
                ("next_step", self.next_step),
                ("late_reason", self.late_reason),
                ("reason", self.reason),
            )
        ]
        self.names.watch(entries)

    def _drop(self, field: Field) -> None:
        self._sections.removeWidget(field)
        field.hide()
        field.deleteLater()

    def show_kind(self, kind: str, title: str) -> None:
        """Show the parts of the form that this kind of draft has."""
        session = kind == "session"
        self.title.setText(title)
        session_only = (
            self._fields["student"], self._when, self._next, self._facts, self.sole_button,
        )  # fmt: skip
        for widget in session_only:
            widget.setVisible(session)
        self._fields["reason"].setVisible(kind == "amendment")
        self.original.setVisible(not session)

    def show_attendance_reason(self, *, on: bool) -> None:
        """Ask for the reason of a session that did not take place, or not."""
        self._fields["attendance_reason"].setVisible(on)

    def show_late(self, *, on: bool) -> None:
        """Say that this will be a late entry and ask why, or not."""
        self._fields["late_reason"].setVisible(on)
        self.late_chip.setVisible(on)

    # -- what was typed --------------------------------------------------------------

    def values(self) -> dict[str, Any]:
        """Return every entry as it stands, by the name the draft has for it."""
        on, at, next_on = self.on.value(), self.at.value(), self.next_on.value()
        return {
            "on": on.isoformat() if on else self.on.text(),
            "at": at.strftime("%H:%M") if at else self.at.text(),
            "minutes": self.minutes.text(),
            "service_id": str(self.service.value() or ""),
            "place": str(self.place.value() or ""),
            "school_id": str(self.school.value() or ""),
            "attendance": str(self.attendance.value() or ""),
            "attendance_reason": self.attendance_reason.text(),
            "present": self.present.text(),
            "interventions": tuple(str(value) for value in self.interventions.values()),
            "category": str(self.category.value() or ""),
            "mandate_id": str(self.mandate.value() or ""),
            "goals": self.goals.goals(),
            "next_step": self.next_step.text(),
            "next_on": next_on.isoformat() if next_on else self.next_on.text(),
            "late_reason": self.late_reason.text(),
            "reason": self.reason.text(),
        }

    def sections(self) -> list[tuple[str, str, str]]:
        """Return key, title and text of each section."""
        return [(part.key, part.title, editor.text()) for part, _field, editor in self._parts]

    def _changed(self, name: str) -> None:
        if self._quiet:
            return
        if name == "sections":
            for _part, field, _editor in self._parts:
                field.clear()
        elif name in self._fields:
            self._fields[name].clear()
        self.edited.emit(name)

    def _template_changed(self, value: object) -> None:
        if not self._quiet and value:
            self.template_chosen.emit(str(value))

    # -- refusals and focus ----------------------------------------------------------

    def refuse(self, name: str, sentence: str) -> bool:
        """Show a refusal at the entry called `name` and go there; False if there is none."""
        if name.startswith("goals."):
            goal = self.goals.refuse(name.removeprefix("goals."), sentence)
            if goal is not None:
                self._scroll.ensureWidgetVisible(goal)
            return goal is not None
        field = self._parts[0][1] if name == "sections" and self._parts else self._fields.get(name)
        if field is None:
            return False
        field.show()
        field.refuse(sentence)
        field.setFocus(Qt.FocusReason.OtherFocusReason)
        self._scroll.ensureWidgetVisible(field)
        return True

    def clear_refusals(self) -> None:
        """Take all refusals back."""
        for field in (*self._fields.values(), *(field for _p, field, _e in self._parts)):
            field.clear()

    def focus_first(self) -> None:
        """Put the focus where writing goes on: the first entry that is empty."""
        if self._fields["student"].isVisibleTo(self) and not self.student.student():
            self.student.setFocus(Qt.FocusReason.OtherFocusReason)
        elif self._fields["reason"].isVisibleTo(self):
            self.reason.setFocus(Qt.FocusReason.OtherFocusReason)
        elif self._fields["student"].isVisibleTo(self) and not any(
            editor.text() for _p, _f, editor in self._parts
        ):
            self.focus_minutes()
        elif self._parts:
            self._parts[0][2].setFocus(Qt.FocusReason.OtherFocusReason)

    def focus_minutes(self) -> None:
        """Go to the minutes, ready to be typed over."""
        self.minutes.setFocus(Qt.FocusReason.OtherFocusReason)
        self.minutes.selectAll()

    def focus_category(self) -> None:
        """Go to the category of time, with all of them in sight."""
        if self._fields["category"].isVisibleTo(self):
            self._scroll.ensureWidgetVisible(self._fields["category"])
            self.category.setFocus(Qt.FocusReason.ShortcutFocusReason)
            self.category.showPopup()

    def scroll_place(self) -> int:
        """Return how far down one is."""
        return self._scroll.verticalScrollBar().value()

    def scroll_to(self, place: int) -> None:
        """Go as far down."""
        self._scroll.verticalScrollBar().setValue(place)

    def focused_section(self) -> tuple[str, int]:
        """Return the key of the section with the focus and where the cursor stands in it."""
        for part, _field, editor in self._parts:
            if editor.hasFocus():
                return part.key, editor.textCursor().position()
        return "", 0

    def focus_section(self, key: str, position: int) -> bool:
        """Put the cursor back into a section."""
        for part, _field, editor in self._parts:
            if part.key == key:
                cursor = editor.textCursor()
                cursor.setPosition(min(position, len(editor.text())))
                editor.setTextCursor(cursor)
                editor.setFocus(Qt.FocusReason.OtherFocusReason)
                return True
        return False

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the facts under the writing where the page is narrow."""
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        """Lay out in two columns where the words have room in them, else in one."""
        wide = self.width() >= look().px(820)
        roomy = wide or self.width() >= look().px(560)
        for columns, lines in ((wide, not roomy), (wide, True), (False, not roomy)):
            self._columns.setDirection(_BESIDE if columns else _BELOW)
            self._when_rows.setDirection(_BELOW if lines else _BESIDE)
            if self._columns.minimumSize().width() <= self.width():
                break
        self._foot.setDirection(_BESIDE if wide else _BELOW)
        for hint in self._hints:
            hint.setVisible(wide)

    def _order(self) -> None:
        """Let Tab follow the eye: student, minutes, kind, when, text, next step, facts, buttons."""
        tab_through(
            self.student,
            self.minutes,
            self.service,
            self.on,
            self.at,
            self.late_reason,
            self.reason,
            *(editor for _p, _f, editor in self._parts),
            self.next_step,
            self.next_on,
            self.template,
            self.attendance,
            self.attendance_reason,
            self.place,
            self.school,
            self.present,
            self.interventions,
            self.category,
            self.mandate,
            *self.goals.stops(),
            self.sole_button,
            self.discard_button,
            self.keep_button,
            self.sign_button,
        )


class SectionText(NoteText):
    """A section's text; its limits follow how many sections share the page."""

    def set_limits(self, lines: int, most: int) -> None:
        """Show at least `lines` and at most `most` lines."""
        self._low, self._high = lines, most
        self._grow()


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _time(text: str) -> time | None:
    try:
        return time.fromisoformat(text)
    except ValueError:
        return None
