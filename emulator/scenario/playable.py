"""Whether a scenario can be played without a host: its lines must be known by themselves."""

from collections.abc import Iterator

from emulator.scenario.document import Expect, Line, Say, Scenario
from emulator.scenario.trouble import Finding


def unplayable(scenario: Scenario) -> Iterator[Finding]:
    """What leaves open what the host writes."""
    known: set[str] = set()
    says = 0
    for entry in scenario.dialogue:
        match entry:
            case Say(number, line, pattern, _):
                says += 1
                field = f"dialogue[{number}]"
                if pattern.has_any:
                    yield Finding(line, field, "cannot be played: {*} leaves open what is written")
                for name in sorted(pattern.names - known):
                    text = f"cannot be played: no line before captures {{{name}}}"
                    yield Finding(line, field, text)
            case Expect(_, _, watches, _):
                lines = [watch.pattern for watch in watches if isinstance(watch, Line)]
                known.update(*(pattern.names for pattern in lines))
    if not says:
        yield Finding(1, "dialogue", "cannot be played: the host writes nothing in it")
