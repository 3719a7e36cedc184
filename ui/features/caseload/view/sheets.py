"""The sheets of this room: what is typed is handed on as it stands."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QFrame, QScrollArea, QSizePolicy, QWidget

from app.kernel.words import _
from ui.kit.announce import announce
from ui.kit.look import look
from ui.kit.widgets.dialogs import Sheet
from ui.kit.widgets.fields import Check, Chips, Choice, DateEdit, Field, Form, LineEdit, NoteText
from ui.kit.widgets.headings import SectionTitle, Words

Options = Sequence[tuple[object, str]]


class _Scroll(QScrollArea):
    """As high as what it holds, until the sheet has no more room."""

    def __init__(self, inner: QWidget) -> None:
        super().__init__()
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setWidget(inner)
        self._inner = inner

    def sizeHint(self) -> QSize:
        width = max(self.width(), look().px(320))
        return QSize(width, self.heightForWidth(width))

    def minimumSizeHint(self) -> QSize:
        return QSize(look().px(200), look().px(96))

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        layout = self._inner.layout()
        height = layout.heightForWidth(width) if layout is not None else -1
        return height if height > 0 else self._inner.sizeHint().height()


class EntrySheet(Sheet):
    """A form on a sheet; `entered` gives what stands in its fields, by their names."""

    entered = Signal(object)

    def __init__(
        self,
        title: str,
        save: str,
        text: str = "",
        *,
        width: int = 520,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(title, text, width=width, parent=parent)
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.form = Form()
        self._anyway = False
        self._scroll = _Scroll(self.form)
        self.body.addWidget(self._scroll, 1)
        self.trouble = Words("", ink="bad")
        self.trouble.hide()
        self.body.addWidget(self.trouble)
        self.add_close()
        self.anyway_button = self.add_button(_("Save anyway"))
        self.anyway_button.hide()
        self.anyway_button.clicked.connect(self._enter_anyway)
        self.save_button = self.add_button(save, "primary")
        self.save_button.clicked.connect(self._enter)

    def values(self) -> dict[str, Any]:
        """Return what stands in the fields; days as ISO text, or as typed if they are none."""
        found = {name: _entered(self.form.field(name).editor) for name in self.form.names()}
        found["anyway"] = self._anyway
        return found

    def take_up(self, entries: Mapping[str, Any], say: str) -> None:
        """Put back what was typed before, as `values` gave it, and say so."""
        for name in self.form.names():
            if name in entries:
                _put(self.form.field(name).editor, entries[name])
        self.text.setText(say)
        self.text.show()
        announce(self.text, say)

    def refuse(self, field: str, sentence: str, *, can_insist: bool = False) -> None:
        """Say at the field what would be accepted; over the buttons where no field is meant."""
        self.wait(on=False)
        self.anyway_button.setVisible(can_insist)
        if self.form.refuse(field, sentence):
            self._scroll.ensureWidgetVisible(self.form.field(field))
            return
        self.trouble.setText(sentence)
        self.trouble.show()
        announce(self.trouble, sentence, urgent=True)

    def wait(self, *, on: bool) -> None:
        """Take no second order while the first is carried out."""
        self.save_button.setEnabled(not on)
        self.anyway_button.setEnabled(not on)

    def _enter(self) -> None:
        self._hand_on(anyway=False)

    def _enter_anyway(self) -> None:
        self._hand_on(anyway=True)

    def _hand_on(self, *, anyway: bool) -> None:
        self._anyway = anyway
        self.form.clear()
        self.trouble.hide()
        self.anyway_button.hide()
        self.wait(on=True)
        self.entered.emit(self.values())


def _entered(editor: QWidget) -> Any:
    if isinstance(editor, DateEdit):
        day = editor.value()
        return day.isoformat() if day else editor.text().strip()
    if isinstance(editor, Chips):
        return editor.value() if editor.exclusive else editor.values()
    if isinstance(editor, Choice):
        return editor.value()
    if isinstance(editor, Check):
        return editor.isChecked()
    if isinstance(editor, NoteText):
        return editor.text()
    if isinstance(editor, LineEdit):
        return editor.text()
    raise TypeError(editor)


def _put(editor: QWidget, entry: Any) -> None:
    if isinstance(editor, DateEdit):
        try:
            editor.set_value(date.fromisoformat(entry) if entry else None)
        except ValueError:
            editor.setText(str(entry))
    elif isinstance(editor, Chips):
        if editor.exclusive:
            editor.set_value(entry)
        else:
            editor.set_values(entry)
    elif isinstance(editor, Choice):
        editor.set_value(entry)
    elif isinstance(editor, Check):
        editor.setChecked(bool(entry))
    elif isinstance(editor, NoteText):
        editor.set_text(str(entry))
    elif isinstance(editor, LineEdit):
        editor.setText(str(entry))
    else:
        raise TypeError(editor)


class _Reasons(Chips):
    """Usual reasons under a line; choosing one writes it there."""

    def __init__(self, reasons: Sequence[str], line: LineEdit) -> None:
        super().__init__([(reason, reason) for reason in reasons], exclusive=True)
        self.setAccessibleName(_("Usual reasons"))
        self._line = line
        self.chosen.connect(lambda reason: line.setText(str(reason or "")))
        line.textEdited.connect(lambda text: self.set_value(text.strip()))


class CaseloadSheet(EntrySheet):
    """Puts students on the caseload or takes them off: a day and a reason."""

    def __init__(
        self,
        title: str,
        save: str,
        text: str,
        day_field: str,
        reasons: Sequence[str],
        today: Callable[[], date],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(title, save, text, parent=parent)
        self.reason = LineEdit()
        self.form.add("reason", Field(_("Reason"), self.reason, required=True))
        self.form.add_widget(_Reasons(reasons, self.reason))
        self.form.add(day_field, Field(_("Day"), DateEdit(today(), today=today)))
        self.reason.setFocus()


class TierSheet(EntrySheet):
    """Decides a tier: which, since when, and why."""

    def __init__(
        self,
        text: str,
        tiers: Options,
        current: object,
        today: Callable[[], date],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(_("Decide the tier"), _("Decide"), text, width=560, parent=parent)
        self.tiers = Chips(tiers, exclusive=True)
        if current is not None:
            self.tiers.set_value(current)
        self.form.add("tier", Field(_("Tier"), self.tiers))
        self.form.add(
            "reason",
            Field(
                _("Reason"),
                NoteText(lines=2, most=6),
                _("What the decision rests on: data, a team meeting, a request."),
                required=True,
            ),
        )
        self.form.add("decided_on", Field(_("Decided on"), DateEdit(today(), today=today)))
        self.tiers.setFocus()


class AlertSheet(EntrySheet):
    """Adds an alert: what kind, and what one must know."""

    def __init__(self, kinds: Options, parent: QWidget | None = None) -> None:
        super().__init__(
            _("Add an alert"),
            _("Add alert"),
            _("Alerts stand at the top of the student’s page for whoever meets the student."),
            parent=parent,
        )
        kind = Chips(kinds, exclusive=True)
        kind.set_value(kinds[0][0])
        self.form.add("kind", Field(_("Kind"), kind))
        words = NoteText(lines=2, most=6)
        self.form.add("text", Field(_("What one must know"), words, required=True))
        words.setFocus()


class TagSheet(EntrySheet):
    """Adds a tag: a new word, or one in use."""

    def __init__(self, text: str, in_use: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(_("Add a tag"), _("Add tag"), text, parent=parent)
        line = LineEdit()
        self.form.add(
            "label", Field(_("Tag"), line, _("A word to group students by."), required=True)
        )
        if in_use:
            offered = Chips([(label, label) for label in in_use], exclusive=True)
            offered.setAccessibleName(_("Tags in use"))
            offered.chosen.connect(lambda label: line.setText(str(label or "")))
            self.form.add_widget(offered)
        line.setFocus()


class LeftSheet(EntrySheet):
    """Marks a student as having left: when, and perhaps why."""

    def __init__(self, today: Callable[[], date], parent: QWidget | None = None) -> None:
        super().__init__(
            _("Mark as left"),
            _("Mark as left"),
            _("Everything recorded stays. The student can be marked as returned at any time."),
            parent=parent,
        )
        day = DateEdit(today(), today=today)
        self.form.add("left_on", Field(_("Left on"), day))
        self.form.add("reason", Field(_("Reason"), LineEdit()))
        day.setFocus()


class NameSheet(EntrySheet):
    """Asks for a school's name."""

    def __init__(
        self, title: str, save: str, name: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(title, save, parent=parent)
        line = LineEdit(name)
        self.form.add("name", Field(_("Name of the school"), line, required=True))
        line.setFocus()
        line.selectAll()


class GuardianSheet(EntrySheet):
    """A guardian: who, what they are to the student, and how and when to reach them."""

    def __init__(
        self,
        title: str,
        save: str,
        ways: Options,
        entries: Mapping[str, Any],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(title, save, width=640, parent=parent)

        def line(name: str) -> LineEdit:
            return LineEdit(str(entries.get(name, "")))

        first = line("given_name")
        self.form.add_row(
            given_name=Field(_("First name"), first),
            family_name=Field(_("Last name"), line("family_name")),
        )
        self.form.add_row(
            relation=Field(
                _("Relation"), line("relation"), _("Mother, grandfather, foster parent")
            ),
            language=Field(_("Language"), line("language")),
        )
        self.form.add_row(
            lives_with=Field(_("Home"), _check(_("Lives with the student"), entries, "lives_with")),
            interpreter=Field(
                _("Talking"), _check(_("Needs an interpreter"), entries, "interpreter")
            ),
        )
        self.form.add_widget(SectionTitle(_("How to reach them")))
        self.form.add_row(
            phone=Field(_("Phone"), line("phone")),
            sms=Field(_("Number for text messages"), line("sms")),
        )
        self.form.add_row(
            email=Field(_("Email"), line("email")),
            reach_when=Field(_("Best time"), line("reach_when"), _("After 3 PM, never at work")),
        )
        by = Chips(ways, exclusive=True)
        by.set_value(entries.get("reach_by", ""))
        self.form.add("reach_by", Field(_("Best way"), by))
        self.form.add(
            "do_not_contact",
            Field(
                _("Do not contact, because"),
                line("do_not_contact"),
                _("Leave empty if this person may be contacted."),
            ),
        )
        first.setFocus()


def _check(text: str, entries: Mapping[str, Any], name: str) -> Check:
    box = Check(text)
    box.setChecked(bool(entries.get(name)))
    return box


class StudentSheet(EntrySheet):
    """A student's profile, to write or to change."""

    def __init__(
        self,
        title: str,
        save: str,
        entries: Mapping[str, str],
        grades: Options,
        schools: Options,
        sexes: Options,
        today: Callable[[], date],
        *,
        adding: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(title, save, width=680, parent=parent)

        def line(name: str) -> LineEdit:
            return LineEdit(entries.get(name, ""))

        def choice(options: Options, name: str) -> Choice:
            made = Choice(options)
            made.set_value(entries.get(name, ""))
            return made

        first = line("given_name")
        self.form.add_row(
            given_name=Field(_("First name"), first),
            family_name=Field(_("Last name"), line("family_name")),
        )
        self.form.add_row(
            preferred_name=Field(_("Preferred name"), line("preferred_name")),
            pronouns=Field(_("Pronouns"), line("pronouns")),
            middle_name=Field(_("Middle name"), line("middle_name")),
        )
        born = entries.get("birth_date", "")
        self.form.add_row(
            school_id=Field(_("School"), choice(schools, "school_id")),
            grade=Field(_("Grade"), choice(grades, "grade")),
        )
        self.form.add_row(
            birth_date=Field(
                _("Date of birth"),
                DateEdit(date.fromisoformat(born) if born else None, today=today),
            ),
            sex=Field(_("Sex on record"), choice(sexes, "sex")),
            language=Field(_("Language at home"), line("language")),
        )
        self.form.add_row(
            student_number=Field(_("Student number"), line("student_number")),
            state_id=Field(_("State number"), line("state_id")),
        )
        self.form.add_row(
            email=Field(_("Email"), line("email")), phone=Field(_("Phone"), line("phone"))
        )
        if adding:
            self.form.add(
                "caseload_reason",
                Field(
                    _("Put on my caseload, because"),
                    LineEdit(),
                    _("Leave empty to add the student without it."),
                ),
            )
        first.setFocus()
