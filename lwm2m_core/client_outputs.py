"""What the client engine asks its owner to do, and what it reports: one closed union.

`Client.outputs()` hands them out strictly in the order in which they came about.
"""

from typing import Literal

from lwm2m_core.accounts import Account
from lwm2m_core.frozen import frozen
from lwm2m_core.login import Why
from lwm2m_core.observations import Observation
from lwm2m_core.operations import Operation

Role = Literal["bootstrap", "lwm2m", "download"]
"""What a link is for; `download` only in Download."""


@frozen
class OpenLink:
    """Open a link to `account`. `link` is a generation, never used again."""

    link: int
    account: Account
    role: Role


@frozen
class CloseLink:
    link: int


@frozen
class Send:
    """One datagram for the peer of `link`."""

    link: int
    data: bytes


LinkOutput = OpenLink | CloseLink | Send
"""What concerns a link, and no login."""


@frozen
class BootstrapStarted:
    """The bootstrap request left (event 1, MB 2.2)."""


@frozen
class Bootstrapped:
    """The bootstrap server handed out `account` and, if it wrote 1/x/1, `lifetime` in seconds;
    `short_id` is what it calls the LwM2M server (0/x/10 and 1/x/0)."""

    account: Account
    lifetime: int | None
    short_id: int | None = None


@frozen
class BootstrapFailed:
    reason: Why
    code: int | None


@frozen
class Connected:
    """The link to the LwM2M server stands; the Register leaves next (event 4, MB 2.2)."""


@frozen
class Registered:
    """2.01; `location` is the Location-Path with slashes, as in "/rd/5a3f"."""

    location: str


@frozen
class RegisterFailed:
    reason: Why
    code: int | None


@frozen
class Updated:
    """2.04 to the Update that update() numbered so."""

    number: int


@frozen
class UpdateFailed:
    number: int
    reason: Why
    code: int | None


@frozen
class SessionLost:
    """4.04 to an Update: the session is over, the link closed (decision 25)."""


@frozen
class Deregistered:
    """2.02 to the DELETE; the link is closed."""


@frozen
class DeregisterFailed:
    """Still registered; close() may be repeated (decision 27)."""

    reason: Why
    code: int | None


@frozen
class FellAsleep:
    """The receiver is off until Woke: nothing is heard (queue mode, LwM2M 1.0 8.3)."""


@frozen
class Woke:
    """Something is about to be sent, and the receiver is on again."""


@frozen
class LinkAged:
    """The link was idle for too long: another is opened, and what is sent waits for it (event 32,
    decision 47)."""


@frozen
class Received:
    """A new request of the server that the owner answers with respond() or forget()."""

    operation: Operation


@frozen
class Repeated:
    """A request of the server came again while unanswered (decision 31)."""

    operation: Operation


@frozen
class NotificationAcked:
    mid: int


@frozen
class NotificationRejected:
    """RST to notification `mid`: `observation` is removed; None if it was gone already."""

    mid: int
    observation: Observation | None


@frozen
class NotificationLost:
    """A CON notification was given up; the observation stays (decision 42)."""

    mid: int


ManagementOutput = Received | Repeated | NotificationAcked | NotificationRejected | NotificationLost
"""What concerns the server's requests, and what it is told."""

ClientOutput = (
    LinkOutput
    | BootstrapStarted
    | Bootstrapped
    | BootstrapFailed
    | Connected
    | Registered
    | RegisterFailed
    | Updated
    | UpdateFailed
    | SessionLost
    | Deregistered
    | DeregisterFailed
    | FellAsleep
    | Woke
    | LinkAged
    | ManagementOutput
)


def is_reset(output: ClientOutput) -> bool:
    """Whether the server has answered something of ours with a Reset: then there is no code."""
    match output:
        case NotificationRejected():
            return True
        case BootstrapFailed() | RegisterFailed() | UpdateFailed() | DeregisterFailed():
            return output.reason == "refused" and output.code is None
        case _:
            return False
