"""Which resources the platform knows a device to have: from its object list, from what it answered
to Discover, and from what it has reported."""

from collections.abc import Iterable
from typing import Final

from emulator.cloud.events import Deleted, Event, Finished, Notified, Registered, Updated
from emulator.cloud.operations import Answer, Discover
from emulator.cloud.registry import DEVICE_LIMIT
from lwm2m_core.formats.link import decode_links
from lwm2m_core.message import is_success
from lwm2m_core.paths import Path
from lwm2m_core.values import ContentError

RESOURCE_LIMIT: Final = 4096
"""Resources and instances known of one device; further ones are not noted (chosen)."""


class Catalog:
    """Learns from every event. A registration begins anew."""

    def __init__(self) -> None:
        self._known: dict[str, set[Path]] = {}

    def learn(self, event: Event) -> None:
        match event:
            case Registered(device, objects=objects):
                self._known.pop(device, None)
                self._known[device] = set(objects)
                if len(self._known) > DEVICE_LIMIT:
                    del self._known[next(iter(self._known))]
            case Updated(device, objects=objects):
                known = self._known.get(device, set())
                kept = {path for path in known if any(each.covers(path) for each in objects)}
                self._known[device] = kept | set(objects)
            case Deleted(device):
                self._known.pop(device, None)
            case Notified(device, points):
                self._add(device, (point.path for point in points))
            case Finished(_, device, Discover(), Answer(code, _, payload)) if is_success(code):
                self._add(device, _listed(payload))

    def paths(self, device: str) -> tuple[Path, ...]:
        """Ascending."""
        return tuple(sorted(self._known.get(device, ())))

    def _add(self, device: str, paths: Iterable[Path]) -> None:
        known = self._known.get(device)
        for path in paths:
            if known is not None and len(known) < RESOURCE_LIMIT:
                known.add(path)


def _listed(payload: bytes) -> list[Path]:
    try:
        links = decode_links(payload)
    except ContentError:
        return []
    return [path for link in links if (path := path_of_link(link.target)) is not None]


def path_of_link(target: str) -> Path | None:
    """The path of a link, None for the root and for what is none."""
    return Path.from_uri_path(tuple(target.removeprefix("/").split("/")))
