"""The field's nouns that more than one room speaks of."""

from enum import IntEnum, StrEnum, unique


@unique
class Role(StrEnum):
    """What a person is to the desk; decides which pages come first."""

    COUNSELOR = "counselor"
    NURSE = "nurse"
    SOCIAL_WORKER = "social_worker"
    PSYCHOLOGIST = "psychologist"
    ADMINISTRATOR = "administrator"


@unique
class Tier(IntEnum):
    """A level of a multi-tiered system of supports."""

    UNIVERSAL = 1
    TARGETED = 2
    INTENSIVE = 3


@unique
class Place(StrEnum):
    """Where a service was given."""

    OFFICE = "office"
    CLASSROOM = "classroom"
    BUILDING = "building"
    HOME = "home"
    COMMUNITY = "community"
    TELEHEALTH = "telehealth"
    PHONE = "phone"


@unique
class Attendance(StrEnum):
    """Whether a planned session took place for the student."""

    PRESENT = "present"
    ABSENT = "absent"
    DECLINED = "declined"
    CANCELLED = "cancelled"


GRADES: tuple[str, ...] = (
    "IT", "PR", "PK", "TK", "KG",
    "01", "02", "03", "04", "05", "06", "07", "08", "09", "10", "11", "12", "13",
    "PS", "UG", "Other",
)  # fmt: skip
"""Grade codes in school order (CEDS Entry Grade Level, which OneRoster 1.1 and 1.2 use)."""

_GRADE_RANK = {grade: rank for rank, grade in enumerate(GRADES)}


def grade_rank(grade: str) -> int:
    """Return where `grade` stands in school order; unknown grades come last."""
    return _GRADE_RANK.get(grade, len(GRADES))
