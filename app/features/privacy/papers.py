"""What each paper holds of a record: the gate lets none pass of which it does not know that.

An exporter that makes a new paper writes its code down here, with what stands on it. Where the
scope of a paper says what was chosen, what it holds follows from the scope; where it says
nothing, the paper is taken to hold all that it can.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from app.kernel.errors import Refused
from app.kernel.releases import Ground, Matter

Scope = Mapping[str, Any]

ALL = frozenset(Matter)
NOTHING_OF_IT: frozenset[Matter] = frozenset()

SECTIONS: Mapping[str, frozenset[Matter]] = {
    "profile": frozenset({Matter.DIRECTORY}),
    "guardians": frozenset({Matter.DIRECTORY}),
    "alerts": frozenset({Matter.ALERTS}),
    "caseload": frozenset({Matter.CASELOAD}),
    "tiers": frozenset({Matter.CASELOAD}),
    "sessions": frozenset({Matter.SESSIONS}),
    "minutes": frozenset({Matter.SESSIONS}),
    "services": frozenset({Matter.CASELOAD, Matter.SESSIONS}),
    "attendance": frozenset({Matter.SESSIONS}),
    "notes": frozenset({Matter.NOTES}),
    # What is still to be done is written in one's own words, as a note is.
    "follow_ups": frozenset({Matter.NOTES}),
    "plans": frozenset({Matter.PLANS}),
    "goals": frozenset({Matter.PLANS}),
    "progress": frozenset({Matter.PLANS}),
    "screenings": frozenset({Matter.SCREENINGS}),
    "risk": frozenset({Matter.RISK}),
    "medication": frozenset({Matter.MEDICATION}),
    "health": frozenset({Matter.HEALTH}),
    "concerns": frozenset({Matter.CONCERNS}),
    "consultations": frozenset({Matter.CONCERNS}),
    "contacts": frozenset({Matter.CONCERNS}),
    "referrals": frozenset({Matter.REFERRALS}),
    "consents": frozenset({Matter.CONSENTS}),
    "disclosures": frozenset({Matter.DISCLOSURES}),
    "requests": frozenset({Matter.DISCLOSURES}),
}
"""What a section of a summary holds, by the code under which a scope names it."""


@dataclass(frozen=True, slots=True)
class Held:
    """A paper: what it holds by its scope, and for whom it is made."""

    matters: Callable[[Scope], frozenset[Matter]]
    version: str = "1"
    """Of the paper's own make-up: a later program may lay it out otherwise."""
    made_for: frozenset[Ground] = frozenset()
    """Grounds under which all of it is what is usually needed: handing it over is its purpose."""
    usual: Ground | None = None
    """The ground that is offered first; None where whoever makes it has to think."""
    texts: Callable[[Scope], bool] = lambda _scope: False
    """Whether the texts of notes stand on it, in which others may be named."""


def _holds(*matters: Matter) -> Callable[[Scope], frozenset[Matter]]:
    kept = frozenset(matters)
    return lambda _scope: kept


def _sections(scope: Scope) -> frozenset[Matter]:
    """Return what the chosen sections hold; of a scope that names none, everything."""
    sections = scope.get("sections")
    if not isinstance(sections, list | tuple):
        return ALL
    held: set[Matter] = set()
    for section in sections:
        if section not in SECTIONS:
            raise Refused("gate-section-unknown", "sections", section=str(section))
        held |= SECTIONS[section]
    return frozenset(held)


def _note_texts(scope: Scope) -> bool:
    return Matter.NOTES in _sections(scope)


def _session_log(scope: Scope) -> frozenset[Matter]:
    held = frozenset({Matter.DIRECTORY, Matter.SESSIONS})
    return held | {Matter.NOTES} if scope.get("texts") else held


def _screening(scope: Scope) -> frozenset[Matter]:
    held = frozenset({Matter.DIRECTORY, Matter.SCREENINGS})
    # What was answered may be an answer about a risk to life.
    return held | {Matter.RISK} if scope.get("answers", True) else held


def _answer(scope: Scope) -> frozenset[Matter]:
    """Return what an answer to a concern tells: thanks tell nothing of a record."""
    return NOTHING_OF_IT if scope.get("template") == "thanks" else frozenset({Matter.CONCERNS})


_OFFICIALS = frozenset({Ground.SCHOOL_OFFICIAL})
_MEDICATION = _holds(Matter.DIRECTORY, Matter.MEDICATION)
_PLAN = Held(_holds(Matter.DIRECTORY, Matter.PLANS), made_for=frozenset({Ground.TRANSFER}))
_CAREFUL = Held(
    _holds(Matter.DIRECTORY, Matter.MEDICATION, Matter.HEALTH, Matter.ALERTS),
    made_for=_OFFICIALS | {Ground.TRANSFER},
)
_SUMMARY = Held(_sections, texts=_note_texts)
_CASELOAD = Held(
    _holds(Matter.DIRECTORY, Matter.CASELOAD, Matter.SESSIONS, Matter.ALERTS),
    usual=Ground.OWN_USE,
)
_COUNTS = Held(_holds(), usual=Ground.NO_NAMES)

PAPERS: Mapping[str, Held] = {
    "student-summary": _SUMMARY,
    "disclosure-log": Held(_holds(Matter.DIRECTORY, Matter.DISCLOSURES)),
    "consent-form": Held(_holds(Matter.DIRECTORY, Matter.CONSENTS)),
    "consent-copy": Held(_holds(Matter.DIRECTORY, Matter.CONSENTS)),
    # -- medication
    "medication-month": Held(_MEDICATION),
    "controlled-ledger": Held(_MEDICATION),
    "prn-log": Held(_MEDICATION),
    "medication-stock": Held(_MEDICATION),
    "medication-incident": Held(_holds(Matter.DIRECTORY, Matter.MEDICATION, Matter.HEALTH)),
    # Made to be given to whoever gives the doses, or goes along.
    "downtime-sheet": Held(_MEDICATION, made_for=_OFFICIALS),
    "field-trip-packet": _CAREFUL,
    "emergency-sheet": _CAREFUL,
    # -- plans and screenings
    "care-plan": _PLAN,
    "plan-review": _PLAN,
    "progress-chart": _PLAN,
    "screening-result": Held(_screening),
    # -- lists
    "caseload-list": _CASELOAD,
    "session-log": Held(_session_log),
    "service-minutes": Held(_holds(Matter.DIRECTORY, Matter.SESSIONS)),
    "group-roster": Held(_holds(Matter.DIRECTORY, Matter.SESSIONS)),
    "group-attendance": Held(_holds(Matter.DIRECTORY, Matter.SESSIONS)),
    "medicaid-claims": Held(_holds(Matter.DIRECTORY, Matter.SESSIONS), made_for=_OFFICIALS),
    "day-plan": Held(_holds(Matter.DIRECTORY, Matter.SESSIONS), usual=Ground.OWN_USE),
    "concern-feedback": Held(_answer, made_for=_OFFICIALS),
    # -- counts and sums, which tell about nobody
    "use-of-time": _COUNTS,
    "engagement": _COUNTS,
    "tiers": _COUNTS,
    "screening-cohort": _COUNTS,
    "services": _COUNTS,
    # -- the same as data, by the kind of summary
    "student": _SUMMARY,
    "caseload": _CASELOAD,
    "enrolment": _COUNTS,
}
"""Every paper that may leave the desk, by the code its disclosures carry."""


def held(paper: str, scope: Scope) -> tuple[Held, frozenset[Matter]]:
    """Return what is known of a paper and what it holds; refuse one that nobody wrote down."""
    if paper not in PAPERS:
        raise Refused("gate-paper-unknown", "paper", paper=paper)
    kept = PAPERS[paper]
    return kept, kept.matters(scope)


def usual_ground(paper: str) -> Ground | None:
    """Return the ground that is offered first for a paper, if any."""
    return PAPERS[paper].usual if paper in PAPERS else None
