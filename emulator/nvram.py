"""What a reboot leaves as it is, and with it power-off, in one place.

Kept: what is below, each with who relies on it; what AT&W has stored (`at/state.py`); the package
of a firmware update that has been delivered. The clock runs on. Everything else is forgotten: the
instance with its login, NMI, echo and AT+CMEE as far as AT&W has not stored them, and what the host
switched on of the network's reports (27.007 has those be off after power-on; decisions 9, 10, 39).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from emulator.profile import Profile

SHARED = 64  # first contexts that are one object for all modules that have them
CONTEXT_LIMIT = 11  # contexts, <cid> 0 to 10, as on NB-IoT chips (chosen)

FUNCTIONS = {
    "AUTOCONNECT": "TRUE",
    "CELL_RESELECTION": "TRUE",
    "COMBINE_ATTACH": "FALSE",
    "CR_0354_0338_SCRAMBLING": "TRUE",
    "CR_0859_SI_AVOID": "TRUE",
    "ENABLE_BIP": "TRUE",
    "MULTITONE": "TRUE",
    "NAS_SIM_POWER_SAVING_ENABLE": "TRUE",
}
"""<function> of AT+NCONFIG with its first value (chosen: those that Neul's firmware lists)."""


@dataclass(frozen=True, slots=True)
class Context:
    """A packet data context (27.007 10.1.1)."""

    type: str = "IP"
    apn: str = ""


@dataclass(frozen=True, slots=True)
class PowerSaving:
    """AT+CPSMS (27.007 7.38). Timers as bits, by 24.008 10.5.7.3 and 10.5.7.4a; the first values
    are those that hosts send (HF 3): 24 hours, 32 seconds."""

    mode: int = 0
    periodic: str = "00111000"
    active: str = "00010000"


@dataclass(frozen=True, slots=True)
class Edrx:
    """AT+CEDRXS (27.007 7.40): `cycle` by 24.008 10.5.5.32, first 81.92 s (HF 3)."""

    mode: int = 0
    access: int = 5
    cycle: str = "0101"


@dataclass(slots=True)
class Nvram:
    """`contexts`: AT+CGDCONT, kept (HF 3), by <cid>; `bands`: AT+NBAND, kept (HF 3, D6). `psm`,
    `edrx`, `functions` (AT+NCONFIG), `cdp` (AT+NCDP), `register_itself` (AT+MREGSWT): set once by
    hosts that reboot then and rely on them (HF 3, D9). A mapping is
    replaced, never changed. `locked`: AT+SM=LOCK_FOREVER, by its
    name. `baud`: AT+IPR, kept as on all of these chips (chosen)."""

    contexts: Mapping[int, Context]
    bands: tuple[int, ...]
    baud: int
    psm: PowerSaving = PowerSaving()
    edrx: Edrx = Edrx()
    functions: Mapping[str, str] = field(default_factory=lambda: FUNCTIONS)
    cdp: tuple[str, int] = ("0.0.0.0", 5683)  # HF 3
    register_itself: int = 1
    locked: bool = False


def factory(profile: Profile) -> Nvram:
    """As the module was sold."""
    return Nvram(_contexts(profile.context, profile.apn), profile.bands, profile.baud)


@lru_cache(SHARED)
def _contexts(first: int, apn: str) -> Mapping[int, Context]:
    """Of all modules that were sold alike."""
    return {first: Context(apn=apn)}
