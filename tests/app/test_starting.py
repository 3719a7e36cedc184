"""What a start of the program costs: nothing is imported before it is used."""

import subprocess
import sys
from pathlib import Path

import pytest

import app

HEAVY = (
    "opendal", "paramiko", "pyrage", "cryptography", "jsonschema", "duckdb", "psycopg", "fhir",
    "reportlab", "openpyxl",
)  # fmt: skip
"""Packages that only some of what the program does stands on."""
ROOT = Path(app.__file__).parents[1]


def imported(*modules: str) -> list[str]:
    """Return what of the heavy packages a fresh program holds that has imported `modules`."""
    code = (
        "import sys, importlib; sys.path.insert(0, sys.argv[1]); "
        "[importlib.import_module(name) for name in sys.argv[2].split()]; "
        "print(*(name for name in sys.argv[3].split() if name in sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(ROOT), " ".join(modules), " ".join(HEAVY)],
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.split()


@pytest.mark.parametrize("module", ["app.bootstrap", "app.cli", "app.sync.engine"])
def test_opening_a_vault_imports_nothing_that_only_sending_or_printing_needs(module: str) -> None:
    assert imported(module) == []


def test_what_is_looked_for_would_be_found() -> None:
    assert imported("app.bootstrap", "jsonschema") == ["jsonschema"]
