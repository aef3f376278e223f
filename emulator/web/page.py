"""A page for people: which devices there are, and which calls."""

from collections.abc import Iterable, Mapping
from html import escape

from emulator.cloud.api.openapi import Section
from emulator.cloud.registry import DeviceState


def page(devices: Mapping[str, Iterable[DeviceState]], sections: Iterable[Section]) -> str:
    """HTML; `devices` by their platforms."""
    rows = "".join(
        f"<tr><td>{escape(platform)}<td>{escape(each.name)}"
        f"<td>{'online' if each.online else 'offline'}"
        f"<td>{escape(' '.join(map(str, each.objects)))}"
        for platform, found in devices.items()
        for each in found
    )
    calls = "".join(
        f"<tr><td>{call.method}<td><code>{escape(call.path)}</code><td>{escape(call.about)}"
        for section in sections
        for call in section.calls
    )
    return (
        "<!doctype html><meta charset=utf-8><title>mipl-emulator</title>"
        "<style>body{font:14px sans-serif;margin:2em}td{padding:2px 1em 2px 0}</style>"
        f"<h1>Devices</h1><table>{rows or '<tr><td>none yet'}</table>"
        f'<h1>Calls</h1><p><a href="openapi.json">openapi.json</a><table>{calls}</table>'
    )
