"""What a program reads for: a text anywhere, a position, so many lines, a scanf format."""

from tests.hosts.host import Host, Missed, Want
from tests.hosts.scan import conversions, scan


def find(*texts: bytes) -> Want:
    """strstr: each of them, anywhere."""

    async def want(host: Host, until: float) -> None:
        for text in texts:
            while text not in host.received:
                if not await host.more(until):
                    raise Missed(f"no {text!r} in {host.received!r}")

    return want


def either(*texts: bytes) -> Want:
    """strstr: one of them, anywhere."""

    async def want(host: Host, until: float) -> None:
        while not any(text in host.received for text in texts):
            if not await host.more(until):
                raise Missed(f"none of {texts!r} in {host.received!r}")

    return want


def at(position: int, text: bytes, silence: float) -> Want:
    """The bytes at that position of all that comes up to a silence."""

    async def want(host: Host, until: float) -> None:
        frame = await host.frame(until, silence)
        there = frame[position : position + len(text)]
        if there != text:
            raise Missed(f"{there!r} at {position} of {frame!r}, not {text!r}")

    return want


def counted(number: int, text: bytes) -> Want:
    """So many lines that are not empty; when the last has come, strstr in all of them."""

    async def want(host: Host, until: float) -> None:
        while len(host.lines()) < number:
            if not await host.more(until):
                raise Missed(f"{len(host.lines())} of {number} lines: {host.received!r}")
        first = host.lines()[:number]
        if not any(text in line for line in first):
            raise Missed(f"no {text!r} in {number} lines: {first!r}")

    return want


def fields(form: str, *values: int | str | None, keep: tuple[str, ...] = ()) -> Want:
    """sscanf: a line that fits the format, with these values, None for any; kept by name."""

    async def want(host: Host, until: float) -> None:
        while not (read := _read(form, host.lines(), values)):
            if not await host.more(until):
                raise Missed(f"no {form!r} with {values} in {host.received!r}")
        host.kept.update(zip(keep, read[0], strict=False))

    return want


def _read(
    form: str, lines: list[bytes], values: tuple[int | str | None, ...]
) -> list[list[int | str]]:
    """What the format gives of each line that it fits; it may stand anywhere in it."""
    head = form.partition("%")[0].strip()
    texts = [line.decode("latin-1") for line in lines]
    given = [scan(form, text[max(text.find(head), 0) :]) for text in texts]
    return [found for found in given if fits(form, found, values)]


def fits(form: str, found: list[int | str], values: tuple[int | str | None, ...]) -> bool:
    """Whether a format gave all that it can, and these values, None for any."""
    agrees = all(value in (None, given) for value, given in zip(values, found, strict=False))
    return len(found) == conversions(form) and agrees
