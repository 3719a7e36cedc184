"""What a district asks of a desk, in plain sentences, and how its nouns are called."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from app.kernel.documents import SummaryKind
from app.kernel.releases import ConsentKind, Matter
from app.kernel.words import N_, _, ngettext
from app.sync.district_file import DistrictFile, Policy, Standing
from app.sync.parcels import Carrier

SUMMARIES: Mapping[SummaryKind, str] = {
    SummaryKind.STUDENT: N_("student summaries"),
    SummaryKind.MEDICATION_MONTH: N_("medication months"),
    SummaryKind.SERVICES: N_("counts of services and referrals"),
    SummaryKind.CASELOAD: N_("caseload summaries"),
    SummaryKind.USE_OF_TIME: N_("use of time"),
    SummaryKind.ENROLMENT: N_("who works at this desk"),
}
"""How a kind of summary is called within a sentence."""

CARRIERS: Mapping[Carrier, str] = {
    Carrier.FOLDER: N_("a folder or stick"),
    Carrier.WEBDAV: N_("WebDAV"),
    Carrier.S3: N_("S3 storage"),
    Carrier.AZURE: N_("Azure Blob Storage"),
    Carrier.ONEDRIVE: N_("OneDrive"),
    Carrier.GOOGLE_DRIVE: N_("Google Drive"),
    Carrier.SFTP: N_("SFTP"),
}
"""How a way to a place is called within a sentence."""

CONSENTS: Mapping[ConsentKind, str] = {
    ConsentKind.SERVICES: N_("services"),
    ConsentKind.SCREENING: N_("screening"),
    ConsentKind.RELEASE: N_("release of information"),
    ConsentKind.MEDICATION: N_("medication"),
    ConsentKind.TELEHEALTH: N_("telehealth"),
    ConsentKind.PART2: N_("release of substance use records"),
}

RECORDS: Mapping[str, str] = {
    Matter.NOTES: N_("notes"),
    Matter.PLANS: N_("plans"),
    Matter.SCREENINGS: N_("screenings"),
    Matter.MEDICATION: N_("medication records"),
    Matter.HEALTH: N_("health records"),
    Matter.CONCERNS: N_("concerns, consultations and contacts"),
    Matter.REFERRALS: N_("referrals"),
    Matter.CONSENTS: N_("consents"),
    Matter.DISCLOSURES: N_("the record of disclosures"),
}


@dataclass(frozen=True, slots=True)
class Part:
    """Some of what a district asks for, under a title; each sentence stands by itself."""

    title: str
    lines: tuple[str, ...]


def asked_in_parts(file: DistrictFile) -> list[Part]:
    """Return in plain sentences what a district file asks of a desk."""
    parts = [
        Part(_("What is sent"), (*_sent(file), *_held(file.policy))),
        Part(_("What holds at the desk"), (*_at_desk(file.policy), *_signed(file.policy))),
        Part(_("What comes along"), tuple(_packs(file))),
    ]
    return [part for part in parts if part.lines]


def asked(file: DistrictFile) -> list[str]:
    """Return the same without titles."""
    return [line for part in asked_in_parts(file) for line in part.lines]


def _packs(file: DistrictFile) -> Iterable[str]:
    if file.instruments:
        yield _("Instruments of the district: {titles}.").format(
            titles=_titles(file.instruments, "title", "id")
        )
    if file.categories:
        yield _("Categories of time of the district: {titles}.").format(
            titles=_titles(file.categories, "name", "code")
        )


def _titles(packs: Iterable[Mapping[str, object]], *names: str) -> str:
    return ", ".join(
        str(next((one[name] for name in names if one.get(name)), "?")) for one in packs
    )


def _sent(file: DistrictFile) -> Iterable[str]:
    for place in file.places:
        yield _("What is sent to the district goes to “{label}” ({carrier}).").format(
            label=place.label, carrier=_(CARRIERS[place.address.carrier])
        )
    for one in file.standing:
        yield _by_itself(one)
    if not file.standing:
        yield _("Nothing is sent by itself.")
    count = len(file.recipients)
    yield ngettext(
        "{count} key of the district’s opens what is sent.",
        "{count} keys of the district’s open what is sent.",
        count,
    ).format(count=count)


def _by_itself(one: Standing) -> str:
    if one.every == "month":
        said = ngettext(
            "Sent by itself {count} day after each month ends: {what}.",
            "Sent by itself {count} days after each month ends: {what}.",
            one.days_after,
        )
    else:
        said = ngettext(
            "Sent by itself {count} day after each week ends: {what}.",
            "Sent by itself {count} days after each week ends: {what}.",
            one.days_after,
        )
    return said.format(count=one.days_after, what=_(SUMMARIES[one.kind]))


def _held(policy: Policy) -> Iterable[str]:
    if policy.kinds is not None:
        kinds = [_(SUMMARIES[kind]) for kind in SummaryKind if kind in policy.kinds]
        yield (
            _("Of summaries, only these may leave: {kinds}.").format(kinds=", ".join(kinds))
            if kinds
            else _("No summary may leave.")
        )
    if policy.carriers is not None:
        ways = [_(CARRIERS[way]) for way in Carrier if way in policy.carriers]
        yield (
            _("They may leave only by: {carriers}.").format(carriers=", ".join(ways))
            if ways
            else _("There is no way by which they may leave.")
        )
    cells = policy.small_cells
    if cells is not None:
        yield (
            _("Counts below {limit} are small; the district itself is sent them as they are.")
            if cells.counts == "exact"
            else _("Counts below {limit} are small; they are left out of what is sent.")
        ).format(limit=cells.limit)


def _at_desk(policy: Policy) -> Iterable[str]:
    if policy.lock_minutes_most is not None:
        count = policy.lock_minutes_most
        yield ngettext(
            "The desk locks after {count} minute without a key at the latest.",
            "The desk locks after {count} minutes without a key at the latest.",
            count,
        ).format(count=count)
    for kind, months in sorted(policy.retention_months.items()):
        yield ngettext(
            "Kept for {count} month at the least: {what}.",
            "Kept for {count} months at the least: {what}.",
            months,
        ).format(count=months, what=_(RECORDS[kind]) if kind in RECORDS else kind)


def _signed(policy: Policy) -> Iterable[str]:
    for kind in ConsentKind:
        age = policy.age_of_consent.get(kind)
        if age is None:
            continue
        what = _(CONSENTS[kind])
        if age.alone is not None and age.besides is not None:
            yield _(
                "From {age} years on a student signs alone, from {besides} beside a guardian: {what}."
            ).format(age=age.alone, besides=age.besides, what=what)
        elif age.alone is not None:
            yield _("From {age} years on a student signs alone: {what}.").format(
                age=age.alone, what=what
            )
        elif age.besides is not None:
            yield _("From {age} years on a student signs beside a guardian: {what}.").format(
                age=age.besides, what=what
            )
    if policy.part2_notice:
        yield _("The district’s notice goes along with substance use records.")
