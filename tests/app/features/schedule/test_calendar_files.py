"""Calendar files: no name goes out, no title comes in."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from app.bootstrap import Desk
from app.features.schedule.commands import ExportCalendar, ForgetBusy, ImportBusy
from app.features.schedule.model.appointments import Busy, Clash
from app.features.schedule.model.ics import busy_times, opaque_id
from app.features.schedule.model.recurrence import Every, TypedRule
from app.kernel.clock import FixedClock
from app.kernel.errors import Refused
from app.kernel.ids import SchoolId, StudentId
from schedule_desk import plan, typed
from vaults import new_desk

Scheduled = tuple[Desk, list[SchoolId], StudentId]
YORK = "America/New_York"
SINCE, UNTIL = date(2026, 11, 1), date(2027, 3, 31)


def file_of(*events: str) -> bytes:
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//x//y//EN"]
    for number, event in enumerate(events):
        lines += ["BEGIN:VEVENT", f"UID:u{number}", "DTSTAMP:20261101T000000Z"]
        lines += [*event.split("\n"), "END:VEVENT"]
    return "\r\n".join([*lines, "END:VCALENDAR", ""]).encode()


def busy(*events: str) -> list[Busy]:
    return list(busy_times(file_of(*events), YORK, SINCE, UNTIL).busy)


def test_what_is_exported_names_nobody_and_nothing(scheduled: Scheduled) -> None:
    desk, (alder, _birch), student = scheduled
    first = plan(
        desk,
        typed("2027-03-08", "9:30", school=alder, student_id=student, room="Room 12"),
        TypedRule(Every.WEEK, "2027-03-15"),
    )
    plan(desk, typed("2027-03-09", "12:00", school=alder, title="Lunch with Ines"))
    made = desk.schedule.files.export(ExportCalendar("2027-03-01", "2027-03-31"))
    text = made.data.decode()
    assert made.count == 3
    for secret in ("Mateo", "Ocampo", "Ines", "Room 12", "Alder", student, first, alder, "20417"):
        assert secret not in text
    calendar = Calendar.from_ical(made.data)
    events = list(calendar.walk("VEVENT"))
    assert {str(event["CLASS"]) for event in events} == {"PRIVATE"}
    assert {str(event["SUMMARY"]) for event in events} == {"Appointment"}
    assert {key for event in events for key in event} == {
        "UID", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY", "CLASS",
    }  # fmt: skip
    (zone,) = calendar.walk("VTIMEZONE")
    assert zone["TZID"] == YORK
    assert [event["DTSTART"].dt.astimezone(UTC) for event in events] == [
        datetime(2027, 3, 8, 14, 30, tzinfo=UTC),
        datetime(2027, 3, 9, 17, 0, tzinfo=UTC),
        datetime(2027, 3, 15, 13, 30, tzinfo=UTC),
    ]
    assert all(len(line) <= 75 for line in made.data.split(b"\r\n"))
    assert made.data.count(b"\n") == made.data.count(b"\r\n")


def test_the_ids_stay_the_same_and_tell_nothing(scheduled: Scheduled) -> None:
    desk, (alder, _birch), student = scheduled
    made = plan(desk, typed("2027-03-08", "9:30", school=alder, student_id=student))

    def uids() -> list[str]:
        data = desk.schedule.files.export(ExportCalendar("2027-03-01", "2027-03-31")).data
        return [str(event["UID"]) for event in Calendar.from_ical(data).walk("VEVENT")]

    assert uids() == uids()
    assert opaque_id(b"one secret", made) != opaque_id(b"another", made)
    assert opaque_id(b"one secret", made) not in uids()


def test_an_exported_calendar_reads_as_the_busy_times_it_was_made_of(scheduled: Scheduled) -> None:
    desk, (alder, _birch), student = scheduled
    plan(desk, typed("2026-11-23", "9:30", school=alder, student_id=student))
    plan(desk, typed("2026-11-24", "23:30", "30"))
    data = desk.schedule.files.export(ExportCalendar("2026-11-01", "2026-12-31")).data
    assert list(busy_times(data, YORK, SINCE, UNTIL).busy) == [
        Busy("2026-11-23", 570, 600),
        Busy("2026-11-24", 1410, 1440),
    ]


def test_busy_times_are_kept_without_their_titles_and_warn(
    scheduled: Scheduled, tmp_path: Path
) -> None:
    desk, (alder, _birch), _student = scheduled
    data = file_of(
        f"SUMMARY:Dentist Zebulon\nDTSTART;TZID={YORK}:20261123T100000\n"
        f"DTEND;TZID={YORK}:20261123T110000\nLOCATION:Main street"
    )
    read = desk.schedule.files.import_busy(ImportBusy(data)).read
    assert (len(read.busy), read.events, read.unread) == (1, 1, 0)
    entry = typed("2026-11-23", "10:30", school=alder)
    against = desk.schedule.book.outlook(entry).against
    assert [finding.clash for finding in against[0].findings] == [Clash.BUSY]
    with desk.records.read() as reader:
        told = str(reader.execute("SELECT * FROM busy_time").fetchall())
        told += str(reader.execute("SELECT * FROM journal").fetchall())
    assert "Zebulon" not in told
    assert "Main street" not in told
    desk.schedule.files.import_busy(ImportBusy(file_of("DTSTART:20261201T150000Z\nDURATION:PT1H")))
    laid = desk.schedule.book.days(date(2026, 11, 23), date(2026, 12, 1)).days
    assert not laid[0].busy
    assert laid[-1].busy == [Busy("2026-12-01", 600, 660)]
    desk.schedule.files.forget_busy(ForgetBusy())
    assert not desk.schedule.book.days(date(2026, 12, 1), date(2026, 12, 1)).days[0].busy


def test_events_are_read_in_the_zone_they_are_written_in() -> None:
    assert busy("DTSTART:20261123T150000Z\nDTEND:20261123T160000Z") == [
        Busy("2026-11-23", 600, 660)
    ]
    assert busy("DTSTART:20261123T150000\nDTEND:20261123T160000") == [Busy("2026-11-23", 900, 960)]
    assert busy("DTSTART;VALUE=DATE:20261126\nDTEND;VALUE=DATE:20261128") == [
        Busy("2026-11-26", 0, 1440),
        Busy("2026-11-27", 0, 1440),
    ]
    assert busy(f"DTSTART;TZID={YORK}:20261123T230000\nDURATION:PT2H") == [
        Busy("2026-11-23", 1380, 1440),
        Busy("2026-11-24", 0, 60),
    ]


def test_what_repeats_comes_on_each_of_its_days() -> None:
    weekly = (
        f"DTSTART;TZID={YORK}:20251105T100000\nDTEND;TZID={YORK}:20251105T103000\n"
        "RRULE:FREQ=WEEKLY;UNTIL=20261201T000000Z\n"
        f"EXDATE;TZID={YORK}:20261118T100000"
    )
    assert [(one.day, one.starts) for one in busy(weekly)] == [
        ("2026-11-04", 600), ("2026-11-11", 600), ("2026-11-25", 600),
    ]  # fmt: skip


def test_one_of_a_series_that_was_moved_lies_where_it_was_moved_to() -> None:
    data = file_of(
        "DTSTART:20261103T150000Z\nDURATION:PT1H\nRRULE:FREQ=WEEKLY;COUNT=3",
        "DTSTART:20261111T180000Z\nDURATION:PT1H\nRECURRENCE-ID:20261110T150000Z",
    ).replace(b"UID:u1", b"UID:u0")
    found = busy_times(data, "UTC", SINCE, UNTIL).busy
    assert [(one.day, one.starts) for one in found] == [
        ("2026-11-03", 900), ("2026-11-11", 1080), ("2026-11-17", 900),
    ]  # fmt: skip


def test_what_is_free_cancelled_or_without_length_takes_no_time() -> None:
    at = "DTSTART:20261123T150000Z\nDTEND:20261123T160000Z"
    assert busy(f"{at}\nTRANSP:TRANSPARENT", f"{at}\nSTATUS:CANCELLED") == []
    assert busy("DTSTART:20261123T150000Z") == []


def test_overlapping_times_become_one() -> None:
    assert busy(
        "DTSTART:20261123T150000Z\nDTEND:20261123T160000Z",
        "DTSTART:20261123T153000Z\nDTEND:20261123T163000Z",
    ) == [Busy("2026-11-23", 600, 690)]


@pytest.mark.parametrize(
    "rule", ["FREQ=SECONDLY", "FREQ=MINUTELY;INTERVAL=1", "FREQ=DAILY;INTERVAL=0"]
)
def test_a_rule_that_would_never_end_is_counted_as_unread(rule: str) -> None:
    data = file_of(f"DTSTART:19700101T000000Z\nDURATION:PT1M\nRRULE:{rule}")
    read = busy_times(data, "UTC", SINCE, UNTIL)
    assert (read.busy, read.unread) == ((), 1)


@pytest.mark.parametrize("data", [b"", b"hello", b"BEGIN:VCALENDAR\r\n", b"\xff\xfe\x00"])
def test_what_is_no_calendar_file_is_refused(data: bytes) -> None:
    with pytest.raises(Refused) as refused:
        busy_times(data, "UTC", SINCE, UNTIL)
    assert refused.value.code == "ics-unreadable"


@given(
    st.lists(
        st.tuples(
            st.datetimes(datetime(2026, 11, 2), datetime(2027, 3, 20)).map(
                lambda at: at.replace(second=0, microsecond=0)
            ),
            st.integers(1, 3000),
        ),
        max_size=12,
    )
)
def test_every_minute_that_is_taken_is_told_once(events: list[tuple[datetime, int]]) -> None:
    data = file_of(*(f"DTSTART:{at:%Y%m%dT%H%M%S}Z\nDURATION:PT{n}M" for at, n in events))
    if not events:
        return
    told = busy_times(data, "UTC", SINCE, UNTIL).busy
    minutes = {at + timedelta(minutes=minute) for at, length in events for minute in range(length)}
    assert sum(one.ends - one.starts for one in told) == len(minutes)
    assert list(told) == sorted(told)


def test_a_vault_of_its_own_has_ids_of_its_own(tmp_path: Path, clock: FixedClock) -> None:
    desk = new_desk(tmp_path, clock=clock)
    try:
        plan(desk, typed("2026-11-23", "9:30"))
        data = desk.schedule.files.export(ExportCalendar("2026-11-01", "2026-11-30")).data
        assert data.count(b"BEGIN:VEVENT") == 1
    finally:
        desk.close()
