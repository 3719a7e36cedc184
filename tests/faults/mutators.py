"""Ways to make a file lie: bit by bit, piece by piece, and by what it is made of."""

import copy
import csv
import io
import json
import stat
import warnings
import zipfile
from collections.abc import Callable, Sequence
from random import Random
from typing import Any

Mutator = Callable[[bytes, Random], bytes]

TOKENS = (
    b"\0", b"\xff", b"\xff\xfe", b"\xef\xbb\xbf", b'"', b"'", b",", b";", b"\t", b"\n", b"\r", b"\r\n",
    b"{", b"[", b"}", b"]", b":", b"null", b"true", b"-1", b"0", b"1e999", b"NaN", b"Infinity",
    b"99999999999999999999999", b"\\u0000", b"\\ud800", b"=1+1", b"@SUM(A1)", b"../../x", b"PK\x03\x04",
    b"<!DOCTYPE x>", b"\xc3\x28", b"\xe2\x80\xae", b"%s", b"A" * 5000,
)  # fmt: skip
VALUES: tuple[Any, ...] = (
    None, True, False, 0, -1, 1, 2, 3, 2**31, 2**63, -(2**63) - 1, 10**400, 1.5, -0.0, 1e308, float("inf"),
    float("-inf"), float("nan"), "", " ", "\0", "\ud800", "x" * 5000, "é" * 300, "=1+1", "/" * 5000, "a" * 300,
    "../..", "/dev/zero", "2026-02-30T25:61:61.000Z", "9999-12-31T23:59:59.999Z", "Nowhere/Nowhere", "AAAA",
    "AA==", "argon2id", "passphrase", "recovery", "keyring", [], {}, [[]], [None], [0] * 500, {"a": {}},
    ["x"] * 50, [["x"]], {"": None},
)  # fmt: skip
CELLS = (
    "", " ", '"', '""', "a\nb", "a\r\nb", ",", ";", "\t", "=1+1", "+1", "-1", "@x", "\0", "\x1b[31m", "\u202e",
    "\u200f", "\ufeff", "x" * 4001, "é" * 2000, "2026-02-30", "31/12/2015", "12/31/15", "45000", "1e5", "NaN",
    "K", "13", "-3", "true", "tobedeleted", "active", "student", "a,b,c", "a;b", "O'Neil", "名前", "🙂" * 50,
    "a@b@c", "a" * 300 + "@x.example", "555-0100", "9" * 60, "../x", "<b>", "NULL", "#N/A",
)  # fmt: skip


def bits(data: bytes, dice: Random) -> bytes:
    """Flip some bits."""
    changed = bytearray(data or b"\0")
    for _ in range(dice.choice((1, 1, 1, 2, 4, 16))):
        changed[dice.randrange(len(changed))] ^= 1 << dice.randrange(8)
    return bytes(changed)


def pieces(data: bytes, dice: Random) -> bytes:
    """Cut, double, move or put in a piece."""
    at = dice.randrange(len(data) + 1)
    size = dice.choice((1, 2, 8, 64, 512))
    piece = data[at : at + size]
    other = dice.randrange(len(data) + 1)
    return dice.choice(
        (
            data[:at],
            data[at:],
            data[:at] + data[at + size :],
            data[:at] + piece * dice.choice((2, 2, 3, 50)) + data[at + size :],
            data[:at] + dice.choice(TOKENS) + data[at:],
            data[:at] + dice.choice(TOKENS) + data[at + size :],
            data[:at] + dice.randbytes(dice.choice((1, 4, 32))) + data[at:],
            data[:other] + piece + data[other:],
        )
    )


def spliced(corpus: Sequence[bytes]) -> Mutator:
    """Return a mutator that joins the start of one input with the end of another."""

    def splice(data: bytes, dice: Random) -> bytes:
        other = dice.choice(corpus)
        return data[: dice.randrange(len(data) + 1)] + other[dice.randrange(len(other) + 1) :]

    return splice


def json_changed(finish: Callable[[Any, Random], bytes]) -> Mutator:
    """Return a mutator of a JSON document's values, names and shape; `finish` writes it."""

    def change(data: bytes, dice: Random) -> bytes:
        try:
            document = json.loads(data)
        except (ValueError, RecursionError):
            return pieces(data, dice)
        for _ in range(dice.choice((1, 1, 2, 5))):
            _change_one(document, dice)
        if dice.random() < 0.02:
            document = copy.deepcopy(dice.choice(VALUES))
        return finish(document, dice)

    return change


def _change_one(document: Any, dice: Random) -> None:
    node = document
    while True:
        keys: list[Any] = (
            list(node) if isinstance(node, dict) else list(range(len(node)))
            if isinstance(node, list) else []
        )  # fmt: skip
        if not keys:
            return
        key = dice.choice(keys)
        if isinstance(node[key], dict | list) and node[key] and dice.random() < 0.8:
            node = node[key]
            continue
        break
    chance = dice.random()
    if chance < 0.6:
        node[key] = copy.deepcopy(dice.choice(VALUES))
    elif chance < 0.7:
        del node[key]
    elif chance < 0.8 and isinstance(node, list):
        node.extend(copy.deepcopy(node[:2]) * dice.choice((1, 1, 3, 40)))
    elif chance < 0.85 and isinstance(node, dict):
        node[dice.choice(("x", "", "format", "version", "\ud800"))] = copy.deepcopy(
            dice.choice(VALUES)
        )
    elif isinstance(node[key], str) and node[key]:
        text = list(node[key])
        text[dice.randrange(len(text))] = dice.choice("aZ09=/+-. \0é")
        node[key] = "".join(text)
    elif isinstance(node[key], int):
        node[key] += dice.choice((-1, 1, 1000, 2**40))
    else:
        nested: Any = copy.deepcopy(dice.choice(VALUES))
        for _ in range(dice.choice((3, 3, 3, 30, 30, 3000))):
            nested = [nested]
        node[key] = nested


def as_json(document: Any, dice: Random) -> bytes:
    """Write a document; one that is too deep to write is made of brackets."""
    try:
        return json.dumps(document, indent=1 if dice.random() < 0.03 else None).encode(
            "utf-8", "surrogatepass"
        )
    except RecursionError:
        return b"[" * 20_000


def table(data: bytes, dice: Random) -> bytes:
    """Change cells, columns, rows, the header or the way of writing of a CSV file."""
    text = data.decode("utf-8", "replace")
    try:
        rows = list(csv.reader(io.StringIO(text)))
    except csv.Error:
        return pieces(data, dice)
    rows = [row for row in rows if row] or [[""]]
    for _ in range(dice.choice((1, 1, 2, 6))):
        row = dice.choice(rows)
        place = dice.randrange(len(row)) if row else 0
        chance = dice.random()
        if chance < 0.5 and row:
            row[place] = dice.choice(CELLS)
        elif chance < 0.6 and row:
            del row[place]
        elif chance < 0.65:
            row.extend([dice.choice(CELLS)] * dice.choice((1, 5, 500)))
        elif chance < 0.75:
            rows.insert(dice.randrange(len(rows)), list(row))
        elif chance < 0.8 and len(rows) > 1:
            rows.remove(row)
        elif chance < 0.9 and rows[0]:
            rows[0][dice.randrange(len(rows[0]))] = dice.choice((*CELLS, dice.choice(rows[0])))
        elif rows[0]:
            dice.shuffle(rows[0])
    out = io.StringIO()
    writer = csv.writer(
        out,
        delimiter=dice.choice(",,,,;\t|"),
        quoting=dice.choice((csv.QUOTE_MINIMAL, csv.QUOTE_ALL)),
        lineterminator=dice.choice(("\r\n", "\n", "\r")),
    )
    writer.writerows(rows)
    written = out.getvalue()
    encoding = dice.choice(("utf-8",) * 6 + ("utf-8-sig", "utf-16", "cp1252", "utf-16-be"))
    return written.encode(encoding, "replace")


def zipped(member: Mutator) -> Mutator:
    """Return a mutator of a zip: its members by `member`, their names, flags and number."""

    def change(data: bytes, dice: Random) -> bytes:
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                members = [(info.filename, archive.read(info)) for info in archive.infolist()]
        except Exception:  # noqa: BLE001 - a zip that was already broken is broken further
            return pieces(data, dice)
        if not members:
            return data
        for _ in range(dice.choice((1, 1, 2))):
            place = dice.randrange(len(members))
            name, content = members[place]
            chance = dice.random()
            if chance < 0.75:
                members[place] = (name, member(content, dice))
            elif chance < 0.85:
                names = (
                    f"../{name}", f"/{name}", f"x/{name}", name.upper(), "", "a" * 300,
                    "..\\" + name, "C:\\" + name, f"{name}/", f"{name}\0.csv",
                )  # fmt: skip
                members[place] = (dice.choice(names), content)
            elif chance < 0.9:
                members.append((name, content))
            elif chance < 0.95 and len(members) > 1:
                del members[place]
            else:
                members.append((dice.choice(("big.csv", name)), b"0," * 2_000_000))
        out = io.BytesIO()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with zipfile.ZipFile(out, "w", dice.choice((zipfile.ZIP_DEFLATED, 0))) as archive:
                for name, content in members:
                    info = zipfile.ZipInfo(name or "x")
                    info.compress_type = archive.compression
                    if dice.random() < 0.03:
                        info.external_attr = (stat.S_IFLNK | 0o777) << 16
                    archive.writestr(info, content)
        made = out.getvalue()
        return bits(made, dice) if dice.random() < 0.15 else made

    return change
