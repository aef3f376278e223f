"""Bodies in blocks for the module's own objects (decisions 33, 36; RFC 7959 2.5)."""

from emulator.own.bodies import Bodies
from lwm2m_core.message import Code
from lwm2m_core.operations import Part
from lwm2m_core.paths import Path

PACKAGE = Path(5, 0, 0)
FIRST, NEXT, LAST = Part(b"", False), Part(None, False), Part(None, True)


def test_the_parts_make_one_body() -> None:
    bodies = Bodies()
    assert bodies.add(PACKAGE, Part(b"ab", False), b"cd", 8, 0) == Code.CONTINUE
    assert bodies.received(PACKAGE) == 4
    assert bodies.add(PACKAGE, NEXT, b"ef", 8, 1) == Code.CONTINUE
    assert bodies.add(PACKAGE, LAST, b"gh", 8, 2) == b"abcdefgh"
    assert (bodies.received(PACKAGE), bodies.deadline()) == (0, None)


def test_a_body_that_passes_its_limit_is_4_13_and_forgotten() -> None:
    bodies = Bodies()
    assert bodies.add(PACKAGE, FIRST, b"abcd", 7, 0) == Code.CONTINUE
    assert bodies.add(PACKAGE, LAST, b"efgh", 7, 0) == 0x8D
    assert bodies.add(PACKAGE, NEXT, b"ijkl", 7, 0) == 0x88


def test_a_body_may_begin_anew() -> None:
    bodies = Bodies()
    bodies.add(PACKAGE, FIRST, b"old", 8, 0)
    bodies.add(PACKAGE, FIRST, b"new", 8, 0)
    assert bodies.add(PACKAGE, LAST, b"er", 8, 0) == b"newer"


def test_a_body_of_which_nothing_more_comes_is_silent_after_247_s() -> None:
    """RFC 7252 4.8.2, EXCHANGE_LIFETIME: as long as the engine waits."""
    bodies = Bodies()
    bodies.add(PACKAGE, FIRST, b"abcd", 8, 10)
    assert bodies.deadline() == 257
    assert bodies.silent(256.9) == ()
    assert bodies.silent(257) == (PACKAGE,)
    bodies.drop(PACKAGE)
    assert bodies.paths() == ()
