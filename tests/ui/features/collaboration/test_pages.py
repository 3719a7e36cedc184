"""The pages of the collaboration room on a real vault."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from context import FakeContext
from PySide6.QtGui import QGuiApplication
from reading import chips, rows, words

from app.bootstrap import Desk
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
from ui.kit.widgets.entry_sheet import put
from ui.kit.widgets.headings import Words
from ui.kit.widgets.pupil import PupilSheet


@pytest.fixture
def room(tmp_path: Path) -> Iterator[CollaborationDesk]:
    made = CollaborationDesk(tmp_path)
    yield made
    made.desk.close()


@pytest.fixture
def desk(room: CollaborationDesk) -> Desk:
    return room.desk


def test_a_concern_is_raised_for_a_student_found_by_letters(
    room: CollaborationDesk, context: FakeContext
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
    sheet = context.fill(raiser_name="Iris Vandermeer", words="", count_absences="six")
    assert sheet.form.field("count_absences").refused
    context.fill(words="Sits alone.", count_absences="6", weeks="4", signs=["withdrawn"])
    (line,) = room.rooms.concerns.page()
    assert line.concern.raiser_id == "staff-1"
    assert {(one.code, one.count, one.weeks) for one in line.concern.seen()} == {
        ("absences", 6, 4),
        ("withdrawn", 0, 0),
    }
    assert context.went[-1] == ("concern", line.concern.id)
    assert rows(page.view.list) == ["Ocampo, Mateo"]


def test_danger_says_what_must_happen_and_stays_until_it_is_closed_by_name(
    room: CollaborationDesk, context: FakeContext
) -> None:
    concern = room.concern(SELF_HARM)
    page = context.put(ConcernPage, concern)
    assert isinstance(page, ConcernPage)
    assert "do not leave the student alone" in words(page)
    page.view.buttons["decide"].click()
    sheet = context.fill(decision=Decision.NO_ACTION, reason="Spoke with her")
    assert "danger" in sheet.form.field("decision").refused
    context.fill(decision=Decision.SERVICE)
    assert "Accepted for a service" in chips(page)
    page.view.buttons["danger"].click()
    sheet = context.fill(done="Stayed until her mother came")
    assert sheet.form.field("told").refused
    context.fill(told="Ms. Park, principal, 9:10")
    assert "do not leave the student alone" not in words(page)
    assert page.view.buttons["danger"].isHidden()
    assert rows(page.view.history) == ["Danger closed", "Accepted for a service"]


def test_suspected_abuse_shows_the_clock_as_an_example_and_keeps_the_report_apart(
    room: CollaborationDesk, context: FakeContext
) -> None:
    from app.features.collaboration.model.concerns import Seen

    page = context.put(ConcernPage, room.concern(Seen("abuse", "")))
    said = words(page)
    assert "is not stored here" in said
    assert "California" in said
    assert "21 Nov 2026, 8:00 PM" in said
    lines = ROOM.today(context) if ROOM.today else []
    assert [(line.rank, line.late, line.done) for line in lines] == [(0, True, None)]


def test_feedback_shows_what_may_be_said_and_looks_for_names(
    room: CollaborationDesk, context: FakeContext
) -> None:
    concern = room.concern()
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
    context.fill(text="I have it, thank you.")
    assert QGuiApplication.clipboard().text() == "I have it, thank you."
    assert room.desk.privacy.count() == 1
    assert rows(page.view.history) == ["Told the raiser"]
    QGuiApplication.clipboard().clear()


def test_what_a_peer_hears_cannot_be_changed(room: CollaborationDesk, context: FakeContext) -> None:
    page = context.put(ConcernPage, room.concern(raiser=Raiser.PEER, raiser_name=""))
    assert isinstance(page, ConcernPage)
    page.view.buttons["feedback"].click()
    context.settle()
    (sheet,) = (one for one in context.findChildren(FeedbackEntry) if one.isVisible())
    assert sheet.words.isReadOnly()
    context.fill()
    assert room.desk.privacy.count() == 1
    QGuiApplication.clipboard().clear()


def test_a_district_types_its_list_of_signs(room: CollaborationDesk, context: FakeContext) -> None:
    page = context.put(ConcernsPage)
    assert isinstance(page, ConcernsPage)
    page.view.links["signs"].click()
    context.settle()
    sheet = context.fill(title="District 7", days="Days away", abuse="")
    assert "danger" in sheet.trouble.text()
    context.fill(abuse="Signs of abuse")
    found = room.rooms.concerns.signs()
    assert (found.version, found.title) == (1, "District 7")
    assert found.signs[0].label == "Days away"


def test_decided_concerns_stand_in_their_part(
    room: CollaborationDesk, context: FakeContext
) -> None:
    room.decide(room.concern(), Decision.SCREENING)
    page = context.put(ConcernsPage)
    assert isinstance(page, ConcernsPage)
    assert rows(page.view.list) == []
    page.view.parts.set_value(ConcernsView.DECIDED)
    page.reload()
    context.settle()
    assert rows(page.view.list) == ["Ocampo, Mateo"]


def test_contacts_are_logged_counted_and_closed(
    room: CollaborationDesk, context: FakeContext
) -> None:
    page = context.put(ContactsPage, f"log:{room.pupil}")
    assert isinstance(page, ContactsPage)
    sheet = context.sheet()
    assert {"555-0100", "speaks es", "needs an interpreter"} <= set(
        sheet.form.field("whom").findChildren(Words)[-1].text().split(" · ")
    )
    sheet = context.fill(about="Attendance")
    assert sheet.form.field("result").refused
    context.fill(result=Result.NO_ANSWER, next_on="2026-11-23")
    (line,) = room.rooms.contacts.waiting()
    assert line.row.with_name == "Rosa Ocampo"
    page.view.list.opened.emit(page.view.list.entry())
    context.settle()
    assert context.sheet().form.field("about").isHidden()
    context.fill(result=Result.REACHED, said="She will come on Monday")
    assert room.rooms.contacts.waiting() == []
    (matter,) = room.rooms.contacts.matters(room.pupil)
    assert (matter.attempts, matter.reached) == (2, True)


def test_a_guardian_who_is_not_to_be_contacted_is_said_at_once_and_needs_a_reason(
    room: CollaborationDesk, context: FakeContext
) -> None:
    context.put(ContactsPage, f"log:{room.pupil}")
    context.fill(whom=f"guardian:{room.father}", result=Result.LEFT_MESSAGE, about="Trip")
    sheet = context.sheet()
    assert "court order" in sheet.form.field("despite").refused
    context.fill(despite="He called here first")
    assert room.rooms.contacts.count() == 1


def test_a_row_is_corrected_by_another(room: CollaborationDesk, context: FakeContext) -> None:
    room.contact(Result.REACHED)
    page = context.put(ContactsPage)
    assert isinstance(page, ContactsPage)
    page.view.parts.set_value("all")
    page.reload()
    context.settle()
    page.view.list.opened.emit(page.view.list.entry())
    context.settle()
    context.fill(result=Result.LEFT_MESSAGE, why="It was the voicemail")
    lines = room.rooms.contacts.page()
    assert sorted((line.row.result.value, line.corrected) for line in lines) == [
        ("left_message", False),
        ("reached", True),
    ]


def test_a_consultation_is_kept_as_one_types_and_signed(
    room: CollaborationDesk, context: FakeContext
) -> None:
    subject = f"student:{room.pupil}"
    page = context.put(EditorPage, subject)
    assert isinstance(page, EditorPage)
    put(page.view.form.field("question").editor, "How can he stay in class?")
    page.flush()
    context.settle()
    assert len(room.rooms.consultations.drafts()) == 1
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
    (line,) = room.rooms.consultations.page()
    assert (line.consultation.purpose.value, line.open_steps) == ("escape", 1)
    assert context.went[-1] == ("consultation", line.consultation.id)
    assert room.rooms.consultations.drafts() == []


def test_a_draft_is_discarded_and_brought_back(
    room: CollaborationDesk, context: FakeContext
) -> None:
    page = context.put(EditorPage, new_id())
    assert isinstance(page, EditorPage)
    put(page.view.form.field("about").editor, "Grade 7 reading")
    page.flush()
    context.settle()
    page.discard()
    context.settle()
    assert room.rooms.consultations.drafts() == []
    context.notices.undo_newest()
    context.settle()
    (line,) = room.rooms.consultations.drafts()
    assert line.draft.form.about == "Grade 7 reading"


def test_steps_are_looked_at_and_the_next_meeting_shows_them(
    room: CollaborationDesk, context: FakeContext
) -> None:
    made = room.consultation()
    page = context.put(ConsultationPage, made)
    assert isinstance(page, ConsultationPage)
    page.view.history.opened.emit(page.view.history.entries.entry(0))
    context.settle()
    context.fill(fidelity="partly")
    assert room.rooms.consultations.sheet(made).steps[0].fidelity.value == "partly"
    page.view.buttons["add"].click()
    context.fill(text="She called back.")
    assert rows(page.view.history) == ["Pair reading, daily", "Addendum"]
    page.view.buttons["next"].click()
    assert context.went[-1] == ("consultation-draft", f"follows:{made}")
    editor = context.put(EditorPage, f"follows:{made}")
    assert "Pair reading, daily" in words(editor)


def test_drafts_and_signed_ones_stand_in_their_parts(
    room: CollaborationDesk, context: FakeContext
) -> None:
    room.consultation()
    page = context.put(ConsultationsPage)
    assert isinstance(page, ConsultationsPage)
    assert rows(page.view.list) == ["Ocampo, Mateo"]
    page.view.parts.set_value("drafts")
    page.reload()
    context.settle()
    assert rows(page.view.list) == []
    assert page.view.empty.isVisible()


def test_around_a_student_stand_team_matters_concerns_and_consultations(
    room: CollaborationDesk, context: FakeContext
) -> None:
    room.concern()
    room.consultation()
    for _attempt in range(3):
        matters = room.rooms.contacts.matters(room.pupil)
        room.contact(matter_id=matters[0].id if matters else "")
    page = context.put(AroundPage, room.pupil)
    assert isinstance(page, AroundPage)
    assert page.view.empty.isVisible()
    page.view.action.click()
    context.fill(name="Iris Vandermeer", role="Homeroom")
    (member,) = room.rooms.team.of_student(room.pupil)
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
    sheet = context.sheet()
    assert "Vandermeer" in sheet.text.text()
    assert "Vandermeer" not in sheet.windowTitle()
    context.fill(role="Case manager")
    assert room.rooms.team.of_student(room.pupil)[0].role == "Case manager"


def test_today_has_concerns_contacts_and_steps_and_a_step_is_done_with_one_key(
    room: CollaborationDesk, context: FakeContext
) -> None:
    room.concern()
    room.contact(next_on="2026-12-04")
    room.consultation()
    room.set("2026-12-05T08:00")
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
