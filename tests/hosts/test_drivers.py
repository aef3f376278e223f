"""Drivers that were written for real modules run unchanged (HF 4), and stop where a module is not
what they insist on."""

import asyncio
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from pty_bridge.flow import Chunks, Flow
from tests.hosts import m5310a, m5311
from tests.hosts.driver import Driver, observe
from tests.hosts.host import Asked, GaveUp, Host
from tests.hosts.world import Platform, in_memory, on_pty
from tests.server import Server

virtual = pytest.mark.asyncio(loop_factories=["virtual"])

DRIVERS = {
    "D1": m5311.D1,
    "D2": m5310a.D2,
    "D2, direct": m5310a.D2_DIRECT,
    "D5": m5311.D5,
    "D10": m5311.D10,
    "D11": m5310a.D11,
    "D12": m5310a.D12,
    "D13": m5310a.D13,
    "D14": m5310a.D14,
    "D15": m5310a.D15,
    "D16": m5311.D16,
    "D17": m5310a.D17,
    "D21": m5310a.D21,
}


async def drive(driver: Driver, platform: Platform, **settings: Any) -> Host:
    async with in_memory(platform, driver.framing, model=driver.model, **settings) as host:
        await host.run(driver.steps)
        await host.pause(5)
    return host


def check(driver: Driver, server: Server) -> None:
    answers = [server.answers.get() for _ in range(server.answers.qsize())]
    got = {heard.mid: (heard.code, heard.payload) for heard in answers}
    for mid, code, payload in driver.answered:
        assert got[mid] == (code, payload)
    told = [server.notifications.get() for _ in range(server.notifications.qsize())]
    assert tuple((heard.kind, heard.payload) for heard in told) == driver.notified


@virtual
@pytest.mark.parametrize("name", DRIVERS)
async def test_goes_through_unchanged(name: str) -> None:
    """By the model's own profile, in its own dialect."""
    driver, server = DRIVERS[name], Server()
    await drive(driver, Platform(server, driver.after_login))
    check(driver, server)


SLOW = Flow(baud=9600)
TORN = Flow(chunks=Chunks(seed=1))
SINGLE = Flow(baud=115200, chunks=Chunks(size=1))


@virtual
@pytest.mark.parametrize("flow", [SLOW, TORN, SINGLE], ids=["9600", "pieces", "bytes"])
@pytest.mark.parametrize("name", DRIVERS)
async def test_goes_through_whatever_the_pieces(name: str, flow: Flow) -> None:
    """At the pace of a line, in random pieces, byte by byte."""
    driver, server = DRIVERS[name], Server()
    await drive(driver, Platform(server, driver.after_login), flow=flow)
    check(driver, server)


@pytest.mark.parametrize("name", ["D1", "D2", "D15"])
def test_goes_through_on_a_pty(name: str) -> None:
    """Two writes for a command, counted lines, positions."""
    driver, server = DRIVERS[name], Server()
    settings = {"model": driver.model, "timing": "fast", "quirks": {"urc_gap_ms": 20}}
    with on_pty(Platform(server, driver.after_login), driver.framing, **settings) as host:
        asyncio.run(host.run(driver.steps))
        asyncio.run(host.pause(1))
    check(driver, server)


# D1 and D16 read with and without the blank, and D21 looks for the colon (HF 2).
@virtual
@pytest.mark.parametrize("name", ["D1", "D16", "D21"])
async def test_goes_through_in_either_spelling(name: str) -> None:
    driver, server = DRIVERS[name], Server()
    await drive(driver, Platform(server, driver.after_login), quirks={"mipl_colon": "blank"})
    check(driver, server)


@virtual
@pytest.mark.parametrize(
    ("name", "quirks"),
    [
        ("D17", {"extra_events": "1+4", "observe_mid": "cis32"}),  # as its author's log has it
        ("D21", {"urc_gap_ms": 0}),  # all comes within its 100 ms (HF row 28)
        ("D21", {"urc_gap_ms": 300}),
        ("D15", {"urc_gap_ms": 300}),
        ("D1", {"echo_at_boot": "on"}),  # it sends ATE0
        # A search takes 20 to 120 seconds (HF row 15), and these ask until it is over.
        ("D5", {"search_ms": 20_000}),
        ("D10", {"search_ms": 20_000}),
        ("D11", {"search_ms": 100_000}),
        ("D12", {"search_ms": 100_000}),
        ("D16", {"search_ms": 100_000}),
    ],
)
async def test_lives_with(name: str, quirks: dict[str, Any]) -> None:
    driver, server = DRIVERS[name], Server()
    await drive(driver, Platform(server, driver.after_login), quirks=quirks)
    check(driver, server)


@dataclass(frozen=True)
class Broken:
    """A driver, what is not as it should be, and where and why it gives up.

    `spoil`: what becomes of the module's bytes. `after_login`: what the platform asks instead.
    """

    name: str
    step: str
    why: str
    quirks: dict[str, Any] = field(default_factory=dict)
    dialect: str | None = None
    spoil: tuple[bytes, bytes] = (b"", b"")
    after_login: tuple[bytes, ...] | None = None

    def __str__(self) -> str:
        return f"{self.name} at {self.step[:24]}"


BLANK = {"mipl_colon": "blank"}
ECHO = {"echo_at_boot": "on"}

BROKEN = [
    # No event 26 without an acknowledgement (HF 4, D1).
    Broken("D1", "event 26", "nothing more behind", {"notify_type": "ACK"}),
    Broken("D1", "AT+CCLK?", "no '+CCLK: %d/%d/%d,%d:%d:%d+%d'", {"cclk_format": "quoted-2"}),
    # What is no unsolicited line that it knows belongs to the reply, and 64 bytes hold no more.
    Broken(
        "D1",
        "AT+CGATT?",
        "a reply over 64 bytes",
        spoil=(b"\r\n+CGATT:", b"\r\n+ENGINFO: " + b"0123456789" * 6 + b"\r\n\r\n+CGATT:"),
    ),
    # An event must stand at the start of its line (HF 4, D1; row 26).
    Broken(
        "D1", "event 6 or 7", "nothing more behind", spoil=(b"\r\n+MIPLEVENT", b"\r\n>+MIPLEVENT")
    ),
    Broken("D2", 'AT+MIPLCREATEEX="183.230.40.39:5683",1', "MIPLCREATEEX: 0", dialect="manual"),
    Broken(
        "D2",
        "AT+MIPLOPEN=0,3600,30",
        "[b'OK', b'+MIPLEVENT:0,1', b'+MIPLEVENT:0,2']",
        {"extra_events": "1"},
    ),
    Broken(
        "D2",
        "AT+MIPLOPEN=0,3600,30",
        "[b'AT+MIPLOPEN=0,3600,30\\r', b'OK', b'+MIPLEVENT:0,2']",
        ECHO,
    ),
    # Nothing follows event 6 where the platform observes nothing, so there is no third line.
    Broken("D2, direct", "AT+MIPLOPEN=0,3600,30", "2 of 3 lines", after_login=()),
    Broken("D5", "AT+CEREG?", "no b'+CEREG: 1,1'", {"general_colon": "none"}),
    Broken(
        "D5",
        'AT+MIPLCREATEEX="183.230.40.40:5683",0',
        "in b'\\r\\n+MIPLCREATEEX: 0\\r\\n\\r\\nOK\\r\\n'",
        dialect="manual",
    ),
    # The boot takes longer than its 5 seconds.
    Broken("D5", "AT+CMRB", "no b'*ATREADY:' in b'\\r\\nOK\\r\\n'", {"boot_ms": 6000}),
    Broken("D10", "+IP:", "no b'+IP:'", spoil=(b"+IP:", b"")),
    Broken("D10", m5311.CREATE, "no b'+MIPLCREATE:0'", dialect="manual"),
    Broken("D10", "3200 again", "in b'\\r\\n+CIS ERROR: 653\\r\\n'", {"object_again": "653"}),
    Broken("D11", "AT+CGSN=1", "no b'+CGSN:86'", dialect="manual"),
    Broken("D11", 'AT+MIPLCREATEEX="nbiotbt.heclouds.com:5683",1', "no b'+MIPLCREATEEX:0'", BLANK),
    Broken("D12", "AT+CEREG?", "no b'CEREG:2,1' in b'\\r\\n+CEREG: 2,1", dialect="manual"),
    Broken("D12", m5310a.CREATE, "in b'\\r\\n+MIPLCREATE: 0\\r\\n\\r\\nOK\\r\\n'", BLANK),
    Broken("D13", "AT+CGATT?", "in b'\\r\\n+CGATT: 1\\r\\n\\r\\nOK\\r\\n'", dialect="manual"),
    # More than its 3 seconds.
    Broken("D13", "AT+CGATT?", "no b'+CGATT:1' in b''", {"reply_delay_ms": 4000}),
    # The first attempt is created unseen, so the last is refused.
    Broken("D14", m5310a.CREATE, "in b'\\r\\n+CIS ERROR: 653\\r\\n'", BLANK),
    Broken("D15", "AT+NRB", "b'+N' at 2", ECHO),
    Broken(
        "D15",
        m5310a.CREATE,
        "b'\\nO' at 19 of b'\\r\\n+MIPLCREATE: 0\\r\\n\\r\\nOK\\r\\n', not b'OK'",
        BLANK,
    ),
    # As MR880A answers (HF row 16).
    Broken("D15", m5310a.CREATE, "b'' at 19 of b'\\r\\nOK\\r\\n'", {"createex_async": "on"}),
    # An unsolicited line in a reply (HF row 27).
    Broken(
        "D15",
        m5310a.CREATE,
        "b'+N' at 19",
        spoil=(b"\r\n\r\nOK\r\n", b"\r\n\r\n+NPSMR:0\r\n\r\nOK\r\n"),
    ),
    Broken("D16", "PIN: READY", "+CPIN:READY", spoil=(b"+CPIN: READY", b"+CPIN:READY")),
    Broken("D16", "AT+CCLK?", "no '+CCLK: %d/%d/%d,%d:%d:%d+%d'", {"cclk_format": "quoted-2"}),
    Broken("D17", f"{m5310a.CREATE} ", "no b'+MIPLCREATE:0'", dialect="manual"),
    Broken("D21", "AT+MIPLVER?", "b'AT+MIPLVER' at 0", ECHO),
    Broken("D21", "AT+MIPLCLOSE=0", "at 0 of b'\\r\\n+MIPLEVENT:0,15", {"close_order": "15,OK"}),
    # OBSERVE takes it out of the state that DISCOVER has brought it into (HF rows 7 and 8).
    Broken("D21", "until ready", "it is observed", after_login=m5310a.D21.after_login[::-1]),
    Broken("D21", "until ready", "it is observed", after_login=m5310a.D21.after_login[:1]),
]


@virtual
@pytest.mark.parametrize("broken", BROKEN, ids=str)
async def test_gives_up_where_the_module_is_otherwise(broken: Broken) -> None:
    driver = DRIVERS[broken.name]
    asked = driver.after_login if broken.after_login is None else broken.after_login
    old, new = broken.spoil
    with pytest.raises(GaveUp) as gave_up:
        await drive(
            driver,
            Platform(Server(), asked),
            spoil=(lambda data: data.replace(old, new)) if old else (lambda data: data),
            dialect=broken.dialect,
            quirks=broken.quirks,
        )
    assert gave_up.value.step == broken.step
    assert broken.why in gave_up.value.why


@virtual
async def test_d2_does_not_survive_a_foreign_line_between_ok_and_event_26() -> None:
    """HF 4, D2: here the platform observes something just as it reports."""
    steps = m5310a.D2.steps
    reports = next(n for n, step in enumerate(steps) if "NOTIFY" in getattr(step, "command", ""))
    asked = Asked(observe(20009, "/3200/0/5500"))
    driver = replace(m5310a.D2, steps=(*steps[:reports], asked, *steps[reports:]))
    with pytest.raises(GaveUp) as gave_up:
        await drive(driver, Platform(Server(), driver.after_login))
    assert gave_up.value.step == 'AT+MIPLNOTIFY=0,0,3200,0,5750,1,4,"test",0,0,7'
    assert "+MIPLOBSERVE:0,20009,1,3200,0,5500" in gave_up.value.why


@virtual
async def test_d14_resets_the_module_after_five_creates() -> None:
    """HF 4, D14."""
    driver, platform = m5310a.D14, Platform(Server(), ())
    async with in_memory(platform, driver.framing, model=driver.model, quirks=BLANK) as host:
        with pytest.raises(GaveUp):
            await host.run(driver.steps)
        await host.pause(5)
    assert host.sent[-5:] == [m5310a.CREATE] * 5
    assert b"REBOOT_CAUSE_SECURITY_RESET_PIN" in host.received
