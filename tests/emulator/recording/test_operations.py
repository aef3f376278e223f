"""Operations read off datagrams, which are typed by RFC 7252 3 and LwM2M 1.0 8.2."""

import pytest

from emulator.journal import Record
from emulator.recording.operations import PENDING_LIMIT, Operation, Operations, details


def seen(*datagrams: tuple[str, str]) -> list[Operation | None]:
    """What each of them belongs to; direction and bytes, all on link 1."""
    operations = Operations()
    return [
        operations.of(Record(number, 0, 0.0, f"datagram_{way}", bytes.fromhex(data), "link 1"))
        for number, (way, data) in enumerate(datagrams, 1)
    ]


# Requests have token 01; b1 33 01 30: Uri-Path 3 and 0
REQUESTS = [
    ("in", "4101000a01b1330130", "read", "/3/0"),
    ("in", "4101000a01b1330130013d", "read", "/3/0/="),  # no path of LwM2M: the method's name
    ("in", "4101000a0160533330300130", "observe", "/300/0"),
    ("in", "4101000a01610151330130", "cancel-observe", "/3/0"),
    ("in", "4101000a01b1336128", "discover", "/3"),  # Accept 40
    ("in", "4103000a01b13101300131ff3330", "write", "/1/0/1"),
    ("in", "4102000a01b1310130ffc10105", "write", "/1/0"),
    ("in", "4103000a01b1310130013146706d696e3d35", "write-attributes", "/1/0/1"),  # pmin=5
    ("in", "4102000a01b13301300134", "execute", "/3/0/4"),
    ("in", "4102000a01b133ff00", "create", "/3"),
    ("in", "4104000a01b1330130", "delete", "/3/0"),
    ("in", "4102000a01b26273", "bootstrap-finish", "/bs"),
    ("out", "4102000a01b26273", "bootstrap-request", "/bs"),
    ("out", "4102000a01b27264", "register", "/rd"),
    ("out", "4102000a01b272640178", "update", "/rd/x"),
    ("out", "4104000a01b272640178", "deregister", "/rd/x"),
    ("out", "4101000a01b1660166", "download", "/f/f"),
    ("out", "4105000a01b166", "fetch", "/f"),
    ("out", "411f000a01b166", "0.31", "/f"),
]


@pytest.mark.parametrize(("way", "data", "name", "path"), REQUESTS, ids=lambda text: text[:20])
def test_a_request_by_its_method_and_path(way: str, data: str, name: str, path: str) -> None:
    (found,) = seen((way, data))
    assert found is not None
    if name == "read" and path.endswith("="):
        assert found.name == "get"
    else:
        assert (found.name, found.path) == (name, path)


def test_an_answer_knows_its_request() -> None:
    read, answer, again = seen(
        ("in", "4101000a01b13301300130"), ("out", "6145000a01ff41"), ("out", "6145000b01ff41")
    )
    assert read == Operation("read", "/3/0/0")
    assert answer == Operation("read", "/3/0/0", 1, "2.05")
    assert answer.fields == {"name": "read", "path": "/3/0/0", "request": 1, "code": "2.05"}
    assert again is None  # nobody has asked for it


def test_an_observation_goes_on_with_notifications() -> None:
    """Observe 0, answered with Observe 1; then Observe 2 and 3 with the same token."""
    found = seen(
        ("in", "4101000a016051330130"),
        ("out", "6145000a016101ff41"),
        ("out", "5145000b016102ff42"),
        ("out", "5145000c016103ff43"),
    )
    assert [(each.name, each.request) for each in found if each] == [
        ("observe", None),
        ("observe", 1),
        ("notify", 1),
        ("notify", 1),
    ]


def test_directions_and_links_do_not_mix() -> None:
    operations = Operations()
    ask, answer = bytes.fromhex("4101000a01b133"), bytes.fromhex("6145000a01")
    operations.of(Record(1, 0, 0.0, "datagram_in", ask, "link 1"))
    assert operations.of(Record(2, 0, 0.0, "datagram_in", answer, "link 1")) is None
    assert operations.of(Record(3, 0, 0.0, "datagram_out", answer, "link 2")) is None
    assert operations.of(Record(4, 0, 0.0, "datagram_out", answer, "link 1")) is not None


@pytest.mark.parametrize("data", ["", "ff", "60000007", "6145"])
def test_what_belongs_to_no_operation(data: str) -> None:
    assert seen(("in", data)) == [None]
    assert Operations().of(Record(1, 0, 0.0, "serial_in", b"AT\r")) is None


def test_requests_without_an_answer_are_forgotten() -> None:
    operations = Operations()
    for number in range(PENDING_LIMIT + 1):
        request = b"\x42\x01\0\0" + number.to_bytes(2, "big") + b"\xb1\x33"
        operations.of(Record(number, 0, 0.0, "datagram_in", request, "link 1"))
    answers = (b"\x62\x45\0\0" + number.to_bytes(2, "big") for number in (0, 1))
    found = [operations.of(Record(9, 0, 0.0, "datagram_out", each, "link 1")) for each in answers]
    assert found == [None, Operation("read", "/3", 1, "2.05")]


def test_a_datagram_has_words_in_its_line() -> None:
    record = Record(1, 0, 0.0, "datagram_in", bytes.fromhex("4101000a01b1330130"), "link 1")
    assert details(record, Operation("read", "/3/0")) == {
        "coap": "CON GET mid 10 token 01 /3/0",
        "operation": {"name": "read", "path": "/3/0"},
    }
    assert details(Record(1, 0, 0.0, "serial_in", b"AT\r"), None) == {}
