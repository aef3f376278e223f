"""Serial ends written as strings; a scheme's module is imported when it is asked for."""

from pty_bridge.port import Port, PortError, PortReceiver, PortTap

SPELLINGS = "'pty:', 'pty:/path/of/a/link' or 'memory:'"


def open_port(spec: str, receiver: PortReceiver, *, tap: PortTap | None = None) -> Port:
    """Open the end that `spec` names; needs a running event loop.

    `pty:` a pseudo-terminal, `pty:PATH` one with a stable link at PATH, `memory:` in memory.
    PortError if there is no such scheme or the end cannot be opened.
    """
    scheme, colon, rest = spec.partition(":")
    match scheme if colon else None:
        case "pty":
            from pty_bridge.pty import PtyPort

            return PtyPort(receiver, link=rest or None, tap=tap)
        case "memory" if not rest:
            from pty_bridge.memory import MemoryPort

            return MemoryPort(receiver, tap=tap)
    raise PortError(f"'{spec}' names no serial end", f"write {SPELLINGS}")
