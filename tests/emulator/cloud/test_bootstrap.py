"""The bootstrap server against datagrams typed by hand (MB 2.5, decision 51; LwM2M 1.0 5.2)."""

from dataclasses import replace
from typing import Any

import pytest

from emulator.cloud.admission import Admission, Declared
from emulator.cloud.bootstrap import ATTEMPT_LIMIT, BootstrapServer
from emulator.cloud.events import (
    BootstrapFailed,
    Bootstrapped,
    RegistrationRefused,
    describe,
)
from emulator.cloud.manners import ONENET, BootstrapManner, Handout
from emulator.cloud.peers import Peer, Send

PEER = Peer("10.0.0.1", 49152)

ASK = b"\x41\x02\x00\x01\xaa" + b"\xb2bs" + b"\x4d\x05ep=869975030000461"
CHANGED = b"\x61\x44\x00\x01\xaa"

# MB 2.5: 0 address, 1 no bootstrap account, 2 NoSec, 3 4 5 empty, 10 short id, 11 no hold-off
SECURITY = (
    b"\xc8\x00\x19coap://183.230.40.40:5683"
    + b"\xc1\x01\x00"
    + b"\xc1\x02\x03"
    + b"\xc0\x03\xc0\x04\xc0\x05"
    + b"\xc1\x0a\x01"
    + b"\xc1\x0b\x00"
)
PUT = (
    b"\x44\x03\x98\xd1\x00\x00\x00\x01"
    + b"\xb1"
    + b"0"
    + b"\x01"
    + b"0"
    + b"\x12\x2d\x16"
    + b"\xff"
    + SECURITY
)
PUT_DONE = b"\x64\x44\x98\xd1\x00\x00\x00\x01"
FINISH = b"\x44\x02\x98\xd2\x00\x00\x00\x02" + b"\xb2bs"
FINISHED = b"\x64\x44\x98\xd2\x00\x00\x00\x02"


class Bench:
    def __init__(self, draws: Any, manner: BootstrapManner | None = None, **more: Any) -> None:
        assert ONENET.bootstrap is not None
        chosen = manner or ONENET.bootstrap
        self.server = BootstrapServer(chosen, ONENET.transmission, draws, **more)
        self.now = 0.0
        self.events: list[Any] = []

    def receive(self, data: bytes, peer: Peer = PEER) -> list[bytes]:
        self.server.datagram_received(data, peer, self.now)
        return self.sent()

    def sent(self) -> list[bytes]:
        outputs = self.server.outputs()
        self.events += [output for output in outputs if not isinstance(output, Send)]
        return [output.data for output in outputs if isinstance(output, Send)]

    def wait(self) -> list[bytes]:
        found = []
        while (deadline := self.server.deadline()) is not None:
            self.now = deadline
            self.server.handle_timeout(self.now)
            found += self.sent()
        return found


@pytest.fixture
def bench(draws: Any) -> Bench:
    return Bench(draws)


def test_onenet_writes_the_account_and_finishes(bench: Bench) -> None:
    assert bench.receive(ASK) == [CHANGED, PUT]
    assert bench.receive(PUT_DONE) == [FINISH]
    assert bench.receive(FINISHED) == []
    assert bench.events == [Bootstrapped("869975030000461", "coap://183.230.40.40:5683")]
    assert bench.server.deadline() is None


def test_the_request_sent_again_gets_its_answer_again_and_nothing_else(bench: Bench) -> None:
    bench.receive(ASK)
    assert bench.receive(ASK) == [CHANGED]


def test_a_device_that_asks_anew_begins_anew(bench: Bench) -> None:
    bench.receive(ASK)
    again = bench.receive(b"\x41\x02\x00\x02" + ASK[4:])
    assert again[0] == b"\x61\x44\x00\x02\xaa"
    assert again[1][2:4] == b"\x98\xd2"
    assert bench.receive(PUT_DONE) == []  # the answer to the first account is nobody's
    assert bench.receive(b"\x64\x44\x98\xd2\x00\x00\x00\x02")[0][8:] == b"\xb2bs"


def test_a_refused_account_ends_the_bootstrap(bench: Bench) -> None:
    bench.receive(ASK)
    assert bench.receive(b"\x64\x80" + PUT_DONE[2:]) == []
    assert list(map(describe, bench.events)) == ["869975030000461 not bootstrapped: PUT /0/0: 4.00"]


def test_a_device_that_does_not_answer_is_given_up(bench: Bench) -> None:
    bench.receive(ASK)
    assert bench.wait() == [PUT, PUT]
    assert [event.result for event in bench.events] == ["timeout"]
    assert isinstance(bench.events[0], BootstrapFailed)


def test_a_platform_may_delete_first_and_write_the_server_object(draws: Any) -> None:
    # SV 2.2: Wakaama and Leshan
    manner = BootstrapManner(
        Handout("coap://127.0.0.1:5683"), deletes=("/0", "/"), server_object=True, lifetime=300
    )
    bench = Bench(draws, manner)
    assert bench.receive(ASK)[1] == b"\x44\x04\x98\xd1\x00\x00\x00\x01" + b"\xb1" + b"0"
    # a client that refuses to delete (MB 2.5: 5.01) is bootstrapped all the same
    assert bench.receive(b"\x64\xa1\x98\xd1\x00\x00\x00\x01") == [
        b"\x44\x04\x98\xd2\x00\x00\x00\x02"
    ]
    assert bench.receive(b"\x64\x42\x98\xd2\x00\x00\x00\x02")[0][8:14] == b"\xb1" + b"0" + (
        b"\x01" + b"0" + b"\x12\x2d"
    )
    assert bench.receive(b"\x64\x44\x98\xd3\x00\x00\x00\x03") == [
        b"\x44\x03\x98\xd4\x00\x00\x00\x04"
        + b"\xb1"
        + b"1"
        + b"\x01"
        + b"0"
        + b"\x12\x2d\x16"
        + b"\xff"
        # short id 1, lifetime 300, no storing, binding U
        + b"\xc1\x00\x01\xc2\x01\x01\x2c\xc1\x06\x00\xc1\x07U"
    ]
    # CIS: object 1 is unknown, 4.04
    assert bench.receive(b"\x64\x84\x98\xd4\x00\x00\x00\x04")[0][8:] == b"\xb2bs"


def test_an_account_may_be_made_for_each_device(draws: Any) -> None:
    def handout(endpoint: str, peer: Peer, now: float) -> Handout:
        return Handout("coaps://h:5684", mode=0, identity=endpoint.encode(), key=b"k" * 8)

    (_, put) = Bench(draws, handout_for=handout).receive(ASK)
    assert put.endswith(
        b"\xff\xc8\x00\x0ecoaps://h:5684\xc1\x01\x00\xc1\x02\x00"
        b"\xc8\x03\x0f869975030000461\xc0\x04\xc8\x05\x08kkkkkkkk\xc1\x0a\x01\xc1\x0b\x00"
    )


@pytest.mark.parametrize(
    ("request_", "code"),
    [
        (b"\x40\x02\x00\x09" + b"\xb2bs", b"\x80"),  # no endpoint name
        (b"\x40\x01\x00\x09" + b"\xb2bs", b"\x85"),
        (b"\x40\x02\x00\x09" + b"\xb2rd" + b"\x47ep=abcd", b"\x84"),
        (b"\x40\x02\x00\x09", b"\x84"),
    ],
)
def test_other_requests_are_refused(bench: Bench, request_: bytes, code: bytes) -> None:
    assert bench.receive(request_) == [b"\x60" + code + b"\x00\x09"]
    assert all(isinstance(event, RegistrationRefused) for event in bench.events)


def test_it_can_be_told_to_refuse(bench: Bench) -> None:
    bench.server.refuse = 131
    assert bench.receive(ASK) == [b"\x61\x83\x00\x01\xaa"]
    assert bench.events == [RegistrationRefused(PEER, 131, "as told to")]


def test_decision_51_a_strict_platform_answers_4_03(draws: Any) -> None:
    admission = Admission(ONENET)
    admission.strict = True
    admission.declare(Declared("869975030000461", auth_code="cmiot"))
    bench = Bench(draws, admission=admission)
    both = b"\x4d\x15ep=869975030000461;460001357924680"
    ask = b"\x41\x02\x00\x01\xaa" + b"\xb2bs" + both
    assert bench.receive(ask) == [b"\x61\x83\x00\x01\xaa"]
    other = ask.replace(b"461;", b"462;").replace(b"\x00\x01", b"\x00\x02")
    assert bench.receive(other) == [b"\x61\x83\x00\x02\xaa"]
    # the auth code in option 63: delta 48 = 13 + 35 behind Uri-Query
    right = ask.replace(b"\x00\x01", b"\x00\x03") + b"\xd5\x23cmiot"
    assert bench.receive(right)[0] == b"\x61\x44\x00\x03\xaa"


def test_only_so_many_bootstraps_are_under_way(bench: Bench) -> None:
    for port in range(ATTEMPT_LIMIT):
        bench.receive(ASK, Peer("10.0.0.2", port))
    assert bench.receive(ASK) == [b"\x61\xa3\x00\x01\xaa"]  # 5.03
    bench.wait()
    assert len(bench.receive(b"\x41\x02\x00\x02" + ASK[4:])) == 2


def test_a_manner_is_data(draws: Any) -> None:
    assert ONENET.bootstrap is not None
    manner = replace(ONENET.bootstrap, handout=Handout("coap://127.0.0.1:1"))
    assert b"coap://127.0.0.1:1\xc1" in Bench(draws, manner).receive(ASK)[1]
