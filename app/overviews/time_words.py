"""How time is said on screen, on paper and on the command line."""

from app.kernel.words import N_, _

MISSING: dict[str, str] = {
    "consent": N_("No consent on file for this day"),
    "procedure": N_("No procedure code for this service"),
    "credentials": N_("Your credentials are not in your settings"),
    "units": N_("Too short for a unit"),
}
"""What a claim line lacks."""

STATES: dict[str, str] = {
    "open": N_("To look at"),
    "ready": N_("Ready"),
    "exported": N_("Exported"),
    "left_out": N_("Left out"),
}
"""How far a claim line is."""

UNITS: dict[str, str] = {
    "quarter_hours": N_("Units of 15 minutes"),
    "encounter": N_("One for each encounter"),
}
"""How a service is counted for a claim."""


def spoken_length(minutes: int) -> str:
    """Return a length of time: `45 min`, `1 h`, `6 h 20 min`."""
    hours, rest = divmod(minutes, 60)
    if not hours:
        return _("{minutes} min").format(minutes=rest)
    if not rest:
        return _("{hours} h").format(hours=hours)
    return _("{hours} h {minutes} min").format(hours=hours, minutes=rest)


def spoken_target(groups: str, kind: str, percent: int, actual: int) -> str:
    """Return a target and how it stands: `Direct, indirect: 84 %, at least 80 %`."""
    said = {
        "at_least": _("{groups}: {actual} %, at least {percent} %"),
        "at_most": _("{groups}: {actual} %, at most {percent} %"),
    }[kind]
    return said.format(groups=groups, percent=percent, actual=actual)
