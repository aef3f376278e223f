"""Whether the machine has room for a fleet, said before anything is started."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from emulator.capacity import (
    DESCRIPTORS,
    DTLS_BYTES,
    MODEM_BYTES,
    OF_A_HOST,
    OF_A_MODEM,
    OF_THE_PROGRAM,
    PROC,
    mib,
    mib_needed,
    room,
)
from emulator.fleet.plan import Fleet

PROCESS_BYTES: Final = 48 << 20
"""Memory for a process with no modem in it: 38 MiB were measured."""


def shortages(fleet: Fleet, members: int, workers: int, root: Path = PROC) -> Iterator[str]:
    """What there is too little of, with what mends it."""
    there, most = room(root), -(-members // workers)
    each = OF_A_MODEM + DESCRIPTORS[fleet.serial] + OF_A_HOST[fleet.serial]
    needed = most * each + OF_THE_PROGRAM
    if needed > there.files:
        yield (
            f"{most} modems in a process take {needed} descriptors, and {there.files} are allowed; "
            "raise the hard limit (ulimit -Hn), or take more --processes or --shard"
        )
    if fleet.serial == "pty" and members > there.ptys:
        yield (
            f"{members} pseudo-terminals are more than the {there.ptys} that are free; raise "
            "kernel.pty.max, or take serial: memory"
        )
    if members > there.ports:
        yield (
            f"{members} links are more than the {there.ports} ports of "
            "net.ipv4.ip_local_port_range; widen it, or take --shard and several machines"
        )
    wanted = _memory(fleet, members) + (workers + 1) * PROCESS_BYTES
    if wanted > there.memory:
        yield (
            f"{members} modems take about {mib_needed(wanted)} MiB of memory, and "
            f"{mib(there.memory)} MiB are free; take fewer, or --shard and several machines"
        )


def _memory(fleet: Fleet, members: int) -> int:
    """Bytes; a shard is taken to have its share of those that come over DTLS."""
    secure = sum(group.modems for group in fleet.groups if group.psk is not None)
    return members * MODEM_BYTES + members * secure // fleet.modems * DTLS_BYTES
