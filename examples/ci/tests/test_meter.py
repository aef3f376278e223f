"""The meter with a virtual module: every test has a module and platforms of its own."""


def test_the_platform_gets_the_reading(host, cloud):
    host.start("build/meter", "{port}")
    assert cloud.notified("/3200/0/5750").value == "21.5"
    assert host.wait() == 0


def test_a_refused_login_ends_with_1(host, cloud):
    cloud.switch(refuse="4.03")
    host.start("build/meter", "{port}")
    host.expect("event 7")
    assert host.wait() == 1


def test_it_leaves_when_the_platform_has_the_reading(host, modem):
    host.start("build/meter", "{port}")
    modem.expect("+MIPLEVENT: 0,26,147")
    modem.expect_command("AT+MIPLCLOSE=0")
    assert host.wait() == 0
