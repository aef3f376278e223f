"""An MCU's part of chapter 5.1 of the LwM2M manual, with pyserial.

    python host.py /dev/ttyUSB0      or: socket://127.0.0.1:2000, rfc2217://127.0.0.1:2217

It logs in to OneNET, reports a value and waits until the platform has it, says "online", answers a
read, a write and an execute of the platform, and leaves. The exit code is 0 only if all of this has
happened.
"""

import re
import sys
import time
from collections import deque
from contextlib import suppress

import serial

REPLY, EVENT, ASKING = 5.0, 35.0, 60.0  # seconds: a final result, an event, somebody's request
KNOCK, BOOT = 0.5, 5.0  # seconds until AT is tried again; that a module may take to boot
RESOURCE = "3200,0,5750"
REQUEST = re.compile(r"\+MIPL(?:OBSERVE: ?0,\d+,1|(?:READ|WRITE|EXECUTE): ?0,\d+),3200,")
ASKED = r"\+MIPL(READ|WRITE|EXECUTE): ?0,(\d+),3200,0,(?:-1|5750)(?:,([16]),(\d+),(.*),\d+|,.*)?"


class Silence(Exception):
    """Something did not come in time, or came wrong."""


class Module:
    """The AT line. What the module prints of its own accord waits until somebody wants it."""

    def __init__(self, place: str) -> None:
        self._port = serial.serial_for_url(place, 115200, timeout=0.1)
        self._received = b""
        self._unsolicited: deque[str] = deque()

    def command(self, text: str, seconds: float = REPLY) -> None:
        """Send a command; Silence unless it is answered by OK."""
        print(f"> {text}", flush=True)
        self._port.write(text.encode() + b"\r\n")
        deadline = time.monotonic() + seconds
        while (line := self._line(deadline)) != "OK":
            if line == "ERROR" or line.startswith(("+CME ERROR:", "+CIS ERROR:")):
                raise Silence(f"{line} to {text}")
            self._unsolicited.append(line)

    def wait_for(self, pattern: str, seconds: float = EVENT) -> re.Match[str]:
        """The next line that is `pattern`. Requests and observations that come before it stay
        for whoever waits for them; other lines are passed over."""
        deadline = time.monotonic() + seconds
        requests: list[str] = []
        while True:
            line = self._unsolicited.popleft() if self._unsolicited else self._line(deadline)
            if found := re.fullmatch(pattern, line):
                self._unsolicited.extendleft(reversed(requests))
                return found
            if REQUEST.match(line):
                requests.append(line)

    def pass_over(self, seconds: float) -> None:
        """What comes meanwhile."""
        deadline = time.monotonic() + seconds
        with suppress(Silence):
            while True:
                self._line(deadline)

    def has(self, pattern: str) -> bool:
        """Whether such a line has come, and waits."""
        return any(re.fullmatch(pattern, line) for line in self._unsolicited)

    def _line(self, deadline: float) -> str:
        while time.monotonic() < deadline:
            line, end, rest = self._received.lstrip(b"\r\n").partition(b"\r\n")
            if end:
                self._received = rest
                print(f"< {line.decode()}", flush=True)
                return line.decode()
            self._received += self._port.read(self._port.in_waiting or 1)
        raise Silence("the module says nothing more")


def knock(module: Module) -> None:
    """A module that boots hears nothing yet: AT, until it answers."""
    deadline, knocks = time.monotonic() + BOOT, 0
    while time.monotonic() < deadline:
        knocks += 1
        with suppress(Silence):
            module.command("AT", KNOCK)
            if knocks > 1:
                module.pass_over(KNOCK)  # it may answer the ones before, too: no command's result
            return
    raise Silence("the module does not answer AT")


def log_in(module: Module) -> None:
    with suppress(Silence):  # +CIS ERROR: 653, unless a run before this one has left an instance
        module.command("AT+MIPLDELETE=0")
    module.command('AT+MIPLCREATEEX="nbiotbt.heclouds.com:5683",1')
    module.command('AT+MIPLADDOBJ=0,3200,1,"1",0,1')
    module.command('AT+MIPLDISCOVERRSP=0,3200,1,4,"5750"')
    module.command("AT+MIPLOPEN=0,3000,30")
    if (event := module.wait_for(r"\+MIPLEVENT: ?0,([367])")[1]) != "6":
        raise Silence(f"the login has failed: event {event}")
    module.wait_for(r"\+MIPLOBSERVE: ?0,\d+,1,3200,0,(?:-1|5750)")  # else nothing is reported


def answer(module: Module, value: str) -> None:
    """A read, a write and an execute, in any order, and what else has come meanwhile; a write
    changes what is read."""
    missing = {"READ", "WRITE", "EXECUTE"}
    while missing or module.has(ASKED):
        request, mid, kind, length, written = module.wait_for(ASKED, ASKING).groups()
        if request == "WRITE" and kind == "6":  # hex, until the module knows a text of ours
            value = bytes.fromhex(written).decode("latin-1")
        elif request == "WRITE":
            value = written[: int(length)]
        given = f',1,{RESOURCE},1,{len(value)},"{value}",0,0' if request == "READ" else ",2"
        module.command(f"AT+MIPL{request}RSP=0,{mid}{given}")
        missing.discard(request)


def main(place: str) -> None:
    module = Module(place)
    knock(module)
    module.command("ATE0")
    log_in(module)
    module.command(f'AT+MIPLNOTIFY=0,0,{RESOURCE},1,4,"abcd",0,0,147')
    module.wait_for(r"\+MIPLEVENT: ?0,26,147")
    print("online", flush=True)
    answer(module, "abcd")
    module.command("AT+MIPLCLOSE=0")
    module.wait_for(r"\+MIPLEVENT: ?0,15")
    module.command("AT+MIPLDELETE=0")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        print("usage: host.py DEVICE|URL", file=sys.stderr)
        sys.exit(2)
    try:
        main(sys.argv[1])
    except (Silence, serial.SerialException) as error:
        sys.exit(f"host.py: {error}")
