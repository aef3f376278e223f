"""What the texts of the journal's records say of links, for programs."""

import re
from dataclasses import dataclass
from functools import lru_cache

from emulator.addresses import Address, AddressError, parse_address, spelt

_LINK = re.compile(r"link (\d+)")
_OPENED = re.compile(r"link (\d+) to (.+), at (.+)")
SECURED = "secured with "


@dataclass(frozen=True, slots=True)
class Opened:
    """A link is being opened: to the server that the firmware named, which really is `at`."""

    link: int
    named: Address
    at: Address


@lru_cache
def opened_text(opened: Opened) -> str:
    """The text of an `open_link` record."""
    return f"link {opened.link} to {spelt(opened.named)}, at {spelt(opened.at)}"


def opened_in(text: str) -> Opened | None:
    """What such a text says; None for any other."""
    match = _OPENED.fullmatch(text)
    if match is None:
        return None
    try:
        return Opened(int(match[1]), parse_address(match[2]), parse_address(match[3]))
    except AddressError:
        return None


def secured_text(link: int, security: str) -> str:
    """The text of the `open_link` record that says what protects a link."""
    return f"link {link} {security}"


def is_secured(text: str) -> bool:
    """Whether a text says that a link is protected."""
    return SECURED in text


def link_in(text: str) -> int | None:
    """The number of the link that a record is about."""
    match = _LINK.match(text)
    return None if match is None else int(match[1])
