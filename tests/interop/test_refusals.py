"""What the module refuses by itself (conformance 9), asked by aiocoap and libcoap."""

import pytest

from tests.interop.host import Benches, log_in
from tests.interop.peers.driver import PATIENCE, CoapPeer

TEXT, LINK, TLV, UNKNOWN = 0, 40, 11542, 9999
DOOR, ABSENT = "/3200/0/5750", "/3200/0/9999"

# case, method, path, payload, Content-Format, Accept, code
REFUSED = [
    ("AJ-root-get", "GET", "/", b"", None, None, "4.00"),
    ("AJ-root-put", "PUT", "/", b"1", TEXT, None, "4.00"),
    ("AJ-root-post", "POST", "/", b"1", TEXT, None, "4.00"),
    ("AJ-root-delete", "DELETE", "/", b"", None, None, "4.00"),
    ("AJ-delete-object", "DELETE", "/3200", b"", None, None, "4.05"),
    ("AJ-delete-resource", "DELETE", DOOR, b"", None, None, "4.05"),
    ("AJ-path-too-long", "GET", f"{DOOR}/0", b"", None, None, "4.02"),
    ("AJ-unknown-content-format", "PUT", DOOR, b"1", UNKNOWN, None, "4.15"),
    ("AJ-unknown-accept", "GET", DOOR, b"", None, UNKNOWN, "4.06"),
    ("AJ-tlv-id-not-path", "PUT", DOOR, b"\xe4\x16\x77abcd", TLV, None, "4.00"),  # 5751
    ("AJ-create-text", "POST", "/3200", b"1", TEXT, None, "4.05"),
    ("LE-cannot-read-absent-object", "GET", "/3201/0/5750", b"", None, None, "4.04"),
    ("LE-cannot-read-absent-instance", "GET", "/3200/1/5750", b"", None, None, "4.04"),
    ("LE-cannot-write-absent-object", "PUT", "/3201/0/5750", b"1", TEXT, None, "4.04"),
    ("LE-cannot-write-absent-instance", "PUT", "/3200/1/5750", b"1", TEXT, None, "4.04"),
    ("LE-cannot-execute-absent-object", "POST", "/3201/0/5750", b"", None, None, "4.04"),
    ("LE-cannot-execute-absent-instance", "POST", "/3200/1/5750", b"", None, None, "4.04"),
    ("LE-cannot-discover-absent-object", "GET", "/3201", b"", None, LINK, "4.04"),
    ("LE-cannot-discover-absent-instance", "GET", "/3200/1", b"", None, LINK, "4.04"),
    ("LE-cannot-discover-absent-resource", "GET", ABSENT, b"", None, LINK, "4.04"),
    ("1.0-int-270", "POST", "/3200", b"\x00\x01", TLV, None, "4.05"),  # an empty instance 1
    ("1.0-int-290", "DELETE", "/3200/0", b"", None, None, "4.05"),
    ("1.0-int-680", "POST", "/3", b"\x00\x01", TLV, None, "4.05"),
    ("1.0-int-685", "DELETE", "/3/0", b"", None, None, "4.05"),
]


@pytest.mark.conformance(*(row[0] for row in REFUSED))
@pytest.mark.parametrize("peer", ["aiocoap", "libcoap"], indirect=True)
def test_the_code_comes_at_once_and_no_line(peer: CoapPeer, bench: Benches) -> None:
    table = bench()
    log_in(table, peer)
    got = {}
    for case, method, path, payload, content_format, accept, _ in REFUSED:
        pending = peer.request(
            method, path, payload=payload, content_format=content_format, accept=accept
        )
        got[case] = pending.result(PATIENCE).code
    assert got == {row[0]: row[-1] for row in REFUSED}
    table.expect_nothing_more()
