"""Missions: drafted, adopted, revised, reaffirmed, retired."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response

from contracts.commands.base import Nothing
from contracts.commands.purpose import Align, DraftMission, ReaffirmMission, Reassign, Retire, ReviseMission, statement
from contracts.problems import problem_responses
from domain import errors
from domain.purpose import mission
from domain.purpose.mission import Mission
from services.command.handlers import purpose
from services.command.http.endpoint import StrictRoute, ask, personal
from services.command.loop.context import Context
from services.eventlog.uuid7 import uuid7

router = APIRouter(prefix="/v1/workspaces/{workspace_id}/missions", tags=["missions"], route_class=StrictRoute)


@router.post("", responses=problem_responses(*purpose.BEGUN))
async def draft(body: DraftMission, request: Request) -> Response:
    """Put a mission into words."""
    id = uuid7()

    def decide(ctx: Context) -> Any:
        return mission.draft(
            statement=statement(body.statement), horizon_years=body.horizon_years, origin=body.origin,
            origin_date=body.origin_date, **purpose.placed(ctx, id, body),
        )  # fmt: skip

    return await ask(request, "mission", id, decide)


@router.post("/{id}/adopt", responses=problem_responses(errors.NotLive))
async def adopt(id: UUID, request: Request, body: Nothing | None = None) -> Response:
    """Make it the company's or the team's mission."""
    return await ask(request, "mission", id, lambda ctx: mission.adopt(ctx.need("mission", id)))


@router.post("/{id}/revise", responses=problem_responses(errors.NotLive, errors.ReasonRequired))
async def revise(id: UUID, body: ReviseMission, request: Request) -> Response:
    """Say it otherwise; once it is adopted, with a reason."""

    def decide(ctx: Context) -> Any:
        found: Mission = ctx.need("mission", id)
        return mission.revise(
            found, statement=statement(body.statement), horizon_years=body.horizon_years or found.horizon_years,
            reason=personal(ctx, body.reason),
        )  # fmt: skip

    return await ask(request, "mission", id, decide)


@router.post("/{id}/reaffirm", responses=problem_responses(errors.NotLive))
async def reaffirm(id: UUID, request: Request, body: ReaffirmMission = ReaffirmMission()) -> Response:
    """Say that the mission still holds."""
    return await ask(
        request, "mission", id,
        lambda ctx: mission.reaffirm(ctx.need("mission", id), note=personal(ctx, body.note)),
    )  # fmt: skip


@router.post("/{id}/retire", responses=problem_responses())
async def retire(id: UUID, body: Retire, request: Request) -> Response:
    """End it. Nothing is deleted."""
    return await ask(
        request, "mission", id,
        lambda ctx: mission.retire(ctx.need("mission", id), reason=personal(ctx, body.reason)),
    )  # fmt: skip


@router.post("/{id}/align", responses=problem_responses(*purpose.ALIGNED))
async def align(id: UUID, body: Align, request: Request) -> Response:
    """Let it support a higher one; null puts it at the top."""
    return await purpose.align(request, "mission", id, body)


@router.post("/{id}/reassign", responses=problem_responses(*purpose.REASSIGNED))
async def reassign(id: UUID, body: Reassign, request: Request) -> Response:
    """Give it to another team or owner."""
    return await purpose.reassign(request, "mission", id, body)
