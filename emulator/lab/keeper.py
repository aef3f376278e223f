"""Starts one program and leaves nothing of it behind, also if whoever asked for it is killed.

A program of its own, started as `python -I -S keeper.py FD GRACE WORDS...`, because only another
process outlives its parent. FD is a socket: `started PID`, `failed ERRNO` and `ended STATUS` (as
subprocess has returncode) are told there, a line each. As soon as a number of seconds is heard, the
other end is closed or the parent is gone, every process that has come of the program gets SIGTERM,
and after so many seconds, or GRACE, SIGKILL. Standard library only, and little of it: it is
imported at each start.
"""

import os
import select
import signal
import sys
import time
from contextlib import suppress

PARENT_LOOKED_FOR = 0.5  # seconds: another child of the parent may hold the socket open
KILLED_LOOKED_FOR = 0.01
KILL_LIMIT = 5.0  # seconds; a process in an uninterruptible sleep dies when it wakes

_SET_PDEATHSIG, _SET_CHILD_SUBREAPER = 1, 36  # <linux/prctl.h>


def main(fd: int, grace: float, words: list[str]) -> None:
    parent = os.getppid()
    _prctl(_SET_CHILD_SUBREAPER, 1)  # what loses its parent becomes our child
    wake, woken = os.pipe()
    os.set_blocking(woken, False)
    os.set_blocking(wake, False)
    signal.set_wakeup_fd(woken)
    signal.signal(signal.SIGCHLD, lambda number, frame: None)
    program, error = _start(words, fd)
    if error:
        _tell(fd, f"failed {error}")
        return
    _let_go_of_output()
    _tell(fd, f"started {program}")
    poll = select.poll()
    poll.register(fd, select.POLLIN | select.POLLHUP)
    poll.register(wake, select.POLLIN)
    while os.getppid() == parent:
        ready = [number for number, _ in poll.poll(PARENT_LOOKED_FOR * 1000)]
        with suppress(BlockingIOError):
            os.read(wake, 512)
        _reap(program, fd)
        if fd in ready:
            grace = float(_told(fd) or grace)
            break
    _end(program, fd, grace)


def _start(words: list[str], fd: int) -> tuple[int, int]:
    """The program in a group of its own, as no leader of a session: else the modem's device would
    become its terminal. Its process id, or the number of an error."""
    result, said = os.pipe()
    program = os.fork()
    if program == 0:
        os.setpgid(0, 0)
        _prctl(_SET_PDEATHSIG, signal.SIGKILL)
        for number in (signal.SIGPIPE, signal.SIGXFSZ, signal.SIGCHLD):
            signal.signal(number, signal.SIG_DFL)
        os.set_inheritable(fd, False)
        try:
            os.execvp(words[0], words)
        except OSError as error:
            os.write(said, str(error.errno).encode())
        finally:
            os._exit(127)
    os.close(said)
    with suppress(OSError):
        os.setpgid(program, program)  # whoever of the two is first
    told = os.read(result, 16)
    os.close(result)
    return program, int(told or 0)


def _let_go_of_output() -> None:
    """Its end is to be that of the program, and of what has come of it."""
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 1)
    os.dup2(nothing, 2)
    os.close(nothing)


def _reap(program: int, fd: int) -> bool:
    """Whether there is still a child."""
    with suppress(ChildProcessError):
        while True:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if not pid:
                return True
            if pid == program:
                _tell(fd, f"ended {os.waitstatus_to_exitcode(status)}")
    return False


def _end(program: int, fd: int, grace: float) -> None:
    """First politely."""
    _signal(program, signal.SIGTERM, signal.SIGCONT)
    wait_until = time.monotonic() + grace
    while _reap(program, fd) and time.monotonic() < wait_until:
        time.sleep(KILLED_LOOKED_FOR)
    wait_until = time.monotonic() + KILL_LIMIT
    while _reap(program, fd) and time.monotonic() < wait_until:
        _signal(program, signal.SIGKILL)
        time.sleep(KILLED_LOOKED_FOR)


def _signal(program: int, *numbers: int) -> None:
    """To the group, and to all who have left it."""
    for number in numbers:
        with suppress(OSError):
            os.killpg(program, number)
        for pid in _descendants():
            with suppress(OSError):
                os.kill(pid, number)


def _descendants() -> list[int]:
    """All processes that come of this one, where the system tells."""
    parents: dict[int, list[int]] = {}
    with suppress(OSError):
        for name in filter(str.isdigit, os.listdir("/proc")):
            with suppress(OSError), open(f"/proc/{name}/stat", "rb") as stat:
                parent = int(stat.read().rpartition(b")")[2].split()[1])
                parents.setdefault(parent, []).append(int(name))
    found = list(parents.get(os.getpid(), ()))
    for pid in found:  # grows meanwhile
        found += parents.get(pid, ())
    return found


def _tell(fd: int, text: str) -> None:
    with suppress(OSError):
        os.write(fd, text.encode() + b"\n")


def _told(fd: int) -> bytes:
    try:
        return os.read(fd, 32)
    except OSError:
        return b""


def _prctl(option: int, value: int) -> None:
    """Linux only; elsewhere the group has to do."""
    if sys.platform == "linux":
        with suppress(ImportError, OSError, AttributeError):
            import ctypes

            ctypes.CDLL(None).prctl(option, value, 0, 0, 0)


if __name__ == "__main__":
    main(int(sys.argv[1]), float(sys.argv[2]), sys.argv[3:])
