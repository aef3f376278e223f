"""The LwM2M device instance with the parts of the firmware that serve it."""

from collections import deque

from emulator.downlink import Downlink
from emulator.instance import Instance
from emulator.login import Login
from emulator.own.objects import own_objects
from emulator.own.wishes import Wish
from emulator.uplink import Uplink
from lwm2m_core.client import State
from lwm2m_core.timers import earliest


class Device:
    """What AT+MIPLCREATE makes and AT+MIPLDELETE ends. `wishes`: what its objects want done."""

    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        self.wishes: deque[Wish] = deque()
        self.own = own_objects(instance, self.wishes.append)
        self.login = Login(instance)
        self.uplink = Uplink(instance)
        self.downlink = Downlink(instance, self.own)

    def settle(self, now: float) -> None:
        """After every input. Without a session nothing is held, nothing waits for an answer."""
        client = self.instance.client
        if client is None or client.state is State.IDLE:
            self.uplink.clear()
            self.downlink.waiting.clear()
            self.own.session_over(now)
        self.own.settle(now)

    def handle_timeout(self, now: float) -> None:
        self.downlink.waiting.handle_timeout(now)
        self.login.handle_timeout(now)
        self.own.handle_timeout(now)
        if self.instance.client is not None:
            self.instance.client.handle_timeout(now)

    def deadline(self) -> float | None:
        """When handle_timeout() is due."""
        return earliest(
            self.downlink.waiting.deadline(),
            self.login.deadline(),
            self.own.deadline(),
            None if self.instance.client is None else self.instance.client.deadline(),
        )
