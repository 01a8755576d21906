"""Themes: set, reworded, given a champion, retired."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response

from contracts.commands.purpose import Align, NameChampion, Reassign, Retire, RewordTheme, SetTheme
from contracts.problems import problem_responses
from domain import errors
from domain.purpose import theme
from services.command.handlers import purpose
from services.command.handlers.goal_context import require_member
from services.command.http.endpoint import StrictRoute, ask, personal
from services.command.loop.context import Context
from services.eventlog.uuid7 import uuid7

router = APIRouter(prefix="/v1/workspaces/{workspace_id}/themes", tags=["themes"], route_class=StrictRoute)


@router.post("", responses=problem_responses(*purpose.BEGUN))
async def set_(body: SetTheme, request: Request) -> Response:
    """Set a theme: a lane that guides objectives."""
    id = uuid7()

    def decide(ctx: Context) -> Any:
        return theme.set_(title=body.title, **purpose.placed(ctx, id, body))

    return await ask(request, "theme", id, decide)


@router.post("/{id}/reword", responses=problem_responses(errors.NotLive))
async def reword(id: UUID, body: RewordTheme, request: Request) -> Response:
    """Say it otherwise, and why."""

    def decide(ctx: Context) -> Any:
        return theme.reword(ctx.need("theme", id), title=body.title, reason=personal(ctx, body.reason))

    return await ask(request, "theme", id, decide)


@router.post("/{id}/name-champion", responses=problem_responses(errors.NotLive, errors.Invalid))
async def name_champion(id: UUID, body: NameChampion, request: Request) -> Response:
    """Say who owns the theme and speaks for it."""

    def decide(ctx: Context) -> Any:
        require_member(ctx, body.champion_id)
        return theme.name_champion(ctx.need("theme", id), champion_id=body.champion_id)

    return await ask(request, "theme", id, decide)


@router.post("/{id}/retire", responses=problem_responses())
async def retire(id: UUID, body: Retire, request: Request) -> Response:
    """End it. Nothing is deleted."""
    return await ask(
        request, "theme", id,
        lambda ctx: theme.retire(ctx.need("theme", id), reason=personal(ctx, body.reason)),
    )  # fmt: skip


@router.post("/{id}/align", responses=problem_responses(*purpose.ALIGNED))
async def align(id: UUID, body: Align, request: Request) -> Response:
    """Put it under a strategy or another theme; null puts it at the top."""
    return await purpose.align(request, "theme", id, body)


@router.post("/{id}/reassign", responses=problem_responses(*purpose.REASSIGNED))
async def reassign(id: UUID, body: Reassign, request: Request) -> Response:
    """Give it to another team or owner."""
    return await purpose.reassign(request, "theme", id, body)
