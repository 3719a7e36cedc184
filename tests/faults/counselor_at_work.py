"""A counselor keeping a record in each room of the day; a process there to be killed.

    python counselor_at_work.py VAULT PASSPHRASE ACKS STUDENT SEED [careless]

Every line in ACKS is written and synced after what it tells of: `ready`, then `row ID` once a
contact, a decision, a consultation, a group's session, a screening or a plan is kept. A `careless` one says so before it keeps it.
"""

import os
import random
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from app.bootstrap import Desk, open_vault
from app.features.collaboration.commands import (
    DecideConcern,
    LogContact,
    RaiseConcern,
    SignConsultation,
    StartConsultation,
)
from app.features.collaboration.model.concerns import Decision, Raiser
from app.features.collaboration.model.contacts import By, Result, WithKind
from app.features.groups.commands import AddMember, MakeGroup, SignGroupSession
from app.features.plans.commands import AgreePlan, SavePlanDraft
from app.features.plans.model.forms import GoalForm, PlanForm, TaskForm
from app.features.screening.commands import RecordScreening
from app.features.screening.model.records import ScreeningForm
from app.kernel.clock import SystemClock
from app.kernel.ids import DeviceId, StudentId, new_id
from groups_desk import a_form, a_session
from sessions_desk import add_student


def a_group_of_three(desk: Desk, pupil: StudentId) -> str:
    """Make a group that meets now; every kill finds one of its own."""
    today = SystemClock().now().day()
    starts, ends = (today - timedelta(weeks=1)).isoformat(), (today + timedelta(90)).isoformat()
    group = desk.groups.make_group(
        MakeGroup(a_form(desk, name=new_id(), starts_on=starts, ends_on=ends))
    ).made
    for one in (pupil, add_student(desk, "Mina", "Okafor"), add_student(desk, "Jun", "Watanabe")):
        desk.groups.add_member(AddMember(group, one, starts))
    return group


def plan_of(pupil: StudentId) -> PlanForm:
    """Return a plan that can be agreed today, with a goal and a task."""
    today = SystemClock().now().day()
    later = (today + timedelta(60)).isoformat()
    goal = GoalForm(
        new_id(), "", "Drill", "Drill", "count", "9", "2", today.isoformat(), later
    )  # fmt: skip
    return PlanForm(
        pupil, kind="behavior", title="Drill", begins_on=today.isoformat(), review_on=later,
        sections=(("needs", "Drill"),), goals=(goal,), tasks=(TaskForm("Drill", "Drill", later),),
    )  # fmt: skip


def work(vault: str, secret: str, acks: str, student: str, seed: str, *mode: str) -> None:
    """Keep rows for ever: attempts of one matter, decisions on one concern, consultations."""
    told = os.open(acks, os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def ack(line: str) -> None:
        os.write(told, f"{line}\n".encode())
        os.fsync(told)

    dice = random.Random(seed)
    desk = open_vault(Path(vault), secret, DeviceId(new_id()))
    rooms, pupil = desk.collaboration, StudentId(student)
    concern = rooms.concerns.raise_concern(
        RaiseConcern(pupil, Raiser.STUDENT, "Drill", concern_id=new_id())
    ).made
    group = a_group_of_three(desk, pupil)
    matter = ""
    ack("ready")
    while True:
        row = new_id()
        if mode:
            ack(f"row {row}")
        turn = dice.randrange(6)
        if turn == 0:
            rooms.contacts.log(
                LogContact(
                    pupil, WithKind.OTHER, "Drill", By.PHONE, Result.NO_ANSWER, "Drill",
                    matter_id=matter, contact_id=row,
                )
            )  # fmt: skip
            matter = matter or row
        elif turn == 1:
            rooms.concerns.decide(
                DecideConcern(concern, dice.choice(list(Decision)[1:4]), "Drill", entry_id=row)
            )
        elif turn == 2:
            opened = rooms.consultations.start(StartConsultation(pupil))
            form = replace(opened.draft.form, with_name="Drill", minutes="5", question="Drill")
            rooms.consultations.sign(SignConsultation(replace(opened.draft, id=row, form=form)))
        elif turn == 3:
            session = a_session(desk, group)
            desk.groups.sign_session(SignGroupSession(replace(session, id=row)))
        elif turn == 4:
            answers = tuple((str(item), int(item == 9)) for item in range(1, 10))
            today = SystemClock().now().day().isoformat()
            screened = ScreeningForm(pupil, "phq-9", "self", "", today, answers=answers)
            desk.screening.record(RecordScreening(row, screened))
        else:
            desk.plans.save_draft(SavePlanDraft(row, plan_of(pupil)))
            desk.plans.agree(AgreePlan(row, plan_of(pupil)))
        if not mode:
            ack(f"row {row}")


if __name__ == "__main__":
    work(*sys.argv[1:])
