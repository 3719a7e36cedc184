"""Openings with the recovery sheet: in sight on every page until a keeper has taken note."""

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from app.features.access.commands import AcknowledgeEmergency
from app.features.access.model import EmergencyMark, Member, State
from app.kernel.changes import Changed
from app.kernel.words import _, ngettext
from ui.kit.dates import shown_moment
from ui.kit.notices import Banner, NextStep
from ui.kit.room import Context, TodayLine

if TYPE_CHECKING:
    from app.bootstrap import Desk
    from app.features.access.service import AccessService

_LONGEST = 80
"""Signs of a reason in a banner; all of it stands on the page of people."""


def opened_by(mark: EmergencyMark) -> str:
    """Return when and by whom a vault was opened with its sheet."""
    return _("Opened with the recovery sheet on {when}, by {name}").format(
        when=shown_moment(mark.made.wall()), name=mark.name
    )


def may_take_note(desk: "Desk", me: Member) -> bool:
    """Tell whether whoever is here may take note: a keeper, not come in by the sheet."""
    keeps = me.keeper and me.state is State.ACTIVE
    return keeps and not desk.seat.emergency and not desk.records.read_only


def unseen(desk: "Desk") -> tuple[list[EmergencyMark], bool]:
    """Return the marks that wait for a keeper, and whether whoever is here may take note."""
    waiting = [mark for mark in desk.access.emergencies() if mark.seen_by is None]
    return waiting, bool(waiting) and may_take_note(desk, desk.access.me())


class EmergencyStrip(QWidget):
    """A banner over every page while a mark waits for a keeper."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self.banner: Banner | None = None
        self.hide()

    def reload(self) -> None:
        """Look again whether a mark waits."""
        self._context.tasks.read(
            partial(unseen, self._context.desk), self._show, key="emergencies", owner=self
        )

    def _show(self, found: tuple[list[EmergencyMark], bool] | None) -> None:
        if found is None:
            return
        waiting, may = found
        if self.banner is not None:
            self._column.removeWidget(self.banner)
            self.banner.hide()
            self.banner.deleteLater()
            self.banner = None
        self.setVisible(bool(waiting))
        if waiting:
            self.banner = Banner(self._words(waiting), "warn", self._step(waiting, may=may))
            self.banner.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
            self._column.addWidget(self.banner)

    def _words(self, waiting: list[EmergencyMark]) -> str:
        mark = waiting[0]
        reason = mark.reason if len(mark.reason) <= _LONGEST else f"{mark.reason[:_LONGEST]}…"
        if mark.id == self._context.desk.seat.emergency:
            return _(
                "This vault is open with its recovery sheet, by {name}: {reason} That stays marked"
                " until a keeper takes note of it, and on record for good."
            ).format(name=mark.name, reason=_ended(reason))
        words = _("{opened}: {reason}").format(opened=opened_by(mark), reason=_ended(reason))
        others = len(waiting) - 1
        if others:
            more = ngettext("{count} more waits.", "{count} more wait.", others)
            return f"{words} {more.format(count=others)}"
        return words

    def _step(self, waiting: list[EmergencyMark], *, may: bool) -> NextStep:
        if may and len(waiting) == 1:
            return NextStep(_("I have taken note"), partial(acknowledge, self._context, waiting[0]))
        return NextStep(_("Open People"), partial(self._context.go, "people"))


def acknowledge(context: Context, mark: EmergencyMark) -> None:
    """Write down that a keeper took note; the mark itself stays."""

    def noted(_changed: Changed) -> None:
        context.notices.say(_("Noted. The mark stays on record."))

    context.tasks.write(
        partial(context.desk.access.acknowledge_emergency, AcknowledgeEmergency(mark.id)),
        noted,
        context.say,
    )


def today_lines(context: Context) -> list[TodayLine]:
    """Return what waits for a keeper; runs on the reader thread."""
    access = context.desk.access
    waiting, may = unseen(context.desk)
    return [*_unproven(context), *(_marks(waiting, access) if may else ())]


def _unproven(context: Context) -> list[TodayLine]:
    """A crash or a closed window between the words and their retyping leaves a sheet nobody has."""
    desk = context.desk
    if not (desk.confirmed and desk.secrets.sheet_unproven):
        return []
    if not may_take_note(desk, desk.access.me()):
        return []
    return [
        TodayLine(
            id="sheet-unproven",
            rank=1,
            icon="recovery",
            title=_("The new recovery sheet was never typed back"),
            detail=_("Make one again in Settings, print it, and type the words back."),
            when="",
            page="settings",
            subject="",
            late=True,
        )
    ]


def _marks(waiting: list[EmergencyMark], access: "AccessService") -> list[TodayLine]:
    return [
        TodayLine(
            id=f"emergency-{mark.id}",
            rank=1,
            icon="recovery",
            title=opened_by(mark),
            detail=mark.reason,
            when="",
            page="people",
            subject="",
            done=partial(access.acknowledge_emergency, AcknowledgeEmergency(mark.id)),
            done_label=_("I have taken note"),
            late=True,
        )
        for mark in waiting
    ]


def _ended(text: str) -> str:
    return text if text[-1:] in ".?…" else f"{text}."
