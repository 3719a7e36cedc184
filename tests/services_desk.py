"""A counselor's desk with students on it, and short ways to what is owed, given and referred."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path

from app.features.caseload.commands import AddStudent
from app.features.caseload.model import Profile
from app.features.services.commands import AskForService, WriteMandate
from app.features.services.model.deliveries import Delivery
from app.features.services.model.engagement import AskedBy
from app.features.services.model.mandates import MandateForm
from app.features.services.service.minutes import Owed
from app.features.sessions.commands import SignNote
from app.kernel.clock import Clock, FixedClock, Moment
from app.kernel.entries import Attended, Entry, EntryKind
from app.kernel.ids import NoteId, StudentId, new_id
from app.kernel.nouns import Attendance, Place, Role
from sessions_desk import a_draft, typed
from vaults import ZONE, fixed_clock, new_desk

COUNSELING = "individual-counseling"


class ServicesDesk:
    """A desk and its clock; days are of November 2026, whose 16th is a Monday."""

    def __init__(
        self, place: Path, at: str = "2026-11-18T15:30", role: Role = Role.COUNSELOR,
        clock: Clock | None = None,
    ) -> None:  # fmt: skip
        self.clock: FixedClock = fixed_clock(at)
        self.desk = new_desk(place, role, clock or self.clock)
        self.minutes = self.desk.services.minutes
        self.engagement = self.desk.services.engagement
        self._students = 0
        with self.desk.records.read() as reader:
            self.kinds: dict[str, str] = dict(
                reader.execute("SELECT code, id FROM service_kind").fetchall()
            )

    def set(self, wall: str) -> None:
        """Set the clock to a local time."""
        self.clock.moment = Moment.local(datetime.fromisoformat(wall), ZONE)

    def student(self, given: str = "Mateo", family: str = "Ocampo") -> StudentId:
        """Put an invented student into the vault."""
        self._students += 1
        school = self.desk.caseload.schools()[0].id
        number = f"{30_000 + self._students}"
        profile = Profile(given, family, grade="07", school_id=school, student_number=number)
        return StudentId(self.desk.caseload.add_student(AddStudent(profile, anyway=True)).made)

    def form(self, student: StudentId, **changes: object) -> MandateForm:
        """Return a form that owes sixty minutes of counseling a week."""
        form = MandateForm(
            student,
            self.kinds[COUNSELING],
            amount="60",
            starts_on="2026-11-02",
            basis_on="2026-10-20",
        )
        return replace(form, **changes)  # type: ignore[arg-type]

    def owe(self, student: StudentId, **changes: object) -> str:
        """Write a service owed down and return its series."""
        return self.minutes.write_mandate(WriteMandate(self.form(student, **changes))).made

    def hold(self, student: StudentId, wall: str = "", **changes: object) -> str:
        """Sign a note of a session of counseling and return its id."""
        now = self.clock.moment
        if wall:
            self.set(wall)
        entries = {"service_id": self.kinds[COUNSELING], "minutes": "30", **changes}
        draft = typed(a_draft(self.desk, student), **entries)
        made = self.desk.sessions.sign_note(SignNote(draft)).made
        self.clock.moment = now
        return made

    def group(
        self, entry: str, members: dict[StudentId, Attendance], day: str = "2026-11-17",
        minutes: int = 40,
    ) -> Entry:  # fmt: skip
        """Tell of a group's session in a transaction, as the groups room does."""
        told = Entry(
            EntryKind.GROUP,
            entry,
            self.desk.seat.person,
            Moment.local(datetime.fromisoformat(f"{day}T10:00"), ZONE),
            minutes,
            Place.OFFICE,
            service_id=self.kinds[COUNSELING],
            students=tuple(Attended(one, None, how) for one, how in members.items()),
        )
        with self.desk.records.transaction() as tx:
            self.desk.services.take(tx, told)
            tx.journal("TakeGroup", "group_session", entry)
        return told

    def owed(self, student: StudentId, series: str = "") -> Owed:
        """Return what the student's sheet says of a service owed, or of the only one."""
        owed = self.minutes.sheet(student).owed
        return next(one for one in owed if not series or one.mandate.series_id == series)

    def last(self, student: StudentId) -> Delivery:
        """Return the student's newest delivery."""
        return self.owed(student).deliveries[0]

    def refer(self, student: StudentId, asked_on: str, **changes: object) -> str:
        """Refer a student to counseling and return the episode's id."""
        command = AskForService(student, self.kinds[COUNSELING], asked_on, AskedBy.TEACHER)
        return self.engagement.ask_for_service(replace(command, **changes)).made  # type: ignore[arg-type]


def fresh() -> NoteId:
    """Return an id that nothing has."""
    return NoteId(new_id())
