"""What a draft may hold, and what a signature asks for: rules without a vault."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.features.sessions.model import (
    ChoiceList,
    Draft,
    DraftKind,
    NoteForm,
    Section,
    SessionNote,
    Template,
    TemplateSection,
    accepted_minutes,
    accepted_sections,
    in_format,
    is_late,
    said_choice,
    seal,
    signed_note,
    surely_in_time,
    usual_purge,
    usual_start,
)
from app.features.sessions.shipped import FORMATS
from app.kernel.clock import Moment, from_utc_text
from app.kernel.errors import Refused
from app.kernel.ids import DraftId, PersonId, StudentId
from app.kernel.nouns import Attendance

NOW = Moment("2026-11-20T14:30:00.000Z", "America/New_York")
FORM = NoteForm(
    on="2026-11-20",
    at="09:00",
    minutes="30",
    service_id="service",
    sections=(Section("note", "Note", "We spoke."),),
)
DRAFT = Draft(
    DraftId("d"),
    PersonId("p"),
    StudentId("s"),
    DraftKind.SESSION,
    None,
    FORM,
    ready=False,
    made=NOW,
)


def sign(draft: Draft = DRAFT, now: Moment = NOW, **changes: object) -> SessionNote:
    form = replace(draft.form, **changes)  # type: ignore[arg-type]
    return signed_note(
        replace(draft, form=form),
        now,
        late_after_hours=24,
        service_label="Check-in" if form.service_id else None,
        interventions=("CBT skills",),
    )


def refusal(draft: Draft = DRAFT, now: Moment = NOW, **changes: object) -> tuple[str, str]:
    with pytest.raises(Refused) as caught:
        sign(draft, now, **changes)
    return caught.value.code, caught.value.field


def test_a_complete_draft_becomes_a_note_that_keeps_when_it_was_and_when_it_was_signed() -> None:
    note = sign()
    assert note.started == Moment("2026-11-20T14:00:00.000Z", "America/New_York")
    assert note.signed == NOW
    assert (note.minutes, note.late, note.interventions) == (30, False, ("CBT skills",))


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"minutes": ""}, ("note-needs-minutes", "minutes")),
        ({"minutes": "0"}, ("note-needs-minutes", "minutes")),
        ({"minutes": "half"}, ("note-needs-minutes", "minutes")),
        ({"minutes": "1441"}, ("note-needs-minutes", "minutes")),
        ({"minutes": "٣٠"}, ("note-needs-minutes", "minutes")),
        ({"service_id": ""}, ("note-needs-service", "service")),
        ({"on": "2026-02-30"}, ("note-needs-day", "on")),
        ({"at": "25:00"}, ("note-needs-time", "at")),
        ({"at": "09:31"}, ("note-in-future", "at")),
        ({"on": "2026-11-21"}, ("note-in-future", "at")),
        ({"sections": (Section("note", "Note", " \n"),)}, ("note-needs-text", "sections")),
        (
            {"attendance": "absent", "attendance_reason": " "},
            ("note-needs-attendance-reason", "attendance_reason"),
        ),
        ({"on": "2026-11-18"}, ("note-needs-late-reason", "late_reason")),
        ({"next_on": "2026-12-01"}, ("next-step-needs-text", "next_step")),
        ({"next_step": "Call home"}, ("next-step-needs-day", "next_on")),
        ({"next_step": "Call home", "next_on": "2026-11-19"}, ("next-step-before", "next_on")),
    ],
)
def test_a_signature_is_refused_at_the_field_to_mend(
    changes: dict[str, object], expected: tuple[str, str]
) -> None:
    assert refusal(**changes) == expected


def test_a_note_needs_a_student() -> None:
    assert refusal(replace(DRAFT, student_id=None)) == ("note-needs-student", "student")


@pytest.mark.parametrize("attendance", ["absent", "declined", "cancelled"])
def test_a_session_that_did_not_take_place_needs_a_reason_but_neither_minutes_nor_text(
    attendance: str,
) -> None:
    note = sign(attendance=attendance, attendance_reason="Field trip", minutes="", sections=())
    assert (note.minutes, note.sections, note.attendance_reason) == (0, (), "Field trip")


def test_a_reason_for_absence_does_not_stay_with_a_student_who_was_present() -> None:
    assert sign(attendance="present", attendance_reason="typed before").attendance_reason == ""


def test_a_late_entry_keeps_both_times_and_its_reason() -> None:
    note = sign(on="2026-11-18", late_reason="Fire drill")
    assert (note.late, note.late_reason) == (True, "Fire drill")
    assert note.started.day().isoformat() == "2026-11-18"
    assert note.signed == NOW


def test_a_note_in_time_keeps_no_reason_for_lateness() -> None:
    assert sign(late_reason="typed before").late_reason == ""


@given(st.integers(0, 1440), st.integers(1, 720), st.integers(0, 100_000))
def test_late_begins_right_after_the_hours_after_the_end(
    minutes: int, hours: int, seconds: int
) -> None:
    begun = Moment("2026-01-10T12:00:00.000Z", "America/Chicago")
    now = begun.later(timedelta(minutes=minutes, seconds=seconds))
    assert is_late(begun, minutes, now, hours) == (seconds > hours * 3600)


@given(st.text(max_size=6))
def test_minutes_are_a_whole_number_or_refused(text: str) -> None:
    entry = text.strip()
    if entry.isascii() and entry.isdecimal() and 1 <= int(entry) <= 1440:
        assert accepted_minutes(text, Attendance.PRESENT) == int(entry)
    else:
        with pytest.raises(Refused, match="note-needs-minutes"):
            accepted_minutes(text, Attendance.PRESENT)


@given(st.integers(0, 600), st.integers(1, 720))
def test_a_note_that_is_surely_in_time_is_late_for_nobody(waited: int, hours: int) -> None:
    now = NOW.later(timedelta(minutes=waited))
    if surely_in_time(DRAFT, now):
        assert not is_late(sign().started, 30, now, hours)
    assert surely_in_time(DRAFT, now) == (waited <= 60)


def test_a_session_is_taken_to_have_ended_when_its_note_is_begun() -> None:
    assert usual_start(NOW, "30") == ("2026-11-20", "09:00")
    assert usual_start(NOW, "no number") == ("2026-11-20", "09:30")
    early = Moment("2026-11-20T05:10:00.000Z", "America/New_York")
    assert usual_start(early, "30") == ("2026-11-19", "23:40")


texts = st.text(max_size=40)
forms = st.builds(
    NoteForm,
    on=texts,
    at=texts,
    minutes=texts,
    present=texts,
    interventions=st.lists(texts, max_size=3).map(tuple),
    next_step=texts,
    start_chosen=st.booleans(),
    sections=st.lists(st.builds(Section, texts, texts, texts), max_size=4).map(tuple),
)


@given(forms)
def test_whatever_is_typed_comes_back_from_the_draft(form: NoteForm) -> None:
    assert NoteForm.of_text(form.text()) == form


def test_a_broken_half_of_a_sign_does_not_lose_the_rest_of_a_draft() -> None:
    form = NoteForm(present="aunt \ud83d and uncle")
    assert form.storable().present == "aunt ? and uncle"
    assert NoteForm.of_text(form.text()) == form.storable()


def test_a_draft_of_a_newer_program_still_opens() -> None:
    assert NoteForm.of_text('{"minutes":"20","weather":"fog"}').minutes == "20"


templates = st.sampled_from(
    [
        Template(f.code, f.code, f.name, tuple(TemplateSection(s.key, s.title) for s in f.sections))
        for f in FORMATS
    ]
)


@given(st.lists(templates, min_size=1, max_size=6), st.lists(texts, min_size=4, max_size=4))
def test_no_word_is_lost_however_often_the_format_changes(
    route: list[Template], words: list[str]
) -> None:
    sections = tuple(
        replace(section, text=text)
        for section, text in zip(in_format((), route[0]), words, strict=False)
    )
    start = {s.key: s.text for s in sections if s.text.strip()}
    for template in route:
        sections = in_format(sections, template)
        assert [s.key for s in sections][: len(template.sections)] == [
            s.key for s in template.sections
        ]
        assert {s.key: s.text for s in sections if s.text.strip()} == start
    back = in_format(sections, route[0])
    assert {s.key: s.text for s in back if s.text.strip()} == start


def test_every_field_of_a_note_is_in_its_hash() -> None:
    note = sign()
    stored = note.stored()
    for place, value in enumerate(stored):
        other = (*stored[:place], "another" if value != "another" else "", *stored[place + 1 :])
        assert seal(other) != seal(stored)


@pytest.mark.parametrize(
    ("about", "year_ends", "expected"),
    [
        ("2026-11-20", "2027-06-18", "2027-06-18"),
        ("2026-11-20", None, "2027-11-20"),
        ("2028-02-29", None, "2029-02-28"),
        ("2027-06-18", "2027-06-18", "2028-06-18"),
    ],
)
def test_a_sole_note_asks_to_be_purged_at_the_end_of_the_school_year_or_in_a_year(
    about: str, year_ends: str | None, expected: str
) -> None:
    assert usual_purge(about, year_ends) == expected


def test_sections_of_a_template_get_keys_of_their_own() -> None:
    kept = accepted_sections(
        (
            TemplateSection("data", " What  I saw "),
            TemplateSection("data", "More"),
            TemplateSection("", "Next"),
        )
    )
    assert [s.title for s in kept] == ["What I saw", "More", "Next"]
    assert len({s.key for s in kept}) == 3
    assert kept[0].key == "data"


def test_a_template_section_without_a_title_is_refused_by_its_number() -> None:
    with pytest.raises(Refused) as caught:
        accepted_sections((TemplateSection("a", "Data"), TemplateSection("b", " ")))
    assert (caught.value.field, caught.value.facts["number"]) == ("section_2", 2)


def test_a_renamed_entry_keeps_the_words_of_its_person() -> None:
    assert said_choice(ChoiceList.SERVICE, "check-in", "Door check") == "Door check"
    assert said_choice(ChoiceList.SERVICE, "check-in", "Check-in") == "Check-in"


@given(st.datetimes(min_value=datetime(2000, 1, 1)))
def test_no_note_is_signed_before_its_session(wall: datetime) -> None:
    text = str(wall)
    when = {"on": text[:10], "at": text[11:16], "late_reason": "x"}
    if Moment.local(wall.replace(second=0, microsecond=0), NOW.zone).at > NOW.at:
        assert refusal(**when) == ("note-in-future", "at")
    else:
        note = sign(**when)
        assert from_utc_text(note.started.at) <= from_utc_text(note.signed.at)
