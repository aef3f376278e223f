"""A port whose bytes take their time, or come in pieces: the timers for what `flow` decides.

Both directions keep the rate; only output is cut. What the host writes faster than the line carries
waits with its system, which makes it wait; output waits here, up to BACKLOG_LIMIT.
"""

import asyncio
import random
from collections import deque
from collections.abc import Callable

from pty_bridge.flow import RANDOM_SIZES, Chunks, Flow, Sizes, Stream, is_rate
from pty_bridge.port import (
    BACKLOG_LIMIT,
    Dropped,
    LineSettings,
    ModuleSide,
    Port,
    PortReceiver,
)

FULL, EMPTY = 4096, 1024  # bytes of input under way at which reading stops, and goes on


class ShapedPort:
    """The port that `opener` opens, behind a line that behaves as `flow` says."""

    def __init__(
        self, receiver: PortReceiver, flow: Flow, opener: Callable[[PortReceiver], Port]
    ) -> None:
        self._loop = asyncio.get_running_loop()
        self._receiver, self._flow = receiver, flow
        self._out = _stream(flow.chunks)
        self._in = Stream()
        self._settings, self._side = LineSettings(), ModuleSide()
        self._dropped = Dropped()
        self._timers: dict[Stream, asyncio.TimerHandle] = {}
        self._came = self._gone = 0  # bytes of input, to keep what happened between them in place
        self._happenings: deque[tuple[int, Callable[[], None]]] = deque()
        self._paused = False
        self.inner = opener(self)
        self._set_rate()

    @property
    def name(self) -> str:
        return self.inner.name

    @property
    def dropped(self) -> Dropped:
        inner, ours = self.inner.dropped, self._dropped
        return Dropped(inner.absent + ours.absent, inner.full + ours.full)

    def write(self, data: bytes) -> None:
        if len(self._out) + len(data) > BACKLOG_LIMIT:
            self._dropped.full += len(data)
            return
        self._out.put(data, self._loop.time())
        self._send()

    def pause(self) -> None:
        self._paused = True
        self._disarm(self._in)
        self.inner.pause()

    def resume(self) -> None:
        self._paused = False
        self._hand_over()

    def show(self, side: ModuleSide) -> None:
        self._side = side
        self._set_rate()
        self.inner.show(side)

    def close(self) -> None:
        self._out.clear()
        self._in.clear()
        self._happenings.clear()
        self._disarm(self._out)
        self._disarm(self._in)
        self.inner.close()

    # from the port

    def data_received(self, data: bytes) -> None:
        self._came += len(data)
        self._in.put(data, self._loop.time())
        if len(self._in) > FULL:
            self.inner.pause()
        self._hand_over()

    def opened(self) -> None:
        self._in_its_place(self._receiver.opened)

    def closed(self) -> None:
        self._dropped.absent += self._out.clear()
        self._in_its_place(self._receiver.closed)

    def line_settings(self, settings: LineSettings) -> None:
        self._settings = settings
        self._set_rate()
        self._in_its_place(lambda: self._receiver.line_settings(settings))

    # time

    def _set_rate(self) -> None:
        """A rate that cannot be changes nothing."""
        if self._flow.baud is None:
            return
        for baud in (self._flow.baud, self._side.baud, self._settings.baud):
            if is_rate(baud):
                self._out.baud = self._in.baud = baud
                self._arm(self._out, self._send)
                self._arm(self._in, self._hand_over)
                return

    def _send(self) -> None:
        while piece := self._out.take(self._loop.time()):
            self.inner.write(piece)
        self._arm(self._out, self._send)

    def _hand_over(self) -> None:
        while not self._paused and (piece := self._in.take(self._loop.time())):
            self._tell(piece)
        if self._paused:
            return
        if len(self._in) <= EMPTY:
            self.inner.resume()
        self._arm(self._in, self._hand_over)

    def _in_its_place(self, happening: Callable[[], None]) -> None:
        """Behind the bytes that are under way."""
        if len(self._in):
            self._happenings.append((self._came, happening))
        else:
            happening()

    def _tell(self, piece: bytes) -> None:
        end = self._gone + len(piece)
        while self._happenings and self._happenings[0][0] <= end:
            place, happening = self._happenings.popleft()
            before, piece = piece[: place - self._gone], piece[place - self._gone :]
            if before:
                self._receiver.data_received(before)
            self._gone = place
            happening()
        if piece:
            self._receiver.data_received(piece)
        self._gone = end

    def _arm(self, stream: Stream, due: Callable[[], None]) -> None:
        self._disarm(stream)
        deadline = stream.deadline()
        if deadline is not None:
            self._timers[stream] = self._loop.call_at(deadline, due)

    def _disarm(self, stream: Stream) -> None:
        timer = self._timers.pop(stream, None)
        if timer is not None:
            timer.cancel()


def _stream(chunks: Chunks | None) -> Stream:
    if chunks is None:
        return Stream()
    return Stream(sizes=_sizes(chunks), whole=chunks.whole)


def _sizes(chunks: Chunks) -> Sizes | None:
    if chunks.size is not None:
        size = chunks.size
        return lambda: size
    if chunks.seed is None:
        return None
    chance = random.Random(chunks.seed)
    return lambda: chance.randint(*RANDOM_SIZES)
