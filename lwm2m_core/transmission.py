"""The parameters of the message layer (RFC 7252 section 4.8)."""

from dataclasses import dataclass

from lwm2m_core.errors import EngineError


@dataclass(frozen=True, slots=True)
class Transmission:
    """How an endpoint sends and what it keeps. Times are seconds.

    A Confirmable message goes out again T, 3T, 7T, 15T after the first time and is given up at 31T,
    where T is `ack_timeout` and there is no jitter (decision 28; RFC 7252 section 4.2).
    `answer_timeout`: a request of ours fails when it was acknowledged, or sent as NON, and no
    answer has come for so long.
    `empty_ack_after`: a request of the peer not answered by then gets an empty ACK, and its answer
    travels separately; None withholds the ACK until the answer (decision 31).
    `duplicate_limit`: messages of the peer remembered; see Duplicates for what is lost beyond.
    `waiting_limit`: requests of the peer unanswered at one time. A further one is dropped, as if
    it had been lost on the way, so that the peer tries again.
    `strict_duplicates`: an id heard before with other bytes gets no answer (decision 50); without
    it the id alone makes a repeat.
    """

    ack_timeout: float = 2.0
    max_retransmit: int = 4
    exchange_lifetime: float = 247.0
    answer_timeout: float = 247.0
    empty_ack_after: float | None = None
    token_length: int = 4
    duplicate_limit: int = 1024
    waiting_limit: int = 256
    strict_duplicates: bool = False

    def __post_init__(self) -> None:
        if self.ack_timeout <= 0 or self.max_retransmit < 0 or not 0 <= self.token_length <= 8:
            raise EngineError(f"no way to send: {self}")
        if self.duplicate_limit < 1 or self.waiting_limit < 1:
            raise EngineError(f"no room for a single message: {self}")
