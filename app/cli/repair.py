"""`casewell vault repair`: a new vault of what is intact in a damaged one."""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.cli import DONE, TROUBLE, chosen_vault, passphrase, tell, text_of, vault_options
from app.cli.backups import inside_said
from app.kernel.errors import Refused, Trouble
from app.kernel.words import _, ngettext

if TYPE_CHECKING:
    from app.features.backups.losses import Repaired
    from app.features.backups.repair import Examined


def add(parts: Any) -> None:
    """Add the part of `casewell vault` that repairs."""
    repair = parts.add_parser(
        "repair", help=_("make a new vault of what is intact; the damaged one is not touched")
    )
    repair.add_argument(
        "--to", type=Path, metavar="DIR", help=_("where the repaired vault is to stand")
    )
    repair.add_argument(
        "--out",
        type=Path,
        metavar="LIST",
        help=_("also write the list of what was lost to a file; it names students"),
    )
    repair.add_argument(
        "--look", action="store_true", help=_("only say what is damaged and what a backup lacks")
    )
    repair.add_argument(
        "--recovery-words",
        type=Path,
        metavar="FILE",
        help=_("open with the recovery words: the passphrase was forgotten"),
    )
    vault_options(repair)
    repair.set_defaults(run=_repair)


def _repair(arguments: argparse.Namespace) -> int:
    from app.bootstrap import examine_damage, repair_vault
    from app.vault.places import ThisDevice

    if arguments.out is not None and arguments.out.exists():
        raise Refused("file-exists", path=str(arguments.out))
    if arguments.recovery_words is not None:
        secret = text_of(arguments.recovery_words)
    else:
        secret = passphrase(arguments.passphrase_file)
    device = ThisDevice.here()
    found = examine_damage(
        chosen_vault(arguments), secret, to=arguments.to, other_backups=device.backup_folder()
    )
    lines = found_said(found)
    facts = _facts(found)
    whole = found.damages.whole and found.keybag_from is None
    if found.lacking is not None and not whole:
        path = found.lacking.backup.backup.path
        lines.append(_("To take it instead: casewell vault restore {path}").format(path=path))
    if whole or arguments.look:
        found.dismiss()
        tell(arguments, {**facts, "vault": None}, lines)
        return DONE
    made = repair_vault(found, device.device)
    lines += ["", *made_said(made), *_listed(made)]
    facts |= {
        "vault": str(made.path),
        "saved": dict(made.saved),
        "lost": made.lost,
        "entries_lost": made.gaps,
        "losses": [
            {"kind": one.kind, "row": one.row, "student": one.student, "on": one.on,
             "how": one.how.value}
            for one in made.losses
        ],
    }  # fmt: skip
    if arguments.out is not None:
        _write(arguments.out, [*made_said(made), *_listed(made)])
    tell(arguments, facts, lines)
    if made.everything:
        return DONE
    print(f"casewell: {_('Not everything could be saved; the list says what.')}", file=sys.stderr)
    return TROUBLE


def found_said(found: "Examined") -> list[str]:
    """Return what is damaged, and what the newest good backup lacks, a line for each thing."""
    from app.phrases import sentence_of

    damages = found.damages
    if damages.whole and found.keybag_from is None:
        return [sentence_of("repair-not-needed", {})]
    lines = []
    if not damages.opens:
        lines.append(_("The file cannot be opened any more; its pages can be read one by one."))
    elif not damages.whole:
        count = max(damages.bad, 1)
        lines.append(
            ngettext(
                "{count} of {of} pages of the file is damaged.",
                "{count} of {of} pages of the file are damaged.",
                count,
            ).format(count=count, of=damages.pages)
        )
    if found.keybag_from is not None:
        lines.append(
            _(
                "Both copies of the vault's keybag are damaged; that of the backup {path} is used."
                " The passphrase of that day opens the repaired vault."
            ).format(path=found.keybag_from)
        )
    if found.lacking is None:
        lines.append(_("There is no good backup that could give back what is lost."))
        return lines
    read = found.lacking.backup
    when = read.backup.made.wall().strftime("%Y-%m-%d %H:%M")
    students, notes, kept = inside_said(read.inside)
    lines.append(
        _("The newest good backup is of {when}: {students}, {notes}, {entries}.").format(
            when=when, students=students, notes=notes, entries=kept
        )
    )
    entries = found.lacking.entries
    if entries:
        lines.append(
            ngettext(
                "It lacks the last entry of the journal; whatever was done then is not in it.",
                "It lacks the last {count} entries of the journal; whatever was done in them is"
                " not in it.",
                entries,
            ).format(count=entries)
        )
    else:
        lines.append(_("It lacks nothing that the journal tells of; restoring it is enough."))
    return lines


def made_said(made: "Repaired") -> list[str]:
    """Return what a repair came to."""
    from app.phrases.repair import summary_said

    regained = len(made.losses) - made.lost - made.doubtful
    return [
        _("The repaired vault is at {path}. The damaged one was not touched.").format(
            path=made.path
        ),
        *summary_said(made.lost, regained, made.doubtful),
    ]


def _listed(made: "Repaired") -> list[str]:
    from app.phrases.repair import loss_said

    return [f"  {loss_said(line)}" for line in made.lines]


def _facts(found: "Examined") -> dict[str, Any]:
    damages, lacking = found.damages, found.lacking
    return {
        "whole": damages.whole and found.keybag_from is None,
        "opens": damages.opens,
        "pages": damages.pages,
        "pages_damaged": damages.bad,
        "structure_faults": damages.structure,
        "keybag_from": None if found.keybag_from is None else str(found.keybag_from),
        "backup": None
        if lacking is None
        else {
            "path": str(lacking.backup.backup.path),
            "made": lacking.backup.backup.made.at,
            "lacks_entries": lacking.entries,
            "lacks_rows": dict(lacking.rows),
        },
    }


def _write(path: Path, lines: Sequence[str]) -> None:
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write("\n".join(lines) + "\n")
    except OSError as error:
        raise Trouble("file-unwritable", path=str(path), reason=error.strerror) from None
