"""What people and tests switch on a platform while it runs."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Any, Final

from emulator.cloud.manners import Step
from emulator.cloud.picks import ALL, Pick
from lwm2m_core.block_option import is_block_size
from lwm2m_core.errors import EngineError
from lwm2m_core.message import code_text
from lwm2m_core.paths import Path

DELAY_LIMIT: Final = 3600.0
"""Seconds a datagram may take, and a device be awake (chosen)."""

OBSERVES_LIMIT: Final = 64
"""Extra observes of one platform (chosen)."""


@dataclass(frozen=True, slots=True)
class Switches:
    """After a registration: `steps` takes the place of the manner's (HF 7, 8), and one left out is
    not done; `auto_discover` off leaves out Discover alone (HF 7, 7); `extra_observes` are observed
    too, as MB 3 has seen it with 4/0.

    `refuse` is the code that every Register gets, and `refuse_bootstrap` every bootstrap request;
    4.03 is OneNET's for a wrong endpoint name or auth code. `strict_devices`: only declared devices
    may log in. `block_size`: a Write goes out in
    blocks of so many bytes where it is longer; 1024 unless switched.

    `queue_mode`: a device with the binding UQ is asked only within `queue_awake` seconds after it
    was heard, MAX_TRANSMIT_WAIT unless switched (LwM2M 1.0 8.3); else what is asked of it waits
    until it is heard again. Switched off, that holds for what is asked from then on.

    `silent`: the platform hears and sends nothing. `drop`, `duplicate`: which datagrams are lost,
    or come twice. `delay`: seconds that those take which `delayed` picks, all of them unless
    switched.

    EngineError for a value that cannot be.
    """

    steps: tuple[Step, ...] | None = None
    auto_discover: bool = True
    extra_observes: tuple[Path, ...] = ()
    refuse: int | None = None
    refuse_bootstrap: int | None = None
    strict_devices: bool = False
    block_size: int = 1024
    queue_mode: bool = True
    queue_awake: float = 93.0
    silent: bool = False
    drop: Pick | None = None
    duplicate: Pick | None = None
    delay: float = 0.0
    delayed: Pick = ALL

    def __post_init__(self) -> None:
        for name in ("refuse", "refuse_bootstrap"):
            code = getattr(self, name)
            if code is not None and not 4 << 5 <= code < 6 << 5:
                raise EngineError(f"{name}: {code} is no code from 4.00 to 5.31")
        if not is_block_size(self.block_size):
            raise EngineError(f"block_size: {self.block_size} is no power of two from 16 to 1024")
        for name in ("delay", "queue_awake"):
            if not 0 <= (seconds := getattr(self, name)) <= DELAY_LIMIT:
                raise EngineError(f"{name}: {seconds} is not between 0 and {DELAY_LIMIT:g}")
        if len(self.extra_observes) > OBSERVES_LIMIT:
            raise EngineError(f"extra_observes: more than {OBSERVES_LIMIT}")


def set_switch(switches: Switches, name: str, text: str) -> Switches:
    """`switches` with one changed, as it is written on the command line and in HTTP calls. An empty
    text is its usual value. EngineError, with the name, for what cannot be."""
    if name not in _ROWS:
        hint = "".join(f"; did you mean {each}?" for each in get_close_matches(name, _ROWS, 1))
        raise EngineError(f"there is no switch '{name}'{hint or ': ' + ', '.join(_ROWS)}")
    try:
        value: Any = _ROWS[name].read(text) if text else getattr(Switches(), name)
    except (EngineError, ValueError) as error:
        raise EngineError(f"{name}: {error}") from None
    return replace(switches, **{name: value})


def as_texts(switches: Switches) -> dict[str, str]:
    """All switches by name, as `set_switch` reads them."""
    values = {name: getattr(switches, name) for name in _ROWS}
    return {
        name: "" if value is None else _ROWS[name].write(value) for name, value in values.items()
    }


def _steps(text: str) -> tuple[Step, ...]:
    names = [] if text == "none" else text.split(",")
    known = [step.value for step in Step]
    if len(set(names)) != len(names) or not set(names) <= set(known):
        raise EngineError(f"'{text[:40]}' is not some of {','.join(known)}, or none")
    return tuple(map(Step, names))


def _steps_text(steps: tuple[Step, ...]) -> str:
    return ",".join(step.value for step in steps) or "none"


def _on_or_off(text: str) -> bool:
    if text not in ("on", "off"):
        raise EngineError(f"'{text[:40]}' is neither on nor off")
    return text == "on"


def _paths(text: str) -> tuple[Path, ...]:
    return tuple(Path.parse(each) for each in text.split(","))


def _paths_text(paths: tuple[Path, ...]) -> str:
    return ",".join(map(str, paths))


def _code(text: str) -> int:
    found = re.fullmatch("([45])[.]([0-9]{2})", text, re.ASCII)
    if found is None or int(found[2]) > 31:
        raise EngineError(f"'{text[:40]}' is no code from 4.00 to 5.31")
    return int(found[1]) << 5 | int(found[2])


def _size(text: str) -> int:
    if not re.fullmatch("[0-9]{1,4}", text, re.ASCII):
        raise EngineError(f"'{text[:40]}' is no power of two from 16 to 1024")
    return int(text)


def _seconds(text: str) -> float:
    if not re.fullmatch(r"[0-9]{1,4}(\.[0-9]{1,6})?", text, re.ASCII):
        raise EngineError(f"'{text[:40]}' is no number of seconds up to {DELAY_LIMIT:g}")
    return float(text)


@dataclass(frozen=True, slots=True)
class _Row:
    """How a switch is read and written as text."""

    read: Callable[[str], object]
    write: Callable[[Any], str] = str


_FLAG: Final = _Row(_on_or_off, lambda value: "on" if value else "off")
_CODE: Final = _Row(_code, code_text)
_PICK: Final = _Row(Pick.parse)

_ROWS: Final[Mapping[str, _Row]] = {
    "steps": _Row(_steps, _steps_text),
    "auto_discover": _FLAG,
    "extra_observes": _Row(_paths, _paths_text),
    "refuse": _CODE,
    "refuse_bootstrap": _CODE,
    "strict_devices": _FLAG,
    "block_size": _Row(_size),
    "queue_mode": _FLAG,
    "queue_awake": _Row(_seconds, lambda value: f"{value:g}"),
    "silent": _FLAG,
    "drop": _PICK,
    "duplicate": _PICK,
    "delay": _Row(_seconds, lambda value: f"{value:g}"),
    "delayed": _PICK,
}
