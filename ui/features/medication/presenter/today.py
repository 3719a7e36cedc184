"""What the medication room has for Today."""

from collections.abc import Iterator
from dataclasses import replace

from app.features.medication.model.doses import SlotState
from app.features.medication.service.today import MedicationToday
from app.kernel.words import _, ngettext
from app.overviews.medication_words import ENDINGS, INCIDENTS, spoken_amount, spoken_medicine
from app.overviews.reports.wording import spoken_day, spoken_time
from ui.kit.room import Context, Section, TodayLine


def today_lines(context: Context) -> list[TodayLine]:
    """Return what of the room needs someone today; nothing for those whose room it is not."""
    medication = context.desk.medication
    if not medication.open_to_me:
        return []
    today = medication.today()
    day = context.today().isoformat()
    ending = (replace(line, section=Section.LAPSING) for line in _ending(today, day))
    return [*_doses(today), *_open(today), *_supply(today, day), *ending]


def _line(
    key: str,
    rank: int,
    icon: str,
    title: str,
    detail: str,
    when: str,
    page: str,
    subject: str,
    *,
    late: bool = False,
    section: Section | None = None,
) -> TodayLine:
    return TodayLine(
        f"med:{key}", rank, icon, title, detail, when, page, subject, late=late, section=section
    )


def _doses(today: MedicationToday) -> Iterator[TodayLine]:
    due = sum(today.counts.get(state, 0) for state in (SlotState.LATE, SlotState.DUE))
    if due:
        yield _line(
            "due",
            0,
            "medication",
            ngettext("{count} dose is due now", "{count} doses are due now", due).format(count=due),
            _("Open the board"),
            "",
            "board",
            "",
            late=bool(today.counts.get(SlotState.LATE)),
        )
    elif today.next_due is not None:
        yield _line(
            "next",
            15,
            "clock",
            _("The next dose is due at {time}").format(time=spoken_time(today.next_due)),
            _("Open the board"),
            spoken_time(today.next_due),
            "board",
            "",
            section=Section.LATER,
        )
    missed = today.counts.get(SlotState.MISSED, 0)
    if missed:
        yield _line(
            "missed",
            1,
            "refused",
            ngettext("{count} dose was missed", "{count} doses were missed", missed).format(
                count=missed
            ),
            _("Say what happened, or report it"),
            "",
            "board",
            "missed",
            late=True,
        )


def _open(today: MedicationToday) -> Iterator[TodayLine]:
    for open_one in today.discrepancies:
        held = open_one.container
        yield _line(
            f"discrepancy:{open_one.discrepancy.id}",
            1,
            "counts",
            _("The count of {medicine} did not come out").format(medicine=held.title()),
            _("{counted} counted, {expected} expected").format(
                counted=spoken_amount(open_one.discrepancy.counted, held.unit),
                expected=spoken_amount(open_one.discrepancy.expected, held.unit),
            ),
            "",
            "container",
            held.id,
            late=True,
        )
    for effect in today.effects:
        yield _line(
            f"effect:{effect.dose.id}",
            2,
            "help",
            _("How did {medicine} work for {name}?").format(
                medicine=effect.order.title(), name=effect.pupil.name
            ),
            _("Tell the effect"),
            spoken_time(effect.due),
            "dose",
            effect.dose.id,
        )
    for visit in today.visits:
        yield _line(
            f"visit:{visit.visit.id}",
            3,
            "home",
            _("{name} is in the health office").format(name=visit.pupil.name),
            _("Write down when and where to the student left"),
            spoken_time(visit.visit.came),
            "visit",
            visit.visit.id,
        )
    for incident in today.incidents:
        yield _line(
            f"incident:{incident.incident.id}",
            4,
            "alert",
            _("{kind}: {name}").format(
                kind=_(INCIDENTS[incident.incident.kind]), name=incident.pupil.name
            ),
            _("The incident is not closed"),
            spoken_day(incident.incident.when.day()),
            "incident",
            incident.incident.id,
        )
    for trip in today.trips:
        yield _line(
            f"trip:{trip.trip.id}",
            4,
            "place",
            _("{title} is back").format(title=trip.trip.title),
            _("Count what came back"),
            "",
            "trip",
            trip.trip.id,
            late=True,
        )


def _supply(today: MedicationToday, day: str) -> Iterator[TodayLine]:
    for held_one in today.to_count:
        yield _line(
            f"count:{held_one.container.id}",
            10,
            "counts",
            _("Count {medicine}").format(medicine=held_one.container.title()),
            _("A controlled substance is counted by two every day"),
            "",
            "stock",
            held_one.container.id,
        )
    for line in today.unchecked:
        name = line.pupil.name if line.pupil is not None else _("Standing order")
        yield _line(
            f"check:{line.order.id}",
            11,
            "check",
            _("Compare the order of {medicine}").format(medicine=line.order.title()),
            name,
            "",
            "order",
            line.order.id,
        )
    for line in today.low:
        name = line.pupil.name if line.pupil is not None else _("Standing order")
        yield _line(
            f"low:{line.order.id}",
            12,
            "archive",
            _("Ask for more {medicine}").format(medicine=line.order.title()),
            _("{name}: {amount} left").format(
                name=name,
                amount=spoken_amount(line.level.left if line.level else 0, line.order.unit),
            ),
            "",
            "order",
            line.order.id,
        )
    for held_one in today.expiring:
        yield _line(
            f"expires:{held_one.container.id}",
            13,
            "calendar",
            _("{medicine} expires").format(medicine=held_one.container.title()),
            held_one.container.place,
            spoken_day(held_one.container.expires_on),
            "container",
            held_one.container.id,
            late=held_one.container.expires_on < day,
        )


def _ending(today: MedicationToday, day: str) -> Iterator[TodayLine]:
    for ending in today.endings:
        name = ending.pupil.name if ending.pupil is not None else _("Standing order")
        yield _line(
            f"ending:{ending.order.id}:{ending.what}",
            13,
            "calendar",
            _("{what} for {medicine} ends").format(
                what=_(ENDINGS[ending.what]), medicine=spoken_medicine(ending.order)
            ),
            name,
            spoken_day(ending.day),
            "order",
            ending.order.id,
            late=ending.day < day,
        )
    for plan in today.plans:
        yield _line(
            f"plan:{plan.plan.id}",
            14,
            "plan",
            _("Review “{title}”").format(title=plan.plan.title),
            plan.pupil.name,
            spoken_day(plan.plan.review_on),
            "health-plans",
            plan.plan.id,
            late=plan.plan.review_on < day,
        )
    for one in today.delegations:
        yield _line(
            f"delegation:{one.delegation.id}",
            14,
            "on",
            _("The training of {name} ends").format(name=one.delegation.staff),
            one.delegation.task,
            spoken_day(one.delegation.expires_on),
            "delegations",
            one.delegation.id,
            late=one.delegation.expires_on < day,
        )
