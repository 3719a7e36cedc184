"""The form of an appointment: asks, looks ahead while one types, and plans or changes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from PySide6.QtWidgets import QWidget

from app.features.caseload.model import FoundStudent
from app.features.schedule.commands import ChangeAppointment, PlanAppointment
from app.features.schedule.model.appointments import (
    Appointment,
    AppointmentKind,
    Span,
    TypedAppointment,
)
from app.features.schedule.model.bells import clock_text
from app.features.schedule.model.recurrence import Every, OnClosed, TypedRule
from app.features.schedule.service.book import Opened, Outlook
from app.features.sessions.model import Choice as ServiceChoice
from app.kernel.changes import Changed
from app.kernel.errors import CasewellError, Refused
from app.kernel.ids import SchoolId, StudentId, new_id
from app.kernel.nouns import Place
from app.kernel.words import _, ngettext
from app.overviews.reports.wording import spoken_day, spoken_grade, spoken_place
from app.overviews.schedule_words import (
    KINDS,
    spoken_minutes_missed,
    spoken_missed,
)
from app.phrases import sentence
from app.phrases.schedule import spoken_finding
from ui.features.schedule.view.sheets import AppointmentSheet, Offered
from ui.kit.asking import Asker, Entries, about
from ui.kit.room import Context
from ui.kit.widgets.lists import Entry

_SHOWN = 6
"""Lines of a kind at most: what comes after them is counted."""


@dataclass(frozen=True, slots=True)
class Choices:
    """What the form offers, looked up before it is opened."""

    schools: tuple[tuple[object, str], ...]
    groups: tuple[tuple[object, str], ...]
    services: tuple[tuple[object, str], ...]


def choices(context: Context) -> Choices:
    """Look up what the form offers; called on the reader's thread."""
    desk = context.desk
    services: tuple[ServiceChoice, ...] = desk.sessions.choices().services
    return Choices(
        tuple((school.id, school.name) for school in desk.schedule.buildings.schools()),
        tuple(desk.schedule.book.groups().items()),
        tuple((one.id, one.label) for one in services if not one.retired),
    )


def typed_of(entries: Mapping[str, Any]) -> TypedAppointment:
    """Return an appointment as it stands on the form."""
    return TypedAppointment(
        AppointmentKind(str(entries.get("kind") or AppointmentKind.SESSION)),
        str(entries["on"]),
        str(entries["at"]),
        str(entries["minutes"]),
        StudentId(str(entries.get("student_id", ""))) or None,
        str(entries.get("group") or ""),
        SchoolId(str(entries.get("school") or "")) or None,
        str(entries["room"]),
        Place(str(entries.get("place") or Place.OFFICE)),
        str(entries.get("service") or ""),
        str(entries["title"]),
    )


def rule_of(entries: Mapping[str, Any]) -> TypedRule | None:
    """Return how it comes again, if it does."""
    if not entries.get("every"):
        return None
    return TypedRule(
        Every(str(entries["every"])),
        str(entries["until_on"]),
        OnClosed(str(entries.get("closed") or OnClosed.SKIP)),
    )


def entries_of(appointment: Appointment) -> dict[str, Any]:
    """Return an appointment as the form shows it."""
    return {
        "kind": appointment.kind,
        "student_id": appointment.student_id or "",
        "student": appointment.student,
        "group": appointment.group_id or "",
        "title": appointment.title,
        "on": appointment.day,
        "at": clock_text(appointment.starts),
        "minutes": appointment.minutes,
        "school": appointment.school_id or "",
        "room": appointment.room,
        "place": appointment.place,
        "service": appointment.service_id or "",
    }


def ask_appointment(
    context: Context,
    page: QWidget,
    asker: Asker,
    found: Choices,
    entries: Mapping[str, Any],
    opened: Opened | None = None,
    done: Callable[[Changed], None] = lambda _changed: None,
) -> AppointmentSheet:
    """Open the form of a new appointment, or of one that is planned."""
    book = context.desk.schedule.book
    appointment = opened.appointment if opened else None
    new = new_id()
    in_series = opened is not None and opened.rule is not None and opened.left > 1
    sheet = AppointmentSheet(
        (_("Change the appointment"), _("Save"))
        if appointment
        else (_("Plan an appointment"), _("Plan")),
        entries,
        _offered(found, repeats=appointment is None, spans=in_series),
        context.today,
        page,
    )

    def act(typed: Entries) -> Callable[[], Changed]:
        if appointment is None:
            command = PlanAppointment(typed_of(typed), rule_of(typed), new)
            return partial(book.plan, command)
        span = Span(str(typed.get("span") or Span.THIS))
        return partial(book.change, ChangeAppointment(appointment.id, typed_of(typed), span))

    def finished(changed: Changed, _typed: Entries) -> None:
        done(changed)

    def look_ahead() -> None:
        typed = sheet.values()
        try:
            asked, rule = typed_of(typed), rule_of(typed)
        except ValueError:
            return
        context.tasks.read(
            partial(book.outlook, asked, rule, appointment.id if appointment else ""),
            lambda outlook: show_outlook(sheet, outlook),
            lambda error: show_refusal(sheet, error, context),
            key="outlook",
            owner=sheet,
        )

    def seek(text: str) -> None:
        context.tasks.read(
            partial(context.desk.caseload.find, text),
            lambda students: sheet.show_found(text, [_found(one) for one in students]),
            context.say,
            key="appointment-student",
            owner=sheet,
        )

    def taken() -> None:
        """Let a session be in its student's building unless another one was chosen."""

        def settle(found: tuple[str, SchoolId | None]) -> None:
            sheet.school.set_value(found[1] or "")

        student = sheet.student_id
        if student and not sheet.school.value():
            context.tasks.read(
                partial(book.student, student),
                settle,
                context.say,
                key="appointment-school",
                owner=sheet,
            )

    sheet.edited.connect(look_ahead)
    sheet.edited.connect(taken)
    sheet.sought.connect(seek)
    kept = about("appointment", appointment.id) if appointment else about("appointment")
    asker.ask(sheet, act, finished, kept=kept)
    return sheet


def _offered(found: Choices, *, repeats: bool, spans: bool) -> Offered:
    every = (
        ("", _("Does not")),
        (Every.WEEK.value, _("Every week")),
        (Every.TWO_WEEKS.value, _("Every other week")),
        (Every.CYCLE.value, _("Each time this day of the cycle comes")),
    )
    closed = (
        (OnClosed.SKIP.value, _("It falls out")),
        (OnClosed.NEXT.value, _("It moves to the next day with school")),
        (OnClosed.KEEP.value, _("It stays")),
    )
    return Offered(
        [(kind.value, _(KINDS[kind])) for kind in AppointmentKind],
        found.groups,
        found.schools,
        found.services,
        [(place.value, spoken_place(place)) for place in Place],
        every if repeats else (),
        closed,
        ((Span.THIS.value, _("This one")), (Span.LATER.value, _("This one and all later ones")))
        if spans
        else (),
    )


def _found(student: FoundStudent) -> Entry:
    about_them = [spoken_grade(student.grade) if student.grade else "", student.school]
    return Entry(
        student.id,
        student.name,
        " · ".join(part for part in about_them if part),
        student.number,
        "student",
    )


def show_outlook(sheet: AppointmentSheet, outlook: Outlook) -> None:
    """Say on the form what a booking would mean."""
    if outlook.minutes:
        if len(outlook.missed) == 1:
            missed = spoken_minutes_missed(outlook.missed[0].parts)
        else:
            missed = ngettext(
                "{count} student misses class.", "{count} students miss class.", len(outlook.missed)
            ).format(count=len(outlook.missed))
    elif outlook.bells_known:
        missed = _("No class time is missed.")
    else:
        missed = _("Class time missed is not known: no bells are entered for that day.")
    if not outlook.bells_known and sheet.kind.value() not in {"session", "group"}:
        missed = ""
    one = len(outlook.missed) == 1
    parts = [
        spoken_missed(who)
        if one
        else _("{student}: {missed}").format(student=who.student, missed=spoken_missed(who))
        for who in outlook.missed
    ]
    sheet.outlook.show_outlook(
        missed or (_("Nothing speaks against it.") if not outlook.against else ""),
        _cut(parts),
        _cut(_against(outlook)),
    )


def _against(outlook: Outlook) -> list[str]:
    lines = []
    several = len(outlook.days) > 1
    if several:
        lines.append(
            ngettext("{count} time in all.", "{count} times in all.", len(outlook.days)).format(
                count=len(outlook.days)
            )
        )
    if outlook.skipped:
        lines.append(
            ngettext(
                "{count} day without school is left out.",
                "{count} days without school are left out.",
                outlook.skipped,
            ).format(count=outlook.skipped)
        )
    for day in outlook.against:
        for finding in day.findings:
            said = spoken_finding(finding)
            lines.append(
                _("{day}: {what}").format(day=spoken_day(day.day), what=said) if several else said
            )
    return lines


def _cut(lines: list[str]) -> list[str]:
    if len(lines) <= _SHOWN:
        return lines
    more = len(lines) - _SHOWN
    return [
        *lines[:_SHOWN],
        ngettext("and {count} more", "and {count} more", more).format(count=more),
    ]


def show_refusal(sheet: AppointmentSheet, error: Exception, context: Context) -> None:
    """Say on the form what is still missing; it is no trouble until one saves."""
    if isinstance(error, Refused):
        sheet.outlook.show_outlook(sentence(error), (), ())
    elif isinstance(error, CasewellError):
        context.say(error)
    else:
        raise error
