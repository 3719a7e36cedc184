"""How a frozen record stands in the file: its fields in order, sealed with a hash."""

import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields
from enum import Enum
from typing import Any, TypeVar, get_type_hints

from app.kernel.ports import Row, Value

Record = TypeVar("Record")
"""A frozen dataclass whose fields are the columns of its table, `row` and `hash` left out."""


@dataclass(frozen=True, slots=True)
class Shape:
    """How one kind of record is written and read: a way for each column, None for as it is."""

    columns: tuple[str, ...]
    writers: tuple[tuple[str, Callable[[Any], Value] | None], ...]
    readers: tuple[tuple[int, Callable[[Any], Any]], ...]
    """Only of the columns that are not read as they are."""


_SHAPES: dict[type[Any], Shape] = {}


def shape(kind: type[Any]) -> Shape:
    """Return the shape of a kind of record, made when it is first asked for."""
    found = _SHAPES.get(kind)
    if found is None:
        hints = get_type_hints(kind)
        names = tuple(field.name for field in fields(kind))
        found = _SHAPES[kind] = Shape(
            names,
            tuple((name, _writer(hints[name])) for name in names),
            tuple(
                (place, read)
                for place, name in enumerate(names)
                if (read := _reader(hints[name])) is not None
            ),
        )
    return found


def _writer(hint: Any) -> Callable[[Any], Value] | None:
    if getattr(hint, "__origin__", None) is tuple:
        return _text
    if hint is bool:
        return int
    return _value if isinstance(hint, type) and issubclass(hint, Enum) else None


def _reader(hint: Any) -> Callable[[Any], Any] | None:
    if getattr(hint, "__origin__", None) is tuple:
        return _listed if hint.__args__[0] is str else _parsed
    if hint is bool:
        return bool
    return _member(hint) if isinstance(hint, type) and issubclass(hint, Enum) else None


def _member(kind: type[Enum]) -> Callable[[Any], Any]:
    """Return what finds a member by its value: a look into a dict, several times a call's speed."""
    known = {member.value: member for member in kind}

    def found(value: Any) -> Any:
        return known.get(value) or kind(value)

    return found


_encoded = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
"""Made once: `json.dumps` with settings of one's own makes an encoder for every call."""


_NONE = "[]"


def _text(value: Any) -> Value:
    return _encoded(value)


def _value(member: Any) -> Value:
    found: Value = member.value
    return found


def _listed(text: str) -> tuple[str, ...]:
    if text == _NONE:
        return ()
    return tuple(json.loads(text))


def _parsed(text: str) -> tuple[Any, ...]:
    if text == _NONE:
        return ()
    return tuple(tuple(part) if isinstance(part, list) else part for part in json.loads(text))


def columns(kind: type[Any]) -> tuple[str, ...]:
    """Return the columns of a kind of record, in the order they are stored and hashed."""
    return shape(kind).columns


def stored(record: object) -> tuple[Value, ...]:
    """Return a record's fields as the file keeps them, in the order they are hashed."""
    return tuple(
        [
            write(getattr(record, name)) if write else getattr(record, name)
            for name, write in shape(type(record)).writers
        ]
    )


def restored(kind: type[Record], row: Row) -> Record:
    """Return the record of a row that was stored from one."""
    values = list(row)
    for place, read in shape(kind).readers:
        values[place] = read(values[place])
    return kind(*values)


def seal(values: Iterable[Value]) -> bytes:
    """Return the SHA-256 of a row's columns in their order."""
    return hashlib.sha256(_encoded(list(values)).encode()).digest()


def storable(text: str) -> str:
    """Return text as it is kept: without blanks around it, and without lone surrogates."""
    return text.strip().encode("utf-8", "replace").decode("utf-8")
