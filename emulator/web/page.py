"""A page for people: what there is, and which calls."""

from collections.abc import Iterable
from html import escape

from emulator.web.openapi import Section
from emulator.web.routes import Listing


def page(listings: Iterable[Listing], sections: Iterable[Section]) -> str:
    """HTML."""
    calls = "".join(
        f"<tr><td>{call.method}<td><code>{escape(call.path)}</code><td>{escape(call.about)}"
        for section in sections
        for call in section.calls
    )
    return (
        "<!doctype html><meta charset=utf-8><title>mipl-emulator</title>"
        "<style>body{font:14px sans-serif;margin:2em}td{padding:2px 1em 2px 0}</style>"
        f"{''.join(map(_table, listings))}"
        f'<h1>Calls</h1><p><a href="openapi.json">openapi.json</a><table>{calls}</table>'
    )


def _table(listing: Listing) -> str:
    rows = "".join("<tr>" + "".join(f"<td>{escape(cell)}" for cell in row) for row in listing.rows)
    return f"<h1>{escape(listing.title)}</h1><table>{rows or '<tr><td>none yet'}</table>"
