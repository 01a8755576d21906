"""Several commands in one request, each as if it had come alone: with the same answer."""

from functools import cache
from typing import Any
from uuid import UUID, uuid5

import msgspec
import structlog
from fastapi import APIRouter, Request, Response
from pydantic import TypeAdapter, ValidationError
from starlette.datastructures import URL
from starlette.routing import Match
from starlette.types import Scope

from contracts.answers.accepted import Answers
from contracts.commands.base import CommandBody
from contracts.commands.several import OneCommand, SeveralCommands
from contracts.problems import (
    Fault,
    Internal,
    InvalidRequest,
    MethodNotAllowed,
    UnknownRoute,
    problem,
    problem_responses,
)
from domain.errors import Refusal
from services.access.credentials import Caller, caller, in_workspace
from services.command.handlers.command import Command
from services.command.handlers.table import TABLE
from services.command.http.endpoint import (
    JSON,
    Commands,
    Headers,
    StrictRoute,
    content_of,
    etag_of,
    fingerprint,
    headers_of,
    idempotency_key,
    sent_command,
    workspace_of,
)
from services.command.submission import submit

log = structlog.get_logger()

router = APIRouter(prefix="/v1/workspaces/{workspace_id}", tags=["several commands"], route_class=StrictRoute)

ELSEWHERE = ("commands", "imports")  # These take a request each.
_ID = TypeAdapter(UUID)


@router.post("/commands", response_model=Answers, responses=problem_responses())
async def several(body: SeveralCommands, request: Request) -> Response:
    """Send several commands; they are decided in order, each on its own, with an answer each."""
    commands: Commands = request.app.state.commands
    headers, workspace_id = headers_of(request), workspace_of(request)
    sender = in_workspace(caller(headers, dev=commands.dev), workspace_id)
    key = idempotency_key(headers)
    answers = []
    for number, one in enumerate(body.commands):
        own_key = one.idempotency_key
        if own_key is None and key is not None:
            own_key = str(uuid5(workspace_id, f"{key} {number}"))
        own = {"idempotency-key": own_key, "if-match": one.if_match}
        answers.append(await _answer(request, sender, one, _headers_of_one(headers, own)))
    return Response(b'{"answers":[%b]}' % b",".join(answers), media_type=JSON)


def _headers_of_one(shared: Headers, own: dict[str, str | None]) -> Headers:
    """What is said of the request is said of each of its commands, but for what it says of itself."""
    return {name: value for name, value in {**shared, **own}.items() if value is not None}


async def _answer(request: Request, sender: Caller, one: OneCommand, headers: Headers) -> bytes:
    """What the command alone would be answered: the body, and what its headers would say."""
    below = request.url.path.removesuffix("commands")
    path = one.path.removeprefix(below).strip("/")
    scope = {**request.scope, "path": f"{below}{path}"}
    address = URL(scope=scope).path
    try:
        if path in ELSEWHERE:
            raise UnknownRoute(f"{path}: send it as a request of its own")
        found = TABLE.find(path)
        if found is None:
            raise _no_command(request, scope, address)
        ids, body = _validated(found.command, found.ids, one.body)
        key = idempotency_key(headers)
        known_by = fingerprint(address, one.body, headers) if key else b""
        sent = sent_command(
            found.command, workspace_of(request), sender, body, ids, headers, key=key, fingerprint=known_by
        )
        submitted = await submit(request.app.state.commands.loop, sent)
    except (Refusal, Fault) as error:
        return _refused(error, request)
    except Exception as error:  # The others go on.
        log.error("request.broke", exc_info=error, request_id=request.state.request_id, path=address)
        return _refused(Internal("see the log for this request id"), request)
    return _content(200, content_of(submitted), etag_of(submitted.result), replayed=submitted.result.replayed)


def _no_command(request: Request, scope: Scope, address: str) -> Fault:
    """There may be something to ask at this address, but nothing to command."""
    if any(route.matches(scope)[0] is not Match.NONE for route in request.app.router.routes):
        return MethodNotAllowed(f"POST {address}")
    return UnknownRoute(address)


def _validated(
    command: Command, path_ids: dict[str, str], given: dict[str, Any] | None
) -> tuple[dict[str, UUID], CommandBody]:
    """Ids and body as the command's own route reads them. Raises InvalidRequest with the errors in the same order."""
    errors: list[dict[str, str]] = []
    ids: dict[str, UUID] = {}
    for name, text in path_ids.items():
        try:
            ids[name] = _ID.validate_python(text)
        except ValidationError as invalid:
            errors += [{"field": name, "reason": error["msg"]} for error in invalid.errors(include_url=False)]
    body = command.default
    if given is not None:
        try:
            body = _model_of(command).validate_python(given, from_attributes=True)
        except ValidationError as invalid:
            errors += [
                {"field": ".".join(map(str, error["loc"])) or "body", "reason": error["msg"]}
                for error in invalid.errors(include_url=False)
            ]
    elif body is None:
        errors.append({"field": "body", "reason": "Field required"})
    if errors or body is None:
        raise InvalidRequest(errors)
    return ids, body


@cache
def _model_of(command: Command) -> TypeAdapter[CommandBody]:
    return TypeAdapter(command.body)


def _refused(error: Refusal | Fault, request: Request) -> bytes:
    refused = problem(error, request.state.request_id)
    return _content(refused["status"], msgspec.json.encode(refused), None, replayed=False)


def _content(status: int, body: bytes, etag: str | None, *, replayed: bool) -> bytes:
    return msgspec.json.encode({"status": status, "body": msgspec.Raw(body), "etag": etag, "replayed": replayed})
