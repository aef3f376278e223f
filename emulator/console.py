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


def tell_seed(seed: int) -> None:
    """What decides all that chance decides in this run; with it the next run does the same."""
    say(f"seed {seed} (--seed {seed} lets chance decide the same again)")


def stopped() -> asyncio.Event:
    """Set by Ctrl-C and SIGTERM."""
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    return stop
