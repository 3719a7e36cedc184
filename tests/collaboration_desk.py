"""A counselor's desk with a student, two guardians and staff, for the collaboration room."""

from dataclasses import replace
from pathlib import Path

from app.features.caseload.commands import AddGuardian
from app.features.caseload.model import Contact, Tie
from app.features.collaboration.commands import (
    DecideConcern,
    LogContact,
    RaiseConcern,
    SignConsultation,
    StartConsultation,
)
from app.features.collaboration.model.concerns import Decision, Raiser, Seen
from app.features.collaboration.model.consultations import ConsultationForm, StepForm
from app.features.collaboration.model.contacts import By, Result, WithKind
from app.kernel.ids import StudentId
from app.kernel.nouns import Role
from nurse_desk import NurseDesk

SELF_HARM = Seen("self_harm", "")
ABSENCES = Seen("absences", "", 6, 4)


class CollaborationDesk(NurseDesk):
    """The desk, a student with a mother and a father who is not to be contacted, and short ways."""

    def __init__(
        self, tmp_path: Path, at: str = "2026-11-20T08:00", role: Role = Role.COUNSELOR
    ) -> None:
        super().__init__(tmp_path, at, role)
        self.rooms = self.desk.collaboration
        self.pupil: StudentId = self.student()
        self.mother = self._guardian("Rosa", "mother")
        self.father = self._guardian("Hector", "father", "A court order of 2025.")
        with self.desk.records.transaction() as tx:
            tx.execute(
                "INSERT INTO staff (id, given_name, family_name, role, source, source_id)"
                " VALUES ('staff-1', 'Iris', 'Vandermeer', 'teacher', 'test', '1')"
            )
            tx.journal("AddStaff", "staff", "staff-1")

    def _guardian(self, given: str, relation: str, do_not_contact: str = "") -> str:
        return self.desk.caseload.add_guardian(
            AddGuardian(
                self.pupil,
                Contact(given, "Ocampo", phone="555-0100", language="es", interpreter=True),
                Tie(relation, do_not_contact=do_not_contact),
            )
        ).made

    def concern(self, *signs: Seen, **changes: object) -> str:
        """Raise a concern and return its id."""
        command = RaiseConcern(
            self.pupil,
            Raiser.TEACHER,
            "Sits alone and has stopped handing in work.",
            "Iris Vandermeer",
            signs=signs,
        )
        return self.rooms.concerns.raise_concern(replace(command, **changes)).made  # type: ignore[arg-type]

    def decide(self, concern: str, decision: Decision, until_on: str = "") -> str:
        """Decide a concern and return the entry's id."""
        return self.rooms.concerns.decide(
            DecideConcern(concern, decision, "Seen in the hallway.", until_on)
        ).made

    def contact(self, result: Result = Result.NO_ANSWER, **changes: object) -> str:
        """Log a call to the mother and return the row's id."""
        command = LogContact(
            self.pupil,
            WithKind.GUARDIAN,
            "Rosa Ocampo",
            By.PHONE,
            result,
            "Attendance",
            with_id=self.mother,
        )
        return self.rooms.contacts.log(replace(command, **changes)).made  # type: ignore[arg-type]

    def consultation(self, **changes: object) -> str:
        """Sign a consultation and return its id."""
        opened = self.rooms.consultations.start(StartConsultation(self.pupil))
        form = replace(opened.draft.form, **FORM)  # type: ignore[arg-type]
        form = replace(form, **changes)  # type: ignore[arg-type]
        return self.rooms.consultations.sign(
            SignConsultation(replace(opened.draft, form=form))
        ).made


FORM: dict[str, object] = {
    "with_name": "Iris Vandermeer",
    "minutes": "25",
    "question": "How can he stay in class during reading?",
    "antecedent": "Asked to read aloud",
    "behavior": "Leaves his seat",
    "consequence": "Sent to the hallway",
    "purpose": "escape",
    "advised": "Let him choose a partner and read in a pair first.",
    "steps": (StepForm("Iris Vandermeer", "Pair reading, daily", "2026-12-04"),),
}
EMPTY = ConsultationForm()
