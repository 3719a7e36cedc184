"""One collection: walk each desk, judge what is new, load it, answer for it.

Exactly once: a manifest is taken in one transaction together with what its parcels brought and
with the receipt's bytes; the receipt is laid at the place afterwards, and again where it is
missing. Wherever a run is cut off, the next one ends at the same rows.
"""

import base64
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace

from app.collect.book import LET_IN, Book, Desk, Entry, Rank, Seen, Standing, State
from app.collect.engines import Engine, transaction
from app.collect.findings import Collected
from app.collect.judging import Enrolment, Judge, Judged, Ruling, is_named
from app.collect.limits import Limits, beyond
from app.collect.loading import period_of
from app.collect.walk import Walk
from app.kernel.clock import Clock
from app.kernel.errors import Trouble
from app.kernel.ports import Progress, no_progress
from app.sync import receipts, target
from app.sync.manifest import Laid, Manifest
from app.sync.parcels import Destination
from app.sync.receipts import Receipt, Result, Signer, Verdict
from app.sync.signed import Malformed, hexadecimal
from app.sync.troubles import SendingTrouble

_KNOWN = frozenset({State.LOADED, State.SUPERSEDED})
MOST_OF_ENROLMENT = 384 * 1024
"""Bytes of a parcel that may be one; what is larger is not opened before its desk is let in."""
MOST_MISSING = 20
"""Objects of a manifest that are told to be missing at the most; it waits for all of them."""
_SHOWN = 5
"""Schools that are named at the most where a desk counts others than it may."""
_MOST_OPENED = 500
"""Parcels of a desk without enrolment that are opened at the most to look for one."""


class _NotThere(Exception):
    """An object that a manifest names is not there, or not what its name says."""

    def __init__(self, code: str, name: str) -> None:
        super().__init__(code)
        self.code, self.name = code, name


@dataclass(slots=True)
class Collector:
    """Takes what lies at one place into one database."""

    place: Destination
    engine: Engine
    judge: Judge
    signer: Signer
    clock: Clock
    thorough: bool = False
    """Whether every manifest that was taken is read again and compared."""
    lake: bool = False
    """Whether Parquet files are written of the tables."""
    limits: Limits = Limits()  # noqa: RUF009 - frozen
    progress: Progress = no_progress
    collected: Collected = field(default_factory=Collected)

    def __call__(self) -> Collected:
        """Collect all that is there, and return what was done and found.

        Raises SendingTrouble when the place itself cannot be reached, and Trouble where it is
        none that desks send to. A desk that cannot be read is told, and the others are walked.
        """
        book = Book(self.engine, lake=self.lake)
        self.collected.target = here = self._target()
        self._open_kept(book)
        known, elsewhere = book.links(here)
        there = {one for one in self.place.names("manifests") if hexadecimal(one, 32)}
        # One of which nothing lies here any more is looked for all the same, and told.
        desks = sorted(there | set(known))
        standing, invited = book.desks(), book.invitations()
        for number, desk in enumerate(desks):
            self.progress(number, len(desks))
            walk = Walk(
                here,
                desk,
                known.get(desk, {}),
                elsewhere.get(desk, frozenset()),
                self.place.get,
                self.collected,
                thorough=self.thorough,
            )
            try:
                self._desk(book, walk, standing.get(desk), invited.get(desk, ""))
            except SendingTrouble as trouble:
                self.collected.tell("desk-unreachable", desk, reason=trouble.code)
        self.progress(len(desks), len(desks))
        self.collected.desks = len(desks)
        return self.collected

    def _target(self) -> str:
        try:
            return target.read(self.place.get(target.PATH))
        except SendingTrouble as trouble:
            if trouble.code != "sending-missing":
                raise
            raise Trouble("collect-place-empty") from None
        except Malformed as wrong:
            raise Trouble("collect-place-other", reason=wrong.code) from None

    def _desk(self, book: Book, walk: Walk, standing: Standing | None, invitation: str) -> None:
        waiting = walk(self.place.names(f"manifests/{walk.desk}"))
        blocked = self.limits.blocks(walk.desk, invitation)
        if blocked and waiting:
            self.collected.tell("desk-blocked", walk.desk)
        if standing not in LET_IN:
            if blocked or not waiting:
                return
            if not self._enrolled(book, walk.desk, waiting):
                return
            invitation = book.invitations()[walk.desk]
        schools = self._schools(book, invitation)
        taken = dict(walk.known)
        for manifest in waiting:
            if blocked:
                self._turn_away(book, manifest)
                done = True
            else:
                done = self._take(book, manifest, schools)
            if done:
                counter = manifest.content.counter
                taken[counter] = walk.right[counter]
        walk.tell_gaps(taken)
        self._answer(book, walk.target, walk.desk)

    def _enrolled(self, book: Book, desk: str, waiting: list[Manifest]) -> bool:
        """Tell whether an unknown desk laid a valid enrolment here; let it in or write it down."""
        laid = [
            one
            for manifest in waiting
            for one in manifest.content.objects
            if one.size <= MOST_OF_ENROLMENT
        ]
        told = Collected()
        at = self.clock.now().at
        for one in laid[:_MOST_OPENED]:
            try:
                data = self._object(one)
            except _NotThere:
                continue
            if len(data) > MOST_OF_ENROLMENT:
                continue
            # Nothing of a stranger is kept in mind: it may be very much.
            judged = self.judge(desk, one.name, data)
            if judged.enrolment is not None:
                with transaction(self.engine):
                    enrolled = self._enrol(book, desk, judged.enrolment, told)
                self._count(told)
                return enrolled
        self.collected.tell("desk-quarantined", desk)
        with transaction(self.engine):
            book.keep_desk(Desk(desk, Standing.QUARANTINED), at)
        return False

    def _enrol(self, book: Book, desk: str, enrolment: Enrolment, told: Collected) -> bool:
        """Let a desk in by its invitation, within a transaction; no second one by the same."""
        invitation = enrolment.invitation
        other = book.holder(invitation.id)
        # Whoever was blocked comes back under no other key.
        blocked = self.limits.blocks(desk, invitation.id) or self.limits.blocks(other, "")
        enrolled = other in {"", desk} and not blocked
        if blocked:
            told.tell("desk-blocked", desk)
        elif not enrolled:
            told.tell("desk-invitation-used", desk, other=other, label=invitation.label)
        book.keep_schools(invitation.id, invitation.schools)
        book.keep_desk(
            Desk(
                desk,
                Standing.ENROLLED if enrolled else Standing.QUARANTINED,
                invitation.id,
                invitation.label,
                enrolment.name,
                enrolment.role,
                enrolment.schools,
            ),
            self.clock.now().at,
        )
        return enrolled

    def _schools(self, book: Book, invitation: str) -> AbstractSet[str]:
        """Return the schools that a desk may count; none: any. IT's word goes before the signed."""
        if not invitation:
            return frozenset()
        said = self.limits.schools.get(invitation)
        return book.schools_of(invitation) if said is None else said

    def _turn_away(self, book: Book, manifest: Manifest) -> None:
        """Answer a manifest of a blocked desk: nothing is opened, and what is here stays here."""
        content, desk, at = manifest.content, manifest.desk, self.clock.now().at
        seen = book.seen(desk, [one.name for one in content.objects])
        verdicts = tuple(
            Verdict(one.name, Result.ALREADY)
            if _done(seen.get(one.name))
            else Verdict(one.name, Result.REJECTED, "desk-blocked")
            for one in content.objects
        )
        answer = Receipt(desk, content.counter, manifest.sha256, verdicts, at)
        with transaction(self.engine):
            book.keep_manifest(manifest, at, receipts.sign(answer, self.signer))
        self.collected.manifests += 1
        away = sum(one.result is Result.REJECTED for one in verdicts)
        self.collected.rejected += away
        self.collected.already += len(verdicts) - away

    def _judgement(self, desk: str, laid: Laid, schools: AbstractSet[str]) -> Judged:
        return _within(self.judge(desk, laid.name, self._object(laid)), schools)

    def _object(self, laid: Laid) -> bytes:
        try:
            data = self.place.get(f"objects/{laid.name}")
        except SendingTrouble as trouble:
            if trouble.code != "sending-missing":
                raise
            raise _NotThere("object-missing", laid.name) from None
        if not is_named(data, laid.name):
            raise _NotThere("object-differs", laid.name)
        return data

    def _take(self, book: Book, manifest: Manifest, schools: AbstractSet[str]) -> bool:
        """Take a manifest in one transaction; False where an object of it is not there yet."""
        desk = manifest.desk
        seen = book.seen(desk, [one.name for one in manifest.content.objects])
        judged: dict[str, Judged] = {}
        missing = 0
        for laid in manifest.content.objects:
            if not _done(seen.get(laid.name)):
                try:
                    judged[laid.name] = self._judgement(desk, laid, schools)
                except _NotThere as gone:
                    self.collected.tell(gone.code, desk, object=gone.name)
                    judged.clear()
                    missing += 1
                    if missing == MOST_MISSING:
                        break
        if missing:
            return False
        at = self.clock.now().at
        told = Collected()
        with transaction(self.engine):
            verdicts = []
            for laid in manifest.content.objects:
                one = judged.get(laid.name)
                if one is None:
                    told.already += 1
                    verdicts.append(Verdict(laid.name, Result.ALREADY))
                else:
                    verdicts.append(_load(book, desk, one, at, told))
            answer = Receipt(desk, manifest.content.counter, manifest.sha256, tuple(verdicts), at)
            book.keep_manifest(manifest, at, receipts.sign(answer, self.signer))
        self.collected.manifests += 1
        self._count(told)
        return True

    def _count(self, told: Collected) -> None:
        self.collected.taken += told.taken
        self.collected.superseded += told.superseded
        self.collected.already += told.already
        self.collected.rejected += told.rejected
        for finding in told.findings:
            self.collected.tell(finding.code, finding.desk, **finding.facts)

    def _answer(self, book: Book, here: str, desk: str) -> None:
        """Lay the receipts of a desk that are not at the place."""
        there = set(self.place.names(f"receipts/{desk}"))
        for counter, data in sorted(book.receipts(here, desk).items()):
            path = receipts.path(desk, counter)
            if path.rsplit("/", 1)[-1] in there and not (self.thorough and self._other(path, data)):
                continue
            try:
                self.place.put(path, data)
            except SendingTrouble as trouble:
                self.collected.tell("receipt-unwritten", desk, reason=trouble.code)
                return
            self.collected.receipts += 1

    def _other(self, path: str, data: bytes) -> bool:
        try:
            return self.place.get(path) != data
        except SendingTrouble:
            return True

    def _open_kept(self, book: Book) -> None:
        """Judge again what was kept for a later program: this may be it."""
        invited = book.invitations()
        for desk, name, sealed in book.kept():
            invitation = invited.get(desk, "")
            if self.limits.blocks(desk, invitation):
                continue
            judged = _within(
                self.judge(desk, name, base64.b64decode(sealed)), self._schools(book, invitation)
            )
            # The desk was told that it is here: nothing but opening it lets go of it.
            if judged.ruling is Ruling.KEEP or judged.code == "parcel-closed":
                self.collected.tell("parcel-kept", desk, object=name, reason=judged.code)
                continue
            told = Collected()
            with transaction(self.engine):
                _load(book, desk, judged, self.clock.now().at, told)
            self._count(told)


def _done(seen: Seen | None) -> bool:
    return seen is not None and seen.state in {*_KNOWN, State.KEPT}


def _within(judged: Judged, schools: AbstractSet[str]) -> Judged:
    """Return what is to be made of a parcel whose desk may count these schools alone."""
    others = beyond(judged.lines, schools)
    if not others:
        return judged
    code = "parcel-other-school"
    return replace(judged, ruling=Ruling.REJECT, code=code, lines=(), schools=others)


def _load(book: Book, desk: str, judged: Judged, at: str, told: Collected) -> Verdict:
    """Write down what becomes of a parcel, within a transaction; return the answer to it."""
    header = judged.header
    facts = header.facts if header else None
    if judged.ruling is Ruling.REJECT:
        told.rejected += 1
        if judged.schools:
            named = ", ".join(judged.schools[:_SHOWN])
            told.tell("parcel-other-school", desk, object=judged.name, schools=named)
        else:
            told.tell("parcel-rejected", desk, object=judged.name, reason=judged.code)
        book.keep_parcel(Entry(desk, judged.name, State.REJECTED, at, judged.code, facts))
        return Verdict(judged.name, Result.REJECTED, judged.code)
    told.taken += 1
    if judged.earlier_key:
        told.tell("desk-earlier-key", desk)
    if judged.ruling is Ruling.KEEP or facts is None:
        told.tell("parcel-kept", desk, object=judged.name, reason=judged.code)
        sealed = base64.b64encode(judged.sealed).decode("ascii")
        book.keep_parcel(
            Entry(desk, judged.name, State.KEPT, at, judged.code, facts, sealed=sealed)
        )
        return Verdict(judged.name, Result.LOADED)
    period = period_of(facts.period)
    mine, newest = (
        Rank(facts.revision, facts.made, judged.name),
        book.newest(desk, facts.series),
    )
    late = newest is not None and not mine > newest
    months = {period.month}
    if newest is not None and not late:
        months.update(book.months_of(desk, facts.series))
        book.supersede(desk, facts.series)
    if newest is not None and late:
        told.superseded += 1
        if facts.made > newest.made:
            told.tell("parcel-revision-behind", desk, object=judged.name)
    state = State.SUPERSEDED if late else State.LOADED
    book.keep_parcel(Entry(desk, judged.name, state, at, "", facts, period, counts=judged.counts))
    if not late and judged.enrolment is not None:
        said = judged.enrolment
        book.call(desk, said.name, said.role, said.schools)
    if not late:
        book.add(desk, facts.series, judged.name, period.month, judged.lines)
    for month in months:
        book.unwritten(month)
    return Verdict(judged.name, Result.LOADED)
