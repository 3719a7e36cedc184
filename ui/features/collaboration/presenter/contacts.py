"""The contact log: whom one tried, how often, and when to try again."""

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QTimer

from app.features.collaboration.model.contacts import LETTER_AFTER, By, Result
from app.features.collaboration.repo.lists import ContactLine
from app.kernel.changes import Kind
from app.kernel.ids import StudentId
from app.kernel.words import _, ngettext
from app.overviews.collaboration_words import BY, RESULTS
from app.overviews.reports.wording import spoken_day, spoken_moment
from ui.features.collaboration.presenter.asking import ask_contact, pick_student
from ui.kit.look import Kind as Mark
from ui.kit.paged import RecordsPage
from ui.kit.room import Context
from ui.kit.widgets.buttons import Button
from ui.kit.widgets.empty import EmptyState
from ui.kit.widgets.lists import Entry
from ui.kit.widgets.records import RecordsView

_MARKS = {Result.REACHED: Mark.GOOD, Result.GIVEN_UP: Mark.PLAIN, Result.WRONG_NUMBER: Mark.BAD}
_ICONS = {By.PHONE: "call", By.SMS: "phone", By.EMAIL: "mail", By.LETTER: "mail",
          By.IN_PERSON: "person", By.VIDEO: "telehealth"}  # fmt: skip


class ContactsPage(RecordsPage):
    """Attempts to reach someone: those that wait for the next one, or all of them."""

    heeded = frozenset({Kind.CONTACT})

    def __init__(self, context: Context) -> None:
        start = Button(_("Log a contact"), "call", "primary")
        super().__init__(
            context,
            RecordsView(
                _("Contacts"),
                (_("Log a contact"), "call"),
                [("waiting", _("Not reached yet")), ("all", _("All"))],
                EmptyState(
                    "call",
                    _("Nobody waits to be reached"),
                    _(
                        "Calls and letters to families and the team are counted here until someone"
                        " is reached."
                    ),
                    start,
                ),
                start,
            ),
        )
        self.view.asked.connect(self.log)
        self.view.started.connect(self.log)
        self.view.list.opened.connect(self._open)

    def show_subject(self, subject: str) -> None:
        """`log` asks for a contact at once, `log:STUDENT` and `log:STUDENT:MATTER` for that one."""
        what, _colon, of = subject.partition(":")
        student, _second, matter = of.partition(":")
        if what == "log" and student:
            ask_contact(self.context, self.asker, self, StudentId(student), matter=matter)
        elif what == "log":
            QTimer.singleShot(0, self, self.log)

    def log(self) -> None:
        """Ask about whom, then whom one tried."""
        context = self.context
        pick_student(
            context,
            self,
            _("About which student?"),
            lambda student, _name: ask_contact(context, self.asker, self, student),
        )

    def source(self) -> tuple[Callable[[int, int], Sequence[Any]], Callable[[], int]]:
        """Read what waits, or everything."""
        rooms = self.context.desk.collaboration.contacts
        if self.part() == "all":
            return lambda offset, limit: rooms.page(None, offset, limit), rooms.count
        return lambda _offset, _limit: rooms.waiting(), lambda: len(rooms.waiting())

    def told(self, count: int) -> str:
        """Return how many there are."""
        if self.part() == "all":
            return ngettext("{count} contact", "{count} contacts", count).format(count=count)
        return ngettext(
            "{count} matter waits for an answer", "{count} matters wait for an answer", count
        ).format(count=count)

    def entry(self, line: ContactLine) -> Entry:
        """Return a row as the list shows it."""
        return contact_entry(line, waiting=self.part() != "all")

    def _open(self, entry: Entry) -> None:
        line: ContactLine = entry.subject
        if self.part() == "all":
            if not line.corrected:
                ask_contact(self.context, self.asker, self, line.row.student_id, corrects=line.row)
            return
        ask_contact(self.context, self.asker, self, line.row.student_id, matter=line.row.matter_id)


def contact_entry(line: ContactLine, *, waiting: bool = False) -> Entry:
    """Return a contact as lists show it; while one waits, with how often it was tried."""
    row = line.row
    marks: list[tuple[str, str]] = [(_(RESULTS[row.result]), _MARKS.get(row.result, Mark.PLAIN))]
    if line.corrected:
        marks.append((_("Corrected"), Mark.WARN))
    if waiting:
        tried = ngettext("{count} attempt", "{count} attempts", line.attempts)
        marks.insert(0, (tried.format(count=line.attempts), Mark.ACCENT))
        if line.attempts >= LETTER_AFTER and row.way is not By.LETTER:
            marks.append((_("Write a letter"), Mark.WARN))
        when = (
            _("again on {day}").format(day=spoken_day(row.next_on))
            if row.next_on
            else _("no day yet")
        )
    else:
        when = spoken_moment(row.when)
    said = " · ".join(part for part in (row.about, row.said, row.why) if part)
    return Entry(
        row.id,
        _("{student}: {whom}").format(student=line.pupil.listed, whom=row.with_name),
        _("{way}, {by}: {said}").format(
            way=_(BY[row.way]), by=line.by, said=" ".join(said.split())
        ),
        when,
        _ICONS[row.way],
        tuple(marks),
        detail="" if waiting else said,
        subject=line,
    )
