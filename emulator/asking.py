"""The lines by which the module asks the MCU (manual 3.10, 3.12, 3.14, 3.16; decisions 34, 35)."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

from emulator import urc
from emulator.at.results import Line
from emulator.instance import Platform
from emulator.nmi import Asked
from emulator.quirks import Quirks
from emulator.values import DataType, Printed, Printer
from lwm2m_core.attributes import Attributes
from lwm2m_core.formats import ContentError, Form, RawEntry, decode_entries
from lwm2m_core.operations import Execute, Part, Read, Write, WriteAttributes
from lwm2m_core.paths import Path

Flagged = tuple[Path, Printed, int]  # what a +MIPLWRITE line says, with its <flag>
NUMERIC = (DataType.INTEGER, DataType.FLOAT, DataType.BOOLEAN)  # too short for blocks

UNDECLARED = {Platform.CTWING: DataType.OPAQUE}  # manual 5.3; elsewhere hex text (5.6)


class Quirky(Protocol):
    @property
    def quirks(self) -> Quirks: ...


class Device(Protocol):
    """What decides how a request is printed; an Instance has it."""

    @property
    def module(self) -> Quirky: ...

    @property
    def types(self) -> Mapping[Path, DataType]: ...

    @property
    def platform(self) -> Platform: ...


class Asking:
    """Prints requests in the manner of one modem."""

    __slots__ = ("_instance",)

    def __init__(self, instance: Device) -> None:
        self._instance = instance

    @property
    def _printer(self) -> Printer:
        return Printer(self._instance.module.quirks)

    def lines(self, operation: Asked) -> tuple[Line, ...]:
        """The lines of one request; ContentError where a Write's bytes do not fit."""
        match operation:
            case Read():
                six = self._instance.module.quirks.read_fields == 6
                return (urc.read(operation.mid, operation.path, six),)
            case Write():
                return self._write_lines(operation)
            case Execute():
                return (self._execute_line(operation),)

    def parameter(self, operation: WriteAttributes) -> Line:
        """The line that reports a strategy of the platform (manual 3.16)."""
        text = attributes_text(operation.attributes, self._instance.module.quirks.step_name)
        return urc.parameter(operation.mid, operation.path, text)

    def _write_lines(self, operation: Write) -> tuple[Line, ...]:
        """One line per resource, ascending, flags 1, 2, 0 (decision 34); of a value in blocks one
        line per block, the first of all with flag 1, the last with 0 (decision 36)."""
        part = operation.part
        flagged = self._whole(operation) if part is None else self._blocks(operation, part)
        tail = (0,) if self._instance.module.quirks.write_fields == 10 else ()
        return tuple(
            urc.write(operation.mid, path, value.type, value.length, value.text, (flag, *tail))
            for path, value, flag in flagged
        )

    def _whole(self, operation: Write) -> Iterator[Flagged]:
        entries = decode_entries(operation.content_format, operation.path, operation.payload)
        printed = [(entry.path, self._print(entry)) for entry in entries]
        if not printed:
            raise ContentError("a write of nothing")
        descending = self._instance.module.quirks.write_order == "descending"
        printed.sort(key=lambda row: row[0], reverse=descending)
        last = len(printed) - 1
        for i, (path, value) in enumerate(printed):
            yield path, value, 0 if i == last else 1 if i == 0 else 2

    def _blocks(self, operation: Write, part: Part) -> Iterator[Flagged]:
        if self._instance.types.get(operation.path) in NUMERIC:
            raise ContentError(f"a number in blocks of {len(operation.payload)} bytes")
        if part.before:
            yield operation.path, self._piece(operation.path, part.before), 1
        flag = 0 if part.last else 1 if part.before == b"" else 2
        yield operation.path, self._piece(operation.path, operation.payload), flag

    def _piece(self, path: Path, value: bytes) -> Printed:
        return self._print(RawEntry(path, value, Form.OPAQUE))

    def _print(self, entry: RawEntry) -> Printed:
        otherwise = UNDECLARED.get(self._instance.platform, DataType.HEX_STRING)
        return self._printer.print(entry, self._instance.types.get(entry.path), otherwise)

    def _execute_line(self, operation: Execute) -> Line:
        raw = operation.payload
        printer = self._printer
        text = printer.hex(raw) if printer.is_unsafe(raw) else raw.decode("latin-1")
        match self._instance.module.quirks.exec_style:
            case "quoted":
                arguments: Sequence[str | int] = (len(text), f'"{text}"') if text else ()
            case "quoted-empty":
                arguments = (len(text), f'"{text}"')
            case "unquoted":
                arguments = (len(text), text) if text else ()
            case "unquoted+0":
                arguments = (len(text), text, 0)
        return urc.execute(operation.mid, operation.path, arguments)


def attributes_text(attributes: Attributes, step_name: str) -> str:
    """`pmin=%d;pmax=%d;lt=%.1f;gt=%.1f;<step>=%.1f`, only those set (decision 35)."""
    whole = (("pmin", attributes.pmin), ("pmax", attributes.pmax))
    real = (("lt", attributes.lt), ("gt", attributes.gt), (step_name, attributes.st))
    parts = [f"{name}={value}" for name, value in whole if value is not None]
    parts += [f"{name}={value:.1f}" for name, value in real if value is not None]
    return ";".join(parts)
