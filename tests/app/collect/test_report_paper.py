"""The district's report on paper and as a page."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pypdfium2
import pytest

from app.collect.figures import Figures, figures, months_of
from app.collect.report_paper import report_page, report_pdf
from app.collect.report_tables import HELD, spoken_month, tables
from collecting import NOW, collect, sqlite
from desks import District, Shelf, SyntheticDesk, new_place, services


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Figures:
    district, place = District(), Shelf()
    new_place(place)
    for seed in range(4):
        desk = SyntheticDesk(district, seed)
        desk.lay(place, desk.enrolment(), desk.services("2026-09"), desk.services("2026-10"))
    engine = sqlite(tmp_path_factory.mktemp("report"))
    collect(place, engine, district)
    read = figures(engine, ["2026-09", "2026-10"], 5)
    engine.close()
    return read


class Page(HTMLParser):
    """What is in a page: its tags, their attributes, and that each is closed."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_the_page_stands_by_itself(found: Figures) -> None:
    text = report_page(found, "Invented & Unified", NOW).decode()
    page = Page(text)
    assert page.open == []
    names = [tag for tag, _attributes in page.tags]
    assert not {"script", "img", "link", "iframe", "object", "form"} & set(names)
    assert not re.search(r"https?://|url\(|@import", text)
    assert {name for _tag, given in page.tags for name in given if name.startswith("on")} == set()
    assert "default-src 'none'" in text
    assert "Invented &amp; Unified" in text


def test_the_page_can_be_read_aloud_and_walked_by_keys(found: Figures) -> None:
    page = Page(report_page(found, "Invented Unified", NOW).decode())
    by_tag = [tag for tag, _given in page.tags]
    assert page.tags[0] == ("html", {"lang": "en"})
    assert by_tag.count("h1") == by_tag.count("main") == 1
    marks = {str(given["id"]) for _tag, given in page.tags if "id" in given}
    links = [str(given["href"]) for tag, given in page.tags if tag == "a"]
    assert {link.removeprefix("#") for link in links} <= marks
    for tag, given in page.tags:
        if tag == "table":
            assert given["aria-labelledby"] in marks
        if tag == "th":
            assert given["scope"] in {"col", "row"}


def test_paper_and_page_say_what_must_be_known(found: Figures) -> None:
    text = report_page(found, "Invented Unified", NOW).decode()
    for said in (
        "is held back",
        "counts twice",
        "2 schools have more than one desk",
        "never added",
    ):
        assert said in text, said
    assert "Sep 2026 to Oct 2026" in text


def text_of(pdf: bytes) -> str:
    with pypdfium2.PdfDocument(pdf) as document:
        pages = [page.get_textpage().get_text_range() for page in document]
    return " ".join(" ".join(pages).split())


def test_every_figure_is_on_paper(found: Figures) -> None:
    text = text_of(report_pdf(found, "Invented Unified", NOW))
    for one in tables(found):
        assert one.title in text
        for row in one.rows:
            for cell in row:
                assert cell in text, (one.title, row)


def test_of_a_single_month_each_school_has_one_line(tmp_path: Path) -> None:
    district, place = District(), Shelf()
    new_place(place)
    desk = SyntheticDesk(district, 0)
    desk.lay(place, desk.enrolment(), desk.services("2026-10"))
    engine = sqlite(tmp_path)
    collect(place, engine, district)
    (activity,) = [
        one
        for one in tables(figures(engine, ["2026-10"], 5))
        if one.title == "Referrals, services and reach"
    ]
    engine.close()
    body = services(0, "2026-10")
    assert [row[0] for row in activity.rows] == [one["name"] for one in body["buildings"]]
    assert activity.total[2:4] == (
        f"{sum(row['sessions'] for row in body['service_totals']):,}",
        f"{sum(row['minutes'] for row in body['service_totals']):,}",
    )


def test_a_period_without_summaries_says_so(tmp_path: Path) -> None:
    engine = sqlite(tmp_path)
    nothing = figures(engine, months_of("2026"), 5)
    engine.close()
    assert "Nothing was reported for this period." in report_page(nothing, "", NOW).decode()
    assert report_pdf(nothing, "", NOW).startswith(b"%PDF")


def test_months_are_read_in_words() -> None:
    assert spoken_month("2026-10") == "Oct 2026"
    assert HELD == "*"
