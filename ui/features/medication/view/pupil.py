"""Finds a student by a few letters or a scanned card."""

from ui.kit.widgets.pupil import PupilSheet

__all__ = ["PupilSheet"]
