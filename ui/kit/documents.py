"""Summaries that leave as a paper or as a FHIR document: the choice, and where the file goes."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QStandardPaths
from PySide6.QtWidgets import QFileDialog, QWidget

from app.kernel.words import _

PDF, FHIR = "pdf", "fhir"
SUFFIX = ".fhir.json"


def formats() -> tuple[tuple[str, str], ...]:
    """Return the formats as they are offered."""
    return ((PDF, _("PDF")), (FHIR, _("FHIR document")))


def save_words(chosen: str) -> str:
    """Return what the button says that saves in a format."""
    return _("Save FHIR document") if chosen == FHIR else _("Save as PDF")


def where_to(
    parent: QWidget, chosen: str, free_name: Callable[[Callable[[str], bool]], str]
) -> Path | None:
    """Ask where a file of a format goes; `free_name` names it, given which names are taken."""
    documents = QStandardPaths.StandardLocation.DocumentsLocation
    folder = Path(QStandardPaths.writableLocation(documents) or Path.home())
    name = free_name(lambda taken: (folder / taken).exists())
    kinds = _("FHIR documents (*.fhir.json)") if chosen == FHIR else _("PDF files (*.pdf)")
    typed, _kind = QFileDialog.getSaveFileName(
        parent, save_words(chosen), str(folder / name), kinds
    )
    if not typed:
        return None
    target = Path(typed)
    if target.suffix:
        return target
    return target.with_name(target.name + (SUFFIX if chosen == FHIR else ".pdf"))
