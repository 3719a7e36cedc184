"""The sheets of this room: what is typed is handed on as it stands."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, time
from typing import Any

from PySide6.QtWidgets import QWidget

from app.kernel.words import _, pgettext
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
from ui.kit.widgets.headings import SectionTitle
from ui.kit.widgets.passphrase import PassphraseEdit

Options = Sequence[tuple[object, str]]


def add_witness(sheet: EntrySheet, people: Options, title: str, hint: str = "") -> None:
    """Add the lines in which a second person proves who they are."""
    sheet.form.add_widget(SectionTitle(title))
    if people:
        sheet.form.add(
            "witness",
            Field(_("Second person"), Choice([("", _("Nobody")), *people]), hint),
        )
        sheet.form.add("witness_passphrase", Field(_("Their own passphrase"), PassphraseEdit()))
    else:
        sheet.form.add_widget(
            SectionTitle(_("Nobody else is at this vault yet. A keeper adds people under People."))
        )


class MoreSheet(EntrySheet):
    """A dose with everything that is not the usual: amount, time, who gave it, a second person."""

    def __init__(
        self,
        text: str,
        amount: str,
        unit: str,
        givers: Options,
        people: Options,
        today: Callable[[], date],
        entries: Mapping[str, Any],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(_("Record the dose"), _("Record"), text, width=640, parent=parent)
        first = LineEdit(amount)
        self.form.add_row(
            amount=Field(_("How much ({unit})").format(unit=unit), first),
            day=Field(_("Day"), DateEdit(today(), today=today)),
            at=Field(_("Given at"), TimeEdit(), _("Now, when left empty")),
        )
        by = Chips(givers, exclusive=True)
        by.set_value(givers[0][0])
        self.form.add("by", Field(_("Who gave it"), by))
        self.form.add(
            "giver", Field(_("Their name"), LineEdit(), _("Of a trained person or a guardian"))
        )
        self.form.add_row(
            site=Field(_("Where on the body"), LineEdit()),
            note=Field(_("Note"), LineEdit()),
        )
        for name, label in (
            ("reason", _("Why it is needed now")),
            ("assessment", _("What you saw before")),
            ("override_reason", _("Reason for giving it all the same")),
        ):
            self.form.add(name, Field(label, LineEdit(str(entries.get(name, "")))))
        add_witness(self, people, _("Second person, where one is needed"))
        first.setFocus()
        first.selectAll()


class EffectSheet(EntrySheet):
    """What a dose as needed did."""

    def __init__(self, text: str, effects: Options, parent: QWidget | None = None) -> None:
        super().__init__(_("How did it work?"), _("Record"), text, parent=parent)
        effect = Chips(effects, exclusive=True)
        self.form.add("effect", Field(_("Effect"), effect, required=True))
        self.form.add("text", Field(_("What you saw"), NoteText(lines=2, most=6)))
        effect.setFocus()


class ReasonSheet(EntrySheet):
    """Asks for a reason, and on whose word where that is asked too."""

    def __init__(
        self,
        title: str,
        save: str,
        text: str,
        *,
        word_of: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(title, save, text, parent=parent)
        reason = NoteText(lines=2, most=6)
        self.form.add("reason", Field(_("Reason"), reason, required=True))
        if word_of:
            self.form.add(
                "word_of", Field(_("On whose word"), LineEdit(), _("Prescriber, guardian"))
            )
        reason.setFocus()


class WitnessSheet(EntrySheet):
    """A second person proves who they are; with lines of its own before it where needed."""

    def __init__(
        self,
        title: str,
        save: str,
        text: str,
        people: Options,
        *,
        words: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(title, save, text, width=560, parent=parent)
        if words:
            self.form.add("text", Field(words, NoteText(lines=2, most=8), required=True))
        add_witness(self, people, _("Second person"))


class CorrectSheet(EntrySheet):
    """Puts a recorded dose right: what should stand there, and why."""

    def __init__(
        self,
        text: str,
        ways: Options,
        codes: Options,
        amount: str,
        at: time | None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(_("Correct the record"), _("Correct"), text, width=640, parent=parent)
        way = Chips(ways, exclusive=True)
        way.set_value(ways[0][0])
        self.form.add("way", Field(_("What is right"), way))
        self.form.add_row(
            amount=Field(_("How much"), LineEdit(amount)),
            at=Field(_("Given at"), TimeEdit(at)),
        )
        self.form.add("code", Field(_("Why it was not given"), Choice(codes)))
        self.form.add("note", Field(_("Note"), LineEdit()))
        self.form.add(
            "why",
            Field(
                _("Why it is corrected"),
                NoteText(lines=2, most=6),
                _("What was recorded stays readable beside the correction."),
                required=True,
            ),
        )
        way.setFocus()


class OrderEntry(EntrySheet):
    """An order as it stands on its paper."""

    def __init__(
        self,
        title: str,
        save: str,
        text: str,
        entries: Mapping[str, Any],
        choices: Mapping[str, Options],
        today: Callable[[], date],
        *,
        changing: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(title, save, text, width=760, parent=parent)

        def line(name: str) -> LineEdit:
            return LineEdit(str(entries.get(name, "")))

        def choice(name: str) -> Choice:
            made = Choice(choices[name])
            made.set_value(entries.get(name, ""))
            return made

        def day(name: str) -> DateEdit:
            text = str(entries.get(name, ""))
            return DateEdit(date.fromisoformat(text) if text else None, today=today)

        add = self.form
        first = line("name")
        add.add_widget(SectionTitle(_("Medicine")))
        add.add_row(
            name=Field(_("Medicine"), first, required=True),
            strength=Field(_("Strength"), line("strength"), _("10 mg, 250 mg/5 mL")),
            form=Field(_("Form"), line("form"), _("tablet, inhaler")),
        )
        add.add_row(
            dose=Field(_("Dose"), line("dose"), _("1, 1/2, 2.5"), required=True),
            dose_most=Field(_("Up to"), line("dose_most"), _("Of a range")),
            unit=Field(_("Counted in"), choice("unit")),
            route=Field(_("How"), choice("route")),
        )
        add.add_widget(SectionTitle(_("When")))
        timing = Chips(choices["timing"], exclusive=True)
        timing.set_value(entries.get("timing"))
        add.add("timing", Field(_("Given"), timing))
        add.add_row(
            times=Field(_("Times"), line("times"), _("11:45, 2:30 PM")),
            starts_on=Field(_("From"), day("starts_on"), _("Today, when left empty")),
            ends_on=Field(_("To"), day("ends_on"), _("The end of the school year otherwise")),
        )
        days = Chips(choices["days"])
        days.set_values(list(entries.get("days", ())))
        add.add("days", Field(_("Days"), days))
        add.add_row(
            indication=Field(_("As needed for"), line("indication")),
            min_hours=Field(_("Hours between doses"), line("min_hours")),
            day_doses=Field(_("Most doses a day"), line("day_doses")),
        )
        add.add_widget(SectionTitle(_("Authorization")))
        add.add_row(
            prescriber=Field(_("Prescriber"), line("prescriber"), required=True),
            prescriber_phone=Field(_("Phone"), line("prescriber_phone"), required=True),
            prescribed_on=Field(_("Signed on"), day("prescribed_on")),
        )
        add.add_row(
            guardian=Field(_("Guardian"), line("guardian"), required=True),
            guardian_signed_on=Field(_("Signed on"), day("guardian_signed_on")),
            guardian_until=Field(_("Valid until"), day("guardian_until")),
        )
        add.add_widget(SectionTitle(_("Also")))
        add.add_row(
            schedule=Field(_("Controlled substance"), choice("schedule")),
            emergency=Field(_("Emergency medicine"), choice("emergency")),
            self_carry=Field(_("Where it is kept"), choice("self_carry")),
        )
        add.add_row(
            refill_doses=Field(_("Ask for more at (doses)"), line("refill_doses")),
            refill_days=Field(_("Ask for more at (days)"), line("refill_days")),
            rxnorm=Field(_("RxNorm code"), line("rxnorm")),
        )
        add.add(
            "instructions",
            Field(
                _("Special instructions"),
                NoteText(str(entries.get("instructions", "")), lines=2, most=6),
            ),
        )
        if changing:
            add.add(
                "reason",
                Field(_("Why the order is changed"), NoteText(lines=2, most=4), required=True),
            )
        first.setFocus()


class ReceiveSheet(EntrySheet):
    """A container that came in, counted by two."""

    def __init__(
        self,
        text: str,
        unit: str,
        people: Options,
        today: Callable[[], date],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(_("Receive medicine"), _("Receive"), text, width=640, parent=parent)
        first = LineEdit()
        self.form.add_row(
            amount=Field(_("Counted ({unit})").format(unit=unit), first, required=True),
            labelled=Field(_("Label says"), LineEdit(), _("Where it is known")),
            expires_on=Field(_("Expires on"), DateEdit(None, today=today)),
        )
        self.form.add_row(
            prescription=Field(_("Prescription number"), LineEdit()),
            pharmacy=Field(_("Pharmacy"), LineEdit()),
            lot=Field(_("Lot"), LineEdit()),
            place=Field(_("Kept where"), LineEdit()),
        )
        self.form.add(
            "counterpart",
            Field(_("Brought and counted by"), LineEdit(), _("The guardian’s name")),
        )
        add_witness(self, people, _("Or counted with a colleague"))
        first.setFocus()


class TakeSheet(EntrySheet):
    """Takes something out of a container other than by giving it."""

    def __init__(
        self,
        text: str,
        unit: str,
        kinds: Options,
        people: Options,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(
            _("Take out of the container"), _("Take out"), text, width=600, parent=parent
        )
        kind = Chips(kinds, exclusive=True)
        kind.set_value(kinds[0][0])
        self.form.add("kind", Field(_("What happened"), kind))
        self.form.add(
            "amount", Field(_("How much ({unit})").format(unit=unit), LineEdit(), required=True)
        )
        self.form.add("reason", Field(_("Reason"), LineEdit()))
        self.form.add("counterpart", Field(_("To whom, if it was returned"), LineEdit()))
        add_witness(self, people, _("Second person, where one is needed"))
        kind.setFocus()


class CountSheet(EntrySheet):
    """Counts containers, each on its line; the expected number is not shown before."""

    def __init__(
        self,
        text: str,
        lines: Sequence[tuple[str, str]],
        occasions: Options,
        people: Options,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(_("Count"), _("Keep the count"), text, width=640, parent=parent)
        occasion = Chips(occasions, exclusive=True)
        occasion.set_value(occasions[0][0])
        self.form.add("occasion", Field(_("Why it is counted"), occasion))
        for name, label in lines:
            self.form.add(name, Field(label, LineEdit()))
        add_witness(self, people, _("Counted with"))
        if lines:
            self.form.field(lines[0][0]).setFocus()


class IncidentSheet(EntrySheet):
    """What went wrong, or nearly did."""

    def __init__(
        self,
        text: str,
        kinds: Options,
        today: Callable[[], date],
        *,
        usual: object = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(_("Report an incident"), _("Report"), text, width=640, parent=parent)
        kind = Chips(kinds, exclusive=True)
        kind.set_value(usual)
        self.form.add("kind", Field(_("What it was"), kind, required=True))
        self.form.add(
            "near_miss", Field(_("Reached the student"), Check(_("No, it was caught in time")))
        )
        self.form.add_row(
            day=Field(_("Day"), DateEdit(today(), today=today)),
            at=Field(_("Time"), TimeEdit(), _("Now, when left empty")),
        )
        for name, label in (
            ("happened", _("What happened")),
            ("done", _("What was done at once")),
            ("condition", _("How the student was")),
            ("cause", _("What led to it")),
        ):
            self.form.add(
                name, Field(label, NoteText(lines=2, most=6), required=name == "happened")
            )
        kind.setFocus()


class CallSheet(EntrySheet):
    """Adds a call, an outcome or a note to an incident."""

    def __init__(
        self, text: str, kinds: Options, called: Options, parent: QWidget | None = None
    ) -> None:
        super().__init__(_("Add to the incident"), _("Add"), text, width=600, parent=parent)
        kind = Chips(kinds, exclusive=True)
        kind.set_value(kinds[0][0])
        self.form.add("kind", Field(_("What"), kind))
        self.form.add("called", Field(_("Who was called"), Choice([("", _("Nobody")), *called])))
        self.form.add_row(
            name=Field(_("Name"), LineEdit()),
            phone=Field(_("Phone"), LineEdit()),
            at=Field(_("Time"), TimeEdit(), _("Now, when left empty")),
        )
        self.form.add("text", Field(_("What was said or found"), NoteText(lines=2, most=6)))
        kind.setFocus()


class VisitSheet(EntrySheet):
    """A student came to the health office."""

    def __init__(
        self,
        text: str,
        complaints: Options,
        today: Callable[[], date],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(_("A student came"), _("Write it down"), text, width=640, parent=parent)
        complaint = Chips(complaints, exclusive=True)
        self.form.add("complaint", Field(pgettext("reason", "Why"), complaint, required=True))
        self.form.add("words", Field(_("In the student’s words"), NoteText(lines=1, most=4)))
        self.form.add_row(
            sent_by=Field(_("Sent by"), LineEdit()),
            day=Field(_("Day"), DateEdit(today(), today=today)),
            at=Field(_("Came at"), TimeEdit(), _("Now, when left empty")),
        )
        complaint.setFocus()


class VitalsSheet(EntrySheet):
    """Vital signs; what was not taken stays empty."""

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        super().__init__(_("Vital signs"), _("Add"), text, width=600, parent=parent)
        first = LineEdit()
        self.form.add_row(
            temperature=Field(_("Temperature"), first),
            celsius=Field(_("Read in"), Check(_("Celsius"))),
            pulse=Field(_("Pulse"), LineEdit()),
            breaths=Field(_("Breaths a minute"), LineEdit()),
        )
        self.form.add_row(
            oxygen=Field(_("Oxygen (%)"), LineEdit()),
            systolic=Field(_("Blood pressure, upper"), LineEdit()),
            diastolic=Field(_("Blood pressure, lower"), LineEdit()),
        )
        self.form.add_row(
            glucose=Field(_("Glucose (mg/dL)"), LineEdit()),
            peak_flow=Field(_("Peak flow"), LineEdit()),
            pain=Field(_("Pain (0 to 10)"), LineEdit()),
        )
        first.setFocus()


class LeavingSheet(EntrySheet):
    """When and where to the student left."""

    def __init__(self, text: str, leavings: Options, parent: QWidget | None = None) -> None:
        super().__init__(
            _("The student leaves"), _("Write it down"), text, width=560, parent=parent
        )
        leaving = Chips(leavings, exclusive=True)
        leaving.set_value(leavings[0][0])
        self.form.add("leaving", Field(_("Where to"), leaving))
        self.form.add("to_whom", Field(_("With whom"), LineEdit(), _("Of a student sent home")))
        self.form.add_row(
            at=Field(_("Left at"), TimeEdit(), _("Now, when left empty")),
            text=Field(_("Note"), LineEdit()),
        )
        leaving.setFocus()
