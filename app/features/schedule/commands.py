"""What can be asked of the schedule room."""

from dataclasses import dataclass

from app.features.schedule.model.appointments import Span, TypedAppointment
from app.features.schedule.model.bells import TypedPeriod
from app.features.schedule.model.calendar import TypedYear
from app.features.schedule.model.recurrence import TypedRule


@dataclass(frozen=True, slots=True)
class SetBells:
    """Make a bell schedule of a building, or change one: its name and all its periods."""

    school_id: str
    name: str
    periods: tuple[TypedPeriod, ...]
    bell_id: str = ""


@dataclass(frozen=True, slots=True)
class RemoveBells:
    """Take away a bell schedule that no school year and no special day rings by."""

    bell_id: str


@dataclass(frozen=True, slots=True)
class SetYear:
    """Enter a building's school year, or change one."""

    year: TypedYear
    year_id: str = ""


@dataclass(frozen=True, slots=True)
class RemoveYear:
    """Take away a building's school year."""

    year_id: str


@dataclass(frozen=True, slots=True)
class SetSpecialDay:
    """Say that a day, or each day up to `until`, has no school, other bells or another cycle day."""

    school_ids: tuple[str, ...]
    on: str
    until: str = ""
    closed: bool = True
    bell_id: str = ""
    bell_name: str = ""
    """Instead of an id, where several buildings have bells of one name."""
    cycle_day: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class RemoveSpecialDay:
    """Let a day be as its weekday is."""

    school_id: str
    on: str


@dataclass(frozen=True, slots=True)
class SetTravel:
    """Say how many minutes it is between two buildings; empty: nothing is known."""

    one_school: str
    other_school: str
    minutes: str


@dataclass(frozen=True, slots=True)
class PlanAppointment:
    """Put an appointment on its day, and by a rule on days after it."""

    typed: TypedAppointment
    rule: TypedRule | None = None
    appointment_id: str = ""
    """The id it is to have; planning twice under one id is planning once."""


@dataclass(frozen=True, slots=True)
class ChangeAppointment:
    """Change an appointment: another time, room, student; this one, or it and all after it."""

    appointment_id: str
    typed: TypedAppointment
    span: Span = Span.THIS


@dataclass(frozen=True, slots=True)
class TakeOff:
    """Take an appointment off the schedule; of a series this one is skipped, or all from it on."""

    appointment_id: str
    span: Span = Span.THIS


@dataclass(frozen=True, slots=True)
class PutBack:
    """Bring back what one taking off took."""

    taken_off: str


@dataclass(frozen=True, slots=True)
class MarkHeld:
    """Say that an appointment took place, where no note says so."""

    appointment_id: str


@dataclass(frozen=True, slots=True)
class MarkFallen:
    """Say that an appointment fell out, and why."""

    appointment_id: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Reopen:
    """Take back that an appointment was held or fell out."""

    appointment_id: str


@dataclass(frozen=True, slots=True)
class ImportBells:
    """Read bell schedules or calendar days from a CSV table; all of it or nothing."""

    text: str


@dataclass(frozen=True, slots=True)
class ImportBusy:
    """Read busy times from a calendar file, in place of those that were read before."""

    data: bytes


@dataclass(frozen=True, slots=True)
class ForgetBusy:
    """Forget all busy times that were read."""


@dataclass(frozen=True, slots=True)
class ExportCalendar:
    """Make a calendar file of the appointments between two days, without names."""

    since: str
    until: str
