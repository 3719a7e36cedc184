from typing import Any

from context import FakeContext
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app.bootstrap import Desk
from app.features.caseload.commands import AddStudent, DecideTier, PutOnCaseload
from app.features.caseload.model import Profile
from app.features.people.commands import ChangeSetting
from app.features.screening.commands import RecordScreening
from app.features.screening.model.records import ScreeningForm
from app.kernel.ids import StudentId, new_id
from app.kernel.noticing import Sign, rules_of
from app.kernel.nouns import Tier
from ui.features.caseload import said
from ui.features.caseload.presenter.asking import Asking
from ui.features.caseload.presenter.student import StudentPage
from ui.features.caseload.view.sheets import TierSheet
from ui.features.tiers.presenter.noticing import NoticingPage, today_lines
from ui.features.tiers.presenter.tiers import TiersPage
from ui.features.tiers.view.rules import RulesSheet
from ui.kit.dates import shown_date
from ui.kit.widgets.fields import Number
from ui.kit.widgets.headings import Words
from ui.kit.widgets.lists import CardList, Entry


def student(desk: Desk, number: int = 1, school: int = 0) -> StudentId:
    profile = Profile(
        f"Kim{number}",
        "Ode",
        grade=f"0{6 + number % 3}",
        school_id=desk.caseload.schools()[school].id,
    )
    return StudentId(desk.caseload.add_student(AddStudent(profile, anyway=True)).made)


def decide(desk: Desk, of: StudentId, tier: int, day: str, again: str = "") -> None:
    desk.caseload.decide_tier(DecideTier((of,), Tier(tier), day, "Team meeting", again))


def raised(desk: Desk, of: StudentId, *, ninth: int = 0) -> None:
    answers = (*((str(at), 2) for at in range(1, 9)), ("9", ninth))
    form = ScreeningForm(of, "phq-9", "self", "", "2026-11-12", answers=answers)
    desk.screening.record(RecordScreening(new_id(), form))


def entries(of: CardList) -> list[Entry]:
    found = (of.entries.entry(at) for at in range(of.entries.total()))
    return [entry for entry in found if entry is not None]


def cells(table: Any) -> list[str]:
    return [words.text() for words in table.findChildren(Words) if not words.isHidden()]


def tiers_page(context: FakeContext, subject: str = "") -> TiersPage:
    page = context.put(TiersPage, subject)
    assert isinstance(page, TiersPage)
    return page


def test_the_pyramid_says_its_numbers_and_goes_back_to_a_day(
    desk: Desk, context: FakeContext
) -> None:
    first, _second = student(desk, 1), student(desk, 2, 1)
    decide(desk, first, 2, "2026-10-01")
    decide(desk, first, 3, "2026-11-01")
    page = tiers_page(context)
    told = page.view.pyramid.accessibleDescription()
    assert told.startswith("Tier 3, intensive: 1 student, 50 %; Tier 2, targeted: 0 students, 0 %")
    assert "1" in cells(page.view.by_school)
    assert "Grade 7" in cells(page.view.by_grade)
    assert not page.view.waiting.isHidden()
    page.view.day.setText("15 Oct 2026")
    page.view.day.editingFinished.emit()
    context.settle()
    told = page.view.pyramid.accessibleDescription()
    assert "Tier 2, targeted: 1 student, 50 %" in told
    assert page.view.waiting.isHidden()
    page.view.whose.set_value("mine")
    page.view.narrowed.emit()
    context.settle()
    assert not page.view.empty.isHidden()
    assert context.errors == []


def test_who_waits_and_who_stays_too_long_is_a_key_away(desk: Desk, context: FakeContext) -> None:
    waits = student(desk)
    decide(desk, waits, 2, "2026-10-01", "2026-11-01")
    page = tiers_page(context)
    (entry,) = entries(page.view.waiting.list)
    assert (entry.title, entry.chips[0][0]) == ("Kim1 Ode", "Tier 2")
    (late,) = entries(page.view.overdue.list)
    assert "1 Nov 2026" in late.when
    page.view.overdue.list.setFocus()
    page.view.overdue.list.go_to(0)
    QTest.keyClick(page.view.overdue.list, Qt.Key.Key_Return)
    assert context.went[-1] == ("student", waits)


def test_the_movement_of_the_year_in_picture_numbers_and_list(
    desk: Desk, context: FakeContext
) -> None:
    up, _stays = student(desk, 1), student(desk, 2)
    decide(desk, up, 2, "2026-09-10")
    decide(desk, up, 3, "2026-10-10")
    page = tiers_page(context, "moves")
    assert page.view.flow.accessibleDescription().endswith(
        "from Tier 1 to Tier 1: 1; from Tier 1 to Tier 3: 1"
    )
    assert "1 student ended at another tier" in page.view.about.text()
    newest, first = entries(page.view.moves.list)
    assert (newest.chips[0][0], first.chips[0][0]) == ("2 → 3", "1 → 2")
    assert "Team meeting" in newest.text
    assert cells(page.view.nine).count("1") == 2
    page.view.since.set_value(None)
    page.view.since.setText(shown_date(context.today()))
    page.view.since.editingFinished.emit()
    context.settle()
    assert page.view.flow.accessibleDescription().endswith("from Tier 3 to Tier 3: 1")
    assert page.state() == {"part": "moves", "whose": "all"}


def noticing(context: FakeContext) -> NoticingPage:
    page = context.put(NoticingPage)
    assert isinstance(page, NoticingPage)
    return page


def test_the_facts_stand_under_each_name_and_the_next_step_is_one_key(
    desk: Desk, context: FakeContext
) -> None:
    of = student(desk)
    raised(desk, of, ninth=1)
    page = noticing(context)
    (entry,) = entries(page.view.list)
    assert [words for words, _kind in entry.chips] == ["Open risk follow-up", "Screening"]
    assert "1 open risk follow-up" in entry.detail
    assert "PHQ-9 at “High”" in entry.detail
    page.view.list.setFocus()
    for key, went in (
        (Qt.Key.Key_C, ("concerns", f"raise:{of}")),
        (Qt.Key.Key_N, ("note", f"new:{of}")),
    ):
        QTest.keyClick(page.view.list, key)
        assert context.went[-1] == went
    QTest.keyClick(page.view.list, Qt.Key.Key_Return)
    assert context.went[-1] == ("student", of)


def rules_sheet(context: FakeContext, page: NoticingPage) -> RulesSheet:
    page.view.action.click()
    context.settle()
    return page.findChildren(RulesSheet)[-1]


def test_rules_are_sentences_that_are_changed_and_set_back(
    desk: Desk, context: FakeContext
) -> None:
    of = student(desk)
    raised(desk, of)
    page = noticing(context)
    sheet = rules_sheet(context, page)
    told = " ".join(words.text() for words in sheet.findChildren(Words))
    assert "At least 3 missed sessions within 42 days" in told
    assert "makers’ own" in told
    missed = sheet.form.field("missed_sessions:at_least").editor
    assert isinstance(missed, Number)
    missed.setValue(1)
    told = " ".join(words.text() for words in sheet.findChildren(Words))
    assert "At least 1 missed session within 42 days" in told
    for sign in (Sign.SCREENING, Sign.WORSE_SCREENING):
        sheet.form.field(f"{sign}:on").editor.setChecked(False)  # type: ignore[attr-defined]
    sheet.save_button.click()
    context.settle()
    kept = {rule.sign: rule for rule in rules_of(settings(desk)["noticing_rules"])}
    assert (kept[Sign.MISSED_SESSIONS].at_least, kept[Sign.SCREENING].on) == (1, False)
    assert kept[Sign.VISITS].at_least == 4
    assert entries(page.view.list) == []
    assert not page.view.empty.isHidden()
    rules_sheet(context, page).shipped_asked.emit()
    context.settle()
    assert settings(desk)["noticing_rules"] == ""
    assert len(entries(page.view.list)) == 1
    assert context.errors == []


def settings(desk: Desk) -> dict[str, str]:
    return desk.people.settings(desk.seat.person)


def test_today_says_it_once_until_the_list_grows(desk: Desk, context: FakeContext) -> None:
    assert today_lines(context) == []
    raised(desk, student(desk, 1))
    (line,) = today_lines(context)
    assert (line.title, line.page) == ("1 student deserves a look", "noticing")
    noticing(context)
    assert today_lines(context) == []
    raised(desk, student(desk, 2))
    (line,) = today_lines(context)
    assert line.title == "2 students deserve a look"
    desk.people.keep_state({"noticing": "2026-11-01 2"})
    assert len(today_lines(context)) == 1
    desk.people.change_setting(ChangeSetting("noticing_line", "off"))
    assert today_lines(context) == []


def test_what_is_known_stands_on_the_sheet_and_stays_with_the_decision(
    desk: Desk, context: FakeContext
) -> None:
    of = student(desk)
    desk.caseload.put_on_caseload(PutOnCaseload((of,), "2026-09-01", "Referred"))
    raised(desk, of)
    page = context.put(StudentPage, of)
    sheet = Asking(context, page).decide_tier((of,), "Kim1 Ode", Tier(1))
    assert isinstance(sheet, TierSheet)
    context.settle()
    assert "PHQ-9, 12 Nov 2026: High" in sheet.known.text()
    sheet.tiers.set_value(Tier(2))
    sheet.form.field("reason").editor.set_text("Screening")  # type: ignore[attr-defined]
    again = sheet.form.field("look_again_on").editor
    again.setText("1 Nov 2026")  # type: ignore[attr-defined]
    sheet.save_button.click()
    context.settle()
    assert "Choose a day after the decision" in sheet.form.field("look_again_on").refused
    again.setText("15 Jan 2027")  # type: ignore[attr-defined]
    sheet.save_button.click()
    context.settle()
    (decision,) = desk.caseload.tier_decisions(of)
    kept = desk.plans.evidence(decision.id)
    assert kept is not None
    assert kept.look_again_on == "2027-01-15"
    raised(desk, of)
    rows = [row for row in desk.timeline.page(of)[0] if row.what == "tier"]
    assert rows[0].facts["again"] == "2027-01-15"
    assert [fact[0] for fact in rows[0].facts["known"]] == ["screening"]
    detail = said.entry(rows[0], {}).detail
    assert "To be looked at again on 15 Jan 2027" in detail
    assert detail.endswith("PHQ-9, 12 Nov 2026: High")
