"""`mipl docs`: pages by the names that help and error texts give them."""

import tomllib
from pathlib import Path

import pytest

from emulator.cli import main
from emulator.pages import finding

ROOT = Path(__file__).parents[3]
Printed = pytest.CaptureFixture[str]


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("docs/faults.md", "docs/faults.md"),
        ("faults", "docs/faults.md"),
        ("docs/faults.md#the-grammar", "docs/faults.md"),
        ("faults/module", "docs/faults/module.md"),
        ("quirks", "docs/quirks/README.md"),
        ("docs/quirks/login.md", "docs/quirks/login.md"),
    ],
)
def test_a_page_by_its_name(capsys: Printed, name: str, file: str) -> None:
    assert main(["docs", name, "--path"]) == 0
    assert capsys.readouterr().out == f"{ROOT / file}\n"
    assert main(["docs", name]) == 0
    assert capsys.readouterr().out == (ROOT / file).read_text(encoding="utf-8")


def test_all_are_listed_with_their_titles(capsys: Printed) -> None:
    assert main(["docs"]) == 0
    listed = [line.split(maxsplit=1) for line in capsys.readouterr().out.splitlines()]
    assert ["recordings", "Recordings"] in listed and ["replay", "Replaying logs"] in listed


@pytest.mark.parametrize(
    ("name", "hint"),
    [("fault", "did you mean 'faults'?"), ("../README", "`mipl docs` lists all")],
)
def test_a_page_that_there_is_not(capsys: Printed, name: str, hint: str) -> None:
    assert main(["docs", name]) == 2
    assert capsys.readouterr().err == f"mipl docs: there is no page '{name}'; {hint}\n"


def test_a_folder_of_the_same_name_beside_an_installed_package_is_not_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Printed
) -> None:
    monkeypatch.setattr(finding, "__file__", str(tmp_path / "emulator" / "pages" / "finding.py"))
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "faults.md").write_text("# Theirs\n")
    assert main(["docs", "faults"]) == 2
    assert "the pages are not installed" in capsys.readouterr().err
    (tmp_path / "mipl_docs").mkdir()
    (tmp_path / "mipl_docs" / "faults.md").write_text("# Ours\n")
    assert main(["docs"]) == 0
    assert capsys.readouterr().out == "faults  Ours\n"


def test_the_wheel_takes_every_page() -> None:
    with (ROOT / "pyproject.toml").open("rb") as stream:
        build = tomllib.load(stream)["tool"]["hatch"]["build"]["targets"]["wheel"]
    packed = build["force-include"]
    assert packed == {each: each.replace("docs", "mipl_docs", 1) for each in packed}
    pages = (page.relative_to(ROOT) for page in (ROOT / "docs").rglob("*.md"))
    left = {str(page) for page in pages if not {str(page), str(page.parent)} & set(packed)}
    assert not left
