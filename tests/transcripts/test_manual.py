"""Transcripts of the manual on a real pty: every file of this folder is a dialogue.

A line `> text` is written by the host. `< text` is what the module must say next, byte for byte
with its CR LF. `! ask …` is a request of the platform. `= …` is what the platform must have heard.
The first line names the section of the manual, or the decision that holds instead of a misprint.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

FILES = sorted(Path(__file__).parent.glob("*.txt"))
PATIENCE = 10.0
CODES = {"GET": 1, "POST": 2, "PUT": 3, "DELETE": 4}
OPTIONS = {"observe": 6, "ct": 12, "accept": 17}


def _uint(text: str) -> bytes:
    value = int(text)
    return value.to_bytes((value.bit_length() + 7) // 8, "big")


def _ask(platform: Any, words: list[str]) -> None:
    """`! ask MID METHOD PATH [observe=0] [ct=11542] [accept=40] [query=pmin=1] [HEX]`"""
    options: list[tuple[int, bytes]] = []
    body = b""
    for word in words[3:]:
        name, equals, value = word.partition("=")
        if not equals:
            body = bytes.fromhex(word)
        elif name == "query":
            options.append((15, value.encode()))
        else:
            options.append((OPTIONS[name], _uint(value)))
    platform.ask(CODES[words[1]], int(words[0]), words[2], *options, body=body)


def _code(text: str) -> int:
    major, _, minor = text.partition(".")
    return int(major) << 5 | int(minor)


def _payload(text: str) -> bytes:
    """Hex digits, or text in double quotes."""
    return text[1:-1].encode() if text.startswith('"') else bytes.fromhex(text)


def _heard(platform: Any, words: list[str]) -> None:
    """`= answer MID CODE [CT [HEX]]`, `= notify KIND [CT [HEX]]`, `= request METHOD TARGET`."""
    what, rest = words[0], words[1:]
    if what == "request":
        heard = platform.requests.get(timeout=PATIENCE)
        assert (heard.code, heard.target) == (CODES[rest[0]], rest[1])
        assert len(rest) < 3 or heard.payload == _payload(rest[2])
        return
    source = platform.answers if what == "answer" else platform.notifications
    heard = source.get(timeout=PATIENCE)
    if what == "answer":
        assert (heard.mid, heard.code) == (int(rest[0]), _code(rest[1]))
        rest = rest[1:]
    else:
        assert heard.kind == {"CON": 0, "NON": 1}[rest[0]]
    if len(rest) > 1:
        assert heard.content_format == int(rest[1])
        assert heard.payload == (_payload(rest[2]) if len(rest) > 2 else b"")


def _settings(lines: list[str]) -> dict[str, Any]:
    """`@ name=value` lines at the top of a file."""
    settings: dict[str, Any] = {}
    for line in lines:
        if line.startswith("@ "):
            name, _, value = line[2:].partition("=")
            if name.startswith("quirk "):
                settings.setdefault("quirks", {})[name.removeprefix("quirk ")] = value
            elif name in ("login", "bootstrap", "update"):
                settings[name] = None if value == "silent" else _code(value)
            else:
                settings[name] = value
    return settings


@pytest.mark.parametrize("file", FILES, ids=[file.stem for file in FILES])
def test_dialogue(file: Path, dialogue: Callable[..., Any]) -> None:
    lines = file.read_text(encoding="utf-8").splitlines()
    table, platform = dialogue(**_settings(lines))
    for line in lines:
        mark, text = line[:2], line[2:]
        match mark:
            case "> ":
                table.write(text)
            case "< ":
                table.expect(text)
            case "! ":
                _ask(platform, text.split()[1:])
            case "= ":
                _heard(platform, text.split())
            case _:
                assert not line or mark in ("# ", "@ "), line
    table.expect_nothing_more()
