"""Who may give and take ways into a vault, and what is said of them."""

from dataclasses import dataclass
from enum import StrEnum, unique

from app.kernel.changes import Changed
from app.kernel.clock import Moment
from app.kernel.errors import Refused, Trouble
from app.kernel.ids import DeviceId, PersonId
from app.kernel.nouns import Role

LONGEST_REASON = 2_000


@unique
class State(StrEnum):
    """How a person stands to the vault."""

    ACTIVE = "active"
    SUSPENDED = "suspended"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Member:
    """A person of the vault, and whether they keep it."""

    id: PersonId
    name: str
    role: Role
    credentials: str
    keeper: bool
    state: State
    made: Moment


@dataclass(frozen=True, slots=True)
class Standing:
    """A person of the vault and their ways in."""

    member: Member
    ways: tuple[str, ...]
    """The kinds of their slots in the keybag: `passphrase`, `keyring`, `recovery`."""
    first_passphrase: bool
    """Whether their passphrase is still the first one, which whoever gave it may know."""
    todays_form: bool
    """Whether a new key can be given to all their slots; else they have to unlock once."""


@dataclass(frozen=True, slots=True)
class EmergencyMark:
    """An opening with the recovery sheet: by whom and why, as they said."""

    id: str
    name: str
    reason: str
    device: DeviceId
    made: Moment
    seen_by: PersonId | None
    seen_at: str


@dataclass(frozen=True, slots=True, repr=False)
class FirstPassphrase:
    """A person's way in, to be given to them: it is shown once and kept nowhere."""

    person: PersonId
    passphrase: str
    changed: Changed


@dataclass(frozen=True, slots=True, repr=False)
class NewKey:
    """What came of giving the vault a new key."""

    changed: Changed
    recovery_words: tuple[str, ...] = ()
    """The words of the new sheet, shown once; empty if none was made."""
    old_backups: int = 0
    """Backups that are still encrypted with a former key: whoever is gone may open them."""
    trouble: Trouble | None = None
    """Why the file is not under its new key yet. The next opening goes on with it."""


def may_keep(me: Member) -> None:
    """Refuse what only a keeper may do."""
    if not me.keeper or me.state is not State.ACTIVE:
        raise Refused("keepers-only")


def may_take_ways(me: Member, them: Member, keepers: int) -> None:
    """Refuse to take the ways in of oneself, and of the last keeper.

    `keepers` counts those who are active. Who wants to go asks another keeper: nobody
    is left at a desk that they can open no more.
    """
    may_keep(me)
    if them.state is State.ACTIVE and them.keeper and keepers <= 1:
        raise Refused("last-keeper", "person")
    if them.id == me.id:
        raise Refused("person-oneself", "person")


def accepted_reason(text: str) -> str:
    """Return a reason as it is kept; refuse none and an overlong one."""
    reason = text.strip()
    if not reason:
        raise Refused("emergency-reason-missing", "reason")
    if len(reason) > LONGEST_REASON:
        raise Refused("emergency-reason-long", "reason", longest=LONGEST_REASON)
    return reason
