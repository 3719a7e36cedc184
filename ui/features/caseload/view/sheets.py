"""The sheets of this room: what is typed is handed on as it stands."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from PySide6.QtWidgets import QWidget

from app.kernel.words import _
from ui.kit.widgets.entry_sheet import EntrySheet
from ui.kit.widgets.fields import Check, Chips, Choice, DateEdit, Field, LineEdit, NoteText
from ui.kit.widgets.headings import Muted, SectionTitle

Options = Sequence[tuple[object, str]]


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
        self.form.add_row(
            decided_on=Field(_("Decided on"), DateEdit(today(), today=today)),
            look_again_on=Field(_("Look again on"), DateEdit(None, today=today)),
        )
        self.known = Muted("")
        self.form.add_widget(SectionTitle(_("What is known today")))
        self.form.add_widget(self.known)
        self.tiers.setFocus()

    def show_known(self, words: str) -> None:
        """Show what is kept with the decision."""
        self.known.setText(words)


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
