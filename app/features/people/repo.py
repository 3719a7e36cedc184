"""People, devices and settings in the file."""

from app.features.people.model import SETTINGS, Person
from app.kernel.frozen import How, Wrong
from app.kernel.ids import DeviceId, PersonId, new_id
from app.kernel.nouns import Role
from app.kernel.ports import Reader, Transaction


def known_devices(reader: Reader) -> tuple[int, list[Wrong]]:
    """Return how many computers the vault knows, and those that no journal entry tells of alike."""
    told = {
        row[0]: row[1:]
        for row in reader.execute(
            "SELECT CASE what WHEN 'MeetDevice' THEN subject_id ELSE device_id END, at, zone"
            " FROM journal WHERE what IN ('MeetDevice', 'FoundVault')"
        )
    }
    count, wrong = 0, []
    for device, *made in reader.execute("SELECT id, made_at, zone FROM device ORDER BY rowid"):
        count += 1
        entry = told.pop(device, None)
        if entry is None:
            wrong.append(Wrong("device", str(device), How.UNWITNESSED))
        elif entry != tuple(made):
            wrong.append(Wrong("device", str(device), How.ALTERED))
    return count, wrong + [Wrong("device", str(device), How.GONE) for device in told]


class People:
    """The people of the vault."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def get(self, person_id: PersonId) -> Person:
        """Return a person; KeyError if there is none."""
        row = self._reader.execute(
            "SELECT id, name, role, credentials, active FROM person WHERE id = ?", (person_id,)
        ).fetchone()
        if row is None:
            raise KeyError(person_id)
        return Person(PersonId(row[0]), row[1], Role(row[2]), row[3], bool(row[4]))

    def keeps(self, person_id: PersonId) -> bool:
        """Tell whether a person who is on the vault keeps it."""
        row = self._reader.execute(
            "SELECT 1 FROM person WHERE id = ? AND keeper = 1 AND active = 1 AND removed_at = ''",
            (person_id,),
        ).fetchone()
        return row is not None

    def keepers(self) -> int:
        """Return how many people on the vault keep it."""
        row = self._reader.execute(
            "SELECT count(*) FROM person WHERE keeper = 1 AND active = 1 AND removed_at = ''"
        ).fetchone()
        return int(row[0]) if row else 0

    def is_there(self, person_id: PersonId) -> bool:
        """Tell whether a person is on the vault and has a way in."""
        row = self._reader.execute(
            "SELECT 1 FROM person WHERE id = ? AND active = 1 AND removed_at = ''", (person_id,)
        ).fetchone()
        return row is not None

    def may_change_role(self, person_id: PersonId) -> bool:
        """Tell whether a person may say which role is theirs: alone on the vault, or its keeper.

        The role decides whose records are seen; where several share a vault it is the
        keeper's to give.
        """
        row = self._reader.execute(
            "SELECT (SELECT keeper FROM person WHERE id = :me) = 1 OR NOT EXISTS"
            " (SELECT 1 FROM person WHERE id <> :me AND removed_at = '')",
            {"me": person_id},
        ).fetchone()
        return bool(row and row[0])

    def wrote_records(self, person_id: PersonId) -> bool:
        """Tell whether a person's records stand in the vault, which their role shows to others."""
        row = self._reader.execute(
            "SELECT 1 FROM journal WHERE person_id = ? AND subject_kind NOT IN"
            " ('person', 'setting', 'vault', 'device', 'student', 'school') LIMIT 1",
            (person_id,),
        ).fetchone()
        return row is not None

    def alone(self, person_id: PersonId) -> bool:
        """Tell whether nobody else is or was on the vault."""
        row = self._reader.execute("SELECT 1 FROM person WHERE id <> ? LIMIT 1", (person_id,))
        return row.fetchone() is None

    def names_around(self) -> tuple[str, ...]:
        """Return the names of the people and schools: what a stranger would try first."""
        rows = self._reader.execute("SELECT name FROM person UNION SELECT name FROM school")
        return tuple(name for (name,) in rows)

    def settings(self, person_id: PersonId) -> dict[str, str]:
        """Return every setting of a person, usual values filled in."""
        rows = self._reader.execute(
            "SELECT name, value FROM setting WHERE person_id = ?", (person_id,)
        )
        return {**SETTINGS, **{name: value for name, value in rows if name in SETTINGS}}

    def knows_device(self, device: DeviceId) -> bool:
        """Tell whether the vault was opened on this device before."""
        found = self._reader.execute("SELECT 1 FROM device WHERE id = ?", (device,)).fetchone()
        return found is not None

    def state(self, person_id: PersonId) -> dict[str, str]:
        """Return where a person left the desk."""
        return dict(
            self._reader.execute(
                "SELECT name, value FROM desk_state WHERE person_id = ?", (person_id,)
            ).fetchall()
        )


class PeopleRepo(People):
    """The people of the vault, inside a transaction."""

    def __init__(self, tx: Transaction) -> None:
        super().__init__(tx)
        self._tx = tx

    def found(self, vault_id: str) -> None:
        """Write the vault's own row."""
        self._tx.execute(
            "INSERT INTO vault (one, id, made_at, zone) VALUES (1, ?, ?, ?)",
            (vault_id, self._tx.now.at, self._tx.now.zone),
        )

    def confirm_recovery(self) -> None:
        """Write down when the recovery words were typed back."""
        self._tx.execute("UPDATE vault SET recovery_confirmed_at = ?", (self._tx.now.at,))

    def add(self, person: Person, *, keeper: bool = False) -> None:
        """Write a new person; a keeper adds, suspends and removes others."""
        self._tx.execute(
            "INSERT INTO person (id, name, role, credentials, keeper, made_at, zone)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                person.id,
                person.name,
                person.role,
                person.credentials,
                int(keeper),
                self._tx.now.at,
                self._tx.now.zone,
            ),
        )

    def change(self, person: Person) -> None:
        """Write a person's name, role and credentials."""
        self._tx.execute(
            "UPDATE person SET name = ?, role = ?, credentials = ? WHERE id = ?",
            (person.name, person.role, person.credentials, person.id),
        )

    def set_keeper(self, person_id: PersonId, *, keeper: bool) -> None:
        """Write whether a person keeps the vault."""
        self._tx.execute("UPDATE person SET keeper = ? WHERE id = ?", (int(keeper), person_id))

    def add_device(self, device: DeviceId) -> None:
        """Write a new device."""
        self._tx.execute(
            "INSERT INTO device (id, made_at, zone) VALUES (?, ?, ?)",
            (device, self._tx.now.at, self._tx.now.zone),
        )

    def add_schools(self, person_id: PersonId, names: tuple[str, ...]) -> None:
        """Write the buildings a person works in, in their order."""
        for position, name in enumerate(names):
            school_id = new_id()
            self._tx.execute(
                "INSERT INTO school (id, name, made_at) VALUES (?, ?, ?)",
                (school_id, name, self._tx.now.at),
            )
            self._tx.execute(
                "INSERT INTO person_school (person_id, school_id, position) VALUES (?, ?, ?)",
                (person_id, school_id, position),
            )

    def set(self, person_id: PersonId, name: str, value: str) -> None:
        """Write one setting."""
        self._tx.execute(
            "INSERT INTO setting (person_id, name, value) VALUES (?, ?, ?)"
            " ON CONFLICT (person_id, name) DO UPDATE SET value = excluded.value",
            (person_id, name, value),
        )

    def keep_state(self, person_id: PersonId, state: dict[str, str]) -> None:
        """Write where a person left the desk."""
        self._tx.executemany(
            "INSERT INTO desk_state (person_id, name, value) VALUES (?, ?, ?)"
            " ON CONFLICT (person_id, name) DO UPDATE SET value = excluded.value",
            [(person_id, name, value) for name, value in state.items()],
        )
