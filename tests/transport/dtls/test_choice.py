"""Which library is taken, and what is said when it cannot be."""

import subprocess
import sys
from collections.abc import Iterator

import pytest

from tests.transport.dtls.pairs import KEYS, PSK
from transport.dtls import dtlssocket_library, openssl_library
from transport.dtls.choice import client_session, server_sessions
from transport.dtls.session import BackEndChoice, BackEndError, DtlsSettings, Psk, Suite

CCM_8 = (Suite.CCM_8,)
BOTH = (Suite.CBC_SHA256, Suite.CCM_8)
SHORT = PSK
LONG_KEY = Psk(PSK.identity, b"0123456789abcdef0")  # 17 bytes
LONG_IDENTITY = Psk(b"urn:imei-imsi:869975030000461-46000", PSK.key)  # 35 bytes


@pytest.fixture
def without(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """Hides a library; what is found is not kept for the tests that follow."""
    libraries = (dtlssocket_library.library, openssl_library.library)
    for library in libraries:
        library.cache_clear()
    yield monkeypatch
    monkeypatch.undo()
    for library in libraries:
        library.cache_clear()


@pytest.mark.parametrize(
    ("suites", "psk", "back_end"),
    [
        (CCM_8, SHORT, "dtlssocket"),
        (CCM_8, Psk(b"i" * 32, b"k" * 16), "dtlssocket"),
        (CCM_8, LONG_KEY, "openssl"),
        (CCM_8, LONG_IDENTITY, "openssl"),
        (CCM_8, Psk(b"", b"k"), "openssl"),
        (BOTH, SHORT, "openssl"),
        (BOTH[:1], SHORT, "openssl"),
    ],
    ids=["dtlssocket", "dtlssocket at its limits", *["openssl"] * 5],
)
def test_a_client_goes_by_dtlssocket_where_it_can(
    suites: tuple[Suite, ...], psk: Psk, back_end: str
) -> None:
    session = client_session(psk, DtlsSettings(suites))
    assert session.back_end == back_end
    session.close()


@pytest.mark.parametrize(
    ("suites", "psk", "reason"),
    [
        (BOTH[:1], SHORT, "DTLSSocket has only TLS_PSK_WITH_AES_128_CCM_8"),
        (CCM_8, LONG_KEY, "keys of 1 to 16 bytes, not of 17"),
        (CCM_8, Psk(b"i" * 33, b"k"), "identities of 1 to 32 bytes without NUL, not of 33"),
        (CCM_8, Psk(b"a\0b", b"k"), "identities of 1 to 32 bytes without NUL, not of 3"),
        (CCM_8, Psk(b"", b"k"), "identities of 1 to 32 bytes without NUL, not of 0"),
        (CCM_8, Psk(b"i", b""), "keys of 1 to 16 bytes, not of 0"),
    ],
)
def test_dtlssocket_is_not_called_with_what_it_cannot_do(
    suites: tuple[Suite, ...], psk: Psk, reason: str, without: pytest.MonkeyPatch
) -> None:
    # Without the library: it is not asked. A key of 256 bytes would end the process.
    without.setitem(sys.modules, "DTLSSocket", None)
    with pytest.raises(BackEndError, match=reason):
        client_session(psk, DtlsSettings(suites, "dtlssocket"))


def test_without_dtlssocket_openssl_does_it_all(without: pytest.MonkeyPatch) -> None:
    without.setitem(sys.modules, "DTLSSocket", None)
    assert client_session(PSK, DtlsSettings(CCM_8)).back_end == "openssl"
    forced = DtlsSettings(CCM_8, "dtlssocket")
    for make in (lambda: client_session(PSK, forced), lambda: server_sessions(KEYS.get, forced)):
        with pytest.raises(BackEndError, match=r"DTLSSocket cannot be loaded .*\./mipl setup"):
            make()


@pytest.mark.parametrize("back_end", ["auto", "openssl"])
@pytest.mark.parametrize("module", ["OpenSSL", "cryptography.hazmat.bindings.openssl.binding"])
def test_without_openssl_it_says_what_is_missing_and_the_mend(
    back_end: BackEndChoice, module: str, without: pytest.MonkeyPatch
) -> None:
    without.setitem(sys.modules, module, None)
    for settings in (DtlsSettings(BOTH, back_end), DtlsSettings(BOTH, back_end)):
        with pytest.raises(BackEndError, match=rf"{module}.*pip install 'pyOpenSSL>=26,<27'"):
            client_session(PSK, settings)
        with pytest.raises(BackEndError, match="DTLS by OpenSSL does not work here"):
            server_sessions(KEYS.get, settings)


def test_openssl_that_has_lost_a_private_part_is_found_out(without: pytest.MonkeyPatch) -> None:
    without.setattr(openssl_library, "ASK_CLIENT", "unsigned int(no_such_type *)")
    with pytest.raises(BackEndError, match="DTLS by OpenSSL does not work here"):
        openssl_library.library()


def test_openssl_that_takes_no_psk_is_found_out(without: pytest.MonkeyPatch) -> None:
    without.setattr(openssl_library.Library, "_hand_over", lambda *_: 0)
    with pytest.raises(BackEndError, match="DTLS by OpenSSL does not work here"):
        openssl_library.library()


def test_neither_library_is_imported_before_the_first_session() -> None:
    code = (
        "import sys, transport.dtls.link, transport.dtls.listener;"
        " sys.exit(any(name in sys.modules for name in ('OpenSSL', 'cryptography', 'DTLSSocket')))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
