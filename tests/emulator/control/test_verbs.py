"""The verbs: requests and answers as bytes, with a modem in memory and no socket."""

import json
from typing import Any

import pytest

from emulator.control.following import Follower
from emulator.control.verbs import VERBS, answer
from emulator.modem import Modem
from emulator.quirks import register
from emulator.web.fields import from_json

pytestmark = pytest.mark.asyncio(loop_factories=["virtual"])


def ask(modem: Modem, verb: str, **members: Any) -> Any:
    """The result, or the error's code and cause."""
    request = {"version": 1, "verb": verb, "device": "memory:", **members}
    said = json.loads(answer(json.dumps(request).encode(), [modem]).line)
    assert said.pop("version") == 1
    return said["result"] if "result" in said else (said["error"], said["cause"])


async def test_reset_power_and_what_they_are_answered(modem: Modem) -> None:
    for line, said in (
        (b'{"version": 1, "verb": "reset", "device": "memory:"}', b'"result": {"on": true}'),
        (
            b'{"version": 1, "verb": "power", "device": "memory:", "on": false}',
            b'"result": {"on": false}',
        ),
        (
            b'{"version": 1, "verb": "reset", "device": "memory:"}',
            b'"error": "not-now", "cause": "the modem is switched off"',
        ),
    ):
        assert answer(line, [modem]).line == b'{"version": 1, ' + said + b"}\n"
    assert modem.is_on is False
    assert ask(modem, "power", on=True) == {"on": True}
    kinds = [record.kind for record in modem.journal.records if record.kind != "address"]
    assert kinds == ["reset", "reboot", "power", "power", "reboot"]


async def test_the_state_says_how_the_modem_is(modem: Modem) -> None:
    modem.surround(coverage=False, signal=7)
    modem.set_quirk("mipl_colon", "none")
    state = ask(modem, "state")
    assert (state["model"], state["imei"], state["seed"]) == ("MN316", "869975030000461", 1)
    assert (state["dialect"], state["on"], state["devices"]) == ("manual", True, ["memory:"])
    assert state["quirks"]["mipl_colon"] == "none"
    assert state["network"]["conditions"] == {
        "coverage": "off",
        "signal": "7",
        "operator": "",
        "denied": "off",
    }
    assert (state["network"]["stat"], state["network"]["radio"]) == (2, "off")
    assert state["login"] == {"phase": "none"}
    assert state["nmi"] == {"mode": 0, "waiting": 0, "bytes": 0, "dropped": 0}
    assert state["journal"] == {
        "records": 3,
        "kept": 3,
        "kinds": {"address": 1, "network": 1, "quirk": 1},
    }
    assert "time_scale" not in state, "its clock jumps"


async def test_quirks_are_changed_together_or_not_at_all(modem: Modem) -> None:
    changed = ask(
        modem,
        "set-quirks",
        values={"mipl_colon": "none", "extra_events": [4, 5], "echo_at_boot": True},
    )["quirks"]
    assert [(row["name"], row["value"], row["effect"]) for row in changed] == [
        ("mipl_colon", "none", "at once"),
        ("extra_events", [4, 5], "at once"),
        ("echo_at_boot", "on", "at the next boot"),
    ]
    code, _ = ask(modem, "set-quirks", values={"hex_case": "lower", "hex_cas": "lower"})
    assert (code, modem.quirks.hex_case) == ("bad-request", "upper")
    ask(modem, "set-quirks", values={"mipl_colon": None})
    assert modem.quirks.mipl_colon == "blank"
    again = ask(modem, "reset-quirks")["quirks"]
    assert [row["name"] for row in again] == ["echo_at_boot", "extra_events"]
    assert modem.quirks == modem.first_quirks


async def test_all_quirks_are_listed_with_what_they_were_at_the_start(modem: Modem) -> None:
    modem.set_quirk("urc_gap_ms", 50)
    rows = {row["name"]: row for row in ask(modem, "quirks")["quirks"]}
    assert rows["urc_gap_ms"] == {
        "name": "urc_gap_ms",
        "value": 50,
        "at_start": 0,  # --timing fast
        "values": ["a number from 0 up"],
        "unit": "ms",
        "effect": "at once",
        "about": "least time between a final result and an unsolicited line",
    }
    assert list(rows) == [row.name for row in register()]


async def test_the_network_is_changed_by_name(modem: Modem) -> None:
    changed = ask(modem, "set-network", values={"coverage": False, "signal": 5})
    assert changed == {"coverage": "off", "signal": "5", "operator": "", "denied": "off"}
    assert ask(modem, "set-network", values={"coverage": "on", "signal": None})["signal"] == ""
    assert ask(modem, "network")["coverage"] == "on"
    assert (modem.conditions.coverage, modem.conditions.signal) == (True, None)


async def test_a_clock_that_jumps_has_no_scale(modem: Modem) -> None:
    assert ask(modem, "time-scale") == {}
    assert ask(modem, "set-time-scale", scale=10) == ("not-now", "a clock that jumps has no scale")


async def test_events_are_followed_by_lines_after_the_result(modem: Modem) -> None:
    said = answer(b'{"version": 1, "verb": "events", "device": "memory:"}', [modem])
    assert said.line == b'{"version": 1, "result": {"following": true}}\n'
    assert isinstance(said.texts, Follower)
    modem.reset()
    assert json.loads(await anext(said.texts))["kind"] == "reset"
    said.texts.close()
    assert said.texts not in modem.journal.sinks


async def test_faults_are_planted_listed_and_taken_back(modem: Modem) -> None:
    assert ask(modem, "faults") == {"faults": []}
    assert ask(modem, "add-fault", fault="command +CSQ: refuse 3") == {"number": 1}
    (row,) = ask(modem, "faults")["faults"]
    assert (row["number"], row["fired"], row["spent"]) == (1, 0, False)
    modem.data_received(b"AT+CSQ\r")
    (row,) = ask(modem, "faults")["faults"]
    assert (row["fired"], row["spent"]) == (1, True)
    assert ask(modem, "remove-fault", number=1) == {"faults": []}
    assert ask(modem, "remove-fault", number=1) == ("bad-request", "number: there is no fault 1")


QUIRKS = {"verb": "set-quirks"}
NETWORK = {"verb": "set-network"}
SCALE = {"verb": "set-time-scale"}
EVENTS = {"verb": "events"}


@pytest.mark.parametrize(
    ("members", "code", "cause"),
    [
        ({"verb": "stat"}, "unknown-verb", "there is no verb 'stat'; did you mean 'state'?"),
        ({"verb": "explode"}, "unknown-verb", "there is no verb 'explode'; there are state, reset"),
        (
            {"verb": "reset", "device": "/dev/pts/7"},
            "unknown-device",
            "no modem is at '/dev/pts/7'",
        ),
        ({"verb": "reset", "device": 5}, "bad-request", "are texts"),
        ({"verb": "reset", "version": 2}, "unknown-version", 'only "version": 1'),
        ({"verb": "state", "full": True}, "bad-request", "full: unknown; there is -"),
        ({"verb": "reset", "pin": 1}, "bad-request", "pin: unknown"),
        ({"verb": "power"}, "bad-request", "on: is missing"),
        ({"verb": "power", "on": 1}, "bad-request", "on: neither true nor false"),
        ({"verb": "power", "onn": True}, "bad-request", "onn: unknown; did you mean 'on'?"),
        ({"verb": "quirks", "name": "hex_case"}, "bad-request", "name: unknown"),
        (QUIRKS, "bad-request", "values: is missing"),
        (QUIRKS | {"values": "hex_case=lower"}, "bad-request", "values: not an object"),
        (
            QUIRKS | {"values": {"hex_cas": "lower"}},
            "bad-request",
            "hex_cas: there is no quirk 'hex_cas'; did you mean 'hex_case'?",
        ),
        (
            QUIRKS | {"values": {"hex_case": "x"}},
            "bad-request",
            "quirk 'hex_case' cannot be 'x'; it may be: upper, lower",
        ),
        (QUIRKS | {"values": {"hex_case": {}}}, "bad-request", "quirk 'hex_case' cannot be '{}'"),
        (QUIRKS | {"values": {"hex_case": "x" * 999}}, "bad-request", "at most 200 characters"),
        (QUIRKS | {"values": {"urc_gap_ms": -1}}, "bad-request", "a number from 0 up"),
        (QUIRKS | {"values": {str(n): 1 for n in range(101)}}, "bad-request", "0 to 100 fields"),
        ({"verb": "reset-quirks", "values": {}}, "bad-request", "values: unknown"),
        ({"verb": "network", "values": {}}, "bad-request", "values: unknown"),
        (NETWORK, "bad-request", "values: is missing"),
        (NETWORK | {"values": {"cover": "off"}}, "bad-request", "did you mean coverage?"),
        (NETWORK | {"values": {"signal": 32}}, "bad-request", "'signal' is 0 to 31, not '32'"),
        (NETWORK | {"values": {"coverage": []}}, "bad-request", "'coverage' is on or off"),
        ({"verb": "faults", "number": 1}, "bad-request", "number: unknown"),
        ({"verb": "add-fault"}, "bad-request", "fault: is missing"),
        ({"verb": "add-fault", "fault": "comand: drop"}, "bad-request", "command"),
        ({"verb": "remove-fault"}, "bad-request", "number: is missing"),
        ({"verb": "remove-fault", "number": 1}, "bad-request", "number: there is no fault 1"),
        ({"verb": "time-scale", "scale": 1}, "bad-request", "scale: unknown"),
        (SCALE, "bad-request", "scale: is missing"),
        (SCALE | {"scale": 0}, "bad-request", "scale: not a number from 0.001 to 10000"),
        (SCALE | {"scale": "10"}, "bad-request", "scale: not a number"),
        (EVENTS | {"after": -1}, "bad-request", "after: not a number from 0"),
        (EVENTS | {"kinds": "reset"}, "bad-request", "kinds: not an array"),
        (
            EVENTS | {"kinds": ["serial"]},
            "bad-request",
            "kinds: there is no kind 'serial'; did you mean 'serial_in'?",
        ),
        (EVENTS | {"kinds": ["zzz"]}, "bad-request", "there are serial_in, echo_out"),
    ],
)
async def test_what_cannot_be_is_refused_by_name_and_changes_nothing(
    modem: Modem, members: dict[str, Any], code: str, cause: str
) -> None:
    request = {"version": 1, "device": "memory:", **members}
    said = json.loads(answer(json.dumps(request).encode(), [modem]).line)
    assert said["error"] == code
    assert cause in said["cause"]
    assert not modem.journal.records, "nothing has happened"
    assert not modem.journal.sinks


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (b"", "bad-request"),
        (b"reset /dev/pts/5", "bad-request"),
        (b"\xff\xfe", "bad-request"),
        (b"[" * 4000, "bad-request"),
        (b"[1]", "bad-request"),
        (b"{}", "unknown-version"),
        (b'{"version": 1, "device": "memory:"}', "bad-request"),
    ],
)
async def test_what_is_no_request_is_refused(modem: Modem, line: bytes, code: str) -> None:
    said = json.loads(answer(line, [modem]).line)
    assert said.pop("cause")
    assert said == {"version": 1, "error": code}


GOOD: dict[str, dict[str, Any]] = {
    "power": {"on": True},
    "set-quirks": {"values": {"hex_case": "lower"}},
    "set-network": {"values": {"signal": 3}},
    "add-fault": {"fault": "command +CSQ: drop"},
}


@pytest.mark.parametrize(
    "name", [n for n in VERBS if n not in ("events", "set-time-scale", "remove-fault")]
)
async def test_results_are_what_the_table_declares(modem: Modem, name: str) -> None:
    result = ask(modem, name, **GOOD.get(name, {}))
    declared = VERBS[name].gives
    assert declared is not None
    assert from_json(declared, result, "result")
