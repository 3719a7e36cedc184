"""Writes the invented district into a vault, command by command, as people would have.

Every command goes through the rooms' own services, at its own time, so that nothing in a
demonstration could not have been done by hand. Many commands share one commit: two
thousand students over ten years take minutes, and the journal has an entry for each.
"""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from itertools import islice
from random import Random
from typing import TYPE_CHECKING, Any, Protocol

from app.demo.history import Happening, History, Pupil
from app.demo.people import Adult, table
from app.demo.writing import Written, filled, sentence, written
from app.features.caseload.commands import (
    AddAlert,
    AddGuardian,
    AddStudent,
    AddTag,
    ChangeStudent,
    DecideTier,
    EndAlert,
    LinkGuardian,
    MarkLeft,
    PutOnCaseload,
    TakeOffCaseload,
)
from app.features.caseload.model import AlertKind, Contact, Profile, ReachBy, Tie
from app.features.caseload.service import CaseloadService
from app.features.privacy.commands import RecordDisclosure
from app.features.privacy.model import Means
from app.features.privacy.service import PrivacyService
from app.features.sessions.commands import (
    AddAddendum,
    AmendNote,
    FinishFollowUp,
    KeepForSigning,
    SaveDraft,
    SignNote,
    WriteSoleNote,
)
from app.features.sessions.model import Draft, DraftKind, NoteForm, Section, Template
from app.features.sessions.service import SessionsService
from app.kernel.clock import FixedClock, Moment
from app.kernel.ids import DraftId, NoteId, PersonId, StudentId, new_id
from app.kernel.nouns import Role, Tier
from app.kernel.ports import Progress, Transaction
from app.kernel.releases import Ground, Terms

if TYPE_CHECKING:
    from app.bootstrap import Desk

_LOOK_AGAIN = timedelta(weeks=8)
"""After how long a team looks at a tier above the first again."""
_TOGETHER = 4_000
"""Commands that share a commit."""
_LATEST = 20_000
"""Notes that may still be added to; older ones are forgotten here."""


class _Commit(Transaction, Protocol):
    """A commit whose time moves on with each command in it."""

    now: Moment


class District:
    """The district as it is being written down."""

    def __init__(
        self, desk: "Desk", clock: FixedClock, history: History, role: Role, seed: int
    ) -> None:
        self._desk, self._clock, self._history, self._role = desk, clock, history, role
        self._zone = clock.now().zone
        self._seed = seed
        self._tx: _Commit | None = None
        self._alerts: dict[int, str] = {}
        self._students: dict[int, StudentId] = {}
        self._profiles: dict[int, Profile] = {}
        self._guardians: dict[int, list[str]] = {}
        self._notes: dict[object, tuple[NoteId, Written]] = {}
        settings = desk.people.settings(desk.seat.person)
        self._caseload = CaseloadService(self._begin, self._begin, self._who)
        self._privacy = PrivacyService(
            self._begin, self._begin, lambda: desk.seat, desk, lambda: clock.now().day()
        )
        self._sessions = SessionsService(
            self._begin,
            self._begin,
            self._begin,
            self._begin,
            seat=lambda: desk.seat,
            settings=lambda _person: settings,
            forget=lambda: None,
            clock=clock,
            told=desk.told,
        )
        self._ways: dict[str, Callable[[Happening, Random], None]] = {
            "arrives": self._arrives,
            "moves_up": self._moves_up,
            "leaves": self._leaves,
            "alert": self._alert,
            "alert_ends": self._alert_ends,
            "tag": self._tag,
            "tier": self._tier,
            "caseload": self._put_on,
            "off_caseload": self._take_off,
            "session": self._session,
            "done": self._done,
            "addendum": self._addition,
            "amendment": self._addition,
            "sole": self._sole,
            "disclosure": self._disclosure,
        }

    def write(self, progress: Progress) -> int:
        """Write the whole history down; return how many notes were signed."""
        choices = self._desk.sessions.choices()
        self._services = {choice.code: choice.id for choice in choices.services}
        self._interventions = {choice.code: choice.id for choice in choices.interventions}
        self._templates = {template.format: template for template in choices.templates}
        self._schools = [school.id for school in choices.schools if school.mine]
        happenings = self._history.happenings
        drafts = [happening for happening in happenings if happening.what == "draft"]
        told = iter([happening for happening in happenings if happening.what != "draft"])
        number = 0
        while chunk := list(islice(told, _TOGETHER)):
            with self._desk.records.transaction() as tx:
                self._tx = tx
                for happening in chunk:
                    self._live(number, happening)
                    number += 1
                    if not number % 200:
                        progress(number, len(happenings))
            self._tx = None
        for happening in drafts:
            self._draft(happening, Random(f"{self._seed}:{number}"))  # noqa: S311 - a demonstration
            number += 1
        progress(len(happenings), len(happenings))
        return sum(happening.what == "session" for happening in happenings)

    # -- one transaction for many commands -------------------------------------------

    @contextmanager
    def _begin(self) -> Iterator[Transaction]:
        if self._tx is None:
            raise RuntimeError("no commit is open")
        self._tx.now = self._clock.now()
        yield self._tx

    def _who(self) -> PersonId:
        return self._desk.seat.person

    def _live(self, number: int, happening: Happening) -> None:
        self._clock.moment = Moment.local(happening.at, self._zone)
        chance = Random(f"{self._seed}:{number}")  # noqa: S311 - a demonstration
        self._ways[happening.what](happening, chance)

    # -- students --------------------------------------------------------------------

    def _profile(self, pupil: Pupil, day: date) -> Profile:
        grade = pupil.grade(day)
        who = pupil.child
        return Profile(
            given_name=who.given,
            family_name=who.family,
            middle_name=who.middle,
            preferred_name=who.preferred,
            pronouns=who.pronouns,
            birth_date=pupil.born.isoformat(),
            grade=f"{grade:02d}" if grade > 0 else "KG",
            school_id=self._school(pupil, grade),
            language=who.language,
            email=f"{pupil.number}@students.example",
            student_number=pupil.number,
        )

    def _school(self, pupil: Pupil, grade: int) -> str:
        level = 0 if grade < 6 else 1 if grade < 9 else 2
        if len(self._schools) >= 5:
            return self._schools[(pupil.building, 2 + pupil.building, 4)[level]]
        return self._schools[min(level, len(self._schools) - 1)]

    def _arrives(self, happening: Happening, _chance: Random) -> None:
        pupil = self._history.pupils[happening.pupil]
        profile = self._profile(pupil, happening.at.date())
        student = StudentId(self._caseload.add_student(AddStudent(profile, anyway=True)).made)
        self._students[happening.pupil], self._profiles[happening.pupil] = student, profile
        home = pupil.child.household
        known = self._guardians.get(home.number)
        if known is None:
            self._guardians[home.number] = [
                self._caseload.add_guardian(AddGuardian(student, _contact(adult), _tie(adult))).made
                for adult in home.adults
            ]
            return
        for guardian, adult in zip(known, home.adults, strict=True):
            self._caseload.link_guardian(LinkGuardian(student, guardian, _tie(adult)))

    def _moves_up(self, happening: Happening, _chance: Random) -> None:
        pupil, student = self._history.pupils[happening.pupil], self._students[happening.pupil]
        profile = self._profile(pupil, happening.at.date())
        if profile != self._profiles[happening.pupil]:
            self._caseload.change_student(ChangeStudent(student, profile, anyway=True))
            self._profiles[happening.pupil] = profile

    def _leaves(self, happening: Happening, _chance: Random) -> None:
        student = self._students[happening.pupil]
        self._caseload.mark_left(MarkLeft(student, happening.at.date().isoformat()))

    def _alert(self, happening: Happening, _chance: Random) -> None:
        kind, text = str(happening.facts["kind"]), str(happening.facts["text"])
        student = self._students[happening.pupil]
        made = self._caseload.add_alert(AddAlert(student, AlertKind(kind), text)).made
        self._alerts[happening.pupil] = made

    def _alert_ends(self, happening: Happening, _chance: Random) -> None:
        self._caseload.end_alert(EndAlert(self._alerts.pop(happening.pupil)))

    def _tag(self, happening: Happening, _chance: Random) -> None:
        student = self._students[happening.pupil]
        self._caseload.add_tag(AddTag((student,), str(happening.facts["label"])))

    def _tier(self, happening: Happening, chance: Random) -> None:
        tier, kind = Tier(int(str(happening.facts["tier"]))), str(happening.facts["kind"])
        decided = happening.at.date()
        again = (decided + _LOOK_AGAIN).isoformat() if tier is not Tier.UNIVERSAL else ""
        self._caseload.decide_tier(
            DecideTier(
                (self._students[happening.pupil],),
                tier,
                decided.isoformat(),
                sentence(chance, kind),
                again,
            )
        )

    def _put_on(self, happening: Happening, chance: Random) -> None:
        student, day = self._students[happening.pupil], happening.at.date().isoformat()
        self._caseload.put_on_caseload(PutOnCaseload((student,), day, sentence(chance, "caseload")))

    def _take_off(self, happening: Happening, chance: Random) -> None:
        student, day = self._students[happening.pupil], happening.at.date().isoformat()
        why = sentence(chance, "off")
        self._caseload.take_off_caseload(TakeOffCaseload((student,), day, why))

    # -- notes -----------------------------------------------------------------------

    def _form(self, happening: Happening, chance: Random) -> tuple[Draft, Written]:
        facts, pupil = happening.facts, self._history.pupils[happening.pupil]
        start, attendance = facts["start"], str(facts["attendance"])
        if not isinstance(start, datetime):
            raise TypeError(start)
        text = written(chance, self._role, str(facts["about"]), pupil.spoken)
        there = attendance == "present"
        template = self._templates[text.format]
        due = facts["due"]
        steps = table("notes")[str(facts["about"])]["next"]
        made = Moment.local(start + timedelta(minutes=int(str(facts["minutes"]))), self._zone)
        chosen = facts["interventions"]
        form = NoteForm(
            on=start.date().isoformat(),
            at=start.strftime("%H:%M"),
            start_chosen=True,
            minutes=str(facts["minutes"]),
            service_id=self._services[str(facts["service"])],
            place=str(facts["place"]),
            school_id=self._profiles[happening.pupil].school_id,
            attendance=attendance,
            attendance_reason="" if there else sentence(chance, attendance),
            interventions=tuple(self._interventions[code] for code in chosen)
            if there and isinstance(chosen, tuple)
            else (),
            template_id=template.id,
            format=text.format,
            sections=_sections(template, text) if there else (),
            next_step=_step(chance, steps) if isinstance(due, date) else "",
            next_on=due.isoformat() if isinstance(due, date) else "",
            late_reason=sentence(chance, "late") if facts["late"] else "",
        )
        draft = Draft(
            DraftId(new_id()),
            self._who(),
            self._students[happening.pupil],
            DraftKind.SESSION,
            None,
            form,
            ready=False,
            made=made,
        )
        return draft, text

    def _session(self, happening: Happening, chance: Random) -> None:
        draft, text = self._form(happening, chance)
        self._sessions.sign_note(SignNote(draft))
        self._notes[happening.facts["number"]] = (NoteId(draft.id), text)
        if len(self._notes) > _LATEST:
            self._notes.pop(next(iter(self._notes)))

    def _draft(self, happening: Happening, chance: Random) -> None:
        self._clock.moment = Moment.local(happening.at, self._zone)
        draft, _text = self._form(happening, chance)
        self._desk.sessions.save_draft(SaveDraft(draft))
        if happening.facts["ready"]:
            self._desk.sessions.keep_for_signing(KeepForSigning(draft))

    def _done(self, happening: Happening, _chance: Random) -> None:
        known = self._notes.get(happening.facts["number"])
        if known is None or self._tx is None:
            return
        row = self._tx.execute(
            "SELECT id FROM follow_up WHERE student_id = ? AND note_id = ? AND done_at = ''",
            (self._students[happening.pupil], known[0]),
        ).fetchone()
        if row is not None:
            self._sessions.finish_follow_up(FinishFollowUp(row[0]))

    def _addition(self, happening: Happening, chance: Random) -> None:
        known = self._notes.get(happening.facts["number"])
        if known is None:
            return
        note, text = known
        pupil, template = self._history.pupils[happening.pupil], self._templates[text.format]
        kind = DraftKind(happening.what)
        if kind is DraftKind.AMENDMENT:
            fresh = written(chance, self._role, str(happening.facts["about"]), pupil.spoken)
            first = next(iter(text.texts))
            texts = {**text.texts, first: next(iter(fresh.texts.values()))}
            sections = _sections(template, Written(text.format, texts))
            form = NoteForm(sections=sections, reason=sentence(chance, "amendment"))
        else:
            said = sentence(chance, "addendum", pupil.spoken)
            form = NoteForm(sections=(Section("addendum", "", said),))
        draft = Draft(
            DraftId(new_id()),
            self._who(),
            self._students[happening.pupil],
            kind,
            note,
            form,
            ready=False,
            made=self._clock.now(),
        )
        if kind is DraftKind.AMENDMENT:
            self._sessions.amend_note(AmendNote(draft))
        else:
            self._sessions.add_addendum(AddAddendum(draft))

    def _sole(self, happening: Happening, chance: Random) -> None:
        purge = happening.facts["purge"]
        self._sessions.write_sole_note(
            WriteSoleNote(
                new_id(),
                self._students[happening.pupil],
                sentence(chance, "sole"),
                happening.at.date().isoformat(),
                purge.isoformat() if isinstance(purge, date) else "",
            )
        )

    def _disclosure(self, happening: Happening, chance: Random) -> None:
        contacts = table("notes")["contacts"]
        number = self._history.pupils[happening.pupil].number
        invented = hashlib.sha256(f"{number}:{happening.at}".encode()).hexdigest()
        recipient = chance.choice(contacts["recipients"])
        self._privacy.record_disclosure(
            RecordDisclosure(
                self._students[happening.pupil],
                "student-summary",
                recipient,
                chance.choice(contacts["purposes"]),
                chance.choice((Means.FILE, Means.PRINT)),
                invented,
                chance.randrange(24_000, 90_000),
                {"sections": ["profile", "sessions", "minutes"], "size": "letter"},
                terms=_terms(contacts, recipient),
            )
        )


def _terms(contacts: dict[str, Any], recipient: str) -> Terms:
    ground = Ground(contacts["grounds"][contacts["recipients"].index(recipient)])
    return Terms(ground, interest=contacts["interest"])


def _contact(adult: Adult) -> Contact:
    return Contact(
        adult.given,
        adult.family,
        adult.phone,
        adult.sms,
        adult.email,
        adult.language,
        adult.interpreter,
    )


def _tie(adult: Adult) -> Tie:
    way = ReachBy(adult.reach_by)
    if way is ReachBy.EMAIL and not adult.email:
        way = ReachBy.PHONE
    return Tie(adult.relation, adult.lives_with, way, adult.reach_when, adult.do_not_contact)


def _sections(template: Template, text: Written) -> tuple[Section, ...]:
    return tuple(
        Section(part.key, part.title, text.texts.get(part.key, "")) for part in template.sections
    )


def _step(chance: Random, steps: list[str]) -> str:
    return filled(chance, chance.choice(steps), "")
