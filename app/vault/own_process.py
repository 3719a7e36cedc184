"""Closing this process to others: no dump of its memory, no debugger of the same account.

Each system has its own way, each behind the port `Calls`. The ways of Windows and macOS are
written after their documentation and after KeePassXC's.
"""

import contextlib
import ctypes
import ctypes.util
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

from app.vault.computer import System, this_system

_PR_SET_DUMPABLE = 4
_PT_DENY_ATTACH = 31
_NO_FAULT_BOXES = 0x0001 | 0x0002 | 0x8000
"""SEM_FAILCRITICALERRORS, SEM_NOGPFAULTERRORBOX, SEM_NOOPENFILEERRORBOX."""
_NO_HEAP = 0x0001
"""WER_FAULT_REPORTING_FLAG_NOHEAP: a report of a fault holds none of the heap."""
_OWNER_MAY = 0x0010_0000 | 0x0002_0000 | 0x1000 | 0x0001
"""SYNCHRONIZE, READ_CONTROL, PROCESS_QUERY_LIMITED_INFORMATION, PROCESS_TERMINATE."""
_ACCESS = f"D:P(A;;{_OWNER_MAY:#x};;;OW)"
"""An access list (SDDL) that lets the process's owner end it and no one read it."""
_DACL = 4


class Calls(Protocol):
    """The port to the system's own libraries."""

    def no_core(self) -> None:
        """Allow no core file."""
        ...

    def library(self, name: str) -> Any:
        """Return a library of the system, or None; an empty name is the C library."""
        ...


class _SystemCalls:
    def no_core(self) -> None:
        with contextlib.suppress(ImportError, OSError, ValueError):
            import resource

            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))

    def library(self, name: str) -> Any:
        try:
            if name:
                libraries = getattr(ctypes, "WinDLL", None)
                return libraries(name) if libraries is not None else None
            return ctypes.CDLL(None)
        except (OSError, TypeError):
            return None


def private_process(system: System | None = None, calls: Calls | None = None) -> None:
    """Keep this process's memory from dumps and, where the system can, from debuggers.

    What a system refuses is left: none of this is a promise (docs/user/administrator.md).
    """
    ours = calls if calls is not None else _SystemCalls()
    _WAYS[system or this_system()](ours)


def _on_linux(calls: Calls) -> None:
    calls.no_core()
    library = calls.library("") if Path("/proc/self").exists() else None
    if library is not None:
        with contextlib.suppress(OSError, AttributeError):
            library.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)


def _on_macos(calls: Calls) -> None:
    calls.no_core()
    library = calls.library("")
    if library is not None:
        with contextlib.suppress(OSError, AttributeError):
            library.ptrace(_PT_DENY_ATTACH, 0, None, 0)


def _on_windows(calls: Calls) -> None:
    kernel, security = calls.library("kernel32"), calls.library("advapi32")
    if kernel is not None:
        with contextlib.suppress(OSError, AttributeError):
            kernel.SetErrorMode(_NO_FAULT_BOXES)
        with contextlib.suppress(OSError, AttributeError):
            kernel.WerSetFlags(_NO_HEAP)
    if getattr(sys, "frozen", False):
        # Kept in the account's registry by name: never for a Python that others run too.
        reports = calls.library("wer")
        if reports is not None:
            with contextlib.suppress(OSError, AttributeError):
                reports.WerAddExcludedApplication(Path(sys.executable).name, 0)
    if kernel is None or security is None:
        return
    with contextlib.suppress(OSError, AttributeError):
        described = ctypes.c_void_p()
        made = security.ConvertStringSecurityDescriptorToSecurityDescriptorW(
            _ACCESS, 1, ctypes.byref(described), None
        )
        if made:
            this_process = ctypes.c_void_p(-1)
            security.SetKernelObjectSecurity(this_process, _DACL, described)
            kernel.LocalFree(described)


_WAYS: dict[System, Callable[[Calls], None]] = {
    "linux": _on_linux,
    "macos": _on_macos,
    "windows": _on_windows,
}
