"""The medication record of a month on paper: the familiar grid, its keys, and doses as needed."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import groupby

from app.features.medication.model.doses import CODE_LETTERS, Outcome, SlotState
from app.features.medication.model.orders import Order
from app.features.medication.repo.orders import Pupil
from app.features.medication.service.papers import (
    Cell,
    Footnote,
    Mark,
    MonthSheet,
    PrnEntry,
    SheetRow,
)
from app.kernel.words import _, ngettext
from app.overviews.medication_words import (
    CODES,
    EFFECTS,
    spoken_amount,
    spoken_clock,
    spoken_dose,
    spoken_medicine,
    spoken_outcome,
    spoken_span,
    spoken_timing,
)
from app.overviews.reports.wording import spoken_day, spoken_grade, spoken_moment, spoken_time
from app.paper import blocks

MARK_LETTERS: Mapping[Mark, str] = {
    Mark.LATE_ENTRY: "L",
    Mark.CORRECTED: "C",
    Mark.OVERRIDDEN: "W",
    Mark.BY_OTHER: "B",
    Mark.CLOCK: "K",
}
"""What stands in the corner of a cell, before the number of its footnote."""

_FRAMED = frozenset({SlotState.NOT_GIVEN, SlotState.MISSED})


def identified(pupil: Pupil) -> str:
    """Return what tells a student from another of the same name, in one line."""
    parts = (
        _("born {day}").format(day=spoken_day(pupil.birth_date)) if pupil.birth_date else "",
        spoken_grade(pupil.grade) if pupil.grade else "",
        _("room {room}").format(room=pupil.room) if pupil.room else "",
        pupil.school,
        _("number {number}").format(number=pupil.number) if pupil.number else "",
    )
    return " · ".join(part for part in parts if part)


def month_blocks(sheet: MonthSheet) -> Iterator[blocks.Block]:
    """Yield one student's record of a month, beginning on a page of its own."""
    days = _("{first} to {last}").format(
        first=spoken_day(sheet.days[0]), last=spoken_day(sheet.days[-1])
    )
    yield blocks.Part(
        sheet.pupil.name,
        " · ".join(part for part in (days, identified(sheet.pupil)) if part),
    )
    yield blocks.KeyValues(
        ((_("Allergies"), ", ".join(sheet.pupil.allergies) or _("None on record")),)
    )
    yield blocks.Grid(
        _("Medicine, dose, route"),
        _("Time"),
        _columns(sheet),
        tuple(_groups(sheet.rows)),
        empty=_("Nothing was ordered at set times in this month."),
    )
    yield from _said_of_the_grid(sheet)
    if sheet.prn or sheet.prn_orders:
        yield blocks.Heading(_("As needed"), 2)
        yield from _as_needed(sheet)
    yield from _keys(sheet)
    yield blocks.Signatures((_("School nurse"), _("Reviewed by")), columns=2)


def _columns(sheet: MonthSheet) -> tuple[blocks.GridColumn, ...]:
    letters = (_("Mo"), _("Tu"), _("We"), _("Th"), _("Fr"), _("Sa"), _("Su"))
    days = [date.fromisoformat(day) for day in sheet.days]
    return tuple(
        blocks.GridColumn(
            str(day.day),
            letters[day.weekday()],
            shaded=day.weekday() >= 5 or day.isoformat() in sheet.closed,
        )
        for day in days
    )


def _groups(rows: Sequence[SheetRow]) -> Iterator[blocks.GridGroup]:
    for _order_id, found in groupby(rows, key=lambda row: row.order.id):
        versions = tuple(found)
        order = versions[0].order
        yield blocks.GridGroup(
            spoken_medicine(order),
            _detail(order),
            tuple(
                blocks.GridRow(spoken_clock(row.time), tuple(_cell(cell) for cell in row.cells))
                for row in versions
            ),
        )


def _detail(order: Order) -> str:
    until = "" if order.ends_on.startswith("9999") else spoken_day(order.ends_on)
    said = [
        _("{dose}; {timing}").format(dose=spoken_dose(order), timing=spoken_timing(order)),
        _("{first} to {last}").format(first=spoken_day(order.starts_on), last=until)
        if until
        else _("Since {first}").format(first=spoken_day(order.starts_on)),
        ", ".join(part for part in (order.prescriber, order.prescriber_phone) if part),
        order.instructions,
    ]
    if order.version > 1 and order.reason:
        said.append(_("Changed: {reason}").format(reason=order.reason))
    return "\n".join(part for part in said if part)


def _cell(cell: Cell) -> blocks.GridCell:
    if cell.state is None:
        return _OFF
    if not cell.text and not cell.note:
        return _OPEN
    letters = "".join(MARK_LETTERS[mark] for mark in cell.marks)
    return blocks.GridCell(
        cell.text,
        f"{letters}{cell.note or ''}",
        framed=cell.state in _FRAMED,
    )


_OFF, _OPEN = blocks.GridCell(off=True), blocks.GridCell()


def _said_of_the_grid(sheet: MonthSheet) -> Iterator[blocks.Block]:
    closed = [
        _("{day}: {reason}").format(day=spoken_day(day), reason=reason or _("no school"))
        for day, reason in sorted(sheet.closed.items())
    ]
    if closed:
        yield blocks.Text(
            _("Days without school: {days}").format(days="; ".join(closed)), small=True
        )
    if sheet.footnotes:
        yield blocks.Text("\n".join(spoken_footnote(note) for note in sheet.footnotes), small=True)


def spoken_footnote(note: Footnote) -> str:
    """Return what an entry's number on the sheet refers to, as one line."""
    dose = note.dose
    what = spoken_outcome(dose.outcome, dose.code)
    if dose.outcome is Outcome.GIVEN and dose.given is not None:
        what = _("{amount} given {when}").format(
            amount=spoken_amount(dose.amount, dose.unit), when=spoken_moment(dose.given)
        )
    parts = [
        _("{number}. {what}, recorded {when} by {by}").format(
            number=note.number,
            what=what,
            when=spoken_moment(dose.recorded),
            by=note.by or _("the desk itself"),
        )
    ]
    if dose.giver:
        parts.append(_("given by {person}").format(person=dose.giver))
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


def _as_needed(sheet: MonthSheet) -> Iterator[blocks.Block]:
    if sheet.prn_orders:
        yield blocks.Text(
            "\n".join(
                _("{medicine}: {limits}").format(
                    medicine=spoken_medicine(order), limits=spoken_limits(order)
                )
                for order in sheet.prn_orders
            ),
            small=True,
        )
    yield prn_table(sheet.prn, empty=_("No dose as needed was given in this month."))


def spoken_limits(order: Order) -> str:
    """Return how much of a medicine as needed may be given, for what, and how often."""
    parts = [spoken_dose(order), spoken_timing(order)]
    if order.min_minutes:
        parts.append(_("at least {span} apart").format(span=spoken_span(order.min_minutes)))
    if order.day_doses:
        parts.append(
            ngettext(
                "at most {count} dose in 24 hours",
                "at most {count} doses in 24 hours",
                order.day_doses,
            ).format(count=order.day_doses)
        )
    if order.day_amount:
        parts.append(
            _("at most {amount} in 24 hours").format(
                amount=spoken_amount(order.day_amount, order.unit)
            )
        )
    return "; ".join(parts)


def prn_table(
    entries: Sequence[PrnEntry], *, empty: str, students: bool = False
) -> blocks.TableBlock:
    """Return doses as needed as a table, with the students where it is about several."""
    columns = [
        blocks.Column(_("Given"), 2.0),
        blocks.Column(_("Student"), 2.0),
        blocks.Column(_("Medicine and amount"), 2.4),
        blocks.Column(_("Reason and findings before"), 2.6),
        blocks.Column(_("Effect"), 2.4),
        blocks.Column(_("By"), 1.4),
    ]
    rows = [
        [
            spoken_moment(entry.dose.given or entry.dose.recorded),
            "\n".join(part for part in (entry.pupil.listed, _told_apart(entry.pupil)) if part),
            _("{medicine}: {amount}").format(
                medicine=spoken_medicine(entry.order),
                amount=spoken_amount(entry.dose.amount, entry.dose.unit),
            ),
            "\n".join(part for part in (entry.dose.reason, entry.dose.assessment) if part),
            _effect(entry),
            _by(entry),
        ]
        for entry in entries
    ]
    if not students:
        columns.pop(1)
        for row in rows:
            row.pop(1)
    return blocks.TableBlock(tuple(columns), rows, empty=empty)


def _told_apart(pupil: Pupil) -> str:
    parts = (pupil.number, spoken_day(pupil.birth_date) if pupil.birth_date else "")
    return ", ".join(part for part in parts if part)


def _effect(entry: PrnEntry) -> str:
    if entry.effect is None:
        return _("Not told yet") if entry.dose.effect_due_at else ""
    effect, given, at = _(EFFECTS[entry.effect]), entry.dose.given, entry.effect_at
    if at is not None:
        same = given is not None and given.day() == at.day()
        when = spoken_time(at) if same else spoken_moment(at)
        effect = _("{effect}, {when}").format(effect=effect, when=when)
    return "\n".join(part for part in (effect, entry.effect_text) if part)


def _by(entry: PrnEntry) -> str:
    dose = entry.dose
    said = [
        _("{giver}, recorded by {initials}").format(giver=dose.giver, initials=entry.initials)
        if dose.giver
        else entry.initials,
        _("Late entry") if dose.late else "",
        _("Corrected") if entry.corrected else "",
        dose.override_reason,
    ]
    return "\n".join(part for part in said if part)


def _keys(sheet: MonthSheet) -> Iterator[blocks.Block]:
    counted = [
        ngettext("{count} dose given", "{count} doses given", sheet.given).format(
            count=sheet.given
        ),
        *(
            _("{code}: {count}").format(code=_(CODES[code]), count=count)
            for code, count in sheet.not_given.items()
        ),
    ]
    used = {mark for row in sheet.rows for cell in row.cells for mark in cell.marks}
    codes = [
        _("{letter} {words}").format(letter=CODE_LETTERS[code], words=_(CODES[code]))
        for code in sheet.codes
    ]
    marks = [
        _("{letter} {words}").format(letter=letter, words=mark_words(mark))
        for mark, letter in MARK_LETTERS.items()
        if mark in used
    ]
    signers = [
        _("{initials} {name}").format(
            initials=signer.initials,
            name=", ".join(part for part in (signer.name, signer.credentials) if part),
        )
        for signer in sheet.key
    ]
    pairs = (
        (_("In this month"), "; ".join(counted)),
        (_("Initials"), "; ".join(signers)),
        (_("Codes"), "; ".join(codes)),
        (_("In the corner"), "; ".join(marks)),
        (_("Cells"), _("Shaded: no school. Dash: not ordered. Frame: not given.")),
    )
    yield blocks.KeyValues(tuple(pair for pair in pairs if pair[1]), columns=2)


def mark_words(mark: Mark) -> str:
    """Return what a mark in the corner of a cell means."""
    return {
        Mark.LATE_ENTRY: _("late entry"),
        Mark.CORRECTED: _("corrected"),
        Mark.OVERRIDDEN: _("given against a warning, with a reason"),
        Mark.BY_OTHER: _("given by the student, a trained person or a guardian"),
        Mark.CLOCK: _("recorded while the computer’s clock jumped"),
    }[mark]
