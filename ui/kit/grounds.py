"""Brings the releases in force to the fields where a ground is chosen, and keeps what is typed."""

import json
from datetime import date
from functools import partial

from PySide6.QtWidgets import QWidget

from app.kernel.ids import StudentId
from app.kernel.releases import Emergency, Ground, OnFile, Terms
from app.kernel.words import _
from app.phrases.privacy import spoken_matters
from ui.kit.dates import shown_date
from ui.kit.room import Context
from ui.kit.widgets.ground import GroundFields, Offered


def offer_releases(
    context: Context, fields: GroundFields, student: StudentId | None, owner: QWidget
) -> None:
    """Offer a student's releases that are in force; without a student, none by name."""
    if not student:
        fields.offer(())
        return

    def found(answer: tuple[tuple[OnFile, ...], int]) -> None:
        releases, labelled = answer
        fields.offer([_offered(one) for one in releases], labelled)

    context.tasks.read(
        partial(context.desk.privacy.for_leaving, student), found, context.say, owner=owner
    )


def kept_words(recipient: str, purpose: str, terms: Terms) -> str:
    """Return for whom, why and on what ground as a page keeps them; empty if nothing was typed."""
    need = terms.emergency
    said = [terms.interest, terms.because, *((need.threat, need.who_needs) if need else ())]
    if not any((recipient, purpose, *said)):
        return ""
    ground = terms.ground.value if terms.ground else ""
    return json.dumps([recipient, purpose, ground, terms.release_id, *said], ensure_ascii=False)


def words_kept(kept: str) -> tuple[str, str, Terms | None]:
    """Return what `kept_words` kept; no terms where none were kept along."""
    recipient, purpose, *rest = json.loads(kept) if kept else ("", "")
    if not rest:
        return recipient, purpose, None
    ground, release, interest, because, *need = rest
    terms = Terms(
        Ground(ground) if ground else None,
        release,
        interest,
        Emergency(*need) if need else None,
        because,
    )
    return recipient, purpose, terms


def _offered(one: OnFile) -> Offered:
    held = spoken_matters(",".join(sorted(matter.value for matter in one.matters)))
    if one.until:
        words = _("{recipient}, until {day}: {matters}").format(
            recipient=one.recipient, day=shown_date(date.fromisoformat(one.until)), matters=held
        )
    else:
        words = _("{recipient}: {matters}").format(recipient=one.recipient, matters=held)
    return Offered(one.id, one.recipient, words)
