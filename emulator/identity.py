"""What makes one modem different from the next of its model."""

from dataclasses import dataclass

CHINA_MOBILE = "898600"  # of an ICCID: telecommunications, China, the issuer (E.118)


@dataclass(frozen=True, slots=True)
class Identity:
    """15 digits each (decisions, section 7 has the defaults)."""

    imei: str
    imsi: str

    @property
    def iccid(self) -> str:
        """20 digits of the card: the issuer, the subscriber without his country, and the digit that
        checks them (E.118; the number itself is chosen)."""
        number = CHINA_MOBILE + self.imsi[2:]
        return number + str(-_luhn(number) % 10)


def _luhn(number: str) -> int:
    """The sum that the check digit makes a multiple of ten (ISO/IEC 7812-1, annex B)."""
    doubled = (2 * int(digit) for digit in number[::-2])
    return sum(map(int, number[-2::-2])) + sum(two - 9 if two > 9 else two for two in doubled)
