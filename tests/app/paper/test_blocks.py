import re
import time
from collections.abc import Iterator

import pypdfium2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.kernel import words
from app.kernel.clock import Moment
from app.kernel.errors import Cancelled
from app.paper.blocks import (
    Block,
    Column,
    Heading,
    KeyValues,
    Note,
    Notice,
    Paper,
    Section,
    Signatures,
    Spacer,
    TableBlock,
    Text,
    print_out,
    render,
)
from app.paper.page import SIZES, Size, confidentiality_notice, day_words
from app.paper.preview import page_texts

MADE = Moment("2026-11-22T20:26:00.000Z", "America/New_York")
COLUMNS = (Column("Date"), Column("Student", 2), Column("Minutes", 1, "end"))


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    words.use_language("en")
    yield
    words.use_language("en")


def rows(count: int) -> list[tuple[str, str, str]]:
    return [(f"day {at}", f"Student {at:05d}", str(at % 60)) for at in range(count)]


def paper(*blocks: Block, **facts: object) -> Paper:
    return Paper("Student summary", MADE, blocks, **facts)  # type: ignore[arg-type]


def one_of_each() -> tuple[Block, ...]:
    note = Note(
        "12 Mar 2027 · Individual session",
        "Room 114",
        (Section("Subjective", "Sleeps better. " * 30), Section("", "Two lines\nof plan")),
        "Signed by M. Ortega",
        (Note("Addendum", "13 Mar 2027", (Section("", "Guardian called back."),)),),
    )
    return (
        Heading("Profile"),
        KeyValues((("Grade", "10"), ("School", "Lakeview"), ("Guardian", "Ana " * 60)), 2),
        Heading("Visits", 2),
        TableBlock(COLUMNS, rows(90), ("Total", "", "812")),
        Notice("Call 911 first.", "Allergy"),
        note,
        Spacer(20),
        Text("What was said beside.\nAnd again.", soft=True),
        Signatures(("Counselor", "Parent or guardian")),
    )


@pytest.mark.parametrize("size", ["letter", "a4"])
def test_every_block_is_printed_on_both_sizes(size: Size) -> None:
    pdf = render(paper(*one_of_each()), size)
    document = pypdfium2.PdfDocument(pdf)
    try:
        page = document[0]
        assert page.get_size() == pytest.approx(SIZES[size], abs=0.1)
        page.close()
    finally:
        document.close()
    said = "\n".join(page_texts(pdf))
    for expected in (
        "Profile",
        "Lakeview",
        "Student 00089",
        "812",
        "Call 911 first.",
        "Addendum",
        "Signed by M. Ortega",
        "And again.",
        "Parent or guardian",
    ):
        assert expected in said


def test_every_page_says_its_number_of_how_many_and_the_notice() -> None:
    pages = page_texts(render(paper(TableBlock(COLUMNS, rows(200)))))
    assert len(pages) > 3
    for number, text in enumerate(pages, 1):
        assert f"Page {number} of {len(pages)}" in text
        assert confidentiality_notice()[:40] in text


def test_head_and_foot_carry_title_scope_names_moment_and_anchor() -> None:
    made = paper(
        TableBlock(COLUMNS, rows(100)),
        scope="Fall 2026",
        names="Nina Ito",
        made_by="M. Ortega",
        anchor="Journal 4f2a",
    )
    for text in page_texts(render(made)):
        for expected in (
            "Student summary",
            "Fall 2026",
            "Nina Ito",
            "Made on 22 Nov 2026 at 3:26 PM by M. Ortega",
            "Journal 4f2a",
        ):
            assert expected in text


def test_the_files_properties_name_the_kind_of_paper_and_no_person() -> None:
    made = paper(Text("Hello"), names="Nina Ito", made_by="M. Ortega")
    document = pypdfium2.PdfDocument(render(made))
    try:
        facts = document.get_metadata_dict()
    finally:
        document.close()
    assert facts["Title"] == "Student summary"
    assert facts["CreationDate"] == "D:20261122202600+00'00'"
    assert not any(name in " ".join(facts.values()) for name in ("Nina", "Ito", "Ortega"))


def test_a_name_stands_in_the_properties_only_when_asked() -> None:
    document = pypdfium2.PdfDocument(render(paper(names="Nina Ito", named_file=True)))
    try:
        assert document.get_metadata_dict()["Title"] == "Student summary · Nina Ito"
    finally:
        document.close()


def test_the_file_says_its_language_and_is_tagged() -> None:
    words.use_language("es")
    pdf = render(paper(Heading("Perfil"), Text("Hola")))
    assert b"/Lang (es)" in pdf
    assert b"/StructTreeRoot" in pdf
    assert b"/S/H1/" in pdf
    assert b"/S/H2/" in pdf


def test_all_fonts_are_embedded() -> None:
    pdf = render(paper(*one_of_each()))
    assert pdf.count(b"/FontFile2") == pdf.count(b"/Type /FontDescriptor") > 0
    assert b"Helvetica" not in pdf


def test_the_same_paper_and_moment_give_the_same_bytes() -> None:
    assert render(paper(*one_of_each())) == render(paper(*one_of_each()))


def test_another_moment_gives_another_file() -> None:
    later = Moment("2026-11-22T20:27:00.000Z", "America/New_York")
    assert render(paper(Text("a"))) != render(Paper("Student summary", later, (Text("a"),)))


def table_rows(text: str) -> list[int]:
    return [int(found) for found in re.findall(r"Student (\d{5})", text)]


@pytest.mark.parametrize("size", ["letter", "a4"])
@pytest.mark.parametrize("lead", range(0, 60, 3))
def test_no_row_of_a_table_stands_alone(lead: int, size: Size) -> None:
    pages = page_texts(render(paper(*[Text("lead")] * lead, TableBlock(COLUMNS, rows(44))), size))
    found = [table_rows(page) for page in pages]
    assert [row for page in found for row in page] == list(range(44))
    for page, text in zip(found, pages, strict=True):
        assert len(page) != 1
        assert ("Minutes" in text) == bool(page)


@pytest.mark.parametrize("count", range(36, 46))
def test_the_last_row_never_stands_alone_and_keeps_its_total(count: int) -> None:
    pages = page_texts(render(paper(TableBlock(COLUMNS, rows(count), ("Total", "", "9")))))
    last = pages[-1]
    assert "Total" in last
    assert len(table_rows(last)) >= 1


def test_a_row_stays_whole_on_its_page() -> None:
    tall = [
        (f"day {at}", f"Student {at:05d} " + "word " * 60 + f"end{at}", "1") for at in range(30)
    ]
    for page in page_texts(render(paper(TableBlock(COLUMNS, tall)))):
        begun = table_rows(page)
        ended = [int(found) for found in re.findall(r"end(\d+)", page)]
        assert begun == ended


def test_a_row_longer_than_a_page_goes_on_under_the_head() -> None:
    long = [("day", "word " * 4000 + "last", "1"), ("day", "Student 00001", "1")]
    pages = page_texts(render(paper(TableBlock(COLUMNS, long))))
    assert len(pages) > 2
    assert all("Minutes" in page for page in pages)
    assert sum(page.count("word") for page in pages) == 4000
    assert "Student 00001" in pages[-1]


def test_a_heading_never_ends_a_page() -> None:
    for lead in range(30, 50):
        pages = page_texts(render(paper(*[Text("lead")] * lead, Heading("Visits"), Text("body"))))
        assert ["Visits" in page for page in pages] == ["body" in page for page in pages]


def test_two_lines_of_a_paragraph_stand_on_either_side_of_a_pages_end() -> None:
    text = " ".join(f"w{at:03d}" for at in range(120))
    whole = page_texts(render(paper(Text(text))))[0]
    per_line = [re.findall(r"w\d{3}", row) for row in whole.splitlines()]
    starts = [row[0] for row in per_line if row]
    for lead in range(28, 42):
        pages = page_texts(render(paper(*[Text("lead")] * lead, Text(text))))
        held = [[one for one in starts if one in page] for page in pages]
        assert [one for page in held for one in page] == starts
        assert all(len(page) != 1 for page in held)


LONG = " ".join(f"w{at:04d}" for at in range(3000))


@pytest.mark.parametrize(
    "block",
    [
        Text(LONG),
        Heading(LONG),
        Heading(LONG, 2),
        Notice(LONG, "Allergy"),
        KeyValues((("Concern", LONG),)),
        KeyValues(((LONG, "yes"),), 2),
        Note("Note", "", (Section("Plan", LONG),)),
        Note("Note", LONG),
        Note("Note", "", (), "", (Note("Addendum", "", (Section("", LONG),)),)),
        TableBlock((Column("A"), Column("B")), [("a", "b"), ("c", LONG), ("d", "e")]),
        TableBlock((Column("A"), Column("B")), [("a", LONG)], ("total", LONG)),
        Signatures(tuple(f"w{at:04d}" for at in range(3000))),
    ],
    ids=lambda block: type(block).__name__,
)
@pytest.mark.parametrize("lead", [0, 36, 40])
def test_a_block_longer_than_a_page_goes_on_and_loses_nothing(block: Block, lead: int) -> None:
    pages = page_texts(render(paper(*[Text("lead")] * lead, block, Text("after"))))
    said = re.findall(r"w\d{4}", " ".join(pages))
    assert len(pages) > 2
    assert set(said) == set(LONG.split())
    assert "after" in pages[-1]
    assert all(len(page) > 150 for page in pages)


def test_a_head_and_foot_longer_than_a_page_leave_room_for_the_record() -> None:
    made = Paper(LONG, MADE, (Text("body"),), LONG, LONG, LONG, LONG, LONG, LONG)
    pages = page_texts(render(made))
    assert len(pages) == 1
    assert "body" in pages[0]
    assert "…" in pages[0]


def test_a_table_without_columns_or_rows_is_no_trouble() -> None:
    assert page_texts(render(paper(TableBlock((), ()), TableBlock(COLUMNS, ()), KeyValues(()))))


def test_an_empty_table_says_so() -> None:
    assert "No visits." in page_texts(render(paper(TableBlock(COLUMNS, (), empty="No visits."))))[0]


def test_a_long_table_is_tagged_row_by_row_and_a_short_one_cell_by_cell() -> None:
    short, long = (
        render(paper(TableBlock(COLUMNS, rows(20)))),
        render(paper(TableBlock(COLUMNS, rows(1200)))),
    )
    assert short.count(b"/S/TD/") == 60
    assert long.count(b"/S/TD/") == 1200


def test_right_to_left_text_is_set_from_the_right() -> None:
    pdf = render(paper(Text("עדי כהן קראה ספר")))
    document = pypdfium2.PdfDocument(pdf)
    page = document[0]
    text = page.get_textpage()
    try:
        said = text.get_text_range()
        at = said.index("עדי")
        first, last = text.get_charbox(at), text.get_charbox(at + 2)
        assert first[0] > last[0]
        right = max(text.get_charbox(spot)[2] for spot in range(at, at + 3))
        assert right > 550
    finally:
        text.close()
        page.close()
        document.close()


def test_missing_signs_are_told() -> None:
    assert print_out(paper(Text("ok 😀"))).missing == frozenset({"😀"})
    assert print_out(paper(Text("ok"))).missing == frozenset()


def test_progress_rises_to_its_end() -> None:
    told: list[tuple[int, int]] = []
    render(paper(TableBlock(COLUMNS, rows(2000))), progress=lambda *at: told.append(at))
    assert told[0][0] == 0
    assert told[-1][0] == told[-1][1]
    assert [done for done, _of in told] == sorted(done for done, _of in told)


def test_cancelling_stops_at_the_next_word_of_progress(monkeypatch: pytest.MonkeyPatch) -> None:
    ticks = iter(range(10**9))
    monkeypatch.setattr("app.paper.page.monotonic", lambda: float(next(ticks)))
    asked = 0

    def stop(_done: int, _of: int) -> None:
        nonlocal asked
        asked += 1
        if asked == 500:
            raise Cancelled

    with pytest.raises(Cancelled):
        render(paper(TableBlock(COLUMNS, rows(2000))), progress=stop)
    assert asked == 500


def test_cancelling_also_stops_the_writing_of_the_file() -> None:
    late: list[int] = []

    def stop(done: int, of: int) -> None:
        if done > of * 9 // 10:
            late.append(done)
            raise Cancelled

    with pytest.raises(Cancelled):
        render(paper(TableBlock(COLUMNS, rows(6000))), progress=stop)
    assert len(late) == 1


def test_nothing_is_imported_before_a_paper_is_rendered() -> None:
    import subprocess
    import sys

    code = (
        "import sys; sys.path.insert(0, sys.argv[1]); import app.paper.blocks, app.paper.preview; "
        "import app.paper.recovery_sheet; "
        "print([m for m in ('reportlab', 'uharfbuzz', 'pypdfium2', 'bidi') if m in sys.modules])"
    )
    from pathlib import Path

    root = str(Path(words.__file__).parents[2])
    done = subprocess.run(
        [sys.executable, "-c", code, root], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_day_words_cannot_be_misread() -> None:
    from datetime import date

    assert day_words(date(2027, 3, 12)) == "12 Mar 2027"


_TEXTS = st.text(max_size=50)


@settings(max_examples=40, deadline=None)
@given(_TEXTS, _TEXTS, _TEXTS, _TEXTS)
def test_no_text_breaks_the_press(one: str, two: str, three: str, four: str) -> None:
    made = Paper(
        one,
        MADE,
        (
            Heading(two),
            Text(three),
            KeyValues(((one, four),)),
            TableBlock((Column(three), Column(two)), [(one, two), (three, four)]),
            Note(two, three, (Section(one, four),), one),
            Notice(three, two),
            Signatures((four,)),
        ),
        scope=two,
        names=three,
        notice=four,
        anchor=one,
        named_file=True,
    )
    assert page_texts(render(made))


def test_a_very_long_text_is_set_in_reasonable_time() -> None:
    start = time.perf_counter()
    pages = print_out(paper(Text("x" * 60_000 + " " + "word " * 20_000))).pages
    assert pages > 20
    assert time.perf_counter() - start < 60


def test_no_word_of_a_tables_head_is_broken() -> None:
    titles = (
        "Student",
        "Owed",
        "Given",
        "Missed",
        "Unaccounted for",
        "Standing",
        "Why it fell out",
    )
    shares = (6.0, 0.4, 0.4, 0.4, 0.5, 0.4, 6.0)
    columns = tuple(Column(title, share) for title, share in zip(titles, shares, strict=True))
    said = page_texts(render(paper(TableBlock(columns, [tuple("x" for _title in titles)]))))[0]
    for title in titles:
        assert set(title.split()) <= set(said.split())
