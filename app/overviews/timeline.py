"""Everything that happened around a student, newest first, from every room, in one list."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum, unique
from typing import Any

from app.kernel.clock import Moment
from app.kernel.ids import StudentId
from app.kernel.nouns import Role
from app.kernel.ports import Read, Reader, Seat
from app.kernel.rights import eyes, gives_medication

PAGE = 100


@unique
class TimelineKind(StrEnum):
    """The kinds a timeline can be narrowed to."""

    NOTE = "note"
    ADDITION = "addition"
    SOLE = "sole"
    DRAFT = "draft"
    FOLLOW_UP = "follow_up"
    TIER = "tier"
    CASELOAD = "caseload"
    ALERT = "alert"
    PROFILE = "profile"
    ROSTER = "roster"
    DISCLOSURE = "disclosure"
    MEDICATION = "medication"
    HEALTH = "health"
    SERVICE = "service"
    CONCERN = "concern"
    CONSULTATION = "consultation"
    CONTACT = "contact"
    GROUP = "group"
    SCHEDULE = "schedule"
    SCREENING = "screening"
    CARE_PLAN = "care_plan"
    CONSENT = "consent"


@unique
class Happening(StrEnum):
    """What exactly happened."""

    NOTE = "note"
    ADDENDUM = "addendum"
    AMENDMENT = "amendment"
    SOLE = "sole"
    DRAFT = "draft"
    FOLLOW_UP = "follow_up"
    TIER = "tier"
    PUT_ON = "put_on"
    TAKEN_OFF = "taken_off"
    ALERT = "alert"
    ALERT_ENDED = "alert_ended"
    ADDED = "added"
    CHANGED = "changed"
    LEFT = "left"
    RETURNED = "returned"
    ROSTER_ADDED = "roster_added"
    ROSTER_CHANGED = "roster_changed"
    ROSTER_LEFT = "roster_left"
    ROSTER_RETURNED = "roster_returned"
    DISCLOSURE = "disclosure"
    ASKED = "asked"
    """Somebody asked to see the record, or for something of it."""
    ASKED_OVER = "asked_over"
    ORDER = "order"
    ORDER_OVER = "order_over"
    DOSE = "dose"
    INCIDENT = "incident"
    VISIT = "visit"
    PLAN = "plan"
    OWED = "owed"
    OWED_ENDED = "owed_ended"
    REFERRED = "referred"
    SCREENING = "screening"
    RISK = "risk"
    RISK_CLOSED = "risk_closed"
    CONCERN = "concern"
    CONCERN_DECIDED = "concern_decided"
    CONCERN_CLOSED = "concern_closed"
    CONCERN_ANSWERED = "concern_answered"
    CONSULTATION = "consultation"
    CONTACT = "contact"
    BEGUN = "begun"
    CLOSED = "closed"
    GROUP_WAITS = "group_waits"
    GROUP_JOINED = "group_joined"
    GROUP_LEFT = "group_left"
    APPOINTMENT = "appointment"
    APPOINTMENT_FELL = "appointment_fell"
    PLAN_AGREED = "plan_agreed"
    PLAN_REVIEWED = "plan_reviewed"
    GOAL_DECIDED = "goal_decided"
    CONSENT = "consent"
    CONSENT_OVER = "consent_over"


@dataclass(frozen=True, slots=True)
class TimelineRow:
    """One thing that happened: codes and facts; the screen finds the words.

    `day` is set (ISO) where what happened belongs to a calendar day rather than to an
    instant; `at` then only puts it in order. `by` is the name of who wrote it.
    """

    kind: TimelineKind
    what: Happening
    id: str
    at: Moment
    day: str = ""
    by: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict, hash=False)


# Session notes and next steps are for their makers and the makers' discipline; the plus
# keeps the engine from choosing its way by the person.
_SEEN = (
    "+{}.person_id IN (SELECT p.id FROM person p WHERE p.id = :me"
    " OR p.role IN (SELECT value FROM json_each(:roles)))"
)

_GIVE = ", ".join(f"'{role}'" for role in Role if gives_medication(role))

# One branch per thing: kind, what, id, at, zone, day. What stands beside them is looked up
# for the rows of the page only. A day takes its place among instants by the time of day at
# which it was written down.
_BRANCHES: dict[TimelineKind, str] = {
    TimelineKind.NOTE: f"""
        SELECT 'note' AS kind, 'note' AS what, n.id AS id, n.started_at AS at, n.zone AS zone,
               '' AS day
          FROM session_note n WHERE n.student_id = :student AND {_SEEN.format("n")}""",
    TimelineKind.ADDITION: f"""
        SELECT 'addition', a.kind, a.id, a.signed_at, a.signed_zone, ''
          FROM session_note n JOIN note_addition a ON a.note_id = n.id
         WHERE n.student_id = :student AND {_SEEN.format("n")}""",
    TimelineKind.SOLE: """
        SELECT 'sole', 'sole', o.id, o.about_on || substr(o.made_at, 11), o.zone, o.about_on
          FROM sole_note o WHERE o.person_id = :me AND o.student_id = :student""",
    TimelineKind.DRAFT: """
        SELECT 'draft', 'draft', d.id, d.saved_at, d.zone, ''
          FROM note_draft d WHERE d.person_id = :me AND d.student_id = :student""",
    TimelineKind.FOLLOW_UP: f"""
        SELECT 'follow_up', 'follow_up', f.id, f.made_at, f.zone, ''
          FROM follow_up f WHERE f.student_id = :student AND {_SEEN.format("f")}""",
    TimelineKind.TIER: """
        SELECT 'tier', 'tier', t.id, t.decided_on || substr(t.made_at, 11), t.zone, t.decided_on
          FROM tier_decision t WHERE t.student_id = :student""",
    TimelineKind.CASELOAD: """
        SELECT 'caseload', 'put_on', c.id, c.started_on || substr(c.started_at, 11), c.zone,
               c.started_on
          FROM caseload c WHERE c.student_id = :student
        UNION ALL
        SELECT 'caseload', 'taken_off', c.id, c.ended_on || substr(c.ended_at, 11), c.zone,
               c.ended_on
          FROM caseload c WHERE c.student_id = :student AND c.ended_on <> ''""",
    TimelineKind.ALERT: """
        SELECT 'alert', 'alert', l.id, l.made_at, l.zone, ''
          FROM alert l WHERE l.student_id = :student
        UNION ALL
        SELECT 'alert', 'alert_ended', l.id, l.ended_at, l.zone, ''
          FROM alert l WHERE l.student_id = :student AND l.ended_at <> ''""",
    TimelineKind.PROFILE: """
        SELECT 'profile',
               CASE j.what WHEN 'AddStudent' THEN 'added' WHEN 'MarkLeft' THEN 'left'
                           WHEN 'MarkReturned' THEN 'returned' ELSE 'changed' END,
               printf('%012d', j.seq), j.at, j.zone, ''
          FROM journal j WHERE j.subject_id = :student AND (j.what IN
               ('AddStudent', 'ChangeStudent', 'TakeOffer', 'MarkLeft', 'MarkReturned')
               OR j.what = 'RestoreOffer' AND j.before <> '{}')""",
    TimelineKind.ROSTER: """
        SELECT 'roster', 'roster_' || r.kind, r.import_id || printf(':%08d', r.position), i.made_at, i.zone,
               ''
          FROM roster_change r JOIN roster_import i ON i.id = r.import_id
         WHERE r.student_id = :student""",
    TimelineKind.DISCLOSURE: """
        SELECT 'disclosure', 'disclosure', x.id, x.made_at, x.zone, ''
          FROM disclosure x WHERE x.student_id = :student
        UNION ALL
        SELECT 'disclosure', 'asked', r.id, r.received_on || substr(r.made_at, 11), r.zone,
               r.received_on
          FROM record_request r WHERE r.student_id = :student
        UNION ALL
        SELECT 'disclosure', 'asked_over', e.id, e.on_day || substr(e.made_at, 11), e.zone, e.on_day
          FROM request_entry e JOIN record_request r ON r.id = e.request_id
         WHERE r.student_id = :student AND e.kind = 'closed'""",
    # The scheduled doses of every day stand in the month's record; here is what stands out:
    # doses as needed, and those that were forgotten. Others than the nurse see none of it.
    TimelineKind.MEDICATION: """
        SELECT 'medication', 'order', o.id, o.recorded_at, o.zone, ''
          FROM medication_order o WHERE o.student_id = :student
        UNION ALL
        SELECT 'medication', 'order_over', e.id, e.at, e.zone, ''
          FROM care_entry e WHERE e.kind = 'discontinued' AND e.subject_id IN
               (SELECT o.series_id FROM medication_order o WHERE o.student_id = :student)
        UNION ALL
        SELECT 'medication', 'dose', d.id,
               CASE d.given_at WHEN '' THEN d.scheduled_at ELSE d.given_at END, d.zone, ''
          FROM dose d WHERE d.student_id = :student
           AND (d.slot = '' AND d.outcome = 'given' OR d.code = 'omitted')
           AND NOT EXISTS (SELECT 1 FROM dose n WHERE n.replaces = d.id)""",
    TimelineKind.HEALTH: """
        SELECT 'health', 'visit', v.id, v.came_at, v.zone, ''
          FROM visit v WHERE v.student_id = :student
        UNION ALL
        SELECT 'health', 'incident', i.id, i.happened_at, i.zone, ''
          FROM incident i WHERE i.student_id = :student
        UNION ALL
        SELECT 'health', 'plan', h.id, h.recorded_at, h.zone, ''
          FROM health_plan h WHERE h.student_id = :student""",
}

_BRANCHES[TimelineKind.SERVICE] = f"""
        SELECT 'service', 'owed', m.id, m.written_at, m.zone, ''
          FROM mandate m WHERE m.student_id = :student AND {_SEEN.format("m")}
        UNION ALL
        SELECT 'service', 'owed_ended', x.id, x.written_at, x.zone, ''
          FROM mandate_end x WHERE x.student_id = :student AND x.ended_on <> '' AND EXISTS
               (SELECT 1 FROM mandate m WHERE m.series_id = x.series_id AND {_SEEN.format("m")})
        UNION ALL
        SELECT 'service', 'referred', e.id, e.asked_on || substr(e.made_at, 11), e.zone, e.asked_on
          FROM episode e WHERE e.student_id = :student AND e.asked_on <> '' AND {_SEEN.format("e")}
        UNION ALL
        SELECT 'service', 'begun', e.id, e.started_on || substr(e.made_at, 11), e.zone, e.started_on
          FROM episode e WHERE e.student_id = :student AND e.asked_on <> '' AND e.started_on <> ''
           AND {_SEEN.format("e")}
        UNION ALL
        SELECT 'service', 'closed', e.id, e.closed_on || substr(e.made_at, 11), e.zone, e.closed_on
          FROM episode e WHERE e.student_id = :student AND e.closed_on <> '' AND {_SEEN.format("e")}"""

# A concern's own day, and then what became of it; notes on it stand on its page.
_BRANCHES[TimelineKind.CONCERN] = f"""
        SELECT 'concern', 'concern', k.id, k.raised_on || substr(k.recorded_at, 11), k.zone,
               k.raised_on
          FROM concern k WHERE k.student_id = :student AND {_SEEN.format("k")}
        UNION ALL
        SELECT 'concern',
               CASE e.kind WHEN 'decision' THEN 'concern_decided' WHEN 'closed' THEN 'concern_closed'
                           ELSE 'concern_answered' END, e.id, e.recorded_at, e.zone, ''
          FROM concern k JOIN concern_entry e ON e.concern_id = k.id
         WHERE k.student_id = :student AND e.kind <> 'note' AND {_SEEN.format("k")}"""
_BRANCHES[TimelineKind.SCREENING] = f"""
        SELECT 'screening', 'screening', g.id, g.taken_on || substr(g.recorded_at, 11), g.zone,
               g.taken_on
          FROM screening g WHERE g.student_id = :student AND {_SEEN.format("g")}
           AND NOT EXISTS (SELECT 1 FROM screening z
                            WHERE z.replaces = g.id AND z.student_id = g.student_id)
        UNION ALL
        SELECT 'screening', 'risk', r.id, r.recorded_at, r.zone, ''
          FROM risk r WHERE r.student_id = :student AND {_SEEN.format("r")}
        UNION ALL
        SELECT 'screening', 'risk_closed', e.id, e.recorded_at, e.zone, ''
          FROM risk_entry e WHERE e.student_id = :student AND e.kind = 'closed'
           AND {_SEEN.format("e")}"""
_BRANCHES[TimelineKind.CARE_PLAN] = f"""
        SELECT 'care_plan', 'plan_agreed', f.id, f.recorded_at, f.zone, ''
          FROM plan_version f WHERE f.student_id = :student AND {_SEEN.format("f")}
        UNION ALL
        SELECT 'care_plan', 'plan_reviewed', w.id, w.held_on || substr(w.recorded_at, 11), w.zone,
               w.held_on
          FROM plan_review w WHERE w.student_id = :student AND {_SEEN.format("w")}
        UNION ALL
        SELECT 'care_plan', 'goal_decided', y.id, y.decided_on || substr(y.recorded_at, 11), y.zone,
               y.decided_on
          FROM goal_decision y WHERE y.student_id = :student AND {_SEEN.format("y")}"""
# A release is common to everyone; the health office alone has consents to medication.
_CONSENTED = (
    "(v.kind = 'release' OR v.kind = 'medication' AND EXISTS (SELECT 1 FROM person p"
    f" WHERE p.id = :me AND p.role IN ({_GIVE}))"
    f" OR v.kind NOT IN ('release', 'medication') AND {_SEEN.format('v')})"
)
_BRANCHES[TimelineKind.CONSENT] = f"""
        SELECT 'consent', 'consent', v.id, v.signed_on || substr(v.recorded_at, 11), v.zone,
               v.signed_on
          FROM consent v WHERE v.student_id = :student AND {_CONSENTED}
           AND NOT EXISTS (SELECT 1 FROM consent z WHERE z.replaces = v.id)
        UNION ALL
        SELECT 'consent', 'consent_over', e.id, e.on_day || substr(e.recorded_at, 11), e.zone,
               e.on_day
          FROM consent_end e JOIN consent v ON v.id = e.consent_id
         WHERE e.student_id = :student AND e.kind <> 'mistake' AND {_CONSENTED}
           AND NOT EXISTS (SELECT 1 FROM consent_end z WHERE z.takes_back = e.id)"""
_BRANCHES[TimelineKind.CONSULTATION] = f"""
        SELECT 'consultation', 'consultation', c.id, c.started_at, c.zone, ''
          FROM consultation c WHERE c.student_id = :student AND {_SEEN.format("c")}"""
_BRANCHES[TimelineKind.CONTACT] = f"""
        SELECT 'contact', 'contact', t.id, t.at, t.zone, ''
          FROM contact t WHERE t.student_id = :student AND {_SEEN.format("t")}
           AND NOT EXISTS (SELECT 1 FROM contact z WHERE z.replaces = t.id
                            AND z.replaces <> '')"""

# One's own next session, and those that fell out; what was held stands here as its note.
_BRANCHES[TimelineKind.SCHEDULE] = """
        SELECT 'schedule', 'appointment', a.id, a.starts_at, a.zone, ''
          FROM appointment a WHERE a.row = (SELECT p.row FROM appointment p
               WHERE p.student_id = :student AND +p.person_id = :me AND p.state = 'planned'
               ORDER BY p.starts_at LIMIT 1)
        UNION ALL
        SELECT 'schedule', 'appointment_fell', a.id, a.starts_at, a.zone, ''
          FROM appointment a WHERE a.student_id = :student AND +a.person_id = :me
           AND a.state = 'fallen' AND a.entry_id = ''"""

# A group's sessions stand here as the notes they left.
_BRANCHES[TimelineKind.GROUP] = f"""
        SELECT 'group', 'group_waits', m.id, m.waits_since || substr(m.made_at, 11), m.zone,
               m.waits_since
          FROM group_member m JOIN student_group g ON g.id = m.group_id
         WHERE m.student_id = :student AND m.waits_since <> '' AND {_SEEN.format("g")}
        UNION ALL
        SELECT 'group', 'group_joined', m.id, m.joined_on || substr(m.made_at, 11), m.zone,
               m.joined_on
          FROM group_member m JOIN student_group g ON g.id = m.group_id
         WHERE m.student_id = :student AND m.joined_on <> '' AND {_SEEN.format("g")}
        UNION ALL
        SELECT 'group', 'group_left', m.id, m.left_on || substr(m.made_at, 11), m.zone, m.left_on
          FROM group_member m JOIN student_group g ON g.id = m.group_id
         WHERE m.student_id = :student AND m.left_on <> '' AND {_SEEN.format("g")}"""

_BY = "(SELECT p.name FROM person p WHERE p.id = {}.person_id)"

_FACTS: dict[Happening, str] = {
    Happening.NOTE: f"""(SELECT json_object('by', {_BY.format("n")}, 'minutes', n.minutes,
        'service', n.service_label, 'place', n.place,
        'school', (SELECT b.name FROM school b WHERE b.id = n.school_id),
        'attendance', n.attendance, 'attendance_reason', n.attendance_reason,
        'late', n.late, 'late_reason', n.late_reason, 'from_sole', n.from_sole,
        'format', n.format, 'sections', json(n.sections), 'present', n.present,
        'interventions', json(n.interventions),
        'addenda', (SELECT count(*) FROM note_addition a
                     WHERE a.note_id = n.id AND a.kind = 'addendum'),
        'amendments', (SELECT count(*) FROM note_addition a
                        WHERE a.note_id = n.id AND a.kind = 'amendment'))
        FROM session_note n WHERE n.id = page.id)""",
    Happening.ADDENDUM: f"""(SELECT json_object('by', {_BY.format("a")}, 'note', a.note_id,
        'reason', a.reason, 'sections', json(a.sections), 'note_at', n.started_at,
        'note_zone', n.zone)
        FROM note_addition a JOIN session_note n ON n.id = a.note_id WHERE a.id = page.id)""",
    Happening.SOLE: """(SELECT json_object('text', o.text, 'purge_on', o.purge_on)
        FROM sole_note o WHERE o.id = page.id)""",
    Happening.DRAFT: """(SELECT json_object('form', d.kind, 'note', d.note_id, 'ready', d.ready)
        FROM note_draft d WHERE d.id = page.id)""",
    Happening.FOLLOW_UP: f"""(SELECT json_object('by', {_BY.format("f")}, 'text', f.text,
        'due_on', f.due_on, 'done_at', f.done_at, 'note', f.note_id)
        FROM follow_up f WHERE f.id = page.id)""",
    Happening.TIER: f"""(SELECT json_object('by', {_BY.format("t")}, 'tier', t.tier, 'was', t.was,
        'reason', t.reason, 'known', json(e.facts), 'again', coalesce(e.look_again_on, ''))
        FROM tier_decision t LEFT JOIN tier_evidence e ON e.decision_id = t.id
        WHERE t.id = page.id)""",
    Happening.PUT_ON: f"""(SELECT json_object('by', {_BY.format("c")}, 'reason', c.start_reason)
        FROM caseload c WHERE c.id = page.id)""",
    Happening.TAKEN_OFF: f"""(SELECT json_object('by', {_BY.format("c")}, 'reason', c.end_reason)
        FROM caseload c WHERE c.id = page.id)""",
    Happening.ALERT: f"""(SELECT json_object('by', {_BY.format("l")}, 'alert', l.kind,
        'text', l.text, 'ended_at', l.ended_at) FROM alert l WHERE l.id = page.id)""",
    Happening.CHANGED: f"""(SELECT json_object('by', {_BY.format("j")}, 'command', j.what,
        'before', json(j.before), 'after', json(j.after))
        FROM journal j WHERE j.seq = CAST(page.id AS INTEGER))""",
    Happening.ROSTER_CHANGED: """(SELECT json_object('source', i.source, 'format', i.format,
        'by', (SELECT p.name FROM person p WHERE p.id = i.person_id),
        'before', json(r.before), 'after', json(r.after))
        FROM roster_change r JOIN roster_import i ON i.id = r.import_id
        WHERE r.import_id = substr(page.id, 1, 36)
          AND r.position = CAST(substr(page.id, 38) AS INTEGER))""",
    Happening.DISCLOSURE: f"""(SELECT json_object('by', {_BY.format("x")}, 'paper', x.paper,
        'recipient', x.recipient, 'purpose', x.purpose, 'means', x.means, 'ground', x.ground,
        'stopped', EXISTS (SELECT 1 FROM disclosure_stopped z WHERE z.disclosure_id = x.id))
        FROM disclosure x WHERE x.id = page.id)""",
    Happening.ASKED: f"""(SELECT json_object('by', {_BY.format("r")}, 'who', r.asked_by,
        'what', r.what, 'kind', r.kind) FROM record_request r WHERE r.id = page.id)""",
    Happening.ASKED_OVER: f"""(SELECT json_object('by', {_BY.format("e")}, 'who', r.asked_by,
        'id', r.id, 'outcome', e.outcome, 'text', e.text)
        FROM request_entry e JOIN record_request r ON r.id = e.request_id
        WHERE e.id = page.id)""",
    Happening.ORDER: f"""(SELECT json_object('by', {_BY.format("o")}, 'medicine',
        trim(o.name || ' ' || o.strength), 'version', o.version, 'dose', o.dose,
        'dose_most', o.dose_most, 'unit', o.unit, 'route', o.route, 'times', json(o.times),
        'timing', o.timing, 'ends_on', o.ends_on, 'reason', o.reason)
        FROM medication_order o WHERE o.id = page.id)""",
    Happening.ORDER_OVER: f"""(SELECT json_object('by', {_BY.format("e")}, 'reason', e.text,
        'medicine', (SELECT trim(o.name || ' ' || o.strength) FROM medication_order o
                      WHERE o.series_id = e.subject_id ORDER BY o.version DESC LIMIT 1))
        FROM care_entry e WHERE e.id = page.id)""",
    Happening.DOSE: f"""(SELECT json_object('by', {_BY.format("d")}, 'medicine',
        trim(o.name || ' ' || o.strength), 'amount', d.amount, 'unit', d.unit,
        'outcome', d.outcome, 'code', d.code, 'reason', d.reason, 'note', d.note,
        'late', d.late, 'giver', d.giver,
        'effect', (SELECT e.facts ->> '$.effect' FROM care_entry e
                    WHERE e.subject_id = d.id AND e.kind = 'effect'))
        FROM dose d JOIN medication_order o ON o.id = d.order_id WHERE d.id = page.id)""",
    Happening.INCIDENT: f"""(SELECT json_object('by', {_BY.format("i")}, 'incident', i.kind,
        'near_miss', i.near_miss, 'happened', i.happened, 'open', NOT EXISTS
        (SELECT 1 FROM care_entry e WHERE e.subject_id = i.id AND e.kind = 'closed'))
        FROM incident i WHERE i.id = page.id)""",
    Happening.VISIT: f"""(SELECT json_object('by', {_BY.format("v")}, 'complaint', v.complaint,
        'words', v.words, 'leaving', (SELECT e.facts ->> '$.leaving' FROM care_entry e
                                       WHERE e.subject_id = v.id AND e.kind = 'left'),
        'left_at', (SELECT e.at FROM care_entry e
                     WHERE e.subject_id = v.id AND e.kind = 'left'))
        FROM visit v WHERE v.id = page.id)""",
    Happening.PLAN: f"""(SELECT json_object('by', {_BY.format("h")}, 'plan', h.kind,
        'title', h.title, 'version', h.version, 'reason', h.reason, 'review_on', h.review_on)
        FROM health_plan h WHERE h.id = page.id)""",
    Happening.OWED: f"""(SELECT json_object('by', {_BY.format("m")}, 'service', m.service_label,
        'unit', m.unit, 'amount', m.amount, 'times', m.times, 'each', m.each_minutes,
        'period', m.period, 'starts_on', m.starts_on, 'ends_on', m.ends_on, 'basis', m.basis,
        'version', m.version, 'reason', m.reason) FROM mandate m WHERE m.id = page.id)""",
    Happening.OWED_ENDED: f"""(SELECT json_object('by', {_BY.format("x")}, 'ended_on', x.ended_on,
        'reason', x.reason, 'service', (SELECT m.service_label FROM mandate m
                                         WHERE m.series_id = x.series_id LIMIT 1))
        FROM mandate_end x WHERE x.id = page.id)""",
    Happening.REFERRED: f"""(SELECT json_object('by', {_BY.format("e")}, 'asked_by', e.asked_by,
        'asked_on', e.asked_on, 'words', e.words, 'outcome', e.outcome, 'reason', e.reason,
        'started_on', e.started_on, 'tier', e.tier,
        'service', (SELECT k.label FROM service_kind k WHERE k.id = e.service_id))
        FROM episode e WHERE e.id = page.id)""",
}
_FACTS[Happening.CONCERN] = f"""(SELECT json_object('by', {_BY.format("k")}, 'raiser', k.raiser,
        'raiser_name', k.raiser_name, 'words', k.words, 'signs', json(k.signs),
        'danger', json(k.danger), 'urgency', k.urgency) FROM concern k WHERE k.id = page.id)"""
_FACTS[Happening.CONCERN_DECIDED] = f"""(SELECT json_object('by', {_BY.format("e")},
        'concern', e.concern_id, 'decision', e.decision, 'text', e.text, 'told', e.told,
        'until_on', e.until_on) FROM concern_entry e WHERE e.id = page.id)"""
_FACTS[Happening.SCREENING] = f"""(SELECT json_object('by', {_BY.format("g")}, 'title', g.title,
        'informant', g.informant, 'level', g.level, 'risk', g.risk, 'comment', g.comment,
        'scores', json(g.scores), 'corrects', g.replaces, 'mistake', (SELECT m.why
        FROM screening_mistake m WHERE m.screening_id = g.id)) FROM screening g
        WHERE g.id = page.id)"""
_FACTS[Happening.RISK] = f"""(SELECT json_object('by', {_BY.format("r")}, 'label', r.label,
        'urgency', r.urgency, 'mistake', (SELECT e.text FROM risk_entry e
        WHERE e.risk_id = r.id AND e.kind = 'mistake')) FROM risk r WHERE r.id = page.id)"""
_FACTS[Happening.RISK_CLOSED] = f"""(SELECT json_object('by', {_BY.format("e")}, 'text', e.text,
        'told', e.told, 'risk', e.risk_id) FROM risk_entry e WHERE e.id = page.id)"""
_FACTS[Happening.PLAN_AGREED] = f"""(SELECT json_object('by', {_BY.format("f")},
        'plan', f.plan_id, 'title', f.title, 'kind', f.kind, 'number', f.number,
        'review_on', f.review_on, 'goals', (SELECT json_group_array(o.statement) FROM
        (SELECT statement FROM plan_goal WHERE version_id = f.id ORDER BY position) o))
        FROM plan_version f WHERE f.id = page.id)"""
_FACTS[Happening.PLAN_REVIEWED] = f"""(SELECT json_object('by', {_BY.format("w")},
        'plan', w.plan_id, 'decision', w.decision, 'reason', w.reason,
        'title', (SELECT f.title FROM plan_version f WHERE f.id = w.version_id))
        FROM plan_review w WHERE w.id = page.id)"""
_FACTS[Happening.GOAL_DECIDED] = f"""(SELECT json_object('by', {_BY.format("y")},
        'goal', y.goal_key, 'decision', y.decision, 'reason', y.reason,
        'statement', (SELECT o.statement FROM plan_goal o WHERE o.student_id = y.student_id
                       AND o.key = y.goal_key ORDER BY o.row DESC LIMIT 1))
        FROM goal_decision y WHERE y.id = page.id)"""
_FACTS[Happening.CONSENT] = f"""(SELECT json_object('by', {_BY.format("v")}, 'consent', v.kind,
        'recipient', v.recipient, 'purpose', v.purpose, 'description', v.description,
        'signer', v.signer_name, 'capacity', v.capacity, 'since', v.since,
        'until_on', v.until_on, 'until_event', v.until_event, 'corrects', v.replaces,
        'over', EXISTS (SELECT 1 FROM consent_end e WHERE e.consent_id = v.id
                         AND e.kind <> 'mistake' AND NOT EXISTS
                         (SELECT 1 FROM consent_end z WHERE z.takes_back = e.id)))
        FROM consent v WHERE v.id = page.id)"""
_FACTS[Happening.CONSENT_OVER] = f"""(SELECT json_object('by', {_BY.format("e")},
        'end', e.kind, 'said_by', e.said_by, 'how', e.how, 'id', e.consent_id,
        'consent', v.kind, 'recipient', v.recipient)
        FROM consent_end e JOIN consent v ON v.id = e.consent_id WHERE e.id = page.id)"""
_FACTS[Happening.CONSULTATION] = f"""(SELECT json_object('by', {_BY.format("c")},
        'with', c.with_name, 'question', c.question, 'advised', c.advised, 'minutes', c.minutes)
        FROM consultation c WHERE c.id = page.id)"""
_FACTS[Happening.CONTACT] = f"""(SELECT json_object('by', {_BY.format("t")}, 'with', t.with_name,
        'way', t.way, 'result', t.result, 'about', t.about, 'said', t.said,
        'corrects', t.replaces) FROM contact t WHERE t.id = page.id)"""
_FACTS[Happening.APPOINTMENT] = f"""(SELECT json_object('by', {_BY.format("a")},
        'room', a.room, 'minutes', a.ends - a.starts, 'reason', a.reason,
        'school', (SELECT b.name FROM school b WHERE b.id = a.school_id),
        'left', (SELECT count(*) FROM appointment p WHERE p.student_id = a.student_id
                  AND +p.person_id = a.person_id AND p.state = 'planned'))
        FROM appointment a WHERE a.id = page.id)"""
_OF_GROUP = (
    "FROM group_attendance a JOIN group_session n ON n.id = a.session_id"
    " WHERE n.group_id = m.group_id AND a.student_id = m.student_id"
)
_FACTS[Happening.GROUP_JOINED] = f"""(SELECT json_object('by', {_BY.format("m")},
        'group', m.group_id, 'name', g.name, 'reason', m.left_reason, 'joined', m.joined_on,
        'sessions', (SELECT count(*) {_OF_GROUP} AND a.replaces IS NULL),
        'came', (SELECT count(*) {_OF_GROUP} AND a.attendance = 'present' AND NOT EXISTS
                  (SELECT 1 FROM group_attendance r WHERE r.replaces = a.id)))
        FROM group_member m JOIN student_group g ON g.id = m.group_id WHERE m.id = page.id)"""
_SAME_FACTS: dict[Happening, Happening] = {
    Happening.GROUP_WAITS: Happening.GROUP_JOINED,
    Happening.APPOINTMENT_FELL: Happening.APPOINTMENT,
    Happening.GROUP_LEFT: Happening.GROUP_JOINED,
    Happening.CONCERN_CLOSED: Happening.CONCERN_DECIDED,
    Happening.CONCERN_ANSWERED: Happening.CONCERN_DECIDED,
    Happening.AMENDMENT: Happening.ADDENDUM,
    Happening.ALERT_ENDED: Happening.ALERT,
    Happening.BEGUN: Happening.REFERRED,
    Happening.CLOSED: Happening.REFERRED,
    Happening.ADDED: Happening.CHANGED,
    Happening.LEFT: Happening.CHANGED,
    Happening.RETURNED: Happening.CHANGED,
    Happening.ROSTER_ADDED: Happening.ROSTER_CHANGED,
    Happening.ROSTER_LEFT: Happening.ROSTER_CHANGED,
    Happening.ROSTER_RETURNED: Happening.ROSTER_CHANGED,
}


def _facts_column() -> str:
    groups: dict[Happening, list[str]] = {}
    for what in Happening:
        groups.setdefault(_SAME_FACTS.get(what, what), []).append(what)
    cases = "".join(
        f" WHEN page.what IN ({', '.join(repr(str(what)) for what in whats)}) THEN {_FACTS[source]}"
        for source, whats in groups.items()
    )
    return f"CASE {cases} END"


def _union(kinds: Sequence[TimelineKind]) -> str:
    # The first branch of a compound names its columns; every branch is made to.
    return " UNION ALL ".join(
        f"SELECT * FROM (SELECT '' AS kind, '' AS what, '' AS id, '' AS at, '' AS zone, '' AS day"
        f" WHERE 0 UNION ALL {_BRANCHES[kind]})"
        for kind in kinds
    )


class Timeline:
    """One list of everything about a student, as one person may see it."""

    def __init__(self, read: Read, seat: Callable[[], Seat]) -> None:
        self._read = read
        self._seat = seat

    def page(
        self,
        student_id: StudentId,
        kinds: Sequence[TimelineKind] = (),
        *,
        offset: int = 0,
        limit: int = PAGE,
    ) -> tuple[list[TimelineRow], int]:
        """Return one page, newest first, and how many rows there are; no kinds means every kind.

        Of sole-possession notes and drafts only those of whoever is at the desk are seen; of
        notes and next steps those of their discipline. What is not seen is not counted.
        """
        wanted = tuple(kinds) or tuple(TimelineKind)
        values = {"student": student_id, **eyes(self._seat())}
        with self._read() as reader:
            rows = _rows(reader, wanted, {**values, "offset": offset, "limit": limit})
            if offset == 0 and len(rows) < limit:
                return rows, len(rows)
            total = reader.execute(f"SELECT count(*) FROM ({_union(wanted)})", values).fetchone()
            return rows, int(total[0]) if total else 0

    def counts(self, student_id: StudentId) -> dict[TimelineKind, int]:
        """Return how many rows there are of each kind that has any."""
        with self._read() as reader:
            rows = reader.execute(
                f"SELECT kind, count(*) FROM ({_union(tuple(TimelineKind))}) GROUP BY kind",
                {"student": student_id, **eyes(self._seat())},
            ).fetchall()
        found = {TimelineKind(kind): int(count) for kind, count in rows}
        return {kind: found[kind] for kind in TimelineKind if kind in found}


def _rows(
    reader: Reader, kinds: Sequence[TimelineKind], values: Mapping[str, str | int]
) -> list[TimelineRow]:
    found = reader.execute(
        f"SELECT page.kind, page.what, page.id, page.at, page.zone, page.day, {_facts_column()}"
        f" FROM (SELECT * FROM ({_union(kinds)}) ORDER BY at DESC, id DESC, what DESC"
        "        LIMIT :limit OFFSET :offset) AS page"
        " ORDER BY page.at DESC, page.id DESC, page.what DESC",
        values,
    )
    rows = []
    for kind, what, row_id, at, zone, day, facts in found:
        said = {name: fact for name, fact in json.loads(facts).items() if fact not in (None, "")}
        rows.append(
            TimelineRow(
                TimelineKind(kind),
                Happening(what),
                row_id,
                Moment(at, zone),
                day,
                said.pop("by", ""),
                said,
            )
        )
    return rows
