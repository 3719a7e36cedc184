"""Every bench in one go; `--small` is what CI runs. Prints ratios, judges none of them.

    python tests/bench/run.py [--small]

A ratio holds within one run on one machine only; the floors beside them are the
project's. A bench that breaks fails the run, a slow machine does not.
"""

import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parents[1]

BENCHES: tuple[tuple[str, list[str], list[str]], ...] = (
    ("startup", ["3"], ["15"]),
    ("note_save", ["150"], ["1000"]),
    ("today", ["120", "2"], ["2000", "10"]),
    ("search", ["5000"], ["200000"]),
    ("group", ["40"], ["200"]),
    ("mentions", ["60"], ["200"]),
    ("dose", ["60"], ["300"]),
    ("activity", ["200"], ["600"]),
    ("open_caseload", ["400", "3"], ["2000", "10"]),
    ("roster_import", ["5000"], ["50000"]),
    ("backup", ["20000"], ["40000"]),
    ("verify", ["80", "1"], ["2000", "10"]),
    ("pdf", [], []),
    ("screening", ["600"], ["5000"]),
    ("medication_month", ["60", "2"], ["200", "5"]),
    ("service_minutes", ["5000", "8"], ["5000", "40"]),
    ("schedule", ["1500"], ["1500"]),
    ("sending", ["200", "1"], ["5000", "1"]),
)


def main() -> int:
    """Run the benches one after another; return how many broke."""
    small = "--small" in sys.argv[1:]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "QT_QPA_PLATFORM": "offscreen"}
    broken = []
    for name, few, many in BENCHES:
        print(f"── {name}", flush=True)
        run = subprocess.run(
            [sys.executable, "-m", f"tests.bench.{name}", *(few if small else many)],
            cwd=ROOT,
            env=environment,
            check=False,
        )
        # 1 is a floor that was missed: printed, and for people to judge.
        if run.returncode not in (0, 1):
            broken.append(name)
    if broken:
        print(f"broken: {', '.join(broken)}")
    return len(broken)


if __name__ == "__main__":
    sys.exit(main())
