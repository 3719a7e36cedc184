"""Which key of a vault this computer saw last, so that an older vault in its place is noticed.

Who was removed may have kept a whole older copy: keybag, file and a passphrase that opens both.
Put back, it is whole in itself. A fingerprint outside the vault tells it from the one that
was here. The file holds ids and fingerprints, and no key.
"""

import contextlib
import json

from app.kernel.errors import Damage
from app.vault.backups import fingerprint
from app.vault.folder import write_atomically
from app.vault.keybag import Keybag, Unlocked
from app.vault.places import data_folder

_LARGEST = 100_000


def refuse_older(unlocked: Unlocked) -> None:
    """Raise Damage if this computer saw the vault under a key that its keybag never had.

    A vault that was restored begins a life of its own: what was seen before does not count.
    """
    seen = _all().get(_life(unlocked.keybag))
    if seen is None:
        return
    ours = [unlocked.keys, *unlocked.keybag.former()]
    ours += [unlocked.upcoming] if unlocked.upcoming else []
    if seen not in {fingerprint(keys) for keys in ours}:
        raise Damage("vault-key-older")


def keep_seen(unlocked: Unlocked) -> None:
    """Write down the vault's key as seen; a disk that cannot be written to is no trouble here.

    A vault that never had another key needs no such note.
    """
    known, life, key = _all(), _life(unlocked.keybag), fingerprint(unlocked.keys)
    if known.get(life) == key or not (unlocked.keybag.former() or life in known):
        return
    known[life] = key
    path = data_folder() / "seen.json"
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_atomically(path, json.dumps(known, sort_keys=True).encode())


def _life(keybag: Keybag) -> str:
    return f"{keybag.vault} {keybag.facts.get('life') or keybag.facts.get('restored') or ''}"


def _all() -> dict[str, str]:
    path = data_folder() / "seen.json"
    with contextlib.suppress(OSError, ValueError, RecursionError):
        if path.stat().st_size <= _LARGEST:
            found = json.loads(path.read_text(encoding="utf-8"))
            if isinstance(found, dict):
                return {name: key for name, key in found.items() if isinstance(key, str)}
    return {}
