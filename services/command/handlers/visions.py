"""Visions: stated, revised, retired."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response

from contracts.commands.purpose import Align, Reassign, Retire, ReviseVision, StateVision
from contracts.problems import problem_responses
from domain import errors
from domain.purpose import vision
from services.command.handlers import purpose
from services.command.http.endpoint import StrictRoute, ask, personal
from services.command.loop.context import Context
from services.eventlog.uuid7 import uuid7

router = APIRouter(prefix="/v1/workspaces/{workspace_id}/visions", tags=["visions"], route_class=StrictRoute)


@router.post("", responses=problem_responses(*purpose.BEGUN))
async def state(body: StateVision, request: Request) -> Response:
    """Put a vision into words."""
    id = uuid7()

    def decide(ctx: Context) -> Any:
        return vision.state(title=body.title, **purpose.placed(ctx, id, body))

    return await ask(request, "vision", id, decide)


@router.post("/{id}/revise", responses=problem_responses(errors.NotLive))
async def revise(id: UUID, body: ReviseVision, request: Request) -> Response:
    """Say it otherwise, and why."""

    def decide(ctx: Context) -> Any:
        return vision.revise(ctx.need("vision", id), title=body.title, reason=personal(ctx, body.reason))

    return await ask(request, "vision", id, decide)


@router.post("/{id}/retire", responses=problem_responses())
async def retire(id: UUID, body: Retire, request: Request) -> Response:
    """End it. Nothing is deleted."""
    return await ask(
        request, "vision", id,
        lambda ctx: vision.retire(ctx.need("vision", id), reason=personal(ctx, body.reason)),
    )  # fmt: skip


@router.post("/{id}/align", responses=problem_responses(*purpose.ALIGNED))
async def align(id: UUID, body: Align, request: Request) -> Response:
    """Put it under a mission or another vision; null puts it at the top."""
    return await purpose.align(request, "vision", id, body)


@router.post("/{id}/reassign", responses=problem_responses(*purpose.REASSIGNED))
async def reassign(id: UUID, body: Reassign, request: Request) -> Response:
    """Give it to another team or owner."""
    return await purpose.reassign(request, "vision", id, body)
