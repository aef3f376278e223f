"""ClientHellos that wait until a handshake may begin: first come, first served."""

import logging
from dataclasses import dataclass

from transport.link import Address

log = logging.getLogger("mipl.dtls")


@dataclass(slots=True)
class _Waiting:
    data: bytes
    random: bytes
    heard_at: float


class Line:
    """At most `limit` wait, one for each address. `patience`: seconds after which somebody who has
    not repeated the ClientHello is taken to have gone (RFC 6347 4.2.4)."""

    def __init__(self, limit: int, patience: float) -> None:
        self._limit, self._patience = limit, patience
        self._waiting: dict[Address, _Waiting] = {}

    def __len__(self) -> int:
        return len(self._waiting)

    def join(self, source: Address, data: bytes, random: bytes, now: float) -> bool:
        """Wait at the end, or stay where one is; False if there is no room."""
        known = self._waiting.get(source)
        if known is None and len(self._waiting) >= self._limit:
            return False
        if known is None:
            self._waiting[source] = _Waiting(data, random, now)
        else:
            known.data, known.random, known.heard_at = data, random, now
        return True

    def first(self, now: float) -> tuple[bytes, Address, bytes] | None:
        """Who has waited longest leaves: the ClientHello, its address and its random bytes."""
        while self._waiting:
            source = next(iter(self._waiting))
            found = self._waiting.pop(source)
            if now < found.heard_at + self._patience:
                return found.data, source, found.random
            log.info("no DTLS session with %s:%d: gone while it waited", *source)
        return None

    def clear(self) -> None:
        self._waiting.clear()
