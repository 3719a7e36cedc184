"""The name check of a text of 4,000 signs against one bare pass that takes it into words.

The roster has 2,000 students with two guardians each. The bare pass finds the words of the same
text with a regular expression and puts each in lower case. Floors: 8 times for a text that
names nobody, 15 for one that names somebody in every fourth sentence.
"""

import re
import statistics
import sys
import time
from collections.abc import Callable
from random import Random

from app.kernel.ids import StudentId
from app.kernel.mentions import Guardian, NameIndex, Student

FLOOR, FLOOR_NAMED = 8.0, 15.0
SIGNS = 4000

_WORD = re.compile(r"\w+")
_ONSETS = [
    "b",
    "c",
    "d",
    "f",
    "g",
    "h",
    "j",
    "k",
    "l",
    "m",
    "n",
    "p",
    "r",
    "s",
    "t",
    "v",
    "z",
    "br",
    "ch",
    "dr",
    "fl",
    "gr",
    "kl",
    "pr",
    "sh",
    "st",
    "tr",
]
_RHYMES = [
    "ara",
    "eli",
    "ino",
    "ona",
    "uel",
    "ari",
    "eda",
    "isa",
    "olo",
    "una",
    "era",
    "ila",
    "ado",
    "emi",
    "osa",
    "ian",
]
_CALM = (
    "The student came in late and said that the morning had been hard. We went over the plan,"
    " practiced breathing and named two adults at school. "
)


def _name(random: Random) -> str:
    return "".join(random.choice(_ONSETS) + random.choice(_RHYMES) for _ in range(2)).title()


def _roster(count: int, random: Random) -> list[Student]:
    given = [_name(random) for _ in range(400)]
    family = [_name(random) for _ in range(900)]

    def guardian() -> Guardian:
        return Guardian(random.choice(given), random.choice(family), (f"555{random.random()}",))

    return [
        Student(
            StudentId(str(number)),
            random.choice(given),
            " ".join(random.sample(family, random.choice((1, 1, 2)))),
            numbers=(f"S{100000 + number}",),
            guardians=(guardian(), guardian()),
        )
        for number in range(count)
    ]


def _median(work: Callable[[], object], rounds: int) -> float:
    taken = []
    for _ in range(rounds):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)


def main(rounds: int = 200) -> bool:
    """Measure, print the ratios, and tell whether the floors hold."""
    random = Random(11)
    students = _roster(2000, random)
    start = time.perf_counter()
    index = NameIndex(students)
    built = time.perf_counter() - start
    check = index.check(students[0].id, [student.id for student in students[1:9]])
    sentences = [_CALM] * (SIGNS // len(_CALM) + 1)
    calm = "".join(sentences)[:SIGNS]
    for place in range(0, len(sentences), 2):
        one = students[random.randrange(1, 2000)]
        sentences[place] = f"{one.given} {one.family} was named. " + _CALM
    named = "".join(sentences)[:SIGNS]
    print(f"index of {len(students):,} students: {built * 1000:.0f} ms, once")
    holds = True
    for about, text, floor in (("nobody named", calm, FLOOR), ("names", named, FLOOR_NAMED)):
        bare = _median(lambda text=text: [m.group().lower() for m in _WORD.finditer(text)], rounds)
        checked = _median(lambda text=text: check.finds(text), rounds)
        ratio = checked / bare
        holds = holds and ratio <= floor
        print(
            f"{about}: {len(check.finds(text))} finds, {checked * 1000:.2f} ms,"
            f" bare {bare * 1000:.2f} ms, ratio {ratio:.1f} (floor {floor:.0f})"
        )
    return holds


if __name__ == "__main__":
    sys.exit(0 if main(*map(int, sys.argv[1:2])) else 1)
