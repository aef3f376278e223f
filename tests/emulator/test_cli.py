"""The command line: what is said where, exit codes, links, and bad input (design 3)."""

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import serial

from emulator import capacity
from emulator.cli import UsageError, main
from pty_bridge.ports import parse_spec

PATIENCE = 20.0
MIPL = [sys.executable, "-m", "emulator"]


@pytest.fixture
def start() -> Iterator[Callable[..., "subprocess.Popen[str]"]]:
    """Starts `mipl …` and ends it after the test, asserting that it ends in order."""
    started: list[subprocess.Popen[str]] = []

    def run(*words: str) -> "subprocess.Popen[str]":
        started.append(
            subprocess.Popen(
                [*MIPL, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
            )
        )
        return started[-1]

    yield run
    for process in started:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=PATIENCE)
        assert process.returncode == 0, err
        assert "Traceback" not in err


def _ask(device: str, line: bytes) -> bytes:
    with serial.serial_for_url(device, 115200, timeout=PATIENCE) as port:
        port.write(line + b"\r")
        return port.read_until(b"OK\r\n")


def _first_line(process: "subprocess.Popen[str]") -> str:
    assert process.stdout is not None
    return process.stdout.readline().rstrip("\n")


def test_the_first_line_is_the_device_path_alone_and_it_answers(
    start: Callable[..., "subprocess.Popen[str]"],
) -> None:
    process = start("run", "--timing", "fast")
    device = _first_line(process)
    assert device.startswith("/dev/")
    assert _ask(device, b"AT") == b"\r\nOK\r\n"
    process.send_signal(signal.SIGINT)
    assert process.wait(PATIENCE) == 0


def test_a_link_is_made_replaced_when_stale_and_removed_at_the_end(
    start: Callable[..., "subprocess.Popen[str]"], tmp_path: Path
) -> None:
    link = tmp_path / "my modem"
    link.symlink_to("/dev/pts/999999")
    process = start("run", "--link", str(link))
    assert _first_line(process) == str(link)
    assert os.readlink(link).startswith("/dev/pts/")
    assert _ask(str(link), b"AT") == b"\r\nOK\r\n"
    process.send_signal(signal.SIGTERM)
    assert process.wait(PATIENCE) == 0
    assert not link.is_symlink()


@pytest.mark.filterwarnings("ignore:set(Daemon|Name):DeprecationWarning")  # pyserial 3.5
def test_one_modem_at_several_ends_with_one_who_listens(
    start: Callable[..., "subprocess.Popen[str]"], tmp_path: Path
) -> None:
    """Each end is a line of stdout in the order given; the sniffer is told on stderr."""
    link, sniffer = str(tmp_path / "modem"), str(tmp_path / "sniffer")
    ends = ["--serial", f"pty:{link}", "--serial", "tcp:0", "--serial", "rfc2217:0"]
    process = start("run", "--timing", "fast", *ends, "--sniff", f"pty:{sniffer}")
    names = [_first_line(process) for _ in range(3)]
    assert names[0] == link
    assert [name.rpartition(":")[0] for name in names[1:]] == [
        "tcp:127.0.0.1",
        "rfc2217:127.0.0.1",
    ]
    with serial.Serial(sniffer, timeout=PATIENCE) as listener:
        assert _ask(names[0], b"AT") == b"\r\nOK\r\n"
        assert _ask(names[1].replace("tcp:", "socket://"), b"AT") == b"\r\nOK\r\n"
        assert _ask(names[2].replace(":", "://", 1), b"AT") == b"\r\nOK\r\n"
        assert listener.read(27) == b"AT\r\r\nOK\r\n" * 3


def test_pieces_and_pace_change_nothing_that_is_said(
    start: Callable[..., "subprocess.Popen[str]"],
) -> None:
    process = start("run", "--timing", "fast", "--pace", "115200", "--chunk", "random:1")
    assert _ask(_first_line(process), b"AT+CGSN=1") == (b"\r\n+CGSN: 869975030000461\r\n\r\nOK\r\n")


def _mipl(*words: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run([*MIPL, *words], capture_output=True, text=True, timeout=PATIENCE)


def test_power_and_reset_of_a_running_modem(
    start: Callable[..., "subprocess.Popen[str]"], tmp_path: Path
) -> None:
    """Decision 10; by the path of the link."""
    link = str(tmp_path / "modem")
    process = start("run", "--model", "M5310-A", "--timing", "fast", "--link", link)
    assert _first_line(process) == link
    assert _ask(link, b"AT+MIPLCREATE") == b"\r\n+MIPLCREATE:0\r\n\r\nOK\r\n"
    with serial.Serial(link, timeout=PATIENCE) as port:
        assert _mipl("reset", link).returncode == 0
        assert port.read_until(b"OK\r\n") == (b"\r\nREBOOT_CAUSE_SECURITY_RESET_PIN\r\n\r\nOK\r\n")
        assert _mipl("power", "off", link).returncode == 0
        port.write(b"AT\r")
        refused = _mipl("reset", link)
        assert refused.returncode == 3
        assert f"mipl power on {link}" in refused.stderr
        assert _mipl("power", "on", link).returncode == 0
        port.write(b"AT\r")
        assert port.read_until(b"OK\r\n") == (b"\r\nREBOOT_CAUSE_SECURITY_RESET_PIN\r\n\r\nOK\r\n")
        assert port.read_until(b"OK\r\n") == b"\r\nOK\r\n"
    assert _ask(link, b"AT+MIPLCREATE") == b"\r\n+MIPLCREATE:0\r\n\r\nOK\r\n"


def test_ends_are_counted_up_with_the_modems(
    start: Callable[..., "subprocess.Popen[str]"], tmp_path: Path
) -> None:
    process = start("run", "--count", "2", "--serial", f"pty:{tmp_path}/m")
    assert [_first_line(process) for _ in range(2)] == [f"{tmp_path}/m0", f"{tmp_path}/m1"]


def test_count_makes_modems_with_identities_counted_up(
    start: Callable[..., "subprocess.Popen[str]"],
) -> None:
    process = start("run", "--count", "2", "--imei", "869975030000999")
    devices = [_first_line(process) for _ in range(2)]
    answers = [_ask(device, b"AT+CGSN=1") for device in devices]
    assert answers == [
        b"\r\n+CGSN: 869975030000999\r\n\r\nOK\r\n",
        b"\r\n+CGSN: 869975030001000\r\n\r\nOK\r\n",
    ]


def test_the_soft_limit_of_descriptors_is_no_limit_of_modems() -> None:
    command = f"ulimit -S -n 64 && exec '{sys.executable}' -m emulator run --count 40"
    process = subprocess.Popen(
        ["sh", "-c", command], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert all(_first_line(process).startswith("/dev/") for _ in range(40))
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=PATIENCE)
    assert process.returncode == 0


def test_more_modems_than_there_are_descriptors_for_are_refused_before_one_is_made() -> None:
    """Two for each pty, one for a link, 100 for the program."""
    command = f"ulimit -n 200 && exec '{sys.executable}' -m emulator run --count 40"
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, timeout=PATIENCE)
    assert done.returncode == 2
    assert done.stdout == ""
    assert "--count 40 takes 220 open files, and this process may have 200" in done.stderr
    assert "take at most 33, or raise the hard limit" in done.stderr


def test_more_modems_than_the_machine_has_room_for_are_refused(tmp_path: Path) -> None:
    """As the kernel's files have it: 100 pseudo-terminals at most, 70 in use; 40 ports; memory for
    60 modems of 128 KiB."""
    for name, text in (
        ("sys/kernel/pty/max", "100"),
        ("sys/kernel/pty/nr", "70"),
        ("sys/net/ipv4/ip_local_port_range", "32768\t32807"),
        ("meminfo", "MemTotal: 99 kB\nMemAvailable: 7680 kB"),
    ):
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text + "\n")
    ends = (parse_spec("pty:"), parse_spec("tcp:0"))
    capacity.check_room(30, ends, tmp_path)
    with pytest.raises(UsageError) as caught:
        capacity.check_room(61, ends, tmp_path)
    assert str(caught.value).splitlines() == [
        "--count 61 takes 61 pseudo-terminals, and the kernel has 30 left; take at most 30, or "
        "raise the sysctl kernel.pty.max",
        "--count 61 takes as many UDP ports, and there are 40; take at most that many, or widen "
        "the sysctl net.ipv4.ip_local_port_range",
        "--count 61 takes about 8 MiB of memory, and 7 MiB are free; take at most 60",
    ]


def test_dialect_field_and_quirks_come_from_the_command_line(
    start: Callable[..., "subprocess.Popen[str]"],
) -> None:
    process = start(
        "run", "--dialect", "field", "--quirk", "general_colon=blank", "--network", "signal=9"
    )
    device = _first_line(process)
    assert _ask(device, b"AT+CSQ") == b"\r\n+CSQ: 9,99\r\n\r\nOK\r\n"
    assert _ask(device, b"AT+MIPLCREATE") == b"\r\n+MIPLCREATE:0\r\n\r\nOK\r\n"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["run", "--model", "MN3166"], "there is no model 'MN3166'; did you mean MN316?"),
        (["run", "--quirk", "mipl_colan=none"], "did you mean 'mipl_colon'?"),
        (["run", "--quirk", "mipl_colon=tab"], "it may be: blank, blank+comma, none"),
        (["run", "--network", "coverage=none"], "'coverage' is on or off, not 'none'"),
        (["run", "--imei", "123"], "--imei '123' is not 15 digits"),
        (["run", "--count", "0"], "--count 0 is not between 1 and"),
        (
            ["run", "--platform", "h:1", "--strict-devices", "--timeout", "9"],
            "--strict-devices, --timeout: --platform leaves no local platform",
        ),
        (
            ["run", "--platform", "h:1", "--strict-devices"],
            "--strict-devices: --platform leaves no local platform",
        ),
        (["run", "--platform", "somewhere"], "'somewhere' is not HOST:PORT"),
        (["run", "--platform", "h:99999"], "port 99999 in 'h:99999' is not between 1 and 65535"),
        (["run", "--resolve", "a:1"], "'a:1' is not HOST:PORT=IP:PORT"),
        (["run", "--resolve", "a:1=notip:2"], "'notip:2' in 'a:1=notip:2' is no IP address"),
        (["run", "--platform", "::1:5683"], "without brackets: [::1]:5683"),
        (["run", "--http", "99999"], "--http 99999 is not between 0 and 65535"),
        (["run", "--imei", "9" * 15, "--count", "2"], "cannot be counted up to 2 modems"),
        (["run", "--link", "/nowhere/at/all"], "/nowhere/at"),
        (["run", "--serial", "com3"], "'com3' names no serial end; write 'pty:'"),
        (["run", "--serial", "memory:"], "'memory:' is for Python"),
        (["run", "--sniff", "tcp:x"], "'x' in 'tcp:x' is no port"),
        (["run", "--serial", "serial:/dev/none"], "No such file or directory; plug it in"),
        (["run", "--serial", "serial:/dev/none", "--count", "2"], "is one device"),
        (["run", "--link", "a", "--serial", "tcp:0"], "write --serial 'pty:a'"),
        (["run", "--pace", "fast"], "'fast' is no rate; write a number from 50"),
        (["run", "--chunk", "big"], "'big' names no way to cut output; write 'byte'"),
        (["run", "--pin", "cts=reset"], "'cts=reset' is no wiring; write dtr or rts"),
        (["reset", "/dev/null"], "no running modem is at '/dev/null'; `mipl run` prints"),
        (["power", "up", "/dev/null"], "a modem is switched on or off: mipl power off /dev/null"),
        (["power", "/dev/null", "off"], "no running modem is at '/dev/null'"),
        (["run", "--nonsense"], "run: unrecognized arguments: --nonsense; see mipl run --help\n"),
        (["run", "--modle=M5311"], "arguments: --modle=M5311; did you mean --model?\n"),
        (["compare", "--modles", "A", "--", "x"], "did you mean --models?\n"),
        (["fly"], "mipl: invalid choice: 'fly'; there are run, cloud, demo,"),
        (["stat", "/dev/null"], "mipl: invalid choice: 'stat'; did you mean state?\n"),
        (["run", "--seed", "-1"], "--seed -1 is not a whole number from 0 on"),
        (["cloud", "--seed", "-1"], "--seed -1 is not a whole number from 0 on"),
        (["compare", "--seed", "-1", "--", "x"], "--seed -1 is not a whole number from 0 on"),
        (["run", "--live", "/nowhere/pipe"], "--live /nowhere/pipe: there is no folder /nowhere"),
        (["run", "--pin", "rts=reset"], "--pin: only --serial rfc2217:HOST:PORT tells"),
        (["fault", "/dev/null", "add"], "write mipl fault /dev/null add 'command +MIPL"),
        (["fault", "add", "/dev/null"], "write mipl fault /dev/null add 'command +MIPL"),
        (["fault", "/dev/null", "ad", "x"], "'ad' is none of add, remove, list"),
        ([], "usage: mipl"),
    ],
)
def test_bad_usage_is_told_with_the_mend_and_ends_with_2(words: list[str], said: str) -> None:
    done = subprocess.run([*MIPL, *words], capture_output=True, text=True, timeout=PATIENCE)
    assert done.returncode == 2
    assert said in done.stderr
    assert done.stdout == ""
    assert "Traceback" not in done.stderr


def test_the_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert re.fullmatch(r"mipl-emulator \d+\.\d+\.\d+\S*\n", capsys.readouterr().out)


def test_a_path_that_is_no_link_of_ours_is_never_overwritten(tmp_path: Path) -> None:
    file = tmp_path / "precious"
    file.write_text("data")
    done = subprocess.run(
        [*MIPL, "run", "--link", str(file)], capture_output=True, text=True, timeout=PATIENCE
    )
    assert done.returncode == 2
    assert str(file) in done.stderr
    assert file.read_text() == "data"


def test_the_demo_walks_through_chapter_5_1_and_ends_with_0() -> None:
    done = subprocess.run([*MIPL, "demo"], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "+MIPLEVENT: 0,26,147" in done.stdout
    assert "Every line was as chapter 5.1 of the manual has it" in done.stdout


def test_a_busy_http_port_is_told_and_ends_with_3() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = subprocess.run(
            [*MIPL, "run", "--http", str(port)], capture_output=True, text=True, timeout=PATIENCE
        )
    assert done.returncode == 3
    assert f"port {port} cannot be used" in done.stderr and "Traceback" not in done.stderr
    assert done.stdout == ""


def _play(device: str, url: str) -> "subprocess.CompletedProcess[str]":
    """The demo's host alone, on a device of ours."""
    host = [sys.executable, "-m", "emulator.demo_host", device, url, "869975030000461"]
    return subprocess.run(host, capture_output=True, text=True, timeout=60)


def test_the_demo_ends_with_1_at_a_wrong_line(
    start: Callable[..., "subprocess.Popen[str]"],
) -> None:
    device = _first_line(start("run", "--dialect", "field"))
    done = _play(device, "http://127.0.0.1:9")
    assert done.returncode == 1
    assert "the module said '+MIPLCREATEEX:0'" in done.stderr


def test_the_demo_ends_with_1_when_the_cloud_is_gone(
    start: Callable[..., "subprocess.Popen[str]"],
) -> None:
    device = _first_line(start("run"))
    done = _play(device, "http://127.0.0.1:9")  # discard: nobody listens
    assert done.returncode == 1
    assert "the platform gave no answer: " in done.stderr


def test_an_instance_survives_the_host_closing_and_reopening_the_device(
    start: Callable[..., "subprocess.Popen[str]"],
) -> None:
    """Decision 9; HF: the first CREATE after an MCU reset must see the old instance."""
    device = _first_line(start("run", "--timing", "fast"))
    assert _ask(device, b"AT+MIPLCREATE") == b"\r\n+MIPLCREATE: 0\r\n\r\nOK\r\n"
    with serial.Serial(device, 115200, timeout=PATIENCE) as port:
        port.write(b"AT+MIPLCREATE\r")
        assert port.read_until(b"653\r\n") == b"\r\n+CIS ERROR: 653\r\n"
        port.write(b"AT+MIPLDEV")  # and hangs up in mid-line
    with serial.Serial(device, 115200, timeout=PATIENCE) as port:
        port.write(b"INFO?\r")
        assert b"+MIPLDEVINFO: " in port.read_until(b"OK\r\n")


def test_a_reader_that_has_seen_enough_does_not_end_the_modems(
    start: Callable[..., "subprocess.Popen[str]"],
) -> None:
    """`mipl run --count 3 | head -1`"""
    process = start("run", "--count", "3", "--timing", "fast")
    device = _first_line(process)
    assert process.stdout is not None
    process.stdout.close()
    assert _ask(device, b"AT") == b"\r\nOK\r\n"
    process.stdout = None
