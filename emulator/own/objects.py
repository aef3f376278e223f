"""Which objects the module has (decision 33)."""

from collections.abc import Callable

from emulator.instance import Instance
from emulator.own.device import device
from emulator.own.firmware_update import FirmwareUpdate
from emulator.own.object import OwnObject
from emulator.own.wishes import Wish


def own_objects(instance: Instance, want: Callable[[Wish], None]) -> tuple[OwnObject, ...]:
    """Those of one instance; `want` takes what they want done."""
    return (device(instance), FirmwareUpdate(instance.module.update))
