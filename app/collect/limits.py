"""What the district lets a desk do no more, and which schools a desk may count: IT's own word."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from app.collect.loading import Lines
from app.kernel.buildings import NONE
from app.sync.district_folder import Settings


@dataclass(frozen=True, slots=True)
class Limits:
    """Desks that are blocked, and the schools that invitations name."""

    desks: AbstractSet[str] = frozenset()
    """Blocked by their id."""
    invitations: AbstractSet[str] = frozenset()
    """Blocked is whoever showed one of these."""
    schools: Mapping[str, AbstractSet[str]] = field(default_factory=dict)
    """By invitation: the keys of buildings; none: any. It goes before what was signed."""

    def blocks(self, desk: str, invitation: str) -> bool:
        """Tell whether nothing is taken of a desk that was let in by an invitation."""
        return desk in self.desks or (invitation != "" and invitation in self.invitations)


def limits_of(settings: Settings | None) -> Limits:
    """Return what a district's folder says; without one nothing is limited here."""
    if settings is None:
        return Limits()
    return Limits(
        frozenset(one.desk for one in settings.blocked if one.desk),
        frozenset(one.invitation for one in settings.blocked if one.invitation),
        {one.id: frozenset(one.schools) for one in settings.invited},
    )


def beyond(lines: Lines, schools: AbstractSet[str]) -> tuple[str, ...]:
    """Return the buildings that rows count and that are not among `schools`; none of no schools."""
    if not schools:
        return ()
    counted = {row["building"] for _table, row in lines if isinstance(row.get("building"), str)}
    return tuple(sorted(str(one) for one in counted - schools - {NONE}))
