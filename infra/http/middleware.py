"""What surrounds every route: a request id, limits on the body, and every error as problem details."""

import re
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any

import msgspec
import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from contracts.problems import (
    MEDIA_TYPE,
    Fault,
    Internal,
    InvalidRequest,
    MethodNotAllowed,
    TooLarge,
    UnknownRoute,
    problem,
)
from domain.errors import Refusal
from services.eventlog.uuid7 import uuid7

log = structlog.get_logger()

BODY_BYTES = 256 * 1024
_REQUEST_ID = re.compile(r"[A-Za-z0-9-]{1,128}")

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


class RequestLimits:
    """ASGI, outermost: gives each request an id, and no body more than it may have. `/imports` has no limit."""

    def __init__(self, app: Callable[[Message, Receive, Send], Awaitable[None]]) -> None:
        self.app = app

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        given = headers.get(b"x-request-id", b"").decode("latin-1")
        request_id = given if _REQUEST_ID.fullmatch(given) else uuid7().hex
        scope.setdefault("state", {})["request_id"] = request_id
        started = False

        async def send_with_id(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                message["headers"] = [*message.get("headers", ()), (b"x-request-id", request_id.encode())]
            await send(message)

        try:
            await self.app(scope, _limited(scope["path"], headers, receive), send_with_id)
        except TooLarge as error:
            if started:
                raise
            await _response(error, request_id)(scope, receive, send_with_id)


def _limited(path: str, headers: Mapping[bytes, bytes], receive: Receive) -> Receive:
    """What gives no more of the body than it may have. Raises TooLarge, at once where the length is declared."""
    if path.endswith("/imports"):
        return receive
    if (declared := headers.get(b"content-length")) is not None:  # The server itself does not take more than that.
        if int(declared) > BODY_BYTES:
            raise TooLarge(f"at most {BODY_BYTES} bytes")
        return receive
    taken = 0

    async def limited() -> Message:
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
        if taken > BODY_BYTES:
            raise TooLarge(f"at most {BODY_BYTES} bytes")
        return message

    return limited


def add_error_handlers(app: FastAPI) -> None:
    """Every error that leaves is problem details."""
    app.add_exception_handler(Refusal, _refused)
    app.add_exception_handler(Fault, _refused)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _broken)


def _response(error: Refusal | Fault, request_id: str) -> Response:
    body = problem(error, request_id)
    headers = type(error).headers if isinstance(error, Fault) else None
    return Response(msgspec.json.encode(body), body["status"], headers, MEDIA_TYPE)


def _refused(request: Request, error: Exception) -> Response:
    return _response(error, request.state.request_id)  # type: ignore[arg-type]


def _invalid(request: Request, error: Exception) -> Response:
    found = [
        {"field": ".".join(str(part) for part in each["loc"][1:]) or str(each["loc"][0]), "reason": each["msg"]}
        for each in error.errors()  # type: ignore[attr-defined]
    ]
    return _refused(request, InvalidRequest(found))


def _http(request: Request, error: Exception) -> Response:
    status = error.status_code  # type: ignore[attr-defined]
    known = {404: UnknownRoute(request.url.path), 405: MethodNotAllowed(f"{request.method} {request.url.path}")}
    response = _refused(request, known.get(status) or InvalidRequest([{"field": "body", "reason": "cannot be read"}]))
    response.headers.update(getattr(error, "headers", None) or {})
    return response


def _broken(request: Request, error: Exception) -> Response:
    log.error("request.broke", exc_info=error, request_id=request.state.request_id, path=request.url.path)
    return _refused(request, Internal("see the log for this request id"))
