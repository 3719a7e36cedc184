"""How this room says its kinds: attendance, places, days, ages, what groups count."""

from datetime import date

from app.features.groups.model.group import CLOSED, Group, Membership
from app.features.groups.repo.sessions import SessionLine
from app.features.sessions.model import ChoiceList, said_choice
from app.kernel.clock import Moment
from app.kernel.nouns import Attendance, Place
from app.kernel.words import N_, _, ngettext, pgettext
from ui.features.groups.view.marks import MarkShown
from ui.kit.dates import shown_date, shown_moment
from ui.kit.look import Kind

ATTENDANCE: dict[Attendance, str] = {
    Attendance.PRESENT: N_("Present"),
    Attendance.ABSENT: N_("Absent"),
    Attendance.DECLINED: N_("Declined"),
    Attendance.CANCELLED: N_("Cancelled"),
}

KINDS: dict[Attendance, str] = {
    Attendance.PRESENT: Kind.GOOD,
    Attendance.ABSENT: Kind.BAD,
    Attendance.DECLINED: Kind.WARN,
    Attendance.CANCELLED: Kind.PLAIN,
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


def letter(attendance: Attendance) -> str:
    """Return the letter by which attendance is marked and shown."""
    return {
        Attendance.PRESENT: pgettext("the letter that marks a student as present", "P"),
        Attendance.ABSENT: pgettext("the letter that marks a student as absent", "A"),
        Attendance.DECLINED: pgettext("the letter that marks that a student declined", "D"),
        Attendance.CANCELLED: pgettext("the letter that marks a cancelled session", "C"),
    }[attendance]


def ways() -> list[MarkShown]:
    """Return the ways to mark a member, present first."""
    return [
        MarkShown(kind.value, letter(kind), _(ATTENDANCE[kind]), KINDS[kind]) for kind in Attendance
    ]


def marks_key() -> str:
    """Return what the letters of the marks mean."""
    return " · ".join(f"{way.key} {way.word}" for way in ways())


def attendance(kind: Attendance) -> str:
    """Return attendance in a word."""
    return _(ATTENDANCE[kind])


def minutes(count: int) -> str:
    """Return a number of minutes with its unit."""
    return ngettext("{count} minute", "{count} minutes", count).format(count=count)


def members(count: int) -> str:
    """Return how many are in a group."""
    return ngettext("{count} member", "{count} members", count).format(count=count)


def waiting(count: int) -> str:
    """Return how many wait."""
    return ngettext("{count} waits", "{count} wait", count).format(count=count)


def sessions_of(group: Group, held: int) -> str:
    """Return how many sessions a group had, of how many where that was planned."""
    if held <= group.planned and group.planned:
        return ngettext(
            "{count} of {planned} session", "{count} of {planned} sessions", group.planned
        ).format(count=held, planned=group.planned)
    return ngettext("{count} session", "{count} sessions", held).format(count=held)


def session(line: SessionLine) -> str:
    """Return which session it was."""
    if line.topic:
        return _("Session {number}: {topic}").format(number=line.number, topic=line.topic)
    return _("Session {number}").format(number=line.number)


def came(there: int, of: int) -> str:
    """Return how many came of how many."""
    return _("{there} of {of} came").format(there=there, of=of)


def when(moment: Moment) -> str:
    """Return a moment on the clock of its own zone."""
    return shown_moment(moment.wall())


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


def grade(code: str) -> str:
    """Return a grade as it is said."""
    return _("Grade {grade}").format(grade=code.lstrip("0")) if code else ""


def left(membership: Membership) -> str:
    """Return when and why someone left."""
    if membership.left_reason == CLOSED:
        return _("Until {day}, when the group closed").format(day=day(membership.left_on))
    if not membership.joined_on:
        return _("Waited until {day}: {reason}").format(
            day=day(membership.left_on), reason=membership.left_reason
        )
    return _("Until {day}: {reason}").format(
        day=day(membership.left_on), reason=membership.left_reason
    )


def service(code: str, label: str) -> str:
    """Return a kind of service: translated as long as it is the one that was shipped."""
    return said_choice(ChoiceList.SERVICE, code, label)
