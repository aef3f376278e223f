from emulator.at.state import LineProfile, LineState


def test_power_on_takes_the_stored_profile() -> None:
    line = LineState(LineProfile(echo=True))
    line.set_cmee(1)
    line.set_verbose(False)
    line.stored = line.current
    line.set_quiet(True)
    line.power_on()
    assert line.current == LineProfile(echo=True, cmee=1, verbose=False)
    assert line.factory == LineProfile(echo=True)


def test_registers_of_one_profile_are_not_those_of_another() -> None:
    line = LineState()
    line.set_register(0, 5)
    assert line.register(0) == 5
    line.current = line.factory
    assert line.register(0) == 0


def test_v250_defaults() -> None:
    """V.250 6.2.1 to 6.2.3: S3 CR, S4 LF, S5 backspace; 6.3: S6 and S8 two seconds."""
    line = LineState()
    assert [line.register(number) for number in range(10)] == [0, 0, 0, 13, 10, 8, 2, 0, 2, 0]
