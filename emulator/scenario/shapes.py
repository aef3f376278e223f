"""The fields of a scenario: the one place from which check and JSON Schema come."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, Final

from emulator.cloud.manners import MANNERS
from emulator.cloud.switches import Switches, as_texts, set_switch
from emulator.conditions import SIGNAL_MOST
from emulator.faults.plan import FAULTS_LIMIT
from emulator.profile import profile_names
from emulator.quirks import DIALECTS, AnyOf, Between, Quirk, QuirkError, checked, register
from emulator.scenario.compounds import Either, Key, ListOf, OneOrSeveral, Shape
from emulator.scenario.fault_kind import FaultKind
from emulator.scenario.kinds import Checked, Choice, Duration, Number, OnOff, Text, Whole
from emulator.scenario.patterns import parse_pattern
from emulator.scenario.platform_words import parse_deed, parse_telling
from emulator.scenario.trouble import Wrong
from emulator.time_scale import SCALE_LEAST, SCALE_MOST
from lwm2m_core.errors import EngineError

SCHEMA: Final = 1
"""The version of the format; it rises when what was right becomes wrong."""

TIMES_LIMIT: Final = 10000
"""How often one event may happen."""

_DIGITS: Final = Text("15 digits, in quotes", "^[0-9]{15}$")
_KEY: Final = Text(
    "up to 64 letters and digits, or hex: and hexadecimal digits",
    "^([0-9A-Za-z]{1,64}|hex:([0-9A-Fa-f]{2}){1,64})$",
    secret=True,
)
_LINE: Final = Text("a line, in quotes", read_text=parse_pattern)
_TELLING: Final = Text(
    'what a platform tells: registered, reported /3200/0/5750 "abcd", …', read_text=parse_telling
)
_DEED: Final = Text(
    'what a platform does: write /3200/0/5750 "abcd", forget, …', read_text=parse_deed
)

NETWORK: Final = Shape(
    "the mobile network",
    {
        "coverage": Key(OnOff(), "whether there is a cell"),
        "signal": Key(Whole(0, SIGNAL_MOST), "<rssi> of +CSQ"),
        "operator": Key(
            Text("five or six digits, in quotes", "^[0-9]{5,6}$"),
            "country and network code; another than the card's means roaming",
        ),
        "denied": Key(OnOff(), "whether the network refuses the card"),
    },
    least=1,
)


def _quirk_kind(quirk: Quirk) -> Checked:
    def judge(text: str) -> Any:
        try:
            return checked(quirk.name, text)
        except QuirkError as error:
            raise Wrong(str(error)) from None

    return Checked("a word or a number", judge, {"anyOf": list(_quirk_values(quirk))})


def _quirk_values(quirk: Quirk) -> Iterator[dict[str, Any]]:
    for value in quirk.values:
        match value:
            case AnyOf(parts):
                word = f"({'|'.join(map(str, parts))})"
                yield {"type": "string", "pattern": rf"^(none|{word}(\+{word})*)$"}
                yield {"enum": [part for part in parts if not isinstance(part, str)] or ["none"]}
            case Between(least, most):
                yield {"type": "number", "minimum": least, "maximum": most}
            case "number":
                yield {"type": "number", "minimum": 0}
            case float():
                pass  # a default, which the figure beside it covers
            case _:
                yield {"enum": [value, *_other_forms(value)]}


def _other_forms(value: Any) -> Iterator[Any]:
    """How else YAML has the same word: 653 is a number, "653" a text, on may be true."""
    text = str(value)
    if not isinstance(value, str):
        yield text
    elif text in ("on", "off"):
        yield text == "on"
    elif text.replace(".", "", 1).isdecimal():
        yield float(text) if "." in text else int(text)


def _switch_kind(name: str) -> OnOff | Checked:
    usual = getattr(Switches(), name)
    if isinstance(usual, bool):
        return OnOff()

    def judge(text: str) -> str:
        try:
            set_switch(Switches(), name, text)
        except EngineError as error:
            raise Wrong(str(error).removeprefix(f"{name}: ")) from None
        return text

    return Checked("a value as of --switch", judge, {"type": ["string", "number"]})


@cache
def switches() -> Shape:
    return Shape(
        "the platforms' switches",
        {name: Key(_switch_kind(name), f"as --switch {name}=…") for name in as_texts(Switches())},
        least=1,
    )


@cache
def quirks() -> Shape:
    return Shape(
        "the quirks",
        {each.name: Key(_quirk_kind(each), f"as --quirk {each.name}=…") for each in register()},
        least=1,
        lists="`mipl quirks` lists them",
    )


_DEVICE: Final = Shape(
    "a device",
    {
        "imei": Key(Text("IMEI or endpoint name, in quotes", "."), "which device", required=True),
        "imsi": Key(_DIGITS, "its IMSI"),
        "auth_code": Key(Text("a text without comma", "^[^,]+$", secret=True), "its auth code"),
        "psk": Key(_KEY, "its key for DTLS with the LwM2M server"),
        "bootstrap_psk": Key(_KEY, "its key for DTLS with the bootstrap server"),
    },
)


@cache
def setup() -> Shape:
    return Shape(
        "setup",
        {
            "model": Key(Choice(profile_names()), "which module (default: MN316)"),
            "dialect": Key(Choice(DIALECTS), "how lines are spelt (default: the model's)"),
            "quirks": Key(quirks(), "single behaviours that are switched"),
            "timing": Key(Choice(("module", "fast")), "the module's pauses, or none"),
            "seed": Key(Whole(0, 2**32 - 1), "decides message ids and tokens"),
            "time_scale": Key(
                Number(SCALE_LEAST, SCALE_MOST), "how many times as fast its clock runs (mipl run)"
            ),
            "imei": Key(_DIGITS, "the module's IMEI"),
            "imsi": Key(_DIGITS, "the card's IMSI"),
            "network": Key(NETWORK, "the network at the start"),
            "platform": Key(
                Choice(tuple(MANNERS)),
                "the platform that every address leads to (default: as AT+MIPLCFG chooses)",
            ),
            "switches": Key(switches(), "the platforms' switches at the start"),
            "devices": Key(ListOf(_DEVICE, "devices"), "devices that the platforms know of"),
        },
    )


WATCH: Final = Shape(
    "what is waited for",
    {
        "module": Key(_LINE, "a line of the module"),
        "host": Key(_LINE, "a line of the host"),
        "platform": Key(_TELLING, "what a platform tells"),
    },
    just_one=(("module", "host", "platform"),),
)
_WATCH: Final = Either(_LINE, WATCH)

ACTS: Final = ("network", "power", "cloud", "switches", "quirks", "fault")


@cache
def event() -> Shape:
    return Shape(
        "an event",
        {
            "at": Key(Duration(), "how long after the start"),
            "after": Key(_WATCH, "a line of the module, or a mapping with host or platform"),
            "delay": Key(Duration(), "how long after that", with_one_of=("after",)),
            "nth": Key(
                Whole(1, TIMES_LIMIT),
                "the how-manieth such line (default: 1)",
                with_one_of=("after",),
            ),
            "times": Key(Whole(1, TIMES_LIMIT), "how often", with_one_of=("every",)),
            "every": Key(Duration(), "how far apart", with_one_of=("times",)),
            "optional": Key(OnOff(), "whether it may fail, or never happen"),
            "network": Key(NETWORK, "the mobile network changes"),
            "power": Key(Choice(("on", "off", "reset")), "power, or the reset pin"),
            "cloud": Key(_DEED, "the platform does something"),
            "switches": Key(switches(), "switches of the platforms change"),
            "quirks": Key(quirks(), "the module behaves otherwise from now on"),
            "fault": Key(FaultKind(), "something goes wrong from now on (docs/faults.md)"),
        },
        just_one=(("at", "after"), ACTS),
    )


SAID: Final = ("host", "module", "unordered", "never", "platform", "pause")

ENTRY: Final = Shape(
    "the dialogue",
    {
        "host": Key(OneOrSeveral(_LINE, "lines"), "the host writes this"),
        "module": Key(OneOrSeveral(_LINE, "lines"), "the module prints this"),
        "unordered": Key(ListOf(_WATCH, "lines", 2), "all of these, in whatever order"),
        "never": Key(OneOrSeveral(_WATCH, "lines"), "from here on this must not come"),
        "platform": Key(OneOrSeveral(_TELLING, "events"), "a platform tells this"),
        "more_than": Key(
            Whole(1, TIMES_LIMIT), "so often it may come, and no more", with_one_of=("never",)
        ),
        "after": Key(_WATCH, "it counts behind this only, each time", with_one_of=("never",)),
        "until": Key(_WATCH, "it counts up to this only", with_one_of=("never",)),
        "pause": Key(Duration(), "so much time passes"),
        "within": Key(
            Duration(),
            "how long after the entry before it, at most",
            with_one_of=("host", "module", "unordered", "platform"),
        ),
    },
    just_one=(SAID,),
)


@cache
def top() -> Shape:
    keys: Mapping[str, Key] = {
        "schema": Key(Whole(SCHEMA, SCHEMA), "the version of the format", required=True),
        "title": Key(Text(), "what it is about, in a line"),
        "setup": Key(setup(), "the module and what is around it"),
        "events": Key(ListOf(event(), "events"), "what happens to the module, and when"),
        "faults": Key(
            ListOf(FaultKind(), "faults", most=FAULTS_LIMIT), "what goes wrong (docs/faults.md)"
        ),
        "dialogue": Key(ListOf(ENTRY, "entries"), "what host, module and platform have to say"),
        "strict": Key(OnOff(), "whether a line that the dialogue does not have is an error"),
        "end": Key(Duration(), "when all has to be over (default: 5min)"),
    }
    return Shape("a scenario", keys)
