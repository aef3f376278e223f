"""5/0, Firmware Update (LwM2M 1.0 E.6): what an update looks like to the platform."""

from collections.abc import Mapping

from emulator.fota.package import STORAGE_LIMIT
from emulator.fota.update import Update
from emulator.own.object import Current, Resource
from lwm2m_core.block_option import LARGEST
from lwm2m_core.message import Code
from lwm2m_core.values import ResourceType, Value

FIRMWARE_UPDATE = 5
PACKAGE, PACKAGE_URI, UPDATE = 0, 1, 2
STATE, RESULT, NAME, VERSION, PROTOCOLS, DELIVERY = 3, 5, 6, 7, 8, 9
COAP = 0  # the one value of PROTOCOLS: no DTLS, no HTTP
URI_LIMIT = 255  # bytes
BOTH = 2  # DELIVERY: the package is pushed to it, or pulled by it

DEFINITION = {
    # Mandatory by OMA's list, but who replaces the instance delivers one of the two.
    PACKAGE: Resource("W", ResourceType.OPAQUE),
    PACKAGE_URI: Resource("RW", ResourceType.STRING),
    UPDATE: Resource("E"),
    STATE: Resource("R", ResourceType.INTEGER, mandatory=True),
    RESULT: Resource("R", ResourceType.INTEGER, mandatory=True),
    NAME: Resource("R", ResourceType.STRING),
    VERSION: Resource("R", ResourceType.STRING),
    PROTOCOLS: Resource("R", ResourceType.INTEGER, multiple=True),
    DELIVERY: Resource("R", ResourceType.INTEGER, mandatory=True),
}


class FirmwareUpdate:
    """The object of one instance; the update itself is the module's, and goes on without one."""

    __slots__ = ("_update",)

    number = FIRMWARE_UPDATE
    definition = DEFINITION
    body_limit = STORAGE_LIMIT + LARGEST  # one block more: that it is too long is for the update
    is_there = True

    def __init__(self, update: Update) -> None:
        self._update = update

    def values(self, now: float) -> Mapping[int, Current]:
        update = self._update
        current: dict[int, Current] = {
            PACKAGE_URI: update.uri,
            STATE: int(update.state),
            RESULT: int(update.result),
            PROTOCOLS: {0: COAP},
            DELIVERY: BOTH,
        }
        if update.package is not None:
            current |= {NAME: update.package.model, VERSION: update.package.version}
        return current

    def write(self, values: Mapping[int, Value], replace: bool, now: float) -> Code:
        """One of the two ways to deliver."""
        match values.get(PACKAGE), values.get(PACKAGE_URI):
            case bytes(body), None:
                return self._update.write_package(body, now)
            case None, str(uri) if len(uri.encode("utf-8", "surrogateescape")) <= URI_LIMIT:
                return self._update.write_uri(uri, now)
            case _:
                return Code.BAD_REQUEST

    def arriving(self, resource: int, received: int, now: float) -> Code:
        if resource != PACKAGE:
            return Code.REQUEST_ENTITY_TOO_LARGE
        if received == 0:
            self._update.package_stops()
            return Code.REQUEST_ENTITY_INCOMPLETE
        return self._update.package_arrives(received)

    def execute(self, resource: int, arguments: bytes, now: float) -> Code:
        """UPDATE; it has no arguments, and those that come are not looked at (chosen)."""
        return self._update.execute(now)
