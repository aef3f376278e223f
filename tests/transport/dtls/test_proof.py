"""The proof that a library works: of what it has, and of nothing else."""

import pytest

from transport.dtls.proof import prove
from transport.dtls.session import BackEndError, BackEndName, Suite


@pytest.mark.parametrize(
    ("back_end", "suite", "name"),
    [
        ("openssl", Suite.CBC_SHA256, "TLS_PSK_WITH_AES_128_CBC_SHA256"),
        ("openssl", Suite.CCM_8, "TLS_PSK_WITH_AES_128_CCM_8"),
        ("dtlssocket", Suite.CCM_8, "TLS_PSK_WITH_AES_128_CCM_8"),
    ],
)
def test_a_handshake_and_a_record_each_way(back_end: BackEndName, suite: Suite, name: str) -> None:
    assert prove(back_end, suite) == name


def test_a_suite_that_a_library_has_not_is_no_success() -> None:
    with pytest.raises(BackEndError):
        prove("dtlssocket", Suite.CBC_SHA256)
