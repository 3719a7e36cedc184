"""The consents room's commands and reads."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import date

from app.features.consents.commands import (
    CorrectConsent,
    KeepScan,
    MarkEvent,
    RecordConsent,
    RevokeConsent,
    SetConsentRules,
    TakeBackEnd,
)
from app.features.consents.model.ages import (
    Ages,
    accepted_ages,
    age_on,
    ages_of,
    require_signer,
)
from app.features.consents.model.elements import ConsentForm, accepted, needed, said_day
from app.features.consents.model.records import (
    Consent,
    ConsentEnd,
    ConsentRules,
    ConsentScan,
    EndKind,
    RulesSource,
    Signer,
    Way,
)
from app.features.consents.model.scans import looked_at
from app.features.consents.model.states import State, lapses_soon, standing, state_on
from app.features.consents.repo import (
    PAGE,
    ConsentBook,
    ConsentKeeper,
    ConsentLine,
    Guardian,
    Narrowing,
    Pupil,
    View,
)
from app.kernel.changes import Changed, Kind
from app.kernel.clock import Clock
from app.kernel.errors import Refused
from app.kernel.ids import StudentId, new_id
from app.kernel.ports import Begin, Read, Reader, Seat, Transaction
from app.kernel.releases import ConsentKind, Matter, OnFile
from app.kernel.rights import gives_medication


@dataclass(frozen=True, slots=True)
class ConsentSheet:
    """Everything the page of one consent shows."""

    consent: Consent
    pupil: Pupil
    by: str
    state: State
    lapses_soon: bool
    ends: tuple[ConsentEnd, ...]
    """In the order they were entered, those that were taken back too."""
    scans: tuple[ConsentScan, ...]
    """Of this row and of those it corrects, the newest first."""
    before: tuple[Consent, ...]
    replaced_by: Consent | None
    names: dict[str, str]
    """Of those who entered something, by their ids."""

    @property
    def standing_ends(self) -> tuple[ConsentEnd, ...]:
        """What ended it and was not taken back."""
        return tuple(standing(self.ends))


@dataclass(frozen=True, slots=True)
class ConsentChoices:
    """What the sheet of a consent offers for a student."""

    pupil: Pupil
    age: int | None
    """Whole years today; None where the date of birth is not known."""
    guardians: tuple[Guardian, ...]
    ages: dict[ConsentKind, Ages]


class _DoneBefore(Exception):
    """This command was carried out before under the same id: nothing is left to do."""


class ConsentsService:
    """Consents from the signature to what ended them."""

    def __init__(self, begin: Begin, read: Read, *, seat: Callable[[], Seat], clock: Clock) -> None:
        self._begin = begin
        self._read = read
        self._seat = seat
        self._clock = clock

    def _today(self) -> date:
        return self._clock.now().day()

    @contextmanager
    def _writing(self) -> Iterator[ConsentKeeper]:
        with self._begin() as tx:
            yield ConsentKeeper(tx)

    @contextmanager
    def _reading(self) -> Iterator[ConsentBook]:
        with self._read() as reader:
            yield ConsentBook(reader)

    # -- for whoever lets something leave --------------------------------------------

    def covering(self, reader: Reader, student_id: StudentId, day: str) -> tuple[OnFile, ...]:
        """Return a student's consents that are in force on a day, as `Covering` asks for."""
        return tuple(
            OnFile(
                one.id,
                one.kind,
                one.recipient,
                frozenset(Matter(matter) for matter in one.matters),
                one.purpose,
                one.since,
                one.until_on or None,
                one.kind is ConsentKind.PART2,
            )
            for one in ConsentBook(reader).in_force(self._seat(), student_id, day)
        )

    # -- what is signed --------------------------------------------------------------

    def record(self, command: RecordConsent) -> Changed:
        """Write down a consent that was signed; refuse one that lacks an element, at its field."""
        if command.scan:
            looked_at(command.scan)
        with suppress(_DoneBefore), self._writing() as keeper:
            if keeper.get(Consent, command.consent_id) is not None:
                raise _DoneBefore
            consent = self._consent(keeper, command.consent_id, command.form, None, "")
            self._keep(keeper, "RecordConsent", consent, command.scan)
        return Changed.only(Kind.CONSENT, made=command.consent_id)

    def correct(self, command: CorrectConsent) -> Changed:
        """Put a consent in the place of one that was written down wrongly; both are kept.

        One that has ended is not corrected: its end would be lost from sight. Where it turns
        out to be another student's, its scans are kept with the new one, and are shown and
        given out under the mistaken one no more.
        """
        with suppress(_DoneBefore), self._writing() as keeper:
            if keeper.get(Consent, command.consent_id) is not None:
                raise _DoneBefore
            old = self._seen(keeper, command.replaces)
            if keeper.replaced_by(old.id) is not None:
                raise Refused("consent-corrected")
            if standing(keeper.ends(old.id).get(old.id, ())):
                raise Refused("consent-ended")
            why = needed(command.why, "why", "consent-correction-needs-why")
            consent = self._consent(keeper, command.consent_id, command.form, old.id, why)
            self._keep(keeper, "CorrectConsent", consent, command.scan)
            if consent.student_id != old.student_id:
                chain = [one.id for one in _of_the_same(old, keeper.before(old))]
                for scan in reversed(keeper.scans(old.id, *chain)):
                    kept = self._add_scan(keeper, consent, keeper.content(scan.id))
                    keeper.journal("KeepScan", ConsentScan, kept, {"consent": consent.id})
        return Changed.only(Kind.CONSENT, made=command.consent_id)

    def _consent(
        self,
        keeper: ConsentKeeper,
        consent_id: str,
        form: ConsentForm,
        replaces: str | None,
        correction: str,
    ) -> Consent:
        pupil = keeper.pupil(form.student_id)
        if pupil is None:
            raise Refused("student-gone", "student")
        if form.kind == ConsentKind.MEDICATION and not gives_medication(self._seat().role):
            raise Refused("consent-of-health-office", "kind")
        whole = accepted(_named(form, pupil, keeper), self._today())
        kind, signer = ConsentKind(whole.kind), Signer(whole.signer)
        rules = keeper.rules()
        require_signer(
            ages_of(rules.ages if rules else ())[kind],
            signer,
            age_on(pupil.birth_date, whole.signed_on),
            student_signed=whole.student_signed,
        )
        now = keeper.tx.now
        return Consent(
            id=consent_id,
            student_id=pupil.id,
            kind=kind,
            matters=whole.matters,
            description=whole.description,
            recipient=whole.recipient,
            recipient_class=whole.recipient_class,
            purpose=whole.purpose,
            discloser=whole.discloser,
            treatment=whole.treatment,
            revoke_how=whole.revoke_how,
            says_redisclosure=whole.says_redisclosure,
            says_refusal=whole.says_refusal,
            signer=signer,
            signer_id=whole.signer_id,
            signer_name=whole.signer_name,
            capacity=whole.capacity,
            student_signed=whole.student_signed,
            way=Way(whole.way),
            identified=whole.identified,
            approval=whole.approval,
            witness=whole.witness,
            signed_on=whole.signed_on,
            since=whole.since,
            until_on=whole.until_on,
            until_event=whole.until_event,
            comment=whole.comment,
            replaces=replaces,
            correction=correction,
            person_id=keeper.tx.who,
            recorded_at=now.at,
            zone=now.zone,
        )

    def _keep(self, keeper: ConsentKeeper, what: str, consent: Consent, scan: bytes) -> None:
        keeper.add(consent)
        facts: dict[str, object] = {
            "student": consent.student_id,
            "kind": consent.kind.value,
            "since": consent.since,
            "until": consent.until_on,
        }
        if consent.replaces:
            facts["replaces"] = consent.replaces
        if scan:
            facts["scan"] = self._add_scan(keeper, consent, scan)
        keeper.journal(what, Consent, consent.id, facts)

    @staticmethod
    def _add_scan(keeper: ConsentKeeper, consent: Consent, content: bytes) -> str:
        looked, now = looked_at(content), keeper.tx.now
        scan = ConsentScan(
            new_id(),
            consent.id,
            consent.student_id,
            looked.type,
            looked.pages,
            len(content),
            looked.sha256,
            keeper.tx.who,
            now.at,
            now.zone,
        )
        keeper.add_scan(scan, content)
        return scan.id

    def keep_scan(self, command: KeepScan) -> Changed:
        """Keep a scan of a consent's signed paper; earlier scans stay beside it."""
        looked_at(command.content)
        with self._writing() as keeper:
            consent = self._seen(keeper, command.consent_id)
            if _is_anothers(keeper, consent):
                raise Refused("consent-corrected")
            scan = self._add_scan(keeper, consent, command.content)
            keeper.journal("KeepScan", ConsentScan, scan, {"consent": consent.id})
        return Changed.only(Kind.CONSENT, made=scan)

    # -- what ends it ----------------------------------------------------------------

    def revoke(self, command: RevokeConsent) -> Changed:
        """Write down that a consent was revoked; what left before has left."""
        return self._end(
            "RevokeConsent",
            EndKind.REVOKED,
            command.consent_id,
            needed(command.said_by, "said_by", "revocation-needs-who"),
            needed(command.how, "how", "revocation-needs-how"),
            command.on_day,
        )

    def mark_event(self, command: MarkEvent) -> Changed:
        """Write down that what was to end a consent came to pass."""
        how = needed(command.how, "how", "event-needs-how")
        return self._end("MarkEvent", EndKind.EVENT, command.consent_id, "", how, command.on_day)

    def _end(
        self, what: str, kind: EndKind, consent_id: str, said_by: str, how: str, on_day: str
    ) -> Changed:
        day = said_day(on_day, "on_day", self._today())
        with self._writing() as keeper:
            consent = self._seen(keeper, consent_id)
            if keeper.replaced_by(consent.id) is not None:
                raise Refused("consent-corrected")
            if standing(keeper.ends(consent.id).get(consent.id, ())):
                raise Refused("consent-ended")
            if kind is EndKind.EVENT and not consent.until_event:
                raise Refused("consent-has-no-event")
            if day < consent.signed_on:
                raise Refused("consent-ended-before-signed", "on_day")
            end = self._new_end(keeper, consent, kind, day, said_by, how)
            keeper.journal(
                what,
                ConsentEnd,
                end.id,
                {"consent": consent.id, "student": consent.student_id, "on": day},
            )
        return Changed.only(Kind.CONSENT, made=end.id)

    def take_back(self, command: TakeBackEnd) -> Changed:
        """Write down that a revocation, or an event, was entered by mistake; both entries stay."""
        why = needed(command.why, "why", "mistake-needs-why")
        with self._writing() as keeper:
            wrong = keeper.get(ConsentEnd, command.end_id)
            if wrong is None:
                raise Refused("consent-gone")
            consent = self._seen(keeper, wrong.consent_id)
            if wrong not in standing(keeper.ends(consent.id).get(consent.id, ())):
                raise Refused("end-taken-back")
            end = self._new_end(keeper, consent, EndKind.MISTAKE, wrong.on_day, "", why, wrong.id)
            keeper.journal(
                "TakeBackEnd",
                ConsentEnd,
                end.id,
                {"consent": consent.id, "student": consent.student_id, "end": wrong.id},
            )
        return Changed.only(Kind.CONSENT, made=end.id)

    @staticmethod
    def _new_end(
        keeper: ConsentKeeper,
        consent: Consent,
        kind: EndKind,
        day: str,
        said_by: str,
        how: str,
        takes_back: str | None = None,
    ) -> ConsentEnd:
        now = keeper.tx.now
        end = ConsentEnd(
            new_id(),
            consent.id,
            consent.student_id,
            kind,
            day,
            said_by,
            how,
            takes_back,
            keeper.tx.who,
            now.at,
            now.zone,
        )
        keeper.add(end)
        return end

    def _seen(self, book: ConsentBook, consent_id: str) -> Consent:
        found = book.seen(self._seat(), consent_id)
        if found is None:
            raise Refused("consent-gone")
        return found

    # -- ages ------------------------------------------------------------------------

    def rules(self) -> ConsentRules | None:
        """Return the ages that were set; None while the defaults hold (`DEFAULT_AGES`)."""
        with self._reading() as book:
            return book.rules()

    def ages(self) -> dict[ConsentKind, Ages]:
        """Return from which age a student signs, by kind."""
        rules = self.rules()
        return ages_of(rules.ages if rules else ())

    def set_rules(self, command: SetConsentRules) -> Changed:
        """Set the ages at this desk; refused where the district has set them."""
        with self._begin() as tx:
            district = ConsentBook(tx).rules(RulesSource.DISTRICT)
            if district is not None and district.ages:
                raise Refused("consent-ages-of-district")
            made = _set_rules(tx, RulesSource.DESK, command)
        return Changed.only(Kind.CONSENT, made=made)

    @staticmethod
    def set_rules_in(tx: Transaction, command: SetConsentRules) -> str:
        """Set the ages that a district file holds, within its transaction; return the row's id.

        From then on they are not set at this desk; no ages at all give that back, and the
        defaults hold. Setting what is in force does nothing, and returns nothing.
        """
        before = ConsentBook(tx).rules(RulesSource.DISTRICT)
        if before is not None and before.ages == accepted_ages(command.ages):
            return ""
        return _set_rules(tx, RulesSource.DISTRICT, command)

    # -- reads -----------------------------------------------------------------------

    def page(self, by: Narrowing, offset: int = 0, limit: int = PAGE) -> list[ConsentLine]:
        """Return one page of consents as they stand today."""
        with self._reading() as book:
            return book.lines(self._seat(), by, self._today().isoformat(), offset, limit)

    def count(self, by: Narrowing) -> int:
        """Return how many there are."""
        with self._reading() as book:
            return book.count(self._seat(), by, self._today().isoformat())

    def lapsing(self) -> list[ConsentLine]:
        """Return the consents that lapse within the next days, the first of them first."""
        return self.page(Narrowing(View.LAPSING))

    def sheet(self, consent_id: str) -> ConsentSheet:
        """Return one consent with all that belongs to it; refuse one that is not seen."""
        today = self._today().isoformat()
        with self._reading() as book:
            consent = self._seen(book, consent_id)
            pupil = book.pupil(consent.student_id)
            if pupil is None:
                raise Refused("student-gone", "student")
            before = _of_the_same(consent, book.before(consent))
            ends = book.ends(consent.id).get(consent.id, [])
            replaced_by = book.replaced_by(consent.id)
            names = book.names([consent.person_id, *(end.person_id for end in ends)])
            scans = (
                []
                if _is_anothers(book, consent)
                else book.scans(consent.id, *(one.id for one in before))
            )
        state = state_on(consent, ends, today, corrected=replaced_by is not None)
        return ConsentSheet(
            consent,
            pupil,
            names.get(consent.person_id, ""),
            state,
            lapses_soon(consent, state, today),
            tuple(ends),
            tuple(scans),
            tuple(before),
            replaced_by,
            names,
        )

    def scan(self, scan_id: str) -> tuple[ConsentScan, bytes]:
        """Return a scan and its bytes; refuse one of a consent that is not seen."""
        with self._reading() as book:
            found = book.get(ConsentScan, scan_id)
            if found is None:
                raise Refused("scan-gone")
            if _is_anothers(book, self._seen(book, found.consent_id)):
                raise Refused("scan-gone")
            return found, book.content(scan_id)

    def choices(self, student_id: StudentId) -> ConsentChoices:
        """Return what the sheet of a consent offers; refuse a student who is not there."""
        with self._reading() as book:
            pupil = book.pupil(student_id)
            if pupil is None:
                raise Refused("student-gone", "student")
            rules = book.rules()
            return ConsentChoices(
                pupil,
                age_on(pupil.birth_date, self._today().isoformat()),
                tuple(book.guardians(student_id)),
                ages_of(rules.ages if rules else ()),
            )


def _is_anothers(book: ConsentBook, consent: Consent) -> bool:
    """Tell whether a consent, or what took its place since, turned out to be another student's."""
    later = book.replaced_by(consent.id)
    while later is not None:
        if later.student_id != consent.student_id:
            return True
        later = book.replaced_by(later.id)
    return False


def _of_the_same(consent: Consent, before: list[Consent]) -> list[Consent]:
    """Return what was written down before of this student; of another nothing is told here."""
    return [one for one in before if one.student_id == consent.student_id]


def _named(form: ConsentForm, pupil: Pupil, book: ConsentBook) -> ConsentForm:
    """Return a form with the signer's name as the contacts have it; refuse a stranger there."""
    if form.signer == Signer.STUDENT:
        return replace(form, signer_name=form.signer_name.strip() or pupil.full)
    if form.signer != Signer.GUARDIAN:
        return form
    typed = " ".join(form.signer_name.split()).casefold()
    if not form.signer_id and not typed:
        return form
    found = [
        one
        for one in book.guardians(pupil.id)
        if (one.id == form.signer_id if form.signer_id else one.name.casefold() == typed)
    ]
    if not found:
        raise Refused("consent-guardian-unknown", "signer" if form.signer_id else "signer_name")
    return replace(
        form,
        signer_id=found[0].id,
        signer_name=form.signer_name.strip() or found[0].name,
        capacity=form.capacity.strip() or found[0].relation,
    )


def _set_rules(tx: Transaction, source: RulesSource, command: SetConsentRules) -> str:
    keeper = ConsentKeeper(tx)
    before = keeper.rules()
    rules = ConsentRules(
        new_id(),
        source,
        command.title.strip(),
        accepted_ages(command.ages),
        tx.who,
        tx.now.at,
        tx.now.zone,
    )
    keeper.add(rules)
    keeper.journal(
        "SetConsentRules",
        ConsentRules,
        rules.id,
        {"source": source.value, "ages": [list(one) for one in rules.ages]},
        {"ages": [list(one) for one in before.ages]} if before else None,
    )
    return rules.id
