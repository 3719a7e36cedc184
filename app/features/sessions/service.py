"""The sessions room's commands and reads."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from app.features.sessions.commands import (
    AddAddendum,
    AddChoice,
    AmendNote,
    ChangeTemplate,
    CopyTemplate,
    DiscardDraft,
    FinishFollowUp,
    KeepForSigning,
    KeepSoleNote,
    MakeSole,
    PostponeFollowUp,
    PurgeSoleNote,
    RenameChoice,
    ReopenFollowUp,
    ReorderChoices,
    RestoreDraft,
    RetireChoice,
    RetireTemplate,
    SaveDraft,
    SaveSoleNote,
    SignNote,
    StartDraft,
    TurnIntoRecord,
    WriteSoleNote,
)
from app.features.sessions.model import (
    SHORTEST_LATE_AFTER,
    Addition,
    Choice,
    ChoiceList,
    Draft,
    DraftKind,
    FindPlanned,
    FollowUp,
    NoteForm,
    Section,
    SessionNote,
    SoleNote,
    Template,
    accepted_day,
    accepted_label,
    accepted_sections,
    entry_of,
    follow_up_of,
    in_format,
    no_plan,
    signed_addition,
    signed_note,
    storable,
    surely_in_time,
    usual_purge,
    usual_start,
)
from app.features.sessions.naming import Names, OthersNamed, others_named
from app.features.sessions.repo import (
    PAGE,
    DraftLine,
    FollowUpLine,
    NoteLine,
    Notes,
    NotesRepo,
    SchoolLine,
    SoleLine,
    StudentLine,
)
from app.features.sessions.signing import freeze
from app.kernel.changes import NOTHING, Changed, Kind
from app.kernel.clock import Clock, zone_of
from app.kernel.entries import Told
from app.kernel.errors import Refused
from app.kernel.ids import DraftId, PersonId, StudentId, new_id
from app.kernel.ports import Begin, Read, Reader, Seat, Transaction


class _AlreadySigned(Exception):
    """This draft was signed before: nothing is left to do, and nothing is done twice."""


@dataclass(frozen=True, slots=True)
class NoteSheet:
    """Everything the page of a signed note shows."""

    note: SessionNote
    additions: tuple[Addition, ...]
    student: StudentLine
    school: str
    makers: Mapping[PersonId, str]
    follow_up: FollowUp | None
    mine: bool
    clock_behind: int = 0
    """By how many seconds the computer's clock stood behind when it was signed."""

    def reading(self) -> tuple[Section, ...]:
        """Return the text as it is to be read today: as last amended, else as signed."""
        for addition in reversed(self.additions):
            if addition.kind is DraftKind.AMENDMENT:
                return addition.sections
        return self.note.sections


@dataclass(frozen=True, slots=True)
class Choices:
    """What a note's form offers; retired entries are there for drafts that chose them before."""

    services: tuple[Choice, ...]
    interventions: tuple[Choice, ...]
    templates: tuple[Template, ...]
    schools: tuple[SchoolLine, ...]


@dataclass(frozen=True, slots=True)
class OpenDraft:
    """A draft with what its page shows beside it."""

    draft: Draft
    student: StudentLine | None
    choices: Choices
    note: NoteSheet | None
    stored: bool


@dataclass(frozen=True, slots=True)
class DeskPapers:
    """What this room has for Today."""

    follow_ups: list[FollowUpLine]
    drafts: list[DraftLine]
    purges: list[SoleLine]


def _nothing_asked(_reader: Reader, _student: StudentId) -> bool:
    """Tell that no request to inspect a record is open."""
    return False


class SessionsService:
    """Session notes from the first word to what is added years later."""

    def __init__(
        self,
        begin: Begin,
        founding: Begin,
        working: Begin,
        read: Read,
        *,
        seat: Callable[[], Seat],
        settings: Callable[[PersonId], Mapping[str, str]],
        forget: Callable[[], None],
        clock: Clock,
        told: Told,
        planned: FindPlanned = no_plan,
        names: Names | None = None,
        outstanding: Callable[[Reader, StudentId], bool] = _nothing_asked,
    ) -> None:
        self._planned = planned
        self._outstanding = outstanding
        self._begin = begin
        self._founding = founding
        self._working = working
        self._read = read
        self._seat = seat
        self._settings = settings
        self._forget = forget
        self._clock = clock
        self._told = told
        self._names = names

    def _who(self) -> PersonId:
        return self._seat().person

    def seed(self) -> Changed:
        """Put what the program ships into a vault that is being founded."""
        with self._founding() as tx:
            NotesRepo(tx).seed()
            tx.journal("SeedLists", "person", tx.who)
        return Changed.only(Kind.TEMPLATE)

    # -- drafts ----------------------------------------------------------------------

    def start_draft(self, command: StartDraft) -> OpenDraft:
        """Return a draft as it begins; the vault keeps it from the first save on.

        An addendum or amendment of a note that has one under way goes on with that one.
        """
        settings = self._settings(self._who())
        with self._read() as reader:
            notes = Notes(reader)
            if command.draft_id:
                kept = notes.draft(self._who(), command.draft_id)
                if kept is not None:
                    return self._opened(notes, kept, stored=True)
            if command.kind is not DraftKind.SESSION:
                return self._started_addition(notes, command)
            if command.planned_id:
                return self._started_planned(reader, command, settings)
            return self._started_session(notes, command, settings)

    def _started_session(
        self, notes: Notes, command: StartDraft, settings: Mapping[str, str]
    ) -> OpenDraft:
        person = self._who()
        choices = self._choices(notes)
        now = self._clock.now()
        minutes = settings["minutes"]
        day, time = usual_start(now, minutes)
        offered = [template for template in choices.templates if not template.retired]
        chosen = next((t for t in offered if t.id == settings["note_template"]), None)
        template = chosen or next(iter(offered or choices.templates), None)
        school = notes.home_school(command.student_id)
        form = NoteForm(
            on=day,
            at=time,
            minutes=minutes,
            service_id=notes.last_service(person)
            or next((c.id for c in choices.services if not c.retired), ""),
            school_id=school or next((s.id for s in choices.schools if s.mine), ""),
            template_id=template.id if template else "",
            format=template.format if template else "free",
            sections=in_format((), template) if template else (),
        )
        draft = Draft(
            command.draft_id or DraftId(new_id()),
            person,
            command.student_id,
            DraftKind.SESSION,
            None,
            form,
            ready=False,
            made=now,
        )
        return self._opened(notes, draft, stored=False, choices=choices)

    def _started_planned(
        self, reader: Reader, command: StartDraft, settings: Mapping[str, str]
    ) -> OpenDraft:
        """Begin the note of an appointment; one that is under way goes on."""
        notes = Notes(reader)
        for line in notes.drafts(self._who()):
            if line.draft.form.planned_id == command.planned_id:
                return self._opened(notes, line.draft, stored=True)
        planned = self._planned(reader, command.planned_id)
        if planned is None:
            return self._started_session(notes, command, settings)
        opened = self._started_session(
            notes, replace(command, student_id=planned.student_id), settings
        )
        # The draft's times are on the clock of the desk, as everything it is compared with.
        wall = planned.started.instant().astimezone(zone_of(self._clock.now().zone))
        form = replace(
            opened.draft.form,
            on=wall.date().isoformat(),
            at=wall.strftime("%H:%M"),
            minutes=str(planned.minutes),
            service_id=planned.service_id or opened.draft.form.service_id,
            place=planned.place.value,
            school_id=planned.school_id or opened.draft.form.school_id,
            planned_id=planned.id,
        )
        return replace(opened, draft=replace(opened.draft, form=form))

    def _started_addition(self, notes: Notes, command: StartDraft) -> OpenDraft:
        person = self._who()
        sheet = self._sheet(notes, command.note_id or "")
        if command.kind is DraftKind.AMENDMENT and not sheet.mine:
            raise Refused("amendment-not-yours", maker=sheet.makers[sheet.note.person_id])
        for line in notes.drafts(person):
            if line.draft.note_id == command.note_id and line.draft.kind is command.kind:
                return self._opened(notes, line.draft, stored=True)
        if command.kind is DraftKind.AMENDMENT:
            sections = tuple(
                replace(section, key=f"as{number}")
                for number, section in enumerate(sheet.reading(), 1)
            )
        else:
            sections = (Section("note", ""),)
        form = NoteForm(format=sheet.note.format, sections=sections)
        draft = Draft(
            command.draft_id or DraftId(new_id()),
            person,
            sheet.note.student_id,
            command.kind,
            sheet.note.id,
            form,
            ready=False,
            made=self._clock.now(),
        )
        return self._opened(notes, draft, stored=False)

    def open_draft(self, draft_id: str) -> OpenDraft:
        """Return a stored draft with what its page shows; refuse one that is gone."""
        with self._read() as reader:
            notes = Notes(reader)
            draft = notes.draft(self._who(), draft_id)
            if draft is None:
                raise Refused("already-signed" if notes.is_signed(draft_id) else "draft-gone")
            return self._opened(notes, draft, stored=True)

    def _opened(
        self, notes: Notes, draft: Draft, *, stored: bool, choices: Choices | None = None
    ) -> OpenDraft:
        return OpenDraft(
            draft=draft,
            student=notes.student(draft.student_id) if draft.student_id else None,
            choices=choices or self._choices(notes),
            note=self._sheet(notes, draft.note_id) if draft.note_id else None,
            stored=stored,
        )

    def save_draft(self, command: SaveDraft) -> Changed:
        """Keep a draft as it stands; refuse one that was signed meanwhile.

        Reports a change only for a draft that is new, so that no list is read again
        with every pause in typing.
        """
        with self._working() as tx:
            self._save(tx, command.draft)
        return NOTHING if command.draft.saved_at else Changed.only(Kind.DRAFT)

    def keep_for_signing(self, command: KeepForSigning) -> Changed:
        """Save a draft and put it with those that wait for a signature."""
        with self._working() as tx:
            self._save(tx, replace(command.draft, ready=command.ready))
        return Changed.only(Kind.DRAFT)

    def restore_draft(self, command: RestoreDraft) -> Changed:
        """Bring back a draft that was discarded."""
        with self._working() as tx:
            self._save(tx, command.draft)
        return Changed.only(Kind.DRAFT)

    @staticmethod
    def _save(tx: Transaction, draft: Draft) -> None:
        if not NotesRepo(tx).save_draft(draft):
            raise Refused("already-signed")

    def discard_draft(self, command: DiscardDraft) -> Changed:
        """Throw a draft away."""
        with self._working() as tx:
            NotesRepo(tx).drop_draft(command.draft_id)
        return Changed.only(Kind.DRAFT)

    # -- signing ---------------------------------------------------------------------

    def sign_note(self, command: SignNote) -> Changed:
        """Freeze a session note as its form stands, in one transaction with all that follows.

        The signed note has the draft's id, so that signing twice signs once. The journal
        keeps the note's hash and facts, and none of its text.
        """
        draft = replace(command.draft, form=command.draft.form.storable())
        hours = self._late_after(draft)
        try:
            with self._begin() as tx:
                self._sign(tx, draft, hours)
                self._keep_names(tx, draft.id, draft, command.named_because)
        except _AlreadySigned:
            return Changed.only(Kind.DRAFT, Kind.NOTE, made=draft.id)
        kinds = {Kind.DRAFT, Kind.NOTE}
        if draft.form.next_step.strip():
            kinds.add(Kind.FOLLOW_UP)
        if draft.form.sole_id:
            kinds.add(Kind.SOLE_NOTE)
            self._forget()
        return Changed(frozenset(kinds), made=draft.id)

    def others_named(self, draft: Draft) -> OthersNamed:
        """Return whom else a draft names, and where."""
        return others_named(self._names, draft)

    def _keep_names(self, tx: Transaction, note_id: str, draft: Draft, because: str) -> None:
        """Let the journal say that others are named knowingly: how often, and why."""
        if because.strip():
            count = self.others_named(draft).count
            facts = {"addition": draft.id} if draft.id != note_id else {}
            tx.journal(
                "NameKnowingly",
                "session_note",
                note_id,
                after={**facts, "places": count, "because": because.strip()},
            )

    def _late_after(self, draft: Draft) -> int:
        """Return after how many hours the signer's notes are late; asked only where it matters."""
        if surely_in_time(draft, self._clock.now()):
            return SHORTEST_LATE_AFTER
        return int(self._settings(self._who())["late_after_hours"])

    def _sign(self, tx: Transaction, draft: Draft, late_after_hours: int) -> None:
        repo = NotesRepo(tx)
        if not repo.drop_draft(draft.id) and repo.is_signed(draft.id):
            raise _AlreadySigned
        form = draft.form
        services = repo.labels(ChoiceList.SERVICE, [form.service_id])
        labels = (
            repo.labels(ChoiceList.INTERVENTION, form.interventions) if form.interventions else {}
        )
        note = signed_note(
            replace(draft, person_id=tx.who),
            tx.now,
            late_after_hours=late_after_hours,
            service_label=services.get(form.service_id),
            interventions=tuple(
                labels[chosen] for chosen in form.interventions if chosen in labels
            ),
        )
        freeze(tx, repo, [(note, follow_up_of(draft, note.id))])
        self._told(tx, entry_of(note, form))
        if form.sole_id and repo.purge_sole(form.sole_id):
            tx.journal("PurgeSoleNote", "sole_note", form.sole_id, after={"became": note.id})

    def add_addendum(self, command: AddAddendum) -> Changed:
        """Sign new information to a signed note, which stays as it is."""
        return self._add("AddAddendum", DraftKind.ADDENDUM, command.draft, command.named_because)

    def amend_note(self, command: AmendNote) -> Changed:
        """Sign a correction of one's own signed note; the original stays viewable."""
        return self._add("AmendNote", DraftKind.AMENDMENT, command.draft, command.named_because)

    def _add(self, what: str, kind: DraftKind, draft: Draft, because: str) -> Changed:
        if draft.kind is not kind:
            raise ValueError(draft.kind)
        draft = replace(draft, form=draft.form.storable())
        self.others_named(draft).refuse_members()
        try:
            with self._begin() as tx:
                repo = NotesRepo(tx)
                if repo.is_signed(draft.id):
                    raise _AlreadySigned
                note = repo.note(self._seat(), draft.note_id or "")
                if note is None:
                    raise Refused("note-gone")
                if kind is DraftKind.AMENDMENT and note.person_id != tx.who:
                    raise Refused("amendment-not-yours", maker=repo.maker(note.person_id))
                addition = signed_addition(replace(draft, person_id=tx.who), tx.now)
                sealed = repo.add_addition(addition)
                repo.drop_draft(draft.id)
                tx.journal(
                    what,
                    "session_note",
                    note.id,
                    after={"addition": draft.id, "hash": sealed.hex()},
                )
                self._keep_names(tx, note.id, draft, because)
        except _AlreadySigned:
            pass
        return Changed.only(Kind.DRAFT, Kind.NOTE, made=draft.id)

    # -- next steps ------------------------------------------------------------------

    def finish_follow_up(self, command: FinishFollowUp) -> Changed:
        """Say that a next step was done."""
        return self._finish("FinishFollowUp", command.follow_up_id, done=True)

    def reopen_follow_up(self, command: ReopenFollowUp) -> Changed:
        """Take back that a next step was done."""
        return self._finish("ReopenFollowUp", command.follow_up_id, done=False)

    def _finish(self, what: str, follow_up_id: str, *, done: bool) -> Changed:
        with self._begin() as tx:
            repo = NotesRepo(tx)
            before = self._follow_up(repo, follow_up_id)
            repo.finish_follow_up(follow_up_id, done=done)
            after = tx.now.at if done else ""
            tx.journal(
                what, "follow_up", follow_up_id, {"done_at": before.done_at}, {"done_at": after}
            )
        return Changed.only(Kind.FOLLOW_UP)

    def postpone_follow_up(self, command: PostponeFollowUp) -> Changed:
        """Give a next step another day."""
        due_on = accepted_day(command.due_on, "next-step-needs-day", "next_on")
        with self._begin() as tx:
            repo = NotesRepo(tx)
            before = self._follow_up(repo, command.follow_up_id)
            repo.postpone_follow_up(command.follow_up_id, due_on)
            tx.journal(
                "PostponeFollowUp",
                "follow_up",
                command.follow_up_id,
                {"due_on": before.due_on},
                {"due_on": due_on},
            )
        return Changed.only(Kind.FOLLOW_UP)

    def _follow_up(self, repo: NotesRepo, follow_up_id: str) -> FollowUp:
        found = repo.follow_up(self._seat(), follow_up_id)
        if found is None:
            raise Refused("follow-up-gone")
        return found

    # -- sole possession -------------------------------------------------------------

    def write_sole_note(self, command: WriteSoleNote) -> Changed:
        """Begin a sole-possession note, or change what it is about; its text is never journalled."""
        about_on = accepted_day(command.about_on, "sole-needs-day", "about_on")
        with self._begin() as tx:
            repo = NotesRepo(tx)
            purge_on = command.purge_on
            if purge_on:
                purge_on = accepted_day(purge_on, "sole-needs-purge-day", "purge_on")
            else:
                purge_on = usual_purge(about_on, repo.school_year_ends(about_on))
            note = SoleNote(
                command.note_id,
                tx.who,
                command.student_id,
                storable(command.text),
                about_on,
                purge_on,
                tx.now,
                tx.now.at,
            )
            self._write_sole(tx, repo, note)
        return Changed.only(Kind.SOLE_NOTE, made=command.note_id)

    @staticmethod
    def _write_sole(tx: Transaction, repo: NotesRepo, note: SoleNote) -> None:
        before = repo.sole(tx.who, note.id)
        if before is None:
            repo.add_sole(note)
            tx.journal("WriteSoleNote", "sole_note", note.id, after={"purge_on": note.purge_on})
        else:
            repo.change_sole(note)
            tx.journal(
                "EditSoleNote",
                "sole_note",
                note.id,
                {"purge_on": before.purge_on},
                {"purge_on": note.purge_on},
            )

    def save_sole_note(self, command: SaveSoleNote) -> Changed:
        """Keep the text of a sole-possession note as one types."""
        with self._working() as tx:
            if not NotesRepo(tx).save_sole(command.note_id, storable(command.text)):
                raise Refused("sole-gone")
        return NOTHING

    def make_sole(self, command: MakeSole) -> Changed:
        """Take a draft into the compartment of its maker: the draft goes, the text moves."""
        draft = command.draft
        if draft.kind is not DraftKind.SESSION:
            raise ValueError(draft.kind)
        note_id = draft.form.sole_id or new_id()
        with self._begin() as tx:
            repo = NotesRepo(tx)
            if repo.is_signed(draft.id):
                raise Refused("already-signed")
            about_on = draft.form.on or tx.now.day().isoformat()
            about_on = accepted_day(about_on, "sole-needs-day", "on")
            text = "\n\n".join(s.text.strip() for s in draft.form.sections if s.text.strip())
            note = SoleNote(
                note_id,
                tx.who,
                draft.student_id,
                storable(text),
                about_on,
                usual_purge(about_on, repo.school_year_ends(about_on)),
                tx.now,
                tx.now.at,
            )
            self._write_sole(tx, repo, note)
            repo.drop_draft(draft.id)
        self._forget()
        return Changed.only(Kind.DRAFT, Kind.SOLE_NOTE, made=note_id)

    def keep_sole_note(self, command: KeepSoleNote) -> Changed:
        """Answer a purge prompt: keep the note until another day."""
        with self._begin() as tx:
            repo = NotesRepo(tx)
            before = self._sole(repo, tx.who, command.note_id)
            purge_on = accepted_day(command.purge_on, "sole-needs-purge-day", "purge_on")
            if purge_on <= tx.now.day().isoformat():
                raise Refused("sole-purge-past", "purge_on")
            repo.keep_sole(command.note_id, purge_on)
            tx.journal(
                "KeepSoleNote",
                "sole_note",
                command.note_id,
                {"purge_on": before.purge_on},
                {"purge_on": purge_on},
            )
        return Changed.only(Kind.SOLE_NOTE)

    def purge_sole_note(self, command: PurgeSoleNote) -> Changed:
        """Destroy a sole-possession note; the journal keeps only that it was there.

        The engine overwrites the row's bytes, and the write-ahead log is folded so
        that no older page with the text stays in it.
        """
        with self._begin() as tx:
            repo = NotesRepo(tx)
            note = self._sole(repo, tx.who, command.note_id)
            if note.student_id and self._outstanding(tx, note.student_id):
                # Nothing is destroyed while a request to inspect is open (34 CFR 99.10(e)).
                raise Refused("request-outstanding")
            if not repo.purge_sole(command.note_id):
                raise Refused("sole-gone")
            tx.journal("PurgeSoleNote", "sole_note", command.note_id)
        self._forget()
        return Changed.only(Kind.SOLE_NOTE)

    def turn_into_record(self, command: TurnIntoRecord) -> Changed:
        """Begin a record note from a sole-possession note; `made` is the draft.

        The note stays in its compartment until the record is signed, and asking again
        goes on with the draft that is there.
        """
        person = self._who()
        with self._read() as reader:
            under_way = Notes(reader).draft_from_sole(person, command.note_id)
        if under_way is not None:
            return Changed.only(Kind.DRAFT, made=under_way)
        start = self.start_draft(StartDraft())
        with self._begin() as tx:
            repo = NotesRepo(tx)
            note = self._sole(repo, tx.who, command.note_id)
            begun = start.draft
            first, *rest = begun.form.sections
            form = replace(
                begun.form,
                on=note.about_on,
                start_chosen=True,
                sections=(replace(first, text=note.text), *rest),
                school_id=repo.home_school(note.student_id) or begun.form.school_id,
                sole_id=note.id,
            )
            draft = replace(begun, student_id=note.student_id, form=form)
            self._save(tx, draft)
            tx.journal("TurnIntoRecord", "sole_note", note.id, after={"draft": draft.id})
        return Changed.only(Kind.DRAFT, made=draft.id)

    @staticmethod
    def _sole(notes: Notes, person: PersonId, note_id: str) -> SoleNote:
        note = notes.sole(person, note_id)
        if note is None:
            raise Refused("sole-gone")
        return note

    # -- templates and lists ---------------------------------------------------------

    def copy_template(self, command: CopyTemplate) -> Changed:
        """Make a template of one's own from another."""
        name = accepted_label(command.name)
        with self._begin() as tx:
            repo = NotesRepo(tx)
            source = self._template(repo, command.template_id)
            copy = Template(new_id(), source.format, name, source.sections)
            repo.add_template(copy)
            tx.journal("CopyTemplate", "note_template", copy.id, after=_template_facts(copy))
        return Changed.only(Kind.TEMPLATE, made=copy.id)

    def change_template(self, command: ChangeTemplate) -> Changed:
        """Change the name and sections of a template of one's own."""
        name, sections = accepted_label(command.name), accepted_sections(command.sections)
        with self._begin() as tx:
            repo = NotesRepo(tx)
            before = self._template(repo, command.template_id)
            if before.builtin:
                raise Refused("template-shipped")
            after = replace(before, name=name, sections=sections)
            repo.change_template(after)
            tx.journal(
                "ChangeTemplate",
                "note_template",
                after.id,
                _template_facts(before),
                _template_facts(after),
            )
        return Changed.only(Kind.TEMPLATE)

    def retire_template(self, command: RetireTemplate) -> Changed:
        """Offer a template no longer, or again; refuse to retire the last one."""
        with self._begin() as tx:
            repo = NotesRepo(tx)
            before = self._template(repo, command.template_id)
            others = [t for t in repo.templates() if not t.retired and t.id != command.template_id]
            if command.retired and not others:
                raise Refused("template-last")
            repo.retire_template(command.template_id, retired=command.retired)
            tx.journal(
                "RetireTemplate",
                "note_template",
                command.template_id,
                {"retired": before.retired},
                {"retired": command.retired},
            )
        return Changed.only(Kind.TEMPLATE)

    @staticmethod
    def _template(notes: Notes, template_id: str) -> Template:
        template = notes.template(template_id)
        if template is None:
            raise Refused("template-gone")
        return template

    def add_choice(self, command: AddChoice) -> Changed:
        """Put a new entry at the end of a list; refuse a label that is there."""
        label = accepted_label(command.label)
        choice_id = new_id()
        with self._begin() as tx:
            repo = NotesRepo(tx)
            self._refuse_taken(repo, command.of, label)
            repo.add_choice(command.of, choice_id, label)
            tx.journal("AddChoice", command.of, choice_id, after={"label": label})
        return Changed.only(Kind.TEMPLATE, made=choice_id)

    def rename_choice(self, command: RenameChoice) -> Changed:
        """Give a list entry another label; signed notes keep the one they have."""
        label = accepted_label(command.label)
        with self._begin() as tx:
            repo = NotesRepo(tx)
            self._refuse_taken(repo, command.of, label, but=command.choice_id)
            before = repo.labels(command.of, [command.choice_id])
            if not before:
                raise Refused("choice-gone")
            repo.rename_choice(command.of, command.choice_id, label)
            tx.journal(
                "RenameChoice",
                command.of,
                command.choice_id,
                {"label": before[command.choice_id]},
                {"label": label},
            )
        return Changed.only(Kind.TEMPLATE)

    @staticmethod
    def _refuse_taken(notes: Notes, of: ChoiceList, label: str, but: str = "") -> None:
        for choice in notes.choices(of):
            if choice.id != but and choice.label.casefold() == label.casefold():
                raise Refused("label-taken", "label", label=label)

    def retire_choice(self, command: RetireChoice) -> Changed:
        """Offer a list entry no longer, or again."""
        with self._begin() as tx:
            NotesRepo(tx).retire_choice(command.of, command.choice_id, retired=command.retired)
            tx.journal(
                "RetireChoice",
                command.of,
                command.choice_id,
                {"retired": not command.retired},
                {"retired": command.retired},
            )
        return Changed.only(Kind.TEMPLATE)

    def reorder_choices(self, command: ReorderChoices) -> Changed:
        """Put a list in another order; refuse an order that leaves entries out."""
        with self._begin() as tx:
            repo = NotesRepo(tx)
            before = [choice.id for choice in repo.choices(command.of)]
            if sorted(before) != sorted(command.order):
                raise Refused("order-incomplete")
            repo.reorder_choices(command.of, command.order)
            tx.journal(
                "ReorderChoices",
                command.of,
                tx.who,
                {"order": before},
                {"order": list(command.order)},
            )
        return Changed.only(Kind.TEMPLATE)

    # -- reads -----------------------------------------------------------------------

    def note_sheet(self, note_id: str) -> NoteSheet:
        """Return a signed note with all that belongs to it; refuse one that is not there."""
        with self._read() as reader:
            return self._sheet(Notes(reader), note_id)

    def _sheet(self, notes: Notes, note_id: str) -> NoteSheet:
        note = notes.note(self._seat(), note_id)
        if note is None:
            raise Refused("note-gone")
        additions = notes.additions(note_id)
        people = {note.person_id, *(addition.person_id for addition in additions)}
        student = notes.student(note.student_id)
        if student is None:
            raise Refused("note-gone")
        return NoteSheet(
            note=note,
            additions=additions,
            student=student,
            school=notes.school_of(note.school_id),
            makers={person: notes.maker(person) for person in people},
            follow_up=notes.follow_up_of_note(self._seat(), note),
            mine=note.person_id == self._who(),
            clock_behind=notes.clock_behind(note_id),
        )

    def drafts(self) -> list[DraftLine]:
        """Return one's drafts, those that wait for a signature first."""
        with self._read() as reader:
            return Notes(reader).drafts(self._who())

    def counts(self) -> tuple[int, int]:
        """Return how many drafts one has, and how many of them wait for a signature."""
        with self._read() as reader:
            return Notes(reader).counts(self._who())

    def notes(self, offset: int = 0, limit: int = PAGE) -> list[NoteLine]:
        """Return one page of one's signed notes, the newest session first."""
        with self._read() as reader:
            return Notes(reader).notes_of(self._who(), offset, limit)

    def note_count(self) -> int:
        """Return how many notes one has signed."""
        with self._read() as reader:
            return Notes(reader).count_of(self._who())

    def follow_ups(self, until: str = "9999-12-31") -> list[FollowUpLine]:
        """Return one's open next steps due up to a day."""
        with self._read() as reader:
            return Notes(reader).follow_ups(self._who(), until)

    def desk_papers(self, today: str) -> DeskPapers:
        """Return what needs a person now: steps that are due, drafts, notes to purge."""
        with self._read() as reader:
            notes, person = Notes(reader), self._who()
            return DeskPapers(
                notes.follow_ups(person, today),
                notes.drafts(person),
                [line for line in notes.soles(person, today) if line.purge],
            )

    def sole_notes(self, today: str) -> list[SoleLine]:
        """Return one's own sole-possession notes, those that ask to be purged first."""
        with self._read() as reader:
            return Notes(reader).soles(self._who(), today)

    def sole_note(self, note_id: str) -> SoleNote:
        """Return one of one's own sole-possession notes; refuse one that is not there."""
        with self._read() as reader:
            return self._sole(Notes(reader), self._who(), note_id)

    def usual_purge_day(self, about_on: str) -> str:
        """Return when a sole-possession note about a day would ask to be purged."""
        with self._read() as reader:
            return usual_purge(about_on, Notes(reader).school_year_ends(about_on))

    def student(self, student_id: str) -> StudentLine | None:
        """Return a student as a note shows them, or None."""
        with self._read() as reader:
            return Notes(reader).student(student_id)

    def choices(self) -> Choices:
        """Return what a note's form offers, retired entries included."""
        with self._read() as reader:
            return self._choices(Notes(reader))

    def _choices(self, notes: Notes) -> Choices:
        return Choices(
            notes.choices(ChoiceList.SERVICE),
            notes.choices(ChoiceList.INTERVENTION),
            notes.templates(),
            notes.schools(self._who()),
        )


def _template_facts(template: Template) -> dict[str, object]:
    return {"name": template.name, "sections": [part.title for part in template.sections]}
