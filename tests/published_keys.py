"""The published keys, written a second time and plainly: what scoring is held against.

Answers come as a list, item 1 first, with None for what was left blank.
"""

from collections.abc import Sequence

Blank = int | None


def phq_band(total: int) -> str:
    for least, name in (
        (20, "severe"),
        (15, "moderately-severe"),
        (10, "moderate"),
        (5, "mild"),
    ):
        if total >= least:
            return name
    return "minimal"


def gad_band(total: int) -> str:
    return (["minimal"] * 5 + ["mild"] * 5 + ["moderate"] * 5 + ["severe"] * 7)[total]


def plain_sum(answers: Sequence[Blank]) -> int | None:
    return None if None in answers else sum(one for one in answers if one is not None)


def phq_a(answers: Sequence[Blank]) -> int | None:
    there = [one for one in answers if one is not None]
    if len(there) < 7:
        return None
    exact = sum(there) * 9 / len(there)
    return int(exact + 0.5)


def blank_is_zero(answers: Sequence[Blank], of: Sequence[int]) -> int | None:
    if sum(one is None for one in answers) >= 4:
        return None
    return sum(answers[number - 1] or 0 for number in of)


PSC_17 = {
    "total": (range(1, 18), 15),
    "internalizing": ((2, 6, 9, 11, 15), 5),
    "attention": ((1, 3, 7, 13, 17), 7),
    "externalizing": ((4, 5, 8, 10, 12, 14, 16), 7),
}
PSC_35 = {
    "attention": ((4, 7, 8, 9, 14), 7),
    "internalizing": ((11, 13, 19, 22, 27), 5),
    "externalizing": ((16, 29, 31, 32, 33, 34, 35), 7),
}
SCARED = {
    "total": (range(1, 42), 25),
    "panic": ((1, 6, 9, 12, 15, 18, 19, 22, 24, 27, 30, 34, 38), 7),
    "generalized": ((5, 7, 14, 21, 23, 28, 33, 35, 37), 9),
    "separation": ((4, 8, 13, 16, 20, 25, 29, 31), 5),
    "social": ((3, 10, 26, 32, 39, 40, 41), 8),
    "school": ((2, 11, 17, 36), 3),
}


def psc_35_positive(total: int, informant: str, age: int | None) -> bool | None:
    """None where the source gives no cut-off."""
    if informant == "self":
        return total >= 30
    if age is None or age < 4 or age > 16:
        return None
    return total >= (24 if age < 6 else 28)


def asq(answers: Sequence[Blank]) -> str:
    first, fifth = answers[:4], answers[4]
    if 1 in first:
        return {1: "acute-positive", 0: "non-acute-positive", None: "?"}[fifth]
    return "?" if None in first else "negative"


def c_ssrs(answers: Sequence[Blank]) -> str:
    """Of complete interviews: seven answers, of which 3-5 and 7 may be passed over."""
    one, two, three, four, five, ever, lately = answers
    if four or five or lately:
        return "high"
    if three or ever:
        return "moderate"
    if one or two:
        return "low"
    return "negative"


def crafft(days: Sequence[int], answers: Sequence[int]) -> int:
    return answers[0] if not any(days) else sum(answers)


def srss_band(total: int, scale: str) -> str:
    low, moderate = {"e7": (3, 8), "i5": (1, 3), "i6": (3, 5)}[scale]
    if total <= low:
        return "low"
    return "moderate" if total <= moderate else "high"
