"""What a log says of its own module: the head of a recording, the first lines of a transcript."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from emulator.recording.lines import Head
from emulator.replay.entry import LogError

_SETTING: Final = re.compile(r"@ ([a-z]+)(?: (\w+))?=(.*)")
TOLD: Final = ("model", "dialect", "timing", "platform", "imei", "imsi")
LEFT: Final = ("models", "login", "bootstrap", "update", "close", "link", "acks", "suites")
"""Settings of transcripts that are played on another stage, which say nothing of the module."""


@dataclass(frozen=True, slots=True)
class Header:
    """None and empty: not said."""

    model: str | None = None
    dialect: str | None = None
    quirks: Mapping[str, str] = field(default_factory=dict)
    timing: str | None = None
    platform: str | None = None
    imei: str | None = None
    imsi: str | None = None
    unplayed: tuple[str, ...] = ()  # options of its own that a replay does without


def of_recording(head: Head) -> Header:
    unplayed = (
        *(f"--fault '{fault}'" for fault in head.faults),
        *(f"--network {name}={value}" for name, value in head.network.items()),
        *((f"--scenario {head.scenario}",) if head.scenario is not None else ()),
    )
    quirks = dict(head.quirks)
    return Header(head.model, head.dialect, quirks, head.timing, unplayed=unplayed)


def of_transcript(name: str, lines: Iterable[str]) -> Header:
    """The settings at the top. LogError for one that there is not."""
    header = Header()
    for number, line in enumerate(lines, 1):
        found = _SETTING.match(line)
        if found is None:
            continue
        setting, quirk, value = found[1], found[2], found[3].strip()
        if setting == "quirk" and quirk:
            header = replace(header, quirks={**header.quirks, quirk: value})
        elif setting in TOLD and not quirk:
            told: dict[str, Any] = {setting: value}
            header = replace(header, **told)
        elif setting == "models" and not value.startswith("all"):
            header = replace(header, model=value.split()[0])
        elif setting not in LEFT:
            raise LogError(
                f"{name}:{number}: there is no setting '{setting}'; there are model, dialect, "
                "timing, quirk NAME, platform, imei, imsi"
            )
    return header
