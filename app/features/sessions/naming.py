"""Whom else a draft names, and what of it has to be answered before it is signed.

A counselor may name a peer in one student's note knowingly; what is added to a note of a group
session may never name another member of it.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Protocol

from app.features.sessions.model import Draft, DraftKind, NoteForm
from app.kernel.errors import Refused
from app.kernel.ids import StudentId
from app.kernel.mentions import Certainty, Find


class Names(Protocol):
    """Where texts are checked for the names of others, with the roster behind it."""

    def finds(
        self, text: str, of: StudentId | None = None, members: Collection[StudentId] = ()
    ) -> tuple[Find, ...]:
        """Return who else is named in a text of the record of `of`."""
        ...

    def note_members(self, note_id: str) -> frozenset[StudentId]:
        """Return who was in the group session that a note stems from; nobody for any other."""
        ...


@dataclass(frozen=True, slots=True)
class NamedIn:
    """What was found in one entry of the form; `field` of a section is `section:KEY`."""

    field: str
    finds: tuple[Find, ...]


@dataclass(frozen=True, slots=True)
class OthersNamed:
    """Everybody else whom a draft names."""

    entries: tuple[NamedIn, ...] = ()
    of_group: bool = False
    """Whether it is added to a note of a group session."""

    @property
    def count(self) -> int:
        """How many places name somebody."""
        return sum(len(entry.finds) for entry in self.entries)

    @property
    def must_go(self) -> NamedIn | None:
        """The first entry that names another member of the group for certain, if one does."""
        if not self.of_group:
            return None
        return next(
            (
                entry
                for entry in self.entries
                if any(one.member and one.certainty is Certainty.CERTAIN for one in entry.finds)
            ),
            None,
        )

    def refuse_members(self) -> None:
        """Refuse a text that names another member of the group."""
        entry = self.must_go
        if entry is not None:
            field = "sections" if entry.field.startswith("section:") else entry.field
            raise Refused("note-names-member", field)


def others_named(names: Names | None, draft: Draft) -> OthersNamed:
    """Return whom else a draft names; nobody while it is about no student yet."""
    if names is None or draft.student_id is None:
        return OthersNamed()
    members: frozenset[StudentId] = frozenset()
    if draft.kind is not DraftKind.SESSION and draft.note_id:
        members = names.note_members(draft.note_id)
    entries = [
        NamedIn(field, names.finds(text, draft.student_id, members))
        for field, text in _entries(draft.form)
        if text.strip()
    ]
    return OthersNamed(tuple(entry for entry in entries if entry.finds), bool(members))


def _entries(form: NoteForm) -> Iterator[tuple[str, str]]:
    for part in form.sections:
        yield f"section:{part.key}", part.text
    yield "attendance_reason", form.attendance_reason
    yield "present", form.present
    yield "next_step", form.next_step
    yield "late_reason", form.late_reason
    yield "reason", form.reason
