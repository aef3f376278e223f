"""The hosts of examples/ with a module that is typed by hand: pieces, odd places, bad ends."""

import socket
import subprocess
from collections.abc import Iterator, Mapping

import pytest

from tests.examples.running import PATIENCE, Host

OK = b"\r\nOK\r\n"
OBSERVED = b"\r\n+MIPLOBSERVE: 0,6,1,3200,0,-1\r\n"
REQUESTS = (
    b"\r\n+MIPLREAD: 0,7,3,0,-1\r\n"  # of the module's own object: nobody answers
    b"\r\n+MIPLREAD: 0,8,3200,0,-1\r\n"
    b'\r\n+MIPLEXECUTE: 0,9,3200,0,5750,4,"abcd"\r\n'
    b"\r\n+MIPLWRITE: 0,10,3200,0,5750,1,4,e,0f,0\r\n"
)
ANSWERS = {  # what the module prints once it has heard a line that begins so
    "AT+MIPLOPEN": b"\r\n+MIPLEVENT: 0,6\r\n" + b"x" * 5000 + b"\r\n" + OBSERVED + OK,
    "AT+MIPLNOTIFY": b"\r\n+MIPLEVENT: 0,26,146\r\n\r\n+MIPLEVENT: 0,26,147\r\n" + OK + REQUESTS,
    "AT+MIPLCLOSE": b"\r\n+MIPLEVENT: 0,15\r\n" + OK,
}


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(PATIENCE)
        yield server


def play(
    host: Host, listener: socket.socket, answers: Mapping[str, bytes]
) -> tuple[int, list[str], str]:
    """A module that sends what it says in pieces of seven bytes; b"" in `answers`: it hangs up.

    The host's exit code, what it wrote, and what it said on stderr.
    """
    scheme = "socket://" if "python" in host[0] else "tcp:"
    place = f"{scheme}127.0.0.1:{listener.getsockname()[1]}"
    pipe = subprocess.PIPE
    with subprocess.Popen([*host, place], stdout=pipe, stderr=pipe, text=True) as process:
        heard = serve(listener, answers)
        _, err = process.communicate(timeout=PATIENCE)
    return process.returncode, heard, err


def serve(listener: socket.socket, answers: Mapping[str, bytes]) -> list[str]:
    client, _ = listener.accept()
    heard = []
    with client, client.makefile("rb") as lines:
        client.settimeout(PATIENCE)
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for raw in lines:
            heard.append(raw.decode().rstrip("\r\n"))
            said = next(
                (text for start, text in answers.items() if heard[-1].startswith(start)), OK
            )
            if not said:
                return heard
            for at in range(0, len(said), 7):
                client.sendall(said[at : at + 7])
    return heard


def test_pieces_long_lines_and_lines_before_the_final_result(
    host: Host, listener: socket.socket
) -> None:
    code, heard, err = play(host, listener, ANSWERS)
    assert (code, err) == (0, "")
    assert heard[-5:] == [
        'AT+MIPLREADRSP=0,8,1,3200,0,5750,1,4,"abcd",0,0',
        "AT+MIPLEXECUTERSP=0,9,2",
        "AT+MIPLWRITERSP=0,10,2",
        "AT+MIPLCLOSE=0",
        "AT+MIPLDELETE=0",
    ]


@pytest.mark.parametrize("refused", ["AT+MIPLADDOBJ", "AT+MIPLNOTIFY", "AT+MIPLWRITERSP"])
def test_an_error_ends_with_1(host: Host, listener: socket.socket, refused: str) -> None:
    code, _, err = play(host, listener, {**ANSWERS, refused: b"\r\n+CIS ERROR: 653\r\n"})
    assert code == 1
    assert "653" in err


def test_a_line_that_is_gone_ends_with_1(host: Host, listener: socket.socket) -> None:
    code, heard, err = play(host, listener, {**ANSWERS, "AT+MIPLEXECUTERSP": b""})
    assert code == 1
    assert heard[-1] == "AT+MIPLEXECUTERSP=0,9,2"
    assert err
