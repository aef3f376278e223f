"""What the verbs take and give, each declared once."""

from typing import Final

from emulator.conditions import Conditions, as_texts
from emulator.time_scale import SCALE_LEAST, SCALE_MOST
from emulator.web.fields import (
    Anything,
    Field,
    Flag,
    Kind,
    ListOf,
    MapOf,
    Number,
    Real,
    Record,
    Text,
    all_of,
)

BODY_LIMIT: Final = 1 << 16
"""Bytes of a request body."""

PAGE: Final = 1000
"""Events of one answer."""

CHANGES_LIMIT: Final = 100
"""Names of one request: there are fewer quirks."""

_TEXT: Final = Text(most=1 << 16)
_COUNT: Final = Number(0, 1 << 53)
_SECONDS: Final = Real(0)

MODEM: Final = Field(
    "modem", Text(1, 4096), "its number, counted from 0, or its IMEI, or its device, %2F for /"
)


def _optional(*fields: tuple[str, Kind, str]) -> tuple[Field, ...]:
    return tuple(Field(name, kind, about) for name, kind, about in fields)


_LOGIN: Final = Record(
    (
        Field("phase", Text(), "none, idle, logging_in, registered, leaving, out", required=True),
        *_optional(
            ("platform", _TEXT, "by AT+MIPLCFG"),
            ("server", _TEXT, "where it logs in, or a bootstrap has sent it"),
            ("registered_at", _SECONDS, "since when, on the modem's clock"),
            ("expires_at", _SECONDS, "until when, unless it is updated"),
            ("lifetime", _COUNT, "seconds"),
        ),
    )
)
_LINK: Final = all_of(
    ("number", _COUNT),
    ("state", _TEXT),
    ("role", _TEXT),
    ("to", _TEXT),
    ("at", _TEXT),
    ("security", _TEXT),
)
_NMI: Final = all_of(
    ("mode", Number(0, 2)), ("waiting", _COUNT), ("bytes", _COUNT), ("dropped", _COUNT)
)
CONDITIONS: Final = all_of(*((name, _TEXT) for name in as_texts(Conditions())))
_NETWORK: Final = all_of(
    ("conditions", CONDITIONS),
    ("stat", Number(0, 9)),
    ("radio", _TEXT),
    ("signal", Number(0, 99)),
    ("address", _TEXT),
)
_COUNTS: Final = MapOf(Text(1, 40), _COUNT, CHANGES_LIMIT)
_JOURNAL: Final = all_of(("records", _COUNT), ("kept", _COUNT), ("kinds", _COUNTS))

STATUS: Final = Record(
    (
        Field("model", _TEXT, required=True),
        Field("revision", _TEXT, "of its firmware", required=True),
        Field("devices", ListOf(_TEXT, 64), "its serial ends", required=True),
        Field("imei", _TEXT, required=True),
        Field("dialect", _TEXT, required=True),
        Field("seed", Real(), "of message ids and tokens"),
        Field("on", Flag(), required=True),
        Field("time", _SECONDS, "now, on the modem's clock", required=True),
        Field("time_scale", _SECONDS, "of that clock, if it has one"),
        Field("login", _LOGIN, required=True),
        Field("links", ListOf(_LINK, 64), required=True),
        Field("nmi", _NMI, "requests that wait to be fetched", required=True),
        Field("network", _NETWORK, required=True),
        Field(
            "quirks",
            MapOf(Text(1, 40), _TEXT, CHANGES_LIMIT),
            "those that are not as the dialect has them",
            required=True,
        ),
        Field("journal", _JOURNAL, required=True),
    )
)
MODEMS: Final = all_of(
    (
        "modems",
        ListOf(
            all_of(
                ("number", _COUNT),
                ("devices", ListOf(_TEXT, 64)),
                ("model", _TEXT),
                ("imei", _TEXT),
                ("on", Flag()),
                ("phase", _TEXT),
            ),
            1000,
        ),
    )
)
POWER: Final = Record((Field("on", Flag(), required=True),), closed=True)
_QUIRK: Final = all_of(
    ("name", _TEXT),
    ("value", Anything()),
    ("at_start", Anything()),
    ("values", ListOf(_TEXT, CHANGES_LIMIT)),
    ("unit", _TEXT),
    ("effect", _TEXT),
    ("about", _TEXT),
)
QUIRKS: Final = all_of(("quirks", ListOf(_QUIRK, CHANGES_LIMIT)))
CHANGES: Final = MapOf(Text(1, 40), Anything(), CHANGES_LIMIT)
SCALE: Final = Record((Field("scale", Real(SCALE_LEAST, SCALE_MOST), required=True),), closed=True)
SCALE_SHOWN: Final = Record((Field("scale", _SECONDS),))
_FAULT: Final = all_of(("number", _COUNT), ("fault", _TEXT), ("fired", _COUNT), ("spent", Flag()))
FAULTS: Final = all_of(("faults", ListOf(_FAULT, 1 << 16)))
FAULT: Final = Record(
    (Field("fault", Text(1, 4096), "as for --fault: command +MIPLNOTIFY: busy", required=True),),
    closed=True,
)
FAULT_NUMBER: Final = Record((Field("number", _COUNT, required=True),), closed=True)
FOLLOWING: Final = Record(
    (
        Field("after", _COUNT, "only records with higher numbers"),
        Field("kinds", ListOf(Text(1, 40), 64), "only records of these kinds, commas between"),
        Field("limit", Number(1, PAGE), "of one answer; a stream has none", default=100),
    ),
    closed=True,
)
EVENTS: Final = Record(
    (
        Field("events", ListOf(Anything(), PAGE), "records of the journal", required=True),
        Field("missed", _COUNT, "how many after that number are not kept any more", required=True),
        Field("next", _COUNT, "go on after this number; there are more"),
    )
)
