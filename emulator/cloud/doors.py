"""Where devices get in to a platform."""

from dataclasses import dataclass

from emulator.addresses import Address


@dataclass(frozen=True, slots=True)
class Doors:
    """The addresses of the LwM2M server and of the bootstrap server, plain and over DTLS; None
    where there is none, or none yet."""

    server: Address | None = None
    bootstrap: Address | None = None
    secure_server: Address | None = None
    secure_bootstrap: Address | None = None

    def find(self, *, bootstrap: bool, secure: bool) -> Address | None:
        """Who wants to bootstrap where that cannot be, is led to the LwM2M server, which refuses
        (manual 5.3)."""
        if secure:
            return (self.secure_bootstrap if bootstrap else None) or self.secure_server
        return (self.bootstrap if bootstrap else None) or self.server
