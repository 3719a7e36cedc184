"""The district file and the district's keys."""

import contextlib
import hashlib
import json
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mnemonic import Mnemonic

from app.kernel.documents import SummaryKind
from app.kernel.errors import Refused
from app.sync import district_file, envelope
from app.sync.desk_key import DeskKey
from app.sync.district_file import (
    DistrictFile,
    Place,
    Policy,
    SigningAge,
    SmallCells,
    Standing,
    build,
    fingerprint,
    invitation_of,
    invite,
    parse,
    same_words,
)
from app.sync.district_keys import DistrictKeys
from app.sync.parcels import Address, Carrier
from app.sync.signed import Malformed, compact, statement

KEYS = DistrictKeys.new()
MADE = "2026-11-22T12:00:00.000Z"
PASSPHRASE = "seven quiet herons stand there"


def whole() -> DistrictFile:
    return DistrictFile(
        serial=4,
        name="Birchwood Unified",
        made=MADE,
        recipients=(KEYS.recipient,),
        signing_key=KEYS.public,
        places=(
            Place("12" * 16, "Share", Address(Carrier.FOLDER, {"path": "//files/casewell"})),
            Place("34" * 16, "Cloud", Address(Carrier.WEBDAV, {"endpoint": "https://dav.test"})),
        ),
        standing=(Standing(SummaryKind.SERVICES, "month", 5),),
        policy=Policy(
            lock_minutes_most=5,
            kinds=frozenset({"services", "use-of-time"}),
            carriers=frozenset({"webdav"}),
            retention_months={"notes": 84},
            age_of_consent={"services": SigningAge(14, 12), "part2": SigningAge(14)},
            small_cells=SmallCells(10, "exact"),
            part2_notice="42 CFR part 2 prohibits unauthorized use or disclosure of these records.",
        ),
        instruments=({"code": "wellbeing", "items": [{"text": "I slept well", "points": 0.5}]},),
        categories=({"code": "direct", "name": "Direct"},),
        invitation=invite("Room 12", MADE, KEYS),
    )


def changed(change: dict[str, Any], drop: str = "") -> bytes:
    facts = json.loads(build(whole(), KEYS).split(b"\n")[0]) | change
    facts.pop(drop, None)
    line = compact(facts)
    return statement(line, KEYS.sign(line))


def test_a_file_reads_as_it_was_built() -> None:
    full = whole()
    assert parse(build(full, KEYS)) == full
    bare = DistrictFile(1, "B", MADE, (KEYS.recipient,), KEYS.public)
    assert parse(build(bare, KEYS)) == bare


def test_what_may_leave_is_what_both_lists_allow() -> None:
    policy = whole().policy
    assert policy.allowed("services", "webdav")
    assert not policy.allowed("student", "webdav")
    assert not policy.allowed("services", "folder")
    assert Policy().allowed("student", "folder")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"casewell": "manifest"}, "district-file-malformed"),
        ({"version": 2}, "district-file-newer"),
        ({"serial": 0}, "district-file-malformed"),
        ({"serial": 2.0}, "district-file-malformed"),
        ({"name": ""}, "district-file-malformed"),
        ({"made": "2026-99-22T12:00:00.000Z"}, "district-file-malformed"),
        ({"recipients": []}, "district-file-malformed"),
        ({"recipients": ["age1" + "q" * 58]}, "district-file-recipient"),
        ({"signing_key": "A" * 43 + "="}, "district-file-signature"),
        ({"destinations": [{"id": "1"}]}, "district-file-malformed"),
        ({"destinations": [{"id": "12" * 16, "label": "x", "carrier": "webdav",
                            "options": {"endpoint": "https://me:secret@dav.test"}}]},
         "district-file-secret"),
        ({"destinations": [{"id": "12" * 16, "label": "x", "carrier": "sftp",
                            "options": {"host": "me:secret@files.test"}}]},
         "district-file-secret"),
        ({"destinations": [{"id": "12" * 16, "label": "x", "carrier": "webdav",
                            "options": {"endpoint": "http://dav.test/"}}]}, "district-file-open"),
        ({"destinations": [{"id": "12" * 16, "label": "x", "carrier": "webdav",
                            "options": {"password": "secret"}}]}, "district-file-malformed"),
        ({"destinations": [{"id": "12" * 16, "label": "x", "carrier": "webdav",
                            "options": {"endpoint": "https://[x"}}]}, "district-file-malformed"),
        ({"destinations": [{"id": "12" * 16, "label": "x", "carrier": "folder",
                            "options": {}}] * 2}, "district-file-malformed"),
        ({"name": "Cedar\u202eytnuoC"}, "district-file-malformed"),
        ({"name": "Cedar\x1b[2J"}, "district-file-malformed"),
        ({"name": "Cedar\u2028County"}, "district-file-malformed"),
        ({"name": " \u3000"}, "district-file-malformed"),
        ({"destinations": [{"id": "12" * 16, "label": "\u2066x", "carrier": "folder",
                            "options": {}}]}, "district-file-malformed"),
        ({"standing": [{"kind": "student", "every": "month", "days_after": 1}]},
         "district-file-malformed"),
        ({"policy": {"lock_minutes_most": 60}}, "district-file-malformed"),
        ({"policy": {"small_cells": {"limit": 1, "counts": "exact"}}}, "district-file-malformed"),
        ({"invitation": {"line": "{}", "signature": ""}}, "district-file-invitation"),
        ({"invitation": invite("x", MADE, DistrictKeys.new()).pair()}, "district-file-invitation"),
    ],
)  # fmt: skip
def test_a_file_that_is_not_right_is_refused(change: dict[str, Any], code: str) -> None:
    with pytest.raises(Refused) as caught:
        parse(changed(change))
    assert (caught.value.code, caught.value.field) == (code, "file")


def test_members_of_a_later_program_are_passed_over() -> None:
    found = parse(changed({"later": 1, "policy": {"lock_minutes_most": 4, "also": [1]}}))
    assert found.policy == Policy(lock_minutes_most=4)


def test_a_summary_about_students_cannot_be_ordered_by_a_schedule() -> None:
    for kind in (SummaryKind.STUDENT, SummaryKind.CASELOAD, SummaryKind.MEDICATION_MONTH):
        with pytest.raises(Refused):
            build(replace(whole(), standing=(Standing(kind, "month", 1),)), KEYS)


@settings(max_examples=120, deadline=None)
@given(st.binary(max_size=60), st.integers(0, 2500), st.integers(0, 40))
def test_any_bytes_are_read_or_refused(data: bytes, place: int, cut: int) -> None:
    good = SAMPLE[:place] + data + SAMPLE[place + cut :]
    for sample in (good, data):
        with contextlib.suppress(Refused):
            parse(sample)
            assert sample == SAMPLE


SAMPLE = build(whole(), KEYS)


def test_a_file_that_was_cut_or_changed_is_refused() -> None:
    for place in range(0, len(SAMPLE), 7):
        bent = bytearray(SAMPLE)
        bent[place] ^= 1 << place % 7
        for sample in (bytes(bent), SAMPLE[:place]):
            with pytest.raises(Refused):
                parse(sample)


def test_the_fingerprint_is_eight_words_that_follow_from_the_key() -> None:
    """The reference encoder, given the same hash, begins with the same words."""
    for key in (bytes(32), KEYS.public):
        twelve = Mnemonic("english").to_mnemonic(hashlib.sha256(key).digest()[:16]).split()
        assert list(fingerprint(key)) == twelve[:8]
    assert fingerprint(bytes(32))[0] == "grid"


def test_words_are_the_same_however_they_are_typed() -> None:
    words = fingerprint(KEYS.public)
    assert same_words(KEYS.public, " ".join(words))
    assert same_words(KEYS.public, "1. " + ",\n2) ".join(words).upper())
    assert same_words(KEYS.public, " ".join(word[:4] for word in words))
    assert not same_words(KEYS.public, " ".join(words[:-1]))
    assert not same_words(KEYS.public, " ".join(word[:1] for word in words))
    assert not same_words(KEYS.public, " ".join(fingerprint(bytes(32))))
    assert not same_words(KEYS.public, "")


def test_an_invitation_verifies_by_itself_and_only_unchanged() -> None:
    given_out = invite("Room 12", MADE, KEYS)
    assert invitation_of(given_out.pair()) == given_out
    assert given_out.key == KEYS.public
    pair = given_out.pair()
    for bad, code in (
        ({"line": pair["line"].replace("12", "13")}, "invitation-signature"),
        ({"signature": "x"}, "invitation-malformed"),
        ({"line": pair["line"] + "\n"}, "invitation-malformed"),
        ({"line": "\ud800"}, "invitation-malformed"),
        ({"line": 5}, "invitation-malformed"),
    ):
        with pytest.raises(Malformed) as caught:
            invitation_of(pair | bad)
        assert caught.value.code == code


def test_two_invitations_are_never_the_same() -> None:
    assert invite("Room 12", MADE, KEYS).id != invite("Room 12", MADE, KEYS).id


@pytest.fixture(scope="module")
def sealed_keys() -> bytes:
    return KEYS.sealed(PASSPHRASE)


def test_keys_come_back_under_their_passphrase_alone(sealed_keys: bytes) -> None:
    assert DistrictKeys.opened(sealed_keys, PASSPHRASE) == KEYS
    with pytest.raises(Refused, match="district-keys-closed"):
        DistrictKeys.opened(sealed_keys, PASSPHRASE + "x")


@pytest.mark.parametrize(
    "data", [b"", b"AGE-SECRET-KEY-1", b"age-encryption.org/v1\n-> X25519 a\n"]
)
def test_what_is_no_file_of_keys_is_refused(data: bytes) -> None:
    with pytest.raises(Refused, match="district-keys-malformed"):
        DistrictKeys.opened(data, PASSPHRASE)


def test_keys_do_not_show_themselves_and_short_passphrases_are_refused() -> None:
    assert KEYS.identity not in repr(KEYS)
    assert repr(KEYS.seed) not in repr(KEYS)
    with pytest.raises(Refused, match="district-passphrase-short"):
        KEYS.sealed("too short")


@pytest.mark.skipif(not shutil.which("age") or sys.platform != "linux", reason="needs age")
def test_the_age_program_opens_the_keys_and_a_parcel_with_them(
    sealed_keys: bytes, tmp_path: Path
) -> None:
    """The program asks for a passphrase on a terminal, so it is given one."""
    import pty

    (tmp_path / "keys.age").write_bytes(sealed_keys)
    keys = tmp_path / "keys.txt"
    asker, terminal = pty.openpty()
    asked = subprocess.Popen(
        ["setsid", "--ctty", "age", "-d", "-o", str(keys), str(tmp_path / "keys.age")],
        stdin=terminal,
        stdout=terminal,
        stderr=terminal,
    )
    os.close(terminal)
    os.read(asker, 100)
    os.write(asker, PASSPHRASE.encode() + b"\n")
    assert asked.wait(60) == 0
    os.close(asker)
    desk = DeskKey.new()
    facts = envelope.Facts(SummaryKind.ENROLMENT, 1, "../..", "0" * 32, 1, MADE)
    parcel = envelope.seal(facts, {"school": "Birch"}, desk, [KEYS.recipient])
    shown = subprocess.run(
        ["age", "-d", "-i", str(keys)], input=parcel, capture_output=True, check=True
    ).stdout
    assert json.loads(shown.split(b"\n", 2)[2]) == {"school": "Birch"}


def test_the_schema_itself_is_a_valid_schema() -> None:
    from jsonschema import Draft202012Validator

    from app.kernel.shipped import shipped

    schema = json.loads(shipped("schemas", "district-file-1.json").read_text())
    Draft202012Validator.check_schema(schema)
    assert len(SAMPLE) < district_file.MOST
