"""What a drill did and what was lost, kept for the table in docs/reliability.md.

    record("R2", "power cuts while notes are signed", tried=5000, lost=0, of="states",
           control="synchronous=NORMAL: 812 of 4,000 states lost a signed note")

Call it before asserting that nothing was lost, so that a drill that failed is told of too.
Nothing is written unless CASEWELL_DRILL_RESULTS names a folder; `tests/drills.sh` does, and
says with CASEWELL_DRILL_FORM which form ran. `tests/reliability.py` makes the table.
"""

import json
import os
import platform
from datetime import UTC, datetime
from pathlib import Path

RESULTS = "CASEWELL_DRILL_RESULTS"
FORM = "CASEWELL_DRILL_FORM"


def long_form() -> bool:
    """Tell whether the drills run at their release numbers."""
    return os.environ.get(FORM) == "release"


def record(
    test: str,
    what: str,
    *,
    tried: int,
    lost: int,
    of: str = "",
    control: str = "",
    note: str = "",
    release: int | None = None,
) -> None:
    """Keep one run of drill `test` (`R1` … `R16`).

    `what` was done (one line, the same in every form), `tried` times (`of` what:
    "kills", "states"), of which `lost` broke a promise. `control` says what was broken on
    purpose and what the drill then saw. `note` says how this run differs from what is
    asked. `release` is the number asked of a release; the form is told by it: a run
    that reaches it counts as the release's.
    """
    folder = os.environ.get(RESULTS)
    if not folder:
        return
    from sqlcipher3 import dbapi2

    connection = dbapi2.connect(":memory:")
    cipher = connection.execute("PRAGMA cipher_version").fetchone()
    connection.close()
    full = long_form() and (release is None or tried >= release)
    line = {
        "test": test,
        "what": what,
        "tried": tried,
        "of": of,
        "lost": lost,
        "control": control,
        "note": note,
        "asked": release,
        "form": "release" if full else "CI" if not long_form() else "part of release",
        "on": datetime.now(UTC).date().isoformat(),
        "python": platform.python_version(),
        "sqlite": dbapi2.sqlite_version,
        "sqlcipher": str(cipher[0]).split()[0] if cipher else "?",
        "system": platform.system(),
    }
    place = Path(folder)
    place.mkdir(parents=True, exist_ok=True)
    # A file for each process: drills run side by side.
    with (place / f"drills-{os.getpid()}.jsonl").open("a", encoding="utf-8") as file:
        file.write(json.dumps(line, ensure_ascii=False) + "\n")
