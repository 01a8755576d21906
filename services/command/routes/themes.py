"""Themes: set, reworded, given a champion, retired."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response

from contracts.commands_purpose import Align, NameChampion, Reassign, Retire, RewordTheme, SetTheme
from contracts.problems import says_no
from domain import errors, theme
from services.command.asking import StrictRoute, ask, personal
from services.command.look import Look
from services.command.parties import require_member
from services.command.routes import purpose
from services.command.uuid7 import uuid7

router = APIRouter(prefix="/v1/workspaces/{workspace_id}/themes", tags=["themes"], route_class=StrictRoute)


@router.post("", responses=says_no(*purpose.BEGUN))
async def set_(body: SetTheme, request: Request) -> Response:
    """Set a theme: a lane that guides objectives."""
    id = uuid7()

    def decide(look: Look) -> Any:
        return theme.set_(title=body.title, **purpose.placed(look, id, body))

    return await ask(request, "theme", id, decide)


@router.post("/{id}/reword", responses=says_no(errors.NotLive))
async def reword(id: UUID, body: RewordTheme, request: Request) -> Response:
    """Say it otherwise, and why."""

    def decide(look: Look) -> Any:
        return theme.reword(look.need("theme", id), title=body.title, reason=personal(look, body.reason))

    return await ask(request, "theme", id, decide)


@router.post("/{id}/name-champion", responses=says_no(errors.NotLive, errors.Invalid))
async def name_champion(id: UUID, body: NameChampion, request: Request) -> Response:
    """Say who owns the theme and speaks for it."""

    def decide(look: Look) -> Any:
        require_member(look, body.champion_id)
        return theme.name_champion(look.need("theme", id), champion_id=body.champion_id)

    return await ask(request, "theme", id, decide)


@router.post("/{id}/retire", responses=says_no())
async def retire(id: UUID, body: Retire, request: Request) -> Response:
    """End it. Nothing is deleted."""
    return await ask(
        request, "theme", id,
        lambda look: theme.retire(look.need("theme", id), reason=personal(look, body.reason)),
    )  # fmt: skip


@router.post("/{id}/align", responses=says_no(*purpose.ALIGNED))
async def align(id: UUID, body: Align, request: Request) -> Response:
    """Put it under a strategy or another theme; null puts it at the top."""
    return await purpose.align(request, "theme", id, body)


@router.post("/{id}/reassign", responses=says_no(*purpose.REASSIGNED))
async def reassign(id: UUID, body: Reassign, request: Request) -> Response:
    """Give it to another team or owner."""
    return await purpose.reassign(request, "theme", id, body)
