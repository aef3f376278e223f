"""Faults at `cloud` on the platforms beside a modem: their switches, and forgotten devices."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from emulator.faults.errors import FaultError
from emulator.faults.whats import Forget, Switch

if TYPE_CHECKING:
    from emulator.cloud.service import Cloud


class CloudFaults:
    """`clouds`: the platforms, which may come later (`ready`); what strikes before waits."""

    def __init__(self, clouds: "Iterable[Cloud] | None" = None) -> None:
        self._clouds: list[Cloud] | None = None if clouds is None else list(clouds)
        self._early: list[tuple[str, Switch | Forget, bool]] = []
        self._before: dict[tuple[str, str], str] = {}  # of a platform and a switch: its value

    def ready(self, clouds: "Iterable[Cloud]") -> None:
        """The platforms are up."""
        self._clouds = list(clouds)
        early, self._early = self._early, []
        for strike in early:
            self.strike(*strike)

    def check(self, what: Switch | Forget) -> None:
        """FaultError for a switch that the platforms do not have."""
        from emulator.cloud.switches import Switches, set_switch
        from lwm2m_core.errors import EngineError

        if isinstance(what, Switch):
            name, _, value = what.setting.partition("=")
            try:
                set_switch(Switches(), name, value)
            except EngineError as error:
                raise FaultError("setting", str(error)) from None

    def strike(self, imei: str, what: Switch | Forget, ends: bool) -> None:
        """Do it to all platforms, or take it back: a switch is then as it was before."""
        if self._clouds is None:
            self._early.append((imei, what, ends))
            return
        for cloud in self._clouds:
            match what:
                case Switch(setting):
                    self._switch(cloud, setting, ends)
                case Forget() if any(state.name == imei for state in cloud.devices):
                    cloud.forget(imei)

    def _switch(self, cloud: "Cloud", setting: str, ends: bool) -> None:
        from emulator.cloud.switches import as_texts, set_switch

        name, _, value = setting.partition("=")
        key = cloud.manner.name, name
        if ends:
            value = self._before.pop(key, value)
        else:
            self._before.setdefault(key, as_texts(cloud.switches)[name])
        cloud.switches = set_switch(cloud.switches, name, value)
