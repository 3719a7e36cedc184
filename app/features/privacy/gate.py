"""The gate: whether a paper may leave, on the ground that is given for it.

It is asked in the transaction that writes the disclosure down, so that no exporter goes round
it. It knows rules and no records: what is on file is handed to it. A refusal names what is
missing, at the field where it is to be given.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace

from app.features.privacy.model import Means
from app.features.privacy.papers import Scope, held
from app.kernel.errors import Refused
from app.kernel.releases import RELEASES, Emergency, Ground, Matter, OnFile, Terms

LONGEST_SAID = 500

NEEDS_INTEREST = frozenset(
    {Ground.SCHOOL_OFFICIAL, Ground.AUDIT, Ground.ORDER, Ground.CHILD_WELFARE}
)
"""Grounds under which it is written down what the recipient wants it for (99.32(a)(3))."""

USUALLY_NEEDED: dict[Ground, frozenset[Matter]] = {
    Ground.SCHOOL_OFFICIAL: frozenset(
        {
            Matter.DIRECTORY,
            Matter.ALERTS,
            Matter.CASELOAD,
            Matter.SESSIONS,
            Matter.PLANS,
            Matter.REFERRALS,
        }
    ),
    Ground.TRANSFER: frozenset(
        {
            Matter.DIRECTORY,
            Matter.ALERTS,
            Matter.CASELOAD,
            Matter.SESSIONS,
            Matter.PLANS,
            Matter.REFERRALS,
            Matter.MEDICATION,
            Matter.HEALTH,
        }
    ),
}
"""What these recipients usually need; more than that leaves with a reason that is written down."""

MAY_BE_LABELLED = frozenset(
    {
        Matter.NOTES,
        Matter.SESSIONS,
        Matter.PLANS,
        Matter.SCREENINGS,
        Matter.RISK,
        Matter.CONCERNS,
    }
)
"""What may stand on a record that is labelled under 42 CFR part 2."""


@dataclass(frozen=True, slots=True)
class AtGate:
    """A paper that is about to leave, about one student or, in sum, about nobody."""

    paper: str
    scope: Scope
    means: Means
    recipient: str
    maker: str
    """The name of whoever makes it."""
    terms: Terms
    about: bool
    """It tells about a student."""
    on_file: tuple[OnFile, ...] = ()
    """The student's consents that are in force today."""
    notice: bool = False
    """The district has supplied the notice that goes along with substance use records."""


@dataclass(frozen=True, slots=True)
class Passed:
    """What a disclosure keeps of how the paper passed."""

    terms: Terms
    version: str


def passed(at: AtGate) -> Passed:
    """Return how a paper passes; refuse it where something is missing."""
    paper, matters = held(at.paper, at.scope)
    terms = accepted_terms(at.terms)
    ground = terms.ground
    if ground is Ground.RELEASE and at.about:
        terms = replace(terms, release_id=_release(at, matters))
    elif ground is Ground.OWN_USE:
        if at.means is Means.SYNC:
            raise Refused("gate-own-use-sync", "ground")
        if at.recipient and _words(at.recipient) != _words(at.maker):
            raise Refused("gate-own-use-recipient", "recipient", maker=at.maker)
    elif ground is Ground.NO_NAMES and at.about and matters:
        raise Refused("gate-names-somebody", "ground")
    elif ground in USUALLY_NEEDED and ground not in paper.made_for:
        more = matters - USUALLY_NEEDED[ground]
        if more and not terms.because:
            raise Refused("gate-more-than-needed", "because", matters=_listed(more))
    if at.about and ground is not Ground.EMERGENCY:
        if paper.texts(at.scope) and "others_named" not in at.scope:
            raise Refused("gate-others-unanswered", "names")
        if at.scope.get("part2"):
            _part2(at, matters)
    return Passed(terms, paper.version)


def accepted_terms(terms: Terms) -> Terms:
    """Return terms as they are kept; refuse a ground without what has to be said of it."""
    ground = terms.ground
    if ground is None:
        raise Refused("gate-ground-missing", "ground")
    interest = said(terms.interest, "interest") if ground in NEEDS_INTEREST else ""
    if ground in NEEDS_INTEREST and not interest:
        raise Refused("gate-interest-missing", "interest")
    emergency = None
    if ground is Ground.EMERGENCY:
        told = terms.emergency or Emergency("", "")
        emergency = Emergency(said(told.threat, "threat"), said(told.who_needs, "who_needs"))
        if not emergency.threat:
            raise Refused("gate-threat-missing", "threat")
        if not emergency.who_needs:
            raise Refused("gate-who-needs-missing", "who_needs")
    return Terms(
        ground,
        terms.release_id if ground is Ground.RELEASE else "",
        interest,
        emergency,
        said(terms.because, "because") if ground in USUALLY_NEEDED else "",
    )


def said(text: str, field: str) -> str:
    """Return what somebody wrote as it is kept; refuse what is overlong."""
    kept = " ".join(text.split())
    if len(kept) > LONGEST_SAID:
        raise Refused("gate-said-long", field, longest=LONGEST_SAID)
    return kept


def fits(release: OnFile, recipient: str) -> bool:
    """Tell whether a release names this recipient: each word of its party stands in theirs."""
    party = _words(release.recipient)
    return bool(party) and set(party) <= set(_words(recipient))


def covers_part2(on_file: Iterable[OnFile], recipient: str, matters: frozenset[Matter]) -> bool:
    """Tell whether a consent under part 2 lets labelled records of these matters go there."""
    asked = matters & MAY_BE_LABELLED
    return any(
        one.part2 and one.kind in RELEASES and fits(one, recipient) and asked <= one.matters
        for one in on_file
    )


def _release(at: AtGate, matters: frozenset[Matter]) -> str:
    """Return the release under which it leaves: the one that is named, or the first that fits."""
    in_force = [one for one in at.on_file if one.kind in RELEASES]
    if at.terms.release_id:
        named = [one for one in in_force if one.id == at.terms.release_id]
        if not named:
            raise Refused("gate-release-lapsed", "release", recipient=at.recipient)
        if not fits(named[0], at.recipient):
            raise Refused(
                "gate-release-other", "recipient",
                party=named[0].recipient, recipient=at.recipient,
            )  # fmt: skip
    else:
        named = [one for one in in_force if fits(one, at.recipient)]
    if not named:
        raise Refused(
            "gate-release-missing", "release", recipient=at.recipient, matters=_listed(matters)
        )
    for one in named:
        if matters <= one.matters:
            return one.id
    short = min((matters - one.matters for one in named), key=len)
    raise Refused("gate-release-narrow", "release", recipient=at.recipient, matters=_listed(short))


def _part2(at: AtGate, matters: frozenset[Matter]) -> None:
    if not covers_part2(at.on_file, at.recipient, matters):
        raise Refused("gate-part2-consent-missing", "release", recipient=at.recipient)
    if not at.notice:
        raise Refused("gate-part2-notice-missing", "ground")


def _listed(matters: frozenset[Matter]) -> str:
    return ",".join(one.value for one in Matter if one in matters)


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", unicodedata.normalize("NFKC", text).casefold())
