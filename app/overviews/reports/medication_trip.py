"""The field trip packet: what whoever gives the doses on the way takes along on paper."""

from collections.abc import Iterator

from app.features.medication.model.doses import Slot
from app.features.medication.model.nursing import Trip
from app.features.medication.model.orders import Emergency, OrderState, Timing
from app.features.medication.service.trips import Carried, PacketStudent, TripPacket
from app.kernel.words import _
from app.overviews.medication_words import (
    ORDER_STATES,
    spoken_amount,
    spoken_clock,
    spoken_dose,
    spoken_medicine,
)
from app.overviews.reports.medication_month import identified, spoken_limits
from app.overviews.reports.medication_sheets import code_key, contacts_table
from app.overviews.reports.wording import (
    spoken_alert,
    spoken_day,
    spoken_grade,
    spoken_moment,
    spoken_time,
)
from app.paper import blocks

_AS_NEEDED_ROWS = 3
"""Rows to fill for each medicine as needed."""


def trip_blocks(packet: TripPacket) -> Iterator[blocks.Block]:
    """Yield the trip, a page for each student with rows to fill by hand, and what came back."""
    trip = packet.trip
    yield blocks.Part(trip.title, _span(trip))
    pairs = (
        (_("Leaves"), spoken_moment(trip.leaves)),
        (_("Back"), spoken_moment(trip.returns)),
        (_("Gives the doses"), trip.staff),
        (_("Phone"), trip.staff_phone),
        (_("Note"), trip.note),
    )
    yield blocks.KeyValues(tuple(pair for pair in pairs if pair[1]), columns=2)
    yield blocks.Notice(
        _(
            "Write the time given, how much and your initials, or a code for what was not given."
            " In an emergency do as the student’s page says, and call 911. Keep the packet with"
            " the medicines and bring both back to the health office."
        )
    )
    yield from _overview(packet)
    yield code_key()
    yield blocks.Text(
        _("As ordered on {day}, {time}").format(
            day=spoken_day(packet.made.day()), time=spoken_time(packet.made)
        ),
        soft=True,
        small=True,
    )
    for student in packet.students:
        yield from _student(student, trip)
    yield from _back(packet)


def _overview(packet: TripPacket) -> Iterator[blocks.Block]:
    """Yield who has an emergency medicine along, then every dose that is due, by time."""
    emergency = [
        (student.pupil.listed, spoken_medicine(one.packed.order), spoken_limits(one.packed.order))
        for student in packet.students
        for one in student.carried
        if one.packed.order.emergency is not Emergency.NONE
    ]
    if emergency:
        yield blocks.Heading(_("Emergency medicines"), 2)
        yield blocks.TableBlock(
            (
                blocks.Column(_("Student"), 2.2),
                blocks.Column(_("Medicine"), 2.4),
                blocks.Column(_("How much, how"), 4.0),
            ),
            emergency,
        )
    due = sorted(
        (
            (slot, student.pupil, one)
            for student in packet.students
            for one in student.carried
            for slot in one.packed.slots
        ),
        key=lambda line: (line[0].at.at, line[1].sorting),
    )
    yield blocks.Heading(_("Due on the way"), 2)
    yield blocks.TableBlock(
        (
            blocks.Column(_("Time"), 1.6),
            blocks.Column(_("Student"), 2.2),
            blocks.Column(_("Medicine and dose"), 4.4),
        ),
        [
            (
                _time(slot, packet.trip),
                pupil.listed,
                "\n".join((spoken_medicine(one.packed.order), spoken_dose(one.packed.order))),
            )
            for slot, pupil, one in due
        ],
        empty=_("No dose is due at a set time while the trip lasts."),
    )


def _student(student: PacketStudent, trip: Trip) -> Iterator[blocks.Block]:
    pupil = student.pupil
    yield blocks.Part(pupil.name, " · ".join(part for part in (trip.title, identified(pupil))))
    pairs = (
        (_("Born"), spoken_day(pupil.birth_date) if pupil.birth_date else _("Not on record")),
        (_("Student number"), pupil.number),
        (_("Grade"), spoken_grade(pupil.grade) if pupil.grade else ""),
        (_("Allergies"), "" if pupil.allergies else _("None on record")),
    )
    picture = None
    if student.photo is not None:
        picture = blocks.Picture(student.photo[0], _("Photo of {name}").format(name=pupil.name))
    yield blocks.KeyValues(tuple(pair for pair in pairs if pair[1]), picture=picture)
    for allergy in pupil.allergies:
        yield blocks.Notice(allergy, spoken_alert("allergy"))
    yield blocks.TableBlock(
        (
            blocks.Column(_("Medicine and dose"), 3.6),
            blocks.Column(_("When"), 3.0),
            blocks.Column(_("Counted out"), 1.5),
            blocks.Column(_("Time given, or code"), 1.6),
            blocks.Column(_("Amount"), 1.3),
            blocks.Column(_("Initials"), 1.1),
        ),
        [row for one in student.carried for row in _rows(one, trip)],
        boxed=True,
    )
    yield blocks.Heading(_("Whom to call"), 2)
    yield contacts_table(student.contacts)


def _rows(one: Carried, trip: Trip) -> Iterator[tuple[str, ...]]:
    """Yield a row for each due dose; for a medicine as needed, rows for what may come."""
    order, item = one.packed.order, one.packed.item
    head = [spoken_medicine(order), spoken_dose(order), order.instructions]
    if order.emergency is not Emergency.NONE:
        head.insert(0, _("Emergency medicine"))
    if one.state not in {OrderState.ACTIVE, OrderState.NOT_STARTED}:
        head.append(
            _("{state}: ask the nurse before giving it").format(state=_(ORDER_STATES[one.state]))
        )
    if order.timing is Timing.PRN:
        whens = [spoken_limits(order)] + [_("again, within these limits")] * (_AS_NEEDED_ROWS - 1)
    else:
        whens = [_time(slot, trip) for slot in one.packed.slots] or [
            _("Not due while the trip lasts")
        ]
    for place, when in enumerate(whens):
        yield (
            spoken_medicine(order) if place else "\n".join(part for part in head if part),
            when,
            "" if place else spoken_amount(item.amount, order.unit),
            "",
            "",
            "",
        )


def _back(packet: TripPacket) -> Iterator[blocks.Block]:
    yield blocks.Part(packet.trip.title, _("What came back"))
    yield blocks.TableBlock(
        (
            blocks.Column(_("Student"), 2.4),
            blocks.Column(_("Medicine"), 2.8),
            blocks.Column(_("Counted out"), 1.5),
            blocks.Column(_("Given"), 1.2),
            blocks.Column(_("Wasted"), 1.2),
            blocks.Column(_("Came back"), 1.4),
            blocks.Column(_("Initials"), 1.1),
        ),
        [
            (
                student.pupil.listed,
                spoken_medicine(one.packed.order),
                spoken_amount(one.packed.item.amount, one.packed.order.unit),
                "",
                "",
                "",
                "",
            )
            for student in packet.students
            for one in student.carried
        ],
        boxed=True,
    )
    yield blocks.Signatures(
        (
            _("Handed out by"),
            _("Taken along by"),
            _("Given by, with initials"),
            _("Brought back by"),
            _("Counted by"),
            _("Second person"),
        ),
        columns=2,
    )


def _span(trip: Trip) -> str:
    return _("{first} to {last}").format(
        first=spoken_moment(trip.leaves), last=spoken_moment(trip.returns)
    )


def _time(slot: Slot, trip: Trip) -> str:
    """Return a due time, with its day where the trip is longer than one."""
    if trip.leaves.day() == trip.returns.day():
        return spoken_clock(slot.time)
    return _("{day}, {time}").format(day=spoken_day(slot.day), time=spoken_clock(slot.time))
