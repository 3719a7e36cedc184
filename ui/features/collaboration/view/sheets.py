"""The sheets of this room: what is typed is handed on as it stands."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, time

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCompleter, QWidget

from app.kernel.words import _, pgettext
from ui.kit.part2 import Part2Button
from ui.kit.widgets.entry_sheet import EntrySheet
from ui.kit.widgets.fields import (
    Chips,
    Choice,
    DateEdit,
    Field,
    LineEdit,
    NoteText,
    TimeEdit,
)
from ui.kit.widgets.headings import SectionTitle, Words

Options = Sequence[tuple[object, str]]


def name_line(names: Sequence[str], text: str = "") -> LineEdit:
    """Return a line that offers names while one types; any other can be typed."""
    line = LineEdit(text)
    finder = QCompleter(list(dict.fromkeys(names)), line)
    finder.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
    finder.setFilterMode(Qt.MatchFlag.MatchContains)
    line.setCompleter(finder)
    return line


def chips(options: Options, value: object | None = None) -> Chips:
    """Return one of a few, in sight, with one of them chosen."""
    made = Chips(options, exclusive=True)
    if value is not None:
        made.set_value(value)
    return made


class ConcernEntry(EntrySheet):
    """A concern as it is told, or as it stands on the form."""

    def __init__(
        self,
        text: str,
        options: Mapping[str, Options],
        counted: Sequence[tuple[str, str]],
        names: Sequence[str],
        today: Callable[[], date],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(
            _("Raise a concern"), _("Keep the concern"), text, width=760, parent=parent
        )
        raiser = chips(options["raiser"], options["raiser"][0][0])
        self.form.add("raiser", Field(_("Who raised it"), raiser))
        self.form.add_row(
            raiser_name=Field(_("Their name"), name_line(names)),
            raised_on=Field(_("Day"), DateEdit(today(), today=today)),
        )
        self.form.add(
            "words",
            Field(
                _("What was noticed"),
                NoteText(lines=3, most=10),
                _("What was seen and heard, not what it may mean"),
            ),
        )
        self.form.add_row(
            whose_words=Field(_("Whose words"), chips(options["whose"], options["whose"][0][0])),
            way=Field(_("How it came"), chips(options["way"], options["way"][0][0])),
        )
        signs = Chips(options["signs"])
        self.form.add("signs", Field(_("Signs that are there"), signs))
        self.form.add(
            "danger",
            Field(
                _("Danger"),
                Chips(options["danger"]),
                _("Any of these makes the concern urgent, and says what must happen now."),
            ),
        )
        if counted:
            self.form.add_widget(SectionTitle(_("How many, where it was counted")))
            rows = [counted[at : at + 3] for at in range(0, len(counted), 3)]
            for row in rows:
                self.form.add_row(
                    **{f"count_{code}": Field(label, LineEdit()) for code, label in row}
                )
            self.form.add("weeks", Field(_("In how many weeks"), LineEdit("4")))
        self.form.add("tried", Field(_("What was tried already"), NoteText(lines=2, most=6)))
        self.form.add(
            "urgency", Field(_("How soon"), chips(options["urgency"], options["urgency"][0][0]))
        )
        raiser.setFocus()


class DecideEntry(EntrySheet):
    """What is to become of a concern, and why."""

    def __init__(
        self, text: str, options: Options, today: Callable[[], date], parent: QWidget | None = None
    ) -> None:
        super().__init__(_("Decide"), _("Decide"), text, width=640, parent=parent)
        decision = Chips(options, exclusive=True)
        self.form.add("decision", Field(_("What is to become of it"), decision, required=True))
        self.form.add(
            "reason", Field(pgettext("reason", "Why"), NoteText(lines=2, most=6), required=True)
        )
        self.form.add(
            "until_on",
            Field(_("Look again on"), DateEdit(None, today=today), _("Where it is to be watched")),
        )
        decision.setFocus()


class DangerEntry(EntrySheet):
    """What was done about a danger, and who was told."""

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        super().__init__(
            _("Close the danger"), _("Close in my name"), text, width=640, parent=parent
        )
        done = NoteText(lines=3, most=8)
        self.form.add("done", Field(_("What was done"), done, required=True))
        self.form.add(
            "told",
            Field(_("Who was told"), LineEdit(), _("By name, and when"), required=True),
        )
        done.setFocus()


class TextEntry(EntrySheet):
    """One text."""

    def __init__(
        self, title: str, save: str, label: str, text: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(title, save, text, width=640, parent=parent)
        entry = NoteText(lines=3, most=10)
        self.form.add("text", Field(label, entry, required=True))
        entry.setFocus()


class FeedbackEntry(EntrySheet):
    """What the raiser of a concern hears; it says beside it what they may."""

    def __init__(
        self,
        text: str,
        templates: Options,
        texts: Mapping[object, str],
        recipient: str,
        means: Options,
        *,
        own_words: bool,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(
            _("Tell whoever raised it"), _("Let it leave"), text, width=680, parent=parent
        )
        self._texts = texts
        template = chips(templates, templates[0][0])
        self.form.add("template", Field(_("What it says"), template))
        self.words = NoteText(texts[templates[0][0]], lines=3, most=8)
        self.words.setReadOnly(not own_words)
        self.form.add(
            "text",
            Field(
                _("In these words"),
                self.words,
                _("No names, and nothing from a note: both are looked for."),
            ),
        )
        self.form.add("recipient", Field(_("To whom"), LineEdit(recipient), required=True))
        self.form.add("means", Field(_("How it leaves"), chips(means, means[0][0])))
        self.found = Words("", ink="bad")
        self.found.hide()
        self.form.add_widget(self.found)
        template.chosen.connect(self._turn)
        template.setFocus()

    def _turn(self, value: object) -> None:
        if value in self._texts:
            self.words.set_text(self._texts[value])

    def show_found(self, sentence: str) -> None:
        """Say what must not leave, while one types."""
        self.found.setText(sentence)
        self.found.setVisible(bool(sentence))


class SignsEntry(EntrySheet):
    """A district's list of warning signs: one on each line, under what it is counted in."""

    def __init__(
        self,
        text: str,
        title: str,
        parts: Sequence[tuple[str, str, str]],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(
            _("Early warning signs"), _("Use this list"), text, width=700, parent=parent
        )
        name = LineEdit(title)
        self.form.add("title", Field(_("Name of the list"), name, required=True))
        for key, label, lines in parts:
            self.form.add(key, Field(label, NoteText(lines, lines=2, most=8)))
        name.setFocus()
        name.selectAll()


class ContactEntry(EntrySheet):
    """An attempt to reach someone."""

    def __init__(
        self,
        text: str,
        options: Mapping[str, Options],
        hints: Mapping[object, str],
        today: Callable[[], date],
        *,
        correcting: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        title = _("Correct the row") if correcting else _("Log a contact")
        super().__init__(title, _("Keep the contact"), text, width=700, parent=parent)
        self._hints = hints
        if not correcting:
            matter = Choice(options["matter"])
            self.form.add("matter", Field(_("Matter"), matter))
            matter.chosen.connect(self._turn_matter)
        whom = Choice(options["whom"])
        self.whom = Field(_("Whom"), whom)
        self.form.add("whom", self.whom)
        self.form.add_row(
            with_name=Field(_("Someone else’s name"), LineEdit()),
            with_kind=Field(_("Who that is"), Choice(options["with_kind"])),
        )
        self.form.add("way", Field(_("How"), chips(options["way"], options["way"][0][0])))
        self.form.add(
            "result",
            Field(_("What came of it"), Chips(options["result"], exclusive=True), required=True),
        )
        self.form.add("about", Field(_("What about"), LineEdit(), required=True))
        self.form.add("said", Field(_("What was said or agreed"), NoteText(lines=2, most=8)))
        self.form.add_row(
            next_on=Field(_("Try again on"), DateEdit(None, today=today)),
            interpreter=Field(_("Interpreter, which language"), LineEdit()),
        )
        self.form.add_row(
            day=Field(_("Day"), DateEdit(today(), today=today)),
            time=Field(_("At"), TimeEdit(), _("Now, when left empty")),
        )
        self.form.add(
            "despite",
            Field(
                _("Reason for contact all the same"),
                LineEdit(),
                _("Only of someone who is not to be contacted"),
            ),
        )
        if correcting:
            self.form.add("why", Field(_("Why it is corrected"), LineEdit(), required=True))
        self.label = Part2Button()
        """Hidden, unless the contact stands already and can be labelled."""
        self.form.add_widget(self.label)
        whom.chosen.connect(self._turn)
        self._turn(whom.value())
        whom.setFocus()

    def _turn(self, value: object) -> None:
        self.whom.set_hint(self._hints.get(value, ""))
        other = value == "other"
        self.form.field("with_name").setVisible(other)
        self.form.field("with_kind").setVisible(other)

    def _turn_matter(self, value: object) -> None:
        self.form.field("about").setVisible(not value)

    def put_time(self, day: date, at: time) -> None:
        """Show when the row that is corrected was tried."""
        day_edit, time_edit = self.form.field("day").editor, self.form.field("time").editor
        if isinstance(day_edit, DateEdit) and isinstance(time_edit, TimeEdit):
            day_edit.set_value(day)
            time_edit.set_value(at)


class MemberEntry(EntrySheet):
    """Someone on a student's care team."""

    def __init__(
        self,
        words: tuple[str, str, str],
        options: Mapping[str, Options],
        names: Sequence[str],
        today: Callable[[], date],
        *,
        changing: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        title, save, text = words
        super().__init__(title, save, text, width=640, parent=parent)
        if not changing:
            kind = chips(options["kind"], options["kind"][0][0])
            self.form.add("kind", Field(_("From where"), kind))
            self.form.add_row(
                name=Field(_("Name"), name_line(names), required=True),
                since_on=Field(_("Since"), DateEdit(today(), today=today)),
            )
        role = LineEdit()
        self.form.add_row(
            role=Field(_("Role"), role, _("Homeroom teacher, case manager, therapist")),
            phone=Field(_("Phone"), LineEdit()),
        )
        self.form.add("may_know", Field(_("May be told"), Chips(options["may_know"])))
        self.form.add("note", Field(_("Note"), LineEdit()))
        if changing:
            role.setFocus()
        else:
            self.form.field("kind").setFocus()


class StepEntry(EntrySheet):
    """Whether what was agreed was done."""

    def __init__(self, text: str, options: Options, parent: QWidget | None = None) -> None:
        super().__init__(_("How did it go?"), _("Keep it"), text, parent=parent)
        fidelity = Chips(options, exclusive=True)
        self.form.add("fidelity", Field(_("It was done"), fidelity, required=True))
        fidelity.setFocus()
