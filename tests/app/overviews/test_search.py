"""Finding what was written: what is found, by whom, and what is not left behind."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlcipher3 import dbapi2

from app.bootstrap import Desk
from app.features.collaboration.model.concerns import Decision
from app.features.sessions.commands import (
    AmendNote,
    PurgeSoleNote,
    SaveSoleNote,
    SignNote,
    StartDraft,
    WriteSoleNote,
)
from app.features.sessions.model import DraftKind, Section
from app.kernel.ids import NoteId, StudentId, new_id
from app.kernel.nouns import Role
from app.overviews.search import SOLE, Hit, NoteQuery, Term, snippet_of, terms_of
from app.store.migrate import migrate
from app.store.words import check_words
from collaboration_desk import CollaborationDesk
from groups_desk import a_group, a_session
from groups_desk import sign as sign_group
from pages_in_clear import pages_in_clear
from sessions_desk import a_draft, a_signed_note, add_student, typed
from shared_desk import seated, someone
from vaults import new_desk


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    opened = new_desk(tmp_path_factory.mktemp("search"))
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def maria(desk: Desk) -> StudentId:
    return add_student(desk, "María", "Delgado")


def ids(desk: Desk, text: str, **filters: object) -> list[str]:
    query = replace(NoteQuery(text), **filters)  # type: ignore[arg-type]
    return [hit.subject for hit in desk.search.page(query)]


def marked(hit: Hit) -> list[str]:
    """Return the pieces of a hit that are marked."""
    text = hit.snippet.text
    return [text[start : start + length] for start, length in hit.snippet.marks]


def test_an_accented_word_is_found_without_its_accents_and_is_marked(
    desk: Desk, maria: StudentId
) -> None:
    note = a_signed_note(desk, maria, "Hablamos de la situación en casa.")
    hits = desk.search.likeliest("situacion")
    assert [hit.subject for hit in hits.rows] == [note]
    assert hits.count == 1
    assert marked(hits.rows[0]) == ["situación"]
    assert hits.rows[0].student == "María Delgado"


def test_words_are_found_by_their_beginnings_in_any_order(desk: Desk, maria: StudentId) -> None:
    note = a_signed_note(desk, maria, "Practised breathing before the recital.")
    assert ids(desk, "recit breath") == [note]
    assert ids(desk, "ecital") == []


def test_words_in_quotes_are_found_in_their_order(desk: Desk, maria: StudentId) -> None:
    note = a_signed_note(desk, maria, "He sleeps badly at night and wakes early.")
    assert ids(desk, '"badly at night"') == [note]
    assert ids(desk, '"night at badly"') == []
    assert ids(desk, '"badly at ni') == [note]


def test_the_name_of_a_student_narrows_to_that_students_notes(desk: Desk, maria: StudentId) -> None:
    other = add_student(desk, "Piotr", "Wrona")
    of_maria = a_signed_note(desk, maria, "The lighthouse drawing again.")
    of_piotr = a_signed_note(desk, other, "A lighthouse, too.")
    assert set(ids(desk, "lighthouse")) == {of_maria, of_piotr}
    assert ids(desk, "maria lighthouse") == [of_maria]
    assert ids(desk, "lighthouse wrona") == [of_piotr]
    assert ids(desk, "lighthouse", student=other) == [of_piotr]


def test_a_note_is_found_as_it_was_signed_and_as_it_was_amended(
    desk: Desk, maria: StudentId
) -> None:
    note = NoteId(a_signed_note(desk, maria, "Mentioned the marmalade."))
    begun = desk.sessions.start_draft(StartDraft(DraftKind.AMENDMENT, maria, note)).draft
    form = {"sections": (Section("note", "Note", "Mentioned the quince."),), "reason": "Wrong jar"}
    desk.sessions.amend_note(AmendNote(typed(begun, **form)))
    assert ids(desk, "marmalade") == [note]
    assert ids(desk, "quince") == [note]
    assert [hit.kind for hit in desk.search.likeliest("quince").rows] == ["amendment"]


def test_days_and_kinds_narrow_what_is_found(desk: Desk, maria: StudentId) -> None:
    draft = a_draft(desk, maria, "The observatory trip.")
    old = desk.sessions.sign_note(SignNote(typed(draft, on="2026-10-02", late_reason="Was ill")))
    new = a_signed_note(desk, maria, "The observatory once more.")
    assert ids(desk, "observatory") == [new, old.made]
    assert ids(desk, "observatory", until="2026-10-31") == [old.made]
    assert ids(desk, "observatory", since="2026-10-31") == [new]
    assert ids(desk, "observatory", kinds=frozenset({"addendum"})) == []


def test_pages_follow_each_other_without_a_gap(desk: Desk, maria: StudentId) -> None:
    notes = {a_signed_note(desk, maria, f"Harpsichord lesson {n}.") for n in range(7)}
    query = NoteQuery("harpsichord")
    pages = [desk.search.page(query, at, 3) for at in (0, 3, 6)]
    assert {hit.subject for page in pages for hit in page} == notes
    assert [len(page) for page in pages] == [3, 3, 1]
    assert desk.search.count(query) == 7


def test_nothing_typed_and_nothing_but_signs_finds_nothing(desk: Desk) -> None:
    for text in ("", "  ", '"', '""', "-", "* ( ) : ^", "text:"):
        assert desk.search.likeliest(text).rows == ()


def test_whoever_may_not_see_a_note_learns_nothing_of_it(desk: Desk, maria: StudentId) -> None:
    note = a_signed_note(desk, maria, "Canary wheatear.")
    desk.sessions.write_sole_note(WriteSoleNote(new_id(), maria, "Own wheatear.", "2026-11-20"))
    assert desk.search.likeliest("wheatear").count == 2
    for role, sees in ((Role.NURSE, 0), (Role.ADMINISTRATOR, 0), (Role.SOCIAL_WORKER, 1)):
        with seated(desk, someone(desk, role, role.value)):
            hits = desk.search.likeliest("wheatear")
            assert [hit.subject for hit in hits.rows] == [note] * sees, role
            assert hits.count == desk.search.count(NoteQuery("wheatear")) == sees
            with desk.records.read() as reader:
                for asked in (
                    "SELECT count(*) FROM searchable_words WHERE match = 'wheatear'",
                    "SELECT count(*) FROM searched_text WHERE text LIKE '%wheatear%'",
                ):
                    assert reader.execute(asked).fetchone() == (sees,), (role, asked)
                assert reader.execute(
                    "SELECT count(*) FROM sole_words WHERE match = 'wheatear'"
                ).fetchone() == (0,)


@pytest.mark.parametrize(
    "asked",
    [
        "SELECT count(*) FROM main.searchable_words WHERE searchable_words MATCH 'x'",
        "SELECT text FROM main.searched_text",
        "SELECT person_id FROM main.searchable",
        "SELECT block FROM searchable_words_data",
        "SELECT block FROM sole_words_data",
        "SELECT count(*) FROM main.sole_words WHERE sole_words MATCH 'x'",
        "SELECT term FROM main.searchable_terms",
    ],
)
def test_no_way_leads_round_the_views(desk: Desk, asked: str) -> None:
    with desk.records.read() as reader, pytest.raises(dbapi2.DatabaseError, match="prohibited"):
        reader.execute(asked).fetchall()


def test_what_leaves_the_desk_cannot_search_the_compartment(desk: Desk) -> None:
    denied = pytest.raises(dbapi2.DatabaseError, match=r"prohibited|authorized")
    with desk.records.read_for_export() as reader, denied:
        reader.execute("SELECT count(*) FROM sole_words WHERE match = 'x'").fetchall()


def test_a_sole_possession_note_is_found_as_it_reads_now(desk: Desk, maria: StudentId) -> None:
    note = new_id()
    desk.sessions.write_sole_note(WriteSoleNote(note, maria, "First turnstone.", "2026-11-20"))
    desk.sessions.save_sole_note(SaveSoleNote(note, "Then dunlin."))
    assert ids(desk, "turnstone") == []
    assert [(hit.kind, hit.subject) for hit in desk.search.likeliest("dunlin").rows] == [
        (SOLE, note)
    ]
    assert ids(desk, "dunlin", kinds=frozenset({SOLE})) == [note]
    assert ids(desk, "dunlin", kinds=frozenset({"note"})) == []


def test_a_purged_note_leaves_no_word_in_the_index(desk: Desk, maria: StudentId) -> None:
    words = [f"zanthoxylum{letter}q" for letter in "abcdefghij"]
    kept = new_id()
    desk.sessions.write_sole_note(WriteSoleNote(kept, maria, "Stays: zebrawood.", "2026-11-20"))
    note = new_id()
    desk.sessions.write_sole_note(WriteSoleNote(note, maria, words[0], "2026-11-20"))
    for count in range(2, len(words) + 1):
        desk.sessions.save_sole_note(SaveSoleNote(note, " ".join(words[:count])))
    assert b"zanthoxylum" in pages_in_clear(desk)
    desk.sessions.purge_sole_note(PurgeSoleNote(note))
    clear = pages_in_clear(desk)
    assert b"zebrawood" in clear
    assert b"anthoxylum" not in clear
    assert ids(desk, "zanthoxylum") == []
    assert ids(desk, "zebrawood") == [kept]


def test_what_was_typed_is_read_as_words_and_phrases() -> None:
    assert terms_of('maria "at night" slee') == (
        Term("maria"),
        Term("at night", phrase=True, open=False),
        Term("slee"),
    )
    assert terms_of("a") == (Term("a", open=False),)
    assert terms_of("“at night") == (Term("at night", phrase=True),)


@given(st.text(max_size=300), st.text(min_size=1, max_size=20))
def test_a_marked_piece_lies_within_the_snippet(text: str, sought: str) -> None:
    found = snippet_of(text, terms_of(sought))
    reached = 0
    for start, length in found.marks:
        assert reached <= start
        assert length > 0
        reached = start + length
    assert reached <= len(found.text)


@given(st.text(alphabet='ab"*()^:-+{}. ÁñßИ王', max_size=40))
def test_whatever_is_typed_is_no_syntax(desk: Desk, text: str) -> None:
    desk.search.likeliest(text)
    desk.search.count(NoteQuery(text))


def test_an_index_that_disagrees_is_found_and_made_anew(tmp_path: Path) -> None:
    desk = new_desk(tmp_path)
    note = a_signed_note(desk, add_student(desk), "Kept a kestrel diary.")
    writer = desk.records._writer
    desk.sessions.write_sole_note(WriteSoleNote(new_id(), None, "Own osprey.", "2026-11-20"))
    writer.execute("DELETE FROM searchable WHERE text_id = ?", (note,))
    assert _index_said(desk) == ("search-index-anew", True, 1)
    assert _index_said(desk) == ("search-index", True, 1)
    writer.execute(
        "INSERT INTO searchable_words (searchable_words, rowid, text, marks)"
        " VALUES ('delete', 1, 'kestrel', '')"
    )
    assert _index_said(desk) == ("search-index-anew", True, 1)
    writer.execute("INSERT INTO sole_words (sole_words) VALUES ('delete-all')")
    assert _index_said(desk) == ("search-index-anew", True, 1)
    assert ids(desk, "kestrel") == [note]
    assert desk.search.likeliest("osprey").count == 1
    desk.close()


def _index_said(desk: Desk) -> tuple[str, bool, int]:
    found = next(each for each in desk.verify().findings if each.code.startswith("search-index"))
    return found.code, found.whole, found.count


def test_a_group_session_is_found_and_so_is_each_members_note(tmp_path: Path) -> None:
    desk = new_desk(tmp_path)
    group, members = a_group(desk)
    session = sign_group(desk, a_session(desk, group, "Painted kites in pairs."))
    found = desk.search.page(NoteQuery("kites"))
    kinds = [hit.kind for hit in found]
    assert kinds.count("group_session") == 1
    assert kinds.count("note") == len(members)
    (shared,) = desk.search.page(NoteQuery("kites", kinds=frozenset({"group_session"})))
    assert shared.subject == session
    assert shared.student == ""
    assert _index_said(desk) == ("search-index", True, len(members) + 1)
    desk.close()


def test_concerns_consultations_and_contacts_are_found_by_their_words(tmp_path: Path) -> None:
    desk = CollaborationDesk(tmp_path)
    concern = desk.concern()
    desk.decide(concern, Decision.WATCH, "2026-12-18")
    desk.contact(said="The kiln is broken.")
    search = desk.desk.search
    assert [(hit.kind, hit.subject) for hit in search.likeliest("handing in").rows] == [
        ("concern", concern)
    ]
    (entry,) = search.page(NoteQuery("hallway"))
    assert (entry.kind, entry.subject) == ("concern_entry", concern)
    (contact,) = search.page(NoteQuery("kiln"))
    assert (contact.kind, contact.student_id) == ("contact", desk.pupil)
    nurse = someone(desk.desk, Role.NURSE)
    with seated(desk.desk, nurse):
        assert search.count(NoteQuery("hallway")) == 0
    assert _index_said(desk.desk) == ("search-index", True, 3)
    desk.desk.close()


def test_what_was_signed_before_there_was_an_index_is_in_it() -> None:
    memory = dbapi2.connect(":memory:", isolation_level=None)
    migrate(memory, upto=11)
    for number, text in enumerate(("An old dulcimer.", "A newer dulcimer.")):
        memory.execute(
            "INSERT INTO session_note (id, student_id, person_id, started_at, zone, minutes,"
            " service_id, service_label, place, attendance, format, sections, signed_at,"
            " signed_zone, hash) VALUES (?, 's', 'p', ?, 'UTC', 30, 'x', 'x', 'office', 'present',"
            " 'free', ?, '2025-03-04T15:00:00Z', 'UTC', x'00')",
            (new_id(), f"202{number}-03-04T15:00:00Z", f'[{{"title":"Note","text":"{text}"}}]'),
        )
    memory.execute(
        "INSERT INTO sole_note (id, person_id, text, about_on, made_at, saved_at, zone)"
        " VALUES (?, 'p', 'Own dulcimer', '2025-03-04', '2025-03-04T15:00:00Z', '', 'UTC')",
        (new_id(),),
    )
    migrate(memory)
    for table, count in (("searchable_words", 2), ("sole_words", 1)):
        asked = f"SELECT count(*) FROM {table} WHERE {table} MATCH 'dulcim*'"
        assert memory.execute(asked).fetchone() == (count,), table
    assert check_words(memory).code == "search-index"
    memory.close()
