"""What is asked from several pages of the room: the record of disclosures, days and notice."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QStandardPaths
from PySide6.QtPrintSupport import QPrinter
from PySide6.QtWidgets import QFileDialog, QWidget

from app.features.privacy.commands import SetInspectionDays, SetPart2Notice
from app.kernel.changes import Changed, Kind
from app.kernel.errors import Refused, Trouble
from app.kernel.ids import StudentId
from app.kernel.words import _
from app.overviews.reports.disclosure_log import PAPER, LogLeft, MadeLog
from app.overviews.reports.leaving import Release
from ui.features.privacy.view.requests import LogEntrySheet, RulesEntrySheet
from ui.kit.asking import Asker, Entries, about
from ui.kit.grounds import offer_releases
from ui.kit.printing import Printed, choose_printer, print_on
from ui.kit.room import Context
from ui.kit.widgets.ground import party_of, terms_of


def ask_log(context: Context, asker: Asker, page: QWidget, student: StudentId) -> None:
    """Ask to whom a student's record of disclosures goes, then where, and let it leave."""

    def act(entries: Entries) -> Callable[[], LogLeft]:
        release = Release(party_of(entries), str(entries["purpose"]), terms_of(entries)).accepted()
        target = _target(page, context)
        if target is None:
            raise Refused("target-needed")
        return partial(
            context.desk.disclosure_logs.save,
            student,
            release,
            target,
            exempt=not entries["short"],
            replace=True,
        )

    def done(_left: LogLeft, _entries: Entries) -> None:
        context.tasks.changed.emit(Changed.only(Kind.DISCLOSURE))
        context.notices.say(_("Saved. The disclosure is on record."))

    sheet = LogEntrySheet(page)
    offer_releases(context, sheet.ground, student, sheet)
    asker.ask(sheet, act, done, kept=about("disclosure-log", student))


def ask_log_on_paper(context: Context, asker: Asker, page: QWidget, student: StudentId) -> None:
    """Ask to whom a student's record of disclosures goes, then for a printer, and print it."""
    logs = context.desk.disclosure_logs
    chosen: list[QPrinter] = []

    def act(entries: Entries) -> Callable[[], tuple[MadeLog, LogLeft]]:
        release = Release(party_of(entries), str(entries["purpose"]), terms_of(entries)).accepted()
        printer = choose_printer(page, _("Record of disclosures"))
        if printer is None:
            raise Refused("printer-not-chosen")
        chosen[:] = [printer]

        def work() -> tuple[MadeLog, LogLeft]:
            made = logs.make(student, exempt=not entries["short"])
            return made, logs.record_print(made, release)

        return work

    def done(ready: tuple[MadeLog, LogLeft], _entries: Entries) -> None:
        context.tasks.changed.emit(Changed.only(Kind.DISCLOSURE))
        made, left = ready
        printer = chosen[0]

        def printed(what: Printed) -> None:
            if what.pages and what.stopped:
                said = _(
                    "Stopped. Pages that the printer has taken may still come out; the"
                    " disclosure stays on record."
                )
            elif what.pages:
                said = _("Printed. The disclosure is on record.")
            else:
                context.tasks.write(lambda: logs.print_failed(left))
                said = _("Stopped. Nothing left the desk, and the disclosure record says so.")
                if not what.stopped:
                    context.say(Trouble("print-not-left", reason=printer.printerName()))
                    return
            context.notices.say(said)

        print_on(page, context.tasks, printer, made.pdf, printed, context.say)

    sheet = LogEntrySheet(page, printed=True)
    offer_releases(context, sheet.ground, student, sheet)
    asker.ask(sheet, act, done, kept=about("disclosure-log", student))


def _target(page: QWidget, context: Context) -> Path | None:
    documents = QStandardPaths.StandardLocation.DocumentsLocation
    folder = Path(QStandardPaths.writableLocation(documents) or Path.home())
    name = f"{PAPER}-{context.today().isoformat()}.pdf"
    chosen, _kind = QFileDialog.getSaveFileName(
        page, _("Save as PDF"), str(folder / name), _("PDF files (*.pdf)")
    )
    if not chosen:
        return None
    target = Path(chosen)
    return target if target.suffix else target.with_suffix(".pdf")


def ask_rules(context: Context, asker: Asker, page: QWidget) -> None:
    """Ask within how many days a record is shown, and for the notice that goes along."""
    desk = context.desk

    def ask(found: tuple[int, str]) -> None:
        days, notice = found

        def act(entries: Entries) -> Callable[[], Changed]:
            typed, text = str(entries["inspection_days"]), str(entries["notice"])

            def work() -> Changed:
                changed = desk.requests.set_days(SetInspectionDays(typed))
                if text.strip() != notice:
                    changed = desk.privacy.set_part2_notice(SetPart2Notice(text))
                return changed

            return work

        asker.ask(
            RulesEntrySheet(days, notice, page),
            act,
            lambda _changed, _entries: context.notices.say(_("Saved.")),
            kept=about("inspection-rules"),
        )

    context.tasks.read(
        lambda: (desk.requests.days(), desk.privacy.part2_notice()), ask, context.say, owner=page
    )
