"""The platforms' HTTP APIs, for whoever serves them."""

from collections.abc import Iterator, Mapping
from typing import Any

from emulator.cloud.api import onenet, rest
from emulator.cloud.api.onenet_calls import PLATFORM
from emulator.cloud.registry import DeviceState
from emulator.cloud.service import Cloud
from emulator.web.routes import Listing, Mount


def mounts_of(clouds: Mapping[str, Cloud]) -> tuple[Mount[Any], ...]:
    """OneNET's own calls, where a platform of that name runs, and ours for all."""
    ours = Mount(rest.API, clouds, _devices)
    return (Mount(onenet.API, clouds), ours) if PLATFORM in clouds else (ours,)


def _devices(clouds: Mapping[str, Cloud]) -> Iterator[Listing]:
    rows = ((name, state) for name, cloud in clouds.items() for state in cloud.devices)
    yield Listing("Devices", tuple((name, *_cells(state)) for name, state in rows))


def _cells(state: DeviceState) -> tuple[str, ...]:
    online = "online" if state.online else "offline"
    return state.name, online, " ".join(map(str, state.objects))
