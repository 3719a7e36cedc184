"""A paper may name a student on its pages; its file's name and properties name nobody."""

import io
import zipfile
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pypdfium2
import pytest

from app.features.privacy.commands import LabelPart2, SetPart2Notice, UnlabelPart2
from app.features.privacy.labels import Labelled
from app.kernel.releases import Emergency, Ground, Terms
from app.overviews.reports.consent_papers import BlankForm
from app.overviews.reports.known import KNOWN
from app.overviews.reports.leaving import Release
from app.overviews.reports.lists import Asked, Choice, Form, Names, Report, free_name
from app.paper.preview import page_texts
from every_room import GOAL, EveryRoom

NOTICE = "42 CFR part 2 prohibits unauthorized use or disclosure of these records."
EMERGENCY = Release(
    "Ambulance", "On the way", Terms(Ground.EMERGENCY, emergency=Emergency("Overdose", "Medics"))
)
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


@pytest.mark.parametrize(
    "save",
    [
        lambda room, to, release: room.desk.plan_papers.save_plan(room.plan, to, release),
        lambda room, to, release: room.desk.plan_papers.save_progress(GOAL, to, release),
        lambda room, to, release: room.desk.screening_papers.save_result(
            room.screened, to, release
        ),
    ],
    ids=["plan", "progress", "screening"],
)
def test_a_paper_of_labelled_records_carries_the_notice_that_binds_who_gets_it(
    room: EveryRoom, tmp_path: Path, save: Callable[[EveryRoom, Path, Release], str]
) -> None:
    privacy, target = room.desk.privacy, tmp_path / "paper.pdf"
    privacy.set_part2_notice(SetPart2Notice(NOTICE))
    labelled = ((Labelled.PLAN, room.plan), (Labelled.SCREENING, room.screened))
    for kind, record in labelled:
        privacy.label(LabelPart2(kind, record))
    made = save(room, target, EMERGENCY)
    for kind, record in labelled:
        privacy.label(UnlabelPart2(kind, record))
    assert privacy.disclosure(made).disclosure.scope["part2"] is True
    assert NOTICE in " ".join(" ".join(page_texts(target.read_bytes())).split())
