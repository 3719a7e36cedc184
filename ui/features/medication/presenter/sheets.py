"""Asks by sheets what the one key cannot say, and turns the answers into commands."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, time
from functools import partial
from typing import Any

from PySide6.QtWidgets import QWidget

from app.bootstrap import Desk
from app.features.medication.commands import (
    MarkNoSchool,
    RecordDose,
    RecordEffect,
    UnmarkNoSchool,
)
from app.features.medication.model.doses import By, Effect, Source
from app.features.medication.model.orders import Order
from app.features.medication.model.proof import Proof
from app.features.medication.repo.orders import Pupil
from app.features.medication.service.doses import EffectLine
from app.kernel.changes import Changed
from app.kernel.clock import Moment
from app.kernel.errors import Refused
from app.kernel.ids import PersonId, SchoolId, new_id
from app.kernel.words import _
from app.overviews.medication_words import (
    EFFECTS,
    GIVERS,
    UNITS,
    options,
    spoken_amount,
    spoken_medicine,
)
from app.overviews.reports.wording import spoken_day, spoken_moment
from ui.features.medication.view.nursing import HomeDoseSheet, NoSchoolSheet
from ui.features.medication.view.sheets import EffectSheet, MoreSheet
from ui.kit.asking import Asker, Entries, about
from ui.kit.room import Context

People = list[tuple[object, str]]


def with_people(context: Context, page: QWidget, then: Callable[[People], Any]) -> None:
    """Ask who else is at the vault, then go on with their ids and names."""

    def found(people: People) -> None:
        then(people)

    def look_up() -> People:
        return [(one.id, one.name) for one in context.desk.medication.witnesses()]

    context.tasks.read(look_up, found, context.say, owner=page)


def proof_of(desk: Desk, entries: Entries) -> Proof | None:
    """Return the proof of the second person on a sheet, or None; takes about a second."""
    person = str(entries.get("witness") or "")
    if not person:
        return None
    passphrase = str(entries.get("witness_passphrase") or "")
    if not passphrase:
        raise Refused("witness-missing", "witness_passphrase")
    try:
        return desk.medication.prove(PersonId(person), passphrase)
    except Refused as refused:
        if refused.code == "witness-wrong":
            raise Refused(refused.code, "witness_passphrase", **refused.facts) from None
        raise


def moment_of(now: Moment, day: str, at: str, field: str = "at") -> Moment | None:
    """Return the moment a sheet's day and time mean; None for an empty time of today."""
    if not at:
        if day and day != now.day().isoformat():
            raise Refused("time-unreadable", field, text=at)
        return None
    try:
        clock = time.fromisoformat(at)
        on = date.fromisoformat(day) if day else now.day()
    except ValueError:
        raise Refused("time-unreadable", field, text=at) from None
    return Moment.local(datetime.combine(on, clock), now.zone)


def ask_more(
    context: Context, asker: Asker, page: QWidget, command: RecordDose, order: Order
) -> None:
    """Ask for everything about a dose that is not the usual, and record it."""
    desk = context.desk

    def opened(people: People) -> None:
        sheet = MoreSheet(
            spoken_medicine(order),
            order.dose_number().partition("–")[0],
            _(UNITS[order.unit]),
            options(GIVERS),
            people,
            context.today,
            {
                "reason": command.reason,
                "assessment": command.assessment,
                "override_reason": command.override_reason,
            },
            page,
        )

        def act(entries: Entries) -> Callable[[], Changed]:
            given = moment_of(desk.clock.now(), entries["day"], entries["at"])
            full = replace(
                command,
                amount=entries["amount"],
                given_at=given,
                by=By(entries["by"]),
                giver=entries["giver"],
                note=entries["note"],
                site=entries["site"],
                reason=entries["reason"],
                assessment=entries["assessment"],
                override_reason=entries["override_reason"],
            )

            def work() -> Changed:
                proof = proof_of(desk, entries)
                return desk.medication.doses.record_dose(replace(full, witness=proof))

            return work

        asker.ask(
            sheet,
            act,
            lambda _changed, _entries: context.notices.say(_("The dose is recorded.")),
            kept=about("dose", command.order_id, command.day, command.slot),
        )

    with_people(context, page, opened)


def ask_effect(context: Context, asker: Asker, page: QWidget, line: EffectLine) -> None:
    """Ask what a dose as needed did."""
    text = _("{amount} of {medicine} to {name}, {when}.").format(
        amount=spoken_amount(line.dose.amount, line.dose.unit),
        medicine=line.order.title(),
        name=line.pupil.name,
        when=spoken_moment(line.dose.given or line.dose.recorded),
    )

    def act(entries: Entries) -> Callable[[], Changed]:
        if entries["effect"] is None:
            raise Refused("effect-needs-choice", "effect")
        command = RecordEffect(line.dose.id, Effect(entries["effect"]), entries["text"])
        return partial(context.desk.medication.doses.record_effect, command)

    asker.ask(
        EffectSheet(text, options(EFFECTS), page),
        act,
        lambda _changed, _entries: context.notices.say(_("The effect is recorded.")),
        kept=about("effect", line.dose.id),
    )


def ask_home_dose(
    context: Context, asker: Asker, page: QWidget, pupil: Pupil, order: Order
) -> None:
    """Ask for a dose as needed that the family gave at home: it counts, and takes nothing from here."""
    dose_id = new_id()

    def act(entries: Entries) -> Callable[[], Changed]:
        given = moment_of(context.desk.clock.now(), entries["day"], entries["at"])
        if given is None:
            raise Refused("time-unreadable", "at", text="")
        command = RecordDose(
            order.id, pupil.id, amount=entries["amount"], given_at=given, by=By.GUARDIAN,
            giver=entries["giver"], note=entries["note"],
            override_reason=entries["override_reason"], source=Source.HOME, dose_id=dose_id,
        )  # fmt: skip
        return partial(context.desk.medication.doses.record_dose, command)

    asker.ask(
        HomeDoseSheet(
            _("{name}: {medicine}").format(name=pupil.name, medicine=spoken_medicine(order)),
            context.today,
            page,
        ),
        act,
        lambda _changed, _entries: context.notices.say(_("The dose at home is recorded.")),
        kept=about("home-dose", pupil.id, order.id),
    )


def ask_no_school(context: Context, asker: Asker, page: QWidget, schools: People) -> None:
    """Ask which day has no school and why; the notice takes it back."""
    doses = context.desk.medication.doses

    def command(entries: Entries) -> MarkNoSchool:
        school = SchoolId(str(entries.get("school") or "")) or None
        return MarkNoSchool(entries["day"], entries["reason"], school)

    def done(_changed: Changed, entries: Entries) -> None:
        marked = command(entries)

        def take_back() -> None:
            context.tasks.write(
                partial(doses.unmark_no_school, UnmarkNoSchool(marked.day, marked.school_id)),
                failed=context.say,
            )

        context.notices.say(
            _("{day} has no school.").format(day=spoken_day(marked.day)), undo=take_back
        )

    asker.ask(
        NoSchoolSheet(schools, context.today, page),
        lambda entries: partial(doses.mark_no_school, command(entries)),
        done,
        kept=about("no-school"),
    )
