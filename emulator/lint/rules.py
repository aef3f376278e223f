"""The rules of the host lint, one row each: what the host must do, and who says so."""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal

Severity = Literal["error", "warning"]


class RuleError(Exception):
    """A rule was named that there is not; the text names the nearest."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. `name` never changes. `severity`: `error` where the module or the platform refuses,
    drops or misses something; `warning` where it works here and may not elsewhere, or where data
    may be lost. `source` as docs/sources.md explains; `instead`: what to do.
    """

    name: str
    severity: Severity
    sentence: str
    source: str
    instead: str


RULES: tuple[Rule, ...] = (
    # lines
    Rule(
        "prefix",
        "warning",
        "A command line does not begin with AT or at.",
        "manual 2.1",
        "Begin every line with AT or at; write nothing before it.",
    ),
    Rule(
        "line-feed-only",
        "warning",
        "A command line ends with LF alone.",
        "manual 2.1; decision 4; HF 17",
        "End it with CR, or with CR and LF.",
    ),
    Rule(
        "nul-bytes",
        "warning",
        "NUL bytes are written, as when a whole C array goes out.",
        "decision 4; HF 17",
        "Write only the characters of the line and its CR.",
    ),
    Rule(
        "blanks",
        "warning",
        "Blanks stand around = or at the end of a command.",
        "decision 4; HF 18",
        "Write no blanks outside of quotes.",
    ),
    Rule(
        "curly-quotes",
        "warning",
        "A value stands in curly quotes, as a page of text may have them.",
        "decision 4; decisions 9",
        'Write the ASCII character ".',
    ),
    Rule(
        "unquoted-string",
        "warning",
        "A host, a bitmap, a list of resources or the item of MIPLCFG has no quotes.",
        "manual 3.3, 3.5, 4.1, 4.6; decision 4; HF 19, 20",
        'Put it in double quotes: "nbiotbt.heclouds.com:5683", "1", "5500;5750".',
    ),
    Rule(
        "quoted-number",
        "warning",
        "A number other than <value> stands in quotes.",
        "manual 3.1, 3.9; decision 4; HF 20",
        "Write it without quotes.",
    ),
    Rule(
        "uri-scheme",
        "warning",
        "The host of MIPLCREATEEX begins with coap:// or coaps://.",
        "manual 4.6; decision 4; HF 19",
        "Write host:port alone; port 5684 means DTLS.",
    ),
    Rule(
        "long-line",
        "error",
        "A command line has more than 4096 bytes; the module throws it away.",
        "decision 6",
        "Send the values in several lines, with flags 1, 2, 0.",
    ),
    Rule(
        "no-pause",
        "error",
        "A command begins before the final result of the one before has come.",
        "V.250 5.5; HF 9; decision 2",
        "Wait for OK or the error, and a tenth of a second more.",
    ),
    Rule(
        "command-while-booting",
        "error",
        "A command is written while the module boots, and nobody hears it.",
        "decision 10; HF 15",
        "Wait for the boot lines, or send AT again until OK comes.",
    ),
    # commands
    Rule(
        "malformed",
        "error",
        "The module answers 601: number, type, range or quotes of the parameters are wrong.",
        "manual 6 code 601; decision 8",
        "See the syntax of the command: mipl commands MODEL.",
    ),
    Rule(
        "unknown-command",
        "error",
        "There is no such +MIPL command.",
        "decision 7; decisions 9",
        "mipl commands MODEL lists what the model has.",
    ),
    Rule(
        "not-of-this-model",
        "error",
        "The model lacks this command, or cannot do what it asks for.",
        "manual 4.1 footnote 7, 4.2 note 7, 4.5 note 6, 4.9 note 1; decisions 7",
        "Use another model, or leave the command out for this one.",
    ),
    Rule(
        "wrong-ref",
        "error",
        "<ref> is not 0.",
        "manual 4.6 note 2; decision 7",
        "There is one instance only, and its ref is 0.",
    ),
    Rule(
        "created-twice",
        "error",
        "An instance is created while there is one.",
        "manual 4.6 note 2, 6 code 653; decision 13; HF 3",
        "CLOSE and DELETE the old one first, and take its 653 for an answer.",
    ),
    Rule(
        "object-added-twice",
        "warning",
        "ADDOBJ of an object that is there already.",
        "manual 6 code 653; decision 15; HF 24",
        "Add each object once, with all its instances in the bitmap.",
    ),
    Rule(
        "object-not-added",
        "error",
        "A command names an object that was not added.",
        "manual 6 code 653; decisions 15, 16, 17",
        "ADDOBJ comes first.",
    ),
    Rule(
        "module-object",
        "warning",
        "The host takes over object 3, 4 or 5, which the module needs for its firmware update.",
        "manual 3.3 note 1",
        "Use objects of your own.",
    ),
    Rule(
        "wrong-login-state",
        "error",
        "The module answers 602: it is not logged in, or logs in or is logged in already.",
        "manual 6 code 602; decision 22",
        "Follow the events: 6 is logged in, 15 and 31 are logged out.",
    ),
    Rule(
        "late-setting",
        "error",
        "MIPLCFG or MIPLUPDATESET comes after OPEN.",
        "manual 4.5 note 1; decisions 18, 26",
        "Set it between CREATE and OPEN.",
    ),
    Rule(
        "onenet-only",
        "error",
        "OPEN?, NMI, MGR or QMGR on another platform than OneNET.",
        "manual 3.6 note 7, 4.2; decisions 24, 39",
        "Follow the events, and let requests be printed at once.",
    ),
    # logging in and out
    Rule(
        "discoverrsp-after-login",
        "error",
        "DISCOVERRSP comes after OPEN.",
        "manual 3.5 note 2",
        "Send it between ADDOBJ and OPEN.",
    ),
    Rule(
        "discoverrsp-result",
        "warning",
        "<result> of DISCOVERRSP is not 1.",
        "manual 3.5",
        "Write 1.",
    ),
    Rule(
        "resources-not-renewed",
        "error",
        "OPEN follows a CLOSE, which has forgotten the list of resources, and there is no new one.",
        "manual 3.5 note 2, 3.8 note 4; decision 27",
        "Send DISCOVERRSP (or a NOTIFY of each resource) again before OPEN.",
    ),
    Rule(
        "before-event-6",
        "error",
        "Something is sent after OPEN's OK and before event 6.",
        "manual 3.6 notes 1 and 2, 5.1; decision 22",
        "Wait for +MIPLEVENT: 0,6; OK only says that the login has begun.",
    ),
    Rule(
        "small-lifetime",
        "warning",
        "UPDATE with a lifetime of 1 to 9 s, which becomes a whole day.",
        "manual 3.7 note 3",
        "Write 10 or more, or 0 if a day is meant.",
    ),
    Rule(
        "updateset-short-lifetime",
        "warning",
        "MIPLUPDATESET is on, and a lifetime below 60 s makes it do nothing.",
        "manual 4.5 note 4",
        "Use a lifetime of 60 s or more.",
    ),
    Rule(
        "lifetime-expired",
        "error",
        "The lifetime has run out without an UPDATE; a platform forgets the device then.",
        "manual 3.6, 3.7; decision 26",
        "UPDATE before the lifetime ends, best at half of it, or MIPLUPDATESET where there is one.",
    ),
    Rule(
        "close-not-awaited",
        "warning",
        "DELETE or a reboot follows CLOSE before event 15, sooner than CLOSE would be sent again.",
        "manual 3.8 notes 1, 2 and 3; decision 28",
        "Wait for +MIPLEVENT: 0,15; DELETE without it only when it does not come.",
    ),
    Rule(
        "delete-registered",
        "warning",
        "DELETE while logged in: the platform is not told, and takes the device to be there.",
        "manual 3.2 note 1, 3.8, 5.1; decision 27",
        "CLOSE, wait for event 15, then DELETE. (Changing to the server that a bootstrap has named "
        "and MIPLDEVINFO? has told is as 5.2 has it, and no finding.)",
    ),
    Rule(
        "off-while-registered",
        "warning",
        "A reboot or power-off while logged in: the platform is not told.",
        "manual 3.8; decision 9",
        "CLOSE and wait for event 15 first.",
    ),
    Rule(
        "psk-missing",
        "error",
        "Port 5684 means DTLS, and there is no PSK.",
        "manual 4.6 note 3; decision 14",
        "Give <PSK>, or use port 5683.",
    ),
    Rule(
        "psk-without-dtls",
        "warning",
        "A PSK is given, but the port is not 5684: nothing will be encrypted.",
        "manual 4.6 note 3; decision 14",
        "Write port 5684.",
    ),
    Rule(
        "psk-id-missing",
        "error",
        "The endpoint name is not the IMEI, and <PSKID> is empty.",
        "manual 5.4, 5.7",
        "Give the IMEI as <PSKID> in MIPLCREATEEX.",
    ),
    Rule(
        "psk-encoding",
        "warning",
        "<psk_encode> is not the one of the platform: text for OneNET, hex for Huawei.",
        "manual 4.6 note 10",
        "0 for OneNET, 1 for Huawei, either for CTWing.",
    ),
    Rule(
        "dtls-platform",
        "error",
        "DTLS with the DMP platform, which has none.",
        "manual 4.6 note 7, 4.8 note 7",
        "Use port 5683 there.",
    ),
    Rule(
        "bootstrap-platform",
        "error",
        "A bootstrap is asked for on CTWing, which has none.",
        "manual 5.3",
        "Give flag 0 in MIPLCREATEEX.",
    ),
    # reporting
    Rule(
        "before-observe",
        "error",
        "A value is reported for which no +MIPLOBSERVE has come.",
        "manual 5.1, 5.3, 5.5, 5.6; decision 43",
        "Wait for the +MIPLOBSERVE of the object instance after event 6.",
    ),
    Rule(
        "over-1000",
        "error",
        "One report or answer carries more than 1000 bytes of data.",
        "manual 3.9 note 5, 3.11 note 3, 5.1; decision 43",
        "Send several, each with its own flag 0.",
    ),
    Rule(
        "length",
        "warning",
        "<len> is not the length of what it stands for; some firmware insists on it.",
        "manual 3.5, 3.9, 3.11; MB 5.9; HF 21",
        "Write the number of characters of the value (numbers may have 2, 4 or 8 for their bytes).",
    ),
    Rule(
        "unquoted-value",
        "warning",
        "A string value has no quotes.",
        "manual 3.9 note 1",
        "Put a <value> of type 1 in double quotes.",
    ),
    Rule(
        "hex-digits",
        "error",
        "A <value> of type 2 or 6 is not an even number of hex digits.",
        "manual 3.9 footnotes 1 and 2, 3.11 footnotes 5 and 6; decision 41",
        "Write two hex digits for each byte.",
    ),
    Rule(
        "flag-order",
        "warning",
        "<flag> is not 1 for the first line, 2 for those between, 0 for the last.",
        "manual 3.9, 3.11; decision 40",
        "Begin with 1, go on with 2, end with 0; one line alone has 0.",
    ),
    Rule(
        "index-order",
        "warning",
        "<index> does not count down to 0.",
        "manual 3.9, 3.11",
        "N-1 for the first of N lines, 0 for the last; or 0 for all.",
    ),
    Rule(
        "held-lost",
        "warning",
        "Values were held by flag 1 or 2, and no flag 0 has sent them.",
        "manual 3.9 note 2; decision 40",
        "End every report with a line with flag 0 for the same object instance.",
    ),
    Rule(
        "release-flag",
        "warning",
        "Flag 0x200 or 0x400 does nothing under DTLS and on this model.",
        "manual 3.9 note 4, footnote 3; decision 46",
        "Write 0.",
    ),
    Rule(
        "ackid-not-sent",
        "warning",
        "An <ackid> stands on a line that only holds its value, and is ignored.",
        "manual 3.9 note 7",
        "Give it on the line with flag 0.",
    ),
    Rule(
        "repeated-ackid",
        "error",
        "An <ackid> comes again within 247 s; the platform may take it for the same message.",
        "manual 3.9 note 8; decisions 42, 50; HF 22",
        "Count the ackid up with every report.",
    ),
    Rule(
        "content-type-changed",
        "error",
        "<contentType> of a resource is another than before.",
        "manual 3.9 note 9",
        "Keep the contentType that the resource was first given.",
    ),
    Rule(
        "content-type-in-parts",
        "error",
        "Values are put together from several lines with another <contentType> than TLV.",
        "manual 3.9 footnote 4; decision 44",
        "Leave contentType out, or write 3, where flags 1 and 2 are used.",
    ),
    Rule(
        "too-many-unacknowledged",
        "error",
        "652: eight reports with an <ackid> wait for their event 26.",
        "manual 6 code 652; decision 42",
        "Wait for event 26 before the next, or report without ackid.",
    ),
    Rule(
        "dtls-queue-full",
        "error",
        "652: the queue of a DTLS session that negotiates anew is full (10 messages, 2 KiB).",
        "manual 4.8 notes 3 and 4; decision 47",
        "After event 32 wait for event 26 before more is sent.",
    ),
    Rule(
        "nsmi-mid",
        "warning",
        "+MIPLNSMI is on, and two reports have the same <mid>, so that it tells them not apart.",
        "manual 4.2 note 6",
        "Count <mid> of NOTIFY up by one with every report.",
    ),
    Rule(
        "sooner-than-pmin",
        "warning",
        "A report comes sooner than pmin of the platform's +MIPLPARAMETER allows.",
        "manual 3.16 note 1",
        "Keep at least pmin seconds between reports of what is observed.",
    ),
    Rule(
        "later-than-pmax",
        "warning",
        "No report has come within pmax of the platform's +MIPLPARAMETER.",
        "manual 3.16 note 1",
        "Report at least every pmax seconds, also without a change.",
    ),
    # answering
    Rule(
        "late-answer",
        "error",
        "A READ, WRITE or EXECUTE is answered later than 5 s after its line.",
        "manual 3.11 note 4, 5.1, 5.5",
        "Answer within 5 s, better within 3.",
    ),
    Rule(
        "unanswered",
        "error",
        "A READ, WRITE or EXECUTE is never answered; the module has forgotten it.",
        "manual 3.11 note 4; decision 32",
        "Answer every request, with result 11 to 15 if it cannot be done.",
    ),
    Rule(
        "unknown-mid",
        "error",
        "An answer names a <mid> that no such request had.",
        "manual 3.11 note 1, 3.13 note 1, 3.15 note 1; decision 32",
        "Take <mid> from the line of the request.",
    ),
    Rule(
        "answered-twice",
        "error",
        "A request is answered that has its answer already.",
        "manual 3.11 note 1, 3.13 note 1, 3.15 note 1; decision 31",
        "Answer each request once; a WRITE of several lines has one answer.",
    ),
    Rule(
        "wrong-result",
        "warning",
        "<result> is none of this answer: 1 for READ, 2 for WRITE and EXECUTE, 11 and up else.",
        "manual 3.11, 3.13 note 2, 3.15 note 2; decision 37",
        "1 with a value answers READ, 2 answers WRITE and EXECUTE.",
    ),
    Rule(
        "not-what-was-read",
        "error",
        "The answer gives a resource outside of what was read.",
        "manual 3.11; decision 40",
        "Answer with the object, instance and resource of the +MIPLREAD line.",
    ),
    Rule(
        "nmi-overflow",
        "error",
        "The queue of NMI modes 1 and 2 has dropped requests that were not fetched.",
        "manual 4.2 notes 4 and 5, 4.4",
        "Fetch with MIPLMGR and answer before 40 requests or 2 KiB of data wait.",
    ),
)

BY_NAME = {rule.name: rule for rule in RULES}


def check_names(names: Iterable[str]) -> frozenset[str]:
    """The names, or RuleError for one that is no rule."""
    wanted = frozenset(names)
    for name in sorted(wanted - BY_NAME.keys()):
        near = get_close_matches(name, list(BY_NAME), n=1)
        hint = f"; did you mean '{near[0]}'?" if near else ""
        raise RuleError(f"there is no lint rule '{name}'{hint} (mipl lint --rules lists them)")
    return wanted


@dataclass(frozen=True, slots=True)
class LintSettings:
    """`only`: the rules that count, all if empty; `ignore`: those that do not. RuleError for a
    name that is no rule."""

    only: frozenset[str] = frozenset()
    ignore: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        check_names(self.only | self.ignore)

    def wants(self, name: str) -> bool:
        return name not in self.ignore and (not self.only or name in self.only)
