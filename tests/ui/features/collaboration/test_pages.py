"""The pages of the collaboration room on a real vault."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from context import FakeContext
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from app.features.collaboration.model.concerns import Decision, Raiser
from app.features.collaboration.model.contacts import Result
from app.features.collaboration.model.team import MayKnow
from app.features.collaboration.repo.lists import ConcernsView
from app.kernel.ids import new_id
from collaboration_desk import FORM, SELF_HARM, CollaborationDesk
from ui.features.collaboration import ROOM
from ui.features.collaboration.presenter.around import AroundPage
from ui.features.collaboration.presenter.concerns import ConcernPage, ConcernsPage
from ui.features.collaboration.presenter.consultations import ConsultationPage, ConsultationsPage
from ui.features.collaboration.presenter.contacts import ContactsPage
from ui.features.collaboration.presenter.editor import EditorPage
from ui.features.collaboration.view.sheets import FeedbackEntry
from ui.kit.widgets.entry_sheet import EntrySheet, put
from ui.kit.widgets.headings import Chip, Words
from ui.kit.widgets.pupil import PupilSheet


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[CollaborationDesk]:
    made = CollaborationDesk(tmp_path)
    yield made
    made.desk.close()


@pytest.fixture
def context(desk: CollaborationDesk, show: Callable[..., Any]) -> Iterator[FakeContext]:
    made = FakeContext(desk.desk)
    show(made, 1040, 720)
    yield made
    made.end()


def sheet_of(context: FakeContext) -> EntrySheet:
    found = [sheet for sheet in context.findChildren(EntrySheet) if sheet.isVisible()]
    assert len(found) == 1
    return found[0]


def fill(context: FakeContext, **entries: object) -> EntrySheet:
    """Fill the open sheet and carry it out."""
    sheet = sheet_of(context)
    for name, entry in entries.items():
        put(sheet.form.field(name).editor, entry)
    sheet.save_button.click()
    context.settle()
    return sheet


def words(page: QWidget) -> str:
    return " ".join(label.text() for label in page.findChildren(Words) if label.isVisible())


def chips(page: QWidget) -> list[str]:
    return [chip.text() for chip in page.findChildren(Chip) if chip.isVisible()]


def rows(view: Any) -> list[str]:
    entries = view.entries
    return [entry.title for at in range(entries.total()) if (entry := entries.entry(at))]


def test_a_concern_is_raised_for_a_student_found_by_letters(
    desk: CollaborationDesk, context: FakeContext
) -> None:
    page = context.put(ConcernsPage)
    assert isinstance(page, ConcernsPage)
    assert page.view.empty.isVisible()
    page.view.action.click()
    picker = context.findChildren(PupilSheet)[0]
    picker.line.setText("oca")
    picker.line.sought.emit("oca")
    context.settle()
    picker.found.opened.emit(picker.found.entry())
    context.settle()
    sheet = fill(context, raiser_name="Iris Vandermeer", words="", count_absences="six")
    assert sheet.form.field("count_absences").refused
    fill(context, words="Sits alone.", count_absences="6", weeks="4", signs=["withdrawn"])
    (line,) = desk.rooms.concerns.page()
    assert line.concern.raiser_id == "staff-1"
    assert {(one.code, one.count, one.weeks) for one in line.concern.seen()} == {
        ("absences", 6, 4),
        ("withdrawn", 0, 0),
    }
    assert context.went[-1] == ("concern", line.concern.id)
    assert rows(page.view.list) == ["Ocampo, Mateo"]


def test_danger_says_what_must_happen_and_stays_until_it_is_closed_by_name(
    desk: CollaborationDesk, context: FakeContext
) -> None:
    concern = desk.concern(SELF_HARM)
    page = context.put(ConcernPage, concern)
    assert isinstance(page, ConcernPage)
    assert "do not leave the student alone" in words(page)
    page.view.buttons["decide"].click()
    sheet = fill(context, decision=Decision.NO_ACTION, reason="Spoke with her")
    assert "danger" in sheet.form.field("decision").refused
    fill(context, decision=Decision.SERVICE)
    assert "Accepted for a service" in chips(page)
    page.view.buttons["danger"].click()
    sheet = fill(context, done="Stayed until her mother came")
    assert sheet.form.field("told").refused
    fill(context, told="Ms. Park, principal, 9:10")
    assert "do not leave the student alone" not in words(page)
    assert page.view.buttons["danger"].isHidden()
    assert rows(page.view.history) == ["Danger closed", "Accepted for a service"]


def test_suspected_abuse_shows_the_clock_as_an_example_and_keeps_the_report_apart(
    desk: CollaborationDesk, context: FakeContext
) -> None:
    from app.features.collaboration.model.concerns import Seen

    page = context.put(ConcernPage, desk.concern(Seen("abuse", "")))
    said = words(page)
    assert "is not stored here" in said
    assert "California" in said
    assert "21 Nov 2026, 8:00 PM" in said
    lines = ROOM.today(context) if ROOM.today else []
    assert [(line.rank, line.late, line.done) for line in lines] == [(0, True, None)]


def test_feedback_shows_what_may_be_said_and_looks_for_names(
    desk: CollaborationDesk, context: FakeContext
) -> None:
    concern = desk.concern()
    page = context.put(ConcernPage, concern)
    assert isinstance(page, ConcernPage)
    page.view.buttons["feedback"].click()
    context.settle()
    (sheet,) = (one for one in context.findChildren(FeedbackEntry) if one.isVisible())
    assert "Nothing that was said in a session" in sheet.text.text()
    sheet.words.set_text("Mateo is doing better.")
    sheet.save_button.click()
    context.settle()
    assert "Mateo" in sheet.form.field("text").refused
    fill(context, text="I have it, thank you.")
    assert QGuiApplication.clipboard().text() == "I have it, thank you."
    assert desk.desk.privacy.count() == 1
    assert rows(page.view.history) == ["Told the raiser"]
    QGuiApplication.clipboard().clear()


def test_what_a_peer_hears_cannot_be_changed(desk: CollaborationDesk, context: FakeContext) -> None:
    page = context.put(ConcernPage, desk.concern(raiser=Raiser.PEER, raiser_name=""))
    assert isinstance(page, ConcernPage)
    page.view.buttons["feedback"].click()
    context.settle()
    (sheet,) = (one for one in context.findChildren(FeedbackEntry) if one.isVisible())
    assert sheet.words.isReadOnly()
    fill(context)
    assert desk.desk.privacy.count() == 1
    QGuiApplication.clipboard().clear()


def test_a_district_types_its_list_of_signs(desk: CollaborationDesk, context: FakeContext) -> None:
    page = context.put(ConcernsPage)
    assert isinstance(page, ConcernsPage)
    page.view.links["signs"].click()
    context.settle()
    sheet = fill(context, title="District 7", days="Days away", abuse="")
    assert "danger" in sheet.trouble.text()
    fill(context, abuse="Signs of abuse")
    found = desk.rooms.concerns.signs()
    assert (found.version, found.title) == (1, "District 7")
    assert found.signs[0].label == "Days away"


def test_decided_concerns_stand_in_their_part(
    desk: CollaborationDesk, context: FakeContext
) -> None:
    desk.decide(desk.concern(), Decision.SCREENING)
    page = context.put(ConcernsPage)
    assert isinstance(page, ConcernsPage)
    assert rows(page.view.list) == []
    page.view.parts.set_value(ConcernsView.DECIDED)
    page.reload()
    context.settle()
    assert rows(page.view.list) == ["Ocampo, Mateo"]


def test_contacts_are_logged_counted_and_closed(
    desk: CollaborationDesk, context: FakeContext
) -> None:
    page = context.put(ContactsPage, f"log:{desk.pupil}")
    assert isinstance(page, ContactsPage)
    sheet = sheet_of(context)
    assert {"555-0100", "speaks es", "needs an interpreter"} <= set(
        sheet.form.field("whom").findChildren(Words)[-1].text().split(" · ")
    )
    sheet = fill(context, about="Attendance")
    assert sheet.form.field("result").refused
    fill(context, result=Result.NO_ANSWER, next_on="2026-11-23")
    (line,) = desk.rooms.contacts.waiting()
    assert line.row.with_name == "Rosa Ocampo"
    page.view.list.opened.emit(page.view.list.entry())
    context.settle()
    assert sheet_of(context).form.field("about").isHidden()
    fill(context, result=Result.REACHED, said="She will come on Monday")
    assert desk.rooms.contacts.waiting() == []
    (matter,) = desk.rooms.contacts.matters(desk.pupil)
    assert (matter.attempts, matter.reached) == (2, True)


def test_a_guardian_who_is_not_to_be_contacted_is_said_at_once_and_needs_a_reason(
    desk: CollaborationDesk, context: FakeContext
) -> None:
    context.put(ContactsPage, f"log:{desk.pupil}")
    fill(context, whom=f"guardian:{desk.father}", result=Result.LEFT_MESSAGE, about="Trip")
    sheet = sheet_of(context)
    assert "court order" in sheet.form.field("despite").refused
    fill(context, despite="He called here first")
    assert desk.rooms.contacts.count() == 1


def test_a_row_is_corrected_by_another(desk: CollaborationDesk, context: FakeContext) -> None:
    desk.contact(Result.REACHED)
    page = context.put(ContactsPage)
    assert isinstance(page, ContactsPage)
    page.view.parts.set_value("all")
    page.reload()
    context.settle()
    page.view.list.opened.emit(page.view.list.entry())
    context.settle()
    fill(context, result=Result.LEFT_MESSAGE, why="It was the voicemail")
    lines = desk.rooms.contacts.page()
    assert sorted((line.row.result.value, line.corrected) for line in lines) == [
        ("left_message", False),
        ("reached", True),
    ]


def test_a_consultation_is_kept_as_one_types_and_signed(
    desk: CollaborationDesk, context: FakeContext
) -> None:
    subject = f"student:{desk.pupil}"
    page = context.put(EditorPage, subject)
    assert isinstance(page, EditorPage)
    put(page.view.form.field("question").editor, "How can he stay in class?")
    page.flush()
    context.settle()
    assert len(desk.rooms.consultations.drafts()) == 1
    typed = page.view.values()
    back = context.put(EditorPage, page._subject)
    assert isinstance(back, EditorPage)
    back.restore(page.state())  # as after a lock
    context.settle()
    assert back.view.values() == typed
    page.sign()
    context.settle()
    assert page.view.form.field("with_name").refused
    for name in ("with_name", "minutes", "antecedent", "behavior", "consequence", "advised"):
        put(page.view.form.field(name).editor, FORM[name])
    put(page.view.form.field("purpose").editor, "escape")
    put(page.view.form.field("step_doer_0").editor, "Iris Vandermeer")
    put(page.view.form.field("step_text_0").editor, "Pair reading")
    put(page.view.form.field("step_due_0").editor, "2026-12-04")
    page.sign()
    context.settle()
    (line,) = desk.rooms.consultations.page()
    assert (line.consultation.purpose.value, line.open_steps) == ("escape", 1)
    assert context.went[-1] == ("consultation", line.consultation.id)
    assert desk.rooms.consultations.drafts() == []


def test_a_draft_is_discarded_and_brought_back(
    desk: CollaborationDesk, context: FakeContext
) -> None:
    page = context.put(EditorPage, new_id())
    assert isinstance(page, EditorPage)
    put(page.view.form.field("about").editor, "Grade 7 reading")
    page.flush()
    context.settle()
    page.discard()
    context.settle()
    assert desk.rooms.consultations.drafts() == []
    context.notices.undo_newest()
    context.settle()
    (line,) = desk.rooms.consultations.drafts()
    assert line.draft.form.about == "Grade 7 reading"


def test_steps_are_looked_at_and_the_next_meeting_shows_them(
    desk: CollaborationDesk, context: FakeContext
) -> None:
    made = desk.consultation()
    page = context.put(ConsultationPage, made)
    assert isinstance(page, ConsultationPage)
    page.view.history.opened.emit(page.view.history.entries.entry(0))
    context.settle()
    fill(context, fidelity="partly")
    assert desk.rooms.consultations.sheet(made).steps[0].fidelity.value == "partly"
    page.view.buttons["add"].click()
    fill(context, text="She called back.")
    assert rows(page.view.history) == ["Pair reading, daily", "Addendum"]
    page.view.buttons["next"].click()
    assert context.went[-1] == ("consultation-draft", f"follows:{made}")
    editor = context.put(EditorPage, f"follows:{made}")
    assert "Pair reading, daily" in words(editor)


def test_drafts_and_signed_ones_stand_in_their_parts(
    desk: CollaborationDesk, context: FakeContext
) -> None:
    desk.consultation()
    page = context.put(ConsultationsPage)
    assert isinstance(page, ConsultationsPage)
    assert rows(page.view.list) == ["Ocampo, Mateo"]
    page.view.parts.set_value("drafts")
    page.reload()
    context.settle()
    assert rows(page.view.list) == []
    assert page.view.empty.isVisible()


def test_around_a_student_stand_team_matters_concerns_and_consultations(
    desk: CollaborationDesk, context: FakeContext
) -> None:
    desk.concern()
    desk.consultation()
    for _attempt in range(3):
        matters = desk.rooms.contacts.matters(desk.pupil)
        desk.contact(matter_id=matters[0].id if matters else "")
    page = context.put(AroundPage, desk.pupil)
    assert isinstance(page, AroundPage)
    assert page.view.empty.isVisible()
    page.view.action.click()
    fill(context, name="Iris Vandermeer", role="Homeroom")
    (member,) = desk.rooms.team.of_student(desk.pupil)
    assert member.ref_id == "staff-1"
    assert MayKnow.STRATEGIES in member.may_know
    found = {}
    for part in ("team", "matters", "contacts", "concerns", "consultations"):
        page.view.parts.set_value(part)
        page._list()
        found[part] = page.view.list.entries.total()
    assert found == {"team": 1, "matters": 1, "contacts": 3, "concerns": 1, "consultations": 1}
    page.view.parts.set_value("team")
    page._list()
    page.view.list.opened.emit(page.view.list.entries.entry(0))
    context.settle()
    fill(context, role="Case manager")
    assert desk.rooms.team.of_student(desk.pupil)[0].role == "Case manager"


def test_today_has_concerns_contacts_and_steps_and_a_step_is_done_with_one_key(
    desk: CollaborationDesk, context: FakeContext
) -> None:
    desk.concern()
    desk.contact(next_on="2026-12-04")
    desk.consultation()
    desk.set("2026-12-05T08:00")
    assert ROOM.today is not None
    lines = {line.id.partition(":")[0]: line for line in ROOM.today(context)}
    assert set(lines) == {"concern", "contact", "step"}
    assert lines["contact"].late
    done, undo = lines["step"].done, lines["step"].undo
    assert done is not None
    assert undo is not None
    done()
    assert "step" not in {line.id.partition(":")[0] for line in ROOM.today(context)}
    undo()
    assert "step" in {line.id.partition(":")[0] for line in ROOM.today(context)}
