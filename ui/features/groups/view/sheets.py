"""The sheets of this room: what is typed is handed on as it stands."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date

from PySide6.QtWidgets import QWidget

from app.kernel.words import _
from ui.kit.widgets.entry_sheet import EntrySheet, put
from ui.kit.widgets.fields import Check, Chips, Choice, DateEdit, Field, LineEdit, NoteText

Options = Sequence[tuple[object, str]]
Today = Callable[[], date]


class GroupSheet(EntrySheet):
    """What is said of a group."""

    def __init__(
        self,
        words: tuple[str, str],
        entries: Mapping[str, str],
        *,
        services: Options,
        schools: Options,
        people: Options,
        today: Today,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(
            words[0],
            words[1],
            _("The name is for your desk alone: no note and no paper for others carries it."),
            width=660,
            parent=parent,
        )
        name = LineEdit()
        self.form.add("name", Field(_("Name"), name, required=True))
        self.form.add("purpose", Field(_("Purpose"), NoteText(lines=2, most=4)))
        self.form.add_row(
            service=Field(_("Kind of service"), Choice(services, find=True)),
            minutes=Field(_("Minutes of a session"), LineEdit()),
        )
        self.form.add_row(
            curriculum=Field(_("Curriculum"), LineEdit()),
            planned=Field(_("Sessions planned"), LineEdit()),
        )
        self.form.add(
            "contents",
            Field(
                _("What each session is about"),
                NoteText(lines=3, most=8),
                _("A line for each session, in order."),
            ),
        )
        self.form.add_row(
            leader=Field(_("Leader"), Choice(people)),
            second=Field(_("Second leader"), Choice([("", _("Nobody")), *people])),
        )
        self.form.add_row(
            school=Field(_("Building"), Choice([("", _("No building")), *schools], find=True)),
            size_limit=Field(_("At most this many members"), LineEdit()),
        )
        self.form.add_row(
            starts_on=Field(_("Starts on"), DateEdit(today=today)),
            ends_on=Field(_("Ends on"), DateEdit(today=today)),
        )
        for key, entry in entries.items():
            if key in self.form.names():
                put(self.form.field(key).editor, entry)
        name.setFocus()


class DaySheet(EntrySheet):
    """Asks for a day, and for a reason where one is needed."""

    def __init__(
        self,
        words: tuple[str, str, str],
        field: tuple[str, str],
        today: Today,
        reason: tuple[str, str] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(words[0], words[1], words[2], parent=parent)
        day = DateEdit(today=today)
        day.set_value(today())
        self.form.add(field[0], Field(field[1], day, required=True))
        if reason is not None:
            why = NoteText(lines=2, most=5)
            self.form.add("reason", Field(reason[0], why, reason[1]))
            why.setFocus()
        else:
            day.setFocus()


class CopySheet(EntrySheet):
    """A group for the next term."""

    def __init__(self, name: str, today: Today, parent: QWidget | None = None) -> None:
        super().__init__(
            _("Copy for the next term"),
            _("Make the group"),
            _("Purpose, curriculum and plan are taken over; so is who waits."),
            parent=parent,
        )
        line = LineEdit(name)
        self.form.add("name", Field(_("Name"), line, required=True))
        self.form.add_row(
            starts_on=Field(_("Starts on"), DateEdit(today(), today=today), required=True),
            ends_on=Field(_("Ends on"), DateEdit(today=today)),
        )
        self.form.add("members", Field(_("Members"), Check(_("Take over those who are in it now"))))
        line.setFocus()
        line.selectAll()


class CorrectSheet(EntrySheet):
    """What is right instead of the attendance that was entered, and why it is corrected."""

    def __init__(self, text: str, ways: Options, now: str, parent: QWidget | None = None) -> None:
        super().__init__(_("Correct the attendance"), _("Sign the correction"), text, parent=parent)
        chips = Chips(ways, exclusive=True)
        chips.set_value(now)
        self.form.add("attendance", Field(_("What is right"), chips, required=True))
        self.form.add("reason", Field(_("Why they did not take part"), NoteText(lines=1, most=4)))
        self.form.add(
            "correction",
            Field(
                _("What was wrong, and why"),
                NoteText(lines=2, most=5),
                _("Stays beside the correction for whoever reads the note."),
                required=True,
            ),
        )
        chips.setFocus()
