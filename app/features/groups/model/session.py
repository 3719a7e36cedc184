"""A session of a group: the form while one types, and what a signature makes of it."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, datetime, time
from typing import Any, Self

from app.features.groups.model.group import LONGEST_SESSION, Group, Membership
from app.kernel.charting import ChartNote, ChartSection
from app.kernel.clock import Moment
from app.kernel.entries import Attended, Entry, EntryKind
from app.kernel.errors import Refused
from app.kernel.ids import DraftId, NoteId, PersonId, SchoolId, StudentId
from app.kernel.mentions import Certainty, Find
from app.kernel.names import folded
from app.kernel.nouns import Attendance, Place
from app.kernel.words import _

OWN_KEY = "member"
TOPIC_KEY = "topic"


@dataclass(frozen=True, slots=True)
class Mark:
    """One member at the session: whether they came, and what is said of them alone."""

    student_id: StudentId
    attendance: str = Attendance.PRESENT
    reason: str = ""
    own: str = ""
    next_step: str = ""
    next_on: str = ""
    mandate_id: str = ""
    goals: tuple[tuple[str, str], ...] = ()
    """The goals that were worked on with them: each one's key, and where it stands as typed."""

    def says_anything(self) -> bool:
        """Tell whether a person has entered something about this member."""
        written = (self.reason, self.own, self.next_step)
        if self.attendance != Attendance.PRESENT or self.goals:
            return True
        return any(text.strip() for text in written)


@dataclass(frozen=True, slots=True)
class SessionForm:
    """The form as it stands while one types: nothing in it has to make sense yet."""

    on: str = ""
    at: str = ""
    start_chosen: bool = False
    minutes: str = ""
    number: int = 1
    """Which session of the group it is, counted from one."""
    topic: str = ""
    service_id: str = ""
    place: str = Place.OFFICE
    school_id: str = ""
    template_id: str = ""
    format: str = "free"
    sections: tuple[ChartSection, ...] = ()
    interventions: tuple[str, ...] = ()
    late_reason: str = ""
    category: str = ""
    planned_id: str = ""
    marks: tuple[Mark, ...] = ()
    answers: tuple[str, ...] = ()
    """Words that look like a name and were said to be no student's, folded."""

    def text(self) -> str:
        """Return the draft as the vault stores it: JSON without what is still as usual."""
        return self._json().encode("utf-8", "replace").decode()

    def _json(self) -> str:
        return json.dumps(
            {
                **_unusual(self, _USUAL_FORM),
                "sections": [
                    {"key": part.key, "title": part.title, "text": part.text}
                    for part in self.sections
                ],
                "marks": [
                    {"student_id": mark.student_id, **_unusual(mark, _USUAL_MARK)}
                    for mark in self.marks
                ],
            },
            ensure_ascii=False,
            separators=(",", ":"),
        )

    def storable(self) -> Self:
        """Return the form as it comes back from the vault, so that a signature freezes just that."""
        try:
            self._json().encode()
        except UnicodeEncodeError:
            return self.of_text(self.text())
        return self

    @classmethod
    def of_text(cls, text: str) -> Self:
        """Return the form a text holds; what a newer program added is passed over."""
        facts = json.loads(text)
        known = {f.name: facts[f.name] for f in fields(cls) if f.name in facts}
        for name in ("interventions", "answers"):
            known[name] = tuple(known.get(name, ()))
        known["sections"] = tuple(ChartSection(**part) for part in known.get("sections", ()))
        known["marks"] = tuple(_mark_of(mark) for mark in known.get("marks", ()))
        return cls(**known)

    def says_anything(self) -> bool:
        """Tell whether a person has entered something worth keeping."""
        written = any(part.text.strip() for part in self.sections)
        return written or bool(self.interventions) or any(m.says_anything() for m in self.marks)

    def marked(self, mark: Mark) -> Self:
        """Return the form with one member's mark in place of the one before."""
        return replace(
            self, marks=tuple(mark if m.student_id == mark.student_id else m for m in self.marks)
        )


def _mark_of(facts: Mapping[str, Any]) -> Mark:
    goals = tuple((str(key), str(value)) for key, value in facts.get("goals", ()))
    return Mark(**{**facts, "goals": goals})


def _unusual(of: Any, usual: Mapping[str, Any]) -> dict[str, Any]:
    return {name: getattr(of, name) for name, as_is in usual.items() if getattr(of, name) != as_is}


_USUAL_FORM = {
    f.name: f.default for f in fields(SessionForm) if f.name not in {"sections", "marks"}
}
_USUAL_MARK = {f.name: f.default for f in fields(Mark) if f.name != "student_id"}


@dataclass(frozen=True, slots=True)
class GroupDraft:
    """A session on its way to a signature: its maker's, saved as one types."""

    id: DraftId
    group_id: str
    person_id: PersonId
    form: SessionForm
    made: Moment
    saved_at: str = ""


@dataclass(frozen=True, slots=True)
class GroupSession:
    """A signed session: what its members shared. From here on nothing in it changes."""

    id: str
    group_id: str
    number: int
    topic: str
    started_at: str
    zone: str
    minutes: int
    service_id: str
    place: Place
    school_id: str | None
    format: str
    sections: tuple[tuple[str, str], ...]
    """Title and text of each."""
    late_reason: str
    planned_id: str
    person_id: PersonId
    signed_at: str
    signed_zone: str

    @property
    def started(self) -> Moment:
        """When it began."""
        return Moment(self.started_at, self.zone)


@dataclass(frozen=True, slots=True)
class Attending:
    """One member at a signed session; a correction is a row of its own that replaces this one."""

    id: str
    session_id: str
    student_id: StudentId
    note_id: NoteId
    attendance: Attendance
    reason: str
    replaces: str | None
    correction: str
    person_id: PersonId
    recorded_at: str
    zone: str


# -- names -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Passage:
    """A text of the form, and whom it may name: the student it is about, or nobody."""

    field: str
    text: str
    about: StudentId | None = None


@dataclass(frozen=True, slots=True)
class Named:
    """A place in the form that names a student, or may, and has to be answered."""

    field: str
    start: int
    end: int
    text: str
    sure: bool
    """It names another member for certain: it has to go before signing."""
    lead: int
    """Where the replacement begins to stand: at `start`, or before it with an article."""
    replacement: str


def named_in(passage: Passage, finds: Iterable[Find]) -> list[Named]:
    """Return what a watch found in a passage, as the form says it."""
    return [
        Named(
            passage.field,
            find.start,
            find.end,
            find.text,
            find.member and find.certainty >= Certainty.LIKELY,
            find.lead,
            find.replacement,
        )
        for find in finds
    ]


def answer(words: str) -> str:
    """Return words that were said to be no student's as a draft keeps them."""
    return folded(words)


def section_field(key: str) -> str:
    """Return the field of a shared section."""
    return f"section:{key}"


def member_field(what: str, student: str) -> str:
    """Return the field of a member's entry: `own`, `reason` or `next_step`."""
    return f"{what}:{student}"


def passages(form: SessionForm) -> list[Passage]:
    """Return every text of the form that goes into a note, with whom it may name."""
    found = [Passage(TOPIC_KEY, form.topic), Passage("late_reason", form.late_reason)]
    found += [Passage(section_field(part.key), part.text) for part in form.sections]
    for mark in form.marks:
        for what, text in (
            ("own", mark.own),
            ("reason", mark.reason),
            ("next_step", mark.next_step),
        ):
            found.append(Passage(member_field(what, mark.student_id), text, mark.student_id))
    return [passage for passage in found if passage.text.strip()]


# -- signing -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Taken:
    """What signing a session makes: the frozen rows, and a note for each member's chart."""

    session: GroupSession
    attending: tuple[Attending, ...]
    notes: tuple[ChartNote, ...]
    entry: Entry
    """What other rooms are told: the leader's minutes once, each member's in full."""


def started(form: SessionForm, zone: str) -> Moment:
    """Return when the session began; refuse a day or a time that is none."""
    try:
        day = date.fromisoformat(form.on)
    except ValueError:
        raise Refused("note-needs-day", "on") from None
    try:
        wall = time.fromisoformat(form.at)
    except ValueError:
        raise Refused("note-needs-time", "at") from None
    return Moment.local(datetime.combine(day, wall), zone)


def accepted_minutes(form: SessionForm) -> int:
    """Return the session's minutes; one that nobody came to may have none."""
    came = any(mark.attendance == Attendance.PRESENT for mark in form.marks)
    entry = form.minutes.strip()
    if not entry and not came:
        return 0
    least = 1 if came else 0
    if not (entry.isascii() and entry.isdecimal() and least <= int(entry[:6]) <= LONGEST_SESSION):
        raise Refused("note-needs-minutes", "minutes", least=least, most=LONGEST_SESSION)
    return int(entry)


def taken(
    draft: GroupDraft, group: Group, members: Sequence[StudentId], now: Moment, ids: Iterable[str]
) -> Taken:
    """Return what signing `draft` makes, or refuse at the first field to mend.

    `members` are those who were in the group on the session's day; `ids` gives new ids.
    Names are looked for elsewhere: what is given here has been found clean.
    """
    form = draft.form
    begun = started(form, draft.made.zone)
    if begun.at > now.at:
        raise Refused("note-in-future", "at")
    if not form.marks:
        raise Refused("group-nobody", "marks")
    if sorted(mark.student_id for mark in form.marks) != sorted(set(members)):
        raise Refused("group-members-changed", "marks")
    if not form.service_id:
        raise Refused("note-needs-service", "service")
    minutes = accepted_minutes(form)
    shared = _shared(form)
    for mark in form.marks:
        _accept_mark(mark, shared)
    made = iter(ids)
    notes = tuple(
        ChartNote(
            id=NoteId(next(made)),
            student_id=mark.student_id,
            started=begun,
            minutes=minutes,
            service_id=form.service_id,
            place=Place(form.place),
            school_id=form.school_id,
            attendance=Attendance(mark.attendance),
            attendance_reason=mark.reason.strip(),
            interventions=form.interventions if mark.attendance == Attendance.PRESENT else (),
            format=form.format,
            sections=_sections_of(mark, shared),
            late_reason=form.late_reason,
            next_step=mark.next_step,
            next_on=mark.next_on,
        )
        for mark in form.marks
    )
    session = GroupSession(
        id=draft.id,
        group_id=group.id,
        number=form.number,
        topic=form.topic.strip(),
        started_at=begun.at,
        zone=begun.zone,
        minutes=minutes,
        service_id=form.service_id,
        place=Place(form.place),
        school_id=form.school_id or None,
        format=form.format,
        sections=tuple((part.title, part.text) for part in shared),
        late_reason=form.late_reason.strip(),
        planned_id=form.planned_id,
        person_id=draft.person_id,
        signed_at=now.at,
        signed_zone=now.zone,
    )
    attending = tuple(
        Attending(
            id=next(made),
            session_id=session.id,
            student_id=note.student_id,
            note_id=note.id,
            attendance=note.attendance,
            reason="" if note.attendance is Attendance.PRESENT else note.attendance_reason,
            replaces=None,
            correction="",
            person_id=draft.person_id,
            recorded_at=now.at,
            zone=now.zone,
        )
        for note in notes
    )
    entry = Entry(
        kind=EntryKind.GROUP,
        id=session.id,
        person_id=draft.person_id,
        started=begun,
        minutes=minutes,
        place=session.place,
        school_id=SchoolId(form.school_id) if form.school_id else None,
        service_id=form.service_id,
        category=form.category,
        planned_id=form.planned_id,
        students=tuple(
            Attended(
                note.student_id, note.id, note.attendance, row.reason, mark.mandate_id,
                mark.goals if note.attendance is Attendance.PRESENT else (),
            )
            for note, row, mark in zip(notes, attending, form.marks, strict=True)
        ),
    )  # fmt: skip
    return Taken(session, attending, notes, entry)


def told_again(session: GroupSession, attending: Sequence[Attending]) -> Entry:
    """Return what other rooms are told of a signed session whose attendance was corrected."""
    return Entry(
        kind=EntryKind.GROUP,
        id=session.id,
        person_id=session.person_id,
        started=session.started,
        minutes=session.minutes,
        place=session.place,
        school_id=SchoolId(session.school_id) if session.school_id else None,
        service_id=session.service_id,
        planned_id=session.planned_id,
        students=tuple(
            Attended(one.student_id, one.note_id, one.attendance, one.reason) for one in attending
        ),
    )


def _accept_mark(mark: Mark, shared: Sequence[ChartSection]) -> None:
    student = mark.student_id
    attendance = Attendance(mark.attendance)
    if attendance is not Attendance.PRESENT and not mark.reason.strip():
        raise Refused(
            "group-needs-reason", member_field("reason", student), student=student
        )  # fmt: skip
    if attendance is Attendance.PRESENT and not shared and not mark.own.strip():
        raise Refused("note-needs-text", "sections")
    text, due = mark.next_step.strip(), mark.next_on
    if text and not due:
        raise Refused("next-step-needs-day", member_field("next_on", student))
    if due and not text:
        raise Refused("next-step-needs-text", member_field("next_step", student))


def _shared(form: SessionForm) -> tuple[ChartSection, ...]:
    """Return the sections that say something; the topic leads them."""
    topic = ChartSection(TOPIC_KEY, _("Topic"), form.topic.strip())
    written = tuple(
        replace(part, text=part.text.rstrip()) for part in form.sections if part.text.strip()
    )
    return (topic, *written) if topic.text and written else written


def _sections_of(mark: Mark, shared: tuple[ChartSection, ...]) -> tuple[ChartSection, ...]:
    """Return one member's note: what all shared, if they were there, and what is theirs alone."""
    own = ChartSection(OWN_KEY, _("This student in the group"), mark.own.rstrip())
    came = mark.attendance == Attendance.PRESENT
    return (*(shared if came else ()), *((own,) if own.text.strip() else ()))


def marks_of(
    members: Sequence[Membership], day: str, before: Sequence[Mark] = ()
) -> tuple[Mark, ...]:
    """Return a mark for each who is in the group on `day`: as entered before, else present."""
    known = {mark.student_id: mark for mark in before}
    there = dict.fromkeys(one.student_id for one in members if one.holds(day))
    return tuple(known.get(student) or Mark(student) for student in there)
