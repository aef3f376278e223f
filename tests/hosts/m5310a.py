"""Drivers for M5310-A (HF 4), each a table. What HF does not tell, such as values, is made up."""

from tests.hosts.driver import CON, NON, Driver, crlf, discover, execute, observe, read, write
from tests.hosts.host import Asked, Reaction, Reset, Say, Serve, Want
from tests.hosts.oneos import holding, reply
from tests.hosts.reading import at, counted, either, fields, find
from tests.hosts.scan import scan

# MB 2.1: 49 bytes, direct to 183.230.40.40:5683.
BLOB = (
    "130031F10003F2002304001100000000000000123138332E3233302E34302E34303A35363833000131"
    "F30008C000000000"
)
CREATE = f"AT+MIPLCREATE=49,{BLOB},0,49,0"
OK, CREATED = find(b"OK"), find(b"+MIPLCREATE:0")


def _mid(line: bytes) -> dict[str, str]:
    """Of any line of a request, `+MIPL…:<ref>,<mid>,…`."""
    ref, mid = scan("%d,%d", line.partition(b":")[2].decode("latin-1"))
    return {"ref": str(ref), "mid": str(mid)}


def _d2(host: str, flag: int) -> Driver:
    return Driver(
        "M5310-A",
        framing=crlf,
        after_login=(observe(20001, "/3200/0"), discover(20002, "/3200")),
        steps=(
            Say("AT", reply(), attempts=5),
            Say("AT+CEREG?", reply("+CEREG:%d,%d", None, 1), attempts=10, pause=1),
            Say("AT+CGATT?", reply("+CGATT:%d", 1)),
            Say(f'AT+MIPLCREATEEX="{host}",{flag}', holding(b"+MIPLCREATEEX:0")),
            Say('AT+MIPLADDOBJ=0,3200,1,"1",0,0', reply()),
            Say('AT+MIPLDISCOVERRSP=0,3200,1,9,"5500;5750"', reply()),
            Say("AT+MIPLOPEN=0,3600,30", counted(3, b"+MIPLEVENT:0,6"), within=60),
            Say("AT+MIPLNMI?", reply("+MIPLNMI:0,%d,%d"), pause=1),
            Say('AT+MIPLNOTIFY=0,0,3200,0,5750,1,4,"test",0,0,7', counted(2, b"+MIPLEVENT:0,26")),
            Say("AT+MIPLNMI?", reply("+MIPLNMI:0,%d,%d"), pause=1),
            Say('AT+MIPLNOTIFY=0,0,3200,0,5750,1,4,"more",0,0,8', counted(2, b"+MIPLEVENT:0,26")),
            Say("AT+MIPLUPDATE=0,3600,0", counted(2, b"+MIPLEVENT:0,11"), pause=1),
            Say("AT+MIPLCLOSE=0", counted(2, b"+MIPLEVENT:0,15"), pause=1),
            Say("AT+MIPLDELETE=0", reply()),
        ),
        notified=((CON, b"\xe4\x16\x76test"), (CON, b"\xe4\x16\x76more")),  # TLV: resource 5750
    )


D2 = _d2("183.230.40.39:5683", 1)
D2_DIRECT = _d2("183.230.40.40:5683", 0)

D11 = Driver(
    "M5310-A",
    framing=crlf,
    after_login=(observe(20001, "/3200/0"), discover(20002, "/3200")),
    steps=(
        Say("AT", OK, attempts=5),
        Say("AT+NATSPEED?", find(b"+NATSPEED", b"OK")),
        Say("AT+CFUN=0", OK, within=90),
        Say("AT+CGSN=1", find(b"+CGSN:86")),
        Say("AT+NCONFIG=AUTOCONNECT,TRUE", OK),
        Say("AT+NBAND=8", OK),
        Say("AT+MREGSWT=0", OK),
        Say("AT+CFUN=1", OK, within=90),
        Say("AT+CIMI", find(b"460")),
        Say("AT+CEDRXS=0,5", OK),
        Say("AT+CPSMS=0", OK),
        Say("AT+CGATT=1", OK),
        Say("AT+CGATT?", find(b"+CGATT:1"), within=1, attempts=60, pause=1),
        Say("AT+CSQ", find(b"+CSQ:")),
        Say("AT+NUESTATS", OK),
        Say('AT+MIPLCREATEEX="nbiotbt.heclouds.com:5683",1', find(b"+MIPLCREATEEX:0")),
        Say('AT+MIPLADDOBJ=0,3200,1,"1",0,0', OK),
        Say('AT+MIPLDISCOVERRSP=0,3200,1,9,"5500;5750"', OK),
        Say("AT+MIPLOPEN=0,3600,30", find(b"+MIPLEVENT:0,6"), within=30),
        Say('AT+MIPLNOTIFY=0,0,3200,0,5750,1,4,"test",0,0', OK, pause=1),
        Say("AT+MIPLCLOSE=0", find(b"OK", b"+MIPLEVENT:0,15"), pause=1),
        Say("AT+MIPLDEL=0", OK),
    ),
    notified=((NON, b"\xe4\x16\x76test"),),
)

D12 = Driver(
    "M5310-A",
    framing=crlf,
    after_login=(observe(20001, "/3200/0"), discover(20002, "/3200")),
    steps=(
        Say("AT+NRB", find(b"REBOOT", b"OK"), within=10),
        Say("AT+CIMI", find(b"460"), attempts=5, pause=1),
        Say("AT+CMVER", OK),
        Say("AT+CMEE=1", OK),
        Say("AT+CSCON=1", OK),
        Say("AT+CEREG=2", OK),
        Say("AT+CEDRXS=0,5", OK),
        Say("AT+CPSMS=0", OK),
        Say("AT+CEREG?", find(b"CEREG:2,1"), within=1, attempts=60, pause=1),
        Say("AT+csq", find(b"+CSQ:")),
        Say(CREATE, CREATED),
        Say('AT+MIPLADDOBJ=0,3200,1,"1",0,0', OK),
        Say('AT+MIPLDISCOVERRSP=0,3200,1,14,"5500;5700;5750"', OK),
        Say("AT+MIPLOPEN=0,3600,30", find(b"+MIPLEVENT:0,6"), within=30),
        Say('AT+MIPLNOTIFY=0,0,3200,0,5750,1,4,"test",0,0', OK, pause=1),
        Asked(read(20003, "/3200/0/5700")),
        Asked(write(20004, "/3200/0/5750", b"open")),
        Asked(execute(20005, "/3200/0/5501", b"go")),
        Serve(
            (
                Reaction(
                    b"+MIPLREAD:",
                    _mid,
                    "AT+MIPLREADRSP=0,{mid},1,3200,0,5700,4,4,20.5,0,0",
                ),
                Reaction(b"+MIPLWRITE:", _mid, "AT+MIPLWRITERSP=0,{mid},2"),
                Reaction(b"+MIPLEXECUTE:", _mid, "AT+MIPLEXECUTERSP=0,{mid},2", "served"),
            ),
            answered=OK,
            state="served",
        ),
        Say("AT+MIPLDEL=0", OK),
    ),
    answered=((20003, 0x45, b"20.5"), (20004, 0x44, b""), (20005, 0x44, b"")),
    notified=((NON, b"\xe4\x16\x76test"),),
)

D13 = Driver(
    "M5310-A",
    framing=crlf,
    steps=(
        Say("AT+CGATT=1", OK),
        Say("AT+CSCON=1", OK),
        Say("AT+CEREG=1", OK),
        Say("AT+CGATT?", find(b"+CGATT:1"), within=3),
        Say("AT+CEREG?", find(b"+CEREG:1,1"), within=3),
        Say("AT+CSCON?", find(b"+CSCON:1,1"), within=3),
    ),
)

D14 = Driver(
    "M5310-A",
    framing=crlf,
    after_login=(observe(20001, "/3311/0"), discover(20002, "/3311")),
    steps=(
        Say("AT", OK, attempts=5),
        Say("AT+CIMI", find(b"460")),
        Say("AT+CEREG?", find(b"0,1"), within=1, attempts=10, pause=1),
        Say("AT+CGATT=?", find(b"0,1")),
        Say("AT+CGSN=1", find(b"+CGSN:")),
        Say(CREATE, CREATED, within=1, attempts=5, pause=1, otherwise=(Reset(),)),
        Say('AT+MIPLADDOBJ=0,3311,1,"1",1,0', OK),
        Say('AT+MIPLDISCOVERRSP=0,3311,1,9,"5850;5851"', OK),
        Say("at+csq", find(b"+CSQ:")),
        Say("AT+NUESTATS=CELL", OK),
        Say("AT+MIPLOPEN=0,300,30", OK),
        Say("AT+MIPLOPEN?", find(b"+MIPLEVENT:0,6"), within=2, attempts=30, pause=1),
        Asked(write(20003, "/3311/0/5850", b"1")),
        Asked(execute(20004, "/3311/0/5850", b"off")),
        Serve(
            (
                Reaction(b"+MIPLWRITE:", _mid, "AT+MIPLWRITERSP=0,{mid},1"),
                Reaction(b"+MIPLEXECUTE:", _mid, "AT+MIPLEXECUTERSP=0,{mid},1", "served"),
            ),
            answered=OK,
            state="served",
        ),
        # For what it cannot do its result is 0, and it does not look at what becomes of that.
        Asked(execute(20005, "/3311/0/5852", b"?")),
        Serve(
            (Reaction(b"+MIPLEXECUTE:", _mid, "AT+MIPLEXECUTERSP=0,{mid},0", "served"),),
            answered=either(b"OK", b"ERROR"),
            state="served",
        ),
    ),
    answered=((20003, 0x44, b""), (20004, 0x44, b"")),
)


def _whole_array(command: bytes) -> list[bytes]:
    """As C has it: what stands behind the text in an array of 128 bytes, 256 for CREATE's."""
    line = command + b"\r\n"
    return [line.ljust(128 if len(line) <= 128 else 256, b"\0")]


_QUIET = 0.01  # seconds without a byte end what it judges (chosen; HF row 28 has a gap of 20 ms)
_OK_AT_2 = at(2, b"OK", _QUIET)

D15 = Driver(
    "M5310-A",
    framing=_whole_array,
    after_login=(observe(20001, "/3303/0"), discover(20002, "/3303")),
    steps=(
        Say("AT+NRB", at(2, b"RE", _QUIET)),
        Say("AT", _OK_AT_2, attempts=10, pause=1),
        Say(CREATE, at(19, b"OK", _QUIET), within=5),  # 500 ticks, of 10 ms (chosen)
        Say('AT+MIPLADDOBJ=0,3303,1,"1",0,0', _OK_AT_2),
        Say('AT+MIPLDISCOVERRSP=0,3303,1,4,"5700"', _OK_AT_2),
        Say("AT+MIPLOPEN=0,3000,30", find(b"6"), within=30),
        Say("AT+MIPLOPEN?", find(b"6"), within=5, pause=1),
        Say('AT+MIPLNOTIFY=0,0,3303,0,5700,4,4,"20.5",0,0', _OK_AT_2, pause=1),
        Say("AT+MIPLUPDATE=0,0,0", find(b"11"), within=5, pause=1),
        Say('AT+MIPLNOTIFY=0,0,3303,0,5700,4,4,"21.5",0,0', _OK_AT_2, pause=1),
    ),
    notified=(  # TLV: resource 5700, 20.5 and 21.5 as float32
        (NON, b"\xe4\x16\x44\x41\xa4\x00\x00"),
        (NON, b"\xe4\x16\x44\x41\xac\x00\x00"),
    ),
)

D17 = Driver(
    "M5310-A",
    framing=crlf,
    after_login=(observe(20001, "/3303/0"),),
    steps=(
        Say(f"{CREATE} ", CREATED),
        Say('AT+MIPLADDOBJ=0,3303,1,"1",1,0', OK),
        Say('AT+MIPLDISCOVERRSP=0,3303,1,4,"5700"', OK),
        Say("AT+MIPLOPEN=0,3600,30", find(b"+MIPLEVENT:0,6"), within=30),
        Say("", fields("+MIPLOBSERVE:0,%d,1,3303,0,-1", keep=("mid",)), name="+MIPLOBSERVE"),
        Say("AT+MIPLOBSERVERSP=0,{mid},1", OK),
        Say("AT+MIPLNOTIFY=0,{mid},3303,0,5700,4,4,21.5,0,0", OK, pause=1),
    ),
    notified=((NON, b"\xe4\x16\x44\x41\xac\x00\x00"),),  # TLV: resource 5700, 21.5 as float32
)


def _cr(command: bytes) -> list[bytes]:
    return [command + b"\r"]


def _begins(text: bytes) -> Want:
    """After its 100 ms without a byte; what comes behind that is looked at later."""
    return at(0, text, 0.1)


_READY = (
    Reaction(b"+MIPLOBSERVE:", _mid, "AT+MIPLOBSERVERSP=0,{mid},1", "observed"),
    Reaction(
        b"+MIPLDISCOVER:", _mid, 'AT+MIPLDISCOVERRSP=0,{mid},1,16,"5750;5751;30001;"', "ready"
    ),
)
_SERVE = (
    Reaction(b"+MIPLREAD:", _mid, 'AT+MIPLREADRSP=0,{mid},1,3200,0,5750,1,4,"abcd",0,0', "served"),
    Reaction(b"+MIPLWRITE:", _mid, "AT+MIPLWRITERSP=0,{mid},2", "served"),
)

D21 = Driver(
    "M5310-A",
    framing=crlf,
    after_login=(observe(20001, "/3200/0"), discover(20002, "/3200")),
    steps=(
        Say("AT+MIPLVER?", _begins(b"\r\n+MIPLVER"), within=15, framing=_cr),
        Say(CREATE, _begins(b"\r\n+MIPLCREATE"), within=15),
        Say("AT+MIPLADDOBJ=0,3200,1,1,3,0", _begins(b"\r\nOK"), within=15),
        Say("AT+MIPLOPEN=0,120,30", _begins(b"\r\nOK"), within=15),
        Serve(_READY, answered=_begins(b"\r\nOK"), within=15, calm=5, state="ready"),
        Say('AT+MIPLNOTIFY=0,20001,3200,0,5750,1,4,"test",1,1', _begins(b"\r\nOK"), within=15),
        Say("AT+MIPLNOTIFY=0,20001,3200,0,5751,3,2,12,0,0,1", _begins(b"\r\nOK"), within=15),
        Say("AT+MIPLNOTIFY=0,20001,3200,0,5751,3,2,13,0,0,1", _begins(b"\r\nOK"), within=15),
        Asked(read(20003, "/3200/0/5750")),
        Serve(_SERVE, answered=_begins(b"\r\nOK"), within=15, state="served"),
        Asked(write(20004, "/3200/0/5750", b"open")),
        Serve(_SERVE, answered=_begins(b"\r\nOK"), within=15, state="served"),
        Say("AT+MIPLUPDATE=0,0,0", _begins(b"\r\nOK"), within=15),
        Say("AT+MIPLCLOSE=0", _begins(b"\r\nOK"), within=15),
        Say("AT+MIPLDELOBJ=0,3200", _begins(b"\r\nOK"), within=15, pause=1),
        Say("AT+MIPLDELETE=0", _begins(b"\r\nOK"), within=15),
    ),
    answered=((20003, 0x45, b"abcd"), (20004, 0x44, b"")),
    notified=(  # TLV: resources 5750, 4 bytes, and 5751, 1 byte
        (CON, b"\xe4\x16\x76test\xe1\x16\x77\x0c"),
        (CON, b"\xe1\x16\x77\x0d"),
    ),
)
