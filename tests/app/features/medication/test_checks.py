"""What is looked at before a dose is recorded: each finding by its own facts, and all together."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.features.medication.model.checks import (
    DoseFinding,
    Known,
    Past,
    Proposed,
    Severity,
    Supply,
    findings,
    picked,
    refusing,
)
from app.features.medication.model.doses import (
    By,
    Code,
    Dose,
    Outcome,
    Source,
    Window,
    slot_of,
)
from app.features.medication.model.orders import (
    Emergency,
    Order,
    OrderForm,
    SelfCarry,
    Standing,
    accepted_order,
)
from app.kernel.ids import StudentId
from nurse_desk import AS_NEEDED, SCHEDULED, ZONE, at

ME = StudentId("s")
WRITTEN = at("2026-11-02T08:00")
NOON = at("2026-11-20T11:45")
FULL = [Supply("c", 20_000, "2027-05-01")]


def order_of(form: OrderForm = SCHEDULED, **changes: Any) -> Order:
    return accepted_order(
        replace(form, student_id=ME, **changes),
        order_id="o", person_id="p", now=WRITTEN, year_ends="2027-06-18",
    )  # fmt: skip


ORDER = order_of()
NEEDED = order_of(AS_NEEDED, day_amount="4")
PROPOSED = Proposed(ME, ORDER, NOON, 1000, slot_of(ORDER, "2026-11-20", "11:45", ZONE))
PRN = Proposed(ME, NEEDED, NOON, 1000)
KNOWN = Known(NOON, Standing(checked=True), supplies=FULL)


def past(hours: float, order: Order = NEEDED, **changes: Any) -> Past:
    made = Past(
        order.series_id, order.supply.partition("|")[0], order.supply, 1000,
        NOON.later(timedelta(hours=-hours)), "Grace",
    )  # fmt: skip
    return replace(made, **changes)


def codes(found: Iterable[DoseFinding]) -> list[str]:
    return [finding.code for finding in found]


def recorded(outcome: Outcome, person: str | None = "p", code: Code = Code.NONE) -> Dose:
    return Dose(
        "d", ME, "o", "o", "2026-11-20", "11:45", NOON.at, outcome, code, 1000, ORDER.unit,
        NOON.at if outcome is Outcome.GIVEN else "", By.NURSE, "", None, "", "", "", "", None, "",
        (), "", None, "", False, 0, Source.HERE, None, person, NOON.at, ZONE,
    )  # fmt: skip


def test_an_ordinary_dose_has_nothing_said_of_it() -> None:
    assert findings(PROPOSED, KNOWN) == ()
    assert findings(PRN, KNOWN) == ()


def prop(**changes: Any) -> Proposed:
    return replace(PROPOSED, **changes)


def known(**changes: Any) -> Known:
    return replace(KNOWN, **changes)


EACH: list[tuple[str, Severity, Proposed, Known]] = [
    ("wrong-student", Severity.NEVER, prop(student_id=StudentId("other")), KNOWN),
    ("wrong-order", Severity.NEVER, prop(slot=replace(PROPOSED.slot, series_id="x")), KNOWN),  # type: ignore[type-var]
    ("dose-in-future", Severity.NEVER, prop(at=NOON.later(timedelta(seconds=1))), KNOWN),
    ("amount-nothing", Severity.NEVER, prop(amount=0), KNOWN),
    ("already-given", Severity.NEVER, PROPOSED, known(recorded=recorded(Outcome.GIVEN))),
    ("already-not-given", Severity.STOP, PROPOSED, known(recorded=recorded(Outcome.NOT_GIVEN, code=Code.ABSENT))),
    ("allergy", Severity.STOP, PRN, known(allergies=["Ibuprofen: hives"])),
    ("order-not-started", Severity.STOP, prop(order=replace(ORDER, starts_on="2026-11-21")), KNOWN),
    ("order-ended", Severity.STOP, prop(order=replace(ORDER, ends_on="2026-11-19")), KNOWN),
    ("order-held", Severity.STOP, PROPOSED, known(standing=Standing(checked=True, holds=((WRITTEN.at, ""),)))),
    ("order-discontinued", Severity.STOP, PROPOSED, known(standing=Standing(checked=True, discontinued_at=WRITTEN.at))),
    ("order-superseded", Severity.STOP, PROPOSED, known(standing=Standing(checked=True, superseded_at=WRITTEN.at))),
    ("order-unchecked", Severity.WARN, PROPOSED, known(standing=Standing())),
    ("prescriber-expired", Severity.STOP, prop(order=replace(ORDER, prescriber_until="2026-11-19")), KNOWN),
    ("guardian-expired", Severity.STOP, prop(order=replace(ORDER, guardian_until="2026-11-19")), KNOWN),
    ("guardian-missing", Severity.STOP, prop(order=replace(ORDER, guardian="", guardian_until="")), KNOWN),
    ("not-scheduled", Severity.STOP, prop(slot=None), KNOWN),
    ("no-school-day", Severity.WARN, PROPOSED, known(no_school=True)),
    ("given-just-now", Severity.STOP, PRN, known(past=[past(0.05)])),
    ("too-soon", Severity.STOP, PRN, known(past=[past(5.99)])),
    ("dose-differs", Severity.STOP, prop(amount=2000), KNOWN),
    ("over-daily-doses", Severity.STOP, PRN, known(past=[past(7), past(13), past(19)])),
    ("over-daily-amount", Severity.STOP, PRN, known(past=[past(7, amount=3500)])),
    ("stock-untracked", Severity.WARN, PROPOSED, known(supplies=[], tracked=False)),
    ("stock-none", Severity.STOP, PROPOSED, known(supplies=[])),
    ("stock-none", Severity.STOP, PROPOSED, known(supplies=[Supply("c", 500)])),
    ("stock-expired", Severity.STOP, PROPOSED, known(supplies=[Supply("c", 5000, "2026-11-19")])),
    ("self-carry-missing", Severity.STOP, prop(by=By.SELF), KNOWN),
    ("delegation-missing", Severity.STOP, prop(by=By.DELEGATE), known(delegated_until=None)),
    ("delegation-expired", Severity.STOP, prop(by=By.DELEGATE), known(delegated_until="2026-11-19")),
]  # fmt: skip


@pytest.mark.parametrize(("code", "weight", "proposed", "facts"), EACH)
def test_each_finding_comes_alone_from_its_own_facts(
    code: str, weight: Severity, proposed: Proposed, facts: Known
) -> None:
    found = [(finding.code, finding.severity) for finding in findings(proposed, facts)]
    assert found == [(code, weight)]


def test_a_self_carry_contract_that_has_ended_stops_the_dose() -> None:
    order = replace(ORDER, self_carry=SelfCarry.GIVES, self_carry_until="2026-11-19")
    assert codes(findings(prop(order=order, by=By.SELF), KNOWN)) == ["self-carry-expired"]
    open_still = replace(order, self_carry_until="2026-11-20")
    assert findings(prop(order=open_still, by=By.SELF), KNOWN) == ()


@pytest.mark.parametrize(
    ("minutes", "window", "code"),
    [
        (-31, 30, "too-early"), (-30, 30, ""), (30, 30, ""), (31, 30, "too-late"),
        (-61, 60, "too-early"), (-60, 60, ""), (60, 60, ""), (61, 60, "too-late"),
    ],
)  # fmt: skip
def test_the_window_decides_what_is_too_early_and_too_late(
    minutes: int, window: int, code: str
) -> None:
    when = NOON.later(timedelta(minutes=minutes))
    found = findings(prop(at=when), known(now=when, window=Window(window)))
    assert codes(found) == ([code] if code else [])


def test_the_interval_holds_to_both_sides_and_over_all_orders_of_the_medicine() -> None:
    # A dose that is entered late may come before one that is there already.
    assert codes(findings(PRN, known(past=[past(6)]))) == []
    after = past(-3)
    assert codes(findings(PRN, known(past=[after]))) == ["too-soon"]
    other = past(3, series_id="another order")
    assert codes(findings(PRN, known(past=[other]))) == ["too-soon"]
    assert codes(findings(PRN, known(past=[past(3, medicine="acetaminophen")]))) == []


def test_a_dose_that_was_reported_from_home_counts() -> None:
    home = past(3, source=Source.HOME, by="Rosa Ocampo")
    (found,) = findings(PRN, known(past=[home]))
    assert (found.code, found.facts["home"]) == ("too-soon", 1)


def test_the_day_is_twenty_four_hours_back_from_the_dose() -> None:
    at_limit = [past(24), past(16), past(8)]
    assert codes(findings(PRN, known(past=at_limit))) == []
    within = [past(23.99), past(16), past(8)]
    assert codes(findings(PRN, known(past=within))) == ["over-daily-doses"]


def test_all_doses_of_a_day_given_stops_another_of_a_scheduled_order() -> None:
    found = findings(PROPOSED, known(past=[past(3, ORDER)]))
    assert codes(found) == ["over-daily-doses"]


def test_a_scheduled_dose_may_be_earlier_than_yesterdays_was() -> None:
    yesterday = past(23.9, ORDER)
    assert findings(PROPOSED, known(past=[yesterday])) == ()
    capped = replace(PROPOSED, order=replace(ORDER, day_doses=1, day_amount=1000))
    assert findings(capped, known(past=[yesterday])) == ()


def test_a_dose_from_home_asks_for_no_stock_and_no_window() -> None:
    told = prop(source=Source.HOME, slot=None, at=NOON.later(timedelta(hours=-5)))
    assert findings(told, known(supplies=[])) == ()


def test_nothing_stands_between_a_child_in_danger_and_an_emergency_medicine() -> None:
    pen = replace(NEEDED, emergency=Emergency.EPINEPHRINE, ends_on="2026-11-01", guardian="")
    found = findings(
        replace(PRN, order=pen, amount=2000),
        known(past=[past(0.02)], supplies=[], allergies=["ibuprofen"]),
    )
    assert len(found) >= 6
    assert {finding.severity for finding in found} == {Severity.WARN}
    assert refusing(found, "") is None
    wrong = findings(replace(PRN, order=pen, student_id=StudentId("other")), KNOWN)
    assert wrong[0].severity is Severity.NEVER


def test_what_stops_gives_way_to_a_reason_and_what_never_goes_does_not() -> None:
    stop = findings(prop(amount=2000), KNOWN)
    assert refusing(stop, " ") is stop[0]
    assert refusing(stop, "Dr. Ito said so on the phone") is None
    never = findings(prop(student_id=StudentId("other")), KNOWN)
    assert refusing(never, "any reason") is never[0]
    assert refusing((), "") is None


def test_a_missed_row_of_the_desk_itself_keeps_nobody_from_entering_the_dose() -> None:
    seen = recorded(Outcome.NOT_GIVEN, person=None, code=Code.MISSED)
    assert findings(PROPOSED, known(recorded=seen)) == ()
    assert findings(PROPOSED, known(recorded=recorded(Outcome.IN_ERROR))) == ()


@given(st.data())
def test_findings_come_heaviest_first_and_more_that_is_wrong_never_weighs_less(
    data: st.DataObject,
) -> None:
    chosen = data.draw(st.lists(st.sampled_from(range(len(EACH))), min_size=1, max_size=6))
    weights = []
    proposed, facts = PROPOSED, KNOWN
    for number in chosen:
        _code, weight, wrong, seen = EACH[number]
        for name in Proposed.__dataclass_fields__:
            if (
                getattr(wrong, name) != getattr(PROPOSED, name)
                and wrong.order.timing is ORDER.timing
            ):
                proposed = replace(proposed, **{name: getattr(wrong, name)})
        for name in Known.__dataclass_fields__:
            if getattr(seen, name) != getattr(KNOWN, name) and wrong.order.timing is ORDER.timing:
                facts = replace(facts, **{name: getattr(seen, name)})
        weights.append(weight)
    found = findings(proposed, facts)
    severities = [finding.severity for finding in found]
    assert severities == sorted(severities, reverse=True)
    assert findings(proposed, facts) == found


@given(
    st.lists(
        st.builds(
            Supply,
            st.uuids().map(str),
            st.integers(-2000, 5000),
            st.sampled_from(["", "2026-11-19", "2026-11-20", "2027-01-01"]),
        ),
        max_size=6,
    ),
    st.integers(1, 3000),
)
def test_the_container_to_give_from_is_never_expired_and_has_enough_if_any_does(
    supplies: list[Supply], amount: int
) -> None:
    chosen = picked(supplies, amount, "2026-11-20")
    fresh = [supply for supply in supplies if not supply.expired("2026-11-20")]
    assert (chosen is None) == (not fresh)
    if chosen is not None:
        assert chosen in fresh
        enough = [supply for supply in fresh if supply.balance >= amount]
        if enough:
            assert chosen in enough
            assert (chosen.expires_on or "9999") == min(s.expires_on or "9999" for s in enough)
