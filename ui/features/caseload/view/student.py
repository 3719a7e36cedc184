"""A student's page: who they are, what one must know, and everything that happened."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QGridLayout,
    QHBoxLayout,
    QMenu,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.kernel.words import _
from ui.kit.direction import in_order
from ui.kit.icons import icon
from ui.kit.look import Kind, TextSize, look
from ui.kit.widgets.buttons import Button, IconButton
from ui.kit.widgets.editors import Chips
from ui.kit.widgets.empty import EmptyState
from ui.kit.widgets.flow import FlowLayout
from ui.kit.widgets.headings import Card, Chip, Muted, PageTitle, SectionTitle, Words
from ui.kit.widgets.lists import TimelineList
from ui.kit.widgets.scroll import ScrollColumn

Options = Sequence[tuple[object, str]]
ChipSpec = tuple[str, str]
_NARROW = 800
"""Below this width, in pixels at usual text size, profile and timeline take turns."""


@dataclass(frozen=True, slots=True)
class AlertCard:
    """An alert in words."""

    id: str
    kind: str
    text: str
    since: str


@dataclass(frozen=True, slots=True)
class OfferCard:
    """What the roster offers for a field, in words."""

    field: str
    title: str
    ours: str
    theirs: str


@dataclass(frozen=True, slots=True)
class GuardianCard:
    """A guardian in words."""

    id: str
    name: str
    relation: str
    chips: tuple[ChipSpec, ...] = ()
    lines: tuple[str, ...] = ()
    barred: str = ""
    """Why they must not be contacted; empty when they may be."""


@dataclass(frozen=True, slots=True)
class Headline:
    """What stands at the top of the page."""

    name: str
    line: str
    chips: tuple[ChipSpec, ...] = ()
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Profile:
    """The column beside the timeline, in words."""

    facts: tuple[tuple[str, str], ...] = ()
    guardians: tuple[GuardianCard, ...] = ()
    offers: tuple[OfferCard, ...] = field(default=())


class _Wrapping(QWidget):
    """A row that wraps and is as high as its lines."""

    def __init__(self, gap: int = 8) -> None:
        super().__init__()
        self.flow = FlowLayout(self, gap)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def empty(self) -> None:
        """Take everything out."""
        while (item := self.flow.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()


class _Alerts(Card):
    """The alerts that stand: prominent, and calm."""

    ended = Signal(str)

    def __init__(self) -> None:
        super().__init__(Kind.WARN, padding=12)
        self.setAccessibleName(_("Alerts"))
        self._rows: list[QWidget] = []
        self.hide()

    def show_alerts(self, alerts: Sequence[AlertCard]) -> None:
        """Show these alerts; nothing when there are none."""
        for row in self._rows:
            self.body.removeWidget(row)
            row.hide()
            row.deleteLater()
        self._rows = [self._row(alert) for alert in alerts]
        for row in self._rows:
            self.body.addWidget(row)
        self.setVisible(bool(alerts))

    def _row(self, alert: AlertCard) -> QWidget:
        row = QWidget()
        line = QHBoxLayout(row)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(look().gap(12))
        line.addWidget(Chip(alert.kind, Kind.WARN, "alert"))
        words = Words(alert.text)
        words.setToolTip(alert.since)
        line.addWidget(words, 1)
        end = IconButton("check", _("End the alert: {text}").format(text=alert.text))
        end.clicked.connect(lambda: self.ended.emit(alert.id))
        line.addWidget(end)
        return row


def _copied(text: str) -> Words:
    """Return words that can be selected and copied with the mouse, but are no stop for Tab."""
    words = Words(text, TextSize.FINE)
    words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    words.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    return words


_FACTS_WIDE = 276
"""What a name and its value may take side by side, in the column of 300."""


class _Facts(QWidget):
    """Pairs of a name and a value."""

    def __init__(self) -> None:
        super().__init__()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(look().gap(12))
        self._grid.setVerticalSpacing(look().gap(4))
        self._grid.setColumnStretch(1, 1)

    def show_facts(self, facts: Sequence[tuple[str, str]]) -> None:
        """Show these."""
        while (item := self._grid.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        names = [Muted(name, TextSize.FINE) for name, _value in facts]
        widest = max((name.sizeHint().width() for name in names), default=0)
        place = 0
        for label, (_name, value) in zip(names, facts, strict=True):
            label.setWordWrap(False)
            words = _copied(value)
            # A long word, as an email is, takes a line of its own rather than widen the column.
            if widest + words.minimumSizeHint().width() > look().px(_FACTS_WIDE):
                self._grid.addWidget(label, place, 0, 1, 2)
                self._grid.addWidget(words, place + 1, 0, 1, 2)
                place += 2
            else:
                self._grid.addWidget(label, place, 0, Qt.AlignmentFlag.AlignTop)
                self._grid.addWidget(words, place, 1)
                place += 1


class ProfileColumn(ScrollColumn):
    """Roster offers, facts and guardians under each other."""

    taken = Signal(str)
    kept = Signal(str)
    edit_asked = Signal()
    guardian_asked = Signal(str)
    """A guardian's id to change, or nothing to add one."""
    guardian_ended = Signal(str)

    def __init__(self) -> None:
        super().__init__(_("Profile"), margin=0)
        head = QHBoxLayout()
        head.addWidget(SectionTitle(_("Profile")), 1)
        edit = Button(_("Edit"), "edit", "quiet")
        edit.clicked.connect(self.edit_asked)
        head.addWidget(edit)
        self._offers = QVBoxLayout()
        self._offers.setSpacing(look().gap(8))
        self._facts = _Facts()
        family = QHBoxLayout()
        family.addWidget(SectionTitle(_("Guardians")), 1)
        add = Button(_("Add"), "add", "quiet")
        add.setAccessibleName(_("Add a guardian"))
        add.clicked.connect(lambda: self.guardian_asked.emit(""))
        family.addWidget(add)
        self._guardians = QVBoxLayout()
        self._guardians.setSpacing(look().gap(8))
        self._nobody = Muted(_("Nobody is written here yet."), TextSize.FINE)
        self.body.addLayout(self._offers)
        self.body.addLayout(head)
        self.body.addWidget(self._facts)
        self.body.addLayout(family)
        self.body.addWidget(self._nobody)
        self.body.addLayout(self._guardians)
        self.body.addStretch(1)

    def show_profile(self, profile: Profile) -> None:
        """Show a student's profile."""
        self._facts.show_facts(profile.facts)
        _fill(self._offers, [self._offer(offer) for offer in profile.offers])
        _fill(self._guardians, [self._guardian(each) for each in profile.guardians])
        self._nobody.setVisible(not profile.guardians)

    def _offer(self, offer: OfferCard) -> QWidget:
        card = Card(Kind.ACCENT, padding=12)
        card.setAccessibleName(_("The roster offers: {field}").format(field=offer.title))
        title = _("{field}: the roster says otherwise").format(field=offer.title)
        card.body.addWidget(Words(title, bold=True))
        card.body.addWidget(Words(_("Here: {value}").format(value=offer.ours), TextSize.FINE))
        card.body.addWidget(Words(_("Roster: {value}").format(value=offer.theirs), TextSize.FINE))
        row = _Wrapping()
        take = Button(_("Take the roster’s"))
        take.clicked.connect(lambda: self.taken.emit(offer.field))
        keep = Button(_("Keep ours"), kind="quiet")
        keep.clicked.connect(lambda: self.kept.emit(offer.field))
        row.flow.addWidget(take)
        row.flow.addWidget(keep)
        card.body.addWidget(row)
        return card

    def _guardian(self, guardian: GuardianCard) -> QWidget:
        card = Card(Kind.BAD if guardian.barred else Kind.PLAIN, padding=12)
        card.setAccessibleName(guardian.name)
        head = QHBoxLayout()
        head.setSpacing(look().gap(4))
        head.addWidget(Words(in_order(guardian.name), bold=True), 1)
        edit = IconButton("edit", _("Change {name}").format(name=guardian.name))
        edit.clicked.connect(lambda: self.guardian_asked.emit(guardian.id))
        end = IconButton("close", _("Take {name} off the guardians").format(name=guardian.name))
        end.clicked.connect(lambda: self.guardian_ended.emit(guardian.id))
        head.addWidget(edit, 0, Qt.AlignmentFlag.AlignTop)
        head.addWidget(end, 0, Qt.AlignmentFlag.AlignTop)
        card.body.addLayout(head)
        if guardian.relation:
            card.body.addWidget(Muted(guardian.relation, TextSize.FINE))
        if guardian.barred:
            card.body.addWidget(
                Words(
                    _("Do not contact: {reason}").format(reason=guardian.barred),
                    ink="bad",
                    bold=True,
                )
            )
        if guardian.chips:
            row = _Wrapping(4)
            for words, kind in guardian.chips:
                row.flow.addWidget(Chip(words, kind))
            card.body.addWidget(row)
        for line in guardian.lines:
            card.body.addWidget(_copied(line))
        return card

    def sizeHint(self) -> QSize:
        """Return the width the column reads well in."""
        return QSize(look().px(300), look().px(400))


def _fill(column: QVBoxLayout, cards: Sequence[QWidget]) -> None:
    while (item := column.takeAt(0)) is not None:
        widget = item.widget()
        if widget is not None:
            widget.hide()
            widget.deleteLater()
    for card in cards:
        column.addWidget(card)


class _Story(QWidget):
    """The timeline under the chips that narrow it."""

    narrowed = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.kinds = Chips()
        self.kinds.setAccessibleName(_("What the timeline shows"))
        self.kinds.chosen.connect(self.narrowed)
        self.list = TimelineList(_("Timeline"))
        start = Button(_("Write a note"), "note", "primary")
        self.write = start
        self._nothing = EmptyState(
            "history",
            _("The story begins here"),
            _("Notes, decisions, alerts and everything else about the student come up here."),
            start,
        )
        self.stack = QStackedWidget()
        self.stack.addWidget(self.list)
        self.stack.addWidget(self._nothing)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(look().gap(8))
        column.addWidget(self.kinds)
        column.addWidget(self.stack, 1)

    def show_kinds(self, kinds: Options) -> None:
        """Offer the kinds that there are."""
        self.kinds.set_options(kinds)
        self.kinds.setVisible(len(kinds) > 1)

    def show_some(self, *, some: bool) -> None:
        """Show the list, or what an empty one teaches."""
        self.stack.setCurrentWidget(self.list if some else self._nothing)


class StudentView(QWidget):
    """A student's page."""

    alert_ended = Signal(str)
    tag_removed = Signal(str)
    act = Signal(str)
    """One of the page's actions: `note`, `around`, `contact`, `concern`, `summary`, `emergency`,
    `plan`, `tier`, `caseload`, `alert`, `tag`, `edit`, `standing`, `medicaid`, `consents`, `looks`,
    `disclosures`,
    `remove`.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.name = PageTitle()
        self.line = Muted()
        self.chips = _Wrapping(6)
        self.buttons: dict[str, Button] = {}
        self._alerts = _Alerts()
        self._alerts.ended.connect(self.alert_ended)
        self.profile = ProfileColumn()
        self.story = _Story()
        self.story.write.clicked.connect(lambda: self.act.emit("note"))
        self.turns = Chips([("story", _("Timeline")), ("profile", _("Profile"))], exclusive=True)
        self.turns.setAccessibleName(_("What the page shows"))
        self.turns.set_value("story")
        self.turns.chosen.connect(lambda _value: self._arrange())
        words = QVBoxLayout()
        words.setSpacing(look().gap(4))
        words.addWidget(self.name)
        words.addWidget(self.line)
        words.addWidget(self.chips)
        self._head = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._head.setSpacing(look().gap(12))
        self._head.addLayout(words, 1)
        self._actions = self._make_actions()
        self._head.addWidget(self._actions, 0, Qt.AlignmentFlag.AlignTop)
        body = QHBoxLayout()
        body.setSpacing(look().gap(24))
        body.addWidget(self.story, 1)
        body.addWidget(self.profile)
        # Where the text is large the page scrolls as a whole, so that nothing is cut off.
        sheet = ScrollColumn(_("Student"), margin=0)
        page = sheet.body
        page.addLayout(self._head)
        page.addWidget(self._alerts)
        page.addWidget(self.turns)
        page.addLayout(body, 1)
        around = QVBoxLayout(self)
        around.setContentsMargins(0, 0, 0, 0)
        around.addWidget(sheet)
        self._page = page
        self._dress()
        look().changed.connect(self._dress)
        look().changed.connect(self._arrange)
        self._arrange()

    def _make_actions(self) -> QWidget:
        row = _Wrapping()
        more = Button(_("More"), "more")
        menu = QMenu(more)
        self.menu: dict[str, QAction] = {}
        for name, words, sign in (
            ("contact", _("Log a contact (L)"), "call"),
            ("concern", _("Raise a concern"), "warning"),
            ("plan", _("Plan a session"), "calendar"),
            ("plans", _("Plans and goals (P)"), "plan"),
            ("screenings", _("Screenings"), "audit"),
            ("consents", _("Consents (O)"), "consent"),
            ("tier", _("Set tier"), "tier"),
            ("caseload", _("Put on my caseload"), "on"),
            ("alert", _("Add alert"), "alert"),
            ("tag", _("Add tag"), "tag"),
            ("edit", _("Edit profile"), "edit"),
            ("standing", _("Mark as left"), "off"),
            ("medicaid", _("Medicaid and consent"), "consent"),
            ("disclosures", _("Disclosures and requests"), "disclosure"),
            ("looks", _("Who has looked"), "show"),
            ("remove", _("Remove, added by mistake"), "delete"),
        ):
            action = menu.addAction(icon(sign), words)
            action.triggered.connect(lambda _on=False, name=name: self.act.emit(name))
            self.menu[name] = action
        more.setMenu(menu)
        for name, button in (
            ("more", more),
            ("emergency", Button(_("Emergency sheet"), "medication")),
            ("around", Button(_("Around the student"), "guardian")),
            ("summary", Button(_("Save summary"), "pdf")),
            ("note", Button(_("New note"), "note", "primary")),
        ):
            self.buttons[name] = button
            row.flow.addWidget(button)
        self.buttons["emergency"].clicked.connect(lambda: self.act.emit("emergency"))
        self.buttons["emergency"].hide()
        self.buttons["around"].clicked.connect(lambda: self.act.emit("around"))
        self.buttons["summary"].clicked.connect(lambda: self.act.emit("summary"))
        self.buttons["note"].clicked.connect(lambda: self.act.emit("note"))
        return row

    # -- what the presenter shows ----------------------------------------------------

    def show_headline(self, headline: Headline) -> None:
        """Show who the page is about."""
        self.name.setText(headline.name)
        self.line.setText(headline.line)
        self.chips.empty()
        for words, kind in headline.chips:
            self.chips.flow.addWidget(Chip(words, kind))
        for label in headline.tags:
            self.chips.flow.addWidget(self._tag(label))
        self.chips.updateGeometry()

    def _tag(self, label: str) -> QWidget:
        tag = QWidget()
        row = QHBoxLayout(tag)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(Chip(label, Kind.ACCENT, "tag"))
        drop = IconButton("close", _("Remove the tag {label}").format(label=label))
        drop.clicked.connect(lambda: self.tag_removed.emit(label))
        row.addWidget(drop)
        return tag

    def show_alerts(self, alerts: Sequence[AlertCard]) -> None:
        """Show the alerts that stand."""
        self._alerts.show_alerts(alerts)

    def word_action(self, name: str, words: str, *, offered: bool = True) -> None:
        """Give an action of the menu its words, and offer it or not."""
        action = self.menu[name]
        action.setText(words)
        action.setVisible(offered)

    # -- how it is laid out ----------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put profile and timeline beside each other, or let them take turns."""
        super().resizeEvent(event)
        self._arrange()

    def _dress(self) -> None:
        room = look().gap(24)
        self._page.setContentsMargins(room, look().gap(16), room, look().gap(12))
        self._page.setSpacing(look().gap(12))
        self.story.list.setMinimumHeight(look().px(200))
        self.profile.setMinimumHeight(look().px(200))
        self._actions.setMaximumWidth(self._actions.sizeHint().width())

    def _arrange(self) -> None:
        narrow = self.width() < look().px(_NARROW)
        ways = QBoxLayout.Direction
        self._head.setDirection(ways.TopToBottom if narrow else ways.LeftToRight)
        shown = self.turns.value() or "story"
        self.turns.setVisible(narrow)
        self.profile.setVisible(not narrow or shown == "profile")
        self.story.setVisible(not narrow or shown == "story")
        if narrow:
            self.profile.setMinimumWidth(0)
            self.profile.setMaximumWidth(16_777_215)
        else:
            self.profile.setFixedWidth(look().px(300))
