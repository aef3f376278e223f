"""Where a value lives: object, object instance, resource (LwM2M 1.0, 6.3)."""

import re
from functools import lru_cache, total_ordering
from typing import Self

from lwm2m_core.frozen import frozen

ID_LIMIT = 65535
"""Ids are 16 bit everywhere: in TLV headers, in links, and as uint16 in the manual."""

KNOWN_PATHS = 1024
"""Paths that are remembered, because peers ask for the same ones again and again."""

_NUMBER = re.compile(r"0|[1-9][0-9]{0,4}")


@total_ordering
@frozen
class Path:
    """One, two or three ids. Ordered by ids, a node before everything below it."""

    object: int
    instance: int | None = None
    resource: int | None = None

    def __post_init__(self) -> None:
        if self.instance is None and self.resource is not None:
            raise ValueError("a resource needs an object instance")
        for number in (self.object, self.instance, self.resource):
            if number is not None and not 0 <= number <= ID_LIMIT:
                raise ValueError(f"an id of {self.ids} is outside 0–{ID_LIMIT}")

    @classmethod
    def parse(cls, text: str) -> Self:
        """The path that `str()` prints, "/3200/0/5750". ValueError for any other text."""
        path = cls.from_uri_path(tuple(text[1:].split("/"))) if text.startswith("/") else None
        if path is None:
            raise ValueError(f"not an LwM2M path: {text!r}")
        return path

    @classmethod
    @lru_cache(KNOWN_PATHS)
    def from_uri_path(cls, segments: tuple[str, ...]) -> Self | None:
        """The Uri-Path options of a request; None unless they are one to three decimal ids."""
        if not 1 <= len(segments) <= 3 or not all(map(_NUMBER.fullmatch, segments)):
            return None
        ids = tuple(map(int, segments))
        return cls(*ids) if max(ids) <= ID_LIMIT else None

    @property
    def ids(self) -> tuple[int, ...]:
        """The ids there are: one to three of them."""
        return tuple(n for n in (self.object, self.instance, self.resource) if n is not None)

    @property
    def depth(self) -> int:
        """1 for an object, 2 for an object instance, 3 for a resource."""
        return 1 + (self.instance is not None) + (self.resource is not None)

    def fields(self) -> tuple[int, int, int]:
        """<objid>, <insid>, <resid> as the module prints them, -1 for a missing one (3.10)."""
        return (
            self.object,
            -1 if self.instance is None else self.instance,
            -1 if self.resource is None else self.resource,
        )

    def covers(self, other: "Path") -> bool:
        """True if `other` is this path or lies below it."""
        return (
            self.object == other.object
            and self.instance in (None, other.instance)
            and self.resource in (None, other.resource)
        )

    def __lt__(self, other: "Path") -> bool:
        return self.fields() < other.fields()

    def __str__(self) -> str:
        return "".join(f"/{number}" for number in self.ids)


def path_of(path: Path | str) -> Path:
    """A path that may be given as text. ValueError."""
    return path if isinstance(path, Path) else Path.parse(path)
