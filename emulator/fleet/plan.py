"""What a fleet file says, as values, and the modems that come of it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from emulator.fleet.series import Constant, Series
from emulator.fleet.templates import Template
from emulator.quirks import Dialect
from emulator.scenario.patterns import Pattern
from lwm2m_core.paths import Path

MODEMS_LIMIT: Final = 100_000
"""Modems of one fleet, all shards together."""

REPORTS_LIMIT: Final = 10_000_000
"""Reports of one run."""

DIGITS_MOST: Final = 10**15 - 1
"""The highest number of 15 digits."""

HOUSE: Final = 4000
"""Modems at one local platform, which knows 4096 devices; for more there are several."""

ValueType = Literal["string", "opaque", "integer", "float"]
TYPE_NUMBERS: Final[Mapping[ValueType, int]] = {"string": 1, "opaque": 2, "integer": 3, "float": 4}
"""<value type> of AT+MIPLNOTIFY (manual 3.9)."""


@dataclass(frozen=True, slots=True)
class Digits:
    """Numbers of 15 digits from `first` on, to `last` included; None: as far as it takes."""

    first: int
    last: int | None = None

    def room(self, wanted: int) -> int:
        """How many of so many have a place in it."""
        return wanted if self.last is None else min(wanted, self.last - self.first + 1)


@dataclass(frozen=True, slots=True)
class Write:
    """The host writes a command and waits for its final result, which must be OK."""

    line: Template


@dataclass(frozen=True, slots=True)
class Await:
    """The module has to print such a line within so many seconds."""

    pattern: Pattern
    within: float


@dataclass(frozen=True, slots=True)
class Rest:
    seconds: float


Step = Write | Await | Rest


@dataclass(frozen=True, slots=True)
class Reporting:
    """Every `every` seconds, up to `jitter` later each time, a value of `series` for `path`.

    `numbered`: the text begins with the report's number and a blank, so that the platform can tell
    which ones came. `late`: seconds behind its time after which a report counts as late;
    `within`: those after which a confirmation comes too late.
    """

    path: Path
    every: float = 60.0
    jitter: float = 0.0
    confirm: bool = True
    type: ValueType = "string"
    numbered: bool = True
    late: float = 1.0
    within: float = 30.0
    series: Series = Constant("0")


@dataclass(frozen=True, slots=True)
class Group:
    """Modems that are alike. `models`: name and share of each. `steps`: what the host writes in
    place of the usual login; `coroutine`: `module:function`, which does all of the host's work.
    `retry`: seconds between a failed login and the next."""

    name: str
    modems: int
    imei: tuple[Digits, ...]
    imsi: Digits
    models: tuple[tuple[str, int], ...] = (("MN316", 1),)
    platform: str = "generic"
    psk: Template | None = None
    bootstrap: bool = False
    dialect: Dialect | None = None
    quirks: Mapping[str, Any] = field(default_factory=dict)
    timing: Literal["module", "fast"] = "module"
    steps: tuple[Step, ...] = ()
    coroutine: str = ""
    retry: float = 30.0
    report: Reporting | None = None


@dataclass(frozen=True, slots=True)
class Fleet:
    """`ramp`: modems that are switched on in a second. `lasts`: seconds, from the last of them on.
    `processes`: None for one per core. `close`: whether modems leave their platform at the end."""

    groups: tuple[Group, ...]
    title: str = ""
    seed: int | None = None
    ramp: float = 50.0
    lasts: float = 600.0
    serial: Literal["memory", "pty"] = "memory"
    processes: int | None = None
    close: bool = True

    @property
    def modems(self) -> int:
        return sum(group.modems for group in self.groups)

    @property
    def rise(self) -> float:
        """Seconds until the last modem is switched on."""
        return self.modems / self.ramp

    @property
    def ends(self) -> float:
        """Seconds after the start at which nothing more is reported."""
        return self.rise + self.lasts


@dataclass(frozen=True, slots=True)
class Shard:
    """Part `part` of `parts`, from 1: of every `parts` modems one."""

    part: int = 1
    parts: int = 1

    def has(self, number: int) -> bool:
        return number % self.parts == self.part - 1


@dataclass(frozen=True, slots=True)
class Member:
    """One modem. `number` counts all of the fleet from 0, `house` the local platforms of its kind.
    `psk` as the AT command takes it, `hex:` before hexadecimal digits."""

    number: int
    group: int
    model: str
    imei: str
    imsi: str
    psk: str = field(default="", repr=False)
    house: int = 0

    @property
    def fields(self) -> Mapping[str, str]:
        """What templates may ask for."""
        return {
            "imei": self.imei,
            "imsi": self.imsi,
            "number": str(self.number),
            "psk": self.psk.removeprefix("hex:"),
        }

    @property
    def key(self) -> bytes:
        """The pre-shared key itself; empty without DTLS."""
        text = self.psk
        return bytes.fromhex(text[4:]) if text.startswith("hex:") else text.encode()


PSK_FIELDS: Final = ("imei", "imsi", "number")
LINE_FIELDS: Final = (*PSK_FIELDS, "psk")


def members_of(fleet: Fleet, shard: Shard | None = None) -> Iterator[Member]:
    """The modems, or those of one shard: the same ones whatever the number of shards is."""
    number, housed = 0, dict.fromkeys((group.platform for group in fleet.groups), 0)
    for index, group in enumerate(fleet.groups):
        imeis, models = _numbers(group.imei, group.modems), _models(group)
        for within in range(group.modems):
            house = housed[group.platform] // HOUSE
            housed[group.platform] += 1
            imei, model = next(imeis), next(models)
            if shard is None or shard.has(number):
                imsi = f"{group.imsi.first + within:015d}"
                member = Member(number, index, model, f"{imei:015d}", imsi, house=house)
                yield _with_key(member, group)
            number += 1


def members_of_group(group: Group) -> Iterator[Member]:
    """As if it were alone."""
    return members_of(Fleet((group,)))


def _with_key(member: Member, group: Group) -> Member:
    if group.psk is None:
        return member
    psk = group.psk.filled(member.fields)
    return Member(
        member.number, member.group, member.model, member.imei, member.imsi, psk, member.house
    )


def _numbers(ranges: tuple[Digits, ...], wanted: int) -> Iterator[int]:
    for each in ranges:
        room = each.room(wanted)
        yield from range(each.first, each.first + room)
        wanted -= room


def _models(group: Group) -> Iterator[str]:
    """Each model as often as its share says, at any moment as exactly as can be."""
    total = sum(share for _, share in group.models)
    owed = [0] * len(group.models)
    while True:
        owed = [debt + share for debt, (_, share) in zip(owed, group.models, strict=True)]
        most = owed.index(max(owed))
        owed[most] -= total
        yield group.models[most][0]
