"""What lies around the vault, on the screen: asked off the UI thread, told once, listed for good."""

import threading
from pathlib import Path
from typing import TYPE_CHECKING

import shiboken6
from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.kernel.changes import NOTHING, Changed, Kind
from app.kernel.words import _, ngettext
from app.vault.surroundings import Question, Surroundings, look_around
from ui.kit.look import TextSize, look
from ui.kit.room import Context, TodayLine
from ui.kit.widgets.buttons import Button
from ui.kit.widgets.headings import Muted, Words

if TYPE_CHECKING:
    from app.vault.places import ThisDevice

_LATER_MS = 600
"""The page one came for is shown first."""
_SEEN = "seen_around"


class Around(QObject):
    """Asks what lies around a vault, on a thread that holds up neither the desk nor its end."""

    found = Signal(object)
    """Emitted with the `Surroundings`."""
    _answered = Signal(object)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.last: Surroundings | None = None
        self._place: Path | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_LATER_MS)
        self._timer.timeout.connect(self._ask)
        self._answered.connect(self._take)

    def look(self, place: Path) -> None:
        """Ask about `place` in a moment; an earlier place is forgotten."""
        self._place, self.last = place, None
        self._timer.start()

    def _ask(self) -> None:
        place = self._place
        if place is None:
            return

        def ask() -> None:
            answered = look_around(place)
            if shiboken6.isValid(self):
                self._answered.emit(answered)

        threading.Thread(target=ask, name="casewell-around", daemon=True).start()

    def _take(self, answered: Surroundings) -> None:
        if answered.place == self._place:
            self.last = answered
            self.found.emit(answered)


def unseen(device: "ThisDevice", found: Surroundings) -> tuple[Question, ...]:
    """Return the worries about a place that were not yet dismissed on this device."""
    seen = _seen(device).get(str(found.place), [])
    return tuple(each.question for each in found.worries if each.question.value not in seen)


def dismiss(device: "ThisDevice", found: Surroundings, *, on: bool = True) -> Changed:
    """Say no more about the worries of a place on this device, or say it again."""
    kept = {**_seen(device), str(found.place): [each.question.value for each in found.worries]}
    if not on:
        kept.pop(str(found.place))
    device.keep(**{_SEEN: kept})
    return Changed.only(Kind.SETTING)


def _seen(device: "ThisDevice") -> dict[str, list[str]]:
    kept = device.facts.get(_SEEN)
    return kept if isinstance(kept, dict) else {}


def today_line(context: Context) -> list[TodayLine]:
    """Return the line of Today that tells of what lies around, once it is known."""
    from app.phrases.surroundings import worry_said
    from ui.shell.window import DeskWindow

    if not isinstance(context, DeskWindow) or context.around.last is None:
        return []
    found, device = context.around.last, context.device
    open_worries = unseen(device, found)
    if not open_worries:
        return []
    first = next(each for each in found.worries if each.question in open_worries)
    more = len(open_worries) - 1
    detail = (
        ngettext(
            "And {count} more thing about this computer. Settings tells what to do.",
            "And {count} more things about this computer. Settings tells what to do.",
            more,
        ).format(count=more)
        if more
        else _("Settings, This computer, tells what to do.")
    )
    return [
        TodayLine(
            id="around",
            rank=90,
            icon="warning",
            title=worry_said(first),
            detail=detail,
            when="",
            page="settings",
            subject="this-computer",
            done=lambda: dismiss(device, found),
            done_label=_("Say no more"),
            undo=lambda: dismiss(device, found, on=False),
        )
    ]


def anything_new(context: Context) -> Changed:
    """Return what pages should look at again when the answers have come."""
    return Changed.only(Kind.SETTING) if today_line(context) else NOTHING


class SurroundingsPart(QWidget):
    """What the settings say about this computer: each question, its answer, and advice."""

    def __init__(self, around: Around) -> None:
        super().__init__()
        self._around = around
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(look().gap(8))
        self._lead = Muted(
            _(
                "What Casewell could find out about the place of the vault. The vault itself is"
                " encrypted whatever stands here."
            )
        )
        self._column.addWidget(self._lead)
        self._answers = QWidget()
        self._column.addWidget(self._answers)
        self.again = Button(_("Look again"), "refresh")
        self._column.addWidget(self.again, 0, Qt.AlignmentFlag.AlignLeft)
        around.found.connect(self._show)
        self.again.clicked.connect(self._look)

    def reload(self, place: Path) -> None:
        """Show the answers that are known, or ask."""
        if self._around.last is not None and self._around.last.place == place:
            self._show(self._around.last)
        else:
            self._around.look(place)

    def _look(self) -> None:
        if self._around.last is not None:
            self.again.setEnabled(False)
            self._around.look(self._around.last.place)

    def _show(self, found: Surroundings) -> None:
        from app.phrases.surroundings import advice_said, answer_said, question_said

        self.again.setEnabled(True)
        fresh = QWidget()
        column = QVBoxLayout(fresh)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(look().gap(4))
        for each in found.findings:
            said = _("{question}: {answer}").format(
                question=question_said(each.question), answer=answer_said(each)
            )
            column.addWidget(Words(said, TextSize.BODY, "warn" if each.worries else "text"))
            advice = advice_said(each)
            if advice:
                column.addWidget(Muted(advice))
            column.addSpacing(look().gap(4))
        self._column.replaceWidget(self._answers, fresh)
        self._answers.hide()
        self._answers.deleteLater()
        self._answers = fresh
