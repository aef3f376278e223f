"""Transcripts: dialogues of host, module and platform, written down line by line.

    > text          the host writes a command line
    < text          what the module must say next, byte for byte with its CR LF; {m} in it is the
                    message id that a line with mid=m has named
    << "a\\r\\n"      the same without CR LF of its own: bytes as Python spells them
    ! …             the platform asks (`_question`)
    = …             what the platform must have heard next of its kind (`_hear`)
    ~ 13            13 seconds pass
    + 20 ms         what stands next comes so long after what stands before, not sooner or later
    * open          the host opens the device; so reset, off, on
    & name          the lines of parts/name.txt stand here
    # …             a remark

`@ name=value` at the top sets things up:

    @ models=MN318 ML305A      the models that it holds for, or `all but …`; all if not given
    @ dialect=field            otherwise all speak the manual's, whatever their own is
    @ quirk read_fields=6
    @ login=4.03               what the platform answers, `silent` for nothing; so bootstrap,
                               update, close
    @ link=refused             no link to the platform can be opened
    @ acks=silent              the platform acknowledges no notification; `reset` rejects them all

Time, silence and the board need the desk (`needs_desk`).
"""

import ast
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from emulator.profile import profile_names
from tests.server import ACCEPT, FORMAT, OBSERVE, QUERY, Heard, question
from tests.transcripts.stages import Stage

PARTS = Path(__file__).parent / "parts"
METHODS = {"GET": 1, "POST": 2, "PUT": 3, "DELETE": 4}
BLOCK1 = 27  # RFC 7959 2.1
OPTIONS = {"observe": OBSERVE, "ct": FORMAT, "accept": ACCEPT}
KINDS = {"CON": 0, "NON": 1, "ACK": 2}
UNITS = {"ms": 0.001, "s": 1.0}
INSTANT = 1e-6  # seconds; what is closer is at the same time


@dataclass
class Transcript:
    """`settings` are those of the module, `server` those of the platform."""

    lines: list[str]
    models: Sequence[str] = profile_names()
    settings: dict[str, Any] = field(default_factory=lambda: {"dialect": "manual"})
    server: dict[str, Any] = field(default_factory=dict)

    @property
    def needs_desk(self) -> bool:
        """Whether it has what a real pty cannot promise."""
        return any(line.startswith(("~ ", "+ ", "* ", "= no ")) for line in self.lines)


def read(lines: Iterable[str]) -> Transcript:
    """A transcript with its parts in their places."""
    transcript = Transcript(list(_with_parts(lines)))
    for line in transcript.lines:
        if line.startswith("@ "):
            _set_up(transcript, *line[2:].split("=", 1))
    return transcript


def _with_parts(lines: Iterable[str]) -> Iterator[str]:
    for line in lines:
        if line.startswith("& "):
            part = PARTS / f"{line[2:]}.txt"
            yield from _with_parts(part.read_text(encoding="utf-8").splitlines())
        else:
            yield line


def _set_up(transcript: Transcript, name: str, value: str) -> None:
    match name.split():
        case ["models"]:
            named = value.removeprefix("all but ").split()
            assert set(named) <= set(profile_names()), value
            others = [model for model in profile_names() if model not in named]
            transcript.models = others if value.startswith("all but ") else named
        case ["dialect"]:
            transcript.settings["dialect"] = value
        case ["quirk", quirk]:
            transcript.settings.setdefault("quirks", {})[quirk] = value
        case ["login" | "bootstrap" | "update" | "close"]:
            transcript.server[name] = None if value == "silent" else _code(value)
        case ["link"]:
            transcript.server["reachable"] = value != "refused"
        case ["acks"]:
            transcript.server["acks"] = value != "silent"
            transcript.server["rejects"] = value == "reset"
        case _:
            raise AssertionError(name)


def play(transcript: Transcript, stage: Stage) -> None:
    """Play it to its end; an AssertionError for the first line that is not as it stands."""
    known: dict[str, int] = {}
    last, gap = stage.now, None
    for line in transcript.lines:
        try:
            if line.startswith("+ "):
                gap = _seconds(line[2:])
                continue
            at = _play_line(*line.partition(" ")[::2], stage, known)
            if at is None:
                continue
            if gap is not None:
                assert abs(at - last - gap) < INSTANT, f"{at - last:g} s for {gap:g} s"
            last, gap = at, None
        except Exception as failure:
            failure.add_note(f"in the line: {line}")
            raise
    assert gap is None, "a time stands at the end, and nothing behind it"
    stage.expect_nothing_more()


def _play_line(mark: str, text: str, stage: Stage, known: dict[str, int]) -> float | None:
    """When it happened; None for a line at which nothing happens."""
    match mark:
        case ">":
            stage.write(text)
        case "<":
            for name, number in known.items():
                text = text.replace(f"{{{name}}}", str(number))
            return stage.expect(f"\r\n{text}\r\n".encode())
        case "<<":
            return stage.expect(ast.literal_eval(f"b{text}"))
        case "!":
            stage.ask(_question(text.split()))
        case "=":
            return _hear(stage, text.split(), known)
        case "~":
            stage.wait(float(text))
        case "*":
            stage.board(text)
        case _:
            assert mark in ("#", "@", "$", ""), mark
            return None
    return stage.now


def _seconds(text: str) -> float:
    number, unit = text.split()
    return float(number) * UNITS[unit]


def _question(words: list[str]) -> bytes:
    """`! MID METHOD PATH [OPTION…] ["text" or HEX]`, where an option is `observe=0`, `ct=11542`,
    `accept=40`, `query=pmin=1`, or `block1=0/1/16`: number, more to come, bytes of a block."""
    options: list[tuple[int, bytes]] = []
    body = b""
    for word in words[3:]:
        name, equals, value = word.partition("=")
        if word.startswith('"') or not equals:
            body = _payload(word)
        elif name == "query":
            options.append((QUERY, value.encode()))
        elif name == "block1":
            options.append((BLOCK1, _uint(_block(value))))
        else:
            options.append((OPTIONS[name], _uint(int(value))))
    return question(METHODS[words[1]], int(words[0]), words[2], *options, body=body)


def _block(text: str) -> int:
    number, more, size = map(int, text.split("/"))
    return number << 4 | more << 3 | (size.bit_length() - 5)


def _hear(stage: Stage, words: list[str], known: dict[str, int]) -> float | None:
    """What has been heard next of its kind, in as much detail as is written:

    `= request METHOD TARGET [NUMBER="text" of an option] [PAYLOAD]`
    `= answer MID CODE [CONTENT-FORMAT [PAYLOAD]]`, piggybacked or, with code 0.00, an empty ACK
    `= separate MID CODE [CONTENT-FORMAT [PAYLOAD]]`
    `= notify NON [mid=278, mid!=278 or mid=m] [CONTENT-FORMAT [PAYLOAD]]`; CON, ACK likewise
    `= no request`, `= no answer`, `= no notify`: up to now
    """
    match words:
        case ["no", ("request" | "answer" | "notify") as what]:
            stage.heard_nothing(what)
            return None
        case ["request", method, target, *rest]:
            return _request(stage.heard("request"), method, target, rest)
        case ["answer", mid, code, *rest]:
            heard = stage.heard("answer")
            assert (heard.mid, heard.code) == (int(mid), _code(code)), heard
        case ["separate", mid, code, *rest]:
            heard = stage.heard("notify")
            assert (heard.token, heard.code) == (int(mid).to_bytes(2, "big"), _code(code)), heard
        case ["notify", kind, *rest]:
            heard = stage.heard("answer" if kind == "ACK" else "notify")
            assert heard.kind == KINDS[kind], heard
            if rest and rest[0].startswith("mid"):
                _compare_mid(heard, rest.pop(0), known)
        case _:
            raise AssertionError(words)
    if rest:
        assert heard.content_format == int(rest[0]), heard
        assert heard.payload == (_payload(rest[1]) if len(rest) > 1 else b""), heard
    return heard.at


def _request(heard: Heard, method: str, target: str, rest: list[str]) -> float:
    assert (heard.code, heard.target) == (METHODS[method], target), heard
    for word in rest:
        number, equals, text = word.partition("=")
        if equals and number.isdigit():
            assert heard.options.get(int(number)) == [_payload(text)], heard
        else:
            assert heard.payload == _payload(word), heard
    return heard.at


def _compare_mid(heard: Heard, text: str, known: dict[str, int]) -> None:
    what, _, number = text.rpartition("=")
    if number.isdigit():
        assert (heard.mid == int(number)) == (what == "mid"), heard
    else:
        known[number] = heard.mid


def _code(text: str) -> int:
    major, _, minor = text.partition(".")
    return int(major) << 5 | int(minor)


def _payload(text: str) -> bytes:
    """Hex digits, or text in double quotes, without blanks."""
    return text[1:-1].encode() if text.startswith('"') else bytes.fromhex(text)


def _uint(value: int) -> bytes:
    return value.to_bytes((value.bit_length() + 7) // 8, "big")
