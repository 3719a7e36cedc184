"""How reports say days, grades, places and the like: unambiguous, in the language in use."""

from datetime import date

from app.kernel.clock import Moment
from app.kernel.keys import Anchor
from app.kernel.nouns import Attendance, Place, Tier
from app.kernel.words import _, ngettext
from app.paper.page import day_words, time_words


def spoken_day(given: date | str) -> str:
    """Return a day as `12 Mar 2027`; a text that is no day is returned as it stands."""
    try:
        day = given if isinstance(given, date) else date.fromisoformat(given[:10])
    except ValueError:
        return str(given)
    return day_words(day)


def spoken_time(moment: Moment) -> str:
    """Return a moment's time of day as `2:05 PM`, on the clock of its own zone."""
    return time_words(moment.wall().time())


def spoken_moment(moment: Moment) -> str:
    """Return a moment as `12 Mar 2027, 2:05 PM`."""
    return _("{day}, {time}").format(day=spoken_day(moment.day()), time=spoken_time(moment))


def spoken_fingerprint(sha256: str) -> str:
    """Return a fingerprint in groups: read aloud, compared by eye, and broken into lines."""
    return " ".join(sha256[at : at + 16] for at in range(0, len(sha256), 16))


def spoken_anchor(anchor: Anchor) -> str:
    """Return where the journal stood when a paper was made."""
    return _("Journal {count}, {head}").format(count=f"{anchor.count:,}", head=anchor.head[:8])


def spoken_grade(code: str) -> str:
    """Return a grade code as it is said: `03` is Grade 3, `KG` Kindergarten."""
    if code.isdecimal():
        return _("Grade {number}").format(number=int(code))
    known = {
        "IT": _("Infant or toddler"),
        "PR": _("Preschool"),
        "PK": _("Prekindergarten"),
        "TK": _("Transitional kindergarten"),
        "KG": _("Kindergarten"),
        "PS": _("Postsecondary"),
        "UG": _("Ungraded"),
    }
    return known.get(code, code)


def spoken_place(code: str) -> str:
    """Return where a service was given."""
    known: dict[str, str] = {
        Place.OFFICE: _("Office"),
        Place.CLASSROOM: _("Classroom"),
        Place.BUILDING: _("Elsewhere in the building"),
        Place.HOME: _("Home"),
        Place.COMMUNITY: _("Community"),
        Place.TELEHEALTH: _("Telehealth"),
        Place.PHONE: _("Phone"),
    }
    return known.get(code, code)


def spoken_attendance(code: str) -> str:
    """Return whether a session took place."""
    known: dict[str, str] = {
        Attendance.PRESENT: _("Present"),
        Attendance.ABSENT: _("Absent"),
        Attendance.DECLINED: _("Declined"),
        Attendance.CANCELLED: _("Cancelled"),
    }
    return known.get(code, code)


def spoken_tier(tier: int) -> str:
    """Return a tier with its name."""
    known = {
        Tier.UNIVERSAL: _("Tier 1, universal"),
        Tier.TARGETED: _("Tier 2, targeted"),
        Tier.INTENSIVE: _("Tier 3, intensive"),
    }
    return known[Tier(tier)]


def spoken_alert(code: str) -> str:
    """Return the kind of an alert."""
    known = {
        "health": _("Health"),
        "allergy": _("Allergy"),
        "custody": _("Custody"),
        "safety": _("Safety"),
        "access": _("Access"),
        "other": _("Other"),
    }
    return known.get(code, code)


def spoken_reach(code: str) -> str:
    """Return how someone may be reached."""
    known = {
        "phone": _("Phone"),
        "sms": _("Text message"),
        "email": _("Email"),
        "letter": _("Letter"),
    }
    return known.get(code, code)


def spoken_minutes(minutes: int) -> str:
    """Return a number of minutes."""
    return ngettext("{count} minute", "{count} minutes", minutes).format(count=f"{minutes:,}")


def spoken_means(code: str) -> str:
    """Return how a paper left the desk."""
    known = {
        "pdf": _("PDF file"),
        "print": _("Printed"),
        "copy": _("Copied"),
        "json": _("Data file"),
        "csv": _("CSV file"),
        "xlsx": _("Workbook"),
        "sync": _("Sent sealed"),
    }
    return known.get(code, code)


def spoken_paper(code: str) -> str:
    """Return the name of a kind of paper."""
    known = {
        "student-summary": _("Student summary"),
        "medication-month": _("Medication record"),
        "controlled-ledger": _("Controlled substance ledger"),
        "prn-log": _("Log of doses as needed"),
        "medication-incident": _("Medication incident report"),
        "medication-stock": _("Stock list"),
        "emergency-sheet": _("Emergency sheet"),
        "downtime-sheet": _("Downtime sheet"),
        "field-trip-packet": _("Field trip packet"),
        "use-of-time": _("Use of time"),
        "medicaid-claims": _("Medicaid claim lines"),
        "caseload-list": _("Caseload"),
        "session-log": _("Session log"),
        "service-minutes": _("Service minutes"),
        "engagement": _("Engagement"),
        "group-roster": _("Group roster"),
        "group-attendance": _("Group attendance"),
        "day-plan": _("Day plan"),
        "concern-feedback": _("Answer to a concern"),
        "screening-result": _("Screening result"),
        "tiers": _("Tiers"),
        "screening-cohort": _("Screening of a cohort"),
        "care-plan": _("Plan of care"),
        "plan-review": _("Review of a plan"),
        "progress-chart": _("Progress"),
        "consent-form": _("Form of a release"),
        "consent-copy": _("Copy of a consent"),
        "disclosure-log": _("Record of disclosures"),
        "student": _("Student summary as data"),
        "caseload": _("Caseload as data"),
        "services": _("Services and referrals"),
        "enrolment": _("Enrolment of this desk"),
    }
    return known.get(code, code)


def spoken_role(code: str) -> str:
    """Return what a person is to the desk."""
    known = {
        "counselor": _("Counselor"),
        "social_worker": _("Social worker"),
        "nurse": _("Nurse"),
        "psychologist": _("Psychologist"),
        "administrator": _("Administrator of the vault"),
    }
    return known.get(code, code)
