"""The roster room's commands: look at what an import would do, and do it."""

from app.features.roster.commands import (
    ImportRoster,
    KeepOurs,
    ProblemsNotSaved,
    RememberMapping,
    RestoreOffer,
    SaveProblems,
    TakeOffer,
)
from app.features.roster.merge import merge, source_of
from app.features.roster.model import Roster
from app.features.roster.repo import RosterRepo, Rosters
from app.features.roster.report import (
    PAGE,
    Decided,
    Imported,
    Line,
    Offer,
    PastImport,
    Preview,
    Report,
)
from app.kernel.changes import NOTHING, Changed, Kind
from app.kernel.clock import Clock
from app.kernel.errors import Refused
from app.kernel.ids import PersonId, StudentId, new_id
from app.kernel.ports import Begin, Progress, Read, no_progress


class RosterService:
    """Brings rosters in, and keeps what became of them."""

    def __init__(self, begin: Begin, working: Begin, read: Read, clock: Clock) -> None:
        self._begin = begin
        self._working = working
        self._read = read
        self._clock = clock

    def preview(self, roster: Roster, progress: Progress = no_progress) -> Preview:
        """Return what importing `roster` would do; nothing is written."""
        with self._read() as reader:
            known = Rosters(reader).known(source_of(roster), progress)
        plan = merge(roster, known, self._clock.now().day(), progress)
        return Preview(plan, roster.format)

    def import_roster(self, command: ImportRoster, progress: Progress = no_progress) -> Imported:
        """Bring a roster in, whole or not at all, and keep a report of it.

        Repeated, it changes nothing but that it happened. Refused with `roster-many-leaving`
        when so many students would leave that the file may be cut short, unless the command
        allows it. Stopped by what `progress` raises, with nothing kept.
        """
        roster = command.roster
        with self._begin() as tx:
            repo = RosterRepo(tx)
            plan = merge(roster, repo.known(source_of(roster), progress), tx.now.day(), progress)
            if plan.many_leaving and not command.allow_many_leaving:
                raise Refused(
                    "roster-many-leaving",
                    "allow_many_leaving",
                    leaving=len(plan.entries["left"]),
                    of=plan.of_source,
                )
            import_id, counts = new_id(), plan.counts()
            digest = repo.write(plan, import_id, (roster.format, command.sha256), progress)
            tx.journal(
                "ImportRoster",
                "roster_import",
                import_id,
                after={
                    "source": plan.source,
                    "format": roster.format,
                    "sha256": command.sha256,
                    "counts": counts,
                    "digest": digest,
                },
            )
        changed = Changed.only(Kind.ROSTER, Kind.STUDENT, Kind.SCHOOL, made=import_id)
        return Imported(import_id, counts, tuple(plan.problems), changed)

    def save_problems(self, command: SaveProblems) -> Changed:
        """Write down what is about to be saved; KeyError if there is no such import."""
        with self._begin() as tx:
            Rosters(tx).report(command.import_id)
            tx.journal(
                "SaveProblems",
                "roster_import",
                command.import_id,
                after={"sha256": command.sha256, "rows": command.rows},
            )
        return NOTHING

    def problems_not_saved(self, command: ProblemsNotSaved) -> Changed:
        """Write down that it was not saved after all."""
        with self._begin() as tx:
            tx.journal(
                "ProblemsNotSaved",
                "roster_import",
                command.import_id,
                after={"sha256": command.sha256, "reason": command.reason},
            )
        return NOTHING

    def take_offer(self, command: TakeOffer) -> Decided:
        """Put the roster's value in the place of ours."""
        with self._begin() as tx:
            repo = RosterRepo(tx)
            undo = self._offered(repo, command.student, command.field)
            repo.take(command.student, command.field, undo.theirs)
            repo.withdraw_offer(command.student, command.field)
            tx.journal(
                "TakeOffer",
                "student",
                command.student,
                {command.field: undo.ours},
                {command.field: undo.theirs},
            )
        return Decided(Changed.only(Kind.ROSTER, Kind.STUDENT), undo)

    def keep_ours(self, command: KeepOurs) -> Decided:
        """Keep our value; the roster's comes back only when the roster says something new."""
        with self._begin() as tx:
            repo = RosterRepo(tx)
            undo = self._offered(repo, command.student, command.field)
            repo.withdraw_offer(command.student, command.field)
            tx.journal(
                "KeepOurs",
                "student",
                command.student,
                {"offered": undo.theirs},
                {command.field: undo.ours},
            )
        return Decided(Changed.only(Kind.ROSTER, Kind.STUDENT), undo)

    def restore_offer(self, command: RestoreOffer) -> Changed:
        """Take a decision on an offer back; refused when the field was changed since."""
        with self._begin() as tx:
            repo = RosterRepo(tx)
            now = repo.value(command.student, command.field)
            before = {command.field: now} if now != command.ours else {}
            after = {command.field: command.ours} if before else {}
            if now not in (command.ours, command.theirs):
                raise Refused("roster-offer-gone", command.field)
            if before:
                repo.take(command.student, command.field, command.ours)
            repo.add_offer(
                command.student, command.field, command.ours, command.theirs, command.import_id
            )
            tx.journal(
                "RestoreOffer",
                "student",
                command.student,
                before,
                {**after, "offered": command.theirs},
            )
        return Changed.only(Kind.ROSTER, Kind.STUDENT)

    @staticmethod
    def _offered(repo: Rosters, student: StudentId, field: str) -> RestoreOffer:
        found = repo.offer(student, field)
        if found is None:
            raise Refused("roster-offer-gone", field)
        return RestoreOffer(student, field, *found)

    def offers(self, start: int = 0, count: int = PAGE) -> list[Offer]:
        """Return a page of the values that rosters offer, by student."""
        with self._read() as reader:
            return Rosters(reader).offers(start, count)

    def offers_about(self, student: StudentId) -> list[Offer]:
        """Return what rosters offer about one student, in the order of a student's fields."""
        with self._read() as reader:
            return Rosters(reader).offers_about(student)

    def offered_on_caseload(self, person: PersonId) -> list[tuple[StudentId, str, int]]:
        """Return for whom on a person's caseload rosters offer values: id, name, how many."""
        with self._read() as reader:
            return Rosters(reader).offered_on_caseload(person)

    def offer_count(self) -> int:
        """Return how many values rosters offer."""
        with self._read() as reader:
            return Rosters(reader).offer_count()

    def imports(self, start: int = 0, count: int = PAGE) -> list[PastImport]:
        """Return a page of the imports that happened, newest first."""
        with self._read() as reader:
            return Rosters(reader).imports(start, count)

    def import_count(self) -> int:
        """Return how many imports happened."""
        with self._read() as reader:
            return Rosters(reader).import_count()

    def report(self, import_id: str) -> Report:
        """Return what an import did; KeyError if there is none of this id."""
        with self._read() as reader:
            return Rosters(reader).report(import_id)

    def report_lines(
        self, import_id: str, kind: str, start: int = 0, count: int = PAGE
    ) -> list[Line]:
        """Return a page of those to whom an import did `kind`."""
        with self._read() as reader:
            return Rosters(reader).report_lines(import_id, kind, start, count)

    def mapping(self, fingerprint: str) -> str:
        """Return how such a table was understood before (JSON), empty if it never was."""
        with self._read() as reader:
            return Rosters(reader).mapping(fingerprint)

    def remember_mapping(self, command: RememberMapping) -> Changed:
        """Remember how a table was understood."""
        with self._working() as tx:
            RosterRepo(tx).remember_mapping(command.fingerprint, command.mapping)
        return NOTHING
