"""The system's own keyring as a keeper of one slot's secret, for those who choose it.

What is kept there is 32 random bytes that open one slot of one vault's keybag: never the
vault's key, so that turning it off, or losing the keyring, costs nothing but a passphrase
typed again. The entry's names are "Casewell" and two random ids.

Only keyrings that encrypt under the system's login are spoken to, and they are named here:
no plug-in is looked for, loaded or asked. Any program of the same account can read an
opened keyring, which is why this is refused where an account or a vault is shared.
"""

import base64
import binascii
import configparser
import contextlib
import os
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeVar

from app.kernel.errors import CasewellError, Refused, Trouble
from app.kernel.ports import Progress, no_progress

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

SERVICE = "Casewell"
SECRET_BYTES = 32
LARGEST = 2560
"""Bytes of an entry on Windows (CRED_MAX_CREDENTIAL_BLOB_SIZE), which counts UTF-16."""
SECONDS = 30.0
"""How long a keyring is waited for: enough to type its password, should it ask for it."""

ACCEPTED: dict[str, str] = {
    "keyring.backends.SecretService.Keyring": "secret-service",
    "keyring.backends.kwallet.DBusKeyring": "kwallet",
    "keyring.backends.Windows.WinVaultKeyring": "windows-credentials",
    "keyring.backends.macOS.Keyring": "macos-keychain",
}
"""The keyrings that are spoken to, and what each is called in a slot."""

_TRIED = {
    "win32": ("keyring.backends.Windows.WinVaultKeyring",),
    "darwin": ("keyring.backends.macOS.Keyring",),
}
_TRIED_ELSEWHERE = (
    "keyring.backends.SecretService.Keyring",
    "keyring.backends.kwallet.DBusKeyring",
)
_STEP = 0.05
_T = TypeVar("_T")


class Keeper(Protocol):
    """Something that keeps secrets by account: one accepted keyring."""

    @property
    def name(self) -> str:
        """Which keyring it is, as it is written down with a slot."""
        ...

    def keep(self, account: str, secret: bytes, progress: Progress = no_progress) -> None:
        """Keep a secret; raise Trouble with a code that says why not."""
        ...

    def give(self, account: str, progress: Progress = no_progress) -> bytes:
        """Return a secret; raise Trouble with a code that says why not."""
        ...

    def forget(self, account: str, progress: Progress = no_progress) -> None:
        """Forget a secret; one that is not there is no trouble."""
        ...


def account(vault: str, slot: str) -> str:
    """Return the name of a slot's entry: two random ids."""
    return f"{vault}:{slot}"


def refuse_unknown(name: str) -> None:
    """Refuse a keyring that is not on the list: in plain text, chained, made by others."""
    if name not in ACCEPTED:
        raise Refused("keyring-unsafe", name=name)


def configured() -> str | None:
    """Return the keyring this account was set to by hand, by name; nothing of it is loaded."""
    named = os.environ.get("PYTHON_KEYRING_BACKEND")
    if named:
        return named
    from keyring.util.platform_ import config_root

    rules = configparser.RawConfigParser()
    with contextlib.suppress(OSError, UnicodeDecodeError, configparser.Error):
        rules.read(Path(config_root()) / "keyringrc.cfg", encoding="utf-8")
        return rules.get("backend", "default-keyring", fallback="").strip() or None
    return None


def keyring(seconds: float | None = None) -> Keeper:
    """Return the keyring of this account; each question to it is given `seconds` at the most.

    Refuses one that the account was set to and that is not on the list; raises Trouble
    `keyring-absent` where none of the list can be reached, `keyring-slow` for one that hangs.
    """
    limit = SECONDS if seconds is None else seconds
    wished = configured()
    if wished is not None:
        refuse_unknown(wished)
    tried = (wished,) if wished else _TRIED.get(sys.platform, _TRIED_ELSEWHERE)
    reached: list[tuple[float, str]] = []
    for name in tried:
        try:
            reached.append((bounded(partial(_priority, name), limit), name))
        except Trouble:
            raise
        except Exception:  # noqa: BLE001, S112 - each says in a way of its own that it is not there
            continue
    if not reached:
        raise Trouble("keyring-absent")
    return SystemKeyring(max(reached)[1], limit)


@dataclass(frozen=True, slots=True)
class SystemKeyring:
    """One of the accepted keyrings, asked on a thread of its own and not waited for for ever."""

    path: str
    seconds: float = SECONDS

    @property
    def name(self) -> str:
        """Which keyring it is."""
        return ACCEPTED[self.path]

    def keep(self, account: str, secret: bytes, progress: Progress = no_progress) -> None:
        """Keep a secret, and read it back: what was not kept is Trouble.

        An answer that comes too late is undone, so that no secret is left behind.
        """
        text = base64.b64encode(secret).decode("ascii")
        if len(text.encode("utf-16-le")) > LARGEST:
            raise ValueError(len(text))

        def put() -> None:
            self._opened().set_password(SERVICE, account, text)

        def undo(_late: None) -> None:
            self._opened().delete_password(SERVICE, account)

        self._ask(put, progress, undo)
        if self.give(account, progress) != secret:
            raise Trouble("keyring-emptied")

    def give(self, account: str, progress: Progress = no_progress) -> bytes:
        """Return a secret; `keyring-emptied` if it is gone, `keyring-slot-wrong` if it is no secret."""

        def get() -> str | None:
            return self._opened().get_password(SERVICE, account) if self._has_store() else None

        text = self._ask(get, progress)
        if text is None:
            raise Trouble("keyring-emptied")
        try:
            secret = base64.b64decode(text, validate=True)
        except (binascii.Error, ValueError):
            raise Trouble("keyring-slot-wrong") from None
        if len(secret) != SECRET_BYTES:
            raise Trouble("keyring-slot-wrong")
        return secret

    def forget(self, account: str, progress: Progress = no_progress) -> None:
        """Forget a secret; one that is not there is no trouble."""
        from keyring.errors import PasswordDeleteError

        def drop() -> None:
            if self._has_store():
                with contextlib.suppress(PasswordDeleteError):
                    self._opened().delete_password(SERVICE, account)

        self._ask(drop, progress)

    def _opened(self) -> "KeyringBackend":
        backend = _kind(self.path)()
        if self.name == "windows-credentials":
            # Usually they travel with a roaming profile: this one opens a slot of this computer.
            backend.persist = "local machine"  # type: ignore[attr-defined]
        return backend

    def _has_store(self) -> bool:
        """Tell whether there is a collection to read from; asking keyring would make one."""
        if self.name != "secret-service":
            return True
        import secretstorage

        with contextlib.closing(secretstorage.dbus_init()) as bus:
            if not secretstorage.check_service_availability(bus):
                raise Trouble("keyring-absent")
            try:
                secretstorage.collection.get_collection_by_alias(bus, "default")
            except secretstorage.ItemNotFoundException:
                return False
        return True

    def _ask(
        self, call: Callable[[], _T], progress: Progress, late: Callable[[_T], None] | None = None
    ) -> _T:
        from keyring.errors import InitError, KeyringLocked

        try:
            return bounded(call, self.seconds, progress, late)
        except CasewellError:
            raise
        except KeyringLocked:
            raise Trouble("keyring-locked") from None
        except InitError:
            raise Trouble("keyring-absent") from None
        except Exception:  # noqa: BLE001 - each keyring has errors of its own, down to its bus's
            # Their text may name anything and is not kept.
            raise Trouble("keyring-absent") from None


def bounded(
    call: Callable[[], _T],
    seconds: float = SECONDS,
    progress: Progress = no_progress,
    late: Callable[[_T], None] | None = None,
) -> _T:
    """Return what `call` returns, or raise Trouble `keyring-slow` after `seconds`.

    It runs on a thread that nothing waits for: a keyring that asks its user for a password
    may not answer at all. `late` is given an answer that came when nobody waited any more.
    """
    done, given_up, lock = threading.Event(), threading.Event(), threading.Lock()
    found: list[_T] = []
    failed: list[BaseException] = []

    def run() -> None:
        try:
            value = call()
        except BaseException as error:  # noqa: BLE001 - raised again where it was asked for
            failed.append(error)
            done.set()
            return
        with lock:
            if not given_up.is_set():
                found.append(value)
                done.set()
                return
        if late is not None:
            with contextlib.suppress(Exception):
                late(value)

    threading.Thread(target=run, name="casewell-keyring", daemon=True).start()
    until = time.monotonic() + seconds
    try:
        while not done.wait(_STEP):
            progress(0, 0)
            if time.monotonic() >= until:
                raise Trouble("keyring-slow")
    except CasewellError:
        with lock:
            if not found:
                given_up.set()
        if not found:
            raise
    if failed:
        raise failed[0]
    return found[0]


def _priority(name: str) -> float:
    """Return a keyring's rank; raises whatever it says where it is not there."""
    return float(_kind(name).priority)


def _kind(name: str) -> "type[KeyringBackend]":
    module, _dot, kind = name.rpartition(".")
    refuse_unknown(name)
    found: type[KeyringBackend] = getattr(import_module(module), kind)
    return found
