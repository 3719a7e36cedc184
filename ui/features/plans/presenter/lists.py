"""Plans by their review day, and the templates one begins from."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFileDialog, QWidget

from app.features.plans.commands import LoadTemplates, RetireTemplate
from app.features.plans.model.forms import PlanKind
from app.features.plans.model.records import PlanTemplate
from app.features.plans.repo import DraftLine, Narrowing, PlanLine
from app.features.plans.service import REVIEW_SOON
from app.kernel.changes import Changed, Kind
from app.kernel.errors import Refused
from app.kernel.words import _, ngettext
from app.overviews.plan_words import KINDS
from app.overviews.reports.wording import spoken_day, spoken_grade, spoken_moment
from ui.features.plans.presenter.editor import begin_plan
from ui.features.plans.view.sheets import FileSheet
from ui.kit.asking import Entries
from ui.kit.look import Kind as Mark
from ui.kit.paged import RecordsPage
from ui.kit.room import Context
from ui.kit.widgets.buttons import Button
from ui.kit.widgets.empty import EmptyState
from ui.kit.widgets.lists import Entry
from ui.kit.widgets.records import RecordsView


class PlansPage(RecordsPage):
    """The plans, those to be reviewed soonest first."""

    heeded = frozenset({Kind.CARE_PLAN, Kind.DRAFT})

    def __init__(self, context: Context) -> None:
        self._student = ""
        start = Button(_("Write a plan"), "add", "primary")
        super().__init__(
            context,
            RecordsView(
                _("Plans of care"),
                (_("Write a plan"), "add"),
                [
                    ("open", _("Open")),
                    ("near", _("Review near")),
                    ("closed", _("Closed")),
                    ("drafts", _("Drafts")),
                ],
                EmptyState(
                    "plan",
                    _("No plan here yet"),
                    _(
                        "A plan says what a student works on, how one sees that it helps, who does"
                        " what until when, and when it is reviewed. Its tasks and reviews come on"
                        " Today by themselves."
                    ),
                    start,
                ),
                start,
                (("progress", _("Progress"), "chart"), ("templates", _("Templates"), "template")),
            ),
        )
        self.view.asked.connect(self._write)
        self.view.started.connect(self._write)
        self.view.linked.connect(
            lambda name: context.go("progress" if name == "progress" else "plan-templates")
        )
        self.view.list.opened.connect(self._open)

    def show_subject(self, subject: str) -> None:
        """Narrow the list to one student, by `student:ID`."""
        what, _colon, of = subject.partition(":")
        self._student = of if what == "student" else ""

    def _write(self) -> None:
        self.context.go("plan-draft", begin_plan(self._student))

    def _open(self, entry: Entry) -> None:
        self.context.go("plan-draft" if self.part() == "drafts" else "plan", entry.id)

    def source(self) -> tuple[Callable[[int, int], Sequence[Any]], Callable[[], int]]:
        """Read the plans of the part that is shown, or one's drafts."""
        service, part, student = self.context.desk.plans, self.part(), self._student
        if part == "drafts":

            def drafts() -> list[DraftLine]:
                return [
                    line
                    for line in service.drafts()
                    if not student or line.form.student_id == student
                ]

            return (
                lambda offset, limit: drafts()[offset : offset + limit],
                lambda: len(drafts()),
            )
        until = (self.context.today() + REVIEW_SOON).isoformat() if part == "near" else ""
        by = Narrowing(student_id=student, review_until=until, closed=part == "closed")
        return partial(service.plans, by), partial(service.count, by)

    def told(self, count: int) -> str:
        """Return how many there are."""
        if self.part() == "drafts":
            return ngettext("{count} draft", "{count} drafts", count).format(count=count)
        return ngettext("{count} plan", "{count} plans", count).format(count=count)

    def entry(self, line: PlanLine | DraftLine) -> Entry:
        """Return a plan, or a draft, as the list shows it."""
        if isinstance(line, DraftLine):
            return draft_entry(line)
        return plan_entry(line, self.context.today().isoformat())


def draft_entry(line: DraftLine) -> Entry:
    """Return a draft as lists show it."""
    form = line.form
    return Entry(
        line.id,
        line.student or _("No student yet"),
        " · ".join(part for part in (form.title.strip(), _(KINDS[PlanKind(form.kind)])) if part),
        spoken_moment(line.saved),
        "draft",
        ((_("Next version"), Mark.PLAIN),) if form.plan_id else (),
    )


def plan_entry(line: PlanLine, today: str) -> Entry:
    """Return a plan as lists show it."""
    plan = line.plan
    chips: list[tuple[str, str]] = []
    if plan.closed_on:
        when = _("Closed {day}").format(day=spoken_day(plan.closed_on))
    else:
        when = _("Review {day}").format(day=spoken_day(plan.review_on))
        if plan.review_on < today:
            chips.append((_("Review past"), Mark.BAD))
        if line.next_due and line.next_due < today:
            chips.append((_("Task late"), Mark.WARN))
    return Entry(
        plan.id,
        _("{name}: {title}").format(name=line.student, title=plan.title),
        " · ".join(
            part
            for part in (
                _(KINDS[plan.kind]),
                spoken_grade(line.grade) if line.grade else "",
                ngettext("{count} goal", "{count} goals", line.goals).format(count=line.goals),
                ngettext("{count} open task", "{count} open tasks", line.open_tasks).format(
                    count=line.open_tasks
                )
                if line.open_tasks
                else "",
            )
            if part
        ),
        when,
        "plan",
        tuple(chips),
    )


class TemplatesPage(RecordsPage):
    """What one begins a plan from: one's own templates and the district's."""

    heeded = frozenset({Kind.TEMPLATE})

    def __init__(self, context: Context) -> None:
        start = Button(_("Templates from a file"), "import", "primary")
        super().__init__(
            context,
            RecordsView(
                _("Templates of plans"),
                (_("Templates from a file"), "import"),
                [("", _("In use")), ("retired", _("No longer offered"))],
                EmptyState(
                    "template",
                    _("No template yet"),
                    _(
                        "Any plan can be kept as a template, without the student: open it and choose"
                        " “Keep as a template”. A district can hand out templates as a file."
                    ),
                    start,
                ),
                start,
            ),
        )
        self.view.asked.connect(self._ask_file)
        self.view.started.connect(self._ask_file)
        self.view.list.opened.connect(self._open)

    def source(self) -> tuple[Callable[[int, int], Sequence[Any]], Callable[[], int]]:
        """Read the templates of the part that is shown."""
        service, retired = self.context.desk.plans, self.part() == "retired"

        def rows() -> list[PlanTemplate]:
            return [one for one in service.templates() if one.retired is retired]

        return lambda offset, limit: rows()[offset : offset + limit], lambda: len(rows())

    def told(self, count: int) -> str:
        """Return how many there are."""
        return ngettext("{count} template", "{count} templates", count).format(count=count)

    def entry(self, line: PlanTemplate) -> Entry:
        """Return a template as the list shows it."""
        return Entry(
            line.id,
            line.title,
            _(KINDS[line.kind]),
            _("From the district") if line.source == "district" else _("Your own"),
            "template",
            subject=line,
        )

    def _open(self, entry: Entry) -> None:
        template: PlanTemplate = entry.subject
        if self.part() == "retired":
            self._retire(template, retired=False)
        else:
            self.context.go("plan-draft", begin_plan(template=template.id))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Offer a template no longer with Delete, with Undo."""
        entry = self.view.list.entry()
        if event.key() == Qt.Key.Key_Delete and entry is not None and self.view.list.hasFocus():
            self._retire(entry.subject, retired=self.part() != "retired")
        else:
            super().keyPressEvent(event)

    def _retire(self, template: PlanTemplate, *, retired: bool) -> None:
        context, plans = self.context, self.context.desk.plans

        def turn(*, on: bool) -> Callable[[], Changed]:
            return partial(plans.retire_template, RetireTemplate(template.id, on))

        def done(_changed: Changed) -> None:
            context.notices.say(
                _("The template is no longer offered.")
                if retired
                else _("The template is offered again."),
                undo=lambda: context.tasks.write(turn(on=not retired), failed=context.say),
            )

        context.tasks.write(turn(on=retired), done, context.say, owner=self)

    def _ask_file(self) -> None:
        context = self.context
        sheet = FileSheet(self)

        def act(entries: Entries) -> Callable[[], Changed]:
            data = read_chosen(str(entries["file"]))
            return partial(context.desk.plans.load_templates, LoadTemplates(data))

        sheet.browse_asked.connect(lambda: sheet.take_file(_ask_templates(self)))
        self.asker.ask(
            sheet,
            act,
            lambda _changed, _entries: context.notices.say(_("The templates are taken in.")),
        )


def _ask_templates(page: QWidget) -> str:
    name, _kind = QFileDialog.getOpenFileName(page, _("Templates"), "", _("Templates (*.json)"))
    return name


def read_chosen(path: str) -> bytes:
    """Return a file's bytes; refuse one that cannot be read, at its field."""
    if not path.strip():
        raise Refused("file-needed", "file")
    try:
        return Path(path.strip()).read_bytes()
    except OSError as error:
        reason = error.strerror
        raise Refused("file-unreadable", "file", path=path.strip(), reason=reason) from None
