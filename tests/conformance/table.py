"""A registered module on the desk: its MCU is a script of AT lines, its server one of datagrams.

Both are literal, what the MCU writes as text and what the server sends and gets as hex: RFC 7252 3
for the header and the options, LwM2M 1.0 6.4.3 for TLV. In what the module sends under a message
id of its own choice, the id is shown as `****`. b4 33323030 is /3200, b4 33333033 is /3303.
"""

from typing import Any

from emulator.modem import ModemSettings
from tests.desk import CHANGED, CREATED, LOCATION, Desk, Sent

CREATE = 'AT+MIPLCREATEEX="183.230.40.40:5683",0'

DECLARED = (
    'AT+MIPLADDOBJ=0,3200,1,"1",5,0',
    'AT+MIPLADDOBJ=0,3303,1,"1",3,1',
    "AT+MIPLNOTIFY=0,0,3200,0,5500,5,1,1,0,0",
    "AT+MIPLNOTIFY=0,0,3200,0,5501,3,1,7,0,0",
    "AT+MIPLNOTIFY=0,0,3200,0,5503,3,3,100,0,0",
    'AT+MIPLNOTIFY=0,0,3200,0,5750,1,4,"door",0,0',
    'AT+MIPLNOTIFY=0,0,3200,0,30001,2,4,"E309",0,0',
    "AT+MIPLNOTIFY=0,0,3303,0,5601,4,5,-4.25,0,0",
    "AT+MIPLNOTIFY=0,0,3303,0,5700,4,4,23.5,0,0",
    'AT+MIPLNOTIFY=0,0,3303,0,5701,1,3,"Cel",0,0',
)
"""Two objects with a resource of every type, declared before login (manual 3.3, 3.5, 3.9)."""

TLV_3200 = "e1157c01 e1157d07 e1157f64 e41676646f6f72 e27531e309"
TLV_3303 = "e415e1c0880000 e4164441bc0000 e3164543656c"
"""Their instances 0 as TLV: each resource with a 16-bit id, in ascending order."""


def new_module(**settings: Any) -> Desk:
    return Desk(ModemSettings(**{"strict": True, "seed": 1, **settings}))


def registered(*more: str, **settings: Any) -> Desk:
    """A module that is logged in at /rd/5a3f, as DECLARED and `more` lines before OPEN have it."""
    desk = new_module(**settings)
    assert desk.at(CREATE) == "+MIPLCREATEEX: 0|OK"
    for line in (*DECLARED, *more, "AT+MIPLOPEN=0,86400,30"):
        assert desk.at(line) == "OK"
    assert desk.reply(CREATED, (LOCATION, b"rd"), (LOCATION, b"5a3f")) == "+MIPLEVENT: 0,6"
    desk.sent.clear()
    return desk


def hear(desk: Desk, datagram: str) -> str:
    """A datagram of the server arrives; the lines that the MCU gets within a second."""
    return desk.platform(bytes.fromhex(datagram))


def said(desk: Desk) -> list[str]:
    """What the module has sent since the last look."""
    sent = [_shown(each) for each in desk.sent]
    desk.sent.clear()
    return sent


def wire(*datagrams: str) -> list[str]:
    """What a test expects, as `said` has it."""
    return [datagram.replace(" ", "") for datagram in datagrams]


def _shown(sent: Sent) -> str:
    text = sent.data.hex()
    return text if sent.kind >= 2 else f"{text[:4]}****{text[8:]}"


OBSERVE = "4101 6f00 0b 60 54 33333033 01 30"  # the server observes /3303/0 with token 0b
NOTIFY = "AT+MIPLNOTIFY=0,0,3303,0,5700,4,4,23.5,0,0"


def observed(*more: str, **settings: Any) -> Desk:
    """A registered module whose /3303/0 is observed."""
    desk = registered(*more, **settings)
    assert hear(desk, OBSERVE) == "+MIPLOBSERVE: 0,28416,1,3303,0,-1"
    said(desk)
    return desk


def refuses(desk: Desk, request: str, answer: str) -> None:
    """A request is answered so, no line appears, and nothing has changed by it."""
    before = _state(desk, 0x6000)
    assert hear(desk, request) == ""
    assert said(desk) == wire(answer)
    assert _state(desk, 0x6010) == before


def _state(desk: Desk, mid: int) -> tuple[list[bytes], bytes, bytes]:
    """What a server sees: the lists of both objects, the object list in an Update, and the token
    under which 3303/0/5700 is notified. It takes two message ids from `mid` on."""
    desk.sent.clear()
    assert hear(desk, f"4101 {mid:04x} 0d b4 33323030 61 28") == f"+MIPLDISCOVER: 0,{mid},3200"
    assert hear(desk, f"4101 {mid + 1:04x} 0d b4 33333033 61 28").startswith("+MIPLDISCOVER: 0,")
    lists = [sent.payload for sent in desk.sent]
    assert desk.at("AT+MIPLUPDATE=0,86400,1") == "OK"
    objects = desk.sent[-1].payload
    assert desk.reply(CHANGED) == "+MIPLEVENT: 0,11"
    assert desk.at(NOTIFY) == "OK"
    token = desk.sent[-1].token
    desk.sent.clear()
    return lists, objects, token
