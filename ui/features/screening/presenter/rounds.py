"""Universal screenings: who is to be screened, who may, who was, and how they came out."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from PySide6.QtWidgets import QVBoxLayout

from app.features.screening.commands import CloseRound, OpenRound, SayConsent
from app.features.screening.model.instruments import Instrument
from app.features.screening.model.records import Consent, Round, Said
from app.features.screening.repo import Narrowing, Pupil
from app.features.screening.service import Cohort, Coverage
from app.kernel.changes import Changed, Kind
from app.kernel.ids import SchoolId
from app.kernel.nouns import GRADES
from app.kernel.words import _, ngettext
from app.overviews.reports.wording import spoken_day, spoken_grade
from app.overviews.screening_words import INFORMANTS, SAID, spoken_level
from ui.features.screening.view.sheets import ConsentSheet, RoundSheet
from ui.kit.asking import Asker, Entries
from ui.kit.look import Kind as Mark
from ui.kit.one_record import RecordPage
from ui.kit.room import Context, PageWidget
from ui.kit.widgets.buttons import Button
from ui.kit.widgets.empty import EmptyState
from ui.kit.widgets.lists import Entry
from ui.kit.widgets.records import Fact, RecordShown, RecordsView, RecordView


class RoundsPage(PageWidget):
    """The universal screenings, open ones first."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._asker = Asker(context, self)
        start = Button(_("Begin a universal screening"), "add", "primary")
        self.view = RecordsView(
            _("Universal screening"),
            (_("Begin a universal screening"), "add"),
            [],
            EmptyState(
                "group",
                _("No universal screening yet"),
                _(
                    "A whole grade or school is screened with one instrument, by those whose"
                    " guardians agreed or did not say no. Coverage is counted here."
                ),
                start,
            ),
            start,
        )
        page = QVBoxLayout(self)
        page.setContentsMargins(0, 0, 0, 0)
        page.addWidget(self.view)
        self.view.asked.connect(self._ask)
        self.view.started.connect(self._ask)
        self.view.list.opened.connect(lambda entry: context.go("screening-round", entry.id))

    def arrive(self) -> None:
        """Look again, and stand in the list."""
        self._reload()
        self.view.list.setFocus()

    def heed(self, changed: Changed) -> None:
        """Look again when a round changed."""
        if self.isVisible() and changed.meets({Kind.SCREENING}):
            self._reload()

    def flush(self) -> None:
        """Keep what stands on an open sheet."""
        self._asker.flush()

    def _reload(self) -> None:
        service = self._context.desk.screening
        self._context.tasks.read(
            lambda: [service.coverage(one.id) for one in service.rounds()],
            self._show,
            self._context.say,
            key="rounds",
            owner=self,
        )

    def _show(self, found: list[Coverage]) -> None:
        count = ngettext("{count} round", "{count} rounds", len(found)).format(count=len(found))
        self.view.show_entries([_entry(one) for one in found], count if found else "")

    def _ask(self) -> None:
        desk = self._context.desk
        self._context.tasks.read(
            lambda: (desk.screening.instruments(), desk.caseload.schools()),
            lambda found: self._ask_with(*found),
            self._context.say,
            owner=self,
        )

    def _ask_with(self, instruments: dict[str, Instrument], schools: Sequence[Any]) -> None:
        context = self._context
        known = sorted(instruments.values(), key=lambda one: one.title)
        sheet = RoundSheet(
            [(one.id, one.title) for one in known if not one.outside],
            {
                one.id: [(each.value, _(INFORMANTS[each])) for each in one.informants]
                for one in known
            },
            [("", _("All buildings")), *((one.id, one.name) for one in schools)],
            [(grade, spoken_grade(grade)) for grade in GRADES[2:17]],
            context.today,
            self,
        )

        def act(entries: Entries) -> Callable[[], Changed]:
            command = OpenRound(
                str(entries["title"]),
                str(entries["instrument"] or ""),
                str(entries["informant"] or ""),
                str(entries["begins_on"]),
                str(entries["ends_on"]),
                SchoolId(str(entries["school"])) if entries["school"] else None,
                tuple(str(grade) for grade in entries["grades"]),
                Consent(str(entries["consent"])),
            )
            return partial(context.desk.screening.open_round, command)

        self._asker.ask(
            sheet, act, lambda changed, _entries: context.go("screening-round", changed.made)
        )


def _entry(found: Coverage) -> Entry:
    one = found.round
    closed = bool(one.closed_at)
    return Entry(
        one.id,
        one.title,
        _("{screened} of {may} who may be; {eligible} in all").format(
            screened=found.screened, may=found.may, eligible=found.eligible
        ),
        _("until {day}").format(day=spoken_day(one.ends_on)),
        "group",
        ((_("Closed"), Mark.PLAIN) if closed else (_("Open"), Mark.GOOD),),
    )


class RoundPage(RecordPage[tuple[Coverage, Cohort]]):
    """One universal screening: coverage, who is left, and what guardians said."""

    heeded = frozenset({Kind.SCREENING})
    otherwise = ("screening-rounds",)

    def __init__(self, context: Context) -> None:
        super().__init__(
            context,
            RecordView(
                (
                    ("enter", _("Enter a screening"), "add"),
                    ("said", _("What a guardian said"), "consent"),
                    ("close", _("Close the round"), "done"),
                    ("open", _("Open it again"), "follow_up"),
                ),
                _("Students"),
                _("Universal screening"),
            ),
        )
        self.view.history.opened.connect(self._ask_consent)

    def _source(self) -> Callable[[], tuple[Coverage, Cohort]]:
        service, of = self.context.desk.screening, self.subject

        def look_up() -> tuple[Coverage, Cohort]:
            found = service.coverage(of)
            return found, service.cohort(found.round.instrument, Narrowing(round_id=of))

        return look_up

    def _show(self, read: tuple[Coverage, Cohort]) -> None:
        found, cohort = read
        one = found.round
        share = 100 * found.screened // found.eligible if found.eligible else 0
        levels = ", ".join(
            _("{level}: {count}").format(
                level=spoken_level(int(level)),
                count=_("held back") if count is None else count,
            )
            for level, count in cohort.levels.items()
            if count != 0
        )
        self.view.show_record(
            RecordShown(
                title=one.title,
                line=_("{title}; {begins} to {ends}").format(
                    title=cohort.instrument.title,
                    begins=spoken_day(one.begins_on),
                    ends=spoken_day(one.ends_on),
                ),
                chips=(
                    (_("Closed"), Mark.PLAIN) if one.closed_at else (_("Open"), Mark.GOOD),
                    (
                        _("Active consent")
                        if one.consent is Consent.ACTIVE
                        else _("Passive consent"),
                        Mark.PLAIN,
                    ),
                ),
                facts=(
                    Fact(
                        _("Coverage"),
                        _("{screened} of {eligible} students, {share} %").format(
                            screened=found.screened, eligible=found.eligible, share=share
                        ),
                    ),
                    Fact(_("May be screened"), str(found.may)),
                    Fact(_("Guardians who said no"), str(found.against)),
                    Fact(_("Still to be screened"), str(len(found.left))),
                    Fact(_("How they came out"), levels or "–"),
                ),
            )
        )
        self.view.show_history([_pupil(pupil, one) for pupil in found.pupils])
        self.view.offer(*(("open",) if one.closed_at else ("enter", "said", "close")))

    def _act(self, name: str, read: tuple[Coverage, Cohort]) -> None:
        context, (found, _cohort) = self.context, read
        if name == "enter":
            context.go("screening-entry", f"round:{found.round.id}")
            return
        if name == "said":
            entry = self.view.history.entry()
            if entry is not None and isinstance(entry.subject, Pupil):
                self._ask_said(entry.subject, found)
            return
        closed = name == "close"

        def undo() -> None:
            context.tasks.write(
                partial(
                    context.desk.screening.close_round,
                    CloseRound(found.round.id, closed=not closed),
                ),
                failed=context.say,
            )

        def said(_changed: Changed) -> None:
            context.notices.say(
                _("The round is closed.") if closed else _("The round is open again."), undo=undo
            )

        context.tasks.write(
            partial(context.desk.screening.close_round, CloseRound(found.round.id, closed=closed)),
            said,
            context.say,
            owner=self,
        )

    def _ask_consent(self, entry: Entry) -> None:
        pupil = entry.subject
        if self.found is None or not isinstance(pupil, Pupil):
            return
        if pupil.screened:
            self.context.go("screening", pupil.screened)
            return
        self._ask_said(pupil, self.found[0])

    def _ask_said(self, pupil: Pupil, found: Coverage) -> None:
        """Ask what a guardian said, also after the student was screened."""
        context = self.context
        active = found.round.consent is Consent.ACTIVE
        offered = (
            (Said.GIVEN, Said.DECLINED, Said.WITHDRAWN)
            if active
            else (Said.OPTED_OUT, Said.GIVEN, Said.WITHDRAWN)
        )

        def act(entries: Entries) -> Callable[[], Changed]:
            command = SayConsent(
                found.round.id,
                pupil.id,
                Said(str(entries["state"])),
                str(entries["said_by"]),
                str(entries["said_on"]),
            )
            return partial(context.desk.screening.say_consent, command)

        self.asker.ask(
            ConsentSheet(
                pupil.name, [(one.value, _(SAID[one])) for one in offered], context.today, self
            ),
            act,
            lambda _changed, _entries: context.notices.say(_("It is written down.")),
        )


def _pupil(pupil: Pupil, of: Round) -> Entry:
    if pupil.screened:
        chip = (_("Screened"), Mark.GOOD)
    elif pupil.said is not None:
        chip = (_(SAID[pupil.said]), Mark.PLAIN if pupil.said is Said.GIVEN else Mark.WARN)
    else:
        chip = (
            _("No answer yet") if of.consent is Consent.ACTIVE else _("Not screened yet"),
            Mark.PLAIN,
        )
    return Entry(
        pupil.id,
        pupil.name,
        " · ".join(part for part in (spoken_grade(pupil.grade), pupil.school) if part),
        "",
        "done" if pupil.screened else "student",
        (chip,),
        subject=pupil,
    )
