"""Enters a downtime sheet: a day's doses as they were written on paper, all at once."""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import date, datetime, time
from functools import partial

from PySide6.QtCore import QTimer
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QVBoxLayout

from app.features.medication.commands import RecordDose, RecordNotGiven
from app.features.medication.model.doses import CHOSEN_CODES, CODE_LETTERS, By, SlotState, Source
from app.features.medication.model.orders import Order
from app.features.medication.repo.orders import Pupil
from app.features.medication.service.doses import BoardLine
from app.kernel.changes import Changed, Kind
from app.kernel.clock import Moment
from app.kernel.errors import Refused
from app.kernel.ids import SchoolId, new_id
from app.kernel.words import _, ngettext
from app.overviews.medication_words import CODES, spoken_clock, spoken_dose, spoken_medicine
from app.overviews.reports.wording import spoken_day
from app.phrases import sentence
from ui.features.medication.presenter.late import Late, code_of, enter_all
from ui.features.medication.view.downtime import DowntimeView, PaperLine, Typed
from ui.kit.asking import about
from ui.kit.dates import read_time
from ui.kit.room import Context, PageWidget

_KEEP_MS = 900
_LEFT_OUT = frozenset({SlotState.NO_SCHOOL, SlotState.HELD})


@dataclass(frozen=True, slots=True)
class _Sheet:
    """What a day's sheet holds that has no entry yet."""

    day: str
    lines: list[BoardLine]
    needed: tuple[tuple[Pupil, Order], ...]
    schools: list[tuple[object, str]]
    people: dict[str, str]
    """Who is meant by initials; several of the same initials are nobody."""
    me: str
    kept: str


class DowntimePage(PageWidget):
    """A line for each dose of the day: a time, or a code; Ctrl+Enter enters them all."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._day = context.today()
        self._school = ""
        self._sheet: _Sheet | None = None
        self._ids: dict[str, str] = {}
        self._kept = ""
        self.view = DowntimeView(context.today)
        page = QVBoxLayout(self)
        page.setContentsMargins(0, 0, 0, 0)
        page.addWidget(self.view)
        codes = ", ".join(
            _("{letter} {words}").format(letter=CODE_LETTERS[code], words=_(CODES[code]))
            for code in CHOSEN_CODES
        )
        self.view.codes.setText(
            _("On the paper: the time it was given, or a code. {codes}.").format(codes=codes)
        )
        self.view.day_chosen.connect(self._choose_day)
        self.view.school_chosen.connect(self._choose_school)
        self.view.entered.connect(self._enter)
        self.view.more_asked.connect(self._more)
        self._timer = QTimer(self)
        self._timer.setInterval(_KEEP_MS)
        self._timer.timeout.connect(self.flush)

    def show_subject(self, subject: str) -> None:
        """Show the sheet of the day `subject`, or of today."""
        if subject:
            self._day = date.fromisoformat(subject)
            self.view.day.set_value(self._day)
        self._reload()

    def arrive(self) -> None:
        """Stand in the first line."""
        self.view.begin()

    def heed(self, changed: Changed) -> None:
        """Look again when something else was recorded and nothing is typed here."""
        if self.isVisible() and changed.meets({Kind.DOSE, Kind.ORDER}) and not self.view.typed():
            self._reload()

    def flush(self) -> None:
        """Keep what was typed, under its day."""
        if self._sheet is None:
            return
        typed = {key: asdict(one) for key, one in self.view.typed().items()}
        text = json.dumps(typed, sort_keys=True) if typed else ""
        if text != self._kept:
            self._kept = text
            name = about("downtime", self._sheet.day)
            self._context.tasks.write(
                partial(self._context.desk.people.keep_state, {name: text}),
                failed=self._context.say,
            )

    def showEvent(self, event: QShowEvent) -> None:
        """Keep what is typed while the page is seen."""
        super().showEvent(event)
        self._timer.start()

    def hideEvent(self, event: QHideEvent) -> None:
        """Rest while it is not."""
        super().hideEvent(event)
        self._timer.stop()

    # -- reading ---------------------------------------------------------------------

    def _choose_day(self, day: object) -> None:
        if isinstance(day, date) and day != self._day:
            self.flush()
            self._day = day
            self._reload()

    def _choose_school(self, school: object) -> None:
        self.flush()
        self._school = str(school or "")
        self._reload()

    def _reload(self) -> None:
        desk, day, school = self._context.desk, self._day, SchoolId(self._school) or None
        medication, who = desk.medication, desk.seat.person

        def look_up() -> _Sheet:
            begins = Moment.local(datetime.combine(day, time(0, 1)), desk.clock.now().zone)
            board = medication.doses.board(school, at=begins)
            lines = [
                line
                for line in board.lines
                if line.state not in _LEFT_OUT
                and (line.dose is None or line.dose.person_id is None)
            ]
            lines.sort(
                key=lambda line: (
                    line.slot.time, line.pupil.school, line.pupil.room, line.pupil.sorting,
                )
            )  # fmt: skip
            text = day.isoformat()
            me = desk.people.person(who).name
            people: dict[str, str] = {}
            for name in (me, *(one.name for one in medication.witnesses())):
                letters = _initials(name)
                people[letters] = "" if letters in people else name
            return _Sheet(
                text,
                lines,
                medication.papers.downtime_sheet(text, school).as_needed,
                [(one.id, one.name) for one in desk.caseload.schools()],
                people,
                me,
                desk.people.state(who).get(about("downtime", text), ""),
            )

        self._context.tasks.read(look_up, self._show, self._context.say, key="downtime", owner=self)

    def _show(self, sheet: _Sheet) -> None:
        self._sheet, self._kept = sheet, sheet.kept
        view = self.view
        if view.school.count() != len(sheet.schools) + 1:
            view.school.set_options([("", _("All buildings")), *sheet.schools])
            view.school.set_value(self._school)
        view.school_field.setVisible(len(sheet.schools) > 1)
        view.show_lines([_line(line) for line in sheet.lines])
        count = ngettext(
            "{day}: {count} dose has no entry yet.", "{day}: {count} doses have no entry yet.",
            len(sheet.lines),
        )  # fmt: skip
        view.about.setText(count.format(day=spoken_day(sheet.day), count=len(sheet.lines)))
        view.more.setVisible(bool(sheet.needed))
        typed = {key: Typed(**one) for key, one in json.loads(sheet.kept or "{}").items()}
        for key in typed:
            if key.startswith("needed:"):
                view.add_needed(key, _needed_options(sheet))
        view.put(typed)
        view.calm()
        if self.isVisible():
            view.begin()

    def _more(self) -> None:
        if self._sheet is not None:
            self.view.add_needed(f"needed:{new_id()}", _needed_options(self._sheet))

    # -- writing ---------------------------------------------------------------------

    def _enter(self) -> None:
        sheet, context = self._sheet, self._context
        if sheet is None:
            return
        self.view.calm()
        typed = self.view.typed()
        lines = {_key(line): line for line in sheet.lines}
        keys: list[str] = []
        records: list[tuple[Late, str]] = []
        for key, one in typed.items():
            try:
                record = self._record(sheet, lines.get(key), key, one)
            except Refused as refused:
                self.view.refuse(key, sentence(refused))
                return
            keys.append(key)
            records.append((record, one.said))
        doses = context.desk.medication.doses

        self.view.save.setEnabled(False)
        context.tasks.write(
            partial(enter_all, doses, records),
            self._done(len(records)),
            partial(self._failed, keys),
            owner=self,
        )

    def _done(self, count: int) -> Callable[[Changed], None]:
        def done(_changed: Changed) -> None:
            self.view.show_lines(())
            self.flush()
            self._ids.clear()
            self._context.notices.say(
                ngettext(
                    "{count} dose is entered as a late entry.",
                    "{count} doses are entered as late entries.",
                    count,
                ).format(count=count)
            )
            self._reload()

        return done

    def _failed(self, keys: list[str], error: Exception) -> None:
        self.view.save.setEnabled(True)
        if not isinstance(error, Refused):
            self._context.say(error)
            return
        place = error.field.removeprefix("records.")
        self.view.refuse(keys[int(place)] if place.isdecimal() else "", sentence(error))

    def _record(self, sheet: _Sheet, line: BoardLine | None, key: str, typed: Typed) -> Late:
        now = self._context.desk.clock.now()
        dose_id = self._ids.setdefault(key, new_id())
        if line is not None:
            order, student, day, slot = line.order, line.pupil.id, line.slot.day, line.slot.time
        else:
            chosen = next(
                (
                    (who, what)
                    for who, what in sheet.needed
                    if f"{who.id}|{what.id}" == typed.choice
                ),
                None,
            )
            if chosen is None:
                raise Refused("order-gone")
            order, student, day, slot = chosen[1], chosen[0].id, "", ""
        code = code_of(typed.paper)
        if code is not None and slot:
            return RecordNotGiven(
                order.id, student, day, slot, code, source=Source.DOWNTIME, dose_id=dose_id
            )
        at = read_time(typed.paper, now.wall().time()) if typed.paper else None
        if at is None:
            raise Refused("downtime-unreadable", "", text=typed.paper)
        given = Moment.local(datetime.combine(date.fromisoformat(sheet.day), at), now.zone)
        initials = typed.initials.upper()
        giver = sheet.people.get(initials) or typed.initials
        mine = not initials or giver == sheet.me
        return RecordDose(
            order.id, student, day, slot, given_at=given,
            by=By.NURSE if mine else By.DELEGATE, giver="" if mine else giver,
            reason="" if slot else typed.said, source=Source.DOWNTIME, dose_id=dose_id,
        )  # fmt: skip


def _initials(name: str) -> str:
    return "".join(part[0] for part in name.split() if part).upper()


def _key(line: BoardLine) -> str:
    return "|".join(line.slot.key)


def _line(line: BoardLine) -> PaperLine:
    return PaperLine(
        _key(line),
        line.pupil.listed,
        _("{medicine}, {dose}").format(
            medicine=spoken_medicine(line.order), dose=spoken_dose(line.order)
        ),
        spoken_clock(line.slot.time),
    )


def _needed_options(sheet: _Sheet) -> list[tuple[object, str]]:
    return [
        (
            f"{who.id}|{what.id}",
            _("{name}: {medicine}").format(name=who.listed, medicine=spoken_medicine(what)),
        )
        for who, what in sheet.needed
    ]
