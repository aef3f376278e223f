"""What a scenario has a platform do, asked of the platform where the device is."""

from collections.abc import Iterable

from emulator.cloud.errors import UnknownDevice
from emulator.cloud.service import Cloud
from emulator.scenario.platform_words import CloudDeed


async def perform(deed: CloudDeed, imei: str, clouds: Iterable[Cloud]) -> None:
    """Until the device has answered, or will not. UnknownDevice where it cannot be asked, else
    CloudError or EngineError, as of the platform's own methods."""
    cloud = _home(imei, clouds)
    if deed.path is not None and not cloud.device(imei).online:
        raise UnknownDevice(f"{imei} is not registered now")
    path = deed.path
    match deed.deed:
        case "forget":
            cloud.forget(imei)
        case "delete":
            cloud.delete(imei)
        case _ if path is None:
            raise AssertionError(deed)
        case "write":
            values = deed.values or {}
            if path.resource is None:
                await cloud.write(imei, path, values)
            else:
                await cloud.write(imei, path, values[path.resource])
        case "read":
            await cloud.read_all(imei, path)
        case "execute":
            await cloud.execute(imei, path, deed.arguments)
        case "discover":
            await cloud.discover(imei, path)
        case "observe":
            await cloud.observe(imei, path, **(deed.attributes or {}))
        case "attributes":
            await cloud.write_attributes(imei, path, **(deed.attributes or {}))
        case "cancel":
            await cloud.cancel_observe(imei, path)


def _home(imei: str, clouds: Iterable[Cloud]) -> Cloud:
    """The platform where the device is registered, or else has last been."""
    known = [(cloud, state) for cloud in clouds for state in cloud.devices if state.name == imei]
    for cloud, state in known:
        if state.online:
            return cloud
    if not known:
        raise UnknownDevice(f"no device {imei} has registered at any platform yet")
    return known[-1][0]
