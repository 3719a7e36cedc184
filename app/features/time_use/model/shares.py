"""Shares of the time: minutes by category and group, held against the set's targets."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.features.time_use.model.categories import CategorySet, Target, TargetKind


@dataclass(frozen=True, slots=True)
class CategorySum:
    """What one category came to in a period, under the words that stood then."""

    set_code: str
    set_version: int
    category: str
    label: str
    bundle: str
    minutes: int
    entries: int
    students: int


@dataclass(frozen=True, slots=True)
class Share:
    """A group's part of the time; percentages of all groups come to 100."""

    bundle: str
    label: str
    minutes: int
    percent: int


@dataclass(frozen=True, slots=True)
class Standing:
    """How one target stands."""

    target: Target
    minutes: int
    percent: int
    met: bool


@dataclass(frozen=True, slots=True)
class Week:
    """One week's minutes by group."""

    monday: str
    minutes: Mapping[str, int]

    @property
    def total(self) -> int:
        """All minutes of the week."""
        return sum(self.minutes.values())


@dataclass(frozen=True, slots=True)
class TimeShare:
    """A period's use of time."""

    since: str
    until: str
    school: str
    set: CategorySet
    """Whose groups and targets it is held against: the newest that its entries were put under."""
    sums: tuple[CategorySum, ...]
    shares: tuple[Share, ...]
    standings: tuple[Standing, ...]
    weeks: tuple[Week, ...]

    @property
    def total(self) -> int:
        """All minutes of the period."""
        return sum(one.minutes for one in self.shares)

    @property
    def line(self) -> int:
        """The share from below that the first target asks for at least, in percent; 0 for none."""
        groups = [one.bundle for one in self.shares]
        for one in self.standings:
            first = tuple(groups[: len(one.target.groups)])
            if one.target.kind is TargetKind.AT_LEAST and set(one.target.groups) == set(first):
                return one.target.percent
        return 0

    def said(self, one: CategorySum) -> str:
        """Return a category's label as it stood, translated where it was shipped."""
        return self.set.said(one.label) if one.set_code == self.set.code else one.label

    def groups_said(self, target: Target) -> str:
        """Return the names of the groups of a target."""
        labels = {one.bundle: one.label for one in self.shares}
        return ", ".join(labels.get(code, code) for code in target.groups)


def percents(minutes: Sequence[int]) -> list[int]:
    """Return whole percentages that come to 100: the largest remainders are rounded up."""
    total = sum(minutes)
    if not total:
        return [0] * len(minutes)
    whole = [part * 100 // total for part in minutes]
    order = sorted(range(len(minutes)), key=lambda place: (-(minutes[place] * 100 % total), place))
    for place in order[: 100 - sum(whole)]:
        whole[place] += 1
    return whole


def shares(sums: Sequence[CategorySum], of: CategorySet) -> tuple[Share, ...]:
    """Return each group's share, in the set's order; groups of other sets come after."""
    minutes = {group.code: 0 for group in of.groups}
    for one in sums:
        minutes[one.bundle] = minutes.get(one.bundle, 0) + one.minutes
    labels = {group.code: of.said(group.label) for group in of.groups}
    return tuple(
        Share(code, labels.get(code, code), spent, percent)
        for (code, spent), percent in zip(
            minutes.items(), percents(list(minutes.values())), strict=True
        )
    )


def standings(parts: Sequence[Share], of: CategorySet) -> tuple[Standing, ...]:
    """Return how each target of the set stands; whether it is met is told by the exact minutes."""
    total = sum(one.minutes for one in parts)
    found = []
    for target in of.targets:
        chosen = [one for one in parts if one.bundle in target.groups]
        minutes = sum(one.minutes for one in chosen)
        percent = sum(one.percent for one in chosen)
        found.append(Standing(target, minutes, percent, target.met(minutes, total)))
    return tuple(found)
