"""Referrals to services of the school: asked for, begun by the first session, come to an end."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from app.features.services.commands import AskForService, CloseEpisode, ReopenEpisode
from app.features.services.model.engagement import (
    OVER_BECAUSE,
    STOPPED_AFTER,
    By,
    Closing,
    Curve,
    Episode,
    EpisodeState,
)
from app.features.services.model.mandates import PeriodKind, chosen_day
from app.features.services.model.reckoning import Rules, SchoolCalendar
from app.features.services.repo import ServicesBook, ServicesKeeper
from app.features.services.repo.engagement import PAGE, EpisodeFilter, EpisodeLine, Recent
from app.features.services.service.room import Room
from app.kernel.changes import Changed, Kind
from app.kernel.errors import Refused
from app.kernel.ids import new_id
from app.kernel.ports import Transaction
from app.kernel.rows import storable
from app.kernel.words import _

_LOOKED_BACK = 120
"""Days that are looked back for school days: longer than a summer and three weeks."""
_SATURDAY = 6


@dataclass(frozen=True, slots=True)
class EngagementSheet:
    """What the engagement page shows beside its lists."""

    today: str
    everyone: Curve | None
    """Of all that the filter leaves; None when there is nobody."""
    apart: tuple[Curve, ...]
    by: By
    states: dict[EpisodeState, int]


@dataclass(frozen=True, slots=True)
class EngagementToday:
    """What of the referrals needs somebody."""

    waiting: tuple[EpisodeLine, ...]
    """Longer than the desk wants anyone to wait, the longest first."""
    more_waiting: int
    stopped: tuple[EpisodeLine, ...]
    students_stopped: int
    """How many they are in all; who stays away from two services is one."""
    patience: int
    """Days after which a referral is said to wait long."""


class EngagementService:
    """Who was referred, who began, who still comes."""

    def __init__(self, room: Room) -> None:
        self._room = room

    # -- commands --------------------------------------------------------------------

    def ask_for_service(self, command: AskForService) -> Changed:
        """Write down a referral; sessions attended since it was asked for begin it at once."""
        with self._room.writing() as keeper:
            made = self._asked(keeper, command, insist=True)
        return Changed.only(Kind.ENGAGEMENT, made=made)

    def refer(self, tx: Transaction, command: AskForService) -> str:
        """Write down a referral in the transaction of another room; return the episode's id.

        A student who is referred to the service already, or comes to it, keeps that episode.
        """
        return self._asked(ServicesKeeper(tx), command, insist=False)

    def _asked(self, keeper: ServicesKeeper, command: AskForService, *, insist: bool) -> str:
        if not command.student_id or keeper.pupil(command.student_id) is None:
            raise Refused("referral-needs-student", "student_id")
        if keeper.service_label(command.service_id) is None:
            raise Refused("referral-needs-service", "service_id")
        asked_on = chosen_day(command.asked_on, "asked_on", "day-unreadable")
        if asked_on > self._room.today():
            raise Refused("referral-in-future", "asked_on")
        if command.asked_by is None:
            raise Refused("referral-needs-by", "asked_by")
        running = self._running(keeper, command)
        if running is not None and (running.asked_on or running.started_on < asked_on):
            if insist:
                raise Refused("referral-running", "service_id")
            return running.id
        tier, school = keeper.tier_on(command.student_id, asked_on)
        words = storable(command.words)
        if running is not None:
            # It began before anyone wrote the referral down: one story, not two.
            episode = replace(
                running,
                asked_on=asked_on,
                asked_by=command.asked_by,
                words=words,
                concern_id=command.concern_id,
                tier=tier,
            )
            keeper.put_episode(episode)
        else:
            attended = keeper.attended_between(command.student_id, command.service_id, asked_on)
            started_on, last_on = attended or ("", "")
            episode = Episode(
                new_id(),
                command.student_id,
                keeper.tx.who,
                command.service_id,
                asked_on,
                command.asked_by,
                words,
                command.concern_id,
                tier,
                school,
                started_on,
                last_on,
                "",
                None,
                "",
            )
            keeper.add_episode(episode)
        keeper.tx.journal(
            "AskForService",
            "episode",
            episode.id,
            after={
                "student": episode.student_id,
                "service": episode.service_id,
                "asked_on": asked_on,
                "asked_by": command.asked_by.value,
                "tier": tier,
                "started_on": episode.started_on,
            },
        )
        return episode.id

    def _running(self, keeper: ServicesKeeper, command: AskForService) -> Episode | None:
        """Return the student's open episode; one that is over by itself is closed for good."""
        running = keeper.open_episode(command.student_id, command.service_id)
        over = (
            keeper.over(running.id, self._recent(keeper, self._room.rules())) if running else None
        )
        if running is None or over is None:
            return running
        closed_on, why = over
        if command.asked_on and closed_on >= command.asked_on:
            return running
        outcome = Closing.ENDED if running.started_on else Closing.NOT_STARTED
        closed = replace(running, closed_on=closed_on, outcome=outcome, reason=_(OVER_BECAUSE[why]))
        self._put(keeper, "CloseEpisode", running, closed)
        return None

    def close_episode(self, command: CloseEpisode) -> Changed:
        """Say that a service ended, or that it will not begin, on which day and why."""
        closed_on = chosen_day(command.closed_on, "closed_on", "day-unreadable")
        if closed_on > self._room.today():
            raise Refused("episode-closed-in-future", "closed_on")
        reason = storable(command.reason)
        with self._room.writing() as keeper:
            before = self._episode(keeper, command.episode_id)
            if before.outcome is not None:
                raise Refused("episode-closed")
            begun = bool(before.started_on)
            if begun == (command.outcome is Closing.NOT_STARTED):
                raise Refused("episode-begun" if begun else "episode-not-begun", "outcome")
            if command.outcome is not Closing.COMPLETED and not reason:
                raise Refused("episode-needs-reason", "reason")
            if closed_on < (before.last_on or before.asked_on):
                raise Refused("episode-closed-before", "closed_on")
            after = replace(before, closed_on=closed_on, outcome=command.outcome, reason=reason)
            self._put(keeper, "CloseEpisode", before, after)
        return Changed.only(Kind.ENGAGEMENT)

    def reopen_episode(self, command: ReopenEpisode) -> Changed:
        """Take back that it was closed."""
        with self._room.writing() as keeper:
            before = self._episode(keeper, command.episode_id)
            if before.outcome is None:
                raise Refused("episode-open")
            if keeper.open_episode(before.student_id, before.service_id) is not None:
                raise Refused("referral-running", "service_id")
            after = replace(before, closed_on="", outcome=None, reason="")
            self._put(keeper, "ReopenEpisode", before, after)
        return Changed.only(Kind.ENGAGEMENT)

    @staticmethod
    def _put(keeper: ServicesKeeper, what: str, before: Episode, after: Episode) -> None:
        keeper.put_episode(after)
        keeper.tx.journal(
            what,
            "episode",
            after.id,
            {"closed_on": before.closed_on, "outcome": before.outcome or ""},
            {
                "student": after.student_id,
                "closed_on": after.closed_on,
                "outcome": after.outcome or "",
                "reason": after.reason,
            },
        )

    @staticmethod
    def _episode(keeper: ServicesKeeper, episode_id: str) -> Episode:
        found = keeper.episode(episode_id)
        if found is None:
            raise Refused("episode-gone")
        return found

    # -- reads -----------------------------------------------------------------------

    def _recent(self, book: ServicesBook, rules: Rules) -> Recent:
        """Return what is recent today: three weeks of school, and this school year."""
        today = date.fromisoformat(self._room.today())
        since = today - timedelta(days=_LOOKED_BACK)
        free = self._room.days_without_school(book, since.isoformat(), today.isoformat())
        day, left = today, STOPPED_AFTER
        while left and day > since:
            day -= timedelta(days=1)
            left -= day.isoweekday() < _SATURDAY and day.isoformat() not in free
        year, _end = SchoolCalendar(rules).period(PeriodKind.YEAR, today.isoformat())
        return Recent(today.isoformat(), day.isoformat(), year)

    def sheet(self, which: EpisodeFilter, by: By = By.NOTHING) -> EngagementSheet:
        """Return the curve of everyone a filter leaves, told apart if wished, and the counts."""
        today, rules = self._room.today(), self._room.rules()
        with self._room.reading() as book:
            everyone = book.curves(which, By.NOTHING, today, rules.year_starts)
            apart = [] if by is By.NOTHING else book.curves(which, by, today, rules.year_starts)
            return EngagementSheet(
                today,
                everyone[0] if everyone else None,
                tuple(apart),
                by,
                book.states(which, self._recent(book, rules)),
            )

    def episodes(
        self,
        which: EpisodeFilter,
        states: Sequence[EpisodeState] = (),
        *,
        sort: str = "wait",
        descending: bool = False,
        offset: int = 0,
        limit: int = PAGE,
    ) -> tuple[list[EpisodeLine], int]:
        """Return one page of the episodes in these states, and how many there are."""
        rules = self._room.rules()
        with self._room.reading() as book:
            recent = self._recent(book, rules)
            lines = book.episodes(
                which,
                states,
                recent,
                sort=sort,
                descending=descending,
                offset=offset,
                limit=limit,
            )
            if offset == 0 and len(lines) < limit:
                return lines, len(lines)
            return lines, sum(book.states(which, recent, states).values())

    def episode(self, episode_id: str) -> EpisodeLine:
        """Return one episode as a list shows it."""
        rules = self._room.rules()
        with self._room.reading() as book:
            known = book.episode(episode_id)
            if known is not None:
                for line in book.episodes(
                    EpisodeFilter(student_id=known.student_id), (), self._recent(book, rules)
                ):
                    if line.episode.id == episode_id:
                        return line
        raise Refused("episode-gone")

    def look(self, most: int = 5) -> EngagementToday:
        """Return which referrals wait long, and who has stopped coming."""
        today = date.fromisoformat(self._room.today())
        patience = int(self._room.setting("referral_days"))
        until = (today - timedelta(days=patience)).isoformat()
        rules, asked = self._room.rules(), EpisodeFilter(until=until)
        with self._room.reading() as book:
            recent = self._recent(book, rules)
            waiting = book.episodes(asked, (EpisodeState.WAITING,), recent, limit=most)
            more = 0
            if len(waiting) == most:
                more = sum(book.states(asked, recent, (EpisodeState.WAITING,)).values()) - most
            stopped = book.episodes(EpisodeFilter(), (EpisodeState.STOPPED,), recent, limit=most)
            all_stopped = book.students_stopped(recent)
        return EngagementToday(
            tuple(waiting),
            max(0, more),
            tuple(stopped),
            all_stopped,
            patience,
        )
