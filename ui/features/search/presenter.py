"""The page that lists every text with what was typed."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import QVBoxLayout

from app.kernel.changes import Changed, Kind
from app.kernel.words import _, ngettext
from app.overviews.search import MOST, Hit, NoteQuery
from ui.features.search import said
from ui.features.search.view import SearchView
from ui.kit.announce import announce
from ui.kit.room import Context, PageWidget
from ui.kit.widgets.lists import Entry

_KEY = "search-page"


class SearchPage(PageWidget):
    """Asks anew with every pause in typing; an earlier question is not waited for."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._asked: NoteQuery | None = None
        self.view = SearchView([(kind, _(name)) for kind, (name, _icon, _p) in said.KINDS.items()])
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.view)
        self.view.asked.connect(self._ask)
        self.view.list.opened.connect(self._open)
        self.view.list.entries.loaded.connect(self._loaded)
        self.view.show_students([])
        context.tasks.read(
            context.desk.search.makers,
            lambda several: self.view.show_makers(several=several),
            owner=self,
        )

    def show_subject(self, subject: str) -> None:
        """Search for the words that the palette was given."""
        if subject:
            with QSignalBlocker(self.view.line):
                self.view.line.setText(subject)
            with QSignalBlocker(self.view.student):
                self.view.student.set_value("")
            self._ask()

    def arrive(self) -> None:
        """Stand in the list where there is one, else in the line."""
        line = self.view.line
        line.setFocus(Qt.FocusReason.OtherFocusReason)
        line.selectAll()
        self._ask()

    def heed(self, changed: Changed) -> None:
        """Look again when something was written."""
        if self.isVisible() and changed.meets(
            {Kind.NOTE, Kind.SOLE_NOTE, Kind.GROUP_SESSION, Kind.CONCERN, Kind.CONSULTATION}
        ):
            self._asked = None
            self._ask()

    def state(self) -> dict[str, str]:
        """Return how far down one is; never what was typed."""
        return {"scroll": str(self.view.list.verticalScrollBar().value())}

    def restore(self, state: Mapping[str, str]) -> None:
        """Go back to where one was."""
        self.view.list.verticalScrollBar().setValue(int(state.get("scroll", "0")))

    def _query(self) -> NoteQuery:
        since, until = self.view.days()
        kind = str(self.view.kind.value() or "")
        return NoteQuery(
            self.view.line.text(),
            str(self.view.student.value() or ""),
            mine=bool(self.view.makers.value()),
            kinds=frozenset({kind} if kind else ()),
            since=since.isoformat() if since else "",
            until=until.isoformat() if until else "",
        )

    def _ask(self) -> None:
        query = self._query()
        if query == self._asked or self._context.tasks.closed:
            return
        self._asked = query
        self.view.list.entries.set_source(partial(self._fetch, query))
        self._context.tasks.read(
            partial(self._context.desk.search.students, query),
            self._show_students,
            key=f"{_KEY}-students",
            owner=self,
            stop=self._context.desk.records.interrupt_reads,
        )

    def _fetch(
        self,
        query: NoteQuery,
        offset: int,
        limit: int,
        _sort: str,
        _descending: bool,
        answer: Callable[[int, Sequence[Any]], None],
    ) -> None:
        search = self._context.desk.search

        def done(found: tuple[int, list[Hit]]) -> None:
            if query == self._asked:
                answer(found[0], [_entry(hit) for hit in found[1]])

        self._context.tasks.read(
            lambda: (search.count(query), search.page(query, offset, limit)),
            done,
            key=f"{_KEY}-{offset}",
            owner=self,
            stop=self._context.desk.records.interrupt_reads,
        )

    def _show_students(self, students: list[tuple[Any, str]]) -> None:
        with QSignalBlocker(self.view.student):
            self.view.show_students(students)

    def _loaded(self, total: int) -> None:
        words = _said_count(total)
        self.view.show_found(self.view.line.text(), total, words)
        if total and not self.view.list.currentIndex().isValid():
            self.view.list.go_to(0)
        if self.isVisible() and self.view.line.text().strip():
            announce(self.view.list, words)

    def _open(self, entry: Entry) -> None:
        hit: Hit = entry.subject
        self._context.go(*said.page_of(hit))


def _said_count(total: int) -> str:
    if total >= MOST:
        return _("The newest {count}; narrow the search to see earlier ones").format(count=MOST)
    return ngettext("{count} found", "{count} found", total).format(count=total)


def _entry(hit: Hit) -> Entry:
    name, icon, _page = said.KINDS[hit.kind]
    chips = [(_(name), said.look_of(hit))]
    return Entry(
        hit.id,
        hit.student or _(name),
        hit.snippet.text,
        said.day(hit.day)
        if hit.mine
        else _("{date}, {name}").format(date=said.day(hit.day), name=hit.by),
        icon,
        tuple(chips),
        kind=said.look_of(hit),
        subject=hit,
        marks=hit.snippet.marks,
    )
