"""One person's use of time, as data: the shares, the categories, the targets."""

from datetime import date
from typing import Any

from app.features.time_use.repo.shares import read_share
from app.kernel.ports import Reader, Seat

_HOUR = 60


def use_of_time_body(
    reader: Reader, seat: Seat, period: str, first: date, last: date, counts: str
) -> dict[str, Any]:
    """Return the body of whoever's time `seat` is; suppressed, in whole hours."""
    share = read_share(reader, seat, first.isoformat(), last.isoformat())
    rounded = counts == "suppressed"

    def minutes(spent: int) -> int:
        return (2 * spent + _HOUR) // (2 * _HOUR) * _HOUR if rounded else spent

    return {
        "casewell": "summary",
        "kind": "use-of-time",
        "version": 1,
        "period": period,
        "counts": counts,
        "model": {
            "code": share.set.code,
            "version": share.set.version,
            "name": share.set.said(share.set.name),
        },
        "minutes": minutes(share.total),
        "groups": [
            {
                "group": one.bundle,
                "name": one.label,
                "minutes": minutes(one.minutes),
                "percent": one.percent,
            }
            for one in share.shares
        ],
        "categories": [
            {
                "group": one.bundle,
                "category": one.category,
                "name": share.said(one),
                "model": one.set_code,
                "model_version": one.set_version,
                "minutes": minutes(one.minutes),
                "entries": None if rounded else one.entries,
            }
            for one in share.sums
        ],
        "targets": [
            {
                "groups": list(one.target.groups),
                "kind": one.target.kind.value,
                "percent": one.target.percent,
                "reached": one.percent,
                "met": one.met,
            }
            for one in share.standings
        ],
    }
