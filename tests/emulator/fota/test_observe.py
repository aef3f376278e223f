"""5/0/3 and 5/0/5 observed: the module tells each state (LwM2M 1.0 E.6, 5.1.2; decision 33)."""

from typing import Any

import pytest

from tests.desk import ACCEPT, ACK, CON, FORMAT, GET, NON, OBSERVE, PATH, PUT, QUERY, coap
from tests.emulator.fota.packages import FOREIGN, LARGE, SMALL
from tests.emulator.fota.platform import OPAQUE, TLV, Platform

INSTALLING = 10  # seconds (chosen)
STATE, RESULT = b"\xc1\x03", b"\xc1\x05"  # as TLV, before the value


def observe(server: Platform, path: str) -> bytes:
    """The token of the notifications to come."""
    assert server.ask(GET, path, (OBSERVE, b""), (ACCEPT, TLV)) == "2.05"
    token: bytes = server.table.sent[-1].token
    server.table.sent.clear()
    return token


def told(server: Platform, token: bytes) -> list[bytes]:
    """What the notifications with this token have said since the last look."""
    reports = [sent for sent in server.table.sent if sent.kind == NON and sent.token == token]
    server.table.sent = [sent for sent in server.table.sent if sent not in reports]
    assert all(sent.code == 0x45 for sent in reports)
    return [sent.payload for sent in reports]


def write(server: Platform, mid: int, body: bytes, *options: tuple[int, bytes]) -> None:
    """Without letting time pass."""
    path = ((PATH, b"5"), (PATH, b"0"), (PATH, b"0"), (FORMAT, OPAQUE))
    server.table.deliver(coap(CON, PUT, mid, b"\x01", (*path, *options), body))


@pytest.mark.conformance("1.0-int-760", far="datagrams")
def test_the_platform_is_told_of_a_download(platform: Any) -> None:
    """pmin 2, pmax 10 on the instance. Two states within two seconds: the later one is told."""
    server = platform()
    table = server.table
    assert server.ask(PUT, "/5/0", (QUERY, b"pmin=2"), (QUERY, b"pmax=10")) == "2.04"
    token = observe(server, "/5/0/3")
    table.wait(2)
    write(server, 900, LARGE[:1024], (27, b"\x0e"))  # 0/1/1024
    write(server, 901, LARGE[1024:], (27, b"\x16"))  # 1/0/1024
    assert told(server, token) == [STATE + b"\x02"]
    table.wait(9)
    assert told(server, token) == []
    table.wait(1)
    assert told(server, token) == [STATE + b"\x02"], "pmax"


def test_each_state_and_each_result_is_told(platform: Any) -> None:
    """Without pmin: at once. The restart ends the observations with the session."""
    server = platform()
    table = server.table
    state, result = observe(server, "/5/0/3"), observe(server, "/5/0/5")
    table.sent.clear()
    assert server.write("/5/0/1", b"coap://10.1.2.3/f", b"") == "2.04"
    assert told(server, state) == [STATE + b"\x01"]
    request = table.fetching[-1]
    table.file_server(coap(ACK, 0xA0, request.mid, request.token))  # 5.00
    assert told(server, state) == [STATE + b"\x00"]
    assert told(server, result) == [RESULT + b"\x04"]
    assert server.write("/5/0/0", FOREIGN) == "2.04"
    assert told(server, state) == [STATE + b"\x02"]
    assert told(server, result) == [RESULT + b"\x00"]
    assert server.execute() == "2.04"
    assert told(server, state) == [STATE + b"\x03"]
    table.wait(INSTALLING)
    assert told(server, state) == [STATE + b"\x02"]
    assert told(server, result) == [RESULT + b"\x08"]
    assert server.write("/5/0/0", b"") == "2.04"
    assert server.write("/5/0/0", SMALL) == "2.04"
    assert server.execute() == "2.04"
    table.sent.clear()
    table.wait(INSTALLING + 1)
    assert table.sent == [] and table.open_link == 0
