"""What an IEP, a 504 or another plan owes a student, and on which days."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum, unique

from app.kernel.clock import Moment
from app.kernel.errors import Refused
from app.kernel.ids import PersonId, StudentId
from app.kernel.nouns import Place
from app.kernel.rows import storable

NO_END = "9999-12-31"
"""The last day of what was given no end."""
MOST_AMOUNT, MOST_MINUTES, MOST_TIMES = 100_000, 1_440, 500
_USUAL_SESSION = 30
"""Minutes of a session where a plan does not say how long one is."""


@unique
class Setting(StrEnum):
    """Whether a service is owed alone, in a group, or either way."""

    INDIVIDUAL = "individual"
    GROUP = "group"
    EITHER = "either"


@unique
class Unit(StrEnum):
    """In what is counted."""

    MINUTES = "minutes"
    SESSIONS = "sessions"


@unique
class PeriodKind(StrEnum):
    """For which stretch of time it is owed."""

    WEEK = "week"
    MONTH = "month"
    YEAR = "year"
    """A school year."""


@unique
class Basis(StrEnum):
    """The paper that owes it."""

    IEP = "iep"
    SECTION_504 = "504"
    PLAN = "plan"


@dataclass(frozen=True, slots=True)
class Mandate:
    """One version of a service owed; frozen as it was written."""

    id: str
    series_id: str
    version: int
    replaces: str | None
    student_id: StudentId
    person_id: PersonId
    """Who provides it: whose field of work reads it."""
    provider: str
    service_id: str
    service_label: str
    setting: Setting
    unit: Unit
    amount: int
    """Minutes or sessions owed in each period."""
    times: int
    """How often in each period, where the plan says times and minutes; else 0."""
    each_minutes: int
    """How long one session is, where the plan says so; else 0."""
    period: PeriodKind
    place: Place
    starts_on: str
    ends_on: str
    basis: Basis
    basis_on: str
    reason: str
    written_by: PersonId
    written_at: str
    zone: str

    def terms(self) -> tuple[object, ...]:
        """Return what is owed, without when it was written: two rows alike are the same promise."""
        return (
            self.service_id,
            self.setting,
            self.unit,
            self.amount,
            self.times,
            self.each_minutes,
            self.period,
            self.place,
            self.provider,
            self.ends_on,
            self.basis,
            self.basis_on,
        )


@dataclass(frozen=True, slots=True)
class MandateEnd:
    """That nothing is owed after a day; an empty day takes an earlier end back."""

    id: str
    series_id: str
    student_id: StudentId
    ended_on: str
    reason: str
    person_id: PersonId
    written_at: str
    zone: str


@dataclass(frozen=True, slots=True)
class Span:
    """The days, first and last included, on which one version is in force."""

    mandate_id: str
    from_on: str
    upto: str
    unit: Unit
    amount: int
    each_minutes: int
    period: PeriodKind

    def holds(self, day: str) -> bool:
        """Tell whether it is in force on a day."""
        return self.from_on <= day <= self.upto


@dataclass(frozen=True, slots=True)
class MandateForm:
    """A service owed, as it is typed."""

    student_id: StudentId | None = None
    service_id: str = ""
    setting: Setting = Setting.INDIVIDUAL
    unit: Unit = Unit.MINUTES
    amount: str = ""
    """Minutes or sessions in a period; empty where times and minutes are given."""
    times: str = ""
    each_minutes: str = ""
    period: PeriodKind = PeriodKind.WEEK
    place: Place = Place.OFFICE
    starts_on: str = ""
    ends_on: str = ""
    basis: Basis = Basis.IEP
    basis_on: str = ""
    person_id: PersonId | None = None
    provider: str = ""
    reason: str = ""


def usual_session(unit: Unit, amount: int, each_minutes: int) -> int:
    """Return how long one session is taken to be: as the plan says, else half an hour at most."""
    if each_minutes:
        return each_minutes
    return min(amount, _USUAL_SESSION) if unit is Unit.MINUTES else _USUAL_SESSION


def chosen_day(text: str, field: str, code: str) -> str:
    """Return a day as ISO text; refuse what is none."""
    try:
        return date.fromisoformat(text.strip()).isoformat()
    except ValueError:
        raise Refused(code, field) from None


def _number(text: str, field: str, most: int) -> int:
    typed = text.strip()
    if not typed:
        return 0
    if not (typed.isascii() and typed.isdecimal()) or not 1 <= int(typed) <= most:
        raise Refused("number-between", field, least=1, most=most)
    return int(typed)


def accepted_mandate(
    form: MandateForm,
    *,
    mandate_id: str,
    service_label: str | None,
    who: PersonId,
    now: Moment,
    provider_name: str,
    before: Mandate | None = None,
) -> Mandate:
    """Return the version that a form makes, as a first one or after `before`; refuse it at a field."""
    if not form.student_id:
        raise Refused("mandate-needs-student", "student_id")
    if service_label is None:
        raise Refused("mandate-needs-service", "service_id")
    times = _number(form.times, "times", MOST_TIMES)
    each = _number(form.each_minutes, "each_minutes", MOST_MINUTES)
    amount = _number(form.amount, "amount", MOST_AMOUNT)
    if form.unit is Unit.MINUTES and times:
        if not each:
            raise Refused("mandate-needs-each", "each_minutes")
        if amount and amount != times * each:
            raise Refused("mandate-two-amounts", "amount", total=times * each)
        amount = times * each
    elif form.unit is Unit.SESSIONS:
        amount, times = amount or times, 0
    if not amount or amount > MOST_AMOUNT:
        raise Refused("mandate-needs-amount", "amount", most=MOST_AMOUNT)
    starts_on = chosen_day(form.starts_on, "starts_on", "mandate-needs-start")
    ends_on = (
        chosen_day(form.ends_on, "ends_on", "day-unreadable") if form.ends_on.strip() else NO_END
    )
    if ends_on < starts_on:
        raise Refused("period-order", "ends_on")
    basis_on = chosen_day(form.basis_on, "basis_on", "mandate-needs-basis-day")
    reason = storable(form.reason)
    if before is not None and not reason:
        raise Refused("mandate-needs-reason", "reason")
    provider = storable(form.provider) or provider_name
    return Mandate(
        mandate_id,
        before.series_id if before else mandate_id,
        before.version + 1 if before else 1,
        before.id if before else None,
        form.student_id,
        form.person_id or who,
        provider,
        form.service_id,
        service_label,
        form.setting,
        form.unit,
        amount,
        times,
        each,
        form.period,
        form.place,
        starts_on,
        ends_on,
        form.basis,
        basis_on,
        reason,
        who,
        now.at,
        now.zone,
    )


def spans_of(versions: Iterable[Mandate], ended_on: str = "") -> list[Span]:
    """Return on which days each version is in force.

    On any day the newest version that has begun holds; once it is past its last day, or past
    the day on which the whole was ended, nothing is owed. A version that a later one covers
    from its first day on was never in force.
    """
    spans: list[Span] = []
    later: str | None = None
    for version in sorted(versions, key=lambda one: one.version, reverse=True):
        upto = version.ends_on
        if later is not None:
            upto = min(upto, _day_before(later))
        if ended_on:
            upto = min(upto, ended_on)
        if version.starts_on <= upto:
            spans.append(
                Span(
                    version.id,
                    version.starts_on,
                    upto,
                    version.unit,
                    version.amount,
                    version.each_minutes,
                    version.period,
                )
            )
        later = version.starts_on if later is None else min(later, version.starts_on)
    return spans[::-1]


def _day_before(day: str) -> str:
    return (date.fromisoformat(day) - timedelta(days=1)).isoformat()


def span_on(spans: Sequence[Span], day: str) -> Span | None:
    """Return what is in force on a day."""
    return next((span for span in spans if span.holds(day)), None)
