"""The PDF file that finished pages end in: properties, language, fonts, structure tree.

Page streams are compressed one by one and structure is formatted element by element, so that
a long paper can be cancelled while its file is written. Imported when a paper is rendered:
ReportLab is not needed before.
"""

import hashlib
from collections.abc import Callable, Iterator
from functools import partial
from typing import cast

from reportlab.pdfbase import pdfdoc

from app.kernel.words import language
from app.paper.embedding import Document, Reference, embed, stream
from app.paper.page import Book, Drawing, Node, Paper, Sheet


def write(book: Book) -> bytes:
    """Return the file of a book whose pages are complete."""
    document = cast(
        "Document",
        pdfdoc.PDFDocument(
            dummyoutline=1, compression=0, invariant=1, pdfVersion=(1, 7), lang=language()
        ),
    )
    catalog = document.Catalog
    catalog.Outlines = None
    catalog.ViewerPreferences = pdfdoc.PDFDictionary({"DisplayDocTitle": "true"})
    document.info = _Properties(book.paper)
    fonts = document.Reference(embed(document, book.setter.used), "fonts")
    held: dict[str, object] = {"Font": fonts, "ProcSet": "[/PDF /Text]"}
    if book.pictures:
        drawn = {
            picture.name: document.Reference(_picture(picture), picture.name)
            for picture in book.pictures
        }
        held |= {"XObject": pdfdoc.PDFDictionary(drawn), "ProcSet": "[/PDF /Text /ImageC]"}
    resources = document.Reference(pdfdoc.PDFDictionary(held), "resources")
    seal = hashlib.md5(book.paper.made.at.encode(), usedforsecurity=False)
    pages = []
    for sheet in book.sheets:
        book.pace.writing(sheet.number, len(book.sheets))
        code = "\n".join(sheet.code).encode("ascii")
        seal.update(code)
        page = _Page(sheet, (book.width, book.height), code, resources)
        document.addPage(page)
        pages.append(document.Reference(page))
    document.signature = seal
    _add_structure(document, book, pages)
    return document.format()


def _picture(drawing: Drawing) -> pdfdoc.PDFStream:
    """Return a picture as an image of the file (ISO 32000-1, 8.9.5)."""
    made = stream(drawing.pixels)
    made.dictionary.dict.update(
        {
            "Type": pdfdoc.PDFName("XObject"),
            "Subtype": pdfdoc.PDFName("Image"),
            "Width": drawing.width,
            "Height": drawing.height,
            "ColorSpace": pdfdoc.PDFName("DeviceRGB"),
            "BitsPerComponent": 8,
        }
    )
    return made


class _Page(pdfdoc.PDFPage):
    """A page whose stream is compressed already, and which knows its place in the structure."""

    __NoDefault__ = [*pdfdoc.PDFPage.__NoDefault__, "StructParents", "Tabs"]

    def __init__(
        self, sheet: Sheet, size: tuple[float, float], code: bytes, resources: Reference
    ) -> None:
        super().__init__()
        self.MediaBox = pdfdoc.PDFArray([0, 0, *size])
        self.Contents = stream(code)
        self.Resources = resources
        self.StructParents = sheet.number
        self.Tabs = pdfdoc.PDFName("S")


class _Properties(pdfdoc.PDFInfo):
    """The file's properties: the kind of paper, the program, the moment; no person."""

    def __init__(self, paper: Paper) -> None:
        super().__init__()
        self._paper = paper

    def format(self, document: pdfdoc.PDFDocument) -> bytes:
        """Return the information dictionary (ISO 32000-1, 14.3.3)."""
        paper = self._paper
        named = f"{paper.title} · {paper.names}" if paper.named_file and paper.names else ""
        when = pdfdoc.PDFString(paper.made.instant().strftime("D:%Y%m%d%H%M%S+00'00'"))
        entries = {
            "Title": pdfdoc.PDFString(named or paper.title),
            "Creator": pdfdoc.PDFString("Casewell"),
            "Producer": pdfdoc.PDFString("Casewell, ReportLab"),
            "CreationDate": when,
            "ModDate": when,
        }
        return bytes(pdfdoc.PDFDictionary(entries).format(document))


class _Later(pdfdoc.PDFObject):
    """A numbered object whose bytes are made when the file is written."""

    def __init__(self, make: Callable[[], str]) -> None:
        self._make = make

    def format(self, document: pdfdoc.PDFDocument) -> bytes:
        """Return the object's bytes."""
        return self._make().encode("ascii")


def _add_structure(document: Document, book: Book, pages: list[Reference]) -> None:
    """Add the structure tree (ISO 32000-1, 14.7) and let pages point into it."""
    numbers: dict[int, str] = {}

    def number_of(reference: Reference) -> str:
        found, version = document.idToObjectNumberAndVersion[reference.name]
        return f"{found} {version} R"

    page_numbers = [number_of(page) for page in pages]
    nodes = list(_walk(book.root))

    def element(at: int, node: Node) -> str:
        if not at % 64:
            book.pace.writing(0, len(nodes))
        parent = numbers[id(node.parent)] if node.parent else root
        if len(node.kids) == 1 and isinstance(node.kids[0], tuple):
            # Nearly all of them: a cell or a line that stands on one page.
            sheet, mark = node.kids[0]
            page = page_numbers[sheet]
            return f"<</S/{node.tag}/P {parent}/Pg {page}{node.attributes}/K[{mark}]>>"
        sheets = {kid[0] for kid in node.kids if isinstance(kid, tuple)}
        single = len(sheets) == 1
        kids = []
        for kid in node.kids:
            if isinstance(kid, Node):
                kids.append(numbers[id(kid)])
            elif single:
                kids.append(str(kid[1]))
            else:
                kids.append(f"<</Type/MCR/Pg {page_numbers[kid[0]]}/MCID {kid[1]}>>")
        page = f"/Pg {page_numbers[sheets.pop()]}" if single else ""
        return f"<</S/{node.tag}/P {parent}{page}{node.attributes}/K[{' '.join(kids)}]>>"

    def told(at: int, text: str) -> str:
        book.pace.writing(at, len(nodes))
        return text

    # Numbers are given in the order of registration: known before an element is written, so
    # that each is one text and no more objects are kept alive than the pages need.
    top = document.Reference(
        _Later(
            lambda: (
                f"<</Type/StructTreeRoot/K {numbers[id(book.root)]}/ParentTree {tree}"
                f"/ParentTreeNextKey {len(book.sheets)}>>"
            )
        ),
        "structure",
    )
    root = number_of(top)
    first = document.objectcounter + 1
    for at, node in enumerate(nodes):
        numbers[id(node)] = f"{first + at} 0 R"
    for at, node in enumerate(nodes):
        text = element(at, node)
        ticked: object = text.encode("ascii") if at % 256 else _Later(partial(told, at, text))
        document.Reference(ticked, f"element {at}")

    def parents() -> str:
        rows = (
            f"{sheet.number} [{' '.join(numbers[id(owner)] for owner in sheet.owners)}]"
            for sheet in book.sheets
        )
        return f"<</Nums[{' '.join(rows)}]>>"

    tree = number_of(document.Reference(_Later(parents), "parents"))
    document.Catalog.StructTreeRoot = top
    document.Catalog.MarkInfo = pdfdoc.PDFDictionary({"Marked": "true"})


def _walk(node: Node) -> Iterator[Node]:
    yield node
    for kid in node.kids:
        if isinstance(kid, Node):
            yield from _walk(kid)
