"""All consents, narrowed by how they stand, by kind, or to one student."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any

from PySide6.QtCore import QTimer

from app.features.consents.model.states import State
from app.features.consents.repo import ConsentLine, Narrowing, View
from app.kernel.changes import Kind
from app.kernel.ids import StudentId, is_id
from app.kernel.words import _, ngettext
from app.overviews.consent_words import (
    KINDS,
    STATES,
    spoken_about,
    spoken_end,
    spoken_kind,
    spoken_lapsing,
)
from ui.features.consents.presenter.asking import ask_ages, ask_consent, ask_form
from ui.features.consents.view.lists import ConsentsView
from ui.kit.look import Kind as Mark
from ui.kit.paged import RecordsPage
from ui.kit.room import Context
from ui.kit.students import pick_student
from ui.kit.widgets.lists import Entry

MARKS = {
    State.ACTIVE: Mark.GOOD,
    State.NOT_BEGUN: Mark.ACCENT,
    State.REVOKED: Mark.BAD,
}

_CUT_SHORT = {State.REVOKED, State.EVENT}
"""Over before the day that was agreed."""


def lapsing_chip(line: ConsentLine, today: date) -> str:
    """Return in how many days a consent lapses, as words that stand for themselves."""
    words = spoken_lapsing(line, today.isoformat())
    return words[:1].upper() + words[1:]


class ConsentsPage(RecordsPage):
    """Consents and releases, the newest first; those about to lapse by their last day."""

    heeded = frozenset({Kind.CONSENT})
    view: ConsentsView

    def __init__(self, context: Context) -> None:
        self._student = StudentId("")
        super().__init__(
            context,
            ConsentsView(
                [
                    (View.ACTIVE, _("In force")),
                    (View.LAPSING, _("About to lapse")),
                    (View.NOT_BEGUN, _("Not begun")),
                    (View.OVER, _("Ended")),
                    (View.ALL, _("All")),
                ],
                [("", _("Every kind")), *((kind, _(words)) for kind, words in KINDS.items())],
            ),
        )
        self.view.asked.connect(self.record)
        self.view.started.connect(self.record)
        self.view.linked.connect(self._link)
        self.view.kind_chosen.connect(lambda _kind: self.reload())
        self.view.list.opened.connect(self._open)

    def show_subject(self, subject: str) -> None:
        """Show one student's, by `student:ID`; `record` and `form` ask at once, also with `:ID`."""
        what, _colon, of = subject.partition(":")
        self._student = StudentId(of) if is_id(of) else StudentId("")
        if self._student:
            self.view.parts.set_value(View.ALL)
        if what == "lapsing":
            self.view.parts.set_value(View.LAPSING)
        if what == "record":
            QTimer.singleShot(0, self, self.record)
        elif what == "form":
            QTimer.singleShot(0, self, self.blank)

    def record(self) -> None:
        """Ask whose consent it is, then for the consent."""
        self._of_student(
            lambda student: ask_consent(
                self.context, self.asker, self, student, done=self._recorded
            )
        )

    def blank(self) -> None:
        """Ask whose form it is, then what stands on it."""
        self._of_student(lambda student: ask_form(self.context, self.asker, self, student))

    def _of_student(self, then: Callable[[StudentId], None]) -> None:
        if self._student:
            then(self._student)
            return
        pick_student(
            self.context, self, _("About which student?"), lambda student, _name: then(student)
        )

    def _recorded(self, consent: str) -> None:
        self.context.go("consent", consent)

    def _link(self, name: str) -> None:
        if name == "form":
            self.blank()
        else:
            ask_ages(self.context, self.asker, self)

    def _open(self, entry: Entry) -> None:
        self.context.go("consent", entry.id)

    def source(self) -> tuple[Callable[[int, int], Sequence[Any]], Callable[[], int]]:
        """Read the consents of the part that is shown."""
        service = self.context.desk.consents
        by = Narrowing(
            View(self.part() or View.ACTIVE), self._student, str(self.view.kinds.value() or "")
        )
        return partial(service.page, by), partial(service.count, by)

    def told(self, count: int) -> str:
        """Return how many there are."""
        self.view.ask_kind(count)
        return ngettext("{count} consent", "{count} consents", count).format(count=count)

    def entry(self, line: ConsentLine) -> Entry:
        """Return a consent as the list shows it."""
        one = line.consent
        # That a consent is in force is the rule: a row says what differs from it.
        chips = (
            [(_(STATES[line.state]), MARKS.get(line.state, Mark.PLAIN))]
            if line.state is not State.ACTIVE
            else []
        )
        if line.lapses_soon:
            chips.append((lapsing_chip(line, self.context.today()), Mark.WARN))
        if not line.scans and line.state is State.ACTIVE and one.way == "paper":
            chips.append((_("No scan yet"), Mark.PLAIN))
        return Entry(
            one.id,
            _("{student}: {kind}").format(student=line.pupil.listed, kind=spoken_kind(one.kind)),
            spoken_about(one),
            spoken_end(one) if line.state not in _CUT_SHORT else "",
            "consent",
            tuple(chips),
            subject=line,
        )

    def state(self) -> dict[str, str]:
        """Return which part and kind are shown."""
        return {**super().state(), "kind": str(self.view.kinds.value() or "")}

    def restore(self, state: Mapping[str, str]) -> None:
        """Show them again."""
        if not self._student:
            super().restore(state)
        self.view.kinds.set_value(state.get("kind", ""))
