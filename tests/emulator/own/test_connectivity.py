"""4/0, Connectivity Monitoring, and OneNET's 10290/0, of the module (decision 33; MB 2.13)."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.desk import Desk

GET, POST, PUT = 1, 2, 3
ACCEPT, TLV = 17, b"\x2d\x16"
H = bytes.fromhex

Ready = Callable[..., Desk]
CodeOf = Callable[[Desk], str]


@pytest.mark.conformance("1.0-int-701", far="datagrams")
@pytest.mark.parametrize(("model", "bearer"), [("MN316", "07"), ("ML307A", "06")])
def test_connectivity(ready: Ready, model: str, bearer: str) -> None:
    """LwM2M 1.0 E.5: NB-IoT or LTE-FDD; +CSQ's 23 is -67 dBm (27.007 8.5); the cell is that of
    +CEREG; the network is that of the IMSI, 460 00."""
    table = ready(model=model)
    assert table.ask(GET, 700, "/4/0", (ACCEPT, TLV)) == "+MIPLREAD: 0,700,4,0,-1"
    expected = (
        H(f"c100{bearer} 8301 4100{bearer} c102bd")
        + H("8804 0e 4800 0b") + b"10.57.20.17"
        + H("8707 4500") + b"CMIOT"
        + H("c408 0a1b2c3d c10900 c20a01cc") + H("e11796 0c")
    )  # fmt: skip
    assert table.sent[0].data == H("6245 02bc 02bc c2 2d16 ff") + expected
    assert table.at("AT+CSQ") == "+CSQ: 23,99|OK"
    access = {"07": 9, "06": 7}[bearer]  # 27.007 10.1.22
    assert table.at("AT+CEREG=2;+CEREG?") == f'+CEREG: 2,1,"1A2B","0A1B2C3D",{access}|OK'


def test_the_network_is_the_sims(ready: Ready) -> None:
    table = ready(imsi="460041357924680")
    for mid, resource, text in ((700, 9, b"4"), (701, 10, b"460")):
        table.ask(GET, mid, f"/4/0/{resource}")
        assert table.sent[-1].payload == text


def test_nothing_of_it_is_written_or_executed(ready: Ready, code: CodeOf) -> None:
    table = ready()
    for mid, method in ((700, PUT), (701, POST)):
        assert table.ask(method, mid, "/4/0/2", (12, b""), payload=b"1") == ""
        assert code(table) == "4.05"


MONITOR = (
    H("c10007 c1060a c11e17 c11f00 c1200c")  # bearer, utilization, +CSQ, coverage, SNR
    + H("e4178e 0000b3b0 e21790 0e9a e11792 7b")  # PLMN 46000, EARFCN 3738, cell 123
    + H("e45092 0a1b2c3d e15094 7c e25095 00c9 e15096 9e e15097 97")
)


def test_the_monitor_shows_serving_and_neighbour_cells(ready: Ready) -> None:
    """Manual 4.6 note 8; ids and types as in CIS firmware (MB 2.13)."""
    table = ready()
    assert table.ask(GET, 700, "/10290/0", (ACCEPT, TLV)) == "+MIPLREAD: 0,700,10290,0,-1"
    assert table.sent[0].payload == MONITOR


@pytest.mark.parametrize(
    ("flag", "platform", "wanted"),
    [
        (0, "", "2.05"),
        (2, "", "4.04"),
        (0, 'AT+MIPLCFG="platform",0,1', "4.04"),
        (0, 'AT+MIPLCFG="platform",0,3', "4.04"),
        (0, 'AT+MIPLCFG="platform",0,0', "2.05"),
    ],
)
def test_the_monitor_is_onenets_and_may_be_forbidden(
    desk: Any, code: CodeOf, flag: int, platform: str, wanted: str
) -> None:
    """Manual 4.6 note 9 and `<flag>` bit 1; decision 33."""
    table = desk()
    assert table.at(f'AT+MIPLCREATEEX="183.230.40.40:5683",{flag}').endswith("OK")
    if platform:
        assert table.at(platform) == "OK"
    assert table.at("AT+MIPLOPEN=0,300,30") == "OK"
    table.reply(0x41, (8, b"rd"), (8, b"1"))
    table.ask(GET, 700, "/10290/0")
    assert code(table) == wanted
