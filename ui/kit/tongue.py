"""The language of the desk, also for the few words that Qt says by itself (Copy, Paste, Open)."""

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QTranslator

from app.kernel.words import language, use_language

_installed: QTranslator | None = None


def speak(code: str) -> None:
    """Say everything from now on in `code`, with Qt's own words following as far as Qt has them."""
    global _installed
    use_language(code)
    if _installed is not None:
        QCoreApplication.removeTranslator(_installed)
        _installed = None
    if language() == "en":
        return
    words = QTranslator()
    place = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    if words.load(f"qtbase_{language()}", place):
        QCoreApplication.installTranslator(words)
        _installed = words
