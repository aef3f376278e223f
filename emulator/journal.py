"""The journal: a numbered record of all that enters and leaves a module, with its cause."""

from collections import Counter
from collections.abc import Callable
from typing import Any, Final, Literal, NamedTuple

JOURNAL_LIMIT = 4096  # records kept in memory; sinks see every one
JOURNAL_BYTES = 1048576  # of their data: a flood comes in pieces of 64 KiB

Kind = Literal[
    "serial_in",
    "echo_out",
    "serial_out",
    "command",
    "datagram_in",
    "datagram_out",
    "datagram_unheard",
    "ciphertext_in",
    "ciphertext_out",
    "session_secret",
    "open_link",
    "link_up",
    "link_lost",
    "send_failed",
    "host_opened",
    "reset",
    "power",
    "reboot",
    "address",
    "network",
    "receiver",
    "login",
    "quirk",
    "time_scale",
    "fault",
    "lint",
    "bug",
]

KINDS: Final[dict[Kind, str]] = {
    "serial_in": "The host wrote these bytes.",
    "echo_out": "The module echoed these bytes to the host.",
    "serial_out": "The module wrote these bytes to the host.",
    "command": "A command line is carried out; its text has one character per byte.",
    "datagram_in": "A datagram came in on a link, and was heard; over DTLS it is the plaintext.",
    "datagram_out": "A datagram left on a link; over DTLS it is the plaintext.",
    "datagram_unheard": "A datagram came in while nobody listened, or on a link that is gone.",
    "ciphertext_in": "A datagram of DTLS came in, as it is on the network.",
    "ciphertext_out": "A datagram of DTLS left, as it is on the network.",
    "session_secret": "The secret of a DTLS session, as a line of NSS's key log format.",
    "open_link": "A link is being opened, or what protects it is known.",
    "link_up": "A link can carry datagrams.",
    "link_lost": "A link could not be opened, or has ended by itself.",
    "send_failed": "The network refused a datagram.",
    "host_opened": "A host has opened the serial device.",
    "reset": "The reset pin was pulled.",
    "power": "The module was switched on or off.",
    "reboot": "The module starts anew.",
    "address": "The network gave the module this IP address.",
    "network": "The network around the module is another from now on.",
    "receiver": "The receiver is off or on, in queue mode.",
    "login": "The login took a step.",
    "quirk": "A switch of the module's behaviour was changed while it ran.",
    "time_scale": "Time runs faster or slower from now on.",
    "fault": "A fault that was asked for has struck.",
    "lint": "The host broke a rule of docs/host-lint.md; the text begins with its name.",
    "bug": "The emulator itself has failed; the command was answered all the same.",
}
"""Every kind of record, with what it says."""

NO_CAUSE = 0  # of what nobody asked for: a power-on, a timer of the module's own


class Record(NamedTuple):
    """One thing that happened.

    `number` counts from 1. `cause` is the number of the input that brought it about, 0 if none.
    `time` is seconds on the modem's clock. `kind` is one of KINDS, or what a later version of the
    program wrote; `data` the bytes that moved, `text` the words for people.
    """

    number: int
    cause: int
    time: float
    kind: str
    data: bytes = b""
    text: str = ""


FIELDS = len(Record._fields) - 1  # but the number, which follows from the place
KIND, DATA = (Record._fields.index(name) - 1 for name in ("kind", "data"))
SPARE = 16  # of so many records one more may wait to be forgotten

Sink = Callable[[Record], None]


class Journal:
    """Keeps the last records, within both limits, and hands each one to every sink.
    `limit`: how many are kept; fewer where many modems share a memory."""

    __slots__ = ("limit", "_fields", "_bytes", "_sinks", "_to_tell", "_gone", "last")

    def __init__(self) -> None:
        self.limit = JOURNAL_LIMIT
        self.last = 0
        """The number of the last record, 0 before the first."""
        self._fields: list[Any] = []  # of all records in a row: half as much memory
        self._bytes = 0
        self._sinks: list[Sink] | None = None
        self._to_tell: tuple[Record, ...] = ()
        self._gone: Counter[str] | None = None  # by kind

    @property
    def sinks(self) -> list[Sink]:
        """Who is handed each record."""
        if self._sinks is None:
            self._sinks = []
        return self._sinks

    @sinks.setter
    def sinks(self, sinks: list[Sink]) -> None:
        self._sinks = sinks

    @property
    def records(self) -> list[Record]:
        """Those that are kept, in order."""
        self._forget()
        first = self.last - len(self._fields) // FIELDS + 1
        fields = iter(self._fields)
        rows = zip(*[fields] * FIELDS, strict=True)
        return [Record(number, *row) for number, row in enumerate(rows, first)]

    @property
    def counts(self) -> Counter[str]:
        """How many records there were of each kind."""
        kept = Counter(record.kind for record in self.records)
        return kept if self._gone is None else self._gone + kept

    def record(
        self, now: float, kind: Kind, cause: int = NO_CAUSE, data: bytes = b"", text: str = ""
    ) -> int:
        """Write one record; its number is what later records name as their cause."""
        number = self.last = self.last + 1
        self._fields.extend((cause, now, kind, data, text))
        self._bytes += len(data)
        room = self.limit + self.limit // SPARE
        if len(self._fields) > room * FIELDS or self._bytes > JOURNAL_BYTES:
            self._forget()
        if self._sinks:
            self._tell(Record(number, cause, now, kind, data, text))
        return number

    def _forget(self) -> None:
        """The oldest records go until the rest is within both limits; many at a time, which costs
        a tenth of one after another."""
        fields = self._fields
        end = max(0, len(fields) - self.limit * FIELDS)
        self._bytes -= sum(map(len, fields[DATA:end:FIELDS]))
        while self._bytes > JOURNAL_BYTES:
            self._bytes -= len(fields[end + DATA])
            end += FIELDS
        if end:
            self._gone = self._gone or Counter()
            self._gone.update(fields[KIND:end:FIELDS])
            del fields[:end]

    def _tell(self, entry: Record) -> None:
        """Every sink gets every record in order, also what a sink itself writes meanwhile."""
        self._to_tell += (entry,)
        if len(self._to_tell) > 1:
            return
        try:
            while self._to_tell:
                for sink in self.sinks:
                    sink(self._to_tell[0])
                self._to_tell = self._to_tell[1:]
        finally:  # a sink that raises does not silence the journal
            self._to_tell = ()
