"""The dialogue of the manual's 5.1, without bootstrap, with servers that others have written.

The AT lines are exact to the byte; what the server says it got comes from the server. Message ids
are those that stood on the wire (decision 29).
"""

import pytest

from tests.bench import Bench
from tests.interop.host import (
    Benches,
    answer,
    asked,
    command,
    leave,
    log_in,
    registration,
)
from tests.interop.peers.driver import PATIENCE, Answer, Notification, Peer

LINKS = b"</3200>,</3200/0>,</3200/0/5500>,</3200/0/5750>"  # decision 16
RESOURCE = "/3200/0/5750"

# What a server observes and reads, and the last fields of the line about it.
OBSERVED = {"instance": ("/3200/0", "3200,0,-1"), "resource": (RESOURCE, "3200,0,5750")}
DEVICE = {"instance": ("/3/0", "3,0,-1"), "resource": ("/3/0/0", "3,0,0")}

# The manufacturer, resource 0 of 3/0, `CMIOT`: as text, or as TLV with an identifier of 8 bits
# (LwM2M 1.0 6.4.3); other resources may follow in an instance.
MANUFACTURER = {"text": b"CMIOT", "tlv": b"\xc5\x00CMIOT"}

# A string of four bytes in 5750 = 0x1676: as text, or with an identifier of 16 bits in TLV.
HEAD = {"text": b"", "tlv": b"\xe4\x16\x76"}

TEXT, LINK, TLV = 0, 40, 11542  # Content-Formats (RFC 7252 12.3, LwM2M 1.0 6.4)
FORMATS = {"text": TEXT, "tlv": TLV}


# The conformance cases that the dialogue shows with every server, and with one alone.
SHOWN = (
    "1.0-int-101",
    "1.0-int-260",
    "1.0-int-301",
    "CORE_10",
    "CORE_13",
    "CORE_14",
    "CORE_18",
    "OBS_02",
    "LE-attribute-pmin",
    "LE-attribute-pmax",
    "LE-attribute-gt",
    "LE-attribute-st",
)
SHOWN_WITH = {
    "aiocoap": ("OBS_01", "1.0-int-302", "OBS_06", "LE-observe-instance-passive-cancel"),
    "lwm2m-node-lib": (),
    "coap-shepherd": ("OBS_01", "1.0-int-303", "OBS_12", "LE-observe-resource-active-cancel"),
    "libcoap": ("OBS_01", "LE-observe-instance-active-cancel"),
}

every = pytest.mark.parametrize(
    "peer",
    [
        pytest.param(name, marks=pytest.mark.conformance(*SHOWN, *cases))
        for name, cases in SHOWN_WITH.items()
    ],
    indirect=True,
)


@every
@pytest.mark.parametrize("empty_ack_after_s", ["never", 0.2])
def test_the_dialogue_of_5_1(peer: Peer, bench: Benches, empty_ack_after_s: str | float) -> None:
    table = bench(empty_ack_after_s=empty_ack_after_s)
    log_in(table, peer)
    be_watched(table, peer)
    be_explored(table, peer)
    report(table, peer)
    answer_a_read(table, peer)
    answer_a_write(table, peer)
    answer_an_execute(table, peer)
    be_given_attributes(table, peer)
    be_asked_for_the_list(table, peer)  # attributes are not echoed (decision 16)
    refuse(table, peer)
    be_left_alone(table, peer)
    update(table, peer)
    leave(table, peer)


@pytest.mark.conformance("CORE_11")
def test_a_slow_mcu_with_an_early_ack_sv_2_3(peer: Peer, bench: Benches) -> None:
    """The empty ACK leaves first, then the answer in a message of its own."""
    table = bench(empty_ack_after_s=0.2)
    log_in(table, peer)
    path, fields = OBSERVED[peer.manners.level]
    pending = peer.read(path)
    line = asked(table, f"+MIPLREAD: 0,{{mid}},{fields}")
    mid = int(line.split(",")[1])
    table.sent(b"\x60\x00" + mid.to_bytes(2, "big"))  # RFC 7252 3: ACK, no token, 0.00
    answer(table, peer, line, 'AT+MIPLREADRSP=0,{mid},1,3200,0,5750,1,4,"abcd",0,0')
    table.told()
    assert pending.result(PATIENCE) == content(peer, value(peer, b"abcd"))
    leave(table, peer)


def value(peer: Peer, text: bytes) -> bytes:
    return HEAD[peer.manners.form] + text


def content(peer: Peer, payload: bytes, form: int | None = None) -> Answer:
    """2.05 as this server lets it be seen; the format is that of its values unless given."""
    wanted = FORMATS[peer.manners.form] if form is None else form
    return Answer("2.05", payload, wanted if peer.manners.tells_formats else None)


def be_watched(table: Bench, peer: Peer) -> None:
    path, fields = OBSERVED[peer.manners.level]
    pending = peer.observe(path)
    table.expect(f"+MIPLOBSERVE: 0,{table.asked()},1,{fields}")
    known = b"ijkl" if peer.manners.reads_first else b"test"  # decision 30
    assert pending.result(PATIENCE) == content(peer, value(peer, known))


def be_asked_for_the_list(table: Bench, peer: Peer) -> None:
    pending = peer.discover("/3200")
    table.expect(f"+MIPLDISCOVER: 0,{table.asked()},3200")
    assert pending.result(PATIENCE) == content(peer, LINKS, LINK)


def be_explored(table: Bench, peer: Peer) -> None:
    be_asked_for_the_list(table, peer)
    path, fields = DEVICE[peer.manners.level]
    pending = peer.read(path)
    table.expect(f"+MIPLREAD: 0,{table.asked()},{fields}")  # the module answers by itself
    answer = pending.result(PATIENCE)
    assert answer == content(peer, answer.payload)
    assert answer.payload.startswith(MANUFACTURER[peer.manners.form])


def report(table: Bench, peer: Peer) -> None:
    """NON without `<ackid>`, CON with it; event 26 where the server acknowledges (decision 42)."""
    command(table, 'AT+MIPLNOTIFY=0,0,3200,0,5750,1,4,"abcd",0,0')
    be_heard(peer, b"abcd")
    command(table, 'AT+MIPLNOTIFY=0,0,3200,0,5750,1,4,"efgh",0,0,147')
    be_heard(peer, b"efgh")
    if peer.manners.acknowledges:
        table.expect("+MIPLEVENT: 0,26,147")


def be_heard(peer: Peer, text: bytes) -> None:
    heard, wanted = peer.records.notified.get(timeout=PATIENCE), content(peer, value(peer, text))
    path, _ = OBSERVED[peer.manners.level]
    assert heard == Notification(path, wanted.payload, wanted.content_format)


def answer_a_read(table: Bench, peer: Peer) -> None:
    path, fields = OBSERVED[peer.manners.level]
    pending = peer.read(path)
    line = asked(table, f"+MIPLREAD: 0,{{mid}},{fields}")
    answer(table, peer, line, 'AT+MIPLREADRSP=0,{mid},1,3200,0,5750,1,4,"ijkl",0,0')
    assert pending.result(PATIENCE) == content(peer, value(peer, b"ijkl"))


def refuse(table: Bench, peer: Peer) -> None:
    """Result 13 is 4.04 (manual 3.11; decision 37)."""
    path, fields = OBSERVED[peer.manners.level]
    pending = peer.read(path)
    line = asked(table, f"+MIPLREAD: 0,{{mid}},{fields}")
    answer(table, peer, line, "AT+MIPLREADRSP=0,{mid},13")
    assert pending.result(PATIENCE).code == "4.04"


def answer_a_write(table: Bench, peer: Peer) -> None:
    pending = peer.write(RESOURCE, "mnop")
    line = asked(table, "+MIPLWRITE: 0,{mid},3200,0,5750,1,4,mnop,0")
    answer(table, peer, line, "AT+MIPLWRITERSP=0,{mid},2")
    assert pending.result(PATIENCE) == Answer("2.04", b"")


def answer_an_execute(table: Bench, peer: Peer) -> None:
    pending = peer.execute(RESOURCE, "qrst")
    text = peer.manners.argument.format("qrst")
    line = asked(table, f'+MIPLEXECUTE: 0,{{mid}},3200,0,5750,{len(text)},"{text}"')
    answer(table, peer, line, "AT+MIPLEXECUTERSP=0,{mid},2")
    assert pending.result(PATIENCE) == Answer("2.04", b"")


def be_given_attributes(table: Bench, peer: Peer) -> None:
    """Decision 35: what is set, in this order, the step under the name that *step_name* gives it,
    however the server spells either (SV 4.6)."""
    text = "pmin=5;pmax=30;gt=9.0;stp=0.5"
    for step in peer.manners.steps:
        for nine in ("9", "9.0"):
            given = {"pmin": "5", "pmax": "30", "gt": nine, step: "0.5"}
            pending = peer.write_attributes(RESOURCE, given)
            table.expect(f'+MIPLPARAMETER: 0,{table.asked()},3200,0,5750,29,"{text}"')
            assert pending.result(PATIENCE) == Answer("2.04", b"")


def be_left_alone(table: Bench, peer: Peer) -> None:
    """The end of the observation, as the server brings it about (decision 30)."""
    path, fields = OBSERVED[peer.manners.level]
    notify = 'AT+MIPLNOTIFY=0,0,3200,0,5750,1,4,"uvwx",0,0'
    peer.cancel(path)
    match peer.manners.cancels:
        case "Observe 1":
            table.expect(f"+MIPLOBSERVE: 0,{table.asked()},0,{fields}")
        case "RST":
            command(table, f"{notify},148")
            table.told()
            table.expect("+MIPLEVENT: 0,26,148")
            command(table, f"{notify},149")
            table.expect(f"+MIPLOBSERVE: 0,{table.told()},0,{fields}")
        case None:
            command(table, notify)  # nobody listens
            return
    table.write(notify)
    table.expect("+CIS ERROR: 653")  # decision 43


def update(table: Bench, peer: Peer) -> None:
    """2.04 is event 11, another code silence (decision 25)."""
    command(table, "AT+MIPLUPDATE=0,4000,1")
    if peer.manners.takes_updates:
        table.expect("+MIPLEVENT: 0,11")
    assert peer.records.updated.get(timeout=PATIENCE) == registration(peer, 4000)
