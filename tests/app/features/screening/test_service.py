from pathlib import Path

import pytest
from sqlcipher3 import dbapi2

from app.bootstrap import Desk, open_vault
from app.features.caseload.commands import AddStudent, MarkLeft, RemoveStudent
from app.features.caseload.model import Profile
from app.features.screening.commands import (
    AddRiskStep,
    CloseRisk,
    CloseRound,
    CorrectScreening,
    DiscardScreeningDraft,
    ImportScreenings,
    LoadInstrument,
    LoadWording,
    MoveScreening,
    OpenRound,
    RecordScreening,
    ReopenRisk,
    SaveScreeningDraft,
    SayConsent,
    TellOfRisk,
    WithdrawScreening,
)
from app.features.screening.model.records import (
    UNJUDGED,
    Consent,
    Said,
    ScreeningForm,
    Source,
)
from app.features.screening.repo import Narrowing
from app.kernel.clock import FixedClock
from app.kernel.errors import Refused
from app.kernel.ids import StudentId, new_id
from app.kernel.noticing import Rule, Sign
from app.kernel.nouns import Role
from app.kernel.shipped import shipped
from app.overviews.evidence import evidence_of
from app.overviews.screening_words import spoken_level, spoken_problem
from shared_desk import seated, someone
from vaults import PASSPHRASE, new_desk

FHIR = Path(__file__).parents[3] / "data/fhir"


def student(desk: Desk, number: str = "20417", grade: str = "08") -> StudentId:
    school = desk.caseload.schools()[0].id
    profile = Profile(
        f"Mateo{number}", "Ocampo", grade=grade, school_id=school, student_number=number,
        birth_date="2012-11-21",
    )  # fmt: skip
    return StudentId(desk.caseload.add_student(AddStudent(profile, anyway=True)).made)


def phq(of: StudentId, *answers: int, **changes: object) -> ScreeningForm:
    facts = {
        "student_id": of,
        "instrument": "phq-9",
        "informant": "self",
        "taken_on": "2026-11-20",
        "answers": tuple((str(at), value) for at, value in enumerate(answers, 1)),
        **changes,
    }
    return ScreeningForm(**facts)  # type: ignore[arg-type]


def recorded(desk: Desk, form: ScreeningForm) -> str:
    return desk.screening.record(RecordScreening(new_id(), form)).made


def test_a_screening_is_scored_and_stands(desk: Desk) -> None:
    of = student(desk)
    made = recorded(desk, phq(of, 1, 1, 1, 1, 1, 1, 1, 1, 0))
    (line,) = desk.screening.of_student(of)
    assert line.screening.answers == ()
    kept = desk.screening.sheet(made).screening
    assert len(kept.answers) == 9
    assert (kept.id, kept.score_of("total"), kept.level, kept.risk) == (made, 8, 1, "")
    # The day before the fourteenth birthday.
    assert (kept.age, kept.grade) == (13, "08")
    assert desk.verify().whole
    for statement in ("UPDATE screening SET level = 0", "DELETE FROM screening"):
        with (
            pytest.raises(dbapi2.IntegrityError, match="frozen"),
            desk.records.transaction() as tx,
        ):
            tx.execute(statement)


def test_the_same_screening_twice_is_refused(desk: Desk) -> None:
    form = phq(student(desk), *[0] * 9)
    command = RecordScreening(new_id(), form)
    desk.screening.record(command)
    with pytest.raises(Refused, match="screening-recorded-already"):
        desk.screening.record(command)
    assert desk.screening.count() == 1


def test_a_risk_answer_stays_until_a_person_closes_it(tmp_path: Path, clock: FixedClock) -> None:
    desk = new_desk(tmp_path, clock=clock)
    of = student(desk)
    recorded(desk, phq(of, 0, 0, 0, 0, 0, 0, 0, 0, 1))
    (line,) = desk.screening.open_risks()
    assert line.risk.code == "item-9"
    assert line.risk.steps
    screening = desk.screening
    screening.add_step(AddRiskStep(line.risk.id, "Spoke with the student"))
    screening.tell(TellOfRisk(line.risk.id, "Rosa Ocampo, mother", "2026-11-20T09:15"))
    for command in (
        CloseRisk(line.risk.id, "", "the principal"),
        CloseRisk(line.risk.id, "Safety plan made", ""),
    ):
        with pytest.raises(Refused, match="risk-needs"):
            screening.close(command)
    with pytest.raises(Refused, match="risk-told-in-future"):
        screening.close(CloseRisk(line.risk.id, "done", "mother", "2026-11-20T23:00"))
    # It survives a lock, and a desk that was never closed properly.
    desk.close()
    again = open_vault(tmp_path / "test", PASSPHRASE, desk.seat.device, clock=clock)
    try:
        (line,) = again.screening.open_risks()
        assert [entry.kind for entry in line.entries] == ["step", "told"]
        again.screening.close(CloseRisk(line.risk.id, "Safety plan made", "the principal"))
        assert again.screening.open_risks() == []
        with pytest.raises(Refused, match="risk-closed-already"):
            again.screening.close(CloseRisk(line.risk.id, "again", "again"))
        again.screening.reopen(ReopenRisk(line.risk.id, "New facts"))
        (line,) = again.screening.open_risks(of)
        assert [entry.kind for entry in line.entries][-2:] == ["closed", "reopened"]
        assert again.verify().whole
        for statement in ("UPDATE risk SET urgency = 'follow_up'", "DELETE FROM risk"):
            with (
                pytest.raises(dbapi2.IntegrityError, match="frozen"),
                again.records.transaction() as tx,
            ):
                tx.execute(statement)
    finally:
        again.close()


def test_a_refusal_to_answer_asks_for_a_person(desk: Desk) -> None:
    of = student(desk)
    recorded(desk, phq(of, refused=True, instrument="asq"))
    recorded(desk, phq(of, refused=True, instrument="gad-7"))
    (line,) = desk.screening.open_risks()
    assert (line.risk.code, line.title) == ("refused", "ASQ")


def test_an_acute_positive_comes_first_with_the_protocols_steps(desk: Desk) -> None:
    of = student(desk)
    recorded(desk, phq(of, 0, 0, 0, 0, 0, 0, 0, 0, 3))
    recorded(desk, phq(of, 0, 0, 1, 0, 1, instrument="asq"))
    lines = desk.screening.open_risks()
    assert [line.risk.urgency for line in lines] == ["now", "today"]
    assert any("988" in step for step in lines[0].risk.steps)


def test_a_correction_stands_beside_what_it_corrects_and_closes_no_risk(desk: Desk) -> None:
    of = student(desk)
    wrong = recorded(desk, phq(of, 0, 0, 0, 0, 0, 0, 0, 0, 2))
    right = phq(of, *[0] * 9)
    with pytest.raises(Refused, match="screening-correction-needs-reason"):
        desk.screening.correct(CorrectScreening(new_id(), wrong, right, " "))
    made = desk.screening.correct(
        CorrectScreening(new_id(), wrong, right, "Read the wrong column")
    ).made
    assert [line.screening.id for line in desk.screening.of_student(of)] == [made]
    sheet = desk.screening.sheet(wrong)
    assert sheet.replaced_by is not None
    assert sheet.replaced_by.id == made
    assert len(desk.screening.open_risks()) == 1
    with pytest.raises(Refused, match="screening-corrected-already"):
        desk.screening.correct(CorrectScreening(new_id(), wrong, right, "again"))
    desk.screening.correct(
        CorrectScreening(new_id(), made, phq(of, 0, 0, 0, 0, 0, 0, 0, 0, 1), "It was one")
    )
    assert len(desk.screening.open_risks()) == 1
    assert desk.verify().whole


def counted(desk: Desk, of: StudentId) -> tuple[int, ...]:
    """Return how often a student is in lists, in what is noticed, in evidence, and open risks."""
    rules = [Rule(Sign.SCREENING, 1, 0), Rule(Sign.OPEN_RISK, 1, 0)]
    with desk.records.read() as reader:
        known = evidence_of(reader, of, desk.seat, desk.clock.now())
    return (
        len(desk.screening.of_student(of)),
        sum(len(one.met) for one in desk.noticing.look(rules) if one.student_id == of),
        len(known),
        len(desk.screening.open_risks(of)),
    )


def test_what_was_recorded_in_error_stays_and_counts_in_nothing(desk: Desk, tmp_path: Path) -> None:
    of = student(desk)
    made = recorded(desk, phq(of, *[2] * 8, 1))
    assert counted(desk, of) == (1, 2, 1, 1)
    with pytest.raises(Refused, match="screening-mistake-needs-why"):
        desk.screening.withdraw(WithdrawScreening(made, " ", nobody=True))
    with pytest.raises(Refused, match="screening-mistake-asks-for-a-person"):
        desk.screening.withdraw(WithdrawScreening(made, "Typed in to try it out"))
    assert counted(desk, of) == (1, 2, 1, 1), "an answer goes from sight with a word of a person"
    desk.screening.withdraw(WithdrawScreening(made, "Typed in to try it out", nobody=True))
    assert counted(desk, of) == (0, 0, 0, 0)
    assert desk.screening.cohort("phq-9").total == 0
    sheet = desk.screening.sheet(made)
    assert (sheet.screening.level, sheet.screening.risk) == (3, "today")
    assert sheet.mistake is not None
    assert (sheet.mistake.why, sheet.marked_by) == ("Typed in to try it out", "Ana Núñez")
    (line,) = desk.screening.screenings(Narrowing(mistaken=True))
    assert line.screening.id == made
    (risk,) = desk.screening.risks()
    assert risk.mistake is not None
    for again in (
        lambda: desk.screening.withdraw(WithdrawScreening(made, "Again", nobody=True)),
        lambda: desk.screening.correct(
            CorrectScreening(new_id(), made, phq(of, *[0] * 9), "Again")
        ),
        lambda: desk.screening_papers.result(made),
    ):
        with pytest.raises(Refused, match="screening-in-error"):
            again()
    for what in (CloseRisk(risk.risk.id, "Done", "Her mother"), ReopenRisk(risk.risk.id, "New")):
        with pytest.raises(Refused, match="risk-in-error"):
            getattr(desk.screening, type(what).__name__.removesuffix("Risk").lower())(what)
    desk.screening.tell(TellOfRisk(risk.risk.id, "Rosa Ocampo, mother", "", "It was no answer"))
    csv = "student_number,date,1,2,3,4,5,6,7,8,9\n20417,2026-11-20,0,0,0,0,0,0,0,0,0\n"
    taken = desk.screening.import_file(ImportScreenings("phq-9", "self", csv.encode()))
    assert taken.taken == 1, "the day is free again for what was really answered"
    assert desk.verify().whole
    for statement in (
        "UPDATE screening_mistake SET why = ''",
        "DELETE FROM screening_mistake",
        "INSERT OR REPLACE INTO screening_mistake SELECT * FROM screening_mistake",
    ):
        with (
            pytest.raises(dbapi2.IntegrityError, match="frozen"),
            desk.records.transaction() as tx,
        ):
            tx.execute(statement)


def test_a_screening_of_another_child_goes_there_with_its_risk(desk: Desk) -> None:
    wrong, right = student(desk, "1"), student(desk, "2", grade="07")
    first = recorded(desk, phq(wrong, *[2] * 8, 1))
    (risk,) = desk.screening.open_risks()
    desk.screening.tell(TellOfRisk(risk.risk.id, "Rosa Ocampo, mother"))
    typed = phq(wrong, *[2] * 8, 2, comment="Read aloud", taken_on="2026-11-19")
    made = desk.screening.correct(CorrectScreening(new_id(), first, typed, "It was a two")).made
    for student_id, why, code in (
        (wrong, "Mine", "screening-same-student"),
        (right, "", "screening-mistake-needs-why"),
        (StudentId("nobody"), "Gone", "screening-needs-student"),
    ):
        with pytest.raises(Refused, match=code):
            desk.screening.move(MoveScreening(new_id(), made, student_id, why))
    moved = desk.screening.move(MoveScreening(new_id(), made, right, "The next on the list")).made
    assert counted(desk, wrong) == (0, 0, 0, 0)
    assert counted(desk, right) == (1, 2, 1, 1)
    there = desk.screening.sheet(moved)
    kept = there.screening
    assert kept.answers == desk.screening.sheet(made).screening.answers
    assert (kept.taken_on, kept.comment, kept.grade) == ("2026-11-19", "Read aloud", "07")
    assert (there.replaces, there.first_recorded is None) == (None, False), "the other is not named"
    here = desk.screening.sheet(made)
    assert (here.is_anothers, here.replaced_by) == (True, None)
    assert here.mistake is not None
    before = desk.screening.sheet(first)
    assert before.mistake is not None, "nor is what it corrected theirs"
    assert (before.is_anothers, before.replaced_by) == (True, None), "nor shown as theirs"
    (open_now,) = desk.screening.open_risks()
    assert (open_now.risk.student_id, open_now.risk.screening_id) == (right, moved)
    assert open_now.first_recorded is not None
    assert open_now.entries == (), "nobody has looked after this child yet"
    ended = desk.screening.risk(risk.risk.id)
    assert [entry.kind for entry in ended.entries] == ["told", "mistake"]
    assert not ended.is_open
    with pytest.raises(Refused, match="screening-corrected-already"):
        desk.screening.move(MoveScreening(new_id(), made, wrong, "Back"))
    back = desk.screening.move(MoveScreening(new_id(), moved, wrong, "It was theirs after all"))
    assert counted(desk, right) == (0, 0, 0, 0)
    assert counted(desk, wrong) == (1, 2, 1, 1)
    desk.screening.withdraw(WithdrawScreening(back.made, "By mistake", nobody=True))
    desk.screening.move(MoveScreening(new_id(), back.made, wrong, "It stands"))
    assert counted(desk, wrong) == (1, 2, 1, 1)
    assert desk.verify().whole


def test_what_a_slip_had_asked_for_goes_along_until_someone_closes_it(desk: Desk) -> None:
    wrong, right = student(desk, "1"), student(desk, "2")
    first = recorded(desk, phq(wrong, *[0] * 8, 2))
    made = desk.screening.correct(
        CorrectScreening(new_id(), first, phq(wrong, *[0] * 9), "Read the wrong column")
    ).made
    moved = desk.screening.move(MoveScreening(new_id(), made, right, "The next on the list")).made
    (line,) = desk.screening.open_risks()
    assert (line.risk.student_id, line.risk.screening_id) == (right, moved)


def test_what_a_corrected_one_had_asked_for_is_told_where_it_is_marked_as_an_error(
    desk: Desk,
) -> None:
    of = student(desk)
    first = recorded(desk, phq(of, *[0] * 8, 2))
    made = desk.screening.correct(
        CorrectScreening(new_id(), first, phq(of, *[1] * 8, 2), "Read the wrong column")
    ).made
    with pytest.raises(Refused, match="screening-mistake-asks-for-a-person"):
        desk.screening.withdraw(WithdrawScreening(made, "Typed in to try it out"))
    assert [line.is_open for line in desk.screening.sheet(made).risks] == [True]
    desk.screening.withdraw(WithdrawScreening(made, "Typed in to try it out", nobody=True))
    assert [line.mistake is None for line in desk.screening.sheet(made).risks] == [False]
    again = desk.screening.move(MoveScreening(new_id(), made, of, "It stands")).made
    assert [line.is_open for line in desk.screening.sheet(again).risks] == [True]


def test_an_answer_asks_for_a_person_also_when_another_that_asked_was_an_error(desk: Desk) -> None:
    of = student(desk)
    error = recorded(desk, phq(of, *[0] * 8, 2, taken_on="2026-10-10"))
    slip = recorded(desk, phq(of, *[0] * 9))
    stands = desk.screening.correct(
        CorrectScreening(new_id(), slip, phq(of, *[0] * 8, 1), "The last was ticked")
    ).made
    desk.screening.withdraw(WithdrawScreening(error, "Nobody was here that day", nobody=True))
    (line,) = desk.screening.open_risks()
    assert line.risk.screening_id == stands


def test_a_draft_is_kept_and_goes_when_it_is_recorded(desk: Desk) -> None:
    of = student(desk)
    draft = new_id()
    form = phq(of, 1, 2)
    desk.screening.save_draft(SaveScreeningDraft(draft, form))
    assert desk.screening.start(draft).form == form
    (line,) = desk.screening.drafts()
    assert (line.id, line.form) == (draft, form)
    desk.screening.record(RecordScreening(draft, phq(of, *[1] * 9)))
    assert desk.screening.drafts() == []
    with pytest.raises(Refused, match="screening-recorded-already"):
        desk.screening.save_draft(SaveScreeningDraft(draft, form))
    other = new_id()
    desk.screening.save_draft(SaveScreeningDraft(other, form))
    desk.screening.discard_draft(DiscardScreeningDraft(other))
    assert desk.screening.drafts() == []


def test_change_since_the_last_time(desk: Desk) -> None:
    of = student(desk)
    recorded(desk, phq(of, *[2] * 8, 0, taken_on="2026-09-10"))
    recorded(desk, phq(of, *[1] * 8, 0, taken_on="2026-10-10"))
    newest = recorded(desk, phq(of, *[0] * 9))
    recorded(desk, phq(of, *[0] * 7, instrument="gad-7"))
    lines = {line.screening.id: line for line in desk.screening.of_student(of)}
    assert lines[newest].before == {"total": 8}
    sheet = desk.screening.sheet(newest)
    assert [one.score_of("total") for one in sheet.history] == [16, 8, 0]
    with pytest.raises(Refused, match="screening-in-future"):
        recorded(desk, phq(of, *[0] * 9, taken_on="2026-11-21"))


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"student_id": None}, "screening-needs-student"),
        ({"informant": ""}, "screening-needs-informant"),
        ({"informant": "parent"}, "screening-not-for-informant"),
        ({"taken_on": "tomorrow"}, "day-not-understood"),
        ({"answers": ()}, "screening-needs-answers"),
        ({"answers": (("1", 9),)}, "answer-not-offered"),
        ({"instrument": "nothing"}, "instrument-unknown"),
        ({"instrument": "sdq"}, "screening-from-outside"),
        ({"source": "outside"}, "screening-from-outside"),
        ({"round_id": "gone"}, "round-closed"),
    ],
)
def test_what_cannot_be_scored_is_refused(
    desk: Desk, changes: dict[str, object], code: str
) -> None:
    form = phq(student(desk), *[0] * 9, **changes)
    if form.instrument == "sdq":
        form = phq(form.student_id or StudentId(""), instrument="sdq", given=(("total", 12),))
    with pytest.raises(Refused, match=code):
        recorded(desk, form)
    assert desk.screening.count() == 0


def test_a_score_from_outside_is_recorded(desk: Desk) -> None:
    of = student(desk)
    form = phq(
        of, instrument="sdq", informant="teacher", source=Source.OUTSIDE,
        given=(("total", 17), ("prosocial", 6)),
    )  # fmt: skip
    recorded(desk, form)
    (line,) = desk.screening.of_student(of)
    assert line.screening.score_of("total") == 17
    assert line.screening.score_of("impact") is None


def test_a_districts_instrument_goes_before_the_shipped_one(desk: Desk) -> None:
    of = student(desk)
    first = recorded(desk, phq(of, *[1] * 9))
    own = shipped("instruments", "phq-9.json").read_text("utf-8").replace('"PHQ-9"', '"PHQ (own)"')
    desk.screening.load_instrument(LoadInstrument(own.encode()))
    assert desk.screening.instruments()["phq-9"].title == "PHQ (own)"
    with pytest.raises(Refused, match="instrument-loaded"):
        desk.screening.load_instrument(LoadInstrument(own.encode()))
    recorded(desk, phq(of, *[1] * 9))
    assert desk.screening.sheet(first).screening.title == "PHQ-9"
    with pytest.raises(Refused, match="instrument-malformed"):
        desk.screening.load_instrument(LoadInstrument(b"{}"))


def test_the_wording_of_a_form_is_kept_beside_the_short_labels(desk: Desk) -> None:
    data = (FHIR / "Questionnaire-phq-9-questionnaire.json").read_bytes()
    desk.screening.load_wording(LoadWording("phq-9", data))
    words = desk.screening.wording("phq-9")
    assert words is not None
    assert dict(words.items)["1"] == "Little interest or pleasure in doing things"
    assert "9" not in dict(words.items)
    with pytest.raises(Refused, match="questionnaire-of-another"):
        desk.screening.load_wording(LoadWording("gad-7", data))
    assert desk.verify().whole


def test_consent_decides_who_is_screened_in_a_round(desk: Desk) -> None:
    agreed, silent, against = (student(desk, number) for number in ("1", "2", "3"))
    student(desk, "4", grade="05")
    for consent, may in ((Consent.ACTIVE, 1), (Consent.PASSIVE, 2)):
        made = desk.screening.open_round(
            OpenRound(
                "Fall", "phq-9", "self", "2026-11-01", "2026-11-30", grades=("08",),
                consent=consent,
            )
        ).made  # fmt: skip
        desk.screening.say_consent(SayConsent(made, agreed, Said.GIVEN, "Rosa Ocampo"))
        desk.screening.say_consent(SayConsent(made, against, Said.GIVEN, "Rosa Ocampo"))
        desk.screening.say_consent(SayConsent(made, against, Said.WITHDRAWN, "Rosa Ocampo"))
        coverage = desk.screening.coverage(made)
        assert (coverage.eligible, coverage.may, coverage.against) == (3, may, 1)
        recorded(desk, phq(agreed, *[0] * 9, round_id=made))
        with pytest.raises(Refused, match="screening-no-consent"):
            recorded(desk, phq(against, *[0] * 9, round_id=made))
        if consent is Consent.ACTIVE:
            with pytest.raises(Refused, match="screening-no-consent"):
                recorded(desk, phq(silent, *[0] * 9, round_id=made))
        coverage = desk.screening.coverage(made)
        assert (coverage.screened, len(coverage.left)) == (1, may - 1)
        desk.screening.close_round(CloseRound(made))
        with pytest.raises(Refused, match="round-closed"):
            recorded(desk, phq(agreed, *[0] * 9, round_id=made, taken_on="2026-11-19"))
    assert desk.verify().whole


CSV = (
    "Student number,Date,q1,q2,q3,q4,q5,q6,q7,q8,q9\n"
    "1,2026-11-18,0,0,0,0,0,0,0,0,0\n"
    "2,11/18/2026,1,Several days,1,1,1,1,1,1,1\n"
    "77,2026-11-18,0,0,0,0,0,0,0,0,0\n"
    "3,2026-11-18,0,0,0,9,0,0,0,0,0\n"
    "\n"
    "3,2027-11-18,0,0,0,0,0,0,0,0,0\n"
    "1,2026-11-18,0,0,0,0,0,0,0,0,1\n"
    ",2026-11-18,0\n"
    "3,2026-11-18,,,,,,,,,\n"
)


def test_a_class_from_a_file(desk: Desk) -> None:
    for number in ("1", "2", "3"):
        student(desk, number)
    told = desk.screening.import_file(ImportScreenings("phq-9", "self", CSV.encode()))
    assert (told.taken, told.risks) == (2, 1)
    assert [(problem.line, problem.reason) for problem in told.problems] == [
        (8, "screened-already"),
        (4, "number-unknown"),
        (5, "not-an-answer"),
        (7, "screening-in-future"),
        (9, "no-number"),
        (10, "no-answers"),
    ]
    # A row that stays out with an answer that asks for a person is named first, and says so.
    assert [problem.line for problem in told.problems if problem.asks] == [8]
    assert "asks for a person" in spoken_problem(told.problems[0], "")
    assert told.without == ("10",)
    assert desk.screening.count(Narrowing(instrument="phq-9")) == 2
    again = desk.screening.import_file(ImportScreenings("phq-9", "self", CSV.encode()))
    assert again.taken == 0
    assert desk.verify().whole


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "import-no-number-column"),
        (b"name,q1\nx,1\n", "import-no-number-column"),
        (b"student_number,colour\n1,2\n", "import-no-item-column"),
        (b"student_number,q1,1\n1,2,3\n", "import-column-twice"),
        (b"PK\x03\x04\0\0", "file-not-text"),
    ],
)
def test_a_file_that_is_none_is_refused_whole(desk: Desk, data: bytes, code: str) -> None:
    with pytest.raises(Refused, match=code):
        desk.screening.import_file(ImportScreenings("phq-9", "self", data))


def test_a_cohort_by_level(desk: Desk) -> None:
    for number in range(12):
        recorded(desk, phq(student(desk, str(number)), *[0 if number < 10 else 2] * 8, 0))
    cohort = desk.screening.cohort("phq-9")
    # Of the two one alone could be reckoned from the whole; both are at least 5 together.
    assert cohort.total == 12
    assert cohort.levels == {"-1": 0, "0": None, "1": 0, "2": 0, "3": None, "4": 0}


def test_a_row_that_contradicts_itself_is_not_read_as_negative(desk: Desk) -> None:
    student(desk, "1")
    for instrument, header, row in (
        ("asq", "1,2,3,4,5", "0,0,0,0,1"),
        ("c-ssrs", "1,2,4,6", "0,0,1,0"),
        ("c-ssrs", "1,2,6,7", "0,0,0,1"),
    ):
        data = f"student_number,date,{header}\n1,2026-11-18,{row}\n".encode()
        told = desk.screening.import_file(ImportScreenings(instrument, "self", data))
        assert told.taken == 0
        assert [(one.reason, one.asks) for one in told.problems] == [("answer-not-asked", True)]
    plain = b"student_number,date,1,2,3,4,5\n1,2026-11-18,0,0,0,0,0\n"
    assert desk.screening.import_file(ImportScreenings("asq", "self", plain)).taken == 1


def test_what_nothing_judges_is_not_in_the_usual_range(desk: Desk) -> None:
    of = student(desk)
    youth = ScreeningForm(
        of, "psc-17", "self", "", "2026-11-20", answers=tuple((str(at), 2) for at in range(1, 18))
    )
    outside = ScreeningForm(
        of, "sdq", "parent", "", "2026-11-20", source=Source.OUTSIDE, given=(("total", 35),)
    )
    asq = ScreeningForm(of, "asq", "self", "", "2026-11-20", refused=True)
    for form in (youth, outside, asq, phq(of, 3, 3, 3)):
        kept = desk.screening.sheet(recorded(desk, form)).screening
        assert (kept.level, spoken_level(kept.level)) == (UNJUDGED, "No level")
    assert desk.screening.count(Narrowing(least_level=1)) == 0
    assert desk.screening.cohort("phq-9").levels["0"] == 0


def test_a_form_left_with_a_risk_answer_is_kept_in_sight(desk: Desk) -> None:
    of, draft = student(desk), new_id()
    desk.screening.save_draft(SaveScreeningDraft(draft, phq(of, *[0] * 8, 1)))
    desk.screening.save_draft(SaveScreeningDraft(new_id(), phq(of, *[3] * 8, 0)))
    (found,) = desk.screening.risky_drafts()
    assert (found.draft.id, found.rule.code) == (draft, "item-9")
    with pytest.raises(Refused, match="screening-draft-asks-for-a-person"):
        desk.screening.discard_draft(DiscardScreeningDraft(draft))
    desk.screening.save_draft(SaveScreeningDraft(draft, phq(of, *[0] * 9)))
    desk.screening.discard_draft(DiscardScreeningDraft(draft))
    assert desk.screening.risky_drafts() == []


def test_a_student_of_whom_a_screening_tells_stays(desk: Desk) -> None:
    of = student(desk)
    recorded(desk, phq(of, *[0] * 8, 2))
    with pytest.raises(Refused, match="student-has-records"):
        desk.caseload.remove_student(RemoveStudent(of))
    desk.caseload.mark_left(MarkLeft(of, "2026-11-20", "Moved"))
    assert [line.risk.code for line in desk.screening.open_risks()] == ["item-9"]


def test_who_looks_after_safety_hears_that_the_nurse_saw_a_risk_and_not_what(desk: Desk) -> None:
    of, nurse = student(desk), someone(desk, Role.NURSE, "Bo Lindqvist")
    others = [someone(desk, role) for role in (Role.SOCIAL_WORKER, Role.ADMINISTRATOR)]
    with seated(desk, nurse):
        made = recorded(desk, phq(of, *[0] * 8, 2))
        (risk,) = desk.screening.open_risks()
        assert desk.screening.risks_elsewhere() == []
    (told,) = desk.screening.risks_elsewhere()
    assert (told.student_id, told.urgency, told.by) == (of, "today", "Bo Lindqvist")
    assert desk.screening.open_risks() == []
    heard = []
    for person in others:
        with seated(desk, person):
            heard.append(len(desk.screening.risks_elsewhere()))
    assert heard == [1, 0]
    for unseen in (
        lambda: desk.screening.risk(risk.risk.id),
        lambda: desk.screening.add_step(AddRiskStep(risk.risk.id, "Mine")),
        lambda: desk.screening.withdraw(WithdrawScreening(made, "Mine", nobody=True)),
        lambda: desk.screening.move(MoveScreening(new_id(), made, of, "Mine")),
        lambda: desk.screening.correct(CorrectScreening(new_id(), made, phq(of, 1), "Mine")),
    ):
        with pytest.raises(Refused, match=r"(risk|screening)-gone"):
            unseen()
    with (
        pytest.raises(dbapi2.DatabaseError, match="prohibited"),
        desk.records.read_for_export() as reader,
    ):
        reader.execute("SELECT * FROM risk_elsewhere")
    recorded(desk, phq(of, *[0] * 8, 1))
    with seated(desk, nurse):
        assert desk.screening.risks_elsewhere() == [], "a counselor's own is not the nurse's"
        desk.screening.close(CloseRisk(risk.risk.id, "Spoke with her", "Ana Núñez"))
    assert desk.screening.risks_elsewhere() == []
    with seated(desk, nurse):
        desk.screening.reopen(ReopenRisk(risk.risk.id, "New facts"))
    assert len(desk.screening.risks_elsewhere()) == 1


def test_who_reads_no_screening_records_none(tmp_path: Path, clock: FixedClock) -> None:
    desk = new_desk(tmp_path, Role.ADMINISTRATOR, clock)
    try:
        of = student(desk, "1")
        with pytest.raises(Refused, match="screening-not-yours"):
            recorded(desk, phq(of, *[0] * 8, 3))
        for unread in (
            lambda: desk.screening.withdraw(WithdrawScreening("one", "Why", nobody=True)),
            lambda: desk.screening.move(MoveScreening(new_id(), "one", of, "Why")),
        ):
            with pytest.raises(Refused, match="screening-not-yours"):
                unread()
        with pytest.raises(Refused, match="screening-not-yours"):
            desk.screening.import_file(ImportScreenings("phq-9", "self", CSV.encode()))
    finally:
        desk.close()
