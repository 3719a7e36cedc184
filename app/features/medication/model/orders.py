"""Orders: what is to be given to whom, how, when, on whose word and until when."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum, unique

from app.features.medication.model.amounts import (
    THOUSAND,
    Amount,
    Unit,
    number_text,
    parsed_thousandths,
)
from app.features.medication.model.rows import storable
from app.kernel.clock import Moment
from app.kernel.errors import Refused
from app.kernel.ids import SchoolId, StudentId
from app.kernel.names import folded

NO_END = "9999-12-31"
"""The end of what has none."""
SCHOOL_DAYS = 0b0011111
"""Monday to Friday; bit 0 is Monday."""
EVERY_DAY = 0b1111111
YEAR_ENDS = (6, 30)
"""Month and day on which a school year ends where the roster does not tell."""
EXPIRES_SOON = 30
"""Days before its end at which an authorisation comes on Today."""
MOST_TIMES = 12
LONGEST_TEXT = 2_000


@unique
class Route(StrEnum):
    """How a medicine enters the body."""

    ORAL = "oral"
    SUBLINGUAL = "sublingual"
    BUCCAL = "buccal"
    INHALED = "inhaled"
    NASAL = "nasal"
    TOPICAL = "topical"
    TRANSDERMAL = "transdermal"
    EYE = "eye"
    EAR = "ear"
    RECTAL = "rectal"
    SUBCUTANEOUS = "subcutaneous"
    INTRAMUSCULAR = "intramuscular"
    TUBE = "tube"
    OTHER = "other"


@unique
class Timing(StrEnum):
    """Given at set times, or as needed (PRN)."""

    SCHEDULED = "scheduled"
    PRN = "prn"


@unique
class Emergency(StrEnum):
    """What an emergency medicine is for."""

    NONE = ""
    EPINEPHRINE = "epinephrine"
    INHALER = "inhaler"
    SEIZURE = "seizure"
    GLUCAGON = "glucagon"
    NALOXONE = "naloxone"
    OTHER = "other"


@unique
class SelfCarry(StrEnum):
    """What the self-carry contract allows the student."""

    NONE = ""
    CARRIES = "carries"
    GIVES = "gives"
    """Carries it and gives it to themselves."""


@unique
class Schedule(StrEnum):
    """The schedule of a controlled substance (21 USC 812); none of them for any other."""

    NONE = ""
    II = "II"
    III = "III"
    IV = "IV"
    V = "V"


@unique
class OrderState(StrEnum):
    """How an order stands at a moment."""

    ACTIVE = "active"
    NOT_STARTED = "not_started"
    HELD = "held"
    ENDED = "ended"
    DISCONTINUED = "discontinued"
    SUPERSEDED = "superseded"


@dataclass(frozen=True, slots=True)
class OrderForm:
    """An order as it is typed: nothing in it has to make sense yet.

    Empty ends are filled with the end of the school year, empty starts with today.
    """

    student_id: StudentId | None = None
    """None for a standing order of a school."""
    school_id: SchoolId | None = None
    name: str = ""
    strength: str = ""
    form: str = ""
    rxnorm: str = ""
    ingredients: str = ""
    schedule: Schedule = Schedule.NONE
    dose: str = ""
    dose_most: str = ""
    """Of an order with a range: the most that may be given at once."""
    unit: Unit = Unit.TABLET
    route: Route = Route.ORAL
    timing: Timing = Timing.SCHEDULED
    times: tuple[str, ...] = ()
    days: int = SCHOOL_DAYS
    indication: str = ""
    min_hours: str = ""
    """Least hours between two doses, such as `4` or `0.5`."""
    day_doses: str = ""
    """Most doses within 24 hours."""
    day_amount: str = ""
    """Most of the unit within 24 hours."""
    effect_minutes: str = ""
    """After how long the effect is asked for; as usual when empty."""
    starts_on: str = ""
    ends_on: str = ""
    prescriber: str = ""
    prescriber_phone: str = ""
    prescribed_on: str = ""
    prescriber_until: str = ""
    guardian: str = ""
    guardian_signed_on: str = ""
    guardian_until: str = ""
    emergency: Emergency = Emergency.NONE
    self_carry: SelfCarry = SelfCarry.NONE
    self_carry_on: str = ""
    self_carry_until: str = ""
    refill_doses: str = ""
    refill_days: str = ""
    instructions: str = ""
    reason: str = ""
    """Of a changed order: why."""


@dataclass(frozen=True, slots=True)
class Order:
    """One version of an order as it is kept; from here on nothing in it changes."""

    id: str
    series_id: str
    version: int
    replaces: str | None
    student_id: StudentId | None
    school_id: SchoolId | None
    name: str
    strength: str
    form: str
    rxnorm: str
    ingredients: str
    supply: str
    schedule: Schedule
    dose: int
    dose_most: int
    unit: Unit
    route: Route
    timing: Timing
    times: tuple[str, ...]
    days: int
    indication: str
    min_minutes: int
    day_doses: int
    day_amount: int
    effect_minutes: int
    starts_on: str
    ends_on: str
    prescriber: str
    prescriber_phone: str
    prescribed_on: str
    prescriber_until: str
    guardian: str
    guardian_signed_on: str
    guardian_until: str
    emergency: Emergency
    self_carry: SelfCarry
    self_carry_on: str
    self_carry_until: str
    refill_doses: int
    refill_days: int
    instructions: str
    reason: str
    person_id: str
    recorded_at: str
    zone: str

    @property
    def amount(self) -> Amount:
        """What one dose is: the least of a range."""
        return Amount(self.dose, self.unit)

    @property
    def standing(self) -> bool:
        """Whether this is a school's standing order rather than one student's."""
        return self.student_id is None

    @property
    def controlled(self) -> bool:
        """Whether the medicine is a controlled substance."""
        return self.schedule is not Schedule.NONE

    @property
    def recorded(self) -> Moment:
        """When this version was written down; it counts from then on."""
        return Moment(self.recorded_at, self.zone)

    def dose_number(self) -> str:
        """Return the dose as a number or a range: `1½`, `1–2`."""
        least = number_text(self.dose, self.unit)
        if self.dose_most == self.dose:
            return least
        return f"{least}–{number_text(self.dose_most, self.unit)}"

    def title(self) -> str:
        """Return what the medicine is called on a label: name and strength."""
        return f"{self.name} {self.strength}".strip()

    def contents(self) -> str:
        """Return what the medicine is known to hold: its name and ingredients."""
        return f"{self.name} {self.ingredients}".strip()


@dataclass(frozen=True, slots=True)
class Standing:
    """What came to an order version from outside: its successor, its end, a hold, its check."""

    superseded_at: str = ""
    discontinued_at: str = ""
    holds: tuple[tuple[str, str], ...] = ()
    """Stretches (from, until) in which the order was held; an empty `until` lasts."""
    checked: bool = False
    """Whether a second person has compared this version with its paper."""

    def until(self) -> str:
        """Return the instant from which this version counts no more; empty while it does."""
        ends = [at for at in (self.superseded_at, self.discontinued_at) if at]
        return min(ends, default="")

    def held_at(self, at: str) -> bool:
        """Tell whether the order was held at an instant."""
        return any(since <= at and (not until or at < until) for since, until in self.holds)


def state_at(order: Order, standing: Standing, at: Moment) -> OrderState:
    """Return how an order stands at a moment; starts and ends are days on the moment's clock."""
    day = at.day().isoformat()
    if standing.discontinued_at and standing.discontinued_at <= at.at:
        return OrderState.DISCONTINUED
    if standing.superseded_at and standing.superseded_at <= at.at:
        return OrderState.SUPERSEDED
    if day < order.starts_on:
        return OrderState.NOT_STARTED
    if day > order.ends_on:
        return OrderState.ENDED
    return OrderState.HELD if standing.held_at(at.at) else OrderState.ACTIVE


# -- accepting ---------------------------------------------------------------------------


def school_year_end(day: date, told: str | None = None) -> str:
    """Return when the school year of a day ends: as the roster told, otherwise on 30 June."""
    if told:
        return told
    month, last = YEAR_ENDS
    year = day.year if (day.month, day.day) <= YEAR_ENDS else day.year + 1
    return date(year, month, last).isoformat()


def supply_key(name: str, strength: str, unit: Unit) -> str:
    """Return what a container must hold to serve an order: name, strength and unit, folded."""
    return f"{folded(name)}|{folded(strength)}|{unit}"


def parsed_time(text: str, field: str = "times") -> str:
    """Return a time of day as HH:MM: from `11:45`, `1145`, `8`, `2 pm`, `2:30pm`, `14.05`."""
    entry = text.strip().lower().replace(" ", "").replace(".", ":")
    half = ""
    for ending, sign in (("a:m:", "a"), ("p:m:", "p"), ("am", "a"), ("pm", "p")):
        if entry.endswith(ending):
            entry, half = entry[: -len(ending)], sign
            break
    hours, colon, minutes = entry.partition(":")
    if not colon and len(entry) in {3, 4}:
        hours, minutes = entry[:-2], entry[-2:]
    elif not colon:
        minutes = "00"
    if not (hours.isascii() and hours.isdecimal() and minutes.isascii() and minutes.isdecimal()):
        raise Refused("time-unreadable", field, text=text.strip())
    hour, minute = int(hours), int(minutes)
    if len(minutes) != 2 or minute > 59 or hour > 23 or (half and not 1 <= hour <= 12):
        raise Refused("time-unreadable", field, text=text.strip())
    if half:
        hour = hour % 12 + (12 if half == "p" else 0)
    return f"{hour:02d}:{minute:02d}"


def calendar_day(text: str, field: str, usual: str = "") -> str:
    """Return a day as YYYY-MM-DD, the usual one for none; refuse what is no day."""
    entry = text.strip() or usual
    try:
        return date.fromisoformat(entry).isoformat()
    except ValueError:
        raise Refused("day-unreadable", field) from None


def kept_text(text: str, field: str, longest: int = LONGEST_TEXT) -> str:
    """Return text as it is kept; refuse what is overlong."""
    kept = storable(text)
    if len(kept) > longest:
        raise Refused("text-long", field, longest=longest)
    return kept


def needed_text(text: str, field: str, missing: str, longest: int = LONGEST_TEXT) -> str:
    """Return text as it is kept; refuse none, with the code `missing`, and what is overlong."""
    kept = kept_text(text, field, longest)
    if not kept:
        raise Refused(missing, field)
    return kept


def accepted_count(text: str, field: str, usual: int = 0, most: int = 10_000) -> int:
    """Return a whole number that was typed, the usual one for none."""
    entry = text.strip()
    if not entry:
        return usual
    if not (entry.isascii() and entry.isdecimal() and int(entry[:9]) <= most):
        raise Refused("number-between", field, least=0, most=most)
    return int(entry)


USUAL_EFFECT_MINUTES = 60
_LONG_NAME = 200


def accepted_order(
    form: OrderForm,
    *,
    order_id: str,
    person_id: str,
    now: Moment,
    year_ends: str,
    before: Order | None = None,
) -> Order:
    """Return the order a form means; refuse the first entry that cannot stand.

    `before` is the version it replaces. A scheduled order needs times, one as needed its
    indication; a student's order needs the guardian's authorisation and everyone's the
    prescriber with a phone (105 CMR 210.005 and .009).
    """
    if before is None and form.student_id is None and form.school_id is None:
        raise Refused("order-needs-student", "student_id")
    student = before.student_id if before else form.student_id
    name = needed_text(form.name, "name", "order-needs-name", _LONG_NAME)
    dose = parsed_thousandths(form.dose, "dose") if form.dose.strip() else 0
    if dose == 0:
        raise Refused("order-needs-dose", "dose")
    most = parsed_thousandths(form.dose_most, "dose_most") if form.dose_most.strip() else dose
    if most < dose:
        raise Refused("order-range", "dose_most")
    if student is None and form.timing is Timing.SCHEDULED:
        raise Refused("standing-as-needed", "timing")
    times = _accepted_times(form)
    if form.timing is Timing.PRN:
        needed_text(form.indication, "indication", "order-needs-indication")
    if before is not None:
        needed_text(form.reason, "reason", "order-needs-reason")
    starts_on = calendar_day(form.starts_on, "starts_on", now.day().isoformat())
    ends_on = calendar_day(form.ends_on, "ends_on", year_ends)
    if ends_on < starts_on:
        raise Refused("order-ends-before", "ends_on")
    strength = kept_text(form.strength, "strength", longest=_LONG_NAME)
    prn = form.timing is Timing.PRN
    prescriber, phone, prescribed_on = _accepted_prescriber(form, now)
    guardian, signed_on = _accepted_guardian(form, student, now)
    carry_on, carry_until = _accepted_self_carry(form, year_ends)
    return Order(
        id=order_id,
        series_id=before.series_id if before else order_id,
        version=before.version + 1 if before else 1,
        replaces=before.id if before else None,
        student_id=student,
        school_id=before.school_id if before else form.school_id,
        name=name,
        strength=strength,
        form=kept_text(form.form, "form", longest=_LONG_NAME),
        rxnorm=_accepted_rxnorm(form.rxnorm),
        ingredients=kept_text(form.ingredients, "ingredients"),
        supply=supply_key(name, strength, form.unit),
        schedule=form.schedule,
        dose=dose,
        dose_most=most,
        unit=form.unit,
        route=form.route,
        timing=form.timing,
        times=times,
        days=_accepted_days(form),
        indication=kept_text(form.indication, "indication"),
        min_minutes=_accepted_interval(form.min_hours),
        day_doses=accepted_count(form.day_doses, "day_doses", most=48),
        day_amount=parsed_thousandths(form.day_amount, "day_amount")
        if form.day_amount.strip()
        else 0,
        effect_minutes=accepted_count(
            form.effect_minutes, "effect_minutes", USUAL_EFFECT_MINUTES if prn else 0, most=1440
        ),
        starts_on=starts_on,
        ends_on=ends_on,
        prescriber=prescriber,
        prescriber_phone=phone,
        prescribed_on=prescribed_on,
        prescriber_until=calendar_day(form.prescriber_until, "prescriber_until", year_ends),
        guardian=guardian,
        guardian_signed_on=signed_on,
        guardian_until=calendar_day(form.guardian_until, "guardian_until", year_ends)
        if guardian
        else "",
        emergency=form.emergency,
        self_carry=form.self_carry,
        self_carry_on=carry_on,
        self_carry_until=carry_until,
        refill_doses=accepted_count(form.refill_doses, "refill_doses"),
        refill_days=accepted_count(form.refill_days, "refill_days", most=366),
        instructions=kept_text(form.instructions, "instructions"),
        reason=kept_text(form.reason, "reason"),
        person_id=person_id,
        recorded_at=now.at,
        zone=now.zone,
    )


def _accepted_times(form: OrderForm) -> tuple[str, ...]:
    if form.timing is Timing.PRN:
        return ()
    times = tuple(sorted({parsed_time(time) for time in form.times if time.strip()}))
    if not times:
        raise Refused("order-needs-times", "times")
    if len(times) > MOST_TIMES:
        raise Refused("order-many-times", "times", most=MOST_TIMES)
    return times


def _accepted_days(form: OrderForm) -> int:
    days = form.days & EVERY_DAY
    if not days:
        raise Refused("order-needs-days", "days")
    return EVERY_DAY if form.timing is Timing.PRN else days


def _accepted_interval(hours: str) -> int:
    if not hours.strip():
        return 0
    minutes = parsed_thousandths(hours, "min_hours") * 60
    if minutes % THOUSAND or minutes > 72 * 60 * THOUSAND:
        raise Refused("order-interval", "min_hours")
    return minutes // THOUSAND


def _accepted_rxnorm(code: str) -> str:
    entry = code.strip()
    if entry and not (entry.isascii() and entry.isdecimal() and len(entry) <= 8):
        raise Refused("order-rxnorm", "rxnorm")
    return entry


def _accepted_prescriber(form: OrderForm, now: Moment) -> tuple[str, str, str]:
    name = needed_text(form.prescriber, "prescriber", "order-needs-prescriber", _LONG_NAME)
    phone = needed_text(
        form.prescriber_phone, "prescriber_phone", "order-needs-prescriber-phone", 60
    )
    day = calendar_day(form.prescribed_on, "prescribed_on", now.day().isoformat())
    return name, phone, _not_after(day, now, "prescribed_on")


def _accepted_guardian(form: OrderForm, student: StudentId | None, now: Moment) -> tuple[str, str]:
    if student:
        needed_text(form.guardian, "guardian", "order-needs-guardian", _LONG_NAME)
    name = kept_text(form.guardian, "guardian", _LONG_NAME)
    if not name:
        return "", ""
    if not form.guardian_signed_on.strip():
        raise Refused("order-needs-guardian-day", "guardian_signed_on")
    day = calendar_day(form.guardian_signed_on, "guardian_signed_on")
    return name, _not_after(day, now, "guardian_signed_on")


def _not_after(day: str, now: Moment, field: str) -> str:
    if day > now.day().isoformat():
        raise Refused("authorisation-in-future", field)
    return day


def _accepted_self_carry(form: OrderForm, year_ends: str) -> tuple[str, str]:
    if form.self_carry is SelfCarry.NONE:
        return "", ""
    if not form.self_carry_on.strip():
        raise Refused("self-carry-needs-day", "self_carry_on")
    return (
        calendar_day(form.self_carry_on, "self_carry_on"),
        calendar_day(form.self_carry_until, "self_carry_until", year_ends),
    )


def form_of(order: Order) -> OrderForm:
    """Return the form an order could have been typed from: where a change begins."""
    hours = number_text(order.min_minutes * THOUSAND // 60) if order.min_minutes else ""
    if order.min_minutes * THOUSAND % 60:
        hours = f"{order.min_minutes}/60"
    return OrderForm(
        student_id=order.student_id,
        school_id=order.school_id,
        name=order.name,
        strength=order.strength,
        form=order.form,
        rxnorm=order.rxnorm,
        ingredients=order.ingredients,
        schedule=order.schedule,
        dose=number_text(order.dose, order.unit),
        dose_most="" if order.dose_most == order.dose else number_text(order.dose_most, order.unit),
        unit=order.unit,
        route=order.route,
        timing=order.timing,
        times=order.times,
        days=order.days,
        indication=order.indication,
        min_hours=hours,
        day_doses=str(order.day_doses or ""),
        day_amount=number_text(order.day_amount, order.unit) if order.day_amount else "",
        effect_minutes=str(order.effect_minutes),
        starts_on=order.starts_on,
        ends_on=order.ends_on,
        prescriber=order.prescriber,
        prescriber_phone=order.prescriber_phone,
        prescribed_on=order.prescribed_on,
        prescriber_until=order.prescriber_until,
        guardian=order.guardian,
        guardian_signed_on=order.guardian_signed_on,
        guardian_until=order.guardian_until,
        emergency=order.emergency,
        self_carry=order.self_carry,
        self_carry_on=order.self_carry_on,
        self_carry_until=order.self_carry_until,
        refill_doses=str(order.refill_doses or ""),
        refill_days=str(order.refill_days or ""),
        instructions=order.instructions,
    )


# -- what ends soon ----------------------------------------------------------------------


@unique
class Ending(StrEnum):
    """What of an order comes to its end."""

    ORDER = "order"
    PRESCRIBER = "prescriber"
    GUARDIAN = "guardian"
    SELF_CARRY = "self_carry"


def endings(order: Order, today: str, within: int = EXPIRES_SOON) -> tuple[tuple[Ending, str], ...]:
    """Return what of an order has ended or ends within so many days, the earliest first."""
    last = (date.fromisoformat(today) + timedelta(days=within)).isoformat()
    ends: Mapping[Ending, str] = {
        Ending.ORDER: order.ends_on,
        Ending.PRESCRIBER: order.prescriber_until,
        Ending.GUARDIAN: order.guardian_until,
        Ending.SELF_CARRY: order.self_carry_until,
    }
    return tuple(
        sorted(((what, day) for what, day in ends.items() if day and day <= last), key=_by_day)
    )


def _by_day(ending: tuple[Ending, str]) -> tuple[str, str]:
    return ending[1], ending[0]


# -- allergies ---------------------------------------------------------------------------

_FAMILIES: tuple[frozenset[str], ...] = (
    frozenset({"penicil", "amoxici", "ampicil", "augment", "dicloxa", "pipera", "naficil"}),
    frozenset({"cephalo", "cefalex", "cephale", "cefurox", "cefdini", "cefixim", "keflex"}),
    frozenset(
        {"nsaid", "nsaids", "ibuprof", "naproxe", "aspirin", "advil", "motrin", "aleve", "ketorol"}
    ),
    frozenset({"sulfa", "sulfona", "sulfame", "bactrim", "septra"}),
    frozenset({"acetami", "tylenol", "paracet"}),
    frozenset({"epineph", "adrenal"}),
    frozenset({"albuter", "salbuta"}),
)
"""Stems of names that mean the same or a kindred medicine: common drug classes and brands."""
_SAYS_NOTHING = frozenset(
    {"allergy", "allergi", "alergia", "severe", "reactio", "reaccio", "medicat", "medicin", "tablet",
     "tablets", "children", "childre", "relief", "extra", "strengt", "oral", "acid", "with", "from"}
)  # fmt: skip
_STEM = 7
_SHORTEST = 4


def _stems(text: str) -> frozenset[str]:
    stems = {word[:_STEM] for word in folded(text).split() if len(word) >= _SHORTEST}
    return frozenset(stems - _SAYS_NOTHING)


def allergy_hits(medicine: str, allergies: Iterable[str]) -> tuple[str, ...]:
    """Return those of a student's allergies that name the medicine, an ingredient, or its kin.

    `medicine` is its name and whatever is known of its ingredients.

    Words are compared by their first seven letters, so that `penicilina` meets
    `penicillin`. It warns of what is written down; it knows no more than that.
    """
    holds = _stems(medicine)
    kin = frozenset().union(*(family for family in _FAMILIES if family & holds))
    return tuple(text for text in allergies if _stems(text) & (holds | kin))
