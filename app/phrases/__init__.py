"""The sentences behind the codes: one table, so that screen and command line say the same."""

from app.kernel.clock import from_utc_text
from app.kernel.errors import CasewellError
from app.kernel.words import _
from app.phrases import (
    access,
    backups,
    caseload,
    collaboration,
    collect,
    consents,
    district,
    groups,
    medication,
    outbox,
    plans,
    privacy,
    repair,
    roster,
    schedule,
    screening,
    services,
    sessions,
    surroundings,
    time_use,
    unlocking,
    vault,
)

SENTENCES: dict[str, str] = {
    **vault.SENTENCES,
    **unlocking.SENTENCES,
    **access.SENTENCES,
    **backups.SENTENCES,
    **repair.SENTENCES,
    **surroundings.SENTENCES,
    **roster.SENTENCES,
    **caseload.SENTENCES,
    **sessions.SENTENCES,
    **services.SENTENCES,
    **groups.SENTENCES,
    **medication.SENTENCES,
    **privacy.SENTENCES,
    **schedule.SENTENCES,
    **time_use.SENTENCES,
    **collaboration.SENTENCES,
    **screening.SENTENCES,
    **district.SENTENCES,
    **consents.SENTENCES,
    **plans.SENTENCES,
    **collect.SENTENCES,
    **outbox.SENTENCES,
}


def sentence(error: CasewellError) -> str:
    """Return what happened, what is safe and the next step, in the language in use."""
    return sentence_of(error.code, error.facts)


def sentence_of(code: str, facts: object) -> str:
    """Return the sentence of `code`, its placeholders filled from `facts`."""
    known = dict(facts) if isinstance(facts, dict) else dict(getattr(facts, "items", dict)())
    if isinstance(known.get("since"), str):
        known["since"] = from_utc_text(str(known["since"])).astimezone().strftime("%H:%M")
    if code.startswith("gate-"):
        known["matters"] = privacy.spoken_matters(str(known.get("matters", "")))
    return _(SENTENCES[code]).format_map(_Blank(known))


class _Blank(dict[str, object]):
    """Facts, with a dash where one is missing: a sentence is never lost for want of a fact."""

    def __missing__(self, key: str) -> str:
        return "–"
