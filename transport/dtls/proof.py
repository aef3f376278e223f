"""Whether a library can do what is asked of it: a handshake in memory, and a record each way."""

from transport.dtls.choice import client_session, server_sessions
from transport.dtls.records import client_random
from transport.dtls.session import (
    BackEndError,
    BackEndName,
    DtlsSettings,
    Psk,
    ServerSessions,
    Session,
    State,
    Suite,
)

TURNS = 10  # of both ends; a handshake with a cookie takes four
PSK = Psk(b"869975030000461", b"0123456789abcdef")
ADDRESS = "127.0.0.1", 49152


def prove(back_end: BackEndName, suite: Suite) -> str:
    """The suite's name; BackEndError, with what is missing and the mend, unless client and server
    of this library understand each other in it."""
    settings = DtlsSettings((suite,), back_end)
    near = client_session(PSK, settings)
    far = server_sessions({PSK.identity: PSK.key}.get, settings)
    read = _talk(near, far)
    if read != [b"there", b"back"]:
        raise BackEndError(f"{back_end} cannot do {suite.value}")
    return suite.value


def _talk(near: Session, new: ServerSessions) -> list[bytes]:
    """What is read at the far end, and then at the near one."""
    far, read = new(ADDRESS, b""), list[bytes]()
    for _ in range(TURNS):
        for datagram in near.outgoing():
            random = client_random(datagram)
            if random is not None and far.state is State.LISTENING:
                far.close()  # as a listener does: nothing is kept before the cookie
                far = new(ADDRESS, random)
            read += far.receive(datagram)
            if read == [b"there"]:
                far.send(b"back")
            for answer in far.outgoing():
                read += near.receive(answer)
        if near.state is State.OPEN and not read:
            near.send(b"there")
    near.close()
    far.close()
    return read
