"""What is refused before anybody is asked: conformance 7 (1.1-int-221, 280) and 9."""

import pytest

from lwm2m_core.dispatch import Manners, judge
from lwm2m_core.message import Code, Message, options
from lwm2m_core.objects import ObjectTree
from lwm2m_core.operations import Discover, Execute, Observe, Read, Refusal, Write
from lwm2m_core.paths import Path


@pytest.fixture
def grown(tree: ObjectTree) -> ObjectTree:
    """3200/0 of the MCU, 3/0 of the module, and 5 without an instance."""
    tree.add_object(3, [0], owner="module")
    tree.add_object(5, [])
    return tree


def message(
    code: Code,
    path: str,
    *,
    content_format: int | None = None,
    accept: int | None = None,
    observe: int | None = None,
    query: tuple[str, ...] = (),
    payload: bytes = b"",
) -> Message:
    asked = options(
        path=path.strip("/").split("/"),
        content_format=content_format,
        accept=accept,
        observe=observe,
        query=query,
    )
    return Message(0, code, 40001, b"\x11", asked, payload)


@pytest.mark.parametrize(
    ("asked", "operation"),
    [
        (message(Code.GET, "/3200"), Read(40001, Path(3200))),
        (message(Code.GET, "/3200/0"), Read(40001, Path(3200, 0))),
        (message(Code.GET, "/3200/0/5750"), Read(40001, Path(3200, 0, 5750))),
        (message(Code.GET, "/3/0/0", accept=0), Read(40001, Path(3, 0, 0), 0)),
        (message(Code.GET, "/3/0", accept=1542), Read(40001, Path(3, 0), 1542)),
        (message(Code.GET, "/3200", accept=40), Discover(40001, Path(3200))),
        (message(Code.GET, "/5"), Read(40001, Path(5))),
        (
            message(Code.GET, "/3200/0", observe=0, accept=11542),
            Observe(40001, Path(3200, 0), b"\x11", 11542),
        ),
        (
            message(Code.PUT, "/3200/0/5750", payload=b"1"),
            Write(40001, Path(3200, 0, 5750), None, b"1", True),
        ),
        (
            message(Code.POST, "/3200/0/5750", content_format=0),
            Execute(40001, Path(3200, 0, 5750), 0, b""),
        ),
    ],
)
def test_passes(grown: ObjectTree, asked: Message, operation: object) -> None:
    assert judge(asked, grown) == operation


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        # Object 0 belongs to the bootstrap server (1.1-int-221).
        (message(Code.GET, "/0"), Code.UNAUTHORIZED),
        (message(Code.GET, "/0/0"), Code.UNAUTHORIZED),
        (message(Code.GET, "/0/0", accept=40), Code.UNAUTHORIZED),
        (message(Code.GET, "/0/0", observe=0), Code.UNAUTHORIZED),
        (message(Code.PUT, "/0/0/0", payload=b"coap://x"), Code.UNAUTHORIZED),
        (message(Code.PUT, "/0", query=("pmin=1",)), Code.UNAUTHORIZED),
        (message(Code.DELETE, "/0/1"), Code.UNAUTHORIZED),
        # Create and Delete: 4.05, whether it is there or not (1.0-int-270, 290, 680, 685).
        (message(Code.POST, "/3", content_format=11542), Code.METHOD_NOT_ALLOWED),
        (message(Code.POST, "/16", content_format=11542), Code.METHOD_NOT_ALLOWED),
        (message(Code.DELETE, "/3/0"), Code.METHOD_NOT_ALLOWED),
        (message(Code.DELETE, "/3200/0"), Code.METHOD_NOT_ALLOWED),
        (message(Code.DELETE, "/16/0"), Code.METHOD_NOT_ALLOWED),
        # Unknown object or instance: 4.04 (MB 2.8).
        (message(Code.GET, "/16"), Code.NOT_FOUND),
        (message(Code.GET, "/3200/1"), Code.NOT_FOUND),
        (message(Code.GET, "/3200/1/5750", observe=0), Code.NOT_FOUND),
        (message(Code.GET, "/5/0"), Code.NOT_FOUND),
        (message(Code.GET, "/1/0", accept=40), Code.NOT_FOUND),
        (message(Code.PUT, "/3303/0/5700", payload=b"1"), Code.NOT_FOUND),
        (message(Code.POST, "/3303/0/5700"), Code.NOT_FOUND),
        (message(Code.PUT, "/3303/0", query=("pmin=1",)), Code.NOT_FOUND),
        # Accept that we do not speak: 4.06; CBOR and SenML are among them (1.1-int-211, 231).
        (message(Code.GET, "/3/0", accept=112), Code.NOT_ACCEPTABLE),
        (message(Code.GET, "/3200/0", accept=60), Code.NOT_ACCEPTABLE),
        (message(Code.GET, "/3200/0/5750", observe=0, accept=110), Code.NOT_ACCEPTABLE),
        (message(Code.GET, "/3200/0", accept=0), Code.NOT_ACCEPTABLE),
        # Content-Format of what is written: 4.15 (1.1-int-212, 231).
        (message(Code.PUT, "/3200/0", content_format=110), Code.UNSUPPORTED_CONTENT_FORMAT),
        (message(Code.POST, "/3200/0", content_format=60), Code.UNSUPPORTED_CONTENT_FORMAT),
        (message(Code.PUT, "/3200/0", content_format=0), Code.UNSUPPORTED_CONTENT_FORMAT),
        (message(Code.PUT, "/3200/0/5750", content_format=40), Code.UNSUPPORTED_CONTENT_FORMAT),
        # Not known is told before not understood.
        (message(Code.PUT, "/3303/0", content_format=60), Code.NOT_FOUND),
    ],
)
def test_refused(grown: ObjectTree, asked: Message, code: Code) -> None:
    assert judge(asked, grown) == Refusal(code)


def test_a_server_object_in_the_tree_is_handed_on(tree: ObjectTree) -> None:
    """Its owner answers, as for any object (decision 33)."""
    tree.add_object(1, [0], owner="module")
    asked = message(Code.PUT, "/1/0/1", content_format=0, payload=b"20")
    assert judge(asked, tree) == Write(40001, Path(1, 0, 1), 0, b"20", True)


CIS = Manners(Code.BAD_REQUEST, Code.NOT_FOUND, Code.NOT_FOUND, hears_early=False)


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        (message(Code.POST, "/3200", payload=b"\x08\x01\x00"), Code.BAD_REQUEST),
        (message(Code.POST, "/9999"), Code.BAD_REQUEST),
        (message(Code.DELETE, "/3200"), Code.NOT_FOUND),
        (message(Code.DELETE, "/3200/0"), Code.NOT_FOUND),
        (message(Code.DELETE, "/3200/0/5750"), Code.NOT_FOUND),
        (message(Code.GET, "/0/0"), Code.NOT_FOUND),
        (message(Code.DELETE, "/0/0"), Code.NOT_FOUND),
        (message(Code.GET, "/9999/0"), Code.NOT_FOUND),
        (message(Code.FETCH, "/3200"), Code.METHOD_NOT_ALLOWED),
    ],
)
def test_the_codes_of_other_kits(asked: Message, code: Code, grown: ObjectTree) -> None:
    """MB 2.8: quirk cis_codes."""
    assert judge(asked, grown, CIS) == Refusal(code)
