"""One host program with one model, in a lab of its own."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from emulator.differences.in_lab import dialogue_in
from emulator.differences.table import Outcome, Trial
from emulator.lab.errors import HostFailed, LabError, NotInTime
from emulator.lab.host import LabHost
from emulator.lab.lab import Lab
from emulator.lab.life import described
from emulator.lab.modem import LabModem

QUIET_S: Final = 0.3
"""Real seconds after the end of a host in which what is on its way still counts: else a host that
ends a moment later would seem to have seen more."""


@dataclass(frozen=True, slots=True)
class Plan:
    """`host`: its words, as `LabHost.start` takes them. `models`: the reference first. `limit`:
    real seconds for each. `until`: the line that ends a try. `settings`: of every modem."""

    host: tuple[str, ...]
    models: tuple[str, ...]
    seed: int
    limit: float
    until: str | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)


def try_model(plan: Plan, model: str) -> Trial:
    """What came of it. LabError, PortError or OSError where there can be no try."""
    with Lab(seed=plan.seed, limit=plan.limit) as lab:
        modem = lab.modem(model=model, **plan.settings)
        outcome, reason = _lived(plan, modem, lab.host(modem))
        time.sleep(QUIET_S)
        return Trial(_name(plan), model, outcome, reason, dialogue_in(lab))


def _lived(plan: Plan, modem: LabModem, host: LabHost) -> tuple[Outcome, str]:
    host.start(*plan.host)
    try:
        if plan.until is not None:
            modem.expect(plan.until)
            return "passed", ""
        code = host.wait()
    except (HostFailed, NotInTime) as error:
        return "failed", _first_line(error)
    if code:
        ended = f"exit code {code}" if code > 0 else described(code)
        return "failed", f"{ended}{_last_line(host.output)}"
    return "passed", ""


def _name(plan: Plan) -> str:
    return " ".join(plan.host)


def _first_line(error: LabError) -> str:
    return str(error).partition("\n")[0]


def _last_line(output: str) -> str:
    """What a program says last is often why it ends."""
    lines = output.split("\n")
    said = next((line.strip() for line in reversed(lines) if line.strip()), "")
    return f"; it said last: {said}" if said else ""
