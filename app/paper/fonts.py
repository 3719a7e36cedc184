"""Which font draws which sign, and how its glyphs stand: the type that every printed page is set in.

One text may mix scripts. It is cut into stretches of one font, each is shaped by HarfBuzz
(joined Arabic, Indic clusters, marks), and the glyphs are written with the signs they stand
for, so that a reader can copy and search what was printed. Fonts are opened when a sign
needs them; a sign that no font has is drawn as a visible box and reported.
"""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Literal

Style = Literal["regular", "bold", "italic"]

BOX = "\ufffd"
"""What stands for a sign that no font has."""

_FILES: dict[str, tuple[str, str, str]] = {
    "Sans": ("NotoSans-Regular", "NotoSans-Bold", "NotoSans-Italic"),
    "Tibetan": ("NotoSerifTibetan-Regular", "", ""),
    "Hangul": ("NanumGothicCoding", "", ""),
    "Han": ("DroidSansFallbackFull", "", ""),
}
_BOLD = frozenset(
    [
        "Adlam",
        "Arabic",
        "Armenian",
        "Bengali",
        "CanadianAboriginal",
        "Cherokee",
        "Devanagari",
        "Georgian",
        "Gujarati",
        "Gurmukhi",
        "HanifiRohingya",
        "Hebrew",
        "Kannada",
        "Khmer",
        "Lao",
        "Malayalam",
        "Myanmar",
        "OlChiki",
        "Oriya",
        "Tamil",
        "Telugu",
        "Thaana",
        "Thai",
    ]
)

_BLOCKS: tuple[tuple[int, int, str], ...] = (
    (0x0000, 0x052F, "Sans"),
    (0x0530, 0x058F, "Armenian"),
    (0x0590, 0x05FF, "Hebrew"),
    (0x0600, 0x06FF, "Arabic"),
    (0x0700, 0x074F, "Syriac"),
    (0x0750, 0x077F, "Arabic"),
    (0x0780, 0x07BF, "Thaana"),
    (0x07C0, 0x07FF, "NKo"),
    (0x0860, 0x086F, "Syriac"),
    (0x0870, 0x08FF, "Arabic"),
    (0x0900, 0x097F, "Devanagari"),
    (0x0980, 0x09FF, "Bengali"),
    (0x0A00, 0x0A7F, "Gurmukhi"),
    (0x0A80, 0x0AFF, "Gujarati"),
    (0x0B00, 0x0B7F, "Oriya"),
    (0x0B80, 0x0BFF, "Tamil"),
    (0x0C00, 0x0C7F, "Telugu"),
    (0x0C80, 0x0CFF, "Kannada"),
    (0x0D00, 0x0D7F, "Malayalam"),
    (0x0D80, 0x0DFF, "Sinhala"),
    (0x0E00, 0x0E7F, "Thai"),
    (0x0E80, 0x0EFF, "Lao"),
    (0x0F00, 0x0FFF, "Tibetan"),
    (0x1000, 0x109F, "Myanmar"),
    (0x10A0, 0x10FF, "Georgian"),
    (0x1100, 0x11FF, "Hangul"),
    (0x1200, 0x139F, "Ethiopic"),
    (0x13A0, 0x13FF, "Cherokee"),
    (0x1400, 0x167F, "CanadianAboriginal"),
    (0x1780, 0x17FF, "Khmer"),
    (0x1800, 0x18AF, "Mongolian"),
    (0x18B0, 0x18FF, "CanadianAboriginal"),
    (0x19E0, 0x19FF, "Khmer"),
    (0x1C50, 0x1C7F, "OlChiki"),
    (0x1C80, 0x1C8F, "Sans"),
    (0x1C90, 0x1CBF, "Georgian"),
    (0x2190, 0x22FF, "Math"),
    (0x2300, 0x2BFF, "Symbols2"),
    (0x2D00, 0x2D2F, "Georgian"),
    (0x2D30, 0x2D7F, "Tifinagh"),
    (0x2D80, 0x2DDF, "Ethiopic"),
    (0x2DE0, 0x2E7F, "Sans"),
    (0x2E80, 0x312F, "Han"),
    (0x3130, 0x318F, "Hangul"),
    (0x3190, 0x9FFF, "Han"),
    (0xA8E0, 0xA8FF, "Devanagari"),
    (0xA960, 0xA97F, "Hangul"),
    (0xA9E0, 0xA9FF, "Myanmar"),
    (0xAA60, 0xAA7F, "Myanmar"),
    (0xAB00, 0xAB2F, "Ethiopic"),
    (0xAB30, 0xAB6F, "Sans"),
    (0xAB70, 0xABBF, "Cherokee"),
    (0xAC00, 0xD7FF, "Hangul"),
    (0xF900, 0xFAFF, "Han"),
    (0xFB13, 0xFB17, "Armenian"),
    (0xFB1D, 0xFB4F, "Hebrew"),
    (0xFB50, 0xFDFF, "Arabic"),
    (0xFE30, 0xFE4F, "Han"),
    (0xFE70, 0xFEFE, "Arabic"),
    (0xFF00, 0xFFEF, "Han"),
    (0x104B0, 0x104FF, "Osage"),
    (0x10D00, 0x10D3F, "HanifiRohingya"),
    (0x1D400, 0x1D7FF, "Math"),
    (0x1E900, 0x1E95F, "Adlam"),
    (0x1F000, 0x1FBFF, "Symbols2"),
    (0x20000, 0x3FFFF, "Han"),
)
_STARTS = [first for first, _last, _family in _BLOCKS]
_FALLBACKS = ("Sans", "Symbols2", "Math", "Han", "Hangul")
_SILENT = re.compile(
    "[\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0000-\U000e0fff]"
)
_FIGURES = re.compile("[0-9]+(?:[-:.][0-9]+)*")
_LINE_ENDS = str.maketrans(dict.fromkeys("\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029", "\n"))


class Face:
    """One font file, opened: which signs it has, and how wide its glyphs are (1/1000 em)."""

    def __init__(self, file: str) -> None:
        """Open `resources/fonts/{file}.ttf`; its bytes stay in memory for this process."""
        import uharfbuzz as hb

        self.name = file
        data = (files("resources") / "fonts" / f"{file}.ttf").read_bytes()
        self.face = hb.Face(hb.Blob(data))
        self.font = hb.Font(self.face)
        self.scale = 1000 / self.face.upem
        self._widths: dict[int, float] = {}
        self._glyphs: dict[str, int] = {}

    def glyph(self, sign: str) -> int:
        """Return the glyph that stands for one sign by itself; 0 when the font has none."""
        found = self._glyphs.get(sign)
        if found is None:
            found = self._glyphs[sign] = self.font.get_nominal_glyph(ord(sign)) or 0
        return found

    def width(self, glyph: int) -> float:
        """Return how far `glyph` advances by itself."""
        found = self._widths.get(glyph)
        if found is None:
            found = self._widths[glyph] = self.font.get_glyph_h_advance(glyph) * self.scale
        return found


@cache
def _face(file: str) -> Face:
    return Face(file)


def _file_of(family: str, style: Style) -> tuple[str, bool]:
    """Return the file for `family` in `style`, and whether its weight must be thickened."""
    if family in _FILES:
        regular, bold, italic = _FILES[family]
    else:
        regular = f"NotoSans{family}-Regular"
        bold = f"NotoSans{family}-Bold" if family in _BOLD else ""
        italic = ""
    if style == "bold":
        return bold or regular, not bold
    return (italic or regular if style == "italic" else regular), False


def _block_of(sign: str) -> str:
    code = ord(sign)
    at = bisect_right(_STARTS, code) - 1
    _first, last, family = _BLOCKS[at]
    return family if code <= last else "Sans"


def is_mark(sign: str) -> bool:
    """Return whether `sign` belongs to the sign before it (marks, joiners, variation selectors)."""
    return unicodedata.category(sign)[0] == "M" or sign in "\u200c\u200d\u2060\ufeff"


def is_silent(sign: str) -> bool:
    """Return whether `sign` shows nothing by its nature: joiners, selectors, soft hyphens.

    These are the signs HarfBuzz leaves out (Default_Ignorable_Code_Point), and other controls
    of format that have no picture.
    """
    return sign >= "\xad" and _SILENT.fullmatch(sign) is not None


@dataclass(frozen=True, slots=True)
class Piece:
    """Glyphs of one font that stand on one height: the PDF operators that show them."""

    font: int
    show: str
    rise: float = 0.0
    thick: bool = False


@dataclass(frozen=True, slots=True)
class Run:
    """Shaped text, ready to be shown at any size; `width` in 1/1000 of the size."""

    pieces: tuple[Piece, ...]
    width: float


NOTHING = Run((), 0.0)


class Typesetter:
    """Shapes the texts of one document and remembers which glyphs of which font it used.

    `missing` holds the signs no font had. Nothing is shared between documents but the
    opened fonts, so the same texts give the same bytes.
    """

    def __init__(self, language: str) -> None:
        self._language = language
        self._runs: dict[tuple[str, Style, bool], Run] = {}
        self._styles: dict[Style, dict[str, Run]] = {"regular": {}, "bold": {}, "italic": {}}
        self._numbers: dict[str, int] = {}
        self.used: list[UsedFont] = []
        self.missing: set[str] = set()

    def clean(self, text: str) -> str:
        """Return `text` as it can be set: composed, tabs as spaces, every line end a newline.

        What cannot be set (control signs, halves of pairs) becomes a visible box and is recorded.
        """
        if text.isascii() and text.isprintable():
            return text
        text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
        text = text.translate(_LINE_ENDS).replace("\t", "    ")
        if any(unicodedata.category(sign) in {"Cc", "Cs"} and sign != "\n" for sign in text):
            signs = []
            for sign in text:
                if sign != "\n" and unicodedata.category(sign) in {"Cc", "Cs"}:
                    self.missing.add(sign)
                    signs.append(BOX)
                else:
                    signs.append(sign)
            text = "".join(signs)
        return text

    def run(self, text: str, style: Style = "regular", *, rtl: bool = False) -> Run:
        """Return clean one-line `text` shaped in one direction."""
        key = (text, style, rtl)
        found = self._runs.get(key)
        if found is None:
            stretches = list(self._stretches(text, style))
            if rtl:
                stretches.reverse()
            pieces: list[Piece] = []
            width = 0.0
            for family, part in stretches:
                width += self._shape(family, part, style, rtl, pieces)
            found = self._runs[key] = Run(tuple(pieces), width)
        return found

    def words(self, text: str, style: Style = "regular") -> Run:
        """Return left-to-right `text` shaped word by word: quick where words come again."""
        done = self._styles[style]
        found = done.get(text)
        if found is None:
            if " " in text:
                gap = self.run(" ", style)
                pieces: list[Piece] = []
                width = 0.0
                for number, word in enumerate(text.split(" ")):
                    if number:
                        pieces += gap.pieces
                        width += gap.width
                    if word:
                        part = self.run(word, style)
                        pieces += part.pieces
                        width += part.width
                found = Run(joined(pieces), width)
            else:
                found = self.run(text, style)
            done[text] = found
        return found

    def _stretches(self, text: str, style: Style) -> Iterator[tuple[str, str]]:
        """Cut `text` where the font changes; marks stay with the sign they belong to."""
        family, start = "", 0
        for at, sign in enumerate(text):
            here = self._family(sign, family, style)
            if here != family:
                if at > start:
                    yield family, text[start:at]
                family, start = here, at
        if start < len(text):
            yield family, text[start:]

    def _family(self, sign: str, before: str, style: Style) -> str:
        if sign < "\x7f":
            return "Sans"
        if before and (is_silent(sign) or (is_mark(sign) and self._has(before, sign, style))):
            return before
        family = _block_of(sign)
        if self._has(family, sign, style):
            return family
        for other in _FALLBACKS:
            if self._has(other, sign, style):
                return other
        if is_silent(sign):
            return before or "Sans"
        return ""

    def _has(self, family: str, sign: str, style: Style) -> bool:
        if not family:
            return False
        return _face(_file_of(family, style)[0]).glyph(sign) != 0

    def _font(self, file: str) -> "tuple[int, UsedFont]":
        number = self._numbers.get(file)
        if number is None:
            number = self._numbers[file] = len(self.used)
            self.used.append(UsedFont(_face(file)))
        return number, self.used[number]

    def _shape(self, family: str, text: str, style: Style, rtl: bool, pieces: list[Piece]) -> float:
        """Append the pieces of one stretch to `pieces`; return how wide they are."""
        import uharfbuzz as hb

        if not family:
            return sum(self._box(sign, style, pieces) for sign in (text[::-1] if rtl else text))
        file, thick = _file_of(family, style)
        number, used = self._font(file)
        if _FIGURES.fullmatch(text):
            return _plain(number, used, thick, text, pieces)
        buffer = hb.Buffer()
        buffer.cluster_level = hb.BufferClusterLevel.MONOTONE_GRAPHEMES
        buffer.flags = hb.BufferFlags.REMOVE_DEFAULT_IGNORABLES
        buffer.add_str(text)
        buffer.direction = "rtl" if rtl else "ltr"
        buffer.language = self._language
        buffer.guess_segment_properties()
        hb.shape(used.face.font, buffer)
        glyphs = list(zip(buffer.glyph_infos, buffer.glyph_positions, strict=True))
        if not glyphs:
            return 0.0
        starts = sorted({info.cluster for info, _position in glyphs})
        ends = dict(zip(starts, [*starts[1:], len(text)], strict=True))
        ink = _Ink(number, used, thick, pieces)
        box_width = 0.0
        at = 0
        while at < len(glyphs):
            cluster = glyphs[at][0].cluster
            upto = at
            while upto < len(glyphs) and glyphs[upto][0].cluster == cluster:
                upto += 1
            part = text[cluster : ends[cluster]]
            if any(info.codepoint == 0 for info, _position in glyphs[at:upto]):
                ink.flush()
                box_width += sum(self._box(sign, style, pieces) for sign in part)
            else:
                ink.cluster(
                    part,
                    [
                        (info.codepoint, p.x_advance, p.x_offset, p.y_offset)
                        for info, p in glyphs[at:upto]
                    ],
                )
            at = upto
        ink.flush()
        return ink.width + box_width

    def _box(self, sign: str, style: Style, pieces: list[Piece]) -> float:
        """Draw a box in place of `sign`, record it, and keep it readable as the sign it is."""
        self.missing.add(sign)
        number, used = self._font(_file_of("Sans", style)[0])
        glyph = used.face.glyph(BOX)
        ink = _Ink(number, used, thick=False, pieces=pieces)
        ink.cluster(sign, [(glyph, round(used.face.width(glyph) / used.face.scale), 0, 0)])
        ink.flush()
        return ink.width


def _plain(number: int, used: "UsedFont", thick: bool, text: str, pieces: list[Piece]) -> float:
    """Append figures, which every font here sets without joining or shifting them."""
    glyphs = [used.face.glyph(sign) for sign in text]
    for sign, glyph in zip(text, glyphs, strict=True):
        used.says(sign, [glyph])
    show = "".join(f"{glyph:04X}" for glyph in glyphs)
    pieces.append(Piece(number, f"<{show}> Tj", 0.0, thick))
    return sum(used.face.width(glyph) for glyph in glyphs)


class UsedFont:
    """What a document used of one font: glyphs, and the signs each stands for."""

    def __init__(self, face: Face) -> None:
        self.face = face
        self.glyphs: set[int] = set()
        self.meanings: dict[int, str] = {}

    def says(self, text: str, glyphs: list[int]) -> bool:
        """Note that `glyphs` stand for `text`; False when they cannot say it by themselves."""
        self.glyphs.update(glyphs)
        if len(glyphs) == 1:
            return self.meanings.setdefault(glyphs[0], text) == text
        if len(glyphs) == len(text) and all(
            self.face.glyph(sign) == glyph for sign, glyph in zip(text, glyphs, strict=True)
        ):
            known = [
                self.meanings.setdefault(glyph, sign)
                for sign, glyph in zip(text, glyphs, strict=True)
            ]
            return known == list(text)
        return False


class _Ink:
    """Writes the glyphs of one stretch as PDF operators."""

    def __init__(self, number: int, used: UsedFont, thick: bool, pieces: list[Piece]) -> None:
        self._number, self._used, self._thick, self._pieces = number, used, thick, pieces
        self._parts: list[str] = []
        self._hex: list[str] = []
        self._shift = 0.0
        self._rise = 0.0
        self.width = 0.0

    def cluster(self, text: str, glyphs: list[tuple[int, int, int, int]]) -> None:
        """Add the glyphs of one cluster: (glyph, advance, x and y offset) in font units."""
        face = self._used.face
        speaks = self._used.says(text, [glyph for glyph, *_place in glyphs])
        if not speaks:
            self.flush()
        first = len(self._pieces)
        for glyph, advance, right, up in glyphs:
            rise = up * face.scale
            if rise != self._rise:
                self._close()
                self._rise = rise
            shift = self._shift - right * face.scale
            if abs(shift) > 0.01:
                self._flush_hex()
                self._parts.append(_short(shift))
            self._hex.append(f"{glyph:04X}")
            self._shift = face.width(glyph) + (right - advance) * face.scale
            self.width += advance * face.scale
        if not speaks:
            self._close()
            self._read_as(text, first)

    def flush(self) -> None:
        """End what was begun."""
        self._close()

    def _flush_hex(self) -> None:
        if self._hex:
            self._parts.append(f"<{''.join(self._hex)}>")
            self._hex = []

    def _read_as(self, text: str, first: int) -> None:
        """Say what the pieces from `first` on stand for: no glyph of them can say it alone."""
        if first == len(self._pieces):
            return
        utf16 = ("\ufeff" + text).encode("utf-16-be").hex().upper()
        head, tail = self._pieces[first], self._pieces[-1]
        begin = f"/Span <</ActualText <{utf16}>>> BDC "
        if head is tail:
            self._pieces[first] = replace(head, show=f"{begin}{head.show} EMC")
        else:
            self._pieces[first] = replace(head, show=begin + head.show)
            self._pieces[-1] = replace(tail, show=tail.show + " EMC")

    def _close(self) -> None:
        if abs(self._shift) > 0.01:
            self._flush_hex()
            self._parts.append(_short(self._shift))
        self._shift = 0.0
        self._flush_hex()
        if not self._parts:
            return
        if len(self._parts) == 1 and self._parts[0][0] == "<":
            show = f"{self._parts[0]} Tj"
        else:
            show = f"[{' '.join(self._parts)}] TJ"
        self._pieces.append(Piece(self._number, show, self._rise, self._thick))
        self._parts = []
        self._rise = 0.0


def _short(number: float) -> str:
    return f"{number:.2f}".rstrip("0").rstrip(".")


def joined(pieces: list[Piece]) -> tuple[Piece, ...]:
    """Return `pieces` with neighbours of one font and height made one."""
    out: list[Piece] = []
    for piece in pieces:
        if out:
            last = out[-1]
            if (last.font, last.rise, last.thick) == (piece.font, piece.rise, piece.thick):
                if last.show.endswith("> Tj") and piece.show[0] == "<" and last.show[0] == "<":
                    show = last.show[:-4] + piece.show[1:]
                else:
                    show = f"{last.show} {piece.show}"
                out[-1] = Piece(last.font, show, last.rise, last.thick)
                continue
        out.append(piece)
    return tuple(out)
