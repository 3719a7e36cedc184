from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.bootstrap import Desk
from app.features.caseload.commands import (
    AddAlert,
    AddGuardian,
    AddSchool,
    AddStudent,
    AddTag,
    ChangeGuardian,
    ChangeStudent,
    Command,
    DecideTier,
    Done,
    EndAlert,
    MarkLeft,
    MarkReturned,
    PutOnCaseload,
    RemoveSchool,
    RemoveStudent,
    RemoveTag,
    RenameSchool,
    SetMyBuildings,
    TakeOffCaseload,
    UnlinkGuardian,
)
from app.features.caseload.model import (
    AlertKind,
    Contact,
    Profile,
    ReachBy,
    Scope,
    Standing,
    StudentFilter,
    Tie,
)
from app.kernel.errors import Refused
from app.kernel.ids import StudentId, new_id
from app.kernel.nouns import Tier
from app.store.journal import broken_links
from vaults import fixed_clock, new_desk


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = new_desk(tmp_path, clock=fixed_clock("2026-11-20T09:30"))
    yield desk
    with desk.records.read() as reader:
        assert not list(broken_links(reader))
    desk.close()


def added(desk: Desk, given: str = "Mina", family: str = "Okafor", **more: str) -> StudentId:
    done = desk.caseload.add_student(AddStudent(Profile(given, family, **more)))
    return StudentId(done.made)


def journal_of(desk: Desk, subject: str) -> list[str]:
    with desk.records.read() as reader:
        return [
            what
            for (what,) in reader.execute(
                "SELECT what FROM journal WHERE subject_id = ? ORDER BY seq", (subject,)
            )
        ]


def refusal(desk: Desk, command: Command) -> Refused:
    with desk.records.read() as reader:
        before = reader.execute("SELECT count(*) FROM journal").fetchone()
    with pytest.raises(Refused) as refused:
        desk.caseload.carry_out(command)
    with desk.records.read() as reader:
        assert reader.execute("SELECT count(*) FROM journal").fetchone() == before
    return refused.value


@pytest.mark.parametrize(
    ("given", "family", "typed"),
    [
        ("小明", "王", "小明"),
        ("ณัฐพล", "สุขสวัสดิ์", "ณัฐ"),
        ("أحمد", "الزهراني", "احمد"),
        ("राम", "शर्मा", "शर्मा"),
        ("민준", "김", "민"),
        ("Łucja", "Núñez-O’Brien", "lucja obrien"),
        ("𞤀𞤣𞤢𞤥", "Bah", "𞤀𞤣"),
        ("Suharto", "", "suh"),
    ],
)
def test_a_name_of_any_script_is_kept_as_written_and_found(
    desk: Desk, given: str, family: str, typed: str
) -> None:
    student = added(desk, given, family)
    assert desk.caseload.student(student).full_name == f"{given} {family}".strip()
    assert [hit.id for hit in desk.caseload.find(typed)] == [student]


@pytest.mark.parametrize(
    ("profile", "code", "field"),
    [
        (Profile(), "student-needs-name", "given_name"),
        (Profile(" ", "\t"), "student-needs-name", "given_name"),
        (Profile("A", birth_date="2026-11-21"), "birth-in-future", "birth_date"),
        (Profile("A", birth_date="2000-11-20"), "birth-too-early", "birth_date"),
        (Profile("A", birth_date="12/05/2014"), "day-unclear", "birth_date"),
        (Profile("A", grade="4th"), "grade-unknown", "grade"),
        (Profile("A", school_id=new_id()), "school-unknown", "school_id"),
        (Profile("A", email="nobody"), "email-unclear", "email"),
        (Profile("A" * 121), "name-long", "given_name"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(
    desk: Desk, profile: Profile, code: str, field: str
) -> None:
    refused = refusal(desk, AddStudent(profile))
    assert (refused.code, refused.field) == (code, field)


def test_the_day_of_birth_may_be_today_and_25_years_back(desk: Desk) -> None:
    added(desk, "A", birth_date="2026-11-20")
    added(desk, "B", birth_date="2001-01-01")


def test_a_double_is_refused_until_the_person_says_it_is_none(desk: Desk) -> None:
    added(desk, "Mina", "Okafor", student_number="S-1", birth_date="2014-05-06")
    number = AddStudent(Profile("Ana", "Bell", student_number="S-1"))
    assert refusal(desk, number).code == "student-number-taken"
    assert refusal(desk, number).facts == {"name": "Mina Okafor"}
    twin = AddStudent(Profile("MINA", "Okáfor", birth_date="2014-05-06"))
    assert refusal(desk, twin).code == "student-there-already"
    desk.caseload.add_student(replace(number, anyway=True))
    desk.caseload.add_student(replace(twin, anyway=True))
    assert desk.caseload.page(StudentFilter(scope=Scope.ALL))[1] == 3


def test_changing_a_number_to_one_that_is_taken_is_refused_but_keeping_it_is_not(
    desk: Desk,
) -> None:
    added(desk, "Mina", "Okafor", student_number="S-1")
    other = added(desk, "Ana", "Bell", student_number="S-2")
    profile = desk.caseload.student(other).profile
    taken = ChangeStudent(other, replace(profile, student_number="S-1"))
    assert refusal(desk, taken).code == "student-number-taken"
    desk.caseload.change_student(replace(taken, anyway=True))
    desk.caseload.change_student(
        ChangeStudent(other, replace(profile, student_number="S-1", preferred_name="Annie"))
    )
    assert desk.caseload.student(other).name == "Annie Bell"


def test_a_changed_name_is_found_and_the_old_one_no_longer_is(desk: Desk) -> None:
    student = added(desk, "Mina", "Okafor")
    desk.caseload.change_student(ChangeStudent(student, Profile("Mina", "Adeyemi")))
    assert [hit.id for hit in desk.caseload.find("adeyemi")] == [student]
    assert desk.caseload.find("okafor") == []
    with desk.records.read() as reader:
        before, after = reader.execute(
            "SELECT before, after FROM journal WHERE what = 'ChangeStudent'"
        ).fetchone() or ("", "")
    assert before == '{"family_name":"Okafor"}'
    assert after == '{"family_name":"Adeyemi"}'


def test_a_student_added_by_mistake_is_taken_back_but_not_once_something_was_recorded(
    desk: Desk,
) -> None:
    done = desk.caseload.add_student(
        AddStudent(Profile("Mina", "Okafor"), caseload_reason="Referred by teacher")
    )
    assert desk.caseload.page(StudentFilter())[1] == 1
    assert done.undo == RemoveStudent(StudentId(done.made))
    desk.caseload.carry_out(done.undo)
    assert desk.caseload.page(StudentFilter(scope=Scope.ALL))[1] == 0
    assert desk.caseload.find("mina") == []
    assert journal_of(desk, done.made) == ["AddStudent", "PutOnCaseload", "RemoveStudent"]

    kept = added(desk)
    desk.caseload.add_alert(AddAlert(kept, AlertKind.ALLERGY, "Peanuts"))
    assert refusal(desk, RemoveStudent(kept)).code == "student-has-records"


# -- undo round trips ----------------------------------------------------------------------


def shown(desk: Desk, student: StudentId) -> object:
    """Everything that stands now, as a person would see it."""
    service = desk.caseload
    return (
        service.student(student),
        service.stretches(student),
        service.tags(),
        service.schools(),
        service.page(StudentFilter(scope=Scope.ALL)),
    )


@pytest.mark.parametrize(
    "which",
    ["change", "left", "guardian", "alert", "tag", "untag", "on", "off", "school", "rename",
     "buildings", "remove-school"],
)  # fmt: skip
def test_undo_puts_things_back_as_they_were(desk: Desk, which: str) -> None:
    student = added(desk)
    service = desk.caseload
    first, second = (school.id for school in service.schools())
    if which == "untag":
        service.add_tag(AddTag((student,), "504"))
    if which == "off":
        service.put_on_caseload(PutOnCaseload((student,), "2026-11-01", "Referral"))
    if which == "guardian":
        service.add_guardian(AddGuardian(student, Contact("Ngozi", "Okafor"), Tie("mother")))
        guardian = service.student(student).guardians[0]
    else:
        guardian = None
    if which == "remove-school":
        unused = service.add_school(AddSchool("Cedar High", mine=True)).made
    else:
        unused = ""
    before = shown(desk, student)
    commands: dict[str, Command] = {
        "change": ChangeStudent(student, Profile("Mina", "Bell", grade="05", school_id=first)),
        "left": MarkLeft(student, "2026-11-03", "Moved"),
        "alert": AddAlert(student, AlertKind.HEALTH, "Inhaler in the office"),
        "tag": AddTag((student,), "504"),
        "untag": RemoveTag((student,), "504"),
        "on": PutOnCaseload((student,), "2026-11-03", "Referral"),
        "off": TakeOffCaseload((student,), "2026-11-03", "Goals met"),
        "school": AddSchool("Cedar High", mine=True),
        "rename": RenameSchool(first, "Cedar High"),
        "buildings": SetMyBuildings((second, first)),
    }
    if guardian is not None:
        commands["guardian"] = ChangeGuardian(
            student, guardian.id, Contact("Ada", "Obi", phone="555"), Tie("aunt", True)
        )
    if unused:
        commands["remove-school"] = RemoveSchool(unused)
    done = service.carry_out(commands[which])
    assert shown(desk, student) != before
    assert done.undo is not None
    undone = service.carry_out(done.undo)
    if which == "remove-school":
        names = [school.name for school in service.schools()]
        assert names == ["Alder Elementary", "Birch Middle School", "Cedar High"]
    else:
        assert shown(desk, student) == before
    if undone.undo is not None:
        service.carry_out(undone.undo)
        assert shown(desk, student) != before


def test_ending_an_alert_can_be_undone(desk: Desk) -> None:
    student = added(desk)
    alert = desk.caseload.add_alert(AddAlert(student, AlertKind.CUSTODY, "See the order")).made
    before = desk.caseload.student(student)
    done = desk.caseload.end_alert(EndAlert(alert))
    assert desk.caseload.student(student).alerts == ()
    assert done.undo is not None
    desk.caseload.carry_out(done.undo)
    assert desk.caseload.student(student) == before


def test_an_unlinked_guardian_comes_back_with_what_they_were(desk: Desk) -> None:
    student = added(desk)
    tie = Tie("mother", True, ReachBy.SMS, "after 3 PM")
    guardian = desk.caseload.add_guardian(
        AddGuardian(student, Contact("Ngozi", "Okafor", sms="555-0100", interpreter=True), tie)
    ).made
    done = desk.caseload.unlink_guardian(UnlinkGuardian(student, guardian))
    assert desk.caseload.student(student).guardians == ()
    assert done.undo is not None
    desk.caseload.carry_out(done.undo)
    assert desk.caseload.student(student).guardians[0].tie == tie
    assert desk.caseload.student(student).guardians[0].contact.interpreter


def test_a_guardian_is_not_to_be_reached_by_a_way_that_is_not_there(desk: Desk) -> None:
    student = added(desk)
    refused = refusal(
        desk, AddGuardian(student, Contact("Ada", "Obi"), Tie(reach_by=ReachBy.EMAIL))
    )
    assert (refused.code, refused.field) == ("reach-by-missing", "reach_by")
    assert refusal(desk, AddGuardian(student, Contact(), Tie())).field == "given_name"


# -- caseload and tiers --------------------------------------------------------------------


def test_putting_on_needs_a_reason_and_a_day_that_has_come(desk: Desk) -> None:
    student = added(desk)
    assert refusal(desk, PutOnCaseload((student,), "2026-11-20", " ")).field == "reason"
    late = refusal(desk, PutOnCaseload((student,), "2026-11-21", "Referral"))
    assert (late.code, late.field) == ("day-in-future", "started_on")
    desk.caseload.put_on_caseload(PutOnCaseload((student,), "2026-11-20", "Referral"))
    assert (
        refusal(desk, PutOnCaseload((student,), "2026-11-20", "Again")).code
        == "caseload-on-already"
    )
    early = refusal(desk, TakeOffCaseload((student,), "2026-11-19", "Goals met"))
    assert (early.code, early.field) == ("caseload-ends-early", "ended_on")


def test_a_selection_goes_on_together_and_those_already_on_are_passed_over(desk: Desk) -> None:
    students = tuple(added(desk, f"S{n}") for n in range(5))
    desk.caseload.put_on_caseload(PutOnCaseload(students[:2], "2026-11-01", "Referral"))
    done = desk.caseload.put_on_caseload(PutOnCaseload(students, "2026-11-02", "Screening"))
    assert done.count == 3
    assert desk.caseload.page(StudentFilter())[1] == 5
    assert done.undo is not None
    desk.caseload.carry_out(done.undo)
    assert {row.id for row in desk.caseload.page(StudentFilter())[0]} == set(students[:2])


def test_undoing_a_take_off_is_refused_after_the_student_was_put_on_again(desk: Desk) -> None:
    student = added(desk)
    desk.caseload.put_on_caseload(PutOnCaseload((student,), "2026-11-01", "Referral"))
    off: Done = desk.caseload.take_off_caseload(
        TakeOffCaseload((student,), "2026-11-02", "Goals met")
    )
    desk.caseload.put_on_caseload(PutOnCaseload((student,), "2026-11-03", "Came back"))
    assert off.undo is not None
    assert refusal(desk, off.undo).code == "undo-too-late"


def test_a_tier_decision_needs_a_reason_and_stands_as_it_was_made(desk: Desk) -> None:
    student = added(desk)
    assert refusal(desk, DecideTier((student,), Tier.TARGETED, "2026-11-20", "")).code == (
        "tier-needs-reason"
    )
    assert refusal(desk, DecideTier((student,), Tier.TARGETED, "2026-11-21", "x")).field == (
        "decided_on"
    )
    done = desk.caseload.decide_tier(
        DecideTier((student,), Tier.TARGETED, "2026-11-10", "Attendance below 90 %")
    )
    assert done.undo is None
    assert desk.caseload.student(student).tier is Tier.TARGETED
    for statement in (
        "UPDATE tier_decision SET reason = 'other'",
        "DELETE FROM tier_decision",
        "INSERT OR REPLACE INTO tier_decision SELECT * FROM tier_decision",
    ):
        with (
            pytest.raises(Exception, match="frozen"),
            desk.records.working() as tx,
        ):
            tx.execute(statement)


def test_the_tier_is_the_one_of_the_latest_day_whenever_it_was_written_down(desk: Desk) -> None:
    student = added(desk)
    for tier, day in (
        (Tier.INTENSIVE, "2026-11-10"),
        (Tier.TARGETED, "2026-10-01"),
    ):
        desk.caseload.decide_tier(DecideTier((student,), tier, day, "Review"))
    assert desk.caseload.student(student).tier is Tier.INTENSIVE
    history = desk.caseload.tier_decisions(student)
    assert [(d.decided_on, d.was, d.tier) for d in history] == [
        ("2026-11-10", Tier.UNIVERSAL, Tier.INTENSIVE),
        ("2026-10-01", Tier.UNIVERSAL, Tier.TARGETED),
    ]


def test_a_student_who_left_stays_on_the_caseload_and_is_reported(desk: Desk) -> None:
    student = added(desk)
    desk.caseload.put_on_caseload(PutOnCaseload((student,), "2026-11-01", "Referral"))
    assert refusal(desk, MarkLeft(student, "2026-12-01")).field == "left_on"
    desk.caseload.mark_left(MarkLeft(student, "2026-11-05", "Moved away"))
    assert refusal(desk, MarkLeft(student, "2026-11-06")).code == "student-left-already"
    assert desk.caseload.left_on_caseload() == [(student, "Mina Okafor", "2026-11-05")]
    assert desk.caseload.page(StudentFilter(scope=Scope.MINE))[1] == 1
    assert desk.caseload.page(StudentFilter(scope=Scope.ALL))[1] == 0
    assert desk.caseload.page(StudentFilter(scope=Scope.LEFT))[1] == 1
    desk.caseload.mark_returned(MarkReturned(student))
    assert desk.caseload.student(student).standing is Standing.ENROLLED
    assert refusal(desk, MarkReturned(student)).code == "student-is-enrolled"


# -- schools and tags ----------------------------------------------------------------------


def test_two_schools_do_not_share_a_name_and_one_in_use_stays(desk: Desk) -> None:
    assert refusal(desk, AddSchool("alder elementary")).code == "school-name-taken"
    assert refusal(desk, AddSchool(" ")).field == "name"
    alder, birch = (school.id for school in desk.caseload.schools())
    assert refusal(desk, RenameSchool(birch, "Alder Elementary")).field == "name"
    added(desk, school_id=alder)
    assert refusal(desk, RemoveSchool(alder)).code == "school-in-use"
    desk.caseload.remove_school(RemoveSchool(birch))
    assert [school.name for school in desk.caseload.schools()] == ["Alder Elementary"]


def test_a_tag_is_one_tag_however_its_case_and_gone_when_nobody_bears_it(desk: Desk) -> None:
    first, second = added(desk, "A"), added(desk, "B")
    desk.caseload.add_tag(AddTag((first,), "Check-in"))
    done = desk.caseload.add_tag(AddTag((first, second), "check-IN"))
    assert done.count == 1
    assert [(tag.label, tag.students) for tag in desk.caseload.tags()] == [("Check-in", 2)]
    assert refusal(desk, AddTag((first,), "Check-in")).code == "tag-borne-already"
    desk.caseload.remove_tag(RemoveTag((first, second), "check-in"))
    assert desk.caseload.tags() == ()
    assert refusal(desk, RemoveTag((first,), "check-in")).code == "tag-not-borne"


# -- the roster's offers -------------------------------------------------------------------


def offered(desk: Desk, student: StudentId, field: str, theirs: str) -> None:
    """Write an offer as an import leaves it."""
    with desk.records.working() as tx:
        tx.execute(
            "INSERT OR IGNORE INTO roster_import VALUES"
            " ('i', 'sis', 'table', '', '{}', '[]', ?, '2026-11-01T00:00:00.000Z', 'UTC')",
            (tx.who,),
        )
        tx.execute("INSERT INTO roster_offer VALUES (?, ?, '', ?, 'i')", (student, field, theirs))


def test_typing_the_rosters_value_answers_its_offer(desk: Desk) -> None:
    student = added(desk, "Mina", "Okafor", grade="04")
    offered(desk, student, "grade", "05")
    desk.caseload.put_on_caseload(PutOnCaseload((student,), "2026-11-01", "Referral"))
    me = desk.seat.person
    assert desk.roster.offered_on_caseload(me) == [(student, "Mina Okafor", 1)]
    desk.caseload.change_student(ChangeStudent(student, Profile("Mina", "Okafor", grade="06")))
    assert [offer.ours for offer in desk.roster.offers_about(student)] == ["06"]
    desk.caseload.change_student(ChangeStudent(student, Profile("Mina", "Okafor", grade="05")))
    assert desk.roster.offers_about(student) == []
    assert desk.roster.offered_on_caseload(me) == []
