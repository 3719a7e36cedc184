"""How a frozen record stands in the file: its fields in order, sealed with a hash."""

import hashlib
import json
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields
from enum import Enum
from itertools import repeat
from operator import call
from types import MemberDescriptorType
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
    setters: tuple[Callable[[Any, Any], None], ...]
    """What sets each field of a wide record; empty of others, and where making one does more."""


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
            _setters(kind, names),
        )
    return found


_WIDE = 20
"""From so many fields on, a record is made faster field by field than by its own call."""


def _setters(kind: type[Any], names: tuple[str, ...]) -> tuple[Callable[[Any, Any], None], ...]:
    if len(names) < _WIDE:
        return ()
    slots = [getattr(kind, name, None) for name in names]
    plain = not hasattr(kind, "__post_init__")
    found = tuple(slot.__set__ for slot in slots if isinstance(slot, MemberDescriptorType))
    return found if plain and len(found) == len(names) else ()


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
    return _Members(hint).__getitem__ if isinstance(hint, type) and issubclass(hint, Enum) else None


class _Members(dict[Any, Any]):
    """An enumeration's members by their values: a look into it costs a tenth of a call."""

    def __init__(self, kind: type[Enum]) -> None:
        super().__init__((member.value, member) for member in kind)
        self._kind = kind

    def __missing__(self, value: Any) -> Any:
        return self._kind(value)


_run = deque[None](maxlen=0).extend
_encoded = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
"""Made once: `json.dumps` with settings of one's own makes an encoder for every call."""


_decoded = json.JSONDecoder().raw_decode
"""Without the look for blanks around it, which `stored` never writes."""


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
    found, end = _decoded(text)
    if end != len(text):
        found = json.loads(text)
    return tuple([tuple(part) if type(part) is list else part for part in found])


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
    found = _SHAPES.get(kind) or shape(kind)
    values = list(row)
    for place, read in found.readers:
        values[place] = read(values[place])
    if len(values) != len(found.setters):
        return kind(*values)
    # A frozen record sets each field by a call of its own: straight into its slots takes
    # two thirds of that, and pages restore hundreds.
    made = object.__new__(kind)
    _run(map(call, found.setters, repeat(made), values))
    return made


def seal(values: Iterable[Value]) -> bytes:
    """Return the SHA-256 of a row's columns in their order."""
    return hashlib.sha256(_encoded(list(values)).encode()).digest()


def storable(text: str) -> str:
    """Return text as it is kept: without blanks around it, and without lone surrogates."""
    return text.strip().encode("utf-8", "replace").decode("utf-8")
