"""The page of the district: loading its file, saying what it asks for, leaving it."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QVBoxLayout

from app.features.district.commands import LeaveDistrict, LoadDistrictFile
from app.features.district.model import Step
from app.features.district.service import Joined, Loaded, Preview
from app.kernel.changes import Changed, Kind
from app.kernel.clock import Moment
from app.kernel.errors import Refused
from app.kernel.words import _
from app.phrases import sentence_of
from app.phrases.district_asks import asked_in_parts
from ui.features.district.view import DistrictView, LoadSheet, Shown
from ui.kit.asking import Asker, Entries, about
from ui.kit.dates import shown_date
from ui.kit.room import Context, PageWidget
from ui.kit.widgets.dialogs import ask

_Found = tuple[Joined | None, bool]


class DistrictPage(PageWidget):
    """The district that the vault belongs to, or the way to one."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._asker = Asker(context, self)
        self._joined: Joined | None = None
        self._asked_to_load = False
        self._fresh = True
        self.view = DistrictView()
        page = QVBoxLayout(self)
        page.setContentsMargins(0, 0, 0, 0)
        page.addWidget(self.view)
        self.view.load_asked.connect(self._choose)
        self.view.leave_asked.connect(self._leave)

    def show_subject(self, subject: str) -> None:
        """Remember that a file is to be loaded at once."""
        self._asked_to_load = subject == "load"

    def arrive(self) -> None:
        """Look again, and stand on the likely step."""
        self._fresh = True
        self._reload()

    def heed(self, changed: Changed) -> None:
        """Look again when the district changed."""
        if self.isVisible() and changed.meets((Kind.DISTRICT, Kind.PERSON)):
            self._reload()

    def flush(self) -> None:
        """Keep what stands on an open sheet."""
        self._asker.flush()

    def _reload(self) -> None:
        district = self._context.desk.district
        self._context.tasks.read(
            lambda: (district.joined(), district.may_load()),
            self._show,
            key="district-page",
            owner=self,
        )

    def _show(self, found: _Found | None) -> None:
        if found is None:
            return
        self._joined, may_load = found
        if self._joined is None:
            self.view.show_none(may_load=may_load)
        else:
            self.view.show_joined(_shown(self._joined), may_load=may_load)
        if self._fresh:
            self._fresh = False
            self.view.focus_first()
        asked, self._asked_to_load = self._asked_to_load, False
        if asked and may_load:
            self._choose()

    # -- loading ---------------------------------------------------------------------

    def _choose(self) -> None:
        chosen, _kind = QFileDialog.getOpenFileName(
            self,
            _("Load a district file"),
            "",
            _("District files (*.casewell-district);;All files (*)"),
        )
        if not chosen:
            return
        district = self._context.desk.district

        def look() -> tuple[bytes, Preview]:
            data = _bytes(Path(chosen))
            return data, district.preview(data)

        self._context.tasks.read(look, self._ask, self._context.say, owner=self)

    def _ask(self, looked: tuple[bytes, Preview] | None) -> None:
        if looked is None:
            return
        data, preview = looked
        if preview.step is Step.SAME:
            self._context.tasks.write(
                partial(self._context.desk.district.load, LoadDistrictFile(data)),
                self._loaded,
                self._context.say,
                owner=self,
            )
            return
        first = preview.step is Step.FIRST

        def act(entries: Entries) -> Callable[[], Loaded]:
            if first and not entries["confirmed"]:
                raise Refused("district-not-compared", "confirmed")
            words = " ".join(preview.words) if first else ""
            command = LoadDistrictFile(data, words, str(entries["shown_as"]) or " ")
            return partial(self._context.desk.district.load, command)

        self._asker.ask(
            LoadSheet(
                _("{name}, file {serial}").format(
                    name=preview.file.name, serial=preview.file.serial
                ),
                asked_in_parts(preview.file),
                preview.words,
                preview.shown_as,
                first=first,
                parent=self,
            ),
            act,
            lambda loaded, _entries: self._loaded(loaded),
            kept=about("district", *preview.words),
        )

    def _loaded(self, loaded: Loaded) -> None:
        self.view.show_left_out(
            [
                _("{title} was left out: {reason}").format(
                    title=one.title, reason=sentence_of(one.code, one.facts or {})
                )
                for one in loaded.packs
                if one.code
            ]
        )
        self._context.notices.say(
            {
                Step.FIRST: _("This vault belongs to the district now."),
                Step.NEWER: _("The newer file counts now."),
                Step.SAME: _("This is the file that counts already."),
            }[loaded.step]
        )

    # -- leaving ---------------------------------------------------------------------

    def _leave(self) -> None:
        if self._joined is None:
            return
        if not ask(
            self,
            _("Leave the district?"),
            _(
                "Nothing more goes to {name}, and what it asks for holds no longer. What was sent"
                " stays with it; your records stay with you. To come back you need its file and its"
                " words again."
            ).format(name=self._joined.file.name),
            _("Leave the district"),
            _("Stay"),
        ):
            return

        def left(_changed: Changed) -> None:
            self.view.show_left_out(())
            self._fresh = True
            self._context.notices.say(_("This vault belongs to no district any more."))

        self._context.tasks.write(
            partial(self._context.desk.district.leave, LeaveDistrict()),
            left,
            self._context.say,
            owner=self,
        )


def _bytes(path: Path) -> bytes:
    from app.sync.district_file import MOST
    from app.vault.folder import read_small

    try:
        data = read_small(path, MOST)
    except OSError as error:
        raise Refused("file-unreadable", path=path.name, reason=error.strerror) from None
    if data is None:
        raise Refused("district-file-malformed", "file", where=path.name)
    return data


def _shown(joined: Joined) -> Shown:
    file = joined.file
    day = shown_date(Moment(joined.loaded_at, joined.zone).day())
    return Shown(
        file.name,
        _("File {serial}, loaded {day} by {name}.").format(
            serial=file.serial, day=day, name=joined.loaded_by
        ),
        joined.words,
        asked_in_parts(file),
        joined.shown_as,
        _("Invited as “{label}”.").format(label=joined.invitation.label)
        if joined.invitation
        else _("Its files hold no invitation for this desk. Ask IT for one."),
    )
