"""The page of a group's session: what all shared, who came, and what is said of each alone."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from typing import Any

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from app.kernel.words import _
from ui.features.groups.view.marks import (
    MarkShown,
    MemberRow,
    MemberShown,
    Underlined,
    WatchedText,
)
from ui.kit.look import Kind, look
from ui.kit.tab_order import tab_through
from ui.kit.widgets.buttons import Button
from ui.kit.widgets.editors import Chips, Choice, DateEdit, LineEdit, TimeEdit
from ui.kit.widgets.fields import Field
from ui.kit.widgets.flow import FlowLayout
from ui.kit.widgets.goals import GoalOffered
from ui.kit.widgets.headings import (
    Card,
    Chip,
    Divider,
    KeyHint,
    Muted,
    PageTitle,
    SectionTitle,
)
from ui.kit.widgets.lists import CardList, Entry
from ui.kit.widgets.mentions import NO_STUDENT, REPLACE
from ui.kit.widgets.scroll import ScrollColumn

Option = tuple[object, str]
_BESIDE, _BELOW = QBoxLayout.Direction.LeftToRight, QBoxLayout.Direction.TopToBottom


@dataclass(frozen=True, slots=True)
class Part:
    """One shared section as the form shows it."""

    key: str
    title: str
    hint: str = ""
    text: str = ""


class GroupSessionView(QWidget):
    """The form of a session: writing on the leading side, names found and facts beside it."""

    edited = Signal(str)
    """Emitted with the name of what a person changed; of a member `own:ID`, `attendance:ID` …"""
    template_chosen = Signal(str)
    day_left = Signal()
    """The day was typed or picked and the focus went on."""
    sign = Signal()
    discard = Signal()
    replace = Signal(object)
    """Emitted with the entry of the names' list whose words are to be replaced."""
    no_student = Signal(object)

    def __init__(self, today: Callable[[], date], ways: Sequence[MarkShown], key_line: str) -> None:
        super().__init__()
        self._today = today
        self._ways = tuple(ways)
        self._quiet = False
        self._parts: list[tuple[Part, Field, WatchedText]] = []
        self.rows: list[MemberRow] = []
        self._fields: dict[str, Field] = {}
        self._build_editors()
        self.sheet = ScrollColumn(_("Group session"), margin=24)
        self._columns = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._columns.setSpacing(look().gap(24))
        self._columns.addLayout(self._build_writing(key_line), 7)
        self._columns.addWidget(self._build_facts(), 3, Qt.AlignmentFlag.AlignTop)
        self.sheet.body.addLayout(self._columns)
        self.sheet.body.addStretch(1)
        page = QVBoxLayout(self)
        page.setContentsMargins(0, 0, 0, 0)
        page.setSpacing(0)
        page.addWidget(self._build_head())
        page.addWidget(self.sheet, 1)
        page.addWidget(self._build_names())
        page.addWidget(Divider())
        page.addWidget(self._build_foot())

    # -- building --------------------------------------------------------------------

    def _build_editors(self) -> None:
        self.topic = WatchedText(line=True, placeholder=_("What this session is about"))
        self.minutes = LineEdit()
        self.on = DateEdit(today=self._today)
        self.at = TimeEdit()
        self.late_reason = WatchedText(line=True)
        self.service = Choice(find=True)
        self.place = Choice()
        self.school = Choice(find=True)
        self.template = Choice()
        self.interventions = Chips()
        for name, label, editor in (
            ("topic", _("Topic"), self.topic),
            ("minutes", _("Minutes"), self.minutes),
            ("on", _("Day"), self.on),
            ("at", _("Began at"), self.at),
            ("late_reason", _("Late entry: why it is written now"), self.late_reason),
            ("service", _("Kind of service"), self.service),
            ("place", _("Place"), self.place),
            ("school", _("Building"), self.school),
            ("template", _("Format"), self.template),
            ("interventions", _("Interventions"), self.interventions),
        ):
            self._fields[name] = Field(label, editor)
        for name, text in (("topic", self.topic), ("late_reason", self.late_reason)):
            text.textChanged.connect(lambda name=name: self._changed(name))
        for name, line in (("minutes", self.minutes), ("on", self.on), ("at", self.at)):
            line.textChanged.connect(lambda _text, name=name: self._changed(name))
        self.on.editingFinished.connect(self.day_left)
        for name, choice in (
            ("service", self.service),
            ("place", self.place),
            ("school", self.school),
        ):
            choice.chosen.connect(lambda _value, name=name: self._changed(name))
        self.interventions.chosen.connect(lambda _values: self._changed("interventions"))
        self.template.chosen.connect(self._template_changed)
        self.topic.onward.connect(self.focus_sections)
        self._fields["late_reason"].hide()

    def _build_head(self) -> QWidget:
        self.title = PageTitle(_("Group session"))
        self.title.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.about = Muted("")
        self.state_chip = Chip(_("Draft"), Kind.ACCENT, "draft")
        self.late_chip = Chip(_("Late entry"), Kind.WARN, "late")
        self.late_chip.hide()
        head = QWidget()
        gap = look().gap(24)
        column = QVBoxLayout(head)
        column.setContentsMargins(gap, look().gap(16), gap, look().gap(4))
        column.setSpacing(look().gap(4))
        row = QHBoxLayout()
        row.setSpacing(look().gap(8))
        row.addWidget(self.title, 1)
        for chip in (self.late_chip, self.state_chip):
            row.addWidget(chip, 0, Qt.AlignmentFlag.AlignVCenter)
        column.addLayout(row)
        column.addWidget(self.about)
        return head

    def _build_writing(self, key_line: str) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(look().gap(12))
        self._when = QWidget()
        self._when_row = QBoxLayout(_BESIDE, self._when)
        self._when_row.setContentsMargins(0, 0, 0, 0)
        self._when_row.setSpacing(look().gap(12))
        for name, part in (("minutes", 2), ("on", 4), ("at", 3)):
            self._when_row.addWidget(self._fields[name], part, Qt.AlignmentFlag.AlignTop)
        column.addWidget(self._when)
        column.addWidget(self._fields["late_reason"])
        column.addWidget(self._fields["topic"])
        self._sections = QVBoxLayout()
        self._sections.setSpacing(look().gap(12))
        column.addLayout(self._sections)
        column.addWidget(self._build_members(key_line))
        column.addStretch(1)
        return column

    def _build_facts(self) -> QWidget:
        facts = QWidget()
        column = QVBoxLayout(facts)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(look().gap(12))
        for name in ("service", "template", "place", "school", "interventions"):
            column.addWidget(self._fields[name])
        return facts

    def _build_members(self, key_line: str) -> QWidget:
        card = Card()
        self.who_title = SectionTitle(_("Who came"))
        self.came = Muted("")
        head = QHBoxLayout()
        head.addWidget(self.who_title)
        head.addWidget(self.came, 1)
        card.body.addLayout(head)
        card.body.addWidget(Muted(key_line))
        self.who_trouble = Field(_("Members"), QWidget())
        self.who_trouble.label.hide()
        self.who_trouble.hide()
        card.body.addWidget(self.who_trouble)
        self._members = QVBoxLayout()
        self._members.setSpacing(0)
        card.body.addLayout(self._members)
        return card

    def _build_names(self) -> QWidget:
        self.names = Card(Kind.WARN)
        self.names_title = SectionTitle("")
        self.found = CardList(_("Names found"))
        self.found.setAccessibleDescription(
            _(
                "Nobody but the student may be named in a student’s record. Waves have to go; dots"
                " are to be answered."
            )
        )
        self.replace_button = Button(_("Replace"), "edit")
        self.no_student_button = Button(_("Not a student"), "check")
        self._keys = (KeyHint(REPLACE), KeyHint(NO_STUDENT))
        acts = QWidget()
        flow = FlowLayout(acts, gap=8)
        flow.addWidget(self.names_title)
        for widget in (
            self.replace_button, self._keys[0], self.no_student_button, self._keys[1],
        ):  # fmt: skip
            flow.addWidget(widget)
        self._names_row = QBoxLayout(_BESIDE)
        self._names_row.setSpacing(look().gap(16))
        self._names_row.addWidget(acts, 3)
        self._names_row.addWidget(self.found, 7)
        self.names.body.addLayout(self._names_row)
        self.found.opened.connect(self.replace)
        self.replace_button.clicked.connect(lambda: self.replace.emit(self.found.entry()))
        self.no_student_button.clicked.connect(lambda: self.no_student.emit(self.found.entry()))
        around = QWidget()
        gap = look().gap(24)
        layout = QVBoxLayout(around)
        layout.setContentsMargins(gap, look().gap(4), gap, look().gap(8))
        layout.addWidget(self.names)
        self._names_around = around
        around.hide()
        return around

    def _build_foot(self) -> QWidget:
        self.status = Muted("")
        self.status.setAccessibleDescription(_("Saved"))
        self.discard_button = Button(_("Discard"), "delete", "quiet")
        self.sign_button = Button(_("Sign"), "sign", "primary")
        self.discard_button.clicked.connect(self.discard)
        self.sign_button.clicked.connect(self.sign)
        foot = QWidget()
        foot.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        self._foot = QBoxLayout(_BESIDE, foot)
        gap = look().gap(24)
        self._foot.setContentsMargins(gap, look().gap(8), gap, look().gap(8))
        self._foot.setSpacing(look().gap(8))
        self._foot.addWidget(self.status, 1)
        self._hint = KeyHint("Ctrl+Enter")
        buttons = QHBoxLayout()
        buttons.setSpacing(look().gap(8))
        for widget in (self.discard_button, self.sign_button, self._hint):
            buttons.addWidget(widget)
        self._foot.addLayout(buttons)
        return foot

    # -- showing ---------------------------------------------------------------------

    def offer(
        self,
        *,
        services: Sequence[Option],
        interventions: Sequence[Option],
        templates: Sequence[Option],
        schools: Sequence[Option],
        places: Sequence[Option],
    ) -> None:
        """Offer these choices."""
        self._quiet = True
        self.service.set_options(services)
        self.interventions.set_options(interventions)
        self.template.set_options(templates)
        self.school.set_options(schools)
        self.place.set_options(places)
        self._fields["school"].setVisible(len(schools) > 1)
        self._quiet = False

    def show_values(self, values: Mapping[str, Any]) -> None:
        """Show the form as it stands; nothing counts as typed."""
        self._quiet = True
        self.topic.set_text(values["topic"])
        self.late_reason.set_text(values["late_reason"])
        self.minutes.setText(values["minutes"])
        self.service.set_value(values["service_id"])
        self.place.set_value(values["place"])
        self.school.set_value(values["school_id"])
        for choice in (self.service, self.school):
            line = choice.lineEdit()
            if line is not None:
                line.setCursorPosition(0)
        self.template.set_value(values["template_id"])
        self.interventions.set_values(list(values["interventions"]))
        self.show_start(values["on"], values["at"])
        self._quiet = False
        self.clear_refusals()

    def show_start(self, on: str, at: str) -> None:
        """Show when the session began; nothing counts as typed."""
        quiet, self._quiet = self._quiet, True
        _put_day(self.on, on)
        _put_time(self.at, at)
        self._quiet = quiet

    def show_sections(self, parts: Sequence[Part]) -> None:
        """Show these sections; a text editor stays where its section stays."""
        kept = {part.key: (field, editor) for part, field, editor in self._parts}
        self._parts = []
        for place, part in enumerate(parts):
            found = kept.pop(part.key, None)
            if found is None or found[0].label.text() != part.title:
                if found is not None:
                    self._drop(found[0])
                editor = WatchedText(placeholder=part.hint)
                editor.textChanged.connect(lambda: self._changed("sections"))
                found = Field(part.title or _("Text"), editor), editor
            field, editor = found
            editor.setPlaceholderText(part.hint)
            with QSignalBlocker(editor):
                editor.set_text(part.text)
            self._sections.insertWidget(place, field)
            self._parts.append((part, field, editor))
        for field, _editor in kept.values():
            self._drop(field)
        for _part, _field, editor in self._parts:
            editor.set_limits(*((5, 14) if len(parts) == 1 else (2, 8)))
        self._order()

    def show_members(self, members: Sequence[MemberShown]) -> None:
        """Show these members; who stays keeps their row, and the focus in it."""
        kept = {row.id: row for row in self.rows}
        self.rows = []
        for place, member in enumerate(members):
            row = kept.pop(member.id, None)
            if row is None:
                row = MemberRow(member, self._ways, self._today)
                row.edited.connect(lambda field, of=member.id: self._member(field, of))
                row.moved.connect(lambda step, of=member.id: self._move(of, step))
                row.goals.offered.connect(self._order)
            else:
                row.show_member(member)
            self._members.insertWidget(place, row)
            self.rows.append(row)
        for row in kept.values():
            self._drop(row)
        self._arrange()
        self._order()

    def show_came(self, words: str) -> None:
        """Say how many came."""
        self.came.setText(words)

    def show_late(self, *, on: bool) -> None:
        """Say that this will be a late entry and ask why, or not."""
        self._fields["late_reason"].setVisible(on)
        self.late_chip.setVisible(on)

    def show_names(
        self, entries: Sequence[Entry], title: str, places: Mapping[str, Sequence[Underlined]]
    ) -> None:
        """Underline the names that were found and list them beside; none: the list goes."""
        for field in self.texts():
            text = self.text(field)
            if text is not None and (places.get(field) or text.places):
                text.underline(tuple(places.get(field, ())))
        if self.found.hasFocus() and not entries:
            self.focus_sections()
        self.names_title.setText(title)
        self.found.set_entries(entries)
        if entries and not self.found.currentIndex().isValid():
            self.found.go_to(0)
        self._names_around.setVisible(bool(entries))

    def _drop(self, widget: QWidget) -> None:
        for layout in (self._sections, self._members):
            layout.removeWidget(widget)
        widget.hide()
        widget.deleteLater()

    # -- what was typed --------------------------------------------------------------

    def values(self) -> dict[str, Any]:
        """Return every entry as it stands, by the name the draft has for it."""
        on, at = self.on.value(), self.at.value()
        return {
            "on": on.isoformat() if on else self.on.text(),
            "at": at.strftime("%H:%M") if at else self.at.text(),
            "minutes": self.minutes.text(),
            "topic": self.topic.text(),
            "service_id": str(self.service.value() or ""),
            "place": str(self.place.value() or ""),
            "school_id": str(self.school.value() or ""),
            "interventions": tuple(str(value) for value in self.interventions.values()),
            "late_reason": self.late_reason.text(),
        }

    def sections(self) -> list[tuple[str, str, str]]:
        """Return key, title and text of each shared section."""
        return [(part.key, part.title, editor.text()) for part, _field, editor in self._parts]

    def offer_goals(self, goals: Mapping[str, Sequence[GoalOffered]]) -> None:
        """Offer each member the goals of their open plans."""
        for row in self.rows:
            row.offer_goals(goals.get(row.id, ()))

    def member_values(self, student: str) -> dict[str, Any]:
        """Return what stands in one member's row."""
        return next(row.values() for row in self.rows if row.id == student)

    def show_next_on(self, student: str, day: str) -> None:
        """Show the day of a member's next step; nothing counts as typed."""
        for row in self.rows:
            if row.id == student:
                row.show_next_on(day)

    def texts(self) -> list[str]:
        """Return the fields of all texts whose names are watched."""
        found = ["topic", "late_reason"]
        found += [f"section:{part.key}" for part, _field, _editor in self._parts]
        for row in self.rows:
            found += [f"{what}:{row.id}" for what in ("reason", "own", "next_step")]
        return found

    def text(self, field: str) -> WatchedText | None:
        """Return the text called `field`."""
        what, _colon, of = field.partition(":")
        if what == "section":
            return next((e for part, _field, e in self._parts if part.key == of), None)
        if of:
            return next((row.text(what) for row in self.rows if row.id == of), None)
        return {"topic": self.topic, "late_reason": self.late_reason}.get(field)

    def focused_text(self) -> str:
        """Return the field of the text that has the focus, or nothing."""
        here: object = self.focusWidget()
        for field in self.texts():
            if self.text(field) is here:
                return field
        return ""

    def _changed(self, name: str) -> None:
        if self._quiet:
            return
        if name == "sections":
            for _part, field, _editor in self._parts:
                field.clear()
        elif name in self._fields:
            self._fields[name].clear()
        self.edited.emit(name)

    def _member(self, field: str, student: str) -> None:
        if not self._quiet:
            self.edited.emit(f"{field}:{student}")

    def _template_changed(self, value: object) -> None:
        if not self._quiet and value:
            self.template_chosen.emit(str(value))

    # -- refusals and focus ----------------------------------------------------------

    def refuse(self, name: str, sentence: str) -> bool:
        """Show a refusal at the entry called `name` and go there; False if there is none."""
        what, _colon, of = name.partition(":")
        if name == "sections" and self._parts:
            field: Field | None = self._parts[0][1]
        elif what == "section":
            field = next((field for part, field, _e in self._parts if part.key == of), None)
        elif of:
            row = next((row for row in self.rows if row.id == of), None)
            if row is not None and row.refuse(what, sentence):
                self.sheet.ensureWidgetVisible(row)
                return True
            return False
        elif name == "marks":
            field = self.who_trouble
        else:
            field = self._fields.get(name)
        if field is None:
            return False
        field.show()
        field.refuse(sentence)
        if name == "marks":
            (self.rows[0].mark if self.rows else self.on).setFocus()
        else:
            field.setFocus(Qt.FocusReason.OtherFocusReason)
        self.sheet.ensureWidgetVisible(field)
        return True

    def clear_refusals(self) -> None:
        """Take all refusals back."""
        for field in (*self._fields.values(), *(field for _p, field, _e in self._parts)):
            field.clear()
        for row in self.rows:
            row.clear()
        self.who_trouble.clear()
        self.who_trouble.hide()

    def focus_first(self) -> None:
        """Put the focus where work goes on: the shared text if there is none, else the marks."""
        if self._parts and not any(editor.text().strip() for _p, _f, editor in self._parts):
            self.focus_sections()
        elif self.rows:
            self.rows[0].mark.setFocus(Qt.FocusReason.OtherFocusReason)
            self.sheet.ensureWidgetVisible(self.rows[0])
        else:
            self.on.setFocus(Qt.FocusReason.OtherFocusReason)

    def focus_sections(self) -> None:
        """Go to the first shared section that is empty, or to the last."""
        for _part, _field, editor in self._parts:
            if not editor.text().strip():
                editor.setFocus(Qt.FocusReason.TabFocusReason)
                return
        if self._parts:
            self._parts[-1][2].setFocus(Qt.FocusReason.TabFocusReason)

    def focus_text(self, field: str, position: int) -> bool:
        """Put the cursor back into a text."""
        text = self.text(field)
        if text is None:
            return False
        cursor = text.textCursor()
        cursor.setPosition(min(position, len(text.text())))
        text.setTextCursor(cursor)
        text.setFocus(Qt.FocusReason.OtherFocusReason)
        return True

    def _move(self, student: str, step: int) -> None:
        """Go to the mark of the next or the former member; past the last, to what all shared."""
        place = next(at for at, row in enumerate(self.rows) if row.id == student) + step
        if 0 <= place < len(self.rows):
            self.rows[place].mark.setFocus(Qt.FocusReason.TabFocusReason)
            self.sheet.ensureWidgetVisible(self.rows[place])
        elif place >= len(self.rows):
            self.sign_button.setFocus(Qt.FocusReason.TabFocusReason)
        else:
            self.focus_sections()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the facts under the writing where the page is narrow."""
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        wide = self.width() >= look().px(820)
        self._columns.setDirection(_BESIDE if wide else _BELOW)
        self._when_row.setDirection(_BESIDE if self.width() >= look().px(480) else _BELOW)
        self._foot.setDirection(_BESIDE if self.width() >= look().px(560) else _BELOW)
        self._hint.setVisible(self.width() >= look().px(560))
        self._names_row.setDirection(_BESIDE if wide else _BELOW)
        self.found.setFixedHeight(self.found.row_height() * (2 if wide else 1) + look().px(12))
        for hint in self._keys:
            hint.setVisible(wide)
        for row in self.rows:
            row.arrange(wide=wide)

    def _order(self) -> None:
        """Let Tab follow the work: when, what all shared, who came, facts, names, buttons."""
        tab_through(
            self.minutes,
            self.on,
            self.at,
            self.late_reason,
            self.topic,
            *(editor for _p, _f, editor in self._parts),
            *self.rows,
            self.service,
            self.template,
            self.place,
            self.school,
            self.interventions,
            self.found,
            self.replace_button,
            self.no_student_button,
            self.discard_button,
            self.sign_button,
        )


def _put_day(editor: DateEdit, text: str) -> None:
    try:
        editor.set_value(date.fromisoformat(text))
    except ValueError:
        editor.setText(text)


def _put_time(editor: TimeEdit, text: str) -> None:
    try:
        editor.set_value(time.fromisoformat(text))
    except ValueError:
        editor.setText(text)
