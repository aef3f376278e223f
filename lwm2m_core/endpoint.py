"""The CoAP message layer between us and one peer, as client and as server (RFC 7252, RFC 7641)."""

from typing import Final, Literal

from lwm2m_core.codec import FormatError, decode, encode
from lwm2m_core.critical import bad_option, wants_proxy
from lwm2m_core.duplicates import Duplicates, Heard
from lwm2m_core.errors import EngineError
from lwm2m_core.message import Code, Message, Options, Type, code_text, is_request, is_response
from lwm2m_core.mids import MESSAGE_IDS
from lwm2m_core.nothing import NO_ITEMS
from lwm2m_core.outputs import (
    Acknowledged,
    Datagram,
    Duplicate,
    Failed,
    GaveUp,
    Output,
    Rejected,
    Request,
    Response,
)
from lwm2m_core.pending import EARLY_LIMIT, Early, Pending, PendingRequests, Rng
from lwm2m_core.sending import Due, Sender
from lwm2m_core.transmission import Transmission

__all__ = [
    "Acknowledged",
    "Datagram",
    "Duplicate",
    "Endpoint",
    "Failed",
    "GaveUp",
    "Output",
    "Rejected",
    "Request",
    "Response",
    "Rng",
    "Transmission",
]


_EMPTY: Final = int(Code.EMPTY)
_CON, _NON, _ACK, _RST = map(int, Type)
"""What is compared for every message; a look into an enumeration takes four times as long."""


class Endpoint:
    """One conversation. Methods that can send take `now`, in seconds of any steady clock; what came
    of a call is fetched with `outputs()` after it, and `handle_timeout` is due at `deadline()`.
    No Confirmable message waits for another (NSTART is the owner's affair). Asking for what cannot
    be raises EngineError; `receive` raises nothing."""

    __slots__ = ("_transmission", "_rng", "_sender", "_timers", "_requests", "_heard")

    def __init__(
        self, transmission: Transmission, rng: Rng, *, first_mid: int | None = None
    ) -> None:
        first = rng.randrange(MESSAGE_IDS) if first_mid is None else first_mid
        self._transmission: Final = transmission
        self._rng: Final = rng
        self._sender: Final = Sender(transmission, first)
        self._timers: Final = self._sender.timers
        self._requests: Final = PendingRequests()
        self._heard: Final = Duplicates(
            transmission.exchange_lifetime,
            transmission.duplicate_limit,
            strict=transmission.strict_duplicates,
        )

    # What the owner asks for.

    def request(
        self,
        code: int,
        now: float,
        *,
        options: Options = (),
        payload: bytes = b"",
        confirmable: bool = True,
        token: bytes | None = None,
    ) -> int:
        """Send a request and return its handle, which is its mid.

        It ends with one Response or Failed. With Observe 0 in `options` Responses go on until one
        is no notification (RFC 7641). A token still in use is taken over from its request, as
        cancelling an observation needs it; that request is stopped.
        """
        if not is_request(code):
            raise EngineError(f"{code_text(code)} is no request")
        if token is None:
            token = self._requests.fresh_token(self._transmission.token_length, self._rng)
        type = Type.CON if confirmable else Type.NON
        message = Message(type, code, self._fresh_mid(now), token, options, payload)
        pending = Pending(message.mid, token, observing=message.observe == 0)
        self._sender.send(message, now, request=pending)
        self._take_over(pending)
        if not confirmable:
            self._sender.await_answer(pending, now)
        return pending.handle

    def respond(
        self, mid: int, code: int, now: float, *, options: Options = (), payload: bytes = b""
    ) -> None:
        """Answer the peer's waiting request `mid`: in its ACK, separately if an ACK has gone out
        (Confirmable again), as NON if it came as NON (RFC 7252 section 5.2). A response that is not
        in the ACK has an id of its own, which is then `last_mid`."""
        heard = self._heard.waiting.get(mid)
        if heard is None or heard.request is None:
            raise EngineError(f"no request {mid} waits for an answer")
        if not is_response(code):
            raise EngineError(f"{code_text(code)} is no response")
        type, token = heard.request.type, heard.request.token
        if type == _CON and heard.reply is None:
            reply = encode(Message(_ACK, code, mid, token, options, payload))
            self._emit(Datagram(reply))
        else:
            own = Message(type, code, self._fresh_mid(now), token, options, payload)
            data = self._sender.send(own, now)
            reply = heard.reply or data  # a repeat gets the empty ACK again, or all of a NON
        if self._transmission.empty_ack_after is not None:
            self._timers.cancel((Due.EMPTY_ACK, mid))
        self._heard.settle(mid, reply)

    def notify(
        self,
        token: bytes,
        code: int,
        now: float,
        *,
        options: Options = (),
        payload: bytes = b"",
        confirmable: bool,
        mid: int | None = None,
        type: Type | None = None,
        max_retransmit: int | None = None,
    ) -> int:
        """Send a notification and return its mid. Token and Observe option are the owner's affair.

        A Confirmable one ends with Acknowledged, Rejected or GaveUp, others at most with Rejected.
        `mid` chooses the id; a message still under way with it is given up. `type` overrides
        `confirmable` for modules that notify in an ACK (quirk notify_type); `max_retransmit` 0
        sends a Confirmable one only once (quirk con_notify_once).
        """
        if not is_response(code) or type == _RST:
            raise EngineError(f"{code_text(code)} is no notification, nor is a Reset")
        if type is None:
            type = Type.CON if confirmable else Type.NON
        own = self._fresh_mid(now) if mid is None else mid
        message = Message(type, code, own, token, options, payload)
        self._sender.send(message, now, max_retransmit=max_retransmit)
        return own

    def ping(self, now: float) -> int:
        """Send an Empty Confirmable message (RFC 7252 section 4.3) and return its mid. It ends with
        Rejected, by a peer that is there, or GaveUp."""
        mid = self._fresh_mid(now)
        self._sender.send(Message(Type.CON, Code.EMPTY, mid), now)
        return mid

    def forget(self, mid: int) -> None:
        """Never answer the peer's request `mid`; its repeats yield nothing for exchange_lifetime
        (decision 32). Nothing happens if it does not wait."""
        if self.is_open(mid):
            self._timers.cancel((Due.EMPTY_ACK, mid))
            self._heard.settle(mid, None)

    def withdraw(self, mid: int, now: float) -> None:
        """Send message `mid` of ours no more: GaveUp for a notification, Failed for a request that
        is not answered all the same. Nothing happens if it is not under way."""
        self._sender.supersede(mid, now)

    def stop(self, handle: int) -> None:
        """End a request or observation of ours without an event. Its token is unknown from then on:
        what still comes with it is rejected. Nothing happens if it has ended already."""
        pending = self._requests.by_either.get(handle)
        if pending is not None:
            self._end(pending)

    def token_of(self, handle: int) -> bytes:
        """The token of a request of ours that has not ended."""
        return self._requests.by_either[handle].token

    def is_open(self, mid: int) -> bool:
        """Whether the peer's request `mid` waits for an answer."""
        return mid in self._heard.waiting

    def waiting(self, mid: int) -> Message | None:
        """The peer's request `mid`, while it waits for an answer."""
        heard = self._heard.waiting.get(mid)
        return None if heard is None else heard.request

    @property
    def is_busy(self) -> bool:
        """Whether anything is under way: an answer or an acknowledgement that is waited for here or
        by the peer."""
        return bool(self._sender.exchanges or self._requests.by_either or self._heard.waiting)

    @property
    def last_mid(self) -> int | None:
        """The id of the last message sent with an id of our own."""
        return self._sender.mids.last

    # What happens to the endpoint, and what comes of it.

    def receive(self, data: bytes, now: float) -> None:
        """Take one datagram of the peer."""
        try:
            message = decode(data)
        except FormatError as error:
            if error.type == Type.CON and error.mid is not None:
                self._sender.send_empty(Type.RST, error.mid)  # others in silence: RFC 7252 4.2, 4.3
            return
        type = message.type
        if type == _ACK:
            self._take_ack(message, now)
        elif type == _RST:
            self._take_reset(message, now)
        elif message.code == _EMPTY:
            if type == _CON:  # a ping; an Empty NON goes in silence: RFC 7252 4.3
                self._sender.send_empty(Type.RST, message.mid)
        elif heard := self._heard.find(message.mid, now):
            self._take_again(heard, data)
        elif is_request(message.code):
            self._take_request(message, data, now)
        else:
            self._take_response(message, data, now)

    def handle_timeout(self, now: float) -> None:
        """Do what is due, which may be nothing."""
        while due := self._timers.pop_due(now):
            match due:
                case (Due.RESEND, mid):
                    self._resend(mid, now)
                case (Due.ANSWER, handle):
                    self._fail(self._requests.by_either[handle], "timeout")
                case (Due.EMPTY_ACK, mid):
                    self._heard.waiting[mid].reply = self._sender.send_empty(Type.ACK, mid)

    def deadline(self) -> float | None:
        """When to call `handle_timeout`; None: not before something else happens."""
        return self._timers.deadline()

    def outputs(self) -> list[Output]:
        """What has come of the calls since the last time, in order."""
        drained, self._sender.outputs = self._sender.outputs, NO_ITEMS
        return drained or []

    # Receiving.

    def _take_again(self, heard: Heard, data: bytes) -> None:
        if not self._heard.is_repeat(heard, data):
            return
        if heard.reply is not None:
            self._emit(Datagram(heard.reply))
        if heard.request is not None:
            self._emit(Duplicate(heard.request))

    def _take_request(self, message: Message, data: bytes, now: float) -> None:
        bad = bad_option(message.options)
        if bad is not None and message.type == _NON:  # RFC 7252 5.4.1: rejected, not answered
            self._heard.add(message.mid, data, now, self._sender.send_empty(Type.RST, message.mid))
            return
        if len(self._heard.waiting) >= self._transmission.waiting_limit:
            return
        if self._transmission.empty_ack_after is not None:  # there may be one long out of date
            self._timers.cancel((Due.EMPTY_ACK, message.mid))
        self._heard.wait(message, data, now)
        if bad is not None:
            self.respond(message.mid, Code.BAD_OPTION, now, payload=b"option %d" % bad)
        elif wants_proxy(message.options):
            self.respond(message.mid, Code.PROXYING_NOT_SUPPORTED, now)
        else:
            self._present(message, now)

    def _present(self, request: Message, now: float) -> None:
        self._emit(Request(request))
        if self._transmission.empty_ack_after is not None and request.type == Type.CON:
            when = now + self._transmission.empty_ack_after
            self._timers.set((Due.EMPTY_ACK, request.mid), when)

    def _take_response(self, message: Message, data: bytes, now: float) -> None:
        """A response with an id of the peer's: separate, to a NON request, or a notification."""
        pending = self._requests.by_either.get(message.token)
        if pending is None or bad_option(message.options) is not None:
            self._heard.add(message.mid, data, now, self._sender.send_empty(Type.RST, message.mid))
            return
        ack = self._sender.send_empty(Type.ACK, message.mid) if message.type == Type.CON else None
        self._heard.add(message.mid, data, now, ack)
        handle = pending.handle_for(message)
        if handle != pending.handle:
            self._emit(Response(handle, message))
        elif self._may_be_early(pending, message):
            self._keep(pending, message)
        else:
            self._answered(pending, message)

    def _may_be_early(self, pending: Pending, message: Message) -> bool:
        """Whether this may be a notification that has overtaken the answer to its Observe: nothing
        has acknowledged that yet."""
        unheard = not pending.answered and pending.handle in self._sender.exchanges
        return unheard and pending.is_kept_by(message)

    def _keep(self, pending: Pending, message: Message) -> None:
        """Until the answer comes, for which the Observe is sent again once, or its empty ACK."""
        early = pending.early = pending.early or Early()
        early.messages.append(message)
        if len(early.messages) > EARLY_LIMIT:
            self._settle_for(early, pending)

    def _settle_for(self, early: Early, pending: Pending) -> None:
        """The first that came is the answer (RFC 7252 section 5.2.2)."""
        self._answered(pending, early.messages.pop(0))

    def _take_ack(self, message: Message, now: float) -> None:
        if is_response(message.code):
            self._take_piggybacked(message)
        elif message.code == _EMPTY and (exchange := self._sender.end(message.mid)):
            if exchange.request is None:
                self._emit(Acknowledged(message.mid))
            elif early := exchange.request.early:
                self._settle_for(early, exchange.request)
            else:
                self._sender.await_answer(exchange.request, now)

    def _take_piggybacked(self, message: Message) -> None:
        """Both mid and token must fit (RFC 7252 section 5.3.2); all else is ignored, and sending
        goes on."""
        pending = self._requests.by_either.get(message.token)
        if pending is None or pending.handle != message.mid or pending.answered:
            return
        if bad_option(message.options) is None:
            self._answered(pending, message)

    def _take_reset(self, message: Message, now: float) -> None:
        if message.code != Code.EMPTY:  # ignored: RFC 7252 section 4.2
            return
        exchange = self._sender.end(message.mid)
        pending = exchange.request if exchange else self._requests.by_either.get(message.mid)
        if (exchange and pending is None) or self._sender.mids.reject(message.mid, now):
            self._emit(Rejected(message.mid))
        elif pending is not None and not pending.answered:
            self._fail(pending, "reset")

    # Sending, and the ends of requests.

    def _resend(self, mid: int, now: float) -> None:
        exchange = self._sender.exchanges[mid]
        if exchange.request is not None and (early := exchange.request.early) is not None:
            if early.asked_again or not exchange.left:
                self._settle_for(early, exchange.request)
                return
            early.asked_again = True
        if lost := self._sender.resend(mid, now):
            self._fail(lost, "timeout")

    def _emit(self, output: Output) -> None:
        self._sender.tell(output)

    def _fresh_mid(self, now: float) -> int:
        return self._sender.mids.fresh(now, self._sender.exchanges, self._requests.by_either)

    def _answered(self, pending: Pending, response: Message) -> None:
        self._emit(Response(pending.handle, response))
        self._sender.settle(pending)
        if not pending.is_kept_by(response):
            self._requests.remove(pending)
        elif (early := pending.early) is not None:
            pending.early = None
            for message in early.after(response):
                self._emit(Response(pending.handle, message))

    def _end(self, pending: Pending) -> None:
        self._sender.settle(pending)
        self._requests.remove(pending)

    def _fail(self, pending: Pending, reason: Literal["timeout", "reset"]) -> None:
        self._end(pending)
        self._emit(Failed(pending.handle, reason))

    def _take_over(self, pending: Pending) -> None:
        older = self._requests.by_either.get(pending.token)
        if older is not None:
            pending.older = older.handle if older.observing and older.answered else None
            self._end(older)
        self._requests.add(pending)
