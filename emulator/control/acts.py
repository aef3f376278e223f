"""What the verbs do to a modem, and what they tell of it."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, Final

from emulator.conditions import ConditionError, as_texts, set_condition
from emulator.control.controlled import Controlled
from emulator.control.protocol import ControlError
from emulator.faults.errors import FaultError
from emulator.quirk_texts import ABOUT
from emulator.quirks import Quirk, QuirkError, checked, choices, register, row_of
from emulator.web.calls import Given
from emulator.web.fields import FieldError, Json

VALUE_LIMIT: Final = 200
"""Characters of the value of a quirk."""


def told(value: Json) -> Json:
    """As JSON: what is None is left out."""
    if isinstance(value, Mapping):
        return {name: told(each) for name, each in value.items() if each is not None}
    return [told(each) for each in value] if isinstance(value, list | tuple) else value


# State and power.


def state(modem: Controlled, given: Given) -> Json:
    return told(asdict(modem.status))


def reset(modem: Controlled, given: Given) -> Json:
    """The reset pin is pulled (decision 10)."""
    if not modem.is_on:
        raise ControlError("not-now", "the modem is switched off")
    modem.reset()
    return {"on": True}


def power(modem: Controlled, given: Given) -> Json:
    """Switched on or off; what is so already stays so (decision 10)."""
    modem.switch(given["on"])
    return {"on": given["on"]}


# Quirks.


def quirks(modem: Controlled, given: Given) -> Json:
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


def set_quirks(modem: Controlled, given: Given) -> Json:
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


def reset_quirks(modem: Controlled, given: Given) -> Json:
    changed = [row for row in register() if not _is_as_first(row, modem)]
    modem.set_quirks({row.name: getattr(modem.first_quirks, row.name) for row in changed})
    return {"quirks": [_quirk(row, modem) for row in changed]}


def _is_as_first(row: Quirk, modem: Controlled) -> bool:
    return bool(getattr(modem.quirks, row.name) == getattr(modem.first_quirks, row.name))


# The network and time.


def network(modem: Controlled, given: Given) -> Json:
    return as_texts(modem.conditions)


def set_network(modem: Controlled, given: Given) -> Json:
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


def time_scale(modem: Controlled, given: Given) -> Json:
    return told({"scale": modem.time_scale})


def set_time_scale(modem: Controlled, given: Given) -> Json:
    try:
        modem.rescale(given["scale"])
    except RuntimeError as error:
        raise ControlError("not-now", str(error)) from None
    return told({"scale": modem.time_scale})


# Faults.


def faults(modem: Controlled, given: Given) -> Json:
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


def add_fault(modem: Controlled, given: Given) -> Json:
    try:
        return {"number": modem.add_fault(given["fault"])}
    except FaultError as error:
        raise FieldError("fault", str(error)) from None


def remove_fault(modem: Controlled, given: Given) -> Json:
    try:
        modem.remove_fault(given["number"])
    except FaultError as error:
        raise FieldError("number", error.cause) from None
    return faults(modem, given)
