"""Which objects the module has (decision 33)."""

from collections.abc import Callable

from emulator.instance import Instance
from emulator.own.connectivity import CONNECTIVITY_SHEET, MONITOR_SHEET
from emulator.own.device import Device
from emulator.own.firmware_update import FirmwareUpdate
from emulator.own.object import OwnObject, ReadOnly
from emulator.own.registry import OwnObjects
from emulator.own.server import Server
from emulator.own.wishes import Wish


def own_objects(instance: Instance, want: Callable[[Wish], None]) -> OwnObjects:
    """Those of one instance; `want` takes what they want done."""
    return OwnObjects(instance, Server(instance, want), _others)


def _others(instance: Instance, want: Callable[[Wish], None]) -> tuple[OwnObject, ...]:
    return (
        Device(instance, want),
        ReadOnly(CONNECTIVITY_SHEET, instance),
        FirmwareUpdate(instance.module.update),
        ReadOnly(MONITOR_SHEET, instance),
    )
