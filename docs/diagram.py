"""Plays chapter 5.1 of the manual and draws it: docs/img/5.1.svg, and the text in recordings.md.

    python docs/diagram.py [--check]

In virtual time, with the local OneNET; everything is decided by a seed, so that the picture changes
only with the program. --check changes nothing and fails if the two are not what would be written.
"""

import asyncio
import re
import sys
from collections.abc import Coroutine, Iterator
from pathlib import Path

from emulator.cloud.service import Cloud
from emulator.demo_host import DIALOGUE, Call, Command, Line, Reply
from emulator.destinations import leading_to
from emulator.diagram.fates import settled
from emulator.diagram.row import Row
from emulator.diagram.rows import rows_of
from emulator.diagram.svg import svg
from emulator.diagram.text import Look, lines
from emulator.journal import Record
from emulator.modem import Modem, ModemSettings
from emulator.recording.lines import Head
from emulator.recording.redactor import Redactor
from emulator.serial_end import SerialEnd
from emulator.virtual_time import VirtualLoop
from pty_bridge.memory import MemoryPort
from transport.memory import MemoryNetwork

DOCS = Path(__file__).parent
PICTURE, PAGE = DOCS / "img" / "5.1.svg", DOCS / "recordings.md"
HEAD = Head("mipl-emulator", "MN316", "manual", seed=1)
SETTINGS = ModemSettings("MN316", seed=1, strict=True)
BLOCK = re.compile(r"(?<=<!-- docs/diagram.py writes this -->\n)```text\n.*?```\n", re.DOTALL)
COLUMNS = 110  # as a page on the web shows them
PATIENCE = 60.0  # virtual seconds for one line
GLANCE = 0.001  # virtual seconds between looks at what the module has said


async def dialogue() -> list[Record]:
    """The journal of the demonstration, played in memory; times begin with 0."""
    records: list[Record] = []
    net = MemoryNetwork()
    async with Cloud("onenet", seed=1, listen=net.listen) as cloud:
        port, way = SerialEnd("memory:"), leading_to(cloud)
        sinks = (records.append,)
        async with Modem(port, way, SETTINGS, open_link=net.open_link, sinks=sinks) as modem:
            await _play(modem, cloud)
    redactor, zero = Redactor(SETTINGS.imei, SETTINGS.imsi), records[0].time
    return [redactor.redact(record)._replace(time=record.time - zero) for record in records]


async def _play(modem: Modem, cloud: Cloud) -> None:
    assert isinstance(modem.port, MemoryPort)
    host, heard, captured = modem.port.host, bytearray(), dict[str, str]()
    host.on_data = heard.extend
    host.open()
    calls = _calls(cloud)
    called: asyncio.Task[object] | None = None
    for step in DIALOGUE:
        match step:
            case Command(text):
                host.write(text.format(**captured).encode() + b"\r")
            case Line(pattern):
                captured |= await _line(heard, pattern)
            case Call():
                await asyncio.sleep(1)
                called = asyncio.ensure_future(next(calls))
            case Reply() if called is not None:
                await called


def _calls(cloud: Cloud) -> Iterator[Coroutine[object, object, object]]:
    """What somebody asks of the platform, in the order of the demonstration's calls."""
    yield cloud.read_all(SETTINGS.imei, "/3200/0")
    yield cloud.write(SETTINGS.imei, "/3200/0/5750", "abcd")
    yield cloud.execute(SETTINGS.imei, "/3200/0/5750", "abcd")


async def _line(heard: bytearray, pattern: str) -> dict[str, str]:
    """What the next line of the module captures."""
    async with asyncio.timeout(PATIENCE):
        while (end := heard.find(b"\r\n", 2)) < 0:
            await asyncio.sleep(GLANCE)
    line = heard[:end].decode().strip()
    del heard[: end + 2]
    found = re.fullmatch(pattern, line)
    if found is None:
        raise SystemExit(f"diagram: expected {pattern!r}, the module said {line!r}")
    return found.groupdict()


def rows() -> list[Row]:
    """The rows of the dialogue."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return list(settled(rows_of(runner.run(dialogue()))))


def page(found: list[Row]) -> str:
    """The page with the dialogue as text."""
    text = "\n".join(lines(found, Look(COLUMNS)))
    written, times = BLOCK.subn(lambda _: f"```text\n{text}\n```\n", PAGE.read_text("utf-8"))
    if times != 1:
        raise SystemExit(f"diagram: {PAGE} has {times} places for the dialogue, not one")
    return written


def main(arguments: list[str]) -> int:
    """1 if --check finds something that is not as it would be written."""
    found = rows()
    made = {PICTURE: svg(HEAD, found).text, PAGE: page(found)}
    stale = [path for path, text in made.items() if _read(path) != text]
    if "--check" in arguments:
        for path in stale:
            print(f"diagram: {path.name} is not up to date; run docs/diagram.py", file=sys.stderr)
        return 1 if stale else 0
    PICTURE.parent.mkdir(exist_ok=True)
    for path in stale:
        path.write_text(made[path], encoding="utf-8")
    return 0


def _read(path: Path) -> str:
    return path.read_text("utf-8") if path.exists() else ""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
