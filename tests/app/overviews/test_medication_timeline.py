"""What the health office did stands on the timeline for the nurse, and for nobody else."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from app.features.caseload.commands import RemoveStudent
from app.features.medication.commands import (
    ChangeOrder,
    DiscontinueOrder,
    EndVisit,
    RecordDose,
    RecordEffect,
    RecordNotGiven,
    ReportIncident,
    StartVisit,
    WritePlan,
)
from app.features.medication.model.doses import Code, Effect
from app.features.medication.model.incidents import IncidentKind
from app.features.medication.model.nursing import Complaint, Leaving, PlanKind
from app.kernel.errors import Refused
from app.kernel.ids import StudentId
from app.kernel.nouns import Role
from app.overviews.timeline import Happening, TimelineKind
from nurse_desk import AS_NEEDED, NurseDesk


def _lived(nurse: NurseDesk) -> StudentId:
    student = nurse.student()
    room = nurse.room
    order = nurse.order(student)
    needed = nurse.order(student, AS_NEEDED)
    nurse.clock.advance(timedelta(minutes=1))
    dose = room.doses.record_dose(RecordDose(needed, student, reason="Headache")).made
    room.doses.record_effect(RecordEffect(dose, Effect.BETTER))
    room.doses.record_not_given(
        RecordNotGiven(order, student, "2026-11-20", "11:45", Code.OMITTED, "Fire drill")
    )
    visit = room.nursing.start_visit(StartVisit(student, Complaint.HEADACHE, "It hurts")).made
    room.nursing.end_visit(EndVisit(visit, Leaving.CLASS))
    room.nursing.write_plan(
        WritePlan(student, PlanKind.HEALTH, "Migraine", (("Care", "Dark room"),))
    )
    room.incidents.report_incident(
        ReportIncident(student, IncidentKind.OMITTED, "Forgot it in the drill", order_id=order)
    )
    nurse.clock.advance(timedelta(minutes=1))
    form = room.orders.order_sheet(order).form()
    order = room.orders.change_order(ChangeOrder(order, replace(form, reason="New label"))).made
    nurse.clock.advance(timedelta(minutes=1))
    room.orders.discontinue_order(DiscontinueOrder(order, "Dr. Ito stopped it"))
    return student


def test_the_nurse_sees_what_stands_out(tmp_path: Path) -> None:
    nurse = NurseDesk(tmp_path)
    student = _lived(nurse)
    rows, total = nurse.desk.timeline.page(student)
    assert total == len(rows)
    found = {row.what: row.facts for row in rows}
    assert {row.kind for row in rows} >= {TimelineKind.MEDICATION, TimelineKind.HEALTH}
    assert found[Happening.ORDER_OVER] == {
        "reason": "Dr. Ito stopped it", "medicine": "Methylphenidate 10 mg",
    }  # fmt: skip
    assert [row.facts["version"] for row in rows if row.what is Happening.ORDER].count(2) == 1
    doses = [row.facts for row in rows if row.what is Happening.DOSE]
    assert {dose.get("effect", dose.get("code")) for dose in doses} == {"better", "omitted"}
    assert found[Happening.VISIT]["leaving"] == "class"
    assert found[Happening.INCIDENT]["open"] == 1
    assert found[Happening.PLAN]["title"] == "Migraine"
    nurse.desk.close()


def test_nobody_else_sees_any_of_it_nor_removes_whom_it_is_about(tmp_path: Path) -> None:
    nurse = NurseDesk(tmp_path)
    student = _lived(nurse)
    seat = nurse.desk.seat
    with nurse.desk.records.transaction() as tx:
        tx.execute("UPDATE person SET role = 'counselor' WHERE id = ?", (nurse.second,))
        tx.journal("ChangePerson", "person", nurse.second)
    nurse.desk.records.sit_down(replace(seat, person=nurse.second, role=Role.COUNSELOR))
    rows, _total = nurse.desk.timeline.page(student)
    assert {row.kind for row in rows} == {TimelineKind.PROFILE}
    with pytest.raises(Refused, match="student-has-records"):
        nurse.desk.caseload.remove_student(RemoveStudent(student))
    nurse.desk.close()
