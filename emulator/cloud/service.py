"""A platform that runs: engines on listeners, operations to be awaited.

    async with Cloud("ctwing") as cloud:
        ...  # a device registers at cloud.server_address
        await cloud.registered(imei)
        await cloud.write(imei, "/19/1/0", b"4567")

All of it belongs to the event loop that entered it; many tasks of that loop may use it at once.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from types import TracebackType
from typing import TYPE_CHECKING, Self

from emulator.cloud.admission import Declared
from emulator.cloud.answers import links_in, points_in, value_in
from emulator.cloud.awaited import Awaited, points_below
from emulator.cloud.doors import Doors
from emulator.cloud.errors import Refused
from emulator.cloud.events import BootstrapFailed, Event, RegistrationRefused, describe
from emulator.cloud.history import Noted
from emulator.cloud.kept import Drop, KeepDeclared
from emulator.cloud.manners import Manner, manner_of
from emulator.cloud.memory import Memory
from emulator.cloud.operations import (
    Answer,
    CancelObserve,
    Discover,
    Execute,
    Observe,
    Operation,
    Read,
    WriteAttributes,
    conditions,
)
from emulator.cloud.operations import describe as describe_operation
from emulator.cloud.points import Point
from emulator.cloud.registry import DeviceState
from emulator.cloud.requests import reads_of, write_of
from emulator.cloud.site import Place, Site
from emulator.cloud.switches import Switches
from emulator.cloud.waiting import Waiting
from emulator.seeds import new_seed, stream
from lwm2m_core.endpoint import Rng
from lwm2m_core.errors import EngineError
from lwm2m_core.formats.link import Link
from lwm2m_core.message import is_success
from lwm2m_core.paths import Path, path_of
from lwm2m_core.values import Value
from transport.dtls.session import DtlsSettings
from transport.link import Address, ListenerOpener, Tap
from transport.udp import listen_udp

if TYPE_CHECKING:
    from emulator.cloud.state import State
    from emulator.web.server import HttpApi

PATIENCE = 30.0
"""Seconds, by the loop's clock, that the waiting methods wait unless told otherwise."""

log = logging.getLogger("mipl.cloud")

FAILED_LOGINS = BootstrapFailed, RegistrationRefused  # logged as warnings: the module says 3 or 7


class Cloud:
    """A platform in the running event loop.

    `manner` is a `Manner` or the name of one in `MANNERS`; EngineError for another name.
    `host` is numeric; ports are free ones unless given. `seed` makes all that chance decides the
    same in every run; None for a new one, which the attribute `seed` then tells. `listen` opens
    the listeners: UDP, or the `listen` of a `MemoryNetwork`, with which all of it runs in virtual
    time; `dtls` is how those over DTLS do it.
    `on_event` hears of every event; `events.describe` puts them into words. `tap` sees every
    datagram, as it is inside of DTLS. `http` starts the HTTP calls.
    `timeout` takes the place of the manner's; `zero`: what time it was when the loop's clock stood
    at 0, in seconds since 1970; the real time if None, or 2026-01-01 where that clock jumps.
    `state` is where the platform finds what it knew, and puts what it learns; with it, the cloud is
    made in its loop. StateError.

    A device is named by its IMEI or its endpoint name; a path is text or a `Path`. Operations wait
    for the device's answer, `timeout` seconds (the manner's if None), and raise a `CloudError` if
    there is none or it is not 2.xx.
    """

    def __init__(
        self,
        manner: Manner | str = "onenet",
        *,
        host: str = "127.0.0.1",
        bootstrap_port: int = 0,
        server_port: int = 0,
        secure_bootstrap_port: int = 0,
        secure_server_port: int = 0,
        http: bool = False,
        http_port: int = 0,
        seed: int | None = None,
        listen: ListenerOpener = listen_udp,
        dtls: DtlsSettings | None = None,
        switches: Switches | None = None,
        on_event: Callable[[Event], None] | None = None,
        tap: Tap | None = None,
        timeout: float | None = None,
        zero: float | None = None,
        state: "State | None" = None,
    ) -> None:
        self.manner = manner_of(manner) if isinstance(manner, str) else manner
        if timeout is not None:
            self.manner = replace(self.manner, operation_timeout=timeout)
        ports = server_port, bootstrap_port, secure_server_port, secure_bootstrap_port
        place = Place(host, *ports, listen, dtls or DtlsSettings(), tap)
        self.seed = new_seed() if seed is None else seed
        switches = switches or Switches()
        self._site = Site(self.manner, place, switches, self._stream, self._tell, self.declare)
        self._server = self._site.server
        self._http_at = (host, http_port) if http else None
        self._on_event = on_event
        self._waiting = Waiting()
        self._awaited = Awaited(self._server, self._waiting)
        self._memory = Memory(self._server, self._now, zero=zero, state=state)
        self._http: HttpApi | None = None

    # Its life.

    async def __aenter__(self) -> Self:
        try:
            await self.open()
            if self._http_at is not None:
                from emulator.cloud.calls import mounts_of
                from emulator.web.server import HttpApi  # aiohttp takes 0.2 s to import

                self._http = await HttpApi.start(
                    mounts_of({self.manner.name: self}), *self._http_at
                )
        except BaseException:
            await self.close()
            raise
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.close()

    async def open(self) -> None:
        """Listen for devices; entering the platform does so. OSError if a port is taken. May be
        repeated."""
        log.debug("%s: seed %d", self.manner.name, self.seed)
        await self._site.open()

    async def close(self) -> None:
        """Stop at once; devices are told nothing. What waits raises Offline. May be repeated."""
        self._waiting.close()
        self._site.close()
        if self._http is not None:
            await self._http.close()

    @property
    def doors(self) -> Doors:
        """Where devices get in; nowhere before `open`."""
        return self._site.doors

    @property
    def server_address(self) -> Address:
        """Where devices register. EngineError before `open`."""
        if self.doors.server is None:
            raise EngineError(f"{self.manner.name} does not listen yet")
        return self.doors.server

    @property
    def bootstrap_address(self) -> Address | None:
        """Where devices bootstrap; None if they cannot here, and before `open`."""
        return self.doors.bootstrap

    @property
    def http_url(self) -> str | None:
        """Where the HTTP calls are, without a slash at the end; None if they are not started."""
        return None if self._http is None else self._http.url

    @property
    def switches(self) -> Switches:
        """As they are now: a pick of the next so many datagrams counts down."""
        return self._site.switches

    @switches.setter
    def switches(self, switches: Switches) -> None:
        self._site.switches = switches

    @property
    def listens(self) -> bool:
        """Whether it has been opened."""
        return self.doors.server is not None

    def identify(self, endpoint: str) -> tuple[str, str]:
        """The name of a device and its IMSI, which may be empty, by its endpoint name."""
        return self._server.admission.identify(endpoint)

    # Devices and what they report.

    @property
    def devices(self) -> tuple[DeviceState, ...]:
        """All that have ever registered here, in the order of their first registration."""
        return self._server.devices()

    def device(self, name: str) -> DeviceState:
        """UnknownDevice if it has never registered here."""
        return self._server.device(name)

    def points(self, name: str, path: Path | str | None = None) -> tuple[Point, ...]:
        """The latest data points that a device has reported, at or below `path`, oldest first."""
        return points_below(self._server.points(name), _optional(path))

    def resources(self, name: str) -> tuple[Path, ...]:
        """What the device is known to have, ascending: its objects and instances, and the resources
        that it has listed or reported. UnknownDevice."""
        return self._memory.catalog.paths(self.device(name).name)

    def events(self, after: int = 0, name: str | None = None) -> tuple[Noted, ...]:
        """The latest events with numbers above `after`, of one device or of all."""
        device = None if name is None else self.identify(name)[0]
        return self._memory.history.since(after, device)

    async def happened(
        self, after: int = 0, name: str | None = None, *, timeout: float = PATIENCE
    ) -> tuple[Noted, ...]:
        """As `events`, but waits until there is one. TimedOut."""
        what = f"{name or 'something'} happens"
        return await self._waiting.until(what, timeout, lambda: self.events(after, name) or None)

    def wall(self, at: float) -> float:
        """A time of the loop's clock in seconds since 1970."""
        return self._memory.wall(at)

    def wall_now(self) -> float:
        """What time it is, in seconds since 1970."""
        return self.wall(self._now())

    def forget(self, name: str) -> None:
        """End a registration without telling the device: its next Update is answered 4.04."""
        self._server.forget(name, self._now())
        self._site.settle()

    def delete(self, name: str) -> None:
        """Forget all of a device: its next Update is answered 4.04, and it may register anew if the
        platform is not strict. UnknownDevice."""
        self._server.delete(name, self._now())
        self._memory.keep(Drop(self.identify(name)[0]))
        self._site.settle()

    @property
    def declared(self) -> tuple[Declared, ...]:
        """The devices that the platform was told of, in the order in which that was done."""
        return tuple(self._server.admission)

    def declare(self, device: Declared) -> None:
        """Tell the platform of a device, which counts where `strict_devices` is switched on; what
        was declared of it before holds no longer. Overloaded."""
        self._server.admission.declare(device)
        self._memory.keep(KeepDeclared(device))

    def welcome(self, identity: bytes, key: bytes, *, bootstrap: bool) -> None:
        """Let a device in over DTLS that has this key, unless it is declared with another one or
        the platform is strict."""
        bootstrap = bootstrap and self.manner.bootstrap is not None
        self._site.keys.welcome("bootstrap" if bootstrap else "server", identity, key)

    async def registered(self, name: str, *, timeout: float = PATIENCE) -> DeviceState:
        """Wait until a device is registered. TimedOut."""
        return await self._awaited.state(name, "registered", lambda state: state.online, timeout)

    async def ready(self, name: str, *, timeout: float = PATIENCE) -> DeviceState:
        """Wait until all that follows a registration is done. TimedOut."""
        return await self._awaited.state(name, "ready", lambda state: state.ready, timeout)

    async def notified(
        self, name: str, path: Path | str | None = None, *, timeout: float = PATIENCE
    ) -> Point:
        """The next data point at or below `path` that this method has not returned before for this
        name and path; waits for it. TimedOut."""
        return await self._awaited.point(name, _optional(path), timeout)

    # Operations.

    async def ask(self, name: str, operation: Operation, *, timeout: float | None = None) -> Answer:
        """Any operation; any 2.xx answer."""
        number = self._server.ask(name, operation, self._now(), timeout=timeout)
        future = self._waiting.expect(number)
        self._site.settle()
        answer = await future
        if not is_success(answer.code):
            raise Refused(f"{name} {describe_operation(operation)}", answer.code)
        return answer

    async def read(self, name: str, path: Path | str, *, timeout: float | None = None) -> Value:
        """The value of one resource. Unreadable if the answer has none or several."""
        points = await self.read_all(name, path, timeout=timeout)
        return value_in(points, name, path)

    async def read_all(
        self, name: str, path: Path | str, *, timeout: float | None = None
    ) -> tuple[Point, ...]:
        """The values at and below a path, in the order in which the device sends them.

        Where the manner reads an object by its instances, all of them within `timeout`."""
        seconds = self.manner.operation_timeout if timeout is None else timeout
        end = self._now() + seconds
        points: list[Point] = []
        for base in reads_of(self.manner, path_of(path), self._server.objects(name)):
            answer = await self.ask(name, Read(base), timeout=end - self._now())
            points += points_in(answer, name, base, self._now())
        return tuple(points)

    async def write(
        self,
        name: str,
        path: Path | str,
        value: Value | Mapping[int, Value],
        *,
        replace: bool = False,
        timeout: float | None = None,
    ) -> None:
        """Write one resource, or several of an object instance: `{5750: "abcd", 5500: True}`.
        EngineError for a value that no resource can hold."""
        operation = write_of(self.manner, path_of(path), value, replace=replace)
        await self.ask(name, operation, timeout=timeout)

    async def execute(
        self, name: str, path: Path | str, arguments: str = "", *, timeout: float | None = None
    ) -> None:
        await self.ask(name, Execute(path_of(path), arguments), timeout=timeout)

    async def discover(
        self, name: str, path: Path | str, *, timeout: float | None = None
    ) -> tuple[Link, ...]:
        answer = await self.ask(name, Discover(path_of(path)), timeout=timeout)
        return links_in(answer, name, path)

    async def observe(
        self, name: str, path: Path | str, *, timeout: float | None = None, **conditions: float
    ) -> None:
        """Observe a path; conditions (`pmin=5, gt=30.5`) are written first (decision 49)."""
        base = path_of(path)
        if conditions:
            await self.write_attributes(name, base, timeout=timeout, **conditions)
        await self.ask(name, Observe(base), timeout=timeout)

    async def write_attributes(
        self, name: str, path: Path | str, *, timeout: float | None = None, **attributes: float
    ) -> None:
        operation = WriteAttributes(path_of(path), conditions(attributes))
        await self.ask(name, operation, timeout=timeout)

    async def cancel_observe(
        self, name: str, path: Path | str, *, timeout: float | None = None
    ) -> None:
        await self.ask(name, CancelObserve(path_of(path)), timeout=timeout)

    # Inside.

    def _stream(self, name: str) -> Rng:
        return stream(self.seed, f"{self.manner.name} {name}")

    def _tell(self, event: Event) -> None:
        level = logging.WARNING if isinstance(event, FAILED_LOGINS) else logging.INFO
        if log.isEnabledFor(level):
            log.log(level, "%s: %s", self.manner.name, describe(event))
        self._memory.learn(event)
        self._waiting.tell(event)
        if self._on_event is not None:
            # Not from inside: it may ask for something, or fail.
            asyncio.get_running_loop().call_soon(self._on_event, event)

    def _now(self) -> float:
        return asyncio.get_running_loop().time()


def _optional(path: Path | str | None) -> Path | None:
    return None if path is None else path_of(path)
