"""What a summary's body becomes in the tables. The body is valid by its schema already."""

import json
from calendar import monthrange
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum, unique
from typing import Any

from app.collect.engines import Value
from app.kernel.documents import SummaryKind
from app.kernel.rows import storable
from app.sync.signed import whole

Body = Mapping[str, Any]
Line = tuple[str, Mapping[str, Value]]
"""A table, and a row of it without what every row of a parcel begins with."""
Lines = Sequence[Line]


class Unfit(Exception):
    """A body that its schema lets pass, and that contradicts itself or its header."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@unique
class Span(StrEnum):
    """How long a period is."""

    MONTH = "month"
    DAYS = "days"


@dataclass(frozen=True, slots=True)
class Period:
    """A summary's period; days are empty at an open end."""

    text: str
    span: Span
    first: str
    last: str

    @property
    def month(self) -> str:
        """The month that it belongs to: that of its last day, or of its first if it has no last.

        Empty where it has neither.
        """
        return (self.last or self.first)[:7]


def period_of(text: str) -> Period:
    """Return the period of a text as parcels name it; raise Unfit for one that is no time."""
    try:
        if "/" in text:
            first, last = (("" if one == ".." else _day(one)) for one in text.split("/"))
            if first and last and last < first:
                raise Unfit("parcel-period")
            return Period(text, Span.DAYS, first, last)
        if len(text) == len("2026-10-01"):
            return Period(text, Span.DAYS, _day(text), text)
        year, month = int(text[:4]), int(text[5:])
        first = _day(f"{text}-01")
        return Period(text, Span.MONTH, first, f"{text}-{monthrange(year, month)[1]:02d}")
    except ValueError:
        raise Unfit("parcel-period") from None


def _day(text: str) -> str:
    return date.fromisoformat(text).isoformat()


def _services(body: Body, period: Period) -> Iterator[Line]:
    if period.span is not Span.MONTH:
        raise Unfit("parcel-period")
    names = {one["building"] for one in body["buildings"]}
    for part, table in (
        ("services", "service_count"),
        ("service_totals", "service_total"),
        ("referrals", "referral_count"),
        ("referral_totals", "referral_total"),
        ("reach", "reach_count"),
        ("reach_totals", "reach_total"),
        ("retention", "retention_count"),
        ("tiers", "tier_count"),
        ("tier_totals", "tier_total"),
        ("buildings", "building_name"),
        ("service_names", "service_name"),
    ):
        seen = set()
        for row in body[part]:
            # One row for each combination: else sums would count some twice.
            key = tuple(value for name, value in row.items() if name in _KEYS)
            if key in seen or row.get("building", "none") not in {*names, "none"}:
                raise Unfit("parcel-rows")
            if _more(row.get("retained_12_weeks"), row.get("began")):
                raise Unfit("parcel-rows")
            seen.add(key)
            told = {_RENAMED.get(name, name): _told(value) for name, value in row.items()}
            yield table, {**_UNSAID.get(table, {}), **told}


def _more(part: int | None, whole_count: int | None) -> bool:
    return part is not None and whole_count is not None and part > whole_count


_KEYS = frozenset({"building", "grade_band", "tier", "service", "kind", "status"})
_RENAMED = {"open": "still_open"}
_UNSAID: Mapping[str, Mapping[str, Value]] = {"building_name": {"detailed": 1}}
"""What holds where a row does not say otherwise."""


def _use_of_time(body: Body, period: Period) -> Iterator[Line]:
    for row in body["categories"]:
        yield (
            "time_use",
            {
                "first_day": period.first,
                "last_day": period.last,
                "time_group": _told(row["group"]),
                "category": _told(row["category"]),
                "name": _told(row["name"]),
                "model": _told(row["model"]),
                "model_version": _told(row["model_version"]),
                "minutes": _told(row["minutes"]),
                "entries": _told(row["entries"]),
            },
        )


def _document(body: Body, period: Period) -> Iterator[Line]:
    yield (
        "document",
        {
            "kind": body["kind"],
            "schema_version": body["version"],
            "period": period.text,
            "body": json.dumps(body, ensure_ascii=True, separators=(",", ":"), sort_keys=True),
        },
    )


def _told(value: Any) -> Value:
    """Return a value that every engine takes: no NUL in a text, no number of over 53 bits.

    Yes and no are 1 and 0.
    """
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, str):
        return storable(value).replace("\x00", "")
    if value is not None and not whole(value, 0):
        raise Unfit("parcel-number")
    return value


LOADERS: Mapping[SummaryKind, Callable[[Body, Period], Iterator[Line]]] = {
    SummaryKind.SERVICES: _services,
    SummaryKind.USE_OF_TIME: _use_of_time,
    SummaryKind.STUDENT: _document,
    SummaryKind.MEDICATION_MONTH: _document,
    SummaryKind.CASELOAD: _document,
}
"""How each kind is loaded; an enrolment brings no rows."""


def lines_of(kind: SummaryKind, version: int, text: str, body: Body) -> Lines:
    """Return the rows of a body; raise Unfit where it is not what its header says."""
    if (body.get("kind"), body.get("version"), body.get("period")) != (kind.value, version, text):
        raise Unfit("parcel-header")
    return tuple(LOADERS[kind](body, period_of(text)))
