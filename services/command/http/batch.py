"""Several commands in one request: each goes to its own route inside the process, as if it had come alone."""

from typing import Any
from uuid import uuid5

import msgspec
import structlog
from fastapi import APIRouter, Request, Response
from starlette.types import Message

from contracts.answers.accepted import Answers
from contracts.commands.several import OneCommand, SeveralCommands
from contracts.problems import UnknownRoute, problem, problem_responses
from services.access.credentials import caller, in_workspace
from services.command.http.endpoint import Commands, StrictRoute, idempotency_key, workspace_of

log = structlog.get_logger()

router = APIRouter(prefix="/v1/workspaces/{workspace_id}", tags=["several commands"], route_class=StrictRoute)

# What of the request every one of its commands has.
SHARED = (
    b"host",
    b"origin",
    b"authorization",
    b"x-northing-member",
    b"x-correlation-id",
    b"traceparent",
    b"x-request-id",
)
ELSEWHERE = ("commands", "imports")  # These take a request each.


class _Body(msgspec.Struct):
    body: msgspec.Raw = msgspec.Raw(b"")


class _Bodies(msgspec.Struct):
    """The bodies as they were written: a number keeps its digits."""

    commands: list[_Body]


@router.post("/commands", response_model=Answers, responses=problem_responses())
async def several(body: SeveralCommands, request: Request) -> Response:
    """Send several commands; they are decided in order, each on its own, with an answer each."""
    commands: Commands = request.app.state.commands
    in_workspace(caller(request.headers, dev=commands.dev), workspace_of(request))
    key = idempotency_key(request)
    bodies = msgspec.json.decode(await request.body(), type=_Bodies).commands
    answers = []
    for number, (command, given) in enumerate(zip(body.commands, bodies, strict=True)):
        own_key = command.idempotency_key
        if own_key is None and key is not None:
            own_key = str(uuid5(workspace_of(request), f"{key} {number}"))
        answers.append(await _answered(request, command, b"" if command.body is None else bytes(given.body), own_key))
    return Response(b'{"answers":[%b]}' % b",".join(answers), media_type="application/json")


async def _answered(request: Request, command: OneCommand, body: bytes, key: str | None) -> bytes:
    """Send one through the whole application, and read what it answers."""
    path = command.path.removeprefix(request.url.path.removesuffix("commands")).strip("/")
    if path in ELSEWHERE:
        refused = problem(UnknownRoute(f"{path}: send it as a request of its own"), request.state.request_id)
        return msgspec.json.encode({"status": refused["status"], "body": refused, "etag": None, "replayed": False})
    start: dict[str, Any] = {}
    parts: list[bytes] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            start.update(message)
        else:
            parts.append(message.get("body", b""))

    try:
        await request.app(_scope(request, command, path, key), receive, send)
    except Exception as error:  # It has been answered 500 already; the others go on.
        log.error("several.command_broke", exc_info=error)
    headers = dict(start["headers"])
    return msgspec.json.encode(
        {
            "status": start["status"],
            "body": msgspec.Raw(b"".join(parts)),
            "etag": headers[b"etag"].decode() if b"etag" in headers else None,
            "replayed": b"idempotency-replayed" in headers,
        }
    )


def _scope(request: Request, command: OneCommand, path: str, key: str | None) -> dict[str, Any]:
    """The command as a request of its own, by the same caller."""
    own = {b"content-type": "application/json", b"idempotency-key": key, b"if-match": command.if_match}
    headers = [(name, value) for name, value in request.scope["headers"] if name in SHARED]
    headers += [(name, value.encode("latin-1", "replace")) for name, value in own.items() if value is not None]
    address = f"{request.url.path.removesuffix('commands')}{path}"
    return {
        "type": "http", "asgi": request.scope["asgi"], "http_version": "1.1", "method": "POST",
        "scheme": request.scope["scheme"], "server": request.scope.get("server"), "client": request.scope.get("client"),
        "root_path": "", "path": address, "raw_path": address.encode(), "query_string": b"", "headers": headers,
        "state": {},
    }  # fmt: skip
