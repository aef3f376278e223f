"""`mipl doctor`: what this machine has, what it lacks, and how to mend it.

Only the standard library is imported up front: whatever else there is may be what is missing.
"""

import json
import os
import platform
import re
import resource
import socket
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from importlib import import_module, metadata
from pathlib import Path
from typing import Literal

from emulator.cli import CHECK_FAILED, DONE
from emulator.console import put
from emulator.control import sockets

DISTRIBUTION = "mipl-emulator"
MODULES = {
    "pyyaml": "yaml",
    "pyopenssl": "OpenSSL",
    "pyserial": "serial",
}  # where they have other names
PTY_FOLDER = Path("/proc/sys/kernel/pty")
FEW = 64  # modems (chosen): fewer than that at once is worth a note
DESCRIPTORS_OF_ALL, DESCRIPTORS_OF_ONE = 40, 4
"""Measured: `mipl run` has 12, and some more with sessions of its HTTP API; each modem two for its
pty, and one or two for its links."""
ANSWER_LIMIT = 2.0  # seconds for a datagram or a connection to ourselves

Level = Literal["ok", "note", "wrong"]
"""note: something is left out, or could run short; wrong: `mipl run` will not work."""


@dataclass(frozen=True, slots=True)
class Finding:
    """`mend`: what to do, empty where all is well."""

    name: str
    level: Level
    text: str
    mend: str = ""


def examine(as_json: bool) -> int:
    """Print every finding; 1 if something is wrong."""
    findings = [finding for check in CHECKS for finding in check()]
    well = all(finding.level != "wrong" for finding in findings)
    if as_json:
        document = {"ok": well, "findings": [asdict(finding) for finding in findings]}
        put(json.dumps(document, indent=2, ensure_ascii=False))
    else:
        put("\n".join(map(_line, findings)))
    return DONE if well else CHECK_FAILED


def _line(finding: Finding) -> str:
    mend = f"\n{'':14}mend: {finding.mend}" if finding.mend else ""
    return f"{finding.level:6}{finding.name}: {finding.text}{mend}"


# The program


def interpreter() -> Iterator[Finding]:
    yield Finding("Python", "ok", f"{platform.python_version()}, {sys.executable}")
    yield judged_system(platform.system(), platform.release())


def judged_system(name: str, release: str) -> Finding:
    match name:
        case "Linux":
            return Finding("system", "ok", f"{name} {release}")
        case "Darwin":
            text = "macOS, where nobody has tried it: a host that opens or leaves a pty is not seen"
            return Finding("system", "note", text, "use --serial tcp:, or Linux")
    return Finding("system", "wrong", f"{name} has no pseudo-terminals", "use Linux, or WSL 2")


def libraries() -> Iterator[Finding]:
    """Those that the installed program requires, extras left out."""
    try:
        required = metadata.requires(DISTRIBUTION) or []
    except metadata.PackageNotFoundError:
        mend = "./mipl setup, or pip install for what you have"
        yield Finding(DISTRIBUTION, "wrong", "is not installed", mend)
        return
    for requirement in required:
        if ";" not in requirement:
            yield judged_library(requirement)


def judged_library(requirement: str) -> Finding:
    """`requirement` as in the metadata, for example `aiohttp<4,>=3.10`."""
    name = re.split(r"[<>=]", requirement, maxsplit=1)[0]
    mend = f"./mipl setup, or pip install '{requirement}'"
    try:
        import_module(MODULES.get(name.lower(), name))
        version = metadata.version(name)
    except (ImportError, OSError) as error:
        return Finding(name, "wrong", f"cannot be loaded ({error})", mend)
    if not is_allowed(version, requirement):
        return Finding(name, "wrong", f"{version} is not {requirement}", mend)
    return Finding(name, "ok", version)


def is_allowed(version: str, requirement: str) -> bool:
    """Whether its `>=` and `<` hold; what follows the numbers of a version does not count."""
    has = _numbers(version)
    lower, upper = (re.search(rf"{sign}([\d.]+)", requirement) for sign in (">=", "<"))
    return (not lower or has >= _numbers(lower[1])) and (not upper or has < _numbers(upper[1]))


def _numbers(version: str) -> list[int]:
    """`26.4.0rc1` is 26, 4, 0."""
    return [int(part) for part in re.findall(r"\d+", re.sub(r"[^\d.].*", "", version))]


def dtls() -> Iterator[Finding]:
    """Each library, proven by its own means and by a handshake of every suite that it has."""
    try:
        from transport.dtls import dtlssocket_library, openssl_library
        from transport.dtls.proof import prove
        from transport.dtls.session import Suite
    except ImportError as error:
        yield Finding("DTLS", "wrong", f"cannot be loaded ({error})", "./mipl setup")
        return

    def openssl() -> str:
        openssl_library.library()
        return ", ".join(prove("openssl", suite) for suite in Suite)

    def dtlssocket() -> str:
        dtlssocket_library.library()
        return prove("dtlssocket", Suite.CCM_8)

    yield _back_end("DTLS by OpenSSL", "wrong", openssl, openssl_library.MEND)
    yield _back_end("DTLS by DTLSSocket", "note", dtlssocket, dtlssocket_library.MEND)


def _back_end(name: str, level: Level, suites: Callable[[], str], mend: str) -> Finding:
    try:
        return Finding(name, "ok", f"works: {suites()}")
    except OSError as error:  # BackEndError
        return Finding(name, level, str(error).removesuffix(f"; {mend}"), mend)


# The machine


def pseudo_terminals() -> Iterator[Finding]:
    try:
        for descriptor in os.openpty():
            os.close(descriptor)
    except OSError as error:
        mend = "close other ones, mount devpts at /dev/pts, or use --serial tcp:"
        yield Finding("pty", "wrong", f"the system gives us none ({error.strerror})", mend)
        return
    try:
        used, most = (int((PTY_FOLDER / name).read_text()) for name in ("nr", "max"))
    except (OSError, ValueError):
        yield Finding("pty", "ok", "works; the system does not tell how many there can be")
    else:
        yield judged_ptys(used, most)


def judged_ptys(used: int, most: int) -> Finding:
    text = f"{used} of {most} are in use"
    if most - used < FEW:
        return Finding("pty", "note", text, f"as root: echo {2 * most} > {PTY_FOLDER}/max")
    return Finding("pty", "ok", text)


def descriptors() -> Iterator[Finding]:
    yield judged_descriptors(*resource.getrlimit(resource.RLIMIT_NOFILE))


def judged_descriptors(soft: int, hard: int) -> Finding:
    if soft == resource.RLIM_INFINITY:
        return Finding("descriptors", "ok", "no limit")
    modems = (soft - DESCRIPTORS_OF_ALL) // DESCRIPTORS_OF_ONE
    text = f"{soft} for one process, enough for {max(0, modems)} modems"
    if modems >= FEW:
        return Finding("descriptors", "ok", text)
    reach = "unlimited" if hard == resource.RLIM_INFINITY else min(hard, 4096)
    mend = f"ulimit -n {reach}" if soft != hard else "have the hard limit raised (ulimit -Hn)"
    return Finding("descriptors", "note" if modems > 0 else "wrong", text, mend)


def loopback() -> Iterator[Finding]:
    """Free ports of 127.0.0.1, which is what the local platforms listen on."""
    for name, try_out in (("UDP", _send_ourselves), ("TCP", _call_ourselves)):
        try:
            try_out()
        except OSError as error:
            mend = "ip link set lo up; then look for a firewall, or a container without loopback"
            yield Finding(f"{name} on 127.0.0.1", "wrong", f"does not work ({error})", mend)
        else:
            yield Finding(f"{name} on 127.0.0.1", "ok", "works")


def _send_ourselves() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as end:
        end.settimeout(ANSWER_LIMIT)
        end.bind(("127.0.0.1", 0))
        end.sendto(b"?", end.getsockname())
        end.recv(1)


def _call_ourselves() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(ANSWER_LIMIT)
        with socket.create_connection(server.getsockname(), timeout=ANSWER_LIMIT):
            server.accept()[0].close()


def links() -> Iterator[Finding]:
    """Can a device be found by a link in the folder for temporary files?"""
    try:
        with tempfile.TemporaryDirectory() as folder:
            link = Path(folder) / "modem"
            link.symlink_to("/dev/null")
            link.open("rb").close()
    except OSError as error:
        text, mend = f"cannot be made and followed ({error})", "name another folder with --link"
        yield Finding("links", "wrong", text, mend)
    else:
        yield Finding("links", "ok", f"can be made in {tempfile.gettempdir()}")


def control_channel(place: Path | None = None) -> Iterator[Finding]:
    """Can `mipl reset` and `mipl power` reach a modem? It is of use without."""
    folder = place or sockets.folder()
    try:
        listener, path = sockets.listen(folder)
    except OSError as error:
        text = f"mipl reset and mipl power will find no modem ({error})"
        yield Finding("control", "note", text, f"see whose {folder} is, and remove it")
        return
    path.unlink(missing_ok=True)
    listener.close()
    yield Finding("control", "ok", f"sockets can be made in {folder}")


CHECKS: tuple[Callable[[], Iterator[Finding]], ...] = (
    interpreter,
    libraries,
    dtls,
    pseudo_terminals,
    descriptors,
    loopback,
    links,
    control_channel,
)
