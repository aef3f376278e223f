"""Values with their places: what every content format is made from, and taken apart into."""

from enum import Enum
from typing import Literal

from lwm2m_core.errors import EngineError
from lwm2m_core.formats import text, tlv
from lwm2m_core.frozen import frozen
from lwm2m_core.paths import Path
from lwm2m_core.values import ContentError, ResourceType, Value, check_value


@frozen
class Entry:
    """A value of ours to be sent. `path` is a resource's.

    `resource_instance` is set in resources that have several values, as 3/0/11 has.
    EngineError for a path of another depth, or a value that is none of `type`.
    """

    path: Path
    type: ResourceType
    value: Value
    resource_instance: int | None = None

    def __post_init__(self) -> None:
        if self.path.resource is None:
            raise EngineError(f"{self.path} is no resource")
        check_value(self.type, self.value)


@frozen
class Span:
    """Where the only value of a body stands in it; `end` None for its end. `path` is a
    resource's."""

    path: Path
    start: int = 0
    end: int | None = None


class Form(Enum):
    """How the raw bytes of a received value are to be read once its type is known."""

    TEXT = "text"
    TLV = "tlv"
    OPAQUE = "opaque"
    JSON = "json"


@frozen
class RawEntry:
    """A received value, before its type is known. `path` is a resource's."""

    path: Path
    raw: bytes
    form: Form
    resource_instance: int | None = None

    @property
    def textual(self) -> bool:
        """True if `raw` spells the value out, in UTF-8."""
        return self.form in (Form.TEXT, Form.JSON)

    @property
    def float_width(self) -> Literal[4, 8]:
        """The width, in bytes, in which a float was received (decision 34). Text has none: 8."""
        return 4 if self.form is Form.TLV and len(self.raw) == 4 else 8

    def as_type(self, type_: ResourceType) -> Value:
        """The value. ContentError if the bytes are none of that type (decision 34: 4.00)."""
        match self.form:
            case Form.TEXT | Form.JSON:
                return text.decode_value(type_, self.raw)
            case Form.TLV:
                return tlv.decode_value(type_, self.raw)
            case Form.OPAQUE if type_ in (ResourceType.OPAQUE, ResourceType.STRING):
                return tlv.decode_value(type_, self.raw)
        raise ContentError(f"octet-stream holds no {type_.name}")
