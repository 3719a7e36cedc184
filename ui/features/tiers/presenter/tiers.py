"""The tiers of a day and the movement between two days, over all students or one's own."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QVBoxLayout

from app.features.caseload.model import School
from app.kernel.changes import Changed, Kind
from app.kernel.nouns import Tier
from app.kernel.words import _, ngettext
from app.overviews.reports.wording import spoken_day, spoken_grade, spoken_tier
from app.overviews.tier_words import SHORT
from app.overviews.tiers import Flow, Move, Pyramid, Scope, Waiting
from ui.features.tiers.view.tiers import MOVES, ListShown, TiersView
from ui.kit.look import Kind as Mark
from ui.kit.room import Context, PageWidget
from ui.kit.tier_chart import Layer
from ui.kit.widgets.lists import Entry

_MARKS = {Tier.UNIVERSAL: Mark.GOOD, Tier.TARGETED: Mark.WARN, Tier.INTENSIVE: Mark.BAD}


@dataclass(frozen=True, slots=True)
class _Day:
    """What stands on the page of one day."""

    pyramid: Pyramid
    waiting: list[Waiting]
    overdue: list[Waiting]


class TiersPage(PageWidget):
    """Tiers on a day, who waits, who stays too long, and who moved."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        today = context.today()
        self.view = TiersView(today)
        self._begun = False
        page = QVBoxLayout(self)
        page.setContentsMargins(0, 0, 0, 0)
        page.addWidget(self.view)
        self.view.narrowed.connect(self._reload)
        self.view.opened.connect(self._open)
        self.view.linked.connect(self._link)

    def show_subject(self, subject: str) -> None:
        """Show the movement, by `moves`; anything else is the day."""
        if subject == MOVES:
            self.view.show_part(MOVES)

    def arrive(self) -> None:
        """Look again, and stand on the choice of what is shown."""
        desk = self._context.desk

        def found() -> tuple[tuple[School, ...], Pyramid, str]:
            settings = desk.people.settings(desk.seat.person)
            return tuple(desk.caseload.schools()), desk.tiers.pyramid(), settings["year_starts"]

        self._context.tasks.read(
            found, self._offer, self._context.say, key="tiers-schools", owner=self
        )
        self.view.parts.setFocus(Qt.FocusReason.OtherFocusReason)

    def heed(self, changed: Changed) -> None:
        """Look again when a tier, a student or what was begun changed."""
        looked_at = {Kind.TIER, Kind.STUDENT, Kind.NOTE, Kind.CARE_PLAN, Kind.CASELOAD, Kind.ROSTER}
        if self.isVisible() and changed.meets(looked_at):
            self._reload()

    def state(self) -> dict[str, str]:
        """Return what is shown."""
        return {"part": self.view.part(), "whose": str(self.view.whose.value() or "all")}

    def restore(self, state: Mapping[str, str]) -> None:
        """Show that again."""
        if state.get("whose"):
            self.view.whose.set_value(state["whose"])
        if state.get("part"):
            self.view.show_part(state["part"])

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go back with Esc."""
        if event.key() == Qt.Key.Key_Escape:
            self._context.back()
        else:
            super().keyPressEvent(event)

    def _offer(self, found: tuple[tuple[School, ...], Pyramid, str]) -> None:
        schools, everyone, starts = found
        self.view.offer(
            [("", _("All buildings")), *((one.id, one.name) for one in schools)],
            [
                ("", _("All grades")),
                *((code, spoken_grade(code)) for code, _counts in everyone.by_grade if code),
            ],
        )
        if not self._begun:
            self._begun = True
            self.view.since.set_value(_year_begun(self._context.today(), starts))
        self._reload()

    def _scope(self) -> Scope:
        view = self.view
        return Scope(
            str(view.schools.value() or ""),
            str(view.grades.value() or ""),
            view.whose.value() == "mine",
        )

    def _reload(self) -> None:
        tiers, scope, today = self._context.desk.tiers, self._scope(), self._context.today()
        if self.view.part() == MOVES:
            until = min(self.view.until.value() or today, today)
            since = min(self.view.since.value() or until, until)
            self._context.tasks.read(
                lambda: tiers.flow(since.isoformat(), until.isoformat(), scope),
                self._show_flow,
                self._context.say,
                key="tiers",
                owner=self,
            )
            return
        day = min(self.view.day.value() or today, today)
        is_today = day == today
        self._context.tasks.read(
            lambda: _Day(
                tiers.pyramid(scope, day.isoformat()),
                tiers.waiting(scope) if is_today else [],
                tiers.overdue(scope) if is_today else [],
            ),
            self._show_day,
            self._context.say,
            key="tiers",
            owner=self,
        )

    def _show_day(self, found: _Day) -> None:
        view, pyramid = self.view, found.pyramid
        total = pyramid.total
        view.about.setText(
            ngettext("{count} student on {day}", "{count} students on {day}", total).format(
                count=f"{total:,}", day=spoken_day(pyramid.day)
            )
        )
        view.pyramid.set_layers(
            [
                Layer(spoken_tier(tier), pyramid.counts[tier], _share(pyramid.counts[tier], total))
                for tier in Tier
            ]
        )
        titles = [_("Building"), *(_(SHORT[tier]) for tier in Tier), _("All")]
        view.by_school.show_rows(
            titles, [_row(name or _("Not said"), counts) for name, counts in pyramid.by_school]
        )
        view.by_grade.show_rows(
            [_("Grade"), *titles[1:]],
            [
                _row(spoken_grade(code) if code else _("Not said"), counts)
                for code, counts in pyramid.by_grade
            ],
        )
        view.waiting.show_list(
            ListShown(
                tuple(_waits(one) for one in found.waiting),
                ngettext(
                    "{count} student has had no session held and has no plan since.",
                    "{count} students have had no session held and have no plan since.",
                    len(found.waiting),
                ).format(count=len(found.waiting)),
                _("Nobody waits: for everyone who was moved up a session was held or a plan runs."),
            )
        )
        view.overdue.show_list(
            ListShown(
                tuple(_stays(one) for one in found.overdue),
                ngettext(
                    "{count} student was to be looked at again by now.",
                    "{count} students were to be looked at again by now.",
                    len(found.overdue),
                ).format(count=len(found.overdue)),
                _("Nobody is past the day that was set for looking again."),
            )
        )
        view.show_content(on=bool(total), today=pyramid.day == self._context.today().isoformat())

    def _show_flow(self, flow: Flow) -> None:
        view = self.view
        total = sum(flow.counts.values())
        moved = sum(count for (was, now), count in flow.counts.items() if was is not now)
        days = {"first": spoken_day(flow.begins), "last": spoken_day(flow.ends)}
        view.about.setText(
            ngettext(
                "{first} to {last}: {count} student ended at another tier than before",
                "{first} to {last}: {count} students ended at another tier than before",
                moved,
            ).format(count=f"{moved:,}", **days)
        )
        view.flow.set_flow(
            [_(SHORT[tier]) for tier in Tier],
            (days["first"], days["last"]),
            {(was - 1, now - 1): count for (was, now), count in flow.counts.items()},
        )
        rows = [
            _row(
                _("From {tier}").format(tier=_(SHORT[was])),
                {now: flow.counts.get((was, now), 0) for now in Tier},
            )
            for was in reversed(Tier)
        ]
        titles = [_("To {tier}").format(tier=_(SHORT[tier])) for tier in Tier]
        view.nine.show_rows(["", *titles, _("All")], rows)
        view.moves.show_list(
            ListShown(
                tuple(_moves(place, one) for place, one in enumerate(reversed(flow.moves))),
                ngettext(
                    "{count} decision moved a student, the newest first.",
                    "{count} decisions moved a student, the newest first.",
                    len(flow.moves),
                ).format(count=len(flow.moves)),
                _("No decision moved a student between these days."),
            )
        )
        view.show_content(on=bool(total), today=False)

    def _open(self, entry: Entry) -> None:
        self._context.go("student", str(entry.subject))

    def _link(self, name: str) -> None:
        if name == "noticing":
            self._context.go("noticing")
        else:
            self._context.go("reports", "tiers")


def _year_begun(today: date, starts: str) -> date:
    month, day = (int(part) for part in starts.split("-"))
    begun = date(today.year, month, day)
    return begun if begun <= today else date(today.year - 1, month, day)


def _share(count: int, total: int) -> str:
    percent = f"{100 * count / total:.1f}".removesuffix(".0") if total else "0"
    return ngettext("{count} student, {percent} %", "{count} students, {percent} %", count).format(
        count=f"{count:,}", percent=percent
    )


def _row(name: str, counts: Mapping[Tier, int]) -> list[str]:
    return [name, *(f"{counts[tier]:,}" for tier in Tier), f"{sum(counts.values()):,}"]


def _where(one: Waiting) -> str:
    return " · ".join(
        part for part in (spoken_grade(one.grade) if one.grade else "", one.school) if part
    )


def _chip(tier: Tier) -> tuple[str, str]:
    return _(SHORT[tier]), _MARKS[tier]


def _waits(one: Waiting) -> Entry:
    return Entry(
        one.student_id,
        one.name,
        _where(one),
        _("since {day}").format(day=spoken_day(one.since)),
        "clock",
        (_chip(one.tier),),
        subject=one.student_id,
    )


def _stays(one: Waiting) -> Entry:
    return Entry(
        one.student_id,
        one.name,
        " · ".join(
            part
            for part in (_("since {day}").format(day=spoken_day(one.since)), _where(one))
            if part
        ),
        _("until {day}").format(day=spoken_day(one.until)),
        "alert",
        (_chip(one.tier),),
        subject=one.student_id,
    )


def _moves(place: int, one: Move) -> Entry:
    told = _("{reason} · {by}").format(reason=one.reason, by=one.by) if one.by else one.reason
    return Entry(
        f"{one.student_id}:{place}",
        one.name,
        told,
        spoken_day(one.day),
        "up" if one.tier > one.was else "down",
        ((_("{was} → {tier}").format(was=one.was.value, tier=one.tier.value), _MARKS[one.tier]),),
        detail=told,
        subject=one.student_id,
    )
