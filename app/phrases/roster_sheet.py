"""The outcome of an import as a table that goes back to who sent the roster."""

from app.features.roster.merge import KINDS, file_of
from app.features.roster.model import Severity
from app.features.roster.report import PAGE, Line, Report
from app.features.roster.service import RosterService
from app.kernel.words import N_, _
from app.paper.sheets import Cell, Sheet
from app.phrases.roster_report import change_said, problem_said

_HAPPENED: dict[str, str] = {
    "added": N_("Added"),
    "changed": N_("Changed"),
    "left": N_("Marked as left"),
    "returned": N_("Is back"),
}


def outcome_sheet(roster: RosterService, import_id: str) -> Sheet:
    """Return the rows that were refused, noted or changed something, each with file and line."""
    report = roster.report(import_id)
    rows = _problem_rows(report)
    for kind in KINDS:
        if kind == "added":
            continue
        start = 0
        while lines := roster.report_lines(import_id, kind, start, PAGE):
            rows += [_line_row(kind, line, file_of(report.of.format)) for line in lines]
            start += PAGE
    heads = (
        _("What happened"), _("File"), _("Line"), _("Column"), _("Rows"), _("Value"),
        _("Explanation"), _("Student"), _("Grade"), _("School"),
    )  # fmt: skip
    return Sheet(_("Roster import"), heads, rows)


def _problem_rows(report: Report) -> list[list[Cell]]:
    return [
        [
            _("Not read") if problem.severity is Severity.REFUSED_ROW else _("Noted"),
            problem.file,
            problem.line or None,
            problem.column,
            problem.rows,
            problem.shown,
            problem_said(problem),
            "",
            "",
            "",
        ]
        for problem in report.problems
    ]


def _line_row(kind: str, line: Line, file: str) -> list[Cell]:
    return [
        _(_HAPPENED[kind]),
        file,
        line.line or None,
        "",
        1,
        "",
        "; ".join(change_said(change) for change in line.changes),
        line.name,
        line.grade,
        line.school,
    ]
