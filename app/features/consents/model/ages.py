"""Who may sign: the guardian, the student, or both, by the student's age on the day.

At 18 the rights under FERPA are the student's own (34 CFR 99.3, 99.5(a)); for a release no
rule changes that. From which age a minor consents to services or treatment differs between
the states and is the district's to say: without its word a student signs alone at 18 and at no
age before. Where a parent must consent to a minor's treatment for substance use, both sign
(42 CFR 2.14): so a consent under part 2 asks for both until the district says from which age
the minor consents to treatment alone.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from app.features.consents.model.records import Signer
from app.kernel.errors import Refused
from app.kernel.releases import ConsentKind

OF_AGE = 18
"""When the rights under FERPA become the student's own."""
_LEAST_ALONE = 10


@dataclass(frozen=True, slots=True)
class Ages:
    """From which age a student signs one kind of consent."""

    alone: int = OF_AGE
    besides: int | None = None
    """From which age the student signs beside the guardian; None: is not asked to."""


DEFAULT_AGES: Mapping[ConsentKind, Ages] = {
    kind: Ages(besides=0 if kind is ConsentKind.PART2 else None) for kind in ConsentKind
}


def accepted_ages(
    ages: Iterable[tuple[str, int | None, int | None]],
) -> tuple[tuple[str, int | None, int | None], ...]:
    """Return rules as they are kept, one for each kind they name; refuse what no law allows."""
    found: dict[ConsentKind, tuple[int | None, int | None]] = {}
    for name, alone, besides in ages:
        try:
            kind = ConsentKind(name)
        except ValueError:
            raise Refused("consent-kind-unknown", name) from None
        if kind in found:
            raise Refused("consent-kind-twice", name)
        own = OF_AGE if alone is None else alone
        if kind is ConsentKind.RELEASE and own != OF_AGE:
            raise Refused("consent-age-of-release", name)
        if not _LEAST_ALONE <= own <= OF_AGE:
            raise Refused("consent-age-alone", name, least=_LEAST_ALONE, most=OF_AGE)
        if besides is not None and not 0 <= besides < own:
            raise Refused("consent-age-besides", name, most=own - 1)
        found[kind] = (alone, besides)
    return tuple((kind.value, *found[kind]) for kind in ConsentKind if kind in found)


def ages_of(
    rules: Iterable[tuple[str, int | None, int | None]],
) -> dict[ConsentKind, Ages]:
    """Return the ages in force: what was set, and the defaults for what was not."""
    found = dict(DEFAULT_AGES)
    for name, alone, besides in rules:
        found[ConsentKind(name)] = Ages(OF_AGE if alone is None else alone, besides)
    return found


def age_on(birth_date: str, day: str) -> int | None:
    """Return whole years on a day; None where the date of birth is not known."""
    try:
        born, on = date.fromisoformat(birth_date), date.fromisoformat(day)
    except ValueError:
        return None
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def require_signer(ages: Ages, signer: Signer, age: int | None, *, student_signed: bool) -> None:
    """Refuse a signature that does not bind: of who is too young, or no longer the one to sign.

    Of a student whose date of birth is not known a guardian signs.
    """
    if signer is Signer.STUDENT:
        if age is None:
            raise Refused("consent-age-unknown", "signer")
        if age < ages.alone:
            raise Refused("consent-too-young", "signer", age=age, alone=ages.alone)
        return
    if signer is Signer.GUARDIAN and age is not None and age >= OF_AGE:
        raise Refused("consent-student-of-age", "signer")
    minor = age is None or age < OF_AGE
    if (
        ages.besides is not None
        and minor
        and (age is None or age >= ages.besides)
        and not student_signed
    ):
        raise Refused("consent-student-signs-too", "student_signed", besides=ages.besides)
