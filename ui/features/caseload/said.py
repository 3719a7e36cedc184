"""How this room says its kinds: grades, tiers, alerts, fields, and what a timeline tells."""

import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from app.features.caseload.model import AlertKind, ReachBy, Standing
from app.features.collaboration.model.concerns import Danger, Decision, Raiser, Seen
from app.features.collaboration.model.contacts import By, Result
from app.features.groups.model.group import CLOSED
from app.features.medication.model.amounts import Unit
from app.features.medication.model.doses import Code, Effect, Outcome
from app.features.medication.model.incidents import IncidentKind
from app.features.medication.model.nursing import Complaint, Leaving, PlanKind
from app.features.medication.model.orders import Route
from app.features.plans.model.forms import PlanKind as CarePlanKind
from app.features.plans.model.records import Decision as PlanDecision
from app.features.privacy.inspection import Outcome as EndOfRequest
from app.features.screening.model.instruments import Informant, Urgency
from app.features.services.model.engagement import AskedBy
from app.features.services.model.mandates import PeriodKind
from app.features.services.model.mandates import Unit as OwedIn
from app.kernel.clock import Moment
from app.kernel.nouns import GRADES, Attendance, Tier
from app.kernel.releases import ConsentKind, Ground
from app.kernel.words import N_, _, ngettext
from app.overviews.collaboration_words import (
    BY,
    DANGERS,
    DECIDED,
    RAISERS,
    RESULTS,
    spoken_seen,
)
from app.overviews.consent_words import spoken_kind
from app.overviews.medication_words import (
    COMPLAINTS,
    EFFECTS,
    INCIDENTS,
    LEAVINGS,
    PLANS,
    ROUTES,
    spoken_amount,
    spoken_clock,
    spoken_outcome,
)
from app.overviews.plan_words import DECISIONS as PLAN_DECISIONS
from app.overviews.plan_words import KINDS as PLAN_KINDS_OF_CARE
from app.overviews.privacy_words import OUTCOMES
from app.overviews.reports.wording import spoken_paper
from app.overviews.screening_words import INFORMANTS, spoken_level
from app.overviews.screening_words import URGENCIES as URGENCIES_OF_RISK
from app.overviews.services_words import ASKED_BY, spoken_dates, spoken_terms
from app.overviews.tier_words import spoken_facts
from app.overviews.timeline import Happening, TimelineKind, TimelineRow
from ui.kit.dates import shown_date, shown_moment
from ui.kit.look import Kind
from ui.kit.widgets.lists import Entry

_GRADES: dict[str, str] = {
    "IT": N_("Infant and toddler"),
    "PR": N_("Preschool"),
    "PK": N_("Pre-K"),
    "TK": N_("Transitional K"),
    "KG": N_("Kindergarten"),
    "PS": N_("Postsecondary"),
    "UG": N_("Ungraded"),
    "Other": N_("Other"),
}
SEXES: dict[str, str] = {
    "": N_("Not said"),
    "female": N_("Female"),
    "male": N_("Male"),
    "unspecified": N_("Unspecified"),
    "other": N_("Other"),
}
TIERS: dict[Tier, str] = {
    Tier.UNIVERSAL: N_("Tier 1"),
    Tier.TARGETED: N_("Tier 2"),
    Tier.INTENSIVE: N_("Tier 3"),
}
TIER_MEANINGS: dict[Tier, str] = {
    Tier.UNIVERSAL: N_("Tier 1: what every student has"),
    Tier.TARGETED: N_("Tier 2: targeted, in a small group or brief"),
    Tier.INTENSIVE: N_("Tier 3: intensive and individual"),
}
_TIER_KINDS = {Tier.UNIVERSAL: Kind.PLAIN, Tier.TARGETED: Kind.WARN, Tier.INTENSIVE: Kind.BAD}
ALERTS: dict[AlertKind, str] = {
    AlertKind.HEALTH: N_("Health"),
    AlertKind.ALLERGY: N_("Allergy"),
    AlertKind.CUSTODY: N_("Custody"),
    AlertKind.SAFETY: N_("Safety"),
    AlertKind.ACCESS: N_("Access"),
    AlertKind.OTHER: N_("Other"),
}
REACH_BY: dict[ReachBy, str] = {
    ReachBy.UNSAID: N_("Any way"),
    ReachBy.PHONE: N_("Phone"),
    ReachBy.SMS: N_("Text message"),
    ReachBy.EMAIL: N_("Email"),
    ReachBy.LETTER: N_("Letter"),
}
FIELDS: dict[str, str] = {
    "given_name": N_("First name"),
    "family_name": N_("Last name"),
    "middle_name": N_("Middle name"),
    "preferred_name": N_("Preferred name"),
    "pronouns": N_("Pronouns"),
    "birth_date": N_("Date of birth"),
    "sex": N_("Sex on record"),
    "grade": N_("Grade"),
    "school_id": N_("School"),
    "language": N_("Language at home"),
    "email": N_("Email"),
    "phone": N_("Phone"),
    "student_number": N_("Student number"),
    "state_id": N_("State number"),
    "standing": N_("Enrollment"),
    "left_on": N_("Left on"),
    "reason": N_("Reason"),
}
_GRAVE = 3
"""The level of a screening from which its mark is that of an alarm."""
KINDS: dict[TimelineKind, str] = {
    TimelineKind.NOTE: N_("Notes"),
    TimelineKind.ADDITION: N_("Addenda"),
    TimelineKind.SOLE: N_("Sole possession"),
    TimelineKind.DRAFT: N_("Drafts"),
    TimelineKind.FOLLOW_UP: N_("Next steps"),
    TimelineKind.TIER: N_("Tiers"),
    TimelineKind.CASELOAD: N_("Caseload"),
    TimelineKind.ALERT: N_("Alerts"),
    TimelineKind.PROFILE: N_("Profile"),
    TimelineKind.ROSTER: N_("Roster"),
    TimelineKind.DISCLOSURE: N_("Disclosures"),
    TimelineKind.MEDICATION: N_("Medication"),
    TimelineKind.HEALTH: N_("Health office"),
    TimelineKind.SERVICE: N_("Services"),
    TimelineKind.CONCERN: N_("Concerns"),
    TimelineKind.CONSULTATION: N_("Consultations"),
    TimelineKind.CONTACT: N_("Contacts"),
    TimelineKind.GROUP: N_("Groups"),
    TimelineKind.SCHEDULE: N_("Schedule"),
    TimelineKind.SCREENING: N_("Screening"),
    TimelineKind.CARE_PLAN: N_("Plans of care"),
    TimelineKind.CONSENT: N_("Consents"),
}
ON_REASONS = (
    N_("Teacher referral"),
    N_("Parent request"),
    N_("Self-referral"),
    N_("Screening"),
    N_("IEP or 504 service"),
    N_("Transferred in"),
)
OFF_REASONS = (
    N_("Goals met"),
    N_("Services ended"),
    N_("Family declined"),
    N_("Handed to a colleague"),
    N_("Left the school"),
)
_ATTENDANCE: dict[str, str] = {
    Attendance.ABSENT: N_("Absent"),
    Attendance.DECLINED: N_("Declined"),
    Attendance.CANCELLED: N_("Cancelled"),
}


def grade(code: str) -> str:
    """Return a grade as it is spoken: `Grade 7`, `Kindergarten`."""
    if code.isdecimal():
        return _("Grade {number}").format(number=int(code))
    return _(_GRADES[code]) if code in _GRADES else code


def grade_short(code: str) -> str:
    """Return a grade as a narrow column shows it: `7`, `K`."""
    if code.isdecimal():
        return str(int(code))
    return {"KG": "K"}.get(code, code)


def grades() -> list[tuple[object, str]]:
    """Return every grade that can be chosen, in school order."""
    return [("", _("Not said")), *((code, grade(code)) for code in GRADES)]


def tier(level: Tier) -> str:
    """Return a tier as it is spoken."""
    return _(TIERS[level])


def tier_chip(level: Tier) -> tuple[str, str]:
    """Return a tier as a chip."""
    return tier(level), _TIER_KINDS[level]


def day(text: str) -> str:
    """Return a stored calendar day as it is shown; as it stands if it is none."""
    try:
        return shown_date(date.fromisoformat(text))
    except ValueError:
        return text


def days_ago(moment: Moment | None) -> str:
    """Return the day of a contact; nothing if there was none."""
    return shown_date(moment.day()) if moment else ""


def age_on(born: str, today: date) -> str:
    """Return a date of birth with the age it makes."""
    try:
        birth = date.fromisoformat(born)
    except ValueError:
        return born
    years = today.year - birth.year - ((today.month, today.day) < (birth.month, birth.day))
    return ngettext("{day} ({years} year)", "{day} ({years} years)", years).format(
        day=shown_date(birth), years=years
    )


def value_of(field: str, value: str, schools: Mapping[str, str]) -> str:
    """Return the value of a profile's field as it is shown."""
    if not value:
        return _("nothing")
    if field == "school_id":
        return schools.get(value, _("another school"))
    if field == "grade":
        return grade(value)
    if field in {"birth_date", "left_on"}:
        return day(value)
    if field == "sex" and value in SEXES:
        return _(SEXES[value])
    if field == "standing":
        return _("enrolled") if value == Standing.ENROLLED else _("left")
    return value


# -- the timeline --------------------------------------------------------------------------


def entry(row: TimelineRow, schools: Mapping[str, str]) -> Entry:
    """Return what happened as a stop on the timeline."""
    icon, title, text, chips, detail, kind = _WORDING[row.what](row, schools)
    when = day(row.day) if row.day else shown_moment(row.at.wall())
    return Entry(
        f"{row.what}:{row.id}",
        title,
        " · ".join(part for part in (text, row.by) if part),
        when,
        icon,
        tuple(chips),
        detail,
        kind,
        row,
        mistaken=bool(row.facts.get("mistake")),
    )


_Said = tuple[str, str, str, Sequence[tuple[str, str]], str, str]
"""Icon, title, text, chips, detail and kind of a stop on the timeline."""


def _sections(facts: Mapping[str, Any]) -> str:
    parts = []
    for section in facts.get("sections", ()):
        text = str(section.get("text", "")).strip()
        if text:
            title = str(section.get("title", ""))
            parts.append(f"{title}\n{text}" if title else text)
    return "\n\n".join(parts)


def _first_words(text: str) -> str:
    return " ".join(text.split())[:160]


def _note(row: TimelineRow, _schools: Mapping[str, str]) -> _Said:
    facts = row.facts
    minutes = int(facts.get("minutes", 0))
    title = _("{service}, {minutes}").format(
        service=facts.get("service", _("Session")),
        minutes=ngettext("{count} minute", "{count} minutes", minutes).format(count=minutes),
    )
    chips: list[tuple[str, str]] = []
    attendance = str(facts.get("attendance", ""))
    if attendance in _ATTENDANCE:
        chips.append((_(_ATTENDANCE[attendance]), Kind.PLAIN))
    if facts.get("late"):
        chips.append((_("Late entry"), Kind.WARN))
    if facts.get("from_sole"):
        chips.append((_("From sole possession"), Kind.SOLE))
    if facts.get("amendments"):
        chips.append((_("Amended"), Kind.ACCENT))
    if facts.get("addenda"):
        chips.append((_("Addendum"), Kind.ACCENT))
    body = _sections(facts)
    first = "".join(str(part.get("text", "")) + " " for part in facts.get("sections", ()))
    extra = []
    if facts.get("attendance_reason"):
        extra.append(_("Reason: {reason}").format(reason=facts["attendance_reason"]))
    if facts.get("late_reason"):
        extra.append(_("Written late: {reason}").format(reason=facts["late_reason"]))
    if facts.get("interventions"):
        extra.append(_("Interventions: {list}").format(list=", ".join(facts["interventions"])))
    detail = "\n\n".join(part for part in (body, "\n".join(extra)) if part)
    return "signed", title, _first_words(first), chips, detail, Kind.PLAIN


def _addition(row: TimelineRow, _schools: Mapping[str, str]) -> _Said:
    title = _("Addendum") if row.what is Happening.ADDENDUM else _("Amendment")
    icon = "add" if row.what is Happening.ADDENDUM else "amendment"
    about = _("to the note of {when}").format(
        when=shown_moment(Moment(row.facts["note_at"], row.facts["note_zone"]).wall())
    )
    reason = row.facts.get("reason", "")
    detail = _sections(row.facts)
    if reason:
        detail = "\n\n".join((_("Reason: {reason}").format(reason=reason), detail))
    return icon, title, about, [], detail, Kind.ACCENT


def _sole(row: TimelineRow, _schools: Mapping[str, str]) -> _Said:
    text = str(row.facts.get("text", ""))
    chips = [(_("Only you see this"), Kind.SOLE)]
    return "sole", _("Sole-possession note"), _first_words(text), chips, text, Kind.SOLE


def _draft(row: TimelineRow, _schools: Mapping[str, str]) -> _Said:
    ready = bool(row.facts.get("ready"))
    chip = (_("Waits for signing"), Kind.WARN) if ready else (_("Draft"), Kind.ACCENT)
    title = {
        "addendum": _("Addendum, not signed"),
        "amendment": _("Amendment, not signed"),
    }.get(str(row.facts.get("form", "")), _("Session note, not signed"))
    return "draft", title, "", [chip], "", Kind.PLAIN


def _follow_up(row: TimelineRow, _schools: Mapping[str, str]) -> _Said:
    text = str(row.facts.get("text", ""))
    if row.facts.get("done_at"):
        chip = (_("Done"), Kind.GOOD)
    else:
        chip = (_("Due {day}").format(day=day(str(row.facts.get("due_on", "")))), Kind.ACCENT)
    return "follow_up", _("Next step"), text, [chip], text if len(text) > 90 else "", Kind.PLAIN


def _tier(row: TimelineRow, _schools: Mapping[str, str]) -> _Said:
    now, was = Tier(row.facts["tier"]), Tier(row.facts["was"])
    title = (
        _("Stays at {tier}").format(tier=tier(now))
        if now is was
        else _("{was} → {tier}").format(was=tier(was), tier=tier(now))
    )
    reason = str(row.facts.get("reason", ""))
    told = [reason] if len(reason) > 90 else []
    if row.facts.get("again"):
        told.append(_("To be looked at again on {day}").format(day=day(str(row.facts["again"]))))
    known = row.facts.get("known")
    if known is not None:
        told.append(_("What was known then:"))
        told.append(spoken_facts([(fact[0], fact[1], fact[2], fact[3]) for fact in known]))
    return "tier", title, reason, [tier_chip(now)], "\n".join(told), Kind.PLAIN


def _put_on(row: TimelineRow, _schools: Mapping[str, str]) -> _Said:
    return "on", _("Put on the caseload"), str(row.facts.get("reason", "")), [], "", Kind.PLAIN


def _taken_off(row: TimelineRow, _schools: Mapping[str, str]) -> _Said:
    return "off", _("Taken off the caseload"), str(row.facts.get("reason", "")), [], "", Kind.PLAIN


def _alert(row: TimelineRow, _schools: Mapping[str, str]) -> _Said:
    kind = _(ALERTS[AlertKind(row.facts["alert"])])
    text = str(row.facts.get("text", ""))
    if row.what is Happening.ALERT_ENDED:
        return "alert", _("Alert ended: {kind}").format(kind=kind), text, [], "", Kind.PLAIN
    chips = [] if row.facts.get("ended_at") else [(_("Stands"), Kind.WARN)]
    title = _("Alert: {kind}").format(kind=kind)
    return "alert", title, text, chips, text if len(text) > 90 else "", Kind.PLAIN


def _changes(facts: Mapping[str, Any], schools: Mapping[str, str]) -> list[str]:
    before, after = _said(facts.get("before")), _said(facts.get("after"))
    return [
        _("{field}: {before} → {after}").format(
            field=_(FIELDS[name]),
            before=value_of(name, str(before.get(name, "") or ""), schools),
            after=value_of(name, str(after.get(name, "") or ""), schools),
        )
        for name in FIELDS
        if name in before or name in after
    ]


def _said(facts: object) -> Mapping[str, Any]:
    if isinstance(facts, str):
        facts = json.loads(facts)
    return facts if isinstance(facts, Mapping) else {}


def _changed(row: TimelineRow, schools: Mapping[str, str]) -> _Said:
    lines = _changes(row.facts, schools)
    return "edit", _("Profile changed"), "; ".join(lines), [], _several(lines), Kind.PLAIN


def _several(lines: list[str]) -> str:
    return "\n".join(lines) if len(lines) > 1 or any(len(line) > 90 for line in lines) else ""


def _added(_row: TimelineRow, _schools: Mapping[str, str]) -> _Said:
    return "student", _("Added by hand"), "", [], "", Kind.PLAIN


def _left(row: TimelineRow, _schools: Mapping[str, str]) -> _Said:
    after = _said(row.facts.get("after"))
    title = _("Left on {day}").format(day=day(str(after.get("left_on", ""))))
    return "off", title, str(after.get("reason", "")), [], "", Kind.PLAIN


def _returned(_row: TimelineRow, _schools: Mapping[str, str]) -> _Said:
    return "on", _("Came back"), "", [], "", Kind.PLAIN


def _roster(row: TimelineRow, schools: Mapping[str, str]) -> _Said:
    lines = _changes(row.facts, schools)
    title = {
        Happening.ROSTER_ADDED: _("Added by the roster"),
        Happening.ROSTER_LEFT: _("Left, says the roster"),
        Happening.ROSTER_RETURNED: _("Came back, says the roster"),
    }.get(row.what, _("Changed by the roster"))
    if row.what is not Happening.ROSTER_CHANGED:
        lines = []
    text = "; ".join(lines) or str(row.facts.get("source", ""))
    return "roster", title, text, [], _several(lines), Kind.PLAIN


def _disclosure(row: TimelineRow, _schools: Mapping[str, str]) -> _Said:
    facts = row.facts
    code = str(facts.get("paper", ""))
    title = _("{paper} for {recipient}").format(
        paper=spoken_paper(code), recipient=facts.get("recipient", "")
    )
    chips = [(_("Did not leave"), Kind.WARN)] if facts.get("stopped") else []
    if facts.get("ground") == Ground.EMERGENCY:
        chips.append((_("Emergency"), Kind.BAD))
    return "disclosure", title, str(facts.get("purpose", "")), chips, "", Kind.PLAIN


def _asked(row: TimelineRow, _schools: Mapping[str, str]) -> _Said:
    title = _("Request for the record: {who}").format(who=row.facts.get("who", ""))
    return "audit", title, str(row.facts.get("what", "")), [], "", Kind.PLAIN


def _asked_over(row: TimelineRow, _schools: Mapping[str, str]) -> _Said:
    facts = row.facts
    title = _("Request of {who} closed: {outcome}").format(
        who=facts.get("who", ""), outcome=_(OUTCOMES[EndOfRequest(facts["outcome"])])
    )
    return "audit", title, str(facts.get("text", "")), [], "", Kind.PLAIN


def _order(row: TimelineRow, _schools: Mapping[str, str]) -> _Said:
    facts = row.facts
    medicine = str(facts.get("medicine", ""))
    title = (
        _("Order: {medicine}").format(medicine=medicine)
        if facts.get("version") == 1
        else _("Order changed: {medicine}").format(medicine=medicine)
    )
    times = ", ".join(spoken_clock(time) for time in facts.get("times", ())) or _("as needed")
    text = _("{dose} {route}, {times}, until {day}").format(
        dose=spoken_amount(int(facts["dose"]), Unit(facts["unit"])),
        route=_(ROUTES[Route(facts["route"])]),
        times=times,
        day=day(str(facts.get("ends_on", ""))),
    )
    return "medication", title, text, [], str(facts.get("reason", "")), Kind.PLAIN


def _order_over(row: TimelineRow, _schools: Mapping[str, str]) -> _Said:
    medicine = row.facts.get("medicine", "")
    title = _("Order ended: {medicine}").format(medicine=medicine)
    return "medication", title, str(row.facts.get("reason", "")), [], "", Kind.PLAIN


def _dose(row: TimelineRow, _schools: Mapping[str, str]) -> _Said:
    facts = row.facts
    outcome, code = Outcome(facts["outcome"]), Code(facts.get("code", ""))
    title = str(facts.get("medicine", ""))
    if outcome is Outcome.GIVEN:
        title = _("{medicine}: {amount}").format(
            medicine=title, amount=spoken_amount(int(facts["amount"]), Unit(facts["unit"]))
        )
    chips = [] if outcome is Outcome.GIVEN else [(spoken_outcome(outcome, code), Kind.BAD)]
    if facts.get("late"):
        chips.append((_("Late entry"), Kind.WARN))
    if facts.get("effect"):
        chips.append((_(EFFECTS[Effect(facts["effect"])]), Kind.ACCENT))
    text = str(facts.get("reason") or facts.get("note", ""))
    return "medication", title, text, chips, text if len(text) > 90 else "", Kind.PLAIN


def _incident(row: TimelineRow, _schools: Mapping[str, str]) -> _Said:
    kind = _(INCIDENTS[IncidentKind(row.facts["incident"])])
    near = bool(row.facts.get("near_miss"))
    title = (
        _("Near miss: {kind}").format(kind=kind)
        if near
        else _("Medication incident: {kind}").format(kind=kind)
    )
    chips = [(_("Open"), Kind.WARN)] if row.facts.get("open") else []
    text = str(row.facts.get("happened", ""))
    return "warning", title, _first_words(text), chips, text, Kind.PLAIN


def _visit(row: TimelineRow, _schools: Mapping[str, str]) -> _Said:
    facts = row.facts
    complaint = _(COMPLAINTS[Complaint(facts["complaint"])])
    title = _("Visit to the health office: {complaint}").format(complaint=complaint)
    leaving = facts.get("leaving")
    chip = (_(LEAVINGS[Leaving(leaving)]), Kind.PLAIN) if leaving else (_("Still here"), Kind.WARN)
    return "place", title, str(facts.get("words", "")), [chip], "", Kind.PLAIN


def _plan(row: TimelineRow, _schools: Mapping[str, str]) -> _Said:
    facts = row.facts
    title = _("{kind}: {title}").format(
        kind=_(PLANS[PlanKind(facts["plan"])]), title=facts.get("title", "")
    )
    text = _("Review on {day}").format(day=day(str(facts.get("review_on", ""))))
    return "plan", title, text, [], str(facts.get("reason", "")), Kind.PLAIN


def _owed(row: TimelineRow, _schools: Mapping[str, str]) -> _Said:
    facts = row.facts
    title = _("Service owed: {service}").format(service=facts.get("service", ""))
    terms = spoken_terms(
        OwedIn(facts["unit"]),
        int(facts["amount"]),
        int(facts["times"]),
        int(facts["each"]),
        PeriodKind(facts["period"]),
    )
    text = _("{terms}, {dates}").format(
        terms=terms, dates=spoken_dates(str(facts["starts_on"]), str(facts["ends_on"]))
    )
    chips = [(_("Changed"), Kind.PLAIN)] if int(facts.get("version", 1)) > 1 else []
    return "clock", title, text, chips, str(facts.get("reason", "")), Kind.PLAIN


def _owed_ended(row: TimelineRow, _schools: Mapping[str, str]) -> _Said:
    facts = row.facts
    title = _("No longer owed: {service}").format(service=facts.get("service", ""))
    text = _("After {day}").format(day=day(str(facts.get("ended_on", ""))))
    return "clock", title, text, [], str(facts.get("reason", "")), Kind.PLAIN


def _referred(row: TimelineRow, _schools: Mapping[str, str]) -> _Said:
    facts = row.facts
    title = _("Referred to {service}").format(service=facts.get("service", ""))
    by = facts.get("asked_by")
    text = _("Asked for by: {who}").format(who=_(ASKED_BY[AskedBy(by)])) if by else ""
    waits = not facts.get("started_on") and not facts.get("outcome")
    chips = [(_("Waiting"), Kind.WARN)] if waits else []
    return "follow_up", title, text, chips, str(facts.get("words", "")), Kind.PLAIN


def _begun(row: TimelineRow, _schools: Mapping[str, str]) -> _Said:
    title = _("{service} began").format(service=row.facts.get("service", ""))
    return "check", title, _("First session attended"), [], "", Kind.PLAIN


def _closed(row: TimelineRow, _schools: Mapping[str, str]) -> _Said:
    facts = row.facts
    title = {
        "completed": _("{service} was completed"),
        "not_started": _("{service} will not begin"),
    }.get(str(facts.get("outcome", "")), _("{service} ended"))
    title = title.format(service=facts.get("service", ""))
    return "check", title, str(facts.get("reason", "")), [], "", Kind.PLAIN


def _concern(row: TimelineRow, _schools: Mapping[str, str]) -> _Said:
    facts = row.facts
    kind = _(RAISERS[Raiser(facts["raiser"])])
    name = str(facts.get("raiser_name", ""))
    who = _("{name} ({kind})").format(name=name, kind=kind) if name else kind
    chips = [(_(DANGERS[Danger(one)]), Kind.BAD) for one in facts.get("danger", ())]
    words = str(facts.get("words", ""))
    signs = ", ".join(spoken_seen(Seen(*sign)) for sign in facts.get("signs", ()))
    title = _("Concern raised: {who}").format(who=who)
    detail = "\n\n".join(part for part in (words, signs) if part)
    return "warning", title, _first_words(words or signs), chips, detail, Kind.PLAIN


def _concern_decided(row: TimelineRow, _schools: Mapping[str, str]) -> _Said:
    facts = row.facts
    text = str(facts.get("text", ""))
    if row.what is Happening.CONCERN_CLOSED:
        title = _("Danger closed")
        text = _("{done} Told: {told}").format(done=text, told=facts.get("told", ""))
    elif row.what is Happening.CONCERN_ANSWERED:
        title = _("Whoever raised the concern was told")
    else:
        title = _("Concern: {decision}").format(
            decision=_(DECIDED[Decision(str(facts["decision"]))])
        )
        if facts.get("until_on"):
            title = _("Concern: watched until {day}").format(day=day(str(facts["until_on"])))
    return "done", title, _first_words(text), [], text if len(text) > 90 else "", Kind.PLAIN


def _level_kind(level: int) -> str:
    if level >= _GRAVE:
        return Kind.BAD
    return Kind.WARN if level > 0 else Kind.GOOD if level == 0 else Kind.PLAIN


def _screening(row: TimelineRow, _schools: Mapping[str, str]) -> _Said:
    facts = row.facts
    if facts.get("mistake"):
        # What was answered may be another student's.
        why = _("Recorded in error: {why}").format(why=facts["mistake"])
        error = (_("Recorded in error"), Kind.WARN)
        return "audit", str(facts.get("title", "")), "", [error], why, Kind.PLAIN
    level = int(facts.get("level", 0))
    chips = [(spoken_level(level), _level_kind(level))]
    if facts.get("risk"):
        chips.insert(0, (_("Asks for a person"), Kind.BAD))
    scores = [f"{one[1]}" for one in facts.get("scores", ()) if one[1] is not None][:1]
    title = (
        _("{title}: {score}").format(title=facts.get("title", ""), score=scores[0])
        if scores
        else str(facts.get("title", ""))
    )
    text = _(INFORMANTS[Informant(str(facts["informant"]))])
    comment = str(facts.get("comment", ""))
    return "audit", title, text, chips, comment, Kind.PLAIN


def _risk(row: TimelineRow, _schools: Mapping[str, str]) -> _Said:
    facts = row.facts
    if facts.get("mistake"):
        why = _("Recorded in error: {why}").format(why=facts["mistake"])
        error = (_("Recorded in error"), Kind.WARN)
        return "warning", str(facts.get("label", "")), "", [error], why, Kind.PLAIN
    urgency = _(URGENCIES_OF_RISK[Urgency(str(facts["urgency"]))])
    return "warning", str(facts.get("label", "")), "", [(urgency, Kind.BAD)], "", Kind.PLAIN


def _risk_closed(row: TimelineRow, _schools: Mapping[str, str]) -> _Said:
    facts = row.facts
    text = _("{done} Told: {told}").format(done=facts.get("text", ""), told=facts.get("told", ""))
    return "done", _("Risk follow-up closed"), _first_words(text), [], text, Kind.PLAIN


def _plan_agreed(row: TimelineRow, _schools: Mapping[str, str]) -> _Said:
    facts = row.facts
    title = _("Plan agreed: {title}").format(title=facts.get("title", ""))
    if int(facts.get("number", 1)) > 1:
        title = _("Plan agreed, version {number}: {title}").format(
            number=facts["number"], title=facts.get("title", "")
        )
    text = _("{kind}, review on {day}").format(
        kind=_(PLAN_KINDS_OF_CARE[CarePlanKind(str(facts["kind"]))]),
        day=day(str(facts["review_on"])),
    )
    goals = "\n".join(str(goal) for goal in facts.get("goals", ()))
    return "plan", title, text, [], goals, Kind.PLAIN


def _plan_reviewed(row: TimelineRow, _schools: Mapping[str, str]) -> _Said:
    facts, reason = row.facts, str(row.facts.get("reason", ""))
    title = _("Plan reviewed: {title}").format(title=facts.get("title", ""))
    decision = _(PLAN_DECISIONS[PlanDecision(str(facts["decision"]))])
    return (
        "audit", title, _first_words(reason), [(decision, Kind.ACCENT)],
        reason if len(reason) > 90 else "", Kind.PLAIN,
    )  # fmt: skip


def _goal_decided(row: TimelineRow, _schools: Mapping[str, str]) -> _Said:
    facts, reason = row.facts, str(row.facts.get("reason", ""))
    title = _("Decided on a goal: {goal}").format(goal=facts.get("statement", ""))
    decision = _(PLAN_DECISIONS[PlanDecision(str(facts["decision"]))])
    return (
        "goal", title, _first_words(reason), [(decision, Kind.ACCENT)],
        reason if len(reason) > 90 else "", Kind.PLAIN,
    )  # fmt: skip


def _consent(row: TimelineRow, _schools: Mapping[str, str]) -> _Said:
    facts = row.facts
    kind = spoken_kind(ConsentKind(facts["consent"]))
    title = _("Consent: {kind}").format(kind=kind)
    if facts.get("recipient"):
        title = _("Consent: {kind}, to {recipient}").format(kind=kind, recipient=facts["recipient"])
    chips = [(_("Ended"), Kind.WARN)] if facts.get("over") else []
    about = [str(facts.get(name, "")) for name in ("description", "purpose")]
    signed = _("Signed by {name}").format(name=facts.get("signer", ""))
    detail = "\n".join(part for part in (*about, signed) if part)
    return "consent", title, _first_words(about[0]), chips, detail, Kind.PLAIN


def _consent_over(row: TimelineRow, _schools: Mapping[str, str]) -> _Said:
    facts = row.facts
    kind = spoken_kind(ConsentKind(facts["consent"]))
    if facts.get("end") == "revoked":
        title = _("Consent revoked: {kind}").format(kind=kind)
    else:
        title = _("Consent ended by its event: {kind}").format(kind=kind)
    parts = (facts.get("said_by", ""), facts.get("how", ""))
    said = " · ".join(str(part) for part in parts if part)
    return "consent", title, _first_words(said), [], "", Kind.WARN


def _consultation(row: TimelineRow, _schools: Mapping[str, str]) -> _Said:
    facts = row.facts
    minutes = int(facts.get("minutes", 0))
    title = _("Consultation with {whom}, {minutes}").format(
        whom=facts.get("with", ""),
        minutes=ngettext("{count} minute", "{count} minutes", minutes).format(count=minutes),
    )
    question, advised = str(facts.get("question", "")), str(facts.get("advised", ""))
    detail = "\n\n".join(part for part in (question, advised) if part)
    return "consent", title, _first_words(question), [], detail, Kind.PLAIN


def _contact(row: TimelineRow, _schools: Mapping[str, str]) -> _Said:
    facts = row.facts
    result = Result(facts["result"])
    title = _("{way}: {whom}").format(way=_(BY[By(facts["way"])]), whom=facts.get("with", ""))
    chips = [(_(RESULTS[result]), Kind.GOOD if result is Result.REACHED else Kind.PLAIN)]
    if facts.get("corrects"):
        chips.append((_("Corrected"), Kind.WARN))
    text = " · ".join(str(facts[name]) for name in ("about", "said") if facts.get(name))
    return "call", title, _first_words(text), chips, text if len(text) > 90 else "", Kind.PLAIN


def _group(row: TimelineRow, _schools: Mapping[str, str]) -> _Said:
    facts = row.facts
    name = str(facts.get("name", ""))
    sessions, came = int(facts.get("sessions", 0)), int(facts.get("came", 0))
    text = _("{came} of {sessions} sessions so far").format(came=came, sessions=sessions)
    if row.what is Happening.GROUP_WAITS:
        return "clock", _("Waits for the group {name}").format(name=name), "", [], "", Kind.PLAIN
    if row.what is Happening.GROUP_JOINED:
        title = _("Joined the group {name}").format(name=name)
        return "group", title, text if sessions else "", [], "", Kind.PLAIN
    reason = str(facts.get("reason", ""))
    if reason == CLOSED:
        return "group", _("The group {name} ended").format(name=name), text, [], "", Kind.PLAIN
    title = (
        _("Left the group {name}") if facts.get("joined") else _("Waits no more for {name}")
    ).format(name=name)
    return "group", title, reason, [], "", Kind.PLAIN


def _appointment(row: TimelineRow, _schools: Mapping[str, str]) -> _Said:
    facts = row.facts
    minutes = int(facts.get("minutes", 0))
    parts = [
        ngettext("{count} minute", "{count} minutes", minutes).format(count=minutes),
        str(facts.get("school", "")),
        str(facts.get("room", "")),
        str(facts.get("reason", "")),
    ]
    text = " · ".join(part for part in parts if part)
    if row.what is Happening.APPOINTMENT_FELL:
        return "calendar", _("A session fell out"), text, [], "", Kind.PLAIN
    left = int(facts.get("left", 1)) - 1
    chips = []
    if left:
        more = ngettext("{count} more planned", "{count} more planned", left).format(count=left)
        chips.append((more, Kind.PLAIN))
    return "calendar", _("Next session"), text, chips, "", Kind.ACCENT


_WORDING = {
    Happening.APPOINTMENT: _appointment,
    Happening.APPOINTMENT_FELL: _appointment,
    Happening.GROUP_WAITS: _group,
    Happening.GROUP_JOINED: _group,
    Happening.GROUP_LEFT: _group,
    Happening.NOTE: _note,
    Happening.ADDENDUM: _addition,
    Happening.AMENDMENT: _addition,
    Happening.SOLE: _sole,
    Happening.DRAFT: _draft,
    Happening.FOLLOW_UP: _follow_up,
    Happening.TIER: _tier,
    Happening.PUT_ON: _put_on,
    Happening.TAKEN_OFF: _taken_off,
    Happening.ALERT: _alert,
    Happening.ALERT_ENDED: _alert,
    Happening.ADDED: _added,
    Happening.CHANGED: _changed,
    Happening.LEFT: _left,
    Happening.RETURNED: _returned,
    Happening.ROSTER_ADDED: _roster,
    Happening.ROSTER_CHANGED: _roster,
    Happening.ROSTER_LEFT: _roster,
    Happening.ROSTER_RETURNED: _roster,
    Happening.DISCLOSURE: _disclosure,
    Happening.ASKED: _asked,
    Happening.ASKED_OVER: _asked_over,
    Happening.ORDER: _order,
    Happening.ORDER_OVER: _order_over,
    Happening.DOSE: _dose,
    Happening.INCIDENT: _incident,
    Happening.VISIT: _visit,
    Happening.PLAN: _plan,
    Happening.OWED: _owed,
    Happening.OWED_ENDED: _owed_ended,
    Happening.REFERRED: _referred,
    Happening.SCREENING: _screening,
    Happening.RISK: _risk,
    Happening.RISK_CLOSED: _risk_closed,
    Happening.CONCERN: _concern,
    Happening.CONCERN_DECIDED: _concern_decided,
    Happening.CONCERN_CLOSED: _concern_decided,
    Happening.CONCERN_ANSWERED: _concern_decided,
    Happening.PLAN_AGREED: _plan_agreed,
    Happening.PLAN_REVIEWED: _plan_reviewed,
    Happening.GOAL_DECIDED: _goal_decided,
    Happening.CONSENT: _consent,
    Happening.CONSENT_OVER: _consent_over,
    Happening.CONSULTATION: _consultation,
    Happening.CONTACT: _contact,
    Happening.BEGUN: _begun,
    Happening.CLOSED: _closed,
}
