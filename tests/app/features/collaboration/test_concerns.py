"""Concerns: what danger means, what a decision leaves standing, what may be said back."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.features.collaboration.commands import (
    AddToConcern,
    ChangeWarningSigns,
    CloseDanger,
    DecideConcern,
    GiveFeedback,
)
from app.features.collaboration.model.concerns import (
    Concern,
    ConcernEntry,
    Danger,
    Decision,
    EntryKind,
    Raiser,
    Seen,
    Sign,
    Standing,
    Unit,
    Urgency,
    Way,
    Whose,
    accepted_seen,
    accepted_urgency,
    dangers_of,
    state_of,
)
from app.features.collaboration.model.feedback import Template, may_say, named, quoted
from app.features.collaboration.repo.lists import ConcernsView
from app.features.collaboration.shipped import SIGNS, TEMPLATES
from app.kernel.errors import Refused
from app.kernel.ids import PersonId, StudentId
from collaboration_desk import ABSENCES, SELF_HARM, CollaborationDesk
from nurse_desk import refusal
from sessions_desk import a_signed_note

DAY = st.dates().map(lambda day: day.isoformat())


def a_concern(danger: tuple[str, ...] = ()) -> Concern:
    return Concern(
        "c", StudentId("s"), "2026-11-01", Way.FORM, Raiser.TEACHER, "", "Iris", "words",
        Whose.THEIRS, (), 0, "", Urgency.ROUTINE, danger, PersonId("p"),
        "2026-11-01T15:00:00.000Z", "UTC",
    )  # fmt: skip


def an_entry(place: int, kind: EntryKind, decision: str = "", until: str = "") -> ConcernEntry:
    return ConcernEntry(
        f"e{place}", "c", StudentId("s"), kind, decision, "why", "", until, "", PersonId("p"),
        "2026-11-02T15:00:00.000Z", "UTC",
    )  # fmt: skip


histories = st.lists(
    st.tuples(st.sampled_from(EntryKind), st.sampled_from(Decision), DAY), max_size=8
).map(
    lambda rows: [
        an_entry(place, kind, decision.value if kind is EntryKind.DECISION else "", until)
        for place, (kind, decision, until) in enumerate(rows)
    ]
)


@given(histories, st.booleans(), DAY)
def test_the_latest_decision_counts_and_danger_stays_open_until_it_is_closed(
    entries: list[ConcernEntry], endangered: bool, today: str
) -> None:
    state = state_of(a_concern(("abuse",) if endangered else ()), entries, today)
    decisions = [entry for entry in entries if entry.kind is EntryKind.DECISION]
    assert state.decision == (decisions[-1] if decisions else None)
    closed = any(entry.kind is EntryKind.CLOSED for entry in entries)
    assert state.open_danger == (endangered and not closed)
    if not decisions:
        assert state.standing is Standing.NEW
    elif decisions[-1].decision == Decision.WATCH:
        watched = decisions[-1].until_on > today
        assert state.standing is (Standing.WATCHED if watched else Standing.DUE)
    else:
        assert state.standing is Standing.DECIDED
    assert state.open or not state.open_danger


@given(histories, st.booleans(), DAY)
def test_notes_and_feedback_move_nothing(
    entries: list[ConcernEntry], endangered: bool, today: str
) -> None:
    concern = a_concern(("violence",) if endangered else ())
    quiet = [e for e in entries if e.kind in {EntryKind.DECISION, EntryKind.CLOSED}]
    assert state_of(concern, entries, today) == state_of(concern, quiet, today)


@given(st.lists(st.sampled_from([sign.code for sign in SIGNS])), st.sampled_from(Urgency))
def test_a_sign_of_danger_makes_any_concern_urgent(codes: list[str], urgency: Urgency) -> None:
    rows = accepted_seen([Seen(code, "") for code in codes], SIGNS)
    assert len(rows) == len(set(codes))
    danger = dangers_of(rows)
    assert set(danger) == set(codes) & {one.value for one in Danger}
    assert accepted_urgency(urgency, danger) is (Urgency.URGENT if danger else urgency)


def test_counts_are_kept_where_a_sign_is_counted_and_refused_where_they_cannot_be() -> None:
    rows = accepted_seen([ABSENCES, Seen("withdrawn", "", 5, 2)], SIGNS)
    assert [row[2:4] for row in rows] == [(6, 4), (0, 0)]
    with pytest.raises(Refused) as error:
        accepted_seen([Seen("absences", "", 1000)], SIGNS)
    assert error.value.field == "count_absences"
    with pytest.raises(Refused, match="sign-unknown"):
        accepted_seen([Seen("astrology", "")], SIGNS)


def test_a_concern_is_open_until_it_is_decided(desk: CollaborationDesk) -> None:
    concern = desk.concern(ABSENCES)
    rooms = desk.rooms.concerns
    assert [line.concern.id for line in rooms.page()] == [concern]
    desk.decide(concern, Decision.CONSULTATION)
    assert rooms.page() == []
    assert rooms.count(ConcernsView.DECIDED) == 1
    assert rooms.count(ConcernsView.ALL) == 1


def test_what_is_watched_comes_back_on_its_day(desk: CollaborationDesk) -> None:
    concern = desk.concern(ABSENCES)
    desk.decide(concern, Decision.WATCH, "2026-12-01")
    rooms = desk.rooms.concerns
    assert (rooms.count(), rooms.count(ConcernsView.WATCHED)) == (0, 1)
    desk.set("2026-12-01T08:00")
    assert [line.due for line in rooms.page()] == [True]
    assert [line.concern.id for line in desk.rooms.today().concerns] == [concern]


@pytest.mark.parametrize("until_on", ["", "2026-11-20", "2026-11-01", "soon"])
def test_watching_needs_a_day_ahead(desk: CollaborationDesk, until_on: str) -> None:
    concern = desk.concern()
    with pytest.raises(Refused) as error:
        desk.decide(concern, Decision.WATCH, until_on)
    assert error.value.field == "until_on"


def test_a_later_decision_leaves_the_earlier_one_readable(desk: CollaborationDesk) -> None:
    concern = desk.concern()
    desk.decide(concern, Decision.NO_ACTION)
    desk.decide(concern, Decision.SCREENING)
    sheet = desk.rooms.concerns.sheet(concern)
    assert [entry.decision for entry in sheet.entries] == ["no_action", "screening"]
    assert sheet.state.decision is not None
    assert sheet.state.decision.decision == "screening"


@pytest.mark.parametrize("decision", [Decision.NO_ACTION, Decision.WATCH])
def test_danger_is_never_dismissed_before_it_is_closed(
    desk: CollaborationDesk, decision: Decision
) -> None:
    concern = desk.concern(SELF_HARM)
    rooms = desk.rooms.concerns
    with pytest.raises(Refused, match="concern-not-dismissed"):
        desk.decide(concern, decision, "2026-12-01")
    desk.decide(concern, Decision.SERVICE)
    assert [line.open_danger for line in rooms.page()] == [True]
    for done, told, field in (("", "Mr. Adair", "done"), ("Met her", " ", "told")):
        with pytest.raises(Refused) as error:
            rooms.close_danger(CloseDanger(concern, done, told))
        assert error.value.field == field
    rooms.close_danger(CloseDanger(concern, "Stayed until her mother came", "Principal, mother"))
    sheet = rooms.sheet(concern)
    closing = sheet.entries[-1]
    assert (closing.told, sheet.names[closing.person_id]) == ("Principal, mother", "Grace Adeyemi")
    assert rooms.page() == []
    with pytest.raises(Refused, match="danger-closed"):
        rooms.close_danger(CloseDanger(concern, "Again", "Nobody"))
    desk.decide(concern, decision, "2026-12-01")


def test_danger_comes_before_urgency_and_urgency_before_age(desk: CollaborationDesk) -> None:
    old = desk.concern(raised_on="2026-10-01")
    soon = desk.concern(urgency=Urgency.SOON, raised_on="2026-11-10")
    urgent = desk.concern(urgency=Urgency.URGENT, raised_on="2026-11-19")
    danger = desk.concern(SELF_HARM, urgency=Urgency.ROUTINE)
    lines = desk.rooms.concerns.page()
    assert [line.concern.id for line in lines] == [danger, urgent, soon, old]
    page = desk.rooms.concerns.page(ConcernsView.OPEN, 1, 2)
    assert [line.concern.id for line in page] == [urgent, soon]


def test_accepting_a_concern_makes_the_referral_once(desk: CollaborationDesk) -> None:
    concern = desk.concern()
    command = DecideConcern(concern, Decision.SERVICE, "Weekly meetings", entry_id="entry")
    desk.rooms.concerns.decide(command)
    desk.rooms.concerns.decide(command)
    assert len(desk.rooms.concerns.sheet(concern).entries) == 1


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"words": "", "signs": ()}, ("concern-needs-words", "words")),
        ({"raiser_name": " "}, ("concern-needs-raiser", "raiser_name")),
        ({"raised_on": "2026-11-21"}, ("day-ahead", "raised_on")),
        ({"raised_on": "yesterday"}, ("concern-needs-day", "raised_on")),
        ({"student_id": "nobody"}, ("student-gone", "student")),
    ],
)
def test_a_concern_is_refused_at_its_field(
    desk: CollaborationDesk, changes: dict[str, object], expected: tuple[str, str]
) -> None:
    with pytest.raises(Refused) as error:
        desk.concern(**changes)
    assert refusal(error.value) == expected


def test_a_concern_raised_twice_under_one_id_stands_once(desk: CollaborationDesk) -> None:
    assert desk.concern(concern_id="one") == desk.concern(concern_id="one")
    assert desk.rooms.concerns.count(ConcernsView.ALL) == 1


def test_a_district_puts_its_own_list_in_use_and_concerns_keep_their_signs(
    desk: CollaborationDesk,
) -> None:
    before = desk.concern(ABSENCES)
    signs = (
        Sign("absences", "Days away"),
        *(Sign("", f"Own {danger}", Unit.NONE, danger.value) for danger in Danger),
    )
    rooms = desk.rooms.concerns
    with pytest.raises(Refused, match="signs-need-danger"):
        rooms.change_signs(ChangeWarningSigns("District 7", signs[:2]))
    rooms.change_signs(ChangeWarningSigns("District 7", signs))
    found = rooms.signs()
    assert (found.version, found.title, len(found.signs)) == (1, "District 7", 4)
    after = desk.concern(Seen("absences", ""), Seen("own3", ""))
    assert rooms.sheet(before).concern.seen()[0].label == "Absences"
    sheet = rooms.sheet(after)
    assert [one.label for one in sheet.concern.seen()] == ["Days away", "Own abuse"]
    assert sheet.concern.dangers() == (Danger.ABUSE,)


# -- feedback ----------------------------------------------------------------------------


def feedback(concern: str, text: str, **changes: object) -> GiveFeedback:
    command = GiveFeedback(concern, Template.RECEIVED, text, "Iris Vandermeer", "copy")
    return replace(command, **changes)  # type: ignore[arg-type]


def test_feedback_is_written_down_and_disclosed_in_one_step(desk: CollaborationDesk) -> None:
    concern = desk.concern()
    desk.rooms.concerns.give_feedback(feedback(concern, TEMPLATES[Template.RECEIVED]))
    entry = desk.rooms.concerns.sheet(concern).entries[-1]
    line = desk.desk.privacy.disclosure(entry.made)
    assert (line.disclosure.recipient, line.disclosure.means) == ("Iris Vandermeer", "copy")
    assert line.disclosure.student_id == desk.pupil
    assert desk.desk.verify().whole


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Mateo's mother will call you.", "feedback-names"),
        ("I met with Ocampo.", "feedback-names"),
        ("She is a friend of Priya Desai, who knows.", "feedback-names"),
        ("Teo does better.", "feedback-names"),
        ("He and Priya sit apart now.", "feedback-names"),
        ("M.O. sits in front now.", "feedback-names"),
        ("He TALKED about how his sister moved, away last week.", "feedback-quotes"),
        (" ", "feedback-needs-words"),
        ("x" * 601, "text-long"),
    ],
)
def test_names_and_words_of_notes_do_not_leave(
    desk: CollaborationDesk, text: str, code: str
) -> None:
    desk.student("Priya", "Desai", "20418")
    a_signed_note(desk.desk, desk.pupil, "Talked about how his sister moved away last week.")
    concern = desk.concern()
    with pytest.raises(Refused) as error:
        desk.rooms.concerns.give_feedback(feedback(concern, text))
    assert refusal(error.value) == (code, "text")
    assert desk.desk.privacy.count() == 0
    assert desk.rooms.concerns.sheet(concern).entries == ()


def test_a_peer_is_thanked_and_hears_nothing_else(desk: CollaborationDesk) -> None:
    concern = desk.concern(raiser=Raiser.PEER, raiser_name="")
    rooms = desk.rooms.concerns
    assert may_say(Raiser.PEER) == (Template.THANKS,)
    for command, code in (
        (feedback(concern, "He is doing better."), "feedback-not-for-them"),
        (feedback(concern, "He is better.", template=Template.THANKS), "feedback-thanks-only"),
    ):
        with pytest.raises(Refused, match=code):
            rooms.give_feedback(command)
    rooms.give_feedback(
        feedback(concern, TEMPLATES[Template.THANKS], template=Template.THANKS, recipient="A peer")
    )


def test_no_shipped_text_is_refused_for_those_who_may_hear_it(desk: CollaborationDesk) -> None:
    for raiser in Raiser:
        concern = desk.concern(raiser=raiser)
        for template in may_say(raiser):
            desk.rooms.concerns.give_feedback(
                feedback(concern, TEMPLATES[template], template=template)
            )


@given(st.lists(st.text("abcdef", min_size=1, max_size=4), min_size=5, max_size=12), st.data())
def test_any_five_words_in_a_row_are_found_wherever_they_stand(
    words: list[str], data: st.DataObject
) -> None:
    at = data.draw(st.integers(0, len(words) - 5))
    copied = " ".join(words[at : at + 5]).upper()
    assert quoted(f"I can say, {copied}. Thanks", [" ".join(words)]) != ""
    assert quoted(" ".join(words[:4]), [" ".join(words)]) == ""


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("I met José’s family", ("José",)),
        ("i met JOSES mother", ("José",)),
        ("Josephine came", ()),
        ("de la Cruz called", ("de la Cruz",)),
        ("of the cruise", ()),
    ],
)
def test_names_are_found_as_whole_words(text: str, found: tuple[str, ...]) -> None:
    assert named(text, ["José", "de la Cruz"]) == found


def test_what_is_added_stands_beside_the_concern(desk: CollaborationDesk) -> None:
    concern = desk.concern()
    desk.rooms.concerns.add(AddToConcern(concern, "It was the other class."))
    sheet = desk.rooms.concerns.sheet(concern)
    assert sheet.concern.words == "Sits alone and has stopped handing in work."
    assert [entry.text for entry in sheet.entries] == ["It was the other class."]


def test_raisers_are_offered_with_the_staff_of_the_roster_first(desk: CollaborationDesk) -> None:
    desk.concern(raiser_name="Coach Bell", raiser=Raiser.STAFF)
    found = desk.rooms.concerns.raisers(desk.pupil)
    assert [one.name for one in found.known] == ["Iris Vandermeer", "Coach Bell"]
    assert {one.name for one in found.guardians} == {"Rosa Ocampo", "Hector Ocampo"}
