"""The board: who is due, what is right about it, and one key to say that it was given.

No dialog stands in the way of an ordinary dose: `G` records the one the focus is on and
goes on to the next. What speaks against a dose is said beside it, with the line for the
reason already there.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFont,
    QKeyEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPixmap,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QBoxLayout,
    QGridLayout,
    QHBoxLayout,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from app.kernel.words import _
from ui.kit.icons import paint_icon
from ui.kit.look import Kind, TextSize, look
from ui.kit.widgets.buttons import Button
from ui.kit.widgets.empty import EmptyState
from ui.kit.widgets.fields import Chips, Choice, Field, LineEdit, SearchEdit
from ui.kit.widgets.flow import FlowLayout
from ui.kit.widgets.headings import Card, Chip, KeyHint, Muted, PageTitle, Words
from ui.kit.widgets.lists import CardList, Entry
from ui.kit.widgets.scroll import ScrollColumn

_BESIDE = QBoxLayout.Direction.LeftToRight
_BELOW = QBoxLayout.Direction.TopToBottom


@dataclass(frozen=True, slots=True)
class Right:
    """One of the rights of giving, and whether it is right now."""

    label: str
    fact: str
    fine: bool = True


@dataclass(frozen=True, slots=True)
class Warned:
    """One thing that speaks against the dose."""

    sentence: str
    stops: bool
    never: bool = False


@dataclass(frozen=True, slots=True)
class DoseShown:
    """The dose the focus is on, in words."""

    name: str
    line: str
    """Second identifiers: birth date, grade, room."""
    medicine: str
    dose: str
    state: str = ""
    state_kind: str = Kind.PLAIN
    allergies: str = ""
    rights: tuple[Right, ...] = ()
    warned: tuple[Warned, ...] = ()
    instructions: str = ""
    stock: str = ""
    told: str = ""
    """What was recorded of it already."""
    as_needed: bool = False
    can_give: bool = True
    can_refuse: bool = True
    can_undo: bool = False


class Portrait(QWidget):
    """A student's picture, or the first letters of the name where there is none."""

    def __init__(self, side: int = 72) -> None:
        super().__init__()
        self._side = side
        self._letters = ""
        self._picture: QPixmap | None = None
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        look().changed.connect(self.updateGeometry)

    def show_person(self, name: str, picture: bytes | None) -> None:
        """Show a picture (JPEG or PNG), or the letters of `name`."""
        self.setAccessibleName(name)
        self._letters = "".join(part[0] for part in name.split()[:2] if part).upper()
        self._picture = None
        if picture:
            pixmap = QPixmap()
            if pixmap.loadFromData(picture):
                self._picture = pixmap
        self.update()

    def sizeHint(self) -> QSize:
        """Return a square that grows with the text."""
        side = look().px(self._side)
        return QSize(side, side)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the picture in rounded corners."""
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        place = QRectF(self.rect())
        shape = QPainterPath()
        shape.addRoundedRect(place, look().px(8), look().px(8))
        painter.fillPath(shape, look().color("accent_soft"))
        if self._picture is not None:
            painter.setClipPath(shape)
            scaled = self._picture.scaled(
                self.size(),
                Qt.AspectRatioMode.KeepAspectRatioByExpanding,
                Qt.TransformationMode.SmoothTransformation,
            )
            painter.drawPixmap(
                (self.width() - scaled.width()) // 2, (self.height() - scaled.height()) // 2, scaled
            )
        else:
            font = QFont(look().font(TextSize.PAGE, bold=True))
            painter.setFont(font)
            painter.setPen(look().color("accent"))
            painter.drawText(place, int(Qt.AlignmentFlag.AlignCenter), self._letters)
        painter.end()


class _Sign(QWidget):
    """A small sign before a line: right, or to be looked at."""

    def __init__(self, icon: str, ink: str) -> None:
        super().__init__()
        self._icon, self._ink = icon, ink
        self.setFixedSize(self.sizeHint())

    def sizeHint(self) -> QSize:
        side = look().px(18)
        return QSize(side, side)

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter = QPainter(self)
        paint_icon(painter, self.rect(), self._icon, self._ink)
        painter.end()


class DoseList(CardList):
    """The doses; `G` gives, `N` says why not, `U` takes back, digits begin a card's number."""

    give = Signal()
    refuse = Signal()
    undo = Signal()
    scanned = Signal(str)

    def row_height(self) -> int:
        """Return the height of a row that is touched."""
        return look().px(52)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Record with one key."""
        plain = event.modifiers() in {
            Qt.KeyboardModifier.NoModifier,
            Qt.KeyboardModifier.ShiftModifier,
            Qt.KeyboardModifier.KeypadModifier,
        }
        key = event.key()
        if plain and key == Qt.Key.Key_G:
            self.give.emit()
        elif plain and key == Qt.Key.Key_N:
            self.refuse.emit()
        elif plain and key == Qt.Key.Key_U:
            self.undo.emit()
        elif plain and event.text().isdigit():
            self.scanned.emit(event.text())
        else:
            super().keyPressEvent(event)


class DosePanel(Card):
    """Everything about the dose the focus is on, and the keys for it."""

    given = Signal()
    refused = Signal(object, str)
    """Emitted with the code and the note of a dose that was not given."""
    undo_asked = Signal()
    home_asked = Signal()
    """The family gave it at home."""
    more_asked = Signal()
    """Another amount, another time, a second person, a note: the whole form."""
    student_asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.portrait = Portrait()
        self.name = Words("", TextSize.TITLE, bold=True)
        self.line = Muted("")
        self.state = Chip("")
        self.allergies = Words("", ink="bad", bold=True)
        self.medicine = Words("", TextSize.LEAD, bold=True)
        self.dose = Words("", TextSize.LEAD)
        self.instructions = Words("")
        self.stock = Muted("")
        self.told = Words("")
        self.reason = LineEdit()
        self.why = Field(_("Reason for giving it all the same"), self.reason)
        self.purpose = LineEdit()
        self.purpose_field = Field(_("Why it is needed now"), self.purpose)
        self.assessment = LineEdit()
        self.assessment_field = Field(
            _("What you saw before"), self.assessment, _("Pain 6 of 10, breathing 28 a minute")
        )
        self.codes = Chips(exclusive=True)
        self.codes.setAccessibleName(_("Why it was not given"))
        self.note = LineEdit()
        self.note_field = Field(_("Note"), self.note)
        self.record_code = Button(_("Record"), kind="primary")
        self.give = Button(_("Given"), "check", "primary")
        self.not_given = Button(_("Not given"), "close")
        self.undo = Button(_("Undo"), "undo")
        self.home = Button(_("Given at home"), "home")
        self.more = Button(_("More"), "more")
        self._rights = QGridLayout()
        self._facts = QWidget()
        self._warned = QVBoxLayout()
        self._refusing = QWidget()
        self._build()
        self.show_dose(None)

    def _build(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(look().gap(12))
        head.addWidget(self.portrait, 0, Qt.AlignmentFlag.AlignTop)
        words = QVBoxLayout()
        words.setSpacing(look().gap(4))
        for widget in (self.name, self.line, self.allergies):
            words.addWidget(widget)
        words.addWidget(self.state, 0, Qt.AlignmentFlag.AlignLeading)
        head.addLayout(words, 1)
        self.body.addLayout(head)
        for widget in (self.medicine, self.dose, self.instructions):
            self.body.addWidget(widget)
        self._rights.setHorizontalSpacing(look().gap(8))
        self._rights.setVerticalSpacing(look().gap(4))
        self._rights.setColumnStretch(2, 1)
        facts = QVBoxLayout(self._facts)
        facts.setContentsMargins(0, 0, 0, 0)
        facts.setSpacing(look().gap(8))
        facts.addLayout(self._rights)
        facts.addWidget(self.stock)
        self.body.addWidget(self._facts)
        self._warned.setSpacing(look().gap(8))
        self.body.addLayout(self._warned)
        for field in (self.purpose_field, self.assessment_field, self.why):
            self.body.addWidget(field)
        self.body.addWidget(self.told)
        refusing = QVBoxLayout(self._refusing)
        refusing.setContentsMargins(0, 0, 0, 0)
        refusing.addWidget(Words(_("Why was it not given?"), bold=True))
        refusing.addWidget(self.codes)
        refusing.addWidget(self.note_field)
        refusing.addWidget(self.record_code, 0, Qt.AlignmentFlag.AlignLeading)
        self.body.addWidget(self._refusing)
        foot = QWidget()
        row = FlowLayout(foot, gap=8)
        for button in (self.give, self.not_given, self.undo, self.home, self.more):
            row.addWidget(button)
        self.body.addWidget(foot)
        self.give.clicked.connect(self.given)
        self.not_given.clicked.connect(self.ask_why_not)
        self.undo.clicked.connect(self.undo_asked)
        self.home.clicked.connect(self.home_asked)
        self.more.clicked.connect(self.more_asked)
        self.record_code.clicked.connect(self._refuse)
        self.note.returnPressed.connect(self._refuse)
        for line in (self.reason, self.purpose, self.assessment):
            line.returnPressed.connect(self.given)

    def show_dose(self, shown: DoseShown | None, picture: bytes | None = None) -> None:
        """Show one dose, or that none is chosen."""
        self.setVisible(shown is not None)
        self._refusing.hide()
        self._facts.show()
        for layout in (self._rights, self._warned):
            while (item := layout.takeAt(0)) is not None:
                if (widget := item.widget()) is not None:
                    widget.hide()
                    widget.deleteLater()
        if shown is None:
            return
        self.portrait.show_person(shown.name, picture)
        self.name.setText(shown.name)
        self.line.setText(shown.line)
        self.state.set(shown.state, shown.state_kind)
        self.state.setVisible(bool(shown.state))
        for label, text in (
            (self.allergies, shown.allergies),
            (self.medicine, shown.medicine),
            (self.dose, shown.dose),
            (self.instructions, shown.instructions),
            (self.stock, shown.stock),
            (self.told, shown.told),
        ):
            label.setText(text)
            label.setVisible(bool(text))
        for row, right in enumerate(shown.rights):
            sign = _Sign("check" if right.fine else "warning", "good" if right.fine else "warn")
            fact = Words(right.fact)
            sign.setAccessibleName(_("Right") if right.fine else _("Look again"))
            self._rights.addWidget(sign, row, 0, Qt.AlignmentFlag.AlignTop)
            self._rights.addWidget(Muted(right.label), row, 1, Qt.AlignmentFlag.AlignTop)
            self._rights.addWidget(fact, row, 2)
        for warned in shown.warned:
            self._warned.addWidget(_warning(warned))
        stops = any(warned.stops for warned in shown.warned)
        never = any(warned.never for warned in shown.warned)
        for field, on in (
            (self.why, stops and not never and shown.can_give),
            (self.purpose_field, shown.as_needed),
            (self.assessment_field, shown.as_needed),
        ):
            field.setVisible(on)
            field.clear()
        for line in (self.reason, self.purpose, self.assessment, self.note):
            line.clear()
        self.give.setVisible(shown.can_give)
        self.give.setEnabled(not never)
        self.not_given.setVisible(shown.can_refuse)
        self.undo.setVisible(shown.can_undo)
        self.home.setVisible(shown.as_needed)

    def offer_codes(self, codes: Sequence[tuple[object, str]]) -> None:
        """Say which codes there are for a dose that was not given."""
        self.codes.set_options(codes)

    def ask_why_not(self) -> None:
        """Show the codes and go to the first."""
        if self.not_given.isHidden():
            return
        # What spoke for giving it makes room for the codes.
        self._facts.hide()
        self._refusing.show()
        self.codes.set_values([])
        self.codes.setFocus(Qt.FocusReason.OtherFocusReason)

    def ask_reason(self) -> bool:
        """Go to the first line that has to be filled before the dose is given; False if none."""
        for field, line in (
            (self.purpose_field, self.purpose),
            (self.why, self.reason),
        ):
            if not field.isHidden() and not line.text().strip():
                line.setFocus(Qt.FocusReason.OtherFocusReason)
                return True
        return False

    def refuse(self, name: str, sentence: str) -> bool:
        """Say at the entry called `name` what would be accepted."""
        field = {
            "override_reason": self.why,
            "reason": self.purpose_field,
            "assessment": self.assessment_field,
            "note": self.note_field,
        }.get(name)
        if field is None:
            return False
        if field is self.note_field:
            self._refusing.show()
        field.show()
        field.refuse(sentence)
        field.setFocus(Qt.FocusReason.OtherFocusReason)
        return True

    def _refuse(self) -> None:
        code = self.codes.value()
        if code is None:
            self.codes.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        self.refused.emit(code, self.note.text().strip())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Record the chosen code with Enter; close the codes with Esc."""
        if not self._refusing.isHidden():
            if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
                self._refuse()
                return
            if event.key() == Qt.Key.Key_Escape:
                self._refusing.hide()
                self._facts.show()
                self.not_given.setFocus()
                return
        super().keyPressEvent(event)


def _warning(warned: Warned) -> QWidget:
    line = QWidget()
    row = QHBoxLayout(line)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(look().gap(8))
    heavy = warned.stops or warned.never
    sign = _Sign("stop" if heavy else "warning", "bad" if heavy else "warn")
    sign.setAccessibleName(_("Stop") if heavy else _("Take note"))
    row.addWidget(sign, 0, Qt.AlignmentFlag.AlignTop)
    row.addWidget(Words(warned.sentence, ink="bad" if heavy else "text", bold=heavy), 1)
    return line


class BoardView(QWidget):
    """The list of doses, what narrows it, and the panel of the one the focus is on."""

    turned = Signal(object)
    """Emitted with the part that is to be shown: now, soon, later, done, as needed."""
    school_chosen = Signal(object)
    room_chosen = Signal(object)
    sought = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.title = PageTitle(_("Medication"))
        self.clock = Muted("")
        self.search = SearchEdit(_("Find by letters, or scan a card"))
        self.parts = Chips(exclusive=True)
        self.parts.setAccessibleName(_("Which doses are shown"))
        self.schools = Chips(exclusive=True)
        self.schools.setAccessibleName(_("Building"))
        self.rooms = Choice(name=_("Room"))
        self.list = DoseList(_("Doses"))
        self.panel = DosePanel()
        self.empty = EmptyState("medication", "", "")
        self.tools = QWidget()
        self.tool_row = FlowLayout(self.tools, gap=8)
        self.checked_time = Button(_("I have checked the time"), "check", "primary")
        self.no_school = Button(_("No school"), "calendar")
        self.school_after_all = Button(_("School after all"), "school")
        self.downtime = Button(_("Enter a paper sheet"), "keyboard")
        for button in (self.checked_time, self.no_school, self.school_after_all, self.downtime):
            self.tool_row.addWidget(button)
        self.checked_time.hide()
        self.school_after_all.hide()
        self._side = QVBoxLayout()
        self._build()
        self.parts.chosen.connect(self.turned)
        self.schools.chosen.connect(self.school_chosen)
        self.rooms.chosen.connect(self.room_chosen)
        self.search.sought.connect(self.sought)
        self.search.returnPressed.connect(self._found)
        self.list.scanned.connect(self._scan)

    def _build(self) -> None:
        self._head = QBoxLayout(_BESIDE)
        self._head.setSpacing(look().gap(8))
        words = QVBoxLayout()
        words.setSpacing(look().gap(4))
        words.addWidget(self.title)
        words.addWidget(self.clock)
        self._head.addLayout(words, 1)
        self._head.addWidget(self.tools, 0)
        self.search.setMinimumWidth(look().px(260))
        self._narrow = QBoxLayout(_BESIDE)
        self._narrow.setSpacing(look().gap(12))
        self._narrow.addWidget(self.search)
        self._narrow.addWidget(self.parts, 1)
        hints = FlowLayout(None, gap=8)
        for keys, what in (
            ("G", _("given")),
            ("N", _("not given")),
            ("U", _("undo")),
            ("Enter", _("open")),
        ):
            hints.addWidget(KeyHint(keys))
            hints.addWidget(Muted(what))
        left = QVBoxLayout()
        left.setSpacing(look().gap(8))
        left.addWidget(self.list, 1)
        left.addWidget(self.empty, 1)
        self._hints = QWidget()
        self._hints.setLayout(hints)
        left.addWidget(self._hints)
        self._side.addWidget(self.panel)
        self._side.addStretch(1)
        self._columns = QBoxLayout(_BESIDE)
        self._columns.setSpacing(look().gap(16))
        self._columns.addLayout(left, 3)
        self._columns.addLayout(self._side, 2)
        # Where the text is large the page scrolls as a whole, so that nothing is cut off.
        sheet = ScrollColumn(_("Medication"), margin=0)
        self._page = sheet.body
        self._page.addLayout(self._head)
        self._page.addLayout(self._narrow)
        self._where = QBoxLayout(_BESIDE)
        self._where.setSpacing(look().gap(12))
        self._where.addWidget(self.schools, 1)
        self._where.addWidget(self.rooms, 0, Qt.AlignmentFlag.AlignTop)
        self._page.addLayout(self._where)
        self._page.addLayout(self._columns, 1)
        around = QVBoxLayout(self)
        around.setContentsMargins(0, 0, 0, 0)
        around.addWidget(sheet)
        self.empty.hide()
        self.schools.hide()
        self.rooms.hide()
        self._dress()
        look().changed.connect(self._dress)

    def _dress(self) -> None:
        room = look().gap(24)
        self._page.setContentsMargins(room, look().gap(16), room, look().gap(12))
        self._page.setSpacing(look().gap(12))
        self.list.setMinimumHeight(4 * self.list.row_height())

    def offer_places(self, schools: Sequence[tuple[str, str]], rooms: Sequence[str]) -> None:
        """Offer the buildings and rooms of those who are due, where there are several."""
        self.schools.set_options([("", _("All buildings")), *schools])
        self.schools.setVisible(len(schools) > 1)
        self.rooms.set_options(
            [("", _("All rooms")), *((room, _("room {room}").format(room=room)) for room in rooms)]
        )
        self.rooms.setVisible(len(rooms) > 1)

    def show_entries(self, entries: Sequence[Entry]) -> None:
        """Show the doses of one part."""
        self.list.set_entries(entries)
        self.list.setVisible(bool(entries))
        self.empty.setVisible(not entries)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the panel under the list where the page is narrow."""
        super().resizeEvent(event)
        wide = self.width() >= look().px(820)
        self._columns.setDirection(_BESIDE if wide else _BELOW)
        self._head.setDirection(_BESIDE if wide else _BELOW)
        self._narrow.setDirection(_BESIDE if self.width() >= look().px(760) else _BELOW)
        self._where.setDirection(_BESIDE if self.width() >= look().px(760) else _BELOW)
        self._columns.setStretch(0, 3 if wide else 1)
        self._columns.setStretch(1, 2 if wide else 1)
        self._hints.setVisible(wide)

    def _scan(self, digit: str) -> None:
        self.search.setFocus(Qt.FocusReason.OtherFocusReason)
        self.search.setText(digit)

    def _found(self) -> None:
        self.list.setFocus(Qt.FocusReason.OtherFocusReason)
        if self.list.entries.total():
            self.list.go_to(0)
