"""What the tests of the module's own objects share: a registered module, and its datagrams."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.desk import Desk, Sent


@pytest.fixture
def ready(desk: Callable[..., Desk]) -> Callable[..., Desk]:
    """A module that has registered at /rd/1 for 300 s with object 3200; nothing is under way."""

    def make(*commands: str, **settings: Any) -> Desk:
        table = desk(**settings)
        assert table.at('AT+MIPLCREATEEX="183.230.40.40:5683",0').endswith("OK")
        for line in ('AT+MIPLADDOBJ=0,3200,1,"1",0,0', *commands, "AT+MIPLOPEN=0,300,30"):
            assert table.at(line) == "OK"
        assert table.reply(0x41, (8, b"rd"), (8, b"1")).endswith("0,6")
        table.sent.clear()
        return table

    return make


@pytest.fixture
def rest() -> Callable[[Sent], str]:
    """Options and payload of a datagram, in hex: what follows its token (RFC 7252 3)."""
    return lambda sent: sent.data[4 + (sent.data[0] & 15) :].hex()


@pytest.fixture
def code() -> Callable[[Desk], str]:
    """The code of the last datagram, as in "2.04"."""

    def of(table: Desk) -> str:
        last = table.sent[-1]
        return f"{last.code >> 5}.{last.code & 31:02d}"

    return of
