"""Names of other students in the texts of one student's papers: masked as they leave.

What somebody wrote freely is read: why, what was seen, what happened. An order itself stays
as it was written (medicine, dose, route, instructions, prescriber), and so do names of staff,
contacts and allergies: a wrong mask there would be a danger to the student.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from itertools import chain, islice
from typing import Protocol

from app.features.medication.model.doses import Dose
from app.features.medication.model.orders import Order
from app.features.medication.service.incidents import IncidentSheet
from app.features.medication.service.papers import (
    EmergencySheet,
    Footnote,
    MonthSheet,
    PrnEntry,
)
from app.features.medication.service.stock import Ledger
from app.kernel.ids import StudentId
from app.kernel.mentions import Find, NameForm, NameWatch, masked
from app.kernel.mentions.plain import words_of
from app.kernel.ports import Reader
from app.kernel.words import _
from app.paper import blocks

_DRUGS = """
SELECT name, ingredients FROM medication_order WHERE student_id = :student
UNION SELECT o.name, o.ingredients FROM dose d JOIN medication_order o ON o.id = d.order_id
 WHERE d.student_id = :student
"""
_NO_WORDS = frozenset({NameForm.NUMBER, NameForm.CONTACT})
_ALLERGY, _CUSTODY = "allergy", "custody"


def drug_words(reader: Reader, student: StudentId) -> frozenset[str]:
    """Return the words of the names of every medicine a student was ever ordered or given."""
    named = reader.execute(_DRUGS, {"student": student})
    return frozenset(word for row in named for text in row for word in words_of(text))


class MedicationTexts:
    """Masks other students in the texts of a paper; counts the places that stand on it.

    A single word that is also one of a medicine of the student's own stays: it is taken for
    the medicine.
    """

    def __init__(self, watch: NameWatch, drugs: Callable[[StudentId], frozenset[str]]) -> None:
        self._watch = watch
        self._drugs = drugs
        self._known: dict[StudentId, frozenset[str]] = {}
        self._said: dict[tuple[StudentId, str, bool], tuple[str, int]] = {}
        self.places = 0
        """In how many places of the paper somebody was masked so far."""

    def said(
        self, text: str, student: StudentId, *, counted: bool = True, guardians: bool = True
    ) -> str:
        """Return a text of a student's paper; without `guardians` only students are masked.

        A text that does not stand on the paper is not `counted`.
        """
        if not text.strip():
            return text
        key = (student, text, guardians)
        if key not in self._said:
            finds = [
                find
                for find in self._watch.finds(text, student)
                if (guardians or find.form is not NameForm.GUARDIAN)
                and not self._medicine(find, student)
            ]
            self._said[key] = (masked(text, finds) if finds else text, len(finds))
        said, places = self._said[key]
        self.places += places if counted else 0
        return said

    def _medicine(self, find: Find, student: StudentId) -> bool:
        words = words_of(find.text)
        if find.possessive and len(words) > 1:
            words = words[:-1]
        if len(words) != 1 or find.form in _NO_WORDS:
            return False
        if student not in self._known:
            self._known[student] = self._drugs(student)
        return words[0] in self._known[student]


def texts_of_papers(
    watch: NameWatch, read: Callable[[], AbstractContextManager[Reader]]
) -> MedicationTexts:
    """Return the texts of one paper as they may leave; `read` opens what its room reads."""

    def drugs(student: StudentId) -> frozenset[str]:
        with read() as reader:
            return drug_words(reader, student)

    return MedicationTexts(watch, drugs)


class Said(Protocol):
    """Returns what somebody typed as it may stand on a paper about one student."""

    def __call__(self, text: str, /, *, guardians: bool = True) -> str:
        """Without `guardians` those of others stay: an aunt may sign, or do a task."""
        ...


def as_written(text: str, /, *, guardians: bool = True) -> str:
    """Return a text as it is."""
    return text


def said_of(texts: MedicationTexts, student: StudentId) -> Said:
    """Return what masks others in the texts of one student, and counts each place it is used for."""

    def said(text: str, /, *, guardians: bool = True) -> str:
        return texts.said(text, student, guardians=guardians)

    return said


def masked_body(body: Iterable[blocks.Block], texts: MedicationTexts) -> Iterator[blocks.Block]:
    """Yield a body made through `said_of(texts, …)`; it says that others are masked, if any was."""
    made = tuple(body)
    return with_line(made, masked=texts.places > 0)


# -- a month -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Form:
    """Which texts of a month stand in one form of it: all are masked, those alone are counted."""

    orders: bool = False
    """Why an order at set times was changed."""
    needed_orders: bool = False
    """Why one as needed was."""
    footnotes: frozenset[str] = frozenset()
    entries: frozenset[str] = frozenset()
    needed: frozenset[str] = frozenset()


ON_PAPER = Form(
    orders=True,
    footnotes=frozenset({"why", "override_reason", "note"}),
    needed=frozenset({"reason", "assessment", "override_reason"}),
)
AS_DATA = Form(
    orders=True,
    needed_orders=True,
    entries=frozenset({"override_reason", "note"}),
    needed=frozenset({"override_reason", "note", "reason"}),
)
BESIDE_ALL = Form()
"""Where every order and every dose stands with its texts besides, and is counted there."""


@dataclass(frozen=True, slots=True)
class MaskedMonths:
    """Records of a month as they may leave."""

    sheets: tuple[MonthSheet, ...]
    masked: int
    """In how many places another student was named."""


def masked_month(sheet: MonthSheet, texts: MedicationTexts, form: Form) -> MonthSheet:
    """Return a student's month with other students masked in its texts."""
    own = sheet.pupil.id
    orders: dict[str, Order] = {}

    def ordered(order: Order, *, counted: bool) -> Order:
        if order.id not in orders:
            orders[order.id] = masked_order(order, own, texts, counted=counted)
        return orders[order.id]

    def noted(notes: Iterable[Footnote], counted: frozenset[str]) -> tuple[Footnote, ...]:
        return tuple(replace(one, dose=masked_dose(one.dose, texts, counted)) for one in notes)

    return replace(
        sheet,
        rows=tuple(
            replace(row, order=ordered(row.order, counted=form.orders and row.order.version > 1))
            for row in sheet.rows
        ),
        prn_orders=tuple(
            ordered(order, counted=form.needed_orders and order.version > 1)
            for order in sheet.prn_orders
        ),
        prn=tuple(
            replace(
                masked_entry(entry, texts, form.needed),
                order=ordered(entry.order, counted=form.needed_orders and entry.order.version > 1),
            )
            for entry in sheet.prn
        ),
        footnotes=noted(sheet.footnotes, form.footnotes),
        entries=noted(sheet.entries, form.entries),
    )


def masked_order(
    order: Order, student: StudentId, texts: MedicationTexts, *, counted: bool
) -> Order:
    """Return an order with other students masked in why it was changed, and nowhere else."""
    return replace(order, reason=texts.said(order.reason, student, counted=counted))


DOSE_TEXTS = frozenset({"reason", "assessment", "note", "override_reason", "why"})
"""What somebody writes freely of a dose."""


def masked_dose(dose: Dose, texts: MedicationTexts, counted: frozenset[str] = DOSE_TEXTS) -> Dose:
    """Return a dose with other students masked in its texts, of which some are counted."""

    def said(name: str, text: str) -> str:
        return texts.said(text, dose.student_id, counted=name in counted)

    return replace(
        dose,
        reason=said("reason", dose.reason),
        assessment=said("assessment", dose.assessment),
        note=said("note", dose.note),
        override_reason=said("override_reason", dose.override_reason),
        why=said("why", dose.why),
    )


def masked_entry(
    entry: PrnEntry, texts: MedicationTexts, counted: frozenset[str] = ON_PAPER.needed
) -> PrnEntry:
    """Return a dose as needed, with other students masked also in what it did."""
    return replace(
        entry,
        dose=masked_dose(entry.dose, texts, counted),
        effect_text=texts.said(entry.effect_text, entry.pupil.id),
    )


# -- the other papers --------------------------------------------------------------------


def masked_incident(sheet: IncidentSheet, texts: MedicationTexts) -> IncidentSheet:
    """Return an incident with other students masked in what was told of it; calls stay."""
    own, incident = sheet.pupil.id, sheet.incident
    return replace(
        sheet,
        incident=replace(
            incident,
            happened=texts.said(incident.happened, own),
            cause=texts.said(incident.cause, own),
            done=texts.said(incident.done, own),
            condition=texts.said(incident.condition, own),
        ),
        entries=tuple(replace(one, text=texts.said(one.text, own)) for one in sheet.entries),
    )


def masked_emergency(sheet: EmergencySheet, texts: MedicationTexts) -> EmergencySheet:
    """Return an emergency sheet with other students masked in its alerts and plans.

    Allergies stay as they are. Of custody only students are masked: whom a student may not be
    given to must be readable, also where that is a guardian of somebody else.
    """
    own = sheet.pupil.id
    return replace(
        sheet,
        alerts=tuple(
            (
                kind,
                text if kind == _ALLERGY else texts.said(text, own, guardians=kind != _CUSTODY),
            )
            for kind, text in sheet.alerts
        ),
        plans=tuple(
            replace(
                plan,
                sections=tuple((title, texts.said(text, own)) for title, text in plan.sections),
            )
            for plan in sheet.plans
        ),
    )


def masked_ledger(ledger: Ledger, texts: MedicationTexts) -> Ledger:
    """Return the ledger of a student's own container with other students masked in its remarks.

    Whoever counted, witnessed, brought or fetched stays. A school's stock tells about everyone it
    was given to, and is left as it is.
    """
    own = ledger.held.container.student_id
    if own is None:
        return ledger
    return replace(
        ledger,
        movements=tuple(
            replace(one, reason=texts.said(one.reason, own)) for one in ledger.movements
        ),
        counts=tuple(replace(one, note=texts.said(one.note, own)) for one in ledger.counts),
        discrepancies=tuple(
            replace(one, note=texts.said(one.note, own)) for one in ledger.discrepancies
        ),
        explanations={
            about: tuple(replace(one, text=texts.said(one.text, own)) for one in entries)
            for about, entries in ledger.explanations.items()
        },
    )


def with_line(body: Iterable[blocks.Block], *, masked: bool) -> Iterator[blocks.Block]:
    """Yield a sheet's blocks; below its head it says that others are masked, where any was."""
    found = iter(body)
    yield from islice(found, 1)
    line = blocks.Text(_("Other students named in the notes are masked."), small=True)
    yield from chain([line] if masked else [], found)


def kept(places: int) -> dict[str, object]:
    """Return what a disclosure keeps of it; nothing where nobody was masked."""
    return {"others_named": {"masked": places}} if places else {}
