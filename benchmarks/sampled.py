"""What is measured: the program, looked at while it works.

    python -m benchmarks.sampled FILE WORD...

The words are those of `mipl`. From SIGUSR1 on, every millisecond of this process's own time at best
(the kernel may have longer steps) it is noted which function runs; what a function of C takes, the
kernel's too, counts for the one that called it. At the end FILE has as JSON how often each was met.
"""

import json
import os
import signal
import sys
from collections import Counter
from pathlib import Path
from types import FrameType

from emulator.cli import main

STEP_S = 0.001
GENERATED = "<string>"  # what makes a value: it counts for the one that wants it


def look(file: Path, words: list[str]) -> int:
    """Run the program; its exit code."""
    met: Counter[str] = Counter()

    def note(number: int, frame: FrameType | None) -> None:
        while frame is not None and frame.f_code.co_filename == GENERATED:
            frame = frame.f_back
        if frame is not None:
            code = frame.f_code
            met[f"{code.co_filename}:{code.co_qualname}"] += 1

    def begin(number: int, frame: FrameType | None) -> None:
        signal.setitimer(signal.ITIMER_PROF, STEP_S, STEP_S)

    signal.signal(signal.SIGPROF, note)
    signal.signal(signal.SIGUSR1, begin)
    file.with_suffix(".pid").write_text(str(os.getpid()), encoding="ascii")
    try:
        return main(words)
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        file.write_text(json.dumps(met), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(look(Path(sys.argv[1]), sys.argv[2:]))
