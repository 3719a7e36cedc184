"""A student's summary as data: the sections of the paper of that name, fact by fact."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from app.features.sessions.model import Addition, DraftKind, FollowUp, Section
from app.features.sessions.summary import SessionsSummary, SummaryNote
from app.overviews.data.periods import said
from app.overviews.reports.others_named import Texts
from app.overviews.reports.student_facts import Profile, StudentFacts
from app.overviews.reports.student_summary import Part, SummaryScope, part_title

_Row = dict[str, Any]


def student_body(
    scope: SummaryScope,
    facts: StudentFacts,
    profile: Profile,
    texts: Texts,
    said_by: Mapping[str, str],
) -> _Row:
    """Return the body of a student's summary; `said_by` is who made it, for whom and what for.

    The keys of texts are those of the paper: an answer about who may be named holds for both.
    """
    held = facts.sessions()
    sessions = held.notes[::-1]
    makers: dict[Part, Callable[[], object]] = {
        Part.PROFILE: lambda: _profile(profile),
        Part.GUARDIANS: lambda: _guardians(facts, texts),
        Part.ALERTS: lambda: _alerts(facts, texts),
        Part.CASELOAD: lambda: _caseload(facts, profile, texts),
        Part.SESSIONS: lambda: [_session(one, texts) for one in sessions],
        Part.NOTES: lambda: [_note(o, texts) for o in sessions if o.sections or o.additions],
        Part.FOLLOW_UPS: lambda: [_step(one, texts) for one in held.follow_ups],
        Part.MINUTES: lambda: _minutes(held),
        Part.DISCLOSURES: lambda: _disclosures(facts, texts),
    }
    chosen = [part for part in Part if part in scope.parts]
    return {
        "casewell": "summary",
        "kind": "student",
        "version": 1,
        "period": said(scope.span),
        **said_by,
        "sections": [part.value for part in chosen],
        "student": {
            "number": profile.number,
            "state_id": profile.state_id,
            "given_name": profile.given,
            "family_name": profile.family,
            "preferred_name": profile.preferred,
        },
        **{part.value: makers[part]() for part in chosen},
    }


def _profile(profile: Profile) -> _Row:
    return {
        "middle_name": profile.middle,
        "pronouns": profile.pronouns,
        "birth_date": profile.born_on or None,
        "grade": profile.grade,
        "school": profile.school,
        "language": profile.language,
        "left_on": profile.left_on or None,
        "tags": list(profile.tags),
    }


def _guardians(facts: StudentFacts, texts: Texts) -> list[_Row]:
    return [
        {
            "name": one.name,
            "relation": one.relation,
            "lives_with": one.lives_with,
            "phone": one.phone,
            "text_messages": one.sms,
            "email": one.email,
            "language": one.language,
            "interpreter": one.interpreter,
            "reach_by": one.reach_by,
            "reach_when": one.reach_when,
            "do_not_contact": texts.said(one.do_not_contact, f"guardian:{one.name}", one.name),
        }
        for one in facts.guardians()
    ]


def _alerts(facts: StudentFacts, texts: Texts) -> list[_Row]:
    return [
        {
            "kind": one.kind,
            "text": texts.said(one.text, f"alert:{one.made.at}", part_title(Part.ALERTS)),
            "since": one.made.day().isoformat(),
            "ended": one.ended.day().isoformat() if one.ended else None,
        }
        for one in facts.alerts()
    ]


def _caseload(facts: StudentFacts, profile: Profile, texts: Texts) -> _Row:
    where = part_title(Part.CASELOAD)
    return {
        "tier": profile.tier,
        "times": [
            {
                "person": one.person,
                "started_on": one.started_on,
                "start_reason": texts.said(one.start_reason, f"on:{one.started_on}", where),
                "ended_on": one.ended_on or None,
                "end_reason": texts.said(one.end_reason, f"off:{one.ended_on}", where),
            }
            for one in facts.caseload()
        ],
        "decisions": [
            {
                "decided_on": one.decided_on,
                "was": one.was,
                "tier": one.tier,
                "reason": texts.said(one.reason, f"tier:{one.decided_on}:{one.tier}", where),
                "by": one.person,
            }
            for one in facts.tiers()
        ],
    }


def _session(one: SummaryNote, texts: Texts) -> _Row:
    reason = texts.said(one.attendance_reason, f"note:{one.id}:attendance", one.service, one.id)
    return {
        "id": one.id,
        "started": one.started.at,
        "zone": one.started.zone,
        "day": one.started.day().isoformat(),
        "minutes": one.minutes,
        "service": one.service,
        "place": one.place.value,
        "attendance": one.attendance.value,
        "attendance_reason": reason,
        "late": one.late,
    }


def _note(one: SummaryNote, texts: Texts) -> _Row:
    """Return a note as it may be read: a corrected text takes the place of the one it corrects."""
    corrected = any(addition.kind is DraftKind.AMENDMENT for addition in one.additions)
    return {
        "session": one.id,
        "day": one.started.day().isoformat(),
        "service": one.service,
        "format": one.format,
        "signed_by": one.maker,
        "signed": one.signed.at,
        "corrected": corrected,
        "sections": [] if corrected else _sections(one.sections, f"note:{one.id}", one, texts),
        "additions": [
            _addition(addition, by, one, texts)
            for addition, by in zip(one.additions, one.added_by, strict=True)
        ],
    }


def _addition(addition: Addition, by: str, of: SummaryNote, texts: Texts) -> _Row:
    key = f"note:{addition.id}"
    return {
        "kind": addition.kind.value,
        "reason": texts.said(addition.reason, f"{key}:reason", of.service, of.id),
        "signed_by": by,
        "signed": addition.signed.at,
        "sections": _sections(addition.sections, key, of, texts),
    }


def _sections(sections: Sequence[Section], key: str, of: SummaryNote, texts: Texts) -> list[_Row]:
    return [
        {"title": part.title, "text": texts.said(part.text, f"{key}:{number}", of.service, of.id)}
        for number, part in enumerate(sections)
    ]


def _step(one: FollowUp, texts: Texts) -> _Row:
    where = part_title(Part.FOLLOW_UPS)
    return {
        "due_on": one.due_on,
        "text": texts.said(one.text, f"step:{one.id}", where, one.note_id or ""),
        "done": one.done_at or None,
    }


def _minutes(held: SessionsSummary) -> _Row:
    return {
        "services": [
            {"service": one.service, "sessions": one.sessions, "minutes": one.minutes}
            for one in held.minutes
        ],
        "sessions": sum(one.sessions for one in held.minutes),
        "minutes": sum(one.minutes for one in held.minutes),
        "missed": [{"attendance": why.value, "sessions": count} for why, count in held.missed],
    }


def _disclosures(facts: StudentFacts, texts: Texts) -> list[_Row]:
    where = part_title(Part.DISCLOSURES)
    return [
        {
            "made": one.made.at,
            "recipient": one.recipient,
            "purpose": texts.said(one.purpose, f"left:{one.made.at}", where),
            "paper": one.paper,
            "means": one.means,
            "by": one.person,
            "stopped": one.stopped,
        }
        for one in facts.left()
    ]
