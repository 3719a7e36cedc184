"""`casewell sync`: send what waits, and take in receipts, without a screen."""

import argparse
import time
from typing import TYPE_CHECKING, Any

from app.cli import DONE, in_trouble, opened, tell, vault_options
from app.cli.outbox import chosen_place
from app.kernel.words import _, ngettext

if TYPE_CHECKING:
    from app.bootstrap import Desk
    from app.sync.engine import Engine, Outcome

_LOOK_AGAIN = 5.0
"""Seconds between two looks while it waits."""


def add(commands: Any) -> None:
    """Add the command."""
    sync = commands.add_parser(
        "sync",
        help=_("send what waits, now"),
        description=_(
            "Makes what is due, sends what waits to each place and takes in receipts. It ends with"
            " 0 when nothing is left to send, else with 1."
        ),
    )
    vault_options(sync)
    how = sync.add_mutually_exclusive_group()
    how.add_argument("--once", action="store_true", help=_("try once (the usual way)"))
    how.add_argument(
        "--wait",
        action="store_true",
        help=_("try again until all is sent, or a person must do something"),
    )
    sync.add_argument("--place", default="", metavar="NAME", help=_("only this place"))
    sync.set_defaults(run=_sync)


def _sync(arguments: argparse.Namespace) -> int:
    from app.sync.network import UnknownNetwork

    with opened(arguments, "sync") as desk:
        prepared = desk.outbox.prepare()
        only = chosen_place(desk, arguments.place).id if arguments.place else ""
        engine = desk.outbox.sender(UnknownNetwork())
        outcome = engine.run_once(forced=True, only=only)
        counts = _counts(outcome)
        while arguments.wait and _goes_on(desk, only):
            time.sleep(_LOOK_AGAIN)
            outcome = _once_more(engine, outcome, only, counts)
        done, left, facts = _told(desk, outcome, counts, only)
    left += [_held(code) for code in prepared.held]
    held = [{"code": code} for code in prepared.held]
    tell(
        arguments,
        {"places": facts, "made": prepared.made, "held": held},
        [*done, *left[1:]],
    )
    return in_trouble(left[0]) if left else DONE


def _counts(outcome: "Outcome") -> dict[str, list[int]]:
    return {at.place: [at.delivered, at.receipts] for at in outcome.places}


def _once_more(
    engine: "Engine", before: "Outcome", only: str, counts: dict[str, list[int]]
) -> "Outcome":
    """Run once more and add up; a place whose turn it was not stays as it was said to be."""
    from app.sync.engine import Outcome

    now = engine.run_once(only=only)
    for at in now.places:
        found = counts.setdefault(at.place, [0, 0])
        found[0] += at.delivered
        found[1] += at.receipts
    newest = {at.place: at for at in (*before.places, *now.places)}
    return Outcome(tuple(newest.values()))


def _goes_on(desk: "Desk", only: str) -> bool:
    """Tell whether something is still tried by itself: nothing that asks for a person."""
    return any(
        line.waiting and not line.failed
        for line in desk.outbox.destinations()
        if only in {"", line.destination.id} and not line.destination.paused
    )


def _told(
    desk: "Desk", outcome: "Outcome", counts: dict[str, list[int]], only: str
) -> tuple[list[str], list[str], list[dict[str, Any]]]:
    """Return what is said of the places where all is done, of the others, and the facts."""
    from app.phrases import sentence

    visited = {at.place: at for at in outcome.places}
    done: list[str] = []
    left: list[str] = []
    facts: list[dict[str, Any]] = []
    for line in desk.outbox.destinations():
        place = line.destination
        if only not in {"", place.id}:
            continue
        at = visited.get(place.id)
        delivered, receipts = counts.get(place.id, [0, 0])
        facts.append(
            {
                "place": place.id,
                "label": place.label,
                "delivered": delivered,
                "receipts": receipts,
                "waiting": 0 if place.paused else line.waiting,
                "paused": place.paused,
                "trouble": at.trouble.code if at and at.trouble else "",
            }
        )
        trouble = sentence(at.trouble) if at and at.trouble else _why(desk, place.id)
        said = _line(place.label, trouble, delivered, receipts, line.waiting, place.paused)
        (left if facts[-1]["waiting"] else done).append(said)
    if not facts:
        done.append(_("There is no place to send to. “casewell outbox add-destination” adds one."))
    return done, left, facts


def _why(desk: "Desk", place: str) -> str:
    """Return why the first of what waits for a person at a place does so."""
    from app.phrases.outbox import spoken_parcel
    from app.sync.parcels import State

    waiting, _left = desk.outbox.counts()
    for line in desk.outbox.waiting(0, waiting):
        if line.parcel.destination_id == place and line.state is State.FAILED:
            return spoken_parcel(line)
    return ""


def _line(
    label: str, trouble: str, delivered: int, receipts: int, waiting: int, paused: bool
) -> str:
    if paused:
        return _("{place}: paused.").format(place=label)
    said = ngettext("{count} delivered", "{count} delivered", delivered).format(count=delivered)
    if receipts:
        said = ngettext(
            "{delivered}, {count} receipt taken in", "{delivered}, {count} receipts taken in",
            receipts,
        ).format(delivered=said, count=receipts)  # fmt: skip
    if trouble:
        return _("{place}: {said}, {count} waiting. {why}").format(
            place=label, said=said, count=waiting, why=trouble
        )
    if waiting:
        return _("{place}: {said}, {count} waiting.").format(place=label, said=said, count=waiting)
    return _("{place}: {said}, nothing waits.").format(place=label, said=said)


def _held(code: str) -> str:
    from app.phrases import sentence_of

    return _("Not made: {why}").format(why=sentence_of(code, {}))
