"""R16: whatever happens to this computer's keyring, the passphrase opens the vault, with all in it.

A real Secret Service (gnome-keyring-daemon) on a bus of its own, asked through the `keyring`
package as the desk does it. Each test first sees the keyring open the vault: what is refused
afterwards is refused because of what was done to the keyring.
"""

import gc
import hashlib
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.bootstrap import open_vault, open_vault_with_keyring
from app.features.caseload.commands import AddStudent
from app.features.caseload.model import Profile
from app.features.unlocking.commands import TurnOffKeyring, TurnOnKeyring
from app.kernel.errors import CasewellError
from app.kernel.ids import DeviceId
from app.vault import keyring_slot
from app.vault.keybag import KEYRING, read_keybag
from app.vault.keyring_slot import SERVICE, SystemKeyring, account, bounded, keyring
from app.vault.os_account import Account
from app.vault.sealing import Stretch
from faults.record import record
from keyrings import ANA, BUS, DAEMON, SecretService
from vaults import PASSPHRASE, fixed_clock, new_desk

pytestmark = [
    pytest.mark.skipif(
        not (shutil.which(BUS) and shutil.which(DAEMON)),
        reason="needs a Secret Service (packages dbus and gnome-keyring)",
    ),
    # The keyring package leaves its connection to the bus open when a collection stays locked.
    pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning"),
]

ON = TurnOnKeyring(PASSPHRASE, alone=True)
IN_THE_LIST = "keyring.backends.SecretService.Keyring"


@pytest.fixture
def service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SecretService]:
    """Return a Secret Service that is this process's keyring, unlocked as after logging in."""
    short = Path(tempfile.mkdtemp())  # the name of a socket has room for 107 characters
    found = SecretService(short / "session")
    found.start()
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", found.address)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "no-configuration"))
    monkeypatch.delenv("PYTHON_KEYRING_BACKEND", raising=False)
    monkeypatch.setattr(Account, "here", classmethod(lambda _kind: ANA))
    monkeypatch.setattr(keyring_slot, "SECONDS", 1.0)
    try:
        yield found
    finally:
        found.stop()
        shutil.rmtree(short)
        gc.collect()


class Vault:
    """A vault with one record in it that this computer's keyring opens."""

    def __init__(self, tmp_path: Path) -> None:
        self.clock = fixed_clock()
        desk = new_desk(tmp_path, clock=self.clock)
        self.device: DeviceId = desk.seat.device
        self.path = desk.folder.path
        desk.caseload.add_student(AddStudent(Profile("Okafor", "Mina")))
        self.slot = desk.unlocking.turn_on(ON).made
        self.account = account(desk.vault, self.slot)
        desk.close()

    def with_keyring(self) -> None:
        """Open it with the keyring, see the record, and close it."""
        desk = open_vault_with_keyring(self.path, self.device, (self.slot,), clock=self.clock)
        try:
            assert self._records(desk) == 1
        finally:
            desk.close()

    def with_passphrase(self) -> None:
        """Open it with the passphrase, see the record, and close it."""
        desk = open_vault(self.path, PASSPHRASE, self.device, clock=self.clock)
        try:
            assert self._records(desk) == 1
            assert desk.verify().whole
        finally:
            desk.close()

    @staticmethod
    def _records(desk: object) -> int:
        with desk.records.read() as reader:  # type: ignore[attr-defined]
            row = reader.execute("SELECT count(*) FROM student").fetchone()
        return int(row[0])


@pytest.fixture
def vault(tmp_path: Path, service: SecretService, monkeypatch: pytest.MonkeyPatch) -> Vault:
    def quick(stretch: Stretch, passphrase: str) -> bytes:
        return hashlib.blake2b(passphrase.encode(), key=stretch.salt, digest_size=32).digest()

    monkeypatch.setattr(Stretch, "key", quick)
    found = Vault(tmp_path)
    found.with_keyring()
    return found


def collection(service: SecretService, act: Callable[[object], None]) -> None:
    """Do something to the login keyring, as any program of the account can."""
    import secretstorage

    with service.connection() as bus:
        act(secretstorage.collection.get_collection_by_alias(bus, "default"))


def killed(service: SecretService, _vault: Vault, _patch: pytest.MonkeyPatch) -> None:
    service.kill()


def killed_and_back_locked(service: SecretService, _vault: Vault, _p: pytest.MonkeyPatch) -> None:
    service.kill()
    service.start_daemon(unlock=False)


def locked(service: SecretService, _vault: Vault, _patch: pytest.MonkeyPatch) -> None:
    collection(service, lambda found: found.lock())  # type: ignore[attr-defined]


def deleted(service: SecretService, _vault: Vault, _patch: pytest.MonkeyPatch) -> None:
    collection(service, lambda found: found.delete())  # type: ignore[attr-defined]


def recreated(service: SecretService, _vault: Vault, _patch: pytest.MonkeyPatch) -> None:
    """Forget the login keyring and begin a new one, as resetting a login password does."""
    service.kill()
    shutil.rmtree(service.place / "xdg_data_home" / "keyrings")
    service.start_daemon()


def emptied(_service: SecretService, vault: Vault, _patch: pytest.MonkeyPatch) -> None:
    keyring().forget(vault.account)


def altered(_service: SecretService, vault: Vault, _patch: pytest.MonkeyPatch) -> None:
    keyring().keep(vault.account, bytes(32))


def garbled(_service: SecretService, vault: Vault, _patch: pytest.MonkeyPatch) -> None:
    from keyring.backends.SecretService import Keyring

    Keyring().set_password(SERVICE, vault.account, "no secret of ours")


def hanging(service: SecretService, _vault: Vault, _patch: pytest.MonkeyPatch) -> None:
    service.hang()


def renamed(_service: SecretService, _vault: Vault, patch: pytest.MonkeyPatch) -> None:
    patch.setitem(keyring_slot.ACCEPTED, IN_THE_LIST, "another-service")


def plain(_service: SecretService, _vault: Vault, patch: pytest.MonkeyPatch) -> None:
    patch.setenv("PYTHON_KEYRING_BACKEND", "keyrings.alt.file.PlaintextKeyring")


def no_bus(service: SecretService, _vault: Vault, patch: pytest.MonkeyPatch) -> None:
    patch.delenv("DBUS_SESSION_BUS_ADDRESS")
    patch.delenv("XDG_RUNTIME_DIR", raising=False)


@pytest.fixture(scope="module")
def opened() -> Iterator[dict[str, bool]]:
    """Gather which harms the passphrase opened the vault after, and record them together."""
    found: dict[str, bool] = {}
    yield found
    record(
        "R16",
        "what may befall a keyring: the passphrase opens the vault, with all in it",
        tried=len(found),
        lost=len(found) - sum(found.values()),
        of="harms",
        control="before each harm the keyring itself opens the vault",
        note=", ".join(sorted(found)),
    )


@pytest.mark.parametrize(
    ("harm", "code"),
    [
        (killed, "keyring-absent"),
        (killed_and_back_locked, "keyring-locked"),
        (locked, "keyring-locked"),
        (deleted, "keyring-emptied"),
        (recreated, "keyring-emptied"),
        (emptied, "keyring-emptied"),
        (altered, "keyring-slot-wrong"),
        (garbled, "keyring-slot-wrong"),
        (hanging, "keyring-slow"),
        (renamed, "keyring-changed"),
        (plain, "keyring-unsafe"),
        (no_bus, "keyring-absent"),
    ],
)
def test_the_passphrase_opens_the_vault_whatever_befell_the_keyring(
    harm: Callable[[SecretService, Vault, pytest.MonkeyPatch], None],
    code: str,
    service: SecretService,
    vault: Vault,
    monkeypatch: pytest.MonkeyPatch,
    opened: dict[str, bool],
) -> None:
    opened[harm.__name__] = False
    harm(service, vault, monkeypatch)
    begun = time.monotonic()
    with pytest.raises(CasewellError) as error:
        vault.with_keyring()
    assert error.value.code == code
    assert time.monotonic() - begun < 5
    vault.with_passphrase()
    opened[harm.__name__] = True


def test_after_the_harm_is_mended_the_keyring_opens_it_again(
    service: SecretService, vault: Vault
) -> None:
    service.kill()
    with pytest.raises(CasewellError):
        vault.with_keyring()
    service.start_daemon()
    vault.with_keyring()


def test_turned_off_nothing_of_it_is_left_anywhere(service: SecretService, vault: Vault) -> None:
    desk = open_vault(vault.path, PASSPHRASE, vault.device, clock=vault.clock)
    desk.unlocking.turn_off(TurnOffKeyring())
    assert not [slot for slot in read_keybag(desk.folder).keybag.slots if slot.kind == KEYRING]
    desk.close()
    found: list[str] = []
    collection(service, lambda all_of: found.extend(str(i) for i in all_of.get_all_items()))  # type: ignore[attr-defined]
    assert found == []
    vault.with_passphrase()


def test_what_lies_in_the_keyring_names_nobody(service: SecretService, vault: Vault) -> None:
    labels: list[str] = []

    def look(found: object) -> None:
        items = found.get_all_items()  # type: ignore[attr-defined]
        labels.extend(f"{item.get_label()} {item.get_attributes()}" for item in items)

    collection(service, look)
    (label,) = labels
    assert vault.account in label
    for name in ("Ana", "Núñez", "Mina", "Okafor", "Alder", str(vault.path)):
        assert name not in label


@pytest.mark.parametrize(
    "name",
    [
        "keyring.backends.null.Keyring",
        "keyring.backends.fail.Keyring",
        "keyring.backends.chainer.ChainerBackend",
        "keyrings.alt.file.PlaintextKeyring",
        "keyrings.alt.file.EncryptedKeyring",
        "somebody.elses.Keyring",
    ],
)
@pytest.mark.parametrize("by", ["variable", "file"])
def test_a_keyring_that_is_not_on_the_list_is_refused_and_never_loaded(
    by: str, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PYTHON_KEYRING_BACKEND", raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    if by == "variable":
        monkeypatch.setenv("PYTHON_KEYRING_BACKEND", name)
    else:
        (tmp_path / "python_keyring").mkdir()
        rules = tmp_path / "python_keyring" / "keyringrc.cfg"
        rules.write_text(f"[backend]\ndefault-keyring={name}\n", encoding="utf-8")
    loaded: list[str] = []
    monkeypatch.setattr(keyring_slot, "import_module", loaded.append)
    with pytest.raises(CasewellError, match="keyring-unsafe") as error:
        keyring()
    assert error.value.facts["name"] == name
    assert loaded == []


def test_an_answer_that_comes_too_late_is_undone() -> None:
    undone: list[str] = []

    def slow() -> str:
        time.sleep(0.3)
        return "kept"

    with pytest.raises(CasewellError, match="keyring-slow"):
        bounded(slow, 0.1, late=undone.append)
    limit = time.monotonic() + 30
    while not undone and time.monotonic() < limit:
        time.sleep(0.02)
    assert undone == ["kept"]


def test_a_secret_fits_the_smallest_keyring(monkeypatch: pytest.MonkeyPatch) -> None:
    class Kept:
        text = ""

        def set_password(self, _service: str, _account: str, text: str) -> None:
            self.text = text

        def get_password(self, _service: str, _account: str) -> str:
            return self.text

    kept = Kept()
    monkeypatch.setattr(SystemKeyring, "_opened", lambda _self: kept)
    windows = SystemKeyring("keyring.backends.Windows.WinVaultKeyring")
    windows.keep("vault:slot", bytes(range(32)))
    assert len(kept.text.encode("utf-16")) < 2560
    assert windows.give("vault:slot") == bytes(range(32))
    with pytest.raises(ValueError, match="2736"):
        windows.keep("vault:slot", bytes(2050))
