"""RFC 2217 on a TCP port: the client also sets rate, flow control, DTR, RTS, and sees CTS, DSR.

Telnet and its options are pyserial's `PortManager`; this is the serial port that it believes to
manage. RI and CD are always off.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast

import serial
from serial import rfc2217

from pty_bridge.flow import is_rate
from pty_bridge.port import LineSettings, ModuleSide, PortReceiver, PortTap
from pty_bridge.tcp import Send, TalkError, TcpPort

OPTION_LIMIT = 64  # bytes of one suboption; RFC 2217 has none over 6 but SIGNATURE, a text
_IAC, _END = b"\xff", b"\xff\xf0"  # RFC 854; IAC SE, where a suboption ends
_NONSENSE = (ValueError, KeyError, TypeError, IndexError, struct.error)  # PortManager's


def rfc2217_port(
    receiver: PortReceiver, address: tuple[str, int], *, tap: PortTap | None = None
) -> TcpPort:
    """A port for clients that speak RFC 2217; as TcpPort otherwise."""
    return TcpPort(receiver, address, tap=tap, scheme="rfc2217", talk=Rfc2217)


@dataclass(slots=True)
class _Connection:
    """What PortManager writes to."""

    write: Send


class _Face:
    """The serial port as PortManager reads and sets it. An impossible rate changes nothing."""

    def __init__(self) -> None:
        self._baudrate = LineSettings().baud
        self.bytesize, self.parity, self.stopbits = 8, serial.PARITY_NONE, 1
        self.xonxoff = self.rtscts = self.dsrdtr = False
        self.break_condition = False
        # at what the client sets first, after it has opened the port
        self.dtr: bool | None = None
        self.rts: bool | None = None
        self.cts = self.dsr = True
        self.ri = self.cd = False

    @property
    def baudrate(self) -> int:
        return self._baudrate

    @baudrate.setter
    def baudrate(self, baud: int) -> None:
        if not is_rate(baud):
            raise ValueError(f"no serial port has {baud} baud")
        self._baudrate = baud

    def reset_input_buffer(self) -> None:
        """Nothing waits here."""

    def reset_output_buffer(self) -> None:
        """What waits is on its way to the client already."""

    def settings(self) -> LineSettings:
        return LineSettings(self._baudrate, self.rtscts, self.xonxoff, dtr=self.dtr, rts=self.rts)


class Rfc2217:
    """One client's Telnet."""

    def __init__(self, send: Send) -> None:
        self._face = _Face()
        self._told = self._face.settings()
        self._manager = rfc2217.PortManager(cast(Any, self._face), cast(Any, _Connection(send)))

    def heard(self, data: bytes) -> Iterator[bytes | LineSettings]:
        """Settings stand where they were made, between the bytes; also those of a short pulse."""
        *commands, rest = data.split(_END)
        for piece in (*(command + _END for command in commands), rest):
            try:
                plain = b"".join(self._manager.filter(piece))
                if len(self._manager.suboption or b"") > OPTION_LIMIT:
                    raise ValueError(f"an option of more than {OPTION_LIMIT} bytes")
            except _NONSENSE as error:
                raise TalkError(f"no RFC 2217: {error!r}") from error
            if plain:
                yield plain
            settings = self._face.settings()
            if settings != self._told:
                self._told = settings
                yield settings

    def said(self, data: bytes) -> bytes:
        return data.replace(_IAC, _IAC + _IAC)

    def show(self, side: ModuleSide) -> None:
        self._face.cts, self._face.dsr = side.cts, side.dsr
        self._manager.check_modem_lines()
