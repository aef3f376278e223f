"""The dialogue of a lab's first modem and its host."""

from collections.abc import Iterable, Iterator

from emulator.differences.dialogue import Said, Speaker, shown
from emulator.lab.lab import Lab
from emulator.lab.transcript import Entry

_SPEAKERS: dict[str, Speaker] = {"host >": "host", "host <": "module"}


def dialogue_in(lab: Lab) -> tuple[Said, ...]:
    """What was said so far, without echo, as far as the transcript has it; also after its end."""
    name = lab.modems[0].name if lab.modems else ""
    return tuple(_said(entry for entry in lab.transcript_entries() if entry.source == name))


def _said(entries: Iterable[Entry]) -> Iterator[Said]:
    asked = ""
    for entry in entries:
        by = _SPEAKERS.get(entry.kind)
        if by == "host":
            asked = str(entry.said)
        if by == "host" or by == "module" and entry.said != asked:
            yield Said(by, shown(str(entry.said)), entry.at)
