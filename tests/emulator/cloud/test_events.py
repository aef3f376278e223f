"""Events in words: one line for people, in which no secret stands."""

import pytest

from emulator.cloud.events import (
    BootstrapFailed,
    Bootstrapped,
    Deregistered,
    Event,
    Expired,
    Finished,
    Forgotten,
    Moved,
    Notified,
    NotUnderstood,
    Ready,
    Registered,
    RegistrationRefused,
    Updated,
    describe,
)
from emulator.cloud.operations import Answer, CancelObserve, Read
from emulator.cloud.peers import Peer
from emulator.cloud.points import Point
from lwm2m_core.paths import Path

PEER = Peer("127.0.0.1", 5000)
PATHS = (Path(3200, 0), Path(3303))


@pytest.mark.parametrize(
    ("event", "line"),
    [
        (Bootstrapped("1", "coap://h"), "1 bootstrapped: coap://h"),
        (BootstrapFailed("1", "PUT /0/0", "reset"), "1 not bootstrapped: PUT /0/0: reset"),
        (
            Registered("1", "1;2", PEER, 60, PATHS),
            "1 registered as 1;2 from 127.0.0.1:5000, 60 s: /3200/0 /3303",
        ),
        (RegistrationRefused(PEER, 131, "why"), "127.0.0.1:5000 refused: 4.03 why"),
        (Updated("1", 60, PATHS), "1 updated, 60 s: /3200/0 /3303"),
        (Moved("1", PEER), "1 now at 127.0.0.1:5000"),
        (Deregistered("1"), "1 deregistered"),
        (Expired("1"), "1 expired"),
        (Forgotten("1"), "1 forgotten"),
        (Finished(5, "1", Read(Path(3, 0)), Answer(69)), "1 read /3/0: 2.05"),
        (Finished(None, "1", CancelObserve(Path(3)), "timeout"), "1 cancelobserve /3: timeout"),
        (Ready("1"), "1 ready"),
        (
            Notified("1", (Point(Path(3, 0, 9), 5, b"\5"), Point(Path(3, 0, 1), "a", b"a"))),
            "1 notified /3/0/9 = 5, /3/0/1 = 'a'",
        ),
        (NotUnderstood("1", Path(3), "cut off"), "1 notified /3, not understood: cut off"),
    ],
)
def test_an_event_in_words(event: Event, line: str) -> None:
    assert describe(event) == line


def test_text_of_a_device_cannot_disturb_a_terminal() -> None:
    point = Point(Path(3200, 0, 5750), "\x1b[2J", b"\x1b[2J")
    assert describe(Notified("1", (point,))).isprintable()
