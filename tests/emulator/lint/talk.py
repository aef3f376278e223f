"""Dialogues for the lint, written by hand: no module takes part.

`> text` the host writes this and CR, `>> text` this with its escapes and nothing more; `< text` the
module prints this, as the answer to what was written last or of its own accord; `~ 5.1` seconds
pass; `! reboot by reset` a record of that kind and text; `= hex` a datagram leaves; `& name` a part
of PARTS.
"""

from emulator.journal import Kind, Record
from emulator.lint.facts import facts_of
from emulator.lint.finding import Finding
from emulator.lint.lint import Lint
from emulator.lint.rules import LintSettings
from emulator.modem_settings import ModemSettings, build_firmware

PARTS = {
    "created": """
        > AT+MIPLCREATEEX="183.230.40.40:5683",0
        < +MIPLCREATEEX: 0
        < OK
    """,
    "secure": """
        > AT+MIPLCREATEEX="183.230.40.40:5684",0,,"abcd1234"
        < +MIPLCREATEEX: 0
        < OK
    """,
    "objects": """
        > AT+MIPLADDOBJ=0,3200,1,"1",0,0
        < OK
        > AT+MIPLDISCOVERRSP=0,3200,1,4,"5750"
        < OK
    """,
    "opened": """
        > AT+MIPLOPEN=0,300,30
        < OK
        < +MIPLEVENT: 0,6
        < +MIPLOBSERVE: 0,500,1,3200,0,-1
    """,
}
PARTS["login"] = PARTS["created"] + PARTS["objects"] + PARTS["opened"]
PARTS["secure login"] = PARTS["secure"] + PARTS["objects"] + PARTS["opened"]


def steps(dialogue: str) -> list[str]:
    found: list[str] = []
    for line in filter(None, (line.strip() for line in dialogue.splitlines())):
        found += steps(PARTS[line[2:]]) if line.startswith("& ") else [line]
    return found


class Talk:
    """A lint that hears a dialogue. `found` is what it has told."""

    def __init__(self, model: str = "MN316", lint: LintSettings | None = None) -> None:
        firmware = build_firmware(ModemSettings(model))
        self.found: list[Finding] = []
        facts = facts_of(firmware.profile, firmware.quirks)
        self.lint = Lint(lambda: facts, lint, self.found.append)
        self.now, self._number, self._written = 0.0, 0, 0

    def play(self, dialogue: str) -> list[str]:
        """The names of the rules that are told by the end."""
        for step in steps(dialogue):
            mark, _, text = step.partition(" ")
            match mark:
                case ">":
                    self._written = self._record("serial_in", text.encode() + b"\r")
                case ">>":
                    data = text.encode("latin-1").decode("unicode_escape").encode("latin-1")
                    self._written = self._record("serial_in", data)
                case "<":
                    self._record("serial_out", f"\r\n{text}\r\n".encode(), self._written)
                case "=":
                    self._record("datagram_out", bytes.fromhex(text))
                case "~":
                    self.now += float(text)
                case "!":
                    kind, _, words = text.partition(" ")
                    self._record(kind, cause=self._written, text=words)  # type: ignore[arg-type]
                case _:
                    raise AssertionError(step)
        return [finding.rule.name for finding in self.found]

    def _record(self, kind: Kind, data: bytes = b"", cause: int = 0, text: str = "") -> int:
        self._number += 1
        self.lint(Record(self._number, cause, self.now, kind, data, text))
        return self._number
