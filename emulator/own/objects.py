"""Which objects the module has (decision 33)."""

from collections.abc import Callable

from emulator.instance import Instance
from emulator.own.connectivity import CONNECTIVITY_SHEET, MONITOR_SHEET
from emulator.own.device import Device
from emulator.own.firmware_update import FirmwareUpdate
from emulator.own.object import ReadOnly
from emulator.own.registry import OwnObjects
from emulator.own.server import Server
from emulator.own.wishes import Wish


def own_objects(instance: Instance, want: Callable[[Wish], None]) -> OwnObjects:
    """Those of one instance; `want` takes what they want done."""
    others = (
        Device(instance, want),
        ReadOnly(CONNECTIVITY_SHEET, instance),
        FirmwareUpdate(instance.module.update),
        ReadOnly(MONITOR_SHEET, instance),
    )
    return OwnObjects(instance, Server(instance, want), others)
