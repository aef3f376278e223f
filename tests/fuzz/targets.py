"""What is fuzzed: by hypothesis in the suite, and for longer by `python -m tests.fuzz TARGET`."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from tests.fuzz import formats, seeds
from tests.fuzz.engine import Engine
from tests.fuzz.module import SETTINGS, Module


@dataclass(frozen=True, slots=True)
class Target:
    """`run` raises nothing, whatever the bytes, unless there is a bug. `is_script`: the bytes are
    read as `steps`, behind `head` bytes that choose a setting."""

    run: Callable[[bytes], object]
    seeds: tuple[bytes, ...]
    is_script: bool = False
    head: int = 0


def datagram(script: bytes) -> Engine:
    """A registered client, and all that a server may send."""
    client = Engine(seeds.TEMPLATES)
    client.register()
    client.play(script)
    return client


def bootstrap(script: bytes) -> Engine:
    """A client that has asked a bootstrap server, and the server to which that leads."""
    client = Engine(seeds.BOOTSTRAP_TEMPLATES, bootstrap=True)
    client.play(script)
    return client


def firmware(script: bytes) -> Module:
    """The whole module, from power-on."""
    module = Module(seeds.TEMPLATES, SETTINGS[(script[:1] or b"\0")[0] % len(SETTINGS)])
    module.play(script[1:])
    return module


TARGETS: Mapping[str, Target] = {
    "datagram": Target(datagram, seeds.DATAGRAM_SEEDS, is_script=True),
    "tlv": Target(formats.tlv, seeds.TLV_SEEDS),
    "json": Target(formats.json, seeds.JSON_SEEDS),
    "link": Target(formats.link, seeds.LINK_SEEDS),
    "blocks": Target(datagram, seeds.BLOCKS_SEEDS, is_script=True),
    "bootstrap": Target(bootstrap, seeds.BOOTSTRAP_SEEDS, is_script=True),
    "firmware": Target(firmware, seeds.MODULE_SEEDS, is_script=True, head=1),
}
