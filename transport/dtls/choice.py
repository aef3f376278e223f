"""Which library carries a session.

CCM_8 alone goes by DTLSSocket where it is installed and its narrow limits allow; everything else
goes by OpenSSL. The libraries are imported when the first session is made.
"""

from transport.dtls import dtlssocket, dtlssocket_library, openssl
from transport.dtls.session import DtlsSettings, Psk, PskLookup, ServerSessions, Session, Suite


def client_session(psk: Psk, settings: DtlsSettings) -> Session:
    """A client's session; BackEndError if no library, or not the one named, can do it."""
    if settings.back_end == "dtlssocket" or (
        settings.back_end == "auto"
        and settings.suites == (Suite.CCM_8,)
        and dtlssocket.flaw_of(psk, settings) is None
        and dtlssocket_library.is_installed()
    ):
        return dtlssocket.client(psk, settings)
    return openssl.client(psk, settings)


def server_sessions(lookup: PskLookup, settings: DtlsSettings) -> ServerSessions:
    """Makes a server's sessions; BackEndError if no library, or not the one named, can do it.

    By OpenSSL unless DTLSSocket is named: what clients will bring is not known before.
    """
    if settings.back_end == "dtlssocket":
        return dtlssocket.server(lookup, settings)
    return openssl.server(lookup, settings)
