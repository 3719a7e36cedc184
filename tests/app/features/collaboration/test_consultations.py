"""Consultations: nothing typed is lost, signing freezes, steps come back."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.features.collaboration.commands import (
    AddToConsultation,
    FinishStep,
    ReopenStep,
    SaveConsultation,
    SignConsultation,
    StartConsultation,
)
from app.features.collaboration.model.consultations import ConsultationForm, Fidelity, StepForm
from app.features.collaboration.service import CollaborationService, Neighbours, no_referral
from app.features.collaboration.service.consultations import CATEGORY
from app.kernel.entries import Entry
from app.kernel.errors import Refused
from app.kernel.ports import Transaction
from collaboration_desk import FORM, CollaborationDesk
from nurse_desk import refusal

TEXT = st.text(st.characters(codec="utf-8"), max_size=40)


@given(TEXT, TEXT, st.lists(st.builds(StepForm, TEXT, TEXT, TEXT), max_size=4).map(tuple))
def test_a_draft_comes_back_as_it_was_typed(
    question: str, advised: str, steps: tuple[StepForm, ...]
) -> None:
    form = ConsultationForm(question=question, advised=advised, steps=steps)
    assert ConsultationForm.of_text(form.text()) == form


def test_a_draft_is_kept_until_it_is_signed_and_signed_once(desk: CollaborationDesk) -> None:
    rooms = desk.rooms.consultations
    opened = rooms.start(StartConsultation(desk.pupil))
    draft = replace(opened.draft, form=replace(opened.draft.form, **FORM))  # type: ignore[arg-type]
    rooms.save(SaveConsultation(draft))
    assert rooms.open_draft(draft.id).draft.form == draft.form
    assert [line.draft.id for line in rooms.drafts()] == [draft.id]
    rooms.sign(SignConsultation(draft))
    rooms.sign(SignConsultation(draft))
    assert (rooms.drafts(), rooms.count()) == ([], 1)
    with pytest.raises(Refused, match="already-signed"):
        rooms.save(SaveConsultation(draft))
    with pytest.raises(Refused, match="draft-gone"):
        rooms.open_draft(draft.id)


def test_signing_tells_the_providers_time_once_in_its_own_transaction(
    desk: CollaborationDesk,
) -> None:
    told: list[Entry] = []

    def hear(_tx: Transaction, entry: Entry) -> None:
        told.append(entry)

    records = desk.desk.records
    rooms = CollaborationService(
        records.transaction,
        records.working,
        records.read,
        seat=lambda: records.seat,
        clock=desk.clock,
        neighbours=Neighbours(hear, no_referral, lambda *_: "", lambda *_: (), desk.desk.mentions),
    ).consultations
    opened = rooms.start(StartConsultation(desk.pupil))
    draft = replace(opened.draft, form=replace(opened.draft.form, **FORM))  # type: ignore[arg-type]
    rooms.sign(SignConsultation(draft))
    rooms.sign(SignConsultation(draft))
    assert [(one.id, one.minutes, one.category, one.students) for one in told] == [
        (draft.id, 25, CATEGORY, ())
    ]


def test_its_minutes_stand_in_the_use_of_time_as_consultation(desk: CollaborationDesk) -> None:
    made = desk.consultation()
    with desk.desk.records.read() as reader:
        rows = reader.execute(
            "SELECT id, kind, minutes, category, bundle FROM time_entry"
        ).fetchall()
    assert rows == [(made, "activity", 25, "consultation", "indirect")]


def test_a_consultation_can_be_about_a_class_without_a_student(desk: CollaborationDesk) -> None:
    rooms = desk.rooms.consultations
    opened = rooms.start(StartConsultation())
    form = replace(opened.draft.form, **FORM)  # type: ignore[arg-type]
    with pytest.raises(Refused) as error:
        rooms.sign(SignConsultation(replace(opened.draft, form=form)))
    assert refusal(error.value) == ("consultation-needs-about", "about")
    rooms.sign(SignConsultation(replace(opened.draft, form=replace(form, about="Grade 7 reading"))))
    assert [(line.pupil, line.consultation.about) for line in rooms.page()] == [
        (None, "Grade 7 reading")
    ]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"with_name": ""}, ("consultation-needs-whom", "with_name")),
        ({"minutes": "0"}, ("note-needs-minutes", "minutes")),
        ({"minutes": "1441"}, ("note-needs-minutes", "minutes")),
        ({"question": " "}, ("consultation-needs-question", "question")),
        ({"on": "2026-11-21"}, ("consultation-ahead", "at")),
        ({"on": ""}, ("note-needs-day", "on")),
        ({"at": "half past"}, ("note-needs-time", "at")),
        ({"steps": (StepForm("", "Call", "2026-12-01"),)}, ("step-needs-doer", "step_doer_0")),
        ({"steps": (StepForm("Iris", "", "2026-12-01"),)}, ("step-needs-text", "step_text_0")),
        ({"steps": (StepForm(), StepForm("I", "Call", ""))}, ("step-needs-day", "step_due_1")),
        ({"steps": (StepForm("I", "Call", "2026-11-19"),)}, ("step-before", "step_due_0")),
    ],
)
def test_a_consultation_is_refused_at_its_field(
    desk: CollaborationDesk, changes: dict[str, object], expected: tuple[str, str]
) -> None:
    with pytest.raises(Refused) as error:
        desk.consultation(**changes)
    assert refusal(error.value) == expected
    assert desk.rooms.consultations.count() == 0


def test_agreed_steps_come_back_until_they_are_looked_at(desk: CollaborationDesk) -> None:
    made = desk.consultation()
    (step,) = desk.rooms.consultations.sheet(made).steps
    assert desk.rooms.today().steps == []
    desk.set("2026-12-04T08:00")
    assert [line.step.id for line in desk.rooms.today().steps] == [step.id]
    with pytest.raises(Refused, match="step-needs-fidelity"):
        desk.rooms.consultations.finish_step(FinishStep(step.id, Fidelity.UNKNOWN))
    desk.rooms.consultations.finish_step(FinishStep(step.id, Fidelity.PARTLY))
    assert desk.rooms.today().steps == []
    assert desk.rooms.consultations.sheet(made).steps[0].fidelity is Fidelity.PARTLY
    desk.rooms.consultations.reopen_step(ReopenStep(step.id))
    assert [line.step.id for line in desk.rooms.today().steps] == [step.id]


def test_the_next_meeting_looks_back_on_what_was_agreed(desk: CollaborationDesk) -> None:
    made = desk.consultation()
    opened = desk.rooms.consultations.start(StartConsultation(follows=made))
    assert opened.before is not None
    assert [step.text for step in opened.steps_before] == ["Pair reading, daily"]
    assert opened.draft.form.with_name == "Iris Vandermeer"
    draft = replace(
        opened.draft,
        form=replace(opened.draft.form, minutes="15", fidelity="as_agreed", outcome="Stays in."),
    )
    later = desk.rooms.consultations.sign(SignConsultation(draft)).made
    assert desk.rooms.consultations.sheet(made).followed_by == later


def test_a_consultation_begins_from_a_concern_with_its_raiser_and_words(
    desk: CollaborationDesk,
) -> None:
    concern = desk.concern()
    opened = desk.rooms.consultations.start(StartConsultation(concern_id=concern))
    form = opened.draft.form
    assert (opened.draft.student_id, form.with_kind, form.with_name) == (
        desk.pupil,
        "teacher",
        "Iris Vandermeer",
    )
    assert form.question == "Sits alone and has stopped handing in work."


def test_what_is_added_is_signed_beside_it(desk: CollaborationDesk) -> None:
    made = desk.consultation()
    desk.rooms.consultations.add(AddToConsultation(made, "She called back."))
    sheet = desk.rooms.consultations.sheet(made)
    assert [one.text for one in sheet.additions] == ["She called back."]
