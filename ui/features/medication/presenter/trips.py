"""Field trips: who goes, what is counted out, what was given, and what came back."""

import json
from collections.abc import Callable
from functools import partial

from PySide6.QtWidgets import QVBoxLayout

from app.features.medication.commands import (
    BackLine,
    CountOut,
    PlanTrip,
    ReconcileTrip,
    RecordDose,
    RecordNotGiven,
)
from app.features.medication.model.amounts import number_text
from app.features.medication.model.doses import By, Code, Outcome, Source
from app.features.medication.model.nursing import Delegation
from app.features.medication.model.nursing import Entry as Added
from app.features.medication.model.orders import Emergency
from app.features.medication.service.nursing import DelegationLine
from app.features.medication.service.trips import Needed, Packed, TripLine, TripSheet
from app.kernel.changes import Changed, Kind
from app.kernel.clock import Moment
from app.kernel.errors import Refused
from app.kernel.ids import SchoolId, StudentId, new_id
from app.kernel.words import _, ngettext
from app.overviews.medication_words import (
    CODES,
    UNITS,
    spoken_amount,
    spoken_clock,
    spoken_medicine,
    spoken_outcome,
)
from app.overviews.reports.medication_papers import PaperKind
from app.overviews.reports.wording import spoken_day, spoken_moment
from ui.features.medication.presenter.late import Late, enter_all
from ui.features.medication.presenter.papers import subject_of
from ui.features.medication.presenter.sheets import People, moment_of, proof_of, with_people
from ui.features.medication.view.nursing import (
    AskedLine,
    BackSheet,
    CountOutSheet,
    TripDosesSheet,
    WhoGoesSheet,
)
from ui.features.medication.view.nursing import (
    TripSheet as TripEntry,
)
from ui.features.medication.view.orders import Fact, RecordShown, RecordView
from ui.features.medication.view.records import RecordsView
from ui.kit.asking import Asker, Entries, about
from ui.kit.look import Kind as Mark
from ui.kit.room import Context, PageWidget
from ui.kit.widgets.buttons import Button
from ui.kit.widgets.empty import EmptyState
from ui.kit.widgets.lists import Entry

_ON_TRIP = (Code.REFUSED, Code.ABSENT, Code.HELD, Code.PARENT_CALLED, Code.OMITTED, Code.OTHER)


class TripsPage(PageWidget):
    """Trips that are ahead, under way, or to be counted back in."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._asker = Asker(context, self)
        self._part = "open"
        start = Button(_("Plan a trip"), "add", "primary")
        self.view = RecordsView(
            _("Field trips"),
            (_("Plan a trip"), "add"),
            [("open", _("Not closed yet")), ("all", _("Closed too"))],
            EmptyState(
                "place",
                _("No trip ahead"),
                _(
                    "Plan the trip, choose who goes along, count out what they need, and enter"
                    " what was given when it is back."
                ),
                start,
            ),
            start,
            [("delegations", _("Trained staff"), "on")],
        )
        page = QVBoxLayout(self)
        page.setContentsMargins(0, 0, 0, 0)
        page.addWidget(self.view)
        self.view.turned.connect(self._turn)
        self.view.asked.connect(self._add)
        self.view.started.connect(self._add)
        self.view.linked.connect(context.go)
        self.view.list.opened.connect(lambda entry: context.go("trip", entry.id))

    def arrive(self) -> None:
        """Look again, and stand in the list."""
        self._reload()
        self.view.list.setFocus()

    def heed(self, changed: Changed) -> None:
        """Look again when a trip changed."""
        if self.isVisible() and changed.meets({Kind.TRIP}):
            self._reload()

    def flush(self) -> None:
        """Keep what stands on an open sheet."""
        self._asker.flush()

    def _turn(self, part: object) -> None:
        self._part = str(part or "open")
        self._reload()

    def _reload(self) -> None:
        self._context.tasks.read(
            partial(self._context.desk.medication.trips.trips, reconciled=self._part == "all"),
            self._show,
            self._context.say,
            key="trips",
            owner=self,
        )

    def _show(self, lines: list[TripLine]) -> None:
        now = self._context.desk.clock.now()
        count = ngettext("{count} trip", "{count} trips", len(lines)).format(count=len(lines))
        self.view.show_entries([_line(line, now) for line in lines], count if lines else "")

    def _add(self) -> None:
        context = self._context

        def look_up() -> tuple[list[DelegationLine], list[tuple[object, str]]]:
            schools: list[tuple[object, str]] = [
                (one.id, one.name) for one in context.desk.caseload.schools()
            ]
            return context.desk.medication.nursing.delegations(), schools

        context.tasks.read(look_up, lambda found: self._ask(*found), context.say, owner=self)

    def _ask(self, trained: list[DelegationLine], schools: list[tuple[object, str]]) -> None:
        context, trip_id = self._context, new_id()
        staff = {line.delegation.id: line.delegation.staff for line in trained}
        choices = [
            (
                line.delegation.id,
                _("{name}: {task}").format(name=line.delegation.staff, task=line.delegation.task),
            )
            for line in trained
        ]

        def act(entries: Entries) -> Callable[[], Changed]:
            now = context.desk.clock.now()
            day = str(entries["day"])
            back = str(entries["back"]) or day
            chosen = str(entries.get("delegation_id") or "")
            leaves, returns = (
                _at(now, day, entries, "leaves_at"),
                _at(now, back, entries, "returns_at"),
            )
            command = PlanTrip(
                entries["title"], leaves, returns,
                str(entries["staff"]).strip() or staff.get(chosen, ""), entries["staff_phone"],
                chosen or None, SchoolId(str(entries.get("school") or "")) or None,
                entries["note"], trip_id,
            )  # fmt: skip
            return partial(context.desk.medication.trips.plan_trip, command)

        def done(changed: Changed, _entries: Entries) -> None:
            context.notices.say(_("The trip is planned. Now choose who goes along."))
            context.go("trip", changed.made)

        self._asker.ask(
            TripEntry(schools, choices, context.today, self), act, done, kept=about("trip")
        )


def _at(now: Moment, day: str, entries: Entries, name: str) -> Moment:
    if not day:
        raise Refused("day-unreadable", "day")
    found = moment_of(now, day, entries[name], name)
    if found is None:
        raise Refused("time-unreadable", name, text="")
    return found


def _line(line: TripLine, now: Moment) -> Entry:
    trip = line.trip
    students = ngettext("{count} student", "{count} students", line.students).format(
        count=line.students
    )
    return Entry(
        trip.id,
        trip.title,
        _("{students} · {staff}").format(students=students, staff=trip.staff),
        spoken_moment(trip.leaves),
        "place",
        (_state(trip.leaves_at, trip.returns_at, now, reconciled=line.reconciled),),
    )


def _state(leaves: str, returns: str, now: Moment, *, reconciled: bool) -> tuple[str, str]:
    if reconciled:
        return _("Closed"), Mark.GOOD
    if returns < now.at:
        return _("Back: count what came back"), Mark.WARN
    if leaves <= now.at:
        return _("Under way"), Mark.ACCENT
    return _("Ahead"), Mark.PLAIN


class TripPage(PageWidget):
    """One trip from its plan to the last tablet."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._asker = Asker(context, self)
        self._id = ""
        self._sheet: TripSheet | None = None
        self.view = RecordView(
            (
                ("out", _("Count out"), "export"),
                ("doses", _("Enter what was given"), "medication"),
                ("paper", _("Print the packet"), "pdf"),
                ("back", _("Count what came back"), "counts"),
                ("trips", _("All trips"), "list"),
            ),
            _("What goes along, and what became of it"),
            _("Field trip"),
        )
        page = QVBoxLayout(self)
        page.setContentsMargins(0, 0, 0, 0)
        page.addWidget(self.view)
        self.view.acted.connect(self._act)
        self.view.history.opened.connect(self._open)

    def show_subject(self, subject: str) -> None:
        """Show the trip with this id."""
        self._id = subject
        if subject:
            self._reload()
        else:
            self.view.offer("trips")

    def arrive(self) -> None:
        """Stand on the first action."""
        self.view.focus_first()

    def heed(self, changed: Changed) -> None:
        """Look again when the trip or a dose changed."""
        if self._id and changed.meets({Kind.TRIP, Kind.DOSE}):
            self._reload()

    def flush(self) -> None:
        """Keep what stands on an open sheet."""
        self._asker.flush()

    def _reload(self) -> None:
        medication, trip_id = self._context.desk.medication, self._id

        def look_up() -> tuple[TripSheet, Delegation | None]:
            sheet = medication.trips.trip_sheet(trip_id)
            name = sheet.trip.staff.casefold()
            by_name = [
                line.delegation
                for line in medication.nursing.delegations()
                if line.delegation.staff.casefold() == name
            ]
            return sheet, sheet.delegation or (by_name[-1] if by_name else None)

        self._context.tasks.read(
            look_up,
            lambda found: self._show(*found),
            self._context.say,
            key="trip",
            owner=self,
        )

    def _show(self, sheet: TripSheet, training: Delegation | None) -> None:
        if sheet.trip.id != self._id:
            return
        self._sheet = sheet
        now = self._context.desk.clock.now()
        self.view.show_record(_shown(sheet, training, now))
        self.view.history.set_entries(_history(sheet))
        offered = ["trips"]
        if sheet.items:
            offered.append("paper")
        if not sheet.reconciled:
            offered.append("out")
            if sheet.items and sheet.trip.leaves_at <= now.at:
                offered.append("doses")
            if sheet.items:
                offered.append("back")
        self.view.offer(*offered)
        self.view.focus_first()

    def _open(self, entry: Entry) -> None:
        if entry.subject:
            self._context.go(*entry.subject)

    def _act(self, name: str) -> None:
        if name == "trips":
            self._context.go("trips")
        elif name == "paper":
            self._context.go("papers", subject_of(PaperKind.TRIP, what=self._id))
        elif name == "out":
            self._ask_who()
        elif name == "doses":
            self._ask_doses()
        else:
            with_people(self._context, self, self._ask_back)

    # -- counting out ----------------------------------------------------------------

    def _ask_who(self) -> None:
        sheet, context = self._sheet, self._context
        if sheet is None:
            return
        medication, trip = context.desk.medication, sheet.trip

        def look_up() -> list[Needed]:
            lines = medication.orders.orders(school_id=trip.school_id, limit=5_000)
            students = dict.fromkeys(line.pupil.id for line in lines if line.pupil is not None)
            return medication.trips.needed(trip.id, tuple(students))

        context.tasks.read(look_up, self._choose, context.say, key="needed", owner=self)

    def _choose(self, needed: list[Needed]) -> None:
        context = self._context
        if not needed:
            context.notices.say(
                _("Nobody else needs a dose or an emergency medicine while the trip lasts.")
            )
            return
        names = {one.pupil.id: one.pupil for one in needed}
        students = sorted(names.values(), key=lambda pupil: pupil.sorting)

        def act(entries: Entries) -> Callable[[], list[Needed]]:
            chosen = set(entries["students"])
            if not chosen:
                raise Refused("trip-needs-students", "students")
            return lambda: [one for one in needed if one.pupil.id in chosen]

        def done(found: list[Needed], _entries: Entries) -> None:
            with_people(context, self, lambda people: self._ask_out(found, people))

        self._asker.ask(
            WhoGoesSheet(
                _("These students need something while the trip lasts."),
                [(pupil.id, pupil.listed) for pupil in students],
                self,
            ),
            act,
            done,
        )

    def _ask_out(self, needed: list[Needed], people: People) -> None:
        sheet, context = self._sheet, self._context
        if sheet is None:
            return
        trip, trips = sheet.trip, context.desk.medication.trips
        items = {f"out-{place}": (one, new_id()) for place, one in enumerate(needed)}
        finished: dict[str, str] = {}

        def act(entries: Entries) -> Callable[[], Changed]:
            for name, amount in finished.items():
                if entries[name] != amount:
                    raise Refused("trip-line-kept", name)
            wanted = [name for name in items if str(entries[name]).strip() and name not in finished]
            if not wanted and not finished:
                raise Refused("amount-nothing", next(iter(items)))
            controlled = any(items[name][0].order.controlled for name in wanted)
            if controlled and not entries.get("witness"):
                raise Refused("witness-missing", "witness")

            def work() -> Changed:
                changed = Changed()
                for name in wanted:
                    one, item_id = items[name]
                    # A proof is good for one command: each controlled line has one of its own.
                    proof = proof_of(context.desk, entries) if one.order.controlled else None
                    try:
                        changed = trips.count_out(
                            CountOut(
                                trip.id,
                                StudentId(one.pupil.id),
                                one.order.id,
                                entries[name],
                                counterpart=entries["counterpart"],
                                witness=proof,
                                item_id=item_id,
                            )
                        )
                    except Refused as refused:
                        at = "witness" if refused.field == "witness" else name
                        raise Refused(refused.code, at, **refused.facts) from None
                    finished[name] = entries[name]
                return changed

            return work

        lines = [
            AskedLine(
                name,
                _("{name}: {medicine} ({unit})").format(
                    name=one.pupil.listed,
                    medicine=spoken_medicine(one.order),
                    unit=_(UNITS[one.order.unit]),
                ),
                _("Due {times}").format(
                    times=", ".join(spoken_clock(slot.time) for slot in one.slots)
                )
                if one.slots
                else _("Emergency medicine"),
                number_text(one.amount, one.order.unit),
            )
            for name, (one, _id) in items.items()
        ]
        self._asker.ask(
            CountOutSheet(
                _("Count each into its labeled container with whoever takes it along. Leave empty"
                  " what stays here."),
                lines,
                trip.staff,
                people,
                self,
            ),
            act,
            lambda _changed, _entries: context.notices.say(_("It is counted out for the trip.")),
        )  # fmt: skip

    # -- what was given --------------------------------------------------------------

    def _ask_doses(self) -> None:
        sheet, context = self._sheet, self._context
        if sheet is None:
            return
        trip, doses = sheet.trip, context.desk.medication.doses
        asked = _open_doses(sheet)
        if not asked:
            context.notices.say(_("Every dose of this trip is entered."))
            return
        lines = {f"dose-{place}": (*one, new_id()) for place, one in enumerate(asked)}

        def act(entries: Entries) -> Callable[[], Changed]:
            now = context.desk.clock.now()
            records: list[tuple[str, Late, str]] = []
            for name, (packed, day, slot, dose_id) in lines.items():
                outcome = str(entries[f"{name}.outcome"] or "")
                said = str(entries[f"{name}.note"]).strip()
                if not outcome:
                    continue
                order = packed.order
                student = StudentId(packed.pupil.id)
                if outcome != "given":
                    record: Late = RecordNotGiven(
                        order.id, student, day, slot, Code(outcome),
                        source=Source.TRIP, trip_id=trip.id, dose_id=dose_id,
                    )  # fmt: skip
                else:
                    on = str(entries.get(f"{name}.day") or day)
                    at = moment_of(now, on, entries[f"{name}.at"], f"{name}.at")
                    if at is None:
                        raise Refused("time-unreadable", f"{name}.at", text="")
                    record = RecordDose(
                        order.id, student, day if slot else "", slot, given_at=at,
                        by=By.DELEGATE, giver=trip.staff,
                        reason="" if slot or order.emergency is not Emergency.NONE else said,
                        source=Source.TRIP, trip_id=trip.id, dose_id=dose_id,
                    )  # fmt: skip
                records.append((name, record, said))
            if not records:
                raise Refused("downtime-nothing", f"{next(iter(lines))}.outcome")

            def work() -> Changed:
                try:
                    return enter_all(doses, [(record, said) for _name, record, said in records])
                except Refused as refused:
                    place = refused.field.removeprefix("records.")
                    line = records[int(place)][0] if place.isdecimal() else next(iter(lines))
                    raise Refused(refused.code, f"{line}.note", **refused.facts) from None

            return work

        shown = [
            AskedLine(
                name,
                _("{name}: {medicine}").format(
                    name=packed.pupil.listed, medicine=spoken_medicine(packed.order)
                ),
                _("Due {day} at {time}").format(day=spoken_day(day), time=spoken_clock(slot))
                if slot
                else _("As needed; leave it empty if it was not used."),
                slot,
            )
            for name, (packed, day, slot, _dose_id) in lines.items()
        ]
        outcomes: list[tuple[object, str]] = [
            ("", _("Not entered yet")),
            ("given", _("Given")),
            *[(code.value, _(CODES[code])) for code in _ON_TRIP],
        ]
        self._asker.ask(
            TripDosesSheet(
                _("As {staff} wrote it on the packet. Each is kept as a late entry.").format(
                    staff=trip.staff
                ),
                shown,
                outcomes,
                trip.leaves.day(),
                self,
            ),
            act,
            lambda _changed, _entries: context.notices.say(_("The doses of the trip are entered.")),
            kept=about("trip-doses", trip.id),
        )

    # -- what came back --------------------------------------------------------------

    def _ask_back(self, people: People) -> None:
        sheet, context = self._sheet, self._context
        if sheet is None:
            return
        trip, items = sheet.trip, sheet.items

        def act(entries: Entries) -> Callable[[], Changed]:
            lines = []
            for place, packed in enumerate(items):
                name = f"lines.{place}"
                if not str(entries[name]).strip():
                    raise Refused("trip-back-missing", name)
                lines.append(
                    BackLine(
                        packed.item.id,
                        entries[name],
                        entries[f"{name}.wasted"],
                        entries[f"{name}.note"],
                    )
                )

            def work() -> Changed:
                proof = proof_of(context.desk, entries)
                command = ReconcileTrip(trip.id, tuple(lines), entries["note"], proof)
                return context.desk.medication.trips.reconcile_trip(command)

            return work

        self._asker.ask(
            BackSheet(
                _("Enter what was given first. What does not add up needs a word; of a controlled"
                  " substance it stays open until it is explained."),
                [
                    AskedLine(
                        f"lines.{place}",
                        _("{name}: {medicine}").format(
                            name=packed.pupil.listed, medicine=spoken_medicine(packed.order)
                        ),
                        _("{amount} went out").format(
                            amount=spoken_amount(packed.item.amount, packed.order.unit)
                        ),
                    )
                    for place, packed in enumerate(items)
                ],
                people,
                self,
            ),
            act,
            lambda _changed, _entries: context.notices.say(_("The trip is closed.")),
            kept=about("trip-back", trip.id),
        )  # fmt: skip


def _open_doses(sheet: TripSheet) -> list[tuple[Packed, str, str]]:
    """Return what is still to be entered of a trip: what goes along, its day and its time."""
    entered = {
        (dose.student_id, dose.series_id, dose.day, dose.slot)
        for dose in sheet.doses
        if dose.outcome is not Outcome.IN_ERROR
    }
    found: list[tuple[Packed, str, str]] = []
    for packed in sheet.items:
        who, series = packed.pupil.id, packed.order.series_id
        if not packed.slots:
            found.append((packed, sheet.trip.leaves.day().isoformat(), ""))
        found.extend(
            (packed, slot.day, slot.time)
            for slot in packed.slots
            if (who, series, slot.day, slot.time) not in entered
        )
    return found


def _shown(sheet: TripSheet, training: Delegation | None, now: Moment) -> RecordShown:
    trip = sheet.trip
    open_doses = sum(1 for one in _open_doses(sheet) if one[2])
    warnings = []
    if not sheet.reconciled and trip.returns_at < now.at and open_doses:
        warnings.append(
            ngettext(
                "{count} dose of the trip is not entered yet.",
                "{count} doses of the trip are not entered yet.",
                open_doses,
            ).format(count=open_doses)
        )
    trained = ""
    if training is not None:
        trained = _("{task}, valid until {day}").format(
            task=training.task, day=spoken_day(training.expires_on)
        )
        if training.expires_on < trip.returns.day().isoformat():
            warnings.append(_("The training ends before the trip is back."))
    elif not sheet.reconciled:
        warnings.append(_("No training on record for whoever gives the doses."))
    facts = (
        Fact(_("Leaves"), spoken_moment(trip.leaves)),
        Fact(_("Back"), spoken_moment(trip.returns)),
        Fact(_("Gives the doses"), trip.staff),
        Fact(_("Phone"), trip.staff_phone),
        Fact(_("Trained for"), trained),
        Fact(_("Planned by"), sheet.names.get(trip.person_id, "")),
        Fact(_("Note"), trip.note),
    )
    students = len({packed.pupil.id for packed in sheet.items})
    return RecordShown(
        title=trip.title,
        line=ngettext("{count} student", "{count} students", students).format(count=students),
        chips=(_state(trip.leaves_at, trip.returns_at, now, reconciled=sheet.reconciled),),
        facts=tuple(fact for fact in facts if fact.text),
        warnings=tuple(warnings),
    )


def _history(sheet: TripSheet) -> list[Entry]:
    found: list[Entry] = []
    for entry in reversed(sheet.entries):
        by = sheet.names.get(entry.person_id, "")
        witness = sheet.names.get(entry.witness_id or "", "")
        if witness:
            by = _("{name} with {other}").format(name=by, other=witness)
        if entry.kind == "reconciled":
            text = _("{by}: {text}").format(by=by, text=entry.text) if entry.text else by
            found.append(Entry(entry.id, _("Closed"), text, spoken_moment(entry.when), "check"))
    back = {
        json.loads(entry.facts)["item"]: entry for entry in sheet.entries if entry.kind == "back"
    }
    found.extend(_packed(packed, back.get(packed.item.id)) for packed in sheet.items)
    for dose in sheet.doses:
        packed_one = next(
            (
                one
                for one in sheet.items
                if (one.pupil.id, one.order.series_id) == (dose.student_id, dose.series_id)
            ),
            None,
        )
        if packed_one is None:
            continue
        found.append(
            Entry(
                dose.id,
                _("{name}: {medicine}").format(
                    name=packed_one.pupil.listed, medicine=spoken_medicine(packed_one.order)
                ),
                spoken_outcome(dose.outcome, dose.code),
                spoken_moment(dose.given or dose.recorded),
                "medication",
                ((_("Late entry"), Mark.WARN),) if dose.late else (),
                subject=("dose", dose.id),
            )
        )
    return found


def _packed(packed: Packed, back: Added | None) -> Entry:
    order, item = packed.order, packed.item
    times = ", ".join(spoken_clock(slot.time) for slot in packed.slots) or _("as needed")
    facts = [_("{amount} out").format(amount=spoken_amount(item.amount, order.unit))]
    if packed.given:
        facts.append(_("{amount} given").format(amount=spoken_amount(packed.given, order.unit)))
    if back is not None:
        told = json.loads(back.facts)
        facts.append(_("{amount} back").format(amount=spoken_amount(told["back"], order.unit)))
        if told.get("wasted"):
            facts.append(
                _("{amount} wasted").format(amount=spoken_amount(told["wasted"], order.unit))
            )
    chips = ((_("Controlled"), Mark.PLAIN),) if order.controlled else ()
    return Entry(
        item.id,
        _("{name}: {medicine}").format(name=packed.pupil.listed, medicine=spoken_medicine(order)),
        " · ".join([times, *facts]),
        spoken_moment(Moment(item.recorded_at, item.zone)),
        "archive",
        chips,
        subject=("order", order.id),
    )
