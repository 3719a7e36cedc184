"""Plans, trained staff, trips and downtime sheets, through their pages, on a real vault."""

from collections.abc import Iterator

import pytest
from context import FakeContext
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from reading import chips, rows, words
from walk import clipped, nameless, small_targets

from app.features.medication.commands import CountOut, DelegateTask, PlanTrip, WritePlan
from app.features.medication.model.doses import By, Code, Outcome, Source
from app.features.medication.model.nursing import PlanKind
from app.features.people.commands import ChangeSetting
from nurse_desk import AS_NEEDED, CONTROLLED, WITNESS_PASSPHRASE, NurseDesk, at
from ui.features.medication.presenter.board import BoardPage
from ui.features.medication.presenter.delegations import DelegationsPage
from ui.features.medication.presenter.downtime import DowntimePage
from ui.features.medication.presenter.plans import HealthPlansPage
from ui.features.medication.presenter.trips import TripPage, TripsPage
from ui.features.medication.view.downtime import Typed
from ui.kit.widgets.fields import Chips


@pytest.fixture
def context(context: FakeContext) -> Iterator[FakeContext]:
    yield context
    assert context.errors == []


class TestHealthPlans:
    def test_a_plan_is_written_changed_and_ended_and_every_version_stays(
        self, nurse: NurseDesk, context: FakeContext
    ) -> None:
        student = nurse.student()
        page = context.put(HealthPlansPage)
        assert isinstance(page, HealthPlansPage)
        page.list.action.click()
        context.pick("oca")
        sheet = context.sheet()
        assert sheet.values()["heading_0"] == "Condition and history"
        kind = sheet.form.field("kind").editor
        assert isinstance(kind, Chips)
        kind.set_value(PlanKind.EMERGENCY)
        kind.chosen.emit(PlanKind.EMERGENCY)  # as a click says it
        assert sheet.values()["heading_0"] == "Signs to look for"
        context.fill(title="Asthma")
        assert sheet.form.field("sections").refused
        context.fill(sections="Wheezing", text_1="Two puffs, sit upright")
        plan = nurse.room.nursing.plans(student)[0].plan
        assert plan.sections == (
            ("Signs to look for", "Wheezing"),
            ("What to do at once", "Two puffs, sit upright"),
        )
        assert context.went[-1] == ("health-plans", plan.id)
        context.show_page(page, plan.id)
        assert "Two puffs, sit upright" in words(page)
        page.view.buttons["change"].click()
        context.settle()
        sheet = context.fill(text_1="Four puffs")
        assert sheet.form.field("reason").refused
        context.fill(reason="New plan of Dr. Ito")
        second = nurse.room.nursing.plans(student)[0].plan
        assert (second.version, second.sections[1][1]) == (2, "Four puffs")
        context.show_page(page, second.id)
        assert rows(page.view.history) == ["Version 2", "Version 1"]
        page.view.history.opened.emit(page.view.history.entries.entry(1))
        assert context.went[-1] == ("health-plans", plan.id)
        page.view.buttons["end"].click()
        context.settle()
        context.fill(reason="Moved away")
        assert nurse.room.nursing.plans(student)[0].ended
        assert rows(page.view.history)[0] == "Ended"
        assert page.view.buttons["change"].isHidden()
        context.show_page(page)
        assert rows(page.list.list) == []

    def test_a_version_that_was_replaced_is_read_and_not_changed(
        self, nurse: NurseDesk, context: FakeContext
    ) -> None:
        student = nurse.student()
        first = nurse.room.nursing.write_plan(
            WritePlan(student, PlanKind.HEALTH, "Diabetes", (("Care", "Check at ten"),))
        ).made
        nurse.room.nursing.write_plan(
            WritePlan(
                student,
                PlanKind.HEALTH,
                "Diabetes",
                (("Care", "Check at nine"),),
                replaces=first,
                reason="New times",
            )
        )
        page = context.put(HealthPlansPage, first)
        assert isinstance(page, HealthPlansPage)
        assert "Replaced" in chips(page)
        assert "Check at ten" in words(page)
        assert page.view.buttons["change"].isHidden()


class TestTrainedStaff:
    def test_someone_is_trained_for_one_order_and_the_task_is_taken_back(
        self, nurse: NurseDesk, context: FakeContext
    ) -> None:
        student = nurse.student()
        order = nurse.order(student)
        page = context.put(DelegationsPage)
        assert isinstance(page, DelegationsPage)
        page.list.action.click()
        context.settle()
        series = nurse.room.orders.order_sheet(order).order.series_id
        context.fill(
            staff="Marcus Adair",
            task="Midday tablet",
            whose=f"{student}|{series}",
            trained_on="2026-11-01",
            expires_on="2026-12-01",
        )
        one = nurse.room.nursing.delegations()[0].delegation
        assert (one.student_id, one.series_id) == (student, series)
        assert rows(page.list.list) == ["Marcus Adair"]
        assert page.list.list.entries.entry(0).chips[0][0] == "11 days left"  # type: ignore[union-attr]
        context.show_page(page, one.id)
        page.view.buttons["end"].click()
        context.settle()
        context.fill(reason="Changed buildings")
        assert nurse.room.nursing.delegations() == []
        assert rows(page.view.history) == ["Taken back", "Written down"]
        assert "Changed buildings" in page.view.history.entries.entry(0).text  # type: ignore[union-attr]

    def test_a_training_that_ends_before_it_began_is_refused_at_its_day(
        self, nurse: NurseDesk, context: FakeContext
    ) -> None:
        nurse.student()
        page = context.put(DelegationsPage)
        assert isinstance(page, DelegationsPage)
        page.list.action.click()
        context.settle()
        sheet = context.fill(
            staff="Marcus Adair",
            task="Inhalers",
            trained_on="2026-11-10",
            expires_on="2026-11-01",
        )
        assert sheet.form.field("expires_on").refused
        sheet.reject()


class TestTrips:
    def test_a_trip_is_planned_counted_out_given_on_and_closed(
        self, nurse: NurseDesk, context: FakeContext
    ) -> None:
        student = nurse.student()
        order = nurse.order(student, CONTROLLED)
        container = nurse.stock(order, "20")
        training = nurse.room.nursing.delegate(
            DelegateTask("Marcus Adair", "Field trips", "2026-08-20")
        ).made
        listed = context.put(TripsPage)
        assert isinstance(listed, TripsPage)
        listed.view.action.click()
        context.settle()
        context.fill(
            title="Tidepools",
            day="2026-11-24",
            leaves_at="08:00",
            returns_at="15:00",
            delegation_id=training,
        )
        trip = nurse.room.trips.trips()[0].trip
        assert (trip.staff, trip.delegation_id) == ("Marcus Adair", training)
        page = context.put(TripPage, trip.id)
        assert isinstance(page, TripPage)
        page.view.buttons["out"].click()
        context.settle()
        context.fill(students=[student])
        context.settle()
        sheet = context.sheet()
        assert sheet.values()["out-0"] == "1"
        context.fill()
        assert sheet.form.field("witness").refused
        context.fill(witness=nurse.second, witness_passphrase=WITNESS_PASSPHRASE)
        assert nurse.room.stock.ledger(container).held.balance == 19_000
        nurse.set("2026-11-24T15:30")
        context.show_page(page, trip.id)
        assert "1 dose of the trip is not entered yet." in words(page)
        page.view.buttons["doses"].click()
        context.settle()
        context.fill(**{"dose-0.outcome": "given", "dose-0.at": "11:50"})
        dose = nurse.room.trips.trip_sheet(trip.id).doses[0]
        assert (dose.outcome, dose.late, dose.giver, dose.source) == (
            Outcome.GIVEN, True, "Marcus Adair", Source.TRIP,
        )  # fmt: skip
        assert dose.given == at("2026-11-24T11:50")
        page.view.buttons["back"].click()
        context.settle()
        sheet = context.fill(**{"lines.0": ""})
        assert sheet.form.field("lines.0").refused
        context.fill(
            **{
                "lines.0": "0",
                "witness": nurse.second,
                "witness_passphrase": WITNESS_PASSPHRASE,
            },
        )
        assert nurse.room.trips.trip_sheet(trip.id).reconciled
        assert nurse.room.stock.discrepancies() == []
        assert "Closed" in chips(page)

    def test_what_does_not_add_up_is_refused_at_its_line_until_it_is_explained(
        self, nurse: NurseDesk, context: FakeContext
    ) -> None:
        student = nurse.student()
        order = nurse.order(student)
        nurse.stock(order, "20")
        trip = nurse.room.trips.plan_trip(
            PlanTrip("Zoo", at("2026-11-24T09:00"), at("2026-11-24T15:00"), "Mr. Adair")
        ).made
        nurse.room.trips.count_out(CountOut(trip, student, order, "1"))
        nurse.set("2026-11-24T15:30")
        page = context.put(TripPage, trip)
        assert isinstance(page, TripPage)
        page.view.buttons["doses"].click()
        context.settle()
        sheet = context.fill(**{"dose-0.outcome": "given"})
        assert sheet.form.field("dose-0.note").refused  # nobody trained Mr. Adair
        context.fill(**{"dose-0.note": "The nurse was called on the phone"})
        given = nurse.room.trips.trip_sheet(trip).doses[0]
        assert given.override_reason == "The nurse was called on the phone"
        page.view.buttons["back"].click()
        context.settle()
        sheet = context.fill(**{"lines.0": "1"})
        assert sheet.form.field("lines.0").refused
        context.fill(**{"lines.0.note": "A second tablet was in the packet"})
        assert nurse.room.trips.trips() == []

    def test_a_packet_is_entered_whole_or_not_at_all(
        self, nurse: NurseDesk, context: FakeContext
    ) -> None:
        nurse.room.nursing.delegate(DelegateTask("Mr. Adair", "Field trips", "2026-08-20"))
        trip = nurse.room.trips.plan_trip(
            PlanTrip("Zoo", at("2026-11-24T09:00"), at("2026-11-24T15:00"), "Mr. Adair")
        ).made
        for student in (nurse.student(), nurse.student("Ana", "Abara", "20418")):
            order = nurse.order(student)
            nurse.stock(order, "20")
            nurse.room.trips.count_out(CountOut(trip, student, order, "1"))
        nurse.set("2026-11-24T15:30")
        page = context.put(TripPage, trip)
        assert isinstance(page, TripPage)
        page.view.buttons["doses"].click()
        context.settle()
        lines = {"dose-0.outcome": "given", "dose-1.outcome": "given", "dose-1.at": "14:00"}
        sheet = context.fill(**lines)
        assert sheet.form.field("dose-1.note").refused
        assert nurse.room.trips.trip_sheet(trip).doses == ()
        context.fill(**{"dose-1.note": "The bus was late"})
        doses = nurse.room.trips.trip_sheet(trip).doses
        assert [(dose.override_reason, dose.source) for dose in doses] == [
            ("", Source.TRIP),
            ("The bus was late", Source.TRIP),
        ]

    def test_what_was_counted_out_before_a_refusal_stays_and_is_not_counted_twice(
        self, nurse: NurseDesk, context: FakeContext
    ) -> None:
        trip = nurse.room.trips.plan_trip(
            PlanTrip("Zoo", at("2026-11-24T09:00"), at("2026-11-24T15:00"), "Mr. Adair")
        ).made
        students = [nurse.student(), nurse.student("Ana", "Abara", "20418")]
        boxes = []
        for student in students:
            order = nurse.order(student)
            boxes.append(nurse.stock(order, "20"))
        page = context.put(TripPage, trip)
        assert isinstance(page, TripPage)
        page.view.buttons["out"].click()
        context.settle()
        context.fill(students=students)
        context.settle()
        sheet = context.fill(**{"out-1": "25"})
        assert sheet.form.field("out-1").refused
        sheet = context.fill(**{"out-0": "2", "out-1": "1"})
        assert "kept already" in sheet.form.field("out-0").refused
        context.fill(**{"out-0": "1"})
        assert len(nurse.room.trips.trip_sheet(trip).items) == 2
        assert [nurse.room.stock.ledger(box).held.balance for box in boxes] == [19_000, 19_000]


class TestDowntime:
    def test_a_day_on_paper_is_keyed_in_line_by_line_and_entered_at_once(
        self, nurse: NurseDesk, context: FakeContext
    ) -> None:
        first, second = nurse.student(), nurse.student("Ana", "Abara", "20418")
        for student in (first, second):
            nurse.stock(nurse.order(student))
        needed = nurse.order(first, AS_NEEDED)
        nurse.stock(needed)
        nurse.set("2026-11-20T16:00")
        page = context.put(DowntimePage)
        assert isinstance(page, DowntimePage)
        keys = [line.key for line in page.view._lines]
        assert len(keys) == 2
        paper = page.view._lines[0].paper
        context.activateWindow()
        context.settle()
        QTest.keyClicks(paper, "1147a")
        QTest.keyClick(paper, Qt.Key.Key_Return)
        assert page.view._lines[1].paper.hasFocus()
        QTest.keyClicks(page.view._lines[1].paper, "what")
        QTest.keyClick(
            page.view._lines[1].paper, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier
        )
        context.settle()
        assert "neither a time nor one of the codes" in words(page)
        assert nurse.room.doses.doses_of(first, "2026-11-20", "2026-11-20") == []
        page.view._lines[1].paper.setText("r")
        page.view.more.click()
        page.view._lines[2].paper.setText("9:30")
        page.view._lines[2].said.setText("Headache")
        page.view.save.click()
        context.settle()
        (abara,) = [
            one.dose for one in nurse.room.doses.doses_of(second, "2026-11-20", "2026-11-20")
        ]
        ocampo = {
            one.dose.slot: one.dose
            for one in nurse.room.doses.doses_of(first, "2026-11-20", "2026-11-20")
        }
        assert (abara.given, abara.late, abara.source) == (
            at("2026-11-20T11:47"), True, Source.DOWNTIME,
        )  # fmt: skip
        assert ocampo["11:45"].code is Code.REFUSED
        assert (ocampo[""].reason, ocampo[""].given_by) == ("Headache", By.NURSE)
        assert page.view.typed() == {}
        assert not page.view.empty.isHidden()

    def test_a_refusal_stands_at_its_line_and_nothing_is_entered(
        self, nurse: NurseDesk, context: FakeContext
    ) -> None:
        first, second = nurse.student(), nurse.student("Ana", "Abara", "20418")
        for student in (first, second):
            nurse.stock(nurse.order(student))
        nurse.set("2026-11-20T16:00")
        page = context.put(DowntimePage)
        assert isinstance(page, DowntimePage)
        page.view._lines[0].paper.setText("11:45a")
        page.view._lines[1].paper.setText("14:05")
        page.view.save.click()
        context.settle()
        assert page.view._lines[0].trouble.isHidden()
        assert "minutes after its time" in page.view._lines[1].trouble.text()
        for student in (first, second):
            assert nurse.room.doses.doses_of(student, "2026-11-20", "2026-11-20") == []
        page.view._lines[1].said.setText("Fire drill until two")
        page.view.save.click()
        context.settle()
        (late,) = [one.dose for one in nurse.room.doses.doses_of(first, "2026-11-20", "2026-11-20")]
        assert late.override_reason == "Fire drill until two"

    def test_what_was_typed_is_here_again_after_a_lock(
        self, nurse: NurseDesk, context: FakeContext
    ) -> None:
        nurse.stock(nurse.order(nurse.student()))
        page = context.put(DowntimePage)
        assert isinstance(page, DowntimePage)
        page.view._lines[0].paper.setText("11:45")
        page.view._lines[0].initials.setText("TW")
        page.flush()
        context.settle()
        again = context.put(DowntimePage)
        assert isinstance(again, DowntimePage)
        assert list(again.view.typed().values()) == [Typed("11:45", "TW")]

    def test_every_line_has_its_names_and_room(
        self, nurse: NurseDesk, context: FakeContext, scale: float
    ) -> None:
        student = nurse.student("Maximiliana", "Oyelaran-Whitcombe", "20419")
        nurse.stock(nurse.order(student))
        nurse.stock(nurse.order(student, AS_NEEDED))
        page = context.put(DowntimePage)
        assert isinstance(page, DowntimePage)
        page.view._lines[0].paper.setText("soon")
        page.view.more.click()
        page.view.save.click()
        context.settle()
        assert [*clipped(page), *nameless(page), *small_targets(page)] == []


@pytest.mark.parametrize("moment", ["2026-11-20T11:45", "2026-11-20T12:05", "2026-11-20T13:00"])
def test_the_board_with_eight_rights_has_its_names_and_room(
    nurse: NurseDesk, context: FakeContext, scale: float, moment: str
) -> None:
    nurse.desk.people.change_setting(ChangeSetting("medication_rights", "8"))
    student = nurse.student("Maximiliana", "Oyelaran-Whitcombe", "20419")
    nurse.stock(nurse.order(student))
    nurse.stock(nurse.order(student, AS_NEEDED))
    nurse.set(moment)
    page = context.put(BoardPage)
    assert isinstance(page, BoardPage)
    for part, text in (("now", ""), ("missed", ""), ("prn", "oye")):
        page.view.turned.emit(part)
        page.view.sought.emit(text)
        context.settle()
        assert [*clipped(page), *nameless(page), *small_targets(page)] == []
