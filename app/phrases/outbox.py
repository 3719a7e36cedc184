"""Sentences about the outbox: what a parcel waits for, and what to do about it."""

import json
from collections.abc import Mapping
from typing import Any

from app.features.outbox.model.course import Step
from app.features.outbox.model.records import ParcelLine
from app.kernel.clock import Moment, from_utc_text
from app.kernel.documents import SummaryKind
from app.kernel.words import N_, _, ngettext, pgettext
from app.sync.parcels import Carrier, State

SENTENCES: dict[str, str] = {
    # -- why something is not there yet
    "sending-unreachable": N_(
        "The place cannot be reached. It is tried again by itself, also after a restart; nothing"
        " is lost."
    ),
    "sending-stalled": N_("The place stopped answering. It is tried again by itself."),
    "sending-cut": N_("The connection was cut on the way. It is tried again by itself."),
    "sending-server-error": N_("The place has a trouble of its own. It is tried again by itself."),
    "sending-too-many": N_("The place is busy and asked to wait. It is tried again by itself."),
    "sending-differs": N_(
        "What was read back is not what was sent. It is sent again by itself; if this goes on,"
        " tell your IT."
    ),
    "sending-missing": N_("What was sent did not stay there. It is sent again by itself."),
    "sending-metered": N_(
        "This network counts what is sent. It waits for another one; “Send now” sends all the same."
    ),
    "sending-sign-in": N_(
        "This network wants you to sign in first. Open a page in your browser, sign in, then"
        " choose “Send now”."
    ),
    "sending-certificate": N_(
        "The place does not prove that it is the right one: its certificate is not trusted."
        " Nothing was sent. Check the address, or ask your IT."
    ),
    "sending-denied": N_(
        "The place does not accept the password or key. Enter it anew under Places, then choose"
        " “Send now”."
    ),
    "sending-refused": N_(
        "The place refuses what is sent. Check its address under Places, or ask your IT."
    ),
    "sending-full": N_(
        "The place is full. Let somebody make room there; it is also tried again by itself."
    ),
    "sending-host-key": N_(
        "The server is not the one that was met before: its key has changed. Nothing was sent."
        " Ask your IT before you go on."
    ),
    "sending-folder-gone": N_(
        "The folder is not there. Plug in the stick or connect the share; it is also tried again"
        " by itself."
    ),
    "sending-target-changed": N_(
        "The place is a new or emptied one. All that is kept is sent there again by itself."
    ),
    "sending-cancelled": N_("It was taken back before it left."),
    "parcel-not-taken": N_(
        "It arrived, and the district could not take it ({reason}). Ask your district, then choose"
        " “Send again”."
    ),
    "parcel-key-retired": N_(
        "It arrived, and the district has no key for it any more. Load the district’s newest file:"
        " what leaves by itself is then made anew. What you sent yourself, send afresh."
    ),
    "parcel-ground-ended": N_(
        "It was not sent: the release or consent it was to leave under was revoked or has run out."
        " Take it back; under one that is in force, send it afresh."
    ),
    "parcel-desk-blocked": N_(
        "It arrived, and the district takes nothing from this desk: it is blocked there. Call your"
        " district; once it takes from you again, choose “Send again”."
    ),
    "parcel-other-school": N_(
        "It arrived, and the district did not take it: it counts a school that this desk’s"
        " invitation does not name. Call your district, then choose “Send again”."
    ),
    # -- what cannot be done with a parcel
    "parcel-gone": N_("This is not among what you sent."),
    "parcel-let-go": N_(
        "It is no longer kept here: after thirteen months only what is known of it stays. Send a"
        " fresh summary instead."
    ),
    "parcel-damaged": N_(
        "What was sealed is damaged in the vault, so it does not leave. Check the vault under"
        " Settings, and send a fresh summary."
    ),
    "parcel-too-late": N_("The place was already told of it, so it cannot be held or taken back."),
    "parcel-cannot-pause": N_("Only what still waits can be held back."),
    "parcel-cannot-resume": N_("Only what is held back can go on."),
    "parcel-cannot-resend": N_("This cannot be sent again as it is. Send a fresh summary instead."),
    "parcel-cannot-cancel": N_("Only what still waits can be taken back."),
    "outbox-manifest-unknown": N_("The list of what was sent is not in the vault."),
    # -- summaries
    "summary-held-by-policy": N_(
        "{district} does not let this leave by this way. Choose another summary or place."
    ),
    "summary-not-asked": N_("This is sent by itself, once for each place."),
    "summary-not-made": N_("This summary cannot be made here."),
    "summary-needs-student": N_("Choose the student it is about."),
    "summary-period-none": N_("Choose a month as 2026-10, or two days."),
    # -- places
    "outbox-place-gone": N_("This place is not on the list any more. Choose another one."),
    "place-needs-label": N_("Give the place a name you will know it by."),
    "place-label-long": N_("Please use at most {longest} characters."),
    "place-label-taken": N_("There is a place called “{label}” already."),
    "place-needs-option": N_("This is needed to find the place."),
    "place-option-unknown": N_("A place of this kind has no entry called “{name}”."),
    "place-option-long": N_("Please use at most {longest} characters."),
    "place-needs-https": N_("The address begins with https, so that nobody listens on the way."),
    "place-needs-recipient": N_(
        "Say whose key opens what is sent there: a line that begins with “age1”."
    ),
    "place-recipient-none": N_("This is no public key of age. One begins with “age1”."),
    "place-is-districts": N_(
        "This place is as your district’s file says. You can pause it and replace what opens it."
    ),
    "place-holds-secret": N_(
        "An address is shown and written down: leave the password out of it. It has an entry of"
        " its own."
    ),
    "place-has-waiting": N_(
        "{count} summaries still wait for this place. Take them back or let them leave first."
    ),
    "credentials-unknown": N_("A place of this kind knows no “{name}”."),
    "found-outbox-rows-whole": N_(
        "What was sent, and what became of it: {count} rows, each as it was written."
    ),
    "found-outbox-rows-broken": N_(
        "What was sent, and what became of it: {count} rows are not as they were written. {detail}"
    ),
    "place-several": N_(
        "{count} places are meant by “{name}”. Use the whole name, or the id of one."
    ),
    "place-unknown": N_("No place is called “{name}”. “casewell outbox destinations” lists them."),
    "parcel-several": N_("{count} summaries are meant by “{name}”. Use more of the id."),
    "place-option-form": N_("Write an entry as NAME=VALUE; {text} is not."),
    "credentials-unreadable": N_(
        "The file is no list of names and values. Write it as JSON, like {example}."
    ),
}

KINDS: Mapping[SummaryKind, str] = {
    SummaryKind.STUDENT: N_("Student summary"),
    SummaryKind.MEDICATION_MONTH: N_("Medication month"),
    SummaryKind.SERVICES: N_("Services and referrals"),
    SummaryKind.CASELOAD: N_("Caseload"),
    SummaryKind.USE_OF_TIME: N_("Use of time"),
    SummaryKind.ENROLMENT: N_("Introduction of this desk"),
}
"""How a kind of summary is called, as a title."""

STATES: Mapping[State, str] = {
    State.QUEUED: N_("Waiting"),
    State.SENDING: N_("On its way"),
    State.DELIVERED: N_("Delivered"),
    State.ACKNOWLEDGED: N_("Receipt received"),
    State.FAILED: N_("Not sent yet"),
    State.PAUSED: N_("Held back"),
    State.CANCELLED: N_("Taken back"),
}

STATES_MEAN: Mapping[State, str] = {
    State.QUEUED: N_("It leaves as soon as its place can be reached."),
    State.SENDING: N_("It is being sent. If the desk closes now, it is sent again later."),
    State.DELIVERED: N_("It was read back from its place and is what was sent."),
    State.ACKNOWLEDGED: N_("The district has signed that it is loaded there."),
    State.FAILED: N_("The last try did not succeed."),
    State.PAUSED: N_("You hold it back. It leaves when you let it go on."),
    State.CANCELLED: N_("You took it back. It is not sent."),
}

CARRIERS: Mapping[Carrier, str] = {
    Carrier.FOLDER: N_("Folder, share or stick"),
    Carrier.WEBDAV: N_("WebDAV (Nextcloud and others)"),
    Carrier.S3: N_("S3 storage"),
    Carrier.AZURE: N_("Azure Blob Storage"),
    Carrier.ONEDRIVE: N_("OneDrive"),
    Carrier.GOOGLE_DRIVE: N_("Google Drive"),
    Carrier.SFTP: N_("SFTP"),
}
"""How a way to a place is called, as a choice."""

ENTRIES: Mapping[str, str] = {
    "path": N_("Folder"),
    "endpoint": N_("Address"),
    "root": N_("Folder there"),
    "region": N_("Region"),
    "bucket": N_("Bucket"),
    "container": N_("Container"),
    "host": N_("Server"),
    "port": N_("Port"),
    "host_key": N_("Key of the server"),
    "ca": N_("Certificate authority of the district (PEM)"),
    "username": N_("User name"),
    "password": N_("Password"),
    "token": N_("Access token"),
    "access_key_id": N_("Access key id"),
    "secret_access_key": N_("Secret access key"),
    "account_name": N_("Account name"),
    "account_key": N_("Account key"),
    "sas_token": N_("SAS token"),
    "access_token": N_("Access token"),
    "refresh_token": N_("Refresh token"),
    "client_id": N_("Client id"),
    "client_secret": N_("Client secret"),
    "private_key": N_("Private key"),
    "passphrase": N_("Passphrase of the private key"),
}
"""What each entry of an address or of what opens it is called."""

_STEPS: Mapping[str, str] = {
    Step.FAIL: N_("Not sent"),
    Step.DELIVER: N_("Delivered, and read back"),
    Step.ACKNOWLEDGE: N_("The district signed that it is loaded"),
    Step.REJECT: N_("The district could not take it"),
    Step.AFRESH: N_("The place was new or emptied; to be sent again"),
    Step.PAUSE: N_("Held back"),
    Step.RESUME: N_("Let go on"),
    Step.RESEND: N_("To be sent again"),
    Step.CANCEL: N_("Taken back"),
    Step.REPLACE: N_("Made anew for the district’s new key"),
    Step.LET_GO: N_("Its sealed bytes are no longer kept"),
}


def spoken_kind(kind: SummaryKind) -> str:
    """Return what a kind of summary is called."""
    return _(KINDS[kind])


def spoken_state(state: State) -> str:
    """Return how far something has come, in a word or two."""
    return _(STATES[state])


def spoken_why(code: str, facts: Mapping[str, Any]) -> str:
    """Return why something waits, and what to do about it."""
    from app.phrases import sentence_of
    from app.phrases.collect import REASONS

    told = dict(facts)
    reason = told.get("reason")
    if isinstance(reason, str) and reason in REASONS:
        told["reason"] = _(REASONS[reason])
    return sentence_of(code, told)


def spoken_parcel(line: ParcelLine) -> str:
    """Return in plain sentences how it stands with a parcel, and what comes next."""
    if line.state is State.FAILED and line.code:
        return spoken_why(line.code, line.facts)
    if line.place_paused and line.state in {State.QUEUED, State.FAILED}:
        return _("Its place is paused. It leaves when you resume the place.")
    return _(STATES_MEAN[line.state])


def spoken_next(line: ParcelLine, now: Moment) -> str:
    """Return when something is tried next, in words; empty where it is not tried by itself."""
    if line.state not in {State.QUEUED, State.FAILED} or line.place_paused or line.reach:
        return ""
    if line.state is State.FAILED and line.ask and line.due <= now.at:
        return ""
    seconds = (from_utc_text(line.due) - now.instant()).total_seconds() if line.due else 0.0
    if seconds <= 0:
        return _("Next try: as soon as possible")
    if seconds < 90:
        return _("Next try: in about a minute")
    minutes = round(seconds / 60)
    if minutes <= 90:
        return ngettext(
            "Next try: in about {count} minute", "Next try: in about {count} minutes", minutes
        ).format(count=minutes)
    return ""


def spoken_step(what: str) -> str:
    """Return something that became of a parcel, in a few words."""
    return _(_STEPS[what])


def spoken_reason(code: str, facts: str) -> str:
    """Return why it became so, as an event keeps it (`facts` are JSON); empty without a reason."""
    return spoken_why(code, json.loads(facts)) if code else ""


def spoken_period(period: str) -> str:
    """Return a period in words; empty where a summary has none."""
    if period in {"", "../.."}:
        return ""
    first, slash, last = period.partition("/")
    if not slash:
        return first
    if first == "..":
        return pgettext("period", "until {day}").format(day=last)
    if last == "..":
        return pgettext("period", "since {day}").format(day=first)
    return pgettext("period", "{first} to {last}").format(first=first, last=last)
