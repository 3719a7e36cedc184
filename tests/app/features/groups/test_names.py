"""No member's note holds another member: not by name, nickname, possessive or id."""

from dataclasses import dataclass, field, replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.features.groups.commands import CorrectAttendance, LeaveGroup
from app.features.groups.model.group import Group
from app.features.groups.model.session import (
    GroupDraft,
    Mark,
    Named,
    Passage,
    SessionForm,
    answer,
    named_in,
    passages,
    taken,
)
from app.kernel.charting import ChartNote, ChartSection
from app.kernel.clock import Moment
from app.kernel.errors import Refused
from app.kernel.ids import DraftId, PersonId, StudentId, new_id, new_ids
from app.kernel.mentions import NameCheck, NameIndex, Student
from app.kernel.names import search_words
from groups_desk import Room, a_session, marked, sign, typed
from sessions_desk import add_student

GIVEN = (
    "Mateo", "Ximena", "Tobias", "Amara", "Kenji", "Priya", "Declan", "Noor", "Łucja", "José",
    "Anaïs", "D’Andre", "Mary-Kate", "Oluwaseun", "Siobhán", "Björn",
)  # fmt: skip
FAMILY = (
    "Ocampo", "Varela", "Lindqvist", "Okafor", "Watanabe", "Raman", "Fitzgerald", "Haddad",
    "Núñez", "O’Connell", "de la Cruz", "Nguyễn", "Wróbel", "Adeyemi-Jones",
)  # fmt: skip
PREFERRED = {
    "Mateo": "Mattie", "Ximena": "Xime", "Tobias": "Toby", "Łucja": "Lulu", "Declan": "Dee",
    "Oluwaseun": "Seun",
}  # fmt: skip
"""What some of them like to be called; half of the rosters do without."""
WORDS = (
    "talked about worry", "practised breathing", "was quiet", "shared an idea", "helped",
    "before the test", "felt proud", "asked for a break", "laughed",
)  # fmt: skip
FORMS = (
    "{given} {family}", "{given}", "{preferred}", "{given}’s", "{given}'s", "{family}, {given}",
    "{preferred}'s", "{given} {family}'s", "with {given}", "{preferred} {family}", "{id}",
    "{number}",
)  # fmt: skip
LEADER = PersonId(new_id())
NOW = Moment("2026-11-20T15:00:00.000Z", "America/New_York")


@dataclass(frozen=True)
class Roster:
    """Members with their names."""

    members: tuple[Student, ...]

    def said(self, form: str, who: int) -> str:
        one = self.members[who % len(self.members)]
        return form.format(
            given=one.given,
            family=one.family,
            preferred=one.preferred or one.given,
            id=one.id,
            number=one.numbers[0],
        )


@st.composite
def rosters(draw: st.DrawFn) -> Roster:
    names = draw(
        st.lists(
            st.tuples(st.sampled_from(GIVEN), st.sampled_from(FAMILY), st.booleans()),
            min_size=2,
            max_size=8,
            unique_by=(lambda name: name[0], lambda name: name[1]),
        )
    )
    return Roster(
        tuple(
            Student(
                StudentId(new_id()),
                given,
                family,
                preferred=PREFERRED.get(given, "") if likes else "",
                numbers=(f"3071{at}8",),
            )
            for at, (given, family, likes) in enumerate(names)
        )
    )


@st.composite
def texts(draw: st.DrawFn, roster: Roster) -> str:
    parts = draw(
        st.lists(
            st.one_of(
                st.sampled_from(WORDS),
                st.builds(roster.said, st.sampled_from(FORMS[:-2] + FORMS[-1:]), st.integers(0, 7)),
            ),
            max_size=6,
        )
    )
    return " ".join(parts)


@dataclass
class Watch:
    """The check of one roster, kept for each student a text may be about."""

    index: NameIndex
    members: list[StudentId]
    checks: dict[StudentId | None, NameCheck] = field(default_factory=dict)

    def finds(self, passage: Passage) -> list[Named]:
        if passage.about not in self.checks:
            self.checks[passage.about] = self.index.check(passage.about, self.members)
        return named_in(passage, self.checks[passage.about].finds(passage.text))


def found(watch: Watch, draft: GroupDraft) -> list[Named]:
    return [named for passage in passages(draft.form) for named in watch.finds(passage)]


def with_text(form: SessionForm, where: str, text: str) -> SessionForm:
    what, _colon, of = where.partition(":")
    if what == "section":
        return replace(
            form,
            sections=tuple(
                replace(part, text=text) if part.key == of else part for part in form.sections
            ),
        )
    if of:
        mark = next(mark for mark in form.marks if mark.student_id == of)
        return form.marked(replace(mark, **{what: text}))
    return replace(form, **{where: text})


def text_at(form: SessionForm, where: str) -> str:
    return next(passage.text for passage in passages(form) if passage.field == where)


def all_of(note: ChartNote) -> str:
    texts = [*(part.title + " " + part.text for part in note.sections)]
    return " ".join([*texts, note.attendance_reason, note.late_reason, note.next_step, note.id])


def spelled(name: str, words: tuple[str, ...]) -> bool:
    wanted = search_words(name)
    return any(words[at : at + len(wanted)] == wanted for at in range(len(words) - len(wanted) + 1))


@given(st.data())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_what_is_found_clean_names_no_other_member_and_replacing_makes_it_clean(
    data: st.DataObject,
) -> None:
    roster = data.draw(rosters())
    members = [one.id for one in roster.members]
    watch = Watch(NameIndex(roster.members), members)
    away = data.draw(st.integers(0, 8))
    form = SessionForm(
        on="2026-11-20",
        at="09:00",
        minutes="30",
        topic=data.draw(texts(roster)),
        service_id="s",
        sections=(
            ChartSection("note", "Note", data.draw(texts(roster))),
            ChartSection("plan", "Plan", "Again next week."),
        ),
        marks=tuple(
            Mark(
                one.id,
                "absent" if at == away else "present",
                f"Ill {data.draw(texts(roster))}" if at == away else "",
                data.draw(texts(roster)),
                next_step=data.draw(texts(roster)),
            )
            for at, one in enumerate(roster.members)
        ),
    )
    for mark in form.marks:
        if mark.next_step.strip():
            form = form.marked(replace(mark, next_on="2026-12-01"))
    draft = GroupDraft(DraftId(new_id()), "g", LEADER, form, NOW)
    for _round in range(12):
        left = found(watch, draft)
        if not left:
            break
        first = left[0]
        text = text_at(draft.form, first.field)
        text = text[: first.lead] + first.replacement + text[first.end :]
        draft = replace(draft, form=with_text(draft.form, first.field, text))
        for one in reversed(left[1:]):
            if one.field != first.field:
                text = text_at(draft.form, one.field)
                if text[one.start : one.end] == one.text:
                    text = text[: one.lead] + one.replacement + text[one.end :]
                    draft = replace(draft, form=with_text(draft.form, one.field, text))
    assert not found(watch, draft)
    group = Group("g", "Tuesday coping", "", "", (), 0, 30, "s", None, LEADER, None, 0, "", "")
    made = taken(draft, group, members, NOW, new_ids(2 * len(members)))
    for note in made.notes:
        own = next(one for one in roster.members if one.id == note.student_id)
        words = search_words(all_of(note))
        assert "Tuesday coping" not in all_of(note)
        for other in roster.members:
            if other.id == own.id:
                continue
            assert other.id not in all_of(note)
            for name in {other.given, other.preferred, f"{other.given} {other.family}"} - {
                "", own.given, own.preferred,
            }:  # fmt: skip
                assert not spelled(name, words), (name, all_of(note))


@pytest.mark.parametrize(
    "text",
    [
        "Ximena Varela helped.",
        "Ximena’s idea helped.",
        "XIMENA said so.",
        "Talked with Varela, Ximena.",
    ],
)
def test_signing_is_refused_at_the_field_in_which_a_member_is_named(room: Room, text: str) -> None:
    clean, other = a_session(room.desk, room.group), room.students[0]
    shared = replace(clean.form.sections[0], text=text)
    for draft, where in (
        (typed(clean, topic=text), "topic"),
        (typed(clean, sections=(shared,)), "section:note"),
        (marked(clean, other, own=text), f"own:{other}"),
        (marked(clean, other, attendance="absent", reason=text), f"reason:{other}"),
        (
            marked(clean, other, next_step=text, next_on="2026-12-01"),
            f"next_step:{other}",
        ),
    ):
        with pytest.raises(Refused, match="group-names-member") as refused:
            sign(room.desk, draft)
        assert refused.value.field == where
    assert room.desk.sessions.note_count() == 0


def test_a_member_may_be_named_in_what_is_said_of_them_alone(room: Room) -> None:
    student = room.students[1]
    sign(room.desk, marked(a_session(room.desk, room.group), student, own="Ximena led today."))
    assert room.desk.sessions.note_count() == 8


def test_a_softer_find_is_to_be_answered_and_the_answer_is_kept_with_the_draft(room: Room) -> None:
    add_student(room.desk, "Grace", "Holloway")
    draft = typed(
        a_session(room.desk, room.group, "Grace said the group helps."),
    )
    (named,) = room.desk.groups.named(draft)
    assert not named.sure
    with pytest.raises(Refused, match="group-may-name-student"):
        sign(room.desk, draft)
    draft = typed(draft, answers=(answer(named.text),))
    assert room.desk.groups.named(draft) == []
    sign(room.desk, draft)


def test_an_answer_lets_no_member_through(room: Room) -> None:
    draft = typed(a_session(room.desk, room.group, "Ximena said so."), answers=(answer("Ximena"),))
    with pytest.raises(Refused, match="group-names-member"):
        sign(room.desk, draft)


def test_one_who_left_is_still_named_by_nobody(room: Room) -> None:
    member = next(
        line.membership
        for line in room.desk.groups.group(room.group).members
        if line.membership.student_id == room.students[1]
    )
    room.desk.groups.leave_group(LeaveGroup(member.id, "2026-11-10", "Moved away"))
    draft = a_session(room.desk, room.group, "We wrote a card for Ximena.")
    with pytest.raises(Refused, match="group-names-member"):
        sign(room.desk, draft)


def test_a_correction_names_nobody_either(room: Room) -> None:
    session = sign(room.desk, a_session(room.desk, room.group))
    line = room.desk.groups.signed_session(session).attending[0]
    with pytest.raises(Refused, match="group-names-member") as refused:
        room.desk.groups.correct_attendance(
            CorrectAttendance(line.attending.id, "absent", "Ill", "Mixed up with Ximena")
        )
    assert refused.value.field == "correction"
