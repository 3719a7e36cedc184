"""The sheets of the consents room: each asks for what its kind needs, and hands it on."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from app.kernel.words import _, pgettext
from ui.kit.look import look
from ui.kit.widgets.buttons import Button
from ui.kit.widgets.dialogs import Sheet
from ui.kit.widgets.entry_sheet import EntrySheet
from ui.kit.widgets.fields import Check, Chips, Choice, DateEdit, Field, LineEdit, NoteText
from ui.kit.widgets.headings import SectionTitle
from ui.kit.widgets.preview import PagesPreview, Picture
from ui.kit.widgets.scroll import ScrollColumn

Options = Sequence[tuple[object, str]]
Names = frozenset[str]
_SCAN_HEIGHT = 480
_SCAN_SHARE = 0.48
"""Of the screen's height, where the scan's own is too much: title and buttons need the rest."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Which fields a choice asks for."""

    by_kind: Mapping[object, Names]
    by_way: Mapping[object, Names]


def _chips(options: Options) -> Chips:
    made = Chips(options, exclusive=True)
    made.set_value(options[0][0])
    return made


class ConsentEntry(EntrySheet):
    """A consent as it was signed; only what its kind and its signature ask for is in sight."""

    browse_asked = Signal()

    def __init__(
        self,
        words: tuple[str, str, str],
        options: Mapping[str, Options],
        asked: Asked,
        capacities: Mapping[object, str],
        today: Callable[[], date],
        *,
        correcting: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        title, save, text = words
        super().__init__(title, save, text, width=760, parent=parent)
        self._asked = asked
        self._capacities = capacities
        self.kind = _chips(options["kind"])
        self.form.add("kind", Field(_("What it allows"), self.kind))
        self._add_content(options)
        self._add_part2()
        self._add_signature(options, today)
        self._add_days(today)
        self.scan = LineEdit()
        self.form.add(
            "scan",
            Field(_("Scan"), self.scan, _("PDF, PNG or JPEG, at most 10 MB; kept in the vault")),
        )
        browse = Button(_("Choose a file …"), "file")
        browse.clicked.connect(self.browse_asked)
        self.form.add_widget(browse)
        self.form.add("comment", Field(_("Comment"), NoteText(lines=1, most=4)))
        if correcting:
            self.form.add("why", Field(_("Why it is corrected"), LineEdit(), required=True))
        self.kind.chosen.connect(lambda _value: self.turn())
        self.way.chosen.connect(lambda _value: self.turn())
        self.treatment.toggled.connect(lambda _on: self.turn())
        self.signer.chosen.connect(self._turn_signer)
        self._turn_signer(self.signer.value())
        self.turn()
        self.kind.setFocus()

    def _add_content(self, options: Mapping[str, Options]) -> None:
        self.form.add(
            "recipient",
            Field(
                _("To whom"),
                LineEdit(),
                _("A person, an agency, or a class, such as the student’s physicians"),
                required=True,
            ),
        )
        self.form.add("recipient_class", Field(_("That is"), _chips(options["recipient_class"])))
        self.form.add(
            "matters",
            Field(_("What of the record"), Chips(options["matters"]), required=True),
        )
        self.form.add(
            "description",
            Field(_("Exactly what"), NoteText(lines=2, most=8), _("In the words of the paper")),
        )
        self.form.add("purpose", Field(_("What for"), LineEdit()))

    def _add_part2(self) -> None:
        self.form.add(
            "discloser",
            Field(
                _("Who may disclose it"), LineEdit(), _("By name, or the program"), required=True
            ),
        )
        self.form.add(
            "revoke_how",
            Field(_("How it can be revoked"), LineEdit(), _("As the paper says"), required=True),
        )
        self.treatment = Check(_("For treatment, payment and health care operations"))
        self.form.add("treatment", Field(_("Use"), self.treatment))
        self.form.add(
            "says_redisclosure",
            Field(
                _("What the paper must say"),
                Check(_("That what is disclosed may be disclosed again")),
            ),
        )
        self.form.add(
            "says_refusal",
            Field(_("And"), Check(_("What it means to refuse to sign"))),
        )

    def _add_signature(self, options: Mapping[str, Options], today: Callable[[], date]) -> None:
        self.form.add_widget(SectionTitle(_("Signature")))
        self.signer = Choice(options["signer"])
        self.form.add("signer", Field(_("Who signed"), self.signer, required=True))
        self.form.add_row(
            signer_name=Field(_("Name"), LineEdit()),
            capacity=Field(
                _("In which capacity"), LineEdit(), _("Mother, legal guardian, surrogate")
            ),
        )
        self.form.add(
            "student_signed",
            Field(_("Besides"), Check(_("The student signed as well"))),
        )
        self.way = _chips(options["way"])
        self.form.add("way", Field(_("How"), self.way))
        self.form.add(
            "identified",
            Field(
                _("How the person was identified"),
                LineEdit(),
                _("Known to me, state ID, the district’s portal with their own sign-in"),
                required=True,
            ),
        )
        self.form.add(
            "approval",
            Field(
                _("How they showed that they agree"),
                LineEdit(),
                _("Signed with a finger, typed their name under it"),
                required=True,
            ),
        )
        self.form.add("witness", Field(_("Who heard it too"), LineEdit(), required=True))

    def _add_days(self, today: Callable[[], date]) -> None:
        self.form.add_row(
            signed_on=Field(_("Signed on"), DateEdit(today(), today=today), required=True),
            since=Field(_("First day"), DateEdit(None, today=today), _("The same, if left empty")),
        )
        self.form.add_row(
            until_on=Field(_("Last day"), DateEdit(None, today=today)),
            until_event=Field(_("Or until this happens"), LineEdit()),
        )

    def take_up(self, entries: Mapping[str, Any], say: str) -> None:
        """Put back what was typed before, and show what that asks for."""
        super().take_up(entries, say)
        self._turn_signer(self.signer.value())
        self.turn()

    def turn(self) -> None:
        """Show what the kind and the way of signing ask for."""
        shown = self._asked.by_kind[self.kind.value()] | self._asked.by_way[self.way.value()]
        known = frozenset().union(*self._asked.by_kind.values(), *self._asked.by_way.values())
        if not self.treatment.isChecked():
            shown -= {"says_redisclosure", "says_refusal"}
        for name in known:
            self.form.field(name).setVisible(name in shown)

    def _turn_signer(self, value: object) -> None:
        guardian = value in self._capacities
        self.form.field("signer_name").setVisible(not guardian)
        self.form.field("capacity").setVisible(value != "student")
        self.form.field("student_signed").setVisible(value != "student")
        capacity = self.form.field("capacity").editor
        known = {"", *self._capacities.values()}
        if isinstance(capacity, LineEdit) and capacity.text() in known:
            capacity.setText(self._capacities.get(value, ""))

    def take_file(self, path: str) -> None:
        """Put a chosen file into its field."""
        if path:
            self.scan.setText(path)


class EndEntry(EntrySheet):
    """That a consent was revoked, or that its event came to pass."""

    def __init__(
        self,
        text: str,
        today: Callable[[], date],
        *,
        revoked: bool,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(
            _("Revoke the consent") if revoked else _("Its event came to pass"),
            _("Write it down"),
            text,
            parent=parent,
        )
        first = LineEdit()
        if revoked:
            self.form.add("said_by", Field(_("Who revoked it"), first, required=True))
        how = LineEdit() if revoked else first
        self.form.add(
            "how",
            Field(
                _("How") if revoked else _("What happened"),
                how,
                _("In a letter, on the telephone, in person") if revoked else "",
                required=True,
            ),
        )
        self.form.add(
            "on_day",
            Field(
                _("From this day on"),
                DateEdit(today(), today=today),
                _("What left before has left; it is not undone.") if revoked else "",
                required=True,
            ),
        )
        first.setFocus()


class WhyEntry(EntrySheet):
    """Why an entry was a mistake."""

    def __init__(self, title: str, text: str, parent: QWidget | None = None) -> None:
        super().__init__(title, _("Take it back"), text, parent=parent)
        first = LineEdit()
        self.form.add("why", Field(pgettext("reason", "Why"), first, required=True))
        first.setFocus()


class FileEntry(EntrySheet):
    """A scan of a paper that was written down before."""

    browse_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(
            _("Add a scan"),
            _("Keep it in the vault"),
            _("The file stays where it is; a copy of it is kept, encrypted like everything else."),
            parent=parent,
        )
        self.scan = LineEdit()
        self.form.add(
            "scan",
            Field(_("File"), self.scan, _("PDF, PNG or JPEG, at most 10 MB"), required=True),
        )
        browse = Button(_("Choose a file …"), "file")
        browse.clicked.connect(self.browse_asked)
        self.form.add_widget(browse)
        self.scan.setFocus()

    def take_file(self, path: str) -> None:
        """Put a chosen file into its field."""
        if path:
            self.scan.setText(path)


class AgesEntry(EntrySheet):
    """From which age a student signs, by kind of consent."""

    def __init__(
        self,
        text: str,
        kinds: Sequence[tuple[str, str, str, str]],
        title: str,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(
            _("Who signs at which age"), _("Set the ages"), text, width=700, parent=parent
        )
        first: QWidget | None = None
        name = LineEdit(title)
        for kind, label, alone, besides in kinds:
            editor = LineEdit(alone)
            first = first or editor
            self.form.add_row(
                **{
                    f"alone_{kind}": Field(
                        _("{kind}: alone from").format(kind=label), editor, _("18 if left empty")
                    ),
                    f"besides_{kind}": Field(
                        _("{kind}: beside the guardian from").format(kind=label), LineEdit(besides)
                    ),
                }
            )
        for each in self.form.names():
            # A kind’s name can be wider than half a sheet, and in large text than all of it.
            self.form.field(each).label.setWordWrap(True)
        self.form.add("title", Field(_("On what this rests"), name, _("Law or rule, in short")))
        (first or name).setFocus()


class BlankEntry(EntrySheet):
    """What is to stand on a form before it is signed."""

    def __init__(
        self,
        text: str,
        options: Mapping[str, Options],
        today: Callable[[], date],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(
            _("Form of a release, to be signed"),
            _("Go on …"),
            text,
            width=680,
            parent=parent,
        )
        first = _chips(options["kind"])
        self.form.add("kind", Field(_("What it allows"), first))
        self.form.add("for_whom", Field(_("Who is to sign it"), LineEdit(), required=True))
        self.form.add("recipient", Field(_("To whom"), LineEdit(), _("A line, if left empty")))
        self.form.add("purpose", Field(_("What for"), LineEdit(), _("A line, if left empty")))
        self.form.add(
            "matters",
            Field(_("What of the record"), Chips(options["matters"]), _("Boxes to tick, if none")),
        )
        self.form.add(
            "description",
            Field(_("Exactly what"), NoteText(lines=2, most=6), _("A line, if left empty")),
        )
        self.form.add(
            "until_on",
            Field(_("Last day"), DateEdit(None, today=today), _("A line, if left empty")),
        )
        self.form.add("how", Field(_("How it leaves"), _chips(options["how"])))
        first.setFocus()


class CopyEntry(EntrySheet):
    """Who gets a copy of what was signed."""

    def __init__(self, names: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(
            _("Save a copy"),
            _("Choose where …"),
            _("A copy is for the parent or the student. It is written down among the disclosures."),
            parent=parent,
        )
        first = Choice([(name, name) for name in names])
        self.form.add("recipient", Field(_("For whom"), first, required=True))
        first.setFocus()


class ScanSheet(Sheet):
    """A scan, page under page."""

    def __init__(self, title: str, text: str, parent: QWidget | None = None) -> None:
        super().__init__(title, text, width=900, parent=parent)
        self.pages = PagesPreview()
        self.column = ScrollColumn(title, margin=0)
        room = round(self.screen().availableGeometry().height() * _SCAN_SHARE)
        self.column.setMinimumHeight(min(look().px(_SCAN_HEIGHT), room))
        self.column.body.addWidget(self.pages)
        self.column.body.addStretch(1)
        self.body.addWidget(self.column, 1)
        self.save_button = self.add_button(_("Save a copy"), icon="save")
        self.close_button = self.add_button(_("Close"), "primary")
        self.close_button.clicked.connect(self.accept)
        self.close_button.setFocus()

    def show_pages(self, pictures: Sequence[Picture], texts: Sequence[str], of: int) -> None:
        """Show the first pages of a scan that has `of`."""
        self.pages.show_pages(pictures, texts, of)
