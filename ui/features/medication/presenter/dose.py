"""The page of one dose: everything ever recorded of it, and how it is put right."""

from collections.abc import Callable
from functools import partial

from app.features.medication.commands import (
    CorrectDose,
    NoteOnDose,
    RecordDose,
    RecordNotGiven,
)
from app.features.medication.model.amounts import number_text
from app.features.medication.model.doses import CHOSEN_CODES, Code, Dose, Outcome
from app.features.medication.service.doses import DoseSheet
from app.kernel.changes import Changed, Kind
from app.kernel.clock import Moment
from app.kernel.errors import Refused
from app.kernel.ids import new_id
from app.kernel.words import _
from app.overviews.medication_words import (
    CODES,
    EFFECTS,
    options,
    spoken_amount,
    spoken_clock,
    spoken_medicine,
    spoken_outcome,
)
from app.overviews.reports.wording import spoken_day, spoken_moment
from ui.features.medication.presenter.incidents import ask_incident
from ui.features.medication.presenter.pupil import second_identifiers
from ui.features.medication.presenter.sheets import moment_of
from ui.features.medication.view.orders import Fact, RecordShown, RecordView
from ui.features.medication.view.sheets import CorrectSheet, ReasonSheet
from ui.kit.asking import Entries, about
from ui.kit.look import Kind as Mark
from ui.kit.one_record import RecordPage
from ui.kit.room import Context
from ui.kit.widgets.lists import Entry

_WAYS = ("given", "not_given", "in_error")


class DosePage(RecordPage[DoseSheet]):
    """One dose: the row that stands, and those it replaced."""

    heeded = frozenset({Kind.DOSE})
    otherwise = ("board",)

    def __init__(self, context: Context) -> None:
        super().__init__(
            context,
            RecordView(
                (
                    ("correct", _("Correct"), "amendment"),
                    ("note", _("Add what was seen"), "note"),
                    ("incident", _("Report an incident"), "alert"),
                    ("order", _("Open the order"), "medication"),
                    ("student", _("Open the student"), "student"),
                ),
                _("Everything recorded of it"),
                _("Dose"),
            ),
        )

    def _source(self) -> Callable[[], DoseSheet]:
        return partial(self.context.desk.medication.doses.dose_sheet, self.subject)

    def _show(self, sheet: DoseSheet) -> None:
        self.view.show_record(_shown(sheet))
        self.view.history.set_entries(_history(sheet))
        self.view.offer("correct", "note", "incident", "order", "student")

    def _act(self, name: str, sheet: DoseSheet) -> None:
        if name == "order":
            self.context.go("order", sheet.order.id)
        elif name == "student":
            self.context.go("student", sheet.pupil.id)
        elif name == "note":
            self._ask_note(sheet)
        elif name == "incident":
            ask_incident(self.context, self.asker, self, sheet.pupil, dose_id=sheet.standing.id)
        else:
            self._ask_correction(sheet)

    def _ask_note(self, shown: DoseSheet) -> None:
        doses = self.context.desk.medication.doses

        def act(entries: Entries) -> Callable[[], Changed]:
            return partial(doses.note_on_dose, NoteOnDose(shown.standing.id, entries["reason"]))

        self.asker.ask(
            ReasonSheet(_("Add what was seen"), _("Add"), shown.pupil.name, parent=self),
            act,
            lambda _changed, _entries: self.context.notices.say(_("It is on the dose’s record.")),
            kept=about("dose-note", shown.standing.id),
        )

    def _ask_correction(self, shown: DoseSheet) -> None:
        dose, context = shown.standing, self.context
        ways = [("given", _("It was given")), ("in_error", _("It was entered in error"))]
        if dose.slot:
            ways.insert(1, ("not_given", _("It was not given")))
        given = dose.given
        sheet = CorrectSheet(
            _("{medicine}, {name}").format(
                medicine=spoken_medicine(shown.order), name=shown.pupil.name
            ),
            ways,
            options(CODES, CHOSEN_CODES),
            number_text(dose.amount or shown.order.dose, dose.unit),
            given.wall().time().replace(second=0, microsecond=0) if given is not None else None,
            self,
        )

        def act(entries: Entries) -> Callable[[], Changed]:
            command = CorrectDose(
                dose.id, entries["why"], _record(shown, entries, context.desk.clock.now()), new_id()
            )
            return partial(context.desk.medication.doses.correct_dose, command)

        def done(changed: Changed, _entries: Entries) -> None:
            self.subject = changed.made or self.subject
            context.notices.say(_("Corrected. What was recorded before stays readable."))
            self.reload()

        self.asker.ask(sheet, act, done, kept=about("correct", dose.id))


def _record(shown: DoseSheet, entries: Entries, now: Moment) -> RecordDose | RecordNotGiven | None:
    dose = shown.standing
    way = entries["way"]
    if way == "in_error":
        return None
    if way == "not_given":
        if entries["code"] is None:
            raise Refused("code-needs-choice", "code")
        return RecordNotGiven(
            dose.order_id, dose.student_id, dose.day, dose.slot, Code(entries["code"]),
            entries["note"],
        )  # fmt: skip
    return RecordDose(
        dose.order_id,
        dose.student_id,
        dose.day if dose.slot else "",
        dose.slot,
        amount=entries["amount"],
        given_at=moment_of(now, dose.day, entries["at"]),
        by=dose.given_by,
        giver=dose.giver,
        note=entries["note"],
        reason=dose.reason,
        assessment=dose.assessment,
        override_reason=dose.override_reason or entries["why"],
    )


def _shown(sheet: DoseSheet) -> RecordShown:
    dose = sheet.standing
    given = dose.given
    kind = {
        Outcome.GIVEN: Mark.GOOD,
        Outcome.NOT_GIVEN: Mark.WARN,
        Outcome.IN_ERROR: Mark.PLAIN,
    }[dose.outcome]
    chips = [(spoken_outcome(dose.outcome, dose.code), kind)]
    if dose.late:
        chips.append((_("Late entry"), Mark.WARN))
    if len(sheet.rows) > 1:
        chips.append((_("Corrected"), Mark.WARN))
    if dose.clock_jump:
        chips.append((_("The clock had jumped"), Mark.WARN))
    facts = [
        Fact(_("Scheduled"), spoken_clock(dose.slot) if dose.slot else _("as needed")),
        Fact(_("Day"), spoken_day(dose.day)),
        Fact(_("Given at"), spoken_moment(given) if given is not None else ""),
        Fact(_("Recorded at"), spoken_moment(dose.recorded)),
        Fact(
            _("Recorded by"),
            sheet.names.get(dose.person_id or "", "") if dose.person_id else _("the desk itself"),
        ),
        Fact(_("Second person"), sheet.names.get(dose.second_id or "", "")),
        Fact(
            _("How much"),
            spoken_amount(dose.amount, dose.unit) if dose.outcome is Outcome.GIVEN else "",
        ),
        Fact(_("Given by"), dose.giver),
        Fact(_("Why it was needed"), dose.reason),
        Fact(_("Seen before"), dose.assessment),
        Fact(_("Where on the body"), dose.site),
        Fact(_("Given all the same, because"), dose.override_reason),
        Fact(_("Note"), dose.note),
        Fact(_("Corrected because"), dose.why),
    ]
    return RecordShown(
        title=spoken_medicine(sheet.order),
        line=_("{name} · {more}").format(
            name=sheet.pupil.name, more=second_identifiers(sheet.pupil)
        ),
        chips=tuple(chips),
        facts=tuple(fact for fact in facts if fact.text),
    )


def _row_entry(sheet: DoseSheet, row: Dose, *, stands: bool) -> Entry:
    what = spoken_outcome(row.outcome, row.code)
    if row.outcome is Outcome.GIVEN and row.given is not None:
        what = _("{what}: {amount} at {when}").format(
            what=what,
            amount=spoken_amount(row.amount, row.unit),
            when=spoken_moment(row.given),
        )
    by = sheet.names.get(row.person_id or "", "") if row.person_id else _("the desk itself")
    text = _("{by}: {text}").format(by=by, text=row.why) if row.why else by
    chips = () if stands else ((_("Replaced"), Mark.PLAIN),)
    return Entry(row.id, what, text, spoken_moment(row.recorded), "medication", chips)


def _history(sheet: DoseSheet) -> list[Entry]:
    rows = [
        (row.recorded_at, _row_entry(sheet, row, stands=row is sheet.standing))
        for row in sheet.rows
    ]
    effects = {effect.value: words for effect, words in EFFECTS.items()}
    for added in sheet.entries:
        by = sheet.names.get(added.person_id, "")
        title = _("Effect") if added.kind == "effect" else _("Seen afterwards")
        said = added.text
        for value, words in effects.items():
            if f'"{value}"' in added.facts:
                said = f"{_(words)}. {said}".strip()
        rows.append(
            (
                added.recorded_at,
                Entry(
                    added.id,
                    title,
                    _("{by}: {text}").format(by=by, text=said) if said else by,
                    spoken_moment(Moment(added.recorded_at, added.zone)),
                    "note",
                ),
            )
        )
    return [entry for _at, entry in sorted(rows, key=lambda pair: pair[0], reverse=True)]
