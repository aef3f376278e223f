"""What people and tests switch on a platform while it runs."""

from dataclasses import dataclass

from emulator.cloud.manners import Step
from lwm2m_core.paths import Path


@dataclass(frozen=True, slots=True)
class Switches:
    """After a registration: `steps` takes the place of the manner's (HF 7, 8), and one left out is
    not done; `auto_discover` off leaves out Discover alone (HF 7, 7); `extra_observes` are observed
    too, as MB 3 has seen it with 4/0.

    `refuse` is the code that every Register gets; 4.03 is OneNET's for a wrong endpoint name or
    auth code. `silent`: the platform hears and sends nothing.
    """

    steps: tuple[Step, ...] | None = None
    auto_discover: bool = True
    extra_observes: tuple[Path, ...] = ()
    refuse: int | None = None
    silent: bool = False
