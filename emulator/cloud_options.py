"""The options of the local platforms, for `mipl run` and `mipl cloud` alike."""

import socket
from collections.abc import Mapping, Sequence

from emulator.cli import UsageError


def check_http(port: int, host: str = "127.0.0.1") -> None:
    """UsageError for a port that is none, OSError for one that cannot be had."""
    if not 0 <= port <= 65535:
        raise UsageError(f"--http {port} is not between 0 and 65535")
    if not port:
        return
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise OSError(
                f"port {port} cannot be used ({error.strerror}); "
                "choose another with --http, or leave it out for a free one"
            ) from error


def ports_of(texts: Sequence[str], option: str, names: Sequence[str]) -> Mapping[str, int]:
    """`PORT`, if there is one platform only, or `NAME=PORT`, by name. UsageError."""
    ports: dict[str, int] = {}
    for text in texts:
        name, _, port = text.rpartition("=")
        if not name and len(names) > 1:
            raise UsageError(f"{option} {text}: for which platform? For example {names[0]}={text}")
        name = name or names[0]
        if name not in names:
            raise UsageError(f"{option} {text}: '{name}' is not started ({', '.join(names)})")
        if not (port.isascii() and port.isdigit() and 1 <= int(port[:6]) <= 65535):
            raise UsageError(f"{option} {text}: '{port}' is not a port between 1 and 65535")
        ports[name] = int(port)
    return ports
