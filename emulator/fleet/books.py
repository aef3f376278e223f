"""sent = received + known lost, held modem by modem.

What is lost must be known from the module's side: no confirmation came. What the platform lacks
and nobody has missed makes the books wrong, and so does what it has and nobody has sent.
"""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Literal

Witness = Literal["platform", "none", "gone"]
"""Who counts what arrives: the local platform; nobody, as with a foreign server, where a
confirmation counts; or a local platform that has died."""


@dataclass(frozen=True, slots=True)
class Account:
    """What is known of one modem's reports.

    `received`: by the platform's count. `given_up`: the numbers of those never confirmed; None
    where the process has died that knew them, and only their count is left. `lacking`: the numbers
    that the platform has not got; None where reports carry no number.
    """

    confirm: bool
    sent: int
    acked: int = 0
    lost: int = 0
    received: int = 0
    given_up: frozenset[int] | None = frozenset()
    lacking: frozenset[int] | None = None


@dataclass(frozen=True, slots=True)
class Books:
    """`unknown`: sent without confirmation, and nobody has counted. `unaccounted`: should have
    arrived and has not. `surplus`: has arrived and was never sent."""

    sent: int = 0
    received: int = 0
    lost: int = 0
    unknown: int = 0
    unaccounted: int = 0
    surplus: int = 0

    @property
    def balanced(self) -> bool:
        """Whether sent = received + known lost + unknown, and nothing is left over."""
        return not self.unaccounted and not self.surplus

    def __add__(self, other: "Books") -> "Books":
        return Books(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(Books)))


def total(accounts: Iterable[Account], witness: Witness) -> Books:
    """The books of all modems together."""
    return sum((settle(account, witness) for account in accounts), Books())


def settle(account: Account, witness: Witness) -> Books:
    """The books of one modem."""
    match witness:
        case "platform":
            return _counted(account)
        case "none":
            return _confirmed(account, account.acked)
        case "gone":
            return _confirmed(account, max(account.acked, account.received))


def _counted(account: Account) -> Books:
    sent = account.sent
    surplus = max(0, account.received - sent)
    missing = sent - (account.received - surplus)
    if account.lacking is not None and account.given_up is not None:
        lost = len(account.lacking & account.given_up)
    else:
        lost = min(missing, _may_be_lost(account))
    return Books(sent, account.received - surplus, lost, 0, missing - lost, surplus)


def _confirmed(account: Account, received: int) -> Books:
    """By confirmations alone; what was sent without asking for one may be anywhere."""
    surplus = max(0, received - account.sent)
    received -= surplus
    missing = account.sent - received
    if not account.confirm:
        return Books(account.sent, received, 0, missing, 0, surplus)
    lost = min(missing, _may_be_lost(account))
    return Books(account.sent, received, lost, 0, missing - lost, surplus)


def _may_be_lost(account: Account) -> int:
    """Those never confirmed; where the process has died, also what it had under way."""
    if account.given_up is not None:
        return account.lost
    return account.sent - account.acked if account.confirm else 1
