"""Writes a counselor's last weeks with teachers and families: concerns, consultations, contacts.

Every command goes through the collaboration room's own service, at its own time, as by hand.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import TYPE_CHECKING

from app.demo.calendar import school_days
from app.features.collaboration.commands import (
    AddToTeam,
    CloseDanger,
    DecideConcern,
    FinishStep,
    GiveFeedback,
    LogContact,
    RaiseConcern,
    SignConsultation,
    StartConsultation,
)
from app.features.collaboration.model.concerns import (
    Decision,
    Raiser,
    Seen,
    Urgency,
    Way,
    Whose,
)
from app.features.collaboration.model.consultations import Fidelity, StepForm
from app.features.collaboration.model.contacts import By, Result, WithKind
from app.features.collaboration.model.feedback import Template
from app.features.collaboration.model.team import MayKnow, MemberKind
from app.features.collaboration.shipped import TEMPLATES
from app.kernel.clock import FixedClock, Moment
from app.kernel.ids import StudentId
from app.kernel.words import _

if TYPE_CHECKING:
    from app.bootstrap import Desk

SCHOOL_DAYS = 16
"""How many school days back these records go."""
_LEAST_STUDENTS = 12


@dataclass(frozen=True, slots=True)
class _Told:
    """One concern of the demonstration: how many school days ago, whom it is about, what of it."""

    ago: int
    pupil: int
    raiser: Raiser
    name: str
    words: str
    signs: tuple[Seen, ...] = ()
    urgency: Urgency = Urgency.ROUTINE
    way: Way = Way.IN_PERSON
    tried: str = ""
    decision: Decision | None = None
    reason: str = ""
    closed: tuple[str, str] = ("", "")
    answered: Template | None = None


def _seen(code: str, count: int = 0, weeks: int = 0) -> Seen:
    return Seen(code, "", count, weeks)


_CONCERNS = (
    _Told(15, 0, Raiser.TEACHER, "Coach Delgado",
          "Stopped coming to practice and eats lunch alone by the gym.",
          (_seen("withdrawn"), _seen("absences", 5, 4)), tried="Asked twice, offered to drive",
          decision=Decision.SERVICE, reason="Weekly check-in until the winter break.",
          answered=Template.SEEN),
    _Told(13, 1, Raiser.GUARDIAN, "", "Will not get up for school since the move.",
          (_seen("loss"), _seen("tardies", 7, 3)), way=Way.PHONE,
          decision=Decision.SCREENING, reason="Sleep and mood first.",
          answered=Template.RECEIVED),
    _Told(11, 2, Raiser.TEACHER, "Mr. Farrow", "Cried in class after a quiz, twice.",
          (_seen("crying", 2, 1), _seen("grade_drop", 12, 4)), way=Way.FORM,
          decision=Decision.GROUP, reason="Fits the group on test worry.",
          answered=Template.LOOKING),
    _Told(9, 3, Raiser.TEACHER, "Ms. Lindqvist",
          "Wrote in an essay that it would be easier not to be here.", (_seen("self_harm"),),
          decision=Decision.SERVICE, reason="Seen the same hour; outside care begins this week.",
          closed=("Stayed together until her aunt came; asked directly; safety plan written.",
                  "Principal Abara 10:05, aunt 10:20"), answered=Template.LOOKING),
    _Told(8, 4, Raiser.PEER, "", "Says people post things about him every night.",
          (_seen("conflicts", 3, 2),), decision=Decision.CONSULTATION,
          reason="Advisor and dean first.", answered=Template.THANKS),
    _Told(7, 5, Raiser.TEACHER, "Mr. Farrow", "Sleeps through first period.",
          (_seen("sleeping", 6, 2),), tried="Moved the seat, called home once",
          decision=Decision.WATCH, reason="New job of the father ends this month."),
    _Told(6, 6, Raiser.STAFF, "Ms. Ruiz, front office", "Came without a coat again.",
          (_seen("needs"),), decision=Decision.REFER_OUT,
          reason="Clothing closet and the district’s liaison."),
    _Told(4, 7, Raiser.STUDENT, "", "Wants to talk with someone about home.",
          decision=Decision.SERVICE, reason="Asked for it; first session this week.",
          answered=Template.COME_SEE_ME),
    _Told(3, 8, Raiser.TEACHER, "Ms. Lindqvist", "Hands in nothing since October.",
          (_seen("missing_work", 9, 4), _seen("absences", 3, 4)), Urgency.SOON, Way.EMAIL,
          tried="Extra time, a partner, e-mail to both parents"),
    _Told(2, 9, Raiser.GUARDIAN, "", "Stomach aches every Monday; the doctor found nothing.",
          (_seen("nurse_visits", 4, 4),), way=Way.PHONE),
    _Told(1, 10, Raiser.TEACHER, "Mr. Farrow", "Pushed another student into the lockers.",
          (_seen("referrals", 2, 3), _seen("conflicts", 2, 1)), Urgency.URGENT),
    _Told(0, 11, Raiser.TEACHER, "Coach Delgado", "Told a friend he does not want to wake up.",
          (_seen("self_harm"),)),
)  # fmt: skip


def collaboration_days(desk: "Desk", clock: FixedClock, now: Moment) -> None:
    """Write the last school days with teachers and families up to a moment."""
    today = now.day()
    days = [day for day in school_days(today - timedelta(days=45), today) if day <= today]
    with desk.records.read() as reader:
        rows = reader.execute(
            "SELECT s.id FROM caseload c JOIN student s ON s.id = c.student_id"
            " WHERE c.ended_on = '' AND c.person_id = ? AND s.standing = 'enrolled'"
            " ORDER BY s.student_number LIMIT 40",
            (desk.seat.person,),
        ).fetchall()
    pupils = [StudentId(row[0]) for row in rows]
    if len(pupils) >= _LEAST_STUDENTS and len(days) > SCHOOL_DAYS:
        _Weeks(desk, clock, now, days, pupils).write()


class _Weeks:
    """The weeks as they are being written down, day after day."""

    def __init__(
        self,
        desk: "Desk",
        clock: FixedClock,
        now: Moment,
        days: list[date],
        pupils: list[StudentId],
    ) -> None:
        self._desk, self._rooms = desk, desk.collaboration
        self._clock, self._now, self._days, self._pupils = clock, now, days, pupils
        self._steps: list[tuple[int, tuple[int, int], Callable[[], None]]] = []
        self._made: dict[int, str] = {}
        self._consulted = ""

    def write(self) -> None:
        """Write concerns, what became of them, consultations and contacts, in order of time."""
        for told in _CONCERNS:
            self._concern(told)
        self._consultations()
        self._contacts()
        self._at(12, (8, 5), self._team)
        self._steps.sort(key=lambda step: (-step[0], step[1]))
        # The district's own years were written first: these weeks begin before their end.
        self._set(SCHOOL_DAYS, 6, 0)
        self._desk.trust_clock()
        for ago, (hour, minute), step in self._steps:
            self._set(ago, hour, minute)
            step()

    def _at(self, ago: int, clock: tuple[int, int], step: Callable[[], None]) -> None:
        self._steps.append((ago, clock, step))

    def _set(self, ago: int, hour: int, minute: int) -> None:
        day = self._days[-1 - ago]
        at = Moment.local(datetime.combine(day, time(hour, minute)), self._now.zone)
        latest = self._now.later(timedelta(minutes=-25))
        self._clock.moment = min(at, latest)

    def _concern(self, told: _Told) -> None:
        self._at(told.ago, (9, 40), partial(self._raised, told))
        if told.closed[0]:
            self._at(told.ago, (10, 50), partial(self._closed, told))
        if told.decision is not None:
            self._at(told.ago, (14, 10), partial(self._decided, told, told.decision))
        if told.answered is not None:
            self._at(told.ago, (14, 20), partial(self._answered, told, told.answered))

    def _name(self, told: _Told) -> str:
        if told.raiser is not Raiser.GUARDIAN:
            return told.name
        guardians = self._rooms.contacts.choices(self._pupils[told.pupil]).guardians
        return guardians[0].name if guardians else _("Family")

    def _raised(self, told: _Told) -> None:
        command = RaiseConcern(
            self._pupils[told.pupil],
            told.raiser,
            told.words,
            self._name(told),
            way=told.way,
            whose_words=Whose.THEIRS,
            signs=told.signs,
            tried=told.tried,
            urgency=told.urgency,
        )
        self._made[told.pupil] = self._rooms.concerns.raise_concern(command).made

    def _closed(self, told: _Told) -> None:
        self._rooms.concerns.close_danger(CloseDanger(self._made[told.pupil], *told.closed))

    def _decided(self, told: _Told, decision: Decision) -> None:
        watch = decision is Decision.WATCH
        until = (self._clock.moment.day() + timedelta(days=7)).isoformat() if watch else ""
        self._rooms.concerns.decide(
            DecideConcern(self._made[told.pupil], decision, told.reason, until)
        )

    def _answered(self, told: _Told, template: Template) -> None:
        self._rooms.concerns.give_feedback(
            GiveFeedback(
                self._made[told.pupil],
                template,
                _(TEMPLATES[template]),
                self._name(told) or _("Whoever raised it"),
                "copy",
            )
        )

    def _consultations(self) -> None:
        for ago, pupil, who, question, texts, step in _CONSULTATIONS:
            self._at(ago, (15, 20), partial(self._consult, pupil, who, question, texts, step))

    def _consult(
        self, pupil: int | None, who: str, question: str, texts: dict[str, str], step: str
    ) -> None:
        rooms = self._rooms.consultations
        opened = rooms.start(
            StartConsultation(self._pupils[pupil] if pupil is not None else None)
            if question
            else StartConsultation(follows=self._consulted)
        )
        started = self._clock.moment.later(timedelta(minutes=-30)).wall()
        due = (self._clock.moment.day() + timedelta(days=9)).isoformat()
        form = replace(
            opened.draft.form,
            on=started.strftime("%Y-%m-%d"),
            at=started.strftime("%H:%M"),
            minutes="25",
            with_name=who,
            about="" if pupil is not None else _("Grade 7 reading"),
            steps=(StepForm(who, step, due),) if step else (),
            **texts,
        )
        form = replace(form, question=question) if question else form
        made = rooms.sign(SignConsultation(replace(opened.draft, form=form))).made
        if pupil is not None:
            self._consulted = made
        for one in rooms.sheet(opened.before.id).steps if opened.before else ():
            rooms.finish_step(FinishStep(one.id, Fidelity.AS_AGREED))

    def _contacts(self) -> None:
        for ago, pupil, result, about, said, ahead in _CONTACTS:
            step = partial(self._contact, pupil, result, about, said, ahead)
            self._at(ago, (12, 35), step)

    def _contact(self, pupil: int, result: Result, about: str, said: str, ahead: int) -> None:
        student = self._pupils[pupil]
        found = self._rooms.contacts.choices(student)
        allowed = [one for one in found.guardians if not one.do_not_contact]
        if not allowed:
            return
        matter = next((one.id for one in found.matters if one.about == about), "")
        next_on = (self._now.day() + timedelta(days=ahead)).isoformat() if ahead else ""
        self._rooms.contacts.log(
            LogContact(
                student,
                WithKind.GUARDIAN,
                allowed[0].name,
                By.EMAIL if result is Result.SENT else By.PHONE,
                result,
                about,
                allowed[0].id,
                said,
                next_on=next_on,
                matter_id=matter,
            )
        )

    def _team(self) -> None:
        for pupil in (0, 3):
            student = self._pupils[pupil]
            for kind, name, role, may_know in (
                (MemberKind.STAFF, "Ms. Lindqvist", _("English teacher"),
                 (MayKnow.THAT, MayKnow.WHEN, MayKnow.STRATEGIES)),
                (MemberKind.STAFF, "Principal Abara", _("Principal"),
                 (MayKnow.THAT, MayKnow.SAFETY)),
                (MemberKind.PROVIDER, "Dr. Lena Brandt", _("Therapist"), ()),
            ):  # fmt: skip
                self._rooms.team.add(AddToTeam(student, kind, name, role, may_know=may_know))


_CONSULTATIONS: tuple[tuple[int, int | None, str, str, dict[str, str], str], ...] = (
    (14, 4, "Mr. Farrow", "How can he stay in class during silent reading?",
     {"antecedent": "Asked to read alone for twenty minutes",
      "behavior": "Leaves the seat, talks to three others within five minutes",
      "consequence": "Sent to the hallway", "purpose": "escape",
      "advised": "Two ten-minute blocks with a partner first; a card to ask for a break."},
     "Partner reading each day, break card on the desk"),
    (5, 4, "Mr. Farrow", "", {"fidelity": "as_agreed",
     "outcome": "In his seat on six of eight days; the card was used four times.",
     "advised": "Keep the card, one block alone from Monday."},
     "One block alone, count the days in seat"),
    (6, None, "Ms. Lindqvist", "The class does not settle after lunch.",
     {"antecedent": "Noise from the hallway, no first task",
      "behavior": "Fifteen minutes until all sit", "consequence": "Reading time is lost",
      "purpose": "attention",
      "advised": "A task on each desk, praise the first three, dim the lights for two minutes."},
     "First task on the desks before lunch"),
)  # fmt: skip

_CONTACTS: tuple[tuple[int, int, Result, str, str, int], ...] = (
    (12, 1, Result.NO_ANSWER, "Sleep and coming late", "", 0),
    (10, 1, Result.LEFT_MESSAGE, "Sleep and coming late", "Asked to call back after four.", 0),
    (7, 1, Result.REACHED, "Sleep and coming late", "Bedtime is agreed; she calls on Friday.", 0),
    (9, 8, Result.NO_ANSWER, "Work not handed in", "", 0),
    (5, 8, Result.NO_ANSWER, "Work not handed in", "", 0),
    (2, 8, Result.LEFT_MESSAGE, "Work not handed in", "Left the office number.", 0),
    (4, 0, Result.SENT, "Consent for weekly meetings", "Form sent home with the student.", 2),
    (3, 9, Result.WRONG_NUMBER, "Stomach aches on Mondays", "The number belongs to a shop.", 0),
)  # fmt: skip
