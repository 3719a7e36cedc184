"""What the other side's answer means: a status and its headers as a `SendingTrouble`."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from app.sync.troubles import SendingTrouble

LONGEST_WAIT = 24 * 3600.0
"""Seconds: what is honoured of a Retry-After; beyond it stands a mistake, not a wish."""

_DENIED = (401, 402, 403, 407)
_FULL = (413, 507, 509)
_AGAIN = (409, 423, 425)
_QUOTA = re.compile(
    r"quota ?exceeded|storageQuotaExceeded|quotaLimitReached|insufficient ?storage|StorageFull"
    r"|EntityTooLarge|No space left|disk ?full",
    re.IGNORECASE,
)
_HASTE = re.compile(
    r"rateLimitExceeded|SlowDown|TooManyRequests|activityLimitReached", re.IGNORECASE
)


def server_time(headers: Mapping[str, str]) -> datetime | None:
    """Return what the server's clock showed, of a Date header; headers' names in lower case."""
    try:
        date = parsedate_to_datetime(headers["date"])
    except (KeyError, ValueError, TypeError, OverflowError):
        return None
    return date if date.tzinfo else date.replace(tzinfo=UTC)


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Return the seconds that the server asks to wait (RFC 9110, 10.2.3); None if it does not."""
    text = headers.get("retry-after", "").strip()
    if not text:
        return None
    if text.isdecimal():
        return min(float(text), LONGEST_WAIT)
    try:
        until = parsedate_to_datetime(text)
    except (ValueError, TypeError, OverflowError):
        return None
    until = until if until.tzinfo else until.replace(tzinfo=UTC)
    # Against the server's own clock: ours may be a day off.
    now = server_time(headers) or datetime.now(UTC)
    return min(max((until - now).total_seconds(), 0.0), LONGEST_WAIT)


def elsewhere(asked: str, location: str) -> bool:
    """Tell whether a redirect leads away from the host that was asked; to nowhere is away."""
    try:
        to = urlsplit(location)
    except ValueError:
        return True
    return bool(to.netloc) and to.hostname != urlsplit(asked).hostname


def is_page(data: bytes) -> bool:
    """Tell whether `data` is a page for people: nothing of ours begins as markup does."""
    return data.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"<"


def trouble(status: int, headers: Mapping[str, str], asked: str, said: str = "") -> SendingTrouble:
    """Return what an answer that was not hoped for means.

    `asked` is the address; `said` the beginning of the answer, looked at for the few words by
    which services tell a full account from a wrong password, and then forgotten.
    """
    after = retry_after(headers)
    if status == 511 or (300 <= status < 400 and elsewhere(asked, headers.get("location", ""))):
        return SendingTrouble("sending-sign-in", status=status)
    if status in _FULL or (400 <= status < 600 and _QUOTA.search(said)):
        return SendingTrouble("sending-full", status=status)
    if status == 429 or (status in (403, 503) and _HASTE.search(said)):
        return SendingTrouble("sending-too-many", after=after, status=status)
    if status == 503 and after is not None:
        return SendingTrouble("sending-too-many", after=after, status=status)
    if status in _DENIED:
        return SendingTrouble("sending-denied", status=status)
    if status in (404, 410):
        return SendingTrouble("sending-missing", status=status)
    if status == 408:
        return SendingTrouble("sending-stalled", after=after, status=status)
    if status >= 500 or status in _AGAIN:
        return SendingTrouble("sending-server-error", after=after, status=status)
    return SendingTrouble("sending-refused", status=status)
