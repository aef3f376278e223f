"""Our own requests, from the sending to the last response (RFC 7252 section 5.3)."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, Protocol

from lwm2m_core.errors import EngineError
from lwm2m_core.message import Message, is_success
from lwm2m_core.nothing import NOTHING


class Rng(Protocol):
    """The part of random.Random that the engine draws from."""

    def randrange(self, stop: int, /) -> int: ...

    def randbytes(self, n: int, /) -> bytes: ...


EARLY_LIMIT: Final = 8
"""Notifications that may overtake the answer to their Observe; with one more the first of them is
taken for the answer (chosen)."""

_NUMBERS: Final = 1 << 24  # an Observe option has three bytes (RFC 7641 section 2)


@dataclass(slots=True)
class Early:
    """What came with the token of an Observe before the peer had acknowledged it: a separate
    response whose acknowledgement is late, or notifications that have overtaken the answer.
    `asked_again`: the Observe has been sent once more since."""

    messages: list[Message] = field(default_factory=list)
    asked_again: bool = False

    def after(self, answer: Message) -> Iterator[Message]:
        """From the oldest on, as the Observe options tell (RFC 7641 sections 3.4 and 4.4)."""
        first = answer.observe or 0

        def age(message: Message) -> int:
            half = _NUMBERS >> 1
            return ((message.observe or 0) - first + half) % _NUMBERS - half

        yield from sorted(self.messages, key=age)


@dataclass(slots=True)
class Pending:
    """A request whose token is known: until it is answered or, `observing`, until that ends.

    `older` is the observation that had the token before and that this request cancels or renews
    (RFC 7641 sections 3.1 and 3.6).
    """

    handle: int
    token: bytes
    observing: bool
    answered: bool = False
    older: int | None = None
    early: Early | None = None

    def is_kept_by(self, response: Message) -> bool:
        """Whether further notifications will follow (RFC 7641 section 3.2)."""
        return self.observing and is_success(response.code) and response.observe is not None

    def handle_for(self, response: Message) -> int:
        """Whose response a separate message is: a notification under way while its observation is
        being cancelled is still the observation's."""
        if self.older is None or self.observing or response.observe is None:
            return self.handle
        return self.older


class PendingRequests:
    """All of them, by handle and by token: `by_either` has both kinds of keys, for a dictionary of
    its own takes 250 bytes."""

    __slots__ = ("by_either",)

    def __init__(self) -> None:
        self.by_either: dict[int | bytes, Pending] = NOTHING

    def __len__(self) -> int:
        return len(self.by_either) // 2

    def add(self, pending: Pending) -> None:
        if not self.by_either:
            self.by_either = {}
        self.by_either[pending.handle] = self.by_either[pending.token] = pending

    def remove(self, pending: Pending) -> None:
        del self.by_either[pending.handle], self.by_either[pending.token]
        self.by_either = self.by_either or NOTHING

    def fresh_token(self, length: int, rng: Rng) -> bytes:
        """A random token that no request has; EngineError if there is none of that length."""
        if len(self) >= 256**length:
            raise EngineError(f"every token of {length} bytes is in use")
        token = rng.randbytes(length)
        while token in self.by_either:
            token = rng.randbytes(length)
        return token
