"""Behaviour consultation with a teacher or a family: from the question to what came of it."""

import json
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import date, datetime
from enum import StrEnum, unique

from app.features.collaboration.model.texts import kept, kept_name, named_person, needed_words
from app.kernel.clock import Moment
from app.kernel.errors import Refused
from app.kernel.ids import PersonId, StudentId
from app.kernel.nouns import Place
from app.kernel.rows import storable

LONGEST_MINUTES = 1440
MOST_STEPS = 8


@unique
class Purpose(StrEnum):
    """What a behaviour is guessed to get or to get away from (functional assessment)."""

    UNKNOWN = ""
    ATTENTION = "attention"
    ESCAPE = "escape"
    TANGIBLE = "tangible"
    SENSORY = "sensory"


@unique
class Fidelity(StrEnum):
    """Whether what was agreed was done as it was meant."""

    UNKNOWN = ""
    AS_AGREED = "as_agreed"
    PARTLY = "partly"
    NOT_DONE = "not_done"


@dataclass(frozen=True, slots=True)
class StepForm:
    """Who does what until when, as typed."""

    doer: str = ""
    text: str = ""
    due_on: str = ""

    def empty(self) -> bool:
        """Tell whether nothing was typed; a day alone is nothing."""
        return not (self.doer.strip() or self.text.strip())


@dataclass(frozen=True, slots=True)
class ConsultationForm:
    """A consultation as it stands on its page, whatever was typed so far."""

    on: str = ""
    at: str = ""
    minutes: str = ""
    place: str = Place.OFFICE.value
    school_id: str = ""
    about: str = ""
    with_kind: str = "teacher"
    with_id: str = ""
    with_name: str = ""
    question: str = ""
    antecedent: str = ""
    behavior: str = ""
    consequence: str = ""
    purpose: str = ""
    advised: str = ""
    follows: str = ""
    fidelity: str = ""
    outcome: str = ""
    concern_id: str = ""
    steps: tuple[StepForm, ...] = field(default_factory=tuple)

    def text(self) -> str:
        """Return the form as a draft keeps it."""
        return json.dumps(asdict(self), ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def of_text(cls, text: str) -> "ConsultationForm":
        """Return the form of a kept text; what it lacks is as on an empty form."""
        said = json.loads(text)
        known = {one.name for one in fields(cls)} - {"steps"}
        steps = tuple(StepForm(**step) for step in said.get("steps", ()))
        return cls(**{name: said[name] for name in known if name in said}, steps=steps)

    def storable(self) -> "ConsultationForm":
        """Return the form with text that can be kept."""
        return replace(
            self,
            **{
                name: storable(value)
                for name, value in asdict(self).items()
                if isinstance(value, str)
            },
            steps=tuple(
                StepForm(storable(one.doer), storable(one.text), one.due_on) for one in self.steps
            ),
        )


@dataclass(frozen=True, slots=True)
class ConsultationDraft:
    """A consultation that is being written."""

    id: str
    student_id: StudentId | None
    form: ConsultationForm
    made: Moment
    saved_at: str = ""
    """Empty: not kept yet."""


@dataclass(frozen=True, slots=True)
class Consultation:
    """A signed consultation; frozen. Its fields are the columns of its row."""

    id: str
    student_id: StudentId | None
    about: str
    with_kind: str
    with_id: str
    with_name: str
    started_at: str
    minutes: int
    place: Place
    school_id: str | None
    question: str
    antecedent: str
    behavior: str
    consequence: str
    purpose: Purpose
    advised: str
    follows: str
    fidelity: Fidelity
    outcome: str
    concern_id: str
    person_id: PersonId
    recorded_at: str
    zone: str

    @property
    def started(self) -> Moment:
        """Return when it began."""
        return Moment(self.started_at, self.zone)

    @property
    def signed(self) -> Moment:
        """Return when it was signed."""
        return Moment(self.recorded_at, self.zone)


@dataclass(frozen=True, slots=True)
class ConsultationAddition:
    """New information to a signed consultation; frozen."""

    id: str
    consultation_id: str
    text: str
    person_id: PersonId
    recorded_at: str
    zone: str

    @property
    def recorded(self) -> Moment:
        """Return when it was signed."""
        return Moment(self.recorded_at, self.zone)


@dataclass(frozen=True, slots=True)
class Step:
    """Who does what until when, as it was agreed."""

    id: str
    consultation_id: str
    student_id: StudentId | None
    person_id: PersonId
    doer: str
    text: str
    due_on: str
    made_at: str
    zone: str
    done_at: str
    done_by: str
    fidelity: Fidelity


def accepted_consultation(
    draft: ConsultationDraft, who: PersonId, now: Moment
) -> tuple[Consultation, tuple[StepForm, ...]]:
    """Return what signing makes of a draft, or refuse at the first field to mend."""
    form = draft.form
    about = kept_name(form.about, "about")
    if draft.student_id is None and not about:
        raise Refused("consultation-needs-about", "about")
    with_name = named_person(form.with_name, "with_name", "consultation-needs-whom")
    started = _started(form, now)
    minutes = form.minutes.strip()
    if not (minutes.isascii() and minutes.isdecimal() and 1 <= int(minutes[:6]) <= LONGEST_MINUTES):
        raise Refused("note-needs-minutes", "minutes", least=1, most=LONGEST_MINUTES)
    question = needed_words(form.question, "question", "consultation-needs-question")
    consultation = Consultation(
        id=draft.id,
        student_id=draft.student_id,
        about=about,
        with_kind=form.with_kind,
        with_id=form.with_id,
        with_name=with_name,
        started_at=started.at,
        minutes=int(minutes),
        place=Place(form.place),
        school_id=form.school_id or None,
        question=question,
        antecedent=kept(form.antecedent, "antecedent"),
        behavior=kept(form.behavior, "behavior"),
        consequence=kept(form.consequence, "consequence"),
        purpose=Purpose(form.purpose),
        advised=kept(form.advised, "advised"),
        follows=form.follows,
        fidelity=Fidelity(form.fidelity),
        outcome=kept(form.outcome, "outcome"),
        concern_id=form.concern_id,
        person_id=who,
        recorded_at=now.at,
        zone=now.zone,
    )
    return consultation, _steps(form, started.day())


def _started(form: ConsultationForm, now: Moment) -> Moment:
    try:
        day = date.fromisoformat(form.on)
    except ValueError:
        raise Refused("note-needs-day", "on") from None
    try:
        wall = datetime.combine(day, datetime.strptime(form.at, "%H:%M").time())  # noqa: DTZ007 - wall time
    except ValueError:
        raise Refused("note-needs-time", "at") from None
    started = Moment.local(wall, now.zone)
    if started.at > now.at:
        raise Refused("consultation-ahead", "at")
    return started


def _steps(form: ConsultationForm, day: date) -> tuple[StepForm, ...]:
    made = []
    for place, step in enumerate(form.steps):
        if step.empty():
            continue
        text = kept(step.text, f"step_text_{place}")
        if not text:
            raise Refused("step-needs-text", f"step_text_{place}")
        doer = named_person(step.doer, f"step_doer_{place}", "step-needs-doer")
        try:
            due = date.fromisoformat(step.due_on)
        except ValueError:
            raise Refused("step-needs-day", f"step_due_{place}") from None
        if due < day:
            raise Refused("step-before", f"step_due_{place}")
        made.append(StepForm(doer, text, due.isoformat()))
    if len(made) > MOST_STEPS:
        raise Refused("steps-many", "steps", most=MOST_STEPS)
    return tuple(made)
