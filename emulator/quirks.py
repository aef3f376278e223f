"""The register of quirks: what one module does and another does not, each with its source.

A quirk is one field of `Quirks`: its values, its default, its default in dialect `field`, its
source: first what the default rests on, then what other values rest on. It is read in one place of
the firmware.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from difflib import get_close_matches
from functools import cache, lru_cache
from typing import Any, Literal

from emulator.quirk_kinds import NUMBER, AnyOf, Between, choice, read, written

__all__ = ["NUMBER", "AnyOf", "Between", "written"]  # the kinds that a row may name

Dialect = Literal["manual", "field"]
DIALECTS: tuple[Dialect, ...] = ("manual", "field")

Effect = Literal["at once", "at the next login", "at the next boot"]
"""When a quirk that is changed while the module runs shows: in the next line, command, request or
timer; in the session that the next AT+MIPLOPEN begins; or when the module has booted."""


SHARED = 64  # sets of quirks that are one object for all modems that have them


class QuirkError(Exception):
    """A quirk was named or valued wrongly; the text says what was expected."""


@dataclass(frozen=True, slots=True)
class Quirk:
    """One row of the register. `values` lists what may be written; NUMBER stands for a figure,
    AnyOf for a choice of several. `effect`: when a change at run time shows."""

    name: str
    default: Any
    dialect_field: Any
    values: tuple[Any, ...]
    source: str
    unit: str
    effect: Effect


def _quirk(
    default: Any,
    *others: Any,
    source: str,
    in_field: Any = None,
    unit: str = "",
    effect: Effect = "at once",
) -> Any:
    values = tuple(dict.fromkeys((default, *others, *(() if in_field is None else (in_field,)))))
    return _declared(default, in_field, values, source, unit, effect)


def _subset(default: tuple[Any, ...], *parts: Any, source: str) -> Any:
    return _declared(default, None, (AnyOf(parts),), source, "", "at once")


def _declared(
    default: Any,
    in_field: Any,
    values: tuple[Any, ...],
    source: str,
    unit: str,
    effect: Effect,
) -> Any:
    return field(
        default=default,
        metadata={
            "field": default if in_field is None else in_field,
            "values": values,
            "source": source,
            "unit": unit,
            "effect": effect,
        },
    )


OBSERVE, DISCOVER, ATTRIBUTES = "observe", "discover", "attributes"


@dataclass(frozen=True, slots=True)
class Quirks:
    """The switches of one modem. emulator/quirk_texts.py says what each is about."""

    # spelling
    mipl_colon: Literal["blank", "none", "blank+comma"] = _quirk(
        "blank", "blank+comma", in_field="none", source="manual 2.2; HF 2; MB 4"
    )
    general_colon: Literal["blank", "none"] = _quirk("blank", "none", source="manual 2.2; HF 2, 3")
    cclk_format: Literal["quoted-2", "unquoted-2", "quoted-4"] = _quirk(
        "quoted-2", "unquoted-2", "quoted-4", source="27.007 8.15; HF 3"
    )
    cgpaddr_quotes: Literal["on", "off"] = _quirk("on", "off", source="27.007 10.1.23; HF 3")
    hex_case: Literal["upper", "lower"] = _quirk("upper", "lower", source="MB 6.2")
    # the AT channel
    open_bad_param_silent: Literal["off", "on"] = _quirk("off", "on", source="MB 5.6 (EC)")
    echo_at_boot: Literal["off", "on"] = _quirk(
        "off", "on", source="HF (drivers that never send ATE0)", effect="at the next boot"
    )
    urc_gap_ms: float = _quirk(20.0, NUMBER, source="HF 28", unit="ms")
    boot_ms: float = _quirk(500.0, NUMBER, source="chosen", unit="ms")
    wake_loses_bytes: float = _quirk(0.0, NUMBER, source="HF 5 (D18, D20)")
    boot_on_open: Literal["off", "first", "every"] = _quirk(
        "off", "first", "every", source="HF 3, 4 (D1, D2; D4, D8, D9 wait for boot lines)"
    )
    search_ms: float = _quirk(500.0, NUMBER, source="chosen", unit="ms")
    rrc_idle_s: float = _quirk(20.0, NUMBER, source="chosen", unit="s")
    reply_delay_ms: float = _quirk(0.0, NUMBER, source="chosen", unit="ms")
    double_error_line: Literal["off", "on"] = _quirk("off", "on", source="MB 10")
    # downlink lines
    unsafe_string: Literal["hex", "raw"] = _quirk("hex", "raw", source="chosen")
    read_fields: Literal[5, 6] = _quirk(5, 6, source="manual 3.10, 5.1; MB 6.1")
    cis_codes: Literal["off", "on"] = _quirk(
        "off", "on", source="conformance 6, 7, 9; MB 2.8", effect="at the next login"
    )
    module_read_urc: Literal["on", "off"] = _quirk(
        "on", in_field="off", source="manual 5.1; HF (D2, D4)"
    )
    write_fields: Literal[9, 10] = _quirk(9, 10, source="manual 3.12, 4.3; MB 6.2")
    write_string_quotes: Literal["off", "on"] = _quirk("off", "on", source="manual 3.13; MB 6.2")
    write_opaque_len: Literal["characters", "bytes"] = _quirk(
        "characters", "bytes", source="MB 6.2"
    )
    write_undeclared: Literal["auto", 6, 2, 1] = _quirk(
        "auto", 6, 1, in_field=2, source="manual 3.12, 5.3, 5.6; MB 6.2"
    )
    write_order: Literal["ascending", "descending"] = _quirk(
        "ascending", "descending", source="MB 6.2"
    )
    float_overflow: Literal["truncated", "garbage"] = _quirk(
        "truncated", "garbage", source="manual 3.12"
    )
    exec_style: Literal["quoted", "unquoted", "unquoted+0", "quoted-empty"] = _quirk(
        "quoted",
        "unquoted",
        "unquoted+0",
        in_field="quoted-empty",
        source="manual 3.15, 5.1; MB 6.3",
    )
    step_name: Literal["stp", "st"] = _quirk(
        "stp", in_field="st", source="manual 3.16, 3.17; MB 6.6"
    )
    observe_mid: Literal["coap16", "cis32"] = _quirk("coap16", "cis32", source="manual 3.18; MB 3")
    observe_payload: Literal["last", "none"] = _quirk(
        "last", "none", source="MB 2.10; conformance 301"
    )
    block_passthrough: Literal["above 1024", "always"] = _quirk(
        "above 1024",
        "always",
        source="manual 4.2; MB 2.12 (M531x SOTA)",
        effect="at the next login",
    )
    # waiting for the MCU
    auto_answer: tuple[str, ...] = _subset(
        (OBSERVE, DISCOVER, ATTRIBUTES),
        OBSERVE,
        DISCOVER,
        ATTRIBUTES,
        source="manual 3.5, 3.17, 3.19; MB 2.8",
    )
    duplicate_urc: Literal["on", "off"] = _quirk("on", "off", source="MB 2.8")
    empty_ack_after_s: float | Literal["never"] = _quirk(
        "never", NUMBER, source="MB 1; SV 2.3", unit="s", effect="at the next login"
    )
    mcu_answer_timeout_s: float = _quirk(30.0, NUMBER, source="MB 2.3", unit="s")
    after_timeout: Literal["silent", "5.00"] = _quirk("silent", "5.00", source="MB 2.3")
    late_rsp: Literal["653", "ok", "601", "ok+event20"] = _quirk(
        "653", "601", "ok+event20", in_field="ok", source="MB 2.8, 5.11"
    )
    nmi_platforms: Literal["onenet", "all"] = _quirk("onenet", "all", source="manual 4.2")
    rsp_only_last: Literal["off", "on"] = _quirk("off", "on", source="MB 5.10 (RDA)")
    # uplink
    notify_before_open: Literal["declare", "602"] = _quirk(
        "declare", "602", source="manual 3.5; MB 5.9"
    )
    notify_unobserved: Literal["653", "100", "ok+event25", "ok"] = _quirk(
        "653", "100", "ok+event25", "ok", source="MB 2.11"
    )
    notify_mid_zero: Literal["accept", "601"] = _quirk(
        "accept", "601", source="manual 3.9; MB 2.11"
    )
    notify_type: Literal["NON/CON", "CON", "ACK"] = _quirk(
        "NON/CON", "CON", "ACK", source="MB 2.11"
    )
    con_notify_once: Literal["off", "on"] = _quirk("off", "on", source="MB 2.11 (MT)")
    rai_param: Literal["flag", "12th"] = _quirk("flag", "12th", source="manual 3.9; MB 5.9")
    event_25: Literal["off", "ackid", "observe mid"] = _quirk(
        "off", "ackid", "observe mid", source="MB 8"
    )
    ackid_as_mid: Literal["fresh", "ackid"] = _quirk(
        "fresh", "ackid", source="HF 22; MB 2.11; manual 3.9"
    )
    packing_error_clears: Literal["on", "off"] = _quirk("on", "off", source="MB 2.11")
    len_check: Literal["off", "strict"] = _quirk("off", "strict", source="MB 5.9")
    tlv_content_format: Literal[11542, 1542] = _quirk(11542, 1542, source="MB 2.9; SV 2.2")
    float_tlv: Literal["smallest", 4, 8] = _quirk("smallest", 4, 8, source="MB 2.9")
    # the instance
    createex_async: Literal["off", "on"] = _quirk("off", "on", source="manual 3.1, 4.6; MB 11")
    # objects
    bitmap_reversed: Literal["off", "on"] = _quirk("off", "on", source="MB 5.3")
    count_limit: Literal["off", "on"] = _quirk("off", "on", source="MB 2.9")
    object_again: Literal["653", "ok"] = _quirk(
        "653", in_field="ok", source="manual 6; HF 24; MB 5.3"
    )
    blob_layout: Literal["auto", "new"] = _quirk("auto", "new", source="MB 2.1")
    # login
    bs_fail: Literal["stop", "loop"] = _quirk("stop", "loop", source="MB 2.2")
    reg_retry: Literal["stop", "loop"] = _quirk("stop", "loop", source="MB 2.2")
    reg_timeout_event: Literal[7, 8] = _quirk(7, 8, source="manual 3.6; MB 2.2")
    update_lifetime_small: Literal["86400", "keep"] = _quirk(
        "86400", "keep", source="manual 3.7; HF 25"
    )
    update_fail: Literal["silent", "12", "12+15", "reregister"] = _quirk(
        "silent", "12", "12+15", "reregister", source="MB 2.7"
    )
    spurious_update: Literal["off", "on"] = _quirk("off", "on", source="MB 2.7")
    extra_events: tuple[int, ...] = _subset(
        (), 1, 4, 5, 8, 9, 10, 12, 13, 14, 16, 20, 21, 25, source="manual 3.20; MB 8"
    )
    rst_halts: Literal["off", "on"] = _quirk("off", "on", source="MB 2.2 (EC)")
    close_wire: Literal["wait", "forget"] = _quirk("wait", "forget", source="MB 2.6")
    close_order: Literal["OK,15", "15,OK", "together"] = _quirk(
        "OK,15", "15,OK", "together", source="manual 3.8; MB 2.6"
    )
    delete_registered: Literal["silent", "deregister", "refuse"] = _quirk(
        "silent", "deregister", "refuse", source="manual 3.2; MB 2.6"
    )
    bootstrap_each_open: Literal["off", "on"] = _quirk(
        "off", "on", source="MB 2.6", effect="at the next login"
    )
    lwm2m_query: Literal["1.0", "none"] = _quirk(
        "1.0", "none", source="SV 2.1; MB 2.4", effect="at the next login"
    )
    security_object_in_register: Literal["off", "on"] = _quirk(
        "off", "on", source="MB 2.4", effect="at the next login"
    )
    server_object: Literal["on", "off"] = _quirk("on", "off", source="conformance 102, 215; MB 2.5")
    module_objects_in_register: Literal["auto", "on", "off"] = _quirk(
        "auto", "on", "off", source="SV 2.1", effect="at the next login"
    )
    authcode_carrier: Literal["auto", "option63", "query"] = _quirk(
        "auto", "option63", "query", source="MB 2.4; SV 2.1", effect="at the next login"
    )
    ack_timeout_s: float = _quirk(
        2.0, Between(2, 20), source="MB 2.3", unit="s", effect="at the next login"
    )
    queue_awake_s: float | Literal["always"] = _quirk(
        93.0,
        NUMBER,
        "always",
        source="chosen (LwM2M 1.0 8.3; RFC 7252 4.8.2)",
        unit="s",
        effect="at the next login",
    )
    fota_install_s: float = _quirk(10.0, NUMBER, source="chosen", unit="s")


@cache
def register() -> tuple[Quirk, ...]:
    """All quirks in the order of their declaration."""
    return tuple(
        Quirk(
            f.name,
            f.default,
            f.metadata["field"],
            f.metadata["values"],
            f.metadata["source"],
            f.metadata["unit"],
            f.metadata["effect"],
        )
        for f in fields(Quirks)
    )


def resolve(dialect: Dialect, *overrides: Mapping[str, Any]) -> Quirks:
    """The quirks of a dialect; `overrides` (profile first, user last) rule over its defaults."""
    chosen: dict[str, Any] = {
        quirk.name: quirk.dialect_field if dialect == "field" else quirk.default
        for quirk in register()
    }
    for override in overrides:
        for name, value in override.items():
            chosen[name] = checked(name, value)
    return _shared(Quirks(**chosen))


@lru_cache(SHARED)
def _shared(quirks: Quirks) -> Quirks:
    """One for all modems whose quirks are the same: it takes 700 bytes."""
    return quirks


def parse_assignment(text: str) -> tuple[str, Any]:
    """`name=value` as the command line has it; a QuirkError says what is wrong with it."""
    name, equals, value = text.partition("=")
    if not equals:
        raise QuirkError(f"'{text}' is not NAME=VALUE, for example mipl_colon=none")
    name = name.strip().lower()
    return name, checked(name, value.strip())


def differing(before: Quirks, after: Quirks) -> dict[str, str]:
    """What is another in `after`, as NAME=VALUE has it, by name."""
    values = ((row.name, getattr(before, row.name), getattr(after, row.name)) for row in register())
    return {name: written(new) for name, old, new in values if new != old}


def row_of(name: str) -> Quirk:
    """The quirk of that name; QuirkError if there is none, with the nearest that is."""
    row = next((quirk for quirk in register() if quirk.name == name), None)
    if row is None:
        near = get_close_matches(name, [quirk.name for quirk in register()], n=1)
        hint = f"; did you mean '{near[0]}'?" if near else ""
        raise QuirkError(f"there is no quirk '{name}'{hint} (mipl quirks lists them)")
    return row


def checked(name: str, value: Any) -> Any:
    """`value` in the type that the quirk has, or a QuirkError that names the valid ones."""
    row = row_of(name)
    if isinstance(value, bool):
        value = "on" if value else "off"
    for allowed in row.values:
        found = read(allowed, value)
        if found is not None:
            return found
    possible = choices(row)
    near = get_close_matches(str(value).lower(), possible, n=1)
    hint = f"; did you mean '{near[0]}'?" if near else ""
    raise QuirkError(f"quirk '{name}' cannot be '{value}'; it may be: {', '.join(possible)}{hint}")


def choices(row: Quirk) -> tuple[str, ...]:
    """What may be written for its value, for people."""
    return tuple(filter(None, map(choice, row.values)))
