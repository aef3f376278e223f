"""Whatever stands in a file: an answer, never a traceback. What an editor refuses by the schema,
the check refuses, too."""

import json
from typing import Any

import jsonschema
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from emulator.scenario.nodes import Listing, Node, Scalar, compose
from emulator.scenario.reading import read_scenario
from emulator.scenario.scalars import resolved
from emulator.scenario.schema import schema
from emulator.scenario.shapes import top
from emulator.scenario.trouble import Malformed

VALIDATOR = jsonschema.Draft7Validator(schema())

KEYS = sorted(
    {"schema", "at", "after", "delay", "nth", "times", "every", "power", "cloud", "within", "pause"}
    | set(top().keys)
    | {"host", "module", "platform", "unordered", "never", "network", "model", "quirks", "seed"}
)
TEXTS = st.sampled_from(
    ["AT", "OK", "+MIPLEVENT: 0,6", "{mid}", "{", "30s", "1.5min", "on", "off", "MN316", "reset"]
    + ['write /3200/0/5750 "abcd"', "registered", "forget", "", "x", "4.03"]
)
VALUES = st.recursive(
    TEXTS | st.integers() | st.floats() | st.booleans() | st.none() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=4)
    ),
    max_leaves=12,
)
GOOD: dict[str, Any] = {
    "schema": 1,
    "title": "x",
    "setup": {
        "model": "M5311",
        "quirks": {"boot_ms": 5, "extra_events": "1+25", "late_rsp": "ok"},
        "network": {"coverage": "on", "signal": 3},
        "switches": {"refuse": "4.03", "silent": False, "delay": 0.5},
        "devices": [{"imei": "869975030000461", "psk": "hex:0a0b"}],
        "time_scale": 2,
    },
    "events": [
        {"at": "1s", "power": "off"},
        {"after": "+MIPLEVENT: 0,6", "delay": "2s", "nth": 2, "network": {"coverage": "off"}},
        {"after": {"platform": "registered"}, "times": 2, "every": "1s", "cloud": "forget"},
    ],
    "dialogue": [
        {"host": "AT", "within": "5s"},
        {"module": ["OK", "OK"]},
        {"unordered": ["OK", {"platform": "updated"}]},
        {"never": "+MIPLEVENT: 0,31"},
        {"never": {"host": "AT+CSQ"}, "more_than": 3, "after": "OK", "until": {"host": "AT"}},
        {"pause": "3s"},
    ],
    "strict": True,
    "end": "60s",
}


@settings(max_examples=40)
@given(st.binary(max_size=200))
def test_any_bytes(data: bytes) -> None:
    read_scenario(data)


@settings(max_examples=60)
@given(st.text(alphabet="abc01:-,'\"[]{}#&*!|>%@`? \n\t\\", max_size=80))
def test_any_text(text: str) -> None:
    read_scenario(b"schema: 1\n" + text.encode())


@settings(max_examples=40)
@given(VALUES)
def test_any_yaml(value: Any) -> None:
    read_scenario(yaml.safe_dump(value, allow_unicode=True).encode("utf-8", "replace"))


@settings(max_examples=60)
@given(st.sampled_from(sorted(GOOD)), VALUES)
def test_any_value_in_a_field(key: str, value: Any) -> None:
    _agree({**GOOD, key: value})


def _places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    keys: list[Any] = list(value) if isinstance(value, dict) else []
    keys = list(range(len(value))) if isinstance(value, list) else keys
    return [path, *(place for key in keys for place in _places(value[key], (*path, key)))]


def _put(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    if not path:
        return new
    copy = value.copy()
    copy[path[0]] = _put(value[path[0]], path[1:], new)
    return copy


@settings(max_examples=100)
@given(st.sampled_from(_places(GOOD)), VALUES)
def test_any_value_anywhere(path: tuple[Any, ...], value: Any) -> None:
    _agree(_put(GOOD, path, value))


def test_what_is_wrong_in_kind_is_wrong_for_both() -> None:
    """A value of no meaning anywhere: schema and check refuse it in each place."""
    for path in filter(None, _places(GOOD)):
        _refused(path)


def _refused(path: tuple[Any, ...]) -> None:
    data = json.dumps(_put(GOOD, path, {"no such key": None})).encode()
    assert read_scenario(data).findings
    assert not VALIDATOR.is_valid(_value(compose(data.decode())))


def test_a_good_document_is_good_for_both() -> None:
    data = json.dumps(GOOD).encode()
    assert read_scenario(data).findings == ()
    VALIDATOR.validate(GOOD)


def _agree(document: Any) -> None:
    """What the schema refuses, the check refuses."""
    try:
        data = json.dumps(document, allow_nan=False).encode()
        seen = _value(compose(data.decode()))
    except (ValueError, Malformed):
        return
    if not VALIDATOR.is_valid(seen):
        assert read_scenario(data).findings, [e.message for e in VALIDATOR.iter_errors(seen)]


def _value(node: Node) -> Any:
    """The document as an editor's YAML 1.2 has it."""
    match node:
        case Scalar():
            return resolved(node)
        case Listing(items):
            return [_value(item) for item in items]
    return {key.text: _value(value) for key, value in node.pairs}
