"""What an object of the module is: its resources, their values, and what may be done with them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal, Protocol

from emulator.instance import Instance
from lwm2m_core.message import Code
from lwm2m_core.values import ResourceType, Value

INSTANCE = 0  # the only one of every object of the module (decision 33)
BODY_LIMIT = 1024  # bytes of what is written to a resource (chosen; what the engine puts together)

Operations = Literal["R", "W", "RW", "E"]
Current = Value | Mapping[int, Value]
"""What a resource holds: one value, or several by resource instance, as 3/0/11 does."""


@dataclass(frozen=True, slots=True)
class Resource:
    """One row of OMA's definition of an object (LwM2M 1.0, Appendix E).

    `type` is that of its values, None for what is executed. `ticking`: it changes all the time of
    its own accord, which is no reason for a notification.
    """

    operations: Operations
    type: ResourceType | None = None
    multiple: bool = False
    mandatory: bool = False
    ticking: bool = False


Definition = Mapping[int, Resource]


class OwnObject(Protocol):
    """One object of the module; it has the single instance INSTANCE.

    What it wants done elsewhere it says in a wish (`emulator.own.wishes`), through the function it
    was made with. That a value changes needs no word: whoever observes it is told.
    """

    @property
    def number(self) -> int: ...

    @property
    def definition(self) -> Definition: ...

    @property
    def body_limit(self) -> int:
        """Bytes of a body that comes in blocks; a longer one is 4.13. At least BODY_LIMIT."""

    @property
    def is_there(self) -> bool:
        """False: the module does not have it now, and everything below it is 4.04. It depends on
        the quirks, the platform and the target of the instance alone."""

    def values(self, now: float) -> Mapping[int, Current]:
        """The resources that hold a value, by number, each of its type."""

    def write(self, values: Mapping[int, Value], replace: bool, now: float) -> Code:
        """Write all of `values`, or none and say why: 2.04, or 4.00 for one that cannot be.

        They are writable resources with values of their types, at least one. `replace`: what is
        not among them falls back to what it is by default (PUT on the instance).
        """

    def arriving(self, resource: int, received: int, now: float) -> Code:
        """Of a body in blocks for `resource` there are `received` bytes, and more to come: 2.31,
        or another answer that ends it. 0 bytes: it has been broken off; the answer is not used."""

    def execute(self, resource: int, arguments: bytes, now: float) -> Code:
        """Execute an executable resource: 2.04, or why not."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """What all instances of a read-only object have in common."""

    number: int
    definition: Definition
    read: Callable[[Instance], Mapping[int, Current]]
    there: Callable[[Instance], bool] = lambda instance: True


@dataclass(frozen=True, slots=True)
class ReadOnly:
    """An object that is there to be read."""

    sheet: Sheet
    instance: Instance

    @property
    def number(self) -> int:
        return self.sheet.number

    @property
    def definition(self) -> Definition:
        return self.sheet.definition

    @property
    def body_limit(self) -> int:
        return BODY_LIMIT

    @property
    def is_there(self) -> bool:
        return self.sheet.there(self.instance)

    def values(self, now: float) -> Mapping[int, Current]:
        return self.sheet.read(self.instance)

    def write(self, values: Mapping[int, Value], replace: bool, now: float) -> Code:
        return Code.METHOD_NOT_ALLOWED

    def arriving(self, resource: int, received: int, now: float) -> Code:
        return Code.METHOD_NOT_ALLOWED

    def execute(self, resource: int, arguments: bytes, now: float) -> Code:
        return Code.METHOD_NOT_ALLOWED
