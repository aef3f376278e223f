"""The quirks in force: one owner, whom the parts of a module ask at the moment of need."""

from emulator.quirks import Quirks


class InForce:
    """`quirks` is replaced as a whole while the module runs; nobody keeps what it says. What a
    quirk has decided before stays decided: a timer that runs, a session, a line that is out."""

    __slots__ = ("quirks",)

    def __init__(self, quirks: Quirks) -> None:
        self.quirks = quirks
