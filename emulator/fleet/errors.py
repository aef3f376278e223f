"""What a host cannot do."""


class HostError(Exception):
    """The module did not do what the host needs; the text says what it did."""


class Refused(HostError):
    """A command whose final result was not OK."""

    def __init__(self, line: str, result: str) -> None:
        super().__init__(f"{line.partition('=')[0]} was answered {result}")
        self.result = result
