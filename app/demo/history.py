"""What happened in the invented district: students come, sessions are held, years pass.

Everything follows from the seed and the day on which history ends. The plan is made first,
in order of time; writing it down is another matter.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random

from app.demo import calendar
from app.demo.people import Child, Household, child, household, table
from app.demo.writing import theme, themes
from app.kernel.nouns import Role

NOTES_PER_YEAR = 10
"""Session notes for each student in each year, on average."""
_RATES = {1: 5.0, 2: 17.0, 3: 36.0}
"""How often students of each tier are seen, against each other."""
_MOVES = {1: (93, 7, 0), 2: (35, 57, 8), 3: (0, 40, 60)}
"""Where students of each tier are a school year later, in percent; about 80/15/5 in the long run."""
_LATE, _FOLLOW_UP, _ADDENDUM, _AMENDMENT = 0.035, 0.14, 0.02, 0.008
_USUAL_PLACES = {
    "observation": "classroom",
    "family-contact": "phone",
    "home-visit": "home",
    "crisis-response": "office",
}
_DAYS_A_YEAR = 180
_MOST_DRAFTS = 4
_NEAR = (0, -1, 1, 0, 2, -1, 5, 3)
"""In how many days the next steps of the last signed sessions are due."""
_FINISHED_AFTER = timedelta(days=16)


@dataclass(frozen=True, slots=True)
class Pupil:
    """A student of the district over the years."""

    number: str
    child: Child
    born: date
    graduates: int
    """The year of graduation, if nothing comes between."""
    enters: date
    leaves: date | None
    building: int

    def grade(self, day: date) -> int:
        """Return the grade on a day: 0 is kindergarten."""
        return 12 - (self.graduates - calendar.year_end(day))

    @property
    def spoken(self) -> str:
        """The given name as it is spoken."""
        return self.child.preferred or self.child.given


@dataclass(frozen=True, slots=True)
class Happening:
    """Something that happened at a time: what kind, to whom, and its facts."""

    at: datetime
    what: str
    pupil: int
    facts: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class History:
    """The district's years, in order of time."""

    pupils: list[Pupil]
    happenings: list[Happening]
    first_day: date


def history(seed: int, students: int, years: int, role: Role, now: datetime) -> History:
    """Return what happened in the `years` before `now` (local time) to so many students."""
    return _Chronicle(seed, students, years, role, now).told()


class _Chronicle:
    def __init__(self, seed: int, students: int, years: int, role: Role, now: datetime) -> None:
        self._chance = Random(f"{seed}:{students}:{years}:{role}")  # noqa: S311 - a demonstration
        self._students, self._years, self._role, self._now = students, years, role, now
        self._today = now.date()
        first = self._today - timedelta(days=365 * years)
        self._days = calendar.school_days(first, self._today)
        self._days = [day for day in self._days if day < self._today] or [first]
        self._happenings: list[Happening] = []
        self._sessions: list[tuple[date, float, int, str]] = []
        self._waiting: list[tuple[int, dict[str, object]]] = []

    def told(self) -> History:
        pupils = self._pupils()
        weight = self._expected(pupils)
        scale = self._students * self._years * NOTES_PER_YEAR / weight if weight else 1.0
        for index, pupil in enumerate(pupils):
            self._life(index, pupil, scale)
        self._hold_sessions()
        self._papers(pupils)
        self._happenings.sort(key=lambda happening: happening.at)
        kept = [happening for happening in self._happenings if happening.at < self._now]
        return History(pupils, kept, self._days[0])

    # -- who -------------------------------------------------------------------------

    def _pupils(self) -> list[Pupil]:
        homes: list[Household] = []
        called: set[tuple[int, str]] = set()
        pupils = []
        for index in range(self._students):
            if homes and self._chance.random() < 0.16:
                home = self._chance.choice(homes[-40:])
            else:
                home = household(self._chance, len(homes))
                homes.append(home)
            pupils.append(self._pupil(index, self._sibling(home, called)))
        return pupils

    def _sibling(self, home: Household, called: set[tuple[int, str]]) -> Child:
        """Return a child of a family whose given name no sibling has, if the names suffice."""
        found = child(self._chance, home)
        for _ in range(8):
            if (home.number, found.given) not in called:
                break
            found = child(self._chance, home)
        called.add((home.number, found.given))
        return found

    def _pupil(self, index: int, who: Child) -> Pupil:
        chance, first = self._chance, self._days[0]
        this_year = calendar.year_end(self._today)
        gone = chance.random() < min(0.25, 0.035 * self._years)
        begun = calendar.year_end(first)
        leaves: date | None = None
        if gone and this_year - 1 >= begun and chance.random() < 0.7:
            graduates = chance.randrange(begun, this_year)
            leaves = calendar.last_day(graduates)
        else:
            graduates = this_year + chance.randrange(13)
            if gone:
                leaves = chance.choice(self._days[len(self._days) // 3 :])
        kindergarten = calendar.first_day(graduates - 12)
        enters = max(first, kindergarten)
        if chance.random() < 0.15:
            later = [day for day in self._days if day > enters and (not leaves or day < leaves)]
            enters = chance.choice(later) if later else enters
        if leaves is not None and leaves <= enters:
            if graduates >= this_year:
                leaves = None
            else:
                enters = first
        born = date(graduates - 19, 9, 1) + timedelta(days=chance.randrange(365))
        return Pupil(
            f"{204_100 + index * 7}", who, born, graduates, enters, leaves, chance.randrange(2)
        )

    def _expected(self, pupils: list[Pupil]) -> float:
        share = 0.8 * _RATES[1] + 0.14 * _RATES[2] + 0.06 * _RATES[3]
        whole = max(len(self._days), 1)
        present = 0.0
        for pupil in pupils:
            until = pupil.leaves or self._today
            here = bisect_right(self._days, until) - bisect_left(self._days, pupil.enters)
            present += here / whole
        return present * share * self._years

    # -- one life --------------------------------------------------------------------

    def _life(self, index: int, pupil: Pupil, scale: float) -> None:
        chance = self._chance
        until = bisect_right(self._days, pupil.leaves or self._today)
        days = self._days[bisect_left(self._days, pupil.enters) : until]
        arrival = self._at(pupil.enters, 7, chance.randrange(60))
        self._add(arrival, "arrives", index)
        self._surroundings(index, arrival, days)
        tier = chance.choices((1, 2, 3), (80, 14, 6))[0]
        seen = tier > 1 or chance.random() < 0.35
        on = False
        for stretch in _by_year(days):
            if stretch[0] != days[0]:
                self._add(self._at(stretch[0], 6, chance.randrange(60)), "moves_up", index)
            was = tier
            if stretch[0] == days[0]:
                was = 1
            else:
                tier = chance.choices((1, 2, 3), _MOVES[tier])[0]
            if tier != was:
                kind = "up" if tier > was else "down"
                when = self._at(chance.choice(stretch[: len(stretch) // 3 + 1]), 15, 5)
                self._add(when, "tier", index, tier=tier, kind=kind)
            if (tier > 1 or seen) and not on:
                on = True
                when = self._at(stretch[min(3, len(stretch) - 1)], 14, chance.randrange(60))
                self._add(when, "caseload", index)
            elif on and tier == 1 and was > 1 and chance.random() < 0.4:
                on = False
                self._add(self._at(stretch[len(stretch) // 2], 15, 40), "off_caseload", index)
            self._seen(index, pupil, tier, stretch, scale)
        if pupil.leaves and days:
            if on:
                self._add(self._at(pupil.leaves, 15, 20), "off_caseload", index)
            self._add(self._at(pupil.leaves, 15, 30), "leaves", index)

    def _surroundings(self, index: int, arrival: datetime, days: list[date]) -> None:
        chance, notes = self._chance, table("notes")
        if chance.random() < 0.14:
            kind = chance.choices(
                ("health", "allergy", "custody", "safety", "access", "other"), (5, 4, 2, 1, 3, 1)
            )[0]
            text = chance.choice(notes["alerts"][kind])
            ended = None
            if len(days) > 40 and chance.random() < 0.25:
                ended = self._at(chance.choice(days[20:]), 12, 10)
            made = arrival + timedelta(minutes=40)
            self._add(made, "alert", index, kind=kind, text=text)
            if ended is not None:
                self._add(ended, "alert_ends", index)
        if chance.random() < 0.2:
            label = chance.choice(notes["contacts"]["tags"])
            self._add(arrival + timedelta(minutes=45), "tag", index, label=label)

    def _seen(self, index: int, pupil: Pupil, tier: int, days: list[date], scale: float) -> None:
        chance = self._chance
        often = _RATES[tier] * scale * len(days) / _DAYS_A_YEAR * chance.uniform(0.5, 1.5)
        count = int(often) + (chance.random() < often % 1)
        choices = dict(themes(self._role, pupil.grade(days[0]), tier))
        about = chance.choices(list(choices), list(choices.values()), k=1 + tier // 2)
        for _ in range(count):
            self._sessions.append(
                (chance.choice(days), chance.random(), index, chance.choice(about))
            )

    # -- sessions --------------------------------------------------------------------

    def _hold_sessions(self) -> None:
        self._sessions.sort()
        begin = 0
        while begin < len(self._sessions):
            end = begin
            while end < len(self._sessions) and self._sessions[end][0] == self._sessions[begin][0]:
                end += 1
            for place in range(begin, end):
                day, _, index, about = self._sessions[place]
                minute = (place - begin) * 390 // (end - begin)
                self._hold(
                    self._at(day, 8, 5) + timedelta(minutes=minute),
                    index,
                    about,
                    left=len(self._sessions) - 1 - place,
                )
            begin = end

    def _hold(self, start: datetime, index: int, about: str, *, left: int) -> None:
        """Hold a session; `left` is how many are still to come."""
        chance = self._chance
        source = theme(about)
        minutes = chance.choices((10, 15, 20, 30, 45, 60), (8, 18, 22, 34, 14, 4))[0]
        attendance = chance.choices(
            ("present", "absent", "declined", "cancelled"), (890, 70, 20, 20)
        )[0]
        signed = start + timedelta(minutes=minutes + chance.randrange(2, 40))
        later = self._at(start.date() + timedelta(days=chance.randrange(2, 7)), 16, 5)
        later += timedelta(minutes=chance.randrange(50))
        late = chance.random() < _LATE and later < self._now
        if late:
            signed = later
        service = chance.choice(source["services"])
        place = chance.choices(
            ("office", "classroom", "building", "telehealth", "phone", "home"),
            (62, 12, 14, 4, 6, 2),
        )[0]
        facts: dict[str, object] = {
            "number": len(self._happenings),
            "start": start,
            "minutes": minutes if attendance == "present" else 0,
            "about": about,
            "service": service,
            "interventions": tuple(
                chance.sample(source["interventions"], chance.choice((1, 1, 2)))
            ),
            "place": _USUAL_PLACES.get(service, place),
            "attendance": attendance,
            "late": late,
            "due": self._due(start.date(), left) if attendance == "present" else None,
        }
        if left < _MOST_DRAFTS:
            self._waiting.append((index, facts))
            return
        self._add(signed, "session", index, **facts)
        self._afterwards(signed, index, facts)

    def _due(self, day: date, left: int) -> date | None:
        """Return the day of the next step; those of the last sessions come due these days."""
        if _MOST_DRAFTS <= left < _MOST_DRAFTS + len(_NEAR):
            return max(self._today + timedelta(days=_NEAR[left - _MOST_DRAFTS]), day)
        if self._chance.random() >= _FOLLOW_UP:
            return None
        due = day + timedelta(days=self._chance.randrange(3, 22))
        while due.weekday() > 4:
            due += timedelta(days=1)
        return due

    def _afterwards(self, signed: datetime, index: int, facts: dict[str, object]) -> None:
        chance, number = self._chance, facts["number"]
        due = facts["due"]
        if isinstance(due, date):
            old = due + _FINISHED_AFTER < self._today
            near = due >= self._today - timedelta(days=3)
            if old or (not near and chance.random() < 0.85):
                done = self._at(due + timedelta(days=chance.randrange(2)), 15, chance.randrange(60))
                self._add(max(done, signed + timedelta(minutes=1)), "done", index, number=number)
        if facts["attendance"] == "present" and chance.random() < _ADDENDUM:
            later = signed + timedelta(days=chance.randrange(1, 4), minutes=30)
            self._add(later, "addendum", index, number=number, about=facts["about"])
        elif facts["attendance"] == "present" and chance.random() < _AMENDMENT:
            later = signed + timedelta(days=chance.randrange(1, 9), minutes=20)
            self._add(later, "amendment", index, number=number, about=facts["about"])

    # -- other papers ----------------------------------------------------------------

    def _papers(self, pupils: list[Pupil]) -> None:
        chance = self._chance
        here = [
            index
            for index, pupil in enumerate(pupils)
            if pupil.leaves is None and pupil.enters < self._days[-1]
        ]
        recent = self._days[-60:]
        for place, (index, facts) in enumerate(self._waiting):
            when = self._now - timedelta(minutes=30 - place)
            self._add(when, "draft", index, ready=place == 1, **facts)
        for _ in range(min(24, 4 + self._students // 60) if here else 0):
            index = chance.choice(here)
            day = max(chance.choice(recent), pupils[index].enters)
            purge = chance.choice((self._today + timedelta(days=3), None, None))
            self._add(self._at(day, 16, 30), "sole", index, purge=purge)
        for _ in range(max(3, self._students // 25) if here else 0):
            index = chance.choice(here)
            days = [day for day in self._days if day > pupils[index].enters]
            self._add(self._at(chance.choice(days), 13, 30), "disclosure", index)

    def _at(self, day: date, hour: int, minute: int) -> datetime:
        return datetime(day.year, day.month, day.day, hour, minute)  # noqa: DTZ001 - local time

    def _add(self, at: datetime, what: str, pupil: int, **facts: object) -> None:
        self._happenings.append(Happening(at, what, pupil, facts))


def _by_year(days: list[date]) -> Iterator[list[date]]:
    """Yield the school days of each school year."""
    begin = 0
    for end in range(1, len(days) + 1):
        ending = calendar.year_end(days[begin])
        if end == len(days) or calendar.year_end(days[end]) != ending:
            yield days[begin:end]
            begin = end
