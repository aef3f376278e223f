"""Tests whose parameter names DTLSSocket need it."""

from collections.abc import Callable

import pytest

from tests.transport.dtls import pairs


@pytest.fixture(autouse=True)
def needs_dtlssocket(
    request: pytest.FixtureRequest, require_peer: Callable[[str, str | None], None]
) -> None:
    callspec = getattr(request.node, "callspec", None)
    if callspec is not None and "dtlssocket" in callspec.id:
        require_peer("tinydtls", pairs.missing())
