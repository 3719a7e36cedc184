"""What a seat sees, in the engine itself: the second line behind what the rooms ask.

On a reading connection the tables of records stand behind views of the same name, which
hold only what the person at the desk may see; the tables themselves are denied to every
statement. A query that forgets to ask whose record it is finds nothing it should not.
"""

import re
from collections.abc import Collection, Mapping, Sequence

from sqlcipher3 import dbapi2

from app.kernel.ids import is_id
from app.kernel.nouns import Role
from app.kernel.ports import Rows, Seat, Value
from app.kernel.rights import gives_medication, looks_after_safety, sees

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
_OF_OWN_PARCEL = (
    "SELECT t.* FROM main.{table} t WHERE EXISTS (SELECT 1 FROM main.outbox_parcel p"
    " WHERE p.id = t.parcel_id AND p.person_id = {me})"
)

_OF_GROUP = (
    "SELECT t.* FROM main.{table} t WHERE EXISTS (SELECT 1 FROM main.student_group g"
    " WHERE g.id = t.group_id AND +g.person_id IN ({people}))"
)

_ENDED = (
    "SELECT t.* FROM main.{table} t WHERE EXISTS (SELECT 1 FROM main.mandate m"
    " WHERE m.series_id = t.series_id AND +m.person_id IN ({people}))"
)

_OF_SCREENING = (
    "SELECT t.* FROM main.{table} t WHERE EXISTS (SELECT 1 FROM main.screening g"
    " WHERE g.id = t.screening_id AND +g.person_id IN ({people}))"
)

_SAFETY = ", ".join(f"'{role}'" for role in Role if looks_after_safety(role))
# That a risk of another field of work is open; who sees the risk itself needs no such line.
_OF_OTHERS_RISKS = (
    "SELECT t.* FROM main.{table} t WHERE +t.person_id NOT IN ({people})"
    f" AND EXISTS (SELECT 1 FROM main.person p WHERE p.id = {{me}} AND p.role IN ({_SAFETY}))"
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

# A release is common to everyone who may let something leave; a consent to medication is the
# room's; the rest is seen as the records that it opens (app.features.consents).
_CONSENTED = (
    "(c.kind = 'release' OR c.kind = 'medication' AND EXISTS (SELECT 1 FROM main.person p"
    f" WHERE p.id = {{me}} AND p.role IN ({_GIVES}))"
    " OR c.kind NOT IN ('release', 'medication') AND +c.person_id IN ({people}))"
)
_CONSENT = "SELECT c.* FROM main.{table} c WHERE " + _CONSENTED
_OF_CONSENT = (
    "SELECT t.* FROM main.{table} t WHERE EXISTS"
    " (SELECT 1 FROM main.consent c WHERE c.id = t.consent_id AND " + _CONSENTED + ")"
)
_OF_SCAN = (
    "SELECT t.* FROM main.{table} t WHERE EXISTS (SELECT 1 FROM main.consent_scan k"
    " JOIN main.consent c ON c.id = k.consent_id WHERE k.id = t.scan_id AND " + _CONSENTED + ")"
)

_VIEWS: dict[str, str] = {
    "consent": _CONSENT,
    "consent_end": _OF_CONSENT,
    "consent_scan": _OF_CONSENT,
    "consent_scan_content": _OF_SCAN,
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
    "screening_mistake": _OF_SCREENING,
    "risk_elsewhere": _OF_OTHERS_RISKS,
    "screening_draft": _OWN,
    **dict.fromkeys(("appointment", "appointment_series", "busy_time", "calendar_secret"), _OWN),
    # What waits to leave is its sender's; how it stands with the places is everyone's.
    "outbox_parcel": _OWN,
    "outbox_event": _OF_OWN_PARCEL,
    **dict.fromkeys(
        ("desk_key", "destination_secret", "outbox_sealed", "outbox_manifest", "outbox_receipt"),
        _SHUT,
    ),
    # That a student or a room is taken, without whose appointment it is or what.
    "booked": _OF_SEEN,
    "part2_label": _OF_SEEN,
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

# A record that is labelled under 42 CFR part 2 does not leave, but of a student who was opened.
_UNLABELLED = (
    " AND NOT EXISTS (SELECT 1 FROM main.part2_label l WHERE l.kind = '{kind}'"
    " AND l.record = {record} AND l.labelled = 1 AND l.student_id NOT IN ({opened})"
    " AND l.row = (SELECT max(m.row) FROM main.part2_label m"
    " WHERE m.kind = '{kind}' AND m.record = l.record))"
)
_OF_GOAL = "(SELECT g.plan_id FROM main.plan_goal g WHERE g.key = t.goal_key LIMIT 1)"
_OF_MEMBER = (
    "(SELECT a.note_id FROM main.group_attendance a"
    " WHERE a.session_id = t.entry_id AND a.student_id = t.student_id LIMIT 1)"
)
_LABELLED: dict[str, tuple[tuple[str, str], ...]] = {
    "session_note": (("note", "t.id"),),
    "note_addition": (("note", "t.note_id"),),
    "follow_up": (("note", "t.note_id"),),
    # That and when a session was tells of it as its text does.
    "group_attendance": (("note", "t.note_id"),),
    "delivery": (("note", "t.note_id"), ("note", "t.entry_id")),
    "appointment": (("note", "t.entry_id"),),
    "billing_line": (("note", "t.entry_id"), ("note", _OF_MEMBER)),
    "episode": (("concern", "t.concern_id"),),
    "screening": (("screening", "t.id"),),
    **dict.fromkeys(("screening_mistake", "risk"), (("screening", "t.screening_id"),)),
    "risk_entry": (
        ("screening", "(SELECT r.screening_id FROM main.risk r WHERE r.id = t.risk_id)"),
    ),
    "care_plan": (("plan", "t.id"),),
    **dict.fromkeys(
        ("plan_version", "plan_goal", "plan_review", "plan_task"), (("plan", "t.plan_id"),)
    ),
    "plan_signature": (
        ("plan", "(SELECT v.plan_id FROM main.plan_version v WHERE v.id = t.version_id)"),
    ),
    "goal_point": (("plan", _OF_GOAL), ("note", "t.note_id")),
    **dict.fromkeys(("goal_phase", "goal_decision"), (("plan", _OF_GOAL),)),
    "consultation": (("consultation", "t.id"),),
    **dict.fromkeys(
        ("consultation_addition", "agreed_step"), (("consultation", "t.consultation_id"),)
    ),
    "contact": (("contact", "t.id"),),
    "concern": (("concern", "t.id"),),
    "concern_entry": (("concern", "t.concern_id"),),
}
"""By which labels a row of a table is held back."""


class Guarded:
    """What a room reads by: a connection whose statements see what a seat may see.

    A view is made when the first statement names its table; until then the table is shut to
    everyone, so that a view that was not made hides more, never less.
    """

    __slots__ = (
        "_before",
        "_connection",
        "_making",
        "_may",
        "_me",
        "_met",
        "_opened",
        "_people",
        "_stand",
    )

    def __init__(
        self,
        connection: dbapi2.Connection,
        seat: Seat,
        *,
        leaving: bool,
        opened: Collection[str] = (),
    ) -> None:
        self._connection = connection
        self._opened = ", ".join(f"'{student}'" for student in opened) if leaving else None
        self._me = f"'{seat.person}'"
        roles = ", ".join(f"'{role}'" for role in sees(seat.role))
        self._people = _SEEN_PEOPLE.format(me=self._me, roles=roles)
        self._may = _leaving if leaving else _staying
        self._making = False
        self._met: set[str] = set()
        """The statements whose tables have their views."""
        self._stand: set[str] = set()
        self._before = 0
        """How many views were there when this transaction began."""

    def execute(self, sql: str, values: Sequence[Value] | Mapping[str, Value] = ()) -> Rows:
        """Run one statement."""
        if sql not in self._met:
            self._make(sql)
        return self._connection.execute(sql, values)

    def begin(self) -> None:
        """Begin a consistent read."""
        self._before = len(self._stand)
        self._connection.execute("BEGIN")

    def end(self) -> None:
        """End the read; the views that it made stay."""
        connection = self._connection
        made = len(self._stand) > self._before
        if connection.in_transaction:
            if made:
                # Kept, and then undone once more: that also closes a statement half read.
                connection.execute("COMMIT")
                connection.execute("BEGIN")
            connection.execute("ROLLBACK")
        elif made:
            # The engine has undone all of it by itself.
            self._stand.clear()
            self._met.clear()

    def _make(self, sql: str) -> None:
        named = set(_NAMES.findall(sql.lower()))
        guarded = named & _VIEWS.keys()
        if guarded and "main" in named:
            # The engine takes a part of a statement that has a view's name for that view.
            raise dbapi2.DatabaseError(f"access to main.{min(guarded)} is prohibited")
        wanted = guarded - self._stand
        if wanted:
            self._making = True
            try:
                self._connection.execute("PRAGMA query_only = OFF")
                for table in wanted:
                    view = self._view(table)
                    self._connection.execute(f"CREATE TEMP VIEW IF NOT EXISTS {table} AS {view}")
                    self._stand.add(table)
            finally:
                self._connection.execute("PRAGMA query_only = ON")
                self._making = False
        if len(self._met) >= _MOST_MET:
            self._met.clear()
        self._met.add(sql)

    def _view(self, table: str) -> str:
        view = _VIEWS[table].format(table=table, me=self._me, people=self._people)
        if self._opened is None:
            return view
        return view + "".join(
            _UNLABELLED.format(kind=kind, record=record, opened=self._opened)
            for kind, record in _LABELLED.get(table, ())
        )

    def asked(
        self,
        action: int,
        first: str | None,
        second: str | None,
        database: str | None,
        by: str | None,
    ) -> int:
        """Answer the engine whether a statement may do what it is about to."""
        if self._making:
            return dbapi2.SQLITE_OK
        return self._may(action, first, second, database, by)


def guard(
    connection: dbapi2.Connection,
    seat: Seat,
    *,
    leaving: bool = False,
    opened: Collection[str] = (),
) -> Guarded:
    """Let every statement on `connection` see what `seat` may see, and nothing else.

    With `leaving`, for what may leave the desk, the sole-possession compartment is denied
    whole, and so is each record that is labelled under 42 CFR part 2, but for those of the
    students in `opened`. What a person's role is now is asked at every statement.
    """
    for one in (seat.person, *opened):
        if not is_id(one):
            raise ValueError(one)
    connection.set_authorizer(None)
    connection.execute("PRAGMA query_only = OFF")
    before = connection.execute("SELECT name FROM temp.sqlite_schema WHERE type = 'view'")
    for (view,) in before.fetchall():
        connection.execute(f"DROP VIEW temp.{view}")
    connection.execute("PRAGMA query_only = ON")
    guarded = Guarded(connection, seat, leaving=leaving, opened=opened)
    connection.set_authorizer(guarded.asked)
    return guarded


_NAMES = re.compile(r"\w+")
_MOST_MET = 2_000
"""So many statements are remembered as met; a list's filters make new ones."""


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
    named = (first or "").lower()
    if (
        named in _TEXTS
        or named in _STAYING
        or (named in _TELLING and (by or "").lower() in ("", *_TELLING))
    ):
        return dbapi2.SQLITE_DENY
    return _staying(action, first, second, database, by)


_PAGES_OF_WORDS = frozenset({"searchable_words_data", "sole_words_data"})
"""Where an index keeps its words; the index itself reads them by no statement."""
_TELLING = frozenset({"part2_label"})
"""That a record is labelled tells what it is about."""
_TEXTS = frozenset({"searchable", "searched_text", "searchable_words"})
"""Where a text is found past the record it stands in."""
_STAYING = frozenset({"risk_elsewhere"})
"""What is told at the desk alone."""
_SOLE = re.compile(r"sole_", re.IGNORECASE)
_CHANGES = frozenset({"query_only", "temp.query_only"})
"""What would take the guard off: a reading connection stays one."""
