"""Opens a sheet, carries out what was entered, and puts a refusal where it can be mended."""

from collections.abc import Callable, Sequence
from functools import partial

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
from app.overviews.evidence import Fact
from app.overviews.tier_words import spoken_facts
from ui.features.caseload import said
from ui.features.caseload.view.sheets import (
    AlertSheet,
    CaseloadSheet,
    TagSheet,
    TierSheet,
)
from ui.kit.asking import Asker, Entries, about
from ui.kit.room import Context
from ui.kit.widgets.entry_sheet import EntrySheet

_INSIST = frozenset({"student-number-taken", "student-there-already"})


class Asking:
    """What the pages of this room do by way of a sheet, each with Undo where there is one."""

    def __init__(self, context: Context, page: QWidget) -> None:
        self._context = context
        self._page = page
        self._asker = Asker(context, page)

    def flush(self) -> None:
        """Keep what stands on an open sheet, now."""
        self._asker.flush()

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
            self._tell(result, say)

        self._context.tasks.write(
            partial(self._context.desk.caseload.carry_out, command),
            finished,
            failed or self._context.say,
            owner=self._page,
        )

    def _tell(self, result: Done, say: str) -> None:
        undo = partial(self.undo, result.undo) if result.undo is not None else None
        self._context.notices.say(say, undo=undo)

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
        """Open a sheet; carry out what it says until it is accepted or closed."""

        def act(entries: Entries) -> Callable[[], Done]:
            return partial(self._context.desk.caseload.carry_out, command(entries))

        def finished(result: Done, entries: Entries) -> None:
            if done is not None:
                done(result)
            self._tell(result, say(entries))

        return self._asker.ask(sheet, act, finished, kept=kept, insist=_INSIST)

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
        if len(students) == 1:
            self._context.tasks.read(
                partial(self._context.desk.tiers.known, students[0]),
                lambda facts: sheet.show_known(_kept_with(facts)),
                self._context.say,
                owner=sheet,
            )
        else:
            sheet.show_known(_("For each student, what is on record today is kept with it."))
        return self.ask(
            sheet,
            lambda typed: DecideTier(
                tuple(students),
                _tier(typed),
                typed["decided_on"],
                typed["reason"],
                typed["look_again_on"],
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


def _kept_with(facts: Sequence[Fact]) -> str:
    return _("{facts}\nThis is kept with the decision, as it stands.").format(
        facts=spoken_facts(facts)
    )


def _tier(typed: Entries) -> Tier:
    if typed["tier"] is None:
        raise Refused("tier-needs-choice", "tier")
    return Tier(typed["tier"])
