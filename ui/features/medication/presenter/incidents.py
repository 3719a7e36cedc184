"""Incidents and near misses: the list, one report, and what is added to it."""

import json
from collections.abc import Callable
from functools import partial

from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.features.medication.commands import AddToIncident, ReportIncident
from app.features.medication.model.incidents import (
    POISON_CONTROL_PHONE,
    Called,
    IncidentEntryKind,
    IncidentKind,
)
from app.features.medication.repo.orders import Pupil
from app.features.medication.service.incidents import IncidentLine, IncidentSheet, Reportable
from app.kernel.changes import Changed, Kind
from app.kernel.errors import Refused
from app.kernel.words import N_, _, ngettext
from app.overviews.medication_words import CALLS, INCIDENTS, options, spoken_medicine
from app.overviews.reports.medication_papers import PaperKind
from app.overviews.reports.wording import spoken_moment
from ui.features.medication.presenter.papers import subject_of
from ui.features.medication.presenter.pupil import pick_pupil, second_identifiers
from ui.features.medication.presenter.sheets import moment_of
from ui.features.medication.view.orders import Fact, RecordShown, RecordView
from ui.features.medication.view.records import RecordsView
from ui.features.medication.view.sheets import CallSheet
from ui.features.medication.view.sheets import IncidentSheet as ReportSheet
from ui.kit.asking import Asker, Entries, about
from ui.kit.look import Kind as Mark
from ui.kit.one_record import RecordPage
from ui.kit.room import Context, PageWidget
from ui.kit.widgets.buttons import Button
from ui.kit.widgets.empty import EmptyState
from ui.kit.widgets.lists import Entry

_ADDED = {
    IncidentEntryKind.CALL: N_("Called"),
    IncidentEntryKind.OUTCOME: N_("Outcome"),
    IncidentEntryKind.FOLLOW_UP: N_("Follow-up"),
    IncidentEntryKind.NOTE: N_("Note"),
    IncidentEntryKind.CLOSED: N_("Closed"),
}


def ask_incident(
    context: Context,
    asker: Asker,
    page: QWidget,
    pupil: Pupil,
    *,
    dose_id: str = "",
    order_id: str = "",
) -> None:
    """Ask what went wrong with a student's medicine; of a dose, only what it can be."""

    def opened(reportable: Reportable) -> None:
        if not reportable.kinds:
            context.notices.say(
                _("This is no medication error: a refusal, a missing supply and a hold are none.")
            )
            return
        sheet = ReportSheet(
            pupil.name,
            options(INCIDENTS, reportable.kinds),
            context.today,
            usual=reportable.suggested,
            parent=page,
        )

        def act(entries: Entries) -> Callable[[], Changed]:
            if entries["kind"] is None:
                raise Refused("incident-needs-kind", "kind")
            at = moment_of(context.desk.clock.now(), entries["day"], entries["at"])
            command = ReportIncident(
                pupil.id,
                IncidentKind(entries["kind"]),
                entries["happened"],
                near_miss=bool(entries["near_miss"]),
                happened_at=at,
                order_id=order_id or None,
                dose_id=dose_id or None,
                cause=entries["cause"],
                done=entries["done"],
                condition=entries["condition"],
            )
            return partial(context.desk.medication.incidents.report_incident, command)

        def done(changed: Changed, _entries: Entries) -> None:
            context.notices.say(_("The incident is reported. Now make the calls."))
            context.go("incident", changed.made)

        asker.ask(sheet, act, done, kept=about("incident", pupil.id, dose_id))

    context.tasks.read(
        partial(context.desk.medication.incidents.kinds_for, dose_id or None),
        opened,
        context.say,
        owner=page,
    )


class IncidentsPage(PageWidget):
    """What went wrong, or nearly did, the newest first."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._asker = Asker(context, self)
        self._open_only = True
        start = Button(_("Report an incident"), "alert", "primary")
        self.view = RecordsView(
            _("Incidents"),
            (_("Report an incident"), "alert"),
            [("open", _("Open")), ("all", _("All"))],
            EmptyState(
                "check",
                _("No incident is open"),
                _("Errors and near misses with medicines are reported here, with whom was called."),
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
        self.view.list.opened.connect(lambda entry: context.go("incident", entry.id))

    def arrive(self) -> None:
        """Look again, and stand in the list."""
        self._reload()
        self.view.list.setFocus()

    def heed(self, changed: Changed) -> None:
        """Look again when an incident changed."""
        if self.isVisible() and changed.meets({Kind.INCIDENT}):
            self._reload()

    def flush(self) -> None:
        """Keep what stands on an open sheet."""
        self._asker.flush()

    def _turn(self, part: object) -> None:
        self._open_only = part != "all"
        self._reload()

    def _add(self) -> None:
        context = self._context
        pick_pupil(
            context,
            self,
            _("Whom did it happen to?"),
            lambda pupil: ask_incident(context, self._asker, self, pupil),
        )

    def _reload(self) -> None:
        self._context.tasks.read(
            partial(self._context.desk.medication.incidents.incidents, open_only=self._open_only),
            self._show,
            self._context.say,
            key="incidents",
            owner=self,
        )

    def _show(self, lines: list[IncidentLine]) -> None:
        count = ngettext("{count} incident", "{count} incidents", len(lines))
        self.view.show_entries(
            [_line(line) for line in lines], count.format(count=len(lines)) if lines else ""
        )


def _line(line: IncidentLine) -> Entry:
    incident = line.incident
    chips: list[tuple[str, str]] = []
    if incident.near_miss:
        chips.append((_("Near miss"), Mark.PLAIN))
    if line.open:
        chips.append((_("Open"), Mark.WARN))
    return Entry(
        incident.id,
        _("{kind}: {name}").format(kind=_(INCIDENTS[incident.kind]), name=line.pupil.listed),
        " · ".join(part for part in (line.medicine, incident.happened) if part),
        spoken_moment(incident.when),
        "alert",
        tuple(chips),
    )


class IncidentPage(RecordPage[IncidentSheet]):
    """One incident: what happened, whom to call, what came of it."""

    heeded = frozenset({Kind.INCIDENT})
    otherwise = ("incidents",)

    def __init__(self, context: Context) -> None:
        super().__init__(
            context,
            RecordView(
                (
                    ("add", _("Add a call or an outcome"), "call"),
                    ("dose", _("Open the dose"), "medication"),
                    ("student", _("Open the student"), "student"),
                    ("paper", _("Save as PDF"), "pdf"),
                ),
                _("What was done"),
                _("Incident"),
            ),
        )

    def _source(self) -> Callable[[], IncidentSheet]:
        return partial(self.context.desk.medication.incidents.incident_sheet, self.subject)

    def _show(self, sheet: IncidentSheet) -> None:
        self.view.show_record(_shown(sheet))
        self.view.history.set_entries(_history(sheet))
        self.view.offer("add", "student", "paper", *(("dose",) if sheet.dose is not None else ()))

    def _act(self, name: str, sheet: IncidentSheet) -> None:
        context = self.context
        if name == "student":
            context.go("student", sheet.pupil.id)
        elif name == "paper":
            subject = subject_of(PaperKind.INCIDENT, sheet.pupil.id, sheet.incident.id)
            context.go("papers", subject)
        elif name == "dose" and sheet.dose is not None:
            context.go("dose", sheet.dose.id)
        else:
            self._ask_more(sheet)

    def _ask_more(self, sheet: IncidentSheet) -> None:
        context = self.context
        kinds = [(kind, _(words)) for kind, words in _ADDED.items()]

        def act(entries: Entries) -> Callable[[], Changed]:
            kind = IncidentEntryKind(entries["kind"])
            called = Called(entries["called"]) if entries["called"] else None
            command = AddToIncident(
                sheet.incident.id,
                kind,
                entries["text"],
                called if kind is IncidentEntryKind.CALL else None,
                entries["name"],
                entries["phone"],
                moment_of(context.desk.clock.now(), "", entries["at"]),
            )
            return partial(context.desk.medication.incidents.add_to_incident, command)

        self.asker.ask(
            CallSheet(_(INCIDENTS[sheet.incident.kind]), kinds, options(CALLS), self),
            act,
            lambda _changed, _entries: context.notices.say(_("It is on the incident’s record.")),
            kept=about("incident-more", sheet.incident.id),
        )


def _shown(sheet: IncidentSheet) -> RecordShown:
    incident = sheet.incident
    chips = [(_("Open"), Mark.WARN) if sheet.open else (_("Closed"), Mark.GOOD)]
    if incident.near_miss:
        chips.append((_("Near miss"), Mark.PLAIN))
    called = [_(CALLS[one]) for one in sheet.to_call]
    if Called.POISON_CONTROL in sheet.to_call:
        called = [
            _("Poison control, {phone}").format(phone=POISON_CONTROL_PHONE)
            if one == _(CALLS[Called.POISON_CONTROL])
            else one
            for one in called
        ]
    facts = (
        Fact(_("Still to call"), ", ".join(called)),
        Fact(_("Medicine"), spoken_medicine(sheet.order) if sheet.order is not None else ""),
        Fact(_("Happened"), spoken_moment(incident.when)),
        Fact(_("What happened"), incident.happened),
        Fact(_("Done at once"), incident.done),
        Fact(_("How the student was"), incident.condition),
        Fact(_("What led to it"), incident.cause),
        Fact(_("Reported by"), sheet.names.get(incident.person_id, "")),
    )
    return RecordShown(
        title=_(INCIDENTS[incident.kind]),
        line=_("{name} · {more}").format(
            name=sheet.pupil.name, more=second_identifiers(sheet.pupil)
        ),
        chips=tuple(chips),
        facts=tuple(fact for fact in facts if fact.text),
    )


def _history(sheet: IncidentSheet) -> list[Entry]:
    found = []
    for added in reversed(sheet.entries):
        facts = json.loads(added.facts or "{}")
        known = {one.value: words for one, words in CALLS.items()}
        whom = _(known[facts["called"]]) if facts.get("called") in known else ""
        told = " · ".join(
            part
            for part in (whom, facts.get("name", ""), facts.get("phone", ""), added.text)
            if part
        )
        found.append(
            Entry(
                added.id,
                _(_ADDED[IncidentEntryKind(added.kind)]),
                _("{by}: {text}").format(by=sheet.names.get(added.person_id, ""), text=told),
                spoken_moment(added.when),
                "call" if added.kind == IncidentEntryKind.CALL else "note",
            )
        )
    return found
