from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.bootstrap import Desk
from app.features.caseload.commands import AddStudent, DecideTier, PutOnCaseload
from app.features.caseload.model import Profile
from app.features.plans.commands import AgreePlan
from app.features.plans.model.forms import GoalForm, PlanForm
from app.features.screening.commands import RecordScreening
from app.features.screening.model.records import ScreeningForm
from app.features.sessions.commands import SignNote, StartDraft
from app.features.sessions.model import Section
from app.kernel.errors import Refused
from app.kernel.ids import StudentId, new_id
from app.kernel.noticing import SHIPPED, Rule, Sign, changed_rule, rules_of, rules_text
from app.kernel.nouns import Attendance, Tier
from app.overviews.tiers import Scope
from vaults import new_desk

ALL_ON = SHIPPED


def student(desk: Desk, number: int = 1, school: int = 0, grade: str = "08") -> StudentId:
    profile = Profile(
        f"Kim{number}", "Ode", grade=grade, school_id=desk.caseload.schools()[school].id
    )
    return StudentId(desk.caseload.add_student(AddStudent(profile, anyway=True)).made)


def decide(desk: Desk, of: StudentId, tier: int, day: str, again: str = "") -> None:
    desk.caseload.decide_tier(DecideTier((of,), Tier(tier), day, "Because", again))


def session(desk: Desk, of: StudentId, day: str, attendance: str = Attendance.PRESENT) -> None:
    opened = desk.sessions.start_draft(StartDraft(student_id=of))
    sections = tuple(Section(one.key, one.title, "Worked") for one in opened.draft.form.sections)
    form = replace(
        opened.draft.form, on=day, at="09:00", sections=sections, attendance=attendance,
        attendance_reason="" if attendance == Attendance.PRESENT else "ill", late_reason="later",
    )  # fmt: skip
    desk.sessions.sign_note(SignNote(replace(opened.draft, form=form)))


def screened(desk: Desk, of: StudentId, each: int, day: str) -> None:
    answers = tuple((str(at), each) for at in range(1, 9))
    form = ScreeningForm(of, "phq-9", "self", "", day, answers=(*answers, ("9", 0)))
    desk.screening.record(RecordScreening(new_id(), form))


def test_the_pyramid_by_school_grade_and_day(desk: Desk) -> None:
    first, second, third = (student(desk, n, n % 2, f"0{n}") for n in (1, 2, 3))
    decide(desk, first, 2, "2026-10-01")
    decide(desk, first, 3, "2026-11-01")
    decide(desk, second, 2, "2026-11-10")
    now = desk.tiers.pyramid()
    assert dict(now.counts) == {Tier(1): 1, Tier(2): 1, Tier(3): 1}
    assert now.total == 3
    assert [grade for grade, _counts in now.by_grade] == ["01", "02", "03"]
    assert len(now.by_school) == 2
    before = desk.tiers.pyramid(day="2026-10-15")
    assert dict(before.counts) == {Tier(1): 2, Tier(2): 1, Tier(3): 0}
    assert desk.tiers.pyramid(Scope(grade="02")).total == 1
    assert desk.tiers.pyramid(Scope(mine=True)).total == 0
    desk.caseload.put_on_caseload(PutOnCaseload((third,), "2026-11-01", "Referred"))
    assert desk.tiers.pyramid(Scope(mine=True)).total == 1


def test_who_waits_and_who_stays_longer_than_was_said(desk: Desk) -> None:
    waits, served, planned = (student(desk, n) for n in (1, 2, 3))
    for of in (waits, served, planned):
        decide(desk, of, 2, "2026-10-01", "2026-11-01")
    session(desk, served, "2026-10-05")
    goal = GoalForm(
        key="g", statement="Comes", measure="days", baseline="1", target="5", by_when="2027-01-05"
    )
    desk.plans.agree(
        AgreePlan(
            new_id(),
            PlanForm(
                planned, title="Plan", begins_on="2026-10-05", review_on="2026-12-20",
                sections=(("needs", "x"),), goals=(goal,),
            ),
        )
    )  # fmt: skip
    assert [one.student_id for one in desk.tiers.waiting()] == [waits]
    assert {one.student_id for one in desk.tiers.overdue()} == {waits, served, planned}
    assert desk.tiers.overdue()[0].until == "2026-11-01"
    decide(desk, waits, 1, "2026-11-15")
    assert desk.tiers.waiting() == []
    with pytest.raises(Refused, match="tier-look-again-day"):
        decide(desk, served, 2, "2026-11-10", "2026-11-10")


def test_movement_over_the_year(desk: Desk) -> None:
    up, back = student(desk, 1), student(desk, 2)
    decide(desk, up, 2, "2026-09-10")
    decide(desk, up, 3, "2026-10-10")
    decide(desk, back, 2, "2026-09-10")
    decide(desk, back, 1, "2026-11-10")
    flow = desk.tiers.flow("2026-09-01", "2026-11-20")
    assert dict(flow.counts) == {(Tier(1), Tier(3)): 1, (Tier(1), Tier(1)): 1}
    assert [(move.was, move.tier) for move in flow.moves] == [(1, 2), (1, 2), (2, 3), (2, 1)]
    assert len(desk.tiers.flow("2026-10-01", "2026-10-31").moves) == 1


def test_what_was_known_is_kept_with_the_decision(desk: Desk) -> None:
    of = student(desk)
    session(desk, of, "2026-11-10")
    session(desk, of, "2026-11-17", Attendance.ABSENT)
    screened(desk, of, 2, "2026-11-12")
    decide(desk, of, 2, "2026-11-18", "2027-01-15")
    (decision,) = desk.caseload.tier_decisions(of)
    kept = desk.plans.evidence(decision.id)
    assert kept is not None
    assert kept.look_again_on == "2027-01-15"
    assert kept.facts == (
        ("screening", "2026-11-12", "PHQ-9", 3),
        ("sessions_held", "2026-11-10", "", 1),
        ("sessions_missed", "2026-11-17", "", 1),
    )
    assert desk.verify().whole


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.lists(
        st.tuples(st.integers(0, 3), st.integers(1, 3), st.integers(1, 28)), min_size=1, max_size=8
    )
)
def test_the_flow_is_that_of_the_decisions(
    tmp_path_factory: pytest.TempPathFactory, made: list[tuple[int, int, int]]
) -> None:
    desk = new_desk(tmp_path_factory.mktemp("flow"))
    try:
        pupils = [student(desk, n) for n in range(4)]
        plain: dict[int, list[tuple[int, int]]] = {n: [(0, 1)] for n in range(4)}
        for who, tier, day in made:
            decide(desk, pupils[who], tier, f"2026-10-{day:02d}")
            plain[who].append((day, tier))

        def on(who: int, day: int) -> int:
            return max(
                ((at, place, tier) for place, (at, tier) in enumerate(plain[who]) if at <= day)
            )[2]

        for begins, ends in ((5, 20), (1, 28)):
            flow = desk.tiers.flow(f"2026-10-{begins:02d}", f"2026-10-{ends:02d}")
            expected: dict[tuple[int, int], int] = {}
            for who in range(4):
                pair = (on(who, begins), on(who, ends))
                expected[pair] = expected.get(pair, 0) + 1
            assert dict(flow.counts) == expected
            assert sum(desk.tiers.pyramid(day=f"2026-10-{ends:02d}").counts.values()) == 4
    finally:
        desk.close()


# -- noticing --------------------------------------------------------------------------------


def signs(desk: Desk, rules: tuple[Rule, ...] = ALL_ON) -> dict[str, list[str]]:
    return {
        one.name: [f"{met.sign}:{met.count}" for met in one.met]
        for one in desk.noticing.look(rules)
    }


def test_facts_that_deserve_a_look_are_listed_with_their_rule(desk: Desk) -> None:
    missed, worse, quiet = (student(desk, n) for n in (1, 2, 3))
    for day in ("2026-11-02", "2026-11-09", "2026-11-16"):
        session(desk, missed, day, Attendance.ABSENT)
    screened(desk, worse, 0, "2026-10-01")
    screened(desk, worse, 2, "2026-11-10")
    screened(desk, quiet, 0, "2026-11-10")
    assert signs(desk) == {
        "Kim1 Ode": ["missed_sessions:3"],
        "Kim2 Ode": ["screening:3", "worse_screening:3"],
    }
    assert next(iter(signs(desk))) == "Kim2 Ode"
    stricter = changed_rule(SHIPPED, Rule(Sign.MISSED_SESSIONS, 4, 42))
    assert "Kim1 Ode" not in signs(desk, stricter)
    shorter = changed_rule(SHIPPED, Rule(Sign.MISSED_SESSIONS, 3, 10))
    assert "Kim1 Ode" not in signs(desk, shorter)
    off = changed_rule(SHIPPED, Rule(Sign.WORSE_SCREENING, 1, 180, on=False))
    assert signs(desk, off)["Kim2 Ode"] == ["screening:3"]
    with desk.records.read() as reader:
        tables = [
            row[0]
            for row in reader.execute("SELECT name FROM sqlite_schema WHERE name LIKE '%notic%'")
        ]
    assert tables == []


def test_a_student_at_a_higher_tier_who_was_not_seen_is_noticed(desk: Desk) -> None:
    of = student(desk)
    decide(desk, of, 2, "2026-10-01", "2026-11-01")
    with desk.records.transaction() as tx:
        tx.execute(
            "INSERT INTO caseload (id, student_id, person_id, started_on, start_reason, started_at,"
            " zone) VALUES ('k', ?, ?, '2026-10-01', 'x', ?, ?)",
            (of, tx.who, tx.now.at, tx.now.zone),
        )
        tx.journal("PutOnCaseload", "student", of)
    assert signs(desk) == {"Kim1 Ode": ["no_session:1", "stays_longer:1"]}
    session(desk, of, "2026-11-18")
    assert signs(desk) == {"Kim1 Ode": ["stays_longer:1"]}


def test_rules_are_read_back_as_they_were_changed() -> None:
    changed = changed_rule(SHIPPED, Rule(Sign.CONCERNS, 3, 30))
    assert rules_of(rules_text(changed)) == changed
    assert rules_of("") == SHIPPED
    assert rules_of('[["of_another_age", 1, 1, true]]') == SHIPPED
    for rule in (
        Rule(Sign.CONCERNS, 0, 30),
        Rule(Sign.CONCERNS, 1, 0),
        Rule(Sign.CONCERNS, 1, 999),
    ):
        with pytest.raises(Refused, match="rule-between"):
            changed_rule(SHIPPED, rule)
