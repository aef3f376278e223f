"""The director: what he has done when, and what he takes for a failure. Time is a number."""

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emulator.cloud.events import Deregistered, Event, Finished, Notified, Registered
from emulator.cloud.operations import Answer, Read, Write
from emulator.cloud.peers import Peer
from emulator.cloud.points import Point
from emulator.scenario.director import Director, Do, Over
from emulator.scenario.director import Write as Writes
from emulator.scenario.reading import read_scenario
from lwm2m_core.message import Code
from lwm2m_core.paths import Path

IMEI = "869975030000461"
VALUE = Path(3200, 0, 5750)


class Play:
    """A scenario under way. `did`: events by number and time; `wrote`: lines of the host."""

    def __init__(self, text: str, plays: bool) -> None:
        reading = read_scenario(("schema: 1\n" + text).encode())
        assert reading.scenario is not None, reading.findings
        self.events = reading.scenario.events
        self.director = Director(reading.scenario, plays=plays)
        self.did: list[tuple[int, float]] = []
        self.wrote: list[str] = []
        self.over: Over | None = None
        self.now = 100.0
        self.director.begin(self.now)
        self._drain()

    def _drain(self) -> None:
        for output in self.director.outputs():
            match output:
                case Do(event):
                    self.did.append((event.number, self.now - 100.0))
                case Writes(text):
                    self.wrote.append(text)
                case Over():
                    assert self.over is None, "it ends once"
                    self.over = output

    def module(self, *lines: str) -> None:
        for line in lines:
            self.director.line("module", line, self.now)
        self._drain()

    def host(self, *lines: str) -> None:
        for line in lines:
            self.director.line("host", line, self.now)
        self._drain()

    def told(self, *events: Event) -> None:
        for event in events:
            self.director.told(event, self.now)
        self._drain()

    def at(self, seconds: float) -> "Play":
        """Time passes, with all that is due on the way."""
        while (due := self.director.deadline()) is not None and due <= 100.0 + seconds:
            self.now = max(due, self.now)
            self.director.handle_timeout(self.now)
            self._drain()
        self.now = 100.0 + seconds
        return self

    @property
    def failure(self) -> str:
        """Line and words of how it failed; empty if it did not."""
        assert self.over is not None, f"it waits for {self.director.deadline()}"
        failure = self.over.failure
        return "" if failure is None else f"{failure.line}: {failure.field}: {failure.text}"


Start = Callable[..., Play]


@pytest.fixture
def attend() -> Start:
    """With a host of somebody else's."""
    return lambda text: Play(text, plays=False)


@pytest.fixture
def play() -> Start:
    return lambda text: Play(text, plays=True)


def reported(value: object, path: Path = VALUE) -> Notified:
    return Notified(IMEI, (Point(path, value, str(value).encode()),))  # type: ignore[arg-type]


# The dialogue.

SHORT = 'dialogue:\n- host: AT+CSQ\n- module: "+CSQ: {rssi},{ber}"\n- module: OK\n'


def test_it_is_over_with_the_last_line(attend: Start) -> None:
    run = attend(SHORT)
    run.host("AT+CSQ")
    run.module("+CSQ: 20,99")
    assert run.over is None
    run.at(2.5).module("OK")
    assert run.over == Over(2.5, None)


def test_the_host_is_played_in_its_turn(play: Start) -> None:
    run = play('dialogue:\n- host: AT\n- module: "X{n}"\n- host: "AT{n}"\n- module: OK\n')
    assert run.wrote == ["AT"]
    run.module("X7")
    assert run.wrote == ["AT", "AT7"]


def test_lines_that_nobody_expects_may_come_between(attend: Start) -> None:
    run = attend(SHORT)
    run.host("ATE0", "AT+CSQ")
    run.module("+MIPLEVENT: 0,6", "+CSQ: 20,99", "+MIPLREAD: 0,1,3,0,-1", "OK")
    assert run.failure == ""


def test_strict_they_may_not(attend: Start) -> None:
    run = attend("strict: on\n" + SHORT)
    run.host("ATE0")
    assert run.failure == "4: dialogue[0]: expected the host to write 'AT+CSQ'; this came: 'ATE0'"


def test_a_command_that_fails_is_told_at_once(play: Start) -> None:
    run = play(SHORT)
    run.module("+CSQ: 20,99", "+CME ERROR: 100")
    assert run.failure == (
        "5: dialogue[2]: expected the module to print 'OK'; "
        "the command ended with '+CME ERROR: 100'"
    )


def test_an_error_for_another_command_is_none_for_this(attend: Start) -> None:
    run = attend("dialogue:\n- host: AT\n- module: OK\n")
    run.host("AT", "AT+X")
    run.module("ERROR", "OK")
    assert run.failure == ""


def test_a_field_is_the_same_wherever_it_comes_again(attend: Start) -> None:
    run = attend(
        'dialogue:\n- module: "+MIPLWRITE: 0,{mid},{*}"\n- host: "AT+MIPLWRITERSP=0,{mid},2"\n'
    )
    run.module("+MIPLWRITE: 0,5,3200,0,5750,1,4,abcd,0")
    run.host("AT+MIPLWRITERSP=0,6,2")
    assert run.over is None
    run.host("AT+MIPLWRITERSP=0,5,2")
    assert run.failure == ""


def test_unordered_lines_come_as_they_like_but_all(attend: Start) -> None:
    run = attend('dialogue:\n- unordered: ["A", "B", "B"]\n')
    run.module("B", "A")
    assert run.over is None
    run.module("B")
    assert run.failure == ""


def test_never_counts_from_where_it_stands(attend: Start) -> None:
    text = 'dialogue:\n- module: A\n- never: "X{*}"\n- module: B\n'
    run = attend(text)
    run.module("X1", "A", "X2")
    assert run.failure == "4: dialogue[1]: never from here on, but at 0.000 s it came: 'X2'"


ONCE = 'dialogue:\n- never: {host: "A{*}"}\n  more_than: 1\n- host: B\n- pause: 2s\n'


def test_once_is_not_twice(attend: Start) -> None:
    run = attend(ONCE)
    run.at(1).host("A1", "B")
    run.at(2.9)
    assert run.over is None
    run.at(3)
    assert run.failure == ""


def test_twice_is_more_than_once(attend: Start) -> None:
    run = attend(ONCE)
    run.host("A1", "B")
    run.at(1.5).host("A2")
    assert run.failure == (
        "3: dialogue[0]: once at most from here on, but at 1.500 s it came once more: 'A2'"
    )


def test_of_lines_that_may_come_once_each_counts_by_itself(attend: Start) -> None:
    text = "dialogue:\n- never: [A, B]\n  more_than: 1\n- module: C\n- pause: 1s\n"
    run = attend(text)
    run.module("A", "B", "C", "B")
    assert run.failure == (
        "3: dialogue[0]: once at most from here on, but at 0.000 s it came once more: 'B'"
    )


PATIENT = (
    'dialogue:\n- never: {host: "AT{*}"}\n  after: {host: AT+CSQ}\n  until: OK\n'
    "- host: AT+CSQ\n- host: AT+CIMI\n- pause: 1s\n"
)


def test_what_must_not_come_between_two_lines_may_come_outside(attend: Start) -> None:
    """V.250 5.6: no command before the one before it has its result."""
    run = attend(PATIENT)
    for line in ("AT", "AT+CSQ"):
        run.host(line)
        run.module("OK")
    run.host("AT+CIMI", "AT+CGSN")
    run.at(1)
    assert run.failure == ""


def test_what_must_not_come_between_two_lines_comes(attend: Start) -> None:
    run = attend(PATIENT)
    run.host("AT+CSQ", "AT+CIMI")
    assert run.failure == (
        "3: dialogue[0]: never where it stands, but at 0.000 s it came: 'AT+CIMI'"
    )


def test_between_two_lines_it_is_counted_anew_each_time(attend: Start) -> None:
    text = "dialogue:\n- never: X\n  more_than: 1\n  after: A\n  until: B\n- module: C\n"
    run = attend(text)
    run.module("X", "X", "A", "X", "B", "X", "A", "X")
    assert run.over is None
    run.module("X")
    assert run.failure == (
        "3: dialogue[0]: once at most where it stands, but at 0.000 s it came once more: 'X'"
    )


def test_a_limit_counts_from_the_entry_before(attend: Start) -> None:
    text = "dialogue:\n- module: A\n- module: B\n  within: 5s\n"
    run = attend(text)
    run.at(60).module("A")
    run.at(64.9).module("B")
    assert run.failure == ""
    run = attend(text)
    run.at(60).module("A")
    run.at(65.1)
    assert run.over is not None and run.over.seconds == 65.0
    assert run.failure == (
        "4: dialogue[1]: expected the module to print 'B' within 5 s; it did not come in time"
    )


def test_in_a_pause_nothing_is_looked_at_but_nothing_is_lost(play: Start) -> None:
    run = play("dialogue:\n- pause: 10s\n- module: A\n- host: AT\n- module: OK\n")
    run.at(3).module("A")
    assert run.wrote == []
    run.at(10)
    assert run.wrote == ["AT"]


def test_never_counts_for_what_came_in_the_pause_before(attend: Start) -> None:
    run = attend("dialogue:\n- pause: 5s\n- never: X\n- module: A\n")
    run.at(3).module("X")
    run.at(5)
    assert run.failure == "4: dialogue[1]: never from here on, but at 3.000 s it came: 'X'"


def test_at_the_end_what_is_missing_is_said(attend: Start) -> None:
    run = attend(SHORT + "end: 30s\n")
    run.host("AT+CSQ")
    run.module("+CSQ: 20,99")
    run.at(29.9)
    assert run.over is None
    run.at(30)
    assert run.failure == "5: dialogue[2]: expected the module to print 'OK'; it did not come"


def test_a_dialogue_has_five_minutes_unless_told(attend: Start) -> None:
    run = attend(SHORT)
    run.at(299)
    assert run.over is None
    run.at(300)
    assert run.failure


def test_without_a_dialogue_it_goes_on(attend: Start) -> None:
    run = attend("events:\n- {at: 1s, power: off}\n")
    run.at(100_000)
    assert run.over is None and run.did == [(0, 1.0)]
    assert run.director.stopped() is None


def test_who_ends_it_early_is_told_what_is_missing(attend: Start) -> None:
    failure = attend(SHORT).director.stopped()
    assert failure is not None
    assert failure.text == "expected the host to write 'AT+CSQ'; it did not come"


# Platforms.

PLATFORM = 'dialogue:\n- platform: reported /3200/0/5750 "abcd"\n- module: "+MIPLEVENT: 0,26,1"\n'


@pytest.mark.parametrize("platform_first", [True, False])
def test_platforms_and_the_line_are_not_ordered_among_each_other(
    attend: Start, platform_first: bool
) -> None:
    run = attend(PLATFORM)
    happenings: list[Callable[[], None]] = [
        lambda: run.told(reported("abcd")),
        lambda: run.module("+MIPLEVENT: 0,26,1"),
    ]
    for happening in happenings if platform_first else happenings[::-1]:
        assert run.over is None
        happening()
    assert run.failure == ""


def test_what_a_platform_tells_has_its_order(attend: Start) -> None:
    run = attend("dialogue:\n- platform: [deregistered, reported /3200/0/5750]\n")
    run.told(reported("abcd"), Deregistered(IMEI))
    assert run.over is None
    run.told(reported(5))
    assert run.failure == ""


REGISTERED = Registered(IMEI, IMEI, Peer("127.0.0.1", 5683), 3000, ())
WRITTEN = Write(Path(3200, 0), (), False)
TELLINGS: list[tuple[str, Event, bool]] = [
    ("registered", REGISTERED, True),
    ("registered", Deregistered(IMEI), False),
    ("reported /3200/0/5750", reported("x"), True),
    ('reported /3200/0/5750 "x"', reported("x"), True),
    ('reported /3200/0/5750 "y"', reported("x"), False),
    ("reported /3200/0/5750 5", reported(5.0), True),
    ('reported /3200/0/5750 "5"', reported(5), False),
    ("reported /3200/0/5750 hex:78", reported("x"), True),
    ("reported /3200/0/5751", reported("x"), False),
    ("answered read /3200/0", Finished(1, IMEI, Read(Path(3200, 0)), Answer(Code.CONTENT)), True),
    ("answered write /3200/0 2.04", Finished(1, IMEI, WRITTEN, Answer(Code.CHANGED)), True),
    ("answered write /3200/0 4.04", Finished(1, IMEI, WRITTEN, Answer(Code.CHANGED)), False),
    ("answered write /3200/0", Finished(1, IMEI, WRITTEN, Answer(Code.NOT_FOUND)), False),
    ("answered write /3200/0 4.04", Finished(1, IMEI, WRITTEN, Answer(Code.NOT_FOUND)), True),
    ("answered write /3200/0", Finished(1, IMEI, WRITTEN, "timeout"), False),
    ("unanswered write /3200/0", Finished(1, IMEI, WRITTEN, "timeout"), True),
    ("unanswered read /3200/0", Finished(1, IMEI, WRITTEN, "timeout"), False),
]


@pytest.mark.parametrize(("words", "event", "fits"), TELLINGS)
def test_what_a_platform_tells(attend: Start, words: str, event: Event, fits: bool) -> None:
    run = attend(f"dialogue:\n- platform: '{words}'\n")
    run.told(event)
    assert (run.over is not None) is fits


# Events.


def test_events_come_at_their_times(attend: Start) -> None:
    run = attend(
        "events:\n- {at: 3s, power: off}\n- {at: 1s, power: on, times: 3, every: 2s}\nend: 9s\n"
    )
    run.at(9)
    assert run.did == [(1, 1.0), (0, 3.0), (1, 3.0), (1, 5.0)]
    assert run.failure == ""


def test_an_optional_event_may_fail_and_need_not_happen(attend: Start) -> None:
    """It may come too late for a host that has left."""
    text = 'events:\n- {{at: 1s, {}cloud: read /3200/0/5750}}\n- {{after: "A", {}power: off}}\n'
    text += "dialogue:\n- {{host: B}}\n"
    for word, failed, left in (("", "gone", "has not happened"), ("optional: on, ", "", "")):
        run = attend(text.format(word, word))
        run.director.failed(run.events[0], "gone", run.now)
        run.host("B")
        assert run.over is not None
        assert (run.over.failure.text if run.over.failure else "") == failed
        other = attend(text.format(word, word))
        other.now += 2
        other.host("B")
        assert other.over is not None
        assert left in (other.over.failure.text if other.over.failure else "")
        assert bool(other.over.failure) is bool(left)


def test_an_event_waits_for_the_nth_line(attend: Start) -> None:
    run = attend('events:\n- {after: "A{*}", nth: 2, delay: 4s, power: off}\n')
    run.module("A1")
    run.at(5).module("A2", "A3")
    run.at(50)
    assert run.did == [(0, 9.0)]


def test_an_event_waits_for_the_host_or_a_platform(attend: Start) -> None:
    run = attend(
        "events:\n- {after: {host: AT}, power: off}\n"
        "- {after: {platform: deregistered}, power: on}\n"
    )
    run.module("AT")
    assert run.did == []
    run.host("AT")
    run.told(Deregistered(IMEI))
    assert run.did == [(0, 0.0), (1, 0.0)]


def test_an_event_that_has_not_happened_is_a_failure(attend: Start) -> None:
    run = attend('events:\n- after: "+MIPLEVENT: 0,31"\n  power: off\n' + SHORT)
    run.host("AT+CSQ")
    run.module("+CSQ: 20,99", "OK")
    assert run.failure == (
        "3: events[0]: the dialogue is through and it has not happened, "
        "what it waits for was not seen"
    )


def test_an_event_that_is_still_due_is_a_failure(attend: Start) -> None:
    run = attend("events:\n- {at: 60s, power: off}\n" + SHORT)
    run.host("AT+CSQ")
    run.module("+CSQ: 20,99", "OK")
    assert run.failure == (
        "3: events[0]: the dialogue is through and it has not happened yet, it is due later"
    )


def test_an_event_that_cannot_be_carried_out_is_a_failure(attend: Start) -> None:
    run = attend("events:\n- {at: 1s, cloud: forget}\n" + SHORT)
    run.at(1)
    (event,) = run.events
    run.director.failed(event, "no such device", run.now)
    run.module()
    assert run.failure == "3: events[0]: no such device"


# Whatever is said, and whenever.

WORDS = ["AT", "OK", "ERROR", "A1", "A2", "X", "+MIPLEVENT: 0,6"]
ENTRIES = [
    "{host: AT}",
    "{host: 'AT{*}', within: 3s}",
    "{module: 'A{n}'}",
    "{module: [OK, X], within: 2s}",
    "{unordered: [OK, 'A{n}', {platform: deregistered}]}",
    "{never: X}",
    "{never: {host: AT}, more_than: 2}",
    "{never: A2, after: {host: AT}, until: {platform: deregistered}}",
    "{platform: deregistered}",
    "{pause: 2s}",
]
SAYINGS = st.tuples(st.sampled_from(["host", "module", "cloud", "time"]), st.sampled_from(WORDS))


@settings(max_examples=150)
@given(
    st.lists(st.sampled_from(ENTRIES), max_size=6), st.lists(SAYINGS, max_size=25), st.booleans()
)
def test_a_scenario_ends_once_and_in_time(
    entries: list[str], sayings: list[tuple[str, str]], strict: bool
) -> None:
    dialogue = "".join(f"- {entry}\n" for entry in [*entries, "{host: AT}"])
    run = Play(f"strict: {'on' if strict else 'off'}\nend: 60s\ndialogue:\n{dialogue}", False)
    for side, word in sayings:
        match side:
            case "host":
                run.host(word)
            case "module":
                run.module(word)
            case "cloud":
                run.told(Deregistered(IMEI))
            case "time":
                run.at(run.now - 100.0 + 1.5)
    run.at(61)
    assert run.over is not None and run.over.seconds <= 60.0
    assert run.director.deadline() is None
    run.module("OK")
