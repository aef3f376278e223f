"""HTTP APIs as tables of calls, and how each says what came of one."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from emulator.cloud.api.calls import Call, Given
from emulator.cloud.api.fields import Json
from emulator.cloud.api.openapi import Section
from emulator.cloud.service import Cloud

Handler = Callable[[Mapping[str, Cloud], Given], Awaitable[Json]]
"""Carries a call out on the platforms, by name, and returns its data. FieldError, CloudError."""


@dataclass(frozen=True, slots=True)
class Route:
    call: Call
    handle: Handler


@dataclass(frozen=True, slots=True)
class Failure:
    """The HTTP status and the body of a call that fails."""

    status: int
    envelope: Json


@dataclass(frozen=True, slots=True)
class Api:
    """`success` wraps the data of a call, None for none; `failure` tells of a CloudError,
    FieldError or EngineError, and what else its handlers raise; `unserved` of an HTTP status that
    no call is answered with, and why. Bodies have at most `body_limit` bytes."""

    section: Section
    routes: tuple[Route, ...]
    success: Callable[[Json], Json]
    failure: Callable[[Exception], Failure]
    unserved: Callable[[int, str], Json]
    body_limit: int
