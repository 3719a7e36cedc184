"""Puts the used part of each font into a PDF, with what every glyph stands for.

Composite fonts with two-byte glyph numbers (ISO 32000-1, 9.7.4): ReportLab's own fonts count
signs, not glyphs, and cannot say what a joined or reordered glyph means.
"""

import zlib
from typing import TYPE_CHECKING, Any, Protocol

from app.paper.fonts import UsedFont

if TYPE_CHECKING:
    from reportlab.pdfbase.pdfdoc import PDFDictionary, PDFStream

_DROPPED = ("GSUB", "GPOS", "GDEF", "kern", "cmap", "name", "post", "OS/2", "gasp", "DSIG", "BASE")
_CMAP_HEAD = """/CIDInit /ProcSet findresource begin
12 dict begin
begincmap
/CIDSystemInfo <</Registry (Adobe) /Ordering (UCS) /Supplement 0>> def
/CMapName /Adobe-Identity-UCS def
/CMapType 2 def
1 begincodespacerange
<0000> <FFFF>
endcodespacerange
"""
_CMAP_TAIL = "endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n"


class Reference(Protocol):
    """A numbered object, spoken of from elsewhere in the file."""

    name: str


class Document(Protocol):
    """What is used of ReportLab's PDFDocument, which its type stubs describe in part only."""

    Catalog: Any
    info: Any
    signature: Any
    objectcounter: int
    idToObjectNumberAndVersion: dict[str, tuple[int, int]]

    def Reference(self, obj: object, name: str | None = None) -> Reference:
        """Number `obj`, once, and return the way to speak of it."""
        ...

    def addPage(self, page: object) -> None:
        """Add a page after the others."""
        ...

    def format(self) -> bytes:
        """Return the file."""
        ...


def font_name(number: int) -> str:
    """Return the name by which pages call the document's font `number`."""
    return f"C{number}"


def embed(document: Document, used: list[UsedFont]) -> "PDFDictionary":
    """Add the used part of every font to `document`; return the dictionary pages refer to."""
    from reportlab.pdfbase.pdfdoc import PDFDictionary

    return PDFDictionary(
        {font_name(number): _font(document, number, font) for number, font in enumerate(used)}
    )


def _font(document: Document, number: int, used: UsedFont) -> Reference:
    from reportlab.pdfbase.pdfdoc import PDFArray, PDFDictionary, PDFName, PDFString

    scale = used.face.scale
    extents = used.face.font.get_font_extents("ltr")
    name = f"CASE{chr(65 + number // 26)}{chr(65 + number % 26)}+{used.face.name}"
    program = document.Reference(stream(_subset(used), whole=True), f"{name}.program")
    descriptor = PDFDictionary(
        {
            "Type": PDFName("FontDescriptor"),
            "FontName": PDFName(name),
            "Flags": 4,
            "FontBBox": PDFArray(
                [-1000, round(extents.descender * scale), 3000, round(extents.ascender * scale)]
            ),
            "ItalicAngle": -12 if used.face.name.endswith("Italic") else 0,
            "Ascent": round(extents.ascender * scale),
            "Descent": round(extents.descender * scale),
            "CapHeight": 714,
            "StemV": 120 if used.face.name.endswith("Bold") else 80,
            "FontFile2": program,
        }
    )
    glyphs = sorted(used.glyphs)
    widths = " ".join(f"{glyph} [{used.face.width(glyph):.6g}]" for glyph in glyphs)
    descendant = PDFDictionary(
        {
            "Type": PDFName("Font"),
            "Subtype": PDFName("CIDFontType2"),
            "BaseFont": PDFName(name),
            "CIDSystemInfo": PDFDictionary(
                {"Registry": PDFString("Adobe"), "Ordering": PDFString("Identity"), "Supplement": 0}
            ),
            "FontDescriptor": document.Reference(descriptor, f"{name}.descriptor"),
            "W": f"[{widths}]",
            "DW": 0,
            "CIDToGIDMap": PDFName("Identity"),
        }
    )
    font = PDFDictionary(
        {
            "Type": PDFName("Font"),
            "Subtype": PDFName("Type0"),
            "BaseFont": PDFName(name),
            "Encoding": PDFName("Identity-H"),
            "DescendantFonts": PDFArray([document.Reference(descendant, f"{name}.cid")]),
            "ToUnicode": document.Reference(stream(_meanings(used)), f"{name}.meanings"),
        }
    )
    return document.Reference(font, name)


def stream(data: bytes, *, whole: bool = False) -> "PDFStream":
    """Return `data` compressed as a PDF stream; `whole` adds the length a font program needs."""
    from reportlab.pdfbase.pdfdoc import PDFDictionary, PDFName, PDFStream

    entries: dict[str, Any] = {"Filter": PDFName("FlateDecode")}
    if whole:
        entries["Length1"] = len(data)
    return PDFStream(PDFDictionary(entries), zlib.compress(data, 6))


def _subset(used: UsedFont) -> bytes:
    """Return the font with the used glyphs alone, each under its old number."""
    import uharfbuzz as hb

    wanted = hb.SubsetInput()
    wanted.flags = hb.SubsetFlags.RETAIN_GIDS | hb.SubsetFlags.NO_HINTING
    wanted.flags |= hb.SubsetFlags.NO_LAYOUT_CLOSURE | hb.SubsetFlags.NOTDEF_OUTLINE
    wanted.glyph_set.update(used.glyphs)
    dropped = wanted.sets(hb.SubsetInputSets.DROP_TABLE_TAG)
    dropped.update(int.from_bytes(tag.encode(), "big") for tag in _DROPPED)
    return bytes(hb.subset(used.face.face, wanted).blob.data)


def _meanings(used: UsedFont) -> bytes:
    lines = [
        f"<{glyph:04X}> <{text.encode('utf-16-be').hex().upper()}>"
        for glyph, text in sorted(used.meanings.items())
    ]
    parts = [_CMAP_HEAD]
    for start in range(0, len(lines), 100):
        part = lines[start : start + 100]
        parts.append(f"{len(part)} beginbfchar\n" + "\n".join(part) + "\nendbfchar\n")
    parts.append(_CMAP_TAIL)
    return "".join(parts).encode()
