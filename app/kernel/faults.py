"""Faults that no one caught, told by where they were: their own text may quote a record."""

import sys
import threading

from app.kernel.errors import report


def quiet_elsewhere() -> None:
    """Let a fault in a thread, or one that Python only mentions, be told without its text.

    Python writes those to standard error by itself, which ends in the log of a session or of a
    scheduled task; `sys.excepthook` hears of neither.
    """

    def in_thread(told: threading.ExceptHookArgs) -> None:
        if told.exc_value is not None and told.exc_type is not SystemExit:
            tell(told.exc_value)

    def mentioned(told: "sys.UnraisableHookArgs") -> None:
        if told.exc_value is not None:
            tell(told.exc_value)

    threading.excepthook = in_thread
    sys.unraisablehook = mentioned


def tell(error: BaseException) -> None:
    """Write where a fault was, where somebody can read it."""
    if sys.stderr is not None:
        sys.stderr.write(f"{report(error)}\n")
