"""What can be asked of a running modem: one table, for the control channel and for HTTP alike.

Over HTTP a verb is a method and a path below /modems/{modem}; what it takes is the query or the
body. On the control channel the same fields are members of the request.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from difflib import get_close_matches
from typing import Any, Final

from emulator.conditions import ConditionError, as_texts, set_condition
from emulator.control import shapes
from emulator.control.controlled import Controlled
from emulator.control.following import follow, recent
from emulator.control.protocol import (
    ControlError,
    Request,
    error_line,
    parse_request,
    result_line,
)
from emulator.faults.errors import FaultError
from emulator.quirk_texts import ABOUT
from emulator.quirks import Quirk, QuirkError, checked, choices, register, row_of
from emulator.web.calls import Call, Given, Method
from emulator.web.fields import Field, FieldError, Json, Kind, MapOf, Record, from_object
from emulator.web.routes import Texts

ROOT: Final = "/modems"
VALUES: Final = "values"
"""On the control channel: the member that holds what is the whole body over HTTP."""

VALUE_LIMIT: Final = 200
"""Characters of the value of a quirk."""

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


def told(value: Json) -> Json:
    """As JSON: what is None is left out."""
    if isinstance(value, Mapping):
        return {name: told(each) for name, each in value.items() if each is not None}
    return [told(each) for each in value] if isinstance(value, list | tuple) else value


# State and power.


def _state(modem: Controlled, given: Given) -> Json:
    return told(asdict(modem.status))


def _reset(modem: Controlled, given: Given) -> Json:
    """The reset pin is pulled (decision 10)."""
    if not modem.is_on:
        raise ControlError("not-now", "the modem is switched off")
    modem.reset()
    return {"on": True}


def _power(modem: Controlled, given: Given) -> Json:
    """Switched on or off; what is so already stays so (decision 10)."""
    modem.switch(given["on"])
    return {"on": given["on"]}


# Quirks.


def _quirks(modem: Controlled, given: Given) -> Json:
    return {"quirks": [_quirk(row, modem) for row in register()]}


def _quirk(row: Quirk, modem: Controlled) -> Json:
    return {
        "name": row.name,
        "value": getattr(modem.quirks, row.name),
        "at_start": getattr(modem.first_quirks, row.name),
        "values": list(choices(row)),
        "unit": row.unit,
        "effect": row.effect,
        "about": ABOUT[row.name],
    }


def _set_quirks(modem: Controlled, given: Given) -> Json:
    """All or none; null: as the modem was started."""
    values = {name: _quirk_value(name, value, modem) for name, value in given["body"].items()}
    modem.set_quirks(values)
    return {"quirks": [_quirk(row_of(name), modem) for name in values]}


def _quirk_value(name: str, value: Json, modem: Controlled) -> Any:
    try:
        row_of(name)
        if value is None:
            return getattr(modem.first_quirks, name)
        return checked(name, _short(value))
    except QuirkError as error:
        raise FieldError(name[:40], str(error)) from None


def _short(value: Json) -> Json:
    """No value is that long: what is wrong with it is said in one sentence."""
    if len(str(value)) > VALUE_LIMIT:
        raise QuirkError(f"a value has at most {VALUE_LIMIT} characters")
    return _word(value)


def _word(value: Json) -> Json:
    """true and false stand for on and off."""
    return {True: "on", False: "off"}[value] if isinstance(value, bool) else value


def _reset_quirks(modem: Controlled, given: Given) -> Json:
    changed = [row for row in register() if not _is_as_first(row, modem)]
    modem.set_quirks({row.name: getattr(modem.first_quirks, row.name) for row in changed})
    return {"quirks": [_quirk(row, modem) for row in changed]}


def _is_as_first(row: Quirk, modem: Controlled) -> bool:
    return bool(getattr(modem.quirks, row.name) == getattr(modem.first_quirks, row.name))


# The network and time.


def _network(modem: Controlled, given: Given) -> Json:
    return as_texts(modem.conditions)


def _set_network(modem: Controlled, given: Given) -> Json:
    """All or none; null and "" stand for the usual."""
    conditions = modem.conditions
    for name, value in given["body"].items():
        text = "" if value is None else str(_word(value))
        try:
            conditions = set_condition(conditions, f"{name}={text}")
        except ConditionError as error:
            raise FieldError(name[:40], str(error)) from None
    modem.surround(**asdict(conditions))
    return as_texts(modem.conditions)


def _time_scale(modem: Controlled, given: Given) -> Json:
    return told({"scale": modem.time_scale})


def _set_time_scale(modem: Controlled, given: Given) -> Json:
    try:
        modem.rescale(given["scale"])
    except RuntimeError as error:
        raise ControlError("not-now", str(error)) from None
    return told({"scale": modem.time_scale})


# Faults.


def _faults(modem: Controlled, given: Given) -> Json:
    return {
        "faults": [
            {
                "number": each.number,
                "fault": str(each.fault),
                "fired": each.fired,
                "spent": each.is_spent,
            }
            for each in modem.faults
        ]
    }


def _add_fault(modem: Controlled, given: Given) -> Json:
    try:
        return {"number": modem.add_fault(given["fault"])}
    except FaultError as error:
        raise FieldError("fault", str(error)) from None


def _remove_fault(modem: Controlled, given: Given) -> Json:
    try:
        modem.remove_fault(given["number"])
    except FaultError as error:
        raise FieldError("number", error.cause) from None
    return _faults(modem, given)


_TABLE: Final = (
    Verb("state", "GET", "", "How the modem is at the moment.", _state, None, shapes.STATUS),
    Verb("reset", "POST", "/reset", "Pull the reset pin.", _reset, None, shapes.POWER),
    Verb(
        "power",
        "PUT",
        "/power",
        "Switch the modem on or off.",
        _power,
        shapes.POWER,
        shapes.POWER,
    ),
    Verb(
        "quirks", "GET", "/quirks", "All switches of its behaviour.", _quirks, None, shapes.QUIRKS
    ),
    Verb(
        "set-quirks",
        "PATCH",
        "/quirks",
        "Change some switches, by name; null: as at the start. Each says when that shows.",
        _set_quirks,
        shapes.CHANGES,
        shapes.QUIRKS,
    ),
    Verb(
        "reset-quirks",
        "DELETE",
        "/quirks",
        "All switches as at the start; those that were others.",
        _reset_quirks,
        None,
        shapes.QUIRKS,
    ),
    Verb("network", "GET", "/network", "The mobile network.", _network, None, shapes.CONDITIONS),
    Verb(
        "set-network",
        "PATCH",
        "/network",
        "Change the mobile network, by name; null: the usual.",
        _set_network,
        shapes.CHANGES,
        shapes.CONDITIONS,
    ),
    Verb("faults", "GET", "/faults", "The faults that are planted.", _faults, None, shapes.FAULTS),
    Verb(
        "add-fault",
        "POST",
        "/faults",
        "Plant a fault; its number.",
        _add_fault,
        shapes.FAULT,
        shapes.FAULT_NUMBER,
    ),
    Verb(
        "remove-fault",
        "DELETE",
        "/faults",
        "Take a fault back; those that are left.",
        _remove_fault,
        shapes.FAULT_NUMBER,
        shapes.FAULTS,
    ),
    Verb(
        "time-scale",
        "GET",
        "/time-scale",
        "How many times as fast as the computer's the modem's clock runs; null: it jumps.",
        _time_scale,
        None,
        shapes.SCALE_SHOWN,
    ),
    Verb(
        "set-time-scale",
        "PUT",
        "/time-scale",
        "Change that, for all modems and platforms of the process.",
        _set_time_scale,
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
