"""The LwM2M device instance that AT+MIPLCREATE and AT+MIPLCREATEEX make (manual 3.1, 4.6)."""

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from enum import Enum, IntEnum
from functools import lru_cache
from sys import intern
from typing import Literal

from emulator import urc
from emulator.at.results import Failed, Fault, Line
from emulator.clock import Clock
from emulator.fota.update import Update
from emulator.identity import Identity
from emulator.in_force import InForce
from emulator.network import Network
from emulator.nmi import Nmi
from emulator.profile import Profile
from emulator.quirks import Quirks
from emulator.values import DataType, as_text
from lwm2m_core.accounts import Account
from lwm2m_core.client import Client
from lwm2m_core.endpoint import Rng
from lwm2m_core.nothing import NOTHING
from lwm2m_core.objects import ObjectTree
from lwm2m_core.paths import KNOWN_PATHS, Path
from lwm2m_core.values import Value

DEFAULT_HOST = "183.230.40.39"  # OneNET Chongqing main platform (manual 3.1; decision 13)
COAP_PORT, COAPS_PORT = 5683, 5684
HOST_LIMIT = 253  # characters of a host name (RFC 1035 2.3.4)
PSK_TEXT = re.compile(r"[0-9A-Za-z]{1,16}\Z")  # manual 4.6: at most 16 letters and digits
PSK_HEX = re.compile(r"(?:[0-9A-Fa-f]{2}){1,16}\Z")  # decision 14
_HOST = re.compile(r"(?:coaps?://)?(\[[0-9A-Fa-f:.]+\]|[^\s:/\[\]\"]+)(?::(\d{1,5}))?/?\Z", re.I)

PATTERNS = ("0", "1", "2", "3", "4")  # <pattern> of manual 4.1
Binding = Literal["U", "UQ"]
BINDINGS: tuple[Binding | None, ...] = (None, "U", "UQ")  # <binding_mode> of manual 4.1

SHORT_ID = 1  # of a server that no bootstrap has handed out (chosen)

FLAG_BOOTSTRAP, FLAG_NO_MONITOR = 1, 2  # manual 4.6, bits of <flag>
RELEASE_AFTER_SENDING, RELEASE_AFTER_ANSWER = 0x200, 0x400  # <flag> of NOTIFY and READRSP


class Platform(IntEnum):
    """`<platform>` of manual 4.1."""

    ONENET = 0
    CTWING = 1
    DMP = 2
    HUAWEI = 3
    OTHER = 10


class Phase(Enum):
    """Where an instance stands in its login (manual 3.5–3.8; decisions 17, 22)."""

    IDLE = "before OPEN or after CLOSE"  # NOTIFY declares
    LOGGING_IN = "logging in"
    REGISTERED = "registered"
    LEAVING = "deregistering"
    OUT = "login failed or session lost"


@dataclass(frozen=True, slots=True)
class Target:
    """What the host asked to connect to. `flag` as in manual 4.6; `key` empty without a PSK."""

    host: str
    port: int
    secure: bool
    flag: int
    auth_code: str = ""
    key: bytes = b""
    key_id: str = ""

    @property
    def account(self) -> Account:
        return Account(self.host, self.port, self.secure, self.key_id.encode("latin-1"), self.key)


def parse_target(
    host: str, flag: int, auth_code: str, psk: str, key_id: str, psk_encode: int
) -> Target:
    """The parameters of CREATEEX, checked; 601 for what does not fit (decision 14)."""
    match = _HOST.match(host)
    if match is None or len(match[1]) > HOST_LIMIT:
        raise Failed(Fault.SYNTAX)
    port = int(match[2] or COAP_PORT)
    if not 1 <= port <= 65535:
        raise Failed(Fault.SYNTAX)
    secure = port == COAPS_PORT or host.lower().startswith("coaps://")
    return Target(
        intern(match[1].strip("[]")),
        port,
        secure,
        flag,
        auth_code,
        parse_psk(psk, psk_encode),
        key_id,
    )


def parse_psk(psk: str, psk_encode: int) -> bytes:
    """The key that `<PSK>` stands for; empty if none was given."""
    if not psk:
        return b""
    if psk_encode == 0 and PSK_TEXT.match(psk):
        return psk.encode("ascii")
    if psk_encode == 1 and PSK_HEX.match(psk):
        return bytes.fromhex(psk)
    raise Failed(Fault.SYNTAX)


@lru_cache(KNOWN_PATHS)
def parent(path: Path) -> Path:
    """The object instance that a resource belongs to."""
    return Path(path.object, path.instance)


@dataclass(frozen=True, slots=True)
class Module:
    """What an instance needs to know of the module it lives in.

    `emit` prints an unsolicited line.
    """

    profile: Profile
    in_force: InForce
    identity: Identity
    rng: Rng
    nmi: Nmi
    update: Update
    network: Network
    clock: Clock
    emit: Callable[[Line], None]

    @property
    def quirks(self) -> Quirks:
        """Those of this moment: they may change while the module runs."""
        return self.in_force.quirks

    @property
    def events(self) -> Collection[int]:
        """Those that it prints though the manual does not list them (MB 8)."""
        return self.in_force.quirks.extra_events

    def extra(self, number: int, argument: int | None = None) -> None:
        """Print an event that the manual does not list, where the module has it (MB 8)."""
        if number in self.events:
            self.emit(urc.event(number, argument))

    def sent(self, mid: int) -> tuple[Line, ...]:
        """+MIPLNSMI behind the `OK` of a command that sends (manual 4.10; decision 45).

        `mid` is the command's; M5311 counts from 1 to 128 where the others have 0 to 127.
        """
        if self.nmi.nsmi == 0:
            return ()
        number = mid & 127
        if number == 0 and self.profile.nsmi == "1-128":
            number = 128
        return (urc.nsmi(int(self.network.online), number),)


@dataclass(slots=True)
class Instance:
    """The one instance. `types` holds `<type>` as declared by NOTIFY and READRSP (manual 3.12).

    `platform`, `pattern`, `custom_name`, `binding`: AT+MIPLCFG (manual 4.1). `dtls_nat`: seconds
    of AT+MIPLDTLSNAT (manual 4.8).

    `counts`: each added object with its `<atts>` + `<acts>`. `handed_out` is the server that a
    bootstrap gave, `skip_bootstrap` whether a registration there has succeeded (decision 23);
    `short_id` what it calls that server (LwM2M 1.0 E.2). `registered_at`: when it
    was last accepted.
    """

    module: Module
    target: Target
    tree: ObjectTree
    platform: Platform = Platform.ONENET
    pattern: int = 0
    custom_name: str = ""
    binding: Binding | None = None
    dtls_nat: int = 120
    phase: Phase = Phase.IDLE
    client: Client | None = None
    handed_out: Account | None = None
    short_id: int = SHORT_ID
    skip_bootstrap: bool = False
    registered_at: float = 0.0
    types: dict[Path, DataType] = field(default_factory=lambda: NOTHING)
    counts: tuple[tuple[int, int], ...] = ()

    @property
    def endpoint_name(self) -> str:
        """`ep` of the registration by platform and pattern (manual 4.1; decision 18)."""
        imei, imsi = self.module.identity.imei, self.module.identity.imsi
        if self.custom_name:
            return self.custom_name
        match self.pattern or (2 if self.platform is Platform.ONENET else 1):
            case 2:
                return f"{imei};{imsi}"
            case 3:
                return f"urn:imei:{imei}"
            case 4:
                return f"urn:imei-imsi:{imei}-{imsi}"
            case _:
                return imei

    def choose_platform(self, platform: Platform, fourth: str | None) -> None:
        """AT+MIPLCFG="platform": before OPEN only (decision 18).

        `fourth` is the pattern 0 to 4, or with platform 10 the endpoint name.
        """
        self.require_before_open()
        custom = platform is Platform.OTHER
        self.platform = platform
        self.pattern = 0 if custom else int(fourth or 0)
        self.custom_name = as_text((fourth or "").encode("latin-1")) if custom else ""

    def choose_binding(self, mode: int) -> None:
        """AT+MIPLCFG="binding": before OPEN only (decision 18)."""
        self.require_before_open()
        self.binding = BINDINGS[mode]

    def choose_dtls_nat(self, seconds: int) -> None:
        """AT+MIPLDTLSNAT, at any time (manual 4.8)."""
        self.dtls_nat = seconds
        if self.client is not None:
            self.client.idle_limit = self.idle_limit

    @property
    def idle_limit(self) -> int | None:
        """Seconds after which a link over DTLS is renewed; 0 is never (decision 47)."""
        return self.dtls_nat or None

    def require_room(self, payload: int, now: float) -> None:
        """652 where a message with so many bytes can neither leave nor wait for a new session
        (manual 4.8; decision 47)."""
        if self.client is not None and not self.client.has_room(payload, now):
            raise Failed(Fault.BUSY)

    def require_before_open(self) -> None:
        """651 while logging in or logged in."""
        if self.phase not in (Phase.IDLE, Phase.OUT):
            raise Failed(Fault.NOT_ALLOWED)

    def release(self, flag: int) -> None:
        """0x200, 0x400: the network is let go after what has just been sent, or after the answer;
        under DTLS, and on some models, they are as 0 (manual 3.9; decision 46)."""
        if flag not in (RELEASE_AFTER_SENDING, RELEASE_AFTER_ANSWER):
            return
        account = self.handed_out or self.target.account
        if account.secure or self.module.profile.release_flags != "yes":
            return
        if flag == RELEASE_AFTER_SENDING:
            self.module.network.release_after("sending")
        elif flag == RELEASE_AFTER_ANSWER:
            self.module.network.release_after("answer")

    def add_object(self, objid: int, instances: Sequence[int], count: int) -> None:
        """Add an object of the MCU; one that is there already: decision 15."""
        if self.tree.owner_of(objid) == "mcu":
            if self.module.quirks.object_again == "653":
                raise Failed(Fault.RESOURCE)
            return
        self.tree.add_object(objid, instances)
        self.counts += ((objid, count),)

    def remove_object(self, objid: int) -> None:
        """Remove an object of the MCU with its resources; none: 653 (manual 3.4)."""
        if self.tree.owner_of(objid) != "mcu":
            raise Failed(Fault.RESOURCE)
        self.tree.remove_object(objid)
        self.counts = tuple(each for each in self.counts if each[0] != objid)
        self.types = {path: type_ for path, type_ in self.types.items() if path.object != objid}

    def require(self, path: Path) -> None:
        """653 unless the MCU added this object instance (decision 17)."""
        added = self.tree.owner_of(path.object) == "mcu"
        if not added or not self.tree.holds(path):
            raise Failed(Fault.RESOURCE)

    def declare(self, path: Path, type_: DataType, value: Value) -> None:
        """Remember type and last value of a resource (manual 3.5, 3.12)."""
        if self.module.quirks.count_limit == "on":
            known = self.types.keys() | {path}
            used = sum(1 for other in known if parent(other) == parent(path))
            if used > dict(self.counts).get(path.object, 0):
                raise Failed(Fault.RESOURCE)
        if not self.types:
            self.types = {}
        self.types[path] = type_
        self.tree.declare(path, type_.resource_type, value)

    def forget_resources(self) -> None:
        """After a CLOSE the resource lists and types are gone, objects stay (decision 27)."""
        self.tree.clear_resources()
        self.types = NOTHING
