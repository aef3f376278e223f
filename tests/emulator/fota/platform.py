"""What a platform does with 5/0: hand-made requests, and what their answers hold."""

from typing import Any

from tests.desk import ACCEPT, FORMAT, GET, POST, PUT

BLOCK1 = 27
TLV, OPAQUE, TEXT = b"\x2d\x16", b"\x2a", b""

NAMES = bytes.fromhex("c506") + b"MN316" + bytes.fromhex("c8070b") + b"MN316_2.0.0"


def instance(state: int, result: int, uri: bytes = b"", names: bytes = b"") -> bytes:
    """5/0 as TLV (LwM2M 1.0, 6.4.3 and E.6): the last are protocols {0: CoAP} and delivery 2."""
    head = b"\xc8\x01" + bytes([len(uri)]) if len(uri) > 7 else bytes([0xC0 | len(uri), 1])
    values = bytes([0xC1, 3, state, 0xC1, 5, result])
    return head + uri + values + names + bytes.fromhex("8308410000 c10902")


IDLE = instance(0, 0)
DOWNLOADED = instance(2, 0, names=NAMES)


class Platform:
    """Counts message ids; the module's answers are taken from its datagrams as they are."""

    def __init__(self, table: Any) -> None:
        self.table = table
        self._mid = 700
        self.printed, self.payload = "", b""

    def ask(self, code: int, path: str, *options: tuple[int, bytes], body: bytes = b"") -> str:
        """A request; its response code as `2.04`, and nothing else was sent."""
        self._mid += 1
        self.table.sent.clear()
        self.printed = self.table.ask(code, self._mid, path, *options, payload=body)
        (answer,) = (sent for sent in self.table.sent if sent.mid == self._mid)
        self.payload = answer.payload
        return f"{answer.code >> 5}.{answer.code & 31:02d}"

    def read(self, path: str = "/5/0") -> bytes:
        """What a resource or an instance is, as TLV."""
        assert self.ask(GET, path, (ACCEPT, TLV)) == "2.05"
        return self.payload

    def write(self, path: str, body: bytes, form: bytes = OPAQUE) -> str:
        return self.ask(PUT, path, (FORMAT, form), body=body)

    def block(self, number: int, more: int, body: bytes, size: int = 1024) -> str:
        """One block of a Package (RFC 7959 2.2), of `size` bytes if it is not the last."""
        value = number << 4 | more << 3 | size.bit_length() - 5
        option = value.to_bytes((value.bit_length() + 7) // 8, "big")
        return self.ask(PUT, "/5/0/0", (FORMAT, OPAQUE), (BLOCK1, option), body=body)

    def push(self, body: bytes, size: int = 1024) -> list[str]:
        """A Package block by block, until one is refused; the codes."""
        pieces = [body[at : at + size] for at in range(0, len(body), size)]
        codes: list[str] = []
        for number, piece in enumerate(pieces):
            codes.append(self.block(number, int(number < len(pieces) - 1), piece, size))
            if codes[-1] > "3":
                break
        return codes

    def execute(self, path: str = "/5/0/2") -> str:
        return self.ask(POST, path)
