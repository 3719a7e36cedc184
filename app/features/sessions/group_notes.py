"""The notes that a group's session leaves in its members' charts: signed as any note is."""

from collections.abc import Callable, Mapping, Sequence

from app.features.sessions.model import (
    SHORTEST_LATE_AFTER,
    Addition,
    ChoiceList,
    Draft,
    DraftKind,
    NoteForm,
    Section,
    follow_up_of,
    is_late,
    signed_note,
)
from app.features.sessions.repo import Notes, NotesRepo
from app.features.sessions.signing import freeze
from app.kernel.charting import ChartAmendment, ChartLayout, ChartNote, ChartSection
from app.kernel.clock import Moment
from app.kernel.errors import Refused
from app.kernel.ids import DraftId, PersonId
from app.kernel.ports import Read, Seat, Transaction


class GroupNotes:
    """Signs the notes that another room hands over, in that room's transaction."""

    def __init__(
        self,
        read: Read,
        seat: Callable[[], Seat],
        settings: Callable[[PersonId], Mapping[str, str]],
    ) -> None:
        self._read = read
        self._seat = seat
        self._settings = settings

    def layout(self, template_id: str = "") -> ChartLayout:
        """Return a template's layout; without one, of the template usual at the desk."""
        wanted = template_id or self._settings(self._seat().person)["note_template"]
        with self._read() as reader:
            templates = Notes(reader).templates()
        offered = [template for template in templates if not template.retired or template_id]
        chosen = next((t for t in offered if t.id == wanted), None) or (offered or templates)[0]
        sections = tuple(ChartSection(part.key, part.title) for part in chosen.sections)
        return ChartLayout(chosen.id, chosen.format, sections)

    def sign(self, tx: Transaction, notes: Sequence[ChartNote]) -> str:
        """Sign the notes, all of one session, and return the label of their kind of service."""
        repo = NotesRepo(tx)
        first = notes[0]
        services = repo.labels(ChoiceList.SERVICE, [first.service_id])
        label = services.get(first.service_id)
        labels = (
            repo.labels(ChoiceList.INTERVENTION, first.interventions) if first.interventions else {}
        )
        interventions = tuple(labels[one] for one in first.interventions if one in labels)
        late_after = SHORTEST_LATE_AFTER
        if is_late(first.started, first.minutes, tx.now, SHORTEST_LATE_AFTER):
            late_after = int(self._settings(tx.who)["late_after_hours"])
        signed = []
        for note in notes:
            draft = _draft(note, tx)
            try:
                made = signed_note(
                    draft,
                    tx.now,
                    late_after_hours=late_after,
                    service_label=label,
                    interventions=interventions,
                )
                signed.append((made, follow_up_of(draft, made.id)))
            except Refused as refused:
                refused.facts = {**refused.facts, "student": note.student_id}
                raise
        freeze(tx, repo, signed)
        return label or ""

    def amend(self, tx: Transaction, amendment: ChartAmendment) -> None:
        """Sign a correction of one's own note, under what the note reads today."""
        repo = NotesRepo(tx)
        note = repo.note(self._seat(), amendment.note_id)
        if note is None:
            raise Refused("note-gone")
        if note.person_id != tx.who:
            raise Refused("amendment-not-yours", maker=repo.maker(note.person_id))
        reading = note.sections
        for addition in repo.additions(note.id):
            if addition.kind is DraftKind.AMENDMENT:
                reading = addition.sections
        added = amendment.section
        sealed = repo.add_addition(
            Addition(
                id=amendment.id,
                note_id=note.id,
                kind=DraftKind.AMENDMENT,
                reason=amendment.reason,
                sections=(*reading, Section(added.key, added.title, added.text)),
                person_id=tx.who,
                signed=tx.now,
            )
        )
        tx.journal(
            "AmendNote",
            "session_note",
            note.id,
            after={"addition": amendment.id, "hash": sealed.hex()},
        )


def _draft(note: ChartNote, tx: Transaction) -> Draft:
    wall = note.started.wall()
    form = NoteForm(
        on=wall.date().isoformat(),
        at=wall.strftime("%H:%M"),
        minutes=str(note.minutes),
        service_id=note.service_id,
        place=note.place,
        school_id=note.school_id,
        attendance=note.attendance,
        attendance_reason=note.attendance_reason,
        format=note.format,
        sections=tuple(Section(part.key, part.title, part.text) for part in note.sections),
        interventions=note.interventions,
        next_step=note.next_step,
        next_on=note.next_on,
        late_reason=note.late_reason,
    )
    return Draft(
        DraftId(note.id),
        tx.who,
        note.student_id,
        DraftKind.SESSION,
        None,
        form,
        ready=False,
        made=Moment(tx.now.at, note.started.zone),
    )
