"""What people and tests wait for of devices: that they are there, and what they report."""

from collections.abc import Callable

from emulator.cloud.errors import UnknownDevice
from emulator.cloud.points import Point
from emulator.cloud.registry import DeviceState
from emulator.cloud.server import Server
from emulator.cloud.waiting import Waiting
from lwm2m_core.paths import Path


def points_below(points: tuple[Point, ...], base: Path | None) -> tuple[Point, ...]:
    """Those at or below a path; all of them for None."""
    return tuple(point for point in points if base is None or base.covers(point.path))


class Awaited:
    """Of one platform. A data point is given out once for each name and path."""

    def __init__(self, server: Server, waiting: Waiting) -> None:
        self._server, self._waiting = server, waiting
        self._taken: dict[tuple[str, Path | None], int] = {}

    async def state(
        self, name: str, what: str, holds: Callable[[DeviceState], bool], timeout: float
    ) -> DeviceState:
        """The device, once it is as it is to be. TimedOut."""

        def found() -> DeviceState | None:
            state = self._find(name)
            return state if state is not None and holds(state) else None

        return await self._waiting.until(f"{name} {what}", timeout, found)

    async def point(self, name: str, base: Path | None, timeout: float) -> Point:
        """The next data point at or below `base`. TimedOut."""

        def found() -> Point | None:
            after = self._taken.get((name, base), 0)
            points = () if self._find(name) is None else self._server.points(name)
            below = points_below(points, base)
            return next((point for point in below if point.number > after), None)

        point = await self._waiting.until(f"{name} notified {base or ''}", timeout, found)
        self._taken[name, base] = point.number
        return point

    def _find(self, name: str) -> DeviceState | None:
        try:
            return self._server.device(name)
        except UnknownDevice:
            return None
