"""libcoap's coap-client in the place of a device: a request by hand, from a new port each time."""

import queue

from tests.interop.peers.driver import PATIENCE
from tests.interop.peers.libcoap_log import Logged
from tests.interop.peers.libcoap_program import CLIENT, LOG, Program


def ask(method: str, uri: str, *options: str, links: bytes = b"") -> list[Logged]:
    """All responses, in order; with a list of links the request has Content-Format 40."""
    heard: list[Logged] = []
    ended: queue.Queue[None] = queue.Queue()

    def said(line: Logged | str) -> None:
        if isinstance(line, Logged) and not line.sent and line.is_response:
            heard.append(line)

    command = [CLIENT, *LOG, "-m", method, *options, *(["-t", "40", "-f", "-"] if links else [])]
    program = Program([*command, uri], said, lambda: ended.put(None), links)
    try:
        ended.get(timeout=PATIENCE)
    finally:
        program.stop()
    return heard
