"""The command table: what a signature declares, how a command finds its handler."""

from __future__ import annotations  # also proves that postponed annotations are read

import types
from typing import Annotated, Any, Literal

import pytest

from emulator.at.parameters import Raw, ValueSpan
from emulator.at.results import Done, Failed, Fault, Info, Result, UnknownCommand
from emulator.at.signature import signature_of
from emulator.at.syntax import (
    Bitmap,
    HexText,
    Integer,
    Lifetime,
    Mid,
    ObjId,
    Param,
    Ref,
    Text,
    UInt16,
    Value,
)
from emulator.at.table import Command, Form, Table, at

Context = list[Any]
ABSENT = Raw("not there")


@at("+MIPLADDOBJ=", manual="3.3")
def add_object(
    log: Context,
    ref: Ref,
    objid: ObjId,
    inscount: UInt16,
    bitmap: Bitmap,
    atts: UInt16,
    acts: UInt16,
) -> Result:
    log.append((objid, inscount, bitmap, atts, acts))
    return Done()


@at("+MIPLOPEN=", manual="3.6")
def open_session(
    log: Context, now: float, ref: Ref, lifetime: Lifetime, timeout: UInt16 = 30
) -> Result:
    log.append((now, ref, lifetime, timeout))
    return Done()


@at("+MIPLOPEN?", manual="3.6")
def query_session(log: Context) -> Result:
    log.append("queried")
    return Done()


@at("+MIPLDELETE=", "+MIPLDEL=", manual="3.2")
def delete(log: Context, ref: Ref) -> Result:
    log.append("deleted")
    return Done()


@at("+MIPLCREATEEX=", manual="4.6")
def create(
    log: Context,
    host: Text,
    flag: Annotated[int, Integer(0, 3)],
    authcode: Text | None = None,
    psk: Text | None = None,
    pskid: Text | None = None,
    psk_encode: Literal[0, 1] = 0,
) -> Result:
    log.append((host, flag, authcode, psk, pskid, psk_encode))
    return Done()


@at("+MIPLCFG=", manual="4.1")
def configure_platform(
    log: Context,
    option: Literal["platform"],
    ref: Ref,
    platform: Literal[0, 1, 2, 3, 10],
    name: Text | None = None,
) -> Result:
    log.append(("platform", platform, name))
    return Done()


@at("+MIPLCFG=", manual="4.1")
def configure_binding(
    log: Context, option: Literal["binding"], ref: Ref, mode: Literal[0, 1, 2]
) -> Result:
    log.append(("binding", mode))
    return Done()


@at("+MIPLREADRSP=", manual="3.11")
def read_result(log: Context, ref: Ref, mid: Mid, result: UInt16) -> Result:
    log.append(result)
    return Done()


@at("+MIPLREADRSP=", manual="3.11")
def read_value(
    log: Context,
    ref: Ref,
    mid: Mid,
    result: UInt16,
    objid: ObjId,
    insid: UInt16,
    resid: UInt16,
    type_: UInt16,
    length: UInt16,
    value: Value,
    index: UInt16,
    flag: UInt16,
) -> Result:
    log.append((objid, insid, resid, value))
    return Done()


@at("+CPSMS=")
def power_saving(log: Context, *fields: Text) -> Result:
    log.append(fields)
    return Done()


@at("+CSQ", manual="27.007 8.5")
def signal(log: Context) -> Result:
    return Done()


@at("+CSQ=?", manual="27.007 8.5")
def signal_ranges(log: Context) -> Result:
    return Done(("+CSQ: (0-31,99),(0-7,99)",))


@at("+BLOB=")
def blob(log: Context, text: HexText, raw: Param = ABSENT) -> Result:
    log.append((text, raw))
    return Done()


HANDLERS = (
    add_object, open_session, query_session, delete, create, configure_platform,
    configure_binding, read_result, read_value, power_saving, signal, signal_ranges, blob,
)  # fmt: skip
TABLE = Table.of(*HANDLERS)


def call(name: str, form: Form, *texts: str, table: Table = TABLE, now: float = 0.0) -> Any:
    """What the handler logged, or the code it failed with. `""` is an empty parameter."""
    log: Context = []
    raws = [Raw(text[1:-1], True) if text.startswith('"') else Raw(text) for text in texts]
    try:
        table.run(name, form, raws, log, now)
    except UnknownCommand:
        return "unknown"
    except Failed as failure:
        assert not log
        return failure.code
    return log[0] if log else None


def test_the_decorated_function_stays_a_function() -> None:
    log: Context = []
    open_session(log, 1.0, 0, 300)
    assert log == [(1.0, 0, 300, 30)]


def test_now_goes_to_the_handlers_that_ask_for_it() -> None:
    assert call("+MIPLOPEN", Form.SET, "0", "300", "60", now=7.5) == (7.5, 0, 300, 60)


def test_optional_parameters_absent_or_empty_take_their_default() -> None:
    assert call("+MIPLOPEN", Form.SET, "0", "300") == (0.0, 0, 300, 30)
    assert call("+MIPLOPEN", Form.SET, "0", "300", "") == (0.0, 0, 300, 30)
    host = '"183.230.40.149:5684"'
    assert call("+MIPLCREATEEX", Form.SET, host, "1", "", '"abcd1234"') == (
        "183.230.40.149:5684",
        1,
        None,
        "abcd1234",
        None,
        0,
    )
    assert call("+MIPLCREATEEX", Form.SET, host, "1", '""', "", "", "1") == (
        "183.230.40.149:5684",
        1,
        "",
        None,
        None,
        1,
    )


def test_a_required_parameter_may_not_be_empty() -> None:
    assert call("+MIPLOPEN", Form.SET, "0", "") == 601
    assert call("+MIPLCREATEEX", Form.SET, "", "1") == 601
    assert call("+MIPLDELETE", Form.SET, "") == 601
    assert call("+BLOB", Form.SET, "") == 601


def test_an_empty_bitmap_is_zero_instances() -> None:
    """Decision 15."""
    for nothing in ('""', ""):
        assert call("+MIPLADDOBJ", Form.SET, "0", "3200", "0", nothing, "0", "0") == (
            3200,
            0,
            "",
            0,
            0,
        )


def test_verbatim_parameters_tell_empty_from_quoted_from_absent() -> None:
    assert call("+BLOB", Form.SET, "00", "") == (b"\x00", Raw(""))
    assert call("+BLOB", Form.SET, "00", '""') == (b"\x00", Raw("", quoted=True))
    assert call("+BLOB", Form.SET, "00") == (b"\x00", ABSENT)


@pytest.mark.parametrize(
    "texts",
    [
        [],
        ["0"],
        ["0", "300", "30", "1"],
        ["x", "300"],
        ["0", "0"],
        ["0", "268435456"],
        ["0", "x"],
        ["0", "300", "65536"],
        ["0", "300", '""'],
    ],
)
def test_count_type_and_range_are_601(texts: list[str]) -> None:
    """Decision 8."""
    assert call("+MIPLOPEN", Form.SET, *texts) == 601


@pytest.mark.parametrize("ref", ["1", "-1", "255", "0x1", '"2"'])
def test_decision_7_another_ref_than_0_is_653(ref: str) -> None:
    assert call("+MIPLOPEN", Form.SET, ref, "300") == 653
    assert call("+MIPLCFG", Form.SET, '"binding"', ref, "1") == 653


def test_decision_7_a_ref_left_out_is_0() -> None:
    @at("+X=")
    def optional(log: Context, number: UInt16, ref: Ref = 0) -> Result:
        log.append((number, ref))
        return Done()

    table = Table.of(optional)
    assert call("+X", Form.SET, "7", table=table) == (7, 0)
    assert call("+X", Form.SET, "7", "", table=table) == (7, 0)
    assert call("+X", Form.SET, "7", "1", table=table) == 653


def test_decision_7_a_wrong_parameter_comes_before_a_wrong_ref() -> None:
    assert call("+MIPLOPEN", Form.SET, "1", "0") == 601
    assert call("+MIPLOPEN", Form.SET, "1") == 601


def test_decision_7_a_form_that_the_command_lacks_is_601() -> None:
    assert call("+MIPLADDOBJ", Form.READ) == 601
    assert call("+MIPLDELETE", Form.EXECUTE) == 601
    assert call("+CSQ", Form.READ) == 601


def test_decision_7_unknown_and_absent_commands() -> None:
    assert call("+MIPLUPDATESET", Form.SET, "0", "1") == "unknown"
    table = Table.of(*HANDLERS, absent={"+MIPLOPEN"})
    for form in Form:
        assert call("+MIPLOPEN", form, "0", "300", table=table) == "unknown"
    assert "+MIPLOPEN" not in table
    assert call("+MIPLDELETE", Form.SET, "0", table=table) == "deleted"
    assert not any(command.name == "+MIPLOPEN" for command in table.commands)


def test_decision_11_one_function_under_two_names() -> None:
    assert call("+MIPLDELETE", Form.SET, "0") == call("+MIPLDEL", Form.SET, "0") == "deleted"


def test_manual_4_1_the_first_parameter_selects_the_syntax() -> None:
    assert call("+MIPLCFG", Form.SET, '"platform"', "0", "1") == ("platform", 1, None)
    assert call("+MIPLCFG", Form.SET, "PLATFORM", "0", "10", '"me"') == ("platform", 10, "me")
    assert call("+MIPLCFG", Form.SET, '"binding"', "0", "2") == ("binding", 2)
    assert call("+MIPLCFG", Form.SET, '"binding"', "0", "2", "1") == 601
    assert call("+MIPLCFG", Form.SET, '"colour"', "0", "2") == 601
    assert call("+MIPLCFG", Form.SET, '"platform"') == 601


def test_manual_3_11_readrsp_takes_3_parameters_or_11() -> None:
    full = ["0", "18172", "1", "3200", "0", "5750", "1", "4", '"test"', "0", "0"]
    assert call("+MIPLREADRSP", Form.SET, "0", "18172", "11") == 11
    assert call("+MIPLREADRSP", Form.SET, *full) == (3200, 0, 5750, "test")
    for count in (2, 4, 5, 8, 10):
        assert call("+MIPLREADRSP", Form.SET, *full[:count]) == 601
    assert call("+MIPLREADRSP", Form.SET, *full, "0") == 601
    assert TABLE.value_span("+MIPLREADRSP") == ValueSpan(8, 2, 2)
    assert TABLE.value_span("+MIPLOPEN") is None


def test_open_ended_parameters() -> None:
    """HF 3: `AT+CPSMS=1,,,"00111000","00010000"`."""
    assert call("+CPSMS", Form.SET, "1", "", "", '"00111000"') == ("1", "", "", "00111000")


class TestTestForm:
    def said(self, name: str) -> tuple[object, ...]:
        result = TABLE.run(name, Form.TEST, (), [], 0.0)
        assert isinstance(result, Done)
        return result.lines

    def test_is_derived_from_the_set_form(self) -> None:
        assert self.said("+MIPLADDOBJ") == (
            Info(
                "+MIPLADDOBJ",
                ("(0)", "(0-65535)", "(0-65535)", "<bitmap>", "(0-65535)", "(0-65535)"),
            ),
        )

    def test_brackets_optional_parameters(self) -> None:
        assert self.said("+MIPLOPEN") == (Info("+MIPLOPEN", ("(0)", "(1-268435455)[,(0-65535)]")),)
        assert self.said("+MIPLCREATEEX") == (
            Info("+MIPLCREATEEX", ("<host>", "(0-3)[,<authcode>[,<psk>[,<pskid>[,(0,1)]]]]")),
        )
        assert self.said("+CPSMS") == (Info("+CPSMS", ("[<fields>...]",)),)

    def test_has_a_line_for_every_way_to_set(self) -> None:
        assert self.said("+MIPLCFG") == (
            Info("+MIPLCFG", ('("platform")', "(0)", "(0,1,2,3,10)[,<name>]")),
            Info("+MIPLCFG", ('("binding")', "(0)", "(0,1,2)")),
        )

    def test_may_be_declared(self) -> None:
        assert self.said("+CSQ") == ("+CSQ: (0-31,99),(0-7,99)",)

    def test_of_a_command_without_set_form_is_ok(self) -> None:
        @at("+GSN")
        def serial(log: Context) -> Result:
            return Done()

        assert Table.of(serial).run("+GSN", Form.TEST, (), [], 0.0) == Done()

    def test_of_no_command(self) -> None:
        assert call("+NOTHING", Form.TEST) == "unknown"


class TestDeclaration:
    def test_usage_is_written_as_the_manual_writes_it(self) -> None:
        usages = {command.usage for command in TABLE.commands}
        assert "AT+MIPLOPEN=<ref>,<lifetime>[,<timeout>]" in usages
        assert "AT+MIPLOPEN?" in usages
        assert "AT+MIPLDEL=<ref>" in usages
        assert "AT+CSQ" in usages
        assert any(usage.startswith('AT+MIPLCFG="platform",<ref>,<platform>') for usage in usages)
        readrsp = "<ref>,<mid>,<result>,<objid>,<insid>,<resid>,<type>,<length>,<value>"
        assert f"AT+MIPLREADRSP={readrsp},<index>,<flag>" in usages

    def test_commands_keep_their_order_and_their_manual_section(self) -> None:
        assert [command.manual for command in TABLE.commands][:5] == [
            "3.3",
            "3.6",
            "3.6",
            "3.2",
            "3.2",
        ]

    def test_a_module_is_the_functions_it_defines(self) -> None:
        module = types.ModuleType("emulator_made_up")
        own = types.FunctionType(signal.__code__, {"__name__": module.__name__}, "own")
        own.__annotations__ = {}
        vars(module).update(own=at("+OWN")(own), imported=signal, number=1)
        assert [command.name for command in Table.of(module).commands] == ["+OWN"]

    def test_duplicates_are_rejected(self) -> None:
        with pytest.raises(ValueError, match=r"declared twice: AT\+CSQ$"):
            Table.of(signal, signal)

        @at("+MIPLOPEN=")
        def other(log: Context, ref: Ref, lifetime: UInt16) -> Result:
            return Done()

        with pytest.raises(ValueError, match=r"declared twice: AT\+MIPLOPEN=$"):
            Table.of(open_session, other)

    def test_a_word_and_any_text_are_not_apart(self) -> None:
        @at("+X=")
        def word(log: Context, way: Literal["a"]) -> Result:
            return Done()

        @at("+X=")
        def text(log: Context, way: Text) -> Result:
            return Done()

        for pair in ((word, text), (text, word)):
            with pytest.raises(ValueError, match="declared twice"):
                Table.of(*pair)

    def test_an_undecorated_function_is_rejected(self) -> None:
        def plain(log: Context) -> Result:
            return Done()

        with pytest.raises(ValueError, match="@at is missing"):
            Table.of(plain)

    @pytest.mark.parametrize("spec", ["MIPLOPEN=", "+miplopen=", "+CSQ!", "AT+CSQ", "", "=", "EE"])
    def test_specs_that_no_command_can_have(self, spec: str) -> None:
        with pytest.raises(ValueError, match="not a command"):
            at(spec)(signal)

    def test_parameters_without_syntax_are_rejected(self) -> None:
        def untyped(log: Context, number: int) -> Result:
            return Done()

        def keyword(log: Context, *, number: UInt16) -> Result:
            return Done()

        def empty() -> Result:
            return Done()

        for wrong in (untyped, keyword, empty):
            with pytest.raises(TypeError, match=wrong.__name__):
                signature_of(wrong)

    def test_a_value_needs_numbers_behind_it(self) -> None:
        def last(log: Context, value: Value) -> Result:
            return Done()

        def text_behind(log: Context, value: Value, text: Text) -> Result:
            return Done()

        for wrong in (last, text_behind):
            with pytest.raises(TypeError, match="needs numbers behind it"):
                signature_of(wrong)

    def test_a_name_has_one_value_place(self) -> None:
        @at("+X=")
        def one(log: Context, value: Value, index: UInt16) -> Result:
            return Done()

        @at("+X=")
        def two(log: Context, ref: Ref, value: Value, index: UInt16) -> Result:
            return Done()

        with pytest.raises(ValueError, match="two places"):
            Table.of(one, two)


def test_the_code_of_a_wrong_syntax_is_the_enum_s() -> None:
    assert call("+MIPLOPEN", Form.SET) == Fault.SYNTAX


def test_command_is_reported_whole() -> None:
    (command,) = Table.of(signal).commands
    assert command == Command("+CSQ", Form.EXECUTE, "27.007 8.5", signal, signature_of(signal))
