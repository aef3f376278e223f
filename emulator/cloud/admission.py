"""Who may log in: everybody, or where the platform is strict the devices that it was told of."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from emulator.cloud.cards import NO_CARD, Card
from emulator.cloud.endpoints import fits, identity
from emulator.cloud.errors import Overloaded
from emulator.cloud.manners import Manner
from emulator.cloud.registration import BadRequest
from lwm2m_core.message import Code

DECLARED_LIMIT: Final = 4096
"""Devices declared at one time (chosen; as many as are known at one time)."""


@dataclass(frozen=True, slots=True)
class Declared:
    """A device that the platform was told of, under its IMEI or else its endpoint name.

    Empty is whatever need not fit: `imsi`, and `auth_code`, which has to be set on the platform
    before a module may use it (manual 4.6). `bootstrap_psk` and `psk` are the keys of its bootstrap
    server and of its LwM2M server (manual 5.2). Where `observe` is off, nothing is observed after a
    registration (`obsv` of manual 5.2).
    """

    name: str
    imsi: str = ""
    auth_code: str = field(default="", repr=False)
    bootstrap_psk: bytes = field(default=b"", repr=False)
    psk: bytes = field(default=b"", repr=False)
    observe: bool = True
    card: Card = NO_CARD


class Admission:
    """The declared devices of one platform, for its bootstrap server and its LwM2M server.

    Where it is `strict`, an endpoint name must belong to one of them and be of a pattern that the
    platform gives out, and the auth code must be the device's; else the answer is 4.03, OneNET's
    for a wrong endpoint name or auth code, which the module reports as event 7, or 3.
    """

    def __init__(self, manner: Manner) -> None:
        self.strict = False
        self._manner = manner
        self._declared: dict[str, Declared] = {}

    def __iter__(self) -> Iterator[Declared]:
        return iter(self._declared.values())

    def identify(self, endpoint: str) -> tuple[str, str]:
        """The name of a device and its IMSI, which may be empty, by its endpoint name."""
        return identity(endpoint) if self._manner.endpoints else (endpoint, "")

    def find(self, name: str) -> Declared | None:
        """By IMEI or by endpoint name."""
        return self._declared.get(self.identify(name)[0])

    def declare(self, device: Declared) -> None:
        """Another declaration of the same device takes the place of this one. Overloaded."""
        if device.name not in self._declared and len(self._declared) >= DECLARED_LIMIT:
            raise Overloaded(f"{DECLARED_LIMIT} devices are declared")
        self._declared[device.name] = device

    def withdraw(self, name: str) -> Declared | None:
        """Forget a declaration, and return it if there was one."""
        return self._declared.pop(self.identify(name)[0], None)

    def check(self, endpoint: str, auth_code: str | None) -> None:
        """BadRequest for who may not log in; the reason tells no secrets."""
        if not self.strict:
            return
        name, imsi = self.identify(endpoint)
        declared = self._declared.get(name)
        if declared is None:
            raise BadRequest(Code.FORBIDDEN, f"{name[:60]} is not declared")
        if self._manner.endpoints and not fits(endpoint, self._manner.endpoints):
            raise BadRequest(Code.FORBIDDEN, f"{endpoint[:60]}: no endpoint name of this platform")
        if declared.imsi and imsi and imsi != declared.imsi:
            raise BadRequest(Code.FORBIDDEN, f"{name}: another IMSI than declared")
        if declared.auth_code and auth_code != declared.auth_code:
            raise BadRequest(Code.FORBIDDEN, f"{name}: {'wrong' if auth_code else 'no'} auth code")
