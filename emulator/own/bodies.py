"""Bodies in blocks for the module's own objects, put together from what the engine passes on."""

from dataclasses import dataclass, field

from lwm2m_core.blocks import TRANSFER_LIFETIME
from lwm2m_core.message import Code
from lwm2m_core.operations import Part
from lwm2m_core.paths import Path


@dataclass(slots=True)
class _Body:
    heard_at: float
    held: bytearray = field(default_factory=bytearray)


class Bodies:
    """At most one per resource; only writable ones get here, and a module has under ten."""

    __slots__ = ("_bodies",)

    def __init__(self) -> None:
        self._bodies: dict[Path, _Body] = {}  # the one heard last comes last

    def add(self, path: Path, part: Part, payload: bytes, limit: int, now: float) -> bytes | Code:
        """The whole body with its last part; before that 2.31, or why it cannot be (RFC 7959)."""
        body = self._bodies.pop(path, None)
        if part.before is not None:
            body = _Body(now, bytearray(part.before))
        if body is None:
            return Code.REQUEST_ENTITY_INCOMPLETE
        body.held += payload
        if len(body.held) > limit:
            return Code.REQUEST_ENTITY_TOO_LARGE
        if part.last:
            return bytes(body.held)
        body.heard_at = now
        self._bodies[path] = body
        return Code.CONTINUE

    def received(self, path: Path) -> int:
        """Bytes that are held; 0 for what does not arrive now."""
        body = self._bodies.get(path)
        return 0 if body is None else len(body.held)

    def drop(self, path: Path) -> None:
        self._bodies.pop(path, None)

    def paths(self) -> tuple[Path, ...]:
        return tuple(self._bodies)

    def silent(self, now: float) -> tuple[Path, ...]:
        """Those of which the engine, too, expects nothing more."""
        return tuple(path for path, body in self._bodies.items() if _ends(body) <= now)

    def deadline(self) -> float | None:
        for body in self._bodies.values():
            return _ends(body)
        return None


def _ends(body: _Body) -> float:
    return body.heard_at + TRANSFER_LIFETIME
