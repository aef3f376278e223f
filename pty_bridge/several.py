"""Several ends of one line, as wires that are tied together.

Output goes to all of them; what any host writes goes to the module, in the order in which it comes
and not by whole lines. A sniffer gets what passes in both directions, and what it writes is lost.
"""

from collections.abc import Callable, Sequence

from pty_bridge.port import Dropped, LineSettings, ModuleSide, Port, PortReceiver

Opener = Callable[[PortReceiver], Port]


class SeveralPorts:
    """A port made of the ports that `ends` and `sniffers` open. `name` is that of the first end.

    To the receiver it is open while any end is. PortError as soon as one cannot be opened; then
    none is.
    """

    def __init__(
        self, receiver: PortReceiver, ends: Sequence[Opener], sniffers: Sequence[Opener] = ()
    ) -> None:
        self._receiver = receiver
        self._clients = 0
        self.ends: list[Port] = []
        self.sniffers: list[Port] = []
        try:
            for opener in ends:
                self.ends.append(opener(_Host(self)))
            for opener in sniffers:
                self.sniffers.append(opener(_Sniffer()))
        except BaseException:
            self.close()
            raise
        self.name = self.ends[0].name

    @property
    def dropped(self) -> Dropped:
        """Of all ends; what a sniffer misses does not count."""
        return Dropped(
            sum(port.dropped.absent for port in self.ends),
            sum(port.dropped.full for port in self.ends),
        )

    def write(self, data: bytes) -> None:
        for port in (*self.ends, *self.sniffers):
            port.write(data)

    def pause(self) -> None:
        for port in self.ends:
            port.pause()

    def resume(self) -> None:
        for port in self.ends:
            port.resume()

    def show(self, side: ModuleSide) -> None:
        for port in self.ends:
            port.show(side)

    def close(self) -> None:
        for port in (*self.ends, *self.sniffers):
            port.close()

    # from the ends

    def heard(self, data: bytes) -> None:
        for port in self.sniffers:
            port.write(data)
        self._receiver.data_received(data)

    def came(self) -> None:
        self._clients += 1
        if self._clients == 1:
            self._receiver.opened()

    def left(self) -> None:
        self._clients -= 1
        if not self._clients:
            self._receiver.closed()

    def set_up(self, settings: LineSettings) -> None:
        self._receiver.line_settings(settings)


class _Host:
    """The receiver of one end."""

    def __init__(self, line: SeveralPorts) -> None:
        self.data_received = line.heard
        self.opened, self.closed = line.came, line.left
        self.line_settings = line.set_up


class _Sniffer:
    """Does not listen."""

    def data_received(self, data: bytes) -> None: ...

    def opened(self) -> None: ...

    def closed(self) -> None: ...

    def line_settings(self, settings: LineSettings) -> None: ...
