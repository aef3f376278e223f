"""The player itself: what is not as it stands fails, and says in which line."""

import pytest

from emulator.modem import ModemSettings
from tests.server import Server
from tests.transcripts.player import play, read
from tests.transcripts.stages import make

SETTINGS = ModemSettings(model="M5310-A", dialect="manual", strict=True, seed=1)


def _play(text: str) -> None:
    transcript = read(text.splitlines())
    play(transcript, make("desk", SETTINGS, Server(**transcript.server)))


@pytest.mark.parametrize(
    "text",
    [
        "> AT\n+ 0 ms\n< OK",
        '> AT+CGATT?\n<< "\\r\\n+CGATT: 1\\r\\n\\r\\nOK\\r\\n"',
        "* reset\n+ 500 ms\n< REBOOT_CAUSE_SECURITY_RESET_PIN\n< OK",
        "* reset\n~ 1\n< REBOOT_CAUSE_SECURITY_RESET_PIN\n< OK",
        "* off\n~ 9\n* on\n+ 0.5 s\n< REBOOT_CAUSE_SECURITY_RESET_PIN\n< OK",
        "* open\n> AT\n< OK",
        "& registered\n= no request\n= no notify\n= no answer",
        "@ close=silent\n& registered\n> AT+MIPLCLOSE=0\n< OK\n= request DELETE /rd/1\n+ 2 s\n"
        "= request DELETE /rd/1\n+ 4 s\n= request DELETE /rd/1",
        '& registered\n! 501 GET /3/0/0\n= answer 501 2.05 0 "CMIOT"\n< +MIPLREAD: 0,501,3,0,0',
        '@ acks=reset\n& logged-in\n> AT+MIPLNOTIFY=0,0,3200,0,5750,1,4,"test",0,0\n< OK\n'
        "= notify NON mid=m 11542 e4167674657374\n< +MIPLOBSERVE: 0,{m},0,3200,0,-1",
    ],
)
def test_what_is_as_it_stands_is_played_to_its_end(text: str) -> None:
    """V.250; decisions 10, 28, 30; the maker is CMIOT (HF 3)."""
    _play(text)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("> AT\n< ERROR", "< ERROR"),
        ("> AT\n< O", "< O"),
        ("> AT\n+ 1 ms\n< OK", "< OK"),
        ("* reset\n+ 499 ms\n< REBOOT_CAUSE_SECURITY_RESET_PIN", "< REBOOT"),
        ('> AT\n<< "AT\\r\\r\\nOK\\r\\n"', "<< "),
        ("& created\n> AT\n< OK\n= request POST /rd", "= request"),
        ("& registered\n> AT+MIPLCLOSE=0\n= no request", "= no request"),
        ("& registered\n! 501 GET /3/0\n= no answer", "= no answer"),
        ("& registered\n! 501 GET /3/0\n= answer 502 2.05", "= answer"),
        ("& registered\n! 501 GET /3/0\n= answer 501 2.04", "= answer"),
        ("& registered\n! 501 GET /3/0/0\n= answer 501 2.05 42", "= answer"),
        ('& registered\n! 501 GET /3/0/0\n= answer 501 2.05 0 "x"', "= answer"),
        ("& registered\n! 501 GET /3/0\n= separate 501 2.05", "= separate"),
        (
            '& logged-in\n> AT+MIPLNOTIFY=0,0,3200,0,5750,1,4,"test",0,0\n< OK\n= notify CON',
            "= notify CON",
        ),
        (
            '& logged-in\n> AT+MIPLNOTIFY=0,0,3200,0,5750,1,4,"test",0,0\n< OK\n'
            "= notify NON mid=m\n~ 1\n< +MIPLOBSERVE: 0,{m},0,3200,0,-1",
            "< +MIPLOBSERVE",
        ),
        (
            "& created\n> AT+MIPLOPEN=0,300,30\n< OK\n"
            '= request POST /rd?ep=869975030000461;460001357924680&lt=300&lwm2m=1.0 63="x"',
            "= request",
        ),
        ("?? AT", "?? AT"),
    ],
)
def test_what_is_not_fails_in_its_line(text: str, line: str) -> None:
    with pytest.raises(AssertionError) as failed:
        _play(text)
    assert failed.value.__notes__[0].startswith(f"in the line: {line}")


def test_what_is_left_over_at_the_end_fails() -> None:
    with pytest.raises(AssertionError, match="for nothing more"):
        _play("> AT")
    with pytest.raises(AssertionError, match="nothing behind it"):
        _play("> AT\n< OK\n+ 20 ms")


def test_a_name_that_is_none_is_said() -> None:
    for text in ("@ modle=MN316", "@ models=MN999"):
        with pytest.raises(AssertionError):
            read([text])
    with pytest.raises(FileNotFoundError):
        read(["& nowhere"])
