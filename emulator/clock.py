"""The module's time of day, as 3/0 shows it and the network or the platform sets it."""

from dataclasses import dataclass

POWER_ON = 1767225600.0  # 2026-01-01 UTC, until somebody knows better (chosen)
UTC_OFFSET, TIMEZONE = "+08:00", "Asia/Shanghai"  # where these modules are sold (chosen)


@dataclass(slots=True)
class Clock:
    """`utc_offset` as ISO 8601 and `timezone` as IANA spell them (LwM2M 1.0 E.4)."""

    utc_offset: str = UTC_OFFSET
    timezone: str = TIMEZONE
    _at_zero: float = POWER_ON

    def seconds(self, now: float) -> int:
        """Since 1970, UTC; `now` on the clock that the inputs have."""
        return int(self._at_zero + now)

    def set(self, seconds: float, now: float) -> None:
        self._at_zero = seconds - now
