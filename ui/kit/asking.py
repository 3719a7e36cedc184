"""Opens a sheet, carries out what was entered, and puts a refusal where it can be mended.

What is typed on a sheet is kept in the vault while one types, like a draft note: a lock, a
crash or a flat battery ends the window with the sheet on it, and the entries stand there
again when it is next opened. They are gone when it was carried out or closed on purpose.
"""

import json
from collections.abc import Callable, Mapping
from hashlib import blake2s
from time import monotonic
from typing import Any, TypeVar

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

from app.kernel.errors import Refused
from app.kernel.words import _
from app.phrases import sentence
from ui.kit.room import Context
from ui.kit.widgets.entry_sheet import EntrySheet

Entries = Mapping[str, Any]
T = TypeVar("T")
_EVERY_MS = 700
_AGAIN_S = 3.0
"""Seconds after which entries that the disk did not take are written again."""


def about(what: str, *ids: str) -> str:
    """Return the name under which entries on `what` about these records are kept."""
    return f"sheet:{what}:{blake2s('|'.join(ids).encode(), digest_size=12).hexdigest()}"


class KeptEntries:
    """Keeps the entries of one open sheet under `name`, and takes up those kept before."""

    def __init__(self, context: Context, sheet: EntrySheet, name: str) -> None:
        self._context = context
        self._sheet = sheet
        self._name = name
        self._saved = self._fresh = self._entries()
        self._over = False
        self._lies_there = True  # until it was read that nothing does
        self._failed_at: float | None = None
        self._timer = QTimer(sheet)
        self._timer.setInterval(_EVERY_MS)
        self._timer.timeout.connect(self.save)
        self._timer.start()
        context.tasks.read(self._read, self._take_up, context.say, owner=sheet)

    def save(self) -> None:
        """Write what stands on the sheet, if it is not what was written last."""
        entries = self._entries()
        if self._over or (entries == self._saved and not self._due_again()):
            return
        self._saved = entries
        self._write("" if entries == self._fresh else entries)

    def forget(self) -> None:
        """Keep nothing any more: the sheet was carried out, or closed on purpose."""
        self._over = True
        self._timer.stop()
        if self._lies_there or self._saved != self._fresh:
            self._write("")

    def _entries(self) -> str:
        return json.dumps(self._sheet.keepable(), sort_keys=True)

    def _read(self) -> str:
        desk = self._context.desk
        return desk.people.state(desk.seat.person).get(self._name, "")

    def _take_up(self, kept: str) -> None:
        self._lies_there = bool(kept)
        # Whoever has begun to type is not interrupted.
        if kept and not self._over and self._entries() == self._fresh:
            # Whom it is about, and what follows from it, is said there as well.
            said = (_("What you typed before is here again."), self._sheet.text.text())
            self._sheet.take_up(json.loads(kept), "\n".join(part for part in said if part))
            self._saved = self._entries()

    def _write(self, entries: str) -> None:
        people, state = self._context.desk.people, {self._name: entries}
        self._context.tasks.write(
            lambda: people.keep_state(state), self._written, self._not_written
        )

    def _due_again(self) -> bool:
        return self._failed_at is not None and monotonic() > self._failed_at + _AGAIN_S

    def _written(self, _kept: object) -> None:
        self._failed_at = None

    def _not_written(self, error: Exception) -> None:
        # Said once; then tried again in silence until the disk takes it.
        first, self._failed_at = self._failed_at is None, monotonic()
        if first:
            self._context.say(error)


class Asker:
    """Asks by way of sheets for one page."""

    def __init__(self, context: Context, page: QWidget) -> None:
        self._context = context
        self._page = page
        self._kept: KeptEntries | None = None

    def flush(self) -> None:
        """Keep what stands on an open sheet, now."""
        if self._kept is not None:
            self._kept.save()

    def ask(
        self,
        sheet: EntrySheet,
        act: Callable[[Entries], Callable[[], T]],
        done: Callable[[T, Entries], object],
        *,
        kept: str = "",
        insist: frozenset[str] = frozenset(),
    ) -> EntrySheet:
        """Open a sheet; carry out what it says until it is accepted or closed.

        `act` turns the entries into work for the writer's thread, and may refuse them.
        What is typed is kept under the name `kept`, if there is one. Refusals with a code
        of `insist` can be overruled by the person.
        """
        papers = KeptEntries(self._context, sheet, kept) if kept else None
        self._kept = papers

        def failed(error: Exception) -> None:
            if not isValid(sheet):  # it was closed meanwhile
                self._context.say(error)
            elif isinstance(error, Refused):
                sheet.refuse(error.field, sentence(error), can_insist=error.code in insist)
            else:
                sheet.wait(on=False)
                self._context.say(error)

        def handed_on(entries: Entries) -> None:
            def finished(result: T) -> None:
                if isValid(sheet):
                    sheet.accept()
                done(result, entries)

            try:
                work = act(entries)
            except Refused as refused:
                failed(refused)
            else:
                self._context.tasks.write(work, finished, failed, owner=self._page)

        def over(_result: int) -> None:
            if papers is not None:
                papers.forget()
            self._kept = None
            sheet.deleteLater()

        sheet.handed_on.connect(handed_on)
        sheet.finished.connect(over)
        sheet.open()
        return sheet
