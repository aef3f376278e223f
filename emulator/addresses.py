"""Addresses as people write them. Cheap to import: checked before a device is made."""

from ipaddress import ip_address

Address = tuple[str, int]


class AddressError(Exception):
    """A mapping was written wrongly; the text says how it is written."""


def parse_address(text: str) -> Address:
    """`HOST:PORT`, with an IPv6 host in brackets."""
    host, colon, port = text.rpartition(":")
    if not colon or not host or not port.isascii() or not port.isdigit():
        raise AddressError(f"'{text}' is not HOST:PORT, for example 127.0.0.1:5683")
    if not 1 <= int(port) <= 65535:
        raise AddressError(f"port {port} in '{text}' is not between 1 and 65535")
    if ":" in host and not (host.startswith("[") and host.endswith("]")):
        raise AddressError(f"'{text}' has an IPv6 address without brackets: [{host}]:{port}")
    return host.strip("[]"), int(port)


def parse_resolve(text: str) -> tuple[Address, Address]:
    """`HOST:PORT=IP:PORT`: what the firmware connects to, and where that is."""
    left, equals, right = text.partition("=")
    if not equals:
        raise AddressError(
            f"'{text}' is not HOST:PORT=IP:PORT, for example "
            "nbiotbt.heclouds.com:5683=127.0.0.1:5683"
        )
    asked, target = parse_address(left.lower()), parse_address(right)
    if not is_numeric(target[0]):
        raise AddressError(f"'{right}' in '{text}' is no IP address with a port")
    return asked, target


def is_numeric(host: str) -> bool:
    """Whether a host is an IP address, which needs no resolving."""
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def spelt(address: Address) -> str:
    """`HOST:PORT`, as `parse_address` reads it."""
    host, port = address
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
