"""What is typed in this room, as it is kept."""

from datetime import date

from app.kernel.clock import Moment
from app.kernel.errors import Refused
from app.kernel.rows import storable

LONGEST_TEXT = 8_000
LONGEST_NAME = 200


def kept(text: str, field: str, longest: int = LONGEST_TEXT) -> str:
    """Return text as it is kept; refuse what is overlong."""
    found = storable(text)
    if len(found) > longest:
        raise Refused("text-long", field, longest=longest)
    return found


def needed_words(text: str, field: str, missing: str, longest: int = LONGEST_TEXT) -> str:
    """Return text as it is kept; refuse none with the code `missing`."""
    found = kept(text, field, longest)
    if not found:
        raise Refused(missing, field)
    return found


def kept_name(text: str, field: str) -> str:
    """Return a name as it is kept, on one line."""
    return " ".join(kept(text, field, LONGEST_NAME).split())


def named_person(text: str, field: str, missing: str) -> str:
    """Return a name as it is kept; refuse none with the code `missing`."""
    found = kept_name(text, field)
    if not found:
        raise Refused(missing, field)
    return found


def day_that_came(text: str, today: date, field: str, missing: str) -> str:
    """Return a day that has come, today for none; refuse one ahead."""
    if not text:
        return today.isoformat()
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise Refused(missing, field) from None
    if day > today:
        raise Refused("day-ahead", field)
    return day.isoformat()


def day_to_come(text: str, today: date, field: str, missing: str) -> str:
    """Return a day that is today or ahead, or none; refuse one that has passed."""
    if not text:
        return ""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise Refused(missing, field) from None
    if day < today:
        raise Refused("day-past", field)
    return day.isoformat()


def not_ahead(at: Moment, now: Moment, field: str) -> Moment:
    """Return a moment that has come; refuse one ahead."""
    if at.at > now.at:
        raise Refused("day-ahead", field)
    return at
