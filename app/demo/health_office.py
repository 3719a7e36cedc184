"""Writes a nurse's last weeks into an invented district: orders, doses, stock, visits, an incident.

Every command goes through the medication room's own service, at its own time, as by hand.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from typing import TYPE_CHECKING, Protocol

from app.demo.calendar import school_days
from app.features.access.commands import AddPerson
from app.features.medication.commands import (
    AddCare,
    AddToIncident,
    AddVitals,
    CheckOrder,
    CountLine,
    CountOut,
    CountStock,
    DelegateTask,
    EndVisit,
    ExplainDiscrepancy,
    MarkNoSchool,
    PlanTrip,
    ReceiveStock,
    RecordDose,
    RecordEffect,
    RecordNotGiven,
    ReportIncident,
    StartVisit,
    TakeStock,
    WriteOrder,
    WritePlan,
)
from app.features.medication.model.amounts import Unit
from app.features.medication.model.checks import Severity
from app.features.medication.model.doses import Code, Effect, SlotState
from app.features.medication.model.incidents import Called, IncidentEntryKind, IncidentKind
from app.features.medication.model.nursing import Complaint, Leaving, PlanKind, VitalsForm
from app.features.medication.model.orders import (
    Emergency,
    OrderForm,
    Route,
    Schedule,
    SelfCarry,
    Timing,
)
from app.features.medication.model.proof import Proof
from app.features.medication.model.stock import MovementKind
from app.features.medication.service import MedicationService
from app.kernel.clock import FixedClock, Moment
from app.kernel.ids import PersonId, StudentId
from app.kernel.nouns import Role
from app.kernel.ports import Transaction
from app.vault.sealing import floor

if TYPE_CHECKING:
    from app.bootstrap import Desk

SCHOOL_DAYS = 21
"""How many school days back the health office's records go."""
SECOND_PERSON = "Tomasz Wróbel"
_DOCTORS = (
    ("Dr. Haruka Ito", "555-0141"),
    ("Dr. Samuel Okoye", "555-0162"),
    ("Dr. Lena Brandt", "555-0118"),
)


@dataclass(frozen=True, slots=True)
class _Medicine:
    name: str
    strength: str
    form: str
    unit: Unit
    dose: str
    times: tuple[str, ...]
    route: Route = Route.ORAL
    schedule: Schedule = Schedule.NONE
    indication: str = ""
    most: str = ""
    hours: str = ""
    doses: str = ""
    emergency: Emergency = Emergency.NONE
    self_carry: SelfCarry = SelfCarry.NONE
    stock: str = "60"
    share: int = 1


_DAILY = (
    _Medicine("Methylphenidate", "10 mg", "tablet", Unit.TABLET, "1", ("11:45",),
              schedule=Schedule.II, share=5),
    _Medicine("Methylphenidate", "5 mg", "tablet", Unit.TABLET, "1/2", ("11:45", "14:15"),
              schedule=Schedule.II, share=2),
    _Medicine("Amphetamine salts", "10 mg", "tablet", Unit.TABLET, "1", ("12:00",),
              schedule=Schedule.II, share=2),
    _Medicine("Guanfacine", "1 mg", "tablet", Unit.TABLET, "1", ("08:15",), share=3),
    _Medicine("Levetiracetam", "100 mg/mL", "oral solution", Unit.ML, "2.5", ("12:00",),
              stock="150", share=2),
    _Medicine("Pancrelipase", "12,000 units", "capsule", Unit.CAPSULE, "2", ("11:30",),
              stock="120"),
    _Medicine("Fluticasone", "44 mcg", "inhaler", Unit.PUFF, "2", ("08:15",),
              route=Route.INHALED, stock="120", share=2),
)  # fmt: skip
_AS_NEEDED = (
    _Medicine("Albuterol", "90 mcg", "inhaler", Unit.PUFF, "2", (), route=Route.INHALED,
              indication="wheezing or tightness in the chest", most="4", hours="4", doses="4",
              emergency=Emergency.INHALER, self_carry=SelfCarry.CARRIES, stock="200", share=4),
    _Medicine("Ibuprofen", "200 mg", "tablet", Unit.TABLET, "1", (), indication="headache or cramps",
              hours="6", doses="2", stock="50", share=5),
    _Medicine("Acetaminophen", "160 mg/5 mL", "suspension", Unit.ML, "10", (),
              indication="fever or pain", hours="4", doses="3", stock="240", share=2),
    _Medicine("Epinephrine", "0.3 mg", "auto-injector", Unit.INJECTOR, "1", (),
              route=Route.INTRAMUSCULAR, indication="anaphylaxis",
              emergency=Emergency.EPINEPHRINE, stock="2", share=2),
    _Medicine("Diazepam", "10 mg", "nasal spray", Unit.SPRAY, "1", (), route=Route.NASAL,
              schedule=Schedule.IV, indication="a seizure longer than five minutes",
              emergency=Emergency.SEIZURE, stock="2"),
    _Medicine("Glucagon", "3 mg", "nasal powder", Unit.SPRAY, "1", (), route=Route.NASAL,
              indication="severe low blood sugar", emergency=Emergency.GLUCAGON, stock="1"),
)  # fmt: skip
_COMPLAINTS = (
    (Complaint.HEADACHE, "Head hurts since second period", "Water, rested ten minutes"),
    (Complaint.STOMACH, "Stomach ache", "Rested, no fever"),
    (Complaint.INJURY, "Fell on the playground", "Cleaned the scrape, bandage"),
    (Complaint.BREATHING, "Short of breath after running", "Sat upright, breathing exercise"),
    (Complaint.NOSEBLEED, "Nosebleed in class", "Pressure for ten minutes, stopped"),
    (Complaint.FEVER, "Feels hot", "Temperature taken, called home"),
    (Complaint.SKIN, "Itchy rash on the arm", "Cool compress"),
)


class _Commit(Transaction, Protocol):
    """A commit whose time moves on with each command in it."""

    now: Moment


class HealthOffice:
    """The health office as it is being written down."""

    def __init__(self, desk: "Desk", clock: FixedClock, seed: int) -> None:
        self._desk, self._clock = desk, clock
        self._chance = Random(f"{seed}:health office")  # noqa: S311 - a demonstration
        self._zone = clock.now().zone
        self._tx: _Commit | None = None
        self._second = PersonId("")
        self.first_passphrase = ""
        self._room = MedicationService(
            self._begin,
            self._begin,
            self._begin,
            seat=lambda: desk.seat,
            clock=clock,
            witness=lambda _person, _passphrase: None,
        )
        self._orders: list[tuple[str, StudentId, _Medicine]] = []
        self._controlled: list[str] = []

    @contextmanager
    def _begin(self) -> Iterator[Transaction]:
        if self._tx is None:
            raise RuntimeError("no commit is open")
        self._tx.now = self._clock.now()
        yield self._tx

    @contextmanager
    def _commit(self) -> Iterator[None]:
        with self._desk.records.transaction() as tx:
            self._tx = tx
            yield
        self._tx = None

    def _proof(self) -> Proof:
        return self._room.prove(self._second, "")

    def _set(self, day: date, clock: time) -> None:
        self._clock.moment = Moment.local(datetime.combine(day, clock), self._zone)

    # -- the weeks -------------------------------------------------------------------

    def write(self, now: Moment) -> None:
        """Write the last school days up to a moment."""
        today = now.day()
        days = school_days(today - timedelta(days=75), today)[-SCHOOL_DAYS:]
        if len(days) < 2:
            return
        self._set(days[0], time(6, 30))
        second = self._desk.access.add_person(
            AddPerson(SECOND_PERSON, Role.NURSE, "RN"), stretch=floor()
        )
        self._second = second.person
        self.first_passphrase = second.passphrase
        with self._commit():
            self._begins(days[0])
            self._off_days(days)
        for number, day in enumerate(days):
            with self._commit():
                self._day(day, now, last=number == len(days) - 1, number=number)
        self._clock.moment = now
        with self._commit():
            self._coming(today)
            self._room.doses.settle_missed()

    def _students(self, wanted: int) -> list[StudentId]:
        rows = self._desk.records.read
        with rows() as reader:
            found = [
                StudentId(row[0])
                for row in reader.execute(
                    "SELECT id FROM student WHERE standing = 'enrolled' ORDER BY student_number"
                )
            ]
        return self._chance.sample(found, min(wanted, len(found)))

    def _guardian(self, student: StudentId) -> str:
        with self._begin() as tx:
            row = tx.execute(
                "SELECT g.given_name || ' ' || g.family_name FROM student_guardian t"
                " JOIN guardian g ON g.id = t.guardian_id WHERE t.student_id = ?"
                " ORDER BY t.position LIMIT 1",
                (student,),
            ).fetchone()
        return str(row[0]) if row else "Guardian"

    def _begins(self, day: date) -> None:
        medicines = [one for one in (*_DAILY, *_AS_NEEDED) for _ in range(one.share)]
        for student, medicine in zip(self._students(len(medicines)), medicines, strict=False):
            doctor, phone = self._chance.choice(_DOCTORS)
            signed = (day - timedelta(days=self._chance.randint(5, 60))).isoformat()
            form = OrderForm(
                student_id=student,
                name=medicine.name,
                strength=medicine.strength,
                form=medicine.form,
                schedule=medicine.schedule,
                dose=medicine.dose,
                dose_most=medicine.most,
                unit=medicine.unit,
                route=medicine.route,
                timing=Timing.SCHEDULED if medicine.times else Timing.PRN,
                times=medicine.times,
                indication=medicine.indication,
                min_hours=medicine.hours,
                day_doses=medicine.doses,
                prescriber=doctor,
                prescriber_phone=phone,
                prescribed_on=signed,
                guardian=self._guardian(student),
                guardian_signed_on=signed,
                emergency=medicine.emergency,
                self_carry=medicine.self_carry,
                self_carry_on=signed if medicine.self_carry else "",
                refill_doses="10" if medicine.times else "",
            )
            order = self._room.orders.write_order(WriteOrder(form)).made
            if self._chance.random() < 0.9:
                self._room.orders.check_order(CheckOrder(order, self._proof()))
            self._orders.append((order, student, medicine))
            left = str(self._chance.randint(16, 24)) if medicine.share == 3 else medicine.stock
            ends = day + timedelta(days=self._chance.randint(45, 400))
            container = self._room.stock.receive_stock(
                ReceiveStock(
                    left,
                    order_id=order,
                    prescription=f"RX{self._chance.randint(100000, 999999)}",
                    lot=f"L{self._chance.randint(1000, 9999)}",
                    expires_on=ends.isoformat(),
                    counterpart=self._guardian(student),
                    place="Locked cabinet",
                )
            ).made
            if medicine.schedule:
                self._controlled.append(container)
        for staff, task in (
            ("Marcus Adair", "Oral medication on trips"),
            ("Ines Carvalho", "Inhalers"),
        ):
            self._room.nursing.delegate(
                DelegateTask(staff, task, (day - timedelta(days=70)).isoformat())
            )
        self._plans()

    def _plans(self) -> None:
        wanted = {Emergency.EPINEPHRINE, Emergency.SEIZURE, Emergency.INHALER}
        titles = {
            Emergency.EPINEPHRINE: ("Anaphylaxis", "Hives, swelling, trouble breathing"),
            Emergency.SEIZURE: ("Seizures", "Stiffening, then shaking; not answering"),
            Emergency.INHALER: ("Asthma", "Wheezing, cough, cannot finish a sentence"),
        }
        for _order, student, medicine in self._orders:
            if medicine.emergency in wanted:
                title, signs = titles[medicine.emergency]
                steps = f"Give {medicine.name} {medicine.strength}. Call 911 if there is no relief."
                self._room.nursing.write_plan(
                    WritePlan(
                        student,
                        PlanKind.EMERGENCY,
                        title,
                        (("Signs", signs), ("What to do", steps)),
                    )
                )

    def _off_days(self, days: list[date]) -> None:
        day = days[0]
        while day < days[-1]:
            if day.weekday() < 5 and day not in days:
                self._room.doses.mark_no_school(MarkNoSchool(day.isoformat(), "School holiday"))
            day += timedelta(days=1)

    def _day(self, day: date, now: Moment, *, last: bool, number: int) -> None:
        until = now.wall().time() if last else time(15, 30)
        if number % 5 == 0 and until > time(7, 50):
            self._set(day, time(7, 45))
            self._count(wrong=number == 10)
        absent = {student for _o, student, _m in self._orders if self._chance.random() < 0.04}
        happenings: list[tuple[time, int]] = []
        for place, (_order, _student, medicine) in enumerate(self._orders):
            for clock in medicine.times:
                early = self._chance.randint(-12, 14)
                moment = datetime.combine(day, time.fromisoformat(clock)) + timedelta(minutes=early)
                happenings.append((moment.time(), place))
            if not medicine.times and self._chance.random() < 0.09:
                happenings.append(
                    (time(self._chance.randint(9, 13), self._chance.randint(0, 59)), place)
                )
        for when, place in sorted(happenings):
            if when < until:
                self._set(day, when)
                self._dose(place, day, absent)
        if len(self._orders) > 3 and number >= SCHOOL_DAYS - 10:
            self._visits(day, until)
        if number == SCHOOL_DAYS - 6:
            self._incidents(day)
        if not last:
            self._set(day, time(15, 30))
            self._room.doses.settle_missed()

    def _dose(self, place: int, day: date, absent: set[StudentId]) -> None:
        order, student, medicine = self._orders[place]
        if medicine.emergency not in {Emergency.NONE, Emergency.INHALER}:
            return
        if not medicine.times:
            if student not in absent:
                self._as_needed(order, student, medicine)
            return
        lines = [
            line
            for line in self._room.doses.board().lines
            if line.order.id == order and line.state in {SlotState.DUE, SlotState.LATE}
        ]
        for line in lines:
            slot = line.slot.time
            luck = self._chance.random()
            if student in absent:
                code = Code.ABSENT
            elif luck < 0.015:
                code = Code.REFUSED
            elif luck < 0.02:
                return
            else:
                stops = any(finding.severity > Severity.WARN for finding in line.findings)
                reason = "Agreed with the prescriber on the phone" if stops else ""
                self._room.doses.record_dose(
                    RecordDose(order, student, day.isoformat(), slot, override_reason=reason)
                )
                continue
            self._room.doses.record_not_given(
                RecordNotGiven(order, student, day.isoformat(), slot, code)
            )

    def _as_needed(self, order: str, student: StudentId, medicine: _Medicine) -> None:
        reason = medicine.indication.partition(" or ")[0].capitalize()
        dose = self._room.doses.record_dose(
            RecordDose(
                order,
                student,
                reason=reason,
                assessment=f"{self._chance.randint(4, 8)} of 10",
                override_reason="Talked to the family",
            )
        ).made
        if self._chance.random() < 0.92:
            self._clock.advance(timedelta(minutes=self._chance.randint(30, 55)))
            effect = self._chance.choice(
                (Effect.RELIEVED, Effect.BETTER, Effect.BETTER, Effect.SAME)
            )
            self._room.doses.record_effect(RecordEffect(dose, effect))

    def _count(self, *, wrong: bool) -> None:
        lines = []
        for place, container in enumerate(self._controlled):
            balance = self._room.stock.ledger(container).held.balance
            counted = balance - 1000 if wrong and place == 0 and balance >= 1000 else balance
            lines.append(CountLine(container, f"{counted / 1000:.3f}"))
        if not lines:
            return
        self._room.stock.count_stock(CountStock(tuple(lines), witness=self._proof()))
        for found in self._room.stock.discrepancies():
            self._clock.advance(timedelta(minutes=25))
            self._room.stock.explain_discrepancy(
                ExplainDiscrepancy(
                    found.discrepancy.id,
                    "One tablet had rolled under the counting tray; found and destroyed.",
                    self._proof(),
                )
            )

    def _visits(self, day: date, until: time) -> None:
        students = self._students(5)
        for student in students:
            complaint, words, care = self._chance.choice(_COMPLAINTS)
            came = time(self._chance.randint(8, 14), self._chance.randint(0, 30))
            if came >= until:
                continue
            self._set(day, came)
            visit = self._room.nursing.start_visit(StartVisit(student, complaint, words)).made
            stays = self._chance.randint(6, 25)
            if complaint is Complaint.FEVER:
                self._room.nursing.add_vitals(
                    AddVitals(visit, VitalsForm(f"10{self._chance.randint(0, 2)}.4", pulse="96"))
                )
            self._room.nursing.add_care(AddCare(visit, care))
            if (datetime.combine(day, came) + timedelta(minutes=stays)).time() >= until:
                continue
            self._clock.advance(timedelta(minutes=stays))
            home = complaint is Complaint.FEVER
            self._room.nursing.end_visit(
                EndVisit(
                    visit,
                    Leaving.HOME if home else Leaving.CLASS,
                    self._guardian(student) if home else "",
                )
            )

    def _incidents(self, day: date) -> None:
        self._set(day, time(14, 40))
        order, student, _medicine = self._orders[0]
        incident = self._room.incidents.report_incident(
            ReportIncident(
                student,
                IncidentKind.WRONG_DOSE,
                "The tablet of another student with the same medicine was taken from the tray;"
                " it was noticed before it was swallowed.",
                near_miss=True,
                order_id=order,
                done="Taken back, the right tablet given.",
            )
        ).made
        add = self._room.incidents.add_to_incident
        add(AddToIncident(incident, IncidentEntryKind.CALL, "Informed", Called.GUARDIAN))
        add(
            AddToIncident(
                incident, IncidentEntryKind.FOLLOW_UP, "One tray for one student from now on"
            )
        )
        container = self._room.stock.for_order(order)
        if container and container[0].balance >= 1000:
            self._room.stock.take_stock(
                TakeStock(
                    container[0].container.id,
                    MovementKind.DROPPED,
                    "1",
                    "Fell to the floor",
                    witness=self._proof(),
                )
            )

    def _coming(self, today: date) -> None:
        ahead = school_days(today + timedelta(days=1), today + timedelta(days=30))
        if not ahead:
            return
        day = ahead[min(3, len(ahead) - 1)]
        trip = self._room.trips.plan_trip(
            PlanTrip(
                "River museum",
                Moment.local(datetime.combine(day, time(9, 0)), self._zone),
                Moment.local(datetime.combine(day, time(14, 30)), self._zone),
                "Marcus Adair",
                "555-0177",
            )
        ).made
        for order, student, medicine in self._orders[:3]:
            if medicine.times:
                self._room.trips.count_out(
                    CountOut(trip, student, order, medicine.dose, witness=self._proof())
                )


def medication_days(desk: "Desk", clock: FixedClock, now: Moment, seed: int) -> str:
    """Write the health office's last weeks, up to `now`, into a nurse's demonstration.

    Returns the second nurse's first passphrase; empty where no school day lay behind.
    """
    office = HealthOffice(desk, clock, seed)
    office.write(now)
    return office.first_passphrase
