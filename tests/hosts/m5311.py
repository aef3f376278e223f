"""Drivers for M5311 (HF 4), each a table. What HF does not tell, such as values, is made up."""

from tests.hosts.driver import CON, NON, Driver, crlf, discover, observe, read, write
from tests.hosts.host import Asked, Reaction, Reset, Say, Serve
from tests.hosts.oneos import event, reply
from tests.hosts.reading import either, fields, find

# MB 2.1: 49 bytes, bootstrap at 183.230.40.39:5683.
BLOB = (
    "130031F10003F2002304001100000000000010123138332E3233302E34302E33393A35363833000131"
    "F300080000000000"
)
CREATE = f"AT+MIPLCREATE=49,{BLOB},0,49,0"
OK, CREATED = find(b"OK"), find(b"+MIPLCREATE:0")


def _two_writes(command: bytes) -> list[bytes]:
    return [command, b"\r\n"]


D1 = Driver(
    "M5311",
    framing=_two_writes,
    after_login=(observe(20001, "/3200/0"), discover(20002, "/3200")),
    steps=(
        Say("AT", reply(), within=5, attempts=5),
        Say("ATE0", reply()),
        Say("AT+CGSN=1", reply("+CGSN: %s")),
        Say("AT+CIMI", reply("%s")),
        Say("AT+CEREG?", reply("+CEREG: %hhu,%hhu", None, 1), attempts=10, pause=1),
        Say("AT+CGATT?", reply("+CGATT: %hhu", 1)),
        Say("AT+CSQ", reply("+CSQ: %hhu,%hhu")),
        Say("AT+CCLK?", reply("+CCLK: %d/%d/%d,%d:%d:%d+%d")),
        Say('AT+MIPLCREATEEX="183.230.40.39:5683",1', reply("+MIPLCREATEEX:%hhu", 0)),
        Say('AT+MIPLADDOBJ=0,3200,1,"1",0,0', reply()),
        Say('AT+MIPLDISCOVERRSP=0,3200,1,9,"5500;5750"', reply()),
        Say("AT+MIPLNMI=0,1,0", reply()),
        Say("AT+MIPLNMI?", reply("+MIPLNMI:%d,%d,%d", 0, 1, 0)),
        Say("AT+MIPLOPEN=0,3600,30", reply()),
        Say("", event(6, 7), within=60, name="event 6 or 7"),
        Say('AT+MIPLNOTIFY=0,20001,3200,0,5750,1,4,"test",0,0,7', reply(), pause=1),
        Say("", event(26), within=60, name="event 26"),
        Say("AT+MIPLUPDATE=0,3600,0", reply()),
        Asked(write(20003, "/3200/0/5750", b"open")),
        Say(
            "AT+MIPLMGR=0",
            reply("+MIPLWRITE:%d,%d,%d,%d,%d,%d,%d,%s", keep=("ref", "mid"), room=256),
            attempts=5,
            pause=1,
        ),
        Say("AT+MIPLWRITERSP=0,{mid},2", reply()),
        Say("AT+MIPLCLOSE=0", reply()),
        Say("", event(15), within=60, name="event 15"),
        Say("AT+MIPLDELOBJ=0,3200", reply()),
        Say("AT+MIPLDELETE=0", reply()),
    ),
    answered=((20003, 0x44, b""),),
    notified=((CON, b"\xe4\x16\x76test"),),  # TLV: resource 5750, 4 bytes
)

D5 = Driver(
    "M5311",
    framing=crlf,
    after_login=(observe(20001, "/3200/0"), discover(20002, "/3200")),
    steps=(
        Say("AT+CMRB", find(b"*ATREADY:"), within=5),
        Say("AT", OK, attempts=5, pause=1),
        Say("AT+CEREG=1", OK),
        Say("AT+CEREG?", find(b"+CEREG: 1,1"), within=1, attempts=30, pause=1),
        Say("AT+CGATT?", find(b"+CGATT: 1")),
        Say("AT+MIPLVER?", find(b"+MIPLVER:")),
        Say('AT+MIPLCREATEEX="183.230.40.40:5683",0', find(b"+MIPLCREATEEX:0")),
        Say('AT+MIPLADDOBJ=0,3200,1,"1",0,0', OK),
        Say('AT+MIPLDISCOVERRSP=0,3200,1,9,"5500;5750"', OK),
        Say("AT+MIPLOPEN=0,3600,30", fields("+MIPLEVENT:0,%d", 6), within=30),
        Say('AT+MIPLNOTIFY=0,20001,3200,0,5500,5,1,"1",0,0', OK, pause=1),
        Say("AT*MATWAKEUP=1", OK),
        Say("AT*SLEEP=1", OK),
        Say("AT*ENTERSLEEP", find(b"*GOTOSLEEP"), within=30),
        Say("AT+MIPLNOTIFY=0,20001,3200,0,5500,5,1,0,0,0", find(b"*MATWAKEUP"), pause=30),
        Say("AT_DELETE", pause=1),  # so it says; whatever the module answers
        Say("AT", OK, pause=1),
    ),
    notified=(  # TLV: resource 5500, 1 byte
        (NON, b"\xe1\x15\x7c\x01"),
        (NON, b"\xe1\x15\x7c\x00"),
    ),
)


def _from_offset_11(line: bytes) -> dict[str, str]:
    """Of `+MIPLREAD:…` what is there from byte 11 on: the ref where one character stands before it,
    the comma behind it where none does. The mid follows the first comma either way."""
    _, mid, objid, insid, resid = line[11:].decode().split(",")
    return {"mid": mid, "path": f"{objid},{insid},{resid}"}


D10 = Driver(
    "M5311",
    framing=crlf,
    after_login=tuple(observe(20001 + n, f"/{obj}/0") for n, obj in enumerate((3200, 3303))),
    steps=(
        Reset(),
        Say("", find(b"+IP:"), within=60, name="+IP:"),
        Say("AT+CIMI", find(b"460"), attempts=5, pause=1),
        Say("AT+GSN", find(b"86"), attempts=5, pause=1),
        Say("AT+CSQ", find(b"+CSQ:"), attempts=5, pause=1),
        Say(CREATE, CREATED),
        Say('AT+MIPLADDOBJ=0,3200,1,"1",0,0', OK),
        Say('AT+MIPLDISCOVERRSP=0,3200,1,9,"5500;5750"', OK),
        Say('AT+MIPLADDOBJ=0,3303,1,"1",0,0', OK),
        Say('AT+MIPLDISCOVERRSP=0,3303,1,4,"5700"', OK),
        Say('AT+MIPLADDOBJ=0,3200,1,"1",0,0', OK, name="3200 again"),
        Say("AT+MIPLOPEN=0,3600,60", find(b"+MIPLEVENT:0,6"), within=60),
        Asked(read(20003, "/3303/0/5700")),
        Serve(
            (
                Reaction(
                    b"+MIPLREAD:",
                    _from_offset_11,
                    "AT+MIPLREADRSP=0,{mid},1,{path},4,4,21.5,0,0",
                    "read",
                ),
            ),
            answered=OK,
            state="read",
        ),
    ),
    answered=((20003, 0x45, b"21.5"),),
)

D16 = Driver(
    "M5311",
    framing=crlf,
    after_login=tuple(observe(20001 + n, f"/{obj}/0") for n, obj in enumerate((3323, 3303))),
    steps=(
        Reset(),
        Say("", either(b"PIN: READY", b"REBOOTING"), within=30, name="PIN: READY"),
        Say("AT+CGMM", find(b"M5311"), attempts=3, pause=1),
        Say("AT+GSN", find(b"86")),
        Say("AT+CIMI", find(b"46")),
        Say("AT+CGMR", find(b"MLVH")),
        Say("AT+CEREG?", fields("+CEREG: %d,%d", None, 1), attempts=30, pause=1),
        Say("AT+CSQ", fields("+CSQ: %d,%d")),
        Say("AT+CCLK?", fields("+CCLK: %d/%d/%d,%d:%d:%d+%d")),
        Say(f"AT+MIPLCREATE =49,{BLOB},0,49,0", either(b"OK", b"CIS")),
        Say('AT+MIPLADDOBJ=0,3323,1,"1",0,0', either(b"OK", b"CIS")),
        Say('AT+MIPLADDOBJ=0,3303,1,"1",0,0', either(b"OK", b"CIS")),
        Say('AT+MIPLDISCOVERRSP=0,3323,1,4,"5700"', either(b"OK", b"CIS")),
        Say('AT+MIPLDISCOVERRSP=0,3303,1,4,"5700"', either(b"OK", b"CIS")),
        Say("AT+MIPLOPEN=0,86400,60", find(b"EVENT", b"OBSERVE"), within=60),
        Say('AT+MIPLNOTIFY=0,20001,3323,0,5700,4,4,"0.25",0,0', either(b"OK", b"CIS"), pause=1),
        Say("AT*SLEEP=1", OK),
    ),
    notified=((NON, b"\xe4\x16\x44\x3e\x80\x00\x00"),),  # TLV: resource 5700, 0.25 as float32
)
