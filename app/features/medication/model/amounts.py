"""Amounts of medicine: whole thousandths of a unit, so that halves and millilitres never drift."""

import re
from dataclasses import dataclass
from enum import StrEnum, unique
from fractions import Fraction

from app.kernel.errors import Refused

THOUSAND = 1000
LARGEST = 1_000_000 * THOUSAND
"""No container and no dose holds more than a million of its unit."""

_GLYPHS = {
    "¼": Fraction(1, 4), "½": Fraction(1, 2), "¾": Fraction(3, 4),
    "⅛": Fraction(1, 8), "⅜": Fraction(3, 8), "⅝": Fraction(5, 8), "⅞": Fraction(7, 8),
    "⅕": Fraction(1, 5), "⅖": Fraction(2, 5), "⅗": Fraction(3, 5), "⅘": Fraction(4, 5),
}  # fmt: skip
_FRACTION = re.compile(r"(?:([0-9]{1,7})\s+)?([0-9]{1,4})\s*[/⁄]\s*([0-9]{1,4})\Z")
_DECIMAL = re.compile(r"([0-9]{0,7})(?:[.,]([0-9]{0,9}))?\Z")
_WITH_GLYPH = re.compile(rf"([0-9]{{0,7}})\s*([{''.join(_GLYPHS)}])\Z")
_SHOWN = {Fraction(1, 4): "¼", Fraction(1, 2): "½", Fraction(3, 4): "¾"}


@unique
class Unit(StrEnum):
    """What a dose and a container are counted in."""

    TABLET = "tablet"
    CAPSULE = "capsule"
    ML = "mL"
    PUFF = "puff"
    PATCH = "patch"
    SPRAY = "spray"
    DROP = "drop"
    UNIT = "unit"
    MG = "mg"
    MCG = "mcg"
    G = "g"
    INJECTOR = "injector"
    VIAL = "vial"
    SUPPOSITORY = "suppository"
    LOZENGE = "lozenge"
    PACKET = "packet"
    GUMMY = "gummy"
    APPLICATION = "application"


PIECES = frozenset(
    {Unit.TABLET, Unit.CAPSULE, Unit.PATCH, Unit.SUPPOSITORY, Unit.LOZENGE, Unit.GUMMY}
)
"""Units whose parts are spoken of as halves and quarters."""


@dataclass(frozen=True, slots=True)
class Amount:
    """So many thousandths of a unit."""

    thousandths: int
    unit: Unit

    def number(self) -> str:
        """Return the number as it is read: `1½` of pieces, `2.5` of what is measured."""
        return number_text(self.thousandths, self.unit)

    def times(self, count: int) -> "Amount":
        """Return this amount `count` times."""
        return Amount(self.thousandths * count, self.unit)


def parsed_thousandths(text: str, field: str = "amount") -> int:
    """Return the thousandths that `1/2`, `0.5`, `1½`, `1 1/2` or `2,5` mean.

    Refuses what is no number (`amount-unreadable`), what is finer than a thousandth, as
    a third is (`amount-too-fine`), and more than a million (`amount-too-large`).
    """
    entry = text.strip()
    if match := _WITH_GLYPH.match(entry):
        value = Fraction(int(match[1] or 0)) + _GLYPHS[match[2]]
    elif match := _FRACTION.match(entry):
        if int(match[3]) == 0:
            raise Refused("amount-unreadable", field)
        value = Fraction(int(match[1] or 0)) + Fraction(int(match[2]), int(match[3]))
    elif (match := _DECIMAL.match(entry)) and (match[1] or match[2]):
        decimals = match[2] or ""
        value = Fraction(int((match[1] or "0") + decimals), 10 ** len(decimals))
    else:
        raise Refused("amount-unreadable", field)
    thousandths = value * THOUSAND
    if thousandths.denominator != 1:
        raise Refused("amount-too-fine", field)
    if thousandths > LARGEST:
        raise Refused("amount-too-large", field)
    return int(thousandths)


def parsed_amount(text: str, unit: Unit, field: str = "amount") -> Amount:
    """Return the amount a text means; refuse what is unreadable and what is nothing."""
    thousandths = parsed_thousandths(text, field)
    if thousandths == 0:
        raise Refused("amount-nothing", field)
    return Amount(thousandths, unit)


def number_text(thousandths: int, unit: Unit | None = None) -> str:
    """Return thousandths as a number: quarters of pieces as `¼ ½ ¾`, everything else decimal.

    >>> number_text(1500, Unit.TABLET), number_text(2500, Unit.ML), number_text(-500)
    ('1½', '2.5', '-0.5')
    """
    sign = "-" if thousandths < 0 else ""
    whole, rest = divmod(abs(thousandths), THOUSAND)
    if unit in PIECES and (glyph := _SHOWN.get(Fraction(rest, THOUSAND))):
        return f"{sign}{whole or ''}{glyph}"
    decimals = f"{rest:03d}".rstrip("0")
    return f"{sign}{whole}.{decimals}" if decimals else f"{sign}{whole}"
