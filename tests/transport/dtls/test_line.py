"""Who waits for a handshake, in which order, and how long."""

import pytest

from tests.transport.dtls.pairs import RANDOM, Kind
from transport.dtls.association import Association
from transport.dtls.line import Line
from transport.dtls.records import has_cookie
from transport.dtls.session import Suite

A, B, C = (("192.0.2.1", port) for port in (1, 2, 3))


def test_first_come_first_served_and_repeating_oneself_does_not_change_it() -> None:
    line = Line(3, 30)
    for now, source in enumerate((A, B, A, C)):
        assert line.join(source, b"at %d" % now, b"random", now)
    assert len(line) == 3
    assert [line.first(5) for _ in range(4)] == [
        (b"at 2", A, b"random"),
        (b"at 1", B, b"random"),
        (b"at 3", C, b"random"),
        None,
    ]


def test_who_has_not_repeated_itself_for_too_long_has_gone(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("INFO", "mipl.dtls")
    line = Line(3, 30)
    for now, source in ((0, A), (0, B), (10, B)):
        line.join(source, b"", b"", now)
    assert line.first(30) == (b"", B, b"")
    assert caplog.messages == ["no DTLS session with 192.0.2.1:1: gone while it waited"]
    assert line.first(30) is None


def test_a_full_line_takes_only_who_is_in_it() -> None:
    line = Line(2, 30)
    assert [line.join(source, b"", b"", 0) for source in (A, B, C, A)] == [True, True, False, True]


def test_a_handshake_gets_on_with_its_first_finished_and_not_with_a_repetition_of_it() -> None:
    """RFC 6347 4.1: the epoch, behind type and version, is 1 once there are keys."""
    kind = Kind("openssl", "openssl", Suite.CCM_8)
    client, server = kind.ends()
    client.close()
    association = Association(server, RANDOM, 0.0)
    for now, record, used in (
        (1.0, "16fefd 0000 000000000002 0001 10", 0.0),  # ClientKeyExchange, not protected
        (2.0, "16fefd 0001 000000000000 0001 5a", 2.0),
        (3.0, "16fefd 0001 000000000001 0001 5a", 2.0),
    ):
        association.watch(bytes.fromhex(record), now)
        assert association.used == used
    server.close()


# RFC 6347 4.2.1 and 4.3.2, RFC 5246 7.4.1.2: record and message header, version, random, session
# id, cookie, one suite, no compression
_CLIENT_HELLOS = {
    "16fefd00000000000000000036 0100002a000000000000002a fefd %s 00 00 000200ae 0100": False,
    "16fefd00000000000000000038 0100002c000000000000002c fefd %s 00 02aabb 000200ae 0100": True,
    "16fefd00000000000000000037 0100002b000000000000002b fefd %s 01ff 00 000200ae 0100": False,
    "16fefd00000000000000000039 0100002d000000000000002d fefd %s 01ff 02aabb 000200ae 0100": True,
    "16fefd0000000000000000002f 0100002a0000000000000023 fefd %s 40": False,
    "": False,
}


@pytest.mark.parametrize(("text", "has"), _CLIENT_HELLOS.items())
def test_a_cookie_is_seen_behind_the_session_id(text: str, has: bool) -> None:
    assert has_cookie(bytes.fromhex(text.replace("%s", "5a" * 32))) is has
