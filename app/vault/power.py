"""Whether this computer runs on its battery: long work that can wait then waits."""

import sys
from pathlib import Path

_SUPPLIES = Path("/sys/class/power_supply")


def on_battery(supplies: Path = _SUPPLIES) -> bool:
    """Tell whether the computer runs on its battery; where that cannot be told, it does not."""
    if sys.platform == "win32":
        import ctypes

        class Status(ctypes.Structure):
            """SYSTEM_POWER_STATUS."""

            _fields_ = (
                ("line", ctypes.c_ubyte),
                ("flags", ctypes.c_ubyte),
                ("percent", ctypes.c_ubyte),
                ("saver", ctypes.c_ubyte),
                ("seconds", ctypes.c_ulong),
                ("full_seconds", ctypes.c_ulong),
            )

        status = Status()
        told = ctypes.windll.kernel32.GetSystemPowerStatus(ctypes.byref(status))
        return bool(told) and status.line == 0
    return _mains_away(supplies)


def _mains_away(supplies: Path) -> bool:
    """Tell by the kernel's list of supplies: there is mains, and none of it is connected."""
    try:
        found = [entry for entry in supplies.iterdir() if _line(entry / "type") == "Mains"]
    except OSError:
        return False
    return bool(found) and all(_line(entry / "online") == "0" for entry in found)


def _line(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii", errors="replace").strip()
    except OSError:
        return ""
