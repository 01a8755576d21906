"""Missions: drafted, adopted, revised, reaffirmed, retired."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response

from contracts.commands import Nothing
from contracts.commands_purpose import Align, DraftMission, ReaffirmMission, Reassign, Retire, ReviseMission, statement
from contracts.problems import says_no
from domain import errors, mission
from domain.mission import Mission
from services.command.asking import StrictRoute, ask, personal
from services.command.look import Look
from services.command.routes import purpose
from services.command.uuid7 import uuid7

router = APIRouter(prefix="/v1/workspaces/{workspace_id}/missions", tags=["missions"], route_class=StrictRoute)


@router.post("", responses=says_no(*purpose.BEGUN))
async def draft(body: DraftMission, request: Request) -> Response:
    """Put a mission into words."""
    id = uuid7()

    def decide(look: Look) -> Any:
        return mission.draft(
            statement=statement(body.statement), horizon_years=body.horizon_years, origin=body.origin,
            origin_date=body.origin_date, **purpose.placed(look, id, body),
        )  # fmt: skip

    return await ask(request, "mission", id, decide)


@router.post("/{id}/adopt", responses=says_no(errors.NotLive))
async def adopt(id: UUID, request: Request, body: Nothing | None = None) -> Response:
    """Make it the company's or the team's mission."""
    return await ask(request, "mission", id, lambda look: mission.adopt(look.need("mission", id)))


@router.post("/{id}/revise", responses=says_no(errors.NotLive, errors.ReasonRequired))
async def revise(id: UUID, body: ReviseMission, request: Request) -> Response:
    """Say it otherwise; once it is adopted, with a reason."""

    def decide(look: Look) -> Any:
        found: Mission = look.need("mission", id)
        return mission.revise(
            found, statement=statement(body.statement), horizon_years=body.horizon_years or found.horizon_years,
            reason=personal(look, body.reason),
        )  # fmt: skip

    return await ask(request, "mission", id, decide)


@router.post("/{id}/reaffirm", responses=says_no(errors.NotLive))
async def reaffirm(id: UUID, request: Request, body: ReaffirmMission = ReaffirmMission()) -> Response:
    """Say that the mission still holds."""
    return await ask(
        request, "mission", id,
        lambda look: mission.reaffirm(look.need("mission", id), note=personal(look, body.note)),
    )  # fmt: skip


@router.post("/{id}/retire", responses=says_no())
async def retire(id: UUID, body: Retire, request: Request) -> Response:
    """End it. Nothing is deleted."""
    return await ask(
        request, "mission", id,
        lambda look: mission.retire(look.need("mission", id), reason=personal(look, body.reason)),
    )  # fmt: skip


@router.post("/{id}/align", responses=says_no(*purpose.ALIGNED))
async def align(id: UUID, body: Align, request: Request) -> Response:
    """Let it support a higher one; null puts it at the top."""
    return await purpose.align(request, "mission", id, body)


@router.post("/{id}/reassign", responses=says_no(*purpose.REASSIGNED))
async def reassign(id: UUID, body: Reassign, request: Request) -> Response:
    """Give it to another team or owner."""
    return await purpose.reassign(request, "mission", id, body)
