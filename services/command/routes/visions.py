"""Visions: stated, revised, retired."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response

from contracts.commands_purpose import Align, Reassign, Retire, ReviseVision, StateVision
from contracts.problems import says_no
from domain import errors, vision
from services.command.asking import StrictRoute, ask, personal
from services.command.look import Look
from services.command.routes import purpose
from services.command.uuid7 import uuid7

router = APIRouter(prefix="/v1/workspaces/{workspace_id}/visions", tags=["visions"], route_class=StrictRoute)


@router.post("", responses=says_no(*purpose.BEGUN))
async def state(body: StateVision, request: Request) -> Response:
    """Put a vision into words."""
    id = uuid7()

    def decide(look: Look) -> Any:
        return vision.state(title=body.title, **purpose.placed(look, id, body))

    return await ask(request, "vision", id, decide)


@router.post("/{id}/revise", responses=says_no(errors.NotLive))
async def revise(id: UUID, body: ReviseVision, request: Request) -> Response:
    """Say it otherwise, and why."""

    def decide(look: Look) -> Any:
        return vision.revise(look.need("vision", id), title=body.title, reason=personal(look, body.reason))

    return await ask(request, "vision", id, decide)


@router.post("/{id}/retire", responses=says_no())
async def retire(id: UUID, body: Retire, request: Request) -> Response:
    """End it. Nothing is deleted."""
    return await ask(
        request, "vision", id,
        lambda look: vision.retire(look.need("vision", id), reason=personal(look, body.reason)),
    )  # fmt: skip


@router.post("/{id}/align", responses=says_no(*purpose.ALIGNED))
async def align(id: UUID, body: Align, request: Request) -> Response:
    """Put it under a mission or another vision; null puts it at the top."""
    return await purpose.align(request, "vision", id, body)


@router.post("/{id}/reassign", responses=says_no(*purpose.REASSIGNED))
async def reassign(id: UUID, body: Reassign, request: Request) -> Response:
    """Give it to another team or owner."""
    return await purpose.reassign(request, "vision", id, body)
