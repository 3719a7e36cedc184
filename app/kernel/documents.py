"""Summaries as data: what a screenless reader gets, by a documented and versioned schema."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum, unique
from typing import Any

from app.kernel.ids import StudentId


@unique
class SummaryKind(StrEnum):
    """A summary that leaves as data; its value names the schema and the parcel's kind."""

    STUDENT = "student"
    MEDICATION_MONTH = "medication-month"
    SERVICES = "services"
    """Services and referrals: counts and sums that tell about nobody."""
    CASELOAD = "caseload"
    USE_OF_TIME = "use-of-time"
    ENROLMENT = "enrolment"
    """How a desk makes itself known to its district; about no student."""


ABOUT_NOBODY = frozenset({SummaryKind.SERVICES, SummaryKind.USE_OF_TIME, SummaryKind.ENROLMENT})
"""Kinds that hold no student: they alone may leave by a schedule."""


@dataclass(frozen=True, slots=True)
class DataSummary:
    """A summary as data, valid by `resources/schemas/<kind>-<version>.json`."""

    kind: SummaryKind
    version: int
    period: str
    """A month as `2026-10`, or days as `2026-07-01/2026-11-22`; `..` for an open end."""
    body: Mapping[str, Any]
    students: tuple[StudentId, ...] = ()
    """Whom it tells about: each gets a disclosure when it leaves."""
