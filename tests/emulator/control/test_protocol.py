"""The control channel's words: requests and answers as bytes, no sockets."""

import json

import pytest

from emulator.control.verbs import answer


class Switchboard:
    """What the channel may do with a modem."""

    def __init__(self, *devices: str) -> None:
        self.devices, self.is_on, self.resets = devices, True, 0

    def reset(self) -> None:
        self.resets += 1

    def switch(self, on: bool) -> None:
        self.is_on = on


@pytest.fixture
def modems() -> tuple[Switchboard, Switchboard]:
    return Switchboard("/dev/pts/5"), Switchboard("/dev/pts/6", "tcp:127.0.0.1:2000")


Modems = tuple[Switchboard, Switchboard]


def test_a_modem_is_found_by_any_of_its_ends_and_is_reset(modems: Modems) -> None:
    for device in ("/dev/pts/6", "tcp:127.0.0.1:2000"):
        line = json.dumps({"version": 1, "verb": "reset", "device": device}).encode()
        assert answer(line, modems) == b'{"version": 1, "result": {"on": true}}\n'
    assert [modem.resets for modem in modems] == [0, 2]


def test_power_off_on_and_the_state(modems: Modems) -> None:
    off = b'{"version": 1, "verb": "power", "device": "/dev/pts/5", "on": false}'
    assert answer(off, modems) == b'{"version": 1, "result": {"on": false}}\n'
    assert [modem.is_on for modem in modems] == [False, True]
    state = b'{"version": 1, "verb": "state", "device": "/dev/pts/5"}'
    assert answer(state, modems) == (
        b'{"version": 1, "result": {"on": false, "devices": ["/dev/pts/5"]}}\n'
    )
    reset = b'{"version": 1, "verb": "reset", "device": "/dev/pts/5"}'
    assert answer(reset, modems) == (
        b'{"version": 1, "error": "not-now", "cause": "the modem is switched off"}\n'
    )


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (b"", "bad-request"),
        (b"reset /dev/pts/5", "bad-request"),
        (b"\xff\xfe", "bad-request"),
        (b"[" * 4000, "bad-request"),
        (b"[1]", "bad-request"),
        (b"{}", "unknown-version"),
        (b'{"version": 2, "verb": "reset", "device": "/dev/pts/5"}', "unknown-version"),
        (b'{"version": 1, "device": "/dev/pts/5"}', "bad-request"),
        (b'{"version": 1, "verb": "reset", "device": 5}', "bad-request"),
        (b'{"version": 1, "verb": "explode", "device": "/dev/pts/5"}', "unknown-verb"),
        (b'{"version": 1, "verb": "reset", "device": "/dev/pts/7"}', "unknown-device"),
        (b'{"version": 1, "verb": "power", "device": "/dev/pts/5"}', "bad-request"),
        (b'{"version": 1, "verb": "power", "device": "/dev/pts/5", "on": 1}', "bad-request"),
    ],
)
def test_what_cannot_be_done_is_refused_with_a_code_and_a_cause(
    modems: Modems, line: bytes, code: str
) -> None:
    said = json.loads(answer(line, modems))
    assert said.pop("cause")
    assert said == {"version": 1, "error": code}
    assert [(modem.is_on, modem.resets) for modem in modems] == [(True, 0), (True, 0)]
