"""Who can be named, and what a find says."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import IntEnum, StrEnum, unique
from typing import Protocol

from app.kernel.ids import StudentId


@unique
class NameForm(StrEnum):
    """By what somebody is named."""

    FULL = "full"
    GIVEN = "given"
    FAMILY = "family"
    PREFERRED = "preferred"
    NICKNAME = "nickname"
    INITIALS = "initials"
    NUMBER = "number"
    CONTACT = "contact"
    GUARDIAN = "guardian"


@unique
class Certainty(IntEnum):
    """How sure it is that a person is meant."""

    SOFT = 1
    """Perhaps: a word that is also a name, a slip of one letter, a name that staff bear too."""
    LIKELY = 2
    """A name that stands where a name would, though others may bear it."""
    CERTAIN = 3
    """A whole name, a number, an address, or the name of one who must not be named."""


@dataclass(frozen=True, slots=True)
class Guardian:
    """A guardian of a student."""

    given: str
    family: str
    contacts: tuple[str, ...] = ()
    """Telephone numbers and e-mail addresses as the roster has them."""


@dataclass(frozen=True, slots=True)
class Student:
    """What the check has to know of a student."""

    id: StudentId
    given: str
    family: str
    middle: str = ""
    preferred: str = ""
    numbers: tuple[str, ...] = ()
    """Student number and state id."""
    contacts: tuple[str, ...] = ()
    guardians: tuple[Guardian, ...] = ()


@dataclass(frozen=True, slots=True)
class Staff:
    """Somebody who may be named in any record."""

    given: str
    family: str
    contacts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Find:
    """A place in a text where another student, or somebody else's guardian, is named."""

    start: int
    end: int
    text: str
    """What stands there; with a possessive ending where it has one."""
    form: NameForm
    certainty: Certainty
    member: bool
    """Whether it is one of those who must not be named (or a guardian of one)."""
    possessive: bool
    students: tuple[StudentId, ...]
    """Who it may be; the students of a guardian. At most `MOST` of them, in roster order."""
    lead: int
    """Where `replacement` begins to stand: at `start`, or before it with a title or article."""
    replacement: str
    """What may stand there instead, in the language of the text."""


MOST = 8
"""How many students a find names at most as those it may be."""


class NameWatch(Protocol):
    """Where rooms and papers have their texts checked."""

    def finds(
        self, text: str, of: StudentId | None = None, members: Collection[StudentId] = ()
    ) -> tuple[Find, ...]:
        """Return who else is named in a text of the record of `of`, in the order of the text.

        `of` is None for a text that goes into several records. `members` must not be named,
        and are looked for more closely than the rest of the roster. Thread-safe; the first
        call after a change of the roster reads it.
        """
        ...
