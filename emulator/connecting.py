"""How a link of the firmware is opened: as it is, or over DTLS (decision 14)."""

from lwm2m_core.accounts import Account
from transport.dtls.link import DtlsLink, open_dtls
from transport.dtls.session import DtlsSettings, Psk
from transport.link import Address, Link, LinkOpener, LinkReceiver, Tap


async def connect(
    account: Account,
    address: Address,
    receiver: LinkReceiver,
    opener: LinkOpener,
    dtls: DtlsSettings,
    ciphertext_tap: Tap | None = None,
) -> Link:
    """A link over which the first datagram is not lost: a handshake is over by then. OSError with
    the reason if there is none, as where an account has no key. `ciphertext_tap` sees what DTLS
    sends and gets."""
    if not account.secure:
        return await opener(address, receiver)
    if not account.key:
        reason = "DTLS needs a PSK, and there is none: it is the fourth field of AT+MIPLCREATEEX"
        raise OSError(reason)
    psk = Psk(account.identity, account.key)
    return await open_dtls(
        address, receiver, psk, dtls, opener=opener, ciphertext_tap=ciphertext_tap
    )


def described(link: Link) -> str:
    """What protects the link, and which library does it; empty if nothing does."""
    if not isinstance(link, DtlsLink) or link.suite is None:
        return ""
    return f"secured with {link.suite.value}, by {link.back_end}"
