"""What the body of a datagram says, in words: values by their paths (LwM2M 1.0, 6.4)."""

from collections.abc import Iterator

from lwm2m_core.formats.tlv import Tlv, TlvType, decode
from lwm2m_core.message import ContentFormat, Message
from lwm2m_core.values import ContentError

SHOWN_BYTES = 64  # of one value
SHOWN_VALUES = 12  # of one body

_TLV = (ContentFormat.TLV, ContentFormat.TLV_OLD)


def with_values(path: str, message: Message) -> str:
    """The path and what the body gives it: `/3/0/0 = 'CMIOT'`, or `/3/0: 0 = 'CMIOT', 1 = …`."""
    if not message.payload:
        return path
    if message.content_format in _TLV:
        try:
            found = list(_leaves(decode(message.payload), _depth(path)))
        except ContentError:
            return f"{path} = {value_words(message.payload)} (no whole TLV)".lstrip()
        return _listed(path, found) if found else path
    if message.content_format == ContentFormat.LINK:
        return f"{path} {_plain(message.payload)}".strip()
    return f"{path} = {value_words(message.payload)}" if path else value_words(message.payload)


def value_words(value: bytes) -> str:
    """Text in quotes; anything else, and one lone byte, in hexadecimal."""
    shown = value[:SHOWN_BYTES]
    more = f"… ({len(value)} bytes)" if len(value) > SHOWN_BYTES else ""
    text = _text(shown) if len(value) != 1 else None
    return f"0x{shown.hex()}{more}" if text is None else f"'{text}'{more}"


def _listed(path: str, found: list[tuple[str, bytes]]) -> str:
    if len(found) == 1:
        name, value = found[0]
        whole = "/".join(filter(None, (path, name)))
        return f"{whole} = {value_words(value)}"
    said = ", ".join(f"{name} = {value_words(value)}" for name, value in found[:SHOWN_VALUES])
    more = f", … ({len(found)} values)" if len(found) > SHOWN_VALUES else ""
    return f"{path}: {said}{more}".removeprefix(": ")


def _leaves(items: tuple[Tlv, ...], depth: int, before: str = "") -> Iterator[tuple[str, bytes]]:
    """What the request's path names already is not said again."""
    for item in items:
        known = depth >= (2 if item.type is TlvType.OBJECT_INSTANCE else 3)
        known = known and item.type is not TlvType.RESOURCE_INSTANCE
        name = before if known else f"{before}/{item.id}".lstrip("/")
        if item.children:
            yield from _leaves(item.children, depth, name)
        elif item.type in (TlvType.RESOURCE, TlvType.RESOURCE_INSTANCE):
            yield name, item.value


def _depth(path: str) -> int:
    return len([part for part in path.split("/") if part])


def _text(value: bytes) -> str | None:
    """A character that was cut in two at the end is left out."""
    for cut in range(min(4, len(value))):
        try:
            text = value[: len(value) - cut].decode("utf-8")
        except UnicodeDecodeError:
            continue
        return text if text.isprintable() and text else None
    return None


def _plain(payload: bytes) -> str:
    text = payload.decode("utf-8", "replace")
    return text if len(text) <= 4 * SHOWN_BYTES else text[: 4 * SHOWN_BYTES] + "…"
