"""How a link of the firmware is opened: as it is, or over DTLS (decision 14)."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from emulator.journal import Kind
from lwm2m_core.accounts import Account
from transport.dtls.link import DtlsLink, open_dtls
from transport.dtls.session import DtlsSettings, Psk
from transport.link import Address, Direction, Link, LinkOpener, LinkReceiver


async def connect(
    account: Account,
    address: Address,
    receiver: LinkReceiver,
    opener: LinkOpener,
    dtls: DtlsSettings,
    witness: "Witness | None" = None,
) -> Link:
    """A link over which the first datagram is not lost: a handshake is over by then. OSError with
    the reason if there is none, as where an account has no key."""
    if not account.secure:
        return await opener(address, receiver)
    if not account.key:
        reason = "DTLS needs a PSK, and there is none: it is the fourth field of AT+MIPLCREATEEX"
        raise OSError(reason)
    psk = Psk(account.identity, account.key)
    if witness is None:
        return await open_dtls(address, receiver, psk, dtls, opener=opener)
    dtls = replace(dtls, key_log=witness.secret)
    tap = witness.ciphertext
    return await open_dtls(address, receiver, psk, dtls, opener=opener, ciphertext_tap=tap)


@dataclass(frozen=True, slots=True)
class Witness:
    """Has written down what DTLS does on one link; `record` takes kind, bytes and text."""

    link: int
    record: Callable[[Kind, bytes, str], None]

    def secret(self, line: str) -> None:
        """A session has this secret."""
        self.record("session_secret", line.encode(), f"link {self.link}")

    def ciphertext(self, way: Direction, data: bytes, source: Address, end: Address) -> None:
        """A datagram was sent, or has come."""
        kind: Kind = "ciphertext_out" if way == "up" else "ciphertext_in"
        self.record(kind, data, f"link {self.link}")


def described(link: Link) -> str:
    """What protects the link, and which library does it; empty if nothing does."""
    if not isinstance(link, DtlsLink) or link.suite is None:
        return ""
    return f"secured with {link.suite.value}, by {link.back_end}"
