"""The sheets of the screening room: what is typed is handed on as it stands."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from app.kernel.words import _, pgettext
from ui.kit.widgets.buttons import Button
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
from ui.kit.widgets.ground import GroundFields
from ui.kit.widgets.headings import Muted, Words

Options = Sequence[tuple[object, str]]


class FileSheet(EntrySheet):
    """A sheet that asks for a file, typed or chosen."""

    browse_asked = Signal()

    def add_file(self, hint: str) -> None:
        """Ask for the file here."""
        self.file = LineEdit()
        self.form.add("file", Field(_("File"), self.file, hint, required=True))
        browse = Button(_("Choose a file …"), "file")
        browse.clicked.connect(self.browse_asked)
        self.form.add_widget(browse)

    def take_file(self, path: str) -> None:
        """Put a chosen file into its field."""
        if path:
            self.file.setText(path)


class ImportSheet(FileSheet):
    """A class's or school's answers from a CSV."""

    def __init__(
        self,
        instruments: Options,
        informants: Mapping[str, Options],
        rounds: Mapping[str, Options],
        today: Callable[[], date],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(
            _("Screenings from a file"),
            _("Take in"),
            _(
                "A CSV with a line for each student: the column student_number, if need be date, and"
                " a column for each item, named by its number. Lines that are not understood stay"
                " out and are named."
            ),
            width=640,
            parent=parent,
        )
        self._informants = informants
        self._rounds = rounds
        self.instrument = Choice(instruments)
        self.form.add("instrument", Field(_("Instrument"), self.instrument, required=True))
        self.informant = Choice()
        self.form.add("informant", Field(_("Who answered"), self.informant, required=True))
        self.round = Choice()
        self.form.add("round", Field(_("Universal screening"), self.round))
        self.add_file(_("Answers as numbers or in words"))
        self.form.add(
            "day",
            Field(_("On, where the file has no date"), DateEdit(today(), today=today)),
        )
        self.instrument.chosen.connect(self._turn)
        self._turn(self.instrument.value())
        self.instrument.setFocus()

    def _turn(self, instrument: object) -> None:
        self.informant.set_options(self._informants.get(str(instrument), ()))
        # An open round comes first: in it, guardians' answers decide who may be screened.
        self.round.set_options([*self._rounds.get(str(instrument), ()), ("", _("None"))])


class LoadSheet(FileSheet):
    """A definition or a wording that the district supplies; what is in use stands under it."""

    def __init__(
        self, what: Options, known: Sequence[tuple[str, str]], parent: QWidget | None = None
    ) -> None:
        super().__init__(
            _("Instruments"),
            _("Take in"),
            _(
                "The program ships the scoring of instruments with short labels of its own. Take in"
                " your district’s definitions, or the wording of a form, as a FHIR Questionnaire,"
                " that you have the right to use."
            ),
            width=680,
            parent=parent,
        )
        first = Choice(what)
        self.form.add("what", Field(_("What"), first))
        self.add_file(_("JSON"))
        for title, words in known:
            self.form.add_widget(Words(title, bold=True))
            self.form.add_widget(Muted(words))
        first.setFocus()


class CorrectionSheet(EntrySheet):
    """The answers as they should have been, and why they were not."""

    def __init__(
        self,
        items: Sequence[tuple[str, str, Options, object]],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(
            _("Correct the answers"),
            _("Put in its place"),
            _("The mistaken screening stays and is marked. What it asked for stays open."),
            width=640,
            parent=parent,
        )
        first: QWidget | None = None
        for name, words, options, value in items:
            editor: QWidget
            if options:
                choice = Choice([(None, "–"), *options])
                choice.set_value(value)
                editor = choice
            else:
                editor = LineEdit("" if value is None else str(value))
            first = first or editor
            self.form.add(f"item_{name}", Field(words, editor))
        self.form.add(
            "why", Field(pgettext("reason", "Why"), NoteText(lines=2, most=5), required=True)
        )
        if first is not None:
            first.setFocus()


class RiskSheet(EntrySheet):
    """What was done about a risk, who was told and when."""

    def __init__(
        self,
        kinds: Options,
        today: Callable[[], date],
        *,
        closing: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(
            _("Close the follow-up") if closing else _("What was done"),
            _("Close") if closing else _("Write it down"),
            _("It stays on Today until you say what was done and who was told.") if closing else "",
            width=560,
            parent=parent,
        )
        first: QWidget
        if kinds:
            chips = Chips(kinds, exclusive=True)
            chips.set_value(kinds[0][0])
            self.form.add("kind", Field(_("What"), chips))
        first = NoteText(lines=3, most=8)
        self.form.add("text", Field(_("What was done"), first, required=closing))
        self.form.add(
            "told",
            Field(_("Who was told, by name and role"), LineEdit(), required=closing),
        )
        self.form.add_row(
            day=Field(_("Told on"), DateEdit(today(), today=today)),
            at=Field(_("At"), TimeEdit(None)),
        )
        first.setFocus()


class WhySheet(EntrySheet):
    """Why something is taken up again, or was recorded in error.

    With `asks` it also has whoever marks an error say that no student gave the answers.
    """

    def __init__(
        self,
        title: str,
        save: str,
        parent: QWidget | None = None,
        *,
        text: str = "",
        asks: bool = False,
    ) -> None:
        super().__init__(title, save, text, parent=parent)
        first = NoteText(lines=2, most=6)
        self.form.add("why", Field(pgettext("reason", "Why"), first, required=True))
        if asks:
            nobody = Check(_("No student gave these answers"))
            self.form.add("nobody", Field(_("An answer asks for a person"), nobody, required=True))
        first.setFocus()


class RoundSheet(EntrySheet):
    """A universal screening that begins."""

    def __init__(
        self,
        instruments: Options,
        informants: Mapping[str, Options],
        schools: Options,
        grades: Options,
        today: Callable[[], date],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(
            _("Begin a universal screening"),
            _("Begin"),
            _(
                "With active consent only students whose guardian agreed are screened; with passive"
                " consent all whose guardian did not say no."
            ),
            width=680,
            parent=parent,
        )
        self._informants = informants
        first = LineEdit()
        self.form.add("title", Field(_("Name"), first, _("Fall 2026"), required=True))
        self.instrument = Choice(instruments)
        self.informant = Choice()
        self.form.add_row(
            instrument=Field(_("Instrument"), self.instrument, required=True),
            informant=Field(_("Who answers"), self.informant, required=True),
        )
        self.form.add("school", Field(_("Building"), Choice(schools)))
        self.form.add("grades", Field(_("Grades; none: all"), Chips(grades)))
        consent = Chips(
            [("active", _("Active consent")), ("passive", _("Passive consent"))], exclusive=True
        )
        consent.set_value("active")
        self.form.add("consent", Field(_("Consent"), consent))
        self.form.add_row(
            begins_on=Field(_("From"), DateEdit(today(), today=today), required=True),
            ends_on=Field(_("To"), DateEdit(None, today=today), required=True),
        )
        self.instrument.chosen.connect(self._turn)
        self._turn(self.instrument.value())
        first.setFocus()

    def _turn(self, instrument: object) -> None:
        self.informant.set_options(self._informants.get(str(instrument), ()))


class ConsentSheet(EntrySheet):
    """What a guardian said to a round."""

    def __init__(
        self, who: str, said: Options, today: Callable[[], date], parent: QWidget | None = None
    ) -> None:
        super().__init__(_("What a guardian said"), _("Write it down"), who, parent=parent)
        chips = Chips(said, exclusive=True)
        chips.set_value(said[0][0])
        self.form.add("state", Field(_("What was said"), chips))
        self.form.add("said_by", Field(_("By whom"), LineEdit(), required=True))
        self.form.add("said_on", Field(_("On"), DateEdit(today(), today=today), required=True))
        chips.setFocus()


class PaperSheet(EntrySheet):
    """To whom a result goes, and why; the answers only where they are needed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(
            _("Save the result as PDF"),
            _("Choose where …"),
            _("It is written down among the disclosures before it leaves."),
            parent=parent,
        )
        first = LineEdit()
        self.form.add("recipient", Field(_("For whom"), first, required=True))
        self.form.add("purpose", Field(_("What for"), LineEdit(), required=True))
        self.ground = GroundFields(self.form, names_somebody=True)
        self.form.add("answers", Field(_("Answers"), Check(_("Print each answer as well"))))
        first.setFocus()
