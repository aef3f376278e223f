"""What lists of options mean, remembered: requests are the same again and again."""

from collections.abc import Callable
from functools import lru_cache
from typing import Concatenate, Final, ParamSpec, TypeVar, cast

from lwm2m_core.message import Options

LISTS: Final = 256
"""Of one kind, those that were met last. A datagram has 64 KiB: all lists together 16 MiB."""

OPTIONS: Final = 16
"""Of a list that is remembered, at most: 64 KiB of empty ones take 4 MB, whoever sends them."""

_P = ParamSpec("_P")
_T = TypeVar("_T")


def remembered(
    read: Callable[Concatenate[Options, _P], _T],
) -> Callable[Concatenate[Options, _P], _T]:
    """`read`, which looks at nothing but what it is given; long lists are read each time."""
    kept = cast(Callable[Concatenate[Options, _P], _T], lru_cache(LISTS)(read))

    def look(options: Options, /, *args: _P.args, **kwargs: _P.kwargs) -> _T:
        return (kept if len(options) <= OPTIONS else read)(options, *args, **kwargs)

    return look
