"""What can be asked of the people room."""

from dataclasses import dataclass

from app.kernel.ids import DeviceId, PersonId
from app.kernel.nouns import Role


@dataclass(frozen=True, slots=True)
class FoundVault:
    """Make the vault's first entries: the vault, its first person and device, their schools."""

    vault_id: str
    person_id: PersonId
    device_id: DeviceId
    name: str
    role: Role
    schools: tuple[str, ...] = ()
    credentials: str = ""


@dataclass(frozen=True, slots=True)
class ConfirmRecovery:
    """Say that the recovery words were typed back; from now on records are accepted."""


@dataclass(frozen=True, slots=True)
class ChangeSetting:
    """Set one of the settings of whoever is at the desk."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class ChangePerson:
    """Change the name, role and credentials of whoever is at the desk."""

    name: str
    role: Role
    credentials: str = ""


@dataclass(frozen=True, slots=True)
class ChangePersonRole:
    """Give someone on the vault another role."""

    person: PersonId
    role: Role


@dataclass(frozen=True, slots=True)
class MakeKeeper:
    """Let someone keep the vault: add, suspend and remove people, hold the recovery sheet."""

    person: PersonId
    keeper: bool = True
    """False: they keep it no more."""
