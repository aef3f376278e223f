"""What servers that are given nothing but bytes put into their requests."""


def tlv(number: int, value: bytes) -> bytes:
    """A resource with an identifier of 16 bits and a value of up to 7 bytes (LwM2M 1.0 6.4.3)."""
    assert len(value) < 8
    return bytes([0b11_1_00_000 | len(value)]) + number.to_bytes(2, "big") + value
