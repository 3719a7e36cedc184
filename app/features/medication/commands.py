"""What can be asked of the medication room.

Amounts, days and times are given as they were typed; the core reads them and refuses at
the field. Ids that a screen makes itself (`dose_id` …) make a repeated command harmless.
"""

from dataclasses import dataclass, field

from app.features.medication.model.amounts import Unit
from app.features.medication.model.doses import By, Code, Effect, Source
from app.features.medication.model.incidents import Called, IncidentEntryKind, IncidentKind
from app.features.medication.model.nursing import Complaint, Leaving, PlanKind, VitalsForm
from app.features.medication.model.orders import OrderForm, Schedule
from app.features.medication.model.proof import Proof
from app.features.medication.model.stock import MovementKind, Occasion
from app.kernel.clock import Moment
from app.kernel.ids import SchoolId, StudentId

# -- orders ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class WriteOrder:
    """Keep a new order as it was transcribed from its paper."""

    form: OrderForm
    order_id: str = ""


@dataclass(frozen=True, slots=True)
class ChangeOrder:
    """Keep a new version of an order; the version it replaces stays as it is."""

    order_id: str
    form: OrderForm
    new_id: str = ""


@dataclass(frozen=True, slots=True)
class CheckOrder:
    """Say that a second person compared the transcribed version with its paper."""

    order_id: str
    witness: Proof


@dataclass(frozen=True, slots=True)
class HoldOrder:
    """Give no dose of an order until it is resumed; on whose word, and why."""

    order_id: str
    reason: str
    word_of: str = ""


@dataclass(frozen=True, slots=True)
class ResumeOrder:
    """Give the doses of a held order again."""

    order_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class DiscontinueOrder:
    """End an order for good, from now on."""

    order_id: str
    reason: str
    word_of: str = ""


@dataclass(frozen=True, slots=True)
class KeepPhoto:
    """Keep a student's picture, already made small by the screen (JPEG or PNG, 256 KiB at most)."""

    student_id: StudentId
    picture: bytes
    kind: str = "image/jpeg"


@dataclass(frozen=True, slots=True)
class RemovePhoto:
    """Take a student's picture out of the vault."""

    student_id: StudentId


# -- doses -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RecordDose:
    """Say that a dose was given: a scheduled one by its day and time, or one as needed."""

    order_id: str
    student_id: StudentId
    day: str = ""
    slot: str = ""
    amount: str = ""
    """As typed; the ordered dose when empty."""
    given_at: Moment | None = None
    """Now, when None."""
    by: By = By.NURSE
    giver: str = ""
    """Of a delegate or guardian: their name."""
    witness: Proof | None = None
    reason: str = ""
    """Of a dose as needed: why it was given."""
    assessment: str = ""
    note: str = ""
    site: str = ""
    container_id: str | None = None
    """The one to give from; the one that expires first when None."""
    override_reason: str = ""
    source: Source = Source.HERE
    trip_id: str | None = None
    dose_id: str = ""


@dataclass(frozen=True, slots=True)
class RecordNotGiven:
    """Say why a scheduled dose was not given."""

    order_id: str
    student_id: StudentId
    day: str
    slot: str
    code: Code
    note: str = ""
    source: Source = Source.HERE
    trip_id: str | None = None
    dose_id: str = ""


@dataclass(frozen=True, slots=True)
class UndoDose:
    """Within a minute: say that what one has just recorded was entered in error."""

    dose_id: str
    new_id: str = ""


@dataclass(frozen=True, slots=True)
class CorrectDose:
    """Put a recorded dose right, with the reason; what was recorded stays readable.

    `record` is how it should have been recorded; None says it was entered in error.
    """

    dose_id: str
    why: str
    record: RecordDose | RecordNotGiven | None = None
    new_id: str = ""


@dataclass(frozen=True, slots=True)
class RecordEffect:
    """Say what a dose as needed did."""

    dose_id: str
    effect: Effect
    text: str = ""
    at: Moment | None = None


@dataclass(frozen=True, slots=True)
class NoteOnDose:
    """Add what was observed after a dose: a reaction, vomiting, anything else."""

    dose_id: str
    text: str
    reaction: bool = False


@dataclass(frozen=True, slots=True)
class SettleMissed:
    """Write down, for each dose whose window has passed with nothing recorded, that it was missed."""


@dataclass(frozen=True, slots=True)
class MarkNoSchool:
    """Say that a day has no school, in one building or in all."""

    day: str
    reason: str
    school_id: SchoolId | None = None


@dataclass(frozen=True, slots=True)
class UnmarkNoSchool:
    """Say that a day has school after all."""

    day: str
    school_id: SchoolId | None = None


@dataclass(frozen=True, slots=True)
class EnterDowntime:
    """Enter what was written on a downtime sheet or a trip's packet, as late entries, all or nothing."""

    records: tuple[RecordDose | RecordNotGiven, ...]


# -- stock -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ReceiveStock:
    """Take in a container, counted by two: a guardian or a second person of the vault.

    With `order_id` it is for that order, whose name, strength and unit it takes.
    """

    amount: str
    """What was counted."""
    order_id: str = ""
    student_id: StudentId | None = None
    school_id: SchoolId | None = None
    name: str = ""
    strength: str = ""
    form: str = ""
    unit: Unit = Unit.TABLET
    schedule: Schedule = Schedule.NONE
    labelled: str = ""
    """What the label says is in it, where that is known."""
    prescription: str = ""
    pharmacy: str = ""
    lot: str = ""
    expires_on: str = ""
    place: str = ""
    counterpart: str = ""
    """Who brought it and counted along."""
    witness: Proof | None = None
    container_id: str = ""


@dataclass(frozen=True, slots=True)
class TakeStock:
    """Take something out of a container other than by giving it: wasted, dropped, returned, destroyed."""

    container_id: str
    kind: MovementKind
    amount: str
    reason: str = ""
    counterpart: str = ""
    witness: Proof | None = None
    at: Moment | None = None


@dataclass(frozen=True, slots=True)
class CountLine:
    """One container of a count, and what was counted in it, as typed."""

    container_id: str
    counted: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class CountStock:
    """Keep a count; what does not come out of a controlled substance opens a discrepancy."""

    lines: tuple[CountLine, ...]
    occasion: Occasion = Occasion.DAILY
    witness: Proof | None = None
    session_id: str = ""


@dataclass(frozen=True, slots=True)
class NoteOnDiscrepancy:
    """Add who was told of a discrepancy, or what was found; it stays open."""

    discrepancy_id: str
    text: str
    told: str = ""


@dataclass(frozen=True, slots=True)
class ExplainDiscrepancy:
    """Close a discrepancy with its explanation, which a second person has seen."""

    discrepancy_id: str
    text: str
    witness: Proof


# -- incidents ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ReportIncident:
    """Report a medication error, or one that was caught in time."""

    student_id: StudentId
    kind: IncidentKind
    happened: str
    """What happened, in plain words."""
    near_miss: bool = False
    happened_at: Moment | None = None
    found_at: Moment | None = None
    order_id: str | None = None
    dose_id: str | None = None
    cause: str = ""
    done: str = ""
    """What was done at once."""
    condition: str = ""
    """How the student was."""
    incident_id: str = ""


@dataclass(frozen=True, slots=True)
class AddToIncident:
    """Add a call, an outcome, a follow-up or a note to an incident."""

    incident_id: str
    kind: IncidentEntryKind
    text: str = ""
    called: Called | None = None
    name: str = ""
    phone: str = ""
    at: Moment | None = None


# -- other nursing -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class StartVisit:
    """Write down that a student came to the health office."""

    student_id: StudentId
    complaint: Complaint
    words: str = ""
    sent_by: str = ""
    came_at: Moment | None = None
    school_id: SchoolId | None = None
    visit_id: str = ""


@dataclass(frozen=True, slots=True)
class AddVitals:
    """Add vital signs to a visit."""

    visit_id: str
    vitals: VitalsForm
    at: Moment | None = None


@dataclass(frozen=True, slots=True)
class AddCare:
    """Add what was done, or what was seen, to a visit; `note` for what comes after its end."""

    visit_id: str
    text: str
    at: Moment | None = None


@dataclass(frozen=True, slots=True)
class EndVisit:
    """Write down when and where to a student left; of one sent home, who came for them."""

    visit_id: str
    leaving: Leaving
    to_whom: str = ""
    text: str = ""
    at: Moment | None = None


@dataclass(frozen=True, slots=True)
class WritePlan:
    """Keep a health plan or an emergency action plan, or with `replaces` a new version of one."""

    student_id: StudentId
    kind: PlanKind
    title: str
    sections: tuple[tuple[str, str], ...]
    starts_on: str = ""
    review_on: str = ""
    replaces: str | None = None
    reason: str = ""
    plan_id: str = ""


@dataclass(frozen=True, slots=True)
class EndPlan:
    """End a plan."""

    plan_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class DelegateTask:
    """Hand a task to someone trained for it, until the training ends."""

    staff: str
    task: str
    trained_on: str
    expires_on: str = ""
    staff_id: str | None = None
    student_id: StudentId | None = None
    series_id: str = ""
    note: str = ""
    delegation_id: str = ""


@dataclass(frozen=True, slots=True)
class EndDelegation:
    """Take a delegated task back."""

    delegation_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class PlanTrip:
    """Write down a field trip and who gives the doses on it."""

    title: str
    leaves_at: Moment
    returns_at: Moment
    staff: str
    staff_phone: str = ""
    delegation_id: str | None = None
    school_id: SchoolId | None = None
    note: str = ""
    trip_id: str = ""


@dataclass(frozen=True, slots=True)
class CountOut:
    """Count a student's doses out for a trip, with whoever takes them along."""

    trip_id: str
    student_id: StudentId
    order_id: str
    amount: str
    container_id: str | None = None
    counterpart: str = ""
    witness: Proof | None = None
    item_id: str = ""


@dataclass(frozen=True, slots=True)
class BackLine:
    """What came back of one thing that was counted out, as typed, and what of it was wasted."""

    item_id: str
    back: str
    wasted: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class ReconcileTrip:
    """Close a trip: what went out is what was given, wasted, and came back."""

    trip_id: str
    lines: tuple[BackLine, ...] = field(default_factory=tuple)
    note: str = ""
    witness: Proof | None = None


@dataclass(frozen=True, slots=True)
class CloseYear:
    """End every order whose time is over with the school year; refused while stock is left."""

    reason: str
    day: str = ""
    leave_stock: bool = False
