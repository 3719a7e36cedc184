"""What a repair found, saved and lost, as it is told and kept."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum, unique
from pathlib import Path

from app.features.backups.model import Read
from app.kernel.keys import Anchor
from app.kernel.nouns import Role
from app.kernel.rights import Discipline, discipline

FIELDS: Mapping[str, Discipline | None] = {
    **dict.fromkeys(
        ("session_note", "note_addition", "follow_up", "note_draft"), Discipline.COUNSELING
    ),
    "sole_note": None,
    **dict.fromkeys(
        (
            "time_entry",
            "time_served",
            "time_draft",
            "duty",
            "billing_line",
            "student_medicaid",
        ),
        None,
    ),
    **dict.fromkeys(
        ("appointment", "appointment_series", "booked", "busy_time", "calendar_secret"), None
    ),
    # Of any field: whoever lost it cannot be told from another, so nobody is told.
    **dict.fromkeys(("mandate", "mandate_end", "mandate_span", "delivery", "episode"), None),
    **dict.fromkeys(
        ("student_group", "group_member", "group_draft", "group_session", "group_attendance"),
        None,
    ),
    **dict.fromkeys(
        (
            "concern",
            "concern_entry",
            "consultation",
            "consultation_addition",
            "consultation_draft",
            "agreed_step",
            "contact",
            "team_member",
        ),
        None,
    ),
    **dict.fromkeys(
        (
            "care_plan",
            "plan_version",
            "plan_goal",
            "plan_signature",
            "plan_review",
            "plan_task",
            "plan_draft",
            "goal_point",
            "goal_phase",
            "goal_decision",
            "tier_evidence",
        ),
        None,
    ),
    "part2_label": None,
    **dict.fromkeys(("consent", "consent_end", "consent_scan", "consent_scan_content"), None),
    **dict.fromkeys(
        (
            "screening",
            "screening_mistake",
            "risk",
            "risk_entry",
            "risk_elsewhere",
            "round_consent",
            "screening_draft",
        ),
        None,
    ),
    **dict.fromkeys(
        (
            "outbox_parcel",
            "outbox_sealed",
            "outbox_event",
            "outbox_manifest",
            "outbox_receipt",
            "desk_key",
            "destination_secret",
        ),
        None,
    ),
    **dict.fromkeys(
        (
            "medication_order",
            "dose",
            "dose_seen",
            "container",
            "stock_movement",
            "stock_count",
            "discrepancy",
            "incident",
            "visit",
            "health_plan",
            "delegation",
            "trip",
            "trip_item",
            "care_entry",
            "no_school",
            "student_photo",
        ),
        Discipline.HEALTH,
    ),
}
"""Whose records a table holds; of a lost row nobody can tell any more who made it."""


@unique
class Fate(StrEnum):
    """What became of a row that a repair speaks of."""

    LOST = "lost"
    REGAINED = "regained"
    """It was lost, and is back from a backup, as it was then."""
    UNPROVEN = "unproven"
    """It is there; the journal entry that told of it is lost."""
    UNLINKED = "unlinked"
    """It is there; what it belongs to is lost."""
    STAND_IN = "stand_in"
    """What others belong to was lost; something empty stands in its place."""
    UNCOUNTED = "uncounted"
    """Rows of this kind may be lost that nothing names any more."""


@dataclass(frozen=True, slots=True)
class Loss:
    """One line of the list."""

    kind: str
    """The table."""
    row: str
    student: str
    on: str
    """The day or instant it is of, as text; empty when that is not known."""
    how: Fate


@dataclass(frozen=True, slots=True)
class LossLine:
    """A line of the list as it is shown, with the student's name."""

    loss: Loss
    given: str = ""
    family: str = ""
    preferred: str = ""


def withheld(line: LossLine, role: Role) -> LossLine:
    """Return a line as a role may read it: of another field's record, not whose it was or when.

    Of a sole-possession note nobody is told: its maker cannot be known any more.
    """
    kind = line.loss.kind
    if kind not in FIELDS or FIELDS[kind] is discipline(role):
        return line
    return LossLine(replace(line.loss, row="", student="", on=""))


@dataclass(frozen=True, slots=True)
class Damages:
    """What was found in a damaged vault, before anything is done."""

    structure: int
    """Faults in the file's structure; 0 if it is whole."""
    pages: int
    bad: int
    """Pages whose seal is broken; a first page that cannot be read counts as one."""
    opens: bool
    """Whether the library can still open the file."""
    log: bool
    """Whether a log of the last changes stood beside the file and was folded in."""
    entries: int
    """The journal's entries, as far as anything knows of them."""
    rows: Mapping[str, int] = field(default_factory=dict)
    """Rows by table, where they can still be counted."""

    @property
    def whole(self) -> bool:
        """Whether nothing is wrong with the file."""
        return self.opens and not self.structure and not self.bad


@dataclass(frozen=True, slots=True)
class Lacking:
    """What the newest good backup does not have."""

    backup: Read
    entries: int
    rows: Mapping[str, int]
    """How many more rows the damaged vault still counts, by table."""


@dataclass(frozen=True, slots=True)
class Repaired:
    """What came of a repair."""

    path: Path
    saved: Mapping[str, int]
    losses: tuple[Loss, ...]
    bad: int
    pages: int
    head: Anchor
    backup: Read | None = None
    gaps: int = 0
    """Journal entries that are missing."""
    lines: tuple[LossLine, ...] = ()
    """The list as it is shown."""

    def count(self, *fates: Fate) -> int:
        """Return how many lines of the list are of these fates."""
        return sum(loss.how in fates for loss in self.losses)

    @property
    def lost(self) -> int:
        """How many records were lost for good."""
        return self.count(Fate.LOST, Fate.STAND_IN, Fate.UNCOUNTED)

    @property
    def doubtful(self) -> int:
        """How many were saved without their entry of the journal, or what they belong to."""
        return self.count(Fate.UNPROVEN, Fate.UNLINKED)

    @property
    def everything(self) -> bool:
        """Whether nothing was lost."""
        return not self.lost and not self.doubtful
