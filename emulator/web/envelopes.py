"""HTTP answers in the envelopes of the APIs, whatever comes in and whatever goes wrong."""

import json
import logging
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any, Final

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError
from aiohttp.typedefs import Handler, Middleware

from emulator.web import ours
from emulator.web.fields import FieldError, Json
from emulator.web.routes import Api

_compact: Final = partial(json.dumps, separators=(",", ":"))
"""As the manual prints answers (5.2)."""

log = logging.getLogger("mipl.http")


def refusals(api: Api[Any]) -> tuple[type[Exception], ...]:
    """What its handlers raise on purpose."""
    return (FieldError, *api.refusals)


def in_envelope(api_of: Callable[[str], Api[Any]]) -> Middleware:
    """Every answer is an envelope, also where we have a bug."""

    @web.middleware
    async def answer(request: web.Request, handler: Handler) -> web.StreamResponse:
        api = api_of(request.path)
        try:
            return await handler(request)
        except web.HTTPRequestEntityTooLarge as error:
            return _unserved(api, error.status, f"body: more than {api.body_limit} bytes")
        except web.HTTPException as error:
            detail = f"{request.method} {request.path[:200]}: {error.reason}"
            return _unserved(api, error.status, detail, error.headers.getall("Allow", ()))
        except refusals(api) as error:
            failure = api.failure(error)
            return in_json(failure.envelope, status=failure.status)
        except (web.RequestPayloadError, HttpProcessingError) as error:
            return _unserved(api, 400, f"body: malformed: {_first_line(error)}")
        except Exception:
            log.exception("%s %s", request.method, request.path)
            return _unserved(api, 500, "see the log")

    return answer


def _unserved(api: Api[Any], status: int, detail: str, allowed: Iterable[str] = ()) -> web.Response:
    headers = {"Allow": ", ".join(allowed)} if allowed else {}
    return in_json(api.unserved(status, detail), status=status, headers=headers)


def in_json(
    data: Json, status: int = 200, headers: Mapping[str, str] | None = None
) -> web.Response:
    return web.json_response(data, status=status, headers=headers, dumps=_compact)


class Connection(web.RequestHandler):
    """Answers in our envelope where not even the request line can be read."""

    __slots__ = ()

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        if exc is None or not isinstance(exc, HttpProcessingError):
            return super().handle_error(request, status, exc, message)
        log.info("from %s: not HTTP: %s", request.remote, _first_line(exc))
        answer = in_json(ours.unserved(status, f"malformed HTTP: {_first_line(exc)}"), status)
        answer.force_close()
        return answer

    def log_exception(self, *args: Any, **kwargs: Any) -> None:
        """A body that cannot be read to its end is no mistake of ours."""
        if not isinstance(kwargs.get("exc_info"), web.RequestPayloadError):
            super().log_exception(*args, **kwargs)


def _first_line(error: BaseException) -> str:
    text = error.message if isinstance(error, HttpProcessingError) else str(error)
    return text.partition("\n")[0][:120]
