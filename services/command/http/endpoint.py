"""From a request to an answer: who sends it, and is it the same request again; then the command is submitted.

What a command is, stands in the table (handlers/); whether it may be, is decided in the loop.
"""

import hashlib
import json
import re
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid5

import msgspec
from fastapi import Request, Response
from fastapi.routing import APIRoute

from contracts.commands.base import CommandBody
from contracts.problems import InvalidRequest
from domain.errors import NotFound
from domain.ids import local_owner_id
from services.access import strict_json
from services.access.credentials import LOCAL, Caller, caller, in_workspace
from services.access.roles import NO_WORKSPACE
from services.command.handlers.command import Command
from services.command.loop.batch import CommandResult
from services.command.loop.command_loop import CommandLoop
from services.command.submission import SentCommand, SubmittedCommand, submit
from services.eventlog.uuid7 import uuid7

LOCAL_OWNER = "Local owner"
JSON = "application/json"

_KEY = re.compile(r"[\x21-\x7e]{1,64}")
_ETAG = re.compile(r'"([0-9]{1,9})"')
_TRACE_PARENT = re.compile(r"00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")

Headers = Mapping[str, str]  # By name in lower case.


@dataclass(frozen=True, slots=True)
class Commands:
    """What the routes need of the process: `app.state.commands`."""

    loop: CommandLoop
    dev: bool


class StrictRequest(Request):
    """A request whose JSON is read strictly, and once."""

    parsed: Any = None  # None where there is no body.

    async def json(self) -> Any:
        if self.parsed is None:
            self.parsed = strict_json.loads(await self.body())
        return self.parsed


class StrictRoute(APIRoute):
    """A route of commands: it is given a StrictRequest."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handler = super().get_route_handler()

        async def strict(request: Request) -> Response:
            strict_request = StrictRequest(request.scope, request.receive)
            if await strict_request.body():
                if not headers_of(request).get("content-type", "").startswith(JSON):
                    raise InvalidRequest([{"field": "Content-Type", "reason": f"send JSON, as {JSON}"}])
                await strict_request.json()  # Here, where its refusal is not taken for another one.
            return await handler(strict_request)

        return strict


def headers_of(request: Request) -> Headers:
    """All at once. A command needs seven of them, and Starlette looks through all for each."""
    if "headers_by_name" not in request.scope:
        given = request.scope["headers"]
        request.scope["headers_by_name"] = {name.decode("latin-1"): value.decode("latin-1") for name, value in given}
    found: Headers = request.scope["headers_by_name"]
    return found


async def respond(request: StrictRequest, command: Command, body: CommandBody, ids: Mapping[str, UUID]) -> Response:
    """The answer to a command that comes as a request of its own."""
    commands: Commands = request.app.state.commands
    headers, workspace_id = headers_of(request), workspace_of(request)
    sender = in_workspace(caller(headers, dev=commands.dev), workspace_id)
    key = idempotency_key(headers)
    known_by = fingerprint(request.url.path, request.parsed, headers) if key else b""
    sent = sent_command(command, workspace_id, sender, body, ids, headers, key=key, fingerprint=known_by)
    return answer_of(await submit(commands.loop, sent))


async def open_workspace(
    request: StrictRequest, command: Command, body: CommandBody, _ids: Mapping[str, UUID]
) -> Response:
    """The answer to the command that opens a workspace. What stands for the workspace until then is the caller."""
    commands: Commands = request.app.state.commands
    headers, workspace_id = headers_of(request), uuid7()
    sender = caller(headers, dev=commands.dev)
    opener = sender if sender and sender.token_id else None  # Without a token it is dev mode, and the local owner.
    scope = opener.member_id if opener else LOCAL
    key = idempotency_key(headers)
    sent = SentCommand(
        command=command,
        workspace_id=workspace_id,
        body=body,
        caller=opener,
        actor_id=uuid7() if opener else local_owner_id(workspace_id),
        command_id=uuid5(scope, f"{scope}{key}") if key else None,
        fingerprint=fingerprint(request.url.path, request.parsed, headers) if key else b"",
    )
    return answer_of(await submit(commands.loop, sent, opener=opener or LOCAL_OWNER))


def sent_command(
    command: Command,
    workspace_id: UUID,
    sender: Caller,
    body: CommandBody,
    ids: Mapping[str, UUID],
    headers: Headers,
    *,
    key: str | None,
    fingerprint: bytes,
) -> SentCommand:
    """A command as HTTP says it. Raises InvalidRequest for a header that cannot be."""
    owner = "" if command.is_anonymous(body) else str(sender.member_id)
    return SentCommand(
        command=command,
        workspace_id=workspace_id,
        actor_id=sender.member_id,
        body=body,
        ids=ids,
        caller=sender,
        command_id=uuid5(workspace_id, owner + key) if key else None,
        fingerprint=fingerprint,
        if_match=_if_match(headers),
        correlation_id=_correlation(headers),
        trace_parent=_trace_parent(headers),
    )


def answer_of(submitted: SubmittedCommand) -> Response:
    """The answer to a command: what was made or changed, its stream, and how far a reader must be to see it."""
    result = submitted.result
    headers = {"ETag": etag_of(result)}
    if result.replayed:
        headers["Idempotency-Replayed"] = "true"
    return Response(content_of(submitted), headers=headers, media_type=JSON)


def content_of(submitted: SubmittedCommand) -> bytes:
    result = submitted.result
    body = {
        "id": result.id,
        "aggregate_id": result.aggregate_id,
        "version": result.version,
        "position": result.position,
    }
    if submitted.token is not None:
        body["token"] = submitted.token
    return msgspec.json.encode(body)


def etag_of(result: CommandResult) -> str:
    return f'"{result.version}"'


def workspace_of(request: Request) -> UUID:
    """The workspace in the path. Raises NotFound for what is no id."""
    try:
        return UUID(request.path_params["workspace_id"])
    except ValueError:
        raise NotFound(NO_WORKSPACE) from None


def idempotency_key(headers: Headers) -> str | None:
    key = headers.get("idempotency-key")
    if key is not None and not _KEY.fullmatch(key):
        raise InvalidRequest([{"field": "Idempotency-Key", "reason": "1 to 64 visible ASCII characters"}])
    return key


def fingerprint(address: str, given: object, headers: Headers) -> bytes:
    """What makes a repeated key the same request: method, path, body (whatever the order of its keys), If-Match."""
    canonical = json.dumps(given, sort_keys=True, separators=(",", ":"), default=str)
    parts = ("POST", address, canonical, headers.get("if-match", ""))
    return hashlib.sha256("\n".join(parts).encode()).digest()


def _if_match(headers: Headers) -> int | None:
    header = headers.get("if-match")
    if header is None:
        return None
    if not (version := _ETAG.fullmatch(header)):
        raise InvalidRequest([{"field": "If-Match", "reason": 'one strong ETag, as an answer gave it, such as "3"'}])
    return int(version[1])


def _correlation(headers: Headers) -> UUID | None:
    try:
        return UUID(headers["x-correlation-id"])
    except (KeyError, ValueError):
        return None


def _trace_parent(headers: Headers) -> str | None:
    header = headers.get("traceparent", "")
    return header if _TRACE_PARENT.fullmatch(header) else None
