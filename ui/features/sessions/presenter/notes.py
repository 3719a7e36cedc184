"""The page of notes: drafts, notes to sign, and one's signed notes."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout

from app.features.sessions.commands import DiscardDraft, RestoreDraft
from app.features.sessions.model import Draft
from app.features.sessions.repo import DraftLine, NoteLine
from app.kernel.changes import Changed, Kind
from app.kernel.ids import new_id
from app.kernel.nouns import Attendance
from app.kernel.words import _
from ui.features.sessions import said
from ui.features.sessions.view.notes import SIGNED, TO_FINISH, NotesView
from ui.kit.look import Kind as Mark
from ui.kit.room import Context, PageWidget
from ui.kit.widgets.lists import Entry


class NotesPage(PageWidget):
    """Everything a person has written, unfinished first."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._tab = TO_FINISH
        self._stale = True
        self.view = NotesView()
        page = QVBoxLayout(self)
        page.setContentsMargins(0, 0, 0, 0)
        page.addWidget(self.view)
        self.view.new_note.connect(lambda: context.go("note", new_id()))
        self.view.sole_asked.connect(lambda: context.go("sole"))
        self.view.tab_chosen.connect(self._choose_tab)
        self.view.drafts.opened.connect(lambda entry: context.go("note", entry.id))
        self.view.drafts.discarded.connect(self._discard)
        self.view.signed.opened.connect(lambda entry: context.go("signed", entry.id))
        self.view.signed.entries.loaded.connect(self._loaded)

    def arrive(self) -> None:
        """Look again and stand on the first note."""
        self._reload()
        self.view.list_of(self._tab).setFocus(Qt.FocusReason.OtherFocusReason)

    def heed(self, changed: Changed) -> None:
        """Look again when drafts or notes changed."""
        if self.isVisible() and changed.meets(
            {Kind.DRAFT, Kind.NOTE, Kind.SOLE_NOTE, Kind.STUDENT}
        ):
            self._reload()

    def state(self) -> dict[str, str]:
        """Return which list is shown and how far down one is."""
        scroll = self.view.list_of(self._tab).verticalScrollBar().value()
        return {"tab": self._tab, "scroll": str(scroll)}

    def restore(self, state: Mapping[str, str]) -> None:
        """Go back to that list."""
        self._tab = SIGNED if state.get("tab") == SIGNED else TO_FINISH
        self.view.show_tab(self._tab)

    def _loaded(self, total: int) -> None:
        if total and not self.view.signed.currentIndex().isValid():
            self.view.signed.go_to(0)
        self.view.show_tab(self._tab)

    def _choose_tab(self, tab: str) -> None:
        self._tab = tab
        self.view.show_tab(tab)

    def _reload(self) -> None:
        sessions = self._context.desk.sessions
        today = self._context.today().isoformat()
        self._context.tasks.read(
            lambda: (sessions.drafts(), sessions.note_count(), len(sessions.sole_notes(today))),
            self._show,
            key="notes-page",
            owner=self,
        )
        self.view.signed.entries.set_source(self._fetch)

    def _show(self, found: tuple[list[DraftLine], int, int] | None) -> None:
        if found is None:
            return
        drafts, signed, sole = found
        self.view.show_counts(
            _("To finish ({count})").format(count=len(drafts)),
            _("Signed ({count})").format(count=signed),
            _("Sole-possession notes ({count})").format(count=sole),
        )
        today = self._context.today()
        self.view.show_drafts(
            [draft_entry(line, said.age(line.draft.made, today)) for line in drafts]
        )
        self.view.show_tab(self._tab)

    def _fetch(
        self,
        offset: int,
        limit: int,
        _sort: str,
        _descending: bool,
        answer: Callable[[int, Sequence[Any]], None],
    ) -> None:
        sessions = self._context.desk.sessions

        def done(found: tuple[int, list[NoteLine]]) -> None:
            total, lines = found
            answer(total, [note_entry(line) for line in lines])

        self._context.tasks.read(
            lambda: (sessions.note_count(), sessions.notes(offset, limit)), done, owner=self
        )

    def _discard(self, entry: Entry) -> None:
        draft: Draft = entry.subject
        sessions, tasks = self._context.desk.sessions, self._context.tasks
        undo = partial(tasks.write, partial(sessions.restore_draft, RestoreDraft(draft)))
        tasks.write(
            partial(sessions.discard_draft, DiscardDraft(draft.id)),
            lambda _changed: self._tell(_("The draft was discarded."), undo),
            owner=self,
        )

    def _tell(self, sentence: str, undo: Callable[[], None]) -> None:
        self._context.notices.say(sentence, undo=undo)


def draft_entry(line: DraftLine, age: str) -> Entry:
    """Return a draft as a row."""
    draft = line.draft
    chip = (_("Waits for signing"), Mark.WARN) if draft.ready else (_("Draft"), Mark.ACCENT)
    return Entry(
        draft.id,
        line.student or _("No student yet"),
        " · ".join(part for part in (_(said.DRAFTS[draft.kind]), said.day(draft.form.on)) if part),
        age,
        "draft",
        (chip,),
        subject=draft,
    )


def note_entry(line: NoteLine) -> Entry:
    """Return a signed note as a row."""
    chips = []
    if line.attendance is not Attendance.PRESENT:
        chips.append((_(said.ATTENDANCE[line.attendance]), Mark.PLAIN))
    if line.late:
        chips.append((_("Late entry"), Mark.WARN))
    if line.amended:
        chips.append((_("Amended"), Mark.ACCENT))
    elif line.additions:
        chips.append((_("Addendum"), Mark.ACCENT))
    return Entry(
        line.id,
        line.student,
        " · ".join((line.service, said.minutes(line.minutes))),
        said.when(line.started),
        "signed",
        tuple(chips),
    )
