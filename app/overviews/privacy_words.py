"""What is said of grounds, disclosures and requests, on the screen and on paper."""

from collections.abc import Mapping

from app.features.privacy.inspection import Outcome, Party, RequestSheet, Wanted
from app.features.privacy.model import Disclosure
from app.kernel.releases import Ground
from app.kernel.words import N_, _
from app.overviews.reports.medication_papers import spoken_scope
from app.overviews.reports.student_summary import Part, part_title
from app.overviews.reports.wording import spoken_day, spoken_paper

GROUNDS: Mapping[Ground, str] = {
    Ground.RELEASE: N_("A signed release (34 CFR 99.30)"),
    Ground.SUBJECT: N_("To the parent or the student (34 CFR 99.10)"),
    Ground.SCHOOL_OFFICIAL: N_("School official (34 CFR 99.31(a)(1))"),
    Ground.TRANSFER: N_("The school the student moves to (34 CFR 99.31(a)(2))"),
    Ground.OWN_USE: N_("Own use: it stayed with whoever made it"),
    Ground.EMERGENCY: N_("Emergency (34 CFR 99.36)"),
    Ground.CHILD_WELFARE: N_("Child welfare agency (20 USC 1232g(b)(1)(L))"),
    Ground.ORDER: N_("Order or subpoena (34 CFR 99.31(a)(9))"),
    Ground.AUDIT: N_("Audit or evaluation (34 CFR 99.31(a)(3))"),
    Ground.NO_NAMES: N_("It tells about nobody"),
}
"""What each ground is called in the record of disclosures."""

SHORT: Mapping[Ground, str] = {
    Ground.RELEASE: N_("Release"),
    Ground.SUBJECT: N_("Parent or student"),
    Ground.SCHOOL_OFFICIAL: N_("School official"),
    Ground.TRANSFER: N_("New school"),
    Ground.OWN_USE: N_("Own use"),
    Ground.EMERGENCY: N_("Emergency"),
    Ground.CHILD_WELFARE: N_("Child welfare"),
    Ground.ORDER: N_("Order"),
    Ground.AUDIT: N_("Audit"),
    Ground.NO_NAMES: N_("About nobody"),
}
"""The same in a word or two, for a column."""

EXEMPT = frozenset({Ground.SUBJECT, Ground.SCHOOL_OFFICIAL, Ground.RELEASE, Ground.OWN_USE})
"""What the law does not ask to be recorded (34 CFR 99.32(d)), or what is no disclosure."""

WANTED: Mapping[Wanted, str] = {
    Wanted.INSPECT: N_("To see the record"),
    Wanted.DISCLOSE: N_("That something goes to somebody"),
}
PARTIES: Mapping[Party, str] = {
    Party.PARENT: N_("Parent or guardian"),
    Party.STUDENT: N_("The student"),
    Party.OTHER: N_("Somebody else"),
}
OUTCOMES: Mapping[Outcome, str] = {
    Outcome.INSPECTED: N_("The record was seen"),
    Outcome.COPIES: N_("Copies were given"),
    Outcome.GRANTED: N_("Granted"),
    Outcome.REFUSED: N_("Refused"),
    Outcome.WITHDRAWN: N_("Withdrawn"),
    Outcome.NOTHING_HELD: N_("There is nothing of the kind here"),
}


def spoken_ground(ground: Ground | None) -> str:
    """Return on what ground something left; of one from before grounds were asked, that."""
    return _(GROUNDS[ground]) if ground is not None else _("From before grounds were asked for")


def spoken_what(disclosure: Disclosure) -> str:
    """Return what exactly left: the sections of a summary, or the days of another paper."""
    chosen = disclosure.scope.get("sections")
    if not isinstance(chosen, list):
        return spoken_scope(disclosure.scope) or spoken_paper(disclosure.paper)
    known = set(chosen)
    return ", ".join(part_title(part) for part in Part if part.value in known) or "–"


def spoken_standing(sheet: RequestSheet) -> str:
    """Return how a request stands: by when it is due, or how it ended."""
    over = sheet.closed
    if over is not None:
        return _("{outcome}, {day}").format(
            outcome=_(OUTCOMES[Outcome(over.outcome)]), day=spoken_day(over.on_day)
        )
    if not sheet.due_on:
        return _("Open")
    return _("Open, due {day}").format(day=spoken_day(sheet.due_on))
