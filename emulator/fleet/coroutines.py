"""The coroutines of a fleet file: `module:function`."""

import importlib
import inspect
import sys
from typing import Any

from emulator.cli import UsageError
from emulator.fleet.driving import Coroutine
from emulator.fleet.plan import Fleet
from emulator.scenario.trouble import nearest


def coroutines_of(fleet: Fleet, folder: str) -> dict[int, Coroutine]:
    """By group, where it has one. Modules are looked for in `folder` first. UsageError."""
    if any(group.coroutine for group in fleet.groups) and folder not in sys.path:
        sys.path.insert(0, folder)
    return {
        number: _function(group.coroutine, f"groups[{number}].coroutine")
        for number, group in enumerate(fleet.groups)
        if group.coroutine
    }


def _function(text: str, field: str) -> Coroutine:
    module_name, _, name = text.partition(":")
    try:
        module = importlib.import_module(module_name)
    except Exception as error:  # whatever a module does when it is imported
        kind = type(error).__name__
        raise UsageError(f"{field}: {module_name} cannot be imported ({kind}: {error})") from error
    found: Any = getattr(module, name, None)
    if not inspect.iscoroutinefunction(found):
        known = [each for each, value in vars(module).items() if inspect.iscoroutinefunction(value)]
        raise UsageError(f"{field}: {module_name} has no coroutine {name}; {nearest(name, known)}")
    function: Coroutine = found
    return function
