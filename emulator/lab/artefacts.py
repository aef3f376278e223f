"""What is kept of a test that has failed."""

import re
from pathlib import Path

from emulator.lab.lab import Lab
from emulator.recording.files import CAPTURE, JOURNAL

SHOWN = 60  # lines of the transcript in a report
NAME_LIMIT = 120  # characters of a folder's name


def folder_of(test: str, worker: str) -> str:
    """A name for the folder of one test, in one process of the test run."""
    name = re.sub(r"[^\w.\[\]=,-]+", "_", test).strip("_")
    return (name if len(name) <= NAME_LIMIT else f"…{name[-NAME_LIMIT:]}") + (
        f".{worker}" if worker else ""
    )


def write_artefacts(lab: Lab, folder: Path, test: str) -> list[Path]:
    """The transcript, the output of each host program, and a recording of each modem in a folder of
    its own. Files of an earlier failure are replaced. OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    texts = {"transcript.txt": "\n".join([f"{test}", _seed(lab), "", *lab.transcript_lines(), ""])}
    texts |= {f"{host.name or 'host'}.txt": host.output for host in lab.hosts if host.output}
    paths = []
    for name, text in texts.items():
        paths.append(folder / name)
        paths[-1].write_text(text, encoding="utf-8")
    for modem in lab.modems:
        place = folder / (modem.name or "modem")
        for name in (JOURNAL, CAPTURE):
            (place / name).unlink(missing_ok=True)
        if modem.record(place):
            paths.append(place)
    return paths


def report_of(lab: Lab, kept: str) -> str:
    """For the report of a failed test; `kept` says where the rest is."""
    lines = lab.transcript_lines()
    shown = lines[-SHOWN:]
    head = [f"… {len(lines) - len(shown)} earlier lines"] if len(lines) > len(shown) else []
    return "\n".join([_seed(lab), kept, *head, *shown])


def _seed(lab: Lab) -> str:
    return f"seed {lab.seed}: --mipl-seed {lab.seed} makes the same choices again"
