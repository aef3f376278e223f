"""Device management and information reporting: what the server asks, and what it is told."""

from collections.abc import Callable

from lwm2m_core.block_option import wanted_size
from lwm2m_core.blocks import ASSEMBLED_LIMIT, Blocks
from lwm2m_core.bodies import Answer, Bodies
from lwm2m_core.client_outputs import (
    ClientOutput,
    NotificationAcked,
    NotificationLost,
    NotificationRejected,
    Received,
    Repeated,
)
from lwm2m_core.dispatch import MANNERS, Manners, judge
from lwm2m_core.endpoint import Acknowledged, Duplicate, Endpoint, GaveUp, Output, Rejected
from lwm2m_core.errors import EngineError
from lwm2m_core.message import Code, Message, Options, Type, options
from lwm2m_core.nothing import NOTHING
from lwm2m_core.objects import ObjectTree
from lwm2m_core.observations import UNACKNOWLEDGED_LIMIT, Observation, Observations
from lwm2m_core.operations import CancelObserve, Execute, Observe, Operation, Refusal, Write


class Management:
    """One session with one server. What it refuses by itself is in `dispatch`."""

    __slots__ = (
        "observations", "_tree", "_endpoint", "_emit", "_manners", "_observing", "_limit",
        "_blocks", "_bodies",
    )  # fmt: skip

    def __init__(
        self,
        tree: ObjectTree,
        endpoint: Endpoint,
        emit: Callable[[ClientOutput], None],
        assembled_limit: int = ASSEMBLED_LIMIT,
        manners: Manners = MANNERS,
    ) -> None:
        self.observations = Observations()
        self._tree = tree
        self._endpoint = endpoint
        self._emit = emit
        self._manners = manners
        self._observing: dict[int, Observe] = NOTHING
        self._limit = assembled_limit
        self._blocks: Blocks | None = None  # most servers send none
        self._bodies = Bodies()

    def requested(self, message: Message, now: float) -> None:
        """A new request: refused here, or handed to the owner."""
        # Its id may have been that of one which was left unanswered for EXCHANGE_LIFETIME.
        if self._observing or self._blocks is not None:
            self._forget(message.mid)
        kept = self._bodies.find(message, now)
        if kept is not None:
            self._answer(message.mid, kept, now)
            return
        operation = self._judged(message, now)
        if isinstance(operation, Refusal):
            extra = self._block_of(message.mid, operation.code)
            self._answer(message.mid, Answer(operation.code, extra), now)
            return
        if isinstance(operation, Observe):
            self._expect_answer(operation)
        elif isinstance(operation, CancelObserve):
            self.observations.cancel(operation.path)
        self._emit(Received(operation))

    def respond(
        self, mid: int, code: int, now: float, payload: bytes, content_format: int | None
    ) -> None:
        """Answer request `mid`; 2.05 to an Observe begins the observation (RFC 7641 4.1)."""
        observe = self._observing.get(mid)
        begins = observe is not None and code == Code.CONTENT
        number = self.observations.next_number() if begins else None
        extra = self._block_of(mid, code)
        headers = options(observe=number, content_format=content_format, extra=extra)
        answer = Answer(code, headers, payload)
        request = self._endpoint.waiting(mid)
        if request is not None:
            answer = self._bodies.cut(request, answer, now)
        self._answer(mid, answer, now)
        if observe is not None:
            self._forget_observe(mid)
        if observe is not None and begins and request is not None:
            size = wanted_size(request)
            self.observations.add(
                Observation(observe.path, observe.token, observe.mid, observe.accept, size)
            )

    def forget(self, mid: int) -> None:
        """Request `mid` gets no answer, ever (decision 32)."""
        self._forget(mid)
        self._endpoint.forget(mid)

    def _forget(self, mid: int) -> None:
        self._forget_observe(mid)
        if self._blocks is not None:
            self._blocks.forget(mid)

    def _forget_observe(self, mid: int) -> None:
        if mid in self._observing:
            del self._observing[mid]
            self._observing = self._observing or NOTHING

    def _block_of(self, mid: int, code: int) -> Options:
        """The option that goes with the answer to request `mid`."""
        return () if self._blocks is None else self._blocks.answered(mid, code)

    def notify(
        self,
        observation: Observation,
        payload: bytes,
        content_format: int | None,
        now: float,
        *,
        confirmable: bool,
        mid: int | None,
        type: Type | None,
        max_retransmit: int | None,
    ) -> int:
        """Send one notification and return its message id, to be noted by `sent`."""
        if self.observations.by_path(observation.path) != observation:
            raise EngineError(f"{observation.path} is not observed")
        if confirmable and self.observations.unacknowledged >= UNACKNOWLEDGED_LIMIT:
            raise EngineError(f"{UNACKNOWLEDGED_LIMIT} notifications are unacknowledged")
        headers = options(observe=self.observations.next_number(), content_format=content_format)
        answer = Answer(Code.CONTENT, headers, payload)
        answer = self._bodies.notify(observation, answer, now)
        return self._endpoint.notify(
            observation.token,
            answer.code,
            now,
            options=answer.options,
            payload=answer.payload,
            confirmable=confirmable,
            mid=mid,
            type=type,
            max_retransmit=max_retransmit,
        )

    def sent(self, mid: int, observation: Observation, *, confirmable: bool) -> None:
        """Notification `mid` has left; whatever had this id before has been settled."""
        self.observations.sent(mid, observation, confirmable=confirmable)

    def heard(self, output: Output) -> None:
        """The fate of a notification, or a repeated request."""
        match output:
            case Duplicate(message=message):
                self._repeated(message)
            case Acknowledged(mid=mid):
                self._acknowledged(mid)
            case GaveUp(mid=mid):
                self._gave_up(mid)
            case Rejected(mid=mid):
                self._rejected(mid)

    def _answer(self, mid: int, answer: Answer, now: float) -> None:
        self._endpoint.respond(
            mid, answer.code, now, options=answer.options, payload=answer.payload
        )

    def _repeated(self, message: Message) -> None:
        """The same request again, still unanswered: what was refused never comes here."""
        asked = None if self._blocks is None else self._blocks.asked(message.mid)
        operation = asked or judge(message, self._tree, self._manners)
        if not isinstance(operation, Refusal):
            self._emit(Repeated(operation))

    def _acknowledged(self, mid: int) -> None:
        if self.observations.settled(mid):
            self._emit(NotificationAcked(mid))

    def _gave_up(self, mid: int) -> None:
        """Nobody acknowledged `mid`; the observation stays (decision 42)."""
        if self.observations.settled(mid):
            self._emit(NotificationLost(mid))

    def _rejected(self, mid: int) -> None:
        """RST, to a CON or a NON notification: the observation ends (RFC 7641 3.6)."""
        was_notification, ended = self.observations.rejected(mid)
        if was_notification:
            self._emit(NotificationRejected(mid, ended))

    def _judged(self, message: Message, now: float) -> Operation | Refusal:
        operation = judge(message, self._tree, self._manners)
        if isinstance(operation, Write | Execute):
            self._blocks = self._blocks or Blocks(self._limit)
            return self._blocks.take(message, operation, now)
        if isinstance(operation, Observe) and not self.observations.has_room_for(operation.path):
            return Refusal(Code.SERVICE_UNAVAILABLE)
        return operation

    def _expect_answer(self, operation: Observe) -> None:
        """Only of requests still open is anything kept: Transmission.waiting_limit bounds it."""
        is_open = self._endpoint.is_open
        self._observing = {mid: o for mid, o in self._observing.items() if is_open(mid)}
        self._observing[operation.mid] = operation
