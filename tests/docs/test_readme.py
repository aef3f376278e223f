"""The HTTP calls that README and its pages show are calls that there are, with parameters that they
take."""

import re
import shlex
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest

from emulator.cloud.api import onenet, rest
from emulator.web.calls import Call

ROOT = Path(__file__).parents[2]
PAGES = ("README.md", "docs/client.md", "docs/platforms.md")


def _curls() -> list[tuple[str, str, bytes]]:
    """Method, URL and body of each, with the variables of the shell filled in."""
    found, variables = [], {"API": "http://127.0.0.1:1"}
    texts = [(ROOT / page).read_text(encoding="utf-8") for page in PAGES]
    for line in "\n".join(texts).splitlines():
        for name, value in re.findall(r"\b([A-Z]+)=('[^']*'|[^;\s]+)", line):
            if name != "API":
                variables[name] = _filled(value.strip("'"), variables)
        if line.startswith("curl "):
            words = shlex.split(line, comments=True)
            url = next(_filled(word, variables) for word in words if word.startswith("$"))
            body = words[words.index("-d") + 1] if "-d" in words else ""
            method = words[words.index("-X") + 1] if "-X" in words else "POST" if body else "GET"
            found.append((method, url, body.encode()))
    return found


def _filled(text: str, variables: dict[str, str]) -> str:
    return re.sub(r"\$([A-Z]+)", lambda found: variables[found[1]], text)


def _call_of(method: str, path: str) -> tuple[Call, dict[str, str]]:
    for api in (onenet.API, rest.API):
        for call in api.section.calls:
            pattern = re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", call.path)
            if call.method == method and (places := re.fullmatch(pattern, path)):
                return call, places.groupdict()
    raise AssertionError(f"there is no call {method} {path}")


@pytest.mark.parametrize(("method", "url", "body"), _curls())
def test_a_call_in_the_readme(method: str, url: str, body: bytes) -> None:
    parts = urlsplit(url)
    call, places = _call_of(method, parts.path)
    query = parse_qsl(parts.query, strict_parsing=bool(parts.query))
    assert {name for name, _ in query} <= {field.name for field in call.query}
    call.read(places, query, body)


def test_both_apis_are_shown() -> None:
    paths = [urlsplit(url).path for _, url, _ in _curls()]
    assert len(paths) >= 12
    assert any(path.startswith("/nbiot") for path in paths)
    assert any(path.startswith("/platforms") for path in paths)
