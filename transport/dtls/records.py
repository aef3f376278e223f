"""What can be read of DTLS records without keys (RFC 6347 section 4).

Only whole records of DTLS reach a library: memory buffers have no datagram boundaries, and what is
left of a truncated record would be taken for the head of the next one.
"""

from collections.abc import Iterator

HEADER = 13  # content type 1, version 2, epoch 2, sequence number 6, length 2
LONGEST_FRAGMENT = (1 << 14) + 2048  # RFC 5246 6.2.3
CONTENT_TYPES = range(20, 24)  # change_cipher_spec, alert, handshake, application_data
CHANGE_CIPHER_SPEC, ALERT, HANDSHAKE = 20, 21, 22
_HANDSHAKE = bytes([HANDSHAKE])
MAJOR_VERSION = 0xFE  # 1.0 is feff, 1.2 is fefd
CLIENT_HELLO, SERVER_HELLO = 1, 2
SERVER_KEY_EXCHANGE, SERVER_HELLO_DONE, CLIENT_KEY_EXCHANGE = 12, 14, 16
HANDSHAKE_HEADER = 12  # type 1, length 3, message sequence 2, fragment offset 3 and length 3
BODY = HEADER + HANDSHAKE_HEADER
RANDOM = slice(BODY + 2, BODY + 34)  # after the version, in both Hellos
MESSAGE_RANDOM = slice(HANDSHAKE_HEADER + 2, HANDSHAKE_HEADER + 34)
FATAL, HANDSHAKE_FAILURE = 2, 40


def records(datagram: bytes) -> Iterator[bytes]:
    """The whole records at the head of a datagram; what is malformed ends them."""
    start = 0
    while len(datagram) - start > HEADER:
        length = int.from_bytes(datagram[start + 11 : start + 13])
        end = start + HEADER + length
        well_formed = (
            datagram[start] in CONTENT_TYPES
            and datagram[start + 1] == MAJOR_VERSION
            and 0 < length <= LONGEST_FRAGMENT
            and end <= len(datagram)
        )
        if not well_formed:
            return
        yield datagram[start:end]
        start = end


def epoch(record: bytes) -> int:
    return int.from_bytes(record[3:5])


def handshake_type(record: bytes) -> int | None:
    """The first handshake message of an unencrypted record; None if it holds none."""
    if record[0] != HANDSHAKE or epoch(record) or len(record) < BODY:
        return None
    return record[HEADER]


def messages(record: bytes) -> Iterator[bytes]:
    """The handshake messages of an unencrypted record, with their headers."""
    start = HEADER
    while start + HANDSHAKE_HEADER <= len(record):
        end = start + HANDSHAKE_HEADER + int.from_bytes(record[start + 1 : start + 4])
        if end > len(record):
            return
        yield record[start:end]
        start = end


def client_random(datagram: bytes) -> bytes | None:
    """The random bytes of a datagram that is a ClientHello; None of everything else."""
    if datagram[:1] != _HANDSHAKE:  # which is soon said of most
        return None
    first = next(records(datagram), None)
    if first is None or handshake_type(first) != CLIENT_HELLO or len(first) < RANDOM.stop:
        return None
    return first[RANDOM]


def has_cookie(datagram: bytes) -> bool:
    """Whether a ClientHello has a cookie, right or wrong (RFC 6347 4.2.1)."""
    first = next(records(datagram), b"")
    at = RANDOM.stop + 1 + first[RANDOM.stop] if len(first) > RANDOM.stop else len(first)
    return at < len(first) and first[at] > 0  # after the session id: the length of the cookie


def is_of_handshake(datagram: bytes) -> bool:
    """Whether it belongs to a handshake: messages of it, the change of keys, an alert in clear."""
    first = next(records(datagram), None)
    return first is not None and (
        first[0] in (CHANGE_CIPHER_SPEC, HANDSHAKE) or (first[0] == ALERT and epoch(first) == 0)
    )


def is_protected(datagram: bytes) -> bool:
    """Whether a record of it is protected by keys."""
    return any(epoch(record) > 0 for record in records(datagram))


def chosen_suite(record: bytes) -> int | None:
    """The suite's number in a ServerHello."""
    if handshake_type(record) != SERVER_HELLO or len(record) <= RANDOM.stop:
        return None
    at = RANDOM.stop + 1 + record[RANDOM.stop]  # after the session id
    return int.from_bytes(record[at : at + 2]) if at + 2 <= len(record) else None


def fatal_alert(record: bytes) -> int | None:
    """The description of an unencrypted fatal alert (RFC 5246 7.2)."""
    if record[0] != ALERT or epoch(record) or len(record) != HEADER + 2:
        return None
    return record[HEADER + 1] if record[HEADER] == FATAL else None


def refusal(record: bytes) -> bytes:
    """What can be sent in the place of an unencrypted record: a fatal handshake_failure."""
    return bytes([ALERT]) + record[1:11] + bytes([0, 2, FATAL, HANDSHAKE_FAILURE])
