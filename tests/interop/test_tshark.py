"""Recordings as stock Wireshark reads them: tshark, without any preference."""

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from emulator.modem import ModemSettings
from tests.recorded import PLAIN, SECURE, record_day
from tests.transport.dtls import pairs
from transport.dtls.session import BackEndName, Suite

pytestmark = pytest.mark.asyncio(loop_factories=["virtual"])

Require = Callable[[str, str | None], None]

Packet = dict[str, list[str]]
Tshark = Callable[[Path, str], list[Packet]]

PATIENCE = 60.0
FIELDS = (
    *("frame.protocols", "frame.interface_name", "_ws.col.Info", "frame.comment"),
    *("coap.opt.uri_path_recon", "lwm2mtlv.resource_name"),
    *("ip.checksum.status", "udp.checksum.status"),
)
GOOD = "1"  # of a checksum


@pytest.fixture
def tshark(require_peer: Require, tmp_path: Path) -> Tshark:
    """The packets of a file that a filter lets through, as fields with their values."""
    require_peer("tshark", None if shutil.which("tshark") else "there is no tshark")

    def read(file: Path, wanted: str) -> list[Packet]:
        checks = ("-o", "ip.check_checksum:TRUE", "-o", "udp.check_checksum:TRUE")
        fields = (word for name in FIELDS for word in ("-e", name))
        done = subprocess.run(
            ["tshark", "-r", str(file), "-Y", wanted, "-T", "json", *checks, *fields],
            capture_output=True,
            timeout=PATIENCE,
            check=True,
            env={**os.environ, "HOME": str(tmp_path)},  # nobody's preferences
        )
        packets: list[dict[str, Any]] = json.loads(done.stdout)
        return [packet["_source"]["layers"] for packet in packets]

    return read


def resources(packets: list[Packet]) -> set[str]:
    return {name for each in packets for name in each.get("lwm2mtlv.resource_name", ())}


def infos(packets: list[Packet]) -> str:
    return "\n".join(each["_ws.col.Info"][0] for each in packets)


async def test_a_recording_decodes_to_at_commands_coap_and_resources(
    tshark: Tshark, tmp_path: Path
) -> None:
    await record_day(tmp_path / "day", PLAIN)
    packets = tshark(tmp_path / "day" / "recording.pcapng", "at or coap")
    lines = [each for each in packets if each["frame.interface_name"] == ["at"]]
    network = [each for each in packets if each["frame.interface_name"] == ["ip"]]
    assert all(each["frame.protocols"] == ["exported_pdu:at"] for each in lines)
    assert "Sent AT Command: AT+CGSN " in infos(lines)
    assert "Rcvd AT Command:   +MIPLEVENT: 0,6  " in infos(lines)
    assert 'AT+MIPLNOTIFY=0,0,3200,0,5750,1,4,"efgh",0,0' in infos(lines)
    assert all("raw:ip:udp:coap" in each["frame.protocols"][0] for each in network)
    for each in network:
        assert each["ip.checksum.status"] == each["udp.checksum.status"] == [GOOD]
    assert {"Manufacturer", "Model Number"} <= resources(network)
    told = "\n".join(each["frame.comment"][0] for each in network)
    assert "; register /rd: 2.01" in told and "; notify /3200/0: 2.05" in told
    assert ", caused by " in told


@pytest.mark.parametrize(
    ("suite", "back_end"),
    [(Suite.CBC_SHA256, "openssl"), (Suite.CCM_8, "openssl"), (Suite.CCM_8, "dtlssocket")],
)
async def test_with_secrets_a_session_is_decrypted(
    suite: Suite,
    back_end: BackEndName,
    require_peer: Require,
    tshark: Tshark,
    tmp_path: Path,
) -> None:
    """MN319 has both suites (manual 4.6)."""
    if back_end == "dtlssocket":
        require_peer("tinydtls", pairs.missing())
    settings = ModemSettings(
        "MN319", seed=1, strict=True, timing="fast", ciphertext=True, dtls_backend=back_end
    )
    day = tmp_path / "day"
    await record_day(day, SECURE, settings, suites=(suite,), show_secrets=True)
    packets = tshark(day / "recording.pcapng", "dtls")
    assert {each["frame.interface_name"][0] for each in packets} == {"ip"}
    decrypted = [each for each in packets if "coap" in each["frame.protocols"][0]]
    assert "POST" in infos(decrypted) and f"ep={settings.imei}" in infos(decrypted)
    assert {"LwM2M Server URI", "Secret Key", "Manufacturer"} <= resources(decrypted)
    assert "Encrypted" not in infos(packets) and "Application Data" not in infos(packets)
    assert f"{suite.value}, by {back_end}" in (day / "journal.jsonl").read_text()


async def test_without_secrets_the_inside_of_a_session_is_beside_it(
    tshark: Tshark, tmp_path: Path
) -> None:
    await record_day(tmp_path / "day", SECURE)
    packets = tshark(tmp_path / "day" / "recording.pcapng", "dtls or coap")
    inside = [each for each in packets if each["frame.interface_name"] == ["coap"]]
    outside = [each for each in packets if each["frame.interface_name"] == ["ip"]]
    assert "Application Data" in infos(outside) and "POST" not in infos(outside)
    assert all(each["frame.protocols"][0].startswith("exported_pdu:coap") for each in inside)
    assert f"ep={'*' * 15};{'*' * 15}" in infos(inside)
    assert {"LwM2M Server URI", "Secret Key", "Manufacturer"} <= resources(inside)
