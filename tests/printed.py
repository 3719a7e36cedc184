"""Reads what was set on paper back, as a reader of the file would."""

import re

from app.paper.fonts import Run, Typesetter, is_silent

_TOKEN = re.compile(r"ActualText <(?P<said>[0-9A-F]+)>|(?P<end>EMC)|<(?P<glyphs>[0-9A-F]+)>")


def shown(setter: Typesetter, run: Run) -> list[tuple[str, int]]:
    """Read a run back as a reader of the file would: glyphs and what they stand for."""
    out: list[tuple[str, int]] = []
    inside = False
    for piece in run.pieces:
        for token in _TOKEN.finditer(piece.show):
            if token["said"]:
                out.append((bytes.fromhex(token["said"]).decode("utf-16-be")[1:], -1))
                inside = True
            elif token["end"]:
                inside = False
            else:
                for at in range(0, len(token["glyphs"]), 4):
                    glyph = int(token["glyphs"][at : at + 4], 16)
                    meaning = "" if inside else setter.used[piece.font].meanings[glyph]
                    out.append((meaning, glyph))
    return out


def audible(text: str) -> str:
    """Return `text` without signs that show nothing by their nature."""
    return "".join(sign for sign in text if not is_silent(sign))
