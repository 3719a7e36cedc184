"""A nurse's desk with a student and orders on it, for the tests of the medication room."""

from dataclasses import replace
from datetime import datetime
from functools import cache
from pathlib import Path

from app.bootstrap import Desk
from app.features.caseload.commands import AddStudent
from app.features.caseload.model import Profile
from app.features.medication.commands import (
    AddToIncident,
    CountLine,
    CountOut,
    CountStock,
    DelegateTask,
    MarkNoSchool,
    PlanTrip,
    ReceiveStock,
    RecordDose,
    ReportIncident,
    StartVisit,
    WriteOrder,
    WritePlan,
)
from app.features.medication.model.incidents import IncidentEntryKind, IncidentKind
from app.features.medication.model.nursing import Complaint, PlanKind
from app.features.medication.model.orders import OrderForm, Schedule, Timing
from app.features.medication.model.proof import Proof
from app.features.medication.service import MedicationService
from app.kernel.clock import FixedClock, Moment
from app.kernel.errors import Refused
from app.kernel.ids import PersonId, StudentId, new_id
from app.kernel.nouns import Role
from vaults import ZONE, Made, fixed_clock, new_desk

WITNESS_PASSPHRASE = "an otter beside the slow canal"
SCHEDULED = OrderForm(
    name="Methylphenidate",
    strength="10 mg",
    form="tablet",
    dose="1",
    times=("11:45",),
    prescriber="Dr. Ito",
    prescriber_phone="555-0100",
    guardian="Rosa Ocampo",
    guardian_signed_on="2026-08-20",
)
AS_NEEDED = replace(
    SCHEDULED,
    name="Ibuprofen",
    strength="200 mg",
    timing=Timing.PRN,
    times=(),
    indication="headache",
    min_hours="6",
    day_doses="3",
)
CONTROLLED = replace(SCHEDULED, schedule=Schedule.II)


@cache
def _template(role: Role) -> tuple[Made, PersonId]:
    second = PersonId(new_id())

    def make(place: Path) -> Desk:
        desk = new_desk(place, role, fixed_clock("2026-11-20T08:00"), name="Grace Adeyemi")
        with desk.records.transaction() as tx:
            tx.execute(
                "INSERT INTO person (id, name, role, made_at, zone) VALUES (?, ?, 'nurse', ?, ?)",
                (second, "Tomasz Wróbel", tx.now.at, tx.now.zone),
            )
            tx.journal("AddPerson", "person", second)
        return desk

    return Made.by(make), second


class NurseDesk:
    """A desk, its clock, a second person who proves who they are, and short ways to records."""

    def __init__(
        self, tmp_path: Path, at: str = "2026-11-20T08:00", role: Role = Role.NURSE
    ) -> None:
        self.clock: FixedClock = fixed_clock(at)
        made, self.second = _template(role)
        self.desk: Desk = made.copied(tmp_path / "test", self.clock)
        records = self.desk.records
        self.room = MedicationService(
            records.transaction,
            records.working,
            records.read,
            seat=lambda: records.seat,
            clock=self.clock,
            witness=self._prove,
        )

    @staticmethod
    def _prove(_person: PersonId, passphrase: str) -> None:
        if passphrase != WITNESS_PASSPHRASE:
            raise Refused("witness-wrong", "witness")

    def proof(self) -> Proof:
        """Let the second person prove who they are."""
        return self.room.prove(self.second, WITNESS_PASSPHRASE)

    def set(self, wall: str) -> None:
        """Set the clock to a local time."""
        self.clock.moment = at(wall)

    def student(
        self, given: str = "Mateo", family: str = "Ocampo", number: str = "20417"
    ) -> StudentId:
        """Put an invented student into the vault."""
        school = self.desk.caseload.schools()[0].id
        profile = Profile(given, family, grade="07", school_id=school, student_number=number)
        return StudentId(self.desk.caseload.add_student(AddStudent(profile, anyway=True)).made)

    def order(self, student: StudentId, form: OrderForm = SCHEDULED, **changes: object) -> str:
        """Write an order and return its id."""
        typed = replace(form, student_id=student, **changes)  # type: ignore[arg-type]
        return self.room.orders.write_order(WriteOrder(typed)).made

    def stock(self, order: str, amount: str = "20", **changes: object) -> str:
        """Take in a container for an order and return its id."""
        command = ReceiveStock(amount, order_id=order, counterpart="Rosa Ocampo")
        return self.room.stock.receive_stock(replace(command, **changes)).made  # type: ignore[arg-type]

    def give(self, order: str, student: StudentId, **changes: object) -> str:
        """Record today's dose of 11:45 as given and return its id."""
        day = self.clock.now().day().isoformat()
        command = RecordDose(order, student, day, "11:45")
        return self.room.doses.record_dose(replace(command, **changes)).made  # type: ignore[arg-type]


def at(wall: str) -> Moment:
    """Return the moment of a local time."""
    return Moment.local(datetime.fromisoformat(wall), ZONE)


def refusal(error: Refused) -> tuple[str, str]:
    """Return a refusal's code and field."""
    return error.code, error.field


def filled(nurse: NurseDesk) -> None:
    """Put at least one row into every table of the room."""
    student = nurse.student()
    order = nurse.order(student, CONTROLLED)
    container = nurse.stock(order, "10")
    nurse.set("2026-11-20T11:45")
    nurse.give(order, student)
    room = nurse.room
    room.stock.count_stock(CountStock((CountLine(container, "8"),), witness=nurse.proof()))
    incident = room.incidents.report_incident(
        ReportIncident(student, IncidentKind.WRONG_TIME, "Given an hour late", order_id=order)
    ).made
    room.incidents.add_to_incident(
        AddToIncident(incident, IncidentEntryKind.OUTCOME, "No effect seen")
    )
    room.nursing.start_visit(StartVisit(student, Complaint.HEADACHE))
    room.nursing.write_plan(
        WritePlan(student, PlanKind.EMERGENCY, "Asthma", (("Steps", "Inhaler first"),))
    )
    room.nursing.delegate(DelegateTask("Mr. Adair", "Inhalers", "2026-08-15"))
    trip = room.trips.plan_trip(
        PlanTrip("Zoo", at("2026-11-24T09:00"), at("2026-11-24T15:00"), "Mr. Adair")
    ).made
    room.trips.count_out(CountOut(trip, student, order, "1", witness=nurse.proof()))
    room.doses.mark_no_school(MarkNoSchool("2026-11-26", "Thanksgiving"))
