"""The sheets of this room: what is typed is handed on as it stands."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date

from PySide6.QtWidgets import QWidget

from app.kernel.words import _, pgettext
from ui.kit.widgets.entry_sheet import EntrySheet, put
from ui.kit.widgets.fields import Chips, Choice, DateEdit, Field, LineEdit, NoteText

Options = Sequence[tuple[object, str]]


def _chips(options: Options, chosen: object = None) -> Chips:
    chips = Chips(options, exclusive=True)
    chips.set_value(options[0][0] if chosen is None else chosen)
    return chips


class MandateSheet(EntrySheet):
    """A service owed, new or as it is from a day on."""

    def __init__(
        self,
        title: str,
        text: str,
        offered: Mapping[str, Options],
        entries: Mapping[str, str],
        today: Callable[[], date],
        *,
        change: bool,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(title, _("Write down"), text, width=680, parent=parent)
        service = Choice(offered["service"])
        if not change:
            self.form.add("service_id", Field(_("Service"), service, required=True))
        self.form.add_row(
            setting=Field(_("How"), _chips(offered["setting"])),
            period=Field(_("For each"), _chips(offered["period"])),
        )
        self.form.add("unit", Field(_("Counted in"), _chips(offered["unit"])))
        amount = LineEdit()
        self.form.add_row(
            amount=Field(_("How much"), amount, _("Minutes or sessions in each period")),
            times=Field(_("Or so many times"), LineEdit()),
            each_minutes=Field(_("Minutes of each"), LineEdit()),
        )
        self.form.add_row(
            starts_on=Field(_("From"), DateEdit(today=today), required=True),
            ends_on=Field(_("To"), DateEdit(today=today), _("Empty: until it is ended")),
        )
        self.form.add_row(
            basis=Field(_("Owed by"), Choice(offered["basis"])),
            basis_on=Field(_("Its date"), DateEdit(today=today), required=True),
            place=Field(_("Where"), Choice(offered["place"])),
        )
        self.form.add_row(
            person_id=Field(_("Who gives it"), Choice(offered["person"])),
            provider=Field(_("As the plan names them"), LineEdit(), _("Empty: the same name")),
        )
        if change:
            self.form.add(
                "reason", Field(_("Why it changes"), NoteText(lines=2, most=6), required=True)
            )
        for name, entry in entries.items():
            if name in self.form.names():
                put(self.form.field(name).editor, entry)
        (amount if change else service).setFocus()


class EndSheet(EntrySheet):
    """After which day nothing is owed any more, and why."""

    def __init__(self, text: str, today: Callable[[], date], parent: QWidget | None = None) -> None:
        super().__init__(_("End the service owed"), _("End it"), text, parent=parent)
        self.form.add(
            "ended_on", Field(_("Last day"), DateEdit(today(), today=today), required=True)
        )
        reason = NoteText(lines=2, most=6)
        self.form.add("reason", Field(pgettext("reason", "Why"), reason, required=True))
        reason.setFocus()


class SessionSheet(EntrySheet):
    """A session for which no note is signed: given elsewhere, or fallen out."""

    def __init__(
        self,
        text: str,
        outcomes: Options,
        today: Callable[[], date],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(_("Session without a note"), _("Write down"), text, parent=parent)
        self.form.add("day", Field(_("Day"), DateEdit(today(), today=today), required=True))
        outcome = _chips(outcomes)
        self.form.add("outcome", Field(_("What became of it"), outcome))
        self.form.add("minutes", Field(_("Minutes"), LineEdit()))
        self.form.add("reason", Field(_("What happened"), LineEdit()))
        outcome.setFocus()


class CorrectSheet(EntrySheet):
    """Puts right what was counted."""

    def __init__(
        self,
        text: str,
        outcomes: Options,
        outcome: str,
        minutes: str,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(_("Correct the session"), _("Correct"), text, parent=parent)
        self.form.add("outcome", Field(_("What became of it"), _chips(outcomes, outcome)))
        typed = LineEdit(minutes)
        self.form.add("minutes", Field(_("Minutes"), typed))
        self.form.add("why", Field(_("Why it is corrected"), LineEdit(), required=True))
        typed.setFocus()
        typed.selectAll()


class OneChoiceSheet(EntrySheet):
    """Asks for one of several."""

    def __init__(
        self,
        title: str,
        save: str,
        text: str,
        words: str,
        options: Options,
        name: str,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(title, save, text, parent=parent)
        choice = Choice(options)
        self.form.add(name, Field(words, choice))
        choice.setFocus()


class RulesSheet(EntrySheet):
    """How minutes are counted at this desk, and when a wait is long."""

    def __init__(
        self,
        offered: Mapping[str, Options],
        entries: Mapping[str, str],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(
            _("How it is counted"),
            _("Save"),
            _("As your district counts. Nothing that was written down changes."),
            parent=parent,
        )
        first: Choice | None = None
        for name, words in (
            ("week_starts", _("A week begins on")),
            ("year_starts", _("A school year begins in")),
            ("make_up_counts", _("A make-up session counts")),
            ("referral_days", _("A referral has waited long after")),
        ):
            choice = Choice(offered[name])
            choice.set_value(entries[name])
            self.form.add(name, Field(words, choice))
            first = first or choice
        if first is not None:
            first.setFocus()


class ReferSheet(EntrySheet):
    """A referral to a service of the school."""

    def __init__(
        self,
        text: str,
        services: Options,
        askers: Options,
        today: Callable[[], date],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(_("Refer to a service"), _("Refer"), text, width=560, parent=parent)
        service = Choice(services)
        self.form.add("service_id", Field(_("Service"), service, required=True))
        self.form.add_row(
            asked_on=Field(_("Asked for on"), DateEdit(today(), today=today), required=True),
            asked_by=Field(_("By whom, in kind"), Choice(askers), required=True),
        )
        self.form.add("words", Field(_("What for"), NoteText(lines=2, most=6)))
        service.setFocus()


class CloseSheet(EntrySheet):
    """How a service came to its end, or why it will not begin."""

    def __init__(
        self,
        text: str,
        outcomes: Options,
        today: Callable[[], date],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(_("Say how it ended"), _("Close"), text, parent=parent)
        outcome = _chips(outcomes)
        self.form.add("outcome", Field(_("How"), outcome))
        self.form.add("closed_on", Field(_("On"), DateEdit(today(), today=today), required=True))
        self.form.add("reason", Field(pgettext("reason", "Why"), NoteText(lines=2, most=6)))
        outcome.setFocus()
