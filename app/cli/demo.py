"""`casewell demo`: an invented district to look around in."""

import argparse
import os
import sys
from pathlib import Path
from typing import Any

from app.cli import DONE
from app.kernel.nouns import Role
from app.kernel.words import _, ngettext


def add(commands: Any) -> None:
    """Add the command."""
    demo = commands.add_parser("demo", help=_("look around in an invented district"))
    demo.add_argument("--at", type=Path, metavar="DIR", help=_("the folder to build it in"))
    demo.add_argument("--students", type=int, default=120, metavar="N")
    demo.add_argument("--years", type=int, default=2, metavar="Y")
    demo.add_argument("--seed", type=int, default=1, metavar="S")
    demo.add_argument("--role", choices=[role.value for role in Role], default=Role.COUNSELOR.value)
    demo.add_argument("--only-build", action="store_true", help=_("build it, do not open it"))
    demo.set_defaults(run=_demo)


def _demo(arguments: argparse.Namespace) -> int:
    from app.demo import DemoOptions, ensure_demo

    options = DemoOptions(arguments.students, arguments.years, arguments.seed, Role(arguments.role))
    facts = ensure_demo(arguments.at, options.accepted(), progress=_told)
    print(
        _("The demonstration is at {path}: {students}, {notes}.").format(
            path=facts.vault,
            students=ngettext("{count} student", "{count} students", options.students).format(
                count=f"{options.students:,}"
            ),
            notes=ngettext("{count} note", "{count} notes", facts.notes).format(
                count=f"{facts.notes:,}"
            ),
        )
    )
    print(_("Its passphrase is: {passphrase}").format(passphrase=facts.passphrase), flush=True)
    name, passphrase = facts.witness
    if name:
        print(
            _("{name} counts and witnesses with: {passphrase}").format(
                name=name, passphrase=passphrase
            ),
            flush=True,
        )
    _district(facts.vault)
    if arguments.only_build:
        return DONE
    if has_display():
        code: int = arguments.open_desk(facts.vault, facts.passphrase)
        return code
    folder = facts.vault.parent / "demo-pictures"
    print(
        _("There is no display here. Every page is drawn offscreen into {path}.").format(
            path=folder
        ),
        flush=True,
    )
    code = arguments.walk_desk(facts.vault, facts.passphrase, folder)
    if code == DONE:
        _samples(facts.vault, facts.passphrase, folder)
    return code


def _district(vault: Path) -> None:
    """Say where what leaves for the invented district lies, and what opens it."""
    from app.demo.joining import DISTRICT_PASSPHRASE, KEYS, SHARE

    if not (vault / KEYS).is_dir():
        return
    print(
        _(
            "What it sends to its invented district lies in {share}; the keys in {keys} open it,"
            " with: {passphrase}"
        ).format(share=vault / SHARE, keys=vault / KEYS, passphrase=DISTRICT_PASSPHRASE),
        flush=True,
    )


def has_display() -> bool:
    """Tell whether a window could be shown: always so on Windows and macOS."""
    if sys.platform in {"win32", "darwin"}:
        return True
    if os.environ.get("QT_QPA_PLATFORM", "") in {"offscreen", "minimal"}:
        return False
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _samples(vault: Path, passphrase: str, folder: Path) -> None:
    from app.bootstrap import open_vault
    from app.demo.samples import write_samples
    from app.vault.places import ThisDevice

    desk = open_vault(vault, passphrase, ThisDevice.here().device, purpose="demo")
    try:
        made = write_samples(desk, folder)
    finally:
        desk.close()
    count = len(made)
    print(
        ngettext(
            "{count} sample paper is there too.", "{count} sample papers are there too.", count
        ).format(count=count)
    )


def _told(done: int, of: int) -> None:
    """Show on one line how far the building is, where someone is watching."""
    if sys.stderr.isatty() and of:
        line = _("Inventing a district: {percent} %").format(percent=done * 100 // of)
        end = "\n" if done == of else ""
        sys.stderr.write(f"\r{line}{end}")
        sys.stderr.flush()
