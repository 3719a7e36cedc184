"""Names of others in what one writes: marked in the text, listed under it, replaced by one key.

`MentionMarks` marks one text; `MentionsPanel` lists what was found in several and walks through
them. Both show what they are given: who is named is found out elsewhere, off the UI thread.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, QRect, Qt, Signal
from PySide6.QtGui import (
    QHelpEvent,
    QKeySequence,
    QResizeEvent,
    QShortcut,
    QTextCharFormat,
    QTextCursor,
)
from PySide6.QtWidgets import (
    QBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QScrollArea,
    QSizePolicy,
    QTextEdit,
    QToolTip,
    QVBoxLayout,
    QWidget,
)

from app.kernel.mentions import Certainty, Find
from app.kernel.words import _, ngettext
from ui.kit.announce import announce
from ui.kit.look import Kind, look
from ui.kit.widgets.buttons import Button
from ui.kit.widgets.editors import GrowingRow
from ui.kit.widgets.headings import Card, KeyHint, SectionTitle
from ui.kit.widgets.lists import CardList, Entry

NEXT, BEFORE, REPLACE, NO_STUDENT = "F8", "Shift+F8", "Ctrl+.", "Ctrl+Shift+."
"""The keys that walk through the finds, put the suggestion in place, and say it is no student."""

_ROOMY = 760
"""From this height of the window on, two finds are in sight at once."""
_LEAST = 480
"""Below this height the writing needs the room: the marks in it are the list."""


def keys_told() -> tuple[tuple[str, str], ...]:
    """Return what the keys do, for the sheet of shortcuts."""
    return (
        (_("Next name of another student"), NEXT),
        (_("Previous name of another student"), BEFORE),
        (_("Replace the name"), REPLACE),
        (_("It is not a student (a group’s session)"), NO_STUDENT),
    )


def told(find: Find) -> str:
    """Return a find as one sentence: what is meant, and what may stand instead."""
    if find.certainty is Certainty.SOFT:
        return _("“{name}” may be another student. “{instead}” could stand here.").format(
            name=find.text, instead=find.replacement
        )
    return _("“{name}” names another student. “{instead}” could stand here.").format(
        name=find.text, instead=find.replacement
    )


def units(text: str) -> int:
    """Return the length that Qt counts: signs beyond the basic plane count twice."""
    return len(text) + sum(sign > "\uffff" for sign in text)


def bring_into_sight(widget: QWidget, spot: QRect) -> None:
    """Scroll whatever `widget` stands in so that `spot` of it is seen."""
    around = widget.parentWidget()
    while around is not None:
        inner = around.widget() if isinstance(around, QScrollArea) else None
        if isinstance(around, QScrollArea) and inner is not None:
            place = widget.mapTo(inner, spot.center())
            around.ensureVisible(place.x(), place.y(), 0, look().px(48))
            return
        around = around.parentWidget()


@dataclass(slots=True)
class _Marked:
    find: Find
    cursor: QTextCursor
    """Over the find; it moves along with what is typed before it."""
    whole: QTextCursor
    """From where the replacement begins to stand."""

    def stands(self) -> bool:
        """Tell whether the words are still there."""
        return self.cursor.selectedText().replace("\u2029", "\n") == self.find.text


class MentionMarks(QObject):
    """Marks the finds in one text: a wave where somebody is named, dots where it may be so."""

    def __init__(self, editor: QPlainTextEdit) -> None:
        super().__init__(editor)
        self.editor = editor
        self._marked: list[_Marked] = []
        self._described = editor.accessibleDescription()
        self._said = ""
        editor.viewport().installEventFilter(self)
        look().changed.connect(self._paint)

    def show(self, finds: Sequence[Find]) -> None:
        """Mark these finds, of the text as it stands."""
        text = self.editor.toPlainText()
        self._marked = [
            _Marked(
                find, self._over(text, find.start, find.end), self._over(text, find.lead, find.end)
            )
            for find in finds
            if text[find.start : find.end] == find.text
        ]
        self._paint()
        self._describe()

    def finds(self) -> list[Find]:
        """Return the finds whose words still stand."""
        return [one.find for one in self._marked if one.stands()]

    def go(self, find: Find) -> bool:
        """Select a find and go there; False if it is gone."""
        marked = self._of(find)
        if marked is None:
            return False
        self.editor.setTextCursor(QTextCursor(marked.cursor))
        self.editor.ensureCursorVisible()
        bring_into_sight(self.editor, self.editor.cursorRect())
        self.editor.setFocus(Qt.FocusReason.OtherFocusReason)
        announce(self.editor, told(find))
        return True

    def replace(self, find: Find) -> bool:
        """Put the suggestion in place of a find, as one step that can be undone."""
        marked = self._of(find)
        if marked is None:
            return False
        cursor = QTextCursor(marked.whole)
        cursor.insertText(find.replacement)
        self._marked.remove(marked)
        self.editor.setTextCursor(cursor)
        self._paint()
        self._describe()
        return True

    def at_cursor(self) -> Find | None:
        """Return the find that the cursor stands in."""
        place = self.editor.textCursor().selectionStart()
        for one in self._marked:
            if one.cursor.selectionStart() <= place <= one.cursor.selectionEnd() and one.stands():
                return one.find
        return None

    def _of(self, find: Find) -> _Marked | None:
        return next((one for one in self._marked if one.find == find and one.stands()), None)

    def _over(self, text: str, start: int, end: int) -> QTextCursor:
        cursor = QTextCursor(self.editor.document())
        cursor.setPosition(units(text[:start]))
        cursor.setPosition(units(text[:end]), QTextCursor.MoveMode.KeepAnchor)
        return cursor

    def _paint(self) -> None:
        marks = []
        for one in self._marked:
            soft = one.find.certainty is Certainty.SOFT
            style = QTextCharFormat()
            style.setUnderlineStyle(
                QTextCharFormat.UnderlineStyle.DotLine
                if soft
                else QTextCharFormat.UnderlineStyle.WaveUnderline
            )
            style.setUnderlineColor(look().color("warn" if soft else "bad"))
            if not soft:
                style.setBackground(look().color("warn_soft"))
                style.setForeground(look().color("text"))
            mark = QTextEdit.ExtraSelection()
            mark.cursor, mark.format = one.cursor, style
            marks.append(mark)
        self.editor.setExtraSelections(marks)

    def _describe(self) -> None:
        """Say in the editor's description how many there are; what stood there stays."""
        kept = self.editor.accessibleDescription()
        if kept != self._said:
            self._described = kept
        count = len(self._marked)
        words = (
            ngettext(
                "Another student may be named in {count} place.",
                "Other students may be named in {count} places.",
                count,
            ).format(count=count)
            if count
            else ""
        )
        self._said = " ".join(part for part in (self._described, words) if part)
        self.editor.setAccessibleDescription(self._said)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Say what a mark means where the pointer rests on it."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            place = self.editor.cursorForPosition(event.pos()).position()
            for one in self._marked:
                inside = one.cursor.selectionStart() <= place <= one.cursor.selectionEnd()
                if inside and one.stands():
                    QToolTip.showText(event.globalPos(), told(one.find), self.editor)
                    return True
        return super().eventFilter(watched, event)


class MentionsPanel(QWidget):
    """What was found in the texts of one page, with the keys that walk and replace."""

    replaced = Signal()
    """Emitted after a suggestion was put in place."""

    def __init__(self, page: QWidget) -> None:
        """Work inside `page`: the keys are heard anywhere in it."""
        super().__init__(page)
        self._marks: dict[str, MentionMarks] = {}
        self._lines: dict[str, QLineEdit] = {}
        self._titles: dict[str, str] = {}
        self._found: list[tuple[str, Find]] = []
        self._at = -1
        self.card = Card(Kind.WARN, padding=8)
        self.title = SectionTitle("")
        self.title.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.title.setToolTip(
            _("Nobody but the student belongs in this record, unless you name them knowingly.")
        )
        self.list = CardList(_("Names found"), selects=True)
        self.list.setAccessibleDescription(self.title.toolTip())
        self.replace_button = Button(_("Replace"), "edit")
        self.next_button = Button(_("Next"), "down", "quiet")
        self.replace_button.clicked.connect(self.replace)
        self.next_button.clicked.connect(self.next)
        self.list.opened.connect(self._opened)
        buttons = GrowingRow(self.replace_button, KeyHint(REPLACE), self.next_button, KeyHint(NEXT))
        self._head = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._head.addWidget(self.title, 1)
        self._head.addWidget(buttons, 1)
        buttons.take_no_more()
        self.card.body.addLayout(self._head)
        self.card.body.addWidget(self.list)
        column = QVBoxLayout(self)
        gap = look().gap(24)
        column.setContentsMargins(gap, look().gap(4), gap, look().gap(4))
        column.addWidget(self.card)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        look().changed.connect(self._size)
        self._size()
        for keys, run in ((NEXT, self.next), (BEFORE, self.before), (REPLACE, self.replace)):
            shortcut = QShortcut(QKeySequence(keys), page)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(run)
        self.hide()

    def _size(self) -> None:
        roomy = self.window().height() >= look().px(_ROOMY)
        rows = max(1, min(2 if roomy else 1, len(self._found)))
        self.list.setFixedHeight(look().px(48) * rows + look().px(6))
        self.list.setVisible(self.window().height() >= look().px(_LEAST))
        narrow = self.width() < look().px(560)
        self._head.setDirection(
            QBoxLayout.Direction.TopToBottom if narrow else QBoxLayout.Direction.LeftToRight
        )

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the buttons under the words where it is narrow."""
        super().resizeEvent(event)
        self._size()

    def watch(self, entries: Sequence[tuple[str, str, QPlainTextEdit | QLineEdit]]) -> None:
        """Watch these and no others: field, title, editor, in the order the page has them."""
        known = {marks.editor: marks for marks in self._marks.values()}
        self._titles = {field: title for field, title, _editor in entries}
        self._marks, self._lines = {}, {}
        for field, _title, editor in entries:
            if isinstance(editor, QPlainTextEdit):
                self._marks[field] = known.get(editor) or MentionMarks(editor)
            else:
                self._lines[field] = editor

    def show_finds(self, found: Mapping[str, Sequence[Find]]) -> None:
        """Show what was found, by field, in the order the page has them."""
        kept = self.current()
        self._found = [(field, find) for field in self._titles for find in found.get(field, ())]
        for field, marks in self._marks.items():
            marks.show(found.get(field, ()))
        self._at = self._found.index(kept) if kept in self._found else -1
        self._list()

    def current(self) -> tuple[str, Find] | None:
        """Return the find one walked to last."""
        return self._found[self._at] if 0 <= self._at < len(self._found) else None

    @property
    def count(self) -> int:
        """How many finds are shown."""
        return len(self._found)

    def next(self) -> None:
        """Go to the next find, after the last one to the first."""
        self._walk(1)

    def before(self) -> None:
        """Go to the find before."""
        self._walk(-1)

    def _walk(self, step: int) -> None:
        if not self._found:
            return
        start = self._at if self._at >= 0 or step > 0 else 0
        for ahead in range(1, len(self._found) + 1):
            at = (start + step * ahead) % len(self._found)
            if self._go(at):
                return

    def _go(self, at: int) -> bool:
        field, find = self._found[at]
        line = self._lines.get(field)
        if line is not None:
            text = line.text()
            if text[find.start : find.end] != find.text:
                return False
            line.setFocus(Qt.FocusReason.OtherFocusReason)
            bring_into_sight(line, line.rect())
            line.setSelection(units(text[: find.start]), units(find.text))
            announce(line, told(find))
        elif field not in self._marks or not self._marks[field].go(find):
            return False
        self._at = at
        self._choose()
        return True

    def replace(self) -> None:
        """Put the suggestion in place of the find one is at, else of the next one."""
        here = self._here()
        if here is None:
            self.next()
            here = self.current()
        if here is None:
            return
        field, find = here
        line = self._lines.get(field)
        if line is not None:
            text = line.text()
            if text[find.start : find.end] != find.text:
                return
            line.setText(text[: find.lead] + find.replacement + text[find.end :])
        elif field not in self._marks or not self._marks[field].replace(find):
            return
        at = self._found.index(here)
        self._found.remove(here)
        self._at = min(at, len(self._found)) - 1
        self._list()
        self.replaced.emit()

    def replace_all(self) -> None:
        """Put every suggestion in place, from the end of each text to its beginning."""
        for here in reversed(list(self._found)):
            self._at = self._found.index(here)
            self.replace()

    def _here(self) -> tuple[str, Find] | None:
        for field, marks in self._marks.items():
            if marks.editor is self.window().focusWidget():
                find = marks.at_cursor()
                if find is not None and (field, find) in self._found:
                    return field, find
        return self.current()

    def _opened(self, entry: Entry) -> None:
        self._go(int(entry.id))

    def _choose(self) -> None:
        self.list.setCurrentIndex(self.list.entries.index(self._at, 0))

    def _list(self) -> None:
        count = len(self._found)
        self.title.setText(
            ngettext(
                "Another student may be named in {count} place",
                "Other students may be named in {count} places",
                count,
            ).format(count=count)
        )
        self.list.entries.set_entries(
            [
                Entry(
                    str(number),
                    _("“{name}” in {field}").format(name=find.text, field=self._titles[field]),
                    _("Could read: {instead}").format(instead=find.replacement),
                    icon="refused" if find.certainty is not Certainty.SOFT else "help",
                    kind=Kind.BAD if find.certainty is not Certainty.SOFT else Kind.WARN,
                )
                for number, (field, find) in enumerate(self._found)
            ]
        )
        self._size()
        shown, wanted = not self.isHidden(), bool(count)
        self.setVisible(wanted)
        if wanted and not shown:
            announce(self, self.title.text())
        if self._at >= 0:
            self._choose()
