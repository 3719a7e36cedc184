"""A vault that several people share, and taking their seats in turn."""

from collections.abc import Iterator
from contextlib import contextmanager

from app.bootstrap import Desk
from app.features.people.model import Person
from app.features.people.repo import PeopleRepo
from app.kernel.ids import PersonId, new_id
from app.kernel.nouns import Role
from app.kernel.ports import Seat


def someone(desk: Desk, role: Role, name: str = "Bo Lindqvist") -> PersonId:
    """Put a person on the vault, without a way of their own into it."""
    person = PersonId(new_id())
    with desk.records.transaction() as tx:
        PeopleRepo(tx).add(Person(person, name, role))
        tx.journal("AddPerson", "person", person)
    return person


@contextmanager
def seated(desk: Desk, person: PersonId) -> Iterator[None]:
    """Let a person sit at the desk for a while."""
    before = desk.seat
    desk.records.sit_down(Seat(person, desk.people.person(person).role, before.device))
    try:
        yield
    finally:
        desk.records.sit_down(before)
