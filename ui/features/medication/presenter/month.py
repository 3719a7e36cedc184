"""The month sheet of a student: the grid a nurse reads at a glance."""

from collections.abc import Mapping
from datetime import date
from functools import partial

from PySide6.QtWidgets import QVBoxLayout

from app.features.medication.model.doses import CODE_LETTERS, SlotState
from app.features.medication.repo.orders import Pupil
from app.features.medication.service.papers import (
    Cell,
    Footnote,
    Mark,
    MonthSheet,
    PrnEntry,
    SheetRow,
)
from app.kernel.changes import Changed, Kind
from app.kernel.ids import StudentId
from app.kernel.words import _, ngettext
from app.overviews.medication_words import (
    CODES,
    EFFECTS,
    STATES,
    spoken_amount,
    spoken_clock,
    spoken_dose,
    spoken_medicine,
    spoken_outcome,
)
from app.overviews.reports.medication_papers import PaperKind
from app.overviews.reports.wording import spoken_day, spoken_moment
from ui.features.medication.presenter.papers import subject_of
from ui.features.medication.presenter.pupil import pick_pupil, second_identifiers
from ui.features.medication.view.month import CellShown, DayShown, MonthView, RowShown
from ui.kit.dates import month_name
from ui.kit.look import Kind as Ink
from ui.kit.room import Context, PageWidget
from ui.kit.widgets.lists import Entry

_STATE_INK: Mapping[SlotState, tuple[str, str]] = {
    SlotState.GIVEN: ("text", ""),
    SlotState.NOT_GIVEN: ("text", "warn_soft"),
    SlotState.MISSED: ("bad", "bad_soft"),
    SlotState.HELD: ("text", "sunken"),
    SlotState.NO_SCHOOL: ("muted", ""),
}


class MonthPage(PageWidget):
    """One student's month; Enter on a cell opens the dose."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._student = StudentId("")
        self._first = context.today().replace(day=1)
        self.view = MonthView()
        page = QVBoxLayout(self)
        page.setContentsMargins(0, 0, 0, 0)
        page.addWidget(self.view)
        self.view.moved.connect(self._move)
        self.view.student_asked.connect(self._pick)
        self.view.paper_asked.connect(self._to_paper)
        self.view.grid.opened.connect(lambda dose: context.go("dose", dose))
        self.view.prn.opened.connect(lambda entry: context.go("dose", entry.id))
        self._say_nobody()

    def show_subject(self, subject: str) -> None:
        """Show the month of the student with this id."""
        if subject:
            self._student = StudentId(subject)
            self._reload()

    def arrive(self) -> None:
        """Stand in the grid, or on the button that finds a student."""
        if self._student:
            self._reload()
        (self.view.grid if self._student else self.view.empty).setFocus()

    def heed(self, changed: Changed) -> None:
        """Look again when something was recorded."""
        if self._student and changed.meets({Kind.DOSE, Kind.ORDER, Kind.STUDENT}):
            self._reload()

    def state(self) -> dict[str, str]:
        """Return which month is shown."""
        return {"month": self._first.isoformat()}

    def restore(self, state: Mapping[str, str]) -> None:
        """Show it again."""
        if state.get("month"):
            self._first = date.fromisoformat(state["month"])

    def _move(self, step: int) -> None:
        month = self._first.year * 12 + self._first.month - 1 + step
        self._first = date(month // 12, month % 12 + 1, 1)
        self._reload()

    def _pick(self) -> None:
        def then(pupil: Pupil) -> None:
            self._context.go("month", pupil.id)

        pick_pupil(self._context, self, _("Whose month?"), then)

    def _to_paper(self) -> None:
        month = self._first.strftime("%Y-%m")
        self._context.go("papers", subject_of(PaperKind.MONTH, self._student, month))

    def _say_nobody(self) -> None:
        view = self.view
        view.title.setText(_("Month sheet"))
        view.about.setText("")
        view.show_month((), (), ())
        for widget in (view.before, view.after, view.month, view.student, view.paper):
            widget.hide()

    def _reload(self) -> None:
        if not self._student:
            return
        papers = self._context.desk.medication.papers
        self._context.tasks.read(
            partial(papers.month_sheet, self._student, self._first.strftime("%Y-%m")),
            self._show,
            self._context.say,
            key="month",
            owner=self,
        )

    def _show(self, sheet: MonthSheet) -> None:
        view = self.view
        for widget in (view.before, view.after, view.month, view.student, view.paper):
            widget.show()
        view.title.setText(sheet.pupil.name)
        allergies = ", ".join(sheet.pupil.allergies)
        line = second_identifiers(sheet.pupil)
        if allergies:
            line = _("{more} · Allergies: {allergies}").format(more=line, allergies=allergies)
        view.about.setText(line)
        view.month.setText(
            _("{month} {year}").format(
                month=month_name(sheet.first.month, short=False), year=sheet.first.year
            )
        )
        today = self._context.today().isoformat()
        days = [_day(day, sheet, today) for day in sheet.days]
        notes = {note.number: note for note in sheet.footnotes}
        view.show_month(
            days,
            [_row(row, sheet, notes) for row in sheet.rows],
            [_prn(entry) for entry in sheet.prn],
        )
        view.key.setText(_key(sheet))
        view.notes.setText("\n".join(_footnote(note) for note in sheet.footnotes))
        view.notes.setVisible(bool(sheet.footnotes))


def _day(day: str, sheet: MonthSheet, today: str) -> DayShown:
    on = date.fromisoformat(day)
    letters = (_("Mo"), _("Tu"), _("We"), _("Th"), _("Fr"), _("Sa"), _("Su"))
    closed = day in sheet.closed or on.weekday() >= 5
    return DayShown(str(on.day), letters[on.weekday()], closed, day == today)


def _row(row: SheetRow, sheet: MonthSheet, notes: Mapping[int, Footnote]) -> RowShown:
    medicine = _("{medicine}, {dose}").format(
        medicine=spoken_medicine(row.order), dose=spoken_dose(row.order)
    )
    return RowShown(
        spoken_clock(row.time),
        medicine,
        tuple(_cell(cell, row, sheet, notes) for cell in row.cells),
    )


def _cell(cell: Cell, row: SheetRow, sheet: MonthSheet, notes: Mapping[int, Footnote]) -> CellShown:
    ink, ground = _STATE_INK.get(cell.state, ("muted", "")) if cell.state else ("muted", "")
    said = _(STATES[cell.state]) if cell.state is not None else _("not ordered")
    if cell.text:
        said = _("{what} ({text})").format(what=said, text=cell.text)
    note = notes.get(cell.note)
    spoken = _("{day}, {time}, {medicine}: {what}").format(
        day=spoken_day(cell.day),
        time=spoken_clock(row.time),
        medicine=row.order.title(),
        what=said,
    )
    if cell.day in sheet.closed:
        spoken = _("{cell}. No school: {reason}").format(cell=spoken, reason=sheet.closed[cell.day])
    if note is not None:
        spoken = _("{cell}. {note}").format(cell=spoken, note=_footnote(note))
    return CellShown(
        cell.text,
        ink,
        ground,
        spoken,
        cell.dose_id,
        mark=Mark.CORRECTED in cell.marks or bool(cell.note),
    )


def _footnote(note: Footnote) -> str:
    dose = note.dose
    parts = [
        _("{number}. {what}, recorded {when} by {by}").format(
            number=note.number,
            what=spoken_outcome(dose.outcome, dose.code),
            when=spoken_moment(dose.recorded),
            by=note.by or _("the desk itself"),
        )
    ]
    if note.corrections:
        parts.append(
            ngettext("{count} correction", "{count} corrections", note.corrections).format(
                count=note.corrections
            )
        )
    if dose.late:
        parts.append(_("late entry"))
    parts.extend(text for text in (dose.why, dose.override_reason, dose.note) if text)
    return "; ".join(parts)


def _key(sheet: MonthSheet) -> str:
    initials = [
        _("{initials} {name}").format(
            initials=signer.initials,
            name=", ".join(part for part in (signer.name, signer.credentials) if part),
        )
        for signer in sheet.key
    ]
    codes = [
        _("{letter} {words}").format(letter=CODE_LETTERS[code], words=_(CODES[code]))
        for code in sheet.codes
    ]
    return " · ".join([*initials, *codes])


def _prn(entry: PrnEntry) -> Entry:
    dose = entry.dose
    effect = _(EFFECTS[entry.effect]) if entry.effect is not None else _("effect not told yet")
    chips = ((_("Corrected"), Ink.WARN),) if entry.corrected else ()
    return Entry(
        dose.id,
        _("{medicine}: {amount}").format(
            medicine=spoken_medicine(entry.order), amount=spoken_amount(dose.amount, dose.unit)
        ),
        " · ".join(
            part for part in (dose.reason, dose.assessment, effect, entry.effect_text) if part
        ),
        _("{when}, {initials}").format(
            when=spoken_moment(dose.given or dose.recorded), initials=entry.initials
        ),
        "medication",
        chips,
    )
