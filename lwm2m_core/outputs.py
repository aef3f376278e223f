"""What an endpoint tells its owner."""

from typing import Literal

from lwm2m_core.assembly import Fault
from lwm2m_core.frozen import frozen
from lwm2m_core.message import Message

NoAnswer = Literal["timeout", "reset", Fault]
"""Of these an endpoint, which knows nothing of blocks, tells only the first two."""


@frozen
class Datagram:
    """To be sent to the peer."""

    data: bytes


@frozen
class Request:
    """A new request of the peer. It waits for `respond` or `forget` with its mid."""

    message: Message


@frozen
class Duplicate:
    """A waiting request has come once more; `message` is the request as it first came."""

    message: Message


@frozen
class Response:
    """The answer to our request `handle`, or a later notification of an observation it began.
    Notifications come in the order of arrival; RFC 7641 section 3.4 tells which are fresh."""

    handle: int
    message: Message


@frozen
class Failed:
    """Our request `handle` will not be answered any more."""

    handle: int
    reason: NoAnswer


@frozen
class Acknowledged:
    """The peer has our Confirmable notification or response `mid`."""

    mid: int


@frozen
class Rejected:
    """The peer sent a Reset for our notification or response `mid`, Confirmable or not. For a ping
    that is the answer hoped for (RFC 7252 section 4.3)."""

    mid: int


@frozen
class GaveUp:
    """The peer never acknowledged our Confirmable notification, response or ping `mid`."""

    mid: int


Output = Datagram | Request | Duplicate | Response | Failed | Acknowledged | Rejected | GaveUp
