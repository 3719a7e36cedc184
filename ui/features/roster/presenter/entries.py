"""What an import would do or did, as rows of lists."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from app.features.roster.model import Problem, Severity
from app.features.roster.report import Line, Offer, PastImport
from app.kernel.clock import Moment
from app.kernel.words import _, pgettext
from app.phrases.roster import FIELDS
from app.phrases.roster_report import (
    FORMATS,
    change_said,
    counts_said,
    place_said,
    problem_said,
    source_said,
)
from ui.features.roster.view.lists import Tab
from ui.kit.dates import shown_moment
from ui.kit.look import Kind
from ui.kit.room import Context
from ui.kit.widgets.lists import Entry
from ui.kit.widgets.pages import Fetch
from ui.kit.widgets.progress import grouped

_DOT = " · "


def line_entry(line: Line, icon: str, place: int, *, known: bool) -> Entry:
    """Return one student as a row; `known` ones can be opened."""
    changes = [change_said(change) for change in line.changes]
    told = _DOT.join(changes) or _DOT.join(
        part for part in (_grade(line.grade), line.school) if part
    )
    return Entry(
        f"{line.student}/{place}",
        line.name,
        told,
        _("line {line}").format(line=line.line) if line.line else "",
        icon,
        detail="\n".join(changes) if len(changes) > 1 else "",
        subject=line.student if known else "",
    )


def _grade(grade: str) -> str:
    return _("Grade {grade}").format(grade=grade.lstrip("0")) if grade else ""


def offer_entry(offer: Offer) -> Entry:
    """Return an offered value as a row: ours, and the roster's."""
    return Entry(
        f"{offer.student}/{offer.field}",
        offer.name,
        _("{field}: ours {ours}, the roster’s {theirs}").format(
            field=_(FIELDS[offer.field]), ours=offer.ours or "–", theirs=offer.theirs
        ),
        _("line {line}").format(line=offer.line) if offer.line else "",
        "amendment",
        subject=offer,
    )


def problem_entry(problem: Problem, place: int) -> Entry:
    """Return a problem as a row: where, and what was expected."""
    refused = problem.severity is Severity.REFUSED_ROW
    said = problem_said(problem)
    return Entry(
        f"problem/{place}",
        place_said(problem) or _("The roster"),
        said,
        problem.column,
        "refused" if refused else "info",
        detail=said,
        kind=Kind.BAD if refused else Kind.PLAIN,
    )


def past_entry(past: PastImport) -> Entry:
    """Return a past import as a row."""
    at = Moment(past.at, past.zone).wall()
    counts = counts_said(past.counts)
    return Entry(
        past.id,
        said_when(at),
        _DOT.join(counts[:4]) or _("Nothing changed"),
        past.person,
        "import",
        ((source_and_format(past), Kind.PLAIN),),
    )


def said_when(at: datetime) -> str:
    """Return when an import happened."""
    return shown_moment(at)


def source_and_format(past: PastImport) -> str:
    """Return the roster's name, with its format where the name does not tell it."""
    source, kind = source_said(past.source), _(FORMATS[past.format])
    if source in kind or past.source == "table":
        return kind
    return _("{source}, {format}").format(source=source, format=kind)


TabWords = tuple[str, str, str, str, str]


def tab_words() -> dict[str, TabWords]:
    """Return title, icon, and what an empty list means, of each kind of change."""
    return {
        "added": (
            pgettext("students", "Added"), "on", _("Nobody is new"),
            _("Everyone in the roster is known here already."), "student",
        ),
        "changed": (
            pgettext("students", "Changed"), "edit", _("Nothing has changed"),
            _("What the roster says of the students who stay is what it said the last time."),
            "edit",
        ),
        "left": (
            pgettext("students", "Left"), "off", _("Nobody has left"),
            _("Students who leave are marked with the day and never deleted."), "off",
        ),
        "returned": (
            pgettext("students", "Back"), "undo", _("Nobody is back"),
            _("Students who had left and are in the roster again are listed here."), "undo",
        ),
        "offers": (
            pgettext("values", "Offered"), "amendment", _("No value is disputed"),
            _("Where something was changed here and the roster says something new, ours stays and "
              "the roster’s is offered beside it."), "amendment",
        ),
        "not_understood": (
            pgettext("rows", "Not understood"), "refused", _("Every row was understood"),
            _("Rows that cannot be read are listed with their line and the reason."), "refused",
        ),
        "remarks": (
            pgettext("rows", "Remarks"), "info", _("Nothing to remark"),
            _("Rows that were read although they are not written as their format says."), "info",
        ),
    }  # fmt: skip


def make_tab(kind: str, count: int, fetch: Fetch) -> Tab:
    """Return the tab of one kind of change."""
    title, icon, none, why, _entry_icon = tab_words()[kind]
    counted = _("{title} ({count})").format(title=title, count=grouped(count))
    return Tab(kind, counted, count, fetch, icon, none, why)


def paged(
    context: Context, owner: Any, total: int, page: Callable[[int, int], Sequence[Entry]]
) -> Fetch:
    """Return a source of entries that are fetched away from the screen, a page at a time."""

    def fetch(
        offset: int,
        limit: int,
        _sort: str,
        _descending: bool,
        answer: Callable[[int, Sequence[Any]], None],
    ) -> None:
        context.tasks.read(
            lambda: page(offset, limit), lambda rows: answer(total, rows), owner=owner
        )

    return fetch
