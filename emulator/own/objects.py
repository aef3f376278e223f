"""Which objects the module has (decision 33)."""

from collections.abc import Callable

from emulator.instance import Instance
from emulator.own.connectivity import connectivity, monitor
from emulator.own.device import Device
from emulator.own.firmware_update import FirmwareUpdate
from emulator.own.registry import OwnObjects
from emulator.own.server import Server
from emulator.own.wishes import Wish


def own_objects(instance: Instance, want: Callable[[Wish], None]) -> OwnObjects:
    """Those of one instance; `want` takes what they want done."""
    others = (
        Device(instance, want),
        connectivity(instance),
        FirmwareUpdate(instance.module.update),
        monitor(instance),
    )
    return OwnObjects(instance, Server(instance, want), others)
