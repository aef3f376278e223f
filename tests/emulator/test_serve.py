"""`mipl cloud`: platforms alone, in a process of their own, and a modem in another."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest
import serial

from emulator.cli import main

PATIENCE = 20.0
LINES = 14  # on stdout of `mipl cloud`
MIPL = [sys.executable, "-m", "emulator"]

Process = subprocess.Popen[str]
Start = Callable[..., Process]


@pytest.fixture
def start() -> Iterator[Start]:
    """Starts `mipl …` and ends it after the test, asserting that it ends in order."""
    started: list[Process] = []

    def run(*words: str) -> Process:
        pipe = subprocess.PIPE
        started.append(subprocess.Popen([*MIPL, *words], stdout=pipe, stderr=pipe, text=True))
        return started[-1]

    yield run
    for process in started:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=PATIENCE)
        assert process.returncode == 0, err
        assert "Traceback" not in err


def addresses(process: Process, lines: int) -> dict[str, str]:
    """What stands on stdout: a name, perhaps a role, and a URI on each line."""
    assert process.stdout is not None
    found = [process.stdout.readline().split() for _ in range(lines)]
    return {" ".join(words[:-1]): words[-1] for words in found}


def dialogue(device: str, *pairs: tuple[str, bytes]) -> bytes:
    """Write lines, and wait after each for what must come; what was printed at last."""
    with serial.Serial(device, 115200, timeout=PATIENCE) as port:
        printed = b""
        for line, wanted in pairs:
            port.write(line.encode() + b"\r")
            printed = port.read_until(wanted)
            assert printed.endswith(wanted), printed
    return printed


def test_all_five_platforms_tell_their_addresses_and_end_with_ctrl_c(start: Start) -> None:
    found = addresses(start("cloud"), LINES)
    assert list(found) == [
        "onenet bootstrap",
        "onenet secure bootstrap",
        "onenet server",
        "onenet secure server",
        "ctwing server",
        "ctwing secure server",
        "dmp server",  # manual 4.6: OneNET, CTWing and Huawei have DTLS
        "huawei server",
        "huawei secure server",
        "generic bootstrap",
        "generic secure bootstrap",
        "generic server",
        "generic secure server",
        "http",
    ]
    assert len(set(found.values())) == LINES
    for name, uri in found.items():
        scheme = "http" if name == "http" else "coaps" if "secure" in name else "coap"
        assert re.fullmatch(scheme + r"://127\.0\.0\.1:\d+", uri)


def test_a_modem_is_told_the_way_to_each_manual_4_1(start: Start) -> None:
    process = start("cloud", "ctwing", "generic", "--seed", "7")
    found = addresses(process, 6)
    process.send_signal(signal.SIGINT)
    process.wait(PATIENCE)
    assert process.stderr is not None
    seed, *said = process.stderr.read().splitlines()
    assert seed == "mipl: seed 7 (--seed 7 lets chance decide the same again)"
    ways = [("CTWing", "ctwing server", 1), ("generic LwM2M", "generic server", 10)]
    assert said == [
        f"mipl: a modem that logs in to {title}: mipl run --platform "
        f'{found[name].removeprefix("coap://")}, then AT+MIPLCFG="platform",0,{number}'
        for title, name, number in ways
    ]


def test_5_3_a_modem_elsewhere_logs_in_to_one_of_them(start: Start) -> None:
    uri = addresses(start("cloud", "ctwing"), 2)["ctwing server"]
    modem = start("run", "--timing", "fast", "--platform", uri.removeprefix("coap://"))
    assert modem.stdout is not None
    printed = dialogue(
        modem.stdout.readline().rstrip("\n"),
        ('AT+MIPLCREATEEX="221.229.214.202:5683",0', b"OK\r\n"),
        ('AT+MIPLCFG="platform",0,1', b"OK\r\n"),
        ('AT+MIPLADDOBJ=0,19,2,"11",0,0', b"OK\r\n"),
        ("AT+MIPLOPEN=0,3000,30", b",1,19,0,0\r\n"),
    )
    assert b"+MIPLEVENT: 0,6\r\n" in printed


def test_5_4_over_dtls_with_the_key_that_the_platform_was_told(start: Start) -> None:
    cloud = start("cloud", "ctwing", "--psk", "869975030000461=abcdefgh")
    address = addresses(cloud, 3)["ctwing secure server"].removeprefix("coaps://")
    modem = start("run", "--timing", "fast", "--resolve", f"221.229.214.202:5684={address}")
    printed = dialogue(
        device_of(modem),
        ('AT+MIPLCREATEEX="221.229.214.202:5684",0,,abcdefgh,,0', b"OK\r\n"),
        ('AT+MIPLCFG="platform",0,1', b"OK\r\n"),
        ('AT+MIPLADDOBJ=0,19,2,"11",0,0', b"OK\r\n"),
        ("AT+MIPLOPEN=0,3000,30", b",1,19,0,0\r\n"),
    )
    assert b"+MIPLEVENT: 0,6\r\n" in printed
    modem.send_signal(signal.SIGINT)
    modem.wait(PATIENCE)
    assert modem.stderr is not None
    secured = "link 1 to 221.229.214.202:5684: secured with TLS_PSK_WITH_AES_128_CBC_SHA256"
    assert f"mipl: {secured}, by openssl\n" in modem.stderr.read()


def test_two_of_mipl_run_and_mipl_cloud_side_by_side(start: Start) -> None:
    """Both modems have one IMEI: each is known to its own platform, and the third to none."""
    alone = addresses(start("cloud"), LINES)
    for _ in range(2):
        modem = start("run", "--timing", "fast")
        printed = log_in(device_of(modem), ("", b",3200,0,-1\r\n"))
        assert b"\r\n+MIPLOBSERVE: 0," in printed
    with urlopen(f"{alone['http']}/devices") as answer:
        assert b"869975030000461" not in answer.read()


def test_5_6_inside_mipl_run_miplcfg_chooses_the_platform(start: Start) -> None:
    modem = start("run", "--timing", "fast")
    assert modem.stdout is not None
    printed = dialogue(
        modem.stdout.readline().rstrip("\n"),
        ('AT+MIPLCREATEEX="iot-coaps.cn-north-4.myhuaweicloud.com",0', b"OK\r\n"),
        ('AT+MIPLCFG="platform",0,3', b"OK\r\n"),
        ('AT+MIPLADDOBJ=0,19,2,"11",0,0', b"OK\r\n"),
        ("AT+MIPLOPEN=0,3000,30", b",1,19,0,0\r\n"),
    )
    assert b"+MIPLEVENT: 0,6\r\n" in printed


def log_in(device: str, *after: tuple[str, bytes]) -> bytes:
    """Register at OneNET with one object, and what is said after that."""
    return dialogue(
        device,
        ('AT+MIPLCREATEEX="183.230.40.40:5683",0,"cmiot"', b"OK\r\n"),
        ('AT+MIPLADDOBJ=0,3200,1,"1",0,0', b"OK\r\n"),
        ("AT+MIPLOPEN=0,3000,30", b"\r\n+MIPLEVENT: 0,"),
        *after,
    )


def device_of(process: Process) -> str:
    assert process.stdout is not None
    return process.stdout.readline().rstrip("\n")


def test_switches_reach_the_platforms_of_mipl_run(start: Start) -> None:
    modem = start("run", "--timing", "fast", "--switch", "steps=discover")
    printed = log_in(device_of(modem), ("", b",3200\r\n"))
    assert printed.startswith(b"6\r\n\r\n+MIPLDISCOVER: 0,")


def test_decision_51_strict_platforms_know_declared_devices_only_event_7(start: Start) -> None:
    words = ["run", "--timing", "fast", "--count", "2", "--strict-devices"]
    modems = start(*words, "--device", "869975030000462,460001357924681,cmiot")
    stranger, declared = device_of(modems), device_of(modems)
    assert log_in(stranger, ("", b"7\r\n"))
    assert log_in(declared, ("", b"6\r\n"))


@pytest.fixture
def in_time() -> Iterator[None]:
    """Ends a platform that should not have started, after a while, so that the test fails."""
    before = signal.signal(signal.SIGALRM, lambda *_: os.kill(os.getpid(), signal.SIGTERM))
    signal.alarm(int(PATIENCE))
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


@pytest.mark.usefixtures("in_time")
@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["ctwings"], "there is no platform 'ctwings'; did you mean ctwing?"),
        (["dmp", "--host", "localhost"], "--host 'localhost' is no IP address"),
        (["--port", "5683"], "--port 5683: for which platform? For example onenet=5683"),
        (["dmp", "--port", "ctwing=5683"], "--port ctwing=5683: 'ctwing' is not started (dmp)"),
        (["dmp", "--port", "x"], "'x' is not a port between 1 and 65535"),
        (["dmp", "--port", "655360"], "'655360' is not a port between 1 and 65535"),
        (["dmp", "--bootstrap-port", "5683"], "--bootstrap-port: dmp has no bootstrap"),
        (["--http", "-1"], "--http -1 is not between 0 and 65535"),
        (["--switch", "refuse"], "--switch 'refuse' is not NAME=VALUE, for example refuse=4.03"),
        (["--switch", "drob=next:1"], "there is no switch 'drob'; did you mean drop?"),
        (["--switch", "block_size=100"], "block_size: 100 is no power of two from 16 to 1024"),
        (["--device", ",1,geheim"], "--device ',…' is not IMEI[,IMSI[,AUTHCODE]]"),
        (["--psk", "869975030000461=ge heim"], "--psk '869975030000461=…' is not IMEI=KEY with"),
        (["--psk", f"1={'k' * 65}"], "up to 64 letters and digits"),
        (["--bootstrap-psk", "1=hex:abc"], "an even number of hexadecimal digits"),
        (["dmp", "--secure-port", "5684"], "--secure-port: dmp has no DTLS (manual 4.6)"),
    ],
)
def test_bad_usage_is_told_with_the_mend_and_ends_with_2(
    words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["cloud", *words]) == 2
    out, err = capsys.readouterr()
    assert said in err and out == ""
    assert "geheim" not in err


@pytest.mark.usefixtures("in_time")
@pytest.mark.parametrize("option", ["--port", "--bootstrap-port"])
def test_a_busy_port_is_told_with_the_mend_and_ends_with_3(
    option: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        assert main(["cloud", "generic", option, str(port)]) == 3
    said = f"generic cannot listen on 127.0.0.1:{port}: Address already in use; choose another"
    assert said in capsys.readouterr().err


def test_a_device_that_was_created_is_there_after_a_restart(start: Start, tmp_path: Path) -> None:
    body = b'{"name":"869975030000461","psk":"abcdefge"}'
    for made in (False, True):
        process = start("cloud", "ctwing", "--state", str(tmp_path / "desk"))
        url = f"{addresses(process, 3)['http']}/platforms/ctwing/devices"
        with urllib.request.urlopen(url) as answer:
            assert json.load(answer)["data"]["total"] == int(made)
        with urllib.request.urlopen(url, data=body) as answer:
            assert answer.status == 200
        process.send_signal(signal.SIGTERM)
        process.wait(PATIENCE)
