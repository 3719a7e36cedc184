"""Who came: one member a row, one key a mark, and what is said of each alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QTextCharFormat,
    QTextCursor,
)
from PySide6.QtWidgets import (
    QAbstractButton,
    QBoxLayout,
    QHBoxLayout,
    QSizePolicy,
    QTextEdit,
    QVBoxLayout,
    QWidget,
)

from app.kernel.words import _
from ui.kit.announce import announce
from ui.kit.look import Kind, TextSize, look
from ui.kit.widgets.buttons import IconButton
from ui.kit.widgets.editors import DateEdit, NoteText
from ui.kit.widgets.fields import Field
from ui.kit.widgets.goals import GoalOffered, GoalsTicked
from ui.kit.widgets.headings import Muted, Words
from ui.kit.widgets.mentions import bring_into_sight


@dataclass(frozen=True, slots=True)
class MarkShown:
    """One way to mark a member: its value, its key, its word, and how it looks."""

    value: str
    key: str
    word: str
    kind: str = Kind.PLAIN


@dataclass(frozen=True, slots=True)
class Underlined:
    """A place in a text that is marked: a wave for what has to go, dots for what is asked."""

    start: int
    end: int
    sure: bool


@dataclass(frozen=True, slots=True)
class MemberShown:
    """One member as the list shows them."""

    id: str
    name: str
    detail: str
    attendance: str
    reason: str = ""
    own: str = ""
    next_step: str = ""
    next_on: str = ""
    goals: tuple[tuple[str, str], ...] = ()


class WatchedText(NoteText):
    """A text whose names are underlined while one types; Enter goes on where it is one line."""

    onward = Signal()
    left_by_arrow = Signal(int)

    def __init__(self, *, line: bool = False, placeholder: str = "") -> None:
        super().__init__("", placeholder, lines=1 if line else 3, most=6 if line else 14)
        self._line = line
        self.places: tuple[Underlined, ...] = ()
        look().changed.connect(self._underline_again)

    def set_limits(self, lines: int, most: int) -> None:
        """Show at least `lines` and at most `most` lines."""
        self._low, self._high = lines, most
        self._grow()

    def _underline_again(self) -> None:
        self.underline(self.places)

    def underline(self, places: Sequence[Underlined]) -> None:
        """Underline these places."""
        self.places = tuple(places)
        marks = []
        for place in places:
            mark = QTextEdit.ExtraSelection()
            cursor = self._spot(place.start, place.end)
            style = QTextCharFormat()
            style.setUnderlineStyle(
                QTextCharFormat.UnderlineStyle.WaveUnderline
                if place.sure
                else QTextCharFormat.UnderlineStyle.DotLine
            )
            style.setUnderlineColor(look().color("bad" if place.sure else "warn"))
            mark.cursor, mark.format = cursor, style
            marks.append(mark)
        self.setExtraSelections(marks)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Be as high as the lines that the new width makes of the text."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._grow()

    def put(self, start: int, end: int, words: str) -> None:
        """Write `words` in place of what stands there, as one step that can be undone."""
        cursor = self._spot(start, end)
        cursor.insertText(words)
        self.setTextCursor(cursor)

    def go(self, place: Underlined) -> None:
        """Select a place of the text, bring it into sight and put the focus there."""
        self.setTextCursor(self._spot(place.start, place.end))
        self.ensureCursorVisible()
        bring_into_sight(self, self.cursorRect())
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def holds_cursor(self, place: Underlined) -> bool:
        """Tell whether the cursor stands in a place of the text."""
        spot, here = self._spot(place.start, place.end), self.textCursor().selectionStart()
        return spot.selectionStart() <= here <= spot.selectionEnd()

    def _spot(self, start: int, end: int) -> QTextCursor:
        """Return a cursor over signs of the text; Qt counts those outside the BMP twice."""
        text = self.toPlainText()
        cursor = QTextCursor(self.document())
        cursor.setPosition(_units(text[:start]))
        cursor.setPosition(_units(text[:end]), QTextCursor.MoveMode.KeepAnchor)
        return cursor

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go on with Enter where it is one line; Shift+Enter begins another one."""
        if self._line and event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
                event.ignore()
                return
            if not event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
                self.onward.emit()
                return
        if self._line and event.key() in {Qt.Key.Key_Up, Qt.Key.Key_Down}:
            before = self.textCursor().position()
            super().keyPressEvent(event)
            if self.textCursor().position() == before:
                self.left_by_arrow.emit(1 if event.key() == Qt.Key.Key_Down else -1)
            return
        super().keyPressEvent(event)


class MarkButton(QAbstractButton):
    """The marks of one member side by side; a letter sets one, arrows go to the next member."""

    marked = Signal(str)
    moved = Signal(int)
    onward = Signal()

    def __init__(self, ways: Sequence[MarkShown], name: str) -> None:
        super().__init__()
        self._ways = tuple(ways)
        self._name = name
        self._value = ways[0].value
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        look().changed.connect(self.updateGeometry)
        self._name_it()

    def value(self) -> str:
        """Return the mark."""
        return self._value

    def set_value(self, value: str) -> None:
        """Show a mark; nothing counts as entered."""
        self._value = value
        self._name_it()
        self.update()

    def word(self) -> str:
        """Return the mark in words."""
        return next((way.word for way in self._ways if way.value == self._value), "")

    def _name_it(self) -> None:
        self.setAccessibleName(
            _("{name}: {mark}").format(name=self._name, mark=self.word())
        )  # fmt: skip
        self.setToolTip(self.word())

    def _mark(self, value: str) -> None:
        if value != self._value:
            self.set_value(value)
            announce(self, self.accessibleName())
            self.marked.emit(value)

    def _side(self) -> int:
        return max(24, look().px(30))

    def sizeHint(self) -> QSize:
        """Return room for each mark's letter."""
        return QSize(self._side() * len(self._ways) + 4, self._side() + 4)

    def minimumSizeHint(self) -> QSize:
        """Return the same: no mark is left out."""
        return self.sizeHint()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Mark with a letter or with Left and Right; move with Up and Down; write with Enter."""
        letter = event.text().upper()
        rtl = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        steps = {Qt.Key.Key_Right: -1 if rtl else 1, Qt.Key.Key_Left: 1 if rtl else -1}
        key = Qt.Key(event.key())
        plain = not event.modifiers() & ~Qt.KeyboardModifier.ShiftModifier
        if key in {Qt.Key.Key_Up, Qt.Key.Key_Down}:
            self.moved.emit(1 if key == Qt.Key.Key_Down else -1)
        elif key in steps:
            values = [way.value for way in self._ways]
            place = values.index(self._value) + steps[key]
            if 0 <= place < len(values):
                self._mark(values[place])
        elif key in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and plain:
            self.onward.emit()
        elif plain and letter and any(way.key == letter for way in self._ways):
            self._mark(next(way.value for way in self._ways if way.key == letter))
        else:
            event.ignore()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Set the mark that was clicked."""
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        place = int((event.position().x() - 2) // self._side())
        if self.layoutDirection() == Qt.LayoutDirection.RightToLeft:
            place = len(self._ways) - 1 - place
        if 0 <= place < len(self._ways):
            self._mark(self._ways[place].value)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the focus."""
        super().focusInEvent(event)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint each letter in its box; the one that holds is filled and ringed."""
        style, side = look(), self._side()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rtl = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        for place, way in enumerate(reversed(self._ways) if rtl else self._ways):
            on = way.value == self._value
            box = QRectF(2 + place * side, 2, side, side).adjusted(1.5, 1.5, -1.5, -1.5)
            painter.setPen(QPen(style.strong(way.kind) if on else style.color("line"), 1))
            painter.setBrush(style.soft(way.kind) if on else style.color("raised"))
            painter.drawRoundedRect(box, style.px(5), style.px(5))
            painter.setFont(style.font(TextSize.BODY if on else TextSize.FINE, bold=on))
            painter.setPen(style.strong(way.kind) if on else style.color("muted"))
            painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), way.key)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(style.color("focus"), 2))
            painter.drawRoundedRect(
                QRectF(self.rect()).adjusted(1, 1, -1, -1), style.px(6), style.px(6)
            )
        painter.end()


class MemberRow(QWidget):
    """One member: name, marks, a line of their own; more where it is needed."""

    edited = Signal(str)
    """Emitted with the field's name: `own`, `reason`, `next_step`, `next_on`, `attendance`."""
    moved = Signal(int)

    def __init__(self, shown: MemberShown, ways: Sequence[MarkShown], today: object) -> None:
        super().__init__()
        self.id = shown.id
        self._quiet = False
        self._present = ways[0].value
        self.name = Words(shown.name, bold=True)
        self.detail = Muted(shown.detail, TextSize.FINE)
        self.mark = MarkButton(ways, shown.name)
        self.own = WatchedText(line=True, placeholder=_("Their own part"))
        self.own.setAccessibleName(_("{name}: their own part").format(name=shown.name))
        self.reason = WatchedText(line=True)
        self.next_step = WatchedText(line=True, placeholder=_("Call home, see again, refer"))
        self.next_on = DateEdit(today=today)  # type: ignore[arg-type]
        self.next_on.setPlaceholderText(_("No day yet"))
        self.more = IconButton("follow_up", _("{name}: next step").format(name=shown.name))
        self.goals = GoalsTicked()
        self.goals_button = IconButton("goal", _("{name}: goals worked on").format(name=shown.name))
        self._has_goals = False
        self._goals_open = False
        self.fields = {
            "own": Field(_("Their own part"), self.own),
            "reason": Field(_("Why they did not take part"), self.reason),
            "next_step": Field(_("Next step"), self.next_step),
            "next_on": Field(_("Comes back on Today"), self.next_on),
        }
        self.fields["own"].label.hide()
        for field in self.fields.values():
            spoken = _("{name}: {field}").format(name=shown.name, field=field.label.text())
            field.editor.setAccessibleName(spoken)
        for key, text in (
            ("own", self.own),
            ("reason", self.reason),
            ("next_step", self.next_step),
        ):
            text.textChanged.connect(lambda key=key: self._changed(key))
        self.next_on.textChanged.connect(lambda _text: self._changed("next_on"))
        self._build()
        self.mark.marked.connect(self._marked)
        self.mark.moved.connect(self.moved)
        self.mark.onward.connect(self._write)
        self.reason.onward.connect(lambda: self.moved.emit(1))
        self.own.onward.connect(lambda: self.moved.emit(1))
        for text in (self.own, self.reason):
            text.left_by_arrow.connect(self.moved)
        self.next_step.onward.connect(
            lambda: self.next_on.setFocus(Qt.FocusReason.TabFocusReason)
        )  # fmt: skip
        self.more.clicked.connect(self.open_next_step)
        self.goals.edited.connect(lambda: self._changed("goals"))
        self.goals_button.clicked.connect(self.turn_goals)
        self.show_member(shown)

    def _build(self) -> None:
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(self.name)
        words.addWidget(self.detail)
        words.addStretch(1)
        self._who = QWidget()
        self._who.setLayout(words)
        words.setContentsMargins(0, 0, 0, 0)
        head = QHBoxLayout()
        head.setSpacing(look().gap(8))
        head.addWidget(self._who, 1)
        head.addWidget(self.mark, 0, Qt.AlignmentFlag.AlignTop)
        beside = QVBoxLayout()
        beside.setSpacing(look().gap(8))
        line = QHBoxLayout()
        line.setSpacing(look().gap(4))
        line.addWidget(self.fields["own"], 1)
        line.addWidget(self.goals_button, 0, Qt.AlignmentFlag.AlignTop)
        line.addWidget(self.more, 0, Qt.AlignmentFlag.AlignTop)
        beside.addWidget(self.fields["reason"])
        beside.addLayout(line)
        self._next = QWidget()
        self._next_row = QBoxLayout(QBoxLayout.Direction.LeftToRight, self._next)
        self._next_row.setContentsMargins(0, 0, 0, 0)
        self._next_row.setSpacing(look().gap(8))
        self._next_row.addWidget(self.fields["next_step"], 5, Qt.AlignmentFlag.AlignTop)
        self._next_row.addWidget(self.fields["next_on"], 3, Qt.AlignmentFlag.AlignTop)
        beside.addWidget(self._next)
        self._goals = QWidget()
        goals = QVBoxLayout(self._goals)
        goals.setContentsMargins(0, 0, 0, 0)
        goals.addWidget(self.goals)
        beside.addWidget(self._goals)
        self._row = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._row.setContentsMargins(0, look().gap(6), 0, look().gap(6))
        self._row.setSpacing(look().gap(12))
        self._row.addLayout(head, 4)
        self._row.addLayout(beside, 6)

    def arrange(self, *, wide: bool) -> None:
        """Put the line beside the marks, or under them where it is narrow."""
        sideways, below = QBoxLayout.Direction.LeftToRight, QBoxLayout.Direction.TopToBottom
        self._row.setDirection(sideways if wide else below)
        self._next_row.setDirection(sideways if wide else below)

    def show_member(self, shown: MemberShown) -> None:
        """Show what was entered; nothing counts as typed."""
        self._quiet = True
        self.mark.set_value(shown.attendance)
        self.own.set_text(shown.own)
        self.reason.set_text(shown.reason)
        self.next_step.set_text(shown.next_step)
        self.show_next_on(shown.next_on)
        self._quiet = True
        self.fields["reason"].setVisible(shown.attendance != self._present)
        self._next.setVisible(bool(shown.next_step or shown.next_on))
        self.goals.show_kept(shown.goals)
        self._goals_open = bool(shown.goals)
        self._show_goals()
        self._quiet = False

    def offer_goals(self, goals: Sequence[GoalOffered]) -> None:
        """Offer the goals of the member's open plans; none: nothing is asked."""
        self.goals.offer(goals)
        self._has_goals = bool(goals)
        self._show_goals()

    def turn_goals(self) -> None:
        """Show the goals and go there, or hide them where none is ticked."""
        self._goals_open = not self._goals_open or bool(self.goals.goals())
        self._show_goals()
        stops = self.goals.stops()  # none until the plans were read again
        if self._goals_open and stops:
            stops[0].setFocus(Qt.FocusReason.TabFocusReason)

    def _show_goals(self) -> None:
        """One who was not there worked on no goal."""
        here = self._has_goals and self.mark.value() == self._present
        self.goals_button.setVisible(here)
        self._goals.setVisible(here and self._goals_open)

    def show_next_on(self, day: str) -> None:
        """Show the day of the next step; nothing counts as typed."""
        from datetime import date

        self._quiet = True
        try:
            self.next_on.set_value(date.fromisoformat(day) if day else None)
        except ValueError:
            self.next_on.setText(day)
        self._quiet = False

    def values(self) -> dict[str, Any]:
        """Return what stands in the row."""
        day = self.next_on.value()
        return {
            "attendance": self.mark.value(),
            "reason": self.reason.text(),
            "own": self.own.text(),
            "next_step": self.next_step.text(),
            "next_on": day.isoformat() if day else self.next_on.text().strip(),
            "goals": self.goals.goals(),
        }

    def stops(self) -> tuple[QWidget, ...]:
        """Return what takes the focus, in the order of Tab."""
        return (
            self.mark, self.reason, self.own, self.goals_button, self.more, self.next_step,
            self.next_on, *self.goals.stops(),
        )  # fmt: skip

    def open_next_step(self) -> None:
        """Show the next step's line and go there."""
        self._next.show()
        self.next_step.setFocus(Qt.FocusReason.TabFocusReason)

    def text(self, field: str) -> WatchedText | None:
        """Return the text called `field`, if it is one whose names are watched."""
        editor = self.fields[field].editor if field in self.fields else None
        return editor if isinstance(editor, WatchedText) else None

    def refuse(self, field: str, sentence: str) -> bool:
        """Show a refusal at an entry of this member and go there."""
        if field.startswith("goals."):
            self._goals_open = True
            self._show_goals()
            return self.goals.refuse(field.removeprefix("goals."), sentence) is not None
        shown = self.fields.get(field)
        if shown is None:
            return False
        if field in {"next_step", "next_on"}:
            self._next.show()
        shown.show()
        shown.refuse(sentence)
        shown.setFocus(Qt.FocusReason.OtherFocusReason)
        return True

    def clear(self) -> None:
        """Take the refusals back."""
        for field in self.fields.values():
            field.clear()

    def _write(self) -> None:
        away = self.mark.value() != self._present
        (self.reason if away else self.own).setFocus(Qt.FocusReason.TabFocusReason)

    def _marked(self, value: str) -> None:
        away = value != self._present
        self.fields["reason"].setVisible(away)
        self._show_goals()
        if away:
            self.reason.setFocus(Qt.FocusReason.TabFocusReason)
        self._changed("attendance")

    def _changed(self, field: str) -> None:
        if not self._quiet:
            if field in self.fields:
                self.fields[field].clear()
            self.edited.emit(field)


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
