"""The sheet on which the rules of noticing are read and changed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from app.kernel.words import _
from ui.kit.widgets.buttons import Button
from ui.kit.widgets.entry_sheet import EntrySheet
from ui.kit.widgets.fields import Check, Choice, Field, Number


@dataclass(frozen=True, slots=True)
class RuleShown:
    """A rule on the sheet: what it looks at, whether it counts, and its numbers if it has any."""

    sign: str
    title: str
    on: bool
    at_least: int | None
    days: int | None
    levels: Sequence[tuple[object, str]] = ()
    """Instead of a number of times, a level is chosen."""


Said = Callable[[str, int, int], str]
"""Returns the sentence of a rule with these numbers."""


class RulesSheet(EntrySheet):
    """Each rule as a sentence to switch on or off, with its numbers under it."""

    shipped_asked = Signal()

    def __init__(
        self,
        rules: Sequence[RuleShown],
        limits: tuple[int, int],
        said: Said,
        *,
        line: bool,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(
            _("What deserves a look"),
            _("Keep these rules"),
            _(
                "A student whose facts meet a rule is on the list. The rules that come with the"
                " program are its makers’ own and no published standard: set them as your team"
                " works. They are yours alone."
            ),
            width=640,
            parent=parent,
        )
        self._said = said
        self._switches: dict[str, Field] = {}
        times, days = limits
        for rule in rules:
            on = Check(_("Look for this"), on=rule.on)
            self._switches[rule.sign] = self.form.add(f"{rule.sign}:on", Field(rule.title, on))
            asked: dict[str, Field] = {}
            if rule.levels:
                level = Choice(rule.levels)
                level.set_value(rule.at_least)
                level.chosen.connect(self._tell)
                asked[f"{rule.sign}:at_least"] = Field(_("Level, or above"), level)
            elif rule.at_least is not None:
                count = Number(rule.at_least, 1, times)
                count.valueChanged.connect(self._tell)
                asked[f"{rule.sign}:at_least"] = Field(_("At least"), count)
            if rule.days is not None:
                span = Number(rule.days, 1, days, _("days"))
                span.valueChanged.connect(self._tell)
                asked[f"{rule.sign}:days"] = Field(_("Within"), span)
            if asked:
                self.form.add_row(**asked)
        self.form.add(
            "line",
            Field(
                _("On Today"),
                Check(_("Say how many deserve a look"), on=line),
                _("At most one line a week, and when more students are on the list than before."),
            ),
        )
        shipped = Button(_("Set the shipped rules"), "undo")
        shipped.clicked.connect(self.shipped_asked)
        self.form.add_widget(shipped)
        self._tell()
        self.form.field(self.form.names()[0]).setFocus()

    def _tell(self, _value: object = None) -> None:
        entries = self.values()
        for sign, switch in self._switches.items():
            switch.set_hint(
                self._said(
                    sign,
                    int(entries.get(f"{sign}:at_least") or 1),
                    int(entries.get(f"{sign}:days") or 1),
                )
            )
