"""This computer's keyring opens a vault of one person, on an account of one person, by choice."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from app.bootstrap import Desk, open_vault
from app.features.access.commands import OpenInEmergency, RekeyVault
from app.features.unlocking.commands import TurnOffKeyring, TurnOnKeyring
from app.features.unlocking.service import UnlockingService, open_with_keyring
from app.kernel.clock import FixedClock
from app.kernel.errors import CasewellError, Refused, Trouble
from app.kernel.ids import DeviceId, PersonId, new_id
from app.kernel.ports import Progress, no_progress
from app.vault.keybag import KEYRING, Keybag, passphrase_slot, read_keybag
from app.vault.keyring_slot import account
from app.vault.os_account import Account
from app.vault.sealing import Stretch, floor
from keyrings import ANA, MemoryKeyring, around
from vaults import PASSPHRASE, fixed_clock, new_desk

ON = TurnOnKeyring(PASSPHRASE, alone=True)


class Bench:
    """A desk with a keyring in memory, and how it is opened again."""

    def __init__(self, tmp_path: Path) -> None:
        self.clock: FixedClock = fixed_clock()
        self.keyring = MemoryKeyring()
        self.desk = new_desk(tmp_path, clock=self.clock)
        self.device = self.desk.seat.device
        self.run = "first"
        self.read_only = False

    def service(self, who: Account = ANA, device: DeviceId | None = None) -> UnlockingService:
        desk = self.desk
        return UnlockingService(
            desk.records.transaction,
            desk._bag,
            device or self.device,
            self.clock.now,
            lambda: self.read_only,
            around(self.keyring, who, self.run),
        )

    def keybag(self) -> Keybag:
        return read_keybag(self.desk.folder).keybag

    def opened(self, who: Account = ANA, slots: tuple[str, ...] | None = None) -> str:
        """Open the keybag with the keyring, and return the slot that did it."""
        known = self.service().slots if slots is None else slots
        return open_with_keyring(
            self.keybag(), known, self.device, self.clock.now(), around(self.keyring, who, self.run)
        ).slot.id

    def reopened(self) -> Desk:
        self.desk.close()
        self.desk = open_vault(self.desk.folder.path, PASSPHRASE, self.device, clock=self.clock)
        return self.desk


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    """Return a desk whose passphrases are not stretched: nothing here is about how long it takes."""

    def quick(stretch: Stretch, passphrase: str) -> bytes:
        return hashlib.blake2b(passphrase.encode(), key=stretch.salt, digest_size=32).digest()

    monkeypatch.setattr(Stretch, "key", quick)
    return Bench(tmp_path)


def journalled(desk: Desk) -> list[str]:
    with desk.records.read() as reader:
        return [what for (what,) in reader.execute("SELECT what FROM journal ORDER BY seq")]


def refused(code: str, act: Callable[[], object]) -> CasewellError:
    with pytest.raises(CasewellError) as error:
        act()
    assert error.value.code == code
    return error.value


def test_turned_on_it_opens_and_turned_off_it_does_not(bench: Bench) -> None:
    changed = bench.service().turn_on(ON)
    assert bench.opened() == changed.made
    assert len(bench.keyring.held) == 1
    (name,) = bench.keyring.held
    assert name == account(bench.keybag().vault, changed.made)
    state = bench.service().state()
    assert (state.here, state.elsewhere, state.hindrance) == (changed.made, 0, None)
    bench.service().turn_off(TurnOffKeyring())
    assert bench.keyring.held == {}
    assert not [slot for slot in bench.keybag().slots if slot.kind == KEYRING]
    refused("keyring-off", lambda: bench.opened(slots=(changed.made,)))
    assert journalled(bench.desk)[-2:] == ["TurnOnKeyring", "TurnOffKeyring"]


def test_the_keyring_never_holds_what_opens_the_file(bench: Bench) -> None:
    bench.service().turn_on(ON)
    (secret,) = bench.keyring.held.values()
    keys = bench.desk._bag.keys
    assert len(secret) == 32
    assert secret not in (keys.key, keys.salt)
    assert secret.hex() not in bench.desk.folder.keybag.read_text()
    assert keys.key.hex() not in str(bench.keyring.held)


def test_turned_on_again_the_earlier_secret_goes(bench: Bench) -> None:
    first = bench.service().turn_on(ON).made
    second = bench.service().turn_on(ON).made
    assert first != second
    assert list(bench.keyring.held) == [account(bench.keybag().vault, second)]
    assert [slot.id for slot in bench.keybag().slots if slot.kind == KEYRING] == [second]


def test_another_computer_has_a_slot_of_its_own(bench: Bench) -> None:
    here = bench.service().turn_on(ON).made
    there = bench.service(device=DeviceId(new_id())).turn_on(ON).made
    assert bench.service().slots == (here,)
    assert bench.service().state().elsewhere == 1
    # The other computer's secret lies in this keyring only because the test shares one.
    refused("keyring-off", lambda: bench.opened(slots=(there,)))


def test_it_asks_for_the_right_passphrase_and_for_the_users_word(bench: Bench) -> None:
    service = bench.service()
    refused("passphrase-wrong", lambda: service.turn_on(replace(ON, passphrase="wrong")))
    refused("keyring-not-alone", lambda: service.turn_on(replace(ON, alone=False)))
    assert bench.keyring.held == {}


@pytest.mark.parametrize(
    ("who", "code"),
    [
        (Account("student07", "/home/student07", "linux", 1001), "keyring-account-name"),
        (Account("lab-12", "/home/lab-12", "linux", 1001), "keyring-account-name"),
        (Account("Alumno", r"C:\Users\Alumno", "win32"), "keyring-account-name"),
        (Account("kiosk", "/Users/kiosk", "darwin", 501), "keyring-account-name"),
        (Account("u1", "/tmp/guest-x1y2", "linux", 998), "keyring-account-fleeting"),
        (Account("u1", "/home/u1", "linux", 998, home_kind="tmpfs"), "keyring-account-fleeting"),
        (Account("x", "/Users/Guest", "darwin", 201), "keyring-account-fleeting"),
        (Account("x", r"C:\Users\x", "win32", profile=1), "keyring-account-fleeting"),
        (Account("x", r"C:\Users\x", "win32", profile=4), "keyring-account-fleeting"),
    ],
)
def test_an_account_of_many_is_refused_at_first_and_later(
    bench: Bench, who: Account, code: str
) -> None:
    refused(code, lambda: bench.service(who).turn_on(ON))
    bench.service().turn_on(ON)
    refused(code, lambda: bench.opened(who))


@pytest.mark.parametrize("name", ["ana", "isabella", "labelle", "jguest", "public.relations2x"])
def test_a_name_that_only_holds_such_a_word_is_one_persons(name: str) -> None:
    shared = Account(name, f"/home/{name}", "linux", 1000).shared()
    assert (shared == "name") is (name == "public.relations2x")


def add_person(bench: Bench) -> None:
    bag = bench.desk._bag
    other = passphrase_slot(
        bag.keybag.vault, bag.keys, PersonId(new_id()), "a second one's words here", floor(),
        bench.clock.now(),
    )  # fmt: skip
    bag.write((*bag.keybag.slots, other))


def test_with_a_second_person_it_is_refused_and_withdrawn(bench: Bench) -> None:
    slot = bench.service().turn_on(ON).made
    add_person(bench)
    refused("keyring-vault-shared", bench.opened)
    bench.service().settle()
    assert bench.keyring.held == {}
    refused("keyring-off", lambda: bench.opened(slots=(slot,)))
    refused("keyring-vault-shared", lambda: bench.service().turn_on(ON))


def test_after_a_restart_the_passphrase_comes_first(bench: Bench) -> None:
    bench.service().turn_on(ON)
    bench.run = "second"
    refused("keyring-restarted", bench.opened)
    bench.reopened()
    bench.service().settle()
    assert bench.opened()


def test_every_fortnight_the_passphrase_is_asked_for(bench: Bench) -> None:
    bench.service().turn_on(ON)
    bench.clock.advance(timedelta(days=13, hours=23))
    assert bench.opened()
    bench.clock.advance(timedelta(hours=2))
    assert refused("keyring-due", bench.opened).facts["days"] == 14
    bench.service().settle()
    assert bench.opened()


def test_a_clock_put_back_does_not_put_it_off(bench: Bench) -> None:
    bench.service().turn_on(ON)
    bench.clock.advance(timedelta(days=-400))
    refused("keyring-due", bench.opened)


def test_settling_after_the_keyring_itself_opened_puts_nothing_off(bench: Bench) -> None:
    slot = bench.service().turn_on(ON).made
    bench.clock.advance(timedelta(days=10))
    unlocked = open_with_keyring(
        bench.keybag(), (slot,), bench.device, bench.clock.now(), around(bench.keyring)
    )
    bench.desk._bag._unlocked = unlocked
    bench.service().settle()
    bench.clock.advance(timedelta(days=5))
    refused("keyring-due", bench.opened)


def test_who_came_with_the_keyring_still_needs_the_passphrase_to_change_it(bench: Bench) -> None:
    slot = bench.service().turn_on(ON).made
    bench.desk._bag._unlocked = open_with_keyring(
        bench.keybag(), (slot,), bench.device, bench.clock.now(), around(bench.keyring)
    )
    new = "nine copper kettles on a ferry"
    refused("passphrase-wrong", lambda: bench.desk.change_passphrase("wrong", new, floor()))
    refused("passphrase-wrong", lambda: bench.desk.change_passphrase("", new, floor()))
    bench.desk.change_passphrase(PASSPHRASE, new, floor())
    assert bench.opened() == slot


@pytest.mark.parametrize(
    "code", ["keyring-absent", "keyring-locked", "keyring-slow", "keyring-emptied"]
)
def test_a_keyring_in_trouble_says_so_and_costs_nothing(bench: Bench, code: str) -> None:
    bench.service().turn_on(ON)
    before = bench.desk.folder.keybag.read_bytes()
    bench.keyring.fails = code
    refused(code, bench.opened)
    refused(code, lambda: bench.service().turn_on(ON))
    assert bench.desk.folder.keybag.read_bytes() == before
    assert bench.reopened().people.names_around()


def test_off_works_when_the_keyring_is_gone(bench: Bench) -> None:
    bench.service().turn_on(ON)
    bench.keyring.fails = "keyring-absent"
    bench.service().turn_off(TurnOffKeyring())
    assert not [slot for slot in bench.keybag().slots if slot.kind == KEYRING]
    # What is left in the keyring opens nothing.
    bench.keyring.fails = ""
    assert len(bench.keyring.held) == 1
    refused("keyring-off", bench.opened)


def test_another_secret_or_another_keyring_is_told(bench: Bench) -> None:
    bench.service().turn_on(ON)
    (name,) = bench.keyring.held
    good = bench.keyring.held[name]
    bench.keyring.held[name] = bytes(32)
    refused("keyring-slot-wrong", bench.opened)
    bench.keyring.held[name] = good
    bench.keyring.name = "kwallet"
    refused("keyring-changed", bench.opened)
    assert bench.service().state().hindrance is not None
    bench.keyring.name = "secret-service"
    assert bench.opened()


def test_a_keybag_that_cannot_be_written_leaves_no_secret_behind(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_slots: object, **_facts: object) -> None:
        raise Trouble("disk-full")

    monkeypatch.setattr(bench.desk._bag, "write", full)
    refused("disk-full", lambda: bench.service().turn_on(ON))
    assert bench.keyring.held == {}
    assert "TurnOnKeyring" not in journalled(bench.desk)


def test_no_name_stands_in_the_keyring_or_the_keybag(bench: Bench) -> None:
    bench.service().turn_on(ON)
    for text in (str(list(bench.keyring.held)), json.dumps(json.loads(
        bench.desk.folder.keybag.read_text()))):  # fmt: skip
        assert "Ana" not in text
        assert "Alder" not in text


def test_a_vault_opened_in_an_emergency_gets_no_keyring(bench: Bench) -> None:
    words = bench.desk.new_recovery_words()
    bench.desk.confirm_recovery(words, dict(enumerate(words, 1)))
    bench.desk.close()
    bench.desk = open_vault(
        bench.desk.folder.path,
        " ".join(words),
        bench.device,
        clock=bench.clock,
        with_recovery=True,
        emergency=OpenInEmergency("Bo Castle", "The counselor is away"),
    )
    refused("keyring-emergency", lambda: bench.service().turn_on(ON))
    with pytest.raises(Refused):
        bench.service().turn_on(ON)


def test_a_vault_that_is_only_read_gets_none(bench: Bench) -> None:
    bench.read_only = True
    refused("vault-read-only", lambda: bench.service().turn_on(ON))
    assert bench.keyring.held == {}
    hindrance = bench.service().state().hindrance
    assert hindrance is not None
    assert hindrance.code == "vault-read-only"


def test_a_slot_for_a_key_that_was_changed_meanwhile_is_not_kept(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep = bench.keyring.keep

    def slowly(account: str, secret: bytes, progress: Progress = no_progress) -> None:
        keep(account, secret, progress)
        bench.desk.access.rekey(RekeyVault())

    monkeypatch.setattr(bench.keyring, "keep", slowly)
    refused("vault-busy", lambda: bench.service().turn_on(ON))
    assert bench.keyring.held == {}
    assert not [slot for slot in bench.keybag().slots if slot.kind == KEYRING]
