"""The stage between firmware and port: what breaks the rules on purpose happens here alone."""

from collections.abc import Callable

from emulator.at.channel import Written
from emulator.outputs import Output
from emulator.quirks import Quirks

Filter = Callable[[Output], tuple[Output, ...]]

ERROR_HEADS = (b"\r\n+CIS ERROR", b"\r\n+CME ERROR", b"\r\nERROR")


def filters(quirks: Quirks) -> tuple[Filter, ...]:
    """The stages that these quirks put between the firmware and the port; mostly none."""
    return (twice_the_error,) if quirks.double_error_line == "on" else ()


def twice_the_error(output: Output) -> tuple[Output, ...]:
    """EC: a failed command may be answered by two error lines (MB 10)."""
    if isinstance(output, Written) and output.data.startswith(ERROR_HEADS):
        return (output, output)
    return (output,)
