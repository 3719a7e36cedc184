"""A few messages to macOS over the runtime of Objective-C. Written after its documentation."""

import ctypes
import ctypes.util
from typing import Any


class Cocoa:
    """Sends messages; every value is an object or a whole number as wide as a pointer."""

    def __init__(self, runtime: Any) -> None:
        self._runtime = runtime
        runtime.sel_registerName.restype = ctypes.c_void_p
        runtime.sel_registerName.argtypes = [ctypes.c_char_p]
        runtime.objc_getClass.restype = ctypes.c_void_p
        runtime.objc_getClass.argtypes = [ctypes.c_char_p]

    @classmethod
    def here(cls) -> "Cocoa | None":
        """Return the runtime of this system, or None where there is none."""
        found = ctypes.util.find_library("objc")
        try:
            return cls(ctypes.CDLL(found)) if found else None
        except (OSError, AttributeError):
            return None

    def kind(self, name: str) -> int:
        """Return a class."""
        return int(self._runtime.objc_getClass(name.encode()) or 0)

    def text(self, words: str) -> int:
        """Return an NSString."""
        held = ctypes.create_string_buffer(words.encode())
        return self.send(self.kind("NSString"), "stringWithUTF8String:", ctypes.addressof(held))

    def send(self, target: int, message: str, *values: int) -> int:
        """Send a message; an answer that is nothing counts as 0, and so does a message to it."""
        if not target:
            return 0
        selector = self._runtime.sel_registerName(message.encode())
        kinds = [ctypes.c_void_p, ctypes.c_void_p, *[ctypes.c_void_p for _value in values]]
        called = ctypes.CFUNCTYPE(ctypes.c_void_p, *kinds)(("objc_msgSend", self._runtime))
        return int(called(target, selector, *values) or 0)
