"""The student summary: chosen sections of one student's record for a period, on paper.

It is built only through the export reader, on which the engine denies the sole-possession
compartment. Note texts are left out unless they are asked for: what leaves is the least
that serves the purpose.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum, unique
from pathlib import Path

from app.features.privacy.commands import RecordNothingLeft
from app.features.privacy.model import Means
from app.features.sessions.model import Addition, DraftKind, FollowUp, Section
from app.features.sessions.summary import ServiceMinutes, SummaryNote
from app.kernel.changes import Changed, Kind
from app.kernel.clock import Clock, Moment
from app.kernel.errors import Refused
from app.kernel.ids import StudentId
from app.kernel.keys import Anchor
from app.kernel.mentions import NameWatch
from app.kernel.names import shown_name
from app.kernel.nouns import Attendance
from app.kernel.ports import Progress, Seat, no_progress
from app.kernel.releases import Ground
from app.kernel.words import _, ngettext, pgettext
from app.overviews.mentions import companions
from app.overviews.reports import leaving
from app.overviews.reports.door import Door, marked, noticed
from app.overviews.reports.leaving import DisclosureBook, Leaving, Release
from app.overviews.reports.others_named import (
    ALL_MASKED,
    NamedOnPaper,
    NamesAnswered,
    Texts,
    stored,
)
from app.overviews.reports.student_facts import (
    WHOLE_RECORD,
    Profile,
    Span,
    StudentFacts,
)
from app.overviews.reports.wording import (
    spoken_alert,
    spoken_anchor,
    spoken_attendance,
    spoken_day,
    spoken_grade,
    spoken_means,
    spoken_minutes,
    spoken_moment,
    spoken_paper,
    spoken_place,
    spoken_reach,
    spoken_tier,
    spoken_time,
)
from app.paper import blocks
from app.paper.page import Paper, Size

PAPER = "student-summary"
"""The code under which disclosures of this paper are recorded."""

SCHOOL_YEAR_BEGINS = 7
"""The month in which a school year begins: July, as most states' school codes count it."""


@unique
class Part(StrEnum):
    """A section that may be chosen."""

    PROFILE = "profile"
    GUARDIANS = "guardians"
    ALERTS = "alerts"
    CASELOAD = "caseload"
    SESSIONS = "sessions"
    NOTES = "notes"
    FOLLOW_UPS = "follow_ups"
    MINUTES = "minutes"
    DISCLOSURES = "disclosures"


USUAL_PARTS: tuple[Part, ...] = (Part.PROFILE, Part.CASELOAD, Part.SESSIONS, Part.MINUTES)
"""What is chosen unless someone chooses otherwise: the least that makes a summary."""


@unique
class Period(StrEnum):
    """A period by its name."""

    SCHOOL_YEAR = "school_year"
    MONTH = "month"
    ALL = "all"
    CHOSEN = "chosen"


_FREE = frozenset({Part.NOTES, Part.FOLLOW_UPS})
"""Sections in one's own words, in which others may be named."""


def part_title(part: Part) -> str:
    """Return a section's title, on paper and where it is chosen."""
    return {
        Part.PROFILE: _("Profile"),
        Part.GUARDIANS: _("Guardians"),
        Part.ALERTS: _("Alerts"),
        Part.CASELOAD: _("Caseload and tiers"),
        Part.SESSIONS: _("Sessions"),
        Part.NOTES: _("Note texts"),
        Part.FOLLOW_UPS: _("Follow-ups"),
        Part.MINUTES: _("Service minutes"),
        Part.DISCLOSURES: _("Disclosures"),
    }[part]


def school_year(day: date) -> Span:
    """Return the school year that `day` is in."""
    first = day.year if day.month >= SCHOOL_YEAR_BEGINS else day.year - 1
    return Span(date(first, SCHOOL_YEAR_BEGINS, 1), date(first + 1, SCHOOL_YEAR_BEGINS - 1, 30))


def period_span(
    period: Period, today: date, since: date | None = None, until: date | None = None
) -> Span:
    """Return the days of a period on the day `today`; refuse one that ends before it begins."""
    if period is Period.ALL:
        return WHOLE_RECORD
    if period is Period.SCHOOL_YEAR:
        return school_year(today)
    if period is Period.MONTH:
        first = today.replace(day=1)
        return Span(first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1))
    if since is not None and until is not None and until < since:
        raise Refused("period-order", "until")
    return Span(since, until)


@dataclass(frozen=True, slots=True)
class SummaryScope:
    """What a summary says: about whom, which sections, of which days, on which paper."""

    student: StudentId
    parts: tuple[Part, ...] = USUAL_PARTS
    span: Span = WHOLE_RECORD
    size: Size = "letter"

    def stored(self) -> dict[str, object]:
        """Return the scope as a disclosure keeps it."""
        since, until = self.span.since, self.span.until
        return {
            "sections": [part.value for part in Part if part in self.parts],
            "since": since.isoformat() if since else "",
            "until": until.isoformat() if until else "",
            "size": self.size,
        }


@dataclass(frozen=True, slots=True)
class Summary:
    """A finished summary, in memory: it has not left."""

    scope: SummaryScope
    pdf: bytes
    pages: int
    missing: frozenset[str]
    """Signs that no font could draw; they stand on the paper as boxes."""
    named: tuple[NamedOnPaper, ...] = ()
    """Where other students are named in its texts; masked on it, but for what was shown."""
    answered: NamesAnswered | None = None
    """What somebody decided about them; None: nobody was asked yet."""
    notice: str | None = None
    """Labelled records stand on it, with this notice; None: none do."""


@dataclass(frozen=True, slots=True)
class Left:
    """A summary that left the desk."""

    disclosure: str
    sha256: str
    bytes: int
    pages: int
    masked: int = 0
    """How many names of other students it left without."""
    changed: Changed = Changed.only(Kind.DISCLOSURE)  # noqa: RUF009 - frozen


class StudentSummaries:
    """Makes summaries, and lets them leave only with a disclosure."""

    def __init__(
        self,
        door: Door,
        anchor: Callable[[], Anchor],
        seat: Callable[[], Seat],
        clock: Clock,
        author: Callable[[], str],
        book: DisclosureBook,
        watch: NameWatch,
    ) -> None:
        self._watch = watch
        self._read = door
        self._anchor = anchor
        self._seat = seat
        self._clock = clock
        self._author = author
        self._book = book

    def student(self, number_or_id: str) -> StudentId:
        """Return whose id or student number this is; refuse none, and a number of several."""
        with self._read() as reader:
            rows = reader.execute(
                "SELECT id FROM student WHERE id = ?1"
                " UNION SELECT id FROM student WHERE student_number = ?1 LIMIT 100",
                (number_or_id.strip(),),
            ).fetchall()
        if not rows or not number_or_id.strip():
            raise Refused("student-unknown", "student")
        if len(rows) > 1:
            raise Refused("student-several", "student", count=len(rows))
        return StudentId(rows[0][0])

    def summary(
        self,
        scope: SummaryScope,
        release: Release | None = None,
        progress: Progress = no_progress,
        answered: NamesAnswered | None = None,
    ) -> Summary:
        """Return a summary in memory; refuse one without sections. KeyError without a student.

        Other students named in its texts are masked, but for those that `answered` shows.
        """
        if answered is not None:
            answered = answered.accepted()
        shown = answered.shown if answered else frozenset()
        if not scope.parts:
            raise Refused("sections-missing", "sections")
        now, anchor = self._clock.now(), self._anchor()
        opened = self._read.opened(scope.student, PAPER, scope.stored(), release)
        with opened as notice, self._read() as reader:
            facts = StudentFacts(reader, scope.student, self._seat(), scope.span, now.zone)
            profile = facts.profile()
            together = companions(reader, scope.student)
            texts = Texts(self._watch, scope.student, shown, together)
            body = (
                *noticed(notice),
                *_blocks(scope, facts, profile, release, now.zone, texts),
            )
        paper = Paper(
            title=_("Student summary"),
            made=now,
            blocks=body,
            scope=_scope_line(scope),
            names=shown_name(profile.given, profile.family, profile.preferred),
            made_by=self._author(),
            anchor=spoken_anchor(anchor),
        )
        printed = blocks.print_out(paper, scope.size, progress)
        return Summary(
            scope,
            printed.pdf,
            printed.pages,
            printed.missing,
            tuple(texts.found),
            answered,
            notice,
        )

    def save(
        self,
        scope: SummaryScope,
        release: Release,
        target: Path,
        *,
        replace: bool = False,
        progress: Progress = no_progress,
        answered: NamesAnswered | None = None,
    ) -> Left:
        """Make a summary, write down that it leaves, and write it at `target`.

        Refuses before anything is recorded: no recipient or purpose, no section, a place
        that is taken, other students named in its texts while nobody decided about them
        (`others-named`; `ALL_MASKED` shows none of them). Raises Trouble `paper-not-left` if the file could not be written.
        """
        release = release.accepted()
        leaving.require_place(target, replace=replace)
        made = self.summary(scope, release, progress, answered)
        disclosure = leaving.save(self._leaving(made, release), self._book, target, replace=replace)
        return _left(disclosure, made)

    def record_print(self, summary: Summary, release: Release) -> Left:
        """Write down that a summary leaves through a printer; called before the first page.

        Refuses `others-named` as `save` does.
        """
        disclosure = self._leaving(summary, release.accepted()).recorded(self._book, Means.PRINT)
        return _left(disclosure, summary)

    def print_failed(self, left: Left) -> Changed:
        """Write down that the printer did not take a recorded summary."""
        return self._book.record_nothing_left(RecordNothingLeft(left.disclosure, "print-not-left"))

    @staticmethod
    def _leaving(summary: Summary, release: Release) -> Leaving:
        # In an emergency nobody is asked: others are masked, and the paper leaves.
        emergency = release.terms.ground is Ground.EMERGENCY
        if summary.named and summary.answered is None and not emergency:
            raise Refused("others-named", "names", count=len(summary.named))
        scope = summary.scope
        texts = bool(summary.named) or not _FREE.isdisjoint(scope.parts)
        names = stored(summary.named, summary.answered or ALL_MASKED, texts=texts)
        facts = marked({**scope.stored(), **names}, summary.notice)
        return Leaving(scope.student, PAPER, facts, summary.pdf, release)


def file_name(day: date, taken: Callable[[str], bool] = lambda _name: False) -> str:
    """Return a free file name for a summary made on `day`; it carries no name of a person."""
    number = 1
    while taken(f"{PAPER}-{day.isoformat()}-{number}.pdf"):
        number += 1
    return f"{PAPER}-{day.isoformat()}-{number}.pdf"


def _left(disclosure: str, summary: Summary) -> Left:
    sha256 = hashlib.sha256(summary.pdf).hexdigest()
    shown = summary.answered.shown if summary.answered else frozenset()
    masked = sum(one.key not in shown for one in summary.named)
    return Left(disclosure, sha256, len(summary.pdf), summary.pages, masked)


# -- what stands on the paper ------------------------------------------------------------


def _legal_name(profile: Profile) -> str:
    return " ".join(part for part in (profile.given, profile.middle, profile.family) if part)


def _scope_line(scope: SummaryScope) -> str:
    since, until = scope.span.since, scope.span.until
    if since and scope.span == school_year(since):
        days = _("School year {first} to {last}").format(first=since.year, last=since.year + 1)
    elif since and until:
        days = _("{first} to {last}").format(first=spoken_day(since), last=spoken_day(until))
    elif since:
        days = _("Since {first}").format(first=spoken_day(since))
    elif until:
        days = _("Until {last}").format(last=spoken_day(until))
    else:
        days = _("Whole record")
    return days


def _blocks(
    scope: SummaryScope,
    facts: StudentFacts,
    profile: Profile,
    release: Release | None,
    zone: str,
    texts: Texts,
) -> Iterator[blocks.Block]:
    if release is not None and (release.recipient.strip() or release.purpose.strip()):
        yield blocks.KeyValues(
            (
                (_("Prepared for"), release.recipient.strip() or "–"),
                (_("Purpose"), release.purpose.strip() or "–"),
            )
        )
    for part, body in section_blocks(scope, facts, profile, zone, texts):
        yield blocks.Heading(part_title(part))
        yield from body


def section_blocks(
    scope: SummaryScope, facts: StudentFacts, profile: Profile, zone: str, texts: Texts
) -> Iterator[tuple[Part, Iterator[blocks.Block]]]:
    """Yield what stands in each chosen section, in their order; names go through `texts`."""
    held = facts.sessions()
    sessions = held.notes[::-1]
    makers: dict[Part, Callable[[], Iterator[blocks.Block]]] = {
        Part.PROFILE: lambda: _profile(profile),
        Part.GUARDIANS: lambda: _guardians(facts, texts),
        Part.ALERTS: lambda: _alerts(facts, texts),
        Part.CASELOAD: lambda: _caseload(facts, profile, texts),
        Part.SESSIONS: lambda: _sessions(sessions, texts),
        Part.NOTES: lambda: _notes(sessions, texts),
        Part.FOLLOW_UPS: lambda: _follow_ups(held.follow_ups, zone, texts),
        Part.MINUTES: lambda: _minutes(held.minutes),
        Part.DISCLOSURES: lambda: _disclosures(facts, texts),
    }
    for part in Part:
        if part in scope.parts:
            yield part, makers[part]()


def _profile(profile: Profile) -> Iterator[blocks.Block]:
    pairs = (
        (_("Legal name"), _legal_name(profile)),
        (_("Preferred name"), profile.preferred),
        (_("Pronouns"), profile.pronouns),
        (_("Born"), spoken_day(profile.born_on) if profile.born_on else ""),
        (_("Student number"), profile.number),
        (_("State number"), profile.state_id),
        (_("School"), profile.school),
        (_("Grade"), spoken_grade(profile.grade) if profile.grade else ""),
        (_("Home language"), profile.language),
        (_("Left on"), spoken_day(profile.left_on) if profile.left_on else ""),
        (_("Tags"), ", ".join(profile.tags)),
    )
    yield blocks.KeyValues(tuple(pair for pair in pairs if pair[1]), columns=2)


def _guardians(facts: StudentFacts, texts: Texts) -> Iterator[blocks.Block]:
    rows = []
    for guardian in facts.guardians():
        rules = [
            _("Do not contact: {reason}").format(
                reason=texts.said(
                    guardian.do_not_contact, f"guardian:{guardian.name}", guardian.name
                )
            )
            if guardian.do_not_contact
            else "",
            _("Best by: {means}").format(means=spoken_reach(guardian.reach_by))
            if guardian.reach_by
            else "",
            guardian.reach_when,
            _("Interpreter needed: {language}").format(language=guardian.language)
            if guardian.interpreter
            else guardian.language,
        ]
        ways = dict.fromkeys((guardian.phone, guardian.sms, guardian.email))
        relation = [guardian.relation, _("lives with the student") if guardian.lives_with else ""]
        rows.append(
            (
                guardian.name,
                ", ".join(word for word in relation if word),
                "\n".join(way for way in ways if way),
                "\n".join(rule for rule in rules if rule),
            )
        )
    yield blocks.TableBlock(
        (
            blocks.Column(_("Name"), 2.2),
            blocks.Column(_("Relation"), 1.8),
            blocks.Column(_("Reached at"), 2.2),
            blocks.Column(_("How and when"), 2.6),
        ),
        rows,
        empty=_("No guardians are on record."),
    )


def _alerts(facts: StudentFacts, texts: Texts) -> Iterator[blocks.Block]:
    yield blocks.TableBlock(
        (
            blocks.Column(_("Kind"), 1.1),
            blocks.Column(_("Alert"), 4.6),
            blocks.Column(_("Since"), 1.3),
            blocks.Column(_("Ended"), 1.3),
        ),
        [
            (
                spoken_alert(alert.kind),
                texts.said(alert.text, f"alert:{alert.made.at}", _("Alert")),
                spoken_day(alert.made.day()),
                spoken_day(alert.ended.day()) if alert.ended else "",
            )
            for alert in facts.alerts()
        ],
        empty=_("No alerts are on record."),
    )


def _caseload(facts: StudentFacts, profile: Profile, texts: Texts) -> Iterator[blocks.Block]:
    yield blocks.KeyValues(((_("Tier now"), spoken_tier(profile.tier)),))
    yield blocks.TableBlock(
        (
            blocks.Column(_("On the caseload of"), 2.0),
            blocks.Column(_("From"), 1.2),
            blocks.Column(_("Reason"), 2.4),
            blocks.Column(_("Until"), 1.2),
            blocks.Column(_("Reason for the end"), 2.2),
        ),
        [
            (
                time.person,
                spoken_day(time.started_on),
                texts.said(time.start_reason, f"on:{time.started_on}", part_title(Part.CASELOAD)),
                spoken_day(time.ended_on) if time.ended_on else _("today"),
                texts.said(time.end_reason, f"off:{time.ended_on}", part_title(Part.CASELOAD)),
            )
            for time in facts.caseload()
        ],
        empty=_("Not on a caseload in this period."),
    )
    yield blocks.TableBlock(
        (
            blocks.Column(_("Tier decided"), 1.2),
            blocks.Column(_("Before"), 0.8, "center"),
            blocks.Column(_("After"), 0.8, "center"),
            blocks.Column(_("Reason"), 4.2),
            blocks.Column(_("By"), 1.8),
        ),
        [
            (
                spoken_day(decision.decided_on),
                str(decision.was),
                str(decision.tier),
                texts.said(
                    decision.reason,
                    f"tier:{decision.decided_on}:{decision.tier}",
                    part_title(Part.CASELOAD),
                ),
                decision.person,
            )
            for decision in facts.tiers()
        ],
        empty=_("No tier decisions in this period."),
    )


def _sessions(sessions: Sequence[SummaryNote], texts: Texts) -> Iterator[blocks.Block]:
    held = [session for session in sessions if session.attendance is Attendance.PRESENT]
    minutes = sum(session.minutes for session in held)
    total: tuple[str, ...] = ()
    if sessions:
        count = ngettext("{count} session held", "{count} sessions held", len(held)).format(
            count=len(held)
        )
        total = (_("Total"), "", f"{minutes:,}", count, "", "")
    yield blocks.TableBlock(
        (
            blocks.Column(_("Day"), 1.25),
            blocks.Column(_("Time"), 1.05),
            blocks.Column(_("Minutes"), 0.85, "end"),
            blocks.Column(_("Service"), 2.3),
            blocks.Column(_("Where"), 1.9),
            blocks.Column(_("Attendance"), 2.0),
        ),
        [_session_row(session, texts) for session in sessions],
        total=total,
        empty=_("No sessions in this period."),
    )


def _session_row(session: SummaryNote, texts: Texts) -> tuple[str, ...]:
    attendance = spoken_attendance(session.attendance)
    if session.attendance_reason:
        attendance = _("{attendance}: {reason}").format(
            attendance=attendance,
            reason=texts.said(
                session.attendance_reason,
                f"note:{session.id}:attendance",
                _where(session),
                session.id,
            ),
        )
    if session.late:
        attendance = f"{attendance}\n{_('Late entry')}"
    return (
        spoken_day(session.started.day()),
        spoken_time(session.started),
        str(session.minutes),
        session.service,
        spoken_place(session.place),
        attendance,
    )


def _notes(sessions: Sequence[SummaryNote], texts: Texts) -> Iterator[blocks.Block]:
    said = [session for session in sessions if session.sections or session.additions]
    if not said:
        yield blocks.Text(_("No note texts in this period."), soft=True)
    for session in said:
        yield _note(session, texts)


def _note(session: SummaryNote, texts: Texts) -> blocks.Note:
    """Return a note as it may be read: a corrected text takes the place of the one it corrects."""
    amended = any(addition.kind is DraftKind.AMENDMENT for addition in session.additions)
    facts = [
        spoken_minutes(session.minutes),
        spoken_place(session.place),
        spoken_attendance(session.attendance),
        ", ".join(session.interventions),
    ]
    meta = " · ".join(fact for fact in facts if fact)
    if session.late:
        meta = "\n".join((meta, _late(session, texts)))
    own: tuple[blocks.Section, ...]
    if not amended:
        own = _parts(session.sections, session, f"note:{session.id}", texts)
    else:
        own = (
            blocks.Section(
                "",
                _("The original text was corrected; see the amendment. It is kept in the record."),
            ),
        )
    return blocks.Note(
        _where(session),
        meta,
        own,
        _signed(session.maker, spoken_moment(session.signed)),
        tuple(
            _addition(addition, by, session, texts)
            for addition, by in zip(session.additions, session.added_by, strict=True)
        ),
    )


def _where(session: SummaryNote) -> str:
    return _("{moment}: {service}").format(
        moment=spoken_moment(session.started), service=session.service
    )


def _parts(
    sections: Sequence[Section], session: SummaryNote, key: str, texts: Texts
) -> tuple[blocks.Section, ...]:
    where = _where(session)
    return tuple(
        blocks.Section(part.title, texts.said(part.text, f"{key}:{number}", where, session.id))
        for number, part in enumerate(sections)
    )


def _late(session: SummaryNote, texts: Texts) -> str:
    if session.late_reason:
        return _("Late entry, written {moment}. Reason: {reason}").format(
            moment=spoken_moment(session.signed),
            reason=texts.said(
                session.late_reason, f"note:{session.id}:late", _where(session), session.id
            ),
        )
    return _("Late entry, written {moment}.").format(moment=spoken_moment(session.signed))


def _addition(addition: Addition, by: str, session: SummaryNote, texts: Texts) -> blocks.Note:
    moment = spoken_moment(addition.signed)
    if addition.kind is DraftKind.AMENDMENT:
        title = _("Amendment of {moment}: corrected text").format(moment=moment)
        meta = _("Reason: {reason}").format(
            reason=texts.said(
                addition.reason, f"note:{addition.id}:reason", _where(session), session.id
            )
        )
    else:
        title = _("Addendum of {moment}: new information").format(moment=moment)
        meta = ""
    return blocks.Note(
        title,
        meta,
        _parts(addition.sections, session, f"note:{addition.id}", texts),
        _signed(by, moment),
    )


def _signed(person: str, moment: str) -> str:
    return _("Signed by {person}, {moment}").format(person=person, moment=moment)


def _follow_ups(steps: Sequence[FollowUp], zone: str, texts: Texts) -> Iterator[blocks.Block]:
    yield blocks.TableBlock(
        (
            blocks.Column(_("Due"), 1.2),
            blocks.Column(_("Next step"), 5.4),
            blocks.Column(_("Done"), 1.4),
        ),
        [
            (
                spoken_day(step.due_on),
                texts.said(
                    step.text, f"step:{step.id}", part_title(Part.FOLLOW_UPS), step.note_id or ""
                ),
                spoken_day(Moment(step.done_at, zone).day())
                if step.done_at
                else pgettext("next step", "open"),
            )
            for step in steps
        ],
        empty=_("No follow-ups in this period."),
    )


_BAR = 20
"""Signs in the longest bar."""


def _minutes(times: Sequence[ServiceMinutes]) -> Iterator[blocks.Block]:
    most = max((time.minutes for time in times), default=0)
    whole = sum(time.minutes for time in times)
    yield blocks.TableBlock(
        (
            blocks.Column(_("Service"), 2.4),
            blocks.Column(_("Sessions"), 0.9, "end"),
            blocks.Column(_("Minutes"), 0.9, "end"),
            blocks.Column(_("Share"), 3.6),
        ),
        [
            (
                time.service,
                f"{time.sessions:,}",
                f"{time.minutes:,}",
                _share(time.minutes, most, whole),
            )
            for time in times
        ],
        total=(
            _("Total"),
            f"{sum(time.sessions for time in times):,}",
            f"{whole:,}",
            "",
        )
        if times
        else (),
        empty=_("No sessions took place in this period."),
    )


def _share(minutes: int, most: int, whole: int) -> str:
    """Return a bar, the longest for `most`, with the share of the whole beside it."""
    if not whole:
        return ""
    bar = "■" * max(1, round(_BAR * minutes / most))
    return _("{bar} {percent} %").format(bar=bar, percent=round(100 * minutes / whole))


def _disclosures(facts: StudentFacts, texts: Texts) -> Iterator[blocks.Block]:
    yield blocks.TableBlock(
        (
            blocks.Column(_("When"), 1.6),
            blocks.Column(_("To whom"), 2.2),
            blocks.Column(_("Why"), 2.4),
            blocks.Column(_("What"), 1.8),
            blocks.Column(_("By"), 1.6),
        ),
        [
            (
                spoken_moment(left.made),
                left.recipient,
                texts.said(left.purpose, f"left:{left.made.at}", part_title(Part.DISCLOSURES)),
                _("{paper}, not handed over").format(paper=spoken_paper(left.paper))
                if left.stopped
                else _("{paper}, {means}").format(
                    paper=spoken_paper(left.paper), means=spoken_means(left.means)
                ),
                left.person,
            )
            for left in facts.left()
        ],
        empty=_("Nothing left the desk in this period before this paper."),
    )
