"""Sample papers of the demonstration: what a summary and a recovery sheet look like."""

from pathlib import Path
from typing import TYPE_CHECKING

from app.kernel.ids import StudentId
from app.kernel.releases import Ground, Terms
from app.kernel.words import _
from app.overviews.reports.leaving import Release
from app.overviews.reports.others_named import ALL_MASKED
from app.overviews.reports.student_summary import (
    Part,
    Period,
    SummaryScope,
    file_name,
    period_span,
)
from app.paper.page import Size
from app.vault.recovery import new_secret, to_words

if TYPE_CHECKING:
    from app.bootstrap import Desk

_SIZES: tuple[Size, ...] = ("letter", "a4")


def write_samples(desk: "Desk", folder: Path) -> list[Path]:
    """Save sample papers in `folder` and return their paths; each summary is a disclosure.

    The student with the most to tell is summarised on Letter and A4; the words on the
    recovery sheet open nothing.
    """
    folder.mkdir(parents=True, exist_ok=True)
    today = desk.clock.now().day()
    made: list[Path] = []
    student = most_told(desk)
    if student is not None:
        release = Release("", _("Sample of the demonstration, to look at"), Terms(Ground.OWN_USE))
        for size in _SIZES:
            scope = SummaryScope(student, tuple(Part), period_span(Period.SCHOOL_YEAR, today), size)
            name = file_name(today, lambda candidate: (folder / candidate).exists())
            desk.summaries.save(scope, release, folder / name, answered=ALL_MASKED)
            made.append(folder / name)
    from app.paper.recovery_sheet import recovery_sheet

    words = to_words(new_secret())
    for size in _SIZES:
        sheet = folder / f"recovery-sheet-{size}.pdf"
        sheet.write_bytes(recovery_sheet(words, today, size))
        made.append(sheet)
    return made


def most_told(desk: "Desk") -> StudentId | None:
    """Return the student on the caseload with the most notes; None in an empty vault."""
    with desk.records.read() as reader:
        row = reader.execute(
            "SELECT n.student_id FROM session_note n"
            " JOIN caseload c ON c.student_id = n.student_id AND c.ended_on = ''"
            " GROUP BY n.student_id ORDER BY count(*) DESC, n.student_id LIMIT 1"
        ).fetchone()
    return StudentId(row[0]) if row else None
