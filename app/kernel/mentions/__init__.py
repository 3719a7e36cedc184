"""The name check: who else is named in a text that goes into one student's record.

`NameIndex` is built once of a roster; `NameIndex.check` narrows it to one text's place (whose
record, which members must not be named), and `NameCheck.finds` reads a text in one pass.
Nothing here judges what to do about a find: rooms and papers do.
"""

from app.kernel.mentions.check import NameCheck, NameIndex
from app.kernel.mentions.model import (
    Certainty,
    Find,
    Guardian,
    NameForm,
    NameWatch,
    Staff,
    Student,
)
from app.kernel.mentions.wording import masked, replaced

__all__ = [
    "Certainty",
    "Find",
    "Guardian",
    "NameCheck",
    "NameForm",
    "NameIndex",
    "NameWatch",
    "Staff",
    "Student",
    "masked",
    "replaced",
]
