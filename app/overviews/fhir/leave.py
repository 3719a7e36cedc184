"""On what a document leaves: the Consent it leaves under, and the Provenance of the whole."""

from collections.abc import Mapping

from app.kernel.keys import Anchor
from app.kernel.releases import Ground, OnFile, Terms
from app.kernel.words import _
from app.overviews.fhir.codes import (
    ACT_CODE,
    ACT_REASON,
    CONSENT_SCOPE,
    LOINC,
    OPERATION,
    PARTICIPATION,
    PROVENANCE_AGENT,
)
from app.overviews.fhir.document import Reference, Resource, concept, period
from app.overviews.reports.leaving import Release
from app.overviews.reports.wording import spoken_anchor

_CFR = "https://www.ecfr.gov/current/title-34/section-"
_PART2 = "https://www.ecfr.gov/current/title-42/section-2.31"
RULES: Mapping[Ground, str] = {
    Ground.RELEASE: f"{_CFR}99.30",
    Ground.SUBJECT: f"{_CFR}99.10",
    Ground.SCHOOL_OFFICIAL: f"{_CFR}99.31",
    Ground.TRANSFER: f"{_CFR}99.34",
    Ground.AUDIT: f"{_CFR}99.35",
    Ground.ORDER: f"{_CFR}99.31",
    Ground.EMERGENCY: f"{_CFR}99.36",
    Ground.CHILD_WELFARE: "https://www.govinfo.gov/link/uscode/20/1232g",
}
"""Where the rule stands by which a document leaves; what stays with its maker has none."""

_USES: Mapping[Ground, str] = {
    Ground.EMERGENCY: "ETREAT",
    Ground.SUBJECT: "PATRQT",
    Ground.RELEASE: "CAREMGT",
    Ground.TRANSFER: "CAREMGT",
    Ground.SCHOOL_OFFICIAL: "CAREMGT",
    Ground.CHILD_WELFARE: "CAREMGT",
}


def purpose_of_use(terms: Terms) -> str:
    """Return the code of what it may be used for (v3-ActReason); empty where none says it."""
    return _USES.get(terms.ground, "") if terms.ground else ""


def consent(
    on_file: OnFile, release: Release, subject: Reference, school: Reference | None
) -> Resource:
    """Return the release that a document leaves under."""
    rules = [f"{_CFR}99.30", *([_PART2] if on_file.part2 else [])]
    return {
        "status": "active",
        "scope": {
            "coding": [
                {"system": CONSENT_SCOPE, "code": "patient-privacy", "display": "Privacy Consent"}
            ]
        },
        "category": [concept(_("Release of information"), LOINC, "59284-0", "Patient Consent")],
        "patient": subject,
        "organization": [school] if school else [],
        "policy": [{"uri": rule} for rule in rules],
        "provision": {
            "type": "permit",
            "period": period(on_file.since, on_file.until or ""),
            "actor": [
                {
                    "role": concept(_("Recipient"), PARTICIPATION, "IRCP", "information recipient"),
                    "reference": {"display": on_file.recipient or release.recipient},
                }
            ],
            "action": [concept(_("Disclosure"), ACT_CODE, "IDSCL", "information disclosure")],
            "code": [{"text": matter.value} for matter in sorted(on_file.matters)],
            "purpose": [{"display": on_file.purpose or release.purpose}],
        },
    }


def provenance(
    release: Release, author: Reference, school: Reference | None, anchor: Anchor
) -> Resource:
    """Return who made the document, for what, and up to which entry of the journal."""
    ground = release.terms.ground
    use = purpose_of_use(release.terms)
    return {
        "policy": [RULES[ground]] if ground is not None and ground in RULES else [],
        "reason": [concept(release.purpose, ACT_REASON, use)] if release.purpose or use else [],
        "activity": concept("", OPERATION, "CREATE", "create"),
        "agent": [
            {
                "type": concept("", PROVENANCE_AGENT, "author", "Author"),
                "who": author,
                "onBehalfOf": school or {},
            },
            {
                "type": concept("", PROVENANCE_AGENT, "assembler", "Assembler"),
                "who": {"type": "Device", "display": f"Casewell {_version()}".strip()},
            },
        ],
        "entity": [
            {
                "role": "source",
                "what": {
                    "identifier": {
                        "type": {"text": _("Journal of the vault: count and hash")},
                        "value": f"{anchor.count}:{anchor.head}",
                    },
                    "display": spoken_anchor(anchor),
                },
            }
        ],
    }


def _version() -> str:
    # Seldom asked for, and slow to read in when the desk starts.
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("casewell")
    except PackageNotFoundError:
        return ""
