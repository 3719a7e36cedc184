"""How this room says its kinds: attendance, places, drafts, ages and times."""

from datetime import date, datetime

from app.kernel.clock import Moment
from app.kernel.nouns import Attendance, Place
from app.kernel.words import N_, _, ngettext
from ui.kit.dates import shown_date, shown_moment, twelve_hours

ATTENDANCE: dict[Attendance, str] = {
    Attendance.PRESENT: N_("Present"),
    Attendance.ABSENT: N_("Absent"),
    Attendance.DECLINED: N_("Declined"),
    Attendance.CANCELLED: N_("Cancelled"),
}

PLACES: dict[Place, str] = {
    Place.OFFICE: N_("Office"),
    Place.CLASSROOM: N_("Classroom"),
    Place.BUILDING: N_("Elsewhere in the building"),
    Place.HOME: N_("Home"),
    Place.COMMUNITY: N_("Community"),
    Place.TELEHEALTH: N_("Telehealth (video)"),
    Place.PHONE: N_("Phone"),
}

DRAFTS: dict[str, str] = {
    "session": N_("Session note"),
    "addendum": N_("Addendum"),
    "amendment": N_("Amendment"),
}


def minutes(count: int) -> str:
    """Return a number of minutes with its unit."""
    return ngettext("{count} minute", "{count} minutes", count).format(count=count)


def when(moment: Moment) -> str:
    """Return a moment on the clock of its own zone."""
    return shown_moment(moment.wall())


def clock_time(wall: datetime) -> str:
    """Return a time of day with seconds, as the desk's clock counts."""
    if not twelve_hours():
        return wall.strftime("%H:%M:%S")
    half = "AM" if wall.hour < 12 else "PM"
    return f"{(wall.hour + 11) % 12 + 1}:{wall:%M:%S} {half}"


def day(text: str) -> str:
    """Return a stored calendar day as it is shown; as it stands if it is none."""
    try:
        return shown_date(date.fromisoformat(text))
    except ValueError:
        return text


def age(since: Moment, today: date) -> str:
    """Return how old something is, in days."""
    days = (today - since.day()).days
    if days <= 0:
        return _("today")
    if days == 1:
        return _("yesterday")
    return ngettext("{count} day ago", "{count} days ago", days).format(count=days)


def grade_and_school(grade: str, school: str, number: str = "") -> str:
    """Return what tells two students of one name apart."""
    shown = _("Grade {grade}").format(grade=grade.lstrip("0")) if grade else ""
    return " · ".join(part for part in (shown, school, number) if part)
