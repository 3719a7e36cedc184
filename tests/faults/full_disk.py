"""The real desk on a disk that fills up while someone types; a process of its own.

    python full_disk.py FOLDER tmpfs    FOLDER is on a small disk, which is filled with a file
    python full_disk.py FOLDER limit    no file may grow while it is "full" (RLIMIT_FSIZE)

Ends with exit code 0 if all that must hold held, else with a traceback.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import pytest
from PySide6.QtCore import Qt, QTimer, qInstallMessageHandler
from PySide6.QtWidgets import QApplication
from typist import Typist

from app.bootstrap import Desk, open_vault, prove_recovery_words, verify_vault
from app.features.caseload.commands import AddStudent
from app.features.caseload.model import Profile
from app.kernel.clock import SystemClock
from app.kernel.errors import Trouble
from app.kernel.ids import DeviceId, new_id
from app.phrases import SENTENCES
from app.vault.keybag import read_keybag
from ui.kit.widgets.dialogs import Question, Sheet
from vaults import PASSPHRASE, new_desk

SAID = {"tmpfs": "disk-full", "limit": "disk-trouble"}


class Disk:
    """A disk that can be full for a while."""

    def __init__(self, folder: Path, way: str) -> None:
        self._filler = folder / "filler"
        self._way = way

    @contextmanager
    def full(self) -> Iterator[None]:
        if self._way == "limit":
            import resource

            before = resource.getrlimit(resource.RLIMIT_FSIZE)
            resource.setrlimit(resource.RLIMIT_FSIZE, (0, before[1]))
            try:
                yield
            finally:
                resource.setrlimit(resource.RLIMIT_FSIZE, before)
            return
        self._fill()
        try:
            yield
        finally:
            self._filler.unlink()

    def _fill(self) -> None:
        descriptor = os.open(self._filler, os.O_WRONLY | os.O_CREAT)
        try:
            for size in (1 << 16, 1 << 12, 1):
                with pytest.raises(OSError, match="No space left"):
                    while True:
                        os.write(descriptor, b"\0" * size)
        finally:
            os.close(descriptor)


class FullDisk(Typist):
    """Types on while the disk is full, looks at what is said, and goes on when there is room."""

    def __init__(self, vault: Path, passphrase: str) -> None:
        self.said: list[str] = []
        super().__init__(vault, passphrase, Path(os.devnull))
        # A sheet waits inside the event loop, so it is read and closed from a timer.
        self._reader = QTimer(self.frame)
        self._reader.timeout.connect(self._read)
        self._reader.start(20)

    def _read(self) -> None:
        sheet = QApplication.activeModalWidget()
        if isinstance(sheet, Sheet) and not isinstance(sheet, Question):
            self.said.append(sheet.text.text())
            sheet.accept()

    def told(self) -> str:
        """Wait for the sheet that says what is wrong, and return its sentence."""
        self.wait(lambda: bool(self.said))
        self.frame.activateWindow()
        self.wait(self.frame.isActiveWindow)
        return self.said.pop(0)

    def status(self) -> str:
        window = self.frame.desk_window
        assert window is not None
        return str(window.page("note").view.status.text())  # type: ignore[attr-defined]


def told_while(typist: FullDisk, code: str) -> None:
    sentence = typist.told()
    start = SENTENCES[code].split("{")[0]
    assert sentence.startswith(start), (sentence, start)
    assert "safe" in sentence


def notes(desk: Desk) -> dict[str, str]:
    with desk.records.read() as reader:
        return dict(reader.execute("SELECT id, sections FROM session_note").fetchall())


def entries(desk: Desk) -> int:
    with desk.records.read() as reader:
        row = reader.execute("SELECT count(*) FROM journal").fetchone()
    return int(row[0]) if row else 0


def write_on_a_full_disk(folder: Path, way: str) -> None:
    desk = new_desk(folder, clock=SystemClock())
    desk.caseload.carry_out(AddStudent(Profile(given_name="Typhoon", family_name="Testperson")))
    place = desk.folder.path
    desk.close()
    disk, code = Disk(folder, way), SAID[way]

    typist = FullDisk(place, PASSPHRASE)
    window = typist.frame.desk_window
    assert window is not None
    desk = window.desk
    typist.begin_note("typ")
    typist.type("signed before the disk was full")
    typist.sign()
    first = typist.here[1]
    editor = typist.begin_note("typ")
    typist.type("typed before, ")
    typist.wait(lambda: typist.status().startswith("Saved in the vault "))
    second = typist.here[1]
    assert set(notes(desk)) == {first}
    before = entries(desk)

    with disk.full():
        # A draft that cannot be saved stays on the screen, and it is said once why.
        typist.type("typed on a full disk, ")
        told_while(typist, code)
        assert typist.status() == "Not saved yet"
        typist.rest(3.5)
        assert not typist.said, "said again at every try"
        # Nor can it be signed; it is not pretended that it was.
        editor.setFocus()
        sign_in_vain(typist, code)
        assert typist.here == ("note", second)
        assert editor.isEnabled()
        assert editor.toPlainText() == "typed before, typed on a full disk, "
        assert set(notes(desk)) == {first}
        assert entries(desk) == before

    # Room is made: what was typed is saved without a key being pressed.
    typist.wait(lambda: typist.status().startswith("Saved in the vault "))
    editor.setFocus()
    typist.type("typed after")
    typist.sign()
    assert set(notes(desk)) == {first, second}

    # A note that is left while it cannot be saved is as it was typed when one comes back.
    editor = typist.begin_note("typ")
    typist.type("third, ")
    third = typist.here[1]
    typist.wait(lambda: typist.status().startswith("Saved in the vault "))
    with disk.full():
        typist.type("left behind")
        window.go("today")
        told_while(typist, code)
        window.go("note", third)
        typist.rest(1.0)
        assert "third, left behind" in all_typed(typist)
    typist.wait(lambda: typist.status().startswith("Saved in the vault "))
    typist.frame.close()

    assert verify_vault(place, PASSPHRASE).whole
    desk = open_vault(place, PASSPHRASE, DeviceId(new_id()))
    try:
        kept = notes(desk)
        assert "signed before the disk was full" in kept[first]
        assert "typed before, typed on a full disk, typed after" in kept[second]
        with desk.records.read() as reader:
            row = reader.execute("SELECT content FROM note_draft WHERE id = ?", (third,)).fetchone()
        assert row is not None
        assert "third, left behind" in row[0]
    finally:
        desk.close()
    change_keys_on_a_full_disk(place, disk, code)


def sign_in_vain(typist: FullDisk, code: str) -> None:
    QTimer.singleShot(50, typist._accept)
    typist.key(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    told_while(typist, code)


def all_typed(typist: FullDisk) -> str:
    window = typist.frame.desk_window
    assert window is not None
    parts = window.page("note").view.sections()  # type: ignore[attr-defined]
    return "\n".join(text for _key, _title, text in parts)


def change_keys_on_a_full_disk(place: Path, disk: Disk, code: str) -> None:
    """A keybag that cannot be written leaves the one before it whole, twice."""
    desk = open_vault(place, PASSPHRASE, DeviceId(new_id()))
    copies = [desk.folder.keybag, desk.folder.keybag_copy]
    before = [copy.read_bytes() for copy in copies]
    try:
        with disk.full(), pytest.raises(Trouble, match=code):
            desk.new_recovery_words()
        assert [copy.read_bytes() for copy in copies] == before
        assert not list(place.glob("*.new"))
        words = desk.new_recovery_words()
        desk.confirm_recovery(words, dict(enumerate(words, 1)))
    finally:
        desk.close()
    assert not read_keybag(desk.folder).heal
    prove_recovery_words(place, " ".join(words))
    assert verify_vault(place, PASSPHRASE).whole


if __name__ == "__main__":
    qInstallMessageHandler(lambda *_message: None)
    write_on_a_full_disk(Path(sys.argv[1]), sys.argv[2])
