"""NOTIFY, and the values of READRSP (manual 3.9, 3.11; decisions 40–46)."""

from collections.abc import Iterator

from emulator.lint.command import Command
from emulator.lint.exchange import Breach, Exchange, Printed
from emulator.lint.facts import Facts
from emulator.lint.forms import HEX_TYPES, STRING
from emulator.lint.session import (
    MODULE_OBJECTS,
    Held,
    Login,
    Path,
    Phase,
    Session,
    Strategy,
    covers,
    remember,
)

DATA_LIMIT = 1000  # bytes of data in one report (manual 3.9 note 5)
HEADER_LIMIT = 5  # bytes of a TLV header: type, identifier, length (LwM2M 1.0 6.4.3)
CON_LIMIT = 8  # decision 42
ACKID_S = 247.0  # decision 50
TOLERANCE_S = 1e-6
TLV = 3
HOLD, RELEASE = (1, 2), (0x200, 0x400)
NUMBER_SIZE = 8  # bytes of a number at most


def path_of(command: Command, place: int) -> Path:
    """The path that begins at `place`; -1 for what is no number."""
    numbers = [command.number(place + n) for n in range(3)]
    return (
        -1 if numbers[0] is None else numbers[0],
        -1 if numbers[1] is None else numbers[1],
        -1 if numbers[2] is None else numbers[2],
    )


def size_of(kind: int | None, text: str) -> int:
    """Bytes of data that a value gives."""
    if kind in HEX_TYPES:
        return len(text) // 2
    return len(text) if kind == STRING else min(len(text), NUMBER_SIZE)


def check_notify(exchange: Exchange, session: Session, facts: Facts) -> Iterator[Breach]:
    """Before OPEN it declares a resource (manual 3.5 note 3); afterwards it reports."""
    command, path = exchange.command, path_of(exchange.command, 2)
    if path[0] in MODULE_OBJECTS[1:4]:
        yield Breach("module-object", f"object {path[0]}")
    if path[0] not in session.objects and exchange.code == 653:
        yield Breach("object-not-added", f"object {path[0]}")
    if session.phase is Phase.IDLE and exchange.ok:
        session.lists.add(path[0])
        session.forgotten.discard(path[0])
    if session.phase is not Phase.REGISTERED:
        return
    yield from _check_observed(session.login, path)
    key = ("report", *path[:2])
    ackid = command.number(10)
    yield from check_parts(exchange, session, facts, key, command.number(9), 5)
    yield from _check_content(exchange, session, key, path)
    if command.number(9) in HOLD:
        if ackid is not None:
            yield Breach("ackid-not-sent", f"ackid {ackid}")
        return
    yield from _check_busy(exchange, session, facts)
    if exchange.ok:
        yield from _sent(exchange, session, path, ackid)


def _check_observed(login: Login, path: Path) -> Iterator[Breach]:
    if not any(covers(observed, path) for observed in login.observed):
        yield Breach("before-observe", "/" + "/".join(map(str, path)))


def check_parts(
    exchange: Exchange,
    session: Session,
    facts: Facts,
    key: tuple[object, ...],
    flag: int | None,
    type_at: int,
) -> Iterator[Breach]:
    """<flag>, <index> and the size of what is put together; `type_at`: where <type> stands."""
    command, index = exchange.command, exchange.command.number(type_at + 3)
    held = session.held.get(key)
    if (flag == 1 and held is not None) or (flag == 2 and held is None):
        yield Breach("flag-order", f"flag {flag} {'comes again' if flag == 1 else 'comes first'}")
    counted = held is None or held.index == 0 or index == held.index - 1
    if index and (not counted or flag not in HOLD):
        yield Breach("index-order", f"index {index}")
    if flag in RELEASE and (session.secret.dtls or facts.release_flags != "yes"):
        yield Breach("release-flag", "under DTLS" if session.secret.dtls else f"on {facts.model}")
    size = size_of(command.number(type_at), command.text(type_at + 2))
    total, lines = (held.size if held else 0) + size, (held.lines if held else 0) + 1
    headers = HEADER_LIMIT * lines if exchange.code == 100 else 0  # the module found it too long
    if flag not in HOLD and total + headers > DATA_LIMIT:
        yield Breach("over-1000", f"{total} bytes of data")
    if flag in HOLD and exchange.ok:
        remember(session.held, key, Held(total, index or 0, exchange.line, lines))
    elif flag not in HOLD and exchange.code not in (601, 652):  # then what is held stays (42)
        session.held.pop(key, None)


def _check_content(
    exchange: Exchange, session: Session, key: tuple[object, ...], path: Path
) -> Iterator[Breach]:
    content = exchange.command.number(11)
    if content is None or not 0 <= content <= 4:
        return
    if content != TLV and exchange.command.number(9) in HOLD:
        yield Breach("content-type-in-parts", f"contentType {content}")
    before = session.login.contents.get(path, content)
    if before != content:
        yield Breach("content-type-changed", f"{before} before, {content} now")
    if exchange.ok:
        remember(session.login.contents, path, content)


def _check_busy(exchange: Exchange, session: Session, facts: Facts) -> Iterator[Breach]:
    if exchange.code != 652:
        return
    waiting = session.login.unacknowledged
    recent = [at for at in waiting.values() if exchange.now - at <= facts.exchange_s]
    if len(recent) >= CON_LIMIT:
        yield Breach("too-many-unacknowledged")
    elif session.secret.dtls:
        yield Breach("dtls-queue-full")  # else a fault has made the module busy


def _sent(exchange: Exchange, session: Session, path: Path, ackid: int | None) -> Iterator[Breach]:
    """A report that has left."""
    login, mid, now = session.login, exchange.command.number(1), exchange.sent
    if session.nsmi and mid is not None:
        if mid == login.last_mid:
            yield Breach("nsmi-mid", f"mid {mid}")
        login.last_mid = mid
    if ackid is not None:
        used = login.ackids.get(ackid)
        if used is not None and now - used <= ACKID_S:
            yield Breach("repeated-ackid", f"{ackid} again after {now - used:.1f} s")
        remember(login.ackids, ackid, now)
        remember(login.unacknowledged, ackid, now)
    for observed, strategy in login.strategies.items():
        if covers(observed, path):
            yield from _check_pmin(strategy, now)
            strategy.reported = strategy.since = now


def _check_pmin(strategy: Strategy, now: float) -> Iterator[Breach]:
    since = None if strategy.reported is None else now - strategy.reported
    if since is not None and since < strategy.pmin - TOLERANCE_S:
        yield Breach(
            "sooner-than-pmin", f"{since:.1f} s after the one before, pmin is {strategy.pmin:g}"
        )


def check_readrsp(exchange: Exchange, session: Session, facts: Facts) -> Iterator[Breach]:
    """The value in an answer to READ."""
    if len(exchange.command.raws) > 8:
        key = ("answer", exchange.command.number(1))
        yield from check_parts(exchange, session, facts, key, exchange.command.number(10), 6)


# What the platform wants of reports


def observed(printed: Printed, session: Session) -> None:
    """+MIPLOBSERVE: <ref>,<mid>,<flag>,<objid>,<insid>,<resid>"""
    path = (printed.number(3), printed.number(4), printed.number(5))
    if printed.number(2) == 1:
        remember(session.login.observed, path, True)
    else:
        session.login.observed.pop(path, None)


def parameter(printed: Printed, session: Session) -> None:
    """+MIPLPARAMETER: <ref>,<mid>,<objid>,<insid>,<resid>,<len>,"pmin=…;pmax=…;…" """
    path = (printed.number(2), printed.number(3), printed.number(4))
    words = ",".join(printed.fields[6:]).strip('"').split(";")
    values = dict(word.split("=", 1) for word in words if "=" in word)
    strategy = Strategy(_seconds(values, "pmin"), _seconds(values, "pmax"), printed.now)
    remember(session.login.strategies, path, strategy)


def _seconds(values: dict[str, str], name: str) -> float:
    try:
        return float(values.get(name, "0"))
    except ValueError:
        return 0.0


def overdue(session: Session, now: float) -> Iterator[Breach]:
    """Strategies whose pmax has passed; each is told once for each time that it passes."""
    for path, strategy in session.login.strategies.items():
        if strategy.pmax and now > strategy.since + strategy.pmax + TOLERANCE_S:
            where = "/" + "/".join(str(part) for part in path if part >= 0)
            strategy.since = now
            yield Breach("later-than-pmax", f"pmax is {strategy.pmax:g}", f"(no report of {where})")
