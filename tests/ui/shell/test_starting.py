"""What the window costs before a vault is open: nothing that only sending or printing needs."""

import subprocess
import sys
from pathlib import Path

import pytest

import ui

HEAVY = "opendal paramiko pyrage cryptography jsonschema duckdb psycopg fhir reportlab openpyxl"
"""Packages that only some of what the program does stands on."""
ROOT = Path(ui.__file__).parents[1]


@pytest.mark.parametrize("module", ["ui.shell.launch", "ui.shell.desk", "ui.shell.window"])
def test_the_lock_screen_and_the_window_import_nothing_heavy(module: str) -> None:
    code = (
        "import sys, importlib; sys.path.insert(0, sys.argv[1]); "
        "importlib.import_module(sys.argv[2]); "
        "print(*(name for name in sys.argv[3].split() if name in sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(ROOT), module, HEAVY],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == []
