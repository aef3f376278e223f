"""What a search has around its host."""

from pathlib import Path

import pytest

from emulator.cli import UsageError, parser
from emulator.explore.choosing import Chosen, choose, path_of
from emulator.explore.sheet import Exchange, Sheet


def chosen(*words: str) -> Chosen:
    return choose(parser().parse_args(["explore", *words, "--", "./host", "{port}"]))


def test_a_host_that_needs_pauses_gets_them_next() -> None:
    """HF 28: drivers that lose what comes at once behind OK."""
    found = chosen("--seed", "7")
    steps = [found, found.slower, found.slower and found.slower.slower]
    assert [each and each.plan.scenario.setup.timing for each in steps] == [
        "fast",
        "module",
        "module",
    ]
    assert [each and each.plan.seed for each in steps] == [7, 7, 7]
    assert steps[2] is not None
    assert steps[2].plan.scenario.setup.switches == {"delay": "0.1"}
    assert steps[2].slower is None


def test_a_timing_that_was_chosen_stays() -> None:
    assert chosen("--timing", "fast").slower is None


def test_a_scenario_is_around_the_host_and_options_rule_over_it(tmp_path: Path) -> None:
    file = tmp_path / "around.yaml"
    file.write_text(
        "schema: 1\n"
        "setup: {model: M5311, timing: module, seed: 3, quirks: {boot_ms: 0, late_rsp: '601'}}\n"
        "events: [{after: {platform: ready}, cloud: read /3200/0/5750}]\n"
        "faults: ['reply +CSQ: drop']\n"
    )
    found = chosen("--scenario", str(file), "--model", "MN316", "--quirk", "boot_ms=7")
    setup = found.plan.scenario.setup
    assert (setup.model, setup.timing, setup.seed, found.slower) == ("MN316", "module", 3, None)
    assert dict(setup.quirks) == {"late_rsp": "601", "boot_ms": 7}
    assert [str(each.fault) for each in found.plan.scenario.faults] == ["reply +CSQ: drop"]
    assert len(found.plan.scenario.events) == 1
    with pytest.raises(UsageError, match="--ask goes without --scenario"):
        chosen("--scenario", str(file), "--ask", "read /3/0/1")


@pytest.mark.parametrize(
    ("commands", "path"),
    [
        (('AT+MIPLADDOBJ=0,3303,1,"1",0,1', "AT+MIPLNOTIFY=0,0,3200,0,5700,1"), "/3200/0/5700"),
        (('AT+MIPLADDOBJ=0,3303,1,"1",0,1',), "/3303/0/5750"),
        ((), "/3200/0/5750"),
    ],
)
def test_what_requests_are_about_manual_3_5_3_9(commands: tuple[str, ...], path: str) -> None:
    exchanges = tuple(Exchange(n, text, b"") for n, text in enumerate(commands))
    assert str(path_of(Sheet(exchanges))) == path
