"""Lets the day plan leave: as a file or through a printer, each with its disclosures."""

from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path

from PySide6.QtCore import QStandardPaths
from PySide6.QtPrintSupport import QPrinter
from PySide6.QtWidgets import QFileDialog, QWidget

from app.kernel.errors import Trouble
from app.kernel.words import _
from app.overviews.reports.day_plan import (
    PAPER,
    SHOWN,
    AskedPlan,
    MadePlan,
    PlanLeft,
    Show,
    plan_name,
)
from app.overviews.reports.leaving import Release
from app.overviews.reports.wording import spoken_paper
from ui.features.schedule.view.sheets import DayPlanSheet
from ui.kit.asking import Asker, Entries
from ui.kit.printing import Printed, choose_printer, print_on
from ui.kit.room import Context
from ui.kit.widgets.ground import party_of, terms_of

_FILE, _PRINT = "file", "print"


class DayPlanPrinter:
    """Asks which day plan is wanted, makes it, and lets it leave."""

    def __init__(self, context: Context, page: QWidget) -> None:
        self._context = context
        self._page = page
        self._asker = Asker(context, page)

    def flush(self) -> None:
        """Keep what stands on an open sheet."""
        self._asker.flush()

    def ask(self, day: date) -> None:
        """Ask for a day's plan."""
        plans = self._context.desk.day_plans

        def act(entries: Entries) -> Callable[[], tuple[MadePlan, Release]]:
            release = Release(
                party_of(entries), str(entries["purpose"]), terms_of(entries)
            ).accepted()
            asked = AskedPlan(
                str(entries["day"]),
                Show(str(entries["show"] or Show.INITIALS)),
                "a4" if entries["size"] == "a4" else "letter",
            )
            return lambda: (plans.make(asked), release)

        def made(found: tuple[MadePlan, Release], entries: Entries) -> None:
            if entries["way"] == _PRINT:
                self._choose_printer(*found)
            else:
                self._choose_place(*found)

        sheet = DayPlanSheet(
            day,
            [(show.value, _(SHOWN[show])) for show in Show],
            [(_FILE, _("PDF")), (_PRINT, _("Print"))],
            self._context.today,
            self._page,
        )
        self._asker.ask(sheet, act, made)

    def _choose_place(self, made: MadePlan, release: Release) -> None:
        documents = QStandardPaths.StandardLocation.DocumentsLocation
        folder = Path(QStandardPaths.writableLocation(documents) or Path.home())
        day = date.fromisoformat(made.asked.day)
        name = plan_name(day, lambda taken: (folder / taken).exists())
        chosen, _kind = QFileDialog.getSaveFileName(
            self._page, _("Save as PDF"), str(folder / name), _("PDF files (*.pdf)")
        )
        if chosen:
            self.save(made.asked, release, Path(chosen))

    def save(self, asked: AskedPlan, release: Release, target: Path) -> None:
        """Let a plan leave as a file."""
        plans = self._context.desk.day_plans
        target = target if target.suffix else target.with_suffix(".pdf")
        self._context.tasks.long(
            lambda progress: plans.save(asked, release, target, replace=True, progress=progress),
            self._left,
            self._context.say,
            owner=self._page,
        )

    def _left(self, left: PlanLeft) -> None:
        said = _("Saved. The disclosure is on record.") if left.disclosures else _("Saved.")
        self._context.notices.say(said)

    def _choose_printer(self, made: MadePlan, release: Release) -> None:
        printer = choose_printer(self._page, spoken_paper(PAPER))
        if printer is not None:
            self.print_on(printer, made, release)

    def print_on(self, printer: QPrinter, made: MadePlan, release: Release) -> None:
        """Write down that a plan leaves, then print it."""
        plans = self._context.desk.day_plans
        self._context.tasks.write(
            partial(plans.record_print, made, release),
            lambda left: self._print(printer, made, left),
            self._context.say,
            owner=self._page,
        )

    def _print(self, printer: QPrinter, made: MadePlan, left: PlanLeft) -> None:
        plans, context = self._context.desk.day_plans, self._context

        def done(printed: Printed) -> None:
            if printed.pages:
                context.notices.say(_("Printed."))
                return
            context.tasks.write(partial(plans.print_failed, left))
            if not printed.stopped:
                context.say(Trouble("print-not-left", reason=printer.printerName()))

        print_on(self._page, context.tasks, printer, made.pdf, done, context.say)
