"""Screenings in a list, and one of them with what it comes to and how it changed."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QStandardPaths
from PySide6.QtWidgets import QFileDialog

from app.features.privacy.labels import Labelled
from app.features.privacy.model import Record
from app.features.screening.commands import (
    CorrectScreening,
    ImportScreenings,
    LoadInstrument,
    LoadWording,
    MoveScreening,
    WithdrawScreening,
)
from app.features.screening.model.instruments import Instrument
from app.features.screening.model.records import Round, ScreeningForm
from app.features.screening.repo import DraftLine, Narrowing, ScreeningLine
from app.features.screening.service import Imported, ScreeningSheet
from app.kernel.changes import Changed, Kind
from app.kernel.clock import Moment
from app.kernel.errors import Refused
from app.kernel.ids import StudentId, new_id
from app.kernel.words import _, ngettext
from app.overviews.reports.leaving import Release
from app.overviews.reports.wording import spoken_day, spoken_grade, spoken_moment
from app.overviews.screening_words import (
    INFORMANTS,
    SOURCES,
    URGENCIES,
    spoken_change,
    spoken_level,
    spoken_outcome,
    spoken_problem,
    spoken_scores,
    spoken_total,
    spoken_unconfirmed,
)
from app.phrases import sentence_of
from ui.features.screening.view.result import ResultView
from ui.features.screening.view.sheets import (
    CorrectionSheet,
    ImportSheet,
    LoadSheet,
    PaperSheet,
    WhySheet,
)
from ui.kit.asking import Entries, about
from ui.kit.grounds import offer_releases
from ui.kit.look import Kind as Mark
from ui.kit.looks import record_look
from ui.kit.one_record import RecordPage
from ui.kit.paged import RecordsPage
from ui.kit.room import Context, PageWidget
from ui.kit.students import pick_student
from ui.kit.widgets.buttons import Button
from ui.kit.widgets.empty import EmptyState
from ui.kit.widgets.ground import party_of, terms_of
from ui.kit.widgets.lists import Entry
from ui.kit.widgets.records import Fact, RecordShown, RecordsView

_RAISED, _HIGH = 2, 3
_NEWEST = 6


def mark_of(level: int) -> str:
    """Return the kind of mark of a level; the words beside it say it too."""
    if level >= _HIGH:
        return Mark.BAD
    return Mark.WARN if level >= _RAISED else Mark.GOOD if level == 0 else Mark.PLAIN


class ScreeningsPage(RecordsPage):
    """The screenings that stand, the newest first."""

    heeded = frozenset({Kind.SCREENING, Kind.DRAFT, Kind.RISK})

    def __init__(self, context: Context) -> None:
        self._instruments: dict[str, Instrument] = {}
        self._student = ""
        start = Button(_("Enter a screening"), "add", "primary")
        super().__init__(
            context,
            RecordsView(
                _("Screening"),
                (_("Enter a screening"), "add"),
                [
                    ("", _("All")),
                    ("raised", _("Raised")),
                    ("drafts", _("Drafts")),
                    ("mistaken", _("Recorded in error")),
                ],
                EmptyState(
                    "audit",
                    _("No screening yet"),
                    _(
                        "Answers are entered by the digit and scored by the instrument’s published"
                        " key. An answer that asks for a person stays on Today until someone closes"
                        " it."
                    ),
                    start,
                ),
                start,
                (
                    ("rounds", _("Universal screening"), "group"),
                    ("file", _("From a file"), "import"),
                    ("load", _("Instruments"), "list"),
                ),
            ),
        )
        self.view.asked.connect(self._enter)
        self.view.started.connect(self._enter)
        self.view.linked.connect(self._link)
        self.view.list.opened.connect(self._open)

    def show_subject(self, subject: str) -> None:
        """Narrow the list to one student, by `student:ID`."""
        what, _colon, of = subject.partition(":")
        self._student = of if what == "student" else ""

    def _enter(self) -> None:
        subject = f"student:{self._student}" if self._student else new_id()
        self.context.go("screening-entry", subject)

    def _open(self, entry: Entry) -> None:
        self.context.go("screening-entry" if self.part() == "drafts" else "screening", entry.id)

    def _by(self) -> Narrowing:
        return Narrowing(
            student_id=self._student,
            least_level=_RAISED if self.part() == "raised" else 0,
            mistaken=self.part() == "mistaken",
        )

    def source(self) -> tuple[Callable[[int, int], Sequence[Any]], Callable[[], int]]:
        """Read the screenings of the part that is shown, or one's drafts."""
        service, by = self.context.desk.screening, self._by()
        if self.part() == "drafts":
            return (
                lambda offset, limit: service.drafts()[offset : offset + limit],
                lambda: len(service.drafts()),
            )

        def read(offset: int, limit: int) -> Sequence[ScreeningLine]:
            self._instruments = service.instruments()
            return service.screenings(by, offset, limit)

        return read, partial(service.count, by)

    def told(self, count: int) -> str:
        """Return how many there are."""
        return ngettext("{count} screening", "{count} screenings", count).format(count=count)

    def entry(self, line: ScreeningLine | DraftLine) -> Entry:
        """Return a screening, or a draft, as the list shows it."""
        if isinstance(line, DraftLine):
            return Entry(
                line.id,
                line.student or _("No student yet"),
                line.form.instrument,
                spoken_moment(line.saved),
                "draft",
            )
        return screening_entry(
            line,
            self._instruments.get(line.screening.instrument),
            mistaken=self.part() == "mistaken",
        )

    # -- files -----------------------------------------------------------------------

    def _link(self, name: str) -> None:
        if name == "rounds":
            self.context.go("screening-rounds")
        elif name == "file":
            service = self.context.desk.screening
            self.context.tasks.read(
                lambda: (service.instruments(), service.rounds()),
                lambda found: self._ask_file(*found),
                self.context.say,
                owner=self,
            )
        else:
            self.context.tasks.read(
                self.context.desk.screening.instruments,
                self._ask_load,
                self.context.say,
                owner=self,
            )

    def _ask_file(self, found: dict[str, Instrument], rounds: Sequence[Round]) -> None:
        context = self.context
        instruments = [one for one in found.values() if not one.outside]
        sheet = ImportSheet(
            [(one.id, one.title) for one in sorted(instruments, key=lambda one: one.title)],
            {
                one.id: [(each.value, _(INFORMANTS[each])) for each in one.informants]
                for one in instruments
            },
            {
                one.id: [
                    (each.id, each.title)
                    for each in rounds
                    if each.instrument == one.id and not each.closed_at
                ]
                for one in instruments
            },
            context.today,
            self,
        )

        def act(entries: Entries) -> Callable[[], Imported]:
            data = read_chosen(str(entries["file"]))
            command = ImportScreenings(
                str(entries["instrument"] or ""),
                str(entries["informant"] or ""),
                data,
                str(entries["round"] or ""),
                str(entries["day"]),
            )
            return partial(context.desk.screening.import_file, command)

        def done(told: Imported, _entries: Entries) -> None:
            context.tasks.changed.emit(told.changed)
            words = [
                ngettext(
                    "{count} screening was taken in.",
                    "{count} screenings were taken in.",
                    told.taken,
                ).format(count=told.taken)
            ]
            if told.risks:
                words.append(
                    ngettext(
                        "{count} answer asks for a person: see Today.",
                        "{count} answers ask for a person: see Today.",
                        told.risks,
                    ).format(count=told.risks)
                )
            if told.problems:
                words.append(_("Left out:"))
                asking = sum(problem.asks for problem in told.problems)
                named = told.problems[: max(asking, _NEWEST)]
                words += [
                    spoken_problem(problem, sentence_of(problem.reason, {})) for problem in named
                ]
                more = len(told.problems) - len(named)
                if more > 0:
                    words.append(
                        ngettext("and {count} more", "and {count} more", more).format(count=more)
                    )
            context.notices.say("\n".join(words), seconds=30 if told.problems else 0)
            self.reload()

        sheet.browse_asked.connect(lambda: sheet.take_file(ask_file(self, _("Answers"), "*.csv")))
        self.asker.ask(sheet, act, done)

    def _ask_load(self, found: dict[str, Instrument]) -> None:
        context = self.context
        told = [
            (
                _("{title}: {purpose}").format(title=one.title, purpose=one.purpose),
                "\n".join([one.licence, one.source, *spoken_unconfirmed(one)]),
            )
            for one in sorted(found.values(), key=lambda one: one.title)
        ]
        sheet = LoadSheet(
            [
                ("", _("A definition: items and scoring")),
                *(
                    (one.id, _("The wording of {title}").format(title=one.title))
                    for one in found.values()
                    if one.items
                ),
            ],
            told,
            self,
        )

        def act(entries: Entries) -> Callable[[], Changed]:
            data = read_chosen(str(entries["file"]))
            of = str(entries["what"] or "")
            if of:
                return partial(context.desk.screening.load_wording, LoadWording(of, data))
            return partial(context.desk.screening.load_instrument, LoadInstrument(data))

        sheet.browse_asked.connect(
            lambda: sheet.take_file(ask_file(self, _("Instrument"), "*.json"))
        )
        self.asker.ask(
            sheet, act, lambda _changed, _entries: context.notices.say(_("The file is taken in."))
        )


def ask_file(page: PageWidget, title: str, pattern: str) -> str:
    """Ask which file; empty for none."""
    name, _kind = QFileDialog.getOpenFileName(page, title, "", f"{title} ({pattern})")
    return name


def ask_target(page: PageWidget, name: str) -> Path | None:
    """Ask where a paper goes; its name names nobody."""
    documents = QStandardPaths.StandardLocation.DocumentsLocation
    folder = Path(QStandardPaths.writableLocation(documents) or Path.home())
    chosen, _kind = QFileDialog.getSaveFileName(
        page, _("Save as PDF"), str(folder / f"{name}.pdf"), _("PDF files (*.pdf)")
    )
    if not chosen:
        return None
    target = Path(chosen)
    return target if target.suffix else target.with_suffix(".pdf")


def read_chosen(path: str) -> bytes:
    """Return a file's bytes; refuse one that cannot be read, at its field."""
    if not path.strip():
        raise Refused("file-needed", "file")
    try:
        return Path(path.strip()).read_bytes()
    except OSError as error:
        reason = error.strerror
        raise Refused("file-unreadable", "file", path=path.strip(), reason=reason) from None


def screening_entry(
    line: ScreeningLine, instrument: Instrument | None, *, mistaken: bool = False
) -> Entry:
    """Return a screening as lists show it; of one recorded in error no result."""
    one = line.screening
    if mistaken:
        return Entry(
            one.id,
            _("{name}: {title}").format(name=line.student, title=one.title),
            _(INFORMANTS[one.informant]),
            spoken_day(one.taken_on),
            "audit",
            ((_("Recorded in error"), Mark.WARN),),
            mistaken=True,
        )
    chips: list[tuple[str, str]] = []
    if one.risk:
        chips.append((_("Asks for a person"), Mark.BAD))
    chips.append((spoken_level(one.level), mark_of(one.level)))
    change = spoken_change(one, line.before)
    if change:
        chips.append((change, Mark.PLAIN))
    return Entry(
        one.id,
        _("{name}: {title}").format(name=line.student, title=one.title),
        " · ".join(
            part
            for part in (
                spoken_total(one, instrument),
                _(INFORMANTS[one.informant]),
                spoken_grade(line.grade),
            )
            if part
        ),
        spoken_day(one.taken_on),
        "audit",
        tuple(chips),
    )


class ScreeningPage(RecordPage[ScreeningSheet]):
    """One screening: what it comes to, how it changed, and what it asked for."""

    heeded = frozenset({Kind.SCREENING, Kind.RISK})
    otherwise = ("screenings",)
    view: ResultView

    def __init__(self, context: Context) -> None:
        super().__init__(
            context,
            ResultView(
                (
                    ("risk", _("What must be done"), "warning"),
                    ("paper", _("Save as PDF"), "pdf"),
                    ("again", _("Screen again"), "add"),
                    ("correct", _("Correct"), "amendment"),
                    ("other", _("This is another student’s"), "person"),
                    ("error", _("Mark as recorded in error"), "clear"),
                    ("student", _("Open the student"), "student"),
                )
            ),
        )

    def _source(self) -> Callable[[], ScreeningSheet]:
        return partial(self.context.desk.screening.sheet, self.subject)

    def _show(self, sheet: ScreeningSheet) -> None:
        one, instrument = sheet.screening, sheet.instrument
        record_look(self.context, one.person_id, Record.SCREENING, one.id, one.student_id)
        mistake, shown = sheet.mistake, not sheet.is_anothers
        chips = [(spoken_level(one.level), mark_of(one.level))] if shown else []
        if sheet.replaced_by is not None:
            chips.append((_("Corrected"), Mark.WARN))
        elif mistake is not None:
            chips = [(_("Recorded in error"), Mark.WARN)]
        warnings = []
        if sheet.first_recorded is not None:
            warnings.append(
                _("It was first written down under another student, {when}: {why}").format(
                    when=spoken_moment(sheet.first_recorded), why=one.correction
                )
            )
        if any(line.is_open for line in sheet.risks):
            warnings.append(_("An answer asks for a person, and nobody has closed it yet."))
        if sheet.replaced_by is not None:
            warnings.append(
                _("Another screening stands in its place: {why}").format(
                    why=sheet.replaced_by.correction
                )
            )
        if mistake is not None and sheet.replaced_by is None:
            warnings.append(
                _("It was another student’s: {why}").format(why=mistake.why)
                if sheet.is_anothers
                else _("Recorded in error: {why}").format(why=mistake.why)
            )
        self.view.show_record(
            RecordShown(
                title=_("{title}: {name}").format(title=one.title, name=sheet.student),
                line=" · ".join(
                    part
                    for part in (
                        spoken_day(one.taken_on),
                        _(INFORMANTS[one.informant]),
                        one.informant_name if shown else "",
                        spoken_grade(one.grade),
                    )
                    if part
                ),
                struck=mistake is not None,
                chips=tuple(chips),
                warnings=tuple(warnings),
                facts=tuple(fact for fact in _facts(sheet) if fact.text),
            )
        )
        self.view.show_change(
            [
                (spoken_day(each.taken_on), each.scores[0][1], mark_of(each.level))
                for each in sheet.history
                if each.scores and mistake is None
            ],
            instrument.scales[0].most if instrument and instrument.scales else 0,
            str(instrument.scales[0].label) if instrument and instrument.scales else "",
        )
        answers = dict(one.answers)
        self.view.show_answers(
            [
                (
                    _("{number}. {words}").format(number=item.id, words=item.label),
                    next(
                        (
                            _("{value} {words}").format(value=answer.value, words=answer.label)
                            for answer in item.answers
                            if answer.value == answers[item.id]
                        ),
                        str(answers[item.id]),
                    )
                    if item.id in answers
                    else "–",
                )
                for item in (instrument.items if instrument and shown else ())
            ]
        )
        keys = ["student", *(["risk"] if sheet.risks else [])]
        if mistake is None:
            keys += ["paper", "again"]
        if sheet.replaced_by is None and shown:
            keys.append("other")
            if mistake is None:
                keys += ["error", "correct"] if instrument is not None else ["error"]
        self.view.offer(*keys)
        self.view.label.show_record(self.context, Labelled.SCREENING, one.id)

    def _act(self, name: str, sheet: ScreeningSheet) -> None:
        context = self.context
        one = sheet.screening
        if name == "risk":
            opened = [line for line in sheet.risks if line.is_open] or list(sheet.risks)
            context.go("risk", opened[0].risk.id)
        elif name == "paper":
            self._save(sheet)
        elif name == "again":
            context.go("screening-entry", f"student:{one.student_id}")
        elif name == "student":
            context.go("student", one.student_id)
        elif name == "correct":
            self._correct(sheet)
        elif name == "error":
            self._withdraw(sheet)
        elif name == "other":
            pick_student(context, self, _("Whose screening is it?"), partial(self._move, one.id))

    def _save(self, sheet: ScreeningSheet) -> None:
        """Ask to whom the result goes, then where it is written."""
        context, one = self.context, sheet.screening

        def act(entries: Entries) -> Callable[[], str]:
            release = Release(
                party_of(entries), str(entries["purpose"]), terms_of(entries)
            ).accepted()
            target = ask_target(self, _("screening-result"))
            if target is None:
                raise Refused("target-needed")
            return partial(
                context.desk.screening_papers.save_result,
                one.id,
                target,
                release,
                answers=bool(entries["answers"]),
                replace=True,
            )

        def done(_disclosure: str, _entries: Entries) -> None:
            context.tasks.changed.emit(Changed.only(Kind.DISCLOSURE))
            context.notices.say(_("The result is saved, and its disclosure written down."))

        asked = PaperSheet(self)
        offer_releases(context, asked.ground, one.student_id, asked)
        self.asker.ask(asked, act, done, kept=about("screening-paper", one.id))

    def _move(self, screening: str, student: StudentId, name: str) -> None:
        """Ask how it came to stand here, and record it on the student whose it is."""
        context = self.context
        service = context.desk.screening

        def act(entries: Entries) -> Callable[[], tuple[Changed, list[str]]]:
            command = MoveScreening(new_id(), screening, student, str(entries["why"]))

            def work() -> tuple[Changed, list[str]]:
                changed = service.move(command)
                return changed, [line.risk.id for line in service.sheet(changed.made).risks]

            return work

        def done(result: tuple[Changed, list[str]], _entries: Entries) -> None:
            changed, risks = result
            context.tasks.changed.emit(changed)
            if risks:
                # Nobody has looked after this student yet.
                context.go("risk", risks[0], instead=True)
            else:
                context.go("screening", changed.made, instead=True)
            context.notices.say(_("It is recorded on {student}.").format(student=name))

        text = _(
            "Its answers and its day go along, and what they ask for begins there. Under this"
            " student it stays, struck through, and counts in nothing. Give the reason without a"
            " name."
        )
        on_whom = _("Record it on {student}").format(student=name)
        title, text = _("This is another student’s"), f"{on_whom}\n{text}"
        self.asker.ask(WhySheet(title, _("Record it there"), self, text=text), act, done)

    def _withdraw(self, sheet: ScreeningSheet) -> None:
        """Ask why it was recorded in error; where it asked for a person, that nobody gave it."""
        context, one = self.context, sheet.screening

        def act(entries: Entries) -> Callable[[], Changed]:
            nobody = bool(entries.get("nobody", False))
            command = WithdrawScreening(one.id, str(entries["why"]), nobody)
            return partial(context.desk.screening.withdraw, command)

        self.asker.ask(
            WhySheet(
                _("Mark as recorded in error"),
                _("Mark it"),
                self,
                text=_(
                    "It stays, struck through, and counts in nothing. Give the reason without a"
                    " name."
                ),
                asks=bool(sheet.risks),
            ),
            act,
            lambda _changed, _entries: context.notices.say(_("It is marked as recorded in error.")),
        )

    def _correct(self, sheet: ScreeningSheet) -> None:
        """Ask for the right answers in place of the mistaken ones, and why."""
        context, one, instrument = self.context, sheet.screening, sheet.instrument
        if instrument is None:
            return
        answers = dict(one.answers)
        shown = CorrectionSheet(
            [
                (
                    item.id,
                    _("{number}. {words}").format(number=item.id, words=item.label),
                    [
                        (
                            answer.value,
                            _("{value} {words}").format(value=answer.value, words=answer.label),
                        )
                        for answer in item.answers
                    ],
                    answers.get(item.id),
                )
                for item in instrument.items
            ],
            self,
        )

        def act(entries: Entries) -> Callable[[], Changed]:
            typed = []
            for item in instrument.items:
                value = entries[f"item_{item.id}"]
                if isinstance(value, str):
                    value = int(value) if value.strip().isdecimal() else None
                if value is not None:
                    typed.append((item.id, int(value)))
            form = ScreeningForm(
                student_id=one.student_id,
                instrument=one.instrument,
                informant=one.informant,
                informant_name=one.informant_name,
                taken_on=one.taken_on,
                source=one.source,
                answers=tuple(typed),
                given=tuple(
                    (scale, score)
                    for scale, score, *_rest in one.scores
                    if score is not None and not instrument.scale(scale).items
                ),
                refused=one.refused and not typed,
                comment=one.comment,
            )
            return partial(
                context.desk.screening.correct,
                CorrectScreening(new_id(), one.id, form, str(entries["why"])),
            )

        def done(changed: Changed, _entries: Entries) -> None:
            context.notices.say(_("The correction stands in its place; the mistaken one is kept."))
            context.go("screening", changed.made, instead=True)

        self.asker.ask(shown, act, done)


def _facts(sheet: ScreeningSheet) -> list[Fact]:
    one, instrument = sheet.screening, sheet.instrument
    found = []
    if not sheet.is_anothers:
        outcome = spoken_outcome(one, instrument)
        if outcome:
            found.append(Fact(_("Outcome"), outcome))
        found += [Fact(name, words) for name, words in spoken_scores(one, instrument)]
        found += [Fact(_(URGENCIES[line.risk.urgency]), line.risk.label) for line in sheet.risks]
        found.append(Fact(_("Comment"), one.comment))
    found += [
        Fact(_("How"), _(SOURCES[one.source])),
        Fact(
            _("Recorded"),
            _("{when}, {by}").format(
                when=spoken_moment(Moment(one.recorded_at, one.zone)), by=sheet.by
            ),
        ),
    ]
    if sheet.mistake is not None:
        marked = Moment(sheet.mistake.recorded_at, sheet.mistake.zone)
        found.append(
            Fact(
                _("Recorded in error"),
                _("{when}, {by}").format(when=spoken_moment(marked), by=sheet.marked_by),
            )
        )
    if instrument is not None:
        found += [Fact(_("Take note"), words) for words in spoken_unconfirmed(instrument)]
        found.append(Fact(_("Source"), instrument.source))
    return found
