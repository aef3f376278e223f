"""The pre-shared keys of a platform's devices, for its bootstrap server and its LwM2M server."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace
from typing import Final, Literal

from emulator.cloud.admission import Admission, Declared
from lwm2m_core.endpoint import Rng

Role = Literal["bootstrap", "server"]

KEY_LENGTH: Final = 16  # of a key that a bootstrap hands out (manual 5.2)
VALID_SECONDS: Final = 30 * 86400  # "within one month" (manual 5.2; decision 51)
GUEST_LIMIT: Final = (
    4096  # keys of devices that nobody has declared; the oldest goes first (chosen)
)

_LETTERS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"  # manual 4.6


class Keys:
    """Which key an identity has: the one that its device was declared with, or was handed out last.

    A key cannot be guessed, so of a device that nobody has declared `welcome` must tell it; it is
    known then unless the platform is strict.
    """

    def __init__(self, admission: Admission, rng: Rng, declare: Callable[[Declared], None]) -> None:
        """`declare` tells the platform of a device anew. Overloaded."""
        self._admission = admission
        self._declare = declare
        self._rng = rng
        self._issued: dict[str, tuple[bytes, float]] = {}
        self._guests: OrderedDict[tuple[Role, bytes], bytes] = OrderedDict()

    def find(self, role: Role, identity: bytes, now: float) -> bytes | None:
        """None where the identity is unknown, or its key was handed out too long ago."""
        name = self._admission.identify(identity.decode("utf-8", "replace"))[0]
        declared = self._admission.find(name)
        key = b"" if declared is None else _key(role, declared)
        if key:
            issued, until = self._issued.get(name, (b"", now))
            expired = role == "server" and key == issued and now >= until
            return None if expired else key
        return None if self._admission.strict else self._guests.get((role, identity))

    def welcome(self, role: Role, identity: bytes, key: bytes) -> None:
        """A device that nobody needs to declare has this key."""
        self._guests.pop((role, identity), None)
        while len(self._guests) >= GUEST_LIMIT:
            self._guests.popitem(last=False)
        self._guests[role, identity] = key

    def issue(self, endpoint: str, now: float) -> bytes:
        """A new key for the LwM2M server, in place of any older one, as every bootstrap makes one
        (manual 5.2). Overloaded."""
        key = "".join(_LETTERS[self._rng.randrange(len(_LETTERS))] for _ in range(KEY_LENGTH))
        name = self._admission.identify(endpoint)[0]
        declared = self._admission.find(name) or Declared(name)
        self._declare(replace(declared, psk=key.encode()))
        self._issued = {each: (k, t) for each, (k, t) in self._issued.items() if self._is(each, k)}
        self._issued[name] = key.encode(), now + VALID_SECONDS
        return key.encode()

    def _is(self, name: str, key: bytes) -> bool:
        """Whether it is still the device's key: else there is nothing to remember of it."""
        declared = self._admission.find(name)
        return declared is not None and declared.psk == key


def _key(role: Role, declared: Declared) -> bytes:
    return declared.bootstrap_psk if role == "bootstrap" else declared.psk
