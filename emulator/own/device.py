"""3/0, Device (LwM2M 1.0 E.4): what the module is, what time it has, and its reboot."""

import re
from collections.abc import Callable, Mapping
from functools import lru_cache

from emulator.clock import TIMEZONE, UTC_OFFSET
from emulator.instance import Instance
from emulator.own.object import BODY_LIMIT, Current, Resource
from emulator.own.wishes import Restart, Wish
from lwm2m_core.message import Code
from lwm2m_core.values import ResourceType, Value

DEVICE = 3
REBOOT, TIME, OFFSET, ZONE = 4, 13, 14, 15
NO_ERROR = 0  # of 3/0/11
ZONE_LIMIT = 64  # characters of a time zone's name (chosen; the longest of IANA's has 32)
_OFFSET = re.compile(r"Z|[+-]\d\d(:?\d\d)?", re.ASCII)  # ISO 8601

STRING, INTEGER = ResourceType.STRING, ResourceType.INTEGER
DEFINITION = {
    0: Resource("R", STRING),  # manufacturer
    1: Resource("R", STRING),  # model number
    2: Resource("R", STRING),  # serial number
    3: Resource("R", STRING),  # firmware version
    REBOOT: Resource("E", mandatory=True),
    6: Resource("R", INTEGER, multiple=True),  # available power sources
    7: Resource("R", INTEGER, multiple=True),  # their voltages, mV
    8: Resource("R", INTEGER, multiple=True),  # their currents, mA
    9: Resource("R", INTEGER),  # battery level, %
    10: Resource("R", INTEGER),  # memory free, KiB
    11: Resource("R", INTEGER, multiple=True, mandatory=True),  # error codes
    TIME: Resource("RW", INTEGER, ticking=True),
    OFFSET: Resource("RW", STRING),
    ZONE: Resource("RW", STRING),
    16: Resource("R", STRING, mandatory=True),  # supported binding and modes
    17: Resource("R", STRING),  # device type
}


@lru_cache
def _numbered(values: tuple[int, ...]) -> Mapping[int, int]:
    """By resource instance; the same for every modem of a model."""
    return dict(enumerate(values))


class Device:
    """3/0 of one instance; the clock is the module's and outlives it."""

    __slots__ = ("_instance", "_want")

    number = DEVICE
    definition = DEFINITION
    body_limit = BODY_LIMIT
    is_there = True

    def __init__(self, instance: Instance, want: Callable[[Wish], None]) -> None:
        self._instance = instance
        self._want = want

    def values(self, now: float) -> Mapping[int, Current]:
        instance, module = self._instance, self._instance.module
        profile, clock = module.profile, module.clock
        return {
            0: profile.manufacturer,
            1: profile.model,
            2: module.identity.imei,
            3: profile.revision,
            6: _numbered(profile.power_sources),
            7: _numbered(profile.voltages),
            8: _numbered(profile.currents),
            9: profile.battery_level,
            10: profile.memory_free,
            11: {0: NO_ERROR},
            TIME: clock.seconds(now),
            OFFSET: clock.utc_offset,
            ZONE: clock.timezone,
            16: instance.binding or "U",
            17: profile.device_type,
        }

    def write(self, values: Mapping[int, Value], replace: bool, now: float) -> Code:
        clock = self._instance.module.clock
        seconds = values.get(TIME, clock.seconds(now))
        offset = values.get(OFFSET, UTC_OFFSET if replace else clock.utc_offset)
        zone = values.get(ZONE, TIMEZONE if replace else clock.timezone)
        assert isinstance(seconds, int) and isinstance(offset, str) and isinstance(zone, str)
        if seconds < 0 or not _OFFSET.fullmatch(offset) or len(zone) > ZONE_LIMIT:
            return Code.BAD_REQUEST
        if TIME in values:
            clock.set(seconds, now)
        clock.utc_offset, clock.timezone = offset, zone
        return Code.CHANGED

    def arriving(self, resource: int, received: int, now: float) -> Code:
        return Code.CONTINUE

    def execute(self, resource: int, arguments: bytes, now: float) -> Code:
        """Reboot, which has no arguments."""
        self._want(Restart())
        return Code.CHANGED
