"""Concerns from the first word to what the raiser hears back."""

import hashlib
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from app.features.collaboration.commands import (
    AddToConcern,
    ChangeWarningSigns,
    CloseDanger,
    DecideConcern,
    GiveFeedback,
    RaiseConcern,
)
from app.features.collaboration.model.concerns import (
    REFERRING,
    Concern,
    ConcernEntry,
    Decision,
    EntryKind,
    Raiser,
    Sign,
    State,
    WarningList,
    accepted_seen,
    accepted_signs,
    accepted_urgency,
    dangers_of,
    require_attended,
    state_of,
)
from app.features.collaboration.model.feedback import (
    LONGEST_FEEDBACK,
    Template,
    may_say,
    named,
    own_words,
    pairs,
    quoted,
    terms_of,
)
from app.features.collaboration.model.texts import (
    day_that_came,
    day_to_come,
    kept,
    kept_name,
    named_person,
    needed_words,
)
from app.features.collaboration.repo import Lists, RoomKeeper
from app.features.collaboration.repo.lists import PAGE, ConcernLine, ConcernsView, Known, Pupil
from app.features.collaboration.service.room import (
    DoneBefore,
    Referred,
    Room,
    Said,
    signs_in_use,
)
from app.features.collaboration.shipped import SIGN_LABELS, TEMPLATES
from app.kernel.changes import Changed, Kind
from app.kernel.errors import Refused
from app.kernel.ids import StudentId, new_id
from app.kernel.mentions import Certainty
from app.kernel.names import folded, search_words
from app.kernel.releases import Terms
from app.kernel.words import _

PAPER = "concern-feedback"
"""The code under which feedback stands in the disclosure log."""


@dataclass(frozen=True, slots=True)
class ConcernSheet:
    """A concern with everything that became of it."""

    concern: Concern
    pupil: Pupil
    state: State
    entries: tuple[ConcernEntry, ...]
    names: Mapping[str, str]
    may_say: tuple[Template, ...]
    own_words: bool


@dataclass(frozen=True, slots=True)
class SignList:
    """The list of warning signs in use; version 0 is the shipped one."""

    version: int
    title: str
    signs: tuple[Sign, ...]


@dataclass(frozen=True, slots=True)
class Raisers:
    """Who can be chosen as having raised a concern."""

    known: tuple[Known, ...]
    guardians: tuple[Known, ...]


@dataclass(frozen=True, slots=True)
class FeedbackCheck:
    """What stands in a feedback's text that must not leave."""

    names: tuple[str, ...]
    quoted: str

    @property
    def clean(self) -> bool:
        """Whether nothing was found."""
        return not self.names and not self.quoted


class ConcernsService:
    """Concerns: raised, decided, seen to, answered."""

    def __init__(self, room: Room) -> None:
        self._room = room

    def raise_concern(self, command: RaiseConcern) -> Changed:
        """Write down a concern; danger among its signs makes it urgent."""
        concern_id = command.concern_id or new_id()
        with suppress(DoneBefore), self._room.writing() as keeper:
            if command.concern_id and keeper.get(Concern, concern_id) is not None:
                raise DoneBefore
            if keeper.pupil(command.student_id) is None:
                raise Refused("student-gone", "student")
            version, signs = signs_in_use(keeper)
            seen = accepted_seen(command.signs, signs)
            words = kept(command.words, "words")
            if not words and not seen:
                raise Refused("concern-needs-words", "words")
            name = kept_name(command.raiser_name, "raiser_name")
            if not name and command.raiser not in {Raiser.STUDENT, Raiser.PEER}:
                raise Refused("concern-needs-raiser", "raiser_name")
            danger = dangers_of(seen, command.danger)
            now = keeper.tx.now
            concern = Concern(
                id=concern_id,
                student_id=command.student_id,
                raised_on=day_that_came(
                    command.raised_on, now.day(), "raised_on", "concern-needs-day"
                ),
                way=command.way,
                raiser=command.raiser,
                raiser_id=command.raiser_id,
                raiser_name=name,
                words=words,
                whose_words=command.whose_words,
                signs=seen,
                signs_version=version,
                tried=kept(command.tried, "tried"),
                urgency=accepted_urgency(command.urgency, danger),
                danger=danger,
                person_id=keeper.tx.who,
                recorded_at=now.at,
                zone=now.zone,
            )
            keeper.add(concern)
            keeper.journal(
                "RaiseConcern",
                Concern,
                concern_id,
                {
                    "student": concern.student_id,
                    "raiser": concern.raiser.value,
                    "urgency": concern.urgency.value,
                    "danger": list(danger),
                },
            )
        return Changed.only(Kind.CONCERN, made=concern_id)

    def decide(self, command: DecideConcern) -> Changed:
        """Say what is to become of a concern; a danger is never left alone before it is closed.

        Accepting it for a service, a group or an outside referral makes the referral.
        """
        entry_id = command.entry_id or new_id()
        made = ""
        with suppress(DoneBefore), self._room.writing() as keeper:
            if command.entry_id and keeper.get(ConcernEntry, entry_id) is not None:
                raise DoneBefore
            concern, entries = self._open(keeper, command.concern_id)
            reason = needed_words(command.reason, "reason", "decision-needs-reason")
            today = keeper.tx.now.day()
            state = state_of(concern, entries, today.isoformat())
            require_attended(command.decision, open_danger=state.open_danger)
            until = ""
            if command.decision is Decision.WATCH:
                until = day_to_come(command.until_on, today, "until_on", "watch-needs-day")
                if until <= today.isoformat():
                    raise Refused("watch-needs-day", "until_on")
            if command.decision in REFERRING:
                made = self._room.neighbours.refer(
                    keeper.tx,
                    Referred(
                        concern.student_id,
                        concern.id,
                        command.decision.value,
                        reason,
                        concern.raiser_name,
                    ),
                )
            keeper.add(
                _entry(
                    keeper,
                    concern,
                    EntryKind.DECISION,
                    entry_id=entry_id,
                    decision=command.decision.value,
                    text=reason,
                    until_on=until,
                    made=made,
                )
            )
            before = {"decision": state.decision.decision} if state.decision else None
            keeper.journal(
                "DecideConcern",
                Concern,
                concern.id,
                {"decision": command.decision.value, "until": until, "made": made},
                before,
            )
        return Changed.only(Kind.CONCERN, made=entry_id)

    def close_danger(self, command: CloseDanger) -> Changed:
        """Say what was done about a danger and who was told; whoever says so stands by name."""
        with self._room.writing() as keeper:
            concern, entries = self._open(keeper, command.concern_id)
            done = needed_words(command.done, "done", "danger-needs-done")
            told = needed_words(command.told, "told", "danger-needs-told", 1000)
            if not state_of(concern, entries, self._room.today()).open_danger:
                raise Refused("danger-closed")
            keeper.add(_entry(keeper, concern, EntryKind.CLOSED, text=done, told=told))
            keeper.journal(
                "CloseDanger",
                Concern,
                concern.id,
                {"danger": list(concern.danger)},
            )
        return Changed.only(Kind.CONCERN, made=concern.id)

    def add(self, command: AddToConcern) -> Changed:
        """Add what is known since; the concern itself stands as it was raised."""
        with self._room.writing() as keeper:
            concern, _entries = self._open(keeper, command.concern_id)
            text = needed_words(command.text, "text", "note-needs-words")
            keeper.add(_entry(keeper, concern, EntryKind.NOTE, text=text))
            keeper.journal("AddToConcern", Concern, concern.id)
        return Changed.only(Kind.CONCERN, made=concern.id)

    # -- what the raiser hears -------------------------------------------------------

    def give_feedback(self, command: GiveFeedback) -> Changed:
        """Write down what the raiser is told, and that it left; then it may leave.

        Refuses what this raiser may not hear, names, and what stands in the student's notes.
        """
        with self._room.writing() as keeper:
            concern, _entries = self._open(keeper, command.concern_id)
            text, recipient = self._sayable(keeper, concern, command)
            data = text.encode()
            disclosure = command.disclosure_id or self._room.neighbours.disclose(
                keeper.tx,
                Said(
                    concern.student_id,
                    recipient,
                    _("Answer to a concern that they raised"),
                    command.means,
                    hashlib.sha256(data).hexdigest(),
                    len(data),
                    {"template": command.template.value},
                    terms_of(concern.raiser),
                ),
            )
            keeper.add(
                _entry(
                    keeper,
                    concern,
                    EntryKind.FEEDBACK,
                    text=text,
                    told=recipient,
                    made=disclosure,
                )
            )
            keeper.journal(
                "GiveFeedback",
                Concern,
                concern.id,
                {"template": command.template.value, "disclosure": disclosure},
            )
        return Changed.only(Kind.CONCERN, Kind.DISCLOSURE, made=concern.id)

    def require_sayable(self, command: GiveFeedback) -> tuple[StudentId, str, Terms]:
        """Refuse what `give_feedback` would; return what a paper needs.

        That is the student, the text, and on what ground the raiser hears it.
        """
        with self._room.reading() as book:
            concern = book.seen_concern(self._room.seat, command.concern_id)
            if concern is None:
                raise Refused("concern-gone")
            text, _recipient = self._sayable(book, concern, command)
        return concern.student_id, text, terms_of(concern.raiser)

    def check_feedback(self, concern_id: str, text: str) -> FeedbackCheck:
        """Return what stands in a text that must not leave, while it is being written."""
        with self._room.reading() as book:
            concern = book.seen_concern(self._room.seat, concern_id)
            if concern is None:
                raise Refused("concern-gone")
            return self._checked(book, concern, text)

    def _sayable(self, book: Lists, concern: Concern, command: GiveFeedback) -> tuple[str, str]:
        if command.template not in may_say(concern.raiser):
            raise Refused("feedback-not-for-them", "template")
        text = needed_words(command.text, "text", "feedback-needs-words", LONGEST_FEEDBACK)
        if not own_words(concern.raiser) and text != _(TEMPLATES[command.template]):
            raise Refused("feedback-thanks-only", "text")
        recipient = named_person(command.recipient, "recipient", "feedback-needs-whom")
        found = self._checked(book, concern, text)
        if found.names:
            raise Refused("feedback-names", "text", names=", ".join(found.names))
        if found.quoted:
            raise Refused("feedback-quotes", "text", words=found.quoted)
        return text, recipient

    def _checked(self, book: Lists, concern: Concern, text: str) -> FeedbackCheck:
        around = named(text, book.names_around(concern.student_id))
        others = book.listed_among(pairs(text))
        # Short forms, initials and single names as well; nobody in it is to be known by them.
        finds = self._room.neighbours.watch.finds(text, None, (concern.student_id,))
        raiser = set(search_words(concern.raiser_name))
        sure = [
            find.text
            for find in finds
            if find.certainty >= Certainty.LIKELY and not raiser.issuperset(search_words(find.text))
        ]
        notes = self._room.neighbours.note_texts(book.reader, concern.student_id)
        return FeedbackCheck(_each_once((*around, *others), sure), quoted(text, notes))

    # -- the list of signs -----------------------------------------------------------

    def change_signs(self, command: ChangeWarningSigns) -> Changed:
        """Put a district's list in use; concerns keep the signs they were raised with."""
        with self._room.writing() as keeper:
            version = keeper.newest_list_version() + 1
            signs = accepted_signs(command.signs)
            made = WarningList(
                new_id(),
                version,
                named_person(command.title, "title", "signs-need-title"),
                tuple((one.code, one.label, one.unit.value, one.danger) for one in signs),
                keeper.tx.who,
                keeper.tx.now.at,
                keeper.tx.now.zone,
            )
            keeper.add(made)
            keeper.journal(
                "ChangeWarningSigns",
                WarningList,
                made.id,
                {"version": version, "signs": [one.code for one in signs]},
            )
        return Changed.only(Kind.SETTING, Kind.CONCERN, made=made.id)

    def signs(self) -> SignList:
        """Return the list of warning signs in use, in the language in use where it is ours."""
        with self._room.reading() as book:
            found = book.where(WarningList, "1 ORDER BY t.version DESC LIMIT 1")
            version, signs = signs_in_use(book)
        title = found[0].title if found else _("Casewell’s own list")
        return SignList(
            version,
            title,
            tuple(replace(one, label=said_sign(one.code, one.label)) for one in signs),
        )

    # -- reads -----------------------------------------------------------------------

    def page(
        self, view: ConcernsView = ConcernsView.OPEN, offset: int = 0, limit: int = PAGE
    ) -> list[ConcernLine]:
        """Return a page of concerns: danger first, then by urgency, the oldest first."""
        with self._room.reading() as book:
            return book.concerns(self._room.seat, view, self._room.today(), offset, limit)

    def count(self, view: ConcernsView = ConcernsView.OPEN) -> int:
        """Return how many concerns a view has."""
        with self._room.reading() as book:
            return book.concern_count(self._room.seat, view, self._room.today())

    def of_student(self, student_id: StudentId) -> list[ConcernLine]:
        """Return a student's concerns, the newest first."""
        with self._room.reading() as book:
            return book.concerns_of(self._room.seat, student_id, self._room.today())

    def sheet(self, concern_id: str) -> ConcernSheet:
        """Return a concern with everything that became of it; refuse one that is not seen."""
        with self._room.reading() as book:
            concern = book.seen_concern(self._room.seat, concern_id)
            pupil = book.pupil(concern.student_id) if concern else None
            if concern is None or pupil is None:
                raise Refused("concern-gone")
            entries = _entries(book, concern_id)
            names = book.names([concern.person_id, *(one.person_id for one in entries)])
        return ConcernSheet(
            concern,
            pupil,
            state_of(concern, entries, self._room.today()),
            tuple(entries),
            names,
            may_say(concern.raiser),
            own_words(concern.raiser),
        )

    def raisers(self, student_id: StudentId | None = None) -> Raisers:
        """Return who can be chosen as the raiser: staff, those of before, the guardians."""
        with self._room.reading() as book:
            known = book.staff(student_id or "")
            earlier = book.earlier_raisers(self._room.seat)
            guardians = book.guardians(student_id) if student_id else []
        return Raisers(
            (*known, *earlier),
            tuple(Known(one.id, one.name, one.relation) for one in guardians),
        )

    def _open(self, keeper: RoomKeeper, concern_id: str) -> tuple[Concern, list[ConcernEntry]]:
        concern = keeper.seen_concern(self._room.seat, concern_id)
        if concern is None:
            raise Refused("concern-gone")
        return concern, _entries(keeper, concern_id)


def said_sign(code: str, label: str) -> str:
    """Return a sign's label: translated as long as it is the one that was shipped."""
    return _(label) if SIGN_LABELS.get(code) == label else label


def _entries(book: Lists, concern_id: str) -> list[ConcernEntry]:
    return book.where(ConcernEntry, "t.concern_id = ? ORDER BY t.row", (concern_id,))


def _entry(
    keeper: RoomKeeper,
    concern: Concern,
    kind: EntryKind,
    *,
    text: str,
    entry_id: str = "",
    decision: str = "",
    told: str = "",
    until_on: str = "",
    made: str = "",
) -> ConcernEntry:
    return ConcernEntry(
        id=entry_id or new_id(),
        concern_id=concern.id,
        student_id=concern.student_id,
        kind=kind,
        decision=decision,
        text=text,
        told=told,
        until_on=until_on,
        made=made,
        person_id=keeper.tx.who,
        recorded_at=keeper.tx.now.at,
        zone=keeper.tx.now.zone,
    )


def _each_once(names: Sequence[str], found: Sequence[str]) -> tuple[str, ...]:
    """Return the names, and what was found beyond them, each once."""
    said = [folded(name) for name in names]
    more = [words for words in found if not any(name in folded(words) for name in said)]
    return tuple(dict.fromkeys((*names, *more)))
