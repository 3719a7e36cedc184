"""Services owed: written down, changed, ended; what counts toward them; how they stand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from app.features.services.commands import (
    ChangeMandate,
    CorrectDelivery,
    CountToward,
    EndMandate,
    ExplainMissed,
    ImportMandates,
    MakeUp,
    RecordByHand,
    ReopenMandate,
    WriteMandate,
)
from app.features.services.model.deliveries import Delivery, Outcome, outcome_of, setting_of
from app.features.services.model.importing import ReadRow, ReadTable, RefusedRow
from app.features.services.model.mandates import (
    MOST_MINUTES,
    Mandate,
    MandateEnd,
    MandateForm,
    PeriodKind,
    Setting,
    Span,
    Unit,
    accepted_mandate,
    chosen_day,
    span_on,
    usual_session,
)
from app.features.services.model.reckoning import (
    Reckoned,
    SchoolCalendar,
    reckon,
)
from app.features.services.repo import ServicesBook, ServicesKeeper
from app.features.services.repo.minutes import (
    PAGE,
    Fitting,
    MinutesFilter,
    MinutesLine,
    Planned,
    UndecidedLine,
)
from app.features.services.service.room import Room
from app.kernel.changes import Changed, Kind
from app.kernel.clock import Moment
from app.kernel.entries import Attended, Entry, EntryKind
from app.kernel.errors import Refused
from app.kernel.ids import NoteId, PersonId, SchoolId, StudentId, new_id
from app.kernel.names import folded
from app.kernel.nouns import Attendance
from app.kernel.ports import Row, Transaction
from app.kernel.rows import storable

_OPEN_DAYS = 45
"""How many days back a session that nobody has decided about is asked about."""


@dataclass(frozen=True, slots=True)
class Pupil:
    """A student as the room's pages show one."""

    id: StudentId
    name: str
    school: str
    grade: str
    number: str


@dataclass(frozen=True, slots=True)
class Owed:
    """One service owed to a student, with everything its sheet shows."""

    mandate: Mandate
    """The version in force, or else the newest."""
    versions: tuple[Mandate, ...]
    spans: tuple[Span, ...]
    ended: MandateEnd | None
    in_force: bool
    periods: tuple[Reckoned, ...]
    """Of the school year so far, the running one last."""
    running: Reckoned | None
    planned: tuple[Planned, ...]
    deliveries: tuple[Delivery, ...]
    """The newest first."""


@dataclass(frozen=True, slots=True)
class MinutesSheet:
    """A student's services owed, in one school year."""

    pupil: Pupil
    since: str
    until: str
    today: str
    owed: tuple[Owed, ...]
    undecided: tuple[Delivery, ...]
    made_up_by: Mapping[str, str]
    """Of missed sessions, the session that makes up for each."""
    people: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class CaseloadReckoning:
    """One service owed, reckoned over a stretch of days."""

    pupil: Pupil
    mandate: Mandate
    periods: tuple[Reckoned, ...]


@dataclass(frozen=True, slots=True)
class FormChoices:
    """What the form of a service owed offers."""

    services: tuple[tuple[str, str], ...]
    people: tuple[tuple[PersonId, str], ...]
    me: PersonId


@dataclass(frozen=True, slots=True)
class ListChoices:
    """What the list can be narrowed by."""

    services: tuple[tuple[str, str], ...]
    schools: tuple[tuple[SchoolId, str], ...]


@dataclass(frozen=True, slots=True)
class ImportLook:
    """What taking over a file would do."""

    fresh: tuple[ReadRow, ...]
    changed: tuple[ReadRow, ...]
    """There is one with other terms: a new version."""
    same: tuple[ReadRow, ...]
    """It is written down already."""
    refused: tuple[RefusedRow, ...]

    @property
    def rows(self) -> tuple[ReadRow, ...]:
        """What would be written, in the order of the file."""
        return tuple(sorted((*self.fresh, *self.changed), key=lambda row: row.line))


@dataclass(frozen=True, slots=True)
class MinutesToday:
    """What of the services owed needs somebody."""

    at_risk: tuple[MinutesLine, ...]
    more_at_risk: int
    undecided: tuple[UndecidedLine, ...]
    unexplained: tuple[UndecidedLine, ...]


class MinutesService:
    """Services owed and what was given of them."""

    def __init__(self, room: Room) -> None:
        self._room = room

    # -- what is owed ----------------------------------------------------------------

    def write_mandate(self, command: WriteMandate) -> Changed:
        """Write down a service owed; sessions signed before that fit it count from now on."""
        with self._room.writing() as keeper:
            mandate = self._accepted(keeper, command.form, new_id())
            self._write(keeper, "WriteMandate", mandate)
        return _changed(mandate.series_id)

    def change_mandate(self, command: ChangeMandate) -> Changed:
        """Let a new version hold from its first day on; the old one stays readable."""
        with self._room.writing() as keeper:
            before = self._newest(keeper, command.series_id)
            form = replace(command.form, student_id=before.student_id)
            mandate = self._accepted(keeper, form, new_id(), before)
            if mandate.service_id != before.service_id:
                raise Refused("mandate-other-service", "service_id")
            self._write(keeper, "ChangeMandate", mandate)
        return _changed(mandate.series_id)

    def end_mandate(self, command: EndMandate) -> Changed:
        """Say after which day nothing is owed any more, and why."""
        ended_on = chosen_day(command.ended_on, "ended_on", "day-unreadable")
        reason = storable(command.reason)
        if not reason:
            raise Refused("mandate-needs-reason", "reason")
        return self._end("EndMandate", command.series_id, ended_on, reason)

    def reopen_mandate(self, command: ReopenMandate) -> Changed:
        """Take back that it was ended."""
        return self._end("ReopenMandate", command.series_id, "", "")

    def _end(self, what: str, series_id: str, ended_on: str, reason: str) -> Changed:
        with self._room.writing() as keeper:
            newest = self._newest(keeper, series_id)
            tx = keeper.tx
            end = MandateEnd(
                new_id(),
                series_id,
                newest.student_id,
                ended_on,
                reason,
                tx.who,
                tx.now.at,
                tx.now.zone,
            )
            keeper.kept.add(end)
            keeper.draw_spans(series_id)
            keeper.kept.journal(
                what,
                MandateEnd,
                series_id,
                {"student": newest.student_id, "ended_on": ended_on, "reason": reason},
            )
        return _changed(series_id)

    def _newest(self, keeper: ServicesBook, series_id: str) -> Mandate:
        versions = keeper.versions(series_id)
        if not versions:
            raise Refused("mandate-gone")
        return versions[-1]

    def _accepted(
        self,
        keeper: ServicesKeeper,
        form: MandateForm,
        mandate_id: str,
        before: Mandate | None = None,
    ) -> Mandate:
        person = form.person_id or keeper.tx.who
        return accepted_mandate(
            form,
            mandate_id=mandate_id,
            service_label=keeper.service_label(form.service_id),
            who=keeper.tx.who,
            now=keeper.tx.now,
            provider_name=keeper.person_name(person),
            before=before,
        )

    def _write(self, keeper: ServicesKeeper, what: str, mandate: Mandate) -> None:
        keeper.kept.add(mandate)
        spans = keeper.draw_spans(mandate.series_id)
        taken = self._take_signed(keeper, mandate, spans)
        keeper.kept.journal(
            what,
            Mandate,
            mandate.series_id,
            {
                "student": mandate.student_id,
                "version": mandate.version,
                "service": mandate.service_label,
                "amount": mandate.amount,
                "unit": mandate.unit.value,
                "period": mandate.period.value,
                "starts_on": mandate.starts_on,
                "ends_on": mandate.ends_on,
                "basis": mandate.basis.value,
                "reason": mandate.reason,
                "sessions": taken,
            },
        )

    def _take_signed(self, keeper: ServicesKeeper, mandate: Mandate, spans: Sequence[Span]) -> int:
        """Let the notes that were signed before count; return how many there were."""
        if not spans:
            return 0
        first, last = spans[0].from_on, min(spans[-1].upto, self._room.today())
        notes = keeper.untaken_notes(
            self._room.seat, mandate.student_id, mandate.service_id, first, last
        )
        taken = 0
        for note in notes:
            entry = _entry_of_note(mandate, note)
            day = entry.started.day().isoformat()
            if first <= day <= last:
                fits = keeper.fitting(
                    self._room.seat,
                    [mandate.student_id],
                    mandate.service_id,
                    setting_of(entry),
                    day,
                )
                if fits:
                    keeper.kept.add(_delivery(entry, entry.students[0], fits, keeper.tx, day))
                    taken += 1
        return taken

    # -- what counts toward it -------------------------------------------------------

    def take(self, tx: Transaction, entry: Entry) -> None:
        """Draw from an entry of work what each student is owed; told twice, it is drawn once.

        Told again with another attendance, what was drawn is corrected in the open.
        """
        if not entry.students or not entry.service_id or entry.kind is EntryKind.ACTIVITY:
            return
        keeper = ServicesKeeper(tx)
        day = entry.started.day().isoformat()
        students = [one.student_id for one in entry.students]
        met = keeper.met_by(self._room.seat, entry.id, students, entry.service_id, day)
        came = [one.student_id for one in entry.students if one.attendance is Attendance.PRESENT]
        if came:
            keeper.attended(
                came,
                entry.service_id,
                day,
                entry.person_id,
                group=entry.kind is EntryKind.GROUP,
            )
        if not met:
            return
        before = keeper.of_entry(entry.id) if any(told for _fit, told in met) else {}
        setting = setting_of(entry)
        written: list[Delivery] = []
        for one in entry.students:
            fits = [
                fit
                for fit, _told in met
                if fit.student_id == one.student_id
                and (fit.series_id == one.mandate_id or fit.setting in (Setting.EITHER, setting))
            ]
            drawn = _delivery(entry, one, fits, tx, day) if fits else None
            known = before.get(one.student_id)
            if drawn is None or (known is not None and _alike(known, drawn)):
                continue
            if known is not None:
                drawn = _again(known, drawn, tx)
            keeper.kept.add(drawn)
            written.append(drawn)
        if written:
            keeper.kept.journal(
                "TakeDelivery",
                Delivery,
                written[0].id,
                {
                    "entry": entry.id,
                    "outcomes": {one.student_id: one.outcome.value for one in written},
                    "minutes": entry.minutes,
                },
            )

    def record_by_hand(self, command: RecordByHand) -> Changed:
        """Write down a session, or one that fell out, for which no note is signed."""
        day = chosen_day(command.day, "day", "day-unreadable")
        if day > self._room.today():
            raise Refused("delivery-in-future", "day")
        minutes = _minutes(command.minutes, command.outcome)
        with self._room.writing() as keeper:
            newest = self._newest(keeper, command.series_id)
            span = span_on(keeper.spans([command.series_id]).get(command.series_id, []), day)
            if span is None:
                raise Refused("mandate-not-in-force", "day")
            tx = keeper.tx
            given = command.outcome is Outcome.DELIVERED
            made = new_id()
            keeper.kept.add(
                Delivery(
                    made,
                    made,
                    None,
                    "",
                    None,
                    newest.student_id,
                    newest.person_id,
                    newest.series_id,
                    newest.service_id,
                    Setting.GROUP if newest.setting is Setting.GROUP else Setting.INDIVIDUAL,
                    day,
                    minutes if given else 0,
                    0
                    if given
                    else minutes or usual_session(span.unit, span.amount, span.each_minutes),
                    command.outcome,
                    storable(command.reason),
                    "",
                    "",
                    "",
                    tx.who,
                    tx.now.at,
                    tx.now.zone,
                )
            )
            keeper.kept.journal(
                "RecordByHand",
                Delivery,
                made,
                {"series": newest.series_id, "day": day, "outcome": command.outcome.value},
            )
        return _changed(made)

    def explain_missed(self, command: ExplainMissed) -> Changed:
        """Say why a session did not take place."""
        if command.outcome is Outcome.DELIVERED:
            raise Refused("delivery-not-missed", "outcome")
        with self._room.writing() as keeper:
            known = self._delivery(keeper, command.delivery_id)
            if known.outcome is Outcome.DELIVERED:
                raise Refused("delivery-not-missed", "outcome")
            reason = storable(command.reason) or known.reason
            self._replace(keeper, "ExplainMissed", known, outcome=command.outcome, reason=reason)
        return _changed(known.first_id)

    def correct_delivery(self, command: CorrectDelivery) -> Changed:
        """Put right what was counted, in the open."""
        why = storable(command.why)
        if not why:
            raise Refused("delivery-needs-why", "why")
        minutes = _minutes(command.minutes, command.outcome)
        with self._room.writing() as keeper:
            known = self._delivery(keeper, command.delivery_id)
            given = command.outcome is Outcome.DELIVERED
            if given and keeper.makes_up_for(known.student_id, known.first_id):
                raise Refused("delivery-was-made-up", "outcome")
            self._replace(
                keeper,
                "CorrectDelivery",
                known,
                correction=why,
                outcome=command.outcome,
                minutes=minutes if given else 0,
                planned_minutes=0 if given else minutes or known.minutes or known.planned_minutes,
                makes_up=known.makes_up if given else "",
                made_up_on=known.made_up_on if given else "",
            )
        return _changed(known.first_id)

    def count_toward(self, command: CountToward) -> Changed:
        """Say which service owed a session counts toward."""
        with self._room.writing() as keeper:
            known = self._delivery(keeper, command.delivery_id)
            if command.series_id:
                newest = self._newest(keeper, command.series_id)
                spans = keeper.spans([command.series_id]).get(command.series_id, [])
                if newest.student_id != known.student_id:
                    raise Refused("mandate-gone", "series_id")
                if span_on(spans, known.day) is None:
                    raise Refused("mandate-not-in-force", "series_id")
            self._replace(keeper, "CountToward", known, series_id=command.series_id or _NOTHING)
        return _changed(known.first_id)

    def make_up(self, command: MakeUp) -> Changed:
        """Say which missed session a session makes up for; empty takes it back."""
        with self._room.writing() as keeper:
            known = self._delivery(keeper, command.delivery_id)
            made_up_on = missed_id = ""
            if command.missed_id:
                missed = self._delivery(keeper, command.missed_id)
                if known.outcome is not Outcome.DELIVERED:
                    raise Refused("make-up-not-given", "missed_id")
                if (
                    missed.student_id != known.student_id
                    or missed.series_id != known.series_id
                    or missed.outcome is Outcome.DELIVERED
                ):
                    raise Refused("make-up-not-missed", "missed_id")
                other = keeper.makes_up_for(known.student_id, missed.first_id)
                if other is not None and other != known.first_id:
                    raise Refused("make-up-twice", "missed_id")
                made_up_on, missed_id = missed.day, missed.first_id
            self._replace(keeper, "MakeUp", known, makes_up=missed_id, made_up_on=made_up_on)
        return _changed(known.first_id)

    def _delivery(self, keeper: ServicesBook, delivery_id: str) -> Delivery:
        found = keeper.delivery(delivery_id)
        if found is None:
            raise Refused("delivery-gone")
        return found

    def _replace(
        self, keeper: ServicesKeeper, what: str, known: Delivery, **changes: object
    ) -> None:
        tx = keeper.tx
        after = replace(known, **changes)  # type: ignore[arg-type]
        after = replace(
            after,
            id=new_id(),
            replaces=known.id,
            correction=str(changes.get("correction", "")),
            written_by=tx.who,
            written_at=tx.now.at,
            zone=tx.now.zone,
        )
        keeper.kept.add(after)
        told = ("outcome", "minutes", "series_id", "makes_up", "reason")
        keeper.kept.journal(
            what,
            Delivery,
            known.first_id,
            {name: str(getattr(after, name)) for name in told if name in changes}
            | ({"why": after.correction} if after.correction else {}),
            {name: str(getattr(known, name)) for name in told if name in changes},
        )

    # -- taking over a file ----------------------------------------------------------

    def look_at(self, table: ReadTable) -> ImportLook:
        """Tell what taking over a file would do; nothing is written."""
        with self._room.reading() as book:
            return self._sorted(book, table)

    def import_mandates(self, command: ImportMandates) -> Changed:
        """Take over the rows of a file, all of them or none."""
        with self._room.writing() as keeper:
            look = self._sorted(keeper, ReadTable(tuple(command.rows), ()))
            if look.refused:
                raise Refused("mandates-refused", "file", count=len(look.refused))
            for row in look.rows:
                form = self._meant(keeper, row)
                before = self._like(keeper, form)
                if before is not None:
                    form = replace(form, reason=form.reason or "IEP")
                self._write(
                    keeper,
                    "ImportMandates",
                    self._accepted(keeper, form, new_id(), before),
                )
            if not look.rows:
                keeper.tx.journal("ImportMandates", "mandate", "", after={"rows": {}})
        return Changed.only(Kind.MANDATE)

    def _sorted(self, book: ServicesBook, table: ReadTable) -> ImportLook:
        fresh: list[ReadRow] = []
        changed: list[ReadRow] = []
        same: list[ReadRow] = []
        refused = list(table.refused)
        seen: set[tuple[object, ...]] = set()
        for row in table.rows:
            try:
                form = self._meant(book, row)
                mandate = self._tried(book, form)
                key = (mandate.student_id, mandate.service_id, mandate.setting)
                if key in seen:
                    raise Refused("mandates-row-twice", "student_number")
                seen.add(key)
                before = self._like(book, form)
            except Refused as error:
                refused.append(RefusedRow(row.line, error.field, error))
                continue
            if before is None:
                fresh.append(row)
            elif before.terms() == mandate.terms() and before.starts_on == mandate.starts_on:
                same.append(row)
            else:
                changed.append(row)
        refused.sort(key=lambda one: one.line)
        return ImportLook(tuple(fresh), tuple(changed), tuple(same), tuple(refused))

    def _tried(self, book: ServicesBook, form: MandateForm) -> Mandate:
        seat = self._room.seat
        return accepted_mandate(
            form,
            mandate_id="",
            service_label=book.service_label(form.service_id),
            who=seat.person,
            now=self._room.now(),
            provider_name=book.person_name(form.person_id or seat.person),
        )

    def _meant(self, book: ServicesBook, row: ReadRow) -> MandateForm:
        """Return the form of a row with the student, the service and the provider it names."""
        students = book.by_number([row.student_number]).get(row.student_number, [])
        if len(students) != 1:
            code = "mandates-student-unknown" if not students else "mandates-student-double"
            raise Refused(code, "student_number", number=row.student_number)
        wanted = folded(row.service)
        services = [
            service
            for service, label, code, retired in book.services()
            if not retired and wanted in (folded(label), folded(code))
        ]
        if not services:
            raise Refused("mandates-service-unknown", "service", service=row.service)
        named = folded(row.provider)
        person = next((one for one, name in book.people() if named == folded(name)), None)
        return replace(
            row.form,
            student_id=students[0],
            service_id=services[0],
            person_id=person or self._room.seat.person,
        )

    @staticmethod
    def _like(book: ServicesBook, form: MandateForm) -> Mandate | None:
        """Return the newest version of what a row speaks of, if that is still owed."""
        found = [
            version
            for version in book.of_student(form.student_id or "")
            if version.service_id == form.service_id and version.setting is form.setting
        ]
        ends = book.ends([version.series_id for version in found])
        found = [
            version
            for version in found
            if version.series_id not in ends or not ends[version.series_id].ended_on
        ]
        return max(found, key=lambda one: (one.series_id, one.version), default=None)

    # -- how it stands ---------------------------------------------------------------

    def lines(
        self,
        which: MinutesFilter,
        *,
        sort: str = "risk",
        descending: bool = False,
        offset: int = 0,
        limit: int = PAGE,
    ) -> tuple[list[MinutesLine], int]:
        """Return one page of what is owed today, what is at risk first, and how many there are."""
        today, rules = self._room.today(), self._room.rules()
        with self._room.reading() as book:
            calendar = self._room.calendar(book, rules, today, today)
            planned = self._ahead(book, calendar, today)
            me = self._room.seat.person
            lines = book.lines(
                which,
                calendar,
                today,
                me,
                planned,
                sort=sort,
                descending=descending,
                offset=offset,
                limit=limit,
            )
            if offset == 0 and len(lines) < limit:
                return lines, len(lines)
            return lines, book.count(which, calendar, today, me, planned)[0]

    def counts(self, which: MinutesFilter) -> tuple[int, int]:
        """Return how many services are owed today, and how many of them are at risk."""
        today, rules = self._room.today(), self._room.rules()
        with self._room.reading() as book:
            calendar = self._room.calendar(book, rules, today, today)
            planned = self._ahead(book, calendar, today)
            return book.count(which, calendar, today, self._room.seat.person, planned)

    def _ahead(self, book: ServicesBook, calendar: SchoolCalendar, today: str) -> list[Planned]:
        """Return what is planned from today to the end of the longest running period."""
        last = max(calendar.period(kind, today)[1] for kind in PeriodKind)
        return list(self._room.planned(book, today, last))

    def sheet(self, student_id: StudentId, day: str = "") -> MinutesSheet:
        """Return a student's services owed in the school year of a day; otherwise of today."""
        today, rules = self._room.today(), self._room.rules()
        with self._room.reading() as book:
            pupil = self._pupil(book, student_id)
            around = day or today
            since, until = SchoolCalendar(rules).period(PeriodKind.YEAR, around)
            calendar = self._room.calendar(book, rules, since, until)
            versions: dict[str, list[Mandate]] = {}
            for version in book.of_student(student_id):
                versions.setdefault(version.series_id, []).append(version)
            spans, ends = book.spans(list(versions)), book.ends(list(versions))
            given = book.given(
                since, until, by_missed_day=rules.by_missed_day, student_id=student_id
            )
            deliveries = book.deliveries(student_id, since, until)
            planned = [
                one for one in self._ahead(book, calendar, today) if one.student_id == student_id
            ]
            owed = []
            for series, held in versions.items():
                owed.append(
                    self._owed(
                        held,
                        spans.get(series, []),
                        ends.get(series),
                        reckon(
                            spans.get(series, []),
                            given.get(series, ()),
                            calendar,
                            since=since,
                            until=min(until, today),
                            today=today,
                            planned=_planned_for(
                                planned, span_on(spans.get(series, []), today), held[-1], calendar,
                                today,
                            ),
                        ),
                        [one for one in planned if _serves(one, held[-1])],
                        [one for one in deliveries if one.series_id == series],
                        today,
                    )
                )  # fmt: skip
            missed = [one.first_id for one in deliveries if one.outcome is not Outcome.DELIVERED]
            return MinutesSheet(
                pupil,
                since,
                until,
                today,
                tuple(sorted(owed, key=lambda one: (not one.in_force, one.mandate.service_label))),
                tuple(one for one in deliveries if one.series_id == ""),
                book.makers_up(missed),
                dict(book.people()),
            )

    @staticmethod
    def _owed(
        versions: list[Mandate],
        spans: list[Span],
        ended: MandateEnd | None,
        periods: list[Reckoned],
        planned: list[Planned],
        deliveries: list[Delivery],
        today: str,
    ) -> Owed:
        now = span_on(spans, today)
        mandate = next(
            (one for one in versions if now is not None and one.id == now.mandate_id), versions[-1]
        )
        return Owed(
            mandate,
            tuple(versions),
            tuple(spans),
            ended if ended is not None and ended.ended_on else None,
            now is not None,
            tuple(periods),
            next((one for one in periods if one.first <= today <= one.last), None),
            tuple(planned),
            tuple(deliveries),
        )

    def _pupil(self, book: ServicesBook, student_id: StudentId) -> Pupil:
        row = book.pupil(student_id)
        if row is None:
            raise Refused("student-unknown", "student_id")
        return Pupil(student_id, *row)

    def reckonings(
        self, since: str, until: str, which: MinutesFilter | None = None
    ) -> list[CaseloadReckoning]:
        """Return everything owed between two days, period by period, by student's name."""
        today, rules = self._room.today(), self._room.rules()
        which = which or MinutesFilter()
        with self._room.reading() as book:
            calendar = self._room.calendar(book, rules, since, until)
            spans = book.spans_between(since, until, which)
            given = book.given(since, until, by_missed_day=rules.by_missed_day)
            return [
                CaseloadReckoning(
                    Pupil(mandate.student_id, *pupil),
                    mandate,
                    tuple(
                        reckon(
                            spans[mandate.series_id],
                            given.get(mandate.series_id, ()),
                            calendar,
                            since=since,
                            until=until,
                            today=today,
                        )
                    ),
                )
                for mandate, pupil in book.newest(list(spans))
            ]

    def delivery_history(self, first_id: str) -> list[Delivery]:
        """Return every row of a delivery, the oldest first."""
        with self._room.reading() as book:
            return book.history(first_id)

    def fitting(
        self, student_id: str, service_id: str, setting: Setting, day: str
    ) -> list[Fitting]:
        """Return what a session could count toward, with its terms."""
        with self._room.reading() as book:
            return book.fitting(self._room.seat, [student_id], service_id, setting, day)

    # -- around ----------------------------------------------------------------------

    def form_choices(self) -> FormChoices:
        """Return what the form of a service owed offers."""
        with self._room.reading() as book:
            return FormChoices(
                tuple(
                    (one, label) for one, label, _code, retired in book.services() if not retired
                ),
                tuple(book.people()),
                self._room.seat.person,
            )

    def list_choices(self) -> ListChoices:
        """Return what the list can be narrowed by."""
        with self._room.reading() as book:
            services = [
                (one, label) for one, label, _code, retired in book.services() if not retired
            ]
            return ListChoices(tuple(services), tuple(book.schools()))

    def pupil(self, student_id: StudentId) -> Pupil:
        """Return a student as the room's pages show one."""
        with self._room.reading() as book:
            return self._pupil(book, student_id)

    def look(self, most: int = 5) -> MinutesToday:
        """Return what of the services owed needs somebody today."""
        lines, total = self.lines(MinutesFilter(at_risk=True, mine=True), limit=most)
        since = (date.fromisoformat(self._room.today()) - timedelta(days=_OPEN_DAYS)).isoformat()
        with self._room.reading() as book:
            return MinutesToday(
                tuple(lines),
                total - len(lines),
                tuple(book.undecided(since, most)),
                tuple(book.unexplained(since, most)),
            )


_NOTHING = "none"
"""Stands where a session was decided to count toward nothing that is owed."""


def _changed(made: str) -> Changed:
    return Changed.only(Kind.MANDATE, made=made)


def _minutes(typed: str, outcome: Outcome) -> int:
    """Return the minutes of a session; one that fell out needs none."""
    text = typed.strip()
    if not text and outcome is not Outcome.DELIVERED:
        return 0
    if not (text.isascii() and text.isdecimal()) or not 1 <= int(text) <= MOST_MINUTES:
        raise Refused("number-between", "minutes", least=1, most=MOST_MINUTES)
    return int(text)


def _delivery(
    entry: Entry, one: Attended, fits: Sequence[Fitting], tx: Transaction, day: str
) -> Delivery:
    """Return what an entry comes to for one student; several that fit leave it undecided."""
    chosen = next((fit for fit in fits if fit.series_id == one.mandate_id), None)
    if chosen is None and len(fits) == 1:
        chosen = fits[0]
    outcome = outcome_of(one.attendance, one.reason)
    given = outcome is Outcome.DELIVERED
    usual = chosen or fits[0]
    made = new_id()
    return Delivery(
        made,
        made,
        None,
        entry.id,
        one.note_id,
        one.student_id,
        entry.person_id,
        chosen.series_id if chosen else "",
        entry.service_id,
        setting_of(entry),
        day,
        entry.minutes if given else 0,
        0
        if given
        else entry.minutes or usual_session(usual.unit, usual.amount, usual.each_minutes),
        outcome,
        storable(one.reason) if not given else "",
        "",
        "",
        "",
        tx.who,
        tx.now.at,
        tx.now.zone,
    )


def _alike(known: Delivery, drawn: Delivery) -> bool:
    """Tell whether an entry that is told again says what is known: what a person explained stays."""
    if (known.outcome is Outcome.DELIVERED) != (drawn.outcome is Outcome.DELIVERED):
        return False
    return known.outcome is not Outcome.DELIVERED or known.minutes == drawn.minutes


def _again(known: Delivery, drawn: Delivery, tx: Transaction) -> Delivery:
    """Return the row that corrects what was drawn from an entry before."""
    return replace(
        drawn,
        first_id=known.first_id,
        replaces=known.id,
        series_id=known.series_id,
        correction="attendance",
        written_by=tx.who,
    )


def _entry_of_note(mandate: Mandate, row: Row) -> Entry:
    """Return a note that was signed before as the entry it would be told as."""
    entry_id, note_id, person, at, zone, minutes, attendance, reason, group = row
    return Entry(
        EntryKind.GROUP if group else EntryKind.SESSION,
        entry_id,
        PersonId(person),
        Moment(at, zone),
        minutes,
        mandate.place,
        service_id=mandate.service_id,
        students=(Attended(mandate.student_id, NoteId(note_id), Attendance(attendance), reason),),
    )


def _serves(one: Planned, mandate: Mandate) -> bool:
    return one.service_id == mandate.service_id and mandate.setting in (
        Setting.EITHER,
        one.setting,
    )


def _planned_for(
    planned: Sequence[Planned],
    now: Span | None,
    mandate: Mandate,
    calendar: SchoolCalendar,
    today: str,
) -> int:
    """Return what the planned sessions would still give in the running period, in its unit."""
    if now is None:
        return 0
    last = calendar.period(now.period, today)[1]
    meant = [one for one in planned if _serves(one, mandate) and today <= one.day <= last]
    return sum(one.minutes for one in meant) if now.unit is Unit.MINUTES else len(meant)
