"""The program's tables in memory: for rules that are asked of the engine a thousand times."""

from sqlcipher3 import dbapi2

from app.features.services.model.mandates import Span
from app.kernel.clock import Moment
from app.kernel.ids import PersonId
from app.store.migrate import migrate

ME = PersonId("person-1")


class Memory:
    """A transaction on tables in memory: a person, two buildings, services and students."""

    def __init__(self, students: int = 12) -> None:
        self.connection = dbapi2.connect(":memory:", isolation_level=None)
        migrate(self.connection)
        self.connection.execute("PRAGMA foreign_keys = OFF")
        self.now = Moment("2027-03-01T15:00:00.000Z", "America/New_York")
        self.who = ME
        self.execute(
            "INSERT INTO person (id, name, role, made_at, zone)"
            " VALUES (?, 'Ana Núñez', 'counselor', '', '')",
            (ME,),
        )
        for number in (1, 2):
            self.execute(
                "INSERT INTO school (id, name, made_at) VALUES (?, ?, '')",
                (f"school-{number}", f"School {number}"),
            )
        for code in ("individual-counseling", "crisis-response", ""):
            self.execute(
                "INSERT INTO service_kind (id, code, label) VALUES (?, ?, ?)",
                (f"kind-{code}", code, code or "Our own"),
            )
        for number in range(students):
            self.execute(
                "INSERT INTO student (id, given_name, family_name, listed_name, school_id, tier,"
                " made_at, zone) VALUES (?, 'A', ?, ?, ?, ?, '', '')",
                (f"student-{number}", f"B{number}", f"b{number:03}",
                 f"school-{number % 2 + 1}", number % 3 + 1),
            )  # fmt: skip

    def execute(self, sql, values=()):  # type: ignore[no-untyped-def]
        """Run one statement."""
        return self.connection.execute(sql, values)

    def executemany(self, sql, rows):  # type: ignore[no-untyped-def]
        """Run one statement for each row."""
        self.connection.executemany(sql, rows)

    def journal(self, *_entry: object) -> None:
        """Keep no journal: it is tested on real vaults."""

    def empty(self, *tables: str) -> None:
        """Take all rows out of tables that let go of them."""
        for table in tables:
            for (trigger,) in self.execute(
                "SELECT name FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = ?", (table,)
            ).fetchall():
                self.execute(f"DROP TRIGGER {trigger}")
            self.execute(f"DELETE FROM {table}")

    def owe(self, series: str, student: str, spans: list[Span]) -> None:
        """Let a series be in force on these days."""
        for span in spans:
            self.execute(
                "INSERT INTO mandate (id, series_id, version, student_id, person_id, provider,"
                " service_id, service_label, setting, unit, amount, times, each_minutes, period,"
                " place, starts_on, ends_on, basis, basis_on, reason, written_by, written_at,"
                " zone, hash) VALUES (?, ?, (SELECT count(*) + 1 FROM mandate WHERE series_id = ?),"
                " ?, ?, '', 'kind-individual-counseling', '', 'individual', ?, ?, 0, ?, ?, '', ?, ?,"
                " 'iep', '', '', ?, '', '', x'')",
                (span.mandate_id, series, series, student, ME, span.unit.value, span.amount,
                 span.each_minutes, span.period.value, span.from_on, span.upto, ME),
            )  # fmt: skip
            self.execute(
                "INSERT INTO mandate_span VALUES (?, ?, ?, ?, 'kind-individual-counseling',"
                " 'individual', ?, ?, ?, ?, ?, ?)",
                (span.mandate_id, series, student, ME, span.unit.value, span.amount,
                 span.each_minutes, span.period.value, span.from_on, span.upto),
            )  # fmt: skip

    def deliver(
        self, key: str, series: str, student: str, day: str, outcome: str, minutes: int,
        planned: int = 0, made_up_on: str = "", replaces: str | None = None,
    ) -> None:  # fmt: skip
        """Let a session have been given, or have fallen out."""
        self.execute(
            "INSERT INTO delivery (id, first_id, replaces, entry_id, student_id, person_id,"
            " series_id, service_id, setting, day, minutes, planned_minutes, outcome, reason,"
            " makes_up, made_up_on, correction, written_by, written_at, zone, hash)"
            " VALUES (?, ?, ?, '', ?, ?, ?, 'kind-individual-counseling', 'individual', ?, ?, ?, ?,"
            " '', ?, ?, '', ?, '', '', x'')",
            (key, replaces or key, replaces, student, ME, series, day, minutes, planned, outcome,
             "x" if made_up_on else "", made_up_on, ME),
        )  # fmt: skip
