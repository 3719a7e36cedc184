"""Summaries that leave as a paper, a FHIR document or data: the choice, and where the file goes."""

from collections.abc import Callable, Mapping
from pathlib import Path

from PySide6.QtCore import QStandardPaths
from PySide6.QtWidgets import QFileDialog, QWidget

from app.kernel.words import N_, _

PDF, FHIR, DATA = "pdf", "fhir", "json"
_SAID: Mapping[str, tuple[str, str, str]] = {
    PDF: (N_("Save as PDF"), N_("PDF files (*.pdf)"), ".pdf"),
    FHIR: (N_("Save FHIR document"), N_("FHIR documents (*.fhir.json)"), ".fhir.json"),
    DATA: (N_("Save as data"), N_("Data files (*.json)"), ".json"),
}
"""What saving in a format is called, its files, and how they end."""


def formats() -> tuple[tuple[str, str], ...]:
    """Return the formats as they are offered."""
    return ((PDF, _("PDF")), (FHIR, _("FHIR document")), (DATA, _("Data (JSON)")))


def save_words(chosen: str) -> str:
    """Return what the button says that saves in a format."""
    return _(_SAID[chosen][0])


def save_icon(chosen: str) -> str:
    """Return the icon of that button."""
    return "pdf" if chosen == PDF else "export"


def format_hint() -> str:
    """Return what is said of the formats that are no paper."""
    return _("A FHIR document and data are for a program of the recipient’s, not for reading.")


def where_to(
    parent: QWidget, chosen: str, free_name: Callable[[Callable[[str], bool]], str]
) -> Path | None:
    """Ask where a file of a format goes; `free_name` names it, given which names are taken."""
    documents = QStandardPaths.StandardLocation.DocumentsLocation
    folder = Path(QStandardPaths.writableLocation(documents) or Path.home())
    name = free_name(lambda taken: (folder / taken).exists())
    said, files, ending = _SAID[chosen]
    typed, _kind = QFileDialog.getSaveFileName(parent, _(said), str(folder / name), _(files))
    if not typed:
        return None
    target = Path(typed)
    if target.suffix:
        return target
    return target.with_name(target.name + ending)
