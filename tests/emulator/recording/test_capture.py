"""What of a journal becomes packets, with which addresses. Expected are blocks, whose bytes are in
test_pcapng.py."""

from ipaddress import ip_address

import pytest

from emulator.journal import Record
from emulator.recording import pcapng
from emulator.recording.capture import AT, INSIDE, IP, LINE_LIMIT, Capture
from emulator.recording.lines import Head
from emulator.recording.operations import Operation
from emulator.recording.packets import Ends, exported_datagram, exported_line, udp_packet
from emulator.recording.pcapng import Way

SHOWN, HIDDEN = Head("p", "MN316", "field", redacted=False), Head("p", "MN316", "field")
DATA = bytes.fromhex("40000001")
MODULE, SERVER = ip_address("10.57.20.17"), ip_address("183.230.40.40")
UP = Ends(MODULE, 49153, SERVER, 5683)


def capture(*before: tuple[str, str], head: Head = HIDDEN) -> Capture:
    """One that has seen these kinds of records with these texts, since the second 100 of 1970."""
    made = Capture(head, 100.0)
    for number, (kind, text) in enumerate((("address", str(MODULE)), *before), 1):
        made.feed(Record(number, 0, 0.0, kind, text=text))
    return made


OPENED = ("open_link", "link 1 to 183.230.40.40:5683, at 127.0.0.1:40000")
SECURED = ("open_link", "link 1 secured with TLS_PSK_WITH_AES_128_CCM_8, by openssl")


def test_what_the_host_writes_is_a_packet_for_each_line() -> None:
    here = capture()
    assert here.feed(Record(7, 0, 1.0, "serial_in", b"AT+C")) == b""
    assert here.feed(Record(8, 0, 1.5, "serial_in", b"SQ\r\nATI\rA")) == b"".join(
        pcapng.packet(AT, 101_500_000, exported_line(line, by_host=True), Way.IN, "record 8")
        for line in (b"AT+CSQ\r", b"ATI\r")
    )


def test_a_host_that_ends_no_line_does_not_fill_the_memory() -> None:
    made = capture().feed(Record(7, 0, 1.0, "serial_in", b"x" * (LINE_LIMIT + 1)))
    line = exported_line(b"x" * LINE_LIMIT, by_host=True)
    assert made == pcapng.packet(AT, 101_000_000, line, Way.IN, "record 7")


def test_what_the_module_writes_is_a_packet_with_its_cause() -> None:
    record = Record(9, 7, 1.0, "serial_out", b"\r\nOK\r\n")
    line = exported_line(b"\r\nOK\r\n", by_host=False)
    expected = pcapng.packet(AT, 101_000_000, line, Way.OUT, "record 9, caused by 7")
    assert capture().feed(record) == expected


@pytest.mark.parametrize(
    ("kind", "ends", "way", "comment"),
    [
        ("datagram_out", UP, Way.OUT, "record 9"),
        ("datagram_in", UP.back, Way.IN, "record 9"),
        ("datagram_unheard", UP.back, Way.IN, "record 9; nobody listened"),
        ("ciphertext_out", UP, Way.OUT, "record 9"),
        ("ciphertext_in", UP.back, Way.IN, "record 9"),
    ],
)
def test_datagrams_go_between_the_addresses_that_the_module_sees(
    kind: str, ends: Ends, way: Way, comment: str
) -> None:
    made = capture(OPENED).feed(Record(9, 0, 1.0, kind, DATA, "link 1"))
    assert made == pcapng.packet(IP, 101_000_000, udp_packet(ends, DATA), way, comment)


def test_a_datagram_says_what_it_is_part_of() -> None:
    record = Record(9, 4, 1.0, "datagram_out", DATA, "link 1")
    made = capture(OPENED).feed(record, Operation("read", "/3/0", 4, "2.05"))
    comment = "record 9, caused by 4; read /3/0: 2.05"
    assert made == pcapng.packet(IP, 101_000_000, udp_packet(UP, DATA), Way.OUT, comment)


def test_the_module_goes_on_from_another_address() -> None:
    made = capture(OPENED, ("address", "10.57.20.18")).feed(
        Record(9, 0, 0.0, "datagram_out", DATA, "link 1")
    )
    ends = Ends(ip_address("10.57.20.18"), 49153, SERVER, 5683)
    assert made == pcapng.packet(IP, 100_000_000, udp_packet(ends, DATA), Way.OUT, "record 9")


def _sent_to(here: Capture, link: int, ends: Ends) -> None:
    made = here.feed(Record(9, 0, 0.0, "datagram_out", DATA, f"link {link}"))
    assert made == pcapng.packet(IP, 100_000_000, udp_packet(ends, DATA), Way.OUT, "record 9")


def test_a_host_name_gets_an_address_and_the_file_says_its_name() -> None:
    """198.18.0.0/15 is for benchmarks (RFC 2544), unless the real address is no loopback."""
    here = capture()
    named = "link {} to {}:5683, at {}:5683"
    for link, name, real, address in (
        (1, "a.example", "127.0.0.1", "198.18.0.1"),
        (2, "b.example", "[::1]", "198.18.0.2"),
        (3, "c.example", "192.0.2.7", "192.0.2.7"),
    ):
        text = named.format(link, name, real)
        made = here.feed(Record(2, 0, 0.0, "open_link", text=text))
        assert made == pcapng.names(ip_address(address).packed, name)
        _sent_to(here, link, Ends(MODULE, 49152 + link, ip_address(address), 5683))
    again = here.feed(
        Record(2, 0, 0.0, "open_link", text="link 4 to a.example:5684, at 127.0.0.1:1")
    )
    assert again == b""
    _sent_to(here, 4, Ends(MODULE, 49156, ip_address("198.18.0.1"), 5684))


def test_a_server_with_ipv6() -> None:
    here = capture(("open_link", "link 1 to [2001:db8::9]:5683, at [::1]:5"))
    ends = Ends(ip_address("2001:db8::1"), 49153, ip_address("2001:db8::9"), 5683)
    _sent_to(here, 1, ends)


def test_the_inside_of_a_session_is_shown_where_its_secret_is_not() -> None:
    here = capture(OPENED, SECURED)
    inside = pcapng.interface(pcapng.UPPER_PDU, "coap", "what sessions of DTLS carried")
    data = exported_datagram(UP, DATA)
    for number, before in ((8, inside), (9, b"")):  # the interface once
        packet = pcapng.packet(INSIDE, 100_000_000, data, Way.OUT, f"record {number}")
        made = here.feed(Record(number, 0, 0.0, "datagram_out", DATA, "link 1"))
        assert made == before + packet


SECRET = Record(5, 0, 0.0, "session_secret", b"CLIENT_RANDOM 00 11", "link 1")


@pytest.mark.parametrize(("port", "is_decrypted"), [(5684, True), (5699, False)])
def test_a_secret_stands_for_the_inside_where_the_port_says_what_that_is(
    port: int, is_decrypted: bool
) -> None:
    opened = ("open_link", f"link 1 to 183.230.40.40:{port}, at 127.0.0.1:40000")
    here = capture(opened, head=SHOWN)
    assert here.feed(SECRET) == pcapng.secrets(b"CLIENT_RANDOM 00 11\n")
    made = here.feed(Record(9, 0, 0.0, "datagram_out", DATA, "link 1"))
    assert (made == b"") == is_decrypted


def test_a_secret_is_not_in_a_redacted_file() -> None:
    assert capture(OPENED).feed(SECRET) == b""


def test_who_comes_later_gets_names_and_secrets_first() -> None:
    named = ("open_link", "link 1 to a.example:5683, at 127.0.0.1:1")
    fresh = Capture(SHOWN, 100.0).opening()
    here = capture(named, head=SHOWN)
    here.feed(SECRET)
    later = pcapng.names(ip_address("198.18.0.1").packed, "a.example")
    assert here.opening() == fresh + later + pcapng.secrets(b"CLIENT_RANDOM 00 11\n")


def test_a_link_whose_beginning_was_not_seen_has_some_address() -> None:
    _sent_to(capture(), 3, Ends(MODULE, 49155, ip_address("198.18.0.0"), 5683))


@pytest.mark.parametrize("kind", ["echo_out", "command", "login", "smoke"])
def test_other_records_are_no_packets(kind: str) -> None:
    assert capture(OPENED).feed(Record(9, 0, 0.0, kind, b"AT\r", "AT")) == b""
