"""What one seed decides, for whom, and that whoever was given none can be repeated."""

import asyncio
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest
import serial

from emulator.cloud.service import Cloud
from emulator.destinations import leading_to
from emulator.modem import Modem, ModemSettings
from emulator.run import chunks_of
from emulator.seeds import SEED_LIMIT, SparingStreams, modem_seed, new_seed, stream
from emulator.serial_end import SerialEnd
from emulator.virtual_time import VirtualLoop
from pty_bridge.flow import Chunks
from tests.days import USAGES, log_in
from tests.lives import Host
from transport.memory import MemoryNetwork

PATIENCE = 20.0
MIPL = [sys.executable, "-m", "emulator"]
IMEI = "869975030000461"


def test_each_modem_of_a_run_has_a_seed_of_its_own_and_the_first_that_of_the_run() -> None:
    """`printf 'modem 1 7' | sha256sum` begins with 89a8cb4b."""
    assert [modem_seed(7, number) for number in range(3)] == [7, 0x89A8CB4B, 0xE9FEF51A]
    assert len({modem_seed(7, number) for number in range(1000)}) == 1000
    assert modem_seed(8, 1) != modem_seed(7, 1)


def test_a_seed_that_nobody_chose_is_short_enough_to_be_typed() -> None:
    drawn = {new_seed() for _ in range(50)}
    assert len(drawn) == 50 and all(0 <= seed < SEED_LIMIT for seed in drawn)


def test_streams_of_one_seed_are_strangers_to_each_other() -> None:
    """A modem and a platform that share a seed must not draw the same mids: one that mistakes the
    other's for its own would go unseen. -1 is not 1 either, as it is for random.Random."""
    drawn = [
        stream(seed, name).randbytes(8)
        for seed in (7, 1, -1)
        for name in ("modem", "download", "onenet server", "onenet bootstrap", "ctwing server")
    ]
    assert len(set(drawn)) == len(drawn)


def test_a_sparing_stream_draws_what_the_other_draws_beyond_all_that_it_keeps() -> None:
    """The first ones are typed: random.Random("modem 7") as of Python 3.11."""
    sparing, whole = SparingStreams(7)("modem"), stream(7, "modem")
    first = [sparing.randrange(0x10000), sparing.randbytes(8), sparing.randbytes(3)]
    assert first == [7961, bytes.fromhex("d8a2abfa091551a3"), bytes.fromhex("1d64bd")]
    assert first == [whole.randrange(0x10000), whole.randbytes(8), whole.randbytes(3)]
    for size in (1, 2, 4, 5, 8, 100, 0, 7) * 20:
        assert sparing.randbytes(size) == whole.randbytes(size), size
        assert sparing.randrange(size + 1) == whole.randrange(size + 1), size


async def _logged_in(modem_seed: int | None, cloud_seed: int | None) -> tuple[list[str], int, int]:
    """What is printed at a login to OneNET, and the seeds that modem and platform say they have."""
    network = MemoryNetwork()
    settings = ModemSettings(imei=IMEI, seed=modem_seed)
    async with Cloud(seed=cloud_seed, listen=network.listen) as cloud:
        wires: list[bytes] = []
        modem = Modem(
            SerialEnd("memory:"), leading_to(cloud), settings, open_link=network.open_link
        )
        async with modem:
            modem.firmware.journal.sinks.append(lambda record: wires.append(record.data))
            host = Host(modem)
            await log_in(host, cloud)
            await cloud.ready(IMEI)
            assert modem.settings.seed is not None
            return [data.hex() for data in wires], modem.settings.seed, cloud.seed


def _login(modem_seed: int | None, cloud_seed: int | None) -> tuple[list[str], int, int]:
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(_logged_in(modem_seed, cloud_seed))


def test_modem_and_platform_without_a_seed_make_one_up_and_tell_it() -> None:
    seen, modem, cloud = _login(None, None)
    assert _login(modem, cloud) == (seen, modem, cloud)
    other, *_ = _login(None, None)
    assert other != seen


def test_a_seed_for_one_end_leaves_the_other_to_chance() -> None:
    seen, _, cloud = _login(7, None)
    assert cloud != 7
    assert _login(7, None)[0] != seen


def test_pieces_of_random_sizes_follow_the_seed_unless_they_have_their_own() -> None:
    assert chunks_of("random", 7) == Chunks(seed=7)
    assert chunks_of("random:3", 7) == Chunks(seed=3)
    assert chunks_of("fixed:2", 7) == Chunks(size=2)


Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def start() -> Iterator[Start]:
    """Starts `mipl …` and ends it after the test."""
    started: list[subprocess.Popen[str]] = []

    def run(*words: str) -> "subprocess.Popen[str]":
        pipe = subprocess.PIPE
        started.append(subprocess.Popen([*MIPL, *words], stdout=pipe, stderr=pipe, text=True))
        return started[-1]

    yield run
    for process in started:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
        process.communicate(timeout=PATIENCE)


def _run_to_the_first_read(process: "subprocess.Popen[str]") -> tuple[str, set[str]]:
    """Logs in to OneNET; what the modem printed, and on stderr every datagram and the seed."""
    assert process.stdout is not None
    with serial.Serial(process.stdout.readline().strip(), 9600, timeout=PATIENCE) as port:
        printed = b""
        for line, wanted in (
            ('AT+MIPLCREATEEX="nbiotbt.heclouds.com:5683",1', b"OK\r\n"),
            *((line, b"OK\r\n") for line in USAGES["onenet"].objects),
            ("AT+MIPLOPEN=0,3000,30", b",3,0,-1\r\n"),  # the platform reads 3/0 at last
        ):
            port.write(line.encode() + b"\r")
            printed += port.read_until(wanted)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=PATIENCE)
    shown = re.findall(r"^ *[0-9.]+ (cloud [<>] .*)|^mipl: (seed \d+) ", said, re.MULTILINE)
    return printed.decode(), {"".join(each) for each in shown}


def test_the_seed_that_one_run_tells_lets_the_next_choose_the_same(start: Start) -> None:
    """On a real device, with real sockets: message ids, tokens, the location of the registration;
    whatever was sent twice because the machine was busy counts once."""
    words = ("run", "--timing", "fast", "--verbose")
    printed, said = _run_to_the_first_read(start(*words))
    (seed,) = (line for line in said if line.startswith("seed"))
    assert "+MIPLOBSERVE" in printed and len(said) > 10
    assert _run_to_the_first_read(start(*words, "--seed", seed.split()[1])) == (printed, said)
