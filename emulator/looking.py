"""How a firmware looks from outside, for who looks at it and changes nothing."""

from collections.abc import Mapping

from emulator.conditions import as_texts
from emulator.firmware import Firmware
from emulator.instance import Instance, Phase
from emulator.journal import Journal
from emulator.quirks import Dialect, differing, resolve
from emulator.status import JournalStatus, LinkStatus, LoginStatus, NetworkStatus, NmiStatus, Status


def status_of(
    firmware: Firmware,
    *,
    dialect: Dialect | None,
    devices: tuple[str, ...],
    imei: str,
    seed: int | None,
    time: float,
    time_scale: float | None,
    links: tuple[LinkStatus, ...],
) -> Status:
    """How the modem is at the moment, with what its shell knows of it. `dialect`: None for the
    model's own."""
    profile = firmware.profile
    dialect = dialect or profile.dialect
    return Status(
        model=profile.name,
        revision=profile.revision,
        devices=devices,
        imei=imei,
        dialect=dialect,
        seed=seed,
        on=firmware.power.is_on,
        time=time,
        time_scale=time_scale,
        login=_login_of(firmware),
        links=links,
        nmi=_nmi_of(firmware),
        network=_network_of(firmware),
        quirks=_quirks_of(firmware, dialect),
        journal=_journal_of(firmware.journal),
    )


def _login_of(firmware: Firmware) -> LoginStatus:
    if firmware.device is None:
        return LoginStatus("none")
    instance = firmware.device.instance
    registered = instance.phase is Phase.REGISTERED
    client = instance.client if registered else None
    return LoginStatus(
        phase=instance.phase.name.lower(),
        platform=instance.platform.name.lower(),
        server=_server(instance),
        registered_at=instance.registered_at if registered else None,
        expires_at=None if client is None else client.expires_at,
        lifetime=None if client is None else client.lifetime,
    )


def _server(instance: Instance) -> str:
    account = instance.handed_out or instance.target.account
    return f"{account.host}:{account.port}"


def _nmi_of(firmware: Firmware) -> NmiStatus:
    device = firmware.device
    if device is None:
        return NmiStatus(firmware.nmi.nnmi, 0, 0, 0)
    waiting, dropped, size = device.downlink.waiting.queued
    return NmiStatus(firmware.nmi.nnmi, waiting, size, dropped)


def _network_of(firmware: Firmware) -> NetworkStatus:
    network = firmware.network
    return NetworkStatus(
        conditions=as_texts(network.attachment.conditions),
        stat=int(network.status),
        radio=network.rrc.state.name.lower(),
        signal=network.signal,
        address=network.address,
    )


def _journal_of(journal: Journal) -> JournalStatus:
    return JournalStatus(
        journal.last,
        len(journal.records),
        dict(journal.counts),
    )


def _quirks_of(firmware: Firmware, dialect: Dialect) -> Mapping[str, str]:
    """Those that the dialect has otherwise, as NAME=VALUE would set them."""
    return differing(resolve(dialect), firmware.quirks)
