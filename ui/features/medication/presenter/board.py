"""The board page: what is due at this moment, recorded with one key each."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial

from PySide6.QtCore import QTimer
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QVBoxLayout

from app.features.medication.commands import (
    RecordDose,
    RecordNotGiven,
    SettleMissed,
    UndoDose,
    UnmarkNoSchool,
)
from app.features.medication.model.checks import DoseFinding, Severity
from app.features.medication.model.doses import CHOSEN_CODES, CODE_LETTERS, Code, Outcome, SlotState
from app.features.medication.model.orders import Order, Timing
from app.features.medication.model.stock import SupplyLevel
from app.features.medication.repo.orders import Pupil
from app.features.medication.service.doses import Board, BoardLine, EffectLine, PrnLine
from app.kernel.changes import NOTHING, Changed, Kind
from app.kernel.clock import Moment
from app.kernel.errors import Refused
from app.kernel.ids import new_id
from app.kernel.words import _, ngettext
from app.overviews.medication_words import (
    CODES,
    ROUTES,
    STATES,
    spoken_amount,
    spoken_amount_of,
    spoken_clock,
    spoken_dose,
    spoken_finding,
    spoken_medicine,
    spoken_outcome,
    spoken_span,
    spoken_timing,
)
from app.overviews.reports.wording import spoken_day, spoken_moment, spoken_time
from app.phrases import sentence
from ui.features.medication.presenter.pupil import second_identifiers
from ui.features.medication.presenter.sheets import (
    ask_effect,
    ask_home_dose,
    ask_more,
    ask_no_school,
)
from ui.features.medication.view.board import BoardView, DoseShown, Right, Warned
from ui.kit.asking import Asker
from ui.kit.look import Kind as Mark
from ui.kit.room import Context, PageWidget
from ui.kit.widgets.lists import Entry

_LOOK_AGAIN_MS = 20_000
_SIX, _EIGHT = 6, 8
_NOW = (SlotState.LATE, SlotState.DUE)
_PARTS: Mapping[str, tuple[SlotState, ...]] = {
    "now": _NOW,
    "soon": (SlotState.SOON,),
    "later": (SlotState.LATER,),
    "missed": (SlotState.MISSED,),
    "done": (SlotState.GIVEN, SlotState.NOT_GIVEN, SlotState.HELD, SlotState.NO_SCHOOL),
}
_ICONS: Mapping[SlotState, tuple[str, str]] = {
    SlotState.LATE: ("late", Mark.WARN),
    SlotState.DUE: ("medication", Mark.ACCENT),
    SlotState.SOON: ("clock", Mark.PLAIN),
    SlotState.LATER: ("clock", Mark.PLAIN),
    SlotState.MISSED: ("refused", Mark.BAD),
    SlotState.GIVEN: ("check", Mark.GOOD),
    SlotState.NOT_GIVEN: ("close", Mark.PLAIN),
    SlotState.HELD: ("stop", Mark.PLAIN),
    SlotState.NO_SCHOOL: ("calendar", Mark.PLAIN),
}


@dataclass(frozen=True, slots=True)
class _Needed:
    """A line of the part “as needed”: whose, and the order."""

    pupil: Pupil
    line: PrnLine


class BoardPage(PageWidget):
    """Who is due now; `G` given, `N` not given, `U` takes back within the minute."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._asker = Asker(context, self)
        self._part = "now"
        self._school = ""
        self._in_room = ""
        self._text = ""
        self._board: Board | None = None
        self._going: set[str] = set()
        self._last = ""
        self._rights = 6
        self._labels: tuple[str, ...] = ()
        self.view = BoardView()
        page = QVBoxLayout(self)
        page.setContentsMargins(0, 0, 0, 0)
        page.addWidget(self.view)
        view = self.view
        view.panel.offer_codes([(code, _code_label(code)) for code in CHOSEN_CODES])
        view.turned.connect(self._turn)
        view.school_chosen.connect(self._choose_school)
        view.room_chosen.connect(self._choose_room)
        view.sought.connect(self._seek)
        view.list.current.connect(self._show_current)
        view.list.opened.connect(self._open)
        view.list.give.connect(self._give)
        view.list.refuse.connect(view.panel.ask_why_not)
        view.list.undo.connect(self._undo)
        view.panel.given.connect(self._give)
        view.panel.refused.connect(self._not_given)
        view.panel.undo_asked.connect(self._undo)
        view.panel.more_asked.connect(self._more)
        view.panel.home_asked.connect(self._ask_home)
        view.checked_time.clicked.connect(self._note_jump)
        view.no_school.clicked.connect(self._ask_no_school)
        view.school_after_all.clicked.connect(self._school_after_all)
        view.downtime.clicked.connect(lambda: context.go("downtime"))
        self._timer = QTimer(self)
        self._timer.setInterval(_LOOK_AGAIN_MS)
        self._timer.timeout.connect(self._reload)

    # -- the page --------------------------------------------------------------------

    def arrive(self) -> None:
        """Look again, and stand on the first dose."""
        self._reload()
        self.view.list.setFocus()

    def heed(self, changed: Changed) -> None:
        """Look again when a dose, an order or the stock changed."""
        if self.isVisible() and changed.meets(
            {Kind.DOSE, Kind.ORDER, Kind.STOCK, Kind.STUDENT, Kind.PHOTO}
        ):
            self._reload()

    def flush(self) -> None:
        """Keep what stands on an open sheet."""
        self._asker.flush()

    def state(self) -> dict[str, str]:
        """Return which part, building and room are shown."""
        return {"part": self._part, "school": self._school, "room": self._in_room}

    def restore(self, state: Mapping[str, str]) -> None:
        """Show them again."""
        self._part = state.get("part", "now")
        self._school = state.get("school", "")
        self._in_room = state.get("room", "")

    def showEvent(self, event: QShowEvent) -> None:
        """Follow the clock while the page is seen."""
        super().showEvent(event)
        self._timer.start()

    def hideEvent(self, event: QHideEvent) -> None:
        """Rest while it is not."""
        super().hideEvent(event)
        self._timer.stop()

    # -- reading ---------------------------------------------------------------------

    def _reload(self) -> None:
        desk, text = self._context.desk, self._text
        medication, who = desk.medication, desk.seat.person

        def gather() -> tuple[Board, list[EffectLine], list[_Needed], int]:
            board = medication.doses.board()
            rights = int(desk.people.settings(who)["medication_rights"])
            needed: list[_Needed] = []
            if text.strip():
                for pupil in medication.orders.find_pupils(text, 8):
                    needed.extend(_Needed(pupil, one) for one in medication.doses.prn(pupil.id))
            return board, medication.doses.effects_due(), needed, rights

        self._context.tasks.read(
            gather, lambda found: self._show(*found), self._context.say, key="board", owner=self
        )

    def _show(
        self, board: Board, effects: list[EffectLine], needed: list[_Needed], rights: int
    ) -> None:
        self._board = board
        self._rights = rights
        self._going &= {_key(line) for line in board.lines if line.dose is None}
        if board.unsettled:
            self._context.tasks.write(
                partial(self._context.desk.medication.doses.settle_missed, SettleMissed()),
                failed=self._context.say,
                owner=self,
            )
        self._show_head(board, len(effects))
        if self._part == "prn":
            entries = [_effect_entry(line) for line in effects]
            if self._text.strip():
                entries = [_needed_entry(one) for one in needed]
            self._say_empty()
        else:
            lines = board.narrowed(
                school_id=self._school or None,
                room=self._in_room or None,
                text=self._text,
                states=_PARTS[self._part],
            )
            entries = [_entry(line) for line in lines if _key(line) not in self._going]
            self._say_empty()
        self.view.show_entries(entries)
        if entries and not self.view.list.currentIndex().isValid():
            self.view.list.go_to(0)
        self._show_current(self.view.list.entry())

    def _show_head(self, board: Board, effects: int) -> None:
        counts = board.counts()

        def label(words: str, states: tuple[SlotState, ...]) -> str:
            count = sum(counts.get(state, 0) for state in states)
            return _("{part} ({count})").format(part=words, count=count) if count else words

        parts = {
            "now": label(_("Now"), _PARTS["now"]),
            "soon": label(_("Soon"), _PARTS["soon"]),
            "later": label(_("Later"), _PARTS["later"]),
            "missed": label(_("Missed"), _PARTS["missed"]),
            "done": label(_("Done"), _PARTS["done"]),
            "prn": _("{part} ({count})").format(part=_("As needed"), count=effects)
            if effects
            else _("As needed"),
        }
        schools = board.schools()
        rooms = board.rooms(self._school or None)
        if self._in_room not in rooms:
            self._in_room = ""
        labels = (*parts.values(), *(name for _id, name in schools), *rooms)
        if labels != self._labels:
            self._labels = labels
            self.view.parts.set_options(list(parts.items()))
            self.view.parts.set_value(self._part)
            self.view.offer_places(schools, rooms)
            self.view.schools.set_value(self._school)
            self.view.rooms.set_value(self._in_room)
        words = [
            _("{time}; the window is {minutes} minutes to either side.").format(
                time=spoken_moment(board.at), minutes=board.window.minutes
            )
        ]
        if board.jump is not None:
            words.append(
                _("This computer’s clock has just jumped. Check the time before you give anything.")
            )
        if board.ran_back:
            words.append(
                _("The newest record is {span} ahead of this computer’s clock.").format(
                    span=spoken_span(max(1, board.ran_back // 60))
                )
            )
        self.view.checked_time.setVisible(board.jump is not None)
        self.view.school_after_all.setVisible(SlotState.NO_SCHOOL in counts)
        self.view.clock.setText(" ".join(words))
        self.view.clock.set_ink("bad" if len(words) > 1 else "muted")

    def _say_empty(self) -> None:
        empty = self.view.empty
        if self._part == "prn":
            empty.say(
                _("Find the student"),
                _(
                    "Type a few letters of the name, or scan the card. The orders as needed come up"
                    " with when the next dose may be given."
                ),
            )
        elif self._text.strip():
            empty.say(_("Nobody of this name"), _("No dose here fits what was typed."))
        elif self._part == "now":
            empty.say(_("Nobody is due now"), _("The next doses stand under Soon and Later."))
        else:
            empty.say(_("Nothing here"), _("No dose of today stands in this part."))

    # -- what narrows it -------------------------------------------------------------

    def _turn(self, part: object) -> None:
        if part is not None:
            self._part = str(part)
            self._reload()

    def _choose_school(self, school: object) -> None:
        self._school = str(school or "")
        self._reload()

    def _choose_room(self, room: object) -> None:
        self._in_room = str(room or "")
        self._reload()

    def _seek(self, text: str) -> None:
        self._text = text
        self._reload()

    # -- the one the focus is on -----------------------------------------------------

    def _show_current(self, entry: Entry | None) -> None:
        subject = entry.subject if entry is not None else None
        if isinstance(subject, BoardLine):
            shown = _shown(subject, self._can_undo(subject), self._rights)
            pupil = subject.pupil
        elif isinstance(subject, _Needed):
            shown = _shown_needed(subject, self._rights)
            pupil = subject.pupil
        elif isinstance(subject, EffectLine):
            shown = _shown_effect(subject)
            pupil = subject.pupil
        else:
            self.view.panel.show_dose(None)
            return
        self.view.panel.show_dose(shown)
        if pupil.photo:
            context = self._context

            def seen(found: tuple[bytes, str] | None) -> None:
                current = self.view.list.entry()
                if found is not None and current is not None and current.subject is subject:
                    self.view.panel.portrait.show_person(pupil.name, found[0])

            context.tasks.read(
                partial(context.desk.medication.orders.photo, pupil.id),
                seen,
                context.say,
                key="photo",
                owner=self,
            )

    def _can_undo(self, line: BoardLine) -> bool:
        return line.dose is not None and line.dose.id == self._last

    def _subject(self) -> object:
        entry = self.view.list.entry()
        return entry.subject if entry is not None else None

    # -- recording -------------------------------------------------------------------

    def _give(self) -> None:
        subject, panel = self._subject(), self.view.panel
        if isinstance(subject, BoardLine):
            if subject.dose is not None and subject.dose.outcome is Outcome.GIVEN:
                return
            if any(finding.severity is Severity.NEVER for finding in subject.findings):
                return
            if panel.ask_reason():
                return
            command = RecordDose(
                subject.order.id,
                subject.pupil.id,
                subject.slot.day,
                subject.slot.time,
                override_reason=panel.reason.text().strip(),
                dose_id=new_id(),
            )
            self._record(command, subject.pupil, subject.order, _key(subject))
        elif isinstance(subject, _Needed):
            if panel.ask_reason():
                return
            command = RecordDose(
                subject.line.order.id,
                subject.pupil.id,
                reason=panel.purpose.text().strip(),
                assessment=panel.assessment.text().strip(),
                override_reason=panel.reason.text().strip(),
                dose_id=new_id(),
            )
            self._record(command, subject.pupil, subject.line.order, "")
        elif isinstance(subject, EffectLine):
            ask_effect(self._context, self._asker, self, subject)

    def _record(self, command: RecordDose, pupil: Pupil, order: Order, key: str) -> None:
        doses = self._context.desk.medication.doses
        self._write(
            partial(doses.record_dose, command),
            command.dose_id,
            key,
            _("Given: {dose} of {medicine} to {name}.").format(
                dose=spoken_amount(order.dose, order.unit),
                medicine=order.title(),
                name=pupil.name,
            ),
        )

    def _not_given(self, code: object, note: str) -> None:
        subject = self._subject()
        if not isinstance(subject, BoardLine) or not isinstance(code, Code):
            return
        command = RecordNotGiven(
            subject.order.id,
            subject.pupil.id,
            subject.slot.day,
            subject.slot.time,
            code,
            note,
            dose_id=new_id(),
        )
        self._write(
            partial(self._context.desk.medication.doses.record_not_given, command),
            command.dose_id,
            _key(subject),
            _("Not given to {name}: {why}.").format(name=subject.pupil.name, why=_(CODES[code])),
        )
        self.view.list.setFocus()

    def _write(self, work: Callable[[], Changed], dose_id: str, key: str, say: str) -> None:
        """Record; the line leaves at once, so that the next key is for the next dose."""
        if key in self._going:
            return
        place = self.view.list.currentIndex().row()
        if key:
            self._going.add(key)
        context = self._context

        def done(_changed: Changed) -> None:
            self._last = dose_id
            context.notices.say(say, undo=self._undo)

        def failed(error: Exception) -> None:
            self._going.discard(key)
            self._reload()
            if isinstance(error, Refused) and self.view.panel.refuse(error.field, sentence(error)):
                return
            context.say(error)

        context.tasks.write(work, done, failed, owner=self)
        if key and self._board is not None:
            self._drop(place)

    def _drop(self, place: int) -> None:
        entries = self.view.list.entries
        left = [
            entry
            for at in range(entries.total())
            if (entry := entries.entry(at)) is not None
            and not (isinstance(entry.subject, BoardLine) and _key(entry.subject) in self._going)
        ]
        self.view.show_entries(left)
        self.view.list.go_to(min(place, len(left) - 1))
        self._show_current(self.view.list.entry())
        self.view.list.setFocus()

    def _undo(self) -> None:
        if not self._last:
            return
        dose_id, self._last = self._last, ""
        self._context.tasks.write(
            partial(self._context.desk.medication.doses.undo_dose, UndoDose(dose_id)),
            self._say_taken_back,
            self._context.say,
            owner=self,
        )

    def _say_taken_back(self, _changed: Changed) -> None:
        self._context.notices.say(_("Taken back. The record shows it as entered in error."))

    def _more(self) -> None:
        subject, panel = self._subject(), self.view.panel
        if isinstance(subject, BoardLine):
            command = RecordDose(
                subject.order.id, subject.pupil.id, subject.slot.day, subject.slot.time,
                override_reason=panel.reason.text().strip(),
            )  # fmt: skip
            order = subject.order
        elif isinstance(subject, _Needed):
            command = RecordDose(
                subject.line.order.id, subject.pupil.id,
                reason=panel.purpose.text().strip(),
                assessment=panel.assessment.text().strip(),
                override_reason=panel.reason.text().strip(),
            )  # fmt: skip
            order = subject.line.order
        else:
            return
        ask_more(self._context, self._asker, self, replace(command, dose_id=new_id()), order)

    def _ask_home(self) -> None:
        subject = self._subject()
        if isinstance(subject, _Needed):
            ask_home_dose(self._context, self._asker, self, subject.pupil, subject.line.order)

    # -- the day and the clock -------------------------------------------------------

    def _note_jump(self) -> None:
        doses = self._context.desk.medication.doses

        def seen() -> Changed:
            doses.note_jump()
            return NOTHING

        self._context.tasks.write(
            seen, lambda _changed: self._reload(), self._context.say, owner=self
        )
        self.view.list.setFocus()

    def _ask_no_school(self) -> None:
        context = self._context
        context.tasks.read(
            context.desk.caseload.schools,
            lambda found: ask_no_school(
                context, self._asker, self, [(one.id, one.name) for one in found]
            ),
            context.say,
            owner=self,
        )

    def _school_after_all(self) -> None:
        board, context = self._board, self._context
        if board is None:
            return
        closed = {line.pupil.school_id for line in board.lines if line.state is SlotState.NO_SCHOOL}
        doses, day = context.desk.medication.doses, board.at.day().isoformat()

        def opened() -> Changed:
            changed = NOTHING
            for school in (None, *sorted(one for one in closed if one)):
                # A day can be closed for all buildings, for one, or for both reasons.
                with suppress(Refused):
                    changed = doses.unmark_no_school(UnmarkNoSchool(day, school))
            return changed

        context.tasks.write(
            opened,
            self._say_school,
            context.say,
            owner=self,
        )

    def _say_school(self, _changed: Changed) -> None:
        self._context.notices.say(_("The day has school. Its doses are due again."))

    def _open(self, entry: Entry) -> None:
        subject = entry.subject
        if isinstance(subject, EffectLine):
            ask_effect(self._context, self._asker, self, subject)
        elif isinstance(subject, BoardLine) and subject.dose is not None:
            self._context.go("dose", subject.dose.id)
        elif isinstance(subject, BoardLine):
            self._context.go("order", subject.order.id)
        elif isinstance(subject, _Needed):
            self._context.go("order", subject.line.order.id)


# -- words -------------------------------------------------------------------------------


def _key(line: BoardLine) -> str:
    return "|".join(line.slot.key)


def _code_label(code: Code) -> str:
    return _("{letter} · {words}").format(letter=CODE_LETTERS[code], words=_(CODES[code]))


def _entry(line: BoardLine) -> Entry:
    icon, kind = _ICONS[line.state]
    chips: list[tuple[str, str]] = []
    if any(finding.severity >= Severity.STOP for finding in line.findings):
        chips.append((_("Stop"), Mark.BAD))
    if line.pupil.allergies:
        chips.append((_("Allergy"), Mark.WARN))
    if line.order.controlled:
        chips.append((_("Controlled"), Mark.PLAIN))
    chips.append((_state(line), kind))
    place = line.pupil.room or line.pupil.school
    return Entry(
        _key(line),
        line.pupil.listed,
        " · ".join(
            part for part in (spoken_medicine(line.order), spoken_dose(line.order), place) if part
        ),
        spoken_clock(line.slot.time),
        icon,
        tuple(chips),
        kind=kind,
        subject=line,
    )


def _state(line: BoardLine) -> str:
    if line.state is SlotState.NOT_GIVEN and line.dose is not None:
        return _(CODES[line.dose.code])
    if line.state is SlotState.LATE:
        return _("Late by {span}").format(span=spoken_span(line.minutes))
    return _(STATES[line.state])


def _warnings(findings: tuple[DoseFinding, ...], zone: str) -> tuple[Warned, ...]:
    def at(instant: str) -> str:
        return spoken_time(Moment(instant, zone)) if instant else ""

    return tuple(
        Warned(
            spoken_finding(finding, at),
            stops=finding.severity is Severity.STOP,
            never=finding.severity is Severity.NEVER,
        )
        for finding in findings
    )


def _has(findings: tuple[DoseFinding, ...], *codes: str) -> bool:
    return any(finding.code in codes for finding in findings)


def _rights(
    pupil: Pupil, order: Order, findings: tuple[DoseFinding, ...], when: str, number: int
) -> tuple[Right, ...]:
    """Return the rights that are checked: five, six with documentation, eight with reason and response.

    Five and six as the school health manuals have them, eight as nursing texts do. Whether
    the guardian and the prescriber allow it is shown beside them in any case.
    """
    authorised = _("valid")
    if order.guardian_until:
        authorised = _("until {day}").format(
            day=spoken_day(min(d for d in (order.guardian_until, order.ends_on) if d))
        )
    return (
        Right(_("Student"), pupil.name, not _has(findings, "wrong-student")),
        Right(_("Medicine"), spoken_medicine(order), not _has(findings, "allergy")),
        Right(
            _("Dose"),
            spoken_amount_of(order),
            not _has(findings, "dose-differs", "over-daily-doses", "over-daily-amount"),
        ),
        Right(_("Route"), _(ROUTES[order.route])),
        Right(_("Time"), when, not _has(findings, "too-early", "too-late", "too-soon")),
        *_more_rights(order, findings, number),
        Right(
            _("Authorization"),
            authorised,
            not _has(
                findings,
                "prescriber-expired",
                "guardian-expired",
                "guardian-missing",
                "order-ended",
                "order-discontinued",
                "order-held",
            ),
        ),
    )


def _more_rights(order: Order, findings: tuple[DoseFinding, ...], number: int) -> tuple[Right, ...]:
    unchecked = _has(findings, "order-unchecked")
    found: list[Right] = []
    if number >= _SIX:
        found.append(
            Right(
                _("Documentation"),
                _("the order is not compared with its paper")
                if unchecked
                else _("the order is compared by two"),
                not unchecked,
            )
        )
    if number >= _EIGHT:
        found.append(
            Right(
                _("Reason"),
                order.indication or _("ordered by {name}").format(name=order.prescriber),
            )
        )
        asked = order.timing is Timing.PRN and order.effect_minutes
        found.append(
            Right(
                _("Response"),
                _("asked for after {span}").format(span=spoken_span(order.effect_minutes))
                if asked
                else _("what you see is added to the dose"),
            )
        )
    return tuple(found)


def _shown(line: BoardLine, can_undo: bool, rights: int) -> DoseShown:
    order, dose = line.order, line.dose
    _icon, kind = _ICONS[line.state]
    told = ""
    if dose is not None:
        what = spoken_outcome(dose.outcome, dose.code)
        at = spoken_time(dose.given or dose.recorded)
        told = (
            _("{what} at {time}, by {by}.").format(what=what, time=at, by=line.by)
            if line.by
            else _("{what}; the desk saw it at {time}.").format(what=what, time=at)
        )
    open_line = dose is None or dose.outcome is not Outcome.GIVEN
    return DoseShown(
        name=line.pupil.name,
        line=second_identifiers(line.pupil),
        medicine=spoken_medicine(order),
        dose=spoken_dose(order),
        state=_state(line),
        state_kind=kind,
        allergies=_allergies(line.pupil),
        rights=_rights(line.pupil, order, line.findings, spoken_clock(line.slot.time), rights)
        if open_line
        else (),
        warned=_warnings(line.findings, line.slot.at.zone) if open_line else (),
        instructions=order.instructions,
        stock=_stock(line.level, order),
        told=told,
        can_give=open_line and line.state is not SlotState.NO_SCHOOL,
        can_refuse=dose is None,
        can_undo=can_undo,
    )


def _shown_needed(one: _Needed, rights: int) -> DoseShown:
    order, line = one.line.order, one.line
    facts = [spoken_timing(order)]
    if line.last is not None:
        facts.append(_("last given {when}").format(when=spoken_moment(line.last.given)))
    if line.next_at is not None:
        facts.append(_("next from {time}").format(time=spoken_time(line.next_at)))
    if line.left is not None:
        facts.append(
            ngettext("{count} dose left today", "{count} doses left today", line.left).format(
                count=line.left
            )
        )
    return DoseShown(
        name=one.pupil.name,
        line=second_identifiers(one.pupil),
        medicine=spoken_medicine(order),
        dose=spoken_dose(order),
        state=_("As needed"),
        allergies=_allergies(one.pupil),
        rights=_rights(one.pupil, order, line.findings, "; ".join(facts), rights),
        warned=_warnings(line.findings, order.zone),
        instructions=order.instructions,
        stock=_stock(line.level, order),
        as_needed=True,
        can_refuse=False,
    )


def _shown_effect(line: EffectLine) -> DoseShown:
    return DoseShown(
        name=line.pupil.name,
        line=second_identifiers(line.pupil),
        medicine=spoken_medicine(line.order),
        dose=spoken_amount(line.dose.amount, line.dose.unit),
        state=_("Effect to be told"),
        state_kind=Mark.WARN,
        told=_("Given {when} for {reason}. How did it work?").format(
            when=spoken_moment(line.dose.given or line.dose.recorded), reason=line.dose.reason
        ),
        can_refuse=False,
        can_give=False,
    )


def _allergies(pupil: Pupil) -> str:
    if not pupil.allergies:
        return ""
    return _("Allergies: {allergies}").format(allergies=", ".join(pupil.allergies))


def _stock(level: SupplyLevel | None, order: Order) -> str:
    if level is None:
        return ""
    return _("{amount} here, for {doses}").format(
        amount=spoken_amount(level.left, order.unit),
        doses=ngettext("{count} dose", "{count} doses", level.doses).format(count=level.doses),
    )


def _needed_entry(one: _Needed) -> Entry:
    line = one.line
    stops = any(finding.severity >= Severity.STOP for finding in line.findings)
    chips = ((_("Stop"), Mark.BAD),) if stops else ()
    return Entry(
        f"{one.pupil.id}|{line.order.id}",
        one.pupil.listed,
        _("{medicine} · {timing}").format(
            medicine=spoken_medicine(line.order), timing=spoken_timing(line.order)
        ),
        "",
        "medication",
        chips,
        subject=one,
    )


def _effect_entry(line: EffectLine) -> Entry:
    return Entry(
        f"effect|{line.dose.id}",
        line.pupil.listed,
        _("How did {medicine} work?").format(medicine=spoken_medicine(line.order)),
        spoken_time(line.due),
        "help",
        ((_("Effect"), Mark.WARN),),
        kind=Mark.WARN,
        subject=line,
    )
