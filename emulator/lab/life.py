"""One life of a host program, under a keeper that leaves nothing of it behind."""

import errno
import os
import shlex
import signal
import socket
import subprocess
import sys
import tty
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final, Literal

from emulator.lab import keeper
from emulator.lab.errors import HostFailed, LabError, Reason
from emulator.lab.lines import Lines, Splitter
from emulator.lab.scene import Scene

GRACE: Final = 2.0
"""Real seconds from SIGTERM to SIGKILL."""

START_LIMIT: Final = 20.0
"""Real seconds from the call to a program that runs; a busy machine is slow."""

END_LIMIT: Final = keeper.KILL_LIMIT + 5.0  # from there to the end of the keeper
DRAIN_LIMIT: Final = 0.5  # real seconds from a program's end to the end of its output
READ_SIZE: Final = 65536

_WHY: Final = {
    errno.ENOENT: "there is no such program; has it been built?",
    errno.EACCES: "it is not executable",
    errno.ENOEXEC: "it is no program for this machine",
}


class Life:
    """One life of a program. But for `start` and `stop` all happens in the loop's thread."""

    def __init__(self, scene: Scene, name: str, words: list[str], limit: int) -> None:
        self.words, self.lines, self.seen = words, Lines(), 0
        self.pid: int | None = None
        self.returncode: int | None = None
        self.is_running = True
        self.known = self.flooded = self._is_let_go = False
        self._scene, self._name, self._limit = scene, name, limit
        self._splitter, self._bytes = Splitter(), 0
        self._told, self._error = b"", 0
        self._output = self._control = -1
        self._keeper: subprocess.Popen[bytes] | None = None

    # in the thread of whoever asks

    def start(self, env: Mapping[str, str], folder: Path) -> None:
        """LabError, with the reason, if the program cannot be run."""
        __tracebackhide__ = True
        self._output, slave = os.openpty()  # a terminal: into a pipe C programs write late
        tty.setraw(slave)
        near, far = socket.socketpair()
        self._control = near.detach()
        try:
            self._keeper = subprocess.Popen(
                [sys.executable, "-I", "-S", keeper.__file__, str(far.fileno()), str(GRACE)]
                + self.words,
                stdin=subprocess.DEVNULL,
                stdout=slave,
                stderr=slave,
                pass_fds=(far.fileno(),),
                start_new_session=True,
                cwd=folder,
                env=dict(env),
            )
        except BaseException:
            os.close(self._control)
            os.close(self._output)
            self.is_running = False
            raise
        finally:
            far.close()
            os.close(slave)
        self._scene.thread.call(self._listen)
        up = self._scene.thread.wait(lambda: self.pid or self._error or None, START_LIMIT)
        if self._error or up is None:
            self.stop()
            why = _WHY.get(self._error, os.strerror(self._error)) if up else "it does not start"
            raise LabError(f"the host program {self.words[0]} cannot be run in {folder}: {why}")

    def stop(self, grace: float = GRACE) -> None:
        if self._keeper is None:
            return
        self._scene.thread.call(self._let_go)
        self._scene.thread.call(self._hang_up, grace)
        try:
            self._keeper.wait(grace + END_LIMIT)
        except subprocess.TimeoutExpired:
            self._keeper.kill()
            self._keeper.wait()
        self._scene.thread.wait(lambda: None if self.is_running else True, END_LIMIT)
        self._scene.thread.call(self._close)

    # in the loop's

    def _let_go(self) -> None:
        self._is_let_go = self._is_let_go or self.returncode is None

    def _listen(self) -> None:
        self._note("note", f"{shlex.join(self.words)} starts")
        for fd, ready in ((self._control, self._heard), (self._output, self._readable)):
            os.set_blocking(fd, False)
            self._scene.thread.loop.add_reader(fd, ready)

    def _hang_up(self, grace: float = GRACE) -> None:
        """The keeper ends everything as soon as it hears a number of seconds."""
        if self._control >= 0:
            with suppress(OSError):  # it has ended already
                os.write(self._control, str(grace).encode())

    def _close(self) -> None:
        for fd in (self._control, self._output):
            if fd >= 0:
                self._scene.thread.loop.remove_reader(fd)
                os.close(fd)
        self._control = self._output = -1

    def _heard(self) -> None:
        """What the keeper tells. Its end without a word is the program's too."""
        try:
            data = os.read(self._control, READ_SIZE)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        *told, self._told = (self._told + data).split(b"\n")
        for line in told:
            word, _, number = line.decode().partition(" ")
            match word:
                case "started":
                    self.pid = int(number)
                case "failed":
                    self._error = int(number)
                case "ended":
                    self._ended(int(number))
        if not data:
            self._scene.thread.loop.remove_reader(self._control)
            if self.pid is None:
                self.is_running = False
            else:
                self._ended(-signal.SIGKILL)
        self._scene.thread.ring()

    def _ended(self, code: int) -> None:
        """The system may hand over the last of the output a moment later."""
        if self.returncode is None:
            self.returncode = code
            loop = self._scene.thread.loop
            loop.call_later(DRAIN_LIMIT * self._scene.thread.scale, self._over)
            self._readable()

    def _over(self) -> None:
        if not self.is_running:
            return
        for line in self._splitter.end():
            self._add(line)
        self.is_running = False
        what = described(self.returncode)
        if self._is_let_go and self.returncode in (-signal.SIGTERM, -signal.SIGKILL):
            what = "was still running, and has been ended"
        self._note("note", f"{self.words[0]} {what}")

    def _readable(self) -> None:
        if self._output < 0:
            return
        try:
            data = os.read(self._output, READ_SIZE)
        except BlockingIOError:
            return
        except OSError:  # EIO: nobody has the other end open any more
            data = b""
        if not data:
            self._scene.thread.loop.remove_reader(self._output)
            if self.returncode is not None:
                self._over()
            return
        self._bytes += len(data)
        if self._bytes > self._limit:
            if not self.flooded:
                self.flooded = True
                self._note("note", f"{self.words[0]} floods: it is ended")
                self._hang_up()
            return
        for line in self._splitter.feed(data):
            self._add(line)

    def _add(self, line: str) -> None:
        self.lines.add(line, self._scene.now)
        self._note("output", line)

    def _note(self, kind: Literal["output", "note"], said: str) -> None:
        self._scene.note(self._name, kind, said)

    def failure(self, named: str) -> HostFailed:
        """What has become of it; in the loop's thread."""
        reason: Reason = "ended"
        what = described(self.returncode)
        if self.flooded:
            reason, what = "flooded", f"floods: it has written more than {self._limit} bytes"
        elif self.returncode is not None and self.returncode < 0:
            reason = "crashed"
        tail = self._scene.transcript.tail()
        return HostFailed(f"the host{named} {self.words[0]} {what}{tail}", reason)


def described(code: int | None) -> str:
    """What an end with this code is, to be put behind a program's name."""
    if code is None:
        return "runs"
    if code >= 0:
        return f"has ended with exit code {code}"
    try:
        name = signal.Signals(-code).name
    except ValueError:
        name = "an unknown one"
    return f"has crashed, or was killed: signal {-code}, {name}"
