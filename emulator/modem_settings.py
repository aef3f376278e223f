"""How a modem is set up, and what is made of it: firmware, DTLS, the stage for its faults."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache, partial
from typing import Any, Literal

from emulator.at.table import Table
from emulator.commands import command_table
from emulator.conditions import Conditions
from emulator.faults.grammar import Fault
from emulator.faults.stage import Faults
from emulator.firmware import Firmware
from emulator.identity import Identity
from emulator.lint.rules import LintSettings
from emulator.pins import Pin, Role
from emulator.profile import Profile, load_profile
from emulator.quirks import Dialect, Quirks, resolve
from emulator.seeds import SparingStreams, new_seed, stream
from lwm2m_core.nothing import NOTHING
from transport.dtls.session import BackEndChoice, DtlsSettings, Suite

IMEI, IMSI = "869975030000461", "460001357924680"  # decisions 7

SHARED = 64  # settings of DTLS that are one object for all modems that have them

# --timing fast
NO_DELAYS: Mapping[str, Any] = dict.fromkeys(
    ("urc_gap_ms", "reply_delay_ms", "boot_ms", "search_ms", "fota_install_s"), 0
)


@dataclass(frozen=True, slots=True)
class ModemSettings:
    """How a modem is set up.

    `dialect`: None for the model's own. `quirks`: name -> value. `timing`: `module` keeps the
    profile's delays, `fast` sets them to 0 (decision 3). `seed` decides all that chance
    decides; None for a new one, which `Modem.settings` then tells. `conditions`: the network around
    the module. `strict`: a bug of ours raises instead of being logged and answered with 100.
    `dtls_backend`: which library carries DTLS. `pins`: what the host's DTR and RTS are wired to,
    where the serial end tells them. `lint`: watch whether the host keeps the rules of
    docs/host-lint.md; None: do not. `ciphertext`: the journal has DTLS's own datagrams too, and the
    secrets of its sessions. `faults`: what goes wrong on purpose from the start on.
    `show_secrets`: who follows its events sees keys, auth codes and identities.
    """

    model: str = "MN316"
    imei: str = IMEI
    imsi: str = IMSI
    dialect: Dialect | None = None
    quirks: Mapping[str, Any] = field(default_factory=lambda: NOTHING)
    timing: Literal["module", "fast"] = "module"
    seed: int | None = None
    conditions: Conditions = Conditions()
    strict: bool = False
    dtls_backend: BackEndChoice = "auto"
    pins: Mapping[Pin, Role] = field(default_factory=lambda: NOTHING)
    lint: LintSettings | None = None
    ciphertext: bool = False
    faults: tuple[Fault, ...] = ()
    show_secrets: bool = False


def seeded(settings: ModemSettings) -> ModemSettings:
    """With a seed, a new one where none was chosen."""
    return settings if settings.seed is not None else replace(settings, seed=new_seed())


def build_firmware(settings: ModemSettings) -> Firmware:
    """The firmware that `settings` describe; ProfileError or QuirkError where they are wrong."""
    profile = load_profile(settings.model)
    quirks = _quirks(settings, profile)
    seed = new_seed() if settings.seed is None else settings.seed
    return Firmware(
        profile,
        quirks,
        Identity(settings.imei, settings.imsi),
        SparingStreams(seed),
        _commands_of,
        conditions=settings.conditions,
        strict=settings.strict,
    )


def with_faults(firmware: Firmware, settings: ModemSettings, zero: float = 0.0) -> Faults:
    """The stage for faults in front of a firmware that was started at `zero`, with the faults of
    the settings. FaultError for one that can never strike."""
    seed = new_seed() if settings.seed is None else settings.seed
    faults = Faults(firmware, partial(stream, seed), zero=zero)
    for fault in settings.faults:
        faults.add(fault, zero)
    return faults


def dtls_of(settings: ModemSettings, profile: Profile) -> DtlsSettings:
    """What the module can do over DTLS, and by which library."""
    return _dtls(tuple(profile.dtls_suites), settings.dtls_backend)


@lru_cache(SHARED)
def _dtls(suites: tuple[str, ...], back_end: BackEndChoice) -> DtlsSettings:
    return DtlsSettings(tuple(map(Suite, suites)), back_end)


def _commands_of(profile: Profile, quirks: Quirks) -> Table:
    return command_table(profile.absent_commands, quirks.rai_param, profile.command_sets)


def quirks_of(settings: ModemSettings) -> Quirks:
    """How the module that `settings` describe behaves; ProfileError or QuirkError."""
    return _quirks(settings, load_profile(settings.model))


def _quirks(settings: ModemSettings, profile: Profile) -> Quirks:
    dialect = settings.dialect or profile.dialect
    delays = NO_DELAYS if settings.timing == "fast" else {}
    return resolve(dialect, profile.overrides(dialect), delays, settings.quirks)
