"""What is looked at before a dose is recorded, and how much each finding weighs.

Pure: the same facts give the same findings, in the same order.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from enum import IntEnum, unique

from app.features.medication.model.doses import By, Dose, Outcome, Slot, Source, Window
from app.features.medication.model.orders import (
    Emergency,
    Order,
    OrderState,
    SelfCarry,
    Standing,
    Timing,
    allergy_hits,
    state_at,
)
from app.kernel.clock import Moment
from app.kernel.errors import Fact
from app.kernel.ids import StudentId

DAY = timedelta(hours=24)
JUST_NOW = timedelta(minutes=5)
"""Two doses as needed of one order within this time are taken for one that was entered twice."""


@unique
class Severity(IntEnum):
    """How much a finding weighs."""

    WARN = 1
    """Shown beside the dose; it can be recorded all the same."""
    STOP = 2
    """Recorded only with a reason, which is kept with the dose."""
    NEVER = 3
    """Not recorded whatever the reason."""


@dataclass(frozen=True, slots=True)
class DoseFinding:
    """One thing that was found: its code, its weight, and the facts its sentence needs."""

    code: str
    severity: Severity
    facts: Mapping[str, Fact] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class Past:
    """A dose that was given before, as far as the checks need it."""

    series_id: str
    medicine: str
    """The folded name, which other orders of the same medicine share."""
    supply: str
    amount: int
    given: Moment
    by: str = ""
    """The name of who recorded it."""
    source: Source = Source.HERE


@dataclass(frozen=True, slots=True)
class Supply:
    """A container as far as giving from it goes."""

    container_id: str
    balance: int
    expires_on: str = ""

    def expired(self, day: str) -> bool:
        """Tell whether it may no longer be given on a day; the day it bears is its last."""
        return bool(self.expires_on) and self.expires_on < day


@dataclass(frozen=True, slots=True)
class Proposed:
    """A dose that is about to be recorded as given."""

    student_id: StudentId
    order: Order
    at: Moment
    amount: int
    slot: Slot | None = None
    by: By = By.NURSE
    source: Source = Source.HERE
    container_id: str | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """What the vault knows at that moment."""

    now: Moment
    standing: Standing = field(default_factory=Standing)
    window: Window = field(default_factory=Window)
    recorded: Dose | None = None
    """What is recorded of the same scheduled dose already."""
    recorded_by: str = ""
    past: Sequence[Past] = ()
    supplies: Sequence[Supply] = ()
    tracked: bool = True
    """Whether a container for this order was ever received."""
    allergies: Sequence[str] = ()
    no_school: bool = False
    delegated_until: str | None = ""
    """Of a delegate's dose: until when they may give it; None when no delegation is known."""


def picked(supplies: Iterable[Supply], amount: int, day: str) -> Supply | None:
    """Return the container to give from: with enough in it, the first to expire, none expired.

    Where none has enough, one that has something; else one that is empty.
    """
    fresh = [supply for supply in supplies if not supply.expired(day)]
    return min(
        fresh,
        key=lambda s: (s.balance < amount, s.balance <= 0, s.expires_on or "9999", s.container_id),
        default=None,
    )


def findings(proposed: Proposed, known: Known) -> tuple[DoseFinding, ...]:
    """Return what is to be said before this dose is recorded, the heaviest first.

    For an emergency medicine every stop is a warning only: nothing stands between a
    child in danger and the dose. Wrong student and a dose that is recorded already weigh
    the same for all.
    """
    found = [
        *_whose(proposed, known),
        *_order(proposed, known),
        *_authorisation(proposed),
        *_when(proposed, known),
        *_how_much(proposed, known),
        *_stock(proposed, known),
        *_who(proposed, known),
    ]
    if proposed.order.emergency is not Emergency.NONE:
        found = [
            DoseFinding(f.code, Severity.WARN, f.facts) if f.severity is Severity.STOP else f
            for f in found
        ]
    return tuple(sorted(found, key=lambda finding: -finding.severity))


def _whose(proposed: Proposed, known: Known) -> Iterator[DoseFinding]:
    order, slot = proposed.order, proposed.slot
    if order.student_id is not None and order.student_id != proposed.student_id:
        yield DoseFinding("wrong-student", Severity.NEVER)
    if slot is not None and slot.series_id != order.series_id:
        yield DoseFinding("wrong-order", Severity.NEVER)
    if proposed.at.at > known.now.at:
        yield DoseFinding("dose-in-future", Severity.NEVER)
    if proposed.amount <= 0:
        yield DoseFinding("amount-nothing", Severity.NEVER)
    said = known.recorded
    if said is not None and said.outcome is Outcome.GIVEN:
        at = said.given or said.recorded
        yield DoseFinding("already-given", Severity.NEVER, {"at": at.at, "by": known.recorded_by})
    if said is not None and said.outcome is Outcome.NOT_GIVEN and said.person_id:
        yield DoseFinding(
            "already-not-given", Severity.STOP, {"why": said.code, "by": known.recorded_by}
        )
    for hit in allergy_hits(order.contents(), known.allergies):
        yield DoseFinding("allergy", Severity.STOP, {"allergy": hit})


_BY_STATE = {
    OrderState.NOT_STARTED: "order-not-started",
    OrderState.HELD: "order-held",
    OrderState.ENDED: "order-ended",
    OrderState.DISCONTINUED: "order-discontinued",
    OrderState.SUPERSEDED: "order-superseded",
}


def _order(proposed: Proposed, known: Known) -> Iterator[DoseFinding]:
    order = proposed.order
    code = _BY_STATE.get(state_at(order, known.standing, proposed.at))
    if code:
        yield DoseFinding(code, Severity.STOP, {"starts": order.starts_on, "ends": order.ends_on})
    if not known.standing.checked:
        yield DoseFinding("order-unchecked", Severity.WARN)


def _authorisation(proposed: Proposed) -> Iterator[DoseFinding]:
    order, day = proposed.order, proposed.at.day().isoformat()
    if order.prescriber_until and order.prescriber_until < day:
        yield DoseFinding("prescriber-expired", Severity.STOP, {"day": order.prescriber_until})
    if order.guardian_until and order.guardian_until < day:
        yield DoseFinding("guardian-expired", Severity.STOP, {"day": order.guardian_until})
    if not order.guardian and order.student_id is not None:
        yield DoseFinding("guardian-missing", Severity.STOP)


def _when(proposed: Proposed, known: Known) -> Iterator[DoseFinding]:
    order, at = proposed.order, proposed.at
    slot = proposed.slot
    if slot is not None and proposed.source is not Source.HOME:
        past = at.instant() - slot.at.instant()
        if past < -known.window.step:
            yield DoseFinding(
                "too-early", Severity.STOP, {"time": slot.time, "minutes": _minutes(-past)}
            )
        elif past > known.window.step:
            yield DoseFinding(
                "too-late", Severity.STOP, {"time": slot.time, "minutes": _minutes(past)}
            )
    if slot is None and order.timing is Timing.SCHEDULED and proposed.source is not Source.HOME:
        yield DoseFinding("not-scheduled", Severity.STOP)
    if known.no_school:
        yield DoseFinding("no-school-day", Severity.WARN)
    same = [past for past in known.past if past.medicine == _medicine(order)]
    if slot is None:
        twice = [p for p in same if p.series_id == order.series_id and _apart(p, at) <= JUST_NOW]
        if twice:
            yield DoseFinding("given-just-now", Severity.STOP, _said(twice[-1]))
            return
    if order.min_minutes:
        least = timedelta(minutes=order.min_minutes)
        near = [past for past in same if _apart(past, at) < least]
        if near:
            nearest = min(near, key=lambda past: _apart(past, at))
            yield DoseFinding(
                "too-soon", Severity.STOP, {**_said(nearest), "least": order.min_minutes}
            )


def _minutes(step: timedelta) -> int:
    return int(step.total_seconds() // 60)


def _medicine(order: Order) -> str:
    return order.supply.partition("|")[0]


def _apart(past: Past, at: Moment) -> timedelta:
    return abs(at.instant() - past.given.instant())


def _said(past: Past) -> dict[str, Fact]:
    return {"at": past.given.at, "by": past.by, "home": int(past.source is Source.HOME)}


def _how_much(proposed: Proposed, known: Known) -> Iterator[DoseFinding]:
    order, at = proposed.order, proposed.at
    ordered = order.dose <= proposed.amount <= order.dose_most
    if proposed.amount > 0 and not ordered and proposed.source is not Source.HOME:
        yield DoseFinding("dose-differs", Severity.STOP, {"ordered": order.dose_number()})
    day = [
        past
        for past in known.past
        if past.medicine == _medicine(order) and _same_day(past, order, at)
    ]
    most = order.day_doses or (len(order.times) if order.timing is Timing.SCHEDULED else 0)
    if most and len(day) + 1 > most:
        home = sum(past.source is Source.HOME for past in day)
        yield DoseFinding(
            "over-daily-doses", Severity.STOP, {"most": most, "had": len(day), "home": home}
        )
    had = sum(past.amount for past in day if past.supply == order.supply)
    if order.day_amount and had + proposed.amount > order.day_amount:
        yield DoseFinding(
            "over-daily-amount",
            Severity.STOP,
            {"most": order.day_amount, "had": had, "unit": order.unit},
        )


def _same_day(past: Past, order: Order, at: Moment) -> bool:
    """Tell whether an earlier dose counts for the daily maximum.

    As needed, within the 24 hours before; by a schedule, on the same calendar day, so that
    today's dose may be a few minutes earlier than yesterday's was.
    """
    if order.timing is Timing.SCHEDULED:
        return Moment(past.given.at, at.zone).day() == at.day()
    return at.instant() - DAY < past.given.instant() <= at.instant()


def _stock(proposed: Proposed, known: Known) -> Iterator[DoseFinding]:
    if proposed.source is Source.HOME or proposed.source is Source.TRIP:
        return
    if proposed.by is By.SELF or proposed.by is By.GUARDIAN:
        return
    day = proposed.at.day().isoformat()
    if not known.tracked:
        yield DoseFinding("stock-untracked", Severity.WARN)
        return
    chosen = next(
        (s for s in known.supplies if s.container_id == proposed.container_id), None
    ) or picked(known.supplies, proposed.amount, day)
    if chosen is None:
        spent = [supply.expires_on for supply in known.supplies if supply.balance > 0]
        if spent:
            yield DoseFinding("stock-expired", Severity.STOP, {"day": max(spent)})
        else:
            yield DoseFinding("stock-none", Severity.STOP)
        return
    if chosen.expired(day):
        yield DoseFinding("stock-expired", Severity.STOP, {"day": chosen.expires_on})
    if chosen.balance < proposed.amount:
        yield DoseFinding("stock-none", Severity.STOP, {"left": chosen.balance})


def _who(proposed: Proposed, known: Known) -> Iterator[DoseFinding]:
    order, day = proposed.order, proposed.at.day().isoformat()
    if proposed.by is By.SELF:
        if order.self_carry is not SelfCarry.GIVES:
            yield DoseFinding("self-carry-missing", Severity.STOP)
        elif order.self_carry_until and order.self_carry_until < day:
            yield DoseFinding("self-carry-expired", Severity.STOP, {"day": order.self_carry_until})
    if proposed.by is By.DELEGATE:
        if known.delegated_until is None:
            yield DoseFinding("delegation-missing", Severity.STOP)
        elif known.delegated_until and known.delegated_until < day:
            yield DoseFinding("delegation-expired", Severity.STOP, {"day": known.delegated_until})


def refusing(found: Iterable[DoseFinding], override_reason: str) -> DoseFinding | None:
    """Return the finding that keeps a dose from being recorded, or None.

    What stops gives way to a reason; what never goes does not.
    """
    for finding in found:
        if finding.severity is Severity.NEVER:
            return finding
        if finding.severity is Severity.STOP and not override_reason.strip():
            return finding
    return None
