"""Transcripts of the manual: every file of this folder is a dialogue (player.py).

The comment at the top names the section of the manual, or the decision that holds instead of a
misprint. Every dialogue is played with every one of its models in the pure ring. On a real pty,
which takes four times as long, it is played with the first of its models (MN316 where it is among
them), and with M5310-A and M5311, whose own dialect is the other one.
"""

from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tests.server import Server
from tests.transcripts.player import Transcript, play, read

HERE = Path(__file__).parent
FIRST, FIELD_MODELS = "MN316", ("M5310-A", "M5311")


def _read(file: Path) -> Transcript:
    transcript = read(file.read_text(encoding="utf-8").splitlines())
    for line, following in pairwise([*transcript.lines, ""]):
        # What the host writes next could overtake a request that shows nothing.
        assert line[:2] != "! " or following[:2] in ("! ", "< ", "= "), line
    return transcript


FILES = {file: _read(file) for file in sorted(HERE.glob("*.txt"))}


def _on_pty(transcript: Transcript) -> list[str]:
    if transcript.needs_desk:
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
