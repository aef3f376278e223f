"""3/0, Device (LwM2M 1.0 E.4): what the module is."""

from collections.abc import Mapping

from emulator.instance import Instance
from emulator.own.object import Current, ReadOnly, Resource
from lwm2m_core.values import ResourceType

DEVICE = 3
DEFINITION = {
    0: Resource("R", ResourceType.STRING),  # manufacturer
    1: Resource("R", ResourceType.STRING),  # model number
    2: Resource("R", ResourceType.STRING),  # serial number
    3: Resource("R", ResourceType.STRING),  # firmware version
    16: Resource("R", ResourceType.STRING, mandatory=True),  # supported binding and modes
}


def device(instance: Instance) -> ReadOnly:
    """3/0 of one instance."""

    def read() -> Mapping[int, Current]:
        profile, identity = instance.module.profile, instance.module.identity
        return {
            0: profile.manufacturer,
            1: profile.model,
            2: identity.imei,
            3: profile.revision,
            16: instance.binding or "U",
        }

    return ReadOnly(DEVICE, DEFINITION, read)
