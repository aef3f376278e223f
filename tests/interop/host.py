"""The host of the module in these tests: one MCU with a digital input and a thermometer.

Its objects are 3200 (resources 5500, a boolean, and 5750, a string) and 3303 (5700, a float, and
5701, a string).
"""

from collections.abc import Callable

from tests.bench import Bench
from tests.interop.peers.driver import PATIENCE, Peer, Registration

ENDPOINT = "869975030000461;460001357924680"  # IMEI;IMSI (decision 18)
OBJECTS = {3200: "5500;5750", 3303: "5700;5701"}
LIST = '</>;rt="oma.lwm2m",</3200/0>,</3303/0>'  # decision 20
LIST_AS_KEPT = "</3200/0>,</3303/0>"

# The values that a READ of an instance is answered with: fields of AT+MIPLREADRSP (manual 3.11)
# from `<resid>` to `<value>`.
VALUES = {
    3200: ("5500,5,1,1", '5750,1,4,"ijkl"'),
    3303: ("5700,4,5,-21.5", '5701,1,3,"Cel"'),
}

Benches = Callable[..., Bench]


def command(table: Bench, line: str, *before: str) -> None:
    """A command that is granted, with data lines `before` its OK."""
    table.write(line)
    for each in (*before, "OK"):
        table.expect(each)


def asked(table: Bench, line: str) -> str:
    """The line about the next request of the server; `{mid}` stands for its message id."""
    printed = line.format(mid=table.asked())
    table.expect(printed)
    return printed


def answer(table: Bench, peer: Peer, line: str, response: str, *others: str) -> None:
    """`line` is on the serial line, and may be there again if the peer has no patience (decision
    31), as may `others`; `{mid}` in the response is that of `line`."""
    table.write(response.format(mid=line.split(",")[1]))
    table.expect_after(() if peer.manners.patient else (line, *others), "OK")


def answer_with_values(table: Bench, peer: Peer, line: str, objid: int, *others: str) -> None:
    """READRSP for each resource of the object: flag 1, the first of some; 0, the last."""
    first, last = VALUES[objid]
    head = f"AT+MIPLREADRSP=0,{{mid}},1,{objid},0"
    answer(table, peer, line, f"{head},{first},1,1", *others)
    answer(table, peer, line, f"{head},{last},0,0", *others)


def create(table: Bench, peer: Peer, *declarations: str) -> None:
    """Up to OPEN. `declarations`: NOTIFY lines without `AT+MIPLNOTIFY=0,0,`, for resources whose
    type matters (manual 3.5); 5750 is among them."""
    host, port = peer.address
    command(table, f'AT+MIPLCREATEEX="{host}:{port}",0', "+MIPLCREATEEX: 0")
    for objid, resources in OBJECTS.items():
        command(table, f'AT+MIPLADDOBJ=0,{objid},1,"1",0,1')
        command(table, f'AT+MIPLDISCOVERRSP=0,{objid},1,9,"{resources}"')
    for each in ('3200,0,5750,1,4,"test",0,0', *declarations):
        command(table, f"AT+MIPLNOTIFY=0,0,{each}")


def register(table: Bench, peer: Peer) -> None:
    command(table, "AT+MIPLOPEN=0,3000,30")
    table.expect("+MIPLEVENT: 0,6")
    if peer.manners.reads_first:
        be_read_through(table, peer)
    assert peer.records.registered.get(timeout=PATIENCE) == registration(peer, 3000)
    assert peer.registered() == [ENDPOINT]


def be_read_through(table: Bench, peer: Peer) -> None:
    """Every object at once."""
    lines = [f"+MIPLREAD: 0,{table.asked()},{objid},-1,-1" for objid in OBJECTS]
    for number, line in enumerate(lines):
        table.expect_after(lines[:number], line)
    for line, objid in zip(lines, OBJECTS, strict=True):
        answer_with_values(table, peer, line, objid, *lines)


def registration(peer: Peer, lifetime: int) -> Registration:
    objects = LIST if peer.manners.keeps_lists else LIST_AS_KEPT
    return Registration(ENDPOINT, lifetime, objects)


def log_in(table: Bench, peer: Peer, *declarations: str) -> None:
    create(table, peer, *declarations)
    register(table, peer)


def leave(table: Bench, peer: Peer) -> None:
    """An event 26 that nobody sent the ACK for would stand before the answer to CLOSE."""
    if not peer.manners.survives_delete:
        peer.forget()
    command(table, "AT+MIPLCLOSE=0")
    table.expect("+MIPLEVENT: 0,15")
    assert peer.records.gone.get(timeout=PATIENCE) == ENDPOINT
    assert peer.registered() == []
    assert peer.records.notified.empty()
    command(table, "AT+MIPLDELETE=0")
    table.expect_nothing_more()
