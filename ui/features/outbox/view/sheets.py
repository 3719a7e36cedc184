"""The sheets of the outbox: a place, what opens it, and a summary that is to be sent."""

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from app.kernel.words import _
from ui.kit.widgets.buttons import Button
from ui.kit.widgets.entry_sheet import EntrySheet, put
from ui.kit.widgets.fields import Check, Choice, Field, LineEdit, NoteText, PassphraseEdit
from ui.kit.widgets.ground import GroundFields
from ui.kit.widgets.headings import Words
from ui.kit.widgets.pupil import PupilButton

Options = Sequence[tuple[object, str]]
LONG = frozenset({"ca", "private_key", "host_key"})
"""Entries that may have several lines."""
OPEN = frozenset({"username", "account_name", "client_id", "access_key_id"})
"""Entries that may be seen while they are typed."""


def _secret(name: str) -> QWidget:
    if name in LONG:
        return NoteText(lines=2, most=6)
    return LineEdit() if name in OPEN else PassphraseEdit()


class PlaceSheet(EntrySheet):
    """A place of one's own; only what its kind asks for is in sight."""

    browse_asked = Signal()

    def __init__(
        self,
        title: str,
        save: str,
        carriers: Options,
        entries: Mapping[str, str],
        asked: Mapping[object, tuple[Sequence[str], Sequence[str], Sequence[str]]],
        *,
        secrets: bool,
        parent: QWidget | None = None,
    ) -> None:
        """`asked` says of each carrier what it needs, what it may have, and what opens it."""
        super().__init__(title, save, width=600, parent=parent)
        self._asked = asked
        self._hidden = {name for _needs, _may, opens in asked.values() for name in opens} - OPEN
        self._secrets = secrets
        self.form.add("label", Field(_("Name of the place"), LineEdit(), required=True))
        self.carrier = Choice(carriers)
        self.form.add("carrier", Field(_("How it is reached"), self.carrier))
        needed = {name for needs, _may, _opens in asked.values() for name in needs}
        names = {name for needs, may, _opens in asked.values() for name in (*needs, *may)}
        for name in (name for name in entries if name in names):
            editor: QWidget = NoteText(lines=2, most=6) if name in LONG else LineEdit()
            hint = _("As a line of known_hosts has it.") if name == "host_key" else ""
            self.form.add(name, Field(entries[name], editor, hint, required=name in needed))
            if name == "path":
                self.browse = Button(_("Choose a folder …"), "file")
                self.browse.clicked.connect(self.browse_asked)
                self.form.add_widget(self.browse)
        self.form.add(
            "recipients",
            Field(
                _("Whose key opens what is sent there"),
                NoteText(lines=1, most=4),
                _(
                    "A line that begins with “age1”, from whoever is to read it; several, each on a"
                    " line of its own. Nobody else can open it, also not this desk."
                ),
                required=True,
            ),
        )
        opening = {name for _needs, _may, opens in asked.values() for name in opens}
        for name in (name for name in entries if name in opening and secrets):
            self.form.add(name, Field(entries[name], _secret(name)))
        self.carrier.chosen.connect(lambda _value: self.turn())
        self.turn()
        self.form.field("label").setFocus()

    def keepable(self) -> dict[str, Any]:
        """Return what may be kept until the place is added: nothing that opens it."""
        return {
            name: entry for name, entry in super().keepable().items() if name not in self._hidden
        }

    def turn(self) -> None:
        """Show what the chosen kind of place asks for."""
        needs, may, opens = self._asked[self.carrier.value()]
        wanted = {"label", "carrier", "recipients", *needs, *may}
        if self._secrets:
            wanted |= set(opens)
        for name in self.form.names():
            self.form.field(name).setVisible(name in wanted)
        self.browse.setVisible("path" in needs)


class SecretSheet(EntrySheet):
    """What opens a place: typed anew, never shown."""

    def __init__(
        self, label: str, entries: Mapping[str, str], parent: QWidget | None = None
    ) -> None:
        super().__init__(
            _("What opens the place"),
            _("Replace"),
            _("What was kept for “{place}” is replaced by this. It is never shown again.").format(
                place=label
            ),
            parent=parent,
        )
        for name, words in entries.items():
            self.form.add(name, Field(words, _secret(name)))
        if entries:
            self.form.field(next(iter(entries))).setFocus()
        else:
            self.form.add_widget(Words(_("A folder needs nothing that opens it.")))


class SendSheet(EntrySheet):
    """A summary that is to leave: which, about whom or when, where to, and on what ground."""

    student_asked = Signal()
    student_back = Signal(str, str)
    """Whom it was about when the sheet was left: their id and name."""

    def __init__(
        self,
        kinds: Options,
        periods: Options,
        places: Options,
        about_students: frozenset[object],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(
            _("Send a summary"),
            _("Put into the outbox"),
            _(
                "It is encrypted for whoever has the key of the place, written into the record of"
                " disclosures, and leaves as soon as the place can be reached."
            ),
            width=640,
            parent=parent,
        )
        self._about = about_students
        self.kind, self.place = Choice(kinds), Choice(places)
        self.form.add("kind", Field(_("Which summary"), self.kind))
        self.student = PupilButton(lambda name: _("About {name}").format(name=name))
        self.student.clicked.connect(self.student_asked)
        self.form.add("student", Field(_("Student"), self.student, required=True))
        self.form.add("period", Field(_("Of when"), Choice(periods)))
        self.form.add("place", Field(_("To which place"), self.place))
        self.chosen = Words("", ink="muted")
        self.chosen.hide()
        self.form.add_widget(self.chosen)
        self.form.add(
            "names",
            Field(
                _("Other students"),
                Check(_("Mask their names in the texts")),
                _("To show some of them, save the paper from the student’s summary instead."),
            ),
        )
        put(self.form.field("names").editor, entry=True)
        self.form.add(
            "recipient",
            Field(
                _("Who receives it"),
                LineEdit(),
                _("Empty: the district, or the place by its name."),
            ),
        )
        self.form.add("purpose", Field(_("What it is for"), LineEdit(), required=True))
        self.ground = GroundFields(self.form)
        self.kind.chosen.connect(lambda _value: self.turn())
        self.turn()
        self.form.field("kind").setFocus()

    def turn(self) -> None:
        """Ask for a student where the summary is about one."""
        about = self.kind.value() in self._about
        for name in ("student", "names"):
            self.form.field(name).setVisible(about)

    def show_chosen(self, text: str, *, dated: bool) -> None:
        """Say what of the summary was chosen where it is shown; ask for days if it has any."""
        self.chosen.setText(text)
        self.chosen.setVisible(bool(text))
        self.form.field("period").setVisible(dated)

    def take_up(self, entries: Mapping[str, Any], say: str) -> None:
        """Put back what was typed before, and whom it was about."""
        super().take_up(entries, say)
        student, name = self.student.value()
        if student:
            self.student_back.emit(student, name)
