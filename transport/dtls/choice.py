"""Which library carries a session.

CCM_8 alone goes by DTLSSocket where it is installed and its narrow limits allow; everything else
goes by OpenSSL. The libraries are imported when the first session is made.
"""

from transport.dtls import openssl
from transport.dtls.session import DtlsSettings, Psk, PskLookup, ServerSessions, Session


def client_session(psk: Psk, settings: DtlsSettings) -> Session:
    """A client's session; BackEndError if no library, or not the one named, can do it."""
    return openssl.client(psk, settings)


def server_sessions(lookup: PskLookup, settings: DtlsSettings) -> ServerSessions:
    """Makes a server's sessions; BackEndError if no library, or not the one named, can do it."""
    return openssl.server(lookup, settings)
