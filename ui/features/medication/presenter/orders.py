"""The orders page: every order, newest version, by student."""

from collections.abc import Callable
from dataclasses import fields
from functools import partial
from typing import Any

from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.features.medication.commands import ChangeOrder, CloseYear, WriteOrder
from app.features.medication.model.amounts import Unit
from app.features.medication.model.orders import (
    Emergency,
    OrderForm,
    OrderState,
    Route,
    Schedule,
    SelfCarry,
    Timing,
)
from app.features.medication.repo.orders import Pupil
from app.features.medication.repo.stock import Held
from app.features.medication.service.orders import OrderLine
from app.kernel.changes import Changed, Kind
from app.kernel.ids import StudentId, new_id
from app.kernel.words import _, ngettext
from app.overviews.medication_words import (
    EMERGENCIES,
    ENDINGS,
    ORDER_STATES,
    ROUTES,
    SCHEDULES,
    SELF_CARRIES,
    UNITS,
    options,
    spoken_amount,
    spoken_dose,
    spoken_medicine,
    spoken_timing,
)
from app.overviews.reports.wording import spoken_day
from ui.features.medication.presenter.pupil import pick_pupil
from ui.features.medication.view.nursing import YearSheet
from ui.features.medication.view.orders import OrdersView
from ui.features.medication.view.sheets import OrderEntry
from ui.kit.asking import Asker, Entries, about
from ui.kit.look import Kind as Mark
from ui.kit.room import Context, PageWidget
from ui.kit.widgets.lists import Entry

_DAYS = 7


def order_choices() -> dict[str, list[tuple[object, str]]]:
    """Return what the form of an order offers."""
    names = (_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun"))
    return {
        "unit": options(UNITS),
        "route": options(ROUTES),
        "timing": [(Timing.SCHEDULED, _("At set times")), (Timing.PRN, _("As needed"))],
        "days": list(enumerate(names)),
        "schedule": options(SCHEDULES),
        "emergency": options(EMERGENCIES),
        "self_carry": options(SELF_CARRIES),
    }


def entries_of(form: OrderForm) -> dict[str, Any]:
    """Return a form as the sheet shows it."""
    found: dict[str, Any] = {field.name: getattr(form, field.name) for field in fields(form)}
    found["times"] = ", ".join(form.times)
    found["days"] = [bit for bit in range(_DAYS) if form.days >> bit & 1]
    return found


def form_of(entries: Entries, base: OrderForm) -> OrderForm:
    """Return what was typed on the sheet as the core's form, for the student of `base`."""
    typed = {
        name: str(entries[name] or "")
        for name in (
            "name", "strength", "form", "rxnorm", "dose", "dose_most", "indication", "min_hours",
            "day_doses", "starts_on", "ends_on", "prescriber", "prescriber_phone", "prescribed_on",
            "guardian", "guardian_signed_on", "guardian_until", "refill_doses", "refill_days",
            "instructions",
        )
    }  # fmt: skip
    times = str(entries["times"]).replace(";", ",").split(",")
    return OrderForm(
        student_id=base.student_id,
        school_id=base.school_id,
        ingredients=base.ingredients,
        day_amount=base.day_amount,
        effect_minutes=base.effect_minutes,
        prescriber_until=base.prescriber_until,
        self_carry_on=base.self_carry_on,
        self_carry_until=base.self_carry_until,
        unit=Unit(entries["unit"] or Unit.TABLET),
        route=Route(entries["route"] or Route.ORAL),
        timing=Timing(entries["timing"] or Timing.SCHEDULED),
        times=tuple(at.strip() for at in times if at.strip()),
        days=sum(1 << int(bit) for bit in entries["days"]),
        schedule=Schedule(entries["schedule"] or Schedule.NONE),
        emergency=Emergency(entries["emergency"] or Emergency.NONE),
        self_carry=SelfCarry(entries["self_carry"] or SelfCarry.NONE),
        reason=str(entries.get("reason", "")),
        **typed,
    )


def ask_order(context: Context, asker: Asker, page: QWidget, pupil: Pupil) -> None:
    """Ask for a new order of a student, as it stands on its paper."""
    base = OrderForm(student_id=pupil.id)
    order_id = new_id()

    def act(entries: Entries) -> Callable[[], Changed]:
        command = WriteOrder(form_of(entries, base), order_id)
        return partial(context.desk.medication.orders.write_order, command)

    def done(changed: Changed, _entries: Entries) -> None:
        context.notices.say(_("The order is written. A second person should compare it."))
        context.go("order", changed.made)

    allergies = ", ".join(pupil.allergies)
    asker.ask(
        OrderEntry(
            _("New order"),
            _("Write the order"),
            _("{name}. Allergies: {allergies}.").format(name=pupil.name, allergies=allergies)
            if allergies
            else pupil.name,
            entries_of(base),
            order_choices(),
            context.today,
            parent=page,
        ),
        act,
        done,
        kept=about("order", pupil.id),
    )


def ask_change(
    context: Context, asker: Asker, page: QWidget, order_id: str, form: OrderForm, name: str
) -> None:
    """Ask how an order is changed: a new version, with the reason."""
    new_version = new_id()

    def act(entries: Entries) -> Callable[[], Changed]:
        command = ChangeOrder(order_id, form_of(entries, form), new_version)
        return partial(context.desk.medication.orders.change_order, command)

    def done(changed: Changed, _entries: Entries) -> None:
        context.notices.say(_("The order is changed. What it was stays readable."))
        context.go("order", changed.made, instead=True)

    asker.ask(
        OrderEntry(
            _("Change the order"),
            _("Keep the new version"),
            name,
            entries_of(form),
            order_choices(),
            context.today,
            changing=True,
            parent=page,
        ),
        act,
        done,
        kept=about("order", order_id),
    )


class OrdersPage(PageWidget):
    """Every order; Enter opens one."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._asker = Asker(context, self)
        self._part = "open"
        self._text = ""
        self.view = OrdersView(
            [
                ("open", _("Open")),
                ("unchecked", _("Not compared yet")),
                ("ending", _("Ending soon")),
                ("all", _("Ended too")),
            ]
        )
        page = QVBoxLayout(self)
        page.setContentsMargins(0, 0, 0, 0)
        page.addWidget(self.view)
        self.view.sought.connect(self._seek)
        self.view.turned.connect(self._turn)
        self.view.add_asked.connect(self._add)
        self.view.year_asked.connect(self._ask_year)
        self.view.list.opened.connect(lambda entry: context.go("order", entry.id))

    def arrive(self) -> None:
        """Look again, and stand in the list."""
        self._reload()
        self.view.list.setFocus()

    def heed(self, changed: Changed) -> None:
        """Look again when an order or its supply changed."""
        if self.isVisible() and changed.meets({Kind.ORDER, Kind.STOCK, Kind.STUDENT}):
            self._reload()

    def flush(self) -> None:
        """Keep what stands on an open sheet."""
        self._asker.flush()

    def show_subject(self, subject: str) -> None:
        """Begin a new order for a student (`new:ID`)."""
        if subject.startswith("new:"):
            self._new_for(subject.removeprefix("new:"))

    def _turn(self, part: object) -> None:
        self._part = str(part or "open")
        self._reload()

    def _seek(self, text: str) -> None:
        self._text = text
        self._reload()

    def _reload(self) -> None:
        orders, part, text = self._context.desk.medication.orders, self._part, self._text

        def look_up() -> list[OrderLine]:
            if part == "unchecked":
                found = orders.unchecked()
            elif part == "ending":
                ending = {line.order.id for line in orders.endings()}
                found = [line for line in orders.orders(limit=5_000) if line.order.id in ending]
            else:
                found = orders.orders(ended=part == "all", limit=2_000)
            if not text.strip():
                return found
            return [
                line
                for line in found
                if (line.pupil is not None and line.pupil.answers(text))
                or text.casefold() in line.order.name.casefold()
            ]

        self._context.tasks.read(look_up, self._show, self._context.say, key="orders", owner=self)

    def _show(self, lines: list[OrderLine]) -> None:
        count = ngettext("{count} order", "{count} orders", len(lines)).format(count=len(lines))
        self.view.show_entries([_entry(line) for line in lines], count if lines else "")
        if lines and not self.view.list.currentIndex().isValid():
            self.view.list.go_to(0)

    def _add(self) -> None:
        context = self._context
        pick_pupil(
            context,
            self,
            _("Whose order is it?"),
            lambda pupil: ask_order(context, self._asker, self, pupil),
        )

    def _ask_year(self) -> None:
        """Ask for the end of the year, with what is still there before one's eyes."""
        stock = self._context.desk.medication.stock
        self._context.tasks.read(
            stock.containers, self._ask_year_with, self._context.say, key="year", owner=self
        )

    def _ask_year_with(self, held: list[Held]) -> None:
        context = self._context
        left = [one for one in held if one.container.student_id]
        orders = context.desk.medication.orders

        def act(entries: Entries) -> Callable[[], Changed]:
            command = CloseYear(
                entries["reason"], entries["day"], leave_stock=bool(entries["leave_stock"])
            )
            return partial(orders.close_year, command)

        def done(_changed: Changed, _entries: Entries) -> None:
            context.notices.say(
                _("The school year is closed. Its orders have ended; their record stays.")
            )

        self._asker.ask(
            YearSheet(_year_words(left), [_named(one) for one in left], context.today, self),
            act,
            done,
            kept=about("year"),
        )

    def _new_for(self, student_id: str) -> None:
        self._context.tasks.read(
            partial(self._context.desk.medication.orders.pupil, StudentId(student_id)),
            lambda pupil: ask_order(self._context, self._asker, self, pupil),
            self._context.say,
            owner=self,
        )


def _year_words(left: list[Held]) -> str:
    """Return what the end of the year does, and how much of students' medicines is still there."""
    words = _("Every order that is open ends, and no dose is due any more. This is not undone.")
    if not left:
        return _("{words} Nothing of any student is left in stock.").format(words=words)
    return ngettext(
        "{words} {count} container is to be returned or destroyed first; it is named below.",
        "{words} {count} containers are to be returned or destroyed first; they are named below.",
        len(left),
    ).format(words=words, count=len(left))


def _named(held: Held) -> str:
    return _("{name}: {amount} of {medicine}").format(
        name=held.student,
        amount=spoken_amount(held.balance, held.container.unit),
        medicine=held.container.title(),
    )


def _entry(line: OrderLine) -> Entry:
    order = line.order
    chips: list[tuple[str, str]] = []
    if not line.checked:
        chips.append((_("Not compared yet"), Mark.WARN))
    chips.extend(
        (_("{what}: {day}").format(what=_(ENDINGS[what]), day=spoken_day(day)), Mark.WARN)
        for what, day in line.ending[:1]
    )
    if line.level is not None and line.level.low:
        left = spoken_amount(line.level.left, order.unit)
        chips.append((_("{amount} left").format(amount=left), Mark.BAD))
    if line.state is not OrderState.ACTIVE:
        chips.append((_(ORDER_STATES[line.state]), Mark.PLAIN))
    return Entry(
        order.id,
        line.pupil.listed if line.pupil is not None else _("Standing order"),
        _("{medicine} · {dose} · {timing}").format(
            medicine=spoken_medicine(order), dose=spoken_dose(order), timing=spoken_timing(order)
        ),
        "",
        "medication",
        tuple(chips),
        subject=line,
    )
