"""The profiles of the twelve models against decisions, section 7, and manual 1.1; the loader."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from emulator.modem_settings import ModemSettings, build_firmware
from emulator.profile import ProfileError, load_profile, profile_names
from emulator.quirks import resolve

# Typed from decisions, section 7, row by row; suites by their short names there. Columns: UPDATESET
# and LLTRDP are known, nsmi 1, flags 0x200/0x400, contentType changes the encoding, platform 2.
CBC, CCM_8 = "TLS_PSK_WITH_AES_128_CBC_SHA256", "TLS_PSK_WITH_AES_128_CCM_8"
MODELS = {
    "MN316": (False, False, "yes", "yes", True, True, (CBC,), "manual"),
    "MN316-S": (False, False, "yes", "yes", True, True, (CBC,), "manual"),
    "MN316A": (False, False, "yes", "yes", False, True, (CBC,), "manual"),
    "MN318": (True, False, "yes", "yes", True, True, (CBC,), "manual"),
    "MN319": (False, False, "yes", "as 0", False, True, (CBC, CCM_8), "manual"),
    "MN326": (False, False, "yes", "yes", True, True, (CBC,), "manual"),
    "ML302A": (False, False, "yes", "yes", True, True, (CBC,), "manual"),
    "ML305A": (True, False, "651", "601", True, False, (CBC,), "manual"),
    "ML307A": (True, False, "651", "601", True, False, (CBC,), "manual"),
    "ML307R": (True, False, "651", "601", True, False, (CBC,), "manual"),
    "M5310-A": (False, True, "yes", "yes", True, True, (CBC,), "field"),
    "M5311": (False, False, "1-128", "yes", True, True, (CBC,), "field"),
}

# Typed from manual 1.1, table 1; M5310-A and M5311 are not in it.
SUB_MODELS = {
    "MN316": "MN316-DBRS/MN316-DLVS",
    "MN316-S": "MN316-S-DLVS",
    "MN316A": "MN316A-D/MN316A-DC",
    "MN318": "MN318-BX/MN318-LC/MN318-LX",
    "MN319": "MN319-DL",
    "MN326": "MN326-X",
    "ML302A": "ML302A-DCLM/ML302A-DSLM/ML302A-GCLM/ML302A-GSLM",
    "ML305A": "ML305A-DC/ML305A-DS/ML305A-DL",
    "ML307A": "ML307A-DCLN/ML307A-DSLN/ML307A-GCLN/ML307A-GSLN/ML307A-DL",
    "ML307R": "ML307R-DC/ML307R-DL",
    "M5310-A": "",
    "M5311": "",
}

# Decisions, section 10, row general_colon; HF 2.
COLON_IN_FIELD = {
    **dict.fromkeys(MODELS, "blank"),
    **dict.fromkeys(("MN316", "MN316-S", "MN316A", "MN318", "MN319", "M5310-A"), "none"),
}


def test_there_are_the_twelve_models() -> None:
    assert set(profile_names()) == set(MODELS)


@pytest.mark.parametrize("model", MODELS)
def test_a_profile_is_what_decisions_section_7_says(model: str) -> None:
    """The suites: manual 4.6 notes 11 and 12."""
    profile = load_profile(model)
    assert (
        "+MIPLUPDATESET" not in profile.absent_commands,
        "+MIPLLTRDP" not in profile.absent_commands,
        profile.nsmi,
        profile.release_flags,
        profile.content_type_encodes,
        2 in profile.platforms,
        profile.dtls_suites,
        profile.dialect,
    ) == MODELS[model]
    assert {0, 1, 3, 10} == {*profile.platforms} - {2}  # decision 18


@pytest.mark.parametrize("model", MODELS)
def test_sub_models_are_those_of_manual_1_1(model: str) -> None:
    assert "/".join(load_profile(model).sub_models) == SUB_MODELS[model]


@pytest.mark.parametrize("model", MODELS)
def test_identity_texts_are_the_models_own(model: str) -> None:
    profile = load_profile(model)
    assert (profile.manufacturer, profile.model) == ("CMIOT", model)
    assert profile.revision.startswith("MLVH" if model == "M5311" else model)  # HF 3 (D16)
    assert all(name.startswith(model) for name in profile.sub_models)


@pytest.mark.parametrize("model", MODELS)
def test_colons_of_general_lines_by_model(model: str) -> None:
    profile = load_profile(model)
    field = resolve("field", profile.overrides("field"))
    manual = resolve("manual", profile.overrides("manual"))
    assert field.general_colon == COLON_IN_FIELD[model]
    assert (field.mipl_colon, manual.mipl_colon, manual.general_colon) == ("none", "blank", "blank")


_MN31X: dict[str, Any] = {"general_colon": "none", "cclk_format": "quoted-4"}

# Decisions, section 10, what stands in brackets; HF 3 for M5310-A's address: in both dialects, in
# dialect field.
OWN_QUIRKS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    **dict.fromkeys(MODELS, ({}, {})),
    **dict.fromkeys(("MN316", "MN316-S", "MN316A", "MN318", "MN319"), ({}, _MN31X)),
    "M5310-A": ({"cgpaddr_quotes": "off"}, {"general_colon": "none"}),
    "M5311": ({"cclk_format": "unquoted-2", "ack_timeout_s": 4}, {"general_colon": "blank"}),
}


@pytest.mark.parametrize("model", MODELS)
def test_no_model_has_other_quirks_than_decisions_section_10_says(model: str) -> None:
    profile = load_profile(model)
    assert (profile.quirks, profile.field_quirks) == OWN_QUIRKS[model]


@pytest.mark.parametrize("model", MODELS)
def test_a_quirk_of_a_model_holds_in_both_dialects(model: str) -> None:
    """Decisions, section 10: ack_timeout_s is 2, but 4 on M5311."""
    expected = 4 if model == "M5311" else 2
    for dialect in ("manual", "field"):
        firmware = build_firmware(ModemSettings(model=model, dialect=dialect))
        assert firmware.quirks.ack_timeout_s == expected


@pytest.mark.parametrize("model", MODELS)
def test_every_value_has_a_source(model: str) -> None:
    profile = load_profile(model)
    keys = {f"quirks.{name}" for name in profile.quirks}
    keys |= {f"quirks.field.{name}" for name in profile.field_quirks}
    assert keys < profile.sources.keys()
    assert len(profile.sources) - len(keys) == 39  # fields of Profile without name, quirks, sources
    assert all(profile.sources.values())


# Names on the command line


@pytest.mark.parametrize("name", ["MN316-S", "mn316-s", "Mn316-s"])
def test_a_model_is_named_in_any_case(name: str) -> None:
    assert load_profile(name).name == "MN316-S"


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("MN316S", "MN316-S"),
        ("m5310a", "M5310-A"),
        ("M5310", "M5310-A"),
        ("ml307", "ML307R"),
        ("MN-319", "MN319"),
    ],
)
def test_a_wrong_name_is_told_with_the_nearest(name: str, near: str) -> None:
    with pytest.raises(ProfileError) as caught:
        load_profile(name)
    assert str(caught.value) == f"there is no model '{name}'; did you mean {near}?"


def test_a_name_that_is_near_to_none_is_told_with_all() -> None:
    with pytest.raises(ProfileError) as caught:
        load_profile("SIM7020")
    assert str(caught.value) == (
        "there is no model 'SIM7020'; there are: M5310-A, M5311, ML302A, ML305A, ML307A, ML307R, "
        "MN316, MN316-S, MN316A, MN318, MN319, MN326"
    )


@pytest.mark.parametrize("name", ["base", "../profiles/mn316", "", "mn316.toml"])
def test_only_models_can_be_named(name: str) -> None:
    with pytest.raises(ProfileError, match="there is no model"):
        load_profile(name)


# The loader, on files of our own

Loader = Callable[[str], str]

WHOLE = """
[identity]
manufacturer = { value = "A", source = "s" }
model = { value = "B", source = "s" }
revision = { value = "C", source = "s" }
library_version = { value = "1", source = "s" }
sub_models = { value = ["B-1"], source = "s" }
[module]
dialect = { value = "manual", source = "s" }
absent_commands = { value = [], source = "s" }
nsmi = { value = "yes", source = "s" }
release_flags = { value = "yes", source = "s" }
content_type_encodes = { value = true, source = "s" }
command_sets = { value = [], source = "s" }
platforms = { value = [0], source = "s" }
dtls_suites = { value = [], source = "s" }
[network]
signal = { value = 1, source = "s" }
bit_error_rate = { value = 99, source = "s" }
address = { value = "10.0.0.1", source = "s" }
apn = { value = "a", source = "s" }
context = { value = 1, source = "s" }
access = { value = 9, source = "s" }
bands = { value = [8], source = "s" }
bearer = { value = 7, source = "s" }
rsrq = { value = -11, source = "s" }
snr = { value = 0, source = "s" }
link_utilization = { value = 0, source = "s" }
coverage_level = { value = 0, source = "s" }
earfcn = { value = 0, source = "s" }
physical_cell = { value = 0, source = "s" }
neighbour_cells = { value = [1, 2], source = "s" }
neighbour_rsrp = { value = [-1, -2], source = "s" }
[device]
power_sources = { value = [0], source = "s" }
voltages = { value = [1], source = "s" }
currents = { value = [1], source = "s" }
battery_level = { value = 100, source = "s" }
memory_free = { value = 1, source = "s" }
device_type = { value = "t", source = "s" }
baud = { value = 9600, source = "s" }
[boot]
reboot_line = { value = "OK", source = "s" }
reset_lines = { value = [], source = "s" }
command_lines = { value = [], source = "s" }
"""


@pytest.fixture
def refusal(tmp_path: Path) -> Loader:
    """What the loader says to `x1.toml` with this content, which may extend a whole `base`."""
    (tmp_path / "base.toml").write_text(WHOLE, encoding="utf-8")

    def load(text: str) -> str:
        (tmp_path / "x1.toml").write_text(text, encoding="utf-8")
        with pytest.raises(ProfileError) as caught:
            load_profile("X1", tmp_path)
        return str(caught.value)

    return load


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[modul]", "x1.toml: no table [modul]; did you mean module?"),
        (
            "[z]",
            "x1.toml: no table [z]; there are: identity, module, network, device, boot, quirks",
        ),
        ("module = 1", "x1.toml: 'module' is a table: [module]"),
        (
            '[network]\nneighbour_cells = { value = [1], source = "s" }',
            "x1.toml: 'network.neighbour_cells' is a list of two numbers, not [1]",
        ),
        (
            '[module]\nnsni = { value = "yes", source = "s" }',
            "x1.toml: [module] has no key 'nsni'; did you mean nsmi?",
        ),
        (
            '[module]\nnsmi = "yes"',
            "x1.toml: 'module.nsmi' needs { value = …, source = \"…\" }",
        ),
        (
            '[module]\nnsmi = { value = "yes" }',
            "x1.toml: 'module.nsmi' needs { value = …, source = \"…\" }",
        ),
        (
            '[module]\nnsmi = { value = "yes", source = "" }',
            "x1.toml: 'module.nsmi' needs { value = …, source = \"…\" }",
        ),
        (
            '[module]\nnsmi = { value = 651, source = "s" }',
            'x1.toml: \'module.nsmi\' is "yes" or "651" or "1-128", not 651',
        ),
        (
            '[module]\ndialect = { value = "feld", source = "s" }',
            "x1.toml: 'module.dialect' is \"manual\" or \"field\", not 'feld'",
        ),
        (
            '[module]\nplatforms = { value = [0, true], source = "s" }',
            "x1.toml: 'module.platforms' is a list of numbers, not [0, True]",
        ),
        (
            '[module]\nabsent_commands = { value = "+MIPLVER", source = "s" }',
            "x1.toml: 'module.absent_commands' is a list of texts, not '+MIPLVER'",
        ),
        (
            '[module]\ncontent_type_encodes = { value = "no", source = "s" }',
            "x1.toml: 'module.content_type_encodes' is true or false, not 'no'",
        ),
        (
            '[network]\nsignal = { value = 100, source = "s" }',
            "x1.toml: 'network.signal' is a number from 0 to 99, not 100",
        ),
        (
            '[identity]\nmodel = { value = "", source = "s" }',
            "x1.toml: 'identity.model' is a text, not ''",
        ),
        (
            '[quirks]\nmipl_colan = { value = "none", source = "s" }',
            "x1.toml: there is no quirk 'mipl_colan'; did you mean 'mipl_colon'? "
            "(mipl quirks lists them)",
        ),
        (
            '[quirks.field]\nstep_name = { value = "step", source = "s" }',
            "x1.toml: quirk 'step_name' cannot be 'step'; it may be: stp, st; did you mean 'stp'?",
        ),
        (
            "[quirks]\nstep_name = 1",
            "x1.toml: 'quirks.step_name' needs { value = …, source = \"…\" }",
        ),
        ('extends = "bass"', "x1.toml: extends 'bass', which is no profile; did you mean base?"),
        ("extends = 7", "x1.toml: extends '7', which is no profile; there are: base, x1"),
        ('extends = "x1"', "x1.toml: more than 4 profiles extend one another"),
        (
            "",
            "x1.toml: [identity] has no 'manufacturer' (a text), nor has what it extends",
        ),
    ],
)
def test_a_wrong_file_is_told_with_file_key_and_mend(
    refusal: Loader, text: str, message: str
) -> None:
    assert refusal(text) == message


def test_a_file_that_is_no_toml_is_told_with_the_place(refusal: Loader) -> None:
    assert refusal("[module").startswith("x1.toml: Expected ']'")


def test_what_extends_rules_over_what_is_extended(tmp_path: Path) -> None:
    (tmp_path / "base.toml").write_text(WHOLE, encoding="utf-8")
    (tmp_path / "x1.toml").write_text(
        'extends = "base"\n[module]\nnsmi = { value = "651", source = "t" }\n'
        '[quirks]\nack_timeout_s = { value = 3, source = "u" }\n'
        '[quirks.field]\nack_timeout_s = { value = 5, source = "v" }\n',
        encoding="utf-8",
    )
    profile = load_profile("x1", tmp_path)
    assert (profile.nsmi, profile.release_flags, profile.manufacturer) == ("651", "yes", "A")
    assert (profile.sources["module.nsmi"], profile.sources["identity.model"]) == ("t", "s")
    assert resolve("manual", profile.overrides("manual")).ack_timeout_s == 3
    assert resolve("field", profile.overrides("field")).ack_timeout_s == 5
    assert profile_names(tmp_path) == ("X1",)
