"""The module's time of day, as 3/0 and AT+CCLK show it and the host or the platform sets it."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

POWER_ON = 1767225600.0  # 2026-01-01 UTC, until somebody knows better (chosen)
UTC_OFFSET, TIMEZONE = "+08:00", "Asia/Shanghai"  # where these modules are sold (chosen)
CENTURY = 946771200, 4102358399  # 2000-01-02 to 2099-12-30, in any time zone this century


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

    @property
    def offset(self) -> timedelta:
        """`utc_offset` as a time to add to UTC, less than a day whatever the platform wrote."""
        digits = self.utc_offset[1:].replace(":", "").ljust(4, "0")
        distance = timedelta(hours=min(int(digits[:2]), 23), minutes=min(int(digits[2:]), 59))
        return -distance if self.utc_offset.startswith("-") else distance

    def local(self, now: float) -> datetime:
        """Local time, in this century whatever the platform wrote: <yy> has two digits."""
        seconds = min(max(self.seconds(now), CENTURY[0]), CENTURY[1])
        return datetime.fromtimestamp(seconds, timezone(self.offset))

    def set_local(self, local: datetime, offset: timedelta | None, now: float) -> None:
        """Local time, where the distance from UTC is so much, or what it was."""
        if offset is not None:
            minutes = abs(offset) // timedelta(minutes=1)
            sign = "-" if offset < timedelta() else "+"
            self.utc_offset = f"{sign}{minutes // 60:02}:{minutes % 60:02}"
        self.set((local - self.offset).replace(tzinfo=UTC).timestamp(), now)
