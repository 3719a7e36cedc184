"""Asks, by way of sheets, for what this room writes down."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QFileDialog, QWidget

from app.features.people.commands import ChangeSetting
from app.features.services.commands import (
    AskForService,
    ChangeMandate,
    CloseEpisode,
    CorrectDelivery,
    CountToward,
    EndMandate,
    ExplainMissed,
    ImportMandates,
    MakeUp,
    RecordByHand,
    ReopenMandate,
    WriteMandate,
)
from app.features.services.model.deliveries import MISSED, Delivery, Outcome
from app.features.services.model.engagement import AskedBy, Closing
from app.features.services.model.importing import MOST_BYTES, read_table
from app.features.services.model.mandates import (
    NO_END,
    Basis,
    Mandate,
    MandateForm,
    PeriodKind,
    Setting,
    Unit,
)
from app.features.services.repo.engagement import EpisodeLine
from app.features.services.service.minutes import FormChoices, ImportLook, Owed, Pupil
from app.kernel.changes import Changed, Kind
from app.kernel.errors import Trouble
from app.kernel.ids import PersonId, StudentId
from app.kernel.nouns import Place
from app.kernel.words import N_, _, ngettext
from app.overviews.reports.wording import spoken_day, spoken_grade, spoken_place
from app.overviews.services_words import (
    ASKED_BY,
    BASES,
    CLOSINGS,
    OUTCOME_KEYS,
    OUTCOMES,
    PERIODS,
    SETTINGS,
    UNITS,
    spoken_delivery,
    spoken_terms,
)
from app.phrases import sentence
from ui.features.services.view.imported import ImportSheet
from ui.features.services.view.sheets import (
    CloseSheet,
    CorrectSheet,
    EndSheet,
    MandateSheet,
    OneChoiceSheet,
    ReferSheet,
    RulesSheet,
    SessionSheet,
)
from ui.kit.asking import Asker, Entries, about
from ui.kit.room import Context
from ui.kit.widgets.lists import Entry
from ui.kit.widgets.pupil import PupilSheet

_FOUND = 30
_OFFERED = {
    "week_starts": (("monday", N_("Monday")), ("sunday", N_("Sunday"))),
    "year_starts": (("07-01", N_("July")), ("08-01", N_("August")), ("09-01", N_("September"))),
    "make_up_counts": (
        ("session", N_("in the period in which it is given")),
        ("missed", N_("in the period of the session it makes up for")),
    ),
}
_DAYS = ("5", "10", "14", "21", "30")
LETTERS = "".join(OUTCOME_KEYS.values())
"""The letters that say why a session did not take place."""
_MEANT = {letter: outcome for outcome, letter in OUTCOME_KEYS.items()}


def outcome_keys() -> str:
    """Return which letter says what."""
    return "   ".join(
        _("{letter} {reason}").format(letter=letter, reason=_(OUTCOMES[outcome]))
        for outcome, letter in OUTCOME_KEYS.items()
    )


class Asking:
    """Asks for one page."""

    def __init__(self, context: Context, page: QWidget) -> None:
        self._context = context
        self._page = page
        self._asker = Asker(context, page)

    def flush(self) -> None:
        """Keep what stands on an open sheet."""
        self._asker.flush()

    def pick(self, title: str, then: Callable[[StudentId, str], None]) -> None:
        """Ask for a student by a few letters."""
        context = self._context
        sheet = PupilSheet(title, parent=self._page)

        def seek(text: str) -> None:
            if text.strip():
                context.tasks.read(
                    partial(context.desk.caseload.find, text, _FOUND),
                    lambda found: sheet.show_found([_found(one) for one in found or ()]),
                    context.say,
                    key="services-student",
                    owner=sheet,
                )

        sheet.sought.connect(seek)
        sheet.picked.connect(lambda entry: then(StudentId(entry.id), entry.title))
        sheet.finished.connect(sheet.deleteLater)
        sheet.open()

    # -- services owed ---------------------------------------------------------------

    def owe(self, student: StudentId = StudentId("")) -> None:  # noqa: B008 - an id is a text
        """Ask what is owed to a student, after asking to whom where that is open."""
        if not student:
            self.pick(_("To whom is it owed?"), lambda one, _name: self.owe(one))
            return
        minutes = self._context.desk.services.minutes
        self._context.tasks.read(
            lambda: (minutes.pupil(student), minutes.form_choices()),
            lambda found: self._ask_mandate(found[0], found[1], None),
            self._context.say,
            owner=self._page,
        )

    def change(self, pupil: Pupil, mandate: Mandate) -> None:
        """Ask what is owed from a day on."""
        self._context.tasks.read(
            self._context.desk.services.minutes.form_choices,
            lambda choices: self._ask_mandate(pupil, choices, mandate),
            self._context.say,
            owner=self._page,
        )

    def _ask_mandate(self, pupil: Pupil, choices: FormChoices, before: Mandate | None) -> None:
        context, minutes = self._context, self._context.desk.services.minutes
        offered = {
            "service": choices.services,
            "setting": _options(SETTINGS),
            "unit": _options(UNITS),
            "period": _options(PERIODS),
            "basis": _options(BASES),
            "place": [(place.value, spoken_place(place.value)) for place in Place],
            "person": choices.people,
        }
        entries = _entries(before) if before else {"person_id": choices.me}
        sheet = MandateSheet(
            _("Change what is owed") if before else _("Service owed"),
            before.service_label if before else pupil.name,
            offered,
            entries,
            context.today,
            change=before is not None,
            parent=self._page,
        )

        def act(typed: Entries) -> Callable[[], Changed]:
            form = _form(typed, pupil.id, before.service_id if before else "")
            if before is not None:
                return partial(minutes.change_mandate, ChangeMandate(before.series_id, form))
            return partial(minutes.write_mandate, WriteMandate(form))

        def done(_changed: Changed, _typed: Entries) -> None:
            context.notices.say(_("It is written down. Signed sessions count toward it."))
            context.go("student-minutes", pupil.id)

        what = before.series_id if before else "new"
        self._asker.ask(sheet, act, done, kept=about("mandate", pupil.id, what))

    def end(self, owed: Owed) -> None:
        """Ask after which day nothing is owed any more."""
        minutes, mandate = self._context.desk.services.minutes, owed.mandate

        def act(typed: Entries) -> Callable[[], Changed]:
            command = EndMandate(mandate.series_id, typed["ended_on"], typed["reason"])
            return partial(minutes.end_mandate, command)

        def done(_changed: Changed, _typed: Entries) -> None:
            self._context.notices.say(
                _("It is owed no more."),
                undo=self._undo(partial(minutes.reopen_mandate, ReopenMandate(mandate.series_id))),
            )

        self._asker.ask(
            EndSheet(mandate.service_label, self._context.today, self._page),
            act,
            done,
            kept=about("mandate-end", mandate.series_id),
        )

    def by_hand(self, owed: Owed) -> None:
        """Ask for a session without a note."""
        minutes, mandate = self._context.desk.services.minutes, owed.mandate
        outcomes = [(one.value, _(OUTCOMES[one])) for one in (*MISSED, Outcome.DELIVERED)]

        def act(typed: Entries) -> Callable[[], Changed]:
            command = RecordByHand(
                mandate.series_id,
                typed["day"],
                Outcome(typed["outcome"]),
                typed["minutes"],
                typed["reason"],
            )
            return partial(minutes.record_by_hand, command)

        self._asker.ask(
            SessionSheet(mandate.service_label, outcomes, self._context.today, self._page),
            act,
            lambda _changed, _typed: self._context.notices.say(_("The session is written down.")),
            kept=about("delivery", mandate.series_id),
        )

    def explain(self, delivery: Delivery, letter: str) -> None:
        """Say with one key why a session did not take place; Undo takes it back."""
        outcome = _MEANT.get(letter)
        if outcome is None or delivery.outcome in (Outcome.DELIVERED, outcome):
            return
        minutes, context = self._context.desk.services.minutes, self._context
        command = ExplainMissed(delivery.first_id, outcome)
        undo = ExplainMissed(delivery.first_id, delivery.outcome)

        def done(_changed: Changed) -> None:
            context.notices.say(
                _("{day}: {reason}.").format(
                    day=spoken_day(delivery.day), reason=_(OUTCOMES[outcome])
                ),
                undo=self._undo(partial(minutes.explain_missed, undo)),
            )

        context.tasks.write(
            partial(minutes.explain_missed, command), done, context.say, owner=self._page
        )

    def _undo(self, work: Callable[[], Changed]) -> Callable[[], object]:
        return lambda: self._context.tasks.write(work, failed=self._context.say)

    def correct(self, delivery: Delivery) -> None:
        """Ask what should stand there, and why."""
        minutes = self._context.desk.services.minutes

        def act(typed: Entries) -> Callable[[], Changed]:
            command = CorrectDelivery(
                delivery.first_id, Outcome(typed["outcome"]), typed["minutes"], typed["why"]
            )
            return partial(minutes.correct_delivery, command)

        shown = delivery.minutes or delivery.planned_minutes
        sheet = CorrectSheet(
            _("Session of {day}").format(day=spoken_day(delivery.day)),
            [(one.value, _(words)) for one, words in OUTCOMES.items()],
            delivery.outcome.value,
            str(shown or ""),
            self._page,
        )
        self._asker.ask(
            sheet,
            act,
            lambda _changed, _typed: self._context.notices.say(
                _("It is put right. The row before stays readable.")
            ),
            kept=about("delivery-correct", delivery.first_id),
        )

    def count_toward(self, delivery: Delivery, owed: Sequence[Owed]) -> None:
        """Ask which service owed a session counts toward."""
        minutes = self._context.desk.services.minutes
        options = [
            (
                one.mandate.series_id,
                _("{service}: {terms}").format(
                    service=one.mandate.service_label, terms=terms_of(one.mandate)
                ),
            )
            for one in owed
            if any(span.holds(delivery.day) for span in one.spans)
        ]
        options.append(("", _("Nothing that is owed")))

        def act(typed: Entries) -> Callable[[], Changed]:
            command = CountToward(delivery.first_id, str(typed["series_id"] or ""))
            return partial(minutes.count_toward, command)

        self._asker.ask(
            OneChoiceSheet(
                _("What does it count toward?"),
                _("Count it"),
                _("Session of {day}").format(day=spoken_day(delivery.day)),
                _("Service owed"),
                options,
                "series_id",
                self._page,
            ),
            act,
            lambda _changed, _typed: self._context.notices.say(_("The session is counted.")),
        )

    def make_up(self, delivery: Delivery, missed: Sequence[Delivery]) -> None:
        """Ask which missed session a session makes up for."""
        minutes = self._context.desk.services.minutes
        options = [
            (
                one.first_id,
                _("{day}: {reason}").format(day=spoken_day(one.day), reason=spoken_delivery(one)),
            )
            for one in missed
        ]
        options.insert(0, ("", _("None: it is a session of its own")))

        def act(typed: Entries) -> Callable[[], Changed]:
            command = MakeUp(delivery.first_id, str(typed["missed_id"] or ""))
            return partial(minutes.make_up, command)

        sheet = OneChoiceSheet(
            _("What does it make up for?"),
            _("Save"),
            _("Session of {day}").format(day=spoken_day(delivery.day)),
            _("Missed session"),
            options,
            "missed_id",
            self._page,
        )
        self._asker.ask(
            sheet,
            act,
            lambda _changed, _typed: self._context.notices.say(_("The session is counted.")),
        )

    # -- around ----------------------------------------------------------------------

    def rules(self) -> None:
        """Ask how minutes are counted at this desk."""
        people = self._context.desk.people
        self._context.tasks.read(
            lambda: people.settings(self._context.desk.seat.person),
            self._ask_rules,
            self._context.say,
            owner=self._page,
        )

    def _ask_rules(self, settings: dict[str, str]) -> None:
        people = self._context.desk.people
        offered = {
            name: [(value, _(words)) for value, words in options]
            for name, options in _OFFERED.items()
        }
        offered["referral_days"] = [
            (days, ngettext("{count} day", "{count} days", int(days)).format(count=days))
            for days in _DAYS
        ]

        def act(typed: Entries) -> Callable[[], Changed]:
            changed = [name for name in offered if typed[name] != settings[name]]

            def write() -> Changed:
                for name in changed:
                    people.change_setting(ChangeSetting(name, str(typed[name])))
                return Changed.only(Kind.SETTING, Kind.MANDATE, Kind.ENGAGEMENT)

            return write

        self._asker.ask(
            RulesSheet(offered, settings, self._page),
            act,
            lambda _changed, _typed: self._context.notices.say(_("It is counted so from now on.")),
        )

    def bring(self) -> None:
        """Ask for a file of services owed, and show what taking it over would do."""
        name, _kind = QFileDialog.getOpenFileName(
            self._page, _("Take over services owed"), "", _("CSV files (*.csv)")
        )
        if name:
            self.bring_file(Path(name))

    def bring_file(self, file: Path) -> None:
        """Show what taking over a file would do; nothing is written before it is said so."""
        minutes = self._context.desk.services.minutes

        def look() -> ImportLook:
            try:
                with file.open("rb") as opened:
                    data = opened.read(MOST_BYTES + 1)
            except OSError as error:
                raise Trouble("disk-trouble", reason=error.strerror) from error
            return minutes.look_at(read_table(data))

        self._context.tasks.read(look, self._show_look, self._context.say, owner=self._page)

    def _show_look(self, look: ImportLook) -> None:
        minutes = self._context.desk.services.minutes
        rows = look.rows
        told = [
            ngettext("{count} row is new", "{count} rows are new", len(look.fresh)).format(
                count=len(look.fresh)
            ),
            ngettext(
                "{count} changes what is owed", "{count} change what is owed", len(look.changed)
            ).format(count=len(look.changed)),
            ngettext("{count} is here already", "{count} are here already", len(look.same)).format(
                count=len(look.same)
            ),
            ngettext(
                "{count} cannot be taken over", "{count} cannot be taken over", len(look.refused)
            ).format(count=len(look.refused)),
        ]
        refused = [
            Entry(
                f"{number}",
                _("Line {line}, {column}").format(line=one.line, column=one.column or "–"),
                sentence(one.refused),
                icon="refused",
            )
            for number, one in enumerate(look.refused)
        ]
        sheet = ImportSheet(
            "; ".join(told),
            ngettext("Take over {count} row", "Take over {count} rows", len(rows)).format(
                count=len(rows)
            ),
            refused,
            any_rows=bool(rows),
            parent=self._page,
        )
        self._asker.ask(
            sheet,
            lambda _typed: partial(minutes.import_mandates, ImportMandates(rows)),
            lambda _changed, _typed: self._context.notices.say(
                _("The services owed are taken over.")
            ),
        )

    # -- referrals -------------------------------------------------------------------

    def refer(self, student: StudentId = StudentId(""), name: str = "") -> None:  # noqa: B008 - an id is a text
        """Ask for a referral, after asking of whom where that is open."""
        if not student:
            self.pick(_("Who is referred?"), self.refer)
            return
        self._context.tasks.read(
            self._context.desk.services.minutes.form_choices,
            lambda choices: self._ask_referral(student, name, choices),
            self._context.say,
            owner=self._page,
        )

    def _ask_referral(self, student: StudentId, name: str, choices: FormChoices) -> None:
        engagement = self._context.desk.services.engagement

        def act(typed: Entries) -> Callable[[], Changed]:
            by = typed["asked_by"]
            command = AskForService(
                student,
                str(typed["service_id"] or ""),
                typed["asked_on"],
                AskedBy(by) if by else None,
                typed["words"],
            )
            return partial(engagement.ask_for_service, command)

        sheet = ReferSheet(
            name,
            choices.services,
            [("", _("Choose")), *_options(ASKED_BY)],
            self._context.today,
            self._page,
        )
        self._asker.ask(
            sheet,
            act,
            lambda _changed, _typed: self._context.notices.say(
                _("The referral waits. It begins by itself with the first session signed.")
            ),
            kept=about("referral", student),
        )

    def close(self, line: EpisodeLine) -> None:
        """Ask how a service came to its end, or why it will not begin."""
        engagement = self._context.desk.services.engagement
        begun = bool(line.episode.started_on)
        kinds = (Closing.COMPLETED, Closing.ENDED) if begun else (Closing.NOT_STARTED,)

        def act(typed: Entries) -> Callable[[], Changed]:
            command = CloseEpisode(
                line.episode.id, Closing(typed["outcome"]), typed["closed_on"], typed["reason"]
            )
            return partial(engagement.close_episode, command)

        self._asker.ask(
            CloseSheet(
                _("{name}: {service}").format(name=line.student, service=line.service),
                [(kind.value, _(CLOSINGS[kind])) for kind in kinds],
                self._context.today,
                self._page,
            ),
            act,
            lambda _changed, _typed: self._context.notices.say(_("It is closed.")),
            kept=about("episode", line.episode.id),
        )


def terms_of(mandate: Mandate) -> str:
    """Return what a version owes, as a plan says it."""
    return spoken_terms(
        mandate.unit, mandate.amount, mandate.times, mandate.each_minutes, mandate.period
    )


def _options(table: Any) -> list[tuple[object, str]]:
    return [(one.value, _(words)) for one, words in table.items()]


def _found(one: Any) -> Entry:
    parts = (spoken_grade(one.grade) if one.grade else "", one.school)
    return Entry(
        one.id, one.name, " · ".join(part for part in parts if part), one.number, "student"
    )


def _form(typed: Entries, student: StudentId, service: str) -> MandateForm:
    return MandateForm(
        student,
        str(typed.get("service_id") or service),
        Setting(typed["setting"]),
        Unit(typed["unit"]),
        typed["amount"],
        typed["times"],
        typed["each_minutes"],
        PeriodKind(typed["period"]),
        Place(typed["place"]),
        typed["starts_on"],
        typed["ends_on"],
        Basis(typed["basis"]),
        typed["basis_on"],
        PersonId(typed["person_id"]) if typed["person_id"] else None,
        typed["provider"],
        typed.get("reason", ""),
    )


def _entries(before: Mandate) -> dict[str, str]:
    """Return a version as the form that changes it begins; from when on is asked anew."""
    form = before
    return {
        "setting": form.setting.value,
        "unit": form.unit.value,
        "period": form.period.value,
        "amount": "" if form.times else str(form.amount),
        "times": str(form.times or ""),
        "each_minutes": str(form.each_minutes or ""),
        "ends_on": "" if form.ends_on == NO_END else form.ends_on,
        "basis": form.basis.value,
        "place": form.place.value,
        "person_id": form.person_id,
        "provider": form.provider,
    }
