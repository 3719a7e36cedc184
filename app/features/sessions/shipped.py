"""What the program ships for this room: note formats, kinds of service, interventions.

Formats: SOAP, DAP and BIRP as counselors are trained in them; GIRP puts the goal first.
Kinds of service and interventions are the field's common, evidence-based ones; they only
start the lists, which belong to the people at the desk. Codes stay when a label changes,
and no report depends on the words.
"""

from dataclasses import dataclass

from app.kernel.words import N_


@dataclass(frozen=True, slots=True)
class ShippedSection:
    """One section of a shipped format: its key, its title, and what belongs in it."""

    key: str
    title: str
    hint: str


@dataclass(frozen=True, slots=True)
class ShippedFormat:
    """A shipped note format."""

    code: str
    name: str
    sections: tuple[ShippedSection, ...]


_RESPONSE = ShippedSection(
    "response", N_("Response"), N_("How the student answered to it; progress toward the goal")
)
_PLAN = ShippedSection("plan", N_("Plan"), N_("What happens next, who does it, and when"))

FORMATS: tuple[ShippedFormat, ...] = (
    ShippedFormat(
        "free",
        N_("Free text"),
        (ShippedSection("note", N_("Note"), N_("What happened and what was done")),),
    ),
    ShippedFormat(
        "soap",
        N_("SOAP"),
        (
            ShippedSection(
                "subjective", N_("Subjective"), N_("What the student says, in the student’s words")
            ),
            ShippedSection(
                "objective", N_("Objective"), N_("What you saw and measured, without judgement")
            ),
            ShippedSection(
                "assessment", N_("Assessment"), N_("How you understand it; progress and risk")
            ),
            _PLAN,
        ),
    ),
    ShippedFormat(
        "dap",
        N_("DAP"),
        (
            ShippedSection("data", N_("Data"), N_("What was said, seen and done in the session")),
            ShippedSection(
                "assessment", N_("Assessment"), N_("How you understand it; progress and risk")
            ),
            _PLAN,
        ),
    ),
    ShippedFormat(
        "birp",
        N_("BIRP"),
        (
            ShippedSection(
                "behavior", N_("Behavior"), N_("How the student presented; what was said and seen")
            ),
            ShippedSection("intervention", N_("Intervention"), N_("What you did, and why")),
            _RESPONSE,
            _PLAN,
        ),
    ),
    ShippedFormat(
        "girp",
        N_("GIRP"),
        (
            ShippedSection("goal", N_("Goal"), N_("The goal this session worked on")),
            ShippedSection("intervention", N_("Intervention"), N_("What you did, and why")),
            _RESPONSE,
            _PLAN,
        ),
    ),
)

SERVICES: dict[str, str] = {
    "individual-counseling": N_("Individual counseling"),
    "group-counseling": N_("Group counseling"),
    "check-in": N_("Check-in"),
    "crisis-response": N_("Crisis response"),
    "consultation": N_("Consultation"),
    "family-contact": N_("Family contact"),
    "academic-advising": N_("Academic advising"),
    "career-college": N_("Career and college planning"),
    "attendance-support": N_("Attendance support"),
    "behavior-support": N_("Behavior support"),
    "conflict-mediation": N_("Conflict mediation"),
    "assessment": N_("Assessment"),
    "observation": N_("Observation"),
    "re-entry-meeting": N_("Re-entry meeting"),
    "care-coordination": N_("Care coordination"),
    "referral-support": N_("Referral support"),
    "basic-needs": N_("Basic-needs support"),
    "health-counseling": N_("Health counseling"),
    "home-visit": N_("Home visit"),
}

INTERVENTIONS: dict[str, str] = {
    "cbt": N_("CBT skills"),
    "motivational-interviewing": N_("Motivational interviewing"),
    "solution-focused": N_("Solution-focused brief counseling"),
    "check-in-check-out": N_("Check-In/Check-Out"),
    "coping-skills": N_("Coping-skills practice"),
    "problem-solving": N_("Problem solving"),
    "social-skills": N_("Social skills"),
    "psychoeducation": N_("Psychoeducation"),
    "mindfulness": N_("Mindfulness and relaxation"),
    "emotion-regulation": N_("Emotion regulation"),
    "dbt-skills": N_("DBT skills (STEPS-A)"),
    "trauma-informed": N_("Trauma-informed skills (CBITS, Bounce Back)"),
    "safety-planning": N_("Safety planning"),
    "restorative-practice": N_("Restorative practice"),
    "behavior-contract": N_("Behavior contract"),
    "self-monitoring": N_("Self-monitoring"),
    "goal-setting": N_("Goal setting"),
    "play-art": N_("Play and expressive arts"),
    "grief-support": N_("Grief support"),
    "organization-skills": N_("Study and organization skills"),
    "parent-coaching": N_("Parent coaching"),
}


def shipped_format(code: str) -> ShippedFormat:
    """Return the shipped format called `code`; KeyError if there is none."""
    for shipped in FORMATS:
        if shipped.code == code:
            return shipped
    raise KeyError(code)
