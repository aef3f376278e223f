"""Transcripts of the manual: every file of this folder is a dialogue of host, module, platform.

A line `> text` is written by the host. `< text` is what the module must say next, byte for byte
with its CR LF. `! …` is a request of the platform (see `_question`), `= …` what the platform must
have heard (see `_hear`), `~ 13` lets 13 seconds pass, `& name` plays parts/name.txt.
The comment at the top names the section of the manual, or the decision that holds instead of a
misprint. `@ name=value` at the top sets things up:

    @ models=MN318 ML305A      the models that it holds for, or `all but …`; all if not given
    @ dialect=field            otherwise all speak the manual's, whatever their own is
    @ quirk read_fields=6
    @ login=4.03               what the platform answers, `silent` for nothing; so bootstrap, update
    @ acks=silent              the platform acknowledges no notification

Every dialogue is played with every one of its models in the pure ring. On a real pty, which takes
ten times as long, it is played with the first of its models (MN316 where it is among them), and
with M5310-A and M5311, whose own dialect is the other one.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from emulator.profile import profile_names
from tests.server import ACCEPT, FORMAT, OBSERVE, QUERY, Server, question

HERE = Path(__file__).parent
FIRST, FIELD_MODELS = "MN316", ("M5310-A", "M5311")
METHODS = {"GET": 1, "POST": 2, "PUT": 3, "DELETE": 4}
OPTIONS = {"observe": OBSERVE, "ct": FORMAT, "accept": ACCEPT}
KINDS = {"CON": 0, "NON": 1}


@dataclass
class Transcript:
    """`settings` are those of the module, `server` those of the platform."""

    lines: list[str]
    models: Sequence[str] = profile_names()
    settings: dict[str, Any] = field(default_factory=lambda: {"dialect": "manual"})
    server: dict[str, Any] = field(default_factory=dict)


def read(file: Path) -> Transcript:
    """A transcript with its parts in their places."""
    transcript = Transcript(list(_lines(file)))
    for line, following in pairwise([*transcript.lines, ""]):
        if line.startswith("@ "):
            _set_up(transcript, *line[2:].split("=", 1))
        # What the host writes next could overtake a request that shows nothing.
        assert line[:2] != "! " or following[:2] in ("! ", "< ", "= "), line
    return transcript


def _lines(file: Path) -> Iterator[str]:
    for line in file.read_text(encoding="utf-8").splitlines():
        if line.startswith("& "):
            yield from _lines(HERE / "parts" / f"{line[2:]}.txt")
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
        case ["login" | "bootstrap" | "update"]:
            transcript.server[name] = None if value == "silent" else _code(value)
        case ["acks"]:
            transcript.server[name] = value != "silent"
        case _:
            raise AssertionError(name)


def _question(words: list[str]) -> bytes:
    """`! MID METHOD PATH [observe=0] [ct=11542] [accept=40] [query=pmin=1] ["text" or HEX]`"""
    options: list[tuple[int, bytes]] = []
    body = b""
    for word in words[3:]:
        name, equals, value = word.partition("=")
        if word.startswith('"') or not equals:
            body = _payload(word)
        elif name == "query":
            options.append((QUERY, value.encode()))
        else:
            options.append((OPTIONS[name], _uint(value)))
    return question(METHODS[words[1]], int(words[0]), words[2], *options, body=body)


def _hear(stage: Any, words: list[str]) -> None:
    """What has been heard next of its kind, in as much detail as is written:

    `= request METHOD TARGET [PAYLOAD]`, `= answer MID CODE [CONTENT-FORMAT [PAYLOAD]]`,
    `= notify NON [CONTENT-FORMAT [PAYLOAD]]`
    """
    what, *rest = words
    heard = stage.heard(what)
    match what:
        case "request":
            assert (heard.code, heard.target) == (METHODS[rest[0]], rest[1])
            assert len(rest) < 3 or heard.payload == _payload(rest[2])
            return
        case "answer":
            assert (heard.mid, heard.code) == (int(rest.pop(0)), _code(rest[0]))
        case _:
            assert heard.kind == KINDS[rest[0]]
    if len(rest) > 1:
        assert heard.content_format == int(rest[1])
        assert heard.payload == (_payload(rest[2]) if len(rest) > 2 else b"")


def _code(text: str) -> int:
    major, _, minor = text.partition(".")
    return int(major) << 5 | int(minor)


def _payload(text: str) -> bytes:
    """Hex digits, or text in double quotes."""
    return text[1:-1].encode() if text.startswith('"') else bytes.fromhex(text)


def _uint(text: str) -> bytes:
    value = int(text)
    return value.to_bytes((value.bit_length() + 7) // 8, "big")


def play(transcript: Transcript, stage: Any) -> None:
    for line in transcript.lines:
        try:
            _play_line(line[:2], line[2:], stage)
        except Exception as failure:
            failure.add_note(f"in the line: {line}")
            raise
    stage.expect_nothing_more()


def _play_line(mark: str, text: str, stage: Any) -> None:
    match mark:
        case "> ":
            stage.write(text)
        case "< ":
            stage.expect(text)
        case "! ":
            stage.ask(_question(text.split()))
        case "= ":
            _hear(stage, text.split())
        case "~ ":
            stage.wait(float(text))
        case _:
            assert mark in ("# ", "@ ", "")


FILES = {file: read(file) for file in sorted(HERE.glob("*.txt"))}


def _on_pty(transcript: Transcript) -> list[str]:
    if any(line.startswith("~ ") for line in transcript.lines):
        return []
    first = FIRST if FIRST in transcript.models else transcript.models[0]
    return [model for model in transcript.models if model in (first, *FIELD_MODELS)]


def _cases(models: Callable[[Transcript], Sequence[str]]) -> list[Any]:
    return [
        pytest.param(file, model, id=f"{file.stem}-{model}")
        for file, transcript in FILES.items()
        for model in models(transcript)
    ]


@pytest.mark.parametrize(("file", "model"), _cases(_on_pty))
def test_dialogue_on_a_pty(file: Path, model: str, stage: Callable[..., Any]) -> None:
    transcript = FILES[file]
    on = stage("pty", Server(**transcript.server), model=model, **transcript.settings)
    play(transcript, on)


@pytest.mark.parametrize(("file", "model"), _cases(lambda transcript: transcript.models))
def test_dialogue_of_every_model(file: Path, model: str, stage: Callable[..., Any]) -> None:
    transcript = FILES[file]
    on = stage("desk", Server(**transcript.server), model=model, **transcript.settings)
    play(transcript, on)
