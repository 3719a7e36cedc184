"""Manifests, receipts and target.json: round trips, and refusal of what is not one."""

import contextlib
import hashlib
import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.sync import manifest, receipts, target
from app.sync.desk_key import DeskKey
from app.sync.signed import Malformed, compact, statement

KEY, DISTRICT = DeskKey(bytes(range(32))), DeskKey(bytes(range(1, 33)))
MADE = "2026-11-22T12:00:00.000Z"
HASH, TARGET = "ab" * 32, "cd" * 16

hashes = st.binary(min_size=32, max_size=32).map(bytes.hex)
contents = st.builds(
    manifest.Content,
    counter=st.integers(2, 10**9),
    previous=hashes,
    target=st.just(TARGET),
    restart=st.booleans(),
    objects=st.lists(
        st.builds(manifest.Laid, hashes, st.integers(1, 2**40)),
        unique_by=lambda laid: laid.name,
        max_size=5,
    ).map(tuple),
    journal_count=st.integers(0, 2**50),
    journal_head=hashes,
    made=st.just(MADE),
)
verdicts = st.lists(
    st.builds(receipts.Verdict, hashes, st.sampled_from(receipts.Result), st.just("a-code")),
    max_size=5,
).map(tuple)


def content(counter: int = 1, previous: str = "") -> manifest.Content:
    return manifest.Content(
        counter, previous, TARGET, False, (manifest.Laid(HASH, 4400),), 7, "ef" * 32, MADE
    )


def receipt() -> receipts.Receipt:
    verdict = receipts.Verdict(HASH, receipts.Result.REJECTED, "parcel-hash")
    return receipts.Receipt(KEY.id, 3, HASH, (verdict,), MADE)


def changed(data: bytes, change: dict[str, Any], key: DeskKey) -> bytes:
    line = compact(json.loads(data.split(b"\n")[0]) | change)
    return statement(line, key.sign(line))


@settings(deadline=None, max_examples=50)
@given(contents)
def test_a_manifest_reads_as_it_was_signed(said: manifest.Content) -> None:
    data = manifest.sign(said, KEY)
    found = manifest.read(data)
    assert found.content == said
    assert (found.desk, found.key) == (KEY.id, KEY.public)
    assert found.sha256 == hashlib.sha256(data).hexdigest()


@settings(deadline=None, max_examples=50)
@given(verdicts, st.integers(1, 10**9))
def test_a_receipt_reads_as_it_was_signed(
    objects: tuple[receipts.Verdict, ...], counter: int
) -> None:
    said = receipts.Receipt(KEY.id, counter, HASH, objects, MADE)
    assert receipts.read(receipts.sign(said, DISTRICT), DISTRICT.public) == said


def test_names_sort_as_counters_do() -> None:
    assert manifest.path("d" * 32, 12) == f"manifests/{'d' * 32}/0000000012.json"
    assert receipts.path("d" * 32, 12) == f"receipts/{'d' * 32}/0000000012.json"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"casewell": "receipt"}, "manifest-malformed"),
        ({"version": 2}, "manifest-newer"),
        ({"desk": "0" * 32}, "manifest-desk"),
        ({"counter": 0}, "manifest-malformed"),
        ({"counter": 10**10}, "manifest-malformed"),
        ({"counter": 1.0}, "manifest-malformed"),
        ({"previous": HASH}, "manifest-malformed"),
        ({"previous": None}, "manifest-malformed"),
        ({"target": "../x"}, "manifest-malformed"),
        ({"restart": 0}, "manifest-malformed"),
        ({"objects": [{"name": "../../x", "bytes": 1}]}, "manifest-malformed"),
        ({"objects": [{"name": HASH, "bytes": 1}] * 2}, "manifest-malformed"),
        ({"objects": {}}, "manifest-malformed"),
        ({"journal": []}, "manifest-malformed"),
        ({"journal": {"count": 1, "head": "x" * 129}}, "manifest-malformed"),
        ({"made": "yesterday"}, "manifest-malformed"),
    ],
)
def test_a_manifest_that_is_not_right_is_refused(change: dict[str, Any], code: str) -> None:
    with pytest.raises(Malformed) as caught:
        manifest.read(changed(manifest.sign(content(), KEY), change, KEY))
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"casewell": "manifest"}, "receipt-malformed"),
        ({"version": 3}, "receipt-newer"),
        ({"desk": "x"}, "receipt-malformed"),
        ({"counter": "3"}, "receipt-malformed"),
        ({"manifest": ""}, "receipt-malformed"),
        ({"objects": [{"name": HASH, "result": "eaten", "code": ""}]}, "receipt-malformed"),
        ({"objects": [{"name": HASH, "result": ["loaded"], "code": ""}]}, "receipt-malformed"),
        ({"objects": [HASH]}, "receipt-malformed"),
        ({"made": 1}, "receipt-malformed"),
    ],
)
def test_a_receipt_that_is_not_right_is_refused(change: dict[str, Any], code: str) -> None:
    with pytest.raises(Malformed) as caught:
        receipts.read(
            changed(receipts.sign(receipt(), DISTRICT), change, DISTRICT), DISTRICT.public
        )
    assert caught.value.code == code


def test_a_signature_of_anyone_else_is_refused() -> None:
    with pytest.raises(Malformed, match="manifest-signature"):
        manifest.read(changed(manifest.sign(content(), KEY), {}, DISTRICT))
    with pytest.raises(Malformed, match="receipt-signature"):
        receipts.read(changed(receipts.sign(receipt(), DISTRICT), {}, KEY), DISTRICT.public)
    with pytest.raises(Malformed, match="receipt-stranger"):
        receipts.read(receipts.sign(receipt(), KEY), DISTRICT.public)


def test_a_statement_of_one_kind_is_none_of_another() -> None:
    with pytest.raises(Malformed, match="receipt-malformed"):
        receipts.read(manifest.sign(content(), DISTRICT), DISTRICT.public)


Reading = Callable[[bytes], object]
SAMPLES: list[tuple[bytes, Reading]] = [
    (manifest.sign(content(), KEY), manifest.read),
    (receipts.sign(receipt(), DISTRICT), lambda data: receipts.read(data, DISTRICT.public)),
]


@pytest.mark.parametrize(("data", "reading"), SAMPLES)
def test_a_cut_or_changed_statement_is_refused(data: bytes, reading: Reading) -> None:
    for end in range(len(data)):
        with pytest.raises(Malformed):
            reading(data[:end])
    for place in range(len(data)):
        bent = bytearray(data)
        bent[place] ^= 1 << place % 7
        with pytest.raises(Malformed):
            reading(bytes(bent))


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=60), st.integers(0, 500), st.integers(0, 30), st.sampled_from([0, 1]))
def test_any_bytes_are_read_or_refused(data: bytes, place: int, cut: int, which: int) -> None:
    whole, reading = SAMPLES[which]
    bent = whole[:place] + data + whole[place + cut :]
    for sample in (bent, data):
        with contextlib.suppress(Malformed):
            reading(sample)
            assert sample == whole


def test_a_target_reads_as_it_was_written() -> None:
    fresh = target.new_id()
    assert target.read(target.write(fresh)) == fresh
    assert target.new_id() != fresh
    with pytest.raises(ValueError, match="digits"):
        target.write("here")


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "target-malformed"),
        (b"<html>please sign in</html>", "target-malformed"),
        (b'{"casewell":"target","version":1}', "target-malformed"),
        (b'{"casewell":"target","version":1,"id":"../x"}', "target-malformed"),
        (b'{"casewell":"target","version":2,"id":"' + b"0" * 32 + b'"}', "target-newer"),
        (b'{"casewell":"target","version":1,"id":"' + b"0" * 32 + b'"}' + b" " * 5000,
         "target-malformed"),
    ],
)  # fmt: skip
def test_what_is_no_target_is_refused(data: bytes, code: str) -> None:
    with pytest.raises(Malformed) as caught:
        target.read(data)
    assert caught.value.code == code
