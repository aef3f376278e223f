"""The verbs over HTTP: what the server is given to serve below /modems."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from emulator.control import shapes
from emulator.control.acts import told
from emulator.control.controlled import Controlled
from emulator.control.protocol import Code, ControlError
from emulator.control.verbs import ROOT, VERBS, Verb
from emulator.web import ours
from emulator.web.calls import Call, Given
from emulator.web.fields import FieldError, Json
from emulator.web.openapi import Section
from emulator.web.routes import Api, Failure, Listing, Mount, Route, Texts
from emulator.web.schema import schema

Modems = Sequence[Controlled]

STATUSES: Final[Mapping[Code, tuple[int, str]]] = {
    "unknown-device": (404, "unknown modem"),
    "not-now": (409, "not now"),
    "busy": (429, "busy"),
}
"""HTTP status and kind of what goes wrong; everything else is a bad request."""

LIST: Final = Call(
    "modems", "GET", ROOT, "Which modems run here.", answer=shapes.MODEMS, closed=True
)


def mount_of(modems: Modems) -> Mount[Modems]:
    """The calls, on these modems."""
    return Mount(API, modems, _listings)


async def _list(modems: Modems, given: Given) -> Json:
    return {"modems": [_row(number, modem) for number, modem in enumerate(modems)]}


def _row(number: int, modem: Controlled) -> Json:
    status = modem.status
    return told(
        {
            "number": number,
            "devices": status.devices,
            "model": status.model,
            "imei": status.imei,
            "on": status.on,
            "phase": status.login.phase,
        }
    )


def _listings(modems: Modems) -> Iterator[Listing]:
    rows = [_row(number, modem) for number, modem in enumerate(modems)]
    cells = (
        (str(row["number"]), row["model"], row["imei"], " ".join(row["devices"]), row["phase"])
        for row in rows
    )
    yield Listing("Modems", tuple(cells))


def found(modems: Modems, name: str) -> Controlled:
    """The modem with that number, IMEI or device. ControlError."""
    if name.isascii() and name.isdigit() and int(name[:15]) < len(modems):
        return modems[int(name[:15])]
    for modem in modems:
        if name == modem.status.imei or name in modem.devices:
            return modem
    known = f"they are 0 to {len(modems) - 1}" if len(modems) > 1 else "the only one is 0"
    raise ControlError("unknown-device", f"there is no modem {name[:60]!r}; {known}")


def _route(verb: Verb) -> Route[Modems]:
    async def handle(modems: Modems, given: Given) -> Json:
        return verb.act(found(modems, given["modem"]), given)

    def stream(modems: Modems, given: Given) -> Texts:
        assert verb.stream is not None
        return verb.stream(found(modems, given["modem"]), given)

    return Route(verb.call, handle, None if verb.stream is None else stream)


def _failure(error: Exception) -> Failure:
    if isinstance(error, FieldError):
        return Failure(*ours.bad_field(error))
    assert isinstance(error, ControlError)
    status, kind = STATUSES.get(error.code, (400, "invalid"))
    return Failure(status, ours.failed(kind, error.cause))


ROUTES: Final = (Route(LIST, _list), *map(_route, VERBS.values()))

API: Final[Api[Modems]] = Api(
    ROOT,
    Section(
        "modems",
        "The running modems: state, power, behaviour, network, time and events.",
        tuple(route.call for route in ROUTES),
        ours.envelope,
        (400, 404, 409, 413, 429),
        schema(ours.FAILURE),
    ),
    ROUTES,
    ours.success,
    _failure,
    (ControlError,),
    ours.unserved,
    shapes.BODY_LIMIT,
)
