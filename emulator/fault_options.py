"""The option of `mipl run` for faults. What it means is imported late: the path is out first."""

import argparse

from emulator.cli import UsageError


def check_faults(options: argparse.Namespace) -> None:
    """`options.faults`: what `--fault` says. UsageError."""
    options.faults = ()
    if not options.fault:
        return
    from emulator.cloud_faults import CloudFaults
    from emulator.commands import command_table
    from emulator.faults.beside import check_cloud
    from emulator.faults.grammar import FaultError, parse_fault
    from emulator.faults.names import check_name
    from emulator.profile import load_profile

    profile = load_profile(options.model)
    commands = command_table(profile.absent_commands, sets=profile.command_sets)
    for text in options.fault:
        try:
            fault = parse_fault(text)
            check_name(fault, commands)
            check_cloud(fault, CloudFaults() if options.platform is None else None)
        except FaultError as error:
            raise UsageError(f"--fault '{text}': {error}") from error
        options.faults = (*options.faults, fault)
