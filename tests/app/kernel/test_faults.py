"""A fault that no one caught says where it was, wherever it happened, and quotes nobody."""

import subprocess
import sys
from pathlib import Path

import pytest

THREAD = "threading.Thread(target=int, args=('Mateo Ocampo',)).start()"
LETTING_GO = "weakref.finalize(One(), int, 'Mateo Ocampo')"


@pytest.mark.parametrize("fault", [THREAD, LETTING_GO])
@pytest.mark.parametrize("ours", [True, False])
def test_a_fault_beside_the_main_thread_is_told_without_its_text(fault: str, ours: bool) -> None:
    """Without ours as the control: Python itself writes the text down."""
    script = f"""
import threading, weakref
from app.cli import quiet_faults
class One: pass
if {ours}:
    quiet_faults()
{fault}
"""
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=Path(__file__).parents[3], capture_output=True,
        text=True, check=True,
    )  # fmt: skip
    assert "ValueError" in done.stderr
    assert ("Mateo" in done.stderr) is not ours


def test_nor_is_the_text_of_what_a_library_in_rust_stumbled_over() -> None:
    """Such a panic is no Exception, and quotes the text that it was at."""
    script = """
from app.cli import quiet_faults
class PanicException(BaseException): pass
quiet_faults()
raise PanicException("byte index 1 is not a char boundary; it is inside 'Mateo'")
"""
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=Path(__file__).parents[3], capture_output=True,
        text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert done.stderr.startswith("PanicException\n")
    assert "Mateo" not in done.stderr
