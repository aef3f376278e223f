"""Whether the machine has room for as many modems as are asked for, before one is made."""

import resource
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from emulator.cli import UsageError
from emulator.descriptors import allow_many_files
from pty_bridge.ports import PortSpec, Scheme

PROC: Final = Path("/proc")  # Linux; elsewhere nobody knows
UNBOUNDED: Final = 1 << 62

DESCRIPTORS: Final[dict[Scheme, int]] = {
    "pty": 2,
    "tcp": 2,
    "rfc2217": 2,
    "serial": 1,
    "memory": 0,
}
"""Of one serial end: both ends of a pty, a listening socket and its client."""
OF_A_MODEM: Final = 1
"""Descriptors: its link."""
OF_A_HOST: Final[dict[str, int]] = {"memory": 0, "pty": 2}
"""Descriptors of a host in the same process: its end of the pty, and what watches that."""
OF_THE_PROGRAM: Final = 100
"""Descriptors: event loop, local platforms, control channel, callers of HTTP, pipes."""

MODEM_BYTES: Final = 128 << 10
"""Memory for one modem and its host, with what the local platform keeps of it: 42 KiB were measured
with 900 of a fleet. Elsewhere journals are longer."""
DTLS_BYTES: Final = 192 << 10
"""What both ends of a DTLS session take beside: 160 KiB were measured with a thousand."""


@dataclass(frozen=True, slots=True)
class Room:
    """What there is: descriptors of a process, pseudo-terminals, UDP ports, bytes of memory."""

    files: int
    ptys: int
    ports: int
    memory: int


def room(root: Path = PROC) -> Room:
    """What the kernel tells; what it does not is unbounded. The soft limit of descriptors is raised
    to the hard one."""
    files = allow_many_files()
    return Room(
        files=UNBOUNDED if files == resource.RLIM_INFINITY else files,
        ptys=_free_ptys(root),
        ports=_ports(root),
        memory=_memory(root),
    )


def check_room(count: int, ends: Iterable[PortSpec], root: Path = PROC) -> None:
    """UsageError where several modems with these serial ends each cannot be; it names all that
    there is too little of."""
    if count == 1:
        return  # what one needs cannot be said so closely
    lacking = "\n".join(_lacking(count, tuple(ends), room(root)))
    if lacking:
        raise UsageError(lacking)


def _lacking(count: int, ends: tuple[PortSpec, ...], there: Room) -> Iterator[str]:
    each = OF_A_MODEM + sum(DESCRIPTORS[end.scheme] for end in ends)
    if count * each + OF_THE_PROGRAM > there.files:
        most = max(0, there.files - OF_THE_PROGRAM) // each
        yield (
            f"--count {count} takes {count * each + OF_THE_PROGRAM} open files, and this process "
            f"may have {there.files}; take at most {most}, or raise the hard limit (ulimit -H -n)"
        )
    ptys = sum(end.scheme == "pty" for end in ends)
    if count * ptys > there.ptys:
        yield (
            f"--count {count} takes {count * ptys} pseudo-terminals, and the kernel has "
            f"{there.ptys} left; take at most {there.ptys // ptys}, or raise the sysctl "
            "kernel.pty.max"
        )
    if count > there.ports:
        yield (
            f"--count {count} takes as many UDP ports, and there are {there.ports}; take at most "
            "that many, or widen the sysctl net.ipv4.ip_local_port_range"
        )
    if count * MODEM_BYTES > there.memory:
        yield (
            f"--count {count} takes about {mib_needed(count * MODEM_BYTES)} MiB of memory, and "
            f"{mib(there.memory)} MiB are free; take at most {there.memory // MODEM_BYTES}"
        )


def mib(size: int) -> int:
    """Of bytes that there are."""
    return size >> 20


def mib_needed(size: int) -> int:
    return -(-size >> 20)


def _words(file: Path) -> list[int]:
    """The numbers in a file of the kernel's; none where there is no such file."""
    try:
        return [int(word) for word in file.read_text(encoding="ascii").split() if word.isdecimal()]
    except (OSError, ValueError):
        return []


def _free_ptys(root: Path) -> int:
    most, used = _words(root / "sys/kernel/pty/max"), _words(root / "sys/kernel/pty/nr")
    return max(0, most[0] - used[0]) if most and used else UNBOUNDED


def _ports(root: Path) -> int:
    found = _words(root / "sys/net/ipv4/ip_local_port_range")
    return found[1] - found[0] + 1 if len(found) == 2 else UNBOUNDED


def _memory(root: Path) -> int:
    try:
        lines = (root / "meminfo").read_text(encoding="ascii").splitlines()
    except (OSError, ValueError):
        return UNBOUNDED
    found = [line.split()[1] for line in lines if line.startswith("MemAvailable:")]
    return int(found[0]) * 1024 if found else UNBOUNDED
