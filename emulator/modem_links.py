"""The links of one modem: how they are opened, what passes over them, how they end.

What they hear goes to the firmware, whose numbers they have. No decisions here.
"""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import replace
from typing import Protocol

from emulator.addresses import spelt
from emulator.connecting import Witness, connect, described
from emulator.firmware import Firmware
from emulator.journal import NO_CAUSE, Kind
from emulator.outputs import CloseLink, OpenLink, RebindLink, SendDatagram
from emulator.recording.texts import Opened, opened_text, secured_text
from emulator.routes import AddressOf
from emulator.status import LinkStatus
from transport.dtls.session import DtlsSettings
from transport.link import Link, LinkOpener

log = logging.getLogger("mipl.modem")


class Owner(Protocol):
    """The modem that has the links."""

    firmware: Firmware

    @property
    def input_time(self) -> float:
        """When the last input came."""

    def moment(self) -> float:
        """When what happens now happens: with the input that is carried out, or of itself."""

    def input(self, feed: Callable[[float], None]) -> None:
        """Hand the firmware one input, then carry out what it wants."""

    def datagram_received(self, number: int, data: bytes) -> None:
        """The server of a link has sent one."""


class ModemLinks:
    """`address_of` says where the datagrams of a link go, OSError if nowhere. `ciphertext`: the
    journal has DTLS's own datagrams too, and the secrets of its sessions."""

    __slots__ = (
        "_ciphertext", "_cause", "_up", "_opening", "_seen", "_ends", "_owner", "_journal",
        "_address_of", "_opener", "_dtls",
    )  # fmt: skip

    def __init__(
        self,
        owner: Owner,
        address_of: AddressOf,
        opener: LinkOpener,
        dtls: DtlsSettings,
        *,
        ciphertext: bool,
    ) -> None:
        self._owner, self._journal = owner, owner.firmware.journal
        self._address_of, self._opener, self._dtls = address_of, opener, dtls
        self._ciphertext = ciphertext
        self._cause = NO_CAUSE  # of the datagram that is being sent
        self._up: dict[int, Link] = {}
        self._opening: dict[int, asyncio.Task[None]] = {}
        self._seen: dict[int, LinkStatus] = {}
        self._ends = False  # with the modem

    @property
    def seen(self) -> tuple[LinkStatus, ...]:
        """How each of them is."""
        return tuple(self._seen.values())

    async def close_all(self) -> None:
        """The modem ends, and nobody is told of it."""
        self._ends = True
        tasks = list(self._opening.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for link in self._up.values():
            link.close()
        self._up.clear()

    # what the firmware wants of them

    def send(self, output: SendDatagram, now: float) -> None:
        link = self._up.get(output.link)
        if link is not None:
            text = f"link {output.link}"
            self._journal.record(now, "datagram_out", output.cause, output.data, text)
            self._cause = output.cause
            link.send(output.data)
            self._cause = NO_CAUSE

    def rebind(self, output: RebindLink) -> None:
        if output.link in self._up:
            self._up[output.link].rebind()

    def open(self, request: OpenLink) -> None:
        """`link_up` or `link_lost` follows."""
        number, account = request.link, request.account
        server = f"{account.host}:{account.port}"
        self._seen[number] = LinkStatus(number, "opening", request.role, server)
        task = asyncio.get_running_loop().create_task(self._open(request), name=f"link {number}")
        self._opening[number] = task

    def close(self, output: CloseLink) -> None:
        self._seen.pop(output.link, None)
        if output.link in self._opening:
            self._opening.pop(output.link).cancel()
        if output.link in self._up:
            self._up.pop(output.link).close()

    async def _open(self, request: OpenLink) -> None:
        number, account = request.link, request.account
        try:
            address = await self._address_of(request)
            opened = Opened(number, (account.host, account.port), address)
            self._note(request, opened_text(opened))
            witness = Witness(number, self._witness) if self._ciphertext else None
            end = _LinkEnd(self, self._owner, number)
            link = await connect(account, address, end, self._opener, self._dtls, witness)
        except asyncio.CancelledError:
            if account.secure and not self._ends:
                log.warning(
                    "no link to %s:%d: given up; the far end does not answer, or has another key",
                    *(account.host, account.port),
                )
            raise
        except OSError as error:
            self._opening.pop(number, None)
            log.warning("no link to %s:%d: %s", account.host, account.port, error)
            self.lost(number, str(error))
            return
        self._opening.pop(number, None)
        self._up[number] = link
        security = described(link)
        self._seen[number] = replace(
            self._seen[number], state="up", at=spelt(address), security=security
        )
        if security:
            self._note(request, secured_text(number, security))
            log.info("link %d to %s:%d: %s", number, account.host, account.port, security)
        self._owner.input(lambda now: self._owner.firmware.link_up(number, now))

    def _note(self, request: OpenLink, text: str) -> None:
        self._journal.record(self._owner.input_time, "open_link", request.cause, text=text)

    def _witness(self, kind: Kind, data: bytes, text: str) -> None:
        self._journal.record(self._owner.moment(), kind, self._cause, data, text)

    # what happens to them

    def lost(self, number: int, reason: str) -> None:
        """The link could not be opened, or has ended by itself."""
        self._owner.input(lambda now: self._owner.firmware.link_lost(number, reason, now))
        self._seen.pop(number, None)
        if number in self._up:
            self._up.pop(number).close()


class _LinkEnd:
    """The receiver of one link: hands what it hears to the firmware with the link's number."""

    __slots__ = ("_told", "_links", "_owner", "_number")

    def __init__(self, links: ModemLinks, owner: Owner, number: int) -> None:
        self._links, self._owner, self._number = links, owner, number
        self._told = False  # the first refusal is told, the others are like it

    def datagram_received(self, data: bytes) -> None:
        self._owner.datagram_received(self._number, data)

    def link_lost(self, reason: str) -> None:
        log.warning("link %d is lost: %s", self._number, reason)
        self._links.lost(self._number, reason)

    def send_failed(self, reason: str) -> None:
        if not self._told:
            self._told = True
            log.warning("link %d: a datagram was refused: %s", self._number, reason)
        firmware = self._owner.firmware
        self._owner.input(lambda now: firmware.send_failed(self._number, reason, now))
