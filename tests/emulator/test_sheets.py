"""The listings as people and tools read them."""

import json

import pytest

from emulator import sheets
from emulator.profile import profile_names
from emulator.quirk_texts import ABOUT
from emulator.quirks import register
from emulator.symptoms import find

PROFILES = """\
MODEL     SUB-MODELS                  DIALECT  WHAT DIFFERS
M5310-A   –                           field    has AT+MIPLLTRDP; cgpaddr_quotes off; general_colon
                                               none in dialect field
M5311     –                           field    +MIPLNSMI: 1-128; further commands: AT*, AT+N,
                                               NB-IoT; cclk_format unquoted-2; ack_timeout_s 4
ML302A    ML302A-DCLM ML302A-DSLM     manual   further commands: none
          ML302A-GCLM ML302A-GSLM
ML305A    ML305A-DC ML305A-DS         manual   has AT+MIPLUPDATESET; +MIPLNSMI: 651; flags 0x200,
          ML305A-DL                            0x400: 601; further commands: none; platforms: 0, 1,
                                               3, 10
ML307A    ML307A-DCLN ML307A-DSLN     manual   has AT+MIPLUPDATESET; +MIPLNSMI: 651; flags 0x200,
          ML307A-GCLN ML307A-GSLN              0x400: 601; further commands: none; platforms: 0, 1,
          ML307A-DL                            3, 10
ML307R    ML307R-DC ML307R-DL         manual   has AT+MIPLUPDATESET; +MIPLNSMI: 651; flags 0x200,
                                               0x400: 601; further commands: none; platforms: 0, 1,
                                               3, 10
MN316     MN316-DBRS MN316-DLVS       manual   general_colon none in dialect field; cclk_format
                                               quoted-4 in dialect field
MN316-S   MN316-S-DLVS                manual   general_colon none in dialect field; cclk_format
                                               quoted-4 in dialect field
MN316A    MN316A-D MN316A-DC          manual   <contentType> changes the value: no; general_colon
                                               none in dialect field; cclk_format quoted-4 in
                                               dialect field
MN318     MN318-BX MN318-LC MN318-LX  manual   has AT+MIPLUPDATESET; general_colon none in dialect
                                               field; cclk_format quoted-4 in dialect field
MN319     MN319-DL                    manual   flags 0x200, 0x400: as 0; <contentType> changes the
                                               value: no; DTLS: TLS_PSK_WITH_AES_128_CBC_SHA256,
                                               TLS_PSK_WITH_AES_128_CCM_8; general_colon none in
                                               dialect field; cclk_format quoted-4 in dialect field
MN326     MN326-X                     manual   –

All, but for what differs: no AT+MIPLLTRDP; no AT+MIPLUPDATESET; +MIPLNSMI: yes; flags 0x200, 0x400:
yes; <contentType> changes the value: yes; further commands: AT+N, NB-IoT; platforms: 0, 1, 2, 3,
10; DTLS: TLS_PSK_WITH_AES_128_CBC_SHA256."""


def test_profiles_for_people() -> None:
    """Manual 1.1; decisions, section 7."""
    assert sheets.profiles_text() == PROFILES


def test_profiles_for_tools() -> None:
    rows = {row["name"]: row for row in json.loads(sheets.profiles_json())}
    assert len(rows) == 12
    assert rows["M5311"]["nsmi"] == "1-128"
    assert rows["M5311"]["quirks"] == {"cclk_format": "unquoted-2", "ack_timeout_s": 4}
    assert rows["MN318"]["absent_commands"] == ["+MIPLLTRDP"]
    assert rows["MN319"]["sources"]["module.release_flags"].startswith("manual 3.9, footnote 3")


COMMANDS = """\
AT+MIPLDISCOVERRSP=<ref>,<objid>,<result>,<length>,<data>
    manual 3.5
    =? (0),(0-65535),<result>,<length>,<data>
    `<result>` and `<length>` are not looked at (decision 16).

AT+MIPLDEVINFO?
    manual 4.7
"""


def test_commands_for_people() -> None:
    text = sheets.commands_text("m5310-a")
    assert text.startswith("Commands of M5310-A; any parameter may be quoted.\n\nATE[<on>]\n")
    assert COMMANDS in text
    assert text.endswith("\n\nUnknown to M5310-A (ERROR): AT+MIPLUPDATESET")


def test_commands_for_tools() -> None:
    document = json.loads(sheets.commands_json("mn316"))
    assert document["model"] == "MN316"
    assert document["unknown"] == ["AT+MIPLLTRDP", "AT+MIPLUPDATESET"]
    row = next(row for row in document["commands"] if row["command"] == "AT+MIPLCLOSE")
    assert (row["syntax"], row["ranges"]) == ("AT+MIPLCLOSE=<ref>", "(0)")
    assert (row["form"], row["source"]) == ("set", "manual 3.8")


# Typed from decisions, section 10, in the columns of the listing.
MIPL_COLON = """\
mipl_colon                   none          blank       blank, blank+comma    evidence    manual 2.2;
                                                                                         HF 2; MB 4
"""
ACK_TIMEOUT = (
    "ack_timeout_s                4 s           2           2 to 20               evidence"
)
NEVER = "empty_ack_after_s            never         never       any number            evidence"


def test_quirks_for_people() -> None:
    text = sheets.quirks_text("M5311")
    lines = text.splitlines()
    assert lines[:4] == [
        "Switches of M5311 in dialect field; mipl run --quirk NAME=VALUE sets one.",
        "In brackets: the page that has an example of each value.",
        "",
        "NAME                         VALUE         DEFAULT     OTHER VALUES          CONFIDENCE  "
        "SOURCE",
    ]
    assert MIPL_COLON in text
    assert any(line.startswith(ACK_TIMEOUT) for line in lines)
    assert any(line.startswith(NEVER) for line in lines)


def test_quirks_of_no_model_and_of_another_dialect() -> None:
    assert sheets.quirks_text().startswith("Switches of any model in dialect manual;")
    assert sheets.quirks_text("mn316", "field").startswith("Switches of MN316 in dialect field;")


def test_quirks_for_tools() -> None:
    document = json.loads(sheets.quirks_json("M5311", "manual"))
    assert (document["model"], document["dialect"]) == ("M5311", "manual")
    assert [row["name"] for row in document["quirks"]] == [quirk.name for quirk in register()]
    assert next(row for row in document["quirks"] if row["name"] == "read_fields") == {
        "name": "read_fields",
        "value": 5,
        "default": 5,
        "others": ["6"],
        "unit": "",
        "source": "manual 3.10, 5.1; MB 6.1",
        "confidence": "manual",
        "about": "6: +MIPLREAD ends with one more field, 0",
        "page": "docs/quirks/requests.md",
    }


def test_every_quirk_says_what_it_is_about() -> None:
    assert list(ABOUT) == [quirk.name for quirk in register()]
    lines = sheets.quirks_text().splitlines()
    at = next(number for number, line in enumerate(lines) if line.startswith("server_object "))
    below = [line for line in lines[at:] if line.startswith("    ")]
    assert "    off: 1/0 is 4.04 to the platform (docs/quirks/objects.md)" in below[:4]


@pytest.mark.parametrize("model", profile_names())
def test_columns_fit_100_characters_and_nothing_trails(model: str) -> None:
    for line in (sheets.profiles_text() + "\n" + sheets.quirks_text(model)).splitlines():
        assert len(line) <= 100
        assert line == line.rstrip()


OPEN_NEVER = """\
OPEN never ends: 7, or 1 and 3, for ever; a second OPEN is 602
    --quirk reg_retry=loop                       docs/quirks/login.md
    --quirk bs_fail=loop                         docs/quirks/login.md
"""


def test_a_switch_alone() -> None:
    """`mipl quirks boot_ms`."""
    names = [row["name"] for row in json.loads(sheets.quirks_json("boot_ms"))["quirks"]]
    assert names == ["boot_ms"]
    text = sheets.quirks_text("boot_ms")
    assert "boot_ms " in text and "urc_gap_ms" not in text


def test_symptoms_for_people() -> None:
    assert OPEN_NEVER in sheets.symptoms_text("open NEVER")
    spelt = '    --quirk "event_25=observe mid"               docs/quirks/reports.md'
    assert spelt in sheets.symptoms_text("event 26")  # as a shell takes it


def test_symptoms_for_tools() -> None:
    assert json.loads(sheets.symptoms_json("event 11")) == [
        {
            "text": "Event 11 comes and nobody has updated",
            "quirks": ["spurious_update=on"],
            "faults": [],
        }
    ]
    [row] = json.loads(sheets.symptoms_json("event middle answer"))
    assert row["quirks"] == [] and row["faults"][0].startswith("reply +CSQ: insert")


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("hangs", "The module hangs, and only the reset pin helps"),
        ("module reboots itself", "The module reboots by itself, and its instance is gone: 653"),
        ("no response", "OPEN gets neither OK nor ERROR"),
        ("registration lost", "Event 31: the registration is lost, the device offline"),
        ("URC in the middle", "An event stands in the middle of an answer"),
        ("garbage", "Noise or garbage stands in a line"),
        ("busy", "The module is busy now and then: 652"),
        ("offline", "Event 31: the registration is lost, the device offline"),
        ("sleep", "The module is idle or asleep at another time than before"),
        ("notify lost", "OK, and nothing was done; a report says OK and is lost"),
    ],
)
def test_a_symptom_is_found_in_other_words(words: str, found: str) -> None:
    assert found in [symptom.text for symptom in find(words)]


def test_what_has_the_very_words_comes_first() -> None:
    """`session` is said of one, `registration` of others."""
    first, *others = find("session gone")
    assert first.text == "The session is gone, and no event has said so"
    assert others


def test_a_fault_is_printed_as_a_shell_takes_it() -> None:
    line = "    --fault 'reply +CSQ: freeze'                 docs/faults/module.md"
    assert line in sheets.symptoms_text("hangs").splitlines()
