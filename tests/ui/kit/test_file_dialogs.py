"""Qt's file dialogs write down where a person was; ours do not."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings

from ui.kit import file_dialogs

SAVING = """
import sys
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QFileDialog
app = QApplication([])
if sys.argv[2] == "ours":
    from app.vault.places import ThisDevice
    from ui.shell.desk import application
    application(ThisDevice.here())
def accept():
    app.activeModalWidget().accept()
QTimer.singleShot(0, accept)
print(QFileDialog.getSaveFileName(None, "", sys.argv[1] + "/summary.pdf")[0])
"""


@pytest.mark.gui
@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere they are in a registry")
@pytest.mark.parametrize("whose", ["ours", "qt"])
def test_a_folder_that_was_visited_is_written_down_nowhere(tmp_path: Path, whose: str) -> None:
    """With Qt alone as the control."""
    folder, home = tmp_path / "Mateo Ocampo", tmp_path / "account"
    folder.mkdir()
    home.mkdir()
    done = subprocess.run(
        [sys.executable, "-c", SAVING, str(folder), whose],
        env={
            **{name: value for name, value in os.environ.items() if not name.startswith("XDG_")},
            "HOME": str(home),
            "QT_QPA_PLATFORM": "offscreen",
        },
        cwd=Path(__file__).parents[3], capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.strip() == str(folder / "summary.pdf")
    told = [path.name for path in home.rglob("*") if path.is_file() and "Mateo" in path.read_text()]
    assert told == ([] if whose == "ours" else ["QtProject.conf"])


@pytest.mark.gui
@pytest.mark.skipif(sys.platform != "linux", reason="a file stands in for the registry")
def test_where_qt_writes_to_a_registry_it_is_taken_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    native, user = QSettings.Format.NativeFormat, QSettings.Scope.UserScope
    QSettings.setPath(native, user, str(tmp_path))
    try:
        kept = QSettings(user, "QtProject")
        for name in ("history", "lastVisited", "viewMode"):
            kept.setValue(f"FileDialog/{name}", "file:///home/ana/Mateo")
        kept.sync()
        monkeypatch.setattr(file_dialogs, "this_system", lambda: "windows")
        file_dialogs.forget_places()
        kept.sync()
    finally:
        QSettings.setPath(native, user, os.devnull)
    assert (tmp_path / "QtProject.conf").read_text().count("Mateo") == 1
