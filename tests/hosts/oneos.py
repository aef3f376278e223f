"""How OneOS reads (D1, D2): line by line; what is unsolicited is told by how it begins."""

from tests.hosts.host import Host, Missed, Want
from tests.hosts.reading import fits
from tests.hosts.scan import scan

UNSOLICITED = (b"+MIPLEVENT:", b"+MIPLNSMI:", b"+IP:", b"+CPIN:", b"*ATREADY:")  # HF 4, D1


def reply(form: str = "", *values: int | None, room: int = 64, keep: tuple[str, ...] = ()) -> Want:
    """All lines up to one that begins with OK, in a buffer of `room` bytes; ERROR in any ends it.

    One of them fits the format, which gives these values, None for any.
    """

    async def want(host: Host, until: float) -> None:
        lines = await _reply(host, until, room)
        for line in lines:
            found = scan(form, line.decode("latin-1"))
            if fits(form, found, values):
                host.kept.update(zip(keep, found, strict=False))
                return
        raise Missed(f"no {form!r} with {values} in {lines!r}")

    return want


async def _reply(host: Host, until: float, room: int) -> list[bytes]:
    lines: list[bytes] = []
    while True:
        line = await _line(host, until)
        if line.startswith(UNSOLICITED):
            host.pending.append(line)
            continue
        lines.append(line)
        if sum(len(each) + 2 for each in lines) > room:
            raise Missed(f"a reply over {room} bytes: {lines!r}")
        if b"ERROR" in line:
            raise Missed(f"{line!r}")
        if line.startswith(b"OK"):
            return lines


def holding(text: bytes) -> Want:
    """As `reply`, and strstr in its lines."""

    async def want(host: Host, until: float) -> None:
        lines = await _reply(host, until, 64)
        if not any(text in line for line in lines):
            raise Missed(f"no {text!r} in {lines!r}")

    return want


def event(*numbers: int) -> Want:
    """One of these events, which must stand at the start of its line."""

    async def want(host: Host, until: float) -> None:
        seen: list[bytes] = []
        while True:
            seen.append(host.pending.popleft() if host.pending else await _line(host, until, seen))
            found = scan("+MIPLEVENT:%hhu,%hhu", seen[-1].decode("latin-1"))
            if found[1:] and found[1] in numbers:
                return

    return want


async def _line(host: Host, until: float, seen: list[bytes] | None = None) -> bytes:
    """The next line that is not empty; what it is taken from gets shorter."""
    while True:
        line, end, rest = host.received.partition(b"\r\n")
        if not end:
            if not await host.more(until):
                raise Missed(f"nothing more behind {seen or [host.received]!r}")
            continue
        host.received = rest
        if line:
            return line
