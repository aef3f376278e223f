"""How replies and unsolicited lines are framed (V.250 5.7 and table 1; decisions 1 and 7).

V1   \\r\\n<text>\\r\\n around every line and every result
V0   <text>\\r\\n for lines, <number>\\r for the results that have one
Q1   no results; information and unsolicited lines stay
"""

from collections.abc import Sequence

from emulator.at.results import Family, Fault, Info, Line, Problem
from emulator.at.state import LineProfile

_NUMBERS = {"OK": b"0\r", "ERROR": b"4\r"}
_VERBOSE_OK = b"\r\nOK\r\n"

CME_INCORRECT_PARAMETERS = 50
"""What a general command says for bad parameters (3GPP TS 27.007 9.2.1)."""


def plain(line: Line) -> str:
    """The manual's spelling: `+NAME: f1,f2` (2.2)."""
    return line if isinstance(line, str) else f"{line.name}: {','.join(line.fields)}"


def encoded(text: str) -> bytes:
    """Wire text back to its bytes. Text with characters beyond one byte, which never came from a
    serial line, goes out as UTF-8."""
    try:
        return text.encode("latin-1")
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace")


def framed(text: str, profile: LineProfile) -> bytes:
    """One information or unsolicited line."""
    data = encoded(text) + b"\r\n"
    return b"\r\n" + data if profile.verbose else data


def reply(lines: Sequence[str], final: str, profile: LineProfile) -> bytes:
    """The one write that answers a command line: its lines and, unless Q1, its final result."""
    data = b"".join([framed(line, profile) for line in lines]) if lines else b""
    if profile.quiet:
        return data
    if profile.verbose:
        return data + (_VERBOSE_OK if final == "OK" else framed(final, profile))
    return data + (_NUMBERS.get(final) or framed(final, profile))


def final_line(problem: Problem | None, profile: LineProfile) -> Line:
    """The final result before its spelling; by decision 7 AT+CMEE, once given, decides."""
    if problem is None:
        return "OK"
    match problem.family:
        case Family.MIPL if profile.cmee != 0:
            return Info("+CIS ERROR", (str(problem.code),))
        case Family.GENERAL if profile.cmee:
            bad_parameters = problem.code == Fault.SYNTAX
            code = CME_INCORRECT_PARAMETERS if bad_parameters else problem.code
            return Info("+CME ERROR", (str(code),))
        case _:
            return "ERROR"
