"""Where the services room meets its neighbours: the schedule's sessions, school days, concerns."""

from collections.abc import Callable, Collection
from datetime import date, timedelta
from functools import lru_cache

from app.features.collaboration.service import Referred
from app.features.services.commands import AskForService
from app.features.services.model.engagement import AskedBy
from app.features.services.model.mandates import Setting
from app.features.services.repo.minutes import Planned
from app.kernel.ports import Reader, Transaction

_BY = {
    "teacher": AskedBy.TEACHER,
    "guardian": AskedBy.PARENT,
    "student": AskedBy.STUDENT,
    "peer": AskedBy.STUDENT,
    "staff": AskedBy.STAFF,
}
_SETTINGS = {one.value: one for one in Setting}
_USUAL_SERVICE = "individual-counseling"


def planned_sessions(reader: Reader, since: str, until: str) -> list[Planned]:
    """Return the sessions that whoever is at the desk has planned, a group's for each member."""
    rows = reader.execute(
        "SELECT a.student_id, a.service_id, 'individual', a.day, a.ends - a.starts"
        " FROM appointment a WHERE a.kind = 'session' AND a.state = 'planned'"
        " AND a.day BETWEEN :since AND :until AND a.service_id IS NOT NULL"
        " UNION ALL"
        " SELECT m.student_id, g.service_id, 'group', a.day, a.ends - a.starts"
        " FROM appointment a JOIN student_group g ON g.id = a.group_id"
        " JOIN group_member m ON m.group_id = g.id AND m.joined_on <> '' AND m.joined_on <= a.day"
        "  AND (m.left_on = '' OR m.left_on >= a.day)"
        " WHERE a.kind = 'group' AND a.state = 'planned' AND a.day BETWEEN :since AND :until",
        {"since": since, "until": until},
    )
    settings = _SETTINGS
    return [
        Planned(student, service, settings[setting], day, minutes)
        for student, service, setting, day, minutes in rows
    ]


def days_without_school(reader: Reader, since: str, until: str) -> Collection[str]:
    """Return the days between two days on which no building has school, as far as one says so.

    A building says so with a school year: within the twelve months from July that one begins
    in, what lies outside it or on none of its weekdays is no school day, nor is a day that is
    closed. Of other times nothing is known, and nothing is taken away.
    """
    years = reader.execute(
        "SELECT school_id, starts_on, ends_on, weekdays FROM school_year ORDER BY starts_on"
    ).fetchall()
    if not years:
        return ()
    closed = reader.execute(
        "SELECT school_id, day FROM special_day WHERE closed = 1 AND day BETWEEN ? AND ?",
        (since, until),
    ).fetchall()
    return _without_school(tuple(years), tuple(closed), since, until)


@lru_cache(maxsize=16)
def _without_school(
    of_schools: tuple[tuple[str, str, str, str], ...],
    closings: tuple[tuple[str, str], ...],
    since: str,
    until: str,
) -> frozenset[str]:
    """Return the days without school; what the file says is the same for many askings."""
    years: dict[str, list[tuple[str, str, str]]] = {}
    for school, first, last, weekdays in of_schools:
        years.setdefault(school, []).append((first, last, weekdays))
    free: dict[str, set[str]] = {}
    for school, day in closings:
        free.setdefault(school, set()).add(day)
    open_days: set[str] = set()
    known: set[str] = set()
    days = _days(since, until)
    for school, held in years.items():
        closed = free.get(school, ())
        for first, last, weekdays in held:
            begins = date.fromisoformat(first)
            july = date(begins.year - (begins.month < _JULY), _JULY, 1).isoformat()
            june = f"{int(july[:4]) + 1}-06-30"
            if june < since or july > until:
                continue
            of_year = [one for one in days if july <= one[0] <= june]
            known.update(text for text, _weekday in of_year)
            open_days.update(
                text
                for text, weekday in of_year
                if first <= text <= last and weekday in weekdays and text not in closed
            )
    return frozenset(known - open_days)


_JULY = 7


@lru_cache(maxsize=16)
def _days(since: str, until: str) -> tuple[tuple[str, str], ...]:
    first = date.fromisoformat(since)
    count = (date.fromisoformat(until) - first).days + 1
    days = (first + timedelta(days=n) for n in range(count))
    return tuple((day.isoformat(), str(day.isoweekday())) for day in days)


Refer = Callable[[Transaction, AskForService], str]


class Referring:
    """Makes a referral of a concern that was accepted."""

    def __init__(self, refer: Refer) -> None:
        self._refer = refer

    def __call__(self, tx: Transaction, referred: Referred) -> str:
        """Refer to the usual service of the school; what goes outside begins none here."""
        if referred.decision == "refer_out":
            return ""
        kind = tx.execute(
            "SELECT id FROM service_kind ORDER BY code = ? DESC, retired, position LIMIT 1",
            (_USUAL_SERVICE,),
        ).fetchone()
        raiser = tx.execute(
            "SELECT raiser FROM concern WHERE id = ?", (referred.concern_id,)
        ).fetchone()
        if kind is None:
            return ""
        return self._refer(
            tx,
            AskForService(
                referred.student_id,
                kind[0],
                tx.now.day().isoformat(),
                _BY.get(raiser[0] if raiser else "", AskedBy.STAFF),
                referred.reason,
                referred.concern_id,
            ),
        )
