"""The sheets of the time room: what is typed is handed on as it stands."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, time

from PySide6.QtWidgets import QWidget

from app.kernel.words import _
from ui.kit.widgets.entry_sheet import EntrySheet
from ui.kit.widgets.fields import Chips, Choice, DateEdit, Field, LineEdit, TimeEdit

Options = Sequence[tuple[object, str]]


class ActivitySheet(EntrySheet):
    """An activity as it was logged, to be corrected; or a duty as it comes back."""

    def __init__(
        self,
        words: tuple[str, str],
        categories: Options,
        schools: Options,
        values: Mapping[str, str],
        today: Callable[[], date] | None = None,
        weekdays: Options = (),
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(words[0], words[1], width=640, parent=parent)
        category = Choice(categories)
        category.set_value(values.get("category", ""))
        self.form.add("category", Field(_("Category"), category))
        minutes = Field(_("Minutes"), LineEdit(values.get("minutes", "")), required=True)
        at = TimeEdit(_time(values.get("at", "")))
        if today is not None:
            day = values.get("on", "")
            on = DateEdit(date.fromisoformat(day) if day else None, today=today)
            self.form.add_row(minutes=minutes, on=Field(_("Day"), on), at=Field(_("Began at"), at))
        else:
            self.form.add_row(minutes=minutes, at=Field(_("Begins at"), at, required=True))
        if weekdays:
            days = Chips(weekdays)
            days.set_values([value for value, _words in weekdays if str(value) in "12345"])
            self.form.add("weekdays", Field(_("Comes back on"), days))
        if len(schools) > 1:
            school = Choice(schools)
            school.set_value(values.get("school_id", ""))
            self.form.add("school_id", Field(_("Building"), school))
        if today is not None:
            self.form.add(
                "students", Field(_("Students reached"), LineEdit(values.get("students", "")))
            )
        self.form.add(
            "note", Field(_("Note"), LineEdit(values.get("note", ""), _("Short, without names")))
        )
        category.setFocus()


class CategorySheet(EntrySheet):
    """Under which category something goes."""

    def __init__(
        self,
        title: str,
        text: str,
        categories: Options,
        value: str,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(title, _("Put it there"), text, parent=parent)
        choice = Choice(categories)
        choice.set_value(value)
        self.form.add("category", Field(_("Category"), choice))
        choice.setFocus()


class FullDaySheet(EntrySheet):
    """How long a full day of work is."""

    def __init__(self, minutes: str, parent: QWidget | None = None) -> None:
        super().__init__(_("A full day of work"), _("Use this"), parent=parent)
        line = LineEdit(minutes)
        self.form.add("time_day", Field(_("Minutes"), line, required=True))
        line.setFocus()
        line.selectAll()


class CodeSheet(EntrySheet):
    """What a kind of service is claimed as, alone and in a group."""

    def __init__(
        self,
        title: str,
        units: Options,
        values: Mapping[str, str],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(
            title,
            _("Keep it"),
            _("Enter the codes as your district has them. Without a code, nothing is claimed."),
            width=640,
            parent=parent,
        )
        for setting, label in (("individual", _("Code, alone")), ("group", _("Code, in a group"))):
            choice = Choice(units)
            choice.set_value(values[f"{setting}_units"])
            self.form.add_row(
                **{
                    setting: Field(label, LineEdit(values[setting])),
                    f"{setting}_modifiers": Field(
                        _("Modifiers"), LineEdit(values[f"{setting}_modifiers"])
                    ),
                    f"{setting}_units": Field(_("Units"), choice),
                }
            )
        self.form.field("individual").editor.setFocus()


class RangeSheet(EntrySheet):
    """From which day to which."""

    def __init__(
        self, since: date, until: date, today: Callable[[], date], parent: QWidget | None = None
    ) -> None:
        super().__init__(_("Choose the days"), _("Show them"), parent=parent)
        first = DateEdit(since, today=today)
        self.form.add_row(
            since=Field(_("From"), first, required=True),
            until=Field(_("To"), DateEdit(until, today=today), required=True),
        )
        first.setFocus()


def _time(text: str) -> time | None:
    try:
        return time.fromisoformat(text)
    except ValueError:
        return None
