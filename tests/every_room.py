"""A counselor's desk with a record in each room of the day, for tests that walk all of them."""

from pathlib import Path

from app.features.groups.commands import AddMember, MakeGroup
from app.features.plans.commands import AgreePlan
from app.features.plans.model.forms import GoalForm, PlanForm, TaskForm
from app.features.screening.commands import RecordScreening
from app.features.screening.model.records import ScreeningForm
from app.kernel.ids import new_id
from collaboration_desk import SELF_HARM, CollaborationDesk
from groups_desk import a_form, a_session, sign
from sessions_desk import a_signed_note

GOAL = "leaving"


class EveryRoom(CollaborationDesk):
    """One student in a note, a group's session, a concern, a screening with a risk, a plan."""

    def __init__(self, tmp_path: Path, at: str = "2026-11-20T08:00") -> None:
        super().__init__(tmp_path, at)
        desk, pupil = self.desk, self.pupil
        self.raised = self.concern(SELF_HARM)
        self.consulted = self.consultation()
        self.called = self.contact()
        self.note = a_signed_note(desk, pupil)
        self.group = desk.groups.make_group(MakeGroup(a_form(desk))).made
        desk.groups.add_member(AddMember(self.group, pupil, "2026-09-01"))
        self.session = sign(desk, a_session(desk, self.group))
        answers = tuple((str(item), int(item == 9)) for item in range(1, 10))
        form = ScreeningForm(pupil, "phq-9", "self", "", "2026-11-20", answers=answers)
        self.screened = desk.screening.record(RecordScreening(new_id(), form)).made
        (line,) = desk.screening.open_risks()
        self.risk = line.risk.id
        self.plan = desk.plans.agree(AgreePlan(new_id(), self._plan())).made

    def _plan(self) -> PlanForm:
        return PlanForm(
            self.pupil,
            kind="behavior",
            title="Staying with the class",
            begins_on="2026-09-14",
            review_on="2026-12-11",
            sections=(("needs", "A way to ask for a break"),),
            goals=(
                GoalForm(
                    GOAL, "", "Asks for a break", "Times out of class", "count", "9", "2",
                    "2026-09-14", "2026-12-11",
                ),
            ),
            tasks=(TaskForm("Give out the cards", "Ms. Rowe", "2026-11-24"),),
        )  # fmt: skip
