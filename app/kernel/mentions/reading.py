"""One reading of one text: where names stand, and whether a person is meant."""

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from rapidfuzz.distance import OSA
from rapidfuzz.process import extractOne

from app.kernel.mentions.index import NOBODY, Hit, Node, bare_number, contact_keys
from app.kernel.mentions.judging import Judge
from app.kernel.mentions.model import MOST, Certainty, Find, NameForm
from app.kernel.mentions.plain import RUNS, disguises, drawn_in, humps, plain, word_places, words_of
from app.kernel.mentions.vocabulary import (
    ID_BEFORE,
    KIN,
    NOT_INITIALS,
    PARTICLES,
    SAYING,
    SURELY_SAYING,
    TITLES,
    vocabulary,
)
from app.kernel.mentions.wording import instead, tongue

if TYPE_CHECKING:
    from app.kernel.mentions.check import NameCheck

_JOINTS = frozenset({"", " ", "-", "'", "\n", "- ", " -", " - ", "  ", "\t", "' "})
"""What may stand between two words of one name."""
_COMMA = frozenset({",", ", ", ",  ", ",\n"})
_ADDRESS_JOINTS = frozenset({".", "_", "+"})

_EMAIL = re.compile(r"[\w.+\-']+@[\w\-]+(?:\.[\w\-]+)+")
_NUMBER = re.compile(r"(?<![\w@])(?:[A-Za-z]{1,6}[-_ ]?)?\d[\dA-Za-z]*(?:[-_./][\dA-Za-z]+)*")
_PHONE = re.compile(r"(?<![\w])\+?\(?\d[\d \t().\-/]{5,}\d(?!\w)")
_INITIALS = re.compile(r"(?<![\w.&])([A-Z])(\.?)([ -]?)([A-Z])(?:(\.?)[ -]?([A-Z]))?(\.?)(?![\w&])")
_SHORTEST_NUMBER = 5
_SHORTEST_WITH_REASON = 3
_LEAST_LOWER = 7
_LEAST_ROSTER_LOWER = 5

# Endings of Russian and Ukrainian names; й stands as и, without its mark.
_ENDINGS = (
    "ами", "ями", "ого", "ому", "ои", "еи", "ом", "ем", "ым", "ых", "ою", "а", "у", "е", "ы",
    "и", "ю", "я",
)  # fmt: skip
_ARABIC_BEFORE = ("وال", "بال", "ال", "و", "ف", "ب", "ل", "ك")
_HEBREW_BEFORE = "והבלמשכ"

_Span = tuple[int, int]


class Reading:
    """Reads a text once."""

    def __init__(self, check: "NameCheck", text: str) -> None:
        self._check = check
        self._names = check.names
        self._typed = text
        self._plain = plain(text)
        self._text = self._plain.text
        self._spans: list[_Span] = []
        self._words: list[str] = []
        self._take_words()
        self._finds: list[Find] = []
        self._language = ""
        self._judge = Judge(self._text, self._words, self._spans)
        self._slips: dict[str, frozenset[int]] = {}
        self._addresses: list[_Span] = []
        self._drawn_out = False
        """Whether a letter stands three times in a row anywhere: `Mateooo`."""

    def _take_words(self) -> None:
        root = self._names.root
        text, lower = self._text, self._plain.lower
        words, spans = self._words, self._spans
        for start, end in word_places(self._plain):
            word = lower[start:end]
            if word not in root and end - start > 3:
                tail = text[start + 1 : end]
                if not tail.islower() and not tail.isupper() and tail.isalpha():
                    parts = humps(text[start:end])
                    words.extend(lower[start + a : start + b] for a, b in parts)
                    spans.extend((start + a, start + b) for a, b in parts)
                    continue
            words.append(word)
            spans.append((start, end))

    def finds(self) -> tuple[Find, ...]:
        """Return what was found."""
        self._find_numbers()
        self._find_names()
        if self._check.initials:
            self._find_initials()
        return tuple(_apart(self._finds))

    # -- names -------------------------------------------------------------------------

    def _find_names(self) -> None:
        root, words = self._names.root, self._words
        lower = self._plain.lower
        self._drawn_out = any(run in lower for run in RUNS)
        place, count = 0, len(words)
        while place < count:
            if words[place] in root:
                place = self._at_known(place)
            else:
                self._at_unknown(place)
                place += 1

    def _at_known(self, place: int) -> int:
        """Judge what begins at a word that begins a name; return the next place to look at."""
        hits = self._hits_at(place, self._words[place])
        whole = self._whole(hits)
        longest = hits[-1] if hits else None
        if whole is not None and (longest is None or whole[0] >= longest[0]):
            end, persons = whole
            public = longest is not None and longest[0] == end and longest[1].public
            if self._take_whole(place, end, persons, public=public):
                return end
        if longest is None:
            if self._judge.article_before(place) and self._at_plural_of_several(place):
                return place + 1
            self._at_unknown(place)
            return place + 1
        if longest[1].public:
            return longest[0]
        for end, hit in reversed(hits):
            if hit.everyone and self._take_part(place, end, hit):
                return max(end, place + 1)
        return place + 1

    def _hits_at(self, place: int, first: str) -> list[tuple[int, Hit]]:
        """Return every run of words from `place` that is a name or part of one, shortest first."""
        found: list[tuple[int, Hit]] = []
        node: Node | None = self._names.root.get(first)
        at = place + 1
        while node is not None:
            if node.hit is not None:
                found.append((at, node.hit))
            if not node or at >= len(self._words) or not self._joined(at):
                break
            node = node.get(self._words[at])
            at += 1
        return found

    def _gap(self, place: int) -> str:
        """Return what stands between a word and the one before it."""
        return self._text[self._spans[place - 1][1] : self._spans[place][0]]

    def _joined(self, place: int) -> bool:
        gap = self._gap(place)
        if gap in _JOINTS:
            return True
        return (gap in {". ", "."} and len(self._words[place - 1]) <= 2) or gap in _ADDRESS_JOINTS

    def _whole(self, hits: Sequence[tuple[int, Hit]]) -> tuple[int, set[int]] | None:
        """Return where the longest whole name ends that begins with one of `hits`, and whose."""
        best: tuple[int, set[int]] | None = None
        for end, hit in hits:
            for reached, persons in self._further(
                end, hit.everyone, hit.given | hit.nick, hit.family, 1
            ):
                if best is None or reached > best[0]:
                    best = (reached, persons)
        return best

    def _further(
        self, place: int, pool: set[int], given: set[int], family: set[int], depth: int
    ) -> Iterator[tuple[int, set[int]]]:
        whole = pool & given & family
        if depth > 1 and whole:
            yield place, whole
        if depth > 4 or place >= len(self._words):
            return
        if not (self._joined(place) or self._gap(place) in _COMMA):
            return
        word = self._words[place]
        for end, hit in self._hits_at(place, word):
            rest = pool & hit.everyone
            if rest:
                yield from self._further(
                    end, rest, given | hit.given | hit.nick, family | hit.family, depth + 1
                )
        if depth == 1 and given and self._may_be_middle(place):
            following = place + 1
            for end, hit in self._hits_at(following, self._words[following]):
                rest = pool & given & hit.family
                if rest:
                    yield from self._further(end, rest, given, hit.family, depth + 2)

    def _may_be_middle(self, place: int) -> bool:
        """Tell whether the word is a middle name or initial nobody wrote down."""
        following = place + 1
        if following >= len(self._words):
            return False
        start, end = self._spans[place]
        gap = self._gap(following)
        if gap not in {" ", ". ", "."} or (gap != " " and end - start > 1):
            return False
        return self._text[start].isupper() and self._gap(place) == " "

    def _take_whole(self, place: int, end: int, persons: set[int], *, public: bool) -> bool:
        """Note a whole name, or pass over one that may stand; False: it is no whole name."""
        check = self._check
        if persons & check.own:
            return True
        members = persons & check.members
        if public and not members:
            return True
        if self._judge.only_words(place, end):
            return False
        if members:
            soft = bool(persons & check.aloud)
            self._note(
                place,
                end,
                NameForm.FULL,
                Certainty.SOFT if soft else Certainty.CERTAIN,
                members,
            )
            return True
        if persons & check.aloud:
            return True
        students = {one for one in persons if one < len(self._names.students)}
        if students:
            self._note(place, end, NameForm.FULL, Certainty.CERTAIN, students)
        else:
            self._note(place, end, NameForm.GUARDIAN, Certainty.CERTAIN, persons)
        return True

    # -- parts of names ----------------------------------------------------------------

    def _take_part(self, place: int, end: int, hit: Hit) -> bool:
        """Note a given or family name alone; True: it was judged, and nothing else stands there."""
        check = self._check
        if check.own and check.own & hit.everyone:
            return True
        if self._in_address(place):
            return False
        members = hit.everyone & check.members
        if members:
            return self._take_member(place, end, hit, members)
        guardians = (hit.given | hit.family) & check.member_guardians
        if guardians and not hit.everyone & check.aloud:
            return self._take_guardian(place, end, hit, guardians)
        if hit.everyone & check.aloud:
            return True
        return self._take_other(place, end, hit)

    def _take_member(self, place: int, end: int, hit: Hit, members: set[int]) -> bool:
        form, certainty = _form(hit, members), Certainty.CERTAIN
        titled = self._titled(place)
        shared = bool((hit.given | hit.family) & self._check.aloud)
        if shared and titled:
            return True
        if titled and not members & hit.family:
            shared = True
        initial = self._with_initial(place, end, hit, members)
        if initial is not None:
            start, stop, persons = initial
            certainty = Certainty.SOFT if shared else Certainty.CERTAIN
            self._note(start, stop, form, certainty, persons)
            return True
        judged = self._judge.member(place, end, form)
        if judged is None:
            return False
        if shared or (form is NameForm.NICKNAME and judged is Certainty.CERTAIN):
            judged = Certainty.SOFT if shared else Certainty.LIKELY
        self._note(place, end, form, judged, members, titled=titled)
        return True

    def _take_guardian(self, place: int, end: int, hit: Hit, guardians: set[int]) -> bool:
        titled = self._titled(place)
        if not titled and not guardians & hit.given:
            return self._take_other(place, end, hit)
        judged = self._judge.other(place, end)
        if judged is None or not self._judge.capital(place):
            return False
        self._note(
            place,
            end,
            NameForm.GUARDIAN,
            Certainty.LIKELY if titled else Certainty.SOFT,
            guardians,
            titled=titled,
        )
        return True

    def _take_other(self, place: int, end: int, hit: Hit) -> bool:
        last = len(self._names.students)
        students = {one for one in hit.given | hit.family if one < last}
        initial = None if not students else self._with_initial(place, end, hit, students)
        if initial is not None:
            start, stop, persons = initial
            self._note(start, stop, _form(hit, persons), Certainty.CERTAIN, persons)
            return True
        if not students or self._titled(place):
            return False
        judged = self._judge.other(place, end)
        if judged is None:
            return False
        self._note(place, end, _form(hit, students), judged, students)
        return True

    def _with_initial(
        self, place: int, end: int, hit: Hit, persons: set[int]
    ) -> tuple[int, int, set[int]] | None:
        """Return the stretch of `Ana M.` or `A. Morales` around a part, and whose it is."""
        students = self._names.students
        if hit.given & persons and self._judge.initial_at(end) and self._gap(end) == " ":
            letter = self._words[end]
            fitting = {
                one
                for one in persons & hit.given
                if any(word[0] == letter for word in _core(students[one].family))
            }
            if fitting:
                return place, end + 1, fitting
        before = place - 1
        if hit.family & persons and before >= 0 and self._judge.initial_at(before):
            if self._gap(place) not in {". ", ".", " "}:
                return None
            letter = self._words[before]
            fitting = {
                one
                for one in persons & hit.family
                if any(
                    word[0] == letter
                    for name in (students[one].given, students[one].preferred)
                    for word in _core(name)[:1]
                )
            }
            if fitting and not (
                self._check.own and letter in {"i", "a"} and self._gap(place) == " "
            ):
                return before, end, fitting
        return None

    def _titled(self, place: int) -> bool:
        return place > 0 and self._words[place - 1] in TITLES and self._gap(place) in {" ", ". "}

    def _in_address(self, place: int) -> bool:
        start = self._spans[place][0]
        return any(first <= start < last for first, last in self._addresses)

    # -- words that are no name as they stand -------------------------------------------

    def _at_unknown(self, place: int) -> None:
        word = self._words[place]
        start, end = self._spans[place]
        size = end - start
        if word.isascii():
            if size < 4 and not word.isalpha() and not word.isdigit():
                pass
            elif word.islower() and word.isalpha():
                self._at_unknown_ascii(place, word, size)
                return
        if word.isdigit():
            return
        if self._at_disguised(place):
            return
        if not word.isascii():
            self._at_foreign(place, word)

    def _at_unknown_ascii(self, place: int, word: str, size: int) -> None:
        small = self._text[self._spans[place][0]] == word[0]
        if self._drawn_out and self._at_drawn_out(place, word, small=small):
            return
        if small and size < _LEAST_LOWER and not word.endswith("s"):
            return
        if size > 3 and word[-1] == "s" and self._at_plural(place, word):
            return
        if self._check.misspelled and size >= 4 and not (small and size < _LEAST_LOWER):
            self._at_misspelled(place, word, small=small)

    def _at_plural(self, place: int, word: str) -> bool:
        """Judge `Anas' brother`, `Anas brother` and `the Garcías`."""
        root = self._names.root
        for stem in (word[:-1], word[:-2] if word.endswith("es") else ""):
            node = root.get(stem) if len(stem) > 2 else None
            if node is None or node.hit is None:
                continue
            hit = node.hit
            if self._check.own & hit.everyone:
                return True
            family = self._judge.article_before(place)
            apostrophe = self._text[self._spans[place][1] : self._spans[place][1] + 1] == "'"
            members = hit.everyone & self._check.members
            persons = members or {
                one for one in hit.given | hit.family if one < len(self._names.students)
            }
            if family:
                persons = persons & hit.family
            if not persons or (hit.everyone & self._check.aloud and not members):
                continue
            if not (members or family or apostrophe) or not self._judge.capital(place):
                continue
            bare = stem in vocabulary().words and not (family or apostrophe)
            if bare and (not members or self._judge.opens(place)):
                continue
            self._note(
                place,
                place + 1,
                NameForm.FAMILY if family else _form(hit, persons),
                Certainty.LIKELY,
                persons,
                plural=family,
                ends_possessive=not family,
            )
            return True
        return False

    def _at_plural_of_several(self, place: int) -> bool:
        """Judge `the Al-Rashids`, `the de la Cruzes`."""
        node: Node | None = self._names.root.get(self._words[place])
        at = place + 1
        while node and at < len(self._words) and self._joined(at):
            word = self._words[at]
            for stem in (word[:-1], word[:-2]) if word.endswith("s") else ():
                ending = node.get(stem)
                if ending is None or ending.hit is None or not self._judge.capital(at):
                    continue
                hit = ending.hit
                last = len(self._names.students)
                students = {one for one in hit.family if one < last}
                if not students or hit.everyone & self._check.own:
                    return bool(students)
                self._note(
                    place,
                    at + 1,
                    NameForm.FAMILY,
                    Certainty.LIKELY,
                    students & self._check.members or students,
                    plural=True,
                )
                return True
            node = node.get(word)
            at += 1
        return False

    def _at_misspelled(self, place: int, word: str, *, small: bool) -> None:
        persons = self._slips.get(word)
        if persons is None:
            persons = self._slips[word] = self._slipped(word)
        if not persons or (self._titled(place) and small):
            return
        if not small and self._judge.opens(place) and not self._judge.person_follows(place + 1):
            certainty = Certainty.SOFT
        else:
            certainty = Certainty.SOFT if small else Certainty.LIKELY
        names = self._names.students
        given = any(word[:3] in plain(names[one].given).lower for one in persons)
        self._note(
            place, place + 1, NameForm.GIVEN if given else NameForm.FAMILY, certainty, persons
        )

    def _slipped(self, word: str) -> frozenset[int]:
        if word in vocabulary().words or word in vocabulary().places:
            return NOBODY
        if any(OSA.distance(word, own, score_cutoff=1) <= 1 for own in self._check.own_words):
            return NOBODY
        found = extractOne(word, self._check.misspelled.keys(), scorer=OSA.distance, score_cutoff=1)
        if found is None or (found[0][0] != word[0] and len(word) < 6):
            return NOBODY
        return self._check.misspelled[found[0]]

    def _at_drawn_out(self, place: int, word: str, *, small: bool) -> bool:
        """Judge a name whose letters are drawn out; small, only one who must not be named."""
        meant = drawn_in(word)
        if any(one in vocabulary().words for one in meant) and (
            small or not self._judge.person_follows(place + 1)
        ):
            return False
        return self._at_meant(place, meant, small=small)

    def _at_disguised(self, place: int) -> bool:
        start, end = self._spans[place]
        return self._at_meant(place, disguises(self._text[start:end]))

    def _at_meant(self, place: int, meant: Sequence[str], *, small: bool = False) -> bool:
        """Judge what a word that is no name as it stands may be meant for."""
        for word in meant:
            hits = [(at, hit) for at, hit in self._hits_at(place, word) if hit.everyone]
            if not hits:
                continue
            whole = self._whole(hits)
            if whole is not None and self._take_whole(place, *whole, public=False):
                return True
            at, hit = hits[-1]
            if hit.everyone & self._check.own:
                return True
            members = hit.everyone & self._check.members
            others = {one for one in hit.given | hit.family if one < len(self._names.students)}
            if members or (others and not small and word not in vocabulary().words):
                persons = members or others
                certainty = Certainty.SOFT if small else Certainty.LIKELY
                self._note(place, at, _form(hit, persons), certainty, persons)
                return True
        return False

    def _at_foreign(self, place: int, word: str) -> None:
        if self._names.glued and self._at_glued(place, word):
            return
        for stem in _stems(word):
            hits = [(at, hit) for at, hit in self._hits_at(place, stem) if hit.everyone]
            if not hits:
                continue
            whole = self._whole(hits)
            if whole is not None and self._take_whole(place, *whole, public=False):
                return
            at, hit = hits[-1]
            if self._judge.capital(place) and self._take_part(place, at, hit):
                return

    def _at_glued(self, place: int, word: str) -> bool:
        """Look for names inside a run of signs that knows no spaces."""
        start = self._spans[place][0]
        at, found = 0, False
        while at < len(word):
            for name in self._names.glued.get(word[at], ()):
                if not word.startswith(name.letters, at):
                    continue
                everyone = name.whole | name.given | name.family
                if everyone & (self._check.own | self._check.aloud):
                    at += len(name.letters) - 1
                    break
                last = len(self._names.students)
                persons = everyone & self._check.members or {o for o in everyone if o < last}
                if not persons:
                    continue
                form = (
                    NameForm.FULL
                    if persons & name.whole
                    else NameForm.GIVEN
                    if persons & name.given
                    else NameForm.FAMILY
                )
                certain = Certainty.CERTAIN if form is NameForm.FULL else Certainty.LIKELY
                stop = start + at + len(name.letters)
                self._add(start + at, stop, form, certain, persons)
                at += len(name.letters) - 1
                found = True
                break
            at += 1
        return found

    # -- initials ----------------------------------------------------------------------

    def _find_initials(self) -> None:
        for match in _INITIALS.finditer(self._text):
            letters = "".join(one for one in match.group(1, 4, 6) if one).lower()
            persons = self._check.initials.get(letters, NOBODY)
            if not persons or letters in self._check.own_initials:
                continue
            dotted = bool(match.group(2))
            start, end = match.span()
            if match.group(3) and not dotted and not self._hyphened(start, end):
                continue
            if not self._initials_mean(start, end, letters, dotted=dotted):
                continue
            certainty = Certainty.LIKELY if dotted else Certainty.SOFT
            self._add(start, end, NameForm.INITIALS, certainty, persons)

    def _hyphened(self, start: int, end: int) -> bool:
        """Tell whether hyphens alone join the capitals, and nothing else to them: `M-O`."""
        text = self._text
        signs = text[start:end]
        return signs[1::2].strip("-") == "" and "-" not in {
            text[start - 1 : start],
            text[end : end + 1],
        }

    def _initials_mean(self, start: int, end: int, letters: str, *, dotted: bool) -> bool:
        """Tell from what stands around two capitals whether a person is meant."""
        before, after = self._judge.around(start, end)
        possessive = self._text[end : end + 2].lower() == "'s"
        if before[:1].isdigit() or self._judge.capital_line(start):
            return False
        if letters in NOT_INITIALS:
            if dotted and letters not in {"am", "pm"} and self._judge.leads_to_person(before):
                return True
            return after in SURELY_SAYING or possessive or before in KIN
        if dotted:
            return True
        return possessive or after in SAYING or self._judge.leads_to_person(before)

    # -- numbers and addresses ---------------------------------------------------------

    def _find_numbers(self) -> None:
        text = self._text
        if "@" in text:
            for match in _EMAIL.finditer(text):
                self._addresses.append(match.span())
                self._take_contact(match.start(), match.end(), match.group().rstrip(".'").lower())
        if not any(sign in text for sign in "0123456789") and text.isascii():
            return
        for match in _PHONE.finditer(text):
            for key in contact_keys(match.group()):
                if self._take_contact(match.start(), match.end(), key):
                    break
        for match in _NUMBER.finditer(text):
            self._take_number(match)

    def _take_contact(self, start: int, end: int, key: str) -> bool:
        persons = self._names.contacts.get(key)
        check = self._check
        if not persons or persons & (check.own | check.aloud):
            return False
        self._add(start, end, NameForm.CONTACT, Certainty.CERTAIN, persons)
        return True

    def _take_number(self, match: re.Match[str]) -> None:
        raw = match.group()
        start, end = match.span()
        before, _after = self._judge.around(start, end)
        for candidate, begin in _number_readings(raw, start):
            persons = self._names.numbers.get(candidate)
            if not persons:
                continue
            if persons & self._check.own:
                return
            reason = before in ID_BEFORE or self._text[:begin].rstrip().endswith("#")
            if len(candidate) >= _SHORTEST_NUMBER or (
                reason and len(candidate) >= _SHORTEST_WITH_REASON
            ):
                self._add(begin, end, NameForm.NUMBER, Certainty.CERTAIN, persons)
                return

    # -- notes -------------------------------------------------------------------------

    def _note(
        self,
        place: int,
        end: int,
        form: NameForm,
        certainty: Certainty,
        persons: set[int] | frozenset[int],
        *,
        titled: bool = False,
        plural: bool = False,
        ends_possessive: bool = False,
    ) -> None:
        """Note a find over the words from `place` to before `end`."""
        start, stop = self._spans[place][0], self._spans[end - 1][1]
        self._add(
            start,
            stop,
            form,
            certainty,
            persons,
            titled=titled or (form is NameForm.GUARDIAN and self._titled(place)),
            plural=plural,
            ends_possessive=ends_possessive,
            place=place,
        )

    def _add(
        self,
        start: int,
        end: int,
        form: NameForm,
        certainty: Certainty,
        persons: set[int] | frozenset[int],
        *,
        titled: bool = False,
        plural: bool = False,
        ends_possessive: bool = False,
        place: int | None = None,
    ) -> None:
        text, check = self._text, self._check
        possessive = ends_possessive
        if _ends_in_initial(text, start, end):
            end += 1
        if text[end : end + 2].lower() == "'s" and not text[end + 2 : end + 3].isalpha():
            possessive, end = True, end + 2
        elif (
            text[end : end + 1] == "'"
            and text[end - 1].lower() in "sxz"
            and not text[end + 1 : end + 2].isalpha()
            and text[start - 1 : start] != "'"
        ):
            possessive, end = True, end + 1
        students = sorted({one for person in persons for one in self._names.students_of[person]})
        member = not check.members.isdisjoint(students)
        lead, words = start, ""
        opening = self._judge.opens_at(start)
        if place is not None and place > 0:
            before = self._words[place - 1]
            if titled or plural:
                lead = self._spans[place - 1][0]
                opening = self._judge.opens_at(lead)
            elif before in KIN and self._gap(place) == " ":
                lead = self._spans[place - 1][0]
                words = text[lead : self._spans[place - 1][1]]
                if possessive and self._tongue() != "es":
                    words += "'" if before.endswith("s") else "'s"
        if not words:
            what = _instead_of(form, member=member, titled=titled, plural=plural)
            words = instead(what, self._tongue(), possessive=possessive, opening=opening)
        first, last = self._plain.back(start, end)
        self._finds.append(
            Find(
                first,
                last,
                self._typed[first:last],
                form,
                certainty,
                member,
                possessive,
                tuple(self._names.students[one].id for one in students[:MOST]),
                self._plain.back(lead, lead)[0],
                words,
            )
        )

    def _tongue(self) -> str:
        if not self._language:
            self._language = self._check.language or tongue(self._words)
        return self._language


def _instead_of(form: NameForm, *, member: bool, titled: bool, plural: bool) -> str:
    if form in {NameForm.NUMBER, NameForm.CONTACT}:
        return form
    if plural:
        return "family"
    if form is NameForm.GUARDIAN or titled:
        return "guardian"
    return "member" if member else "other"


def _form(hit: Hit, persons: set[int] | frozenset[int]) -> NameForm:
    """Return by which part of their name `persons` are named."""
    for part, form in (
        (hit.preferred, NameForm.PREFERRED),
        (hit.given, NameForm.GIVEN),
        (hit.family, NameForm.FAMILY),
        (hit.nick, NameForm.NICKNAME),
    ):
        if not part.isdisjoint(persons):
            return form
    return NameForm.GIVEN


def _core(name: str) -> list[str]:
    return [word for word in words_of(name) if word not in PARTICLES]


def _stems(word: str) -> Iterator[str]:
    """Yield what an inflected word of another script may come from."""
    if "\u0400" <= word[0] <= "\u04ff":
        for ending in _ENDINGS:
            if word.endswith(ending) and len(word) - len(ending) >= 3:
                stem = word[: -len(ending)]
                yield from (stem, stem + "а", stem + "я", stem + "и", stem + "ь")
    elif "\u0600" <= word[0] <= "\u06ff":
        for opening in _ARABIC_BEFORE:
            if word.startswith(opening) and len(word) - len(opening) >= 3:
                yield word[len(opening) :]
    elif "\u0590" <= word[0] <= "\u05ff" and word[0] in _HEBREW_BEFORE and len(word) > 3:
        yield word[1:]


def _number_readings(raw: str, start: int) -> Iterator[tuple[str, int]]:
    yield bare_number(raw), start
    first = next((at for at, sign in enumerate(raw) if sign.isdigit()), 0)
    if first:
        yield bare_number(raw[first:]), start + first


def _ends_in_initial(text: str, start: int, end: int) -> bool:
    """Tell whether the full stop after `end` belongs to an initial and not to the sentence."""
    if text[end : end + 1] != "." or end - start < 3 or text[end - 2] not in " .":
        return False
    after = text[end + 1 : end + 3]
    return after[:1] in {",", ";", ")", "'"} or after[1:].islower()


def _apart(finds: list[Find]) -> Iterator[Find]:
    """Yield finds in the text's order; of two that overlap, the surer and longer one."""
    kept: list[Find] = []
    for find in sorted(
        finds, key=lambda find: (find.certainty, find.end - find.start), reverse=True
    ):
        if all(find.end <= other.start or other.end <= find.start for other in kept):
            kept.append(find)
    yield from sorted(kept, key=lambda find: find.start)
