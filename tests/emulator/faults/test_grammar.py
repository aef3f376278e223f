"""The grammar of faults (docs/faults.md): text and mapping say the same, and what is wrong with
one is said with its field and the nearest valid name."""

from typing import Any

import pytest
from hypothesis import given, settings

from emulator.faults.fault import Fault
from emulator.faults.grammar import FaultError, fault_from, mapping_of, parse_fault
from emulator.faults.whats import (
    FOREVER,
    Age,
    Busy,
    Code,
    Corrupt,
    Delay,
    Drop,
    Duplicate,
    Freeze,
    Insert,
    Merge,
    Mute,
    Reboot,
    Refuse,
    Response,
    Split,
    Switch,
)
from tests.faulty import faults

SAME: list[tuple[str, dict[str, Any], Fault]] = [
    (
        "command +MIPLNOTIFY nth 3: busy",
        {"where": "command", "name": "+MIPLNOTIFY", "nth": 3, "what": "busy"},
        Fault("command", Busy(), "+MIPLNOTIFY", nth=3),
    ),
    (
        "command AT+miplopen=: refuse 651, 2 times",
        {"where": "command +MIPLOPEN=", "what": {"kind": "refuse", "code": 651}, "often": 2},
        Fault("command", Refuse(651), "+MIPLOPEN=", times=2),
    ),
    (
        'at-out match "OK" after 2min: drop, always',
        {"where": "at-out", "match": "OK", "after": 120, "what": "drop", "often": "always"},
        Fault("at-out", Drop(), match="OK", after=120.0, times=None),
    ),
    (
        r"coap-down match /POST .rd\/1/ chance 25%: delay 1500ms",
        {"where": "coap-down", "match": "/POST .rd/1/", "chance": 0.25, "what": "delay 1.5s"},
        Fault("coap-down", Delay(1.5), pattern="POST .rd/1", chance=0.25, times=None),
    ),
    (
        "coap-up every 3 state registered: duplicate",
        {"where": "coap-up", "every": 3, "state": "registered", "what": "duplicate 2"},
        Fault("coap-up", Duplicate(), every=3, state="registered", times=None),
    ),
    (
        "module every 1h until 1d: age",
        {"where": "module", "every": "1h", "until": 86400, "what": "age"},
        Fault("module", Age(), period=3600.0, until=86400.0, times=None),
    ),
    (
        "link at 5s: age",
        {"where": "link", "at": 5, "what": {"kind": "age"}},
        Fault("link", Age(), at=5.0),
    ),
    (
        'reply +MIPLOPEN: insert "+MIPLEVENT: 0,33" "+CSCON: 0" at 5 pause 20ms',
        {
            "where": "reply +MIPLOPEN",
            "what": {
                "kind": "insert",
                "lines": ["+MIPLEVENT: 0,33", "+CSCON: 0"],
                "at": 5,
                "pause": "20ms",
            },
        },
        Fault("reply", Insert(("+MIPLEVENT: 0,33", "+CSCON: 0"), at=5, pause=0.02), "+MIPLOPEN"),
    ),
    (
        r'echo: insert raw "\r\n+X: \"\\\x00" after',
        {
            "where": "echo",
            "what": {"kind": "insert", "raw": True, "lines": '\r\n+X: "\\\0', "place": "after"},
        },
        Fault("echo", Insert(('\r\n+X: "\\\0',), "raw", "after")),
    ),
    (
        "urc +MIPLEVENT: split 1 3 pause 0.1s",
        {"where": "urc +MIPLEVENT", "what": {"kind": "split", "offsets": [1, 3], "pause": 0.1}},
        Fault("urc", Split((1, 3), pause=0.1), "+MIPLEVENT"),
    ),
    (
        "reply: split each",
        {"where": "reply", "what": "split each"},
        Fault("reply", Split(each="each")),
    ),
    ("reply: merge bare", {"where": "reply", "what": "merge bare"}, Fault("reply", Merge("bare"))),
    ("reply: code ok", {"where": "reply", "what": "code ok"}, Fault("reply", Code("ok"))),
    (
        "coap-up: response 4.04",
        {"where": "coap-up", "what": "response 4.04"},
        Fault("coap-up", Response("4.04")),
    ),
    (
        "at-in: corrupt 3",
        {"where": "at-in", "what": {"kind": "corrupt", "bits": 3}},
        Fault("at-in", Corrupt(3)),
    ),
    (
        'at-in: corrupt "X" at 2',
        {"where": "at-in", "what": 'corrupt at 2 "X"'},
        Fault("at-in", Corrupt(1, "X", 2)),
    ),
    (
        "module at 3s: reboot command",
        {"where": "module", "at": "3s", "what": "reboot command"},
        Fault("module", Reboot("command"), at=3.0),
    ),
    (
        "module: mute",
        {"where": "module", "what": {"kind": "mute", "seconds": "forever"}},
        Fault("module", Mute(FOREVER)),
    ),
    (
        "module: freeze 5s reboot",
        {"where": "module", "what": {"kind": "freeze", "seconds": 5, "then": "reboot"}},
        Fault("module", Freeze(5.0, "reboot")),
    ),
    (
        'cloud at 1s: switch "drop=down:next:2" 30s',
        {
            "where": "cloud",
            "at": 1,
            "what": {"kind": "switch", "setting": "drop=down:next:2", "seconds": 30},
        },
        Fault("cloud", Switch("drop=down:next:2", 30.0), at=1.0),
    ),
    (
        "cloud at 1s: switch refuse=4.03",
        {"where": "cloud", "at": 1, "what": "switch refuse=4.03"},
        Fault("cloud", Switch("refuse=4.03"), at=1.0),
    ),
]


@pytest.mark.parametrize(("text", "mapping", "fault"), SAME, ids=[row[0] for row in SAME])
def test_a_text_and_a_mapping_say_the_same(text: str, mapping: Any, fault: Fault) -> None:
    assert parse_fault(text) == fault
    assert fault_from(mapping) == fault
    assert parse_fault(str(fault)) == fault


def test_thousandths_of_a_second_are_written_as_they_were_meant() -> None:
    assert str(parse_fault("reply: delay 700ms")) == "reply: delay 0.7s"


@settings(max_examples=300)
@given(faults())
def test_every_fault_is_read_back_as_it_is_written(fault: Fault) -> None:
    assert parse_fault(str(fault)) == fault
    assert fault_from(mapping_of(fault)) == fault


WRONG = [
    ("", "fault", "has no colon before what happens: command +MIPLNOTIFY nth 3: busy"),
    ("drop", "fault", "'drop' has no colon"),
    (": drop", "where", "is missing"),
    ("at-ut: drop", "where", "'at-ut' is no place; did you mean 'at-out'?"),
    ("reply:", "what", "is missing; there are drop, delay,"),
    ("reply: dorp", "what", "'dorp' is no fault; did you mean 'drop'?"),
    ("reply mach \"x\": drop", "when", "did you mean 'match'?"),
    ("reply 7: drop", "when", "'7' is no condition"),
    ("urc +MIPLEVENT: 0,6: drop", "match", 'urc match "+MIPLEVENT: 0,6": drop'),
    ("command MIPLNOTIFY: busy", "when", "and not the name of a command or line, such as"),
    ("command MIPLNOTIFY: busy", "when", "did you mean '+MIPLNOTIFY'?"),
    ("reply match '0,6': drop", "match", "is not a text in double quotes"),
    ("reply: drop 2 times", "what", "how often stands behind a comma: drop, 2 times"),
    ("reply: mute 5s always", "what", "behind a comma: mute 5s, always"),
    ("reply: delay 5", "what", "'5' has no unit; a time is written 5s, 500ms"),
    ("reply: delay 5 s", "what", "'5' has no unit"),
    ("reply after 5: drop", "after", "'5' is not a time such as 5s, 500ms or 2min"),
    ("reply nth 0: drop", "nth", "'0' is not a number from 1 to 1000000"),
    ("reply nth: drop", "nth", "needs a number from 1"),
    ("reply nth 1 nth 2: drop", "nth", "is there twice"),
    ("reply match OK: drop", "match", "'OK' is not a text in double quotes, such as"),
    ("reply match /(/: drop", "match", "'(' is not a regular expression"),
    ('reply match "OK: drop', "fault", "the text that begins at \"OK: drop has no end"),
    ("reply chance 0: drop", "chance", "'0' is not a probability above 0 and up to 1"),
    ("reply chance 110%: drop", "chance", "'110%' is not a probability"),
    ("reply state online: drop", "state", "'online' is not none or idle or logging-in or"),
    ("reply at 3s: drop", "at", "the first from then on is 'after 3s'"),
    ("reply every 3s: drop", "every", "'every 3s' is for module, link, cloud"),
    ("reply every x: drop", "every", "'x' is neither a number nor a time such as 10s"),
    ("reply after 5s until 4s: drop", "until", "4s is over when it could begin"),
    ("link at 3s: delay 5s", "what", "delay needs something that passes, no time"),
    ("module every 2 every 5s: age", "every", "a number or a time, not both"),
    ("module every 0s: age", "every", "every 0s would be without an end"),
    ("module after 5s: age", "after", "at module that is 'at 5s'"),
    ("module every 3: age", "every", "module has one occasion unless it has every TIME"),
    ('module match "x": age', "match", "by the time alone, nothing can match"),
    ("module: drop", "what", "'drop' has no meaning for module: it is for at-in, echo, reply"),
    ("coap-up: split 3", "what", "coap-up has drop, delay, duplicate"),
    ("cloud: age", "what", "cloud has switch, forget"),
    ("coap-up +MIPLOPEN: drop", "name", "coap-up takes none; there is match"),
    ("urc +MIPLEVENT=: drop", "name", "an unsolicited line is named without '='"),
    (r'command match "AT\r": drop', "match", "a line is read without its end: this never matches"),
    ("reply: delay", "seconds", "delay needs a time such as 5s"),
    ("reply: delay soon", "what", "'soon' is unknown behind delay, which has seconds (a time"),
    ("reply: drop 3", "what", "'3' is unknown behind drop, which has nothing"),
    ("reply: duplicate 1", "copies", "1 is not from 2 to 64"),
    ("reply: split", "offsets", "split needs numbers of bytes, such as split 3 7, or each"),
    ("reply: split 3 each", "offsets", "not both"),
    ("reply: split 3 2", "offsets", "ascending"),
    ('reply: corrupt 2 "x"', "data", "a number of bits or a text, not both"),
    ("reply: corrupt 2 at 3", "at", "is where a text stands"),
    ('reply: insert "x" after at 3', "at", "after or at 3, not both"),
    ('reply: insert "x" at', "at", "needs a number of bytes behind it"),
    ("reply: insert x", "what", "'x' is unknown behind insert"),
    ('reply: insert "x" rest "y"', "rest", "is how raw bytes go on: insert raw TEXT rest TEXT"),
    ('reply: insert raw "x" wait 2s', "wait", "is how long a rest waits"),
    ("reply: code 4.04", "what", "which has code (a number of +CIS ERROR, such as 652, or ok)"),
    ("coap-up: response 9.99", "what", "a CoAP code from 2.00 to 5.31"),
    ("module: freeze reboot", "then", "reboot never comes when the module hangs forever"),
    ("reply: drop, sometimes", "often", "'sometimes' is not once, N times or always"),
    ("reply: drop, 0 times", "often", "'0 times' is not once, N times or always"),
    ("cloud: switch refuse", "what", "a switch of the platforms, NAME=VALUE"),
    ("reply: drop" + " " * 1000 + "x", "fault", "longer than 1000 characters"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "field", "cause"), WRONG)
def test_what_is_wrong_is_said(text: str, field: str, cause: str) -> None:
    with pytest.raises(FaultError) as caught:
        parse_fault(text)
    assert caught.value.field == field
    assert cause in caught.value.cause


@pytest.mark.parametrize(
    ("mapping", "field", "cause"),
    [
        ({"what": "drop"}, "where", "is missing"),
        ({"where": "reply"}, "what", "is missing"),
        ({"where": 3, "what": "drop"}, "where", "'3' is no text"),
        ({"where": "reply", "what": "drop", "nht": 3}, "nht", "did you mean 'nth'?"),
        ({"where": "reply", "what": "drop", "nth": True}, "nth", "'True' is not a number"),
        ({"where": "reply", "what": "drop", "nth": 1.5}, "nth", "'1.5' is not a number"),
        ({"where": "reply", "what": "drop", "name": "MIPL X"}, "name", "is not the name of"),
        ({"where": "reply", "what": ["drop"]}, "what", "neither a text such as 'delay 5s' nor"),
        ({"where": "reply", "what": {"seconds": 5}}, "what", "has no kind"),
        ({"where": "reply", "what": {"kind": "dely"}}, "what", "did you mean 'delay'?"),
        (
            {"where": "reply", "what": {"kind": "delay", "secs": 5}},
            "secs",
            "is no argument of delay; did you mean 'seconds'?",
        ),
        ({"where": "reply", "what": {"kind": "delay", "seconds": -1}}, "seconds", "'-1' is not"),
        ({"where": "reply", "what": "drop", "often": 0}, "often", "'0' is not once"),
    ],
)
def test_what_is_wrong_with_a_mapping_is_said(mapping: Any, field: str, cause: str) -> None:
    with pytest.raises(FaultError) as caught:
        fault_from(mapping)
    assert caught.value.field == field
    assert cause in caught.value.cause


def test_how_often_it_happens_unless_that_is_said() -> None:
    """Once, but always where it has a chance or comes again and again."""
    times = {text: parse_fault(f"{text}: {what}").times for text, what in OFTEN}
    assert times == {
        "reply": 1,
        "reply nth 3": 1,
        "reply every 2": None,
        "reply chance 0.5": None,
        "module at 5s": 1,
        "module every 5s": None,
    }


OFTEN = [
    *((text, "drop") for text in ("reply", "reply nth 3", "reply every 2", "reply chance 0.5")),
    ("module at 5s", "age"),
    ("module every 5s", "age"),
]
