"""A platform for bad networks, of literal datagrams: it repeats what it asks, and takes what it
hears once. No sockets and no clock: `now` is a number, and what it says lies in `said`."""

from collections.abc import Hashable
from dataclasses import dataclass, field

from tests.desk import ACK, CON, LOCATION, PATH, POST, PUT, RST, coap
from tests.server import CHANGED, CREATED, DELETED, FORMAT, SECURITY, TLV, Heard, question, split

NOT_FOUND = 0x84
PAUSES = (2.0, 4.0, 8.0, 16.0, 32.0)  # between two transmissions, and to the end (RFC 7252 4.2)

Peer = Hashable  # an address, or a link


@dataclass
class Question:
    """A request of the platform. `answer`: the first response to it; `copies`: every datagram that
    carried one. `due`: when it is sent again, or given up; None when neither is to come."""

    data: bytes
    peer: Peer
    due: float | None
    pauses: list[float] = field(default_factory=lambda: list(PAUSES[1:]))
    answer: Heard | None = None
    copies: set[bytes] = field(default_factory=set)
    rejected: bool = False

    @property
    def is_over(self) -> bool:
        """It is neither sent again nor given up any more."""
        return self.due is None

    @property
    def mid(self) -> int:
        return self.data[2] << 8 | self.data[3]

    @property
    def token(self) -> bytes:
        return self.data[4 : 4 + (self.data[0] & 15)]


class AskingServer:
    """Bootstrap server and LwM2M server in one. `requests`, `notifications`: what was new.

    `acks`: whether CON notifications are acknowledged. `up`: whether it is there at all.
    """

    def __init__(self) -> None:
        self.said: list[tuple[Peer, bytes]] = []
        self.requests: list[Heard] = []
        self.notifications: list[Heard] = []
        self.questions: list[Question] = []
        self.peer: Peer | None = None  # of the registration
        self.acks = self.up = True
        self._location: bytes | None = None
        self._locations = 0
        self._mid = 20000
        self._observing: set[bytes] = set()
        self._replies: dict[tuple[Peer, int], list[bytes]] = {}

    @property
    def is_registered(self) -> bool:
        """Whether it knows a module."""
        return self._location is not None

    # what it asks

    def ask(
        self, code: int, path: str, now: float, *options: tuple[int, bytes], body: bytes = b""
    ) -> Question:
        """A CON request to the registered module, with its message id as token."""
        assert self.peer is not None
        return self._ask(self.peer, code, path, now, *options, body=body)

    def observe(self, path: str, now: float) -> Question:
        asked = self.ask(1, path, now, (6, b""))
        self._observing.add(asked.token)
        return asked

    def restart(self) -> None:
        """It forgets everything: registrations, observations, message ids heard."""
        self._location = None
        self._observing.clear()
        self._replies.clear()
        for asked in self.questions:
            asked.due = None

    def _ask(
        self, peer: Peer, code: int, path: str, now: float, *options: tuple[int, bytes], body: bytes
    ) -> Question:
        self._mid += 1
        asked = Question(question(code, self._mid, path, *options, body=body), peer, now + 2.0)
        self.questions.append(asked)
        self.said.append((peer, asked.data))
        return asked

    def deadline(self) -> float | None:
        return min((asked.due for asked in self.questions if asked.due is not None), default=None)

    def handle_timeout(self, now: float) -> None:
        """Repeat what is due, or give it up."""
        for asked in self.questions:
            if asked.due is not None and asked.due <= now:
                asked.due = now + asked.pauses.pop(0) if asked.pauses else None
                if asked.due is not None:
                    self.said.append((asked.peer, asked.data))

    # what it hears

    def hear(self, data: bytes, peer: Peer, now: float) -> None:
        if not self.up:
            return
        heard = split(data)
        if heard.kind in (ACK, RST):
            self._replied(heard, data, now)
            return
        key = peer, heard.mid
        if key not in self._replies:  # else it was heard before, and gets the same again
            self._replies[key] = self._take(heard, data, peer, now)
        self.said += [(peer, reply) for reply in self._replies[key]]

    def _replied(self, heard: Heard, data: bytes, now: float) -> None:
        """An ACK, with an answer or without, or a Reset."""
        for asked in self.questions:
            if asked.mid == heard.mid:
                asked.due = None
                asked.rejected = asked.rejected or heard.kind == RST
                if heard.code:
                    self._answered(asked, heard, data, now)

    def _answered(self, asked: Question, heard: Heard, data: bytes, now: float) -> None:
        assert heard.token == asked.token
        asked.due = None
        asked.copies.add(data)
        if asked.answer is None:
            asked.answer = heard
            if asked.data[1] == PUT and SECURITY in asked.data:
                assert heard.code == CHANGED
                self._ask(asked.peer, POST, "/bs", now, body=b"")

    def _take(self, heard: Heard, data: bytes, peer: Peer, now: float) -> list[bytes]:
        """A message heard for the first time; what is said to it, also when it comes again."""
        if 0 < heard.code < 32:
            self.requests.append(heard)
            return self._request(heard, peer, now)
        ack = [coap(ACK, 0, heard.mid)] if heard.kind == CON else []
        if heard.token in self._observing:
            self.notifications.append(heard)
            return ack if self.acks else []
        for asked in self.questions:
            if asked.token == heard.token:
                self._answered(asked, heard, data, now)
                return ack
        return [coap(RST, 0, heard.mid)]

    def _request(self, heard: Heard, peer: Peer, now: float) -> list[bytes]:
        path = heard.options[PATH]
        if path == [b"bs"]:
            self._ask(peer, PUT, "/0/0", now, (FORMAT, TLV), body=SECURITY)
            return [_answer(heard, CHANGED)]
        if path == [b"rd"]:
            self._locations += 1
            self._location, self.peer = b"%d" % self._locations, peer
            self._observing.clear()  # of the registration that this one replaces
            return [_answer(heard, CREATED, (LOCATION, b"rd"), (LOCATION, self._location))]
        if self._location is None or path != [b"rd", self._location]:
            return [_answer(heard, NOT_FOUND)]
        if heard.code == POST:
            self.peer = peer
            return [_answer(heard, CHANGED)]
        self._location = None
        return [_answer(heard, DELETED)]


def _answer(heard: Heard, code: int, *options: tuple[int, bytes]) -> bytes:
    return coap(ACK, code, heard.mid, heard.token, options)
