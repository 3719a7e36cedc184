"""The sheets of plans, trained staff and trips: what is typed is handed on as it stands."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from typing import Any

from PySide6.QtWidgets import QWidget

from app.kernel.words import _
from ui.features.medication.view.sheets import Options, add_witness
from ui.kit.widgets.entry_sheet import EntrySheet
from ui.kit.widgets.fields import (
    Check,
    Chips,
    Choice,
    DateEdit,
    Field,
    LineEdit,
    NoteText,
    TimeEdit,
)
from ui.kit.widgets.headings import Muted, SectionTitle


def section_field(place: int) -> str:
    """Return the name of the text of a plan's section on its sheet."""
    return f"text_{place}" if place else "sections"


class PlanEntry(EntrySheet):
    """A health plan or an emergency action plan, section by section."""

    def __init__(
        self,
        words: tuple[str, str, str],
        kinds: Options,
        headings: Mapping[object, Sequence[str]],
        entries: Mapping[str, Any],
        today: Callable[[], date],
        *,
        changing: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        title, save, text = words
        super().__init__(title, save, text, width=760, parent=parent)
        self._usual = headings
        self.kind = Chips(kinds, exclusive=True)
        self.kind.set_value(entries["kind"])
        self._kind = entries["kind"]
        first = LineEdit(str(entries.get("title", "")))
        if not changing:
            self.form.add("kind", Field(_("What it is"), self.kind))
        self.form.add_row(
            title=Field(_("Title"), first, _("The condition it is for"), required=True),
            starts_on=Field(
                _("From"), _day(entries, "starts_on", today), _("Today, when left empty")
            ),
            review_on=Field(
                _("Review on"),
                _day(entries, "review_on", today),
                _("The end of the school year otherwise"),
            ),
        )
        self.form.add_widget(SectionTitle(_("Sections")))
        self._headings: list[LineEdit] = []
        sections = entries["sections"]
        for place, (heading, body) in enumerate(sections):
            line = LineEdit(heading)
            self._headings.append(line)
            self.form.add(
                f"heading_{place}",
                Field(_("Heading {number}").format(number=place + 1), line),
            )
            self.form.add(
                section_field(place),
                Field(_("Text {number}").format(number=place + 1), NoteText(body, lines=2, most=8)),
            )
        if changing:
            self.form.add(
                "reason",
                Field(_("Why it is changed"), NoteText(lines=2, most=4), required=True),
            )
        self.kind.chosen.connect(self._turn)
        first.setFocus()

    def _turn(self, kind: object) -> None:
        """Offer the headings of the other kind where the usual ones still stand."""
        before, after = self._usual[self._kind], self._usual.get(kind, ())
        for line, old, new in zip(self._headings, before, after, strict=False):
            if line.text() == old:
                line.setText(new)
        self._kind = kind if kind in self._usual else self._kind


def _day(entries: Mapping[str, Any], name: str, today: Callable[[], date]) -> DateEdit:
    text = str(entries.get(name, ""))
    return DateEdit(date.fromisoformat(text) if text else None, today=today)


class DelegateSheet(EntrySheet):
    """Someone was trained for a task, until a day."""

    def __init__(
        self,
        entries: Mapping[str, Any],
        whose: Options,
        today: Callable[[], date],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(
            _("Someone was trained"),
            _("Write it down"),
            _("What you delegate follows the nurse practice act of your state."),
            width=640,
            parent=parent,
        )
        first = LineEdit(str(entries.get("staff", "")))
        self.form.add("staff", Field(_("Who"), first, required=True))
        self.form.add(
            "task",
            Field(
                _("Trained for"),
                NoteText(str(entries.get("task", "")), lines=2, most=4),
                _("Inhalers, epinephrine, field trips"),
                required=True,
            ),
        )
        choice = Choice(whose)
        choice.set_value(entries.get("whose", ""))
        self.form.add("whose", Field(_("For"), choice))
        self.form.add_row(
            trained_on=Field(_("Trained on"), DateEdit(today(), today=today), required=True),
            expires_on=Field(
                _("Valid until"),
                DateEdit(None, today=today),
                _("The end of the school year, when left empty"),
            ),
        )
        self.form.add("note", Field(_("Note"), LineEdit()))
        first.setFocus()


class TripSheet(EntrySheet):
    """A field trip, and who gives the doses on it."""

    def __init__(
        self,
        schools: Options,
        trained: Options,
        today: Callable[[], date],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(_("Plan a trip"), _("Plan the trip"), width=640, parent=parent)
        first = LineEdit()
        self.form.add("title", Field(_("Where to"), first, required=True))
        if len(schools) > 1:
            self.form.add("school", Field(_("From"), Choice([("", _("All buildings")), *schools])))
        self.form.add_row(
            day=Field(_("Leaves on"), DateEdit(None, today=today), required=True),
            leaves_at=Field(_("At"), TimeEdit(time(8, 0)), required=True),
        )
        self.form.add_row(
            back=Field(_("Back on"), DateEdit(None, today=today), _("The same day otherwise")),
            returns_at=Field(_("At"), TimeEdit(time(15, 0)), required=True),
        )
        self.form.add_widget(SectionTitle(_("Who gives the doses")))
        if trained:
            self.form.add(
                "delegation_id",
                Field(_("Trained person"), Choice([("", _("Someone else")), *trained])),
            )
        self.form.add_row(
            staff=Field(
                _("Name"),
                LineEdit(),
                _("Taken from the trained person, when left empty") if trained else "",
            ),
            staff_phone=Field(_("Phone"), LineEdit()),
        )
        self.form.add("note", Field(_("Note"), NoteText(lines=1, most=4)))
        first.setFocus()


class WhoGoesSheet(EntrySheet):
    """Which of those who need something on the trip go along."""

    def __init__(self, text: str, students: Options, parent: QWidget | None = None) -> None:
        super().__init__(_("Who goes along?"), _("Go on"), text, width=640, parent=parent)
        chips = Chips(students)
        self.form.add("students", Field(_("Students"), chips, required=True))
        chips.setFocus()


@dataclass(frozen=True, slots=True)
class AskedLine:
    """One thing a sheet asks the same of as of the others."""

    name: str
    title: str
    about: str = ""
    entry: str = ""


class CountOutSheet(EntrySheet):
    """Counts out what each student needs, with whoever takes it along."""

    def __init__(
        self,
        text: str,
        lines: Sequence[AskedLine],
        counterpart: str,
        people: Options,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(_("Count out"), _("It is counted out"), text, width=640, parent=parent)
        for line in lines:
            self.form.add(line.name, Field(line.title, LineEdit(line.entry), line.about))
        self.form.add(
            "counterpart", Field(_("Counted with, and taken along by"), LineEdit(counterpart))
        )
        add_witness(self, people, _("Second person, for controlled substances"))
        if lines:
            self.form.field(lines[0].name).editor.setFocus()


class TripDosesSheet(EntrySheet):
    """What was given on the trip, as the packet says."""

    def __init__(
        self,
        text: str,
        lines: Sequence[AskedLine],
        outcomes: Options,
        day: date,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(
            _("Enter what was given"), _("Enter as late entries"), text, width=760, parent=parent
        )
        for line in lines:
            self.form.add_widget(SectionTitle(line.title))
            if line.about:
                self.form.add_widget(Muted(line.about))
            at = time.fromisoformat(line.entry) if line.entry else None
            row = {f"{line.name}.outcome": Field(_("What the packet says"), Choice(outcomes))}
            if at is None:
                row[f"{line.name}.day"] = Field(_("Day"), DateEdit(day))
            row[f"{line.name}.at"] = Field(_("Given at"), TimeEdit(at))
            row[f"{line.name}.note"] = Field(_("Reason or note"), LineEdit())
            self.form.add_row(**row)
        if lines:
            self.form.field(f"{lines[0].name}.outcome").editor.setFocus()


class BackSheet(EntrySheet):
    """What came back of each thing that went out; the expected number is not shown before."""

    def __init__(
        self,
        text: str,
        lines: Sequence[AskedLine],
        people: Options,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(
            _("Count what came back"), _("Close the trip"), text, width=700, parent=parent
        )
        for line in lines:
            self.form.add_widget(SectionTitle(line.title))
            self.form.add_row(
                **{
                    line.name: Field(_("Came back"), LineEdit(), line.about, required=True),
                    f"{line.name}.wasted": Field(_("Wasted"), LineEdit()),
                    f"{line.name}.note": Field(_("Why it differs"), LineEdit()),
                }
            )
        self.form.add("note", Field(_("Note on the trip"), LineEdit()))
        add_witness(self, people, _("Second person, for controlled substances"))
        if lines:
            self.form.field(lines[0].name).editor.setFocus()


class NoSchoolSheet(EntrySheet):
    """Says that a day has no school."""

    def __init__(
        self, schools: Options, today: Callable[[], date], parent: QWidget | None = None
    ) -> None:
        super().__init__(
            _("No school"),
            _("Mark the day"),
            _("No dose is due that day; those that were seen as missed are no longer."),
            parent=parent,
        )
        self.form.add_row(
            day=Field(_("Day"), DateEdit(today(), today=today), required=True),
        )
        if len(schools) > 1:
            self.form.add(
                "school", Field(_("Building"), Choice([("", _("All buildings")), *schools]))
            )
        reason = LineEdit()
        self.form.add("reason", Field(_("Reason"), reason, _("Snow day, holiday"), required=True))
        reason.setFocus()


class HomeDoseSheet(EntrySheet):
    """A dose that was given at home, as the family tells it."""

    def __init__(self, text: str, today: Callable[[], date], parent: QWidget | None = None) -> None:
        super().__init__(
            _("Given at home"),
            _("Record"),
            _("{medicine}. It counts for the time between doses and for the daily maximum.").format(
                medicine=text
            ),
            parent=parent,
        )
        first = LineEdit()
        self.form.add("giver", Field(_("Who gave it, and told you"), first, required=True))
        self.form.add_row(
            day=Field(_("Day"), DateEdit(today(), today=today)),
            at=Field(_("Given at"), TimeEdit(), required=True),
            amount=Field(_("How much"), LineEdit(), _("The ordered dose, when left empty")),
        )
        self.form.add("note", Field(_("Note"), LineEdit()))
        self.form.add(
            "override_reason",
            Field(_("Reason for recording it all the same"), LineEdit(), _("Only if asked for")),
        )
        first.setFocus()


class YearSheet(EntrySheet):
    """Ends every order with the school year."""

    def __init__(
        self,
        text: str,
        left: Sequence[str],
        today: Callable[[], date],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(
            _("Close the school year"), _("End all orders"), text, width=640, parent=parent
        )
        reason = LineEdit(_("End of the school year"))
        self.form.add_row(day=Field(_("Last day"), DateEdit(today(), today=today)))
        self.form.add("reason", Field(_("Reason"), reason, required=True))
        self.form.add(
            "leave_stock",
            Field(_("What is left"), Check(_("It stays here over the summer, on purpose"))),
        )
        for line in left:
            self.form.add_widget(Muted(line))
        reason.setFocus()
