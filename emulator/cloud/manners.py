"""Platforms as data: what sets one apart from another, and nothing else does."""

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from enum import Enum
from typing import Final, Literal

from emulator.cloud.endpoints import IMEI, IMEI_IMSI, URN_IMEI, URN_IMEI_IMSI
from lwm2m_core.errors import EngineError
from lwm2m_core.message import ContentFormat
from lwm2m_core.paths import Path
from lwm2m_core.transmission import Transmission


class Step(Enum):
    """A kind of request that follows a registration."""

    OBSERVE = "observe"
    DISCOVER = "discover"
    READ = "read"


@dataclass(frozen=True, slots=True)
class Handout:
    """The account that a bootstrap hands out (LwM2M 1.0 E.1).

    `uri` empty: that of the server which runs beside it. `mode` 3 is NoSec, 0 a pre-shared key with
    `identity` and `key`.
    """

    uri: str = ""
    mode: int = 3
    identity: bytes = b""
    key: bytes = b""
    short_id: int = 1


@dataclass(frozen=True, slots=True)
class BootstrapManner:
    """`deletes` are paths emptied first; `server_object`: object 1 is written too. `secure` is for
    who asks over DTLS, and gets the name of the device and a new key (manual 5.2; decision 51)."""

    handout: Handout
    secure: Handout = Handout(mode=0)
    deletes: tuple[str, ...] = ()
    server_object: bool = False
    lifetime: int = 86400


_OWN_OBJECTS: Final = frozenset({Path(3, 0), Path(4, 0), Path(5, 0)})

_PATIENT: Final = Transmission(ack_timeout=6.0, max_retransmit=2, strict_duplicates=True)
"""Requests are sent three times in all (MB 2.8, of OneNET; the others follow it, chosen). Six
seconds are chosen: an MCU that answers within the five of the manual's chapter 5 then sees no
repeat, and the last one is given up after 42, beyond the longest timeout of OneNET's HTTP API (40;
25 is its default)."""


@dataclass(frozen=True, slots=True)
class Manner:
    """How a platform behaves.

    `title` is for people. `platform` is its number in AT+MIPLCFG (manual 4.1). `endpoints` are the
    patterns of the endpoint names that it gives its devices (decision 18), by which they are known
    under their IMEI; where there are none every name stands for itself.

    After a registration come the `steps`, one request after the other (decision 49): each instance
    registered is observed, or only `observes` if those are given; each registered object is
    discovered; `reads` are read. `unasked` are instances neither observed nor discovered, for the
    module keeps them to itself (decision 33), and so are objects 0 and 1.

    `read_instances`: a read of an object is one Read for each of its registered instances.
    `write_at`: whether a single value is written to its object instance, which is TLV, or to its
    resource, in `write_format`. `tunnel` is the object through which bytes pass as they are,
    written to its resources as octet-stream. `operation_timeout` is in seconds. `dtls`: whether
    devices may come over DTLS.
    """

    name: str
    title: str = ""
    platform: int | None = None
    endpoints: tuple[int, ...] = ()
    steps: tuple[Step, ...] = ()
    observes: tuple[Path, ...] | None = None
    reads: tuple[Path, ...] = ()
    unasked: frozenset[Path] = frozenset()
    bootstrap: BootstrapManner | None = None
    read_instances: bool = False
    write_at: Literal["instance", "resource"] = "instance"
    write_format: int = ContentFormat.TLV
    tunnel: int | None = None
    operation_timeout: float = 25.0
    dtls: bool = True
    transmission: Transmission = Transmission(strict_duplicates=True)

    def writes_resource(self, object_: int) -> bool:
        """Whether a single value goes to its resource."""
        return self.write_at == "resource" or object_ == self.tunnel


ONENET: Final = Manner(
    "onenet",
    "OneNET",
    platform=0,
    endpoints=(IMEI_IMSI,),
    steps=(Step.OBSERVE, Step.DISCOVER, Step.READ),
    reads=(Path(3, 0),),
    unasked=_OWN_OBJECTS | {Path(10290, 0)},
    # CIS modules know no other object than 0 in a bootstrap, and no Delete (MB 2.5).
    bootstrap=BootstrapManner(
        Handout("coap://183.230.40.40:5683"), Handout("coaps://183.230.40.40:5684", mode=0)
    ),
    # The manual's 5.1: GET …&obj_id=3200 without obj_inst_id arrives as +MIPLREAD: …,3200,0,-1.
    read_instances=True,
    transmission=_PATIENT,
)

# Object 19 carries everything: reports come from 19/0/0, which is all that is observed, and what is
# sent goes to 19/1/0 (manual 5.3; decisions 38, 49). "This platform has no bootstrap" (5.3).
CTWING: Final = Manner(
    "ctwing",
    "CTWing",
    platform=1,
    endpoints=(IMEI, URN_IMEI, URN_IMEI_IMSI),
    steps=(Step.OBSERVE,),
    observes=(Path(19, 0, 0),),
    write_at="resource",
    tunnel=19,
    transmission=_PATIENT,
)

# Reads and writes arrive as 3300,0,5700: they name the resource (manual 5.5). That a written value
# is TLV there, as Leshan has it (SV 2.2), is chosen. Manual 4.6 counts the platforms with DTLS.
DMP: Final = Manner(
    "dmp",
    "Yanfei DMP",
    platform=2,
    dtls=False,
    endpoints=(IMEI,),
    steps=(Step.OBSERVE,),
    unasked=_OWN_OBJECTS,
    write_at="resource",
    transmission=_PATIENT,
)

# The dialogue of CTWing (manual 5.6).
HUAWEI: Final = Manner(
    "huawei",
    "Huawei Cloud IoT",
    platform=3,
    endpoints=(IMEI,),
    steps=(Step.OBSERVE,),
    observes=(Path(19, 0, 0),),
    write_at="resource",
    tunnel=19,
    transmission=_PATIENT,
)

# A server that follows the books: RFC 7252's repeats, values as text, devices under the name that
# they give, a bootstrap with object 1 and its own address. That it observes each instance by
# itself, so that a NOTIFY has somewhere to go, is chosen.
GENERIC: Final = Manner(
    "generic",
    "generic LwM2M",
    platform=10,
    steps=(Step.OBSERVE,),
    unasked=_OWN_OBJECTS,
    bootstrap=BootstrapManner(Handout(), server_object=True),
    write_at="resource",
    write_format=ContentFormat.TEXT,
)

MANNERS: Final[Mapping[str, Manner]] = {
    manner.name: manner for manner in (ONENET, CTWING, DMP, HUAWEI, GENERIC)
}


def manner_of(name: str) -> Manner:
    """EngineError, with the names that there are, for another one."""
    if name in MANNERS:
        return MANNERS[name]
    hint = "".join(f"; did you mean {each}?" for each in get_close_matches(name, MANNERS, 1))
    raise EngineError(f"there is no platform '{name}'{hint or ': ' + ', '.join(MANNERS)}")
