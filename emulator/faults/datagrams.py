"""A datagram in words, for `match`: type, code, path and query, and a few of its options."""

from lwm2m_core.codec import FormatError, decode
from lwm2m_core.message import Code, Type, code_text, is_request


def summary(data: bytes) -> str:
    """`CON POST /rd?ep=…&lt=300 ct=40`, `ACK 2.05 ct=11542`, `CON empty`, `malformed`."""
    try:
        message = decode(data)
    except FormatError:
        return "malformed"
    parts = [Type(message.type).name]
    if is_request(message.code):
        query = "&".join(message.query)
        parts.append(Code(message.code).name)
        parts.append("/" + "/".join(message.path) + (f"?{query}" if query else ""))
    else:
        parts.append("empty" if message.code == Code.EMPTY else code_text(message.code))
    for name, value in (("observe", message.observe), ("ct", message.content_format)):
        if value is not None:
            parts.append(f"{name}={value}")
    return " ".join(parts)
