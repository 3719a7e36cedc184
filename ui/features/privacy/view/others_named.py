"""The question before a paper leaves: what is to become of the other students it names."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.kernel.words import _, ngettext
from ui.kit.look import look
from ui.kit.widgets.dialogs import Sheet
from ui.kit.widgets.editors import Check, LineEdit
from ui.kit.widgets.field import Field
from ui.kit.widgets.headings import Muted
from ui.kit.widgets.scroll import ScrollColumn


@dataclass(frozen=True, slots=True)
class NameShown:
    """One place of the paper, as it is asked about."""

    key: str
    name: str
    where: str
    before: str
    after: str


class OthersSheet(Sheet):
    """Every name is masked unless it is ticked; what is shown needs a reason."""

    def __init__(self, parent: QWidget | None, names: Sequence[NameShown]) -> None:
        super().__init__(
            ngettext(
                "Another student is named in {count} place",
                "Other students are named in {count} places",
                len(names),
            ).format(count=len(names)),
            _(
                "Each name leaves as “[another student]”. Tick one only if this person may see it,"
                " and say why: the reason is written into the disclosure record."
            ),
            width=560,
            parent=parent,
        )
        self.boxes: dict[str, Check] = {}
        column = ScrollColumn(_("Names of other students"))
        for name in names:
            box = Check(_("Show “{name}”").format(name=name.name))
            box.setAccessibleDescription(name.where)
            box.toggled.connect(lambda _on: self._ticked())
            around = QWidget()
            rows = QVBoxLayout(around)
            rows.setContentsMargins(0, 0, 0, 0)
            rows.setSpacing(look().gap(4))
            rows.addWidget(box)
            rows.addWidget(Muted(_around(name)))
            rows.addWidget(Muted(name.where))
            column.body.addWidget(around)
            self.boxes[name.key] = box
        column.body.addStretch(1)
        column.setMinimumHeight(look().px(96) * min(3, len(names)) + look().px(24))
        self.reason = LineEdit()
        self.field = Field(_("Why these names are shown"), self.reason, required=True)
        self.body.addWidget(column, 1)
        self.body.addWidget(self.field)
        self.add_close(_("Go back"))
        self.go = self.add_button("", "primary")
        self.go.clicked.connect(self._go)
        self._ticked()
        self.go.setFocus()

    def shown(self) -> frozenset[str]:
        """Return the places that are to be shown."""
        return frozenset(key for key, box in self.boxes.items() if box.isChecked())

    def because(self) -> str:
        """Return why."""
        return self.reason.text().strip()

    def _ticked(self) -> None:
        some = bool(self.shown())
        self.field.setVisible(some)
        self.go.setText(_("&Go on with these names") if some else _("&Go on with all masked"))

    def _go(self) -> None:
        if self.shown() and not self.because():
            self.field.refuse(_("Say why these names are shown."))
            self.reason.setFocus()
            return
        self.accept()


def _around(name: NameShown) -> str:
    return _("… {before}{name}{after} …").format(
        before=name.before, name=name.name, after=name.after
    )


def ask_about_others(
    parent: QWidget | None, names: Sequence[NameShown]
) -> tuple[frozenset[str], str] | None:
    """Return which names are shown and why, or None for going back."""
    sheet = OthersSheet(parent, names)
    accepted = bool(sheet.exec())
    answer = (sheet.shown(), sheet.because())
    sheet.deleteLater()
    return answer if accepted else None
