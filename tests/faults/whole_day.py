"""The real desk through a whole day, for whoever watches which files it writes.

    python whole_day.py VAULT PASSPHRASE ACKS CANARY ROSTER OUT [leaky]

Unlock, note, sign, search, import, preview of a paper, the paper, the same as a document and as
data, and the import's outcome saved where OUT says; a consent with its scan, a district joined,
places known and sent to in vain, as standard input says; a backup, lock. A `leaky` desk also keeps
a copy of the note in the temp folder, and says it.
"""

import sys
import tempfile
from pathlib import Path

from PySide6.QtCore import QTimer, qInstallMessageHandler
from PySide6.QtWidgets import QFileDialog

from app.bootstrap import Desk
from app.kernel.releases import Ground
from faults.typist import Typist
from faults.what_leaves import Leaving
from ui.features.privacy.presenter.summary import SummaryPage
from ui.features.roster.presenter.page import RosterPage
from ui.kit.clipboard import clipboard_guard
from ui.kit.documents import DATA, FHIR, PDF


class Day(Typist):
    """One day, step by step; each is told of in ACKS."""

    def quiet(self) -> None:
        assert self.frame.desk_window is not None
        for _ in range(3):
            self.wait(self.frame.desk_window.tasks.idle)
            self.rest(0.05)

    def live(self, canary: str, roster: Path, out: Path, *, leaky: bool) -> None:
        window = self.frame.desk_window
        assert window is not None
        desk: Desk = window.desk
        self.begin_note("typ")
        self.type(canary)
        self.rest(0.7)
        if leaky:
            with tempfile.NamedTemporaryFile("w", delete=False) as file:
                file.write(canary)
            sys.stderr.write(canary)
        self.sign()
        window.open_palette()
        self.rest(0.2)
        self.type("typ")
        self.quiet()
        self.frame.activateWindow()
        assert window._palette is not None
        window._palette.hide()
        self.ack("searched")
        self.bring(window.page("roster"), roster, out / "rows.xlsx")
        self.look(window.page("summary"), desk, out)
        Leaving(self).everything()
        window.tasks.long(desk.backups.make)
        self.quiet()
        self.ack("backed up")
        QTimer.singleShot(0, window.lock_asked.emit)
        self.rest(60)

    def bring(self, page: object, roster: Path, out: Path) -> None:
        """Import a roster, and save its outcome where one was asked to."""
        assert isinstance(page, RosterPage)
        window = self.frame.desk_window
        assert window is not None
        window.go("roster")
        page.open(roster)
        self.quiet()
        page.preview.accepted.emit(False)
        self.quiet()
        assert page.report.isVisible()
        page.report.save_asked.emit(str(out), False)
        self.quiet()
        self.ack("imported")

    def look(self, page: object, desk: Desk, out: Path) -> None:
        """Look at a paper before it leaves, then let it; and the same as a document and as data."""
        assert isinstance(page, SummaryPage)
        window = self.frame.desk_window
        assert window is not None
        window.go("summary", desk.caseload.find("typ")[0].id)
        self.quiet()
        self.rest(0.8)
        self.quiet()
        self.ack("previewed")
        page.view.recipient.setText("Dr. Example")
        page.view.purpose.setText("Care")
        page.view.ground.suggest(Ground.SUBJECT)
        for kind, name in (
            (PDF, "summary.pdf"),
            (FHIR, "summary.fhir.json"),
            (DATA, "summary.json"),
        ):
            QFileDialog.getSaveFileName = staticmethod(  # type: ignore[method-assign,assignment]
                lambda *_asked, name=name: (str(out / name), "")
            )
            chips = page.view.format_choice.stops()
            next(one for one in chips if getattr(one, "value", None) == kind).click()
            self.quiet()
            page.save()
            self.quiet()
            self.wait((out / name).exists)
        self.ack("saved")


def main() -> None:
    vault, passphrase, acks, canary, roster, out = sys.argv[1:7]
    qInstallMessageHandler(lambda *_message: None)
    day = Day(Path(vault), passphrase, Path(acks))
    clipboard_guard().begin()
    day.live(canary, Path(roster), Path(out), leaky="leaky" in sys.argv)


if __name__ == "__main__":
    main()
