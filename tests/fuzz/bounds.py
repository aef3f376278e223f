"""The tables that a platform or a host can fill, with their bounds."""

from emulator.at.backlog import BACKLOG_LIMIT as EARLY_LIMIT
from emulator.at.channel import URC_LIMIT
from emulator.device import Device
from emulator.downlink import DISCOVERS_REMEMBERED
from emulator.firmware import Firmware
from emulator.journal import FIELDS, JOURNAL_BYTES, JOURNAL_LIMIT
from emulator.nmi import BUFFER_LIMIT, QUEUE_LIMIT
from emulator.nvram import CONTEXT_LIMIT
from emulator.paging import PAGES_LIMIT
from emulator.uplink import CON_LIMIT, HELD_LIMIT
from emulator.waiting import REMEMBERED_LIMIT, WAITING_LIMIT
from lwm2m_core.backlog import BACKLOG_LIMIT
from lwm2m_core.blocks import ASKED_LIMIT, ASSEMBLED_LIMIT, TRANSFER_LIMIT, Blocks
from lwm2m_core.bodies import KEPT_LIMIT
from lwm2m_core.client import Client
from lwm2m_core.endpoint import Endpoint
from lwm2m_core.management import Management
from lwm2m_core.mids import MESSAGE_IDS
from lwm2m_core.observations import NOTIFICATION_MEMORY, OBSERVATION_LIMIT, UNACKNOWLEDGED_LIMIT
from lwm2m_core.peer import Peer
from lwm2m_core.registration import UPDATE_LIMIT
from lwm2m_core.timers import FEW, STALE_LIMIT

Sizes = dict[str, tuple[int, int]]
"""What is bounded -> how much there is of it, and the most that there may be."""

ELSEWHERE = {
    "message ids": "65536; test_mids uses them all",
    "bytes in the journal": "1 MiB; test_bad_hosts writes 20",
    "early commands": "64 KiB; test_backlog fills them",
    "rejectable": "of all ids at once none but NON ones are",
    "timers set": "what waits need not have one",
    "bodies for the module": "of its writable resources each may have one",
}
"""What no script here fills, and why."""

OWN_REQUESTS = UPDATE_LIMIT + 1  # and a deregistration


def of_client(client: Client) -> Sizes:
    session = client._session
    sizes: Sizes = {"outputs": (len(client._outputs), 0)}
    if session.peer is not None:
        sizes |= _of_endpoint(session.peer.endpoint) | _of_peer(session.peer)
    if session.management is not None:
        sizes |= _of_management(session.management)
    if session.registration is not None:
        sizes["errands"] = len(session.registration._errands), OWN_REQUESTS
    return sizes


def _of_endpoint(endpoint: Endpoint) -> Sizes:
    heard, sender, limits = endpoint._heard, endpoint._sender, endpoint._transmission
    timers = sender.timers
    return {
        "messages heard": (len(heard._heard), limits.duplicate_limit),
        "requests waiting": (len(heard.waiting), limits.waiting_limit),
        "timers": (
            len(timers._heap),
            2 * len(timers._current) + STALE_LIMIT if timers._current else FEW,
        ),
        "timers set": (
            len(timers._current or timers._heap),
            len(sender.exchanges) + len(endpoint._requests) + limits.waiting_limit,
        ),
        "requests of ours": (len(endpoint._requests), OWN_REQUESTS),
        "tokens of ours": (len(endpoint._requests.by_either), 2 * len(endpoint._requests)),
        "message ids": (len(sender.mids._used), MESSAGE_IDS),
        "rejectable": (len(sender.mids._rejectable), len(sender.mids._used)),
        "endpoint outputs": (len(sender.outputs), 0),
    }


def _of_peer(peer: Peer) -> Sizes:
    return {
        "backlog": (len(list(peer.backlog)), BACKLOG_LIMIT),
        "transfers of ours": (len(peer.transfers._transfers), OWN_REQUESTS),
    }


def _of_management(management: Management) -> Sizes:
    observations, blocks = management.observations, management._blocks or Blocks()
    longest = max((len(transfer.held) for transfer in blocks._transfers.values()), default=0)
    return {
        "observations": (len(observations), OBSERVATION_LIMIT),
        "notifications": (len(observations._sent), NOTIFICATION_MEMORY),
        "unacknowledged": (observations.unacknowledged, UNACKNOWLEDGED_LIMIT),
        "bodies that come": (len(blocks._transfers), TRANSFER_LIMIT),
        "bytes of one": (longest, ASSEMBLED_LIMIT),
        "blocks asked": (len(blocks._asked), ASKED_LIMIT),
        "bodies fetched": (len(management._bodies._kept), KEPT_LIMIT),
        "observes asked": (
            len(management._observing),
            management._endpoint._transmission.waiting_limit,
        ),
    }


def of_firmware(firmware: Firmware) -> Sizes:
    channel, device = firmware.channel, firmware.device
    firmware.journal._forget()  # what waits for it: a part of 1 / SPARE at most
    records = tuple(firmware.journal._fields)  # cause, time, kind, data and text of each
    sizes: Sizes = {
        "firmware outputs": (len(firmware._outlet.outputs), 0),
        "unsolicited lines": (len(channel._urcs), URC_LIMIT),
        "early commands": (channel.backlog_size, EARLY_LIMIT),
        "journal": (len(records) // FIELDS, JOURNAL_LIMIT),
        "bytes in the journal": (sum(map(len, records[3::FIELDS])), JOURNAL_BYTES),
        "links": (len(firmware._traffic.links._routes), 2),
        "pages": (len(firmware.network.paging._kept), PAGES_LIMIT),
        "contexts": (len(firmware.nvram.contexts), CONTEXT_LIMIT),
    }
    if device is not None:
        sizes |= _of_device(device)
    return sizes


def _of_device(device: Device) -> Sizes:
    waiting, uplink, own = device.downlink.waiting, device.uplink, device.own
    client = device.instance.client
    observations = 0 if client is None else len(client.observations)
    return (of_client(client) if client is not None else {}) | {
        "waiting for the MCU": (len(waiting._waiting), WAITING_LIMIT),
        "answered": (len(waiting._answered), REMEMBERED_LIMIT),
        "queued for MGR": (len(waiting._queue or ()), QUEUE_LIMIT),
        "bytes queued for MGR": (waiting.queued[2], BUFFER_LIMIT),
        "values held": (len(uplink._held), HELD_LIMIT),
        "ackids": (len(uplink._ackids), CON_LIMIT),
        "discovers": (len(device.downlink._discovers), DISCOVERS_REMEMBERED),
        "queries": (len(device.login._queries), UPDATE_LIMIT),
        "wishes": (len(device.wishes), 0),
        "watched": (len(own._reporting._watches if own._reporting else ()), observations),
        "bodies for the module": (len(own._bodies.paths() if own._bodies else ()), TRANSFER_LIMIT),
    }
