"""What a consent must hold, and who may sign it."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.features.consents.model.ages import (
    DEFAULT_AGES,
    Ages,
    accepted_ages,
    age_on,
    ages_of,
    require_signer,
)
from app.features.consents.model.elements import ConsentForm, accepted, said_day
from app.features.consents.model.records import Signer, Way
from app.features.consents.model.scans import MOST_BYTES, looked_at
from app.kernel.errors import Refused
from app.kernel.releases import ConsentKind, Matter
from consents_desk import FORMS, PNG, scanned

TODAY = date(2026, 11, 20)
RELEASE, PART2 = FORMS[ConsentKind.RELEASE], FORMS[ConsentKind.PART2]
TPO = replace(PART2, treatment=True, until_on="", says_redisclosure=True, says_refusal=True)


@pytest.mark.parametrize("kind", list(ConsentKind))
def test_a_whole_form_is_accepted_and_accepting_it_again_changes_nothing(kind: ConsentKind) -> None:
    once = accepted(FORMS[kind], TODAY)
    assert accepted(once, TODAY) == once
    assert once.since == "2026-11-02"


@pytest.mark.parametrize(
    ("form", "changes", "field"),
    [
        # 34 CFR 99.30(a), (b)
        (RELEASE, {"matters": ()}, "matters"),
        (RELEASE, {"matters": ("everything",)}, "matters"),
        (RELEASE, {"description": "  "}, "description"),
        (RELEASE, {"purpose": ""}, "purpose"),
        (RELEASE, {"recipient": "\n"}, "recipient"),
        (RELEASE, {"signed_on": ""}, "signed_on"),
        (RELEASE, {"signer_name": ""}, "signer_name"),
        (RELEASE, {"capacity": ""}, "capacity"),
        # 34 CFR 99.30(d)
        (RELEASE, {"way": Way.ELECTRONIC, "approval": "Typed her name"}, "identified"),
        (RELEASE, {"way": Way.ON_SCREEN, "identified": "State ID"}, "approval"),
        (RELEASE, {"way": Way.TELEPHONE, "witness": "Ms. Park"}, "way"),
        # 42 CFR 2.31(a)
        (PART2, {"discloser": ""}, "discloser"),
        (PART2, {"matters": ()}, "matters"),
        (PART2, {"description": ""}, "description"),
        (PART2, {"recipient": ""}, "recipient"),
        (PART2, {"purpose": ""}, "purpose"),
        (PART2, {"revoke_how": ""}, "revoke_how"),
        (PART2, {"until_on": ""}, "until_on"),
        (PART2, {"signed_on": ""}, "signed_on"),
        (PART2, {"way": Way.TELEPHONE, "witness": "Ms. Park"}, "way"),
        (TPO, {"says_redisclosure": False}, "says_redisclosure"),
        (TPO, {"says_refusal": False}, "says_refusal"),
        # and of all
        (RELEASE, {"kind": "anything"}, "kind"),
        (RELEASE, {"way": "smoke"}, "way"),
        (RELEASE, {"signer": "cat"}, "signer"),
        (RELEASE, {"signed_on": "2026-11-21"}, "signed_on"),
        (RELEASE, {"signed_on": "soon"}, "signed_on"),
        (RELEASE, {"since": "2026-11-01"}, "since"),
        (RELEASE, {"until_on": "2026-11-01"}, "until_on"),
        (RELEASE, {"until_on": "June"}, "until_on"),
        (RELEASE, {"description": "x" * 4_001}, "description"),
        (RELEASE, {"signer_name": "x" * 301}, "signer_name"),
        (FORMS[ConsentKind.SERVICES], {"way": Way.TELEPHONE}, "witness"),
    ],
)
def test_what_lacks_an_element_is_refused_at_its_field(
    form: ConsentForm, changes: dict[str, object], field: str
) -> None:
    with pytest.raises(Refused) as refused:
        accepted(replace(form, **changes), TODAY)  # type: ignore[arg-type]
    assert refused.value.field == field


def test_a_part_2_consent_may_end_by_an_event_or_for_treatment_not_at_all() -> None:
    event = replace(PART2, until_on="", until_event="Discharge from the program")
    assert accepted(event, TODAY).until_event == "Discharge from the program"
    assert accepted(TPO, TODAY).until_on == ""


def test_a_kind_keeps_only_what_it_asks_for() -> None:
    form = replace(TPO, kind=ConsentKind.SERVICES, way=Way.TELEPHONE, witness="Ms. Park")
    kept = accepted(form, TODAY)
    assert (kept.matters, kept.recipient, kept.discloser, kept.treatment) == ((), "", "", False)
    assert (kept.says_refusal, kept.witness, kept.identified) == (False, "Ms. Park", "")
    assert accepted(RELEASE, TODAY).matters == (Matter.SESSIONS, Matter.PLANS)
    student = replace(RELEASE, signer=Signer.STUDENT, student_signed=True, capacity="")
    assert not accepted(student, TODAY).student_signed


def test_a_day_that_is_said_has_come() -> None:
    assert said_day("", "on_day", TODAY) == "2026-11-20"
    with pytest.raises(Refused, match="day-ahead"):
        said_day("2026-11-21", "on_day", TODAY)


# -- who signs -----------------------------------------------------------------------------


def signs(kind: ConsentKind, signer: Signer, age: int | None, *, too: bool = False) -> str:
    try:
        require_signer(DEFAULT_AGES[kind], signer, age, student_signed=too)
    except Refused as refused:
        return refused.code
    return ""


@given(st.sampled_from(ConsentKind), st.integers(3, 22))
def test_by_default_a_student_signs_from_18_on_and_a_guardian_until_then(
    kind: ConsentKind, age: int
) -> None:
    assert (signs(kind, Signer.STUDENT, age) == "") == (age >= 18)
    assert (signs(kind, Signer.GUARDIAN, age, too=True) == "") == (age < 18)
    assert signs(kind, Signer.OTHER, age, too=True) == ""


def test_under_part_2_guardian_and_minor_both_sign_until_the_district_says_otherwise() -> None:
    assert signs(ConsentKind.PART2, Signer.GUARDIAN, 15) == "consent-student-signs-too"
    assert signs(ConsentKind.PART2, Signer.GUARDIAN, None) == "consent-student-signs-too"
    require_signer(Ages(alone=12), Signer.STUDENT, 14, student_signed=False)


def test_without_a_date_of_birth_a_guardian_signs() -> None:
    assert signs(ConsentKind.SERVICES, Signer.GUARDIAN, None) == ""
    assert signs(ConsentKind.SERVICES, Signer.STUDENT, None) == "consent-age-unknown"


def test_beside_the_guardian_a_student_signs_from_the_age_that_was_set() -> None:
    ages = Ages(besides=14)
    require_signer(ages, Signer.GUARDIAN, 13, student_signed=False)
    with pytest.raises(Refused, match="consent-student-signs-too"):
        require_signer(ages, Signer.GUARDIAN, 14, student_signed=False)


def test_ages_are_kept_by_kind_and_no_rule_moves_the_18_years_of_a_release() -> None:
    kept = accepted_ages([("telehealth", 16, None), ("services", None, 12)])
    assert kept == (("services", None, 12), ("telehealth", 16, None))
    found = ages_of(kept)
    assert found[ConsentKind.SERVICES] == Ages(18, 12)
    assert found[ConsentKind.PART2] == Ages(18, 0)
    for wrong, field in (
        (("release", 16, None), "release"),
        (("services", 9, None), "services"),
        (("services", 19, None), "services"),
        (("services", 14, 14), "services"),
        (("haircut", 14, None), "haircut"),
    ):
        with pytest.raises(Refused) as refused:
            accepted_ages([wrong])
        assert refused.value.field == field
    with pytest.raises(Refused, match="consent-kind-twice"):
        accepted_ages([("services", 14, None), ("services", 15, None)])


@given(st.dates(date(2000, 1, 1), date(2020, 12, 31)), st.integers(0, 9_000))
def test_an_age_is_the_birthdays_that_have_come(born: date, days: int) -> None:
    on = date.fromordinal(born.toordinal() + days)
    birthdays = [
        year
        for year in range(born.year + 1, on.year + 1)
        if (on.year, on.month, on.day) >= (year, born.month, born.day)
    ]
    assert age_on(born.isoformat(), on.isoformat()) == len(birthdays)
    assert age_on("", on.isoformat()) is None


# -- scans ---------------------------------------------------------------------------------


def test_a_scan_is_told_by_what_it_is() -> None:
    assert looked_at(scanned()).type == "pdf"
    assert looked_at(PNG).type == "png"
    assert looked_at(b"\xff\xd8\xff\xe0rest").type == "jpeg"
    assert looked_at(scanned()).pages == 1


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "scan-no-type"),
        (b"MZ\x90\x00", "scan-no-type"),
        (b"<svg/>", "scan-no-type"),
        (b"%PDF-1.7 and then nothing", "scan-unreadable"),
        (PNG + bytes(MOST_BYTES), "scan-large"),
    ],
)
def test_what_is_no_scan_is_refused(content: bytes, code: str) -> None:
    with pytest.raises(Refused) as refused:
        looked_at(content)
    assert (refused.value.code, refused.value.field) == (code, "scan")
