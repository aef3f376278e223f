"""Where the datagrams of a link really go: the local platforms, unless the user names another."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from emulator.addresses import Address
from emulator.outputs import OpenLink

AddressOf = Callable[[OpenLink], Awaitable[Address]]  # numeric host and port of a link


@dataclass(frozen=True, slots=True)
class Routes:
    """Decision 48: `fixed` first, then `everything`, then the local platforms; else the name
    itself.

    `fixed`: what `--resolve` maps. `everything`: `--platform HOST:PORT`. `local`: all the rest
    leads to the local platforms. Without any of the three the host's own address is used.
    """

    fixed: Mapping[Address, Address] = field(default_factory=dict)
    everything: Address | None = None
    local: bool = False

    def address(self, link: OpenLink) -> Address | None:
        """Host (a name only where the user asked for it) and port to connect to; None for the
        local platform that the link asks for."""
        asked = (link.account.host.lower(), link.account.port)
        if asked in self.fixed:
            return self.fixed[asked]
        if self.everything is not None:
            return self.everything
        return None if self.local else (link.account.host, asked[1])
