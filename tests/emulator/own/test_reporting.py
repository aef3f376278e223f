"""Observations of the module's own objects, reported by the module (decision 33).

LwM2M 1.0 5.1.2: pmin and pmax in seconds; gt, lt and st of a number. RFC 7641: tokens, numbers.
"""

import struct
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from tests.desk import Desk, Sent, coap

GET, PUT = 1, 3
CON, NON, ACK, RST = range(4)
CHANGED, CONTENT = 0x44, 0x45
OBSERVE, PATH, FORMAT, QUERY, ACCEPT = 6, 11, 12, 15, 17
TEXT, TLV, JSON = b"", b"\x2d\x16", b"\x2d\x17"
H = bytes.fromhex

Ready = Callable[..., Desk]


@dataclass
class Platform:
    """Speaks to a module without letting time pass; each of its requests has a mid of its own."""

    table: Desk
    mid: int = 600

    def send(
        self, code: int, path: str, *options: tuple[int, bytes], payload: bytes = b""
    ) -> list[Sent]:
        """A CON request with its message id as token; what the module sends for it at once."""
        self.mid += 1
        uri = [(PATH, part.encode()) for part in path.strip("/").split("/")]
        token = struct.pack("!H", self.mid)
        self.table.deliver(coap(CON, code, self.mid, token, (*uri, *options), payload))
        return self.taken()

    def taken(self) -> list[Sent]:
        sent, self.table.sent = self.table.sent, []
        return sent

    def observe(self, path: str, *options: tuple[int, bytes]) -> bytes:
        """Begin an observation; the token of its notifications."""
        (answer,) = self.send(GET, path, (OBSERVE, b""), *options)
        assert (answer.kind, answer.code) == (ACK, CONTENT)
        return answer.token

    def attributes(self, path: str, *queries: str) -> int:
        """Write-Attributes; the code of the answer. Of what follows it nothing is taken."""
        answer, *self.table.sent = self.send(PUT, path, *((QUERY, q.encode()) for q in queries))
        return answer.code

    def write(self, path: str, text: bytes) -> list[Sent]:
        """A Write that succeeds; what is sent behind the answer."""
        answer, *others = self.send(PUT, path, (FORMAT, TEXT), payload=text)
        assert (answer.kind, answer.code) == (ACK, CHANGED)
        return others

    def run(self, seconds: float) -> list[tuple[float, Sent]]:
        """Let time pass; what is sent meanwhile, and after how long."""
        start, found = self.table.now, []
        while (due := self.table.firmware.deadline()) is not None and due <= start + seconds:
            self.table.handle(due)
            found += [(round(self.table.now - start, 3), sent) for sent in self.taken()]
        self.table.now = start + seconds
        return found


@pytest.fixture
def platform(ready: Ready) -> Callable[..., Platform]:
    """At the far end of a module that has registered."""
    return lambda *commands, **settings: Platform(ready(*commands, **settings))


Far = Callable[..., Platform]


def _times(found: list[tuple[float, Sent]]) -> list[float]:
    return [at for at, _ in found]


def test_a_value_that_changes_is_reported_at_once(platform: Far) -> None:
    """The answer to the Write leaves first; NON, with the token of the observation; nothing is
    printed for it."""
    far = platform()
    token = far.observe("/3/0/14")
    assert far.table.lines() == "+MIPLOBSERVE: 0,601,1,3,0,14"
    (notification,) = far.write("/3/0/14", b"+02:00")
    assert (notification.kind, notification.code, notification.token) == (NON, CONTENT, token)
    # Observe 2 (the answer had 1), Content-Format text; the value.
    assert notification.data[6:].hex() == "610260ff" + b"+02:00".hex()
    assert far.table.lines() == ""
    (again,) = far.write("/3/0/14", b"+03:00")
    assert again.data[6:].hex() == "610360ff" + b"+03:00".hex()


def test_what_does_not_change_is_not_reported(platform: Far) -> None:
    far = platform()
    far.observe("/3/0/14")
    assert far.write("/3/0/14", b"+08:00") == []
    assert far.write("/3/0/15", b"Asia/Chongqing") == []
    assert far.run(3600) == []


def test_an_observed_instance_is_reported_whole(platform: Far) -> None:
    """In the format of its Observe; a write that the platform wants told is an Update besides."""
    far = platform()
    far.observe("/1/0", (ACCEPT, TLV))
    notification, *others = far.write("/1/0/5", b"60")
    assert others == []
    assert notification.data[6:].hex() == ("6102622d16ffc10001c201012cc10200c1053cc10601c10755")
    far.observe("/1/0", (ACCEPT, JSON))
    (in_json,) = far.write("/1/0/5", b"61")
    assert b'{"n":"5","v":61}' in in_json.payload


def test_a_binding_is_reported_where_it_shows(platform: Far) -> None:
    """3/0/16 follows 1/0/7 (decision 33)."""
    far = platform()
    token = far.observe("/3/0/16")
    sent = far.write("/1/0/7", b"UQ")
    (notification,) = (each for each in sent if each.token == token)
    assert notification.payload == b"UQ"
    assert [each.code for each in sent if each.token != token] == [2], "the Update"


def test_the_time_goes_by_unreported(platform: Far) -> None:
    """3/0/13 changes every second: that is no news, but it is as of now in every notification."""
    far = platform()
    far.observe("/3/0/13")
    far.observe("/3/0")
    assert far.run(100) == []
    far.attributes("/3/0/13", "pmax=50")
    (first,) = far.taken()  # pmax has passed already
    ((at, second),) = far.run(60)
    assert (at, int(second.payload) - int(first.payload)) == (50.0, 50)


@pytest.mark.conformance("1.0-int-301", far="datagrams")
@pytest.mark.conformance("1.0-int-660", far="datagrams")
def test_pmin_and_pmax(platform: Far) -> None:
    """Read 6; 5 to 15 s for 7, 10 to 20 s for 8; their values do not change."""
    far = platform()
    (available,) = far.send(GET, "/3/0/6")
    assert available.payload == H("8306 410000")
    assert far.attributes("/3/0/7", "pmin=5", "pmax=15") == CHANGED
    assert far.attributes("/3/0/8", "pmin=10", "pmax=20") == CHANGED
    seven, eight = far.observe("/3/0/7"), far.observe("/3/0/8")
    found = far.run(60)
    assert [at for at, sent in found if sent.token == seven] == [15.0, 30.0, 45.0, 60.0]
    assert [at for at, sent in found if sent.token == eight] == [20.0, 40.0, 60.0]
    assert {sent.payload.hex() for _, sent in found} == {"840742000ed8", "830841003c"}
    numbers = [sent.data[7] for _, sent in found]
    assert numbers == sorted(set(numbers)), "rising over all observations"


@pytest.mark.conformance("1.0-int-302", far="datagrams")
def test_a_reset_ends_one_observation_and_leaves_the_other(platform: Far) -> None:
    far = platform()
    far.attributes("/3/0/7", "pmax=15")
    far.attributes("/3/0/8", "pmax=20")
    far.observe("/3/0/7")
    eight = far.observe("/3/0/8")
    ((_, notification),) = far.run(15)
    far.table.lines()
    far.table.deliver(coap(RST, 0, notification.mid))
    far.table.wait(0.1)
    assert far.table.lines() == ""
    found = far.run(60)
    assert {sent.token for _, sent in found} == {eight}
    assert len(found) == 3


@pytest.mark.conformance("1.0-int-303", far="datagrams")
def test_observe_1_ends_an_observation(platform: Far) -> None:
    far = platform()
    far.attributes("/3/0/7", "pmax=15")
    far.observe("/3/0/7")
    (answer,) = far.send(GET, "/3/0/7", (OBSERVE, b"\x01"))
    assert answer.code == CONTENT
    assert answer.data[6] == 0xC2, "no Observe: the first option is 12, Content-Format"
    assert far.run(60) == []


@pytest.mark.conformance("1.0-int-710", far="datagrams")
def test_connectivity_is_observed(platform: Far) -> None:
    """pmin 2 and pmax 10 on /4/0."""
    far = platform()
    assert far.attributes("/4/0", "pmin=2", "pmax=10") == CHANGED
    far.observe("/4/0")
    found = far.run(30)
    assert _times(found) == [10.0, 20.0, 30.0]
    assert {sent.payload[:3].hex() for _, sent in found} == {"c10007"}


def test_pmin_holds_a_change_back(platform: Far) -> None:
    """Of several changes the last is told, when pmin has passed since the last notification."""
    far = platform()
    far.attributes("/3/0/14", "pmin=10")
    far.observe("/3/0/14")
    assert far.run(1) == []
    assert far.write("/3/0/14", b"+01:00") == []
    assert far.write("/3/0/14", b"+02:00") == []
    ((at, notification),) = far.run(20)
    assert (at, notification.payload) == (9.0, b"+02:00")
    (at_once,) = far.write("/3/0/14", b"+03:00")
    assert at_once.payload == b"+03:00"


def test_a_change_that_is_undone_within_pmin_is_none(platform: Far) -> None:
    far = platform()
    far.attributes("/3/0/14", "pmin=10")
    far.observe("/3/0/14")
    far.write("/3/0/14", b"+01:00")
    far.write("/3/0/14", b"+08:00")
    assert far.run(60) == []


def _steps(far: Platform, *values: int) -> list[int]:
    """1/0/5 takes these values; those that are reported."""
    told = []
    for value in values:
        told += [int(sent.payload) for sent in far.write("/1/0/5", str(value).encode())]
    return told


@pytest.mark.parametrize(
    ("queries", "values", "told"),
    [
        (("gt=100",), (90, 100, 101, 200, 100, 99), [101, 100]),
        (("lt=50",), (60, 50, 49, 10, 50, 60), [49, 50]),
        (("st=10",), (105, 109, 110, 115, 120, 101), [110, 120, 101]),
        (("lt=50", "gt=100"), (60, 101, 150, 70, 40, 45), [101, 70, 40]),
        (("lt=50", "gt=100", "st=20"), (110, 129, 131, 101, 90, 49), [110, 131, 101, 90, 49]),
    ],
)
def test_thresholds_and_steps(
    platform: Far, queries: tuple[str, ...], values: tuple[int, ...], told: list[int]
) -> None:
    """LwM2M 1.0 5.1.2; LE's families: crossed in either direction, compared with what was told
    last. The first value is what 1/0/5 holds when it is observed: 100."""
    far = platform()
    far.write("/1/0/5", b"100" if "st=10" in queries else b"60")
    assert far.attributes("/1/0/5", *queries) == CHANGED
    far.observe("/1/0/5")
    assert _steps(far, *values) == told


def test_thresholds_are_taken_back(platform: Far) -> None:
    """A name without a value (LwM2M 1.0 5.4.4)."""
    far = platform()
    far.attributes("/1/0/5", "gt=100000")
    far.observe("/1/0/5")
    assert _steps(far, 10, 20) == []
    assert far.attributes("/1/0/5", "gt") == CHANGED
    (at_once,) = far.taken()
    assert at_once.payload == b"20"
    assert _steps(far, 30) == [30]


def test_the_nearest_attribute_counts(platform: Far) -> None:
    """Resource before instance before object before 1/0/3 (LwM2M 1.0 5.1.2)."""
    far = platform()
    far.write("/1/0/3", b"50")
    far.observe("/3/0/7")
    assert _times(far.run(50)) == [50.0]
    far.attributes("/3", "pmax=40")
    assert _times(far.run(40)) == [40.0]
    far.attributes("/3/0", "pmax=30")
    assert _times(far.run(30)) == [30.0]
    far.attributes("/3/0/7", "pmax=20")
    assert _times(far.run(20)) == [20.0]
    far.attributes("/3/0/7", "pmax")
    assert _times(far.run(30)) == [30.0]
    far.attributes("/3/0", "pmax")
    far.attributes("/3", "pmax")
    assert _times(far.run(50)) == [50.0]


def test_the_default_pmin_is_the_server_objects(platform: Far) -> None:
    far = platform()
    far.write("/1/0/2", b"10")
    far.observe("/3/0/14")
    far.write("/3/0/14", b"+01:00")
    assert _times(far.run(60)) == [10.0]
    far.attributes("/3/0/14", "pmin=0")
    assert len(far.write("/3/0/14", b"+02:00")) == 1


def test_a_pmax_below_pmin_from_elsewhere_does_not_count(platform: Far) -> None:
    """The rule of 3.16 is of one place; here the two meet from two."""
    far = platform()
    far.attributes("/3/0", "pmax=5")
    far.attributes("/3/0/7", "pmin=20")
    far.observe("/3/0/7")
    assert far.run(60) == []


@pytest.mark.parametrize(
    ("path", "queries", "code"),
    [
        ("/3/0/7", ("pmax=5",), 0x80),  # 4.00: not above the pmin of 10 that it has
        ("/3/0/7", ("pmin=20",), 0x80),  # nor is its pmax of 20 above this
        ("/3/0/7", ("st=100",), CHANGED),
        ("/3/0/14", ("gt=1",), 0x80),  # a text
        ("/3/0/4", ("st=1",), 0x80),  # nothing that has a value
        ("/3/0/12", ("pmin=1",), 0x84),
        ("/3/1", ("pmin=1",), 0x84),
        ("/3/0/7", ("unknown=1",), 0x80),
        ("/3/0", ("gt=1",), 0x80),
    ],
)
def test_what_attributes_are_kept(
    platform: Far, path: str, queries: tuple[str, ...], code: int
) -> None:
    """Manual 3.16, decision 35: what is refused is not printed and changes nothing."""
    far = platform()
    far.attributes("/3/0/7", "pmin=10", "pmax=20")
    far.table.lines()
    assert far.attributes(path, *queries) == code
    assert ("MIPLPARAMETER" in far.table.lines()) == (code == CHANGED)
    far.observe("/3/0/7")
    assert _times(far.run(45)) == [20.0, 40.0]


@pytest.mark.conformance("1.0-int-560", far="datagrams")
@pytest.mark.parametrize(("storing", "told"), [(b"1", [0.5, 20.5]), (b"0", [5.0, 25.0])])
def test_offline_and_back(platform: Far, storing: bytes, told: list[float]) -> None:
    """1/0/6: what is due while the module is offline is reported when it is back, or never (LwM2M
    1.0 E.2). It has searched for half a second (quirk search_ms)."""
    far = platform()
    far.write("/1/0/6", storing)
    far.attributes("/3/0/7", "pmax=20")
    far.observe("/3/0/7")
    assert far.run(5) == []
    far.table.lines()
    assert far.table.at("AT+CGATT=0") == "OK"
    assert far.run(30) == [], "one was due after 15 s"
    assert far.table.at("AT+CGATT=1") == "OK"
    found = [(0.0, sent) for sent in far.taken()] + far.run(30)
    assert _times(found) == told


def test_once_a_day_a_notification_is_confirmable(platform: Far) -> None:
    """RFC 7641 4.5. Its ACK is no event 26: the host has sent nothing; nor does its loss end the
    observation (decision 42)."""
    far = platform()
    far.attributes("/3/0/7", "pmax=43200")
    far.observe("/3/0/7")
    ((_, half), (at, whole)) = far.run(86400)
    assert (half.kind, at, whole.kind) == (NON, 86400.0, CON)
    far.table.deliver(coap(ACK, 0, whole.mid))
    far.table.lines()
    assert [sent.kind for _, sent in far.run(86400)] == [NON, CON]
    assert [sent.kind for _, sent in far.run(100)] == [CON] * 4, "again after 2, 6, 14 and 30 s"
    assert [sent.kind for _, sent in far.run(86300)] == [NON, CON]
    assert far.table.lines() == ""


def test_it_is_not_while_the_host_has_eight_of_its_own(platform: Far) -> None:
    """Decision 42: no more than eight are unacknowledged. The next notification is it."""
    far = platform()
    far.attributes("/3/0/7", "pmax=43200")
    far.observe("/3/0/7")
    far.observe("/3200/0")
    far.run(86390)
    for ackid in range(8):
        line = f'AT+MIPLNOTIFY=0,0,3200,0,5750,1,1,"a",0,0,{ackid}'
        assert far.table.at(line).endswith("OK")
    mids = [sent.mid for sent in far.taken()]
    assert [sent.kind for at, sent in far.run(10) if at == 10] == [NON]
    for mid in mids:
        far.table.deliver(coap(ACK, 0, mid))
    assert [(at, sent.kind) for at, sent in far.run(43200)] == [(43200.0, CON)]


def test_the_attributes_end_with_the_session(platform: Far) -> None:
    far = platform()
    far.attributes("/3/0/7", "pmax=10")
    far.observe("/3/0/7")
    far.table.lines()
    assert far.table.at("AT+MIPLCLOSE=0") == "OK"
    far.table.reply(0x42)
    far.taken()
    assert far.run(60) == []
    assert far.table.at("AT+MIPLOPEN=0,300,30") == "OK"
    far.table.reply(0x41, (8, b"rd"), (8, b"2"))
    far.taken()
    far.observe("/3/0/7")
    assert far.run(60) == []


def test_an_observation_begun_anew_counts_from_then(platform: Far) -> None:
    """RFC 7641 3.1: a new token for the same path takes the place of the old one."""
    far = platform()
    far.attributes("/3/0/7", "pmax=10")
    far.observe("/3/0/7")
    far.run(6)
    token = far.observe("/3/0/7")
    ((at, sent),) = far.run(10)
    assert (at, sent.token) == (10.0, token)


def test_for_objects_of_the_mcu_nothing_is_reported_by_the_module(platform: Far) -> None:
    """Manual 3.16: the MCU carries the attributes out."""
    far = platform()
    far.table.wait(1)
    assert far.attributes("/3200/0", "pmin=1", "pmax=5") == CHANGED
    assert far.table.wait(1) == '+MIPLPARAMETER: 0,601,3200,0,-1,13,"pmin=1;pmax=5"'
    far.observe("/3200/0")
    assert far.run(60) == []


def test_a_waking_module_reports_in_queue_mode(platform: Far) -> None:
    """LwM2M 1.0 8.3: asleep, it says with an Update first that it is there."""
    far = platform('AT+MIPLCFG="binding",0,2', quirks={"queue_awake_s": 10})
    far.attributes("/3/0/7", "pmax=60")
    token = far.observe("/3/0/7")
    update, notification = (sent for _, sent in far.run(60))
    assert (update.code, notification.token) == (2, token)
