"""The bootstrap as an exchange: our request, then the server's, until its finish (decision 23)."""

from lwm2m_core import requests
from lwm2m_core.bodies import Answer, Bodies
from lwm2m_core.endpoint import Endpoint
from lwm2m_core.login import Event, Verdict, Why
from lwm2m_core.message import Code, Message, options
from lwm2m_core.objects import ObjectTree
from lwm2m_core.provisioning import Provision, Provisioning
from lwm2m_core.requests import Settings
from lwm2m_core.transfers import Transfers

REQUEST_LIMIT = 128
"""Requests carried out in one bootstrap; Leshan and Wakaama need under ten (SV 2.2)."""


class Bootstrap:
    """One bootstrap. It is over when `provision` is set."""

    def __init__(
        self, settings: Settings, tree: ObjectTree, endpoint: Endpoint, transfers: Transfers
    ) -> None:
        self._settings = settings
        self._endpoint = endpoint
        self._transfers = transfers
        self._provisioning = Provisioning(tree)
        self._bodies = Bodies()
        self._handle: int | None = None
        self._requests = 0

    @property
    def provision(self) -> Provision | None:
        """What a finish that was answered 2.04 left us with."""
        return self._provisioning.provision

    def request(self, now: float) -> None:
        """Ask the server to begin."""
        asked = requests.bootstrap_request(self._settings)
        self._handle = self._transfers.request(asked.code, now, options=asked.options)

    def requested(self, message: Message, now: float) -> None:
        """Carry out and answer one request of the server.

        It may come before the answer to ours, which can be late or lost.
        """
        self._requests += 1
        over = self._requests > REQUEST_LIMIT
        answer = Answer(Code.SERVICE_UNAVAILABLE) if over else self._answer(message, now)
        self._endpoint.respond(
            message.mid, answer.code, now, options=answer.options, payload=answer.payload
        )

    def _answer(self, message: Message, now: float) -> Answer:
        kept = self._bodies.find(message, now)
        if kept is not None:
            return kept
        reply = self._provisioning.answer(message)
        headers = options(content_format=reply.content_format)
        return self._bodies.cut(message, Answer(reply.code, headers, reply.payload), now)

    def answered(self, handle: int, answer: Message, now: float) -> Verdict | None:
        if handle != self._handle or answer.code == Code.CHANGED:
            return None
        return Verdict(Event.FAILED, "refused", answer.code)

    def unanswered(self, handle: int, why: Why) -> Verdict | None:
        """A server that has begun has heard us, though its answer was lost."""
        if handle != self._handle or (why == "timeout" and self._requests):
            return None
        return Verdict(Event.FAILED, why)
