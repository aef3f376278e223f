"""Operations on registered devices: one request at a time for each, the next after the answer.

OneNET's are that serial (MB 3), and RFC 7252 4.7 asks it of everybody (NSTART 1).
"""

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from itertools import islice
from typing import Final

from emulator.cloud.errors import Overloaded
from emulator.cloud.events import Event, Finished, Ready
from emulator.cloud.operations import (
    Answer,
    CancelObserve,
    Failure,
    Observe,
    Operation,
    Write,
    wire,
)
from emulator.cloud.peers import Peers
from emulator.cloud.session import Asked, Observation, Session, UnderWay
from lwm2m_core.block_option import LARGEST
from lwm2m_core.endpoint import Rng
from lwm2m_core.message import Message, is_success
from lwm2m_core.paths import Path
from lwm2m_core.timers import Timers
from lwm2m_core.transfers import Transfers

OPERATION_LIMIT: Final = 64
"""Operations asked for by people that wait for one device."""

ROUTINE_LIMIT: Final = 4096
"""Requests after a registration and its Updates that wait for one device, about twice what the
longest object list brings about (`LINK_LIMIT`); what is beyond is never asked (chosen)."""

TOKEN_LENGTH: Final = 4


@dataclass(frozen=True, slots=True)
class OperationDue:
    """The timer key of an operation."""

    number: int


class Downlink:
    """Sends operations and takes their answers. Events go to `tell`. Callers outside of
    `Peers.drain` drain the session's peer themselves. A Write that is longer than `block_size`
    goes out in blocks. A device in queue mode is asked only within `awake` seconds after it was
    heard, None for at any time; else what is asked waits until it is heard again, or its time is
    over."""

    def __init__(
        self, peers: Peers, timers: Timers[Hashable], rng: Rng, tell: Callable[[Event], None]
    ) -> None:
        self.block_size = LARGEST
        self.awake: float | None = None
        self._peers = peers
        self._timers = timers
        self._rng = rng
        self._tell = tell
        self._count = 0
        self._sessions: dict[int, Session] = {}
        self._tokens: dict[bytes, Session] = {}

    def follow(
        self, session: Session, operations: Iterable[Operation], timeout: float, now: float
    ) -> None:
        """Do what follows a registration or an Update; `Ready` is told when nothing is left."""
        room = ROUTINE_LIMIT - len(session.routine)
        session.routine.extend(
            self._entry(session, each, timeout, True) for each in islice(operations, room)
        )
        session.ready = False
        self._advance(session, now)

    def ask(self, session: Session, operation: Operation, timeout: float, now: float) -> int:
        """Do an operation after those that wait already, within `timeout` seconds from now.
        Overloaded if too many wait."""
        if len(session.asked) >= OPERATION_LIMIT:
            raise Overloaded(f"{OPERATION_LIMIT} operations wait for {session.device}")
        asked = self._entry(session, operation, timeout, False)
        session.asked.append(asked)
        self._timers.set(OperationDue(asked.number), now + timeout)
        self._advance(session, now)
        return asked.number

    def heard(self, session: Session, now: float) -> None:
        """The device listens, for it has sent something."""
        session.heard_at = now
        self._advance(session, now)

    def observer(self, token: bytes) -> Session | None:
        """Whose observation has this token."""
        return self._tokens.get(token)

    def answered(self, session: Session, handle: int, message: Message, now: float) -> Path | None:
        """Take a response. If it is a notification, the path that is observed is returned."""
        under_way = session.under_way
        if under_way is not None and under_way.handle == handle:
            self._take_answer(session, under_way, message)
            self._advance(session, now)
            return None
        observation = session.observations.get(handle)
        if observation is None:
            return None
        if not _is_notification(message):  # it ends the observation (RFC 7641 3.2)
            self._forget(session, handle)
        return observation.path

    def failed(self, session: Session, handle: int, reason: Failure, now: float) -> None:
        """The request will not be answered."""
        under_way = session.under_way
        if under_way is not None and under_way.handle == handle:
            self._finish(session, under_way.asked, reason)
            self._advance(session, now)

    def timed_out(self, number: int, now: float) -> Session:
        """The time of an operation is over. Returns whose it was."""
        session = self._sessions[number]
        under_way = session.under_way
        if under_way is not None and under_way.asked.number == number:
            self._transfers(session).stop(under_way.handle)
            self._finish(session, under_way.asked, "timeout")
            self._advance(session, now)
        else:
            asked = next(each for each in session.asked if each.number == number)
            session.asked.remove(asked)
            self._finish(session, asked, "timeout")
        return session

    def drop_observations(self, session: Session, paths: Iterable[Path]) -> None:
        """Forget what is observed at and below `paths`; notifications of it are rejected."""
        gone = tuple(paths)
        for handle, each in tuple(session.observations.items()):
            if any(path.covers(each.path) for path in gone):
                self._stop(session, handle)

    def end(self, session: Session) -> None:
        """The registration is over: nothing is observed any more, what waits fails."""
        if session.under_way is not None:
            self._transfers(session).stop(session.under_way.handle)
        for handle in tuple(session.observations):
            self._stop(session, handle)
        for asked in tuple(session.waiting()):
            self._finish(session, asked, "offline")
        session.routine.clear()
        session.asked.clear()

    # One operation, from its beginning to its end.

    def _entry(
        self, session: Session, operation: Operation, timeout: float, routine: bool
    ) -> Asked:
        request = wire(operation)  # where it cannot be said, nothing has happened yet
        self._count += 1
        self._sessions[self._count] = session
        return Asked(self._count, operation, request, timeout, routine)

    def _advance(self, session: Session, now: float) -> None:
        if session.under_way is not None:
            return
        if not session.routine and not session.ready:
            session.ready = True
            self._tell(Ready(session.device))
        if session.sleeps(self.awake, now):
            return
        asked = session.next()
        if asked is not None:
            self._start(session, asked, now)

    def _start(self, session: Session, asked: Asked, now: float) -> None:
        request = asked.request
        token = self._token(session, asked.operation)
        handle = self._transfers(session).request(
            request.code,
            now,
            options=request.options,
            payload=request.payload,
            token=token,
            block_size=self.block_size if isinstance(asked.operation, Write) else LARGEST,
        )
        session.under_way = UnderWay(asked, handle, token)
        if asked.routine:
            self._timers.set(OperationDue(asked.number), now + asked.timeout)

    def _token(self, session: Session, operation: Operation) -> bytes | None:
        """Tokens of observations are told apart over all devices, for they find a device that has
        changed its address. The token of others is the endpoint's affair."""
        if isinstance(operation, CancelObserve):
            handle = session.observation_of(operation.path)
            return None if handle is None else session.observations[handle].token
        if not isinstance(operation, Observe):
            return None
        token = self._rng.randbytes(TOKEN_LENGTH)
        while token in self._tokens:
            token = self._rng.randbytes(TOKEN_LENGTH)
        return token

    def _take_answer(self, session: Session, under_way: UnderWay, message: Message) -> None:
        operation = under_way.asked.operation
        if isinstance(operation, Observe) and _is_notification(message):
            older = session.observation_of(operation.path)
            if older is not None:
                self._stop(session, older)
            assert under_way.token is not None
            session.observations[under_way.handle] = Observation(operation.path, under_way.token)
            self._tokens[under_way.token] = session
        answer = Answer(message.code, message.content_format, message.payload)
        self._finish(session, under_way.asked, answer)

    def _finish(self, session: Session, asked: Asked, result: Answer | Failure) -> None:
        if session.under_way is not None and session.under_way.asked is asked:
            session.under_way = None
        if isinstance(asked.operation, CancelObserve):
            # The endpoint knows the token no more, whatever the device made of it.
            handle = session.observation_of(asked.operation.path)
            if handle is not None:
                self._stop(session, handle)
        self._timers.cancel(OperationDue(asked.number))
        del self._sessions[asked.number]
        number = None if asked.routine else asked.number
        self._tell(Finished(number, session.device, asked.operation, result))

    def _stop(self, session: Session, handle: int) -> None:
        self._transfers(session).stop(handle)
        self._forget(session, handle)

    def _forget(self, session: Session, handle: int) -> None:
        observation = session.observations.pop(handle)
        self._tokens.pop(observation.token, None)

    def _transfers(self, session: Session) -> Transfers:
        return self._peers.transfers(session.peer)


def _is_notification(message: Message) -> bool:
    return is_success(message.code) and message.observe is not None
