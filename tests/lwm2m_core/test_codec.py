"""The codec against bytes typed from RFC 7252: sections 3 and 4, and the examples of appendix A."""

import random
import subprocess
import sys
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lwm2m_core.codec import FormatError, decode, encode
from lwm2m_core.errors import EngineError
from lwm2m_core.message import Code, Message, Type, options

EXAMPLES = {
    # RFC 7252 appendix A, figure 16: CON GET /temperature, and its piggybacked 2.05 "22.3 C".
    "figure 16 request": (
        "40 01 7d34 bb 74656d7065726174757265",
        Message(Type.CON, Code.GET, 0x7D34, b"", ((11, b"temperature"),)),
    ),
    "figure 16 response": (
        "60 45 7d34 ff 32322e332043",
        Message(Type.ACK, Code.CONTENT, 0x7D34, b"", (), b"22.3 C"),
    ),
    # Figure 17: the same with the token 20.
    "figure 17 request": (
        "41 01 7d35 20 bb 74656d7065726174757265",
        Message(Type.CON, Code.GET, 0x7D35, b"\x20", ((11, b"temperature"),)),
    ),
    # Figures 8, 9 and section 4.1: Empty messages.
    "empty acknowledgement": ("60 00 7d38", Message(Type.ACK, Code.EMPTY, 0x7D38)),
    "reset": ("70 00 7d34", Message(Type.RST, Code.EMPTY, 0x7D34)),
    "ping": ("40 00 0001", Message(Type.CON, Code.EMPTY, 1)),
    # Section 3.1: deltas and lengths of 13 and more take one byte (less 13), of 269 two (less 269).
    "extended delta 13": ("40 01 0001 d0 00", Message(0, 1, 1, b"", ((13, b""),))),
    "extended delta 268": ("40 01 0001 d0 ff", Message(0, 1, 1, b"", ((268, b""),))),
    "extended delta 269": ("40 01 0001 e0 0000", Message(0, 1, 1, b"", ((269, b""),))),
    "greatest option": ("40 01 0001 e0 fef2", Message(0, 1, 1, b"", ((65535, b""),))),
    "option of 13 bytes": (
        "40 01 0001 bd 00" + "61" * 13,
        Message(0, 1, 1, b"", ((11, b"a" * 13),)),
    ),
    "option of 269 bytes": (
        "40 01 0001 be 0000" + "61" * 269,
        Message(0, 1, 1, b"", ((11, b"a" * 269),)),
    ),
    # A Write as an LwM2M server sends it: PUT /3200/0/5750, TLV, 8 bytes of token.
    "write": (
        "48 03 0102 0001020304050607 b4 33323030 01 30 04 35373530 12 2d16 ff e8167600",
        Message(
            Type.CON,
            Code.PUT,
            0x0102,
            bytes(range(8)),
            ((11, b"3200"), (11, b"0"), (11, b"5750"), (12, b"\x2d\x16")),
            b"\xe8\x16\x76\x00",
        ),
    ),
    # A notification: NON 2.05, Observe 5, text.
    "notification": (
        "52 45 0102 a1b2 61 05 60 ff 31",
        Message(1, 0x45, 0x0102, b"\xa1\xb2", ((6, b"\x05"), (12, b"")), b"1"),
    ),
    # The auth code is option 63, two bytes past Size1 (decision 21).
    "auth code": ("40 02 0001 d3 32 616263", Message(0, 2, 1, b"", ((63, b"abc"),))),
    # A payload that begins and ends with 0xFF, and an option that does.
    "markers in payload": ("50 02 0001 ff ff00ff", Message(1, 2, 1, b"", (), b"\xff\x00\xff")),
    "marker as option value": ("40 01 0001 41 ff", Message(0, 1, 1, b"", ((4, b"\xff"),))),
}

MALFORMED = {
    # name: (datagram, RFC 7252 section)
    "token length 9": ("49 01 0001 000000000000000000", "3"),
    "token length 15": ("4f 01 0001" + "00" * 15, "3"),
    "token of 2 with 1 byte": ("42 01 0001 aa", "3"),
    "token of 8 with none": ("48 01 0001", "3"),
    "no payload behind the marker": ("40 02 0001 ff", "3"),
    "no payload behind options and marker": ("40 02 0001 b1 61 ff", "3"),
    "delta 15": ("40 01 0001 f0", "3.1"),
    "length 15": ("40 01 0001 0f", "3.1"),
    "extended delta missing": ("40 01 0001 d0", "3.1"),
    "extended delta half": ("40 01 0001 e0 00", "3.1"),
    "extended length missing": ("40 01 0001 bd", "3.1"),
    "extended length half": ("40 01 0001 be 01", "3.1"),
    "option cut short": ("40 01 0001 b3 6162", "3.1"),
    "option number 65536": ("40 01 0001 e0 fef2 10", "3.1"),
    "path that is not UTF-8": ("40 01 0001 b1 ff", "3.2"),
    "content format of 3 bytes": ("40 01 0001 c3 010000", "5.10"),
    "accept of 3 bytes": ("40 01 0001 d3 04 010000", "5.10"),
    "empty with a token": ("41 00 0001 aa", "4.1"),
    "empty with an option": ("40 00 0001 b0", "4.1"),
    "empty with a payload": ("40 00 0001 ff 00", "4.1"),
    "code class 1": ("40 20 0001", "4.2"),
    "code class 6": ("40 c0 0001", "4.2"),
    "code class 7": ("40 e1 0001", "4.2"),
}


@pytest.mark.parametrize(("datagram", "message"), EXAMPLES.values(), ids=EXAMPLES.keys())
def test_messages_and_their_bytes(datagram: str, message: Message) -> None:
    assert decode(bytes.fromhex(datagram)) == message
    assert encode(message) == bytes.fromhex(datagram)


@pytest.mark.parametrize(("datagram", "section"), MALFORMED.values(), ids=MALFORMED.keys())
def test_malformed_messages_are_named_with_the_header_a_reset_needs(
    datagram: str, section: str
) -> None:
    for type in Type:
        data = bytearray.fromhex(datagram)
        data[0] |= type << 4
        with pytest.raises(FormatError) as caught:
            decode(bytes(data))
        assert (caught.value.mid, caught.value.type) == (1, type), section


@pytest.mark.parametrize("datagram", ["", "40", "40 01 00", "00 01 0001", "80 01 0001", "c0000001"])
def test_other_versions_and_stumps_have_no_header_to_answer_rfc_7252_section_3(
    datagram: str,
) -> None:
    with pytest.raises(FormatError) as caught:
        decode(bytes.fromhex(datagram))
    assert (caught.value.mid, caught.value.type) == (None, None)


def test_leading_zeros_of_a_number_are_accepted_rfc_7252_section_3_2() -> None:
    found = decode(bytes.fromhex("40 01 0001 62 0005"))
    assert found.observe == 5


def test_options_given_out_of_order_are_sent_in_order_rfc_7252_section_3_1() -> None:
    message = Message(0, 1, 1, b"", ((15, b"q"), (11, b"b"), (11, b"a")))
    assert encode(message).hex(" ") == "40 01 00 01 b1 62 01 61 41 71"


@pytest.mark.parametrize(
    ("token", "mid"), [(bytes(9), 1), (b"", -1), (b"", 0x10000)], ids=["token", "low", "high"]
)
def test_what_does_not_fit_the_header_is_refused(token: bytes, mid: int) -> None:
    with pytest.raises(EngineError):
        encode(Message(Type.CON, Code.GET, mid, token))


@given(st.binary(max_size=64))
def test_any_bytes_are_a_message_or_a_format_error(data: bytes) -> None:
    try:
        message = decode(data)
    except FormatError:
        return
    assert encode(decode(encode(message))) == encode(message)


@given(st.sampled_from([d for d, _ in EXAMPLES.values()]), st.randoms(use_true_random=False))
def test_damaged_messages_are_a_message_or_a_format_error(example: str, rng: random.Random) -> None:
    data = bytearray.fromhex(example)
    for _ in range(rng.randrange(1, 4)):
        data[rng.randrange(len(data))] = rng.randrange(256)
    del data[rng.randrange(1, len(data) + 1) :]
    try:
        decode(bytes(data))
    except FormatError as error:
        assert error.mid is None or 0 <= error.mid <= 0xFFFF


def test_strange_numbers_leave_no_memory_behind() -> None:
    """aiocoap makes an enumeration member of every format it meets, and keeps it."""
    datagrams = [
        bytes.fromhex("40010001c4") + n.to_bytes(4, "big") for n in range(10**6, 10**6 + 3000)
    ]
    tracemalloc.start()
    for datagram in datagrams:
        with pytest.raises(FormatError):
            decode(datagram)
    kept, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert kept < 200_000  # with the members it would be 900 kB


def test_neither_import_nor_use_touches_the_global_random() -> None:
    """aiocoap's Context takes its first mid, token and jitter there; two runs must not differ."""
    program = (
        "import random; random.seed(1); before = random.getstate()\n"
        "from lwm2m_core.codec import decode, encode\n"
        "encode(decode(bytes.fromhex('4001000161ff')))\n"
        "print(random.getstate() == before)"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert (run.stdout, run.returncode) == ("True\n", 0), run.stderr


def test_what_options_builds_is_what_the_register_of_an_lwm2m_client_carries() -> None:
    """LwM2M 1.0 section 5.3.1, as bytes: POST /rd?ep=a&lt=60, link-format."""
    message = Message(
        0, Code.POST, 9, b"\x01", options(path=["rd"], query=["ep=a", "lt=60"], content_format=40)
    )
    assert encode(message).hex() == "41020009" + "01" + "b27264" + "1128" + "3465703d61" + (
        "056c743d3630"
    )
