"""Qt's own words follow the language of the desk."""

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QApplication

from app.kernel.words import _
from ui.kit.tongue import speak


def _said_by_qt() -> str:
    return QCoreApplication.translate("QPlatformTheme", "Cancel")


def test_qt_follows_into_the_language_and_back(app: QApplication) -> None:
    try:
        speak("es")
        assert (_("Cancel"), _said_by_qt()) == ("Cancelar", "Cancelar")
    finally:
        speak("en")
    assert (_("Cancel"), _said_by_qt()) == ("Cancel", "Cancel")


def test_a_language_that_is_not_known_is_english(app: QApplication) -> None:
    speak("xx")
    assert _said_by_qt() == "Cancel"
