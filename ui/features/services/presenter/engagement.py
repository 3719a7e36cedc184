"""Who was referred, who began and who still attends."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from PySide6.QtWidgets import QVBoxLayout

from app.features.services.commands import ReopenEpisode
from app.features.services.model.engagement import (
    MARKS,
    OVER_BECAUSE,
    WEEKS,
    By,
    Closing,
    Curve,
    EpisodeState,
    Point,
)
from app.features.services.repo.engagement import EpisodeFilter, EpisodeLine
from app.features.services.service.engagement import EngagementSheet
from app.features.services.service.minutes import ListChoices
from app.kernel.changes import Changed, Kind
from app.kernel.ids import StudentId
from app.kernel.nouns import Tier
from app.kernel.words import _, ngettext
from app.overviews.reports.wording import spoken_day
from app.overviews.services_words import (
    APART,
    ASKED_BY,
    STATES,
    curve_name,
    rule_said,
    spoken_curve,
    spoken_year,
)
from ui.features.services.presenter.asking import Asking
from ui.features.services.view.charts import MOST_LINES, StepLine
from ui.features.services.view.engagement import EngagementView
from ui.kit.look import Kind as Mark
from ui.kit.room import Context, PageWidget
from ui.kit.widgets.tables import Column

_HEEDED = (Kind.ENGAGEMENT, Kind.NOTE, Kind.GROUP_SESSION, Kind.STUDENT, Kind.CASELOAD,
           Kind.SETTING, Kind.CONCERN)  # fmt: skip
_MARKS = {
    EpisodeState.WAITING: Mark.WARN,
    EpisodeState.COMING: Mark.GOOD,
    EpisodeState.STOPPED: Mark.BAD,
}
_YEARS_BACK = 4


@dataclass(frozen=True, slots=True)
class _Number:
    """One line of the table beside the curve."""

    name: str
    point: Point


class EngagementPage(PageWidget):
    """The curve of those who stay, its numbers, and the lists behind them."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._asking = Asking(context, self)
        self._wish = ""
        self._state = ""
        self._stale = True
        self._starts = "07-01"
        self._kept: Mapping[str, str] = {}
        self.view = EngagementView(_columns(), _numbers(), rule_said())
        page = QVBoxLayout(self)
        page.setContentsMargins(0, 0, 0, 0)
        page.addWidget(self.view)
        view = self.view
        view.model.set_sort("wait")
        view.show_choices("by", [(by.value, _(words)) for by, words in APART.items()])
        view.show_choices(
            "tier",
            [("", _("All tiers")),
             *((str(int(tier)), _("Tier {number}").format(number=int(tier))) for tier in Tier)],
        )  # fmt: skip
        view.turned.connect(self._reload_curves)
        view.listed.connect(self._choose_list)
        view.refer_asked.connect(self._refer)
        view.close_asked.connect(self._close)
        view.paper_asked.connect(lambda: context.go("reports", "engagement"))
        view.list.opened.connect(lambda row: context.go("student", row.episode.student_id))
        view.list.current.connect(self._offer_close)

    # -- what the shell asks ---------------------------------------------------------

    def show_subject(self, subject: str) -> None:
        """Do what was asked elsewhere: `new:` a referral, or show a list by its state."""
        self._wish = subject

    def arrive(self) -> None:
        """Look again, and stand in the list."""
        wish, self._wish = self._wish, ""
        if wish in set(EpisodeState):
            self._state = wish
            self._stale = True
        if self._stale:
            self._reload()
        self.view.stand()
        if wish.startswith("new:"):
            self._asking.refer(StudentId(wish.removeprefix("new:")))

    def heed(self, changed: Changed) -> None:
        """Look again when a referral or a session changed."""
        if changed.meets(_HEEDED):
            self._stale = True
            if self.isVisible():
                self._reload()

    def flush(self) -> None:
        """Keep what stands on an open sheet."""
        self._asking.flush()

    def state(self) -> dict[str, str]:
        """Return what is shown."""
        return {
            "state": self._state,
            **{name: str(choice.value() or "") for name, choice in self.view.choices.items()},
        }

    def restore(self, state: Mapping[str, str]) -> None:
        """Go back to what was shown."""
        if state.get("state") in set(EpisodeState):
            self._state = state["state"]
        self._kept = state
        for name in ("by", "tier"):
            self.view.choices[name].set_value(state.get(name, ""))
        self._stale = True

    # -- the curve -------------------------------------------------------------------

    def which(self) -> EpisodeFilter:
        """Return the filter as it stands on the screen."""

        def chosen(name: str) -> str:
            return str(self.view.choices[name].value() or "")

        year, since, until = chosen("year"), "", ""
        if year:
            since = f"{year}-{self._starts}"
            until = f"{int(year) + 1}-{self._starts}"
        return EpisodeFilter(
            int(chosen("tier") or 0), chosen("service"), chosen("school"), since, _before(until)
        )

    def _by(self) -> By:
        return By(str(self.view.choices["by"].value() or By.NOTHING))

    def _reload(self) -> None:
        self._stale = False
        desk = self._context.desk
        self._context.tasks.read(
            lambda: (
                desk.services.minutes.list_choices(),
                desk.people.settings(desk.seat.person)["year_starts"],
            ),
            self._show_choices,
            self._context.say,
            key="engagement-choices",
            owner=self,
        )

    def _show_choices(self, found: tuple[ListChoices, str] | None) -> None:
        if found is None:
            return
        choices, self._starts = found
        today = self._context.today()
        month, day = (int(part) for part in self._starts.split("-"))
        now = today.year - ((today.month, today.day) < (month, day))
        years = [str(now - back) for back in range(_YEARS_BACK)]
        self.view.show_choices("service", [("", _("All services")), *choices.services])
        self.view.show_choices("school", [("", _("All schools")), *choices.schools])
        self.view.show_choices(
            "year", [("", _("All years")), *((year, spoken_year(year)) for year in years)]
        )
        kept, self._kept = self._kept, {}
        for name in ("service", "school", "year"):
            if kept.get(name):
                self.view.choices[name].set_value(kept[name])
        self._reload_curves()

    def _reload_curves(self) -> None:
        engagement, which, by = self._context.desk.services.engagement, self.which(), self._by()
        self._context.tasks.read(
            lambda: engagement.sheet(which, by),
            self._show,
            self._context.say,
            key="engagement",
            owner=self,
        )
        self._reload_list()

    def _show(self, sheet: EngagementSheet | None) -> None:
        if sheet is None:
            return
        shown: list[tuple[str, Curve]] = []
        if sheet.everyone is not None:
            shown.append((_("Everyone"), sheet.everyone))
        begun = sorted(
            (curve for curve in sheet.apart if curve.started), key=lambda one: -one.started
        )
        if begun:
            chosen = sorted(begun[:MOST_LINES], key=lambda one: (one.label, one.key))
            shown = [(curve_name(curve, sheet.by), curve) for curve in chosen]
        lines = [
            StepLine(name, tuple((one.week, one.percent, one.judged) for one in curve.points))
            for name, curve in shown
        ]
        some = bool(sum(sheet.states.values())) or self.which() != EpisodeFilter()
        self.view.show_curves(
            lines,
            " ".join(spoken_curve(name, curve.points) for name, curve in shown),
            _summed(sheet.everyone),
            some=some,
        )
        weeks = WEEKS if len(shown) == 1 else MARKS
        self.view.numbers.set_rows(
            [_Number(name, curve.at(week)) for name, curve in shown for week in weeks]
        )
        options: list[tuple[object, str]] = [
            (
                state.value,
                _("{name} ({count})").format(name=_(words), count=sheet.states.get(state, 0)),
            )
            for state, words in STATES.items()
        ]
        self.view.show_states([("", _("All")), *options], self._state)

    # -- the lists -------------------------------------------------------------------

    def _choose_list(self) -> None:
        self._state = str(self.view.states.value() or "")
        self._reload_list()

    def _reload_list(self) -> None:
        self.view.model.set_source(self._fetch)
        self._offer_close(None)

    def _fetch(
        self,
        offset: int,
        limit: int,
        sort: str,
        descending: bool,
        answer: Callable[[int, Sequence[Any]], None],
    ) -> None:
        engagement, which = self._context.desk.services.engagement, self.which()
        states = (EpisodeState(self._state),) if self._state else ()

        def done(found: tuple[list[EpisodeLine], int]) -> None:
            answer(found[1], found[0])

        self._context.tasks.read(
            lambda: engagement.episodes(
                which, states, sort=sort, descending=descending, offset=offset, limit=limit
            ),
            done,
            owner=self,
        )

    def _offer_close(self, row: EpisodeLine | None) -> None:
        self.view.close_button.setEnabled(row is not None)
        closed = row is not None and row.episode.outcome is not None
        self.view.close_button.setText(_("Open it again") if closed else _("Say how it ended"))

    def _refer(self) -> None:
        self._asking.refer()

    def _reopened(self, _changed: Changed) -> None:
        self._context.notices.say(_("It is open again."))

    def _close(self) -> None:
        row: EpisodeLine | None = self.view.list.row()
        if row is None:
            return
        if row.episode.outcome is None:
            self._asking.close(row)
            return
        engagement, context = self._context.desk.services.engagement, self._context
        episode = row.episode.id
        context.tasks.write(
            lambda: engagement.reopen_episode(ReopenEpisode(episode)),
            self._reopened,
            context.say,
            owner=self,
        )


def _before(day: str) -> str:
    """Return the last day before a school year that begins on the first of a month."""
    if not day:
        return ""
    return (date.fromisoformat(day) - timedelta(days=1)).isoformat()


def _summed(everyone: Curve | None) -> str:
    if everyone is None:
        return ""
    return _("{referred}, {started}, {waiting}").format(
        referred=ngettext("{count} referral", "{count} referrals", everyone.referred).format(
            count=everyone.referred
        ),
        started=ngettext(
            "{count} service began", "{count} services began", everyone.started
        ).format(count=everyone.started),
        waiting=ngettext("{count} waits", "{count} wait", everyone.waiting).format(
            count=everyone.waiting
        ),
    )


def _numbers() -> list[Column]:
    def percent(row: _Number) -> str:
        share = row.point.percent
        return "–" if share is None else _("{percent} %").format(percent=share)

    def attend(row: _Number) -> str:
        return _("{still} of {judged}").format(still=row.point.still, judged=row.point.judged)

    def number(pick: Callable[[Point], int]) -> Callable[[_Number], str]:
        return lambda row: str(pick(row.point))

    return [
        Column("name", _("Who"), lambda row: row.name, 84, stretch=True, sort=False),
        Column("week", _("Week"), number(lambda p: p.week), 64, end=True, sort=False),
        Column("share", _("Still"), percent, 66, end=True, strong=True, sort=False),
        Column("still", _("Attend"), attend, 98, end=True, sort=False),
        Column("completed", _("Done"), number(lambda p: p.completed), 56, end=True, sort=False),
        Column("ended", _("Ended"), number(lambda p: p.ended), 60, end=True, sort=False),
        Column("stopped", _("Stopped"), number(lambda p: p.stopped), 80, end=True, sort=False),
        Column("running", _("Not yet"), number(lambda p: p.running), 66, end=True, sort=False),
    ]


def _columns() -> list[Column]:
    def asked(row: EpisodeLine) -> str:
        episode = row.episode
        if not episode.asked_on or episode.asked_by is None:
            return _("Without a referral")
        return _("{day}, {who}").format(
            day=spoken_day(episode.asked_on), who=_(ASKED_BY[episode.asked_by])
        )

    def since(row: EpisodeLine) -> str:
        if row.state is EpisodeState.WAITING:
            return ngettext("waits {count} day", "waits {count} days", row.days).format(
                count=row.days
            )
        if row.state in (EpisodeState.COMING, EpisodeState.STOPPED):
            return ngettext(
                "last came {count} day ago", "last came {count} days ago", row.days
            ).format(count=row.days)
        if row.over is not None:
            return _("{day}: {reason}").format(
                day=spoken_day(row.over_on), reason=_(OVER_BECAUSE[row.over])
            )
        if row.episode.outcome is Closing.COMPLETED or not row.episode.reason:
            return spoken_day(row.episode.closed_on)
        return _("{day}: {reason}").format(
            day=spoken_day(row.episode.closed_on), reason=row.episode.reason
        )

    return [
        Column("student", _("Student"), lambda row: row.student, 170, strong=True),
        Column("service", _("Service"), lambda row: row.service, 180),
        Column("state", _("State"), lambda row: _(STATES[row.state]), 130, sort=False,
               chips=lambda row: [(_(STATES[row.state]), _MARKS.get(row.state, Mark.PLAIN))]),
        Column("wait", _("Since"), since, 180, stretch=True),
        Column("asked", _("Asked for"), asked, 200, muted=True),
        Column("started", _("Began"),
               lambda row: spoken_day(row.episode.started_on) if row.episode.started_on else "",
               110, muted=True),
        Column("school", _("School"), lambda row: row.school, 150, muted=True),
    ]  # fmt: skip
