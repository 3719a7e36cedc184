"""Breaks text of any scripts into lines and puts each line in its visual order.

Line breaks follow the ordinary cases of the Unicode line breaking algorithm (UAX #14): after
spaces and hyphens, between Han, Kana and Hangul signs except where punctuation forbids it, and,
without a dictionary, at syllables that can be seen in Thai, Lao, Khmer, Burmese and Tibetan.
What is longer than a line breaks anywhere. Order follows the bidirectional algorithm (UAX #9).
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from app.paper.fonts import NOTHING, Run, Style, Typesetter, is_mark

_RTL = re.compile(
    "[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u200f\u202b\u202e\u2067\U00010d00-\U00010d3f\U0001e900-\U0001e95f]"
)
_CJK = re.compile(
    "[\u1100-\u11ff\u2e80-\u303f\u3040-\u9fff\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef\U00020000-\U0003ffff]"
)
_SPECIAL = re.compile(
    "[\u0e00-\u0fff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u200b\u2e80-\U0003ffff]"
)
_NOT_FIRST = frozenset(
    "、。，．・：；？！）］｝〉》」』】〕ー々ゝゞヽヾぁぃぅぇぉっゃゅょァィゥェォッャュョ％…‥,.;:?!)]}%”’»"
)
_NOT_LAST = frozenset("（［｛〈《「『【〔([{“‘«￥＄$#")
_FIRST_VOWELS = frozenset("เแโใไເແໂໃໄ")
_SYLLABLE_ENDS = frozenset("ะๆฯະໆຯ\u0f0b\u0f0d\u104a\u104b\u17d4\u17d5\u200b")
_GLUE = frozenset("\u00a0\u2007\u202f\u2060\u200d\ufeff\u2011")


@dataclass(frozen=True, slots=True)
class Line:
    """One line in visual order; `width` in 1/1000 of the size, `rtl` when it reads from the right."""

    runs: tuple[Run, ...]
    width: float
    rtl: bool = False


def lines(setter: Typesetter, text: str, style: Style, width: float) -> list[Line]:
    """Break `text` into lines no wider than `width` (1/1000 of the size); at least one line."""
    out: list[Line] = []
    for paragraph in setter.clean(text).split("\n"):
        out += _paragraph(setter, paragraph, style, width)
    return out


def line(setter: Typesetter, text: str, style: Style) -> Line:
    """Return `text` as the one line it is, however wide; line ends count as spaces."""
    text = setter.clean(text).replace("\n", " ")
    order = _Order(text)
    return order.line(setter, style, 0, len(text))


def _paragraph(setter: Typesetter, text: str, style: Style, width: float) -> Iterator[Line]:
    text = text.rstrip()
    order = _Order(text)
    if not order.levels:
        whole = setter.words(text, style)
        if whole.width <= width:
            yield Line((whole,), whole.width)
            return
    start, end, taken = 0, 0, 0.0
    for word, upto in _words(text):
        piece = order.width(setter, style, end, word)
        if taken + piece > width and end > start:
            yield order.line(setter, style, start, _trimmed(text, start, end))
            start, taken = end, 0.0
        if piece > width:
            *full, (end, piece) = _broken(setter, text, style, end, word, width)
            for stop, _size in full:
                yield order.line(setter, style, start, stop)
                start = stop
            taken = 0.0
        end = upto
        taken += piece + order.width(setter, style, word, upto)
    if end > start or not text:
        yield order.line(setter, style, start, end)


def _trimmed(text: str, start: int, end: int) -> int:
    while end > start and text[end - 1] == " ":
        end -= 1
    return end


def _words(text: str) -> Iterator[tuple[int, int]]:
    """Yield each unbreakable part as (where its ink ends, where its spaces end)."""
    for found in re.finditer(r"( *[^ ]+)( *)", text):
        first, last = found.span(1)
        word = found[1]
        if len(word) > 1 and (_SPECIAL.search(word) or "-" in word or "/" in word or "–" in word):
            for at in range(1, len(word)):
                if _may_break(word, at):
                    yield first + at, first + at
        yield last, found.end(2)


def _may_break(word: str, at: int) -> bool:
    """Return whether a line may end before `word[at]`."""
    before, after = word[at - 1], word[at]
    if is_mark(after) or before in _GLUE or after in _GLUE or before == " ":
        return False
    if before in "-–/\u2010":
        return at > 1 and word[at - 2].isalnum() and after.isalpha()
    if after in _NOT_FIRST or before in _NOT_LAST:
        return False
    if before in _SYLLABLE_ENDS:
        return after not in _SYLLABLE_ENDS
    if _CJK.match(before) or _CJK.match(after):
        return True
    if after in _FIRST_VOWELS:
        return True
    if "\u1000" <= after <= "\u1021":
        return before != "\u1039" and word[at + 1 : at + 2] not in ("\u103a", "\u1039")
    return "\u1780" <= after <= "\u17a2" and before != "\u17d2" and "\u1780" <= before <= "\u17ff"


def _broken(
    setter: Typesetter, text: str, style: Style, start: int, end: int, width: float
) -> list[tuple[int, float]]:
    """Cut `text[start:end]`, which no line holds, where it fills lines: (where, how wide) each."""
    out: list[tuple[int, float]] = []
    while True:
        most = min(end, start + 400)
        size = setter.run(text[start:most], style).width
        if most == end and size <= width:
            out.append((end, size))
            return out
        low, high = start + 1, most
        while low < high:
            middle = (low + high + 1) // 2
            if setter.run(text[start:middle], style).width <= width:
                low = middle
            else:
                high = middle - 1
        cut = low
        while cut > start + 1 and cut < end and not _clean_cut(text, cut):
            cut -= 1
        if cut == start + 1 and cut < end and not _clean_cut(text, cut):
            cut = low
        out.append((cut, 0.0))
        start = cut
        if start == end:
            return out


def _clean_cut(text: str, at: int) -> bool:
    """Return whether cutting before `text[at]` leaves both sides whole signs."""
    return not is_mark(text[at]) and text[at - 1] not in "\u200d\u17d2\u1039\u094d\u09cd\u0d4d"


class _Order:
    """In which direction each sign of a paragraph runs."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.levels: list[int] = []
        self.rtl = False
        if _RTL.search(text):
            self.levels, base = _levels(text)
            self.rtl = base == 1

    def width(self, setter: Typesetter, style: Style, start: int, end: int) -> float:
        """Return how wide the text between `start` and `end` is."""
        if start == end:
            return 0.0
        if not self.levels:
            return setter.words(self.text[start:end], style).width
        return sum(
            setter.run(self.text[first:last], style, rtl=bool(level & 1)).width
            for first, last, level in self._stretches(start, end)
        )

    def line(self, setter: Typesetter, style: Style, start: int, end: int) -> Line:
        """Return the line that holds the text between `start` and `end`."""
        if start == end:
            return Line((NOTHING,), 0.0, self.rtl)
        if not self.levels:
            run = setter.words(self.text[start:end], style)
            return Line((run,), run.width)
        runs = tuple(
            setter.run(self.text[first:last], style, rtl=bool(level & 1))
            for first, last, level in _visual(self._stretches(start, end))
        )
        return Line(runs, sum(run.width for run in runs), self.rtl)

    def _stretches(self, start: int, end: int) -> list[tuple[int, int, int]]:
        out: list[tuple[int, int, int]] = []
        first = start
        for at in range(start + 1, end + 1):
            if at == end or self.levels[at] != self.levels[first]:
                out.append((first, at, self.levels[first]))
                first = at
        return out


def _visual(stretches: list[tuple[int, int, int]]) -> list[tuple[int, int, int]]:
    """Put stretches of one level each in the order they are seen from the left (UAX #9, L2)."""
    out = list(stretches)
    highest = max(level for _first, _last, level in out)
    for level in range(highest, 0, -1):
        at = 0
        while at < len(out):
            upto = at
            while upto < len(out) and out[upto][2] >= level:
                upto += 1
            if upto > at:
                out[at:upto] = out[at:upto][::-1]
            at = max(upto, at + 1)
    return out


def _base(text: str) -> int:
    """Return 1 for text that is mostly right-to-left, else 0.

    Records are written in a left-to-right language: a sentence that begins with a name in
    another script keeps its order (UAX #9 lets higher protocols decide, HL1).
    """
    kinds = Counter(unicodedata.bidirectional(sign) for sign in text)
    return int(kinds["R"] + kinds["AL"] > kinds["L"])


_PLAINER = {"LRI": "LRE", "RLI": "RLE", "FSI": "LRE", "PDI": "PDF", "B": "WS"}


def _levels(text: str) -> tuple[list[int], int]:
    """Return the level of every sign, and of the paragraph; isolates count as embeddings."""
    from bidi import algorithm

    storage = algorithm.get_empty_storage()
    base = _base(text)
    storage["base_level"] = base
    storage["base_dir"] = "LR"[base]
    algorithm.get_embedding_levels(text, storage)
    for at, sign in enumerate(storage["chars"]):
        sign["at"] = at
        sign["type"] = sign["orig"] = _PLAINER.get(sign["type"], sign["type"]) or "L"
    algorithm.explicit_embed_and_overrides(storage)
    algorithm.resolve_weak_types(storage)
    algorithm.resolve_neutral_types(storage, debug=False)
    algorithm.resolve_implicit_levels(storage, debug=False)
    found = {sign["at"]: sign["level"] for sign in storage["chars"]}
    levels: list[int] = []
    for at in range(len(text)):
        levels.append(found.get(at, levels[-1] if levels else base))
    return levels, base
