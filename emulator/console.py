"""What a verb that runs until it is stopped says: data on stdout, all else on stderr."""

import asyncio
import os
import signal
import sys


def put(line: str) -> None:
    """On stdout. A reader that has seen enough (`| head -1`) ends nothing."""
    try:
        print(line, flush=True)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def say(text: str) -> None:
    """On stderr, for people."""
    print(f"mipl: {text}", file=sys.stderr, flush=True)


def chosen_seed(seed: int | None) -> int:
    """That of the option --seed, or a new one. UsageError for one below 0."""
    from emulator.cli import UsageError
    from emulator.seeds import new_seed

    if seed is not None and seed < 0:
        raise UsageError(f"--seed {seed} is not a whole number from 0 on")
    return new_seed() if seed is None else seed


def tell_seed(seed: int) -> None:
    """What decides all that chance decides in this run; with it the next run does the same."""
    say(f"seed {seed} (--seed {seed} lets chance decide the same again)")


def stopped() -> asyncio.Event:
    """Set by Ctrl-C and SIGTERM."""
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    return stop
