"""What waits for events: operations for their answer, tests and people for anything."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Final, TypeVar

from emulator.cloud.errors import CloudError, Offline, Rejected, TimedOut
from emulator.cloud.events import Event, Finished
from emulator.cloud.operations import Answer, Failure, describe

_Found = TypeVar("_Found")

_FAILURES: Final[Mapping[Failure, tuple[type[CloudError], str]]] = {
    "timeout": (TimedOut, "no answer in time"),
    "reset": (Rejected, "answered with a Reset"),
    "too large": (Rejected, "answered with a body that is too long"),
    "broken": (Rejected, "answered with blocks that do not follow one another"),
    "offline": (Offline, "the registration has ended"),
}


class Waiting:
    """Gets every event; after `close` everything that waits raises Offline."""

    def __init__(self) -> None:
        self._answers: dict[int, asyncio.Future[Answer]] = {}
        self._happened = asyncio.Event()
        self._closed = False

    def tell(self, event: Event) -> None:
        if isinstance(event, Finished) and event.number is not None:
            self._finish(event, self._answers.pop(event.number, None))
        self._happened.set()

    def expect(self, number: int) -> asyncio.Future[Answer]:
        """The answer to an operation of which nothing has been told yet, or why there is none."""
        future = self._answers[number] = asyncio.get_running_loop().create_future()
        return future

    async def until(self, what: str, timeout: float, found: Callable[[], _Found | None]) -> _Found:
        """What `found` returns once it is something; it is asked again after each event.
        TimedOut, with `what` was waited for, after `timeout` seconds."""
        try:
            async with asyncio.timeout(timeout):
                while (result := found()) is None:
                    if self._closed:
                        raise Offline("the cloud has been closed")
                    self._happened.clear()
                    await self._happened.wait()
                return result
        except TimeoutError:
            raise TimedOut(f"not within {timeout:g} s: {what}") from None

    def close(self) -> None:
        self._closed = True
        self._happened.set()
        for future in self._answers.values():
            if not future.done():
                future.set_exception(Offline("the cloud has been closed"))
        self._answers.clear()

    def _finish(self, event: Finished, future: asyncio.Future[Answer] | None) -> None:
        if future is None or future.done():  # cancelled by whoever waited
            return
        if isinstance(event.result, Answer):
            future.set_result(event.result)
        else:
            error, text = _FAILURES[event.result]
            future.set_exception(error(f"{event.device} {describe(event.operation)}: {text}"))
