"""The only place where the parts are wired together: making, opening and closing a vault."""

import contextlib
import os
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from app.features.access.commands import OpenInEmergency
from app.features.access.doors import Doors, Surroundings
from app.features.access.repo import Access
from app.features.access.secrets import SecretsService
from app.features.access.service import AccessService
from app.features.backups import repair
from app.features.backups.losses import Repaired
from app.features.backups.model import Read as Backed
from app.features.backups.proving import ProvingService
from app.features.backups.repair import Examined
from app.features.backups.repo import schema_of
from app.features.backups.restore import Opened, open_backup, restore
from app.features.backups.service import BackupService, later_head
from app.features.backups.upgrade import keep_before_upgrade
from app.features.caseload.repo.records import frozen_tier_decisions
from app.features.caseload.service import CaseloadService
from app.features.collaboration.repo.rows import frozen_rows as frozen_collaboration
from app.features.collaboration.service import CollaborationService, Neighbours, Said
from app.features.collaboration.service.concerns import PAPER as FEEDBACK_PAPER
from app.features.consents.commands import SetConsentRules
from app.features.consents.repo import frozen_rows as frozen_consents
from app.features.consents.service import ConsentsService
from app.features.district.repo import frozen_district
from app.features.district.service import DistrictService
from app.features.district.service import Neighbours as DistrictNeighbours
from app.features.groups.repo.sessions import frozen_rows as frozen_group_rows
from app.features.groups.service import GroupsService
from app.features.medication.repo.rows import frozen_rows
from app.features.medication.service import MedicationService
from app.features.outbox.model.records import Asked, Leaving, Made
from app.features.outbox.repo.book import frozen_rows as frozen_outbox
from app.features.outbox.service import Neighbours as Outward
from app.features.outbox.service import OutboxService
from app.features.people.commands import ConfirmRecovery, FoundVault
from app.features.people.repo import People, known_devices
from app.features.people.service import PeopleService
from app.features.plans.repo import frozen_rows as frozen_plans
from app.features.plans.service import PlansService
from app.features.plans.service.progress import ProgressService
from app.features.privacy.commands import RecordDisclosure, RecordReport, ReportNotLeft
from app.features.privacy.labels import Labelled
from app.features.privacy.model import Means
from app.features.privacy.repo import frozen_disclosures
from app.features.privacy.requests import RequestsService
from app.features.privacy.service import PrivacyService
from app.features.roster.repo import frozen_changes
from app.features.roster.service import RosterService
from app.features.schedule.service import ScheduleService
from app.features.screening.commands import LoadInstrument
from app.features.screening.repo import frozen_rows as frozen_screenings
from app.features.screening.service import ScreeningService
from app.features.services.model.mandates import Setting
from app.features.services.repo import frozen_services
from app.features.services.service import ServicesService
from app.features.sessions.group_notes import GroupNotes
from app.features.sessions.repo import signed_rows
from app.features.sessions.service import SessionsService
from app.features.time_use.commands import LoadCategories
from app.features.time_use.service import TimeService
from app.features.unlocking.commands import TurnOffKeyring
from app.features.unlocking.service import UnlockingService, open_with_keyring
from app.features.unlocking.stretching import StretchService
from app.kernel.changes import NOTHING, Changed, Kind
from app.kernel.clock import Clock, Moment, SystemClock
from app.kernel.entries import Entry, Told
from app.kernel.errors import Damage, Refused, Trouble
from app.kernel.frozen import FrozenRows
from app.kernel.ids import DeviceId, PersonId, StudentId, new_id
from app.kernel.keys import Anchor, VaultKeys
from app.kernel.nouns import Role
from app.kernel.ports import Progress, Read, Reader, Seat, Transaction, no_progress
from app.kernel.releases import OnFile
from app.overviews.data.summaries import Counts, Summaries
from app.overviews.day import Day
from app.overviews.evidence import evidence_of
from app.overviews.fhir.documents import Around, FhirDocuments
from app.overviews.fhir.documents import Rooms as DocumentRooms
from app.overviews.mentions import Mentions
from app.overviews.note_texts import note_texts
from app.overviews.noticing import Noticing
from app.overviews.planned import PlannedGroups, planned_group, planned_session
from app.overviews.reports.claims import CLAIMS, Claims
from app.overviews.reports.collaboration_papers import CollaborationPapers
from app.overviews.reports.consent_papers import ConsentPapers
from app.overviews.reports.day_plan import DayPlans
from app.overviews.reports.disclosure_log import DisclosureLogs
from app.overviews.reports.door import Door
from app.overviews.reports.known import KNOWN
from app.overviews.reports.lists import Reports
from app.overviews.reports.medication_papers import MedicationPapers
from app.overviews.reports.plan_papers import PlanPapers
from app.overviews.reports.screening_papers import ScreeningPapers
from app.overviews.reports.student_summary import StudentSummaries
from app.overviews.search import Search
from app.overviews.services_meet import Referring, days_without_school, planned_sessions
from app.overviews.services_words import spoken_terms
from app.overviews.tiers import Tiers
from app.overviews.timeline import Timeline
from app.store import journal
from app.store.check import (
    Finding,
    check_file,
    check_frozen,
    check_journal,
    check_keys,
    check_repairs,
)
from app.store.connection import connect, glance, known_trouble, leaves_nothing
from app.store.journal import NO_HASH, Head
from app.store.migrate import NEWEST, version
from app.store.records import Records, Upgrade
from app.store.rekey import fitting
from app.store.words import check_words
from app.vault import passphrases, recovery
from app.vault.backups import is_backup
from app.vault.folder import Hold, VaultFolder, named, sync_folder
from app.vault.keybag import (
    Found,
    Keybag,
    Slot,
    Unlocked,
    heal_keybag,
    open_with_passphrase,
    open_with_recovery,
    passphrase_slot,
    read_keybag,
    recovery_slot,
    write_keybag,
)
from app.vault.opened import OpenKeybag
from app.vault.sealing import Stretch, tuned
from app.vault.seen import keep_seen, refuse_older


class _Rooms:
    """Makes the rooms that papers read once more, through what may leave."""

    def __init__(self, desk: "Desk", witness: Callable[[PersonId, str], None]) -> None:
        records, clock, seat = desk.records, desk.clock, desk.at_desk
        self._desk = desk
        self.plans = partial(
            PlansService, records.transaction, records.working, seat=seat, clock=clock
        )
        self.progress = partial(ProgressService, records.transaction, clock=clock)
        self.screening = partial(
            ScreeningService, records.transaction, records.working, seat=seat, clock=clock
        )
        self.consents = partial(ConsentsService, records.transaction, seat=seat, clock=clock)
        self.medication = partial(
            MedicationService,
            records.transaction,
            records.working,
            seat=seat,
            clock=clock,
            witness=witness,
        )
        self.services = partial(
            ServicesService,
            records.transaction,
            seat=seat,
            settings=desk.people.settings,
            clock=clock,
            closed=days_without_school,
        )

    def schedule(self, read: Read) -> ScheduleService:
        """Return the schedule, read through `read`."""
        records = self._desk.records
        return ScheduleService(
            records.transaction,
            read,
            records.read_for_export,
            who=self._desk.who,
            clock=self._desk.clock,
            groups=PlannedGroups(read),
        )


class Desk:
    """An opened vault: the rooms' services, bound to one encrypted file and one person."""

    def __init__(
        self,
        folder: VaultFolder,
        records: Records,
        unlocked: Unlocked,
        clock: Clock,
        device: DeviceId,
        hold: Hold,
        other_backups: Path | None = None,
    ) -> None:
        self.folder = folder
        self.clock = clock
        self._records = records
        self._bag = OpenKeybag(folder, unlocked)
        self._hold = hold
        self.before_upgrade: Backed | None = None
        """The backup that was made when this opening brought the vault up to date."""
        self.upgrade_told = False
        """Whether that was said on the screen already."""
        again = self._make_rooms(device, other_backups)
        door = Door(records.read_for_export, self.privacy)
        self._make_papers(again, door)
        self._make_outlets(again, door)
        self._make_access(device)
        records.sit_down(Seat(unlocked.slot.person, Role.ADMINISTRATOR, device))

    def _make_rooms(self, device: DeviceId, other_backups: Path | None) -> _Rooms:
        """Make the rooms; return what makes them once more."""
        folder, clock, records, seat = self.folder, self.clock, self._records, self.at_desk
        self.people = PeopleService(
            records.transaction,
            records.founding,
            records.working,
            records.read,
            lambda role: records.sit_down(replace(records.seat, role=role)),
            lambda reader: self.district.policy_in(reader).lock_minutes_most,
        )
        self.privacy = PrivacyService(
            records.transaction,
            records.read,
            seat,
            self,
            lambda: clock.now().day(),
            lambda reader: self.district.policy_in(reader).part2_notice,
        )
        again = _Rooms(self, self._prove)
        self.requests = RequestsService(records.transaction, records.read, clock)
        self.mentions = Mentions(records.read_for_export)
        records.committed.append(self.mentions.journaled)
        self.caseload = CaseloadService(
            records.transaction, records.read, self.who, self._tier_decided
        )
        self.tiers = Tiers(records.read, seat, clock)
        self.noticing = Noticing(records.read, seat, clock)
        self.timeline = Timeline(records.read, seat)
        self.search = Search(records.read, seat, clock)
        self.day = Day(records.read, seat)
        self.roster = RosterService(records.transaction, records.working, records.read, clock)
        self.sessions = _sessions(records, self.people, clock, self.told, self.mentions)
        self.groups = GroupsService(
            records.transaction,
            records.working,
            records.read,
            seat=seat,
            clock=clock,
            charts=GroupNotes(records.read, seat, self.people.settings),
            watch=self.mentions,
            planned=planned_group,
            told=self.told,
        )
        self.schedule = again.schedule(records.read)
        self.services = again.services(records.read, planned=planned_sessions)
        self.backups = BackupService(
            folder,
            lambda: self._unlocked,
            device,
            records.read_whole,
            clock,
            other_backups,
            FROZEN,
            lambda: None if self.people.alone(records.seat.person) else records.seat.role,
            records.read,
        )
        self.proving = ProvingService(folder, lambda: self._unlocked, clock, self.backups, FROZEN)
        if not records.read_only:
            self.proving.clear()
        self.time_use = TimeService(
            records.transaction,
            records.working,
            records.read,
            seat=seat,
            clock=clock,
            told=self.told,
        )
        self.medication = again.medication(records.read)
        self.collaboration = CollaborationService(
            records.transaction,
            records.working,
            records.read,
            seat=seat,
            clock=clock,
            neighbours=Neighbours(
                told=self.told,
                refer=Referring(self.services.engagement.refer),
                disclose=self._disclosed,
                note_texts=note_texts,
                watch=self.mentions,
                contact_corrected=partial(self._corrected, Labelled.CONTACT),
            ),
        )
        self.plans = again.plans(records.read)
        self.progress = again.progress(records.read)
        self.screening = again.screening(
            records.read, corrected=partial(self._corrected, Labelled.SCREENING)
        )
        self.consents = again.consents(records.read)
        self.district = DistrictService(
            records.transaction,
            records.read,
            seat,
            DistrictNeighbours(
                keeps=lambda reader, person: People(reader).keeps(person),
                ages=lambda tx, title, ages: ConsentsService.set_rules_in(
                    tx, SetConsentRules(ages, title)
                ),
                instrument=lambda data: self.screening.load_instrument(LoadInstrument(data)),
                categories=lambda text: self.time_use.categories.load(LoadCategories(text)),
                places=self._take_places_over,
            ),
        )
        return again

    def _make_papers(self, again: _Rooms, door: Door) -> None:
        """Make what makes papers and reports of the rooms."""
        clock, records, seat = self.clock, self._records, self.at_desk
        author, anchor = self._author, self._anchor
        self.summaries = StudentSummaries(
            door,
            anchor,
            seat,
            clock,
            author,
            self.privacy,
            self.mentions,
        )
        self.day_plans = DayPlans(
            again.schedule(records.read_for_export),
            clock,
            author,
            self.privacy,
        )
        self.medication_papers = MedicationPapers(
            again.medication(records.read_for_export),
            records.read_for_export,
            anchor,
            clock,
            author,
            self.privacy,
            self.mentions,
        )
        self.collaboration_papers = CollaborationPapers(self.collaboration, clock, self.privacy)
        self.consent_papers = ConsentPapers(
            again.consents(records.read_for_export),
            clock,
            author,
            lambda: next((school.name for school in self.caseload.schools()), ""),
            self.privacy,
        )
        self.reports = Reports(
            KNOWN,
            records.read_for_export,
            anchor,
            seat,
            clock,
            author,
            self.privacy,
            self.mentions,
            lambda *asked: self.data.of_report(*asked),  # noqa: PLW0108 - made further down
            lambda: self._counts_told(to_district=False).limit,
        )
        self.claims = Claims(
            Reports(
                (CLAIMS,),
                records.read_for_export,
                anchor,
                seat,
                clock,
                author,
                self.privacy,
                self.mentions,
            ),
            records.read_for_export,
            seat,
            self.time_use.billing,
        )
        self.screening_papers = ScreeningPapers(
            again.screening(door),
            anchor,
            clock,
            author,
            self.privacy,
            door,
            lambda screening: self.screening.sheet(screening).screening.student_id,
            self.mentions,
        )
        self.plan_papers = PlanPapers(
            again.plans(door),
            again.progress(door),
            anchor,
            clock,
            author,
            self.privacy,
            door,
            _Whose(self.plans, self.progress),
            self.mentions,
        )
        self.disclosure_logs = DisclosureLogs(
            records.read_for_export,
            anchor,
            clock,
            author,
            self.privacy,
        )

    def _make_outlets(self, again: _Rooms, door: Door) -> None:
        """Make what makes data and documents, and the outbox that they leave by."""
        clock, records, seat = self.clock, self._records, self.at_desk
        author, anchor = self._author, self._anchor
        self.data = Summaries(
            door,
            seat,
            clock,
            author,
            self.mentions,
            self.medication_papers.month_sheets,
            self._counts_told,
            self.privacy,
        )
        self.outbox = OutboxService(
            records.transaction,
            records.working,
            records.read,
            seat=seat,
            clock=clock,
            neighbours=Outward(
                make=self._as_data,
                disclose=self._parcel_leaves,
                may_still_leave=self.privacy.may_still_leave,
                not_left=self._parcel_stayed,
                district=self.district.district,
                keys_since=self.district.keys_since,
                enrolment=self.district.enrolment,
                anchor=anchor,
            ),
        )
        records.committing.append(self.outbox.ground.committing)
        records.committed.append(self.outbox.ground.committed)
        self.fhir = FhirDocuments(
            door,
            DocumentRooms(
                again.plans(door),
                again.progress(door),
                again.screening(door),
                again.services(door),
                again.medication(door),
            ),
            Around(
                seat,
                clock,
                anchor,
                self,
                lambda student: frozenset(one for _kind, one in self.privacy.labelled_of(student)),
            ),
            self.privacy,
            self.mentions,
        )

    def _make_access(self, device: DeviceId) -> None:
        """Make what decides who comes in, and by which key."""
        folder, clock, records, seat = self.folder, self.clock, self._records, self.at_desk
        doors = Doors(
            self._bag,
            records.transaction,
            records.founding,
            records.read,
            seat,
            records.sit_down,
            records.hold_back,
            lambda: records.read_only,
            clock,
        )
        self.secrets = SecretsService(
            doors,
            confirmed=lambda: records.confirmed,
            confirm=lambda: self.people.confirm_recovery(ConfirmRecovery()),
            names_around=lambda: (*self.people.names_around(), folder.path.stem),
            withdraw_keyrings=lambda: self.unlocking.turn_off(TurnOffKeyring()),
        )
        self.access = AccessService(
            doors,
            Surroundings(
                self._change_key,
                lambda: records.keys,
                self.backups.paused,
                self.backups.under_former_keys,
                lambda: self.unlocking.turn_off(TurnOffKeyring()),
            ),
            self.secrets,
        )
        self.unlocking = UnlockingService(
            records.transaction, self._bag, device, clock.now, lambda: records.read_only
        )
        self.stretching = StretchService(records.transaction, self._bag, clock.now)

    def at_desk(self) -> Seat:
        """Return who is at the desk now, for whoever asks later."""
        return self._records.seat

    def who(self) -> PersonId:
        """Return whose desk it is now, for whoever asks later."""
        return self._records.seat.person

    def _author(self) -> str:
        return self.people.person(self.who()).name

    def _anchor(self) -> Anchor:
        return self._records.head.anchor()

    @property
    def _unlocked(self) -> Unlocked:
        return self._bag.unlocked

    @property
    def vault(self) -> str:
        """The vault's id."""
        return self._bag.keybag.vault

    @property
    def slot(self) -> Slot:
        """The slot whose secret opened the vault."""
        return self._bag.slot

    @property
    def generation(self) -> int:
        """Which writing of the keybag is the newest."""
        return self._bag.keybag.generation

    @property
    def seat(self) -> Seat:
        """Who is at the desk."""
        return self._records.seat

    @property
    def records(self) -> Records:
        """The opened file."""
        return self._records

    @property
    def confirmed(self) -> bool:
        """Whether the recovery words were typed back, so that records are accepted."""
        return self._records.confirmed

    def sit_down(self, emergency: OpenInEmergency | None = None) -> None:
        """Take the seat of the person whose secret opened the vault, at this device.

        What was cut short is brought to its end first. With `emergency`, its mark is
        written before anything can be read.
        """
        if not self._records.read_only:
            with contextlib.suppress(Trouble):  # a full disk: the slot does as it is
                self._bag.renew()
        self.access.settle()
        self.access.check_marks()
        if self._records.read_only and self.must_change_passphrase:
            # It cannot be replaced here, and whoever gave it may be the one who types it.
            raise Refused("first-passphrase-shut", "passphrase")
        person = self.people.person(self.access.seat_person())
        seat = Seat(person.id, person.role, self._records.seat.device)
        self._records.sit_down(seat)
        if emergency is not None:
            self.access.open_in_emergency(emergency)
        if not self._records.read_only:
            self.people.meet_device(seat.device)
        self.secrets.hold_back_first()

    @property
    def must_change_passphrase(self) -> bool:
        """Whether nothing but one's own passphrase is accepted: this one was a first one."""
        return self.secrets.must_change_passphrase

    def new_recovery_words(self) -> tuple[str, ...]:
        """Make a fresh recovery sheet (`SecretsService.new_recovery_words`)."""
        return self.secrets.new_recovery_words()

    def confirm_recovery(self, words: tuple[str, ...], typed: dict[int, str]) -> None:
        """Accept the retyped recovery words (`SecretsService.confirm_recovery`)."""
        self.secrets.confirm_recovery(words, typed)

    def change_passphrase(self, old: str, new: str, stretch: Stretch | None = None) -> None:
        """Change the passphrase of whoever is at the desk (`SecretsService.change_passphrase`)."""
        self.secrets.change_passphrase(old, new, stretch)

    def _change_key(self, upcoming: VaultKeys) -> None:
        """Put the file under new keys, unless it is, and see that this outlasts a power cut."""
        if self._records.keys != upcoming:
            self._records.change_key(upcoming, sync_folder)
            return
        try:
            sync_folder(self.folder.path)
        except OSError as error:
            raise Trouble("disk-trouble", reason=error.strerror) from error

    def _prove(self, person: PersonId, passphrase: str) -> None:
        """Refuse a passphrase that opens no slot of this person's: the second person's proof."""
        keybag = self._bag.keybag
        theirs = [slot.id for slot in keybag.slots if slot.person == person]
        try:
            opened = open_with_passphrase(keybag, passphrase, theirs)
        except Refused:
            raise Refused("witness-wrong", "witness") from None
        if opened.slot.person != person:
            raise Refused("witness-wrong", "witness")
        if opened.slot.id in keybag.facts.get("first", ()):
            # Whoever gave it knows it too: it proves nobody.
            raise Refused("witness-first", "witness")

    def covering(self, reader: Reader, student_id: StudentId, day: str) -> tuple[OnFile, ...]:
        """Return a student's consents that are in force on a day: what the gate asks for."""
        return self.consents.covering(reader, student_id, day)

    def _disclosed(self, tx: Transaction, said: Said) -> str:
        """Write down what the raiser of a concern is told, in the transaction that says it."""
        return self.privacy.record_in(
            tx,
            RecordDisclosure(
                said.student_id,
                FEEDBACK_PAPER,
                said.recipient,
                said.purpose,
                Means(said.means),
                said.sha256,
                said.bytes,
                said.scope,
                terms=said.terms,
            ),
        )

    def _as_data(self, asked: Asked) -> Made:
        """Make a summary as data of what may leave."""
        return self.data.make(asked, asked.purpose)

    def _counts_told(self, to_district: bool) -> Counts:
        """Return how counts are told: to the district as it says, to anyone else held back."""
        district = self.district.district()
        cells = district.policy.small_cells if district is not None else None
        if district is None or cells is None:
            return Counts()
        return Counts(cells.counts if to_district else Counts().counts, cells.limit)

    def _corrected(self, kind: Labelled, tx: Transaction, old: str, new: str) -> None:
        """Let the label of a record go along to the one that corrects it."""
        self.privacy.label_goes_along(tx, kind, old, new)

    def _take_places_over(self) -> None:
        """Put the places of the district's file on the outbox's list, or take them off it."""
        self.outbox.take_over()

    def _parcel_leaves(self, tx: Transaction, leaving: Leaving) -> tuple[str, ...]:
        """Pass the gate and write into the log what is being sealed, in its own transaction."""
        report, disclosures = self.privacy.record_report_in(
            tx,
            RecordReport(
                leaving.kind.value,
                leaving.recipient,
                leaving.purpose,
                Means.SYNC,
                leaving.sha256,
                leaving.bytes,
                leaving.scope,
                leaving.students,
                terms=leaving.terms,
                version=str(leaving.version),
            ),
        )
        return (report, *disclosures)

    @staticmethod
    def _parcel_stayed(tx: Transaction, disclosures: Sequence[str], reason: str) -> None:
        """Write into the log that a parcel was taken back before it was tried."""
        PrivacyService.report_not_left_in(
            tx, ReportNotLeft(disclosures[0], tuple(disclosures[1:]), reason)
        )

    def counts_toward(
        self, student_id: StudentId, service_id: str, day: str
    ) -> list[tuple[str, str]]:
        """Return what a session of a student alone could count toward: id and name of each."""
        return [
            (
                fit.series_id,
                spoken_terms(fit.unit, fit.amount, fit.times, fit.each_minutes, fit.period),
            )
            for fit in self.services.minutes.fitting(
                student_id, service_id, Setting.INDIVIDUAL, day
            )
        ]

    def _tier_decided(
        self, tx: Transaction, student_id: StudentId, decision_id: str, look_again_on: str
    ) -> None:
        """Keep what is known of a student whose tier is decided."""
        facts = evidence_of(tx, student_id, self.seat, tx.now)
        self.plans.keep_evidence(tx, student_id, decision_id, facts, look_again_on)

    def told(self, tx: Transaction, entry: Entry) -> None:
        """Hand an entry of work to each room that draws something from it."""
        self.schedule.take(tx, entry)
        self.time_use.take(tx, entry)
        self.services.take(tx, entry)
        self.progress.take(tx, entry)

    def clock_behind(self) -> Moment | None:
        """Return the latest time in the journal if this computer's clock stands behind it."""
        return self._records.clock_behind()

    def trust_clock(self) -> Changed:
        """Write down that the clock is right now: the later times were false."""
        latest = self._records.clock_behind()
        if latest is None:
            return NOTHING
        with self._records.transaction() as tx:
            vault = self._unlocked.keybag.vault
            tx.journal("TrustClock", "vault", vault, {"latest": latest.at}, {})
        return Changed.only(Kind.SETTING)

    def verify(self) -> "Verdict":
        """Check the opened vault as `verify_vault` does, without closing it."""
        found = read_keybag(self.folder)
        return _inspected(self.folder, self._unlocked, whole_keybag=not found.heal)

    def anchor_now(self) -> bool:
        """Write the journal's head into the keybag if it has moved; tell whether it stands there.

        Called now and then while the desk is open: a file that was cut back is seen at the
        next opening up to this point, also when the desk was killed.
        """
        if self._records.read_only:
            return False
        try:
            self._bag.anchor(self._records.head.anchor())
        except Trouble:
            return False
        return True

    def close(self) -> None:
        """Anchor the journal's head in the keybag, close the file, let the vault go."""
        records = self._records
        try:
            if not records.read_only and self.folder.path.is_dir():
                self._bag.anchor(records.head.anchor())
            keep_seen(self._bag.unlocked)
        finally:
            records.close()
            self._hold.release()


@dataclass(frozen=True, slots=True)
class Founding:
    """A vault that was just made: the opened desk, and the recovery words to print."""

    desk: Desk
    recovery_words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Founder:
    """Who makes a vault: the four things the first run asks for, less the place."""

    name: str
    role: Role
    passphrase: str
    schools: tuple[str, ...] = ()
    credentials: str = ""


def create_vault(
    place: Path,
    founder: Founder,
    device: DeviceId,
    *,
    clock: Clock | None = None,
    stretch: Stretch | None = None,
    purpose: str = "desk",
) -> Founding:
    """Make a vault at `place` and open it.

    It is built in a folder beside its place and moved there whole: a crash on the
    way leaves no half-made vault. Refuses a place that is taken and a weak passphrase.
    """
    passphrases.accept(founder.passphrase, (founder.name, *founder.schools, place.stem))
    clock = clock or SystemClock()
    final = named(place)
    final.make()
    building = VaultFolder(final.path.with_name(f".{final.path.name}.new"))
    shutil.rmtree(building.path, ignore_errors=True)
    building.make()
    moved = False
    try:
        keys = VaultKeys(os.urandom(32), os.urandom(16))
        vault_id, person = new_id(), PersonId(new_id())
        secret = recovery.new_secret()
        now = clock.now()
        slots = (
            passphrase_slot(vault_id, keys, person, founder.passphrase, stretch or tuned(), now),
            recovery_slot(vault_id, keys, person, secret, now),
        )
        keybag = Keybag(vault_id, 0, ()).sealed_with(keys, slots)
        write_keybag(building, keybag)
        with Records(building.records, keys, clock, create=True) as records:
            records.sit_down(Seat(person, founder.role, device))
            people = PeopleService(
                records.transaction, records.founding, records.working, records.read
            )
            people.found_vault(
                FoundVault(
                    vault_id,
                    person,
                    device,
                    founder.name,
                    founder.role,
                    founder.schools,
                    founder.credentials,
                )
            )
            _sessions(records, people, clock, _untold).seed()
        final.path.rmdir()
        building.path.rename(final.path)
        moved = True
        sync_folder(final.path.parent)
    except BaseException as error:
        shutil.rmtree(building.path, ignore_errors=True)
        if moved:
            shutil.rmtree(final.path, ignore_errors=True)
        if isinstance(error, OSError):
            raise Trouble(
                "vault-place-unwritable", path=str(final.path), reason=error.strerror
            ) from error
        raise
    hold = Hold(final)
    try:
        hold.take(now, purpose)
        desk = _desk(final, Unlocked(keys, keybag, slots[0]), clock, device, hold)
    except BaseException:
        # Nobody has seen it yet, and its recovery words will never be shown.
        hold.release()
        shutil.rmtree(final.path, ignore_errors=True)
        raise
    return Founding(desk, recovery.to_words(secret))


def open_vault(
    place: Path,
    secret: str,
    device: DeviceId,
    *,
    clock: Clock | None = None,
    with_recovery: bool = False,
    emergency: OpenInEmergency | None = None,
    first: Sequence[str] = (),
    purpose: str = "desk",
    other_backups: Path | None = None,
) -> Desk:
    """Open the vault at `place` with a passphrase, or with the words of its recovery sheet.

    `first` are slots to try before others (`ThisDevice.last_slots`). Opening with the sheet
    is an `emergency`: who does so and why is marked in the vault before it is shown, and
    it is refused where that cannot be written.

    Raises Refused for a wrong secret, Trouble `vault-held` when another process has
    it, `vault-newer` for one of a newer program, Damage when the file, the keybag or
    the journal is not what was written, or a backup made here (`other_backups` is where
    another medium has some) knows later entries; nothing is changed in any of these cases.
    A vault of an earlier schema is backed up, then brought up to date; Trouble
    `upgrade-no-backup` if that backup cannot be made, and the vault is as it was.
    """
    if with_recovery and emergency is None:
        raise Refused("emergency-reason-missing", "reason")
    return _opened(
        place,
        device,
        lambda: _attempt(secret, with_recovery=with_recovery, first=first),
        clock or SystemClock(),
        purpose,
        other_backups,
        emergency if with_recovery else None,
    )


def open_vault_with_keyring(
    place: Path,
    device: DeviceId,
    slots: Sequence[str],
    *,
    clock: Clock | None = None,
    purpose: str = "desk",
    other_backups: Path | None = None,
    progress: Progress = no_progress,
) -> Desk:
    """Open the vault at `place` with the secret that this computer's keyring keeps for a slot.

    Raises what `open_vault` does, and a code of its own for each way in which the keyring can
    fail; a passphrase opens the vault in all of these. `progress` may stop the waiting.
    """
    clock = clock or SystemClock()
    now = clock.now()

    def attempt(keybag: Keybag) -> Unlocked:
        return open_with_keyring(keybag, slots, device, now, progress=progress)

    return _opened(place, device, lambda: attempt, clock, purpose, other_backups)


def _opened(
    place: Path,
    device: DeviceId,
    attempt: Callable[[], Callable[[Keybag], Unlocked]],
    clock: Clock,
    purpose: str,
    other_backups: Path | None,
    emergency: OpenInEmergency | None = None,
) -> Desk:
    folder = find_vault(place)
    hold = Hold(folder)
    hold.take(clock.now(), purpose)
    try:
        unlocked, found = read_keybag(folder).opened(attempt())
        refuse_older(unlocked)
        desk = _desk(folder, unlocked, clock, device, hold, other_backups, emergency)
        if desk.generation == found.keybag.generation:  # else both copies were written anew
            heal_keybag(folder, found)
        if folder.writable():
            desk.unlocking.settle()
        return desk
    except BaseException:
        hold.release()
        raise


def unlock_keybag(
    folder: VaultFolder, secret: str, *, with_recovery: bool = False
) -> tuple[Unlocked, Found]:
    """Open the vault's keybag with a secret; a tampered copy gives way to the other one."""
    return read_keybag(folder).opened(_attempt(secret, with_recovery=with_recovery))


def prove_recovery_words(place: Path, words: str) -> None:
    """Refuse recovery words that do not open the vault at `place`; nothing of it is shown."""
    unlock_keybag(find_vault(place), words, with_recovery=True)


def _attempt(
    secret: str, *, with_recovery: bool, first: Sequence[str] = ()
) -> Callable[[Keybag], Unlocked]:
    if with_recovery:
        words = recovery.from_words(secret)
        return lambda keybag: open_with_recovery(keybag, words)
    return lambda keybag: open_with_passphrase(keybag, secret, first)


def find_vault(place: Path) -> VaultFolder:
    """Return the vault at `place`, with or without `.casewell` at its end."""
    for folder in (VaultFolder(place), named(place)):
        if folder.path.is_dir() and folder.exists():
            if is_backup(folder.path):
                raise Refused("vault-is-backup", "place", path=str(folder.path))
            return folder
    raise Trouble("vault-missing", path=str(place))


def restore_backup(
    backup: Opened | Path,
    place: Path,
    device: DeviceId,
    secret: str = "",
    *,
    clock: Clock | None = None,
    progress: Progress = no_progress,
) -> Path:
    """Make a new vault at `place` of a backup, opened already or opened with `secret`.

    Returns the new vault's folder. The backup and the living vault stay as they are.
    """
    opened = backup if isinstance(backup, Opened) else open_backup(backup, secret)
    return restore(opened, place, device, clock or SystemClock(), FROZEN, progress)


def examine_damage(
    place: Path,
    secret: str,
    *,
    to: Path | None = None,
    other_backups: Path | None = None,
    progress: Progress = no_progress,
) -> Examined:
    """Look at a damaged vault, and for its newest good backup; the vault itself is not touched.

    What comes back is to be handed to `repair_vault`, or dismissed.
    """
    folder = find_vault(place)
    hold = Hold(folder)
    hold.take(SystemClock().now(), "repair")
    try:
        return repair.examine(folder, secret, FROZEN, to=to, other=other_backups, progress=progress)
    finally:
        hold.release()


def repair_vault(
    found: Examined,
    device: DeviceId,
    *,
    clock: Clock | None = None,
    progress: Progress = no_progress,
) -> Repaired:
    """Make a new vault of what is intact in a damaged one, and list what was lost."""
    return repair.repair(found, device, clock or SystemClock(), FROZEN, progress)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a verification found, and when the journal's head was seen."""

    findings: tuple[Finding, ...]
    entries: int
    head: str

    @property
    def whole(self) -> bool:
        """Whether nothing was found wrong."""
        return all(finding.whole for finding in self.findings)


def verify_vault(place: Path, secret: str, *, purpose: str = "verify") -> Verdict:
    """Check a vault's keybag copies, file, journal chain and head, and signed rows.

    Nothing is repaired but the search index, which is made of the rest; the write-ahead log is
    folded into the file, as any closing does.
    Raises as `open_vault` does when the vault cannot even be opened.
    """
    folder = find_vault(place)
    hold = Hold(folder)
    hold.take(SystemClock().now(), purpose)
    try:
        unlocked, found = unlock_keybag(folder, secret)
        return _inspected(folder, unlocked, whole_keybag=not found.heal)
    finally:
        hold.release()


def _inspected(folder: VaultFolder, unlocked: Unlocked, *, whole_keybag: bool) -> Verdict:
    if not folder.records.exists():
        raise Trouble("records-missing", path=str(folder.path))
    keys = _file_keys(folder, unlocked)
    findings = [
        Finding("keybag-copies", whole_keybag),
        Finding("salt-header", salt_header(folder) == keys.salt),
    ]
    head = Head(0, NO_HASH)
    if schema_of(folder.records, keys, None)[0] < NEWEST:
        raise Trouble("vault-older")
    anchor = unlocked.keybag.anchor()
    older = anchor is not None and not _look(folder, keys, anchor)[1]
    connection = connect(folder.records, keys, untouched=older or not folder.writable())
    try:
        findings.extend(check_file(connection))
        known, told = check_repairs(connection)
        findings.append(check_keys(connection, known))
        findings.extend(check_journal(connection, anchor))
        if all(finding.whole for finding in findings[2:]):
            findings.extend(told)
            findings.append(_marks(connection, unlocked.keybag))
            findings.extend(check_frozen(connection, frozen, known) for frozen in FROZEN)
            findings.append(check_words(connection))
            head = journal.head(connection)
    finally:
        connection.close()
    return Verdict(tuple(findings), head.count, head.hash.hex())


def _look(folder: VaultFolder, keys: VaultKeys, anchor: Anchor) -> tuple[int, bool]:
    """Return the file's schema, and whether it has the entry last seen; fold no log in.

    An old log put beside a newer file would take back what came after it, and for good as
    soon as it is folded in: it is looked at first. Raises Trouble `vault-newer` for a file of
    a newer program.
    """
    peek = connect(folder.records, keys, untouched=True)
    try:
        with known_trouble():
            schema = version(peek)
            if not schema:
                raise Damage("file-damaged")  # an empty file is no vault that lost its journal
            return schema, journal.holds(peek, anchor)
    finally:
        peek.close()


def _file_keys(folder: VaultFolder, unlocked: Unlocked) -> VaultKeys:
    """Return the keys that the file is under: amid a change of key, the old or the new ones."""
    if unlocked.upcoming is None:
        return unlocked.keys
    return fitting(folder.records, (unlocked.keys, unlocked.upcoming))


def _marks(reader: Reader, keybag: Keybag) -> Finding:
    """Tell whether every emergency opening that the keybag knows is marked in the file."""
    known = [str(mark) for mark in keybag.facts.get("emergencies", ())]
    missing = Access(reader).unknown_marks(known)
    return Finding("emergency-marks", not missing, len(missing) or len(known))


def salt_header(folder: VaultFolder) -> bytes:
    """Return the file's first sixteen bytes, which SQLCipher keeps its salt in."""
    try:
        with folder.records.open("rb") as file:
            return file.read(16)
    except OSError as error:
        raise Trouble("disk-trouble", reason=error.strerror) from error


def _heal_salt_header(folder: VaultFolder, keys: VaultKeys) -> None:
    """Write the salt back into the header of a file that was just seen to open with it."""
    if salt_header(folder) == keys.salt:
        return
    connect(folder.records, keys, untouched=True).close()
    try:
        with folder.records.open("r+b") as file:
            file.write(keys.salt)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise Trouble("disk-trouble", reason=error.strerror) from error


class _Whose:
    """Tells whom plans and goals are about, also those that an export does not see."""

    def __init__(self, plans: PlansService, progress: ProgressService) -> None:
        self._plans = plans
        self._progress = progress

    def plan(self, plan_id: str) -> StudentId:
        """Return whom a plan is about."""
        return self._plans.plan(plan_id).plan.student_id

    def goal(self, goal_key: str) -> StudentId:
        """Return whom a goal is about."""
        return self._progress.chart(goal_key).goal.student_id


FROZEN: tuple[FrozenRows, ...] = (
    FrozenRows("signed-rows", signed_rows),
    FrozenRows("disclosures", frozen_disclosures),
    FrozenRows("tier-decisions", frozen_tier_decisions),
    FrozenRows("roster-changes", frozen_changes),
    FrozenRows("devices", known_devices),
    FrozenRows("screenings", frozen_screenings),
    FrozenRows("plans", frozen_plans),
    FrozenRows("medication-rows", frozen_rows),
    FrozenRows("service-rows", frozen_services),
    FrozenRows("group-rows", frozen_group_rows),
    FrozenRows("collaboration-rows", frozen_collaboration),
    FrozenRows("district-rows", frozen_district),
    FrozenRows("consents", frozen_consents),
    FrozenRows("outbox-rows", frozen_outbox),
)
"""Every room's frozen rows, each recomputed when a vault or a backup is verified."""


def _untold(tx: Transaction, entry: Entry) -> None:
    """Tell nobody: a vault that is being founded has no entries."""


def _sessions(
    records: Records,
    people: PeopleService,
    clock: Clock,
    told: Told,
    names: Mentions | None = None,
) -> SessionsService:
    return SessionsService(
        records.transaction,
        records.founding,
        records.working,
        records.read,
        seat=lambda: records.seat,
        settings=people.settings,
        forget=records.forget_purged,
        clock=clock,
        told=told,
        planned=planned_session,
        names=names,
        outstanding=RequestsService.outstanding,
    )


def _desk(
    folder: VaultFolder,
    unlocked: Unlocked,
    clock: Clock,
    device: DeviceId,
    hold: Hold,
    other_backups: Path | None = None,
    emergency: OpenInEmergency | None = None,
) -> Desk:
    read_only = not folder.writable()
    keys, before, of_today = unlocked.keys, None, False
    anchor = None
    if folder.records.exists():
        keys = _file_keys(folder, unlocked)
        anchor = unlocked.keybag.anchor()
        if anchor is not None and not read_only and leaves_nothing(folder.records):
            # With no log to fold in, the opening itself looks for the entry last seen.
            of_today = glance(folder.records, keys, version) == NEWEST
        if anchor is not None and not of_today:
            # One look tells all: each is an opening of the file, and nobody else has it open.
            schema, holds = _look(folder, keys, anchor)
            if not holds:
                raise Damage("journal-older", count=anchor.count)
            of_today, anchor = schema == NEWEST, None
        if not read_only:
            _heal_salt_header(folder, keys)
            if not of_today:
                fitted = replace(unlocked, keys=keys)
                before = keep_before_upgrade(folder, fitted, device, clock, other_backups)
    upgrade = Upgrade(
        unlocked.keybag.vault,
        Seat(unlocked.slot.person, Role.ADMINISTRATOR, device),
        before.backup.path.name if before else "",
    )
    records = Records(
        folder.records,
        keys,
        clock,
        read_only=read_only,
        of_today=of_today,
        anchor=anchor,
        upgrade=upgrade,
    )
    try:
        later = later_head(folder, unlocked, device, other_backups, records.read_whole)
        if later is not None:
            raise Damage(
                "journal-behind-backup",
                count=later.inside.anchor.count,
                path=str(later.backup.path),
            )
        desk = Desk(folder, records, unlocked, clock, device, hold, other_backups)
        desk.before_upgrade = before
        desk.sit_down(emergency)
        return desk
    except BaseException:
        records.close()
        raise
