"""When this computer's keyring may open a vault, and when the passphrase is asked for again."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from app.kernel.clock import Moment, from_utc_text
from app.kernel.errors import Refused
from app.kernel.ids import DeviceId
from app.vault.keybag import KEYRING, RECOVERY, Keybag, Slot
from app.vault.os_account import Account

DAYS = 14
"""A passphrase that nobody types is forgotten: it is asked for at least this often."""
FACT = "keyring"
"""Where the keybag's body says of each keyring slot what it was made for."""

_ACCOUNT = {"name": "keyring-account-name", "fleeting": "keyring-account-fleeting"}


@dataclass(frozen=True, slots=True)
class Kept:
    """What is written down with a keyring slot, sealed in the keybag's body."""

    slot: str
    device: DeviceId
    backend: str
    typed: str
    """When the passphrase was entered last at that device, in UTC."""
    run: str
    """Which run of the operating system that was; empty if untold."""

    def fact(self) -> dict[str, str]:
        """Return it as it stands in the body."""
        return {
            "device": self.device,
            "backend": self.backend,
            "typed": self.typed,
            "run": self.run,
        }


def kept(keybag: Keybag) -> tuple[Kept, ...]:
    """Return what is written down of the keyring slots that stand in an opened keybag."""
    known: Mapping[str, Any] = keybag.facts.get(FACT, {})
    return tuple(
        Kept(
            slot.id,
            DeviceId(str(fact.get("device", ""))),
            str(fact.get("backend", "")),
            str(fact.get("typed", "")),
            str(fact.get("run", "")),
        )
        for slot in keybag.slots
        if slot.kind == KEYRING and isinstance(fact := known.get(slot.id, {}), dict)
    )


def facts_of(kept_now: Iterable[Kept]) -> dict[str, dict[str, str]]:
    """Return the body's fact about all of these slots."""
    return {one.slot: one.fact() for one in kept_now}


def people(slots: Iterable[Slot]) -> int:
    """Return how many people have a way in."""
    return len({slot.person for slot in slots})


def may_open(keybag: Keybag, account: Account) -> None:
    """Refuse where a vault or an account is not one person's: an opened keyring is read by all."""
    if people(keybag.slots) > 1:
        raise Refused("keyring-vault-shared")
    why = account.shared()
    if why:
        raise Refused(_ACCOUNT.get(why, "keyring-account-fleeting"))


def may_turn_on(keybag: Keybag, opened: Slot, account: Account, *, alone: bool) -> None:
    """Refuse to begin: besides `may_open`, in an emergency, and without the user's own word."""
    if opened.kind == RECOVERY:
        raise Refused("keyring-emergency")
    may_open(keybag, account)
    if not alone:
        raise Refused("keyring-not-alone", "alone")


def ask_again(one: Kept, now: Moment, run: str) -> None:
    """Refuse when the passphrase is due: after a restart of the system, and every 14 days.

    A clock that was put back does not put it off.
    """
    if one.run != run:
        raise Refused("keyring-restarted", "passphrase")
    try:
        passed = from_utc_text(now.at) - from_utc_text(one.typed)
    except ValueError:
        raise Refused("keyring-due", "passphrase", days=DAYS) from None
    if not timedelta(0) <= passed < timedelta(days=DAYS):
        raise Refused("keyring-due", "passphrase", days=max(DAYS, passed.days))
