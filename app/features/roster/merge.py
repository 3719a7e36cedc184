"""What a roster would do to what is kept here: a three-way merge, decided without writing.

For each field three values are weighed: what stands here, what the roster said the last
time, and what it says now. A field that nobody changed here follows the roster; one that
was changed here stays, and a new value of the roster is offered beside it. An empty value
in a file says nothing. Whoever is missing from a file of everyone, is marked as gone, or is
no longer a student, has left; nobody is deleted.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from json.encoder import encode_basestring
from typing import Any, NamedTuple

from app.features.roster.model import (
    Mode,
    Problem,
    Roster,
    RosterFormat,
    RosterGuardian,
    RosterStudent,
    Severity,
)
from app.kernel.ids import new_id, new_ids
from app.kernel.names import folded, search_text, sorting_name
from app.kernel.nouns import grade_rank
from app.kernel.ports import Progress, Row, no_progress

FIELDS = (
    "student_number", "state_id", "given_name", "family_name", "middle_name", "preferred_name",
    "pronouns", "birth_date", "sex", "grade", "school_id", "language", "email", "phone",
)  # fmt: skip
"""The fields of a student that a roster speaks of, in the order they are kept."""
GUARDIAN_FIELDS = ("given_name", "family_name", "phone", "sms", "email")
KINDS = ("added", "changed", "left", "returned")
"""What an import can do to a student, in the order its report lists them."""

MANY_LEAVING = 20
"""More than this many students leaving at once is looked at twice,"""
MANY_LEAVING_SHARE = 0.30
"""when they are also more than this share of those the same roster has sent."""

_NUMBER, _STATE, _GIVEN, _FAMILY, _MIDDLE, _PREFERRED = range(6)
_BIRTH, _SEX, _GRADE, _SCHOOL = 7, 8, 9, 10
_SEARCHED = frozenset(
    {"student_number", "state_id", "given_name", "family_name", "middle_name", "preferred_name"}
)
_KEYS = tuple(f'"{name}":' for name in FIELDS)
_EVERY = 1_000
_FAMILIES = {
    RosterFormat.ONEROSTER_1_1: ("oneroster", "users.csv"),
    RosterFormat.ONEROSTER_1_2: ("oneroster", "users.csv"),
    RosterFormat.CLEVER: ("clever", "students.csv"),
    RosterFormat.TABLE: ("table", ""),
}


def source_of(roster: Roster) -> str:
    """Return the name under which this roster's ids are kept apart from another's."""
    return roster.source_system or _FAMILIES[roster.format][0]


class KnownStudent(NamedTuple):
    """A student as the vault has them; `roster` is what the roster last said, as JSON."""

    row: int
    id: str
    source: str
    source_id: str
    standing: str
    roster: str
    values: tuple[str, ...]


def _known_student(row: Row) -> KnownStudent:
    number, made, source, source_id, standing, roster, *_ = row
    return KnownStudent(number, made, source, source_id, standing, roster, row[6:])


@dataclass(slots=True)
class Known:
    """What the vault holds of the kinds a roster speaks of."""

    students: list[Row] = field(default_factory=list)
    """Row, id, source, source id, standing, roster, then each of `FIELDS`."""
    schools: list[Row] = field(default_factory=list)
    """Id, name, kind, identifier, source, source id, active."""
    guardians: list[Row] = field(default_factory=list)
    """Id, source, source id, roster, then each of `GUARDIAN_FIELDS`."""
    links: list[Row] = field(default_factory=list)
    """Student id, guardian id, ended on."""
    offers: list[Row] = field(default_factory=list)
    """Student id, field."""
    staff: list[Row] = field(default_factory=list)
    terms: list[Row] = field(default_factory=list)
    classes: list[Row] = field(default_factory=list)
    """Id, source id, then what is compared, active last; of this source alone."""
    enrollments: list[Row] = field(default_factory=list)
    """Source id, class, student, staff, role, begins, ends, active; of this source alone."""
    next_row: int = 1


class Entry(NamedTuple):
    """What happens to one student; `before` and `after` hold only the fields that change."""

    student: str
    given: str
    family: str
    preferred: str
    grade: str
    school: str
    line: int
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None
    json: str = ""
    """`after` as it is kept, where it is everything the roster says."""


class OfferEntry(NamedTuple):
    """A value of the roster that is offered beside the one that was set here."""

    student: str
    given: str
    family: str
    preferred: str
    line: int
    field: str
    ours: str
    theirs: str


@dataclass(slots=True)
class Upserts:
    """Rows of one table: new ones, and ones that changed."""

    new: list[Row] = field(default_factory=list)
    changed: list[Row] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.new) + len(self.changed)


@dataclass(slots=True)
class Plan:
    """Everything one import would write, ready to be bound, and what it amounts to."""

    source: str
    new_students: list[Row] = field(default_factory=list)
    """Row, id, `FIELDS`, grade rank, sorting name, source id, roster."""
    changed_students: list[Row] = field(default_factory=list)
    """`FIELDS`, grade rank, sorting name, standing, left on (None: as it is), source, source id,
    roster, row."""
    noted_students: list[Row] = field(default_factory=list)
    """Source, source id, roster, row: nothing that shows has changed."""
    new_names: list[Row] = field(default_factory=list)
    changed_names: list[Row] = field(default_factory=list)
    """Row, names, numbers."""
    entries: dict[str, list[Entry]] = field(default_factory=lambda: {k: [] for k in KINDS})
    offers: list[OfferEntry] = field(default_factory=list)
    withdrawn_offers: list[Row] = field(default_factory=list)
    """Student id, field."""
    schools: Upserts = field(default_factory=Upserts)
    guardians: Upserts = field(default_factory=Upserts)
    new_links: list[Row] = field(default_factory=list)
    """Student id, guardian id, relation, position."""
    ended_links: list[Row] = field(default_factory=list)
    """Ended on (empty when the link holds again), student id, guardian id."""
    staff: Upserts = field(default_factory=Upserts)
    terms: Upserts = field(default_factory=Upserts)
    classes: Upserts = field(default_factory=Upserts)
    enrollments: Upserts = field(default_factory=Upserts)
    unplaced_enrollments: int = 0
    unchanged: int = 0
    of_source: int = 0
    """How many students the same roster has sent who are enrolled here."""
    problems: list[Problem] = field(default_factory=list)
    school_names: dict[str, str] = field(default_factory=dict)

    @property
    def many_leaving(self) -> bool:
        """Whether so many would leave that the file may have been cut short."""
        leaving = len(self.entries["left"])
        return leaving > MANY_LEAVING and leaving > MANY_LEAVING_SHARE * self.of_source

    def counts(self) -> dict[str, int]:
        """Return how many of each: students by what happens to them, and the rest."""
        return {
            **{kind: len(self.entries[kind]) for kind in KINDS},
            "unchanged": self.unchanged,
            "offers": len(self.offers),
            "not_understood": sum(
                p.rows for p in self.problems if p.severity is Severity.REFUSED_ROW
            ),
            "schools_added": len(self.schools.new),
            "schools_changed": len(self.schools.changed),
            "guardians_added": len(self.guardians.new),
            "guardians_changed": len(self.guardians.changed),
            "contacts_added": len(self.new_links),
            "contacts_ended": sum(1 for link in self.ended_links if link[0]),
            "staff": len(self.staff),
            "terms": len(self.terms),
            "classes": len(self.classes),
            "enrollments": len(self.enrollments),
            "enrollments_unplaced": self.unplaced_enrollments,
        }

    def lines(self) -> Iterator[int]:
        """Yield the line of the file that each of `changes` comes from, 0 where there is none."""
        for kind in KINDS:
            for entry in self.entries[kind]:
                yield entry.line

    def changes(self) -> Iterator[tuple[str, str, str | None, str | None]]:
        """Yield student, kind, before and after (JSON) of everyone, in the report's order."""
        for kind in KINDS:
            for entry in self.entries[kind]:
                yield (
                    entry.student,
                    kind,
                    None if entry.before is None else _dumps(entry.before),
                    entry.json or (None if entry.after is None else _dumps(entry.after)),
                )


def file_of(source_format: RosterFormat) -> str:
    """Return the file of an export that holds the students; empty for a table of one's own."""
    return _FAMILIES[source_format][1]


def digest_of(changes: Iterable[tuple[str, str, str | None, str | None]]) -> str:
    """Return the SHA-256 over all changes of an import, in their order."""
    hashed = hashlib.sha256()
    for student, kind, before, after in changes:
        hashed.update(f"{student}\x1f{kind}\x1f{before or ''}\x1f{after or ''}\x1e".encode())
    return hashed.hexdigest()


_dumps = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode


def _said(values: Sequence[str], guardians: Sequence[str]) -> str:
    """Return what a roster says of a student who is there, as it is kept."""
    text = ",".join(
        [key + encode_basestring(value) for key, value in zip(_KEYS, values, strict=True) if value]
    )
    if guardians:
        text += ',"guardians":[' + ",".join(map(encode_basestring, guardians)) + "]"
    return "{" + text + "}"


def _kept(last: Mapping[str, Any]) -> str:
    """Return a mapping of what a roster said in the very form of `_said`."""
    text = _said([str(last.get(name, "")) for name in FIELDS], last.get("guardians", ()))
    if last.get("standing"):
        text = text[:-1] + ("," if len(text) > 2 else "") + '"standing":"left"}'
    return text


def merge(
    roster: Roster,
    known: Known,
    today: date,
    progress: Progress = no_progress,
) -> Plan:
    """Return what importing `roster` into what is `known` would do.

    Calls `progress` now and then without saying how far it has come; lets through what
    that raises.
    """
    return _Merge(roster, known, today, progress).plan()


class _Merge:
    """One merge while it is being decided."""

    def __init__(
        self,
        roster: Roster,
        known: Known,
        today: date,
        progress: Progress,
    ) -> None:
        self._roster = roster
        self._known = known
        self._today = today.isoformat()
        self._bulk = roster.modes.get("users") is Mode.BULK
        self._progress = progress
        self._file = _FAMILIES[roster.format][1] or roster.source_system
        self._source = source_of(roster)
        self._table = roster.format is RosterFormat.TABLE
        self._plan = Plan(self._source, problems=list(roster.problems))
        self._schools: dict[str, str] = {}
        self._sent: dict[str, KnownStudent] = {}
        self._matched: dict[str, KnownStudent] = {}
        self._student_ids: dict[str, str] = {}
        self._guardian_ids: dict[str, str] = {}
        self._guardian_names: dict[str, str] = {}
        self._relations: dict[str, str] = {}
        self._gone_guardians: set[str] = set()
        self._links: dict[tuple[str, str], str] = {}
        self._offered: dict[str, set[str]] = {}
        self._heard: set[str] = set()
        self._speaks_of_guardians = bool(roster.guardians)

    def plan(self) -> Plan:
        self._tick()
        self._merge_schools()
        self._index_students()
        self._match_students()
        self._tick()
        self._merge_guardians()
        self._merge_students()
        self._hear_loose()
        self._find_leavers()
        self._tick()
        self._merge_classes()
        return self._plan

    def _tick(self) -> None:
        self._progress(0, 0)

    def _note(self, code: str, line: int, shown: str = "", rows: int = 1) -> None:
        self._plan.problems.append(
            Problem(Severity.NOTED, code, self._file, line, shown=shown, rows=rows)
        )

    # -- schools ---------------------------------------------------------------------

    def _merge_schools(self) -> None:
        roster, plan = self._roster, self._plan
        known = {r[5]: r for r in self._known.schools if r[4] == self._source and r[5]}
        plan.school_names = {row[0]: row[1] for row in self._known.schools}
        self._schools = {source_id: row[0] for source_id, row in known.items()}
        others: dict[str, list[Row]] = {}
        for one in self._known.schools:
            if one[4] != self._source or not one[5]:
                others.setdefault(folded(one[1]), []).append(one)
        needed = self._schools_pointed_at()
        row: Row | None
        for school in roster.schools:
            row = known.get(school.source_id)
            if row is None and (school.leaving or not self._wanted(school, needed)):
                continue
            if row is None:
                same = others.get(folded(school.name), [])
                row = same.pop() if len(same) == 1 else None
                if row is None:
                    made = new_id()
                    plan.schools.new.append(
                        (made, school.name, school.kind, school.identifier, school.source_id)
                    )
                    self._schools[school.source_id] = made
                    plan.school_names[made] = school.name
                    continue
                self._schools[school.source_id] = row[0]
            self._follow_school(row, school.name, school.kind, school.identifier, school)
        if roster.modes.get("orgs", roster.modes.get("schools")) is Mode.BULK:
            told = {school.source_id for school in roster.schools}
            for source_id, gone in known.items():
                if source_id not in told and gone[6] and not self._table:
                    plan.schools.changed.append((*gone[1:6], 0, gone[0]))

    def _follow_school(self, row: Row, name: str, kind: str, identifier: str, school: Any) -> None:
        kept = row[1] if folded(row[1]) == folded(name) else name
        if self._table and row[4] not in ("", self._source):
            return  # a table knows a school by its name alone; its own roster goes on to tell
        active = 0 if school.leaving else 1
        after = (kept, kind, identifier or row[3], self._source, school.source_id, active)
        if after != tuple(row[1:7]):
            self._plan.schools.changed.append((*after, row[0]))
            self._plan.school_names[row[0]] = kept

    def _schools_pointed_at(self) -> set[str]:
        roster = self._roster
        needed = {one.school_source_ids[0] for one in roster.students if one.school_source_ids}
        needed.update(one.school_source_id for one in roster.classes)
        needed.update(one.school_source_ids[0] for one in roster.staff if one.school_source_ids)
        return needed

    @staticmethod
    def _wanted(school: Any, needed: set[str]) -> bool:
        return school.kind == "school" or school.source_id in needed

    # -- who is who ------------------------------------------------------------------

    def _index_students(self) -> None:
        source = self._source
        enrolled = 0
        for count, row in enumerate(self._known.students):
            if not count % _EVERY:
                self._tick()
            if row[2] == source and row[3]:
                self._sent[row[3]] = _known_student(row)
                if row[4] == "enrolled":
                    enrolled += 1
        self._plan.of_source = enrolled
        for student, name in self._known.offers:
            self._offered.setdefault(student, set()).add(name)

    def _match_students(self) -> None:
        """Find those whom the vault knows by hand, from another roster or under another id."""
        unknown = [
            one
            for one in self._roster.students
            if one.source_id not in self._sent and one.role_known and not one.leaving
        ]
        if not unknown or len(self._known.students) == 0:
            return
        named = {one.source_id for one in self._roster.students}
        free = [
            _known_student(row)
            for row in self._known.students
            if row[2] != self._source or not row[3] or (self._bulk and row[3] not in named)
        ]
        if not free:
            return
        taken: set[str] = set()
        for place in (_NUMBER, _STATE):
            unknown = self._match_numbers(unknown, free, taken, place)
        self._match_names(unknown, free, taken)

    def _match_numbers(
        self, unknown: list[RosterStudent], free: list[KnownStudent], taken: set[str], place: int
    ) -> list[RosterStudent]:
        def number(one: RosterStudent) -> str:
            return one.student_number if place == _NUMBER else one.state_id

        here: dict[str, list[KnownStudent]] = {}
        for known in free:
            if known.values[place] and known.id not in taken:
                here.setdefault(known.values[place], []).append(known)
        told = Counter(number(one) for one in unknown if number(one))
        rest: list[RosterStudent] = []
        for one in unknown:
            found = here.get(number(one), ())
            if not found:
                rest.append(one)
            elif len(found) > 1 or told[number(one)] > 1:
                self._note("line-student-ambiguous", one.line)
                rest.append(one)
            elif _another_person(one, found[0]):
                self._note("line-student-number-reused", one.line)
                rest.append(one)
            else:
                self._matched[one.source_id] = found[0]
                taken.add(found[0].id)
        return rest

    def _match_names(
        self, unknown: list[RosterStudent], free: list[KnownStudent], taken: set[str]
    ) -> None:
        here: dict[tuple[str, str, str], list[KnownStudent]] = {}
        for known in free:
            birth = known.values[_BIRTH]
            if birth and known.id not in taken:
                key = (folded(known.values[_GIVEN]), folded(known.values[_FAMILY]), birth)
                here.setdefault(key, []).append(known)
        if not here:
            return
        keys = {
            one.source_id: (folded(one.given_name), folded(one.family_name), one.birth_date)
            for one in unknown
            if one.birth_date
        }
        told = Counter(keys.values())
        for one in unknown:
            if not one.birth_date:
                continue
            key = keys[one.source_id]
            found = here.get(key, [])
            if not found:
                continue
            if len(found) > 1 or told[key] > 1:
                self._note("line-student-ambiguous", one.line)
            elif not _numbers_differ(one, found[0]):
                self._matched[one.source_id] = found[0]

    # -- guardians -------------------------------------------------------------------

    def _merge_guardians(self) -> None:
        roster, plan = self._roster, self._plan
        known = {r[2]: r for r in self._known.guardians if r[1] == self._source and r[2]}
        self._links = {(row[0], row[1]): row[2] for row in self._known.links}
        self._guardian_ids = {source_id: row[0] for source_id, row in known.items()}
        self._guardian_names = {
            source_id: f"{row[4]} {row[5]}".strip() for source_id, row in known.items()
        }
        by_hand = self._guardians_by_hand()
        for guardian in roster.guardians:
            if guardian.leaving:
                self._gone_guardians.add(guardian.source_id)
                continue
            values = (
                guardian.given_name,
                guardian.family_name,
                guardian.phone,
                guardian.sms,
                guardian.email,
            )
            name = f"{guardian.given_name} {guardian.family_name}".strip()
            self._relations[guardian.source_id] = guardian.relation
            row = known.get(guardian.source_id) or self._typed_guardian(guardian, by_hand)
            if row is None:
                made = new_id()
                plan.guardians.new.append(
                    (made, *values, guardian.source_id, _kept_guardian(values))
                )
                self._guardian_ids[guardian.source_id] = made
                self._guardian_names[guardian.source_id] = name
                continue
            self._guardian_ids[guardian.source_id] = row[0]
            self._guardian_names[guardian.source_id] = name
            self._follow_guardian(row, guardian.source_id, values)

    def _follow_guardian(self, row: Row, source_id: str, values: tuple[str, ...]) -> None:
        last: dict[str, str] = json.loads(row[3]) if row[3] else {}
        ours = list(row[4:])
        for place, name in enumerate(GUARDIAN_FIELDS):
            new = values[place]
            said = last.get(name, "")
            if not new or new == said:
                continue
            if ours[place] == said:
                ours[place] = new
            last[name] = new
        kept = _kept_guardian([last.get(name, "") for name in GUARDIAN_FIELDS])
        if (*ours, self._source, source_id, kept) != (*row[4:], row[1], row[2], row[3]):
            self._plan.guardians.changed.append((*ours, self._source, source_id, kept, row[0]))

    def _guardians_by_hand(self) -> dict[str, list[Row]]:
        """Return the guardians who were typed here, by the student they stand for."""
        typed = {row[0]: row for row in self._known.guardians if not row[1]}
        found: dict[str, list[Row]] = {}
        if typed and self._roster.guardians:
            for student, guardian, _ended in self._known.links:
                if guardian in typed:
                    found.setdefault(student, []).append(typed[guardian])
        return found

    def _typed_guardian(
        self, guardian: RosterGuardian, by_hand: dict[str, list[Row]]
    ) -> Row | None:
        if not by_hand:
            return None
        name = folded(f"{guardian.given_name} {guardian.family_name}")
        for source_id in guardian.student_source_ids:
            student = self._sent.get(source_id) or self._matched.get(source_id)
            for row in by_hand.get(student.id, ()) if student else ():
                if folded(f"{row[4]} {row[5]}") == name:
                    by_hand[student.id].remove(row)  # type: ignore[union-attr]
                    return row
        return None

    # -- students --------------------------------------------------------------------

    def _merge_students(self) -> None:
        plan, sent, matched, schools = self._plan, self._sent, self._matched, self._schools
        students = self._roster.students
        ids = iter(new_ids(sum(1 for one in students if one.source_id not in sent)))
        next_row = self._known.next_row
        new_students, new_names = plan.new_students.append, plan.new_names.append
        added = plan.entries["added"].append
        ranks: dict[str, int] = {}
        unknown = 0
        for count, one in enumerate(students):
            if not count % _EVERY:
                self._tick()
            source_id = one.source_id
            self._heard.add(source_id)
            known = sent.get(source_id) or matched.get(source_id)
            if one.leaving or (known is None and not one.role_known):
                if known is not None:
                    self._leave(known, one.line)
                elif not one.leaving:
                    unknown += 1
                continue
            at = one.school_source_ids
            values = (
                one.student_number, one.state_id, one.given_name, one.family_name,
                one.middle_name, one.preferred_given_name, one.pronouns, one.birth_date, one.sex,
                one.grade, schools.get(at[0], "") if at else "", one.language, one.email,
                one.phone or one.sms,
            )  # fmt: skip
            guardians = self._named_guardians(one) if one.guardian_source_ids else ()
            said = _said(values, guardians)
            if known is not None:
                if known.roster == said and known.source_id == source_id:
                    plan.unchanged += 1
                    self._student_ids[source_id] = known.id
                else:
                    self._follow(known, source_id, values, guardians, one.line)
                continue
            made = next(ids)
            given, family, preferred, grade = values[2], values[3], values[5], values[9]
            rank = ranks.get(grade)
            if rank is None:
                rank = ranks[grade] = grade_rank(grade)
            new_students(
                (next_row, made, *values, rank, sorting_name(given, family, preferred),
                 source_id, said)
            )  # fmt: skip
            names, numbers = search_text(given, values[4], family, preferred, values[0], values[1])
            new_names((next_row, names, numbers))
            added(
                Entry(made, given, family, preferred, grade, values[10], one.line, None, None, said)
            )
            if guardians:
                self._begin_links(made, guardians)
            self._student_ids[source_id] = made
            next_row += 1
        if unknown:
            self._note("line-student-role-unknown", 0, rows=unknown)
        self._guardians_alone()

    def _named_guardians(self, one: RosterStudent) -> tuple[str, ...]:
        ids, gone = self._guardian_ids, self._gone_guardians
        return tuple([g for g in one.guardian_source_ids if g in ids and g not in gone])

    def _begin_links(self, student: str, guardians: Sequence[str]) -> None:
        for position, source_id in enumerate(guardians):
            guardian = self._guardian_ids[source_id]
            ended = self._links.get((student, guardian))
            if ended is None:
                relation = self._relations.get(source_id, "")
                self._plan.new_links.append((student, guardian, relation, position))
                self._links[student, guardian] = ""
            elif ended:
                self._plan.ended_links.append(("", student, guardian))
                self._links[student, guardian] = ""

    def _end_links(self, student: str, guardians: Iterable[str]) -> None:
        for source_id in guardians:
            guardian = self._guardian_ids.get(source_id, "")
            if self._links.get((student, guardian)) == "":
                self._plan.ended_links.append((self._today, student, guardian))
                self._links[student, guardian] = self._today

    def _follow(
        self,
        known: KnownStudent,
        source_id: str,
        values: Sequence[str],
        guardians: Sequence[str] | None,
        line: int,
    ) -> None:
        """Weigh what stands here, what was said and what is said now, field by field."""
        last: dict[str, Any] = json.loads(known.roster) if known.roster else {}
        before: dict[str, Any] = {}
        after: dict[str, Any] = {}
        ours = list(known.values)
        self._student_ids[source_id] = known.id
        offered = self._offered.get(known.id, ())
        for place, name in enumerate(FIELDS):
            new = values[place]
            said = last.get(name, "")
            if not new or new == said:
                continue
            last[name] = new
            have = ours[place]
            if have not in (new, said):
                self._plan.offers.append(
                    OfferEntry(known.id, ours[_GIVEN], ours[_FAMILY], ours[_PREFERRED], line,
                               name, have, new)
                )  # fmt: skip
                continue
            if name in offered:
                self._plan.withdrawn_offers.append((known.id, name))
            if have != new:
                before[name], after[name] = have, new
                ours[place] = new
        if guardians is not None and (guardians or (self._bulk and self._speaks_of_guardians)):
            self._follow_guardians_of(known, last, guardians, before, after)
        standing, left_on, kind = known.standing, None, "changed"
        if known.standing == "left" and (last.get("standing") == "left" or not known.roster):
            standing, left_on, kind = "enrolled", "", "returned"
            before["standing"], after["standing"] = "left", "enrolled"
        last.pop("standing", None)
        self._write(known, source_id, ours, last, standing, left_on, line, kind, before, after)

    def _follow_guardians_of(
        self,
        known: KnownStudent,
        last: dict[str, Any],
        guardians: Sequence[str],
        before: dict[str, Any],
        after: dict[str, Any],
    ) -> None:
        said: list[str] = last.get("guardians", [])
        if list(guardians) == said:
            return
        begun = [one for one in guardians if one not in said]
        ended = [one for one in said if one not in guardians]
        if begun or ended:
            names = self._guardian_names
            before["guardians"] = [names.get(one, one) for one in said]
            after["guardians"] = [names.get(one, one) for one in guardians]
        self._begin_links(known.id, begun)
        self._end_links(known.id, ended)
        if guardians:
            last["guardians"] = list(guardians)
        else:
            last.pop("guardians", None)

    def _write(
        self,
        known: KnownStudent,
        source_id: str,
        ours: Sequence[str],
        last: Mapping[str, Any],
        standing: str,
        left_on: str | None,
        line: int,
        kind: str,
        before: Mapping[str, Any],
        after: Mapping[str, Any],
    ) -> None:
        plan = self._plan
        key = (self._source, source_id)
        if self._table and known.source and known.source != self._source:
            # A table names a student; the roster that sent them goes on to own them.
            key = (known.source, known.source_id)
        kept = _kept(last)
        if not after:
            plan.unchanged += 1
            if (*key, kept) != (known.source, known.source_id, known.roster):
                plan.noted_students.append((*key, kept, known.row))
            return
        given, family, preferred = ours[_GIVEN], ours[_FAMILY], ours[_PREFERRED]
        plan.changed_students.append(
            (*ours, grade_rank(ours[_GRADE]), sorting_name(given, family, preferred),
             standing, left_on, *key, kept, known.row)
        )  # fmt: skip
        if not _SEARCHED.isdisjoint(after):
            names, numbers = search_text(
                given, ours[_MIDDLE], family, preferred, ours[_NUMBER], ours[_STATE]
            )
            plan.changed_names.append((known.row, names, numbers))
        plan.entries[kind].append(
            Entry(known.id, given, family, preferred, ours[_GRADE], ours[_SCHOOL], line,
                  before, after)
        )  # fmt: skip

    def _leave(self, known: KnownStudent, line: int) -> None:
        """Mark someone as having left, once; who came back here by hand stays."""
        last: dict[str, Any] = json.loads(known.roster) if known.roster else {}
        self._student_ids[known.source_id] = known.id
        if last.get("standing") == "left":
            return
        last["standing"] = "left"
        before, after = {}, {}
        if known.standing != "left":
            before = {"standing": "enrolled"}
            after = {"standing": "left", "left_on": self._today}
        self._write(
            known, known.source_id, known.values, last, "left", self._today, line, "left",
            before, after,
        )  # fmt: skip

    def _find_leavers(self) -> None:
        roster, heard = self._roster, self._heard
        if self._bulk:
            taken = {known.id for known in self._matched.values()}
            silent = roster.unread_people
            for source_id, known in self._sent.items():
                if source_id not in heard and source_id not in silent and known.id not in taken:
                    self._leave(known, 0)
            return
        # A file of changes says of someone who was a student that they are now something else.
        others = [(one.source_id, one.line) for one in roster.staff if not one.leaving]
        others += [(one.source_id, one.line) for one in roster.guardians if not one.leaving]
        for source_id, line in others:
            was = self._sent.get(source_id)
            if was is not None and source_id not in heard:
                heard.add(source_id)
                self._leave(was, line)

    # -- what a file of changes says of people it does not hold ---------------------------

    def _guardians_alone(self) -> None:
        """Tie guardians to students whom the file of changes names without a row of their own."""
        if self._bulk:
            return
        more: dict[str, list[str]] = {}
        for guardian in self._roster.guardians:
            for student in guardian.student_source_ids:
                if student in self._sent and student not in self._heard:
                    more.setdefault(student, []).append(guardian.source_id)
        for source_id, told in more.items():
            known = self._sent[source_id]
            last = json.loads(known.roster) if known.roster else {}
            named = dict.fromkeys((*last.get("guardians", ()), *told))
            guardians = [one for one in named if one not in self._gone_guardians]
            before: dict[str, Any] = {}
            after: dict[str, Any] = {}
            self._heard.add(source_id)
            self._follow_guardians_of(known, last, guardians, before, after)
            self._write(
                known, source_id, known.values, last, known.standing, None, 0, "changed",
                before, after,
            )  # fmt: skip

    def _hear_loose(self) -> None:
        """Take roles and demographics that a file of changes sends without their users."""
        told: dict[str, list[str]] = {}
        lines: dict[str, int] = {}
        gone: dict[str, int] = {}
        for role in self._roster.loose_roles:
            user = role.user_source_id
            if role.role != "student" or user in self._heard:
                continue
            if user not in self._sent:
                self._note("line-student-unknown", role.line)
            elif role.leaving:
                gone.setdefault(user, role.line)
            else:
                gone.pop(user, None)
                school = self._schools.get(role.school_source_id, "") if role.primary else ""
                told.setdefault(user, [""] * len(FIELDS))[_SCHOOL] = school
                lines[user] = role.line
        for demographic in self._roster.loose_demographics:
            user = demographic.user_source_id
            if user in self._sent and user not in self._heard and not demographic.leaving:
                values = told.setdefault(user, [""] * len(FIELDS))
                values[_BIRTH], values[_SEX] = demographic.birth_date, demographic.sex
                lines.setdefault(user, demographic.line)
        for user, values in told.items():
            if user not in gone:
                self._heard.add(user)
                self._follow(self._sent[user], user, values, None, lines[user])
        for user, line in gone.items():
            if user not in told:
                self._heard.add(user)
                self._leave(self._sent[user], line)

    # -- staff, terms, classes and who is in them -----------------------------------------

    def _merge_classes(self) -> None:
        roster, plan, schools = self._roster, self._plan, self._schools
        staff_ids = self._upsert(
            self._known.staff,
            (
                (one.source_id, one.leaving,
                 (one.given_name, one.family_name, one.role, one.email, one.phone,
                  schools.get(one.school_source_ids[0]) if one.school_source_ids else None))
                for one in roster.staff
            ),
            plan.staff,
            self._bulk and not self._table,
        )  # fmt: skip
        self._tick()
        self._upsert(
            self._known.terms,
            (
                (one.source_id, one.leaving,
                 (one.title, one.kind, one.begin, one.end, one.school_year, one.parent_source_id))
                for one in roster.sessions
            ),
            plan.terms,
            roster.modes.get("academicSessions") is Mode.BULK,
        )  # fmt: skip
        courses = {one.source_id: one.title for one in roster.courses}
        class_ids = self._upsert(
            self._known.classes,
            (
                (one.source_id, one.leaving,
                 (one.title, one.code, one.kind, courses.get(one.course_source_id, ""),
                  one.location, ",".join(one.periods), ",".join(one.term_source_ids),
                  schools.get(one.school_source_id)))
                for one in roster.classes
            ),
            plan.classes,
            any(roster.modes.get(kind) is Mode.BULK for kind in ("classes", "sections")),
        )  # fmt: skip
        self._merge_enrollments(class_ids, staff_ids)

    def _upsert(
        self,
        known: Sequence[Row],
        told: Iterable[tuple[str, bool, tuple[Any, ...]]],
        into: Upserts,
        everything: bool,
    ) -> dict[str, str]:
        """Gather new and changed rows; return the id of each source id that stands."""
        here = {row[1]: row for row in known}
        ids = {row[1]: row[0] for row in known}
        heard: set[str] = set()
        for source_id, leaving, values in told:
            if source_id in heard:
                continue
            heard.add(source_id)
            row = here.get(source_id)
            if row is None:
                if not leaving:
                    ids[source_id] = made = new_id()
                    into.new.append((made, self._source, source_id, *values))
                continue
            if (*values, 0 if leaving else 1) != tuple(row[2:]):
                into.changed.append((*values, 0 if leaving else 1, row[0]))
        if everything:
            into.changed.extend(
                (*row[2:-1], 0, row[0])
                for source_id, row in here.items()
                if source_id not in heard and row[-1]
            )
        return ids

    def _merge_enrollments(self, class_ids: dict[str, str], staff_ids: dict[str, str]) -> None:
        roster, plan, source = self._roster, self._plan, self._source
        if "enrollments" not in roster.modes and not roster.enrollments:
            return
        here = {row[0]: row for row in self._known.enrollments}
        students = self._student_ids
        heard: set[str] = set()
        for count, one in enumerate(roster.enrollments):
            if not count % _EVERY:
                self._tick()
            source_id = one.source_id
            if source_id in heard:
                continue
            heard.add(source_id)
            row = here.get(source_id)
            if one.leaving:
                if row is not None and row[7]:
                    plan.enrollments.changed.append((*row[1:7], 0, source, source_id))
                continue
            class_id = class_ids.get(one.class_source_id)
            user = one.user_source_id
            student = students.get(user)
            if student is None and (sent := self._sent.get(user)):
                student = sent.id
            staff = None if student else staff_ids.get(user)
            if class_id is None or (student is None and staff is None):
                plan.unplaced_enrollments += 1
                continue
            values = (class_id, student, staff, one.role, one.begin, one.end, 1)
            if row is None:
                plan.enrollments.new.append((source, source_id, *values))
            elif values != tuple(row[1:]):
                plan.enrollments.changed.append((*values, source, source_id))
        if roster.modes.get("enrollments") is Mode.BULK:
            plan.enrollments.changed.extend(
                (*row[1:7], 0, source, source_id)
                for source_id, row in here.items()
                if source_id not in heard and row[7]
            )


def _kept_guardian(values: Sequence[str]) -> str:
    return _dumps(
        {name: value for name, value in zip(GUARDIAN_FIELDS, values, strict=True) if value}
    )


def _another_person(one: RosterStudent, known: KnownStudent) -> bool:
    """Tell whether a shared number belongs to two people: a chart must never change its child."""
    birth = known.values[_BIRTH]
    if one.birth_date and birth:
        return one.birth_date != birth
    return folded(one.given_name) != folded(known.values[_GIVEN]) and folded(
        one.family_name
    ) != folded(known.values[_FAMILY])


def _numbers_differ(one: RosterStudent, known: KnownStudent) -> bool:
    """Tell whether both sides have a number and none of them agrees: twins of a name exist."""
    pairs = (
        (one.student_number, known.values[_NUMBER]),
        (one.state_id, known.values[_STATE]),
    )
    both = [mine == theirs for mine, theirs in pairs if mine and theirs]
    return bool(both) and not any(both)
