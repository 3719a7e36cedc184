"""`casewell vault backup | backups | restore`."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.cli import (
    DONE,
    chosen_vault,
    in_trouble,
    just_opened,
    passphrase,
    tell,
    text_of,
    vault_options,
)
from app.kernel.words import _, ngettext

if TYPE_CHECKING:
    from app.bootstrap import Desk
    from app.features.backups.model import Inside
    from app.features.backups.proving import Proof


def add(parts: Any) -> None:
    """Add the parts of `casewell vault` that are about backups."""
    backup = parts.add_parser("backup", help=_("make a backup, open and check it"))
    vault_options(backup)
    backup.add_argument(
        "--to", type=Path, metavar="DIR", help=_("back up to this folder alone, on any disk")
    )
    backup.set_defaults(run=_backup)

    listed = parts.add_parser("backups", help=_("list the backups"))
    vault_options(listed)
    listed.add_argument(
        "--check", action="store_true", help=_("open each and see that it is whole")
    )
    listed.add_argument(
        "--prove",
        action="store_true",
        help=_("restore each for a test, open it and compare all that is in it"),
    )
    listed.set_defaults(run=_backups)

    restored = parts.add_parser(
        "restore", help=_("make a new vault of a backup; the living one is not touched")
    )
    restored.add_argument("backup", type=Path, metavar="BACKUP", help=_("the backup's folder"))
    restored.add_argument(
        "--to", type=Path, metavar="DIR", help=_("where the new vault is to stand")
    )
    restored.add_argument(
        "--recovery-words",
        type=Path,
        metavar="FILE",
        help=_("open with the recovery words: the passphrase was forgotten"),
    )
    vault_options(restored)
    restored.set_defaults(run=_restore)


def _backup(arguments: argparse.Namespace) -> int:
    from app.phrases import sentence

    desk = _opened(arguments)
    try:
        made = desk.backups.make(to=arguments.to)
    finally:
        desk.close()
    lines = [_("A backup was made and checked: {path}").format(path=path) for path in made.copies]
    lines += [sentence(trouble) for trouble in made.troubles]
    lines += [
        _("An older backup is damaged and was set aside: {path}").format(path=path)
        for path in made.damaged
    ]
    amiss = lines[len(made.copies) :]
    tell(
        arguments,
        {
            "backups": [str(path) for path in made.copies],
            "made": made.made.backup.made.at,
            "inside": _facts(made.made.inside),
            "gone": [str(path) for path in made.gone],
            "damaged": [str(path) for path in made.damaged],
            "missed": [str(trouble) for trouble in made.troubles],
        },
        [*lines[: len(made.copies)], *amiss[1:]],
    )
    return in_trouble(amiss[0]) if amiss else DONE


def _backups(arguments: argparse.Namespace) -> int:
    from app.features.backups.proving import Outcome
    from app.kernel.errors import Trouble

    desk = _opened(arguments)
    facts: list[dict[str, Any]] = []
    lines: list[str] = []
    try:
        tried = desk.proving.prove() if arguments.prove else desk.proving.tried()
        for backup, proof in ((one.backup, one.proof) for one in tried):
            whole: bool | None = None
            if arguments.prove and proof is not None:
                whole = {Outcome.PROVEN: True, Outcome.DAMAGED: False}.get(proof.outcome)
            elif arguments.check:
                try:
                    desk.backups.check(backup)
                    whole = True
                except Trouble:
                    whole = False
            facts.append(
                {"path": str(backup.path), "made": backup.made.at, "size": backup.size,
                 "whole": whole, "proof": proof and proof.outcome.value,
                 "proven": proof and proof.at.at}
            )  # fmt: skip
            said = {None: "", True: _("whole"), False: _("damaged")}[whole]
            when = backup.made.wall().strftime("%Y-%m-%d %H:%M")
            line = f"{when}  {backup.size / 1e6:8.1f} MB  {said:8}  {backup.path}"
            lines.append(line if proof is None else f"{line}  {proof_said(proof)}")
    finally:
        desk.close()
    tell(arguments, {"backups": facts}, lines or [_("There is no backup yet.")])
    damaged = sum(fact["whole"] is False for fact in facts)
    if not damaged:
        return DONE
    said = ngettext("{count} backup is damaged.", "{count} backups are damaged.", damaged)
    return in_trouble(said.format(count=damaged))


def proof_said(proof: "Proof") -> str:
    """Return what came of restoring a backup for a test, and when."""
    from app.features.backups.proving import Outcome

    when = proof.at.wall().strftime("%Y-%m-%d")
    said = {
        Outcome.PROVEN: _("restored for a test on {when}"),
        Outcome.DAMAGED: _("could not be restored on {when} and was set aside"),
        Outcome.OLDER_KEY: _("under an older key: opens with the passphrase of its time"),
        Outcome.UNTOLD: _("could not be tried on {when}"),
    }[proof.outcome]
    return said.format(when=when)


def _restore(arguments: argparse.Namespace) -> int:
    from app.bootstrap import restore_backup
    from app.features.backups.restore import open_backup
    from app.vault.places import ThisDevice

    if arguments.recovery_words is not None:
        secret = text_of(arguments.recovery_words)
    else:
        secret = passphrase(arguments.passphrase_file)
    opened = open_backup(arguments.backup, secret)
    inside, made = opened.read.inside, opened.read.backup.made
    lines = [
        _("The backup of {when} holds:").format(when=made.wall().strftime("%Y-%m-%d %H:%M")),
        *inside_said(inside),
    ]
    facts = {"made": made.at, "inside": _facts(inside), "vault": None}
    if arguments.to is None:
        lines.append(_("To make a vault of it, give --to DIR."))
    else:
        path = restore_backup(opened, arguments.to, ThisDevice.here().device)
        facts["vault"] = str(path)
        lines.append(_("It was restored to {path}.").format(path=path))
    tell(arguments, facts, lines)
    return DONE


def inside_said(inside: "Inside") -> list[str]:
    """Return what a backup holds, a line for each kind."""
    entries = inside.anchor.count
    return [
        ngettext("{count} student", "{count} students", inside.students).format(
            count=inside.students
        ),
        ngettext("{count} note", "{count} notes", inside.notes).format(count=inside.notes),
        ngettext("{count} entry of the journal", "{count} entries of the journal", entries).format(
            count=entries
        ),
    ]


def _facts(inside: "Inside") -> dict[str, Any]:
    return {
        "students": inside.students,
        "notes": inside.notes,
        "entries": inside.anchor.count,
        "head": inside.anchor.head,
        "last_entry": inside.last_entry,
    }


def _opened(arguments: argparse.Namespace) -> "Desk":
    from app.bootstrap import open_vault
    from app.vault.places import ThisDevice

    device = ThisDevice.here()
    return just_opened(
        open_vault(
            chosen_vault(arguments),
            passphrase(arguments.passphrase_file),
            device.device,
            purpose="backup",
            other_backups=device.backup_folder(),
        )
    )
