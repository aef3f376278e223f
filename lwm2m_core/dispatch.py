"""What the engine refuses by itself, of all that a server may ask (conformance 7 and 9)."""

from dataclasses import dataclass

from lwm2m_core.formats import acceptable
from lwm2m_core.message import Code, Message
from lwm2m_core.objects import ObjectTree
from lwm2m_core.operations import (
    Create,
    Delete,
    Execute,
    Observe,
    Operation,
    Read,
    Refusal,
    Write,
    classify,
)


@dataclass(frozen=True, slots=True)
class Manners:
    """How a client meets what it never grants.

    `create`, `delete`: instances come from the host's ADDOBJ alone (1.0-int-270, 290, 680, 685).
    `security`: only a bootstrap server may touch the Security object (1.1-int-221). `hears_early`:
    whether a request is answered that comes before the 2.01 to the Register (conformance 9).
    """

    create: Code = Code.METHOD_NOT_ALLOWED
    delete: Code = Code.METHOD_NOT_ALLOWED
    security: Code = Code.UNAUTHORIZED
    hears_early: bool = True


MANNERS = Manners()


def judge(message: Message, tree: ObjectTree, manners: Manners = MANNERS) -> Operation | Refusal:
    """The operation for the owner to answer, or the code of our own answer."""
    operation = classify(message)
    if not isinstance(operation, Refusal):
        code = _refusal(operation, tree, manners)
        return operation if code is None else Refusal(code)
    not_there = message.code == Code.DELETE and operation.code == Code.METHOD_NOT_ALLOWED
    return Refusal(manners.delete) if not_there else operation


def _refusal(operation: Operation, tree: ObjectTree, manners: Manners) -> Code | None:
    path = operation.path
    if path.object == 0:
        return manners.security
    if isinstance(operation, Create):
        return manners.create
    if isinstance(operation, Delete):
        return manners.delete
    if not tree.holds(path):
        return Code.NOT_FOUND
    match operation:
        case Read(accept=accept) | Observe(accept=accept) if not acceptable(accept, path):
            return Code.NOT_ACCEPTABLE
        case Write(content_format=number) | Execute(content_format=number) if not acceptable(
            number, path
        ):
            return Code.UNSUPPORTED_CONTENT_FORMAT
    return None
