"""What strangers send is not kept because its meaning is remembered."""

import tracemalloc

from lwm2m_core.critical import bad_option, wants_proxy
from lwm2m_core.message import Code, Message, Type
from lwm2m_core.operations import classify


def test_long_lists_of_options_are_not_kept() -> None:
    tracemalloc.start()
    try:
        for mid in range(20):
            options = tuple([(60, bytes((mid, n & 255))) for n in range(5000)])  # elective
            assert bad_option(options) is None
            assert not wants_proxy(options)
            path = ((11, b"3"), (11, b"0"), (11, b"0"))
            classify(Message(Type.CON, Code.GET, mid, options=path + options))
        kept, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert kept < 2 << 20  # one list takes 0.7 MB, and the last one is at hand
