"""What a firmware team sees in the field, and the quirks that show it on the desk.

`mipl quirks --symptom` searches here, and among the faults; docs/quirks/README.md prints it as
a table.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from emulator.fault_symptoms import FAULT_SYMPTOMS, FaultSymptom
from emulator.quirk_texts import ABOUT

_WORD = re.compile(r"[\w+<>/]+")


@dataclass(frozen=True, slots=True)
class Symptom:
    """`quirks`: NAME=VALUE of each quirk that brings it about, the likeliest first."""

    text: str
    quirks: tuple[str, ...]


def _symptom(text: str, *quirks: str) -> Symptom:
    return Symptom(text, quirks)


SYMPTOMS: dict[str, tuple[Symptom, ...]] = {
    "The start and the serial line": (
        _symptom("Nothing is answered for the first seconds", "boot_ms=6000", "boot_on_open=first"),
        _symptom("The module starts anew whenever the port is opened", "boot_on_open=every"),
        _symptom("Each command comes back before its answer", "echo_at_boot=on"),
        _symptom("OPEN gets neither OK nor ERROR", "open_bad_param_silent=on"),
        _symptom(
            "After a pause the first command is not answered, the second one is",
            "wake_loses_bytes=2",
        ),
        _symptom("Answers come late, the driver's timeouts expire", "reply_delay_ms=800"),
        _symptom(
            "An error comes twice, and all that follows is one answer late", "double_error_line=on"
        ),
        _symptom("An event right behind OK is lost or torn", "urc_gap_ms=0"),
        _symptom("An event comes when nobody reads any more", "urc_gap_ms=300"),
        _symptom("The module boots unasked and its instance is gone", "fota_install_s=120"),
    ),
    "The network": (
        _symptom("+CEREG does not become 1 or 5 for a minute or more", "search_ms=60000"),
        _symptom("The module is idle or asleep at another time than before", "rrc_idle_s=5"),
        _symptom("Only right after a report can the platform reach it", "queue_awake_s=10"),
        _symptom("It says queue mode and hears everything all the same", "queue_awake_s=always"),
        _symptom("That a login or a report has failed shows after minutes", "ack_timeout_s=20"),
    ),
    "Lines that are spelt otherwise": (
        _symptom(
            "No event is recognized, although the lines are there",
            "mipl_colon=none",
            "mipl_colon=blank+comma",
        ),
        _symptom("+CEREG, +CGATT, +CSQ or boot lines are not recognized", "general_colon=none"),
        _symptom(
            "The date is wrong or not found", "cclk_format=unquoted-2", "cclk_format=quoted-4"
        ),
        _symptom("The IP address is not found", "cgpaddr_quotes=off"),
        _symptom("Hex digits are small letters", "hex_case=lower"),
        _symptom("The step of a strategy is not found: st or stp", "step_name=st"),
        _symptom("+MIPLCREATE or +MIPLCREATEEX comes behind OK", "createex_async=on"),
        _symptom("+MIPLREAD has a sixth field", "read_fields=6"),
        _symptom("+MIPLWRITE has a tenth field, and its flag seems always 0", "write_fields=10"),
        _symptom("Written texts come in quotes", "write_string_quotes=on"),
        _symptom("<len> of a WRITE is half of what stands there", "write_opaque_len=bytes"),
        _symptom(
            "A WRITE has another type than expected, or hex in place of text",
            "write_undeclared=2",
            "write_undeclared=1",
            "write_undeclared=6",
        ),
        _symptom("The values of one Write come in reverse", "write_order=descending"),
        _symptom("A large number comes out as nonsense", "float_overflow=garbage"),
        _symptom("A text with a line break breaks the line", "unsafe_string=raw"),
        _symptom(
            "EXECUTE has no quotes, a 0 behind, or an empty argument",
            "exec_style=unquoted",
            "exec_style=unquoted+0",
            "exec_style=quoted-empty",
        ),
        _symptom("<mid> of OBSERVE is above 65535", "observe_mid=cis32"),
    ),
    "Logging in": (
        _symptom(
            "OPEN never ends: 7, or 1 and 3, for ever; a second OPEN is 602",
            "reg_retry=loop",
            "bs_fail=loop",
        ),
        _symptom(
            "Neither 6 nor 7 comes after OPEN", "reg_timeout_event=8", "open_bad_param_silent=on"
        ),
        _symptom(
            "Other events come before 6",
            "extra_events=1+4",
            "bootstrap_each_open=on",
            "bs_fail=loop",
        ),
        _symptom("Event 11 comes and nobody has updated", "spurious_update=on"),
        _symptom("Each login bootstraps, and the key is another one", "bootstrap_each_open=on"),
        _symptom(
            "A server refuses the registration",
            "lwm2m_query=none",
            "authcode_carrier=option63",
            "security_object_in_register=on",
            "module_objects_in_register=off",
        ),
        _symptom("The server does not find the auth code", "authcode_carrier=query"),
        _symptom("CREATE refuses a configuration that worked elsewhere", "blob_layout=new"),
        _symptom("Another instance than the one added is registered", "bitmap_reversed=on"),
        _symptom("Only the first resources of an object are taken", "count_limit=on"),
        _symptom("ADDOBJ is 653 the second time", "object_again=653"),
        _symptom(
            "The platform lists and observes 3, 4, 5 of the module",
            "module_objects_in_register=on",
        ),
    ),
    "Requests of the platform": (
        _symptom("A READ or WRITE comes twice, or three times", "duplicate_urc=on"),
        _symptom("A READ of 3/0 comes that nobody has to answer", "module_read_urc=on"),
        _symptom("The platform waits for Observe or Discover in vain", "auto_answer=none"),
        _symptom(
            "An answer is refused although the request was there",
            "mcu_answer_timeout_s=20",
            "rsp_only_last=on",
        ),
        _symptom(
            "An answer that is too late gets another code, or OK",
            "late_rsp=ok",
            "late_rsp=601",
            "late_rsp=ok+event20",
        ),
        _symptom("The platform shows an error while the firmware is slow", "after_timeout=5.00"),
        _symptom("The answer comes in a message of its own", "empty_ack_after_s=2"),
        _symptom("A long WRITE comes in pieces, each to be answered", "block_passthrough=always"),
        _symptom("NMI, MGR, QMGR are 651, or not, on another platform", "nmi_platforms=all"),
        _symptom("The platform shows no value before the first report", "observe_payload=none"),
        _symptom("The platform is refused 1/0 and the lifetime in it", "server_object=off"),
        _symptom("The platform meets other error codes than LwM2M's", "cis_codes=on"),
    ),
    "Reports": (
        _symptom("NOTIFY before OPEN is 602", "notify_before_open=602"),
        _symptom(
            "NOTIFY says OK and the platform gets nothing",
            "notify_unobserved=ok",
            "notify_unobserved=ok+event25",
            "con_notify_once=on",
        ),
        _symptom(
            "NOTIFY right after the login is 653 or 100",
            "notify_unobserved=653",
            "notify_unobserved=100",
        ),
        _symptom(
            "NOTIFY is 601",
            "notify_mid_zero=601",
            "len_check=strict",
            "rai_param=12th",
        ),
        _symptom("Of several reports with one ackid only the first arrives", "ackid_as_mid=ackid"),
        _symptom("Event 26 never comes", "con_notify_once=on", "notify_type=ACK"),
        _symptom("Event 25 comes in place of 26", "event_25=ackid", "event_25=observe mid"),
        _symptom("Each report is a CON, also without an ackid", "notify_type=CON"),
        _symptom(
            "Values that were held are gone, or come although given up",
            "packing_error_clears=on",
            "packing_error_clears=off",
        ),
        _symptom("The platform cannot read reports", "tlv_content_format=1542", "float_tlv=8"),
        _symptom("0.1 arrives as 0.100000001", "float_tlv=4"),
        _symptom("The network is not released, though NOTIFY asked for it", "rai_param=12th"),
    ),
    "Staying and leaving": (
        _symptom("The session is gone, and no event has said so", "update_fail=silent"),
        _symptom("Event 12, or 12 and 15, after UPDATE", "update_fail=12", "update_fail=12+15"),
        _symptom(
            "The module registers again by itself", "update_fail=reregister", "reg_retry=loop"
        ),
        _symptom("Event 10, and the instance is gone", "rst_halts=on"),
        _symptom(
            "The platform thinks the device online long after it left",
            "close_wire=forget",
            "delete_registered=silent",
            "update_lifetime_small=86400",
        ),
        _symptom("The lifetime is another one than UPDATE said", "update_lifetime_small=keep"),
        _symptom("Event 15 does not come after CLOSE", "close_wire=wait", "close_order=15,OK"),
        _symptom(
            "Event 15 comes before OK, or with it", "close_order=15,OK", "close_order=together"
        ),
        _symptom("DELETE is refused", "delete_registered=refuse"),
        _symptom("DELETE brings event 15, and its OK is late", "delete_registered=deregister"),
    ),
}


_IDLE = (
    *("a", "an", "and", "at", "by", "do", "does", "for", "has", "in", "is", "it", "my"),
    *("of", "on", "or", "the", "to", "with"),
)
"""Words of a question that say nothing; unless it has no others."""

_ALIKE = tuple(
    tuple(words.split())
    for words in (
        "reboot reset restart boot anew watchdog brownout",
        "hang freeze stuck dead silent mute",
        "lost lose loss gone drop vanish missing disappear swallow",
        "late delay slow timeout",
        "twice duplicate double repeat",
        "garbage corrupt noise nonsense torn",
        "registration register login session",
        "urc unsolicited event",
        "response answer reply",
        "no not never nothing neither nobody none",
        "space blank",
        "report notify",
        "sleep asleep psm idle wake",
        "platform cloud server",
        "piece split fragment chunk",
        "refuse reject",
        "middle inside between interleave",
    )
)
"""Words that mean much the same in a question."""


class NoSymptom(Exception):
    """Nothing fits; the text names what comes near."""


def find(words: str) -> tuple[Symptom | FaultSymptom, ...]:
    """The symptoms with words that begin so, or with words like them, in their text or in that of
    their quirks and faults; those with the very words first. NoSymptom."""
    said = words.lower().split()
    wanted = [word for word in said if word not in _IDLE] or said
    found = [symptom for symptom in _all() if _has(symptom, [_alike(word) for word in wanted])]
    if not wanted or not found:
        raise NoSymptom(
            f"no symptom has {_missing(wanted)} (docs/quirks/README.md and docs/faults.md list all)"
        )
    very = [symptom for symptom in found if _has(symptom, [(word,) for word in wanted])]
    return (*very, *(symptom for symptom in found if symptom not in very))


def _all() -> Iterator[Symptom | FaultSymptom]:
    for symptoms in SYMPTOMS.values():
        yield from symptoms
    yield from FAULT_SYMPTOMS


def _alike(word: str) -> tuple[str, ...]:
    """The word, and those that mean the same: also of `reboots` and `rebooted`."""
    for words in _ALIKE:
        if any(word == each or (len(each) > 3 and word.startswith(each)) for each in words):
            return (word, *words)
    return (word,)


def _has(symptom: Symptom | FaultSymptom, wanted: Sequence[Sequence[str]]) -> bool:
    known = _words(symptom)
    return all(_fits(known, alike) for alike in wanted)


def _fits(known: Iterable[str], alike: Sequence[str]) -> bool:
    """Whether one of them begins like a known word; a short one has to be it, lest `no` find
    `notify`."""
    return any(
        word == each or (len(each) > 3 and word.startswith(each))
        for each in alike
        for word in known
    )


def _words(symptom: Symptom | FaultSymptom) -> set[str]:
    return set(_WORD.findall(" ".join([symptom.text, *_more(symptom)]).lower()))


def _more(symptom: Symptom | FaultSymptom) -> Iterator[str]:
    if isinstance(symptom, FaultSymptom):
        yield from symptom.faults
        return
    yield from symptom.quirks
    yield from (ABOUT[quirk.partition("=")[0]] for quirk in symptom.quirks)


def _missing(wanted: Sequence[str]) -> str:
    """What was looked for in vain, and the nearest word to the first one that nothing has."""
    known = sorted(set().union(*map(_words, _all())))
    for part in wanted:
        if not _fits(known, _alike(part)):
            near = get_close_matches(part, known, n=1, cutoff=0.75)
            return f"'{part}'" + (f"; did you mean '{near[0]}'?" if near else "")
    return f"all of '{' '.join(wanted)}'"
