"""What a host sees of the differences between the twelve models (decisions, section 7)."""

from typing import Any

import pytest

CREATED = 0x41
LOCATION = ((8, b"rd"), (8, b"1"))
NOTIFY = 'AT+MIPLNOTIFY=0,{mid},3200,0,5750,1,4,"test",0,{flag}'

UNKNOWN, SYNTAX, REFUSED = "ERROR", "+CIS ERROR: 601", "+CIS ERROR: 651"

# Typed from decisions, section 7. Answers to AT+MIPLUPDATESET=0,1 · AT+MIPLLTRDP ·
# AT+MIPLNMI=0,0,1 · a NOTIFY with 0x200 or 0x400 · AT+MIPLCFG="platform",0,2
MODELS = {
    "MN316": ("ERROR", "ERROR", "OK", "OK", "OK"),
    "MN316-S": ("ERROR", "ERROR", "OK", "OK", "OK"),
    "MN316A": ("ERROR", "ERROR", "OK", "OK", "OK"),
    "MN318": ("OK", "ERROR", "OK", "OK", "OK"),
    "MN319": ("ERROR", "ERROR", "OK", "OK", "OK"),
    "MN326": ("ERROR", "ERROR", "OK", "OK", "OK"),
    "ML302A": ("ERROR", "ERROR", "OK", "OK", "OK"),
    "ML305A": ("OK", "ERROR", REFUSED, SYNTAX, SYNTAX),
    "ML307A": ("OK", "ERROR", REFUSED, SYNTAX, SYNTAX),
    "ML307R": ("OK", "ERROR", REFUSED, SYNTAX, SYNTAX),
    "M5310-A": ("ERROR", "+MIPLLTRDP: 0|OK", "OK", "OK", "OK"),
    "M5311": ("ERROR", "ERROR", "OK", "OK", "OK"),
}


def _ready(desk: Any, model: str) -> Any:
    table = desk(model=model, dialect="manual")
    table.log_in()
    table.observed()
    return table


@pytest.fixture(params=MODELS)
def model(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_commands_that_only_some_models_know(desk: Any, model: str) -> None:
    """Manual 4.5 note 6, 4.9 note 1."""
    table = desk(model=model, dialect="manual")
    table.at("AT+MIPLCREATE")
    updateset, lltrdp, *_ = MODELS[model]
    assert table.at("AT+MIPLUPDATESET=0,1") == updateset
    assert table.at("AT+MIPLLTRDP") == lltrdp
    forms = ("AT+MIPLUPDATESET=?", "AT+MIPLUPDATESET?", "AT+MIPLUPDATESET")
    known = updateset == "OK"
    assert [table.at(form) for form in forms] == (
        ["+MIPLUPDATESET: (0),(0,1)|OK", SYNTAX, SYNTAX] if known else [UNKNOWN] * 3
    )


def test_reports_of_sending_by_model(desk: Any, model: str) -> None:
    """Manual 4.2 note 7, 4.10 note 4."""
    table = _ready(desk, model)
    answer = MODELS[model][2]
    assert table.at("AT+MIPLNMI=0,0,1") == answer
    assert table.at("AT+MIPLNMI?") == f"+MIPLNMI: 0,0,{int(answer == 'OK')}|OK"
    assert table.at(NOTIFY.format(mid=5, flag=0)) == "OK"
    assert table.wait(1) == ("+MIPLNSMI: 0,1,5" if answer == "OK" else "")


@pytest.mark.parametrize(
    ("mid", "m5311", "others"),
    [(1, "1", "1"), (127, "127", "127"), (128, "128", "0"), (129, "1", "1"), (256, "128", "0")],
)
def test_numbers_of_reports_of_sending(
    desk: Any, model: str, mid: int, m5311: str, others: str
) -> None:
    """Manual 4.10 note 2, footnote 9, 4.2 note 6: mid & 127, but 128 for 0 on M5311."""
    table = _ready(desk, model)
    assert table.at("AT+MIPLNMI=0,0,1") == MODELS[model][2]
    if MODELS[model][2] == REFUSED:
        return
    assert table.at(NOTIFY.format(mid=mid, flag=0)) == "OK"
    number = m5311 if model == "M5311" else others
    assert table.wait(1) == f"+MIPLNSMI: 0,1,{number}"


def test_mid_0_while_sending_is_reported(desk: Any, model: str) -> None:
    """Manual 4.10 note 3, 4.2 note 6; decision 45: 601 on M5311, only while nsmi is 1."""
    table = _ready(desk, model)
    assert table.at(NOTIFY.format(mid=0, flag=0)) == "OK"
    table.at("AT+MIPLNMI=0,0,1")
    assert table.at(NOTIFY.format(mid=0, flag=0)) == (SYNTAX if model == "M5311" else "OK")


@pytest.mark.parametrize("flag", ["0x200", "0x400"])
def test_release_flags_by_model(desk: Any, model: str, flag: str) -> None:
    """Manual 3.9 footnote 3, note 3: they send, unless the model does not support them."""
    table = _ready(desk, model)
    answer = MODELS[model][3]
    assert table.at(NOTIFY.format(mid=0, flag=flag)) == answer
    assert len(table.sent) == (answer == "OK")


# A float under an observation of the instance, <contentType> 0: option 12 says text/plain (60);
# the value is text, or, where contentType does not change it, still TLV with 50.5 in four bytes.
TEXT, TLV = "60ff" + b"50.5".hex(), "60ff" + "e41676424a0000"


def test_content_type_by_model(desk: Any, model: str) -> None:
    """Manual 3.9 footnote 4."""
    table = _ready(desk, model)
    line = "AT+MIPLNOTIFY=0,0,3200,0,5750,4,4,50.5,0,0,7,0"
    assert table.at(line) == "OK"
    wanted = TLV if model in ("MN319", "MN316A") else TEXT
    assert table.sent[0].data.hex().endswith(wanted)


@pytest.mark.parametrize("platform", [0, 1, 2, 3, 10])
def test_platforms_by_model(desk: Any, model: str, platform: int) -> None:
    """Manual 4.1 footnote 7."""
    table = desk(model=model, dialect="manual")
    table.at("AT+MIPLCREATE")
    answer = MODELS[model][4] if platform == 2 else "OK"
    assert table.at(f'AT+MIPLCFG="platform",0,{platform}') == answer


def test_repeats_of_a_register_by_model(desk: Any, model: str) -> None:
    """Decision 28; decisions, section 10: ack_timeout_s 2, on M5311 4."""
    table = desk(model=model, dialect="manual")
    table.at('AT+MIPLCREATEEX="h",0')
    table.at("AT+MIPLOPEN=0,300,60")
    first = 4 if model == "M5311" else 2
    table.wait(first - 0.1)
    assert len(table.sent) == 1
    table.wait(0.2)
    assert len(table.sent) == 2


def test_a_model_prints_its_own_name(desk: Any, model: str) -> None:
    """ATI: manufacturer, model, revision."""
    table = desk(model=model, dialect="manual")
    manufacturer, name, revision, final = table.at("ATI").split("|")
    assert (manufacturer, name, final) == ("CMIOT", model, "OK")
    assert revision.startswith("MLVH" if model == "M5311" else model)


@pytest.mark.parametrize("own", [None, "manual", "field"])
def test_colons_by_model_and_dialect(desk: Any, model: str, own: Any) -> None:
    """Manual 2.2 note 1; decisions 1, 7 and 10: M5310-A and M5311 start in dialect field."""
    table = desk(model=model, dialect=own)
    field = own == "field" or (own is None and model in ("M5310-A", "M5311"))
    without = ("MN316", "MN316-S", "MN316A", "MN318", "MN319", "M5310-A")
    blank = "" if field and model in without else " "
    assert table.at("AT+CSQ") == f"+CSQ:{blank}23,99|OK"
    assert table.at("AT+MIPLCREATE") == ("+MIPLCREATE:0|OK" if field else "+MIPLCREATE: 0|OK")
