"""Summaries as data say what the papers of the same name say, and leave as they do."""

import csv
import io
import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from app.bootstrap import Desk
from app.features.caseload.commands import DecideTier, PutOnCaseload
from app.features.outbox.model.records import Asked
from app.features.services.repo.engagement import EpisodeFilter
from app.kernel.buildings import building_key, name_key
from app.kernel.documents import DataSummary, SummaryKind
from app.kernel.errors import Refused, Trouble
from app.kernel.ids import StudentId
from app.kernel.nouns import Role, Tier
from app.kernel.releases import Ground, Terms
from app.overviews.data.schemas import schema_of, valid
from app.overviews.data.summaries import Counts, free_name
from app.overviews.reports import services_report
from app.overviews.reports.leaving import Release
from app.overviews.reports.lists import Asked as Listed
from app.overviews.reports.lists import Form, Names, ReportKind
from app.overviews.tiers import Scope
from nurse_desk import AS_NEEDED, SCHEDULED, NurseDesk
from services_desk import COUNSELING, ServicesDesk
from sessions_desk import a_signed_note
from time_desk import log

NOVEMBER = "2026-11"
FIRST, LAST = "2026-11-01", "2026-11-30"
TO_PARENT = Release("Rosa Ocampo", "asked for it", Terms(Ground.SUBJECT))
NO_NAMES = Release("Harbor district", "monthly count", Terms(Ground.NO_NAMES))


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServicesDesk]:
    """Twelve students: eight were seen, one of them twice and one by another service."""
    made = ServicesDesk(tmp_path_factory.mktemp("data"))
    students = [made.student(f"Kim{n}", "Ode") for n in range(12)]
    for student in students[:8]:
        made.hold(student, "2026-11-10T09:00")
    made.hold(students[0], "2026-11-17T09:00")
    made.hold(students[1], "2026-11-17T10:00", service_id=made.kinds["check-in"], minutes="15")
    made.hold(students[2], "2026-11-17T11:00", attendance="absent", attendance_reason="ill")
    made.hold(students[3], "2026-08-20T09:00")
    for student in students[8:]:
        made.refer(student, "2026-11-12")
    made.desk.caseload.decide_tier(
        DecideTier(tuple(students[:6]), Tier.TARGETED, "2026-11-02", "Points")
    )
    made.desk.caseload.carry_out(PutOnCaseload(tuple(students[:9]), "2026-09-01", "referred"))
    log(made.desk, "classroom", "50", on="2026-11-17")
    yield made
    made.desk.close()


@pytest.fixture
def desk(office: ServicesDesk) -> Desk:
    return office.desk


def exact(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let everybody be told counts as they are."""
    monkeypatch.setattr(desk.data, "_counts", lambda _to_district: Counts("exact", 5))


def body(
    desk: Desk, kind: SummaryKind, period: str = NOVEMBER, **asked: object
) -> dict[str, object]:
    made = desk.data.make(Asked(kind, period, **asked)).summary  # type: ignore[arg-type]
    assert valid(made) is made
    return dict(made.body)


def lines(desk: Desk, kind: ReportKind, **asked: object) -> list[dict[str, str]]:
    data = desk.reports.make(Listed(kind, **asked), Form.CSV, mark=False).data  # type: ignore[arg-type]
    return list(csv.DictReader(io.StringIO(data.decode())))


def test_services_count_what_the_log_of_sessions_counts(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    exact(desk, monkeypatch)
    told = body(desk, SummaryKind.SERVICES)
    logged = lines(desk, ReportKind.SESSIONS, since=date(2026, 11, 1), until=date(2026, 11, 30))
    present = [row for row in logged if row["Attendance"] == "Present"]
    for table in ("services", "service_totals"):
        rows = told[table]
        assert isinstance(rows, list)
        assert sum(row["sessions"] for row in rows) == len(present) == 10
        assert sum(row["minutes"] for row in rows) == sum(int(r["Minutes"]) for r in present)
    by_service = {row["service"]: row for row in told["service_totals"]}  # type: ignore[attr-defined]
    assert by_service[COUNSELING]["students"] == 8
    assert by_service["check-in"]["students"] == 1
    (reach,) = told["reach_totals"]  # type: ignore[misc]
    assert (reach["enrolled"], reach["served"]) == (12, 8)


def test_referrals_and_who_stays_are_those_of_the_report_on_engagement(
    office: ServicesDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    exact(office.desk, monkeypatch)
    told = body(office.desk, SummaryKind.SERVICES)
    sheet = office.engagement.sheet(EpisodeFilter(since=FIRST, until=LAST)).everyone
    assert sheet is not None
    by_status = {row["status"]: row["referrals"] for row in told["referral_totals"]}  # type: ignore[attr-defined]
    assert by_status == {"waiting": sheet.waiting}
    assert sum(by_status.values()) == sheet.referred == 4
    (kept,) = told["retention"]  # type: ignore[misc]
    # One began on 20 August and was seen again in the twelfth week, which ended in November.
    began = office.engagement.sheet(
        EpisodeFilter(began_since="2026-08-09", began_until="2026-09-07")
    ).everyone
    assert began is not None
    assert (kept["began"], kept["retained_12_weeks"]) == (began.at(12).judged, began.at(12).still)
    assert kept["began"] == 1


def test_tiers_are_those_of_the_pyramid(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    exact(desk, monkeypatch)
    told = body(desk, SummaryKind.SERVICES)
    pyramid = desk.tiers.pyramid(Scope(), LAST)
    found = {row["tier"]: row["students"] for row in told["tier_totals"]}  # type: ignore[attr-defined]
    assert found == {int(tier): count for tier, count in pyramid.counts.items() if count}


def test_to_whom_the_district_file_says_nothing_small_counts_are_held_back(desk: Desk) -> None:
    told = body(desk, SummaryKind.SERVICES)
    assert (told["counts"], told["limit"]) == ("suppressed", 5)
    by_service = {row["service"]: row for row in told["service_totals"]}  # type: ignore[attr-defined]
    assert by_service["check-in"]["students"] is by_service["check-in"]["minutes"] is None
    assert told["services"] == []


def test_exact_counts_leave_in_sealed_parcels_alone(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def told(to_district: bool) -> Counts:
        return Counts("exact" if to_district else "suppressed", 5)

    monkeypatch.setattr(desk.data, "_counts", told)
    asked = Asked(SummaryKind.SERVICES, NOVEMBER, to_district=True)
    assert desk.data.make(asked).summary.body["counts"] == "exact"
    desk.data.save(asked, NO_NAMES, tmp_path / "out.json")
    assert json.loads((tmp_path / "out.json").read_bytes())["counts"] == "suppressed"


def test_the_paper_says_what_the_data_says(desk: Desk) -> None:
    whole = {"since": date(2026, 11, 1), "until": date(2026, 11, 30)}
    told = body(desk, SummaryKind.SERVICES)
    rows = lines(desk, ReportKind.SERVICES, **whole)
    given = [row["Students"] for row in rows if row["Table"] == "Services"]
    totals = [row["students"] for row in told["service_totals"]]  # type: ignore[attr-defined]
    assert given == ["*" if count is None else str(count) for count in totals]
    made = desk.reports.make(Listed(ReportKind.SERVICES, **whole), Form.PDF)  # type: ignore[arg-type]
    assert made.pages == 1
    assert made.students == ()
    as_data = desk.reports.make(Listed(ReportKind.SERVICES, **whole), Form.JSON)  # type: ignore[arg-type]
    found = json.loads(as_data.data)
    assert found.pop("made")
    assert found == json.loads(json.dumps(told))
    so_far = Listed(ReportKind.SERVICES, date(2026, 11, 1), date(2026, 11, 18))
    assert json.loads(desk.reports.make(so_far, Form.JSON).data)["period"] == NOVEMBER
    with pytest.raises(Refused, match="services-need-month"):
        desk.reports.make(Listed(ReportKind.SERVICES, date(2026, 11, 2), date(2026, 11, 30)))


def test_how_often_is_told_apart_from_times_of_day_to_whoever_translates(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services_report, "pgettext", lambda context, text: f"{context}: {text}")
    whole = Listed(ReportKind.SERVICES, date(2026, 11, 1), date(2026, 11, 30))
    header = desk.reports.make(whole, Form.CSV).data.decode("utf-8-sig").splitlines()[0]
    assert "how often: Times" in header


def test_the_use_of_time_is_the_reports_and_rounded_where_counts_are_held_back(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    rounded = body(desk, SummaryKind.USE_OF_TIME)
    exact(desk, monkeypatch)
    told = body(desk, SummaryKind.USE_OF_TIME)
    rows = lines(desk, ReportKind.TIME, since=date(2026, 11, 1), until=date(2026, 11, 30))
    assert sorted(row["minutes"] for row in told["categories"]) == sorted(  # type: ignore[attr-defined]
        int(row["Minutes"]) for row in rows
    )
    assert told["minutes"] == sum(int(row["Minutes"]) for row in rows)
    assert all(row["minutes"] % 60 == 0 for row in rounded["categories"])  # type: ignore[attr-defined]
    assert all(row["entries"] is None for row in rounded["categories"])  # type: ignore[attr-defined]


@pytest.mark.parametrize("names", list(Names))
def test_a_caseload_as_data_has_the_students_of_the_report(desk: Desk, names: Names) -> None:
    made = desk.data.make(Asked(SummaryKind.CASELOAD, "", choices={"names": names.value}))
    told = made.summary.body["students"]
    rows = lines(desk, ReportKind.CASELOAD, names=names)
    assert [row["name"] for row in told] == [row["Student"] for row in rows]
    assert len(made.summary.students) == len(told) == 9
    assert all(bool(row["number"]) is (names is Names.FULL) for row in told)
    assert {row["tier"] for row in told} == {1, 2}


def test_a_students_summary_has_the_minutes_and_notes_of_the_paper(
    desk: Desk, tmp_path: Path
) -> None:
    student = desk.summaries.student("30001")
    parts = ["profile", "caseload", "sessions", "notes", "follow_ups", "minutes"]
    asked = Asked(SummaryKind.STUDENT, "../..", student, choices={"sections": parts})
    told = body(desk, SummaryKind.STUDENT, "../..", student_id=student, choices={"sections": parts})
    assert told["minutes"]["minutes"] == 60  # type: ignore[index,call-overload]
    assert [row["day"] for row in told["sessions"]] == ["2026-11-17", "2026-11-10"]  # type: ignore[attr-defined]
    assert len(told["notes"]) == 2  # type: ignore[arg-type]
    assert "guardians" not in told
    target = tmp_path / "summary.json"
    left = desk.data.save(asked, TO_PARENT, target)
    assert len(left.disclosures) == 1
    (line,) = [
        one for one in desk.privacy.disclosures(student) if one.disclosure.paper == "student"
    ]
    assert (line.disclosure.means, line.disclosure.sha256) == ("json", left.sha256)
    found = json.loads(target.read_bytes())
    assert found["prepared_for"] == "Rosa Ocampo"
    with pytest.raises(Refused, match="file-exists"):
        desk.data.save(asked, TO_PARENT, target)


def test_data_leaves_on_a_ground_or_not_at_all(desk: Desk, tmp_path: Path) -> None:
    student = desk.summaries.student("30001")
    with pytest.raises(Refused):
        desk.data.save(
            Asked(SummaryKind.STUDENT, "../..", student),
            Release("A stranger", "curious"),
            tmp_path / "out.json",
        )
    assert not (tmp_path / "out.json").exists()


def test_others_named_in_a_text_are_asked_about_and_masked(tmp_path: Path) -> None:
    office = ServicesDesk(tmp_path)
    desk = office.desk
    office.student("Kim3", "Ode")
    student = office.student("Noa", "Lind")
    a_signed_note(desk, student, "Argued with Kim3 Ode at lunch.")
    choices = {"sections": ["notes"]}
    with pytest.raises(Refused, match="others-named"):
        desk.data.make(Asked(SummaryKind.STUDENT, "../..", student, choices=choices))
    masked = Asked(SummaryKind.STUDENT, "../..", student, choices={**choices, "mask_others": True})
    assert "Kim3" not in json.dumps(desk.data.make(masked).summary.body)
    desk.close()


def test_what_cannot_be_made_is_refused(desk: Desk) -> None:
    for kind, period, code in (
        (SummaryKind.SERVICES, "2026-13", "month-unreadable"),
        (SummaryKind.USE_OF_TIME, "../2026-11-02", "day-unclear"),
        (SummaryKind.USE_OF_TIME, "2026-11-09/2026-11-02", "period-order"),
        (SummaryKind.STUDENT, NOVEMBER, "paper-needs-student"),
        (SummaryKind.ENROLMENT, "", "summary-not-made"),
    ):
        with pytest.raises(Refused, match=code):
            desk.data.make(Asked(kind, period))
    with pytest.raises(Refused, match="report-no-data"):
        desk.reports.make(Listed(ReportKind.ENGAGEMENT), Form.JSON)


def test_what_its_schema_does_not_allow_is_never_returned() -> None:
    with pytest.raises(ValueError, match="schema"):
        valid(DataSummary(SummaryKind.SERVICES, 1, NOVEMBER, {"casewell": "summary"}))
    for kind in SummaryKind:
        if kind is not SummaryKind.ENROLMENT:
            schema = schema_of(kind).schema
            assert schema["additionalProperties"] is False
            assert described(schema)


def described(schema: object) -> bool:
    """Whether every field of a schema is described, here or where it points."""
    if not isinstance(schema, dict):
        return True
    fields = schema.get("properties", {})
    return all("description" in field or "$ref" in field for field in fields.values()) and all(
        described(inner)
        for inner in (*fields.values(), *schema.get("$defs", {}).values(), schema.get("items"))
    )


def test_a_file_that_cannot_be_written_is_told_to_have_stayed(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("app.overviews.data.summaries.write_whole", full)
    with pytest.raises(Trouble, match="paper-not-left"):
        desk.data.save(Asked(SummaryKind.SERVICES, NOVEMBER), NO_NAMES, tmp_path / "out.json")


def test_a_building_is_called_by_its_code_then_by_the_roster_then_by_its_name() -> None:
    assert building_key("0420", "x1", "Alder") == "code:0420"
    assert building_key("", "x1", "Alder") == "roster:x1"
    assert building_key("", "", "Alder  Elementary") == name_key("ALDER elementary")


def test_a_file_carries_no_name_of_a_person() -> None:
    taken = {"services-2026-11-18-1.json"}
    name = free_name(SummaryKind.SERVICES, date(2026, 11, 18), taken.__contains__)
    assert name == "services-2026-11-18-2.json"


def test_the_medication_of_a_month_is_that_of_the_sheet(tmp_path: Path) -> None:
    nurse = NurseDesk(tmp_path)
    student = nurse.student()
    order = nurse.order(student, SCHEDULED)
    nurse.order(student, AS_NEEDED)
    nurse.set("2026-11-20T11:45")
    nurse.give(order, student)
    made = nurse.desk.data.make(Asked(SummaryKind.MEDICATION_MONTH, NOVEMBER, student))
    (record,) = made.summary.body["students"]
    sheet = nurse.desk.medication.papers.month_sheet(StudentId(student), NOVEMBER)
    assert record["given"] == sheet.given == 1
    assert len(record["entries"]) == 1
    assert {row["name"] for row in record["orders"]} == {"Methylphenidate", "Ibuprofen"}
    assert [row["as_needed"] for row in record["orders"]] == [False, True]
    assert made.summary.students == (student,)
    nurse.desk.close()


def test_medication_is_not_told_to_whom_the_room_is_shut(desk: Desk) -> None:
    assert desk.seat.role is Role.COUNSELOR
    with pytest.raises(Refused, match="medication-not-yours"):
        desk.data.make(Asked(SummaryKind.MEDICATION_MONTH, NOVEMBER))
