"""A student's picture: made small in memory, without what the camera wrote beside it."""

from functools import partial
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QSize, Qt
from PySide6.QtGui import QColorConstants, QImage, QImageReader, QPainter
from PySide6.QtWidgets import QFileDialog, QWidget

from app.features.medication.commands import KeepPhoto, RemovePhoto
from app.features.medication.repo.orders import Pupil
from app.kernel.changes import Changed
from app.kernel.errors import Refused
from app.kernel.words import _
from ui.kit.room import Context
from ui.kit.widgets.dialogs import ask

_SIDE = 480
_MOST_BYTES = 256 * 1024
_QUALITIES = (85, 70, 55, 40)


def small_jpeg(path: Path) -> bytes:
    """Return a picture file as a small JPEG; refuse what is no picture.

    It is drawn anew, upright and at most 480 pixels wide and high, so that place, time and
    camera are left behind. Nothing is written beside the vault.
    """
    reader = QImageReader(str(path))
    reader.setAutoTransform(True)
    size = reader.size()
    if size.isValid() and max(size.width(), size.height()) > 2 * _SIDE:
        reader.setScaledSize(size.scaled(2 * _SIDE, 2 * _SIDE, Qt.AspectRatioMode.KeepAspectRatio))
    read = reader.read()
    if read.isNull():
        raise Refused("photo-unreadable", "picture")
    most = QSize(min(_SIDE, read.width()), min(_SIDE, read.height()))
    small = read.scaled(
        most, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
    )
    clean = QImage(small.size(), QImage.Format.Format_RGB32)
    clean.fill(QColorConstants.White)
    painter = QPainter(clean)
    painter.drawImage(0, 0, small)
    painter.end()
    for quality in _QUALITIES:
        data = QByteArray()
        buffer = QBuffer(data)
        buffer.open(QIODevice.OpenModeFlag.WriteOnly)
        kept = clean.save(buffer, "JPEG", quality)  # type: ignore[call-overload]
        buffer.close()
        if kept and data.size() <= _MOST_BYTES:
            return bytes(data.data())
    raise Refused("photo-unreadable", "picture")


def ask_picture(context: Context, page: QWidget, pupil: Pupil) -> None:
    """Ask for a picture file of a student, and keep it in the vault."""
    path, _kind = QFileDialog.getOpenFileName(
        page, _("Choose a picture"), "", _("Pictures (*.jpg *.jpeg *.png)")
    )
    if path:
        keep_picture(context, page, pupil, Path(path))


def keep_picture(context: Context, page: QWidget, pupil: Pupil, path: Path) -> None:
    """Keep the picture in this file as a student's, small and without its metadata."""
    orders = context.desk.medication.orders

    def work() -> Changed:
        return orders.keep_photo(KeepPhoto(pupil.id, small_jpeg(path)))

    def done(_changed: Changed) -> None:
        context.notices.say(_("The picture is kept in the vault."))

    context.tasks.write(work, done, context.say, owner=page)


def remove_picture(context: Context, page: QWidget, pupil: Pupil) -> None:
    """Take a student's picture out of the vault, when it is said twice."""
    if not ask(
        page,
        _("Remove the picture?"),
        _("The board shows the first letters of the name instead."),
        _("Remove it"),
        _("Keep it"),
    ):
        return

    def done(_changed: Changed) -> None:
        context.notices.say(_("The picture is removed."))

    context.tasks.write(
        partial(context.desk.medication.orders.remove_photo, RemovePhoto(pupil.id)),
        done,
        context.say,
        owner=page,
    )
