"""The process is closed to others: on this system for real, on the others call by call."""

import ctypes
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from app.vault.own_process import private_process

ROOT = Path(__file__).parents[3]

SCRIPT = """
import ctypes, os, resource, sys
from app.vault.own_process import private_process
if sys.argv[1] == "private":
    private_process()
print(ctypes.CDLL(None).prctl(3, 0, 0, 0, 0), resource.getrlimit(resource.RLIMIT_CORE)[0])
sys.stdout.flush()
if sys.argv[2:]:
    os.kill(os.getpid(), 11)
"""


def run(*arguments: str, cwd: Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-c", SCRIPT, *arguments],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        cwd=cwd, capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.mark.skipif(sys.platform != "linux", reason="prctl is Linux’s")
def test_on_linux_it_leaves_no_core_and_may_not_be_read(tmp_path: Path) -> None:
    dumpable, limit = run("private", cwd=tmp_path).stdout.split()
    assert (dumpable, limit) == ("0", "0")
    assert run("open", cwd=tmp_path).stdout.split()[0] == "1", "the control"


@pytest.mark.skipif(sys.platform != "linux", reason="signals are Unix’s")
def test_a_crash_leaves_no_file_and_says_nothing(tmp_path: Path) -> None:
    done = run("private", "crash", cwd=tmp_path)
    assert done.returncode == -11
    assert done.stderr == ""
    assert list(tmp_path.iterdir()) == [tmp_path / "home"] or not list(tmp_path.iterdir())


class Library:
    """Keeps what it is called with; an absent function is an AttributeError."""

    def __init__(self, calls: list[tuple[Any, ...]], names: set[str]) -> None:
        self.calls = calls
        self.names = names

    def __getattr__(self, name: str) -> Any:
        if name not in self.names:
            raise AttributeError(name)

        def called(*values: Any) -> int:
            shown = [v.value if isinstance(v, ctypes.c_void_p) else v for v in values]
            self.calls.append((name, *shown))
            return 1

        return called


class FakeCalls:
    def __init__(self, **libraries: set[str]) -> None:
        self.calls: list[tuple[Any, ...]] = []
        self.libraries = libraries

    def no_core(self) -> None:
        self.calls.append(("no_core",))

    def library(self, name: str) -> Any:
        names = self.libraries.get(name or "c")
        return None if names is None else Library(self.calls, names)


def test_macos_denies_debuggers() -> None:
    calls = FakeCalls(c={"ptrace"})
    private_process("macos", calls)
    assert calls.calls == [("no_core",), ("ptrace", 31, 0, None, 0)]


WINDOWS = {
    "kernel32": {"SetErrorMode", "WerSetFlags", "LocalFree"},
    "advapi32": {
        "ConvertStringSecurityDescriptorToSecurityDescriptorW", "SetKernelObjectSecurity",
    },
    "wer": {"WerAddExcludedApplication"},
}  # fmt: skip


def test_windows_lets_its_owner_end_the_process_and_nobody_read_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    calls = FakeCalls(**WINDOWS)
    private_process("windows", calls)
    named = {call[0]: call[1:] for call in calls.calls}
    assert named["SetErrorMode"] == (0x8003,)
    assert named["WerSetFlags"] == (1,)
    converted = named["ConvertStringSecurityDescriptorToSecurityDescriptorW"]
    assert converted[0] == "D:P(A;;0x121001;;;OW)"
    assert named["SetKernelObjectSecurity"][1] == 4
    assert "WerAddExcludedApplication" not in named, "not for a Python that others run too"
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    frozen = FakeCalls(**WINDOWS)
    private_process("windows", frozen)
    assert ("WerAddExcludedApplication", Path(sys.executable).name, 0) in frozen.calls


@pytest.mark.parametrize("system", ["linux", "macos", "windows"])
def test_what_a_system_does_not_have_is_left(system: Any) -> None:
    private_process(system, FakeCalls())
    private_process(system, FakeCalls(c=set(), kernel32=set(), advapi32=set()))
