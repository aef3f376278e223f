"""An MCU that adds an object of the module has it, until it deletes it again (decision 33)."""

from collections.abc import Callable

import pytest

from tests.desk import Desk

GET, POST, PUT = 1, 2, 3
OBSERVE, FORMAT, QUERY, ACCEPT = 6, 12, 15, 17
LINKS = b"\x28"

Ready = Callable[..., Desk]
CodeOf = Callable[[Desk], str]

OBJECTS = [1, 3, 4, 5, 10290]


@pytest.mark.parametrize("objid", OBJECTS)
def test_what_the_mcu_adds_before_open_is_its_own(ready: Ready, objid: int) -> None:
    table = ready(f'AT+MIPLADDOBJ=0,{objid},1,"1",0,0')
    for mid, method, line in (
        (700, GET, f"+MIPLREAD: 0,700,{objid},0,0"),
        (701, PUT, f"+MIPLWRITE: 0,701,{objid},0,0,6,2,31,0"),
        (702, POST, f'+MIPLEXECUTE: 0,702,{objid},0,0,1,"1"'),
    ):
        assert table.ask(method, mid, f"/{objid}/0/0", (FORMAT, b""), payload=b"1") == line
    assert table.sent == []
    assert table.at(f'AT+MIPLREADRSP=0,700,1,{objid},0,0,1,1,"m",0,0') == "OK"
    assert table.sent[-1].payload == b"m"


@pytest.mark.parametrize("objid", OBJECTS)
def test_while_registered_it_is_taken_over_and_given_back(
    ready: Ready, code: CodeOf, objid: int
) -> None:
    """The MCU's list and values go with its object; the module's are as they were."""
    table = ready()
    table.ask(GET, 700, f"/{objid}/0")
    before = table.sent[-1].payload
    assert code(table) == "2.05"
    table.ask(GET, 701, f"/{objid}", (ACCEPT, LINKS))
    links = table.sent[-1].payload

    assert table.at(f'AT+MIPLADDOBJ=0,{objid},2,"01",0,0') == "OK"
    assert table.at(f'AT+MIPLDISCOVERRSP=0,{objid},1,1,"9"') == "OK"
    table.ask(GET, 702, f"/{objid}", (ACCEPT, LINKS))
    assert table.sent[-1].payload == f"</{objid}>,</{objid}/1>,</{objid}/1/9>".encode()
    assert table.ask(GET, 703, f"/{objid}/0") == ""
    assert code(table) == "4.04", "the MCU has instance 1 alone"

    assert table.at(f"AT+MIPLDELOBJ=0,{objid}") == "OK"
    assert table.at(f"AT+MIPLDELOBJ=0,{objid}") == "+CIS ERROR: 653", "the module's"
    table.ask(GET, 704, f"/{objid}", (ACCEPT, LINKS))
    assert table.sent[-1].payload == links
    table.ask(GET, 705, f"/{objid}/0")
    after = table.sent[-1].payload
    assert after == before if objid != 3 else len(after) == len(before), "3/0/13 has gone on"


def test_an_update_tells_the_platform(ready: Ready) -> None:
    """Decision 15: by object flag 1."""
    table = ready()
    table.at('AT+MIPLADDOBJ=0,4,1,"1",0,0')
    assert table.at("AT+MIPLUPDATE=0,300,1") == "OK"
    assert table.sent[-1].payload == b'</>;rt="oma.lwm2m",</4/0>,</3200/0>'


def test_its_observation_becomes_the_mcus(ready: Ready) -> None:
    """The module reports no more, and has forgotten the attributes when it gets the object back."""
    table = ready()
    table.ask(PUT, 700, "/3/0/9", (QUERY, b"pmax=20"))
    table.ask(GET, 701, "/3/0/9", (OBSERVE, b""))
    table.sent.clear()
    table.at('AT+MIPLADDOBJ=0,3,1,"1",0,0')
    table.wait(60)
    assert table.sent == []
    assert table.at("AT+MIPLNOTIFY=0,0,3,0,9,3,2,42,0,0") == "OK"
    (notification,) = table.sent
    assert (notification.token.hex(), notification.payload) == ("02bd", b"42")
    table.sent.clear()

    assert table.at("AT+MIPLDELOBJ=0,3") == "OK"
    table.wait(60)
    assert table.sent == []
    table.ask(PUT, 702, "/3/0/9", (QUERY, b"pmax=20"))
    table.sent.clear()
    table.wait(20)
    assert [sent.payload for sent in table.sent] == [b"100"]


def test_what_was_observed_of_the_mcu_in_text_is_not_told_where_it_has_several_values(
    ready: Ready, code: CodeOf
) -> None:
    """3/0/11 of the MCU may be one number; the module's is a list, for which text has no room."""
    table = ready('AT+MIPLADDOBJ=0,3,1,"1",0,0')
    table.ask(GET, 700, "/3/0/11", (OBSERVE, b""), (ACCEPT, b""))
    assert code(table) == "2.05"
    assert table.at("AT+MIPLDELOBJ=0,3") == "OK"
    table.ask(PUT, 701, "/3/0", (QUERY, b"pmax=20"))
    assert code(table) == "2.04"
    table.sent.clear()
    assert table.wait(60) == ""
    assert table.sent == []


def test_a_lifetime_written_to_the_mcus_object_is_the_mcus_affair(ready: Ready) -> None:
    table = ready('AT+MIPLADDOBJ=0,1,1,"1",0,0', "AT+MIPLNOTIFY=0,0,1,0,1,3,2,60,0,0")
    assert table.ask(PUT, 700, "/1/0/1", (FORMAT, b""), payload=b"20") == (
        "+MIPLWRITE: 0,700,1,0,1,3,2,20,0"
    )
    assert table.at("AT+MIPLWRITERSP=0,700,2") == "OK"
    assert len(table.sent) == 1, "no Update"


def test_close_forgets_the_mcus_resources_and_not_the_object(ready: Ready) -> None:
    """Decision 27: the object stays the MCU's."""
    table = ready('AT+MIPLADDOBJ=0,3,1,"1",0,0')
    assert table.at("AT+MIPLCLOSE=0") == "OK"
    table.reply(0x42)
    assert table.at("AT+MIPLOPEN=0,300,30") == "OK"
    table.reply(0x41, (8, b"rd"), (8, b"2"))
    assert table.ask(GET, 700, "/3/0/0") == "+MIPLREAD: 0,700,3,0,0"
    assert table.sent[-1].code != 0x45


def test_where_the_module_has_none_the_mcu_may_add_it(ready: Ready, code: CodeOf) -> None:
    """*server_object* off: DELOBJ leaves nothing."""
    table = ready('AT+MIPLADDOBJ=0,1,1,"1",0,0', quirks={"server_object": "off"})
    assert table.ask(GET, 700, "/1/0") == "+MIPLREAD: 0,700,1,0,-1"
    assert table.at("AT+MIPLDELOBJ=0,1") == "OK"
    assert table.ask(GET, 701, "/1/0") == ""
    assert code(table) == "4.04"
