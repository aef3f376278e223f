"""The queue that keeps requests until the MCU fetches them (manual 4.2–4.4, decision 39)."""

from dataclasses import dataclass, field
from typing import Literal

from emulator.at.results import Line
from lwm2m_core.blocks import ASSEMBLED_LIMIT
from lwm2m_core.operations import Execute, Operation, Read, Write

QUEUE_LIMIT = 40  # operations; one more and the oldest is dropped (manual 4.2)
BUFFER_LIMIT = 2048  # bytes of WRITE and EXECUTE payload; one more byte drops the new one

Asked = Read | Write | Execute  # what the MCU has to answer

Mode = Literal[0, 1, 2]  # <nnmi>: straight to the MCU, +MIPLNMI only, nothing at all


@dataclass(slots=True)
class Nmi:
    """AT+MIPLNMI's settings, kept by the module until it reboots (manual 4.2, first note).

    `nnmi`: 0 straight to the MCU, 1 tell it with +MIPLNMI, 2 tell nothing. `nsmi`: +MIPLNSMI.
    """

    nnmi: Mode = 0
    nsmi: Literal[0, 1] = 0

    def is_direct(self, operation: Operation) -> bool:
        """Printed as it comes: in mode 0, and, in blocks or not, what has over 1024 bytes (manual
        4.2, third note; decision 36); READ, WRITE and EXECUTE apart, everything."""
        if self.nnmi == 0 or not isinstance(operation, Asked):
            return True
        in_blocks = isinstance(operation, Write) and operation.part is not None
        return in_blocks or payload_size(operation) > ASSEMBLED_LIMIT


def payload_size(operation: Asked) -> int:
    return 0 if isinstance(operation, Read) else len(operation.payload)


@dataclass(frozen=True, slots=True)
class Queued:
    """One request that waits to be fetched, with the lines that will show it."""

    operation: Asked
    lines: tuple[Line, ...]

    @property
    def size(self) -> int:
        """What it counts in `<buffers>`: payload bytes, none for a Read (manual 4.4)."""
        return payload_size(self.operation)


@dataclass(slots=True)
class NmiQueue:
    """Requests in the order in which they came. `dropped` counts those that found no room."""

    dropped: int = 0
    _queued: dict[int, Queued] = field(default_factory=dict)

    def add(self, entry: Queued) -> tuple[Queued, ...]:
        """Keep one more; what was dropped for want of room, perhaps the new one itself."""
        if self.size + entry.size > BUFFER_LIMIT:
            self.dropped += 1
            return (entry,)
        self._queued[entry.operation.mid] = entry
        if len(self._queued) <= QUEUE_LIMIT:
            return ()
        self.dropped += 1
        return (self._queued.pop(next(iter(self._queued))),)

    def oldest(self) -> Queued | None:
        """The next one to be fetched; it stays until it is answered."""
        return next(iter(self._queued.values()), None)

    def find(self, mid: int) -> Queued | None:
        return self._queued.get(mid)

    def remove(self, mid: int) -> None:
        self._queued.pop(mid, None)

    @property
    def size(self) -> int:
        """`<buffers>`: payload bytes of the unanswered WRITE and EXECUTE."""
        return sum(entry.size for entry in self._queued.values())

    def __len__(self) -> int:
        """`<queues>`: operations without an answer."""
        return len(self._queued)
