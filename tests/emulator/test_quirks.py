"""The register of quirks: declared once, read once, valued as decisions, section 10 has it."""

import ast
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

import emulator
from emulator.quirks import QuirkError, checked, parse_assignment, register, resolve

ROOM = Path(emulator.__file__).parent
NAMES = [quirk.name for quirk in register()]


@cache
def _reads() -> Counter[str]:
    """How often each name is read as `….quirks.<name>` or `quirks.<name>` in the package."""
    found: Counter[str] = Counter()
    for file in ROOM.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute) and node.attr in NAMES:
                owner = node.value
                name = owner.attr if isinstance(owner, ast.Attribute) else getattr(owner, "id", "")
                if name in ("quirks", "_quirks"):
                    found[node.attr] += 1
    return found


@pytest.mark.parametrize("name", NAMES)
def test_a_quirk_is_read_in_exactly_one_place(name: str) -> None:
    assert _reads()[name] == 1


@pytest.mark.parametrize("quirk", register(), ids=NAMES)
def test_a_quirk_names_its_source_and_more_than_one_value(quirk: object) -> None:
    row = next(q for q in register() if q is quirk or q == quirk)
    assert row.source
    assert len(row.values) > 1 or isinstance(row.default, float | tuple)


# Typed from decisions, section 10: name, default in dialect manual, default in dialect field.
DEFAULTS = [
    ("mipl_colon", "blank", "none"),
    ("echo_at_boot", "off", "off"),
    ("urc_gap_ms", 20, 20),
    ("reply_delay_ms", 0, 0),
    ("boot_ms", 500, 500),
    ("wake_loses_bytes", 0, 0),
    ("boot_on_open", "off", "off"),
    ("server_object", "on", "on"),
    ("cis_codes", "off", "off"),
    ("unsafe_string", "hex", "hex"),
    ("read_fields", 5, 5),
    ("module_read_urc", "on", "off"),
    ("write_fields", 9, 9),
    ("write_string_quotes", "off", "off"),
    ("write_opaque_len", "characters", "characters"),
    ("write_undeclared", "auto", 2),  # auto: 6, on CTWing 2
    ("nmi_platforms", "onenet", "onenet"),
    ("write_order", "ascending", "ascending"),
    ("exec_style", "quoted", "quoted-empty"),
    ("step_name", "stp", "st"),
    ("hex_case", "upper", "upper"),
    ("observe_mid", "coap16", "coap16"),
    ("observe_payload", "last", "last"),
    ("auto_answer", ("observe", "discover", "attributes"), ("observe", "discover", "attributes")),
    ("duplicate_urc", "on", "on"),
    ("empty_ack_after_s", "never", "never"),
    ("mcu_answer_timeout_s", 30, 30),
    ("after_timeout", "silent", "silent"),
    ("late_rsp", "653", "ok"),
    ("rsp_only_last", "off", "off"),
    ("notify_before_open", "declare", "declare"),
    ("notify_unobserved", "653", "653"),
    ("notify_mid_zero", "accept", "accept"),
    ("notify_type", "NON/CON", "NON/CON"),
    ("con_notify_once", "off", "off"),
    ("rai_param", "flag", "flag"),
    ("event_25", "off", "off"),
    ("ackid_as_mid", "fresh", "fresh"),
    ("packing_error_clears", "on", "on"),
    ("len_check", "off", "off"),
    ("createex_async", "off", "off"),
    ("bitmap_reversed", "off", "off"),
    ("blob_layout", "auto", "auto"),
    ("block_passthrough", "above 1024", "above 1024"),
    ("count_limit", "off", "off"),
    ("bs_fail", "stop", "stop"),
    ("reg_retry", "stop", "stop"),
    ("reg_timeout_event", 7, 7),
    ("update_fail", "silent", "silent"),
    ("update_lifetime_small", "86400", "86400"),
    ("spurious_update", "off", "off"),
    ("extra_events", (), ()),
    ("rst_halts", "off", "off"),
    ("close_wire", "wait", "wait"),
    ("close_order", "OK,15", "OK,15"),
    ("delete_registered", "silent", "silent"),
    ("bootstrap_each_open", "off", "off"),
    ("lwm2m_query", "1.0", "1.0"),
    ("security_object_in_register", "off", "off"),
    ("module_objects_in_register", "auto", "auto"),
    ("tlv_content_format", 11542, 11542),
    ("float_tlv", "smallest", "smallest"),
    ("ack_timeout_s", 2, 2),
    ("queue_awake_s", 93, 93),
    ("fota_install_s", 10, 10),
    ("double_error_line", "off", "off"),
    ("open_bad_param_silent", "off", "off"),
]


@pytest.mark.parametrize(("name", "manual", "field"), DEFAULTS)
def test_defaults_are_those_of_decisions_section_10(
    name: str, manual: object, field: object
) -> None:
    assert getattr(resolve("manual"), name) == manual
    assert getattr(resolve("field"), name) == field


def test_the_user_rules_over_the_profile_and_the_profile_over_the_dialect() -> None:
    profile = {"mipl_colon": "blank+comma", "general_colon": "none"}
    quirks = resolve("field", profile, {"general_colon": "blank"})
    assert (quirks.mipl_colon, quirks.general_colon) == ("blank+comma", "blank")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("mipl_colon", "'mipl_colon' is not NAME=VALUE, for example mipl_colon=none"),
        (
            "mipl_colan=none",
            "there is no quirk 'mipl_colan'; did you mean 'mipl_colon'? (mipl quirks lists them)",
        ),
        (
            "mipl_colon=tab",
            "quirk 'mipl_colon' cannot be 'tab'; it may be: blank, blank+comma, none",
        ),
        (
            "auto_answer=observe,read",
            "quirk 'auto_answer' cannot be 'observe,read'; it may be: none, or any of observe, "
            "discover, attributes joined by +",
        ),
        (
            "auto_answer=",
            "quirk 'auto_answer' cannot be ''; it may be: none, or any of observe, "
            "discover, attributes joined by +",
        ),
        (
            "exec_style=quoted_empty",
            "quirk 'exec_style' cannot be 'quoted_empty'; it may be: quoted, unquoted, unquoted+0, "
            "quoted-empty; did you mean 'quoted-empty'?",
        ),
        (
            "reg_retry=LOOP",
            "quirk 'reg_retry' cannot be 'LOOP'; it may be: stop, loop; did you mean 'loop'?",
        ),
        ("ack_timeout_s=0", "quirk 'ack_timeout_s' cannot be '0'; it may be: 2 to 20"),
        ("urc_gap_ms=-1", "quirk 'urc_gap_ms' cannot be '-1'; it may be: a number from 0 up"),
        ("urc_gap_ms=nan", "quirk 'urc_gap_ms' cannot be 'nan'; it may be: a number from 0 up"),
    ],
)
def test_a_wrong_assignment_is_told_with_the_mend(text: str, message: str) -> None:
    with pytest.raises(QuirkError) as caught:
        parse_assignment(text)
    assert str(caught.value) == message


def test_values_come_out_in_the_type_that_the_quirk_has() -> None:
    assert parse_assignment("write_undeclared=2") == ("write_undeclared", 2)
    assert parse_assignment("empty_ack_after_s=0.2") == ("empty_ack_after_s", 0.2)
    assert parse_assignment("empty_ack_after_s=never") == ("empty_ack_after_s", "never")
    assert parse_assignment("auto_answer=observe+discover") == (
        "auto_answer",
        ("observe", "discover"),
    )
    assert parse_assignment("extra_events=1+4") == ("extra_events", (1, 4))
    assert checked("float_tlv", 8) == 8


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("none", ()),
        ("observe", ("observe",)),
        ("discover + observe", ("observe", "discover")),
        ("attributes+discover+observe", ("observe", "discover", "attributes")),
        (("discover",), ("discover",)),
        ((), ()),
    ],
)
def test_some_of_several_are_joined_by_a_plus(written: object, value: tuple[str, ...]) -> None:
    """Spelt so on the command line; in Python and in a profile it may also be a list of them."""
    assert checked("auto_answer", written) == value


@pytest.mark.parametrize(
    ("written", "value"), [("none", ()), ("4+1", (1, 4)), ("25", (25,)), (25, (25,)), ([4], (4,))]
)
def test_events_are_numbers(written: object, value: tuple[int, ...]) -> None:
    assert checked("extra_events", written) == value
    with pytest.raises(QuirkError, match="cannot be '2'; it may be: none, or any of 1, 4, 5, 8"):
        checked("extra_events", 2)
