"""The headless commands: `casewell COMMAND`.

Exit code 0: done. 1: refused or in trouble, with one plain line on stderr. 2: wrong usage.
"""

import argparse
import json
import signal
import sys
import threading
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, NoReturn

from app.kernel.errors import CasewellError
from app.kernel.words import _, system_language, use_language

if TYPE_CHECKING:
    from app.bootstrap import Desk

DONE, TROUBLE, USAGE = 0, 1, 2

OpenDesk = Callable[[Path | None, str | None], int]
"""Opens the desk on a vault, unlocked with a passphrase if one is given; returns an exit code."""


WalkDesk = Callable[[Path, str, Path], int]
"""Walks every page of a vault without a display and leaves pictures in a folder."""


class _Parser(argparse.ArgumentParser):
    """A parser that says what is wrong in one line, and takes no option by half its name.

    Else `--passphrase SECRET` would be heard as `--passphrase-file`, and said back.
    """

    def __init__(self, **settings: Any) -> None:
        super().__init__(allow_abbrev=False, **settings)

    def parse_args(  # type: ignore[override]
        self, args: Sequence[str] | None = None, namespace: argparse.Namespace | None = None
    ) -> argparse.Namespace:
        """Return what was read; of what nobody knows only the options' names are said back.

        A password is in such a line sooner or later, and what is said here ends in the log of a
        scheduled task.
        """
        found, unknown = self.parse_known_args(args, namespace)
        if unknown:
            told = (one.partition("=")[0] if one.startswith("--") else "…" for one in unknown)
            self.error(f"unrecognized arguments: {' '.join(told)}")
        return found

    def error(self, message: str) -> NoReturn:
        self.exit(USAGE, f"{self.prog}: {message}\n")


_MODULES: dict[str, str] = {
    "vault": "vault",
    "roster": "roster",
    "schedule": "schedule",
    "plans": "plans",
    "screening": "screening",
    "search": "search",
    "services": "services",
    "medication": "medication",
    "collaboration": "collaboration",
    "consents": "consents",
    "privacy": "privacy",
    "time": "time_use",
    "sync": "sync",
    "outbox": "outbox",
    "report": "report",
    "collect": "collect",
    "district": "district",
    "demo": "demo",
}
"""Each command, and the module here that knows it."""


def parser(only: str = "") -> argparse.ArgumentParser:
    """Return the parser of all commands, or of one: then no other's module is read."""
    top = _Parser(
        prog="casewell",
        description=_("The private desk of a school's counselor, nurse and social worker."),
        epilog=_("Without a command, the desk opens."),
    )
    top.add_argument("--version", action="version", version=f"casewell {version()}")
    top.add_argument("--vault", type=Path, metavar="DIR", help=_("the vault to open"))
    commands = top.add_subparsers(dest="command", metavar=_("COMMAND"), parser_class=_Parser)
    for command, module in _MODULES.items():
        if only in {"", command}:
            import_module(f"app.cli.{module}").add(commands)
    return top


def _command(arguments: Sequence[str]) -> str:
    """Return the command of a line if it is known; empty where all of them must be."""
    words = list(arguments)
    if words[:1] == ["--vault"]:
        words = words[2:]
    return words[0] if words and words[0] in _MODULES else ""


def quiet_faults() -> None:
    """Let a fault that nobody caught be told by where it was, never by what it quotes."""
    from app.kernel.faults import quiet_elsewhere, tell

    def heard(
        _kind: type[BaseException], error: BaseException, _where: TracebackType | None
    ) -> None:
        tell(error)

    sys.excepthook = heard
    quiet_elsewhere()


def run(arguments: Sequence[str], open_desk: OpenDesk, walk_desk: WalkDesk | None = None) -> int:
    """Carry out one command line and return its exit code."""
    use_language(system_language())
    chosen = parser(_command(arguments)).parse_args(arguments)
    try:
        if chosen.command is None:
            return open_desk(chosen.vault, None)
        chosen.open_desk = open_desk
        chosen.walk_desk = walk_desk or no_pages
        code: int = chosen.run(chosen)
    except CasewellError as error:
        from app.phrases import sentence

        print(f"casewell: {_seen(sentence(error))}", file=sys.stderr)
        return TROUBLE
    except KeyboardInterrupt:
        print(f"casewell: {_('Stopped. Nothing was changed.')}", file=sys.stderr)
        return TROUBLE
    except BrokenPipeError:
        return TROUBLE
    except OSError as error:
        from app.kernel.errors import Trouble
        from app.phrases import sentence

        # What nobody asks the system beforehand: a name that is too long, links that run in a ring.
        trouble = Trouble("disk-trouble", reason=error.strerror)
        print(f"casewell: {_seen(sentence(trouble))}", file=sys.stderr)
        return TROUBLE
    return code


def in_trouble(line: str) -> int:
    """Say on stderr, in one plain line, that not all is well; return the exit code for it."""
    print(f"casewell: {_seen(line)}", file=sys.stderr)
    return TROUBLE


def no_pages(_vault: Path, _passphrase: str, _folder: Path) -> int:
    """Walk nothing: only the commands are installed here."""
    print(f"casewell: {_('No desk is installed here, only the commands.')}", file=sys.stderr)
    return TROUBLE


def version() -> str:
    """Return the version of the program that is installed."""
    from importlib.metadata import PackageNotFoundError
    from importlib.metadata import version as installed

    try:
        return installed("casewell")
    except PackageNotFoundError:
        return "0"


def vault_options(command: argparse.ArgumentParser, *, takes_secret: bool = True) -> None:
    """Give a command the options that every command on a vault has."""
    command.add_argument(
        "--vault",
        type=Path,
        metavar="DIR",
        default=argparse.SUPPRESS,
        help=_("the vault's folder (otherwise the usual place)"),
    )
    if takes_secret:
        command.add_argument(
            "--passphrase-file",
            type=Path,
            metavar="FILE",
            help=_("read the passphrase from the first line of FILE instead of asking"),
        )
    command.add_argument("--json", action="store_true", help=_("print the result as JSON"))


def chosen_vault(arguments: argparse.Namespace) -> Path:
    """Return the vault a command speaks of: `--vault`, or the usual place."""
    from app.vault.places import usual_vault

    found: Path | None = arguments.vault
    return found or usual_vault()


def passphrase(file: Path | None, prompt: str = "") -> str:
    """Return the passphrase from a file, or ask for it without showing it."""
    from app.kernel.errors import Refused

    if file is not None:
        try:
            with file.open(encoding="utf-8-sig") as lines:
                return lines.readline().rstrip("\r\n")
        except (OSError, UnicodeDecodeError) as error:
            reason = getattr(error, "strerror", None) or "not UTF-8"
            raise Refused("file-unreadable", path=str(file), reason=reason) from None
    import getpass

    if not sys.stdin.isatty():
        raise Refused("passphrase-absent")
    return getpass.getpass(prompt or _("Passphrase: "))


def bytes_of(path: Path) -> bytes:
    """Return a file's bytes; refuse one that cannot be read."""
    from app.kernel.errors import Refused

    try:
        return path.read_bytes()
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise Refused("file-unreadable", path=str(path), reason=reason) from None


def text_of(path: Path) -> str:
    """Return what a file of text says; refuse one that cannot be read."""
    from app.kernel.errors import Refused

    try:
        return bytes_of(path).decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError:
        raise Refused("file-unreadable", path=str(path), reason="not UTF-8") from None


@contextmanager
def finishing() -> Iterator[None]:
    """Bring to its end what is done in this block: Ctrl+C is answered, and waits.

    What follows on the terminal is then what was done, and nothing is half told.
    """

    def answer(_number: int, _frame: object) -> None:
        said = _("This is brought to its end first; it takes only moments.")
        print(f"casewell: {said}", file=sys.stderr)

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, answer)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def just_opened(desk: "Desk", *, first_passphrase: bool = False) -> "Desk":
    """Return an opened vault; say it if this opening brought it up to date.

    One that was opened with a first passphrase is closed again and refused, but where
    `first_passphrase` says that it is to be replaced: whoever gave it may still know it, and
    would read with it what only its person may see.
    """
    if desk.before_upgrade is not None:
        from app.phrases.backups import brought_up_said

        print(brought_up_said(desk.before_upgrade.backup.path), file=sys.stderr)
    if desk.must_change_passphrase and not first_passphrase:
        from app.kernel.errors import Refused

        desk.close()
        raise Refused("first-passphrase-shut", "passphrase")
    return desk


@contextmanager
def opened(arguments: argparse.Namespace, purpose: str) -> Iterator["Desk"]:
    """Open the desk of the vault that a command speaks of, for a purpose; close it in the end."""
    from app.bootstrap import open_vault
    from app.vault.places import ThisDevice

    secret = passphrase(arguments.passphrase_file)
    device = ThisDevice.here().device
    desk = just_opened(open_vault(chosen_vault(arguments), secret, device, purpose=purpose))
    try:
        yield desk
    finally:
        desk.close()


def tell(arguments: argparse.Namespace, facts: dict[str, Any], lines: Sequence[str]) -> None:
    """Print a result: as JSON for scripts, or as plain lines."""
    if arguments.json:
        print(json.dumps(facts, ensure_ascii=False, indent=1, sort_keys=True))
    else:
        for line in lines:
            print(_seen(line))


def _seen(text: str) -> str:
    """Return text as a terminal may be given it: what moves its cursor is shown, not done."""
    return "".join(
        "\N{REPLACEMENT CHARACTER}"
        if sign not in "\n\t" and unicodedata.category(sign) == "Cc"
        else sign
        for sign in text
    )


def main() -> int:
    """Run the headless commands alone, where no screen is installed."""
    from app.vault.own_process import private_process

    def no_desk(_vault: Path | None, _passphrase: str | None) -> int:
        print(f"casewell: {_('No desk is installed here, only the commands.')}", file=sys.stderr)
        return TROUBLE

    private_process()
    quiet_faults()
    return run(sys.argv[1:], no_desk)
