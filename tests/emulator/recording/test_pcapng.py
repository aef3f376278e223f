"""Blocks and packets, typed by draft-ietf-opsawg-pcapng, RFC 768, 791, 8200 and Wireshark's
exported_pdu.h. That others read them is in tests/interop/test_tshark.py."""

from ipaddress import ip_address

import pytest

from emulator.recording import pcapng
from emulator.recording.packets import Ends, exported_datagram, exported_line, udp_packet
from emulator.recording.pcapng import Way

BLOCKS = {
    "section": (
        pcapng.section("M", "p", "c"),
        # type, length, byte order, version 1.0, length of the section: unknown
        "0a0d0d0a 38000000 4d3c2b1a 0100 0000 ffffffffffffffff"
        # shb_hardware, shb_userappl, opt_comment, end; length
        "02000100 4d000000 04000100 70000000 01000100 63000000 00000000 38000000",
    ),
    "interface": (
        pcapng.interface(pcapng.RAW_IP, "ip", "d"),
        # LINKTYPE_RAW is 101; no limit of length; if_name, if_description
        "01000000 28000000 6500 0000 0000000002000200 69700000 03000100 64000000 00000000 28000000",
    ),
    "packet": (
        pcapng.packet(1, 1_000_000, b"\x45\x00\x01", Way.OUT, "r"),
        # interface 1, time of 64 bits in halves, two lengths, padded data; epb_flags, opt_comment
        "06000000 38000000 01000000 00000000 40420f00 03000000 03000000 45000100"
        "02000400 02000000 01000100 72000000 00000000 38000000",
    ),
    "a late packet": (
        pcapng.packet(0, 0x0006_1234_5678_9ABC, b"", Way.IN, ""),
        "06000000 2c000000 00000000 34120600 bc9a7856 00000000 00000000"
        "02000400 01000000 00000000 2c000000",
    ),
    "name": (
        pcapng.names(ip_address("198.18.0.1").packed, "h"),
        "04000000 1c000000 0100 0600 c6120001 68000000 00000000 1c000000",
    ),
    "name of IPv6": (
        pcapng.names(ip_address("2001:db8::1").packed, "h"),
        "04000000 28000000 0200 1200 20010db8000000000000000000000001 68000000 00000000 28000000",
    ),
    "secrets": (pcapng.secrets(b"C\n"), "0a000000 18000000 4b534c54 02000000 430a0000 18000000"),
}


@pytest.mark.parametrize(("block", "typed"), BLOCKS.values(), ids=BLOCKS)
def test_a_block(block: bytes, typed: str) -> None:
    assert block.hex() == typed.replace(" ", "")


FOUR = Ends(ip_address("10.0.0.1"), 49153, ip_address("198.18.0.1"), 5683)
SIX = Ends(ip_address("2001:db8::1"), 49153, ip_address("2001:db8::2"), 5683)


def test_a_datagram_in_ipv4() -> None:
    """Sums by RFC 1071: of the header 9546, of the datagram e673."""
    assert udp_packet(FOUR, bytes.fromhex("40000001")).hex() == (
        "450000200000400040116ab90a000001c6120001c0011633000c198c40000001"
    )


def test_a_datagram_of_odd_length_the_other_way() -> None:
    """The sum of the datagram: d030 of pseudo header and addresses, 1633, c001, 000b, 4000, 0000,
    0100."""
    sent = udp_packet(FOUR.back, bytes.fromhex("40000001")[:3])
    assert sent.hex() == "4500001f0000400040116abac61200010a0000011633c001000b198f400000"


def test_a_datagram_in_ipv6() -> None:
    """20010db8 twice, 1, 2, 11 and c make 5b92; with c001, 1633, c, 4000, 1 and the carry 71d4."""
    assert udp_packet(SIX, bytes.fromhex("40000001")).hex() == (
        "60000000000c1140"
        "20010db8000000000000000000000001"
        "20010db8000000000000000000000002"
        "c0011633000c"
        "8e2b"
        "40000001"
    )


def test_a_sum_of_zero_is_sent_as_all_ones() -> None:
    """RFC 768; the payload is what the sum lacks: 198c + 4001 as above."""
    assert udp_packet(FOUR, bytes.fromhex("4001198c"))[26:28].hex() == "ffff"


def test_a_line_for_the_dissector_at() -> None:
    tags = "000c000461740000 00230004{} 00000000".replace(" ", "")
    host, module = "00000000", "00000001"  # P2P_DIR_SENT, P2P_DIR_RECV
    assert exported_line(b"AT\r", by_host=True).hex() == tags.format(host) + "41540d"
    assert exported_line(b"OK", by_host=False).hex() == tags.format(module) + "4f4b"


def test_a_datagram_for_the_dissector_coap() -> None:
    assert exported_datagram(FOUR, b"\x40\x00\x00\x01").hex() == (
        "000c0004636f6170"
        "001400040a000001"
        "00150004c6120001"
        "0018000400000003"  # OLD_PT_UDP
        "001900040000c001"
        "001a000400001633"
        "00000000"
        "40000001"
    )
