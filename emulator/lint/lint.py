"""The lint: a sink of the journal that looks at what the host writes and the module says."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator

from emulator.at.table import Form
from emulator.journal import Record
from emulator.lint import answers, forms, login, reports
from emulator.lint.command import Command, commands_of
from emulator.lint.exchange import Breach, Exchange, Printed, printed
from emulator.lint.facts import Facts
from emulator.lint.finding import Finding, shown
from emulator.lint.intake import Intake, Pending
from emulator.lint.rules import BY_NAME, LintSettings
from emulator.lint.session import Phase, Session

FINDING_LIMIT = 1024  # findings that are kept; all are counted

_FINAL = re.compile(r"OK|ERROR|REBOOTING|\+C(?:IS|ME|MS) ERROR: ?(.*)|([04])")
_LIFETIME = re.compile(rb"lt=(\d{1,10})")
COMMANDS = frozenset(
    f"+MIPL{name}"
    for name in (
        *("CREATE", "DELETE", "ADDOBJ", "DELOBJ", "DISCOVERRSP", "OPEN", "UPDATE", "CLOSE"),
        *("NOTIFY", "READRSP", "WRITERSP", "EXECUTERSP", "PARAMETERRSP", "OBSERVERSP", "CFG"),
        *("NMI", "MGR", "QMGR", "UPDATESET", "CREATEEX", "DEVINFO", "DTLSNAT", "LLTRDP"),
        *("VER", "DEL"),  # beyond the manual (decision 11)
    )
)
PLATFORMS = (0, 1, 2, 3, 10)  # of MIPLCFG (manual 4.1)
_FLAGS = {"+MIPLNOTIFY": 9, "+MIPLREADRSP": 10}  # where <flag> stands
POST = 2  # CoAP code of Register and Update


class Lint:
    """`lint(record)` for every record in order, `finish(now)` at the end; `found` gets each
    finding. `facts()` tells of the module as it is now.

    `findings`: the first of them, in order; `counts`: how many by rule.
    """

    def __init__(
        self,
        facts: Callable[[], Facts],
        settings: LintSettings | None = None,
        found: Callable[[Finding], None] = lambda finding: None,
    ) -> None:
        self.findings: list[Finding] = []
        self.counts: Counter[str] = Counter()
        self._facts_now, self._settings, self._found = facts, settings or LintSettings(), found
        self._intake = Intake()
        self._session = Session()
        self._answers = answers.Answers()
        self._cause = 0

    @property
    def _facts(self) -> Facts:
        """As they are now: a switch may have been changed meanwhile."""
        return self._facts_now()

    def __call__(self, record: Record) -> None:
        now = record.time
        match record.kind:
            case "serial_in":
                self._cause = record.number
                self._tick(now)
                self._tell(self._intake.written(record), now)
            case "command":
                self._tell(self._intake.carried_out(record), now)
            case "serial_out":
                self._tell(self._intake.settle(), now)
                self._cause = record.cause
                self._tick(now)
                self._printed(record)
            case "datagram_out":
                self._sent_datagram(record.data)
            case "power" | "reset" | "reboot":
                self._cause = record.cause
                self._started(record)

    def finish(self, now: float) -> None:
        """The module is switched off, and what was not done will not be."""
        self._tell(self._intake.settle(), now)
        self._tick(now)
        self._tell(self._answers.ended(now), now)

    # what the module says

    def _printed(self, record: Record) -> None:
        for line in re.split(r"[\r\n]+", record.data.decode("latin-1")):
            final = _FINAL.fullmatch(line) if line else None
            if final is not None and (pending := self._intake.answered(record.cause)) is not None:
                self._result(pending, line, final, record.time)
            elif line and (said := printed(line, record.time)) is not None:
                self._said(said)

    def _result(self, pending: Pending, line: str, final: re.Match[str], now: float) -> None:
        digits = re.search(r"\d+", line)
        code = None if line in ("OK", "0", "REBOOTING") else int(digits[0]) if digits else 0
        commands = commands_of(pending.text)
        if code is not None and len(commands) > 1:
            return  # which of them has failed is not told
        for command in commands:
            exchange = Exchange(command, pending.text, pending.sent, now, code)
            self._tell(self._check(exchange), now, pending.text)

    def _check(self, exchange: Exchange) -> Iterable[Breach]:
        """All that is wrong with a command; then the session is as the command has left it."""
        command = exchange.command
        breaches = list(forms.check_parameters(command))
        said = _refusal(exchange, self._facts, breaches)
        if said:
            return [*breaches, *said]
        if command.form is Form.TEST or not command.name.startswith("+MIPL"):
            return breaches
        session = self._session
        breaches += login.check_state(exchange, session, self._facts)
        if command.name in answers.KINDS:
            breaches += self._answers.check(exchange, session)
            if command.name == "+MIPLREADRSP":
                breaches += reports.check_readrsp(exchange, session, self._facts)
        elif command.name == "+MIPLNOTIFY":
            breaches += reports.check_notify(exchange, session, self._facts)
        elif check := login.CHECKS.get(command.name):
            breaches += self._login(exchange, check)
        return breaches

    def _login(self, exchange: Exchange, check: login.Check) -> Iterator[Breach]:
        name = exchange.command.name
        if exchange.ok and name in ("+MIPLCREATE", "+MIPLCREATEEX"):
            self._session = Session()
        yield from check(exchange, self._session, self._facts)
        if exchange.ok and name in ("+MIPLDELETE", "+MIPLDEL"):
            yield from self._answers.ended(exchange.now)
            self._session = Session()

    def _said(self, said: Printed) -> None:
        match said.name:
            case "READ" | "WRITE" | "EXECUTE":
                self._answers.asked(said, self._session, self._facts.patience_s)
            case "OBSERVE":
                reports.observed(said, self._session)
            case "PARAMETER":
                reports.parameter(said, self._session)
            case "NMI":
                self._tell(answers.check_queue(said, self._session), said.now)
            case "QMGR":
                self._tell(answers.check_figures(said), said.now)
            case "EVENT":
                was = self._session.phase
                login.event(said, self._session)
                if was is Phase.REGISTERED and self._session.phase is Phase.IDLE:
                    self._tell(self._answers.ended(said.now), said.now)

    def _sent_datagram(self, data: bytes) -> None:
        """The lifetime that the platform is told counts, whoever has set it."""
        found = _LIFETIME.search(data) if data[1:2] == bytes([POST]) else None
        if found and self._session.phase in (Phase.OPENING, Phase.REGISTERED):
            self._session.login.lifetime = float(found[1])

    # what happens to the module

    def _started(self, record: Record) -> None:
        now = record.time
        self._tell(self._intake.settle(), now)
        line = self._intake.rebooting or f"({record.kind} {record.text})"
        if record.kind != "reboot" or self._intake.rebooting:
            leaving = login.check_leaving(self._session, "off-while-registered", now, self._facts)
            self._tell(leaving, now, line)
        self._intake.restarted(record, self._facts.boot_s)
        self._answers.clear()
        self._session = Session()

    def _tick(self, now: float) -> None:
        self._tell(self._answers.tick(now), now)
        self._tell(login.expired(self._session, now), now)
        if self._session.phase is Phase.REGISTERED:
            self._tell(reports.overdue(self._session, now), now)

    # findings

    def _tell(self, breaches: Iterable[Breach], now: float, line: str = "") -> None:
        for breach in breaches:
            if not self._settings.wants(breach.rule):
                continue
            self.counts[breach.rule] += 1
            finding = Finding(
                self.counts.total(),
                self.counts[breach.rule],
                now if breach.at is None else breach.at,
                BY_NAME[breach.rule],
                shown(breach.line or line),
                breach.detail,
                self._cause,
            )
            if len(self.findings) < FINDING_LIMIT:
                self.findings.append(finding)
            self._found(finding)


def _refusal(exchange: Exchange, facts: Facts, told: list[Breach]) -> list[Breach]:
    """What makes all else about a command pointless."""
    command = exchange.command
    if command.name in facts.absent_commands:
        return [Breach("not-of-this-model", facts.model)]
    if not command.name.startswith("+MIPL"):
        return []
    if not exchange.ok and command.name not in COMMANDS:
        return [Breach("unknown-command")]
    if exchange.code == 601:
        return [_malformed(command, facts, told)]
    place = 1 if command.name == "+MIPLCFG" else 0
    has_ref = command.name not in ("+MIPLCREATE", "+MIPLCREATEEX")
    if has_ref and exchange.code == 653 and command.number(place) not in (0, None):
        return [Breach("wrong-ref", command.text(place))]
    return []


def _malformed(command: Command, facts: Facts, told: list[Breach]) -> Breach:
    """What 601 is about, as far as it can be said more exactly."""
    if any(breach.rule == "hex-digits" for breach in told):
        return told.pop([breach.rule for breach in told].index("hex-digits"))
    flag = command.number(_FLAGS.get(command.name, len(command.raws)))
    if flag in reports.RELEASE and facts.release_flags == "601":
        return Breach("release-flag", f"on {facts.model}")
    platform = command.number(2) if command.text(0) == "platform" else None
    if platform in PLATFORMS and platform not in facts.platforms:
        return Breach("not-of-this-model", f"{facts.model} has no platform {platform}")
    return Breach("malformed")
