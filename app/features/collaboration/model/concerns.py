"""A concern about a student: who raised it, what was seen, and what became of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import IntEnum, StrEnum, unique

from app.kernel.clock import Moment
from app.kernel.errors import Refused
from app.kernel.ids import PersonId, StudentId

MOST_COUNTED = 999
LONGEST_PERIOD_WEEKS = 52
REPORT_HOURS_EXAMPLE = 36
"""Until the written report of suspected abuse in California (Penal Code §11166(a)); an example."""


@unique
class Raiser(StrEnum):
    """Who raised it."""

    TEACHER = "teacher"
    GUARDIAN = "guardian"
    STUDENT = "student"
    PEER = "peer"
    STAFF = "staff"


@unique
class Way(StrEnum):
    """How it came."""

    IN_PERSON = "in_person"
    PHONE = "phone"
    EMAIL = "email"
    FORM = "form"


@unique
class Whose(StrEnum):
    """In whose words it is written down."""

    THEIRS = "theirs"
    MINE = "mine"


@unique
class Urgency(IntEnum):
    """How soon someone has to look."""

    ROUTINE = 1
    SOON = 2
    URGENT = 3


@unique
class Danger(StrEnum):
    """What cannot be put off, and cannot be dismissed."""

    SELF_HARM = "self_harm"
    ABUSE = "abuse"
    VIOLENCE = "violence"


@unique
class Unit(StrEnum):
    """What a sign is counted in; `NONE`: it is there or not."""

    NONE = ""
    TIMES = "times"
    DAYS = "days"
    POINTS = "points"


@dataclass(frozen=True, slots=True)
class Sign:
    """An early warning sign as a fact that can be checked."""

    code: str
    label: str
    unit: Unit = Unit.NONE
    danger: str = ""
    """One of `Danger` where the sign marks a concern as urgent; else empty."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A sign that was seen: how many, in how many weeks; 0 where it was not counted."""

    code: str
    label: str
    count: int = 0
    weeks: int = 0
    danger: str = ""


SeenRow = tuple[str, str, int, int, str]


@dataclass(frozen=True, slots=True)
class Concern:
    """A concern as it was raised; frozen. Its fields are the columns of its row."""

    id: str
    student_id: StudentId
    raised_on: str
    way: Way
    raiser: Raiser
    raiser_id: str
    raiser_name: str
    words: str
    whose_words: Whose
    signs: tuple[SeenRow, ...]
    signs_version: int
    tried: str
    urgency: Urgency
    danger: tuple[str, ...]
    person_id: PersonId
    recorded_at: str
    zone: str

    @property
    def recorded(self) -> Moment:
        """Return when it was written down."""
        return Moment(self.recorded_at, self.zone)

    def seen(self) -> tuple[Seen, ...]:
        """Return the signs, as they were named then."""
        return tuple(Seen(*row) for row in self.signs)

    def dangers(self) -> tuple[Danger, ...]:
        """Return what cannot be put off."""
        return tuple(Danger(one) for one in self.danger)

    def report_example_due(self) -> Moment:
        """Return when a written report of suspected abuse would be due in California."""
        return self.recorded.later(timedelta(hours=REPORT_HOURS_EXAMPLE))


@unique
class EntryKind(StrEnum):
    """What was added to a concern."""

    DECISION = "decision"
    CLOSED = "closed"
    """The danger was seen to: what was done, and who was told."""
    NOTE = "note"
    FEEDBACK = "feedback"


@unique
class Decision(StrEnum):
    """What is to become of a concern."""

    SERVICE = "service"
    GROUP = "group"
    SCREENING = "screening"
    CONSULTATION = "consultation"
    REFER_OUT = "refer_out"
    WATCH = "watch"
    NO_ACTION = "no_action"


REFERRING = frozenset({Decision.SERVICE, Decision.GROUP, Decision.REFER_OUT})
"""Decisions that make a referral."""
DISMISSING = frozenset({Decision.WATCH, Decision.NO_ACTION})
"""Decisions that leave a danger unattended: refused until it is closed."""


@dataclass(frozen=True, slots=True)
class ConcernEntry:
    """What was decided, done, noted or fed back; frozen. Later entries overrule earlier ones."""

    id: str
    concern_id: str
    student_id: StudentId
    kind: EntryKind
    decision: str
    text: str
    told: str
    until_on: str
    made: str
    person_id: PersonId
    recorded_at: str
    zone: str

    @property
    def recorded(self) -> Moment:
        """Return when it was written down."""
        return Moment(self.recorded_at, self.zone)


@unique
class Standing(StrEnum):
    """Where a concern stands."""

    NEW = "new"
    WATCHED = "watched"
    """Left alone until a day that has not come."""
    DUE = "due"
    """That day has come: look again."""
    DECIDED = "decided"


@dataclass(frozen=True, slots=True)
class State:
    """What follows from all that was added to a concern, in the order it was written."""

    standing: Standing
    decision: ConcernEntry | None
    """The latest; those before it stay readable."""
    open_danger: bool

    @property
    def open(self) -> bool:
        """Whether it needs someone."""
        return self.open_danger or self.standing in {Standing.NEW, Standing.DUE}


def state_of(concern: Concern, entries: Sequence[ConcernEntry], today: str) -> State:
    """Return where a concern stands on a day."""
    latest = next((e for e in reversed(entries) if e.kind is EntryKind.DECISION), None)
    closed = any(entry.kind is EntryKind.CLOSED for entry in entries)
    if latest is None:
        standing = Standing.NEW
    elif latest.decision == Decision.WATCH:
        standing = Standing.WATCHED if latest.until_on > today else Standing.DUE
    else:
        standing = Standing.DECIDED
    return State(standing, latest, bool(concern.danger) and not closed)


def accepted_seen(seen: Iterable[Seen], signs: Sequence[Sign]) -> tuple[SeenRow, ...]:
    """Return signs as they are kept, named as the list names them; refuse an impossible count."""
    known = {sign.code: sign for sign in signs}
    rows: dict[str, SeenRow] = {}
    for one in seen:
        sign = known.get(one.code)
        if sign is None:
            raise Refused("sign-unknown", "signs")
        if not 0 <= one.count <= MOST_COUNTED:
            raise Refused("number-between", f"count_{one.code}", least=0, most=MOST_COUNTED)
        if not 0 <= one.weeks <= LONGEST_PERIOD_WEEKS:
            raise Refused("number-between", f"weeks_{one.code}", least=0, most=LONGEST_PERIOD_WEEKS)
        counted = sign.unit is not Unit.NONE
        rows[sign.code] = (
            sign.code,
            sign.label,
            one.count if counted else 0,
            one.weeks if counted and one.count else 0,
            sign.danger,
        )
    return tuple(rows[sign.code] for sign in signs if sign.code in rows)


def dangers_of(seen: Iterable[SeenRow], said: Iterable[Danger] = ()) -> tuple[str, ...]:
    """Return what cannot be put off: by the signs, and as whoever wrote it down says."""
    found = {row[4] for row in seen} | {one.value for one in said}
    return tuple(danger.value for danger in Danger if danger.value in found)


def accepted_urgency(urgency: Urgency, danger: Sequence[str]) -> Urgency:
    """Return the urgency as it is kept: danger is always urgent."""
    return Urgency.URGENT if danger else urgency


def require_attended(decision: Decision, *, open_danger: bool) -> None:
    """Refuse to leave a danger alone that nobody has seen to."""
    if open_danger and decision in DISMISSING:
        raise Refused("concern-not-dismissed", "decision")


MOST_SIGNS = 40


def accepted_signs(signs: Sequence[Sign]) -> tuple[Sign, ...]:
    """Return a district's list as it is kept; refuse an empty one, double codes, no danger sign."""
    made: list[Sign] = []
    taken: set[str] = set()
    for place, sign in enumerate(signs):
        label = " ".join(sign.label.split())
        if not label or len(label) > 120:
            raise Refused("sign-needs-label", f"sign_{place}")
        code = sign.code or f"own{place + 1}"
        if code in taken:
            raise Refused("sign-twice", f"sign_{place}")
        if sign.danger and sign.danger not in {danger.value for danger in Danger}:
            raise Refused("sign-unknown", f"sign_{place}")
        taken.add(code)
        made.append(Sign(code, label, sign.unit, sign.danger))
    if not 1 <= len(made) <= MOST_SIGNS:
        raise Refused("signs-between", "signs", least=1, most=MOST_SIGNS)
    missing = {danger.value for danger in Danger} - {sign.danger for sign in made}
    if missing:
        raise Refused("signs-need-danger", "signs")
    return tuple(made)


@dataclass(frozen=True, slots=True)
class WarningList:
    """A district's list of signs, in one of its versions; frozen."""

    id: str
    version: int
    title: str
    signs: tuple[tuple[str, str, str, str], ...]
    person_id: PersonId
    recorded_at: str
    zone: str

    def listed(self) -> tuple[Sign, ...]:
        """Return the signs of the list."""
        return tuple(
            Sign(code, label, Unit(unit), danger) for code, label, unit, danger in self.signs
        )
