"""For every rule the smallest dialogue that breaks it, and one that just keeps it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Case:
    """`before`: what comes before either, and breaks nothing."""

    rule: str
    breaks: str
    keeps: str
    before: str = "& login"
    model: str = "MN316"


OK = "< OK"
A_READ = "< +MIPLREAD: 0,77,3200,0,5750"
THE_ANSWER = '> AT+MIPLREADRSP=0,77,1,3200,0,5750,1,4,"test",0,0\n< OK'
A_WRITE = "< +MIPLWRITE: 0,78,3200,0,5750,1,4,test,0"
WRITERSP = "> AT+MIPLWRITERSP=0,78,2\n< OK"


def notify(value: str = '1,4,"test"', tail: str = "0,0", mid: int = 0) -> str:
    return f"> AT+MIPLNOTIFY=0,{mid},3200,0,5750,{value},{tail}\n< OK"


def text(size: int) -> str:
    return f'1,{size},"{"x" * size}"'


def seconds(number: float, *then: str) -> str:
    return "\n".join((f"~ {number}", *then))


EIGHT = "\n".join(notify(tail=f"0,0,{n}") for n in range(8))
REFUSED = "\n< +CIS ERROR: {}"


def failed(command: str, code: int) -> str:
    return f"> {command}\n< +CIS ERROR: {code}"


def done(command: str) -> str:
    return f"> {command}\n< OK"


LINES = (
    Case("prefix", "> xxAT\n< OK", "> at\n< OK", ""),
    Case("prefix", "> At\n< OK", ">> A/\n< OK", ""),
    Case("line-feed-only", r">> AT\n" + "\n< OK", r">> AT\r\n" + "\n< OK", ""),
    Case("nul-bytes", r">> AT\r\0\0" + "\n< OK", r">> AT\r\n" + "\n< OK", ""),
    Case("blanks", "> AT+CEREG =1\n< OK", "> AT+CEREG=1\n< OK", ""),
    Case("blanks", r">> AT+CEREG=1 \r" + "\n< OK", "> AT+CEREG=1\n< OK", ""),
    Case(
        "curly-quotes",
        done("AT+MIPLADDOBJ=0,3200,1,\u201d1\u201d,0,0"),
        done('AT+MIPLADDOBJ=0,3200,1,"1",0,0') + "\n" + done('AT+CGDCONT=1,"IP","\u201d"'),
        "& created",
    ),
    Case(
        "unquoted-string",
        done("AT+MIPLADDOBJ=0,3200,1,1,0,0"),
        done('AT+MIPLADDOBJ=0,3200,1,"1",0,0'),
        "& created",
    ),
    Case(
        "quoted-number", done('AT+MIPLOPEN=0,"300",30'), done("AT+MIPLOPEN=0,300,30"), "& created"
    ),
    Case("quoted-number", notify('"5",1,1'), notify('5,1,"1"')),  # 3.9 note 1: <value> may
    Case(
        "uri-scheme",
        done('AT+MIPLCREATEEX="coap://183.230.40.40:5683",0'),
        done('AT+MIPLCREATEEX="183.230.40.40:5683",0'),
        "",
    ),
    Case("long-line", f"> AT{'1' * 4095}\n< ERROR", f"> AT{'1' * 4094}\n< ERROR", ""),
    Case("no-pause", "> AT\n> ATI\n< OK\n< OK", "> AT\n< OK\n> ATI\n< OK", ""),
    Case("no-pause", r">> AT\rATI\r" + "\n< OK\n< OK", r">> AT\r" + "\n" + r">> \n" + "\n< OK", ""),
    Case(
        "command-while-booting",  # quirk boot_ms is 500
        "! reboot by reset\n~ 0.4\n> ATI",
        "! reboot by reset\n~ 0.4\n> AT\n~ 0.1\n> ATI\n< OK",
        "",
    ),
)

COMMANDS = (
    Case("malformed", failed("AT+MIPLOPEN=0", 601), done("AT+MIPLOPEN=0,300"), "& created"),
    Case(
        "unknown-command",
        "> AT+MIPLWRITEOBSERVERSP=0,1,1\n< ERROR",
        "> AT+MIPLUPDATE=0,0,0\n< ERROR",  # by AT+CMEE=0
    ),
    Case("unknown-command", "> AT+MIPLX\n< +CME ERROR: 100", "> AT+X\n< +CME ERROR: 100"),
    Case(
        "not-of-this-model",
        "> AT+MIPLUPDATESET=0,1\n< ERROR",
        done("AT+MIPLNMI=0,0,1"),
        "& created",
    ),
    Case(
        "not-of-this-model",
        failed("AT+MIPLNMI=0,1,1", 651),
        done("AT+MIPLNMI=0,1,0"),
        "& created",
        model="ML307A",
    ),
    Case(
        "not-of-this-model",
        failed('AT+MIPLCFG="platform",0,2', 601),
        done('AT+MIPLCFG="platform",0,1'),
        "& created",
        model="ML307A",
    ),
    Case("wrong-ref", failed("AT+MIPLOPEN=1,300", 653), done("AT+MIPLOPEN=0,300"), "& created"),
    Case(
        "created-twice",
        failed("AT+MIPLCREATE", 653),
        done("AT+MIPLDELETE=0") + "\n& created",
        "& created",
    ),
    Case(
        "object-added-twice",
        done('AT+MIPLADDOBJ=0,3200,1,"1",0,0'),
        done('AT+MIPLADDOBJ=0,3201,1,"1",0,0'),
        "& created\n& objects",
    ),
    Case(
        "object-not-added",
        failed('AT+MIPLDISCOVERRSP=0,3201,1,4,"5750"', 653),
        done('AT+MIPLDISCOVERRSP=0,3200,1,4,"5750"'),
        "& created\n& objects",
    ),
    Case("object-not-added", failed("AT+MIPLDELOBJ=0,3201", 653), done("AT+MIPLDELOBJ=0,3200")),
    Case(
        "module-object",
        done('AT+MIPLADDOBJ=0,5,1,"1",0,0'),
        done('AT+MIPLADDOBJ=0,6,1,"1",0,0'),
        "& created",
    ),
    Case(
        "wrong-login-state",
        failed("AT+MIPLUPDATE=0,0,0", 602),
        failed("AT+MIPLOPEN?", 602),  # 3.6 note 6: so it is told
        "& created",
    ),
    Case(
        "late-setting",
        failed('AT+MIPLCFG="binding",0,1', 651),
        done("AT+MIPLCLOSE=0") + "\n< +MIPLEVENT: 0,15\n" + done('AT+MIPLCFG="binding",0,1'),
    ),
    Case(
        "onenet-only",
        done('AT+MIPLCFG="platform",0,1') + "\n" + failed("AT+MIPLNMI=0,1,0", 651),
        done('AT+MIPLCFG="platform",0,0') + "\n" + done("AT+MIPLNMI=0,1,0"),
        "& created",
    ),
)

CLOSED = done("AT+MIPLCLOSE=0") + "\n< +MIPLEVENT: 0,15"
LOGIN = (
    Case(
        "discoverrsp-after-login",
        done('AT+MIPLDISCOVERRSP=0,3200,1,4,"5750"'),
        CLOSED + "\n" + done('AT+MIPLDISCOVERRSP=0,3200,1,4,"5750"'),
    ),
    Case(
        "discoverrsp-result",
        done('AT+MIPLDISCOVERRSP=0,3200,2,4,"5750"'),
        done('AT+MIPLDISCOVERRSP=0,3200,1,4,"5750"'),
        "& created\n& objects",
    ),
    Case(
        "resources-not-renewed",
        CLOSED + "\n& opened",
        CLOSED + "\n" + done('AT+MIPLDISCOVERRSP=0,3200,1,4,"5750"') + "\n& opened",
    ),
    Case(  # 3.5 note 3: NOTIFY does it, too
        "resources-not-renewed",
        CLOSED + "\n& opened",
        CLOSED + "\n" + notify() + "\n& opened",
    ),
    Case(
        "before-event-6",
        "> AT+MIPLOPEN=0,300,30\n< OK\n"
        + failed('AT+MIPLNOTIFY=0,0,3200,0,5750,1,4,"test",0,0', 602),
        "& opened\n" + notify(),
        "& created\n& objects",
    ),
    Case("small-lifetime", done("AT+MIPLUPDATE=0,9,0"), done("AT+MIPLUPDATE=0,10,0")),
    Case("small-lifetime", done("AT+MIPLUPDATE=0,1,0"), done("AT+MIPLUPDATE=0,0,0")),
    Case(
        "updateset-short-lifetime",
        done("AT+MIPLOPEN=0,59"),
        done("AT+MIPLOPEN=0,60"),
        "& created\n" + done("AT+MIPLUPDATESET=0,1"),
        model="MN318",
    ),
    Case("lifetime-expired", "~ 300.1\n> AT\n< OK", "~ 300\n> AT\n< OK"),
    Case(
        "lifetime-expired",
        "~ 200\n" + done("AT+MIPLUPDATE=0,100,0") + "\n< +MIPLEVENT: 0,11\n~ 100.1\n> AT\n< OK",
        "~ 200\n" + done("AT+MIPLUPDATE=0,500,0") + "\n< +MIPLEVENT: 0,11\n~ 499\n> AT\n< OK",
    ),
    Case(  # the platform has written another lifetime: Update with lt=600
        "lifetime-expired",
        "~ 299\n< +MIPLEVENT: 0,11\n~ 301\n> AT\n< OK",
        "~ 299\n= 4002 0001 b2 72 64 01 31 46 6c743d363030\n< +MIPLEVENT: 0,11\n~ 301\n> AT\n< OK",
    ),
    Case(  # a CON is sent again after 2 s
        "close-not-awaited",
        done("AT+MIPLCLOSE=0") + "\n~ 1.9\n" + done("AT+MIPLDELETE=0"),
        done("AT+MIPLCLOSE=0") + "\n~ 2\n" + done("AT+MIPLDELETE=0"),
    ),
    Case("delete-registered", done("AT+MIPLDELETE=0"), CLOSED + "\n" + done("AT+MIPLDELETE=0")),
    Case(  # as 5.2 goes on without bootstrap
        "delete-registered",
        done("AT+MIPLDELETE=0"),
        done("AT+MIPLDEVINFO?") + "\n" + done("AT+MIPLDELETE=0"),
        '> AT+MIPLCREATEEX="nbiotbt.heclouds.com:5684",1,,"1234abcd"\n< OK\n& objects\n& opened',
    ),
    Case("off-while-registered", "! power off", CLOSED + "\n! power off"),
    Case(
        "off-while-registered",
        "> AT+NRB\n! reboot by command\n< REBOOTING",
        "! reboot by command",  # by the platform, or the module itself
    ),
    Case(
        "psk-missing",
        done('AT+MIPLCREATEEX="183.230.40.40:5684",0'),
        done('AT+MIPLCREATEEX="183.230.40.40:5684",0,,"abcd1234"'),
        "",
    ),
    Case(
        "psk-without-dtls",
        done('AT+MIPLCREATEEX="183.230.40.40",0,,"abcd1234"'),
        done('AT+MIPLCREATEEX="183.230.40.40",0,"abcd1234"'),
        "",
    ),
    Case(
        "psk-id-missing",
        done('AT+MIPLCFG="platform",0,1,2'),
        done('AT+MIPLCFG="platform",0,1,1'),
        "& secure",
    ),
    Case(
        "psk-encoding",
        done('AT+MIPLCFG="platform",0,3') + "\n" + done("AT+MIPLOPEN=0,300"),
        done('AT+MIPLCFG="platform",0,1') + "\n" + done("AT+MIPLOPEN=0,300"),
        "& secure",
    ),
    Case(
        "dtls-platform",
        done('AT+MIPLCFG="platform",0,2') + "\n" + done("AT+MIPLOPEN=0,300"),
        done('AT+MIPLCFG="platform",0,0') + "\n" + done("AT+MIPLOPEN=0,300"),
        "& secure",
    ),
    Case(
        "bootstrap-platform",
        done('AT+MIPLCFG="platform",0,1'),
        done('AT+MIPLCFG="platform",0,0'),
        done('AT+MIPLCREATEEX="221.229.214.202:5683",1'),
    ),
)

FIRST, SECOND = notify(text(500), "1,1"), notify(text(500), "0,0")
ANSWER_1001 = f"> AT+MIPLREADRSP=0,77,1,3200,0,5750,{text(1001)},0,0\n< +CIS ERROR: 100"
ANSWER_1000 = f"> AT+MIPLREADRSP=0,77,1,3200,0,5750,{text(1000)},0,0\n< OK"
STRATEGY = '< +MIPLPARAMETER: 0,60,3200,0,5750,15,"pmin=10;pmax=60"'
REPORTS = (
    Case(
        "before-observe",
        failed('AT+MIPLNOTIFY=0,0,3200,1,5750,1,4,"test",0,0', 653),
        notify(),
    ),
    Case("before-observe", notify(), "", "& login\n< +MIPLOBSERVE: 0,501,0,3200,0,-1"),
    Case("over-1000", notify(text(1001)), notify(text(1000))),
    Case("over-1000", FIRST + "\n" + notify(text(501)), FIRST + "\n" + SECOND),
    Case(  # the module counts the header of the value, too (decision 43)
        "over-1000", notify(text(998)).replace("OK", "+CIS ERROR: 100"), notify(text(998))
    ),
    Case("over-1000", ANSWER_1001, ANSWER_1000, "& login\n" + A_READ),
    Case("length", notify('1,5,"test"'), notify('1,4,"test"')),
    Case("length", notify("3,1,-12"), notify("3,3,-12")),
    Case("length", notify("2,3,0102"), notify("2,2,0102")),
    Case(
        "length",
        done('AT+MIPLDISCOVERRSP=0,3200,1,9,"5750"'),
        done('AT+MIPLDISCOVERRSP=0,3200,1,9,"5500;5750"'),
        "& created\n& objects",
    ),
    Case("unquoted-value", notify("1,4,test"), notify("4,4,50.8")),
    Case(
        "hex-digits",
        failed('AT+MIPLNOTIFY=0,0,3200,0,5750,2,3,"010",0,0', 601),
        notify('2,4,"01aF"'),
    ),
    Case("flag-order", notify(tail="0,2") + "\n" + notify(), notify(tail="0,1") + "\n" + notify()),
    Case(
        "flag-order",
        notify(tail="0,1") + "\n" + notify(tail="0,1") + "\n" + notify(),
        notify(tail="0,1") + "\n" + notify(tail="0,2") + "\n" + notify(),
    ),
    Case(
        "index-order",
        notify(tail="2,1") + "\n" + notify(tail="2,2") + "\n" + notify(),
        notify(tail="2,1") + "\n" + notify(tail="1,2") + "\n" + notify(),
    ),
    Case("index-order", notify(tail="1,0"), notify(tail="0,1") + "\n" + notify()),
    Case(
        "held-lost",
        notify(tail="0,1") + "\n" + done("AT+MIPLCLOSE=0"),
        notify(tail="0,1") + "\n" + notify() + "\n" + done("AT+MIPLCLOSE=0"),
    ),
    Case("release-flag", notify(tail="0,0x200"), notify(), model="MN319"),
    Case("release-flag", notify(tail="0,0x400"), notify(), "& secure login"),
    Case(
        "release-flag",
        failed('AT+MIPLNOTIFY=0,0,3200,0,5750,1,4,"test",0,0x200', 601),
        notify(),
        model="ML305A",
    ),
    Case(
        "ackid-not-sent",
        notify(tail="0,1,7") + "\n" + notify(),
        notify(tail="0,1") + "\n" + notify(tail="0,0,7"),
    ),
    Case(
        "repeated-ackid",
        notify(tail="0,0,7") + "\n~ 247\n" + notify(tail="0,0,7"),
        notify(tail="0,0,7") + "\n~ 247.1\n" + notify(tail="0,0,7"),
    ),
    Case(
        "repeated-ackid",  # acknowledged or not
        notify(tail="0,0,7") + "\n< +MIPLEVENT: 0,26,7\n" + notify(tail="0,0,7"),
        notify(tail="0,0,7") + "\n< +MIPLEVENT: 0,26,7\n" + notify(tail="0,0,8"),
    ),
    Case(
        "content-type-changed",
        notify(tail="0,0,7,0") + "\n" + notify(tail="0,0,8,3"),
        notify(tail="0,0,7,0") + "\n" + notify(tail="0,0,8,0"),
    ),
    Case(
        "content-type-in-parts",
        failed('AT+MIPLNOTIFY=0,0,3200,0,5750,1,4,"test",1,1,,0', 651),
        notify(tail="1,1,,3") + "\n" + notify(),
    ),
    Case(
        "too-many-unacknowledged",
        EIGHT + "\n" + failed('AT+MIPLNOTIFY=0,0,3200,0,5750,1,4,"test",0,0,9', 652),
        failed('AT+MIPLNOTIFY=0,0,3200,0,5750,1,4,"test",0,0,9', 652)  # the fault `busy`
        + f"\n{EIGHT}\n< +MIPLEVENT: 0,26,0\n"
        + notify(tail="0,0,10"),
    ),
    Case(
        "dtls-queue-full",
        failed('AT+MIPLNOTIFY=0,0,3200,0,5750,1,4,"test",0,0', 652),
        notify(),
        "& secure login\n< +MIPLEVENT: 0,32",
    ),
    Case(
        "nsmi-mid",
        notify(mid=4) + "\n" + notify(mid=4),
        notify(mid=4) + "\n" + notify(mid=5),
        "& created\n" + done("AT+MIPLNMI=0,0,1") + "\n& objects\n& opened",
    ),
    Case(
        "sooner-than-pmin",
        notify() + "\n~ 9.9\n" + notify(),
        notify() + "\n~ 10\n" + notify(),
        "& login\n" + STRATEGY,
    ),
    Case(
        "later-than-pmax",
        notify() + "\n~ 60.1\n" + notify(),
        notify() + "\n~ 60\n" + notify(),
        "& login\n" + STRATEGY,
    ),
)

MGR = "> AT+MIPLMGR=0\n" + A_READ + "\n< OK"
ANSWERS = (
    Case("late-answer", A_READ + "\n~ 5.1\n" + THE_ANSWER, A_READ + "\n~ 5.0\n" + THE_ANSWER),
    Case("late-answer", A_WRITE + "\n~ 5.1\n" + WRITERSP, A_WRITE + "\n~ 5.0\n" + WRITERSP),
    Case(  # its time begins with the line that MGR prints
        "late-answer",
        MGR + "\n~ 5.1\n" + THE_ANSWER,
        "< +MIPLNMI: 0\n~ 5.1\n" + MGR + "\n" + THE_ANSWER,
        "& created\n" + done("AT+MIPLNMI=0,1,0") + "\n& objects\n& opened",
    ),
    Case(  # the last line of several counts
        "late-answer",
        A_READ + "\n" + THE_ANSWER[:-7] + "1,1\n< OK\n~ 5.1\n" + THE_ANSWER,
        A_READ + "\n" + THE_ANSWER[:-7] + "1,1\n< OK\n~ 5.0\n" + THE_ANSWER,
    ),
    Case("unanswered", A_READ + "\n~ 30.1\n> AT\n< OK", A_READ + "\n~ 30\n> AT\n< OK"),
    Case("unanswered", A_READ + "\n~ 5.1\n" + CLOSED, A_READ + "\n~ 5\n" + CLOSED),
    Case(  # the module answers for its own objects (5.1), and for 19 on CTWing (5.3)
        "unanswered",
        A_READ + "\n~ 30.1\n> AT\n< OK",
        "< +MIPLREAD: 0,77,3,0,-1\n~ 30.1\n> AT\n< OK",
    ),
    Case(
        "unanswered",
        "< +MIPLWRITE: 0,78,19,1,0,2,4,3435,0\n~ 31\n> AT\n< OK",
        "& created\n"
        + done('AT+MIPLCFG="platform",0,1')
        + "\n& opened\n< +MIPLWRITE: 0,78,19,1,0,2,4,3435,0\n~ 31\n> AT\n< OK",
    ),
    Case("unknown-mid", failed("AT+MIPLWRITERSP=0,79,2", 653), WRITERSP, "& login\n" + A_WRITE),
    Case(
        "unknown-mid",  # of another kind
        failed("AT+MIPLEXECUTERSP=0,78,2", 653),
        WRITERSP,
        "& login\n" + A_WRITE,
    ),
    Case(
        "answered-twice",
        WRITERSP + "\n" + WRITERSP,
        WRITERSP + "\n" + A_WRITE + "\n" + WRITERSP,  # asked again
        "& login\n" + A_WRITE,
    ),
    Case(
        "wrong-result",
        done("AT+MIPLWRITERSP=0,78,1"),
        done("AT+MIPLWRITERSP=0,78,14"),
        "& login\n" + A_WRITE,
    ),
    Case(
        "wrong-result",
        THE_ANSWER.replace("77,1,", "77,2,"),
        done("AT+MIPLREADRSP=0,77,15"),
        "& login\n" + A_READ,
    ),
    Case(
        "not-what-was-read",
        failed('AT+MIPLREADRSP=0,77,1,3200,0,5751,1,4,"test",0,0', 653),
        THE_ANSWER,
        "& login\n" + A_READ,
    ),
    Case(
        "not-what-was-read",
        failed('AT+MIPLREADRSP=0,77,1,3201,0,5750,1,4,"test",0,0', 653),
        THE_ANSWER,
        "& login\n< +MIPLREAD: 0,77,3200,0,-1",
    ),
    Case("nmi-overflow", "< +MIPLNMI: 0\n" * 41, "< +MIPLNMI: 0\n" * 40),
    Case(
        "nmi-overflow",
        "> AT+MIPLQMGR=0\n< +MIPLQMGR: 0,QUEUES=40,DROPPED=1,BUFFERS=12\n< OK",
        "> AT+MIPLQMGR=0\n< +MIPLQMGR: 0,QUEUES=40,DROPPED=0,BUFFERS=12\n< OK",
    ),
)

CASES = (*LINES, *COMMANDS, *LOGIN, *REPORTS, *ANSWERS)
