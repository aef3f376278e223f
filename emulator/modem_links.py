"""The links of one modem: how they are opened, what passes over them, how they end.

What they hear goes to the firmware, whose numbers they have. No decisions here.
"""

import asyncio
import logging
from collections.abc import Callable
from functools import partial
from typing import Protocol

from emulator.addresses import spelt
from emulator.connecting import Witness, connect, described
from emulator.firmware import Firmware
from emulator.journal import NO_CAUSE, Journal, Kind
from emulator.links import link_text
from emulator.outputs import CloseLink, OpenLink, RebindLink, SendDatagram
from emulator.recording.texts import Opened, opened_text, secured_text
from emulator.routes import AddressOf
from emulator.status import LinkStatus
from transport.dtls.session import DtlsSettings
from transport.link import Address, Link, LinkOpener

log = logging.getLogger("mipl.modem")


class Owner(Protocol):
    """The modem that has the links."""

    firmware: Firmware

    @property
    def input_time(self) -> float:
        """When the last input came."""

    def moment(self) -> float:
        """When what happens now happens: with the input that is carried out, or of itself."""

    def rearm(self) -> None:
        """Look anew at when the firmware wants to be called."""

    def input(self, feed: Callable[[float], None]) -> None:
        """Hand the firmware one input, then carry out what it wants."""

    def datagram_received(self, number: int, data: bytes) -> None:
        """The server of a link has sent one."""

    def burst_begins(self) -> None:
        """Several may come at once."""

    def burst_ends(self) -> None:
        """That was the last of them."""


class ModemLinks:
    """`address_of` says where the datagrams of a link go, OSError if nowhere. `ciphertext`: the
    journal has DTLS's own datagrams too, and the secrets of its sessions."""

    __slots__ = (
        "is_beginning", "_ciphertext", "_cause", "_links", "_is_over", "_owner", "_address_of",
        "_opener", "_dtls",
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
        self._owner = owner
        self._address_of, self._opener, self._dtls = address_of, opener, dtls
        self._ciphertext = ciphertext
        self._cause = NO_CAUSE  # of the datagram that is being sent
        self._links: tuple[_LinkEnd, ...] = ()  # never more than three
        self._is_over = False  # with the modem
        self.is_beginning = False  # to open one, in this turn of the loop

    @property
    def seen(self) -> tuple[LinkStatus, ...]:
        """How each of them is."""
        return tuple(end.status for end in self._links)

    async def close_all(self) -> None:
        """The modem ends, and nobody is told of it."""
        self._is_over = True
        ends, self._links = self._links, ()
        tasks = [end.task for end in ends if end.task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for end in ends:
            if end.link is not None:
                end.link.close()

    def _find(self, number: int) -> "_LinkEnd | None":
        for end in self._links:
            if end.request.link == number:
                return end
        return None

    def _drop(self, number: int) -> "_LinkEnd | None":
        found = self._find(number)
        self._links = tuple(end for end in self._links if end is not found)
        return found

    # what the firmware wants of them

    def send(self, output: SendDatagram, now: float) -> None:
        end = self._find(output.link)
        if end is not None and end.link is not None:
            self._journal.record(
                now, "datagram_out", output.cause, output.data, link_text(output.link)
            )
            self._cause = output.cause
            end.link.send(output.data)
            self._cause = NO_CAUSE

    def rebind(self, output: RebindLink) -> None:
        end = self._find(output.link)
        if end is not None and end.link is not None:
            end.link.rebind()

    def open(self, request: OpenLink) -> None:
        """`link_up` or `link_lost` follows."""
        number = request.link
        end = _LinkEnd(self, self._owner, request)
        self._links += (end,)
        loop = asyncio.get_running_loop()
        end.task = loop.create_task(self._open(end), name=link_text(number))
        self.is_beginning = True
        loop.call_soon(self._has_begun)

    def _has_begun(self) -> None:
        """A link that takes no time is up by now: no timer was set for what it waited for."""
        self.is_beginning = False
        self._owner.rearm()

    def close(self, output: CloseLink) -> None:
        end = self._drop(output.link)
        if end is None:
            return
        if end.task is not None:
            end.task.cancel()
        if end.link is not None:
            end.link.close()

    async def _open(self, end: "_LinkEnd") -> None:
        request, account = end.request, end.request.account
        try:
            end.address = await self._address_of(request)
            opened = Opened(request.link, (account.host, account.port), end.address)
            self._note(request, opened_text(opened))
            witness = Witness(request.link, self._witness) if self._ciphertext else None
            link = await connect(account, end.address, end, self._opener, self._dtls, witness)
        except asyncio.CancelledError:
            if account.secure and not self._is_over:
                log.warning(
                    "no link to %s:%d: given up; the far end does not answer, or has another key",
                    *(account.host, account.port),
                )
            raise
        except OSError as error:
            end.task = None
            log.warning("no link to %s:%d: %s", account.host, account.port, error)
            self.lost(request.link, str(error))
            return
        end.task, end.link, end.security = None, link, described(link)
        if end.security:
            self._note(request, secured_text(request.link, end.security))
            log.info(
                *("link %d to %s:%d: %s", request.link, account.host, account.port, end.security)
            )
        self._owner.input(partial(self._owner.firmware.link_up, request.link))

    @property
    def _journal(self) -> Journal:
        return self._owner.firmware.journal

    def _note(self, request: OpenLink, text: str) -> None:
        self._journal.record(self._owner.input_time, "open_link", request.cause, text=text)

    def _witness(self, kind: Kind, data: bytes, text: str) -> None:
        self._journal.record(self._owner.moment(), kind, self._cause, data, text)

    # what happens to them

    def refused(self, number: int, reason: str) -> None:
        """A datagram was, by the network."""
        firmware = self._owner.firmware
        self._owner.input(lambda now: firmware.send_failed(number, reason, now))

    def lost(self, number: int, reason: str) -> None:
        """The link could not be opened, or has ended by itself."""
        self._owner.input(lambda now: self._owner.firmware.link_lost(number, reason, now))
        end = self._drop(number)
        if end is not None and end.link is not None:
            end.link.close()


class _LinkEnd:
    """One link, from the request for it to its end; what it hears goes to the firmware with its
    number. `task` opens it; `link` is there once it is up."""

    __slots__ = ("request", "task", "link", "address", "security", "_told", "_links", "_owner")

    def __init__(self, links: ModemLinks, owner: Owner, request: OpenLink) -> None:
        self._links, self._owner, self.request = links, owner, request
        self.task: asyncio.Task[None] | None = None
        self.link: Link | None = None
        self.address: Address | None = None
        self.security = ""
        self._told = False  # the first refusal is told, the others are like it

    @property
    def status(self) -> LinkStatus:
        """How it is."""
        number, role, account = self.request.link, self.request.role, self.request.account
        server = f"{account.host}:{account.port}"
        if self.link is None or self.address is None:
            return LinkStatus(number, "opening", role, server)
        return LinkStatus(number, "up", role, server, spelt(self.address), self.security)

    def datagram_received(self, data: bytes) -> None:
        self._owner.datagram_received(self.request.link, data)

    def burst_begins(self) -> None:
        self._owner.burst_begins()

    def burst_ends(self) -> None:
        self._owner.burst_ends()

    def link_lost(self, reason: str) -> None:
        log.warning("link %d is lost: %s", self.request.link, reason)
        self._links.lost(self.request.link, reason)

    def send_failed(self, reason: str) -> None:
        if not self._told:
            self._told = True
            log.warning("link %d: a datagram was refused: %s", self.request.link, reason)
        self._links.refused(self.request.link, reason)
