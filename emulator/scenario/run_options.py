"""A scenario as options of `mipl run`: what stands on the command line rules over the file."""

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

from emulator.cli import UsageError
from emulator.scenario.document import Scenario, Switch, watches_of
from emulator.scenario.files import to_run
from emulator.scenario.platform_words import CloudDeed, Telling
from emulator.scenario.trouble import ScenarioError

Defaults = dict[str, Any]


def with_scenario(
    options: argparse.Namespace, parse: Callable[[Defaults], argparse.Namespace]
) -> argparse.Namespace:
    """The options of the command line on top of those of its `--scenario`, in whose place stands
    the Scenario itself; `scenario_file` names it. UsageError."""
    file = Path(options.scenario)
    try:
        scenario = to_run(file)
    except ScenarioError as error:
        raise UsageError(str(error)) from None
    merged = parse(defaults(scenario))
    merged.scenario, merged.scenario_file = scenario, str(file)
    if merged.count != 1:
        raise UsageError("--scenario is about one modem; leave --count out")
    if merged.platform is not None and (line := _needs_platform(scenario)):
        raise UsageError(f"--platform leaves no local platform, and {file}:{line} needs one")
    return merged


def defaults(scenario: Scenario) -> Defaults:
    """What stands in the file, as the options of `mipl run` have it."""
    setup = scenario.setup
    single = {
        name: getattr(setup, name)
        for name in ("model", "dialect", "timing", "seed", "imei", "imsi", "time_scale")
    }
    several = {
        "quirk": [f"{name}={_word(value)}" for name, value in setup.quirks.items()],
        "network": [f"{name}={_word(value)}" for name, value in setup.network.items()],
        "fault": [str(each.fault) for each in scenario.faults],
        "switch": [f"{name}={value}" for name, value in setup.switches.items()],
        "device": [f"{d.name},{d.imsi},{d.auth_code}" for d in setup.devices],
        "psk": [f"{d.name}=hex:{d.psk.hex()}" for d in setup.devices if d.psk],
        "bootstrap_psk": [
            f"{d.name}=hex:{d.bootstrap_psk.hex()}" for d in setup.devices if d.bootstrap_psk
        ],
    }
    return {name: value for name, value in (single | several).items() if value not in (None, [])}


def _word(value: Any) -> str:
    match value:
        case bool():
            return "on" if value else "off"
        case tuple():
            return "+".join(map(str, value)) or "none"
    return str(value)


def _needs_platform(scenario: Scenario) -> int:
    """The line of the file that is about a local platform; 0 if none is."""
    for event in scenario.events:
        if isinstance(event.act, CloudDeed | Switch) or isinstance(event.after, Telling):
            return event.line
    for entry in scenario.dialogue:
        if any(isinstance(watch, Telling) for watch in watches_of(entry)):
            return entry.line
    return 0
