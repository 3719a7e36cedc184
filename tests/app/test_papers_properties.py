"""A paper may name a student on its pages; its file's name and properties name nobody."""

import io
import zipfile
from collections.abc import Iterator
from datetime import date

import pypdfium2
import pytest

from app.overviews.reports.consent_papers import BlankForm
from app.overviews.reports.known import KNOWN
from app.overviews.reports.lists import Asked, Choice, Form, Names, Report, free_name
from app.paper.preview import page_texts
from every_room import GOAL, EveryRoom

NAMES = ("Mateo", "Ocampo", "Rosa", "Hector", "Vandermeer", "Tuesday coping")


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EveryRoom]:
    made = EveryRoom(tmp_path_factory.mktemp("papers"))
    yield made
    made.desk.close()


def properties(data: bytes) -> str:
    """Return every property that a PDF's file tells of itself."""
    document = pypdfium2.PdfDocument(data)
    try:
        return " ".join(document.get_metadata_dict().values())
    finally:
        document.close()


def named(told: str) -> list[str]:
    return [name for name in NAMES if name in told]


def test_the_properties_of_what_the_rooms_put_on_paper_name_nobody(room: EveryRoom) -> None:
    desk = room.desk
    papers = [
        desk.plan_papers.plan(room.plan)[1],
        desk.plan_papers.progress(GOAL)[1],
        desk.screening_papers.result(room.screened)[1],
        desk.consent_papers.form(BlankForm(room.pupil, recipient="Iris Vandermeer")),
    ]
    for paper in papers:
        assert named(" ".join(page_texts(paper))), "its pages do name the student"
        assert properties(paper).strip()
        assert named(properties(paper)) == []


@pytest.mark.parametrize("report", KNOWN, ids=lambda report: str(report.kind))
def test_no_report_tells_a_name_in_its_files_name_or_properties(
    room: EveryRoom, report: Report
) -> None:
    can = report.choices
    asked = Asked(
        report.kind,
        date(2026, 11, 1) if can & {Choice.RANGE, Choice.MONTH} else None,
        date(2026, 11, 30) if can & {Choice.RANGE, Choice.MONTH} else None,
        group=room.group if Choice.GROUP in can else "",
        names=Names.FULL,
        columns=report.usual if Choice.COLUMNS in can else (),
    )
    made = room.desk.reports.make(asked, Form.PDF)
    assert named(properties(made.data)) == []
    book = room.desk.reports.make(asked, Form.XLSX).data
    with zipfile.ZipFile(io.BytesIO(book)) as packed:
        beside = [one for one in packed.namelist() if "sheets/" not in one]
        told = " ".join(packed.read(one).decode() for one in beside if "sharedStrings" not in one)
    assert named(told) == []
    for form in Form:
        assert named(free_name(report.kind, form, date(2026, 11, 20))) == []
