"""Whether a word that is a name means a person where it stands: by its case and its neighbours."""

from app.kernel.mentions.model import Certainty, NameForm
from app.kernel.mentions.vocabulary import (
    AFTER_A_VERB,
    BEFORE_A_PERSON,
    CALENDAR,
    INSTITUTIONS,
    INSTITUTIONS_BEFORE,
    KIN,
    MONTH_BEFORE,
    NEARLY_A_NAME_BEFORE,
    PARTICLES,
    PLACE_BEFORE,
    SAYING,
    SURELY_SAYING,
    vocabulary,
)

_OPENERS = frozenset(".!?:¿¡•*…;\n|")
_BETWEEN = frozenset(" \t\"'“”«»()[]-–—")
_ARTICLES = frozenset(["the", "los", "las", "these", "both"])
_DETERMINERS = frozenset(
    [
        "the",
        "a",
        "an",
        "this",
        "that",
        "each",
        "every",
        "his",
        "her",
        "their",
        "my",
        "your",
        "our",
        "its",
        "last",
        "next",
        "el",
        "la",
        "un",
        "una",
    ]
)
_EACH = frozenset({"the", "a", "an", "every", "each", "un", "una"})
_OF_A_FAMILY = frozenset(
    [
        "family",
        "families",
        "twins",
        "twin",
        "kids",
        "kid",
        "boys",
        "boy",
        "girls",
        "girl",
        "brothers",
        "brother",
        "sisters",
        "sister",
        "house",
        "household",
        "cousins",
        "siblings",
        "parents",
    ]
)
_LEAST_LOWER_OTHER = 5
_LEAST_LOWER_MEMBER = 3
_LEAST_CAPITALS = 3


class Judge:
    """Judges the words of one text."""

    def __init__(self, text: str, words: list[str], spans: list[tuple[int, int]]) -> None:
        self._text = text
        self._words = words
        self._spans = spans
        lists = vocabulary()
        self._ordinary = lists.words
        self._months = lists.months
        self._places = lists.places
        self._shouted = text.isupper()

    # -- what one sees -----------------------------------------------------------------

    def typed(self, place: int) -> str:
        """Return a word as it was typed."""
        start, end = self._spans[place]
        return self._text[start:end]

    def capital(self, place: int) -> bool:
        """Tell whether a word begins with a capital, or is of a script that has none."""
        sign = self._text[self._spans[place][0]]
        return not sign.islower()

    def capitalised(self, place: int, end: int) -> bool:
        """Tell whether a name of several words has a capital: `de la Cruz` has one."""
        return any(
            self.capital(at)
            for at in range(place, end)
            if end - place == 1 or self._words[at] not in PARTICLES
        )

    def initial_at(self, place: int) -> bool:
        """Tell whether the word at `place` is one capital letter."""
        if not 0 <= place < len(self._words):
            return False
        start, end = self._spans[place]
        return end - start == 1 and self._text[start].isupper()

    def opens_at(self, start: int) -> bool:
        """Tell whether a sentence begins at a place of the text."""
        at = start - 1
        text = self._text
        while at >= 0 and text[at] in _BETWEEN:
            at -= 1
        return at < 0 or text[at] in _OPENERS

    def opens(self, place: int) -> bool:
        """Tell whether a word begins a sentence, a line or an entry."""
        return self.opens_at(self._spans[place][0])

    def _gap(self, place: int) -> str:
        return self._text[self._spans[place - 1][1] : self._spans[place][0]]

    def before(self, place: int) -> str:
        """Return the word before, in the same sentence; empty when there is none."""
        if place <= 0 or self.opens(place):
            return ""
        return self._words[place - 1]

    def after(self, place: int) -> str:
        """Return the word at `place`, when it goes on with the sentence; else nothing."""
        if place >= len(self._words) or self._gap(place) not in {" ", "  ", "\n"}:
            return ""
        return self._words[place]

    def around(self, start: int, end: int) -> tuple[str, str]:
        """Return the words just before and after a stretch of the text."""
        before = self._text[max(0, start - 24) : start].rstrip(" \"'(#:")
        after = self._text[end : end + 24].lstrip(" ")
        return (
            before.replace("\n", " ").rsplit(" ", 1)[-1].lower(),
            after.split(" ", 1)[0].rstrip(".,;:!?").lower(),
        )

    def capital_line(self, start: int) -> bool:
        """Tell whether the line is all in capitals."""
        first = self._text.rfind("\n", 0, start) + 1
        last = self._text.find("\n", start)
        line = self._text[first : last if last >= 0 else None]
        return line.isupper() and len(line) > 12

    def article_before(self, place: int) -> bool:
        """Tell whether `the` or `los` stands before."""
        return place > 0 and self._words[place - 1] in _ARTICLES and self._gap(place) == " "

    def possessive(self, end: int) -> bool:
        """Tell whether the words before `end` bear a possessive ending."""
        stop = self._spans[end - 1][1]
        return (
            self._text[stop : stop + 2].lower() == "'s"
            and not self._text[stop + 2 : stop + 3].isalpha()
        )

    def person_follows(self, end: int) -> bool:
        """Tell whether what follows can only follow upon a person."""
        return self.possessive(end) or self.after(end) in SURELY_SAYING

    def leads_to_person(self, before: str) -> bool:
        """Tell whether a word leads up to a person."""
        return before in NEARLY_A_NAME_BEFORE or before in KIN

    # -- what it means -----------------------------------------------------------------

    def only_words(self, place: int, end: int) -> bool:
        """Tell whether a run of words is ordinary words that happen to be a name in this order."""
        words = range(place, end)
        if any(self._words[at] not in self._ordinary for at in words):
            return False
        return any(not self.capital(at) for at in words if self._words[at] not in PARTICLES)

    def ordinary(self, place: int, end: int) -> bool:
        """Tell whether a name of one word is also a word of the language."""
        if end - place > 1:
            return False
        word = self._words[place]
        return word in self._ordinary or (len(word) < _LEAST_LOWER_MEMBER and word.isascii())

    def member(self, place: int, end: int, form: NameForm) -> Certainty | None:
        """Judge the name of one who must not be named; None: nobody is meant."""
        if self._is_thing(place, end, member=True):
            return None
        if self.ordinary(place, end):
            return self._ordinary_member(place, end)
        if self.capitalised(place, end):
            if self._loud(place, end) and not self._shouted:
                size = self._spans[end - 1][1] - self._spans[place][0]
                return Certainty.LIKELY if size >= _LEAST_CAPITALS else None
            return Certainty.CERTAIN
        if (
            form in {NameForm.FAMILY, NameForm.NICKNAME}
            and self.before(place) in _EACH
            and not self.possessive(end)
        ):
            return None
        if form is NameForm.NICKNAME:
            return Certainty.SOFT if len(self._words[place]) > _LEAST_LOWER_MEMBER else None
        return Certainty.LIKELY

    def _loud(self, place: int, end: int) -> bool:
        """Tell whether the words are all in capitals."""
        return self._text[self._spans[place][0] : self._spans[end - 1][1]].isupper()

    def other(self, place: int, end: int) -> Certainty | None:
        """Judge the name of another student of the roster; None: nobody is meant."""
        if self._is_thing(place, end, member=False):
            return None
        if self.ordinary(place, end):
            return self._ordinary_other(place, end)
        if self.capitalised(place, end):
            if self._describes(place, end):
                return None
            size = self._spans[end - 1][1] - self._spans[place][0]
            if self._loud(place, end) and not self._shouted and size <= _LEAST_CAPITALS:
                return None
            return Certainty.LIKELY
        if end - place == 1 and len(self._words[place]) < _LEAST_LOWER_OTHER:
            return None
        return None if self.before(place) in _EACH else Certainty.SOFT

    def _describes(self, place: int, end: int) -> bool:
        """Tell whether the name only says of what kind a thing is: the Washington trip."""
        after = self.after(end)
        if not after or self.capital(end) or self.possessive(end) or after in SAYING:
            return False
        if self.opens(place):
            return self._words[place] in self._places
        return self._words[place - 1] in {"the", "a", "an"} and after not in _OF_A_FAMILY

    def _is_thing(self, place: int, end: int, *, member: bool) -> bool:
        """Tell whether the name stands in that of a school, a street, a month or a town."""
        if not self.capitalised(place, end):
            return False
        following = self.after(end)
        if following in INSTITUTIONS and self.capital(end) and not self.possessive(end):
            return True
        before = self.before(place)
        if before in INSTITUTIONS_BEFORE and (
            self.capital(place - 1) or before in {"calle", "escuela", "colegio", "avenida"}
        ):
            return True
        word = self._words[place]
        if end - place == 1 and word in self._months and self._is_month(place, end):
            return True
        return word in self._places and self._is_place(place, end, member=member)

    def _is_month(self, place: int, end: int) -> bool:
        if self.possessive(end):
            return False
        before = self.before(place)
        if before in MONTH_BEFORE or before[:1].isdigit():
            return True
        following = self._words[end] if end < len(self._words) else ""
        near = end < len(self._words) and self._gap(end) in {" ", ", ", "/", "-"}
        return near and following[:1].isdigit()

    def _is_place(self, place: int, end: int, *, member: bool) -> bool:
        before = self.before(place)
        if before in PLACE_BEFORE:
            return True
        earlier = self._words[place - 2] if place > 1 else ""
        moved = before in {"to", "from", "a", "de"} and earlier in {
            "moved", "moving", "back", "trip", "flight", "went", "going", "returned", "born", "family",
            "viaje", "mudo", "mudaron", "regreso", "travel", "traveled", "originally", "visit", "drive",
            "arrived", "relocated", "transferred", "returning", "comes", "came", "live", "relatives",
            "llego", "vino", "trasladaron", "volvio", "viajo", "fue", "is", "refugee", "refugees",
        }  # fmt: skip
        return moved and not (member and self.person_follows(end))

    def _ordinary_member(self, place: int, end: int) -> Certainty | None:
        """Judge a member's name that is a word too."""
        possessive = self.possessive(end)
        before, after = self.before(place), self.after(end)
        if not self.capital(place):
            if possessive and before not in _DETERMINERS:
                return Certainty.SOFT
            if before in {"told", "asked"} and after not in {"of", "is"}:
                return Certainty.SOFT
            return None
        if self.typed(place).isupper() and len(self._words[place]) > 1:
            return Certainty.SOFT if after in SURELY_SAYING or possessive else None
        if self.opens(place):
            return self._opening_member(place, end, after, possessive=possessive)
        if possessive or after in SAYING or before in BEFORE_A_PERSON:
            return Certainty.LIKELY
        if self._among_capitals(place, end):
            return None
        return Certainty.LIKELY

    def _opening_member(
        self, place: int, end: int, after: str, *, possessive: bool
    ) -> Certainty | None:
        if possessive or after in SURELY_SAYING:
            return Certainty.LIKELY
        if after in AFTER_A_VERB:
            return None
        if after in SAYING:
            return Certainty.SOFT
        following = end < len(self._words)
        if following and self._gap(end) in {", ", ","} and self.capital(end):
            return Certainty.LIKELY
        if not after and not following:
            return Certainty.SOFT
        return None

    def _ordinary_other(self, place: int, end: int) -> Certainty | None:
        """Judge the name of another student that is a word too."""
        if not self.capital(place) or self.typed(place).isupper():
            return None
        after = self.after(end)
        if self.opens(place):
            return Certainty.SOFT if after in SURELY_SAYING else None
        if self._among_capitals(place, end):
            return None
        before = self.before(place)
        if after in SURELY_SAYING or before in NEARLY_A_NAME_BEFORE or before in KIN:
            return Certainty.LIKELY
        return Certainty.SOFT if self.possessive(end) or after in SAYING else None

    def _among_capitals(self, place: int, end: int) -> bool:
        """Tell whether the word stands in a row of capitals: a title, a programme."""
        if self.after(end) and self.capital(end) and self._words[end] not in CALENDAR:
            return True
        at = place - 1
        return (
            at >= 0
            and self._gap(place) == " "
            and self.capital(at)
            and not self.opens(at)
            and self._words[at] not in CALENDAR
        )
