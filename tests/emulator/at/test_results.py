import pytest

from emulator.at.results import Failed, Fault, Info, UnknownCommand, info


def test_codes_of_manual_chapter_6() -> None:
    assert [(fault.name, fault.value) for fault in Fault] == [
        ("UNKNOWN", 100),
        ("SYNTAX", 601),
        ("STATE", 602),
        ("NOT_ALLOWED", 651),
        ("BUSY", 652),
        ("RESOURCE", 653),
    ]


def test_info_takes_any_values() -> None:
    assert info("+X", 0, -1, "a,b", None, True, False, b"\xff", 1.5) == Info(
        "+X", ("0", "-1", "a,b", "", "1", "0", "\xff", "1.5")
    )


def test_a_failure_carries_its_code() -> None:
    with pytest.raises(Failed) as caught:
        raise Failed(Fault.BUSY)
    assert caught.value.code == 652


def test_an_unknown_command_is_a_failure_with_code_100() -> None:
    assert isinstance(UnknownCommand(), Failed)
    assert UnknownCommand().code == 100
