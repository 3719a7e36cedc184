"""Slots of today's form and of the first, and changing the vault's key under them."""

import copy
import hashlib
import json
import os
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.kernel.clock import Moment
from app.kernel.errors import CasewellError, Damage, Refused
from app.kernel.ids import PersonId, new_id
from app.kernel.keys import VaultKeys
from app.vault import keybag as keybags
from app.vault.keybag import (
    Keybag,
    LeftBehind,
    Unlocked,
    keyring_slot,
    open_with_passphrase,
    open_with_recovery,
    open_with_slot_secret,
    passphrase_slot,
    recovery_slot,
)
from app.vault.sealing import SealBroken, floor
from app.vault.slots import Slot, sealed_to, unwrap, wrap

NOW = Moment.local(datetime(2026, 11, 20, 9), "America/Chicago")
VAULT = new_id()
KEYS = VaultKeys(os.urandom(32), os.urandom(16))
UPCOMING = VaultKeys(os.urandom(32), os.urandom(16))
ANA, BEN = PersonId(new_id()), PersonId(new_id())
RING_SECRET, WORDS_SECRET = os.urandom(32), os.urandom(20)
WORDS = "seven lanterns over the quiet harbour"

RELEASED = Path(__file__).parents[2] / "data" / "keybag" / "version-1.json"
"""A keybag written by 0.1.0: two people, one recovery sheet."""
RELEASED_KEYS = VaultKeys(bytes(range(32)), bytes(range(100, 116)))
RELEASED_WORDS = ("seven lanterns over the quiet harbour", "nine kites above the old mill")
RELEASED_SECRET = bytes(range(20))


def ring(person: PersonId = ANA, secret: bytes = RING_SECRET) -> Slot:
    return keyring_slot(VAULT, KEYS, person, secret, NOW)


def bag(*slots: Slot, **facts: Any) -> Keybag:
    return Keybag(VAULT, 0, ()).sealed_with(KEYS, slots, **facts)


def reread(keybag: Keybag) -> Keybag:
    return Keybag.from_bytes(keybag.to_bytes())


def opened(keybag: Keybag, secret: bytes = RING_SECRET) -> Unlocked:
    return open_with_slot_secret(reread(keybag), secret)


def same(found: VaultKeys | None, keys: VaultKeys) -> bool:
    return found is not None and (found.key, found.salt) == (keys.key, keys.salt)


def changed(keybag: Keybag, change: Callable[[dict[str, Any]], object]) -> Keybag:
    """Return the keybag with its document changed, and its checksum made to fit again."""
    document = json.loads(keybag.to_bytes())
    del document["checksum"]
    change(document)
    text = json.dumps(document, sort_keys=True, separators=(",", ":")).encode()
    document["checksum"] = hashlib.sha256(text).hexdigest()
    return Keybag.from_bytes(json.dumps(document).encode())


def test_a_slot_secret_opens_and_another_does_not() -> None:
    keybag = bag(ring())
    assert same(opened(keybag).keys, KEYS)
    with pytest.raises(Refused, match="keyring-slot-wrong"):
        opened(keybag, os.urandom(32))


def test_a_slot_secret_is_32_bytes() -> None:
    with pytest.raises(ValueError, match="16"):
        ring(secret=bytes(16))


def test_one_kind_of_secret_does_not_open_another_kind_of_slot() -> None:
    keybag = bag(ring(), recovery_slot(VAULT, KEYS, ANA, WORDS_SECRET, NOW))
    with pytest.raises(Refused, match="recovery-wrong"):
        open_with_recovery(keybag, RING_SECRET)
    with pytest.raises(Refused, match="keyring-slot-wrong"):
        open_with_slot_secret(keybag, WORDS_SECRET)


def test_new_keys_are_sealed_to_everyone_without_their_secrets() -> None:
    theirs = os.urandom(32)
    keybag = bag(ring(), ring(BEN, theirs), anchor={"count": 4, "head": "cd"})
    ana = opened(keybag)
    amid = ana.keybag.with_new_keys(KEYS, UPCOMING, ana.keybag.slots)
    for secret in (RING_SECRET, theirs):
        both = opened(amid, secret)
        assert same(both.keys, KEYS)
        assert same(both.upcoming, UPCOMING)
        assert both.keybag.rekeying
    after = opened(amid).keybag.with_old_keys_dropped(KEYS, UPCOMING)
    for secret in (RING_SECRET, theirs):
        new = opened(after, secret)
        assert same(new.keys, UPCOMING)
        assert new.upcoming is None
        assert not new.keybag.rekeying
        assert [same(past, KEYS) for past in new.keybag.former()] == [True]
        assert new.keybag.anchor() == keybag.anchor()


def test_a_change_of_keys_can_be_taken_back() -> None:
    ana = opened(bag(ring(), ring(BEN, os.urandom(32))))
    amid = opened(ana.keybag.with_new_keys(KEYS, UPCOMING, ana.keybag.slots))
    back = opened(amid.keybag.with_new_keys_dropped(KEYS))
    assert same(back.keys, KEYS)
    assert back.upcoming is None


def test_whoever_is_gone_opens_neither_the_old_nor_the_new_keys_in_the_new_keybag() -> None:
    theirs = os.urandom(32)
    keybag = bag(ring(), ring(BEN, theirs))
    ana, ben = opened(keybag), opened(keybag, theirs)
    kept = tuple(slot for slot in ana.keybag.slots if slot.person == ANA)
    amid = ana.keybag.with_new_keys(KEYS, UPCOMING, kept)
    after = amid.with_old_keys_dropped(KEYS, UPCOMING)
    for later in (amid, after):
        with pytest.raises(Refused, match="keyring-slot-wrong"):
            opened(later, theirs)
    # All that Ben ever had (his slot, every pin) leads to nothing in the slot that stayed.
    for pin in ben.keybag.facts["pins"].values():
        assert pin
    forged = replace(ben.slot, id=after.slots[0].id, sealed=after.slots[0].sealed)
    with pytest.raises((SealBroken, Damage)):
        unwrap(VAULT, forged, theirs)
    with pytest.raises(Damage, match="keybag-tampered"):
        after.verified(KEYS)


def test_after_a_change_of_keys_each_slot_takes_a_fresh_pair_when_it_is_opened() -> None:
    theirs = os.urandom(32)
    ana = opened(bag(ring(), ring(BEN, theirs)))
    after = ana.keybag.with_new_keys(KEYS, UPCOMING, ana.keybag.slots).with_old_keys_dropped(
        KEYS, UPCOMING
    )
    first = opened(after)
    renewed = first.renewed()
    assert renewed is not None
    again = opened(renewed)
    assert again.fresh is None
    assert again.slot.public != first.slot.public
    assert again.slot.id == first.slot.id
    assert same(again.keys, UPCOMING)
    assert opened(renewed, theirs).fresh is not None
    assert same(opened(renewed, theirs).keys, UPCOMING)


def test_a_stranger_cannot_slip_in_keys_of_their_own() -> None:
    """A public key takes anything; the mark tells who sealed it."""
    keybag = bag(ring())
    theirs = VaultKeys(os.urandom(32), os.urandom(16))
    seen = reread(keybag).slots[0]
    assert seen.pin == b""
    with pytest.raises(ValueError, match=seen.id):
        sealed_to(VAULT, seen, theirs)
    forged = sealed_to(VAULT, replace(seen, pin=os.urandom(32)), theirs)
    fake = Keybag(VAULT, 7, ()).sealed_with(theirs, (forged,))
    with pytest.raises(Damage, match="keybag-tampered"):
        opened(fake)


def test_what_was_sealed_to_one_slot_opens_in_no_other() -> None:
    mine, other = ring(), ring()
    swapped = replace(mine, sealed=other.sealed)
    with pytest.raises(Damage, match="keybag-tampered"):
        unwrap(VAULT, swapped, RING_SECRET)
    with pytest.raises(SealBroken):
        unwrap(new_id(), mine, RING_SECRET)


FIELDS: dict[str, Callable[[dict[str, Any]], object]] = {
    "id": lambda slot: slot.update(id=new_id()),
    "kind": lambda slot: slot.update(kind="recovery"),
    "person": lambda slot: slot.update(person=new_id()),
    "made": lambda slot: slot.update(made="2026-11-20T15:00:00.001Z"),
    "zone": lambda slot: slot.update(zone="UTC"),
    "public": lambda slot: slot.update(public=json.loads(bag(ring()).to_bytes())["slots"][0]["public"]),
    "private": lambda slot: slot.update(private=_flipped(slot["private"])),
    "sealed": lambda slot: slot.update(sealed=_flipped(slot["sealed"])),
    "next": lambda slot: slot.update(next=slot["sealed"]),
    "next, gone": lambda slot: slot.update(next=""),
    "form": lambda slot: [slot.pop(name) for name in ("public", "private", "next")],
}  # fmt: skip


def _flipped(text: str) -> str:
    import base64

    data = bytearray(base64.b64decode(text))
    data[len(data) // 2] ^= 4
    return base64.b64encode(bytes(data)).decode()


@pytest.mark.parametrize(
    ("field", "amid"),
    [(field, amid) for amid in (False, True) for field in FIELDS if amid or field != "next, gone"],
)
def test_no_field_of_a_slot_can_be_changed(field: str, amid: bool) -> None:
    keybag = bag(ring(), ring(BEN, os.urandom(32)))
    if amid:
        keybag = keybag.with_new_keys(KEYS, UPCOMING, keybag.slots)
    with pytest.raises(CasewellError) as refused:
        open_with_slot_secret(
            changed(keybag, lambda document: FIELDS[field](document["slots"][0])), RING_SECRET
        )
    assert refused.value.code in {"keyring-slot-wrong", "keybag-tampered", "keybag-damaged"}


@pytest.mark.parametrize("field", FIELDS)
def test_no_field_of_anothers_slot_can_be_changed(field: str) -> None:
    keybag = bag(ring(), ring(BEN, os.urandom(32)))
    keybag = keybag.with_new_keys(KEYS, UPCOMING, keybag.slots)
    with pytest.raises(Damage):
        open_with_slot_secret(
            changed(keybag, lambda document: FIELDS[field](document["slots"][1])), RING_SECRET
        )


@pytest.mark.parametrize(
    "change",
    [
        lambda d: d.update(vault=new_id()),
        lambda d: d.update(generation=9),
        lambda d: d.update(version=1),
        lambda d: d.update(body=_flipped(d["body"])),
        lambda d: d["slots"].pop(),
        lambda d: d["slots"].reverse(),
    ],
)
def test_nothing_around_the_slots_can_be_changed(
    change: Callable[[dict[str, Any]], object],
) -> None:
    with pytest.raises(CasewellError) as refused:
        open_with_slot_secret(changed(bag(ring(), ring(BEN)), change), RING_SECRET)
    assert refused.value.code in {"keyring-slot-wrong", "keybag-tampered", "keybag-damaged"}


def test_a_keybag_takes_64_slots_and_no_more() -> None:
    slots = [ring(PersonId(new_id()), os.urandom(32)) for _ in range(64)]
    full = bag(*slots)
    assert len(reread(full).slots) == 64
    with pytest.raises(Refused, match="keybag-full"):
        full.sealed_with(KEYS, (*full.slots, ring()))


def test_stretching_is_bounded_before_any_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    greedy = replace(floor(), memory_kib=1 << 20, passes=64)
    slot = Slot(new_id(), "passphrase", ANA, NOW, greedy)
    two = (wrap(VAULT, KEYS, slot, bytes(32)), wrap(VAULT, KEYS, replace(slot, id="b"), bytes(32)))
    with pytest.raises(Refused, match="keybag-full"):
        bag(*two)
    monkeypatch.setattr(keybags, "MOST_STRETCHING", 1 << 40)
    hostile = bag(*two).to_bytes()
    monkeypatch.undo()
    with pytest.raises(Damage, match="keybag-damaged"):
        Keybag.from_bytes(hostile)


def test_the_slot_used_last_costs_a_right_passphrase_one_stretch(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tried: list[str] = []
    monkeypatch.setattr(
        "app.vault.sealing.Stretch.key",
        lambda _stretch, text: (tried.append(text), hashlib.sha256(text.encode()).digest())[1],
    )
    slots = [
        passphrase_slot(
            VAULT, KEYS, PersonId(new_id()), f"passphrase number {number}", floor(), NOW
        )
        for number in range(5)
    ]
    keybag = bag(*slots)
    tried.clear()
    found = open_with_passphrase(keybag, "passphrase number 3", first=[slots[3].id, "gone"])
    assert (found.slot.id, len(tried)) == (slots[3].id, 1)
    tried.clear()
    assert open_with_passphrase(keybag, "passphrase number 3").slot.id == slots[3].id
    assert len(tried) == 4
    tried.clear()
    with pytest.raises(Refused, match="passphrase-wrong"):
        open_with_passphrase(keybag, "none of these", first=[slots[3].id])
    assert len(tried) == 5


def released() -> Keybag:
    return Keybag.from_bytes(RELEASED.read_bytes())


def test_a_released_keybag_is_read_and_kept_as_it_is_until_it_changes() -> None:
    keybag = released()
    assert keybag.version == 1
    assert keybag.to_bytes() == RELEASED.read_bytes()
    for unlocked in (
        open_with_passphrase(keybag, RELEASED_WORDS[0]),
        open_with_passphrase(keybag, RELEASED_WORDS[1]),
        open_with_recovery(keybag, RELEASED_SECRET),
    ):
        assert same(unlocked.keys, RELEASED_KEYS)
        assert not unlocked.slot.of_today
        anchor = unlocked.keybag.anchor()
        assert anchor is not None
        assert anchor.count == 3


def test_a_released_slot_takes_todays_form_when_it_is_opened() -> None:
    unlocked = open_with_passphrase(released(), RELEASED_WORDS[0])
    renewed = unlocked.renewed()
    assert renewed is not None
    renewed = reread(renewed)
    assert renewed.version == 2
    assert [slot.of_today for slot in renewed.slots] == [True, False, False]
    again = open_with_passphrase(renewed, RELEASED_WORDS[0])
    assert again.fresh is None
    assert same(again.keys, RELEASED_KEYS)
    assert same(open_with_passphrase(renewed, RELEASED_WORDS[1]).keys, RELEASED_KEYS)
    assert same(open_with_recovery(renewed, RELEASED_SECRET).keys, RELEASED_KEYS)


def test_new_keys_are_refused_by_a_released_slot_and_its_person_is_named() -> None:
    unlocked = open_with_passphrase(released(), RELEASED_WORDS[0])
    renewed = unlocked.renewed()
    assert renewed is not None
    with pytest.raises(LeftBehind) as refused:
        renewed.with_new_keys(RELEASED_KEYS, UPCOMING, renewed.slots)
    assert refused.value.slots == renewed.slots[1:]
    kept = tuple(slot for slot in renewed.slots if slot.of_today)
    after = renewed.with_new_keys(RELEASED_KEYS, UPCOMING, kept).with_old_keys_dropped(
        RELEASED_KEYS, UPCOMING
    )
    assert same(open_with_passphrase(reread(after), RELEASED_WORDS[0]).keys, UPCOMING)


def test_a_released_keybag_holds_no_slot_of_today() -> None:
    document = json.loads(RELEASED.read_bytes())
    slot = json.loads(bag(ring()).to_bytes())["slots"][0]
    for entry in (slot, {**copy.deepcopy(slot), "kind": "recovery"}):
        keybag_of = {**document, "slots": [entry]}
        del keybag_of["checksum"]
        text = json.dumps(keybag_of, sort_keys=True, separators=(",", ":")).encode()
        keybag_of["checksum"] = hashlib.sha256(text).hexdigest()
        with pytest.raises(CasewellError):
            open_with_slot_secret(Keybag.from_bytes(json.dumps(keybag_of).encode()), RING_SECRET)


secrets = st.binary(min_size=32, max_size=32)


@settings(max_examples=60, deadline=None)
@given(st.lists(secrets, min_size=1, max_size=5, unique=True), st.integers(0, 4), st.data())
def test_whatever_is_changed_in_whatever_order_everyone_who_stays_opens(
    people: list[bytes], steps: int, data: st.DataObject
) -> None:
    """Round trips over rekeyings, removals and renewals."""
    keys = KEYS
    slots = tuple(keyring_slot(VAULT, keys, PersonId(new_id()), secret, NOW) for secret in people)
    keybag = Keybag(VAULT, 0, ()).sealed_with(keys, slots, unproven="x")
    gone: list[bytes] = []
    for _ in range(steps):
        who = data.draw(st.sampled_from(people))
        unlocked = opened(keybag, who)
        keybag = unlocked.renewed() or unlocked.keybag
        kept = keybag.slots
        if len(people) > 1 and data.draw(st.booleans()):
            lost = data.draw(st.sampled_from([one for one in people if one != who]))
            out = opened(keybag, lost).slot.id
            people = [one for one in people if one != lost]
            gone.append(lost)
            kept = tuple(slot for slot in kept if slot.id != out)
        fresh = VaultKeys(os.urandom(32), os.urandom(16))
        amid = keybag.with_new_keys(keys, fresh, kept)
        if data.draw(st.booleans()):
            amid = opened(amid, who).renewed() or amid
        if data.draw(st.booleans()):
            keybag, keys = amid.with_old_keys_dropped(keys, fresh), fresh
        else:
            keybag = amid.with_new_keys_dropped(keys)
        for secret in people:
            found = opened(keybag, secret)
            assert same(found.keys, keys)
            assert found.keybag.facts["unproven"] == "x"
        for secret in gone:
            with pytest.raises(Refused, match="keyring-slot-wrong"):
                opened(keybag, secret)
