"""The stock page: every container, what is in it, and the counts of two."""

from collections.abc import Callable
from functools import partial

from PySide6.QtWidgets import QVBoxLayout

from app.features.medication.commands import (
    CountLine,
    CountStock,
    ExplainDiscrepancy,
    NoteOnDiscrepancy,
    TakeStock,
)
from app.features.medication.model.stock import (
    TAKEN_BY_HAND,
    Discrepancy,
    Movement,
    MovementKind,
    Occasion,
)
from app.features.medication.repo.stock import Held
from app.features.medication.service.stock import Ledger
from app.kernel.changes import Changed, Kind
from app.kernel.clock import Moment
from app.kernel.errors import Refused
from app.kernel.words import _, ngettext
from app.overviews.medication_words import (
    MOVEMENTS,
    OCCASIONS,
    SCHEDULES,
    UNITS,
    options,
    spoken_amount,
)
from app.overviews.reports.medication_papers import PaperKind
from app.overviews.reports.wording import spoken_day, spoken_moment
from ui.features.medication.presenter.papers import subject_of
from ui.features.medication.presenter.sheets import People, proof_of, with_people
from ui.features.medication.view.orders import Fact, RecordShown, RecordView
from ui.features.medication.view.records import RecordsView
from ui.features.medication.view.sheets import CountSheet, ReasonSheet, TakeSheet, WitnessSheet
from ui.kit.asking import Asker, Entries, about
from ui.kit.look import Kind as Mark
from ui.kit.one_record import RecordPage
from ui.kit.room import Context, PageWidget
from ui.kit.widgets.buttons import Button
from ui.kit.widgets.empty import EmptyState
from ui.kit.widgets.lists import Entry


class StockPage(PageWidget):
    """Every container; Enter opens its ledger, Count takes those that are shown."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._asker = Asker(context, self)
        self._part = "all"
        self._held: list[Held] = []
        start = Button(_("Go to the orders"), "list", "primary")
        self.view = RecordsView(
            _("Stock"),
            (_("Count these"), "counts"),
            [
                ("all", _("In stock")),
                ("controlled", _("Controlled")),
                ("uncounted", _("To be counted today")),
                ("expiring", _("Expiring")),
                ("empty", _("Empty too")),
            ],
            EmptyState(
                "archive",
                _("Nothing stands here"),
                _("Medicine is received from the page of its order, counted by two."),
                start,
            ),
            start,
        )
        page = QVBoxLayout(self)
        page.setContentsMargins(0, 0, 0, 0)
        page.addWidget(self.view)
        self.view.turned.connect(self._turn)
        self.view.asked.connect(lambda: with_people(context, self, self._ask_count))
        self.view.started.connect(lambda: context.go("orders"))
        self.view.list.opened.connect(lambda entry: context.go("container", entry.id))

    def arrive(self) -> None:
        """Look again, and stand in the list."""
        self._reload()
        self.view.list.setFocus()

    def heed(self, changed: Changed) -> None:
        """Look again when something came or went."""
        if self.isVisible() and changed.meets({Kind.STOCK, Kind.DOSE, Kind.DISCREPANCY}):
            self._reload()

    def flush(self) -> None:
        """Keep what stands on an open sheet."""
        self._asker.flush()

    def _turn(self, part: object) -> None:
        self._part = str(part or "all")
        self._reload()

    def _reload(self) -> None:
        stock, part = self._context.desk.medication.stock, self._part

        def look_up() -> list[Held]:
            if part == "uncounted":
                return stock.to_count()
            if part == "expiring":
                return stock.expiring(60)
            return stock.containers(controlled=part == "controlled", empty=part == "empty")

        self._context.tasks.read(look_up, self._show, self._context.say, key="stock", owner=self)

    def _show(self, held: list[Held]) -> None:
        self._held = held
        count = ngettext("{count} container", "{count} containers", len(held))
        self.view.show_entries(
            [_entry(one) for one in held], count.format(count=len(held)) if held else ""
        )
        self.view.action.setEnabled(bool(held))

    def _ask_count(self, people: People) -> None:
        ask_count(self._context, self._asker, self, self._held, people)


def ask_count(
    context: Context, asker: Asker, page: PageWidget, held: list[Held], people: People
) -> None:
    """Ask what was counted in each container; what is left empty is not counted."""
    if not held:
        return
    names = {f"count-{place}": one for place, one in enumerate(held)}
    lines = [
        (
            name,
            _("{medicine}, {whose} ({unit})").format(
                medicine=one.container.title(),
                whose=one.student or one.school,
                unit=_(UNITS[one.container.unit]),
            ),
        )
        for name, one in names.items()
    ]

    def act(entries: Entries) -> Callable[[], Changed]:
        counted = tuple(
            CountLine(one.container.id, str(entries[name]).strip())
            for name, one in names.items()
            if str(entries[name]).strip()
        )
        if not counted:
            raise Refused("amount-unreadable", next(iter(names)))
        occasion = Occasion(entries["occasion"])

        typed = [name for name in names if str(entries[name]).strip()]

        def work() -> Changed:
            proof = proof_of(context.desk, entries)
            try:
                return context.desk.medication.stock.count_stock(
                    CountStock(counted, occasion, proof)
                )
            except Refused as refused:
                place = refused.field.removeprefix("lines.")
                if place.isdecimal():
                    raise Refused(refused.code, typed[int(place)], **refused.facts) from None
                raise

        return work

    def done(_changed: Changed, _entries: Entries) -> None:
        context.notices.say(
            _("The count is kept. What does not come out stays open until it is explained.")
        )

    asker.ask(
        CountSheet(
            _("Count each container together, then type what is there. What was expected is shown"
              " afterwards."),
            lines,
            options(OCCASIONS),
            people,
            page,
        ),
        act,
        done,
        kept=about("count", *(one.container.id for one in held)),
    )  # fmt: skip


class ContainerPage(RecordPage[Ledger]):
    """One container: its ledger from receipt to destruction."""

    heeded = frozenset({Kind.STOCK, Kind.DOSE, Kind.DISCREPANCY})
    otherwise = ("stock",)

    def __init__(self, context: Context) -> None:
        super().__init__(
            context,
            RecordView(
                (
                    ("explain", _("Explain the discrepancy"), "check"),
                    ("told", _("Add to the discrepancy"), "note"),
                    ("count", _("Count"), "counts"),
                    ("take", _("Waste, drop, return, destroy"), "export"),
                    ("paper", _("Save as PDF"), "pdf"),
                ),
                _("Ledger"),
                _("Container"),
            ),
        )
        self.view.history.opened.connect(self._open)

    def _source(self) -> Callable[[], Ledger]:
        return partial(self.context.desk.medication.stock.ledger, self.subject)

    def _show(self, ledger: Ledger) -> None:
        self.view.show_record(_shown(ledger))
        self.view.history.set_entries(_history(ledger))
        offered = ["count", "take"] if ledger.held.balance else ["count"]
        offered.append("paper")
        if _open_ones(ledger):
            offered += ["explain", "told"]
        self.view.offer(*offered)

    def _open(self, entry: Entry) -> None:
        if isinstance(entry.subject, Movement) and entry.subject.dose_id:
            self.context.go("dose", entry.subject.dose_id)

    def _act(self, name: str, ledger: Ledger) -> None:
        if name == "count":
            with_people(
                self.context,
                self,
                lambda people: ask_count(self.context, self.asker, self, [ledger.held], people),
            )
        elif name == "paper":
            box = ledger.held.container
            subject = subject_of(PaperKind.LEDGER, box.student_id or "", box.id)
            self.context.go("papers", subject)
        elif name == "take":
            with_people(self.context, self, self._ask_take)
        elif name == "explain":
            with_people(self.context, self, self._ask_explanation)
        else:
            self._ask_told()

    def _ask_take(self, people: People) -> None:
        ledger, context = self.found, self.context
        if ledger is None:
            return
        container = ledger.held.container

        def act(entries: Entries) -> Callable[[], Changed]:
            kind = MovementKind(entries["kind"])

            def work() -> Changed:
                return context.desk.medication.stock.take_stock(
                    TakeStock(
                        container.id,
                        kind,
                        entries["amount"],
                        entries["reason"],
                        entries["counterpart"],
                        proof_of(context.desk, entries),
                    )
                )

            return work

        self.asker.ask(
            TakeSheet(
                _("{medicine}: {amount} are in it. This cannot be taken back, only corrected by a"
                  " count.").format(
                    medicine=container.title(),
                    amount=spoken_amount(ledger.held.balance, container.unit),
                ),
                _(UNITS[container.unit]),
                options(MOVEMENTS, TAKEN_BY_HAND),
                people,
                self,
            ),
            act,
            lambda _changed, _entries: context.notices.say(_("It stands in the ledger.")),
            kept=about("take", container.id),
        )  # fmt: skip

    def _ask_explanation(self, people: People) -> None:
        ledger, context = self.found, self.context
        found = _open_ones(ledger) if ledger is not None else []
        if ledger is None or not found:
            return
        first = found[0]

        def act(entries: Entries) -> Callable[[], Changed]:
            def work() -> Changed:
                proof = proof_of(context.desk, entries)
                if proof is None:
                    raise Refused("witness-missing", "witness")
                return context.desk.medication.stock.explain_discrepancy(
                    ExplainDiscrepancy(first.id, entries["text"], proof)
                )

            return work

        self.asker.ask(
            WitnessSheet(
                _("Explain the discrepancy"),
                _("Explain"),
                _discrepancy(ledger, first),
                people,
                words=_("What was found"),
                parent=self,
            ),
            act,
            lambda _changed, _entries: context.notices.say(_("The discrepancy is explained.")),
            kept=about("explain", first.id),
        )

    def _ask_told(self) -> None:
        ledger, context = self.found, self.context
        found = _open_ones(ledger) if ledger is not None else []
        if ledger is None or not found:
            return
        first = found[0]

        def act(entries: Entries) -> Callable[[], Changed]:
            command = NoteOnDiscrepancy(first.id, entries["reason"], entries["word_of"])
            return partial(context.desk.medication.stock.note_on_discrepancy, command)

        self.asker.ask(
            ReasonSheet(
                _("Add to the discrepancy"),
                _("Add"),
                _discrepancy(ledger, first),
                word_of=True,
                parent=self,
            ),
            act,
            lambda _changed, _entries: context.notices.say(_("It is on the record.")),
            kept=about("told", first.id),
        )


def _open_ones(ledger: Ledger) -> list[Discrepancy]:
    return [
        one
        for one in ledger.discrepancies
        if not any(entry.kind == "explained" for entry in ledger.explanations.get(one.id, ()))
    ]


def _discrepancy(ledger: Ledger, one: Discrepancy) -> str:
    unit = ledger.held.container.unit
    return _("{counted} were there, {expected} were expected.").format(
        counted=spoken_amount(one.counted, unit), expected=spoken_amount(one.expected, unit)
    )


def _entry(held: Held) -> Entry:
    container = held.container
    chips: list[tuple[str, str]] = []
    if held.discrepancies:
        chips.append((_("Does not come out"), Mark.BAD))
    if container.controlled:
        chips.append((_(SCHEDULES[container.schedule]), Mark.ACCENT))
    if container.expires_on:
        chips.append((_("expires {day}").format(day=spoken_day(container.expires_on)), Mark.PLAIN))
    return Entry(
        container.id,
        _("{medicine} · {whose}").format(
            medicine=container.title(), whose=held.student or held.school
        ),
        " · ".join(
            part
            for part in (
                container.place,
                _("counted {when}").format(when=spoken_day(held.counted_at))
                if held.counted_at
                else _("never counted"),
            )
            if part
        ),
        spoken_amount(held.balance, container.unit),
        "archive",
        tuple(chips),
        kind=Mark.BAD if held.discrepancies else Mark.PLAIN,
    )


def _shown(ledger: Ledger) -> RecordShown:
    held = ledger.held
    container = held.container
    chips = [
        (spoken_amount(held.balance, container.unit), Mark.GOOD if held.balance else Mark.PLAIN)
    ]
    if container.controlled:
        chips.append((_(SCHEDULES[container.schedule]), Mark.ACCENT))
    facts = (
        Fact(_("Prescription number"), container.prescription),
        Fact(_("Pharmacy"), container.pharmacy),
        Fact(_("Lot"), container.lot),
        Fact(_("Expires on"), spoken_day(container.expires_on) if container.expires_on else ""),
        Fact(_("Kept where"), container.place),
        Fact(_("Received"), spoken_moment(Moment(container.recorded_at, container.zone))),
    )
    return RecordShown(
        title=container.title(),
        line=held.student or held.school,
        chips=tuple(chips),
        facts=tuple(fact for fact in facts if fact.text),
        warnings=tuple(_discrepancy(ledger, one) for one in _open_ones(ledger)),
    )


def _history(ledger: Ledger) -> list[Entry]:
    unit = ledger.held.container.unit
    rows: list[tuple[str, Entry]] = []
    for move in ledger.movements:
        who = ledger.names.get(move.person_id, "")
        witness = ledger.names.get(move.witness_id or "", "") or move.counterpart
        by = _("{name} with {other}").format(name=who, other=witness) if witness else who
        about_it = " · ".join(
            part for part in (by, ledger.students.get(move.dose_id or "", ""), move.reason) if part
        )
        rows.append(
            (
                move.recorded_at,
                Entry(
                    move.id,
                    _("{what}: {amount}").format(
                        what=_(MOVEMENTS[move.kind]), amount=spoken_amount(move.amount, unit)
                    ),
                    about_it,
                    spoken_moment(move.happened),
                    "import" if move.amount > 0 else "export",
                    (
                        (
                            _("{amount} left").format(amount=spoken_amount(move.balance, unit)),
                            Mark.PLAIN,
                        ),
                    ),
                    subject=move,
                ),
            )
        )
    for count in ledger.counts:
        who = ledger.names.get(count.person_id, "")
        witness = ledger.names.get(count.witness_id or "", "")
        by = _("{name} with {other}").format(name=who, other=witness) if witness else who
        fine = count.counted == count.expected
        rows.append(
            (
                count.recorded_at,
                Entry(
                    count.id,
                    _("{why}: {amount} counted").format(
                        why=_(OCCASIONS[count.occasion]), amount=spoken_amount(count.counted, unit)
                    ),
                    by,
                    spoken_moment(Moment(count.recorded_at, count.zone)),
                    "counts",
                    ()
                    if fine
                    else (
                        (
                            _("{amount} expected").format(
                                amount=spoken_amount(count.expected, unit)
                            ),
                            Mark.BAD,
                        ),
                    ),
                    kind=Mark.PLAIN if fine else Mark.BAD,
                ),
            )
        )
    for entries in ledger.explanations.values():
        rows.extend(
            (
                entry.recorded_at,
                Entry(
                    entry.id,
                    _("Explained") if entry.kind == "explained" else _("Added to the discrepancy"),
                    _("{by}: {text}").format(
                        by=ledger.names.get(entry.person_id, ""), text=entry.text
                    ),
                    spoken_moment(Moment(entry.recorded_at, entry.zone)),
                    "note",
                ),
            )
            for entry in entries
        )
    return [entry for _at, entry in sorted(rows, key=lambda pair: pair[0], reverse=True)]
