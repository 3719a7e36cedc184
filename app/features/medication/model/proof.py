"""The second person: who proves who they are with their own passphrase, at the same desk."""

from collections.abc import Callable
from dataclasses import dataclass

from app.kernel.ids import PersonId

Witness = Callable[[PersonId, str], None]
"""Checks a person's own passphrase (about a second's work); raises Refused if it is not theirs."""

PROOF_LASTS = 300
"""Seconds for which a proof may be used: the time of one count, not of one day."""


@dataclass(frozen=True, slots=True)
class Proof:
    """That a second person stood at the desk: given out by the service, used up by one command."""

    key: str
    person: PersonId
    name: str
