"""Datagrams in words, for CoAP and LwM2M bytes typed by hand (RFC 7252 3, LwM2M 1.0 8.2, 6.4)."""

import pytest

from emulator.diagram.handshake import flight
from emulator.diagram.meaning import SEEN_LIMIT, Meanings
from emulator.journal import Record

TLV = "622d16ff"


def words(kind: str, *datagrams: str) -> str:
    """Of the last of them: `<` in front of one is the other way."""
    meanings = Meanings()
    other = "datagram_in" if kind == "datagram_out" else "datagram_out"
    text = ""
    for number, digits in enumerate(datagrams, 1):
        data = bytes.fromhex(digits.lstrip("<"))
        way = other if digits.startswith("<") else kind
        text = meanings.of(Record(number, 0, 0.0, way, data, "link 1")).text
    return text


@pytest.mark.parametrize(
    ("digits", "said"),
    [
        # CON POST rd, Content-Format 40, queries ep, lt; the body a list of links
        (
            "44020001aabbccdd b27264 1128 34 65703d61 06 6c743d333030 ff 3c2f3e",
            "Register /rd ep=a lt=300 </> (CON 1)",
        ),
        ("44020002aabbccdd b27264 0135", "Update /rd/5 (CON 2)"),
        ("44040003aabbccdd b27264 0135", "Deregister /rd/5 (CON 3)"),
        ("44020004aabbccdd b26273 44 65703d61", "Bootstrap-Request /bs ep=a (CON 4)"),
    ],
)
def test_what_the_module_asks(digits: str, said: str) -> None:
    assert words("datagram_out", digits) == said


@pytest.mark.parametrize(
    ("digits", "said"),
    [
        ("44020005aabbccdd b26273", "Bootstrap-Finish /bs (CON 5)"),
        ("44010006aabbccdd b133 0130", "Read /3/0 (CON 6)"),
        ("44010007aabbccdd b43332303061 28", "Discover /3200 (CON 7)"),
        ("44010008aabbccdd 6101 5433323030", "Cancel Observe /3200 (CON 8)"),
        ("44030009aabbccdd b133 0130 46706d696e3d35", "Write-Attributes /3/0 pmin=5 (CON 9)"),
        ("4403000aaabbccdd b133 0130 0131 10 ff 6162", "Write /3/0/1 = 'ab' (CON 10)"),
        ("4402000baabbccdd b133 0130 0134", "Execute /3/0/4 (CON 11)"),
        ("4404000caabbccdd b133 0130", "Delete /3/0 (CON 12)"),
        ("40000000", "Ping (CON 0)"),
        ("70000009", "Reset (RST 9)"),
    ],
)
def test_what_the_platform_asks(digits: str, said: str) -> None:
    assert words("datagram_in", digits) == said


@pytest.mark.parametrize(
    ("ask", "answer", "said"),
    [
        # TLV: resource 0 of 5 bytes, resource 9 of 1 byte
        (
            "44010001aabbccdd b133 0130",
            "64450001aabbccdd c22d16 ff c500434d494f54 c10964",
            "2.05 Content /3/0: 0 = 'CMIOT', 9 = 0x64 (ACK 1)",
        ),
        # an object: instance 0 (02 00 is a header with a length of its own) with resource 1
        (
            "44010002aabbccdd b133",
            "64450002aabbccdd c22d16 ff 04 00 c2 01 6162",
            "2.05 Content /3/0/1 = 'ab' (ACK 2)",
        ),
        ("44010003aabbccdd b133 0130", "64840003aabbccdd", "4.04 Not Found (ACK 3)"),
        (
            "44010004aabbccdd b133 0130",
            "64450004aabbccdd c22d16 ff c5",
            "2.05 Content /3/0 = 0xc5 (no whole TLV) (ACK 4)",
        ),
        (  # Block2 0, more, 64 bytes
            "44010005aabbccdd b133 0130",
            "64450005aabbccdd d10a0a ff 6162",
            "2.05 Content /3/0 = 'ab' [block 0, more] (ACK 5)",
        ),
    ],
)
def test_what_the_module_answers(ask: str, answer: str, said: str) -> None:
    assert words("datagram_out", f"<{ask}", answer) == said


def test_registered_with_its_location() -> None:
    ask, answer = "44020001aabbccdd b27264", "64410001aabbccdd 827264 0135"
    assert words("datagram_in", f"<{ask}", answer) == "2.01 Created /rd/5 (ACK 1)"


def test_a_hidden_secret_takes_little_room() -> None:
    ask = "44020001aabbccdd b27264 48 65703d2a2a2a2a2a"
    assert words("datagram_out", ask) == "Register /rd ep=*** (CON 1)"


def test_a_reused_message_id_is_another_after_247_seconds() -> None:
    """RFC 7252 4.8.2: EXCHANGE_LIFETIME."""
    data = bytes.fromhex("44010006aabbccddb133")
    for later, is_again in ((246.0, True), (248.0, False)):
        meanings = Meanings()
        meanings.of(Record(1, 0, 0.0, "datagram_in", data, "link 1"))
        found = meanings.of(Record(2, 0, later, "datagram_in", data, "link 1"))
        assert (found.repeats, "again" in found.text) == (int(is_again), is_again)


def test_message_ids_of_two_links_are_two() -> None:
    data = bytes.fromhex("44010006aabbccddb133")
    meanings = Meanings()
    meanings.of(Record(1, 0, 0.0, "datagram_in", data, "link 1"))
    assert meanings.of(Record(2, 0, 0.0, "datagram_in", data, "link 2")).repeats == 0


def test_few_message_ids_are_kept() -> None:
    meanings = Meanings()
    for mid in range(SEEN_LIMIT + 1):
        data = bytes.fromhex("4001") + mid.to_bytes(2, "big")
        meanings.of(Record(mid + 1, 0, 0.0, "datagram_in", data, "link 1"))
    for mid, repeats in ((1, 2), (0, 0)):
        again = bytes.fromhex("4001") + mid.to_bytes(2, "big")
        assert meanings.of(Record(999, 0, 0.0, "datagram_in", again, "link 1")).repeats == repeats


# DTLS (RFC 6347 4.1: type, version, epoch, sequence number, length)


def record(kind: int, epoch: int, body: str) -> bytes:
    data = bytes.fromhex(body)
    return bytes([kind, 0xFE, 0xFD, 0, epoch, *bytes(6)]) + len(data).to_bytes(2, "big") + data


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (record(22, 0, "01"), "DTLS ClientHello"),
        (
            record(22, 0, "10") + record(20, 0, "01") + record(22, 1, "77"),
            "DTLS ClientKeyExchange, ChangeCipherSpec, Finished (encrypted)",
        ),
        (record(21, 0, "0228"), "DTLS Alert: handshake failure"),
        (record(21, 1, "77"), "DTLS Alert (encrypted)"),
        (record(23, 1, "77"), None),
        (b"\x16", None),
        (b"", None),
    ],
)
def test_handshakes(data: bytes, said: str | None) -> None:
    assert flight(data) == said
