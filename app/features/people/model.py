"""People of the vault: who may sit down, as what, and what they may set."""

from dataclasses import dataclass

from app.kernel.errors import Refused
from app.kernel.ids import PersonId
from app.kernel.noticing import accepted_rules
from app.kernel.nouns import Role

LOCK_MINUTES = (1, 15, 5)
"""Shortest, longest and usual idle time before the desk locks; it cannot be never."""

SETTINGS: dict[str, str] = {
    "lock_minutes": "5",
    "language": "",
    "paper": "letter",
    "late_after_hours": "24",
    "note_template": "",
    "minutes": "30",
    "medication_window": "30",
    "medication_rights": "6",
    "week_starts": "monday",
    "year_starts": "07-01",
    "make_up_counts": "session",
    "referral_days": "14",
    "time_set": "",
    "time_nudge": "off",
    "time_day": "420",
    "noticing_rules": "",
    "noticing_line": "on",
}
"""Every setting with its usual value."""

OFFERED: dict[str, tuple[str, ...]] = {
    "medication_window": ("30", "60"),
    "medication_rights": ("5", "6", "8"),
    "week_starts": ("monday", "sunday"),
    "year_starts": ("07-01", "08-01", "09-01"),
    "make_up_counts": ("session", "missed"),
    "referral_days": ("5", "10", "14", "21", "30"),
    "time_nudge": ("off", "on"),
    "noticing_line": ("on", "off"),
}
"""Settings with a handful of values: minutes to either side of a dose's time, rights checked, how
service minutes are reckoned, and after how many days a referral has waited long."""


@dataclass(frozen=True, slots=True)
class Person:
    """Someone who works at this vault."""

    id: PersonId
    name: str
    role: Role
    credentials: str = ""
    active: bool = True


def require_lock_within(value: str, most: int | None) -> None:
    """Refuse more minutes than the district lets the desk stand unlocked."""
    if most is not None and int(value) > most:
        raise Refused("lock-minutes", "lock_minutes", shortest=LOCK_MINUTES[0], longest=most)


def accepted_setting(name: str, value: str) -> str:
    """Return a setting's value as it is kept; refuse what it cannot be."""
    if name not in SETTINGS:
        raise ValueError(name)
    if name == "lock_minutes":
        shortest, longest, _usual = LOCK_MINUTES
        if not value.isdecimal() or not shortest <= int(value) <= longest:
            raise Refused("lock-minutes", "lock_minutes", shortest=shortest, longest=longest)
    if name == "paper" and value not in ("letter", "a4"):
        raise Refused("paper-size", "paper")
    if name in ("late_after_hours", "minutes", "time_day") and not (
        value.isdecimal() and 1 <= int(value) <= 720
    ):
        raise Refused("number-between", name, least=1, most=720)
    if name in OFFERED and value not in OFFERED[name]:
        raise Refused("setting-not-offered", name)
    if name == "noticing_rules":
        return accepted_rules(value)
    return value
