"""Long bodies of ours, kept while the peer fetches them: Block2, as its sender (RFC 7959 2.4)."""

from dataclasses import replace
from typing import Final
from zlib import crc32

from lwm2m_core.block_option import LARGEST, Block
from lwm2m_core.frozen import frozen
from lwm2m_core.message import Code, Message, Option, Options, is_success, uint_bytes
from lwm2m_core.nothing import NOTHING
from lwm2m_core.observations import Observation

KEPT_LIMIT: Final = 4
"""Bodies kept at a time. One more, and the one that nobody has asked for longest goes: for its next
block the owner is asked again (chosen; one server reads one thing after another)."""

KEPT_LIFETIME: Final = 247.0
"""Seconds until a body that nobody asks for any more is forgotten (RFC 7252 4.8.2,
EXCHANGE_LIFETIME)."""

_BLOCK2: Final = int(Option.BLOCK2)

_OF_THE_FIRST: Final = frozenset({Option.OBSERVE, Option.BLOCK1})
"""Later blocks are answers to requests without either (RFC 7959 2.6, 3.3)."""

_Key = tuple[int, tuple[str, ...], int | None]


@frozen
class Answer:
    """What a request gets; `options` in any order."""

    code: int
    options: Options = ()
    payload: bytes = b""


@frozen
class _Kept:
    """`whole` has the options that every block of it carries, its ETag among them."""

    whole: Answer
    asked_at: float


class Bodies:
    """A body belongs to the method, the path and the Accept of its request, for nothing else of a
    request changes what we answer. It replaces an older one, which the peer sees by its ETag (RFC
    7959 2.4)."""

    __slots__ = ("_kept",)

    def __init__(self) -> None:
        self._kept: dict[_Key, _Kept] = NOTHING  # the one asked for last comes last

    def find(self, request: Message, now: float) -> Answer | None:
        """The answer to a new request that asks for a later block, or for one that cannot be; None
        if the owner has to be asked.

        A body that is gone is made anew for a GET. Anything else would be done twice, so it is
        4.08, and the peer begins again (chosen).
        """
        if request.option(_BLOCK2) is None:
            return None
        block = Block.of(request, Option.BLOCK2)
        if block is None:
            return None
        if block.size > LARGEST:
            return Answer(Code.BAD_REQUEST)
        if block.number == 0:
            return None
        self._expire(now)
        kept = self._kept.pop(_key(request), None) if self._kept else None
        if kept is not None:
            self._keep(_key(request), kept.whole, now)
            return _block(kept.whole, block, request)
        return None if request.code == Code.GET else Answer(Code.REQUEST_ENTITY_INCOMPLETE)

    def cut(self, request: Message, answer: Answer, now: float) -> Answer:
        """The block that is asked for of the owner's answer; all of it, if it is short and no size
        is asked for."""
        if len(answer.payload) <= LARGEST and request.option(_BLOCK2) is None:
            return answer
        block = Block.of(request, Option.BLOCK2)
        if block is None:
            if len(answer.payload) <= LARGEST:
                return answer
            block = Block.at(0, LARGEST)
        if not is_success(answer.code) or not (answer.payload or block.number):
            return answer
        if len(answer.payload) > block.size:
            answer = self._begin(_key(request), answer, now)
        return _block(answer, block, request)

    def notify(self, observation: Observation, answer: Answer, now: float) -> Answer:
        """A notification, or its first block: a GET without Observe fetches the rest (RFC 7959
        2.6)."""
        size = observation.block_size
        if len(answer.payload) <= size:
            return answer
        path = tuple(map(str, observation.path.ids))
        whole = self._begin((Code.GET, path, observation.accept), answer, now)
        return _block(whole, Block.at(0, size))

    def _begin(self, key: _Key, answer: Answer, now: float) -> Answer:
        """Keep the body. Its ETag is made of its bytes, so that one made anew has the same."""
        self._expire(now)
        etag = crc32(answer.payload).to_bytes(4, "big")
        whole = replace(answer, options=(*answer.options, (Option.ETAG, etag)))
        later = tuple(each for each in whole.options if each[0] not in _OF_THE_FIRST)
        if key in self._kept:
            del self._kept[key]
        self._keep(key, replace(whole, options=later), now)
        return whole

    def _keep(self, key: _Key, whole: Answer, now: float) -> None:
        if not self._kept:
            self._kept = {}
        self._kept[key] = _Kept(whole, now)
        if len(self._kept) > KEPT_LIMIT:
            del self._kept[next(iter(self._kept))]

    def _expire(self, now: float) -> None:
        old = [key for key, kept in self._kept.items() if kept.asked_at + KEPT_LIFETIME <= now]
        for key in old:
            del self._kept[key]


def _key(request: Message) -> _Key:
    return request.code, request.path, request.accept


def _block(whole: Answer, block: Block, request: Message | None = None) -> Answer:
    """One block, and the size of the body if the request has Size2 (RFC 7959 4). A number beyond
    the end is 4.00."""
    end = block.start + block.size
    if 0 < block.start >= len(whole.payload):
        return Answer(Code.BAD_REQUEST)
    extra = [Block.at(block.start, block.size, more=end < len(whole.payload)).option(Option.BLOCK2)]
    if request is not None and request.option(Option.SIZE2) is not None:
        extra.append((Option.SIZE2, uint_bytes(len(whole.payload))))
    return Answer(whole.code, (*whole.options, *extra), whole.payload[block.start : end])
