"""A period's share of time: charts and table, by month, range and building; saved as paper."""

from calendar import monthrange
from collections.abc import Callable
from datetime import date, timedelta
from functools import partial

from PySide6.QtWidgets import QVBoxLayout

from app.features.time_use.model.shares import TimeShare
from app.kernel.changes import Changed, Kind
from app.kernel.errors import Refused
from app.kernel.words import _
from app.overviews.reports.wording import spoken_day
from app.overviews.time_words import spoken_length, spoken_target
from ui.features.time_use.view.share import Row, ShareView
from ui.features.time_use.view.sheets import RangeSheet
from ui.kit import dates
from ui.kit.asking import Asker, Entries
from ui.kit.room import Context, PageWidget
from ui.kit.share_chart import Column, Line, Part

_MOST_WEEKS = 18
"""Columns that are drawn; of a longer period the last ones."""


class SharePage(PageWidget):
    """Where the time went, against the targets."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._asker = Asker(context, self)
        self._school = ""
        self._share: TimeShare | None = None
        self.view = ShareView(
            (
                ("this", _("This month")),
                ("last", _("Last month")),
                ("year", _("This school year")),
                ("range", _("Other days")),
            )
        )
        self._since, self._until = _month(context.today())
        self.view.periods.set_value("this")
        page = QVBoxLayout(self)
        page.setContentsMargins(0, 0, 0, 0)
        page.addWidget(self.view)
        self.view.period.connect(self._turn)
        self.view.school.connect(self._take_school)
        self.view.linked.connect(self._act)

    def show_subject(self, subject: str) -> None:
        """Show a month given as YYYY-MM; without one, what was shown."""
        try:
            self._since, self._until = _month(date.fromisoformat(f"{subject}-01"))
        except ValueError:
            return

    def arrive(self) -> None:
        """Look again, and stand on the period."""
        self._context.tasks.read(
            self._context.desk.time_use.shares.schools,
            self._offer,
            self._context.say,
            key="share-schools",
            owner=self,
        )
        self._reload()
        self.view.periods.setFocus()

    def heed(self, changed: Changed) -> None:
        """Look again when time, or a note it comes from, changed."""
        if self.isVisible() and changed.meets({Kind.TIME, Kind.NOTE, Kind.GROUP_SESSION}):
            self._reload()

    def flush(self) -> None:
        """Keep what stands on an open sheet."""
        self._asker.flush()

    def _offer(self, schools: tuple[tuple[str, str], ...]) -> None:
        self.view.offer_schools([("", _("All buildings")), *schools])

    def _reload(self) -> None:
        self._context.tasks.read(
            partial(
                self._context.desk.time_use.shares.between,
                self._since.isoformat(),
                self._until.isoformat(),
                self._school,
            ),
            self._show,
            self._context.say,
            key="share",
            owner=self,
        )

    def _turn(self, period: object) -> None:
        today = self._context.today()
        if period == "range":
            self._ask_range()
            return
        if period == "last":
            self._since, self._until = _month(today.replace(day=1) - timedelta(days=1))
        elif period == "year":
            begun = today.year if today.month >= 8 else today.year - 1
            self._since, self._until = date(begun, 8, 1), today
        else:
            self._since, self._until = _month(today)
        self._reload()

    def _ask_range(self) -> None:
        def act(entries: Entries) -> Callable[[], tuple[date, date]]:
            try:
                since = date.fromisoformat(entries["since"])
                until = date.fromisoformat(entries["until"])
            except ValueError:
                raise Refused("day-unreadable", "since") from None
            if until < since:
                raise Refused("period-ends-before", "until")
            return lambda: (since, until)

        def done(found: tuple[date, date], _entries: Entries) -> None:
            self._since, self._until = found
            self._reload()

        self._asker.ask(
            RangeSheet(self._since, self._until, self._context.today, self),
            act,
            done,
        )

    def _take_school(self, school: object) -> None:
        self._school = str(school or "")
        self._reload()

    def _show(self, share: TimeShare) -> None:
        self._share = share
        shown = [one for one in share.shares if one.minutes or share.set.group(one.bundle)]
        self.view.about.setText(
            _("{first} to {last}: {span}, by {name}").format(
                first=spoken_day(share.since),
                last=spoken_day(share.until),
                span=spoken_length(share.total),
                name=share.set.said(share.set.name),
            )
        )
        line = (
            Line(share.line, _("Target {percent} %").format(percent=share.line))
            if share.line
            else None
        )
        self.view.bar.set_parts(
            [
                Part(
                    one.label,
                    one.minutes,
                    _("{span}, {percent} %").format(
                        span=spoken_length(one.minutes), percent=one.percent
                    ),
                )
                for one in shown
            ],
            line,
        )
        self.view.columns.set_columns(
            [
                Column(
                    _short(date.fromisoformat(week.monday)),
                    _("{hours} h").format(hours=round(week.total / 60)),
                    tuple(week.minutes.get(one.bundle, 0) for one in shown),
                )
                for week in share.weeks[-_MOST_WEEKS:]
            ],
            [one.label for one in shown],
            line,
        )
        self.view.show_targets(
            [
                (
                    spoken_target(
                        share.groups_said(one.target),
                        one.target.kind,
                        one.target.percent,
                        one.percent,
                    ),
                    one.met,
                )
                for one in share.standings
            ]
        )
        self.view.show_rows(_rows(share))
        self.view.show_content(on=bool(share.total))

    def _act(self, key: str) -> None:
        if key == "time":
            self._context.go("time")
            return
        since, until = self._since.isoformat(), self._until.isoformat()
        self._context.go("reports", f"use-of-time||{since}|{until}|{self._school}")


def _month(day: date) -> tuple[date, date]:
    return day.replace(day=1), day.replace(day=monthrange(day.year, day.month)[1])


def _short(day: date) -> str:
    return f"{day.day} {dates.month_name(day.month)}"


def _rows(share: TimeShare) -> list[Row]:
    """Return each group with its categories beneath."""
    rows: list[Row] = []
    for part in share.shares:
        own = [one for one in share.sums if one.bundle == part.bundle]
        if not own:
            continue
        entries = sum(one.entries for one in own)
        rows.append(
            (
                part.label,
                spoken_length(part.minutes),
                _("{percent} %").format(percent=part.percent),
                str(entries),
                True,
            )
        )
        rows.extend(
            (
                share.said(one),
                spoken_length(one.minutes),
                _("{percent} %").format(percent=round(100 * one.minutes / share.total)),
                str(one.entries),
                False,
            )
            for one in own
        )
    return rows
