"""Platforms side by side in one process: a cloud of each, and one HTTP server for all."""

from collections.abc import Iterable, Iterator
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from emulator.cloud.service import Cloud
from emulator.web.routes import Mount
from lwm2m_core.errors import EngineError

if TYPE_CHECKING:
    from emulator.web.server import HttpApi


class Platforms:
    """Clouds by name; entering them starts the HTTP calls, leaving closes everything.

    A cloud listens when it is first asked for (`opened`) or told to (`Cloud.open`). EngineError for
    two clouds of one name. `further`: other calls that the same server answers.
    """

    def __init__(
        self,
        clouds: Iterable[Cloud],
        *,
        host: str = "127.0.0.1",
        http_port: int = 0,
        further: tuple[Mount[Any], ...] = (),
    ) -> None:
        self._further = further
        self._clouds: dict[str, Cloud] = {}
        for cloud in clouds:
            if self._clouds.setdefault(cloud.manner.name, cloud) is not cloud:
                raise EngineError(f"two platforms are called {cloud.manner.name}")
        self._http_at = host, http_port
        self._http: HttpApi | None = None

    def __iter__(self) -> Iterator[Cloud]:
        return iter(self._clouds.values())

    def __getitem__(self, name: str) -> Cloud:
        return self._clouds[name]

    async def opened(self, number: int) -> Cloud:
        """The platform that AT+MIPLCFG calls by this number (manual 4.1), listening. OSError if
        there is none, or its port is taken."""
        for cloud in self:
            if cloud.manner.platform == number:
                await cloud.open()
                return cloud
        raise OSError(f"no local platform has the number {number} of AT+MIPLCFG")

    @property
    def http_url(self) -> str:
        """Where the HTTP calls are, without a slash at the end; empty until they are started."""
        return "" if self._http is None else self._http.url

    async def __aenter__(self) -> Self:
        from emulator.cloud.calls import mounts_of
        from emulator.web.server import HttpApi  # aiohttp takes 0.2 s to import

        platforms = mounts_of(self._clouds) if self._clouds else ()
        self._http = await HttpApi.start((*platforms, *self._further), *self._http_at)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        for cloud in self:
            await cloud.close()
        if self._http is not None:
            await self._http.close()
