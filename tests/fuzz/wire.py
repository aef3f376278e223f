"""What every datagram of the module must be, by RFC 7252 and not by our own codec."""

DATAGRAM_LIMIT = 1500
"""Bytes; 1024 of a block, the options around it, and none of them long."""

CODES = {0, 1, 2, 3, 4, *range(65, 96), *range(128, 144), *range(160, 166)}
"""Empty, the four methods, and responses of RFC 7252 12.1, RFC 7959 2.9."""

LENGTHS = {
    **{3: (1, 255), 4: (1, 8), 6: (0, 3), 7: (0, 2), 8: (0, 255), 11: (0, 255), 12: (0, 2)},
    **{15: (0, 255), 17: (0, 2), 23: (0, 3), 27: (0, 3), 28: (0, 4), 60: (0, 4), 63: (0, 1034)},
}
"""Of the options that the module uses: RFC 7252 table 4, RFC 7641 2, RFC 7959 2.1 and 4; 63 carries
the auth code (decision 21)."""

REPEATABLE = {8, 11, 15}


def check(data: bytes) -> None:
    """AssertionError unless it is a well-formed message of a kind that the module may send."""
    assert 4 <= len(data) <= DATAGRAM_LIMIT, data[:60].hex()
    kind, token = data[0] >> 4 & 3, data[0] & 15
    assert data[0] >> 6 == 1 and token <= 8
    assert data[1] in CODES
    assert len(data) >= 4 + token
    if data[1] == 0:
        assert len(data) == 4, "an Empty message is empty (4.1)"
    else:
        assert kind != 3, "a Reset is empty (4.2)"
        assert data[1] > 31 or kind in (0, 1), "a request is never in an ACK (4.2)"
    _check_options(data, 4 + token)


def _check_options(data: bytes, at: int) -> None:
    number, seen = 0, set[int]()
    while at < len(data):
        if data[at] == 0xFF:
            assert at + 1 < len(data), "a marker without a payload (3)"
            return
        delta, length = data[at] >> 4, data[at] & 15
        delta, at = _extended(data, at + 1, delta)
        length, at = _extended(data, at, length)
        number, at = number + delta, at + length
        assert at <= len(data), "an option is cut off (3.1)"
        least, most = LENGTHS[number]
        assert least <= length <= most
        assert number in REPEATABLE or number not in seen
        seen.add(number)


def _extended(data: bytes, at: int, nibble: int) -> tuple[int, int]:
    assert nibble != 15
    if nibble == 13:
        return 13 + data[at], at + 1
    if nibble == 14:
        return 269 + int.from_bytes(data[at : at + 2], "big"), at + 2
    return nibble, at
