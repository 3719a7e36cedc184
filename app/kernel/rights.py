"""Whose records a person sees on a vault that several people share.

A record is seen by its maker and by those of the maker's own discipline: a nurse's
health records and a counselor's session notes are no reading for each other, even
where they share a vault (their usual place is a vault each). An administrator keeps
the vault and its people, and sees records of no discipline.

The names, the caseload, alerts and tiers are common to everyone at the vault.
"""

import json
from enum import StrEnum, unique

from app.kernel.nouns import Role
from app.kernel.ports import Seat


@unique
class Discipline(StrEnum):
    """A field of work whose people read each other's records."""

    COUNSELING = "counseling"
    HEALTH = "health"
    OFFICE = "office"


_DISCIPLINE = {
    Role.COUNSELOR: Discipline.COUNSELING,
    Role.SOCIAL_WORKER: Discipline.COUNSELING,
    Role.PSYCHOLOGIST: Discipline.COUNSELING,
    Role.NURSE: Discipline.HEALTH,
    Role.ADMINISTRATOR: Discipline.OFFICE,
}


def discipline(role: Role) -> Discipline:
    """Return the field of work of a role."""
    return _DISCIPLINE[role]


def sees(role: Role) -> tuple[Role, ...]:
    """Return the roles whose records a person of `role` sees besides their own."""
    if discipline(role) is Discipline.OFFICE:
        return ()
    return tuple(other for other in Role if discipline(other) is discipline(role))


def eyes(seat: Seat) -> dict[str, str]:
    """Return what a query needs to ask whose record it is: `:me`, and the `:roles` that are seen.

    A query that shows records of a discipline has, beside its own conditions,
    `person_id IN (SELECT id FROM person WHERE id = :me OR role IN (SELECT value FROM
    json_each(:roles)))`.
    """
    return {"me": seat.person, "roles": json.dumps(sees(seat.role))}


def looks_after_safety(role: Role) -> bool:
    """Tell whether `role` has to know that a child gave an answer that asks for a person.

    It hears that there is one and from whom, not what it says: that is told from person to person.
    """
    return discipline(role) is Discipline.COUNSELING


def gives_medication(role: Role) -> bool:
    """Tell whether the medication room is open to `role`."""
    return discipline(role) is Discipline.HEALTH
