"""What the lint reports."""

from dataclasses import dataclass

from emulator.lint.rules import Rule
from emulator.secrecy import redact

SHOWN = 160  # characters of a line in a finding


@dataclass(frozen=True, slots=True)
class Finding:
    """A broken rule. `number` counts from 1, `count` the findings of this rule so far; `time` in
    seconds on the modem's clock; `line` without secrets; `cause`: the journal's number of the
    input that showed it."""

    number: int
    count: int
    time: float
    rule: Rule
    line: str
    detail: str
    cause: int

    def __str__(self) -> str:
        detail = f" ({self.detail})" if self.detail else ""
        return f"{self.rule.name} [{self.rule.source}]: {self.rule.sentence}{detail} {self.line}"


def shown(line: str) -> str:
    """A line without its secrets, printable, not too long."""
    text = redact(line.encode("latin-1").decode("utf-8", "backslashreplace"))
    text = "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in text)
    return text if len(text) <= SHOWN else text[:SHOWN] + "…"
