"""The sheets of this room: what is typed is handed on as it stands."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from app.kernel.releases import Ground
from app.kernel.words import _, pgettext
from ui.kit.announce import announce
from ui.kit.look import Kind, look
from ui.kit.widgets.entry_sheet import EntrySheet
from ui.kit.widgets.fields import (
    Chips,
    Choice,
    DateEdit,
    Field,
    LineEdit,
    Minutes,
    NoteText,
    SearchEdit,
    TimeEdit,
)
from ui.kit.widgets.ground import GroundFields
from ui.kit.widgets.headings import Card, SectionTitle, Words
from ui.kit.widgets.lists import CardList, Entry

Options = Sequence[tuple[object, str]]
Today = Callable[[], date]
_PAUSE_MS = 250


class OutlookCard(Card):
    """What a booking would mean, on the form itself."""

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName(_("Before it is planned"))
        self.missed = Words("", bold=True)
        self.parts = Words("")
        self.against = Words("")
        for words in (self.missed, self.parts, self.against):
            self.body.addWidget(words)

    def show_outlook(self, missed: str, parts: Sequence[str], against: Sequence[str]) -> None:
        """Show the class time missed, and what speaks against the time."""
        before = self.spoken()
        self.missed.setText(missed)
        for words, lines in ((self.parts, parts), (self.against, against)):
            words.setText("\n".join(lines))
            words.setVisible(bool(lines))
        self.set_kind(Kind.WARN if against else Kind.PLAIN)
        self.setAccessibleDescription(self.spoken())
        if before != self.spoken():
            announce(self, self.spoken())

    def spoken(self) -> str:
        """Return all of it in words."""
        parts = (self.missed.text(), self.parts.text(), self.against.text())
        return " ".join(part for part in parts if part)


@dataclass(frozen=True, slots=True)
class Offered:
    """What the appointment's form offers."""

    kinds: Options
    groups: Options
    schools: Options
    services: Options
    places: Options
    every: Options
    closed: Options
    spans: Options = ()


class AppointmentSheet(EntrySheet):
    """One appointment: whom with, when and where; how it comes again; what it would mean."""

    edited = Signal()
    """Something was changed that the outlook hangs on."""
    sought = Signal(str)

    def __init__(
        self,
        words: tuple[str, str],
        entries: Mapping[str, Any],
        offered: Offered,
        today: Today,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(*words, width=760, parent=parent)
        self.student_id = str(entries.get("student_id", ""))
        self._named = str(entries.get("student", ""))
        self.outlook = OutlookCard()
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE_MS)
        self._pause.timeout.connect(self.edited)
        self.kind = Chips(offered.kinds, exclusive=True)
        self.kind.set_value(entries.get("kind"))
        self.student = SearchEdit(_("Type a few letters of a name, or a number"))
        self.student.setText(self._named)
        self.found = CardList(_("Students found"))
        self.found.setMinimumHeight(look().px(132))
        self.found.hide()
        self._fields(entries, offered, today)
        self._connect()
        self._suit()
        (self.student if self._is("session") and not self.student_id else self.at).setFocus()

    def _fields(self, entries: Mapping[str, Any], offered: Offered, today: Today) -> None:
        form = self.form
        on = str(entries.get("on", ""))
        self.on = DateEdit(date.fromisoformat(on) if on else None, today=today)
        at = str(entries.get("at", ""))
        self.at = TimeEdit(time.fromisoformat(at) if at else None)
        self.minutes = Minutes(int(entries.get("minutes", 30)), most=720)
        self.school = Choice([("", _("None")), *offered.schools])
        self.group = Choice(offered.groups, find=True)
        self.room = LineEdit(str(entries.get("room", "")))
        self.place = Choice(offered.places)
        self.service = Choice([("", _("As usual")), *offered.services], find=True)
        self.title_line = LineEdit(str(entries.get("title", "")))
        for choice, name in (
            (self.school, "school"),
            (self.group, "group"),
            (self.place, "place"),
            (self.service, "service"),
        ):
            choice.set_value(entries.get(name, ""))
        form.add("kind", Field(_("What"), self.kind))
        form.add("student", Field(_("Student"), self.student))
        form.add_widget(self.found)
        form.add("group", Field(_("Group"), self.group))
        form.add("title", Field(_("In a few words"), self.title_line))
        form.add_row(
            on=Field(_("Day"), self.on, required=True),
            at=Field(_("From"), self.at, required=True),
            minutes=Field(_("Minutes"), self.minutes),
        )
        form.add_widget(self.outlook)
        form.add_row(school=Field(_("Building"), self.school), room=Field(_("Room"), self.room))
        form.add_row(place=Field(_("Place"), self.place), service=Field(_("Service"), self.service))
        if offered.every:
            until = DateEdit(None, today=today)
            form.add_row(
                every=Field(_("Comes again"), Choice(offered.every)),
                until_on=Field(_("Until"), until),
                closed=Field(_("On a day without school"), Choice(offered.closed)),
            )
        if offered.spans:
            spans = Chips(offered.spans, exclusive=True)
            spans.set_value(offered.spans[0][0])
            form.add("span", Field(_("What is changed"), spans))

    def _connect(self) -> None:
        self.kind.chosen.connect(self._suit)
        self.student.textEdited.connect(self._retype)
        self.student.sought.connect(self._seek)
        self.student.installEventFilter(self)
        self.found.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.found.clicked.connect(lambda _index: self._take(self.found.entry()))
        for line in (self.on, self.at, self.room):
            line.textChanged.connect(self._wait)
        self.minutes.valueChanged.connect(self._wait)
        for choice in (self.school, self.group):
            choice.chosen.connect(self._wait)
        for name in ("every", "until_on", "closed"):
            if name in self.form.names():
                editor = self.form.field(name).editor
                if isinstance(editor, Choice):
                    editor.chosen.connect(self._repeat)
                elif isinstance(editor, LineEdit):
                    editor.textChanged.connect(self._wait)
        self._repeat()

    def _is(self, kind: str) -> bool:
        return self.kind.value() == kind

    def _suit(self, _value: object = None) -> None:
        """Ask for what this kind needs, and for nothing else."""
        session, group = self._is("session"), self._is("group")
        for name, on in (
            ("student", session),
            ("group", group),
            ("title", not session and not group),
            ("service", session or group),
            ("place", session or group),
        ):
            self.form.field(name).setVisible(on)
        self.found.hide()
        self._wait()

    def _repeat(self, _value: object = None) -> None:
        if "every" in self.form.names():
            editor = self.form.field("every").editor
            on = isinstance(editor, Choice) and bool(editor.value())
            self.form.field("until_on").setVisible(on)
            self.form.field("closed").setVisible(on)
        self._wait()

    def _wait(self, _value: object = None) -> None:
        self._pause.start()

    # -- the student -----------------------------------------------------------------

    def set_student(self, student: str, name: str) -> None:
        """Show whom the session is with."""
        self.student_id, self._named = student, name
        self.student.setText(name)
        self.found.hide()
        self._wait()

    def show_found(self, text: str, entries: Sequence[Entry]) -> None:
        """Show who was found for `text`."""
        if text != self.student.text() or self.student_id:
            return
        self.found.set_entries(entries)
        self.found.setVisible(bool(entries))
        self.found.go_to(0)

    def _retype(self, text: str) -> None:
        if text != self._named:
            self.student_id = ""

    def _seek(self, text: str) -> None:
        if text.strip() and not self.student_id:
            self.sought.emit(text)
        else:
            self.found.hide()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Move and choose among the students found with the keys of the line."""
        if (
            watched is self.student
            and isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.KeyPress
            and self.found.isVisible()
        ):
            key, place = Qt.Key(event.key()), self.found.currentIndex().row()
            if key in {Qt.Key.Key_Down, Qt.Key.Key_Up}:
                self.found.go_to(place + (1 if key == Qt.Key.Key_Down else -1))
                entry = self.found.entry()
                if entry is not None:
                    announce(self.student, entry.spoken())
                return True
            if key in {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab}:
                self._take(self.found.entry())
                return key != Qt.Key.Key_Tab
        return super().eventFilter(watched, event)

    def _take(self, entry: Entry | None) -> None:
        if entry is not None:
            self.set_student(entry.id, entry.title)

    # -- what was typed ----------------------------------------------------------------

    def values(self) -> dict[str, Any]:
        """Return what stands in the fields, and the chosen student's id."""
        return super().values() | {"student_id": self.student_id}

    def keepable(self) -> dict[str, Any]:
        """Return what may be kept: all of it."""
        return self.values()

    def take_up(self, entries: Mapping[str, Any], say: str) -> None:
        """Put back what was typed before, with its student."""
        super().take_up(entries, say)
        self.set_student(str(entries.get("student_id", "")), str(entries.get("student", "")))
        self._suit()


class TakeOffSheet(EntrySheet):
    """Asks what of a series is taken off."""

    def __init__(self, text: str, spans: Options, parent: QWidget | None = None) -> None:
        super().__init__(_("Take off the schedule"), _("Take off"), text, parent=parent)
        span = Chips(spans, exclusive=True)
        span.set_value(spans[0][0])
        self.form.add("span", Field(_("What is taken off"), span))
        span.setFocus()


class FallenSheet(EntrySheet):
    """Asks why an appointment fell out."""

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        super().__init__(_("It fell out"), _("Save"), text, parent=parent)
        reason = LineEdit()
        self.form.add(
            "reason", Field(pgettext("reason", "Why"), reason, _("Absent, assembly, fire drill"))
        )
        reason.setFocus()


class BellsSheet(EntrySheet):
    """A bell schedule: its name, and a period a line."""

    def __init__(
        self, words: tuple[str, str], name: str, periods: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(*words, width=560, parent=parent)
        first = LineEdit(name)
        text = NoteText(lines=9, most=20)
        text.set_text(periods)
        self.form.add("name", Field(_("Name"), first, _("Regular, Early release"), required=True))
        self.form.add(
            "periods",
            Field(
                _("Periods"),
                text,
                _(
                    "One a line: name, begins, ends. A line that ends in a star is no class time."
                    " For example: Lunch, 11:20, 11:50 *"
                ),
                required=True,
            ),
        )
        first.setFocus()


class YearSheet(EntrySheet):
    """A building's school year: its days, its cycle, its bells."""

    def __init__(
        self,
        words: tuple[str, str],
        entries: Mapping[str, Any],
        weekdays: Options,
        bells: Options,
        turns: Sequence[str],
        today: Today,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(*words, width=680, parent=parent)
        form = self.form

        def day(name: str) -> DateEdit:
            text = str(entries.get(name, ""))
            return DateEdit(date.fromisoformat(text) if text else None, today=today)

        first = day("starts_on")
        form.add_row(
            starts_on=Field(_("First day"), first, required=True),
            ends_on=Field(_("Last day"), day("ends_on"), required=True),
            zone=Field(_("Time zone"), LineEdit(str(entries.get("zone", "")))),
        )
        days = Chips(weekdays)
        days.set_values(list(entries.get("weekdays", ())))
        form.add("weekdays", Field(_("Days with school"), days))
        form.add(
            "cycle",
            Field(
                _("Days that take turns"),
                LineEdit(str(entries.get("cycle", ""))),
                _("For example A, B. Days without school do not count. Empty: weekdays alone."),
            ),
        )
        form.add_widget(SectionTitle(_("Bells")))
        chosen: Mapping[str, str] = entries.get("bells", {})
        usual = Choice([("", _("None yet")), *bells])
        usual.set_value(chosen.get("", ""))
        form.add("bell_", Field(_("Usually"), usual))
        as_usual: Options = [("", _("As usual")), *bells]
        fields = {}
        school = [day for day in weekdays if day[0] in entries.get("weekdays", ())]
        by_turn = [(f"={turn}", _("{name} day").format(name=turn)) for turn in turns]
        for key, label in (*school, *by_turn):
            choice = Choice(as_usual)
            choice.set_value(chosen.get(str(key), ""))
            fields[f"bell_{key}"] = Field(str(label), choice)
        form.add_row(**fields)
        first.setFocus()


class SpecialDaySheet(EntrySheet):
    """A holiday or another special day, in one building or several."""

    def __init__(
        self,
        entries: Mapping[str, Any],
        schools: Options,
        bells: Options,
        turns: Options,
        today: Today,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(_("A special day"), _("Save"), width=600, parent=parent)
        on = str(entries.get("on", ""))
        first = DateEdit(date.fromisoformat(on) if on else None, today=today)
        self.form.add_row(
            on=Field(_("Day"), first, required=True),
            until=Field(_("To"), DateEdit(None, today=today), _("Of several days, the last")),
        )
        buildings = Chips(schools)
        buildings.set_values(list(entries.get("school", ())))
        self.form.add("school", Field(_("In which buildings"), buildings))
        self._what = Chips(
            [("closed", _("No school")), ("school", _("School by other bells or turn"))],
            exclusive=True,
        )
        self._what.set_value(entries.get("what", "closed"))
        self.form.add("what", Field(_("What it is"), self._what))
        bell, turn = Choice([("", _("As usual")), *bells]), Choice([("", _("As counted")), *turns])
        bell.set_value(entries.get("bell", ""))
        turn.set_value(entries.get("turn", ""))
        self.form.add_row(
            bell=Field(_("Bells"), bell),
            turn=Field(_("Day of the cycle"), turn),
        )
        self.form.add(
            "reason",
            Field(
                pgettext("reason", "Why"),
                LineEdit(str(entries.get("reason", ""))),
                _("Holiday, early release"),
            ),
        )
        self._what.chosen.connect(self._suit)
        self._suit()
        first.setFocus()

    def _suit(self, _value: object = None) -> None:
        for name in ("bell", "turn"):
            self.form.field(name).setVisible(self._what.value() == "school")


class TravelSheet(EntrySheet):
    """Minutes on the way between two buildings."""

    def __init__(
        self, name: str, others: Options, other: str, minutes: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(
            _("On the way"),
            _("Save"),
            _("How long it takes from {building}, and back.").format(building=name),
            parent=parent,
        )
        choice = Choice(others)
        choice.set_value(other)
        self.form.add_row(
            other=Field(_("Other building"), choice),
            minutes=Field(_("Minutes"), LineEdit(minutes), _("Empty: not known")),
        )
        choice.setFocus()


class DayPlanSheet(EntrySheet):
    """The day plan as a paper: which day, how much of a student it shows, for whom."""

    def __init__(
        self, day: date, shows: Options, ways: Options, today: Today, parent: QWidget | None = None
    ) -> None:
        super().__init__(
            _("Day plan"),
            _("Go on"),
            _(
                "Building by building, with the way between. Each student on it gets an entry in"
                " the disclosure record before it leaves."
            ),
            width=600,
            parent=parent,
        )
        show = Chips(shows, exclusive=True)
        show.set_value(shows[1][0])
        way = Chips(ways, exclusive=True)
        way.set_value(ways[0][0])
        self.form.add("day", Field(_("Day"), DateEdit(day, today=today)))
        self.form.add("show", Field(_("Students by"), show))
        self.form.add("recipient", Field(_("To whom"), LineEdit(), required=True))
        self.form.add(
            "purpose", Field(_("Why"), LineEdit(_("My day between buildings")), required=True)
        )
        self.ground = GroundFields(self.form, Ground.OWN_USE)
        self.form.add("size", Field(_("Sheet"), _sizes()))
        self.form.add("way", Field(_("As"), way))
        show.setFocus()


class ExportSheet(EntrySheet):
    """Which days go into a calendar file."""

    def __init__(
        self, since: date, until: date, today: Today, parent: QWidget | None = None
    ) -> None:
        super().__init__(
            _("Save as calendar file"),
            _("Choose a place"),
            _(
                "Each appointment is called “Appointment” and marked private. No name, room or"
                " building goes along, and its id tells nothing."
            ),
            parent=parent,
        )
        first = DateEdit(since, today=today)
        self.form.add_row(
            since=Field(_("From"), first), until=Field(_("To"), DateEdit(until, today=today))
        )
        first.setFocus()


def _sizes() -> Chips:
    sizes = Chips([("letter", _("Letter")), ("a4", _("A4"))], exclusive=True)
    sizes.set_value("letter")
    return sizes
