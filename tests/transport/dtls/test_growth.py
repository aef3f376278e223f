"""A thousand sessions opened and closed leave nothing behind."""

import gc
import os
import resource
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.transport.dtls.net import Net
from tests.transport.dtls.pairs import KINDS, PSK, Kind
from transport.dtls import openssl_library
from transport.dtls.association import Bounds
from transport.dtls.dtlssocket_library import Context
from transport.dtls.link import open_dtls

pytestmark = pytest.mark.asyncio(loop_factories=["real"])

SESSIONS = 1000
WARM_UP = 200  # after which the allocator has what it needs
HELD = 20  # that the listener keeps
GROWTH_LIMIT = 4 << 20
"""Bytes that the process may grow by: 4 KiB for each session. DTLSSocket's takes 6, OpenSSL's 140,
both ends together."""


def _resident() -> int:
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize()


def _descriptors() -> int:
    return len(os.listdir("/proc/self/fd"))


def _kept() -> int:
    """Sessions of DTLSSocket, and parties that OpenSSL's callbacks still know."""
    gc.collect()
    contexts = sum(isinstance(each, Context) for each in gc.get_objects())
    return len(openssl_library.library().parties) + contexts


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="only Linux tells it this way")
@pytest.mark.parametrize("kind", [KINDS[0], KINDS[4]], ids=str)
async def test_a_thousand_sessions_leave_nothing_behind(
    kind: Kind, arrivals: Callable[[], Any]
) -> None:
    platform, module = arrivals(), arrivals()
    with Net(kind) as net:
        listener = await net.listener(platform.put, bounds=Bounds(sessions=HELD))
        before, kept, descriptors = 0, _kept(), _descriptors()
        for number in range(WARM_UP + SESSIONS):
            if number == WARM_UP:
                before = _resident()
            link = await open_dtls(listener.address, module, PSK, net.near)
            link.send(b"x")
            await platform.count(1)
            platform.items.clear()
            if number % 2:
                link.close()  # the others are ended by the listener, which has too many
        await module.until(lambda: len(module.items) >= (WARM_UP + SESSIONS) // 2 - HELD)
        assert _resident() - before < GROWTH_LIMIT
        assert listener.sessions == HELD
        listener.close()
        await module.count((WARM_UP + SESSIONS) // 2)
        assert {event for event, _ in module.items} == {"link_lost"}
        del link
        assert (_kept(), _descriptors()) == (kept, descriptors - 1)
