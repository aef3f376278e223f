"""The LwM2M device instance with the parts of the firmware that serve it."""

from emulator.downlink import Downlink
from emulator.instance import Instance
from emulator.login import Login
from emulator.own.objects import own_objects
from emulator.own.wishes import Wish
from emulator.uplink import Uplink
from lwm2m_core import client_outputs as engine
from lwm2m_core.client import State
from lwm2m_core.timers import earliest


class Device:
    """What AT+MIPLCREATE makes and AT+MIPLDELETE ends. `wishes`: what its objects want done."""

    __slots__ = ("instance", "wishes", "own", "login", "uplink", "downlink")

    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        self.wishes: tuple[Wish, ...] = ()
        self.own = own_objects(instance, self._want)
        self.login = Login(instance)
        self.uplink = Uplink(instance)
        self.downlink = Downlink(instance, self.own)

    def _want(self, wish: Wish) -> None:
        self.wishes += (wish,)

    def happened(self, output: engine.ManagementOutput, now: float) -> None:
        """Hand on what the platform asks, or what has become of a notification."""
        match output:
            case engine.Received(operation):
                self.downlink.received(operation, now)
            case engine.Repeated(operation):
                self.downlink.waiting.ask_again(operation.mid)
            case engine.NotificationAcked(mid):
                self.uplink.acknowledged(mid)
            case engine.NotificationLost(mid):
                self.uplink.lost(mid)
            case engine.NotificationRejected(mid, observation):
                self.uplink.lost(mid)
                if observation is not None:
                    self.downlink.rejected(mid, observation.path)

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
