"""Strategies: stated for a year, revised as it teaches, retired."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response

from contracts.commands.purpose import Align, Reassign, Retire, ReviseStrategy, StateStrategy
from contracts.problems import problem_responses
from domain import errors
from domain.purpose import strategy
from services.command.handlers import purpose
from services.command.http.endpoint import StrictRoute, ask, personal
from services.command.loop.context import Context
from services.eventlog.uuid7 import uuid7

router = APIRouter(prefix="/v1/workspaces/{workspace_id}/strategies", tags=["strategies"], route_class=StrictRoute)


@router.post("", responses=problem_responses(*purpose.BEGUN))
async def state(body: StateStrategy, request: Request) -> Response:
    """Put a strategy into words."""
    id = uuid7()

    def decide(ctx: Context) -> Any:
        return strategy.state(hypothesis=body.hypothesis(), **purpose.placed(ctx, id, body))

    return await ask(request, "strategy", id, decide)


@router.post("/{id}/revise", responses=problem_responses(errors.NotLive))
async def revise(id: UUID, body: ReviseStrategy, request: Request) -> Response:
    """Say the whole hypothesis as it is from now on, and why."""

    def decide(ctx: Context) -> Any:
        found, reason = ctx.need("strategy", id), personal(ctx, body.reason)
        return strategy.revise(found, hypothesis=body.hypothesis(), reason=reason)

    return await ask(request, "strategy", id, decide)


@router.post("/{id}/retire", responses=problem_responses())
async def retire(id: UUID, body: Retire, request: Request) -> Response:
    """End it. Nothing is deleted."""
    return await ask(
        request, "strategy", id,
        lambda ctx: strategy.retire(ctx.need("strategy", id), reason=personal(ctx, body.reason)),
    )  # fmt: skip


@router.post("/{id}/align", responses=problem_responses(*purpose.ALIGNED))
async def align(id: UUID, body: Align, request: Request) -> Response:
    """Put it under what it serves; null puts it at the top."""
    return await purpose.align(request, "strategy", id, body)


@router.post("/{id}/reassign", responses=problem_responses(*purpose.REASSIGNED))
async def reassign(id: UUID, body: Reassign, request: Request) -> Response:
    """Give it to another team or owner."""
    return await purpose.reassign(request, "strategy", id, body)
