"""Writes the consents and releases of an invented caseload: in force, about to lapse, revoked.

Every command goes through the room's own service, on its own day, as by hand.
"""

from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from app.features.consents.commands import RecordConsent, RevokeConsent
from app.features.consents.model.elements import ConsentForm
from app.features.consents.model.records import Signer, Way
from app.kernel.clock import FixedClock, Moment
from app.kernel.ids import StudentId, new_id
from app.kernel.nouns import Role
from app.kernel.releases import ConsentKind, Matter
from app.kernel.rights import Discipline, discipline
from app.kernel.words import N_, _
from app.overviews.reports.consent_papers import BlankForm

if TYPE_CHECKING:
    from app.bootstrap import Desk

_MOST = 24
_HOUR = time(15, 25)


@dataclass(frozen=True, slots=True)
class _Signed:
    """One consent of the demonstration: when it was signed and until when, in days from today."""

    kind: ConsentKind
    ago: int
    until: int | None
    about: str
    recipient: str = ""
    purpose: str = ""
    matters: tuple[Matter, ...] = ()
    way: Way = Way.PAPER
    event: str = ""
    revoked: int | None = None
    """How many days ago it was revoked."""
    scan: bool = False


_CLINIC = N_("Harbor Family Clinic")
_COUNSELING = (
    _Signed(ConsentKind.SERVICES, 301, 34, N_("Individual and group counseling at school"), scan=True),
    _Signed(ConsentKind.SERVICES, 74, 205, N_("Individual counseling at school")),
    _Signed(
        ConsentKind.SERVICES, 66, 205, N_("A small group after school"), way=Way.TELEPHONE
    ),
    _Signed(
        ConsentKind.RELEASE, 352, 13, N_("Attendance at sessions, and the goals of the plan"),
        _CLINIC, N_("Planning care together"), (Matter.SESSIONS, Matter.PLANS), scan=True,
    ),
    _Signed(
        ConsentKind.RELEASE, 61, 304, N_("Screening results and the plan of care"),
        N_("Dr. Samuel Okoye"), N_("Assessment and treatment"),
        (Matter.SCREENINGS, Matter.PLANS, Matter.CASELOAD), way=Way.ELECTRONIC,
    ),
    _Signed(
        ConsentKind.RELEASE, 140, 225, N_("What was agreed in sessions about friends"),
        N_("Lakeside Youth Center"), N_("Support in the afternoon"),
        (Matter.CASELOAD, Matter.SESSIONS), revoked=17,
    ),
    _Signed(
        ConsentKind.RELEASE, 45, None, N_("Referral, and the reason for it"),
        N_("Northgate Behavioral Health"), N_("First appointment"),
        (Matter.DIRECTORY, Matter.REFERRALS), event=N_("The first appointment was held"),
    ),
    _Signed(ConsentKind.SCREENING, 58, 219, N_("The universal screening of this school year")),
    _Signed(
        ConsentKind.TELEHEALTH, 33, 24, N_("Sessions by video on days at home"), way=Way.ON_SCREEN
    ),
    _Signed(
        ConsentKind.PART2, 29, 151,
        N_("That the program is attended, and what helps at school; nothing of what was said there"),
        N_("The student’s school counselor"), N_("Support at school"),
        (Matter.CASELOAD, Matter.PLANS), scan=True,
    ),
)  # fmt: skip
_HEALTH = (
    _Signed(ConsentKind.MEDICATION, 88, 196, N_("Medicine at school as ordered"), scan=True),
    _Signed(ConsentKind.MEDICATION, 86, 196, N_("Medicine at school as ordered")),
    _Signed(ConsentKind.MEDICATION, 343, 21, N_("An inhaler at school, carried by the student")),
    _Signed(ConsentKind.MEDICATION, 60, 196, N_("An auto-injector at school"), revoked=9),
    _Signed(
        ConsentKind.RELEASE, 70, 295, N_("Doses given, and visits to the health office"),
        N_("Dr. Lena Brandt"), N_("Checking the dose"), (Matter.MEDICATION, Matter.HEALTH),
        scan=True,
    ),
    _Signed(
        ConsentKind.RELEASE, 338, 27, N_("The emergency plan"), N_("Bright Bus Company"),
        N_("Safety on the way to school"), (Matter.DIRECTORY, Matter.HEALTH),
    ),
    _Signed(ConsentKind.SERVICES, 81, 200, N_("Care by the health office")),
    _Signed(
        ConsentKind.TELEHEALTH, 26, 180, N_("Visits of the nurse practitioner by video"),
        way=Way.ELECTRONIC,
    ),
)  # fmt: skip
_OFFICE = tuple(one for one in _COUNSELING if one.kind is ConsentKind.RELEASE)


def consents_on_file(desk: "Desk", clock: FixedClock, now: Moment, role: Role) -> None:
    """Write consents of the caseload's students up to a moment, each on the day it was signed."""
    field = discipline(role)
    wanted = {Discipline.COUNSELING: _COUNSELING, Discipline.HEALTH: _HEALTH}.get(field, _OFFICE)
    with desk.records.read() as reader:
        rows = reader.execute(
            "SELECT s.id, s.birth_date FROM student s WHERE s.standing = 'enrolled' AND s.birth_date > ?"
            " AND EXISTS (SELECT 1 FROM student_guardian g WHERE g.student_id = s.id"
            " AND g.ended_on = '' AND g.do_not_contact = '')"
            " ORDER BY NOT EXISTS (SELECT 1 FROM caseload c WHERE c.student_id = s.id"
            " AND c.person_id = ? AND c.ended_on = ''), s.student_number LIMIT ?",
            ((now.day() - timedelta(days=16 * 365)).isoformat(), desk.seat.person, _MOST),
        ).fetchall()
    pupils = [StudentId(row[0]) for row in rows]
    if not pupils:
        return
    files = _Files(desk, clock, now)
    files.go(max(one.ago for one in wanted))
    # These days are told after others of the same time: no entry is to say the clock was wrong.
    desk.trust_clock()
    oldest = StudentId(min(rows, key=lambda row: str(row[1]))[0])
    placed = [
        (one, oldest if one.kind is ConsentKind.PART2 else pupils[place % len(pupils)])
        for place, one in enumerate(wanted)
    ]
    revoked = []
    for one, pupil in sorted(placed, key=lambda each: -each[0].ago):
        made = files.sign(one, pupil)
        if one.revoked is not None:
            revoked.append((one.revoked, made))
    for ago, made in sorted(revoked, reverse=True):
        files.revoke(ago, made)


class _Files:
    """The consents as they are written down, one after the other."""

    def __init__(self, desk: "Desk", clock: FixedClock, now: Moment) -> None:
        self._desk, self._clock, self._now = desk, clock, now

    def _day(self, days: int) -> str:
        return (self._now.day() + timedelta(days=days)).isoformat()

    def go(self, ago: int) -> None:
        """Go to an afternoon some days ago, never past the moment it is written."""
        day = self._now.day() - timedelta(days=ago)
        at = Moment.local(datetime.combine(day, _HOUR), self._now.zone)
        self._clock.moment = min(at, self._now.later(timedelta(minutes=-10)))

    def sign(self, one: _Signed, pupil: StudentId) -> str:
        """Record one consent on its day, signed by the first guardian; return its id."""
        self.go(one.ago)
        choices = self._desk.consents.choices(pupil)
        guardian = next(each for each in choices.guardians if not each.do_not_contact)
        part2 = one.kind is ConsentKind.PART2
        form = ConsentForm(
            student_id=pupil,
            kind=one.kind,
            matters=tuple(matter.value for matter in one.matters),
            description=_(one.about),
            recipient=_(one.recipient) if one.recipient else "",
            purpose=_(one.purpose) if one.purpose else "",
            signer=Signer.GUARDIAN,
            signer_id=guardian.id,
            capacity=guardian.relation or _("Guardian"),
            student_signed=part2,
            way=one.way,
            signed_on=self._day(-one.ago),
            until_on="" if one.until is None else self._day(one.until),
            until_event=_(one.event) if one.event else "",
        )
        if one.way in {Way.ELECTRONIC, Way.ON_SCREEN}:
            form = replace(
                form,
                identified=_("Known to me")
                if one.way is Way.ON_SCREEN
                else _("The district’s portal, with their own sign-in"),
                approval=_("Typed their name under it"),
            )
        if one.way is Way.TELEPHONE:
            form = replace(form, witness=_("Ms. Park, school secretary"))
        if part2:
            form = replace(
                form,
                discloser=_("Casco Bay Recovery Program"),
                revoke_how=_("In writing to the program, at any time"),
            )
        scan = self._scan(form) if one.scan else b""
        return self._desk.consents.record(RecordConsent(new_id(), form, scan)).made

    def _scan(self, form: ConsentForm) -> bytes:
        """Return the paper that was signed: the program's own form."""
        blank = BlankForm(
            form.student_id,
            ConsentKind.PART2 if form.kind == ConsentKind.PART2 else ConsentKind.RELEASE,
            form.recipient,
            form.matters,
            form.description,
            form.purpose,
            form.discloser,
            form.until_on,
        )
        return self._desk.consent_papers.form(blank)

    def revoke(self, ago: int, consent: str) -> None:
        """Revoke a consent some days ago."""
        self.go(ago)
        signer = self._desk.consents.sheet(consent).consent.signer_name
        self._desk.consents.revoke(
            RevokeConsent(consent, signer, _("In a letter"), self._day(-ago))
        )
