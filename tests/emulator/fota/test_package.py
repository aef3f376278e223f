"""The chosen layout of a firmware package, byte by byte."""

import pytest

from emulator.fota.package import MEMORY_LIMIT, Package, pack, unpack
from emulator.fota.states import Result
from tests.emulator.fota.packages import SMALL, sealed


def test_the_shortest_package() -> None:
    assert pack(Package("MN316", "MN316_2.0.0")) == SMALL
    assert unpack(SMALL) == Package("MN316", "MN316_2.0.0", 0)


def test_a_package_has_the_size_that_was_asked_for() -> None:
    packed = pack(Package("M5311", "2", 7), size=3000)
    assert len(packed) == 3000
    assert packed.startswith(b"MIPL\x00\x00\x0b\xac")  # 3000 - 12
    assert packed[12:24] == b"\x00\x00\x00\x07\x05M5311\x012"
    assert unpack(packed) == Package("M5311", "2", 7)


@pytest.mark.parametrize("text", ["", "two words", "a\r\nOK", 65 * "a", "版本", 'a"\x7f'])
def test_texts_that_would_not_print(text: str) -> None:
    with pytest.raises(ValueError, match="printable"):
        pack(Package("MN316", text))
    with pytest.raises(ValueError, match="printable"):
        pack(Package(text, "2"))


@pytest.mark.parametrize("memory", [-1, 1 << 32])
def test_memory_that_would_not_fit(memory: int) -> None:
    with pytest.raises(ValueError, match="RAM"):
        pack(Package("MN316", "2", memory))


@pytest.mark.parametrize(
    "delivered",
    [
        b"PK\x03\x04 something else",
        b"MIP",
        sealed(b""),
        sealed(b"\x00\x00\x00"),
        sealed(b"\x00\x00\x00\x00"),
        sealed(b"\x00\x00\x00\x00\x05MN31"),
        sealed(b"\x00\x00\x00\x00\x05MN316"),
        sealed(b"\x00\x00\x00\x00\x05MN316\x00"),
        sealed(b"\x00\x00\x00\x00\x05MN316\x042\r\nOK"),
        sealed(b"\x00\x00\x00\x00\x05MN316\x41" + 65 * b"a"),
    ],
)
def test_what_is_no_package(delivered: bytes) -> None:
    assert unpack(delivered) is Result.PACKAGE_TYPE


@pytest.mark.parametrize("length", range(4, len(SMALL)))
def test_a_part_of_a_package(length: int) -> None:
    assert unpack(SMALL[:length]) is Result.INTEGRITY


@pytest.mark.parametrize("at", range(4, len(SMALL)))
def test_a_package_with_a_wrong_byte(at: int) -> None:
    wrong = bytes([SMALL[at] ^ 1])
    assert unpack(SMALL[:at] + wrong + SMALL[at + 1 :]) is Result.INTEGRITY


def test_a_package_with_something_behind_it() -> None:
    assert unpack(SMALL + b"\x00") is Result.INTEGRITY


def test_a_package_that_takes_too_much_memory() -> None:
    most = Package("MN316", "2", MEMORY_LIMIT)
    assert unpack(pack(most)) == most
    assert unpack(pack(Package("MN316", "2", MEMORY_LIMIT + 1))) is Result.NO_MEMORY
