"""A module like the one that was recorded, by the head of the recording."""

from emulator.firmware import Firmware
from emulator.modem import ModemSettings, build_firmware
from emulator.quirks import parse_assignment
from emulator.recording.lines import Head


def settings_of(head: Head) -> ModemSettings:
    """Its settings; identities are not in a head. QuirkError for a quirk that is unknown here."""
    quirks = dict(parse_assignment(f"{name}={value}") for name, value in head.quirks.items())
    return ModemSettings(
        head.model,
        dialect="field" if head.dialect == "field" else "manual",
        quirks=quirks,
        timing="fast" if head.timing == "fast" else "module",
        seed=head.seed,
    )


def firmware_of(head: Head) -> Firmware:
    """Its firmware, as it was at the start. ProfileError for a model that is unknown here, and
    QuirkError."""
    return build_firmware(settings_of(head))
