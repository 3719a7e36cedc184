"""What came of restoring each backup for a test: a small sealed file beside the backups.

    format      "casewell-proofs"
    version     1; a higher one is begun anew
    sealed      which backup was tried when and what came of it, sealed under the vault's key

Losing it loses nothing: the backups are tried again.
"""

import base64
import contextlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from app.kernel.keys import VaultKeys
from app.vault.folder import read_small, write_atomically
from app.vault.sealing import SealBroken, derived, seal, unseal

FORMAT = "casewell-proofs"
VERSION = 1
NAME = "proofs.json"
LARGEST = 1_000_000
_SEAL = b"casewell.proofs1"


def read_proofs(place: Path, vault: str, known: Iterable[VaultKeys]) -> dict[str, Any]:
    """Return the facts kept at `place`; empty where there are none that these keys open."""
    path = place / NAME
    with contextlib.suppress(OSError, ValueError, KeyError, TypeError, RecursionError):
        data = read_small(path, LARGEST)
        if data is None:
            return {}
        document = json.loads(data)
        if document["format"] != FORMAT or document["version"] != VERSION:
            return {}
        sealed = base64.b64decode(str(document["sealed"]), validate=True)
        for keys in known:
            with contextlib.suppress(SealBroken):
                found = json.loads(unseal(derived(keys.key, _SEAL), sealed, vault.encode()))
                return found if isinstance(found, dict) else {}
    return {}


def write_proofs(place: Path, vault: str, keys: VaultKeys, facts: Mapping[str, Any]) -> None:
    """Keep `facts` at `place`; raises OSError when it cannot be written to."""
    plain = json.dumps(facts, sort_keys=True, separators=(",", ":")).encode()
    sealed = seal(derived(keys.key, _SEAL), plain, vault.encode())
    document = {
        "format": FORMAT,
        "version": VERSION,
        "sealed": base64.b64encode(sealed).decode(),
    }
    write_atomically(place / NAME, json.dumps(document, indent=1, sort_keys=True).encode())
