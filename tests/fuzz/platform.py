"""What a platform may send: by its fields, by a template, by chance, again, as an answer."""

from collections.abc import Sequence
from enum import IntEnum

from tests.desk import ACCEPT, ACK, CON, FORMAT, NON, OBSERVE, PATH, QUERY, RST, coap
from tests.fuzz.steps import Choices, Step, damaged

BLOCK2, BLOCK1 = 23, 27


class Say(IntEnum):
    """Kinds of steps that send datagrams, and what their `number` and `data` are."""

    FIELDS = 0
    """`number` is the message id; `data` chooses each field."""
    TEMPLATE = 1
    """`number` says which, and its message id; `data` damages it."""
    NOISE = 2
    """`data` as it is."""
    AGAIN = 3
    """What was said `number` before the last; `data` damages it."""
    ANSWER = 4
    """To what was heard `number` before the last; `data` chooses type, code and options."""
    CHORUS = 5
    """A template as many times as `data` begins with, with message ids one after another."""


PATHS = (
    *("3200/0/5750", "3200/0", "3200", "3200/1", "3200/0/1", "19/0/0", "9", "", "bs", "x/y"),
    *("0", "0/0", "0/0/0", "1", "1/0", "1/0/1", "1/0/4", "1/0/8", "3", "3/0", "3/0/0", "3/0/4"),
    *("3/0/13", "4/0", "5/0", "5/0/0", "5/0/1", "5/0/2", "5/0/3", "10290/0", "1/2/3/4", "65536"),
)
CODES = (1, 3, 2, 4, 5, 0x44, 0x45, 0)
FORMATS = (None, 0, 40, 42, 11542, 11543, 1542, 1543, 60)
OBSERVES = (None, 0, 1, 2)
QUERIES = ("", "pmin=5", "pmax=60", "lt=1.5", "gt=9", "st=0.5", "stp=1", "pmin", "x=1")
SIZES = (16, 32, 64, 128, 256, 512, 1024, 2048)
BODIES = (
    b"",
    b"25",
    bytes.fromhex("e4167601") + b"abcd",  # TLV: resource 5750, "abcd" (LwM2M 1.0 6.4.3)
    bytes.fromhex("08000b") + bytes.fromhex("e8167606") + b"abcdef",  # … in instance 0
    b'{"bn":"/3200/0/","e":[{"n":"5750","sv":"abcd"}]}',
    bytes.fromhex("c10105c60200c4031234"),  # resources 1, 2 and 3 of a Server object
    b"coap://127.0.0.1/firmware",
    b"." * 16,
    b"." * 1024,
    b"." * 1400,
)
ANSWERS = (0x44, 0x45, 0x41, 0x42, 0x5F, 0x80, 0x84, 0x88, 0x8D, 0xA0, 1)


def request(mid: int, data: bytes) -> bytes:
    """A request, mostly; each field is one that some request has."""
    choose = Choices(data)
    code, path = choose.one_of(CODES), choose.one_of(PATHS)
    kind, token = choose.one_of((CON, NON)), choose.one_of((b"\1", b"\2\2", b"", b"\3" * 8))
    options = [(PATH, segment.encode()) for segment in path.split("/") if segment]
    options += _numbers(OBSERVE, choose.one_of(OBSERVES))
    options += _numbers(FORMAT, choose.one_of(FORMATS)) + _numbers(ACCEPT, choose.one_of(FORMATS))
    options += [(QUERY, text.encode()) for text in (choose.one_of(QUERIES),) if text]
    body = choose.one_of(BODIES)
    option, number, more = choose.one_of((0, BLOCK1, BLOCK2)), choose.number(8), choose.number(2)
    size = choose.one_of(SIZES)
    if option:
        options.append((option, _uint(number << 4 | more << 3 | SIZES.index(size))))
        body = body.ljust(size, b".")[:size] if option == BLOCK1 else body
    return coap(kind, code, mid, token, tuple(options), choose.all_left() or body)


def _numbers(option: int, value: int | None) -> list[tuple[int, bytes]]:
    return [] if value is None else [(option, _uint(value))]


def _uint(value: int) -> bytes:
    """RFC 7252 3.2: no leading zeros."""
    return value.to_bytes((value.bit_length() + 7) // 8, "big")


class Platform:
    """`said`: its datagrams so far; `heard`: those of the module, with the link that each took.

    It has `templates`, whose message ids are replaced.
    """

    def __init__(self, templates: Sequence[bytes]) -> None:
        self.said: list[bytes] = []
        self.heard: list[tuple[int, bytes]] = []
        self._templates = templates

    def datagrams(self, step: Step, link: int) -> list[tuple[int, bytes]]:
        """What it sends in this step, each with its link; `link` is that of the server."""
        match step.kind:
            case Say.FIELDS:
                made = [request(step.number, step.data)]
            case Say.TEMPLATE:
                made = [damaged(self._template(step, step.rest(self._templates)), step.data)]
            case Say.NOISE:
                made = [step.data]
            case Say.AGAIN:
                made = [damaged(said, step.data) for said in self._earlier(step.number)]
            case Say.ANSWER:
                return self._note(self._answer(step))
            case _:
                first, times = step.rest(self._templates) * 64, Choices(step.data).number(256)
                made = [self._template(step, first + n) for n in range(times)]
        return self._note([(link, data) for data in made])

    def _template(self, step: Step, mid: int) -> bytes:
        data = step.of(self._templates)
        return data[:2] + (mid & 0xFFFF).to_bytes(2, "big") + data[4:]

    def _note(self, made: list[tuple[int, bytes]]) -> list[tuple[int, bytes]]:
        self.said += [data for _, data in made]
        return made

    def _earlier(self, number: int) -> list[bytes]:
        return [self.said[-1 - number % len(self.said)]] if self.said else []

    def _answer(self, step: Step) -> list[tuple[int, bytes]]:
        """In an ACK, or separately, or an Empty message."""
        if not self.heard:
            return []
        link, heard = self.heard[-1 - step.number % len(self.heard)]
        mid, token = heard[2] << 8 | heard[3], heard[4 : 4 + (heard[0] & 15)]
        choose = Choices(step.data)
        kind, code = choose.one_of((ACK, ACK, RST, CON, NON)), choose.one_of(ANSWERS)
        if kind == RST or choose.number(4) == 3:
            return [(link, coap(kind, 0, mid))]
        options = [(8, text) for text in choose.one_of(((), (b"rd", b"1"), (b"x" * 255,)))]
        option, number, more = (
            choose.one_of((0, BLOCK1, BLOCK2)),
            choose.number(8),
            choose.number(2),
        )
        if option:
            options.append((option, _uint(number << 4 | more << 3 | choose.number(8))))
        options += _numbers(OBSERVE, choose.one_of(OBSERVES))
        body = choose.all_left()
        own = mid if kind == ACK else 0x8000 | step.number
        return [(link, coap(kind, code, own, token, tuple(options), body))]
