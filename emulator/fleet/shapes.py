"""The fields of a fleet file."""

from functools import cache, partial
from typing import Final

from emulator.cloud.manners import MANNERS
from emulator.fleet.plan import LINE_FIELDS, MODEMS_LIMIT, PSK_FIELDS, TYPE_NUMBERS, Digits
from emulator.fleet.templates import parse_template
from emulator.profile import profile_names
from emulator.quirks import DIALECTS
from emulator.scenario.compounds import Either, Key, ListOf, OneOrSeveral, Shape
from emulator.scenario.kinds import Checked, Choice, Duration, Number, OnOff, Text, Whole
from emulator.scenario.patterns import parse_pattern
from emulator.scenario.shapes import quirks
from emulator.scenario.trouble import Wrong
from lwm2m_core.paths import Path

SCHEMA: Final = 1
"""The version of the format."""

RAMP_LIMIT: Final = 10_000
SHARE_LIMIT: Final = 10_000
PROCESSES_LIMIT: Final = 256
VALUES: Final = 1e9
"""The greatest number of a series, and less than nothing the smallest."""


def _digits(text: str) -> Digits:
    first, _, last = text.partition("-")
    found = Digits(int(first), int(last) if last else None)
    if found.last is not None and found.last < found.first:
        raise Wrong(f"the range ends at {last}, before it begins")
    return found


def _path(text: str) -> Path:
    path = Path.parse(text)
    if path.resource is None:
        raise Wrong(f"{text} names no resource; write /3200/0/5750")
    return path


_RANGE: Final = Text(
    "15 digits, or first and last with '-' between, in quotes",
    "^[0-9]{15}(-[0-9]{15})?$",
    read_text=_digits,
)
_NUMBER: Final = Number(-VALUES, VALUES)
_PSK: Final = Text(
    "a key of letters, digits and fields, as 'key{imei:-8}'; 'hex:' before hexadecimal digits",
    read_text=partial(parse_template, names=PSK_FIELDS),
    secret=True,
)
_LINE: Final = Text(
    "an AT command, in quotes", "^[Aa][Tt]", read_text=partial(parse_template, names=LINE_FIELDS)
)
_STEP: Final = Either(
    _LINE,
    Shape(
        "a step of the host",
        {
            "wait": Key(Text("a line of the module", read_text=parse_pattern), "a line must come"),
            "within": Key(Duration(), "how soon (default: 60s)", with_one_of=("wait",)),
            "pause": Key(Duration(), "so much time passes"),
        },
        just_one=(("wait", "pause"),),
    ),
)

_SERIES: Final = Shape(
    "the data of reports",
    {
        "constant": Key(Checked("a number or a text", str), "always this"),
        "ramp": Key(
            Shape(
                "a ramp",
                {
                    "from": Key(_NUMBER, "the first value", required=True),
                    "to": Key(_NUMBER, "the highest value; then it begins anew", required=True),
                    "step": Key(Number(1e-6, VALUES), "how much more each time (default: 1)"),
                },
            ),
            "more each time",
        ),
        "walk": Key(
            Shape(
                "a random walk",
                {
                    "from": Key(_NUMBER, "the first value", required=True),
                    "step": Key(Number(0, VALUES), "the most by which it changes (default: 1)"),
                    "least": Key(_NUMBER, "never below this"),
                    "most": Key(_NUMBER, "never above this"),
                },
            ),
            "a little more or less each time",
        ),
        "sine": Key(
            Shape(
                "a sine",
                {
                    "mean": Key(_NUMBER, "around what", required=True),
                    "amplitude": Key(_NUMBER, "how far from it", required=True),
                    "period": Key(Duration(), "how long once around takes", required=True),
                },
            ),
            "up and down",
        ),
        "csv": Key(
            Shape(
                "a file of values",
                {
                    "file": Key(Text(), "where; from the folder of this file", required=True),
                    "column": Key(Text(), "its name in the first row (default: the first column)"),
                },
            ),
            "the rows of a file, over and over",
        ),
    },
    just_one=(("constant", "ramp", "walk", "sine", "csv"),),
)

_REPORT: Final = Shape(
    "the reports",
    {
        "every": Key(Duration(), "the period", required=True),
        "jitter": Key(Duration(), "up to so much later each time"),
        "confirm": Key(OnOff(), "CON and event 26, or NON (default: on)"),
        "path": Key(
            Text("a resource, as /3200/0/5750", "^(/[0-9]{1,5}){3}$", read_text=_path),
            "what is reported (default: /3200/0/5750; /19/0/0 for ctwing and huawei)",
        ),
        "type": Key(Choice(tuple(TYPE_NUMBERS)), "its type (default: string; opaque for /19/0/0)"),
        "numbered": Key(OnOff(), "whether the text begins with the report's number (default: on)"),
        "late": Key(Duration(), "so long after its time it counts as late (default: 1s)"),
        "within": Key(Duration(), "how soon event 26 has to come (default: 30s)"),
        "data": Key(_SERIES, "the values (default: constant 0)"),
    },
)


@cache
def _models() -> Shape:
    return Shape(
        "the models",
        {name: Key(Whole(1, SHARE_LIMIT), "its share") for name in profile_names()},
        least=1,
    )


@cache
def group_shape() -> Shape:
    """What is said of modems that are alike."""
    return Shape(
        "a group",
        {
            "name": Key(Text(), "what it is called in the summary"),
            "modems": Key(Whole(1, MODEMS_LIMIT), "how many", required=True),
            "model": Key(
                Either(Choice(profile_names()), _models()),
                "which module, or several with their shares (default: MN316)",
            ),
            "imei": Key(
                OneOrSeveral(_RANGE, "ranges"), "the first IMEI, or ranges of them", required=True
            ),
            "imsi": Key(_RANGE, "the first IMSI (default: 460001357000000)"),
            "platform": Key(Choice(tuple(MANNERS)), "where it logs in (default: generic)"),
            "psk": Key(_PSK, "the key; with it the modems come over DTLS"),
            "bootstrap": Key(OnOff(), "whether the login begins with a bootstrap (default: off)"),
            "dialect": Key(Choice(DIALECTS), "how lines are spelt (default: the model's)"),
            "quirks": Key(quirks(), "single behaviours that are switched"),
            "timing": Key(Choice(("module", "fast")), "the module's pauses, or none"),
            "host": Key(
                OneOrSeveral(_STEP, "steps"), "what the host does in place of the usual login"
            ),
            "coroutine": Key(
                Text("module:function", r"^[A-Za-z_][\w.]*:[A-Za-z_]\w*$"),
                "the Python coroutine that is the host",
            ),
            "retry": Key(Duration(), "from a failed login to the next (default: 30s)"),
            "report": Key(_REPORT, "what is reported"),
        },
    )


@cache
def top() -> Shape:
    return Shape(
        "a fleet",
        {
            "schema": Key(Whole(SCHEMA, SCHEMA), "the version of the format", required=True),
            "title": Key(Text(), "what it is about, in a line"),
            "seed": Key(Whole(0, 2**32 - 1), "decides all that chance decides"),
            "ramp": Key(Number(0.001, RAMP_LIMIT), "modems switched on in a second (default: 50)"),
            "lasts": Key(
                Duration(), "how long it goes on once all are switched on (default: 10min)"
            ),
            "serial": Key(Choice(("memory", "pty")), "the hosts' ends (default: memory)"),
            "processes": Key(
                Whole(1, PROCESSES_LIMIT), "in how many the modems run (default: one per core)"
            ),
            "close": Key(OnOff(), "whether the modems leave their platform (default: on)"),
            "groups": Key(ListOf(group_shape(), "groups", 1), "the modems", required=True),
        },
    )
