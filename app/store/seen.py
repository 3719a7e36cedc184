"""What a seat sees, in the engine itself: the second line behind what the rooms ask.

On a reading connection the tables of records stand behind views of the same name, which
hold only what the person at the desk may see; the tables themselves are denied to every
statement. A query that forgets to ask whose record it is finds nothing it should not.
"""

import re

from sqlcipher3 import dbapi2

from app.kernel.ids import is_id
from app.kernel.nouns import Role
from app.kernel.ports import Seat
from app.kernel.rights import gives_medication, sees

_SEEN_PEOPLE = "SELECT p.id FROM main.person p WHERE p.id = {me} OR p.role IN ({roles})"
# The plus keeps the engine from choosing its way by the person: a student's notes are few.
_OF_SEEN = "SELECT t.* FROM main.{table} t WHERE +t.person_id IN ({people})"
_OWN = "SELECT t.* FROM main.{table} t WHERE t.person_id = {me}"
_ADDED = (
    "SELECT t.* FROM main.{table} t WHERE EXISTS (SELECT 1 FROM main.session_note n"
    " WHERE n.id = t.note_id AND +n.person_id IN ({people}))"
)

_FOUND = "(t.own = 0 AND +t.person_id IN ({people}) OR t.person_id = {me})"
# A search asks by `match = …`: what it hits is narrowed here, so that neither a row nor a
# count tells of a text that the seat may not see.
_SEARCHED = (
    "SELECT w.rowid AS row, w.rank AS rank, w.{table} AS match, t.kind,"
    " t.text_id AS id, t.subject_id, t.student_id, t.person_id, t.day FROM main.{table} w"
    " JOIN main.searchable t ON t.row = w.rowid WHERE " + _FOUND
)
_SEARCHED_OWN = (
    "SELECT w.rowid AS row, w.{table} AS match, t.id, t.student_id, t.person_id, t.about_on"
    " FROM main.{table} w JOIN main.sole_note t ON t.rowid = w.rowid WHERE t.person_id = {me}"
)
_SHUT = "SELECT 1 AS shut WHERE 0"

_OF_GROUP = (
    "SELECT t.* FROM main.{table} t WHERE EXISTS (SELECT 1 FROM main.student_group g"
    " WHERE g.id = t.group_id AND +g.person_id IN ({people}))"
)

_ENDED = (
    "SELECT t.* FROM main.{table} t WHERE EXISTS (SELECT 1 FROM main.mandate m"
    " WHERE m.series_id = t.series_id AND +m.person_id IN ({people}))"
)

_GIVES = ", ".join(f"'{role}'" for role in Role if gives_medication(role))
# The medication room is open to its roles or not at all: no row of it is one person's own.
_OF_THE_ROOM = (
    "SELECT t.* FROM main.{table} t WHERE EXISTS (SELECT 1 FROM main.person p"
    f" WHERE p.id = {{me}} AND p.role IN ({_GIVES}))"
)

# What a claim asks of a student: whoever gives services needs it, the office does not.
_OF_PROVIDERS = (
    "SELECT t.* FROM main.{table} t WHERE EXISTS (SELECT 1 FROM main.person p"
    f" WHERE p.id = {{me}} AND p.role <> '{Role.ADMINISTRATOR}')"
)

_VIEWS: dict[str, str] = {
    "time_entry": _OWN,
    "time_served": _OWN,
    "time_draft": _OWN,
    "duty": _OWN,
    "billing_line": _OWN,
    "student_medicaid": _OF_PROVIDERS,
    "session_note": _OF_SEEN,
    "note_addition": _ADDED,
    "follow_up": _OF_SEEN,
    "note_draft": _OWN,
    "student_group": _OF_SEEN,
    "group_member": _OF_GROUP,
    "group_draft": _OWN,
    "group_session": _OF_SEEN,
    "group_attendance": _OF_SEEN,
    "sole_note": _OWN,
    **dict.fromkeys(("mandate", "mandate_span", "delivery", "episode"), _OF_SEEN),
    "mandate_end": _ENDED,
    "searchable": "SELECT t.* FROM main.{table} t WHERE " + _FOUND,
    "searched_text": "SELECT t.* FROM main.{table} t WHERE " + _FOUND,
    "searchable_words": _SEARCHED,
    "searchable_terms": _SHUT,
    "sole_words": _SEARCHED_OWN,
    **dict.fromkeys(
        (
            "concern",
            "concern_entry",
            "consultation",
            "consultation_addition",
            "agreed_step",
            "contact",
            "team_member",
        ),
        _OF_SEEN,
    ),
    "consultation_draft": _OWN,
    **dict.fromkeys(
        (
            "care_plan",
            "plan_version",
            "plan_goal",
            "plan_signature",
            "plan_review",
            "plan_task",
            "goal_point",
            "goal_phase",
            "goal_decision",
            "tier_evidence",
        ),
        _OF_SEEN,
    ),
    "plan_draft": _OWN,
    **dict.fromkeys(("screening", "risk", "risk_entry", "round_consent"), _OF_SEEN),
    "screening_draft": _OWN,
    **dict.fromkeys(("appointment", "appointment_series", "busy_time", "calendar_secret"), _OWN),
    # That a student or a room is taken, without whose appointment it is or what.
    "booked": _OF_SEEN,
    **dict.fromkeys(
        (
            "medication_order",
            "dose",
            "dose_seen",
            "container",
            "stock_movement",
            "stock_count",
            "discrepancy",
            "incident",
            "visit",
            "health_plan",
            "delegation",
            "trip",
            "trip_item",
            "care_entry",
            "no_school",
            "student_photo",
        ),
        _OF_THE_ROOM,
    ),
}
"""Each table of records, and what of it a seat sees; a room with new records adds its own."""


def guard(connection: dbapi2.Connection, seat: Seat, *, leaving: bool = False) -> None:
    """Let every statement on `connection` see what `seat` may see, and nothing else.

    With `leaving`, for what may leave the desk, the sole-possession compartment is denied
    whole. What a person's role is now is asked at every statement.
    """
    if not is_id(seat.person):
        raise ValueError(seat.person)
    connection.set_authorizer(None)
    connection.execute("PRAGMA query_only = OFF")
    me = f"'{seat.person}'"
    people = _SEEN_PEOPLE.format(me=me, roles=", ".join(f"'{role}'" for role in sees(seat.role)))
    before = _views_of(connection)
    for (table,) in connection.execute(_TABLES).fetchall():
        view = _VIEWS.get(table)
        if view is not None:
            made = f"CREATE VIEW {table} AS {view.format(table=table, me=me, people=people)}"
            if before.get(table) != made:
                if table in before:
                    connection.execute(f"DROP VIEW temp.{table}")
                connection.execute(made.replace("CREATE VIEW", "CREATE TEMP VIEW", 1))
    connection.execute("PRAGMA query_only = ON")
    connection.set_authorizer(_leaving if leaving else _staying)


_TABLES = "SELECT name FROM main.sqlite_schema WHERE type IN ('table', 'view')"


def _views_of(connection: dbapi2.Connection) -> dict[str, str]:
    """Return the views that stand on the connection already, as they were made."""
    found = connection.execute("SELECT name, sql FROM temp.sqlite_schema WHERE type = 'view'")
    return {str(name): str(sql) for name, sql in found.fetchall()}


def _staying(
    _action: int, first: str | None, second: str | None, database: str | None, by: str | None
) -> int:
    named = (first or "").lower()
    if named in _PAGES_OF_WORDS:
        return dbapi2.SQLITE_DENY
    if database == "main" and named in _VIEWS and (by or "").lower() not in _VIEWS:
        return dbapi2.SQLITE_DENY
    if named in _CHANGES or (second or "").lower() in _CHANGES:
        return dbapi2.SQLITE_DENY
    return dbapi2.SQLITE_OK


def _leaving(
    action: int, first: str | None, second: str | None, database: str | None, by: str | None
) -> int:
    if any(_SOLE.match(name or "") for name in (first, second)):
        return dbapi2.SQLITE_DENY
    return _staying(action, first, second, database, by)


_PAGES_OF_WORDS = frozenset({"searchable_words_data", "sole_words_data"})
"""Where an index keeps its words; the index itself reads them by no statement."""
_SOLE = re.compile(r"sole_", re.IGNORECASE)
_CHANGES = frozenset({"query_only", "temp.query_only"})
"""What would take the guard off: a reading connection stays one."""
