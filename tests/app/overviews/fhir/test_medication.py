"""A month made of any orders and doses there can be is a valid document, its amounts exact."""

from datetime import date
from fractions import Fraction
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from app.features.medication.model.amounts import Unit
from app.features.medication.model.doses import By, Code, Dose, Outcome, Slot, SlotState, Source
from app.features.medication.model.orders import (
    NO_END,
    Emergency,
    Order,
    OrderState,
    Route,
    Schedule,
    SelfCarry,
    Timing,
)
from app.features.medication.repo.orders import Pupil
from app.features.medication.service.papers import MonthSheet
from app.kernel.clock import Moment
from app.kernel.ids import StudentId
from app.kernel.keys import Anchor
from app.kernel.releases import Ground, Terms
from app.overviews.fhir.check import check
from app.overviews.fhir.document import Document
from app.overviews.fhir.leave import provenance
from app.overviews.fhir.medication import Month, Unrecorded, Version, put_month, put_pupil
from app.overviews.fhir.people import People
from app.overviews.reports.leaving import Release
from fhir_desk import resources
from fhir_validators import by_models, by_schema

NOW = Moment("2026-11-20T20:30:00.000Z", "America/New_York")
NURSE = "01a20364-4b33-7217-8fb2-87b6261da64b"
PUPIL = Pupil(
    StudentId("s"), "Mateo Ocampo", "Ocampo, Mateo", "07", None, "Alder", "20417", "2013-01-02",
    "ocampo", allergies=("Penicillin",),
)  # fmt: skip
_amounts = st.integers(1, 5_000_000)
_texts = st.text(max_size=30)


class _OnePerson:
    """Reads who works at the vault: one nurse."""

    def execute(self, _sql: str, _values: object = ()) -> list[tuple[str, ...]]:
        return [(NURSE, "Grace Adeyemi", "nurse", "RN", "Alder")]


@st.composite
def _orders(draw: st.DrawFn) -> Order:
    least, more = draw(_amounts), draw(st.integers(0, 5_000))
    timing = draw(st.sampled_from(Timing))
    return Order(
        id=draw(st.uuids()).hex, series_id="series", version=draw(st.integers(1, 9)), replaces=None,
        student_id=draw(st.sampled_from([StudentId("s"), None])), school_id=None,
        name=draw(st.text(min_size=1, max_size=30).filter(lambda one: bool(one.split()))),
        strength=draw(_texts), form=draw(_texts), rxnorm=draw(st.sampled_from(["", "5640"])),
        ingredients="", supply="", schedule=draw(st.sampled_from(Schedule)), dose=least,
        dose_most=least + more, unit=draw(st.sampled_from(Unit)), route=draw(st.sampled_from(Route)),
        timing=timing, times=("11:45", "14:00") if timing is Timing.SCHEDULED else (),
        days=draw(st.integers(1, 127)), indication=draw(_texts), min_minutes=0, day_doses=0,
        day_amount=draw(st.sampled_from([0, 4_500])), effect_minutes=0, starts_on="2026-11-01",
        ends_on=draw(st.sampled_from([NO_END, "2027-06-30"])), prescriber=draw(_texts),
        prescriber_phone="", prescribed_on=draw(st.sampled_from(["", "2026-10-30"])),
        prescriber_until="", guardian="", guardian_signed_on="", guardian_until="",
        emergency=Emergency.NONE, self_carry=draw(st.sampled_from(SelfCarry)), self_carry_on="",
        self_carry_until="", refill_doses=0, refill_days=0, instructions=draw(_texts),
        reason=draw(_texts), person_id=NURSE, recorded_at="2026-11-01T12:00:00.000Z", zone=NOW.zone,
    )  # fmt: skip


@st.composite
def _doses(draw: st.DrawFn, order: Order) -> Dose:
    outcome = draw(st.sampled_from(Outcome))
    given = outcome is Outcome.GIVEN
    return Dose(
        id=draw(st.uuids()).hex, student_id=StudentId("s"), series_id=order.series_id,
        order_id=order.id, day="2026-11-16", slot="11:45", scheduled_at="2026-11-16T16:45:00.000Z",
        outcome=outcome,
        code=Code.NONE if given else draw(st.sampled_from([one for one in Code if one])),
        amount=draw(_amounts) if given else 0, unit=order.unit,
        given_at="2026-11-16T16:50:00.000Z" if given else "", given_by=draw(st.sampled_from(By)),
        giver=draw(_texts), second_id=None, reason=draw(_texts), assessment=draw(_texts),
        note=draw(_texts), site="", container_id=None, effect_due_at="", warnings=(),
        override_reason=draw(_texts), replaces=None, why=draw(_texts), late=draw(st.booleans()),
        clock_jump=0, source=draw(st.sampled_from(Source)), trip_id=None,
        person_id=draw(st.sampled_from([NURSE, None])), recorded_at="2026-11-16T17:00:00.000Z",
        zone=NOW.zone,
    )  # fmt: skip


@st.composite
def _months(draw: st.DrawFn) -> tuple[list[Version], list[Dose], list[Unrecorded]]:
    orders = draw(st.lists(_orders(), min_size=1, max_size=3, unique_by=lambda one: one.id))
    versions = [Version(one, draw(st.sampled_from(OrderState))) for one in orders]
    doses = [
        dose for one in orders for dose in draw(st.lists(_doses(one), max_size=3, unique_by=lambda d: d.id))
    ]  # fmt: skip
    slot = Slot("series", orders[0].id, "2026-11-17", "11:45", NOW)
    states = (SlotState.MISSED, SlotState.HELD, SlotState.NO_SCHOOL)
    return versions, doses, [Unrecorded(slot, draw(st.sampled_from(states)))]


def _document(versions: list[Version], doses: list[Dose], gaps: list[Unrecorded]) -> dict[str, Any]:
    document = Document(NOW)
    people = People(document, _OnePerson())  # type: ignore[arg-type]
    subject = put_pupil(document, PUPIL, people)
    sheet = MonthSheet(
        PUPIL, date(2026, 11, 1), ("2026-11-01", "2026-11-30"), {}, (), (), (), (), (), (), 0, {}, NOW
    )  # fmt: skip
    put_month(document, Month(sheet, versions, doses, gaps, people), subject)
    author = people.role(NURSE)
    release = Release("Dr. Ito", "Review", Terms(Ground.SUBJECT))
    return document.bundle(
        {"type": {"text": "Month"}, "subject": subject, "author": [author], "title": "Month"},
        provenance(release, author, None, Anchor(1, "00")),
    )


@settings(max_examples=20, deadline=None)
@given(month=_months())
def test_any_month_is_valid_by_all_three(
    month: tuple[list[Version], list[Dose], list[Unrecorded]],
) -> None:
    document = _document(*month)
    assert check(document) == []
    assert by_schema(document) == []
    assert by_models(document) == []


@settings(max_examples=20, deadline=None)
@given(month=_months())
def test_amounts_are_exact_with_their_unit_and_what_was_not_given_has_no_amount(
    month: tuple[list[Version], list[Dose], list[Unrecorded]],
) -> None:
    versions, doses, gaps = month
    found = resources(_document(versions, doses, gaps), "MedicationAdministration")
    given = sorted(
        (Fraction(str(one["dosage"]["dose"]["value"])), one["dosage"]["dose"]["unit"])
        for one in found
        if one["status"] == "completed"
    )
    assert given == sorted(
        (Fraction(dose.amount, 1000), dose.unit.value)
        for dose in doses
        if dose.outcome is Outcome.GIVEN
    )
    not_done = [one for one in found if one["status"] == "not-done"]
    assert len(not_done) == sum(dose.outcome is Outcome.NOT_GIVEN for dose in doses) + len(gaps)
    assert all("dosage" not in one and one["statusReason"][0]["text"] for one in not_done)
