"""What a bootstrap server may write, delete and discover: codes, and the account that is left.

TLV by hand (LwM2M 1.0 6.4.3): c8 id len value is a resource of 8 bytes and more, cN id value one
of N bytes, 08 id len … an object instance.
"""

import pytest

from lwm2m_core.accounts import Account
from lwm2m_core.bootstrap_objects import INSTANCE_LIMIT
from lwm2m_core.message import Code, Message, Options, options
from lwm2m_core.objects import ObjectTree
from lwm2m_core.provisioning import PAYLOAD_LIMIT, Provision, Provisioning, Reply

H = bytes.fromhex

URI = b"coap://127.0.0.1:5683"  # 21 bytes
SECURITY_1 = H("c80015") + URI + H("c101 00 c10a 01")  # URI, no bootstrap server, ssid 1
SERVER_1 = H("c100 01 c401 00015180")  # ssid 1, lifetime 86400
ACCOUNT = Account("127.0.0.1", 5683)
TLV = 11542


@pytest.fixture
def provisioning(tree: ObjectTree) -> Provisioning:
    return Provisioning(tree)


def ask(
    provisioning: Provisioning,
    code: Code,
    path: str,
    payload: bytes = b"",
    content_format: int | None = None,
    *,
    accept: int | None = None,
    extra: Options = (),
) -> Reply:
    segments = path.strip("/").split("/") if path != "/" else []
    asked = options(path=segments, content_format=content_format, accept=accept, extra=extra)
    return provisioning.answer(Message(0, code, 1, b"\x01", asked, payload))


def put(
    provisioning: Provisioning, path: str, payload: bytes, content_format: int | None = TLV
) -> Code:
    return ask(provisioning, Code.PUT, path, payload, content_format).code


def finish(provisioning: Provisioning) -> Code:
    return ask(provisioning, Code.POST, "/bs").code


def discover(provisioning: Provisioning, path: str) -> bytes:
    reply = ask(provisioning, Code.GET, path, accept=40)
    assert (reply.code, reply.content_format) == (Code.CONTENT, 40)
    return reply.payload


def test_client_initiated_bootstrap_1_0_int_0(provisioning: Provisioning, tree: ObjectTree) -> None:
    """Two object-level writes, discover, finish, with the list that the test purpose expects."""
    tree.add_object(3, [0], owner="module")
    assert put(provisioning, "/0", H("08 00 1e") + SECURITY_1) == Code.CHANGED
    assert put(provisioning, "/1", H("08 00 09") + SERVER_1) == Code.CHANGED
    assert discover(provisioning, "/") == (
        b'lwm2m="1.0",</0/0>;ssid=1,</0/1>,</1/0>;ssid=1,</3/0>,</3200/0>'
    )
    assert finish(provisioning) == Code.CHANGED
    assert provisioning.provision == Provision(ACCOUNT, 86400, 1)


def test_onenet_writes_object_0_alone_mb_2_5(provisioning: Provisioning) -> None:
    assert put(provisioning, "/0/0", SECURITY_1) == Code.CHANGED
    assert finish(provisioning) == Code.CHANGED
    assert provisioning.provision == Provision(ACCOUNT, None, 1)


def test_wakaama_uses_the_short_server_id_as_instance_id_sv_2_2(
    provisioning: Provisioning,
) -> None:
    for path in ("/0", "/1"):
        assert ask(provisioning, Code.DELETE, path).code == Code.DELETED
    assert put(provisioning, "/0/1", SECURITY_1) == Code.CHANGED
    assert put(provisioning, "/1/1", SERVER_1) == Code.CHANGED
    # The account we bootstrap with has given way to the one written over its number.
    assert discover(provisioning, "/") == (
        b'lwm2m="1.0",</0/0>,</0/1>;ssid=1,</1/1>;ssid=1,</3200/0>'
    )
    assert finish(provisioning) == Code.CHANGED
    assert provisioning.provision == Provision(ACCOUNT, 86400, 1)


def test_leshan_writes_both_accounts_and_empty_values_sv_2_2(provisioning: Provisioning) -> None:
    for path in ("/0", "/1"):
        assert ask(provisioning, Code.DELETE, path).code == Code.DELETED
    empty = H("c102 03 c003 c004 c005 c106 03 c007 c008 c009")
    bootstrap = (
        H("c80015") + b"coap://127.0.0.1:5783" + H("c101 01") + empty + H("c20a 006f c10b 01")
    )
    assert put(provisioning, "/0/0", bootstrap) == Code.CHANGED
    dm = H("c80015") + URI + H("c101 00") + empty + H("c20a 007b c10b 01 c10c 00")
    assert put(provisioning, "/0/1", dm) == Code.CHANGED
    server = H("c100 7b c102 01 c203 000a c106 00 c107 55 c201 012c")
    assert put(provisioning, "/1/0", server) == Code.CHANGED
    # A bootstrap server has no ssid to show; ours has been replaced by what was written.
    assert discover(provisioning, "/0") == b'lwm2m="1.0",</0/0>,</0/1>;ssid=123'
    assert finish(provisioning) == Code.CHANGED
    assert provisioning.provision == Provision(ACCOUNT, 300, 123)


def test_an_empty_value_is_none_whatever_its_type_sv_2_2(provisioning: Provisioning) -> None:
    put(provisioning, "/0/0", SECURITY_1)
    assert ask(provisioning, Code.POST, "/0/0", H("c001 c003 c00a"), TLV).code == Code.CHANGED
    assert discover(provisioning, "/0") == b'lwm2m="1.0",</0/0>,</0/1>'
    assert finish(provisioning) == Code.CHANGED
    assert provisioning.provision == Provision(ACCOUNT, None)


def test_psk_comes_from_resources_3_and_5(provisioning: Provisioning) -> None:
    uri = b"coaps://183.230.40.40"  # 21 bytes; port 5684 unless it says otherwise
    psk = H("c80015") + uri + H("c101 00 c102 00 c803 0f") + b"869975030000461"
    psk += H("c805 40") + bytes(range(64))
    assert put(provisioning, "/0/0", psk) == Code.CHANGED
    assert finish(provisioning) == Code.CHANGED
    account = Account("183.230.40.40", 5684, True, b"869975030000461", bytes(range(64)))
    assert provisioning.provision == Provision(account, None)


def test_resources_one_by_one_in_text_opaque_and_tlv(provisioning: Provisioning) -> None:
    for path, payload, content_format in (
        ("/0/0/0", b"coaps://127.0.0.1:5784", 0),
        ("/0/0/1", b"0", None),
        ("/0/0/3", b"dev1", 42),
        ("/0/0/5", b"c2VjcmV0", 0),  # opaque as text is Base64 (LwM2M 1.0 Appendix C)
        ("/0/0/10", H("c10a 02"), TLV),
        ("/1/3/0", b"2", 0),
        ("/1/3/1", b"0300", 0),
    ):
        assert put(provisioning, path, payload, content_format) == Code.CHANGED
    assert finish(provisioning) == Code.CHANGED
    account = Account("127.0.0.1", 5784, True, b"dev1", b"secret")
    assert provisioning.provision == Provision(account, 300, 2)


def test_post_writes_like_put_but_keeps_what_it_does_not_mention(
    provisioning: Provisioning,
) -> None:
    put(provisioning, "/0/0", SECURITY_1)
    put(provisioning, "/1/0", SERVER_1)
    assert ask(provisioning, Code.POST, "/1/0", H("c101 3c"), TLV).code == Code.CHANGED
    assert finish(provisioning) == Code.CHANGED
    assert provisioning.provision == Provision(ACCOUNT, 60, 1)
    assert put(provisioning, "/1/0", H("c101 3c")) == Code.CHANGED  # now without its ssid
    assert finish(provisioning) == Code.NOT_ACCEPTABLE


def test_tlv_by_its_old_number_mb_2_9(provisioning: Provisioning) -> None:
    assert put(provisioning, "/0/0", SECURITY_1, 1542) == Code.CHANGED
    assert finish(provisioning) == Code.CHANGED


def test_other_objects_are_taken_if_we_have_them(provisioning: Provisioning) -> None:
    for path in ("/3200", "/3200/0", "/3200/7"):
        assert put(provisioning, path, b"") == Code.CHANGED
    assert put(provisioning, "/3200/0/5750", b"text", 0) == Code.CHANGED
    assert put(provisioning, "/3200/0", H("c8")) == Code.BAD_REQUEST
    assert put(provisioning, "/3303/0", H("c100 01")) == Code.NOT_FOUND


def test_json_configures_as_well(provisioning: Provisioning) -> None:
    """LwM2M 1.0, 6.4.4: whatever a Write may carry."""
    security = (
        b'{"bn":"/0/0/","e":[{"n":"0","sv":"coap://127.0.0.1:5683"},'
        b'{"n":"1","bv":false},{"n":"10","v":1}]}'
    )
    assert put(provisioning, "/0/0", security, 11543) == Code.CHANGED
    server = b'{"bn":"/1/","e":[{"n":"0/0","v":1},{"n":"0/1","v":86400}]}'
    assert put(provisioning, "/1", server, 1543) == Code.CHANGED
    assert finish(provisioning) == Code.CHANGED
    assert provisioning.provision == Provision(ACCOUNT, 86400, 1)


@pytest.mark.parametrize(
    ("path", "payload", "content_format", "code"),
    [
        ("/", b"", TLV, Code.BAD_REQUEST),
        ("/rd", b"", TLV, Code.NOT_FOUND),
        ("/0/0/0/0", b"", TLV, Code.NOT_FOUND),
        ("/0/0", b"[]", 110, Code.UNSUPPORTED_CONTENT_FORMAT),
        ("/0/0", b"{}", 11543, Code.BAD_REQUEST),
        ("/0/0", b"</0>", 40, Code.UNSUPPORTED_CONTENT_FORMAT),
        ("/0/0", b"text", 0, Code.UNSUPPORTED_CONTENT_FORMAT),
        ("/0/0/0", b"\xff", 0, Code.BAD_REQUEST),
        ("/0/0", H("c805"), TLV, Code.BAD_REQUEST),  # header cut off
        ("/0/0", H("c101 02"), TLV, Code.BAD_REQUEST),  # a boolean of 2
        ("/0/0", H("c30a 000001"), TLV, Code.BAD_REQUEST),  # an integer of 3 bytes
        ("/0/0/1", H("c10a 01"), TLV, Code.BAD_REQUEST),  # id that is not the path's
        ("/0/0", H("c805 41") + bytes(65), TLV, Code.BAD_REQUEST),  # a key of 65 bytes
        ("/0/0", H("c803 81") + bytes(129), TLV, Code.BAD_REQUEST),  # an identity of 129
        ("/0/0", H("d000 0100") + b"c" * 256, TLV, Code.BAD_REQUEST),  # a URI of 256
        ("/0/0", bytes(PAYLOAD_LIMIT + 1), TLV, Code.REQUEST_ENTITY_TOO_LARGE),
    ],
)
def test_refused_writes_change_nothing(
    provisioning: Provisioning, path: str, payload: bytes, content_format: int, code: Code
) -> None:
    put(provisioning, "/0/0", SECURITY_1)
    assert put(provisioning, path, payload, content_format) == code
    assert finish(provisioning) == Code.CHANGED
    assert provisioning.provision == Provision(ACCOUNT, None, 1)


def test_a_write_with_one_bad_value_changes_nothing(provisioning: Provisioning) -> None:
    bad = H("08 00 1e") + SECURITY_1 + H("08 01 03 c101 02")
    assert put(provisioning, "/0", bad) == Code.BAD_REQUEST
    assert finish(provisioning) == Code.NOT_ACCEPTABLE


def test_an_instance_too_many_is_4_13(provisioning: Provisioning) -> None:
    for number in range(INSTANCE_LIMIT):
        assert put(provisioning, f"/1/{number}", SERVER_1) == Code.CHANGED
    assert put(provisioning, "/1/9", SERVER_1) == Code.REQUEST_ENTITY_TOO_LARGE
    assert put(provisioning, "/1/0", SERVER_1) == Code.CHANGED


@pytest.mark.parametrize("block", [b"\x08", b"\x0e", b"\x16"])
def test_a_block_of_more_is_4_13(provisioning: Provisioning, block: bytes) -> None:
    reply = ask(provisioning, Code.PUT, "/0/0", SECURITY_1, TLV, extra=((27, block),))
    assert reply.code == Code.REQUEST_ENTITY_TOO_LARGE


@pytest.mark.parametrize("block", [b"", b"\x06"])
def test_a_single_block_is_a_whole_body(provisioning: Provisioning, block: bytes) -> None:
    reply = ask(provisioning, Code.PUT, "/0/0", SECURITY_1, TLV, extra=((27, block),))
    assert reply.code == Code.CHANGED


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/", Code.DELETED),
        ("/0", Code.DELETED),
        ("/0/0", Code.DELETED),
        ("/0/7", Code.DELETED),
        ("/1", Code.DELETED),
        ("/0/0/0", Code.METHOD_NOT_ALLOWED),
        ("/3200", Code.METHOD_NOT_ALLOWED),
        ("/3200/0", Code.METHOD_NOT_ALLOWED),
        ("/3303", Code.NOT_FOUND),
        ("/rd", Code.NOT_FOUND),
    ],
)
def test_delete(provisioning: Provisioning, path: str, code: Code) -> None:
    assert ask(provisioning, Code.DELETE, path).code == code


@pytest.mark.parametrize(
    ("path", "links"),
    [
        ("/", b"</0/1>"),
        ("/0", b"</0/1>,</1/0>;ssid=1"),
        ("/0/0", b"</0/1>,</1/0>;ssid=1"),
        ("/1", b"</0/0>;ssid=1,</0/1>"),
        ("/1/0", b"</0/0>;ssid=1,</0/1>"),
    ],
)
def test_delete_keeps_the_account_we_bootstrap_with(
    provisioning: Provisioning, path: str, links: bytes
) -> None:
    put(provisioning, "/0/0", SECURITY_1)
    put(provisioning, "/1/0", SERVER_1)
    ask(provisioning, Code.DELETE, path)
    assert discover(provisioning, "/") == b'lwm2m="1.0",' + links + b",</3200/0>"


def test_discover_of_one_object(provisioning: Provisioning) -> None:
    assert discover(provisioning, "/0") == b'lwm2m="1.0",</0/1>'
    assert discover(provisioning, "/1") == b'lwm2m="1.0"'
    assert discover(provisioning, "/3200") == b'lwm2m="1.0",</3200/0>'


@pytest.mark.parametrize(
    ("code", "path", "accept", "answer"),
    [
        (Code.GET, "/1", None, Code.METHOD_NOT_ALLOWED),  # Bootstrap-Read is 1.1 (1.1-int-8)
        (Code.GET, "/1", TLV, Code.METHOD_NOT_ALLOWED),
        (Code.GET, "/0/0", 40, Code.METHOD_NOT_ALLOWED),
        (Code.GET, "/bs", 40, Code.METHOD_NOT_ALLOWED),
        (Code.GET, "/3303", 40, Code.NOT_FOUND),
        (Code.FETCH, "/1", None, Code.METHOD_NOT_ALLOWED),
        (Code.IPATCH, "/1", None, Code.METHOD_NOT_ALLOWED),
    ],
)
def test_other_requests_are_refused(
    provisioning: Provisioning, code: Code, path: str, accept: int | None, answer: Code
) -> None:
    assert ask(provisioning, code, path, accept=accept).code == answer


@pytest.mark.parametrize(
    ("security", "server"),
    [
        (b"", b""),
        (b"", SERVER_1),
        (H("c101 00 c10a 01"), SERVER_1),  # no URI
        (H("c80015") + b"http://127.0.0.1:5683" + H("c10a 01"), SERVER_1),
        (H("c80015") + URI + H("c101 01 c10a 01"), SERVER_1),  # a bootstrap server
        (H("c80015") + URI + H("c10a 02"), SERVER_1),  # another's ssid
        (H("c80015") + URI, SERVER_1),
        (H("c80015") + URI, H("c401 00015180")),  # a server without an ssid
    ],
)
def test_inconsistent_configuration_is_4_06_and_not_applied_1_1_int_9(
    provisioning: Provisioning, security: bytes, server: bytes
) -> None:
    put(provisioning, "/0/0", security)
    if server:
        put(provisioning, "/1/0", server)
    assert finish(provisioning) == Code.NOT_ACCEPTABLE
    assert provisioning.provision is None
    # The server may mend it and finish again.
    put(provisioning, "/0/0", SECURITY_1)
    put(provisioning, "/1/0", SERVER_1)
    assert finish(provisioning) == Code.CHANGED


def test_the_instance_that_fits_is_taken_not_the_first(provisioning: Provisioning) -> None:
    put(provisioning, "/0/0", H("c80015") + b"coap://127.0.0.9:5683" + H("c10a 09"))
    put(provisioning, "/0/1", SECURITY_1)
    put(provisioning, "/1/5", SERVER_1)
    assert finish(provisioning) == Code.CHANGED
    assert provisioning.provision == Provision(ACCOUNT, 86400, 1)


def test_a_lifetime_that_is_none_is_not_handed_out(provisioning: Provisioning) -> None:
    put(provisioning, "/0/0", SECURITY_1)
    put(provisioning, "/1/0", H("c100 01 c101 00"))
    assert finish(provisioning) == Code.CHANGED
    assert provisioning.provision == Provision(ACCOUNT, None, 1)
