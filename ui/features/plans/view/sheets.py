"""The sheets of the plans room: what is typed is handed on as it stands."""

from collections.abc import Callable, Sequence
from datetime import date

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from app.kernel.words import _, pgettext
from ui.kit.widgets.buttons import Button
from ui.kit.widgets.entry_sheet import EntrySheet
from ui.kit.widgets.fields import Chips, Choice, DateEdit, Field, LineEdit, NoteText
from ui.kit.widgets.ground import GroundFields
from ui.kit.widgets.headings import Muted, SectionTitle, Words

Options = Sequence[tuple[object, str]]


def _chips(options: Options, value: object = None) -> Chips:
    made = Chips(options, exclusive=True)
    made.set_value(options[0][0] if value is None else value)
    return made


class TemplateSheet(EntrySheet):
    """What a template is called; and whom its texts seem to name."""

    def __init__(
        self, title: str, named: Sequence[str] = (), parent: QWidget | None = None
    ) -> None:
        super().__init__(
            _("Keep as a template"),
            _("Keep it"),
            _(
                "The sections, goals, interventions and tasks are kept as a beginning for other"
                " plans: without the student, names and days. Look that no text names anyone."
            ),
            parent=parent,
        )
        if named:
            said = _("The texts seem to name someone: {names}. Close this, and change them first.")
            self.body.insertWidget(0, Words(said.format(names=", ".join(named)), ink="warn"))
        first = LineEdit(title)
        self.form.add("title", Field(_("What it is called"), first, required=True))
        first.setFocus()
        first.selectAll()


class FileSheet(EntrySheet):
    """A district's templates from a file."""

    browse_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(
            _("Templates from a file"),
            _("Take in"),
            _("Your district’s templates, as JSON. Of two with one title, the newer counts."),
            parent=parent,
        )
        self.file = LineEdit()
        self.form.add("file", Field(_("File"), self.file, required=True))
        browse = Button(_("Choose a file …"), "file")
        browse.clicked.connect(lambda _on=False: self.browse_asked.emit())
        self.form.add_widget(browse)
        self.file.setFocus()

    def take_file(self, path: str) -> None:
        """Put a chosen file into its field."""
        if path:
            self.file.setText(path)


class SignSheet(EntrySheet):
    """Somebody's word to a plan."""

    def __init__(
        self, ways: Options, today: Callable[[], date], parent: QWidget | None = None
    ) -> None:
        super().__init__(
            _("A signature"),
            _("Write it down"),
            _("Who gave their word to this version, how and when. It cannot be changed."),
            parent=parent,
        )
        first = LineEdit()
        self.form.add_row(
            name=Field(_("Name"), first, required=True),
            part=Field(_("To the student"), LineEdit(), _("Mother, teacher …"), required=True),
        )
        self.form.add("way", Field(_("How"), _chips(ways)))
        self.form.add("signed_on", Field(_("On"), DateEdit(today(), today=today), required=True))
        self.form.add("comment", Field(_("Comment"), NoteText(lines=2, most=5)))
        first.setFocus()


class TaskSheet(EntrySheet):
    """Something that somebody does until a day."""

    def __init__(
        self, doer: str, today: Callable[[], date], due: date, parent: QWidget | None = None
    ) -> None:
        super().__init__(
            _("A task"), _("Add it"), _("It comes on Today until it is done."), parent=parent
        )
        first = LineEdit()
        self.form.add("text", Field(_("What is to be done"), first, required=True))
        self.form.add_row(
            doer=Field(_("Who"), LineEdit(doer), required=True),
            due_on=Field(_("Until"), DateEdit(due, today=today), required=True),
        )
        first.setFocus()


class ReviewSheet(EntrySheet):
    """How each goal stands, what is decided, and why."""

    def __init__(
        self,
        goals: Sequence[tuple[str, str, object]],
        outcomes: Options,
        decisions: Options,
        today: Callable[[], date],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(
            _("Review the plan"),
            _("Hold the review"),
            _(
                "The review is kept and closes this version. Unless the plan ends, the next version"
                " is begun as a draft, without the goals that are met or dropped."
            ),
            width=720,
            parent=parent,
        )
        first: QWidget | None = None
        for place, (statement, standing, outcome) in enumerate(goals):
            self.form.add_widget(Words(statement, bold=True))
            if standing:
                self.form.add_widget(Muted(standing))
            chips = Chips(outcomes, exclusive=True)
            if outcome is not None:
                chips.set_value(outcome)
            first = first or chips
            self.form.add(f"outcomes.{place}", Field(_("How it stands"), chips, required=True))
            self.form.add(f"said.{place}", Field(_("What is said of it"), LineEdit()))
        self.form.add_widget(SectionTitle(_("What is decided")))
        self.form.add("decision", Field(_("Decision"), _chips(decisions)))
        self.form.add(
            "reason", Field(pgettext("reason", "Why"), NoteText(lines=2, most=6), required=True)
        )
        self.form.add_row(
            held_on=Field(_("Held on"), DateEdit(today(), today=today), required=True),
            present=Field(_("Who was there"), LineEdit()),
        )
        if first is not None:
            first.setFocus()


class PointSheet(EntrySheet):
    """Where a goal stands on a day."""

    def __init__(
        self, measure: str, today: Callable[[], date], parent: QWidget | None = None
    ) -> None:
        super().__init__(_("Where it stands"), _("Enter"), measure, parent=parent)
        first = LineEdit()
        self.form.add_row(
            value=Field(_("Value"), first, _("Empty: it was worked on")),
            day=Field(_("On"), DateEdit(today(), today=today), required=True),
        )
        self.form.add("comment", Field(_("Comment"), LineEdit()))
        first.setFocus()


class CorrectSheet(EntrySheet):
    """The value as it should have been, and why it was not."""

    def __init__(
        self, points: Options, value: Callable[[object], str], parent: QWidget | None = None
    ) -> None:
        super().__init__(
            _("Correct a point"),
            _("Put in its place"),
            _("The mistaken point stays and is marked. Leave the value empty to take it out."),
            parent=parent,
        )
        self.point = Choice(points)
        self.value = LineEdit()
        self.form.add("point", Field(_("Which point"), self.point))
        self.form.add("value", Field(_("Value"), self.value))
        self.form.add(
            "why", Field(pgettext("reason", "Why"), NoteText(lines=2, most=5), required=True)
        )
        self.point.chosen.connect(lambda chosen: self.value.setText(value(chosen)))
        self.value.setText(value(self.point.value()))
        self.point.setFocus()


class PhaseSheet(EntrySheet):
    """What is done differently from a day on."""

    def __init__(self, today: Callable[[], date], parent: QWidget | None = None) -> None:
        super().__init__(
            _("Begin a phase"),
            _("Begin it"),
            _("Points before and after are read apart from each other."),
            parent=parent,
        )
        first = LineEdit()
        self.form.add("label", Field(_("What is done differently"), first, required=True))
        self.form.add("begins_on", Field(_("From"), DateEdit(today(), today=today), required=True))
        first.setFocus()


class DecideSheet(EntrySheet):
    """What a person decides on the points of a goal."""

    def __init__(
        self,
        proposal: str,
        decisions: Options,
        proposed: object,
        today: Callable[[], date],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(
            _("Decide"),
            _("Write the decision down"),
            _("{proposal} The decision is yours.").format(proposal=proposal),
            width=600,
            parent=parent,
        )
        first = _chips(decisions, proposed)
        self.form.add("decision", Field(_("Decision"), first))
        self.form.add(
            "reason", Field(pgettext("reason", "Why"), NoteText(lines=2, most=6), required=True)
        )
        self.form.add(
            "label",
            Field(_("What is done differently from then on"), LineEdit(), _("Empty: the reason")),
        )
        self.form.add("decided_on", Field(_("On"), DateEdit(today(), today=today), required=True))
        first.setFocus()


class PaperSheet(EntrySheet):
    """To whom a paper goes, and why."""

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(
            title,
            _("Choose where …"),
            _("It is written down among the disclosures before it leaves."),
            parent=parent,
        )
        first = LineEdit()
        self.form.add("recipient", Field(_("For whom"), first, required=True))
        self.form.add("purpose", Field(_("What for"), LineEdit(), required=True))
        self.ground = GroundFields(self.form, names_somebody=True)
        first.setFocus()
