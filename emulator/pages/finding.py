"""Where the pages are, and which one a name means."""

from difflib import get_close_matches
from pathlib import Path
from typing import Final

from emulator.cli import UsageError

INSTALLED: Final = "mipl_docs"  # beside the package, where pyproject.toml packs them
CLONED: Final = "docs"
INDEX: Final = "README"  # the page of a folder


def folder_of_pages() -> Path:
    """UsageError where they were left out."""
    home = Path(__file__).parents[2]
    if (home / INSTALLED).is_dir():
        return home / INSTALLED
    # elsewhere a folder of this name beside the package may be anybody's
    if (home / "pyproject.toml").is_file() and (home / CLONED).is_dir():
        return home / CLONED
    raise UsageError(f"{home / INSTALLED}: the pages are not installed")


def names_of(folder: Path) -> list[str]:
    """`faults`, `quirks/login`, …"""
    pages = (file.relative_to(folder).with_suffix("") for file in folder.rglob("*.md"))
    return sorted(page.as_posix() for page in pages)


def file_of(folder: Path, wanted: str) -> Path:
    """The page that is meant by `docs/faults.md#grammar`, `faults.md` or `faults`. UsageError, with
    the nearest."""
    name = wanted.partition("#")[0].removeprefix("./").removeprefix(f"{CLONED}/")
    name = name.removesuffix("/").removesuffix(".md")
    names = names_of(folder)
    for each in (name, f"{name}/{INDEX}"):
        if each in names:
            return folder / f"{each}.md"
    near = get_close_matches(name.lower(), names, 1)
    hint = f"did you mean '{near[0]}'?" if near else "`mipl docs` lists all"
    raise UsageError(f"there is no page '{wanted}'; {hint}")


def title_of(page: Path) -> str:
    """Its heading."""
    with page.open(encoding="utf-8") as lines:
        return next((line.lstrip("# ").rstrip() for line in lines if line.startswith("# ")), "")
