"""The update of one module's own firmware: delivered, kept, installed (manual 3.3 note).

Pure, and shaped like the client: requests, datagrams and `now` come in, `outputs()` and
`deadline()` go out. Whatever may happen stands in `states.TRANSITIONS`.
"""

from collections.abc import Callable
from dataclasses import dataclass

from emulator.fota.package import STORAGE_LIMIT, Package, unpack
from emulator.fota.states import Event, Result, State, follow
from emulator.in_force import InForce
from emulator.transmission import transmission_of
from lwm2m_core.client_outputs import LinkOutput
from lwm2m_core.download import Download, Downloaded, DownloadFailed, Progress, Reason
from lwm2m_core.endpoint import Rng
from lwm2m_core.message import Code
from lwm2m_core.timers import earliest

NOTHING = (b"", b"\0")
"""What resets the update, as Package and as Package URI (LwM2M 1.0 E.6, resource 3)."""

# Why there is no file -> the result that says so (LwM2M 1.0 E.6, resource 5). To a server that will
# not go on the connection is lost; a body whose blocks do not fit together is not whole (chosen).
RESULTS: dict[Reason, Result] = {
    "invalid URI": Result.INVALID_URI,
    "unsupported scheme": Result.PROTOCOL,
    "refused": Result.CONNECTION_LOST,
    "too large": Result.NO_STORAGE,
    "broken": Result.INTEGRITY,
    "timeout": Result.CONNECTION_LOST,
    "link": Result.CONNECTION_LOST,
}
CLIENT_ERRORS = range(0x80, 0xA0)  # 4.xx: there is no such file for us (RFC 7252 5.9.2)


@dataclass(frozen=True, slots=True)
class Install:
    """The module is to start again with the firmware of `version`, which ends with `installed`."""

    version: str


UpdateOutput = LinkOutput | Install


class Update:
    """One module's. The requests answer with a code; how a delivery or an installation went is told
    by `state` and `result` alone.

    `streams` is asked once, for the first download.
    """

    __slots__ = (
        "uri", "package", "_download", "_install_at", "_outputs", "state", "result", "_model",
        "_in_force", "_streams", "_rng",
    )  # fmt: skip

    def __init__(self, model: str, in_force: InForce, streams: Callable[[str], Rng]) -> None:
        self.state, self.result = State.IDLE, Result.INITIAL
        self.uri = ""
        self.package: Package | None = None
        self._model, self._in_force, self._streams = model, in_force, streams
        self._rng: Rng | None = None
        self._download: Download | None = None
        self._install_at: float | None = None
        self._outputs: tuple[UpdateOutput, ...] = ()

    # What the platform asks.

    def write_package(self, body: bytes, now: float) -> Code:
        """All of a package; an empty one resets (1.0-int-755)."""
        if body in NOTHING:
            return self._reset(now)
        if not self._begins_or_goes_on():
            return Code.METHOD_NOT_ALLOWED
        if len(body) > STORAGE_LIMIT:
            return self._too_large()
        self._delivered(body)
        return Code.CHANGED

    def package_arrives(self, received: int) -> Code:
        """`received` bytes of a package are there, and it goes on: 2.31, or why it does not."""
        if not self._begins_or_goes_on():
            return Code.METHOD_NOT_ALLOWED
        return Code.CONTINUE if received <= STORAGE_LIMIT else self._too_large()

    def write_uri(self, uri: str, now: float) -> Code:
        """Where to fetch a package; an empty one resets (1.0-int-756)."""
        if uri.encode("utf-8", "surrogateescape") in NOTHING:
            return self._reset(now)
        if not self._go(Event.DELIVERY):
            return Code.METHOD_NOT_ALLOWED
        self.uri = uri
        self._download = self._fetch(uri)
        self._download.start(now)
        self._pump()
        return Code.CHANGED

    def execute(self, now: float) -> Code:
        """Install what is there (1.0-int-770, 772)."""
        if not self._go(Event.UPDATE):
            return Code.METHOD_NOT_ALLOWED
        self._install_at = now + self._in_force.quirks.fota_install_s
        return Code.CHANGED

    def package_stops(self) -> None:
        """Nothing more comes of a package that was being written."""
        if self._download is None:
            self._go(Event.DELIVERY_FAILED, Result.CONNECTION_LOST)

    def delivery_stops(self, now: float) -> None:
        """The session is over: what was on its way is lost."""
        self._drop_download(now)
        self._go(Event.DELIVERY_FAILED, Result.CONNECTION_LOST)

    def restart(self, now: float) -> None:
        """The module starts anew. Only what is whole outlives that; an installation that was cut
        short has failed (chosen)."""
        self.delivery_stops(now)
        self._install_at = None
        self._go(Event.NOT_INSTALLED)

    def installed(self) -> None:
        """The module has the new firmware, and no use for the package any more."""
        self._go(Event.INSTALLED)
        self.uri, self.package = "", None

    # What the network and the clock bring.

    @property
    def is_awake(self) -> bool:
        """Whether it hears what comes over its link: always."""
        return True

    def link_up(self, link: int, now: float) -> None:
        if self._download is not None:
            self._download.link_up(link, now)
            self._pump()

    def link_lost(self, link: int, reason: str, now: float) -> None:
        if self._download is not None:
            self._download.link_lost(link, reason, now)
            self._pump()

    def send_failed(self, link: int, now: float) -> None:
        if self._download is not None:
            self._download.send_failed(link, now)

    def datagram_received(self, link: int, data: bytes, now: float) -> None:
        if self._download is not None:
            self._download.datagram_received(link, data, now)
            self._pump()

    def handle_timeout(self, now: float) -> None:
        if self._download is not None:
            self._download.handle_timeout(now)
            self._pump()
        if self._install_at is not None and self._install_at <= now:
            self._install_at = None
            self._install()

    def deadline(self) -> float | None:
        """When handle_timeout() is due."""
        if self._download is None:
            return self._install_at
        return earliest(self._download.deadline(), self._install_at)

    def outputs(self) -> tuple[UpdateOutput, ...]:
        """All that has come about since the last call, in order."""
        drained, self._outputs = self._outputs, ()
        return drained

    # Inside.

    def _go(self, event: Event, failure: Result | None = None) -> bool:
        after = follow(self.state, event, failure)
        if after is None:
            return False
        self.state, self.result = after
        return True

    def _begins_or_goes_on(self) -> bool:
        """Whether a package may be written: there is none, and none is being fetched."""
        pushed = self.state is State.DOWNLOADING and self._download is None
        return pushed or self._go(Event.DELIVERY)

    def _reset(self, now: float) -> Code:
        if not self._go(Event.RESET):
            return Code.METHOD_NOT_ALLOWED
        self._drop_download(now)
        self.uri, self.package = "", None
        return Code.CHANGED

    def _too_large(self) -> Code:
        self._fail(Result.NO_STORAGE)
        return Code.REQUEST_ENTITY_TOO_LARGE

    def _delivered(self, body: bytes) -> None:
        """All of it is there, whatever it is."""
        package = unpack(body)
        if isinstance(package, Result):
            self._fail(package)
        else:
            self.package = package
            self._go(Event.DELIVERED)

    def _fail(self, result: Result) -> None:
        self._go(Event.DELIVERY_FAILED, result)

    def _drop_download(self, now: float) -> None:
        if self._download is not None:
            self._download.cancel(now)
            self._pump()
            self._download = None

    def _pump(self) -> None:
        assert self._download is not None
        for output in self._download.outputs():
            match output:
                case Downloaded(body):
                    self._download = None
                    self._delivered(body)
                case DownloadFailed(reason, code):
                    self._download = None
                    self._fail(_result(reason, code))
                case Progress():
                    pass
                case _:
                    self._outputs += (output,)

    def _fetch(self, uri: str) -> Download:
        self._rng = self._rng or self._streams("download")
        transmission = transmission_of(self._in_force.quirks)
        return Download(uri, self._rng, transmission=transmission, body_limit=STORAGE_LIMIT)

    def _install(self) -> None:
        """What is for another model is refused before anything is changed."""
        assert self.package is not None
        if self.package.model != self._model:
            self._go(Event.NOT_INSTALLED)
            return
        self._outputs += (Install(self.package.version),)


def _result(reason: Reason, code: int | None) -> Result:
    if code is not None and code in CLIENT_ERRORS:
        return Result.INVALID_URI
    return RESULTS[reason]
