"""Workspaces: opened by whoever asks, who becomes the owner; and their settings."""

import asyncio
from datetime import UTC, datetime
from typing import Any
from uuid import uuid5

from fastapi import APIRouter, Request, Response

from contracts.answers.accepted import AcceptedWithToken
from contracts.commands.workspaces import ChangeSettings, OpenWorkspace
from contracts.problems import Unauthenticated, problem_responses
from domain import errors, member, permission, workspace
from domain.ids import local_owner_id
from domain.personal import Personal
from services.access.credentials import Caller, make_token, require_live
from services.command.http.endpoint import (
    Commands,
    StrictRoute,
    accepted,
    ask,
    by_local_owner_or_token,
    fingerprint,
    idempotency_key,
    scope_of,
    workspace_of,
)
from services.command.loop.batch import PendingCommand
from services.command.loop.context import Context, NewEvent
from services.eventlog.uuid7 import uuid7

router = APIRouter(prefix="/v1/workspaces", tags=["workspaces"], route_class=StrictRoute)

LOCAL_OWNER = "Local owner"


@router.post("", response_model=AcceptedWithToken, responses=problem_responses(errors.Invalid))
async def open_workspace(body: OpenWorkspace, request: Request) -> Response:
    """Open a workspace. The caller becomes its owner; one who came with a token gets a token of the new workspace."""
    asks = by_local_owner_or_token(request)
    workspace_id = uuid7()
    owner_id = uuid7() if asks else local_owner_id(workspace_id)
    token_id = uuid7()
    token, digest = make_token(workspace_id, owner_id, token_id) if asks else (None, "")
    key = idempotency_key(request)
    scope = scope_of(asks)

    def decide(ctx: Context) -> list[NewEvent]:
        name = _name(ctx, asks) if asks else LOCAL_OWNER
        events: list[Any] = member.add(by_role="owner", name=Personal(owner_id, name), role="owner")
        if token is not None:
            events.append(member.TokenIssued(token_id=token_id, digest=digest, label="opened the workspace"))
        opened = workspace.open_(name=body.name, timezone=body.timezone, owner_id=owner_id)
        return [
            *(NewEvent("workspace", workspace_id, event) for event in opened),
            *(NewEvent("member", owner_id, event) for event in events),
        ]

    commands: Commands = request.app.state.commands
    answer = await commands.loop.submit(
        PendingCommand(
            workspace_id=workspace_id, aggregate_id=workspace_id, decide=decide, actor_id=owner_id,
            command_id=uuid5(scope, f"{scope}{key}") if key else uuid7(),
            fingerprint=await fingerprint(request) if key else b"",
            now=datetime.now(UTC), future=asyncio.get_running_loop().create_future(),
        )
    )  # fmt: skip
    return accepted(answer, {"token": token} if token and answer.id == workspace_id else None)


@router.post("/{workspace_id}/settings", responses=problem_responses(errors.Invalid))
async def change_settings(body: ChangeSettings, request: Request) -> Response:
    """Change the settings that are given."""
    workspace_id = workspace_of(request)

    def decide(ctx: Context) -> Any:
        return workspace.change_settings(ctx.need("workspace", workspace_id), **dict(body))

    return await ask(request, "workspace", workspace_id, decide, act="administer")


def _name(ctx: Context, asks: Caller) -> str:
    """The name of who comes with a token of another workspace, where they may administer."""
    found = ctx.stream(asks.member_id, of=asks.workspace_id)
    if found.kind != "member":
        raise Unauthenticated("the token is unknown or revoked")
    require_live(asks, found.history.state.tokens)
    permission.require(found.history.state, "administer")
    return found.history.state.name.text or "Owner"
