"""What a place and a period must be, and which periods are due."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from urllib.parse import urlsplit

from app.kernel.documents import SummaryKind
from app.kernel.errors import Refused
from app.kernel.ports import Seat
from app.kernel.rights import discipline
from app.sync.desk_key import desk_of
from app.sync.district_file import DistrictFile, Place
from app.sync.parcels import Address, Carrier, holds_secret, is_closed
from app.sync.troubles import WHY, Next

LONGEST_LABEL = 80
LONGEST_OPTION = 4_000
KEPT_DAYS = 400
"""For how long sealed bytes are kept: a school year and the summer after, some thirteen months."""
PERIODS_BACK = 366
"""For how many days after its end a period is looked at again."""

REJECTED = "parcel-not-taken"
"""Why a parcel waits that the district could not take: its reason stands beside it."""
DAMAGED = "parcel-damaged"
"""Why a parcel does not leave whose sealed bytes are not what they were."""
GROUND_ENDED = "parcel-ground-ended"
"""Why a parcel waits that has not left: the release or consent it was to leave under has ended."""
NO_KEY = "parcel-key-retired"
"""Why a parcel waits that no key of the district's opens: it was sealed to one it has no more."""
_NOT_TAKEN: Mapping[str, str] = {
    "parcel-closed": NO_KEY,
    "desk-blocked": "parcel-desk-blocked",
    "parcel-other-school": "parcel-other-school",
}


def not_taken(reason: str) -> str:
    """Return why a parcel waits that the district rejected for a reason that its receipt gives."""
    return _NOT_TAKEN.get(reason, REJECTED)


NEEDS_A_PERSON = frozenset(
    {code for code, following in WHY.items() if following is Next.ASK}
    | {REJECTED, DAMAGED, GROUND_ENDED, *_NOT_TAKEN.values()}
)
"""Reasons that a person can do something about; some are also tried again by themselves."""

NEEDED: Mapping[Carrier, tuple[str, ...]] = {
    Carrier.FOLDER: ("path",),
    Carrier.WEBDAV: ("endpoint",),
    Carrier.S3: ("endpoint", "bucket"),
    Carrier.AZURE: ("endpoint", "container"),
    Carrier.ONEDRIVE: (),
    Carrier.GOOGLE_DRIVE: (),
    Carrier.SFTP: ("host", "host_key"),
}
"""What an address of each kind cannot be without."""
OPTIONAL: Mapping[Carrier, tuple[str, ...]] = {
    Carrier.FOLDER: (),
    Carrier.WEBDAV: ("root", "ca"),
    Carrier.S3: ("region", "root", "ca"),
    Carrier.AZURE: ("root", "ca"),
    Carrier.ONEDRIVE: ("root",),
    Carrier.GOOGLE_DRIVE: ("root",),
    Carrier.SFTP: ("port", "root"),
}
SECRETS: Mapping[Carrier, tuple[str, ...]] = {
    Carrier.FOLDER: (),
    Carrier.WEBDAV: ("username", "password", "token"),
    Carrier.S3: ("access_key_id", "secret_access_key"),
    Carrier.AZURE: ("account_name", "account_key", "sas_token"),
    Carrier.ONEDRIVE: ("access_token", "refresh_token", "client_id", "client_secret"),
    Carrier.GOOGLE_DRIVE: ("access_token", "refresh_token", "client_id", "client_secret"),
    Carrier.SFTP: ("username", "password", "private_key", "passphrase"),
}
"""What may open each kind of place."""

UNRELATED = frozenset(
    {
        "", "person", "vault", "setting", "device", "slots", "backup", "disclosure", "report",
        "sole_note", "note_draft", "note_template", "template", "student_photo", "instrument",
        "wording", "warning_list", "category_set", "destination", "outbox_parcel",
        "outbox_manifest", "outbox_receipt", "outbox_event", "desk_key", "busy_time",
        "calendar_secret", "keyring", "emergency", "repair",
    }
)  # fmt: skip
"""Kinds of thing on which no standing summary draws: any other may change one."""


def accepted_label(text: str) -> str:
    """Return what a place is called as it is kept; refuse an empty or overlong entry."""
    label = " ".join(text.split())
    if not label:
        raise Refused("place-needs-label", "label")
    if len(label) > LONGEST_LABEL:
        raise Refused("place-label-long", "label", longest=LONGEST_LABEL)
    return label


def accepted_options(carrier: Carrier, options: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """Return an address as it is kept; refuse one that lacks something or is not encrypted."""
    known = (*NEEDED[carrier], *OPTIONAL[carrier])
    kept = {name: value.strip() for name, value in options.items() if value.strip()}
    for name in kept:
        if name not in known:
            raise Refused("place-option-unknown", "options", name=name)
    for name in NEEDED[carrier]:
        if name not in kept:
            raise Refused("place-needs-option", name, name=name)
    for name, value in kept.items():
        if len(value) > LONGEST_OPTION:
            raise Refused("place-option-long", name, longest=LONGEST_OPTION)
    if holds_secret(kept):
        if "PRIVATE KEY" in kept.get("ca", ""):
            raise Refused("place-holds-secret", "ca")
        raise Refused("place-holds-secret", "host" if "host" in kept else "endpoint")
    if "endpoint" in kept and not is_closed(kept["endpoint"]):
        raise Refused("place-needs-https", "endpoint")
    return tuple(sorted(kept.items()))


def server_of(address: Address) -> tuple[str, ...]:
    """Return which server an address is at: what opens one server is told to no other."""
    try:
        host = urlsplit(address.options.get("endpoint", "")).netloc
    except ValueError:
        host = ""
    told = (address.options.get(name, "") for name in ("host", "port"))
    return (address.carrier.value, host, *told)


def place_key(file: DistrictFile, offered: Place) -> str:
    """Return which place of which district it is: another's of the same id is another place."""
    return f"{desk_of(file.signing_key)}/{offered.id}"


def accepted_credentials(carrier: Carrier, given: Mapping[str, str]) -> dict[str, str]:
    """Return what opens a place as it is kept; refuse what a place of this kind does not know."""
    kept = {name: value for name, value in given.items() if value}
    for name in kept:
        if name not in SECRETS[carrier]:
            raise Refused("credentials-unknown", name, name=name)
    return kept


def periods_due(every: str, days: int, since: date, today: date) -> Iterator[str]:
    """Yield the periods that have ended and are due, the earliest first.

    The first is the one that `since` lies in; one is due `days` days after its last day.
    """
    since = max(since, today - timedelta(days=PERIODS_BACK))
    first = since.replace(day=1) if every == "month" else since - timedelta(days=since.weekday())
    while True:
        if every == "month":
            following = (first + timedelta(days=32)).replace(day=1)
            name = f"{first:%Y-%m}"
        else:
            following = first + timedelta(days=7)
            name = f"{first.isoformat()}/{(following - timedelta(days=1)).isoformat()}"
        if following + timedelta(days=max(days - 1, 0)) > today:
            return
        yield name
        first = following


def whose(kind: SummaryKind, seat: Seat) -> str:
    """Return of whom a summary without a student tells: two people at one vault may make one.

    The counts of services are everybody's of a field of work, so that whoever of them sits here
    makes the next revision of the same summary; all else is one person's own.
    """
    if kind is SummaryKind.ENROLMENT:
        return ""
    return discipline(seat.role).value if kind is SummaryKind.SERVICES else seat.person


def accepted_period(kind: SummaryKind, period: str) -> str:
    """Return a period as a summary of this kind has it; refuse one that is none."""
    if kind is SummaryKind.ENROLMENT:
        return period
    if len(period) == len("2026-10"):
        try:
            date.fromisoformat(f"{period}-01")
        except ValueError:
            raise Refused("summary-period-none", "period") from None
        return period
    first, slash, last = period.partition("/")
    try:
        begins = date.min if first == ".." else date.fromisoformat(first)
        ends = date.max if last == ".." else date.fromisoformat(last)
    except ValueError:
        raise Refused("summary-period-none", "period") from None
    if not slash:
        raise Refused("summary-period-none", "period")
    if ends < begins:
        raise Refused("period-order", "period")
    return period
