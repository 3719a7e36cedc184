"""What can be asked about the ways into a vault."""

from dataclasses import dataclass

from app.kernel.ids import PersonId
from app.kernel.nouns import Role


@dataclass(frozen=True, slots=True)
class AddPerson:
    """Give someone a way in of their own, with a first passphrase that they replace."""

    name: str
    role: Role
    credentials: str = ""
    keeper: bool = False


@dataclass(frozen=True, slots=True)
class SuspendPerson:
    """Take someone's ways in; nothing of theirs goes."""

    person: PersonId


@dataclass(frozen=True, slots=True)
class ReinstatePerson:
    """Give someone a way in again, or another first passphrase if theirs was forgotten."""

    person: PersonId


@dataclass(frozen=True, slots=True)
class RemovePerson:
    """Take someone's ways in for good and give the vault a new key; what they wrote stays."""

    person: PersonId
    new_sheet: bool = True
    """Make a new recovery sheet as well: whoever goes may have seen the old one."""


@dataclass(frozen=True, slots=True)
class RekeyVault:
    """Give the vault a new key."""

    new_sheet: bool = False


@dataclass(frozen=True, slots=True)
class OpenInEmergency:
    """Open the vault with its recovery sheet: who does so, and why, as they say."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class AcknowledgeEmergency:
    """Say that one has taken note of an emergency opening."""

    mark: str
