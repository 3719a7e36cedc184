"""The medication room's other papers: ledger, log, incident, stock, emergency and downtime sheet."""

import json
from collections.abc import Iterator, Sequence

from app.features.medication.model.doses import CHOSEN_CODES, CODE_LETTERS
from app.features.medication.model.incidents import POISON_CONTROL_PHONE, Called
from app.features.medication.model.nursing import Entry, HealthPlan
from app.features.medication.model.orders import Order, Schedule, Timing
from app.features.medication.model.stock import Discrepancy, Movement, StockCount
from app.features.medication.repo.orders import Contact, Pupil
from app.features.medication.repo.stock import Held
from app.features.medication.service.incidents import IncidentSheet
from app.features.medication.service.papers import (
    DowntimeLine,
    DowntimeSheet,
    EmergencySheet,
    PrnEntry,
)
from app.features.medication.service.stock import Ledger
from app.kernel.clock import Moment
from app.kernel.words import _
from app.overviews.medication_words import (
    CALLS,
    CODES,
    INCIDENTS,
    MOVEMENTS,
    OCCASIONS,
    SCHEDULES,
    SELF_CARRIES,
    spoken_amount,
    spoken_clock,
    spoken_dose,
    spoken_medicine,
    spoken_outcome,
    spoken_timing,
)
from app.overviews.reports.medication_month import identified, prn_table, spoken_limits
from app.overviews.reports.wording import (
    spoken_alert,
    spoken_day,
    spoken_grade,
    spoken_moment,
    spoken_time,
)
from app.paper import blocks

_BLANK_LINES = 6
"""Rows at the end of a downtime sheet for what nobody could know before."""


# -- emergency ---------------------------------------------------------------------------


def emergency_blocks(sheet: EmergencySheet) -> Iterator[blocks.Block]:
    """Yield the sheet for the moment it is needed: who, what to give, what to do, whom to call."""
    pupil = sheet.pupil
    yield blocks.Part(pupil.name, identified(pupil))
    pairs = (
        (_("Born"), spoken_day(pupil.birth_date) if pupil.birth_date else ""),
        (_("Student number"), pupil.number),
        (_("Grade"), spoken_grade(pupil.grade) if pupil.grade else ""),
        (_("Room"), pupil.room),
        (_("Homeroom"), pupil.homeroom),
        (_("School"), pupil.school),
        (_("Allergies"), "" if pupil.allergies else _("None on record")),
    )
    picture = None
    if sheet.photo is not None:
        picture = blocks.Picture(sheet.photo[0], _("Photo of {name}").format(name=pupil.name))
    yield blocks.KeyValues(tuple(pair for pair in pairs if pair[1]), picture=picture)
    for kind, text in sheet.alerts:
        yield blocks.Notice(text, spoken_alert(kind))
    yield blocks.Heading(_("Emergency medicines"))
    yield blocks.TableBlock(
        (
            blocks.Column(_("Medicine"), 2.4),
            blocks.Column(_("How much, how"), 2.2),
            blocks.Column(_("When"), 2.4),
            blocks.Column(_("Where it is"), 2.0),
        ),
        [
            (
                spoken_medicine(order),
                spoken_dose(order),
                "\n".join(part for part in (_when(order), order.instructions) if part),
                _("School’s stock, health office")
                if order.standing
                else _(SELF_CARRIES[order.self_carry]),
            )
            for order in sheet.orders
        ],
        empty=_("No emergency medicine may be given now."),
    )
    yield blocks.Heading(_("Whom to call"))
    yield contacts_table(sheet.contacts)
    if sheet.plans:
        yield blocks.Heading(_("What to do"))
    for plan in sheet.plans:
        yield _plan(plan)


def contacts_table(contacts: Sequence[Contact]) -> blocks.TableBlock:
    """Return whom to call: emergency services, poison control, then the guardians."""
    return blocks.TableBlock(
        (
            blocks.Column(_("Name"), 2.2),
            blocks.Column(_("Relation"), 1.5),
            blocks.Column(_("Phone"), 1.8),
            blocks.Column(_("To know"), 2.5),
        ),
        [
            (_("Emergency services"), "", "911", ""),
            (_("Poison control"), "", POISON_CONTROL_PHONE, ""),
            *(
                (contact.name, contact.relation, contact.phone, _to_know(contact))
                for contact in contacts
            ),
        ],
    )


def _when(order: Order) -> str:
    if order.timing is Timing.PRN:
        return order.indication or spoken_timing(order)
    return spoken_timing(order)


def _to_know(contact: Contact) -> str:
    if contact.do_not_contact:
        return _("Do not contact: {reason}").format(reason=contact.do_not_contact)
    if contact.interpreter:
        return _("Interpreter needed: {language}").format(language=contact.language)
    return contact.language


def _plan(plan: HealthPlan) -> blocks.Note:
    days = [_("Since {first}").format(first=spoken_day(plan.starts_on))] if plan.starts_on else []
    if plan.review_on:
        days.append(_("review on {day}").format(day=spoken_day(plan.review_on)))
    return blocks.Note(
        plan.title,
        "; ".join(days),
        tuple(blocks.Section(title, text) for title, text in plan.sections),
    )


# -- ledger ------------------------------------------------------------------------------


def ledger_blocks(ledgers: Sequence[Ledger]) -> Iterator[blocks.Block]:
    """Yield each controlled container from its receipt to its end, each on a page of its own."""
    for ledger in ledgers:
        yield from _ledger(ledger)
    if not ledgers:
        yield blocks.Text(_("No controlled substance was ever received here."), italic=True)


def _ledger(ledger: Ledger) -> Iterator[blocks.Block]:
    held = ledger.held
    box = held.container
    owner = held.student or _("Stock of {school}").format(school=held.school)
    yield blocks.Part(
        owner,
        " · ".join(
            part
            for part in (
                f"{box.title()} {box.form}".strip(),
                _(SCHEDULES[box.schedule]) if box.controlled else "",
                _("Rx {number}").format(number=box.prescription) if box.prescription else "",
            )
            if part
        ),
    )
    received = Moment(box.recorded_at, box.zone)
    pairs = (
        (_("School"), held.school),
        (_("Received"), spoken_moment(received)),
        (_("Pharmacy"), box.pharmacy),
        (_("Lot"), box.lot),
        (_("Expires"), spoken_day(box.expires_on) if box.expires_on else ""),
        (_("Kept in"), box.place),
    )
    yield blocks.KeyValues(tuple(pair for pair in pairs if pair[1]), columns=2)
    lines = [
        *((one.recorded_at, 1, _movement_row(one, ledger)) for one in ledger.movements),
        *((one.recorded_at, 0, _count_row(one, ledger)) for one in ledger.counts),
    ]
    lines.sort(key=lambda line: line[:2])
    yield blocks.TableBlock(
        (
            blocks.Column(_("When"), 2.1),
            blocks.Column(_("What"), 1.9),
            blocks.Column(_("Change"), 1.2, "end"),
            blocks.Column(_("Count"), 1.3, "end"),
            blocks.Column(_("By"), 1.7),
            blocks.Column(_("Second person"), 1.7),
            blocks.Column(_("Remarks"), 2.4),
        ),
        [row for _at, _order, row in lines],
        total=(
            _("In the container now"),
            "",
            "",
            spoken_amount(held.balance, box.unit),
            "",
            "",
            "",
        ),
    )
    if ledger.discrepancies:
        yield blocks.Heading(_("Discrepancies"), 2)
        yield _discrepancies(ledger)
    yield blocks.Signatures((_("School nurse"), _("Witness")), columns=2)


def _movement_row(one: Movement, ledger: Ledger) -> tuple[str, ...]:
    unit = ledger.held.container.unit
    change = spoken_amount(abs(one.amount), unit)
    for_whom = ledger.students.get(one.dose_id or "", "") if not ledger.held.student else ""
    remarks = [for_whom, one.reason]
    if one.recorded_at[:16] > one.at[:16]:
        recorded = spoken_moment(Moment(one.recorded_at, one.zone))
        remarks.append(_("written down {when}").format(when=recorded))
    return (
        spoken_moment(one.happened),
        _(MOVEMENTS[one.kind]),
        f"+{change}" if one.amount > 0 else f"−{change}" if one.amount < 0 else change,
        spoken_amount(one.balance, unit),
        ledger.names.get(one.person_id, ""),
        ledger.names.get(one.witness_id or "", "") or one.counterpart,
        "\n".join(part for part in remarks if part),
    )


def _count_row(one: StockCount, ledger: Ledger) -> tuple[str, ...]:
    unit = ledger.held.container.unit
    difference = spoken_amount(abs(one.difference), unit)
    said = ""
    if one.difference:
        said = (
            _("{amount} more than the ledger").format(amount=difference)
            if one.difference > 0
            else _("{amount} less than the ledger").format(amount=difference)
        )
    return (
        spoken_moment(Moment(one.recorded_at, one.zone)),
        _(OCCASIONS[one.occasion]),
        "",
        spoken_amount(one.counted, unit),
        ledger.names.get(one.person_id, ""),
        ledger.names.get(one.witness_id or "", "") or one.counterpart,
        "\n".join(part for part in (said or _("agrees"), one.note) if part),
    )


def _discrepancies(ledger: Ledger) -> blocks.TableBlock:
    return blocks.TableBlock(
        (
            blocks.Column(_("Found"), 2.1),
            blocks.Column(_("Expected"), 1.3, "end"),
            blocks.Column(_("Counted"), 1.3, "end"),
            blocks.Column(_("By"), 1.7),
            blocks.Column(_("What was said of it"), 5.0),
            blocks.Column(_("State"), 1.2),
        ),
        [_discrepancy_row(one, ledger) for one in ledger.discrepancies],
    )


def _discrepancy_row(one: Discrepancy, ledger: Ledger) -> tuple[str, ...]:
    unit = ledger.held.container.unit
    entries = ledger.explanations.get(one.id, ())
    explained = any(entry.kind == "explained" for entry in entries)
    said = [one.note, *(_entry_words(entry, ledger) for entry in entries)]
    return (
        spoken_moment(Moment(one.recorded_at, one.zone)),
        spoken_amount(one.expected, unit),
        spoken_amount(one.counted, unit),
        ledger.names.get(one.person_id, ""),
        "\n".join(part for part in said if part),
        _("Explained") if explained else _("Open"),
    )


def _entry_words(entry: Entry, ledger: Ledger) -> str:
    people = [ledger.names.get(entry.person_id, ""), ledger.names.get(entry.witness_id or "", "")]
    return _("{when}, {people}: {text}").format(
        when=spoken_moment(entry.when),
        people=", ".join(name for name in people if name),
        text=entry.text,
    )


# -- log, incident, stock ----------------------------------------------------------------


def prn_blocks(
    entries: Sequence[PrnEntry], since: str, until: str, pupil: Pupil | None
) -> Iterator[blocks.Block]:
    """Yield the log of doses as needed between two days, of one student or of all."""
    days = _("{first} to {last}").format(first=spoken_day(since), last=spoken_day(until))
    scope = days if pupil is None else " · ".join((days, identified(pupil)))
    yield blocks.Part(_("All students") if pupil is None else pupil.name, scope)
    yield prn_table(
        entries,
        empty=_("No dose as needed was given in these days."),
        students=pupil is None,
    )
    signers = dict.fromkeys((entry.initials, entry.by) for entry in entries if entry.initials)
    if signers:
        key = "; ".join(
            _("{initials} {name}").format(initials=initials, name=name)
            for initials, name in signers
        )
        yield blocks.KeyValues(((_("Initials"), key),))


def incident_blocks(sheet: IncidentSheet) -> Iterator[blocks.Block]:
    """Yield an incident as it was reported, who was called, and how it came out."""
    incident, pupil = sheet.incident, sheet.pupil
    yield blocks.Part(pupil.name, identified(pupil))
    found = Moment(incident.found_at, incident.zone)
    kind = _(INCIDENTS[incident.kind])
    if incident.near_miss:
        kind = _("{kind}, near miss: it did not reach the student").format(kind=kind)
    reported = _("{when} by {person}").format(
        when=spoken_moment(Moment(incident.recorded_at, incident.zone)),
        person=sheet.names.get(incident.person_id, ""),
    )
    pairs = [
        (_("Kind"), kind),
        (_("Happened"), spoken_moment(incident.when)),
        (_("Found"), spoken_moment(found)),
        (_("Reported"), reported),
        (_("State"), _("Open") if sheet.open else _("Closed")),
    ]
    if sheet.order is not None:
        pairs.append(
            (
                _("Ordered"),
                _("{medicine}: {limits}").format(
                    medicine=spoken_medicine(sheet.order), limits=spoken_limits(sheet.order)
                ),
            )
        )
    if sheet.dose is not None:
        dose = sheet.dose
        pairs.append(
            (
                _("Recorded dose"),
                _("{outcome}, {amount}, {when}").format(
                    outcome=spoken_outcome(dose.outcome, dose.code),
                    amount=spoken_amount(dose.amount, dose.unit),
                    when=spoken_moment(dose.given or dose.recorded),
                ),
            )
        )
    yield blocks.KeyValues(tuple(pairs))
    parts = (
        (_("What happened"), incident.happened),
        (_("How it came about"), incident.cause),
        (_("What was done"), incident.done),
        (_("How the student was"), incident.condition),
    )
    for title, text in parts:
        if text:
            yield blocks.Heading(title, 2)
            yield blocks.Text(text)
    yield blocks.Heading(_("Calls and what followed"), 2)
    yield blocks.TableBlock(
        (
            blocks.Column(_("When"), 2.3),
            blocks.Column(_("What"), 2.2),
            blocks.Column(_("In words"), 4.0),
            blocks.Column(_("By"), 1.6),
        ),
        [_incident_entry(entry, sheet) for entry in sheet.entries],
        empty=_("Nobody was called yet."),
    )
    if sheet.to_call:
        names = ", ".join(_(CALLS[called]) for called in sheet.to_call)
        yield blocks.Notice(names, _("Not called yet"))
    yield blocks.Signatures((_("Reported by"), _("Supervisor")))


def _incident_entry(entry: Entry, sheet: IncidentSheet) -> tuple[str, ...]:
    facts = json.loads(entry.facts) if entry.facts else {}
    words = {
        "outcome": _("Outcome"),
        "follow_up": _("Follow-up"),
        "note": _("Note"),
        "closed": _("Closed"),
    }
    what = words.get(entry.kind, entry.kind)
    if entry.kind == "call" and facts.get("called"):
        what = _("Called: {whom}").format(whom=_(CALLS[Called(facts["called"])]))
    whom = "\n".join(part for part in (facts.get("name", ""), facts.get("phone", "")) if part)
    return (
        spoken_moment(entry.when),
        "\n".join(part for part in (what, whom) if part),
        entry.text,
        sheet.names.get(entry.person_id, ""),
    )


def stock_blocks(containers: Sequence[Held], made: Moment) -> Iterator[blocks.Block]:
    """Yield what is in the cupboard, with an empty column to count against."""
    schools = sorted({held.school for held in containers if held.school})
    yield blocks.Part(
        _("Everything in the cupboard"),
        " · ".join((spoken_moment(made), *schools)),
    )
    yield blocks.TableBlock(
        (
            blocks.Column(_("For"), 2.0),
            blocks.Column(_("Medicine"), 2.6),
            blocks.Column(_("There should be"), 1.6, "end"),
            blocks.Column(_("Counted"), 1.2),
            blocks.Column(_("Expires"), 1.3),
            blocks.Column(_("Prescription, lot"), 1.7),
            blocks.Column(_("Kept in"), 1.5),
            blocks.Column(_("Last counted"), 1.6),
        ),
        [_stock_row(held, made) for held in containers],
        empty=_("The cupboard is empty."),
        boxed=True,
    )
    yield blocks.Signatures((_("Counted by"), _("Second person")), columns=2)


def _stock_row(held: Held, made: Moment) -> tuple[str, ...]:
    box = held.container
    remarks = [f"{box.title()} {box.form}".strip()]
    if box.schedule is not Schedule.NONE:
        remarks.append(_(SCHEDULES[box.schedule]))
    if held.discrepancies:
        remarks.append(_("Discrepancy open"))
    expires = spoken_day(box.expires_on) if box.expires_on else ""
    if box.expires_on and box.expires_on < made.day().isoformat():
        expires = _("{day}, expired").format(day=expires)
    return (
        held.student or _("Stock of {school}").format(school=held.school),
        "\n".join(remarks),
        spoken_amount(held.balance, box.unit),
        "",
        expires,
        "\n".join(part for part in (box.prescription, box.lot) if part),
        box.place,
        spoken_moment(Moment(held.counted_at, made.zone)) if held.counted_at else _("never"),
    )


# -- downtime ----------------------------------------------------------------------------


def downtime_blocks(sheet: DowntimeSheet) -> Iterator[blocks.Block]:
    """Yield a day's doses with boxes to fill by hand, to be entered afterwards as late entries."""
    yield blocks.Part(
        spoken_day(sheet.day),
        _("As ordered on {day}, {time}").format(
            day=spoken_day(sheet.made.day()), time=spoken_time(sheet.made)
        ),
    )
    yield blocks.Notice(
        _(
            "Write the time given and your initials, or a code and why. When the computer is"
            " back, choose Medication, Enter a paper sheet: each line becomes a late entry."
            " Keep the sheet."
        )
    )
    yield blocks.TableBlock(
        (
            blocks.Column(_("Time"), 1.2),
            blocks.Column(_("Student"), 2.6),
            blocks.Column(_("Room"), 1.2),
            blocks.Column(_("Medicine and dose"), 3.4),
            blocks.Column(_("Given at"), 1.3),
            blocks.Column(_("Initials"), 1.1),
            blocks.Column(_("Not given: code"), 1.2),
            blocks.Column(_("Remarks"), 2.2),
        ),
        [
            (
                spoken_clock(line.time),
                _who(line.pupil),
                line.pupil.room,
                "\n".join((spoken_medicine(line.order), _dose_and_warnings(line.order, line))),
                "",
                "",
                "",
                "",
            )
            for line in sheet.lines
        ],
        empty=_("No dose is due at a set time on this day."),
        boxed=True,
    )
    yield blocks.Heading(_("As needed"), 2)
    needed = [
        (
            _who(pupil),
            _("{medicine}: {limits}").format(
                medicine=spoken_medicine(order), limits=spoken_limits(order)
            ),
            "",
            "",
            "",
            "",
        )
        for pupil, order in sheet.as_needed
    ]
    yield blocks.TableBlock(
        (
            blocks.Column(_("Student"), 2.6),
            blocks.Column(_("Medicine and limits"), 4.2),
            blocks.Column(_("Given at"), 1.2),
            blocks.Column(_("Amount"), 1.2),
            blocks.Column(_("Initials"), 1.1),
            blocks.Column(_("Reason and effect"), 3.4),
        ),
        [*needed, *([("",) * 6] * _BLANK_LINES)],
        boxed=True,
    )
    yield code_key()
    yield blocks.Signatures((_("Given by, with initials"), _("Given by, with initials")), columns=2)


def code_key() -> blocks.KeyValues:
    """Return the letters that are written by hand where a dose was not given."""
    codes = "; ".join(
        _("{letter} {words}").format(letter=CODE_LETTERS[code], words=_(CODES[code]))
        for code in CHOSEN_CODES
    )
    return blocks.KeyValues(((_("Codes"), codes),))


def _who(pupil: Pupil) -> str:
    second = (
        pupil.number,
        _("born {day}").format(day=spoken_day(pupil.birth_date)) if pupil.birth_date else "",
    )
    allergies = ", ".join(pupil.allergies)
    return "\n".join(
        part
        for part in (
            pupil.listed,
            ", ".join(one for one in second if one),
            _("Allergies: {allergies}").format(allergies=allergies) if allergies else "",
        )
        if part
    )


_WARNED = {
    "allergy": lambda: _("Allergy on record"),
    "order-unchecked": lambda: _("No second person has checked the order"),
    "prescriber-expired": lambda: _("Prescriber’s authorization ended"),
    "guardian-expired": lambda: _("Guardian’s authorization ended"),
    "guardian-missing": lambda: _("No guardian’s authorization"),
    "stock-none": lambda: _("Not enough of it here"),
    "stock-expired": lambda: _("What is here has expired"),
}
"""What a sheet made ahead can warn of; the time is for whoever gives it to watch."""


def _dose_and_warnings(order: Order, line: DowntimeLine) -> str:
    said = [spoken_dose(order), order.instructions]
    said += [_WARNED[code]() for code in line.findings if code in _WARNED]
    return "\n".join(part for part in said if part)
