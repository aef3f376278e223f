"""A host program on a modem's device: started, listened to, ended in time."""

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
from typing import Final, Literal, Self

from emulator.lab import keeper
from emulator.lab.errors import HostFailed, LabError, Reason
from emulator.lab.lines import Line, Lines, Splitter, Wanted, any_line, spelt
from emulator.lab.modem import LabModem
from emulator.lab.scene import Scene

OUTPUT_LIMIT: Final = 4 << 20
"""Bytes of output that a host may have unless told otherwise; one that has more floods."""

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


class LabHost:
    """One program at a time on the device of one modem. `name` tells it from others, and is empty
    for the first.

    Made by `Lab.host`. All methods may be called from any thread. Waits take `timeout` real
    seconds, or the lab's limit. While anything in the lab is waited for, a program that crashes,
    floods its output or ends with another exit code than 0 ends that wait by HostFailed, unless
    `wait` or `stop` knows of it already.
    """

    def __init__(self, scene: Scene, modem: LabModem, name: str, seed: int) -> None:
        self.name, self.modem = name, modem
        self._scene, self._seed = scene, seed
        self._run: _Run | None = None
        scene.watches.append(self._check)

    def start(
        self,
        *command: str | os.PathLike[str],
        env: Mapping[str, str] | None = None,
        cwd: str | os.PathLike[str] | None = None,
        output_limit: int = OUTPUT_LIMIT,
    ) -> Self:
        """Start a program; what this host ran before is ended.

        `command`: words, or one text as a shell would have it. `{port}` in it is what a host opens,
        `{imei}` and `{seed}` the modem's and the lab's; the environment has them too, as MIPL_PORT,
        MIPL_IMEI and MIPL_SEED, and what `env` adds. `output_limit`: bytes. LabError if it cannot
        be started.
        """
        __tracebackhide__ = True
        words = self._words(command)
        self.stop()
        self.modem.hang_up()
        values = self._values()
        surroundings = {**os.environ, "TERM": "dumb", "NO_COLOR": "1"}
        surroundings |= {f"MIPL_{name.upper()}": value for name, value in values.items()}
        folder = Path.cwd() if cwd is None else Path(cwd)
        if not folder.is_dir():
            raise LabError(f"the folder of the host program, {folder}, does not exist")
        self._run = run = _Run(self._scene, self.name, words, output_limit)
        self.modem.occupied = lambda: words[0] if run.is_running else ""
        run.start({**surroundings, **(env or {})}, folder)
        return self

    @property
    def is_running(self) -> bool:
        return self._run is not None and self._run.is_running

    @property
    def pid(self) -> int | None:
        """Of the program that was started last."""
        return None if self._run is None else self._run.pid

    @property
    def returncode(self) -> int | None:
        """As subprocess has it: the exit code, a signal's number below zero; None if it runs."""
        return None if self._run is None else self._run.returncode

    @property
    def output(self) -> str:
        """What the program has written to stdout and stderr so far, in one order."""
        run = self._run
        return "" if run is None else self._scene.thread.call(run.lines.text)

    def expect(self, wanted: Wanted, timeout: float | None = None) -> Line:
        """Wait for a line of its output with this text in it, behind the one that was found last.
        A compiled regular expression is searched for. NotInTime, HostFailed."""
        __tracebackhide__ = True
        run = self._started()

        def found() -> Line | None:
            for line in run.lines.after(run.seen):
                run.seen = line.number + 1
                if matches(line.text):
                    return line
            if not run.is_running:
                self._check()
                raise HostFailed(self._text(run, f"has ended without {spelt(wanted)}"), "ended")
            return None

        matches = any_line(wanted)
        return self._scene.wait(found, timeout, lambda: f"{spelt(wanted)} in the host's output")

    def wait(self, timeout: float | None = None) -> int:
        """Wait for the program's end, and return its code (see `returncode`). HostFailed if it
        hangs or has flooded."""
        __tracebackhide__ = True
        run = self._started()
        seconds = self._scene.seconds(timeout)
        if self._scene.thread.wait(lambda: None if run.is_running else True, seconds) is None:
            text = f"hangs: it has not ended within {seconds:g} s"
            tail = self._scene.tail()
            raise HostFailed(f"the host{self._named()} {run.words[0]} {text}{tail}", "hung")
        if run.flooded:
            raise self._scene.thread.call(lambda: run.failure(self._named()))
        run.known = True
        assert run.returncode is not None
        return run.returncode

    def stop(self, grace: float = GRACE) -> int | None:
        """End the program and all that has come of it: SIGTERM, and after `grace` real seconds
        SIGKILL. Its code (see `returncode`); None if nothing was started. May be repeated."""
        if self._run is None:
            return None
        self._run.known = self._run.known or self._run.is_running
        self._run.stop(grace)
        return self._run.returncode

    def check(self) -> None:
        """HostFailed if the program has failed and nobody knows of it yet."""
        __tracebackhide__ = True
        self._scene.thread.call(self._check)

    # inside

    def _check(self) -> None:
        run = self._run
        if run is None or run.known or run.is_running:
            return
        if run.flooded or run.returncode:
            run.known = True
            raise run.failure(self._named())

    def _started(self) -> "_Run":
        if self._run is None:
            raise LabError(f"the host{self._named()} has not been started; start() does it")
        return self._run

    def _text(self, run: "_Run", what: str) -> str:
        return f"the host{self._named()} {run.words[0]} {what}{self._scene.transcript.tail()}"

    def _named(self) -> str:
        return f" {self.name}" if self.name else ""

    def _values(self) -> dict[str, str]:
        modem = self.modem
        return {"port": modem.device, "imei": modem.imei, "seed": str(self._seed)}

    def _words(self, command: tuple[str | os.PathLike[str], ...]) -> list[str]:
        if len(command) == 1 and isinstance(command[0], str):
            command = tuple(shlex.split(command[0]))
        if not command:
            raise LabError("which program is the host? start('build/firmware', '{port}')")
        words = [os.fspath(word) for word in command]
        for name, value in self._values().items():
            words = [word.replace(f"{{{name}}}", value) for word in words]
        return words


class _Run:
    """One life of a program. But for `start` and `stop` all happens in the loop's thread."""

    def __init__(self, scene: Scene, name: str, words: list[str], limit: int) -> None:
        self.words, self.lines, self.seen = words, Lines(), 0
        self.pid: int | None = None
        self.returncode: int | None = None
        self.is_running = True
        self.known = self.flooded = False
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
        self._scene.thread.call(self._hang_up, grace)
        try:
            self._keeper.wait(grace + END_LIMIT)
        except subprocess.TimeoutExpired:
            self._keeper.kill()
            self._keeper.wait()
        self._scene.thread.wait(lambda: None if self.is_running else True, END_LIMIT)
        self._scene.thread.call(self._close)

    # in the loop's

    def _listen(self) -> None:
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
                    self._note("note", f"{self.words[0]} runs, process {number}")
                case "failed":
                    self._error = int(number)
                case "ended":
                    self._ended(int(number))
        if not data:
            self._scene.thread.loop.remove_reader(self._control)
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
        self._note("note", f"{self.words[0]} {_described(self.returncode)}")

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
        what = _described(self.returncode)
        if self.flooded:
            reason, what = "flooded", f"floods: it has written more than {self._limit} bytes"
        elif self.returncode is not None and self.returncode < 0:
            reason = "crashed"
        tail = self._scene.transcript.tail()
        return HostFailed(f"the host{named} {self.words[0]} {what}{tail}", reason)


def _described(code: int | None) -> str:
    if code is None:
        return "runs"
    if code >= 0:
        return f"has ended with exit code {code}"
    try:
        name = signal.Signals(-code).name
    except ValueError:
        name = "an unknown one"
    return f"has crashed, or was killed: signal {-code}, {name}"
