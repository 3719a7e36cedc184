"""What a consent must hold, by its kind; what lacks an element is refused at its field.

A release holds what 34 CFR 99.30(b) asks for: the records, the purpose, the party or class of
parties; it is signed and dated. An electronic signature identifies and authenticates the
person and shows their approval (99.30(d)). A consent under 42 CFR 2.31(a) names the patient,
who discloses, how much and what kind of information, the recipients, the purpose, the right to
revoke and how, when it ends, signature and date; one for treatment, payment and operations may
have no end, and states that what is disclosed may be disclosed again, and what refusing means.
"""

from dataclasses import dataclass, replace
from datetime import date
from typing import TypeVar

from app.features.consents.model.records import ELECTRONIC_WAYS, Signer, Way
from app.kernel.errors import Refused
from app.kernel.ids import StudentId
from app.kernel.releases import RELEASES, ConsentKind, Matter
from app.kernel.rows import storable

Choice = TypeVar("Choice", ConsentKind, Way, Signer)
LONGEST_LINE = 300
LONGEST_TEXT = 4_000


@dataclass(frozen=True, slots=True)
class ConsentForm:
    """What is asked of a consent, as it is typed; days as ISO text."""

    student_id: StudentId
    kind: str = ConsentKind.RELEASE
    matters: tuple[str, ...] = ()
    description: str = ""
    recipient: str = ""
    recipient_class: bool = False
    purpose: str = ""
    discloser: str = ""
    treatment: bool = False
    revoke_how: str = ""
    says_redisclosure: bool = False
    says_refusal: bool = False
    signer: str = Signer.GUARDIAN
    signer_id: str = ""
    signer_name: str = ""
    capacity: str = ""
    student_signed: bool = False
    way: str = Way.PAPER
    identified: str = ""
    approval: str = ""
    witness: str = ""
    signed_on: str = ""
    since: str = ""
    until_on: str = ""
    until_event: str = ""
    comment: str = ""


def accepted(form: ConsentForm, today: date) -> ConsentForm:
    """Return a form as it is kept: whole, clean, without what its kind does not ask for.

    Raises Refused at the first field that lacks an element.
    """
    kind = _one_of(ConsentKind, form.kind, "kind", "consent-kind-unknown")
    way = _one_of(Way, form.way, "way", "consent-needs-way")
    signer = _one_of(Signer, form.signer, "signer", "consent-needs-signer")
    whole = replace(
        form,
        kind=kind,
        way=way,
        signer=signer,
        description=_text(form.description, "description"),
        purpose=_text(form.purpose, "purpose"),
        comment=_text(form.comment, "comment"),
    )
    whole = _leaving(whole) if kind in RELEASES else _staying(whole)
    whole = _part2(whole) if kind is ConsentKind.PART2 else _without_part2(whole)
    return _dated(_signed(whole, way, kind), today)


def _leaving(form: ConsentForm) -> ConsentForm:
    """Return a release with its elements (99.30(b))."""
    form = replace(form, recipient=_text(form.recipient, "recipient"))
    if not form.recipient:
        raise Refused("consent-needs-recipient", "recipient")
    form = replace(form, matters=_matters(form.matters))
    if not form.description:
        raise Refused("consent-needs-description", "description")
    if not form.purpose:
        raise Refused("consent-needs-purpose", "purpose")
    return form


def _staying(form: ConsentForm) -> ConsentForm:
    """Return a consent that lets nothing leave, without what only a release has."""
    return replace(form, matters=(), recipient="", recipient_class=False)


def _part2(form: ConsentForm) -> ConsentForm:
    """Return a consent with the elements that 42 CFR 2.31(a) asks for besides."""
    form = replace(
        form,
        discloser=_line(form.discloser, "discloser"),
        revoke_how=_text(form.revoke_how, "revoke_how"),
        says_redisclosure=form.says_redisclosure and form.treatment,
        says_refusal=form.says_refusal and form.treatment,
    )
    if not form.discloser:
        raise Refused("consent-needs-discloser", "discloser")
    if not form.revoke_how:
        raise Refused("consent-needs-revoke-how", "revoke_how")
    if form.treatment and not form.says_redisclosure:
        raise Refused("consent-needs-redisclosure", "says_redisclosure")
    if form.treatment and not form.says_refusal:
        raise Refused("consent-needs-refusal", "says_refusal")
    if not (form.treatment or form.until_on.strip() or form.until_event.strip()):
        raise Refused("consent-needs-end", "until_on")
    return form


def _without_part2(form: ConsentForm) -> ConsentForm:
    return replace(
        form,
        discloser="",
        revoke_how="",
        treatment=False,
        says_redisclosure=False,
        says_refusal=False,
    )


def _signed(form: ConsentForm, way: Way, kind: ConsentKind) -> ConsentForm:
    """Return a form with who signed and how, as they are kept."""
    name = _line(form.signer_name, "signer_name")
    if not name:
        raise Refused("consent-needs-name", "signer_name")
    capacity = _line(form.capacity, "capacity")
    if not capacity and form.signer != Signer.STUDENT:
        raise Refused("consent-needs-capacity", "capacity")
    identified, approval, witness = _signature(form, way, kind)
    return replace(
        form,
        signer_id=form.signer_id if form.signer == Signer.GUARDIAN else "",
        signer_name=name,
        capacity=capacity,
        student_signed=form.student_signed and form.signer != Signer.STUDENT,
        identified=identified,
        approval=approval,
        witness=witness,
    )


def _dated(form: ConsentForm, today: date) -> ConsentForm:
    """Return a form with its days: signed, first and last."""
    signed_on = _day(form.signed_on, "signed_on", "consent-needs-signed-on")
    if signed_on > today.isoformat():
        raise Refused("consent-signed-ahead", "signed_on")
    since = _day(form.since, "since", "day-not-understood") if form.since.strip() else signed_on
    if since < signed_on:
        raise Refused("consent-begins-before", "since")
    until_on = form.until_on.strip()
    if until_on:
        until_on = _day(until_on, "until_on", "day-not-understood")
        if until_on < since:
            raise Refused("consent-ends-too-early", "until_on")
    return replace(
        form,
        signed_on=signed_on,
        since=since,
        until_on=until_on,
        until_event=_text(form.until_event, "until_event"),
    )


def _one_of(kind: type[Choice], value: str, field: str, missing: str) -> Choice:
    try:
        return kind(value)
    except ValueError:
        raise Refused(missing, field) from None


def _matters(typed: tuple[str, ...]) -> tuple[str, ...]:
    wanted = set(typed)
    known = tuple(matter.value for matter in Matter if matter in wanted)
    if not known or len(known) != len(wanted):
        raise Refused("consent-needs-matters", "matters")
    return known


def _signature(form: ConsentForm, way: Way, kind: ConsentKind) -> tuple[str, str, str]:
    if way is Way.TELEPHONE:
        if kind in RELEASES:
            raise Refused("consent-release-by-telephone", "way")
        witness = _line(form.witness, "witness")
        if not witness:
            raise Refused("consent-needs-witness", "witness")
        return "", "", witness
    if way in ELECTRONIC_WAYS:
        identified, approval = (
            _text(form.identified, "identified"),
            _text(form.approval, "approval"),
        )
        if not identified:
            raise Refused("consent-needs-identified", "identified")
        if not approval:
            raise Refused("consent-needs-approval", "approval")
        return identified, approval, ""
    return "", "", ""


def _day(text: str, field: str, missing: str) -> str:
    if not text.strip():
        raise Refused(missing, field)
    try:
        return date.fromisoformat(text.strip()).isoformat()
    except ValueError:
        raise Refused("day-not-understood", field) from None


def said_day(text: str, field: str, today: date) -> str:
    """Return a day that has come, today for none."""
    day = _day(text, field, "day-not-understood") if text.strip() else today.isoformat()
    if day > today.isoformat():
        raise Refused("day-ahead", field)
    return day


def needed(text: str, field: str, missing: str) -> str:
    """Return text as it is kept; refuse none with the code `missing`."""
    found = _text(text, field)
    if not found:
        raise Refused(missing, field)
    return found


def _text(text: str, field: str) -> str:
    found = storable(text)
    if len(found) > LONGEST_TEXT:
        raise Refused("text-long", field, longest=LONGEST_TEXT)
    return found


def _line(text: str, field: str) -> str:
    found = " ".join(storable(text).split())
    if len(found) > LONGEST_LINE:
        raise Refused("text-long", field, longest=LONGEST_LINE)
    return found
