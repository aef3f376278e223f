"""Serial ends written as strings; a scheme's module is imported when it is asked for."""

from dataclasses import dataclass
from typing import Literal

from pty_bridge.port import LineSettings, Port, PortError, PortReceiver, PortTap

SPELLINGS = (
    "'pty:', 'pty:/path/of/a/link', 'tcp:HOST:PORT', 'rfc2217:HOST:PORT', "
    "'serial:/dev/ttyUSB0,115200' or 'memory:'"
)
LOOPBACK = "127.0.0.1"

Scheme = Literal["pty", "tcp", "rfc2217", "serial", "memory"]


@dataclass(frozen=True, slots=True)
class PortSpec:
    """One serial end. `path`: of the link or of the device, empty for none; `number`: the TCP port
    or the rate."""

    scheme: Scheme
    path: str = ""
    host: str = ""
    number: int = 0

    def counted(self, index: int) -> "PortSpec":
        """The same for the next modem: PATH0, PATH1, … and PORT, PORT + 1, …

        PortError where there is only one of its kind.
        """
        match self.scheme:
            case "pty" if self.path:
                return PortSpec("pty", f"{self.path}{index}")
            case "tcp" | "rfc2217" if self.number:
                port = _port(str(self), str(self.number + index))
                return PortSpec(self.scheme, host=self.host, number=port)
            case "serial":
                raise PortError(f"'{self}' is one device", "leave --count out")
        return self

    def __str__(self) -> str:
        match self.scheme:
            case "pty" | "memory":
                return f"{self.scheme}:{self.path}"
            case "serial":
                return f"serial:{self.path},{self.number}"
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}:{host}:{self.number}"


def parse_spec(text: str) -> PortSpec:
    """What `text` names; PortError if nothing.

    `pty:` a pseudo-terminal, `pty:PATH` one with a stable link at PATH, `tcp:HOST:PORT` and
    `rfc2217:HOST:PORT` where a client connects (HOST may be left out: loopback; PORT 0: a free
    one), `serial:PATH[,BAUD]` a real device, `memory:` in memory.
    """
    scheme, colon, rest = text.partition(":")
    match scheme if colon else None:
        case "pty":
            return PortSpec("pty", rest)
        case "memory" if not rest:
            return PortSpec("memory")
        case "tcp" | "rfc2217" as network:
            host, _, port = rest.rpartition(":")
            return PortSpec(network, host=_host(text, host), number=_port(text, port))
        case "serial" if rest:
            path, comma, rate = rest.rpartition(",") if "," in rest else (rest, "", "")
            return PortSpec("serial", path, number=_rate(text, rate) if comma else _BAUD)
    raise PortError(f"'{text}' names no serial end", f"write {SPELLINGS}")


def open_port(spec: str | PortSpec, receiver: PortReceiver, *, tap: PortTap | None = None) -> Port:
    """Open the end that `spec` names; needs a running event loop.

    PortError if there is no such scheme or the end cannot be opened.
    """
    end = parse_spec(spec) if isinstance(spec, str) else spec
    match end.scheme:
        case "pty":
            from pty_bridge.pty import PtyPort

            return PtyPort(receiver, link=end.path or None, tap=tap)
        case "memory":
            from pty_bridge.memory import MemoryPort

            return MemoryPort(receiver, tap=tap)
        case "tcp":
            from pty_bridge.tcp import TcpPort

            return TcpPort(receiver, (end.host, end.number), tap=tap)
        case "rfc2217":
            from pty_bridge.rfc2217 import rfc2217_port

            return rfc2217_port(receiver, (end.host, end.number), tap=tap)
        case "serial":
            from pty_bridge.device import DevicePort

            return DevicePort(receiver, end.path, end.number, tap=tap)


_BAUD = LineSettings().baud


def _host(text: str, host: str) -> str:
    if host.startswith("[") and host.endswith("]"):
        return host[1:-1]
    if ":" in host:
        raise PortError(f"the address in '{text}' has no brackets", f"write [{host}]")
    return host or LOOPBACK


def _port(text: str, port: str) -> int:
    if port.isascii() and port.isdigit() and int(port) <= 65535:
        return int(port)
    raise PortError(
        f"'{port}' in '{text}' is no port", "write a number from 1 to 65535, or 0 for a free one"
    )


def _rate(text: str, rate: str) -> int:
    if rate.isascii() and rate.isdigit() and int(rate) > 0:
        return int(rate)
    raise PortError(f"'{rate}' in '{text}' is no rate", "write a number, as 115200")
