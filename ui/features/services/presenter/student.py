"""One student's services owed: how each stands, and every session behind it."""

from datetime import date

from PySide6.QtWidgets import QVBoxLayout

from app.features.services.commands import ReopenMandate
from app.features.services.model.deliveries import Delivery, Outcome
from app.features.services.model.mandates import Setting
from app.features.services.model.reckoning import Reckoned
from app.features.services.service.minutes import MinutesSheet, Owed
from app.kernel.changes import Changed, Kind
from app.kernel.ids import StudentId
from app.kernel.words import _
from app.overviews.reports.wording import spoken_day, spoken_grade
from app.overviews.services_words import (
    BASES,
    OUTCOMES,
    SETTINGS,
    STANDING_MARKS,
    STANDINGS,
    spoken_dates,
    spoken_delivery,
    spoken_need,
    spoken_reckoned,
)
from ui.features.services.presenter.asking import LETTERS, Asking, outcome_keys, terms_of
from ui.features.services.presenter.minutes import MARKS
from ui.features.services.view.charts import PeriodBar
from ui.features.services.view.student import StudentMinutesView
from ui.kit.dates import shown_date
from ui.kit.look import Kind as Mark
from ui.kit.room import Context, PageWidget
from ui.kit.widgets.lists import Entry

_HEEDED = (Kind.MANDATE, Kind.NOTE, Kind.GROUP_SESSION, Kind.SETTING, Kind.STUDENT)


class StudentMinutesPage(PageWidget):
    """What one student is owed and was given in this school year."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._asking = Asking(context, self)
        self._student = StudentId("")
        self._series = ""
        self._wanted = ""
        self._sheet: MinutesSheet | None = None
        keys = _("{keys}   Enter: correct   M: makes up for   T: counts toward").format(
            keys=outcome_keys()
        )
        self.view = StudentMinutesView(f"{LETTERS}MT", keys)
        page = QVBoxLayout(self)
        page.setContentsMargins(0, 0, 0, 0)
        page.addWidget(self.view)
        self.view.acted.connect(self._act)
        self.view.turned.connect(self._turn)
        self.view.bars.chosen.connect(self._say_period)
        self.view.sessions.opened.connect(self._open)
        self.view.sessions.keyed.connect(self._keyed)

    # -- what the shell asks ---------------------------------------------------------

    def show_subject(self, subject: str) -> None:
        """Show a student's services owed; after a bar, the session to stand on."""
        student, _bar, self._wanted = subject.partition("|")
        if student != self._student:
            self._series = ""
        self._student = StudentId(student)
        if student:
            self._reload()

    def arrive(self) -> None:
        """Stand where work begins."""
        self.view.stand()

    def heed(self, changed: Changed) -> None:
        """Look again when something that counts has changed."""
        if self._student and changed.meets(_HEEDED):
            self._reload()

    def flush(self) -> None:
        """Keep what stands on an open sheet."""
        self._asking.flush()

    # -- showing ---------------------------------------------------------------------

    def _reload(self) -> None:
        student = self._student
        self._context.tasks.read(
            lambda: self._context.desk.services.minutes.sheet(student),
            self._show,
            self._context.say,
            key="student-minutes",
            owner=self,
        )

    def _show(self, sheet: MinutesSheet | None) -> None:
        if sheet is None or sheet.pupil.id != self._student:
            return
        self._sheet = sheet
        pupil = sheet.pupil
        parts = (spoken_grade(pupil.grade) if pupil.grade else "", pupil.school)
        self.view.show_student(pupil.name, " · ".join(part for part in parts if part))
        if self._wanted:
            found = next(
                (
                    one.mandate.series_id
                    for one in sheet.owed
                    for each in one.deliveries
                    if each.first_id == self._wanted
                ),
                "",
            )
            self._series = found or self._series
        known = [one.mandate.series_id for one in sheet.owed]
        if self._series not in known:
            self._series = known[0] if known else ""
        self.view.show_services(
            [(one.mandate.series_id, one.mandate.service_label) for one in sheet.owed],
            self._series,
        )
        self._show_owed()
        self.view.stand()

    def _owed(self) -> Owed | None:
        owed = self._sheet.owed if self._sheet is not None else ()
        return next((one for one in owed if one.mandate.series_id == self._series), None)

    def _turn(self, series: object) -> None:
        self._series = str(series or "")
        self._show_owed()

    def _show_owed(self) -> None:
        owed, sheet = self._owed(), self._sheet
        if owed is None or sheet is None:
            return
        running = owed.running
        standing = (
            (_(STANDINGS[running.standing]), MARKS[running.standing])
            if running is not None
            else (_("Not owed now"), Mark.PLAIN)
        )
        need = ""
        if running is not None:
            need = spoken_need(
                remaining=running.remaining,
                unit=running.unit,
                last=running.last,
                today=sheet.today,
                planned=len([one for one in owed.planned if one.day <= running.last]),
                schedules=True,
            )
            need = _("{name} {need}").format(name=sheet.pupil.name, need=need) if (
                running.remaining
            ) else need  # fmt: skip
        self.view.show_owed(
            _("{service}: {terms}").format(
                service=owed.mandate.service_label, terms=terms_of(owed.mandate)
            ),
            standing,
            _facts(owed),
            need,
            [_bar(one) for one in owed.periods],
        )
        self._say_period(self.view.bars.place())
        ended = owed.ended is not None
        self.view.offer(("add", "change", "hand", "student", "paper", "reopen" if ended else "end"))
        self.view.show_sessions(
            [
                self._entry(one, owed)
                for one in sorted(
                    (*sheet.undecided, *owed.deliveries), key=lambda one: one.day, reverse=True
                )
            ]
        )
        if self._wanted:
            place = self.view.sessions.entries.place_of(self._wanted)
            self.view.sessions.go_to(max(0, place))
            self._wanted = ""

    def _say_period(self, place: int) -> None:
        owed = self._owed()
        if owed is not None and 0 <= place < len(owed.periods):
            self.view.show_period(spoken_reckoned(owed.periods[place]))
        else:
            self.view.show_period("")

    def _entry(self, one: Delivery, owed: Owed) -> Entry:
        sheet = self._sheet
        people = sheet.people if sheet is not None else {}
        made_up = sheet.made_up_by if sheet is not None else {}
        given = one.outcome is Outcome.DELIVERED
        title = spoken_delivery(one) if given else _(OUTCOMES[one.outcome])
        parts = [
            _(SETTINGS[one.setting]) if owed.mandate.setting is not Setting.INDIVIDUAL else "",
            one.reason,
            people.get(one.person_id, ""),
        ]
        chips: list[tuple[str, str]] = []
        if one.series_id == "":
            chips.append((_("Counts toward nothing yet"), Mark.WARN))
        elif one.makes_up:
            chips.append(
                (_("Makes up for {day}").format(day=spoken_day(one.made_up_on)), Mark.GOOD)
            )
        elif one.first_id in made_up:
            chips.append((_("Made up for"), Mark.GOOD))
        elif one.outcome is Outcome.UNACCOUNTED:
            chips.append((_("Say why"), Mark.WARN))
        detail = ""
        if one.replaces:
            chips.append((_("Corrected"), Mark.PLAIN))
            why = one.correction or _("what it counts as was decided")
            why = _("the group’s attendance was corrected") if why == "attendance" else why
            detail = _("Corrected by {name}: {why}").format(
                name=people.get(one.written_by, ""), why=why
            )
        return Entry(
            one.first_id,
            title,
            " · ".join(part for part in parts if part),
            spoken_day(one.day),
            "check" if given else "refused",
            tuple(chips),
            detail,
            subject=one,
        )

    # -- doing -----------------------------------------------------------------------

    def _act(self, name: str) -> None:
        owed, sheet, context = self._owed(), self._sheet, self._context
        if name == "student":
            context.go("student", self._student)
        elif name == "add":
            self._asking.owe(self._student)
        elif owed is None or sheet is None:
            return
        elif name == "change":
            self._asking.change(sheet.pupil, owed.mandate)
        elif name == "end":
            self._asking.end(owed)
        elif name == "reopen":
            minutes = context.desk.services.minutes
            series = owed.mandate.series_id
            context.tasks.write(
                lambda: minutes.reopen_mandate(ReopenMandate(series)),
                lambda _changed: self._said(_("It is owed again.")),
                context.say,
                owner=self,
            )
        elif name == "hand":
            self._asking.by_hand(owed)
        else:
            context.go("reports", f"service-minutes|{self._student}")

    def _said(self, words: str) -> None:
        self._context.notices.say(words)

    def _open(self, entry: Entry) -> None:
        one: Delivery = entry.subject
        if one.series_id == "":
            self._keyed(entry, "T")
        else:
            self._asking.correct(one)

    def _keyed(self, entry: Entry, letter: str) -> None:
        owed, sheet = self._owed(), self._sheet
        one: Delivery = entry.subject
        if owed is None or sheet is None:
            return
        if letter == "T":
            self._asking.count_toward(one, sheet.owed)
        elif letter == "M":
            if one.outcome is Outcome.DELIVERED and one.series_id:
                open_ones = [
                    each
                    for each in owed.deliveries
                    if each.outcome is not Outcome.DELIVERED
                    and sheet.made_up_by.get(each.first_id, one.first_id) == one.first_id
                ]
                self._asking.make_up(one, open_ones)
        else:
            self._asking.explain(one, letter)


def _bar(one: Reckoned) -> PeriodBar:
    return PeriodBar(
        _short(one),
        one.owed,
        one.given,
        one.made_up,
        STANDING_MARKS[one.standing],
        MARKS[one.standing],
        spoken_reckoned(one),
    )


def _short(one: Reckoned) -> str:
    return shown_date(date.fromisoformat(one.first)).rsplit(" ", 1)[0]


def _facts(owed: Owed) -> str:
    mandate = owed.mandate
    parts = [
        _(SETTINGS[mandate.setting]),
        spoken_dates(mandate.starts_on, mandate.ends_on),
        _("{basis} of {day}").format(
            basis=_(BASES[mandate.basis]), day=spoken_day(mandate.basis_on)
        ),
        _("given by {name}").format(name=mandate.provider) if mandate.provider else "",
        _("version {number}").format(number=mandate.version) if mandate.version > 1 else "",
    ]
    if owed.ended is not None:
        parts.append(
            _("ended after {day}: {reason}").format(
                day=spoken_day(owed.ended.ended_on), reason=owed.ended.reason
            )
        )
    return " · ".join(part for part in parts if part)
