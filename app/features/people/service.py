"""The people room's commands."""

from collections.abc import Callable
from dataclasses import replace

from app.features.people.commands import (
    ChangePerson,
    ChangePersonRole,
    ChangeSetting,
    ConfirmRecovery,
    FoundVault,
    MakeKeeper,
)
from app.features.people.model import (
    LOCK_MINUTES,
    Person,
    accepted_setting,
    require_lock_within,
)
from app.features.people.repo import People, PeopleRepo
from app.kernel.changes import NOTHING, Changed, Kind
from app.kernel.errors import Refused
from app.kernel.ids import DeviceId, PersonId
from app.kernel.names import accepted_name
from app.kernel.nouns import Role
from app.kernel.ports import Begin, Read, Reader
from app.kernel.rights import discipline


class PeopleService:
    """Who works at the vault, and how they like the desk."""

    def __init__(
        self,
        begin: Begin,
        founding: Begin,
        working: Begin,
        read: Read,
        moved: Callable[[Role], None] = lambda _role: None,
        lock_most: Callable[[Reader], int | None] = lambda _reader: None,
    ) -> None:
        self._moved = moved
        self._lock_most = lock_most
        self._begin = begin
        self._founding = founding
        self._working = working
        self._read = read

    def found_vault(self, command: FoundVault) -> Changed:
        """Make the vault's first entries in one transaction."""
        person = Person(
            command.person_id, accepted_name(command.name), command.role, command.credentials
        )
        schools = tuple(dict.fromkeys(" ".join(name.split()) for name in command.schools))
        with self._founding() as tx:
            repo = PeopleRepo(tx)
            repo.found(command.vault_id)
            repo.add(person, keeper=True)
            repo.add_device(command.device_id)
            repo.add_schools(person.id, tuple(name for name in schools if name))
            tx.journal(
                "FoundVault",
                "person",
                person.id,
                after={"name": person.name, "role": person.role, "schools": list(schools)},
            )
        return Changed.only(Kind.PERSON, Kind.SCHOOL, made=person.id)

    def confirm_recovery(self, _command: ConfirmRecovery) -> Changed:
        """Write down that the recovery words were typed back."""
        with self._founding() as tx:
            PeopleRepo(tx).confirm_recovery()
            tx.journal("ConfirmRecovery", "person", tx.who)
        return Changed.only(Kind.PERSON)

    def meet_device(self, device: DeviceId) -> Changed:
        """Write down a device at which the vault is opened for the first time."""
        with self._read() as reader:
            known = People(reader).knows_device(device)
        if not known:
            with self._founding() as tx:
                PeopleRepo(tx).add_device(device)
                tx.journal("MeetDevice", "device", device)
        return NOTHING

    def person(self, person_id: PersonId) -> Person:
        """Return a person of the vault."""
        with self._read() as reader:
            return People(reader).get(person_id)

    def names_around(self) -> tuple[str, ...]:
        """Return the names that no passphrase may be made of."""
        with self._read() as reader:
            return People(reader).names_around()

    def alone(self, person_id: PersonId) -> bool:
        """Tell whether nobody else ever worked at the vault."""
        with self._read() as reader:
            return People(reader).alone(person_id)

    def settings(self, person_id: PersonId) -> dict[str, str]:
        """Return every setting of a person; the time to the lock is at most the district's."""
        with self._read() as reader:
            found = People(reader).settings(person_id)
            most = self._lock_most(reader)
        if most is not None and int(found["lock_minutes"]) > most:
            found["lock_minutes"] = str(most)
        return found

    def lock_minutes_most(self) -> int:
        """Return the most minutes that the desk may stand unlocked without a key."""
        with self._read() as reader:
            most = self._lock_most(reader)
        return LOCK_MINUTES[1] if most is None else min(most, LOCK_MINUTES[1])

    def change_setting(self, command: ChangeSetting) -> Changed:
        """Set one setting of whoever is at the desk."""
        value = accepted_setting(command.name, command.value)
        with self._begin() as tx:
            repo = PeopleRepo(tx)
            if command.name == "lock_minutes":
                require_lock_within(value, self._lock_most(tx))
            before = repo.settings(tx.who)[command.name]
            repo.set(tx.who, command.name, value)
            tx.journal(
                "ChangeSetting", "setting", command.name, {"value": before}, {"value": value}
            )
        return Changed.only(Kind.SETTING)

    def change_person(self, command: ChangePerson) -> Changed:
        """Change the name, role and credentials of whoever is at the desk.

        The role decides whose records are seen. It is changed by who is alone on the vault
        or keeps it; and where others are on it, not into another field of work once records
        were written in this one: they would become reading for the other field.
        """
        name = accepted_name(command.name)
        with self._begin() as tx:
            repo = PeopleRepo(tx)
            before = repo.get(tx.who)
            if command.role is not before.role:
                self._refuse_role(repo, before, command.role)
            after = replace(
                before, name=name, role=command.role, credentials=command.credentials.strip()
            )
            repo.change(after)
            tx.journal(
                "ChangePerson",
                "person",
                tx.who,
                {"name": before.name, "role": before.role, "credentials": before.credentials},
                {"name": after.name, "role": after.role, "credentials": after.credentials},
            )
        if after.role is not before.role:
            self._moved(after.role)
        return Changed.only(Kind.PERSON)

    def change_person_role(self, command: ChangePersonRole) -> Changed:
        """Give someone another role: a keeper does, by the rules for changing one's own."""
        with self._begin() as tx:
            repo = PeopleRepo(tx)
            before = self._of_keeper(repo, tx.who, command.person)
            self._refuse_field(repo, before, command.role)
            repo.change(replace(before, role=command.role))
            tx.journal(
                "ChangePersonRole",
                "person",
                before.id,
                {"role": before.role},
                {"role": command.role},
            )
            mine = tx.who == before.id
        if mine:
            self._moved(command.role)
        return Changed.only(Kind.PERSON)

    def make_keeper(self, command: MakeKeeper) -> Changed:
        """Let someone keep the vault, or keep it no more; there is always a keeper left."""
        with self._begin() as tx:
            repo = PeopleRepo(tx)
            person = self._of_keeper(repo, tx.who, command.person)
            before = repo.keeps(person.id)
            if before and not command.keeper and repo.keepers() <= 1:
                raise Refused("last-keeper", "person")
            repo.set_keeper(person.id, keeper=command.keeper)
            tx.journal(
                "MakeKeeper", "person", person.id, {"keeper": before}, {"keeper": command.keeper}
            )
        return Changed.only(Kind.PERSON)

    @staticmethod
    def _of_keeper(repo: People, who: PersonId, person: PersonId) -> Person:
        """Return someone on the vault for a keeper; refuse everybody else."""
        if not repo.keeps(who):
            raise Refused("keepers-only")
        if not repo.is_there(person):
            raise Refused("person-gone", "person")
        return repo.get(person)

    @staticmethod
    def _refuse_role(repo: People, person: Person, role: Role) -> None:
        if not repo.may_change_role(person.id):
            raise Refused("role-keepers", "role")
        PeopleService._refuse_field(repo, person, role)

    @staticmethod
    def _refuse_field(repo: People, person: Person, role: Role) -> None:
        """Refuse another field of work to who wrote records in theirs, where others read them."""
        if (
            discipline(role) is not discipline(person.role)
            and not repo.alone(person.id)
            and repo.wrote_records(person.id)
        ):
            raise Refused("role-other-field", "role")

    def may_change_role(self, person_id: PersonId) -> bool:
        """Tell whether a person may change their own role."""
        with self._read() as reader:
            return People(reader).may_change_role(person_id)

    def state(self, person_id: PersonId) -> dict[str, str]:
        """Return where a person left the desk."""
        with self._read() as reader:
            return People(reader).state(person_id)

    def keep_state(self, state: dict[str, str]) -> Changed:
        """Keep where whoever is at the desk left it."""
        with self._working() as tx:
            PeopleRepo(tx).keep_state(tx.who, state)
        return NOTHING
