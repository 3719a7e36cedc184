"""Reckoning and listing service minutes against the bare SQL of the same rows, side by side.

Five thousand deliveries of 190 services owed: one page. The bare list is one query that sums
each service's minutes of the week and sorts by them; the bare reckoning is one query that sums
each service's weeks by outcome. Neither knows of versions, school days, make-ups or shares.
Both together against both; floor: 2 times. Processor time: other work does not count.
"""

import os
import random
import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from app.features.services.repo.minutes import MinutesFilter
from app.kernel.clock import Moment
from app.kernel.ids import new_id
from services_desk import COUNSELING, ServicesDesk

FLOOR = 2.0
_SERVICES = 190
_WEEK = ("2026-11-16", "2026-11-22")

_BARE_LIST = """
SELECT s.series_id, st.given_name || ' ' || st.family_name, st.grade, b.name, k.label, s.amount,
       coalesce((SELECT sum(d.minutes) FROM delivery d WHERE d.series_id = s.series_id
                  AND d.day BETWEEN ? AND ? AND d.outcome = 'delivered'
                  AND NOT EXISTS (SELECT 1 FROM delivery n WHERE n.replaces = d.id)), 0) AS given
  FROM mandate_span s JOIN student st ON st.id = s.student_id
  JOIN service_kind k ON k.id = s.service_id LEFT JOIN school b ON b.id = st.school_id
 WHERE s.from_on <= ? AND s.upto >= ? ORDER BY given - s.amount, st.listed_name LIMIT 200
"""
_BARE_YEAR = """
SELECT st.given_name || ' ' || st.family_name, b.name, m.service_label, m.amount, w.*
  FROM (SELECT d.series_id AS series, date(d.day, '-6 days', 'weekday 1') AS week, d.outcome,
               d.makes_up <> '' AS made_up, sum(d.minutes), sum(d.planned_minutes), count(*)
          FROM delivery d WHERE d.series_id <> '' AND d.day BETWEEN '2026-07-01' AND '2026-11-18'
           AND NOT EXISTS (SELECT 1 FROM delivery n WHERE n.replaces = d.id)
         GROUP BY 1, 2, 3, 4) w
  JOIN mandate m ON m.id = w.series JOIN student st ON st.id = m.student_id
  LEFT JOIN school b ON b.id = st.school_id ORDER BY st.listed_name, st.row, w.series, w.week
"""


def fill(room: ServicesDesk, deliveries: int) -> None:
    """Write services owed and deliveries into the vault, in one transaction."""
    dice = random.Random(5)
    desk, kind = room.desk, room.kinds[COUNSELING]
    school = desk.caseload.schools()[0].id
    days = [date(2026, 8, 31) + timedelta(days=n) for n in range(80)]
    days = [day for day in days if day.weekday() < 5]
    with desk.records.transaction() as tx:
        series = []
        for number in range(_SERVICES):
            student, mandate = new_id(), new_id()
            tx.execute(
                "INSERT INTO student (id, given_name, family_name, listed_name, school_id, grade,"
                " made_at, zone) VALUES (?, 'A', ?, ?, ?, '07', ?, ?)",
                (student, f"B{number}", f"b{number:04}", school, tx.now.at, tx.now.zone),
            )
            tx.execute(
                "INSERT INTO mandate (id, series_id, version, student_id, person_id, provider,"
                " service_id, service_label, setting, unit, amount, times, each_minutes, period,"
                " place, starts_on, ends_on, basis, basis_on, reason, written_by, written_at,"
                " zone, hash) VALUES (?, ?, 1, ?, ?, '', ?, '', 'individual', 'minutes', 60, 0, 0,"
                " 'week', 'office', '2026-08-31', '2027-06-04', 'iep', '2026-08-01', '', ?, '',"
                " '', x'')",
                (mandate, mandate, student, tx.who, kind, tx.who),
            )
            tx.execute(
                "INSERT INTO mandate_span VALUES (?, ?, ?, ?, ?, 'individual', 'minutes', 60, 0,"
                " 'week', '2026-08-31', '2027-06-04')",
                (mandate, mandate, student, tx.who, kind),
            )
            series.append((mandate, student))
        for number in range(deliveries):
            mandate, student = series[number % _SERVICES]
            made, gave = new_id(), dice.random() < 0.85
            tx.execute(
                "INSERT INTO delivery (id, first_id, entry_id, student_id, person_id, series_id,"
                " service_id, setting, day, minutes, planned_minutes, outcome, reason, makes_up,"
                " made_up_on, correction, written_by, written_at, zone, hash)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, 'individual', ?, ?, ?, ?, '', '', '', '', ?, '', '',"
                " x'')",
                (made, made, made, student, tx.who, mandate, kind,
                 dice.choice(days).isoformat(), 30 if gave else 0, 0 if gave else 30,
                 "delivered" if gave else "excused", tx.who),
            )  # fmt: skip
        tx.journal("FillBench", "mandate", "", after={"deliveries": deliveries})


def main(deliveries: int = 5_000, rounds: int = 15) -> bool:
    """Measure, print the ratios, and tell whether the floor holds."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["HOME"] = folder
        room = ServicesDesk(Path(folder))
        fill(room, deliveries)
        desk = room.desk
        room.clock.moment = Moment("2026-11-18T15:00:00.000Z", "America/New_York")
        taken: dict[str, list[float]] = {name: [] for name in ("bare", "list", "year", "reckon")}
        for turn in range(rounds + 2):
            start = time.process_time()
            with desk.records.read() as reader:
                reader.execute(_BARE_LIST, (*_WEEK, "2026-11-18", "2026-11-18")).fetchall()
            first = time.process_time()
            lines, _total = room.minutes.lines(MinutesFilter())
            second = time.process_time()
            with desk.records.read() as reader:
                reader.execute(_BARE_YEAR).fetchall()
            third = time.process_time()
            reckoned = room.minutes.reckonings("2026-07-01", "2026-11-18")
            fourth = time.process_time()
            assert len(lines) == len(reckoned) == _SERVICES
            if turn >= 2:
                taken["bare"].append(first - start)
                taken["list"].append(second - first)
                taken["year"].append(third - second)
                taken["reckon"].append(fourth - third)
        desk.close()
    best = {name: min(times) for name, times in taken.items()}
    bare, ours = best["bare"] + best["year"], best["list"] + best["reckon"]
    ratio = ours / bare
    print(f"reckoned and listed / bare SQL of the same rows: {ratio:5.2f}  (floor {FLOOR:.2f})")
    for name, seconds in best.items():
        print(f"  {name:<7}{1000 * seconds:7.1f} ms of the processor")
    return ratio <= FLOOR


if __name__ == "__main__":
    arguments = [int(text) for text in sys.argv[1:]]
    sys.exit(0 if main(*arguments) else 1)
