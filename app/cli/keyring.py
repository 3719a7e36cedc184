"""`casewell vault keyring`: let this computer's keyring open a vault, or no longer."""

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from app.cli import DONE, chosen_vault, just_opened, passphrase, tell, vault_options
from app.kernel.words import _
from app.phrases import sentence

if TYPE_CHECKING:
    from app.bootstrap import Desk


def add(parts: Any) -> None:
    """Add the command and its three parts."""
    keyring = parts.add_parser(
        "keyring", help=_("unlock with this computer's keyring: status, on, off")
    )
    ways = keyring.add_subparsers(dest="way", metavar=_("PART"), required=True)

    status = ways.add_parser(
        "status", help=_("tell whether this computer's keyring opens the vault")
    )
    vault_options(status)
    status.set_defaults(run=_status)

    on = ways.add_parser("on", help=_("let this computer's keyring open the vault"))
    vault_options(on)
    on.add_argument(
        "--alone",
        action="store_true",
        help=_("say that nobody else uses this account; any program of it can read the keyring"),
    )
    on.set_defaults(run=_on)

    off = ways.add_parser("off", help=_("let no keyring open the vault, on any computer"))
    vault_options(off)
    off.set_defaults(run=_off)


@contextmanager
def _opened(arguments: argparse.Namespace) -> "Iterator[tuple[Desk, str]]":
    """Open the vault, and write down for the lock screen which slots are there afterwards."""
    from app.bootstrap import open_vault
    from app.vault.places import ThisDevice

    device = ThisDevice.here()
    secret = passphrase(arguments.passphrase_file)
    desk = just_opened(
        open_vault(
            chosen_vault(arguments),
            secret,
            device.device,
            first=device.last_slots(),
            purpose="keyring",
            other_backups=device.backup_folder(),
        )
    )
    try:
        yield desk, secret
        device.keep_keyring(desk.vault, desk.unlocking.slots)
    finally:
        desk.close()


def _status(arguments: argparse.Namespace) -> int:
    with _opened(arguments) as (desk, _secret):
        state = desk.unlocking.state()
    on = _("This computer's keyring opens the vault.")
    off = _("This computer's keyring does not open the vault.")
    lines = [on if state.here else off]
    if state.hindrance is not None:
        lines.append(sentence(state.hindrance))
    tell(
        arguments,
        {
            "on": bool(state.here),
            "keyring": state.backend,
            "other_computers": state.elsewhere,
            "hindrance": state.hindrance.code if state.hindrance else "",
        },
        lines,
    )
    return DONE


def _on(arguments: argparse.Namespace) -> int:
    from app.features.unlocking.commands import TurnOnKeyring

    with _opened(arguments) as (desk, secret):
        desk.unlocking.turn_on(TurnOnKeyring(secret, arguments.alone))
    tell(arguments, {"on": True}, [_("This computer's keyring opens the vault now.")])
    return DONE


def _off(arguments: argparse.Namespace) -> int:
    from app.features.unlocking.commands import TurnOffKeyring

    with _opened(arguments) as (desk, _secret):
        desk.unlocking.turn_off(TurnOffKeyring())
    tell(arguments, {"on": False}, [_("Only the passphrase opens the vault now.")])
    return DONE
