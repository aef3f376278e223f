"""What libcoap's programs say at verbosity 7 of the messages that pass, as values.

* Nov 28 07:20:27.176 DEBG *  127.0.0.1:58662 <-> 127.0.0.1:5998 UDP : received 19 bytes
* v:1 t:ACK c:2.05 i:813a {746f6b33} [ Content-Format:11542 ] :: binary data length 7
* <<e4167661626364>>
* <<. . v a b c d >>
"""

import re
from dataclasses import dataclass, replace
from typing import Literal

_FORMATS = {"text/plain": 0, "application/link-format": 40, "application/octet-stream": 42}

_STAMPED = re.compile(r"[A-Z][a-z]{2} \d\d \d\d:\d\d:\d\d\.\d{3} [A-Z]{3,4} (.*)")
_PASSED = re.compile(r"\* +\S+ <-> \S+ (?:\(if\d+\) )?UDP : (sent|received) \d+ bytes")
_MESSAGE = re.compile(
    r"v:1 t:(CON|NON|ACK|RST) c:(\S+) i:([0-9a-f]{4}) \{([0-9a-f]*)\} \[ (?:(.*) )?\]"
    r"(?: :: (?:'(.*)'|binary data length (\d+)))?"
)
_BINARY = re.compile("<<([0-9a-f]*)>>")
_CHARACTERS = re.compile("<<((?:. )*)>>")


@dataclass(frozen=True, slots=True)
class Logged:
    """A message that a program has `sent` or received. `code`: 2.05, or a method's name.

    `options`: their names and values as libcoap writes them. `payload`: cut short by libcoap if it
    has hundreds of bytes.
    """

    sent: bool
    type: str
    code: str
    mid: int
    token: bytes
    options: tuple[tuple[str, str], ...]
    payload: bytes

    def all(self, option: str) -> tuple[str, ...]:
        return tuple(value for name, value in self.options if name == option)

    @property
    def content_format(self) -> int | None:
        forms = self.all("Content-Format")
        return _FORMATS[forms[0]] if forms and forms[0] in _FORMATS else next(map(int, forms), None)

    @property
    def is_response(self) -> bool:
        return self.code[0] in "245"


class LogReader:
    """Takes a log line by line. A line of any other form is an AssertionError.

    What only a program's own parts pass among themselves is left out; libcoap cuts it short.
    """

    def __init__(self) -> None:
        self._next: Literal["line", "message", "binary", "characters", "left out"] = "line"
        self._sent = False
        self._open: Logged | None = None  # waits for its binary payload

    def read(self, line: str) -> Logged | None:
        """The message that `line` completes."""
        match self._next:
            case "message":
                return self._message(line)
            case "binary":
                return self._binary(line)
            case "characters":
                assert _CHARACTERS.fullmatch(line), line
                self._next = "line"
            case "left out" if line.startswith("<<"):
                pass
            case _:
                self._line(line)
        return None

    def _line(self, line: str) -> None:
        if (stamped := _STAMPED.fullmatch(line)) is None:
            assert _MESSAGE.fullmatch(line), line
            self._next = "left out"
            return
        found = _PASSED.fullmatch(stamped[1])
        self._next = "message" if found else "line"
        self._sent = found is not None and found[1] == "sent"

    def _message(self, line: str) -> Logged | None:
        found = _MESSAGE.fullmatch(line)
        assert found, line
        kind, code, mid, token, options, text, length = found.groups()
        assert "\\" not in (text or ""), line  # characters that cannot be printed
        pairs = [each.partition(":")[::2] for each in options.split(", ")] if options else []
        message = Logged(
            self._sent,
            kind,
            code,
            int(mid, 16),
            bytes.fromhex(token),
            tuple((name, value) for name, value in pairs),
            (text or "").encode(),
        )
        if length is None:
            self._next = "line"
            return message
        self._next, self._open = "binary", message
        return None

    def _binary(self, line: str) -> Logged:
        found = _BINARY.fullmatch(line)
        assert found and self._open, line
        self._next = "characters"
        return replace(self._open, payload=bytes.fromhex(found[1]))
