"""How this room says what kind of text was found, and which page shows it."""

from datetime import date

from app.kernel.words import N_
from app.overviews.search import SOLE, Hit
from ui.kit.dates import shown_date
from ui.kit.look import Kind

KINDS: dict[str, tuple[str, str, str]] = {
    "note": (N_("Session note"), "signed", "signed"),
    "addendum": (N_("Addendum"), "attach", "signed"),
    "amendment": (N_("Amendment"), "amendment", "signed"),
    "group_session": (N_("Group session"), "group", "group-signed"),
    "concern": (N_("Concern"), "alert", "concern"),
    "concern_entry": (N_("Triage of a concern"), "alert", "concern"),
    "consultation": (N_("Consultation"), "person", "consultation"),
    "consultation_addition": (N_("Addendum to a consultation"), "attach", "consultation"),
    "contact": (N_("Contact"), "call", "around"),
    SOLE: (N_("Sole-possession note"), "sole", "sole"),
}
"""Each kind of text: its name, its icon, and the page that shows it."""


def page_of(hit: Hit) -> tuple[str, str]:
    """Return the page that shows a hit, and what it opens with: contacts stand by student."""
    subject = str(hit.student_id) if hit.kind == "contact" else hit.subject
    return KINDS[hit.kind][2], subject


def day(text: str) -> str:
    """Return a stored calendar day as it is shown."""
    return shown_date(date.fromisoformat(text))


def look_of(hit: Hit) -> str:
    """Return how a hit's row looks: what is one's own alone is told apart at a glance."""
    return Kind.SOLE if hit.kind == SOLE else Kind.PLAIN
