"""Why something could not be sent: a code for each reason, and what is done about it."""

from enum import StrEnum, unique

from app.kernel.errors import Fact, Trouble


@unique
class Next(StrEnum):
    """What follows a try that did not succeed."""

    AGAIN = "again"
    """It is tried again by itself, later and later, up to every fifteen minutes, for ever."""
    ASK = "ask"
    """A person must act first: a password, a place that is full, a network that wants a sign-in."""
    UPLOAD_ALL = "upload_all"
    """The place is a new or emptied one: everything that is kept is sent again."""


WHY: dict[str, Next] = {
    "sending-unreachable": Next.AGAIN,
    "sending-stalled": Next.AGAIN,
    "sending-cut": Next.AGAIN,
    "sending-server-error": Next.AGAIN,
    "sending-too-many": Next.AGAIN,
    "sending-differs": Next.AGAIN,  # what was read back is not what was sent
    "sending-missing": Next.AGAIN,  # what was just written is not there
    "sending-metered": Next.AGAIN,
    "sending-sign-in": Next.ASK,  # the network wants a sign-in: a captive portal
    "sending-certificate": Next.ASK,
    "sending-denied": Next.ASK,
    "sending-refused": Next.ASK,  # another 4xx
    "sending-full": Next.ASK,
    "sending-host-key": Next.ASK,
    "sending-folder-gone": Next.ASK,  # a share or a stick that is not there
    "sending-target-changed": Next.UPLOAD_ALL,
}
"""Every code, and what follows it."""


class SendingTrouble(Trouble):
    """A destination could not be reached, or did not do what was asked of it."""

    def __init__(self, code: str, *, after: float | None = None, **facts: Fact) -> None:
        super().__init__(code, **facts)
        self.after = after
        """Seconds that the other side asked to wait (Retry-After); None if it said nothing."""

    @property
    def next(self) -> Next:
        """What follows."""
        return WHY[self.code]
