"""Session notes: what a draft holds, when it may be signed, and what a signature freezes."""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum, unique
from typing import Any, Self

from app.features.sessions.shipped import INTERVENTIONS, SERVICES, shipped_format
from app.kernel.clock import Moment
from app.kernel.entries import Attended, Entry, EntryKind
from app.kernel.errors import Refused
from app.kernel.ids import DraftId, NoteId, PersonId, SchoolId, StudentId
from app.kernel.nouns import Attendance, Place
from app.kernel.ports import Reader
from app.kernel.words import _

LONGEST_SESSION = 1440
"""Minutes in a day; no session is longer."""
SHORTEST_LATE_AFTER = 1
"""Hours: a person can set no shorter time after which a note is a late entry."""
LONGEST_LABEL = 80
MOST_SECTIONS = 12


@unique
class DraftKind(StrEnum):
    """What a draft becomes when it is signed."""

    SESSION = "session"
    ADDENDUM = "addendum"
    AMENDMENT = "amendment"


@dataclass(frozen=True, slots=True)
class Section:
    """One part of a note under its own title; the key tells where it goes in another format."""

    key: str
    title: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class NoteForm:
    """The form as it stands while one types: nothing in it has to make sense yet."""

    on: str = ""
    """The calendar day the session began, as YYYY-MM-DD."""
    at: str = ""
    """The time on the clock when it began, as HH:MM."""
    start_chosen: bool = False
    """Whether a person set the time; otherwise it follows the minutes."""
    minutes: str = ""
    service_id: str = ""
    place: str = Place.OFFICE
    school_id: str = ""
    attendance: str = Attendance.PRESENT
    attendance_reason: str = ""
    present: str = ""
    interventions: tuple[str, ...] = ()
    template_id: str = ""
    format: str = "free"
    sections: tuple[Section, ...] = ()
    next_step: str = ""
    next_on: str = ""
    late_reason: str = ""
    reason: str = ""
    """Of an amendment: why the note is corrected."""
    sole_id: str = ""
    """The sole-possession note this draft was made from."""
    category: str = ""
    """The time's category; empty: the one that is usual for the service."""
    mandate_id: str = ""
    """The service owed that this counts toward; empty: the one that fits."""
    planned_id: str = ""
    """The appointment that this session was."""
    goals: tuple[tuple[str, str], ...] = ()
    """The goals that were worked on: each one's key, and where it stands as it was typed."""

    def text(self) -> str:
        """Return the draft as the vault stores it: JSON without what is still as usual."""
        return storable(self._json())

    def storable(self) -> Self:
        """Return the form as it comes back from the vault, so that a signature freezes just that."""
        try:
            self._json().encode()
        except UnicodeEncodeError:
            return self.of_text(self.text())
        return self

    def _json(self) -> str:
        facts: dict[str, Any] = {}
        for name, usual in _USUAL_FORM.items():
            value = getattr(self, name)
            if value != usual:
                facts[name] = value
        if self.sections:
            facts["sections"] = [
                {"key": part.key, "title": part.title, "text": part.text} for part in self.sections
            ]
        return _encoded(facts)

    @classmethod
    def of_text(cls, text: str) -> Self:
        """Return the form a text holds; what a newer program added is passed over."""
        facts = json.loads(text)
        known = {name: facts[name] for name in _USUAL_FORM if name in facts}
        if "sections" in known:
            known["sections"] = tuple(Section(**section) for section in known["sections"])
        if "interventions" in known:
            known["interventions"] = tuple(known["interventions"])
        if "goals" in known:
            known["goals"] = tuple((str(key), str(value)) for key, value in known["goals"])
        return cls(**known)

    def says_anything(self) -> bool:
        """Tell whether a person has written something worth keeping."""
        written = (self.next_step, self.present, self.attendance_reason, self.reason)
        return any(s.text.strip() for s in self.sections) or any(w.strip() for w in written)


_encoded = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_USUAL_FORM: Mapping[str, Any] = {f.name: f.default for f in fields(NoteForm)}


@dataclass(frozen=True, slots=True)
class Draft:
    """A working paper: its maker's, about a student or not yet, saved as one types."""

    id: DraftId
    person_id: PersonId
    student_id: StudentId | None
    kind: DraftKind
    note_id: NoteId | None
    form: NoteForm
    ready: bool
    made: Moment
    saved_at: str = ""


@dataclass(frozen=True, slots=True)
class PlannedSession:
    """An appointment with a student, as the schedule knows it."""

    id: str
    student_id: StudentId
    started: Moment
    minutes: int
    service_id: str = ""
    place: Place = Place.OFFICE
    school_id: str = ""


FindPlanned = Callable[[Reader, str], PlannedSession | None]
"""Looks up an appointment with a student by its id; None if there is none."""


def no_plan(_reader: Reader, _appointment_id: str) -> PlannedSession | None:
    """Know of no appointment: a desk without a schedule."""
    return None


@dataclass(frozen=True, slots=True)
class SessionNote:
    """A signed note: from here on nothing in it changes."""

    id: NoteId
    student_id: StudentId
    person_id: PersonId
    started: Moment
    minutes: int
    service_id: str
    service_label: str
    place: Place
    school_id: str | None
    attendance: Attendance
    attendance_reason: str
    present: str
    interventions: tuple[str, ...]
    format: str
    sections: tuple[Section, ...]
    late_reason: str
    late: bool
    from_sole: bool
    signed: Moment

    def stored(self) -> tuple[str | int | None, ...]:
        """Return the note's fields as the file keeps them, in the order they are hashed."""
        return (
            self.id,
            self.student_id,
            self.person_id,
            self.started.at,
            self.started.zone,
            self.minutes,
            self.service_id,
            self.service_label,
            self.place.value,
            self.school_id,
            self.attendance.value,
            self.attendance_reason,
            self.present,
            _encoded(self.interventions),
            self.format,
            sections_text(self.sections),
            self.late_reason,
            int(self.late),
            int(self.from_sole),
            self.signed.at,
            self.signed.zone,
        )


@dataclass(frozen=True, slots=True)
class Addition:
    """What came after the signature: new information, or a correction with its reason."""

    id: str
    note_id: NoteId
    kind: DraftKind
    reason: str
    sections: tuple[Section, ...]
    person_id: PersonId
    signed: Moment

    def stored(self) -> tuple[str | int | None, ...]:
        """Return the addition's fields as the file keeps them, in the order they are hashed."""
        return (
            self.id,
            self.note_id,
            self.kind.value,
            self.reason,
            sections_text(self.sections),
            self.person_id,
            self.signed.at,
            self.signed.zone,
        )


@dataclass(frozen=True, slots=True)
class FollowUp:
    """A next step with a date: it comes back on Today until it is done."""

    id: str
    student_id: StudentId
    note_id: NoteId | None
    person_id: PersonId
    text: str
    due_on: str
    done_at: str = ""


@dataclass(frozen=True, slots=True)
class TemplateSection:
    """One section of a template: key, title, and a hint of what belongs in it."""

    key: str
    title: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Template:
    """A note format as it is offered; a shipped one says its words in the language in use."""

    id: str
    format: str
    name: str
    sections: tuple[TemplateSection, ...]
    builtin: bool = False
    retired: bool = False
    position: int = 0


@unique
class ChoiceList(StrEnum):
    """The lists a person keeps: kinds of service, and interventions."""

    SERVICE = "service_kind"
    INTERVENTION = "intervention"


@dataclass(frozen=True, slots=True)
class Choice:
    """One entry of a list."""

    id: str
    code: str
    label: str
    retired: bool = False
    position: int = 0


@dataclass(frozen=True, slots=True)
class SoleNote:
    """A memory aid in its maker's sole possession (34 CFR 99.3): seen by no one else."""

    id: str
    person_id: PersonId
    student_id: StudentId | None
    text: str
    about_on: str
    purge_on: str
    made: Moment
    saved_at: str


def sections_text(sections: Sequence[Section]) -> str:
    """Return sections as a signed row keeps them: titles and texts, JSON."""
    kept = [{"title": section.title, "text": section.text} for section in sections]
    return _encoded(kept)


def seal(stored: Iterable[str | int | None]) -> bytes:
    """Return the SHA-256 of a signed row's fields in their order."""
    canonical = _encoded(list(stored))
    return hashlib.sha256(canonical.encode()).digest()


def storable(text: str) -> str:
    """Return text without lone surrogates, which no UTF-8 file can hold."""
    return text.encode("utf-8", "replace").decode("utf-8")


# -- signing -----------------------------------------------------------------------------


def started(form: NoteForm, zone: str) -> Moment:
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


def accepted_minutes(text: str, attendance: Attendance) -> int:
    """Return a session's minutes; one that did not take place may have none."""
    entry = text.strip()
    if not entry and attendance is not Attendance.PRESENT:
        return 0
    least = 1 if attendance is Attendance.PRESENT else 0
    if not (entry.isascii() and entry.isdecimal() and least <= int(entry[:6]) <= LONGEST_SESSION):
        raise Refused("note-needs-minutes", "minutes", least=least, most=LONGEST_SESSION)
    return int(entry)


def is_late(begun: Moment, minutes: int, now: Moment, late_after_hours: int) -> bool:
    """Tell whether a note signed `now` is a late entry: more than that long after the end."""
    return now.at > begun.later(timedelta(minutes=minutes, hours=late_after_hours)).at


def surely_in_time(draft: Draft, now: Moment) -> bool:
    """Tell whether a note signed `now` is no late entry whatever hours a person has set."""
    try:
        begun = started(draft.form, draft.made.zone)
        minutes = accepted_minutes(draft.form.minutes, Attendance(draft.form.attendance))
    except Refused:
        return False
    return not is_late(begun, minutes, now, SHORTEST_LATE_AFTER)


def signed_note(
    draft: Draft,
    now: Moment,
    *,
    late_after_hours: int,
    service_label: str | None,
    interventions: tuple[str, ...],
) -> SessionNote:
    """Return the note that signing `draft` makes, or refuse at the first field to mend.

    Labels are given as they stand today and stay with the note. Time is passed in:
    when the session began is never when it was signed.
    """
    form = draft.form
    if draft.student_id is None:
        raise Refused("note-needs-student", "student")
    attendance = Attendance(form.attendance)
    minutes = accepted_minutes(form.minutes, attendance)
    if service_label is None:
        raise Refused("note-needs-service", "service")
    begun = started(form, draft.made.zone)
    if begun.at > now.at:
        raise Refused("note-in-future", "at")
    if attendance is not Attendance.PRESENT and not form.attendance_reason.strip():
        raise Refused("note-needs-attendance-reason", "attendance_reason")
    sections = written(form.sections)
    if attendance is Attendance.PRESENT and not sections:
        raise Refused("note-needs-text", "sections")
    late = is_late(begun, minutes, now, late_after_hours)
    if late and not form.late_reason.strip():
        raise Refused("note-needs-late-reason", "late_reason", hours=late_after_hours)
    follow_up_of(draft, NoteId(draft.id))
    present = attendance is Attendance.PRESENT
    return SessionNote(
        id=NoteId(draft.id),
        student_id=draft.student_id,
        person_id=draft.person_id,
        started=begun,
        minutes=minutes,
        service_id=form.service_id,
        service_label=service_label,
        place=Place(form.place),
        school_id=form.school_id or None,
        attendance=attendance,
        attendance_reason="" if present else form.attendance_reason.strip(),
        present=form.present.strip(),
        interventions=interventions,
        format=form.format,
        sections=sections,
        late_reason=form.late_reason.strip() if late else "",
        late=late,
        from_sole=bool(form.sole_id),
        signed=now,
    )


def entry_of(note: SessionNote, form: NoteForm) -> Entry:
    """Return what other rooms are told of a note that is signed."""
    return Entry(
        kind=EntryKind.SESSION,
        id=note.id,
        person_id=note.person_id,
        started=note.started,
        minutes=note.minutes,
        place=note.place,
        school_id=SchoolId(note.school_id) if note.school_id else None,
        service_id=note.service_id,
        service_label=note.service_label,
        category=form.category,
        planned_id=form.planned_id,
        students=(
            Attended(
                note.student_id,
                note.id,
                note.attendance,
                note.attendance_reason,
                form.mandate_id,
                form.goals,
            ),
        ),
    )


def follow_up_of(draft: Draft, note_id: NoteId) -> tuple[str, str] | None:
    """Return the next step's text and due day, or None; refuse one without the other."""
    text, due = draft.form.next_step.strip(), draft.form.next_on
    if not text and not due:
        return None
    if not text:
        raise Refused("next-step-needs-text", "next_step")
    try:
        day = date.fromisoformat(due)
    except ValueError:
        raise Refused("next-step-needs-day", "next_on") from None
    if draft.form.on and day.isoformat() < draft.form.on:
        raise Refused("next-step-before", "next_on")
    return text, day.isoformat()


def signed_addition(draft: Draft, now: Moment) -> Addition:
    """Return the addendum or amendment that signing `draft` makes, or refuse it."""
    if draft.note_id is None or draft.kind is DraftKind.SESSION:
        raise ValueError(draft.kind)
    if draft.kind is DraftKind.AMENDMENT and not draft.form.reason.strip():
        raise Refused("amendment-needs-reason", "reason")
    sections = written(draft.form.sections)
    if not sections:
        raise Refused("note-needs-text", "sections")
    return Addition(
        id=draft.id,
        note_id=draft.note_id,
        kind=draft.kind,
        reason=draft.form.reason.strip() if draft.kind is DraftKind.AMENDMENT else "",
        sections=sections,
        person_id=draft.person_id,
        signed=now,
    )


def written(sections: Sequence[Section]) -> tuple[Section, ...]:
    """Return the sections that say something, without trailing blanks."""
    return tuple(replace(s, text=s.text.rstrip()) for s in sections if s.text.strip())


# -- writing -----------------------------------------------------------------------------


def usual_start(made: Moment, minutes: str) -> tuple[str, str]:
    """Return day and time of a session that ended when the draft was begun.

    It is what is meant most often: the note is written just after the session.
    """
    entry = minutes.strip()
    length = int(entry) if entry.isascii() and entry.isdecimal() and len(entry) < 5 else 0
    begun = made.later(-timedelta(minutes=min(length, LONGEST_SESSION))).wall()
    return begun.strftime("%Y-%m-%d"), begun.strftime("%H:%M")


def in_format(sections: Sequence[Section], template: Template) -> tuple[Section, ...]:
    """Return the same texts under the sections of another template; no word is lost.

    A text goes to the section with its key. Text without such a place stays under its
    own title behind the others, and finds its way back when the format does.
    """
    texts = {section.key: section for section in sections}
    placed = tuple(
        Section(wanted.key, wanted.title, texts[wanted.key].text if wanted.key in texts else "")
        for wanted in template.sections
    )
    keys = {wanted.key for wanted in template.sections}
    others = tuple(s for s in sections if s.key not in keys and s.text.strip())
    return placed + others


# -- templates and lists -----------------------------------------------------------------


def said_template(template: Template) -> Template:
    """Return a shipped template in the language in use; a person's own stays as written."""
    if not template.builtin:
        return template
    shipped = shipped_format(template.format)
    return replace(
        template,
        name=_(shipped.name),
        sections=tuple(
            TemplateSection(part.key, _(part.title), _(part.hint)) for part in shipped.sections
        ),
    )


def said_choice(of: ChoiceList, code: str, label: str) -> str:
    """Return a list entry's label: translated as long as it is the one that was shipped."""
    shipped = (SERVICES if of is ChoiceList.SERVICE else INTERVENTIONS).get(code)
    return _(label) if shipped == label else label


def accepted_label(text: str) -> str:
    """Return a name as it is kept; refuse an empty or overlong one."""
    label = " ".join(storable(text).split())
    if not label:
        raise Refused("label-missing", "label")
    if len(label) > LONGEST_LABEL:
        raise Refused("label-long", "label", longest=LONGEST_LABEL)
    return label


def accepted_sections(sections: Sequence[TemplateSection]) -> tuple[TemplateSection, ...]:
    """Return a template's sections as they are kept, each with a key of its own."""
    if not 1 <= len(sections) <= MOST_SECTIONS:
        raise Refused("template-sections", "sections", most=MOST_SECTIONS)
    kept: list[TemplateSection] = []
    taken: set[str] = set()
    for number, section in enumerate(sections, 1):
        title = " ".join(storable(section.title).split())
        if not title:
            raise Refused("template-section-title", f"section_{number}", number=number)
        key = section.key
        serial = number
        while not key or key in taken:
            key, serial = f"own{serial}", serial + 1
        taken.add(key)
        kept.append(TemplateSection(key, title, " ".join(storable(section.hint).split())))
    return tuple(kept)


# -- sole possession ---------------------------------------------------------------------


def usual_purge(about_on: str, school_year_ends: str | None) -> str:
    """Return when a sole-possession note asks to be purged: school year's end, else in a year."""
    if school_year_ends and school_year_ends > about_on:
        return school_year_ends
    day = date.fromisoformat(about_on)
    try:
        return day.replace(year=day.year + 1).isoformat()
    except ValueError:
        return day.replace(year=day.year + 1, day=28).isoformat()


def accepted_day(text: str, code: str, field: str) -> str:
    """Return a calendar day as it is kept; refuse what is none."""
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise Refused(code, field) from None
