"""The serial end before the firmware is up: cheap to import, so that its path is out early."""

from pty_bridge.port import LineSettings, Port, PortReceiver
from pty_bridge.ports import open_port

EARLY_LIMIT = 65536  # bytes that a host may write before the firmware is up; more are lost


class SerialEnd:
    """Opens a port and keeps what the host writes until somebody listens.

    `spec`: `pty:`, `pty:/path/of/a/link` or `memory:`. Needs a running asyncio loop.
    """

    def __init__(self, spec: str) -> None:
        self._early = bytearray()
        self._receiver: PortReceiver | None = None
        self.port: Port = open_port(spec, self)

    def attach(self, receiver: PortReceiver) -> None:
        """From now on `receiver` hears the host; what came before is handed to it first."""
        self._receiver = receiver
        early, self._early = bytes(self._early), bytearray()
        if early:
            receiver.data_received(early)

    def data_received(self, data: bytes) -> None:
        if self._receiver is None:
            self._early += data[: EARLY_LIMIT - len(self._early)]
        else:
            self._receiver.data_received(data)

    def opened(self) -> None:
        if self._receiver is not None:
            self._receiver.opened()

    def closed(self) -> None:
        if self._receiver is not None:
            self._receiver.closed()

    def line_settings(self, settings: LineSettings) -> None:
        if self._receiver is not None:
            self._receiver.line_settings(settings)
