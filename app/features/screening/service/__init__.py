"""The screening room's commands and reads."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from app.features.screening.commands import (
    AddRiskStep,
    CloseRisk,
    CloseRound,
    CorrectScreening,
    DiscardScreeningDraft,
    ImportScreenings,
    LoadInstrument,
    LoadWording,
    MoveScreening,
    OpenRound,
    RecordScreening,
    ReopenRisk,
    SaveScreeningDraft,
    SayConsent,
    TellOfRisk,
    WithdrawScreening,
)
from app.features.screening.importing import Filled, RowProblem, asks_for_a_person, read_sheet
from app.features.screening.model.instruments import Informant, Instrument, RiskRule, Urgency
from app.features.screening.model.questionnaire import lay_over, read_questionnaire
from app.features.screening.model.reading import read_instrument, shipped_instruments
from app.features.screening.model.records import (
    REFUSED_CODE,
    UNJUDGED,
    InstrumentFile,
    Mistake,
    Risk,
    RiskEntry,
    RiskEntryKind,
    Round,
    RoundConsent,
    Said,
    Screening,
    ScreeningForm,
    Source,
    Whose,
    WordingRow,
    about,
    accepted_form,
    calendar_day,
    consented,
    form_again,
    level_of,
    told_scores,
    words,
)
from app.features.screening.model.scoring import About, Result, score
from app.features.screening.repo import (
    PAGE,
    DraftLine,
    Narrowing,
    Pupil,
    RiskElsewhere,
    RiskLine,
    ScreeningBook,
    ScreeningKeeper,
    ScreeningLine,
    stands,
)
from app.kernel.changes import NOTHING, Changed, Kind
from app.kernel.clock import Clock, Moment
from app.kernel.errors import Refused
from app.kernel.ids import PersonId, StudentId, new_id, new_ids
from app.kernel.ports import Begin, Progress, Read, Seat, Transaction, no_progress
from app.kernel.rights import sees
from app.kernel.suppression import LEAST, hold_back_parts
from app.kernel.words import _ as said_in_use

_SHOWN_FIRST = 6
"""Screenings in a picture of change, the newest."""


@dataclass(frozen=True, slots=True)
class ScreeningSheet:
    """Everything the page of one screening shows."""

    screening: Screening
    instrument: Instrument | None
    """None where the file that scored it is not known here any more."""
    student: str
    by: str
    history: tuple[Screening, ...]
    """Of the same student, instrument and informant, the oldest first."""
    risks: tuple[RiskLine, ...]
    """What it asked for, then what those that it corrects had asked for."""
    replaced_by: Screening | None
    """What stands in its place on the same student; of another student nothing is told."""
    replaces: Screening | None
    mistake: Mistake | None = None
    """What says that it was recorded in error."""
    marked_by: str = ""
    is_anothers: bool = False
    """Whether it was another student's, and is on record there."""
    first_recorded: Moment | None = None
    """When it was first written down, where that was under another student."""


@dataclass(frozen=True, slots=True)
class Form:
    """What entering a screening needs."""

    draft_id: str
    form: ScreeningForm
    instrument: Instrument | None
    wording: WordingRow | None
    student: str
    age: int | None
    grade: str
    open_rounds: tuple[Round, ...]


@dataclass(frozen=True, slots=True)
class Coverage:
    """How far a universal screening has come."""

    round: Round
    pupils: tuple[Pupil, ...]

    @property
    def eligible(self) -> int:
        """How many students it is for."""
        return len(self.pupils)

    @property
    def screened(self) -> int:
        """How many were screened."""
        return sum(bool(pupil.screened) for pupil in self.pupils)

    @property
    def may(self) -> int:
        """How many may be screened, by what their guardians said."""
        return sum(consented(self.round.consent, pupil.said) for pupil in self.pupils)

    @property
    def against(self) -> int:
        """How many guardians said no."""
        return sum(pupil.said not in {None, Said.GIVEN} for pupil in self.pupils)

    @property
    def left(self) -> tuple[Pupil, ...]:
        """Who may be screened and was not."""
        return tuple(
            pupil
            for pupil in self.pupils
            if not pupil.screened and consented(self.round.consent, pupil.said)
        )


@dataclass(frozen=True, slots=True)
class Cohort:
    """How a cohort came out; None is a count that is held back."""

    instrument: Instrument
    total: int | None
    levels: Mapping[str, int | None]
    """By level, `0` to `4`, and `-1` for those whom nothing judges."""
    least: int


@dataclass(frozen=True, slots=True)
class RiskyDraft:
    """A draft with an answer that asks for a person."""

    draft: DraftLine
    title: str
    """Of the instrument."""
    rule: RiskRule


@dataclass(frozen=True, slots=True)
class Imported:
    """What came of a file."""

    changed: Changed
    taken: int
    problems: tuple[RowProblem, ...]
    without: tuple[str, ...]
    risks: int


class ScreeningService:
    """Screenings from the first key to the follow-up that is closed."""

    def __init__(
        self,
        begin: Begin,
        working: Begin,
        read: Read,
        *,
        seat: Callable[[], Seat],
        clock: Clock,
        corrected: Callable[[Transaction, str, str], object] = lambda _tx, _old, _new: None,
    ) -> None:
        """`corrected` is told, within the transaction, which screening another takes the place of."""
        self._begin = begin
        self._working = working
        self._read = read
        self._seat = seat
        self._clock = clock
        self._corrected = corrected

    def _today(self) -> date:
        return self._clock.now().day()

    # -- instruments -----------------------------------------------------------------

    def instruments(self) -> dict[str, Instrument]:
        """Return the instruments in use by their ids: those of the district before those shipped."""
        with self._read() as reader:
            return self._instruments(ScreeningBook(reader))

    @staticmethod
    def _instruments(book: ScreeningBook) -> dict[str, Instrument]:
        found = dict(shipped_instruments())
        for file in book.instruments():
            found[file.instrument] = read_instrument(file.content.encode())
        return found

    @classmethod
    def _instrument(cls, book: ScreeningBook, name: str) -> Instrument:
        found = cls._instruments(book).get(name)
        if found is None:
            raise Refused("instrument-unknown", "instrument")
        return found

    def load_instrument(self, command: LoadInstrument) -> Changed:
        """Take in an instrument's file; the same file twice is once."""
        found = read_instrument(command.data)
        with self._begin() as tx:
            keeper = ScreeningKeeper(tx)
            for file in keeper.instruments():
                if file.instrument == found.id and file.sha256 == found.sha256:
                    raise Refused("instrument-loaded", "file", title=found.title)
            row = InstrumentFile(
                new_id(), found.id, found.version, found.title, command.data.decode(),
                found.sha256, tx.who, tx.now.at, tx.now.zone,
            )  # fmt: skip
            keeper.add(row)
            keeper.journal(
                "LoadInstrument", InstrumentFile, row.id,
                {"instrument": found.id, "version": found.version, "sha256": found.sha256},
            )  # fmt: skip
        return Changed.only(Kind.SCREENING, made=row.id)

    def load_wording(self, command: LoadWording) -> Changed:
        """Take in the wording of an instrument from a FHIR Questionnaire."""
        questionnaire = read_questionnaire(command.data)
        with self._begin() as tx:
            keeper = ScreeningKeeper(tx)
            instrument = self._instrument(keeper, command.instrument)
            laid = lay_over(instrument, questionnaire)
            row = WordingRow(
                id=new_id(),
                instrument=instrument.id,
                title=questionnaire.title,
                url=questionnaire.url,
                copyright=questionnaire.copyright,
                items=tuple(laid.items.items()),
                answers=tuple(
                    (item, value, text)
                    for item, answers in laid.answers.items()
                    for value, text in answers.items()
                ),
                sha256=questionnaire.sha256,
                person_id=tx.who,
                recorded_at=tx.now.at,
                zone=tx.now.zone,
            )
            keeper.add(row)
            keeper.journal(
                "LoadWording", WordingRow, row.id,
                {"instrument": instrument.id, "sha256": questionnaire.sha256},
            )  # fmt: skip
        return Changed.only(Kind.SCREENING, made=row.id)

    def wording(self, instrument: str) -> WordingRow | None:
        """Return the newest wording of an instrument, or None."""
        with self._read() as reader:
            return ScreeningBook(reader).wording(instrument)

    # -- entering --------------------------------------------------------------------

    def start(
        self,
        draft_id: str = "",
        *,
        student_id: StudentId | None = None,
        instrument: str = "",
        round_id: str = "",
    ) -> Form:
        """Return a form as it begins, or the draft of this id where it was left."""
        with self._read() as reader:
            book = ScreeningBook(reader)
            kept = book.draft(self._seat().person, draft_id) if draft_id else None
            form = (
                kept.form
                if kept
                else ScreeningForm(
                    student_id=student_id,
                    instrument=instrument,
                    taken_on=self._today().isoformat(),
                    round_id=round_id,
                )
            )
            found = self._instruments(book).get(form.instrument)
            if found is not None and not form.informant and len(found.informants) == 1:
                form = replace(form, informant=found.informants[0].value)
            if found is not None and found.outside:
                form = replace(form, source=Source.OUTSIDE)
            whose = book.whose([form.student_id]) if form.student_id else {}
            pupil = whose.get(form.student_id or "")
            day = self._today()
            return Form(
                draft_id or new_id(),
                form,
                found,
                book.wording(form.instrument) if form.instrument else None,
                book.name(form.student_id) if form.student_id else "",
                about(pupil, Informant.SELF, day).age if pupil else None,
                pupil.grade if pupil else "",
                tuple(one for one in book.rounds() if not one.closed_at),
            )

    def preview(self, form: ScreeningForm) -> Result | None:
        """Return what a form comes to as it stands; None before it names an instrument."""
        with self._read() as reader:
            book = ScreeningBook(reader)
            instrument = self._instruments(book).get(form.instrument)
            if instrument is None or not form.informant:
                return None
            whose = book.whose([form.student_id] if form.student_id else [])
            pupil = whose.get(form.student_id or "") or Whose(StudentId(""), "", "", None)
            try:
                day = calendar_day(form.taken_on, "taken_on")
            except Refused:
                day = self._today()
            return score(
                instrument, form.answered(), about(pupil, Informant(form.informant), day),
                dict(form.given),
            )  # fmt: skip

    def save_draft(self, command: SaveScreeningDraft) -> Changed:
        """Keep a form as it stands; refuse one that is on record already."""
        with self._working() as tx:
            if not ScreeningKeeper(tx).save_draft(command.draft_id, command.form):
                raise Refused("screening-recorded-already")
        return NOTHING

    def discard_draft(self, command: DiscardScreeningDraft) -> Changed:
        """Throw a draft away; refuse one with an answer that asks for a person.

        It is recorded, or the answer is taken away first: neither happens unseen.
        """
        with self._working() as tx:
            keeper = ScreeningKeeper(tx)
            line = keeper.draft(tx.who, command.draft_id)
            if line is not None and _risks_of_form(
                self._instruments(keeper).get(line.form.instrument), line.form
            ):
                raise Refused("screening-draft-asks-for-a-person")
            keeper.drop_draft(command.draft_id)
        return Changed.only(Kind.DRAFT)

    def drafts(self) -> list[DraftLine]:
        """Return one's drafts, the newest first."""
        with self._read() as reader:
            return ScreeningBook(reader).drafts(self._seat().person)

    def risky_drafts(self) -> list[RiskyDraft]:
        """Return one's drafts with an answer that asks for a person: it is on record nowhere yet."""
        with self._read() as reader:
            book = ScreeningBook(reader)
            lines = book.drafts(self._seat().person)
            if not lines:
                return []
            known = self._instruments(book)
            found = []
            for line in lines:
                risks = _risks_of_form(known.get(line.form.instrument), line.form)
                if risks:
                    found.append(RiskyDraft(line, known[line.form.instrument].title, risks[0]))
            return found

    # -- recording -------------------------------------------------------------------

    def _hold_to_the_field(self) -> None:
        """Refuse who reads no records of a field: nobody would see the risk that an answer told of."""
        if not sees(self._seat().role):
            raise Refused("screening-not-yours")

    def record(self, command: RecordScreening) -> Changed:
        """Score a form and keep it, with the follow-ups it opens, in one transaction.

        Doing it twice under one id is doing it once.
        """
        return self._recorded(command.screening_id, command.form, None, "")

    def correct(self, command: CorrectScreening) -> Changed:
        """Put a screening in place of a mistaken one, which stays and is marked.

        Risks that the mistaken one opened stay open until a person closes them.
        """
        why = words(command.why, "why")
        if not why:
            raise Refused("screening-correction-needs-reason", "why")
        return self._recorded(command.screening_id, command.form, command.replaces, why)

    def withdraw(self, command: WithdrawScreening) -> Changed:
        """Mark a screening as recorded in error: it stays, and counts in nothing from then on.

        Where an answer asked for a person, whoever marks it says that no student gave it: of
        one who did it is recorded there instead.
        """
        self._hold_to_the_field()
        why = words(command.why, "why")
        if not why:
            raise Refused("screening-mistake-needs-why", "why")
        with self._begin() as tx:
            keeper = ScreeningKeeper(tx)
            before = self._newest(keeper, command.screening_id)
            if keeper.mistake(before.id) is not None:
                raise Refused("screening-in-error")
            asked = any(keeper.risks_of(one.id) for one in keeper.chain(before))
            if asked and not command.nobody:
                raise Refused("screening-mistake-asks-for-a-person", "nobody")
            self._mark(keeper, before, why)
            keeper.journal("WithdrawScreening", Mistake, before.id, {"student": before.student_id})
        return Changed.only(Kind.SCREENING, Kind.RISK, made=before.id)

    def move(self, command: MoveScreening) -> Changed:
        """Record a screening on the student whose it is, with its answers and its day.

        It is scored for that student, and what its answers ask for begins there; under the
        other it stays, marked as recorded in error, and its follow-ups end as that. One that
        was marked by mistake is recorded again on the same student.
        """
        self._hold_to_the_field()
        why = words(command.why, "why")
        if not why:
            raise Refused("screening-mistake-needs-why", "why")
        with self._begin() as tx:
            keeper = ScreeningKeeper(tx)
            if keeper.get(Screening, command.screening_id) is not None:
                raise Refused("screening-recorded-already")
            before = self._newest(keeper, command.replaces)
            if before.student_id == command.student_id and keeper.mistake(before.id) is None:
                raise Refused("screening-same-student", "student")
            pupil = keeper.whose([command.student_id]).get(command.student_id)
            if pupil is None:
                raise Refused("screening-needs-student", "student")
            instrument = self._scored_by(keeper, before) or self._instrument(
                keeper, before.instrument
            )
            form = form_again(before, pupil.id, instrument)
            day = accepted_form(form, instrument, self._today())
            made, result = self._scored(
                command.screening_id, form, instrument, pupil, day, tx.who, tx.now
            )
            made = replace(made, replaces=before.id, correction=why)
            keeper.add(made)
            risks = self._risks(made, instrument, result, tx.now)
            known = {risk.code for risk in risks}
            still = [
                line.risk
                for one in keeper.chain(before)
                for line in keeper.risks_of(one.id)
                if line.is_open and line.risk.code not in known
            ]
            for risk in still:
                risks.append(
                    replace(
                        risk, id=new_id(), student_id=pupil.id, screening_id=made.id,
                        person_id=tx.who, recorded_at=tx.now.at, zone=tx.now.zone,
                    )
                )  # fmt: skip
            for risk in risks:
                keeper.add(risk)
            self._mark(keeper, before, why)
            keeper.journal(
                "MoveScreening", Screening, made.id,
                {"student": pupil.id, "instrument": instrument.id, "risk": made.risk},
                {"student": before.student_id, "screening": before.id},
            )  # fmt: skip
            self._corrected(tx, before.id, made.id)
        return Changed.only(Kind.SCREENING, Kind.RISK, made=made.id)

    def _newest(self, keeper: ScreeningKeeper, screening_id: str) -> Screening:
        """Return a screening that is seen, in whose place no other stands; refuse any other."""
        found = keeper.get(Screening, screening_id)
        if found is None or not keeper.sees(self._seat(), found.person_id):
            raise Refused("screening-gone")
        if keeper.replaced_by(found.id) is not None:
            raise Refused("screening-corrected-already")
        return found

    @staticmethod
    def _mark(keeper: ScreeningKeeper, before: Screening, why: str) -> None:
        """Write that a screening, and what it corrects, was recorded in error; end its follow-ups."""
        tx = keeper.tx
        at = (tx.who, tx.now.at, tx.now.zone)
        for one in keeper.chain(before):
            if keeper.mistake(one.id) is None:
                keeper.add(Mistake(new_id(), one.id, one.student_id, why, *at))
            for line in keeper.risks_of(one.id):
                if line.mistake is None:
                    keeper.add(
                        RiskEntry(
                            new_id(), line.risk.id, one.student_id, RiskEntryKind.MISTAKE, why,
                            "", "", *at,
                        )
                    )  # fmt: skip

    def _recorded(
        self, screening_id: str, form: ScreeningForm, replaces: str | None, why: str
    ) -> Changed:
        self._hold_to_the_field()
        with self._begin() as tx:
            keeper = ScreeningKeeper(tx)
            if keeper.get(Screening, screening_id) is not None:
                raise Refused("screening-recorded-already")
            if replaces is not None:
                before = self._newest(keeper, replaces)
                if keeper.mistake(replaces) is not None:
                    raise Refused("screening-in-error")
                form = replace(form, student_id=before.student_id, round_id=before.round_id)
            instrument = self._instrument(keeper, form.instrument)
            day = accepted_form(form, instrument, self._today())
            pupil = keeper.whose([form.student_id or ""]).get(form.student_id or "")
            if pupil is None:
                raise Refused("screening-needs-student", "student")
            if form.round_id and replaces is None:
                agreed = self._agreed(keeper, form.round_id, instrument)
                if agreed is not None and pupil.id not in agreed:
                    raise Refused("screening-no-consent", "student")
            made, result = self._scored(screening_id, form, instrument, pupil, day, tx.who, tx.now)
            made = replace(made, replaces=replaces, correction=why)
            keeper.add(made)
            risks = self._risks(made, instrument, result, tx.now)
            # What another screening asked for may yet prove to be an error, and end with it.
            known = {
                line.risk.code
                for one in keeper.chain(made)[1:]
                for line in keeper.risks_of(one.id)
                if line.is_open
            }
            risks = [risk for risk in risks if risk.code not in known]
            for risk in risks:
                keeper.add(risk)
            keeper.drop_draft(screening_id)
            keeper.journal(
                "CorrectScreening" if replaces else "RecordScreening", Screening, made.id,
                {"student": pupil.id, "instrument": instrument.id, "risk": made.risk},
            )  # fmt: skip
            if replaces is not None:
                self._corrected(tx, replaces, made.id)
        kinds = {Kind.SCREENING, Kind.DRAFT, *((Kind.RISK,) if risks else ())}
        return Changed(frozenset(kinds), made=made.id)

    def _scored(
        self,
        screening_id: str,
        form: ScreeningForm,
        instrument: Instrument,
        pupil: Whose,
        day: date,
        who: PersonId,
        now: Moment,
    ) -> tuple[Screening, Result]:
        informant = Informant(form.informant)
        told = about(pupil, informant, day)
        result = score(instrument, form.answered(), told, dict(form.given))
        kept = result.answers
        risk = result.risks[0].urgency if result.risks else ""
        if form.refused and instrument.risks and not risk:
            risk = Urgency.TODAY
        return (
            Screening(
                id=screening_id,
                student_id=pupil.id,
                instrument=instrument.id,
                version=instrument.version,
                title=instrument.title,
                sha256=instrument.sha256,
                informant=informant,
                informant_name=words(form.informant_name, "informant_name"),
                taken_on=day.isoformat(),
                age=told.age,
                grade=pupil.grade,
                school_id=pupil.school_id,
                source=Source(form.source),
                answers=tuple(
                    (item.id, kept[item.id]) for item in instrument.items if item.id in kept
                ),
                refused=form.refused,
                scores=told_scores(result),
                outcome=result.outcome.code if result.outcome else "",
                level=level_of(result),
                risk=str(risk),
                comment=words(form.comment, "comment"),
                round_id=form.round_id,
                replaces=None,
                correction="",
                person_id=who,
                recorded_at=now.at,
                zone=now.zone,
            ),
            result,
        )

    @staticmethod
    def _risks(made: Screening, instrument: Instrument, result: Result, now: Moment) -> list[Risk]:
        found = [
            (rule.code, str(rule.label), rule.urgency, tuple(str(step) for step in rule.steps))
            for rule in result.risks
        ]
        if made.refused and instrument.risks and not found:
            steps = max((rule.steps for rule in instrument.risks), key=len)
            found.append(
                (
                    REFUSED_CODE,
                    said_in_use("The student would not answer: treat as positive"),
                    Urgency.TODAY,
                    tuple(str(step) for step in steps),
                )
            )
        return [
            Risk(
                new_id(), made.student_id, made.id, code, label, urgency, steps,
                made.person_id, now.at, now.zone,
            )
            for code, label, urgency, steps in found
        ]  # fmt: skip

    # -- from a file -----------------------------------------------------------------

    def import_file(self, command: ImportScreenings, progress: Progress = no_progress) -> Imported:
        """Score the rows of a file and keep them in one transaction; the others are named.

        A row of a student who is not known, or who was screened with this instrument on this
        day by this kind of informant, or whose guardian did not agree, stays out; one that
        holds an answer that asks for a person is named first.
        """
        with self._read() as reader:
            instrument = self._instrument(ScreeningBook(reader), command.instrument)
        self._hold_to_the_field()
        sheet = read_sheet(command.data, instrument)
        problems = list(sheet.problems)

        def leave_out(row: Filled, reason: str) -> None:
            asks = asks_for_a_person(instrument, row.answers)
            problems.append(RowProblem(row.line, "", reason, asks))

        taken = opened = 0
        with self._begin() as tx:
            keeper = ScreeningKeeper(tx)
            known = keeper.by_number()
            agreed = self._agreed(keeper, command.round_id, instrument)
            there = {
                (row[0], row[1])
                for row in tx.execute(
                    "SELECT student_id, taken_on FROM screening"
                    f" WHERE instrument = ? AND informant = ? AND {stands('screening')}",
                    (instrument.id, command.informant),
                )
            }
            ids = new_ids(len(sheet.rows))
            for at, (screening_id, row) in enumerate(zip(ids, sheet.rows, strict=True)):
                progress(at, len(sheet.rows))
                pupil = known.get(row.number, [])
                if len(pupil) != 1:
                    reason = "number-unknown" if not pupil else "number-twice"
                    leave_out(row, reason)
                    continue
                form = _form_of_row(command, row, pupil[0])
                try:
                    day = accepted_form(form, instrument, self._today())
                except Refused as refused:
                    leave_out(row, refused.code)
                    continue
                if (pupil[0].id, day.isoformat()) in there:
                    leave_out(row, "screened-already")
                    continue
                if agreed is not None and pupil[0].id not in agreed:
                    leave_out(row, "screening-no-consent")
                    continue
                made, result = self._scored(
                    screening_id, form, instrument, pupil[0], day, tx.who, tx.now
                )
                there.add((made.student_id, made.taken_on))
                keeper.add(made)
                taken += 1
                for risk in self._risks(made, instrument, result, tx.now):
                    keeper.add(risk)
                    opened += 1
            keeper.journal(
                "ImportScreenings", Screening, ids[0] if ids else new_id(),
                {"instrument": instrument.id, "taken": taken, "left_out": len(problems)},
            )  # fmt: skip
        kinds = {Kind.SCREENING, *((Kind.RISK,) if opened else ())}
        problems.sort(key=lambda problem: (not problem.asks, problem.line))
        return Imported(Changed(frozenset(kinds)), taken, tuple(problems), sheet.without, opened)

    @staticmethod
    def _agreed(
        book: ScreeningBook, round_id: str, instrument: Instrument
    ) -> frozenset[StudentId] | None:
        """Return who may be screened in a round; None where there is no round."""
        if not round_id:
            return None
        found = book.get(Round, round_id)
        if found is None or found.closed_at:
            raise Refused("round-closed", "round")
        if found.instrument != instrument.id:
            raise Refused("round-other-instrument", "instrument")
        return frozenset(
            pupil.id for pupil in book.pupils(found) if consented(found.consent, pupil.said)
        )

    # -- risks -----------------------------------------------------------------------

    def add_step(self, command: AddRiskStep) -> Changed:
        """Write down what was done about a risk."""
        text = words(command.text, "text")
        if not text:
            raise Refused("risk-needs-what-was-done", "text")
        return self._entered("AddRiskStep", command.risk_id, RiskEntryKind.STEP, text)

    def tell(self, command: TellOfRisk) -> Changed:
        """Write down who was told of a risk, and when."""
        told = words(command.told, "told")
        if not told:
            raise Refused("risk-needs-who-was-told", "told")
        return self._entered(
            "TellOfRisk", command.risk_id, RiskEntryKind.TOLD, words(command.text, "text"),
            told, command.told_at,
        )  # fmt: skip

    def close(self, command: CloseRisk) -> Changed:
        """End a follow-up; refuse without what was done and who was told."""
        text, told = words(command.text, "text"), words(command.told, "told")
        if not text:
            raise Refused("risk-needs-what-was-done", "text")
        if not told:
            raise Refused("risk-needs-who-was-told", "told")
        return self._entered(
            "CloseRisk", command.risk_id, RiskEntryKind.CLOSED, text, told, command.told_at
        )

    def reopen(self, command: ReopenRisk) -> Changed:
        """Take up a follow-up again."""
        why = words(command.why, "why")
        if not why:
            raise Refused("risk-needs-why", "why")
        return self._entered("ReopenRisk", command.risk_id, RiskEntryKind.REOPENED, why)

    def _entered(
        self, what: str, risk_id: str, kind: RiskEntryKind, text: str, told: str = "", at: str = ""
    ) -> Changed:
        with self._begin() as tx:
            keeper = ScreeningKeeper(tx)
            line = keeper.risk(risk_id)
            if line is None or not keeper.sees(self._seat(), line.risk.person_id):
                raise Refused("risk-gone")
            if line.mistake is not None:
                # Whoever was told of it may still have to hear that it was an error.
                if kind not in {RiskEntryKind.STEP, RiskEntryKind.TOLD}:
                    raise Refused("risk-in-error")
            elif line.is_open == (kind is RiskEntryKind.REOPENED):
                raise Refused("risk-open" if line.is_open else "risk-closed-already")
            told_at = _instant(at, tx.now) if told else ""
            entry = RiskEntry(
                new_id(), risk_id, line.risk.student_id, kind, text, told, told_at, tx.who,
                tx.now.at, tx.now.zone,
            )  # fmt: skip
            keeper.add(entry)
            keeper.journal(what, RiskEntry, entry.id, {"risk": risk_id})
        return Changed.only(Kind.RISK, made=entry.id)

    def open_risks(self, student_id: str = "") -> list[RiskLine]:
        """Return the follow-ups that nobody has closed, the most urgent and oldest first."""
        with self._read() as reader:
            return ScreeningBook(reader).risks(student_id=student_id)

    def risks_elsewhere(self) -> list[RiskElsewhere]:
        """Return that another field of work saw a risk, for those who look after safety.

        What was answered, and with what, is not told: whoever saw it says it.
        """
        with self._read() as reader:
            return ScreeningBook(reader).risks_elsewhere()

    def risks(self, student_id: str = "") -> list[RiskLine]:
        """Return all follow-ups, closed ones too."""
        with self._read() as reader:
            return ScreeningBook(reader).risks(student_id=student_id, is_open=False)

    def risk(self, risk_id: str) -> RiskLine:
        """Return one follow-up; refuse one that is not there."""
        with self._read() as reader:
            found = ScreeningBook(reader).risk(risk_id)
        if found is None:
            raise Refused("risk-gone")
        return found

    # -- rounds ----------------------------------------------------------------------

    def open_round(self, command: OpenRound) -> Changed:
        """Begin a universal screening."""
        title = words(command.title, "title")
        if not title:
            raise Refused("round-needs-title", "title")
        begins = calendar_day(command.begins_on, "begins_on")
        ends = calendar_day(command.ends_on, "ends_on")
        if ends < begins:
            raise Refused("round-ends-before-it-begins", "ends_on")
        with self._begin() as tx:
            keeper = ScreeningKeeper(tx)
            instrument = self._instrument(keeper, command.instrument)
            try:
                informant = Informant(command.informant)
            except ValueError:
                raise Refused("screening-needs-informant", "informant") from None
            if informant not in instrument.informants:
                raise Refused("screening-not-for-informant", "informant")
            made = Round(
                new_id(), title, instrument.id, informant, command.school_id, command.grades,
                command.consent, begins.isoformat(), ends.isoformat(), tx.who, tx.now.at,
                tx.now.zone,
            )  # fmt: skip
            keeper.add(made)
            keeper.journal("OpenRound", Round, made.id, {"instrument": instrument.id})
        return Changed.only(Kind.SCREENING, made=made.id)

    def close_round(self, command: CloseRound) -> Changed:
        """End a universal screening, or open it again."""
        with self._begin() as tx:
            keeper = ScreeningKeeper(tx)
            before = keeper.get(Round, command.round_id)
            if before is None:
                raise Refused("round-gone")
            after = replace(before, closed_at=tx.now.at if command.closed else "")
            keeper.change(after)
            keeper.journal(
                "CloseRound", Round, before.id,
                {"closed_at": after.closed_at}, {"closed_at": before.closed_at},
            )  # fmt: skip
        return Changed.only(Kind.SCREENING, made=before.id)

    def say_consent(self, command: SayConsent) -> Changed:
        """Write down what a guardian said to a round; the newest row counts."""
        by = words(command.said_by, "said_by")
        if not by:
            raise Refused("consent-needs-who", "said_by")
        with self._begin() as tx:
            keeper = ScreeningKeeper(tx)
            if keeper.get(Round, command.round_id) is None:
                raise Refused("round-gone")
            on = calendar_day(command.said_on or self._today().isoformat(), "said_on")
            if on > self._today():
                raise Refused("screening-in-future", "said_on")
            row = RoundConsent(
                new_id(), command.round_id, command.student_id, command.state, by,
                on.isoformat(), tx.who, tx.now.at, tx.now.zone,
            )  # fmt: skip
            keeper.add(row)
            keeper.journal("SayConsent", RoundConsent, row.id, {"state": row.state})
        return Changed.only(Kind.SCREENING, made=row.id)

    def rounds(self) -> list[Round]:
        """Return the universal screenings, open ones first."""
        with self._read() as reader:
            return ScreeningBook(reader).rounds()

    def coverage(self, round_id: str) -> Coverage:
        """Return how far a universal screening has come; refuse one that is not there."""
        with self._read() as reader:
            book = ScreeningBook(reader)
            found = book.get(Round, round_id)
            if found is None:
                raise Refused("round-gone")
            return Coverage(found, tuple(book.pupils(found)))

    # -- reads -----------------------------------------------------------------------

    def screenings(
        self, by: Narrowing | None = None, offset: int = 0, limit: int = PAGE
    ) -> list[ScreeningLine]:
        """Return one page of the screenings that stand, the newest first."""
        with self._read() as reader:
            return ScreeningBook(reader).screenings(by or Narrowing(), offset, limit)

    def count(self, by: Narrowing | None = None) -> int:
        """Return how many screenings stand."""
        with self._read() as reader:
            return ScreeningBook(reader).count(by or Narrowing())

    def cohort(self, instrument: str, by: Narrowing | None = None, least: int = LEAST) -> Cohort:
        """Return how those who were screened came out, small counts held back."""
        with self._read() as reader:
            book = ScreeningBook(reader)
            found = self._instrument(book, instrument)
            narrowed = replace(by or Narrowing(), instrument=instrument)
            levels = book.levels(narrowed)
        counts = {str(level): levels.get((instrument, level), 0) for level in range(UNJUDGED, 5)}
        shown = hold_back_parts(counts, least)
        return Cohort(found, shown.pop(""), shown, least)

    def sheet(self, screening_id: str) -> ScreeningSheet:
        """Return a screening with all that belongs to it; refuse one that is not there."""
        with self._read() as reader:
            book = ScreeningBook(reader)
            found = book.get(Screening, screening_id)
            if found is None:
                raise Refused("screening-gone")
            instrument = self._instruments(book).get(found.instrument)
            if instrument is not None and instrument.sha256 != found.sha256:
                instrument = self._scored_by(book, found) or instrument
            history = [
                one
                for one in book.history(found.student_id, found.instrument)
                if one.informant == found.informant
            ]
            mistake = book.mistake(found.id)
            people = book.names([found.person_id, mistake.person_id if mistake else None])
            newer, older = book.replaced_by(found.id), book.get(Screening, found.replaces)
            newest = newer
            while newest is not None and newest.student_id == found.student_id:
                newest = book.replaced_by(newest.id)
            went = newest is not None
            came = older is not None and older.student_id != found.student_id
            return ScreeningSheet(
                found,
                instrument,
                book.name(found.student_id),
                people.get(found.person_id, ""),
                tuple(history[-_SHOWN_FIRST:]),
                tuple(
                    line
                    for one in book.chain(found)
                    for line in book.risks_of(one.id)
                    if one is found or line.mistake is None or mistake is not None
                ),
                None if went else newer,
                None if came else older,
                mistake,
                people.get(mistake.person_id, "") if mistake else "",
                went,
                Moment(older.recorded_at, older.zone) if came and older else None,
            )

    @staticmethod
    def _scored_by(book: ScreeningBook, found: Screening) -> Instrument | None:
        files = book.where(InstrumentFile, "t.sha256 = ?", (found.sha256,))
        return read_instrument(files[0].content.encode()) if files else None

    def of_student(self, student_id: str) -> Sequence[ScreeningLine]:
        """Return a student's screenings that stand, the newest first."""
        return self.screenings(Narrowing(student_id=student_id))


def _risks_of_form(instrument: Instrument | None, form: ScreeningForm) -> tuple[RiskRule, ...]:
    """Return what the answers of a form ask for, before anything else about it is right."""
    if instrument is None:
        return ()
    known = instrument.by_id
    answers = {
        name: value for name, value in form.answers if name in known and known[name].takes(value)
    }
    return score(instrument, answers, About(instrument.informants[0])).risks


def _form_of_row(command: ImportScreenings, row: Filled, pupil: Whose) -> ScreeningForm:
    return ScreeningForm(
        student_id=pupil.id,
        instrument=command.instrument,
        informant=command.informant,
        informant_name=row.by,
        taken_on=_day_of(row.day) or command.usual_day,
        source=Source.FILE,
        answers=tuple(row.answers.items()),
        refused=row.refused,
        round_id=command.round_id,
    )


def _day_of(text: str) -> str:
    """Return a file's day as ISO; month before day where slashes stand between."""
    for pattern in ("%Y-%m-%d", "%m/%d/%Y", "%m/%d/%y"):
        try:
            return datetime.strptime(text, pattern).date().isoformat()  # noqa: DTZ007 - a calendar day
        except ValueError:
            continue
    return text


def _instant(wall: str, now: Moment) -> str:
    """Return a local wall time as an instant; refuse one that is to come."""
    if not wall:
        return now.at
    try:
        found = Moment.local(datetime.fromisoformat(wall), now.zone)
    except ValueError:
        raise Refused("time-not-understood", "told_at") from None
    if found.at > now.at:
        raise Refused("risk-told-in-future", "told_at")
    return found.at
