"""How the registry asks an object of the module: here one that writes down what it is asked."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import pytest

from emulator.instance import Instance
from emulator.own.object import Current, Resource
from emulator.own.registry import OwnObjects
from emulator.own.server import Server
from lwm2m_core.message import Code
from lwm2m_core.operations import Execute, Operation, Part, Read, Write
from lwm2m_core.paths import Path
from lwm2m_core.values import ResourceType, Value
from tests.desk import Desk

TEXT, OPAQUE, TLV = 0, 42, 11542


@dataclass
class Notebook:
    """Object 9 with a text, a number and bytes, all writable; blocks are refused as it is told."""

    number: int = 9
    definition: Mapping[int, Resource] = field(
        default_factory=lambda: {
            0: Resource("RW", ResourceType.STRING, mandatory=True),
            1: Resource("RW", ResourceType.INTEGER),
            2: Resource("W", ResourceType.OPAQUE),
            3: Resource("E"),
        }
    )
    body_limit: int = 2000
    is_there: bool = True
    asked: list[object] = field(default_factory=list)
    go_on: Code = Code.CONTINUE

    def values(self, now: float) -> Mapping[int, Current]:
        return {0: "text"}

    def write(self, values: Mapping[int, Value], replace: bool, now: float) -> Code:
        self.asked.append((dict(values), replace))
        return Code.CHANGED

    def arriving(self, resource: int, received: int, now: float) -> Code:
        self.asked.append((resource, received))
        return self.go_on

    def execute(self, resource: int, arguments: bytes, now: float) -> Code:
        self.asked.append((resource, arguments))
        return Code.CHANGED


@pytest.fixture
def notebook() -> Notebook:
    return Notebook()


@pytest.fixture
def own(desk: Callable[..., Desk], notebook: Notebook) -> OwnObjects:
    table = desk()
    table.at("AT+MIPLCREATE")
    instance: Instance = table.firmware.existing().instance
    return OwnObjects(instance, Server(instance, lambda wish: None), lambda *_: (notebook,))


def _write(path: str, payload: bytes, form: int, part: Part | None = None) -> Write:
    return Write(700, Path.parse(path), form, payload, True, part)


def test_a_write_brings_typed_values(own: OwnObjects, notebook: Notebook) -> None:
    assert own.carry_out(_write("/9/0/1", b"0042", TEXT), 0) == Code.CHANGED
    body = bytes.fromhex("c100 61 c101 07 c102 ff")
    assert own.carry_out(_write("/9/0", body, TLV), 0) == Code.CHANGED
    assert notebook.asked == [({1: 42}, False), ({0: "a", 1: 7, 2: b"\xff"}, True)]


@pytest.mark.parametrize(
    ("form", "pieces", "value"),
    [
        (OPAQUE, (b"ab", b"cd", b"ef"), b"abcdef"),
        (TLV, (b"ab", b"cd", b"ef"), b"abcdef"),  # the engine has taken the header off
        (TEXT, (b"YW", b"Jj", b"ZA=="), b"abcd"),  # Base64 (LwM2M 1.0 Appendix C)
    ],
)
def test_a_body_in_blocks_is_told_as_it_arrives_and_written_once(
    own: OwnObjects, notebook: Notebook, form: int, pieces: tuple[bytes, ...], value: bytes
) -> None:
    parts = (Part(b"", False), Part(None, False), Part(None, True))
    codes = [
        own.carry_out(_write("/9/0/2", piece, form, part), 0)
        for piece, part in zip(pieces, parts, strict=True)
    ]
    assert codes == [Code.CONTINUE, Code.CONTINUE, Code.CHANGED]
    assert notebook.asked == [(2, 2), (2, 4), ({2: value}, False)]


def test_an_object_may_end_a_body(own: OwnObjects, notebook: Notebook) -> None:
    """Then nothing of it is left to be broken off later."""
    notebook.go_on = Code.METHOD_NOT_ALLOWED
    part = Part(b"", False)
    assert own.carry_out(_write("/9/0/2", b"ab", OPAQUE, part), 0) == Code.METHOD_NOT_ALLOWED
    assert own.deadline() is None
    own.session_over(1)
    assert notebook.asked == [(2, 2)]


def test_a_body_that_grows_too_long_is_broken_off(own: OwnObjects, notebook: Notebook) -> None:
    own.carry_out(_write("/9/0/2", b"a" * 1500, OPAQUE, Part(b"", False)), 0)
    code = own.carry_out(_write("/9/0/2", b"a" * 1500, OPAQUE, Part(None, False)), 1)
    assert code == Code.REQUEST_ENTITY_TOO_LARGE
    assert notebook.asked == [(2, 1500), (2, 0)]


@pytest.mark.parametrize("silent", [True, False])
def test_a_body_of_which_nothing_more_comes_is_broken_off(
    own: OwnObjects, notebook: Notebook, silent: bool
) -> None:
    """After 247 s (RFC 7252 4.8.2), or with the end of the session."""
    own.carry_out(_write("/9/0/2", b"ab", OPAQUE, Part(b"", False)), 10)
    assert own.deadline() == 257
    notebook.asked.clear()
    if silent:
        own.handle_timeout(256)
        assert notebook.asked == []
        own.handle_timeout(257)
        assert notebook.asked == [(2, 0)]
    else:
        own.session_over(20)
        assert notebook.asked == [(2, 0)]
    code = own.carry_out(_write("/9/0/2", b"cd", OPAQUE, Part(None, True)), 300)
    assert code == Code.REQUEST_ENTITY_INCOMPLETE


@pytest.mark.parametrize(
    ("operation", "code"),
    [
        (Read(1, Path(9, 0, 0)), None),
        (Read(1, Path(9, 0, 1)), Code.NOT_FOUND),  # nothing is in it
        (Read(1, Path(9, 0, 2)), Code.METHOD_NOT_ALLOWED),
        (Read(1, Path(9, 0, 3)), Code.METHOD_NOT_ALLOWED),
        (Read(1, Path(9, 0, 4)), Code.NOT_FOUND),
        (Write(1, Path(9, 0, 1), 0, b"", True), None),
        (Write(1, Path(9, 0, 3), 0, b"", True), Code.METHOD_NOT_ALLOWED),
        (Write(1, Path(9, 0, 4), 0, b"", True), Code.NOT_FOUND),
        (Execute(1, Path(9, 0, 3), None, b""), None),
        (Execute(1, Path(9, 0, 2), None, b""), Code.METHOD_NOT_ALLOWED),
        (Execute(1, Path(9, 0, 4), None, b""), Code.NOT_FOUND),
    ],
)
def test_what_is_refused(own: OwnObjects, operation: Operation, code: Code | None) -> None:
    assert own.refusal(operation, 0) == code


def test_an_object_may_come_and_go(own: OwnObjects, notebook: Notebook) -> None:
    assert own.has(Path(9, 0))
    notebook.is_there = False
    own.settle(1)
    assert not own.has(Path(9, 0))
    notebook.is_there = True
    own.settle(2)
    assert own.has(Path(9, 0))
