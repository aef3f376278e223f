"""Paths and codes (conformance 9), and the Security object: what the module or its MCU refuses.

Codes: 80 4.00, 81 4.01, 82 4.02, 84 4.04, 85 4.05, 86 4.06, 8f 4.15.
"""

import pytest

from tests.conformance.table import hear, observed, refuses, said, wire
from tests.desk import Desk

OBJECT, INSTANCE = "b4 33323030", "b4 33323030 01 30"  # /3200, /3200/0
COUNTER, DOOR = f"{INSTANCE} 04 35353031", f"{INSTANCE} 04 35373530"  # 5501, 5750
ABSENT = f"{INSTANCE} 04 39393939"  # /3200/0/9999
NO_OBJECT = "b4 33323031 01 30 04 35353031"  # /3201/0/5501
NO_INSTANCE = "b4 33323030 01 31 04 35353031"  # /3200/1/5501
TOO_LONG = f"{COUNTER} 01 30"


def datagrams(*cases: str) -> pytest.MarkDecorator:
    return pytest.mark.conformance(*cases, far="datagrams")


@pytest.fixture
def desk() -> Desk:
    return observed()


# case, method, options and payload, code
REFUSED = [
    ("AJ-root-get", "01", "", "80"),
    ("AJ-root-put", "03", "c0 ff 31", "80"),
    ("AJ-root-post", "02", "c0 ff 31", "80"),
    ("AJ-root-delete", "04", "", "80"),
    ("AJ-delete-object", "04", OBJECT, "85"),
    ("AJ-delete-resource", "04", COUNTER, "85"),
    ("AJ-path-too-long", "01", TOO_LONG, "82"),
    ("AJ-path-too-long", "03", f"{TOO_LONG} 10 ff 31", "82"),
    ("AJ-path-too-long", "02", TOO_LONG, "82"),
    ("AJ-path-too-long", "01", f"{TOO_LONG} 01 30 01 30", "82"),
    ("AJ-unknown-content-format", "03", f"{COUNTER} 12 270f ff 31", "8f"),  # 9999
    ("AJ-unknown-content-format", "02", f"{INSTANCE} 12 270f ff 31", "8f"),
    ("AJ-unknown-accept", "01", f"{COUNTER} 62 270f", "86"),
    ("AJ-unknown-accept", "01", f"{INSTANCE} 62 270f", "86"),
    ("AJ-tlv-id-not-path", "03", f"{COUNTER} 12 2d16 ff e1157f01", "80"),  # 5503, not 5501
    ("AJ-create-text", "02", f"{OBJECT} 10 ff 31", "85"),
    ("1.1-int-221", "01", "b1 30 01 30", "81"),
    ("1.1-int-221", "03", "b1 30 01 30 01 30 10 ff 61", "81"),
    ("1.1-int-221", "03", "b1 30 46 706d696e3d35", "81"),
    ("1.1-int-221", "01", "60 51 30 01 30", "81"),
    ("LE-cannot-read-absent-object", "01", NO_OBJECT, "84"),
    ("LE-cannot-read-absent-instance", "01", NO_INSTANCE, "84"),
    ("LE-cannot-write-absent-object", "03", f"{NO_OBJECT} 10 ff 31", "84"),
    ("LE-cannot-write-absent-instance", "03", f"{NO_INSTANCE} 10 ff 31", "84"),
    ("LE-cannot-execute-absent-object", "02", NO_OBJECT, "84"),
    ("LE-cannot-execute-absent-instance", "02", NO_INSTANCE, "84"),
    ("LE-cannot-discover-absent-object", "01", f"{NO_OBJECT} 61 28", "84"),
    ("LE-cannot-discover-absent-instance", "01", f"{NO_INSTANCE} 61 28", "84"),
    ("LE-cannot-discover-absent-resource", "01", f"{ABSENT} 61 28", "84"),
]


@pytest.mark.parametrize(
    ("method", "options", "code"),
    [pytest.param(*row, marks=datagrams(case), id=case) for case, *row in REFUSED],
)
def test_refused_by_the_module(desk: Desk, method: str, options: str, code: str) -> None:
    """The code at once, no line, and nothing has changed."""
    refuses(desk, f"44{method} 7001 deadbeef {options}", f"64{code} 7001 deadbeef")


@datagrams("AJ-critical-option")
def test_an_unknown_critical_option_and_the_next_request(desk: Desk) -> None:
    """If-None-Match (5): 4.02, the option named in the payload (RFC 7252 5.4.1)."""
    put = f"4403 7001 deadbeef 50 6{COUNTER[1:]} 10 ff 39"
    diagnostic = b"option 5".hex()
    refuses(desk, put, f"6482 7001 deadbeef ff {diagnostic}")
    put = f"4403 7002 deadbeef {COUNTER} 10 ff 39"
    assert hear(desk, put) == "+MIPLWRITE: 0,28674,3200,0,5501,3,1,9,0"
    assert desk.at("AT+MIPLWRITERSP=0,28674,2") == "OK"
    assert said(desk) == wire("6444 7002 deadbeef")


# What only the MCU knows: 13 is 4.04, 14 is 4.05 (manual 3.11, 3.13, 3.15)

READ_9999 = ("01", ABSENT, "+MIPLREAD: 0,28673,3200,0,9999", "READ")
WRITE_9999 = ("03", f"{ABSENT} 10 ff 31", "+MIPLWRITE: 0,28673,3200,0,9999,6,2,31,0", "WRITE")
EXECUTE_9999 = ("02", ABSENT, "+MIPLEXECUTE: 0,28673,3200,0,9999", "EXECUTE")
READ = ("01", COUNTER, "+MIPLREAD: 0,28673,3200,0,5501", "READ")
EXECUTE = ("02", DOOR, "+MIPLEXECUTE: 0,28673,3200,0,5750", "EXECUTE")


@pytest.mark.parametrize(
    ("method", "options", "line", "command", "result", "code"),
    [
        pytest.param(*asked, *answered, marks=datagrams(f"LE-cannot-{case}"), id=case)
        for case, asked, answered in (
            ("read-absent-resource", READ_9999, ("13", "84")),
            ("read-not-readable", READ, ("14", "85")),
            ("write-absent-resource", WRITE_9999, ("13", "84")),
            ("execute-absent-resource", EXECUTE_9999, ("13", "84")),
            ("execute-not-executable", EXECUTE, ("14", "85")),
        )
    ],
)
def test_refused_by_the_mcu(
    desk: Desk, method: str, options: str, line: str, command: str, result: str, code: str
) -> None:
    assert hear(desk, f"44{method} 7001 deadbeef {options}") == line
    assert said(desk) == []
    assert desk.at(f"AT+MIPL{command}RSP=0,28673,{result}") == "OK"
    assert said(desk) == wire(f"64{code} 7001 deadbeef")
