"""Scripts and bodies to begin with: the ordinary, and what fills each table to its bound."""

from collections.abc import Sequence

from tests.desk import (
    ACCEPT,
    ACK,
    CON,
    DELETE,
    FORMAT,
    GET,
    NON,
    OBSERVE,
    PATH,
    POST,
    PUT,
    QUERY,
    RST,
    coap,
)
from tests.fuzz import engine, module
from tests.fuzz.module import COMMANDS
from tests.fuzz.platform import ANSWERS, BLOCK1, BLOCK2, BODIES, CODES, Say
from tests.fuzz.steps import Step, write
from tests.server import SECURITY

TLV, JSON = b"\x2d\x16", b"\x2d\x17"  # 11542, 11543


def ask(
    code: int, path: str, *options: tuple[int, bytes], mid: int = 0, body: bytes = b""
) -> bytes:
    """A CON request with a token of one byte."""
    uri = tuple((PATH, segment.encode()) for segment in path.split("/") if segment)
    return coap(CON, code, mid, bytes((mid & 0xFF,)), (*uri, *options), body)


# What a registered client is asked

TEMPLATES = (
    ask(GET, "3200/0/5750"),
    ask(GET, "3200/0", (OBSERVE, b"")),
    ask(GET, "3200/0", (OBSERVE, b"\1")),
    ask(GET, "3200", (ACCEPT, b"\x28")),
    ask(PUT, "3200/0/5750", body=b"25"),
    ask(PUT, "3200/0", (FORMAT, TLV), body=BODIES[2]),
    ask(POST, "3200/0", (FORMAT, JSON), body=BODIES[4]),
    ask(POST, "3200/0/5750", body=b"abcd"),
    ask(PUT, "3200/0/5750", (QUERY, b"pmin=5"), (QUERY, b"gt=9.0")),
    ask(PUT, "3200/0/5750", (BLOCK1, b"\x08"), body=b"." * 16),
    ask(PUT, "3200/0/5750", (BLOCK1, b"\x10"), body=b"end"),
    ask(GET, "3200/0/5750", (BLOCK2, b"\x16")),
    ask(POST, "3200", body=b"\0"),
    ask(DELETE, "3200/0"),
    ask(GET, "3/0/0"),
    ask(GET, "3/0"),
    ask(GET, "3/0/13", (OBSERVE, b"")),
    ask(PUT, "1/0/1", body=b"60"),
    ask(POST, "1/0/8"),
    ask(POST, "3/0/4"),
    ask(PUT, "5/0/1", body=b"coap://127.0.0.1/firmware"),
    ask(PUT, "5/0/0", (BLOCK1, b"\x0e"), body=b"." * 1024),
    coap(NON, GET, 0, b"\1", ((PATH, b"3"),)),
    coap(CON, 0, 0),
    coap(RST, 0, 0),
    coap(ACK, 0, 0),
    ask(PUT, "3200/0/5750", body=b"." * 1024),
    ask(POST, "1/0/4"),
)
READ, WATCH, DISCOVER, FIRST_BLOCK, READ_3_0_0, FETCH, KILOBYTE = 0, 1, 3, 9, 14, 20, 26


def said(template: int, *, mid: int = 1, of: Sequence[bytes] = TEMPLATES) -> Step:
    return Step(Say.TEMPLATE, mid * len(of) + template)


def chorus(template: int, times: int, *, first: int = 1) -> Step:
    return Step(Say.CHORUS, first * len(TEMPLATES) + template, bytes((times,)))


def answer(code: int, *, location: bool = False) -> Step:
    """In the ACK for what was heard last; 0: an empty ACK."""
    if code == 0:
        return Step(Say.ANSWER, 0, bytes((0, 0, 3)))
    return Step(Say.ANSWER, 0, bytes((0, ANSWERS.index(code), 0, location)))


# The engine

SERVED = Step(engine.Do.RESPOND, 0, bytes((0, 1, 0, 2)))  # 2.05, text/plain, ".."
SERVED_LONG = Step(engine.Do.RESPOND, 0, bytes((0, 1, 0x0B, 0xB7)))  # 2999 bytes
TOLD, TOLD_CON = (Step(engine.Do.NOTIFY, 0, bytes((0, 0, con, 0, 0))) for con in (0, 1))
UPDATE, UQ, CLOSE, LOG_IN, ABANDON = (Step(engine.Do.ASK, number) for number in range(5))
LINK_DIES, _, NEW_LINK, LATER, LINK_UP = (Step(engine.Do.LINK, number) for number in range(5))


def pause(seconds: float) -> Step:
    return Step(engine.Do.WAIT, round(seconds * 100))


def _fields(mid: int, code: int, path: int, *more: int) -> Step:
    """By the numbers of CODES and `platform.PATHS`."""
    return Step(Say.FIELDS, mid, bytes((CODES.index(code), path, *more)))


WATCHED = (said(WATCH), SERVED)
OBSERVATIONS = tuple(
    step
    for number in range(65)
    for step in (
        Step(Say.NOISE, 0, ask(GET, f"3200/0/{number}", (OBSERVE, b""), mid=number)),
        SERVED,
    )
)

DATAGRAM_SEEDS = (
    write(*(said(number, mid=number) for number in range(len(TEMPLATES)))),
    write(*WATCHED, TOLD_CON, answer(0), TOLD, Step(Say.ANSWER, 0, b"\2"), pause(70), CLOSE),
    write(UPDATE, answer(0x44), UPDATE, answer(0x84), LOG_IN, answer(0x41, location=True)),
    write(said(READ), said(READ), Step(Say.AGAIN), SERVED, Step(Say.AGAIN), pause(300)),
    write(*(_fields(number, 1, number) for number in range(30))),
    write(UQ, answer(0x44), pause(94), said(READ), *WATCHED, TOLD, LINK_DIES, UPDATE),
    # each table full
    write(*OBSERVATIONS, TOLD),
    write(*WATCHED, *[TOLD] * 65),
    write(*WATCHED, *[TOLD_CON] * 9),
    write(chorus(WATCH, 9), chorus(READ, 9)),
    write(*[UPDATE] * 17, CLOSE),
    write(*WATCHED, LATER, LINK_DIES, *[TOLD] * 11, LINK_UP),
    write(*WATCHED, UPDATE, *[TOLD_CON, answer(0)] * 65),
)


def _block(path: str, number: int, size: int, mid: int) -> Step:
    """A block of a Write; `size` is 16 to 64 bytes, which fit into a step."""
    option = (number << 4 | 8 | size.bit_length() - 5).to_bytes(2, "big").lstrip(b"\0")
    return Step(Say.NOISE, 0, ask(PUT, path, (BLOCK1, option), mid=mid, body=b"." * size))


BLOCKS_SEEDS = (
    write(*(_block("3200/0/1", number, 16, number) for number in range(4)), said(10, mid=9)),
    write(*(_block("3200/0/1", number, 64, number) for number in range(18)), SERVED, pause(1)),
    write(*(_block(f"3200/0/{number}", 0, 16, number) for number in range(5))),
    write(_block("3200/0/1", 1, 16, 1), _block("3200/0/1", 0, 16, 2), _block("3200/0/1", 0, 32, 3)),
    write(said(READ), SERVED_LONG, said(11, mid=2), said(11, mid=3), pause(250), said(11, mid=4)),
    write(
        *(
            step
            for number in range(5)
            for step in (
                Step(Say.NOISE, 0, ask(GET, f"3200/0/{number}", (BLOCK2, b"\2"), mid=number)),
                SERVED_LONG,
            )
        )
    ),
)

# A bootstrap

BOOTSTRAP_TEMPLATES = (
    ask(PUT, "0/0", (FORMAT, TLV), body=SECURITY),
    ask(PUT, "1/0", (FORMAT, TLV), body=bytes.fromhex("c10001c1013cc60701c1070155")),
    ask(PUT, "1", (FORMAT, TLV), body=bytes.fromhex("080006c10001c1013c")),
    ask(PUT, "0/1/0", body=b"coap://127.0.0.1:5783"),
    ask(PUT, "0/1/10", body=b"1"),
    ask(PUT, "3200/0/5750", body=b"25"),
    ask(DELETE, "0"),
    ask(DELETE, "1/0"),
    ask(DELETE, ""),
    ask(GET, "", (ACCEPT, b"\x28")),
    ask(GET, "0", (ACCEPT, b"\x28")),
    ask(PUT, "0/0", (BLOCK1, b"\x08"), body=b"." * 16),
    ask(POST, "bs"),
)
BOOTSTRAP_SEEDS = (
    write(
        answer(0x44),
        *(said(number, mid=number, of=BOOTSTRAP_TEMPLATES) for number in (8, 0, 1, 9, 12)),
        answer(0x41, location=True),
        said(5, mid=40, of=BOOTSTRAP_TEMPLATES),
    ),
    write(*(said(number, mid=number, of=BOOTSTRAP_TEMPLATES) for number in range(13)), pause(40)),
    write(answer(0x84), LOG_IN, pause(3), LINK_DIES, LOG_IN, pause(31)),
)

# The whole module


def command(text: str) -> Step:
    return Step(module.Do.COMMAND, COMMANDS.index(text))


def line(text: str) -> Step:
    return Step(module.Do.LINE, 0, text.encode())


def wait(seconds: float) -> Step:
    return Step(module.Do.WAIT, round(seconds * 10))


NOTIFY_CON, NOTIFY = COMMANDS[1:3]
EDRX = 'AT+CEDRXS=1,5,"0010"'
REGISTERED = (
    command('AT+MIPLCREATEEX="127.0.0.1:5683",0'),
    command('AT+MIPLADDOBJ=0,3200,2,"11",9,0'),
    command("AT+MIPLOPEN=0,300,30"),
    answer(0x41, location=True),
)
OTHER_SETTINGS = tuple(bytes((number,)) for number in range(1, len(module.SETTINGS)))

MODULE_SEEDS = (
    *(
        setting + write(*REGISTERED, said(WATCH), command(NOTIFY_CON), answer(0), wait(400))
        for setting in OTHER_SETTINGS
    ),
    b"\0" + write(*REGISTERED, *(said(number, mid=number) for number in range(len(TEMPLATES)))),
    b"\0" + write(*REGISTERED, *map(command, COMMANDS), wait(60)),
    b"\0"
    + write(
        *REGISTERED,
        *(said(number, mid=number) for number in (READ, 4, 7)),
        line("AT+MIPLREADRSP=0,0,1,3200,0,5750,1,4,abcd,0,0"),
        line("AT+MIPLWRITERSP=0,4,2"),
        line("AT+MIPLEXECUTERSP=0,7,2"),
        command("AT+MIPLCLOSE=0"),
        answer(0x42),
        command("AT+MIPLDELETE=0"),
    ),
    b"\0"
    + write(
        command('AT+MIPLCREATEEX="127.0.0.1:5683",1,"code"'),
        command("AT+MIPLOPEN=0,300,30"),
        answer(0x44),
        Step(Say.NOISE, 0, BOOTSTRAP_TEMPLATES[0]),
        Step(Say.NOISE, 0, ask(POST, "bs", mid=7)),
        answer(0x41, location=True),
    ),
    # each table full
    b"\0" + write(*REGISTERED, chorus(READ, 65), chorus(DISCOVER, 17, first=3)),
    b"\0" + write(*REGISTERED, *(chorus(WATCH, 255, first=4 * n) for n in range(9))),
    b"\0" + write(*REGISTERED, *(chorus(READ_3_0_0, 255, first=4 * n) for n in range(5))),
    b"\0" + write(*REGISTERED, command("AT+MIPLNMI=0,1,1"), chorus(READ, 41)),
    b"\0" + write(*REGISTERED, command("AT+MIPLNMI=0,1,1"), chorus(KILOBYTE, 3)),
    b"\0" + write(*REGISTERED, said(WATCH), *[command(NOTIFY_CON)] * 9),
    b"\0" + write(*REGISTERED, *[command("AT+MIPLOPEN?")] * 17),
    b"\0" + write(*REGISTERED, said(FETCH), answer(0x45)),
    b"\0"
    + write(
        *REGISTERED,
        said(WATCH),
        *(line(f'AT+MIPLNOTIFY=0,0,3200,0,{n},1,1,"a",1,1') for n in range(257)),
    ),
    b"\3" + write(*REGISTERED, chorus(FIRST_BLOCK, 64)),
    b"\0" + write(*REGISTERED, command(EDRX), wait(25), chorus(READ_3_0_0, 20)),
    b"\0" + write(*(line(f'AT+CGDCONT={cid},"IP"') for cid in range(11))),
)

# Bodies; their first byte chooses one of `formats.BASES`

TLV_SEEDS = (
    b"\1" + bytes.fromhex("c80014") + b"Open Mobile Alliance" + bytes.fromhex("c60501c10700"),
    b"\0" + bytes.fromhex("08000a") + bytes.fromhex("8606410001410105c10964"),
    b"\2" + bytes.fromhex("c40100000001"),
    b"\1" + bytes.fromhex("e401020441200000"),
    b"\3" + bytes.fromhex("e8167604") + b"abcd",
)
JSON_SEEDS = (
    b'\1{"bn":"/3/0/","e":[{"n":"0","sv":"OMA"},{"n":"9","v":100},{"n":"16","bv":true}]}',
    b'\0{"e":[{"n":"/3/0/6/0","v":1},{"n":"/3/0/6/1","v":5.5e0}],"bt":25462634}',
    b'\2{"bn":"/3/0/1","e":[{"ov":"3:0"}]}',
    b'\2{"bn":"/3/0/1","e":[{"v":1,"t":-5},{"v":2}]}',
    b"\1" + b"[" * 4000,
    b'\1{"e":[' + b",".join(b'{"n":"%d","v":0}' % n for n in range(200)) + b"]}",
)
LINK_SEEDS = (
    b'</>;rt="oma.lwm2m",</1/0>,</3200/0>',
    b'lwm2m="1.0",</0/0>;ssid=1',
    b",".join([b"<>"] * 1025),
    b'</3/0/6>;dim=2 , </3/0/7>;pmin=10;pmax=60;lt=1;title="a\\"b"',
)
