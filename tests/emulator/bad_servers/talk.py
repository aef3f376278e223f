"""What the tests with bad servers share: words, and the way to a login."""

from typing import Any

import pytest

from tests.desk import coap

CON, NON, ACK, RST = range(4)
GET, POST, PUT, DELETE = range(1, 5)
CREATED, DELETED, CHANGED, CONTENT = 0x41, 0x42, 0x44, 0x45
BAD_REQUEST, FORBIDDEN, NOT_FOUND, PRECONDITION_FAILED = 0x80, 0x83, 0x84, 0x8C
SERVER_ERROR, UNAVAILABLE = 0xA0, 0xA3
OBSERVE, LOCATION, FORMAT, TLV = 6, 8, 12, b"\x2d\x16"
AT_RD_1 = ((LOCATION, b"rd"), (LOCATION, b"1"))

DIRECT = 'AT+MIPLCREATEEX="183.230.40.40:5683",0'
OPEN = "AT+MIPLOPEN=0,3000,300"
NOTIFY = 'AT+MIPLNOTIFY=0,0,3200,0,5750,1,4,"abcd",0,0'
EP = b"ep=869975030000461;460001357924680"
# /0/0 as a bootstrap writes it: URI, short server id 1.
SECURITY = bytes.fromhex("c8000f") + b"coap://10.0.0.1" + bytes.fromhex("c10a01")


def case(value: Any, *conformance: str) -> Any:
    """One parameter, and the conformance cases that it stands for."""
    marks = [pytest.mark.conformance(*conformance, far="datagrams")] if conformance else []
    return pytest.param(value, marks=marks, id=f"{value >> 5}.{value & 31:02}")


def opening(desk: Any, create: str = DIRECT, **settings: Any) -> Any:
    """The first request of a login has just left, at 0 s."""
    table = desk(**settings)
    table.at(create)
    table.at('AT+MIPLADDOBJ=0,3200,1,"1",0,0')
    assert table.at(OPEN) == "OK"
    return table


def registered(desk: Any, **settings: Any) -> Any:
    table = opening(desk, **settings)
    assert table.reply(CREATED, *AT_RD_1) == "+MIPLEVENT: 0,6"
    return table


def reset(table: Any) -> str:
    """A Reset to the last datagram of the module."""
    printed: str = table.platform(coap(RST, 0, table.sent[-1].mid))
    return printed


def behind_the_token(sent: Any) -> bytes:
    data: bytes = sent.data[4 + len(sent.token) :]
    return data
