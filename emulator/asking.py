"""The lines by which the module asks the MCU (manual 3.10, 3.12, 3.14, 3.16; decisions 34, 35)."""

from collections.abc import Sequence

from emulator import urc
from emulator.at.results import Line
from emulator.instance import Instance, Platform
from emulator.nmi import Asked
from emulator.values import DataType, Printer
from lwm2m_core.attributes import Attributes
from lwm2m_core.formats import ContentError, decode_entries
from lwm2m_core.operations import Execute, Read, Write, WriteAttributes

UNDECLARED = {Platform.CTWING: DataType.OPAQUE}  # manual 5.3; elsewhere hex text (5.6)


class Asking:
    """Prints requests in the manner of one modem."""

    def __init__(self, instance: Instance) -> None:
        self._instance = instance
        self._printer = Printer(instance.module.quirks)

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
        """One line per resource, ascending, flags 1, 2, 0 (decision 34)."""
        quirks, types = self._instance.module.quirks, self._instance.types
        entries = decode_entries(operation.content_format, operation.path, operation.payload)
        otherwise = UNDECLARED.get(self._instance.platform, DataType.HEX_STRING)
        printed = [(e.path, self._printer.print(e, types.get(e.path), otherwise)) for e in entries]
        if not printed:
            raise ContentError("a write of nothing")
        printed.sort(key=lambda row: row[0], reverse=quirks.write_order == "descending")
        last = len(printed) - 1
        tail = (0,) if quirks.write_fields == 10 else ()
        return tuple(
            urc.write(
                operation.mid,
                path,
                value.type,
                value.length,
                value.text,
                (0 if i == last else 1 if i == 0 else 2, *tail),
            )
            for i, (path, value) in enumerate(printed)
        )

    def _execute_line(self, operation: Execute) -> Line:
        raw = operation.payload
        unsafe = self._printer.is_unsafe(raw)
        text = self._printer.hex(raw) if unsafe else raw.decode("latin-1")
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
