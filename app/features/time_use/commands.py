"""What can be asked of the time room."""

from dataclasses import dataclass

from app.features.time_use.model.billing import LineState, Setting, Units
from app.features.time_use.model.entries import ActivityForm


@dataclass(frozen=True, slots=True)
class LogActivity:
    """Log what is not about one student."""

    form: ActivityForm
    entry_id: str = ""
    """Made by the caller, so that logging twice logs once; empty: a new one."""
    planned_id: str = ""
    """The appointment that this was, if it was planned."""


@dataclass(frozen=True, slots=True)
class CorrectActivity:
    """Write an activity anew."""

    entry_id: str
    form: ActivityForm


@dataclass(frozen=True, slots=True)
class RemoveActivity:
    """Take out an activity that was logged by mistake."""

    entry_id: str


@dataclass(frozen=True, slots=True)
class RestoreActivity:
    """Bring back an activity that was taken out."""

    entry_id: str


@dataclass(frozen=True, slots=True)
class ChangeCategory:
    """Put an entry of any kind under another category; a note it came from stays as it is."""

    entry_id: str
    category: str


@dataclass(frozen=True, slots=True)
class RepeatDay:
    """Log the activities of an earlier day again on another."""

    of_day: str
    on_day: str


@dataclass(frozen=True, slots=True)
class RemoveActivities:
    """Take out several activities at once: what a repeated day made."""

    entry_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StartTimer:
    """Let the clock run for what is being done."""

    form: ActivityForm


@dataclass(frozen=True, slots=True)
class StopTimer:
    """Stop the clock and log what it counted."""

    form: ActivityForm


@dataclass(frozen=True, slots=True)
class DropTimer:
    """Stop the clock and log nothing."""


@dataclass(frozen=True, slots=True)
class KeepLine:
    """Keep the quick line as it stands."""

    form: ActivityForm


@dataclass(frozen=True, slots=True)
class AddDuty:
    """Keep what comes back on the same weekdays."""

    form: ActivityForm
    weekdays: str


@dataclass(frozen=True, slots=True)
class RetireDuty:
    """Offer a duty no more, or again."""

    duty_id: str
    retired: bool = True


@dataclass(frozen=True, slots=True)
class LogDuty:
    """Log a duty as it usually is."""

    duty_id: str
    on_day: str


@dataclass(frozen=True, slots=True)
class LoadCategories:
    """Take a version of a district's own set of categories."""

    text: str
    """The file's whole text, JSON."""


@dataclass(frozen=True, slots=True)
class ChooseUsual:
    """Say which category of a set is usual for a kind of service."""

    set_code: str
    service_id: str
    category: str


@dataclass(frozen=True, slots=True)
class KeepMedicaid:
    """Keep a student's Medicaid number and the parent's consent to bill."""

    student_id: str
    medicaid_id: str
    consent_on: str = ""
    consent_until: str = ""


@dataclass(frozen=True, slots=True)
class KeepBillingCode:
    """Keep what a kind of service is claimed as; an empty procedure takes it off the table."""

    service_id: str
    setting: Setting
    procedure: str
    modifiers: str = ""
    units: Units = Units.QUARTER_HOURS


@dataclass(frozen=True, slots=True)
class MarkLines:
    """Say how far lines are: ready, left out, or open again."""

    lines: tuple[tuple[str, str, str], ...]
    """Each line's day, entry and student."""
    state: LineState
