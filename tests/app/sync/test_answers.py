"""What a server's answer is taken for."""

import pytest

from app.sync.destinations.answers import is_page, retry_after, trouble
from app.sync.destinations.clouds import _trouble
from app.sync.troubles import SendingTrouble

HERE = "https://files.example/desk"


@pytest.mark.parametrize(
    ("status", "headers", "said", "code"),
    [
        (401, {}, "", "sending-denied"),
        (403, {}, "<Code>AccessDenied</Code>", "sending-denied"),
        (407, {}, "", "sending-denied"),
        (403, {}, '{"reason": "storageQuotaExceeded"}', "sending-full"),
        (403, {}, '{"reason": "userRateLimitExceeded"}', "sending-too-many"),
        (400, {}, "<Code>EntityTooLarge</Code>", "sending-full"),
        (413, {}, "", "sending-full"),
        (507, {}, "", "sending-full"),
        (429, {}, "", "sending-too-many"),
        (503, {"retry-after": "5"}, "", "sending-too-many"),
        (503, {}, "", "sending-server-error"),
        (503, {}, "<Code>SlowDown</Code>", "sending-too-many"),
        (500, {}, "", "sending-server-error"),
        (502, {}, "", "sending-server-error"),
        (409, {}, "", "sending-server-error"),
        (423, {}, "", "sending-server-error"),
        (404, {}, "", "sending-missing"),
        (408, {}, "", "sending-stalled"),
        (400, {}, "", "sending-refused"),
        (405, {}, "", "sending-refused"),
        (511, {}, "", "sending-sign-in"),
        (302, {"location": "http://sign-in.example/"}, "", "sending-sign-in"),
        (307, {"location": "//sign-in.example/"}, "", "sending-sign-in"),
        (301, {"location": "https://files.example/elsewhere"}, "", "sending-refused"),
        (301, {"location": "/elsewhere"}, "", "sending-refused"),
    ],
)
def test_each_answer_has_its_reason(
    status: int, headers: dict[str, str], said: str, code: str
) -> None:
    found = trouble(status, headers, HERE, said)
    assert found.code == code
    assert found.facts == {"status": status}  # nothing of what was said


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "120"}, 120),
        ({"retry-after": "99999999"}, 86_400),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "-5"}, None),
        (
            {
                # By the server's own clock, though it is years off ours.
                "date": "Wed, 21 Oct 2015 07:28:00 GMT",
                "retry-after": "Wed, 21 Oct 2015 07:29:30 GMT",
            },
            90,
        ),
        (
            {
                "date": "Wed, 21 Oct 2015 07:28:00 GMT",
                "retry-after": "Wed, 21 Oct 2015 07:00:00 GMT",
            },
            0,
        ),
    ],
)
def test_what_the_server_asks_to_wait_is_understood(
    headers: dict[str, str], seconds: float | None
) -> None:
    assert retry_after(headers) == seconds


def test_nothing_of_ours_is_taken_for_a_page_and_every_page_is() -> None:
    assert is_page(b"\xef\xbb\xbf\r\n <!DOCTYPE html>")
    assert is_page(b"<html>")
    for ours in (b'{"casewell":"target"}\n', b"age-encryption.org/v1\n", b""):
        assert not is_page(ours)


class Said(Exception):
    """What OpenDAL raises, as far as its text goes."""


@pytest.mark.parametrize(
    ("text", "code", "after"),
    [
        (
            (
                "RateLimited (temporary) at write => slow\n\nContext:\n   uri: https://a.example/x\n"
                '   response: Parts { status: 429, version: HTTP/1.1, headers: {"retry-after": "7"} }\n'
            ),
            "sending-too-many",
            7,
        ),
        (
            (
                "Unexpected (permanent) at write\n\nContext:\n   uri: https://a.example/x\n"
                "   response: Parts { status: 302, version: HTTP/1.1, headers:"
                ' {"location": "https://b.example/sign-in"} }\n'
            ),
            "sending-sign-in",
            None,
        ),
        (
            (
                "Unexpected (temporary) at read => send http request\n\nSource:\n"
                "   client error (Connect): invalid peer certificate: UnknownIssuer"
            ),
            "sending-certificate",
            None,
        ),
        ("Unexpected (temporary) at read => io operation timeout reached", "sending-stalled", None),
        (
            (
                "Unexpected (temporary) at read => send http request\n\nSource:\n"
                "   client error (Connect): tcp connect error: Connection refused"
            ),
            "sending-unreachable",
            None,
        ),
        (
            (
                "Unexpected (temporary) at read => send http request\n\nSource:\n"
                "   connection closed before message completed"
            ),
            "sending-cut",
            None,
        ),
    ],
)
def test_what_opendal_says_is_read_for_its_reason(
    text: str, code: str, after: float | None
) -> None:
    found = _trouble(Said(text))
    assert isinstance(found, SendingTrouble)
    assert (found.code, found.after) == (code, after)
