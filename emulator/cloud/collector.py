"""Requests of a device whose body comes in blocks: a Register with many objects (RFC 7959 2.3)."""

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Final

from emulator.cloud.registration import BadRequest
from lwm2m_core.block_option import Block
from lwm2m_core.message import Code, Message, Option

BODY_LIMIT: Final = 1 << 16
"""Bytes of one body (chosen)."""

COLLECTED_LIMIT: Final = 64
"""Bodies that come in at a time, from all devices together; one more, and the one that has been
silent longest is forgotten: its next block gets 4.08 (chosen)."""

COLLECTED_LIFETIME: Final = 247.0
"""Seconds until a body of which nothing more comes is forgotten (RFC 7252 4.8.2)."""


@dataclass(frozen=True, slots=True)
class _Begun:
    body: bytes
    heard_at: float


class Collector:
    """A body belongs to whoever sends it, a method and a path."""

    def __init__(self) -> None:
        self._begun: dict[Hashable, _Begun] = {}  # the one heard last comes last

    def take(self, sender: Hashable, message: Message, now: float) -> Message | None:
        """A request as it is with its whole body; None: the answer is 2.31. BadRequest."""
        block = Block.of(message, Option.BLOCK1)
        if block is None:
            return message
        key = (sender, message.code, message.path)
        begun = self._begun.pop(key, None)
        if not block.holds(message.payload):
            raise BadRequest(Code.BAD_REQUEST, "a block of another size than it says")
        if block.number == 0:
            begun = _Begun(b"", now)
        if begun is None or begun.heard_at + COLLECTED_LIFETIME <= now:
            raise BadRequest(Code.REQUEST_ENTITY_INCOMPLETE, "a block without those before it")
        if block.start != len(begun.body):
            raise BadRequest(Code.REQUEST_ENTITY_INCOMPLETE, "blocks that do not follow")
        body = begun.body + message.payload
        if len(body) > BODY_LIMIT:
            raise BadRequest(Code.REQUEST_ENTITY_TOO_LARGE, f"more than {BODY_LIMIT} bytes")
        if not block.more:
            return message._replace(payload=body)
        self._begun[key] = _Begun(body, now)
        if len(self._begun) > COLLECTED_LIMIT:
            del self._begun[next(iter(self._begun))]
        return None
