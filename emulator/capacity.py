"""Whether the machine has room for as many modems as are asked for, before one is made."""

import resource
from collections.abc import Iterable
from math import inf
from pathlib import Path

from emulator.cli import UsageError
from emulator.descriptors import allow_many_files
from pty_bridge.ports import PortSpec, Scheme

PTYS = Path("/proc/sys/kernel/pty")  # Linux; elsewhere nobody knows

DESCRIPTORS: dict[Scheme, int] = {"pty": 2, "tcp": 2, "rfc2217": 2, "serial": 1, "memory": 0}
"""Of one serial end: both ends of a pty, a listening socket and its client."""
OF_A_MODEM = 1  # its link
OF_THE_PROGRAM = 100  # event loop, local platforms, control channel, callers of HTTP


def check_room(count: int, ends: Iterable[PortSpec]) -> None:
    """UsageError where several modems with these serial ends each cannot be."""
    ends, files = tuple(ends), _file_limit()
    if count == 1:
        return  # what one needs cannot be said so closely
    each = OF_A_MODEM + sum(DESCRIPTORS[end.scheme] for end in ends)
    if count * each + OF_THE_PROGRAM > files:
        most = max(0, int(files - OF_THE_PROGRAM) // each)
        raise UsageError(
            f"--count {count} takes {count * each + OF_THE_PROGRAM} open files, and this process "
            f"may have {files:.0f}; take at most {most}, or raise the hard limit (ulimit -H -n)"
        )
    ptys = sum(end.scheme == "pty" for end in ends)
    free = _free_ptys()
    if count * ptys > free:
        raise UsageError(
            f"--count {count} takes {count * ptys} pseudo-terminals, and the kernel has {free:.0f} "
            f"left; take at most {int(free) // ptys}, or raise the sysctl kernel.pty.max"
        )


def _file_limit() -> float:
    limit = allow_many_files()
    return inf if limit == resource.RLIM_INFINITY else limit


def _free_ptys() -> float:
    try:
        most, used = (int((PTYS / name).read_text(encoding="ascii")) for name in ("max", "nr"))
    except (OSError, ValueError):
        return inf
    return max(0, most - used)
