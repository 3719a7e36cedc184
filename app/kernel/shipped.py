"""Where the data that ships with the program stands.

A plain path beside the package: `importlib.resources` would take a tenth of the time the
lock screen may, and neither a wheel nor a frozen build keeps these files in an archive.
"""

from pathlib import Path

import resources

_ROOT = Path(resources.__file__ or "").parent


def shipped(*parts: str) -> Path:
    """Return the path of a shipped file: `shipped("themes", "light.toml")`."""
    return _ROOT.joinpath(*parts)
