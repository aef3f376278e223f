"""4/0, Connectivity Monitoring (LwM2M 1.0 E.5), and OneNET's own 10290/0: the radio (MB 2.13)."""

from collections.abc import Mapping

from emulator.instance import FLAG_NO_MONITOR, Instance, Platform
from emulator.own.object import Current, Resource, Sheet
from lwm2m_core.values import ResourceType

CONNECTIVITY, MONITOR = 4, 10290
INTEGER, STRING = ResourceType.INTEGER, ResourceType.STRING

CONNECTIVITY_DEFINITION = {
    0: Resource("R", INTEGER, mandatory=True),  # network bearer
    1: Resource("R", INTEGER, multiple=True, mandatory=True),  # available network bearers
    2: Resource("R", INTEGER, mandatory=True),  # radio signal strength, dBm
    4: Resource("R", STRING, multiple=True, mandatory=True),  # IP addresses
    7: Resource("R", STRING, multiple=True),  # APN
    8: Resource("R", INTEGER),  # cell id
    9: Resource("R", INTEGER),  # serving mobile network code
    10: Resource("R", INTEGER),  # serving mobile country code
    6038: Resource("R", INTEGER),  # signal to interference and noise, dB (CIS)
}

# Ids and meaning as in CIS firmware, where all are integers
MONITOR_DEFINITION = {
    0: Resource("R", INTEGER),  # network bearer
    6: Resource("R", INTEGER),  # link utilization, %
    30: Resource("R", INTEGER),  # <rssi> of +CSQ
    31: Resource("R", INTEGER),  # coverage enhancement level
    32: Resource("R", INTEGER),  # signal to noise, dB
    6030: Resource("R", INTEGER),  # PLMN
    6032: Resource("R", INTEGER),  # EARFCN
    6034: Resource("R", INTEGER),  # physical cell id
    20626: Resource("R", INTEGER),  # global cell id
    20628: Resource("R", INTEGER),  # physical cell id of the first neighbour
    20629: Resource("R", INTEGER),  # and of the second
    20630: Resource("R", INTEGER),  # RSRP of the first neighbour, dBm
    20631: Resource("R", INTEGER),  # and of the second
}


def _connectivity(instance: Instance) -> Mapping[int, Current]:
    network, profile = instance.module.network, instance.module.profile
    return {
        0: profile.bearer,
        1: {0: profile.bearer},
        2: network.strength,
        4: {0: network.address},
        7: {0: profile.apn},
        8: network.cell_id,
        9: int(network.attachment.operator[3:]),
        10: int(network.attachment.operator[:3]),
        6038: profile.snr,
    }


def _monitor(instance: Instance) -> Mapping[int, Current]:
    """Serving and neighbour cells."""
    network, profile = instance.module.network, instance.module.profile
    first, second = profile.neighbour_cells
    first_rsrp, second_rsrp = profile.neighbour_rsrp
    return {
        0: profile.bearer,
        6: profile.link_utilization,
        30: network.signal,
        31: profile.coverage_level,
        32: profile.snr,
        6030: int(network.attachment.operator),
        6032: profile.earfcn,
        6034: profile.physical_cell,
        20626: network.cell_id,
        20628: first,
        20629: second,
        20630: first_rsrp,
        20631: second_rsrp,
    }


def _is_monitored(instance: Instance) -> bool:
    """On OneNET, unless bit 1 of `<flag>` forbids it (manual 4.6 notes on the monitor; decision
    33)."""
    forbidden = instance.target.flag & FLAG_NO_MONITOR
    return instance.platform is Platform.ONENET and not forbidden


CONNECTIVITY_SHEET = Sheet(CONNECTIVITY, CONNECTIVITY_DEFINITION, _connectivity)
MONITOR_SHEET = Sheet(MONITOR, MONITOR_DEFINITION, _monitor, _is_monitored)
