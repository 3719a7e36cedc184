"""The list of services owed: asks for its pages, and for what waits for a decision."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from PySide6.QtWidgets import QVBoxLayout

from app.features.services.model.mandates import Setting
from app.features.services.model.reckoning import Standing
from app.features.services.repo.minutes import MinutesFilter, MinutesLine, UndecidedLine
from app.features.services.service.minutes import ListChoices
from app.kernel.changes import Changed, Kind
from app.kernel.ids import StudentId
from app.kernel.words import _, ngettext
from app.overviews.reports.wording import spoken_day
from app.overviews.services_words import (
    OUTCOMES,
    SETTINGS,
    STANDINGS,
    spoken_amount,
    spoken_delivery,
    spoken_need,
    spoken_terms,
)
from ui.features.services.presenter.asking import LETTERS, Asking, outcome_keys
from ui.features.services.view.minutes import MinutesView
from ui.kit.look import Kind as Mark
from ui.kit.room import Context, PageWidget
from ui.kit.widgets.lists import Entry
from ui.kit.widgets.tables import Column

MARKS = {
    Standing.MET: Mark.GOOD,
    Standing.ON_TRACK: Mark.PLAIN,
    Standing.AT_RISK: Mark.WARN,
    Standing.SHORT: Mark.BAD,
}
_HEEDED = (Kind.MANDATE, Kind.NOTE, Kind.GROUP_SESSION, Kind.APPOINTMENT, Kind.CALENDAR,
           Kind.STUDENT, Kind.SETTING)  # fmt: skip
_DECIDE = "decide"
_MOST = 200


class MinutesPage(PageWidget):
    """Every service owed, those at risk first."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._asking = Asking(context, self)
        self._wish = ""
        self._stale = True
        self._kept: Mapping[str, str] = {}
        self._lines: dict[str, UndecidedLine] = {}
        today = context.today().isoformat()
        self.view = MinutesView(
            _columns(today),
            [
                ("all", _("All")),
                ("risk", _("At risk")),
                ("mine", _("Mine")),
                (_DECIDE, _("To decide")),
            ],
            LETTERS,
            outcome_keys(),
        )
        page = QVBoxLayout(self)
        page.setContentsMargins(0, 0, 0, 0)
        page.addWidget(self.view)
        view = self.view
        view.model.set_sort("risk")
        view.turned.connect(self._reload_list)
        view.add_asked.connect(self._owe)
        view.import_asked.connect(self._asking.bring)
        view.rules_asked.connect(self._asking.rules)
        view.paper_asked.connect(lambda: context.go("reports", "service-minutes"))
        view.table.opened.connect(lambda row: context.go("student-minutes", row.student_id))
        view.waiting.opened.connect(self._open_waiting)
        view.waiting.keyed.connect(self._explain)
        view.model.loaded.connect(self._loaded)

    # -- what the shell asks ---------------------------------------------------------

    def show_subject(self, subject: str) -> None:
        """Do what was asked elsewhere: `new:` with or without a student, `import:`, `decide`."""
        self._wish = subject

    def arrive(self) -> None:
        """Look again, and stand in the list."""
        wish, self._wish = self._wish, ""
        if wish == _DECIDE:
            self.view.parts.set_value(_DECIDE)
            self._stale = True
        if self._stale:
            self._reload()
        self.view.stand()
        if wish.startswith("new:"):
            self._asking.owe(StudentId(wish.removeprefix("new:")))
        elif wish == "import:":
            self._asking.bring()

    def heed(self, changed: Changed) -> None:
        """Look again when something that counts has changed."""
        if changed.meets(_HEEDED):
            self._stale = True
            if self.isVisible():
                self._reload()

    def flush(self) -> None:
        """Keep what stands on an open sheet."""
        self._asking.flush()

    def state(self) -> dict[str, str]:
        """Return what is shown, and where one is."""
        sort, descending = self.view.model.sorted_by
        return {
            "part": str(self.view.parts.value() or ""),
            "sort": sort,
            "descending": "1" if descending else "",
            "school": str(self.view.choices["school"].value() or ""),
            "service": str(self.view.choices["service"].value() or ""),
            "row": str(max(0, self.view.table.currentIndex().row())),
        }

    def restore(self, state: Mapping[str, str]) -> None:
        """Go back to what was shown."""
        if state.get("part"):
            self.view.parts.set_value(state["part"])
        if state.get("sort") in {column.key for column in self.view.model.columns} | {"risk"}:
            self.view.model.set_sort(state["sort"], descending=bool(state.get("descending")))
        self._kept = state
        self._stale = True

    def _owe(self) -> None:
        self._asking.owe()

    # -- the list --------------------------------------------------------------------

    def which(self) -> MinutesFilter:
        """Return the filter as it stands on the screen."""
        part = self.view.parts.value()
        return MinutesFilter(
            school_id=str(self.view.choices["school"].value() or ""),
            service_id=str(self.view.choices["service"].value() or ""),
            at_risk=part == "risk",
            mine=part == "mine",
        )

    def _reload(self) -> None:
        self._stale = False
        minutes = self._context.desk.services.minutes
        self._context.tasks.read(
            minutes.list_choices,
            self._show_choices,
            self._context.say,
            key="minutes-choices",
            owner=self,
        )
        self._reload_list()

    def _show_choices(self, choices: ListChoices | None) -> None:
        if choices is None:
            return
        before = {name: choice.value() for name, choice in self.view.choices.items()}
        self.view.show_choices(
            [("", _("All schools")), *choices.schools],
            [("", _("All services")), *choices.services],
        )
        kept, self._kept = self._kept, {}
        for name, choice in self.view.choices.items():
            choice.set_value(kept.get(name) or before[name] or "")
        if kept:
            self._reload_list()
            row = kept.get("row", "")
            self.view.table.go_to(int(row) if row.isdecimal() else 0)

    def _reload_list(self) -> None:
        minutes, which = self._context.desk.services.minutes, self.which()
        self._context.tasks.read(
            lambda: minutes.counts(which), self._show_counts, key="minutes-counts", owner=self
        )
        if self.view.parts.value() == _DECIDE:
            self._context.tasks.read(
                lambda: minutes.look(_MOST),
                lambda found: self._show_waiting((*found.undecided, *found.unexplained)),
                self._context.say,
                key="minutes-waiting",
                owner=self,
            )
        else:
            self.view.model.set_source(self._fetch)

    def _show_counts(self, counts: tuple[int, int] | None) -> None:
        if counts is None:
            return
        total, risk = counts
        said = ngettext("{count} service owed", "{count} services owed", total).format(count=total)
        if risk:
            said = _("{services}, {count} at risk").format(services=said, count=risk)
        self.view.show_count(said if total else "")

    def _fetch(
        self,
        offset: int,
        limit: int,
        sort: str,
        descending: bool,
        answer: Callable[[int, Sequence[Any]], None],
    ) -> None:
        minutes, which = self._context.desk.services.minutes, self.which()

        def done(found: tuple[list[MinutesLine], int]) -> None:
            answer(found[1], found[0])

        self._context.tasks.read(
            lambda: minutes.lines(
                which, sort=sort, descending=descending, offset=offset, limit=limit
            ),
            done,
            owner=self,
        )

    def _loaded(self, total: int) -> None:
        if self.view.parts.value() == _DECIDE:
            return
        self.view.show_list(total=total, narrowed=self.which() != MinutesFilter())
        if self.isVisible() and self.focusWidget() is None:
            self.view.stand()

    # -- what waits for a decision -----------------------------------------------------

    def _show_waiting(self, lines: Sequence[UndecidedLine]) -> None:
        if self.view.parts.value() != _DECIDE:
            return
        self._lines = {line.delivery.first_id: line for line in lines}
        stood = self.view.waiting.hasFocus() or self._wish == _DECIDE
        self.view.show_waiting([_waiting(line) for line in self._lines.values()])
        if stood or self.focusWidget() is None:
            self.view.stand()

    def _open_waiting(self, entry: Entry) -> None:
        line = self._lines.get(entry.id)
        if line is not None:
            self._context.go(
                "student-minutes", f"{line.delivery.student_id}|{line.delivery.first_id}"
            )

    def _explain(self, entry: Entry, letter: str) -> None:
        line = self._lines.get(entry.id)
        if line is not None:
            self._asking.explain(line.delivery, letter)


def _waiting(line: UndecidedLine) -> Entry:
    one = line.delivery
    if one.series_id:
        text = one.reason or _("Nobody has said why it did not take place")
        chip = (_(OUTCOMES[one.outcome]), Mark.WARN)
    else:
        text = _("Several services owed fit. Open it and choose.")
        chip = (spoken_delivery(one), Mark.PLAIN)
    return Entry(
        one.first_id,
        _("{name}: {service}").format(name=line.student, service=line.service),
        text,
        spoken_day(one.day),
        "help",
        (chip,),
    )


def _columns(today: str) -> list[Column]:
    def terms(row: MinutesLine) -> str:
        return spoken_terms(row.unit, row.amount, row.times, row.each_minutes, row.period)

    def service(row: MinutesLine) -> str:
        if row.setting is Setting.INDIVIDUAL:
            return row.service
        return _("{service} ({setting})").format(
            service=row.service, setting=_(SETTINGS[row.setting])
        )

    def given(row: MinutesLine) -> str:
        return _("{given} of {owed}").format(
            given=row.given, owed=spoken_amount(row.owed, row.unit)
        )

    def need(row: MinutesLine) -> str:
        said = spoken_need(
            remaining=row.remaining,
            unit=row.unit,
            last=row.last,
            today=today,
            planned=row.planned_sessions,
            schedules=True,
        )
        return said[:1].upper() + said[1:]

    return [
        Column("student", _("Student"), lambda row: row.student, 160, strong=True),
        Column("service", _("Service"), service, 150),
        Column("given", _("So far"), given, 128, sort=False),
        Column("risk", _("Standing"), lambda row: _(STANDINGS[row.standing]), 98,
               chips=lambda row: [(_(STANDINGS[row.standing]), MARKS[row.standing])]),
        Column("remaining", _("What is missing"), need, 330, stretch=True),
        Column("terms", _("Owed"), terms, 180, muted=True, sort=False),
        Column("school", _("School"), lambda row: row.school, 150, muted=True),
    ]  # fmt: skip
