"""Referrals and who stays, as they stand in the file."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields

from app.features.services.model.engagement import (
    ONGOING,
    WEEKS,
    AskedBy,
    By,
    Closing,
    Curve,
    Episode,
    EpisodeState,
    Over,
    Point,
)
from app.kernel.clock import Moment
from app.kernel.ids import PersonId, SchoolId, StudentId, new_id
from app.kernel.ports import Reader, Row, Transaction

PAGE = 200
_COLUMNS = tuple(one.name for one in fields(Episode))


@dataclass(frozen=True, slots=True)
class EpisodeFilter:
    """Which episodes are meant; empty means all."""

    tier: int = 0
    service_id: str = ""
    school_id: str = ""
    since: str = ""
    """Began or was asked for on this day or later."""
    until: str = ""
    student_id: str = ""
    began_since: str = ""
    """Began on this day or later, whenever it was asked for."""
    began_until: str = ""


@dataclass(frozen=True, slots=True)
class EpisodeLine:
    """One student with a service, as a list shows it."""

    episode: Episode
    state: EpisodeState
    student: str
    school: str
    grade: str
    service: str
    days: int
    """Waiting: since it was asked for; coming or stopped: since the last session attended."""
    over_on: str
    """The day on which it was over by itself; empty: it is not."""
    over: Over | None


@dataclass(frozen=True, slots=True)
class Recent:
    """What counts as recent, as ISO days."""

    today: str
    stopped: str
    """Who last came before this day has stopped coming."""
    year: str
    """The first day of this school year."""


# The day on which an open one was over by itself, see `model.engagement`; empty: it is not.
_LAST = "max(e.last_on, e.asked_on)"
_OVER_ON = (
    "CASE WHEN e.closed_on <> '' THEN ''"
    f" WHEN st.standing = 'left' THEN max(st.left_on, {_LAST})"
    " ELSE coalesce((SELECT max(c.ended_on) FROM caseload c WHERE c.student_id = e.student_id"
    f"  AND c.person_id = e.person_id AND c.ended_on >= {_LAST}"
    "  AND NOT EXISTS (SELECT 1 FROM caseload o JOIN person p ON p.id = o.person_id"
    "   JOIN person q ON q.id = e.person_id AND q.role = p.role"
    "   WHERE o.student_id = e.student_id AND o.ended_on = '')), '') END"
)
_EARLIER = "e.started_on <> '' AND e.last_on < :year"
_STATE = (
    f"CASE WHEN e.outcome <> '' THEN e.outcome WHEN {_OVER_ON} <> '' THEN 'over'"
    f" WHEN e.started_on = '' THEN 'waiting' WHEN {_EARLIER} THEN 'over'"
    " WHEN e.last_on < :stopped THEN 'stopped' ELSE 'coming' END"
)
_OVER = (
    f"CASE WHEN e.closed_on <> '' THEN '' WHEN {_OVER_ON} <> ''"
    " THEN CASE st.standing WHEN 'left' THEN 'left' ELSE 'off_caseload' END"
    f" WHEN {_EARLIER} THEN 'earlier_year' ELSE '' END"
)
_WHICH = (
    "(:tier = 0 OR e.tier = :tier) AND (:service = '' OR e.service_id = :service)"
    " AND (:school = '' OR e.school_id = :school) AND (:student = '' OR e.student_id = :student)"
    " AND (:since = '' OR CASE e.asked_on WHEN '' THEN e.started_on ELSE e.asked_on END >= :since)"
    " AND (:until = '' OR CASE e.asked_on WHEN '' THEN e.started_on ELSE e.asked_on END <= :until)"
    " AND (:began_since = '' OR e.started_on >= :began_since)"
    " AND (:began_until = '' OR (e.started_on <> '' AND e.started_on <= :began_until))"
)
_NAME = (
    "CASE st.preferred_name WHEN '' THEN st.given_name ELSE st.preferred_name END"
    " || ' ' || st.family_name"
)
SORTS: Mapping[str, str] = {
    "wait": "CASE state WHEN 'waiting' THEN 0 WHEN 'stopped' THEN 1 WHEN 'coming' THEN 2 ELSE 3 END,"
    " e.closed_on DESC, days DESC, st.listed_name",
    "student": "st.listed_name",
    "school": "school, st.listed_name",
    "service": "label, st.listed_name",
    "asked": "e.asked_on, st.listed_name",
    "started": "e.started_on, st.listed_name",
}


class Engagement:
    """Referrals and who stays, for reading."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader

    def episode(self, episode_id: str) -> Episode | None:
        """Return an episode by its id."""
        row = self.reader.execute(
            f"SELECT {_listed('e')} FROM episode e WHERE e.id = ?", (episode_id,)
        ).fetchone()
        return _episode(row) if row else None

    def open_episode(self, student_id: str, service_id: str) -> Episode | None:
        """Return a student's open episode with a service."""
        row = self.reader.execute(
            f"SELECT {_listed('e')} FROM episode e"
            " WHERE e.student_id = ? AND e.service_id = ? AND e.closed_on = ''",
            (student_id, service_id),
        ).fetchone()
        return _episode(row) if row else None

    def episodes(
        self,
        which: EpisodeFilter,
        states: Sequence[EpisodeState],
        recent: Recent,
        *,
        sort: str = "wait",
        descending: bool = False,
        offset: int = 0,
        limit: int = PAGE,
    ) -> list[EpisodeLine]:
        """Return one page of the episodes in these states; of none, of every state."""
        order = SORTS[sort]
        if descending:
            order = ", ".join(
                part.removesuffix(" DESC") if part.endswith(" DESC") else f"{part} DESC"
                for part in order.split(", ")
            )
        rows = self.reader.execute(
            f"SELECT {_listed('e')}, {_STATE} AS state, {_NAME}, coalesce(b.name, '') AS school,"
            " st.grade, k.label AS label,"
            " (unixepoch(:today) - unixepoch(CASE e.last_on WHEN '' THEN e.asked_on"
            "   ELSE e.last_on END)) / 86400 AS days,"
            f" coalesce(nullif({_OVER_ON}, ''), e.last_on), {_OVER}"
            f"{_FROM} WHERE {_WHICH} AND {_narrowed(states)} AND {_IN_STATE}"
            # A sum, since the engine would plan anew at each value of a bare parameter here.
            f" ORDER BY {order}, e.id LIMIT 0 + :limit OFFSET :offset",
            {
                **_of(which),
                "states": json.dumps(list(states)),
                **_days(recent),
                "today": recent.today,
                "limit": limit,
                "offset": offset,
            },
        )
        size = len(_COLUMNS)
        return [
            EpisodeLine(
                _episode(row[:size]),
                EpisodeState(row[size]),
                *row[size + 1 : size + 6],
                *((row[size + 6], Over(row[size + 7])) if row[size + 7] else ("", None)),
            )
            for row in rows
        ]

    def students_stopped(self, recent: Recent) -> int:
        """Return how many students have stopped coming to one service or more."""
        row = self.reader.execute(
            "SELECT count(DISTINCT e.student_id)"
            " FROM episode e JOIN student st ON st.id = e.student_id"
            f" WHERE {_narrowed((EpisodeState.STOPPED,))} AND {_STATE} = 'stopped'",
            _days(recent),
        ).fetchone()
        return int(row[0]) if row else 0

    def states(
        self, which: EpisodeFilter, recent: Recent, states: Sequence[EpisodeState] = ()
    ) -> dict[EpisodeState, int]:
        """Return how many episodes are in each of these states; of none, in every state."""
        rows = self.reader.execute(
            f"SELECT {_STATE} AS state, count(*)"
            " FROM episode e JOIN student st ON st.id = e.student_id"
            f" WHERE {_WHICH} AND {_narrowed(states)} GROUP BY 1",
            {**_of(which), **_days(recent)},
        )
        found = {EpisodeState(row[0]): row[1] for row in rows}
        return {state: found[state] for state in states or found if state in found}

    def over(self, episode_id: str, recent: Recent) -> tuple[str, Over] | None:
        """Return on which day and why an open one is over by itself; None while it is not."""
        row = self.reader.execute(
            f"SELECT coalesce(nullif({_OVER_ON}, ''), e.last_on), {_OVER}"
            " FROM episode e JOIN student st ON st.id = e.student_id WHERE e.id = :id",
            {"id": episode_id, "year": recent.year},
        ).fetchone()
        return (row[0], Over(row[1])) if row and row[1] else None

    def curves(
        self, which: EpisodeFilter, by: By, today: str, year_starts: tuple[int, int]
    ) -> list[Curve]:
        """Return who still attends, week by week, told apart by something.

        The rule is the one `model.engagement` states; days are counted in whole days.
        """
        key = {
            By.NOTHING: "''",
            By.TIER: "CAST(e.tier AS TEXT)",
            By.SERVICE: "e.service_id",
            By.SCHOOL: "coalesce(e.school_id, '')",
            By.YEAR: _year("CASE e.started_on WHEN '' THEN e.asked_on ELSE e.started_on END"),
        }[by]
        values = {
            **_of(which),
            "today": today,
            "year_starts": "{:02}-{:02}".format(*year_starts),
        }
        heads = {
            row[0]: row[1:]
            for row in self.reader.execute(
                f"SELECT {key}, sum(e.asked_on <> ''), sum(e.started_on <> ''),"
                f" sum(e.started_on = '' AND e.closed_on = '' AND {_OVER_ON} = ''),"
                f" sum(e.started_on = '' AND (e.closed_on <> '' OR {_OVER_ON} <> ''))"
                " FROM episode e JOIN student st ON st.id = e.student_id"
                f" WHERE {_WHICH} GROUP BY 1",
                values,
            )
        }
        points: dict[str, list[Point]] = {}
        rows = self.reader.execute(
            "WITH lives AS MATERIALIZED"
            f" (SELECT {key} AS key, e.outcome AS outcome,"
            "   unixepoch(:today) / 86400 - unixepoch(e.started_on) / 86400 AS lived,"
            "   unixepoch(e.last_on) / 86400 - unixepoch(e.started_on) / 86400 AS came,"
            f"   unixepoch(nullif(CASE e.closed_on WHEN '' THEN {_OVER_ON} ELSE e.closed_on END, ''))"
            "     / 86400 - unixepoch(e.started_on) / 86400 AS shut"
            "  FROM episode e JOIN student st ON st.id = e.student_id"
            f"  WHERE e.started_on <> '' AND {_WHICH})"
            f" SELECT key, week, {', '.join(_POINT)}"
            " FROM (SELECT *, w.value AS week FROM lives, json_each(:weeks) w)"
            " GROUP BY key, week ORDER BY key, week",
            {**values, "weeks": json.dumps(WEEKS)},
        )
        for row in rows:
            points.setdefault(row[0], []).append(Point(*row[1:]))
        nobody = tuple(Point(week, 0, 0, 0, 0, 0, 0) for week in WEEKS)
        labels = self._labels(by)
        curves = [
            Curve(
                group,
                labels.get(group, group),
                head[0],
                head[1],
                head[2],
                head[3],
                tuple(points.get(group, nobody)),
            )
            for group, head in heads.items()
        ]
        return sorted(curves, key=lambda curve: (curve.label, curve.key))

    def referred(self, since: str, until: str) -> list[tuple[str, str, str]]:
        """Return who was referred in these days: student, service, and what became of it.

        `began`, `waiting` or `not_started`, as the heads of the curves count them.
        """
        rows = self.reader.execute(
            "SELECT e.student_id, e.service_id, CASE WHEN e.started_on <> '' THEN 'began'"
            f" WHEN e.closed_on = '' AND {_OVER_ON} = '' THEN 'waiting' ELSE 'not_started' END"
            " FROM episode e JOIN student st ON st.id = e.student_id"
            " WHERE e.asked_on BETWEEN :since AND :until ORDER BY e.id",
            {"since": since, "until": until},
        )
        return [(row[0], row[1], row[2]) for row in rows]

    def _labels(self, by: By) -> dict[str, str]:
        if by is By.SERVICE:
            return dict(self.reader.execute("SELECT id, label FROM service_kind").fetchall())
        if by is By.SCHOOL:
            return dict(self.reader.execute("SELECT id, name FROM school").fetchall())
        return {}


def _listed(alias: str) -> str:
    return ", ".join(f"{alias}.{name}" for name in _COLUMNS)


def _year(day: str) -> str:
    """Return SQL for the calendar year in which the school year of a day begins."""
    return f"CAST(CAST(substr({day}, 1, 4) AS INTEGER) - (substr({day}, 6) < :year_starts) AS TEXT)"


_FROM = (
    " FROM episode e JOIN student st ON st.id = e.student_id"
    " JOIN service_kind k ON k.id = e.service_id LEFT JOIN school b ON b.id = st.school_id"
)
_IN_STATE = f"(:states = '[]' OR {_STATE} IN (SELECT value FROM json_each(:states)))"
# What an index knows of a state, so that its full rule is asked of few.
_NARROWED: Mapping[EpisodeState, str] = {
    EpisodeState.WAITING: "e.started_on = '' AND e.closed_on = ''",
    EpisodeState.STOPPED: "e.started_on <> '' AND e.closed_on = '' AND e.last_on < :stopped"
    " AND e.last_on >= :year",
    EpisodeState.COMING: "e.started_on <> '' AND e.closed_on = '' AND e.last_on >= :stopped",
}


def _narrowed(states: Sequence[EpisodeState]) -> str:
    return _NARROWED.get(states[0], "1") if len(states) == 1 else "1"


_RUN_OUT = "lived >= 7 * week"
_CAME = "came >= 7 * (week - 1)"
_SHUT = "shut IS NOT NULL AND shut < 7 * (week - 1)"
# judged, still, completed, ended, stopped, running: the order of `Point`.
_POINT = (
    f"sum({_RUN_OUT})",
    f"sum({_RUN_OUT} AND {_CAME} AND NOT ({_SHUT}))",
    f"sum({_RUN_OUT} AND NOT ({_CAME} AND NOT ({_SHUT})) AND {_SHUT} AND outcome = 'completed')",
    f"sum({_RUN_OUT} AND NOT ({_CAME} AND NOT ({_SHUT})) AND {_SHUT} AND outcome <> 'completed')",
    f"sum({_RUN_OUT} AND NOT ({_CAME}) AND NOT ({_SHUT}))",
    f"sum(NOT ({_RUN_OUT}))",
)


def _days(recent: Recent) -> dict[str, str]:
    return {"stopped": recent.stopped, "year": recent.year}


def _of(which: EpisodeFilter) -> dict[str, str | int]:
    return {
        "tier": which.tier,
        "service": which.service_id,
        "school": which.school_id,
        "since": which.since,
        "until": which.until,
        "student": which.student_id,
        "began_since": which.began_since,
        "began_until": which.began_until,
    }


def _episode(row: Row) -> Episode:
    return Episode(
        row[0],
        StudentId(row[1]),
        PersonId(row[2]),
        row[3],
        row[4],
        AskedBy(row[5]) if row[5] else None,
        row[6],
        row[7],
        row[8],
        SchoolId(row[9]) if row[9] else None,
        row[10],
        row[11],
        row[12],
        Closing(row[13]) if row[13] else None,
        row[14],
    )


_ONGOING = ", ".join(f"'{code}'" for code in sorted(ONGOING))
# One statement for everyone who attended. A session before the referral begins nothing, and one
# within an episode that was closed since begins no other.
_ATTENDED = f"""
INSERT INTO episode (id, student_id, person_id, service_id, tier, school_id, started_on, last_on,
                     made_at, zone)
SELECT a.value ->> 1, st.id, :person, :service, st.tier, st.school_id, :day, :day, :at, :zone
  FROM json_each(:students) a JOIN student st ON st.id = a.value ->> 0
 WHERE (:group OR EXISTS (SELECT 1 FROM episode e WHERE e.student_id = st.id
                           AND e.service_id = :service AND e.closed_on = '')
        OR EXISTS (SELECT 1 FROM service_kind k WHERE k.id = :service AND k.code IN ({_ONGOING})))
   AND NOT EXISTS (SELECT 1 FROM episode e WHERE e.student_id = st.id AND e.service_id = :service
                    AND e.closed_on >= :day AND e.started_on <> '')
    ON CONFLICT (student_id, service_id) WHERE closed_on = '' DO UPDATE SET
       started_on = CASE WHEN episode.started_on = '' OR excluded.started_on < episode.started_on
                         THEN excluded.started_on ELSE episode.started_on END,
       last_on = max(episode.last_on, excluded.last_on)
 WHERE excluded.started_on >= episode.asked_on
   AND (episode.started_on = '' OR excluded.started_on < episode.started_on
        OR excluded.last_on > episode.last_on)
"""


class EngagementKeeper(Engagement):
    """Referrals and who stays, within one command."""

    def __init__(self, tx: Transaction) -> None:
        super().__init__(tx)
        self.tx = tx

    def attended(
        self,
        students: Sequence[str],
        service_id: str,
        day: str,
        person_id: str,
        *,
        group: bool,
    ) -> None:
        """Take note that these students attended a session of a service; twice is once."""
        self.tx.execute(
            _ATTENDED,
            {
                "students": json.dumps([(student, new_id()) for student in students]),
                "person": person_id,
                "service": service_id,
                "day": day,
                "at": self.tx.now.at,
                "zone": self.tx.now.zone,
                "group": int(group),
            },
        )
        if day < self.tx.now.day().isoformat():
            self.tx.execute(
                "UPDATE episode SET last_on = max(last_on, :day)"
                " WHERE service_id = :service AND closed_on >= :day AND started_on <> ''"
                " AND started_on <= :day"
                " AND student_id IN (SELECT value FROM json_each(:students))",
                {"day": day, "service": service_id, "students": json.dumps(list(students))},
            )

    def attended_between(
        self, student_id: str, service_id: str, since: str
    ) -> tuple[str, str] | None:
        """Return the first and the last day from a day on on which a student attended a service."""
        rows = self.reader.execute(
            "SELECT n.started_at, n.zone FROM session_note n WHERE n.student_id = ?"
            " AND n.service_id = ? AND n.attendance = 'present'"
            " AND n.started_at >= date(?, '-1 days')",
            (student_id, service_id, since),
        )
        days = [Moment(at, zone).day().isoformat() for at, zone in rows]
        days = [day for day in days if day >= since]
        return (min(days), max(days)) if days else None

    def tier_on(self, student_id: str, day: str) -> tuple[int, SchoolId | None]:
        """Return a student's tier on a day, and their school now."""
        row = self.reader.execute(
            "SELECT coalesce((SELECT t.tier FROM tier_decision t WHERE t.student_id = st.id"
            " AND t.decided_on <= ? ORDER BY t.decided_on DESC, t.made_at DESC LIMIT 1), 1),"
            " st.school_id FROM student st WHERE st.id = ?",
            (day, student_id),
        ).fetchone()
        return (row[0], SchoolId(row[1]) if row[1] else None) if row else (1, None)

    def add_episode(self, episode: Episode) -> None:
        """Write a new episode."""
        self.tx.execute(
            f"INSERT INTO episode ({', '.join(_COLUMNS)}, made_at, zone)"
            f" VALUES ({', '.join('?' * (len(_COLUMNS) + 2))})",
            (*_values(episode), self.tx.now.at, self.tx.now.zone),
        )

    def put_episode(self, episode: Episode) -> None:
        """Let an episode stand as given."""
        self.tx.execute(
            f"UPDATE episode SET {', '.join(f'{name} = ?' for name in _COLUMNS[1:])} WHERE id = ?",
            (*_values(episode)[1:], episode.id),
        )


def _values(episode: Episode) -> tuple[str | int | None, ...]:
    return (
        episode.id,
        episode.student_id,
        episode.person_id,
        episode.service_id,
        episode.asked_on,
        episode.asked_by.value if episode.asked_by else "",
        episode.words,
        episode.concern_id,
        episode.tier,
        episode.school_id,
        episode.started_on,
        episode.last_on,
        episode.closed_on,
        episode.outcome.value if episode.outcome else "",
        episode.reason,
    )
