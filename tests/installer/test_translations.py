"""What the catalogue check calls a fault in a translation."""

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

pytest.importorskip("babel")

from babel.messages import Message


def _script() -> ModuleType:
    path = Path(__file__).parents[2] / "installer" / "translations.py"
    spec = importlib.util.spec_from_file_location("translations", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


translations = _script()

GOOD = [
    ("Lock the desk.", "Cerrar la mesa."),
    ("{count} students in {school}", "En {school}: {count} estudiantes"),
    (("{count} note", "{count} notes"), ("{count} nota", "{count} notas")),
    (("one note", "{count} notes"), ("una nota", "{count} notas")),
    ("PM", "p. m."),
    ("&Sign the note", "&Firmar la nota"),
]
BAD = [
    ("Lock the desk.", ""),
    ("Lock the desk.", "Cerrar la mesa"),
    ("Lock", "Cerrar."),
    ("Lock the desk.", "¡Cerrar la mesa!."),
    ("{count} students", "{cuenta} estudiantes"),
    ("{count} students", "estudiantes"),
    ("{count} students", "{count estudiantes"),
    (("{count} note", "{count} notes"), ("{count} nota", "notas")),
    (("{count} note", "{count} notes"), ("{count} nota", "")),
    ("School: ", "Escuela:"),
    ("&Sign the note", "Firmar la nota"),
]


@pytest.mark.parametrize(("english", "spanish"), GOOD)
def test_a_faithful_translation_passes(english: str, spanish: str) -> None:
    assert list(translations.faults(Message(english, spanish))) == []


@pytest.mark.parametrize(("english", "spanish"), BAD)
def test_a_translation_that_would_break_the_sentence_is_named(english: str, spanish: str) -> None:
    assert list(translations.faults(Message(english, spanish)))


def test_the_template_holds_the_words_of_both_storeys() -> None:
    template = translations.gathered()
    places = {where.split("/")[0] for message in template for where, _line in message.locations}
    assert places == {"app", "ui"}
    assert len(template) > 500
