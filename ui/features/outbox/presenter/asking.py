"""The sheets of the outbox, and what is done with what was entered."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from functools import partial

from PySide6.QtWidgets import QFileDialog, QWidget

from app.features.outbox.commands import (
    AddDestination,
    ChangeDestination,
    ReplaceCredentials,
    SendSummary,
)
from app.features.outbox.model.records import Destination, Parcel, PlaceLine
from app.features.outbox.model.rules import NEEDED, OPTIONAL, SECRETS
from app.kernel.changes import Changed
from app.kernel.documents import SummaryKind
from app.kernel.ids import StudentId
from app.kernel.releases import Ground
from app.kernel.words import _, pgettext
from app.phrases.outbox import CARRIERS, ENTRIES, spoken_kind, spoken_period
from app.sync.parcels import Carrier
from ui.features.outbox.presenter.courier import courier_of
from ui.features.outbox.view.sheets import PlaceSheet, SecretSheet, SendSheet
from ui.kit.asking import Asker, Entries, about
from ui.kit.dates import month_name, shown_date
from ui.kit.grounds import offer_releases
from ui.kit.room import Context
from ui.kit.sending import Wish
from ui.kit.students import pick_student
from ui.kit.widgets.entry_sheet import put
from ui.kit.widgets.fields import LineEdit
from ui.kit.widgets.ground import party_of, terms_of

ABOUT_ONE = frozenset({SummaryKind.STUDENT, SummaryKind.MEDICATION_MONTH})
"""Summaries that are about one student."""
_SENT = (
    SummaryKind.SERVICES,
    SummaryKind.USE_OF_TIME,
    SummaryKind.CASELOAD,
    SummaryKind.STUDENT,
    SummaryKind.MEDICATION_MONTH,
)
_USUAL: Mapping[SummaryKind, Ground] = {
    SummaryKind.SERVICES: Ground.NO_NAMES,
    SummaryKind.USE_OF_TIME: Ground.NO_NAMES,
}
_MONTHS = 13


def _entries() -> dict[str, str]:
    return {name: _(words) for name, words in ENTRIES.items()}


def ask_place(
    context: Context,
    asker: Asker,
    page: QWidget,
    done: Callable[[str], object],
    before: Destination | None = None,
) -> None:
    """Ask for a new place, or for another address of one."""
    sheet = PlaceSheet(
        _("Add a place") if before is None else _("Change the place"),
        _("Add the place") if before is None else _("Save"),
        [(carrier, _(words)) for carrier, words in CARRIERS.items()],
        _entries(),
        {carrier: (NEEDED[carrier], OPTIONAL[carrier], SECRETS[carrier]) for carrier in Carrier},
        secrets=before is None,
        parent=page,
    )
    if before is not None:
        put(sheet.form.field("label").editor, before.label)
        sheet.carrier.set_value(before.carrier)
        put(sheet.form.field("recipients").editor, "\n".join(before.recipients))
        for name, value in before.options:
            put(sheet.form.field(name).editor, value)
    sheet.browse_asked.connect(partial(_browse, sheet))

    def act(entries: Entries) -> Callable[[], Changed]:
        carrier = Carrier(entries["carrier"])
        options = {name: entries[name] for name in (*NEEDED[carrier], *OPTIONAL[carrier])}
        recipients = str(entries["recipients"]).split()
        places = context.desk.outbox.places
        if before is not None:
            return partial(
                places.change,
                ChangeDestination(before.id, entries["label"], carrier, options, recipients),
            )
        credentials = {name: entries[name] for name in SECRETS[carrier]}
        return partial(
            places.add,
            AddDestination(entries["label"], carrier, options, recipients, credentials),
        )

    kept = about("place", before.id if before else "")
    asker.ask(sheet, act, lambda changed, _entries: done(changed.made), kept=kept)


def _browse(sheet: PlaceSheet) -> None:
    chosen = QFileDialog.getExistingDirectory(sheet, _("Choose a folder"))
    if chosen:
        put(sheet.form.field("path").editor, chosen)


def ask_secret(
    context: Context, asker: Asker, page: QWidget, place: Destination, done: Callable[[], object]
) -> None:
    """Ask for what opens a place; what was kept is not shown."""
    words = _entries()
    sheet = SecretSheet(
        place.label, {name: words[name] for name in SECRETS[place.carrier]}, parent=page
    )

    def act(entries: Entries) -> Callable[[], Changed]:
        credentials = {name: entries[name] for name in SECRETS[place.carrier]}
        return partial(
            context.desk.outbox.places.replace_credentials,
            ReplaceCredentials(place.id, credentials),
        )

    asker.ask(sheet, act, lambda _changed, _entries: done())


def _spoken(first: date) -> str:
    return _("{month} {year}").format(month=month_name(first.month, short=False), year=first.year)


def shown_period(period: str) -> str:
    """Return a period as a person reads it: a month by its name, days as days are shown."""
    if len(period) == len("2026-10"):
        return _spoken(date.fromisoformat(f"{period}-01"))
    first, slash, last = period.partition("/")
    if slash and ".." not in (first, last):
        return pgettext("period", "{first} to {last}").format(
            first=shown_date(date.fromisoformat(first)), last=shown_date(date.fromisoformat(last))
        )
    return spoken_period(period)


def periods(today: date) -> list[tuple[object, str]]:
    """Return the periods a summary can be of: months, the last one that is over first."""
    found: list[tuple[object, str]] = []
    first = today.replace(day=1)
    for _month in range(_MONTHS):
        first = (first - timedelta(days=1)).replace(day=1)
        found.append((f"{first:%Y-%m}", _spoken(first)))
    this = today.replace(day=1)
    found.insert(1, (f"{this:%Y-%m}", _spoken(this)))
    begun = date(today.year if today.month >= 7 else today.year - 1, 7, 1)
    year = f"{begun.isoformat()}/{today.isoformat()}"
    found.insert(2, (year, _("This school year so far")))
    return found


def _periods_with(wish: Wish | None, today: date) -> list[tuple[object, str]]:
    found = periods(today)
    if wish is not None and wish.period and wish.period not in {period for period, _said in found}:
        found.insert(0, (wish.period, shown_period(wish.period) or _("Whole record")))
    return found


def _fill(sheet: SendSheet, wish: Wish) -> None:
    """Show on a sheet what a page knows already."""
    if wish.period:
        put(sheet.form.field("period").editor, wish.period)
    put(sheet.form.field("recipient").editor, wish.recipient)
    put(sheet.form.field("purpose").editor, wish.purpose)
    if wish.terms.ground is not None:
        sheet.ground.show_terms(wish.terms)
    sheet.show_chosen(wish.told, dated=bool(wish.period))
    sheet.form.field("place").setFocus()


def said_queued() -> str:
    """Return what is said once a summary waits."""
    return _("It is in the outbox, and leaves as soon as its place can be reached.")


def ask_wish(context: Context, wish: Wish, page: QWidget) -> None:
    """Ask over a page for what is still open of what it shows, and send it by itself."""

    def queued(_parcel: str) -> None:
        context.notices.say(said_queued())
        wish.sent()
        courier_of(context).look()

    def found(places: list[PlaceLine]) -> None:
        ask_summary(context, Asker(context, page), page, places, queued, wish=wish)

    context.tasks.read(context.desk.outbox.destinations, found, context.say, owner=page)


def ask_summary(
    context: Context,
    asker: Asker,
    page: QWidget,
    places: list[PlaceLine],
    done: Callable[[str], object],
    like: Parcel | None = None,
    wish: Wish | None = None,
) -> None:
    """Ask which summary is to be sent where, and on what ground.

    `like` fills in another's; `wish` is the one that a page shows, and no other is asked for.
    """
    sheet = SendSheet(
        [(kind, spoken_kind(kind)) for kind in ((wish.kind,) if wish else _SENT)],
        _periods_with(wish, context.today()),
        [(line.destination.id, line.destination.label) for line in places],
        frozenset(ABOUT_ONE),
        parent=page,
    )

    def turned(kind: object) -> None:
        sheet.ground.suggest(_USUAL.get(SummaryKind(str(kind))))

    def picked(student: StudentId, name: str) -> None:
        put(sheet.student, (student, name))
        sheet.form.field("student").clear()
        if wish is not None:
            known_by = wish.known_by if student == wish.student else ""
            told = "\n".join(part for part in (known_by, wish.told) if part)
            sheet.show_chosen(told, dated=bool(wish.period))
        offer_releases(context, sheet.ground, student, sheet)

    sheet.kind.chosen.connect(turned)
    sheet.student_asked.connect(
        lambda: pick_student(context, sheet, _("About which student?"), picked)
    )
    sheet.student_back.connect(lambda student, name: picked(StudentId(student), name))
    if like is not None:
        sheet.kind.set_value(like.kind)
        put(sheet.form.field("period").editor, like.period)
        sheet.place.set_value(like.destination_id)
        purpose, recipient = sheet.form.field("purpose"), sheet.form.field("recipient")
        for field, text in ((purpose, like.purpose), (recipient, like.recipient)):
            if isinstance(field.editor, LineEdit):
                field.editor.setText(text)
    turned(sheet.kind.value())
    if wish is not None:
        _fill(sheet, wish)
        if wish.student:
            picked(wish.student, wish.name)

    def act(entries: Entries) -> Callable[[], Changed]:
        kind = SummaryKind(entries["kind"])
        chosen, _name = entries["student"]
        student = StudentId(chosen) if kind in ABOUT_ONE and chosen else None
        command = SendSummary(
            kind,
            str(entries["period"]),
            str(entries["place"]),
            party_of(entries),
            entries["purpose"],
            terms_of(entries),
            student,
            {**(wish.choices if wish else {}), "mask_others": bool(entries["names"])},
        )
        return partial(context.desk.outbox.send, command)

    # Under what is known already: what was typed for one summary does not come back for another.
    known = (
        (wish.kind, wish.student or "", wish.period, wish.recipient, wish.purpose) if wish else ()
    )
    kept = about("send", like.id if like else "", *known)
    asker.ask(sheet, act, lambda changed, _entries: done(changed.made), kept=kept)
