"""What a section says, as XHTML: the blocks of the paper, so that both say the same words."""

import re
from collections.abc import Callable, Iterable, Iterator
from html import escape

from app.paper import blocks

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What no XML 1.0 document may hold."""
_SPACE = re.compile(r"[^\S \t\r\n]")
"""Spaces beside those that a FHIR string may hold."""

Said = Callable[[str], str]
"""Returns a text as it may leave."""


def plain(text: str) -> str:
    """Return a text as a FHIR string and XML may hold it: no control characters, plain spaces."""
    return _NOT_XML.sub("", _SPACE.sub(" ", text))


def narrative(body: Iterable[blocks.Block], said: Said = str) -> dict[str, str]:
    """Return a Narrative of blocks; what a record says in them goes through `said`."""
    inner = "".join(_marked_up(body, said)) or "<p>–</p>"
    return {
        "status": "generated",
        "div": f'<div xmlns="http://www.w3.org/1999/xhtml">{inner}</div>',
    }


def _marked_up(body: Iterable[blocks.Block], said: Said) -> Iterator[str]:
    for block in body:
        match block:
            case blocks.Heading(text=text, level=level):
                yield _in("h3" if level == 1 else "h4", text)
            case blocks.Part(names=names, scope=scope):
                yield _in("h3", names) + _in("p", scope)
            case blocks.Text(text=text):
                yield _lines(said(text))
            case blocks.Notice(text=text, title=title):
                yield (_in("h4", title) if title else "") + _lines(said(text))
            case blocks.KeyValues(pairs=pairs):
                rows = "".join(
                    f"<tr>{_in('th', name)}{_in('td', said(v))}</tr>" for name, v in pairs
                )
                yield _table("", rows)
            case blocks.TableBlock():
                yield _table_of(block, said)
            case blocks.Grid():
                yield _grid(block)
            case blocks.Note():
                yield _note(block)
            case _:
                # Pictures and lines to sign on say nothing that does not stand beside them.
                pass


def _text(text: str) -> str:
    return escape(plain(text), quote=False)


def _in(tag: str, text: str) -> str:
    return f"<{tag}>{_text(text).replace(chr(10), '<br/>')}</{tag}>"


def _lines(text: str) -> str:
    return "".join(_in("p", line) for line in text.splitlines() if line.strip())


def _table(head: str, rows: str) -> str:
    """Return a table; nothing for one without a row, which HTML does not know."""
    if not rows:
        return ""
    top = f"<thead><tr>{head}</tr></thead>" if head else ""
    return f"<table>{top}<tbody>{rows}</tbody></table>"


def _table_of(block: blocks.TableBlock, said: Said) -> str:
    if not block.rows:
        return _lines(block.empty)
    head = "".join(_in("th", column.title) for column in block.columns)
    rows = [[said(cell) for cell in row] for row in block.rows]
    if block.total:
        rows.append(list(block.total))
    return _table(head, "".join(_row(row) for row in rows))


def _row(cells: Iterable[str]) -> str:
    return f"<tr>{''.join(_in('td', cell) for cell in cells)}</tr>"


def _grid(block: blocks.Grid) -> str:
    if not block.groups:
        return _lines(block.empty)
    head = _in("th", block.title) + _in("th", block.label)
    head += "".join(_in("th", f"{column.above} {column.title}") for column in block.columns)
    rows = ""
    for group in block.groups:
        for row in group.rows:
            cells = ["–" if cell.off else f"{cell.text} {cell.note}".strip() for cell in row.cells]
            rows += _row([f"{group.title}\n{group.detail}", row.label, *cells])
    return _table(head, rows)


def _note(note: blocks.Note) -> str:
    said = _in("h4", note.title) + _lines(note.meta)
    for section in note.sections:
        said += (_in("h5", section.label) if section.label else "") + _lines(section.text)
    return said + _lines(note.closing) + "".join(_note(inner) for inner in note.inner)
