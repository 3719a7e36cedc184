"""A desk with a student, two guardians and consents, for the tests of the consents room."""

from dataclasses import replace
from functools import cache
from pathlib import Path

from app.features.caseload.commands import AddGuardian, AddStudent
from app.features.caseload.model import Contact, Profile, Tie
from app.features.consents.commands import RecordConsent
from app.features.consents.model.elements import ConsentForm
from app.features.consents.model.records import Way
from app.kernel.ids import StudentId, new_id
from app.kernel.nouns import Role
from app.kernel.releases import ConsentKind, Matter
from app.paper import blocks
from app.paper.page import Paper
from nurse_desk import NurseDesk
from vaults import fixed_clock

PNG = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x00\x00\x00\x00"
    b":~\x9bU\x00\x00\x00\nIDATx\x9cc\xf8\x0f\x00\x01\x01\x01\x00\x1b\xb6\xeeV\x00\x00\x00\x00"
    b"IEND\xaeB`\x82"
)
"""One white pixel."""


@cache
def scanned() -> bytes:
    """Return a paper as it was scanned."""
    made = fixed_clock("2026-11-20T08:00").now()
    return blocks.render(Paper("Release", made, blocks=(blocks.Text("Signed, Rosa Ocampo"),)))


class ConsentsDesk(NurseDesk):
    """The desk, a student of 15 with a mother and a father, and short ways."""

    def __init__(
        self, tmp_path: Path, at: str = "2026-11-20T08:00", role: Role = Role.COUNSELOR
    ) -> None:
        super().__init__(tmp_path, at, role)
        self.consents = self.desk.consents
        self.pupil: StudentId = self.born("2011-03-04")
        self.mother = self.guardian(self.pupil, "Rosa", "mother")
        self.father = self.guardian(self.pupil, "Hector", "father")

    def born(self, birth_date: str, given: str = "Mateo", family: str = "Ocampo") -> StudentId:
        """Put a student with a date of birth into the vault."""
        profile = Profile(given, family, birth_date=birth_date, grade="09", student_number=new_id())
        return StudentId(self.desk.caseload.add_student(AddStudent(profile, anyway=True)).made)

    def guardian(self, student: StudentId, given: str, relation: str) -> str:
        """Put a guardian of a student into the vault."""
        return self.desk.caseload.add_guardian(
            AddGuardian(student, Contact(given, "Ocampo", phone="555-0100"), Tie(relation))
        ).made

    def form(self, kind: ConsentKind = ConsentKind.RELEASE, **changes: object) -> ConsentForm:
        """Return a whole form of a kind, signed by the mother on paper."""
        form = replace(FORMS[kind], student_id=self.pupil, signer_id=self.mother)
        return replace(form, **changes)  # type: ignore[arg-type]

    def record(
        self, kind: ConsentKind = ConsentKind.RELEASE, scan: bytes = b"", **changes: object
    ) -> str:
        """Record a consent and return its id."""
        command = RecordConsent(new_id(), self.form(kind, **changes), scan)
        return self.consents.record(command).made


_NOBODY = StudentId("")
_SIGNED = ConsentForm(
    _NOBODY,
    signer_name="Rosa Ocampo",
    capacity="mother",
    way=Way.PAPER,
    signed_on="2026-11-02",
    until_on="2027-06-18",
)
_RELEASE = replace(
    _SIGNED,
    matters=(Matter.SESSIONS, Matter.PLANS),
    description="Attendance at sessions and the goals of the plan",
    recipient="Harbor Family Clinic",
    purpose="Joint planning of care",
)
FORMS: dict[ConsentKind, ConsentForm] = {
    **{
        kind: replace(_SIGNED, kind=kind, description="Individual counseling")
        for kind in ConsentKind
    },
    ConsentKind.RELEASE: replace(_RELEASE, kind=ConsentKind.RELEASE),
    ConsentKind.PART2: replace(
        _RELEASE,
        kind=ConsentKind.PART2,
        discloser="Casco Bay recovery program",
        revoke_how="In writing to the program",
        student_signed=True,
    ),
}
"""A whole form of each kind."""
