"""The work of `mipl fleet`: checks, the run, the summary."""

import argparse
import asyncio
import json
import os
import re
import socket
import sys
from pathlib import Path

from emulator.addresses import Address, AddressError, parse_address, spelt
from emulator.cli import DONE, RUN_FAILED, UsageError
from emulator.console import chosen_seed, put, say, stopped, tell_seed
from emulator.fleet.children import StartFailed
from emulator.fleet.conductor import Conductor, Wishes
from emulator.fleet.coroutines import coroutines_of
from emulator.fleet.files import load
from emulator.fleet.limits import shortages
from emulator.fleet.plan import Fleet, Shard, members_of
from emulator.fleet.plot import plot
from emulator.fleet.progress import Progress
from emulator.fleet.shapes import PROCESSES_LIMIT
from emulator.fleet.summary import Result, document, exit_code, lines


def run(options: argparse.Namespace) -> int:
    """The exit code. UsageError for all that can be known before something is started."""
    fleet = load(options.file)
    shard = _shard(options.shard)
    members = sum(1 for _ in members_of(fleet, shard))
    if not members:
        raise UsageError(f"--shard {options.shard}: {fleet.modems} modems leave none for this part")
    wishes = _wishes(options, fleet, shard, members)
    coroutines_of(fleet, wishes.folder)
    for out in (options.json, options.plot):
        _writable(out)
    problems = list(shortages(fleet, members, wishes.workers))
    if problems:
        raise UsageError("\n".join(problems))
    tell_seed(wishes.seed)
    say(_intent(fleet, wishes, members))
    if options.dry_run:
        return DONE
    progress = Progress(sys.stderr, members, say)
    try:
        result = asyncio.run(_run(fleet, wishes, progress))
    except StartFailed as error:
        say(str(error))
        return RUN_FAILED
    if options.json == "-":
        put(json.dumps(document(result), indent=1, ensure_ascii=False))
    else:
        for line in lines(result):
            put(line)
    return max(exit_code(result), _kept(result, options))


async def _run(fleet: Fleet, wishes: Wishes, progress: Progress) -> Result:
    try:
        return await Conductor(fleet, wishes, progress).run(stopped())
    finally:
        progress.end()


def _shard(text: str) -> Shard:
    found = re.fullmatch(r"([0-9]{1,4})/([0-9]{1,4})", text)
    if found is None or not 1 <= int(found[1]) <= int(found[2]):
        raise UsageError(f"--shard '{text}' is not I/N with I from 1 to N, for example 2/4")
    return Shard(int(found[1]), int(found[2]))


def _wishes(options: argparse.Namespace, fleet: Fleet, shard: Shard, members: int) -> Wishes:
    workers = options.processes or fleet.processes or len(os.sched_getaffinity(0))
    if not 1 <= workers <= PROCESSES_LIMIT:
        raise UsageError(f"--processes {workers} is not between 1 and {PROCESSES_LIMIT}")
    return Wishes(
        shard=shard,
        workers=min(workers, members),
        seed=chosen_seed(fleet.seed if options.seed is None else options.seed),
        platform=None if options.platform is None else _platform(options.platform),
        folder=str(options.file.parent.resolve()),
    )


def _platform(text: str) -> Address:
    try:
        host, port = parse_address(text)
        found = socket.getaddrinfo(host, port, type=socket.SOCK_DGRAM)
    except AddressError as error:
        raise UsageError(f"--platform: {error}") from error
    except OSError as error:
        raise UsageError(f"--platform {text} cannot be resolved ({error.strerror})") from error
    return str(found[0][4][0]), port


def _writable(out: str | Path | None) -> None:
    """It is said before the run, not behind it, that the summary has nowhere to go."""
    if out is None or out == "-":
        return
    file = Path(out).absolute()
    if not file.parent.is_dir():
        raise UsageError(f"{out}: there is no folder {file.parent}")
    if file.is_dir():
        raise UsageError(f"{out} is a folder; name a file")
    if not os.access(file if file.exists() else file.parent, os.W_OK):
        raise UsageError(f"{out} cannot be written")


def _intent(fleet: Fleet, wishes: Wishes, members: int) -> str:
    where = "local platforms" if wishes.platform is None else spelt(wishes.platform)
    return (
        f"{members} modems in {wishes.workers} processes at {where}: {fleet.ramp:g} a second, "
        f"{fleet.rise:.0f} s until all are on, then {fleet.lasts:.0f} s"
    )


def _kept(result: Result, options: argparse.Namespace) -> int:
    """Write the files. What cannot be written is told, after everything else."""
    code = DONE
    if options.plot is not None:
        code = max(code, _write(options.plot, plot(result)))
    if options.json not in (None, "-"):
        text = json.dumps(document(result), indent=1, ensure_ascii=False)
        code = max(code, _write(Path(options.json), text + "\n"))
    return code


def _write(out: Path, text: str) -> int:
    try:
        out.write_text(text, encoding="utf-8")
    except OSError as error:
        say(f"{out} cannot be written ({error.strerror})")
        return RUN_FAILED
    return DONE
