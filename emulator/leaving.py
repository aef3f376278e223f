"""How a session ends on purpose: the host's CLOSE and DELETE, the platform's Disable."""

from typing import Literal, Protocol

from emulator import urc
from emulator.at.results import Done, Failed, Fault, Later, Result
from emulator.attempts import Attempts
from emulator.instance import Instance, Phase
from lwm2m_core.client import Client

NEVER = float("inf")


class Sessions(Protocol):
    """The login, whose session may be dropped."""

    def abandon(self, now: float) -> None:
        """Without a word on the wire."""


class Leaving:
    """The ends of one instance's sessions."""

    __slots__ = ("_instance", "_attempts", "_login", "_waits", "_away")

    def __init__(self, instance: Instance, attempts: Attempts, login: Sessions) -> None:
        self._instance = instance
        self._attempts = attempts
        self._login = login
        self._waits: Literal["close", "delete"] | None = None  # which command, for the end
        self._away: tuple[int, int] | None = None  # seconds until the next login, its lifetime

    @property
    def _close_order(self) -> Literal["OK,15", "15,OK", "together"]:
        return self._instance.module.quirks.close_order

    def close(self, client: Client, now: float) -> Result:
        """AT+MIPLCLOSE=; for good, whatever the platform has asked for."""
        self._away = None
        if self._deregister(client, now):
            return self._closed()
        return Done() if self._close_order == "OK,15" else self._wait("close")

    def leave_for(self, client: Client, seconds: int, now: float) -> None:
        """The platform's Disable: DELETE, event 15, and `seconds` later the module logs in by
        itself, unless the host did before (LwM2M 1.0 E.2; what the host may do is chosen)."""
        self._away = seconds, client.lifetime
        if self._deregister(client, now):
            self.left(now)

    def _deregister(self, client: Client, now: float) -> bool:
        """Send the DELETE; whether that was all (MB 2.6)."""
        client.close(now)
        if self._instance.module.quirks.close_wire == "forget":
            client.abandon(now)  # the DELETE is out, its answer is not waited for
            return True
        self._instance.phase = Phase.LEAVING
        return False

    def _closed(self) -> Done:
        """`OK` and event 15 in the order that the module has (MB 2.6: RDA, EC)."""
        self._finish()
        unregistered = (urc.event(15),)
        match self._close_order:
            case "OK,15":
                return Done(after=unregistered)
            case "15,OK":
                return Done(unregistered)
            case "together":
                return Done(after=unregistered, joined=True)

    def _wait(self, command: Literal["close", "delete"]) -> Later:
        """The result of the command comes with the end of the session."""
        self._waits = command
        return Later(NEVER, lambda at: Done())

    @property
    def is_deleting(self) -> bool:
        """Whether the instance goes when the session has ended."""
        return self._waits == "delete"

    def interrupted(self) -> Done | None:
        """The session has ended in another way: so does the command that waits for it."""
        waits, self._waits = self._waits, "delete" if self.is_deleting else None
        return None if waits is None else Done()

    def delete(self, now: float) -> Result:
        """AT+MIPLDELETE= (manual 3.2)."""
        instance = self._instance
        how = instance.module.quirks.delete_registered
        if instance.phase is Phase.REGISTERED and how == "refuse":
            raise Failed(Fault.NOT_ALLOWED)
        if instance.phase is Phase.REGISTERED and how == "deregister":
            assert instance.client is not None
            instance.client.close(now)
            instance.phase = Phase.LEAVING
            return self._wait("delete")
        self._login.abandon(now)
        return Done()

    def left(self, now: float) -> Done | None:
        """The session is over."""
        if self._waits == "close":
            self._waits = None
            return self._closed()
        away, self._away = self._away, None
        if away is None:
            self._finish()
        else:
            self._stay_away(now, *away)
        if self._waits == "delete":
            return Done((urc.event(15),))
        self._instance.module.emit(urc.event(15))
        return None

    def stayed(self, now: float) -> Done | Failed | None:
        """The DELETE was not answered, or refused (decision 27)."""
        self._instance.phase = Phase.REGISTERED
        self._instance.module.extra(16)
        if self._waits == "delete":
            self._login.abandon(now)
            return Done()
        if self._waits == "close":
            self._waits = None
            return Failed(Fault.UNKNOWN)  # RDA has a code for it, the manual none (MB 5.8)
        return None

    def _finish(self) -> None:
        self._instance.phase = Phase.IDLE
        self._instance.forget_resources()

    def _stay_away(self, now: float, seconds: int, lifetime: int) -> None:
        """The host has not left: its lists stay, for the login to come (chosen)."""
        self._instance.phase = Phase.IDLE
        self._attempts.come_back(now + seconds, lifetime)
