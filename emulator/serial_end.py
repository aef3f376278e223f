"""The serial end before the firmware is up: cheap to import, so that its path is out early."""

from collections.abc import Callable
from functools import partial

from pty_bridge.flow import Flow
from pty_bridge.port import LineSettings, Port, PortReceiver
from pty_bridge.ports import PortSpec, open_port

PLAIN = Flow()
EARLY_LIMIT = 65536  # bytes that a host may write before the firmware is up; more are lost

Spec = str | PortSpec


class SerialEnd:
    """Opens the ends of one modem and keeps what the host writes until somebody listens.

    `specs` as in `pty_bridge.ports.parse_spec`, several for several at once; `sniffers` only see
    what passes. `flow`: at what rate and in which pieces bytes pass, but to sniffers. `taps` hear
    what the host writes, before the module does. Needs a running asyncio loop.
    """

    __slots__ = (
        "_early", "_flow", "_receiver", "_occupied", "_settings", "taps", "names", "sniffers",
        "port",
    )  # fmt: skip

    def __init__(
        self, *specs: Spec, sniffers: tuple[Spec, ...] = (), flow: Flow | None = None
    ) -> None:
        self._early = b""
        self._flow = flow or PLAIN
        self._receiver: PortReceiver | None = None
        self._occupied = False
        self._settings: LineSettings | None = None
        self.taps: tuple[Callable[[bytes], None], ...] = ()
        self.names: tuple[str, ...] = ()
        self.sniffers: tuple[str, ...] = ()
        self.port = self._opened(specs, sniffers)

    def _opened(self, specs: tuple[Spec, ...], sniffers: tuple[Spec, ...]) -> Port:
        if len(specs) == 1 and not sniffers:
            port = self._open(specs[0], self)
            self.names = (port.name,)
            return port
        from pty_bridge.several import SeveralPorts

        several = SeveralPorts(
            self,
            [partial(self._open, spec) for spec in specs],
            [partial(open_port, spec) for spec in sniffers],
        )
        self.names = tuple(end.name for end in several.ends)
        self.sniffers = tuple(end.name for end in several.sniffers)
        return several

    def _open(self, spec: Spec, receiver: PortReceiver) -> Port:
        if self._flow.is_plain:
            return open_port(spec, receiver)
        from pty_bridge.shaped import ShapedPort

        return ShapedPort(receiver, self._flow, partial(open_port, spec))

    def attach(self, receiver: PortReceiver) -> None:
        """From now on `receiver` hears the host; what came before is told and handed to it."""
        self._receiver = receiver
        if self._occupied:
            receiver.opened()
        if self._settings is not None:
            receiver.line_settings(self._settings)
        early, self._early = self._early, b""
        if early:
            receiver.data_received(early)

    def data_received(self, data: bytes) -> None:
        for tap in self.taps:
            tap(data)
        if self._receiver is None:
            self._early += data[: EARLY_LIMIT - len(self._early)]
        else:
            self._receiver.data_received(data)

    def opened(self) -> None:
        self._occupied = True
        if self._receiver is not None:
            self._receiver.opened()

    def closed(self) -> None:
        self._occupied = False
        if self._receiver is not None:
            self._receiver.closed()

    def line_settings(self, settings: LineSettings) -> None:
        self._settings = settings
        if self._receiver is not None:
            self._receiver.line_settings(settings)
