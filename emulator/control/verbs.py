"""What can be asked of a modem: a table of verbs."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Protocol

from emulator.control.protocol import (
    ControlError,
    Request,
    error_line,
    parse_request,
    result_line,
)


class Controlled(Protocol):
    """A modem as this room knows it. `devices`: the names of its ends, links resolved."""

    @property
    def devices(self) -> tuple[str, ...]: ...

    @property
    def is_on(self) -> bool: ...

    def reset(self) -> None: ...

    def switch(self, on: bool) -> None: ...


Result = Mapping[str, Any]
Verb = Callable[[Controlled, Mapping[str, Any]], Result]


def answer(line: bytes, modems: Iterable[Controlled]) -> bytes:
    """Carry out one request and say what came of it."""
    try:
        request = parse_request(line)
        verb = VERBS.get(request.verb)
        if verb is None:
            known = ", ".join(VERBS)
            raise ControlError("unknown-verb", f"'{request.verb}' is none of: {known}")
        return result_line(verb(_addressed(request, modems), request.members))
    except ControlError as error:
        return error_line(error)


def _addressed(request: Request, modems: Iterable[Controlled]) -> Controlled:
    for modem in modems:
        if request.device in modem.devices:
            return modem
    raise ControlError("unknown-device", f"no modem is at '{request.device}'")


def _state(modem: Controlled, members: Mapping[str, Any]) -> Result:
    return {"on": modem.is_on, "devices": modem.devices}


def _reset(modem: Controlled, members: Mapping[str, Any]) -> Result:
    """The reset pin is pulled (decision 10)."""
    if not modem.is_on:
        raise ControlError("not-now", "the modem is switched off")
    modem.reset()
    return {"on": True}


def _power(modem: Controlled, members: Mapping[str, Any]) -> Result:
    """Switched on or off; what is so already stays so (decision 10)."""
    on = members.get("on")
    if not isinstance(on, bool):
        raise ControlError("bad-request", '"on" is true or false')
    modem.switch(on)
    return {"on": on}


VERBS: Mapping[str, Verb] = {"state": _state, "reset": _reset, "power": _power}
