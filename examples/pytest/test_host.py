"""The host of examples/c, tested with the fixtures of mipl-emulator.

gcc -std=c11 -Wall -Wextra -Werror -o host host.c at.c port.c     (in examples/c)
pytest -n 8                                                       (here)
"""

import pytest


def answers(cloud):
    """The platform reads, writes, reads again and executes."""
    assert cloud.read("/3200/0/5750") == "abcd"
    cloud.write("/3200/0/5750", "efg, h")
    assert cloud.read("/3200/0/5750") == "efg, h"
    cloud.execute("/3200/0/5750", "abcd")


@pytest.mark.parametrize("model", ["MN316", "M5311", "M5310-A"])
@pytest.mark.parametrize("dialect", ["manual", "field"])
def test_a_whole_life(make_modem, make_host, cloud, model, dialect):
    modem = make_modem(model=model, dialect=dialect)
    host = make_host(modem).start()
    modem.expect("+MIPLEVENT: 0,6")
    assert cloud.notified("/3200/0/5750").value == "abcd"
    host.expect("online")
    answers(cloud)
    assert host.wait() == 0
    cloud.gone()


def test_a_refused_login(modem, cloud, host):
    cloud.switch(refuse="4.03")
    host.start()
    modem.expect("+MIPLEVENT: 0,7")
    assert host.wait() == 1
    assert "the login has failed: event 7" in host.output


@pytest.mark.mipl(quirks={"boot_ms": 1000})
def test_a_module_that_boots(modem, host, cloud):
    modem.reset()
    host.start()
    modem.expect_command("AT+MIPLOPEN")
    cloud.ready()
    attempts = [line for line in modem.sent() if line.text == "AT"]
    assert len(attempts) > 1


@pytest.mark.mipl(serial="tcp:0")
def test_over_tcp(modem, host, cloud):
    host.start()
    cloud.notified("/3200/0/5750", "abcd")
    host.expect("online")


@pytest.mark.mipl(quirks={"urc_gap_ms": 300, "echo_at_boot": "on"})
def test_slow_lines_and_an_echo(modem, host, cloud):
    host.start()
    cloud.notified("/3200/0/5750", "abcd")
    modem.expect("+MIPLEVENT: 0,26,147")


def test_two_hosts_with_one_platform(make_modem, make_host, cloud):
    modems = [make_modem(), make_modem()]
    for modem in modems:
        make_host(modem).start()
    for modem in modems:
        cloud.notified("/3200/0/5750", "abcd", device=modem)
