"""Profiles: what one model of module is, as data, each value with its source."""

import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any, Literal

from emulator.quirks import DIALECTS, Dialect, QuirkError, checked

PROFILES: Traversable = resources.files("emulator") / "profiles"
BASE = "base"
CHAIN_LIMIT = 4  # profiles that extend one another


class ProfileError(Exception):
    """A profile is missing or wrong; the text names the file, the key and what was expected."""


@dataclass(frozen=True, slots=True)
class Profile:
    """One model.

    `manufacturer`, `model`, `revision`: identity texts of AT+CGMI, +CGMM, +CGMR.
    `library_version`: what AT+MIPLVER? prints.
    `sub_models`: the variants it is sold as (manual 1.1).
    `absent_commands`: names that this model does not know, as `+MIPLUPDATESET`.
    `nsmi`: what AT+MIPLNMI does with `<nsmi>` 1, and the numbers of +MIPLNSMI: `yes` (0 to 127),
    `651` (refused), `1-128` (128 for 0).
    `release_flags`: what flags 0x200 and 0x400 of NOTIFY and READRSP do: `yes`, `as 0`, or `601`.
    `content_type_encodes`: whether `<contentType>` changes how the value is encoded.
    `command_sets`: further commands that it has, by the names of `commands/__init__.py`.
    `platforms`: what AT+MIPLCFG="platform" accepts; `dtls_suites`: names as manual 4.6 has them.
    `signal`, `bit_error_rate`: `<rssi>`, `<ber>` of +CSQ (27.007 8.5). `address`, `apn`: of the
    module in the network; `context`: `<cid>` of its context; `access`: `<AcT>` of +CEREG (27.007).
    `bearer` as LwM2M 1.0 E.5 numbers it. `snr`, `rsrq` in dB; `link_utilization` in %;
    `coverage_level` 0 to 2; `neighbour_cells`, `neighbour_rsrp`: physical cell ids, and dBm.
    `power_sources` as LwM2M 1.0 E.4 numbers them, `voltages` in mV, `currents` in mA of each;
    `battery_level` in %, `memory_free` in KiB, `device_type`: the other figures of 3/0.
    `baud`: of the serial line until AT+IPR.
    `reboot_line`: what it says to a command that reboots it.
    `reset_lines`, `command_lines`: what it prints when it has booted, by what made it boot;
    `<addr>` stands for its address.
    `quirks`, `field_quirks`: what differs from the register, always and in dialect `field`.
    `sources`: `table.key` -> where its value comes from.
    """

    name: str
    manufacturer: str
    model: str
    revision: str
    library_version: str
    sub_models: tuple[str, ...]
    dialect: Dialect
    absent_commands: frozenset[str]
    nsmi: Literal["yes", "651", "1-128"]
    release_flags: Literal["yes", "as 0", "601"]
    content_type_encodes: bool
    command_sets: frozenset[str]
    platforms: tuple[int, ...]
    dtls_suites: tuple[str, ...]
    signal: int
    bit_error_rate: int
    address: str
    apn: str
    context: int
    access: int
    bands: tuple[int, ...]
    bearer: int
    snr: int
    rsrq: int
    link_utilization: int
    coverage_level: int
    earfcn: int
    physical_cell: int
    neighbour_cells: tuple[int, int]
    neighbour_rsrp: tuple[int, int]
    power_sources: tuple[int, ...]
    voltages: tuple[int, ...]
    currents: tuple[int, ...]
    battery_level: int
    memory_free: int
    device_type: str
    baud: int
    reboot_line: str
    reset_lines: tuple[str, ...]
    command_lines: tuple[str, ...]
    quirks: Mapping[str, Any]
    field_quirks: Mapping[str, Any]
    sources: Mapping[str, str]

    def overrides(self, dialect: Dialect) -> dict[str, Any]:
        """The quirks that this model has otherwise than the register has them."""
        return {**self.quirks, **(self.field_quirks if dialect == "field" else {})}


# What a key may hold: text for people, and the function that takes the value from TOML to Python;
# None is no such value.
_Reader = tuple[str, Callable[[Any], Any]]


def _one_of(*texts: str) -> _Reader:
    return " or ".join(f'"{text}"' for text in texts), lambda v: v if v in texts else None


def _number(lowest: int, highest: int) -> _Reader:
    def read(value: Any) -> int | None:
        return value if type(value) is int and lowest <= value <= highest else None

    return f"a number from {lowest} to {highest}", read


def _several(kind: type, to: type) -> Callable[[Any], Any]:
    def read(value: Any) -> Any:
        fits = isinstance(value, list) and all(type(item) is kind for item in value)
        return to(value) if fits else None

    return read


def _two_numbers(value: Any) -> tuple[int, int] | None:
    pair: tuple[int, ...] | None = _several(int, tuple)(value)
    return (pair[0], pair[1]) if pair is not None and len(pair) == 2 else None


_TEXT: _Reader = ("a text", lambda v: v if isinstance(v, str) and v else None)
_TRUTH: _Reader = ("true or false", lambda v: v if isinstance(v, bool) else None)
_TEXTS: _Reader = ("a list of texts", _several(str, tuple))
_NUMBERS: _Reader = ("a list of numbers", _several(int, tuple))
_TWO: _Reader = ("a list of two numbers", _two_numbers)

_KEYS: dict[str, dict[str, _Reader]] = {
    "identity": {
        "manufacturer": _TEXT,
        "model": _TEXT,
        "revision": _TEXT,
        "library_version": _TEXT,
        "sub_models": _TEXTS,
    },
    "module": {
        "dialect": _one_of(*DIALECTS),
        "absent_commands": ("a list of texts", _several(str, frozenset)),
        "nsmi": _one_of("yes", "651", "1-128"),
        "release_flags": _one_of("yes", "as 0", "601"),
        "content_type_encodes": _TRUTH,
        "command_sets": ("a list of texts", _several(str, frozenset)),
        "platforms": _NUMBERS,
        "dtls_suites": _TEXTS,
    },
    "network": {
        "signal": _number(0, 99),
        "bit_error_rate": _number(0, 99),
        "address": _TEXT,
        "apn": _TEXT,
        "context": _number(0, 10),
        "access": _number(0, 9),
        "bands": _NUMBERS,
        "bearer": _number(0, 50),
        "snr": _number(-30, 30),
        "rsrq": _number(-19, -3),
        "link_utilization": _number(0, 100),
        "coverage_level": _number(0, 2),
        "earfcn": _number(0, 262143),
        "physical_cell": _number(0, 503),
        "neighbour_cells": _TWO,
        "neighbour_rsrp": _TWO,
    },
    "device": {
        "power_sources": _NUMBERS,
        "voltages": _NUMBERS,
        "currents": _NUMBERS,
        "battery_level": _number(0, 100),
        "memory_free": _number(0, 2**31 - 1),
        "device_type": _TEXT,
        "baud": _number(300, 921600),
    },
    "boot": {"reboot_line": _TEXT, "reset_lines": _TEXTS, "command_lines": _TEXTS},
}


def profile_names(directory: Traversable = PROFILES) -> tuple[str, ...]:
    """The models that have a profile, as they are written on the command line."""
    return tuple(sorted(stem.upper() for stem in _stems(directory) if stem != BASE))


@cache
def load_profile(name: str, directory: Traversable = PROFILES) -> Profile:
    """The profile of a model (upper or lower case), with what it extends filled in."""
    known = profile_names(directory)
    if name.upper() not in known:
        raise ProfileError(f"there is no model '{name}'; {_hint(name.upper(), known, 'there are')}")
    return _merged(name.upper(), directory)


def base_profile() -> Profile:
    """What all models have in common; no model itself."""
    return _merged(BASE, PROFILES)


def _merged(name: str, directory: Traversable) -> Profile:
    rows: dict[str, Any] = {}
    sources: dict[str, str] = {}
    for file, document in _chain(directory, name.lower()):
        for key, value, source in _rows(file, document):
            rows[key], sources[key] = value, source
    return _profile(name, rows, sources)


def _profile(name: str, rows: Mapping[str, Any], sources: Mapping[str, str]) -> Profile:
    values = {}
    for table, keys in _KEYS.items():
        for key, (expected, _) in keys.items():
            if f"{table}.{key}" not in rows:
                raise ProfileError(
                    f"{name.lower()}.toml: [{table}] has no '{key}' ({expected}), "
                    "nor has what it extends"
                )
            values[key] = rows[f"{table}.{key}"]
    return Profile(
        name=name,
        quirks=_under("quirks.", rows),
        field_quirks=_under("quirks.field.", rows),
        sources=dict(sources),
        **values,
    )


def _under(prefix: str, rows: Mapping[str, Any]) -> dict[str, Any]:
    return {
        key.removeprefix(prefix): value
        for key, value in rows.items()
        if key.startswith(prefix) and "." not in key.removeprefix(prefix)
    }


def _stems(directory: Traversable) -> list[str]:
    names = [entry.name for entry in directory.iterdir()]
    return sorted(name.removesuffix(".toml") for name in names if name.endswith(".toml"))


def _hint(word: str, known: tuple[str, ...] | list[str], otherwise: str) -> str:
    near = get_close_matches(word, known, n=1)
    return f"did you mean {near[0]}?" if near else f"{otherwise}: {', '.join(known)}"


def _chain(directory: Traversable, stem: str) -> list[tuple[str, dict[str, Any]]]:
    """The documents that make up a profile, what is extended first."""
    chain: list[tuple[str, dict[str, Any]]] = []
    parent: Any = stem
    while parent is not None:
        file = f"{parent}.toml"
        document = _document(directory, file)
        parent = document.pop("extends", None)
        if parent is not None and parent not in _stems(directory):
            hint = _hint(str(parent), _stems(directory), "there are")
            raise ProfileError(f"{file}: extends '{parent}', which is no profile; {hint}")
        chain.insert(0, (file, document))
        if len(chain) > CHAIN_LIMIT:
            raise ProfileError(f"{file}: more than {CHAIN_LIMIT} profiles extend one another")
    return chain


def _document(directory: Traversable, file: str) -> dict[str, Any]:
    try:
        return tomllib.loads((directory / file).read_text(encoding="utf-8"))
    except ValueError as error:  # not TOML, or not UTF-8
        raise ProfileError(f"{file}: {error}") from error


def _rows(file: str, document: Mapping[str, Any]) -> Iterator[tuple[str, Any, str]]:
    tables = [*_KEYS, "quirks"]
    for table, content in document.items():
        if table not in tables:
            raise ProfileError(f"{file}: no table [{table}]; {_hint(table, tables, 'there are')}")
        if not isinstance(content, dict):
            raise ProfileError(f"{file}: '{table}' is a table: [{table}]")
        if table == "quirks":
            yield from _quirk_rows(file, "quirks", content)
        else:
            yield from _value_rows(file, table, content)


def _value_rows(
    file: str, table: str, content: Mapping[str, Any]
) -> Iterator[tuple[str, Any, str]]:
    keys = _KEYS[table]
    for key, row in content.items():
        if key not in keys:
            hint = _hint(key, list(keys), "there are")
            raise ProfileError(f"{file}: [{table}] has no key '{key}'; {hint}")
        raw, source = _sourced(file, f"{table}.{key}", row)
        expected, read = keys[key]
        value = read(raw)
        if value is None:
            raise ProfileError(f"{file}: '{table}.{key}' is {expected}, not {raw!r}")
        yield f"{table}.{key}", value, source


def _quirk_rows(
    file: str, prefix: str, content: Mapping[str, Any]
) -> Iterator[tuple[str, Any, str]]:
    for key, row in content.items():
        if key == "field" and prefix == "quirks":
            yield from _quirk_rows(file, "quirks.field", row)
            continue
        value, source = _sourced(file, f"{prefix}.{key}", row)
        try:
            yield f"{prefix}.{key}", checked(key, value), source
        except QuirkError as error:
            raise ProfileError(f"{file}: {error}") from error


def _sourced(file: str, key: str, row: Any) -> tuple[Any, str]:
    complete = isinstance(row, dict) and set(row) == {"value", "source"}
    if not complete or not isinstance(row["source"], str) or not row["source"]:
        raise ProfileError(f"{file}: '{key}' needs {{ value = …, source = \"…\" }}")
    return row["value"], row["source"]
