"""A host program on a modem's device: started, listened to, ended in time."""

import os
import re
import shlex
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Final, Self

from emulator.lab.errors import HostFailed, LabError
from emulator.lab.life import GRACE, Life
from emulator.lab.lines import Line, Wanted, any_line, spelt
from emulator.lab.modem import LabModem
from emulator.lab.scene import Scene

OUTPUT_LIMIT: Final = 4 << 20
"""Bytes of output that a host may have unless told otherwise; one that has more floods."""


class LabHost:
    """One program at a time on the device of one modem. `name` tells it from others, and is empty
    for the first.

    Made by `Lab.host`. All methods may be called from any thread. Waits take `timeout` real
    seconds, or the lab's limit. While anything in the lab is waited for, a program that crashes,
    floods its output or ends with another exit code than 0 ends that wait by HostFailed, unless
    `wait` or `stop` knows of it already.
    """

    def __init__(
        self, scene: Scene, modem: LabModem, name: str, seed: int, command: str, folder: Path | None
    ) -> None:
        """`command` and `folder`: what `start` starts, and where, unless it is told otherwise."""
        self.name, self.modem = name, modem
        self._command, self._folder = command, folder
        self._scene, self._seed = scene, seed
        self._run: Life | None = None
        scene.watches.append(self._check)

    def start(
        self,
        *command: str | os.PathLike[str],
        env: Mapping[str, str] | None = None,
        cwd: str | os.PathLike[str] | None = None,
        output_limit: int = OUTPUT_LIMIT,
    ) -> Self:
        """Start a program; what this host ran before is ended.

        `command`: words, or one text as a shell would have it; the host's own if left out.
        `{port}` in it is what a host opens, `{imei}` and `{seed}` the modem's and the lab's; the
        environment has them too, as MIPL_PORT, MIPL_IMEI and MIPL_SEED, and what `env` adds.
        `cwd`: the folder in which it runs. `output_limit`: bytes. LabError if it cannot be started.
        """
        __tracebackhide__ = True
        if self.modem.device == "memory:":
            raise LabError("no program can open memory:; give the modem serial='pty:' or 'tcp:0'")
        words = self._words(command)
        self.stop()
        self.modem.hang_up()
        values = self._values()
        surroundings = {**os.environ, "TERM": "dumb", "NO_COLOR": "1"}
        surroundings |= {f"MIPL_{name.upper()}": value for name, value in values.items()}
        folder = Path(cwd or self._folder or Path.cwd())
        if not folder.is_dir():
            raise LabError(f"the folder of the host program, {folder}, does not exist")
        self._run = run = Life(self._scene, self.name, words, output_limit)
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
        return "" if run is None else self._scene.thread.look(run.lines.text)

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

    def _started(self) -> Life:
        __tracebackhide__ = True
        if self._run is None:
            raise LabError(f"the host{self._named()} has not been started; start() does it")
        return self._run

    def _text(self, run: Life, what: str) -> str:
        return f"the host{self._named()} {run.words[0]} {what}{self._scene.transcript.tail()}"

    def _named(self) -> str:
        return f" {self.name}" if self.name else ""

    def _values(self) -> dict[str, str]:
        modem = self.modem
        return {"port": modem.device, "imei": modem.imei, "seed": str(self._seed)}

    def _words(self, command: tuple[str | os.PathLike[str], ...]) -> list[str]:
        __tracebackhide__ = True
        command = command or (self._command,)
        if len(command) == 1 and isinstance(command[0], str):
            command = tuple(shlex.split(command[0]))
        if not command:
            raise LabError("which program is the host? start('build/firmware', '{port}')")
        return [_filled(os.fspath(word), self._values()) for word in command]


ALIKE: Final = 0.7  # of 1: `{prot}` is `{port}`, and awk's `{print}` is not (chosen)
_PLACE: Final = re.compile(r"\{([A-Za-z]+)\}")
_OTHER_NAMES: Final = {"device": "port", "tty": "port", "serial": "port"}


def _filled(word: str, values: Mapping[str, str]) -> str:
    """With values in the place of `{port}` and others; braces with something else in them are the
    program's own, unless that looks like one of them: LabError then."""
    __tracebackhide__ = True
    for name in _PLACE.findall(word):
        low = name.lower()
        near = next(iter(get_close_matches(low, values, 1, ALIKE)), _OTHER_NAMES.get(low))
        if name not in values and near is not None:
            raise LabError(f"'{{{name}}}' stands for nothing; did you mean {{{near}}}?")
    for name, value in values.items():
        word = word.replace(f"{{{name}}}", value)
    return word
