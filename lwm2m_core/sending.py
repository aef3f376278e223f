"""What leaves an endpoint: message ids, retransmission (RFC 7252 section 4.2), the other timers."""

from dataclasses import dataclass
from enum import IntEnum

from lwm2m_core.codec import encode
from lwm2m_core.message import Code, Message, Type
from lwm2m_core.mids import MessageIds
from lwm2m_core.nothing import NO_ITEMS, NOTHING
from lwm2m_core.outputs import Datagram, GaveUp, Output
from lwm2m_core.pending import Pending
from lwm2m_core.timers import Timers
from lwm2m_core.transmission import Transmission

_CON, _NON = int(Type.CON), int(Type.NON)


class Due(IntEnum):
    """What a timer is for; beside it stands our mid, our handle, the peer's mid."""

    RESEND = 1
    ANSWER = 2
    EMPTY_ACK = 3


@dataclass(slots=True)
class Exchange:
    """A Confirmable message under way: `data` goes out again at `due`, `left` more times, `span`
    being the pause before that. `request` is None for anything but a request."""

    data: bytes
    due: float
    span: float
    left: int
    request: Pending | None

    def postpone(self, now: float) -> None:
        """To the next transmission: twice the pause, counted from when this one was due and not
        from when it was done, so that delays do not add up. After a long sleep it is counted from
        now, lest everything missed goes out at once."""
        self.left -= 1
        self.span *= 2
        self.due = self.due + self.span if self.due + self.span > now else now + self.span


class Sender:
    """The endpoint's outgoing half, and its queue of outputs (drained by the owner after each call,
    so that it holds what one call caused)."""

    __slots__ = ("outputs", "timers", "mids", "exchanges", "_transmission")

    def __init__(self, transmission: Transmission, first_mid: int) -> None:
        self.outputs: list[Output] = NO_ITEMS
        self.timers: Timers[tuple[Due, int]] = Timers()
        self.mids = MessageIds(first_mid, transmission.exchange_lifetime)
        self.exchanges: dict[int, Exchange] = NOTHING
        self._transmission = transmission

    def tell(self, output: Output) -> None:
        """The owner is to know of it."""
        if self.outputs:
            self.outputs.append(output)
        else:
            self.outputs = [output]

    def send(
        self,
        message: Message,
        now: float,
        *,
        request: Pending | None = None,
        max_retransmit: int | None = None,
    ) -> bytes:
        """Send a message that has an id of our own, and again until it is acknowledged."""
        data = encode(message)
        rejectable = message.type == _NON and request is None
        if message.mid in self.exchanges:
            self.supersede(message.mid, now)
        self.mids.use(message.mid, now, rejectable=rejectable)
        if message.type == _CON:
            left = self._transmission.max_retransmit if max_retransmit is None else max_retransmit
            span = self._transmission.ack_timeout
            if not self.exchanges:
                self.exchanges = {}
            self.exchanges[message.mid] = Exchange(data, now + span, span, left, request)
            self.timers.set((Due.RESEND, message.mid), now + span)
        self.tell(Datagram(data))
        return data

    def send_empty(self, type: Type, mid: int) -> bytes:
        """Send an ACK or Reset for the peer's message `mid`."""
        data = encode(Message(type, Code.EMPTY, mid))
        self.tell(Datagram(data))
        return data

    def resend(self, mid: int, now: float) -> Pending | None:
        """Do what is due for a message under way; a request that is thereby lost is returned."""
        exchange = self.exchanges[mid]
        if exchange.left > 0:
            exchange.postpone(now)
            self.timers.set((Due.RESEND, mid), exchange.due)
            self.tell(Datagram(exchange.data))
            return None
        if exchange.request is None:
            self.end(mid)
            self.tell(GaveUp(mid))
        return exchange.request

    def end(self, mid: int) -> Exchange | None:
        """Send the message no more; None if it was not under way."""
        if mid not in self.exchanges:
            return None
        exchange = self.exchanges.pop(mid)
        self.exchanges = self.exchanges or NOTHING
        self.timers.cancel((Due.RESEND, mid))
        return exchange

    def settle(self, request: Pending) -> None:
        """Send it no more and await no answer; a separate response does here what an ACK does."""
        request.answered = True
        self.timers.cancel((Due.ANSWER, request.handle))
        exchange = self.exchanges.get(request.handle)
        if exchange is not None and exchange.request is request:
            self.end(request.handle)

    def await_answer(self, request: Pending, now: float) -> None:
        when = now + self._transmission.answer_timeout
        self.timers.set((Due.ANSWER, request.handle), when)

    def supersede(self, mid: int, now: float) -> None:
        """Send a message no more. A chosen id may be that of one under way, and an ACK could be for
        either, so the older one goes."""
        exchange = self.end(mid)
        if exchange is None:
            return
        if exchange.request is None:
            self.tell(GaveUp(mid))
        else:
            self.await_answer(exchange.request, now)  # its token still tells its answer
