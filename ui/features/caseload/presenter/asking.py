"""Opens a sheet, carries out what was entered, and puts a refusal where it can be mended."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from PySide6.QtWidgets import QWidget

from app.features.caseload.commands import (
    AddAlert,
    AddTag,
    Command,
    DecideTier,
    Done,
    PutOnCaseload,
    TakeOffCaseload,
)
from app.features.caseload.model import AlertKind
from app.kernel.errors import Refused
from app.kernel.ids import StudentId
from app.kernel.nouns import Tier
from app.kernel.words import _, ngettext
from app.phrases import sentence
from ui.features.caseload import said
from ui.features.caseload.presenter.kept import KeptEntries, about
from ui.features.caseload.view.sheets import (
    AlertSheet,
    CaseloadSheet,
    EntrySheet,
    TagSheet,
    TierSheet,
)
from ui.kit.room import Context

_INSIST = frozenset({"student-number-taken", "student-there-already"})
Entries = Mapping[str, Any]


class Asking:
    """What the pages of this room do by way of a sheet, each with Undo where there is one."""

    def __init__(self, context: Context, page: QWidget) -> None:
        self._context = context
        self._page = page
        self._kept: KeptEntries | None = None

    def flush(self) -> None:
        """Keep what stands on an open sheet, now."""
        if self._kept is not None:
            self._kept.save()

    def carry_out(
        self,
        command: Command,
        say: str,
        done: Callable[[Done], None] | None = None,
        failed: Callable[[Exception], None] | None = None,
    ) -> None:
        """Carry out a command off the screen's thread; say what was done, with Undo."""

        def finished(result: Done) -> None:
            if done is not None:
                done(result)
            undo = partial(self.undo, result.undo) if result.undo is not None else None
            self._context.notices.say(say, undo=undo)

        self._context.tasks.write(
            partial(self._context.desk.caseload.carry_out, command),
            finished,
            failed or self._context.say,
            owner=self._page,
        )

    def undo(self, command: Command) -> None:
        """Take back what a notice told of."""
        self._context.tasks.write(
            partial(self._context.desk.caseload.carry_out, command),
            failed=self._context.say,
            owner=self._page,
        )

    def ask(
        self,
        sheet: EntrySheet,
        command: Callable[[Entries], Command],
        say: Callable[[Entries], str],
        done: Callable[[Done], None] | None = None,
        *,
        kept: str,
    ) -> EntrySheet:
        """Open a sheet; carry out what it says until it is accepted or closed.

        What is typed on it is kept under the name `kept` until then.
        """

        def finished(result: Done) -> None:
            sheet.accept()
            if done is not None:
                done(result)

        def failed(error: Exception) -> None:
            if isinstance(error, Refused):
                sheet.refuse(error.field, sentence(error), can_insist=error.code in _INSIST)
            else:
                sheet.wait(on=False)
                self._context.say(error)

        def entered(entries: Entries) -> None:
            try:
                asked = command(entries)
            except Refused as refused:
                failed(refused)
            else:
                self.carry_out(asked, say(entries), finished, failed)

        papers = self._kept = KeptEntries(self._context, sheet, kept)

        def over(_result: int) -> None:
            papers.forget()
            self._kept = None
            sheet.deleteLater()

        sheet.entered.connect(entered)
        sheet.finished.connect(over)
        sheet.open()
        return sheet

    # -- what both pages ask ---------------------------------------------------------

    def put_on(self, students: Sequence[StudentId], who: str) -> EntrySheet:
        """Ask for day and reason, and put students on one's caseload."""
        sheet = CaseloadSheet(
            _("Put on my caseload"),
            _("Put on caseload"),
            who,
            "started_on",
            [_(reason) for reason in said.ON_REASONS],
            self._context.today,
            self._page,
        )
        return self.ask(
            sheet,
            lambda typed: PutOnCaseload(tuple(students), typed["started_on"], typed["reason"]),
            lambda _typed: ngettext(
                "Put on your caseload.", "{count} students put on your caseload.", len(students)
            ).format(count=len(students)),
            kept=about("on", *students),
        )

    def take_off(self, students: Sequence[StudentId], who: str) -> EntrySheet:
        """Ask for day and reason, and take students off one's caseload."""
        sheet = CaseloadSheet(
            _("Take off my caseload"),
            _("Take off caseload"),
            who,
            "ended_on",
            [_(reason) for reason in said.OFF_REASONS],
            self._context.today,
            self._page,
        )
        return self.ask(
            sheet,
            lambda typed: TakeOffCaseload(tuple(students), typed["ended_on"], typed["reason"]),
            lambda _typed: ngettext(
                "Taken off your caseload.",
                "{count} students taken off your caseload.",
                len(students),
            ).format(count=len(students)),
            kept=about("off", *students),
        )

    def decide_tier(
        self, students: Sequence[StudentId], who: str, current: Tier | None
    ) -> EntrySheet:
        """Ask for tier, day and reason, and write the decision."""
        text = _("{who}. The decision stands as it is made; a later one can change the tier.")
        sheet = TierSheet(
            text.format(who=who),
            [(level, _(meaning)) for level, meaning in said.TIER_MEANINGS.items()],
            current,
            self._context.today,
            self._page,
        )
        return self.ask(
            sheet,
            lambda typed: DecideTier(
                tuple(students), _tier(typed), typed["decided_on"], typed["reason"]
            ),
            lambda typed: _("Decided: {tier}.").format(tier=said.tier(_tier(typed))),
            kept=about("tier", *students),
        )

    def add_tag(self, students: Sequence[StudentId], who: str, in_use: Sequence[str]) -> EntrySheet:
        """Ask for a word, and tag students with it."""
        return self.ask(
            TagSheet(who, in_use, self._page),
            lambda typed: AddTag(tuple(students), typed["label"]),
            lambda typed: _("Tagged “{label}”.").format(label=typed["label"].strip()),
            kept=about("tag", *students),
        )

    def add_alert(self, student: StudentId) -> EntrySheet:
        """Ask for kind and text, and write an alert."""
        return self.ask(
            AlertSheet([(kind, _(words)) for kind, words in said.ALERTS.items()], self._page),
            lambda typed: AddAlert(student, AlertKind(typed["kind"]), typed["text"]),
            lambda _typed: _("Alert added."),
            kept=about("alert", student),
        )


def _tier(typed: Entries) -> Tier:
    if typed["tier"] is None:
        raise Refused("tier-needs-choice", "tier")
    return Tier(typed["tier"])
