"""What the gate lets pass, held against a table that was written without looking at it."""

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import app
from app.features.privacy.gate import AtGate, accepted_terms, fits, passed
from app.features.privacy.model import Means
from app.features.privacy.papers import PAPERS, held, usual_ground
from app.kernel.documents import SummaryKind
from app.kernel.errors import Refused
from app.kernel.releases import ConsentKind, Emergency, Ground, Matter, OnFile, Terms
from app.overviews.reports.lists import ReportKind
from app.overviews.reports.medication_papers import PaperKind
from app.overviews.reports.student_summary import Part
from app.phrases import sentence

CLINIC = "Riverbend Clinic"


def a_release(*matters: str, **changes: Any) -> OnFile:
    """A release in force, for the clinic."""
    kept = OnFile(
        "r1", ConsentKind.RELEASE, CLINIC, frozenset(map(Matter, matters)), "Care", "2026-09-01",
        "2027-06-30", part2=False,
    )  # fmt: skip
    return replace(kept, **changes)


def at(paper: str = "student-summary", **changes: Any) -> AtGate:
    """A paper at the gate: a profile that is to go to the clinic on a release."""
    facts: dict[str, Any] = {
        "scope": {"sections": ["profile"]},
        "means": Means.FILE,
        "recipient": CLINIC,
        "maker": "Ana Núñez",
        "terms": Terms(Ground.RELEASE),
        "about": True,
        "on_file": (),
        **changes,
    }
    return AtGate(paper, **facts)


def refused(gate: AtGate) -> Refused:
    """Return why it does not pass."""
    with pytest.raises(Refused) as refusal:
        passed(gate)
    assert "{" not in sentence(refusal.value)
    return refusal.value


# -- every paper is known ----------------------------------------------------------------


def test_every_paper_that_the_tree_can_make_is_written_down() -> None:
    codes = {kind.value for kind in (*ReportKind, *PaperKind, *SummaryKind)}
    constant = re.compile(
        r'^(?:[A-Z]+_)?(?:PAPER|PLAN|REVIEW|PROGRESS)\w* = "([a-z0-9-]+)"', re.MULTILINE
    )
    for name in Path(app.__file__).parent.rglob("*.py"):
        codes.update(constant.findall(name.read_text(encoding="utf-8")))
    assert {"care-plan", "concern-feedback", "day-plan", "screening-result"} < codes
    assert codes <= PAPERS.keys(), codes - PAPERS.keys()


def test_every_section_of_a_summary_is_written_down() -> None:
    for part in Part:
        assert held("student-summary", {"sections": [part.value]})[1] <= frozenset(Matter)


def test_what_nobody_wrote_down_does_not_leave() -> None:
    assert refused(at("love-letter")).code == "gate-paper-unknown"
    assert refused(at(scope={"sections": ["secrets"]})).code == "gate-section-unknown"


def test_a_summary_that_does_not_say_what_it_holds_is_taken_to_hold_everything() -> None:
    assert held("student-summary", {})[1] == frozenset(Matter)


# -- the table ---------------------------------------------------------------------------

_KNOWN: dict[str, set[str]] = {
    "profile": {"directory"}, "guardians": {"directory"}, "alerts": {"alerts"},
    "caseload": {"caseload"}, "sessions": {"sessions"}, "minutes": {"sessions"},
    "notes": {"notes"}, "follow_ups": {"notes"}, "disclosures": {"disclosures"},
}  # fmt: skip
_OFFICIAL = {"directory", "alerts", "caseload", "sessions", "plans", "referrals"}
_MYSELF = ("", "Ana Núñez")
_RECIPIENTS = (CLINIC, "Dr. Ito, Riverbend  CLINIC", "Dr. Ito", "", "Ana Núñez")


def expected(gate: AtGate) -> str:
    """Return the code of the refusal by the rules in their own order; empty where it passes."""
    sections = set(gate.scope["sections"])
    matters = set().union(*(_KNOWN[part] for part in sections))
    code = _by_terms(gate.terms)
    if code or gate.terms.ground == "emergency":
        return code
    code = _by_ground(gate, matters)
    if not code and sections & {"notes", "follow_ups"} and "others_named" not in gate.scope:
        code = "gate-others-unanswered"
    if code or "part2" not in gate.scope:
        return code
    asked = matters & {"notes", "sessions"}
    covers = [one for one in gate.on_file if one.part2 and asked <= _names(one)]
    if not covers or "clinic" not in gate.recipient.lower():
        return "gate-part2-consent-missing"
    return "" if gate.notice else "gate-part2-notice-missing"


def _by_terms(terms: Terms) -> str:
    ground, emergency = terms.ground, terms.emergency or Emergency("", "")
    asks = ("school_official", "audit", "order", "child_welfare")
    for code, missing in (
        ("gate-ground-missing", ground is None),
        ("gate-interest-missing", ground in asks and not terms.interest),
        ("gate-threat-missing", ground == "emergency" and not emergency.threat),
        ("gate-who-needs-missing", ground == "emergency" and not emergency.who_needs),
    ):
        if missing:
            return code
    return ""


def _by_ground(gate: AtGate, matters: set[str]) -> str:
    ground, terms = str(gate.terms.ground), gate.terms
    usual = {"school_official": _OFFICIAL, "transfer": _OFFICIAL | {"medication", "health"}}
    more = matters - usual.get(ground, matters)
    for code, missing in (
        ("gate-own-use-sync", ground == "own_use" and gate.means == "sync"),
        ("gate-own-use-recipient", ground == "own_use" and gate.recipient not in _MYSELF),
        ("gate-names-somebody", ground == "no_names" and matters),
        ("gate-more-than-needed", more and not terms.because),
    ):
        if missing:
            return code
    return _by_release(gate, matters) if ground == "release" else ""


def _by_release(gate: AtGate, matters: set[str]) -> str:
    words = gate.recipient.lower().replace(".", "").replace(",", "").split()
    mine = [one for one in gate.on_file if set(one.recipient.lower().split()) <= set(words)]
    if gate.terms.release_id:
        named = [one for one in gate.on_file if one.id == gate.terms.release_id]
        if not named or named[0] not in mine:
            return "gate-release-other" if named else "gate-release-lapsed"
        mine = named
    if not mine:
        return "gate-release-missing"
    return "" if any(matters <= _names(one) for one in mine) else "gate-release-narrow"


def _names(one: OnFile) -> set[str]:
    return {matter.value for matter in one.matters}


@st.composite
def gates(draw: st.DrawFn) -> AtGate:
    """Draw a paper with terms that may or may not suffice."""
    matters = st.frozensets(st.sampled_from(list(Matter)), min_size=8)
    on_file = [
        OnFile(
            f"r{number}",
            draw(st.sampled_from([ConsentKind.RELEASE, ConsentKind.PART2])),
            draw(st.sampled_from([CLINIC, CLINIC, "Harbor Family"])),
            draw(st.one_of(st.just(frozenset(Matter)), matters)),
            "", "2026-09-01", None, part2=False,
        )
        for number in range(draw(st.integers(0, 3)))
    ]  # fmt: skip
    on_file = [replace(one, part2=one.kind is ConsentKind.PART2) for one in on_file]
    # Of the substance use consents here, each is the clinic's: another's is tried by itself.
    on_file = [replace(one, recipient=CLINIC) if one.part2 else one for one in on_file]
    scope: dict[str, Any] = {
        "sections": draw(st.lists(st.sampled_from(sorted(_KNOWN)), unique=True, min_size=1))
    }
    if draw(st.booleans()):
        scope["others_named"] = {"masked": 0, "shown": 0}
    if draw(st.booleans()):
        scope["part2"] = True
    words = st.sampled_from(["", "So that it is"])
    terms = Terms(
        draw(st.one_of(st.none(), st.sampled_from(list(Ground)))),
        draw(st.sampled_from(["", "", "r0", "r9"])),
        draw(words),
        draw(st.one_of(st.none(), st.builds(Emergency, words, words))),
        draw(words),
    )
    return AtGate(
        "student-summary", scope, draw(st.sampled_from(list(Means))),
        draw(st.sampled_from(_RECIPIENTS)), "Ana Núñez", terms, about=True,
        on_file=tuple(on_file), notice=draw(st.booleans()),
    )  # fmt: skip


@given(gates())
def test_the_gate_decides_as_the_table_does(gate: AtGate) -> None:
    code = ""
    try:
        through = passed(gate)
    except Refused as refusal:
        code = refusal.code
    else:
        assert through.terms == accepted_terms(through.terms)
        assert through.version
        if gate.terms.ground is Ground.RELEASE:
            (kept,) = (one for one in gate.on_file if one.id == through.terms.release_id)
            assert kept.recipient == CLINIC
    assert code == expected(gate)


# -- what the table leaves out ------------------------------------------------------------


def test_a_refusal_names_what_is_missing_in_words() -> None:
    gate = at(
        scope={"sections": ["profile", "alerts", "minutes"]},
        on_file=(a_release("directory"), a_release("directory", "alerts", id="r2")),
    )
    refusal = refused(gate)
    assert (refusal.code, refusal.field) == ("gate-release-narrow", "release")
    assert "sessions and minutes" in sentence(refusal)
    assert "alerts" not in sentence(refusal)


def test_the_release_under_which_it_leaves_is_kept() -> None:
    on_file = (a_release("alerts"), a_release("directory", id="r2"))
    assert passed(at(on_file=on_file)).terms.release_id == "r2"


def test_a_consent_to_something_else_is_no_release() -> None:
    services = a_release("directory", kind=ConsentKind.SERVICES)
    assert refused(at(on_file=(services,))).code == "gate-release-missing"


def test_a_release_that_names_nobody_fits_nobody() -> None:
    assert not fits(a_release("directory", recipient=" "), CLINIC)
    assert fits(a_release(), "Front desk, riverbend clinic")
    assert not fits(a_release(), "Riverbend")


def test_one_part2_consent_for_another_party_lets_nothing_go_here() -> None:
    other = a_release("notes", kind=ConsentKind.PART2, part2=True, recipient="Harbor", id="r2")
    gate = at(
        scope={"sections": ["profile"], "part2": True},
        on_file=(a_release("directory"), other),
        notice=True,
    )
    assert refused(gate).code == "gate-part2-consent-missing"


def test_what_tells_about_nobody_needs_no_more_than_that() -> None:
    gate = at("use-of-time", scope={}, terms=Terms(Ground.NO_NAMES), about=False)
    assert passed(gate).terms == Terms(Ground.NO_NAMES)
    assert usual_ground("use-of-time") is Ground.NO_NAMES
    assert usual_ground("caseload-list") is Ground.OWN_USE
    assert usual_ground("student-summary") is None


def test_answers_to_a_screening_are_risk_as_well() -> None:
    assert Matter.RISK in held("screening-result", {"answers": True})[1]
    assert Matter.RISK not in held("screening-result", {"answers": False})[1]


def test_a_paper_that_is_made_for_officials_needs_no_reason_to_go_to_one() -> None:
    terms = Terms(Ground.SCHOOL_OFFICIAL, interest="Goes along on the trip")
    assert passed(at("field-trip-packet", scope={}, terms=terms))
    assert refused(at("medication-month", scope={}, terms=terms)).code == "gate-more-than-needed"


def test_thanks_to_a_peer_tell_nothing_of_a_record() -> None:
    terms = Terms(Ground.NO_NAMES)
    assert passed(at("concern-feedback", scope={"template": "thanks"}, terms=terms))
    assert refused(at("concern-feedback", scope={"template": "seen"}, terms=terms)).code == (
        "gate-names-somebody"
    )


@pytest.mark.parametrize("field", ["interest", "threat", "who_needs", "because"])
def test_what_is_said_has_an_end(field: str) -> None:
    long = "x" * 501
    terms = {
        "interest": Terms(Ground.ORDER, interest=long),
        "threat": Terms(Ground.EMERGENCY, emergency=Emergency(long, "All")),
        "who_needs": Terms(Ground.EMERGENCY, emergency=Emergency("A", long)),
        "because": Terms(Ground.TRANSFER, because=long),
    }[field]
    refusal = refused(at(terms=terms))
    assert (refusal.code, refusal.field) == ("gate-said-long", field)


def test_what_a_ground_has_no_use_for_is_not_kept() -> None:
    said = Terms(Ground.SUBJECT, "r1", "interest", Emergency("a", "b"), "because")
    assert accepted_terms(said) == Terms(Ground.SUBJECT)
    assert json.dumps({"ground": accepted_terms(said).ground}) == '{"ground": "subject"}'
