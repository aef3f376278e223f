"""What the peer sent lately, so that each message is processed once (RFC 7252 section 4.5)."""

from dataclasses import dataclass
from hashlib import blake2b
from typing import Final

from lwm2m_core.message import Message
from lwm2m_core.nothing import NOTHING, with_room

DIGEST_BYTES: Final = 16
"""Enough that no two datagrams share a digest by chance; a whole datagram may have 64 KiB."""


@dataclass(slots=True)
class Heard:
    """A Confirmable or Non-confirmable message of the peer. `reply` is the datagram that a repeat
    gets, None for silence; `request` is set while it is a request that waits; `digest` is that of
    the datagram, where repeats must be identical."""

    request: Message | None
    until: float
    digest: bytes
    reply: bytes | None = None


class Duplicates:
    """The messages heard within `lifetime` seconds, at most `limit`, and the requests waiting.

    There is no timer: whatever has expired goes when the next message comes. When `limit` is
    reached the oldest goes early; a repeat of it would be taken for a new message, so the limit
    must exceed what a peer sends between two transmissions of one message.
    A waiting request keeps its place in `waiting` until it is answered or forgotten, however long
    that takes and however many messages come meanwhile; after `lifetime` its id is the peer's to
    use for another request, which then takes that place.
    """

    __slots__ = ("waiting", "_strict", "_lifetime", "_limit", "_heard")

    def __init__(self, lifetime: float, limit: int, *, strict: bool = False) -> None:
        self.waiting: dict[int, Heard] = NOTHING
        self._strict = strict
        self._lifetime = lifetime
        self._limit = limit
        self._heard: dict[int, Heard] = NOTHING

    def find(self, mid: int, now: float) -> Heard | None:
        heard = self._heard.get(mid) or self.waiting.get(mid)
        return heard if heard is not None and heard.until > now else None

    def add(self, mid: int, data: bytes, now: float, reply: bytes | None = None) -> Heard:
        """Remember a message that `find` did not know."""
        self._expire(now)
        if len(self._heard) >= self._limit:
            del self._heard[next(iter(self._heard))]
        digest = _digest(data) if self._strict else b""
        self._heard = with_room(self._heard)
        heard = self._heard[mid] = Heard(None, now + self._lifetime, digest, reply)
        return heard

    def is_repeat(self, heard: Heard, data: bytes) -> bool:
        """Whether a datagram with the id of `heard` is the same again: by its id alone, or, where
        `strict`, by every byte (decision 50)."""
        return not self._strict or heard.digest == _digest(data)

    def wait(self, message: Message, data: bytes, now: float) -> None:
        """Remember a request that is to be answered."""
        heard = self.add(message.mid, data, now)
        heard.request = message
        if not self.waiting:
            self.waiting = {}
        self.waiting[message.mid] = heard

    def settle(self, mid: int, reply: bytes | None) -> None:
        """The request waits no longer; its repeats get `reply`."""
        heard = self.waiting.pop(mid)
        self.waiting = self.waiting or NOTHING
        heard.request = None
        heard.reply = reply

    def _expire(self, now: float) -> None:
        while self._heard:
            mid, heard = next(iter(self._heard.items()))
            if heard.until > now:
                return
            del self._heard[mid]
        self._heard = NOTHING


def _digest(data: bytes) -> bytes:
    return blake2b(data, digest_size=DIGEST_BYTES).digest()
