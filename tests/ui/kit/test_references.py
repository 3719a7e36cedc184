"""The binding must not lose references: a desk runs all day."""

import sys

import pytest
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication, QWidget

pytestmark = pytest.mark.gui


def test_calls_that_return_nothing_keep_every_reference_to_none(app: QApplication) -> None:
    thing, widget = QObject(), QWidget()
    before = sys.getrefcount(None)
    for _ in range(500):
        thing.setObjectName("a")
        widget.update()
        widget.parentWidget()
    # Where None is never freed, the count does not move at all.
    assert sys.getrefcount(None) > before - 100
    widget.deleteLater()
