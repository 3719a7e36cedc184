"""Requests for records in a list, and the sheets that ask about one."""

from collections.abc import Callable, Sequence
from datetime import date

from PySide6.QtWidgets import QWidget

from app.kernel.releases import Ground
from app.kernel.words import _, pgettext
from ui.kit.widgets.buttons import Button
from ui.kit.widgets.empty import EmptyState
from ui.kit.widgets.entry_sheet import EntrySheet
from ui.kit.widgets.fields import Check, Chips, Choice, DateEdit, Field, LineEdit, NoteText
from ui.kit.widgets.ground import GroundFields
from ui.kit.widgets.records import RecordsView

Options = Sequence[tuple[str, str]]
Today = Callable[[], date]


class RequestsView(RecordsView):
    """The list of requests: those that are open by when they are due."""

    def __init__(self, parts: Sequence[tuple[object, str]]) -> None:
        start = Button(_("Record a request"), "add", "primary")
        super().__init__(
            _("Requests for records"),
            (_("Record a request"), "add"),
            parts,
            EmptyState(
                "audit",
                _("No request here"),
                _(
                    "Whoever asks to see a record, or that something of it goes to somebody, is"
                    " written down here. A request to see it is due within 45 days; it comes up on"
                    " Today, and nothing of the record is destroyed meanwhile."
                ),
                start,
            ),
            start,
            (("settings", _("Days and notice"), "settings"),),
        )


class RequestEntrySheet(EntrySheet):
    """Who asked, for what, and when it came in."""

    def __init__(
        self, kinds: Options, parties: Options, today: Today, parent: QWidget | None = None
    ) -> None:
        super().__init__(
            _("A request for a record"),
            _("Write it down"),
            _("It is kept with the record, as each disclosure is."),
            width=600,
            parent=parent,
        )
        kind, party = Chips(kinds, exclusive=True), Chips(parties, exclusive=True)
        kind.set_value(kinds[0][0])
        party.set_value(parties[0][0])
        self.form.add("kind", Field(_("What is asked for"), kind))
        self.form.add("party", Field(_("Who asks"), party))
        who = LineEdit()
        self.form.add("asked_by", Field(_("Name"), who, required=True))
        self.form.add("what", Field(_("Which records"), LineEdit(), required=True))
        self.form.add(
            "interest",
            Field(
                _("What they are wanted for"),
                LineEdit(),
                _("Needed where something is to go to somebody."),
            ),
        )
        self.form.add(
            "received_on", Field(_("Came in on"), DateEdit(today(), today=today), required=True)
        )
        who.setFocus()


class AnswerEntrySheet(EntrySheet):
    """What was answered, and when."""

    def __init__(self, today: Today, parent: QWidget | None = None) -> None:
        super().__init__(
            _("What was answered"),
            _("Write it down"),
            _("The request stays open until it is closed."),
            parent=parent,
        )
        first = NoteText(lines=2, most=6)
        self.form.add("text", Field(_("In words"), first, required=True))
        self.form.add("on_day", Field(_("On"), DateEdit(today(), today=today), required=True))
        first.setFocus()


class ExtendEntrySheet(EntrySheet):
    """A later day, within the days of the law, and why."""

    def __init__(self, latest: date, said: str, today: Today, parent: QWidget | None = None):
        super().__init__(_("Put the request off"), _("Put off"), said, parent=parent)
        first = DateEdit(latest, today=today)
        self.form.add("due_on", Field(_("Until"), first, required=True))
        self.form.add(
            "reason", Field(pgettext("reason", "Why"), NoteText(lines=2, most=6), required=True)
        )
        first.setFocus()


class CloseEntrySheet(EntrySheet):
    """How a request ended."""

    def __init__(self, outcomes: Options, today: Today, parent: QWidget | None = None) -> None:
        super().__init__(_("Close the request"), _("Close it"), parent=parent)
        first = Choice(outcomes)
        self.form.add("outcome", Field(_("How it ended"), first))
        self.form.add(
            "text",
            Field(_("In words"), NoteText(lines=2, most=6), _("Needed where it is refused.")),
        )
        self.form.add("on_day", Field(_("On"), DateEdit(today(), today=today), required=True))
        first.setFocus()


class LogEntrySheet(EntrySheet):
    """To whom the record of disclosures goes, and how much of it."""

    def __init__(self, parent: QWidget | None = None, *, printed: bool = False) -> None:
        super().__init__(
            _("Print the record of disclosures")
            if printed
            else _("Save the record of disclosures"),
            _("Choose a printer …") if printed else _("Choose where …"),
            _(
                "Each request and each disclosure of this student, with the parties, the ground and"
                " exactly what left. It is a disclosure of its own."
            ),
            width=600,
            parent=parent,
        )
        first = LineEdit()
        self.form.add("recipient", Field(_("To whom"), first, required=True))
        self.form.add("purpose", Field(_("Why"), LineEdit(_("Asked to see it")), required=True))
        self.ground = GroundFields(self.form, Ground.SUBJECT, names_somebody=True)
        exempt = Check(_("Leave out what need not be recorded"))
        self.form.add("short", Field(_("How much"), exempt))
        first.setFocus()


class RulesEntrySheet(EntrySheet):
    """Within how many days a record is shown, and the notice on substance use records."""

    def __init__(self, days: int, notice: str, parent: QWidget | None = None) -> None:
        super().__init__(
            _("Days and notice"),
            _("Save"),
            _(
                "Both hold for everyone at this desk. A district’s own notice stands before this one."
            ),
            width=600,
            parent=parent,
        )
        first = LineEdit(str(days))
        self.form.add(
            "inspection_days",
            Field(
                _("Days until a record is shown"),
                first,
                _("45 at the most; your state may ask for less."),
            ),
        )
        self.form.add(
            "notice",
            Field(
                _("Notice against further disclosure"),
                NoteText(notice, lines=4, most=10),
                _(
                    "Goes along with records about substance use, in the district’s words. Without"
                    " it, none of them leaves."
                ),
            ),
        )
        first.setFocus()
