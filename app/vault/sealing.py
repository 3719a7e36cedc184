"""Sealing: XChaCha20-Poly1305, keys derived with BLAKE2b, passphrases stretched with Argon2id."""

import hashlib
import os
import time
import unicodedata
from dataclasses import dataclass

from app.kernel.ports import Progress, no_progress

KEY_BYTES = 32
NONCE_BYTES = 24

KIB = 1024
MEMORY_FLOOR_KIB = 64 * KIB
TIME_FLOOR = 3
LANES = 4
LOWEST_MEMORY_KIB = 64 * KIB
LOWEST_PASSES = 3
"""The least that any release wrote. The floors above may rise with the years; these two stay, so
that a slot from before still opens, and is stretched anew when it does."""
TARGET_SECONDS = (0.5, 1.0)
"""How long a passphrase takes to try on the machine it was chosen on."""
MEMORY_CEILING_KIB = 1024 * KIB
"""What a keybag may ask for at the most: 1 GiB. A hostile keybag cannot ask for more."""
TIME_CEILING = 64


class SealBroken(Exception):
    """The seal does not open: wrong key, or the bytes are not what was sealed."""


def seal(key: bytes, plain: bytes, bound: bytes) -> bytes:
    """Seal `plain` under a 32-byte `key`; `bound` is not hidden but cannot be changed."""
    from nacl.bindings import crypto_aead_xchacha20poly1305_ietf_encrypt

    nonce = os.urandom(NONCE_BYTES)
    return nonce + crypto_aead_xchacha20poly1305_ietf_encrypt(plain, bound, nonce, key)


def unseal(key: bytes, sealed: bytes, bound: bytes) -> bytes:
    """Open what `seal` closed; raise SealBroken if anything differs."""
    from nacl.bindings import crypto_aead_xchacha20poly1305_ietf_decrypt
    from nacl.exceptions import CryptoError

    if len(sealed) < NONCE_BYTES + 16:
        raise SealBroken
    nonce, body = sealed[:NONCE_BYTES], sealed[NONCE_BYTES:]
    try:
        return crypto_aead_xchacha20poly1305_ietf_decrypt(body, bound, nonce, key)
    except CryptoError:
        raise SealBroken from None


def derived(key: bytes, purpose: bytes) -> bytes:
    """Return a 32-byte key of its own for `purpose` (at most 16 bytes), from `key`."""
    return hashlib.blake2b(key=key, person=purpose, digest_size=KEY_BYTES).digest()


@dataclass(frozen=True, slots=True)
class Stretch:
    """Argon2id parameters (RFC 9106): memory in KiB, passes, lanes, and a 16-byte salt."""

    memory_kib: int
    passes: int
    lanes: int
    salt: bytes

    def within_bounds(self) -> bool:
        """Tell whether the parameters are neither weaker nor greedier than we accept."""
        return (
            LOWEST_MEMORY_KIB <= self.memory_kib <= MEMORY_CEILING_KIB
            and LOWEST_PASSES <= self.passes <= TIME_CEILING
            and 1 <= self.lanes <= 16
            and len(self.salt) == 16
        )

    @property
    def cost(self) -> int:
        """What one stretch costs: KiB of memory times passes."""
        return self.memory_kib * self.passes

    @property
    def below_floor(self) -> bool:
        """Whether a new slot would be stretched more than this in any case."""
        return self.memory_kib < MEMORY_FLOOR_KIB or self.passes < TIME_FLOOR

    def stronger_than(self, other: "Stretch") -> bool:
        """Tell whether this costs more to try, and not less memory, than `other`."""
        return self.memory_kib >= other.memory_kib and self.cost > other.cost

    def key(self, passphrase: str) -> bytes:
        """Return the 32-byte key of `passphrase`; typed the same way, it is the same key.

        The text is normalised (NFKC) first, so that another keyboard's way of
        composing an accented letter opens the same vault.
        """
        from argon2.low_level import Type, hash_secret_raw

        return hash_secret_raw(
            unicodedata.normalize("NFKC", passphrase).encode(),
            self.salt,
            time_cost=self.passes,
            memory_cost=self.memory_kib,
            parallelism=self.lanes,
            hash_len=KEY_BYTES,
            type=Type.ID,
        )


def tuned(
    target_seconds: float = 0.7,
    memory_limit_kib: int | None = None,
    progress: Progress = no_progress,
) -> Stretch:
    """Return parameters that take 0.5 to 1 s on this machine, never below 64 MiB and 3 passes.

    Memory grows first (it is what an attacker's hardware pays for), up to a quarter
    of this machine's memory and 1 GiB; then the number of passes. `progress` is called
    before each try, and may stop it.
    """
    limit = min(MEMORY_CEILING_KIB, memory_limit_kib or _quarter_of_memory_kib())
    memory, passes = MEMORY_FLOOR_KIB, TIME_FLOOR
    salt = os.urandom(16)
    taken = _seconds(Stretch(memory, passes, LANES, salt))
    while memory * 2 <= limit and taken * 2 <= target_seconds * 1.2:
        progress(0, 0)
        memory *= 2
        taken = _seconds(Stretch(memory, passes, LANES, salt))
    while passes < TIME_CEILING and taken * (passes + 1) / passes <= target_seconds:
        taken = taken * (passes + 1) / passes
        passes += 1
    return Stretch(memory, passes, LANES, salt)


def restretched(old: Stretch, seconds: float, progress: Progress = no_progress) -> Stretch | None:
    """Return parameters for this machine in place of `old`, or None where `old` should stay.

    `seconds` is what `old` just took here. It is replaced when this machine is much faster than
    it was made for (less than half of the lower target), or when the floors have risen; never
    by anything weaker, which is all that a slower machine could offer.
    """
    if not old.below_floor and seconds >= TARGET_SECONDS[0] / 2:
        return None
    fresh = tuned(progress=progress)
    return fresh if fresh.stronger_than(old) else None


def floor() -> Stretch:
    """Return the weakest parameters we accept (64 MiB, 3 passes), with a fresh salt."""
    return Stretch(MEMORY_FLOOR_KIB, TIME_FLOOR, LANES, os.urandom(16))


def _seconds(stretch: Stretch) -> float:
    start = time.perf_counter()
    stretch.key("a passphrase of usual length")
    return time.perf_counter() - start


def _quarter_of_memory_kib() -> int:
    try:
        pages, size = os.sysconf("SC_PHYS_PAGES"), os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):
        return 512 * KIB
    return max(MEMORY_FLOOR_KIB, pages * size // 4 // KIB)
