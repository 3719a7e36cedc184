"""What the tests of the commands share: a file with the passphrase."""

from pathlib import Path

import pytest

from vaults import PASSPHRASE


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    """Return a file that holds the passphrase of a test's vault."""
    file = tmp_path / "secret"
    file.write_text(PASSPHRASE)
    return file
