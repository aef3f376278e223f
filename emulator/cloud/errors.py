"""Why the platform could not do what was asked of it. What a device does wrong is never raised
where it comes in; it ends the operation that waits for it."""

from lwm2m_core.message import code_text


class CloudError(Exception):
    """The text is for people."""


class UnknownPlatform(CloudError):
    """No platform of that name runs here."""


class UnknownDevice(CloudError):
    """No device of that name has ever registered."""


class Offline(CloudError):
    """The device is not registered, or was not any more before it answered."""


class TimedOut(CloudError):
    """The device has not answered in time."""


class Rejected(CloudError):
    """The device answered with a Reset."""


class Refused(CloudError):
    """The device answered with a code other than 2.xx."""

    def __init__(self, text: str, code: int) -> None:
        super().__init__(f"{text}: {code_text(code)}")
        self.code = code


class Unreadable(CloudError):
    """The device's answer is not what its Content-Format says."""


class Overloaded(CloudError):
    """More operations wait for the device than `OPERATION_LIMIT`."""
