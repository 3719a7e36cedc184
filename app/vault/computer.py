"""The port to what an operating system says of a computer: its mounts, disks and accounts.

`Computer` answers in the system's own words and decides nothing; `app.vault.surroundings`
does. A test hands it a root folder that looks like another computer.
"""

import contextlib
import ctypes
import importlib
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Protocol

System = Literal["linux", "macos", "windows"]

_COMMAND_S = 3.0
_LARGEST = 200_000


def this_system() -> System:
    """Return which of the three kinds of system this is; others count as Linux."""
    if sys.platform == "win32":
        return "windows"
    return "macos" if sys.platform == "darwin" else "linux"


class Volumes(Protocol):
    """What only Windows knows, and says without an administrator's rights."""

    def protection(self, place: Path) -> int | None:
        """Return `System.Volume.BitLockerProtection` of the place's volume, if it is told."""
        ...

    def drive_type(self, place: Path) -> int:
        """Return what `GetDriveTypeW` says: 2 removable, 3 fixed, 4 remote; 0 untold."""
        ...

    def access_list(self, place: Path) -> str | None:
        """Return the place's access list in SDDL, if it may be read."""
        ...

    def onedrive_folders(self) -> Sequence[str]:
        """Return the folders that OneDrive's accounts have in the registry."""
        ...


@dataclass(frozen=True, slots=True)
class Computer:
    """One computer: files under `root`, variables, and the commands it can be asked with."""

    system: System
    root: Path
    home: Path
    variables: Mapping[str, str]
    volumes: Volumes | None = None
    answers: Mapping[tuple[str, ...], str] | None = None
    """What commands print, for a computer that is only imagined; None asks this one."""
    flags: Mapping[Path, int] = field(default_factory=dict)
    """The attributes of folders, for a computer that is only imagined."""

    @classmethod
    def here(cls) -> "Computer":
        """Return this computer."""
        system = this_system()
        return cls(
            system,
            Path("/"),
            Path.home(),
            dict(os.environ),
            _WindowsVolumes() if system == "windows" else None,
        )

    def text(self, place: str) -> str | None:
        """Return the beginning of a file of the system, or None if it cannot be read."""
        try:
            with (self.root / place.lstrip("/")).open(encoding="utf-8", errors="replace") as file:
                return file.read(_LARGEST)
        except OSError:
            return None

    def says(self, *command: str) -> str | None:
        """Return what a command prints, or None if it fails or takes too long."""
        if self.answers is not None:
            return self.answers.get(command)
        no_window = 0x08000000 if self.system == "windows" else 0
        try:
            done = subprocess.run(
                command,
                capture_output=True,
                check=False,
                stdin=subprocess.DEVNULL,
                text=True,
                errors="replace",
                timeout=_COMMAND_S,
                creationflags=no_window,
            )
        except (OSError, subprocess.SubprocessError):
            return None
        return done.stdout if done.returncode == 0 else None

    def folder_flags(self, place: Path) -> int | None:
        """Return a folder's `FS_IOC_GETFLAGS` (Linux), or None if its filesystem has none."""
        if self.answers is not None:
            return self.flags.get(place)
        if self.system != "linux":
            return None
        import array
        import fcntl

        get_flags = 0x80086601 if ctypes.sizeof(ctypes.c_long) == 8 else 0x80046601
        found = array.array("L", [0])
        try:
            descriptor = os.open(place, os.O_RDONLY | os.O_NONBLOCK)
        except OSError:
            return None
        try:
            fcntl.ioctl(descriptor, get_flags, found)
        except OSError:
            return None
        finally:
            os.close(descriptor)
        return found[0] & 0xFFFFFFFF


class _WindowsVolumes:
    """Windows, asked through its own libraries. Written after its documentation."""

    def protection(self, place: Path) -> int | None:
        shell, property_system = self._library("shell32"), self._library("propsys")
        ole = self._library("ole32")
        if shell is None or property_system is None or ole is None:
            return None
        with contextlib.suppress(OSError, AttributeError, ValueError):
            ole.CoInitializeEx(None, 0)
            try:
                return _shell_number(
                    shell, property_system, place.anchor, "System.Volume.BitLockerProtection"
                )
            finally:
                ole.CoUninitialize()
        return None

    def drive_type(self, place: Path) -> int:
        kernel = self._library("kernel32")
        if kernel is None:
            return 0
        return int(kernel.GetDriveTypeW(ctypes.c_wchar_p(place.anchor)))

    def access_list(self, place: Path) -> str | None:
        security = self._library("advapi32")
        kernel = self._library("kernel32")
        if security is None or kernel is None:
            return None
        se_file_object, dacl, sddl_revision = 1, 4, 1
        held = ctypes.c_void_p()
        code = security.GetNamedSecurityInfoW(
            ctypes.c_wchar_p(str(place)), se_file_object, dacl,
            None, None, None, None, ctypes.byref(held),
        )  # fmt: skip
        if code or held.value is None:
            return None
        kernel.LocalFree.argtypes = [ctypes.c_void_p]
        text = ctypes.c_wchar_p()
        try:
            done = security.ConvertSecurityDescriptorToStringSecurityDescriptorW(
                held, sddl_revision, dacl, ctypes.byref(text), None
            )
            if not done:
                return None
            try:
                return text.value
            finally:
                kernel.LocalFree(ctypes.cast(text, ctypes.c_void_p))
        finally:
            kernel.LocalFree(held)

    def onedrive_folders(self) -> Sequence[str]:
        try:
            winreg = importlib.import_module("winreg")
        except ImportError:
            return ()
        found = []
        with contextlib.suppress(OSError):
            accounts = r"Software\Microsoft\OneDrive\Accounts"
            with winreg.OpenKey(winreg.HKEY_CURRENT_USER, accounts) as key:
                for number in range(winreg.QueryInfoKey(key)[0]):
                    with (
                        contextlib.suppress(OSError),
                        winreg.OpenKey(key, winreg.EnumKey(key, number)) as account,
                    ):
                        found.append(str(winreg.QueryValueEx(account, "UserFolder")[0]))
        return found

    @staticmethod
    def _library(name: str) -> Any:
        libraries = getattr(ctypes, "WinDLL", None)
        try:
            return libraries(name) if libraries is not None else None
        except OSError:
            return None


class _Guid(ctypes.Structure):
    _fields_ = [
        ("a", ctypes.c_uint32),
        ("b", ctypes.c_uint16),
        ("c", ctypes.c_uint16),
        ("d", ctypes.c_ubyte * 8),
    ]


class _PropertyKey(ctypes.Structure):
    _fields_ = [("format", _Guid), ("id", ctypes.c_uint32)]


def _shell_number(shell: Any, property_system: Any, place: str, name: str) -> int | None:
    """Return a number that Explorer knows of a place, over IShellItem2::GetInt32."""
    key = _PropertyKey()
    if property_system.PSGetPropertyKeyFromName(ctypes.c_wchar_p(name), ctypes.byref(key)):
        return None
    shell_item_2 = _Guid(
        0x7E9FB0D3, 0x919F, 0x4307,
        (ctypes.c_ubyte * 8)(0xAB, 0x2E, 0x9B, 0x18, 0x60, 0x31, 0x0C, 0x93),
    )  # fmt: skip
    item = ctypes.c_void_p()
    if shell.SHCreateItemFromParsingName(
        ctypes.c_wchar_p(place), None, ctypes.byref(shell_item_2), ctypes.byref(item)
    ):
        return None
    table = ctypes.cast(
        ctypes.cast(item, ctypes.POINTER(ctypes.c_void_p))[0] or 0,
        ctypes.POINTER(ctypes.c_void_p),
    )
    release_at, get_int32_at = 2, 15
    get = ctypes.CFUNCTYPE(
        ctypes.c_long, ctypes.c_void_p, ctypes.POINTER(_PropertyKey), ctypes.POINTER(ctypes.c_int)
    )(table[get_int32_at] or 0)
    release = ctypes.CFUNCTYPE(ctypes.c_ulong, ctypes.c_void_p)(table[release_at] or 0)
    found = ctypes.c_int()
    try:
        return None if get(item, ctypes.byref(key), ctypes.byref(found)) else found.value
    finally:
        release(item)
