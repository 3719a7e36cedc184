"""Where the program begins: a command without a screen, or the desk."""

import gc
import sys
from collections.abc import Sequence
from pathlib import Path

from ui.shell.relaunch import DAMAGED, LOCKED


def main(arguments: Sequence[str] | None = None) -> int:
    """Run `casewell`: the desk when no command is given, else the command."""
    line = list(sys.argv[1:] if arguments is None else arguments)
    damaged = line[:1] == [DAMAGED]
    locked = damaged or line[:1] == [LOCKED]
    rest = line[1:] if locked else line
    if not rest or (len(rest) == 2 and rest[0] == "--vault"):
        # The usual start, without the cost of a parser of commands, and without looking for
        # garbage while there is none; `CollectedHere` looks for it once the desk stands.
        gc.disable()
        from ui.shell.desk import run_desk

        return run_desk(Path(rest[1]) if rest else None, locked=locked, damaged=damaged)
    from app.cli import quiet_faults, run
    from app.vault.own_process import private_process

    private_process()
    quiet_faults()
    return run(line, open_desk, walk_desk)


def open_desk(vault: Path | None, passphrase: str | None = None) -> int:
    """Open the desk on a vault; with a passphrase it opens unlocked. Returns an exit code."""
    from ui.shell.desk import run_desk

    return run_desk(vault, passphrase)


def walk_desk(vault: Path, passphrase: str, folder: Path) -> int:
    """Draw every page of a vault offscreen into `folder`. Returns an exit code."""
    from ui.shell.walk import walk

    walk(vault, passphrase, folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
