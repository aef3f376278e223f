"""1/0, Server (LwM2M 1.0 E.2): how the platform wants to be dealt with."""

from collections.abc import Callable, Mapping

from emulator.instance import Binding, Instance
from emulator.own.object import BODY_LIMIT, Current, Resource
from emulator.own.wishes import Leave, SendUpdate, Wish
from lwm2m_core.message import Code
from lwm2m_core.values import ResourceType, Value

SERVER = 1
SHORT_ID, LIFETIME, PMIN, PMAX, DISABLE, DISABLE_TIMEOUT, STORING, BINDING, UPDATE = range(9)
LIFETIME_LIMIT = 268435455  # seconds, as in AT+MIPLOPEN (decision 22)
SECONDS_LIMIT = 2**31 - 1  # of the other times (chosen; as of pmin and pmax, decision 35)
LIMITS = {
    LIFETIME: (1, LIFETIME_LIMIT),
    PMIN: (0, SECONDS_LIMIT),
    PMAX: (1, SECONDS_LIMIT),
    DISABLE_TIMEOUT: (0, SECONDS_LIMIT),
}
BINDINGS: dict[str, Binding] = {"U": "U", "UQ": "UQ"}  # the others need SMS (LwM2M 1.0 5.3.1.1)

DEFINITION = {
    SHORT_ID: Resource("R", ResourceType.INTEGER, mandatory=True),
    LIFETIME: Resource("RW", ResourceType.INTEGER, mandatory=True),
    PMIN: Resource("RW", ResourceType.INTEGER),
    PMAX: Resource("RW", ResourceType.INTEGER),
    DISABLE: Resource("E"),
    DISABLE_TIMEOUT: Resource("RW", ResourceType.INTEGER),
    STORING: Resource("RW", ResourceType.BOOLEAN, mandatory=True),
    BINDING: Resource("RW", ResourceType.STRING, mandatory=True),
    UPDATE: Resource("E", mandatory=True),
}


# What holds until the platform writes it (LwM2M 1.0 E.2; that notifications are stored is chosen)
AT_FIRST: Mapping[int, Value] = {PMIN: 0, DISABLE_TIMEOUT: 86400, STORING: True}


class Server:
    """The one Server instance. Lifetime and binding are those of the registration."""

    __slots__ = ("_kept", "_instance", "want")

    number = SERVER
    definition = DEFINITION
    body_limit = BODY_LIMIT

    def __init__(self, instance: Instance, want: Callable[[Wish], None]) -> None:
        self._kept = AT_FIRST
        self._instance = instance
        self.want = want

    def seconds(self, resource: int) -> int | None:
        """PMIN, PMAX or DISABLE_TIMEOUT; None for what is not set."""
        value = self._kept.get(resource)
        assert value is None or isinstance(value, int)
        return value

    @property
    def stores(self) -> bool:
        """Whether what changes while the module is offline is reported when it is back."""
        return self._kept[STORING] is True

    @property
    def is_there(self) -> bool:
        return self._instance.module.quirks.server_object == "on"

    def values(self, now: float) -> Mapping[int, Current]:
        instance = self._instance
        return {
            SHORT_ID: instance.short_id,
            LIFETIME: 0 if instance.client is None else instance.client.wanted_lifetime,
            BINDING: instance.binding or "U",
            **self._kept,
        }

    def write(self, values: Mapping[int, Value], replace: bool, now: float) -> Code:
        told = {number: values[number] for number in (LIFETIME, BINDING) if number in values}
        kept = {number: value for number, value in values.items() if number not in told}
        kept = {**(AT_FIRST if replace else self._kept), **kept}
        if not _are_possible({**kept, **told}):
            return Code.BAD_REQUEST
        self._kept = kept
        self._tell(told.get(LIFETIME), told.get(BINDING))
        return Code.CHANGED

    def _tell(self, lifetime: Value | None, binding: Value | None) -> None:
        """What the registration says has changed: an Update follows (1.0-int-102, 215)."""
        chosen = None if binding is None else BINDINGS[str(binding)]
        if chosen is not None:
            self._instance.binding = chosen
        if lifetime is not None or chosen is not None:
            assert lifetime is None or isinstance(lifetime, int)
            self.want(SendUpdate(lifetime, chosen))

    def arriving(self, resource: int, received: int, now: float) -> Code:
        return Code.CONTINUE

    def execute(self, resource: int, arguments: bytes, now: float) -> Code:
        """Disable, and Registration Update Trigger; neither has arguments."""
        if resource == DISABLE:
            self.want(Leave(self.seconds(DISABLE_TIMEOUT) or 0))
        else:
            self.want(SendUpdate())
        return Code.CHANGED


def _are_possible(values: Mapping[int, Value]) -> bool:
    """Times within their limits, pmax above pmin (manual 3.16), a binding that the module has."""
    pmin, pmax = values[PMIN], values.get(PMAX)
    in_order = pmax is None or (isinstance(pmin, int) and isinstance(pmax, int) and pmax > pmin)
    in_range = all(
        least <= value <= most
        for number, (least, most) in LIMITS.items()
        if isinstance(value := values.get(number, least), int)
    )
    return in_order and in_range and values.get(BINDING, "U") in BINDINGS
