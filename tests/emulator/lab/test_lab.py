"""A modem, the platforms and a test that is the host itself, in a thread of their own."""

import re
import threading

import pytest

from emulator.cloud.errors import CloudError, Refused
from emulator.conditions import ConditionError
from emulator.lab.errors import CommandFailed, LabError, NotInTime
from emulator.lab.lab import Lab
from emulator.lab.modem import LabModem
from emulator.quirks import QuirkError
from lwm2m_core.errors import EngineError

LOGIN = (
    'AT+MIPLCREATEEX="nbiotbt.heclouds.com:5683",1',
    'AT+MIPLADDOBJ=0,3200,1,"1",0,0',
    "AT+MIPLOPEN=0,3000,30",
)
DEVICES = ["pty:", "tcp:0", "memory:"]


def log_in(modem: LabModem) -> None:
    for line in LOGIN:
        modem.command(line)
    modem.expect("+MIPLEVENT: 0,6")


@pytest.mark.parametrize("serial", DEVICES)
def test_a_login_a_report_and_what_the_platform_asks(lab: Lab, serial: str) -> None:
    """Manual 5.1, with the test in the place of the host."""
    modem = lab.modem(serial=serial, timing="fast")
    log_in(modem)
    assert lab.cloud.ready().name == modem.imei == "869975030000461"
    modem.command('AT+MIPLNOTIFY=0,0,3200,0,5750,1,4,"abcd",0,0')
    assert lab.cloud.notified("/3200/0/5750").value == "abcd"
    done = threading.Thread(target=lab.cloud.write, args=("/3200/0/5750", "efgh"))
    done.start()
    asked = modem.expect("+MIPLWRITE: 0")
    assert asked.fields[2:] == ("3200", "0", "5750", "1", "4", "efgh", "0")
    modem.command(f"AT+MIPLWRITERSP=0,{asked.fields[1]},2")
    done.join()
    modem.command("AT+MIPLCLOSE=0")
    assert not lab.cloud.gone().online


def test_a_line_is_found_behind_the_one_before_whatever_its_blanks(module: LabModem) -> None:
    log_in(module)
    module.forget()
    module.command("AT+MIPLCLOSE=0")
    module.expect("+MIPLEVENT:0,15")
    module.command("AT+MIPLOPEN=0,3000,30")
    module.expect(re.compile(r"^\+MIPLEVENT: 0,(?:6)$"))
    assert module.expect_command("at+miplopen").text == "AT+MIPLOPEN=0,3000,30"
    with pytest.raises(NotInTime, match=r"^not within 0.1 s: \+MIPLEVENT:0,1 from the module\n"):
        module.expect("+MIPLEVENT:0,1", timeout=0.1)  # 0,15 is another one
    assert [str(line) for line in module.printed("+MIPLEVENT: 0,15")] == ["+MIPLEVENT: 0,15"]
    assert len(module.sent()) == 5


def test_a_line_that_does_not_come_is_told_with_what_came_instead(module: LabModem) -> None:
    def told(wanted: str | re.Pattern[str]) -> str:
        with pytest.raises(NotInTime) as raised:
            module.expect(wanted, timeout=0.05)
        return str(raised.value).split("\n")[0].partition("from the module")[2]

    assert told("+MIPLEVENT: 0,6") == "; not a line has come from there"
    log_in(module)
    assert told("+MIPLEVENT: 0,2") == (
        "; it has come before, and what is expected next has to come behind it"
    )
    module.forget()
    module.command("AT+CSQ")
    assert told("+CQS: 23,99") == "; the nearest is +CSQ: 23,99"
    assert told(re.compile("x")) == ""


def test_a_report_that_does_not_come_is_told_with_what_came_instead(
    lab: Lab, module: LabModem
) -> None:
    def told(path: str, value: str | None = None) -> str:
        with pytest.raises(NotInTime) as raised:
            lab.cloud.notified(path, value, timeout=0.05)
        return str(raised.value).split("\n")[0].partition("reports ")[2]

    assert told("/3200/0/5750") == "/3200/0/5750; it has never registered"
    with pytest.raises(CloudError, match="never registered; cloud.registered.. waits for that"):
        lab.cloud.read("/3/0/0")
    log_in(module)
    lab.cloud.ready()
    assert told("/3200/0/5750") == "/3200/0/5750; it has reported nothing"
    module.command('AT+MIPLNOTIFY=0,0,3200,0,5750,1,4,"abcd",0,0')
    lab.cloud.notified("/3200")
    assert told("/3200/0/5750", "efgh") == "/3200/0/5750 = 'efgh'; it has reported 'abcd'"
    assert told("/3200/0/5751") == "/3200/0/5751; it has reported /3200/0/5750"
    lab.cloud.notified("/3200/0/5750")
    assert told("/3200/0/5750") == "/3200/0/5750; it has reported nothing more"


def test_an_error_shows_what_happened_last_and_no_secrets(module: LabModem) -> None:
    with pytest.raises(CommandFailed) as raised:
        module.command('AT+MIPLCREATEEX="nbiotbt.heclouds.com:5684",1,,"1234abcd",1,1,1,1')
    assert raised.value.final == "+CIS ERROR: 602" or raised.value.code is not None
    text = str(raised.value)
    assert "host >  AT+MIPLCREATEEX" in text and "1234abcd" not in text
    assert module.command("AT+NONE", check=False)[-1] == "ERROR"


def test_two_modems_with_one_platform(lab: Lab) -> None:
    first, second = lab.modem(timing="fast"), lab.modem(timing="fast")
    assert (first.imei, second.imei) == ("869975030000461", "869975030000462")
    log_in(second)
    lab.cloud.ready(second)
    assert lab.cloud.device(first) is None
    with pytest.raises(LabError, match="^which device"):
        lab.cloud.read("/3/0/0")
    assert lab.cloud.read("/3/0/0", second) == "CMIOT"
    with pytest.raises(CloudError, match=f"^{first.imei} has never registered"):
        lab.cloud.read("/3/0/0", first)


@pytest.mark.parametrize(("number", "name"), [(1, "ctwing"), (2, "dmp"), (3, "huawei")])
def test_the_firmware_chooses_the_platform(lab: Lab, number: int, name: str) -> None:
    modem = lab.modem(timing="fast")
    modem.command('AT+MIPLCREATEEX="192.0.2.1:5683",0')
    modem.command(f'AT+MIPLCFG="platform",0,{number}')
    modem.command('AT+MIPLADDOBJ=0,3300,1,"1",0,0')
    modem.command("AT+MIPLOPEN=0,3000,30")
    lab.cloud.registered()
    known = lab.call(lambda: [each.manner.name for each in lab.cloud.platforms if each.devices])
    assert known == [name]


def test_one_platform_to_which_everything_leads() -> None:
    with Lab(platform="generic", memory=True) as lab:
        log_in(lab.modem(timing="fast"))
        assert lab.cloud.registered().endpoint.startswith("869975030000461")


def test_power_reset_and_network(lab: Lab) -> None:
    modem = lab.modem(model="M5311", timing="fast")
    modem.command("AT")
    modem.reset()
    modem.expect("*ATREADY: 1")
    modem.power(False)
    assert not modem.is_on
    modem.power(True)
    modem.expect("*ATREADY: 1")
    modem.network(coverage=False)
    assert not modem.conditions.coverage
    with pytest.raises(LabError, match="did you mean coverage"):
        modem.network(covrage=False)


def test_switches_of_the_platforms(lab: Lab, module: LabModem) -> None:
    lab.cloud.switch(refuse="4.03")
    for line in LOGIN:
        module.command(line)
    module.expect("+MIPLEVENT: 0,7")
    with pytest.raises(EngineError, match="did you mean refuse"):
        lab.cloud.switch(refus="4.03")


def test_an_answer_that_is_an_error(lab: Lab, module: LabModem) -> None:
    log_in(module)
    lab.cloud.ready()
    with pytest.raises(Refused) as raised:
        lab.cloud.read("/3/0/99")
    assert raised.value.code == 0x84  # 4.04
    assert "CON GET" in raised.value.__notes__[0]


def test_a_faster_clock() -> None:
    """Ten modem's minutes in three real seconds would be too slow for a suite: half a minute."""
    with Lab(time_scale=100, memory=True) as lab:
        modem = lab.modem(serial="memory:", timing="fast")
        modem.command('AT+MIPLCREATEEX="nbiotbt.heclouds.com:5683",1')
        modem.command('AT+MIPLADDOBJ=0,3200,1,"1",0,0')
        lab.cloud.switch(silent="on")
        modem.command("AT+MIPLOPEN=0,3000,20")
        assert modem.expect("+MIPLEVENT: 0,3").at >= 19


def test_a_clock_that_becomes_faster(lab: Lab, module: LabModem) -> None:
    """A lifetime of 3000 s is over in less than one real second."""
    log_in(module)
    lab.cloud.ready()
    lab.rescale(10_000)
    assert lab.time_scale == 10_000
    lab.cloud.gone()
    assert "expired" in lab.transcript_lines()[-1]
    with pytest.raises(ValueError, match="0"):
        lab.rescale(0)


def test_what_cannot_be(lab: Lab) -> None:
    with pytest.raises(LabError, match="no 'modle'; did you mean model?"):
        lab.modem(modle="M5311")
    with pytest.raises(LabError, match="^dialect of a modem: 'fild'; did you mean field?"):
        lab.modem(dialect="fild")
    with pytest.raises(EngineError, match="no platform 'onnet'; did you mean onenet?"):
        Lab(platform="onnet")
    with pytest.raises(ValueError, match="-1"):
        Lab(time_scale=-1)
    with pytest.raises(ConditionError, match="'signal' is 0 to 31, not '77'"):
        lab.modem(network={"signal": 77})
    modem = lab.modem()
    with pytest.raises(ConditionError, match="'signal' is 0 to 31, not 'loud'"):
        modem.network(signal="loud")
    with pytest.raises(LabError, match="True or False, not by 'off'"):
        modem.power("off")  # type: ignore[arg-type]
    modem.set_quirk("echo_at_boot", True)
    assert modem.is_on and modem.conditions.signal is None
    lab.close()
    with pytest.raises(LabError, match="has ended"):
        lab.modem()
    assert lab.transcript_lines()[1:] == []


def test_faults_from_the_start_and_later(lab: Lab) -> None:
    modem = lab.modem(timing="fast", faults=["command +CSQ: refuse 50"])
    with pytest.raises(CommandFailed) as raised:
        modem.command("AT+CSQ")
    number = modem.add_fault("command +CGSN nth 2: refuse 50")
    assert modem.command("AT+CGSN=1")[-1] == "OK"
    assert modem.command("AT+CGSN=1", check=False)[-1] == raised.value.final
    modem.remove_fault(number)
    assert any("note    fault" in line for line in lab.transcript_lines())


def test_a_fault_of_the_platforms(lab: Lab, module: LabModem) -> None:
    module.add_fault("cloud: switch refuse=4.03")
    for line in LOGIN:
        module.command(line)
    module.expect("+MIPLEVENT: 0,7")


def test_a_host_that_breaks_a_rule(lab: Lab) -> None:
    watched, strict = (lab.modem(timing="fast", lint=lint) for lint in ("warn", "error"))
    for modem in (watched, strict):
        modem.command("AT+CSQ ")
        assert [finding.rule.name for finding in modem.findings] == ["blanks"]
    watched.check()
    with pytest.raises(LabError, match="the host of modem1 breaks the rules:\nblanks"):
        strict.check()


def test_a_quirk_is_changed_while_it_runs(module: LabModem) -> None:
    assert module.set_quirk("mipl_colon", "none") == "at once"
    assert module.command('AT+MIPLCREATEEX="192.0.2.1:5683",0')[0] == "+MIPLCREATEEX:0"
    with pytest.raises(QuirkError, match="did you mean"):
        module.set_quirk("mipl_colom", "none")
