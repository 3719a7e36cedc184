"""Stock: every count is the sum of what came and went, and what does not come out stays open."""

import contextlib
import shutil
import tempfile
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlcipher3 import dbapi2

from app.features.medication.commands import (
    CheckOrder,
    CorrectDose,
    CountLine,
    CountStock,
    ExplainDiscrepancy,
    NoteOnDiscrepancy,
    ReceiveStock,
    RecordDose,
    TakeStock,
    UndoDose,
)
from app.features.medication.model.stock import (
    DiscrepancySource,
    MovementKind,
    Occasion,
    balance_of,
    supply_level,
)
from app.kernel.errors import Refused
from app.kernel.ids import PersonId
from nurse_desk import AS_NEEDED, CONTROLLED, NurseDesk, refusal


def test_receiving_needs_a_second_who_counts_along(nurse: NurseDesk) -> None:
    order = nurse.order(nurse.student())
    with pytest.raises(Refused) as refused:
        nurse.stock(order, counterpart="")
    assert refusal(refused.value) == ("receipt-needs-second", "counterpart")
    container = nurse.stock(order, "30", counterpart="", witness=nurse.proof(), lot="A1")
    held = nurse.room.stock.ledger(container).held
    assert (held.balance, held.container.lot, held.container.name) == (
        30_000,
        "A1",
        "Methylphenidate",
    )
    with pytest.raises(Refused, match="received-expired"):
        nurse.stock(order, expires_on="2026-11-19")


def test_a_proof_is_for_one_command_for_five_minutes_and_for_someone_else(nurse: NurseDesk) -> None:
    order = nurse.order(nurse.student())
    proof = nurse.proof()
    nurse.stock(order, witness=proof)
    with pytest.raises(Refused, match="witness-stale"):
        nurse.stock(order, witness=proof)
    late = nurse.proof()
    nurse.clock.advance(timedelta(seconds=301))
    with pytest.raises(Refused, match="witness-stale"):
        nurse.stock(order, witness=late)
    with pytest.raises(Refused, match="witness-wrong"):
        nurse.room.prove(nurse.second, "not hers at all")
    with pytest.raises(Refused, match="witness-same"):
        nurse.room.prove(nurse.desk.seat.person, "mine")
    with pytest.raises(Refused, match="witness-unknown"):
        nurse.room.prove(PersonId("nobody"), "x")
    assert [one.name for one in nurse.room.witnesses()] == ["Tomasz Wróbel"]


def test_a_transcribed_order_is_checked_by_someone_else(nurse: NurseDesk) -> None:
    order = nurse.order(nurse.student())
    assert len(nurse.room.orders.unchecked()) == 1
    nurse.room.orders.check_order(CheckOrder(order, nurse.proof()))
    sheet = nurse.room.orders.order_sheet(order)
    assert (sheet.standing_checked, sheet.checked_by) == (True, "Tomasz Wróbel")
    assert nurse.room.orders.unchecked() == []
    with pytest.raises(Refused, match="order-checked-already"):
        nurse.room.orders.check_order(CheckOrder(order, nurse.proof()))


@pytest.mark.parametrize(
    ("kind", "controlled", "changes", "code"),
    [
        (MovementKind.GIVEN, False, {}, "movement-not-by-hand"),
        (MovementKind.WASTED, False, {}, "movement-needs-reason"),
        (MovementKind.RETURNED, False, {"reason": "end of year"}, "return-needs-whom"),
        (MovementKind.DESTROYED, False, {"reason": "expired"}, "witness-missing"),
        (MovementKind.WASTED, True, {"reason": "spat out"}, "witness-missing"),
        (MovementKind.DROPPED, False, {"reason": "fell", "amount": "21"}, "stock-less"),
        (MovementKind.DROPPED, False, {"reason": "fell", "amount": "0"}, "amount-nothing"),
    ],
)
def test_what_is_taken_out_says_why_and_who_saw_it(
    nurse: NurseDesk, kind: MovementKind, controlled: bool, changes: dict[str, Any], code: str
) -> None:
    order = nurse.order(nurse.student(), *([CONTROLLED] if controlled else []))
    container = nurse.stock(order)
    with pytest.raises(Refused, match=code):
        nurse.room.stock.take_stock(replace(TakeStock(container, kind, "1"), **changes))
    assert nurse.room.stock.ledger(container).held.balance == 20_000


def test_the_ledger_of_a_controlled_substance_runs_from_receipt_to_destruction(
    nurse: NurseDesk,
) -> None:
    student = nurse.student()
    order = nurse.order(student, CONTROLLED)
    container = nurse.stock(order, "10")
    nurse.set("2026-11-20T11:45")
    nurse.give(order, student)
    count = CountStock((CountLine(container, "9"),), Occasion.DAILY)
    with pytest.raises(Refused, match="witness-missing"):
        nurse.room.stock.count_stock(count)
    nurse.room.stock.count_stock(replace(count, witness=nurse.proof()))
    nurse.room.stock.take_stock(
        TakeStock(container, MovementKind.DESTROYED, "9", "Order ended", witness=nurse.proof())
    )
    ledger = nurse.room.stock.ledger(container)
    assert [(m.kind.value, m.balance) for m in ledger.movements] == [
        ("received", 10_000), ("given", 9_000), ("destroyed", 0),
    ]  # fmt: skip
    assert ledger.movements[-1].witness_id == nurse.second
    assert ledger.discrepancies == ()
    assert nurse.room.stock.containers() == []
    assert len(nurse.room.papers.controlled_ledgers()) == 1


def test_a_discrepancy_stays_open_until_it_is_explained_before_a_witness(nurse: NurseDesk) -> None:
    order = nurse.order(nurse.student(), CONTROLLED)
    container = nurse.stock(order, "10")
    nurse.room.stock.count_stock(
        CountStock((CountLine(container, "9", "counted twice"),), witness=nurse.proof())
    )
    (wrong,) = nurse.room.stock.discrepancies()
    assert (wrong.discrepancy.expected, wrong.discrepancy.counted) == (10_000, 9_000)
    assert nurse.room.stock.ledger(container).held.balance == 9_000
    assert nurse.room.stock.containers(controlled=True)[0].discrepancies == 1
    told = NoteOnDiscrepancy(wrong.discrepancy.id, "Principal told", "Ruth Abebe")
    nurse.room.stock.note_on_discrepancy(told)
    assert len(nurse.room.stock.discrepancies()) == 1
    explain = ExplainDiscrepancy(wrong.discrepancy.id, "Found under the tray", nurse.proof())
    nurse.room.stock.explain_discrepancy(explain)
    assert nurse.room.stock.discrepancies() == []
    assert [one.explained for one in nurse.room.stock.discrepancies(explained=True)] == [True]
    sheet = nurse.room.stock.discrepancy_sheet(wrong.discrepancy.id)
    assert (sheet.open, [entry.kind for entry in sheet.entries]) == (False, ["note", "explained"])
    with pytest.raises(Refused, match="discrepancy-explained"):
        nurse.room.stock.explain_discrepancy(replace(explain, witness=nurse.proof()))


def test_a_receipt_that_is_not_what_the_label_says_opens_a_discrepancy(nurse: NurseDesk) -> None:
    order = nurse.order(nurse.student(), CONTROLLED)
    nurse.stock(order, "29", labelled="30")
    (wrong,) = nurse.room.stock.discrepancies()
    assert (wrong.discrepancy.source, wrong.discrepancy.difference) == (
        DiscrepancySource.RECEIPT,
        -1000,
    )


def test_a_count_below_nothing_is_seen(nurse: NurseDesk) -> None:
    student = nurse.student()
    order = nurse.order(student, CONTROLLED)
    container = nurse.stock(order, "1/2")
    nurse.set("2026-11-20T11:45")
    with pytest.raises(Refused, match="stock-none"):
        nurse.give(order, student)
    nurse.give(order, student, override_reason="The bottle held more than the label")
    assert nurse.room.stock.ledger(container).held.balance == -500
    (wrong,) = nurse.room.stock.discrepancies()
    assert wrong.discrepancy.source is DiscrepancySource.BELOW_ZERO


def test_a_count_of_an_ordinary_medicine_is_set_right_without_one(nurse: NurseDesk) -> None:
    order = nurse.order(nurse.student())
    container = nurse.stock(order, "10")
    with pytest.raises(Refused) as refused:
        nurse.room.stock.count_stock(CountStock((CountLine(container, "x"),)))
    assert refusal(refused.value) == ("amount-unreadable", "lines.0")
    for lines, code in (((), "count-nothing"), ((CountLine(container, "1"),) * 2, "count-twice")):
        with pytest.raises(Refused, match=code):
            nurse.room.stock.count_stock(CountStock(lines))
    nurse.room.stock.count_stock(CountStock((CountLine(container, "9½"),)))
    assert nurse.room.stock.ledger(container).held.balance == 9_500
    assert nurse.room.stock.discrepancies() == []


def test_a_refill_is_asked_for_in_doses_and_in_days(nurse: NurseDesk) -> None:
    student = nurse.student()
    order = nurse.order(student, times=("08:15", "11:45"), refill_days="5", dose="1/2")
    nurse.stock(order, "6")
    (line,) = nurse.room.orders.orders()
    assert line.level is not None
    assert (line.level.doses, line.level.days, line.level.low) == (12, 6, False)
    kept = line.order
    assert supply_level(kept, 5_000).low
    assert supply_level(replace(kept, refill_days=0, refill_doses=12), 6_000).low
    assert supply_level(replace(kept, refill_days=0), 0).low is False
    assert nurse.room.stock.low_supplies() == []


def test_doses_come_from_the_container_that_expires_first(nurse: NurseDesk) -> None:
    student = nurse.student()
    order = nurse.order(student, AS_NEEDED)
    nurse.stock(order, expires_on="2027-05-01")
    soon = nurse.stock(order, expires_on="2026-12-01")
    other = nurse.stock(nurse.order(student))
    nurse.room.doses.record_dose(RecordDose(order, student, reason="Headache"))
    assert nurse.room.stock.ledger(soon).held.balance == 19_000
    assert [held.container.id for held in nurse.room.stock.expiring()] == [soon]
    with pytest.raises(Refused, match="container-wrong"):
        nurse.room.doses.record_dose(
            RecordDose(order, student, reason="Headache", container_id=other, override_reason="x")
        )


def test_the_running_count_cannot_be_written_wrong(nurse: NurseDesk) -> None:
    container = nurse.stock(nurse.order(nurse.student()))
    (movement,) = nurse.room.stock.ledger(container).movements
    with (
        pytest.raises(dbapi2.IntegrityError, match="running count"),
        nurse.desk.records.transaction() as tx,
    ):
        tx.execute(
            "INSERT INTO stock_movement SELECT NULL, 'x', container_id, kind, amount, balance, at,"
            " dose_id, trip_id, count_id, undoes, counterpart, witness_id, reason, person_id,"
            " recorded_at, zone, hash FROM stock_movement WHERE id = ?",
            (movement.id,),
        )


class Cupboard(RuleBasedStateMachine):
    """Any order of events on two containers, one of them controlled, beside a plain sum."""

    place: Path

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(dir=self.place))
        self.nurse = NurseDesk(self.folder)
        self.student = self.nurse.student()
        free = {"min_hours": "", "day_doses": ""}
        self.orders = [
            self.nurse.order(self.student, AS_NEEDED, dose_most="9", **free),
            self.nurse.order(
                self.student, replace(AS_NEEDED, name="Codeine"), schedule=CONTROLLED.schedule,
                dose_most="9", **free,
            ),
        ]  # fmt: skip
        self.containers = [self.nurse.stock(order, "40") for order in self.orders]
        self.sums = [40_000, 40_000]
        self.shortfalls = 0
        self.given: list[tuple[int, str, int]] = []

    @rule(which=st.integers(0, 1), amount=st.sampled_from(["1", "1/2", "2½", "0.125"]))
    def give(self, which: int, amount: str) -> None:
        command = RecordDose(
            self.orders[which], self.student, amount=amount, reason="Pain", override_reason="asked"
        )
        taken = {"1": 1000, "1/2": 500, "2½": 2500, "0.125": 125}[amount]
        dose = self.nurse.room.doses.record_dose(command).made
        self.given.append((which, dose, taken))
        self.sums[which] -= taken
        if which == 1 and self.sums[1] < 0:
            self.shortfalls += 1

    @rule(undo=st.booleans(), data=st.data())
    def take_back(self, undo: bool, data: st.DataObject) -> None:
        if not self.given:
            return
        which, dose, taken = self.given.pop(data.draw(st.integers(0, len(self.given) - 1)))
        if undo:
            self.nurse.room.doses.undo_dose(UndoDose(dose))
        else:
            self.nurse.room.doses.correct_dose(CorrectDose(dose, "not this one"))
        self.sums[which] += taken

    @rule(
        which=st.integers(0, 1),
        kind=st.sampled_from([MovementKind.WASTED, MovementKind.RETURNED, MovementKind.DESTROYED]),
        amount=st.integers(1, 9),
    )
    def take(self, which: int, kind: MovementKind, amount: int) -> None:
        command = TakeStock(
            self.containers[which], kind, str(amount), "broken", "Rosa", self.nurse.proof()
        )
        with contextlib.suppress(Refused):
            self.nurse.room.stock.take_stock(command)
            self.sums[which] -= amount * 1000

    @rule(which=st.integers(0, 1), counted=st.integers(0, 60_000))
    def count(self, which: int, counted: int) -> None:
        typed = f"{counted / 1000:.3f}"
        line = CountLine(self.containers[which], typed)
        self.nurse.room.stock.count_stock(CountStock((line,), witness=self.nurse.proof()))
        if which == 1 and counted != self.sums[1]:
            self.shortfalls += 1
        self.sums[which] = counted

    @invariant()
    def the_count_is_the_sum_and_nothing_below_zero_is_unseen(self) -> None:
        for container, expected in zip(self.containers, self.sums, strict=True):
            ledger = self.nurse.room.stock.ledger(container)
            assert ledger.held.balance == expected == balance_of(ledger.movements)
            running = 0
            for movement in ledger.movements:
                running += movement.amount
                assert movement.balance == running
        assert len(self.nurse.room.stock.discrepancies()) == self.shortfalls

    def teardown(self) -> None:
        assert self.nurse.desk.verify().whole
        self.nurse.desk.close()
        shutil.rmtree(self.folder)


def run_cupboard(tmp_path: Path, runs: int, steps: int) -> None:
    Cupboard.place = tmp_path
    run_state_machine_as_test(
        Cupboard,
        settings=settings(
            max_examples=runs, stateful_step_count=steps, deadline=None, database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )  # fmt: skip


def test_any_order_of_events_adds_up(tmp_path: Path) -> None:
    run_cupboard(tmp_path, 4, 40)


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_any_order_of_two_hundred_events_adds_up(tmp_path: Path) -> None:
    run_cupboard(tmp_path, 40, 200)


def test_the_cupboard_sees_a_count_that_is_wrong(tmp_path: Path) -> None:
    class Leaking(Cupboard):
        @rule()
        def leak(self) -> None:
            self.sums[0] -= 1

    Leaking.place = tmp_path
    with pytest.raises(AssertionError):
        run_state_machine_as_test(
            Leaking,
            settings=settings(
                max_examples=3, stateful_step_count=20, deadline=None, database=None,
                suppress_health_check=list(HealthCheck), phases=[Phase.generate], print_blob=False,
            ),
        )  # fmt: skip


def test_receiving_names_whose_it_is(nurse: NurseDesk) -> None:
    with pytest.raises(Refused, match="container-needs-owner"):
        nurse.room.stock.receive_stock(ReceiveStock("1", name="Naloxone", counterpart="x"))
