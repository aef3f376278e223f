"""Labs in several threads of one process share OpenSSL, and nothing else."""

from threading import Thread
from typing import Any

import pytest

from tests.transport.dtls.pairs import KEYS
from transport.dtls.openssl_library import Party, library
from transport.dtls.session import Suite


class Interrupted:
    """OpenSSL, where another thread reads as soon as one has read."""

    def __init__(self, lib: Any, other: Any) -> None:
        self._lib, self._other, self._begun = lib, other, False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._lib, name)

    def BIO_read(self, *arguments: Any) -> Any:
        length = self._lib.BIO_read(*arguments)
        if not self._begun:
            self._begun = True
            thread = Thread(target=self._other)
            thread.start()
            thread.join()
        return length


def test_what_one_thread_reads_is_not_what_another_has_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found, party = library(), Party(KEYS.get)
    one, other = (found.connection("client", (Suite.CCM_8,), party) for _ in range(2))
    for connection, data in ((one, b"of one"), (other, b"others")):
        found._lib.BIO_write(connection._from_ssl, data, len(data))
    read: list[bytes] = []
    between = Interrupted(found._lib, lambda: read.append(found.written(other)))
    monkeypatch.setattr(found, "_lib", between)
    assert found.written(one) == b"of one"
    assert read == [b"others"]
