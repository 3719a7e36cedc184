"""How screens and papers say what concerns, consultations and contacts are about."""

from collections.abc import Mapping, Sequence
from typing import Any

from app.features.collaboration.model.concerns import (
    Concern,
    Danger,
    Decision,
    EntryKind,
    Raiser,
    Seen,
    Unit,
    Urgency,
    Way,
    Whose,
)
from app.features.collaboration.model.consultations import Fidelity, Purpose
from app.features.collaboration.model.contacts import By, Matter, Result, WithKind
from app.features.collaboration.model.feedback import Template
from app.features.collaboration.model.team import MayKnow, MemberKind
from app.features.collaboration.service.concerns import said_sign
from app.kernel.words import N_, _, ngettext
from app.overviews.reports.wording import spoken_day, spoken_moment

RAISERS: Mapping[Raiser, str] = {
    Raiser.TEACHER: N_("Teacher"),
    Raiser.GUARDIAN: N_("Parent or guardian"),
    Raiser.STUDENT: N_("The student"),
    Raiser.PEER: N_("Another student"),
    Raiser.STAFF: N_("Other staff"),
}
WAYS: Mapping[Way, str] = {
    Way.IN_PERSON: N_("In person"),
    Way.PHONE: N_("Phone"),
    Way.EMAIL: N_("E-mail"),
    Way.FORM: N_("Form"),
}
WHOSE: Mapping[Whose, str] = {
    Whose.THEIRS: N_("In their words"),
    Whose.MINE: N_("In my words"),
}
URGENCIES: Mapping[Urgency, str] = {
    Urgency.ROUTINE: N_("When there is time"),
    Urgency.SOON: N_("This week"),
    Urgency.URGENT: N_("Today"),
}
DANGERS: Mapping[Danger, str] = {
    Danger.SELF_HARM: N_("Self-harm"),
    Danger.ABUSE: N_("Suspected abuse"),
    Danger.VIOLENCE: N_("Threat of violence"),
}
NOW: Mapping[Danger, str] = {
    Danger.SELF_HARM: N_(
        "Now: do not leave the student alone; see them today; ask about suicide directly; tell"
        " the principal and a guardian, unless a guardian is the danger."
    ),
    Danger.ABUSE: N_(
        "Now: make the report yourself; telling a supervisor does not replace it. The report is"
        " kept apart, by your school’s rules, and is not stored here."
    ),
    Danger.VIOLENCE: N_(
        "Now: tell the principal and whoever leads threat assessment; see to those who may be"
        " hurt. Where someone is in danger this minute, call 911."
    ),
}
DECISIONS: Mapping[Decision, str] = {
    Decision.SERVICE: N_("Accept for a service"),
    Decision.GROUP: N_("Accept for a group"),
    Decision.SCREENING: N_("Screen first"),
    Decision.CONSULTATION: N_("Consult with those who raised it"),
    Decision.REFER_OUT: N_("Refer outside the school"),
    Decision.WATCH: N_("Watch until a day"),
    Decision.NO_ACTION: N_("No action"),
}
DECIDED: Mapping[Decision, str] = {
    Decision.SERVICE: N_("Accepted for a service"),
    Decision.GROUP: N_("Accepted for a group"),
    Decision.SCREENING: N_("Screening first"),
    Decision.CONSULTATION: N_("Consultation"),
    Decision.REFER_OUT: N_("Referred outside the school"),
    Decision.WATCH: N_("Watched"),
    Decision.NO_ACTION: N_("No action"),
}
ENTRIES: Mapping[EntryKind, str] = {
    EntryKind.DECISION: N_("Decision"),
    EntryKind.CLOSED: N_("Danger closed"),
    EntryKind.NOTE: N_("Added"),
    EntryKind.FEEDBACK: N_("Told the raiser"),
}
TEMPLATES: Mapping[Template, str] = {
    Template.RECEIVED: N_("Received"),
    Template.LOOKING: N_("Being looked at"),
    Template.SEEN: N_("The student was seen"),
    Template.CONTACT_ME: N_("Please contact me"),
    Template.COME_SEE_ME: N_("Come and see me"),
    Template.THANKS: N_("Thanks"),
}
MAY_SAY: Mapping[Raiser, str] = {
    Raiser.TEACHER: N_(
        "A teacher may know what their work with the student asks for: that it was heard and is"
        " looked at. Nothing that was said in a session."
    ),
    Raiser.STAFF: N_("Staff may know that it was heard. Nothing that was said in a session."),
    Raiser.GUARDIAN: N_(
        "A parent or guardian may know that it was heard and that the student was seen. What was"
        " said in a session is spoken of with the student first."
    ),
    Raiser.STUDENT: N_("The student may know that it was heard, and when to come."),
    Raiser.PEER: N_("Another student is thanked, and hears nothing else."),
}
WITH: Mapping[WithKind, str] = {
    WithKind.GUARDIAN: N_("Parent or guardian"),
    WithKind.TEACHER: N_("Teacher"),
    WithKind.STAFF: N_("Other staff"),
    WithKind.PROVIDER: N_("Outside provider"),
    WithKind.STUDENT: N_("The student"),
    WithKind.OTHER: N_("Someone else"),
}
BY: Mapping[By, str] = {
    By.PHONE: N_("Phone"),
    By.SMS: N_("Text message"),
    By.EMAIL: N_("E-mail"),
    By.LETTER: N_("Letter"),
    By.IN_PERSON: N_("In person"),
    By.VIDEO: N_("Video call"),
}
RESULTS: Mapping[Result, str] = {
    Result.REACHED: N_("Reached"),
    Result.LEFT_MESSAGE: N_("Left a message"),
    Result.NO_ANSWER: N_("No answer"),
    Result.SENT: N_("Sent"),
    Result.WRONG_NUMBER: N_("Wrong number or address"),
    Result.GIVEN_UP: N_("Tried no more"),
}
PURPOSES: Mapping[Purpose, str] = {
    Purpose.UNKNOWN: N_("Not clear yet"),
    Purpose.ATTENTION: N_("To get attention"),
    Purpose.ESCAPE: N_("To get away from something"),
    Purpose.TANGIBLE: N_("To get something"),
    Purpose.SENSORY: N_("For how it feels"),
}
FIDELITIES: Mapping[Fidelity, str] = {
    Fidelity.AS_AGREED: N_("As agreed"),
    Fidelity.PARTLY: N_("Partly"),
    Fidelity.NOT_DONE: N_("Not done"),
}
MEMBERS: Mapping[MemberKind, str] = {
    MemberKind.STAFF: N_("School staff"),
    MemberKind.GUARDIAN: N_("Parent or guardian"),
    MemberKind.PROVIDER: N_("Outside provider"),
}
MAY_KNOW: Mapping[MayKnow, str] = {
    MayKnow.THAT: N_("That the student is seen"),
    MayKnow.WHEN: N_("When the student is out of class"),
    MayKnow.GOALS: N_("Goals and progress"),
    MayKnow.STRATEGIES: N_("What helps in class"),
    MayKnow.SAFETY: N_("The safety plan"),
}


def spoken_seen(seen: Seen, unit: Unit = Unit.NONE) -> str:
    """Return a sign that was seen, with its number and in how many weeks, where it has them."""
    label = said_sign(seen.code, seen.label)
    if unit is Unit.NONE and not seen.count:
        return label
    if not seen.weeks:
        return _("{sign}: {count}").format(sign=label, count=seen.count) if seen.count else label
    return ngettext(
        "{sign}: {count} in {weeks} week", "{sign}: {count} in {weeks} weeks", seen.weeks
    ).format(sign=label, count=seen.count, weeks=seen.weeks)


def spoken_raiser(concern: Concern) -> str:
    """Return who raised a concern: the name where there is one, else what they are."""
    kind = _(RAISERS[concern.raiser])
    if not concern.raiser_name:
        return kind
    return _("{name} ({kind})").format(name=concern.raiser_name, kind=kind)


def spoken_attempts(matter: Matter) -> str:
    """Return how often someone was tried: `3 attempts since 4 Nov 2026`."""
    return ngettext(
        "{count} attempt since {day}", "{count} attempts since {day}", matter.attempts
    ).format(count=matter.attempts, day=spoken_day(matter.since.day()))


def what_now(concern: Concern) -> tuple[str, ...]:
    """Return what must happen at once about a concern's dangers, with the clock of a report."""
    said = [_(NOW[danger]) for danger in concern.dangers()]
    if Danger.ABUSE in concern.dangers():
        said.append(
            _(
                "An example of the clock: in California the report is made by phone at once and in"
                " writing within 36 hours, here by {due}. Your own state’s rule holds."
            ).format(due=spoken_moment(concern.report_example_due()))
        )
    return tuple(said)


def choices(words: Mapping[Any, str], only: Sequence[object] = ()) -> list[tuple[object, str]]:
    """Return choices for a field: each value with its words in the language in use."""
    return [(value, _(text)) for value, text in words.items() if not only or value in only]
