"""Consultations from the first word to what came of the advice."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace

from app.features.collaboration.commands import (
    AddToConsultation,
    DiscardConsultation,
    FinishStep,
    ReopenStep,
    SaveConsultation,
    SignConsultation,
    StartConsultation,
)
from app.features.collaboration.model.concerns import Raiser
from app.features.collaboration.model.consultations import (
    Consultation,
    ConsultationAddition,
    ConsultationDraft,
    ConsultationForm,
    Fidelity,
    Step,
    accepted_consultation,
)
from app.features.collaboration.model.texts import needed_words
from app.features.collaboration.repo.lists import (
    PAGE,
    ConsultationDraftLine,
    ConsultationLine,
    Pupil,
)
from app.features.collaboration.service.room import DoneBefore, Room
from app.kernel.changes import NOTHING, Changed, Kind
from app.kernel.entries import Entry, EntryKind
from app.kernel.errors import Refused
from app.kernel.ids import SchoolId, StudentId, new_id

CATEGORY = "consultation"
"""The code of use of time that a consultation counts as."""


@dataclass(frozen=True, slots=True)
class ConsultationSheet:
    """A signed consultation with what was added and agreed, and what it looks back on."""

    consultation: Consultation
    pupil: Pupil | None
    additions: tuple[ConsultationAddition, ...]
    steps: tuple[Step, ...]
    names: Mapping[str, str]
    followed_by: str
    """The id of the consultation that looks back on this one, if there is one."""


@dataclass(frozen=True, slots=True)
class OpenConsultation:
    """A draft with what its page shows beside it."""

    draft: ConsultationDraft
    pupil: Pupil | None
    classes: tuple[str, ...]
    known: tuple[str, ...]
    """Names of staff, to be typed ahead."""
    before: Consultation | None
    """What this one looks back on."""
    steps_before: tuple[Step, ...]


class ConsultationsService:
    """Consultations with teachers, families and others."""

    def __init__(self, room: Room) -> None:
        self._room = room

    def start(self, command: StartConsultation) -> OpenConsultation:
        """Return a draft as it begins; the vault keeps it from the first save on."""
        now = self._room.clock.now()
        wall = now.wall()
        form = ConsultationForm(on=wall.strftime("%Y-%m-%d"), at=wall.strftime("%H:%M"))
        student = command.student_id
        with self._room.reading() as book:
            if command.concern_id:
                concern = book.seen_concern(self._room.seat, command.concern_id)
                if concern is None:
                    raise Refused("concern-gone")
                student = concern.student_id
                kind = (
                    concern.raiser.value
                    if concern.raiser in {Raiser.TEACHER, Raiser.GUARDIAN, Raiser.STAFF}
                    else form.with_kind
                )
                form = replace(
                    form,
                    concern_id=concern.id,
                    with_kind=kind,
                    with_id=concern.raiser_id,
                    with_name=concern.raiser_name,
                    question=concern.words,
                )
            if command.follows:
                before = book.seen_consultation(self._room.seat, command.follows)
                if before is None:
                    raise Refused("consultation-gone")
                student = before.student_id
                form = replace(
                    form,
                    follows=before.id,
                    about=before.about,
                    with_kind=before.with_kind,
                    with_id=before.with_id,
                    with_name=before.with_name,
                    question=before.question,
                    concern_id=before.concern_id,
                )
        return self._opened(ConsultationDraft(new_id(), student, form, now))

    def open_draft(self, draft_id: str) -> OpenConsultation:
        """Return a kept draft with what its page shows; refuse one that is gone."""
        with self._room.reading() as book:
            draft = book.consultation_draft(self._room.seat.person, draft_id)
        if draft is None:
            raise Refused("draft-gone")
        return self._opened(draft)

    def _opened(self, draft: ConsultationDraft) -> OpenConsultation:
        with self._room.reading() as book:
            before = (
                book.seen_consultation(self._room.seat, draft.form.follows)
                if draft.form.follows
                else None
            )
            return OpenConsultation(
                draft,
                book.pupil(draft.student_id) if draft.student_id else None,
                tuple(book.classes()),
                tuple(one.name for one in book.staff(draft.student_id or "")),
                before,
                tuple(book.steps_of(before.id)) if before else (),
            )

    def save(self, command: SaveConsultation) -> Changed:
        """Keep a draft as it stands; refuse one that was signed meanwhile."""
        draft = replace(command.draft, form=command.draft.form.storable())
        with self._room.working() as keeper:
            if not keeper.save_draft(draft):
                raise Refused("already-signed")
        return NOTHING if command.draft.saved_at else Changed.only(Kind.DRAFT)

    def discard(self, command: DiscardConsultation) -> Changed:
        """Throw a draft away."""
        with self._room.working() as keeper:
            keeper.drop_draft(command.draft_id)
        return Changed.only(Kind.DRAFT)

    def sign(self, command: SignConsultation) -> Changed:
        """Freeze a consultation, with its steps and its minutes, in one transaction.

        It has the draft's id, so that signing twice signs once.
        """
        draft = replace(command.draft, form=command.draft.form.storable())
        with suppress(DoneBefore), self._room.writing() as keeper:
            if keeper.get(Consultation, draft.id) is not None:
                raise DoneBefore
            tx = keeper.tx
            made, steps = accepted_consultation(draft, tx.who, tx.now)
            keeper.add(made)
            for step in steps:
                keeper.add(
                    Step(
                        new_id(), made.id, made.student_id, tx.who, step.doer, step.text,
                        step.due_on, tx.now.at, tx.now.zone, "", "", Fidelity.UNKNOWN,
                    )
                )  # fmt: skip
            keeper.drop_draft(draft.id)
            keeper.journal(
                "SignConsultation",
                Consultation,
                made.id,
                {
                    "student": made.student_id or "",
                    "started_at": made.started_at,
                    "minutes": made.minutes,
                    "with": made.with_kind,
                    "steps": len(steps),
                },
            )
            self._room.neighbours.told(tx, entry_of(made))
        return Changed.only(Kind.CONSULTATION, Kind.DRAFT, Kind.FOLLOW_UP, Kind.TIME, made=draft.id)

    def add(self, command: AddToConsultation) -> Changed:
        """Sign new information to a signed consultation."""
        with self._room.writing() as keeper:
            found = keeper.seen_consultation(self._room.seat, command.consultation_id)
            if found is None:
                raise Refused("consultation-gone")
            text = needed_words(command.text, "text", "note-needs-words")
            tx = keeper.tx
            addition = ConsultationAddition(
                new_id(), found.id, text, tx.who, tx.now.at, tx.now.zone
            )
            keeper.add(addition)
            keeper.journal("AddToConsultation", Consultation, found.id)
        return Changed.only(Kind.CONSULTATION, made=addition.id)

    def finish_step(self, command: FinishStep) -> Changed:
        """Say that a step was looked at, and whether it was done as agreed."""
        if command.fidelity is Fidelity.UNKNOWN:
            raise Refused("step-needs-fidelity", "fidelity")
        return self._finish("FinishStep", command.step_id, command.fidelity)

    def reopen_step(self, command: ReopenStep) -> Changed:
        """Take back that a step was looked at."""
        return self._finish("ReopenStep", command.step_id, Fidelity.UNKNOWN)

    def _finish(self, what: str, step_id: str, fidelity: Fidelity) -> Changed:
        with self._room.writing() as keeper:
            step = keeper.get(Step, step_id)
            if step is None or (
                keeper.seen_consultation(self._room.seat, step.consultation_id) is None
            ):
                raise Refused("follow-up-gone")
            now, who = (keeper.tx.now.at, keeper.tx.who) if fidelity else ("", "")
            keeper.finish_step(step_id, now, who, fidelity.value)
            keeper.journal(
                what,
                Step,
                step_id,
                {"done_at": now, "fidelity": fidelity.value},
                {"done_at": step.done_at, "fidelity": step.fidelity.value},
            )
        return Changed.only(Kind.FOLLOW_UP, Kind.CONSULTATION, made=step_id)

    # -- reads -----------------------------------------------------------------------

    def page(
        self, student_id: StudentId | None = None, offset: int = 0, limit: int = PAGE
    ) -> list[ConsultationLine]:
        """Return a page of consultations, the newest first."""
        with self._room.reading() as book:
            return book.consultations(self._room.seat, student_id or "", offset, limit)

    def count(self, student_id: StudentId | None = None) -> int:
        """Return how many consultations there are, of one student or of all."""
        with self._room.reading() as book:
            return book.consultation_count(self._room.seat, student_id or "")

    def drafts(self) -> list[ConsultationDraftLine]:
        """Return one's own drafts, the newest first."""
        with self._room.reading() as book:
            return book.consultation_drafts(self._room.seat.person)

    def sheet(self, consultation_id: str) -> ConsultationSheet:
        """Return a consultation with all that belongs to it; refuse one that is not seen."""
        with self._room.reading() as book:
            found = book.seen_consultation(self._room.seat, consultation_id)
            if found is None:
                raise Refused("consultation-gone")
            additions = book.where(
                ConsultationAddition, "t.consultation_id = ? ORDER BY t.row", (found.id,)
            )
            later = book.where(
                Consultation, "t.follows = ? ORDER BY t.row DESC LIMIT 1", (found.id,)
            )
            return ConsultationSheet(
                found,
                book.pupil(found.student_id) if found.student_id else None,
                tuple(additions),
                tuple(book.steps_of(found.id)),
                book.names([found.person_id, *(one.person_id for one in additions)]),
                later[0].id if later else "",
            )


def entry_of(consultation: Consultation) -> Entry:
    """Return what other rooms are told: the provider's time, no minutes of a service owed."""
    return Entry(
        kind=EntryKind.ACTIVITY,
        id=consultation.id,
        person_id=consultation.person_id,
        started=consultation.started,
        minutes=consultation.minutes,
        place=consultation.place,
        school_id=SchoolId(consultation.school_id) if consultation.school_id else None,
        category=CATEGORY,
    )
