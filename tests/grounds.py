"""Grounds on which papers leave in tests that are about something else."""

from typing import Any

from app.kernel.releases import Ground, Terms

TO_SUBJECT = Terms(Ground.SUBJECT)
"""To the parent or the student: passes whatever the paper holds."""
OWN_USE = Terms(Ground.OWN_USE)
"""It stays with its maker."""


def choose(form: Any, ground: Ground = Ground.SUBJECT) -> None:
    """Choose a ground on a form of the screen."""
    assert form.field("ground").editor.set_value(ground.value)
