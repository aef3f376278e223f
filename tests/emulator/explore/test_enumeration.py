"""Where lines are placed, and by which faults."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import pytest

from emulator.explore.document import document_of, loosened
from emulator.explore.enumeration import Enumerator, usual_kinds
from emulator.explore.lines import Printer
from emulator.explore.placement import Placement, name_of
from emulator.explore.positions import POSITIONS, ranked
from emulator.explore.sheet import Exchange, Neighbours, Sheet
from emulator.explore.shrinking import richer, simpler, weight
from emulator.quirks import resolve
from emulator.scenario.platform_words import parse_deed
from lwm2m_core.paths import Path

OK = b"\r\nOK\r\n"
CSQ = b"\r\n+CSQ: 23,99\r\n\r\nOK\r\n"
REPORT = 'AT+MIPLNOTIFY=0,0,3200,0,5750,1,4,"abcd",0,0'
READ = "+MIPLREAD: 0,501,3200,0,5750"

EXCHANGES = (
    Exchange(0, "AT", OK),
    Exchange(1, "AT+CSQ", CSQ, (b"AT+CSQ", b"\r\n")),
    Exchange(2, REPORT, OK, is_registered=True, follows=True),
    Exchange(3, REPORT, OK, is_registered=True),
    Exchange(4, "AT+MIPLCLOSE=0", OK, is_registered=True),
)


def placed(
    kinds: Sequence[str],
    positions: Sequence[str],
    asked: Mapping[str, str] | None = None,
    every: bool = False,
) -> list[Placement]:
    sheet = Sheet(EXCHANGES, asked or {}, mids=frozenset({64000}))
    printer = Printer(resolve("manual"), Path(3200, 0, 5750))
    found = Enumerator(sheet, printer, kinds, positions, every).placements()
    return list(found)


def alone(*arguments: Any) -> list[Placement]:
    return [each for each in placed(*arguments) if len(each.lines) == 1]


def faults(placements: Sequence[Placement]) -> list[tuple[str, ...]]:
    return [tuple(map(str, each.faults)) for each in placements]


def test_a_general_line_may_come_at_every_command_27_007_10_1_22() -> None:
    assert faults(alone(["cereg"], ["before"])) == [
        ('reply: insert "+CEREG: 1"',),
        ('reply +CSQ: insert "+CEREG: 1"',),
        ('reply +MIPLNOTIFY=: insert "+CEREG: 1"',),
        ('reply +MIPLNOTIFY= nth 2: insert "+CEREG: 1"',),
        ('reply +MIPLCLOSE=: insert "+CEREG: 1"',),
    ]


def test_an_event_comes_while_the_module_is_registered_manual_3_20() -> None:
    assert [each.exchange.number for each in alone(["event"], ["after"])] == [2, 3, 4]


def test_a_request_comes_while_the_host_can_answer_it_manual_3_10() -> None:
    """Not with the last command before CLOSE. Its mid is none of the platform's."""
    only = alone(["read"], ["after"], {"read": READ})
    assert faults(only) == [('reply +MIPLNOTIFY=: insert "+MIPLREAD: 0,64001,3200,0,5750" after',)]
    assert (only[0].lines[0].mid, only[0].lines[0].answer) == (64001, "+MIPLREADRSP")


@pytest.mark.parametrize(
    ("position", "expected"),
    [
        ("after", ['reply +CSQ: insert "+CEREG: 1" after']),
        ("apart-before", ['reply +CSQ: insert "+CEREG: 1" pause 0.02s']),
        ("apart-after", ['reply +CSQ: insert "+CEREG: 1" after pause 0.02s']),
        ("between", ['reply +CSQ: insert "+CEREG: 1" between']),
        ("bare-before", ['reply +CSQ: insert "\\r\\n+CEREG: 1" raw']),
        ("bare-after", ['reply +CSQ: insert "+CEREG: 1\\r\\n" raw after']),
        ("before-echo", ['echo +CSQ: insert "+CEREG: 1"']),
        ("behind-echo", ['echo +CSQ: insert "+CEREG: 1" after']),
        (
            "around",
            ['reply +CSQ: insert "+CEREG: 1"', 'reply +CSQ: insert "+CEREG: 1" after'],
        ),
    ],
)
def test_each_position(position: str, expected: list[str]) -> None:
    """V.250 5.7: `\\r\\n<line>\\r\\n`; two lines that share a line end are harsh."""
    at_csq = [each for each in placed(["cereg"], [position]) if each.exchange.number == 1]
    assert list(map(str, at_csq[0].faults)) == expected


def test_the_module_s_own_next_line_is_moved_where_one_follows() -> None:
    assert faults(placed([], ["joined", "overtaking"])) == [
        ("reply +MIPLNOTIFY=: merge",),
        ("reply +MIPLNOTIFY=: delay 0.3s",),
    ]


def test_two_lines_of_the_module_s_own_change_places() -> None:
    six, seen = "+MIPLEVENT: 0,6", "+MIPLOBSERVE: 0,7,1,3200,0,-1"
    pair = Neighbours(("event", six), ("observe", seen), 1, "+MIPLEVENT", 2)
    printer = Printer(resolve("manual"), Path(3200, 0, 5750))
    sheet = Sheet(EXCHANGES, neighbours=(pair,))
    found = Enumerator(sheet, printer, [], ["swapped"]).placements()
    assert faults(list(found)) == [("urc +MIPLEVENT nth 2: reorder",)]
    assert str(found[0]) == (
        f"behind {EXCHANGES[0].text}: {six} and {seen}: "
        "two lines of the module's own, the second of them first"
    )


def test_a_line_is_split_at_each_of_its_bytes_at_one_command_or_another() -> None:
    r"""`\r\n+CEREG: 1\r\n` has 13 bytes: 12 places."""
    spread = placed(["cereg"], ["split-after"])
    assert sorted(each.at for each in spread) == list(range(1, 13))
    assert {each.exchange.number for each in spread} == {0, 1, 2, 3, 4}
    assert len(placed(["cereg"], ["split-after"], every=True)) == 5 * 12
    third = next(each for each in spread if each.at == 3)
    assert str(third.faults[0]).endswith(
        ': insert "\\r\\n+" "CEREG: 1\\r\\n" raw after pause 0.02s'
    )


def test_inside_of_an_echo_are_as_many_places_as_it_has_bytes_between() -> None:
    assert faults(placed(["cereg"], ["in-echo"])) == [
        (f'echo +CSQ: insert "+CEREG: 1" at {at}',) for at in range(1, 6)
    ]


def test_two_lines_of_one_kind_have_two_message_ids() -> None:
    pair = next(e for e in placed(["read"], ["before"], {"read": READ}) if len(e.lines) == 2)
    assert [line.mid for line in pair.lines] == [64001, 64002]


def test_what_is_harsh_comes_last_and_can_be_left_out() -> None:
    """But for the module's own lines, of which there are few, and without which no host is."""
    everything = placed(["cereg", "event"], ranked(True))
    ranks = [each.rank for each in everything if each.position not in ("overtaking", "swapped")]
    assert ranks == sorted(ranks, reverse=True)
    positions = [each.position for each in everything]
    assert positions.index("overtaking") < positions.index("split-before")
    assert "harsh" not in {POSITIONS[name].rank for name in ranked(False)}


def test_the_usual_lines_and_those_that_the_host_answers() -> None:
    assert usual_kinds(Sheet(EXCHANGES)) == ("cereg", "event", "observe", "parameter")
    assert usual_kinds(Sheet(EXCHANGES, {"write": ""}))[-1] == "write"


def test_simpler_ones_change_one_thing() -> None:
    every = placed(["cereg", "event"], ranked(True), every=True)
    pair = next(
        each
        for each in every
        if each.position == "after" and len(each.lines) == 2 and each.exchange.number == 2
    )
    found = list(simpler(pair, every))
    assert (found[0].position, len(found[0].lines), found[0].exchange.number) == ("before", 1, 0)
    assert all(weight(each) < weight(pair) for each in found)
    assert "harsh" not in {each.rank for each in found}


def test_what_is_asked_when_a_right_host_may_have_all_is_optional() -> None:
    """It may leave then: the scenario must not want a platform to ask one that is gone."""
    deeds = ("read /3200/0/5750", 'write /3200/0/5750 "efgh"', "read /3200/0/5750")
    events = [{"cloud": deed} for deed in (*deeds, "execute /3200/0/5750")]
    first, second, third, last = events
    execute, read, event = (placed([k], ["before"])[0] for k in ("execute", "read", "event"))
    late = [{**each, "optional": "on"} for each in (third, last)]
    assert loosened({"events": events}, execute, ()) == {"events": [first, second, *late]}
    for other in (read, event):
        assert loosened({"events": events}, other, ()) == {"events": events}
    write = {**second, "optional": "on"}
    assert loosened({"events": [second]}, placed(["write"], ["after"])[0], ()) == {
        "events": [write]
    }


def test_richer_ones_have_one_line_more_at_the_same_command() -> None:
    every = placed(["cereg", "event"], ranked(True))
    single = next(
        each
        for each in every
        if each.position == "after" and each.exchange.number == 2 and each.lines[0].kind == "event"
    )
    found = richer(single, every)
    assert [(each.position, [line.kind for line in each.lines]) for each in found[:3]] == [
        ("after", ["event", "event"]),
        ("after", ["cereg", "event"]),
        ("before", ["event", "event"]),
    ]
    assert {(each.exchange.number, each.rank) for each in found} == {(2, "real")}
    assert richer(found[0], every) == []


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("AT", ""),
        ("ATE0", "E"),
        ("at+csq", "+CSQ"),
        ("AT+CEREG?", "+CEREG?"),
        ("AT+MIPLOPEN =0,30", "+MIPLOPEN="),
        ("AT+CGATT=?", "+CGATT=?"),
        ("AT*SLEEP=1", "*SLEEP="),
    ],
)
def test_names_of_commands_v_250_5_4(text: str, name: str) -> None:
    assert name_of(text) == name


@pytest.mark.parametrize(
    ("kind", "dialect", "line"),
    [
        ("cereg", "manual", "+CEREG: 1"),
        ("cscon", "field", "+CSCON: 0"),
        ("event", "manual", "+MIPLEVENT: 0,33"),
        ("update", "field", "+MIPLEVENT:0,11"),
        ("observe", "manual", "+MIPLOBSERVE: 0,64000,1,3200,0,-1"),
        ("discover", "manual", "+MIPLDISCOVER: 0,64000,3200"),
        ("parameter", "manual", '+MIPLPARAMETER: 0,64000,3200,0,5750,17,"pmin=0;pmax=86400"'),
        ("nmi", "manual", "+MIPLNMI: 0"),
        ("nsmi", "manual", "+MIPLNSMI: 0,1,0"),
        ("read", "manual", "+MIPLREAD: 0,64000,3200,0,5750"),
        ("write", "manual", "+MIPLWRITE: 0,64000,3200,0,5750,1,4,abcd,0"),
        ("execute", "manual", "+MIPLEXECUTE: 0,64000,3200,0,5750"),
        ("execute", "field", '+MIPLEXECUTE:0,64000,3200,0,5750,0,""'),
    ],
)
def test_lines_as_the_module_spells_them_manual_3_4(
    kind: str, dialect: Literal["manual", "field"], line: str
) -> None:
    """Manual 3.10 to 3.20, 4.10, 4.11, 5.1; HF 2 for the blank."""
    printed = Printer(resolve(dialect), Path(3200, 0, 5750)).line(kind, 64000)
    assert printed.text == line


WRITE = "+MIPLWRITE: 0,501,3200,0,5750,1,4,efgh,0"


def test_a_placed_write_has_letters_of_its_own_manual_3_12() -> None:
    pair = next(e for e in placed(["write"], ["after"], {"write": WRITE}) if len(e.lines) == 2)
    assert [line.text for line in pair.lines] == [
        "+MIPLWRITE: 0,64001,3200,0,5750,1,4,tuvw,0",
        "+MIPLWRITE: 0,64002,3200,0,5750,1,4,rstu,0",
    ]


def test_a_write_of_a_long_text_meets_each_command_and_a_longer_one_manual_3_12() -> None:
    only = placed(["write"], ["long-after"], {"write": WRITE})
    sixty = "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefgh"
    assert [each.exchange.number for each in only] == [2, 2]
    assert only[0].lines[0].text == f"+MIPLWRITE: 0,64001,3200,0,5750,1,60,{sixty},0"
    assert only[1].lines[0].text.startswith("+MIPLWRITE: 0,64001,3200,0,5750,1,200,abcd")
    assert len(only[1].lines[0].text) == 240


def test_a_strategy_is_usual_before_each_answer_alone_manual_3_16() -> None:
    """From the login on, the last command included, as it needs no answer."""
    usual = placed(usual_kinds(Sheet(EXCHANGES)), ranked(True))
    few = [each for each in usual if any(line.kind == "parameter" for line in each.lines)]
    line = '"+MIPLPARAMETER: 0,64001,3200,0,5750,17,\\"pmin=0;pmax=86400\\""'
    assert faults(few) == [
        (f"reply +MIPLNOTIFY=: insert {line}",),
        (f"reply +MIPLNOTIFY= nth 2: insert {line}",),
        (f"reply +MIPLCLOSE=: insert {line}",),
    ]
    assert len(placed(["parameter"], ranked(True))) > 30


def test_what_is_asked_twice_is_answered_twice_before_the_platform_goes_on() -> None:
    asks = ("read /3200/0/5750", 'write /3200/0/5750 "efgh"', "read /3200/0/5750", "forget")
    document = document_of({}, list(map(parse_deed, asks)))
    assert [(each["after"]["platform"], each.get("nth")) for each in document["events"]] == [
        ("ready", None),
        ("answered read /3200/0/5750", None),
        ("answered write /3200/0/5750", None),
        ("answered read /3200/0/5750", 2),
    ]
