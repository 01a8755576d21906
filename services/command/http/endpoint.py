"""From a request to an answer: who asks, may they, have they asked before; then the command loop decides.

A route says only what is to be decided: `return await ask(request, "team", id, lambda look: team.rename(…))`.
"""

import asyncio
import hashlib
import json
import re
from collections.abc import Callable, Coroutine, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, overload
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

import msgspec
import psycopg
from fastapi import Request, Response
from fastapi.datastructures import DefaultPlaceholder
from fastapi.routing import APIRoute

from contracts.answers.accepted import Accepted
from contracts.problems import InvalidRequest, Unavailable
from contracts.scalars import as_fact
from domain import permission
from domain.errors import NotFound
from domain.ids import anonymous_id
from domain.permission import Act
from domain.personal import Personal
from services.access import strict_json
from services.access.credentials import LOCAL, Caller, caller, in_workspace, require_live
from services.command.loop.batch import CommandResult, PendingCommand
from services.command.loop.command_loop import CommandLoop
from services.command.loop.context import Context, NewEvent
from services.command.loop.derived_ids import derived_ids_in
from services.eventlog.uuid7 import uuid7

_KEY = re.compile(r"[\x21-\x7e]{1,64}")
_ETAG = re.compile(r'"(\d{1,9})"')
_TRACE_PARENT = re.compile(r"00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")

Decide = Callable[[Context], Iterable[Any]]


@dataclass(frozen=True, slots=True)
class Commands:
    """What the routes need of the process: `app.state.commands`."""

    loop: CommandLoop
    dev: bool


class StrictRequest(Request):
    """A request whose JSON is read strictly, and once."""

    async def json(self) -> Any:
        if not hasattr(self, "_json"):
            self._json = strict_json.loads(await self.body())
        return self._json


class StrictRoute(APIRoute):
    """A route of a command: it is given a StrictRequest, and answers Accepted where it says nothing else."""

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        if isinstance(options.get("response_model"), DefaultPlaceholder):
            options["response_model"] = Accepted
        super().__init__(path, endpoint, **options)

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handler = super().get_route_handler()

        async def strict(request: Request) -> Response:
            strict_request = StrictRequest(request.scope, request.receive)
            if await strict_request.body():
                if not headers_of(request).get("content-type", "").startswith("application/json"):
                    raise InvalidRequest([{"field": "Content-Type", "reason": "send JSON, as application/json"}])
                await strict_request.json()  # Here, where its refusal is not taken for another one.
            return await handler(strict_request)

        return strict


def headers_of(request: Request) -> Mapping[str, str]:
    """By name in lower case. A command asks for seven of them, and Starlette looks through all for each."""
    if "headers_by_name" not in request.scope:
        told = request.scope["headers"]
        request.scope["headers_by_name"] = {name.decode("latin-1"): value.decode("latin-1") for name, value in told}
    found: Mapping[str, str] = request.scope["headers_by_name"]
    return found


async def ask(
    request: Request, kind: str, aggregate_id: UUID, decide: Decide, *,
    act: Act = "work", made: UUID | None = None, anonymous: bool = False, more: dict[str, Any] | None = None,
) -> Response:  # fmt: skip
    """Let the loop decide a command on the aggregate, and answer.

    `decide` gives events of the aggregate, or New for other streams; `made` is the thing inside the aggregate that is
    made or changed, where it is not the aggregate itself; `more` goes into the first answer, and into no repetition.
    """
    workspace_id = workspace_of(request)
    commands: Commands = request.app.state.commands
    asks = in_workspace(caller(headers_of(request), dev=commands.dev), workspace_id)

    def decided(ctx: Context) -> list[NewEvent]:
        admit(ctx, asks, act)
        return [new if isinstance(new, NewEvent) else NewEvent(kind, aggregate_id, new) for new in decide(ctx)]

    key = idempotency_key(request)
    owner = "" if anonymous else str(asks.member_id)
    answer = await commands.loop.submit(
        PendingCommand(
            workspace_id=workspace_id, aggregate_id=aggregate_id, id=made, decide=decided,
            actor_id=anonymous_id(workspace_id) if anonymous else asks.member_id, anonymous=anonymous,
            command_id=uuid5(workspace_id, owner + key) if key else uuid7(),
            fingerprint=await fingerprint(request) if key else b"",
            if_match=_if_match(request), now=datetime.now(UTC), prefetch=(asks.member_id,),
            correlation_id=_correlation(request), trace_parent=_trace_parent(request),
            future=asyncio.get_running_loop().create_future(),
        )
    )  # fmt: skip
    return accepted(answer, more if answer.id == (made or aggregate_id) else None)


def admit(ctx: Context, asks: Caller, act: Act) -> None:
    """Refuse whoever may not do this here, as the workspace stands."""
    member = ctx.get("member", asks.member_id)
    if ctx.get("workspace", ctx.workspace_id) is None or member is None:
        raise NotFound("no workspace of yours has this id")
    require_live(asks, member.tokens)
    permission.require(member, act)


def accepted(answer: CommandResult, more: dict[str, Any] | None = None) -> Response:
    """The answer to a command: what was made or changed, its stream, and how far a reader must be to see it.

    `more` belongs to what this very request made, so it is given where the answer names that, and with no repetition.
    """
    headers = {"ETag": f'"{answer.version}"'}
    body = {
        "id": answer.id,
        "aggregate_id": answer.aggregate_id,
        "version": answer.version,
        "position": answer.position,
    }
    if answer.replayed:
        headers["Idempotency-Replayed"] = "true"
    return Response(msgspec.json.encode(body | (more or {})), headers=headers, media_type="application/json")


def workspace_of(request: Request) -> UUID:
    """The workspace in the path. What is no id is nobody's workspace."""
    try:
        return UUID(request.path_params["workspace_id"])
    except ValueError:
        raise NotFound("no workspace of yours has this id") from None


async def id_of(request: Request, kind: str, name: str) -> UUID:
    """The stream of the one that has, or had first, this name."""
    commands: Commands = request.app.state.commands
    try:
        return (await derived_ids_in(workspace_of(request), commands.loop.log)).id(kind, name)
    except psycopg.Error as error:
        raise Unavailable(str(error)) from error


async def stream_of(request: Request, id: UUID) -> UUID:
    """The stream of an event, or of what an event made inside it: a check-in, learning, action, token."""
    workspace_id = workspace_of(request)
    commands: Commands = request.app.state.commands
    in_workspace(caller(headers_of(request), dev=commands.dev), workspace_id)
    try:
        found = await commands.loop.log.stream_of(workspace_id, id)
    except psycopg.Error as error:
        raise Unavailable(str(error)) from error
    if found is None:
        raise NotFound(f"nothing has the id {id}")
    return found


def by_local_owner_or_token(request: Request) -> Caller | None:
    """Who asks where there is no workspace yet: whoever the token says; in dev mode the local owner, who is None."""
    asks = caller(headers_of(request), dev=request.app.state.commands.dev)
    return asks if asks and asks.token_id else None


def scope_of(asks: Caller | None) -> UUID:
    """What stands for the workspace where there is none yet: the caller."""
    return asks.member_id if asks else LOCAL


def idempotency_key(request: Request) -> str | None:
    key = headers_of(request).get("idempotency-key")
    if key is not None and not _KEY.fullmatch(key):
        raise InvalidRequest([{"field": "Idempotency-Key", "reason": "1 to 64 visible ASCII characters"}])
    return key


async def fingerprint(request: Request) -> bytes:
    """What makes a repeated key the same request: method, path, body (whatever the order of its keys), If-Match."""
    body = await request.json() if await request.body() else None
    canonical = json.dumps(body, sort_keys=True, separators=(",", ":"), default=str)
    parts = (request.method, request.url.path, canonical, headers_of(request).get("if-match", ""))
    return hashlib.sha256("\n".join(parts).encode()).digest()


@overload
def personal(ctx: Context, text: str) -> Personal: ...
@overload
def personal(ctx: Context, text: str | None) -> Personal | None: ...
def personal(ctx: Context, text: str | None) -> Personal | None:
    """What the actor wrote, as theirs."""
    return None if text is None else Personal(ctx.actor_id, text)


def zone_of(ctx: Context) -> ZoneInfo:
    return ZoneInfo(ctx.need("workspace", ctx.workspace_id).timezone)


def fact_moment(ctx: Context, said: Any) -> datetime | None:
    """When the command says that its fact was true; None for when it is recorded."""
    return None if said is None else ctx.effective(as_fact(said, zone_of(ctx)))


def _if_match(request: Request) -> int | None:
    header = headers_of(request).get("if-match")
    if header is None:
        return None
    if not (version := _ETAG.fullmatch(header)):
        raise InvalidRequest([{"field": "If-Match", "reason": 'one strong ETag, as an answer gave it, such as "3"'}])
    return int(version[1])


def _correlation(request: Request) -> UUID | None:
    try:
        return UUID(headers_of(request)["x-correlation-id"])
    except (KeyError, ValueError):
        return None


def _trace_parent(request: Request) -> str | None:
    header = headers_of(request).get("traceparent", "")
    return header if _TRACE_PARENT.fullmatch(header) else None
