"""What the screening room keeps: screenings as they were scored, and risks until they are closed."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum, unique

from app.features.screening.model.instruments import Informant, Instrument, Urgency
from app.features.screening.model.scoring import About, Result
from app.kernel.errors import Refused
from app.kernel.ids import PersonId, SchoolId, StudentId
from app.kernel.rows import storable

LONGEST_TEXT = 4_000


@unique
class Source(StrEnum):
    """How the answers came."""

    FORM = "form"
    INTERVIEW = "interview"
    FILE = "file"
    OUTSIDE = "outside"


@unique
class Consent(StrEnum):
    """How a universal screening asks: only who agreed, or all who did not opt out."""

    ACTIVE = "active"
    PASSIVE = "passive"


@unique
class Said(StrEnum):
    """What a guardian said to a round."""

    GIVEN = "given"
    DECLINED = "declined"
    OPTED_OUT = "opted_out"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class InstrumentFile:
    """An instrument's file that a district supplied, as it was loaded."""

    id: str
    instrument: str
    version: str
    title: str
    content: str
    sha256: str
    person_id: PersonId
    recorded_at: str
    zone: str


@dataclass(frozen=True, slots=True)
class WordingRow:
    """The wording of an instrument, as it was laid over its items."""

    id: str
    instrument: str
    title: str
    url: str
    copyright: str
    items: tuple[tuple[str, str], ...]
    answers: tuple[tuple[str, int, str], ...]
    sha256: str
    person_id: PersonId
    recorded_at: str
    zone: str


@dataclass(frozen=True, slots=True)
class Round:
    """A universal screening."""

    id: str
    title: str
    instrument: str
    informant: Informant
    school_id: SchoolId | None
    grades: tuple[str, ...]
    consent: Consent
    begins_on: str
    ends_on: str
    person_id: PersonId
    made_at: str
    zone: str
    closed_at: str = ""


@dataclass(frozen=True, slots=True)
class RoundConsent:
    """What a guardian said, on which day."""

    id: str
    round_id: str
    student_id: StudentId
    state: Said
    said_by: str
    said_on: str
    person_id: PersonId
    recorded_at: str
    zone: str


@dataclass(frozen=True, slots=True)
class Screening:
    """One screening of one student, with its scores as they stood."""

    id: str
    student_id: StudentId
    instrument: str
    version: str
    title: str
    sha256: str
    informant: Informant
    informant_name: str
    taken_on: str
    age: int | None
    grade: str
    school_id: SchoolId | None
    source: Source
    answers: tuple[tuple[str, int], ...]
    refused: bool
    scores: tuple[tuple[str, int | None, str, int, str], ...]
    """Scale, score (None where there is none), band or why there is none, level, cut-offs."""
    outcome: str
    level: int
    risk: str
    comment: str
    round_id: str
    replaces: str | None
    correction: str
    person_id: PersonId
    recorded_at: str
    zone: str

    def score_of(self, scale: str) -> int | None:
        """Return the score of a scale, or None."""
        return next((one[1] for one in self.scores if one[0] == scale), None)


@dataclass(frozen=True, slots=True)
class Mistake:
    """A screening was recorded in error: it stays, and counts in nothing."""

    id: str
    screening_id: str
    student_id: StudentId
    """Under whom it was recorded."""
    why: str
    person_id: PersonId
    recorded_at: str
    zone: str


@dataclass(frozen=True, slots=True)
class Risk:
    """An answer that asks for a person."""

    id: str
    student_id: StudentId
    screening_id: str
    code: str
    label: str
    urgency: Urgency
    steps: tuple[str, ...]
    person_id: PersonId
    recorded_at: str
    zone: str


@unique
class RiskEntryKind(StrEnum):
    """What is written about a risk."""

    STEP = "step"
    TOLD = "told"
    CLOSED = "closed"
    REOPENED = "reopened"
    MISTAKE = "mistake"
    """The screening was recorded in error: this student never gave the answer."""


@dataclass(frozen=True, slots=True)
class RiskEntry:
    """One thing that was done about a risk."""

    id: str
    risk_id: str
    student_id: StudentId
    kind: RiskEntryKind
    text: str
    told: str
    told_at: str
    person_id: PersonId
    recorded_at: str
    zone: str


@dataclass(frozen=True, slots=True)
class ScreeningForm:
    """What is typed: a screening before it is scored; it is also the draft."""

    student_id: StudentId | None = None
    instrument: str = ""
    informant: str = ""
    informant_name: str = ""
    taken_on: str = ""
    source: str = Source.FORM
    answers: tuple[tuple[str, int], ...] = ()
    given: tuple[tuple[str, int], ...] = ()
    refused: bool = False
    comment: str = ""
    round_id: str = ""

    def answered(self) -> dict[str, int]:
        """Return the answers by item."""
        return dict(self.answers)


def form_again(one: Screening, student_id: StudentId, instrument: Instrument) -> ScreeningForm:
    """Return a screening as it was typed, for a student: its answers, day and who answered stay."""
    typed = {scale.id for scale in instrument.scales if not scale.items}
    return ScreeningForm(
        student_id=student_id,
        instrument=one.instrument,
        informant=one.informant,
        informant_name=one.informant_name,
        taken_on=one.taken_on,
        source=one.source,
        answers=one.answers,
        given=tuple(
            (scale, score)
            for scale, score, *_rest in one.scores
            if score is not None and scale in typed
        ),
        refused=one.refused,
        comment=one.comment,
        round_id=one.round_id,
    )


@dataclass(frozen=True, slots=True)
class Whose:
    """What of a student a screening keeps as it stood."""

    id: StudentId
    birth_date: str
    grade: str
    school_id: SchoolId | None


def age_on(birth_date: str, day: date) -> int | None:
    """Return the age in whole years on a day; None where no birth date is known."""
    try:
        born = date.fromisoformat(birth_date)
    except ValueError:
        return None
    years = day.year - born.year - ((day.month, day.day) < (born.month, born.day))
    return years if years >= 0 else None


def calendar_day(text: str, field: str) -> date:
    """Return the day that was typed; refuse what is none."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise Refused("day-not-understood", field) from None


def words(text: str, field: str) -> str:
    """Return text as it is kept; refuse what is too long."""
    kept = storable(text)
    if len(kept) > LONGEST_TEXT:
        raise Refused("text-too-long", field, most=LONGEST_TEXT)
    return kept


def accepted_form(form: ScreeningForm, instrument: Instrument, today: date) -> date:
    """Return the day on which it was taken; refuse a form that cannot be scored."""
    if form.student_id is None:
        raise Refused("screening-needs-student", "student")
    day = calendar_day(form.taken_on, "taken_on")
    if day > today:
        raise Refused("screening-in-future", "taken_on")
    try:
        informant = Informant(form.informant)
    except ValueError:
        raise Refused("screening-needs-informant", "informant") from None
    if informant not in instrument.informants:
        raise Refused("screening-not-for-informant", "informant")
    if instrument.outside != (form.source == Source.OUTSIDE):
        raise Refused("screening-from-outside", "source")
    if not form.answers and not form.given and not form.refused:
        raise Refused("screening-needs-answers", "answers")
    return day


def told_scores(result: Result) -> tuple[tuple[str, int | None, str, int, str], ...]:
    """Return the scores as a screening keeps them."""
    return tuple(
        (
            one.scale.id,
            one.score,
            one.band.code if one.band else (one.why_not or ""),
            one.band.level if one.band else 0,
            " ".join(cutoff.code for cutoff in one.reached),
        )
        for one in result.scales
    )


UNJUDGED = -1
"""The level where nothing tells one: no score, or no band and no cut-off for this student."""


def level_of(result: Result) -> int:
    """Return how grave a result is: of its bands and outcome; a reached cut-off is at least 2.

    What nothing judges is not in the usual range: its level is `UNJUDGED`.
    """
    if result.outcome is None and not any(one.judged for one in result.scales):
        return UNJUDGED
    reached = any(one.reached for one in result.scales)
    return max(result.level, 2 if reached else 0)


def about(whose: Whose, informant: Informant, day: date) -> About:
    """Return who answered about whom, on a day."""
    return About(informant, age_on(whose.birth_date, day), whose.grade)


REFUSED_CODE = "refused"
"""Of the risk that a refusal opens where an instrument has answers that ask for a person."""


def consented(mode: Consent, said: Said | None) -> bool:
    """Tell whether a student may be screened in a round."""
    if mode is Consent.ACTIVE:
        return said is Said.GIVEN
    return said in {None, Said.GIVEN}
