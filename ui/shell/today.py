"""Today: what needs a person now, by building and hour, each line one key from being done."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, time, timedelta
from functools import partial

from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtGui import QHideEvent, QKeyEvent, QShowEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QMenu,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.kernel.changes import Changed
from app.kernel.ids import new_id
from app.kernel.words import _, ngettext
from app.overviews.day import DayFacts
from ui.kit.announce import announce
from ui.kit.dates import shown_date, shown_time, weekday_name
from ui.kit.look import Kind, look
from ui.kit.room import Context, PageWidget, TodayLine
from ui.kit.widgets.buttons import Button
from ui.kit.widgets.dialogs import Sheet
from ui.kit.widgets.editors import Chips, DateEdit
from ui.kit.widgets.empty import EmptyState
from ui.kit.widgets.field import Field
from ui.kit.widgets.flow import FlowLayout
from ui.kit.widgets.headings import KeyHint, Muted, PageTitle
from ui.kit.widgets.lists import CardList, Entry
from ui.shell.agenda import TITLES, Block, blocks, buildings, here, ordered, section_of, turns_at

_LOOK_MS = 20_000
"""How often the clock is looked at: a line comes up within this of its hour."""


@dataclass(frozen=True, slots=True)
class _Day:
    """What the rooms gave, and what stands around it; a room that fails hides no other's lines."""

    lines: list[TodayLine]
    facts: DayFacts
    faults: list[Exception]


class TodayPage(PageWidget):
    """The first page of the desk: lines from every room, by building and hour."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._lines: list[TodayLine] = []
        self._facts = DayFacts()
        self._done: dict[str, tuple[int, TodayLine]] = {}
        """What is struck through, and at which place it stood."""
        self._only: str | None = None
        self._turns_at: time | None = None
        self._title = PageTitle(_("Today"))
        self._day = Muted("")
        self._count = Muted("")
        new_note = Button(_("New note"), "note", kind="primary")
        new_note.clicked.connect(lambda: context.go("note", new_id()))
        head = QHBoxLayout()
        words = QVBoxLayout()
        words.setSpacing(look().gap(4))
        words.addWidget(self._title)
        words.addWidget(self._day)
        head.addLayout(words, 1)
        head.addWidget(new_note, 0, Qt.AlignmentFlag.AlignTop)
        self.buildings = Chips([], exclusive=True)
        self.buildings.setAccessibleName(_("Building"))
        self.buildings.chosen.connect(lambda school: self._choose(str(school)))
        self.buildings.hide()
        self.list = _Lines(self)
        self.list.opened.connect(lambda entry: self._open_line(entry.subject))
        self.list.current.connect(lambda _entry: self._tell_keys())
        self._hints = _Hints(self._count)
        listed = QWidget()
        column = QVBoxLayout(listed)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.list, 1)
        column.addWidget(self._hints)
        find = Button(_("Find a student"), "search")
        find.clicked.connect(lambda: context.go("caseload"))
        start = Button(_("Write a note"), "note", kind="primary")
        start.clicked.connect(lambda: context.go("note", new_id()))
        self._empty = EmptyState("today", "", "", start, find)
        self._stack = QStackedWidget()
        self._stack.addWidget(listed)
        self._stack.addWidget(self._empty)
        page = QVBoxLayout(self)
        room = look().gap(24)
        page.setContentsMargins(room, look().gap(16), room, look().gap(12))
        page.setSpacing(look().gap(12))
        page.addLayout(head)
        page.addWidget(self.buildings)
        page.addWidget(self._stack, 1)
        self._clock = QTimer(self)
        self._clock.setInterval(_LOOK_MS)
        self._clock.timeout.connect(self.look_at_clock)
        self._teach()

    # -- what the shell asks ---------------------------------------------------------

    def arrive(self) -> None:
        """Look again and stand on the first line."""
        self.reload()
        (self.list if self._stack.currentIndex() == 0 else self._empty).setFocus()

    def heed(self, changed: Changed) -> None:
        """Any change may add or end a line, also of the count in the navigation."""
        if changed.kinds:
            self.reload()

    def showEvent(self, event: QShowEvent) -> None:
        """Follow the clock while the page is in sight."""
        super().showEvent(event)
        self._clock.start()

    def hideEvent(self, event: QHideEvent) -> None:
        """Let go of what was done: it is not there when one comes back."""
        super().hideEvent(event)
        self._clock.stop()
        if self._done:
            self._done.clear()
            self._arrange()

    def state(self) -> dict[str, str]:
        """Return how far down one is, and in which building."""
        scroll = str(self.list.verticalScrollBar().value())
        return {"scroll": scroll, **({} if self._only is None else {"school": self._only})}

    def restore(self, state: Mapping[str, str]) -> None:
        """Go back to where one was."""
        self._only = state.get("school", self._only)
        self.list.verticalScrollBar().setValue(int(state.get("scroll", "0")))

    # -- what one key does -----------------------------------------------------------

    def do(self, line: TodayLine) -> None:
        """Do a line with one key, and say how to take it back."""
        if line.id in self._done:
            announce(self.list, _("Done already. Press U to take it back."))
            return
        if line.done is None:
            self._open_line(line)
            return

        def did(_changed: Changed) -> None:
            # It stays where it stood, whatever the clock says.
            places = [each.id for each in self._all()]
            place = places.index(line.id) if line.id in places else len(places)
            self._done[line.id] = (place, replace(line, section=section_of(line, self._now())))
            self._arrange()
            undo = partial(self.undo, line) if line.undo is not None else None
            self._context.notices.say(_("Done: {what}").format(what=line.title), undo=undo)

        self._context.tasks.write(line.done, did, owner=self)

    def undo(self, line: TodayLine) -> None:
        """Take back that a line was done."""
        if line.undo is None:
            return

        def back(_changed: Changed) -> None:
            self._done.pop(line.id, None)
            self._arrange()
            announce(self.list, _("Taken back: {what}").format(what=line.title))

        self._context.tasks.write(line.undo, back, owner=self)

    def take_back(self, line: TodayLine) -> None:
        """Take back a line that is struck through; nothing for one that is open."""
        if line.id in self._done:
            self.undo(line)

    def note(self, line: TodayLine) -> None:
        """Begin a note about a line's student."""
        if line.student:
            self._context.go("note", f"new:{line.student}")

    def ask_postpone(self, line: TodayLine) -> None:
        """Ask until when: tomorrow, Monday, or a day."""
        if line.postpone is None or line.id in self._done:
            return
        today = self._context.today()
        tomorrow = today + timedelta(days=1)
        monday = today + timedelta(days=7 - today.weekday())
        menu = self.menu = QMenu(self)
        menu.setAccessibleName(_("Put off"))
        for words, day in ((_("&Tomorrow"), tomorrow), (_("&Monday"), monday)):
            menu.addAction(words).triggered.connect(
                lambda _on=False, day=day: self.postpone(line, day)
            )
        menu.addAction(_("Another &day …")).triggered.connect(
            lambda _on=False: self._ask_day(line, tomorrow)
        )
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self.list.viewport().mapToGlobal(self._below_line()))
        menu.setActiveAction(menu.actions()[0])

    def postpone(self, line: TodayLine, day: date) -> None:
        """Put a line off to another day, and say how to take it back."""
        if line.postpone is None:
            return
        undo = None
        if line.undo_postpone is not None:
            undo = partial(self._context.tasks.write, line.undo_postpone)
        said = _("Put off to {weekday}, {date}: {what}").format(
            weekday=weekday_name(day), date=shown_date(day), what=line.title
        )

        def put_off(_changed: Changed) -> None:
            self._context.notices.say(said, undo=undo)

        self._context.tasks.write(partial(line.postpone, day), put_off, owner=self)

    def turn_building(self) -> None:
        """Show the next building alone; after the last one, all of them."""
        offered = [str(value) for value, _words in self._offered()]
        if offered:
            place = offered.index(self._only or "") if (self._only or "") in offered else 0
            self._choose(offered[(place + 1) % len(offered)])

    def _ask_day(self, line: TodayLine, day: date) -> None:
        sheet = Sheet(_("Put off"), line.detail, width=380, parent=self)
        edit = DateEdit(day, today=self._context.today)
        field = Field(_("To which day"), edit)
        sheet.body.addWidget(field)
        sheet.add_close()

        def accept() -> None:
            chosen = edit.value()
            if chosen is None or chosen < self._context.today():
                field.refuse(_("Choose today or a later day."))
                edit.setFocus()
                return
            sheet.accept()
            self.postpone(line, chosen)

        sheet.add_button(_("Put off"), "primary").clicked.connect(accept)
        edit.setFocus()
        sheet.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        sheet.open()

    def _below_line(self) -> QPoint:
        return self.list.visualRect(self.list.currentIndex()).bottomLeft() + QPoint(
            self.list.text_left(), 0
        )

    # -- reading ---------------------------------------------------------------------

    def look_at_clock(self) -> None:
        """Read again when a line has come up, or is over."""
        if self._turns_at is not None and self._now() >= self._turns_at:
            self.reload()

    def reload(self) -> None:
        """Ask every room for its lines, off this thread."""
        context = self._context
        if context.tasks.closed:
            return
        from ui.shell import rooms

        def gather() -> _Day:
            lines: list[TodayLine] = []
            faults: list[Exception] = []
            for room in rooms.ROOMS:
                try:
                    lines += room.today(context) if room.today else []
                except Exception as fault:  # noqa: BLE001 - said on the UI thread
                    faults.append(fault)
            seen = [line.student for line in lines if line.student and line.at is not None]
            return _Day(lines, context.desk.day.facts(seen), faults)

        context.tasks.read(gather, self._show, key="today", owner=self)

    def _show(self, day: _Day | None) -> None:
        if day is None:
            return
        self._lines = day.lines
        self._facts = day.facts
        # What a room names again is not done: it was taken back, here or on its own page.
        for line in day.lines:
            self._done.pop(line.id, None)
        today = self._context.today()
        self._day.setText(
            _("{weekday}, {date}").format(weekday=weekday_name(today), date=shown_date(today))
        )
        self._count.setText(
            ngettext("{count} thing waits", "{count} things wait", len(day.lines)).format(
                count=len(day.lines)
            )
        )
        self._turns_at = turns_at(day.lines, self._now())
        self._show_buildings()
        self._arrange()
        self.counted.emit(len(day.lines))
        for fault in day.faults[:1]:
            self._context.say(fault)

    def _now(self) -> time:
        return self._context.desk.clock.now().wall().time()

    def _all(self) -> list[TodayLine]:
        lines = [line for line in self._lines if line.id not in self._done]
        for place, line in sorted(self._done.values(), key=lambda done: done[0]):
            lines.insert(place, line)
        return lines

    def _offered(self) -> list[tuple[str, str]]:
        schools = buildings(self._all())
        if len(schools) < 2:
            return []
        known = self._facts.buildings
        order = [school for school in self._order() if school in schools]
        return [("", _("Every building")), *((each, known.get(each, "")) for each in order)]

    def _order(self) -> list[str]:
        return ordered(self._facts.buildings, here(self._lines, self._now()))

    def _show_buildings(self) -> None:
        offered = self._offered()
        self.buildings.setVisible(bool(offered))
        if offered:
            self.buildings.set_options(offered)
            self.buildings.set_value(self._only or "")
        else:
            self._only = None

    def _choose(self, school: str) -> None:
        self._only = school
        self.buildings.set_value(school)
        self._arrange()
        announce(self.list, dict(self._offered()).get(school, ""))

    def _arrange(self) -> None:
        entries: list[Entry] = []
        for block in blocks(self._all(), self._now(), self._order(), self._only or ""):
            entries.append(self._heading(block))
            entries += [self._entry(line) for line in block.lines]
        stood = self.window().focusWidget() is self.list
        self.list.set_entries(entries)
        self._teach()
        self._stack.setCurrentIndex(0 if entries else 1)
        if entries and not self.list.currentIndex().isValid():
            self.list.go_to(0)
        if stood and not entries:
            self._empty.setFocus()
        self._tell_keys()

    def _heading(self, block: Block) -> Entry:
        count = sum(line.id not in self._done for line in block.lines)
        title = _(TITLES[block.section])
        if block.school:
            said = _("{part} – {building} ({count})").format(
                part=title, building=self._facts.buildings.get(block.school, ""), count=count
            )
        else:
            said = _("{part} ({count})").format(part=title, count=count)
        return Entry(f"block:{block.section}:{block.school}", said, heading=True)

    def _entry(self, line: TodayLine) -> Entry:
        struck = line.id in self._done
        chips = [
            (text, Kind.BAD)
            for _kind, text in self._facts.alerts.get(line.student, ())
            if line.at is not None
        ]
        if line.late and not struck:
            chips.append((_("Overdue"), Kind.WARN))
        hour = shown_time(line.at) if line.at is not None else ""
        return Entry(
            line.id,
            line.title,
            line.detail,
            hour or line.when,
            "done" if struck else line.icon,
            tuple(chips),
            subject=line,
            struck=struck,
        )

    def _tell_keys(self) -> None:
        entry = self.list.entry()
        line = entry.subject if entry is not None and not entry.heading else None
        keys: list[tuple[str, str]] = []
        if isinstance(line, TodayLine):
            keys.append(("Enter", _("open")))
            if line.id in self._done:
                keys += [("U", _("take back"))] if line.undo is not None else []
            else:
                if line.done is not None:
                    keys.append((line.done_key, line.done_label or _("done")))
                if line.postpone is not None:
                    keys.append(("P", _("put off")))
            if line.student:
                keys.append(("N", _("note")))
        if not self.buildings.isHidden():
            keys.append(("B", _("building")))
        self._hints.tell(keys)

    def _teach(self) -> None:
        if self._facts.any_students or self._lines:
            self._empty.say(
                _("Nothing waits for you today"),
                _(
                    "Follow-ups that are due, notes that are not signed and other things with a"
                    " date come up here by themselves."
                ),
            )
        else:
            self._empty.say(
                _("Nothing waits for you today"),
                _(
                    "The day begins here: sessions and groups with their hour and building,"
                    " follow-ups that are due, notes to sign. Add a student or read a roster in,"
                    " and what you plan comes up by itself."
                ),
            )

    def _open_line(self, line: TodayLine) -> None:
        self._context.go(line.page, line.subject)


class _Lines(CardList):
    """The lines; a letter does what the hints below say to the one the focus is on."""

    def __init__(self, page: TodayPage) -> None:
        super().__init__(_("What waits today"))
        self._page = page

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Do with D, Space or the line's own letter; open with Enter."""
        entry = self.entry()
        if event.key() == Qt.Key.Key_B and not event.modifiers():
            self._page.turn_building()
            return
        line = entry.subject if entry is not None else None
        if isinstance(line, TodayLine) and not event.modifiers():
            run = self._meant(event, line)
            if run is not None:
                run(line)
                return
        super().keyPressEvent(event)

    def _meant(self, event: QKeyEvent, line: TodayLine) -> Callable[[TodayLine], None] | None:
        own = {Qt.Key.Key_Space, Qt.Key(Qt.Key.Key_A + ord(line.done_key.upper()) - ord("A"))}
        if Qt.Key(event.key()) in own:
            return self._page.do
        return {
            Qt.Key.Key_U: self._page.take_back,
            Qt.Key.Key_P: self._page.ask_postpone,
            Qt.Key.Key_N: self._page.note,
        }.get(Qt.Key(event.key()))


class _Hints(QWidget):
    """How many wait, and the keys that do something to the line the focus is on."""

    def __init__(self, count: Muted) -> None:
        super().__init__()
        self._shown: list[tuple[str, str]] = []
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        self._keys = QWidget()
        self._keys.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Minimum)
        self._row = FlowLayout(self._keys, gap=8)
        row.addWidget(count)
        row.addStretch(1)
        row.addWidget(self._keys)

    def tell(self, keys: Sequence[tuple[str, str]]) -> None:
        """Show these keys."""
        if list(keys) == self._shown:
            return
        self._shown = list(keys)
        while (item := self._row.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        for key, what in keys:
            pair = QWidget()
            row = QHBoxLayout(pair)
            row.setContentsMargins(0, 0, 0, 0)
            row.addWidget(KeyHint(key))
            row.addWidget(Muted(what))
            self._row.addWidget(pair)
