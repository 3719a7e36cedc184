"""A counselor's desk with a record in each room of the day, for tests that walk all of them."""

import json
from dataclasses import replace
from pathlib import Path

from app.features.caseload.commands import DecideTier
from app.features.collaboration.commands import AddToConsultation, ChangeWarningSigns
from app.features.collaboration.model.concerns import Danger, Decision, Sign
from app.features.consents.commands import RecordConsent, RevokeConsent, SetConsentRules
from app.features.district.commands import LeaveDistrict, LoadDistrictFile
from app.features.groups.commands import AddMember, MakeGroup
from app.features.plans.commands import (
    AgreePlan,
    DecideOnGoal,
    EnterPoint,
    ReviewPlan,
    SignPlan,
)
from app.features.plans.model.forms import GoalForm, PlanForm, TaskForm
from app.features.plans.model.records import Decision as Decided
from app.features.plans.model.records import Outcome, Way
from app.features.privacy.commands import (
    AnswerRequest,
    LabelPart2,
    RecordDisclosure,
    RecordNothingLeft,
    RecordRequestIn,
)
from app.features.privacy.inspection import Party, Wanted
from app.features.privacy.labels import Labelled
from app.features.privacy.model import Means
from app.features.screening.commands import (
    AddRiskStep,
    LoadInstrument,
    LoadWording,
    OpenRound,
    RecordScreening,
    SayConsent,
    WithdrawScreening,
)
from app.features.screening.model.records import Said, ScreeningForm
from app.features.services.commands import EndMandate, RecordByHand, WriteMandate
from app.features.services.model.deliveries import Outcome as Given
from app.features.services.model.mandates import MandateForm
from app.features.sessions.commands import AddAddendum, StartDraft
from app.features.sessions.model import DraftKind
from app.kernel.ids import NoteId, new_id
from app.kernel.nouns import Role, Tier
from app.kernel.releases import ConsentKind
from app.kernel.shipped import shipped
from app.sync.district_file import Policy
from app.sync.district_keys import DistrictKeys
from collaboration_desk import SELF_HARM, CollaborationDesk
from consents_desk import FORMS, PNG
from district_desk import WORDS, district_file
from grounds import TO_SUBJECT
from groups_desk import a_form, a_session, service_of, sign
from nurse_desk import filled
from outbox_desk import Shelf, Told, a_district, outbox_of
from sessions_desk import a_signed_note, typed
from shared_desk import seated, someone

FHIR = Path(__file__).parent / "data/fhir"
GOAL = "leaving"
SIGNS = tuple(Sign("", f"Seen: {one}", danger=one) for one in Danger)


class EveryRoom(CollaborationDesk):
    """One student in a note, a group's session, a concern, a screening with a risk, a plan."""

    def __init__(self, tmp_path: Path, at: str = "2026-11-20T08:00") -> None:
        super().__init__(tmp_path, at)
        desk, pupil = self.desk, self.pupil
        self.raised = self.concern(SELF_HARM)
        self.consulted = self.consultation()
        self.called = self.contact()
        self.note = a_signed_note(desk, pupil)
        self.group = desk.groups.make_group(MakeGroup(a_form(desk))).made
        desk.groups.add_member(AddMember(self.group, pupil, "2026-09-01"))
        self.session = sign(desk, a_session(desk, self.group))
        answers = tuple((str(item), int(item == 9)) for item in range(1, 10))
        form = ScreeningForm(pupil, "phq-9", "self", "", "2026-11-20", answers=answers)
        self.screened = desk.screening.record(RecordScreening(new_id(), form)).made
        (line,) = desk.screening.open_risks()
        self.risk = line.risk.id
        self.plan = desk.plans.agree(AgreePlan(new_id(), self._plan())).made

    def _plan(self) -> PlanForm:
        return PlanForm(
            self.pupil,
            kind="behavior",
            title="Staying with the class",
            begins_on="2026-09-14",
            review_on="2026-12-11",
            sections=(("needs", "A way to ask for a break"),),
            goals=(
                GoalForm(
                    GOAL, "", "Asks for a break", "Times out of class", "count", "9", "2",
                    "2026-09-14", "2026-12-11",
                ),
            ),
            tasks=(TaskForm("Give out the cards", "Ms. Rowe", "2026-11-24"),),
        )  # fmt: skip

    def fill(self) -> None:
        """Put at least one row into every table whose rows stand, in each of these rooms."""
        desk, pupil = self.desk, self.pupil
        desk.caseload.decide_tier(DecideTier((pupil,), Tier.TARGETED, "2026-11-20", "Not yet"))
        sessions, rooms = desk.sessions, desk.collaboration
        draft = sessions.start_draft(
            StartDraft(DraftKind.ADDENDUM, note_id=NoteId(self.note))
        ).draft
        first, *others = draft.form.sections
        told = typed(draft, sections=(replace(first, text="He came back to it."), *others))
        sessions.add_addendum(AddAddendum(told))
        rooms.concerns.change_signs(ChangeWarningSigns("Ours", SIGNS))
        self.decide(self.raised, Decision.SERVICE)
        rooms.consultations.add(AddToConsultation(self.consulted, "He read aloud today."))
        self._plans()
        self._screening()
        self._services()
        self._consents()
        with seated(desk, someone(desk, Role.NURSE)):
            filled(self)
        self._outbox()
        made = desk.privacy.record_disclosure(
            RecordDisclosure(
                pupil,
                "student-summary",
                "Mother",
                "Asked",
                Means.PRINT,
                "ab" * 32,
                1,
                {"sections": ["profile"]},
                terms=TO_SUBJECT,
            )
        ).made
        desk.privacy.record_nothing_left(RecordNothingLeft(made, "printer-gone"))
        desk.privacy.label(LabelPart2(Labelled.NOTE, self.note))
        asked = desk.requests.record(
            RecordRequestIn(
                pupil, Wanted.INSPECT, Party.PARENT, "His mother", "The notes", "", "2026-11-19"
            )
        ).made
        desk.requests.answer(AnswerRequest(asked, "She comes on Monday.", "2026-11-20"))
        desk.district.load(LoadDistrictFile(district_file(policy=Policy()), WORDS))
        desk.district.leave(LeaveDistrict())

    def _outbox(self) -> None:
        told, keys, shelf = Told(self.desk), DistrictKeys.new(), Shelf()
        told.district = a_district(keys)
        outbox = outbox_of(self.desk, told)
        outbox.prepare()
        place = outbox.destinations()[0].destination.id
        shelf.carry(outbox, place)
        assert outbox.sending.acknowledged(place, 1, shelf.receipt(keys, 1))

    def _plans(self) -> None:
        desk = self.desk
        version = desk.plans.plan(self.plan).versions[0].version.id
        desk.plans.sign(SignPlan(version, "Rosa Ocampo", "mother", Way.PAPER, "2026-11-19"))
        for day, value in (("2026-10-05", "8"), ("2026-10-12", "9")):
            desk.progress.enter(EnterPoint(GOAL, value, day))
        desk.progress.decide(DecideOnGoal(GOAL, Decided.CHANGE, "Not moving", label="Check-in"))
        desk.plans.review(
            ReviewPlan(
                self.plan, "2026-11-20", "", ((GOAL, Outcome.CLOSER, ""),),
                Decided.CONTINUE, "Half is reached",
            )
        )  # fmt: skip

    def _consents(self) -> None:
        consents = self.desk.consents
        form = replace(FORMS[ConsentKind.RELEASE], student_id=self.pupil, signer_id=self.mother)
        made = consents.record(RecordConsent(new_id(), form, PNG)).made
        consents.revoke(RevokeConsent(made, "Rosa Ocampo", "In a letter"))
        consents.set_rules(SetConsentRules((("services", 16, None),)))

    def _screening(self) -> None:
        screening = self.desk.screening
        screening.add_step(AddRiskStep(self.risk, "Spoke with him"))
        answers = tuple((str(item), 0) for item in range(1, 8))
        nobodys = ScreeningForm(self.pupil, "gad-7", "self", "", "2026-11-19", answers=answers)
        made = screening.record(RecordScreening(new_id(), nobodys)).made
        screening.withdraw(WithdrawScreening(made, "Typed in to try it out"))
        around = screening.open_round(
            OpenRound("Fall", "phq-9", "self", "2026-11-01", "2026-11-30", grades=("07",))
        ).made
        screening.say_consent(SayConsent(around, self.pupil, Said.GIVEN, "Rosa Ocampo"))
        data = (FHIR / "Questionnaire-phq-9-questionnaire.json").read_bytes()
        screening.load_wording(LoadWording("phq-9", data))
        own = json.loads(shipped("instruments", "phq-9.json").read_text("utf-8"))
        own.update(title="PHQ (own)")
        screening.load_instrument(LoadInstrument(json.dumps(own).encode()))

    def _services(self) -> None:
        owed = MandateForm(
            self.pupil, service_of(self.desk), amount="60", starts_on="2026-11-02",
            basis_on="2026-10-20",
        )  # fmt: skip
        series = self.desk.services.minutes.write_mandate(WriteMandate(owed)).made
        self.desk.services.minutes.record_by_hand(
            RecordByHand(series, "2026-11-19", Given.DELIVERED, "30", "In the hallway")
        )
        self.desk.services.minutes.end_mandate(EndMandate(series, "2026-11-20", "Moved"))
