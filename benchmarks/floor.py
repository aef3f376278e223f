"""The floor: what one would write by hand for four exchanges alone, on a pty and a UDP socket.

    python -m benchmarks.floor PORT

It knows one object, one observation and one value, parses with `split`, and checks, remembers and
refuses nothing. What asyncio, the kernel's pty and UDP and aiocoap's codec cost, it pays as well; a
whole module on these libraries cannot be quicker.
"""

import asyncio
import os
import socket
import sys
import tty
from typing import Any

from aiocoap import ACK, CON, CONTENT, EMPTY, GET, NON, POST, Message

OK = b"\r\nOK\r\n"
ACK_TIMEOUT = 2.0  # RFC 7252 4.8


class Floor:
    """The module; `serve` prints its device."""

    def __init__(self, port: int) -> None:
        self._loop = asyncio.get_running_loop()
        self._master, slave = os.openpty()
        tty.setraw(slave)
        self.device = os.ttyname(slave)
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.setblocking(False)
        self._socket.connect(("127.0.0.1", port))
        self._mid = self._number = 0
        self._token = b""
        self._timers: dict[int, asyncio.TimerHandle] = {}
        self._ackids: dict[int, bytes] = {}
        self._tokens: dict[int, bytes] = {}  # of READs that wait
        self._loop.add_reader(self._master, self._from_host)
        self._loop.add_reader(self._socket, self._from_server)

    def _print(self, text: bytes) -> None:
        os.write(self._master, text)

    def _from_host(self) -> None:
        for command in os.read(self._master, 4096).split(b"\r")[:-1]:
            name, _, parameters = command.partition(b"=")
            if name == b"AT+MIPLNOTIFY":
                self._notify(parameters.split(b","))
            elif name == b"AT+MIPLREADRSP":
                self._answer(parameters.split(b","))
            elif name == b"AT+MIPLOPEN":
                register = Message(code=POST, payload=b"</3200/0>")
                register.opt.uri_path = ("rd",)
                self._send(register, CON, self._next(), b"\xaa")
            self._print(OK)

    def _next(self) -> int:
        self._mid = self._mid + 1 & 0xFFFF
        return self._mid

    def _send(self, message: Any, kind: Any, mid: int, token: bytes) -> bytes:
        message.mtype, message.mid, message.token = kind, mid, token
        data: bytes = message.encode()
        self._socket.send(data)
        return data

    def _notify(self, fields: list[bytes]) -> None:
        self._number += 1
        message = _content(fields[4], fields[7])
        message.opt.observe = self._number
        mid, confirmable = self._next(), len(fields) > 10
        data = self._send(message, CON if confirmable else NON, mid, self._token)
        if confirmable:
            self._ackids[mid] = fields[10]
            self._timers[mid] = self._loop.call_later(ACK_TIMEOUT, self._socket.send, data)

    def _answer(self, fields: list[bytes]) -> None:
        mid = int(fields[1])
        self._send(_content(fields[5], fields[8]), ACK, mid, self._tokens.pop(mid))

    def _from_server(self) -> None:
        message = Message.decode(self._socket.recv(65536))
        if message.code == EMPTY:
            self._timers.pop(message.mid).cancel()
            self._print(b"\r\n+MIPLEVENT: 0,26," + self._ackids.pop(message.mid) + b"\r\n")
        elif message.code == GET and message.opt.observe == 0:
            self._token = message.token
            self._send(Message(code=CONTENT), ACK, message.mid, message.token)
        elif message.code == GET:
            self._tokens[message.mid] = message.token
            self._print(b"\r\n+MIPLREAD: 0,%d,3200,0,5750\r\n" % message.mid)


def _content(resid: bytes, text: bytes) -> Any:
    """TLV of a string resource with a 16-bit identifier (LwM2M 1.0 6.4.3)"""
    value = text.strip(b'"')
    payload = bytes((0xE0 | len(value),)) + int(resid).to_bytes(2, "big") + value
    message = Message(code=CONTENT, payload=payload)
    message.opt.content_format = 11542
    return message


async def serve(port: int) -> None:
    """Print the device path, then answer until killed."""
    floor = Floor(port)
    print(floor.device, flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1])))
