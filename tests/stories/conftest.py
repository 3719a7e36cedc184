"""Stories on the screen are held to what every test of the screen is held to."""

import importlib.util

if importlib.util.find_spec("PySide6") is not None:
    from tests.ui.conftest import app, every_line_heard, nothing_left_running, scale

    __all__ = ["app", "every_line_heard", "nothing_left_running", "scale"]
