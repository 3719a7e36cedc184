import os
import stat
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog
from walk import clipped, wait_until

from app import demo
from app.demo import DemoOptions, ensure_demo
from app.kernel.errors import Trouble
from app.kernel.ports import Progress
from app.vault.places import ThisDevice, data_folder
from ui.shell.desk import Frame
from ui.shell.first_run import FirstRun, RecoveryStep

SMALL = DemoOptions(students=12, years=1)


@pytest.fixture
def frame(empty_home: Path, show: Callable[..., Any]) -> Iterator[Frame]:
    frame = Frame(ThisDevice.here(), empty_home / "nothing.casewell")
    frame.begin()
    show(frame, 1280, 720)
    yield frame
    frame.close()


def first_run(frame: Frame) -> FirstRun:
    screen = frame.centralWidget()
    assert isinstance(screen, FirstRun)
    return screen


def slowly(monkeypatch: pytest.MonkeyPatch, until: Callable[[], bool]) -> list[int]:
    """Build a small demonstration that waits at its first report; return what was reported."""
    reported: list[int] = []

    def build(progress: Progress) -> demo.DemoFacts:
        def told(done: int, of: int) -> None:
            reported.append(of)
            limit = time.monotonic() + 10
            while not until() and time.monotonic() < limit:
                progress(done, of)
                time.sleep(0.02)
            progress(done, of)

        return ensure_demo(options=SMALL, progress=told)

    monkeypatch.setattr(demo, "ensure_demo", build)
    return reported


def test_the_invented_school_shows_how_far_it_is_and_opens(
    frame: Frame, monkeypatch: pytest.MonkeyPatch
) -> None:
    screen = first_run(frame)
    seen: list[tuple[str, int, int]] = []
    reported = slowly(monkeypatch, screen.building.isVisible)
    report = screen.building.report

    def watched(done: int, of: int) -> None:
        report(done, of)
        seen.append((screen.building.numbers.text(), done, of))

    monkeypatch.setattr(screen.building, "report", watched)
    screen._demo.click()
    assert not screen.form.isEnabled()
    assert not screen._make.isEnabled()
    wait_until(lambda: frame.desk_window is not None, 60)
    assert reported
    text, done, of = seen[-1]
    assert text == f"{done:,} of {of:,} entries written"
    assert 0 < done <= of
    assert (data_folder() / "demo.casewell" / "demo.json").is_file()


def test_building_the_invented_school_can_be_stopped_from_the_keyboard(
    frame: Frame, monkeypatch: pytest.MonkeyPatch
) -> None:
    screen = first_run(frame)
    slowly(monkeypatch, lambda: False)
    screen._demo.click()
    cancel = screen.building.button
    wait_until(cancel.hasFocus)
    assert not clipped(screen)
    QTest.keyClick(cancel, Qt.Key.Key_Space)
    wait_until(screen.form.isEnabled)
    assert not screen.building.isVisible()
    assert screen._demo.hasFocus()
    assert screen._demo.isEnabled()
    assert sorted(path.name for path in data_folder().iterdir()) == ["device.json"]


def test_what_stands_in_the_way_of_the_demo_is_said_on_the_first_screen(
    frame: Frame, monkeypatch: pytest.MonkeyPatch
) -> None:
    def held(progress: Progress) -> demo.DemoFacts:
        raise Trouble("disk-full")

    monkeypatch.setattr(demo, "ensure_demo", held)
    screen = first_run(frame)
    screen._demo.click()
    wait_until(screen._trouble.isVisible)
    assert screen._trouble.text().startswith("The disk is full.")
    assert screen._demo.isEnabled()


@pytest.mark.skipif(os.name != "posix", reason="modes are Unix’s")
def test_the_recovery_sheet_is_saved_for_its_owner_alone(
    show: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    screen = RecoveryStep(("acid",) * 15, date(2026, 11, 22))
    show(screen)
    place = tmp_path / "sheet.pdf"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_asked: (str(place), ""))
    screen._save()
    assert place.read_bytes().startswith(b"%PDF")
    assert stat.S_IMODE(place.stat().st_mode) == 0o600
    assert [each.name for each in tmp_path.iterdir() if each.name != "home"] == ["sheet.pdf"]
