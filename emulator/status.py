"""What can be seen of a running modem at one moment."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class LoginStatus:
    """`phase`: none (no instance), idle, logging_in, registered, leaving or out. `registered_at`
    and `expires_at` are seconds on the modem's clock, None where it is not registered."""

    phase: str
    platform: str | None = None
    server: str | None = None
    registered_at: float | None = None
    expires_at: float | None = None
    lifetime: int | None = None


@dataclass(frozen=True, slots=True)
class LinkStatus:
    """`to`: the server as the firmware names it; `at`: where that leads; `security`: what protects
    it, empty if nothing does."""

    number: int
    state: Literal["opening", "up"]
    role: str
    to: str
    at: str = ""
    security: str = ""


@dataclass(frozen=True, slots=True)
class NmiStatus:
    """Requests that wait to be fetched (manual 4.2 to 4.4). `mode`: `<nnmi>`."""

    mode: int
    waiting: int
    bytes: int
    dropped: int


@dataclass(frozen=True, slots=True)
class NetworkStatus:
    """`conditions` as `--network` has them, by name. `stat`: of +CEREG; `radio`: off, connected,
    idle or asleep; `signal`: `<rssi>` of +CSQ; `address`: empty while it has none."""

    conditions: Mapping[str, str]
    stat: int
    radio: str
    signal: int
    address: str


@dataclass(frozen=True, slots=True)
class JournalStatus:
    """`records` were written in all, `kept` of them can still be had; `kinds`: how many of each."""

    records: int
    kept: int
    kinds: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Status:
    """`time`: now, in seconds on the modem's clock. `quirks`: those that are not as the dialect
    has them, by name. `time_scale`: None where the event loop has none."""

    model: str
    revision: str
    devices: tuple[str, ...]
    imei: str
    dialect: str
    seed: int | None
    on: bool
    time: float
    time_scale: float | None
    login: LoginStatus
    links: tuple[LinkStatus, ...]
    nmi: NmiStatus
    network: NetworkStatus
    quirks: Mapping[str, str]
    journal: JournalStatus
