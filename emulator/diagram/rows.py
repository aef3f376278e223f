"""Records to rows: arrows for what is said, marks for what happens."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Final

from emulator.diagram.handshake import flight
from emulator.diagram.meaning import Meaning, Meanings
from emulator.diagram.row import Fate, Lane, Life, Row, printable
from emulator.diagram.serial_lines import Gathering, Piece, named, readable
from emulator.journal import Record
from emulator.recording.operations import DATAGRAMS
from emulator.recording.texts import is_secured
from lwm2m_core.message import code_text

QUIET: Final = ("echo_out", "command", "session_secret")
"""Kinds that say again what others say; their rows come only if they are asked for."""

_MARKS: Final[Mapping[str, Lane]] = {"lint": "mcu", "network": "platform"}  # else: the module's
_WORDS: Final = {
    "host_opened": "the host opens the device",
    "reset": "reset pin",
    "power": "power {text}",
    "reboot": "boots, {text}",
    "address": "IP address {text}",
    "network": "network: {text}",
    "receiver": "receiver {text}",
    "quirk": "quirk: {text}",
    "time_scale": "time scale {text}",
    "fault": "fault {text}",
    "bug": "bug of the emulator: {text}",
    "link_up": "{text} is up",
    "link_lost": "lost: {text}",
    "send_failed": "not sent: {text}",
    "command": "carried out: {text}",
}
_LOGIN: Final = re.compile(r"(\w+)\((.*)\)")
_ACCOUNT: Final = re.compile(r"account=Account\(host='([^']*)', port=(\d+), secure=(True|False)\)")
_LOGGED_OUT: Final = ("Deregistered", "SessionLost", "RegisterFailed", "BootstrapStarted")
_WHERE: Final = re.compile(r"\d+, ([a-z-]+)")
_DROP: Final = re.compile(r": drop(?=,|$)")
_ROADS: Final[Mapping[str, tuple[Lane, Lane]]] = {  # where a fault strikes, by its grammar
    **dict.fromkeys(("at-in", "command"), ("mcu", "module")),
    **dict.fromkeys(("echo", "reply", "urc", "at-out"), ("module", "mcu")),
    "coap-up": ("module", "platform"),
    "coap-down": ("platform", "module"),
}
_LINT: Final = re.compile(r"(\S+) \[[^]]*\]: ")
_SHOWN_DATA: Final = 200  # characters of what a fault has hit


def rows_of(records: Iterable[Record], *, quiet: bool = True) -> Iterator[Row]:
    """The rows of one modem's records, in order. `quiet`: without the kinds of QUIET."""
    told = _Told(quiet)
    for record in records:
        yield from told.feed(record)
    yield from told.end()


class _Told:
    def __init__(self, quiet: bool) -> None:
        self._quiet = quiet
        self._meanings = Meanings()
        self._host, self._module = Gathering(), Gathering()
        self._registered = self._asleep = False
        self._off = False

    @property
    def _life(self) -> Life:
        if self._off:
            return "off"
        if self._asleep:
            return "asleep"
        return "registered" if self._registered else "on"

    def feed(self, record: Record) -> Iterator[Row]:
        for row in self._rows(record):
            yield replace(row, life=self._life, text=printable(row.text))

    def end(self) -> Iterator[Row]:
        """What was begun and never ended."""
        for row in self._unended():
            yield replace(row, life=self._life)

    def _unended(self) -> Iterator[Row]:
        yield from _lines("mcu", self._host.flush())
        yield from _lines("module", self._module.flush())

    def _rows(self, record: Record) -> Iterator[Row]:
        kind = record.kind
        if kind == "serial_in":
            yield from _lines("module", self._module.flush())
            yield from _lines("mcu", self._host.feed(record))
        elif kind == "serial_out":
            yield from _lines("module", self._module.feed(record))
        elif kind in DATAGRAMS:
            yield self._datagram(record)
        elif kind in ("ciphertext_in", "ciphertext_out"):
            yield from self._ciphertext(record)
        elif kind == "echo_out":
            if not self._quiet:
                yield _arrow(record, "module", "mcu", f"echo: {readable(record.data.strip())}")
        elif not (self._quiet and kind in QUIET):
            if kind in ("reset", "power", "reboot"):
                yield from self._unended()
            self._live(record)
            yield self._mark(record)

    def _datagram(self, record: Record) -> Row:
        meaning = self._meanings.of(record)
        is_up, is_heard = record.kind == "datagram_out", record.kind != "datagram_unheard"
        row = _arrow(record, *_way(is_up), meaning.text, "" if is_heard else "unheard")
        return replace(
            row,
            link=record.cause or meaning.confirms,
            mid=meaning.mid,
            path=meaning.path,
            awaits=meaning.awaits and is_heard,
            confirms=meaning.confirms if is_heard else 0,
            repeats=meaning.repeats,
        )

    def _ciphertext(self, record: Record) -> Iterator[Row]:
        text = flight(record.data)
        if text is not None or not self._quiet:
            is_up = record.kind == "ciphertext_out"
            yield _arrow(record, *_way(is_up), text or f"DTLS data ({len(record.data)} bytes)")

    def _live(self, record: Record) -> None:
        """What the record says of the module's life."""
        match record.kind, record.text:
            case "power", "off":
                self._off, self._registered, self._asleep = True, False, False
            case ("power", "on") | ("reboot" | "reset", _):
                self._off, self._registered, self._asleep = False, False, False
            case "receiver", text:
                self._asleep = text == "off"
            case "login", text:
                name = text.partition("(")[0]
                if name == "Registered":
                    self._registered = True
                elif name in _LOGGED_OUT:
                    self._registered = False

    def _mark(self, record: Record) -> Row:
        lane: Lane = _MARKS.get(record.kind, "module")
        if record.kind == "fault":
            return self._fault(record)
        return Row(record.number, record.cause, record.time, record.kind, _said(record), lane, lane)

    def _fault(self, record: Record) -> Row:
        """What a fault took away is an arrow that does not arrive; any other is a mark."""
        said = _said(record)
        where = _WHERE.match(record.text)
        struck = _struck(record, self._meanings)
        lane: Lane = "platform" if where and where[1] == "cloud" else "module"
        row = Row(record.number, record.cause, record.time, record.kind, said, lane, lane)
        row = replace(row, mid=struck.mid, path=struck.path)
        if where and where[1] in _ROADS and _DROP.search(record.text):
            source, target = _ROADS[where[1]]
            text = f"dropped by {_DROP.sub('', said)}: {struck.text}"
            return replace(row, source=source, target=target, fate="dropped", text=text)
        return replace(row, text=f"{said}: {struck.text}") if struck.text else row


def _way(is_up: bool) -> tuple[Lane, Lane]:
    return ("module", "platform") if is_up else ("platform", "module")


def _arrow(record: Record, source: Lane, target: Lane, text: str, fate: Fate = "") -> Row:
    return Row(
        record.number, record.cause, record.time, record.kind, text, source, target, fate=fate
    )


def _lines(source: Lane, pieces: Iterable[Piece]) -> Iterator[Row]:
    """The number of a record that ends several lines stands at the first."""
    target: Lane = "module" if source == "mcu" else "mcu"
    before = 0
    for piece in pieces:
        mid, path = named(piece.text)
        row = _arrow(piece.record, source, target, piece.text)
        yield replace(row, mid=mid, path=path, number=row.number if row.number != before else 0)
        before = row.number


def _said(record: Record) -> str:
    text = " ".join(record.text.split())
    match record.kind:
        case "login":
            return _login(text)
        case "open_link":
            return text if is_secured(text) else f"opens {text}"
        case "session_secret":
            return f"secret of a session, {text}"
        case "lint":
            return "lint " + _LINT.sub(r"\1: ", text, count=1)
    form = _WORDS.get(record.kind)
    if form is not None:
        return form.format(text=text)
    data = readable(record.data)[:_SHOWN_DATA]  # a kind of a later version of the program
    return " ".join(filter(None, (record.kind.replace("_", " "), text, data)))


def _struck(record: Record, meanings: Meanings) -> Meaning:
    """What a fault struck. A datagram that it took away was sent all the same: what comes of it
    later is that again."""
    where = _WHERE.match(record.text)
    if where and where[1] in ("coap-up", "coap-down") and record.data:
        kind = "datagram_out" if where[1] == "coap-up" else "datagram_in"
        seen = meanings if _DROP.search(record.text) else Meanings()
        return seen.of(record._replace(kind=kind))
    lines = [readable(line) for line in re.split(rb"[\r\n]+", record.data) if line]
    mid, path = named(lines[0]) if lines else (None, ())
    return Meaning(" / ".join(lines)[:_SHOWN_DATA], mid, path)


def _login(text: str) -> str:
    """`Registered(location='/rd/5')` as `Registered: /rd/5`."""
    found = _LOGIN.fullmatch(text)
    if found is None:
        return text
    name = re.sub("(?<=[a-z])(?=[A-Z])", " ", found[1]).capitalize()
    details = _ACCOUNT.sub(_place, found[2]).split(", ")
    words = ", ".join(filter(None, map(_detail, details)))
    return f"{name}: {words}" if words else name


def _place(account: re.Match[str]) -> str:
    return f"{account[1]}:{account[2]}" + (", DTLS" if account[3] == "True" else "")


def _detail(text: str) -> str:
    name, equals, value = text.partition("=")
    value = value.strip("'")
    if not equals or value == "None":
        return name if not equals else ""
    if name == "code" and value.isdigit():
        return code_text(int(value))
    return value if name in ("location", "reason") else f"{name.replace('_', ' ')} {value}"
