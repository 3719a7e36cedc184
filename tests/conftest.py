"""What every test shares: the checkout on the path, an empty home of its own, a desk to sit at."""

import gc
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.bootstrap import Desk
from app.kernel.clock import FixedClock
from app.vault.sealing import Stretch

sys.path.insert(0, str(Path(__file__).parent))

import vaults


@pytest.fixture(autouse=True)
def empty_home(tmp_path: Path) -> Iterator[Path]:
    """Keep every test out of the real home folder, also once it took its own patches back."""
    home = tmp_path / "home"
    home.mkdir()
    with pytest.MonkeyPatch.context() as patch:
        for name in ("HOME", "USERPROFILE"):
            patch.setenv(name, str(home))
        for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME"):
            patch.delenv(name, raising=False)
        for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES"):
            patch.delenv(name, raising=False)
        patch.setenv("LANG", "C.UTF-8")
        yield home


@pytest.fixture(scope="session", autouse=True)
def stretched_once() -> Iterator[None]:
    """Stretch no passphrase twice."""
    slowly = Stretch.key
    Stretch.key = vaults.key_once  # type: ignore[method-assign]
    yield
    Stretch.key = slowly  # type: ignore[method-assign]


@pytest.fixture
def quick_passphrases() -> Iterator[None]:
    """Stretch passphrases by nothing, where guessing them is not the question."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Stretch, "key", vaults.quick_key)
        yield


@pytest.fixture(scope="session", autouse=True)
def only_new_rubbish() -> Iterator[None]:
    """Let the collector pass over what was imported: it is looked through after every test."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


@pytest.fixture
def clock() -> FixedClock:
    """Return the clock at the desk, which goes only where a test sets it."""
    return vaults.fixed_clock()


@pytest.fixture
def desk(tmp_path: Path, clock: FixedClock) -> Iterator[Desk]:
    """Return a counselor's desk on a vault without students."""
    made = vaults.new_desk(tmp_path, clock=clock)
    yield made
    made.close()
