"""The host's side of `mipl demo`: an MCU's part by pyserial, a platform user's part by HTTP.

Run as `python -m emulator.demo_host DEVICE HTTP_URL IMEI`, in a process of its own.
"""

import json
import os
import re
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import serial

ANSWER_LIMIT = 10.0  # seconds to wait for one line
GLANCE = 0.1  # seconds between looks at whether the platform still answers


class WrongLine(Exception):
    """The modem said something else than the manual's chapter 5.1 has."""


@dataclass(frozen=True, slots=True)
class Note:
    """A sentence for the reader."""

    text: str


@dataclass(frozen=True, slots=True)
class Command:
    """What the MCU writes; `{name}` stands for what an earlier line captured."""

    text: str


@dataclass(frozen=True, slots=True)
class Line:
    """What the module must say next: a regular expression, its named groups are captured."""

    pattern: str


@dataclass(frozen=True, slots=True)
class Call:
    """What somebody asks of the platform meanwhile, over HTTP."""

    method: str
    path: str
    body: Mapping[str, object] | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """The platform's answer to the call under way must contain this."""

    text: str


Step = Note | Command | Line | Call | Reply

DIALOGUE: tuple[Step, ...] = (
    Note("Log in (5.1): create the device, add an object, list its resource, open."),
    Command('AT+MIPLCREATEEX="nbiotbt.heclouds.com:5683",1,"cmiot"'),
    Line(r"\+MIPLCREATEEX: 0"),
    Line("OK"),
    Command('AT+MIPLADDOBJ=0,3200,1,"1",0,1'),
    Line("OK"),
    Command('AT+MIPLDISCOVERRSP=0,3200,1,4,"5750"'),
    Line("OK"),
    Command("AT+MIPLOPEN=0,3000,30"),
    Line("OK"),
    Line(r"\+MIPLEVENT: 0,2"),
    Line(r"\+MIPLEVENT: 0,6"),
    Note("Logged in. The platform observes, discovers, and reads 3/0; the module answers itself."),
    Line(r"\+MIPLOBSERVE: 0,\d+,1,3200,0,-1"),
    Line(r"\+MIPLDISCOVER: 0,\d+,3200"),
    Line(r"\+MIPLREAD: 0,\d+,3,0,-1"),
    Note("Report a value with an ackid: event 26 says that the platform has it."),
    Command('AT+MIPLNOTIFY=0,0,3200,0,5750,1,4,"abcd",0,0,147'),
    Line("OK"),
    Line(r"\+MIPLEVENT: 0,26,147"),
    Note("Somebody reads the object through the platform's HTTP API."),
    Call("GET", "/nbiot?imei={imei}&obj_id=3200"),
    Line(r"\+MIPLREAD: 0,(?P<mid>\d+),3200,0,-1"),
    Command('AT+MIPLREADRSP=0,{mid},1,3200,0,5750,1,4,"abcd",0,0'),
    Line("OK"),
    Reply("abcd"),
    Note("Somebody writes."),
    Call(
        "POST",
        "/nbiot?imei={imei}&obj_id=3200&obj_inst_id=0&mode=2",
        {"data": [{"val": "abcd", "res_id": 5750}]},
    ),
    Line(r"\+MIPLWRITE: 0,(?P<mid>\d+),3200,0,5750,1,4,abcd,0"),
    Command("AT+MIPLWRITERSP=0,{mid},2"),
    Line("OK"),
    Reply('"errno":0'),
    Note("Somebody executes."),
    Call(
        "POST",
        "/nbiot/execute?imei={imei}&obj_id=3200&obj_inst_id=0&res_id=5750",
        {"args": "abcd"},
    ),
    Line(r'\+MIPLEXECUTE: 0,(?P<mid>\d+),3200,0,5750,4,"abcd"'),
    Command("AT+MIPLEXECUTERSP=0,{mid},2"),
    Line("OK"),
    Reply('"errno":0'),
    Note("Log out."),
    Command("AT+MIPLCLOSE=0"),
    Line("OK"),
    Line(r"\+MIPLEVENT: 0,15"),
    Command("AT+MIPLDELETE=0"),
    Line("OK"),
)


class Host:
    """Plays a dialogue on a serial device and shows every line."""

    def __init__(self, device: str, url: str, imei: str, show: Callable[[str], None]) -> None:
        self._port = serial.Serial(device, 115200, timeout=GLANCE)
        self._url, self._show = url, show
        self._captured = {"imei": imei}
        self._call: threading.Thread | None = None
        self._reply = self._failure = ""

    def play(self, steps: tuple[Step, ...]) -> None:
        """Every step in order; WrongLine at the first that is not as it should be."""
        for step in steps:
            match step:
                case Note(text):
                    self._show(f"\n# {text}")
                case Command(text):
                    line = text.format(**self._captured)
                    self._show(f"  MCU      > {line}")
                    self._port.write(line.encode() + b"\r")
                case Line(pattern):
                    self._expect(pattern)
                case Call():
                    self._start(step)
                case Reply(text):
                    self._finish(text)

    def close(self) -> None:
        self._port.close()

    def _expect(self, pattern: str) -> None:
        line = self._next_line()
        self._show(f"  module   < {line}")
        found = re.fullmatch(pattern, line)
        if found is None:
            raise WrongLine(f"expected {pattern!r}, the module said {line!r}")
        self._captured.update(found.groupdict())

    def _next_line(self) -> str:
        raw, deadline = b"", time.monotonic() + ANSWER_LIMIT
        while time.monotonic() < deadline:
            raw += self._port.read_until(b"\r\n")
            line = raw.strip(b"\r\n")  # a look may fall between a CR and its LF
            if raw.endswith(b"\r\n") and line:
                return line.decode("utf-8", "replace")
            if self._failure:
                raise WrongLine(f"the platform gave no answer: {self._failure}")
        raise WrongLine(f"no line within {ANSWER_LIMIT:.0f} s (so far: {raw!r})")

    def _start(self, call: Call) -> None:
        path = call.path.format(**self._captured)
        body = None if call.body is None else json.dumps(call.body).encode()
        self._show(f"  platform . {call.method} {path} {'' if body is None else body.decode()}")
        request = urllib.request.Request(self._url + path, data=body, method=call.method)
        request.add_header("Content-Type", "application/json")
        self._call = threading.Thread(target=self._fetch, args=(request,))
        self._call.start()

    def _fetch(self, request: urllib.request.Request) -> None:
        try:
            with urllib.request.urlopen(request, timeout=ANSWER_LIMIT) as response:
                self._reply = response.read().decode()
        except OSError as error:
            self._failure = str(error)

    def _finish(self, text: str) -> None:
        assert self._call is not None
        self._call.join()
        if self._failure:
            raise WrongLine(f"the platform gave no answer: {self._failure}")
        self._show(f"  platform . {self._reply}")
        if text not in self._reply:
            raise WrongLine(f"expected {text!r} in the platform's answer {self._reply!r}")


def main(arguments: list[str]) -> int:
    """0 if the dialogue went as the manual has it, else 1."""
    device, url, imei = arguments
    host = Host(device, url, imei, lambda text: print(text, flush=True))
    try:
        host.play(DIALOGUE)
    except BrokenPipeError:  # a reader that has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except WrongLine as error:
        print(f"\nmipl demo: {error}", file=sys.stderr)
        return 1
    finally:
        host.close()
    print("\nEvery line was as chapter 5.1 of the manual has it, but for its misprints:")
    print("READ has five fields (3.10), EXECUTE quotes its text (3.14), WRITERSP begins with 0.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
