"""The reader of libcoap's log, with lines that its programs have written."""

import pytest

from tests.interop.peers.libcoap_log import Logged, LogReader

RECEIVED = "Nov 28 07:20:27.176 DEBG *  127.0.0.1:58662 <-> 127.0.0.1:5998 UDP : received 19 bytes"
SENT = "Nov 28 07:13:20.609 DEBG *  127.0.0.1:5999 <-> 127.0.0.1:52723 (if1) UDP : sent 17 bytes"
OBSERVED = "v:1 t:CON c:2.05 i:11c3 {6162} [ Observe:3, Content-Format:text/plain ] :: 'it's on'"


def read(*lines: str) -> list[Logged]:
    reader = LogReader()
    return [message for line in lines if (message := reader.read(line))]


def test_a_binary_payload() -> None:
    line = "v:1 t:ACK c:2.05 i:813a {746f} [ Content-Format:11542 ] :: binary data length 7"
    [message] = read(RECEIVED, line, "<<e4167661626364>>", "<<. . v a b c d >>")
    assert message.payload == b"\xe4\x16\x76abcd"
    assert (message.type, message.code, message.mid) == ("ACK", "2.05", 0x813A)
    assert (message.sent, message.token, message.content_format) == (False, b"to", 11542)


def test_a_text() -> None:
    [message] = read(RECEIVED, OBSERVED)
    assert (message.payload, message.content_format) == (b"it's on", 0)
    assert message.all("Observe") == ("3",)


def test_several_options_of_a_name_and_no_payload() -> None:
    line = "v:1 t:ACK c:2.01 i:985a {01} [ Location-Path:rd, Location-Path:985a-261 ]"
    [message] = read(SENT, line)
    assert message.sent
    assert message.all("Location-Path") == ("rd", "985a-261")
    assert (message.payload, message.content_format) == (b"", None)


def test_an_empty_message() -> None:
    [message] = read(SENT, "v:1 t:ACK c:0.00 i:11c3 {} [ ]")
    assert (message.type, message.code, message.token, message.options) == ("ACK", "0.00", b"", ())
    assert not message.is_response


def test_what_did_not_pass_is_left_out() -> None:
    within = "v:1 t:CON c:PUT i:8da6 {01} [ Uri-Path:b ] :: binary data length 1545"
    stamp = "Nov 28 07:29:52.868 DEBG PDU presented by app."
    assert read(stamp, within, "<<6161", stamp, OBSERVED) == []


@pytest.mark.parametrize(
    "lines",
    [
        ("free(): double free detected in tcache 2",),
        (RECEIVED, RECEIVED),
        (RECEIVED, "v:1 t:ACK c:2.05 i:813a {746f} [ ] :: binary data length 1", "<<zz>>"),
        (RECEIVED, "v:1 t:CON c:2.05 i:11c3 {6162} [ ] :: 'two\\x0Alines'"),
    ],
)
def test_lines_of_any_other_form_are_refused(lines: tuple[str, ...]) -> None:
    with pytest.raises(AssertionError):
        read(*lines)
