"""HTTP APIs as tables of calls, how each says what came of one, and what its calls act on."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from emulator.web.calls import Call, Given
from emulator.web.fields import Json
from emulator.web.openapi import Section

S = TypeVar("S")

Handler = Callable[[S, Given], Awaitable[Json]]
"""Carries a call out on the subject of its API and returns its data. FieldError, or one of the
API's `refusals`."""


class Texts(Protocol):
    """An asynchronous iterator; `close` may come at any time, also before the first text."""

    def __aiter__(self) -> AsyncIterator[str]: ...

    def close(self) -> None: ...


Stream = Callable[[S, Given], Texts]
"""Texts for a WebSocket, until the reader goes or there are no more. The call itself raises what a
Handler raises."""


@dataclass(frozen=True, slots=True)
class Route(Generic[S]):
    """`stream` is what the call gives to who asks for a WebSocket."""

    call: Call
    handle: Handler[S]
    stream: Stream[S] | None = None


@dataclass(frozen=True, slots=True)
class Failure:
    """The HTTP status and the body of a call that fails."""

    status: int
    envelope: Json


@dataclass(frozen=True, slots=True)
class Api(Generic[S]):
    """Calls whose paths begin with `root`. `success` wraps the data of a call, None for none;
    `failure` tells of a FieldError, of `refusals`, and what else its handlers raise; `unserved` of
    an HTTP status that no call is answered with, and why. Bodies have at most `body_limit`
    bytes."""

    root: str
    section: Section
    routes: tuple[Route[S], ...]
    success: Callable[[Json], Json]
    failure: Callable[[Exception], Failure]
    refusals: tuple[type[Exception], ...]
    unserved: Callable[[int, str], Json]
    body_limit: int


@dataclass(frozen=True, slots=True)
class Listing:
    """For people: what an API's calls are about, row by row."""

    title: str
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Mount(Generic[S]):
    """An API with the subject that its calls act on."""

    api: Api[S]
    subject: S
    listings: Callable[[S], Iterable[Listing]] = lambda subject: ()
