"""What the listings know: models, commands and switches, against the manual and the decisions."""

import pytest

from emulator.quirks import Dialect
from emulator.reference import (
    CommandRow,
    QuirkRow,
    commands,
    common,
    confidence,
    models,
    quirks,
    unknown_commands,
)


def _command(model: str, syntax: str) -> CommandRow:
    return next(row for row in commands(model) if row.syntax == syntax)


def _quirk(name: str, model: str | None = None, dialect: Dialect | None = None) -> QuirkRow:
    return next(row for row in quirks(model, dialect) if row.name == name)


# Differences of the models (decisions, section 7; section 10 for quirks)

COLON = "general_colon none in dialect field"
YEAR = "cclk_format quoted-4 in dialect field"
NONE = "further commands: none"
ML305A = (
    "has AT+MIPLUPDATESET",
    "+MIPLNSMI: 651",
    "flags 0x200, 0x400: 601",
    NONE,
    "platforms: 0, 1, 3, 10",
)
DIFFERENCES = {
    "MN316": (COLON, YEAR),
    "MN316-S": (COLON, YEAR),
    "MN316A": ("<contentType> changes the value: no", COLON, YEAR),
    "MN318": ("has AT+MIPLUPDATESET", COLON, YEAR),
    "MN319": (
        "flags 0x200, 0x400: as 0",
        "<contentType> changes the value: no",
        "DTLS: TLS_PSK_WITH_AES_128_CBC_SHA256, TLS_PSK_WITH_AES_128_CCM_8",
        COLON,
        YEAR,
    ),
    "MN326": (),
    "ML302A": (NONE,),
    "ML305A": ML305A,
    "ML307A": ML305A,
    "ML307R": ML305A,
    "M5310-A": ("has AT+MIPLLTRDP", "cgpaddr_quotes off", COLON),
    "M5311": (
        "+MIPLNSMI: 1-128",
        "further commands: AT*, AT+N, NB-IoT",
        "cclk_format unquoted-2",
        "ack_timeout_s 4",
    ),
}


def test_models_and_what_differs() -> None:
    assert {row.model: row.differences for row in models()} == DIFFERENCES


def test_what_all_models_have() -> None:
    assert common() == [
        "no AT+MIPLLTRDP",
        "no AT+MIPLUPDATESET",
        "+MIPLNSMI: yes",
        "flags 0x200, 0x400: yes",
        "<contentType> changes the value: yes",
        "further commands: AT+N, NB-IoT",
        "platforms: 0, 1, 2, 3, 10",
        "DTLS: TLS_PSK_WITH_AES_128_CBC_SHA256",
    ]


# Commands


def test_a_command_that_sets_has_syntax_ranges_section_and_a_sentence() -> None:
    """Manual 3.5; decision 16."""
    assert _command(
        "MN316", "AT+MIPLDISCOVERRSP=<ref>,<objid>,<result>,<length>,<data>"
    ) == CommandRow(
        command="AT+MIPLDISCOVERRSP",
        form="set",
        syntax="AT+MIPLDISCOVERRSP=<ref>,<objid>,<result>,<length>,<data>",
        ranges="(0),(0-65535),<result>,<length>,<data>",
        source="manual 3.5",
        about="`<result>` and `<length>` are not looked at (decision 16).",
    )


@pytest.mark.parametrize(
    ("syntax", "form", "ranges", "source"),
    [
        (
            "AT+MIPLOPEN=<ref>,<lifetime>[,<timeout>]",
            "set",
            "(0),(1-268435455)[,(1-65535)]",
            "manual 3.6",
        ),
        ("AT+MIPLOPEN?", "read", None, "manual 3.6"),
        (
            "AT+MIPLCREATEEX=<host>,<flag>[,<authcode>[,<PSK>[,<PSKID>[,<psk_encode>]]]]",
            "set",
            "<host>,(0,1,2,3)[,<authcode>[,<psk>[,<pskid>[,(0,1)]]]]",
            "manual 4.6",
        ),
        (
            "AT+MIPLUPDATE=<ref>,<lifetime>,<withObjectFlag>",
            "set",
            "(0),(0-268435455),(0,1)",
            "manual 3.7",
        ),
        (
            'AT+MIPLCFG="platform",<ref>,<platform>[,<pattern>]',
            "set",
            '("platform"),(0),(0,1,2,3,10)[,<pattern>]',
            "manual 4.1",
        ),
        ("AT+MIPLCREATE", "execute", None, "manual 3.1"),
        ("AT+CGSN=<snt>", "set", "(0,1)", "27.007 5.4"),
        ("ATS<number>=<value>", "set", None, "V.250 5.3.2"),  # no `=?` in V.250
        ("ATS<number>?", "read", None, "V.250 5.3.2"),
        ("ATE[<on>]", "execute", None, "V.250 6.2.4"),
    ],
)
def test_forms_of_commands(syntax: str, form: str, ranges: str | None, source: str) -> None:
    row = _command("M5311", syntax)
    assert (row.form, row.ranges, row.source) == (form, ranges, source)


def test_every_command_of_the_manual_names_its_section() -> None:
    for row in commands("MN316"):
        if row.command.startswith("AT+MIPL"):
            assert row.source.startswith(("manual 3.", "manual 4.", "decision 11")), row


@pytest.mark.parametrize(
    ("model", "unknown"),
    [
        ("MN316", ("AT+MIPLLTRDP", "AT+MIPLUPDATESET")),
        ("ML307R", ("AT+MIPLLTRDP",)),
        ("M5310-A", ("AT+MIPLUPDATESET",)),
    ],
)
def test_unknown_commands_by_model(model: str, unknown: tuple[str, ...]) -> None:
    """Decisions, section 7."""
    assert unknown_commands(model) == unknown
    assert not {row.command for row in commands(model)} & {*unknown}


# Quirks


def test_a_quirk_with_all_that_is_known_of_it() -> None:
    """Decisions, section 10, rows mipl_colon and urc_gap_ms."""
    assert _quirk("mipl_colon", "MN316") == QuirkRow(
        name="mipl_colon",
        value="blank",
        default="blank",
        others=("blank+comma", "none"),
        unit="",
        source="manual 2.2; HF 2; MB 4",
        confidence="manual",
        about="what follows the colon of +MIPL lines, and whether blanks follow commas",
        page="docs/quirks/spelling.md",
    )
    assert _quirk("urc_gap_ms") == QuirkRow(
        name="urc_gap_ms",
        value=20,
        default=20,
        others=("any number",),
        unit="ms",
        source="HF 28",
        confidence="evidence",
        about="least time between a final result and an unsolicited line",
        page="docs/quirks/serial-line.md",
    )


@pytest.mark.parametrize(
    ("name", "model", "dialect", "value", "confidence"),
    [
        ("mipl_colon", None, None, "blank", "manual"),
        ("mipl_colon", None, "field", "none", "evidence"),
        ("mipl_colon", "M5311", None, "none", "evidence"),  # dialect field is its own
        ("mipl_colon", "M5311", "manual", "blank", "manual"),
        ("general_colon", "MN316", "manual", "blank", "manual"),
        ("general_colon", "MN316", "field", "none", "evidence"),
        ("general_colon", "MN326", "field", "blank", "manual"),
        ("ack_timeout_s", "M5311", "manual", 4, "evidence"),
        ("ack_timeout_s", "MN316", "manual", 2, "evidence"),
        ("late_rsp", "M5310-A", None, "ok", "evidence"),
        ("reg_timeout_event", "MN316", None, 7, "manual"),
        ("ackid_as_mid", "MN316", None, "fresh", "evidence"),  # departs from manual 3.9
        ("reply_delay_ms", "MN316", None, 0, "chosen"),
        ("unsafe_string", "MN316", "field", "hex", "chosen"),
    ],
)
def test_the_value_in_force_by_model_and_dialect(
    name: str, model: str | None, dialect: Dialect | None, value: object, confidence: str
) -> None:
    row = _quirk(name, model, dialect)
    assert (row.value, row.confidence) == (value, confidence)


def test_a_value_of_the_model_has_the_models_source() -> None:
    assert _quirk("ack_timeout_s", "M5311").source == "MB 2.3 (MT2625); decisions 10"
    assert _quirk("general_colon", "MN316", "field").source == "HF 2, 3 (D6)"
    assert _quirk("general_colon", "MN316", "manual").source == "manual 2.2; HF 2, 3"


@pytest.mark.parametrize(
    ("source", "as_printed", "expected"),
    [
        ("manual 3.12", True, "manual"),
        ("manual 3.12", False, "manual"),
        ("manual 3.12; MB 6.2", True, "manual"),
        ("manual 3.12; MB 6.2", False, "evidence"),
        ("HF 22; manual 3.9", True, "evidence"),
        ("HF 22; manual 3.9", False, "manual"),
        ("MB 2.3", False, "evidence"),
        ("chosen, after the name in manual 1.1", True, "chosen"),
    ],
)
def test_how_well_a_source_holds(source: str, as_printed: bool, expected: str) -> None:
    """The first source is the default's, the others are those of the other values."""
    assert confidence(source, as_printed) == expected
