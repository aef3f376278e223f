"""No recording has a key, an auth code or an identity in it, however the module logs in."""

import base64
import itertools
from pathlib import Path

import pytest

from emulator.modem import ModemSettings
from emulator.recording.lines import record_of
from tests.recorded import SECURE, record_day

pytestmark = pytest.mark.asyncio(loop_factories=["virtual"])

IMEI, IMSI = "861234509876543", "460079182736455"
ICCID = "89860007918273645"  # without its last digits, which IMSI and a sum make
CODE, KEY = "Unm1stakableC0de", "SecretKeyOfPsk16"
HOST = "nbiotbt.heclouds.com"


def net(host: str, settings: str) -> str:
    """The configuration of a module in hex (manual 3.1; its items as in MB 2.1): version 1 with one
    item, which has no flags, no access point, the host and the settings."""
    texts = (f"{len(text):04x}{text.encode().hex()}" for text in (host, settings))
    content = "05dc11" + "00" + "0000" * 3 + "".join(texts)
    item = f"f2{3 + len(content) // 2:04x}{content}"
    return f"11{3 + len(item) // 2:04x}{item}".upper()


BLOB = net(f"{HOST}:5683", f"AuthCode:{CODE};PSK:{KEY};")
SIZE = len(BLOB) // 2
HALF = BLOB[:100], BLOB[100:]

LOGINS = {
    "auth code of OneNET": [f'AT+MIPLCREATEEX="{HOST}:5683",1,"{CODE}"'],
    "auth code in the query": [
        f'AT+MIPLCREATEEX="{HOST}:5683",0,"{CODE}"',
        'AT+MIPLCFG="platform",0,1,3',
    ],
    "echoed": ["ATE1", f'AT+MIPLCREATEEX="{HOST}:5683",1,"{CODE}","{KEY}"'],
    "secure": [f'AT+MIPLCREATEEX="{HOST}:5684",1,"{CODE}","{KEY}"', "AT+MIPLDEVINFO?"],
    "key in hex": [f'AT+MIPLCREATEEX="{HOST}:5684",0,"","{KEY.encode().hex()}","{IMEI}",1'],
    "a blob": [f"AT+MIPLCREATE={SIZE},{BLOB},0,{SIZE},0"],
    "a blob in pieces": [
        f"AT+MIPLCREATE={SIZE},{HALF[0]},1,50,1",
        f"AT+MIPLCREATE={SIZE},{HALF[1]},0,{SIZE - 50},0",
    ],
    "refused": [
        f'AT+MIPLCREATEX="{HOST}:5684",1,"{CODE}","{KEY}"',
        f'AT+MIPLCREATEEX="{HOST}",9,"{CODE}","{KEY}"',
        f'AT+CSQ;+MIPLCREATEEX="{HOST}:5683",1,"{CODE}","{KEY}"',
    ],
}
PLATFORMS = {"auth code in the query": "ctwing"}


def spellings(secret: str) -> set[bytes]:
    """As text, as hex in both cases, in base64 wherever it begins; without the ends, which others
    share a character with."""
    raw = secret.encode()
    groups = (base64.b64encode(bytes(before) + raw)[4:-4] for before in range(3))
    return {raw, raw.hex().encode(), raw.hex().upper().encode(), *groups}


def everything(folder: Path) -> bytes:
    """All files, and what comes in pieces put together; a piece of bytes is hex in the journal."""
    files = [file.read_bytes() for file in sorted(folder.iterdir())]
    lines = (folder / "journal.jsonl").read_text().splitlines()[1:]
    records = sorted(map(record_of, lines), key=lambda each: each.kind)
    streams = [
        b"".join(each.data for each in same)
        for _, same in itertools.groupby(records, lambda each: each.kind)
    ]
    return b"\0".join((*files, *streams))


@pytest.mark.parametrize("piece", [1, 9, 1000])
@pytest.mark.parametrize("login", LOGINS)
async def test_no_secret_is_recorded(login: str, piece: int, tmp_path: Path) -> None:
    settings = ModemSettings(
        "MN319", IMEI, IMSI, seed=1, strict=True, timing="fast", ciphertext=True
    )
    day, report = tmp_path / "day", f"{IMEI}/{IMSI}"
    platform = PLATFORMS.get(login, "onenet")
    create = LOGINS[login]
    printed = await record_day(day, create, settings, platform=platform, piece=piece, report=report)
    assert {IMEI, IMSI} <= {*printed}  # it was there to be seen
    written = everything(day)
    for secret in (IMEI, IMSI, ICCID, CODE, KEY):
        for spelt in spellings(secret):
            assert spelt not in written, spelt
    assert b"MIPLCREATE" in written and b"*" * 15 in written


async def test_they_are_there_if_asked_for(tmp_path: Path) -> None:
    """Else the test before could not fail."""
    day = tmp_path / "day"
    await record_day(day, SECURE, show_secrets=True, report="869975030000461")
    written = everything(day)
    for secret in ("869975030000461", "460001357924680", "1234abcd"):
        assert secret.encode() in written
    assert b"CLIENT_RANDOM " in written
    assert (day / "journal.jsonl").stat().st_mode & 0o077 == 0
