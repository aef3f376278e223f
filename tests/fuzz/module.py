"""The whole module: a host that writes whatever a script says, and a platform that sends it."""

import re
from collections.abc import Mapping, Sequence
from enum import IntEnum
from typing import Any

from emulator.at.channel import Written
from emulator.journal import Record
from emulator.modem_settings import ModemSettings, build_firmware
from emulator.outputs import CloseLink, OpenLink, RebindLink, SendDatagram
from tests.desk import GET
from tests.fuzz import bounds, wire
from tests.fuzz.platform import Platform
from tests.fuzz.steps import Step, damaged, read

FINAL = re.compile(rb"\r\n(?:OK|ERROR|\+C(?:IS|ME) ERROR: ?\d+)\r\n\Z")

COMMANDS = (
    "AT",
    'AT+MIPLNOTIFY=0,0,3200,0,5750,1,4,"abcd",0,0,147',
    'AT+MIPLNOTIFY=0,0,3200,0,5750,1,4,"abcd",0,0',
    'AT+MIPLNOTIFY=0,0,3200,0,5700,4,4,"25.5",1,1',
    "AT+MIPLREADRSP=0,1,1,3200,0,5750,1,4,abcd,0,0",
    "AT+MIPLREADRSP=0,2,11",
    "AT+MIPLWRITERSP=0,3,2",
    "AT+MIPLEXECUTERSP=0,4,2",
    'AT+MIPLDISCOVERRSP=0,3200,1,9,"5750;5700"',
    "AT+MIPLOBSERVERSP=0,5,1",
    "AT+MIPLPARAMETERRSP=0,6,2",
    "AT+MIPLUPDATE=0,300,1",
    "AT+MIPLOPEN?",
    "AT+MIPLNMI=0,1,1",
    "AT+MIPLNMI=0,0,0",
    "AT+MIPLMGR=0",
    "AT+MIPLQMGR=0",
    "AT+MIPLOPEN=0,300,30",
    "AT+MIPLCLOSE=0",
    "AT+MIPLDELETE=0",
    'AT+MIPLCREATEEX="127.0.0.1:5683",0',
    'AT+MIPLCREATEEX="127.0.0.1:5683",1,"code"',
    'AT+MIPLADDOBJ=0,3200,2,"11",9,0',
    'AT+MIPLADDOBJ=0,3,1,"1",0,0',
    "AT+MIPLDELOBJ=0,3200",
    'AT+MIPLCFG="binding",0,2',
    'AT+MIPLCFG="platform",0,1',
    "AT+MIPLUPDATESET=0,1",
    "AT+MIPLDEVINFO?",
    "AT+CEREG=2",
    "AT+CFUN=0",
    "AT+CFUN=1",
    "AT+CGATT=0",
    "AT+CGATT=1",
    "AT+CMEE=0",
    "AT+NRB",
    "AT+MIPLNOTIFY=?",
    "AT+CFUN=1,1",
    'AT+CPSMS=1,,,"01100001","00000001"',
    'AT+CEDRXS=1,5,"0010"',
    "AT+WORKLOCK=0",
    "AT+CGACT=0",
    "AT+CGACT=1",
    "AT+COPS=2",
    "AT+COPS=0",
    "AT+CSCON=1;+NPSMR=1;+CEREG=5",
    'AT+CCLK="99/12/31,23:59:59-47"',
    "AT+CCLK?",
    "AT+NUESTATS=ALL",
)

SETTINGS: tuple[Mapping[str, Any], ...] = (
    {},
    {"quirks": {"module_read_urc": "off", "empty_ack_after_s": 1.0}},
    {"quirks": {"auto_answer": (), "late_rsp": "ok+event20", "notify_unobserved": "ok"}},
    {"quirks": {"block_passthrough": "always", "ackid_as_mid": "ackid", "con_notify_once": "on"}},
    {"quirks": {"update_fail": "reregister", "bootstrap_each_open": "on", "reg_retry": "loop"}},
    {"model": "MN318", "timing": "fast"},
    {"model": "M5310-A"},
    {"model": "M5311", "quirks": {"rst_halts": "on", "close_wire": "forget"}},
)

# Result codes stay on and verbose, echo stays off: ATQ, ATV, ATE and their profiles change what a
# result looks like, and are tested with the channel.
FORBIDDEN = re.compile(rb"[qve&z]", re.I)


class Do(IntEnum):
    """Kinds of steps beside those of `Say`."""

    COMMAND = 6
    """One of COMMANDS, damaged by `data`."""
    LINE = 7
    """`data` as a command line."""
    WAIT = 8
    """`number` tenths of a second."""
    LINK = 9
    """It dies, or fails to send; a later one comes up or not; a datagram on one that is gone."""


class Module:
    """One module from power-on. Whatever happens: nothing is raised, every command line has one
    final result, each datagram is well formed and answers on the link that it came by, every table
    keeps its bound."""

    def __init__(
        self, templates: Sequence[bytes], setting: Mapping[str, Any] = SETTINGS[0]
    ) -> None:
        self.now = 0.0
        self.firmware = build_firmware(ModemSettings(strict=True, seed=1, **setting))
        self.platform = Platform(templates)
        self.checked: set[str] = set()  # tables, and those that were full
        self.reached: set[str] = set()
        self.results = self.wanted = 0
        self._rebooted = False
        self.firmware.journal.sinks.append(self._watch)
        self._links: dict[int, bool] = {}  # those that are not closed, and whether they are up
        self._downloads: set[int] = set()
        self._server = self._last = 0  # the last link to a server, and the last of all
        self._connects = True

    def play(self, script: bytes) -> None:
        for step in read(script):
            self._do(step)
            self._check_bounds()
        self._wait(5000.0)
        assert self.results == self.wanted

    def _do(self, step: Step) -> None:
        match step.kind % (max(Do) + 1):
            case Do.COMMAND:
                self.write(damaged(step.of(COMMANDS).encode(), step.data))
            case Do.LINE:
                self.write(step.data)
            case Do.WAIT:
                self._wait(step.number / 10)
            case Do.LINK:
                self._change_link(step)
            case kind:
                said = Step(kind, step.number, step.data)
                for link, data in self.platform.datagrams(said, self._server):
                    self.deliver(link, data)

    # the host

    def write(self, line: bytes) -> None:
        """One command line, as far as it is one that a result is due for."""
        line = re.sub(rb"[\r\n\x00\x08\x7f]", b"", line)
        if changes_the_channel(line):
            return
        boot = self.firmware.power.boot
        booting = boot is not None and self.now < boot.ends_at
        self.wanted += bool(line.strip(b" \t")) and not booting
        self.firmware.serial_received(line + b"\r", self.now)
        self._drain()

    # network and clock

    def deliver(self, link: int, data: bytes) -> None:
        heard, opened = len(self.platform.heard), self._last
        self.firmware.datagram_received(link, data, self.now)
        self._drain()
        for through, _ in self.platform.heard[heard:]:
            assert through == link or through > opened, "an answer to somebody else"

    def _wait(self, seconds: float) -> None:
        end = self.now + seconds
        while (due := self.firmware.deadline()) is not None and due <= end:
            self.now = max(due, self.now)
            self.firmware.handle_timeout(self.now)
            self._drain()
            assert (later := self.firmware.deadline()) is None or later > self.now
        self.now = end

    def _change_link(self, step: Step) -> None:
        links = list(self._links)
        match step.number % 4:
            case 0 if links:
                link = step.of(links)
                del self._links[link]
                self.firmware.link_lost(link, "", self.now)
            case 1:
                self.firmware.send_failed(self._server, "", self.now)
            case 2:
                self._connects = not self._connects
                for link in [link for link, up in self._links.items() if not up]:
                    self._up(link)
            case _ if self._last not in self._links:
                heard = len(self.platform.heard)
                self.deliver(self._last, step.data)
                assert len(self.platform.heard) == heard, "an answer to nobody"
        self._drain()

    def _up(self, link: int) -> None:
        if self._links.get(link) is False:
            self._links[link] = True
            self.firmware.link_up(link, self.now)

    def _watch(self, record: Record) -> None:
        self._rebooted = self._rebooted or record.kind == "reboot"

    # what comes of it

    def _drain(self) -> None:
        while outputs := self.firmware.outputs():
            for output in outputs:
                self._take(output)
        if self._rebooted:  # with which all that waits is dropped (decision 10)
            self.wanted, self._rebooted = self.results, False

    def _take(self, output: object) -> None:
        match output:
            case Written("reply", data):
                self.results += FINAL.search(data) is not None
            case Written(_, data):
                assert data.startswith(b"\r\n") and data.endswith(b"\r\n")
            case OpenLink(link, _, role):
                assert link > self._last, "a generation is never used again"
                self._last = link
                if role == "download":
                    self._downloads.add(link)
                else:
                    self._server = link
                self._links[link] = False
                if self._connects:
                    self._up(link)
            case RebindLink(link):
                assert link in self._links
            case CloseLink(link):
                del self._links[link]
            case SendDatagram(link, data, cause):
                assert self._links[link], "nothing is sent but over a link that is up"
                self.firmware.journal.record(self.now, "datagram_out", cause, data)
                wire.check(data)
                is_request = 0 < data[1] < 32
                assert not is_request or (data[1] == GET) == (link in self._downloads)
                self.platform.heard.append((link, data))

    def _check_bounds(self) -> None:
        for name, (size, limit) in bounds.of_firmware(self.firmware).items():
            assert size <= limit, name
            self.checked.add(name)
            if size == limit:
                self.reached.add(name)


def changes_the_channel(line: bytes) -> bool:
    """Basic commands that change how results look, alone or in a row, and A/ (decision 5)."""
    if line[:2].lower() == b"a/":
        return True  # repeats the last line at once, and what follows is another line
    body = line.strip(b" \t")[2:]
    return body[:1] not in (b"+", b"*") and FORBIDDEN.search(body) is not None
