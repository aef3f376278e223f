"""`python -m benchmarks`: speed and memory next to named references, Markdown on stdout.

`--json FILE` and `--page FILE` write the figures besides; `--smoke` only sees that all of it runs.
"""

import argparse
import difflib
import json
import os
import platform
import shlex
import sys
import time
from datetime import date
from pathlib import Path
from typing import Any

from benchmarks import page
from benchmarks.size import FULL, SMOKE


def main() -> int:
    """Measure what is asked for, print and write it."""
    # Where a machine forbids bytecode files, each program would first compile its packages.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    from benchmarks.sections import NAMES

    options = _options(NAMES)
    for name in options.only:
        if name not in NAMES:
            return _refuse(name, NAMES)
    document = _measured(options.only, smoke=options.smoke)
    if options.json:
        Path(options.json).write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
    if options.page:
        _write_page(document, Path(options.page))
    return 0


def _options(names: tuple[str, ...]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description="Measures speed and memory next to named references, some minutes long.",
    )
    parser.add_argument(
        "--only",
        metavar="NAME",
        action="append",
        default=[],
        help=f"one part, or several if given again: {', '.join(names)}",
    )
    parser.add_argument(
        "--smoke",
        action="store_true",
        help="only see that all of it runs; its figures mean nothing",
    )
    parser.add_argument("--json", metavar="FILE", help="every round")
    parser.add_argument("--page", metavar="FILE", help="as Markdown, with a picture beside it")
    return parser.parse_args()


def _refuse(name: str, names: tuple[str, ...]) -> int:
    near = difflib.get_close_matches(name, names, 1)
    hint = f"; did you mean {near[0]}?" if near else ""
    print(f"--only {name}: there are {', '.join(names)}{hint}", file=sys.stderr)
    return 2


def _measured(only: list[str], *, smoke: bool) -> dict[str, Any]:
    """All of it, printed part by part."""
    from benchmarks.crowds import holdings
    from benchmarks.sections import SECTIONS
    from benchmarks.where import looked_into

    size, start = (SMOKE if smoke else FULL), time.monotonic()
    document: dict[str, Any] = {"smoke": smoke, **_circumstances()}
    document["sections"], document["where"], document["held"] = [], [], []
    if smoke:
        print(page.SMOKE, flush=True)
    for section in SECTIONS:
        if section.name in only if only else not (smoke and section.repeats):
            document["sections"].append(section.document(size))
            print("\n".join(page.section_lines(document["sections"][-1])), "\n", flush=True)
    if not only or "where" in only:
        document["where"] = looked_into(size)
        for work in document["where"]:
            print("\n".join(page.where_lines(work)), "\n", flush=True)
    if not only or "memory" in only:
        document["held"] = [holdings(size)]
        print("\n".join(page.held_lines(document["held"][0])), "\n", flush=True)
    document["seconds"] = time.monotonic() - start
    print(page.machine(document))
    return document


def _circumstances() -> dict[str, Any]:
    return {
        "command": shlex.join([".venv/bin/python", "-m", "benchmarks", *sys.argv[1:]]),
        "date": date.today().isoformat(),
        "load": os.getloadavg()[0],
        "machine": {
            "processor": _processor(),
            "cores": os.cpu_count(),
            "system": f"{platform.system()} {platform.release().split('-')[0]}",
            "python": platform.python_version(),
        },
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.machine()
    names = [line.partition(": ")[2] for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def _write_page(document: dict[str, Any], path: Path) -> None:
    picture = page.picture_of(document)
    beside = path.with_suffix(".svg")
    if picture is not None:
        beside.write_text(picture, encoding="utf-8")
    text = page.page(document, None if picture is None else beside.name)
    path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
