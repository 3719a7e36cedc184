"""The health office's visits: who came, why, what was done, and when they left."""

import json
from collections.abc import Callable
from dataclasses import fields
from datetime import timedelta
from functools import partial

from PySide6.QtWidgets import QVBoxLayout

from app.features.medication.commands import AddCare, AddVitals, EndVisit, StartVisit
from app.features.medication.model.nursing import (
    Complaint,
    Leaving,
    VisitEntryKind,
    VitalsForm,
)
from app.features.medication.model.nursing import (
    Entry as Added,
)
from app.features.medication.repo.orders import Pupil
from app.features.medication.service.nursing import VisitSheet
from app.kernel.changes import Changed, Kind
from app.kernel.errors import Refused
from app.kernel.words import _, ngettext, pgettext
from app.overviews.medication_words import COMPLAINTS, LEAVINGS, options, spoken_span
from app.overviews.reports.wording import spoken_day, spoken_moment, spoken_time
from ui.features.medication.presenter.pupil import pick_pupil, second_identifiers
from ui.features.medication.presenter.sheets import moment_of
from ui.features.medication.view.orders import Fact, RecordShown, RecordView
from ui.features.medication.view.records import RecordsView
from ui.features.medication.view.sheets import LeavingSheet, ReasonSheet, VitalsSheet
from ui.features.medication.view.sheets import VisitSheet as CameSheet
from ui.kit.asking import Asker, Entries, about
from ui.kit.look import Kind as Mark
from ui.kit.one_record import RecordPage
from ui.kit.room import Context, PageWidget
from ui.kit.widgets.buttons import Button
from ui.kit.widgets.empty import EmptyState
from ui.kit.widgets.entry_sheet import EntrySheet
from ui.kit.widgets.lists import Entry


class VisitsPage(PageWidget):
    """Who is here, and who was here today."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._asker = Asker(context, self)
        self._back = 0
        start = Button(_("A student came"), "add", "primary")
        self.view = RecordsView(
            _("Visits"),
            (_("A student came"), "add"),
            [(0, _("Today")), (1, _("Yesterday")), (7, _("Last 7 days"))],
            EmptyState(
                "home",
                _("Nobody came"),
                _("Write down who comes to the health office, why, and when they leave."),
                start,
            ),
            start,
        )
        page = QVBoxLayout(self)
        page.setContentsMargins(0, 0, 0, 0)
        page.addWidget(self.view)
        self.view.turned.connect(self._turn)
        self.view.asked.connect(self._add)
        self.view.started.connect(self._add)
        self.view.list.opened.connect(lambda entry: context.go("visit", entry.id))

    def arrive(self) -> None:
        """Look again, and stand in the list."""
        self._reload()
        self.view.list.setFocus()

    def heed(self, changed: Changed) -> None:
        """Look again when a visit changed."""
        if self.isVisible() and changed.meets({Kind.VISIT}):
            self._reload()

    def flush(self) -> None:
        """Keep what stands on an open sheet."""
        self._asker.flush()

    def _turn(self, part: object) -> None:
        self._back = part if isinstance(part, int) else 0
        self._reload()

    def _reload(self) -> None:
        nursing, back, today = (
            self._context.desk.medication.nursing,
            self._back,
            self._context.today(),
        )
        days = [today - timedelta(days=back)]
        if back > 1:
            days = [today - timedelta(days=step) for step in range(back)]

        def look_up() -> list[VisitSheet]:
            return [sheet for day in days for sheet in nursing.visits(day.isoformat())]

        self._context.tasks.read(look_up, self._show, self._context.say, key="visits", owner=self)

    def _show(self, sheets: list[VisitSheet]) -> None:
        minutes = sum(sheet.minutes for sheet in sheets)
        count = ngettext("{count} visit", "{count} visits", len(sheets)).format(count=len(sheets))
        words = _("{visits}; {span} out of class").format(visits=count, span=spoken_span(minutes))
        self.view.show_entries([_line(sheet) for sheet in sheets], words if sheets else "")

    def _add(self) -> None:
        pick_pupil(self._context, self, _("Who came?"), self._ask)

    def _ask(self, pupil: Pupil) -> None:
        context = self._context

        def act(entries: Entries) -> Callable[[], Changed]:
            if entries["complaint"] is None:
                raise Refused("visit-needs-complaint", "complaint")
            command = StartVisit(
                pupil.id,
                Complaint(entries["complaint"]),
                entries["words"],
                entries["sent_by"],
                moment_of(context.desk.clock.now(), entries["day"], entries["at"]),
            )
            return partial(context.desk.medication.nursing.start_visit, command)

        allergies = ", ".join(pupil.allergies)
        text = second_identifiers(pupil)
        if allergies:
            text = _("{more}. Allergies: {allergies}.").format(more=text, allergies=allergies)
        self._asker.ask(
            CameSheet(
                _("{name} · {more}").format(name=pupil.name, more=text),
                options(COMPLAINTS),
                context.today,
                self,
            ),
            act,
            lambda changed, _entries: context.go("visit", changed.made),
            kept=about("visit", pupil.id),
        )


def _line(sheet: VisitSheet) -> Entry:
    visit = sheet.visit
    chips: tuple[tuple[str, str], ...] = ((_("Here"), Mark.ACCENT),) if sheet.open else ()
    if sheet.leaving is not None:
        kind = Mark.WARN if sheet.leaving in {Leaving.HOME, Leaving.EMERGENCY} else Mark.PLAIN
        chips = ((_(LEAVINGS[sheet.leaving]), kind),)
    return Entry(
        visit.id,
        sheet.pupil.listed,
        " · ".join(part for part in (_(COMPLAINTS[visit.complaint]), visit.words) if part),
        _("{time}, {span}").format(
            time=spoken_time(visit.came), span=spoken_span(max(1, sheet.minutes))
        ),
        "home",
        chips,
    )


class VisitPage(RecordPage[VisitSheet]):
    """One visit: vital signs, care, and where the student went."""

    heeded = frozenset({Kind.VISIT})
    otherwise = ("visits",)

    def __init__(self, context: Context) -> None:
        super().__init__(
            context,
            RecordView(
                (
                    ("care", _("Add care"), "note"),
                    ("vitals", _("Vital signs"), "chart"),
                    ("leave", _("The student leaves"), "forward"),
                    ("student", _("Open the student"), "student"),
                ),
                _("What was seen and done"),
                _("Visit"),
            ),
        )

    def _source(self) -> Callable[[], VisitSheet]:
        return partial(self.context.desk.medication.nursing.visit_sheet, self.subject)

    def _show(self, sheet: VisitSheet) -> None:
        self.view.show_record(_shown(sheet))
        self.view.history.set_entries([_added(sheet, entry) for entry in reversed(sheet.entries)])
        self.view.offer("care", "vitals", "student", *(("leave",) if sheet.open else ()))

    def _act(self, name: str, sheet: VisitSheet) -> None:
        context = self.context
        nursing, visit_id = context.desk.medication.nursing, sheet.visit.id
        if name == "student":
            context.go("student", sheet.pupil.id)
            return
        if name == "care":

            def act(entries: Entries) -> Callable[[], Changed]:
                return partial(nursing.add_care, AddCare(visit_id, entries["reason"]))

            opened: EntrySheet = ReasonSheet(_("Add care"), _("Add"), sheet.pupil.name, parent=self)
        elif name == "vitals":

            def act(entries: Entries) -> Callable[[], Changed]:
                typed = {field.name: entries[field.name] for field in fields(VitalsForm)}
                return partial(nursing.add_vitals, AddVitals(visit_id, VitalsForm(**typed)))

            opened = VitalsSheet(sheet.pupil.name, self)
        else:

            def act(entries: Entries) -> Callable[[], Changed]:
                at = moment_of(context.desk.clock.now(), "", entries["at"])
                command = EndVisit(
                    visit_id, Leaving(entries["leaving"]), entries["to_whom"], entries["text"], at
                )
                return partial(nursing.end_visit, command)

            opened = LeavingSheet(sheet.pupil.name, options(LEAVINGS), self)
        self.asker.ask(
            opened,
            act,
            lambda _changed, _entries: context.notices.say(_("It is on the visit’s record.")),
            kept=about(f"visit-{name}", visit_id),
        )


def _shown(sheet: VisitSheet) -> RecordShown:
    visit = sheet.visit
    chips = [(_("Here"), Mark.ACCENT)] if sheet.open else []
    if sheet.leaving is not None:
        chips.append((_(LEAVINGS[sheet.leaving]), Mark.PLAIN))
    facts = (
        Fact(pgettext("reason", "Why"), _(COMPLAINTS[visit.complaint])),
        Fact(_("In the student’s words"), visit.words),
        Fact(_("Came"), spoken_moment(visit.came)),
        Fact(_("Left"), spoken_moment(sheet.left) if sheet.left is not None else ""),
        Fact(_("Out of class"), spoken_span(max(1, sheet.minutes))),
        Fact(_("Sent by"), visit.sent_by),
        Fact(_("Allergies"), ", ".join(sheet.pupil.allergies)),
    )
    return RecordShown(
        title=sheet.pupil.name,
        line=_("{day} · {more}").format(
            day=spoken_day(visit.came.day()), more=second_identifiers(sheet.pupil)
        ),
        person=sheet.pupil.name,
        chips=tuple(chips),
        facts=tuple(fact for fact in facts if fact.text),
    )


def _added(sheet: VisitSheet, added: Added) -> Entry:
    facts = json.loads(added.facts or "{}")
    title = {
        VisitEntryKind.VITALS.value: _("Vital signs"),
        VisitEntryKind.CARE.value: _("Care"),
        VisitEntryKind.NOTE.value: _("Added later"),
        VisitEntryKind.LEFT.value: _("Left"),
    }.get(added.kind, added.kind)
    said = added.text
    if added.kind == VisitEntryKind.VITALS:
        said = spoken_vitals(facts)
    elif added.kind == VisitEntryKind.LEFT:
        where = _(LEAVINGS[Leaving(facts["leaving"])])
        said = ", ".join(part for part in (where, facts.get("to_whom", ""), added.text) if part)
    return Entry(
        added.id,
        title,
        _("{by}: {text}").format(by=sheet.names.get(added.person_id, ""), text=said),
        spoken_moment(added.when),
        "chart" if added.kind == VisitEntryKind.VITALS else "note",
    )


def spoken_vitals(facts: dict[str, int]) -> str:
    """Return vital signs as they are read aloud, in their own units."""
    found = []
    tenths = facts.get("temperature_tenths")
    if tenths is not None:
        degrees = _("{degrees} °C") if facts.get("celsius") else _("{degrees} °F")
        found.append(degrees.format(degrees=f"{tenths // 10}.{tenths % 10}"))
    for name, words in (
        ("pulse", _("pulse {number}")),
        ("breaths", _("{number} breaths a minute")),
        ("oxygen", _("oxygen {number} %")),
        ("glucose", _("glucose {number} mg/dL")),
        ("peak_flow", _("peak flow {number}")),
        ("pain", _("pain {number} of 10")),
    ):
        if name in facts:
            found.append(words.format(number=facts[name]))
    if "systolic" in facts:
        found.append(
            _("blood pressure {upper}/{lower}").format(
                upper=facts["systolic"], lower=facts["diastolic"]
            )
        )
    return ", ".join(found)
