"""The instance from CREATE to DELETE, and its logins (manual 3.1–3.8, 4.1–4.7)."""

import re
from collections.abc import Callable, Iterator

from emulator.at.table import Form
from emulator.lint.command import Command
from emulator.lint.exchange import Breach, Exchange, Printed
from emulator.lint.facts import Facts
from emulator.lint.session import MODULE_OBJECTS, Login, Phase, Secret, Session

FIRMWARE_OBJECTS = MODULE_OBJECTS[1:4]  # 3, 4, 5 (manual 3.3 note 1)
ONENET, CTWING, DMP, HUAWEI = 0, 1, 2, 3  # <platform> (manual 4.1)
IMEI_PATTERNS = ("", "0", "1")  # <pattern> by which the endpoint name is the IMEI
SHORTEST_UPDATE, DAY = 10, 86400  # manual 3.7 note 3
SHORTEST_AUTOMATIC = 60  # manual 4.5 note 4
EVENT_OPENED, EVENT_UPDATED, EVENT_CLOSED, EVENT_ACKED, EVENT_REMOVED = 6, 11, 15, 26, 31
EVENTS_FAILED = (3, 7, 8)
AWAITED = ("+MIPLNOTIFY", "+MIPLUPDATE", "+MIPLCLOSE", "+MIPLOPEN")
STATEFUL = ("+MIPLNOTIFY", "+MIPLUPDATE", "+MIPLOPEN")
ONENET_ONLY = ("+MIPLNMI", "+MIPLMGR", "+MIPLQMGR")
_HIDDEN = re.compile(r"\*+")  # all that follows in a recording without secrets
_DTLS = re.compile(r"coaps://|.*:5684$", re.IGNORECASE)

Check = Callable[[Exchange, Session, Facts], Iterator[Breach]]


def check_state(exchange: Exchange, session: Session, facts: Facts) -> Iterator[Breach]:
    """What holds for many commands: the state that they need, and the platform."""
    command, name = exchange.command, exchange.command.name
    asks = name == "+MIPLOPEN" and command.form is Form.READ
    if session.phase is Phase.OPENING and name in AWAITED and not asks:
        yield Breach("before-event-6")
    elif exchange.code == 602 and name in STATEFUL and not asks:
        yield Breach("wrong-login-state")
    if (name in ONENET_ONLY or asks) and session.platform != ONENET:
        yield Breach("onenet-only", f"platform {session.platform}")


def created(exchange: Exchange, session: Session, facts: Facts) -> Iterator[Breach]:
    """CREATE and CREATEEX; the session is a new one by now if it went well."""
    if exchange.code == 653:
        yield Breach("created-twice")
    command = exchange.command
    if not exchange.ok:
        return
    session.phase = Phase.IDLE
    if command.name != "+MIPLCREATEEX":
        return
    secret = _secret(command)
    session.secret, session.bootstrap = secret, bool((command.number(1) or 0) & 1)
    if secret.dtls and secret.psk is False:
        yield Breach("psk-missing")
    if secret.psk and not secret.dtls:
        yield Breach("psk-without-dtls")


def _secret(command: Command) -> Secret:
    dtls = _DTLS.match(command.text(0)) is not None
    if _HIDDEN.fullmatch(command.text(2)):
        return Secret(dtls, None, None, None)
    psk, pskid = bool(command.text(3)), bool(command.text(4))
    return Secret(dtls, psk, pskid, command.number(5) or 0)


def added(exchange: Exchange, session: Session, facts: Facts) -> Iterator[Breach]:
    """ADDOBJ."""
    objid = exchange.command.number(1)
    if objid is None:
        return
    if objid in FIRMWARE_OBJECTS:
        yield Breach("module-object", f"object {objid}")
    if objid in session.objects:
        yield Breach("object-added-twice", f"object {objid}")
    if exchange.ok:
        session.objects.add(objid)


def removed(exchange: Exchange, session: Session, facts: Facts) -> Iterator[Breach]:
    """DELOBJ."""
    objid = exchange.command.number(1)
    if objid is None:
        return
    if objid not in session.objects and exchange.code == 653 and session.phase is not Phase.NONE:
        yield Breach("object-not-added", f"object {objid}")
    if exchange.ok:
        for table in (session.objects, session.lists, session.forgotten):
            table.discard(objid)


def listed(exchange: Exchange, session: Session, facts: Facts) -> Iterator[Breach]:
    """DISCOVERRSP."""
    objid = exchange.command.number(1)
    if session.phase in (Phase.OPENING, Phase.REGISTERED):
        yield Breach("discoverrsp-after-login")
    if exchange.command.number(2) != 1:
        yield Breach("discoverrsp-result", exchange.command.text(2))
    if objid is None:
        return
    if exchange.code == 653 and objid not in session.objects:
        yield Breach("object-not-added", f"object {objid}")
    if exchange.ok:
        session.lists.add(objid)
        session.forgotten.discard(objid)


def configured(exchange: Exchange, session: Session, facts: Facts) -> Iterator[Breach]:
    """MIPLCFG."""
    command = exchange.command
    yield from _in_time(session)
    platform = command.number(2)
    if command.text(0) != "platform" or platform is None or not exchange.ok:
        return
    session.platform = platform
    if platform == CTWING and session.bootstrap:
        yield Breach("bootstrap-platform")
    secret, other = session.secret, command.text(3) not in IMEI_PATTERNS
    if (
        platform in (CTWING, HUAWEI)
        and other
        and secret.dtls
        and secret.psk
        and secret.pskid is False
    ):
        yield Breach("psk-id-missing")


def automatic(exchange: Exchange, session: Session, facts: Facts) -> Iterator[Breach]:
    """MIPLUPDATESET."""
    yield from _in_time(session)
    if exchange.ok:
        session.updateset = exchange.command.number(1) == 1


def _in_time(session: Session) -> Iterator[Breach]:
    if session.phase in (Phase.OPENING, Phase.REGISTERED):
        yield Breach("late-setting")


def notified(exchange: Exchange, session: Session, facts: Facts) -> Iterator[Breach]:
    """NMI."""
    nsmi = exchange.command.number(2)
    if nsmi == 1 and not facts.reports_sending:
        yield Breach("not-of-this-model", f"{facts.model} does not report sending")
    if exchange.ok and nsmi is not None:
        session.nsmi = nsmi == 1


def opened(exchange: Exchange, session: Session, facts: Facts) -> Iterator[Breach]:
    """OPEN: accepted, not yet logged in."""
    lifetime = exchange.command.number(1)
    if not exchange.ok or lifetime is None or exchange.command.form is not Form.SET:
        return
    if session.forgotten:
        yield Breach("resources-not-renewed", f"object {min(session.forgotten)}")
    yield from _check_secret(session)
    yield from _check_automatic(session, lifetime)
    session.phase = Phase.OPENING
    session.login = Login(line=exchange.line, lifetime=lifetime)


def _check_secret(session: Session) -> Iterator[Breach]:
    if not session.secret.dtls:
        return
    if session.platform == DMP:
        yield Breach("dtls-platform")
    encode = session.secret.encode
    if encode is not None and encode != {ONENET: 0, HUAWEI: 1}.get(session.platform, encode):
        yield Breach("psk-encoding", f"<psk_encode> {encode}")


def _check_automatic(session: Session, lifetime: int) -> Iterator[Breach]:
    if session.updateset and lifetime < SHORTEST_AUTOMATIC:
        yield Breach("updateset-short-lifetime", f"{lifetime} s")


def updated(exchange: Exchange, session: Session, facts: Facts) -> Iterator[Breach]:
    """UPDATE: event 11 makes it count."""
    lifetime = exchange.command.number(1)
    if lifetime is None or not exchange.ok:
        return
    if 0 < lifetime < SHORTEST_UPDATE:
        yield Breach("small-lifetime", f"{lifetime} s")
    lifetime = DAY if lifetime < SHORTEST_UPDATE else lifetime
    yield from _check_automatic(session, lifetime)
    session.login.lifetime, session.login.line = lifetime, exchange.line


def closed(exchange: Exchange, session: Session, facts: Facts) -> Iterator[Breach]:
    """CLOSE: event 15 ends the session."""
    if exchange.ok and session.phase is Phase.REGISTERED:
        session.login.closing = exchange.now
    yield from _check_held(session)


def deleted(exchange: Exchange, session: Session, facts: Facts) -> Iterator[Breach]:
    """DELETE; the session is thrown away afterwards."""
    if exchange.ok:
        yield from check_leaving(session, "delete-registered", exchange.sent, facts)
        yield from _check_held(session)


def asked_devinfo(exchange: Exchange, session: Session, facts: Facts) -> Iterator[Breach]:
    """MIPLDEVINFO?: what a host asks for that goes on without bootstrap (manual 5.2)."""
    session.login.asked_devinfo = session.bootstrap
    return iter(())


def check_leaving(session: Session, rule: str, now: float, facts: Facts) -> Iterator[Breach]:
    """DELETE, a reboot or power-off while logged in."""
    login = session.login
    if session.phase is not Phase.REGISTERED:
        return
    if login.closing is not None:
        if now - login.closing < facts.ack_s:
            yield Breach("close-not-awaited", f"after {now - login.closing:.1f} s")
    elif not (rule == "delete-registered" and login.asked_devinfo):
        yield Breach(rule)


def _check_held(session: Session) -> Iterator[Breach]:
    for held in session.held.values():
        yield Breach("held-lost", line=held.line)
    session.held.clear()


CHECKS: dict[str, Check] = {
    "+MIPLCREATE": created,
    "+MIPLCREATEEX": created,
    "+MIPLADDOBJ": added,
    "+MIPLDELOBJ": removed,
    "+MIPLDISCOVERRSP": listed,
    "+MIPLCFG": configured,
    "+MIPLUPDATESET": automatic,
    "+MIPLNMI": notified,
    "+MIPLOPEN": opened,
    "+MIPLUPDATE": updated,
    "+MIPLCLOSE": closed,
    "+MIPLDELETE": deleted,
    "+MIPLDEL": deleted,
    "+MIPLDEVINFO": asked_devinfo,
}


# What the module says of the login


def event(printed: Printed, session: Session) -> None:
    """+MIPLEVENT: <ref>,<evtid>[,<ackid>]"""
    number, login = printed.number(1), session.login
    if number == EVENT_OPENED and session.phase is Phase.OPENING:
        session.phase = Phase.REGISTERED
    if number in (EVENT_OPENED, EVENT_UPDATED) and session.phase is Phase.REGISTERED:
        login.expires = printed.now + login.lifetime
    elif number == EVENT_ACKED:
        login.unacknowledged.pop(printed.number(2), None)
    elif number in EVENTS_FAILED and session.phase is Phase.OPENING:
        session.logged_out()
    elif number in (EVENT_CLOSED, EVENT_REMOVED) and session.phase is not Phase.NONE:
        if number == EVENT_CLOSED:
            session.forgotten |= session.lists
            session.lists.clear()
        session.logged_out()


def expired(session: Session, now: float) -> Iterator[Breach]:
    """A lifetime that has run out; told once until it is refreshed."""
    login = session.login
    if session.phase is Phase.REGISTERED and login.expires is not None and now > login.expires:
        login.expires = None
        yield Breach("lifetime-expired", f"{login.lifetime:g} s", login.line)
