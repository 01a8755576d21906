"""Strategies: stated for a year, revised as it teaches, retired."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response

from contracts.commands_purpose import Align, Reassign, Retire, ReviseStrategy, StateStrategy
from contracts.problems import says_no
from domain import errors, strategy
from services.command.asking import StrictRoute, ask, personal
from services.command.look import Look
from services.command.routes import purpose
from services.command.uuid7 import uuid7

router = APIRouter(prefix="/v1/workspaces/{workspace_id}/strategies", tags=["strategies"], route_class=StrictRoute)


@router.post("", responses=says_no(*purpose.BEGUN))
async def state(body: StateStrategy, request: Request) -> Response:
    """Put a strategy into words."""
    id = uuid7()

    def decide(look: Look) -> Any:
        return strategy.state(hypothesis=body.hypothesis(), **purpose.placed(look, id, body))

    return await ask(request, "strategy", id, decide)


@router.post("/{id}/revise", responses=says_no(errors.NotLive))
async def revise(id: UUID, body: ReviseStrategy, request: Request) -> Response:
    """Say the whole hypothesis as it is from now on, and why."""

    def decide(look: Look) -> Any:
        found, reason = look.need("strategy", id), personal(look, body.reason)
        return strategy.revise(found, hypothesis=body.hypothesis(), reason=reason)

    return await ask(request, "strategy", id, decide)


@router.post("/{id}/retire", responses=says_no())
async def retire(id: UUID, body: Retire, request: Request) -> Response:
    """End it. Nothing is deleted."""
    return await ask(
        request, "strategy", id,
        lambda look: strategy.retire(look.need("strategy", id), reason=personal(look, body.reason)),
    )  # fmt: skip


@router.post("/{id}/align", responses=says_no(*purpose.ALIGNED))
async def align(id: UUID, body: Align, request: Request) -> Response:
    """Put it under what it serves; null puts it at the top."""
    return await purpose.align(request, "strategy", id, body)


@router.post("/{id}/reassign", responses=says_no(*purpose.REASSIGNED))
async def reassign(id: UUID, body: Reassign, request: Request) -> Response:
    """Give it to another team or owner."""
    return await purpose.reassign(request, "strategy", id, body)
