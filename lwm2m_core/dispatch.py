"""What the engine refuses by itself, of all that a server may ask (conformance 7 and 9)."""

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
from lwm2m_core.paths import Path


def judge(message: Message, tree: ObjectTree) -> Operation | Refusal:
    """The operation for the owner to answer, or the code of our own answer."""
    operation = classify(message)
    if isinstance(operation, Refusal):
        return operation
    code = _refusal(operation, tree)
    return operation if code is None else Refusal(code)


def _refusal(operation: Operation, tree: ObjectTree) -> Code | None:
    path = operation.path
    if path.object == 0:
        # Only a bootstrap server may touch the Security object (1.1-int-221).
        return Code.UNAUTHORIZED
    if isinstance(operation, Create | Delete):
        # Instances come from the host's ADDOBJ alone (1.0-int-270, 290, 680, 685).
        return Code.METHOD_NOT_ALLOWED
    if not tree.has(Path(path.object, path.instance)):
        return Code.NOT_FOUND
    match operation:
        case Read(accept=accept) | Observe(accept=accept) if not acceptable(accept, path):
            return Code.NOT_ACCEPTABLE
        case Write(content_format=number) | Execute(content_format=number) if not acceptable(
            number, path
        ):
            return Code.UNSUPPORTED_CONTENT_FORMAT
    return None
