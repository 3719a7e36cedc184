"""What is owed and given, and who still comes, as reports: the room's own reckoning, exported."""

import csv
import io
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from openpyxl import load_workbook

from app.kernel.errors import Refused
from app.kernel.nouns import Role
from app.overviews.reports.lists import Asked, Form, Names, ReportKind
from app.paper.preview import page_texts
from services_desk import ServicesDesk
from shared_desk import seated, someone

MINUTES = Asked(ReportKind.MINUTES, date(2026, 11, 2), date(2026, 11, 18))
STAY = Asked(ReportKind.ENGAGEMENT, date(2026, 8, 1), date(2026, 11, 18))


@pytest.fixture
def services(tmp_path: Path) -> Iterator[ServicesDesk]:
    made = ServicesDesk(tmp_path)
    yield made
    made.desk.close()


def rows(services: ServicesDesk, asked: Asked) -> list[dict[str, str]]:
    data = services.desk.reports.make(asked, Form.CSV).data.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(data, newline="")))


def test_each_period_of_what_is_owed_is_a_row_and_says_what_the_students_page_says(
    services: ServicesDesk,
) -> None:
    mateo = services.student()
    services.owe(mateo)
    services.hold(mateo, "2026-11-03T10:00")
    services.hold(mateo, "2026-11-05T10:00")
    services.hold(mateo, "2026-11-10T10:00")
    first, second, third = rows(services, MINUTES)
    assert (first["From"], first["Owed"], first["Given"]) == ("2026-11-02", "60", "60")
    assert first["Standing"] == "Met"
    assert (second["Given"], second["Unaccounted for"]) == ("30", "30")
    assert third["From"] == "2026-11-16"
    sheet = services.owed(mateo).periods
    for row, period in zip((first, second, third), sheet[-3:], strict=True):
        assert row["Given"] == str(period.delivered)
        assert row["Owed"] == str(period.owed)
        assert row["Unaccounted for"] == str(period.unaccounted)
    assert "60 minutes per week" in first["Owed as"]
    said = " ".join(" ".join(page_texts(services.desk.reports.make(MINUTES).data)).split())
    assert "3 periods of services owed; in 1 of them" in said


def test_minutes_without_names_name_nobody_and_disclose_to_each(
    services: ServicesDesk, tmp_path: Path
) -> None:
    for given in ("Mateo", "Ines"):
        services.owe(services.student(given))
    made = services.desk.reports.make(
        Asked(ReportKind.MINUTES, MINUTES.since, MINUTES.until, names=Names.NONE), Form.CSV
    )
    assert b"Mateo" not in made.data
    assert b"Student 1" in made.data
    assert len(made.students) == 2


def test_who_reads_no_record_of_the_field_finds_nothing_owed(services: ServicesDesk) -> None:
    services.owe(services.student())
    with seated(services.desk, someone(services.desk, Role.NURSE)):
        assert rows(services, MINUTES) == []


def test_the_curve_is_told_in_counts_for_everyone_and_apart(services: ServicesDesk) -> None:
    stays, stops, waits = (services.student(name) for name in ("Mateo", "Ines", "Olu"))
    for student in (stays, stops, waits):
        services.refer(student, "2026-09-01")
    for wall in ("2026-09-07T10:00", "2026-10-05T10:00", "2026-11-02T10:00"):
        services.hold(stays, wall)
    services.hold(stops, "2026-09-07T11:00")
    found = rows(services, STAY)
    everyone = {row["After weeks"]: row for row in found if row["Of whom"] == "Everyone"}
    assert set(everyone) == {"4", "8", "12"}
    four = everyone["4"]
    assert (four["Referred"], four["Began"], four["Waiting"]) == ("3", "2", "1")
    assert (four["Judged"], four["Still attend"], four["Share (%)"]) == ("2", "1", "50.0")
    assert everyone["12"]["Share (%)"] == ""
    assert any(row["Of whom"].startswith("Tier") for row in found)
    made = services.desk.reports.make(STAY, Form.XLSX)
    assert made.students == ()
    page = load_workbook(io.BytesIO(made.data)).worksheets[0]
    assert page["H2"].value == 0.5
    said = " ".join(page_texts(services.desk.reports.make(STAY).data))
    assert "week by week" in said
    assert "Mateo" not in said


def test_both_ask_for_two_days(services: ServicesDesk) -> None:
    for kind in (ReportKind.MINUTES, ReportKind.ENGAGEMENT):
        with pytest.raises(Refused, match="day-unclear"):
            services.desk.reports.make(Asked(kind))
