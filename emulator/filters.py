"""The stage between firmware and port: what breaks the rules on purpose happens here alone."""

import re
from collections.abc import Callable

from emulator.at.channel import Written
from emulator.at.results import Fault
from emulator.outputs import Output
from emulator.quirks import Quirks

Filter = Callable[[Output, str], tuple[Output, ...]]
"""What goes on in place of an output; the text is the command line that was carried out last."""

ERROR_HEADS = (b"\r\n+CIS ERROR", b"\r\n+CME ERROR", b"\r\nERROR")

_OPEN = re.compile(r'AT\s*\+MIPLOPEN\s*=\s*"?0"?\s*,[^,;]*(?:,[^,;]*)?\Z', re.I)


def filters(quirks: Quirks) -> tuple[Filter, ...]:
    """The stages that these quirks put between the firmware and the port; mostly none."""
    stages: list[Filter] = []
    if quirks.open_bad_param_silent == "on":
        stages.append(no_answer_to_a_bad_open)
    if quirks.double_error_line == "on":
        stages.append(twice_the_error)
    return tuple(stages)


def twice_the_error(output: Output, command: str) -> tuple[Output, ...]:
    """EC: a failed command may be answered by two error lines (MB 10)."""
    if isinstance(output, Written) and output.data.startswith(ERROR_HEADS):
        return (output, output)
    return (output,)


def no_answer_to_a_bad_open(output: Output, command: str) -> tuple[Output, ...]:
    """EC: AT+MIPLOPEN with a bad lifetime or timeout is never answered (MB 5.6).

    With `<ref>` 0 and two or three parameters there is nothing else that 601 could be for.
    """
    if not isinstance(output, Written) or output.problem is None:
        return (output,)
    silent = output.problem.code == Fault.SYNTAX and _OPEN.search(command)
    return () if silent else (output,)
