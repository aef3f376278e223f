"""The client engine with an owner, talking to a platform that sends whatever a script says."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from enum import IntEnum
from random import Random

from lwm2m_core.accounts import Account
from lwm2m_core.client import Client, State
from lwm2m_core.client_outputs import CloseLink, OpenLink, Received, Repeated, Send
from lwm2m_core.endpoint import Transmission
from lwm2m_core.errors import EngineError
from lwm2m_core.objects import ObjectTree
from lwm2m_core.requests import Settings
from tests.desk import ACK, CONTENT, CREATED, coap
from tests.fuzz import bounds, wire
from tests.fuzz.platform import Platform
from tests.fuzz.steps import Choices, Step, read

SERVER = Account("127.0.0.1", 5683)
TRANSMISSION = Transmission(duplicate_limit=8, waiting_limit=4)  # filled by a short script

CODES = (CONTENT, 0x44, 0x80, 0x84, 0xA0, 0x5F)
SENDS_LIMIT = 2  # datagrams for one that came: an answer, and the next request that waited for it


class Do(IntEnum):
    """Kinds of steps beside those of `Say`."""

    RESPOND = 6
    """The owner answers the `number`th open request: code, format and body by `data`."""
    FORGET = 7
    NOTIFY = 8
    """Of the `number`th observation; `data` chooses how."""
    ASK = 9
    """An Update, a deregistration, a login anew."""
    WAIT = 10
    """`number` hundredths of a second."""
    LINK = 11
    """It dies, fails to send, is renewed; a later one comes up or not."""


class Engine:
    """One client from its login on. Whatever happens: nothing is raised, each datagram is well
    formed and goes to the link of now, every table keeps its bound."""

    def __init__(self, templates: Sequence[bytes], *, bootstrap: bool = False) -> None:
        tree = ObjectTree()
        tree.add_object(3200, (0, 1))
        tree.add_object(3, (0,), owner="module")
        self.now = 0.0
        self.client = Client(Settings("dev1", transmission=TRANSMISSION), tree, Random(1))
        self.platform = Platform(templates)
        self.checked: set[str] = set()  # tables, and those that were full
        self.reached: set[str] = set()
        self._links: dict[int, bool] = {}  # and whether it is up
        self._connects = True
        self._open: list[int] = []  # message ids that the owner may answer
        self._bootstrap = bootstrap
        self._log_in()

    @property
    def link(self) -> int:
        """The link of now; 0 if there is none."""
        return max(self._links, default=0)

    def register(self) -> None:
        """The platform accepts the Register that it has just heard."""
        _, register = self.platform.heard[-1]
        token = register[4 : 4 + (register[0] & 15)]
        mid = register[2] << 8 | register[3]
        self._deliver(self.link, coap(ACK, CREATED, mid, token, ((8, b"rd"), (8, b"1"))))
        assert self.client.state is State.REGISTERED

    def play(self, script: bytes) -> None:
        for step in read(script):
            self._do(step)
            self._drain()
            self._check_bounds()

    def _do(self, step: Step) -> None:
        match step.kind % (max(Do) + 1):
            case Do.RESPOND:
                self._respond(step)
            case Do.FORGET:
                self._forget(step)
            case Do.NOTIFY:
                self._notify(step)
            case Do.ASK:
                self._ask(step)
            case Do.WAIT:
                self._wait(step.number / 100)
            case Do.LINK:
                self._change_link(step)
            case kind:
                said = Step(kind, step.number, step.data)
                for link, data in self.platform.datagrams(said, self.link):
                    self._deliver(link, data)

    def _deliver(self, link: int, data: bytes) -> None:
        heard, newest, is_open = len(self.platform.heard), self.link, link in self._links
        self.client.datagram_received(link, data, self.now)
        self._drain()
        sent = self.platform.heard[heard:]
        assert len(sent) <= (SENDS_LIMIT if is_open else 0)
        assert all(through == link or through > newest for through, _ in sent)

    # the owner

    def _log_in(self) -> None:
        self.client.open(SERVER, bootstrap=self._bootstrap, lifetime=300, timeout=30, now=self.now)
        self._drain()

    def _respond(self, step: Step) -> None:
        if not self._open:
            return
        choose = Choices(step.data)
        code, form = choose.one_of(CODES), choose.one_of((None, 0, 42, 11542))
        times = choose.number(65536) % 3000
        body = (choose.all_left() or b".") * times if code == CONTENT else b""
        mid = self._open.pop(step.number % len(self._open))
        with suppress(EngineError):  # it may have been that of a request long ago
            self.client.respond(mid, code, self.now, payload=body[:3000], content_format=form)

    def _forget(self, step: Step) -> None:
        if self._open:
            with suppress(EngineError):
                self.client.forget(self._open.pop(step.number % len(self._open)))

    def _notify(self, step: Step) -> None:
        observations = list(self.client.observations)
        if not observations:
            return
        choose = Choices(step.data)
        with suppress(EngineError):  # 8 are unacknowledged
            self.client.notify(
                step.of(observations),
                choose.one_of((b"25", b"." * 1500)),
                choose.one_of((0, None)),
                self.now,
                confirmable=choose.number(2) == 1,
                mid=choose.one_of((None, 7, 8)),
                max_retransmit=choose.one_of((None, 0)),
            )

    def _ask(self, step: Step) -> None:
        client, now = self.client, self.now
        with suppress(EngineError):  # of what does not fit the state
            asks: tuple[Callable[[], object], ...] = (
                lambda: client.update(now, lifetime=60, with_objects=True),
                lambda: client.update(now, binding="UQ"),
                lambda: client.close(now),
                self._log_in,
                lambda: client.abandon(now),
            )
            step.of(asks)()

    # network and clock

    def _wait(self, seconds: float) -> None:
        end = self.now + seconds
        while (due := self.client.deadline()) is not None and due <= end:
            self.now = max(due, self.now)
            self.client.handle_timeout(self.now)
            self._drain()
            assert (later := self.client.deadline()) is None or later > self.now
        self.now = end

    def _change_link(self, step: Step) -> None:
        match step.number % 5:
            case 0 if self.link:
                link = self.link
                del self._links[link]
                self.client.link_lost(link, "", self.now)
            case 1:
                self.client.send_failed(self.link, self.now)
            case 2:
                with suppress(EngineError):
                    self.client.renew_link(self.now)
            case 3:
                self._connects = not self._connects
            case _:
                for link, up in list(self._links.items()):
                    if not up:
                        self._up(link)

    def _up(self, link: int) -> None:
        self._links[link] = True
        self.client.link_up(link, self.now)

    # what comes of it

    def _drain(self) -> None:
        while outputs := self.client.outputs():
            for output in outputs:
                match output:
                    case OpenLink(link):
                        assert link > self.link, "a generation is never used again"
                        self._links[link] = False
                        if self._connects:
                            self._up(link)
                    case CloseLink(link):
                        del self._links[link]
                    case Send(link, data):
                        assert self._links[link], "nothing is sent but over a link that is up"
                        wire.check(data)
                        self.platform.heard.append((link, data))
                    case Received(operation):
                        self._open = [mid for mid in self._open if mid != operation.mid]
                        self._open.append(operation.mid)
                    case Repeated(operation):
                        assert operation.mid in self._open
        assert len(self._links) <= 1

    def _check_bounds(self) -> None:
        for name, (size, limit) in bounds.of_client(self.client).items():
            assert size <= limit, name
            self.checked.add(name)
            if size == limit:
                self.reached.add(name)
