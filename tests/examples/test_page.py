"""The commands of docs/connect-your-firmware.md, run as they stand but for places and ports."""

import errno
import os
import platform
import re
import select
import shlex
import shutil
import subprocess
import sys
import termios
from collections.abc import Callable
from pathlib import Path

import pytest
import serial

from tests.examples.running import PATIENCE, ROOT, Host, Run

PAGE = ROOT / "docs" / "connect-your-firmware.md"
BLOCKS = re.findall(r"```sh\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
LINES = [line for block in BLOCKS for line in block.splitlines() if "# not run here" not in line]
RUN = (  # how the lines begin that tests below take from the page
    "./mipl run --dialect field --link",
    "gcc -std=c11",
    "./host /tmp/modem0",
    "./mipl reset",
    "./mipl run --model M5310-A --serial serial:",
    "gcc -m32",
    "./mipl run --serial tcp:127.0.0.1:2000 --serial pty:",
    "qemu-system-x86_64 .* -serial tcp:",
    "qemu-system-x86_64 .* -serial chardev:",
    "./mipl run --serial rfc2217:",
    "python host.py rfc2217:",
    "mkfifo ready",
    "./mipl run --dialect field --timing fast",
    "read -r device",
    "./your-tests",
    r"kill \$!",
)


PLACES = {
    "link": "/tmp/modem0",
    "tcp": "127.0.0.1:2000",
    "rfc2217": "127.0.0.1:2217",
    "port": "/dev/ttyUSB0",
    "program": "hello.bin",
}


def words(start: str, **places: str) -> list[str]:
    """The line that begins so, without its comment; `places`: other ones for what stands there."""
    assert start in RUN
    (line,) = [line for line in LINES if re.match(start, line)]
    for place, other in places.items():
        assert PLACES[place] in line
        line = line.replace(PLACES[place], other)
    return shlex.split(line, comments=True)


def test_every_line_of_the_page_is_run_or_says_that_it_is_not() -> None:
    assert len(LINES) == len(RUN)
    for line in LINES:
        assert any(re.match(start, line) for start in RUN), line


def started(program: list[str]) -> "subprocess.Popen[str]":
    return subprocess.Popen(program, stdout=subprocess.PIPE, text=True)


def logs_in(program: list[str]) -> bool:
    """A host shows a line `< …` for each that it hears; it is ended when it has logged in."""
    with started(program) as process:
        assert process.stdout is not None
        shown = any(line.replace(": ", ":") == "< +MIPLEVENT:0,6\n" for line in process.stdout)
        process.kill()
    return shown


def test_a_native_build(c_host: Host, mipl_run: Callable[..., Run], tmp_path: Path) -> None:
    """The line of gcc is the one in the program's head, with which `c_host` was built."""
    head = (ROOT / "examples" / "c" / "host.c").read_text(encoding="utf-8")
    assert shlex.join(words("gcc -std=c11")) + "\n" in head
    link = str(tmp_path / "modem0")
    run = mipl_run(*words("./mipl run --dialect field --link", link=link)[2:])
    assert run.place == link
    assert logs_in([*c_host, words("./host /tmp/modem0", link=link)[1]])


def test_a_reset_brings_boot_lines(mipl_run: Callable[..., Run], tmp_path: Path) -> None:
    """Decision 10: those of the M5311."""
    link = str(tmp_path / "modem0")
    mipl_run("--model", "M5311", "--link", link)
    reset = [sys.executable, "-m", "emulator", *words("./mipl reset", link=link)[1:]]
    with serial.Serial(link, timeout=PATIENCE) as port:
        assert subprocess.run(reset, timeout=PATIENCE).returncode == 0
        assert port.read_until(b"READY\r\n").startswith(b"\r\n*ATREADY: 1\r\n")


def heard(descriptor: int, end: bytes) -> bytes:
    """What comes up to `end`."""
    data = b""
    while not data.endswith(end):
        assert select.select([descriptor], [], [], PATIENCE)[0], data
        data += os.read(descriptor, 64)
    return data


def test_a_real_port_with_a_pty_in_its_place(mipl_run: Callable[..., Run]) -> None:
    near, far = os.openpty()
    try:
        port = os.ttyname(far)
        run = mipl_run(*words("./mipl run --model M5310-A --serial serial:", port=port)[2:])
        assert run.place == port
        os.write(near, b"AT\r")
        assert heard(near, b"OK\r\n") == b"\r\nOK\r\n"
        assert termios.tcgetattr(far)[4] == termios.B9600
    finally:
        os.close(near)
        os.close(far)


@pytest.fixture
def sector(require_peer: Callable[[str, str | None], None], tmp_path: Path) -> str:
    """examples/qemu, built."""
    missing = [tool for tool in ("gcc", "qemu-system-x86_64") if shutil.which(tool) is None]
    if platform.machine() not in ("x86_64", "i686"):
        missing.append("a compiler for x86")
    require_peer("qemu", f"not installed: {', '.join(missing)}" if missing else None)
    program = str(tmp_path / "hello.bin")
    build = words("gcc -m32", program=program)
    subprocess.run(build, cwd=ROOT / "examples" / "qemu", check=True, timeout=PATIENCE)
    return program


def test_qemu_by_tcp_and_by_the_device(
    sector: str, mipl_run: Callable[..., Run], tmp_path: Path
) -> None:
    """isa-debug-exit ends with 2 * 16 + 1, after the K of OK."""
    link = str(tmp_path / "modem0")
    start = words("./mipl run --serial tcp:127.0.0.1:2000 --serial pty:", tcp="0", link=link)
    tcp = mipl_run(*start[2:]).place.removeprefix("tcp:")
    for line in (
        words("qemu-system-x86_64 .* -serial tcp:", program=sector, tcp=tcp),
        words("qemu-system-x86_64 .* -serial chardev:", program=sector, link=link),
    ):
        done = subprocess.run(line, capture_output=True, timeout=PATIENCE)
        assert (done.returncode, done.stdout) == (33, b"\r\nOK"), done.stderr


def test_rfc_2217(mipl_run: Callable[..., Run]) -> None:
    run = mipl_run(*words("./mipl run --serial rfc2217:", rfc2217="0")[2:])
    at = run.place.removeprefix("rfc2217:")
    _, program, place = words("python host.py rfc2217:", rfc2217=at)
    assert logs_in([sys.executable, str(ROOT / "examples" / "python" / program), place])


def test_the_lines_for_ci(tmp_path: Path) -> None:
    """As one script, in a folder with a `mipl` and with `your-tests`, which type AT."""
    (block,) = [lines for lines in BLOCKS if lines.startswith("mkfifo ready")]
    for name, python in {
        "mipl": "from emulator.cli import main; sys.exit(main())",
        "your-tests": "import serial; port = serial.Serial(sys.argv[1], timeout=20); "
        "port.write(b'AT\\r'); print(port.read_until(b'OK\\r\\n'))",
    }.items():
        script = tmp_path / name
        script.write_text(f"#!{sys.executable}\nimport sys; {python}\n")
        script.chmod(0o755)
    done = subprocess.run(
        ["sh", "-e", "-c", block + "wait"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    log = (tmp_path / "modem.log").read_text()
    assert (done.returncode, done.stdout, done.stderr) == (0, "b'\\r\\nOK\\r\\n'\n", ""), log
    assert "dialect field" in log


def test_what_a_pty_cannot_do(mipl_run: Callable[..., Run]) -> None:
    place = mipl_run().place
    with serial.Serial(place, 250000, parity="E", rtscts=True, timeout=PATIENCE) as port:
        port.write(b"AT\r")
        assert port.read_until(b"OK\r\n") == b"\r\nOK\r\n"
        assert not termios.tcgetattr(port)[2] & termios.PARENB
        for change in ("dtr", "rts"):
            with pytest.raises(OSError) as raised:
                setattr(port, change, False)
            assert raised.value.errno == errno.ENOTTY
