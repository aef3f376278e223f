"""The bootstrap server of a platform, without sockets and clocks (LwM2M 1.0 5.2).

A device asks for it; it gets what `BootstrapManner` says, each request after the previous answer,
and then the finish. The engine is fed and drained like `Server`.
"""

from collections import deque
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Final

from emulator.cloud.admission import Admission
from emulator.cloud.errors import Overloaded
from emulator.cloud.events import BootstrapFailed, Bootstrapped, Event, RegistrationRefused
from emulator.cloud.manners import BootstrapManner, Handout
from emulator.cloud.operations import Answer, Failure, Wire
from emulator.cloud.peers import Peer, PeerDue, Peers, Send
from emulator.cloud.registration import AS_TOLD, BadRequest, auth_code_of, endpoint_of
from lwm2m_core.endpoint import Failed, Request, Response, Rng, Transmission
from lwm2m_core.formats import Entry, encode_entries
from lwm2m_core.message import Code, ContentFormat, Message, is_success, options
from lwm2m_core.outputs import Output as EndpointOutput
from lwm2m_core.paths import Path
from lwm2m_core.timers import Timers
from lwm2m_core.values import ResourceType, Value

ATTEMPT_LIMIT: Final = 256
"""Bootstraps under way at one time; a further one is answered 5.03."""

HandoutFor = Callable[[str, Peer, float], Handout]
"""What an endpoint name gets that asks from an address at a time: for a platform that makes a new
key each time (decision 51). Overloaded."""


@dataclass(frozen=True, slots=True)
class _Step:
    text: str
    request: Wire
    must_succeed: bool = True


@dataclass(slots=True)
class _Attempt:
    """A bootstrap under way; `step` is the request that the device has to answer now."""

    endpoint: str
    handout: Handout
    steps: deque[_Step]
    step: _Step | None = None
    handle: int = -1


class BootstrapServer:
    """`refuse` is the code that every request gets; `handout_for` overrides the manner's handout;
    `admission` says who may ask, everybody if None."""

    def __init__(
        self,
        manner: BootstrapManner,
        transmission: Transmission,
        rng: Rng,
        handout_for: HandoutFor | None = None,
        admission: Admission | None = None,
    ) -> None:
        self.refuse: int | None = None
        self._admission = admission
        self._manner = manner
        self._handout_for = handout_for or (lambda endpoint, peer, now: manner.handout)
        self._timers: Timers[Hashable] = Timers()
        self._outputs: list[Send | Event] = []
        self._peers = Peers(transmission, rng, self._timers, self._outputs.append, self._take)
        self._attempts: dict[Peer, _Attempt] = {}

    def datagram_received(self, data: bytes, peer: Peer, now: float) -> None:
        self._peers.receive(data, peer, now)

    def handle_timeout(self, now: float) -> None:
        while due := self._timers.pop_due(now):
            if isinstance(due, PeerDue):
                self._peers.handle_timeout(due.peer, now)

    def deadline(self) -> float | None:
        return self._timers.deadline()

    def outputs(self) -> list[Send | Event]:
        drained = self._outputs.copy()
        self._outputs.clear()
        return drained

    def _take(self, peer: Peer, output: EndpointOutput, now: float) -> None:
        match output:
            case Request(message):
                self._take_request(peer, message, now)
            case Response(handle, message):
                answer = Answer(message.code, message.content_format, message.payload)
                self._take_result(peer, handle, answer, now)
            case Failed(handle, reason):
                self._take_result(peer, handle, reason, now)

    def _take_request(self, peer: Peer, message: Message, now: float) -> None:
        endpoint = self._peers[peer]
        if message.path != ("bs",) or message.code != Code.POST:
            known = Code.METHOD_NOT_ALLOWED if message.path == ("bs",) else Code.NOT_FOUND
            endpoint.respond(message.mid, known, now)
            return
        try:
            name = endpoint_of(message)
            if self.refuse is not None:
                raise BadRequest(self.refuse, AS_TOLD)
            if self._admission is not None:
                self._admission.check(name, auth_code_of(message))
        except BadRequest as error:
            endpoint.respond(message.mid, error.code, now)
            self._outputs.append(RegistrationRefused(peer, error.code, str(error)))
            return
        self._abandon(peer)  # a device that asks again begins anew
        if len(self._attempts) >= ATTEMPT_LIMIT:
            endpoint.respond(message.mid, Code.SERVICE_UNAVAILABLE, now)
            return
        try:
            handout = self._handout_for(name, peer, now)
        except Overloaded:
            endpoint.respond(message.mid, Code.SERVICE_UNAVAILABLE, now)
            return
        endpoint.respond(message.mid, Code.CHANGED, now)
        self._begin(peer, name, handout, now)

    def _begin(self, peer: Peer, name: str, handout: Handout, now: float) -> None:
        self._attempts[peer] = _Attempt(name, handout, deque(_steps(self._manner, handout)))
        self._peers.keep(peer)
        self._next(peer, self._attempts[peer], now)

    def _next(self, peer: Peer, attempt: _Attempt, now: float) -> None:
        if not attempt.steps:
            self._abandon(peer)
            self._outputs.append(Bootstrapped(attempt.endpoint, attempt.handout.uri))
            return
        attempt.step = attempt.steps.popleft()
        request = attempt.step.request
        attempt.handle = self._peers.transfers(peer).request(
            request.code, now, options=request.options, payload=request.payload
        )

    def _take_result(self, peer: Peer, handle: int, result: Answer | Failure, now: float) -> None:
        attempt = self._attempts.get(peer)
        if attempt is None or attempt.handle != handle or attempt.step is None:
            return
        succeeded = isinstance(result, Answer) and is_success(result.code)
        refused = isinstance(result, Answer) and not attempt.step.must_succeed
        if succeeded or refused:
            self._next(peer, attempt, now)
        else:
            self._abandon(peer)
            self._outputs.append(BootstrapFailed(attempt.endpoint, attempt.step.text, result))

    def _abandon(self, peer: Peer) -> None:
        attempt = self._attempts.pop(peer, None)
        if attempt is not None:
            self._peers.transfers(peer).stop(attempt.handle)
            self._peers.release(peer)


def _steps(manner: BootstrapManner, handout: Handout) -> list[_Step]:
    """CIS modules answer 4.04 to what is not object 0, and refuse to delete (MB 2.5); that is no
    reason to give up."""
    steps = [_delete(path) for path in manner.deletes]
    steps.append(_write(Path(0, 0), _security(handout)))
    if manner.server_object:
        server = _server(handout.short_id, manner.lifetime)
        steps.append(_write(Path(1, 0), server, must_succeed=False))
    finish = Wire(Code.POST, options(path=("bs",)))
    return [*steps, _Step("POST /bs", finish)]


def _delete(path: str) -> _Step:
    segments = tuple(filter(None, path.split("/")))
    return _Step(f"DELETE {path}", Wire(Code.DELETE, options(path=segments)), must_succeed=False)


def _write(path: Path, entries: tuple[Entry, ...], *, must_succeed: bool = True) -> _Step:
    payload = encode_entries(ContentFormat.TLV, path, entries)
    opts = options(path=map(str, path.ids), content_format=ContentFormat.TLV)
    return _Step(f"PUT {path}", Wire(Code.PUT, opts, payload), must_succeed)


def _security(handout: Handout) -> tuple[Entry, ...]:
    """Object 0, with the resources that MB 2.5 lists."""
    rows: tuple[tuple[int, ResourceType, Value], ...] = (
        (0, ResourceType.STRING, handout.uri),
        (1, ResourceType.BOOLEAN, False),
        (2, ResourceType.INTEGER, handout.mode),
        (3, ResourceType.OPAQUE, handout.identity),
        (4, ResourceType.OPAQUE, b""),
        (5, ResourceType.OPAQUE, handout.key),
        (10, ResourceType.INTEGER, handout.short_id),
        (11, ResourceType.INTEGER, 0),
    )
    return tuple(Entry(Path(0, 0, resource), type_, value) for resource, type_, value in rows)


def _server(short_id: int, lifetime: int) -> tuple[Entry, ...]:
    """Object 1: short server id, lifetime, notification storing off, binding U."""
    rows: tuple[tuple[int, ResourceType, Value], ...] = (
        (0, ResourceType.INTEGER, short_id),
        (1, ResourceType.INTEGER, lifetime),
        (6, ResourceType.BOOLEAN, False),
        (7, ResourceType.STRING, "U"),
    )
    return tuple(Entry(Path(1, 0, resource), type_, value) for resource, type_, value in rows)
