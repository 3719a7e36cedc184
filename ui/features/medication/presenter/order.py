"""The page of one order: what stands, what it was before, and what can be done with it."""

from collections.abc import Callable
from functools import partial

from app.features.medication.commands import (
    CheckOrder,
    DiscontinueOrder,
    HoldOrder,
    ReceiveStock,
    ResumeOrder,
)
from app.features.medication.model.nursing import Entry as Added
from app.features.medication.model.orders import OrderState
from app.features.medication.service.orders import OrderSheet
from app.kernel.changes import Changed, Kind
from app.kernel.clock import Moment
from app.kernel.errors import Refused
from app.kernel.words import N_, _, ngettext
from app.overviews.medication_words import (
    EMERGENCIES,
    ENDINGS,
    ORDER_STATES,
    SCHEDULES,
    SELF_CARRIES,
    UNITS,
    spoken_amount,
    spoken_dose,
    spoken_medicine,
    spoken_span,
    spoken_timing,
)
from app.overviews.reports.wording import spoken_day, spoken_moment
from ui.features.medication.presenter.orders import ask_change
from ui.features.medication.presenter.picture import ask_picture, remove_picture
from ui.features.medication.presenter.pupil import second_identifiers
from ui.features.medication.presenter.sheets import People, proof_of, with_people
from ui.features.medication.view.orders import Fact, RecordShown, RecordView
from ui.features.medication.view.sheets import ReasonSheet, ReceiveSheet, WitnessSheet
from ui.kit.asking import Entries, about
from ui.kit.look import Kind as Mark
from ui.kit.one_record import RecordPage
from ui.kit.room import Context
from ui.kit.widgets.lists import Entry

_ENTRIES = {
    "checked": N_("Compared with its paper"),
    "held": N_("Held"),
    "resumed": N_("Given again"),
    "discontinued": N_("Discontinued"),
}


class OrderPage(RecordPage[tuple[OrderSheet, bytes | None]]):
    """One order, newest version first."""

    heeded = frozenset({Kind.ORDER, Kind.STOCK, Kind.STUDENT, Kind.PHOTO})
    otherwise = ("orders",)
    view: RecordView

    def __init__(self, context: Context) -> None:
        super().__init__(
            context,
            RecordView(
                (
                    ("check", _("Compare with its paper"), "check"),
                    ("change", _("Change"), "edit"),
                    ("hold", _("Hold"), "stop"),
                    ("resume", _("Give again"), "redo"),
                    ("receive", _("Receive medicine"), "import"),
                    ("end", _("Discontinue"), "close"),
                    ("photo", _("Choose a picture"), "person"),
                    ("no_photo", _("Remove the picture"), "clear"),
                    ("student", _("Open the student"), "student"),
                ),
                _("What happened to it"),
                _("Order"),
            ),
        )
        self.view.history.opened.connect(self._open)

    def _source(self) -> Callable[[], tuple[OrderSheet, bytes | None]]:
        medication, order_id = self.context.desk.medication, self.subject

        def look_up() -> tuple[OrderSheet, bytes | None]:
            sheet = medication.orders.order_sheet(order_id)
            found = (
                medication.orders.photo(sheet.pupil.id)
                if sheet.pupil is not None and sheet.pupil.photo
                else None
            )
            return sheet, found[0] if found else None

        return look_up

    def _show(self, found: tuple[OrderSheet, bytes | None]) -> None:
        sheet, picture = found
        self.view.show_record(shown_order(sheet), picture)
        self.view.history.set_entries(_history(sheet))
        open_state = sheet.state in {OrderState.ACTIVE, OrderState.HELD, OrderState.NOT_STARTED}
        offered = []
        if sheet.pupil is not None:
            offered = ["student", "photo", *(("no_photo",) if picture else ())]
        if open_state:
            offered += ["change", "receive", "end"]
            offered.append("resume" if sheet.state is OrderState.HELD else "hold")
            if not sheet.standing_checked:
                offered.append("check")
        self.view.offer(*offered)

    def _open(self, entry: Entry) -> None:
        if entry.id.startswith("version:"):
            self.context.go("order", entry.id.removeprefix("version:"))

    # -- what can be done ------------------------------------------------------------

    def _act(self, name: str, found: tuple[OrderSheet, bytes | None]) -> None:
        sheet, _picture = found
        who = sheet.pupil.name if sheet.pupil is not None else _("Standing order")
        if name == "student" and sheet.pupil is not None:
            self.context.go("student", sheet.pupil.id)
        elif name == "change":
            ask_change(
                self.context, self.asker, self, sheet.order.id, sheet.form(),
                _("{name}: {medicine}").format(name=who, medicine=spoken_medicine(sheet.order)),
            )  # fmt: skip
        elif name == "photo" and sheet.pupil is not None:
            ask_picture(self.context, self, sheet.pupil)
        elif name == "no_photo" and sheet.pupil is not None:
            remove_picture(self.context, self, sheet.pupil)
        elif name == "check":
            with_people(self.context, self, partial(self._ask_check, sheet))
        elif name == "receive":
            with_people(self.context, self, partial(self._ask_receive, sheet))
        else:
            self._ask_reason(name, sheet)

    def _ask_check(self, sheet: OrderSheet, people: People) -> None:
        context = self.context
        text = _(
            "Read {medicine}, {dose}, {timing} from the paper while the second person reads it here."
        ).format(
            medicine=spoken_medicine(sheet.order),
            dose=spoken_dose(sheet.order),
            timing=spoken_timing(sheet.order),
        )

        def act(entries: Entries) -> Callable[[], Changed]:
            def work() -> Changed:
                proof = proof_of(context.desk, entries)
                if proof is None:
                    raise Refused("witness-missing", "witness")
                return context.desk.medication.orders.check_order(CheckOrder(sheet.order.id, proof))

            return work

        self.asker.ask(
            WitnessSheet(
                _("Compare with its paper"), _("It is the same"), text, people, parent=self
            ),
            act,
            lambda _changed, _entries: context.notices.say(_("The order is compared by two.")),
        )

    def _ask_receive(self, sheet: OrderSheet, people: People) -> None:
        context, order = self.context, sheet.order

        def act(entries: Entries) -> Callable[[], Changed]:
            def work() -> Changed:
                return context.desk.medication.stock.receive_stock(
                    ReceiveStock(
                        amount=entries["amount"],
                        order_id=order.id,
                        labelled=entries["labelled"],
                        prescription=entries["prescription"],
                        pharmacy=entries["pharmacy"],
                        lot=entries["lot"],
                        expires_on=entries["expires_on"],
                        place=entries["place"],
                        counterpart=entries["counterpart"],
                        witness=proof_of(context.desk, entries),
                    )
                )

            return work

        self.asker.ask(
            ReceiveSheet(spoken_medicine(order), _(UNITS[order.unit]), people, context.today, self),
            act,
            lambda _changed, _entries: context.notices.say(_("The medicine is received.")),
            kept=about("receive", order.series_id),
        )

    def _ask_reason(self, name: str, shown: OrderSheet) -> None:
        orders, order_id = self.context.desk.medication.orders, shown.order.id
        title, save, text = {
            "hold": (
                _("Hold the order"),
                _("Hold"),
                _("Its doses are shown as held until it is given again."),
            ),
            "resume": (
                _("Give again"),
                _("Give again"),
                _("Its doses come up on the board again."),
            ),
            "end": (
                _("Discontinue the order"),
                _("Discontinue"),
                _(
                    "No dose of it is due from now on. A discontinued order cannot be taken up again."
                ),
            ),
        }[name]

        def act(entries: Entries) -> Callable[[], Changed]:
            reason, word_of = entries["reason"], str(entries.get("word_of", ""))
            if name == "hold":
                return partial(orders.hold_order, HoldOrder(order_id, reason, word_of))
            if name == "resume":
                return partial(orders.resume_order, ResumeOrder(order_id, reason))
            return partial(orders.discontinue_order, DiscontinueOrder(order_id, reason, word_of))

        self.asker.ask(
            ReasonSheet(title, save, text, word_of=name != "resume", parent=self),
            act,
            lambda _changed, _entries: self.context.notices.say(_("It is on the order’s record.")),
            kept=about(name, order_id),
        )


def shown_order(sheet: OrderSheet) -> RecordShown:
    """Return an order in words."""
    order = sheet.order
    chips = [
        (_(ORDER_STATES[sheet.state]), Mark.GOOD if sheet.state is OrderState.ACTIVE else Mark.WARN)
    ]
    if sheet.standing_checked:
        by = sheet.checked_by
        chips.append(
            (_("Compared by {name}").format(name=by) if by else _("Compared by two"), Mark.GOOD)
        )
    else:
        chips.append((_("Not compared yet"), Mark.WARN))
    if order.controlled:
        chips.append((_(SCHEDULES[order.schedule]), Mark.ACCENT))
    if order.emergency:
        chips.append((_(EMERGENCIES[order.emergency]), Mark.BAD))
    warnings = [
        _("Allergy on record: {allergy}.").format(allergy=hit) for hit in sheet.allergy_hits
    ]
    warnings += [
        _("{what}: {day}").format(what=_(ENDINGS[what]), day=spoken_day(day))
        for what, day in sheet.ending
    ]
    facts = [
        Fact(_("Dose"), spoken_dose(order)),
        Fact(_("Given"), spoken_timing(order)),
        Fact(
            _("From – to"),
            _("{start} – {end}").format(
                start=spoken_day(order.starts_on), end=spoken_day(order.ends_on)
            ),
        ),
        Fact(_("Prescriber"), _told(order.prescriber, order.prescriber_phone)),
        Fact(
            _("Guardian"),
            _("{name}; valid until {day}").format(
                name=order.guardian, day=spoken_day(order.guardian_until)
            )
            if order.guardian and order.guardian_until
            else order.guardian,
        ),
        Fact(_("Kept where"), _(SELF_CARRIES[order.self_carry])),
        Fact(_("Instructions"), order.instructions),
        Fact(_("RxNorm code"), order.rxnorm),
    ]
    if order.min_minutes:
        facts.insert(2, Fact(_("Between two doses"), spoken_span(order.min_minutes)))
    if order.day_doses:
        most = ngettext("{count} dose", "{count} doses", order.day_doses)
        facts.insert(3, Fact(_("Most a day"), most.format(count=order.day_doses)))
    if sheet.level is not None:
        facts.append(
            Fact(
                _("In stock"),
                _("{amount}, for {doses}").format(
                    amount=spoken_amount(sheet.level.left, order.unit),
                    doses=ngettext("{count} dose", "{count} doses", sheet.level.doses).format(
                        count=sheet.level.doses
                    ),
                ),
            )
        )
    pupil = sheet.pupil
    return RecordShown(
        title=spoken_medicine(order),
        line=_("{name} · {more}").format(name=pupil.name, more=second_identifiers(pupil))
        if pupil is not None
        else _("Standing order, {school}").format(school=sheet.school),
        person=pupil.name if pupil is not None else "",
        chips=tuple(chips),
        facts=tuple(fact for fact in facts if fact.text),
        warnings=tuple(warnings),
    )


def _told(name: str, phone: str) -> str:
    return _("{name}, {phone}").format(name=name, phone=phone) if phone else name


def _history(sheet: OrderSheet) -> list[Entry]:
    found: list[tuple[str, Entry]] = []
    for version in sheet.versions:
        by = sheet.names.get(version.person_id, "")
        title = _("Version {number}: {dose}, {timing}").format(
            number=version.version, dose=spoken_dose(version), timing=spoken_timing(version)
        )
        text = _("{by}: {reason}").format(by=by, reason=version.reason) if version.reason else by
        found.append(
            (
                version.recorded_at,
                Entry(
                    f"version:{version.id}",
                    title,
                    text,
                    spoken_moment(version.recorded),
                    "draft",
                ),
            )
        )
    found.extend((added.recorded_at, _added(sheet, added)) for added in sheet.entries)
    return [entry for _at, entry in sorted(found, key=lambda pair: pair[0], reverse=True)]


def _added(sheet: OrderSheet, added: Added) -> Entry:
    who = sheet.names.get(added.person_id, "")
    witness = sheet.names.get(added.witness_id or "", "")
    by = _("{name} with {other}").format(name=who, other=witness) if witness else who
    title = _(_ENTRIES[added.kind]) if added.kind in _ENTRIES else added.kind
    return Entry(
        added.id,
        title,
        _("{by}: {text}").format(by=by, text=added.text) if added.text else by,
        spoken_moment(Moment(added.recorded_at, added.zone)),
        "check" if added.kind == "checked" else "history",
    )
