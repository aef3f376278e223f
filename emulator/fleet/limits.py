"""What this machine has to give, said before anything is started."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from emulator.descriptors import allow_many_files
from emulator.fleet.plan import Fleet

MODEM_BYTES: Final = 128 * 1024
"""Memory for one modem and its host, with what the local platform keeps of it: 84 KiB were measured
with a thousand."""

PROCESS_BYTES: Final = 48 * 1024 * 1024
"""Memory for a process with no modem in it: 38 MiB were measured."""

SPARE: Final = 64
"""Descriptors that a process needs for itself."""

PER_MODEM: Final = {"memory": 1, "pty": 5}
"""Descriptors: the link; with a pty its two ends, who watches it, and the host's."""

_PROC: Final = Path("/proc")


def shortages(fleet: Fleet, members: int, workers: int, root: Path = _PROC) -> Iterator[str]:
    """What there is too little of, with what mends it."""
    most = -(-members // workers)
    needed, limit = most * PER_MODEM[fleet.serial] + SPARE, allow_many_files()
    if needed > limit:
        yield (
            f"{most} modems in a process take {needed} descriptors, and {limit} are allowed; "
            "raise the hard limit (ulimit -Hn), or take more --processes or --shard"
        )
    if fleet.serial == "pty" and members > (free := _free_ptys(root)):
        yield (
            f"{members} pseudo-terminals are more than the {free} that are free; raise "
            "kernel.pty.max, or take serial: memory"
        )
    if members > (ports := _ports(root)):
        yield (
            f"{members} links are more than the {ports} ports of net.ipv4.ip_local_port_range; "
            "widen it, or take --shard and several machines"
        )
    wanted = members * MODEM_BYTES + (workers + 1) * PROCESS_BYTES
    if wanted > (there := _memory(root)):
        yield (
            f"{members} modems take about {_mib(wanted)} MiB of memory, and {_mib(there)} MiB are "
            "free; take fewer, or --shard and several machines"
        )


def _mib(size: int) -> int:
    return size >> 20


def _words(file: Path) -> list[int]:
    """The numbers in a file of the kernel's; none where there is no such file."""
    try:
        return [int(word) for word in file.read_text().split() if word.isdecimal()]
    except OSError:
        return []


UNBOUNDED: Final = 1 << 62


def _free_ptys(root: Path) -> int:
    most, used = _words(root / "sys/kernel/pty/max"), _words(root / "sys/kernel/pty/nr")
    return most[0] - used[0] if most and used else UNBOUNDED


def _ports(root: Path) -> int:
    found = _words(root / "sys/net/ipv4/ip_local_port_range")
    return found[1] - found[0] + 1 if len(found) == 2 else UNBOUNDED


def _memory(root: Path) -> int:
    try:
        lines = (root / "meminfo").read_text().splitlines()
    except OSError:
        return UNBOUNDED
    found = [line.split()[1] for line in lines if line.startswith("MemAvailable:")]
    return int(found[0]) * 1024 if found else UNBOUNDED
