"""What a student's document holds: sections of the summary, and what else may be chosen."""

from dataclasses import dataclass
from enum import StrEnum, unique

from app.kernel.words import _
from app.overviews.reports.student_summary import Part, SummaryScope

FORMAT = "fhir-r4"
"""How the scope of a disclosure names the format."""


@unique
class Also(StrEnum):
    """What a student's document may hold beside the sections of the summary."""

    PLANS = "plans"
    REFERRALS = "referrals"
    SCREENINGS = "screenings"
    """Scores and outcomes."""
    ANSWERS = "answers"
    """What was answered in the screenings; they are in with it."""


def also_title(also: Also) -> str:
    """Return what it is called where it is chosen."""
    return {
        Also.PLANS: _("Plans and goals"),
        Also.REFERRALS: _("Referrals"),
        Also.SCREENINGS: _("Screening results"),
        Also.ANSWERS: _("Screening answers"),
    }[also]


@dataclass(frozen=True, slots=True)
class DocumentScope:
    """What a student's document holds: of the summary, and beside it."""

    summary: SummaryScope
    also: tuple[Also, ...] = ()

    def stored(self) -> dict[str, object]:
        """Return the scope as a disclosure keeps it."""
        kept = self.summary.stored()
        kept.pop("size", None)
        sections = [part.value for part in Part if part in self.summary.parts]
        sections += [one.value for one in (Also.PLANS, Also.REFERRALS) if one in self.also]
        if self.screened:
            sections.append("screenings")
        if Also.ANSWERS in self.also:
            # An answer may be one about a risk to life.
            sections.append("risk")
        return {**kept, "sections": sections, "format": FORMAT}

    @property
    def screened(self) -> bool:
        """Whether screenings are in it."""
        return Also.SCREENINGS in self.also or Also.ANSWERS in self.also
