"""What goes wrong in the field now and then, and the faults that show it on the desk.

`mipl quirks --symptom` searches here, too; docs/faults.md prints it as a table. Every fault is
one of an example on a page below docs/faults, letter for letter.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FaultSymptom:
    """`faults`: those that bring it about, the likeliest first; `page` has them, in docs/faults."""

    text: str
    page: str
    faults: tuple[str, ...]


def _symptom(text: str, page: str, *faults: str) -> FaultSymptom:
    return FaultSymptom(text, page, faults)


FAULT_SYMPTOMS = (
    _symptom(
        "An answer is lost; the driver hangs, or takes the next OK for it",
        "serial-line.md#drop",
        "reply +CSQ: drop",
    ),
    _symptom(
        "A command is lost on the line, and nothing is answered",
        "serial-line.md#drop",
        'at-in match "AT+CSQ": drop, 2 times',
    ),
    _symptom(
        "An event that the driver waits for is lost",
        "serial-line.md#drop",
        'urc +MIPLEVENT match "0,6": drop',
    ),
    _symptom(
        "An answer comes late, and is taken for that to the next command",
        "serial-line.md#delay",
        "reply +CSQ: delay 5s",
    ),
    _symptom(
        "An event comes twice",
        "serial-line.md#duplicate",
        'urc +MIPLEVENT match "0,6": duplicate',
    ),
    _symptom(
        "Noise or garbage stands in a line",
        "serial-line.md#corrupt",
        'reply match "+CSQ": corrupt "#" at 3',
        'at-in match "+CSQ": corrupt "\\xff" at 4',
    ),
    _symptom("Events come in another order", "serial-line.md#reorder", "urc: reorder"),
    _symptom(
        "A line comes in pieces",
        "serial-line.md#split",
        "reply +CSQ: split 3 7 pause 100ms",
        "reply: split each pause 10ms",
    ),
    _symptom("Two lines come as one", "serial-line.md#merge", "urc +MIPLEVENT: merge bare"),
    _symptom(
        "An event stands in the middle of an answer",
        "serial-line.md#insert",
        'reply +CSQ: insert "+MIPLEVENT: 0,33" between',
        'reply +CSQ: insert "+MIPLEVENT: 0,33" at 4 pause 20ms',
    ),
    _symptom(
        "NUL or other bytes that are no text come before an answer",
        "serial-line.md#insert",
        'reply: insert raw "\\x00\\xff" before',
    ),
    _symptom(
        "The module is busy now and then: 652",
        "module.md#busy",
        "command +MIPLNOTIFY: busy, 3 times",
    ),
    _symptom(
        "A command that was right is refused: 602, 653",
        "module.md#refuse",
        "command +MIPLUPDATE nth 2: refuse 602",
    ),
    _symptom(
        "OK, and nothing was done; a report says OK and is lost",
        "module.md#refuse",
        "command +MIPLNOTIFY: refuse ok",
    ),
    _symptom(
        "An error, and it was done all the same; a report arrives twice",
        "module.md#code",
        "reply +MIPLNOTIFY: code 652",
    ),
    _symptom(
        "The module is silent for a while, and works on",
        "module.md#mute",
        "command +MIPLOPEN: mute 20s",
    ),
    _symptom(
        "The module hangs, and only the reset pin helps",
        "module.md#freeze",
        "reply +CSQ: freeze",
        "module at 10s: freeze 60s",
    ),
    _symptom(
        "The module reboots by itself, and its instance is gone: 653",
        "module.md#reboot",
        "module at 30s: reboot",
        "command +MIPLOPEN: reboot",
        "module at 10s: freeze 60s reboot",
    ),
    _symptom(
        "A login takes seconds more than usual",
        "network.md#lost-late-and-repeated-datagrams",
        'coap-up match "POST /rd": drop',
    ),
    _symptom(
        "OPEN ends with event 7, although the platform has answered",
        "network.md#lost-late-and-repeated-datagrams",
        'coap-down match "2.01": delay 10s, always',
    ),
    _symptom(
        "Event 26 does not come for a report that has arrived",
        "network.md#lost-late-and-repeated-datagrams",
        "coap-down match /^ACK empty/: drop, always",
    ),
    _symptom(
        "A READ comes twice with one <mid>",
        "network.md#lost-late-and-repeated-datagrams",
        'coap-down match "GET /3200": duplicate',
    ),
    _symptom(
        "Reports arrive in another order",
        "network.md#lost-late-and-repeated-datagrams",
        'coap-up match "NON 2.05": reorder',
    ),
    _symptom(
        "Event 31: the registration is lost, the device offline",
        "network.md#response",
        'coap-down match "2.04": response 4.04',
    ),
    _symptom(
        "After a silence the platform cannot reach the module (NAT)",
        "network.md#age",
        "module at 60s: age",
    ),
    _symptom(
        "The network is gone for a while",
        "network.md#no-coverage",
        "module at 10s: no-coverage 30s",
    ),
    _symptom("The platform cannot be reached: event 7", "network.md#lose", "link: lose, always"),
    _symptom(
        "A link, or a DTLS handshake, takes long",
        "network.md#a-link-that-takes-its-time",
        "link: delay 8s",
    ),
    _symptom(
        "The platform refuses logins for a while",
        "platforms.md#switch",
        "cloud: switch refuse=4.03 60s",
    ),
    _symptom(
        "The platform has forgotten the registration: event 31",
        "platforms.md#forget",
        "cloud at 60s: forget",
    ),
)
