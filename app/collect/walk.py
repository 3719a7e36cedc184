"""One desk's manifests at a place: which are to be taken now, and what is wrong with others."""

import hashlib
import re
from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from app.collect.chain import Fit, Link, Links, base, fit, gaps, last
from app.collect.findings import Collected
from app.sync import manifest as manifests
from app.sync.manifest import Manifest
from app.sync.signed import Malformed
from app.sync.troubles import SendingTrouble

_NAME = re.compile(r"(\d{10})\.json", re.ASCII)
_NEAR = 2
"""How many manifests that were taken are read again in each run; all of them when asked."""
_SHOWN = 20
"""Counters told at the most where many are missing."""


@dataclass(slots=True)
class Walk:
    """Reads what lies at a place of one desk, and judges it by what was taken before."""

    target: str
    desk: str
    known: Links
    """Taken at this place in earlier runs."""
    elsewhere: AbstractSet[str]
    """Hashes of manifests of the desk that were taken when the place was another one."""
    get: Callable[[str], bytes]
    collected: Collected
    thorough: bool = False
    right: dict[int, Link] = field(default_factory=dict)
    """Found to be right, earlier and now."""

    def __call__(self, names: Sequence[str]) -> list[Manifest]:
        """Return the manifests that may be taken, in the order of their counters."""
        counters = sorted(
            {int(found[1]) for name in names if (found := _NAME.fullmatch(name)) and int(found[1])}
        )
        self.right = dict(self.known)
        self._look_again(counters)
        fresh = self._forward([one for one in counters if one > last(self.known)])
        filled = self._fill([one for one in counters if one < last(self.right)])
        return sorted((*fresh, *filled), key=lambda one: one.content.counter)

    def tell_gaps(self, taken: Links) -> None:
        """Tell which manifests are missing, after `taken` were."""
        for first, final in gaps(taken)[:_SHOWN]:
            self._tell("manifest-gap", first=first, last=final)

    def _look_again(self, counters: Sequence[int]) -> None:
        there = set(counters)
        again = sorted(set(self.known) & there)
        for counter in again if self.thorough else again[-_NEAR:]:
            data = self._read(counter)
            if data is not None and hashlib.sha256(data).hexdigest() != self.known[counter].sha256:
                self._tell("manifest-replaced", counter=counter)
        final = last(self.known)
        if final and final not in there and max(counters, default=0) < final:
            self._tell("manifest-rolled-back", counter=final, found=max(counters, default=0))

    def _forward(self, counters: Sequence[int]) -> list[Manifest]:
        found: list[Manifest] = []
        strangers: list[int] = []
        for counter in counters:
            one = self._manifest(counter)
            if one is None:
                continue
            if one.content.target != self.target:
                if one.sha256 not in self.elsewhere:
                    strangers.append(counter)
                continue
            link = _link(one)
            how = fit(link, self.right)
            if how is not Fit.FITS:
                self._tell(how.value, counter=counter)
                # What follows stands on what does not: all of it waits for a person.
                break
            self.right[counter] = link
            found.append(one)
        strangers = [one for one in strangers if one > base(self.right)]
        if strangers:
            self._tell("manifest-target", first=strangers[0], last=strangers[-1])
        return found

    def _fill(self, counters: Sequence[int]) -> list[Manifest]:
        """Return what fills gaps: from the last backwards, each vouched for by its successor."""
        found: list[Manifest] = []
        for counter in reversed(counters):
            one = None if counter in self.right else self._manifest(counter)
            # What was laid at another place is none of this one's gaps.
            if one is None or one.content.target != self.target:
                continue
            how = fit(_link(one), self.right)
            if how is Fit.FITS:
                self.right[counter] = _link(one)
                found.append(one)
            elif how is Fit.BROKEN:
                self._tell("manifest-replay", counter=counter)
        return found

    def _manifest(self, counter: int) -> Manifest | None:
        data = self._read(counter)
        if data is None:
            return None
        try:
            one = manifests.read(data)
        except Malformed as error:
            self._tell("manifest-unreadable", counter=counter, reason=error.code)
            return None
        if one.desk != self.desk or one.content.counter != counter:
            self._tell("manifest-unreadable", counter=counter, reason="manifest-elsewhere")
            return None
        return one

    def _read(self, counter: int) -> bytes | None:
        try:
            return self.get(manifests.path(self.desk, counter))
        except SendingTrouble as trouble:
            if trouble.code != "sending-missing":
                raise
            return None

    def _tell(self, code: str, **facts: int | str) -> None:
        self.collected.tell(code, self.desk, **facts)


def _link(one: Manifest) -> Link:
    content = one.content
    return Link(content.counter, one.sha256, content.previous, content.restart)
