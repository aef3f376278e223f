"""One registration at one server: the requests that keep it, and what their answers mean."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from lwm2m_core import client_outputs as out
from lwm2m_core import requests
from lwm2m_core.errors import EngineError
from lwm2m_core.login import Event, Verdict, Why
from lwm2m_core.message import Code, Message, Option
from lwm2m_core.objects import ObjectTree
from lwm2m_core.requests import Changes, Outgoing, Settings
from lwm2m_core.transfers import Transfers

UPDATE_LIMIT = 16
"""Updates that may wait for their answer at a time."""


@dataclass(frozen=True, slots=True)
class _Update:
    number: int
    lifetime: int | None


_Errand = Literal["register", "deregister"] | _Update
"""What one of our requests is for."""


class Registration:
    """Made when the link stands; `lifetime` in seconds as open() was told.

    `settings` may be replaced between two requests. `number`: of the last Update.
    `wanted_lifetime` is what was last asked for; `lifetime` what the server has accepted.
    """

    __slots__ = (
        "lifetime", "wanted_lifetime", "expires_at", "settings", "_tree", "_transfers",
        "number", "_tell", "_errands", "_location",
    )  # fmt: skip

    def __init__(
        self,
        settings: Settings,
        tree: ObjectTree,
        transfers: Transfers,
        lifetime: int,
        number: int,
        tell: Callable[[out.ClientOutput], None],
    ) -> None:
        self.lifetime = self.wanted_lifetime = lifetime
        self.expires_at: float | None = None
        self.settings = settings
        self._tree = tree
        self._transfers = transfers
        self.number = number
        self._tell = tell
        self._errands: tuple[tuple[int, _Errand], ...] = ()  # by the handles of their requests
        self._location: tuple[bytes, ...] = ()

    @property
    def location(self) -> str:
        """The Location-Path with slashes, as in "/rd/5a3f"."""
        return "".join("/" + segment.decode(errors="replace") for segment in self._location)

    def register(self, now: float) -> None:
        self._ask(requests.register(self.settings, self._tree, self.lifetime), "register", now)

    def update(self, now: float, changes: Changes) -> int:
        """Send an Update and return its number; several may be under way."""
        self.require_room()
        number = self.number = self.number + 1
        if changes.lifetime is not None:
            self.wanted_lifetime = changes.lifetime
        request = requests.update(self.settings, self._tree, self._location, changes)
        self._ask(request, _Update(number, changes.lifetime), now)
        return number

    def require_room(self) -> None:
        """EngineError if UPDATE_LIMIT Updates are under way."""
        under_way = sum(isinstance(errand, _Update) for _, errand in self._errands)
        if under_way >= UPDATE_LIMIT:
            raise EngineError(f"{UPDATE_LIMIT} updates are unanswered")

    def deregister(self, now: float) -> None:
        self._ask(requests.deregister(self.settings, self._location), "deregister", now)

    def answered(self, handle: int, answer: Message, now: float) -> Verdict | None:
        """The answer to the request `handle`; None if the login stays as it is."""
        match self._errand(handle):
            case "register":
                return self._registered(answer, now)
            case "deregister":
                return _deregistered(answer)
            case _Update() as update:
                return self._updated(update, answer, now)
        return None

    def unanswered(self, handle: int, why: Why) -> Verdict | None:
        """The request `handle` was given up, or was answered with RST."""
        match self._errand(handle):
            case "register":
                return Verdict(Event.FAILED, why)
            case "deregister":
                return Verdict(Event.CLOSE_FAILED, why)
            case _Update() as update:
                self._update_failed(update, why, None)
        return None

    def _registered(self, answer: Message, now: float) -> Verdict:
        self._location = answer.options_of(Option.LOCATION_PATH)
        # Without a location there is nothing to update or to delete (LwM2M 1.0 8.2.3).
        if answer.code != Code.CREATED or not self._location:
            return Verdict(Event.FAILED, code=answer.code)
        self.expires_at = now + self.lifetime
        return Verdict(Event.REGISTER_ACCEPTED)

    def _updated(self, update: _Update, answer: Message, now: float) -> Verdict | None:
        if answer.code == Code.NOT_FOUND:
            return Verdict(Event.SESSION_LOST)
        if answer.code != Code.CHANGED:
            self._update_failed(update, "refused", answer.code)
            return None
        if update.lifetime is not None:
            self.lifetime = update.lifetime
        self.expires_at = now + self.lifetime
        self._tell(out.Updated(update.number))
        return None

    def _update_failed(self, update: _Update, why: Why, code: int | None) -> None:
        if update.lifetime is not None:
            self.wanted_lifetime = self.lifetime
        self._tell(out.UpdateFailed(update.number, why, code))

    def _errand(self, handle: int) -> _Errand | None:
        """What the request was for, which has ended."""
        found = next((each for each in self._errands if each[0] == handle), None)
        if found is None:
            return None
        self._errands = tuple(each for each in self._errands if each is not found)
        return found[1]

    def _ask(self, request: Outgoing, errand: _Errand, now: float) -> None:
        handle = self._transfers.request(
            request.code, now, options=request.options, payload=request.payload
        )
        self._errands += ((handle, errand),)


def _deregistered(answer: Message) -> Verdict:
    # 4.04: an earlier DELETE arrived and its answer did not; what close() wanted is so.
    if answer.code in (Code.DELETED, Code.NOT_FOUND):
        return Verdict(Event.DEREGISTERED)
    return Verdict(Event.CLOSE_FAILED, code=answer.code)
