"""A scan of a signed paper: told by what it is, not by its name."""

import hashlib
from dataclasses import dataclass

from app.features.consents.model.records import ScanType
from app.kernel.errors import Refused

MOST_BYTES = 10 * 1024 * 1024
_MOST_PAGES = 200
_SIGNS = (
    (b"%PDF-", ScanType.PDF),
    (b"\x89PNG\r\n\x1a\n", ScanType.PNG),
    (b"\xff\xd8\xff", ScanType.JPEG),
)


@dataclass(frozen=True, slots=True)
class Looked:
    """A scan that was looked at: what it is, how long, and its hash."""

    type: ScanType
    pages: int
    sha256: str


def looked_at(content: bytes) -> Looked:
    """Return what a scan is; refuse one that is too large, of no known type, or unreadable."""
    if len(content) > MOST_BYTES:
        raise Refused("scan-large", "scan", most=MOST_BYTES // 1024 // 1024)
    found = next((kind for sign, kind in _SIGNS if content.startswith(sign)), None)
    if found is None:
        raise Refused("scan-no-type", "scan")
    pages = _pages(content) if found is ScanType.PDF else 1
    if not 1 <= pages <= _MOST_PAGES:
        raise Refused("scan-unreadable", "scan")
    return Looked(found, pages, hashlib.sha256(content).hexdigest())


def _pages(content: bytes) -> int:
    from pypdfium2 import PdfiumError

    from app.paper.preview import page_count

    try:
        return page_count(content)
    except PdfiumError:
        raise Refused("scan-unreadable", "scan") from None
