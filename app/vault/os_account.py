"""What this computer's account says of itself: is it one person's, and was it logged in anew.

The evidence is the system's own: a guest's or a temporary home, a profile that forgets what
is changed, a name that says that many use it. An account without such signs may be shared
all the same, which is why its user is asked as well.
"""

import contextlib
import ctypes
import os
import re
import sys
from dataclasses import dataclass
from pathlib import Path

SHARED_NAMES = frozenset(
    {
        "alumno", "alumnos", "cart", "checkout", "classroom", "estudiante", "exam", "exams",
        "guest", "guests", "invitado", "kiosk", "lab", "labs", "library", "loaner", "pool", "public",
        "pupil", "pupils", "shared", "student", "students",
    }
)  # fmt: skip
"""Words of an account's name that say that many people use it."""

_FLEETING = ("/tmp/", "/var/tmp/", "/run/", "/dev/shm/", "/var/guest")  # noqa: S108 - looked for, not used
_IN_MEMORY = frozenset({"tmpfs", "ramfs", "overlay"})
_PT_TEMPORARY, _PT_MANDATORY = 1, 4


@dataclass(frozen=True, slots=True)
class Account:
    """What is known of an account: its name, its home, and how the system keeps it."""

    name: str
    home: str
    system: str = sys.platform
    number: int | None = None
    """The user id, on Linux and macOS."""
    profile: int = 0
    """What `GetProfileType` says, on Windows (PT_TEMPORARY 1, PT_MANDATORY 4)."""
    home_kind: str = ""
    """The kind of file system the home is on, on Linux."""

    @classmethod
    def here(cls) -> "Account":
        """Return the account this process runs in."""
        import getpass

        name = ""
        with contextlib.suppress(OSError, KeyError, ImportError):
            name = getpass.getuser()
        home = str(Path.home())
        number = os.getuid() if sys.platform != "win32" else None
        return cls(name, home, sys.platform, number, _profile(), _home_kind(home))

    def shared(self) -> str:
        """Return why the account is no single person's: `name` or `fleeting`; else nothing."""
        words = set(re.findall(r"[^\W\d_]+", self.name.casefold()))
        if words & SHARED_NAMES:
            return "name"
        if self.system == "win32":
            return "fleeting" if self.profile & (_PT_TEMPORARY | _PT_MANDATORY) else ""
        if self.system == "darwin":
            guest = self.number == 201 or self.home == "/Users/Guest"
            return "fleeting" if guest else ""
        if (self.home + "/").startswith(_FLEETING) or self.home_kind in _IN_MEMORY:
            return "fleeting"
        return ""


def started() -> str:
    """Return what tells one run of the operating system from the next; empty if untold.

    On Windows a shutdown with fast start-up is none: the system goes on where it was.
    """
    with contextlib.suppress(OSError, ValueError, AttributeError):
        if sys.platform == "win32":
            import winreg

            place = (
                r"SYSTEM\CurrentControlSet\Control\Session Manager\Memory Management"
                r"\PrefetchParameters"
            )
            with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, place) as key:
                return str(winreg.QueryValueEx(key, "BootId")[0])
        if sys.platform == "darwin":
            size = ctypes.c_size_t(64)
            found = ctypes.create_string_buffer(64)
            failed = ctypes.CDLL(None).sysctlbyname(
                b"kern.bootsessionuuid", found, ctypes.byref(size), None, 0
            )
            return "" if failed else found.value.decode("ascii")
        return Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
    return ""


def _profile() -> int:
    if sys.platform == "win32":
        flags = ctypes.c_uint32(0)
        with contextlib.suppress(OSError, AttributeError):
            ctypes.windll.userenv.GetProfileType(ctypes.byref(flags))
        return flags.value
    return 0


def _home_kind(home: str) -> str:
    """Return the kind of file system at `home` by the longest mount point above it."""
    best, kind = "", ""
    with contextlib.suppress(OSError):
        for line in Path("/proc/mounts").read_text("utf-8", errors="replace").splitlines():
            _what, place, form, *_rest = [*line.split(" "), "", "", ""]
            inside = home == place or home.startswith(place.rstrip("/") + "/")
            if inside and place != "/" and len(place) > len(best):
                best, kind = place, form
    return kind
