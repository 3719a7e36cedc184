"""A group's session on the schedule: whom it takes out of class, and what became of it."""

from dataclasses import replace
from datetime import date
from pathlib import Path

from app.features.groups.commands import SignGroupSession, StartGroupSession
from app.features.schedule.model.appointments import AppointmentKind, Clash, TypedAppointment
from app.kernel.clock import FixedClock
from groups_desk import a_group, a_session
from schedule_desk import a_scheduled_desk, plan, typed


def test_a_groups_session_is_planned_asked_about_and_marked_when_it_is_signed(
    tmp_path: Path, clock: FixedClock
) -> None:
    desk, (alder, _birch), _student = a_scheduled_desk(tmp_path, clock)
    try:
        group, students = a_group(desk, (("Jun", "Watanabe"), ("Noor", "Haddad")))
        entry = TypedAppointment(
            AppointmentKind.GROUP, "2026-11-20", "7:00", "30", group_id=group, school_id=alder
        )
        made = plan(desk, entry)
        opened = desk.schedule.book.open(made)
        assert opened.group == "Tuesday coping"
        assert opened.members == frozenset(students)
        # Each member's class time, and who of them is in two places.
        late = TypedAppointment(
            AppointmentKind.GROUP, "2026-11-23", "8:00", "30", group_id=group, school_id=alder
        )
        outlook = desk.schedule.book.outlook(late)
        assert [(one.student, one.minutes) for one in outlook.missed] == [
            ("Jun Watanabe", 30),
            ("Noor Haddad", 30),
        ]
        plan(desk, late)
        own = typed("2026-11-23", "8:15", school=alder, student_id=students[1])
        found = [f for day in desk.schedule.book.outlook(own).against for f in day.findings]
        assert [one.clash for one in found] == [Clash.OWN, Clash.STUDENT]
        assert found[1].facts["student"] == "Noor Haddad"
        # Taken and signed, it was held.
        draft = desk.groups.start_session(StartGroupSession(planned_id=made)).draft
        assert (draft.form.on, draft.form.at, draft.form.minutes) == ("2026-11-20", "07:00", "30")
        form = replace(a_session(desk, group).form, planned_id=made, on="2026-11-20", at="07:00")
        signed = desk.groups.sign_session(SignGroupSession(replace(draft, form=form))).made
        held = desk.schedule.book.open(made).appointment
        assert (held.state, held.entry_id) == ("held", signed)
        assert desk.schedule.book.days(date(2026, 11, 20), date(2026, 11, 20)).groups == {
            group: "Tuesday coping"
        }
    finally:
        desk.close()
