"""Where faults meet each other, the time, and the life of the module. What each kind does by itself
is in docs/faults, whose examples the suite plays."""

from typing import Any

import pytest

from emulator.faults.errors import FaultError
from emulator.faults.grammar import parse_fault
from emulator.faults.held import HELD_LIMIT
from emulator.faults.plan import FAULTS_LIMIT
from emulator.modem import ModemSettings
from tests.desk import CREATED, LOCATION, Desk

OK = b"\r\nOK\r\n"
CSQ = b"\r\n+CSQ: 23,99\r\n\r\nOK\r\n"
EVENT = '"+MIPLEVENT: 0,33"'
READ = bytes.fromhex("40010007 b1 33 01 30")  # CON GET /3/0, mid 7


def faulty(*texts: str, **settings: Any) -> Desk:
    faults = tuple(map(parse_fault, texts))
    return Desk(ModemSettings(**{"strict": True, "seed": 1, "faults": faults, **settings}))


def told(desk: Desk) -> list[tuple[str, bytes]]:
    """What the journal says of faults."""
    return [(r.text, r.data) for r in desk.firmware.journal.records if r.kind == "fault"]


def fired(desk: Desk) -> list[int]:
    planted: Any = desk.front
    return [each.fired for each in planted.planted]


def written(desk: Desk, seconds: float) -> list[tuple[float, bytes]]:
    """What is written meanwhile, each piece with its moment."""
    end, found = desk.now + seconds, []
    while (due := desk.front.deadline()) is not None and due <= end:
        desk.pass_to(due)
        if data := desk.taken():
            found.append((round(desk.now, 6), data))
    desk.now = end
    return found


# Every position


@pytest.mark.parametrize("at", range(len(CSQ) + 1))
def test_a_line_stands_at_every_byte_of_a_reply(at: int) -> None:
    desk = faulty(f"reply +CSQ: insert {EVENT} at {at}")
    assert desk.exact("AT+CSQ") == CSQ[:at] + b"\r\n+MIPLEVENT: 0,33\r\n" + CSQ[at:]
    assert told(desk) == [(f"1, reply +CSQ: insert {EVENT} at {at}", CSQ)]


@pytest.mark.parametrize("at", range(len("AT+CSQ\r") + 1))
def test_a_line_stands_at_every_byte_of_an_echo(at: int) -> None:
    desk = faulty(f"echo +CSQ: insert {EVENT} at {at} pause 10ms")
    desk.exact("ATE1")
    first = desk.exact("AT+CSQ")
    pieces = [first, *(data for _, data in written(desk, 1))]
    echo = b"AT+CSQ\r"
    event = b"\r\n+MIPLEVENT: 0,33\r\n"
    assert pieces == [piece for piece in (echo[:at], event, echo[at:] + CSQ) if piece]


def test_a_place_beyond_the_end_is_no_occasion() -> None:
    desk = faulty(f"reply: insert {EVENT} at 7")
    assert desk.exact("AT") == OK
    assert fired(desk) == [0]
    assert desk.exact("ATI") != OK
    assert fired(desk) == [1]


def test_several_at_once_stand_at_places_of_the_reply_as_it_was() -> None:
    desk = faulty(
        'reply: insert "+A" at 2', 'reply: insert "+B" "+C" at 4', 'reply: insert "+D" at 2'
    )
    assert desk.exact("AT") == b"\r\n\r\n+A\r\n\r\n+D\r\nOK\r\n+B\r\n\r\n+C\r\n\r\n"
    assert fired(desk) == [1, 1, 1]


@pytest.mark.parametrize(
    ("set_up", "line", "reply"),
    [
        ("ATV0", "AT+CSQ", b"+CSQ: 23,99\r\n+X\r\n0\r"),
        ("AT+CMEE=1", "AT+CSQ=9", b"\r\n+X\r\n\r\n+CME ERROR: 50\r\n"),
        ("AT", "AT+MIPLCLOSE=0", b"\r\n+X\r\n\r\n+CIS ERROR: 653\r\n"),
        ("ATQ1", "AT+CSQ", b"\r\n+CSQ: 23,99\r\n\r\n+X\r\n"),
    ],
)
def test_between_is_before_the_final_result_however_it_is_spelt(
    set_up: str, line: str, reply: bytes
) -> None:
    """V.250 5.7 (ATV, ATQ), decision 7 (AT+CMEE)."""
    desk = faulty(
        'reply match "+" after 1s: insert "+X" between', 'reply after 1s: insert "+X" between'
    )
    desk.exact(set_up)
    desk.wait(1.5)
    desk.front.remove(2 if "+" in line and "CSQ=9" not in line else 1, desk.now)  # type: ignore[union-attr]
    assert desk.exact(line) == reply


# Conditions


@pytest.mark.parametrize(
    ("text", "struck"),
    [
        ("reply nth 3: drop", [3]),
        ("reply nth 2: drop, 2 times", [2, 3]),
        ("reply nth 2: drop, always", [2, 3, 4, 5, 6]),
        ("reply every 2: drop", [1, 3, 5]),
        ("reply nth 2 every 3: drop", [2, 5]),
        ("reply every 2: drop, 2 times", [1, 3]),
        ("reply after 2s until 4s: drop, always", [3, 4]),
        ('reply match "OK": drop', [1]),
        ('reply match "ok": drop', []),
        (r"reply match /O.\r/: drop, 2 times", [1, 2]),
        ("reply state registered: drop", []),
        ("reply state none: drop", [1]),
        ("command +CGSN: drop", []),
        ("urc: drop", []),
    ],
)
def test_which_of_six_replies_a_fault_strikes(text: str, struck: list[int]) -> None:
    desk = faulty(text)
    lost = []
    for number in range(1, 7):
        if desk.exact("AT") == b"":
            lost.append(number)
        desk.wait(1)
    assert lost == struck
    assert fired(desk) == [len(struck)]


def test_chance_is_the_seed_s() -> None:
    def lives(seed: int) -> list[bytes]:
        desk = faulty("reply chance 0.5: drop", "at-out chance 0.5: corrupt", seed=seed)
        return [desk.exact("AT") for _ in range(40)]

    assert lives(1) == lives(1) != lives(2)
    lost = lives(1).count(b"")
    assert 10 <= lost <= 30


def test_each_fault_draws_from_a_source_of_its_own() -> None:
    """One more fault changes nothing for the others."""

    def lost(*more: str) -> list[bool]:
        desk = faulty("reply chance 0.5: drop", *more)
        return [desk.exact("AT") == b"" for _ in range(40)]

    assert lost() == lost("reply chance 0.5: duplicate", 'command chance 0.3: say "+X"')


@pytest.mark.parametrize(
    ("name", "line", "is_it"),
    [
        ("+MIPLOPEN", "AT+MIPLOPEN=0,300", True),
        ("+MIPLOPEN=", "at+miplopen =0,300", True),
        ("+MIPLOPEN=", "AT+MIPLOPEN?", False),
        ("+MIPLOPEN=", "AT+MIPLOPEN=?", False),
        ("+MIPLOPEN?", "AT+MIPLOPEN?", True),
        ("+MIPLCREATE", 'AT+MIPLCREATEEX="h",0', False),
        ("+CSQ", "ATE0;+CGSN;+CSQ", True),
        ("+CSQ", 'AT+MIPLCREATEEX="+CSQ",0', False),
        ("E", "ATV1E0", True),
        ("E", "AT+CEREG?", False),
    ],
)
def test_a_command_line_has_a_name(name: str, line: str, is_it: bool) -> None:
    desk = faulty(f"command {name}: drop")
    assert (desk.exact(line) == b"") == is_it


# Faults that can never strike


@pytest.mark.parametrize(
    ("text", "field", "cause"),
    [
        (
            "command +MIPLNOTFY: busy",
            "name",
            "no command '+MIPLNOTFY'; did you mean '+MIPLNOTIFY'?",
        ),
        ("command +MIPLUPDATESET: busy", "name", "this model has no command '+MIPLUPDATESET'"),
        ("reply +MIPLCLOSE?: drop", "name", "there is no '+MIPLCLOSE?', only '+MIPLCLOSE='"),
        ("urc +MIPLEVNT: drop", "name", "is called '+MIPLEVNT'; did you mean '+MIPLEVENT'?"),
    ],
)
def test_what_the_model_does_not_have_is_said(text: str, field: str, cause: str) -> None:
    with pytest.raises(FaultError) as caught:
        faulty(text, model="MN316")
    assert caught.value.field == field and cause in caught.value.cause
    if "UPDATESET" in text:
        faulty(text, model="MN318")


def test_a_moment_that_is_over_is_said() -> None:
    desk = faulty("reply: drop")
    front: Any = desk.front
    with pytest.raises(FaultError, match=r"^at: 3s is over: it is 5.000s since the start$"):
        front.add(parse_fault("module at 3s: reboot"), 5.0)
    with pytest.raises(FaultError, match=r"^until: 3s is over"):
        front.add(parse_fault("reply until 3s: drop"), 5.0)
    with pytest.raises(FaultError, match=r"^number: there is no fault 7$"):
        front.remove(7, 5.0)


def test_there_are_256_faults_at_most() -> None:
    desk = faulty(*["reply: drop"] * FAULTS_LIMIT)
    front: Any = desk.front
    with pytest.raises(FaultError, match="there are 256 already"):
        front.add(parse_fault("reply: drop"), 0.0)
    front.remove(5, 0.0)
    assert front.add(parse_fault("reply: drop"), 0.0) == 257


# What is held back


def test_256_things_are_held_back_and_what_is_more_passes() -> None:
    desk = faulty("at-in: delay 60s, always")
    for _ in range(HELD_LIMIT):
        assert desk.exact("AT") == b""
    assert desk.exact("AT") == OK
    assert fired(desk) == [HELD_LIMIT]
    assert desk.wait(61) == "|".join(["OK"] * HELD_LIMIT)


def test_nothing_comes_between_the_pieces_of_one_write() -> None:
    desk = faulty("reply: split 3 4 pause 100ms")
    assert desk.exact("AT") == OK[:3]
    assert desk.exact("AT+CSQ") == b""
    assert written(desk, 1) == [(0.1, OK[3:4]), (0.2, OK[4:] + CSQ)]


def test_a_split_cuts_what_the_faults_before_it_have_inserted() -> None:
    """Behind 4 bytes of `\\r\\nOK\\r\\n` and behind 8 of `\\r\\nOK\\r\\n\\r\\n+A\\r\\n`."""
    desk = faulty('reply: insert "+A" after', "reply: split 4 8 pause 100ms")
    assert desk.exact("AT") == b"\r\nOK"
    assert written(desk, 1) == [(0.1, b"\r\n\r\n"), (0.2, b"+A\r\n")]


def test_a_split_that_comes_first_cuts_what_was_there() -> None:
    desk = faulty("reply: split 4 pause 100ms", 'reply: insert "+A" at 2', "reply: split 7")
    assert desk.exact("AT") == b"\r\n\r\n+A\r"
    assert written(desk, 1) == [(0.05, b"\nOK"), (0.15, b"\r\n")]


HALF = 'reply +CSQ: insert raw "\\r\\n+MIPLEVENT: 0,3" after rest "3\\r\\n"'
BEGUN, GOES_ON = b"\r\n+MIPLEVENT: 0,3", b"3\r\n"
SAID = b"\r\n+CSCON: 0\r\n"


def test_half_a_line_stays_until_the_next_answer() -> None:
    desk = faulty(HALF)
    assert desk.exact("AT+CSQ") == CSQ + BEGUN
    assert desk.exact("AT") == GOES_ON + OK
    assert written(desk, 3) == []


def test_half_a_line_stays_until_the_next_echo() -> None:
    desk = faulty(HALF)
    desk.exact("ATE1")
    assert desk.exact("AT+CSQ") == b"AT+CSQ\r" + CSQ + BEGUN
    assert desk.exact("AT") == GOES_ON + b"AT\r" + OK


@pytest.mark.parametrize(("wait", "seconds"), [("", 1.0), (" wait 300ms", 0.3)])
def test_half_a_line_waits_so_long_at_most(wait: str, seconds: float) -> None:
    desk = faulty(HALF + wait)
    assert desk.exact("AT+CSQ") == CSQ + BEGUN
    assert written(desk, 3) == [(seconds, GOES_ON)]
    assert desk.exact("AT") == OK


def test_unsolicited_lines_do_not_break_into_half_a_line() -> None:
    """Manual 3.20: a line is whole."""
    desk = faulty(HALF, 'module at 500ms: say "+CSCON: 0"')
    assert desk.exact("AT+CSQ") == CSQ + BEGUN
    assert written(desk, 2) == [(1.0, GOES_ON + SAID)]
    desk = faulty(HALF, 'module at 500ms: say "+CSCON: 0"')
    assert desk.exact("AT+CSQ") == CSQ + BEGUN
    assert written(desk, 0.6) == []
    assert desk.exact("AT") == GOES_ON + OK + SAID
    assert written(desk, 2) == []


def test_the_rest_of_half_a_line_is_lost_with_the_old_life() -> None:
    desk = faulty(HALF)
    assert desk.exact("AT+CSQ") == CSQ + BEGUN
    desk.front.reset(desk.now)
    assert told(desk)[-1] == (
        "what faults held back is lost: the module starts anew",
        GOES_ON,
    )


def test_what_is_late_is_overtaken() -> None:
    desk = faulty("reply: delay 2s")
    assert desk.exact("AT+CSQ") == b""
    assert desk.exact("AT") == OK
    assert written(desk, 3) == [(2.0, CSQ)]


def test_merged_lines_are_two_and_what_nothing_joins_goes_alone() -> None:
    desk = faulty("reply: merge, always")
    assert [desk.exact(line) for line in ("AT", "AT+CSQ", "AT")] == [b"", OK + CSQ, b""]
    assert written(desk, 2) == [(1.0, OK)]
    assert [desk.exact(line) for line in ("AT", "AT+CSQ")] == [b"", OK + CSQ], "and so on"


def test_copies_of_copies_are_64_at_most() -> None:
    desk = faulty(*["reply: duplicate 9"] * 5)
    assert desk.exact("AT") == OK * 64


def test_what_is_to_be_overtaken_waits_a_second_at_most() -> None:
    desk = faulty("reply: reorder, always")
    assert [desk.exact(line) for line in ("AT", "AT+CSQ", "AT")] == [b"", CSQ + OK, b""]
    assert written(desk, 2) == [(1.0, OK)]


def test_lines_of_the_host_are_struck_whole_however_they_come() -> None:
    desk = faulty('at-in match "CSQ": drop')
    for piece in (b"AT\rAT+C", b"SQ", b"\r", b"\nAT\r\nA/"):
        desk.front.serial_received(piece, 0.0)
    desk.at("")
    assert told(desk) == [('1, at-in match "CSQ": drop', b"AT+CSQ\r")]
    kinds = [r.data for r in desk.firmware.journal.records if r.kind == "serial_in"]
    assert b"".join(kinds).replace(b"\n", b"") == b"AT\rAT\rA/\r"


def test_a_line_that_never_ends_is_held_to_its_bound_and_refused() -> None:
    """Decision 6."""
    desk = faulty("at-in nth 9: drop")
    desk.front.serial_received(b"A" * 5000, 0.0)
    desk.front.serial_received(b"B" * 5000, 0.0)
    assert desk.exact("") == b"\r\nERROR\r\n"
    assert desk.exact("AT") == OK


# The module's life


def test_a_reboot_in_the_middle_of_a_write_takes_the_rest_of_it() -> None:
    desk = faulty("reply +CSQ: reboot")
    assert desk.exact("AT+CSQ\rAT+CGSN") == CSQ
    assert desk.exact("AT") == b"", "it boots"
    desk.wait(0.5)
    assert desk.exact("AT") == OK
    reboots = [r for r in desk.firmware.journal.records if r.kind == "reboot"]
    (fault,) = [r for r in desk.firmware.journal.records if r.kind == "fault"]
    assert [r.cause for r in reboots] == [fault.number]


def test_what_is_held_back_of_the_old_life_is_lost_and_told() -> None:
    desk = faulty("reply: delay 5s", "reply nth 2: delay 5s")
    assert [desk.exact("AT"), desk.exact("AT")] == [b"", b""]
    desk.board("reset")
    assert desk.wait(10) == ""
    lost = "what faults held back is lost: the module starts anew"
    assert told(desk)[2:] == [(lost, OK), (lost, OK)]


@pytest.mark.parametrize("way", ["reset", "off on"])
@pytest.mark.parametrize("what", ["freeze", "mute", "freeze 60s"])
def test_reset_and_power_end_what_silences_the_module(what: str, way: str) -> None:
    desk = faulty(f"module at 1s: {what}")
    desk.wait(2)
    assert desk.exact("AT") == b""
    for event in way.split():
        desk.board(event)
    desk.wait(1)
    assert desk.exact("AT") == OK


def test_a_reboot_by_command_ends_a_mute_one() -> None:
    desk = faulty("module: mute")
    assert desk.exact("AT+NRB") == b""
    desk.wait(1)
    assert desk.exact("AT") == OK


def test_a_frozen_module_goes_on_where_it_was() -> None:
    """Its timers are late: what fell due meanwhile comes at once."""
    desk = faulty("module at 10s: freeze 20s")
    desk.at('AT+MIPLCREATEEX="183.230.40.40:5683",0')
    desk.at('AT+MIPLADDOBJ=0,3200,1,"1",0,0')
    desk.wait(9)
    desk.at("AT+MIPLOPEN=0,300,30")
    desk.wait(2)
    count = len(desk.sent)
    assert desk.wait(15) == "" and len(desk.sent) == count, "nothing is repeated"
    assert desk.exact("AT") == b""
    desk.wait(5)
    assert len(desk.sent) > count
    assert desk.reply(CREATED, (LOCATION, b"rd"), (LOCATION, b"1")) == "+MIPLEVENT: 0,6"
    words = [text.rpartition(": ")[2] for text, _ in told(desk)]
    assert words == ["freeze 20s", "not heard"]


def test_datagrams_for_a_frozen_module_are_lost() -> None:
    desk = faulty("coap-down match /GET .3.0/: freeze 5s")
    desk.log_in()
    assert desk.platform(READ) == ""
    assert desk.platform(READ) == ""
    desk.wait(5)
    desk.sent.clear()
    desk.deliver(READ)
    assert [sent.code for sent in desk.sent] == [0x45]


def test_removing_a_fault_ends_what_it_does() -> None:
    for text, number in (("module: mute", 1), ("module: freeze", 1), ("module: no-coverage", 1)):
        desk = faulty(text)
        front: Any = desk.front
        desk.wait(1)
        front.remove(number, desk.now)
        assert desk.exact("AT+CSQ") == CSQ, text


def test_a_watchdog_that_is_taken_back_does_not_reboot() -> None:
    desk = faulty("module at 1s: freeze 60s reboot")
    desk.wait(2)
    front: Any = desk.front
    front.remove(1, desk.now)
    assert desk.exact("AT") == OK
    assert desk.wait(100) == "" and desk.firmware.power.boots == 0


def test_faults_that_bring_about_each_other_do_not_stop_the_time() -> None:
    desk = faulty('urc: say "+X", always', 'module at 1s: say "+X"')
    assert 16 <= desk.wait(1.05).count("+X") <= 40
    desk = faulty("at-out: reboot, always", model="M5311", timing="fast")
    desk.exact("AT")
    assert desk.front.deadline() == pytest.approx(0.1)


# Links


def test_an_aged_link_is_deaf_until_it_sends_which_it_does_from_another_port() -> None:
    desk = faulty("module at 5s: age")
    desk.log_in()
    desk.wait(10)
    desk.deliver(READ)
    assert desk.sent[-1].code != 0x45
    front: Any = desk.front
    desk.front.serial_received(b"AT+MIPLUPDATE=0,300,0\r", desk.now)
    outputs = front.outputs()
    kinds = [type(each).__name__ for each in outputs]
    assert kinds == ["RebindLink", "SendDatagram", "Written"]
    assert [text for text, _ in told(desk)] == [
        "1, module at 5s: age",
        "1, module at 5s: age: link 1, not heard",
    ]


def test_a_link_may_be_lost_at_a_time() -> None:
    desk = faulty("link at 5s: lose")
    desk.log_in()
    desk.wait(10)
    assert [r.text for r in desk.firmware.journal.records if r.kind == "link_lost"] == [
        "link 1: by a fault"
    ]


def opening(*texts: str) -> Desk:
    """A module in whose OPEN they have struck, 5 s later."""
    desk = faulty(*texts)
    desk.at('AT+MIPLCREATEEX="183.230.40.40:5683",0')
    desk.at('AT+MIPLADDOBJ=0,3200,1,"1",0,0')
    desk.at("AT+MIPLOPEN=0,300,30")
    desk.wait(5)
    return desk


@pytest.mark.parametrize("order", [(0, 1, 2), (1, 0, 2), (0, 2, 1)])
def test_what_strikes_a_link_that_is_lost_is_carried_out(order: tuple[int, ...]) -> None:
    """What the journal tells of happens; a link that two lose is lost once."""
    faults = ("link: lose", 'link: say "+CSCON: 0"', "link: lose")
    desk = opening(*(faults[each] for each in order))
    records = desk.firmware.journal.records
    assert fired(desk) == [1, 1, 1] and len(told(desk)) == 3
    assert b"".join(r.data for r in records if r.kind == "serial_out").count(SAID) == 1
    assert [r.text for r in records if r.kind == "link_lost"] == ["link 1: by a fault"]


def test_a_reboot_behind_a_lost_link_takes_place() -> None:
    desk = opening("link: lose", "link: reboot")
    assert desk.firmware.power.boots == 1
    assert desk.exact("AT") == OK
