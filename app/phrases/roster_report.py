"""What an import would do or did, said the same on screen and on the command line."""

from collections.abc import Mapping

from app.features.roster.model import Problem, RosterFormat
from app.features.roster.report import FieldChange
from app.kernel.words import N_, _, ngettext
from app.phrases.roster import FIELDS, SENTENCES

FORMATS: dict[RosterFormat, str] = {
    RosterFormat.ONEROSTER_1_1: N_("OneRoster 1.1"),
    RosterFormat.ONEROSTER_1_2: N_("OneRoster 1.2"),
    RosterFormat.CLEVER: N_("Clever"),
    RosterFormat.TABLE: N_("Table"),
}
"""The formats by the names their makers give them."""

_FAMILIES = {"oneroster": N_("OneRoster"), "clever": N_("Clever"), "table": N_("Tables")}


def source_said(source: str) -> str:
    """Return what a roster is called: its system's own name, or its kind."""
    known = _FAMILIES.get(source)
    return _(known) if known else source


def place_said(problem: Problem) -> str:
    """Return where a problem stands: file and line, as far as they are known."""
    if not problem.line:
        return problem.file
    if not problem.file:
        return _("line {line}").format(line=problem.line)
    return _("{file}, line {line}").format(file=problem.file, line=problem.line)


def problem_said(problem: Problem) -> str:
    """Return what is wrong and what was expected, with the number of rows it holds for."""
    # Its own table: what is wrong with a row of a file is not what is wrong with a form.
    said = _(SENTENCES[problem.code]).format(
        column=problem.column,
        shown=problem.shown,
        expected=problem.expected,
        rows=problem.rows,
    )
    if problem.rows <= 1:
        return said
    return ngettext(
        "{sentence} (in {count} row)", "{sentence} (in {count} rows)", problem.rows
    ).format(sentence=said, count=f"{problem.rows:,}")


def change_said(change: FieldChange) -> str:
    """Return one field's change, old → new; an empty value as a dash."""
    return _("{field}: {old} → {new}").format(
        field=_(FIELDS[change.field]), old=change.old or "–", new=change.new or "–"
    )


def counts_said(counts: Mapping[str, int], *, beside_lists: bool = False) -> list[str]:
    """Return the counts of an import as short lines; what did not happen is left out.

    `beside_lists` leaves out what is counted by the lists that stand below.
    """
    listed = (
        (counts["added"], ngettext("{n} student added", "{n} students added", counts["added"])),
        (
            counts["changed"],
            ngettext("{n} student changed", "{n} students changed", counts["changed"]),
        ),
        (
            counts["left"],
            ngettext("{n} student marked as left", "{n} students marked as left", counts["left"]),
        ),
        (
            counts["returned"],
            ngettext("{n} student is back", "{n} students are back", counts["returned"]),
        ),
        (
            counts["offers"],
            ngettext(
                "{n} value offered beside yours",
                "{n} values offered beside yours",
                counts["offers"],
            ),
        ),
        (
            counts["not_understood"],
            ngettext("{n} row not understood", "{n} rows not understood", counts["not_understood"]),
        ),
    )
    others = (
        (
            counts["unchanged"],
            ngettext("{n} student unchanged", "{n} students unchanged", counts["unchanged"]),
        ),
        (
            counts["schools_added"],
            ngettext("{n} school added", "{n} schools added", counts["schools_added"]),
        ),
        (
            counts["guardians_added"],
            ngettext("{n} guardian added", "{n} guardians added", counts["guardians_added"]),
        ),
        (
            counts["guardians_changed"],
            ngettext(
                "{n} guardian changed", "{n} guardians changed", counts["guardians_changed"]
            ),
        ),
        (
            counts["contacts_ended"],
            ngettext(
                "{n} tie to a guardian ended", "{n} ties to guardians ended",
                counts["contacts_ended"],
            ),
        ),
        (
            counts["classes"],
            ngettext("{n} class written", "{n} classes written", counts["classes"]),
        ),
        (
            counts["enrollments"],
            ngettext(
                "{n} place in a class written", "{n} places in classes written",
                counts["enrollments"],
            ),
        ),
        (
            counts["enrollments_unplaced"],
            ngettext(
                "{n} place in a class left out, because the class or the person is not known",
                "{n} places in classes left out, because the class or the person is not known",
                counts["enrollments_unplaced"],
            ),
        ),
    )  # fmt: skip
    told = others if beside_lists else (*listed, *others)
    return [said.format(n=f"{count:,}") for count, said in told if count]
