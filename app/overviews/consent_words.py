"""How consents and releases are said on screen, paper and command line."""

from collections.abc import Mapping
from datetime import date

from app.features.consents.model.ages import Ages
from app.features.consents.model.records import Consent, ConsentEnd, EndKind, Signer, Way
from app.features.consents.model.states import State
from app.features.consents.repo import ConsentLine
from app.kernel.releases import ConsentKind, Matter
from app.kernel.words import N_, _, ngettext
from app.overviews.reports.wording import spoken_day

KINDS: Mapping[ConsentKind, str] = {
    ConsentKind.SERVICES: N_("Services"),
    ConsentKind.SCREENING: N_("Screening"),
    ConsentKind.RELEASE: N_("Release of information"),
    ConsentKind.MEDICATION: N_("Medication"),
    ConsentKind.TELEHEALTH: N_("Telehealth"),
    ConsentKind.PART2: N_("Substance use records (42 CFR part 2)"),
}
STATES: Mapping[State, str] = {
    State.ACTIVE: N_("In force"),
    State.NOT_BEGUN: N_("Not begun"),
    State.LAPSED: N_("Lapsed"),
    State.REVOKED: N_("Revoked"),
    State.EVENT: N_("Ended by its event"),
    State.CORRECTED: N_("Corrected"),
}
WAYS: Mapping[Way, str] = {
    Way.PAPER: N_("On paper, in ink"),
    Way.ON_SCREEN: N_("In person, on this screen"),
    Way.ELECTRONIC: N_("Electronically, from elsewhere"),
    Way.TELEPHONE: N_("By telephone, with a witness"),
}
ENDS: Mapping[EndKind, str] = {
    EndKind.REVOKED: N_("Revoked"),
    EndKind.EVENT: N_("Ended by its event"),
    EndKind.MISTAKE: N_("Taken back: entered by mistake"),
}
MATTERS: Mapping[Matter, str] = {
    Matter.DIRECTORY: N_("Name, grade, school, guardians"),
    Matter.ALERTS: N_("Alerts"),
    Matter.CASELOAD: N_("That services are given"),
    Matter.SESSIONS: N_("Dates and minutes of sessions"),
    Matter.NOTES: N_("What notes say"),
    Matter.PLANS: N_("Plans and progress"),
    Matter.SCREENINGS: N_("Screenings"),
    Matter.RISK: N_("Answers about a risk to life"),
    Matter.MEDICATION: N_("Medication"),
    Matter.HEALTH: N_("Health office"),
    Matter.CONCERNS: N_("Concerns and contacts"),
    Matter.REFERRALS: N_("Referrals"),
    Matter.CONSENTS: N_("Consents"),
    Matter.DISCLOSURES: N_("Disclosures"),
}


def spoken_kind(kind: ConsentKind) -> str:
    """Return a kind of consent in words."""
    return _(KINDS[kind])


def spoken_matters(matters: tuple[str, ...]) -> str:
    """Return what of a record a release covers."""
    return ", ".join(_(MATTERS[Matter(matter)]) for matter in matters)


def spoken_end(consent: Consent) -> str:
    """Return until when a consent goes on, as it was agreed."""
    if consent.until_on and consent.until_event:
        return _("until {day}, or: {event}").format(
            day=spoken_day(consent.until_on), event=consent.until_event
        )
    if consent.until_on:
        return _("until {day}").format(day=spoken_day(consent.until_on))
    if consent.until_event:
        return _("until: {event}").format(event=consent.until_event)
    return _("until it is revoked")


def spoken_recipient(consent: Consent) -> str:
    """Return to whom a release lets something go."""
    if consent.recipient_class:
        return _("{recipient} (a class of recipients)").format(recipient=consent.recipient)
    return consent.recipient


def spoken_signer(consent: Consent) -> str:
    """Return who signed, and in which capacity."""
    said = consent.signer_name
    if consent.signer is Signer.STUDENT:
        said = _("{name}, the student").format(name=said)
    elif consent.capacity:
        said = _("{name}, {capacity}").format(name=said, capacity=consent.capacity)
    if consent.student_signed:
        said = _("{name}; the student signed as well").format(name=said)
    return said


def spoken_about(consent: Consent) -> str:
    """Return in one line what a consent is about."""
    parts = [consent.recipient, consent.description or consent.purpose]
    return " · ".join(" ".join(part.split()) for part in parts if part)


def spoken_lapsing(line: ConsentLine, today: str) -> str:
    """Return in how many days a consent lapses."""
    days = (date.fromisoformat(line.consent.until_on) - date.fromisoformat(today)).days
    if days == 0:
        return _("lapses tonight")
    return ngettext("lapses in {count} day", "lapses in {count} days", days).format(count=days)


def spoken_ending(end: ConsentEnd) -> str:
    """Return what ended a consent, and by whom."""
    day = spoken_day(end.on_day)
    if end.kind is EndKind.REVOKED:
        return _("Revoked by {name} from {day} on").format(name=end.said_by, day=day)
    if end.kind is EndKind.EVENT:
        return _("Ended by its event on {day}").format(day=day)
    return _("An end was entered by mistake and is taken back")


def spoken_ages(ages: Ages) -> str:
    """Return from which age a student signs."""
    alone = _("alone from {age}").format(age=ages.alone)
    if ages.besides is None:
        return alone
    if ages.besides == 0:
        return _("{alone}, at any age beside the guardian").format(alone=alone)
    return _("{alone}, from {age} beside the guardian").format(alone=alone, age=ages.besides)
