"""Timers as hosts write them in AT+CPSMS and AT+CEDRXS: bits, by 3GPP TS 24.008."""

from emulator.rrc import NEVER

_T3324_UNITS = {"000": 2.0, "001": 60.0, "010": 360.0, "111": NEVER}
_T3412_UNITS = {
    **{"000": 600.0, "001": 3600.0, "010": 36000.0, "011": 2.0, "100": 30.0, "101": 60.0},
    **{"110": 1152000.0, "111": NEVER},
}
_CYCLES = {
    **{"0010": 20.48, "0011": 40.96, "0101": 81.92, "1001": 163.84, "1010": 327.68},
    **{"1011": 655.36, "1100": 1310.72, "1101": 2621.44, "1110": 5242.88, "1111": 10485.76},
}
LEAST = 2.0  # seconds of a timer whose bits say 0 (chosen)


def active_seconds(bits: str) -> float:
    """T3324, GPRS timer 2 (10.5.7.4); an unknown unit counts minutes."""
    return _seconds(bits, _T3324_UNITS, 60.0)


def periodic_seconds(bits: str) -> float:
    """T3412 extended, GPRS timer 3 (10.5.7.4a); an unknown unit counts hours."""
    return _seconds(bits, _T3412_UNITS, 3600.0)


def cycle_seconds(bits: str) -> float:
    """The eDRX cycle of NB-IoT (10.5.5.32); other bits mean 20.48 s."""
    return _CYCLES.get(bits, 20.48)


def _seconds(bits: str, units: dict[str, float], unknown: float) -> float:
    unit, count = units.get(bits[:3], unknown), int(bits[3:], 2)
    return NEVER if unit == NEVER else max(count * unit, LEAST)
