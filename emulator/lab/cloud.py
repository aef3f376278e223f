"""The local platforms for synchronous code."""

from collections.abc import Callable, Coroutine, Mapping
from typing import Any, TypeVar

from emulator.addresses import Address
from emulator.cloud.admission import Declared
from emulator.cloud.endpoints import identity
from emulator.cloud.errors import CloudError, UnknownDevice
from emulator.cloud.events import Event, describe
from emulator.cloud.manners import MANNERS, manner_of
from emulator.cloud.platforms import Platforms
from emulator.cloud.points import Point
from emulator.cloud.registry import DeviceState
from emulator.cloud.service import Cloud
from emulator.cloud.switches import set_switch
from emulator.cloud_faults import CloudFaults
from emulator.destinations import door
from emulator.lab.errors import LabError
from emulator.lab.modem import LabModem
from emulator.lab.scene import Scene
from emulator.outputs import OpenLink
from lwm2m_core.formats.link import Link
from lwm2m_core.paths import Path, path_of
from lwm2m_core.values import Value
from transport.link import ListenerOpener

SHOWN = 3  # of what a device has reported in the place of what is waited for, the latest
MARGIN = 2.0  # real seconds that the loop may take beyond the limit of an operation

_Result = TypeVar("_Result")

Named = LabModem | str | None
"""A device: the modem, or its IMEI or endpoint name; None where there is only one modem."""


class LabCloud:
    """All five platforms, of which the firmware chooses one by AT+MIPLCFG; or one, to which
    everything leads.

    A path is text or a `Path`; `device` may be left out where the lab has one modem. Waits take
    `timeout` real seconds, or the lab's limit, and raise NotInTime; an operation without an answer,
    or with one that is not 2.xx, raises a CloudError.
    """

    def __init__(self, scene: Scene, modems: list[LabModem], only: str | None = None) -> None:
        if only is not None:
            manner_of(only)
        self._scene, self._modems, self._only = scene, modems, only
        self._taken: dict[tuple[str, Path | None], int] = {}
        self._platforms: Platforms | None = None
        self.listeners: list[Callable[[Event], None]] = []  # called in the loop's thread
        self._entered = False
        self.faults = CloudFaults()

    async def open(self, seed: int, listen: ListenerOpener) -> None:
        """In the lab's loop. A platform listens when a modem first asks for it."""
        names = MANNERS if self._only is None else (self._only,)
        self._platforms = Platforms(
            Cloud(name, seed=seed, listen=listen, on_event=self._heard) for name in names
        )
        self.faults.ready(self._platforms)

    async def shut(self) -> None:
        """In the lab's loop; may be repeated."""
        if self._platforms is None:
            return
        if self._entered:
            await self._platforms.__aexit__(None, None, None)
        for cloud in self._platforms:
            await cloud.close()

    async def address_of(self, link: OpenLink) -> Address:
        """Where a link of a modem leads. OSError."""
        if self._only is None:
            return door(await self.platforms.opened(link.platform), link)
        cloud = self.platforms[self._only]
        await cloud.open()
        return door(cloud, link)

    @property
    def platforms(self) -> Platforms:
        """The platforms themselves, which belong to the lab's loop: use them in `Lab.call` only."""
        if self._platforms is None:
            raise LabError("the platforms have not been started")
        return self._platforms

    @property
    def http_url(self) -> str:
        """Where the HTTP calls are, without a slash at the end; they are started when this is first
        asked for."""

        async def entered() -> str:
            if not self._entered:
                self._entered = True
                await self.platforms.__aenter__()
            return self.platforms.http_url

        return self._run(entered())

    # what devices do

    def registered(self, device: Named = None, timeout: float | None = None) -> DeviceState:
        """Wait until it is registered."""
        __tracebackhide__ = True
        return self._state(device, lambda state: state.online, timeout, "registered")

    def ready(self, device: Named = None, timeout: float | None = None) -> DeviceState:
        """Wait until all that follows a registration is done: it is observed."""
        __tracebackhide__ = True
        return self._state(device, lambda state: state.ready, timeout, "ready")

    def gone(self, device: Named = None, timeout: float | None = None) -> DeviceState:
        """Wait until it was registered and is so no longer."""
        __tracebackhide__ = True
        return self._state(device, lambda state: not state.online, timeout, "gone")

    def device(self, device: Named = None) -> DeviceState | None:
        """What the platform knows of it now; None if it has never registered."""
        name = self._name(device)
        return self._call(lambda: self._device(name))

    def notified(
        self,
        path: Path | str | None = None,
        value: Value | None = None,
        device: Named = None,
        timeout: float | None = None,
    ) -> Point:
        """The next data point at or below `path`, and with this value if one is given, that this
        method has not returned before or passed over for this device and path."""
        __tracebackhide__ = True
        name, base = self._name(device), None if path is None else path_of(path)
        last = self._taken.get((name, base), 0)

        def found() -> Point | None:
            points = self._points(name, base, last)
            return next((p for p in points if value is None or p.value == value), None)

        def wanted() -> str:
            what = f"{path or 'something'}{'' if value is None else f' = {value!r}'}"
            instead = self._scene.thread.look(lambda: self._reported(name, base, last))
            return f"{name} reports {what}; {instead}"

        point = self._scene.wait(found, timeout, wanted)
        self._taken[name, base] = point.number
        return point

    def points(self, path: Path | str | None = None, device: Named = None) -> tuple[Point, ...]:
        """All that it has reported so far at or below `path`, oldest first; waits for nothing."""
        name, base = self._name(device), None if path is None else path_of(path)
        return self._call(lambda: tuple(self._points(name, base, 0)))

    # what is asked of devices

    def read(self, path: Path | str, device: Named = None, timeout: float | None = None) -> Value:
        """The value of one resource."""
        __tracebackhide__ = True
        return self._ask(device, timeout, lambda at, name, t: at.read(name, path, timeout=t))

    def read_all(
        self, path: Path | str, device: Named = None, timeout: float | None = None
    ) -> tuple[Point, ...]:
        """The values at and below a path, in the order in which the device sends them."""
        __tracebackhide__ = True
        return self._ask(device, timeout, lambda at, name, t: at.read_all(name, path, timeout=t))

    def write(
        self,
        path: Path | str,
        value: Value | Mapping[int, Value],
        device: Named = None,
        timeout: float | None = None,
        *,
        replace: bool = False,
    ) -> None:
        """Write one resource, or several of an object instance: `{5750: "abcd", 5500: True}`."""
        __tracebackhide__ = True
        self._ask(
            device,
            timeout,
            lambda at, name, t: at.write(name, path, value, replace=replace, timeout=t),
        )

    def execute(
        self,
        path: Path | str,
        arguments: str = "",
        device: Named = None,
        timeout: float | None = None,
    ) -> None:
        __tracebackhide__ = True
        self._ask(device, timeout, lambda at, name, t: at.execute(name, path, arguments, timeout=t))

    def discover(
        self, path: Path | str, device: Named = None, timeout: float | None = None
    ) -> tuple[Link, ...]:
        __tracebackhide__ = True
        return self._ask(device, timeout, lambda at, name, t: at.discover(name, path, timeout=t))

    def observe(
        self,
        path: Path | str,
        device: Named = None,
        timeout: float | None = None,
        **conditions: float,
    ) -> None:
        """Observe a path; conditions (`pmin=5, gt=30.5`) are written first."""
        __tracebackhide__ = True
        self._ask(
            device, timeout, lambda at, name, t: at.observe(name, path, timeout=t, **conditions)
        )

    def cancel_observe(
        self, path: Path | str, device: Named = None, timeout: float | None = None
    ) -> None:
        __tracebackhide__ = True
        self._ask(device, timeout, lambda at, name, t: at.cancel_observe(name, path, timeout=t))

    # how the platforms behave

    def switch(self, **switches: str) -> None:
        """Switch something on all platforms, as `--switch` does: `switch(refuse="4.03")`; an empty
        text is the usual value. EngineError, with the nearest name, for what cannot be."""
        __tracebackhide__ = True

        def switched() -> None:
            for cloud in self.platforms:
                for name, text in switches.items():
                    cloud.switches = set_switch(cloud.switches, name, text)

        self._call(switched)

    def declare(self, device: Declared) -> None:
        """Tell all platforms of a device, with its keys, as `--device` does."""

        def declared() -> None:
            for cloud in self.platforms:
                cloud.declare(device)

        self._call(declared)

    def forget(self, device: Named = None) -> None:
        """End the registration without telling the device: its next Update is answered 4.04."""
        name = self._name(device)

        def forgotten() -> None:
            cloud, state = self._known(name)
            cloud.forget(state.name)

        self._call(forgotten)

    # inside

    def _call(self, function: Callable[[], _Result]) -> _Result:
        __tracebackhide__ = True
        return self._scene.thread.call(function)

    def _run(self, coroutine: Coroutine[Any, Any, _Result]) -> _Result:
        __tracebackhide__ = True
        return self._scene.thread.run(coroutine)

    def _heard(self, event: Event) -> None:
        self._scene.note("", "cloud", describe(event))
        for listen in self.listeners:
            listen(event)

    def _name(self, device: Named) -> str:
        if isinstance(device, LabModem):
            return device.imei
        if device is not None:
            return device
        if len(self._modems) != 1:
            count = len(self._modems) or "no"
            raise LabError(f"which device? There are {count} modems; say it by device=")
        return self._modems[0].imei

    def _found(self, name: str) -> tuple[Cloud, DeviceState] | None:
        """Where a device is online, or was last."""
        known = [
            (cloud, state)
            for cloud in self.platforms
            for state in cloud.devices
            if name in (state.name, state.endpoint, identity(state.endpoint)[0])
        ]
        return next((each for each in known if each[1].online), known[-1] if known else None)

    def _device(self, name: str) -> DeviceState | None:
        found = self._found(name)
        return None if found is None else found[1]

    def _known(self, name: str) -> tuple[Cloud, DeviceState]:
        found = self._found(name)
        if found is None:
            raise UnknownDevice(f"{name} has never registered; cloud.registered() waits for that")
        return found

    def _state(
        self,
        device: Named,
        holds: Callable[[DeviceState], bool],
        timeout: float | None,
        what: str,
    ) -> DeviceState:
        __tracebackhide__ = True
        name = self._name(device)

        def found() -> DeviceState | None:
            state = self._device(name)
            return state if state is not None and holds(state) else None

        return self._scene.wait(found, timeout, lambda: f"{name} is {what}")

    def _reported(self, name: str, base: Path | None, after: int) -> str:
        """For people: what it has reported in the place of what is waited for."""
        if self._found(name) is None:
            return "it has never registered"
        if points := self._points(name, base, after):
            values = [repr(point.value) for point in points[-SHOWN:]]
            return f"it has reported {', '.join(values)}"
        paths = dict.fromkeys(str(point.path) for point in self._points(name, None, 0))
        if base is None or str(base) in paths or not paths:
            return "it has reported nothing" + (" more" if paths else "")
        return f"it has reported {', '.join(list(paths)[-SHOWN:])}"

    def _points(self, name: str, base: Path | None, after: int) -> list[Point]:
        found = self._found(name)
        if found is None:
            return []
        cloud, state = found
        return [point for point in cloud.points(state.name, base) if point.number > after]

    def _ask(
        self,
        device: Named,
        timeout: float | None,
        operation: Callable[[Cloud, str, float], Coroutine[Any, Any, _Result]],
    ) -> _Result:
        __tracebackhide__ = True
        name, limit = self._name(device), self._scene.loop_seconds(timeout)

        async def asked() -> _Result:
            cloud, state = self._known(name)
            return await operation(cloud, state.name, limit)

        try:
            return self._scene.thread.run(asked(), seconds=self._scene.seconds(timeout) + MARGIN)
        except CloudError as error:
            error.add_note(self._scene.tail().lstrip("\n"))
            raise error.with_traceback(None) from None
