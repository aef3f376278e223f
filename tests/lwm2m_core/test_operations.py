"""Methods, paths and codes: MB 2.8, conformance 7 and 9."""

import pytest

from lwm2m_core.attributes import Attributes
from lwm2m_core.message import Code, Message, Options, Type, options
from lwm2m_core.operations import (
    CancelObserve,
    Create,
    Delete,
    Discover,
    Execute,
    Observe,
    Operation,
    Read,
    Refusal,
    Write,
    WriteAttributes,
    classify,
)
from lwm2m_core.paths import Path

OBJECT, INSTANCE, RESOURCE = Path(3200), Path(3200, 0), Path(3200, 0, 5750)
MID, TOKEN = 18172, bytes.fromhex("5c2a01f0")
EVERY_DEPTH = [OBJECT, INSTANCE, RESOURCE]


def request(
    code: Code,
    path: Path | str,
    *,
    token: bytes = TOKEN,
    query: tuple[str, ...] = (),
    content_format: int | None = None,
    accept: int | None = None,
    observe: int | None = None,
    payload: bytes = b"",
) -> Message:
    segments = tuple(str(path).split("/")[1:]) if str(path) != "/" else ()
    chosen: Options = options(
        path=segments, query=query, content_format=content_format, accept=accept, observe=observe
    )
    return Message(Type.CON, code, MID, token, chosen, payload)


@pytest.mark.parametrize("path", EVERY_DEPTH)
@pytest.mark.parametrize("accept", [None, 0, 11542])
def test_get_is_read(path: Path, accept: int | None) -> None:
    assert classify(request(Code.GET, path, accept=accept)) == Read(MID, path, accept)


@pytest.mark.parametrize("path", EVERY_DEPTH)
def test_get_with_accept_40_is_discover(path: Path) -> None:
    assert classify(request(Code.GET, path, accept=40)) == Discover(MID, path)


@pytest.mark.parametrize("path", EVERY_DEPTH)
def test_get_with_observe_0_is_observe(path: Path) -> None:
    message = request(Code.GET, path, observe=0, accept=11542)
    assert classify(message) == Observe(MID, path, TOKEN, 11542)


@pytest.mark.parametrize("path", EVERY_DEPTH)
def test_get_with_observe_1_is_cancel(path: Path) -> None:
    assert classify(request(Code.GET, path, observe=1)) == CancelObserve(MID, path, TOKEN)


def test_observe_beats_accept() -> None:
    """MB 2.8: Discover is a GET with Accept 40 alone."""
    message = request(Code.GET, OBJECT, observe=0, accept=40)
    assert classify(message) == Observe(MID, OBJECT, TOKEN, 40)


def test_any_other_observe_value_is_none() -> None:
    """RFC 7641 section 2: the request falls back to a normal GET."""
    assert classify(request(Code.GET, RESOURCE, observe=2)) == Read(MID, RESOURCE)


def test_observe_needs_a_token() -> None:
    """MB 2.8: 4.00."""
    message = request(Code.GET, RESOURCE, observe=0, token=b"")
    assert classify(message) == Refusal(Code.BAD_REQUEST)


@pytest.mark.parametrize("path", [INSTANCE, RESOURCE])
def test_put_is_write_that_replaces(path: Path) -> None:
    message = request(Code.PUT, path, content_format=11542, payload=b"\xc0\x01")
    assert classify(message) == Write(MID, path, 11542, b"\xc0\x01", replace=True)


def test_put_of_nothing_is_write() -> None:
    """Only a query makes it Write-Attributes: a string may be empty."""
    assert classify(request(Code.PUT, RESOURCE)) == Write(MID, RESOURCE, None, b"", replace=True)


def test_post_on_an_instance_is_write_that_merges() -> None:
    """1.0-int-215."""
    message = request(Code.POST, INSTANCE, content_format=11542, payload=b"\xc0\x01")
    assert classify(message) == Write(MID, INSTANCE, 11542, b"\xc0\x01", replace=False)


@pytest.mark.parametrize(
    ("content_format", "payload"),
    [(None, b""), (0, b""), (0, b"5='abcd'"), (None, b"'abcd'")],  # SV 2.2
)
def test_post_on_a_resource_is_execute(content_format: int | None, payload: bytes) -> None:
    message = request(Code.POST, RESOURCE, content_format=content_format, payload=payload)
    assert classify(message) == Execute(MID, RESOURCE, content_format, payload)


@pytest.mark.parametrize("path", EVERY_DEPTH)
def test_put_with_a_query_alone_is_write_attributes(path: Path) -> None:
    """SV 2.2: PUT ?pmin=5&pmax=30, no payload."""
    message = request(Code.PUT, path, query=("pmin=5", "pmax=30"))
    assert classify(message) == WriteAttributes(MID, path, Attributes(pmin=5, pmax=30))


def test_put_with_query_and_payload_is_write() -> None:
    message = request(Code.PUT, RESOURCE, query=("pmin=5",), content_format=0, payload=b"1")
    assert classify(message) == Write(MID, RESOURCE, 0, b"1", replace=True)


@pytest.mark.parametrize("query", [("nonsense=1",), ("pmin=9", "pmax=3"), ("pmin=x",)])
def test_attributes_that_break_the_rules(query: tuple[str, ...]) -> None:
    """Decision 35: 4.00."""
    assert classify(request(Code.PUT, RESOURCE, query=query)) == Refusal(Code.BAD_REQUEST)


def test_create_and_delete_are_told_apart() -> None:
    """1.0-int-270 and 290: the engine answers both 4.05."""
    assert classify(request(Code.POST, OBJECT, payload=b"x")) == Create(MID, OBJECT, None, b"x")
    assert classify(request(Code.DELETE, INSTANCE)) == Delete(MID, INSTANCE)


@pytest.mark.parametrize(
    ("code", "path", "refusal"),
    [
        # Conformance 9: the root.
        (Code.GET, "/", Code.BAD_REQUEST),
        (Code.PUT, "/", Code.BAD_REQUEST),
        (Code.POST, "/", Code.BAD_REQUEST),
        (Code.DELETE, "/", Code.BAD_REQUEST),
        # Conformance 9: no operation at that depth.
        (Code.DELETE, "/3200", Code.METHOD_NOT_ALLOWED),
        (Code.DELETE, "/3200/0/5750", Code.METHOD_NOT_ALLOWED),
        (Code.PUT, "/3200", Code.METHOD_NOT_ALLOWED),
        # 1.1-int-225 and 228: resource instances are none of LwM2M 1.0's paths.
        (Code.GET, "/3/0/11/0", Code.BAD_OPTION),
        (Code.PUT, "/3/0/11/0", Code.BAD_OPTION),
        (Code.GET, "/3/0/11/0/0", Code.BAD_OPTION),
        (Code.GET, "/a/b/c/d", Code.BAD_OPTION),
        # What is not a number, or not one of 16 bits.
        (Code.GET, "/rd", Code.NOT_FOUND),
        (Code.POST, "/bs", Code.NOT_FOUND),
        (Code.GET, "/3/a", Code.NOT_FOUND),
        (Code.GET, "/65536", Code.NOT_FOUND),
        (Code.DELETE, "/.well-known/core", Code.NOT_FOUND),
        # 1.1-int-229 and others: composite operations, also on the root.
        (Code.FETCH, "/", Code.METHOD_NOT_ALLOWED),
        (Code.PATCH, "/3200/0", Code.METHOD_NOT_ALLOWED),
        (Code.IPATCH, "/", Code.METHOD_NOT_ALLOWED),
    ],
)
def test_requests_that_are_no_operation(code: Code, path: str, refusal: Code) -> None:
    assert classify(request(code, path)) == Refusal(refusal)


def test_an_unknown_method_is_refused() -> None:
    """RFC 7252 section 5.8: 4.05."""
    message = Message(Type.CON, 8, MID, TOKEN, options(path=("3200", "0")))
    assert classify(message) == Refusal(Code.METHOD_NOT_ALLOWED)


def test_every_operation_names_its_request() -> None:
    """The caller answers by message id, which is <mid> of the lines (decision 29)."""
    operations: list[Operation | Refusal] = [
        classify(request(Code.GET, RESOURCE)),
        classify(request(Code.POST, RESOURCE)),
        classify(request(Code.DELETE, INSTANCE)),
    ]
    assert [o.mid for o in operations if not isinstance(o, Refusal)] == [18172, 18172, 18172]
