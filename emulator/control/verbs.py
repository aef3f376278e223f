"""What can be asked of a running modem: one table, for the control channel and for HTTP alike.

Over HTTP a verb is a method and a path below /modems/{modem}; what it takes is the query or the
body. On the control channel the same fields are members of the request.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Final

from emulator.control import acts, shapes
from emulator.control.controlled import Controlled
from emulator.control.following import follow, recent
from emulator.control.protocol import (
    ControlError,
    Request,
    error_line,
    parse_request,
    result_line,
)
from emulator.web.calls import Call, Given, Method
from emulator.web.fields import Field, FieldError, Json, Kind, MapOf, Record, from_object
from emulator.web.routes import Texts

ROOT: Final = "/modems"
VALUES: Final = "values"
"""On the control channel: the member that holds what is the whole body over HTTP."""

Act = Callable[[Controlled, Given], Json]
"""ControlError, FieldError."""

Stream = Callable[[Controlled, Given], Texts]
"""The call itself raises ControlError, FieldError."""


@dataclass(frozen=True, slots=True)
class Verb:
    """`path` follows that of the modem. `takes`: its fields; names and values of one's own are a
    MapOf. `gives`: the result. `stream`: texts without end, which the control channel answers with
    in its place, and HTTP over a WebSocket."""

    name: str
    method: Method
    path: str
    about: str
    act: Act
    takes: Record | MapOf | None = None
    gives: Kind | None = None
    stream: Stream | None = None

    @property
    def call(self) -> Call:
        """As it is asked for over HTTP."""
        in_query = self.method in ("GET", "DELETE") and isinstance(self.takes, Record)
        query = self.takes.fields if in_query and isinstance(self.takes, Record) else ()
        return Call(
            f"modem_{self.name.replace('-', '_')}",
            self.method,
            f"{ROOT}/{{modem}}{self.path}",
            self.about,
            (shapes.MODEM,),
            query,
            None if in_query else self.takes,
            self.gives,
            closed=True,
        )

    def given(self, members: Mapping[str, Json]) -> Given:
        """What a request of the control channel says. FieldError."""
        match self.takes:
            case None:
                return from_object(Record((), closed=True), dict(members))
            case Record():
                return from_object(self.takes, dict(members))
            case MapOf():
                values = Record((Field(VALUES, self.takes, required=True),), closed=True)
                return {"body": from_object(values, dict(members))[VALUES]}


@dataclass(frozen=True, slots=True)
class Answer:
    """`texts`: lines that follow."""

    line: bytes
    texts: Texts | None = None


def answer(line: bytes, modems: Iterable[Controlled]) -> Answer:
    """Carry out one request of the control channel and say what came of it."""
    try:
        request = parse_request(line)
        verb = verb_of(request)
        modem = addressed(request, modems)
        given = verb.given(request.members)
        if verb.stream is not None:
            return Answer(result_line({"following": True}), verb.stream(modem, given))
        return Answer(result_line(verb.act(modem, given)))
    except FieldError as error:
        return Answer(error_line(ControlError("bad-request", str(error))))
    except ControlError as error:
        return Answer(error_line(error))


def verb_of(request: Request) -> Verb:
    """The verb that is asked for. ControlError, with the nearest that there is."""
    verb = VERBS.get(request.verb)
    if verb is None:
        near = get_close_matches(request.verb, VERBS, 1)
        hint = f"did you mean '{near[0]}'?" if near else f"there are {', '.join(VERBS)}"
        raise ControlError("unknown-verb", f"there is no verb '{request.verb[:40]}'; {hint}")
    return verb


def addressed(request: Request, modems: Iterable[Controlled]) -> Controlled:
    """The modem that is meant. ControlError."""
    for modem in modems:
        if request.device in modem.devices:
            return modem
    raise ControlError("unknown-device", f"no modem is at '{request.device}'")


_TABLE: Final = (
    Verb("state", "GET", "", "How the modem is at the moment.", acts.state, None, shapes.STATUS),
    Verb("reset", "POST", "/reset", "Pull the reset pin.", acts.reset, None, shapes.POWER),
    Verb(
        "power",
        "PUT",
        "/power",
        "Switch the modem on or off.",
        acts.power,
        shapes.POWER,
        shapes.POWER,
    ),
    Verb(
        "quirks",
        "GET",
        "/quirks",
        "All switches of its behaviour.",
        acts.quirks,
        None,
        shapes.QUIRKS,
    ),
    Verb(
        "set-quirks",
        "PATCH",
        "/quirks",
        "Change some switches, by name; null: as at the start. Each says when that shows.",
        acts.set_quirks,
        shapes.CHANGES,
        shapes.QUIRKS,
    ),
    Verb(
        "reset-quirks",
        "DELETE",
        "/quirks",
        "All switches as at the start; those that were others.",
        acts.reset_quirks,
        None,
        shapes.QUIRKS,
    ),
    Verb(
        "network", "GET", "/network", "The mobile network.", acts.network, None, shapes.CONDITIONS
    ),
    Verb(
        "set-network",
        "PATCH",
        "/network",
        "Change the mobile network, by name; null: the usual.",
        acts.set_network,
        shapes.CHANGES,
        shapes.CONDITIONS,
    ),
    Verb(
        "faults", "GET", "/faults", "The faults that are planted.", acts.faults, None, shapes.FAULTS
    ),
    Verb(
        "add-fault",
        "POST",
        "/faults",
        "Plant a fault; its number.",
        acts.add_fault,
        shapes.FAULT,
        shapes.FAULT_NUMBER,
    ),
    Verb(
        "remove-fault",
        "DELETE",
        "/faults",
        "Take a fault back; those that are left.",
        acts.remove_fault,
        shapes.FAULT_NUMBER,
        shapes.FAULTS,
    ),
    Verb(
        "time-scale",
        "GET",
        "/time-scale",
        "How many times as fast as the computer's the modem's clock runs; null: it jumps.",
        acts.time_scale,
        None,
        shapes.SCALE_SHOWN,
    ),
    Verb(
        "set-time-scale",
        "PUT",
        "/time-scale",
        "Change that, for all modems and platforms of the process.",
        acts.set_time_scale,
        shapes.SCALE,
        shapes.SCALE_SHOWN,
    ),
    Verb(
        "events",
        "GET",
        "/events",
        "What has happened, from the journal; as a WebSocket, what happens from now on.",
        recent,
        shapes.FOLLOWING,
        shapes.EVENTS,
        follow,
    ),
)

VERBS: Final[Mapping[str, Verb]] = {verb.name: verb for verb in _TABLE}
