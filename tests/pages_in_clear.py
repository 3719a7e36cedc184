"""The encrypted file's pages in the clear, free ones included, as no SQL shows them.

SQLCipher 4 keeps each 4096-byte page as AES-256-CBC with the page's IV and its HMAC in
the last 80 bytes; the first page begins with the salt instead of SQLite's own header.
The cipher is FIPS 197, written out here so that a test needs nothing but the key.
"""

from app.bootstrap import Desk

PAGE, RESERVED, SALT = 4096, 80, 16


def _times(a: int, b: int) -> int:
    product = 0
    while b:
        product ^= a if b & 1 else 0
        a = (a << 1) ^ (0x11B if a & 0x80 else 0)
        b >>= 1
    return product


def _box() -> list[int]:
    box = [0x63] * 256
    p = q = 1
    while True:
        p = p ^ (p << 1) & 0xFF ^ (0x1B if p & 0x80 else 0)
        q ^= q << 1
        q ^= q << 2
        q ^= q << 4
        q &= 0xFF
        q ^= 0x09 if q & 0x80 else 0
        turned = q
        for step in (1, 2, 3, 4):
            turned ^= (q << step | q >> (8 - step)) & 0xFF
        box[p] = turned ^ 0x63
        if p == 1:
            return box


_BOX = _box()
_UNBOX = [_BOX.index(value) for value in range(256)]
_UNMIX = [
    [int.from_bytes(bytes(_times(v, c) for c in column)) for v in range(256)]
    for column in ((14, 9, 13, 11), (11, 14, 9, 13), (13, 11, 14, 9), (9, 13, 11, 14))
]


def _unmixed(word: int) -> int:
    return (
        _UNMIX[0][word >> 24]
        ^ _UNMIX[1][word >> 16 & 255]
        ^ _UNMIX[2][word >> 8 & 255]
        ^ _UNMIX[3][word & 255]
    )


def _boxed(word: int) -> int:
    return int.from_bytes(bytes(_BOX[part] for part in word.to_bytes(4)))


def _rounds(key: bytes) -> list[list[int]]:
    """Return the round keys of the equivalent inverse cipher, last first."""
    words = [int.from_bytes(key[i : i + 4]) for i in range(0, 32, 4)]
    turn = 1
    for i in range(8, 60):
        word = words[i - 1]
        if i % 8 == 0:
            word = _boxed((word << 8 | word >> 24) & 0xFFFFFFFF) ^ turn << 24
            turn = _times(turn, 2)
        elif i % 8 == 4:
            word = _boxed(word)
        words.append(words[i - 8] ^ word)
    rounds = [words[i : i + 4] for i in range(0, 60, 4)][::-1]
    return [
        keys if number in {0, 14} else [_unmixed(word) for word in keys]
        for number, keys in enumerate(rounds)
    ]


def _block(rounds: list[list[int]], block: bytes) -> int:
    state = [int.from_bytes(block[i : i + 4]) ^ rounds[0][i // 4] for i in range(0, 16, 4)]
    a, b, c, d = _UNMIX
    u = _UNBOX
    for keys in rounds[1:14]:
        state = [
            a[u[state[i] >> 24]]
            ^ b[u[state[i - 1] >> 16 & 255]]
            ^ c[u[state[i - 2] >> 8 & 255]]
            ^ d[u[state[i - 3] & 255]]
            ^ keys[i]
            for i in range(4)
        ]
    plain = 0
    for i in range(4):
        word = (
            u[state[i] >> 24] << 24
            | u[state[i - 1] >> 16 & 255] << 16
            | u[state[i - 2] >> 8 & 255] << 8
            | u[state[i - 3] & 255]
        ) ^ rounds[14][i]
        plain = plain << 32 | word
    return plain


def decrypted(key: bytes, chain: bytes, data: bytes) -> bytes:
    """Return AES-256-CBC `data` in the clear."""
    rounds = _rounds(key)
    plain = bytearray()
    for i in range(0, len(data), 16):
        block = data[i : i + 16]
        plain += (_block(rounds, block) ^ int.from_bytes(chain)).to_bytes(16)
        chain = block
    return bytes(plain)


def pages_in_clear(desk: Desk) -> bytes:
    """Return every page of the desk's file in the clear, its write-ahead log folded in first."""
    desk.records.forget_purged()
    key = desk.records._keys.key
    data = desk.folder.records.read_bytes()
    pages = []
    for start in range(0, len(data), PAGE):
        page = data[start : start + PAGE]
        body, tail = page[: PAGE - RESERVED], page[PAGE - RESERVED :]
        pages.append(decrypted(key, tail[:16], body[SALT:] if start == 0 else body))
    return b"".join(pages)
