"""The caseload room: who the students are, who is around them, and whose caseload they are on."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from datetime import date
from typing import Any

from app.features.caseload.commands import (
    AddAlert,
    AddGuardian,
    AddSchool,
    AddStudent,
    AddTag,
    ChangeGuardian,
    ChangeStudent,
    Command,
    DecideTier,
    Done,
    EndAlert,
    LinkGuardian,
    MarkLeft,
    MarkReturned,
    PutOnCaseload,
    RemoveSchool,
    RemoveStudent,
    RemoveTag,
    RenameSchool,
    ReopenAlert,
    ResumeCaseload,
    RetractCaseload,
    SetMyBuildings,
    TakeOffCaseload,
    UnlinkGuardian,
)
from app.features.caseload.model import (
    CaseloadCounts,
    CaseloadRow,
    Contact,
    FoundStudent,
    Profile,
    School,
    Scope,
    Sort,
    Standing,
    Stretch,
    Student,
    StudentFilter,
    Tag,
    Tie,
    TierDecision,
    accepted_alert,
    accepted_contact,
    accepted_label,
    accepted_profile,
    accepted_school,
    accepted_tie,
    one_line,
    past_day,
    reason,
)
from app.features.caseload.repo import lists, search
from app.features.caseload.repo.records import Students, StudentsRepo
from app.kernel.changes import Kind
from app.kernel.errors import Refused
from app.kernel.ids import PersonId, StudentId, new_id
from app.kernel.ports import Begin, Read, Transaction

PAGE = 200
"""How many rows a page of a list has."""


Decided = Callable[[Transaction, StudentId, str, str], None]
"""Keeps what was known when a tier was decided: the student, the decision, when to look again."""


class CaseloadService:
    """Students, guardians, schools, alerts, tags, caseloads and tiers."""

    def __init__(
        self,
        begin: Begin,
        read: Read,
        who: Callable[[], PersonId],
        decided: Decided | None = None,
    ) -> None:
        self._decided = decided
        self._begin = begin
        self._read = read
        self._who = who
        self._vocabulary = search.Vocabulary()
        self._by: dict[type, Callable[[Any], Done]] = {
            AddStudent: self.add_student,
            RemoveStudent: self.remove_student,
            ChangeStudent: self.change_student,
            MarkLeft: self.mark_left,
            MarkReturned: self.mark_returned,
            AddSchool: self.add_school,
            RenameSchool: self.rename_school,
            RemoveSchool: self.remove_school,
            SetMyBuildings: self.set_my_buildings,
            AddGuardian: self.add_guardian,
            ChangeGuardian: self.change_guardian,
            LinkGuardian: self.link_guardian,
            UnlinkGuardian: self.unlink_guardian,
            AddAlert: self.add_alert,
            EndAlert: self.end_alert,
            ReopenAlert: self.reopen_alert,
            AddTag: self.add_tag,
            RemoveTag: self.remove_tag,
            PutOnCaseload: self.put_on_caseload,
            TakeOffCaseload: self.take_off_caseload,
            RetractCaseload: self.retract_caseload,
            ResumeCaseload: self.resume_caseload,
            DecideTier: self.decide_tier,
        }

    def carry_out(self, command: Command) -> Done:
        """Carry out any command of this room; how an Undo is carried out."""
        return self._by[type(command)](command)

    # -- reading ---------------------------------------------------------------------

    def page(
        self,
        which: StudentFilter,
        sort: Sort = Sort.NAME,
        *,
        descending: bool = False,
        offset: int = 0,
        limit: int = PAGE,
    ) -> tuple[list[CaseloadRow], int]:
        """Return one page of a list, and how many students the whole list has."""
        with self._read() as reader:
            match = search.matching(reader, self._vocabulary, which.text)
            rows = lists.page(
                reader,
                which,
                self._who(),
                match,
                sort,
                descending=descending,
                offset=offset,
                limit=limit,
            )
            if offset == 0 and len(rows) < limit:
                return rows, len(rows)
            return rows, lists.count(reader, which, self._who(), match)

    def ids(
        self, which: StudentFilter, sort: Sort = Sort.NAME, *, descending: bool = False
    ) -> list[StudentId]:
        """Return everyone a filter lets through, in the order of the list: for a long selection."""
        with self._read() as reader:
            match = search.matching(reader, self._vocabulary, which.text)
            return lists.ids(reader, which, self._who(), match, sort, descending=descending)

    def counts(self, which: StudentFilter) -> CaseloadCounts:
        """Return how many of a filter's students stand at each tier, its own tiers aside."""
        with self._read() as reader:
            match = search.matching(reader, self._vocabulary, which.text)
            return lists.counts(reader, replace(which, tiers=()), self._who(), match)

    def sizes(self) -> dict[Scope, int]:
        """Return how many students each scope has."""
        with self._read() as reader:
            return {
                scope: lists.count(reader, StudentFilter(scope), self._who(), "") for scope in Scope
            }

    def find(self, text: str, limit: int = 12) -> list[FoundStudent]:
        """Return the students that `text` means, likeliest first; small slips are forgiven."""
        with self._read() as reader:
            return search.find(reader, self._vocabulary, self._who(), text, limit)

    def student(self, student_id: StudentId) -> Student:
        """Return a student with everything that stands now; KeyError if there is none."""
        with self._read() as reader:
            return Students(reader).get(student_id, self._who())

    def tier_decisions(self, student_id: StudentId) -> tuple[TierDecision, ...]:
        """Return the decisions on a student's tier, newest first."""
        with self._read() as reader:
            return Students(reader).tier_decisions(student_id)

    def stretches(self, student_id: StudentId) -> tuple[Stretch, ...]:
        """Return every stretch a student was on a caseload, newest first."""
        with self._read() as reader:
            return Students(reader).stretches(student_id)

    def schools(self) -> tuple[School, ...]:
        """Return the schools in use: one's own buildings in their order, then the rest."""
        with self._read() as reader:
            return Students(reader).schools(self._who())

    def tags(self) -> tuple[Tag, ...]:
        """Return every tag, with how many bear it."""
        with self._read() as reader:
            return Students(reader).tags()

    def grades(self) -> tuple[str, ...]:
        """Return the grades that enrolled students are in, in school order."""
        with self._read() as reader:
            return lists.grades(reader)

    def left_on_caseload(self) -> list[tuple[StudentId, str, str]]:
        """Return those on one's caseload who have left: id, name, day."""
        with self._read() as reader:
            return Students(reader).left_on_caseload(self._who())

    # -- students --------------------------------------------------------------------

    def add_student(self, command: AddStudent) -> Done:
        """Write a student by hand; refuse what cannot be, and a likely double unless told `anyway`."""
        kinds = [Kind.STUDENT]
        with self._begin() as tx:
            repo = StudentsRepo(tx)
            profile = accepted_profile(command.profile, tx.now.day(), repo.school_ids())
            if not command.anyway:
                _refuse_double(repo, profile, "")
            student_id = StudentId(new_id())
            repo.add(student_id, profile)
            tx.journal("AddStudent", "student", student_id, after=_said(profile.facts()))
            if command.caseload_reason:
                started = past_day(
                    command.caseload_on or tx.now.day().isoformat(), tx.now.day(), "caseload_on"
                )
                _put_on(tx, repo, student_id, started, one_line(command.caseload_reason))
                kinds.append(Kind.CASELOAD)
        return Done(frozenset(kinds), student_id, RemoveStudent(student_id))

    def remove_student(self, command: RemoveStudent) -> Done:
        """Take back a student written by mistake; refuse once anything was recorded about them."""
        with self._begin() as tx:
            repo = StudentsRepo(tx)
            profile = repo.profile(command.student_id)
            if repo.is_recorded(command.student_id):
                raise Refused("student-has-records")
            repo.remove(command.student_id)
            tx.journal("RemoveStudent", "student", command.student_id, _said(profile.facts()))
        return _done(Kind.STUDENT, Kind.CASELOAD)

    def change_student(self, command: ChangeStudent) -> Done:
        """Change a student's profile; what the roster last said stays beside it."""
        with self._begin() as tx:
            repo = StudentsRepo(tx)
            before = repo.profile(command.student_id)
            known = repo.school_ids() | {before.school_id}
            after = accepted_profile(command.profile, tx.now.day(), known)
            changed = before.changes(after)
            if not command.anyway and changed.keys() & {"student_number"}:
                _refuse_double(repo, after, command.student_id)
            _write_profile(tx, repo, "ChangeStudent", command.student_id, before, after)
            repo.answer_offers(command.student_id, changed)
        undo = ChangeStudent(command.student_id, before, anyway=True)
        return _done(Kind.STUDENT, undo=undo, made=command.student_id)

    def mark_left(self, command: MarkLeft) -> Done:
        """Mark a student as having left; refuse a day to come, and one who has left already."""
        with self._begin() as tx:
            repo = StudentsRepo(tx)
            left_on = past_day(command.left_on, tx.now.day(), "left_on")
            standing, _was = repo.standing(command.student_id)
            if standing is Standing.LEFT:
                raise Refused("student-left-already")
            repo.set_standing(command.student_id, Standing.LEFT, left_on)
            tx.journal(
                "MarkLeft",
                "student",
                command.student_id,
                {"standing": standing},
                {"standing": "left", "left_on": left_on, "reason": one_line(command.reason)},
            )
        return _done(Kind.STUDENT, undo=MarkReturned(command.student_id), made=command.student_id)

    def mark_returned(self, command: MarkReturned) -> Done:
        """Mark a student who had left as enrolled again."""
        with self._begin() as tx:
            repo = StudentsRepo(tx)
            standing, left_on = repo.standing(command.student_id)
            if standing is Standing.ENROLLED:
                raise Refused("student-is-enrolled")
            repo.set_standing(command.student_id, Standing.ENROLLED, "")
            tx.journal(
                "MarkReturned",
                "student",
                command.student_id,
                {"standing": standing, "left_on": left_on},
                {"standing": "enrolled"},
            )
        day_left = left_on or tx.now.day().isoformat()
        undo = MarkLeft(command.student_id, day_left)
        return _done(Kind.STUDENT, undo=undo, made=command.student_id)

    # -- schools ---------------------------------------------------------------------

    def add_school(self, command: AddSchool) -> Done:
        """Write a school by hand; refuse a name that another one has."""
        name = accepted_school(command.name)
        with self._begin() as tx:
            repo = StudentsRepo(tx)
            if repo.school_called(name, ""):
                raise Refused("school-name-taken", "name")
            school_id = repo.add_school(name)
            if command.mine:
                repo.set_buildings(tx.who, (*repo.my_buildings(tx.who), school_id))
            tx.journal("AddSchool", "school", school_id, after={"name": name, "mine": command.mine})
        return _done(Kind.SCHOOL, undo=RemoveSchool(school_id), made=school_id)

    def rename_school(self, command: RenameSchool) -> Done:
        """Give a school another name; refuse one that another school has."""
        name = accepted_school(command.name)
        with self._begin() as tx:
            repo = StudentsRepo(tx)
            before = repo.school_name(command.school_id)
            if repo.school_called(name, command.school_id):
                raise Refused("school-name-taken", "name")
            repo.rename_school(command.school_id, name)
            tx.journal(
                "RenameSchool", "school", command.school_id, {"name": before}, {"name": name}
            )
        undo = RenameSchool(command.school_id, before)
        return _done(Kind.SCHOOL, Kind.STUDENT, undo=undo, made=command.school_id)

    def remove_school(self, command: RemoveSchool) -> Done:
        """Take back a school; refuse once a student or a record names it."""
        with self._begin() as tx:
            repo = StudentsRepo(tx)
            name = repo.school_name(command.school_id)
            if repo.school_is_used(command.school_id):
                raise Refused("school-in-use")
            mine = command.school_id in repo.my_buildings(tx.who)
            repo.remove_school(command.school_id)
            tx.journal("RemoveSchool", "school", command.school_id, {"name": name})
        return _done(Kind.SCHOOL, undo=AddSchool(name, mine))

    def set_my_buildings(self, command: SetMyBuildings) -> Done:
        """Say in which buildings one works, in the order of the week; refuse an unknown one."""
        with self._begin() as tx:
            repo = StudentsRepo(tx)
            wanted = tuple(dict.fromkeys(command.school_ids))
            if not repo.school_ids().issuperset(wanted):
                raise Refused("school-unknown", "school_ids")
            before = repo.my_buildings(tx.who)
            repo.set_buildings(tx.who, wanted)
            tx.journal(
                "SetMyBuildings",
                "person",
                tx.who,
                {"schools": list(before)},
                {"schools": list(wanted)},
            )
        return _done(Kind.SCHOOL, undo=SetMyBuildings(before))

    # -- guardians -------------------------------------------------------------------

    def add_guardian(self, command: AddGuardian) -> Done:
        """Write a guardian of a student; refuse a missing name or a way that is not there."""
        contact = accepted_contact(command.contact)
        tie = accepted_tie(command.tie, contact)
        with self._begin() as tx:
            repo = StudentsRepo(tx)
            guardian_id = repo.add_guardian(contact)
            repo.tie(command.student_id, guardian_id, tie)
            tx.journal(
                "AddGuardian",
                "student",
                command.student_id,
                after={"guardian": guardian_id, **_guardian_facts(contact, tie)},
            )
        undo = UnlinkGuardian(command.student_id, guardian_id)
        return _done(Kind.STUDENT, undo=undo, made=guardian_id)

    def change_guardian(self, command: ChangeGuardian) -> Done:
        """Change a guardian, and what they are to one student."""
        contact = accepted_contact(command.contact)
        tie = accepted_tie(command.tie, contact)
        with self._begin() as tx:
            repo = StudentsRepo(tx)
            was = repo.guardian(command.student_id, command.guardian_id)
            if was is None:
                raise KeyError(command.guardian_id)
            repo.change_guardian(command.guardian_id, contact)
            repo.tie(command.student_id, command.guardian_id, tie)
            before = _guardian_facts(was.contact, was.tie)
            after = _guardian_facts(contact, tie)
            changed = [name for name in before if before[name] != after[name]]
            tx.journal(
                "ChangeGuardian",
                "student",
                command.student_id,
                {"guardian": command.guardian_id, **{name: before[name] for name in changed}},
                {"guardian": command.guardian_id, **{name: after[name] for name in changed}},
            )
        undo = ChangeGuardian(command.student_id, command.guardian_id, was.contact, was.tie)
        return _done(Kind.STUDENT, undo=undo, made=command.guardian_id)

    def link_guardian(self, command: LinkGuardian) -> Done:
        """Make someone who is already written a guardian of a student."""
        with self._begin() as tx:
            repo = StudentsRepo(tx)
            tie = accepted_tie(command.tie, repo.contact(command.guardian_id))
            repo.tie(command.student_id, command.guardian_id, tie)
            tx.journal(
                "LinkGuardian",
                "student",
                command.student_id,
                after={"guardian": command.guardian_id, **_said(asdict(tie))},
            )
        undo = UnlinkGuardian(command.student_id, command.guardian_id)
        return _done(Kind.STUDENT, undo=undo, made=command.guardian_id)

    def unlink_guardian(self, command: UnlinkGuardian) -> Done:
        """End, from today on, that someone is a student's guardian."""
        with self._begin() as tx:
            repo = StudentsRepo(tx)
            was = repo.guardian(command.student_id, command.guardian_id)
            if was is None:
                raise KeyError(command.guardian_id)
            repo.untie(command.student_id, command.guardian_id)
            tx.journal(
                "UnlinkGuardian",
                "student",
                command.student_id,
                {"guardian": command.guardian_id, **_said(asdict(was.tie))},
            )
        undo = LinkGuardian(command.student_id, command.guardian_id, was.tie)
        return _done(Kind.STUDENT, undo=undo)

    # -- alerts and tags -------------------------------------------------------------

    def add_alert(self, command: AddAlert) -> Done:
        """Write an alert on a student's page; refuse an empty one."""
        text = accepted_alert(command.text)
        with self._begin() as tx:
            alert_id = StudentsRepo(tx).add_alert(command.student_id, command.kind, text)
            tx.journal(
                "AddAlert",
                "student",
                command.student_id,
                after={"alert": alert_id, "kind": command.kind, "text": text},
            )
        return _done(Kind.STUDENT, undo=EndAlert(alert_id), made=alert_id)

    def end_alert(self, command: EndAlert) -> Done:
        """End an alert; it stays in the timeline."""
        with self._begin() as tx:
            repo = StudentsRepo(tx)
            student_id, _alert = repo.alert(command.alert_id)
            repo.end_alert(command.alert_id, stands=False)
            tx.journal("EndAlert", "student", student_id, {"alert": command.alert_id})
        return _done(Kind.STUDENT, undo=ReopenAlert(command.alert_id))

    def reopen_alert(self, command: ReopenAlert) -> Done:
        """Let an ended alert stand again."""
        with self._begin() as tx:
            repo = StudentsRepo(tx)
            student_id, alert = repo.alert(command.alert_id)
            repo.end_alert(command.alert_id, stands=True)
            tx.journal(
                "ReopenAlert",
                "student",
                student_id,
                {"alert": command.alert_id, "ended": alert.ended},
                {"alert": command.alert_id},
            )
        return _done(Kind.STUDENT, undo=EndAlert(command.alert_id))

    def add_tag(self, command: AddTag) -> Done:
        """Tag students; those who bear the tag already are left as they are."""
        label = accepted_label(command.label)
        with self._begin() as tx:
            repo = StudentsRepo(tx)
            label = repo.label_in_use(label) or label
            bearing = set(repo.tagged(label, command.student_ids))
            fresh = tuple(dict.fromkeys(s for s in command.student_ids if s not in bearing))
            if not fresh:
                raise Refused("tag-borne-already", "label", label=label)
            repo.tag(label, fresh)
            for student_id in fresh:
                tx.journal("AddTag", "student", student_id, after={"tag": label})
        return _done(Kind.STUDENT, undo=RemoveTag(fresh, label), count=len(fresh))

    def remove_tag(self, command: RemoveTag) -> Done:
        """Untag students; refuse when none of them bears the tag."""
        with self._begin() as tx:
            repo = StudentsRepo(tx)
            label = repo.label_in_use(command.label)
            bearing = tuple(repo.tagged(label, command.student_ids))
            if not bearing:
                raise Refused("tag-not-borne", "label", label=command.label)
            repo.untag(label, bearing)
            for student_id in bearing:
                tx.journal("RemoveTag", "student", student_id, {"tag": label})
        return _done(Kind.STUDENT, undo=AddTag(bearing, label), count=len(bearing))

    # -- caseload and tiers ----------------------------------------------------------

    def put_on_caseload(self, command: PutOnCaseload) -> Done:
        """Put students on one's caseload; of several, those already on it are passed over."""
        why = reason(command.reason, "caseload-needs-reason")
        with self._begin() as tx:
            repo = StudentsRepo(tx)
            started = past_day(command.started_on, tx.now.day(), "started_on")
            students = tuple(dict.fromkeys(command.student_ids))
            on = repo.open_stretches(tx.who, students)
            fresh = [student for student in students if student not in on]
            if not fresh:
                raise Refused("caseload-on-already", count=len(students))
            stretches = tuple(_put_on(tx, repo, student, started, why) for student in fresh)
        return _done(Kind.CASELOAD, undo=RetractCaseload(stretches), count=len(stretches))

    def take_off_caseload(self, command: TakeOffCaseload) -> Done:
        """Take students off one's caseload; refuse a day before they were put on it."""
        why = reason(command.reason, "caseload-needs-reason")
        with self._begin() as tx:
            repo = StudentsRepo(tx)
            ended = past_day(command.ended_on, tx.now.day(), "ended_on")
            on = repo.open_stretches(tx.who, tuple(dict.fromkeys(command.student_ids)))
            if not on:
                raise Refused("caseload-not-on", count=len(command.student_ids))
            for student_id, stretch in on.items():
                if ended < stretch.started_on:
                    raise Refused("caseload-ends-early", "ended_on", day=stretch.started_on)
                repo.end(stretch.id, ended, why)
                tx.journal(
                    "TakeOffCaseload",
                    "student",
                    student_id,
                    {"stretch": stretch.id},
                    {"stretch": stretch.id, "ended_on": ended, "reason": why},
                )
        undo = ResumeCaseload(tuple(stretch.id for stretch in on.values()))
        return _done(Kind.CASELOAD, undo=undo, count=len(on))

    def retract_caseload(self, command: RetractCaseload) -> Done:
        """Take back that students were put on the caseload."""
        with self._begin() as tx:
            repo = StudentsRepo(tx)
            stretches = repo.stretches_by_id(command.stretch_ids)
            if not stretches:
                raise Refused("undo-too-late")
            for student_id, stretch in stretches:
                repo.retract(stretch.id)
                tx.journal(
                    "RetractCaseload",
                    "student",
                    student_id,
                    {
                        "stretch": stretch.id,
                        "started_on": stretch.started_on,
                        "reason": stretch.start_reason,
                    },
                )
        return _done(Kind.CASELOAD, count=len(stretches))

    def resume_caseload(self, command: ResumeCaseload) -> Done:
        """Take back that students were taken off the caseload; refuse those put on again since."""
        with self._begin() as tx:
            repo = StudentsRepo(tx)
            stretches = repo.stretches_by_id(command.stretch_ids)
            students = [student_id for student_id, _stretch in stretches]
            if not stretches or repo.open_stretches(tx.who, students):
                raise Refused("undo-too-late")
            for student_id, stretch in stretches:
                repo.resume(stretch.id)
                tx.journal(
                    "ResumeCaseload",
                    "student",
                    student_id,
                    {
                        "stretch": stretch.id,
                        "ended_on": stretch.ended_on,
                        "reason": stretch.end_reason,
                    },
                )
        return _done(Kind.CASELOAD, count=len(stretches))

    def decide_tier(self, command: DecideTier) -> Done:
        """Write a dated tier decision for each student; it stands and cannot be taken back.

        The student is then at the tier of the decision with the latest date.
        """
        why = reason(command.reason, "tier-needs-reason")
        with self._begin() as tx:
            repo = StudentsRepo(tx)
            decided = past_day(command.decided_on, tx.now.day(), "decided_on")
            students = tuple(dict.fromkeys(command.student_ids))
            if not students or not repo.exist(students):
                raise Refused("tier-needs-student")
            again = _look_again(command.look_again_on, decided)
            for student_id in students:
                was = repo.tier_on(student_id, decided)
                made = repo.decide(student_id, command.tier, was, decided, why)
                tx.journal(
                    "DecideTier",
                    "student",
                    student_id,
                    {"tier": int(was)},
                    {
                        "decision": made,
                        "tier": int(command.tier),
                        "decided_on": decided,
                        "reason": why,
                    },
                )
                if self._decided is not None:
                    self._decided(tx, student_id, made, again)
        return _done(Kind.TIER, Kind.STUDENT, count=len(students))


def _done(*kinds: Kind, undo: Command | None = None, made: str = "", count: int = 1) -> Done:
    return Done(frozenset(kinds), made, undo, count)


def _look_again(typed: str, decided: str) -> str:
    """Return the day on which a tier is to be looked at again; refuse one that is not after it."""
    if not typed.strip():
        return ""
    try:
        day = date.fromisoformat(typed.strip()).isoformat()
    except ValueError:
        raise Refused("tier-look-again-day", "look_again_on") from None
    if day <= decided:
        raise Refused("tier-look-again-day", "look_again_on")
    return day


def _refuse_double(repo: StudentsRepo, profile: Profile, but: str) -> None:
    """Refuse a student number that another student has, and a twin in name and birth date."""
    if profile.student_number:
        name = repo.with_number(profile.student_number, but)
        if name:
            raise Refused("student-number-taken", "student_number", name=name)
    if profile.birth_date and not but:
        name = repo.twin(profile, but)
        if name:
            raise Refused("student-there-already", "given_name", name=name)


def _write_profile(
    tx: Transaction,
    repo: StudentsRepo,
    what: str,
    student_id: StudentId,
    before: Profile,
    after: Profile,
) -> None:
    repo.change(student_id, after)
    tx.journal(what, "student", student_id, after.changes(before), before.changes(after))


def _put_on(
    tx: Transaction, repo: StudentsRepo, student_id: StudentId, started: str, why: str
) -> str:
    stretch = repo.start(student_id, started, why)
    tx.journal(
        "PutOnCaseload",
        "student",
        student_id,
        after={"stretch": stretch, "started_on": started, "reason": why},
    )
    return stretch


def _said(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return the facts that say something."""
    return {name: value for name, value in facts.items() if value}


def _guardian_facts(contact: Contact, tie: Tie) -> dict[str, Any]:
    return {**asdict(contact), **asdict(tie)}
