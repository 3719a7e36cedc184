"""Sentences about collecting at the district, and what a collection finds."""

from typing import TYPE_CHECKING

from app.kernel.words import N_, _

if TYPE_CHECKING:
    from app.collect.findings import Finding

SENTENCES: dict[str, str] = {
    "collect-stopped": N_(
        "Stopped. What was taken before is kept; the next run goes on from there."
    ),
    "collect-needs-into": N_("Say into which database, with --into."),
    "collect-needs-destination": N_("Say from where: a folder, an address, or a file with one."),
    "collect-needs-keys": N_("Say where the district's keys are, with --keys."),
    "collect-needs-from": N_("Say which database the report is about, with --from."),
    "collect-needs-out": N_("Say where the report goes, with --out or --site."),
    "collect-needs-month": N_("Say either a month, such as --month 2026-10, or a year."),
    "collect-year": N_("A year is written as 2026, a school year as 2026-27."),
    "collect-desk-id": N_("{desk} is no desk's id. It has 32 digits from 0 to 9 and a to f."),
    "collect-no-folder": N_("There is no folder at {path}."),
    "collect-no-database": N_("There is no database at {path}."),
    "collect-place-empty": N_(
        "No desk has sent anything to this place yet, or it is not the place: there is no"
        " target.json. Nothing was changed."
    ),
    "collect-place-other": N_(
        "The target.json of this place cannot be read, so it is no place that desks send to."
        " Nothing was changed."
    ),
    "collect-database-kind": N_(
        "{path} names no database. Use FILE.db, FILE.duckdb, postgresql://… or parquet:FOLDER."
    ),
    "collect-database-busy": N_(
        "Another collection is at work on this database. Wait for it; nothing was changed."
    ),
    "collect-database-trouble": N_(
        "The database did not answer as it should ({reason}). What was taken before is kept; run"
        " the command again."
    ),
    "collect-database-other": N_("This database was not made by casewell collect."),
    "collect-database-newer": N_(
        "This database was made by a newer version of Casewell (format {have}; this one knows"
        " {know}). Nothing was changed. Please update Casewell."
    ),
    "collect-engine-absent": N_(
        "{engine} is not installed here. Install it with: pip install {package}. A plain FILE.db"
        " needs nothing."
    ),
    "collect-engine-not-packaged": N_(
        "The installed program has no {engine}. Collect into FILE.db, or use Casewell as a Python"
        " package with its district part: pip install 'casewell[district]'."
    ),
    "collect-address": N_("{path} holds no address: it needs a carrier and its options."),
    "collect-address-secret": N_(
        "Leave name and password out of the address; --credentials-file takes them."
    ),
    "collect-credentials": N_("{path} is no list of names and texts."),
    "collect-json": N_("{path} is no JSON file of the kind that is needed here."),
}

FINDINGS: dict[str, str] = {
    "desk-quarantined": N_(
        "Desk {desk} has shown no invitation of this district. Nothing of it was taken; to let it"
        " in, use --admit."
    ),
    "desk-invitation-used": N_(
        "Desk {desk} shows an invitation ({label}) by which desk {other} was let in. Nothing of it"
        " was taken; if both are the same person's, use --admit."
    ),
    "desk-blocked": N_(
        "Desk {desk} is blocked. Nothing of what it sent since was taken; what was taken before"
        " stays."
    ),
    "parcel-other-school": N_(
        "Desk {desk}: {object} counts schools that its invitation does not name ({schools}). It was"
        " rejected; “casewell district schools” lets the desk count them."
    ),
    "desk-earlier-key": N_(
        "Desk {desk} sent what is sealed to an earlier key of the district. It was taken; see that"
        " the desk loads the newest district file."
    ),
    "desk-unreachable": N_(
        "What desk {desk} sent could not be read ({reason}); the next run tries."
    ),
    "manifest-gap": N_(
        "Desk {desk}: lists {first} to {last} are missing. What came later was taken; the next run"
        " looks again."
    ),
    "manifest-chain": N_(
        "Desk {desk}: list {counter} does not follow the one before. From there on nothing was"
        " taken: two copies of one desk may be at work."
    ),
    "manifest-replaced": N_(
        "Desk {desk}: list {counter} is not the one that was taken. It was put there anew and is"
        " refused."
    ),
    "manifest-replay": N_(
        "Desk {desk}: list {counter} turned up late and is not the one that was missing. It is"
        " refused."
    ),
    "manifest-rolled-back": N_(
        "Desk {desk}: list {counter} was taken and is gone; {found} is the newest there. The place"
        " may have been put back to an earlier state."
    ),
    "manifest-unreadable": N_(
        "Desk {desk}: list {counter} cannot be read or was changed ({reason}). The next run tries"
        " again."
    ),
    "manifest-target": N_(
        "Desk {desk}: lists {first} to {last} were made for another place and are refused."
    ),
    "object-missing": N_("Desk {desk}: {object} is named in a list and is not there yet."),
    "object-differs": N_(
        "Desk {desk}: {object} is not what its name says, cut off or changed. The next run tries"
        " again."
    ),
    "parcel-rejected": N_("Desk {desk}: {object} was rejected ({reason})."),
    "parcel-kept": N_(
        "Desk {desk}: {object} is of a newer version ({reason}). It is kept sealed; update Casewell"
        " here, and the next run opens it."
    ),
    "parcel-revision-behind": N_(
        "Desk {desk}: {object} was made later and counts as an earlier revision, so it is not used."
        " The desk may have been put back from an old copy."
    ),
    "receipt-unwritten": N_(
        "Desk {desk}: its receipts could not be written ({reason}); the next run tries again."
    ),
}


REASONS: dict[str, str] = {
    "parcel-closed": N_("the district’s key does not open it, or it was changed on the way"),
    "parcel-malformed": N_("it is no parcel"),
    "parcel-newer": N_("it is sealed in a newer way"),
    "parcel-kind": N_("it is of a kind that is not known here"),
    "parcel-desk": N_("it names a desk that is not its key’s"),
    "parcel-signature": N_("its signature does not fit"),
    "parcel-hash": N_("its text is not the one that was signed"),
    "parcel-handed-on": N_("it was meant for someone else"),
    "parcel-of-other-desk": N_("another desk made it"),
    "parcel-not-let-in": N_("the district does not let this kind in"),
    "parcel-schema": N_("its content is not as its schema says"),
    "parcel-schema-newer": N_("its content follows a newer schema"),
    "parcel-header": N_("its content is not what its head says"),
    "parcel-period": N_("its period is none"),
    "parcel-rows": N_("its rows contradict each other"),
    "parcel-too-big": N_("it is larger than any desk’s"),
    "parcel-number": N_("it holds a number that is too large"),
    "parcel-other-school": N_("it counts a school that its desk’s invitation does not name"),
    "desk-blocked": N_("its desk is blocked"),
    "invitation-malformed": N_("its invitation cannot be read"),
    "invitation-newer": N_("its invitation is of a newer kind"),
    "invitation-signature": N_("its invitation was changed"),
    "invitation-stranger": N_("its invitation is not this district’s"),
    "manifest-malformed": N_("it is no list"),
    "manifest-newer": N_("it is of a newer kind"),
    "manifest-desk": N_("it names a desk that is not its key’s"),
    "manifest-signature": N_("its signature does not fit"),
    "manifest-elsewhere": N_("it belongs to another desk or number"),
}


def spoken_finding(finding: "Finding") -> str:
    """Return the sentence of a finding."""
    facts = dict(finding.facts)
    reason = facts.get("reason")
    if isinstance(reason, str) and reason in REASONS:
        facts["reason"] = _(REASONS[reason])
    return _(FINDINGS[finding.code]).format(desk=finding.desk, **facts)
