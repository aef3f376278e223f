"""A model in a login state, and what it says to many lines."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from tests.desk import CREATED, DELETED, GET, LOCATION, POST, PUT, Desk
from tests.emulator.matrix.tables import Model, Row, refused

FORBIDDEN, NOT_FOUND = 0x83, 0x84


@dataclass(frozen=True, slots=True)
class Case:
    """One line and its answer, with lines before and after it. `renew`: the module is of no more
    use afterwards."""

    line: str
    answer: str
    by: str
    renew: bool = False
    first: tuple[str, ...] = ()
    undo: tuple[str, ...] = ()


class Bench:
    """Takes a new module after every line that changed something, or was answered wrongly."""

    def __init__(self, make: Callable[[], Desk], model: Model, state: str) -> None:
        self.model, self.state = model, state
        self._make = make
        self._desk: Desk | None = None

    def complaints(self, cases: Iterable[Case]) -> list[str]:
        """What was answered otherwise than it should be."""
        return [text for case in cases if (text := self._complaint(case))]

    def rows(self, rows: Iterable[Row]) -> Iterator[Case]:
        """The rows as cases of this model in this state."""
        for row in rows:
            answer = row.answer(self.model, self.state)
            if answer != "-":
                renew = row.changes and not refused(answer)
                yield Case(row.at, answer, row.by, renew, row.first, row.undo)

    def _complaint(self, case: Case) -> str:
        desk = self._desk or self._new()
        for line in case.first:
            desk.exact(line)
        said, wanted = desk.exact(case.line), self.model.bytes_of(case.answer)
        for line in case.undo:
            desk.exact(line)
        self._desk = None if case.renew or said != wanted else desk
        if said == wanted:
            return ""
        where = f"{self.model.name} {self.state}"
        return f"{where}: {case.line} said {said!r}, not {wanted!r} ({case.by})"

    def _new(self) -> Desk:
        desk = self._make()
        bring_to(desk, self.state)
        return desk


def bring_to(desk: Desk, state: str) -> None:
    """Object 3200 with one instance; from the login on 5 s have passed, /3200/0 is observed, and
    READ 600, WRITE 601, EXECUTE 602 wait for the MCU."""
    if state == "none":
        return
    desk.at('AT+MIPLCREATEEX="183.230.40.40:5683",0')
    desk.at('AT+MIPLADDOBJ=0,3200,1,"1",0,0')
    if state == "created":
        return
    desk.at("AT+MIPLOPEN=0,300,30")
    if state == "opening":
        return
    if state == "failed":
        assert desk.reply(FORBIDDEN).endswith("0,7")
        return
    assert desk.reply(CREATED, (LOCATION, b"rd"), (LOCATION, b"1")).endswith("0,6")
    assert "OBSERVE" in desk.ask(GET, 500, "/3200/0", (6, b""))
    assert "READ" in desk.ask(GET, 600, "/3200/0")
    assert "WRITE" in desk.ask(PUT, 601, "/3200/0/5750", payload=b"x")
    assert "EXECUTE" in desk.ask(POST, 602, "/3200/0/5750")
    _end(desk, state)


def _end(desk: Desk, state: str) -> None:
    """How a session ends: not at all, asked for, taken away, or left."""
    if state in ("leaving", "closed"):
        assert desk.at("AT+MIPLCLOSE=0") == "OK"
    if state == "closed":
        assert desk.reply(DELETED).endswith("0,15")
    if state == "lost":
        assert desk.at("AT+MIPLUPDATE=0,300,0") == "OK"
        assert desk.reply(NOT_FOUND).endswith("0,31")
