"""What the command line says of recordings. Cheap to import: used before a device path is out."""

import argparse
from contextlib import AsyncExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from emulator.cli import UsageError

if TYPE_CHECKING:
    from emulator.journal import Sink
    from emulator.modem import ModemSettings


def check_records(options: argparse.Namespace) -> None:
    """UsageError for what cannot be. To be called last of all checks: it makes the folder."""
    for pipe in _pipes(options):
        if pipe.exists() and not pipe.is_fifo():
            raise UsageError(f"--live {pipe}: something else is there, and no pipe")
        if not pipe.parent.is_dir():
            raise UsageError(f"--live {pipe}: there is no folder {pipe.parent}")
    if options.record is None:
        return
    try:
        Path(options.record).mkdir()
    except FileExistsError as error:
        raise UsageError(
            f"--record {options.record}: it is there already, and nothing is overwritten; "
            "name a new folder"
        ) from error
    except OSError as error:
        raise UsageError(f"--record {options.record}: {error.strerror}") from error


def recorders(
    options: argparse.Namespace, number: int, settings: "ModemSettings", stack: AsyncExitStack
) -> "list[Sink]":
    """The sinks of modem `number`; they are closed after it."""
    sinks: list[Sink] = []
    scenario = Path(options.scenario_file).name if options.scenario is not None else None
    if options.record is not None:
        from emulator.recording.files import Recording

        folder = Path(options.record)
        if options.count > 1:
            folder /= f"modem{number}"
        shows = options.show_secrets
        recording = Recording(folder, settings, show_secrets=shows, scenario=scenario)
        sinks.append(stack.enter_context(recording))
    if options.live is not None:
        from emulator.recording.live import Live

        pipe, shows = _pipes(options)[number], options.show_secrets
        live = Live(pipe, settings, show_secrets=shows, scenario=scenario)
        sinks.append(stack.enter_context(live))
    return sinks


def _pipes(options: argparse.Namespace) -> list[Path]:
    if options.live is None:
        return []
    if options.count == 1:
        return [Path(options.live)]
    return [Path(f"{options.live}{number}") for number in range(options.count)]
