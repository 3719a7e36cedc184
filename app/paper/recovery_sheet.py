"""The recovery sheet: the words that open a vault when its passphrase cannot, on one page.

It names no person and no vault: who finds it learns only that it opens some vault. The words
stand in reading order down three columns, and again as a QR code, the words with spaces between.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from app.kernel.clock import Moment
from app.kernel.ports import no_progress
from app.kernel.words import _, ngettext
from app.paper.page import (
    BODY,
    HEADING,
    INK,
    LEADING,
    RULE,
    SIDE,
    SMALL,
    SOFT,
    Book,
    Node,
    Pace,
    Paper,
    Sheet,
    Size,
    day_words,
)

_COLUMNS = 3
_ROW = 31.0
_WORD = 14.0
_QUIET = 4
"""Empty modules around a QR code (ISO/IEC 18004, 5.3.8)."""


def recovery_sheet(words: Sequence[str], made: date, size: Size = "letter") -> bytes:
    """Return the sheet as a PDF in memory, in the language in use; the bytes hold the secret."""
    midnight = Moment.local(datetime(made.year, made.month, made.day), "UTC")  # noqa: DTZ001 - the zone is given beside
    paper = Paper(
        title=_("Recovery sheet"),
        made=midnight,
        scope=_("Made on {date}").format(date=day_words(made)),
        notice=_(
            "Whoever holds this sheet can open the vault. It names no person and no vault on "
            "purpose: keep in mind, or in the safe's own list, which vault it belongs to."
        ),
        made_text=_("Casewell recovery sheet"),
    )
    book = Book(paper, size, Pace(no_progress, 1))
    y = book.open_sheet() + 4
    y = _prose(book, y, [_purpose(len(words))])
    y = _words(book, y - 10, words)
    code = 148.0
    y -= 20
    sheet = book.sheets[0]
    _code(sheet, book.root, SIDE + book.inner - code, y - code + 3, code, " ".join(words))
    left = book.inner - code - 26
    lowest = y - code
    y = _heading(book, y, _("How to keep it"))
    y = _prose(
        book,
        y,
        [
            _("Print this sheet now and delete the file it came from."),
            _(
                "Keep it locked away from the computer: in a safe, or in a sealed envelope "
                "with the school's locked records."
            ),
            _("Do not photograph it, send it, or type its words into anything but Casewell."),
            _(
                "If it is lost, or someone may have seen it, make new recovery words in Casewell. "
                "This sheet then opens nothing, and can be shredded."
            ),
        ],
        width=left,
        numbered=True,
    )
    y = min(y, lowest) - 18
    y = _heading(book, y, _("How to use it"))
    _prose(
        book,
        y,
        [
            _(
                "Open Casewell, choose the recovery sheet instead of the passphrase, and type the "
                "words in the order of their numbers. Capital letters do not matter, and the first "
                "four letters of a word are enough. The square holds the same words, for a scanner."
            )
        ],
    )
    return book.finish()


def _purpose(count: int) -> str:
    return ngettext(
        "This {count} word opens the vault when its passphrase is forgotten.",
        "These {count} words open the vault when its passphrase is forgotten, or when the person "
        "who knows it is away for good. Without a passphrase and without this sheet, nobody can "
        "open the vault: not the maker of Casewell, and not the school's technicians.",
        count,
    ).format(count=count)


def _heading(book: Book, y: float, text: str) -> float:
    sheet = book.sheets[0]
    y -= HEADING
    sheet.begin(Node("H2", book.root))
    sheet.text(SIDE, y, HEADING, book.line(text, "bold", HEADING, book.inner))
    sheet.end()
    return y - 6


def _prose(
    book: Book,
    y: float,
    paragraphs: Sequence[str],
    width: float | None = None,
    *,
    numbered: bool = False,
) -> float:
    """Set paragraphs below `y`; return where they end."""
    sheet = book.sheets[0]
    indent = 16.0 if numbered else 0.0
    step = BODY * LEADING
    for number, text in enumerate(paragraphs, 1):
        sheet.begin(Node("P", book.root))
        if numbered:
            label = book.line(f"{number}.", "bold", BODY, indent)
            sheet.text(SIDE, y - step * 0.73, BODY, label)
        for part in book.lines(text, "regular", BODY, (width or book.inner) - indent):
            y -= step
            sheet.text(SIDE + indent, y + step * 0.27, BODY, part)
        sheet.end()
        y -= 4
    return y


def _words(book: Book, y: float, words: Sequence[str]) -> float:
    """Set the words with their numbers, down one column after the other."""
    sheet = book.sheets[0]
    rows = -(-len(words) // _COLUMNS)
    gap = 12.0
    width = (book.inner - gap * (_COLUMNS - 1)) / _COLUMNS
    table = Node("L", book.root)
    for at, word in enumerate(words):
        column, row = divmod(at, rows)
        x = SIDE + column * (width + gap)
        base = y - (row + 1) * _ROW + 10
        sheet.begin_furniture()
        sheet.rule(x, base - 7, width, 0.5, RULE)
        sheet.end()
        sheet.begin(Node("LI", table))
        number = book.line(f"{at + 1}", "regular", SMALL, 20)
        sheet.aligned(x, base, 16, SMALL, number, "end", SOFT)
        sheet.text(x + 26, base, _WORD, book.line(word, "bold", _WORD, width - 30), INK)
        sheet.end()
    return y - rows * _ROW


def _code(sheet: Sheet, root: Node, x: float, y: float, side: float, text: str) -> None:
    """Draw `text` as a QR code in a square of `side` points, its quiet zone included."""
    from reportlab.graphics.barcode.qrencoder import QRCode, QRErrorCorrectLevel

    code: Any = QRCode(None, QRErrorCorrectLevel.M)
    code.addData(text)
    code.make()
    count = code.getModuleCount()
    step = side / (count + 2 * _QUIET)
    words = _("QR code: the same words").encode("utf-16-be").hex().upper()
    sheet.begin(Node("Figure", root, f"/Alt <FEFF{words}>"))
    sheet.squares(
        (
            (x + (column + _QUIET) * step, y + side - (row + 1 + _QUIET) * step)
            for row in range(count)
            for column in range(count)
            if code.isDark(row, column)
        ),
        step,
    )
    sheet.end()
