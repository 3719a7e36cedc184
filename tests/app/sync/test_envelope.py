"""Parcels: whole round trips, and refusal of whatever is not one."""

import base64
import contextlib
import hashlib
import json
import shutil
import subprocess
from dataclasses import replace
from typing import Any

import pyrage
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyrage import x25519

from app.kernel.documents import SummaryKind
from app.kernel.errors import Refused
from app.sync import envelope
from app.sync.desk_key import DeskKey, desk_of
from app.sync.signed import Malformed, compact

MADE = "2026-11-22T12:00:00.000Z"
KEY = DeskKey(bytes(range(32)))
IDENTITY = str(x25519.Identity.generate())
RECIPIENT = envelope.recipient_of(IDENTITY)
OTHER = str(x25519.Identity.generate())

values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=12,
).filter(lambda value: "\\ud" not in json.dumps(value))
bodies = st.dictionaries(st.sampled_from(["a", "b", "ü", "\n"]), values)


def facts(**changes: Any) -> envelope.Facts:
    whole = envelope.Facts(
        SummaryKind.SERVICES, 1, "2026-10", KEY.series(SummaryKind.SERVICES, "2026-10"), 1, MADE
    )
    return replace(whole, **changes)


def sealed(body: dict[str, Any] | None = None) -> bytes:
    return envelope.seal(facts(), body or {"count": 3}, KEY, [RECIPIENT])


def plaintext(body: dict[str, Any] | None = None) -> bytes:
    return pyrage.decrypt(sealed(body), [x25519.Identity.from_str(IDENTITY)])


def encrypted(plain: bytes, to: str = RECIPIENT) -> bytes:
    return pyrage.encrypt(plain, [x25519.Recipient.from_str(to)])


def forged(change: dict[str, Any], key: DeskKey = KEY, drop: str = "") -> bytes:
    """A parcel with another header, properly signed."""
    line, _signature, rest = plaintext().split(b"\n", 2)
    header = json.loads(line) | change
    header.pop(drop, None)
    line = compact(header)
    return encrypted(line + b"\n" + base64.b64encode(key.sign(line)) + b"\n" + rest)


@settings(max_examples=60, deadline=None)
@given(
    body=bodies,
    period=st.sampled_from(["2026-10", "2026-11-16/2026-11-22", "../..", "2026-11-22/.."]),
    revision=st.integers(1, 10**6),
)
def test_what_was_sealed_is_what_is_opened(
    body: dict[str, Any], period: str, revision: int
) -> None:
    said = facts(period=period, revision=revision)
    opened = envelope.open(envelope.seal(said, body, KEY, [RECIPIENT]), [OTHER, IDENTITY])
    assert opened.header.facts == said
    assert opened.header.key == KEY.public
    assert opened.header.desk == KEY.id == desk_of(KEY.public)
    assert json.loads(opened.text) == json.loads(json.dumps(body))
    assert opened.header.sha256 == hashlib.sha256(opened.text).hexdigest()


def test_every_recipient_opens_it_and_nobody_else() -> None:
    third = str(x25519.Identity.generate())
    data = envelope.seal(facts(), {"a": 1}, KEY, [RECIPIENT, envelope.recipient_of(third)])
    assert envelope.open(data, [third]).body == {"a": 1}
    assert envelope.open(data, [IDENTITY]).body == {"a": 1}
    with pytest.raises(Malformed, match="parcel-closed"):
        envelope.open(data, [OTHER])
    with pytest.raises(Malformed, match="parcel-closed"):
        envelope.open(data, [])


def test_a_recipient_cannot_hand_a_parcel_on_as_if_it_were_meant_for_another() -> None:
    passed_on = encrypted(plaintext(), envelope.recipient_of(OTHER))
    with pytest.raises(Malformed, match="parcel-handed-on"):
        envelope.open(passed_on, [OTHER])


@given(st.integers(1, 50_000_000))
def test_sizes_are_filled_up_to_one_of_few_steps(size: int) -> None:
    bucket = envelope.filled(size)
    assert bucket >= max(size, envelope.SMALLEST)
    assert bucket == envelope.SMALLEST or bucket <= size * 1.4143
    assert envelope.filled(bucket) == bucket
    assert bucket == envelope.SMALLEST or envelope.filled(bucket + 1) > bucket


def test_two_summaries_of_about_the_same_length_are_filled_to_the_same() -> None:
    """What age adds around them varies by itself, and not with what is inside."""
    assert {len(plaintext({"a": "x" * count})) for count in range(0, 3000, 300)} == {4096}
    assert len(plaintext({"a": "x" * 9000})) == envelope.filled(9800) == 11586


def test_the_series_is_the_same_for_each_revision_and_for_nothing_else() -> None:
    mine = KEY.series(SummaryKind.STUDENT, "2026-10", "s1")
    assert mine == DeskKey(KEY.seed).series(SummaryKind.STUDENT, "2026-10", "s1")
    others = {
        KEY.series(SummaryKind.STUDENT, "2026-10", "s2"),
        KEY.series(SummaryKind.STUDENT, "2026-11", "s1"),
        KEY.series(SummaryKind.CASELOAD, "2026-10", "s1"),
        DeskKey.new().series(SummaryKind.STUDENT, "2026-10", "s1"),
    }
    assert len(others | {mine}) == 5


def test_the_key_does_not_show_itself() -> None:
    assert KEY.seed.hex() not in repr(KEY)
    assert repr(KEY.seed) not in repr(KEY)
    with pytest.raises(ValueError, match="32"):
        DeskKey(b"short")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"casewell": "manifest"}, "parcel-malformed"),
        ({"version": 2}, "parcel-newer"),
        ({"version": True}, "parcel-malformed"),
        ({"version": 10**400}, "parcel-malformed"),
        ({"desk": "0" * 32}, "parcel-desk"),
        ({"key": base64.b64encode(bytes(31)).decode()}, "parcel-malformed"),
        ({"key": base64.b64encode(bytes(32)).decode()}, "parcel-desk"),
        ({"kind": "diary"}, "parcel-kind"),
        ({"kind": ["services"]}, "parcel-malformed"),
        ({"schema": 0}, "parcel-malformed"),
        ({"schema": 1.5}, "parcel-malformed"),
        ({"period": "2026-13"}, "parcel-malformed"),
        ({"period": "../../etc/passwd"}, "parcel-malformed"),
        ({"period": None}, "parcel-malformed"),
        ({"series": "xyz"}, "parcel-malformed"),
        ({"revision": -1}, "parcel-malformed"),
        ({"made": "2026-02-30T00:00:00.000Z"}, "parcel-malformed"),
        ({"sha256": "0" * 64}, "parcel-hash"),
        ({"bytes": 5}, "parcel-malformed"),
        ({"bytes": 10**9}, "parcel-malformed"),
        ({"to": []}, "parcel-malformed"),
        ({"to": [1]}, "parcel-malformed"),
    ],
)
def test_a_header_that_is_not_right_is_refused(change: dict[str, Any], code: str) -> None:
    with pytest.raises(Malformed) as caught:
        envelope.open(forged(change), [IDENTITY])
    assert caught.value.code == code


@pytest.mark.parametrize(
    "name",
    ["casewell", "version", "desk", "key", "kind", "schema", "period", "series", "revision",
     "made", "sha256", "bytes", "to"],
)  # fmt: skip
def test_a_header_that_lacks_something_is_refused(name: str) -> None:
    with pytest.raises(Malformed):
        envelope.open(forged({}, drop=name), [IDENTITY])


def test_facts_of_a_later_version_are_passed_over() -> None:
    assert envelope.open(forged({"later": {"x": 1}}), [IDENTITY]).body == {"count": 3}


def test_a_parcel_signed_by_another_key_is_refused() -> None:
    with pytest.raises(Malformed, match="parcel-signature"):
        envelope.open(forged({}, key=DeskKey.new()), [IDENTITY])


def test_a_changed_body_is_refused_although_the_header_is_signed() -> None:
    plain = plaintext().replace(b'{"count":3}', b'{"count":4}')
    with pytest.raises(Malformed, match="parcel-hash"):
        envelope.open(encrypted(plain), [IDENTITY])


def test_the_filling_carries_nothing() -> None:
    plain = plaintext()
    with pytest.raises(Malformed, match="parcel-malformed"):
        envelope.open(encrypted(plain[:-9] + b"hidden  \n"), [IDENTITY])


@pytest.mark.parametrize(
    "line",
    [
        b'{"a":1,"a":2}',
        b'{"a":NaN}',
        b'{"a":1e999}',
        b'{"a":"\\ud800"}',
        b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        b"[1]",
        b'"x"',
        b"\xff\xfe",
        b'{"a":' + b"9" * 5000 + b"}",
    ],
)
def test_a_body_that_is_no_plain_object_is_refused(line: bytes) -> None:
    header, _signature, _rest = plaintext().split(b"\n", 2)
    said = json.loads(header) | {"bytes": len(line), "sha256": hashlib.sha256(line).hexdigest()}
    header = compact(said)
    plain = header + b"\n" + base64.b64encode(KEY.sign(header)) + b"\n" + line + b"\n"
    with pytest.raises(Malformed, match="parcel-malformed"):
        envelope.open(encrypted(plain), [IDENTITY])


def test_bytes_that_were_cut_or_changed_are_refused_without_another_error() -> None:
    data = sealed()
    for end in range(0, len(data), 61):
        with pytest.raises(Malformed, match="parcel-closed"):
            envelope.open(data[:end], [IDENTITY])
    for place in range(0, len(data), 37):
        bent = bytearray(data)
        bent[place] ^= 1 << place % 8
        with pytest.raises(Malformed, match="parcel-closed"):
            envelope.open(bytes(bent), [IDENTITY])


@settings(max_examples=150, deadline=None)
@given(data=st.binary(max_size=300), place=st.integers(0, 700), cut=st.integers(0, 40))
def test_whatever_stands_inside_it_opens_or_is_refused(data: bytes, place: int, cut: int) -> None:
    plain = plaintext()
    bent = encrypted(plain[:place] + data + plain[place + cut :])
    with contextlib.suppress(Malformed):
        assert envelope.open(bent, [IDENTITY]).body == {"count": 3}


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_at_all_are_refused(data: bytes) -> None:
    for sample in (data, b"age-encryption.org/v1\n" + data):
        with pytest.raises(Malformed, match="parcel-closed"):
            envelope.open(sample, [IDENTITY])


def test_recipients_are_looked_at_before_anything_is_sealed() -> None:
    for recipients, code in (
        ([], "parcel-recipient-missing"),
        (["age1nobody"], "recipient-malformed"),
        ([RECIPIENT, RECIPIENT.upper()], "recipient-malformed"),
        ([IDENTITY], "recipient-malformed"),
    ):
        with pytest.raises(Refused) as caught:
            envelope.seal(facts(), {}, KEY, recipients)
        assert caught.value.code == code


def test_facts_that_no_reader_would_take_are_not_sealed() -> None:
    for wrong in (facts(schema=0), facts(period="October"), facts(series=""), facts(made="now")):
        with pytest.raises(ValueError, match="no reader"):
            envelope.seal(wrong, {}, KEY, [RECIPIENT])


@pytest.mark.skipif(not shutil.which("age"), reason="age is not installed here")
def test_the_age_program_opens_a_parcel_and_shows_readable_lines(tmp_path: Any) -> None:
    key, parcel = tmp_path / "key.txt", tmp_path / "parcel"
    key.write_text(IDENTITY + "\n")
    parcel.write_bytes(sealed({"students": 12, "tier": "Zweite Stufe é"}))
    shown = subprocess.run(
        ["age", "-d", "-i", str(key), str(parcel)], capture_output=True, check=True
    ).stdout
    header, signature, rest = shown.split(b"\n", 2)
    assert json.loads(header)["kind"] == "services"
    assert json.loads(rest) == {"students": 12, "tier": "Zweite Stufe é"}
    from nacl.signing import VerifyKey

    VerifyKey(base64.b64decode(json.loads(header)["key"])).verify(
        header, base64.b64decode(signature)
    )


def test_a_head_without_an_end_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    head, end, rest = sealed().partition(b"\n--- ")
    stanza = b"\n".join(head.split(b"\n")[1:3])
    # As many as there may be, beside what age adds of its own.
    honest = b"\n".join([head, *[stanza] * (envelope.MOST_RECIPIENTS - 1)]) + end + rest
    read: list[int] = []

    def decrypt(data: bytes, _keys: object) -> bytes:
        read.append(len(data))
        raise pyrage.DecryptError

    monkeypatch.setattr(pyrage, "decrypt", decrypt)
    for data in (
        honest,
        b"\n".join([head, *[stanza] * 4_000]) + end + rest,
        b"\n".join([head, b"-> x-grease x", *[b"A" * 64] * 4_000, b""]) + end + rest,
        b"age-encryption.org/v1\n-> x " + b"a" * 1_000_000,
    ):
        with pytest.raises(Malformed, match="parcel-closed"):
            envelope.open(data, [IDENTITY])
    assert read == [len(honest)]
