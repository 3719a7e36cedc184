"""The tiers and a cohort's screenings leave as counts from which no child can be read."""

import csv
import io
from collections.abc import Iterator
from datetime import date

import pypdfium2
import pytest

from app.bootstrap import Desk
from app.features.caseload.commands import AddStudent, DecideTier, PutOnCaseload
from app.features.caseload.model import Profile
from app.features.screening.commands import RecordScreening
from app.features.screening.model.records import ScreeningForm
from app.kernel.errors import Refused
from app.kernel.ids import StudentId, new_id
from app.kernel.nouns import Tier
from app.overviews.reports.lists import Asked, Form, ReportKind
from vaults import new_desk

SINCE, UNTIL = date(2026, 9, 1), date(2026, 11, 20)
TIERS = Asked(ReportKind.TIERS, SINCE, UNTIL, everyone=True)
COHORT = Asked(ReportKind.COHORT, SINCE, UNTIL, everyone=True)
SCHOOLS = 2


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    made = new_desk(tmp_path_factory.mktemp("tiers"))
    schools = made.caseload.schools()
    found = []
    for number in range(90):
        profile = Profile(
            f"Kim{number}", "Ode", grade=f"0{7 + number % 2}",
            school_id=schools[number % SCHOOLS].id,
        )  # fmt: skip
        added = made.caseload.add_student(AddStudent(profile, anyway=True))
        found.append(StudentId(added.made))
    made.caseload.decide_tier(DecideTier(tuple(found[:40]), Tier(2), "2026-10-01", "Data"))
    made.caseload.decide_tier(DecideTier((found[0],), Tier(3), "2026-11-01", "Data"))
    made.caseload.put_on_caseload(PutOnCaseload(tuple(found[:60]), "2026-09-01", "Referred"))
    for place, of in enumerate(found[:14]):
        screened(made, of, 2 if place < 2 else 0, "2026-11-02")
    screened(made, found[13], 1, "2026-10-02")
    yield made
    made.close()


def screened(desk: Desk, of: StudentId, each: int, day: str) -> str:
    answers = tuple((str(at), each) for at in range(1, 9))
    form = ScreeningForm(of, "phq-9", "self", "", day, answers=(*answers, ("9", 0)))
    return desk.screening.record(RecordScreening(new_id(), form)).made


def text_of(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    text = "\n".join(page.get_textpage().get_text_bounded() for page in document)
    document.close()
    return text


def rows(desk: Desk, asked: Asked) -> list[list[str]]:
    data = desk.reports.make(asked, Form.CSV, mark=False).data.decode()
    return list(csv.reader(io.StringIO(data)))[1:]


def test_small_counts_of_tiers_are_held_back_with_their_neighbours(desk: Desk) -> None:
    found = rows(desk, TIERS)
    (seventh,) = [row[2:] for row in found if row[:2] == ["By grade", "Grade 7"]]
    assert seventh == ["25", "*", "*", "45"]
    numbers = [cell for row in found for cell in row[2:] if cell != "*"]
    assert not {"1", "2", "3", "4"} & set(numbers)
    assert [row[1] for row in found if row[0] == "Movement"] == [
        "From Tier 1", "From Tier 2", "From Tier 3", "All",
    ]  # fmt: skip
    sums = {tuple(row[2:]) for row in found if row[1] == "All"}
    assert len(sums) == 1


def test_the_paper_shows_the_pyramid_and_names_nobody(desk: Desk) -> None:
    made = desk.reports.make(TIERS, Form.PDF)
    told = text_of(made.data)
    assert "Tier 1, universal" in told
    assert "■" in told
    assert "Kim" not in told
    assert made.students == ()
    assert desk.reports.make(TIERS, Form.XLSX).rows == made.rows


def test_ones_own_caseload_is_a_cohort_too(desk: Desk) -> None:
    own = Asked(ReportKind.TIERS, SINCE, UNTIL)
    whole = [row for row in rows(desk, own) if row[:2] == ["By grade", "All"]]
    assert whole[0][5] == "60"
    with pytest.raises(Refused, match="day-unclear"):
        desk.reports.make(Asked(ReportKind.TIERS), Form.CSV)


def test_each_student_counts_once_in_a_cohort_by_the_newest_screening(desk: Desk) -> None:
    found = rows(desk, COHORT)
    everyone = found[0]
    assert everyone[:2] == ["PHQ-9", "All"]
    assert everyone[-1] == "14"
    assert "2" not in everyone[2:]
    assert everyone.count("*") >= 2
    assert len(found) == 1 + SCHOOLS + 2
    assert "Kim" not in text_of(desk.reports.make(COHORT, Form.PDF).data)


def test_nobody_screened_is_said(desk: Desk) -> None:
    before = Asked(ReportKind.COHORT, date(2025, 9, 1), date(2025, 9, 30), everyone=True)
    assert rows(desk, before) == []
    assert "Nobody was screened" in text_of(desk.reports.make(before, Form.PDF).data)
