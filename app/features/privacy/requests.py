"""Requests for a record: what came in, what became of it, and what its clock asks for."""

from dataclasses import dataclass
from datetime import timedelta

from app.features.privacy.commands import (
    AnswerRequest,
    CloseRequest,
    ExtendRequest,
    RecordRequestIn,
    SetInspectionDays,
)
from app.features.privacy.inspection import (
    LONGEST_DAYS,
    MAY_END,
    NEAR_DAYS,
    PAGE,
    RecordRequest,
    RequestEntry,
    RequestSheet,
    Step,
    Wanted,
    accepted_day_since,
    accepted_days,
    accepted_extension,
    accepted_received,
    due_day,
    needed,
)
from app.features.privacy.repo import Gate, GateRepo
from app.features.privacy.requests_repo import Requests, RequestsRepo
from app.kernel.changes import Changed, Kind
from app.kernel.clock import Clock
from app.kernel.errors import Refused
from app.kernel.ids import StudentId, new_id
from app.kernel.ports import Begin, Read, Reader, Transaction


@dataclass(frozen=True, slots=True)
class RequestCounts:
    """How many requests there are, and how many are open."""

    all: int
    open: int


class RequestsService:
    """Keeps requests for records; each stands as it came in, and what became of it is added."""

    def __init__(self, begin: Begin, read: Read, clock: Clock) -> None:
        self._begin = begin
        self._read = read
        self._clock = clock

    # -- commands ------------------------------------------------------------------------

    def record(self, command: RecordRequestIn) -> Changed:
        """Write down that somebody asked; one to inspect is due within the days set here."""
        asked_by = needed(command.asked_by, "asked_by", "request-needs-whom")
        what = needed(command.what, "what", "request-needs-what")
        interest = " ".join(command.interest.split())
        if command.kind is Wanted.DISCLOSE:
            interest = needed(interest, "interest", "request-needs-interest")
        with self._begin() as tx:
            received = accepted_received(command.received_on, tx.now.day())
            due = ""
            if command.kind is Wanted.INSPECT:
                due = due_day(received, _days(tx))
            request = RecordRequest(
                new_id(),
                command.student_id,
                command.kind,
                command.party,
                asked_by,
                what,
                interest,
                received,
                due,
                tx.who,
                tx.now,
            )
            facts = RequestsRepo(tx).add(request)
            tx.journal("RecordRequestIn", "record_request", request.id, after=facts)
        return Changed.only(Kind.RECORD_REQUEST, made=request.id)

    def answer(self, command: AnswerRequest) -> Changed:
        """Write down what was answered; the request stays open."""
        text = needed(command.text, "text", "request-needs-answer")
        with self._begin() as tx:
            repo = RequestsRepo(tx)
            sheet = _open(repo, command.request_id)
            day = accepted_day_since(command.on_day, sheet.request.received_on, tx.now.day())
            self._add(tx, repo, "AnswerRequest", sheet, Step.ANSWERED, text, day)
        return Changed.only(Kind.RECORD_REQUEST)

    def extend(self, command: ExtendRequest) -> Changed:
        """Set a later day; refuse one that is beyond what the law lets pass."""
        reason = needed(command.reason, "reason", "request-needs-reason")
        with self._begin() as tx:
            repo = RequestsRepo(tx)
            sheet = _open(repo, command.request_id)
            due = accepted_extension(command.due_on, sheet)
            today = tx.now.day().isoformat()
            self._add(tx, repo, "ExtendRequest", sheet, Step.EXTENDED, reason, today, due=due)
        return Changed.only(Kind.RECORD_REQUEST)

    def close(self, command: CloseRequest) -> Changed:
        """Close a request; refusing one needs a reason. Late is late, and is not hidden."""
        with self._begin() as tx:
            repo = RequestsRepo(tx)
            sheet = _open(repo, command.request_id)
            if command.outcome not in MAY_END[sheet.request.kind]:
                raise Refused("request-outcome", "outcome")
            text = " ".join(command.text.split())
            if command.outcome.value == "refused":
                text = needed(text, "text", "request-needs-reason")
            day = accepted_day_since(command.on_day, sheet.request.received_on, tx.now.day())
            self._add(
                tx, repo, "CloseRequest", sheet, Step.CLOSED, text, day,
                outcome=command.outcome.value,
            )  # fmt: skip
        return Changed.only(Kind.RECORD_REQUEST)

    @staticmethod
    def _add(
        tx: Transaction,
        repo: RequestsRepo,
        what: str,
        sheet: RequestSheet,
        kind: Step,
        text: str,
        day: str,
        *,
        outcome: str = "",
        due: str = "",
    ) -> None:
        entry = RequestEntry(
            new_id(), sheet.request.id, kind, outcome, text, day, due, tx.who, tx.now
        )
        facts = repo.add_entry(entry)
        tx.journal(what, "record_request", entry.id, after=facts)

    def set_days(self, command: SetInspectionDays) -> Changed:
        """Set within how many days a request to inspect is to be met here; 45 at the most."""
        days = accepted_days(command.days)
        with self._begin() as tx:
            before = _days(tx)
            GateRepo(tx).set("inspection_days", str(days))
            tx.journal(
                "SetInspectionDays", "vault", "inspection_days", {"days": before}, {"days": days}
            )
        return Changed.only(Kind.SETTING)

    # -- reads ---------------------------------------------------------------------------

    def days(self) -> int:
        """Return within how many days a request to inspect is to be met here."""
        with self._read() as reader:
            return _days(reader)

    def page(
        self,
        student_id: StudentId | None = None,
        *,
        open_only: bool = False,
        offset: int = 0,
        limit: int = PAGE,
    ) -> list[RequestSheet]:
        """Return requests: open ones by when they are due, then the closed, newest first."""
        with self._read() as reader:
            return Requests(reader).page(student_id, offset, limit, open_only=open_only)

    def count(self, student_id: StudentId | None = None) -> RequestCounts:
        """Return how many requests there are, of a student or of all."""
        with self._read() as reader:
            return RequestCounts(*Requests(reader).count(student_id))

    def get(self, request_id: str) -> RequestSheet:
        """Return one request; KeyError if there is none."""
        with self._read() as reader:
            return Requests(reader).get(request_id)

    def near(self) -> list[RequestSheet]:
        """Return open requests to inspect that are due within days, or late; soonest first."""
        today = self._clock.now().day()
        until = (today + timedelta(days=NEAR_DAYS)).isoformat()
        with self._read() as reader:
            found = Requests(reader).page(None, 0, PAGE, open_only=True)
        return [sheet for sheet in found if sheet.due_on and sheet.due_on <= until]

    @staticmethod
    def outstanding(reader: Reader, student_id: StudentId) -> bool:
        """Tell whether a request to inspect a student's record is open: nothing is destroyed."""
        return Requests(reader).outstanding(student_id)


def _open(repo: Requests, request_id: str) -> RequestSheet:
    try:
        sheet = repo.get(request_id)
    except KeyError:
        raise Refused("request-gone") from None
    if sheet.closed:
        raise Refused("request-closed")
    return sheet


def _days(reader: Reader) -> int:
    kept = Gate(reader).setting("inspection_days")
    return int(kept) if kept else LONGEST_DAYS
