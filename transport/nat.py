"""A NAT between module and platform, which forgets who has not been heard of (RFC 4787 4.3)."""

import asyncio
from collections.abc import Callable

from transport.link import Link


class Nat:
    """The binding of one link: it lives as long as datagrams pass, and `seconds` more. `aged` is
    called for each datagram that comes too late."""

    def __init__(self, seconds: float, aged: Callable[[], None]) -> None:
        self._seconds, self._aged = seconds, aged
        self._loop = asyncio.get_running_loop()
        self.bind()

    def bind(self) -> None:
        self._used = self._loop.time()

    def sender(self, inner: Link) -> Callable[[bytes], None]:
        """What sends over `inner`, from another port if the binding is gone."""

        def send(data: bytes) -> None:
            if self._is_gone():
                inner.rebind()
            self.bind()
            inner.send(data)

        return send

    def gate(self, deliver: Callable[[bytes], None]) -> Callable[[bytes], None]:
        """What hands on to `deliver` as long as there is a binding."""

        def arrive(data: bytes) -> None:
            if self._is_gone():
                self._aged()
                return
            self.bind()
            deliver(data)

        return arrive

    def _is_gone(self) -> bool:
        return self._loop.time() - self._used >= self._seconds
