"""What an order needs, how it stands at a moment, what of it ends, and what an allergy meets."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.features.medication.model.amounts import Unit
from app.features.medication.model.orders import (
    EVERY_DAY,
    NO_END,
    Emergency,
    Ending,
    Order,
    OrderForm,
    OrderState,
    SelfCarry,
    Standing,
    Timing,
    accepted_order,
    allergy_hits,
    endings,
    form_of,
    parsed_time,
    school_year_end,
    state_at,
    supply_key,
)
from app.kernel.errors import Refused
from app.kernel.ids import SchoolId, StudentId
from nurse_desk import AS_NEEDED, SCHEDULED, at

NOW = at("2026-11-20T08:00")
FORM = replace(SCHEDULED, student_id=StudentId("s"))


def accepted(form: OrderForm, before: Order | None = None) -> Order:
    return accepted_order(
        form, order_id="o", person_id="p", now=NOW, year_ends="2027-06-18", before=before
    )


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"student_id": None}, "order-needs-student", "student_id"),
        ({"name": " "}, "order-needs-name", "name"),
        ({"student_id": None, "school_id": SchoolId("c")}, "standing-as-needed", "timing"),
        ({"dose": ""}, "order-needs-dose", "dose"),
        ({"dose": "0"}, "order-needs-dose", "dose"),
        ({"dose": "1/3"}, "amount-too-fine", "dose"),
        ({"dose": "2", "dose_most": "1"}, "order-range", "dose_most"),
        ({"times": ()}, "order-needs-times", "times"),
        ({"times": ("25:00",)}, "time-unreadable", "times"),
        ({"times": tuple(f"{hour}:00" for hour in range(13))}, "order-many-times", "times"),
        ({"days": 0}, "order-needs-days", "days"),
        ({"timing": Timing.PRN}, "order-needs-indication", "indication"),
        ({"min_hours": "100"}, "order-interval", "min_hours"),
        ({"rxnorm": "abc"}, "order-rxnorm", "rxnorm"),
        ({"starts_on": "2027-01-05", "ends_on": "2027-01-04"}, "order-ends-before", "ends_on"),
        ({"starts_on": "soon"}, "day-unreadable", "starts_on"),
        ({"prescriber": ""}, "order-needs-prescriber", "prescriber"),
        ({"prescriber_phone": ""}, "order-needs-prescriber-phone", "prescriber_phone"),
        ({"prescribed_on": "2026-11-21"}, "authorisation-in-future", "prescribed_on"),
        ({"guardian": ""}, "order-needs-guardian", "guardian"),
        ({"guardian_signed_on": ""}, "order-needs-guardian-day", "guardian_signed_on"),
        ({"guardian_signed_on": "2026-12-01"}, "authorisation-in-future", "guardian_signed_on"),
        ({"self_carry": SelfCarry.GIVES}, "self-carry-needs-day", "self_carry_on"),
        ({"day_doses": "-1"}, "number-between", "day_doses"),
        ({"instructions": "x" * 2001}, "text-long", "instructions"),
    ],
)  # fmt: skip
def test_what_cannot_stand_is_refused_at_its_field(
    changes: dict[str, object], code: str, field: str
) -> None:
    with pytest.raises(Refused) as refused:
        accepted(replace(FORM, **changes))  # type: ignore[arg-type]
    assert (refused.value.code, refused.value.field) == (code, field)


def test_authorisations_end_with_the_school_year_unless_someone_says_otherwise() -> None:
    order = accepted(replace(FORM, self_carry=SelfCarry.CARRIES, self_carry_on="2026-09-01"))
    ends = {order.ends_on, order.prescriber_until, order.guardian_until, order.self_carry_until}
    assert ends == {"2027-06-18"}
    assert accepted(replace(FORM, guardian_until="2027-02-01")).guardian_until == "2027-02-01"


def test_a_standing_order_of_a_school_needs_no_guardian() -> None:
    needed = replace(AS_NEEDED, student_id=None, school_id=SchoolId("c"), guardian="")
    order = accepted(needed)
    assert order.standing
    assert (order.guardian, order.guardian_until) == ("", "")


def test_a_change_is_a_new_version_that_points_back_and_says_why() -> None:
    first = accepted(FORM)
    with pytest.raises(Refused, match="order-needs-reason"):
        accepted(form_of(first), first)
    second = accepted(replace(form_of(first), dose="2", reason="Dr. Ito raised it"), first)
    assert (second.series_id, second.version, second.replaces) == (first.series_id, 2, first.id)
    assert second.student_id == first.student_id


def test_an_order_as_needed_has_no_times_and_every_day() -> None:
    order = accepted(replace(AS_NEEDED, student_id=StudentId("s"), times=("11:00",)))
    assert (order.times, order.days, order.effect_minutes) == ((), EVERY_DAY, 60)
    assert order.min_minutes == 360


@given(
    st.builds(
        OrderForm,
        student_id=st.just(StudentId("s")),
        name=st.sampled_from(["Albuterol", "Ibuprofen 200"]),
        strength=st.sampled_from(["", "10 mg", "0.5 mg/mL"]),
        dose=st.sampled_from(["1", "1½", "0.125", "12"]),
        dose_most=st.sampled_from(["", "20"]),
        unit=st.sampled_from(Unit),
        times=st.lists(st.sampled_from(["08:00", "11:45", "14:30"]), min_size=1).map(tuple),
        days=st.integers(1, 127),
        min_hours=st.sampled_from(["", "4", "0.5", "1.55"]),
        day_doses=st.sampled_from(["", "3"]),
        day_amount=st.sampled_from(["", "8.5"]),
        prescriber=st.just("Dr. Ito"),
        prescriber_phone=st.just("555-0100"),
        guardian=st.just("Rosa"),
        guardian_signed_on=st.just("2026-08-20"),
        emergency=st.sampled_from(Emergency),
        refill_doses=st.sampled_from(["", "5"]),
    )
)
def test_an_order_can_be_typed_again_from_itself(form: OrderForm) -> None:
    order = accepted(form)
    again = accepted(replace(form_of(order), reason="the same"), order)
    kept = {"id", "version", "replaces", "reason"}
    for name in Order.__dataclass_fields__:
        if name not in kept:
            assert getattr(again, name) == getattr(order, name), name


@pytest.mark.parametrize(
    ("typed", "clock"),
    [
        ("11:45", "11:45"), ("1145", "11:45"), ("8", "08:00"), ("2 pm", "14:00"), ("2:30pm", "14:30"),
        ("12 am", "00:00"), ("12 pm", "12:00"), ("14.05", "14:05"), ("830", "08:30"), ("7:05 a.m.", "07:05"),
    ],
)  # fmt: skip
def test_times_of_day_are_read_as_people_write_them(typed: str, clock: str) -> None:
    assert parsed_time(typed) == clock


@pytest.mark.parametrize(
    "typed", ["", "noon", "24:00", "11:60", "13 pm", "0 am", "1:5", "11:45:00"]
)
def test_what_is_no_time_of_day_is_refused(typed: str) -> None:
    with pytest.raises(Refused, match="time-unreadable"):
        parsed_time(typed)


@given(st.integers(0, 23), st.integers(0, 59))
def test_every_minute_of_the_day_is_read_in_both_ways_of_writing(hour: int, minute: int) -> None:
    clock = f"{hour:02d}:{minute:02d}"
    half = f"{hour % 12 or 12}:{minute:02d} {'am' if hour < 12 else 'pm'}"
    assert parsed_time(clock) == parsed_time(half) == clock


def test_a_school_year_ends_as_the_roster_told_or_on_the_thirtieth_of_june() -> None:
    assert school_year_end(NOW.day(), "2027-06-11") == "2027-06-11"
    assert school_year_end(NOW.day()) == "2027-06-30"
    assert school_year_end(at("2027-06-30T10:00").day()) == "2027-06-30"
    assert school_year_end(at("2027-07-01T10:00").day()) == "2028-06-30"


def test_an_order_stands_by_its_days_and_by_what_came_to_it() -> None:
    order = accepted(replace(FORM, starts_on="2026-11-20", ends_on="2026-12-18"))
    free = Standing()
    assert state_at(order, free, at("2026-11-19T23:59")) is OrderState.NOT_STARTED
    assert state_at(order, free, at("2026-11-20T00:00")) is OrderState.ACTIVE
    assert state_at(order, free, at("2026-12-18T23:59")) is OrderState.ACTIVE
    assert state_at(order, free, at("2026-12-19T00:00")) is OrderState.ENDED
    noon = at("2026-11-24T12:00")
    held = Standing(holds=((noon.at, at("2026-11-25T12:00").at),))
    assert state_at(order, held, noon) is OrderState.HELD
    assert state_at(order, held, at("2026-11-25T12:00")) is OrderState.ACTIVE
    assert state_at(order, Standing(discontinued_at=noon.at), noon) is OrderState.DISCONTINUED
    assert state_at(order, Standing(superseded_at=noon.at), noon) is OrderState.SUPERSEDED
    assert Standing("b", "a").until() == "a"


def test_what_ends_soon_is_told_with_its_day() -> None:
    order = accepted(replace(FORM, guardian_until="2026-12-01", prescriber_until="2026-11-01"))
    assert endings(order, "2026-11-20") == (
        (Ending.PRESCRIBER, "2026-11-01"),
        (Ending.GUARDIAN, "2026-12-01"),
    )
    assert (
        endings(
            replace(order, ends_on=NO_END, guardian_until="", prescriber_until=""), "2026-11-20"
        )
        == ()
    )


@pytest.mark.parametrize(
    ("medicine", "allergy", "meets"),
    [
        ("Ibuprofen", "Ibuprofen: hives", True),
        ("Advil", "allergic to ibuprofen", True),
        ("Amoxicillin", "Alergia a la penicilina", True),
        ("Aspirin", "NSAIDs", True),
        ("Acetaminophen", "Tylenol, rash", True),
        ("Methylphenidate", "Peanuts: anaphylaxis", False),
        ("Ibuprofen", "Severe allergic reaction to bees", False),
        ("Children's allergy relief loratadine", "Allergy to latex", False),
    ],
)
def test_an_allergy_meets_the_medicine_and_its_kin(
    medicine: str, allergy: str, meets: bool
) -> None:
    assert allergy_hits(medicine, [allergy]) == ((allergy,) if meets else ())


def test_a_container_serves_an_order_whatever_the_case_and_the_accents() -> None:
    assert supply_key("Ibuprofén ", "200 MG", Unit.TABLET) == supply_key(
        "ibuprofen", "200 mg", Unit.TABLET
    )
    assert supply_key("Ibuprofen", "200 mg", Unit.ML) != supply_key(
        "Ibuprofen", "200 mg", Unit.TABLET
    )
